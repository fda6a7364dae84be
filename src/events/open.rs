//! Opens an input and reads its files one after the other, layer by layer.

use super::decode::{self, DecodingReader, Encoding};
use super::label::Labels;
use super::note::{NoteKind, Notes};
use super::recognise::{EVTX_MAGIC, Kind};
use super::sink::{Sink, Stop};
use super::unpack::{self, Allowance, Layer};
use super::window::Window;
use super::{Options, Stream, text, walk};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// An input that cannot be opened at all.
#[derive(Debug, thiserror::Error)]
#[error("cannot read `{}`: {source}", path.display())]
pub struct OpenError {
    /// What was to be opened.
    pub path: PathBuf,
    /// Why not.
    pub source: io::Error,
}

/// How much of a file its format is guessed from.
const HEAD: usize = 64 * 1024;

/// A zip archive that is itself packed, or comes from standard input, must be held in memory: at most so many bytes.
const MAX_ZIP: u64 = 256 << 20;

/// Opens a file, a folder (all its files, sorted by path) or standard input (`-`).
///
/// # Errors
/// The path does not exist or may not be read. What goes wrong later, with a file of a folder or behind the beginning of
/// a file, is a note of the stream: the events before it are still given.
pub fn open(path: &Path, options: &Options) -> Result<Stream, OpenError> {
    open_as(path, options, false)
}

/// As [`open`], for files of rows: exports from Splunk are tables like any other.
pub(super) fn open_rows(path: &Path, options: &Options) -> Result<Stream, OpenError> {
    open_as(path, options, true)
}

fn open_as(path: &Path, options: &Options, rows: bool) -> Result<Stream, OpenError> {
    let fail = |source| OpenError { path: path.to_owned(), source };
    let options = options.clone();
    let limits = options.limits;
    let notes = Notes::default();
    if path.as_os_str() == "-" {
        let read = move |sink: &mut Sink, notes: &Notes| {
            Job::new(&options, sink, notes, true, rows).file(Path::new("stdin"), &mut io::stdin().lock())
        };
        return Stream::start(limits, notes, read).map_err(fail);
    }
    let meta = std::fs::metadata(path).map_err(fail)?;
    if meta.is_dir() {
        std::fs::read_dir(path).map_err(fail)?;
        let folder = path.to_owned();
        let read = move |sink: &mut Sink, notes: &Notes| {
            let mut job = Job::new(&options, sink, notes, false, rows);
            let files = walk::files(&folder, limits.max_files, notes);
            if files.is_empty() {
                job.note(NoteKind::Skipped, &folder, "the folder holds no files");
            }
            for path in files {
                match File::open(&path) {
                    Ok(mut file) => job.disk_file(&path, &mut file)?,
                    Err(error) => job.note(NoteKind::Damaged, &path, format!("the file cannot be read: {error}")),
                }
            }
            Ok(())
        };
        return Stream::start(limits, notes, read).map_err(fail);
    }
    let mut file = File::open(path).map_err(fail)?;
    let owned = path.to_owned();
    let read =
        move |sink: &mut Sink, notes: &Notes| Job::new(&options, sink, notes, true, rows).disk_file(&owned, &mut file);
    Stream::start(limits, notes, read).map_err(fail)
}

/// The files that [`open`] would read, in its order, for callers who read several at once; a file stands for itself.
/// Notes say what was left out.
pub fn files(path: &Path, options: &Options) -> (Vec<PathBuf>, Vec<super::Note>) {
    let notes = Notes::default();
    let found = if path.is_dir() { walk::files(path, options.limits.max_files, &notes) } else { vec![path.to_owned()] };
    (found, notes.list())
}

/// The reading of one input.
pub(super) struct Job<'a> {
    pub(super) options: &'a Options,
    pub(super) sink: &'a mut Sink,
    pub(super) notes: &'a Notes,
    /// The user named this file, so it is read even if it does not look like a log.
    pub(super) named: bool,
    /// The files hold rows, not events.
    pub(super) rows: bool,
    /// When the file was written, in seconds since the epoch.
    pub(super) written: i64,
    allowance: Allowance,
    /// The file on disk that is being read, for archives that need to seek.
    disk: Option<PathBuf>,
    depth: usize,
}

