//! Filters that keep foreign text harmless inside Markdown, and make names of files and places in pages.
//!
//! Pack texts come from strangers. What a template inserts must not become a tag, a table cell, a link to somewhere
//! else, a key of the front matter or a statement of the site builder. Each filter takes any text and cannot fail.

use minijinja::value::Value;
use minijinja::{AutoEscape, Environment, State};
use std::fmt::Write as _;

/// Longest name made for a file, in bytes; file systems allow 255, extensions and dates come on top.
const LONGEST_NAME: usize = 150;

/// Adds the filters of this file to an environment.
pub(super) fn install(env: &mut Environment<'static>) {
    env.add_filter("anchor", anchor);
    env.add_filter("cell", cell);
    env.add_filter("fence", fence);
    env.add_filter("label", label);
    env.add_filter("link", link);
    env.add_filter("pipes", pipes);
    env.add_filter("prose", prose);
    env.add_filter("quoted", quoted);
    env.add_filter("slug", slug);
    env.add_filter("yaml", yaml);
}

/// Escapes as `MarkupSafe` does, which official pages are rendered with: `&#39;` and `&#34;` for quotes.
pub fn escape_html(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + text.len() / 8);
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        let entity = match byte {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'\'' => "&#39;",
            b'"' => "&#34;",
            _ => continue,
        };
        escaped.push_str(&text[from..at]);
        escaped.push_str(entity);
        from = at + 1;
    }
    escaped.push_str(&text[from..]);
    escaped
}

/// `cell`: text for a table cell. One line without links; a pipe becomes `&#124;`, which no Markdown reader takes for a
/// border.
pub(super) fn cell(text: &str) -> Value {
    let text = one_line(&escape_html(text)).replace('|', "&#124;");
    Value::from_safe_string(text.replace("](", "]&#40;").replace("{:", "&#123;:"))
}

/// `label`: text for a link, also in a table cell: as `cell`, and brackets do not end the link.
pub(super) fn label(text: &str) -> Value {
    let text = one_line(&escape_html(text)).replace('|', "&#124;");
    Value::from_safe_string(text.replace('[', "&#91;").replace(']', "&#93;").replace('`', "&#96;"))
}

/// `prose`: paragraphs. Markdown such as lists and code stays; tags, links other than to the web, attribute lists of
/// kramdown do not. White space around is dropped. Quotes are escaped where the template escapes.
pub(super) fn prose(state: &State, text: &str) -> Value {
    let text = text.trim();
    let text = match state.auto_escape() {
        AutoEscape::None => text.replace('&', "&amp;").replace('<', "&lt;"),
        _ => escape_html(text),
    };
    let text = text.replace("{:", "&#123;:").replace("]:", "]&#58;");
    let mut safe = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find("](") {
        let (head, tail) = rest.split_at(at + 1);
        safe.push_str(head);
        let target = &tail[1..];
        let web = target.starts_with("https://") || target.starts_with("http://");
        safe.push_str(if web { "(" } else { "\\(" });
        rest = target;
    }
    safe.push_str(rest);
    if safe.lines().filter(|line| line.trim_start().starts_with("```")).count() % 2 == 1 {
        // A code block that the author left open would take in the rest of the page.
        safe.push_str("\n```");
    }
    Value::from_safe_string(safe)
}

/// `link`: a URL as a link to itself. What is no web address stays text.
pub(super) fn link(url: &str) -> Value {
    let url = url.trim();
    if !url.starts_with("https://") && !url.starts_with("http://") {
        return label(url);
    }
    let mut target = String::with_capacity(url.len());
    for c in url.chars() {
        if c.is_whitespace() || c.is_control() || "()<>[]{}\"'`|\\^".contains(c) {
            let mut buffer = [0; 4];
            for byte in c.encode_utf8(&mut buffer).bytes() {
                let _ = write!(target, "%{byte:02X}");
            }
        } else {
            target.push(c);
        }
    }
    let target = target.replace('&', "&amp;");
    Value::from_safe_string(format!("[{target}]({target})"))
}

