//! Rows that would be grouped for nothing.
//!
//! `stats count by domain | lookup bad domain output flag | search flag=true` keeps few of its groups. What comes behind
//! the grouping is asked of the rows themselves, once for each combination of values that it depends on, and only rows
//! of groups that stay are grouped. The result is the same; the number of groups that are made and thrown away is not.
//!
//! Followed are operations on single rows whose input is known from the by-fields, up to the last condition among them,
//! or up to a `join` by such fields, whose subsearch has run already. What depends on an aggregate is left to the plan.

use super::driver::Run;
use super::group::Groups;
use super::ops::{self, Stage};
use super::outcome::Failure;
use crate::expr::predicate::relax;
use crate::expr::{BinaryOp, Expr, Predicate};
use crate::ir::op::{Assignment, BinSpan, Condition, LookupCall, ProjectMode, Selector, Target};
use crate::ir::{self, Op, Plan, Read, Schema, reads, wildcard};
use crate::value::{Batch, Column, Name, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Rows that are grouped without a look ahead: a few rows are grouped sooner than looked at twice.
const WARM_UP: usize = 1_024;
/// Combinations of values that are remembered.
const MAX_REMEMBERED: usize = 262_144;
/// After so many rows a sieve that lets more than half of them through is given up.
const TRIAL: usize = 16_384;
/// The number of a combination, on its way through the operations. Patterns do not match a name like this.
const NUMBER: &str = "_combination";

/// A grouping before which rows are chosen.
pub(super) struct Sieved<'p> {
    plan: &'p Plan,
    /// The step of the grouping.
    at: usize,
    grouping: Box<dyn Stage + 'p>,
    sieve: State<'p>,
    rows: usize,
    kept: usize,
}

enum State<'p> {
    /// Few rows have come.
    Waiting,
    Open(Sieve<'p>),
    /// There is nothing to choose by, or it does not pay.
    None,
}

impl<'p> Sieved<'p> {
    /// The grouping itself if nothing behind it leaves groups out.
    pub(super) fn open(plan: &'p Plan, at: usize, grouping: Box<dyn Stage + 'p>) -> Box<dyn Stage + 'p> {
        let chooses = |op: &Op| matches!(op, Op::Filter(condition) if !is_plainly_true(condition)) || is_inner_join(op);
        let mut rest = plan.steps.iter().skip(at + 1).map(|step| &step.op);
        // A table that the plan writes may be another one by the time it is read.
        let writes = plan.steps.iter().any(|step| matches!(step.op, Op::Output { .. }));
        if writes || !rest.any(chooses) {
            return grouping;
        }
        Box::new(Self { plan, at, grouping, sieve: State::Waiting, rows: 0, kept: 0 })
    }

    fn choose(&mut self, batch: Batch, run: &Run<'_>) -> Batch {
        self.rows += batch.rows();
        if matches!(self.sieve, State::Waiting) && self.rows > WARM_UP {
            self.sieve = Sieve::of(self.plan, self.at, run).map_or(State::None, State::Open);
            self.rows = batch.rows();
        }
        let State::Open(sieve) = &mut self.sieve else { return batch };
        let Some(chosen) = sieve.choose(&batch, run) else {
            self.sieve = State::None;
            return batch;
        };
        self.kept += chosen.rows();
        if self.rows > TRIAL && self.kept * 2 > self.rows {
            self.sieve = State::None;
        }
        chosen
    }
}

impl Stage for Sieved<'_> {
    fn push(&mut self, batch: Batch, run: &Run<'_>) -> Result<Option<Batch>, Failure> {
        let chosen = self.choose(batch, run);
        if chosen.is_empty() { Ok(None) } else { self.grouping.push(chosen, run) }
    }

    fn finish(&mut self, run: &Run<'_>) -> Result<Option<Batch>, Failure> {
        self.sieve = State::None;
        self.grouping.finish(run)
    }
}

fn is_plainly_true(condition: &Condition) -> bool {
    matches!(condition, Condition::Search(predicate) if predicate.is_true())
}

fn is_inner_join(op: &Op) -> bool {
    matches!(op, Op::Join(join) if !join.outer && !join.fields.is_empty())
}

/// Operations over single rows, and what is known of their outcome.
struct Sieve<'p> {
    /// The by-fields that the outcome depends on.
    inputs: Vec<Name>,
    operations: Vec<Box<dyn Stage + 'p>>,
    combinations: Groups,
    /// Per combination: a row with it is in a group that stays.
    stays: Vec<bool>,
}

