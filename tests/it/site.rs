//! Sites as users get them: byte for byte what the official enrichment gives, and well formed in every layout.

use super::{browser, html};
use assert_cmd::Command;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

fn corpus() -> Option<PathBuf> {
    let folder = std::env::var_os("ESCUDO_CORPUS").map_or_else(|| PathBuf::from("../shared/corpus"), PathBuf::from);
    let found = folder.is_dir();
    if !found {
        println!("skipped: no corpus in {} (ESCUDO_CORPUS)", folder.display());
    }
    found.then_some(folder)
}

fn docs(pack: &Path, out: &Path, options: &[&str]) -> (i32, String) {
    let mut command = Command::cargo_bin("escudo").unwrap();
    let done = command.arg("docs").arg(pack).arg("-o").arg(out).args(options).output().unwrap();
    let text = format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    (done.status.code().unwrap(), text)
}

/// All files below a folder but the manifest, by their path.
fn files(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(current) = folders.pop() {
        for entry in std::fs::read_dir(current).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if !path.ends_with(".escudo-pages") {
                let name = path.strip_prefix(folder).unwrap().to_string_lossy().replace('\\', "/");
                found.insert(name, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    found
}

#[test]
fn templates_of_teams_give_the_official_pages() {
    let Some(corpus) = corpus() else { return };
    let out = tempfile::tempdir().unwrap();
    let templates = corpus.join("site_probe/templates");
    let attack = corpus.join("attack/enterprise-v14.1.csv");
    let options = ["--templates", templates.to_str().unwrap(), "--attack", attack.to_str().unwrap()];
    docs(&corpus.join("security_content-4.29"), out.path(), &options);
    let (got, wanted) = (files(out.path()), files(&corpus.join("site_probe/expected")));
    assert_eq!(got.keys().collect::<Vec<_>>(), wanted.keys().collect::<Vec<_>>());
    let different: Vec<&String> = wanted.keys().filter(|path| got[*path] != wanted[*path]).collect();
    assert!(different.is_empty(), "{different:?}");
    assert_eq!(wanted.len(), 1379);
}

/// The own pack, and the packs of the corpus if they are there.
fn packs() -> Vec<PathBuf> {
    let mut packs = vec![PathBuf::from(env!("CARGO_MANIFEST_DIR"))];
    packs.extend(corpus().map(|corpus| corpus.join("security_content-5.0")));
    packs
}

#[test]
fn html_pages_are_well_formed() {
    for pack in packs() {
        let out = tempfile::tempdir().unwrap();
        docs(&pack, out.path(), &["--layout", "html"]);
        let files = files(out.path());
        let mut anchors: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        let pages = || files.iter().filter(|(path, _)| Path::new(path).extension().is_some_and(|it| it == "html"));
        for (path, text) in pages() {
            let ids: Vec<&str> = attributes(text, " id=\"");
            let unique: BTreeSet<&str> = ids.iter().copied().collect();
            assert_eq!(ids.len(), unique.len(), "{path}: an id stands twice");
            anchors.insert(path, unique);
            assert_eq!(html::problems(text), Vec::<String>::new(), "{path}");
            assert_balanced(path, text);
            assert_no_leftovers(path, text);
        }
        for (path, text) in pages() {
            for target in attributes(text, " href=\"").into_iter().chain(attributes(text, " src=\"")) {
                assert_target(path, target, &anchors, &files);
            }
        }
        let layer: serde_json::Value = serde_json::from_str(&files["attack/navigator-layer.json"]).unwrap();
        assert_eq!(layer["versions"]["layer"], "4.5");
        assert!(
            layer["techniques"]
                .as_array()
                .unwrap()
                .iter()
                .all(|it| it["techniqueID"].is_string() && it["score"].is_i64())
        );
    }
}

/// Reads every page below a folder as the standard says that browsers do, and prints what it had to repair.
const PARSE: &str = r"
import html5lib, pathlib, sys
for path in sorted(pathlib.Path(sys.argv[1]).rglob('*.html')):
    parser = html5lib.HTMLParser()
    parser.parse(path.read_text(encoding='utf-8'))
    if parser.errors:
        print(path, parser.errors[:3])
";

#[test]
fn a_parser_of_the_standard_repairs_nothing() {
    let installed = Command::new("python3").args(["-c", "import html5lib"]).ok();
    if installed.is_err() {
        println!("skipped: python3 has no html5lib");
        return;
    }
    let out = tempfile::tempdir().unwrap();
    docs(Path::new(env!("CARGO_MANIFEST_DIR")), out.path(), &["--layout", "html"]);
    let done = Command::new("python3").arg("-c").arg(PARSE).arg(out.path()).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    assert_eq!(String::from_utf8_lossy(&done.stdout), "");
}

#[test]
fn the_checks_of_pages_find_what_is_wrong() {
    let fails = |check: &dyn Fn()| std::panic::catch_unwind(std::panic::AssertUnwindSafe(check)).is_err();
    for body in ["# A\n\ntext\n\n## B\n\n## C\n\ntext\n", "## B\n\n# C\n\ntext\n", "# A\n\n## B\n"] {
        assert!(fails(&|| assert_sections("p", body)), "{body}");
    }
    for body in
        ["| a | b |\n|---|---|\n| None | c |\n", "| a | b |\n|---|---|\n| c | d | e |\n", "| a |\n|---|\n| <b> |\n"]
    {
        assert!(fails(&|| assert_tables("p", body)), "{body}");
    }
    for text in ["<td>None</td>", "<dd>Some(1)</dd>", "<li>['a']</li>", "<td> undefined </td>", "<p>{{ x }}</p>"] {
        assert!(fails(&|| assert_no_leftovers("p", text)), "{text}");
    }
    for text in ["<ul></ul>", "<section><h2>a</h2></section>", "<p> </p>", "<dl></dl>"] {
        assert!(fails(&|| assert_balanced("p", text)), "{text}");
    }
    assert_sections("p", "# A\n\n## B\n\ntext\n");
    assert_tables("p", "| a | b |\n|---|---|\n| c | &lt;d&gt; |\n");
    assert_no_leftovers("p", "<td>none of them</td>");
    assert_balanced("p", "<section><h2>a</h2><p>b</p></section>");
}

fn attributes<'t>(text: &'t str, name: &str) -> Vec<&'t str> {
    text.match_indices(name).map(|(at, _)| text[at + name.len()..].split('"').next().unwrap()).collect()
}

fn assert_target(path: &str, target: &str, anchors: &BTreeMap<&str, BTreeSet<&str>>, files: &BTreeMap<String, String>) {
    if target.starts_with("https://") || target.starts_with("http://") || target == "data:," {
        return;
    }
    let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
    let mut parts: Vec<&str> = path.split('/').collect();
    if !file.is_empty() {
        parts.pop();
        for part in file.split('/') {
            if part == ".." { assert!(parts.pop().is_some(), "{path}: {target}") } else { parts.push(part) }
        }
    }
    let file = parts.join("/");
    assert!(files.contains_key(&file), "{path}: {target}");
    assert!(anchor.is_empty() || anchors[file.as_str()].contains(anchor), "{path}: {target}");
}

const VOID: &[&str] = &["meta", "link", "input", "br", "img", "hr", "!doctype"];

/// Every element is closed in order, quotes of attributes are, and no section is empty.
fn assert_balanced(path: &str, text: &str) {
    let mut open: Vec<(&str, usize)> = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        let tag = &rest[at + 1..];
        let end = tag.find('>').unwrap_or_else(|| panic!("{path}: a tag is not closed"));
        let inner = &tag[..end];
        assert!(inner.matches('"').count().is_multiple_of(2) && !inner.contains('<'), "{path}: <{inner}>");
        let name = inner.trim_start_matches('/').split([' ', '\n']).next().unwrap();
        let place = text.len() - rest.len() + at;
        if inner.starts_with('/') {
            let (opened, start) = open.pop().unwrap_or_else(|| panic!("{path}: </{name}> closes nothing"));
            assert_eq!(opened, name, "{path}: {inner}");
            if ["section", "ul", "ol", "dl", "tbody", "p", "td", "dd", "h1", "h2"].contains(&name) {
                assert!(has_content(&text[start..place], name), "{path}: <{name}> is empty: {}", &text[start..place]);
            }
        } else if !VOID.contains(&name.to_lowercase().as_str()) {
            open.push((name, place));
        }
        rest = &tag[end + 1..];
    }
    assert!(open.is_empty(), "{path}: {open:?} not closed");
}

