//! Packs on disk: roots, selection, broken files.
#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;
use crate::diag::Severity;
use std::fs;
use tempfile::TempDir;

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn small() -> TempDir {
    folder(&[
        ("contentctl.yml", "app: {title: Acme Content, appid: acme, version: 1.2.3, prefix: ACME}\n"),
        ("detections/endpoint/b.yml", "name: B\nsearch: '`m`'\n"),
        ("detections/web/a.yml", "name: A\nsearch: '`m(1)`'\n"),
        ("detections/notes.txt", "no content"),
        ("macros/m.yml", "name: m\ndefinition: x\n"),
        ("macros/m1.yml", "name: m\ndefinition: $a$\narguments: [a]\n"),
        ("stories/s.yml", "name: S\n"),
        ("removed/detections/old.yml", "name: Old\ntags: {}\n"),
        ("lookups/l.yml", "name: l\nlookup_type: csv\n"),
        ("lookups/l.csv", "a,b\n"),
        ("elsewhere/x.yml", "{"),
    ])
}

fn load(path: &Path) -> (Pack, Vec<Diagnostic>, Sources) {
    let mut sources = Sources::new();
    let (pack, diagnostics) =
        Pack::load(path, &LoadOptions::default(), &mut sources).unwrap_or_else(|error| panic!("{error}"));
    (pack, diagnostics, sources)
}

fn selected(pack: &Pack) -> Vec<String> {
    let names = pack.objects().filter(|(_, object)| pack.is_selected(object.file));
    names.map(|(_, object)| object.name.as_str().to_owned()).collect()
}

#[test]
fn a_pack_is_read_in_the_order_of_its_paths() {
    let pack_folder = small();
    let (pack, diagnostics, sources) = load(pack_folder.path());
    assert_eq!(diagnostics, Vec::new());
    assert_eq!(selected(&pack), ["B", "A", "l", "m", "m", "Old", "S"]);
    assert_eq!(pack.detections[0].object.path, Path::new("detections/endpoint/b.yml"));
    assert_eq!(
        sources.file(pack.detections[0].object.file).path(),
        pack_folder.path().join("detections/endpoint/b.yml")
    );
    assert_eq!(pack.macro_definition("m", 0).unwrap().definition.as_str(), "x");
    assert_eq!(pack.macro_definition("m", 1).unwrap().definition.as_str(), "$a$");
    assert!(pack.macro_definition("m", 2).is_none());
    assert_eq!(pack.macros_named("m").count(), 2);
    assert!(pack.story("S").is_some() && pack.story("s").is_none());
    assert_eq!(pack.lookup("l").unwrap().table, Some(pack_folder.path().join("lookups/l.csv")));
    assert_eq!(pack.config.version.as_ref().unwrap().as_str(), "1.2.3");
    assert_eq!(pack.config.app_id.as_ref().unwrap().as_str(), "acme");
    let file = pack.detections[0].object.file;
    assert!(pack.is_own(file));
}

#[test]
fn a_part_of_a_pack_is_selected_and_the_rest_known() {
    let pack_folder = small();
    let cases: [(&[&str], &[&str]); 6] = [
        (&["detections"], &["B", "A"]),
        (&["detections/web"], &["A"]),
        (&["detections/web/a.yml"], &["A"]),
        (&["detections/web/a.yml", "stories", "detections/web"], &["A", "S"]),
        (&["removed/detections/old.yml"], &["Old"]),
        (&["contentctl.yml"], &[]),
    ];
    for (paths, names) in cases {
        let paths: Vec<PathBuf> = paths.iter().map(|path| pack_folder.path().join(path)).collect();
        let (pack, _) = Pack::load_paths(&paths, &LoadOptions::default(), &mut Sources::new()).unwrap();
        assert_eq!(selected(&pack), names, "{paths:?}");
        assert_eq!(pack.detections.len(), 2);
        assert_eq!(pack.root, pack_folder.path());
    }
}

#[test]
fn errors_say_what_to_do() {
    let pack_folder = small();
    let none = folder(&[("a/b.yml", "x: 1\n")]);
    let empty = folder(&[("contentctl.yml", "app: {}\n"), ("detections/readme.md", "")]);
    let cases: [(Vec<PathBuf>, &str); 6] = [
        (vec![pack_folder.path().join("nowhere")], "does not exist"),
        (vec![none.path().to_owned()], "no content pack at"),
        (vec![none.path().join("a/b.yml")], "no content pack at"),
        (vec![empty.path().to_owned()], "is empty"),
        (vec![pack_folder.path().join("elsewhere")], "is no content of the pack"),
        (vec![pack_folder.path().to_owned(), empty.path().to_owned()], "are different packs"),
    ];
    for (paths, message) in cases {
        let error = Pack::load_paths(&paths, &LoadOptions::default(), &mut Sources::new()).unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
        assert!(!error.contains('\n'));
    }
}

