//! A validator for the pages of `--layout html`: what the HTML standard asks of a document, and what readers with a
//! keyboard or a screen reader need. It is stricter than a browser: nothing is repaired.

use std::collections::{BTreeMap, BTreeSet};

const VOID: &[&str] = &["meta", "link", "input", "br", "img", "hr", "col", "source", "wbr"];
const RAW: &[&str] = &["script", "style"];
/// Elements of the standard that pages of ours may have.
const KNOWN: &[&str] = &[
    "html",
    "head",
    "title",
    "body",
    "header",
    "footer",
    "main",
    "nav",
    "section",
    "article",
    "aside",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "p",
    "div",
    "span",
    "a",
    "ul",
    "ol",
    "li",
    "dl",
    "dt",
    "dd",
    "table",
    "caption",
    "thead",
    "tbody",
    "tfoot",
    "tr",
    "th",
    "td",
    "code",
    "pre",
    "kbd",
    "strong",
    "em",
    "q",
    "small",
    "abbr",
    "time",
    "details",
    "summary",
    "button",
    "label",
    "select",
    "option",
    "meter",
    "progress",
    "figure",
    "figcaption",
    "form",
    "fieldset",
    "legend",
    "mark",
    "blockquote",
    "noscript",
];
/// What a paragraph cannot hold.
const BLOCKS: &[&str] = &[
    "div",
    "section",
    "article",
    "aside",
    "nav",
    "header",
    "footer",
    "main",
    "p",
    "ul",
    "ol",
    "dl",
    "table",
    "pre",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "form",
    "details",
    "figure",
    "blockquote",
    "fieldset",
    "hr",
];
/// Elements that hold text and marks within it, and no block.
const PHRASING: &[&str] = &[
    "p", "span", "h1", "h2", "h3", "h4", "h5", "h6", "code", "kbd", "strong", "em", "q", "small", "abbr", "time",
    "label", "button", "summary", "pre", "mark", "legend",
];
/// Which parents an element must have.
const PARENTS: &[(&str, &[&str])] = &[
    ("head", &["html"]),
    ("body", &["html"]),
    ("title", &["head"]),
    ("meta", &["head"]),
    ("li", &["ul", "ol"]),
    ("dt", &["dl", "div"]),
    ("dd", &["dl", "div"]),
    ("caption", &["table"]),
    ("thead", &["table"]),
    ("tbody", &["table"]),
    ("tfoot", &["table"]),
    ("tr", &["thead", "tbody", "tfoot"]),
    ("th", &["tr"]),
    ("td", &["tr"]),
    ("option", &["select"]),
    ("summary", &["details"]),
    ("figcaption", &["figure"]),
    ("legend", &["fieldset"]),
];
/// Which children an element may have, besides text that is blank.
const CHILDREN: &[(&str, &[&str])] = &[
    ("ul", &["li"]),
    ("ol", &["li"]),
    ("dl", &["dt", "dd", "div"]),
    ("table", &["caption", "thead", "tbody", "tfoot"]),
    ("thead", &["tr"]),
    ("tbody", &["tr"]),
    ("tr", &["th", "td"]),
    ("html", &["head", "body"]),
];
const ROLES: &[&str] = &[
    "combobox", "listbox", "option", "status", "region", "search", "list", "listitem", "group", "img", "note", "alert",
];
/// Attributes whose value names ids.
const REFERENCES: &[&str] =
    &["for", "aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "aria-activedescendant"];

struct Element<'t> {
    name: &'t str,
    attributes: BTreeMap<&'t str, &'t str>,
    /// Text below it, without marks.
    text: String,
}

impl Element<'_> {
    fn has_name(&self) -> bool {
        !self.text.trim().is_empty()
            || ["aria-label", "aria-labelledby", "title"].iter().any(|key| self.attributes.contains_key(key))
    }
}

