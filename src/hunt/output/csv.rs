//! The hits as a table of comma-separated values.

use super::time_text;
use crate::hunt::Report;
use crate::hunt::hit::score_text;
use crate::source::Located;
use std::io::{self, Write};

const HEADER: [&str; 11] = [
    "time",
    "rule",
    "id",
    "type",
    "entity_type",
    "entity",
    "entity_field",
    "score",
    "message",
    "techniques",
    "stories",
];

/// A record per hit and entity; a hit without entities has one with these cells empty. Lists are joined by `;`.
pub fn csv(out: &mut dyn Write, report: &Report<'_>) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(HEADER)?;
    for hit in &report.hits {
        let detection = hit.detection;
        let stories: Vec<&str> = detection.stories.iter().map(Located::as_str).collect();
        let (time, techniques) = (time_text(hit.time), hit.techniques().collect::<Vec<_>>().join(";"));
        let (id, kind) = (text(detection.object.id.as_ref()), text(detection.analytic_type.as_ref()));
        let mut record = |entity: [&str; 3], score: f64, message: &str| {
            let [entity_kind, value, field] = entity;
            let score = score_text(score);
            writer.write_record([
                &time,
                hit.rule(),
                id,
                kind,
                entity_kind,
                value,
                field,
                &score,
                message,
                &techniques,
                &stories.join(";"),
            ])
        };
        if hit.entities.is_empty() {
            record([""; 3], hit.score, &hit.message)?;
        }
        for entity in &hit.entities {
            record([&entity.kind, &entity.value, &entity.field], entity.score, &entity.message)?;
        }
    }
    writer.flush()
}

fn text(located: Option<&Located>) -> &str {
    located.map_or("", Located::as_str)
}
