//! Puts calls in the place of operators and literals that mean something else in Python than in the template engine.
//!
//! `a ~ b`, `a + b`, `a * b`, `a % b`, slices, list and dict literals become calls of `__cat`, `__add`, ...: markup is
//! then kept and escaped, lists can be changed, texts formatted. Everything else stays as it is; so does a tag that
//! this reader does not understand, for the engine to say what is wrong with it. Lines keep their numbers.

use super::variadic;
use std::fmt::Write as _;

/// Deepest nesting that is read.
const DEEPEST: usize = 60;

/// The template with its expressions rewritten.
pub(super) fn rewrite(source: &str) -> String {
    let source = source.replace("\r\n", "\n").replace('\r', "\n");
    let mut out = String::with_capacity(source.len() + source.len() / 8);
    let mut rest = source.as_str();
    // For each macro that is open, what to put after its end.
    let mut macros: Vec<Option<String>> = Vec::new();
    while let Some(at) = rest.find('{') {
        let (text, tail) = rest.split_at(at);
        out.push_str(text);
        let end = match tail.as_bytes().get(1) {
            Some(b'#') => tail.find("#}").map(|end| end + 2),
            Some(b'%' | b'{') => tag_end(tail),
            _ => Some(1),
        };
        let Some(end) = end else {
            out.push_str(tail);
            return out;
        };
        let (tag, after) = tail.split_at(end);
        rest = after;
        if tag.len() < 4 {
            out.push_str(tag);
        } else if tag_name(tag) == Some("raw") {
            let end = raw_end(rest);
            out.push_str(tag);
            out.push_str(&rest[..end]);
            rest = &rest[end..];
        } else if tag_name(tag) == Some("macro") {
            let tag = rewrite_tag(tag).unwrap_or_else(|| tag.to_owned());
            let declared = variadic::declare(&tag, rest);
            out.push_str(declared.as_ref().map_or(&tag, |declared| &declared.tag));
            macros.push(declared.map(|declared| declared.after));
        } else if tag_name(tag) == Some("endmacro") {
            out.push_str(tag);
            if let Some(after) = macros.pop().flatten() {
                // White space is trimmed after this tag instead.
                let sign = if tag.ends_with("-%}") { "-" } else { "" };
                let _ = write!(out, "{{% {after} {sign}%}}");
            }
        } else {
            out.push_str(&rewrite_tag(tag).unwrap_or_else(|| tag.to_owned()));
        }
    }
    out.push_str(rest);
    out
}

