//! From syntax trees to expressions and predicates: names are resolved, constants compiled, mistakes reported.
//!
//! Lowering never stops at a problem: what makes no sense becomes null (in an [`Expr`]) or true (in a [`Predicate`]).

use super::functions::{self, Arg, Function, Need, Takes};
use super::predicate::{Keyword, Side, TimeBound, TimeField};
use super::{Expr, FieldRef, Kind, Predicate};
use crate::diag::{Problem, codes, nearest};
use crate::source::{Span, Spanned};
use crate::spl::ast::{self, BinaryOp, CompareOp, ExprKind, Quote, TermKind, UnaryOp, Word};
use crate::value::Value;
use crate::value::pattern::Pattern;
use crate::value::regex::Regex;
use crate::value::time::{Instant, RelativeTime};
use std::sync::Arc;

/// Lowers expressions of one search and collects what is wrong with them and what they need.
#[derive(Debug, Default)]
pub struct Lowering {
    /// What is wrong, in the order found. Spans are those of the trees.
    pub problems: Vec<Problem>,
    /// The subsearches met, in order: the first one has the index that [`Lowering::numbered_from`] was given.
    pub subsearches: Vec<ast::Search>,
    first: usize,
    time_format: Option<String>,
    bounds: Vec<TimeBound>,
}

impl Lowering {
    /// A lowering whose first subsearch gets index 0.
    pub fn new() -> Self {
        Self::default()
    }

    /// A lowering whose first subsearch gets the index `first`: how many the plan has already.
    pub fn numbered_from(first: usize) -> Self {
        Self { first, ..Self::default() }
    }

    /// Whether one of the problems means that the expression cannot work.
    pub fn failed(&self) -> bool {
        self.problems.iter().any(|problem| problem.code.severity() == crate::diag::Severity::Error)
    }

    /// An expression whose value goes into a field; a Boolean is reported.
    pub fn value(&mut self, tree: &ast::Expr) -> Expr {
        let expr = self.expr(tree);
        if expr.kind() == Kind::Bool {
            self.problems.push(boolean_assigned(tree.span));
        }
        expr
    }

    /// An expression that decides, of `where` and `count(eval())`; one that cannot be true is reported.
    pub fn condition(&mut self, tree: &ast::Expr) -> Expr {
        let expr = self.expr(tree);
        self.check_condition(&expr, tree.span);
        expr
    }

    /// Any eval expression.
    pub fn expr(&mut self, tree: &ast::Expr) -> Expr {
        match &tree.kind {
            ExprKind::Number(number, _) => Expr::Literal(Value::Number(*number)),
            ExprKind::Text(text) => Expr::Literal(Value::text(text.as_str())),
            ExprKind::Field(word) => field(word),
            ExprKind::Unary(op, operand) => {
                let inner = self.expr(operand);
                if *op == UnaryOp::Not {
                    self.check_condition(&inner, operand.span);
                }
                match (op, inner) {
                    (UnaryOp::Minus, Expr::Literal(Value::Number(number))) => Expr::Literal(Value::Number(-number)),
                    (op, inner) => Expr::Unary(*op, Box::new(inner)),
                }
            }
            ExprKind::Binary(op, left, right) => self.binary(op, left, right),
            ExprKind::In(left, items) => {
                let left = self.expr(left);
                for item in items {
                    self.check_wildcard(item);
                }
                Expr::In(Box::new(left), items.iter().map(|item| self.expr(item)).collect())
            }
            ExprKind::Call(name, args) => self.call(name, args, tree.span),
            ExprKind::Subsearch(_) => {
                let message = "a subsearch inside an eval expression cannot be run here";
                self.problems.push(Problem::new(codes::UNSUPPORTED_SUBSEARCH, message, tree.span));
                Expr::Literal(Value::Null)
            }
        }
    }

