//! Field flow: which fields rows have after each step of a plan.

use crate::source::Span;
use crate::value::Name;
use indexmap::IndexMap;

/// What is known of one field.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FieldInfo {
    /// Where in the search the field was made; none for fields of events and datasets.
    pub made: Option<Span>,
    /// May hold several values in one row.
    pub multivalue: bool,
    /// Every row has it (by-fields, counts).
    pub always: bool,
    /// Known to be a number.
    pub number: bool,
}

/// The fields that rows can have at one point of a plan.
///
/// Open: "these, and possibly any other". Closed: these only.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Schema {
    /// Known fields, in column order.
    pub fields: IndexMap<Name, FieldInfo>,
    /// Rows may have fields that are not listed.
    pub open: bool,
    /// Fields that existed earlier and were dropped: the name, and the command that dropped it (name, place).
    pub dropped: IndexMap<Name, (&'static str, Span)>,
}

impl Schema {
    /// Whether rows can have this field.
    pub fn can_have(&self, name: &str) -> bool {
        self.fields.contains_key(name) || (self.open && !self.dropped.contains_key(name))
    }
}

/// What a step does to fields.
#[derive(Clone, Debug, Default)]
pub struct Flow {
    /// Fields that the step reads, with the place that names each.
    pub reads: Vec<crate::expr::FieldRef>,
    /// The schema behind the step.
    pub output: Schema,
}
