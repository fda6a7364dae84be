//! The registry of stats functions, and their accumulators.
//!
//! A function sees all values of its argument in a group, every value of a multivalue singly; rows without a value are
//! not shown to it. Numbers in text count as numbers.

mod collect;
mod order;
mod percentile;
mod sums;

use super::kind::Kind;
use crate::diag::{Problem, codes, nearest};
use crate::source::Spanned;
use crate::spl::ast;
use crate::value::Value;

/// A stats function: one entry of the registry.
#[derive(Clone, Copy, Debug)]
pub struct StatsFunction {
    /// Lower case; of percentiles without their number (`perc`).
    pub name: &'static str,
    /// Other names, lower case.
    pub aliases: &'static [&'static str],
    /// One sentence for the manual, without a final period.
    pub summary: &'static str,
    /// Whether it is computed over rows, over a field, or either.
    pub argument: Argument,
    /// The name ends in a number from 0 to 100: `perc95`, `p99.9`.
    pub takes_number: bool,
    /// Looks at the `_time` of rows beside its argument.
    pub reads_time: bool,
    /// The result is the same in whatever order the rows come; of sums but for the last bits, which Splunk leaves open too.
    pub any_order: bool,
    /// Kind of the result, if it is not null.
    pub returns: Kind,
    /// Why it cannot be computed here, as an end of the sentence "`x` cannot be computed: ".
    pub unsupported: Option<&'static str>,
    /// Values that come in, and what the function makes of them (printed as in the functions' examples); the values
    /// have the times 1, 2, 3, and so on.
    pub example: (&'static [&'static str], &'static str),
    new: fn(Option<f64>) -> Box<dyn Accumulator>,
}

/// What a stats function is computed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Argument {
    /// A field or `eval(...)` is needed.
    Required,
    /// Without one, rows are meant.
    Optional,
}

/// The state of a function in one group.
pub trait Accumulator: Send {
    /// Takes the value of the argument in one row: never null; for functions over rows, anything. The time is the row's
    /// `_time`, if it has one.
    fn add(&mut self, value: &Value, time: Option<f64>);

    /// The result so far; more values may follow. Null if no value came, but for counts, which are 0.
    fn finish(&self) -> Value;
}

impl StatsFunction {
    /// A fresh state; `number` is that of the name, see [`resolve`].
    pub fn accumulator(&self, number: Option<f64>) -> Box<dyn Accumulator> {
        (self.new)(number)
    }
}

const NONE: fn(Option<f64>) -> Box<dyn Accumulator> = |_| Box::new(collect::Count::default());

const fn entry(
    name: &'static str,
    summary: &'static str,
    returns: Kind,
    example: (&'static [&'static str], &'static str),
    new: fn(Option<f64>) -> Box<dyn Accumulator>,
) -> StatsFunction {
    StatsFunction {
        name,
        aliases: &[],
        summary,
        argument: Argument::Required,
        takes_number: false,
        reads_time: false,
        any_order: false,
        returns,
        unsupported: None,
        example,
        new,
    }
}

const fn aliases(function: StatsFunction, aliases: &'static [&'static str]) -> StatsFunction {
    StatsFunction { aliases, ..function }
}

const fn of_rows(function: StatsFunction) -> StatsFunction {
    StatsFunction { argument: Argument::Optional, ..function }
}

const fn with_number(function: StatsFunction) -> StatsFunction {
    StatsFunction { takes_number: true, ..function }
}

const fn with_time(function: StatsFunction) -> StatsFunction {
    StatsFunction { reads_time: true, ..function }
}

const fn in_any_order(function: StatsFunction) -> StatsFunction {
    StatsFunction { any_order: true, ..function }
}

const fn of_timechart(name: &'static str, summary: &'static str) -> StatsFunction {
    StatsFunction {
        unsupported: Some("the length of a row's slice of time is not known"),
        ..entry(name, summary, Kind::Number, (&[], "null"), NONE)
    }
}

/// One to ten, for percentiles.
const TEN: &[&str] = &["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"];

