//! `transaction`: rows that belong together become one row.
//!
//! - Rows are taken in order of `_time`. A row joins an open transaction if it contradicts none of its listed fields and,
//!   with `connected=true`, shares a value of one; `maxspan`, `maxpause` and `maxevents` bound a transaction.
//! - A row that satisfies `startswith` begins a transaction, one that satisfies `endswith` ends it. With `startswith`, rows
//!   outside of a transaction are orphans; with `endswith`, a transaction that does not end is evicted. Both are dropped,
//!   unless `keeporphans` or `keepevicted` say otherwise.
//! - One row per transaction, the latest first: `_time` is the earliest, `duration` in seconds, `eventcount`, `closed_txn`
//!   (1 if a condition or a bound closed it), `_raw` joined by newlines; other fields hold the distinct values in order of
//!   text, or with `mvlist=true` all values in order of time. Source: Search Reference, "transaction".

use super::lower::{field, words};
use super::native::{Apply, gathered};
use super::options::Options;
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax};
use crate::expr::{Context, Expr, FieldRef, Predicate};
use crate::ir::schema::ValueKind;
use crate::ir::{FieldInfo, Flow, Native, Operator, Read, Schema, reads};
use crate::spl::ast::{Quote, Stage, Word};
use crate::value::{Batch, Column, Name, Value};
use std::collections::HashSet;

/// See the module.
pub(super) struct Transaction;

const fn option(name: &'static str, kind: OptionKind, default: &'static str, summary: &'static str) -> OptionSpec {
    OptionSpec { name, kind, default, summary }
}

const OPTIONS: &[OptionSpec] = &[
    option("connected", OptionKind::Flag, "true", "A row must share a value with the transaction."),
    option("delim", OptionKind::Ignored, "a blank", "Joins lists where they are shown as one text."),
    option(
        "endswith",
        OptionKind::Text,
        "",
        "A condition in parentheses or quotes, or `eval(...)`, that ends a transaction.",
    ),
    option("keepevicted", OptionKind::Flag, "false", "Keep transactions that did not end."),
    option("keeporphans", OptionKind::Flag, "false", "Keep rows that belong to no transaction."),
    option("maxevents", OptionKind::Count, "1000", "Most rows of a transaction."),
    option("maxopenevents", OptionKind::Ignored, "", "How much Splunk holds in memory."),
    option("maxopentxn", OptionKind::Ignored, "", "How much Splunk holds in memory."),
    option("maxpause", OptionKind::Span, "-1", "Longest time between neighbours; -1 for any."),
    option("maxspan", OptionKind::Span, "-1", "Longest time from first to last; -1 for any."),
    option("mvlist", OptionKind::Flag, "false", "Keep all values, in order of time."),
    option("mvraw", OptionKind::Missing, "false", "Keep the raw texts as a multivalue."),
    option("name", OptionKind::Missing, "", "A transaction type of a server."),
    option("nullstr", OptionKind::Ignored, "NULL", "Stands for missing values in lists."),
    option("otherstr", OptionKind::Ignored, "", "Not used."),
    option(
        "startswith",
        OptionKind::Text,
        "",
        "A condition in parentheses or quotes, or `eval(...)`, that begins a transaction.",
    ),
    option("unifyends", OptionKind::Ignored, "false", "Whether rows at the ends must share a value."),
];

impl Command for Transaction {
    fn name(&self) -> &'static str {
        "transaction"
    }

    fn summary(&self) -> &'static str {
        "Rows that belong together become one row"
    }

    fn syntax(&self) -> Syntax {
        Syntax {
            usage: "transaction [<field>...] [startswith=<condition>] [endswith=<condition>] [maxspan=<span>] [maxpause=<span>]",
            options: OPTIONS,
        }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            title: "From one event to another",
            before: r#"[{"_time":"500","u":"b","e":"1"},{"_time":"30","u":"a","e":"2"},{"_time":"10","u":"a","e":"1"}]"#,
            search: "| transaction u startswith=(e=1) endswith=(e=2)",
            after: r#"[{"u":"a","_time":"10","duration":"20","eventcount":"2","e":["1","2"],"closed_txn":"1"}]"#,
        }]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let options = Options::of(stage, OPTIONS, cx);
        let mut limit = |name: &str| options.get(name).and_then(|value| cx.seconds(name, value));
        let (max_span, max_pause) = (limit("maxspan"), limit("maxpause"));
        let [starts, ends] = ["startswith", "endswith"].map(|name| options.get(name).map(|word| test(word, cx)));
        if matches!(starts, Some(None)) || matches!(ends, Some(None)) {
            return cx.unsupported("its condition has errors");
        }
        cx.native(Group {
            fields: words(stage).into_iter().map(field).collect(),
            starts: starts.flatten(),
            ends: ends.flatten(),
            max_span,
            max_pause,
            max_events: options.count("maxevents", 1000).max(1),
            connected: options.flag("connected", true),
            keep_orphans: options.flag("keeporphans", false),
            keep_evicted: options.flag("keepevicted", false),
            all_values: options.flag("mvlist", false),
        });
    }
}

