//! A plan as text and as JSON, for `explain`: one line per step with the operation and its essentials.

use super::flow::{PlanFlow, StepFlow};
use super::op::{
    Aggregate, AggregateInput, BinSpan, Condition, Op, ProjectMode, Selector, SortKind, Target, TargetPart, Window,
    WindowFrame,
};
use super::{Fields, Needs, Plan};
use crate::expr::{BinaryOp, CompareOp, Expr, FieldRef, Predicate, UnaryOp};
use crate::value::{Name, Value};
use serde_json::{Value as Json, json};
use std::fmt::Write as _;

/// The plan as lines, each ending with a newline; subsearches stand indented below the step that uses them.
pub fn print(plan: &Plan) -> String {
    let mut text = String::new();
    lines(plan, 0, &mut text);
    text
}

fn lines(plan: &Plan, depth: usize, text: &mut String) {
    let indent = "  ".repeat(depth);
    for (at, inner) in plan.subsearches.iter().enumerate() {
        let _ = writeln!(text, "{indent}subsearch {at}:");
        lines(inner, depth + 1, text);
    }
    for step in &plan.steps {
        let _ = writeln!(text, "{indent}{}", describe(&step.op));
        if let Some(inner) = step.op.nested() {
            lines(inner, depth + 1, text);
        }
    }
}

/// The plan as JSON: an array of steps, each with the command, the operation and its place, and with a flow also the
/// fields that it reads and that come out. With needs, sources say which fields they must produce.
pub fn to_json(plan: &Plan, flow: Option<&PlanFlow>, needs: Option<&Needs>) -> Json {
    let mut steps = Vec::new();
    for (at, step) in plan.steps.iter().enumerate() {
        let step_flow = flow.and_then(|flow| flow.steps.get(at));
        let mut object = json!({
            "command": step.command,
            "operation": label(&step.op),
            "text": describe(&step.op),
            "span": [step.span.start, step.span.end],
        });
        if let Some(inner) = step.op.nested() {
            let inner_flow = step_flow.and_then(|step| step.nested.as_deref());
            object["plan"] = to_json(inner, inner_flow, needs.and_then(|needs| needs.nested(at)));
        }
        if let Some(step_flow) = step_flow {
            fields_json(step_flow, &mut object);
        }
        if let Some((_, fields)) = needs.and_then(|needs| needs.sources.iter().find(|(step, _)| *step == at)) {
            object["needs"] = match fields {
                Fields::All => json!("*"),
                Fields::These(names) => names.iter().map(|name| &**name).collect(),
            };
        }
        steps.push(object);
    }
    let mut whole = json!({ "steps": steps });
    if !plan.subsearches.is_empty() {
        let inner = |(at, plan): (usize, &Plan)| {
            let flow = flow.and_then(|flow| flow.subsearches.get(at));
            to_json(plan, flow, needs.and_then(|needs| needs.subsearches.get(at)))
        };
        whole["subsearches"] = plan.subsearches.iter().enumerate().map(inner).collect();
    }
    whole
}

fn fields_json(step: &StepFlow, object: &mut Json) {
    let mut reads: Vec<&str> = Vec::new();
    for read in &step.flow.reads {
        if !reads.contains(&&*read.field.name) {
            reads.push(&read.field.name);
        }
    }
    object["reads"] = json!(reads);
    object["fields"] = step.flow.output.fields.keys().map(|name| &**name).collect();
    object["open"] = json!(step.flow.output.open);
}

/// A word for the kind of operation.
pub fn label(op: &Op) -> &'static str {
    match op {
        Op::Events { .. } => "events",
        Op::Dataset { .. } => "dataset",
        Op::Table { .. } => "table",
        Op::Rows { .. } => "rows",
        Op::Filter(_) => "filter",
        Op::Extend(_) => "extend",
        Op::Fill { .. } => "fill",
        Op::Project { .. } => "project",
        Op::Rename(_) => "rename",
        Op::Bin(_) => "bin",
        Op::Aggregate(_) => "aggregate",
        Op::Window(_) => "window",
        Op::Sort { .. } => "sort",
        Op::Limit { .. } => "limit",
        Op::Reverse => "reverse",
        Op::Distinct(_) => "distinct",
        Op::Expand { .. } => "expand",
        Op::Extract(_) => "extract",
        Op::Lookup(_) => "lookup",
        Op::Join(_) => "join",
        Op::Append(_) => "append",
        Op::AppendPipe(_) => "append-pipe",
        Op::AppendColumns { .. } => "append-columns",
        Op::Map { .. } => "map",
        Op::Output { .. } => "output",
        Op::Native(_) => "native",
        Op::Unsupported { .. } => "unsupported",
    }
}

