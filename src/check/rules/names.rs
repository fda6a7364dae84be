//! `file-name`, `duplicate-name`, `duplicate-id`: names and ids find objects of all kinds.

use crate::check::{Around, Findings, Item};
use crate::content::model::Object;
use crate::content::names;
use crate::content::pack::Kind;
use crate::diag::{Diagnostic, codes};
use crate::source::Located;
use std::collections::HashMap;

/// A file is named after its object. Investigations are exempt, and playbooks from the case of letters, as with the
/// official tool.
pub(super) fn file_name(item: &Item<'_>, findings: &mut Findings) {
    let name = &item.object.name;
    let (Some(place), Some(found)) = (name.whole(), item.object.path.file_name()) else { return };
    let wanted = names::file_name(name.as_str());
    let fits = match item.kind {
        Kind::Investigation => true,
        Kind::Playbook => found.to_string_lossy().to_lowercase() == wanted,
        _ => *found == *wanted,
    };
    if name.is_empty() || fits {
        return;
    }
    let message = format!("the file is named `{}`, but by its name it is `{wanted}`", found.to_string_lossy());
    findings.push(
        Diagnostic::new(codes::FILE_NAME, message, place)
            .label("the file's name follows from this")
            .help(format!("rename the file to `{wanted}`, or change the name")),
    );
}

/// No two objects share a name or an id. Those of `--with` packs may: a pack is often checked beside its own release.
pub(super) fn duplicates(around: &Around<'_>, findings: &mut Findings) {
    let own: Vec<(Kind, &Object)> =
        around.pack.objects().filter(|(_, object)| around.pack.is_own(object.file)).collect();
    let mut names: HashMap<(&str, usize), &Located> = HashMap::new();
    let mut ids: HashMap<String, &Located> = HashMap::new();
    // Macros of one name with different numbers of arguments are different macros.
    let arities: HashMap<crate::source::FileId, usize> =
        around.pack.macros.iter().map(|it| (it.object.file, it.arguments.len())).collect();
    for (_, object) in own {
        let arity = arities.get(&object.file).copied().unwrap_or_default();
        if !object.name.is_empty() {
            match names.entry((object.name.as_str(), arity)) {
                std::collections::hash_map::Entry::Vacant(free) => {
                    free.insert(&object.name);
                }
                std::collections::hash_map::Entry::Occupied(first) => {
                    let message = format!("another object is named `{}`", object.name.as_str());
                    second(codes::DUPLICATE_NAME, message, first.get(), &object.name, "give it another name", findings);
                }
            }
        }
        if let Some(id) = object.id.as_ref().filter(|id| !id.is_empty()) {
            match ids.entry(id.as_str().to_ascii_lowercase()) {
                std::collections::hash_map::Entry::Vacant(free) => {
                    free.insert(id);
                }
                std::collections::hash_map::Entry::Occupied(first) => {
                    let message = format!("another object has the id `{}`", id.as_str());
                    second(codes::DUPLICATE_ID, message, first.get(), id, "make a new UUID", findings);
                }
            }
        }
    }
}

fn second(
    code: crate::diag::Code,
    message: String,
    first: &Located,
    again: &Located,
    help: &str,
    findings: &mut Findings,
) {
    let (Some(place), Some(before)) = (again.whole(), first.whole()) else { return };
    findings.push(Diagnostic::new(code, message, place).label("here again").related(before, "first here").help(help));
}
