//! `--matrix`: every detection over every dataset.

use super::super::args::TestFormat;
use super::super::terminal::printable;
use crate::replay::Hit;
use std::io::{self, Write};

pub(super) fn write(out: &mut dyn Write, hits: &[Hit], format: TestFormat) -> io::Result<()> {
    match format {
        TestFormat::Human => human(out, hits),
        TestFormat::Json => json(out, hits),
        TestFormat::Csv => csv(out, hits),
        TestFormat::Junit => Ok(()),
    }
}

/// The widest line.
const WIDTH: usize = 80;

fn human(out: &mut dyn Write, hits: &[Hit]) -> io::Result<()> {
    let mut rest = hits;
    let mut datasets = 0;
    while let Some(first) = rest.first() {
        let same = |hit: &Hit| hit.data == first.data && hit.sourcetype == first.sourcetype;
        let count = rest.iter().take_while(|hit| same(hit)).count();
        let (own, others) = rest.split_at(count);
        rest = others;
        datasets += 1;
        writeln!(out, "{}", shown(&title(first), WIDTH))?;
        for hit in own {
            let mark = if hit.own { "own  " } else { "other" };
            writeln!(out, "  {:>8}  {mark}  {}", hit.rows, shown(&hit.detection, WIDTH - 19))?;
        }
    }
    let other = hits.iter().filter(|hit| !hit.own).count();
    writeln!(out, "{} hits in {datasets} datasets, {other} by detections that no test brings there", hits.len())
}

/// The end of the path says most.
fn title(hit: &Hit) -> String {
    let path = hit.data.rsplit_once("/datasets/").map_or(hit.data.as_str(), |(_, path)| path);
    let room = WIDTH.saturating_sub(hit.sourcetype.chars().count() + 3);
    let length = path.chars().count();
    let path: String = if length > room {
        format!("...{}", path.chars().skip(length + 3 - room.max(3)).collect::<String>())
    } else {
        path.to_owned()
    };
    if hit.sourcetype.is_empty() { path } else { format!("{path} ({})", hit.sourcetype) }
}

fn shown(text: &str, width: usize) -> String {
    let text = printable(text);
    if text.chars().count() <= width {
        return text;
    }
    format!("{}...", text.chars().take(width - 3).collect::<String>())
}

fn json(out: &mut dyn Write, hits: &[Hit]) -> io::Result<()> {
    writeln!(out, "[")?;
    for (at, hit) in hits.iter().enumerate() {
        let row = serde_json::json!({
            "dataset": hit.data, "sourcetype": hit.sourcetype, "detection": hit.detection, "rows": hit.rows, "own": hit.own,
        });
        let comma = if at + 1 == hits.len() { "" } else { "," };
        writeln!(out, "  {row}{comma}")?;
    }
    writeln!(out, "]")
}

fn csv(out: &mut dyn Write, hits: &[Hit]) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(["dataset", "sourcetype", "detection", "rows", "own"])?;
    for hit in hits {
        let rows = hit.rows.to_string();
        let own = if hit.own { "true" } else { "false" };
        writer.write_record([hit.data.as_str(), &hit.sourcetype, &hit.detection, &rows, own])?;
    }
    writer.flush()
}
