//! What the compiler knows of a search, as far as a page shows it.

/// Facts about one detection's search.
///
/// The command line fills it from the syntax tree and the plan. [`Analysis::of_text`] is the poor man's version for a
/// search that does not compile: it reads names off the text and knows nothing of fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Analysis {
    /// Data models that the search reads, with or without a dataset (`Endpoint.Processes`, `Endpoint`).
    pub datamodels: Vec<String>,
    /// Macros that the search calls itself, without those that its macros call.
    pub macros: Vec<String>,
    /// Lookups that the expanded search uses.
    pub lookups: Vec<String>,
    /// Fields of events or datasets that the search needs, under the names that the search has for them
    /// (`Processes.dest`).
    pub fields_read: Vec<String>,
    /// Fields of the result, in column order.
    pub fields_out: Vec<String>,
    /// Whether the result can have any other field of the events too.
    pub fields_open: bool,
    /// The plan, one operation in a line.
    pub plan: Option<String>,
    /// The search with all macros expanded, if it could be expanded.
    pub expanded: Option<String>,
}

impl Analysis {
    /// Reads macro, data model and lookup names off the text of a search, without parsing it.
    pub fn of_text(search: &str) -> Self {
        let mut analysis = Self::default();
        for call in search.split('`').skip(1).step_by(2) {
            let name = call.split('(').next().unwrap_or_default().trim();
            if !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "_-.:".contains(c)) {
                push_new(&mut analysis.macros, name);
            }
        }
        let tokens: Vec<&str> = search.split(|c: char| c.is_whitespace() || "|[]\"`".contains(c)).collect();
        let tokens: Vec<&str> = tokens.into_iter().filter(|token| !token.is_empty()).collect();
        for (at, token) in tokens.iter().enumerate() {
            let (word, rest) = token.split_once(['=', ':']).unwrap_or((token, ""));
            let next = || tokens.get(at + 1).copied().unwrap_or_default();
            if word.eq_ignore_ascii_case("datamodel") {
                let name = if rest.is_empty() { next().trim_start_matches('=') } else { rest };
                if !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "_.".contains(c)) {
                    push_new(&mut analysis.datamodels, name);
                }
            } else if matches!(word, "lookup" | "inputlookup" | "outputlookup") && rest.is_empty() {
                let name = tokens[at + 1..].iter().find(|token| !token.contains('=')).copied().unwrap_or_default();
                if !name.is_empty() {
                    push_new(&mut analysis.lookups, name);
                }
            }
        }
        analysis
    }
}

fn push_new(names: &mut Vec<String>, name: &str) {
    if !names.iter().any(|known| known == name) {
        names.push(name.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_off_the_text() {
        let analysis = Analysis::of_text(
            "| tstats `common` count from datamodel=Endpoint.Processes where a=\"x datamodels\" by b \
             | `drop_dm_object_name(\"Processes\")` | lookup update=true tools name AS b OUTPUT c \
             | append [| from datamodel:Web.Web | inputlookup more.csv] | `common`",
        );
        assert_eq!(analysis.datamodels, ["Endpoint.Processes", "Web.Web"]);
        assert_eq!(analysis.macros, ["common", "drop_dm_object_name"]);
        assert_eq!(analysis.lookups, ["tools", "more.csv"]);
        assert_eq!(Analysis::of_text("").macros, Vec::<String>::new());
        assert_eq!(Analysis::of_text("lookup").lookups, Vec::<String>::new());
        assert_eq!(Analysis::of_text("`` ` datamodel=").datamodels, Vec::<String>::new());
    }
}
