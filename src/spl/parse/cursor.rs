//! The place of reading within one stage, and the pieces of text that can stand there: words, strings, names, keywords.
//!
//! Nothing here builds a tree. The names are those of `grammar/spl.pest`.

use super::text;
use crate::source::Span;
use crate::spl::ast::{Quote, Spanned, Word};
use crate::spl::scan;

/// Sets of ASCII characters, as bits. Blanks beyond ASCII belong to each set that blanks belong to.
pub(super) mod class {
    pub(in super::super) const BLANK: u8 = 1;
    /// What ends a bare word of a list.
    pub(in super::super) const BARE: u8 = 1 << 1;
    /// What ends a bare value after an operator.
    pub(in super::super) const VALUE: u8 = 1 << 2;
    /// What ends a word of a search expression.
    pub(in super::super) const SEARCH: u8 = 1 << 3;
    /// What ends a plain argument of a function.
    pub(in super::super) const PLAIN: u8 = 1 << 4;
    /// What ends the target of an assignment.
    pub(in super::super) const TARGET: u8 = 1 << 5;
    /// What ends the name of a dataset.
    pub(in super::super) const DATASET: u8 = 1 << 6;
    /// What ends the field of `regex`.
    pub(in super::super) const MATCHED: u8 = 1 << 7;
}

const CLASSES: [u8; 128] = {
    const SETS: [(u8, &[u8]); 8] = [
        (class::BLANK, b""),
        (class::BARE, b",\"()[]|=`"),
        (class::VALUE, b",\"()[]|`"),
        (class::SEARCH, b"()[]\"|,`=<>"),
        (class::PLAIN, b",()\"|[]"),
        (class::TARGET, b"=,()[]\"'|<>!"),
        (class::DATASET, b"\",|()="),
        (class::MATCHED, b"=\"("),
    ];
    const BLANKS: &[u8] = b" \t\r\n\x0B\x0C";
    let mut classes = [0; 128];
    let mut set = 0;
    while set < SETS.len() {
        let (bit, characters) = SETS[set];
        let mut at = 0;
        while at < characters.len() {
            classes[characters[at] as usize] |= bit;
            at += 1;
        }
        at = 0;
        while at < BLANKS.len() {
            classes[BLANKS[at] as usize] |= bit;
            at += 1;
        }
        set += 1;
    }
    classes
};

/// What would have been right at a place; the first of several is the one to name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Wanted {
    OptionValue,
    Value,
    Operand,
    Expression,
    Term,
    Assignment,
    Aggregation,
    Conversion,
    Alias,
    As,
    Replacement,
    Pattern,
    Dataset,
    Name,
    Field,
    Comma,
    Operator,
    /// Many things.
    Argument,
}

/// A text up to the end of a stage, and how far it has been read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'a> {
    text: &'a str,
    /// Bytes of the whole text.
    pub(super) at: usize,
    /// The furthest place where something was missing, and what.
    pub(super) missed: (usize, Wanted),
}