impl<'p> Sieve<'p> {
    /// `None` if no condition behind the grouping can be asked of the by-fields.
    fn of(plan: &'p Plan, at: usize, run: &Run<'_>) -> Option<Self> {
        let Op::Aggregate(grouping) = &plan.steps.get(at)?.op else { return None };
        let by: Vec<Name> = grouping.by.iter().map(|field| field.name.clone()).collect();
        if by.is_empty() || by.iter().any(|name| wildcard::is_pattern(name)) {
            return None;
        }
        let flow = ir::flow(plan, run.catalog());
        let mut path = Path::new(&by);
        for (number, step) in plan.steps.iter().enumerate().skip(at + 1) {
            let (before, after) = (&flow.steps[number - 1].flow.output, &flow.steps[number].flow);
            let around = Around { before, after: &after.output, reads: &after.reads };
            // What cannot be opened is reported by the plan itself.
            if path.pass(&step.op, plan, &around, run).ok().flatten().is_none() {
                break;
            }
        }
        let Path { mut operations, useful, inputs, .. } = path;
        operations.truncate(useful);
        let inputs: Vec<Name> = inputs.into_iter().map(|input| by[input].clone()).collect();
        let (combinations, stays) = (Groups::default(), Vec::new());
        (!operations.is_empty()).then_some(Self { inputs, operations, combinations, stays })
    }

    /// The rows that are in groups that stay; those with several values in a field, and those without, are left to the
    /// grouping. `None` if the operations cannot be followed after all.
    fn choose(&mut self, batch: &Batch, run: &Run<'_>) -> Option<Batch> {
        let columns: Option<Vec<&Column>> = self.inputs.iter().map(|name| batch.column(name)).collect();
        let Some(columns) = columns else { return Some(batch.clone()) };
        if self.combinations.len() > MAX_REMEMBERED {
            self.combinations = Groups::default();
            self.stays.clear();
        }
        let known = self.combinations.len();
        let mut of_rows: Vec<Option<usize>> = Vec::with_capacity(batch.rows());
        let mut values: Vec<&Value> = Vec::with_capacity(columns.len());
        for row in 0..batch.rows() {
            values.clear();
            values.extend(columns.iter().map(|column| &column.values()[row]));
            let single = values.iter().all(|value| !matches!(value, Value::Null | Value::List(_)));
            of_rows.push(single.then(|| self.combinations.find(&values)));
        }
        self.follow(known, run)?;
        let kept = |row: &usize| of_rows[*row].is_none_or(|combination| self.stays[combination]);
        let rows: Vec<usize> = (0..batch.rows()).filter(kept).collect();
        Some(if rows.len() == batch.rows() { batch.clone() } else { batch.take(&rows) })
    }

    /// Finds the outcome of the combinations from `first` on.
    fn follow(&mut self, first: usize, run: &Run<'_>) -> Option<()> {
        let new = first..self.combinations.len();
        self.stays.resize(new.end, false);
        if new.is_empty() {
            return Some(());
        }
        let mut rows = Batch::new(new.len());
        for (at, name) in self.inputs.iter().enumerate() {
            let values = new.clone().map(|combination| self.combinations.values(combination)[at].clone());
            rows.set(name.clone(), Column::new(values.collect()));
        }
        rows.set(NUMBER, Column::new(new.map(|combination| Value::Number(combination as f64)).collect()));
        for operation in &mut self.operations {
            // What awaits all rows has all of them.
            rows = match operation.push(rows, run).ok()? {
                Some(given) => given,
                None => operation.finish(run).ok()??,
            };
            if rows.is_empty() {
                return Some(());
            }
        }
        for number in rows.column(NUMBER)?.values().iter().filter_map(Value::as_number) {
            *self.stays.get_mut(number as usize)? = true;
        }
        Some(())
    }
}

/// What is known of the rows around a step.
struct Around<'a> {
    before: &'a Schema,
    after: &'a Schema,
    reads: &'a [Read],
}

impl Around<'_> {
    /// The fields that the step makes or changes.
    fn made(&self) -> impl Iterator<Item = &Name> {
        let is_new = |name: &Name, made| self.before.fields.get(name).is_none_or(|info| info.made != made);
        self.after.fields.iter().filter(move |(name, info)| is_new(name, info.made)).map(|(name, _)| name)
    }
}

