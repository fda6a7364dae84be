//! `EXTRACT` and `REGEX`: fields from a regular expression.

use super::collect::Collector;
use super::markup::Markup;
use crate::value::Name;
use crate::value::regex::Regex;

/// A compiled extraction by a regular expression.
#[derive(Clone, Debug)]
pub struct RegexExtraction {
    regex: Regex,
    /// The hand-written matcher of the pattern, if it has one.
    markup: Option<Markup>,
    outputs: Vec<Output>,
    /// Applied again and again over the text; otherwise the first match is all.
    repeat: bool,
    clean_keys: bool,
    keep_empty: bool,
}

/// A field that a match makes.
#[derive(Clone, Debug)]
struct Output {
    name: Template,
    value: Template,
}

impl Output {
    /// Whether it refers to no group but the first two: those are what [`Markup`] finds.
    fn has_first_groups(&self) -> bool {
        [&self.name, &self.value].into_iter().flat_map(Template::groups).all(|group| matches!(group, 1 | 2))
    }
}

/// Text and references to groups in turn.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Template {
    Text(Name),
    Group(usize),
    Mixed(Vec<Part>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Group(usize),
}

/// How a `REGEX` is applied.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// `MV_ADD`: find every match.
    pub mv_add: bool,
    /// `CLEAN_KEYS`.
    pub clean_keys: bool,
    /// `KEEP_EMPTY_VALS`.
    pub keep_empty: bool,
}

/// The pattern and source field of `EXTRACT-x = regex in field`.
pub fn split_in(value: &str) -> (&str, &str) {
    let field = value.rsplit(char::is_whitespace).next().unwrap_or_default();
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | ':' | '{' | '}' | '@');
    let named = !field.is_empty() && field.chars().all(plain);
    let head = value[..value.len() - field.len()].trim_end();
    match head.strip_suffix("in") {
        Some(regex) if named && regex.ends_with(char::is_whitespace) => (regex.trim_end(), field),
        _ => (value, "_raw"),
    }
}

impl RegexExtraction {
    /// The named groups of a pattern, once per text: an `EXTRACT`.
    pub fn inline(regex: Regex) -> Self {
        let outputs = named(&regex);
        Self { regex, markup: None, outputs, repeat: false, clean_keys: false, keep_empty: false }
    }

    /// A `REGEX` with its `FORMAT`. Without one the named groups count, and groups `_KEY_x` with `_VAL_x`.
    ///
    /// # Errors
    /// `FORMAT` is not a list of `name::value`, or names a group that the pattern does not have.
    pub fn transform(regex: Regex, format: Option<&str>, options: Options) -> Result<Self, String> {
        let outputs = match format {
            Some(format) => read_format(format)?,
            None => named(&regex),
        };
        let dynamic = outputs.iter().any(|output| !matches!(output.name, Template::Text(_)));
        let Options { mv_add, clean_keys, keep_empty } = options;
        let markup = if outputs.iter().all(Output::has_first_groups) { Markup::of(regex.as_str()) } else { None };
        Ok(Self { regex, markup, outputs, repeat: dynamic || mv_add, clean_keys, keep_empty })
    }

    /// The fields made, if they are known beforehand; none if names come from the event.
    pub fn names(&self) -> Option<Vec<Name>> {
        let name = |output: &Output| match &output.name {
            Template::Text(name) => Some(name.clone()),
            Template::Group(_) | Template::Mixed(_) => None,
        };
        self.outputs.iter().map(name).collect()
    }

    /// Adds what it finds in a text.
    pub fn run(&self, text: &str, found: &mut Collector<'_>) {
        if let Some(markup) = &self.markup {
            if self.clean_keys && self.is_pair() {
                return markup.each(text, self.repeat, &mut |name, value| {
                    let value = trimmed(value);
                    if (!value.is_empty() || self.keep_empty)
                        && !name.is_empty()
                        && let Some(place) = found.cleaned_place(name)
                    {
                        found.add_at(place, value);
                    }
                });
            }
            return markup.each(text, self.repeat, &mut |first, second| {
                let group = |group: usize| match group {
                    1 => Some(first),
                    2 => Some(second),
                    _ => None,
                };
                self.outputs.iter().for_each(|output| self.add(output, &group, found));
            });
        }
        let mut hits = self.regex.captures_iter(text);
        while let Some(hit) = hits.advance() {
            for output in &self.outputs {
                self.add(output, &|group| hit.get(group), found);
            }
            if !self.repeat {
                break;
            }
        }
    }

