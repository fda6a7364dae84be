//! `foreach`: run `eval` once per field of a list.
//!
//! - In the stages in brackets, `<<FIELD>>` stands for the name of a field, `<<MATCHSTR>>` for the text that all `*` of the
//!   pattern caught, `<<MATCHSEG1>>` to `<<MATCHSEG3>>` for the text of each. Fields are those of the whole result, in order
//!   of their names; a plain name is taken whether or not a row has it.
//! - `mode=multivalue` runs once per value of one field, `mode=json_array` once per element of a JSON array,
//!   `mode=auto_collections` as the value is; `<<ITEM>>` stands for the element, `<<ITER>>` for its number from 0.
//! - The placeholders are replaced in the tree, not in the text, so that no name can break out of its quotes.
//! - Only `eval` stages are run. Source: Search Reference, "foreach".

use super::lower::{selector, subsearch, words};
use super::native::{Apply, gathered};
use super::options::Options;
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax, build};
use crate::diag::{Problem, codes, did_you_mean, nearest};
use crate::expr::{Context, FieldRef, Lowering};
use crate::ir::op::{Assignment, Selector, Target, TargetPart};
use crate::ir::{Flow, Native, NoCatalog, Op, Operator, Plan, Read, ReadKind, Schema, Step, wildcard};
use crate::source::Span;
use crate::spl::ast::{Arg, Expr, ExprKind, Quote, Stage, Word};
use crate::spl::walk;
use crate::value::{Batch, Column, Name, Value};
use std::sync::Arc;

mod elements;

use elements::Items;

/// See the module.
pub(super) struct Foreach;

const fn option(name: &'static str, default: &'static str, summary: &'static str) -> OptionSpec {
    OptionSpec { name, kind: OptionKind::Text, default, summary }
}

const OPTIONS: &[OptionSpec] = &[
    option("fieldstr", "<<FIELD>>", "The placeholder for the name of the field."),
    option("itemstr", "<<ITEM>>", "The placeholder for an element."),
    option("iterstr", "<<ITER>>", "The placeholder for the number of an element."),
    option("matchseg1", "<<MATCHSEG1>>", "The placeholder for the text of the first `*`."),
    option("matchseg2", "<<MATCHSEG2>>", "The placeholder for the text of the second `*`."),
    option("matchseg3", "<<MATCHSEG3>>", "The placeholder for the text of the third `*`."),
    option("matchstr", "<<MATCHSTR>>", "The placeholder for the text of all `*`."),
    option("mode", "multifield", "`multifield`, `multivalue`, `json_array` or `auto_collections`: what is run over."),
];

impl Command for Foreach {
    fn name(&self) -> &'static str {
        "foreach"
    }

    fn summary(&self) -> &'static str {
        "Run eval once per field of a list"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "foreach <field>... [<eval with placeholders>]", options: OPTIONS }
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example {
                title: "A sum over fields",
                before: r#"[{"n_a":"1","n_b":"2"}]"#,
                search: "| eval s=0 | foreach n_* [eval s = s + '<<FIELD>>']",
                after: r#"[{"n_a":"1","n_b":"2","s":"3"}]"#,
            },
            Example {
                title: "A sum over values",
                before: r#"[{"v":["1","2","4"]}]"#,
                search: "| eval s=0 | foreach mode=multivalue v [eval s = s + <<ITEM>>]",
                after: r#"[{"v":["1","2","4"],"s":"7"}]"#,
            },
            Example {
                title: "Elements of an array with their numbers",
                before: r#"[{"j":"[\"x\",\"y\"]"}]"#,
                search: r#"| foreach mode=json_array j [eval t = mvappend(t, "<<ITER>>=<<ITEM>>")] | fields t"#,
                after: r#"[{"t":["0=x","1=y"]}]"#,
            },
        ]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let options = Options::of(stage, OPTIONS, cx);
        let Some(search) = subsearch(stage) else { return cx.incomplete("a subsearch in brackets") };
        let fields: Vec<Selector> = words(stage).into_iter().map(selector).collect();
        if fields.is_empty() {
            return cx.incomplete("a field");
        }
        let token = |name: &str| {
            let default = OPTIONS.iter().find(|spec| spec.name == name).map_or("", |spec| spec.default);
            options.text(name).unwrap_or(default).to_owned()
        };
        let mode = options.text("mode").unwrap_or("multifield").to_ascii_lowercase();
        let mut body = Vec::new();
        for inner in &search.stages {
            if inner.command.node != "eval" {
                return cx.unsupported("only `eval` is run per field");
            }
            for arg in &inner.args {
                if let Arg::Assign { target, value } = &arg.node {
                    body.push((target.clone(), value.clone()));
                }
            }
        }
        let known: Vec<String> = match mode.as_str() {
            "multifield" => TOKENS.map(token).to_vec(),
            _ => ["itemstr", "iterstr"].map(token).to_vec(),
        };
        for (target, value) in &body {
            unknown_placeholders(&target.text, target.span, &known, cx);
            walk::exprs(value, &mut |part| match &part.kind {
                ExprKind::Text(text) => unknown_placeholders(text, part.span, &known, cx),
                ExprKind::Field(word) => unknown_placeholders(&word.text, word.span, &known, cx),
                _ => {}
            });
        }
        if mode != "multifield" {
            let Some(items) = Items::of(&mode) else {
                return cx.incomplete("one of the modes `multifield`, `multivalue`, `json_array`, `auto_collections`");
            };
            let [field] = fields.as_slice() else { return cx.incomplete("one field") };
            let field = FieldRef::new(field.name.clone(), field.span);
            return elements::lower(field, items, &[token("itemstr"), token("iterstr")], &body, cx);
        }
        let each = Each { fields, tokens: TOKENS.map(token).to_vec(), body: Arc::new(body) };
        // Mistakes are the same for every field.
        for (_, value) in each.body.iter() {
            let _ = cx.expr(&each.filled(value, "field", &["text"]));
        }
        cx.native(each);
    }
}

