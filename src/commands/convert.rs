//! `convert`: change how values are written.
//!
//! - `ctime(f)` writes seconds since the epoch by `timeformat`, in the search's time zone; `mktime(f)` reads such a text.
//!   A missing field stays missing; a value that cannot be converted stays as it is, except that `num` removes it.
//! - `*` in a name covers every field of the rows but internal ones; `none(f)` takes fields out again. With `as` the
//!   original stays.
//! - Source: Search Reference, "convert".

use super::native::{Apply, streaming};
use super::options::Options;
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax};
use crate::diag::{Problem, codes, nearest};
use crate::expr::Context;
use crate::ir::op::Selector;
use crate::ir::{FieldInfo, Flow, Native, Operator, Schema, reads, wildcard};
use crate::spl::ast::{Arg, Stage};
use crate::value::time::Format;
use crate::value::{Batch, Column, Name, Value, number};
use std::sync::Arc;

/// See the module.
pub(super) struct Convert;

const OPTIONS: &[OptionSpec] = &[OptionSpec {
    name: "timeformat",
    kind: OptionKind::Text,
    default: "%m/%d/%Y %H:%M:%S",
    summary: "How `ctime` and `mktime` write times.",
}];

impl Command for Convert {
    fn name(&self) -> &'static str {
        "convert"
    }

    fn summary(&self) -> &'static str {
        "Change how values are written"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "convert [timeformat=<text>] <function>(<field>) [as <name>]...", options: OPTIONS }
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example {
                title: "A time as text",
                before: r#"[{"t":"1741774645"}]"#,
                search: r#"| convert timeformat="%Y-%m-%dT%H:%M:%S" ctime(t)"#,
                after: r#"[{"t":"2025-03-12T10:17:25"}]"#,
            },
            Example {
                title: "Without commas, beside the original",
                before: r#"[{"n":"1,200"}]"#,
                search: "| convert rmcomma(n) as m",
                after: r#"[{"n":"1,200","m":"1200"}]"#,
            },
        ]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let options = Options::of(stage, OPTIONS, cx);
        let mut calls = Vec::new();
        for arg in &stage.args {
            let Arg::Convert { function, field, target } = &arg.node else { continue };
            let Some((_, function)) = FUNCTIONS.iter().find(|(name, _)| *name == function.node) else {
                let message = format!("`convert` has no function `{}`", function.node);
                let mut problem = Problem::new(codes::UNKNOWN_FUNCTION, message, function.span);
                if let Some(near) = nearest(&function.node, FUNCTIONS.iter().map(|(name, _)| *name)) {
                    problem = problem.help(crate::diag::did_you_mean(near));
                }
                cx.problem(problem);
                continue;
            };
            let field = super::lower::selector(field);
            let target = target.as_ref().map(super::lower::selector);
            calls.push(Call { function: *function, field, target });
        }
        if calls.is_empty() {
            return cx.incomplete("a call such as `ctime(<field>)`");
        }
        let format = options.text("timeformat").unwrap_or("%m/%d/%Y %H:%M:%S");
        cx.native(Conversions { calls, format: Arc::new(Format::new(format)) });
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Function {
    Auto,
    Ctime,
    Dur2sec,
    Memk,
    Mktime,
    Mstime,
    None,
    Num,
    Rmcomma,
    Rmunit,
}

const FUNCTIONS: &[(&str, Function)] = &[
    ("auto", Function::Auto),
    ("ctime", Function::Ctime),
    ("dur2sec", Function::Dur2sec),
    ("memk", Function::Memk),
    ("mktime", Function::Mktime),
    ("mstime", Function::Mstime),
    ("none", Function::None),
    ("num", Function::Num),
    ("rmcomma", Function::Rmcomma),
    ("rmunit", Function::Rmunit),
];

#[derive(Clone, Debug)]
struct Call {
    function: Function,
    field: Selector,
    target: Option<Selector>,
}

/// Converts fields.
#[derive(Clone, Debug)]
struct Conversions {
    calls: Vec<Call>,
    format: Arc<Format>,
}

impl Conversions {
    /// Source, target and function of each conversion over these fields.
    fn pairs<'n>(&self, names: &(impl Iterator<Item = &'n Name> + Clone)) -> Vec<(Name, Name, &Call)> {
        let exempt =
            |name: &Name| self.calls.iter().any(|call| call.function == Function::None && call.field.matches(name));
        let mut pairs = Vec::new();
        for call in self.calls.iter().filter(|call| call.function != Function::None) {
            for name in names.clone().filter(|name| !call.field.is_pattern() || !exempt(name)) {
                let target = match &call.target {
                    Some(target) => wildcard::renamed(&call.field.name, &target.name, name).map(Name::from),
                    None => call.field.matches(name).then(|| name.clone()),
                };
                pairs.extend(target.map(|target| (name.clone(), target, call)));
            }
        }
        pairs
    }
}

