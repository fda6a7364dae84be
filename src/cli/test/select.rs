//! `--filter`: which detections are meant.

use crate::content::model::Detection;
use crate::source::Located;

/// One `--filter`: a detection is meant if any of them covers it.
#[derive(Debug)]
pub(super) struct Filter {
    key: Option<Key>,
    text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    Name,
    Id,
    Story,
    Type,
    Path,
    Status,
}

impl Filter {
    /// Reads `TEXT` or `key:TEXT`. A colon after another word belongs to the text.
    pub(super) fn parse(text: &str) -> Self {
        let keyed = text.split_once(':').and_then(|(key, rest)| {
            let key = match key.to_lowercase().as_str() {
                "name" => Key::Name,
                "id" => Key::Id,
                "story" => Key::Story,
                "type" => Key::Type,
                "path" => Key::Path,
                "status" => Key::Status,
                _ => return None,
            };
            Some((key, rest))
        });
        match keyed {
            Some((key, rest)) => Self { key: Some(key), text: rest.trim().to_lowercase() },
            None => Self { key: None, text: text.trim().to_lowercase() },
        }
    }

    pub(super) fn covers(&self, detection: &Detection) -> bool {
        let object = &detection.object;
        let path = object.path.to_string_lossy().replace('\\', "/");
        let within = |text: &str| covers(&self.text, text, false);
        let whole = |text: Option<&Located>| text.is_some_and(|text| covers(&self.text, text.as_str(), true));
        match self.key {
            Some(Key::Name) => within(object.name.as_str()),
            Some(Key::Id) => whole(object.id.as_ref()),
            Some(Key::Story) => detection.stories.iter().any(|story| within(story.as_str())),
            Some(Key::Type) => whole(detection.analytic_type.as_ref()),
            Some(Key::Status) => whole(object.status.as_ref()),
            Some(Key::Path) => within(&path),
            None => within(object.name.as_str()) || whole(object.id.as_ref()) || within(&path),
        }
    }
}

/// A pattern with `*` or `?` covers the whole text; a plain one stands somewhere in it, or is it as a whole.
fn covers(pattern: &str, text: &str, whole: bool) -> bool {
    let text = text.to_lowercase();
    if pattern.contains(['*', '?']) {
        let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
        return glob(&pattern, &text);
    }
    if whole { text == pattern } else { text.contains(pattern) }
}

fn glob(pattern: &[char], text: &[char]) -> bool {
    let (mut at, mut place) = (0, 0);
    let mut back = None;
    while place < text.len() {
        match pattern.get(at) {
            Some('*') => {
                back = Some((at, place));
                at += 1;
            }
            Some(&c) if c == '?' || c == text[place] => {
                at += 1;
                place += 1;
            }
            _ => {
                let Some((star, from)) = back else { return false };
                back = Some((star, from + 1));
                at = star + 1;
                place = from + 1;
            }
        }
    }
    pattern[at..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_cover_texts() {
        let rows = [
            ("certify", "Detect Certify Command Line", false, true),
            ("detect*line", "Detect Certify Command Line", false, true),
            ("certify*", "Detect Certify Command Line", false, false),
            ("t?p", "TTP", true, true),
            ("ttp", "TTP", true, true),
            ("tt", "TTP", true, false),
            ("*", "", true, true),
        ];
        for (pattern, text, whole, wanted) in rows {
            assert_eq!(covers(pattern, text, whole), wanted, "{pattern} {text}");
        }
        assert_eq!(Filter::parse("story:Abc").key, Some(Key::Story));
        assert_eq!(Filter::parse("a: b").key, None);
    }
}
