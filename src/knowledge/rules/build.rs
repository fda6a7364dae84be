//! Compiles the settings that apply to an origin.

use super::{Auto, Compiled, Delims, Origin, Provenance, Rules, Step, StepKind, alias, eventtype, lookup};
use crate::diag::{Diagnostic, codes};
use crate::knowledge::conf::{Setting, flag};
use crate::knowledge::extract::regex::{Options, RegexExtraction, split_in};
use crate::knowledge::props::Winner;
use crate::knowledge::transforms::{Extraction, How, Transform};
use crate::knowledge::{Knowledge, language, rewrite};
use crate::source::{Located, Span};
use crate::value::Name;
use crate::value::regex::Regex;
use indexmap::IndexMap;

/// The rules of events with these metadata. A sourcetype with `rename` has the rules of the other name.
pub(in crate::knowledge) fn build(knowledge: &Knowledge, source: &str, sourcetype: &str, host: &str) -> Rules {
    let renamed = knowledge.props().renamed(source, sourcetype, host);
    let sourcetype = renamed.as_deref().unwrap_or(sourcetype);
    let origin = Origin { source: source.into(), sourcetype: sourcetype.into() };
    let compiled = knowledge.compiled(source, sourcetype, host);
    let eventtypes = eventtype::eventtypes(knowledge, &origin);
    let field_tags = eventtype::field_tags(knowledge);
    Rules { origin, renamed: renamed.is_some(), compiled, eventtypes, field_tags }
}

/// Compiles the settings that apply.
pub(in crate::knowledge) fn compile(knowledge: &Knowledge, settings: &IndexMap<Name, Winner<'_>>) -> Compiled {
    let mut builder = Builder { knowledge, steps: Vec::new(), problems: Vec::new() };
    builder.indexed(settings);
    for (class, winner) in classes(settings, "EXTRACT-") {
        builder.extract(class, winner);
    }
    for (class, winner) in classes(settings, "REPORT-") {
        builder.report(class, winner);
    }
    builder.auto(settings);
    for (class, winner) in classes(settings, "FIELDALIAS-") {
        builder.alias(class, winner);
    }
    for (class, winner) in classes(settings, "EVAL-") {
        builder.eval(class, winner);
    }
    for (class, winner) in classes(settings, "LOOKUP-") {
        builder.lookup(class, winner);
    }
    builder.problems.extend(rewrite::compile(knowledge, settings).1);
    let Builder { steps, problems, .. } = builder;
    Compiled { steps, problems }
}

/// The settings of one kind, in ASCII order of their class. An empty value switches a setting off.
pub(in crate::knowledge) fn classes<'a>(
    settings: &'a IndexMap<Name, Winner<'a>>,
    prefix: &str,
) -> Vec<(&'a Name, Winner<'a>)> {
    let mut found: Vec<(&Name, Winner<'_>)> = settings
        .iter()
        .filter(|(key, winner)| key.starts_with(prefix) && !winner.setting.value.is_empty())
        .map(|(key, winner)| (key, *winner))
        .collect();
    found.sort_by_key(|(key, _)| *key);
    found
}

struct Builder<'a> {
    knowledge: &'a Knowledge,
    steps: Vec<Step>,
    problems: Vec<Diagnostic>,
}

