//! Evaluates eval expressions, a column at a time.
//!
//! Logic is three-valued: a comparison with null is null. Arithmetic with anything but numbers is null, as is a division
//! by zero; nothing fails and nothing panics. A text or list that grows beyond [`MAX_TEXT`] or [`MAX_LIST`] becomes null.

use super::functions::{Call, Function, Run};
use super::{BinaryOp, Context, Expr, UnaryOp};
use crate::value::regex::Regex;
use crate::value::{Batch, Column, Name, Value, compare};
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

/// Longest text that an expression makes, in bytes.
pub const MAX_TEXT: usize = 16 << 20;
/// Longest list that an expression makes.
pub const MAX_LIST: usize = 1 << 20;

/// Patterns remembered at a time.
const MAX_PATTERNS: usize = 64;
/// Rows after which it shows whether remembering results of a column pays.
const MEMO_TRIAL: usize = 256;

/// The value of the expression in every row.
///
/// Booleans stay Booleans; [`stored`] makes of them what a field may hold.
pub fn eval(expr: &Expr, batch: &Batch, context: &Context) -> Column {
    if let Expr::Field { field, parts } = expr
        && parts.is_empty()
        && let Some(column) = batch.column(&field.name)
    {
        return column.clone();
    }
    let cache = Cache::default();
    let scope = Scope::new(batch, context, &cache);
    Column::new(scope.column(expr).into_values(batch.rows()))
}

/// The value of the expression in one row.
pub fn eval_row(expr: &Expr, batch: &Batch, row: usize, context: &Context) -> Value {
    let cache = Cache::default();
    let scope = Scope { rows: Some(vec![row]), ..Scope::new(batch, context, &cache) };
    scope.column(expr).get(0).clone()
}

/// Whether the expression is true, row by row; false where it is null. What `where` keeps.
pub fn holds(expr: &Expr, batch: &Batch, context: &Context) -> Vec<bool> {
    let cache = Cache::default();
    let scope = Scope::new(batch, context, &cache);
    let column = scope.column(expr);
    (0..batch.rows()).map(|row| truth(column.get(row)) == Some(true)).collect()
}

/// A column that a row may hold: Booleans become the texts `True` and `False`.
///
/// Splunk refuses a search that stores a Boolean where it can tell; lowering reports that as `boolean-assigned`.
#[must_use]
pub fn stored(mut column: Column) -> Column {
    if column.values().iter().any(|value| matches!(value, Value::Bool(_))) {
        for value in column.values_mut() {
            if matches!(value, Value::Bool(_)) {
                *value = Value::text(value.to_text());
            }
        }
    }
    column
}

/// A value as a condition: a number is true unless it is 0; null, text and lists are neither true nor false.
pub fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(value) => Some(*value),
        Value::Number(number) => Some(*number != 0.0),
        Value::Null | Value::Text(_) | Value::List(_) => None,
    }
}

/// Patterns that were made at run time, compiled.
#[derive(Default)]
pub(super) struct Cache {
    patterns: RefCell<HashMap<String, Option<Arc<Regex>>>>,
}

impl Cache {
    /// The compiled pattern; `None` if it is none.
    pub(super) fn regex(&self, pattern: &str) -> Option<Arc<Regex>> {
        let mut patterns = self.patterns.borrow_mut();
        if let Some(known) = patterns.get(pattern) {
            return known.clone();
        }
        if patterns.len() >= MAX_PATTERNS {
            patterns.clear();
        }
        let compiled = Regex::new(pattern).ok().map(Arc::new);
        patterns.insert(pattern.to_owned(), compiled.clone());
        compiled
    }
}

/// The rows that an expression is evaluated for.
pub(super) struct Scope<'a> {
    batch: &'a Batch,
    context: &'a Context,
    cache: &'a Cache,
    /// The row of the batch at each position; a row may stand at several. `None`: all rows in order.
    rows: Option<Vec<usize>>,
    /// Fields that have other values than in the batch, one per position; the last of a name counts.
    varied: Vec<(Name, Vec<Value>)>,
}

impl<'a> Scope<'a> {
    pub(super) fn new(batch: &'a Batch, context: &'a Context, cache: &'a Cache) -> Self {
        Self { batch, context, cache, rows: None, varied: Vec::new() }
    }

    /// Count of positions.
    pub(super) fn len(&self) -> usize {
        self.rows.as_ref().map_or(self.batch.rows(), Vec::len)
    }