    /// `$1::$2`.
    fn is_pair(&self) -> bool {
        let [Output { name: Template::Group(1), value: Template::Group(2) }] = self.outputs.as_slice() else {
            return false;
        };
        true
    }

    /// The part of a text that is the value of a field by this name, if that is all the extraction does: the text of an
    /// element.
    pub fn part<'t>(&self, text: &'t str) -> Option<&'t str> {
        let mut part = None;
        self.markup.as_ref()?.each(text, false, &mut |first, _| part = Some(trimmed(first)));
        part.filter(|part| !part.is_empty())
    }

    /// The field that [`RegexExtraction::part`] gives the value of; none for other extractions.
    pub fn part_name(&self) -> Option<&Name> {
        match (&self.markup, self.outputs.as_slice()) {
            (Some(Markup::Block(_)), [Output { name: Template::Text(name), value: Template::Group(1) }])
                if !self.repeat && !self.keep_empty =>
            {
                Some(name)
            }
            _ => None,
        }
    }

    fn add<'t>(&self, output: &Output, group: &impl Fn(usize) -> Option<&'t str>, found: &mut Collector<'_>) {
        let value = output.value.fill(group);
        let value = trimmed(&value);
        if value.is_empty() && !self.keep_empty {
            return;
        }
        let place = match &output.name {
            Template::Text(name) => found.place(name),
            template => match &*template.fill(group) {
                "" => None,
                name if self.clean_keys => found.cleaned_place(name),
                name => found.place(name),
            },
        };
        if let Some(place) = place {
            found.add_at(place, value);
        }
    }
}

/// As [`str::trim`], without a look at the characters where the ends are plain.
fn trimmed(text: &str) -> &str {
    match text.as_bytes() {
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => text,
        _ => text.trim(),
    }
}

impl Template {
    fn read(text: &str) -> Self {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((head, tail)) = rest.split_once('$') {
            let digits = tail.len() - tail.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            let Some(group) = tail[..digits].parse().ok().filter(|_| digits > 0) else {
                push_text(&mut parts, &rest[..=head.len()]);
                rest = tail;
                continue;
            };
            push_text(&mut parts, head);
            parts.push(Part::Group(group));
            rest = &tail[digits..];
        }
        push_text(&mut parts, rest);
        match parts.as_slice() {
            [] => Self::Text("".into()),
            [Part::Text(text)] => Self::Text(text.as_str().into()),
            [Part::Group(group)] => Self::Group(*group),
            _ => Self::Mixed(parts),
        }
    }

    fn groups(&self) -> Vec<usize> {
        match self {
            Self::Text(_) => Vec::new(),
            Self::Group(group) => vec![*group],
            Self::Mixed(parts) => parts
                .iter()
                .filter_map(|part| match part {
                    Part::Text(_) => None,
                    Part::Group(group) => Some(*group),
                })
                .collect(),
        }
    }

    fn fill<'a, 't: 'a>(&'a self, group: &impl Fn(usize) -> Option<&'t str>) -> std::borrow::Cow<'a, str> {
        match self {
            Self::Text(text) => (&**text).into(),
            Self::Group(index) => group(*index).unwrap_or_default().into(),
            Self::Mixed(parts) => {
                let text = |part: &'a Part| match part {
                    Part::Text(text) => text.as_str(),
                    Part::Group(index) => group(*index).unwrap_or_default(),
                };
                parts.iter().map(text).collect::<String>().into()
            }
        }
    }
}

fn push_text(parts: &mut Vec<Part>, text: &str) {
    match parts.last_mut() {
        _ if text.is_empty() => {}
        Some(Part::Text(last)) => last.push_str(text),
        _ => parts.push(Part::Text(text.to_owned())),
    }
}

/// The named groups; a pair `_KEY_x` and `_VAL_x` gives a name from the event.
fn named(regex: &Regex) -> Vec<Output> {
    let groups = regex.groups();
    let mut outputs = Vec::new();
    for (group, name) in groups {
        if let Some(suffix) = name.strip_prefix("_KEY_") {
            let value = groups.iter().find(|(_, other)| other.strip_prefix("_VAL_") == Some(suffix));
            if let Some((value, _)) = value {
                outputs.push(Output { name: Template::Group(*group), value: Template::Group(*value) });
            }
        } else if !name.starts_with("_VAL_") {
            outputs.push(Output { name: Template::Text(name.clone()), value: Template::Group(*group) });
        }
    }
    outputs
}

