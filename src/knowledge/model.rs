//! Data models, read from Splunk's JSON.
//!
//! A model is a forest of datasets. An event belongs to a dataset if it satisfies the constraints of the dataset and of
//! all its ancestors. A child is a subset of its parent, not a further row. Fields and calculations are inherited; a
//! field keeps the lineage of the dataset that declares it as the prefix of its qualified name.

mod read;

use crate::source::{Located, Place};
use crate::value::Name;

pub(super) use read::read;

/// Fields that are addressed without a prefix in every dataset.
pub const UNPREFIXED: &[&str] = &["_time", "host", "index", "nodename", "source", "sourcetype"];

/// A data model.
#[derive(Clone, Debug)]
pub struct Model {
    /// `modelName`: what searches name.
    pub name: Name,
    /// The beginning of its file.
    pub place: Place,
    /// Every dataset; none if only the model's name is known. Parents before children, otherwise in the order of the
    /// file.
    pub(super) datasets: Vec<DatasetDefinition>,
}

/// What the file says of one dataset.
#[derive(Clone, Debug)]
pub struct DatasetDefinition {
    /// `objectName`.
    pub name: Name,
    /// The names from the root to this one, joined by dots: the prefix of the fields that it declares.
    pub lineage: Name,
    /// Index of the parent; none for a root.
    pub(super) parent: Option<usize>,
    /// What its rows are.
    pub base: Base,
    /// Its own constraints; all must hold.
    pub constraints: Vec<Located>,
    /// Its own fields, results of its calculations included, in the order of declaration.
    pub fields: Vec<Field>,
    /// Its own calculations, in order. They run after those of the ancestors.
    pub calculations: Vec<Calculation>,
}

/// What the rows of a dataset are.
#[derive(Clone, Debug)]
pub enum Base {
    /// Events, filtered by the constraints.
    Events,
    /// The result of a search.
    Search(Located),
    /// The rows of the parent, filtered by the constraints.
    Parent,
    /// Transactions, which are not supported.
    Transactions,
}

/// A declared field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The name without prefix.
    pub name: Name,
    /// `type`: `string`, `number`, `boolean`, `ipv4`, `timestamp`, ... Values are not converted.
    pub kind: Name,
    /// Not shown in Splunk's editors. It can be searched nonetheless.
    pub hidden: bool,
}

/// A calculation: it replaces the event's fields of the names that it makes.
#[derive(Clone, Debug)]
pub struct Calculation {
    /// What is computed.
    pub kind: CalculationKind,
    /// The fields made.
    pub outputs: Vec<Name>,
}

/// The kinds of calculation.
#[derive(Clone, Debug)]
pub enum CalculationKind {
    /// An eval expression, into the one output.
    Eval(Located),
    /// Named groups of a regular expression over a field.
    Rex {
        /// The field to look in.
        input: Name,
        /// The pattern.
        regex: Located,
    },
    /// A lookup.
    Lookup {
        /// Name of the lookup definition.
        lookup: Name,
        /// Column of the table, field of the event.
        inputs: Vec<(Name, Name)>,
        /// Column of the table, field to write.
        outputs: Vec<(Name, Name)>,
    },
    /// A kind that is not supported: its fields stay without value.
    Unsupported(Name),
}

/// A field of a dataset under the name by which `tstats` addresses it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QualifiedField {
    /// `Owner.Lineage.field`.
    pub qualified: Name,
    /// `field`.
    pub name: Name,
    /// Index of the dataset that declares it.
    pub(super) owner: usize,
}

/// A dataset of a model.
#[derive(Clone, Copy, Debug)]
pub struct Dataset<'m> {
    /// The model.
    pub model: &'m Model,
    pub(super) index: usize,
}

impl Model {
    /// A dataset by name or by lineage (`All_Changes.Account_Management`). Case-sensitive.
    pub fn dataset(&self, name: &str) -> Option<Dataset<'_>> {
        let found = |d: &DatasetDefinition| &*d.name == name || &*d.lineage == name;
        self.datasets.iter().position(found).map(|index| Dataset { model: self, index })
    }

    /// The datasets without a parent.
    pub fn roots(&self) -> impl Iterator<Item = Dataset<'_>> {
        self.all().filter(|dataset| dataset.definition().parent.is_none())
    }

    /// Every dataset, parents before children.
    pub fn all(&self) -> impl Iterator<Item = Dataset<'_>> {
        (0..self.datasets.len()).map(|index| Dataset { model: self, index })
    }

    /// Whether nothing but the name is known: a model of another app, declared without datasets. Each dataset and field
    /// may exist then, and no row can be computed.
    pub fn is_name_only(&self) -> bool {
        self.datasets.is_empty()
    }

    /// The names of the datasets, parents before children.
    pub fn dataset_names(&self) -> impl Iterator<Item = &str> {
        self.datasets.iter().map(|dataset| &*dataset.name)
    }
}

impl<'m> Dataset<'m> {
    /// What the file says of it.
    pub fn definition(self) -> &'m DatasetDefinition {
        &self.model.datasets[self.index]
    }

    /// Its name.
    pub fn name(self) -> &'m Name {
        &self.definition().name
    }

    /// The prefix of the fields that it declares.
    pub fn lineage(self) -> &'m Name {
        &self.definition().lineage
    }

    /// The root, then each child on the way, then this dataset.
    pub fn chain(self) -> Vec<Self> {
        let mut chain = vec![self];
        while let Some(parent) = chain.last().and_then(|dataset| dataset.definition().parent) {
            chain.push(Self { model: self.model, index: parent });
        }
        chain.reverse();
        chain
    }

    /// Its children and theirs, parents before children.
    pub fn descendants(self) -> Vec<Self> {
        let mut found: Vec<Self> = Vec::new();
        for dataset in self.model.all() {
            let parent = dataset.definition().parent;
            if parent.is_some_and(|parent| parent == self.index || found.iter().any(|known| known.index == parent)) {
                found.push(dataset);
            }
        }
        found
    }

    /// Its fields, inherited ones first.
    pub fn fields(self) -> Vec<QualifiedField> {
        self.chain().into_iter().flat_map(Self::own_fields).collect()
    }

    /// The fields by which a search on this dataset can address its rows: inherited and own ones, and those of its
    /// descendants, which have values in the rows that belong to the descendant.
    pub fn qualified_fields(self) -> Vec<QualifiedField> {
        let mut fields = self.fields();
        fields.extend(self.descendants().into_iter().flat_map(Self::own_fields));
        fields
    }

    pub(super) fn own_fields(self) -> Vec<QualifiedField> {
        let definition = self.definition();
        let qualify = |field: &Field| QualifiedField {
            qualified: format!("{}.{}", definition.lineage, field.name).into(),
            name: field.name.clone(),
            owner: self.index,
        };
        definition.fields.iter().map(qualify).collect()
    }
}
