//! What an object may hold, by the tables of `content::shape`: keys that are missing or unknown, values of another type,
//! length, range or form, or outside of their list.

use crate::check::{Findings, Item, did_you_mean};
use crate::content::model::Generation;
use crate::content::shape::{self, Form, Item as ListItem, Key, Need, Others, Shape, Type, Words};
use crate::content::yaml::{Data, Node, Scalar, ScalarValue};
use crate::diag::{Code, Diagnostic, Severity, codes, nearest};
use crate::source::{Place, Span};

pub(super) fn check(item: &Item<'_>, findings: &mut Findings) {
    let shape = shape::of(item.kind, item.object.generation);
    let before = findings.0.len();
    mapping(&item.object.node, shape, &Way::Top, item.kind.word(), findings);
    // Whether the newest generation still has this bound is not published.
    if item.object.generation == Generation::V6 {
        for found in findings.0[before..].iter_mut().filter(|found| found.code == codes::NAME_TOO_LONG) {
            found.severity = Severity::Warning;
        }
    }
}

/// What a file may hold that is no object; `what` is what it is called.
pub(super) fn mapping_of(node: &Node, shape: &'static Shape, what: &str, findings: &mut Findings) {
    mapping(node, shape, &Way::Top, what, findings);
}

/// What contentctl.yml may hold. Whatever is wrong with it has one code, and is a warning in what the validation does not
/// read.
pub(super) fn config(node: &Node, findings: &mut Findings) {
    let before = findings.0.len();
    mapping(node, &shape::CONTENTCTL, &Way::Top, "configuration", findings);
    let entries = node.entries().iter();
    let of_others: Vec<Span> = entries
        .filter(|(key, _)| key.as_str().is_some_and(|key| !shape::is_of_validation(key)))
        .map(|(key, value)| key.place.span.to(value.place.span))
        .collect();
    for found in &mut findings.0[before..] {
        found.code = codes::BAD_CONFIG;
        let at = found.place.span;
        if of_others.iter().any(|span| span.start <= at.start && at.end <= span.end) {
            found.severity = Severity::Warning;
        }
    }
}

/// The way from the top of an object to a value: `tags.cve[1]`. It is only written out for findings.
#[derive(Clone, Copy)]
enum Way<'w> {
    Top,
    Key(&'w Way<'w>, &'w str),
    Item(&'w Way<'w>, usize),
}

impl std::fmt::Display for Way<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Top => Ok(()),
            Self::Key(Self::Top, name) => f.write_str(name),
            Self::Key(above, name) => write!(f, "{above}.{name}"),
            Self::Item(above, at) => write!(f, "{above}[{at}]"),
        }
    }
}

/// `way` leads to the mapping; `object` is what the whole object is called.
fn mapping(node: &Node, shape: &'static Shape, way: &Way<'_>, object: &str, findings: &mut Findings) {
    let present = |name: &str| node.get(name).is_some_and(|value| !value.is_null());
    let missing: Vec<&'static str> =
        shape.keys().filter(|key| key.need == Need::Required && !present(key.name)).map(|key| key.name).collect();
    // A key that is a slip of a missing one is one mistake, not two.
    let mut slips: Vec<&str> = Vec::new();
    for (key, _) in node.entries() {
        let Some(name) = key.as_str().filter(|name| shape.key(name).is_none()) else { continue };
        let slip_of = nearest(name, missing.iter().copied().filter(|key| node.get(key).is_none()));
        let absent = shape.keys().map(|key| key.name).filter(|key| node.get(key).is_none());
        let help = did_you_mean(name, absent.clone(), "remove it, or look for the right name");
        let (severity, note) = match (shape.others, slip_of) {
            (_, Some(_)) | (Others::Refused, None) => (Severity::Error, None),
            (Others::Ignored, None) => (Severity::Warning, Some("nothing reads it")),
            (Others::Usual, None) if is_slip(name, absent) => (Severity::Warning, Some("nothing reads it")),
            (Others::Usual, None) => continue,
        };
        slips.extend(slip_of);
        let mut found = Diagnostic::new(
            codes::UNKNOWN_KEY,
            format!("`{}` is no key of a {object}", Way::Key(way, name)),
            key.place,
        )
        .label("nothing has this key")
        .help(help);
        found.severity = severity;
        found.note = note.map(ToOwned::to_owned);
        findings.push(found);
    }
    for key in shape.keys() {
        let Some((written, value)) = node.entries().iter().find(|(name, _)| name.as_str() == Some(key.name)) else {
            if key.need == Need::Required && !slips.contains(&key.name) {
                findings.push(missing_key(&Way::Key(way, key.name), key, object, beginning(node)));
            }
            continue;
        };
        if key.need == Need::Computed {
            let message = format!("`{}` is always computed", Way::Key(way, key.name));
            findings.push(
                Diagnostic::new(codes::COMPUTED_KEY, message, written.place)
                    .label("not to be written by hand")
                    .help("remove the key"),
            );
        } else if value.is_null() && !matches!(key.value, Type::TextOrNull) {
            if key.need == Need::Required {
                findings.push(no_value(&Way::Key(way, key.name), key, written.place));
            }
        } else {
            check_value(value, &key.value, &Way::Key(way, key.name), object, findings);
        }
    }
}

