//! The memory that this process may use.
//!
//! The bound is one of the process, as is the memory. It is looked at where rows and groups are kept: a search that needs
//! more ends with an error that says so, before the system ends the program.

use super::outcome::{Failure, FailureKind};
use std::sync::atomic::{AtomicU64, Ordering};

/// 0: no bound.
static LIMIT: AtomicU64 = AtomicU64::new(0);

/// Sets the bound in bytes, for all searches of this process.
pub fn set_limit(bytes: u64) {
    LIMIT.store(bytes, Ordering::Relaxed);
}

/// Fails if the process uses more memory than the bound allows.
///
/// # Errors
/// A failure of the kind [`FailureKind::Limit`]. Never on systems that do not say how much memory is in use.
pub fn check() -> Result<(), Failure> {
    check_share(8)
}

/// As [`check`], while rows are gathered by many searches that all need some room more when they end: a quarter of the
/// bound is kept for that.
///
/// # Errors
/// As those of [`check`].
pub fn check_early() -> Result<(), Failure> {
    check_share(6)
}

/// Fails if more than so many eighths of the bound are used.
fn check_share(eighths: u64) -> Result<(), Failure> {
    let limit = LIMIT.load(Ordering::Relaxed);
    let most = limit / 8 * eighths;
    if limit == 0 || memory_stats::memory_stats().is_none_or(|stats| stats.physical_mem as u64 <= most) {
        return Ok(());
    }
    let message = format!("more than {} MiB of memory are needed; narrow the search, or raise `--memory`", limit >> 20);
    Err(Failure::new(FailureKind::Limit, message))
}

/// Reads a size: a number of bytes, or of `KB`, `MB`, `GB` (also `K`, `KiB` and so on; all powers of 1024). Letter case
/// does not count.
pub fn parse_size(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let number: f64 = number.parse().ok()?;
    let shift = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 0,
        "k" | "kb" | "kib" => 10,
        "m" | "mb" | "mib" => 20,
        "g" | "gb" | "gib" => 30,
        _ => return None,
    };
    let bytes = number * (1_u64 << shift) as f64;
    (1.0..1e18).contains(&bytes).then_some(bytes as u64)
}

#[cfg(test)]
mod tests {
    use super::parse_size;

    #[test]
    fn sizes() {
        let table = [
            ("512MB", Some(512 << 20)),
            ("1.5 g", Some(3 << 29)),
            ("100", Some(100)),
            ("2KiB", Some(2048)),
            ("0", None),
            ("-1", None),
            ("MB", None),
            ("1 XB", None),
            ("1e99GB", None),
        ];
        for (text, expected) in table {
            assert_eq!(parse_size(text), expected, "{text}");
        }
    }
}
