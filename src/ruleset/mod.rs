//! The rule set: many plans over one stream of events as one program.
//!
//! Cost grows with the data, hardly with the number of rules:
//!
//! ```text
//! events of one origin
//!   │ extract the few fields that tell datasets and kinds of events apart        (`origin`)
//!   ├─► which datasets, which rules can still match: once per distinct signature (`matcher`)
//!   │ extract the fields that the conditions of those rules read
//!   ├─► which rules match: patterns of all rules on a field are one automaton    (`field`)
//!   │ extract what the matching rules need, for the matching events alone
//!   └─► the rest of each plan, on its own few rows                               (`running`)
//! ```
//!
//! - A value of a field is looked at once: what it satisfies, of all conditions of all rules, makes its *class*.
//! - The classes of an event's values are its *signature*: rules are decided once per signature, not per event.
//! - Conditions that cannot be decided from fields (subsearches, bounds on time) are taken for fulfilled here, see `relax`:
//!   what is found is never too little, and each plan tests its own condition on what it gets.
//! - Results are those of each plan alone, whatever the number of threads and the size of batches.

mod ahead;
mod collect;
mod consumer;
mod field;
mod joined;
mod matcher;
mod origin;
mod running;
mod scratch;
mod unchanged;
mod work;

pub use collect::Worked;
pub use running::{Ended, RuleSet};
