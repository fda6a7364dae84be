//! `hunt`: every rule of a pack over log files.
//!
//! ```text
//! pack ──rules──► plans ──run──► rows of each rule ──hit──► hits ──risk──► risk per entity
//!                   ▲                                        │
//!                   └──────── correlation rules ◄── risk events
//! ```
//!
//! A row of a rule is a hit: an entity with a risk score and a message, as Enterprise Security would have made of it. Rules
//! over the `Risk` data model see the risk events that the hits of the other rules make. The order of the result depends
//! on nothing but events and rules.

mod hit;
mod message;
pub mod output;
mod report;
mod risk;
mod rules;
mod run;

pub use hit::{Entity, Hit, Threat};
pub use report::{EntityTotal, NotRun, Report, Seen, TechniqueTotal};
pub use rules::{Rule, Rules};
pub use run::Hunter;

/// What ATT&CK says of a technique.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Technique {
    /// Its name.
    pub name: String,
    /// The tactics that it serves, every word capitalised.
    pub tactics: Vec<String>,
}

/// Gives the technique of an id such as `T1059.001`.
pub type Attack<'a> = dyn Fn(&str) -> Option<Technique> + Sync + 'a;
