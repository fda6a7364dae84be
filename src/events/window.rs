//! A sliding window over a byte stream: the part that has been read and not yet been used.

use std::io::{self, Read};

/// How much is read at once.
const BLOCK: usize = 256 * 1024;

/// Bytes of a stream, from the first one not consumed to the last one read.
pub(super) struct Window<'r> {
    reader: &'r mut dyn Read,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    at_end: bool,
    line: u64,
}

impl<'r> Window<'r> {
    pub(super) fn new(reader: &'r mut dyn Read) -> Self {
        Self { reader, buffer: Vec::new(), start: 0, end: 0, at_end: false, line: 1 }
    }

    /// What has been read and not consumed.
    pub(super) fn unread(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    /// Whether nothing follows [`Window::unread`].
    pub(super) fn at_end(&self) -> bool {
        self.at_end
    }

    /// Number, from 1, of the line that the first byte belongs to.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// Reads more; `false` at the end of the stream.
    pub(super) fn fill(&mut self) -> io::Result<bool> {
        if self.at_end {
            return Ok(false);
        }
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        // Growing by the amount held keeps the copying above linear in the length of a long event.
        let wanted = self.end + BLOCK.max(self.end);
        if self.buffer.len() < wanted {
            self.buffer.resize(wanted, 0);
        }
        loop {
            match self.reader.read(&mut self.buffer[self.end..]) {
                Ok(0) => self.at_end = true,
                Ok(count) => self.end += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => {
                    self.at_end = true;
                    return Err(error);
                }
            }
            return Ok(!self.at_end);
        }
    }

    /// Reads until `count` bytes are there or the stream ends.
    pub(super) fn fill_to(&mut self, count: usize) -> io::Result<()> {
        while self.end - self.start < count && self.fill()? {}
        Ok(())
    }

    /// Drops the first `count` bytes.
    pub(super) fn consume(&mut self, count: usize) {
        let count = count.min(self.end - self.start);
        self.line += memchr::memchr_iter(b'\n', &self.buffer[self.start..self.start + count]).count() as u64;
        self.start += count;
    }
}

/// Reading drains the window first.
impl Read for Window<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.start == self.end && !self.fill()? {
            return Ok(0);
        }
        let count = out.len().min(self.end - self.start);
        out[..count].copy_from_slice(&self.buffer[self.start..self.start + count]);
        self.start += count;
        Ok(count)
    }
}