    fn row(&self, position: usize) -> usize {
        self.rows.as_ref().map_or(position, |rows| rows[position])
    }

    /// Some positions of this scope, in a scope of their own.
    pub(super) fn pick(&self, positions: &[usize]) -> Self {
        let rows = positions.iter().map(|&position| self.row(position)).collect();
        let pick = |values: &Vec<Value>| positions.iter().map(|&position| values[position].clone()).collect();
        let varied = self.varied.iter().map(|(name, values)| (name.clone(), pick(values))).collect();
        Self { rows: Some(rows), varied, ..*self }
    }

    /// As [`Scope::pick`], with other values for one field, one per position.
    pub(super) fn vary(&self, name: &Name, positions: &[usize], values: Vec<Value>) -> Self {
        let mut scope = self.pick(positions);
        scope.varied.push((name.clone(), values));
        scope
    }

    /// The values of a field.
    pub(super) fn field(&self, name: &str) -> Values<'_> {
        if let Some((_, values)) = self.varied.iter().rev().find(|(varied, _)| &**varied == name) {
            return Values::Shared(values);
        }
        match (self.batch.column(name), &self.rows) {
            (None, _) => Values::Constant(Value::Null),
            (Some(column), None) => Values::Shared(column.values()),
            (Some(column), Some(rows)) => Values::Picked(column.values(), rows),
        }
    }

    /// The values of an expression.
    pub(super) fn column(&self, expr: &Expr) -> Values<'_> {
        match expr {
            Expr::Literal(value) => Values::Constant(value.clone()),
            Expr::Field { field, parts } if parts.is_empty() => self.field(&field.name),
            Expr::Field { field, parts } => self.dotted(self.field(&field.name), parts),
            Expr::Unary(op, operand) => self.map(&self.column(operand), |value| unary(*op, value)),
            Expr::Binary(BinaryOp::And, left, right) => self.logic(left, right, Some(false)),
            Expr::Binary(BinaryOp::Or, left, right) => self.logic(left, right, Some(true)),
            Expr::Binary(BinaryOp::Xor, left, right) => self.logic(left, right, None),
            Expr::Binary(op, left, right) => {
                let (left, right) = (self.column(left), self.column(right));
                if let (Values::Constant(left), Values::Constant(right)) = (&left, &right) {
                    return Values::Constant(binary(*op, left, right));
                }
                Values::Owned((0..self.len()).map(|at| binary(*op, left.get(at), right.get(at))).collect())
            }
            Expr::In(left, items) => {
                let left = self.column(left);
                let items: Vec<Values<'_>> = items.iter().map(|item| self.column(item)).collect();
                let is_in = |at: usize| is_in(left.get(at), items.iter().map(|item| item.get(at)));
                Values::Owned((0..self.len()).map(is_in).collect())
            }
            Expr::Call { function, args, regex, .. } => self.call(function, args, regex.as_ref()),
            Expr::Matches(predicate) => {
                let kept = self.matches(predicate);
                Values::Owned(kept.into_iter().map(Value::Bool).collect())
            }
        }
    }

    fn map(&self, values: &Values<'_>, of: impl Fn(&Value) -> Value) -> Values<'_> {
        match values {
            Values::Constant(value) => Values::Constant(of(value)),
            values => Values::Owned((0..self.len()).map(|at| of(values.get(at))).collect()),
        }
    }

    /// A name with dots: where there is no such field, its parts are joined.
    fn dotted<'s>(&'s self, whole: Values<'s>, parts: &[super::FieldRef]) -> Values<'s> {
        let parts: Vec<Values<'_>> = parts.iter().map(|part| self.field(&part.name)).collect();
        if parts.iter().any(|part| matches!(part, Values::Constant(Value::Null))) {
            return whole;
        }
        let join = |at: usize| match whole.get(at) {
            Value::Null => {
                let joined = parts.iter().map(|part| part.get(at).clone());
                joined.reduce(|left, right| binary(BinaryOp::Concat, &left, &right)).unwrap_or_default()
            }
            value => value.clone(),
        };
        Values::Owned((0..self.len()).map(join).collect())
    }

    /// AND and OR, which one value of the left side may decide, and XOR, which none does.
    fn logic(&self, left: &Expr, right: &Expr, decisive: Option<bool>) -> Values<'_> {
        let left = self.column(left);
        let mut result: Vec<Option<bool>> = (0..self.len()).map(|at| truth(left.get(at))).collect();
        drop(left);
        let open: Vec<usize> = (0..result.len()).filter(|&at| decisive.is_none() || result[at] != decisive).collect();
        if !open.is_empty() {
            let part = self.pick(&open);
            let right = part.column(right);
            for (at, &position) in open.iter().enumerate() {
                result[position] = combine(decisive, result[position], truth(right.get(at)));
            }
        }
        Values::Owned(result.into_iter().map(|value| value.map_or(Value::Null, Value::Bool)).collect())
    }

    fn matches(&self, predicate: &super::Predicate) -> Vec<bool> {
        let kept = if self.varied.is_empty() {
            super::predicate::select(predicate, self.batch, self.context)
        } else {
            // Rows with the varied fields in place.
            let rows: Vec<usize> = (0..self.len()).map(|at| self.row(at)).collect();
            let mut batch = self.batch.take(&rows);
            for (name, values) in &self.varied {
                batch.set(name.clone(), Column::new(values.clone()));
            }
            return super::predicate::select(predicate, &batch, self.context);
        };
        (0..self.len()).map(|at| kept[self.row(at)]).collect()
    }

    fn call(&self, function: &'static Function, args: &[Expr], regex: Option<&Arc<Regex>>) -> Values<'_> {
        let mut call = Call { context: self.context, regex, cache: self.cache, salt: 0 };
        let (run, strict) = match function.run {
            Run::Strict(run) | Run::Each(run) => (run, true),
            Run::Values(run) => (run, false),
            Run::Lazy(run) => return Values::Owned(run(self, &call, args)),
            Run::Unsupported(_) => return Values::Constant(Value::Null),
        };
        let columns: Vec<Values<'_>> = args.iter().map(|arg| self.column(arg)).collect();
        let one = |call: &Call<'_>, args: &[&Value]| -> Value {
            if strict && args.iter().any(|value| value.is_null()) {
                return Value::Null;
            }
            match (function.maps(), args.first()) {
                (true, Some(Value::List(values))) => {
                    let mut args = args.to_vec();
                    let run_on = |value| {
                        args[0] = value;
                        run(call, &args)
                    };
                    bounded(Value::list(values.iter().map(run_on).collect::<Vec<_>>()))
                }
                _ => bounded(run(call, args)),
            }
        };
        let constant = |values: &Values<'_>| matches!(values, Values::Constant(_));
        if columns.iter().all(constant) && function.name != "random" {
            let values: Vec<&Value> = columns.iter().map(|column| column.get(0)).collect();
            return Values::Constant(one(&call, &values));
        }
        let mut memo = (function.costly && columns.iter().filter(|column| !constant(column)).count() == 1)
            .then(|| Memo::new(columns.iter().position(|column| !constant(column)).unwrap_or_default()));
        let mut result = Vec::with_capacity(self.len());
        let mut values: Vec<&Value> = Vec::with_capacity(columns.len());
        for at in 0..self.len() {
            values.clear();
            values.extend(columns.iter().map(|column| column.get(at)));
            call.salt = self.row(at) as u64 + 1;
            result.push(match &mut memo {
                Some(memo) => memo.get(&values, |values| one(&call, values)),
                None => one(&call, &values),
            });
        }
        Values::Owned(result)
    }
}