pub(super) fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Length of the blank beyond ASCII that the bytes begin with; 0 if there is none.
fn wide_blank(bytes: &[u8]) -> usize {
    match bytes {
        [0xC2, 0xA0, ..] => 2,
        [0xE3, 0x80, 0x80, ..] | [0xEF, 0xBB, 0xBF, ..] => 3,
        _ => 0,
    }
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str, span: Span) -> Self {
        let at = span.start as usize;
        Self { text: &text[..span.end as usize], at, missed: (at, Wanted::Argument) }
    }

    /// Notes that something would have been right at the place of reading.
    pub(super) fn miss(&mut self, wanted: Wanted) {
        if self.at > self.missed.0 || (self.at == self.missed.0 && wanted < self.missed.1) {
            self.missed = (self.at, wanted);
        }
    }

    fn bytes(&self) -> &'a [u8] {
        self.text.as_bytes()
    }

    pub(super) fn end(&self) -> usize {
        self.text.len()
    }

    pub(super) fn slice(&self, from: usize, to: usize) -> &'a str {
        self.text.get(from..to).unwrap_or_default()
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes().get(self.at).copied()
    }

    pub(super) fn at_end(&self) -> bool {
        self.at >= self.text.len()
    }

    pub(super) fn starts_with(&self, text: &str) -> bool {
        self.bytes()[self.at..].starts_with(text.as_bytes())
    }

    /// Passes a character.
    pub(super) fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn is_in(&self, at: usize, class: u8) -> bool {
        match self.bytes().get(at) {
            Some(&byte) if byte < 128 => CLASSES[byte as usize] & class != 0,
            Some(_) => wide_blank(&self.bytes()[at..]) > 0,
            None => false,
        }
    }

    pub(super) fn is_blank(&self, at: usize) -> bool {
        self.is_in(at, class::BLANK)
    }

    /// A blank, or a comment, which counts as one.
    fn parts(&self, at: usize) -> bool {
        self.is_blank(at) || self.comment(at).is_some()
    }

    /// As [`Cursor::parts`], or a comma, which counts as a blank between words.
    fn is_gap(&self, at: usize) -> bool {
        self.parts(at) || self.bytes().get(at) == Some(&b',')
    }

    fn name_at(&self, at: usize) -> bool {
        self.bytes().get(at).is_some_and(|&byte| is_name(byte))
    }

    /// The offset after the blanks at `at`.
    fn after_blanks(&self, mut at: usize) -> usize {
        loop {
            match self.bytes().get(at) {
                Some(&byte) if byte < 128 && CLASSES[byte as usize] & class::BLANK != 0 => at += 1,
                Some(&byte) if byte >= 128 => match wide_blank(&self.bytes()[at..]) {
                    0 => return at,
                    length => at += length,
                },
                _ => return at,
            }
        }
    }

    /// Passes blanks and comments.
    pub(super) fn skip(&mut self) {
        loop {
            self.at = self.after_blanks(self.at);
            match self.comment(self.at) {
                Some(end) => self.at = end,
                None => return,
            }
        }
    }

    fn comment(&self, at: usize) -> Option<usize> {
        if self.bytes().get(at) != Some(&b'`') {
            return None;
        }
        let inside = self.text.get(at..)?.strip_prefix("```")?;
        Some(at + 6 + inside.find("```")?)
    }

    // ---- Where a piece ends, if it stands at an offset -----------------------------------------------------------------

    fn double_end(&self, at: usize) -> Option<usize> {
        let bytes = self.bytes();
        if bytes.get(at) != Some(&b'"') {
            return None;
        }
        let mut end = at + 1;
        loop {
            end += memchr::memchr2(b'"', b'\\', bytes.get(end..)?)?;
            if bytes[end] == b'"' {
                return Some(end + 1);
            }
            end += 2;
        }
    }

    fn single_end(&self, at: usize) -> Option<usize> {
        let rest = self.text.get(at..).filter(|rest| rest.starts_with('\''))?;
        scan::quoted_name(rest).filter(|length| *length > 2).map(|length| at + length)
    }

    /// Balanced parentheses.
    fn parentheses_end(&self, at: usize) -> Option<usize> {
        let mut depth = 0_usize;
        let mut end = at;
        loop {
            match self.bytes().get(end)? {
                b'(' => depth += 1,
                b')' => depth -= 1,
                b'\\' => end += 1,
                b'"' => end = self.double_end(end).unwrap_or(end + 1) - 1,
                _ => {}
            }
            end += 1;
            if depth == 0 {
                return Some(end);
            }
        }
    }

    /// A run of characters that are not in the class; escaped ones and tokens belong to it too, and from an offset on
    /// balanced parentheses. At least one character.
    fn run_end(&self, start: usize, ends: u8, parentheses: Option<usize>) -> Option<usize> {
        let mut at = start;
        while let Some(&byte) = self.bytes().get(at) {
            at = match byte {
                b'\\' => at + 2,
                b'$' => at + scan::token(&self.text[at..]).unwrap_or(1),
                b'(' if parentheses.is_some_and(|from| at >= from) => match self.parentheses_end(at) {
                    Some(end) => end,
                    None => break,
                },
                _ if self.is_in(at, ends) => break,
                _ => at + 1,
            };
        }
        let end = at.min(self.end());
        (end > start).then_some(end)
    }

    /// The name of a field or a word to look for.
    fn search_end(&self, start: usize) -> Option<usize> {
        let bytes = self.bytes();
        let mut at = start;
        while let Some(&byte) = bytes.get(at) {
            at = match byte {
                b'\\' => at + 2,
                b'$' => at + scan::token(&self.text[at..]).unwrap_or(1),
                b'!' if bytes.get(at + 1) == Some(&b'=') => break,
                b'<' => match self.placeholder_end(at) {
                    Some(end) => end,
                    None => break,
                },
                _ if self.is_in(at, class::SEARCH) => break,
                _ => at + 1,
            };
        }
        let end = at.min(self.end());
        (end > start).then_some(end)
    }

    /// Whether a word of a search expression goes on at an offset.
    fn search_goes_on(&self, at: usize) -> bool {
        at < self.end() && self.search_end(at).is_some()
    }

    /// `<<FIELD>>`.
    fn placeholder_end(&self, at: usize) -> Option<usize> {
        let inside = self.bytes().get(at..)?.strip_prefix(b"<<")?;
        let length = inside.iter().take_while(|&&byte| is_name(byte)).count();
        (length > 0 && inside[length..].starts_with(b">>")).then_some(at + length + 4)
    }

    // ---- Words ---------------------------------------------------------------------------------------------------------

    fn take(&mut self, end: usize, quote: Quote) -> Word {
        let span = Span::new(self.at, end);
        let word = text::word(&self.text[span.range()], quote, span);
        self.at = end;
        word
    }

    /// A word without quotes around it that may hold balanced parentheses. One that does is kept as it is written, since
    /// what an escape or a quote protects in them is for their reader to say (`startswith=eval(a="b)")`). With an escape
    /// before the parentheses it counts as quoted.
    fn take_nested(&mut self, end: usize) -> Word {
        let source = self.slice(self.at, end);
        let mut word = self.take(end, Quote::Bare);
        match text::first_parenthesis(source) {
            Some(open) if source[..open].contains('\\') => word.quote = Quote::Double,
            Some(_) => source.clone_into(&mut word.text),
            None => {}
        }
        word
    }

    /// `"..."`.
    pub(super) fn double(&mut self) -> Option<Word> {
        self.double_end(self.at).map(|end| self.take(end, Quote::Double))
    }

    /// `"..."` or `'...'`.
    pub(super) fn quoted(&mut self) -> Option<Word> {
        match self.peek()? {
            b'"' => self.double(),
            b'\'' => self.single_end(self.at).map(|end| self.take(end, Quote::Single)),
            _ => None,
        }
    }

    /// A word of a list. May hold parentheses after its first character.
    pub(super) fn word(&mut self) -> Option<Word> {
        if let Some(word) = self.quoted() {
            return Some(word);
        }
        self.run_end(self.at, class::BARE, Some(self.at + 1)).map(|end| self.take_nested(end))
    }

    /// Whether the word that begins here is one character long.
    pub(super) fn is_alone(&self) -> bool {
        self.run_end(self.at, class::BARE, Some(self.at + 1)) == Some(self.at + 1)
    }

    /// The value of an option.
    pub(super) fn option_value(&mut self) -> Option<Word> {
        if let Some(word) = self.quoted() {
            return Some(word);
        }
        // Unlike a word it may begin with parentheses.
        self.run_end(self.at, class::VALUE, Some(self.at)).map(|end| self.take_nested(end))
    }

    /// The field of a comparison, or a bare word to look for.
    pub(super) fn search_word(&mut self) -> Option<Word> {
        if let Some(word) = self.double() {
            return Some(word);
        }
        self.search_end(self.at).map(|end| self.take(end, Quote::Bare))
    }

    /// The value of a comparison: a comma that is followed by more belongs to it.
    pub(super) fn search_value(&mut self) -> Option<Word> {
        if let Some(word) = self.double() {
            return Some(word);
        }
        let mut end = self.at;
        loop {
            end = self.run_end(end, class::VALUE, None).unwrap_or(end);
            if self.bytes().get(end) == Some(&b',') && self.value_goes_on(end + 1) {
                end += 1;
            } else {
                return (end > self.at).then(|| self.take(end, Quote::Bare));
            }
        }
    }

    /// A value of `IN (...)`.
    pub(super) fn list_value(&mut self) -> Option<Word> {
        if let Some(word) = self.double() {
            return Some(word);
        }
        self.run_end(self.at, class::VALUE, None).map(|end| self.take(end, Quote::Bare))
    }

    /// Characters up to one of the class, escapes and all.
    pub(super) fn plain(&mut self, ends: u8) -> Option<Word> {
        let end = (self.at..self.end()).find(|&at| self.is_in(at, ends)).unwrap_or(self.end());
        (end > self.at).then(|| self.take(end, Quote::Bare))
    }

    /// A pattern without quotes around it: up to the next blank. With escapes, or with what would end it elsewhere, it
    /// counts as quoted, since it must be written so.
    pub(super) fn bare_pattern(&mut self) -> Option<Word> {
        let mut word = self.plain(class::BLANK)?;
        let escaped = word.text.len() < word.span.len() || word.text.ends_with('\\');
        if escaped || word.text.contains(['"', '|']) {
            word.quote = Quote::Double;
        }
        Some(word)
    }

    /// The bare target of an assignment.
    pub(super) fn target(&mut self) -> Option<Word> {
        let mut end = self.at;
        while end < self.end() {
            end = match self.placeholder_end(end) {
                Some(after) => after,
                None if self.is_in(end, class::TARGET) => break,
                None => end + 1,
            };
        }
        (end > self.at).then(|| self.take(end, Quote::Bare))
    }

    /// The bare field of `regex`.
    pub(super) fn matched_field(&mut self) -> Option<Word> {
        let ends = |at: &usize| self.is_in(*at, class::MATCHED) || self.text.as_bytes()[*at..].starts_with(b"!=");
        let end = (self.at..self.end()).find(ends).unwrap_or(self.end());
        (end > self.at).then(|| self.take(end, Quote::Bare))
    }

    /// The name of a dataset; quoted parts are joined, and then it counts as quoted.
    pub(super) fn dataset(&mut self) -> Option<Word> {
        let start = self.at;
        let mut text = String::new();
        let mut quote = Quote::Bare;
        while self.at < self.end() {
            if let Some(part) = self.double() {
                text += &part.text;
                quote = Quote::Double;
                continue;
            }
            let from = self.at;
            while self.at < self.end() && !self.is_in(self.at, class::DATASET) && self.double_end(self.at).is_none() {
                self.at += 1;
            }
            text += self.slice(from, self.at);
            if from == self.at {
                break;
            }
        }
        (self.at > start).then(|| Word { text, quote, span: Span::new(start, self.at) })
    }

    /// What stands in `TERM(...)`.
    pub(super) fn exact_text(&mut self) -> Option<Word> {
        if let Some(word) = self.double() {
            return Some(word);
        }
        let mut end = self.at;
        while let Some(byte) = self.bytes().get(end) {
            match byte {
                b'\\' => end += 2,
                // What a quote hides from the search around it cannot be told without quotes.
                b'(' | b')' | b'"' => break,
                _ => end += 1,
            }
        }
        let end = end.min(self.end());
        (end > self.at).then(|| self.take(end, Quote::Bare))
    }

    /// The argument of an aggregation that is neither a field nor an expression: up to the closing parenthesis.
    pub(super) fn raw_argument(&mut self) -> Option<Word> {
        let mut end = self.at;
        while let Some(byte) = self.bytes().get(end) {
            end = match byte {
                b')' => break,
                b'(' => self.parentheses_end(end)?,
                b'"' => self.double_end(end).unwrap_or(end + 1),
                _ => end + 1,
            };
        }
        (end > self.at).then(|| self.take(end, Quote::Bare))
    }

    // ---- Expressions ---------------------------------------------------------------------------------------------------

    /// The end of a number of an expression.
    pub(super) fn number_end(&self) -> Option<usize> {
        let bytes = self.bytes();
        let digits = |at: usize| at + bytes[at.min(bytes.len())..].iter().take_while(|b| b.is_ascii_digit()).count();
        let mut end = digits(self.at);
        if bytes.get(end) == Some(&b'.') && digits(end + 1) > end + 1 {
            end = digits(end + 1);
        } else if end == self.at {
            return None;
        }
        if matches!(bytes.get(end), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
            let after = digits(end + 1 + sign);
            if after > end + 1 + sign {
                end = after;
            }
        }
        (!self.name_at(end)).then_some(end)
    }

    /// The name of a function, if a parenthesis follows it.
    pub(super) fn function(&mut self) -> Option<Spanned<String>> {
        let start = self.at;
        let end = self.name_end(start)?;
        let called = self.bytes().get(self.after_blanks(end)) == Some(&b'(');
        let name = self.slice(start, end);
        let is_function = called && name.as_bytes()[0].is_ascii_alphabetic() && !is_operator(name);
        is_function.then(|| {
            self.at = end;
            Spanned::new(name.to_lowercase(), Span::new(start, end))
        })
    }

    fn name_end(&self, start: usize) -> Option<usize> {
        let end = start + self.bytes().get(start..)?.iter().take_while(|&&byte| is_name(byte)).count();
        (end > start).then_some(end)
    }

    /// A bare field of an expression, which may hold dots.
    pub(super) fn field(&mut self) -> Option<Word> {
        if let Some(end) = self.name_end(self.at)
            && is_operator(self.slice(self.at, end))
            && !(self.bytes().get(end) == Some(&b'.') && self.field_part(end + 1).is_some())
        {
            return None;
        }
        let mut end = self.field_part(self.at)?;
        while self.bytes().get(end) == Some(&b'.')
            && let Some(after) = self.field_part(end + 1)
        {
            end = after;
        }
        Some(self.take(end, Quote::Bare))
    }

    fn field_part(&self, start: usize) -> Option<usize> {
        let bytes = self.bytes();
        let mut at = start;
        while let Some(&byte) = bytes.get(at) {
            at = match byte {
                b'$' => at + scan::token(&self.text[at..]).unwrap_or(1),
                b'@' => at + 1,
                b':' if self.name_at(at + 1) => at + 2,
                b'{' => {
                    let close = self.name_end(at + 1).unwrap_or(at + 1);
                    if bytes.get(close) != Some(&b'}') {
                        break;
                    }
                    close + 1
                }
                b'<' => match self.placeholder_end(at) {
                    Some(end) => end,
                    None => break,
                },
                _ if is_name(byte) => at + 1,
                _ if byte >= 128 && wide_blank(&bytes[at..]) == 0 => at + 1,
                _ => break,
            };
        }
        (at > start).then_some(at)
    }

    // ---- Keywords ------------------------------------------------------------------------------------------------------

    /// The end of a word in any case at an offset, whatever follows.
    fn letters(&self, at: usize, word: &str) -> Option<usize> {
        let end = at + word.len();
        self.bytes().get(at..end)?.eq_ignore_ascii_case(word.as_bytes()).then_some(end)
    }

    /// A keyword in any case, if a blank, a comma or one of `after` follows; the end of the text does not count.
    pub(super) fn keyword_end(&self, at: usize, word: &str, after: &[u8]) -> Option<usize> {
        let end = self.letters(at, word)?;
        let follows = self.bytes().get(end)?;
        (self.is_gap(end) || after.contains(follows)).then_some(end)
    }

    /// Passes a keyword that a blank, a comma or one of `after` follows.
    pub(super) fn keyword(&mut self, word: &str, after: &[u8]) -> Option<Spanned<String>> {
        let end = self.keyword_end(self.at, word, after)?;
        let span = Span::new(self.at, end);
        self.at = end;
        Some(Spanned::new(word.to_owned(), span))
    }

    /// `as`, whether or not a name follows.
    pub(super) fn is_as(&self) -> bool {
        let goes_on = |end: usize| matches!(self.bytes().get(end), Some(b'(' | b'='));
        let ends = |end: usize| end == self.end() || (self.is_in(end, class::BARE) && !goes_on(end));
        self.letters(self.at, "as").is_some_and(ends)
    }

    /// `by` or `groupby`, as [`Cursor::keyword_end`] finds them.
    pub(super) fn by_end(&self, at: usize, after: &[u8]) -> Option<usize> {
        self.keyword_end(at, "by", after).or_else(|| self.keyword_end(at, "groupby", after))
    }

    /// A word that ends the list of a `by`. With a comma behind it, or nothing, it is a field.
    pub(super) fn stops_list(&self) -> bool {
        let something_at = |at: usize| {
            let mut rest = Cursor { at, ..*self };
            rest.skip();
            rest.peek().is_some_and(|next| next != b',')
        };
        let stops = |word: &&str| self.letters(self.at, word).is_some_and(|end| self.parts(end) && something_at(end));
        CLAUSES.iter().any(stops)
    }

    /// A word that is no name after the `as` of a list that clauses follow.
    pub(super) fn is_clause(&self) -> bool {
        let ends = |end: usize| end == self.end() || self.is_gap(end) || self.bytes()[end] == b'"';
        ["by", "as", "output", "outputnew"].iter().any(|word| self.letters(self.at, word).is_some_and(ends))
    }

    /// A word that ends a list of aggregations.
    pub(super) fn stops_aggregates(&self) -> bool {
        let words = ["by", "groupby", "where", "from", "over", "as"];
        let Some(end) = self.name_end(self.at) else { return false };
        let name = self.slice(self.at, end);
        words.iter().any(|word| name.eq_ignore_ascii_case(word))
    }

    /// A word of eval's operators in any case, that no letter follows.
    pub(super) fn operator_end(&self, at: usize, word: &str) -> Option<usize> {
        self.letters(at, word).filter(|&end| !self.name_at(end))
    }

    /// As [`Cursor::operator_end`], with or without `not` before it.
    pub(super) fn negatable_end(&self, word: &str) -> Option<(usize, bool)> {
        if let Some(end) = self.operator_end(self.at, word) {
            return Some((end, false));
        }
        let not = self.letters(self.at, "not").filter(|&end| self.is_blank(end))?;
        Some((self.operator_end(self.after_blanks(not), word)?, true))
    }

    /// An upper-case operator of search expressions.
    pub(super) fn search_operator(&self, sign: &str) -> Option<usize> {
        let end = self.at + sign.len();
        (self.starts_with(sign) && !self.search_goes_on(end)).then_some(end)
    }

    /// The sign of a comparison.
    pub(super) fn compare_sign(&self) -> Option<usize> {
        let second = self.bytes().get(self.at + 1) == Some(&b'=');
        match self.peek()? {
            b'<' if self.placeholder_end(self.at).is_some() => None,
            b'=' | b'<' | b'>' => Some(self.at + 1 + usize::from(second)),
            b'!' if second => Some(self.at + 2),
            _ => None,
        }
    }

    /// The name of an option with the offset of its `=`.
    pub(super) fn option_name(&self) -> Option<(usize, usize)> {
        let bytes = self.bytes();
        let first = *bytes.get(self.at)?;
        if !(first.is_ascii_alphabetic() || first == b'_') {
            return None;
        }
        let goes_on = |byte: &&u8| is_name(**byte) || matches!(byte, b'-' | b'.');
        let end = self.at + bytes[self.at..].iter().take_while(goes_on).count();
        let mut after = *self;
        after.at = end;
        after.skip();
        (after.peek() == Some(b'=')).then_some((end, after.at))
    }

    /// The name of an aggregation.
    pub(super) fn aggregate_name(&self) -> Option<usize> {
        let bytes = self.bytes();
        if !bytes.get(self.at)?.is_ascii_alphabetic() || self.stops_aggregates() {
            return None;
        }
        let mut end = self.at + 1;
        while let Some(&byte) = bytes.get(end) {
            let digit = bytes.get(end + 1).is_some_and(u8::is_ascii_digit);
            end += match byte {
                _ if is_name(byte) => 1,
                b'.' if digit => 2,
                _ => break,
            };
        }
        Some(end)
    }

    /// The condition of a `where` clause that ends before `by`: the offset of its end. `group_end` knows the ends of
    /// subsearches, whose quotes may hold brackets.
    pub(super) fn where_end(&self, group_end: impl Fn(usize) -> Option<usize>) -> usize {
        let bytes = self.bytes();
        let mut at = self.at;
        let mut depth = 0_usize;
        while at < self.end() {
            let after = self.after_blanks(at);
            // A parenthesis behind it is a mistake of the `by` clause.
            if depth == 0 && self.by_end(after, b"\"(").is_some() {
                return at;
            }
            if after > at {
                at = after;
                continue;
            }
            at = match bytes[at] {
                b'"' => self.double_end(at).unwrap_or(at + 1),
                b'[' => {
                    let known = group_end(at).filter(|end| *end <= self.end());
                    known.or_else(|| self.bracket_end(at)).unwrap_or(at + 1)
                }
                b'(' => {
                    depth += 1;
                    at + 1
                }
                b')' => {
                    depth = depth.saturating_sub(1);
                    at + 1
                }
                b']' | b',' => at + 1,
                _ => self.where_word_end(at),
            };
        }
        self.end()
    }

    /// A comma belongs to the value of a comparison if more follows it, as in [`Cursor::search_value`].
    fn where_word_end(&self, mut at: usize) -> usize {
        let mut in_value = false;
        while let Some(&byte) = self.bytes().get(at) {
            at = match byte {
                b'\\' => at + 2,
                b'(' | b')' | b'[' | b']' | b'"' => break,
                b',' if !(in_value && self.value_goes_on(at + 1)) => break,
                _ if self.is_blank(at) => break,
                _ => {
                    in_value |= matches!(byte, b'=' | b'<' | b'>');
                    at + 1
                }
            };
        }
        at.min(self.end())
    }

    fn value_goes_on(&self, at: usize) -> bool {
        at < self.end() && !self.is_in(at, class::VALUE)
    }

    /// Balanced brackets.
    pub(super) fn bracket_end(&self, at: usize) -> Option<usize> {
        let mut depth = 0_usize;
        let mut end = at;
        loop {
            match self.bytes().get(end)? {
                b'[' => depth += 1,
                b']' => depth -= 1,
                b'\\' => end += 1,
                b'"' => end = self.double_end(end).unwrap_or(end + 1) - 1,
                b'`' => end = self.comment(end).unwrap_or(end + 1) - 1,
                _ => {}
            }
            end += 1;
            if depth == 0 {
                return Some(end);
            }
        }
    }
}

/// The words that begin the clauses of a command with aggregations.
pub(in crate::spl) const CLAUSES: [&str; 5] = ["where", "from", "into", "by", "groupby"];

fn is_operator(name: &str) -> bool {
    ["and", "or", "xor", "not"].iter().any(|word| name.eq_ignore_ascii_case(word))
}