/// `name::value "name"::"value with blanks" ...`
fn read_format(format: &str) -> Result<Vec<Output>, String> {
    let mut outputs = Vec::new();
    let mut rest = format.trim();
    while !rest.is_empty() {
        let (name, after) = token(rest, "::");
        let Some(after) = after.strip_prefix("::") else {
            return Err(format!("`{rest}` is not of the form `name::value`"));
        };
        let (value, after) = token(after, " ");
        if name.is_empty() {
            return Err("a field has no name before `::`".to_owned());
        }
        outputs.push(Output { name: Template::read(name), value: Template::read(value) });
        rest = after.trim_start();
    }
    Ok(outputs)
}

/// A quoted or plain token, up to `end`, and what follows.
fn token<'t>(text: &'t str, end: &str) -> (&'t str, &'t str) {
    if let Some(body) = text.strip_prefix('"')
        && let Some((token, after)) = body.split_once('"')
    {
        return (token, after);
    }
    let length = if end == " " { text.find(char::is_whitespace) } else { text.find(end) };
    text.split_at(length.unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::ir::Fields;
    use crate::knowledge::extract::collect::Further;
    use crate::value::Batch;

    fn run(extraction: &RegexExtraction, text: &str, further: Further) -> Vec<String> {
        let wanted = Fields::All;
        let mut found = Collector::new(1, &wanted, further);
        extraction.run(text, &mut found);
        let mut batch = Batch::new(1);
        found.merge(&mut batch);
        batch.names().map(|name| format!("{name}={}", batch.value(0, name).to_text().replace('\n', "|"))).collect()
    }

    type Row<'a> = (&'a str, Option<&'a str>, Options, &'a str, &'a [&'a str]);

    #[test]
    fn transforms_table() {
        let options = Options { clean_keys: true, ..Options::default() };
        let mv_add = Options { mv_add: true, ..options };
        let table: &[Row<'_>] = &[
            (r"(?<a>\d+)-(?<b>\d*)", None, options, "1-2 3-4", &["a=1", "b=2"]),
            (r"(?<a>\d+)", None, mv_add, "1 2", &["a=1|2"]),
            (r"(\w+)", Some("word::$1"), options, "x y", &["word=x"]),
            (r"(\w+)", Some("word::\"<$1>\" const::k"), options, "x y", &["word=<x>", "const=k"]),
            (r"([\w ]+)=(\w*);", Some("$1::$2"), options, "a b=1;c=;a b=2;", &["a_b=1"]),
            (r"([\w ]+)=(\w*);", Some("$1::$2"), mv_add, "a b=1;c=;a b=2;", &["a_b=1|2"]),
            (r"(?<_KEY_1>\w+):(?<_VAL_1>\w+)", None, options, "x:1 y:2", &["x=1", "y=2"]),
            (r"(\w+):(\w+)", Some("p_$1::$2"), options, "x:1 y:2", &["p_x=1", "p_y=2"]),
            (r"a(b)?c", Some("x::$1"), options, "ac", &[]),
            (r">([^<]+)<", Some("x::$1"), options, ">  v w <", &["x=v w"]),
        ];
        for (regex, format, options, text, expected) in table {
            let extraction = RegexExtraction::transform(Regex::new(regex).unwrap(), *format, *options).unwrap();
            let further = if options.mv_add { Further::Append } else { Further::Drop };
            assert_eq!(run(&extraction, text, further), *expected, "{regex} {format:?}");
        }
    }

    #[test]
    fn format_must_name_fields() {
        let regex = Regex::new("(x)").unwrap();
        assert!(RegexExtraction::transform(regex.clone(), Some("$1"), Options::default()).is_err());
        assert!(RegexExtraction::transform(regex, Some("::$1"), Options::default()).is_err());
    }

    #[test]
    fn the_source_of_an_inline_extraction() {
        let table = [
            ("(?<a>x) in message", ("(?<a>x)", "message")),
            ("(?<a>x in y)", ("(?<a>x in y)", "_raw")),
            ("(?<a>x)", ("(?<a>x)", "_raw")),
            ("(?<a>in) in in", ("(?<a>in)", "in")),
        ];
        for (value, expected) in table {
            assert_eq!(split_in(value), expected, "{value}");
        }
    }
}
