//! Many conditions over rows: which of them each row satisfies.

use super::field::{Bits, FieldMatcher, FieldState};
use super::relax::field_of;
use crate::expr::Predicate;
use crate::value::Batch;
use std::collections::HashMap;
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
        if self.signatures.len() >= MAX_SIGNATURES {
            self.signatures.clear();
        }
        self.signatures.insert(signature.into(), hits.clone());
        hits
    }
}
