//! Whether the order of its events can be seen in the result of a plan.
//!
//! A source that need not give events in order need not hold them all: a count of a year of logs fits into memory.

use super::op::{Aggregation, BinSpan};
use super::{Op, Plan};

/// Whether the result depends on the order of the rows that the first step gives. `false` only if that is certain: rows
/// are changed or left out one by one until an aggregation that does not care.
pub fn matters(plan: &Plan) -> bool {
    for step in plan.steps.iter().skip(1) {
        match &step.op {
            Op::Filter(_)
            | Op::Extend(_)
            | Op::Rename(_)
            | Op::Extract(_)
            | Op::Expand { .. }
            | Op::Lookup(_)
            | Op::Project { .. } => {}
            Op::Native(native) if native.is_row_wise() => {}
            Op::Fill { fields, .. } if !fields.is_empty() => {}
            Op::Bin(bin) if !matches!(bin.span, BinSpan::Bins(_)) => {}
            Op::Aggregate(aggregation) => return !is_blind(aggregation),
            Op::Events { .. }
            | Op::Dataset { .. }
            | Op::Table { .. }
            | Op::Rows { .. }
            | Op::Fill { .. }
            | Op::Bin(_)
            | Op::Window(_)
            | Op::Sort { .. }
            | Op::Limit { .. }
            | Op::Reverse
            | Op::Distinct(_)
            | Op::Join(_)
            | Op::Append(_)
            | Op::AppendPipe(_)
            | Op::AppendColumns { .. }
            | Op::Map { .. }
            | Op::Output { .. }
            | Op::Native(_)
            | Op::Unsupported { .. } => return true,
        }
    }
    true
}

fn is_blind(aggregation: &Aggregation) -> bool {
    aggregation.aggregates.iter().all(|aggregate| aggregate.function.any_order && !aggregate.name.is_pattern())
        && aggregation.by.iter().all(|field| !field.is_pattern())
}

#[cfg(test)]
mod tests {
    use super::matters;

    #[test]
    fn order_is_seen_unless_an_aggregation_is_blind_to_it() {
        let table = [
            ("index=a", true),
            ("index=a | stats count", false),
            ("index=a | eval b=1 | where c=2 | stats count min(_time) max(_time) values(b) dc(c) by d", false),
            ("index=a | bin _time span=1h | stats count by _time | sort - count | head 1", false),
            ("index=a | stats count last(b)", true),
            ("index=a | stats sum(b) avg(b) perc95(b)", false),
            ("index=a | spath | stats count by b", false),
            ("index=a | delta b | stats count", true),
            ("index=a | stats first(b)", true),
            ("index=a | stats max(*)", true),
            ("index=a | head 5 | stats count", true),
            ("index=a | dedup b | stats count", true),
            ("index=a | streamstats count as n | stats max(n)", true),
            ("index=a | table b", true),
        ];
        for (text, expected) in table {
            let plan = crate::commands::lower(&crate::spl::parse(text).search).plan;
            assert_eq!(matters(&plan), expected, "{text}");
        }
    }
}