/// Everything that is wrong with a page.
pub(crate) fn problems(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    if !text.to_lowercase().starts_with("<!doctype html>") {
        found.push("no doctype".to_owned());
    }
    let mut open: Vec<Element<'_>> = Vec::new();
    let mut closed: Vec<Element<'_>> = Vec::new();
    let mut rest = &text[text.find('>').map_or(0, |at| at + 1)..];
    while let Some(at) = rest.find('<') {
        take_text(&rest[..at], &mut open, &mut found);
        let tag = &rest[at + 1..];
        let Some(end) = tag_end(tag) else {
            found.push("a tag is not closed".to_owned());
            return found;
        };
        let inner = &tag[..end];
        rest = &tag[end + 1..];
        if inner.starts_with("!--") {
            continue;
        }
        if let Some(name) = inner.strip_prefix('/') {
            match open.pop() {
                Some(element) if element.name == name => closed.push(element),
                Some(element) => found.push(format!("</{name}> closes <{}>", element.name)),
                None => found.push(format!("</{name}> closes nothing")),
            }
            continue;
        }
        let element = element(inner, &mut found);
        placed(&element, &open, &mut found);
        if VOID.contains(&element.name) {
            closed.push(element);
        } else if RAW.contains(&element.name) {
            let close = format!("</{}>", element.name);
            let Some(at) = rest.find(&close) else {
                found.push(format!("<{}> is not closed", element.name));
                return found;
            };
            rest = &rest[at + close.len()..];
            closed.push(element);
        } else if KNOWN.contains(&element.name) {
            open.push(element);
        } else {
            found.push(format!("<{}> is no element of ours", element.name));
            open.push(element);
        }
    }
    found.extend(open.iter().map(|element| format!("<{}> is not closed", element.name)));
    document(&closed, &mut found);
    found
}

/// The end of a tag: the first `>` outside of quotes.
fn tag_end(tag: &str) -> Option<usize> {
    let mut quoted = false;
    tag.char_indices().find_map(|(at, c)| {
        quoted ^= c == '"';
        (c == '>' && !quoted).then_some(at)
    })
}

fn take_text(text: &str, open: &mut [Element<'_>], found: &mut Vec<String>) {
    for (at, _) in text.match_indices('&') {
        let entity = text[at + 1..].split(';').next().unwrap_or_default();
        let plain = entity.trim_start_matches('#');
        if !text[at..].contains(';') || plain.is_empty() || !plain.chars().all(|c| c.is_ascii_alphanumeric()) {
            found.push(format!("an `&` is not escaped: {}", text[at..].chars().take(20).collect::<String>()));
        }
    }
    if text.contains('>') {
        found.push(format!("a `>` is not escaped: {}", text.trim().chars().take(40).collect::<String>()));
    }
    let Some(last) = open.last() else { return };
    if !text.trim().is_empty() && CHILDREN.iter().any(|(name, _)| *name == last.name) {
        found.push(format!("text stands in <{}> itself", last.name));
    }
    // What is hidden from screen readers names nothing.
    let hidden = open.iter().rposition(|element| element.attributes.get("aria-hidden") == Some(&"true"));
    for element in open.iter_mut().skip(hidden.unwrap_or(0)) {
        element.text.push_str(text);
    }
}

fn element<'t>(inner: &'t str, found: &mut Vec<String>) -> Element<'t> {
    let end = inner.find(|c: char| c.is_whitespace()).unwrap_or(inner.len());
    let (name, mut rest) = inner.split_at(end);
    let mut attributes = BTreeMap::new();
    while !rest.trim_start().is_empty() {
        rest = rest.trim_start();
        let end = rest.find(|c: char| c.is_whitespace() || c == '=').unwrap_or(rest.len());
        let key = &rest[..end];
        rest = &rest[end..];
        let mut value = "";
        if let Some(tail) = rest.strip_prefix("=\"") {
            let close = tail.find('"').unwrap_or(tail.len());
            value = &tail[..close];
            rest = tail.get(close + 1..).unwrap_or_default();
            if !rest.is_empty() && !rest.starts_with(|c: char| c.is_whitespace()) {
                found.push(format!("<{name}>: no blank after the value of `{key}`"));
            }
        } else if rest.starts_with('=') {
            found.push(format!("<{name}>: the value of `{key}` is not in quotes"));
            return Element { name, attributes, text: String::new() };
        }
        if attributes.insert(key, value).is_some() {
            found.push(format!("<{name}> has `{key}` twice"));
        }
    }
    Element { name, attributes, text: String::new() }
}

