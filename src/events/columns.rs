//! The columns of a file: named by a header, by directives between the lines, or by settings.

use super::breaking::compile;
use super::recognise::{Kind, delimiter};
use super::sink::Stop;
use super::text::first_line;
use super::{export, rows};
use crate::knowledge::IndexTimeRules;
use crate::value::{Name, Value};
use pcre2::bytes::Regex;
use std::borrow::Cow;
use std::collections::HashSet;

/// Where the names of columns come from, and how rows are split.
pub(super) struct Columns {
    form: Form,
    delimiter: u8,
    quote: u8,
    header: Header,
    /// `MISSING_VALUE_REGEX`.
    missing: Option<Regex>,
    /// Settings that cannot be understood, and why.
    problems: Vec<String>,
    names: Vec<Column>,
    /// `TIMESTAMP_FIELDS`.
    time: Vec<Name>,
    /// The date that a directive says, for rows with a time of day only.
    date: Option<String>,
    /// Lines before the header.
    before_header: usize,
    /// Cells that stand for no value.
    unset: Option<String>,
    /// The separator inside of a cell of several values.
    inner: String,
    /// Names stay as they are written.
    verbatim: bool,
}

/// How the header is found and split.
#[derive(Default)]
struct Header {
    delimiter: u8,
    quote: u8,
    /// `PREAMBLE_REGEX`, up to the first line that it does not match.
    preamble: Option<Regex>,
    /// `FIELD_HEADER_REGEX`.
    begin: Option<Regex>,
}

impl Header {
    /// The text of the header if the line holds it.
    fn of<'l>(&mut self, line: &'l str) -> Option<&'l str> {
        if self.is_preamble(line) {
            return None;
        }
        match &self.begin {
            Some(begin) => {
                let found = begin.find(line.as_bytes()).ok().flatten()?;
                line.get(found.end()..)
            }
            None => Some(line),
        }
    }

    fn is_preamble(&mut self, line: &str) -> bool {
        let is_one = self.preamble.as_ref().is_some_and(|regex| regex.is_match(line.as_bytes()).unwrap_or(false));
        if !is_one {
            self.preamble = None;
        }
        is_one
    }
}

/// A column, under the names by which it can be searched.
#[derive(Clone, Debug, Default)]
struct Column {
    /// As written.
    name: Name,
    /// As Splunk writes it, if that differs.
    clean: Option<Name>,
    /// `name{}`, if cells hold several values.
    several: Option<Name>,
}

/// The forms of files with columns.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// None.
    Plain,
    /// The first row names the columns.
    Header,
    /// `#Fields:` names them, and may do so again.
    W3c,
    /// `#fields`, with `#types` and others.
    Zeek,
}

/// Columns of a file; further ones are lost.
const MAX_COLUMNS: usize = 4_096;

impl Columns {
    pub(super) fn new(kind: Kind, told: Option<&IndexTimeRules>, head: &[u8], rows: bool) -> Self {
        // Rules that say where events end make events of rows only if they speak of columns, too.
        let lines = told.is_some_and(|told| super::rules::say_breaking(told) && super::rules::kind(told).is_none());
        let form = match kind {
            Kind::Csv | Kind::SplunkCsv if !lines => Form::Header,
            Kind::W3c => Form::W3c,
            Kind::ZeekTsv => Form::Zeek,
            _ => Form::Plain,
        };
        let by_kind = match told.and_then(|told| told.indexed_extractions.as_deref()) {
            Some("tsv") => Some(b'\t'),
            Some("psv") => Some(b'|'),
            Some("csv") => Some(b','),
            _ => None,
        };
        let skipped = told.map_or(0, |told| told.header_line.saturating_sub(1));
        let told_delimiter = told.and_then(|told| told.field_delimiter).or(by_kind);
        let mut problems = Vec::new();
        let mut regex = |text: fn(&IndexTimeRules) -> &Option<String>, setting: &str| {
            let text = told.filter(|_| form == Form::Header).and_then(|told| text(told).as_deref())?;
            compile(text, setting).map_err(|problem| problems.push(problem)).ok()
        };
        let preamble = regex(|told| &told.preamble, "PREAMBLE_REGEX");
        let begin = regex(|told| &told.header_regex, "FIELD_HEADER_REGEX");
        let missing = regex(|told| &told.missing_value, "MISSING_VALUE_REGEX");
        let delimiter = told_delimiter.unwrap_or_else(|| delimiter(first_line(head)));
        let quote = told.and_then(|told| told.field_quote).unwrap_or(b'"');
        let header = Header {
            delimiter: told.and_then(|told| told.header_delimiter).unwrap_or(delimiter),
            quote: told.and_then(|told| told.header_quote).unwrap_or(quote),
            preamble,
            begin,
        };
        let mut columns = Self {
            form,
            delimiter,
            quote,
            header,
            missing,
            problems,
            names: Vec::new(),
            time: told.map(|told| told.timestamp_fields.clone()).unwrap_or_default(),
            date: None,
            before_header: if form == Form::Header { skipped } else { 0 },
            unset: None,
            inner: ",".to_owned(),
            verbatim: rows,
        };
        if form == Form::Zeek {
            columns.delimiter = b'\t';
        }
        if let Some(told) = told.filter(|told| form == Form::Header && !told.field_names.is_empty()) {
            columns.take_names(told.field_names.iter().map(|name| &**name));
        }
        columns
    }