impl Builder<'_> {
    fn push(&mut self, key: &Name, winner: Winner<'_>, kind: StepKind) {
        self.steps.push(Step { given_by: Provenance::of(key, winner), kind });
    }

    fn problem(&mut self, message: String, setting: &Setting) {
        self.problems.push(Diagnostic::new(codes::CONF_VALUE, message, setting.key));
    }

    fn indexed(&mut self, settings: &IndexMap<Name, Winner<'_>>) {
        if let Some((_, key, winner)) = settings.get_full("INDEXED_EXTRACTIONS")
            && winner.setting.text().eq_ignore_ascii_case("json")
        {
            self.push(key, *winner, StepKind::Auto(Auto::IndexedJson));
        }
    }

    fn extract(&mut self, key: &Name, winner: Winner<'_>) {
        let (pattern, source) = split_in(winner.setting.text());
        // An inline pattern has the options m and s; a transform's pattern has not.
        if let Some(regex) = self.regex(&format!("(?ms){pattern}"), 5, &winner.setting.value) {
            let kind =
                StepKind::Regex { source: source.into(), extraction: RegexExtraction::inline(regex), mv_add: false };
            self.push(key, winner, kind);
        }
    }

    fn report(&mut self, key: &Name, winner: Winner<'_>) {
        for name in winner.setting.text().split([',', ' ', '\n', '\t']).filter(|name| !name.is_empty()) {
            match self.knowledge.transforms().get(name) {
                Some(Transform::Extraction(extraction)) => {
                    if let Some(kind) = self.transform(name, extraction) {
                        let transform = Some((name.into(), extraction.place));
                        let given_by = Provenance { transform, ..Provenance::of(key, winner) };
                        self.steps.push(Step { given_by, kind });
                    }
                }
                Some(Transform::Lookup(_) | Transform::External(_)) => {
                    self.problem(format!("`{key}` names `{name}`, which is a lookup"), winner.setting);
                }
                Some(Transform::Unsupported(why)) => {
                    self.problem(format!("the transform `{name}` is not supported: {why}"), winner.setting);
                }
                None => {
                    let near = crate::diag::nearest(name, self.knowledge.transforms().keys().map(|name| &**name));
                    let near = near.map(crate::diag::did_you_mean);
                    self.problem(format!("`{key}` names the transform `{name}`, which does not exist"), winner.setting);
                    if let Some(problem) = self.problems.last_mut() {
                        problem.help = near;
                    }
                }
            }
        }
    }

    fn transform(&mut self, name: &str, extraction: &Extraction) -> Option<StepKind> {
        let Extraction { how, source_key, mv_add, clean_keys, keep_empty, index_time: _, place: _ } = extraction;
        let (source, mv_add, clean_keys, keep_empty) = (source_key.clone(), *mv_add, *clean_keys, *keep_empty);
        match how {
            How::Regex { regex: setting, format } => {
                let regex = self.regex(setting.text(), 0, &setting.value)?;
                let text = format.as_ref().map(Setting::text);
                match RegexExtraction::transform(regex, text, Options { mv_add, clean_keys, keep_empty }) {
                    Ok(extraction) => Some(StepKind::Regex { source, extraction, mv_add }),
                    Err(why) => {
                        let at = format.as_ref().unwrap_or(setting);
                        self.problem(format!("the `FORMAT` of `{name}` does not work: {why}"), at);
                        None
                    }
                }
            }
            How::Delims { outer, inner, fields } => {
                let (outer, inner, fields) = (outer.clone(), inner.clone(), fields.clone());
                let delims = Delims { outer, inner, fields, mv_add, clean_keys, keep_empty };
                Some(StepKind::Delims { source, delims })
            }
        }
    }

    /// Compiles a pattern that stands in `text`, with `ahead` characters put in front of it.
    fn regex(&mut self, pattern: &str, ahead: usize, text: &Located) -> Option<Regex> {
        match Regex::new(pattern) {
            Ok(regex) => Some(regex),
            Err(error) => {
                let at = error.offset.saturating_sub(ahead).min(text.len());
                let message = format!("the regular expression does not compile: {}", error.message);
                self.problems.extend(Diagnostic::in_text(codes::CONF_VALUE, message, text, Span::at(at)));
                None
            }
        }
    }

    fn auto(&mut self, settings: &IndexMap<Name, Winner<'_>>) {
        let mode = settings.get_full("KV_MODE");
        let json = settings.get("AUTO_KV_JSON").and_then(|winner| flag(winner.setting.text())).unwrap_or(true);
        let trim = settings.get("KV_TRIM_SPACES").and_then(|winner| flag(winner.setting.text())).unwrap_or(true);
        let indexed = settings.get("INDEXED_EXTRACTIONS").is_some_and(|winner| !winner.setting.value.is_empty());
        let word = mode.map_or("", |(_, _, winner)| winner.setting.text()).to_ascii_lowercase();
        let auto = match word.as_str() {
            "none" => return,
            "" if indexed => return,
            "" | "auto" => Auto::Pairs { escapes: false, json, trim },
            "auto_escaped" => Auto::Pairs { escapes: true, json, trim },
            "json" => Auto::Json,
            "xml" => Auto::Xml,
            "multi" => Auto::Table,
            other => {
                if let Some((_, _, winner)) = mode {
                    let message = format!("`KV_MODE = {other}` is not supported");
                    self.problems.push(
                        Diagnostic::new(codes::UNSUPPORTED_SETTING, message, winner.setting.key)
                            .help("the modes are `none`, `auto`, `auto_escaped`, `json`, `multi` and `xml`"),
                    );
                }
                return;
            }
        };
        if let Some((_, key, winner)) = mode {
            self.push(key, *winner, StepKind::Auto(auto));
        } else {
            let given_by = Provenance { stanza: "default".into(), key: "KV_MODE".into(), ..Provenance::default() };
            self.steps.push(Step { given_by, kind: StepKind::Auto(auto) });
        }
    }

    fn alias(&mut self, key: &Name, winner: Winner<'_>) {
        match alias::read(winner.setting.text()) {
            Some(pairs) => self.push(key, winner, StepKind::Alias(pairs)),
            None => self.problem(format!("`{key}` is not of the form `field AS alias`"), winner.setting),
        }
    }

    fn eval(&mut self, key: &Name, winner: Winner<'_>) {
        let compiled = language::eval(&winner.setting.value);
        self.problems.extend(compiled.problems);
        if let Some(expr) = compiled.value {
            let target = key["EVAL-".len()..].into();
            let reads = language::reads_of_expr(&expr);
            self.push(key, winner, StepKind::Eval { target, expr: Box::new(expr), reads });
        }
    }

    fn lookup(&mut self, key: &Name, winner: Winner<'_>) {
        let Some(words) = lookup::read(winner.setting.text()) else {
            let form = "table column AS field OUTPUT column AS field";
            return self.problem(format!("`{key}` is not of the form `{form}`"), winner.setting);
        };
        match self.knowledge.transforms().get(&words.definition) {
            Some(Transform::Lookup(definition)) => {
                // A table that is made at run time (by a server) is absent: the lookup gives nothing.
                let Some(table) = self.knowledge.lookup_table(&definition.filename) else {
                    let file = &definition.filename;
                    let message = format!("the table `{file}` of the lookup `{}` is in no app", words.definition);
                    self.problem(message, winner.setting);
                    return;
                };
                match lookup::Call::new(&words, definition, table) {
                    Ok(call) => self.push(key, winner, StepKind::Lookup(Box::new(call))),
                    Err(column) => {
                        let message = format!("the table of `{}` has no column `{column}`", words.definition);
                        self.problem(message, winner.setting);
                    }
                }
            }
            Some(Transform::External(_)) => {
                let message = format!("the lookup `{}` is not supported: it needs a Splunk server", words.definition);
                self.problem(message, winner.setting);
            }
            Some(Transform::Unsupported(why)) => {
                let message = format!("the lookup `{}` is not supported: {why}", words.definition);
                self.problem(message, winner.setting);
            }
            Some(Transform::Extraction(_)) | None => {
                let message = format!("`{key}` names the lookup `{}`, which does not exist", words.definition);
                self.problem(message, winner.setting);
            }
        }
    }
}
