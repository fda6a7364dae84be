//! The operations of a plan.

use super::{Flow, Plan, Schema, wildcard};
use crate::expr::stats::StatsFunction;
use crate::expr::{Context, Expr, FieldRef, Predicate};
use crate::source::{Span, Spanned};
use crate::value::regex::Regex;
use crate::value::{Batch, Name, Value};
use std::sync::Arc;

/// One operation over rows.
#[derive(Clone, Debug)]
pub enum Op {
    /// Produces raw events (newest first) that satisfy the predicate.
    Events {
        /// The implied search of the first stage.
        filter: Predicate,
    },
    /// Produces the rows of a data model's dataset.
    Dataset {
        /// Name of the model; its span is that of the whole name in the search.
        model: Spanned<Name>,
        /// Dataset; without one, all root datasets of the model.
        dataset: Option<Spanned<Name>>,
        /// `true`: fields are named `Dataset.field` (tstats, datamodel); `false`: without prefix (from).
        prefixed: bool,
    },
    /// Produces the rows of a lookup table in file order; with `append`, after the rows that come in.
    Table {
        /// Lookup definition or file name.
        lookup: Spanned<Name>,
        /// Rows to keep.
        filter: Predicate,
        /// Skip this many rows first.
        start: usize,
        /// At most this many rows.
        max: Option<usize>,
        /// Add to the incoming rows instead of replacing them.
        append: bool,
    },
    /// Produces `count` rows that hold only `_time` (now).
    Rows {
        /// How many.
        count: usize,
    },
    /// Keeps the rows that satisfy the condition.
    Filter(Condition),
    /// Computes fields, one after the other; a later one sees the earlier ones. Null removes the field from the row.
    Extend(Vec<Assignment>),
    /// Replaces nulls by a constant.
    Fill {
        /// What to write.
        value: Value,
        /// The fields; empty means every field that has a value in some row.
        fields: Vec<Selector>,
    },
    /// Keeps, removes or orders fields.
    Project {
        /// Which of the three.
        mode: ProjectMode,
        /// The fields, in the order written.
        fields: Vec<Selector>,
    },
    /// Renames fields, pair after pair; wildcards must agree in number.
    Rename(Vec<(Selector, Selector)>),
    /// Replaces a number (or `_time`) by the bucket that it falls in.
    Bin(Bin),
    /// Groups rows and computes aggregates; the result has only by-fields and aggregates, ascending by the by-fields.
    Aggregate(Aggregation),
    /// Adds aggregates to every row of its group; rows and their order stay.
    Window(Window),
    /// Orders rows. Stable.
    Sort {
        /// Most significant first.
        keys: Vec<SortKey>,
        /// Keep the first so many; 0 keeps all.
        limit: usize,
    },
    /// Keeps the first (`head`) or last (`tail`, in reverse order) rows.
    Limit {
        /// How many.
        count: usize,
        /// From the end.
        last: bool,
    },
    /// Reverses the order of rows.
    Reverse,
    /// Keeps the first rows of each combination of values.
    Distinct(Distinct),
    /// One row per value of a multivalue field.
    Expand {
        /// The field.
        field: FieldRef,
        /// At most so many values per row; 0 means all.
        limit: usize,
    },
    /// Named groups of a regular expression become fields.
    Extract(Extract),
    /// Enriches rows from a lookup table.
    Lookup(LookupCall),
    /// Combines rows with those of a subsearch by equal keys.
    Join(Join),
    /// Rows of a subsearch after the incoming ones.
    Append(Box<Plan>),
    /// Runs a plan on a copy of the incoming rows and adds its result after them.
    AppendPipe(Box<Plan>),
    /// Columns of a subsearch beside those of the incoming rows, row by row in order.
    AppendColumns {
        /// The subsearch.
        plan: Box<Plan>,
        /// Its fields replace fields of the same name; otherwise only new fields come in.
        overwrite: bool,
    },
    /// Runs a search once per row, with `$field$` in its text replaced by the row's values; its rows replace the row.
    Map {
        /// The text before replacement, unescaped; it may begin with a pipe.
        search: Spanned<Name>,
        /// At most so many rows are taken.
        max: usize,
    },
    /// Writes the rows into a lookup table and passes them on. `_...` fields are not written.
    Output {
        /// Lookup definition or file name.
        lookup: Spanned<Name>,
        /// After the rows of the table instead of replacing them.
        append: bool,
        /// Write even if there are no rows, which empties the table.
        empty_replaces: bool,
    },
    /// An operation with semantics of its own, supplied by its command.
    Native(Arc<dyn Native>),
    /// A command that is understood but cannot be run here.
    Unsupported {
        /// Its name.
        command: Name,
        /// Why, as an end of the sentence "`x` cannot be run: ".
        reason: Name,
    },
}

