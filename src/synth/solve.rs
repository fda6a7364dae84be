//! A value that meets all demands on a field.
//!
//! The demands themselves propose values (the text of a pattern, a number beyond a bound, an address of a block), and a
//! proposal counts only if all demands hold for it. `index` asks for another value than the other indexes get.

use super::atom::{Atom, Fold, Through, Token, glob_tokens, like_tokens, opposite, ordered};
use super::pattern::Template;
use crate::expr::{CompareOp, Context, Expr};
use crate::value::address::Block;
use crate::value::{Value, number};
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, Ipv6Addr};

/// The time of events that may be at any time: the start of a day (UTC).
pub(super) const TIME: f64 = 1_700_006_400.0;
/// The most proposals that are looked at.
const MAX_PROPOSALS: usize = 3_000;
const MAX_DEPTH: usize = 11;
/// From this depth on no list is tried where one value could do.
const SINGLE: usize = 3;

pub(super) fn solve(atoms: &[Atom], name: &str, index: usize, context: &Context) -> Option<Value> {
    let all: Vec<&Atom> = atoms.iter().collect();
    of_all(&all, name, index, context, SINGLE).or_else(|| of_all(&all, name, index, context, 0))
}

fn of_all(atoms: &[&Atom], name: &str, index: usize, context: &Context, depth: usize) -> Option<Value> {
    if depth > MAX_DEPTH {
        return None;
    }
    if atoms.iter().any(|atom| matches!(atom, Atom::All(_))) {
        let mut flat: Vec<&Atom> = Vec::new();
        for atom in atoms {
            match atom {
                Atom::All(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        return of_all(&flat, name, index, context, depth + 1);
    }
    // Alternatives first: each in turn, beginning with the one of this index.
    if let Some((at, options)) = atoms.iter().enumerate().find_map(|(at, atom)| match atom {
        Atom::Either(options) => Some((at, options)),
        _ => None,
    }) {
        let rest = || atoms.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, atom)| *atom);
        return (0..options.len()).find_map(|turn| {
            let option = &options[(index + turn) % options.len()];
            let some: Vec<&Atom> = rest().chain([option]).collect();
            // Where every option was used once, the options themselves have to vary.
            of_all(&some, name, if turn == 0 { index / options.len() } else { index }, context, depth + 1)
        });
    }
    let holds = |value: &Value| atoms.iter().all(|atom| atom.holds(value, context));
    if atoms.iter().any(|atom| matches!(atom, Atom::Null)) {
        return holds(&Value::Null).then_some(Value::Null);
    }
    if atoms.iter().any(|atom| place(atom).is_some()) {
        return placed(atoms, name, index, context, depth);
    }
    if let Some(count) = count(atoms) {
        return several(atoms, name, index, context, depth, count);
    }
    let mut hints = Hints::default();
    for atom in atoms {
        hints.add(atom, index, context, depth);
    }
    let found = hints.first(name, index, &holds);
    found
        .or_else(|| holds(&Value::Null).then_some(Value::Null))
        .or_else(|| together(atoms, name, index, context, depth))
}

/// Demands that no single value meets: a value for each, all in one list.
fn together(atoms: &[&Atom], name: &str, index: usize, context: &Context, depth: usize) -> Option<Value> {
    let is_positive = |atom: &&&Atom| matches!(atom, Atom::Glob(_) | Atom::Is(_) | Atom::Regex(_) | Atom::Like(_));
    let positive: Vec<&Atom> = atoms.iter().filter(is_positive).copied().collect();
    if positive.len() < 2 || depth >= SINGLE || name.starts_with('_') {
        return None;
    }
    let rest: Vec<&Atom> = atoms.iter().filter(|atom| !is_positive(atom)).copied().collect();
    let mut values: Vec<Value> = Vec::new();
    for atom in positive {
        if !values.iter().any(|value| atom.holds(value, context)) {
            let some: Vec<&Atom> = rest.iter().copied().chain([atom]).collect();
            values.push(of_all(&some, name, index, context, depth + SINGLE)?);
        }
    }
    let value = Value::list(values);
    atoms.iter().all(|atom| atom.holds(&value, context)).then_some(value)
}

/// The place of the list that a demand is about, and what holds there.
fn place(atom: &Atom) -> Option<(i64, Atom)> {
    match atom {
        Atom::At(place, inner) => Some((*place, (**inner).clone())),
        Atom::Not(inner) => match &**inner {
            Atom::At(place, inner) => Some((*place, (**inner).clone().not())),
            _ => None,
        },
        _ => None,
    }
}

/// A list with the right values at the right places; what is asked of any value stands at a free one.
fn placed(atoms: &[&Atom], name: &str, index: usize, context: &Context, depth: usize) -> Option<Value> {
    let mut places: BTreeMap<i64, Vec<Atom>> = BTreeMap::new();
    for (place, atom) in atoms.iter().filter_map(|atom| place(atom)) {
        places.entry(place).or_default().push(atom);
    }
    let is_free = |atom: &&Atom| place(atom).is_none() && !is_count(atom);
    let rest: Vec<&Atom> = atoms.iter().copied().filter(is_free).collect();
    let all = |value: &Value| atoms.iter().all(|atom| atom.holds(value, context));
    let front = places.keys().next_back().map_or(0, |last| (*last + 1).max(0)) as usize;
    let back = places.keys().next().map_or(0, |first| (-*first).max(0)) as usize;
    let short = front.max(back).min(40);
    (short..short + 3).find_map(|length| {
        let mut values: Vec<Option<Value>> = vec![None; length];
        for (place, wanted) in &places {
            let at = if *place < 0 { i64::try_from(length).unwrap_or(i64::MAX).saturating_add(*place) } else { *place };
            let slot = values.get_mut(usize::try_from(at).ok()?)?;
            let wanted: Vec<&Atom> = wanted.iter().collect();
            *slot = Some(of_all(&wanted, name, index, context, depth + 1)?);
        }
        if let Some(free) = values.iter_mut().find(|value| value.is_none()) {
            *free = of_all(&rest, name, index, context, depth + 1);
        }
        let filler = |(at, value): (usize, Option<Value>)| value.unwrap_or_else(|| Value::text(format!("item{at}")));
        let value = Value::list(values.into_iter().enumerate().map(filler));
        all(&value).then_some(value)
    })
}

/// How many values are asked for, if that is said.
fn count(atoms: &[&Atom]) -> Option<usize> {
    let bounds: Vec<(CompareOp, f64)> = atoms
        .iter()
        .filter_map(|atom| match atom {
            Atom::Count(op, count) => Some((*op, *count)),
            Atom::Not(inner) => match &**inner {
                Atom::Count(op, count) => Some((opposite(*op), *count)),
                _ => None,
            },
            _ => None,
        })
        .collect();
    if bounds.is_empty() {
        return None;
    }
    (1..2_000_usize).find(|&n| bounds.iter().all(|&(op, count)| ordered(op, n as f64, count)))
}

fn several(atoms: &[&Atom], name: &str, index: usize, context: &Context, depth: usize, count: usize) -> Option<Value> {
    let rest: Vec<&Atom> = atoms.iter().copied().filter(|atom| !is_count(atom)).collect();
    let one = |at| of_all(&rest, name, index * count + at, context, depth + 1);
    let values: Option<Vec<Value>> = (0..count).map(one).collect();
    let value = Value::list(values?);
    atoms.iter().all(|atom| atom.holds(&value, context)).then_some(value)
}

fn is_count(atom: &Atom) -> bool {
    match atom {
        Atom::Count(..) => true,
        Atom::Not(inner) => matches!(**inner, Atom::Count(..)),
        _ => false,
    }
}

/// A text that has to stand somewhere in the value.
struct Piece {
    choices: Vec<String>,
    head: bool,
    tail: bool,
}

#[derive(Default)]
struct Hints {
    exact: Vec<Value>,
    pieces: Vec<Piece>,
    /// Numbers at the edges of what is asked for.
    edges: Vec<f64>,
    min_length: usize,
    max_length: Option<usize>,
    blocks: Vec<Block>,
    json: Vec<(String, String)>,
    upper: bool,
}

impl Hints {
    fn add(&mut self, atom: &Atom, index: usize, context: &Context, depth: usize) {
        match atom {
            Atom::Is(value) => self.exact.push(value.clone()),
            Atom::Glob(glob) => match Block::parse(glob) {
                Some(block) => self.blocks.push(block),
                None if glob.contains('*') => self.tokens(&glob_tokens(glob), index),
                None => self.exact.push(Value::text(glob.clone())),
            },
            Atom::Like(like) => self.tokens(&like_tokens(like), index),
            Atom::Regex(regex) => {
                if let Some(template) = Template::read(regex.as_str()) {
                    let none = BTreeMap::new();
                    self.template(&template, index, &none);
                }
            }
            Atom::Extracts(wanted) => self.template(&wanted.template, index, &wanted.groups),
            Atom::Word(word) => {
                let text = word.as_str();
                let text = text.trim_matches('*').replace('*', "x");
                self.pieces.push(Piece { choices: vec![text], head: false, tail: false });
            }
            Atom::Number(op, edge) => self.edges.extend(around(*op, *edge)),
            Atom::Text(_, text) => {
                self.exact.push(Value::text(text.clone()));
                self.exact.push(Value::text(format!("{text}a")));
                self.exact.push("0".into());
            }
            Atom::Length(op, length) => self.length(*op, *length),
            Atom::Inside(block) => self.blocks.push(*block),
            Atom::Folded(fold, inner) => {
                self.upper |= *fold == Fold::Upper;
                self.add(inner, index, context, depth);
            }
            Atom::Json(path, inner) => {
                if let Some(value) = of_all(&[inner], path, index, context, depth + 1) {
                    self.json.push((path.to_string(), value.to_text().into_owned()));
                }
            }
            Atom::Through(through) => self.through(through, &through.atom, index, context, depth),
            Atom::Not(inner) => match &**inner {
                // All values are so.
                Atom::Differs(inner) => self.add(inner, index, context, depth),
                Atom::Number(op, edge) => self.edges.extend(around(opposite(*op), *edge)),
                Atom::Length(op, length) => self.length(opposite(*op), *length),
                Atom::Through(through) => self.through(through, &through.atom.clone().not(), index, context, depth),
                _ => {}
            },
            // Within another demand; outside they were taken apart before.
            Atom::All(atoms) => atoms.iter().for_each(|atom| self.add(atom, index, context, depth)),
            Atom::Either(options) => {
                if let Some(option) = options.get(index % options.len().max(1)) {
                    self.add(option, index, context, depth);
                }
            }
            Atom::Any | Atom::Null | Atom::Differs(_) | Atom::Count(..) | Atom::At(..) => {}
        }
    }

    /// The inner value itself, with text around it, and what is near it as a number.
    fn through(&mut self, through: &Through, atom: &Atom, index: usize, context: &Context, depth: usize) {
        let mut literals = Vec::new();
        texts_in(&through.expr, &mut literals);
        let Some(value) = of_all(&[atom], "x", index, context, depth + 1) else { return };
        let text = value.to_text().into_owned();
        for literal in literals.iter().take(6) {
            self.exact.push(Value::text(literal.clone()));
            self.exact.push(Value::text(format!("x{literal}{text}")));
            self.exact.push(Value::text(format!("{text}{literal}x")));
            let size = number::parse(&text).map_or(1, |size| size.clamp(0.0, 200.0) as usize);
            for count in [2, 3, size, size + 1, size + 2] {
                self.exact.push(Value::text(format!("x{}", format!("{literal}x").repeat(count))));
            }
            if value.values().len() > 1 {
                let parts: Vec<_> = value.values().iter().map(Value::to_text).collect();
                self.exact.push(Value::text(parts.join(literal)));
            }
            if let Some(template) = Template::read(literal) {
                self.exact.extend((0..4).map(|variant| Value::text(template.text(variant, &BTreeMap::new()))));
            }
        }
        let mut all = literals.iter().take(12).cloned().collect::<Vec<_>>().join(" ");
        all.push(' ');
        self.exact.push(Value::text(all));
        if let Some(size) = number::parse(&text) {
            self.edges.extend([size, size + 1.0, -size, size * 2.0, size * 100.0, size / 2.0, 0.0, 1.0, 100.0]);
            self.edges.extend([
                TIME - size,
                TIME + size,
                context.now - size,
                context.now - 2.0 * size - 60.0,
                context.now + size,
            ]);
            self.edges.extend([size * size, size * 1024.0, size * 1024.0 * 1024.0, size.abs().sqrt()]);
            let long = "a".repeat((size.abs() as usize).min(5_000) + 1);
            self.exact.push(Value::text(long));
        }
        for pattern in [
            "{}", "x{}", "{}x", "x {} x", "a\\{}", "{}\\a", "a.{}", "{}.a", "{}@a.b", "a={}", "a:{}", "a,{}", "{},a",
            "a/{}", "{}/a", "a-{}", "{}-a", "\"{}\"", "a|{}", "a;{};b", "{}/32",
        ] {
            self.exact.push(Value::text(pattern.replace("{}", &text)));
        }
        if value.values().len() > 1 {
            let joined: Vec<_> = value.values().iter().map(Value::to_text).collect();
            for separator in [",", " ", ";", "|", "\n", ".", "/", "\\", "-", ":"] {
                self.exact.push(Value::text(joined.join(separator)));
            }
            self.exact.push(value);
        }
    }

    fn length(&mut self, op: CompareOp, length: f64) {
        let length = length.clamp(0.0, 1e6) as usize;
        match op {
            CompareOp::Gt | CompareOp::Ne => self.min_length = self.min_length.max(length + 1),
            CompareOp::Ge => self.min_length = self.min_length.max(length),
            CompareOp::Eq => {
                self.min_length = self.min_length.max(length);
                self.max_length = Some(length);
            }
            CompareOp::Lt => self.max_length = Some(length.saturating_sub(1)),
            CompareOp::Le => self.max_length = Some(length),
        }
    }

    fn tokens(&mut self, tokens: &[Token], index: usize) {
        let head = tokens.first().is_none_or(|token| *token != Token::Many);
        let tail = tokens.last().is_none_or(|token| *token != Token::Many);
        let mut choices = Vec::new();
        for filler in fillers(index) {
            let mut text = String::new();
            for token in tokens {
                match token {
                    Token::Char(c) => text.push(*c),
                    Token::One => text.push('x'),
                    Token::Many => text.push_str(&filler),
                }
            }
            choices.push(text);
        }
        choices.dedup();
        self.pieces.push(Piece { choices, head, tail });
    }

    fn template(&mut self, template: &Template, index: usize, groups: &BTreeMap<String, String>) {
        let mut choices: Vec<String> = (0..10).map(|variant| template.text(index * 11 + variant, groups)).collect();
        choices.extend((0..6).map(|variant| template.text(index * 3 + variant, groups)));
        choices.dedup();
        self.pieces.push(Piece { choices, head: template.from_start, tail: template.to_end });
    }

    /// The first proposal for which all demands hold.
    fn first(mut self, name: &str, index: usize, holds: &dyn Fn(&Value) -> bool) -> Option<Value> {
        let resized = self.min_length > 0 || self.max_length.is_some();
        let mut left = MAX_PROPOSALS;
        let mut tried: Vec<String> = Vec::new();
        let mut attempt = |value: Value| -> Option<Value> {
            left = left.checked_sub(1)?;
            if holds(&value) {
                return Some(value);
            }
            if self.upper {
                let raised = Value::text(value.to_text().to_uppercase());
                if holds(&raised) {
                    return Some(raised);
                }
            }
            if resized && tried.len() < 40 {
                tried.push(value.to_text().into_owned());
            }
            None
        };
        for value in std::mem::take(&mut self.exact) {
            if let Some(found) = attempt(value) {
                return Some(found);
            }
        }
        if !self.json.is_empty() {
            let mut json = serde_json::Value::Null;
            for (path, text) in &self.json {
                super::json::put(&mut json, path, text);
            }
            if let Some(found) = attempt(Value::text(json.to_string())) {
                return Some(found);
            }
        }
        for block in &self.blocks {
            for step in [0, 1, 2, 7, 100] {
                if let Some(found) = attempt(Value::text(address(*block, index + step))) {
                    return Some(found);
                }
            }
        }
        self.edges.dedup();
        for &edge in &self.edges {
            for number in [edge + index as f64, edge - index as f64, edge] {
                if let Some(found) = attempt(Value::Number(number)) {
                    return Some(found);
                }
            }
        }
        if self.pieces.is_empty() {
            for turn in 0..USUAL {
                if let Some(found) = attempt(usual(name, index, turn)) {
                    return Some(found);
                }
            }
        } else if let Some(found) = self.texts(index, &mut |text| attempt(Value::text(text))) {
            return Some(found);
        }
        let sized = tried.iter().flat_map(|text| self.sized(text));
        sized.into_iter().find(|value| holds(value))
    }

    /// The text at other lengths.
    fn sized(&self, text: &str) -> Vec<Value> {
        let length = text.chars().count();
        let lacking = self.min_length.saturating_sub(length);
        let mut found = Vec::new();
        if lacking > 0 {
            found.push(format!("{text}{}", "a".repeat(lacking)));
            found.push(format!("{}{text}", "a".repeat(lacking)));
            found.push(format!("{text}{}", " x".repeat(lacking.div_ceil(2))));
        }
        if let Some(most) = self.max_length {
            found.push(text.chars().take(most).collect());
            found.push("a".repeat(most));
            found.push("a".repeat(self.min_length.min(most)));
        }
        found.into_iter().map(Value::text).collect()
    }

    /// Texts that hold all pieces, until one is taken.
    fn texts(&self, index: usize, take: &mut dyn FnMut(String) -> Option<Value>) -> Option<Value> {
        let rounds = self.pieces.iter().map(|piece| piece.choices.len()).max().unwrap_or(0).min(16);
        if self.pieces.len() > 1 {
            // One piece may do for all: the longest first.
            let mut alone: Vec<&String> = self.pieces.iter().flat_map(|piece| piece.choices.iter().take(3)).collect();
            alone.sort_by_key(|text| std::cmp::Reverse(text.len()));
            for text in alone {
                if let Some(found) = take(text.clone()) {
                    return Some(found);
                }
            }
        }
        let choice = |at: usize, round: usize| -> &str {
            let choices = &self.pieces[at].choices;
            choices.get(round % choices.len().max(1)).map_or("", String::as_str)
        };
        let count = self.pieces.len();
        let open = !self.pieces.iter().any(|piece| piece.tail);
        for round in 0..rounds {
            for separator in if count == 1 { &SEPARATORS[..1] } else { &SEPARATORS[..] } {
                for turn in 0..count.min(6) {
                    let mut order: Vec<usize> = (0..count).map(|at| (at + turn) % count).collect();
                    // What is tied to an end goes there; a second one of its kind stands inside, where it may hold too.
                    order.sort_by_key(|&at| (!self.pieces[at].head, self.pieces[at].tail));
                    let parts: Vec<&str> = order.iter().map(|&at| choice(at, round)).collect();
                    let text = parts.join(separator);
                    if index > 0
                        && open
                        && let Some(found) = take(format!("{text} v{index}"))
                    {
                        return Some(found);
                    }
                    if let Some(found) = take(text) {
                        return Some(found);
                    }
                }
            }
        }
        None
    }
}

/// What stands between texts that must all be in a value.
const SEPARATORS: [&str; 8] = [" ", "", "\\", "/", ".", ",", "\"", " a "];

/// The texts that stand in an expression.
fn texts_in(expr: &Expr, found: &mut Vec<String>) {
    match expr {
        Expr::Literal(Value::Text(text)) if !text.is_empty() => found.push(text.to_string()),
        Expr::Literal(_) | Expr::Field { .. } | Expr::Matches(_) => {}
        Expr::Unary(_, operand) => texts_in(operand, found),
        Expr::Binary(_, left, right) => {
            texts_in(left, found);
            texts_in(right, found);
        }
        Expr::In(left, items) => {
            texts_in(left, found);
            for item in items {
                texts_in(item, found);
            }
        }
        Expr::Call { args, .. } => args.iter().for_each(|arg| texts_in(arg, found)),
    }
}

/// What stands for a `*`.
fn fillers(index: usize) -> Vec<String> {
    if index > 0 {
        return vec![
            format!("{index}"),
            format!("x{index}"),
            format!("v{index}-"),
            format!(" {index} "),
            format!("\\{index}"),
        ];
    }
    ["", "x", "1", " ", "C:\\x", "a.b", "\\a", "/a", "-", "zq"].map(str::to_owned).to_vec()
}

/// Numbers that satisfy a comparison, the nearest first.
fn around(op: CompareOp, edge: f64) -> Vec<f64> {
    let above = if edge.fract() == 0.0 { edge + 1.0 } else { edge.ceil() };
    let below = if edge.fract() == 0.0 { edge - 1.0 } else { edge.floor() };
    match op {
        CompareOp::Eq => vec![edge],
        CompareOp::Ne => vec![above, below],
        CompareOp::Gt => vec![above, edge + 0.1, edge + edge.abs()],
        CompareOp::Ge => vec![edge, above],
        CompareOp::Lt => vec![below, edge - 0.1, edge / 2.0, edge - edge.abs() - 1.0],
        CompareOp::Le => vec![edge, below],
    }
}

fn address(block: Block, index: usize) -> String {
    let step = index as u32 + 1;
    match block {
        Block::V4(first, mask) => {
            let inside = if mask == u32::MAX { 0 } else { step % (!mask).max(1) };
            Ipv4Addr::from(first.wrapping_add(inside)).to_string()
        }
        Block::V6(first, mask) => {
            let inside = if mask == u128::MAX { 0 } else { u128::from(step) };
            Ipv6Addr::from(first.wrapping_add(inside)).to_string()
        }
    }
}

/// How many values [`usual`] has.
const USUAL: usize = 18;

/// Values that a field of this name usually has, one per turn.
fn usual(name: &str, index: usize, turn: usize) -> Value {
    let n = index + 1;
    let odd = ["z", "Zq7", "", "192.0.2.77", "203.0.113.9", "2001:db8::7", "true", "C:\\q\\q.q", "/q/q", "q q"];
    match turn {
        0 => likely(name, index),
        1 | 2 => Value::text(format!("{}{}", likely(name, index).to_text(), ["b", "-q"][turn - 1])),
        3..=6 => Value::Number([n as f64, 0.0, -1.0, 100.0 + n as f64][turn - 3]),
        _ => odd.get(turn - 7).map_or(Value::Null, |text| Value::from(*text)),
    }
}

fn likely(name: &str, index: usize) -> Value {
    let short = name.rsplit(['.', '}']).find(|part| !part.is_empty()).unwrap_or(name);
    let lower = short.to_lowercase();
    let n = index + 1;
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    if matches!(name, "_time" | "_indextime") || matches!(lower.as_str(), "firsttime" | "lasttime") {
        return Value::Number(TIME + 60.0 * index as f64);
    }
    let address = format!("192.0.2.{}", n % 250 + 1);
    let first = if has(&["ip_address", "ipaddr", "clientip"])
        || lower == "ip"
        || lower.ends_with("_ip")
        || lower == "src"
    {
        address
    } else if has(&["registry_path", "targetobject"]) {
        format!("HKLM\\Software\\Sample{n}")
    } else if has(&["file_path", "process_path", "targetfilename"]) {
        format!("C:\\Data\\sample{n}.dat")
    } else if has(&["file_name"]) {
        format!("sample{n}.dat")
    } else if has(&["process_name", "image", "original_file"]) {
        format!("sample{n}.exe")
    } else if has(&["process_id", "_pid", "port", "count", "bytes", "size", "duration", "eventcode", "eventid", "num"])
    {
        format!("{}", 1000 + n)
    } else if has(&["url"]) {
        format!("http://sample{n}.example/")
    } else if has(&["user", "account"]) {
        format!("user{n}")
    } else if has(&["dest", "host", "computer", "dvc"]) {
        format!("host{n}")
    } else if has(&["query", "domain"]) {
        format!("sample{n}.example")
    } else {
        format!("{short}{n}")
    };
    Value::text(first)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::value::regex::Regex;
    use std::sync::Arc;

    fn context() -> Context {
        Context::at(TIME + 1800.0)
    }

    #[test]
    fn demands_give_values() {
        let regex = |text: &str| Atom::Regex(Arc::new(Regex::new(text).unwrap()));
        let glob = |text: &str| Atom::Glob(text.into());
        let sets: Vec<Vec<Atom>> = vec![
            vec![glob("*\\temp\\*"), glob("*.exe"), glob("*\\a.exe").not()],
            vec![glob("cmd*"), regex(r"\d{4}$"), Atom::Length(CompareOp::Gt, 40.0)],
            vec![glob("10.0.0.0/8"), glob("10.0.0.1").not()],
            vec![Atom::Number(CompareOp::Gt, 5.0), Atom::Number(CompareOp::Lt, 7.0)],
            vec![Atom::Either(vec![glob("a"), glob("b*")]), glob("a").not()],
            vec![Atom::Like("%\\_x%".into()), regex("(?i)Y")],
            vec![Atom::Count(CompareOp::Ge, 3.0), Atom::Any],
            vec![Atom::Json("a.b{}.c".into(), Box::new(glob("x*"))), Atom::Json("d".into(), Box::new(Atom::Any))],
            vec![Atom::Folded(Fold::Lower, Box::new(Atom::Is("abc".into())))],
        ];
        for atoms in sets {
            let value = solve(&atoms, "f", 0, &context());
            let value = value.unwrap_or_else(|| panic!("{atoms:?}"));
            assert!(atoms.iter().all(|atom| atom.holds(&value, &context())), "{atoms:?} {value:?}");
        }
        assert_eq!(solve(&[glob("a"), glob("a").not()], "f", 0, &context()), None);
        assert_eq!(solve(&[Atom::Null, Atom::Any], "f", 0, &context()), None);
    }

    #[test]
    fn indexes_give_other_values() {
        for atoms in [vec![], vec![Atom::Glob("*.exe".into())], vec![Atom::Number(CompareOp::Gt, 3.0)]] {
            let values: std::collections::BTreeSet<String> =
                (0..5).map(|index| solve(&atoms, "user", index, &context()).unwrap().to_text().into_owned()).collect();
            assert_eq!(values.len(), 5, "{atoms:?}");
        }
    }
}
