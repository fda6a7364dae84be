//! `multikv`: the lines of a table in the raw text become rows.
//!
//! - The first line with two or more words names the columns (`forceheader=<n>` names another line, `noheader=true` none); a line
//!   below gives a row with its words in order, the last column taking the rest. `fields` lists the columns wanted, `filter` words
//!   one of which a line must hold. Names keep letters, digits and `_`. A row has the fields of its event, unless
//!   `copyattrs=false`; with `rmorig=false` the event stays as well. Source: Search Reference, "multikv".

use super::lower::words;
use super::native::{Apply, streaming};
use super::options::{Options, option};
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax};
use crate::expr::Context;
use crate::ir::{Flow, Native, Operator, Read, Schema};
use crate::spl::ast::Stage;
use crate::value::{Batch, Column, Name, Value};

/// See the module.
pub(super) struct Multikv;

const OPTIONS: &[OptionSpec] = &[
    option("conf", OptionKind::Missing, "", "A stanza of multikv.conf."),
    option("copyattrs", OptionKind::Flag, "true", "Rows have the fields of their event."),
    option("forceheader", OptionKind::Count, "", "The line that names the columns, the first being 1."),
    option("multitable", OptionKind::Ignored, "true", "Whether there may be several tables in an event."),
    option("noheader", OptionKind::Flag, "false", "No line names the columns: `Column_1`, `Column_2` and so on."),
    option("rmorig", OptionKind::Flag, "true", "The event itself goes."),
];

impl Command for Multikv {
    fn name(&self) -> &'static str {
        "multikv"
    }

    fn summary(&self) -> &'static str {
        "Turn the lines of a table in an event into rows"
    }

    fn syntax(&self) -> Syntax {
        Syntax {
            usage: "multikv [forceheader=<n>] [noheader=<bool>] [fields <field>...] [filter <word>...]",
            options: OPTIONS,
        }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            title: "A table of processes",
            before: r#"[{"_raw":"PID NAME ARGS\n7 sh -c ls\n9 cat"}]"#,
            search: "| multikv | fields - _raw",
            after: r#"[{"PID":"7","NAME":"sh","ARGS":"-c ls"},{"PID":"9","NAME":"cat"}]"#,
        }]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let options = Options::of(stage, OPTIONS, cx);
        let (mut fields, mut filter) = (Vec::new(), Vec::new());
        let mut list: Option<&mut Vec<Name>> = None;
        for word in words(stage) {
            match word.text.to_ascii_lowercase().as_str() {
                "fields" => list = Some(&mut fields),
                "filter" => list = Some(&mut filter),
                _ => match &mut list {
                    Some(list) => list.push(word.text.as_str().into()),
                    None => return cx.incomplete("`fields` or `filter` before a list"),
                },
            }
        }
        cx.native(Lines {
            fields,
            filter: filter.iter().map(|word| word.to_lowercase()).collect(),
            header: (!options.flag("noheader", false)).then(|| options.count("forceheader", 0)),
            copy: options.flag("copyattrs", true),
            keep: !options.flag("rmorig", true),
        });
    }
}

/// Most columns of a table.
const MAX_COLUMNS: usize = 1000;

/// Takes tables apart.
#[derive(Clone, Debug)]
struct Lines {
    fields: Vec<Name>,
    /// Lower case.
    filter: Vec<String>,
    /// The line that names the columns, 0 for the first that can; none if no line does.
    header: Option<usize>,
    copy: bool,
    keep: bool,
}

impl Native for Lines {
    fn name(&self) -> &'static str {
        "multikv"
    }

    fn flow(&self, input: &Schema) -> Flow {
        let mut flow = Flow::opening(input, vec![Read::implied("_raw")]);
        flow.reads_all = self.copy;
        flow
    }

    fn open(&self, _: &Context) -> Box<dyn Operator> {
        streaming(self)
    }
}

impl Apply for Lines {
    fn apply(&self, batch: Batch, _: &Context) -> Result<Batch, String> {
        let mut result = Batch::new(0);
        for row in 0..batch.rows() {
            let text = batch.value(row, "_raw").to_text().into_owned();
            let table = self.table(&text)?;
            if table.is_empty() || self.keep {
                result.append(&batch.take(&[row]));
            }
            for (line, cells) in table {
                let mut one = if self.copy { batch.take(&[row]) } else { Batch::new(1) };
                one.set("_raw", Column::new(vec![Value::from(line)]));
                for (name, cell) in cells {
                    one.set(name, Column::new(vec![Value::from(cell)]));
                }
                result.append(&one);
            }
        }
        Ok(result)
    }
}

/// A line, and its cells by column.
type Row<'t> = (&'t str, Vec<(Name, &'t str)>);

impl Lines {
    fn table<'t>(&self, text: &'t str) -> Result<Vec<Row<'t>>, String> {
        let lines: Vec<&str> = text.lines().collect();
        let has_columns = |line: &&str| line.split_whitespace().nth(1).is_some();
        let (names, first) = match self.header {
            None => (Vec::new(), 0),
            Some(0) => match lines.iter().position(has_columns) {
                Some(at) => (names(lines[at]), at + 1),
                None => return Ok(Vec::new()),
            },
            Some(line) => (lines.get(line - 1).map(|line| names(line)).unwrap_or_default(), line),
        };
        if names.len() > MAX_COLUMNS {
            return Err(format!("a table has more than {MAX_COLUMNS} columns"));
        }
        let mut rows = Vec::new();
        for line in lines.iter().skip(first).filter(|line| !line.trim().is_empty()) {
            let folded = line.to_lowercase();
            if !self.filter.is_empty() && !self.filter.iter().any(|word| folded.contains(word.as_str())) {
                continue;
            }
            let most = if self.header.is_none() { MAX_COLUMNS } else { names.len() };
            let cells = cells(line, most).into_iter().enumerate();
            let named = cells.map(|(at, cell)| {
                let name = names.get(at).cloned();
                (name.unwrap_or_else(|| format!("Column_{}", at + 1).into()), cell)
            });
            let wanted = named.filter(|(name, _)| self.fields.is_empty() || self.fields.contains(name));
            rows.push((*line, wanted.collect()));
        }
        Ok(rows)
    }
}

/// The words of a header as names of fields.
fn names(line: &str) -> Vec<Name> {
    let clean = |c: char| if c.is_alphanumeric() || c == '_' { c } else { '_' };
    line.split_whitespace().map(|word| word.chars().map(clean).collect::<String>().into()).collect()
}

/// The words of a line; the last one of `most` takes the rest of the line.
fn cells(line: &str, most: usize) -> Vec<&str> {
    let mut cells = Vec::new();
    let mut rest = line.trim();
    while !rest.is_empty() && cells.len() < most {
        let end = if cells.len() + 1 == most { None } else { rest.find(char::is_whitespace) };
        let (cell, after) = rest.split_at(end.unwrap_or(rest.len()));
        cells.push(cell);
        rest = after.trim_start();
    }
    cells
}