impl Op {
    /// The plan of the operation's own subsearch (`join`, `append` and their kin), if it has one.
    pub fn nested(&self) -> Option<&Plan> {
        match self {
            Self::Join(join) => Some(&join.plan),
            Self::Append(plan) | Self::AppendPipe(plan) | Self::AppendColumns { plan, .. } => Some(plan),
            _ => None,
        }
    }
}

/// A filter of one of the two expression languages.
#[derive(Clone, Debug)]
pub enum Condition {
    /// Two-valued search expression.
    Search(Predicate),
    /// Eval expression: a row stays only if it is true, not if it is null.
    Where(Expr),
}

/// A field name, possibly a pattern with `*`, and its place in the search. `*` does not match names that begin with `_`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Selector {
    /// Name or pattern.
    pub name: Name,
    /// In the expanded search text.
    pub span: Span,
}

impl Selector {
    /// A selector at a span.
    pub fn new(name: impl Into<Name>, span: Span) -> Self {
        Self { name: name.into(), span }
    }

    /// Whether the name holds a `*`.
    pub fn is_pattern(&self) -> bool {
        wildcard::is_pattern(&self.name)
    }

    /// Whether the selector covers a field of this name.
    pub fn matches(&self, name: &str) -> bool {
        wildcard::matches(&self.name, name)
    }
}

/// `target = value`.
#[derive(Clone, Debug)]
pub struct Assignment {
    /// The field to set.
    pub target: Target,
    /// What to.
    pub value: Expr,
    /// The target in the search.
    pub span: Span,
}

/// The field that an assignment makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A field of this name.
    Name(Name),
    /// A name put together at run time, `v_{f}`: text and field values in turn. Null or empty: nothing is made.
    Template(Vec<TargetPart>),
}

/// A part of a [`Target::Template`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TargetPart {
    /// Plain text.
    Text(Name),
    /// The value of a field of the row.
    Field(FieldRef),
}

/// How [`Op::Project`] treats its list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProjectMode {
    /// `fields`: the listed ones and those beginning with `_` stay.
    Keep,
    /// `fields -`: the listed ones go.
    Remove,
    /// `table`: exactly the listed ones, in that order.
    Table,
}

/// Buckets.
#[derive(Clone, Debug)]
pub struct Bin {
    /// The field to read.
    pub field: FieldRef,
    /// The field to write.
    pub target: Name,
    /// The size of a bucket.
    pub span: BinSpan,
}

/// The size of a bucket.
#[derive(Clone, Debug, PartialEq)]
pub enum BinSpan {
    /// Time: spans below a day align to the epoch, longer ones to the calendar of the search's zone.
    Time(crate::value::time::TimeSpan),
    /// A number.
    Number(f64),
    /// At most so many buckets over the range of the values.
    Bins(usize),
}

/// `stats` and what is built on it.
#[derive(Clone, Debug)]
pub struct Aggregation {
    /// In the order written.
    pub aggregates: Vec<Aggregate>,
    /// Grouping fields; a row that lacks one is left out, a multivalue puts the row into several groups.
    pub by: Vec<Selector>,
}

/// One aggregate.
#[derive(Clone, Debug)]
pub struct Aggregate {
    /// The registry's entry.
    pub function: &'static StatsFunction,
    /// A number in the function's name: 95 of `perc95`.
    pub parameter: Option<f64>,
    /// What it is computed over; none for `count`.
    pub argument: AggregateInput,
    /// Name of the result; may hold `*` when the argument is a pattern.
    pub name: Selector,
}

/// What an aggregate is computed over.
#[derive(Clone, Debug)]
pub enum AggregateInput {
    /// The rows themselves.
    Rows,
    /// A field or, with `*`, each field that matches.
    Field(Selector),
    /// The value of an expression per row; for `count`, rows in which it is true.
    Expr(Expr),
}

/// `eventstats` and `streamstats`.
#[derive(Clone, Debug)]
pub struct Window {
    /// In the order written.
    pub aggregates: Vec<Aggregate>,
    /// Grouping fields.
    pub by: Vec<Selector>,
    /// Over which rows.
    pub frame: WindowFrame,
}

