//! The SPL front end: from the text of a search to a syntax tree, and back.
//!
//! ```text
//! text with macro calls ──expand──► text ──parse──► ast::Search ──print──► text
//! ```
//!
//! - [`expand`] replaces macro calls by their definitions and removes comments; every byte of the result still knows
//!   the file it came from.
//! - [`parse`] never fails: it returns what it understood together with a list of problems. A stage that it cannot
//!   read is kept as [`ast::Arg::Raw`], so that the others can still be analysed.
//! - [`print()`] writes a tree in one layout, a line per pipe; parsing that gives the same tree.
//! - [`layout()`] gives a text as an author writes it, with its macro calls and comments, one layout of lines.
//!
//! ```
//! use escudo::spl;
//!
//! let parsed = spl::parse("index=main user=a* OR user=b* | stats count by user");
//! assert!(parsed.problems.is_empty());
//! assert_eq!(spl::print(&parsed.search), "index=main (user=a* OR user=b*)\n| stats count by user");
//! ```

pub mod ast;
pub mod commands;
mod expand;
mod layout;
mod parse;
mod print;
mod scan;
pub mod walk;

pub use expand::{Expansion, MAX_EXPANSION, MacroCall, MacroDefinition, Macros, Validation, Verdict, expand};
pub use layout::{WIDTH, layout};
pub use parse::{MAX_LENGTH, Parsed, parse, parse_condition, parse_eval};
pub use print::{print, print_condition, print_expr};
