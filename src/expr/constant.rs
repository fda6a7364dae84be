//! The value of an expression that stands alone: the definition of an `iseval` macro, or what validates its arguments.

use super::eval::eval_row;
use super::kind::Kind;
use super::{Context, Expr, Lowering};
use crate::spl::{self, Verdict};
use crate::value::{Batch, Value};

/// The text that an eval expression without fields gives. `Err` is a sentence part that says why there is none: it does
/// not parse, reads a field, the clock or chance, or gives no text.
///
/// ```
/// use escudo::expr::constant::text;
///
/// assert_eq!(text("\"index=\" . lower(\"MAIN\")").as_deref(), Ok("index=main"));
/// assert_eq!(text("1 + 1").unwrap_err(), "its value is no text");
/// ```
pub fn text(expression: &str) -> Result<String, String> {
    let expr = compiled(expression)?;
    if let Some(field) = expr.fields().first() {
        return Err(format!("it reads the field `{}`, and no row is there yet", field.name));
    }
    match eval_row(&expr, &Batch::new(1), 0, &Context::at(0.0)) {
        Value::Text(text) => Ok(text.to_string()),
        _ => Err("its value is no text".to_owned()),
    }
}

/// What the `validation` of a macro says of its arguments, which stand in the expression. A bare word in it is a field,
/// and no row is there, so it is null. `Err` as for [`text`].
///
/// ```
/// use escudo::expr::constant::verdict;
/// use escudo::spl::Verdict;
///
/// assert_eq!(verdict("isnum(5)"), Ok(Verdict::Valid));
/// assert_eq!(verdict("isnum(user)"), Ok(Verdict::NotTrue));
/// assert_eq!(verdict("if(5 > 3, \"too much\", null())"), Ok(Verdict::Wrong("too much".to_owned())));
/// ```
pub fn verdict(expression: &str) -> Result<Verdict, String> {
    let expr = compiled(expression)?;
    Ok(match eval_row(&expr, &Batch::new(1), 0, &Context::at(0.0)) {
        Value::Bool(false) => Verdict::NotTrue,
        Value::Null if expr.kind() == Kind::Bool => Verdict::NotTrue,
        Value::Bool(true) | Value::Null => Verdict::Valid,
        said => Verdict::Wrong(said.to_text().into_owned()),
    })
}

/// An expression whose value is always the same, but for its fields.
fn compiled(expression: &str) -> Result<Expr, String> {
    let (tree, problems) = spl::parse_eval(expression);
    let Some(tree) = tree else {
        return Err(problems.into_iter().next().map_or_else(|| "it does not parse".to_owned(), |found| found.message));
    };
    let mut lowering = Lowering::new();
    let expr = lowering.expr(&tree);
    if lowering.failed() {
        let first = lowering.problems.into_iter().next();
        return Err(first.map_or_else(|| "it cannot be evaluated".to_owned(), |found| found.message));
    }
    if !lowering.subsearches.is_empty() {
        return Err("it holds a subsearch".to_owned());
    }
    match changing(&expr) {
        Some(function) => Err(format!("`{function}()` gives another value each time")),
        None => Ok(expr),
    }
}

/// A function in the expression whose value is not the same at all times.
fn changing(expr: &Expr) -> Option<&'static str> {
    match expr {
        Expr::Literal(_) | Expr::Field { .. } | Expr::Matches(_) => None,
        Expr::Unary(_, operand) => changing(operand),
        Expr::Binary(_, left, right) => changing(left).or_else(|| changing(right)),
        Expr::In(operand, items) => changing(operand).or_else(|| items.iter().find_map(changing)),
        Expr::Call { function, args, .. } => match function.name {
            "now" | "random" | "time" | "strptime" => Some(function.name),
            _ => args.iter().find_map(changing),
        },
    }
}