/// Reports what looks like a placeholder and is none, so that it stays in the text.
fn unknown_placeholders(text: &str, span: Span, known: &[String], cx: &mut Lower) {
    let mut rest = text;
    while let Some((_, inside)) = rest.split_once("<<") {
        let Some((word, after)) = inside.split_once(">>") else { return };
        rest = inside;
        let placeholder = format!("<<{word}>>");
        if word.is_empty() || !word.chars().all(char::is_alphanumeric) || known.contains(&placeholder) {
            continue;
        }
        rest = after;
        let help = match nearest(&placeholder, known.iter().map(String::as_str)) {
            Some(near) => did_you_mean(near),
            None => format!("its placeholders are {}", known.join(", ")),
        };
        let message = format!("`{placeholder}` is no placeholder of this `foreach`");
        cx.problem(Problem::new(codes::UNKNOWN_PLACEHOLDER, message, span).label("stays as it is").help(help));
    }
}

/// The placeholders for fields, in the order in which [`Each::replaced`] gives their values.
const TOKENS: [&str; 5] = ["fieldstr", "matchseg1", "matchseg2", "matchseg3", "matchstr"];

/// Runs assignments once per field.
#[derive(Clone, Debug)]
struct Each {
    fields: Vec<Selector>,
    /// The placeholders, in the order of [`TOKENS`].
    tokens: Vec<String>,
    body: Arc<Vec<(Word, Expr)>>,
}

impl Each {
    /// The fields to run over, in order of their names, each with the texts that the pattern's `*` caught.
    fn names<'n>(&'n self, known: &[&'n Name]) -> Vec<(&'n str, Vec<&'n str>)> {
        let mut names: Vec<(&str, Vec<&str>)> = Vec::new();
        for selector in &self.fields {
            let known = known.iter().map(|name| &***name);
            let plain = (!selector.is_pattern()).then_some(&*selector.name);
            let mut found: Vec<_> = known
                .filter(|_| plain.is_none())
                .chain(plain)
                .filter_map(|name| Some((name, wildcard::captures(&selector.name, name)?)))
                .collect();
            found.sort();
            for item in found {
                if !names.iter().any(|(name, _)| *name == item.0) {
                    names.push(item);
                }
            }
        }
        names
    }

    fn replaced(&self, text: &str, name: &str, caught: &[&str]) -> String {
        let all = caught.concat();
        let segment = |at: usize| caught.get(at).copied().unwrap_or_default();
        let values = [name, segment(0), segment(1), segment(2), &all];
        // One pass: a value that looks like a placeholder stays as it is.
        let mut result = String::new();
        let mut rest = text;
        loop {
            let next = self
                .tokens
                .iter()
                .zip(values)
                .filter(|(token, _)| !token.is_empty())
                .filter_map(|(token, value)| Some((rest.find(token.as_str())?, token.len(), value)))
                .min();
            let Some((at, length, value)) = next else { break };
            result.push_str(&rest[..at]);
            result.push_str(value);
            rest = &rest[at + length..];
        }
        result.push_str(rest);
        result
    }

    fn filled(&self, expr: &Expr, name: &str, caught: &[&str]) -> Expr {
        let again = |inner: &Expr| self.filled(inner, name, caught);
        let boxed = |inner: &Expr| Box::new(self.filled(inner, name, caught));
        let kind = match &expr.kind {
            ExprKind::Text(text) => ExprKind::Text(self.replaced(text, name, caught)),
            ExprKind::Field(word) => {
                let text = self.replaced(&word.text, name, caught);
                // The name of a field is one name, whatever stands in it.
                let quote = if text == word.text { word.quote } else { Quote::Single };
                ExprKind::Field(Word { text, quote, span: word.span })
            }
            ExprKind::Unary(op, operand) => ExprKind::Unary(*op, boxed(operand)),
            ExprKind::Binary(op, left, right) => ExprKind::Binary(op.clone(), boxed(left), boxed(right)),
            ExprKind::In(operand, items) => ExprKind::In(boxed(operand), items.iter().map(again).collect()),
            ExprKind::Call(function, args) => ExprKind::Call(function.clone(), args.iter().map(again).collect()),
            ExprKind::Number(..) | ExprKind::Subsearch(_) => expr.kind.clone(),
        };
        Expr { kind, span: expr.span }
    }

