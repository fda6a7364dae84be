//! The commands of SPL: one file each, with its syntax, documentation, examples and lowering to operations.
//!
//! To add a command: write `src/commands/<name>.rs`, add its `mod` line and its line in [`ALL`] (both sorted). Most
//! commands are sugar and lower to the operations of [`crate::ir::op`]; one with semantics of its own implements
//! [`crate::ir::Native`] in its file. What is known but cannot be run is a line in `unsupported.rs`.
//!
//! Lowering never stops at a problem: a stage that makes no sense becomes [`crate::ir::Op::Unsupported`], so that the
//! rest of the search is still checked.

mod build;
mod computed;
mod lower;
mod native;
mod options;
mod pivot;
mod sed;
mod unsupported;

mod accum;
mod addcoltotals;
mod addinfo;
mod addtotals;
mod anomalydetection;
mod append;
mod appendcols;
mod appendpipe;
mod autoregress;
mod bin;
mod chart;
mod concurrency;
mod contingency;
mod convert;
mod datamodel;
mod dedup;
mod delta;
mod eval;
mod eventstats;
mod extract;
mod fieldformat;
mod fields;
mod fieldsummary;
mod filldown;
mod fillnull;
mod foreach;
mod format;
mod from;
mod fromjson;
mod gentimes;
mod head;
mod inputcsv;
mod inputlookup;
mod iplocation;
mod join;
mod localize;
mod lookup;
mod makecontinuous;
mod makemv;
mod makeresults;
mod map;
mod metadata;
mod mstats;
mod multikv;
mod multisearch;
mod mvcombine;
mod mvexpand;
mod nomv;
mod outlier;
mod outputcsv;
mod outputlookup;
mod passive;
mod rangemap;
mod rare;
mod regex;
mod reltime;
mod rename;
mod replace;
mod require;
mod return_;
mod reverse;
mod rex;
mod search;
mod set;
mod setfields;
mod sort;
mod spath;
mod stats;
mod strcat;
mod streamstats;
mod table;
mod tail;
mod timechart;
mod timewrap;
mod tojson;
mod top;
mod transaction;
mod transpose;
mod trendline;
mod tstats;
mod union;
mod uniq;
mod untable;
mod where_;
mod xmlkv;
mod xmlunescape;
mod xpath;
mod xyseries;

use crate::diag::Problem;
use crate::ir::Plan;
use crate::spl::ast;
use std::collections::HashMap;
use std::sync::OnceLock;

pub use lower::Lower;
pub use options::{OptionKind, OptionSpec};
pub use unsupported::reason as unsupported_reason;

/// A command of SPL.
pub trait Command: Sync {
    /// Lower case.
    fn name(&self) -> &'static str;

    /// Other names for the same command, lower case.
    fn aliases(&self) -> &'static [&'static str] {
        &[]
    }

    /// What it does, in one line without a final period.
    fn summary(&self) -> &'static str;

    /// How it is written.
    fn syntax(&self) -> Syntax;

    /// Uses that show what it does; each one runs as a test.
    fn examples(&self) -> &'static [Example];

    /// Adds the operations of one stage to the plan, and problems to the context.
    fn lower(&self, stage: &ast::Stage, cx: &mut Lower);
}

/// How a command is written.
#[derive(Clone, Copy, Debug)]
pub struct Syntax {
    /// The whole command: `<field>` stands for a word, `[...]` may be left out, `...` repeats.
    pub usage: &'static str,
    /// Its options, sorted by name.
    pub options: &'static [OptionSpec],
}

/// A use of a command with its effect.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// What it shows, in one line without a final period.
    pub title: &'static str,
    /// Rows before the search, as a JSON array of objects; empty for a search that makes its own rows.
    pub before: &'static str,
    /// The search, beginning with a pipe.
    pub search: &'static str,
    /// Rows behind it, as a JSON array; empty where they depend on data outside of the example.
    pub after: &'static str,
}

