//! `missing-playbook-file`: the two files that a playbook is.

use crate::check::{Around, Findings, is_selected};
use crate::diag::{Diagnostic, codes};

pub(super) fn check(around: &Around<'_>, findings: &mut Findings) {
    for playbook in around.pack.playbooks.iter().filter(|it| is_selected(around, it.object.file)) {
        for file in playbook.files.iter().filter(|file| !file.is_file()) {
            let name = file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
            let place = playbook.object.name.whole().unwrap_or(playbook.object.start);
            findings.push(
                Diagnostic::new(codes::MISSING_PLAYBOOK_FILE, format!("`{name}` does not exist"), place)
                    .label("the file of this playbook")
                    .help(format!("add `{}`", file.display())),
            );
        }
    }
}
