//! Filters that make HTML of author's texts and searches. Everything that comes out is escaped.

use super::filters::{escape_html, pipes};
use crate::spl;
use minijinja::Environment;
use minijinja::value::Value;
use std::fmt::Write as _;

pub(super) fn install(env: &mut Environment<'static>) {
    env.add_filter("paragraphs", paragraphs);
    env.add_filter("spl", highlighted);
    env.add_filter("weblink", web_link);
}

/// `paragraphs`: an author's text as HTML. Blank lines part paragraphs, lines with `-`, `*` or `1.` are lists, fences
/// and backticks code, web addresses links. Markdown of any other kind stays as it is written.
fn paragraphs(text: &str) -> Value {
    let mut out = String::with_capacity(text.len() + text.len() / 4);
    let mut open = "";
    let mut code = false;
    let close = |out: &mut String, open: &mut &str| {
        if !open.is_empty() {
            let _ = writeln!(out, "</{open}>");
        }
        *open = "";
    };
    for line in text.trim().lines() {
        let line = line.trim_end().strip_suffix('\\').unwrap_or(line.trim_end());
        let trimmed = line.trim_start();
        if trimmed.starts_with("```") {
            close(&mut out, &mut open);
            code = !code;
            out.push_str(if code { "<pre><code>" } else { "</code></pre>\n" });
        } else if code {
            out.push_str(&escape_html(line));
            out.push('\n');
        } else if trimmed.is_empty() {
            close(&mut out, &mut open);
        } else if let Some((list, item)) = list_item(trimmed) {
            if open != list {
                close(&mut out, &mut open);
                let _ = writeln!(out, "<{list}>");
                open = list;
            }
            let _ = writeln!(out, "<li>{}</li>", inline(item));
        } else {
            if open == "p" {
                out.push('\n');
            } else {
                close(&mut out, &mut open);
                out.push_str("<p>");
                open = "p";
            }
            out.push_str(&inline(trimmed.trim_start_matches('#').trim_start()));
        }
    }
    close(&mut out, &mut open);
    if code {
        out.push_str("</code></pre>\n");
    }
    Value::from_safe_string(out)
}

fn list_item(line: &str) -> Option<(&'static str, &str)> {
    if let Some(item) = line.strip_prefix("- ").or_else(|| line.strip_prefix("* ")) {
        return Some(("ul", item));
    }
    let (number, item) = line.split_once(". ")?;
    (!number.is_empty() && number.len() <= 3 && number.bytes().all(|b| b.is_ascii_digit())).then_some(("ol", item))
}

/// Code between backticks, and web addresses.
fn inline(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let parts: Vec<&str> = text.split('`').collect();
    for (at, part) in parts.iter().enumerate() {
        let closed = at + 1 < parts.len();
        if at % 2 == 1 && closed {
            let _ = write!(out, "<code>{}</code>", escape_html(part));
        } else {
            out.push_str(if at % 2 == 1 { "`" } else { "" });
            linked(&mut out, part);
        }
    }
    out
}

fn linked(out: &mut String, text: &str) {
    let mut rest = text;
    while let Some(at) = rest.find("https://").into_iter().chain(rest.find("http://")).min() {
        let (head, tail) = rest.split_at(at);
        out.push_str(&escape_html(head));
        let end = tail.find(|c: char| c.is_whitespace() || "<>\"')]}|".contains(c)).unwrap_or(tail.len());
        let url = tail[..end].trim_end_matches(['.', ',', ';', ':']);
        out.push_str(&anchor(url, url));
        rest = &tail[url.len()..];
        if url.is_empty() {
            break;
        }
    }
    out.push_str(&escape_html(rest));
}

/// `weblink`: a web address as a link; anything else as text.
fn web_link(url: &str) -> Value {
    let url = url.trim();
    let is_web = url.starts_with("https://") || url.starts_with("http://");
    Value::from_safe_string(if is_web { anchor(url, url) } else { escape_html(url) })
}

fn anchor(url: &str, text: &str) -> String {
    let mut target = String::with_capacity(url.len());
    for c in url.chars() {
        if c.is_ascii_graphic() && !"\"<>\\^`{|}[]".contains(c) {
            target.push(c);
        } else {
            let mut buffer = [0; 4];
            for byte in c.encode_utf8(&mut buffer).bytes() {
                let _ = write!(target, "%{byte:02X}");
            }
        }
    }
    format!("<a href=\"{}\" rel=\"noopener\">{}</a>", escape_html(&target), escape_html(text))
}