fn has_content(element: &str, name: &str) -> bool {
    // What scripts fill in is empty at first; a cell may be, where a source has no text.
    let filled_later = element.contains("role=\"listbox\"") || element.contains("role=\"status\"");
    let body = if name == "section" { element.split("</h2>").nth(1).unwrap_or_default() } else { element };
    let text: String = body.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text.trim()).collect();
    filled_later || name == "td" || !text.is_empty()
}

/// No literal of Python or Rust stands where a value should.
fn assert_no_leftovers(path: &str, text: &str) {
    for cell in ["<td>", "<dd>", "<dt>", "<li>", "<h1>"] {
        for (at, _) in text.match_indices(cell) {
            let inner = text[at + cell.len()..].split('<').next().unwrap().trim();
            assert_no_literal(path, inner);
        }
    }
    assert!(!text.contains("{{") || text.contains("<pre"), "{path}: a tag is left");
}

fn assert_no_literal(path: &str, text: &str) {
    let literal = ["None", "True", "False", "null", "undefined", "nan", "[]", "{}", "()"].contains(&text)
        || ["Some(", "Markup(", "['", "{'", "Undefined"].iter().any(|start| text.starts_with(start));
    assert!(!literal, "{path}: `{text}`");
}

#[test]
fn markdown_pages_have_no_empty_section_and_whole_tables() {
    for pack in packs() {
        for layout in ["markdown", "jekyll"] {
            let out = tempfile::tempdir().unwrap();
            docs(&pack, out.path(), &["--layout", layout]);
            for (path, text) in files(out.path()) {
                let body = text.split_once("\n---\n").map_or(text.as_str(), |(_, body)| body);
                assert_sections(&path, body);
                assert_tables(&path, body);
            }
        }
    }
}

