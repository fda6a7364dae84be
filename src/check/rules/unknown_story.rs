//! `unknown-story`: a detection names a story that no known pack has.

use crate::check::{Findings, Subject, did_you_mean};
use crate::diag::{Diagnostic, codes};

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    for story in &subject.detection.stories {
        if subject.pack.story(story.as_str()).is_some() {
            continue;
        }
        let Some(place) = story.whole() else { continue };
        let names = subject.pack.stories.iter().map(|story| story.object.name.as_str());
        let message = format!("story `{}` does not exist", story.as_str());
        findings.push(
            Diagnostic::new(codes::UNKNOWN_STORY, message, place).label("no story of this name").help(did_you_mean(
                story.as_str(),
                names,
                "add it under stories/, or name its pack with `--with`",
            )),
        );
    }
}