    /// Whether rows are events because of a header.
    pub(super) fn by_header(&self) -> bool {
        self.form != Form::Plain
    }

    /// Settings that cannot be understood: sentence parts that name them.
    pub(super) fn problems(&self) -> &[String] {
        &self.problems
    }

    /// What stands around cells.
    pub(super) fn quote(&self) -> u8 {
        self.quote
    }

    /// What stands between cells.
    pub(super) fn delimiter(&self) -> u8 {
        self.delimiter
    }

    /// The fields of a row; `None` for what is no event. Empty cells are no fields, cells without a column are lost.
    pub(super) fn indexed(&mut self, raw: &str) -> Option<Vec<(Name, Value)>> {
        match self.form {
            Form::Plain => Some(Vec::new()),
            Form::Header => {
                if self.before_header > 0 {
                    self.before_header -= 1;
                    return None;
                }
                if self.names.is_empty() {
                    let header = self.header.of(raw)?;
                    let cells = rows::split(header, self.header.delimiter, self.header.quote);
                    self.take_names(cells.iter().map(|cell| &**cell));
                    return None;
                }
                // Without a header, a preamble may stand before the first row.
                if self.header.is_preamble(raw) {
                    return None;
                }
                let cells = rows::split(raw, self.delimiter, self.quote);
                let missing = |cell: &str| {
                    self.missing.as_ref().is_some_and(|regex| regex.is_match(cell.as_bytes()).unwrap_or(false))
                };
                Some(self.fields(&cells, |cell| !cell.is_empty() && !missing(cell)))
            }
            Form::W3c => {
                if let Some(directive) = raw.strip_prefix('#') {
                    self.w3c_directive(directive);
                    return None;
                }
                let delimiter = if raw.contains('\t') { b'\t' } else { b' ' };
                Some(self.fields(&rows::split(raw, delimiter, b'"'), |cell| !cell.is_empty() && cell != "-"))
            }
            Form::Zeek => {
                if let Some(directive) = raw.strip_prefix('#') {
                    self.zeek_directive(directive);
                    return None;
                }
                let cells: Vec<Cow<'_, str>> =
                    raw.split(char::from(self.delimiter)).take(MAX_COLUMNS).map(Cow::Borrowed).collect();
                let unset = self.unset.as_deref().unwrap_or("-");
                Some(self.fields(&cells, |cell| !cell.is_empty() && cell != unset))
            }
        }
    }