/// The length of the tag that a text begins with.
fn tag_end(text: &str) -> Option<usize> {
    let closer = if text.starts_with("{{") { "}}" } else { "%}" };
    let (mut at, mut depth) = (2, 0_usize);
    let bytes = text.as_bytes();
    while at < bytes.len() {
        if depth == 0 && text.as_bytes()[at..].starts_with(closer.as_bytes()) {
            return Some(at + 2);
        }
        match bytes[at] {
            quote @ (b'"' | b'\'') => {
                at += 1;
                while at < bytes.len() && bytes[at] != quote {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
            }
            b'{' | b'(' | b'[' => depth += 1,
            b'}' | b')' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        at += 1;
    }
    None
}

/// Where the `endraw` tag after a `raw` tag begins.
fn raw_end(text: &str) -> usize {
    let mut from = 0;
    while let Some(at) = text[from..].find("{%") {
        let start = from + at;
        if tag_name(&text[start..]) == Some("endraw") {
            return start;
        }
        from = start + 2;
    }
    text.len()
}

/// The first word of a statement.
pub(super) fn tag_name(tag: &str) -> Option<&str> {
    let inner = tag.strip_prefix("{%")?;
    let inner = inner.trim_start_matches(['-', '+']).trim_start();
    let end = inner.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(inner.len());
    Some(&inner[..end])
}

fn rewrite_tag(tag: &str) -> Option<String> {
    // What none of the rewritten operators or literals is in needs no reading.
    if !tag[2..tag.len() - 2].contains(['~', '+', '*', '%', '[', '{', ',', '\\', ':']) {
        return None;
    }
    let name = tag_name(tag).unwrap_or_default();
    if tag.starts_with("{%")
        && !matches!(name, "set" | "if" | "elif" | "for" | "call" | "filter" | "macro" | "with" | "do")
    {
        return None;
    }
    let opening = 2 + usize::from(tag[2..].starts_with(['-', '+']));
    let closing = tag.len() - 2 - usize::from(tag[..tag.len() - 2].ends_with(['-', '+']));
    let inner = tag.get(opening..closing)?;
    let mut reader = Reader { tokens: tokens(inner)?, at: 0, depth: 0 };
    let body = if tag.starts_with("{{") { reader.tuple()? } else { reader.statement(name)? };
    let trailing = &inner[inner.trim_end().len()..];
    (reader.at == reader.tokens.len()).then(|| format!("{}{body}{trailing}{}", &tag[..opening], &tag[closing..]))
}

/// A word, number, text or sign, with the white space before it.
#[derive(Clone, Copy)]
struct Token<'a> {
    space: &'a str,
    text: &'a str,
}

fn tokens(inner: &str) -> Option<Vec<Token<'_>>> {
    let mut tokens = Vec::new();
    let mut rest = inner;
    loop {
        let trimmed = rest.trim_start();
        if trimmed.is_empty() {
            return Some(tokens);
        }
        let (space, tail) = rest.split_at(rest.len() - trimmed.len());
        let first = tail.chars().next()?;
        let len = if first == '"' || first == '\'' {
            string_end(tail, first)?
        } else if first.is_ascii_digit() {
            number_end(tail)
        } else if first.is_alphanumeric() || first == '_' {
            tail.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(tail.len())
        } else if ["**", "//", "==", "!=", "<=", ">="].iter().any(|sign| tail.starts_with(sign)) {
            2
        } else {
            first.len_utf8()
        };
        let (text, after) = tail.split_at(len);
        tokens.push(Token { space, text });
        rest = after;
    }
}

fn string_end(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return Some(at + 1),
            _ => {}
        }
    }
    None
}

fn number_end(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
        let inside = match bytes[at] {
            b'.' => digit(at + 1) && !text[..at].contains('.'),
            b'+' | b'-' => matches!(bytes[at - 1], b'e' | b'E') && !text.starts_with("0x") && digit(at + 1),
            c => c.is_ascii_alphanumeric() || c == b'_',
        };
        if !inside {
            break;
        }
        at += 1;
    }
    at
}

