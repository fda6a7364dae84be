//! Binary Windows event logs, rendered as the XML that collectors send.
//!
//! The form is that of Windows' own renderer: one line, attributes in single quotes, the elements in Windows' order. So
//! rules over `_raw`, over the blocks and over entities see the same text whatever way an event came.

use super::window::Window;
use evtx::ParserSettings;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// Size of a chunk; fixed by the format.
const CHUNK: usize = 64 * 1024;

/// Size of the file header.
const HEADER: usize = 4096;

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
    loop {
        window.fill_to(CHUNK)?;
        let bytes = window.unread();
        if bytes.is_empty() {
            return Ok(trouble);
        }
        let mut data = bytes[..bytes.len().min(CHUNK)].to_vec();
        window.consume(CHUNK);
        if !data.starts_with(b"ElfChnk\0") {
            // Space that Windows reserved and has not used is zero.
            trouble.chunks += u64::from(data.iter().any(|&b| b != 0));
            continue;
        }
        trouble.truncated |= data.len() < CHUNK;
        data.resize(CHUNK, 0);
        let rendered = catch_unwind(AssertUnwindSafe(|| render(data, &settings, &mut trouble.records)));
        let Ok(Some(rendered)) = rendered else {
            trouble.chunks += 1;
            continue;
        };
        for (id, xml) in rendered {
            emit(id, &xml)?;
        }
    }
}

/// The records of one chunk.
fn render(data: Vec<u8>, settings: &Arc<ParserSettings>, failed: &mut u64) -> Option<Vec<(u64, String)>> {
    let mut chunk = evtx::EvtxChunkData::new(data, false).ok()?;
    let mut chunk = chunk.parse(settings.clone()).ok()?;
    let mut records = Vec::new();
    for record in chunk.iter() {
        match record.and_then(evtx::EvtxRecord::into_xml) {
            Ok(record) => records.push((record.event_record_id, as_windows(&record.data))),
            Err(_) => *failed += 1,
        }
    }
    Some(records)
}

/// Rewrites XML to Windows' form: no declaration, attributes in single quotes, no blanks between elements.
fn as_windows(xml: &str) -> String {
    let body = match xml.trim_start().strip_prefix("<?xml") {
        Some(rest) => rest.split_once("?>").map_or(rest, |(_, body)| body),
        None => xml,
    };
    let mut out = String::with_capacity(body.len());
    let mut rest = body.trim();
    while let Some(open) = rest.find('<') {
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
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return at + 1,
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
    }
    text.len()
}

fn push_tag(out: &mut String, tag: &str) {
    let mut inside = false;
    for character in tag.chars() {
        match character {
            '"' => {
                inside = !inside;
                out.push('\'');
            }
            '\'' if inside => out.push_str("&apos;"),
            other => out.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rendering_is_that_of_windows() {
        let table = [
            ("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<Event a=\"b\"><c/></Event>\n", "<Event a='b'><c/></Event>"),
            ("<D N=\"it's > that\">say \"x\" &amp; y</D>", "<D N='it&apos;s > that'>say \"x\" &amp; y</D>"),
            ("<D N=\"cut", "<D N='cut"),
            ("", ""),
        ];
        for (xml, wanted) in table {
            assert_eq!(as_windows(xml), wanted, "{xml}");
        }
    }
}
