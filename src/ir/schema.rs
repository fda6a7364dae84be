//! What is known of the fields of rows at one point of a plan.
//!
//! [`super::flow()`] computes a [`Schema`] behind each step; [`super::needs()`] goes the other way.

use crate::expr::{FieldRef, Kind};
use crate::source::Span;
use crate::value::Name;
use indexmap::IndexMap;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

/// What is known of one field.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FieldInfo {
    /// Where in the search the field was made; none for fields of events and datasets.
    pub made: Option<Span>,
    /// May hold several values in one row.
    pub multivalue: bool,
    /// Every row has it (by-fields, counts).
    pub always: bool,
    /// What each single value is, if that is known. It is not of fields of events: their text may be that of a number.
    pub values: Option<ValueKind>,
}

/// The kind of a single value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueKind {
    /// A number.
    Number,
    /// Text.
    Text,
}

impl ValueKind {
    /// What an expression of a kind gives, or a function that returns it.
    pub fn of(kind: Kind) -> Option<Self> {
        match kind {
            Kind::Number => Some(Self::Number),
            Kind::Text => Some(Self::Text),
            Kind::Any | Kind::Bool | Kind::List | Kind::Null => None,
        }
    }
}

impl FieldInfo {
    /// What is known of the values, in words: `number`, `string`, `multivalue`, `multivalue string`; empty if nothing is.
    pub fn kind(&self) -> &'static str {
        match (self.multivalue, self.values) {
            (false, Some(ValueKind::Number)) => "number",
            (false, Some(ValueKind::Text)) => "string",
            (true, Some(ValueKind::Number)) => "multivalue number",
            (true, Some(ValueKind::Text)) => "multivalue string",
            (true, None) => "multivalue",
            (false, None) => "",
        }
    }

    /// A field made at a place of the search, of which nothing else is known.
    pub fn made(span: Span) -> Self {
        Self { made: Some(span), ..Self::default() }
    }

    /// What holds for the values of both.
    #[must_use]
    pub fn either(&self, other: &Self) -> Self {
        Self {
            made: self.made.or(other.made),
            multivalue: self.multivalue || other.multivalue,
            always: self.always && other.always,
            values: self.values.filter(|kind| other.values == Some(*kind)),
        }
    }
}

/// How a field was lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// Name of the command that dropped it.
    pub command: &'static str,
    /// The place of that command.
    pub span: Span,
    /// Its new name, if it was renamed rather than dropped.
    pub renamed_to: Option<Name>,
}

/// A map by field name. Field names come from strangers, so its hashes are seeded.
pub type Fields<T> = IndexMap<Name, T, foldhash::fast::RandomState>;

/// A value that clones share until one of them is changed: most steps leave most of a schema alone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shared<T>(Arc<T>);

impl<T> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Clone> DerefMut for Shared<T> {
    fn deref_mut(&mut self) -> &mut T {
        Arc::make_mut(&mut self.0)
    }
}

#[expect(clippy::into_iter_without_iter, reason = "`iter` is the one of the value")]
impl<'a, T> IntoIterator for &'a Shared<T>
where
    &'a T: IntoIterator,
{
    type Item = <&'a T as IntoIterator>::Item;
    type IntoIter = <&'a T as IntoIterator>::IntoIter;

    fn into_iter(self) -> Self::IntoIter {
        (**self).into_iter()
    }
}

#[expect(clippy::into_iter_without_iter, reason = "`iter_mut` is the one of the value")]
impl<'a, T: Clone> IntoIterator for &'a mut Shared<T>
where
    &'a mut T: IntoIterator,
{
    type Item = <&'a mut T as IntoIterator>::Item;
    type IntoIter = <&'a mut T as IntoIterator>::IntoIter;

    fn into_iter(self) -> Self::IntoIter {
        (**self).into_iter()
    }
}

/// The fields that rows can have at one point of a plan.
///
/// Open: "these, and possibly any other". Closed: these only.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Schema {
    /// Known fields, in column order.
    pub fields: Shared<Fields<FieldInfo>>,
    /// Rows may have fields that are not listed.
    pub open: bool,
    /// Fields that existed earlier and were dropped or renamed.
    pub dropped: Shared<Fields<Loss>>,
    /// The command that closed an open schema: what it did not keep may have existed before it.
    pub closed_by: Option<Loss>,
}

impl Schema {
    /// Rows of which nothing is known.
    pub fn any() -> Self {
        Self { open: true, ..Self::default() }
    }