/// Every function, sorted by name.
pub const ALL: &[StatsFunction] = &[
    in_any_order(aliases(
        entry("avg", "Mean of the numbers", Kind::Number, (&["1", "2", "x"], "1.5"), sums::avg),
        &["mean"],
    )),
    in_any_order(of_rows(aliases(
        entry("count", "Count of rows, or of the values of a field", Kind::Number, (&["b", "a", "b"], "3"), |_| {
            Box::new(collect::Count::default())
        }),
        &["c"],
    ))),
    in_any_order(aliases(
        entry("dc", "Count of distinct values, with case", Kind::Number, (&["b", "B", "b"], "2"), |_| {
            Box::new(collect::Distinct::default())
        }),
        &["distinct_count"],
    )),
    with_time(entry("earliest", "Value of the row with the least time", Kind::Any, (&["b", "a"], "b"), |_| {
        order::by_time(true, false)
    })),
    with_time(entry(
        "earliest_time",
        "Time of the row with the least time that has a value",
        Kind::Number,
        (&["b", "a"], "1"),
        |_| order::by_time(true, true),
    )),
    in_any_order(entry(
        "estdc",
        "Count of distinct values, estimated; here it is exact",
        Kind::Number,
        (&["b", "b"], "1"),
        |_| Box::new(collect::Distinct::default()),
    )),
    in_any_order(entry(
        "estdc_error",
        "Error of the estimate of `estdc`: 0, since here it is exact",
        Kind::Number,
        (&["b"], "0"),
        |_| Box::new(collect::Zero),
    )),
    in_any_order(with_number(entry(
        "exactperc",
        "Percentile of the numbers, from all of them",
        Kind::Number,
        (TEN, "5.5"),
        percentile::exact,
    ))),
    entry("first", "Value of the first row in order of arrival", Kind::Any, (&["b", "a"], "b"), order::first),
    entry("last", "Value of the last row in order of arrival", Kind::Any, (&["b", "a"], "a"), order::last),
    with_time(entry("latest", "Value of the row with the greatest time", Kind::Any, (&["b", "a"], "a"), |_| {
        order::by_time(false, false)
    })),
    with_time(entry(
        "latest_time",
        "Time of the row with the greatest time that has a value",
        Kind::Number,
        (&["b", "a"], "2"),
        |_| order::by_time(false, true),
    )),
    entry("list", "The first 100 values in order of arrival", Kind::List, (&["b", "a", "b"], "[b, a, b]"), |_| {
        Box::new(collect::List::default())
    }),
    in_any_order(entry(
        "max",
        "Greatest value: numbers by size, below all text",
        Kind::Any,
        (&["10", "9", "abc"], "abc"),
        order::max,
    )),
    in_any_order(entry(
        "median",
        "Middle one of the numbers; of two middle ones the greater",
        Kind::Number,
        (TEN, "6"),
        percentile::median,
    )),
    in_any_order(entry(
        "min",
        "Least value: numbers by size, below all text",
        Kind::Any,
        (&["10", "9", "abc"], "9"),
        order::min,
    )),
    entry("mode", "Most frequent value; of several the first to arrive", Kind::Any, (&["a", "b", "b"], "b"), |_| {
        Box::new(collect::Mode::default())
    }),
    of_timechart("per_day", "Sum of the numbers, divided by the days of the slice of time"),
    of_timechart("per_hour", "Sum of the numbers, divided by the hours of the slice of time"),
    of_timechart("per_minute", "Sum of the numbers, divided by the minutes of the slice of time"),
    of_timechart("per_second", "Sum of the numbers, divided by the seconds of the slice of time"),
    in_any_order(with_number(aliases(
        entry("perc", "Percentile of the numbers, interpolated", Kind::Number, (TEN, "5.5"), percentile::perc),
        &["p"],
    ))),
    in_any_order(entry("range", "Greatest number less the least", Kind::Number, (&["1", "7", "3"], "6"), sums::range)),
    with_time(entry("rate", "Change of the number per second", Kind::Number, (&["10", "30", "50"], "20"), |_| {
        Box::new(order::Rate::default())
    })),
    with_time(of_rows(entry(
        "sparkline",
        "Counts of rows per slice of time, as a list that a small chart is drawn from",
        Kind::List,
        (&["a", "b"], "[##__SPARKLINE__##, 1, 1]"),
        |_| Box::new(percentile::Sparkline::default()),
    ))),
    in_any_order(entry(
        "stdev",
        "Standard deviation of the numbers as a sample",
        Kind::Number,
        (&["2", "4", "6"], "2"),
        sums::stdev,
    )),
    in_any_order(entry("stdevp", "Standard deviation of the numbers", Kind::Number, (&["1", "3"], "1"), sums::stdevp)),
    in_any_order(entry("sum", "Sum of the numbers", Kind::Number, (&["1", "2", "x"], "3"), sums::sum)),
    in_any_order(entry("sumsq", "Sum of the squares of the numbers", Kind::Number, (&["1", "2"], "5"), sums::sumsq)),
    in_any_order(with_number(entry(
        "upperperc",
        "Percentile of the numbers, no less than the true one; here as `perc`",
        Kind::Number,
        (TEN, "5.5"),
        percentile::perc,
    ))),
    in_any_order(entry(
        "values",
        "Distinct values in the order of their bytes: digits, upper case, lower case",
        Kind::List,
        (&["b", "B", "9", "10", "b"], "[10, 9, B, b]"),
        |_| Box::new(collect::Values::default()),
    )),
    in_any_order(entry("var", "Variance of the numbers as a sample", Kind::Number, (&["2", "4", "6"], "4"), sums::var)),
    in_any_order(entry("varp", "Variance of the numbers", Kind::Number, (&["1", "3"], "1"), sums::varp)),
];