impl<'a> Job<'a> {
    fn new(options: &'a Options, sink: &'a mut Sink, notes: &'a Notes, named: bool, rows: bool) -> Self {
        let allowance = Allowance::new(options.limits.max_unpacked);
        let written = seconds(SystemTime::now());
        Self { options, sink, notes, named, rows, written, allowance, disk: None, depth: 0 }
    }

    pub(super) fn note(&self, kind: NoteKind, path: &Path, text: impl Into<String>) {
        self.notes.push(kind, path, text);
    }

    fn disk_file(&mut self, path: &Path, file: &mut File) -> Result<(), Stop> {
        let modified = file.metadata().and_then(|meta| meta.modified());
        self.written = seconds(modified.unwrap_or_else(|_| SystemTime::now()));
        self.disk = Some(path.to_owned());
        self.file(path, file)
    }

    /// Reads one file; trouble with its bytes is noted and ends only this file.
    fn file(&mut self, path: &Path, reader: &mut dyn Read) -> Result<(), Stop> {
        let depth = self.depth;
        let done = self.bytes(path, &mut Window::new(reader));
        self.depth = depth;
        self.noted(path, done)
    }

    fn noted(&self, path: &Path, done: Result<(), Stop>) -> Result<(), Stop> {
        match done {
            Err(Stop::Read(error)) => {
                self.note(NoteKind::Damaged, path, format!("reading stops here: {error}"));
                Ok(())
            }
            other => other,
        }
    }

    /// Takes off one layer after the other until there is text.
    fn bytes(&mut self, path: &Path, window: &mut Window<'_>) -> Result<(), Stop> {
        window.fill_to(HEAD)?;
        let head = &window.unread()[..window.unread().len().min(HEAD)];
        if head.is_empty() {
            self.note(NoteKind::Skipped, path, "the file is empty");
            return Ok(());
        }
        if head.starts_with(b"version https://git-lfs") {
            self.note(NoteKind::Skipped, path, "a Git LFS pointer, not the data itself; `git lfs pull` fetches it");
            return Ok(());
        }
        if let Some(name) = unpack::unsupported(head) {
            self.note(NoteKind::Skipped, path, format!("{name} compression is not supported; unpack the file first"));
            return Ok(());
        }
        if let Some(layer) = unpack::recognise(head) {
            return self.layer(layer, path, window);
        }
        if head.starts_with(EVTX_MAGIC) {
            return text::evtx(self, path, window);
        }
        if let Some(name) = self.charset(path, head) {
            match decode::charset(&name) {
                Some(encoding) if encoding != encoding_rs::UTF_8 => {
                    return self.decoded(path, &mut DecodingReader::new(window, encoding));
                }
                Some(_) => {}
                None => {
                    self.note(NoteKind::Altered, path, format!("read as UTF-8, since CHARSET `{name}` is not known"));
                }
            }
        }
        let encoding = decode::recognise(head);
        let told = self.options.overrides.kind.is_some() || self.options.overrides.sourcetype.is_some();
        match encoding {
            Encoding::Utf8 { .. } if decode::is_binary(head) && !(self.named && told) => {
                self.note(NoteKind::Skipped, path, "binary data of an unknown format, not a log");
                Ok(())
            }
            Encoding::Utf8 { mark } => {
                window.consume(mark);
                text::read(self, path, window)
            }
            Encoding::Utf16Le => self.decoded(path, &mut DecodingReader::new(window, encoding_rs::UTF_16LE)),
            Encoding::Utf16Be => self.decoded(path, &mut DecodingReader::new(window, encoding_rs::UTF_16BE)),
        }
    }

