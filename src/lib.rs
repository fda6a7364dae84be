//! escudo: a compiler for Splunk detection content.

pub mod build;
pub mod check;
pub mod cli;
pub mod commands;
pub mod compile;
pub mod content;
pub mod diag;
pub mod docs;
pub mod engine;
pub mod events;
pub mod expr;
pub mod ir;
pub mod knowledge;
pub mod manual;
pub mod replay;
pub mod source;
pub mod spl;
pub mod value;
pub mod xml;
