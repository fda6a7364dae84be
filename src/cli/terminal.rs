//! What the terminal can do: colours, width, progress.

use super::args::ColorChoice;
use crate::diag::render::Style;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{self, IsTerminal, Write};
use std::time::Duration;

/// Standard output and standard error as this run may use them.
#[derive(Debug)]
pub(super) struct Terminal {
    colour: bool,
    progress: bool,
    quiet: bool,
}

impl Terminal {
    pub(super) fn new(choice: ColorChoice, quiet: bool) -> Self {
        // NO_COLOR counts when it is set to anything but the empty string (no-color.org).
        let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let colour = match choice {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => !no_color && io::stdout().is_terminal(),
        };
        let progress = !quiet && !no_color && io::stderr().is_terminal() && io::stdout().is_terminal();
        Self { colour, progress, quiet }
    }

    /// How to draw diagnostics.
    pub(super) fn style(&self) -> Style {
        Style { colour: self.colour, width: Self::width() }
    }

    /// Whether human output on standard output is coloured.
    pub(super) fn colour(&self) -> bool {
        self.colour
    }

    /// Columns of the terminal; 80 when there is none.
    pub(super) fn width() -> usize {
        let columns = console_width().or_else(|| std::env::var("COLUMNS").ok()?.parse().ok());
        columns.unwrap_or(80).clamp(40, 200)
    }

    /// Lines of the terminal; 24 when there is none.
    pub(super) fn height() -> usize {
        indicatif_term_size().map_or(24, |(lines, _)| usize::from(lines))
    }

    /// Clears the screen, if output goes to one.
    pub(super) fn clear(&self) {
        if self.progress {
            let _ = console::Term::stdout().clear_screen();
        }
    }

    /// Writes one line of information to standard error, unless `--quiet`.
    pub(super) fn note(&self, line: &str) {
        if !self.quiet {
            let _ = writeln!(io::stderr(), "escudo: {line}");
        }
    }

    /// A bar over `total` steps on standard error, drawn only on a terminal and only once a second has passed.
    pub(super) fn bar(&self, total: u64, what: &'static str) -> ProgressBar {
        let bar = ProgressBar::new(total).with_message(what);
        if !self.progress {
            bar.set_draw_target(ProgressDrawTarget::hidden());
            return bar;
        }
        if let Ok(style) = ProgressStyle::with_template("[{bar:30}] {pos}/{len} {wide_msg}") {
            bar.set_style(style);
        }
        bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(10));
        bar.enable_steady_tick(Duration::from_millis(200));
        bar
    }

    /// A sign of life on standard error for work of unknown length.
    pub(super) fn spinner(&self, what: &'static str) -> ProgressBar {
        let bar = ProgressBar::new_spinner().with_message(what);
        if self.progress {
            bar.enable_steady_tick(Duration::from_millis(200));
        } else {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        bar
    }
}

fn console_width() -> Option<usize> {
    if !io::stdout().is_terminal() {
        return None;
    }
    let (_, columns) = indicatif_term_size()?;
    Some(usize::from(columns))
}

fn indicatif_term_size() -> Option<(u16, u16)> {
    console::Term::stdout().size_checked()
}

/// Text that cannot act on the terminal: control characters and direction overrides are shown as escapes.
pub(super) fn printable(text: &str) -> String {
    let acts = |c: char| {
        c.is_control() || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}')
    };
    if !text.contains(acts) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if acts(c) { out.extend(c.escape_default()) } else { out.push(c) }
    }
    out
}