#[derive(Clone, Debug)]
enum Test {
    Search(Predicate),
    Eval(Expr),
}

/// Reads `(condition)`, `"words"` or `eval(expression)`, with places in the text of the search.
fn test(word: &Word, cx: &mut Lower) -> Option<Test> {
    // Blanks in front make the places of the inner text those of the whole search.
    let inset = word.span.start as usize + usize::from(word.quote != Quote::Bare);
    let call = word.text.get(..4).filter(|start| start.eq_ignore_ascii_case("eval")).map(|_| &word.text[4..]);
    if let Some(inside) = call.filter(|rest| rest.trim_start().starts_with('(')) {
        let (expr, problems) = crate::spl::parse_eval(&format!("{}{inside}", " ".repeat(inset + 4)));
        cx.problems(problems);
        return cx.expr(&expr?).map(Test::Eval);
    }
    let (term, problems) = crate::spl::parse_condition(&format!("{}{}", " ".repeat(inset), word.text));
    cx.problems(problems);
    Some(Test::Search(cx.predicate(&term?)))
}

impl Test {
    fn rows(&self, batch: &Batch, context: &Context) -> Vec<bool> {
        match self {
            Self::Search(predicate) => super::build::select(predicate, batch, context),
            Self::Eval(expr) => super::build::eval(expr, batch, context)
                .values()
                .iter()
                .map(|value| *value == Value::Bool(true))
                .collect(),
        }
    }

    fn reads(&self, found: &mut Vec<Read>) {
        match self {
            Self::Search(predicate) => reads::of_predicate(predicate, found),
            Self::Eval(expr) => reads::of_expr(expr, found),
        }
    }
}

/// Groups rows.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "they are the command's own options")]
struct Group {
    fields: Vec<FieldRef>,
    starts: Option<Test>,
    ends: Option<Test>,
    max_span: Option<f64>,
    max_pause: Option<f64>,
    max_events: usize,
    connected: bool,
    keep_orphans: bool,
    keep_evicted: bool,
    all_values: bool,
}

/// Most transactions that are open at a time; beyond, the oldest is closed as evicted.
const MAX_OPEN: usize = 5_000;

impl Native for Group {
    fn name(&self) -> &'static str {
        "transaction"
    }

    fn flow(&self, input: &Schema) -> Flow {
        let mut flow = Flow { reads: self.fields.iter().map(Read::value).collect(), ..Flow::default() };
        for test in self.starts.iter().chain(&self.ends) {
            test.reads(&mut flow.reads);
        }
        flow.reads.push(Read::implied("_time"));
        let mut output = input.clone();
        for (name, info) in &mut output.fields {
            info.multivalue = !name.starts_with('_');
        }
        for name in ["duration", "eventcount", "closed_txn"] {
            output.set(name, FieldInfo { always: true, values: Some(ValueKind::Number), ..FieldInfo::default() });
        }
        flow.output = output;
        flow
    }

    fn open(&self, _: &Context) -> Box<dyn Operator> {
        gathered(self)
    }
}

struct Open {
    rows: Vec<usize>,
    first: f64,
    last: f64,
    /// The values of each listed field so far.
    values: Vec<HashSet<String>>,
}

struct Done {
    rows: Vec<usize>,
    closed: bool,
}

