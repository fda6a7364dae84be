//! The content of a pack: detections, stories, macros, lookups, data sources and baselines, as written in YAML.
//!
//! Three schema generations are read into one model ([`model`]); every scalar keeps its place in the file ([`yaml`]).

pub mod model;
pub mod yaml;
