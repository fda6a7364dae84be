//! escudo: a compiler for Splunk detection content.
//!
//! A *pack* is a folder of detections, stories, macros, lookups and data sources in YAML. Every detection holds a search
//! in Splunk's language (SPL). This crate reads the pack, compiles each search into a typed plan, and with the plan
//! checks the content, runs it over log files, and renders its documentation.
//!
//! ```text
//! YAML file ──► content ──► spl (expand, parse) ──► ir (lower, analyse) ──┬─► check    diagnostics
//!               model        syntax tree             typed plan           ├─► engine   rows  ◄── events ◄── log files
//!                                                                         └─► docs     pages     ▲
//!                                                                                              knowledge
//! ```
//!
//! | stage | from → to | where to start reading |
//! |---|---|---|
//! | read | YAML → model with places | [`content::Pack::load`], [`content::yaml::parse`] |
//! | expand | search with macro calls → text with its origins | [`spl::expand`], [`source::Located`] |
//! | parse | text → tree | [`spl::parse`], [`spl::ast`] |
//! | lower | tree → plan | [`commands::lower`], [`ir::Op`] |
//! | analyse | plan → fields after each step | [`ir::flow()`] |
//! | all of these | scalar → [`compile::Compiled`] | [`compile::Compiler`] |
//! | events | files → raw events | [`events::open`] |
//! | fields | raw events → rows | [`knowledge::Knowledge`] |
//! | run | plan and rows → rows | [`engine::run`] |
//! | test | detection and data → verdict | [`replay::Tester`] |
//! | hunt | rules and events → hits and risk | [`hunt::Hunter`] |
//! | synthesize | plan → events that match it, near misses | [`synth::Maker`] |
//! | format | search → the same search in one layout | [`format::Formatter`], [`spl::layout()`] |
//! | migrate | pack of an older generation → changes to its files, remarks | [`migrate::migrate`] |
//! | check, docs | pack → diagnostics, pages | [`check::check`], [`docs::render`] |
//!
//! Invariants:
//!
//! - A room imports only rooms to its left; nothing on the left knows that a terminal, a page or a thread exists.
//! - Parsing and lowering return a value and a list of problems; they never stop at the first one, and never panic.
//! - Every place of a finding is in the file that the author wrote, whatever YAML style and macros lie between.
//! - Input is hostile: sizes, depths and expansions are bounded, and each bound has an error of its own.
//! - Output has a stable order, whatever the number of threads.
//!
//! The SPL front end is of use alone:
//!
//! ```
//! use escudo::spl;
//!
//! let parsed = spl::parse("index=main user=bob | stats count by host, src");
//! assert!(parsed.problems.is_empty());
//! assert_eq!(parsed.search.stages[1].command.node, "stats");
//!
//! let plan = escudo::commands::lower(&parsed.search).plan;
//! let fields = escudo::ir::flow(&plan, &escudo::ir::schema::NoCatalog);
//! let names: Vec<&str> = fields.output().fields.keys().map(|name| &**name).collect();
//! assert_eq!(names, ["host", "src", "count"]);
//!
//! let wrong = spl::parse("index=main | stat count");
//! assert_eq!(wrong.problems[0].help.as_deref(), Some("did you mean `stats`?"));
//! ```

pub mod source;

pub mod diag;

pub mod value;

pub mod content;

pub mod spl;

pub mod expr;

pub mod ir;

pub mod commands;

pub mod lookup;

pub mod knowledge;

pub mod events;

pub mod compile;

pub mod engine;

pub mod replay;

pub mod ruleset;

pub mod hunt;

pub mod synth;

pub mod check;

pub mod format;

pub mod migrate;

pub mod docs;

pub mod manual;

pub mod xml;

pub mod cli;
