//! What all conditions ask of one field, and the classes of its values.

use crate::expr::predicate::Keyword;
use crate::expr::{CompareOp, Predicate};
use crate::value::pattern::{Pattern, with_folded};
use crate::value::{Column, Name, Pieces, Value};
use std::collections::HashMap;
use std::sync::Arc;

/// A set of questions, by number.
pub(super) type Bits = Arc<[u64]>;

/// A question about a single value.
#[derive(Clone, Debug)]
enum Question {
    /// The value is one of these texts or patterns, by number.
    Any(Vec<u32>),
    /// It is not this one.
    Not(u32),
    /// What no text alone decides: an order, a block of addresses, a word. The number of the test.
    Test(u32),
}

#[derive(Clone, Debug)]
enum Test {
    Compare(CompareOp, Pattern),
    Keyword(Keyword),
}

/// All questions about a field, compiled into one matcher.
#[derive(Debug)]
pub(super) struct FieldMatcher {
    pub(super) name: Name,
    questions: Vec<Question>,
    known: HashMap<String, u32>,
    /// Patterns that questions name, by number.
    patterns: Vec<Pattern>,
    by_text: HashMap<String, u32>,
    tests: Vec<Test>,
    /// Texts without wildcard, in lower case.
    exact: HashMap<String, u32>,
    /// Patterns that every value matches.
    any: Vec<u32>,
    /// Patterns with wildcards.
    globs: Pieces,
}

impl FieldMatcher {
    pub(super) fn new(name: &str) -> Self {
        Self {
            name: name.into(),
            questions: Vec::new(),
            known: HashMap::new(),
            patterns: Vec::new(),
            by_text: HashMap::new(),
            tests: Vec::new(),
            exact: HashMap::new(),
            any: Vec::new(),
            globs: Pieces::default(),
        }
    }

    /// The number of the question that a leaf asks; equal questions share one.
    pub(super) fn ask(&mut self, leaf: &Predicate) -> u32 {
        let key = key_of(leaf);
        if let Some(&number) = self.known.get(&key) {
            return number;
        }
        let question = match leaf {
            Predicate::Compare { op: CompareOp::Eq, pattern, .. } => self.any_of(std::slice::from_ref(pattern)),
            Predicate::Compare { op: CompareOp::Ne, pattern, .. } if pattern.block().is_none() => {
                Question::Not(self.pattern(pattern))
            }
            Predicate::Compare { op, pattern, .. } => self.test(Test::Compare(*op, pattern.clone())),
            Predicate::In { patterns, .. } => self.any_of(patterns),
            Predicate::Keyword(keyword) => self.test(Test::Keyword(keyword.clone())),
            // `relax` leaves no others.
            _ => Question::Any(Vec::new()),
        };
        let number = self.questions.len() as u32;
        self.questions.push(question);
        self.known.insert(key, number);
        number
    }

    fn any_of(&mut self, patterns: &[Pattern]) -> Question {
        Question::Any(patterns.iter().map(|pattern| self.pattern(pattern)).collect())
    }

    fn test(&mut self, test: Test) -> Question {
        self.tests.push(test);
        Question::Test(self.tests.len() as u32 - 1)
    }

    fn pattern(&mut self, pattern: &Pattern) -> u32 {
        let folded = crate::value::pattern::fold(pattern.as_str());
        if let Some(&number) = self.by_text.get(&folded) {
            return number;
        }
        let number = self.patterns.len() as u32;
        self.patterns.push(pattern.clone());
        self.by_text.insert(folded, number);
        number
    }

    /// To be called once all questions are asked.
    pub(super) fn compile(&mut self) {
        for (number, pattern) in (0..).zip(&self.patterns) {
            if let Some(text) = pattern.exact() {
                self.exact.insert(text.to_owned(), number);
            } else if pattern.is_any() {
                self.any.push(number);
            }
        }
        let globs = (0..).zip(&self.patterns).filter_map(|(number, pattern)| Some((number, pattern.pieces()?)));
        self.globs = Pieces::new(globs);
    }

    /// The patterns that a text matches and the tests that it passes, as numbers; the latter behind the former.
    fn truths(&self, value: &Value, text: &str, found: &mut Vec<u32>) {
        found.clear();
        found.extend(&self.any);
        with_folded(text, |folded| {
            if let Some(&number) = self.exact.get(folded) {
                found.push(number);
            }
            self.globs(folded, found);
        });
        for (number, pattern) in (0..).zip(&self.patterns) {
            if pattern.block().is_some() && pattern.matches(text) {
                found.push(number);
            }
        }
        let tests = self.patterns.len() as u32;
        for (number, test) in (tests..).zip(&self.tests) {
            let passes = match test {
                Test::Compare(op, pattern) => pattern.compare(*op, value),
                Test::Keyword(keyword) => keyword.matches_value(value),
            };
            if passes {
                found.push(number);
            }
        }
    }

    fn globs(&self, folded: &str, found: &mut Vec<u32>) {
        let from = found.len();
        self.globs.possible(folded, found);
        let mut at = 0;
        found.retain(|&number| {
            at += 1;
            at <= from || self.patterns[number as usize].matches_folded(folded)
        });
    }

