//! Where the events of a search without rows were lost, in one line.

use crate::engine::StageCount;

/// Names the stage that let nothing through, and what had come so far: `no rows: 9 events read, ...`.
pub fn lost(trace: &[StageCount]) -> String {
    let Some(first) = trace.first() else { return "the search gives no rows".to_owned() };
    if first.rows_in == 0 {
        return format!(
            "no rows: {}",
            if first.label == "table" { "the lookup is empty" } else { "the data holds no events" }
        );
    }
    let read = format!("{} read", events(first.rows_in));
    if first.rows_out == 0 {
        let why = match first.label {
            "dataset" => "none belongs to the dataset",
            "events" => "none satisfies the search before the first pipe",
            _ => "none passes the first stage",
        };
        return format!("no rows: {read}, {why}");
    }
    let selected = match first.label {
        "dataset" => format!("{read}, {} in the dataset", first.rows_out),
        "events" => format!("{read}, {} found", first.rows_out),
        _ => read,
    };
    // Later stages may make rows of nothing (`append`), so the last loss counts.
    match trace.iter().enumerate().skip(1).rfind(|(_, stage)| stage.rows_in > 0 && stage.rows_out == 0) {
        Some((index, stage)) => {
            let what = match stage.label {
                "groups" => format!("makes no group of {}: a by-field is missing in each", rows(stage.rows_in)),
                "filter" => format!("keeps none of {}", rows(stage.rows_in)),
                "join" => format!("finds no partner for {}", rows(stage.rows_in)),
                _ => format!("lets none of {} through", rows(stage.rows_in)),
            };
            format!("no rows: {selected}; `{}` (stage {}) {what}", stage.command, stage_number(trace, index))
        }
        None => format!("no rows: {selected}"),
    }
}

/// Which command of the search a step belongs to, from 1: steps of one command share their span.
fn stage_number(trace: &[StageCount], index: usize) -> usize {
    trace[..=index].windows(2).filter(|pair| pair[0].span != pair[1].span).count() + 1
}

fn events(count: u64) -> String {
    if count == 1 { "1 event".to_owned() } else { format!("{count} events") }
}

fn rows(count: u64) -> String {
    if count == 1 { "1 row".to_owned() } else { format!("{count} rows") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;

    fn stage(command: &'static str, label: &'static str, at: usize, rows_in: u64, rows_out: u64) -> StageCount {
        StageCount { command, label, span: Span::new(at, at + 1), rows_in, rows_out }
    }

    #[test]
    fn names_the_stage_that_lost_the_rows() {
        let dataset = |rows_in, rows_out| stage("tstats", "dataset", 0, rows_in, rows_out);
        let cases = [
            (vec![], "the search gives no rows"),
            (vec![dataset(0, 0)], "no rows: the data holds no events"),
            (vec![dataset(9, 0)], "no rows: 9 events read, none belongs to the dataset"),
            (
                vec![dataset(9, 4), stage("tstats", "filter", 0, 4, 0), stage("tstats", "groups", 0, 0, 0)],
                "no rows: 9 events read, 4 in the dataset; `tstats` (stage 1) keeps none of 4 rows",
            ),
            (
                vec![
                    stage("search", "events", 0, 1, 1),
                    stage("stats", "groups", 5, 1, 0),
                    stage("where", "filter", 9, 0, 0),
                ],
                "no rows: 1 event read, 1 found; `stats` (stage 2) makes no group of 1 row: a by-field is missing in each",
            ),
        ];
        for (trace, wanted) in cases {
            assert_eq!(lost(&trace), wanted);
        }
    }
}
