//! What the user should know about how an input was read.

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// The kind of a [`Note`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NoteKind {
    /// A format or sourcetype was guessed.
    Guess,
    /// A file was left out.
    Skipped,
    /// Text was changed: events cut off, bytes that are no UTF-8 replaced.
    Altered,
    /// A file could not be read to its end.
    Damaged,
}

impl NoteKind {
    /// Whether events may be missing or changed.
    pub fn is_loss(self) -> bool {
        match self {
            Self::Guess => false,
            Self::Skipped | Self::Altered | Self::Damaged => true,
        }
    }

    /// Whether a file that was read is not whole. A file that was left out, as a folder may hold, does not count.
    pub fn is_damage(self) -> bool {
        matches!(self, Self::Altered | Self::Damaged)
    }
}

/// One remark about a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// What it is about.
    pub kind: NoteKind,
    /// The file; a file inside an archive stands behind the archive and a `!`.
    pub path: PathBuf,
    /// Lower case, no period, understandable next to the path.
    pub text: String,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.text)
    }
}

/// Notes beyond this number are counted, not kept.
const MAX_NOTES: usize = 1000;

/// The notes of one stream, written by its reader and read by its user.
#[derive(Clone, Debug, Default)]
pub(super) struct Notes(Arc<Mutex<Vec<Note>>>);

impl Notes {
    pub(super) fn push(&self, kind: NoteKind, path: impl Into<PathBuf>, text: impl Into<String>) {
        let mut notes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let path = path.into();
        if notes.len() < MAX_NOTES {
            notes.push(Note { kind, path, text: text.into() });
        } else if notes.len() == MAX_NOTES {
            notes.push(Note { kind, path, text: "there is more to say; further notes are left out".to_owned() });
        }
    }

    pub(super) fn list(&self) -> Vec<Note> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