    fn binary(&mut self, op: &Spanned<BinaryOp>, left: &ast::Expr, right: &ast::Expr) -> Expr {
        let (lowered_left, lowered_right) = (self.expr(left), self.expr(right));
        match op.node {
            BinaryOp::And | BinaryOp::Or | BinaryOp::Xor => {
                self.check_condition(&lowered_left, left.span);
                self.check_condition(&lowered_right, right.span);
            }
            BinaryOp::Compare(CompareOp::Eq | CompareOp::Ne) => {
                self.check_wildcard(left);
                self.check_wildcard(right);
            }
            BinaryOp::Like => self.check_like(right),
            _ => {}
        }
        Expr::Binary(op.node, Box::new(lowered_left), Box::new(lowered_right))
    }

    fn check_condition(&mut self, expr: &Expr, span: Span) {
        let what = match expr.kind() {
            Kind::Number if !matches!(expr, Expr::Literal(_)) => "a number",
            Kind::Text => "a text",
            Kind::List => "a list of values",
            Kind::Number | Kind::Any | Kind::Bool | Kind::Null => return,
        };
        let message = format!("{what} stands where a condition is needed");
        self.problems.push(
            Problem::new(codes::CONDITION_NOT_BOOLEAN, message, span)
                .label("neither true nor false")
                .help("compare it with something, or test it with `isnotnull()`"),
        );
    }

    fn check_wildcard(&mut self, tree: &ast::Expr) {
        let ExprKind::Text(text) = &tree.kind else { return };
        if text.contains('*') && text.bytes().any(|byte| byte != b'*') {
            let message = format!("`*` in the text `{text}` of an eval comparison is no wildcard");
            self.problems.push(
                Problem::new(codes::WILDCARD_IN_EVAL, message, tree.span)
                    .help("use `like()` with `%`, `match()`, or the `search` command"),
            );
        }
    }

    /// A pattern of `like` without `%`, in which `*` was meant to be one. Beside a `%` it may well be a star, as in SQL.
    fn check_like(&mut self, pattern: &ast::Expr) {
        let ExprKind::Text(text) = &pattern.kind else { return };
        if text.contains('*') && !text.contains('%') {
            let message = format!("`*` in the pattern `{text}` of `like` is no wildcard");
            let help = format!("write `{}`", text.replace('*', "%"));
            self.problems.push(Problem::new(codes::WILDCARD_IN_EVAL, message, pattern.span).help(help));
        }
    }

    fn call(&mut self, name: &Spanned<String>, args: &[ast::Expr], span: Span) -> Expr {
        let Some(function) = functions::find(&name.node) else {
            self.problems.push(unknown_function(name));
            for arg in args {
                self.expr(arg);
            }
            return Expr::Literal(Value::Null);
        };
        let lowered: Vec<Expr> = args.iter().map(|arg| self.expr(arg)).collect();
        if let Some(problem) = wrong_arity(function, args, name.span, span) {
            self.problems.push(problem);
            return Expr::Literal(Value::Null);
        }
        for (index, (expr, tree)) in lowered.iter().zip(args).enumerate() {
            if function.arg(index).is_some_and(|arg| arg.takes == Takes::Condition) {
                self.check_condition(expr, tree.span);
            }
        }
        match function.name {
            "searchmatch" => return self.searchmatch(&args[0]),
            "mvfilter" => self.check_mvfilter(&lowered[0], span),
            "like" => self.check_like(&args[1]),
            "in" => args[1..].iter().for_each(|item| self.check_wildcard(item)),
            _ => {}
        }
        if let Some(reason) = function.unsupported() {
            let message = format!("`{}` cannot be computed: {reason}", function.name);
            self.problems.push(Problem::new(codes::UNSUPPORTED_FUNCTION, message, name.span));
        }
        let pattern = (0..args.len()).find(|&at| function.arg(at).is_some_and(|arg| arg.takes == Takes::Regex));
        let regex = match pattern.map(|at| &args[at]) {
            Some(ast::Expr { kind: ExprKind::Text(text), span }) => self.regex(text, *span),
            _ => None,
        };
        Expr::Call { function, args: lowered, regex, span }
    }

    /// A pattern, reported at the place of its text if it is none.
    pub fn regex(&mut self, pattern: &str, span: Span) -> Option<Arc<Regex>> {
        match Regex::new(pattern) {
            Ok(regex) => Some(Arc::new(regex)),
            Err(error) => {
                self.problems.push(bad_regex(pattern, &error, span));
                None
            }
        }
    }

