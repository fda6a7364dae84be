//! The rules of `check`, one file each.

mod advice;
mod comparisons;
mod conditions;
mod config;
mod dashboards;
mod data_models;
mod deprecation;
mod deprecations;
mod dropped_field;
mod duplicate_item;
mod duplicate_search;
mod event_fields;
mod filter_calls;
mod future_date;
mod lookup_fields;
mod lookup_folder;
mod lookup_table;
mod macro_definition;
mod missing_filter_macro;
mod names;
mod playbooks;
mod references;
mod result_field;
mod risk;
mod saved_search;
mod schedules;
mod shape;
mod status_rules;
mod techniques;
mod tests_of;
mod throttling;
mod token;
mod unfinished;
mod unknown_data_model;
mod unknown_lookup;
mod unused;

use super::{Around, Findings, Item, Subject};

pub(super) use event_fields::{Vocabulary, meant};
pub(super) use lookup_table::check as lookup_table;
pub(super) use macro_definition::check as macro_definition;
pub(super) use saved_search::check as saved_search;
pub(super) use unfinished::check as unfinished;
pub(super) use unused::check as unused;

/// Looks at one detection and its search.
pub type DetectionRule = fn(&Subject<'_>, &mut Findings);
/// Looks at one object of any kind.
pub type ObjectRule = fn(&Item<'_>, &mut Findings);
/// Looks at a whole pack. What it finds in files that were not asked about is left out.
pub type PackRule = fn(&Around<'_>, &mut Findings);

/// Every rule about detections, sorted by file name. What the reader, the parser and the lowering report is not repeated.
pub const DETECTION_RULES: &[DetectionRule] = &[
    advice::check,
    comparisons::check,
    conditions::check,
    data_models::check,
    dropped_field::check,
    event_fields::check,
    filter_calls::check,
    lookup_fields::check,
    missing_filter_macro::check,
    references::check,
    result_field::check,
    risk::check,
    schedules::of_detection,
    status_rules::check,
    techniques::check,
    tests_of::check,
    throttling::check,
    token::check,
    unknown_data_model::check,
    unknown_lookup::check,
];

/// Every rule about objects of all kinds.
pub const OBJECT_RULES: &[ObjectRule] =
    &[deprecation::check, duplicate_item::check, future_date::check, names::file_name, shape::check];

/// Every rule about packs.
pub const PACK_RULES: &[PackRule] = &[
    config::check,
    dashboards::check,
    deprecations::check,
    duplicate_search::check,
    lookup_folder::check,
    names::duplicates,
    playbooks::check,
    schedules::of_pack,
];
