//! The seam to the language rooms: expressions and searches in knowledge objects, compiled and carried out.

use super::macros::Macros;
use crate::diag::{Diagnostic, Problem, Severity, codes};
use crate::expr::lower::Lowering;
use crate::expr::{Context, Expr, Predicate};
use crate::ir::reads;
use crate::source::{Located, Span};
use crate::spl::{self, ast};
use crate::value::{Batch, Column, Name, Value};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// What came of a text: nothing if it does not compile. Places are those of the text.
#[derive(Clone, Debug)]
pub(super) struct Compiled<T> {
    pub(super) value: Option<T>,
    pub(super) problems: Vec<Diagnostic>,
}

/// Compiles an eval expression.
pub(super) fn eval(text: &Located) -> Compiled<Expr> {
    let (tree, mut problems) = spl::parse_eval(text.as_str());
    let mut value = None;
    if let Some(tree) = tree {
        let mut lowering = Lowering::new();
        let expr = lowering.value(&tree);
        if lowering.subsearches.is_empty() && !lowering.failed() {
            value = Some(expr);
        }
        if !lowering.subsearches.is_empty() {
            problems.push(no_subsearch(text));
        }
        problems.extend(lowering.problems);
    }
    Compiled { value, problems: locate(problems, text) }
}

/// Compiles a search expression: an eventtype, a constraint. Macros are expanded; a text without terms is true.
pub(super) fn search(text: &Located, macros: &Macros) -> Compiled<Predicate> {
    let expansion = spl::expand(text, &ConfMacros(macros));
    let text = &expansion.text;
    let mut problems = expansion.problems;
    if !problems.is_empty() {
        return Compiled { value: None, problems };
    }
    let (tree, found) = spl::parse_condition(text.as_str());
    let Some(tree) = tree else {
        problems.extend(locate(found, text));
        return Compiled { value: None, problems };
    };
    let (value, more) = condition(&tree, text);
    problems.extend(locate(found, text));
    problems.extend(more);
    Compiled { value, problems }
}

fn condition(tree: &ast::Term, text: &Located) -> (Option<Predicate>, Vec<Diagnostic>) {
    let mut lowering = Lowering::new();
    let predicate = lowering.predicate(tree);
    if !lowering.subsearches.is_empty() {
        lowering.problems.push(no_subsearch(text));
    }
    let value = (!lowering.failed()).then_some(predicate);
    (value, locate(lowering.problems, text))
}

/// The search of a root dataset: a condition and calculated fields.
#[derive(Clone, Debug)]
pub(super) struct BaseSearch {
    pub(super) condition: Predicate,
    pub(super) calculated: Vec<(Name, Expr)>,
}

/// Compiles the search of a root dataset: `search` first, then any number of `search`, `where`-free `eval` stages.
pub(super) fn base_search(text: &Located, macros: &Macros) -> Compiled<BaseSearch> {
    let expansion = spl::expand(text, &ConfMacros(macros));
    let text = &expansion.text;
    let mut problems = expansion.problems;
    let parsed = spl::parse(text.as_str());
    problems.extend(locate(parsed.problems, text));
    let mut conditions = Vec::new();
    let mut calculated = Vec::new();
    for stage in &parsed.search.stages {
        let arguments = stage.args.iter().map(|arg| &arg.node);
        match stage.command.node.as_str() {
            "search" if calculated.is_empty() => {
                for argument in arguments {
                    if let ast::Arg::Condition(term) = argument {
                        let (value, more) = condition(term, text);
                        problems.extend(more);
                        conditions.extend(value);
                    }
                }
            }
            "eval" => {
                for argument in arguments {
                    if let ast::Arg::Assign { target, value } = argument {
                        let mut lowering = Lowering::new();
                        let expr = lowering.value(value);
                        problems.extend(locate(lowering.problems, text));
                        calculated.push((Name::from(target.text.as_str()), expr));
                    }
                }
            }
            "fields" | "table" => {}
            command => {
                let message = format!("`{command}` in the search of a dataset is not supported");
                let span = stage.command.span;
                problems.extend(Diagnostic::in_text(codes::UNSUPPORTED_SETTING, message, text, span));
            }
        }
    }
    let works = problems
        .iter()
        .all(|problem| problem.severity != Severity::Error && problem.code != codes::UNSUPPORTED_SETTING);
    let value = works.then(|| BaseSearch { condition: Predicate::And(conditions), calculated });
    Compiled { value, problems }
}