    /// Whether rows can have this field.
    pub fn can_have(&self, name: &str) -> bool {
        self.fields.contains_key(name) || (self.open && !self.dropped.contains_key(name))
    }

    /// Sets a field; one that exists keeps its place.
    pub fn set(&mut self, name: impl Into<Name>, info: FieldInfo) {
        let name = name.into();
        if self.dropped.contains_key(&name) {
            self.dropped.shift_remove(&name);
        }
        self.fields.insert(name, info);
    }

    /// Removes a field and remembers by what.
    pub fn drop_field(&mut self, name: &Name, by: Loss) {
        let known = self.fields.contains_key(name);
        if known {
            self.fields.shift_remove(name);
        }
        if known || (self.open && !self.dropped.contains_key(name)) {
            self.dropped.insert(name.clone(), by);
        }
    }

    /// Rows may have any field from here on: nothing is known to be missing.
    pub fn open_up(&mut self) {
        self.open = true;
        self.closed_by = None;
        self.dropped = Shared::default();
    }

    /// The schema of rows of either kind; fields of `self` come first.
    pub fn merge(&mut self, other: &Self) {
        let open = self.open || other.open;
        self.dropped.retain(|name, _| !other.can_have(name));
        for (name, by) in &other.dropped {
            if !self.can_have(name) && !self.dropped.contains_key(name) {
                self.dropped.insert(name.clone(), by.clone());
            }
        }
        for (name, info) in &mut self.fields {
            *info = match other.fields.get(name) {
                Some(theirs) => info.either(theirs),
                None => FieldInfo { always: false, ..info.clone() },
            };
        }
        for (name, info) in &other.fields {
            if !self.fields.contains_key(name) {
                self.set(name.clone(), FieldInfo { always: false, ..info.clone() });
            }
        }
        self.open = open;
        if open {
            self.closed_by = None;
        } else if self.closed_by.is_none() {
            self.closed_by.clone_from(&other.closed_by);
        }
    }
}

/// What becomes of a field that a step reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadKind {
    /// Its value decides what comes out; without the field the step does nothing useful.
    Value,
    /// It is only listed: `table`, `fields`, an output list.
    Listed,
    /// The search asks whether it is there (`isnull`, `coalesce`, `fillnull`): a missing field is foreseen.
    Tested,
    /// A piece of a dotted name, read only if there is no field of the whole name.
    Part,
}

/// One field that a step reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    /// The field, with the place that names it; the place is empty at 0 for fields that no one wrote.
    pub field: FieldRef,
    /// What for.
    pub kind: ReadKind,
}

impl Read {
    /// A read of the value.
    pub fn value(field: &FieldRef) -> Self {
        Self { field: field.clone(), kind: ReadKind::Value }
    }

    /// A read of a field that the search does not write out, such as the `_time` of `latest(x)`.
    pub fn implied(name: &str) -> Self {
        Self { field: FieldRef::new(name, Span::default()), kind: ReadKind::Tested }
    }
}

/// What a step does to fields.
#[derive(Clone, Debug, Default)]
pub struct Flow {
    /// Fields that the step reads, in the order written.
    pub reads: Vec<Read>,
    /// The step looks at every field of its input, whatever the name.
    pub reads_all: bool,
    /// The schema behind the step.
    pub output: Schema,
}

impl Flow {
    /// Of a step that makes fields whose names only the data knows.
    pub fn opening(input: &Schema, reads: Vec<Read>) -> Self {
        let mut output = input.clone();
        output.open_up();
        Self { reads, output, ..Self::default() }
    }
}

/// What is known outside of the search: data models and lookups.
pub trait Catalog {
    /// The fields of a dataset, or without one those of all root datasets of the model; named `Dataset.field` when
    /// `prefixed`. `None`: the model or dataset is not known, so its rows may have any field.
    fn dataset_fields(&self, model: &str, dataset: Option<&str>, prefixed: bool) -> Option<Vec<(Name, FieldInfo)>>;

    /// The columns of a lookup; `None` if the lookup or its columns are not known.
    fn lookup_columns(&self, lookup: &str) -> Option<Vec<Name>>;
}

/// A catalog that knows nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoCatalog;

impl Catalog for NoCatalog {
    fn dataset_fields(&self, _: &str, _: Option<&str>, _: bool) -> Option<Vec<(Name, FieldInfo)>> {
        None
    }

    fn lookup_columns(&self, _: &str) -> Option<Vec<Name>> {
        None
    }
}
