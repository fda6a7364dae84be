//! Typed expressions: what the trees of [`crate::spl::ast`] mean, and their evaluation over [`crate::value::Batch`]es.
//!
//! Two languages meet here. An [`Expr`] is an eval expression: values, three-valued logic, case-sensitive. A
//! [`Predicate`] is a search expression: two-valued, case-insensitive, with wildcards. Detections, calculated fields
//! (`EVAL-`), eventtypes and data-model constraints all run through this room.

pub mod constant;
pub mod eval;
pub mod functions;
pub mod kind;
pub mod lower;
pub mod predicate;
pub mod stats;

use crate::source::Span;
use crate::value::pattern::Pattern;
use crate::value::regex::Regex;
use crate::value::{Name, Value};
use std::sync::Arc;

pub use crate::spl::ast::{BinaryOp, CompareOp, UnaryOp};
pub use kind::Kind;
pub use lower::Lowering;

/// A field that an expression reads, with the place that names it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FieldRef {
    /// The name, unquoted.
    pub name: Name,
    /// In the expanded search text; empty at 0 for fields that no one wrote.
    pub span: Span,
}

impl FieldRef {
    /// A reference at a span.
    pub fn new(name: impl Into<Name>, span: Span) -> Self {
        Self { name: name.into(), span }
    }
}

/// An eval expression, resolved: functions are known and their arguments counted.
#[derive(Clone, Debug)]
pub enum Expr {
    /// A constant.
    Literal(Value),
    /// The value of a field; null if the row has none.
    ///
    /// A bare name with dots (`userIdentity.userName`) is a field in practice, yet `.` also joins texts: if `parts` is
    /// not empty and the row has no field of the whole name, the parts are joined instead.
    Field {
        /// The whole name.
        field: FieldRef,
        /// The fields between the dots, for the fallback; empty for names without dots or in quotes.
        parts: Vec<FieldRef>,
    },
    /// One operand.
    Unary(UnaryOp, Box<Expr>),
    /// Two operands.
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
    /// True if the operand equals one item; items are expressions without wildcards.
    In(Box<Expr>, Vec<Expr>),
    /// A function call.
    Call {
        /// The registry's entry.
        function: &'static functions::Function,
        /// As many as the function takes.
        args: Vec<Expr>,
        /// A pattern among the arguments that is a literal, compiled once.
        regex: Option<Arc<Regex>>,
        /// The call.
        span: Span,
    },
    /// A search expression inside an eval expression: `searchmatch("...")`.
    Matches(Box<Predicate>),
}

impl Expr {
    /// Whether it may give another value each time, or one that depends on more of the row than its fields.
    pub fn is_random(&self) -> bool {
        match self {
            Self::Literal(_) | Self::Field { .. } => false,
            Self::Unary(_, operand) => operand.is_random(),
            Self::Binary(_, left, right) => left.is_random() || right.is_random(),
            Self::In(left, items) => left.is_random() || items.iter().any(Self::is_random),
            Self::Call { function, args, .. } => function.name == "random" || args.iter().any(Self::is_random),
            // It may look into the text of the event.
            Self::Matches(_) => true,
        }
    }

    /// The fields that the expression reads, in the order written, repetitions included. The parts of a dotted name
    /// are not among them.
    pub fn fields(&self) -> Vec<FieldRef> {
        let mut fields = Vec::new();
        self.add_fields(&mut fields);
        fields
    }

    fn add_fields(&self, fields: &mut Vec<FieldRef>) {
        match self {
            Self::Literal(_) => {}
            Self::Field { field, .. } => fields.push(field.clone()),
            Self::Unary(_, operand) => operand.add_fields(fields),
            Self::Binary(_, left, right) => {
                left.add_fields(fields);
                right.add_fields(fields);
            }
            Self::In(left, items) => {
                left.add_fields(fields);
                for item in items {
                    item.add_fields(fields);
                }
            }
            Self::Call { args, .. } => {
                for arg in args {
                    arg.add_fields(fields);
                }
            }
            Self::Matches(predicate) => predicate.add_fields(fields),
        }
    }
}

