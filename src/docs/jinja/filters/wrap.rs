//! Breaking a line into lines of a width, as Python's `textwrap` does.

/// The lines of one paragraph.
pub(super) fn wrap(text: &str, width: usize, break_long: bool, on_hyphens: bool) -> Vec<String> {
    let mut chunks: Vec<String> = chunks(text, on_hyphens);
    chunks.reverse();
    let mut lines: Vec<String> = Vec::new();
    while !chunks.is_empty() {
        if !lines.is_empty() && chunks.last().is_some_and(|chunk| chunk.trim().is_empty()) {
            chunks.pop();
        }
        let (mut line, mut length) = (Vec::new(), 0);
        while let Some(chunk) = chunks.last() {
            let size = chunk.chars().count();
            if length + size > width {
                break;
            }
            length += size;
            line.extend(chunks.pop());
        }
        if let Some(chunk) = chunks.last_mut().filter(|chunk| chunk.chars().count() > width) {
            let room = width.saturating_sub(length).max(usize::from(line.is_empty()));
            if break_long {
                let cut = chunk.char_indices().nth(room).map_or(chunk.len(), |(at, _)| at);
                let rest = chunk.split_off(cut);
                line.push(std::mem::replace(chunk, rest));
                if chunk.is_empty() {
                    chunks.pop();
                }
            } else if line.is_empty() {
                line.extend(chunks.pop());
            }
        }
        if line.last().is_some_and(|chunk| chunk.trim().is_empty()) {
            line.pop();
        }
        if !line.is_empty() {
            lines.push(line.concat());
        }
    }
    lines
}

/// Words and the white space between them; words end after a hyphen between letters.
fn chunks(text: &str, on_hyphens: bool) -> Vec<String> {
    let mut chunks = Vec::new();
    let mut chunk = String::new();
    let chars: Vec<char> = text.chars().collect();
    for (at, &c) in chars.iter().enumerate() {
        let starts_new = chunk.chars().next_back().is_some_and(|last| last.is_whitespace() != c.is_whitespace());
        let letter = |at: usize| chars.get(at).is_some_and(|c| c.is_alphabetic() || *c == '_');
        let after_hyphen = on_hyphens
            && at >= 3
            && chars[at - 1] == '-'
            && letter(at - 2)
            && letter(at - 3)
            && letter(at)
            && letter(at + 1);
        if starts_new || after_hyphen {
            chunks.push(std::mem::take(&mut chunk));
        }
        chunk.push(c);
    }
    if !chunk.is_empty() {
        chunks.push(chunk);
    }
    chunks
}
