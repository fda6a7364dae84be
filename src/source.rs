//! Source files, byte spans, and the map from any derived text back to the file.
//!
//! A detection's search is rarely a plain piece of its file: YAML folds lines and doubles quotes, macros replace calls
//! by definitions. [`Located`] is a string that remembers, piece by piece, where it came from, so that a span in the
//! expanded search still names the exact characters that the author wrote.
//!
//! Nothing here knows YAML or SPL.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// Names one file of a [`Sources`]. Ids are dense and in the order of [`Sources::add`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(u32);

/// A half-open byte range in some text; which text is said by the context.
///
/// Both ends lie on character boundaries. An empty span marks a position between two characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte; never below `start`.
    pub end: u32,
}

impl Span {
    /// The span from `start` to `end` (bytes). Offsets beyond 4 GiB saturate; texts that large are refused on reading.
    pub fn new(start: usize, end: usize) -> Self {
        let clamp = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Self { start: clamp(start), end: clamp(end.max(start)) }
    }

    /// The empty span at `offset`.
    pub fn at(offset: usize) -> Self {
        Self::new(offset, offset)
    }

    /// The span as a range for slicing.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// The smallest span that holds both.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// Length in bytes.
    pub fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    /// Whether the span holds no byte.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// The same span, `by` bytes further on.
    #[must_use]
    pub fn shifted(self, by: usize) -> Self {
        Self::new(self.start as usize + by, self.end as usize + by)
    }
}

/// A value together with its place in the text that it was read from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Spanned<T> {
    /// The value.
    pub node: T,
    /// Where it stands.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// Pairs a value with its span.
    pub fn new(node: T, span: Span) -> Self {
        Self { node, span }
    }

    /// The same span around another value.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Spanned<U> {
        Spanned { node: f(self.node), span: self.span }
    }
}

/// A span in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The file.
    pub file: FileId,
    /// Bytes of its text.
    pub span: Span,
}

/// One source file: its name as the user wrote it (or `builtin:...`), and its whole text.
#[derive(Debug)]
pub struct SourceFile {
    path: PathBuf,
    text: Arc<str>,
    /// Found when the first place is asked for: most files of a pack are read without a word about them.
    line_starts: OnceLock<Vec<u32>>,
}

impl SourceFile {
    /// The path as it was given, relative or not; it is shown to the user unchanged.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The text, unchanged: line ends and byte-order mark included.
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// Line and column of a byte offset, both from 1; columns count characters, not bytes. Past the end means the end.
    pub fn line_column(&self, offset: u32) -> (u32, u32) {
        let offset = (offset as usize).min(self.text.len());
        let line_starts = self.line_starts();
        let line = line_starts.partition_point(|&start| start as usize <= offset) - 1;
        let start = line_starts[line] as usize;
        let head = self.text.get(start..offset).unwrap_or_default();
        (line as u32 + 1, head.chars().count() as u32 + 1)
    }

    fn line_starts(&self) -> &[u32] {
        self.line_starts.get_or_init(|| {
            let breaks = self.text.bytes().enumerate().filter(|&(_, b)| b == b'\n');
            std::iter::once(0).chain(breaks.map(|(at, _)| at as u32 + 1)).collect()
        })
    }
}

/// Line and column of both ends of a place: from 1, in characters, the end exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineColumns {
    /// Line of the first character.
    pub line: u32,
    /// Column of the first character.
    pub column: u32,
    /// Line of the end.
    pub end_line: u32,
    /// Column one past the last character.
    pub end_column: u32,
}

/// All files that were read.
///
/// A clone is cheap and shares the texts. Ids of the original stay valid in the clone: so what is read later (a pack) can
/// be added to what was read before (the built-in knowledge), and one value knows the places of both.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<Arc<SourceFile>>,
}

impl Sources {
    /// No files.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file and gives it an id.
    pub fn add(&mut self, path: impl Into<PathBuf>, text: impl Into<Arc<str>>) -> FileId {
        let file = SourceFile { path: path.into(), text: text.into(), line_starts: OnceLock::new() };
        self.files.push(Arc::new(file));
        FileId(self.files.len() as u32 - 1)
    }