    fn searchmatch(&mut self, arg: &ast::Expr) -> Expr {
        let ExprKind::Text(text) = &arg.kind else {
            let message = "`searchmatch` needs a text in quotes";
            self.problems.push(Problem::new(codes::UNSUPPORTED_FUNCTION, message, arg.span));
            return Expr::Literal(Value::Null);
        };
        let (term, problems) = crate::spl::parse_condition(text);
        // Without escapes, the text stands one quote further on; otherwise the whole text is named.
        let plain = arg.span.len() == text.len() + 2;
        let place = |span: Span| if plain { span.shifted(arg.span.start as usize + 1) } else { arg.span };
        let mut inner = Self::new();
        let predicate = term.map(|term| inner.predicate(&term));
        self.problems.extend(problems.into_iter().chain(inner.problems).map(|problem| Problem {
            span: place(problem.span),
            related: problem.related.into_iter().map(|(span, label)| (place(span), label)).collect(),
            ..problem
        }));
        predicate.map_or(Expr::Literal(Value::Null), |predicate| Expr::Matches(Box::new(predicate)))
    }

    fn check_mvfilter(&mut self, condition: &Expr, span: Span) {
        let mut names: Vec<_> = condition.fields().into_iter().map(|field| field.name).collect();
        names.sort_unstable();
        names.dedup();
        if names.len() != 1 {
            let count = if names.is_empty() { "no field".to_owned() } else { format!("{} fields", names.len()) };
            let message = format!("the condition of `mvfilter` names {count}");
            self.problems.push(
                Problem::new(codes::MVFILTER_FIELDS, message, span).help("name exactly one field; `mvmap` takes more"),
            );
        }
    }

    /// A search expression. Its time modifiers bound the whole of it, wherever they stand: they come last, as terms of
    /// the outermost AND.
    pub fn predicate(&mut self, term: &ast::Term) -> Predicate {
        self.find_time_format(term);
        let predicate = self.term(term);
        let mut terms: Vec<Predicate> = self.bounds.drain(..).map(Predicate::TimeBound).collect();
        match predicate {
            predicate if terms.is_empty() => return predicate,
            Predicate::And(others) => terms.splice(0..0, others).for_each(drop),
            predicate => terms.insert(0, predicate),
        }
        if terms.len() == 1 { terms.remove(0) } else { Predicate::And(terms) }
    }

    /// `timeformat=` says how the other time modifiers of the expression are written, wherever it stands.
    fn find_time_format(&mut self, term: &ast::Term) {
        match &term.kind {
            TermKind::And(terms) | TermKind::Or(terms) => terms.iter().for_each(|term| self.find_time_format(term)),
            TermKind::Compare { field, op, value }
                if op.node == CompareOp::Eq && field.text.eq_ignore_ascii_case("timeformat") =>
            {
                self.time_format = Some(value.text.clone());
            }
            _ => {}
        }
    }

    fn term(&mut self, term: &ast::Term) -> Predicate {
        match &term.kind {
            TermKind::And(terms) => {
                let terms = terms.iter().map(|term| self.term(term)).filter(|term| !term.is_true());
                let mut terms: Vec<Predicate> = terms.collect();
                if terms.len() == 1 { terms.remove(0) } else { Predicate::And(terms) }
            }
            TermKind::Or(terms) => {
                let mut any = Vec::new();
                for term in terms {
                    let lowered = self.term(term);
                    // A branch of nothing but time modifiers says nothing of the rows.
                    if !only_time(term) {
                        any.push(lowered);
                    }
                }
                if any.is_empty() { Predicate::TRUE } else { Predicate::Or(any) }
            }
            TermKind::Not(inner) => {
                let lowered = self.term(inner);
                if only_time(inner) { Predicate::TRUE } else { Predicate::Not(Box::new(lowered)) }
            }
            TermKind::Compare { field, op, value } => {
                if let Some(modifier) = time_modifier(term) {
                    self.time(modifier, value);
                    return Predicate::TRUE;
                }
                Predicate::Compare { field: reference(field), op: op.node, pattern: Pattern::new(&value.text) }
            }
            TermKind::In { field, values } => Predicate::In {
                field: reference(field),
                patterns: values.iter().map(|value| Pattern::new(&value.text)).collect(),
            },
            TermKind::Keyword(word) if !word.text.is_empty() && word.text.bytes().all(|b| b == b'*') => Predicate::TRUE,
            TermKind::Keyword(word) => Predicate::Keyword(Keyword::new(&word.text)),
            TermKind::Term(word) => Predicate::Keyword(Keyword::term(&word.text)),
            TermKind::Case(word) => Predicate::Keyword(Keyword::case(&word.text)),
            TermKind::Subsearch(search) => {
                self.subsearches.push(search.clone());
                Predicate::Subsearch(self.first + self.subsearches.len() - 1)
            }
        }
    }