/// The function of a name or alias, in any letter case; of percentiles without the number.
pub fn find(name: &str) -> Option<&'static StatsFunction> {
    let is = |known: &str| known.eq_ignore_ascii_case(name);
    ALL.iter().find(|function| is(function.name) || function.aliases.iter().any(|alias| is(alias)))
}

/// The function that a search names, and the number in the name: 95 of `perc95`.
///
/// `None` if there is no such function, if a percentile lacks its number or the number is not from 0 to 100.
pub fn resolve(name: &str) -> Option<(&'static StatsFunction, Option<f64>)> {
    if let Some(function) = find(name) {
        return (!function.takes_number).then_some((function, None));
    }
    let digits = name.find(|c: char| c.is_ascii_digit())?;
    let (prefix, number) = name.split_at(digits);
    let function = find(prefix).filter(|function| function.takes_number)?;
    let number = crate::value::number::parse(number).filter(|number| (0.0..=100.0).contains(number))?;
    Some((function, Some(number)))
}

/// What to say of a name that [`resolve`] does not know.
pub fn unknown(name: &Spanned<String>) -> Problem {
    let text = name.node.as_str();
    let problem = |message: String| Problem::new(codes::UNKNOWN_FUNCTION, message, name.span);
    let stem = text.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    if find(stem).is_some_and(|function| function.takes_number) {
        return problem(format!("`{text}` has no percentage from 0 to 100"))
            .help(format!("write it behind the name, such as `{stem}95`"));
    }
    let problem = problem(format!("stats function `{text}` is not known"));
    if super::functions::find(text).is_some() {
        return problem.help(format!("`{text}` is an eval function: use `eval` before, or `count(eval(...))`"));
    }
    let known = ALL.iter().flat_map(|function| std::iter::once(&function.name).chain(function.aliases));
    match nearest(text, known.copied()) {
        Some(known) => problem.help(crate::diag::did_you_mean(known)),
        None => problem.help("write `function(field) as name`; docs/functions.md lists the functions"),
    }
}

/// What is wrong with a call of a function.
pub fn check(function: &StatsFunction, call: &ast::Aggregate) -> Option<Problem> {
    if let Some(reason) = function.unsupported {
        let message = format!("`{}` cannot be computed: {reason}", function.name);
        return Some(Problem::new(codes::UNSUPPORTED_FUNCTION, message, call.function.span));
    }
    let lacks = call.argument == ast::AggregateArgument::None && function.argument == Argument::Required;
    lacks.then(|| {
        let message = format!("`{}` lacks the field to work on", function.name);
        let help = format!("write `{}(field)`", call.function.node);
        Problem::new(codes::FUNCTION_ARITY, message, call.function.span).help(help)
    })
}

#[cfg(test)]
mod tests;