fn placed(element: &Element<'_>, open: &[Element<'_>], found: &mut Vec<String>) {
    let name = element.name;
    let parent = open.last().map_or("", |parent| parent.name);
    let mut wrong = |text: String| found.push(text);
    if let Some((_, parents)) = PARENTS.iter().find(|(child, _)| *child == name)
        && !parents.contains(&parent)
    {
        wrong(format!("<{name}> stands in <{parent}>"));
    }
    if let Some((_, children)) = CHILDREN.iter().find(|(it, _)| *it == parent)
        && !children.contains(&name)
        && !(parent == "html" && open.len() > 1)
    {
        wrong(format!("<{parent}> holds <{name}>"));
    }
    if BLOCKS.contains(&name)
        && let Some(outer) = open.iter().find(|outer| PHRASING.contains(&outer.name))
        && !(outer.name == "summary" && name.starts_with('h'))
    {
        wrong(format!("<{name}> stands in <{}>", outer.name));
    }
    let interactive = ["a", "button", "input", "select", "label", "details"];
    if interactive.contains(&name) && open.iter().any(|outer| ["a", "button"].contains(&outer.name)) {
        wrong(format!("<{name}> stands in a link or button"));
    }
    if name == "main" && open.iter().any(|outer| !["html", "body", "div"].contains(&outer.name)) {
        wrong("<main> stands in a part of the page".to_owned());
    }
}

/// What concerns the page as a whole. Elements come in the order of their ends.
fn document(closed: &[Element<'_>], found: &mut Vec<String>) {
    let of = |name: &'static str| closed.iter().filter(move |element| element.name == name);
    let value = |element: &Element<'_>, key: &str| element.attributes.get(key).map_or("", |value| *value).to_owned();
    for name in ["html", "head", "title", "body", "main", "h1"] {
        if of(name).count() != 1 {
            found.push(format!("{} times <{name}>", of(name).count()));
        }
    }
    if of("html").any(|html| value(html, "lang").is_empty()) {
        found.push("the page has no language".to_owned());
    }
    if of("title").chain(of("h1")).any(|title| title.text.trim().is_empty()) {
        found.push("the title is empty".to_owned());
    }
    for (key, wanted) in [("charset", "utf-8"), ("name", "viewport")] {
        if !of("meta").any(|meta| value(meta, key) == wanted) {
            found.push(format!("no <meta {key}=\"{wanted}\">"));
        }
    }
    let mut ids = BTreeSet::new();
    for id in closed.iter().filter_map(|element| element.attributes.get("id")) {
        if id.is_empty() || id.contains(char::is_whitespace) || !ids.insert(*id) {
            found.push(format!("the id `{id}` is empty, holds a blank or stands twice"));
        }
    }
    let mut level = 0;
    for element in closed {
        for key in REFERENCES {
            let named = element.attributes.get(key).map_or("", |value| *value);
            for id in named.split_whitespace().filter(|id| !ids.contains(id)) {
                found.push(format!("`{key}` names `{id}`, which is not there"));
            }
        }
        if let Some(role) = element.attributes.get("role")
            && !ROLES.contains(role)
        {
            found.push(format!("the role `{role}` is not one of ours"));
        }
        if element.attributes.get("tabindex").is_some_and(|index| !["0", "-1"].contains(index)) {
            found.push("a `tabindex` changes the order of the keyboard".to_owned());
        }
        if let Some(digit) = element.name.strip_prefix('h').and_then(|digit| digit.parse::<usize>().ok()) {
            if digit > level + 1 {
                found.push(format!("<h{digit}> comes after <h{level}>"));
            }
            level = digit;
        }
        let name = element.name;
        let named = match name {
            "img" => element.attributes.contains_key("alt"),
            "a" | "button" | "summary" | "th" | "option" | "label" => element.has_name(),
            "input" | "select" | "meter" => {
                let id = value(element, "id");
                let labelled = |label: &Element<'_>| !id.is_empty() && value(label, "for") == id;
                value(element, "type") == "hidden"
                    || element.has_name()
                    || closed.iter().any(|it| it.name == "label" && labelled(it))
            }
            "nav" => element.attributes.keys().any(|key| key.starts_with("aria-label")),
            _ => true,
        };
        if !named {
            found.push(format!("<{name}> has no name: {:?}", element.attributes));
        }
        if name == "th" && !["col", "row"].contains(&value(element, "scope").as_str()) {
            found.push("a <th> does not say what it heads".to_owned());
        }
    }
}

/// A page without a fault.
fn page(body: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
         content=\"width=device-width\">\n<title>t</title>\n</head>\n<body>\n<main>\n<h1>t</h1>\n{body}\n</main>\n\
         </body>\n</html>\n"
    )
}

