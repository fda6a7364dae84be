//! Windows event XML: `SystemTime` of `TimeCreated`, or Sysmon's own `UtcTime`.

use super::parts::{days_since_epoch, digits, fraction};
use memchr::memmem::{self, Finder};

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
    pub(super) fn read(&self, raw: &[u8]) -> Option<f64> {
        let at = self.system.find(&raw[..raw.len().min(HEAD)])?;
        if memmem::find(&raw[..at], b"-Sysmon").is_some()
            && let Some(time) = self.utc_time(&raw[at..])
        {
            return Some(time);
        }
        iso(raw.get(at + b"SystemTime='".len()..)?)
    }

    /// The first data element named `UtcTime`; other names that end so (`CreationUtcTime`) come behind it.
    fn utc_time(&self, raw: &[u8]) -> Option<f64> {
        let at = self.sysmon.find(raw)?;
        if !matches!(raw.get(at.checked_sub(1)?), Some(b'\'' | b'"')) {
            return None;
        }
        let text = raw.get(at + b"UtcTime'".len()..)?;
        iso(text.strip_prefix(b">")?)
    }
}

/// `yyyy-mm-dd`, `T` or a blank, `hh:mm:ss`, a fraction of any length; UTC.
fn iso(text: &[u8]) -> Option<f64> {
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
    let nanos = match text.get(19) {
        Some(b'.') => fraction(&text[20..], 30).map_or(0, |(nanos, _)| nanos),
        _ => 0,
    };
    let seconds = days_since_epoch(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second;
    Some(seconds as f64 + f64::from(nanos) / 1e9)
}

#[cfg(test)]
mod tests {
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
            assert_eq!(WindowsClock::default().read(raw.as_bytes()), Some(wanted), "{raw}");
        }
        assert_eq!(WindowsClock::default().read(b"<Event>SystemTime='2024-13-01T00:00:00Z'"), None);
        assert_eq!(WindowsClock::default().read("SystemTime='2024-0é-01T00:00:00Z'".as_bytes()), None);
    }
}