/// A search expression, resolved: constants are compiled patterns.
#[derive(Clone, Debug)]
pub enum Predicate {
    /// All hold; an empty list is true for every row (`search *`).
    And(Vec<Predicate>),
    /// Any holds; an empty list is true for no row (an empty subsearch).
    Or(Vec<Predicate>),
    /// Does not hold. Two-valued: true for a row that lacks the field.
    Not(Box<Predicate>),
    /// `field op pattern`. False for a row that lacks the field. A multivalue satisfies it if one value does.
    Compare {
        /// Left side.
        field: FieldRef,
        /// Operator.
        op: CompareOp,
        /// Right side, compiled.
        pattern: Pattern,
    },
    /// `field IN (...)`: the same as `=` with any of the patterns.
    In {
        /// Left side.
        field: FieldRef,
        /// In the order written.
        patterns: Vec<Pattern>,
    },
    /// A word or phrase in `_raw`.
    Keyword(predicate::Keyword),
    /// `earliest=`, `latest=` and their kin: a bound on `_time`, in seconds since the epoch, or relative to the
    /// search's start.
    TimeBound(predicate::TimeBound),
    /// The rows of a subsearch as a condition: the index of its plan in `ir::Plan::subsearches`. The engine replaces it
    /// by what the subsearch gives before the search runs.
    Subsearch(usize),
}

impl Predicate {
    /// The predicate that every row satisfies.
    pub const TRUE: Self = Self::And(Vec::new());

    /// Whether it is plainly [`Predicate::TRUE`].
    pub fn is_true(&self) -> bool {
        matches!(self, Self::And(terms) if terms.is_empty())
    }

    /// The predicate without its time bounds, for a closed set of events that is searched as a whole.
    #[must_use]
    pub fn without_time_bounds(&self) -> Self {
        match self {
            Self::And(terms) => {
                let terms = terms.iter().filter(|term| !matches!(term, Self::TimeBound(_)));
                Self::And(terms.map(Self::without_time_bounds).collect())
            }
            Self::TimeBound(_) => Self::TRUE,
            Self::Or(_)
            | Self::Not(_)
            | Self::Compare { .. }
            | Self::In { .. }
            | Self::Keyword(_)
            | Self::Subsearch(_) => self.clone(),
        }
    }

    /// The fields that the predicate reads, repetitions included, in the order written but for time bounds, which come
    /// last: `_raw` for words, `_time` for time bounds, with empty spans.
    pub fn fields(&self) -> Vec<FieldRef> {
        let mut fields = Vec::new();
        self.add_fields(&mut fields);
        fields
    }

    fn add_fields(&self, fields: &mut Vec<FieldRef>) {
        match self {
            Self::And(terms) | Self::Or(terms) => {
                for term in terms {
                    term.add_fields(fields);
                }
            }
            Self::Not(term) => term.add_fields(fields),
            Self::Compare { field, .. } | Self::In { field, .. } => fields.push(field.clone()),
            Self::Keyword(_) => fields.push(FieldRef::new("_raw", Span::default())),
            Self::TimeBound(bound) => fields.push(FieldRef::new(bound.field(), Span::default())),
            Self::Subsearch(_) => {}
        }
    }
}

/// What an evaluation needs to know besides the row.
#[derive(Clone, Debug)]
pub struct Context {
    /// `now()`: start of the search, seconds since the epoch.
    pub now: f64,
    /// The search's time zone; UTC unless the user says otherwise.
    pub zone: jiff::tz::TimeZone,
    /// Seed of `random()`, so that results can be repeated.
    pub seed: u64,
    /// The bounds of the search's time range, where it has some: from, and up to but not including.
    pub range: (Option<f64>, Option<f64>),
    /// Where addresses are, if somebody knows.
    pub places: Option<crate::value::places::Places>,
}

impl Context {
    /// Of a search in UTC over all time that starts at `now` (seconds since the epoch).
    pub fn at(now: f64) -> Self {
        Self { now, zone: jiff::tz::TimeZone::UTC, seed: 0, range: (None, None), places: None }
    }
}