/// Reads expressions by Jinja2's grammar and writes them anew. `None` where the grammar is not met.
struct Reader<'a> {
    tokens: Vec<Token<'a>>,
    at: usize,
    depth: usize,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> &'a str {
        self.tokens.get(self.at).map_or("", |token| token.text)
    }

    /// The next token with its white space.
    fn take(&mut self) -> Option<String> {
        let token = *self.tokens.get(self.at)?;
        self.at += 1;
        Some(format!("{}{}", token.space, token.text))
    }

    fn take_if(&mut self, wanted: &str) -> Option<String> {
        (self.peek() == wanted).then(|| self.take()).flatten()
    }

    fn statement(&mut self, name: &str) -> Option<String> {
        let mut out = self.take()?;
        match name {
            "if" | "elif" | "do" => out += &self.tuple()?,
            "for" => {
                while self.peek() != "in" {
                    out += &self.take()?;
                }
                out += &self.take()?;
                out += &self.items(Self::or)?;
                if let Some(word) = self.take_if("if") {
                    out += &word;
                    out += &self.condition()?;
                }
                out += &self.take_if("recursive").unwrap_or_default();
            }
            "call" => {
                if self.peek() == "(" {
                    out += &self.primary()?;
                }
                out += &self.condition()?;
            }
            "set" => {
                while self.at < self.tokens.len() && self.peek() != "=" {
                    out += &self.take()?;
                }
                if let Some(sign) = self.take_if("=") {
                    out += &sign;
                    out += &self.tuple()?;
                }
            }
            "filter" => {
                out += &self.take()?;
                out += &self.postfix(String::new())?;
                out += &self.filters(String::new())?;
            }
            _ => {
                while self.at < self.tokens.len() {
                    let token = self.take()?;
                    out += &token;
                    if token.trim_start() == "=" {
                        out += &self.condition()?;
                    }
                }
            }
        }
        Some(out)
    }

    /// One expression, or several with commas between them, which are a tuple.
    fn tuple(&mut self) -> Option<String> {
        self.items(Self::condition)
    }

    fn items(&mut self, one: fn(&mut Self) -> Option<String>) -> Option<String> {
        let first = one(self)?;
        if self.peek() != "," {
            return Some(first);
        }
        let mut out = format!(" ({first}");
        while let Some(comma) = self.take_if(",") {
            out += &comma;
            if self.at < self.tokens.len() && self.peek() != "if" {
                out += &one(self)?;
            }
        }
        Some(out + ")")
    }

    fn condition(&mut self) -> Option<String> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        let mut out = self.or()?;
        while let Some(word) = self.take_if("if") {
            out += &word;
            out += &self.or()?;
            if let Some(word) = self.take_if("else") {
                out += &word;
                out += &self.condition()?;
            }
        }
        self.depth -= 1;
        Some(out)
    }

    fn or(&mut self) -> Option<String> {
        self.chain(&["or"], Self::and)
    }

    fn and(&mut self) -> Option<String> {
        self.chain(&["and"], Self::not)
    }

    fn not(&mut self) -> Option<String> {
        if self.peek() != "not" {
            return self.compare();
        }
        self.depth += 1;
        let word = self.take()?;
        let operand = if self.depth > DEEPEST { None } else { self.not() };
        self.depth -= 1;
        Some(word + &operand?)
    }

    fn compare(&mut self) -> Option<String> {
        let mut out = self.sum()?;
        loop {
            let negated = self.peek() == "not" && self.tokens.get(self.at + 1).is_some_and(|next| next.text == "in");
            if negated {
                out += &self.take()?;
            } else if !["==", "!=", "<", "<=", ">", ">=", "in"].contains(&self.peek()) {
                return Some(out);
            }
            out += &self.take()?;
            out += &self.sum()?;
        }
    }

    fn chain(&mut self, words: &[&str], operand: fn(&mut Self) -> Option<String>) -> Option<String> {
        let mut out = operand(self)?;
        while words.contains(&self.peek()) {
            out += &self.take()?;
            out += &operand(self)?;
        }
        Some(out)
    }

    fn sum(&mut self) -> Option<String> {
        let mut out = self.concat()?;
        loop {
            match self.peek() {
                "+" => {
                    self.at += 1;
                    out = call("__add", &out, &self.concat()?);
                }
                "-" => {
                    out += &self.take()?;
                    out += &self.concat()?;
                }
                _ => return Some(out),
            }
        }
    }

    fn concat(&mut self) -> Option<String> {
        let mut out = self.product()?;
        if self.peek() != "~" {
            return Some(out);
        }
        while self.peek() == "~" {
            self.at += 1;
            out += ",";
            out += &self.product()?;
        }
        Some(format!(" __cat({out})"))
    }

    fn product(&mut self) -> Option<String> {
        let mut out = self.power()?;
        loop {
            match self.peek() {
                "*" => {
                    self.at += 1;
                    out = call("__mul", &out, &self.power()?);
                }
                "%" => {
                    self.at += 1;
                    out = call("__rem", &out, &self.power()?);
                }
                "/" | "//" => {
                    out += &self.take()?;
                    out += &self.power()?;
                }
                _ => return Some(out),
            }
        }
    }

    fn power(&mut self) -> Option<String> {
        let mut out = self.unary(true)?;
        while let Some(sign) = self.take_if("**") {
            out = format!(" ({out}{sign}{})", self.unary(true)?);
        }
        Some(out)
    }

    fn unary(&mut self, with_filters: bool) -> Option<String> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        let node = match self.peek() {
            "-" => {
                self.at += 1;
                format!(" (-{})", self.unary(false)?)
            }
            "+" => {
                self.at += 1;
                self.unary(false)?
            }
            _ => self.primary()?,
        };
        self.depth -= 1;
        let node = self.postfix(node)?;
        if with_filters { self.filters(node) } else { Some(node) }
    }

    fn primary(&mut self) -> Option<String> {
        let token = *self.tokens.get(self.at)?;
        let first = token.text.chars().next()?;
        match first {
            '"' | '\'' => {
                let mut text = String::new();
                while self.peek().starts_with(['"', '\'']) {
                    unquote(self.peek(), &mut text);
                    self.at += 1;
                }
                Some(format!("{}{}", token.space, quoted(&text)))
            }
            '(' => {
                let mut out = self.take()?;
                while self.peek() != ")" {
                    out += &self.condition()?;
                    match self.take_if(",") {
                        Some(comma) => out += &comma,
                        None => break,
                    }
                }
                Some(out + &self.take_if(")")?)
            }
            '[' => {
                let mut out = self.take()?;
                while self.peek() != "]" {
                    out += &self.condition()?;
                    match self.take_if(",") {
                        Some(comma) => out += &comma,
                        None => break,
                    }
                }
                Some(format!(" __list({out}{})", self.take_if("]")?))
            }
            '{' => {
                let mut out = self.take()?;
                while self.peek() != "}" {
                    out += &self.condition()?;
                    out += &self.take_if(":")?;
                    out += &self.condition()?;
                    match self.take_if(",") {
                        Some(comma) => out += &comma,
                        None => break,
                    }
                }
                Some(format!(" __dict({out}{})", self.take_if("}")?))
            }
            c if c.is_alphanumeric() || c == '_' => {
                let keyword = ["and", "or", "not", "in", "is", "if", "else", "recursive"].contains(&token.text);
                if keyword { None } else { self.take() }
            }
            _ => None,
        }
    }

    fn postfix(&mut self, mut node: String) -> Option<String> {
        loop {
            match self.peek() {
                "." => {
                    node += &self.take()?;
                    node += &self.take()?;
                }
                "(" => node += &self.arguments()?,
                "[" => node = self.subscript(&node)?,
                _ => return Some(node),
            }
        }
    }

    fn subscript(&mut self, node: &str) -> Option<String> {
        let open = self.take()?;
        let mut parts = vec![String::new()];
        while self.peek() != "]" {
            if self.peek() == ":" {
                self.at += 1;
                parts.push(String::new());
            } else {
                parts.last_mut()?.push_str(&self.tuple()?);
            }
        }
        let close = self.take()?;
        if let [index] = parts.as_slice() {
            return Some(format!("{node}{open}{index}{close}"));
        }
        let bounds = parts.iter().map(|part| if part.is_empty() { "none" } else { part.as_str() });
        Some(format!(" __slice({node}, {})", bounds.collect::<Vec<_>>().join(", ")))
    }

    fn arguments(&mut self) -> Option<String> {
        let mut out = self.take_if("(")?;
        while self.peek() != ")" {
            while self.peek().starts_with('*') {
                out += &self.take()?;
            }
            if self.tokens.get(self.at + 1).is_some_and(|next| next.text == "=") {
                out += &self.take()?;
                out += &self.take()?;
            }
            out += &self.condition()?;
            match self.take_if(",") {
                Some(comma) => out += &comma,
                None => break,
            }
        }
        Some(out + &self.take_if(")")?)
    }

    fn filters(&mut self, mut node: String) -> Option<String> {
        loop {
            match self.peek() {
                "|" => {
                    node += &self.take()?;
                    node += &self.take()?;
                    while self.peek() == "." {
                        node += &self.take()?;
                        node += &self.take()?;
                    }
                    if self.peek() == "(" {
                        node += &self.arguments()?;
                    }
                }
                "is" => node = self.test(node)?,
                "(" => node += &self.arguments()?,
                _ => return Some(node),
            }
        }
    }

    /// `is divisibleby 3` is written with the argument in brackets, and `is sequence` stays.
    fn test(&mut self, mut node: String) -> Option<String> {
        node += &self.take()?;
        if let Some(word) = self.take_if("not") {
            node += &word;
        }
        node += &self.take()?;
        if self.peek() == "(" {
            return Some(node + &self.arguments()?);
        }
        let next = self.peek();
        let word = next.starts_with(|c: char| c.is_alphanumeric() || "_\"'[{".contains(c));
        if word && !["else", "or", "and", "if", "is", "in", "not", "recursive"].contains(&next) {
            let argument = self.primary()?;
            let argument = self.postfix(argument)?;
            let _ = write!(node, "({argument})");
        }
        Some(node)
    }
}

