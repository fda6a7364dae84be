//! Links between pages: each must lead to a page of the site or a file beside it.
//!
//! Checked are relative links to files (`../stories/x.md`, `style.css`), and absolute ones where pages say their own
//! address (`permalink` in the front matter). A link to `x.html` or `x/` may be answered by `x.md`, as site builders do.

use super::Page;
use rayon::prelude::*;
use std::collections::HashSet;
use std::path::Path;

/// Endings of files that a site links to.
const FILES: &[&str] = &["md", "html", "htm", "css", "js", "json", "svg", "png", "xml", "txt"];

/// A link into nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Broken {
    pub(super) page: String,
    pub(super) target: String,
}

/// The broken links of all pages, in their order. `beside` says whether a file that is no page is in the folder.
pub(super) fn broken(pages: &[Page], beside: &(dyn Fn(&Path) -> bool + Sync)) -> Vec<Broken> {
    let paths: HashSet<String> = pages.iter().map(|page| slashed(&page.path)).collect();
    let permalinks: HashSet<&str> = pages.iter().filter_map(|page| permalink(&page.text)).collect();
    let own_roots: HashSet<&str> =
        permalinks.iter().filter_map(|link| link.split('/').find(|it| !it.is_empty())).collect();
    let of_page = |page: &Page| {
        let name = slashed(&page.path);
        let is_wrong = |target: &&str| {
            if let Some(absolute) = target.strip_prefix('/') {
                let address = path_of(absolute).trim_end_matches('/');
                let own = own_roots.contains(address.split('/').next().unwrap_or_default());
                return own && !permalinks.iter().any(|link| link.trim_matches('/') == address);
            }
            match resolve(&name, path_of(target)) {
                None => true,
                Some(path) => !exists(&path, &paths) && !beside(Path::new(&path)),
            }
        };
        let is_markdown = page.path.extension().is_some_and(|it| it == "md");
        let targets = if is_markdown { markdown(&page.text) } else { html(&page.text) };
        let mut wrong: Vec<&str> = targets.into_iter().filter(|it| is_internal(it)).filter(is_wrong).collect();
        wrong.sort_unstable();
        wrong.dedup();
        wrong.into_iter().map(|target| Broken { page: name.clone(), target: target.to_owned() }).collect::<Vec<_>>()
    };
    let linked = pages.par_iter().filter(|page| {
        page.path.extension().and_then(|it| it.to_str()).is_some_and(|it| matches!(it, "md" | "html" | "htm"))
    });
    linked.flat_map_iter(of_page).collect()
}

fn slashed(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

fn path_of(target: &str) -> &str {
    target.split(['#', '?']).next().unwrap_or_default()
}

/// Neither to the web, nor within the page, nor something that only looks like a link.
fn is_internal(target: &str) -> bool {
    let path = path_of(target);
    let plain = path.chars().all(|c| c.is_alphanumeric() || "/._-%~+@".contains(c));
    let extension = path.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map(|(_, extension)| extension);
    plain
        && !path.is_empty()
        && !path.starts_with("//")
        && (path.starts_with('/') || extension.is_some_and(|it| FILES.contains(&it)))
}

fn resolve(page: &str, target: &str) -> Option<String> {
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(unescaped(&parts.join("/")))
}

/// `%20` and the like resolved.
fn unescaped(path: &str) -> String {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let code = tail
            .get(..2)
            .and_then(|code| std::str::from_utf8(code).ok())
            .and_then(|code| u8::from_str_radix(code, 16).ok());
        if let Some(code) = code.filter(|_| first == b'%') {
            bytes.push(code);
            rest = &tail[2..];
        } else {
            bytes.push(first);
            rest = tail;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn exists(path: &str, paths: &HashSet<String>) -> bool {
    let stem = path.strip_suffix(".html").or_else(|| path.strip_suffix(".htm")).unwrap_or(path);
    paths.contains(path) || paths.contains(&format!("{stem}.md")) || paths.contains(&format!("{stem}/index.md"))
}

fn permalink(text: &str) -> Option<&str> {
    let front = text.strip_prefix("---\n")?;
    let front = &front[..front.find("\n---").unwrap_or(front.len())];
    let link = front.lines().find_map(|line| line.strip_prefix("permalink:"))?;
    Some(link.trim().trim_matches('"'))
}

/// Targets of `[text](target)` outside of code.
fn markdown(text: &str) -> Vec<&str> {
    let mut targets = Vec::new();
    if !text.contains("](") {
        return targets;
    }
    let mut fence: Option<&str> = None;
    for line in text.lines() {
        let trimmed = line.trim_start();
        if let Some(open) = fence {
            fence = if trimmed.trim_end() == open { None } else { fence };
        } else if trimmed.starts_with("```") {
            fence = Some(&trimmed[..trimmed.len() - trimmed.trim_start_matches('`').len()]);
        } else {
            for (at, _) in line.match_indices("](") {
                let inside = line[..at].matches('`').count() % 2 == 1;
                let target = line[at + 2..].split([')', ' ']).next().unwrap_or_default();
                if !inside {
                    targets.push(target);
                }
            }
        }
    }
    targets
}

/// Values of `href` and `src`.
fn html(text: &str) -> Vec<&str> {
    let values = |name: &'static str| {
        text.match_indices(name).map(move |(at, name)| text[at + name.len()..].split('"').next().unwrap_or_default())
    };
    values(" href=\"").chain(values(" src=\"")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_into_nowhere_are_found() {
        let page = |path: &str, text: &str| Page { path: path.into(), text: text.to_owned() };
        let pages = [
            page(
                "a/x.md",
                "---\npermalink: /a/x/\n---\n[y](../y.md#q) [z](z.md) `[c](c.md)` [w](https://w.test/v.md)\n```\n[f](f.md)\n```\n",
            ),
            page("y.md", "[x](/a/x) [q](/a/q/) [s](/shop/) [up](../../up.md) [r](re)+.md [h](a/x.html) [b](b%20c.md)"),
            page("b c.md", ""),
            page(
                "i.html",
                r#"<a href="y.html">y</a> <link href="style.css"> <script src="there.js"></script> <a href="no.html#a">"#,
            ),
        ];
        let found = broken(&pages, &|path| path == Path::new("there.js"));
        let found: Vec<(&str, &str)> = found.iter().map(|it| (it.page.as_str(), it.target.as_str())).collect();
        assert_eq!(
            found,
            [
                ("a/x.md", "z.md"),
                ("y.md", "../../up.md"),
                ("y.md", "/a/q/"),
                ("i.html", "no.html#a"),
                ("i.html", "style.css"),
            ]
        );
    }
}
