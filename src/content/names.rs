//! Names that follow from other names.

/// The file name, without folder and suffix, that an object of this name must have: lower case, with `_` for space,
/// `-`, `.` and `/`. Source: contentctl, and all of security_content.
pub fn file_stem(name: &str) -> String {
    name.replace([' ', '-', '.', '/'], "_").to_lowercase()
}

/// The file name with its suffix: `.yml`.
pub fn file_name(name: &str) -> String {
    format!("{}.yml", file_stem(name))
}

/// The name of a detection's filter macro: the file's stem and `_filter`. The macro need not be defined in the pack;
/// the app then gets one that filters nothing (`search *`).
pub fn filter_macro(name: &str) -> String {
    format!("{}_filter", file_stem(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_rule_of_the_content() {
        let cases = [
            ("Windows Ngrok Use", "windows_ngrok_use"),
            ("O365 - Sign-in via 10.0/8", "o365___sign_in_via_10_0_8"),
            ("Already_low", "already_low"),
            ("", ""),
        ];
        for (name, stem) in cases {
            assert_eq!(file_stem(name), stem);
            assert_eq!(file_name(name), format!("{stem}.yml"));
            assert_eq!(filter_macro(name), format!("{stem}_filter"));
        }
    }
}