#[test]
fn the_validator_finds_what_is_wrong() {
    assert_eq!(problems(&page("<p>a &amp; b <a href=\"x.html\">c</a></p>")), Vec::<String>::new());
    for (body, wanted) in [
        ("<p>a & b</p>", "an `&` is not escaped"),
        ("<p>a > b</p>", "a `>` is not escaped"),
        ("<p>a<div>b</div></p>", "<div> stands in <p>"),
        ("<span><p>b</p></span>", "<p> stands in <span>"),
        ("<ul><p>b</p></ul>", "<ul> holds <p>"),
        ("<ul>b</ul>", "text stands in <ul> itself"),
        ("<li>b</li>", "<li> stands in <main>"),
        ("<table><tr><td>b</td></tr></table>", "<tr> stands in <table>"),
        ("<b>b</b>", "<b> is no element of ours"),
        ("<p>b", "</main> closes <p>"),
        ("<p id=\"a\">b</p><p id=\"a\">c</p>", "the id `a`"),
        ("<p class=\"a\" class=\"b\">b</p>", "has `class` twice"),
        ("<p class=a>b</p>", "is not in quotes"),
        ("<h3>b</h3>", "<h3> comes after <h1>"),
        ("<h1>b</h1>", "2 times <h1>"),
        ("<a href=\"x\"><span aria-hidden=\"true\">b</span></a>", "<a> has no name"),
        ("<a href=\"x\">b<button type=\"button\">c</button></a>", "<button> stands in a link"),
        ("<input type=\"text\" id=\"a\">", "<input> has no name"),
        ("<label for=\"a\">b</label>", "`for` names `a`"),
        ("<p aria-labelledby=\"a\">b</p>", "`aria-labelledby` names `a`"),
        ("<p role=\"thing\">b</p>", "the role `thing`"),
        ("<p tabindex=\"3\">b</p>", "a `tabindex`"),
        ("<table><thead><tr><th>b</th></tr></thead></table>", "a <th> does not say"),
        ("<img src=\"x\">", "<img> has no name"),
        ("<nav><ul><li>b</li></ul></nav>", "<nav> has no name"),
        ("<main><p>b</p></main>", "2 times <main>"),
    ] {
        let found = problems(&page(body));
        assert!(found.iter().any(|problem| problem.contains(wanted)), "{body}: {found:?}");
    }
    for (from, to, wanted) in [
        ("<!DOCTYPE html>", "<!DOCTYPE htm>", "no doctype"),
        (" lang=\"en\"", "", "no language"),
        ("<title>t</title>", "", "0 times <title>"),
        ("<title>t</title>", "<title> </title>", "the title is empty"),
        ("<meta charset=\"utf-8\">", "", "no <meta charset"),
    ] {
        let found = problems(&page("").replace(from, to));
        assert!(found.iter().any(|problem| problem.contains(wanted)), "{to}: {found:?}");
    }
}
