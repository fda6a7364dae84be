//! The SPL front end over published content packs: how much of it parses, and properties that must hold for all of it.

use crate::shape::shape;
use escudo::content::yaml::{self, Node};
use escudo::knowledge::Knowledge;
use escudo::source::{Located, Place, Sources, Span};
use escudo::spl::ast::{AggregateArgument, Arg, ByItem, Expr, ExprKind, Search, Term, TermKind, Word};
use escudo::spl::{self, MacroDefinition, Macros};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

pub(crate) const PACKS: &[&str] = &["security_content-4.29", "security_content-5.0", "security_content-6"];

pub(crate) fn corpus() -> Option<PathBuf> {
    let folder = std::env::var_os("ESCUDO_CORPUS").map_or_else(|| "../shared/corpus".into(), PathBuf::from);
    folder.is_dir().then_some(folder)
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "yml") {
            found.push(path);
        }
    }
}

/// The documents under a folder with the names of their files.
fn documents(sources: &mut Sources, folder: &Path) -> Vec<(String, Node)> {
    let mut paths = Vec::new();
    files(folder, &mut paths);
    let mut documents = Vec::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).expect("the corpus can be read");
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let file = sources.add(&path, text.as_str());
        documents.extend(yaml::parse(file, text).0.map(|node| (name, node)));
    }
    documents
}

pub(crate) struct Pack {
    sources: Sources,
    macros: BTreeMap<(String, usize), MacroDefinition>,
}

impl Pack {
    pub(crate) fn read(corpus: &Path, name: &str) -> Self {
        let mut pack = Self { sources: Sources::new(), macros: BTreeMap::new() };
        // The newest pack is a part of one; macros that it lacks are those of its predecessor.
        let names = [name, "security_content-5.0"];
        for folder in names.iter().take(if name.ends_with("-6") { 2 } else { 1 }) {
            for (name, document) in documents(&mut pack.sources, &corpus.join(folder).join("macros")) {
                let Some(definition) = document.get("definition").and_then(Node::as_text).cloned() else { continue };
                let arguments = document.get("arguments").map(Node::items).unwrap_or_default();
                let arguments: Vec<String> = arguments.iter().filter_map(Node::as_str).map(str::to_owned).collect();
                let name = document.get("name").and_then(Node::as_str).unwrap_or(&name).to_owned();
                let found = MacroDefinition::plain(definition, arguments);
                pack.macros.entry((name, found.arguments.len())).or_insert(found);
            }
        }
        // What other apps define is part of the program.
        for known in Knowledge::builtin().macros().values() {
            pack.macros.entry((known.name.to_string(), known.args.len())).or_insert_with(|| known.into());
        }
        pack
    }

    fn located(&mut self, text: &str) -> Located {
        let file = self.sources.add("text", text);
        Located::verbatim(text, Place { file, span: Span::new(0, text.len()) })
    }
}

impl Macros for Pack {
    fn find(&self, name: &str, arity: usize) -> Option<Cow<'_, MacroDefinition>> {
        self.macros.get(&(name.to_owned(), arity)).map(Cow::Borrowed).or_else(|| {
            let any = self.macros.values().next().filter(|_| name.ends_with("_filter"))?;
            let definition = Located::verbatim("search *", any.definition.whole()?);
            Some(Cow::Owned(MacroDefinition::plain(definition, Vec::new())))
        })
    }

    fn arities(&self, name: &str) -> Vec<usize> {
        self.macros.keys().filter(|key| key.0 == name).map(|key| key.1).collect()
    }

    fn names(&self) -> Vec<&str> {
        self.macros.keys().map(|key| key.0.as_str()).collect()
    }
}

/// One search of a pack: the kind and name of its file, and its text.
pub(crate) struct Found {
    pub(crate) kind: &'static str,
    pub(crate) file: String,
    pub(crate) search: Located,
}

pub(crate) fn searches(pack: &mut Pack, folder: &Path) -> Vec<Found> {
    let mut found = Vec::new();
    for kind in ["detections", "baselines", "investigations", "removed"] {
        for (file, document) in documents(&mut pack.sources, &folder.join(kind)) {
            let drilldowns = document.get("drilldown_searches").map(Node::items).unwrap_or_default();
            let holders = std::iter::once((kind, &document)).chain(drilldowns.iter().map(|node| ("drilldowns", node)));
            for (kind, holder) in holders {
                if let Some(search) = holder.get("search").and_then(Node::as_text) {
                    found.push(Found { kind, file: file.clone(), search: search.clone() });
                }
            }
        }
    }
    found
}

