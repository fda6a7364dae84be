//! Diagnostics for people: drawn by miette, with the lines of the file around the place. The only file that names
//! miette.

use super::{Diagnostic, Severity};
use crate::source::{Place, Sources};
use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan,
    SpanContents,
};
use std::fmt;
use std::sync::Arc;

/// How a report is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// ANSI colours.
    pub colour: bool,
    /// Columns to wrap at.
    pub width: usize,
}

/// Draws one diagnostic, with a final line break. Places in other files are drawn below the first.
pub fn render(diagnostic: &Diagnostic, sources: &Sources, style: Style) -> String {
    let theme = if style.colour { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let handler =
        GraphicalReportHandler::new_themed(theme).with_width(style.width).with_links(false).with_context_lines(1);
    let mut out = String::new();
    let report = Report::new(diagnostic, sources);
    if handler.render_report(&mut out, &report).is_err() {
        out = one_line(diagnostic, sources);
    }
    // miette ends the lines it pads with blanks; reports are compared and pasted, so these go.
    let mut clean: String = out.lines().flat_map(|line| [line.trim_end(), "\n"]).collect();
    clean.truncate(clean.trim_end().len());
    clean.push('\n');
    clean
}

/// `file:line:column: severity[code]: message`, for logs.
pub fn one_line(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let at = sources.line_columns(diagnostic.place);
    let path = sources.file(diagnostic.place.file).path().display();
    let (severity, code) = (diagnostic.severity.as_str(), diagnostic.code);
    format!("{path}:{}:{}: {severity}[{code}]: {}", at.line, at.column, diagnostic.message)
}

/// A diagnostic, or a related place of one, as miette wants it: one source each.
#[derive(Debug)]
struct Report {
    head: String,
    severity: Option<miette::Severity>,
    source: Lines,
    labels: Vec<LabeledSpan>,
    help: Option<String>,
    related: Vec<Report>,
}

impl Report {
    fn new(diagnostic: &Diagnostic, sources: &Sources) -> Self {
        let file = diagnostic.place.file;
        let mut labels = vec![label(sources, diagnostic.place, &diagnostic.label, true)];
        let mut related = Vec::new();
        for other in &diagnostic.related {
            if other.place.file == file {
                labels.push(label(sources, other.place, &other.label, false));
            } else {
                related.push(Self {
                    head: other.label.clone(),
                    severity: Some(miette::Severity::Advice),
                    source: named(sources, other.place),
                    labels: vec![label(sources, other.place, "", true)],
                    help: None,
                    related: Vec::new(),
                });
            }
        }
        let help = match (&diagnostic.help, &diagnostic.note) {
            (Some(help), Some(note)) => Some(format!("{help}\nnote: {note}")),
            (Some(help), None) => Some(help.clone()),
            (None, Some(note)) => Some(format!("note: {note}")),
            (None, None) => None,
        };
        let severity = Some(match diagnostic.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Advice => miette::Severity::Advice,
        });
        let head = format!("{}[{}]: {}", diagnostic.severity.as_str(), diagnostic.code, diagnostic.message);
        Self { head, severity, source: named(sources, diagnostic.place), labels, help, related }
    }
}

fn named(sources: &Sources, place: Place) -> Lines {
    let file = sources.file(place.file);
    Lines { name: file.path().to_string_lossy().into_owned(), text: file.text().clone() }
}

/// A file that shows whole lines around a place, or, of a line too long to read, the part around it: searches on one
/// line of a thousand characters are common.
#[derive(Debug)]
struct Lines {
    name: String,
    text: Arc<str>,
}

/// A longer line is cut on both sides of the place.
const LONGEST_LINE: usize = 160;
/// Bytes to keep on each side then.
const MARGIN: usize = 60;

impl SourceCode for Lines {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        _after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let text = &*self.text;
        let (from, to) = (span.offset(), span.offset() + span.len());
        let (Some(head), Some(tail)) = (text.get(..from), text.get(to..)) else {
            return Err(MietteError::OutOfBounds);
        };
        let mut start = head.rfind('\n').map_or(0, |at| at + 1);
        let mut end = tail.find('\n').map_or(text.len(), |at| to + at);
        let line = head.matches('\n').count();
        if before == 0 {
            // miette asks for the place itself, to name it in the head of the drawing.
            let column = text[start..from].chars().count();
            let bytes = &text.as_bytes()[from..to];
            return Ok(Box::new(MietteSpanContents::new_named(self.name.clone(), bytes, *span, line, column, 1)));
        }
        if end - start > LONGEST_LINE && !text[from..to].contains('\n') {
            start = start.max(floor(text, from.saturating_sub(MARGIN)));
            end = end.min(floor(text, to.saturating_add(MARGIN)));
        }
        let column = text[text[..start].rfind('\n').map_or(0, |at| at + 1)..start].chars().count();
        let contents = MietteSpanContents::new_named(
            self.name.clone(),
            &text.as_bytes()[start..end],
            (start, end - start).into(),
            line,
            column,
            1,
        );
        Ok(Box::new(contents))
    }
}

/// The last character boundary at or before an offset.
fn floor(text: &str, offset: usize) -> usize {
    (0..=offset.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

fn label(sources: &Sources, place: Place, text: &str, primary: bool) -> LabeledSpan {
    let whole = sources.file(place.file).text();
    let mut start = (place.span.start as usize).min(whole.len());
    let end = (place.span.end as usize).min(whole.len());
    // Nothing is drawn behind the end of a line; the last character of it stands for the place.
    if start == end && whole.get(start..).is_none_or(|rest| rest.is_empty() || rest.starts_with(['\n', '\r'])) {
        let last = whole.get(..start).and_then(|before| before.chars().next_back());
        start -= last.filter(|last| *last != '\n').map_or(0, char::len_utf8);
    }
    let span = SourceSpan::new(start.into(), end - start);
    let text = (!text.is_empty()).then(|| text.to_owned());
    if primary { LabeledSpan::new_primary_with_span(text, span) } else { LabeledSpan::new_with_span(text, span) }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.head)
    }
}

impl std::error::Error for Report {}

impl miette::Diagnostic for Report {
    fn severity(&self) -> Option<miette::Severity> {
        self.severity
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn miette::Diagnostic> + 'a>> {
        Some(Box::new(self.related.iter().map(|report| report as &dyn miette::Diagnostic)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::codes;
    use crate::source::Span;

    #[test]
    fn a_report_shows_line_label_help_and_the_other_file() {
        let mut sources = Sources::new();
        let file = sources.add("pack/a.yml", "name: x\nsearch: '`sysmn` x=1'\n");
        let other = sources.add("pack/b.yml", "definition: y\n");
        let diagnostic =
            Diagnostic::new(codes::SPL_SYNTAX, "macro `sysmn` is not defined", Place { file, span: Span::new(17, 24) })
                .label("used here")
                .help("did you mean `sysmon`?")
                .related(Place { file: other, span: Span::new(12, 13) }, "defined here");
        let text = render(&diagnostic, &sources, Style { colour: false, width: 100 });
        assert!(text.contains("error[spl-syntax]: macro `sysmn` is not defined"), "{text}");
        assert!(text.contains("pack/a.yml:2:10"), "{text}");
        assert!(text.contains("used here"), "{text}");
        assert!(text.contains("did you mean `sysmon`?"), "{text}");
        assert!(text.contains("pack/b.yml:1:13"), "{text}");
        let line = one_line(&diagnostic, &sources);
        assert_eq!(line, "pack/a.yml:2:10: error[spl-syntax]: macro `sysmn` is not defined");
    }
}
