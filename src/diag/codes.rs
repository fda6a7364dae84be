//! Every diagnostic code: listed once, never reused.
//!
//! A code is a kebab-case name of the pattern it flags, so that "allow `<name>`" reads well.

mod list;

use super::Severity;

pub use list::*;

/// The stable name of a kind of problem, with its default severity.
#[derive(Clone, Copy)]
pub struct Code(&'static Info);

/// What the manual says of a code.
#[derive(Debug)]
pub struct Info {
    /// Kebab-case name.
    pub name: &'static str,
    /// Severity unless configured otherwise.
    pub severity: Severity,
    /// One line for the manual: no final period.
    pub summary: &'static str,
    /// Why it is a problem: one or two sentences, no final period.
    pub why: &'static str,
    /// SPL, YAML or a situation that is reported.
    pub bad: &'static str,
    /// The same as it should be.
    pub good: &'static str,
}

impl Code {
    /// The kebab-case name.
    pub fn name(self) -> &'static str {
        self.0.name
    }

    /// The default severity.
    pub fn severity(self) -> Severity {
        self.0.severity
    }

    /// One line for the manual.
    pub fn summary(self) -> &'static str {
        self.0.summary
    }

    /// All that the manual says.
    pub fn info(self) -> &'static Info {
        self.0
    }

    /// The code of this name.
    pub fn named(name: &str) -> Option<Self> {
        ALL.binary_search_by(|code| code.name().cmp(name)).ok().map(|at| ALL[at])
    }

    /// What to say of a name that no code has, and what to do.
    pub fn unknown(name: &str) -> (String, String) {
        let help = match super::nearest(name, ALL.iter().map(|code| code.name())) {
            Some(near) => super::did_you_mean(near),
            None => "`docs/checks.md` lists them".to_owned(),
        };
        (format!("there is no check `{name}`"), help)
    }
}

impl PartialEq for Code {
    fn eq(&self, other: &Self) -> bool {
        self.0.name == other.0.name
    }
}

impl Eq for Code {}

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.name)
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_sorted_unique_and_well_formed() {
        for pair in ALL.windows(2) {
            assert!(pair[0].name() < pair[1].name(), "{} before {}", pair[0], pair[1]);
        }
        for code in ALL {
            assert!(code.name().bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'), "{code}");
            let Info { summary, why, bad, good, .. } = code.info();
            assert!(!summary.ends_with('.') && !why.ends_with('.'), "{code}");
            assert!([summary, why, bad, good].iter().all(|text| !text.is_empty()), "{code}");
            assert_eq!(Code::named(code.name()), Some(*code));
        }
    }
}