/// Follows by-fields through the operations behind their grouping.
struct Path<'p> {
    /// Fields that depend on by-fields alone.
    known: BTreeMap<Name, Known>,
    operations: Vec<Box<dyn Stage + 'p>>,
    /// How many of the operations lead to a condition.
    useful: usize,
    /// The by-fields that conditions depend on, by number.
    inputs: BTreeSet<usize>,
    /// Fields that the step at hand made of others.
    unknown: BTreeSet<Name>,
}

#[derive(Clone, Default)]
struct Known {
    /// The by-fields that it depends on, by number.
    from: BTreeSet<usize>,
    /// It holds one value in every row.
    single: bool,
}

impl<'p> Path<'p> {
    fn new(by: &[Name]) -> Self {
        let known = |(number, name): (usize, &Name)| (name.clone(), Known { from: [number].into(), single: true });
        Self {
            known: by.iter().enumerate().map(known).collect(),
            operations: Vec::new(),
            useful: 0,
            inputs: BTreeSet::new(),
            unknown: BTreeSet::new(),
        }
    }

    /// Passes a step; `None` where the way ends.
    fn pass(&mut self, op: &'p Op, plan: &'p Plan, around: &Around<'_>, run: &Run<'_>) -> Result<Option<()>, Failure> {
        self.unknown.clear();
        match op {
            Op::Filter(Condition::Where(condition)) => self.pass_where(condition, around.before),
            Op::Filter(Condition::Search(condition)) => self.pass_search(condition, around.before),
            Op::Rename(pairs) => {
                for (from, to) in pairs {
                    let known = std::mem::take(&mut self.known);
                    self.known = wildcard::rename_keys(known, &from.name, &to.name);
                }
                self.operations.push(ops::open(op, plan, run)?);
            }
            Op::Extend(assignments) => {
                for assignment in assignments {
                    if !self.pass_assignment(assignment, around.before) {
                        return Ok(None);
                    }
                }
            }
            Op::Lookup(call) => self.pass_lookup(op, call, plan, around.before, run)?,
            Op::Extract(extract) => {
                let from = self.depends_on([&extract.field.name], around.before);
                self.make(from, around.made().cloned().collect(), around.before, || ops::open(op, plan, run))?;
            }
            Op::Bin(bin) if !matches!(bin.span, BinSpan::Bins(_)) => {
                let from = self.depends_on([&bin.field.name], around.before);
                self.make(from, vec![bin.target.clone()], around.before, || ops::open(op, plan, run))?;
            }
            Op::Expand { field, .. } => {
                if let Some(known) = self.known.get_mut(&field.name) {
                    known.single = true;
                    self.operations.push(ops::open(op, plan, run)?);
                }
            }
            Op::Native(native) if native.is_row_wise() => {
                // What is read may be written as well.
                let reads = || around.reads.iter().map(|read| &read.field.name);
                let from = self.depends_on(reads(), around.before);
                let made: BTreeSet<&Name> =
                    around.made().chain(reads().filter(|name| self.known.contains_key(*name))).collect();
                let made = made.into_iter().cloned().collect();
                self.make(from, made, around.before, || ops::open(op, plan, run))?;
                if around.after.open {
                    // What it makes has names that only the data know.
                    return Ok(None);
                }
            }
            Op::Fill { fields, .. } if !fields.is_empty() && !fields.iter().any(Selector::is_pattern) => {
                self.operations.push(ops::open(op, plan, run)?);
            }
            Op::Project { mode, fields } => {
                let listed = |name: &str| fields.iter().any(|field| field.matches(name));
                self.known.retain(|name, _| match mode {
                    ProjectMode::Keep => name.starts_with('_') || listed(name),
                    ProjectMode::Remove => !listed(name),
                    ProjectMode::Table => listed(name),
                });
            }
            Op::Sort { limit: 0, .. } | Op::Reverse => {}
            // Groups of groups are left out as a whole by what is asked of their own by-fields.
            Op::Aggregate(grouping) if !grouping.by.is_empty() && !grouping.by.iter().any(Selector::is_pattern) => {
                self.known.retain(|name, known| known.single && grouping.by.iter().any(|by| by.name == *name));
            }
            Op::Join(join) if is_inner_join(op) => {
                if let Some(from) = self.depends_on(join.fields.iter().map(|field| &field.name), around.before) {
                    self.operations.push(ops::open(op, plan, run)?);
                    self.ask(&from);
                }
                return Ok(None);
            }
            _ => return Ok(None),
        }
        Ok(Some(()))
    }