/// `slug`: the name of a file or the last part of an address: `CISA AA22-320A` becomes `cisa_aa22-320a`.
///
/// Letters and digits of any script, `-`, `_` and inner dots stay; everything else becomes `_`, so the result is never
/// empty, `.` or `..` and holds no separator.
pub fn slug(text: &str) -> String {
    let mut slug = String::new();
    for c in text.trim().chars().flat_map(char::to_lowercase) {
        if slug.len() + c.len_utf8() > LONGEST_NAME {
            break;
        }
        let keep =
            c.is_alphanumeric() || c == '-' || c == '_' || (c == '.' && !slug.is_empty() && !slug.ends_with('.'));
        slug.push(if keep { c } else { '_' });
    }
    if slug.ends_with('.') {
        slug.pop();
        slug.push('_');
    }
    if slug.is_empty() { "_".to_owned() } else { slug }
}

/// `anchor`: the name of a heading within a page: `Scheduled Task/Job` becomes `scheduled-task-job`.
pub(super) fn anchor(text: &str) -> String {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    if words.is_empty() { "-".to_owned() } else { words.join("-") }
}

/// `yaml`: a scalar of the front matter. Plain where every YAML reader takes it for the same text, else quoted.
pub(super) fn yaml(text: &str) -> Value {
    let first_ok = text.starts_with(|c: char| c.is_ascii_alphabetic());
    let inner_ok = text.chars().all(|c| c.is_ascii_alphanumeric() || " _-/.".contains(c));
    let word = matches!(
        text.to_ascii_lowercase().as_str(),
        "null" | "true" | "false" | "yes" | "no" | "on" | "off" | "y" | "n" | "inf" | "nan"
    );
    if (first_ok && inner_ok && !word && !text.ends_with(' ')) || is_date(text) {
        Value::from_safe_string(text.to_owned())
    } else {
        quoted(text)
    }
}

/// `quoted`: a double-quoted scalar of the front matter, valid for any text.
pub(super) fn quoted(text: &str) -> Value {
    let mut scalar = String::with_capacity(text.len() + 2);
    scalar.push('"');
    for c in text.chars() {
        match c {
            '"' => scalar.push_str("\\\""),
            '\\' => scalar.push_str("\\\\"),
            '\n' => scalar.push_str("\\n"),
            '\t' => scalar.push_str("\\t"),
            '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => {
                let _ = write!(scalar, "\\u{:04X}", c as u32);
            }
            c if c.is_control() => {
                let _ = write!(scalar, "\\x{:02X}", c as u32);
            }
            c => scalar.push(c),
        }
    }
    scalar.push('"');
    Value::from_safe_string(scalar)
}

