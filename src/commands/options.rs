//! Options of commands: what they may be, and their values.

use super::Lower;
use crate::diag::{Problem, codes, nearest};
use crate::source::Spanned;
use crate::spl::ast::{Arg, Stage, Word};
use crate::value::number;

/// An option of a command.
#[derive(Clone, Copy, Debug)]
pub struct OptionSpec {
    /// Lower case.
    pub name: &'static str,
    /// What its value may be.
    pub kind: OptionKind,
    /// The value without it, as text for the manual; empty if there is none.
    pub default: &'static str,
    /// What it does, as a sentence.
    pub summary: &'static str,
}

/// An option, for tables of several.
pub(super) const fn option(
    name: &'static str,
    kind: OptionKind,
    default: &'static str,
    summary: &'static str,
) -> OptionSpec {
    OptionSpec { name, kind, default, summary }
}

/// What the value of an option may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptionKind {
    /// `t`, `true`, `1`, `yes` or `f`, `false`, `0`, `no`, in any case.
    Flag,
    /// A whole number, zero or more.
    Count,
    /// A length of time, such as `5m`.
    Span,
    /// The name of a field.
    Field,
    /// Any text.
    Text,
    /// One of these words, in any case.
    OneOf(&'static [&'static str]),
    /// Any text; the option changes nothing here and is accepted for its own sake.
    Ignored,
    /// Any text; the option would change the result but is not built, which is reported.
    Missing,
}

impl OptionKind {
    fn wants(self) -> String {
        match self {
            Self::Flag => "`true` or `false`".to_owned(),
            Self::Count => "a whole number".to_owned(),
            Self::Span => "a length of time such as `5m`".to_owned(),
            Self::Field => "the name of a field".to_owned(),
            Self::Text | Self::Ignored | Self::Missing => "a value".to_owned(),
            Self::OneOf(words) => words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", "),
        }
    }

    fn accepts(self, value: &str) -> bool {
        match self {
            Self::Flag => flag(value).is_some(),
            Self::Count => count(value).is_some(),
            Self::OneOf(words) => words.iter().any(|word| word.eq_ignore_ascii_case(value)),
            Self::Field => !value.is_empty(),
            Self::Span | Self::Text | Self::Ignored | Self::Missing => true,
        }
    }
}

/// The truth of a word; none if it is no truth value.
pub(super) fn flag(value: &str) -> Option<bool> {
    let is = |words: [&str; 4]| words.iter().any(|word| word.eq_ignore_ascii_case(value));
    if is(["t", "true", "1", "yes"]) {
        Some(true)
    } else if is(["f", "false", "0", "no"]) {
        Some(false)
    } else {
        None
    }
}

/// The whole number that a word is. A number beyond the machine's range is the greatest one.
pub(super) fn count(value: &str) -> Option<usize> {
    let number = number::parse(value)?;
    (number >= 0.0 && number.fract() == 0.0).then_some(number as usize)
}

/// The options of a stage that are known and have a good value. The last one of a name counts.
pub(super) struct Options<'a> {
    list: Vec<(&'a str, &'a Word)>,
}

impl<'a> Options<'a> {
    /// Collects and checks the options of a stage, those inside its by-clause excepted.
    pub(super) fn of(stage: &'a Stage, specs: &[OptionSpec], cx: &mut Lower) -> Self {
        let mut options = Self { list: Vec::new() };
        for arg in &stage.args {
            if let Arg::Option { name, value } = &arg.node {
                options.check(name, value, specs, cx);
            }
        }
        options
    }

    /// Adds an option after checking it.
    pub(super) fn check(&mut self, name: &'a Spanned<String>, value: &'a Word, specs: &[OptionSpec], cx: &mut Lower) {
        let Some(spec) = specs.iter().find(|spec| spec.name.eq_ignore_ascii_case(&name.node)) else {
            cx.problem(unknown_option(cx.command(), name, specs));
            return;
        };
        if !spec.kind.accepts(&value.text) {
            cx.problem(bad_value(cx.command(), spec.name, &spec.kind.wants(), value));
            return;
        }
        if spec.kind == OptionKind::Missing {
            cx.unsupported_option(spec.name, name.span);
        }
        self.list.push((spec.name, value));
    }

    /// The value as written.
    pub(super) fn get(&self, name: &str) -> Option<&'a Word> {
        self.list.iter().rev().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }

    pub(super) fn flag(&self, name: &str, default: bool) -> bool {
        self.get(name).and_then(|word| flag(&word.text)).unwrap_or(default)
    }

    pub(super) fn count(&self, name: &str, default: usize) -> usize {
        self.get(name).and_then(|word| count(&word.text)).unwrap_or(default)
    }

    pub(super) fn text(&self, name: &str) -> Option<&'a str> {
        self.get(name).map(|word| word.text.as_str())
    }
}

fn unknown_option(command: &str, name: &Spanned<String>, specs: &[OptionSpec]) -> Problem {
    let message = format!("`{command}` has no option `{}`", name.node);
    let problem = Problem::new(codes::UNKNOWN_OPTION, message, name.span);
    if let Some(near) = nearest(&name.node, specs.iter().map(|spec| spec.name)) {
        return problem.help(crate::diag::did_you_mean(near));
    }
    if specs.is_empty() {
        return problem.help(format!("`{command}` takes no options"));
    }
    let known = specs.iter().map(|spec| format!("`{}`", spec.name)).collect::<Vec<_>>().join(", ");
    problem.help(format!("its options are {known}"))
}

/// A value that an option cannot have.
pub(super) fn bad_value(command: &str, option: &str, wants: &str, value: &Word) -> Problem {
    let message = format!("option `{option}` of `{command}` cannot be `{}`", value.text);
    Problem::new(codes::BAD_OPTION_VALUE, message, value.span).help(format!("give {wants}"))
}
