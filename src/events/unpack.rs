//! Compressed files and archives, recognised by their first bytes and streamed.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

/// A layer around the content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layer {
    Gzip,
    Tar,
    Zip,
    Zstd,
}

/// The layer that the content begins with.
pub(super) fn recognise(head: &[u8]) -> Option<Layer> {
    match head {
        [0x1F, 0x8B, 8, ..] => Some(Layer::Gzip),
        [0x28, 0xB5, 0x2F, 0xFD, ..] => Some(Layer::Zstd),
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Some(Layer::Zip),
        _ if head.get(257..262) == Some(b"ustar") => Some(Layer::Tar),
        _ => None,
    }
}

/// Compressed formats that are known and not read: the name, for the note.
pub(super) fn unsupported(head: &[u8]) -> Option<&'static str> {
    const KNOWN: [(&[u8], &str); 4] =
        [(b"BZh", "bzip2"), (b"\xFD7zXZ\0", "xz"), (b"7z\xBC\xAF\x27\x1C", "7-Zip"), (b"\x04\x22\x4D\x18", "lz4")];
    let compressed = |head: &[u8]| head.get(4..10) == Some(b"1AY&SY");
    KNOWN
        .into_iter()
        .find(|(magic, name)| head.starts_with(magic) && (*name != "bzip2" || compressed(head)))
        .map(|(_, name)| name)
}

/// Unpacked bytes that may still come, shared by all layers of one input: the guard against zip bombs.
#[derive(Clone)]
pub(super) struct Allowance(Rc<Cell<u64>>);

impl Allowance {
    pub(super) fn new(bytes: u64) -> Self {
        Self(Rc::new(Cell::new(bytes)))
    }

    /// A reader that fails once the allowance is used up.
    pub(super) fn guard<R: Read>(&self, inner: R) -> Guarded<R> {
        Guarded { inner, left: self.clone() }
    }
}

pub(super) struct Guarded<R> {
    inner: R,
    left: Allowance,
}

impl<R: Read> Read for Guarded<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(out)?;
        let left = self.left.0.get().checked_sub(count as u64);
        self.left.0.set(left.unwrap_or(0));
        left.map(|_| count).ok_or_else(|| io::Error::other("the limit of unpacked bytes is reached"))
    }
}