    fn time(&mut self, modifier: Modifier, value: &Word) {
        let (time, side, at) = match modifier {
            Modifier::At(time, side) => {
                if value.text.starts_with("rt") {
                    let message = format!("the real-time window `{}` is not supported", value.text);
                    self.problems.push(
                        Problem::new(codes::UNSUPPORTED_TIME, message, value.span)
                            .help("a search over files sees all of their events"),
                    );
                    return;
                }
                (time, side, Instant::parse(&value.text, None))
            }
            Modifier::Written(side) => {
                let format = self.time_format.as_deref().unwrap_or("%m/%d/%Y:%H:%M:%S");
                (TimeField::Event, side, Instant::parse(&value.text, Some(format)))
            }
            Modifier::Ago(side, unit) => {
                let ago = || {
                    let count: u32 = value.text.parse().ok()?;
                    RelativeTime::parse(&format!("-{count}{unit}")).map(Instant::Relative)
                };
                (TimeField::Event, side, ago())
            }
            Modifier::Format => return,
        };
        match at {
            Some(at) => self.bounds.push(TimeBound { time, side, at }),
            None => self.problems.push(bad_time(modifier, value)),
        }
    }
}

/// A time modifier of the search language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Modifier {
    At(TimeField, Side),
    /// In the format of `timeformat=`.
    Written(Side),
    /// So many of a unit before the search's start.
    Ago(Side, &'static str),
    Format,
}

fn modifier(name: &str) -> Option<Modifier> {
    use Modifier::{Ago, At, Format, Written};
    use Side::{Before, From};
    Some(match name.to_ascii_lowercase().as_str() {
        "earliest" => At(TimeField::Event, From),
        "latest" => At(TimeField::Event, Before),
        "_index_earliest" => At(TimeField::Index, From),
        "_index_latest" => At(TimeField::Index, Before),
        "starttime" => Written(From),
        "endtime" => Written(Before),
        "timeformat" => Format,
        "daysago" | "startdaysago" => Ago(From, "d"),
        "hoursago" | "starthoursago" => Ago(From, "h"),
        "minutesago" | "startminutesago" => Ago(From, "m"),
        "monthsago" | "startmonthsago" => Ago(From, "mon"),
        "enddaysago" => Ago(Before, "d"),
        "endhoursago" => Ago(Before, "h"),
        "endminutesago" => Ago(Before, "m"),
        "endmonthsago" => Ago(Before, "mon"),
        _ => return None,
    })
}

/// The modifier that a term is: a bare name, `=` and a value.
fn time_modifier(term: &ast::Term) -> Option<Modifier> {
    match &term.kind {
        TermKind::Compare { field, op, .. } if op.node == CompareOp::Eq && field.quote == Quote::Bare => {
            modifier(&field.text)
        }
        _ => None,
    }
}

/// Whether a term is made of time modifiers only.
fn only_time(term: &ast::Term) -> bool {
    match &term.kind {
        TermKind::And(terms) | TermKind::Or(terms) => !terms.is_empty() && terms.iter().all(only_time),
        TermKind::Not(inner) => only_time(inner),
        _ => time_modifier(term).is_some(),
    }
}

fn reference(word: &Word) -> FieldRef {
    FieldRef::new(word.text.as_str(), word.span)
}

