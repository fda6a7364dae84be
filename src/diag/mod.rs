//! Diagnostics: what is wrong, where, and what to do.
//!
//! A [`Diagnostic`] holds file ids and byte ranges only; source text is attached when it is shown. Rooms build them with
//! small named functions next to the code that finds the problem; `render` (terminal) and the writers in `check` show
//! them. Every code is listed once, in [`codes`].

pub mod codes;
mod near;
pub mod render;

use crate::source::{Located, Place, Span};
pub use codes::Code;
pub use near::{Names, nearest};

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Cannot compile, or cannot work as written. Makes the exit status 1.
    Error,
    /// Probably wrong.
    Warning,
    /// Could be better.
    Advice,
}

impl Severity {
    /// The word shown to users and written to machine output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Advice => "advice",
        }
    }
}

/// A second place that explains the first, possibly in another file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// Where.
    pub place: Place,
    /// What is there: lower case, no final period.
    pub label: String,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Stable name of the kind of problem.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, understandable alone in one line: present tense, lower case, names in backticks, no period.
    pub message: String,
    /// The exact characters concerned, in the file that the author wrote.
    pub place: Place,
    /// What is at `place`; may be empty.
    pub label: String,
    /// Further places, in reading order.
    pub related: Vec<Related>,
    /// The next action, concrete; with the corrected text where it is known.
    pub help: Option<String>,
    /// Why this is a problem.
    pub note: Option<String>,
}

impl Diagnostic {
    /// A finding with the severity of its code.
    pub fn new(code: Code, message: impl Into<String>, place: Place) -> Self {
        Self {
            severity: code.severity(),
            code,
            message: message.into(),
            place,
            label: String::new(),
            related: Vec::new(),
            help: None,
            note: None,
        }
    }

    /// A finding at a span of a derived text: points at the author's characters or, inside an expansion, at the
    /// outermost macro call, with the definitions passed through as related places.
    ///
    /// Returns `None` only for a text without any origin.
    pub fn in_text(code: Code, message: impl Into<String>, text: &Located, span: Span) -> Option<Self> {
        let trace = text.trace(span)?;
        let mut diagnostic = Self::new(code, message, trace.place);
        for (name, place) in trace.through {
            diagnostic.related.push(Related { place, label: format!("in the expansion of `{name}`, defined here") });
        }
        Some(diagnostic)
    }

    /// With a label for the primary place.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// With a next action.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// With a reason.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    /// With a second place.
    #[must_use]
    pub fn related(mut self, place: Place, label: impl Into<String>) -> Self {
        self.related.push(Related { place, label: label.into() });
        self
    }
}

/// A finding in a text, before anyone asks which file the text came from: what the SPL front end, the expression room
/// and the plan report. [`Problem::locate`] makes a [`Diagnostic`] of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Stable name of the kind of problem.
    pub code: Code,
    /// As [`Diagnostic::message`].
    pub message: String,
    /// The characters concerned, in the text that was parsed.
    pub span: Span,
    /// What is at `span`; may be empty.
    pub label: String,
    /// Further spans of the same text, in reading order.
    pub related: Vec<(Span, String)>,
    /// As [`Diagnostic::help`].
    pub help: Option<String>,
    /// As [`Diagnostic::note`].
    pub note: Option<String>,
}

impl Problem {
    /// A problem at a span.
    pub fn new(code: Code, message: impl Into<String>, span: Span) -> Self {
        let message = message.into();
        Self { code, message, span, label: String::new(), related: Vec::new(), help: None, note: None }
    }

    /// With a label.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// With a next action.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// With a reason.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    /// With a second span.
    #[must_use]
    pub fn related(mut self, span: Span, label: impl Into<String>) -> Self {
        self.related.push((span, label.into()));
        self
    }

    /// The diagnostic in the author's file; `None` only for a text without any origin.
    pub fn locate(self, text: &Located) -> Option<Diagnostic> {
        let mut diagnostic = Diagnostic::in_text(self.code, self.message, text, self.span)?.label(self.label);
        for (span, label) in self.related {
            if let Some(place) = text.place(span) {
                diagnostic.related.push(Related { place, label });
            }
        }
        diagnostic.help = self.help;
        diagnostic.note = self.note;
        Some(diagnostic)
    }
}

/// Sorts findings by file, place and code, and drops exact repetitions.
pub fn sort(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.sort_by(|a, b| (a.place, a.code.name(), &a.message).cmp(&(b.place, b.code.name(), &b.message)));
    diagnostics.dedup();
}

/// The help line that proposes a name. Fixes read it back with [`suggested`], so that it is written nowhere else.
pub fn did_you_mean(name: impl std::fmt::Display) -> String {
    format!("did you mean `{name}`?")
}

/// The name that a help line proposes, as [`did_you_mean`] writes it.
pub fn suggested(help: &str) -> Option<&str> {
    help.strip_prefix("did you mean `")?.strip_suffix("`?")
}
