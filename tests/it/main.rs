//! The integration tests, in one binary.
#![expect(clippy::tests_outside_test_module, reason = "this is the test binary")]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "tests say what they skip")]

mod addon;
mod browser;
mod check;
mod check_corpus;
mod check_edits;
mod check_face;
#[expect(clippy::unwrap_used, reason = "tests")]
mod cli;
mod commands;
mod content;
mod data_models;
mod duckdb;
mod events;
mod fields;
mod format;
mod grammar;
mod html;
mod hunt;
#[expect(clippy::unwrap_used, reason = "tests")]
mod jinja;
mod knowledge_security;
mod knowledge_sources;
mod lower;
mod manual;
mod migrate;
mod pack;
mod property;
#[expect(clippy::unwrap_used, reason = "tests")]
mod replay;
mod reviewed;
#[expect(clippy::unwrap_used, reason = "tests")]
mod robust;
mod rows;
mod ruleset;
mod sarif;
mod score;
mod shape;
#[expect(clippy::unwrap_used, reason = "tests")]
mod site;
mod source_types;
mod spl;
mod synth;
#[expect(clippy::unwrap_used, reason = "tests")]
mod testing;
