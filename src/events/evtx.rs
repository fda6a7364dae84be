//! Binary Windows event logs, rendered as the XML that collectors send.
//!
//! The form is that of Windows' own renderer: one line, attributes in single quotes, the elements in Windows' order. So
//! rules over `_raw`, over the blocks and over entities see the same text whatever way an event came.

use super::window::Window;
use evtx::err::EvtxError;
use evtx::{EvtxParser, ParserSettings};
use std::borrow::Cow;
use std::io::{self, Cursor};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// Size of a chunk; fixed by the format.
const CHUNK: usize = 64 * 1024;

/// Size of the file header.
const HEADER: usize = 4096;

/// What unused space is compared with.
const ZEROS: [u8; 4096] = [0; 4096];

/// Chunks that are rendered by one thread after another: templates that they share are compiled once.
const TOGETHER: usize = 8;

/// What could not be read.
#[derive(Default)]
pub(super) struct Trouble {
    /// Chunks that are no chunks.
    pub(super) chunks: u64,
    /// Records that could not be rendered.
    pub(super) records: u64,
    /// The last chunk is not whole.
    pub(super) truncated: bool,
}

impl Trouble {
    fn add(&mut self, other: &Self) {
        self.chunks += other.chunks;
        self.records += other.records;
        self.truncated |= other.truncated;
    }
}

/// Renders every record, chunk by chunk; `emit` gets its number and text.
///
/// Nothing that the file's header says is relied upon: it is wrong in logs that were not closed properly.
pub(super) fn read<E: From<io::Error>>(
    window: &mut Window<'_>,
    mut emit: impl FnMut(u64, Arc<str>) -> Result<(), E>,
) -> Result<Trouble, E> {
    let mut trouble = Trouble::default();
    let settings = ParserSettings::new().indent(false).num_threads(1);
    window.fill_to(HEADER)?;
    window.consume(HEADER);
    let mut ready: Vec<Rendered> = Vec::new();
    loop {
        let groups = gather(window, &mut trouble)?;
        if let ([group], []) = (groups.as_slice(), ready.as_slice()) {
            // Waking up other threads costs more than they would save on one group, and small logs have no more.
            ready.push(render(group, &settings));
            continue;
        }
        let mut next: Vec<Rendered> = groups.iter().map(|_| Rendered::default()).collect();
        // Others render while this thread hands on what is ready.
        rayon::in_place_scope(|scope| {
            for (group, rendered) in groups.iter().zip(&mut next) {
                let settings = &settings;
                scope.spawn(move |_| *rendered = render(group, settings));
            }
            for Rendered { records, trouble: others } in ready.drain(..) {
                trouble.add(&others);
                records.into_iter().try_for_each(|(id, xml)| emit(id, xml))?;
            }
            Ok::<(), E>(())
        })?;
        if groups.is_empty() {
            return Ok(trouble);
        }
        ready = next;
    }
}

/// The next chunks in groups, each with a header before it: a group for each thread. None at the end of the file.
fn gather(window: &mut Window<'_>, trouble: &mut Trouble) -> io::Result<Vec<Vec<u8>>> {
    let mut groups: Vec<Vec<u8>> = Vec::new();
    let is_full = |group: &Vec<u8>| group.len() >= HEADER + TOGETHER * CHUNK;
    while groups.len() < rayon::current_num_threads() || !groups.last().is_some_and(is_full) {
        window.fill_to(CHUNK)?;
        let bytes = window.unread();
        if bytes.is_empty() {
            break;
        }
        let chunk = &bytes[..bytes.len().min(CHUNK)];
        if chunk.starts_with(b"ElfChnk\0") {
            trouble.truncated |= chunk.len() < CHUNK;
            if groups.last().is_none_or(is_full) {
                groups.push(header().to_vec());
            }
            if let Some(group) = groups.last_mut() {
                group.extend_from_slice(chunk);
                group.resize(group.len() + CHUNK - chunk.len(), 0);
            }
        } else {
            // Space that Windows reserved and has not used is zero.
            trouble.chunks += u64::from(chunk.chunks(ZEROS.len()).any(|part| *part != ZEROS[..part.len()]));
        }
        window.consume(CHUNK);
    }
    Ok(groups)
}

/// The header that the library wants before chunks. Those of files are wrong in logs that were not closed properly.
fn header() -> [u8; HEADER] {
    let mut header = [0; HEADER];
    header[..8].copy_from_slice(b"ElfFile\0");
    header[32] = 128; // bytes of the header that count
    header[36] = 1; // version 3.1
    header[38] = 3;
    header[40..42].copy_from_slice(&(HEADER as u16).to_le_bytes());
    header[120] = 4; // no checksum
    header
}

#[derive(Default)]
struct Rendered {
    /// With their numbers.
    records: Vec<(u64, Arc<str>)>,
    trouble: Trouble,
}

/// The records of a header with chunks behind it. A bug of the library in hostile data costs one chunk only.
fn render(group: &[u8], settings: &ParserSettings) -> Rendered {
    if let Some(rendered) = guarded(group, settings) {
        return rendered;
    }
    let mut all = Rendered::default();
    for chunk in group[HEADER.min(group.len())..].chunks(CHUNK) {
        match guarded(&[&header()[..], chunk].concat(), settings) {
            Some(rendered) => {
                all.records.extend(rendered.records);
                all.trouble.add(&rendered.trouble);
            }
            None => all.trouble.chunks += 1,
        }
    }
    all
}