/// The expanded text of one search, and its problems as one line each.
fn problems(pack: &Pack, search: &Located) -> (String, BTreeSet<String>) {
    let expansion = spl::expand(search, pack);
    let text = expansion.text.as_str().to_owned();
    let mut lines: BTreeSet<String> =
        expansion.problems.iter().map(|problem| format!("{}: {}", problem.code, problem.message)).collect();
    if lines.is_empty() {
        let problems = spl::parse(&text).problems;
        lines.extend(problems.iter().map(|problem| format!("{}: {}", problem.code, problem.message)));
    }
    (text, lines)
}

#[test]
fn score() {
    let Some(corpus) = corpus() else { return println!("skipped: no corpus") };
    let mut report = String::from("# Searches and macro definitions that parse, and what is said of the others.\n");
    for name in PACKS {
        let mut pack = Pack::read(&corpus, name);
        let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
        let mut failures = String::new();
        for Found { kind, file, search } in searches(&mut pack, &corpus.join(name)) {
            let (_, lines) = problems(&pack, &search);
            let count = counts.entry(kind).or_default();
            count.0 += usize::from(lines.is_empty());
            count.1 += 1;
            for line in lines {
                let _ = writeln!(failures, "{kind}/{file}: {line}");
            }
        }
        let bodies: Vec<_> =
            pack.macros.iter().map(|(key, found)| (key.clone(), found.definition.as_str().to_owned())).collect();
        for ((macro_name, _), body) in bodies {
            let count = counts.entry("macros").or_default();
            count.1 += 1;
            if let Err(line) = macro_body(&mut pack, &body) {
                let _ = writeln!(failures, "macros/{macro_name}: {line}");
            } else {
                count.0 += 1;
            }
        }
        let _ = writeln!(report, "\n## {name}\n");
        for (kind, (good, all)) in counts {
            let _ = writeln!(report, "{kind}: {good}/{all}");
        }
        let _ = write!(report, "\n{failures}");
    }
    crate::score::compare("parse.txt", &report);
}

/// A definition is stages, a part of a search expression, or a part of an eval expression.
fn macro_body(pack: &mut Pack, body: &str) -> Result<(), String> {
    let first = body.trim().split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let text = if spl::commands::is_known(first) { format!("| {body}") } else { body.to_owned() };
    let text = pack.located(&text);
    let (_, lines) = problems(pack, &text);
    match lines.into_iter().next() {
        Some(line) if spl::parse_eval(body).0.is_none() => Err(line),
        _ => Ok(()),
    }
}

#[test]
fn printing_and_parsing_gives_the_same_tree() {
    let Some(corpus) = corpus() else { return println!("skipped: no corpus") };
    for name in PACKS {
        let mut pack = Pack::read(&corpus, name);
        for Found { file, search, .. } in searches(&mut pack, &corpus.join(name)) {
            let (text, lines) = problems(&pack, &search);
            if lines.is_empty() {
                let first = spl::parse(&text).search;
                let printed = spl::print(&first);
                let second = spl::parse(&printed);
                assert_eq!(second.problems, [], "{file}: {printed}");
                assert_eq!(shape(&first), shape(&second.search), "{file}: {printed}");
            }
        }
    }
}

/// Checks that every span lies in its parent's and on character boundaries.
pub(crate) struct Nested<'t> {
    pub(crate) text: &'t str,
}