/// `fence`: the line that opens and closes a code block around the text: longer than any row of backticks in it.
pub(super) fn fence(text: &str) -> String {
    let (mut longest, mut run) = (0, 0);
    for c in text.chars() {
        run = if c == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    "`".repeat(longest.max(2) + 1)
}

/// `pipes`: a search with one command per line. A search that its author broke into lines stays as written; pipes in
/// quotes, macro calls and subsearches are left alone.
pub(super) fn pipes(search: &str) -> Value {
    let search = search.trim();
    if search.lines().skip(1).any(|line| line.trim_start().starts_with('|')) {
        return Value::from_safe_string(search.to_owned());
    }
    let mut laid_out = String::with_capacity(search.len() + 16);
    let (mut quote, mut escaped, mut depth) = (None, false, 0_usize);
    for c in search.chars() {
        match (quote, c) {
            (Some(_), _) if escaped => escaped = false,
            (Some('"'), '\\') => escaped = true,
            (Some(open), _) if open == c => quote = None,
            (None, '"' | '`') => quote = Some(c),
            (None, '[') => depth += 1,
            (None, ']') => depth = depth.saturating_sub(1),
            (None, '|') if depth == 0 && !laid_out.is_empty() => {
                laid_out.truncate(laid_out.trim_end().len());
                laid_out.push('\n');
            }
            _ => {}
        }
        laid_out.push(c);
    }
    Value::from_safe_string(laid_out)
}

/// Keeps the site builder Jekyll from running what looks like its own Liquid statements in a page's body.
pub(super) fn without_liquid(page: &str) -> String {
    let body = page.strip_prefix("---\n").and_then(|rest| rest.find("\n---\n")).map_or(0, |at| at + 4);
    let (front, body) = page.split_at(body);
    if !body.contains("{{") && !body.contains("{%") {
        return page.to_owned();
    }
    let mut safe = front.to_owned();
    let mut rest = body;
    while let Some(at) = rest.find('{') {
        let (head, tail) = rest.split_at(at);
        safe.push_str(head);
        let opens = tail.starts_with("{{") || tail.starts_with("{%");
        safe.push_str(if opens { "{{ \"{\" }}" } else { "{" });
        rest = &tail[1..];
    }
    safe.push_str(rest);
    safe
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `2024-01-31`.
fn is_date(text: &str) -> bool {
    text.len() == 10
        && text.bytes().enumerate().all(|(at, b)| if at == 4 || at == 7 { b == b'-' } else { b.is_ascii_digit() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_and_labels_stay_in_place() {
        assert_eq!(cell("a|b\nc <x> 'q'").to_string(), "a&#124;b c &lt;x&gt; &#39;q&#39;");
        assert_eq!(cell("[a](b) {: .c}").to_string(), "[a]&#40;b) &#123;: .c}");
        assert_eq!(label("[a](b) | `c`").to_string(), "&#91;a&#93;(b) &#124; &#96;c&#96;");
    }

    #[test]
    fn only_web_addresses_become_links() {
        assert_eq!(link("https://x.test/a_(b)?c=1&d=%20").to_string(), {
            let url = "https://x.test/a_%28b%29?c=1&amp;d=%20";
            format!("[{url}]({url})")
        });
        assert_eq!(link("javascript:alert(1)").to_string(), "javascript:alert(1)");
        assert_eq!(link("see [x](y)").to_string(), "see &#91;x&#93;(y)");
    }

    #[test]
    fn slugs_are_safe_file_names() {
        for (text, wanted) in [
            ("CISA AA22-320A", "cisa_aa22-320a"),
            ("../../x", "_._.__x"),
            ("..", "__"),
            (".", "_"),
            ("", "_"),
            ("a/b\\c:d", "a_b_c_d"),
            ("v1.2.", "v1.2_"),
        ] {
            assert_eq!(slug(text), wanted);
        }
        assert!(slug(&"ä".repeat(500)).len() <= LONGEST_NAME);
    }

    #[test]
    fn front_matter_scalars() {
        for (text, wanted) in [
            ("Splunk Enterprise", "Splunk Enterprise"),
            ("2024-01-31", "2024-01-31"),
            ("2024-01-31x", "\"2024-01-31x\""),
            ("yes", "\"yes\""),
            ("a: b", "\"a: b\""),
            ("x # y", "\"x # y\""),
            ("say \"hi\"\n---\u{7}\u{2028}", "\"say \\\"hi\\\"\\n---\\x07\\u2028\""),
            ("", "\"\""),
        ] {
            assert_eq!(yaml(text).to_string(), wanted);
        }
    }

    #[test]
    fn searches_break_at_pipes_outside_quotes_and_subsearches() {
        assert_eq!(
            pipes(r#"| tstats count by x | search a="b|c\"|" [| inputlookup t | fields x] | `m(a|b)`"#).to_string(),
            "| tstats count by x\n| search a=\"b|c\\\"|\" [| inputlookup t | fields x]\n| `m(a|b)`"
        );
        assert_eq!(pipes("| a\n  | b | c").to_string(), "| a\n  | b | c");
        assert_eq!(fence("x ```` y"), "`````");
        assert_eq!(fence("`m`"), "```");
    }

    #[test]
    fn liquid_is_disarmed_in_the_body_only() {
        assert_eq!(without_liquid("---\nt: \"{{ a }}\"\n---\n{{ b }}{% c %}{:.d}"), {
            "---\nt: \"{{ a }}\"\n---\n{{ \"{\" }}{ b }}{{ \"{\" }}% c %}{:.d}"
        });
    }

    #[test]
    fn anchors() {
        assert_eq!(anchor("Protocol Tunneling"), "protocol-tunneling");
        assert_eq!(anchor("Scheduled Task/Job"), "scheduled-task-job");
        assert_eq!(anchor("!"), "-");
    }
}