fn call(name: &str, left: &str, right: &str) -> String {
    format!(" {name}({left},{right})")
}

/// The text of a literal, with Python's escapes resolved.
fn unquote(literal: &str, out: &mut String) {
    let inner = literal.get(1..literal.len().saturating_sub(1)).unwrap_or_default();
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        let Some(escape) = chars.next() else { break };
        let digits = match escape {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            _ => 0,
        };
        let code = || u32::from_str_radix(chars.as_str().get(..digits)?, 16).ok().and_then(char::from_u32);
        match escape {
            '\n' => {}
            'n' => out.push('\n'),
            't' => out.push('\t'),
            'r' => out.push('\r'),
            'a' => out.push('\u{7}'),
            'b' => out.push('\u{8}'),
            'f' => out.push('\u{c}'),
            'v' => out.push('\u{b}'),
            '\\' | '\'' | '"' => out.push(escape),
            'x' | 'u' | 'U' if code().is_some() => {
                out.extend(code());
                chars = chars.as_str()[digits..].chars();
            }
            '0'..='7' => {
                let mut value = escape.to_digit(8).unwrap_or(0);
                while let Some(digit) = chars.as_str().chars().next().and_then(|c| c.to_digit(8)).filter(|_| value < 64)
                {
                    value = value * 8 + digit;
                    chars.next();
                }
                out.extend(char::from_u32(value));
            }
            other => {
                out.push('\\');
                out.push(other);
            }
        }
    }
}