    /// The file of an id that this value handed out.
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    /// Every file with its id, in the order added.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        self.files.iter().enumerate().map(|(at, file)| (FileId(at as u32), &**file))
    }

    /// Lines and columns of a place.
    pub fn line_columns(&self, place: Place) -> LineColumns {
        let file = self.file(place.file);
        let (line, column) = file.line_column(place.span.start);
        let (end_line, end_column) = file.line_column(place.span.end);
        LineColumns { line, column, end_line, end_column }
    }

    /// The characters at a place; empty if the span is not one of the file's.
    pub fn text(&self, place: Place) -> &str {
        self.file(place.file).text.get(place.span.range()).unwrap_or_default()
    }
}

/// How a piece of derived text relates to the bytes it came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Copied {
    /// Byte for byte: offset `n` of the piece is offset `n` of the origin.
    Verbatim,
    /// The whole piece stands for the whole origin: a folded line break, `''` for `'`, `\t` for a tab.
    Decoded,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Piece {
    /// Offset in the derived text.
    at: u32,
    origin: Place,
    copied: Copied,
    /// Index into `Located::frames`.
    frame: Option<u32>,
}

/// One macro call whose expansion produced a part of a [`Located`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Name of the macro, without arguments.
    pub name: Arc<str>,
    /// The call as written, backticks included: in the root text, or in the definition of `parent`.
    pub call: Place,
    /// The whole definition.
    pub definition: Place,
    /// The frame in whose expansion the call stands.
    pub parent: Option<u32>,
}

/// Where a span of a derived text comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// In the file that the author wrote: the characters themselves, or the outermost macro call that produced them.
    pub place: Place,
    /// The macro expansions passed through, outermost first: the macro's name and, in its definition, the characters
    /// (or the inner call) concerned.
    pub through: Vec<(Arc<str>, Place)>,
}

/// A text derived from files, with the origin of every byte.
///
/// A clone is cheap, whatever the length: texts and origins are shared until one of the clones is changed.
#[derive(Clone)]
pub struct Located(Body);

// A pack holds hundreds of thousands.
const _: () = assert!(size_of::<Located>() <= 40);

#[derive(Clone)]
enum Body {
    /// No text; it would have stood here.
    Empty(Option<Place>),
    /// The bytes at `origin`. They stand in `shared` from `at` on, which may be the whole file.
    Verbatim { shared: Arc<str>, at: u32, origin: Place },
    /// Anything else.
    Derived(Arc<Derived>),
}

/// Invariant: `text.is_empty()`, or the first piece begins at 0; pieces are in ascending order.
#[derive(Clone, Default)]
struct Derived {
    text: String,
    pieces: Vec<Piece>,
    frames: Vec<Frame>,
    /// Where an empty text would have stood.
    anchor: Option<Place>,
}

impl Default for Located {
    fn default() -> Self {
        Self(Body::Empty(None))
    }
}

impl std::fmt::Debug for Located {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = f.debug_struct("Located");
        shown.field("text", &self.as_str()).field("pieces", &self.raw_pieces().collect::<Vec<_>>());
        shown.field("frames", &self.frames()).field("anchor", &self.anchor()).finish()
    }
}

/// Equal texts of equal origins are equal, whether they are shared or not.
impl PartialEq for Located {
    fn eq(&self, other: &Self) -> bool {
        let texts = self.as_str() == other.as_str() && self.anchor() == other.anchor();
        texts && self.raw_pieces().eq(other.raw_pieces()) && self.frames() == other.frames()
    }
}

impl Eq for Located {}

impl Located {
    /// An empty text that stands at `anchor`.
    pub fn empty(anchor: Place) -> Self {
        Self(Body::Empty(Some(anchor)))
    }

    /// A text that is the bytes at `place`, unchanged.
    pub fn verbatim(text: impl Into<Arc<str>>, place: Place) -> Self {
        let text = text.into();
        if text.is_empty() || text.len() != place.span.len() {
            let mut located = Self::empty(place);
            located.push(&text, place, Copied::Verbatim);
            return located;
        }
        Self(Body::Verbatim { shared: text, at: 0, origin: place })
    }

