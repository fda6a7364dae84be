//! `bad-cron-schedule`, `bad-relative-time`: when searches run, and over which time.

use crate::check::{Around, Findings, Subject};
use crate::content::model::Scheduling;
use crate::diag::{Diagnostic, codes};
use crate::source::Located;

/// The schedule of a detection, and the times of its drilldowns.
pub(super) fn of_detection(subject: &Subject<'_>, findings: &mut Findings) {
    if let Some(scheduling) = &subject.detection.scheduling {
        check(scheduling, findings);
    }
    for drilldown in &subject.detection.drilldowns {
        for offset in drilldown.earliest_offset.iter().chain(&drilldown.latest_offset) {
            // `7d` and `0` stand for times before the result; tokens for its own times.
            let text = offset.as_str().trim();
            if !(text.contains('$') || is_relative(text) || is_relative(&format!("-{text}"))) {
                time(offset, findings);
            }
        }
    }
}

/// Deployments and schedules, which are objects.
pub(super) fn of_pack(around: &Around<'_>, findings: &mut Findings) {
    for deployment in &around.pack.deployments {
        if let Some(scheduling) = &deployment.scheduling {
            check(scheduling, findings);
        }
    }
    for schedule in &around.pack.schedules {
        check(&schedule.scheduling, findings);
    }
}

/// Four texts that the official tool does not look at.
pub(super) fn check(scheduling: &Scheduling, findings: &mut Findings) {
    if let Some(cron) = &scheduling.cron_schedule
        && let Err(reason) = cron_schedule(cron.as_str())
        && let Some(place) = cron.whole()
    {
        findings.push(
            Diagnostic::new(codes::BAD_CRON_SCHEDULE, format!("`{}` is no cron schedule", cron.as_str()), place)
                .label(reason)
                .help("write minute, hour, day of month, month and day of week, such as `0 * * * *`"),
        );
    }
    for text in scheduling.earliest_time.iter().chain(&scheduling.latest_time) {
        if !is_relative(text.as_str().trim()) {
            time(text, findings);
        }
    }
}

fn time(text: &Located, findings: &mut Findings) {
    let Some(place) = text.whole() else { return };
    findings.push(
        Diagnostic::new(codes::BAD_RELATIVE_TIME, format!("`{}` is no time", text.as_str()), place)
            .label("no time that Splunk knows")
            .help("write a time such as `-70m@m`, `-1d@d` or `now`"),
    );
}

/// `now`, a number of seconds, `-7d@d`, `@w1`, `rt`, `+1h-5m`.
fn is_relative(text: &str) -> bool {
    let text = text.strip_prefix("rt").unwrap_or(text);
    if text.is_empty() || text == "now" || text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return true;
    }
    let (offsets, snap) = text.split_once('@').map_or((text, None), |(offsets, snap)| (offsets, Some(snap)));
    let (snap, after) = match snap {
        Some(snap) => snap.find(['+', '-']).map_or((Some(snap), ""), |at| (Some(&snap[..at]), &snap[at..])),
        None => (None, ""),
    };
    shifts(offsets) && shifts(after) && snap.is_none_or(|unit| is_unit(unit) || is_weekday(unit))
}

/// Any number of `-7d`, `+1h`; the number may be left out.
fn shifts(text: &str) -> bool {
    let mut rest = text;
    while !rest.is_empty() {
        let Some(signed) = rest.strip_prefix(['-', '+']) else { return false };
        let unit = signed.trim_start_matches(|c: char| c.is_ascii_digit());
        let end = unit.find(['-', '+']).unwrap_or(unit.len());
        let bare_number = end == 0 && unit.len() != signed.len();
        if !bare_number && !is_unit(&unit[..end]) {
            return false;
        }
        rest = &unit[end..];
    }
    true
}

fn is_weekday(unit: &str) -> bool {
    unit.len() == 2 && unit.starts_with('w') && matches!(unit.as_bytes()[1], b'0'..=b'7')
}

fn is_unit(unit: &str) -> bool {
    const UNITS: [&str; 23] = [
        "s", "sec", "second", "m", "min", "minute", "h", "hr", "hour", "d", "day", "w", "week", "mon", "month", "q",
        "qtr", "quarter", "y", "yr", "year", "ms", "us",
    ];
    let single = unit.strip_suffix('s').filter(|single| single.len() > 1).unwrap_or(unit);
    UNITS.contains(&single) || UNITS.contains(&unit)
}

/// Five fields of numbers, ranges, steps and lists.
fn cron_schedule(text: &str) -> Result<(), String> {
    const FIELDS: [(&str, u32, u32); 5] =
        [("minute", 0, 59), ("hour", 0, 23), ("day of month", 1, 31), ("month", 1, 12), ("day of week", 0, 7)];
    let parts: Vec<&str> = text.split_whitespace().collect();
    if parts.len() != FIELDS.len() {
        return Err(format!("{} fields, expected 5", parts.len()));
    }
    for (part, (what, min, max)) in parts.into_iter().zip(FIELDS) {
        if !part.split(',').all(|item| cron_item(item, min, max)) {
            return Err(format!("`{part}` is no {what}"));
        }
    }
    Ok(())
}

fn cron_item(item: &str, min: u32, max: u32) -> bool {
    const NAMES: [&str; 19] = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "sun", "mon", "tue", "wed",
        "thu", "fri", "sat",
    ];
    let (range, step) = item.split_once('/').map_or((item, None), |(range, step)| (range, Some(step)));
    let number = |text: &str| text.parse::<u32>().is_ok_and(|number| (min..=max).contains(&number));
    let value = |text: &str| number(text) || (max <= 12 && NAMES.contains(&text.to_ascii_lowercase().as_str()));
    let fits =
        range == "*" || range.split_once('-').map_or_else(|| value(range), |(from, to)| value(from) && value(to));
    fits && step.is_none_or(|step| step.parse::<u32>().is_ok_and(|step| step > 0))
}

#[cfg(test)]
mod tests {
    use super::{cron_schedule, is_relative};

    #[test]
    fn times_are_those_of_splunk() {
        for good in ["now", "0", "-70m@m", "-1d@d", "@w1", "-90d@d", "rt", "rt-5m", "+1h-5m", "-1450m@m", "@d+3h", "-d"]
        {
            assert!(is_relative(good), "{good}");
        }
        for bad in ["yesterday", "-1x@h", "-70m@", "70m", "-1d@x", "--1d"] {
            assert!(!is_relative(bad), "{bad}");
        }
    }

    #[test]
    fn cron_schedules_have_five_fields_in_range() {
        for good in ["0 * * * *", "*/5 0-6 1,15 * mon-fri", "0 2 * * 0", "10 0 * * *"] {
            assert!(cron_schedule(good).is_ok(), "{good}");
        }
        for bad in ["", "* * * *", "60 * * * *", "0 24 * * *", "a * * * *", "*/0 * * * *", "0 0 0 * *"] {
            assert!(cron_schedule(bad).is_err(), "{bad}");
        }
    }
}