    fn assignments(&self, name: &str, caught: &[&str]) -> Vec<Assignment> {
        let mut ignored = (Vec::new(), Vec::new());
        let one = |(target, value): &(Word, Expr)| {
            let filled = self.filled(value, name, caught);
            let value = build::lower_expr(&filled, Lowering::expr, &mut ignored.0, &mut ignored.1)?;
            let text = self.replaced(&target.text, name, caught);
            let target =
                if text == target.text { super::eval::target(target) } else { Target::Name(text.as_str().into()) };
            Some(Assignment { target, value, span: Span::default() })
        };
        self.body.iter().filter_map(one).collect()
    }
}

impl Native for Each {
    fn name(&self) -> &'static str {
        "foreach"
    }

    fn flow(&self, input: &Schema) -> Flow {
        let mut flow = Flow { output: input.clone(), ..Flow::default() };
        flow.reads_all = self.fields.iter().any(Selector::is_pattern);
        let known: Vec<&Name> = input.fields.keys().collect();
        for (name, caught) in self.names(&known) {
            let op = Op::Extend(self.assignments(name, &caught));
            let step = Step { op, command: "foreach", span: Span::default() };
            let plan = Plan { steps: vec![step], subsearches: Vec::new() };
            let inner = crate::ir::flow::flow_from(&plan, flow.output.clone(), &NoCatalog);
            for step in inner.steps {
                // The template serves many fields: what one of them lacks is no mistake of the search.
                let tested = step.flow.reads.into_iter().map(|read| Read { kind: ReadKind::Tested, ..read });
                flow.reads.extend(tested);
                flow.output = step.flow.output;
            }
        }
        flow
    }

    fn patterns(&self) -> Vec<Name> {
        self.fields.iter().filter(|field| field.is_pattern()).map(|field| field.name.clone()).collect()
    }

    fn assignments(&self, fields: &[Name]) -> Option<Vec<Assignment>> {
        let known: Vec<&Name> = fields.iter().collect();
        let names = self.names(&known);
        Some(names.into_iter().flat_map(|(name, caught)| Each::assignments(self, name, &caught)).collect())
    }

    fn open(&self, _: &Context) -> Box<dyn Operator> {
        gathered(self)
    }
}

impl Apply for Each {
    fn apply(&self, mut batch: Batch, context: &Context) -> Result<Batch, String> {
        let names: Vec<Name> = batch.names().cloned().collect();
        let known: Vec<&Name> = names.iter().collect();
        for (name, caught) in self.names(&known) {
            for assignment in self.assignments(name, &caught) {
                let column = build::eval(&assignment.value, &batch, context);
                assign(&assignment.target, column, &mut batch);
            }
        }
        Ok(batch)
    }
}

fn assign(target: &Target, column: Column, batch: &mut Batch) {
    let parts = match target {
        Target::Name(name) => return batch.set(name.clone(), column),
        Target::Template(parts) => parts,
    };
    for row in 0..batch.rows() {
        let mut name = String::new();
        let mut complete = true;
        for part in parts {
            match part {
                TargetPart::Text(text) => name.push_str(text),
                TargetPart::Field(field) => {
                    let text = batch.value(row, &field.name).to_text();
                    complete &= !text.is_empty();
                    name.push_str(&text);
                }
            }
        }
        if complete {
            let empty = || Column::repeat(Value::Null, batch.rows());
            let mut made = batch.column(&name).cloned().unwrap_or_else(empty);
            made.values_mut()[row] = column.values()[row].clone();
            batch.set(name, made);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn replaces_placeholders_in_one_pass() {
        let default = |name| OPTIONS.iter().find(|spec| spec.name == name).unwrap().default.to_owned();
        let tokens = TOKENS.map(default).to_vec();
        let each = Each { fields: vec![Selector::new("sd_*_*", Span::default())], tokens, body: Arc::default() };
        let replaced = |text: &str| each.replaced(text, "<<MATCHSTR>>", &["a", "b"]);
        assert_eq!(replaced("x <<FIELD>> <<MATCHSEG2>>-<<MATCHSEG1>> <<MATCHSTR>>"), "x <<MATCHSTR>> b-a ab");
        let known: Vec<Name> = ["sd_z_1", "other", "sd_a_2"].map(Name::from).to_vec();
        let names = each.names(&known.iter().collect::<Vec<_>>());
        assert_eq!(names, [("sd_a_2", vec!["a", "2"]), ("sd_z_1", vec!["z", "1"])]);
    }
}