    /// The bytes at `place` of a file that has this text, which is shared rather than copied.
    ///
    /// Empty if the span is not one of the text's.
    pub fn of_file(text: &Arc<str>, place: Place) -> Self {
        match text.get(place.span.range()) {
            None | Some("") => Self::empty(place),
            Some(_) => Self(Body::Verbatim { shared: Arc::clone(text), at: place.span.start, origin: place }),
        }
    }

    /// The derived text.
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Body::Empty(_) => "",
            Body::Verbatim { shared, at, origin } => {
                let at = *at as usize;
                shared.get(at..at + origin.span.len()).unwrap_or_default()
            }
            Body::Derived(derived) => &derived.text,
        }
    }

    /// Length in bytes.
    pub fn len(&self) -> usize {
        match &self.0 {
            Body::Empty(_) => 0,
            Body::Verbatim { origin, .. } => origin.span.len(),
            Body::Derived(derived) => derived.text.len(),
        }
    }

    /// Whether there is no text.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn anchor(&self) -> Option<Place> {
        match &self.0 {
            Body::Empty(anchor) => *anchor,
            Body::Verbatim { origin, .. } => Some(*origin),
            Body::Derived(derived) => derived.anchor,
        }
    }

    fn piece(&self, index: usize) -> Option<Piece> {
        match &self.0 {
            Body::Empty(_) => None,
            Body::Verbatim { origin, .. } => {
                let piece = Piece { at: 0, origin: *origin, copied: Copied::Verbatim, frame: None };
                (index == 0).then_some(piece)
            }
            Body::Derived(derived) => derived.pieces.get(index).copied(),
        }
    }

    fn raw_pieces(&self) -> impl Iterator<Item = Piece> {
        (0..).map_while(|index| self.piece(index))
    }

    /// This text as one that can be changed, not shared with any clone.
    fn derived(&mut self) -> &mut Derived {
        if !matches!(self.0, Body::Derived(_)) {
            let derived = Derived {
                text: self.as_str().to_owned(),
                pieces: self.raw_pieces().collect(),
                frames: Vec::new(),
                anchor: self.anchor(),
            };
            self.0 = Body::Derived(Arc::new(derived));
        }
        match &mut self.0 {
            Body::Derived(derived) => Arc::make_mut(derived),
            Body::Empty(_) | Body::Verbatim { .. } => unreachable!("it was just made so"),
        }
    }

    /// Appends text that came from `origin`. Adjacent verbatim pieces are joined.
    pub fn push(&mut self, text: &str, origin: Place, copied: Copied) {
        if !text.is_empty() {
            let Derived { text: all, pieces, .. } = self.derived();
            append(all, pieces, text, Piece { at: 0, origin, copied, frame: None });
        }
    }

    /// A part of this text, origins and frames kept; `range` lies on character boundaries.
    #[must_use]
    pub fn part(&self, range: Range<usize>) -> Self {
        if let Body::Verbatim { shared, at, origin } = &self.0
            && !range.is_empty()
            && self.as_str().get(range.clone()).is_some()
        {
            let start = origin.span.start as usize + range.start;
            let origin = Place { file: origin.file, span: Span::new(start, start + range.len()) };
            let at = at + range.start as u32;
            return Self(Body::Verbatim { shared: Arc::clone(shared), at, origin });
        }
        let anchor = self.place(Span::new(range.start, range.end)).or(self.anchor());
        let mut part = Self(Body::Empty(anchor));
        if !self.frames().is_empty() {
            part.derived().frames = self.frames().to_vec();
        }
        part.append_part(self, range);
        part
    }

    /// Takes back what was appended after the first `length` bytes, which end on a character boundary. Frames stay.
    pub fn truncate(&mut self, length: usize) {
        if length < self.len() {
            self.derived().truncate(length);
        }
    }

    /// Each piece in order: its text, where it came from, and how.
    pub fn pieces(&self) -> impl Iterator<Item = (&str, Place, Copied)> {
        self.raw_pieces().enumerate().map(|(index, piece)| {
            (&self.as_str()[piece.at as usize..self.piece_end(index)], piece.origin, piece.copied)
        })
    }

    /// Opens a frame for a macro call found in this text's origin; give the result to [`Located::append_expansion`].
    pub fn add_frame(&mut self, frame: Frame) -> u32 {
        let frames = &mut self.derived().frames;
        frames.push(frame);
        frames.len() as u32 - 1
    }

    /// The frames opened so far.
    pub fn frames(&self) -> &[Frame] {
        match &self.0 {
            Body::Empty(_) | Body::Verbatim { .. } => &[],
            Body::Derived(derived) => &derived.frames,
        }
    }

    /// The innermost frame that the byte at `offset` belongs to.
    pub fn frame_at(&self, offset: usize) -> Option<u32> {
        self.piece(self.piece_index(offset as u32)?)?.frame
    }

    /// Appends a part of another text, origins and frames kept. Frames of `other` are looked up in `self`, so both must
    /// share a frame list, or `other` must have none.
    pub fn append_part(&mut self, other: &Self, range: Range<usize>) {
        self.append_mapped(other, range, |frame| frame);
    }

    /// Appends a macro definition (a text without frames) as the content of `frame`.
    pub fn append_expansion(&mut self, definition: &Self, range: Range<usize>, frame: u32) {
        self.append_mapped(definition, range, |_| Some(frame));
    }

    fn append_mapped(&mut self, other: &Self, range: Range<usize>, frame: impl Fn(Option<u32>) -> Option<u32>) {
        let Some(mut index) = other.piece_index(range.start as u32).filter(|_| !range.is_empty()) else { return };
        let text = other.as_str();
        let Derived { text: all, pieces, .. } = self.derived();
        let mut at = range.start;
        while at < range.end
            && let Some(piece) = other.piece(index)
        {
            let piece_end = other.piece_end(index).min(range.end);
            let origin = piece.part(at, piece_end);
            append(all, pieces, &text[at..piece_end], Piece { origin, frame: frame(piece.frame), ..piece });
            at = piece_end;
            index += 1;
        }
    }

    fn piece_index(&self, offset: u32) -> Option<usize> {
        match &self.0 {
            Body::Empty(_) => None,
            Body::Verbatim { .. } => Some(0),
            Body::Derived(derived) => derived.pieces.partition_point(|piece| piece.at <= offset).checked_sub(1),
        }
    }

    fn piece_end(&self, index: usize) -> usize {
        self.piece(index + 1).map_or(self.len(), |next| next.at as usize)
    }

    /// Where a span of this text comes from.
    ///
    /// A span over several pieces of the author's own text gives the range from the first to the last of them; a span
    /// that touches an expansion gives the outermost call, and the way in through the definitions.
    pub fn trace(&self, span: Span) -> Option<Trace> {
        let Some(first) = self.piece_index(span.start.min((self.len() as u32).saturating_sub(1))) else {
            return self.anchor().map(|place| Trace { place, through: Vec::new() });
        };
        let last_byte = if span.is_empty() { span.start } else { span.end - 1 };
        let last = self.piece_index(last_byte).unwrap_or(first).max(first);
        let start = self.end_of_trace(first, span.start as usize, span.end as usize)?;
        if first == last {
            return Some(start);
        }
        let end = self.end_of_trace(last, self.piece(last)?.at as usize, span.end as usize)?;
        let same_file = start.place.file == end.place.file;
        if same_file && start.place.span != end.place.span {
            let place = Place { file: start.place.file, span: start.place.span.to(end.place.span) };
            return Some(Trace { place, through: Vec::new() });
        }
        // Both ends lie in one call: name the deepest expansion that they share, as one range in its definition.
        let mut through = Vec::new();
        for ((name, a), (other, b)) in start.through.iter().zip(&end.through) {
            if name != other || a.file != b.file {
                break;
            }
            through.push((name.clone(), Place { file: a.file, span: a.span.to(b.span) }));
            if a.span != b.span {
                break;
            }
        }
        Some(Trace { place: start.place, through })
    }

    fn end_of_trace(&self, index: usize, from: usize, to: usize) -> Option<Trace> {
        let piece = self.piece(index)?;
        let end = to.min(self.piece_end(index));
        let mut place = piece.part(from.min(end), end);
        let mut through = Vec::new();
        let mut frame = piece.frame;
        while let Some(at) = frame {
            let Some(inside) = self.frames().get(at as usize) else { break };
            through.push((inside.name.clone(), place));
            place = inside.call;
            frame = inside.parent;
        }
        through.reverse();
        Some(Trace { place, through })
    }

    /// The place of a span in the author's file; the outermost macro call if the span lies in an expansion.
    pub fn place(&self, span: Span) -> Option<Place> {
        self.trace(span).map(|trace| trace.place)
    }

    /// The place of the whole text.
    pub fn whole(&self) -> Option<Place> {
        self.place(Span::new(0, self.len()))
    }
}

