//! Windows event XML: `SystemTime` of `TimeCreated`, or Sysmon's own `UtcTime`.

use super::parts::{Instant, days_since_epoch, digits, fraction};
use memchr::memmem::{self, Finder};
use std::ops::Range;

/// Reads the time of Windows event XML. Both times are UTC by definition.
pub(super) struct WindowsClock {
    system: Finder<'static>,
    sysmon: Finder<'static>,
}

impl Default for WindowsClock {
    fn default() -> Self {
        Self { system: Finder::new("SystemTime="), sysmon: Finder::new("UtcTime") }
    }
}

/// How much of the `System` block may stand before `SystemTime`.
const HEAD: usize = 4096;

impl WindowsClock {
    /// The instant, and where it is written.
    pub(super) fn read(&self, raw: &[u8]) -> Option<(Instant, Range<usize>)> {
        let at = self.system.find(&raw[..raw.len().min(HEAD)])?;
        if memmem::find(&raw[..at], b"-Sysmon").is_some()
            && let Some(start) = self.utc_time(&raw[at..])
            && let Some(found) = at_place(raw, at + start)
        {
            return Some(found);
        }
        at_place(raw, at + b"SystemTime='".len())
    }

    /// The first data element named `UtcTime`; other names that end so (`CreationUtcTime`) come behind it.
    fn utc_time(&self, raw: &[u8]) -> Option<usize> {
        let at = self.sysmon.find(raw)?;
        if !matches!(raw.get(at.checked_sub(1)?), Some(b'\'' | b'"')) {
            return None;
        }
        let end = at + b"UtcTime'".len();
        (raw.get(end) == Some(&b'>')).then_some(end + 1)
    }
}

fn at_place(raw: &[u8], start: usize) -> Option<(Instant, Range<usize>)> {
    iso(raw.get(start..)?).map(|(instant, used)| (instant, start..start + used))
}

/// `yyyy-mm-dd`, `T` or a blank, `hh:mm:ss`, a fraction of any length; UTC, with or without `Z`. Gives the bytes used, too.
fn iso(text: &[u8]) -> Option<(Instant, usize)> {
    let head = text.get(..19)?;
    let separators = [(4, b'-'), (7, b'-'), (13, b':'), (16, b':')];
    if separators.iter().any(|&(at, wanted)| head[at] != wanted) || !matches!(head[10], b'T' | b' ') {
        return None;
    }
    let number = |from: usize, count: usize| digits(&head[from..], count, count).map(|(value, _)| value);
    let (year, month, day) = (number(0, 4)?, number(5, 2)?, number(8, 2)?);
    let (hour, minute, second) = (number(11, 2)?, number(14, 2)?, number(17, 2)?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let (nanos, used) = match text.get(19) {
        Some(b'.') => fraction(&text[20..], 30).map_or((0, 19), |(nanos, used)| (nanos, 20 + used)),
        _ => (0, 19),
    };
    let used = used + usize::from(text.get(used) == Some(&b'Z'));
    let seconds = days_since_epoch(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second;
    Some((Instant { time: seconds as f64 + f64::from(nanos) / 1e9, civil: seconds }, used))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::float_cmp)]
    use super::*;

    #[test]
    fn sysmon_reads_its_own_time() {
        // 2024-03-01T00:00:00Z is day 19783 of the epoch.
        let base = 19_783.0 * 86_400.0;
        let event = |provider: &str, data: &str| {
            format!(
                "<Event xmlns='x'><System><Provider Name='{provider}'/><TimeCreated \
                 SystemTime='2024-03-01T00:00:02.5000000Z'/></System><EventData>{data}</EventData></Event>"
            )
        };
        let utc = "<Data Name='UtcTime'>2024-03-01 00:00:01.250</Data>";
        let table = [
            ("Microsoft-Windows-Sysmon", utc, base + 1.25),
            ("Microsoft-Windows-Sysmon", "<Data Name='CreationUtcTime'>2020-01-01 00:00:00.000</Data>", base + 2.5),
            ("Microsoft-Windows-Sysmon", "<Data Name='UtcTime'>-</Data>", base + 2.5),
            ("Example-Provider", utc, base + 2.5),
        ];
        for (provider, data, wanted) in table {
            let raw = event(provider, data);
            let (found, place) = WindowsClock::default().read(raw.as_bytes()).unwrap();
            assert_eq!(found.time, wanted, "{raw}");
            assert!(raw[place.clone()].starts_with("2024-03-01"), "{}", &raw[place]);
        }
        assert_eq!(WindowsClock::default().read(b"<Event>SystemTime='2024-13-01T00:00:00Z'"), None);
        assert_eq!(WindowsClock::default().read("SystemTime='2024-0é-01T00:00:00Z'".as_bytes()), None);
    }
}
