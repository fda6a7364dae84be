//! Diagnostics for a terminal, drawn by miette. The only place that names miette.