/// Whether a name is that of a key but for a letter or the case of letters.
fn is_slip<'k>(name: &str, mut keys: impl Iterator<Item = &'k str>) -> bool {
    keys.any(|key| key.eq_ignore_ascii_case(name) || (key.len() > 4 && strsim::damerau_levenshtein(key, name) == 1))
}

/// Where a mapping begins: its first key.
fn beginning(node: &Node) -> Place {
    node.entries().first().map_or(node.place, |(key, _)| key.place)
}

fn missing_key(way: &Way<'_>, key: &Key, object: &str, place: Place) -> Diagnostic {
    Diagnostic::new(codes::MISSING_KEY, format!("`{way}` is missing"), place)
        .label(format!("this {object} lacks it"))
        .help(format!("add `{}`: {}", key.name, expected(&key.value)))
}

fn no_value(way: &Way<'_>, key: &Key, place: Place) -> Diagnostic {
    Diagnostic::new(codes::MISSING_KEY, format!("`{way}` has no value"), place)
        .label("nothing after it")
        .help(format!("fill it in: {}", expected(&key.value)))
}

/// What a value should be, for a help line.
fn expected(value: &Type) -> String {
    match value {
        Type::Any => "a value".to_owned(),
        Type::Text { .. } | Type::Name(_) | Type::TextOrNull => "text".to_owned(),
        Type::TextOrBool => "text, `true` or `false`".to_owned(),
        Type::Bool => "`true` or `false`".to_owned(),
        Type::Int { min, max: i64::MAX } => format!("a whole number from {min}"),
        Type::Int { min, max } => format!("a whole number from {min} to {max}"),
        Type::Form(form) => form.expected().to_owned(),
        Type::Word(words) if words.values.len() <= 7 => format!("one of {}", words.values.join(", ")),
        Type::Word(words) => format!("a value such as {}", words.values[..3].join(", ")),
        Type::List { .. } | Type::Listed { .. } => "a list".to_owned(),
        Type::Map(shape) => {
            let keys: Vec<&str> =
                shape.keys().filter(|key| key.need == Need::Required).map(|key| key.name).take(5).collect();
            if keys.is_empty() { "a mapping".to_owned() } else { format!("a mapping with {}", keys.join(", ")) }
        }
    }
}

fn check_value(node: &Node, value: &Type, key: &Way<'_>, object: &str, findings: &mut Findings) {
    match (value, &node.data) {
        (Type::Any, _) | (Type::TextOrNull, Data::Scalar(Scalar { value: ScalarValue::Null, .. })) => {}
        (Type::Map(shape), Data::Mapping(_)) => {
            mapping(node, shape, key, object, findings);
        }
        (Type::List { item, min }, Data::Sequence(items)) => list(node, items, *item, *min, key, object, findings),
        (Type::Listed { item }, Data::Sequence(items)) => list(node, items, *item, 0, key, object, findings),
        (Type::Listed { item }, Data::Scalar(scalar)) => {
            // The old schema lets pass what begins or ends right.
            let text = scalar.text.as_str();
            if let ListItem::Form(form @ Form::MatchType) = item
                && !(text.starts_with("WILDCARD(") || text.ends_with(')'))
            {
                findings.push(misformed(scalar, *form, key, node.place));
            }
        }
        (_, Data::Scalar(scalar)) => check_scalar(node, scalar, value, key, findings),
        _ => findings.push(mismatch(node, key, expected_type(value))),
    }
}

fn list(node: &Node, items: &[Node], item: ListItem, min: usize, key: &Way<'_>, object: &str, findings: &mut Findings) {
    if items.len() < min {
        let message = format!("`{key}` is empty");
        findings.push(
            Diagnostic::new(codes::MISSING_KEY, message, node.place)
                .label("no item")
                .help(format!("name at least one: {}", expected(&item.value()))),
        );
    }
    let value = item.value();
    for (at, node) in items.iter().enumerate() {
        check_value(node, &value, &Way::Item(key, at), object, findings);
    }
}