/// Every command that has a file, sorted by name.
pub const ALL: &[&dyn Command] = &[
    &accum::Accum,
    &addcoltotals::Addcoltotals,
    &addinfo::Addinfo,
    &addtotals::Addtotals,
    &anomalydetection::Anomalydetection,
    &append::Append,
    &appendcols::Appendcols,
    &appendpipe::Appendpipe,
    &autoregress::Autoregress,
    &bin::Bin,
    &chart::Chart,
    &concurrency::Concurrency,
    &contingency::Contingency,
    &convert::Convert,
    &datamodel::Datamodel,
    &dedup::Dedup,
    &delta::Delta,
    &eval::Eval,
    &eventstats::Eventstats,
    &extract::Extract,
    &fieldformat::Fieldformat,
    &fields::Fields,
    &fieldsummary::Fieldsummary,
    &filldown::Filldown,
    &fillnull::Fillnull,
    &foreach::Foreach,
    &format::Format,
    &from::From,
    &fromjson::Fromjson,
    &gentimes::Gentimes,
    &head::Head,
    &passive::HIGHLIGHT,
    &passive::ICONIFY,
    &inputcsv::Inputcsv,
    &inputlookup::Inputlookup,
    &iplocation::Iplocation,
    &join::Join,
    &localize::Localize,
    &passive::LOCALOP,
    &lookup::Lookup,
    &makecontinuous::Makecontinuous,
    &makemv::Makemv,
    &makeresults::Makeresults,
    &map::Map,
    &metadata::Metadata,
    &mstats::Mstats,
    &multikv::Multikv,
    &multisearch::Multisearch,
    &mvcombine::Mvcombine,
    &mvexpand::Mvexpand,
    &nomv::Nomv,
    &passive::NOOP,
    &outlier::Outlier,
    &outputcsv::Outputcsv,
    &outputlookup::Outputlookup,
    &rangemap::Rangemap,
    &rare::Rare,
    &passive::REDISTRIBUTE,
    &regex::Regex,
    &reltime::Reltime,
    &rename::Rename,
    &replace::Replace,
    &require::Require,
    &return_::Return,
    &reverse::Reverse,
    &rex::Rex,
    &passive::RTORDER,
    &search::Search,
    &set::Set,
    &setfields::Setfields,
    &sort::Sort,
    &spath::Spath,
    &stats::Stats,
    &strcat::Strcat,
    &streamstats::Streamstats,
    &table::Table,
    &tail::Tail,
    &timechart::Timechart,
    &timewrap::Timewrap,
    &tojson::Tojson,
    &top::Top,
    &transaction::Transaction,
    &transpose::Transpose,
    &trendline::Trendline,
    &tstats::Tstats,
    &union::Union,
    &uniq::Uniq,
    &untable::Untable,
    &where_::Where,
    &xmlkv::Xmlkv,
    &xmlunescape::Xmlunescape,
    &xpath::Xpath,
    &xyseries::Xyseries,
];

/// The command of this name or alias, in lower case.
pub fn find(name: &str) -> Option<&'static dyn Command> {
    static BY_NAME: OnceLock<HashMap<&str, &dyn Command>> = OnceLock::new();
    let by_name = BY_NAME.get_or_init(|| {
        let names =
            |command: &&'static dyn Command| std::iter::once(command.name()).chain(command.aliases().iter().copied());
        ALL.iter().flat_map(|command| names(command).map(|name| (name, *command))).collect()
    });
    by_name.get(name).copied()
}

/// A search as a plan.
#[derive(Clone, Debug, Default)]
pub struct Lowered {
    /// The plan; stages that cannot be run are in it as `Op::Unsupported`.
    pub plan: Plan,
    /// What is wrong, in the order found.
    pub problems: Vec<Problem>,
}

/// Lowers a whole search. An implied or written first `search` makes events.
pub fn lower(search: &ast::Search) -> Lowered {
    let mut problems = Vec::new();
    let plan = lower::shown_plan(search, true, &mut problems);
    Lowered { plan, problems }
}

/// Lowers stages that work on rows that come in, as the body of an `appendpipe` does.
pub fn lower_body(search: &ast::Search) -> Lowered {
    let mut problems = Vec::new();
    let plan = lower::shown_plan(search, false, &mut problems);
    Lowered { plan, problems }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_registry_is_sorted_and_well_formed() {
        for pair in ALL.windows(2) {
            assert!(pair[0].name() < pair[1].name(), "{} before {}", pair[0].name(), pair[1].name());
        }
        for command in ALL {
            let name = command.name();
            let syntax = command.syntax();
            assert!(!command.summary().ends_with('.'), "{name}");
            assert!(syntax.usage.starts_with(name), "{name}");
            assert!(!command.examples().is_empty(), "{name}");
            assert!(unsupported_reason(name).is_none(), "{name}");
            for alias in command.aliases() {
                assert!(ALL.iter().all(|other| other.name() != *alias), "{alias}");
            }
            for pair in syntax.options.windows(2) {
                assert!(pair[0].name < pair[1].name, "{name}: {} before {}", pair[0].name, pair[1].name);
            }
            for option in syntax.options {
                assert!(option.summary.ends_with('.'), "{name} {}", option.name);
            }
        }
    }
}
