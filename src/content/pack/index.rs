//! Objects by name. Names are compared exactly.

use super::Pack;
use crate::content::model::{
    Dashboard, DataSource, Deployment, Detection, Lookup, Macro, Object, Removed, SavedSearch, Schedule, Story,
};
use std::collections::HashMap;

/// Positions by name; the first object of a name wins.
#[derive(Debug, Default)]
pub(super) struct Index {
    baselines: HashMap<String, usize>,
    data_sources: HashMap<String, usize>,
    detections: HashMap<String, usize>,
    lookups: HashMap<String, usize>,
    /// All positions of a name, which may be defined once for each number of arguments.
    macros: HashMap<String, Vec<usize>>,
    schedules: HashMap<String, usize>,
    stories: HashMap<String, usize>,
}

impl Index {
    pub(super) fn of(pack: &Pack) -> Self {
        let mut macros: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, name) in names(&pack.macros) {
            macros.entry(name).or_default().push(at);
        }
        Self {
            baselines: first(&pack.baselines),
            data_sources: first(&pack.data_sources),
            detections: first(&pack.detections),
            lookups: first(&pack.lookups),
            macros,
            schedules: first(&pack.schedules),
            stories: first(&pack.stories),
        }
    }
}

fn names<T: HasObject>(objects: &[T]) -> impl Iterator<Item = (usize, String)> {
    let names = objects.iter().map(|object| object.object().name.as_str().to_owned());
    names.enumerate().filter(|(_, name)| !name.is_empty())
}

fn first<T: HasObject>(objects: &[T]) -> HashMap<String, usize> {
    let mut index = HashMap::with_capacity(objects.len());
    for (at, name) in names(objects) {
        index.entry(name).or_insert(at);
    }
    index
}

/// What every kind of object shares.
pub trait HasObject {
    /// The common part.
    fn object(&self) -> &Object;
}

macro_rules! has_object {
    ($($kind:ty),*) => {
        $(impl HasObject for $kind {
            fn object(&self) -> &Object {
                &self.object
            }
        })*
    };
}

has_object!(Dashboard, DataSource, Deployment, Detection, Lookup, Macro, Removed, SavedSearch, Schedule, Story);

impl Pack {
    /// The baseline of this name.
    pub fn baseline(&self, name: &str) -> Option<&SavedSearch> {
        self.baselines.get(*self.index.baselines.get(name)?)
    }

    /// The data source of this name.
    pub fn data_source(&self, name: &str) -> Option<&DataSource> {
        self.data_sources.get(*self.index.data_sources.get(name)?)
    }

    /// The detection of this name.
    pub fn detection(&self, name: &str) -> Option<&Detection> {
        self.detections.get(*self.index.detections.get(name)?)
    }

    /// The lookup of this name.
    pub fn lookup(&self, name: &str) -> Option<&Lookup> {
        self.lookups.get(*self.index.lookups.get(name)?)
    }

    /// The macro of this name that takes this many arguments.
    pub fn macro_definition(&self, name: &str, arguments: usize) -> Option<&Macro> {
        self.macros_named(name).find(|it| it.arguments.len() == arguments)
    }

    /// The macros of this name, whatever their number of arguments, in the order of [`Pack::macros`].
    pub fn macros_named(&self, name: &str) -> impl Iterator<Item = &Macro> {
        let positions = self.index.macros.get(name).map(Vec::as_slice).unwrap_or_default();
        positions.iter().filter_map(|at| self.macros.get(*at))
    }

    /// The schedule of this name.
    pub fn schedule(&self, name: &str) -> Option<&Schedule> {
        self.schedules.get(*self.index.schedules.get(name)?)
    }

    /// The story of this name.
    pub fn story(&self, name: &str) -> Option<&Story> {
        self.stories.get(*self.index.stories.get(name)?)
    }
}