    /// The questions that are answered by yes, given [`FieldMatcher::truths`].
    fn answers(&self, truths: &[u32]) -> Vec<u64> {
        let mut bits = self.nothing();
        let tests = self.patterns.len() as u32;
        for (at, question) in self.questions.iter().enumerate() {
            let yes = match question {
                Question::Any(patterns) => patterns.iter().any(|number| truths.contains(number)),
                Question::Not(number) => !truths.contains(number),
                Question::Test(number) => truths.contains(&(tests + number)),
            };
            if yes {
                bits[at / 64] |= 1 << (at % 64);
            }
        }
        bits
    }

    fn nothing(&self) -> Vec<u64> {
        vec![0; self.questions.len().div_ceil(64)]
    }
}

/// Equal for leaves that ask the same of a field.
fn key_of(leaf: &Predicate) -> String {
    match leaf {
        Predicate::Compare { op, pattern, .. } => format!("{op:?} {}", pattern.as_str().to_lowercase()),
        Predicate::In { patterns, .. } => {
            let texts: Vec<String> = patterns.iter().map(|pattern| pattern.as_str().to_lowercase()).collect();
            format!("in {texts:?}")
        }
        Predicate::Keyword(keyword) => format!("word {keyword:?}"),
        other => format!("{other:?}"),
    }
}

/// Values that are remembered per field.
const MAX_KNOWN: usize = 16_384;
/// Longer texts are not remembered: they hardly repeat, and take room.
const MAX_TEXT: usize = 512;
/// Values after which it shows whether remembering pays.
const TRIAL: usize = 2_048;

/// The class of rows that lack the field.
pub(super) const NULL: u32 = 0;

/// The classes that the values of a field have fallen into so far. Class numbers mean something within one state only.
#[derive(Debug)]
pub(super) struct FieldState {
    known: HashMap<Box<str>, u32>,
    asked: usize,
    hits: usize,
    by_truths: HashMap<Box<[u32]>, u32>,
    by_answers: HashMap<Bits, u32>,
    classes: Vec<Bits>,
    truths: Vec<u32>,
}

impl FieldState {
    pub(super) fn new(matcher: &FieldMatcher) -> Self {
        let nothing: Bits = matcher.nothing().into();
        Self {
            known: HashMap::new(),
            asked: 0,
            hits: 0,
            by_truths: HashMap::new(),
            by_answers: HashMap::from([(nothing.clone(), NULL)]),
            classes: vec![nothing],
            truths: Vec::new(),
        }
    }

    /// Which questions the values of a class answer by yes.
    pub(super) fn answers(&self, class: u32) -> &Bits {
        &self.classes[class as usize]
    }

    /// Sets the classes of a column's values.
    pub(super) fn classify(&mut self, matcher: &FieldMatcher, column: Option<&Column>, classes: &mut Vec<u32>) {
        let Some(column) = column else { return };
        classes.extend(column.values().iter().map(|value| self.class(matcher, value)));
    }

    fn class(&mut self, matcher: &FieldMatcher, value: &Value) -> u32 {
        match value {
            Value::Null => NULL,
            Value::Text(text) => self.of_text(matcher, value, text),
            Value::List(values) => {
                let mut all = matcher.nothing();
                for value in values.iter() {
                    let class = self.class(matcher, value);
                    for (all, one) in all.iter_mut().zip(self.classes[class as usize].iter()) {
                        *all |= one;
                    }
                }
                self.of_answers(all.into())
            }
            Value::Number(_) | Value::Bool(_) => self.of_text(matcher, value, &value.to_text()),
        }
    }

    fn of_text(&mut self, matcher: &FieldMatcher, value: &Value, text: &str) -> u32 {
        let remember = text.len() <= MAX_TEXT && (self.asked < TRIAL || self.hits * 8 >= self.asked);
        if !remember {
            return self.of_new(matcher, value, text);
        }
        self.asked += 1;
        if let Some(&class) = self.known.get(text) {
            self.hits += 1;
            return class;
        }
        let class = self.of_new(matcher, value, text);
        if self.known.len() >= MAX_KNOWN {
            self.known.clear();
        }
        self.known.insert(text.into(), class);
        class
    }

    fn of_new(&mut self, matcher: &FieldMatcher, value: &Value, text: &str) -> u32 {
        let mut truths = std::mem::take(&mut self.truths);
        matcher.truths(value, text, &mut truths);
        truths.sort_unstable();
        let class = if let Some(&class) = self.by_truths.get(truths.as_slice()) {
            class
        } else {
            let class = self.of_answers(matcher.answers(&truths).into());
            self.by_truths.insert(truths.as_slice().into(), class);
            class
        };
        self.truths = truths;
        class
    }

    fn of_answers(&mut self, answers: Bits) -> u32 {
        if let Some(&class) = self.by_answers.get(&answers) {
            return class;
        }
        let class = self.classes.len() as u32;
        self.classes.push(answers.clone());
        self.by_answers.insert(answers, class);
        class
    }

    /// Whether so many classes have shown up that the state should be made anew.
    pub(super) fn is_full(&self) -> bool {
        self.classes.len() > MAX_KNOWN || self.by_truths.len() > MAX_KNOWN
    }
}