impl Nested<'_> {
    pub(crate) fn span(&self, span: Span, parent: Span) {
        assert!(parent.start <= span.start && span.end <= parent.end, "{span:?} in {parent:?} of {}", self.text);
        assert!(self.text.get(span.range()).is_some(), "{span:?} of {}", self.text);
    }

    pub(crate) fn search(&self, search: &Search, parent: Span) {
        self.span(search.span, parent);
        for stage in &search.stages {
            self.span(stage.span, search.span);
            self.span(stage.command.span, stage.span);
            for arg in &stage.args {
                self.span(arg.span, stage.span);
                self.arg(&arg.node, arg.span);
            }
        }
    }

    fn words<'w>(&self, words: impl IntoIterator<Item = &'w Word>, parent: Span) {
        for word in words {
            self.span(word.span, parent);
        }
    }

    fn arg(&self, arg: &Arg, parent: Span) {
        match arg {
            Arg::Option { name, value } => {
                self.span(name.span, parent);
                self.words([value], parent);
            }
            Arg::Word(word) => self.words([word], parent),
            Arg::Keyword(_) | Arg::Sign(_) | Arg::Raw(_) => {}
            Arg::Alias { source, target } => self.words([source, target], parent),
            Arg::Replace { old, new } => self.words([old, new], parent),
            Arg::Aggregate(aggregate) => {
                self.span(aggregate.function.span, parent);
                self.words(&aggregate.alias, parent);
                match &aggregate.argument {
                    AggregateArgument::None => {}
                    AggregateArgument::Field(word) => self.words([word], parent),
                    AggregateArgument::Eval(expr) => self.expr(expr, parent),
                }
            }
            Arg::By(items) => {
                for item in items {
                    match item {
                        ByItem::Field(word) => self.words([word], parent),
                        ByItem::Option { name, value } => {
                            self.span(name.span, parent);
                            self.words([value], parent);
                        }
                    }
                }
            }
            Arg::From { kind, name } => {
                self.span(kind.span, parent);
                self.words([name], parent);
            }
            Arg::Condition(term) => self.term(term, parent),
            Arg::Expr(expr) => self.expr(expr, parent),
            Arg::Assign { target, value } => {
                self.words([target], parent);
                self.expr(value, parent);
            }
            Arg::SortKey { kind, field, .. } => {
                self.words([field], parent);
                if let Some(kind) = kind {
                    self.span(kind.span, parent);
                }
            }
            Arg::Convert { function, field, target } => {
                self.span(function.span, parent);
                self.words(std::iter::once(field).chain(target), parent);
            }
            Arg::Match { field, pattern, .. } => self.words(std::iter::once(pattern).chain(field), parent),
            Arg::Subsearch(search) => self.search(search, parent),
        }
    }

    fn term(&self, term: &Term, parent: Span) {
        self.span(term.span, parent);
        match &term.kind {
            TermKind::And(terms) | TermKind::Or(terms) => terms.iter().for_each(|inner| self.term(inner, term.span)),
            TermKind::Not(inner) => self.term(inner, term.span),
            TermKind::Compare { field, op, value } => {
                self.words([field, value], term.span);
                self.span(op.span, term.span);
            }
            TermKind::In { field, values } => self.words(std::iter::once(field).chain(values), term.span),
            TermKind::Keyword(word) | TermKind::Term(word) | TermKind::Case(word) => self.words([word], term.span),
            TermKind::Subsearch(search) => self.search(search, term.span),
        }
    }

    fn expr(&self, expr: &Expr, parent: Span) {
        self.span(expr.span, parent);
        match &expr.kind {
            ExprKind::Number(..) | ExprKind::Text(_) => {}
            ExprKind::Field(word) => self.words([word], expr.span),
            ExprKind::Unary(_, inner) => self.expr(inner, expr.span),
            ExprKind::Binary(op, left, right) => {
                self.span(op.span, expr.span);
                self.expr(left, expr.span);
                self.expr(right, expr.span);
            }
            ExprKind::In(inner, items) => {
                self.expr(inner, expr.span);
                for item in items {
                    self.expr(item, expr.span);
                }
            }
            ExprKind::Call(name, args) => {
                self.span(name.span, expr.span);
                for arg in args {
                    self.expr(arg, expr.span);
                }
            }
            ExprKind::Subsearch(search) => self.search(search, expr.span),
        }
    }
}

/// Also of broken texts: each search is cut short at several places.
#[test]
fn every_span_lies_in_its_parent() {
    let Some(corpus) = corpus() else { return println!("skipped: no corpus") };
    let name = "security_content-5.0";
    let mut pack = Pack::read(&corpus, name);
    let found = searches(&mut pack, &corpus.join(name));
    for Found { search, .. } in found.iter().filter(|found| found.kind != "drilldowns").step_by(5) {
        let text = spl::expand(search, &pack).text.as_str().to_owned();
        for part in 1..=4 {
            let end = text.floor_char_boundary(text.len() * part / 4);
            let text = &text[..end];
            let parsed = spl::parse(text);
            let whole = Span::new(0, text.len());
            Nested { text }.search(&parsed.search, whole);
            for problem in &parsed.problems {
                Nested { text }.span(problem.span, whole);
                problem.related.iter().for_each(|(span, _)| Nested { text }.span(*span, whole));
            }
        }
    }
}