fn guarded(group: &[u8], settings: &ParserSettings) -> Option<Rendered> {
    catch_unwind(AssertUnwindSafe(|| {
        let mut rendered = Rendered::default();
        let mut parser = EvtxParser::from_read_seek(Cursor::new(group)).ok()?.with_configuration(settings.clone());
        for record in parser.records_bytes() {
            match record {
                Ok(record) => rendered.records.push((record.event_record_id, as_windows(record.data))),
                Err(EvtxError::FailedToParseChunk { .. }) => rendered.trouble.chunks += 1,
                Err(_) => rendered.trouble.records += 1,
            }
        }
        Some(rendered)
    }))
    .ok()
    .flatten()
}

/// Rewrites XML to Windows' form: no declaration, attributes in single quotes, no blanks between elements.
fn as_windows(mut xml: Vec<u8>) -> Arc<str> {
    let declared = if xml.starts_with(b"<?xml") { memchr::memmem::find(&xml, b"?>").map_or(0, |at| at + 2) } else { 0 };
    let start = xml.len() - xml[declared..].trim_ascii_start().len();
    let end = xml.trim_ascii_end().len().max(start);
    let body = &mut xml[start..end];
    let is_whole = quotes_in_place(body);
    // Checking is several times faster than replacing, which the library makes needless.
    let text = str::from_utf8(body).map_or_else(|_| String::from_utf8_lossy(body), Cow::Borrowed);
    if is_whole { text.into() } else { tag_by_tag(&text).into() }
}

/// Changes the quotes of attributes where they stand. `false`, with some of them changed, if an attribute holds a single
/// quote, which takes more room in single quotes.
fn quotes_in_place(text: &mut [u8]) -> bool {
    // Everything before it has been looked at, and whether it ends inside of a tag.
    let (mut at, mut in_tag) = (0, false);
    while let Some(length) = memchr::memchr(b'"', &text[at..]) {
        let quote = at + length;
        let edge = text[at..quote].iter().rev().find(|byte| matches!(byte, b'<' | b'>'));
        in_tag = edge.map_or(in_tag, |edge| *edge == b'<');
        at = quote + 1;
        if !in_tag {
            continue;
        }
        let end = memchr::memchr2(b'"', b'\'', &text[at..]).map(|length| at + length);
        if end.is_some_and(|end| text[end] == b'\'') {
            return false;
        }
        text[quote] = b'\'';
        let Some(end) = end else { break };
        text[end] = b'\'';
        at = end + 1;
    }
    true
}

fn tag_by_tag(xml: &str) -> String {
    let mut out = String::with_capacity(xml.len());
    let mut rest = xml;
    while let Some(open) = memchr::memchr(b'<', rest.as_bytes()) {
        out.push_str(&rest[..open]);
        let tag = &rest[open..];
        let end = end_of_tag(tag);
        let (tag, behind) = tag.split_at(end);
        push_tag(&mut out, tag);
        rest = behind;
    }
    out.push_str(rest);
    out
}

/// The length of the tag that the text begins with; `>` may stand inside a quoted attribute.
fn end_of_tag(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(found) = memchr::memchr3(b'>', b'"', b'\'', &bytes[at..]) {
        at += found + 1;
        match bytes[at - 1] {
            b'>' => return at,
            quote => match memchr::memchr(quote, &bytes[at..]) {
                Some(end) => at += end + 1,
                None => return bytes.len(),
            },
        }
    }
    bytes.len()
}

fn push_tag(out: &mut String, tag: &str) {
    let mut rest = tag;
    let mut inside = false;
    while let Some(at) = memchr::memchr2(b'"', b'\'', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        if rest.as_bytes()[at] == b'"' {
            inside = !inside;
            out.push('\'');
        } else if inside {
            out.push_str("&apos;");
        } else {
            out.push('\'');
        }
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rendering_is_that_of_windows() {
        let table = [
            ("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<Event a=\"b\"><c/></Event>\n", "<Event a='b'><c/></Event>"),
            ("<D N=\"it's > that\">say \"x\" &amp; y</D>", "<D N='it&apos;s > that'>say \"x\" &amp; y</D>"),
            ("<D N=\"a>b\" M=\"c\">d</D>", "<D N='a>b' M='c'>d</D>"),
            (
                "<A B=\"x\"/><D M=\"a\" N=\"it's\">\"</D><E F=\"y\"/>",
                "<A B='x'/><D M='a' N='it&apos;s'>\"</D><E F='y'/>",
            ),
            ("<D N=\"\u{e9}'\u{e9}\"/>", "<D N='\u{e9}&apos;\u{e9}'/>"),
            ("<D N='x'/>", "<D N='x'/>"),
            ("<D N=\"cut", "<D N='cut"),
            ("", ""),
        ];
        for (xml, wanted) in table {
            assert_eq!(&*as_windows(xml.as_bytes().to_vec()), wanted, "{xml}");
        }
    }
}