impl Apply for Group {
    fn apply(&self, batch: Batch, context: &Context) -> Result<Batch, String> {
        let times: Vec<f64> =
            (0..batch.rows()).map(|row| batch.value(row, "_time").as_number().unwrap_or(0.0)).collect();
        let mut order: Vec<usize> = (0..batch.rows()).rev().collect();
        order.sort_by(|a, b| times[*a].total_cmp(&times[*b]));
        let truth = |test: &Option<Test>| test.as_ref().map(|test| test.rows(&batch, context));
        let (starts, ends) = (truth(&self.starts), truth(&self.ends));
        let mut open: Vec<Open> = Vec::new();
        let mut done: Vec<Done> = Vec::new();
        for row in order {
            let time = times[row];
            let values = self.values(&batch, row);
            self.expire(time, &mut open, &mut done);
            let starting = starts.as_ref().map(|truth| truth[row]);
            let mut found = open.iter().rposition(|txn| self.fits(txn, &values));
            if !self.fields.is_empty() && values.iter().all(HashSet::is_empty) {
                // Without any of the fields a row belongs nowhere.
                found = None;
                if self.keep_orphans {
                    done.push(Done { rows: vec![row], closed: false });
                }
                continue;
            }
            if starting == Some(true)
                && let Some(at) = found.take()
            {
                let txn = open.remove(at);
                self.close(txn, self.ends.is_none(), &mut done);
            }
            let at = match found {
                Some(at) => at,
                None if starting == Some(false) => {
                    if self.keep_orphans {
                        done.push(Done { rows: vec![row], closed: false });
                    }
                    continue;
                }
                None => {
                    if open.len() >= MAX_OPEN {
                        let oldest = open.remove(0);
                        self.close(oldest, false, &mut done);
                    }
                    open.push(Open {
                        rows: Vec::new(),
                        first: time,
                        last: time,
                        values: vec![HashSet::new(); self.fields.len()],
                    });
                    open.len() - 1
                }
            };
            let txn = &mut open[at];
            txn.rows.push(row);
            txn.last = time;
            for (known, new) in txn.values.iter_mut().zip(values) {
                known.extend(new);
            }
            let ended = ends.as_ref().is_some_and(|truth| truth[row]);
            if ended || txn.rows.len() >= self.max_events {
                let txn = open.remove(at);
                self.close(txn, ended || self.ends.is_none(), &mut done);
            }
        }
        for txn in open {
            let evicted = self.ends.is_some();
            if !evicted || self.keep_evicted {
                done.push(Done { rows: txn.rows, closed: false });
            }
        }
        let start = |txn: &Done| txn.rows.first().map_or(0.0, |row| times[*row]);
        done.sort_by(|a, b| start(b).total_cmp(&start(a)));
        Ok(self.rows(&batch, &times, &done))
    }
}

impl Group {
    fn values(&self, batch: &Batch, row: usize) -> Vec<HashSet<String>> {
        let values = |field: &FieldRef| {
            batch.value(row, &field.name).values().iter().map(|value| value.to_text().into_owned()).collect()
        };
        self.fields.iter().map(values).collect()
    }

    fn fits(&self, txn: &Open, values: &[HashSet<String>]) -> bool {
        let mut shared = self.fields.is_empty();
        for (known, new) in txn.values.iter().zip(values) {
            if known.is_empty() || new.is_empty() {
                continue;
            }
            if known.is_disjoint(new) {
                return false;
            }
            shared = true;
        }
        shared || !self.connected
    }

    /// Closes the transactions that a row of this time is too late for.
    fn expire(&self, time: f64, open: &mut Vec<Open>, done: &mut Vec<Done>) {
        let over = |txn: &Open| {
            self.max_span.is_some_and(|span| time - txn.first > span)
                || self.max_pause.is_some_and(|pause| time - txn.last > pause)
        };
        if self.max_span.is_none() && self.max_pause.is_none() {
            return;
        }
        for txn in std::mem::take(open) {
            if over(&txn) {
                self.close(txn, self.ends.is_none(), done);
            } else {
                open.push(txn);
            }
        }
    }

    fn close(&self, txn: Open, complete: bool, done: &mut Vec<Done>) {
        if complete || self.keep_evicted {
            done.push(Done { rows: txn.rows, closed: complete });
        }
    }

    fn rows(&self, batch: &Batch, times: &[f64], done: &[Done]) -> Batch {
        let mut result = Batch::new(done.len());
        for (name, column) in batch.columns() {
            let cell = |txn: &Done| self.cell(name, column, txn);
            result.set(name.clone(), Column::new(done.iter().map(cell).collect()));
        }
        let ends = |txn: &Done| {
            let first = txn.rows.first().map_or(0.0, |row| times[*row]);
            (first, txn.rows.last().map_or(first, |row| times[*row]))
        };
        let numbers = |of: &dyn Fn(&Done) -> f64| Column::new(done.iter().map(|txn| Value::Number(of(txn))).collect());
        result.set("_time", numbers(&|txn| ends(txn).0));
        result.set("duration", numbers(&|txn| ends(txn).1 - ends(txn).0));
        result.set("eventcount", numbers(&|txn| txn.rows.len() as f64));
        result.set("closed_txn", numbers(&|txn| f64::from(u8::from(txn.closed))));
        result
    }

    fn cell(&self, name: &Name, column: &Column, txn: &Done) -> Value {
        let values = txn.rows.iter().flat_map(|row| column.values()[*row].values().iter().cloned());
        if &**name == "_raw" {
            let texts: Vec<String> = values.map(|value| value.to_text().into_owned()).collect();
            return if texts.is_empty() { Value::Null } else { Value::text(texts.join("\n")) };
        }
        if self.all_values {
            return Value::list(values);
        }
        let mut distinct: Vec<Value> = values.collect();
        distinct.sort_by(|a, b| a.to_text().as_bytes().cmp(b.to_text().as_bytes()));
        distinct.dedup_by(|a, b| a.to_text() == b.to_text());
        Value::list(distinct)
    }
}
