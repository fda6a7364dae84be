//! What comes of a run of events: rows of each consumer, in the order of the events.

use crate::events::Meta;
use crate::value::Batch;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What came of some events: to be handed to [`super::RuleSet::take`] in the order of the events.
#[derive(Debug, Default)]
pub struct Worked {
    /// Events looked at.
    pub(super) read: u64,
    /// How many of each origin.
    pub(super) seen: Vec<(Arc<Meta>, u64)>,
    /// Rows by consumer.
    pub(super) rows: BTreeMap<usize, Vec<Batch>>,
    /// Rows of the datasets of a consumer, whether it keeps them or not.
    pub(super) selected: BTreeMap<usize, u64>,
}

/// Rows of one consumer among the events of one batch.
#[derive(Debug)]
pub(super) struct Piece {
    /// Per row, the event that it is of.
    pub(super) events: Vec<usize>,
    /// Rows of one event are ordered by this.
    pub(super) rank: usize,
    pub(super) rows: Batch,
}

/// The rows of pieces in the order of their events.
pub(super) fn in_order(mut pieces: Vec<Piece>) -> Batch {
    if pieces.len() == 1 {
        return pieces.remove(0).rows;
    }
    let mut order: Vec<(usize, usize, usize, usize)> = Vec::new();
    for (part, piece) in pieces.iter().enumerate() {
        order.extend(piece.events.iter().enumerate().map(|(row, &event)| (event, piece.rank, part, row)));
    }
    order.sort_unstable();
    let places: Vec<(usize, usize)> = order.into_iter().map(|(_, _, part, row)| (part, row)).collect();
    let parts: Vec<&Batch> = pieces.iter().map(|piece| &piece.rows).collect();
    Batch::gather(&parts, &places)
}
