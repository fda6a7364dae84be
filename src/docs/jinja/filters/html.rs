//! Filters that escape, or make HTML, JSON or parts of addresses.

use super::{Filter, json};
use crate::docs::filters::escape_html;
use crate::docs::jinja::args::Args;
use crate::docs::jinja::text::{escaped, str_of};
use crate::docs::jinja::values::{items, pairs, wrong};
use minijinja::value::{Value, ValueKind};
use minijinja::{AutoEscape, Error, State};
use std::fmt::Write as _;

pub(super) const FILTERS: &[Filter] = &[
    Filter { name: "e", parameters: &[], apply: escape },
    Filter { name: "escape", parameters: &[], apply: escape },
    Filter {
        name: "forceescape",
        parameters: &[],
        apply: |_, value, _| Ok(Value::from_safe_string(escape_html(&str_of(value)))),
    },
    Filter {
        name: "safe",
        parameters: &[],
        apply: |_, value, _| Ok(Value::from_safe_string(str_of(value).into_owned())),
    },
    Filter { name: "striptags", parameters: &[], apply: |_, value, _| Ok(Value::from(strip_tags(&str_of(value)))) },
    Filter { name: "tojson", parameters: &["indent"], apply: to_json },
    Filter { name: "urlencode", parameters: &[], apply: |_, value, _| Ok(Value::from(url_encode(value))) },
    Filter { name: "xmlattr", parameters: &["autospace"], apply: xml_attributes },
    Filter { name: "urlize", parameters: &["trim_url_limit", "nofollow", "target", "rel"], apply: urlize },
];

fn escape(_: &mut State, value: &Value, _: &Args) -> Result<Value, Error> {
    Ok(Value::from_safe_string(escaped(value).into_owned()))
}

/// Without comments and tags, white space made single, entities resolved.
fn strip_tags(text: &str) -> String {
    let mut text = text.to_owned();
    for (open, close) in [("<!--", "-->"), ("<", ">")] {
        let mut out = String::with_capacity(text.len());
        let mut rest = text.as_str();
        while let Some(start) = rest.find(open) {
            let Some(end) = rest[start..].find(close) else { break };
            out.push_str(&rest[..start]);
            rest = &rest[start + end + close.len()..];
        }
        out.push_str(rest);
        text = out;
    }
    unescape(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.find(';').filter(|end| *end <= 40);
        let resolved = end.and_then(|end| entity(&rest[1..end]).map(|text| (text, end)));
        if let Some((text, end)) = resolved {
            out.push_str(&text);
            rest = &rest[end + 1..];
        } else {
            out.push('&');
            rest = &rest[1..];
        }
    }
    out + rest
}

fn entity(name: &str) -> Option<String> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16),
            None => number.parse(),
        };
        return code.ok().and_then(char::from_u32).map(String::from);
    }
    quick_xml::escape::resolve_html5_entity(name).map(str::to_owned)
}

/// As Flask and Jinja2 do: what could end a script or an attribute is written as `\u003c`.
fn to_json(_: &mut State, value: &Value, args: &Args) -> Result<Value, Error> {
    let indent = match args.get(0) {
        Some(indent) if indent.as_str().is_some() => args.text(0),
        _ => args.int(0)?.map(|indent| " ".repeat(indent.clamp(0, 100) as usize)),
    };
    let text = json::dumps(value, indent.as_deref())?;
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' | '>' | '&' | '\'' => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c => out.push(c),
        }
    }
    Ok(Value::from_safe_string(out))
}

fn url_encode(value: &Value) -> String {
    let pair = |key: &Value, value: &Value| format!("{}={}", quote_query(key), quote_query(value));
    match value.kind() {
        ValueKind::Map => pairs(value).iter().map(|(key, value)| pair(key, value)).collect::<Vec<_>>().join("&"),
        ValueKind::Seq | ValueKind::Iterable => {
            let parts = items(value).into_iter().map(|item| {
                let mut both = items(&item).into_iter();
                pair(&both.next().unwrap_or_default(), &both.next().unwrap_or_default())
            });
            parts.collect::<Vec<_>>().join("&")
        }
        _ => quote(&str_of(value), "/"),
    }
}

