//! Many conditions over rows: which of them each row satisfies.

use super::field::{Bits, FieldMatcher, FieldState};
use crate::expr::Predicate;
use crate::expr::predicate::relax::field_of;
use crate::value::Batch;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// The conditions that a row satisfies, by number and ascending.
pub(super) type Hits = Arc<[u32]>;

/// Conditions, compiled into one matcher. Their leaves must be comparisons of fields and words: see `relax`.
#[derive(Debug)]
pub(super) struct Matcher {
    fields: Vec<FieldMatcher>,
    conditions: Vec<Node>,
}

/// A condition over answers.
#[derive(Clone, Debug)]
enum Node {
    All(Vec<Node>),
    Any(Vec<Node>),
    Not(Box<Node>),
    /// Field and question.
    Ask(u32, u32),
}

impl Matcher {
    pub(super) fn new<'c>(conditions: impl IntoIterator<Item = &'c Predicate>) -> Self {
        let mut builder = Builder::default();
        let conditions = conditions.into_iter().map(|condition| builder.node(condition)).collect();
        let mut fields = builder.fields;
        fields.iter_mut().for_each(FieldMatcher::compile);
        Self { fields, conditions }
    }

    fn hits(&self, state: &MatcherState, signature: &[u32]) -> Hits {
        let answers: Vec<&Bits> =
            state.fields.iter().zip(signature).map(|(field, &class)| field.answers(class)).collect();
        let hits = (0..).zip(&self.conditions).filter(|(_, node)| node.holds(&answers)).map(|(number, _)| number);
        hits.collect::<Vec<u32>>().into()
    }
}

impl Node {
    fn holds(&self, answers: &[&Bits]) -> bool {
        match self {
            Self::All(nodes) => nodes.iter().all(|node| node.holds(answers)),
            Self::Any(nodes) => nodes.iter().any(|node| node.holds(answers)),
            Self::Not(node) => !node.holds(answers),
            Self::Ask(field, question) => {
                answers[*field as usize][*question as usize / 64] & (1 << (question % 64)) != 0
            }
        }
    }
}

#[derive(Default)]
struct Builder {
    fields: Vec<FieldMatcher>,
    by_name: HashMap<String, usize>,
}

impl Builder {
    fn node(&mut self, condition: &Predicate) -> Node {
        match condition {
            Predicate::And(terms) => Node::All(terms.iter().map(|term| self.node(term)).collect()),
            Predicate::Or(terms) => Node::Any(terms.iter().map(|term| self.node(term)).collect()),
            Predicate::Not(term) => Node::Not(Box::new(self.node(term))),
            leaf => {
                // A leaf without a field would have to be relaxed before; taken for true it lets more through.
                let Some(name) = field_of(leaf) else { return Node::All(Vec::new()) };
                let at = *self.by_name.entry(name.to_owned()).or_insert_with(|| {
                    self.fields.push(FieldMatcher::new(name));
                    self.fields.len() - 1
                });
                Node::Ask(at as u32, self.fields[at].ask(leaf))
            }
        }
    }
}

/// Signatures that are remembered.
const MAX_SIGNATURES: usize = 65_536;

/// What a matcher has seen so far: makes it fast, never changes its answers.
#[derive(Debug, Default)]
pub(super) struct MatcherState {
    fields: Vec<FieldState>,
    signatures: HashMap<Box<[u32]>, Hits>,
    /// Equal hits are one list: callers tell rows apart by it.
    lists: HashSet<Hits>,
    classes: Vec<Vec<u32>>,
}

