//! The front end alone: how the time grows with the length of a search, and what nesting costs.

use divan::Bencher;
use divan::counter::BytesCount;
use escudo::{commands, spl};

/// Stages of the usual kinds up to this many bytes.
pub(super) fn search(length: usize) -> String {
    let mut text = String::from("index=main sourcetype=a (user=b* OR user=\"c d\") NOT host IN (x, y, z)");
    for number in 0.. {
        if text.len() >= length {
            break;
        }
        text.push_str(&match number % 4 {
            0 => [
                "\n| eval f=if(like(user, \"%a\") AND n > 5, upper(host) . \"x\", null()), g",
                &number.to_string(),
                "=1",
            ]
            .concat(),
            1 => "\n| search f=\"a\\\\b*\" OR (g=1 h!=2)".to_owned(),
            2 => "\n| rex field=_raw \"(?<k>\\d+)\\s(?<v>[^,]*)\"".to_owned(),
            _ => "\n| eventstats count as n dc(user) as users by host, src".to_owned(),
        });
    }
    text
}

#[divan::bench(args = [1_000, 100_000, 10_000_000], sample_count = 10)]
fn parse_length(bencher: Bencher<'_, '_>, length: usize) {
    let text = search(length);
    assert!(spl::parse(&text).problems.is_empty());
    bencher.counter(BytesCount::new(text.len())).bench_local(|| spl::parse(&text).search.stages.len());
}

#[divan::bench(args = [1 << 10, 10 << 10, 100 << 10, 1000 << 10], sample_count = 10)]
fn lower_length(bencher: Bencher<'_, '_>, length: usize) {
    let text = search(length);
    let tree = spl::parse(&text).search;
    assert_eq!(commands::lower(&tree).problems, []);
    bencher.counter(BytesCount::new(text.len())).bench_local(|| commands::lower(&tree).plan.steps.len());
}

#[divan::bench(args = [1 << 10, 10 << 10, 100 << 10, 1000 << 10], sample_count = 10)]
fn layout_length(bencher: Bencher<'_, '_>, length: usize) {
    let text = search(length);
    assert!(spl::layout(&text).is_some());
    bencher.counter(BytesCount::new(text.len())).bench_local(|| spl::layout(&text));
}

/// Parentheses in an expression.
pub(super) fn nested(levels: usize) -> String {
    format!("| where {}a{}", "(".repeat(levels), ")".repeat(levels))
}

/// Refused, with an error.
#[divan::bench(sample_count = 10)]
fn refuse_10_000_levels() -> usize {
    let problems = spl::parse(&nested(10_000)).problems;
    assert_eq!(problems[0].code.name(), "nesting-too-deep");
    problems.len()
}
