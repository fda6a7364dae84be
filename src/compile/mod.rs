//! From the text of a search to its plan: expansion with the pack's macros, parsing, lowering, field flow.
//!
//! Check, docs, explain and replay all see a search through this room.

mod catalog;
mod facts;
mod macros;

pub use facts::Facts;

use crate::commands;
use crate::content::pack::Pack;
use crate::diag::{self, Code, Diagnostic, Problem, Severity, codes};
use crate::ir::flow::{PlanFlow, flow};
use crate::ir::{Catalog, Plan};
use crate::knowledge::Knowledge;
use crate::source::Located;
use crate::spl::{self, Expansion, ast};

/// Compiles the searches of one pack.
#[derive(Debug)]
pub struct Compiler<'a> {
    macros: macros::KnownMacros<'a>,
    catalog: catalog::PackCatalog<'a>,
}

/// A search from text to plan.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// The text after macro expansion, with the way back to the file, and the macros called.
    pub expansion: Expansion,
    /// Its tree.
    pub search: ast::Search,
    /// What it does.
    pub plan: Plan,
    /// Which fields rows have after each step.
    pub flow: PlanFlow,
    /// What expansion, parsing and lowering reported, in file order.
    pub diagnostics: Vec<Diagnostic>,
    /// Nothing of that is an error: the plan and the field flow say all that the search says. Otherwise a part may be
    /// missing, and that a field is not there proves nothing.
    pub sound: bool,
}

impl<'a> Compiler<'a> {
    /// A compiler that knows the macros and lookups of a pack (and of the packs it was loaded with) and of apps.
    pub fn new(pack: &'a Pack, knowledge: &'a Knowledge) -> Self {
        Self { macros: macros::KnownMacros::new(pack, knowledge), catalog: catalog::PackCatalog::new(pack, knowledge) }
    }

    /// The fields of datasets and lookups, as this compiler knows them.
    pub fn catalog(&self) -> &(dyn Catalog + Sync) {
        &self.catalog
    }

    /// The macro expansion of a search and the tree of the result: the first half of [`Compiler::compile`].
    pub fn read(&self, search: &Located) -> (Expansion, spl::Parsed) {
        let expansion = spl::expand(search, &self.macros);
        let parsed = spl::parse(expansion.text.as_str());
        (expansion, parsed)
    }

    /// Compiles a search. Never fails: what cannot be compiled is in the diagnostics, the rest is analysed.
    pub fn compile(&self, search: &Located) -> Compiled {
        let (expansion, parsed) = self.read(search);
        let lowered = commands::lower(&parsed.search);
        let flow = flow(&lowered.plan, &self.catalog);
        let mut diagnostics = expansion.problems.clone();
        // A call that could not be expanded leaves a hole, and what does not fit around it follows from that.
        let hole = diagnostics.iter().any(|found| found.severity == Severity::Error);
        let follows = |code| hole && [codes::SPL_SYNTAX, codes::MISSING_ARGUMENT].contains(&code);
        let problems = without_consequences(parsed.problems, lowered.problems);
        let problems = problems.into_iter().filter(|problem| !follows(problem.code));
        diagnostics.extend(problems.filter_map(|problem| problem.locate(&expansion.text)));
        diag::sort(&mut diagnostics);
        let sound = diagnostics.iter().all(|found| found.severity != Severity::Error);
        Compiled { expansion, search: parsed.search, plan: lowered.plan, flow, diagnostics, sound }
    }
}

/// What parsing and lowering say, each mistake once: the parser knows no functions, and a command that lacks its
/// arguments after a mistake in them lacks nothing more.
fn without_consequences(parsed: Vec<Problem>, lowered: Vec<Problem>) -> Vec<Problem> {
    let of_functions = [codes::UNKNOWN_FUNCTION, codes::FUNCTION_ARITY];
    let misread = |problem: &Problem, other: &Problem, code: Code| {
        problem.span == other.span && problem.code == code && of_functions.contains(&other.code)
    };
    let inside = |problem: &Problem, other: &Problem| {
        problem != other && problem.span.start <= other.span.start && other.span.end <= problem.span.end
    };
    let of_parser = |problem: &&Problem| !lowered.iter().any(|other| misread(problem, other, codes::MISSING_ARGUMENT));
    let of_lowering = |problem: &&Problem| {
        let better = |other: &Problem| misread(other, problem, codes::MISSING_PIPE);
        let known = || parsed.iter().chain(&lowered).any(|other| inside(problem, other));
        !parsed.iter().any(better) && (problem.code != codes::MISSING_ARGUMENT || !known())
    };
    // Both lists are short, unless a text is full of mistakes; then each of them is said.
    if parsed.len() * lowered.len() > 10_000 {
        return parsed.into_iter().chain(lowered).collect();
    }
    parsed.iter().filter(of_parser).chain(lowered.iter().filter(of_lowering)).cloned().collect()
}

impl Compiled {
    /// Whether rows of the result can have this field. A search whose fields are not known can have any.
    pub fn produces(&self, field: &str) -> bool {
        self.flow.output().can_have(field)
    }

    /// A help line for a field that the result does not have; `mark` is put around a name (`$` for tokens).
    pub fn instead_of(&self, field: &str, mark: &str) -> String {
        let output = self.flow.output();
        let names = output.fields.keys().map(|name| &**name);
        if let Some(near) = diag::nearest(field, names.clone()) {
            return crate::diag::did_you_mean(format_args!("{mark}{near}{mark}"));
        }
        let listed: Vec<&str> = names.filter(|name| !name.starts_with('_')).take(12).collect();
        if listed.is_empty() {
            return "name a field that the search produces".to_owned();
        }
        format!("the result has: {}", listed.join(", "))
    }
}