fn check_scalar(node: &Node, scalar: &Scalar, value: &Type, key: &Way<'_>, findings: &mut Findings) {
    let is_text = scalar.value == ScalarValue::Text;
    let place = node.place;
    match value {
        Type::Int { min, max } => match number(scalar) {
            Some(found) if found < *min || found > *max => {
                findings.push(
                    Diagnostic::new(codes::NUMBER_OUT_OF_RANGE, format!("`{key}` is {found}"), place)
                        .label(if found < *min { "too small" } else { "too large" })
                        .help(format!("write {}", expected(value))),
                );
            }
            Some(_) => {}
            None => findings.push(mismatch(node, key, "a whole number")),
        },
        Type::Bool => {
            let word = is_text
                && matches!(
                    scalar.text.as_str().to_ascii_lowercase().as_str(),
                    "true" | "yes" | "on" | "false" | "no" | "off"
                );
            if !word && !matches!(scalar.value, ScalarValue::Bool(_)) {
                findings.push(mismatch(node, key, "`true` or `false`"));
            }
        }
        Type::TextOrBool if matches!(scalar.value, ScalarValue::Bool(_)) => {}
        Type::Form(Form::Date) if scalar.value == ScalarValue::Date => {
            form(scalar, Form::Date, key, place, findings);
        }
        Type::List { .. } | Type::Map(_) => findings.push(mismatch(node, key, expected_type(value))),
        _ if !is_text => findings.push(mismatch(node, key, expected_type(value))),
        Type::Form(wanted) => form(scalar, *wanted, key, place, findings),
        Type::Word(words) => word(scalar, words, key, place, findings),
        Type::Text { min, max } => {
            length(scalar, *min, *max, codes::TEXT_TOO_LONG, key, place, findings);
        }
        Type::TextOrNull => length(scalar, 1, usize::MAX, codes::TEXT_TOO_LONG, key, place, findings),
        Type::Name(max) => length(scalar, 1, *max, codes::NAME_TOO_LONG, key, place, findings),
        Type::Any | Type::TextOrBool | Type::Listed { .. } => {}
    }
}

/// A whole number, also as text or with a fraction of zero, as the official tool takes it.
fn number(scalar: &Scalar) -> Option<i64> {
    match &scalar.value {
        ScalarValue::Int(value) => Some(*value),
        ScalarValue::Float(value) if value.fract() == 0.0 && value.abs() < 1e15 => Some(*value as i64),
        ScalarValue::Text => scalar.text.as_str().trim().parse().ok(),
        _ => None,
    }
}

fn length(
    scalar: &Scalar,
    min: usize,
    max: usize,
    too_long: Code,
    key: &Way<'_>,
    place: Place,
    findings: &mut Findings,
) {
    let text = scalar.text.as_str();
    // Counting is only needed near the bounds.
    if text.len() >= min * 4 && text.len() <= max {
        return;
    }
    let count = text.chars().count();
    if count < min {
        let message = format!("`{key}` has {count} characters, expected at least {min}");
        let found = Diagnostic::new(codes::TEXT_TOO_SHORT, message, place);
        findings.push(found.label("too short").help("write a sentence that helps the reader"));
    } else if count > max {
        let message = format!("`{key}` has {count} characters, expected at most {max}");
        findings.push(Diagnostic::new(too_long, message, place).label("too long").help("shorten it"));
    }
}

fn form(scalar: &Scalar, form: Form, key: &Way<'_>, place: Place, findings: &mut Findings) {
    if !form.fits(scalar.text.as_str()) {
        findings.push(misformed(scalar, form, key, place));
    }
}

fn misformed(scalar: &Scalar, form: Form, key: &Way<'_>, place: Place) -> Diagnostic {
    let (code, what) = match form {
        Form::Date => (codes::BAD_DATE, "date"),
        Form::Uuid => (codes::BAD_UUID, "UUID"),
        Form::Url => (codes::BAD_URL, "web address"),
        Form::MitreId => (codes::BAD_MITRE_ID, "technique id"),
        Form::Cve => (codes::BAD_CVE, "CVE id"),
        Form::Period => (codes::BAD_THROTTLING, "period"),
        Form::FieldName => (codes::BAD_THROTTLING, "field name"),
        Form::MatchType => (codes::BAD_MATCH_TYPE, "match type"),
        Form::AppId => (codes::BAD_CONFIG, "id of an app"),
        Form::SemanticVersion => (codes::BAD_CONFIG, "semantic version"),
        Form::CacheFolder => (codes::BAD_CONFIG, "folder of a cache"),
        Form::Servers => (codes::BAD_CONFIG, "list of servers"),
    };
    let shown: String = scalar.text.as_str().chars().take(40).collect();
    Diagnostic::new(code, format!("`{shown}` in `{key}` is no {what}"), place)
        .label(format!("no {what}"))
        .help(format!("write {}", form.expected()))
}

fn word(scalar: &Scalar, words: &'static Words, key: &Way<'_>, place: Place, findings: &mut Findings) {
    let text = scalar.text.as_str();
    if words.values.contains(&text) {
        return;
    }
    let otherwise = format!("write {}", expected(&Type::Word(words)));
    let what = words.what;
    findings.push(
        Diagnostic::new(words.code, format!("`{text}` in `{key}` is no {what}"), place)
            .label(format!("no {what}"))
            .help(did_you_mean(text, words.values.iter().copied(), &otherwise)),
    );
}

fn expected_type(value: &Type) -> &'static str {
    match value {
        Type::Map(_) => "a mapping",
        Type::List { .. } | Type::Listed { .. } => "a list",
        Type::Bool => "`true` or `false`",
        Type::Int { .. } => "a whole number",
        Type::Form(Form::Date) => "a date",
        _ => "text",
    }
}

fn mismatch(node: &Node, key: &Way<'_>, expected: &str) -> Diagnostic {
    let message = format!("`{key}` is {}, expected {expected}", node.kind_name());
    Diagnostic::new(codes::YAML_TYPE, message, node.place)
}