/// `spl`: a search in one layout, with its parts marked: commands, macros, texts, numbers, words of the language.
fn highlighted(search: &str) -> Value {
    let text = spl::layout(search).unwrap_or_else(|| pipes(search).to_string());
    let mut out = String::with_capacity(text.len() * 2);
    let mut rest = text.trim();
    let mut command = true;
    while let Some(first) = rest.chars().next() {
        let (class, len) = piece(rest, first, command);
        let (token, tail) = rest.split_at(len);
        command = match first {
            '|' | '[' => true,
            c if c.is_whitespace() => command,
            _ => false,
        };
        if class.is_empty() {
            out.push_str(&escape_html(token));
        } else {
            let _ = write!(out, "<span class=\"{class}\">{}</span>", escape_html(token));
        }
        rest = tail;
    }
    Value::from_safe_string(out)
}

const WORDS: &[&str] = &[
    "and",
    "as",
    "by",
    "groupby",
    "in",
    "not",
    "or",
    "output",
    "outputnew",
    "over",
    "where",
    "xor",
    "from",
    "span",
    "like",
];

/// The class and the length of what a search goes on with.
fn piece(rest: &str, first: char, command: bool) -> (&'static str, usize) {
    if let Some(comment) = rest.strip_prefix("```") {
        return ("c", comment.find("```").map_or(rest.len(), |end| end + 6));
    }
    match first {
        '"' => ("s", quoted_end(rest)),
        '`' => ("m", rest[1..].find('`').map_or(rest.len(), |end| end + 2)),
        '|' => ("p", 1),
        '$' => match rest[1..]
            .find('$')
            .filter(|end| rest[1..=*end].chars().all(|c| c.is_alphanumeric() || "_.{}".contains(c)))
        {
            Some(end) => ("v", end + 2),
            None => ("", 1),
        },
        c if c.is_alphabetic() || c == '_' => {
            let len = rest.find(|c: char| !c.is_alphanumeric() && !"_.:{}-".contains(c)).unwrap_or(rest.len());
            let word = &rest[..len];
            let next = rest[len..].chars().next();
            let lower = word.to_ascii_lowercase();
            if command && next != Some('=') && spl::commands::is_known(&lower) {
                ("k", len)
            } else if WORDS.contains(&lower.as_str()) && next != Some('=') {
                ("w", len)
            } else if next == Some('(') {
                ("f", len)
            } else if next == Some('=') {
                ("o", len)
            } else {
                ("", len)
            }
        }
        c if c.is_ascii_digit() => {
            let len = rest.find(|c: char| !c.is_alphanumeric() && c != '.').unwrap_or(rest.len());
            ("n", len)
        }
        c => ("", c.len_utf8()),
    }
}

fn quoted_end(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_become_escaped_html() {
        assert_eq!(
            paragraphs("One <b>\\\ntwo `x<y`\n\n- a\n- see https://x.test/?a=1&b.\n\n```\n<i>\n").to_string(),
            "<p>One &lt;b&gt;\ntwo <code>x&lt;y</code></p>\n<ul>\n<li>a</li>\n<li>see \
             <a href=\"https://x.test/?a=1&amp;b\" rel=\"noopener\">https://x.test/?a=1&amp;b</a>.</li>\n</ul>\n\
             <pre><code>&lt;i&gt;\n</code></pre>\n"
        );
        assert_eq!(web_link("javascript:x").to_string(), "javascript:x");
        assert_eq!(web_link("https://x.test/\"><b>").to_string().matches('<').count(), 2);
    }

    #[test]
    fn searches_are_marked() {
        let html = highlighted("index=a | stats count(x) AS \"<y>\" by z | `m(1)`").to_string();
        for part in [
            "<span class=\"o\">index</span>=a",
            "<span class=\"k\">stats</span>",
            "<span class=\"f\">count</span>(x)",
            "<span class=\"w\">AS</span> <span class=\"s\">&#34;&lt;y&gt;&#34;</span>",
            "<span class=\"m\">`m(1)`</span>",
        ] {
            assert!(html.contains(part), "{part} in {html}");
        }
    }
}