impl Piece {
    /// The origin of the bytes `from..to` of the derived text, which lie in this piece.
    fn part(&self, from: usize, to: usize) -> Place {
        match self.copied {
            Copied::Decoded => self.origin,
            Copied::Verbatim => {
                let base = self.origin.span.start as usize;
                let skip = |offset: usize| base + offset.saturating_sub(self.at as usize);
                Place { file: self.origin.file, span: Span::new(skip(from), skip(to)) }
            }
        }
    }
}

impl Derived {
    fn truncate(&mut self, length: usize) {
        self.text.truncate(length);
        self.pieces.retain(|piece| (piece.at as usize) < length);
        if let Some(last) = self.pieces.last_mut()
            && last.copied == Copied::Verbatim
        {
            let kept = Span::new(0, length - last.at as usize).shifted(last.origin.span.start as usize);
            last.origin.span.end = last.origin.span.end.min(kept.end);
        }
    }
}

/// Texts that are derived from one file, one after the other: room for one, used again for the next.
#[derive(Debug, Default)]
pub struct Deriving {
    text: String,
    pieces: Vec<Piece>,
}

impl Deriving {
    /// As [`Located::push`].
    pub fn push(&mut self, text: &str, origin: Place, copied: Copied) {
        append(&mut self.text, &mut self.pieces, text, Piece { at: 0, origin, copied, frame: None });
    }