    /// What the settings of index time say of the encoding.
    fn charset(&self, path: &Path, head: &[u8]) -> Option<String> {
        let lookup = self.options.rules.as_ref()?;
        let overrides = &self.options.overrides;
        let mut labels = Labels::new(Kind::Text, overrides, &path.to_string_lossy(), head);
        let rules = lookup(labels.base())?;
        match rules.sourcetype.filter(|_| overrides.sourcetype.is_none()) {
            Some(sourcetype) => {
                labels.call(&sourcetype);
                lookup(labels.base())?.charset
            }
            None => rules.charset,
        }
    }

    fn decoded(&mut self, path: &Path, reader: &mut dyn Read) -> Result<(), Stop> {
        let mut window = Window::new(reader);
        window.fill_to(HEAD)?;
        text::read(self, path, &mut window)
    }

    fn layer(&mut self, layer: Layer, path: &Path, window: &mut Window<'_>) -> Result<(), Stop> {
        if self.depth >= self.options.limits.max_depth {
            let text = format!("more than {} compressed layers inside each other", self.options.limits.max_depth);
            self.note(NoteKind::Skipped, path, text);
            return Ok(());
        }
        self.depth += 1;
        let allowance = self.allowance.clone();
        let done = match layer {
            Layer::Gzip => {
                let mut reader = allowance.guard(flate2::read::MultiGzDecoder::new(window));
                self.bytes(path, &mut Window::new(&mut reader))
            }
            Layer::Zstd => {
                let mut reader = allowance.guard(zstd::stream::read::Decoder::new(window)?);
                self.bytes(path, &mut Window::new(&mut reader))
            }
            Layer::Tar => self.tar(path, window),
            Layer::Zip => self.zip(path, window),
        };
        self.depth -= 1;
        done
    }

    fn tar(&mut self, path: &Path, window: &mut Window<'_>) -> Result<(), Stop> {
        let mut archive = tar::Archive::new(window);
        for (count, entry) in archive.entries()?.enumerate() {
            let mut entry = entry?;
            if !entry.header().entry_type().is_file() {
                continue;
            }
            let name = entry.path_bytes();
            let member = member(path, &String::from_utf8_lossy(&name));
            if count >= self.options.limits.max_files {
                self.note(NoteKind::Skipped, path, format!("only the first {count} files are read"));
                return Ok(());
            }
            self.disk = None;
            self.file(&member, &mut entry)?;
        }
        Ok(())
    }

    fn zip(&mut self, path: &Path, window: &mut Window<'_>) -> Result<(), Stop> {
        if let Some(disk) = self.disk.take().filter(|_| self.depth == 1) {
            return self.zip_members(path, io::BufReader::new(File::open(disk)?));
        }
        let mut bytes = Vec::new();
        window.take(MAX_ZIP + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > MAX_ZIP {
            self.note(NoteKind::Skipped, path, "a zip archive inside another is too large to be held in memory");
            return Ok(());
        }
        self.zip_members(path, io::Cursor::new(bytes))
    }

    fn zip_members(&mut self, path: &Path, reader: impl Read + io::Seek) -> Result<(), Stop> {
        let mut archive = zip::ZipArchive::new(reader).map_err(io::Error::other)?;
        for index in 0..archive.len().min(self.options.limits.max_files) {
            let mut entry = match archive.by_index(index) {
                Ok(entry) if entry.is_file() => entry,
                Ok(_) => continue,
                Err(error) => {
                    self.note(NoteKind::Damaged, path, format!("a file of the archive cannot be read: {error}"));
                    continue;
                }
            };
            let name = entry.name().map_or_else(|_| format!("#{index}"), std::borrow::Cow::into_owned);
            let member = member(path, &name);
            let mut reader = self.allowance.guard(&mut entry);
            self.file(&member, &mut reader)?;
        }
        Ok(())
    }
}

fn seconds(time: SystemTime) -> i64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs().cast_signed())
}

/// The name of a file in an archive: only shown, never opened.
fn member(archive: &Path, name: &str) -> PathBuf {
    let mut path = archive.as_os_str().to_owned();
    path.push("!");
    path.push(name);
    path.into()
}