/// The values of an expression at each position of a scope.
pub(super) enum Values<'s> {
    Constant(Value),
    Shared(&'s [Value]),
    Picked(&'s [Value], &'s [usize]),
    Owned(Vec<Value>),
}

impl Values<'_> {
    pub(super) fn get(&self, position: usize) -> &Value {
        match self {
            Self::Constant(value) => value,
            Self::Shared(values) => &values[position],
            Self::Picked(values, rows) => &values[rows[position]],
            Self::Owned(values) => &values[position],
        }
    }

    /// All values; a constant is repeated `count` times.
    pub(super) fn into_values(self, count: usize) -> Vec<Value> {
        match self {
            Self::Constant(value) => vec![value; count],
            Self::Shared(values) => values.to_vec(),
            Self::Picked(values, rows) => rows.iter().map(|&row| values[row].clone()).collect(),
            Self::Owned(values) => values,
        }
    }
}

/// Remembers a function's results per distinct text of its one argument that varies; gives up if texts hardly repeat.
struct Memo<'v> {
    argument: usize,
    known: HashMap<&'v str, Value>,
    asked: usize,
    hits: usize,
}

impl<'v> Memo<'v> {
    fn new(argument: usize) -> Self {
        Self { argument, known: HashMap::new(), asked: 0, hits: 0 }
    }