    /// What fields depend on; `None` if one is not known. A field that no row has is always null.
    fn depends_on<'n>(&self, names: impl IntoIterator<Item = &'n Name>, before: &Schema) -> Option<BTreeSet<usize>> {
        let mut from = BTreeSet::new();
        for name in names {
            match self.known.get(name) {
                Some(known) => from.extend(&known.from),
                None if before.can_have(name) || self.unknown.contains(name) || wildcard::is_pattern(name) => {
                    return None;
                }
                None => {}
            }
        }
        Some(from)
    }

    fn depends_on_expr(&self, expr: &Expr, before: &Schema) -> Option<BTreeSet<usize>> {
        let mut found = Vec::new();
        reads::of_expr(expr, &mut found);
        if expr.is_random() { None } else { self.depends_on(found.iter().map(|read| &read.field.name), before) }
    }

    /// The operations so far lead to a condition on something that depends on these by-fields.
    fn ask(&mut self, from: &BTreeSet<usize>) {
        self.inputs.extend(from);
        self.useful = self.operations.len();
    }

    /// An operation makes fields of known ones, or of others.
    fn make(
        &mut self,
        from: Option<BTreeSet<usize>>,
        made: Vec<Name>,
        before: &Schema,
        open: impl FnOnce() -> Result<Box<dyn Stage + 'p>, Failure>,
    ) -> Result<(), Failure> {
        let Some(from) = from else {
            self.known.retain(|name, _| !made.contains(name));
            return Ok(());
        };
        self.operations.push(open()?);
        for name in made {
            // Where it finds nothing, the old value stays.
            match self.depends_on([&name], before) {
                Some(old) => {
                    let from = from.union(&old).copied().collect();
                    self.known.insert(name, Known { from, single: false });
                }
                None => drop(self.known.remove(&name)),
            }
        }
        Ok(())
    }

    fn pass_where(&mut self, condition: &'p Expr, before: &Schema) {
        if let Expr::Binary(BinaryOp::And, left, right) = condition {
            self.pass_where(left, before);
            self.pass_where(right, before);
        } else if let Some(from) = self.depends_on_expr(condition, before) {
            self.operations.push(ops::filter::open_where(condition));
            self.ask(&from);
        }
    }

    fn pass_search(&mut self, condition: &Predicate, before: &Schema) {
        let of_leaf = |leaf: &Predicate| match leaf {
            Predicate::Compare { field, .. } | Predicate::In { field, .. } => self.depends_on([&field.name], before),
            _ => None,
        };
        let asked = relax::relax(condition, &|leaf| of_leaf(leaf).is_some());
        if asked.is_true() {
            return;
        }
        let mut found = Vec::new();
        reads::of_predicate(&asked, &mut found);
        if let Some(from) = self.depends_on(found.iter().map(|read| &read.field.name), before) {
            self.operations.push(ops::filter::open_search(asked));
            self.ask(&from);
        }
    }

    /// Whether the way goes on.
    fn pass_assignment(&mut self, assignment: &'p Assignment, before: &Schema) -> bool {
        let Target::Name(target) = &assignment.target else { return false };
        if let Some(from) = self.depends_on_expr(&assignment.value, before) {
            self.operations.push(ops::extend::open(std::slice::from_ref(assignment)));
            self.known.insert(target.clone(), Known { from, single: false });
        } else {
            self.known.remove(target);
            self.unknown.insert(target.clone());
        }
        true
    }

    fn pass_lookup(
        &mut self,
        op: &'p Op,
        call: &'p LookupCall,
        plan: &'p Plan,
        before: &Schema,
        run: &Run<'_>,
    ) -> Result<(), Failure> {
        let lookup = run.lookup(&call.lookup.node)?;
        let made = ops::lookup::outputs(call, &lookup)?.into_iter().map(|(_, field)| field).collect();
        let time = lookup.times.as_ref().map(|_| &call.time.name);
        let from = self.depends_on(call.inputs.iter().map(|(_, field)| &field.name).chain(time), before);
        self.make(from, made, before, || ops::open(op, plan, run))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::engine::source::MemorySource;
    use crate::engine::testing::{print, rows};
    use crate::engine::{Lookup, Prepared, RunOptions};
    use std::sync::Arc;

    const ROWS: &str = "
        a=cmd.exe, b=x, c=1
        a=net.exe, b=y, c=2
        a=net.exe, b=z, c=3
        a=[cmd.exe; tar.exe], b=z, c=4
        b=x, c=5";

    fn source() -> MemorySource {
        let mut source = MemorySource { events: rows(ROWS), ..MemorySource::default() };
        for (name, table) in [("tools", "tool=net.exe, flag=yes\ntool=cmd.exe, flag=no"), ("keys", "b=z")] {
            source.lookups.insert(name.to_owned(), Arc::new(Lookup::new(name, rows(table))));
        }
        source
    }

    fn plan(rest: &str) -> Plan {
        let search = format!("index=* | stats count, values(c) as c by a, b | {rest}");
        crate::commands::lower(&crate::spl::parse(&search).search).plan
    }

    /// What a search keeps of its rows before they are grouped, by their `c`, without the rows that have several values or
    /// are in no group. `-`: there is nothing to choose by.
    #[test]
    fn rows_of_groups_that_go_are_not_grouped() {
        let table = [
            ("search a=net*", "2 3"),
            ("search count>1", "-"),
            ("search a=net* OR count>1", "-"),
            ("search NOT a=net* NOT count>1", "1"),
            ("where like(a, \"net%\") AND count>1 AND b=\"z\"", "3"),
            ("where len(a)>count", "-"),
            ("eval n=len(a), m=n+1 | where m=8 AND b!=\"y\"", "1 3"),
            ("eval n=count, m=n | where m=8", "-"),
            ("eval a=count | where a=\"cmd.exe\"", "-"),
            ("eval r=random() | where r>5", "-"),
            ("eval n=if(isnull(zz), b, a) | where n=\"z\"", "3"),
            ("lookup tools tool as a | search flag=yes", "2 3"),
            ("lookup tools tool as a output flag as b | search b=yes", "2 3"),
            ("lookup tools tool as c | search flag=yes", "-"),
            ("lookup tools tool as a outputnew flag as c | search c=yes", "-"),
            ("rename a as d | search d=net* b=z", "3"),
            ("rename count as a | search a=net*", "-"),
            ("rex field=a \"(?<stem>.*)\\.exe\" | search stem=cmd", "1"),
            ("rex field=c \"(?<b>.*)\" | search b=x", "-"),
            ("makemv delim=\".\" a | mvexpand a | search a=net", "2 3"),
            ("makemv delim=\".\" a | mvexpand a | stats count by a | search a=net", "2 3"),
            ("mvexpand c | search a=net.exe", "2 3"),
            ("makemv delim=\".\" a | stats count by a | search a=net", "-"),
            ("stats sum(count) as count by a | search a=net.exe", "2 3"),
            ("stats sum(count) as b by a | search b=x", "-"),
            ("eventstats avg(count) as mean | search a=net.exe", "-"),
            ("head 1 | search a=net.exe", "-"),
            ("sort 0 - a | fields a | search a=net.exe b=y", ""),
            ("sort 0 - a | fields a | search a=net.exe", "2 3"),
            ("fillnull value=x zz | search zz=x b=z", "3"),
            ("convert ctime(c) | search a=cmd.exe", "1"),
            ("join b [| inputlookup keys] | search a=x", "3"),
            ("join type=left b [| inputlookup keys]", "-"),
            ("join c [| inputlookup keys]", "-"),
        ];
        let (source, options) = (source(), RunOptions::at(0.0));
        let run = Run::new(&source, &options, Some(Prepared::default()));
        for (rest, expected) in table {
            let plan = plan(rest);
            let at = plan.steps.iter().position(|step| matches!(step.op, Op::Aggregate(_))).unwrap();
            let kept = Sieve::of(&plan, at, &run).map(|mut sieve| {
                let kept = sieve.choose(&source.events, &run).unwrap();
                let cells = kept.column("c").unwrap().values().iter().map(|c| c.to_text().into_owned());
                let kept: Vec<String> = cells.filter(|c| !matches!(c.as_str(), "4" | "5")).collect();
                kept.join(" ")
            });
            assert_eq!(kept.as_deref().unwrap_or("-"), expected, "{rest}");
            let all = crate::engine::run(&plan, &source, &options).unwrap();
            let chosen = MemorySource {
                events: Sieve::of(&plan, at, &run)
                    .map_or(source.events.clone(), |mut sieve| sieve.choose(&source.events, &run).unwrap()),
                ..source.clone()
            };
            if !rest.contains("random") {
                let chosen = crate::engine::run(&plan, &chosen, &options).unwrap();
                assert_eq!(print(&chosen.rows), print(&all.rows), "{rest}");
            }
        }
    }
}