fn quote_query(value: &Value) -> String {
    quote(&str_of(value), "").replace("%20", "+")
}

/// `urllib.parse.quote`.
fn quote(text: &str, safe: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"_.-~".contains(&byte) || safe.as_bytes().contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

fn xml_attributes(state: &mut State, value: &Value, args: &Args) -> Result<Value, Error> {
    let mut parts = Vec::new();
    for (key, item) in pairs(value) {
        if item.is_none() || item.is_undefined() {
            continue;
        }
        let name = str_of(&key);
        if name.contains(|c: char| c.is_whitespace() || "/>=".contains(c)) {
            return Err(wrong(format!("`{}` is no name of an attribute", name.escape_debug())));
        }
        parts.push(format!("{}=\"{}\"", escaped(&key), escaped(&item)));
    }
    let space = if args.get(0).is_none_or(Value::is_true) && !parts.is_empty() { " " } else { "" };
    let text = format!("{space}{}", parts.join(" "));
    Ok(if matches!(state.auto_escape(), AutoEscape::None) { Value::from(text) } else { Value::from_safe_string(text) })
}

/// Web and mail addresses become links.
fn urlize(state: &mut State, value: &Value, args: &Args) -> Result<Value, Error> {
    let limit = args.int(0)?.and_then(|limit| usize::try_from(limit).ok());
    let mut rel: Vec<String> = args.text(3).unwrap_or_default().split_whitespace().map(str::to_owned).collect();
    if args.flag(1) {
        rel.push("nofollow".to_owned());
    }
    rel.push("noopener".to_owned());
    rel.sort();
    rel.dedup();
    let target = args.text(2).map(|target| format!(" target=\"{}\"", escape_html(&target))).unwrap_or_default();
    let text = escaped(value);
    let mut out = String::with_capacity(text.len());
    let mut rest = &*text;
    while !rest.is_empty() {
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        out.push_str(&linked(word, limit, &rel.join(" "), &target));
        let space = after.find(|c: char| !c.is_whitespace()).unwrap_or(after.len());
        out.push_str(&after[..space]);
        rest = &after[space..];
    }
    Ok(if matches!(state.auto_escape(), AutoEscape::None) { Value::from(out) } else { Value::from_safe_string(out) })
}

fn linked(word: &str, limit: Option<usize>, rel: &str, target: &str) -> String {
    let head_len = word.len() - word.trim_start_matches(['(', '<']).trim_start_matches("&lt;").len();
    let (head, rest) = word.split_at(head_len);
    let mut middle = rest;
    loop {
        let shorter = middle.trim_end_matches([')', '>', '.', ',', '\n']);
        let shorter = shorter.strip_suffix("&gt;").unwrap_or(shorter);
        if shorter == middle {
            break;
        }
        middle = shorter;
    }
    let tail = &rest[middle.len()..];
    let shown = match limit {
        Some(limit) if middle.chars().count() > limit => middle.chars().take(limit).collect::<String>() + "...",
        _ => middle.to_owned(),
    };
    let domains = [".com", ".net", ".org", ".edu", ".gov", ".int", ".mil"];
    let is_web = middle.starts_with("https://") || middle.starts_with("http://");
    let plain = middle.starts_with("www.")
        || (!middle.contains(['@', '/', ':']) && domains.iter().any(|domain| middle.ends_with(domain)));
    let is_mail = || {
        middle.split_once('@').is_some_and(|(name, host)| {
            let part = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || "._-+".contains(c));
            part(name) && part(host) && host.contains('.')
        })
    };
    if is_web {
        format!("{head}<a href=\"{middle}\" rel=\"{rel}\"{target}>{shown}</a>{tail}")
    } else if plain && middle.len() > 4 {
        format!("{head}<a href=\"https://{middle}\" rel=\"{rel}\"{target}>{shown}</a>{tail}")
    } else if let Some(address) = middle.strip_prefix("mailto:").filter(|address| address.contains('@')) {
        format!("{head}<a href=\"{middle}\">{address}</a>{tail}")
    } else if is_mail() {
        format!("{head}<a href=\"mailto:{middle}\">{middle}</a>{tail}")
    } else {
        word.to_owned()
    }
}