/// The rows that a window aggregate sees.
#[derive(Clone, Debug, PartialEq)]
pub enum WindowFrame {
    /// All rows of the group.
    Group,
    /// The rows so far.
    Running {
        /// Include the current row.
        current: bool,
        /// The last so many rows; 0 means all.
        window: usize,
        /// Only rows within so many seconds of `_time`.
        time_window: Option<f64>,
        /// Count the window over all groups together.
        global: bool,
    },
}

/// One key of a sort.
#[derive(Clone, Debug)]
pub struct SortKey {
    /// The field.
    pub field: FieldRef,
    /// Greatest first.
    pub descending: bool,
    /// How values compare.
    pub kind: SortKind,
}

/// How values compare when sorting. A missing value always comes last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortKind {
    /// Decided per pair: numbers, then addresses, then text by bytes.
    Auto,
    /// As numbers.
    Number,
    /// As text by bytes.
    Text,
    /// As addresses.
    Address,
}

/// `dedup`.
#[derive(Clone, Debug)]
pub struct Distinct {
    /// The key.
    pub fields: Vec<FieldRef>,
    /// Keep so many rows per key.
    pub count: usize,
    /// Keep rows that lack a key field.
    pub keep_empty: bool,
    /// Keep all rows, but remove the key fields from those beyond `count`.
    pub keep_events: bool,
    /// Compare only with the row before.
    pub consecutive: bool,
}

/// `rex`.
#[derive(Clone, Debug)]
pub struct Extract {
    /// The field to look in.
    pub field: FieldRef,
    /// With at least one named group.
    pub regex: Arc<Regex>,
    /// Hits to take; 0 means all.
    pub max_match: usize,
}

/// `lookup`.
#[derive(Clone, Debug)]
pub struct LookupCall {
    /// Lookup definition or file name.
    pub lookup: Spanned<Name>,
    /// Column of the table, field of the row.
    pub inputs: Vec<(Selector, FieldRef)>,
    /// Column of the table, field to write; none means every column that is no input.
    pub outputs: Option<Vec<(Selector, Name)>>,
    /// `OUTPUTNEW`: a field that the row has stays.
    pub keep_existing: bool,
    /// The row's time, for tables whose rows hold at times only.
    pub time: FieldRef,
}

/// `join`.
#[derive(Clone, Debug)]
pub struct Join {
    /// Key fields; empty means every field common to both sides.
    pub fields: Vec<FieldRef>,
    /// Keep rows without a match.
    pub outer: bool,
    /// Matches to take per row; 0 means all.
    pub max: usize,
    /// The subsearch's fields replace fields of the same name.
    pub overwrite: bool,
    /// The subsearch.
    pub plan: Box<Plan>,
}

/// An operation with semantics of its own, such as `transaction`.
pub trait Native: std::fmt::Debug + Send + Sync {
    /// Name of the command.
    fn name(&self) -> &'static str;

    /// Fields read, made and dropped.
    fn flow(&self, input: &Schema) -> Flow;

    /// Whether it works on each row by itself, whatever rows came before.
    fn is_row_wise(&self) -> bool {
        false
    }

    /// A fresh run of the operation.
    fn open(&self, context: &Context) -> Box<dyn Operator>;

    /// The assignments that the operation stands for, if it is only an abbreviation: one after the other, over rows with
    /// the fields named, in any order.
    fn assignments(&self, fields: &[Name]) -> Option<Vec<Assignment>> {
        let _ = fields;
        None
    }

    /// The field names with `*` that the operation works on.
    fn patterns(&self) -> Vec<Name> {
        Vec::new()
    }

    /// What the operation needs and does not have in this run, so that it leaves rows as they are: lower case, no final
    /// period.
    fn lack(&self, _: &Context) -> Option<&'static str> {
        None
    }
}

/// A running operation: batches go in, batches come out, state stays inside.
pub trait Operator: Send {
    /// Takes a batch; gives what can be given already.
    ///
    /// # Errors
    /// A limit was exceeded or the operation cannot go on; the text is an end of the sentence "`command` failed: ".
    fn push(&mut self, batch: Batch, context: &Context) -> Result<Option<Batch>, String>;

    /// No more rows come; gives the rest.
    ///
    /// # Errors
    /// As [`Operator::push`].
    fn finish(&mut self, context: &Context) -> Result<Option<Batch>, String>;
}
