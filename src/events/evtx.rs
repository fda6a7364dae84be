//! Binary Windows event logs, rendered as the XML that collectors send.
//!
//! The form is that of Windows' own renderer: one line, attributes in single quotes, the elements in Windows' order. So
//! rules over `_raw`, over the blocks and over entities see the same text whatever way an event came.

use super::window::Window;
use evtx::ParserSettings;
use rayon::prelude::*;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// Size of a chunk; fixed by the format.
const CHUNK: usize = 64 * 1024;

/// Size of the file header.
const HEADER: usize = 4096;

/// What unused space is compared with.
const ZEROS: [u8; 4096] = [0; 4096];

/// Chunks that are rendered at the same time.
const AT_ONCE: usize = 16;

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

/// Renders every record, chunk by chunk; `emit` gets its number and text.
///
/// The header's count of chunks is not relied upon: it is wrong in logs that were not closed properly.
pub(super) fn read<E: From<io::Error>>(
    window: &mut Window<'_>,
    mut emit: impl FnMut(u64, &str) -> Result<(), E>,
) -> Result<Trouble, E> {
    let mut trouble = Trouble::default();
    let settings = Arc::new(ParserSettings::new().indent(false).num_threads(1));
    window.fill_to(HEADER)?;
    window.consume(HEADER);
    let mut waiting: Vec<Vec<u8>> = Vec::new();
    loop {
        window.fill_to(CHUNK)?;
        let bytes = window.unread();
        let at_end = bytes.is_empty();
        if !at_end {
            let chunk = &bytes[..bytes.len().min(CHUNK)];
            if chunk.starts_with(b"ElfChnk\0") {
                trouble.truncated |= chunk.len() < CHUNK;
                let mut data = chunk.to_vec();
                data.resize(CHUNK, 0);
                waiting.push(data);
            } else {
                // Space that Windows reserved and has not used is zero.
                trouble.chunks += u64::from(chunk.chunks(ZEROS.len()).any(|part| *part != ZEROS[..part.len()]));
            }
            window.consume(CHUNK);
        }
        if at_end || waiting.len() >= AT_ONCE {
            let rendered: Vec<_> =
                std::mem::take(&mut waiting).into_par_iter().map(|data| guarded(data, &settings)).collect();
            for chunk in rendered {
                let Some((records, failed)) = chunk else {
                    trouble.chunks += 1;
                    continue;
                };
                trouble.records += failed;
                for (id, xml) in records {
                    emit(id, &xml)?;
                }
            }
        }
        if at_end {
            return Ok(trouble);
        }
    }
}

/// Records by their number, and how many could not be rendered.
type Rendered = (Vec<(u64, String)>, u64);

/// As [`render`]; a bug of the library in hostile data costs this chunk only.
fn guarded(data: Vec<u8>, settings: &Arc<ParserSettings>) -> Option<Rendered> {
    catch_unwind(AssertUnwindSafe(|| {
        let mut failed = 0;
        render(data, settings, &mut failed).map(|records| (records, failed))
    }))
    .ok()
    .flatten()
}

/// The records of one chunk.
fn render(data: Vec<u8>, settings: &Arc<ParserSettings>, failed: &mut u64) -> Option<Vec<(u64, String)>> {
    let mut chunk = evtx::EvtxChunkData::new(data, false).ok()?;
    let mut chunk = chunk.parse(settings.clone()).ok()?;
    let mut records = Vec::new();
    for record in chunk.iter() {
        match record.and_then(evtx::EvtxRecord::into_xml) {
            Ok(record) => records.push((record.event_record_id, as_windows(record.data))),
            Err(_) => *failed += 1,
        }
    }
    Some(records)
}

/// Rewrites XML to Windows' form: no declaration, attributes in single quotes, no blanks between elements.
fn as_windows(mut xml: String) -> String {
    let body = match xml.trim_start().strip_prefix("<?xml") {
        Some(rest) => rest.split_once("?>").map_or(rest, |(_, body)| body),
        None => &xml,
    };
    let (start, length) = (xml.len() - body.trim_start().len(), body.trim().len());
    xml.truncate(start + length);
    xml.drain(..start);
    match in_place(xml.into_bytes()) {
        Ok(text) => text,
        Err(text) => tag_by_tag(&text),
    }
}

/// Changes the quotes of attributes where they stand. `Err` with the text, some of it changed, if a tag holds a single
/// quote, which takes more room in single quotes.
fn in_place(mut bytes: Vec<u8>) -> Result<String, String> {
    let mut at = 0;
    let mut plain = true;
    'text: while let Some(open) = memchr::memchr(b'<', &bytes[at..]) {
        at += open + 1;
        let mut quoted = false;
        while let Some(byte) = bytes.get_mut(at) {
            at += 1;
            match *byte {
                b'>' if !quoted => continue 'text,
                b'"' => {
                    quoted = !quoted;
                    *byte = b'\'';
                }
                b'\'' => {
                    // The tag as it was.
                    if quoted && let Some(open) = memchr::memrchr(b'\'', &bytes[..at - 1]) {
                        bytes[open] = b'"';
                    }
                    plain = false;
                    break 'text;
                }
                _ => {}
            }
        }
        break;
    }
    // Only ASCII was put in place of ASCII.
    let text = String::from_utf8(bytes).unwrap_or_default();
    if plain { Ok(text) } else { Err(text) }
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
            assert_eq!(as_windows(xml.to_owned()), wanted, "{xml}");
        }
    }
}