    fn fields(&self, cells: &[Cow<'_, str>], filled: impl Fn(&str) -> bool) -> Vec<(Name, Value)> {
        let mut fields = Vec::with_capacity(cells.len());
        for (column, cell) in
            self.names.iter().zip(cells).filter(|(column, cell)| !column.name.is_empty() && filled(cell))
        {
            let value = Value::text(cell.as_ref());
            if let Some(name) = &column.several {
                fields.push((name.clone(), Value::list(cell.split(&*self.inner).map(Value::from))));
            }
            if let Some(name) = &column.clean {
                fields.push((name.clone(), value.clone()));
            }
            fields.push((column.name.clone(), value));
        }
        fields
    }

    /// The text of a row's time, if columns and not the row as a whole say it.
    pub(super) fn time(&self, indexed: &[(Name, Value)]) -> Option<String> {
        let cell = |name: &str| {
            let found = indexed.iter().find(|(known, _)| **known == *name);
            found.map(|(_, value)| value.to_text().into_owned())
        };
        if !self.time.is_empty() {
            let parts: Vec<String> = self.time.iter().filter_map(|name| cell(name)).collect();
            return (!parts.is_empty()).then(|| parts.join(" "));
        }
        if self.form != Form::W3c {
            return None;
        }
        let time = cell("time")?;
        let date = cell("date").or_else(|| self.date.clone())?;
        Some(format!("{date} {time}"))
    }

    /// The names of the columns; of two equal ones, only the first counts.
    fn take_names<'n>(&mut self, names: impl Iterator<Item = &'n str>) {
        let mut seen = HashSet::new();
        let form = self.form;
        let verbatim = self.verbatim;
        let column = |name: &str| {
            let name = name.trim();
            if !seen.insert(name.to_owned()) {
                return Column::default();
            }
            let clean = cleaned(name);
            match form {
                // Directives hold names in a notation of their own, which nobody searches by.
                Form::W3c => Column { name: clean.into(), ..Column::default() },
                _ if verbatim || clean == name || clean.is_empty() => Column { name: name.into(), ..Column::default() },
                _ => Column { name: name.into(), clean: Some(clean.into()), several: None },
            }
        };
        self.names = names.take(MAX_COLUMNS).map(column).collect();
    }

    fn w3c_directive(&mut self, directive: &str) {
        let Some((word, rest)) = directive.split_once(':') else { return };
        match word.trim().to_ascii_lowercase().as_str() {
            "fields" => self.take_names(rest.split_whitespace()),
            "date" => self.date = rest.split_whitespace().next().map(str::to_owned),
            _ => {}
        }
    }

    fn zeek_directive(&mut self, directive: &str) {
        if let Some(text) = directive.strip_prefix("separator") {
            self.delimiter = separator(text.trim_start_matches([' ', '\t'])).unwrap_or(b'\t');
            return;
        }
        let mut cells = directive.split(char::from(self.delimiter));
        let word = cells.next().unwrap_or_default();
        match word {
            "fields" => self.take_names(cells),
            "unset_field" => self.unset = cells.next().map(str::to_owned),
            "set_separator" => {
                cells.next().filter(|text| !text.is_empty()).unwrap_or(",").clone_into(&mut self.inner);
            }
            "types" => {
                for (column, kind) in self.names.iter_mut().zip(cells) {
                    let several = kind.starts_with("set[") || kind.starts_with("vector[");
                    column.several = several.then(|| format!("{}{{}}", column.name).into());
                }
            }
            _ => {}
        }
    }

    /// Calls `then` with the events in a row, line or document of an export.
    pub(super) fn exported(
        &mut self,
        kind: Kind,
        raw: &str,
        mut then: impl FnMut(&export::Event) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        if kind == Kind::SplunkJson {
            return export::of_json(raw).iter().try_for_each(then);
        }
        let cells = rows::split(raw, self.delimiter, self.quote);
        if self.names.is_empty() {
            self.verbatim = true;
            self.take_names(cells.iter().map(|cell| &**cell));
            return Ok(());
        }
        let names: Vec<Name> = self.names.iter().map(|column| column.name.clone()).collect();
        then(&export::of_row(&names, &cells))
    }
}

/// `\x09`, or the character itself.
fn separator(text: &str) -> Option<u8> {
    match text.strip_prefix("\\x") {
        Some(digits) => u8::from_str_radix(digits.get(..2)?, 16).ok().filter(u8::is_ascii),
        None => text.bytes().next().filter(u8::is_ascii),
    }
}

/// A column's name as Splunk makes it: what is no letter, digit or `_` becomes `_`, but not at its ends.
fn cleaned(name: &str) -> String {
    let legal = |c: char| if c.is_alphanumeric() || c == '_' { c } else { '_' };
    let whole: String = name.chars().map(legal).collect();
    let strange = |c: char| !(c.is_alphanumeric() || c == '_');
    let start = if name.starts_with(strange) { whole.trim_start_matches('_') } else { &whole };
    let end = if name.ends_with(strange) { start.trim_end_matches('_') } else { start };
    end.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_as_splunk_writes_them() {
        let table = [
            ("cs(User-Agent)", "cs_User_Agent"),
            ("cs-uri-stem", "cs_uri_stem"),
            ("id.orig_h", "id_orig_h"),
            ("Source IP", "Source_IP"),
            ("_time", "_time"),
            ("(x)", "x"),
            ("", ""),
        ];
        for (name, expected) in table {
            assert_eq!(cleaned(name), expected, "{name}");
        }
    }
}
