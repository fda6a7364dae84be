//! The content of a pack: detections, stories, macros, lookups, data sources and baselines, as written in YAML.
//!
//! Three schema generations are read into one model ([`model`]); every scalar keeps its place in the file ([`yaml`]).
//! [`Pack::load`] reads a whole folder; [`read`] reads one document.

pub mod model;
pub mod names;
pub mod pack;
pub mod read;
pub mod shape;
pub mod token;
pub mod yaml;

pub use model::Generation;
pub use pack::{Kind, LoadError, LoadOptions, Pack};