impl Native for Conversions {
    fn name(&self) -> &'static str {
        "convert"
    }

    fn flow(&self, input: &Schema) -> Flow {
        let mut flow = Flow { output: input.clone(), ..Flow::default() };
        for call in self.calls.iter().filter(|call| !call.field.is_pattern()) {
            // A missing field stays missing.
            flow.reads.push(reads::listed(&call.field.name, call.field.span));
            if let Some(target) = &call.target
                && input.can_have(&call.field.name)
            {
                flow.output.set(target.name.clone(), FieldInfo::made(target.span));
            }
        }
        flow.reads_all = self.calls.iter().any(|call| call.field.is_pattern() && call.target.is_some());
        for (source, target, call) in self.pairs(&input.fields.keys()) {
            let old = input.fields.get(&source).cloned().unwrap_or_default();
            let made = call.target.as_ref().map_or(old.made, |target| Some(target.span));
            let values = old.values.filter(|_| !matches!(call.function, Function::Ctime | Function::Auto));
            flow.output
                .set(target, FieldInfo { values, made, always: old.always && call.function != Function::Num, ..old });
        }
        flow
    }

    fn is_row_wise(&self) -> bool {
        true
    }

    fn open(&self, _: &Context) -> Box<dyn Operator> {
        streaming(self)
    }
}

impl Apply for Conversions {
    fn apply(&self, mut batch: Batch, context: &Context) -> Result<Batch, String> {
        let names: Vec<Name> = batch.names().cloned().collect();
        for (source, target, call) in self.pairs(&names.iter()) {
            let Some(column) = batch.column(&source) else { continue };
            let convert =
                |value: &Value| Value::list(value.values().iter().map(|one| self.convert(call.function, one, context)));
            let values = column.values().iter().map(convert).collect();
            batch.set(target, Column::new(values));
        }
        Ok(batch)
    }
}

impl Conversions {
    fn convert(&self, function: Function, value: &Value, context: &Context) -> Value {
        let text = value.to_text();
        let number = match function {
            Function::Ctime => {
                let time = value.as_number();
                return time.map_or_else(|| value.clone(), |time| Value::text(self.format.print(time, &context.zone)));
            }
            Function::None => return value.clone(),
            Function::Mktime => self.format.parse(&text, context.now, &context.zone),
            Function::Num => {
                return value.as_number().or_else(|| any_number(&text)).map_or(Value::Null, Value::Number);
            }
            Function::Auto => any_number(&text),
            Function::Dur2sec => duration(&text),
            Function::Mstime => minutes(&text),
            Function::Memk => memory(&text),
            Function::Rmcomma => number::parse(&text.replace(',', "")),
            Function::Rmunit => leading_number(&text).map(|(number, _)| number),
        };
        number.map_or_else(|| value.clone(), Value::Number)
    }
}

/// What `auto` and `num` understand: a number, with commas, or with a unit behind it.
fn any_number(text: &str) -> Option<f64> {
    number::parse(text)
        .or_else(|| number::parse(&text.replace(',', "")))
        .or_else(|| duration(text))
        .or_else(|| leading_number(text).map(|(number, _)| number))
}

/// `[days+]hours:minutes:seconds` in seconds.
fn duration(text: &str) -> Option<f64> {
    let (days, rest) = text.split_once('+').unwrap_or(("0", text));
    let mut parts = rest.split(':').map(number::parse);
    let (hours, minutes, seconds) = (parts.next()??, parts.next()??, parts.next()??);
    let exact = parts.next().is_none();
    let days = number::parse(days)?;
    exact.then_some(((days * 24.0 + hours) * 60.0 + minutes) * 60.0 + seconds)
}

/// `[minutes:]seconds.milliseconds` in seconds.
fn minutes(text: &str) -> Option<f64> {
    let (minutes, seconds) = text.split_once(':').unwrap_or(("0", text));
    Some(number::parse(minutes)? * 60.0 + number::parse(seconds)?)
}

/// A size with `k`, `m` or `g` in kilobytes.
fn memory(text: &str) -> Option<f64> {
    let (number, unit) = leading_number(text)?;
    match unit.trim().to_ascii_lowercase().as_str() {
        "" | "k" => Some(number),
        "m" => Some(number * 1024.0),
        "g" => Some(number * 1024.0 * 1024.0),
        _ => None,
    }
}

/// The number that a text begins with, and the rest.
fn leading_number(text: &str) -> Option<(f64, &str)> {
    let sign = usize::from(text.starts_with(['-', '+']));
    let digits = |c: char| !(c.is_ascii_digit() || c == '.');
    let end = text[sign..].find(digits).map_or(text.len(), |at| at + sign);
    Some((number::parse(&text[..end])?, &text[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_numbers_with_units() {
        assert_eq!(duration("1+02:03:04"), Some(93_784.0));
        assert_eq!(duration("1:2"), None);
        assert_eq!(minutes("02:30.5"), Some(150.5));
        assert_eq!(memory("2m"), Some(2048.0));
        assert_eq!(memory("2x"), None);
        assert_eq!(leading_number("-1.5 KB"), Some((-1.5, " KB")));
        assert_eq!(leading_number("KB"), None);
        assert_eq!(any_number("1,200"), Some(1200.0));
    }
}