/// Lines outside of code blocks.
fn prose(body: &str) -> Vec<&str> {
    let mut fence: Option<&str> = None;
    body.lines()
        .filter(|line| {
            let marks = line.len() - line.trim_start_matches('`').len();
            match fence {
                Some(open) if *line == open => fence = None,
                None if marks >= 3 => fence = Some(&line[..marks]),
                Some(_) => {}
                None => return true,
            }
            false
        })
        .collect()
}

/// A heading is followed by something else than a heading of its level or above; code counts as something.
fn assert_sections(path: &str, body: &str) {
    let mut heading: Option<(usize, &str)> = None;
    for line in body.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let level = line.len() - line.trim_start_matches('#').len();
        let is_heading = (1..=6).contains(&level) && line[level..].starts_with(' ');
        if let Some((open, text)) = heading {
            assert!(!(is_heading && level <= open) && line != "---" && line != "</div>", "{path}: `{text}` is empty");
        }
        heading = is_heading.then_some((level, line));
    }
    assert!(heading.is_none(), "{path}: {heading:?} is empty");
}

fn assert_tables(path: &str, body: &str) {
    let mut columns = None;
    for line in prose(body) {
        if !line.starts_with('|') {
            columns = None;
            continue;
        }
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        assert_eq!(*columns.get_or_insert(cells.len()), cells.len(), "{path}: {line}");
        for cell in cells {
            assert_no_literal(path, cell);
        }
        let tags = line.replace("<br>", "");
        assert!(!tags.contains('<') && !tags.contains('>'), "{path}: {line}");
    }
}

#[test]
fn a_site_on_disk_is_checked_and_kept_in_step() {
    let pack = Path::new(env!("CARGO_MANIFEST_DIR"));
    let out = tempfile::tempdir().unwrap();
    assert_eq!(docs(pack, out.path(), &[]).0, 0);
    assert_eq!(docs(pack, out.path(), &["--check"]).0, 0);
    let page = out.path().join("index.md");
    std::fs::write(&page, "edited").unwrap();
    std::fs::remove_file(out.path().join("stories/reverse_tunnels.md")).unwrap();
    let (code, text) = docs(pack, out.path(), &["--check"]);
    assert_eq!(code, 1, "{text}");
    assert!(
        text.contains("index.md is out of date") && text.contains("stories/reverse_tunnels.md is missing"),
        "{text}"
    );
    assert_eq!(std::fs::read_to_string(&page).unwrap(), "edited", "a check writes nothing");
    let (_, text) = docs(pack, out.path(), &["--layout", "html"]);
    assert!(text.contains("removed") && !out.path().join("stories/reverse_tunnels.md").exists(), "{text}");
}

#[test]
fn the_html_site_works_in_a_browser() {
    let Some(mut browser) = browser::Browser::start() else {
        println!("skipped: no chromedriver that starts a browser");
        return;
    };
    let out = tempfile::tempdir().unwrap();
    docs(Path::new(env!("CARGO_MANIFEST_DIR")), out.path(), &["--layout", "html"]);
    let page = |path: &str| format!("file://{}", out.path().join(path).display());

    // Search finds a detection, by keyboard alone.
    browser.open(&page("index.html"));
    browser.keys("/");
    browser.until("return document.activeElement.id === 'q'");
    browser.keys("ngrok linux");
    browser.until("return document.querySelectorAll('#hits [role=option]').length > 0");
    browser.keys(browser::DOWN);
    browser.keys(browser::ENTER);
    browser.until("return location.pathname.endsWith('/linux_ngrok_tunnel_started.html')");
    assert!(browser.run("return document.querySelector('pre.spl .k').textContent").as_str().is_some());

    // The matrix opens a technique, by keyboard alone.
    browser.open(&page("attack/index.html"));
    for _ in 0..60 {
        browser.keys(browser::TAB);
        if browser.run("return document.activeElement.matches('.matrix li a')") == true {
            break;
        }
    }
    browser.keys(browser::ENTER);
    browser.until("return /attack\\/t\\d+\\.html$/.test(location.pathname)");
    assert!(browser.run("return document.querySelectorAll('tbody tr').length").as_i64() > Some(0));

    // Light and dark; no page is wider than a phone.
    browser.run("document.getElementById('theme').focus()");
    let before = browser.run("return document.documentElement.dataset.theme");
    browser.keys(browser::ENTER);
    assert_ne!(browser.run("return document.documentElement.dataset.theme"), before);
    browser.resize(390, 844);
    for path in ["index.html", "attack/index.html", "detections/index.html", "stories/reverse_tunnels.html"] {
        browser.open(&page(path));
        let wider = browser.run("return document.documentElement.scrollWidth - document.documentElement.clientWidth");
        assert_eq!(wider, 0, "{path}");
    }
    assert_eq!(browser.errors(), Vec::<String>::new());
    assert_eq!(browser.outside_requests(), Vec::<String>::new());
}
