//! The macros that a search may call: those of the pack (and of the packs it was loaded with), of apps, and the filter
//! macros that the app's builder makes.

use crate::content::names;
use crate::content::pack::Pack;
use crate::knowledge::Knowledge;
use crate::source::Located;
use crate::spl::{MacroDefinition, Macros, Verdict};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

/// Macros by name; a pack's macro hides one of an app.
#[derive(Debug)]
pub(super) struct KnownMacros<'a> {
    by_name: BTreeMap<&'a str, Vec<MacroDefinition>>,
    /// The filter macro of each detection, with the place to show for it: the detection's name.
    filters: HashMap<String, MacroDefinition>,
}

impl<'a> KnownMacros<'a> {
    pub(super) fn new(pack: &'a Pack, knowledge: &'a Knowledge) -> Self {
        let mut by_name: BTreeMap<&str, Vec<MacroDefinition>> = BTreeMap::new();
        for known in &pack.macros {
            let arguments = known.arguments.iter().map(|name| name.as_str().to_owned()).collect();
            let entry = by_name.entry(known.object.name.as_str()).or_default();
            entry.push(MacroDefinition::plain(known.definition.clone(), arguments));
        }
        for known in knowledge.macros().values() {
            let entry = by_name.entry(&known.name).or_default();
            if entry.iter().all(|other| other.arguments.len() != known.args.len()) {
                entry.push(known.into());
            }
        }
        let mut filters = HashMap::new();
        for detection in &pack.detections {
            let name = &detection.object.name;
            if let Some(place) = name.whole() {
                // The text is what the app's builder writes; it stands nowhere in the pack.
                let mut definition = Located::empty(place);
                definition.push("search *", place, crate::source::Copied::Decoded);
                let filter = MacroDefinition::plain(definition, Vec::new());
                filters.insert(names::filter_macro(name.as_str()), filter);
            }
        }
        Self { by_name, filters }
    }
}

impl Macros for KnownMacros<'_> {
    fn find(&self, name: &str, arity: usize) -> Option<Cow<'_, MacroDefinition>> {
        let known = self.by_name.get(name).and_then(|all| all.iter().find(|known| known.arguments.len() == arity));
        known.or_else(|| self.filters.get(name).filter(|_| arity == 0)).map(Cow::Borrowed)
    }

    fn arities(&self, name: &str) -> Vec<usize> {
        let mut arities: Vec<usize> =
            self.by_name.get(name).into_iter().flatten().map(|known| known.arguments.len()).collect();
        if self.filters.contains_key(name) {
            arities.push(0);
        }
        arities.sort_unstable();
        arities.dedup();
        arities
    }

    fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> =
            self.by_name.keys().copied().chain(self.filters.keys().map(String::as_str)).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    fn evaluate(&self, expression: &str) -> Result<String, String> {
        crate::expr::constant::text(expression)
    }

    fn validate(&self, expression: &str) -> Result<Verdict, String> {
        crate::expr::constant::verdict(expression)
    }
}
