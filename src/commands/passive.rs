//! Commands that change nothing in the rows: they say how Splunk shows events, or where it does the work.
//!
//! - Source: Search Reference, the pages of each command.

use super::{Command, Example, Lower, Syntax};
use crate::spl::ast::Stage;

/// A command that passes rows on.
pub(super) struct Passing {
    name: &'static str,
    summary: &'static str,
    usage: &'static str,
    examples: &'static [Example],
}

const fn example(search: &'static str) -> Example {
    let rows = r#"[{"a":"1"}]"#;
    Example { title: "Rows pass on", before: rows, search, after: rows }
}

/// `highlight`.
pub(super) const HIGHLIGHT: Passing = Passing {
    name: "highlight",
    summary: "Mark words where Splunk shows events",
    usage: "highlight <text>...",
    examples: &[example("| highlight x")],
};

/// `iconify`.
pub(super) const ICONIFY: Passing = Passing {
    name: "iconify",
    summary: "Give events icons where Splunk shows them",
    usage: "iconify <field>...",
    examples: &[example("| iconify a")],
};

/// `localop`.
pub(super) const LOCALOP: Passing = Passing {
    name: "localop",
    summary: "Run what follows on the search head",
    usage: "localop",
    examples: &[example("| localop")],
};

/// `noop`.
pub(super) const NOOP: Passing = Passing {
    name: "noop",
    summary: "Do nothing",
    usage: "noop [<option>=<value>]...",
    examples: &[example("| noop")],
};

/// `redistribute`.
pub(super) const REDISTRIBUTE: Passing = Passing {
    name: "redistribute",
    summary: "Spread what follows over indexers",
    usage: "redistribute [num_of_reducers=<n>] [by <field>...]",
    examples: &[example("| redistribute by a")],
};

/// `rtorder`.
pub(super) const RTORDER: Passing = Passing {
    name: "rtorder",
    summary: "Put the events of a real-time search in order",
    usage: "rtorder [buffer_span=<span>]",
    examples: &[example("| rtorder")],
};

impl Command for Passing {
    fn name(&self) -> &'static str {
        self.name
    }

    fn summary(&self) -> &'static str {
        self.summary
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: self.usage, options: &[] }
    }

    fn examples(&self) -> &'static [Example] {
        self.examples
    }

    fn lower(&self, _: &Stage, _: &mut Lower) {}
}