#[test]
fn broken_files_are_findings() {
    let pack_folder = folder(&[
        ("detections/ok.yml", "name: Ok\n"),
        ("detections/broken.yml", "name: [\n"),
        ("detections/other.yaml", "name: Other\n"),
        ("stories/list.yml", "- a\n"),
        ("stories/nothing.yml", ""),
    ]);
    fs::write(pack_folder.path().join("macros.txt"), "").unwrap();
    fs::create_dir(pack_folder.path().join("macros")).unwrap();
    fs::write(pack_folder.path().join("macros/latin.yml"), b"name: caf\xe9\n").unwrap();
    let (pack, diagnostics, sources) = load(pack_folder.path());
    let shown = |it: &Diagnostic| {
        let name = sources.file(it.place.file).path().file_name().unwrap().to_string_lossy().into_owned();
        (name, it.code.name(), it.severity)
    };
    assert_eq!(
        diagnostics.iter().map(shown).collect::<Vec<_>>(),
        [
            ("broken.yml".to_owned(), "yaml-syntax", Severity::Error),
            ("other.yaml".to_owned(), "file-suffix", Severity::Warning),
            ("latin.yml".to_owned(), "yaml-not-utf8", Severity::Error),
            ("list.yml".to_owned(), "yaml-type", Severity::Error),
            ("nothing.yml".to_owned(), "yaml-empty", Severity::Error),
        ]
    );
    assert_eq!(selected(&pack), ["Ok"]);
    // Of files that were not asked about, only those that could not be read are mentioned.
    let (_, diagnostics, _) = load(&pack_folder.path().join("detections/ok.yml"));
    assert_eq!(diagnostics.len(), 4);
    assert!(diagnostics.iter().all(|it| it.severity == Severity::Warning && it.note.is_some()));
}

#[test]
fn other_packs_are_known_but_neither_own_nor_selected() {
    let pack_folder = small();
    let other = folder(&[("detections/z.yml", "name: Z\n"), ("macros/m.yml", "name: m\ndefinition: other\n")]);
    let options = LoadOptions { with: vec![other.path().to_owned()], ..LoadOptions::default() };
    let (pack, _) = Pack::load(pack_folder.path(), &options, &mut Sources::new()).unwrap();
    let known = pack.detection("Z").unwrap();
    assert!(!pack.is_selected(known.object.file) && !pack.is_own(known.object.file));
    assert_eq!(pack.macro_definition("m", 0).unwrap().definition.as_str(), "x");
}

#[cfg(unix)]
#[test]
fn symlinks_neither_loop_nor_lead_out() {
    use std::os::unix::fs::symlink;
    let outside = folder(&[("secret.yml", "name: Secret\n"), ("l.csv", "a\n")]);
    let pack_folder = folder(&[
        ("detections/ok.yml", "name: Ok\n"),
        ("shared/extra/s.yml", "name: Shared\n"),
        ("lookups/l.yml", "name: l\nlookup_type: csv\n"),
    ]);
    let root = pack_folder.path();
    symlink(root.join("detections"), root.join("detections/again")).unwrap();
    symlink(outside.path().join("secret.yml"), root.join("detections/secret.yml")).unwrap();
    symlink(outside.path(), root.join("stories")).unwrap();
    symlink("dangling", root.join("detections/gone.yml")).unwrap();
    symlink(root.join("shared"), root.join("macros")).unwrap();
    symlink(outside.path().join("l.csv"), root.join("lookups/l.csv")).unwrap();
    let (pack, diagnostics, sources) = load(root);
    let shown = |it: &Diagnostic| {
        let path = sources.file(it.place.file).path().strip_prefix(root).unwrap().to_string_lossy().into_owned();
        (path, it.code.name())
    };
    assert_eq!(
        diagnostics.iter().map(shown).collect::<Vec<_>>(),
        [
            ("detections/again".to_owned(), "file-unreadable"),
            ("detections/gone.yml".to_owned(), "file-unreadable"),
            ("detections/secret.yml".to_owned(), "path-outside-pack"),
            ("lookups/l.yml".to_owned(), "path-outside-pack"),
            ("stories".to_owned(), "path-outside-pack"),
        ]
    );
    assert_eq!(pack.macros[0].object.name.as_str(), "Shared");
    assert_eq!(pack.lookup("l").unwrap().table, None);
}
