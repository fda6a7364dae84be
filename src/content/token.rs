//! `$tokens$` of messages and drilldowns: names of fields whose values Splunk puts in their place.

use crate::source::Span;

/// The `$tokens$` of a text: the name without `$` and `|filter`, and the span with both `$`.
pub fn find(text: &str) -> Vec<(&str, Span)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(open) = text[at..].find('$').map(|offset| at + offset) {
        let Some(close) = text[open + 1..].find('$').map(|offset| open + 1 + offset) else { break };
        let inner = &text[open + 1..close];
        let name = inner.split('|').next().unwrap_or(inner);
        let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "_.{}-:@".contains(c));
        if is_name {
            found.push((name, Span::new(open, close + 1)));
            at = close + 1;
        } else {
            // A lone `$`, as in a price: the second one may open a token.
            at = close;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_found_with_their_dollar_signs() {
        let names: Vec<&str> = find("on $dest$ by \"$user|s$\", cost 5$ and $a b$ $x$").iter().map(|t| t.0).collect();
        assert_eq!(names, ["dest", "user", "x"]);
        assert_eq!(find("on $dest$")[0].1, Span::new(3, 9));
        assert!(find("$ $").is_empty());
        assert!(find("$").is_empty());
    }
}
