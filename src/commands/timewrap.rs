//! `timewrap`: one column per period of time, to compare periods.
//!
//! - The rows of a `timechart` are laid over each other in periods that end behind the last row (`align=now`: at the start of the
//!   search): `latest_week`, `1week_before`, `2weeks_before`, with the name of the field before them where there are several;
//!   `s0`, `s1` with `series=short`; the start of the period in `time_format` with `series=exact`. Rows have the times of the
//!   latest period. Source: Search Reference, "timewrap".

use super::lower::words;
use super::native::{Apply, gathered};
use super::options::{Options, option};
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax};
use crate::expr::Context;
use crate::ir::schema::ValueKind;
use crate::ir::{FieldInfo, Flow, Native, Operator, Read, Schema};
use crate::spl::ast::Stage;
use crate::value::time::{Format, TimeSpan, Unit};
use crate::value::{Batch, Column, Name, Value};
use indexmap::IndexMap;
use std::collections::BTreeMap;

/// See the module.
pub(super) struct Timewrap;

const OPTIONS: &[OptionSpec] = &[
    option("align", OptionKind::OneOf(&["end", "now"]), "end", "Where the latest period ends."),
    option("series", OptionKind::OneOf(&["exact", "relative", "short"]), "relative", "How columns are named."),
    option("time_format", OptionKind::Text, "", "The form of the names with `series=exact`."),
];

impl Command for Timewrap {
    fn name(&self) -> &'static str {
        "timewrap"
    }

    fn summary(&self) -> &'static str {
        "Lay periods of time over each other"
    }

    fn syntax(&self) -> Syntax {
        Syntax {
            usage: "timewrap <span> [align=(now|end)] [series=(relative|exact|short)] [time_format=<text>]",
            options: OPTIONS,
        }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            title: "Day over day",
            before: r#"[{"_time":"0","count":"1"},{"_time":"43200","count":"2"},{"_time":"86400","count":"3"},{"_time":"129600","count":"4"}]"#,
            search: "| timewrap 1d",
            after: r#"[{"_time":"86400","1day_before":"1","latest_day":"3"},{"_time":"129600","1day_before":"2","latest_day":"4"}]"#,
        }]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let options = Options::of(stage, OPTIONS, cx);
        let span = words(stage).first().and_then(|word| TimeSpan::parse(&word.text));
        let Some(span) = span else { return cx.incomplete("a length of time such as `1w`") };
        let is = |option: &str, word: &str| options.text(option).is_some_and(|text| text.eq_ignore_ascii_case(word));
        let names = if is("series", "short") {
            Names::Short
        } else if is("series", "exact") {
            Names::Exact(Format::new(options.text("time_format").unwrap_or("%Y-%m-%d %H:%M:%S")))
        } else {
            Names::Relative
        };
        cx.native(Wrap { span, to_now: is("align", "now"), names });
    }
}

/// More periods than this are no use to anybody.
const MAX_PERIODS: usize = 1000;

#[derive(Clone, Debug)]
enum Names {
    Relative,
    Short,
    Exact(Format),
}

/// Lays periods over each other.
#[derive(Clone, Debug)]
struct Wrap {
    span: TimeSpan,
    to_now: bool,
    names: Names,
}

impl Native for Wrap {
    fn name(&self) -> &'static str {
        "timewrap"
    }

    fn flow(&self, _: &Schema) -> Flow {
        let mut output = Schema { open: true, ..Schema::default() };
        output.set("_time", FieldInfo { always: true, values: Some(ValueKind::Number), ..FieldInfo::default() });
        Flow { reads: vec![Read::implied("_time")], reads_all: true, output }
    }

    fn open(&self, _: &Context) -> Box<dyn Operator> {
        gathered(self)
    }
}

impl Apply for Wrap {
    fn apply(&self, batch: Batch, context: &Context) -> Result<Batch, String> {
        let times: Vec<Option<f64>> = (0..batch.rows()).map(|row| batch.value(row, "_time").as_number()).collect();
        let mut sorted: Vec<f64> = times.iter().flatten().copied().collect();
        sorted.sort_by(f64::total_cmp);
        let Some(last) = sorted.last().copied() else { return Ok(batch) };
        let gap =
            sorted.windows(2).map(|pair| pair[1] - pair[0]).filter(|gap| *gap > 0.0).fold(f64::INFINITY, f64::min);
        let end = if self.to_now { context.now } else { last + if gap.is_finite() { gap } else { 1.0 } };
        let length = self.span.seconds();
        let fields: Vec<&Name> = batch.names().filter(|name| !name.starts_with('_')).collect();
        // Seconds from the start of its period, then the values by column.
        let mut rows: BTreeMap<i64, IndexMap<Name, Value>> = BTreeMap::new();
        let mut columns: BTreeMap<(usize, usize), Name> = BTreeMap::new();
        for (row, time) in times.iter().enumerate() {
            let Some(time) = time.filter(|time| *time < end) else { continue };
            let periods = ((end - time) / length).ceil() as usize - 1;
            if periods >= MAX_PERIODS {
                return Err(format!("there would be more than {MAX_PERIODS} periods"));
            }
            let start = end - (periods + 1) as f64 * length;
            let cells = rows.entry((time - start).round() as i64).or_default();
            for (at, field) in fields.iter().enumerate() {
                let name = self.column(field, fields.len() > 1, periods, start, context);
                cells.insert(name.clone(), batch.value(row, field).clone());
                columns.insert((at, MAX_PERIODS - periods), name);
            }
        }
        let mut result = Batch::new(rows.len());
        let time = |offset: &i64| Value::Number(end - length + *offset as f64);
        result.set("_time", Column::new(rows.keys().map(time).collect()));
        for name in columns.into_values() {
            let values = rows.values().map(|cells| cells.get(&name).cloned().unwrap_or_default()).collect();
            result.set(name, Column::new(values));
        }
        Ok(result)
    }
}

impl Wrap {
    fn column(&self, field: &str, several: bool, periods: usize, start: f64, context: &Context) -> Name {
        let count = periods * self.span.count as usize;
        let unit = unit_name(self.span.unit);
        let name = match &self.names {
            Names::Short => format!("s{periods}"),
            Names::Exact(format) => format.print(start, &context.zone),
            Names::Relative if periods == 0 && self.span.count == 1 => format!("latest_{unit}"),
            Names::Relative if periods == 0 => format!("latest_{}{unit}s", self.span.count),
            Names::Relative if count == 1 => format!("{count}{unit}_before"),
            Names::Relative => format!("{count}{unit}s_before"),
        };
        if several { format!("{field}_{name}").into() } else { name.into() }
    }
}

fn unit_name(unit: Unit) -> &'static str {
    match unit {
        Unit::Microsecond => "microsecond",
        Unit::Millisecond => "millisecond",
        Unit::Centisecond => "centisecond",
        Unit::Decisecond => "decisecond",
        Unit::Second => "second",
        Unit::Minute => "minute",
        Unit::Hour => "hour",
        Unit::Day => "day",
        Unit::Week => "week",
        Unit::Month => "month",
        Unit::Quarter => "quarter",
        Unit::Year => "year",
    }
}