/// One line that says what an operation does.
pub fn describe(op: &Op) -> String {
    match op {
        Op::Events { filter } => format!("events where {}", predicate(filter)),
        Op::Dataset { model, dataset, prefixed } => {
            let dataset = dataset.as_ref().map(|name| format!(".{}", name.node)).unwrap_or_default();
            let prefix = if *prefixed { " with prefix" } else { "" };
            format!("dataset {}{dataset}{prefix}", model.node)
        }
        Op::Table { lookup, filter, start, max, append } => {
            let mut text = format!("table {}", lookup.node);
            if !matches!(filter, Predicate::And(terms) if terms.is_empty()) {
                let _ = write!(text, " where {}", predicate(filter));
            }
            if *start > 0 {
                let _ = write!(text, " from row {start}");
            }
            if let Some(max) = max {
                let _ = write!(text, " at most {max}");
            }
            if *append {
                text.push_str(" added");
            }
            text
        }
        Op::Rows { count } => format!("rows {count}"),
        Op::Filter(Condition::Search(filter)) => format!("filter {}", predicate(filter)),
        Op::Filter(Condition::Where(test)) => format!("filter if {}", expr(test)),
        Op::Extend(assignments) => {
            let one = |assignment: &super::op::Assignment| {
                format!("{} = {}", target(&assignment.target), expr(&assignment.value))
            };
            format!("extend {}", join(assignments.iter().map(one)))
        }
        Op::Fill { value, fields } => format!("fill {} with {}", all_or(fields), literal(value)),
        Op::Project { mode, fields } => {
            let verb = match mode {
                ProjectMode::Keep => "keep",
                ProjectMode::Remove => "remove",
                ProjectMode::Table => "table",
            };
            format!("project {verb} {}", selectors(fields))
        }
        Op::Rename(pairs) => {
            format!(
                "rename {}",
                join(pairs.iter().map(|(from, to)| format!("{} as {}", name(&from.name), name(&to.name))))
            )
        }
        Op::Bin(bin) => {
            let size = match &bin.span {
                BinSpan::Time(span) => format!("span {}{:?}", span.count, span.unit).to_lowercase(),
                BinSpan::Number(size) => format!("span {size}"),
                BinSpan::Bins(count) => format!("at most {count} buckets"),
            };
            let target =
                if bin.target == bin.field.name { String::new() } else { format!(" as {}", name(&bin.target)) };
            format!("bin {}{target} {size}", name(&bin.field.name))
        }
        Op::Aggregate(aggregation) => {
            format!("aggregate {}{}", aggregates(&aggregation.aggregates), by(&aggregation.by))
        }
        Op::Window(window) => describe_window(window),
        Op::Sort { keys, limit } => {
            let key = |key: &super::op::SortKey| {
                let sign = if key.descending { "-" } else { "" };
                let field = name(&key.field.name);
                match key.kind {
                    SortKind::Auto => format!("{sign}{field}"),
                    SortKind::Number => format!("{sign}num({field})"),
                    SortKind::Text => format!("{sign}str({field})"),
                    SortKind::Address => format!("{sign}ip({field})"),
                }
            };
            let limit = if *limit == 0 { String::new() } else { format!(" first {limit}") };
            format!("sort {}{limit}", join(keys.iter().map(key)))
        }
        Op::Limit { count, last } => format!("limit {} {count}", if *last { "last" } else { "first" }),
        Op::Reverse => "reverse".to_owned(),
        Op::Distinct(distinct) => {
            let mut text = format!("distinct {} by {}", distinct.count, fields(&distinct.fields));
            for (set, word) in [
                (distinct.keep_empty, " keep empty"),
                (distinct.keep_events, " keep events"),
                (distinct.consecutive, " consecutive"),
            ] {
                if set {
                    text.push_str(word);
                }
            }
            text
        }
        Op::Expand { field, limit } => {
            let limit = if *limit == 0 { String::new() } else { format!(" at most {limit}") };
            format!("expand {}{limit}", name(&field.name))
        }
        Op::Extract(extract) => {
            let many = if extract.max_match == 1 { String::new() } else { format!(" hits {}", extract.max_match) };
            let groups = join(extract.groups().iter().map(|group| name(group)));
            format!("extract {groups} from {}{many}", name(&extract.field.name))
        }
        Op::Lookup(call) => {
            let inputs = join(call.inputs.iter().map(|(column, field)| pair(&column.name, &field.name)));
            let mut text = format!("lookup {} on {inputs}", call.lookup.node);
            if let Some(outputs) = &call.outputs {
                let word = if call.keep_existing { "new" } else { "output" };
                let _ =
                    write!(text, " {word} {}", join(outputs.iter().map(|(column, field)| pair(&column.name, field))));
            }
            text
        }
        Op::Join(call) => {
            let kind = if call.outer { "left" } else { "inner" };
            let keys = if call.fields.is_empty() { "all common fields".to_owned() } else { fields(&call.fields) };
            let max = if call.max == 1 { String::new() } else { format!(" matches {}", call.max) };
            let overwrite = if call.overwrite { "" } else { " keep own fields" };
            format!("join {kind} on {keys}{max}{overwrite}")
        }
        Op::Append(_) => "append".to_owned(),
        Op::AppendPipe(_) => "append result of".to_owned(),
        Op::AppendColumns { overwrite, .. } => {
            format!("append columns{}", if *overwrite { " over existing ones" } else { "" })
        }
        Op::Map { max, .. } => format!("map at most {max} rows"),
        Op::Output { lookup, append, .. } => {
            format!("output {}{}", lookup.node, if *append { " added" } else { "" })
        }
        Op::Native(native) => format!("native {}", native.name()),
        Op::Unsupported { command, reason } => format!("unsupported {command}: {reason}"),
    }
}