/// A field of an eval expression. A bare name with dots may also be a concatenation; `$name$` is the field `name`.
fn field(word: &Word) -> Expr {
    let mut field = reference(word);
    if word.quote != Quote::Bare {
        return Expr::Field { field, parts: Vec::new() };
    }
    if let Some(inner) = word.text.strip_prefix('$').and_then(|text| text.strip_suffix('$'))
        && !inner.is_empty()
    {
        field.name = inner.into();
        return Expr::Field { field, parts: Vec::new() };
    }
    let mut parts = Vec::new();
    let mut at = word.span.start as usize;
    for part in word.text.split('.') {
        parts.push(FieldRef::new(part, Span::new(at, at + part.len())));
        at += part.len() + 1;
    }
    let is_name = |part: &FieldRef| part.name.starts_with(|c: char| c.is_alphabetic() || c == '_');
    if parts.len() < 2 || !parts.iter().all(is_name) {
        parts.clear();
    }
    Expr::Field { field, parts }
}

fn unknown_function(name: &Spanned<String>) -> Problem {
    let message = format!("function `{}` is not known", name.node);
    let problem = Problem::new(codes::UNKNOWN_FUNCTION, message, name.span);
    if super::stats::find(&name.node).is_some() {
        return problem.help(format!("`{}` is a function of `stats`, not of eval expressions", name.node));
    }
    let known = functions::all().flat_map(|function| std::iter::once(&function.name).chain(function.aliases));
    match nearest(&name.node, known.copied()) {
        Some(known) => problem.help(crate::diag::did_you_mean(known)),
        None => problem,
    }
}

fn wrong_arity(function: &Function, args: &[ast::Expr], name: Span, call: Span) -> Option<Problem> {
    let (least, most) = function.arity();
    let pairs = function.args.iter().any(|arg| arg.need == Need::Pair);
    let ordinary = function.args.iter().filter(|arg| arg.need != Need::Pair).count();
    let count = args.len();
    let usage = format!("write `{}`", function.syntax());
    if count < least || (pairs && count.saturating_sub(ordinary) % 2 != 0) {
        let missing = function.arg(count).map_or("argument", |arg: &Arg| arg.name);
        let message = format!("`{}` lacks its argument `{missing}`", function.name);
        return Some(Problem::new(codes::FUNCTION_ARITY, message, call).help(usage));
    }
    let first_extra = args.get(most?)?;
    let message = format!("`{}` takes {} but has {count}", function.name, arguments(most?));
    let extra = first_extra.span.to(args.last().map_or(first_extra.span, |last| last.span));
    Some(
        Problem::new(codes::FUNCTION_ARITY, message, extra).label("too many").related(name, "the function").help(usage),
    )
}

fn arguments(count: usize) -> String {
    match count {
        0 => "no argument".to_owned(),
        1 => "one argument".to_owned(),
        count => format!("{count} arguments"),
    }
}

fn boolean_assigned(span: Span) -> Problem {
    Problem::new(codes::BOOLEAN_ASSIGNED, "a field cannot hold a Boolean", span)
        .label("this is true or false")
        .help("choose the values with `if(condition, \"true\", \"false\")`")
}

/// The message names what is wrong; where the text is written without escapes, a second label shows the place.
pub(crate) fn bad_regex(pattern: &str, error: &crate::value::regex::RegexError, span: Span) -> Problem {
    let message = format!("the regular expression cannot be read: {}", error.message);
    let mut problem = Problem::new(codes::BAD_REGEX, message, span);
    if span.len() == pattern.len() + 2 && pattern.is_char_boundary(error.offset) {
        problem = problem.related(Span::at(span.start as usize + 1 + error.offset), "noticed here");
    }
    problem
}

fn bad_time(modifier: Modifier, value: &Word) -> Problem {
    let message = format!("`{}` is no time", value.text);
    let help = match modifier {
        Modifier::Ago(..) => "write a whole number",
        Modifier::Written(_) => "write it in the format of `timeformat`, by default `%m/%d/%Y:%H:%M:%S`",
        Modifier::At(..) | Modifier::Format => {
            "write a time such as `-24h@h`, `now`, `1741774645` or `03/12/2025:10:17:25`"
        }
    };
    Problem::new(codes::BAD_TIME, message, value.span).help(help)
}

#[cfg(test)]
mod tests;
