//! What threads at work remember from batch to batch.

use super::matcher::MatcherState;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Matcher states by the number of the matcher.
#[derive(Debug, Default)]
pub(super) struct Scratch(HashMap<usize, MatcherState>);

impl Scratch {
    pub(super) fn of(&mut self, matcher: usize) -> &mut MatcherState {
        self.0.entry(matcher).or_default()
    }
}

/// Scratches that no thread uses at the moment.
#[derive(Debug, Default)]
pub(super) struct Pool(Mutex<Vec<Scratch>>);

impl Pool {
    /// Runs the work with a scratch that no other thread has.
    pub(super) fn with<T>(&self, work: impl FnOnce(&mut Scratch) -> T) -> T {
        let free = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut scratch = free.unwrap_or_default();
        let result = work(&mut scratch);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(scratch);
        result
    }
}