fn describe_window(window: &Window) -> String {
    let mut text = format!("window {}{}", aggregates(&window.aggregates), by(&window.by));
    if let WindowFrame::Running { current, window, time_window, global } = &window.frame {
        text.push_str(" running");
        if !current {
            text.push_str(" without current");
        }
        if *window > 0 {
            let _ = write!(text, " last {window}");
        }
        if let Some(seconds) = time_window {
            let _ = write!(text, " within {seconds}s");
        }
        if !global {
            text.push_str(" per group");
        }
    }
    text
}

fn join(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join(", ")
}

/// A name, in single quotes if it is not plain.
fn name(name: &str) -> String {
    let plain = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "_.*{}():-".contains(c));
    if plain { name.to_owned() } else { format!("'{name}'") }
}

fn pair(left: &Name, right: &Name) -> String {
    if left == right { name(left) } else { format!("{} as {}", name(left), name(right)) }
}

fn selectors(list: &[Selector]) -> String {
    join(list.iter().map(|selector| name(&selector.name)))
}

fn all_or(list: &[Selector]) -> String {
    if list.is_empty() { "all fields".to_owned() } else { selectors(list) }
}

fn fields(list: &[FieldRef]) -> String {
    join(list.iter().map(|field| name(&field.name)))
}

fn by(list: &[Selector]) -> String {
    if list.is_empty() { String::new() } else { format!(" by {}", selectors(list)) }
}

fn aggregates(list: &[Aggregate]) -> String {
    join(list.iter().map(|aggregate| {
        let number = aggregate.parameter.map(|number| number.to_string()).unwrap_or_default();
        let function = format!("{}{number}", aggregate.function.name);
        let call = match &aggregate.argument {
            AggregateInput::Rows => function,
            AggregateInput::Field(field) => format!("{function}({})", field.name),
            AggregateInput::Expr(argument) => format!("{function}({})", expr(argument)),
        };
        if *aggregate.name.name == *call { call } else { format!("{call} as {}", name(&aggregate.name.name)) }
    }))
}

