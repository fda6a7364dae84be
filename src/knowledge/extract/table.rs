//! `KV_MODE = multi`: the columns of a table of text, such as the output of `ps` or `netstat`.
//!
//! The first line that has two words or more names the columns; each line under it is a row of words by blanks, of which
//! the last column takes what is left. A column is a multivalue field with a value per row.

/// Calls `found` with the name and value of each cell, row by row.
pub fn walk(text: &str, mut found: impl FnMut(&str, &str)) {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let header = lines.by_ref().map(|line| line.split_whitespace().collect::<Vec<_>>()).find(|words| words.len() > 1);
    let Some(header) = header else { return };
    for line in lines {
        let mut rest = line.trim();
        for (index, name) in header.iter().enumerate() {
            let last = index + 1 == header.len();
            let (value, after) = match rest.split_once(char::is_whitespace) {
                Some(split) if !last => split,
                _ => (rest, ""),
            };
            if !value.is_empty() {
                found(name, value);
            }
            rest = after.trim_start();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_words() {
        let mut found = Vec::new();
        walk("\nUSER  PID COMMAND\nann   7   sh -c x\nbob   8\n\n", |name, value| {
            found.push(format!("{name}={value}"));
        });
        assert_eq!(found, ["USER=ann", "PID=7", "COMMAND=sh -c x", "USER=bob", "PID=8"]);
        walk("one\ntwo\n", |_, _| found.clear());
        assert_eq!(found.len(), 5);
    }
}
