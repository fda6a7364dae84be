//! The packs of the corpus load, and every scalar of them knows its origin.

use escudo::content::model::Generation;
use escudo::content::yaml::{Data, Node};
use escudo::content::{LoadOptions, Pack};
use escudo::diag::{Diagnostic, Severity};
use escudo::source::{Copied, Sources};
use std::path::PathBuf;
use std::time::Instant;

/// The corpus, if it is there.
fn corpus() -> Option<PathBuf> {
    let folder = std::env::var_os("ESCUDO_CORPUS").map_or_else(|| PathBuf::from("../shared/corpus"), PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: no corpus at {}", folder.display());
    None
}

fn load(name: &str) -> Option<(Pack, Vec<Diagnostic>, Sources)> {
    let mut sources = Sources::new();
    let path = corpus()?.join(name);
    let started = Instant::now();
    let (pack, diagnostics) = Pack::load(&path, &LoadOptions::default(), &mut sources).expect("a pack");
    println!("{name}: {} files in {:?}", sources.iter().count(), started.elapsed());
    Some((pack, diagnostics, sources))
}

/// Errors as `file:line message`.
fn errors(diagnostics: &[Diagnostic], sources: &Sources) -> Vec<String> {
    let shown = |it: &Diagnostic| {
        let file = sources.file(it.place.file);
        let name = file.path().file_name().unwrap_or_default().to_string_lossy();
        format!("{name}:{} {}", file.line_column(it.place.span.start).0, it.message)
    };
    diagnostics.iter().filter(|it| it.severity == Severity::Error).map(shown).collect()
}

#[test]
fn packs_of_three_generations_load() {
    // Counted with `find`: detections, stories, macros, lookups, data sources, baselines, investigations.
    // What is really wrong: an asset type that is a bare number, and a list item without a value.
    let wrong_in_4_29: &[&str] = &[
        "windows_process_injection_remote_thread.yml:36 `tags.asset_type` is a number, expected text",
        "windows_process_injection_with_public_source_path.yml:30 `tags.asset_type` is a number, expected text",
        "suspicious_aws_s3_activities.yml:18 `references[2]` is empty, expected text",
    ];
    let packs = [
        ("security_content-4.29", Generation::V4, [1157, 242, 185, 74, 41, 67, 47], wrong_in_4_29),
        ("security_content-5.0", Generation::V5, [1330, 275, 200, 83, 210, 66, 47], &[]),
        ("security_content-6", Generation::V6, [76, 11, 5, 10, 11, 8, 0], &[]),
    ];
    for (name, generation, counts, wrong) in packs {
        let Some((pack, diagnostics, sources)) = load(name) else { return };
        assert_eq!(errors(&diagnostics, &sources), wrong, "{name}");
        let found = [
            pack.detections.len(),
            pack.stories.len(),
            pack.macros.len(),
            pack.lookups.len(),
            pack.data_sources.len(),
            pack.baselines.len(),
            pack.investigations.len(),
        ];
        assert_eq!(found, counts, "{name}");
        assert!(pack.detections.iter().all(|it| it.object.generation == generation), "{name}");
        assert!(pack.detections.iter().all(|it| it.search.is_some() && !it.object.name.is_empty()), "{name}");
        let mut wide = 0;
        for (_, object) in pack.objects() {
            check_places(&object.node, sources.file(object.file).text(), &mut wide);
        }
        assert_eq!(wide, 0, "{name}: scalars without an exact map");
    }
}

fn check_places(node: &Node, text: &str, wide: &mut usize) {
    match &node.data {
        Data::Sequence(items) => items.iter().for_each(|item| check_places(item, text, wide)),
        Data::Mapping(pairs) => {
            for (key, value) in pairs {
                check_places(key, text, wide);
                check_places(value, text, wide);
            }
        }
        Data::Scalar(scalar) => {
            for (piece, origin, copied) in scalar.text.pieces() {
                match copied {
                    Copied::Verbatim => assert_eq!(Some(piece), text.get(origin.span.range())),
                    Copied::Decoded => *wide += usize::from(origin == node.place && piece.len() > 1),
                }
            }
        }
    }
}