impl MatcherState {
    /// The conditions that each row satisfies.
    pub(super) fn hits(&mut self, matcher: &Matcher, rows: &Batch) -> Vec<Hits> {
        if self.fields.len() != matcher.fields.len() || self.fields.iter().any(FieldState::is_full) {
            self.fields = matcher.fields.iter().map(FieldState::new).collect();
            self.signatures.clear();
        }
        let mut classes = std::mem::take(&mut self.classes);
        classes.resize_with(matcher.fields.len(), Vec::new);
        for ((state, field), classes) in self.fields.iter_mut().zip(&matcher.fields).zip(&mut classes) {
            classes.clear();
            state.classify(field, rows.column(&field.name), classes);
        }
        let mut signature = vec![super::field::NULL; matcher.fields.len()];
        let mut last: Option<Hits> = None;
        let mut all = Vec::with_capacity(rows.rows());
        for row in 0..rows.rows() {
            let mut same = last.is_some();
            for (at, classes) in classes.iter().enumerate() {
                let class = classes.get(row).copied().unwrap_or(super::field::NULL);
                same &= signature[at] == class;
                signature[at] = class;
            }
            let hits = match last.take() {
                Some(last) if same => last,
                _ => self.of_signature(matcher, &signature),
            };
            last = Some(hits.clone());
            all.push(hits);
        }
        self.classes = classes;
        all
    }

    fn of_signature(&mut self, matcher: &Matcher, signature: &[u32]) -> Hits {
        if let Some(known) = self.signatures.get(signature) {
            return known.clone();
        }
        let hits = matcher.hits(self, signature);
        let hits = if let Some(known) = self.lists.get(&hits) {
            known.clone()
        } else {
            self.lists.insert(hits.clone());
            hits
        };
        if self.signatures.len() >= MAX_SIGNATURES {
            self.signatures.clear();
            self.lists.clear();
        }
        self.signatures.insert(signature.into(), hits.clone());
        hits
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expr::predicate::relax::condition;
    use crate::expr::{Context, predicate};
    use crate::value::{Column, Value};
    use proptest::prelude::*;

    const CONDITIONS: [&str; 16] = [
        "a=cmd.exe",
        "a=*.exe b!=x",
        "a!=*.EXE",
        "a IN (cmd.exe, *power*, x) NOT b=*y*",
        "NOT a=*",
        "a=* b=*",
        "a=10.0.0.0/8",
        "a!=10.0.0.0/8",
        "b>5",
        "b<=5 OR a=x",
        "NOT (a=x OR b=x)",
        "a=*e*x*",
        "b=5 a=c*",
        "a=\"*cmd.exe\" b=\"*\"",
        "a IN (*)",
        "a=é*",
    ];

    fn value() -> impl Strategy<Value = Value> {
        let texts = ["cmd.exe", "CMD.EXE", "powershell.exe", "x", "xy", "10.1.2.3", "5", "7", "5.0", "", "É1", "exe*x"];
        let text = prop::sample::select(texts.to_vec()).prop_map(Value::from);
        let single = prop_oneof![4 => text, 1 => (0..9_u8).prop_map(|number| Value::Number(f64::from(number)))];
        let list = prop::collection::vec(single.clone(), 2..4).prop_map(Value::list);
        prop_oneof![6 => single, 1 => list, 1 => Just(Value::Null)]
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        /// All conditions together find what each finds alone, in every batch of a run.
        #[test]
        fn hits_are_those_of_each_condition(rows in prop::collection::vec((value(), value()), 1..60), cut in 1_usize..20) {
            let conditions: Vec<Predicate> = CONDITIONS.iter().map(|text| condition(text)).collect();
            let matcher = Matcher::new(&conditions);
            let mut state = MatcherState::default();
            for part in rows.chunks(cut) {
                let mut batch = Batch::new(part.len());
                batch.set("a", Column::new(part.iter().map(|row| row.0.clone()).collect()));
                batch.set("b", Column::new(part.iter().map(|row| row.1.clone()).collect()));
                let hits = state.hits(&matcher, &batch);
                for (number, condition) in (0..).zip(&conditions) {
                    let alone = predicate::select(condition, &batch, &Context::at(0.0));
                    let together: Vec<bool> = hits.iter().map(|hits| hits.contains(&number)).collect();
                    prop_assert_eq!(alone, together, "{} over {:?}", CONDITIONS[number as usize], part);
                }
            }
        }
    }
}
