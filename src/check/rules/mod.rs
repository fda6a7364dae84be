//! The rules of `check`, one file each.

mod dropped_field;
mod missing_filter_macro;
mod result_field;
mod token;
mod unknown_data_model;
mod unknown_data_source;
mod unknown_lookup;
mod unknown_story;

use super::{Findings, Subject};

/// A rule: it looks at one detection and reports what it finds.
pub type Rule = fn(&Subject<'_>, &mut Findings);

/// Every rule, sorted by file name. What the reader, the parser and the lowering report is not repeated here.
pub const DETECTION_RULES: &[Rule] = &[
    dropped_field::check,
    missing_filter_macro::check,
    result_field::check,
    token::check,
    unknown_data_model::check,
    unknown_data_source::check,
    unknown_lookup::check,
    unknown_story::check,
];