fn target(target: &Target) -> String {
    match target {
        Target::Name(text) => name(text),
        Target::Template(parts) => parts
            .iter()
            .map(|part| match part {
                TargetPart::Text(text) => text.to_string(),
                TargetPart::Field(field) => format!("{{{}}}", field.name),
            })
            .collect(),
    }
}

fn literal(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) | Value::Number(_) => value.to_text().to_lowercase(),
        Value::Text(text) => format!("{text:?}"),
        Value::List(values) => format!("[{}]", join(values.iter().map(literal))),
    }
}

fn compare(op: CompareOp) -> &'static str {
    match op {
        CompareOp::Eq => "=",
        CompareOp::Ne => "!=",
        CompareOp::Lt => "<",
        CompareOp::Le => "<=",
        CompareOp::Gt => ">",
        CompareOp::Ge => ">=",
    }
}

fn binary(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Or => "OR",
        BinaryOp::Xor => "XOR",
        BinaryOp::And => "AND",
        BinaryOp::Compare(op) => compare(op),
        BinaryOp::Like => "LIKE",
        BinaryOp::Add => "+",
        BinaryOp::Subtract => "-",
        BinaryOp::Concat => ".",
        BinaryOp::Multiply => "*",
        BinaryOp::Divide => "/",
        BinaryOp::Modulo => "%",
    }
}

/// An eval expression; every operation below the top stands in parentheses.
pub fn expr(value: &Expr) -> String {
    let inner = |value: &Expr| match value {
        Expr::Binary(..) | Expr::Unary(..) | Expr::In(..) => format!("({})", expr(value)),
        _ => expr(value),
    };
    match value {
        Expr::Literal(value) => literal(value),
        Expr::Field { field, .. } => name(&field.name),
        Expr::Unary(UnaryOp::Minus, operand) => format!("-{}", inner(operand)),
        Expr::Unary(UnaryOp::Plus, operand) => format!("+{}", inner(operand)),
        Expr::Unary(UnaryOp::Not, operand) => format!("NOT {}", inner(operand)),
        Expr::Binary(op, left, right) => format!("{} {} {}", inner(left), binary(*op), inner(right)),
        Expr::In(operand, items) => format!("{} IN ({})", inner(operand), join(items.iter().map(expr))),
        Expr::Call { function, args, .. } => format!("{}({})", function.name, join(args.iter().map(expr))),
        Expr::Matches(condition) => format!("searchmatch({})", predicate(condition)),
    }
}

/// A search expression; alternatives and conjunctions below the top stand in parentheses.
pub fn predicate(value: &Predicate) -> String {
    let inner = |value: &Predicate| match value {
        Predicate::And(terms) | Predicate::Or(terms) if terms.len() > 1 => format!("({})", predicate(value)),
        _ => predicate(value),
    };
    let list = |terms: &[Predicate], word: &str| terms.iter().map(inner).collect::<Vec<_>>().join(word);
    match value {
        Predicate::And(terms) if terms.is_empty() => "*".to_owned(),
        Predicate::And(terms) => list(terms, " AND "),
        Predicate::Or(terms) if terms.is_empty() => "NOT *".to_owned(),
        Predicate::Or(terms) => list(terms, " OR "),
        Predicate::Not(term) => format!("NOT {}", inner(term)),
        Predicate::Compare { field, op, pattern } => {
            format!("{}{}{:?}", name(&field.name), compare(*op), pattern.as_str())
        }
        Predicate::In { field, patterns } => {
            let items = patterns.iter().map(|pattern| format!("{:?}", pattern.as_str()));
            format!("{} IN ({})", name(&field.name), join(items))
        }
        Predicate::Keyword(keyword) => format!("{keyword:?}"),
        Predicate::TimeBound(bound) => format!("{bound:?}"),
        Predicate::Subsearch(at) => format!("[subsearch {at}]"),
    }
}
