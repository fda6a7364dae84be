//! `unused-macro`, `unused-lookup`, `unused-story`: what nothing in the pack uses. Only asked of a whole pack.

use crate::check::{Around, Findings, Uses};
use crate::compile::Compiler;
use crate::content::names;
use crate::content::pack::{HasObject, Kind};
use crate::diag::{Code, Diagnostic, codes};
use rayon::prelude::*;
use std::collections::HashSet;

pub(in crate::check) fn check(around: &Around<'_>, compiler: &Compiler<'_>, uses: &[Uses], findings: &mut Findings) {
    let pack = around.pack;
    let whole =
        pack.objects().filter(|(_, object)| pack.is_own(object.file)).all(|(_, object)| pack.is_selected(object.file));
    if !whole || pack.detections.is_empty() {
        return;
    }
    let others: Vec<Uses> = pack
        .baselines
        .par_iter()
        .chain(&pack.investigations)
        .filter_map(|search| search.search.as_ref())
        .map(|search| {
            let (expansion, parsed) = compiler.read(search);
            Uses {
                macros: expansion.calls.into_iter().map(|call| call.name).collect(),
                lookups: crate::spl::walk::lookups(&parsed.search).iter().map(|word| word.text.clone()).collect(),
            }
        })
        .collect();
    let all = || uses.iter().chain(&others);
    let macros: HashSet<&str> = all().flat_map(|uses| &uses.macros).map(String::as_str).collect();
    let lookups: HashSet<&str> = all().flat_map(|uses| &uses.lookups).map(String::as_str).collect();
    let filters: HashSet<String> =
        pack.detections.iter().map(|it| names::filter_macro(it.object.name.as_str())).collect();
    for it in pack.macros.iter().filter(|it| !macros.contains(it.object.name.as_str())) {
        if !filters.contains(it.object.name.as_str()) {
            report(around, Kind::Macro, codes::UNUSED_MACRO, it, findings);
        }
    }
    for it in &pack.lookups {
        let file = it.table.as_ref().and_then(|path| path.file_name()).and_then(|name| name.to_str());
        if !lookups.contains(it.object.name.as_str()) && !file.is_some_and(|file| lookups.contains(file)) {
            report(around, Kind::Lookup, codes::UNUSED_LOOKUP, it, findings);
        }
    }
    let stories: HashSet<&str> =
        pack.detections.iter().flat_map(|it| &it.stories).map(crate::source::Located::as_str).collect();
    for it in pack.stories.iter().filter(|it| !stories.contains(it.object.name.as_str())) {
        report(around, Kind::Story, codes::UNUSED_STORY, it, findings);
    }
}

fn report<T: HasObject>(around: &Around<'_>, kind: Kind, code: Code, object: &T, findings: &mut Findings) {
    let object = object.object();
    let Some(place) = object.name.whole().filter(|_| around.pack.is_own(object.file)) else { return };
    let message = format!("nothing in the pack uses the {} `{}`", kind.word(), object.name.as_str());
    findings.push(Diagnostic::new(code, message, place).label("used by no search").help("remove it, or use it"));
}