    fn get(&mut self, values: &[&'v Value], compute: impl FnOnce(&[&Value]) -> Value) -> Value {
        let Value::Text(text) = values[self.argument] else { return compute(values) };
        if self.asked >= MEMO_TRIAL && self.hits * 4 < self.asked {
            return compute(values);
        }
        self.asked += 1;
        if let Some(known) = self.known.get(&**text) {
            self.hits += 1;
            return known.clone();
        }
        let value = compute(values);
        self.known.insert(text, value.clone());
        value
    }
}

/// The value, or null if it has grown too large.
fn bounded(value: Value) -> Value {
    match &value {
        Value::Text(text) if text.len() > MAX_TEXT => Value::Null,
        Value::List(values) if values.len() > MAX_LIST => Value::Null,
        _ => value,
    }
}

fn unary(op: UnaryOp, value: &Value) -> Value {
    match op {
        UnaryOp::Not => truth(value).map_or(Value::Null, |value| Value::Bool(!value)),
        UnaryOp::Minus => value.as_number().map_or(Value::Null, |number| Value::Number(-number)),
        UnaryOp::Plus => value.as_number().map_or(Value::Null, Value::Number),
    }
}

fn binary(op: BinaryOp, left: &Value, right: &Value) -> Value {
    let number = |of: fn(f64, f64) -> f64| match (left.as_number(), right.as_number()) {
        (Some(left), Some(right)) => Value::Number(of(left, right)),
        _ => Value::Null,
    };
    match op {
        // `Scope::logic` decides these for whole columns; here for completeness.
        BinaryOp::And | BinaryOp::Or | BinaryOp::Xor => {
            let decisive = match op {
                BinaryOp::And => Some(false),
                BinaryOp::Or => Some(true),
                _ => None,
            };
            combine(decisive, truth(left), truth(right)).map_or(Value::Null, Value::Bool)
        }
        BinaryOp::Compare(op) => compare::eval(op, left, right).map_or(Value::Null, Value::Bool),
        BinaryOp::Like => like(left, right),
        BinaryOp::Add => match (left, right) {
            (Value::Text(a), Value::Text(b)) if left.as_number().is_none() || right.as_number().is_none() => {
                joined(a, b)
            }
            _ => number(|left, right| left + right),
        },
        BinaryOp::Concat => match (left, right) {
            (Value::Null | Value::List(_), _) | (_, Value::Null | Value::List(_)) => Value::Null,
            _ => joined(&left.to_text(), &right.to_text()),
        },
        BinaryOp::Subtract => number(|left, right| left - right),
        BinaryOp::Multiply => number(|left, right| left * right),
        BinaryOp::Divide | BinaryOp::Modulo if right.as_number() == Some(0.0) => Value::Null,
        BinaryOp::Divide => number(|left, right| left / right),
        BinaryOp::Modulo => number(|left, right| left % right),
    }
}

/// Three-valued AND (`false` decides), OR (`true` decides) and XOR (nothing decides).
fn combine(decisive: Option<bool>, left: Option<bool>, right: Option<bool>) -> Option<bool> {
    match decisive {
        None => left.zip(right).map(|(left, right)| left != right),
        Some(_) if left == decisive || right == decisive => decisive,
        Some(decisive) => left.and(right).and(Some(!decisive)),
    }
}

fn joined(left: &str, right: &str) -> Value {
    if left.len() + right.len() > MAX_TEXT {
        return Value::Null;
    }
    Value::text([left, right].concat())
}

fn like(text: &Value, pattern: &Value) -> Value {
    if text.is_null() || pattern.is_null() {
        return Value::Null;
    }
    let pattern = pattern.to_text();
    let fits = |value: &Value| super::functions::like(&value.to_text(), &pattern);
    Value::Bool(text.values().iter().any(fits))
}

/// Whether a value equals one of the items: null if it is null, or if it equals none and an item is null.
pub(super) fn is_in<'v>(value: &Value, items: impl Iterator<Item = &'v Value>) -> Value {
    let mut result = Some(false);
    for item in items {
        match compare::eval(crate::spl::ast::CompareOp::Eq, value, item) {
            Some(true) => return Value::Bool(true),
            Some(false) => {}
            None => result = None,
        }
    }
    result.map_or(Value::Null, Value::Bool)
}