    /// What was pushed since the last time. `file` is the whole text of the file; a single piece of it is shared with it.
    /// `anchor` is where the text stands if it is empty.
    pub fn finish(&mut self, file: &Arc<str>, anchor: Place) -> Located {
        let located = match self.pieces.as_slice() {
            [] => Located::empty(anchor),
            [only] if only.copied == Copied::Verbatim && file.get(only.origin.span.range()) == Some(&self.text) => {
                Located::of_file(file, only.origin)
            }
            pieces => Located(Body::Derived(Arc::new(Derived {
                text: self.text.as_str().to_owned(),
                pieces: pieces.to_vec(),
                frames: Vec::new(),
                anchor: Some(anchor),
            }))),
        };
        self.text.clear();
        self.pieces.clear();
        located
    }
}

/// Appends a piece, whose `at` is yet to be set, and its text.
fn append(all: &mut String, pieces: &mut Vec<Piece>, text: &str, piece: Piece) {
    if text.is_empty() {
        return;
    }
    let at = all.len() as u32;
    all.push_str(text);
    if piece.copied == Copied::Verbatim
        && let Some(last) = pieces.last_mut()
        && last.copied == Copied::Verbatim
        && last.frame == piece.frame
        && last.origin.file == piece.origin.file
        && last.origin.span.end == piece.origin.span.start
    {
        last.origin.span.end = piece.origin.span.end;
        return;
    }
    pieces.push(Piece { at, ..piece });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(file: FileId, start: usize, end: usize) -> Place {
        Place { file, span: Span::new(start, end) }
    }

    #[test]
    fn columns_count_characters() {
        let mut sources = Sources::new();
        let id = sources.add("a.yml", "é: x\nsecond");
        assert_eq!(sources.file(id).line_column(0), (1, 1));
        assert_eq!(sources.file(id).line_column(2), (1, 2));
        assert_eq!(sources.file(id).line_column(6), (2, 1));
        assert_eq!(sources.file(id).line_column(99), (2, 7));
    }

    #[test]
    fn parts_of_a_file_are_shared_and_equal_to_copies() {
        let text: Arc<str> = "name: 'abc' # é".into();
        let file = Sources::new().add("a.yml", Arc::clone(&text));
        let shared = Located::of_file(&text, place(file, 7, 10));
        assert_eq!(shared, Located::verbatim("abc", place(file, 7, 10)));
        assert_eq!(shared.part(1..2), Located::verbatim("b", place(file, 8, 9)));
        assert_eq!(shared.whole(), Some(place(file, 7, 10)));

        let mut longer = shared.clone();
        longer.push("'", place(file, 10, 11), Copied::Verbatim);
        assert_eq!((longer.as_str(), shared.as_str()), ("abc'", "abc"), "only the clone is changed");
        assert_eq!(longer.pieces().collect::<Vec<_>>(), [("abc'", place(file, 7, 11), Copied::Verbatim)]);
        longer.truncate(2);
        assert_eq!((longer.as_str(), longer.whole()), ("ab", Some(place(file, 7, 9))));

        // Inside a character, beyond the end, nothing.
        for (start, end) in [(14, 15), (15, 30), (3, 3)] {
            let none = Located::of_file(&text, place(file, start, end));
            assert_eq!((none.as_str(), none.whole()), ("", Some(place(file, start, end))));
        }
    }

    #[test]
    fn room_is_empty_for_the_next_text() {
        let text: Arc<str> = "'it''s' 'x'".into();
        let file = Sources::new().add("a.yml", Arc::clone(&text));
        let mut room = Deriving::default();
        room.push("it", place(file, 1, 3), Copied::Verbatim);
        room.push("'", place(file, 3, 5), Copied::Decoded);
        room.push("s", place(file, 5, 6), Copied::Verbatim);
        let first = room.finish(&text, place(file, 0, 7));
        room.push("x", place(file, 9, 10), Copied::Verbatim);
        let second = room.finish(&text, place(file, 8, 11));
        let third = room.finish(&text, place(file, 11, 11));
        assert_eq!((first.as_str(), first.place(Span::new(2, 3))), ("it's", Some(place(file, 3, 5))));
        assert_eq!(second, Located::verbatim("x", place(file, 9, 10)));
        assert_eq!((third.as_str(), third.whole()), ("", Some(place(file, 11, 11))));
    }

    #[test]
    fn a_span_over_a_decoded_piece_covers_its_origin() {
        let mut sources = Sources::new();
        let id = sources.add("a.yml", "it''s fine");
        let mut text = Located::empty(place(id, 0, 0));
        text.push("it", place(id, 0, 2), Copied::Verbatim);
        text.push("'", place(id, 2, 4), Copied::Decoded);
        text.push("s fine", place(id, 4, 10), Copied::Verbatim);
        assert_eq!(text.as_str(), "it's fine");
        assert_eq!(text.place(Span::new(0, 4)), Some(place(id, 0, 5)));
        assert_eq!(text.place(Span::new(5, 9)), Some(place(id, 6, 10)));
        assert_eq!(text.place(Span::at(9)), Some(place(id, 10, 10)));
    }

    #[test]
    fn an_expansion_points_at_the_call_and_into_the_definition() {
        let mut sources = Sources::new();
        let root = sources.add("search", "a `m` b");
        let definition_file = sources.add("macro", "x y z");
        let author = Located::verbatim("a `m` b", place(root, 0, 7));
        let definition = Located::verbatim("x y z", place(definition_file, 0, 5));
        let mut text = Located::empty(place(root, 0, 7));
        text.append_part(&author, 0..2);
        let frame = text.add_frame(Frame {
            name: "m".into(),
            call: place(root, 2, 5),
            definition: place(definition_file, 0, 5),
            parent: None,
        });
        text.append_expansion(&definition, 0..5, frame);
        text.append_part(&author, 5..7);
        assert_eq!(text.as_str(), "a x y z b");
        let trace = text.trace(Span::new(4, 5)).expect("inside the text");
        assert_eq!(trace.place, place(root, 2, 5));
        assert_eq!(trace.through, vec![("m".into(), place(definition_file, 2, 3))]);
        let whole = text.trace(Span::new(0, 9)).expect("inside the text");
        assert_eq!(whole.place, place(root, 0, 7));
    }
}
