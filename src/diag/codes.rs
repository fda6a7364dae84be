//! Every diagnostic code: listed once, never reused.
//!
//! A code is a kebab-case name of the pattern it flags, so that "allow `<name>`" reads well.

use super::Severity;

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

macro_rules! codes {
    ($($ident:ident = $name:literal, $severity:ident, $summary:literal;)*) => {
        $(
            #[doc = $summary]
            pub const $ident: Code = Code(&Info { name: $name, severity: Severity::$severity, summary: $summary });
        )*

        /// Every code, sorted by name.
        pub const ALL: &[Code] = &[$($ident),*];
    };
}

// Keep sorted by name; a test checks it.
codes! {
    BAD_OPTION_VALUE = "bad-option-value", Error, "An option has a value that it cannot have";
    BAD_REGEX = "bad-regex", Error, "A regular expression cannot be read";
    BAD_SED = "bad-sed", Error, "A sed expression cannot be read";
    BAD_SPATH = "bad-spath", Error, "A path of spath cannot be read";
    BAD_TIME = "bad-time", Error, "A time modifier has a value that is no time";
    BOOLEAN_ASSIGNED = "boolean-assigned", Error, "A field is set to a Boolean, which no field can hold";
    BY_BEFORE_AGGREGATION = "by-before-aggregation", Error, "A `by` clause stands before the aggregations";
    CONDITION_NOT_BOOLEAN = "condition-not-boolean", Warning, "A condition is a value that is neither true nor false";
    CONF_SYNTAX = "conf-syntax", Warning, "A line of a .conf file is neither a stanza, a setting nor a comment";
    CONF_VALUE = "conf-value", Warning, "A setting of a .conf file has a value that does not work";
    DROPPED_FIELD = "dropped-field", Error, "A command reads a field that an earlier command dropped or renamed";
    DUPLICATE_FIELD = "duplicate-field", Error, "Two aggregates of one command have the same name";
    DUPLICATE_PAGE = "duplicate-page", Error, "Two pages of the documentation would have the same path";
    EMPTY_STAGE = "empty-stage", Error, "A pipe has no command after it";
    FILE_SUFFIX = "file-suffix", Warning, "A file ends in `.yaml` and is therefore not read";
    FILE_UNREADABLE = "file-unreadable", Error, "A file of the pack cannot be read";
    FOREIGN_OPERATOR = "foreign-operator", Error, "An operator of another language is used: `&&`, `||` or `!`";
    FUNCTION_ARITY = "function-arity", Error, "A function has too few or too many arguments";
    IN_WITHOUT_PARENTHESES = "in-without-parentheses", Error, "The list after `IN` has no parentheses";
    LOWERCASE_BOOLEAN = "lowercase-boolean", Warning, "A lower-case `and`, `or` or `not` in a search expression is a word to look for";
    MACRO_ARITY = "macro-arity", Error, "A macro is called with a number of arguments that no definition takes";
    MACRO_EVAL_WITHOUT_TEXT = "macro-eval-without-text", Error, "The expression that an `iseval` macro stands for gives no text";
    MACRO_EXPANSION_TOO_LARGE = "macro-expansion-too-large", Error, "The macros of a search expand to too much text";
    MISSING_ARGUMENT = "missing-argument", Error, "A command or function lacks an argument";
    MISSING_FILTER_MACRO = "missing-filter-macro", Error, "A search does not call the detection's own filter macro";
    MISSING_PIPE = "missing-pipe", Error, "A command starts without a pipe before it";
    MODEL_SYNTAX = "model-syntax", Warning, "A data model's file does not have the shape of a data model";
    MVFILTER_FIELDS = "mvfilter-fields", Error, "The condition of `mvfilter` names no field or more than one";
    NESTING_TOO_DEEP = "nesting-too-deep", Error, "Brackets, operators or macros nest too deep";
    NOT_GENERATING = "not-generating", Error, "A search begins with a command that needs rows";
    PATH_OUTSIDE_PACK = "path-outside-pack", Error, "A file name or symlink leads out of the pack";
    RECURSIVE_MACRO = "recursive-macro", Error, "A macro calls itself";
    REX_WITHOUT_GROUP = "rex-without-group", Error, "The pattern of `rex` has no named group";
    ROWS_DISCARDED = "rows-discarded", Warning, "A command in the middle of a search discards the rows before it";
    SEARCH_TOO_LONG = "search-too-long", Error, "A search is longer than any search needs to be";
    SMART_QUOTES = "smart-quotes", Error, "A typographic quote stands where a plain one is needed";
    SPL_SYNTAX = "spl-syntax", Error, "The search does not follow SPL's grammar";
    STRAY_BACKTICK = "stray-backtick", Error, "A backtick outside of quotes belongs to no macro call";
    UNCLOSED_BRACKET = "unclosed-bracket", Error, "A subsearch has no closing bracket";
    UNCLOSED_COMMENT = "unclosed-comment", Error, "A comment has no end";
    UNCLOSED_MACRO_CALL = "unclosed-macro-call", Error, "A macro call has no closing backtick";
    UNCLOSED_PARENTHESIS = "unclosed-parenthesis", Error, "A parenthesis has no end";
    UNCLOSED_QUOTE = "unclosed-quote", Error, "A quoted string has no end";
    UNKNOWN_COMMAND = "unknown-command", Error, "No command has this name";
    UNKNOWN_DATA_MODEL = "unknown-data-model", Error, "No data model has this name";
    UNKNOWN_DATA_SOURCE = "unknown-data-source", Error, "No data source has this name";
    UNKNOWN_DATASET = "unknown-dataset", Error, "The data model has no dataset of this name";
    UNKNOWN_DATASET_FIELD = "unknown-dataset-field", Error, "The dataset declares no field of this name";
    UNKNOWN_FIELD = "unknown-field", Error, "A command reads a field that nothing makes";
    UNKNOWN_FUNCTION = "unknown-function", Error, "No function has this name";
    UNKNOWN_LOOKUP = "unknown-lookup", Error, "No lookup has this name";
    UNKNOWN_MACRO = "unknown-macro", Error, "No macro has this name";
    UNKNOWN_OPTION = "unknown-option", Error, "A command has no option of this name";
    UNKNOWN_RISK_FIELD = "unknown-risk-field", Error, "A risk object names a field that the search does not produce";
    UNKNOWN_STORY = "unknown-story", Error, "No story has this name";
    UNKNOWN_THREAT_FIELD = "unknown-threat-field", Error, "A threat object names a field that the search does not produce";
    UNKNOWN_TOKEN = "unknown-token", Error, "A token names a field that the search does not produce";
    UNMATCHED_CLOSER = "unmatched-closer", Error, "A closing bracket or parenthesis has no opening one";
    UNSAFE_PAGE_PATH = "unsafe-page-path", Error, "A page of the documentation has a path outside its folder";
    UNSUPPORTED_FUNCTION = "unsupported-function", Warning, "A function is known but cannot be computed here";
    UNSUPPORTED_OPTION = "unsupported-option", Warning, "An option is known but changes nothing here";
    UNSUPPORTED_SETTING = "unsupported-setting", Warning, "A knowledge object uses a setting that is not supported";
    UNSUPPORTED_SUBSEARCH = "unsupported-subsearch", Warning, "A subsearch stands where it cannot be run here";
    UNSUPPORTED_TIME = "unsupported-time", Warning, "A time modifier is known but not supported here";
    WILDCARD_IN_EVAL = "wildcard-in-eval", Warning, "A `*` in an eval comparison is an ordinary character";
    WILDCARD_MISMATCH = "wildcard-mismatch", Error, "Two names of a pair do not have the same number of `*`";
    YAML_DUPLICATE_KEY = "yaml-duplicate-key", Warning, "A mapping has one key twice; the last value is used";
    YAML_EMPTY = "yaml-empty", Error, "The file holds no YAML document";
    YAML_LIMIT = "yaml-limit", Error, "The file is larger, deeper or more repetitive than any content file needs to be";
    YAML_NOT_UTF8 = "yaml-not-utf8", Error, "The file is not encoded as UTF-8";
    YAML_SEVERAL_DOCUMENTS = "yaml-several-documents", Error, "The file holds more than one YAML document";
    YAML_SYNTAX = "yaml-syntax", Error, "The file is not valid YAML";
    YAML_TYPE = "yaml-type", Error, "A key has a value of another type than expected";
    YAML_UNKNOWN_TAG = "yaml-unknown-tag", Error, "A YAML tag is not one that content may use";
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
            assert!(!code.summary().ends_with('.'), "{code}");
        }
    }
}