/// A literal of the template engine.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operators_become_calls() {
        for (template, wanted) in [
            ("a {{ x }} {% if y %}b{% endif %}", "a {{ x }} {% if y %}b{% endif %}"),
            ("{{ a ~ b|upper ~ 'c' }}", "{{ __cat( a, b|upper, \"c\") }}"),
            ("{{ a + b - c }}", "{{ __add( a, b) - c }}"),
            ("{{- x[1:] -}}", "{{- __slice( x, 1, none) -}}"),
            ("{% for a, b in [1] if a %}", "{% for a, b in __list( [1]) if a %}"),
            ("{% raw %}{{ a + b }}{% endraw %}{{ 'a\\'b' }}", "{% raw %}{{ a + b }}{% endraw %}{{ \"a'b\" }}"),
            ("{{ a + }} {{ a ~", "{{ a + }} {{ a ~"),
            ("{ a }{{}}{%%}{", "{ a }{{}}{%%}{"),
            (
                "{% macro f(a, b=(1, 2)) %}{{ varargs }}{% endmacro -%} x",
                "{% macro f(a, b=(1, 2), varargs=none, kwargs=none) %}{{ varargs }}{% endmacro -%}\
                 {% set f = __variadic(f, [\"a\", \"b\"], true, false) -%} x",
            ),
            ("{{ 9 is divisibleby 3 + 1 }}", "{{ __add( 9 is divisibleby( 3), 1) }}"),
        ] {
            assert_eq!(rewrite(template), wanted, "{template}");
        }
    }
}