fn no_subsearch(text: &Located) -> Problem {
    Problem::new(codes::UNSUPPORTED_SETTING, "a knowledge object cannot hold a subsearch", Span::new(0, text.len()))
}

fn locate(problems: Vec<Problem>, text: &Located) -> Vec<Diagnostic> {
    problems.into_iter().filter_map(|problem| problem.locate(text)).collect()
}

/// The macros of `macros.conf`, as the language sees them.
struct ConfMacros<'a>(&'a Macros);

impl spl::Macros for ConfMacros<'_> {
    fn find(&self, name: &str, arity: usize) -> Option<Cow<'_, spl::MacroDefinition>> {
        let found = if arity == 0 { self.0.get(name) } else { self.0.get(format!("{name}({arity})").as_str()) }?;
        Some(Cow::Owned(found.into()))
    }

    fn evaluate(&self, expression: &str) -> Result<String, String> {
        crate::expr::constant::text(expression)
    }

    fn validate(&self, expression: &str) -> Result<spl::Verdict, String> {
        crate::expr::constant::verdict(expression)
    }

    fn arities(&self, name: &str) -> Vec<usize> {
        let arities: BTreeSet<usize> =
            self.0.values().filter(|known| *known.name == *name).map(|known| known.args.len()).collect();
        arities.into_iter().collect()
    }

    fn names(&self) -> Vec<&str> {
        self.0.values().map(|known| &*known.name).collect()
    }
}

/// The value of an expression in every row, as a field may hold it.
pub(super) fn evaluate(expr: &Expr, batch: &Batch, context: &Context) -> Column {
    crate::expr::eval::stored(crate::expr::eval::eval(expr, batch, context))
}

/// Which rows satisfy a condition.
pub(super) fn select(predicate: &Predicate, batch: &Batch, context: &Context) -> Vec<bool> {
    crate::expr::predicate::select(predicate, batch, context)
}

/// Whether a single comparison holds if the field has this value.
pub(super) fn holds_for(leaf: &Predicate, field: &str, value: &str) -> bool {
    let mut batch = Batch::new(1);
    batch.set(field, Column::new(vec![Value::from(value)]));
    select(leaf, &batch, &no_context()).first() == Some(&true)
}

/// For each of several values, whether a single comparison holds if the field has it.
pub(super) fn holds_for_each(leaf: &Predicate, field: &str, values: &[Name]) -> Vec<bool> {
    let mut batch = Batch::new(values.len());
    batch.set(field, Column::new(values.iter().map(|value| Value::from(&**value)).collect()));
    select(leaf, &batch, &no_context())
}

/// For comparisons that read no clock.
fn no_context() -> Context {
    Context::at(0.0)
}

/// The fields that an expression reads.
pub(super) fn reads_of_expr(expr: &Expr) -> Vec<Name> {
    let mut found = Vec::new();
    reads::of_expr(expr, &mut found);
    distinct(found)
}

/// The fields that a condition reads.
pub(super) fn reads_of_predicate(predicate: &Predicate) -> Vec<Name> {
    let mut found = Vec::new();
    reads::of_predicate(predicate, &mut found);
    distinct(found)
}

fn distinct(reads: Vec<crate::ir::Read>) -> Vec<Name> {
    reads.into_iter().map(|read| read.field.name).collect::<BTreeSet<Name>>().into_iter().collect()
}
