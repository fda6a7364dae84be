//! The extractions of search time: each finds fields in one text of an event.

pub mod collect;
pub mod delims;
pub mod json;
pub mod kv;
mod markup;
pub mod regex;
pub mod table;
pub mod xml;
