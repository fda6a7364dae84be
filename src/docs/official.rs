//! What the official tools read off the text of a search; templates that teams have were written for these lists.
//!
//! They are not always what the search does (a model's name inside another word counts, a lookup may stand twice), so
//! the layouts of the program read the plan instead.

/// Data models that are looked for, in the order in which they are listed.
const DATA_MODELS: &[&str] = &[
    "Authentication",
    "Change",
    "Change_Analysis",
    "Email",
    "Endpoint",
    "Network_Resolution",
    "Network_Sessions",
    "Network_Traffic",
    "Risk",
    "Splunk_Audit",
    "UEBA",
    "Updates",
    "Vulnerabilities",
    "Web",
];

/// Data models whose name is anywhere in the search.
pub(super) fn data_models(search: &str) -> Vec<String> {
    DATA_MODELS.iter().filter(|name| search.contains(**name)).map(|&name| name.to_owned()).collect()
}

/// Names of macros between backticks, sorted; without filters, `drop_dm_object_name` and what is in comments.
pub(super) fn macros(search: &str) -> Vec<String> {
    let text = without_comments(&search.replace("````", "` ```"));
    let mut names: Vec<String> = quoted(&text)
        .into_iter()
        .map(|call| call.split('(').next().unwrap_or_default().to_owned())
        .filter(|name| !name.contains("_filter") && !name.contains("drop_dm_object_name"))
        .collect();
    names.sort();
    names.dedup();
    names
}

/// A comment ends in the line in which it begins.
fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("```") {
        let inside = &rest[start + 3..];
        let line = &inside[..inside.find('\n').unwrap_or(inside.len())];
        let Some(end) = line.find("```") else {
            out.push_str(&rest[..=start]);
            rest = &rest[start + 1..];
            continue;
        };
        out.push_str(&rest[..start]);
        out.push(' ');
        rest = &inside[end + 3..];
    }
    out + rest
}

/// What stands between a backtick and the last one before the next white space.
fn quoted(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find('`') {
        let inside = &rest[start + 1..];
        let word = &inside[..inside.find(char::is_whitespace).unwrap_or(inside.len())];
        match word.rfind('`').filter(|end| *end > 0) {
            Some(end) => {
                found.push(&word[..end]);
                rest = &inside[end + 1..];
            }
            None => rest = inside,
        }
    }
    found
}

/// The word after `lookup`, `inputlookup` or `outputlookup`, as often as it stands there.
pub(super) fn lookups(search: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, word) in search.match_indices("lookup ") {
        let mut rest = &search[at + word.len()..];
        for option in ["update=true", "append=t"] {
            rest = rest.strip_prefix(option).unwrap_or(rest);
        }
        let rest = rest.trim_start();
        found.push(rest[..rest.find(char::is_whitespace).unwrap_or(rest.len())].to_owned());
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_off_the_text() {
        assert_eq!(data_models("from datamodel=Change_Analysis by Emailer"), ["Change", "Change_Analysis", "Email"]);
        assert_eq!(macros("`b` | `a(x)` | ``` `c` ``` `d`,`e` | `x y` | `q_filter`"), ["a", "b", "d`,`e"]);
        assert_eq!(macros("```no end\n`a`"), ["`", "a"]);
        assert_eq!(
            lookups("| lookup update=true one a | inputlookup append=t two\n| lookup one"),
            ["one", "two", "one"]
        );
    }
}
