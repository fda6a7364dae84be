//! Which settings there are, and which of them are not carried out: so that nothing is ignored in silence.
//!
//! Three kinds: those that are carried out, those that only matter to a server (memory, network, pages), and those that
//! would change what a search sees and are not carried out. The last kind is reported, as is a key that is none at all.
//! Source: the specification files of Splunk, `props.conf.spec` and its kin.

use super::conf::{Conf, Setting};
use crate::diag::{Diagnostic, codes, nearest};

/// The settings of one conf file.
struct Keys {
    /// Carried out. A name that ends in `-` stands for all that begin so.
    used: &'static [&'static str],
    /// Without effect on what a search sees.
    server: &'static [&'static str],
    /// Not carried out, with what they would do.
    lacking: &'static [(&'static str, &'static str)],
}

const PROPS: Keys = Keys {
    used: &[
        "AUTO_KV_JSON",
        "BREAK_ONLY_BEFORE",
        "BREAK_ONLY_BEFORE_DATE",
        "CHARSET",
        "DATETIME_CONFIG",
        "EVAL-",
        "EXTRACT-",
        "FIELDALIAS-",
        "FIELD_DELIMITER",
        "FIELD_HEADER_REGEX",
        "FIELD_NAMES",
        "FIELD_QUOTE",
        "HEADER_FIELD_DELIMITER",
        "HEADER_FIELD_LINE_NUMBER",
        "HEADER_FIELD_QUOTE",
        "INDEXED_EXTRACTIONS",
        "KV_MODE",
        "KV_TRIM_SPACES",
        "LINE_BREAKER",
        "LOOKUP-",
        "MAX_EVENTS",
        "MAX_TIMESTAMP_LOOKAHEAD",
        "MISSING_VALUE_REGEX",
        "MUST_BREAK_AFTER",
        "MUST_NOT_BREAK_AFTER",
        "MUST_NOT_BREAK_BEFORE",
        "PREAMBLE_REGEX",
        "REPORT-",
        "RULESET-",
        "SEDCMD-",
        "SHOULD_LINEMERGE",
        "TIMESTAMP_FIELDS",
        "TIME_FORMAT",
        "TIME_PREFIX",
        "TRANSFORMS-",
        "TRUNCATE",
        "TZ",
        "priority",
        "rename",
        "sourcetype",
    ],
    server: &[
        "DEPTH_LIMIT",
        "EVENT_BREAKER",
        "EVENT_BREAKER_ENABLE",
        "LB_CHUNK_BREAKER",
        "LB_CHUNK_BREAKER_TRUNCATE",
        "LEARN_MODEL",
        "LEARN_SOURCETYPE",
        "LINE_BREAKER_LOOKBEHIND",
        "MATCH_LIMIT",
        "MAX_EXPECTED_EVENT_LINES",
        "NO_BINARY_CHECK",
        "SEGMENTATION",
        "SEGMENTATION-",
        "_actions",
        "category",
        "description",
        "detect_trailing_nulls",
        "disabled",
        "force_local_processing",
        "given_type",
        "initCrcLength",
        "invalid_cause",
        "is_valid",
        "maxDist",
        "pulldown_type",
        "termFrequencyWeightedDist",
        "unarchive_cmd_start_mode",
        "unarchive_sourcetype",
    ],
    lacking: &[
        ("ADD_EXTRA_TIME_FIELDS", "the fields `date_*` are always there"),
        ("ANNOTATE_PUNCT", "the field `punct` is always there"),
        ("CHECK_FOR_HEADER", "it would name fields by the first line; `INDEXED_EXTRACTIONS` does"),
        ("DETERMINE_TIMESTAMP_DATE_WITH_SYSTEM_TIME", "the date of a time without one is not taken from the clock"),
        (
            "HEADER_FIELD_ACCEPTABLE_SPECIAL_CHARACTERS",
            "columns can be searched as they are written and with `_` for these characters",
        ),
        ("HEADER_MODE", "it would take metadata from lines of the file"),
        ("JSON_TRIM_BRACES_IN_ARRAY_NAMES", "fields of arrays keep `{}` in their names"),
        ("MAX_DAYS_AGO", "old events keep their time, since logs are replayed on purpose"),
        ("MAX_DAYS_HENCE", "events keep the time that they say"),
        ("MAX_DIFF_SECS_AGO", "events keep the time that they say"),
        ("MAX_DIFF_SECS_HENCE", "events keep the time that they say"),
        ("METRIC-SCHEMA-TRANSFORMS-", "it would make metrics, which are no events"),
        ("METRICS_PROTOCOL", "it would make metrics, which are no events"),
        ("PREFIX_SOURCETYPE", "sourcetypes have no such prefix here"),
        ("STATSD-DIM-TRANSFORMS", "it would make metrics, which are no events"),
        ("STATSD_EMIT_SINGLE_MEASUREMENT_FORMAT", "it would make metrics, which are no events"),
        ("TZ_ALIAS", "names of time zones are those of the time zone database"),
        ("unarchive_cmd", "no program is run; gzip, zstd, zip and tar are unpacked"),
    ],
};

const TRANSFORMS: Keys = Keys {
    used: &[
        "CLEAN_KEYS",
        "DELIMS",
        "DEST_KEY",
        "FIELDS",
        "FORMAT",
        "KEEP_EMPTY_VALS",
        "LOOKAHEAD",
        "MV_ADD",
        "REGEX",
        "SOURCE_KEY",
        "WRITE_META",
        "case_sensitive_match",
        "collection",
        "default_match",
        "external_cmd",
        "external_type",
        "fields_list",
        "filename",
        "match_type",
        "max_matches",
        "max_offset_secs",
        "min_matches",
        "min_offset_secs",
        "time_field",
        "time_format",
    ],
    server: &[
        "CAN_OPTIMIZE",
        "DEPTH_LIMIT",
        "MATCH_LIMIT",
        "_disabled",
        "allow_caching",
        "batch_index_query",
        "cache_size",
        "check_permission",
        "description",
        "disabled",
        "external_cmd_args",
        "feature_id_element",
        "index_fields_list",
        "max_ext_batch",
        "replicate",
        "reverse_lookup_honor_case_sensitive_match",
    ],
    lacking: &[
        ("CLONE_SOURCETYPE", "it would store a copy of the event"),
        ("DEFAULT_VALUE", "it would be written where `REGEX` does not match"),
        ("INGEST_EVAL", "it would calculate fields while events are stored"),
        ("METRIC-SCHEMA-", "it would make metrics, which are no events"),
        ("REPEAT_MATCH", "`REGEX` would be tried again behind its match"),
        ("STOP_PROCESSING_IF", "it would leave out the transforms behind it"),
        ("filter", "it would leave out rows of the lookup"),
    ],
};

const EVENTTYPES: Keys = Keys {
    used: &["disabled", "search"],
    server: &["color", "description", "priority", "is_visible"],
    lacking: &[("tags", "it is an old form of `tags.conf`")],
};

const MACROS: Keys = Keys {
    used: &["args", "definition", "errormsg", "iseval", "validation"],
    server: &["description", "disabled"],
    lacking: &[],
};

/// Reports the settings of a conf file (`props`, `transforms`, ...) that are not carried out.
pub(super) fn check(conf: &str, read: &Conf) -> Vec<Diagnostic> {
    let keys = match conf {
        "props" => &PROPS,
        "transforms" => &TRANSFORMS,
        "eventtypes" => &EVENTTYPES,
        "macros" => &MACROS,
        // Every key of `tags.conf` is a tag.
        _ => return Vec::new(),
    };
    let settings = read.stanzas.values().flat_map(|stanza| &stanza.settings);
    settings
        .filter(|(_, setting)| !setting.value.is_empty())
        .filter_map(|(key, setting)| one(conf, keys, key, setting))
        .collect()
}

fn one(conf: &str, keys: &Keys, key: &str, setting: &Setting) -> Option<Diagnostic> {
    let is = |known: &str| key == known || (known.ends_with('-') && key.len() > known.len() && key.starts_with(known));
    if keys.used.iter().chain(keys.server).any(|known| is(known)) {
        return None;
    }
    if let Some((_, why)) = keys.lacking.iter().find(|(known, _)| is(known)) {
        let message = format!("`{key}` is not supported and has no effect");
        return Some(Diagnostic::new(codes::UNSUPPORTED_SETTING, message, setting.key).note(*why));
    }
    let message = format!("`{key}` is no setting of {conf}.conf");
    let problem = Diagnostic::new(codes::UNSUPPORTED_SETTING, message, setting.key);
    let (head, class) = key.split_once('-').map_or((key, None), |(head, class)| (head, Some(class)));
    let candidates = keys.used.iter().copied().chain(keys.lacking.iter().map(|(known, _)| *known));
    Some(match nearest(head, candidates.map(|known| known.trim_end_matches('-'))) {
        Some(near) => problem.help(match class {
            Some(class) => crate::diag::did_you_mean(format_args!("{near}-{class}")),
            None => crate::diag::did_you_mean(near),
        }),
        None => problem,
    })
}

#[cfg(test)]
mod tests {
    use super::super::conf;
    use super::*;
    use crate::source::Sources;

    #[test]
    fn every_key_stands_in_one_list() {
        for keys in [&PROPS, &TRANSFORMS, &EVENTTYPES, &MACROS] {
            let mut all: Vec<&str> = keys.used.iter().chain(keys.server).copied().collect();
            all.extend(keys.lacking.iter().map(|(key, _)| *key));
            let count = all.len();
            all.sort_unstable();
            all.dedup();
            assert_eq!(all.len(), count);
        }
    }

    #[test]
    fn settings_without_effect_are_named_and_others_are_not() {
        // Of `props.conf.spec` and `transforms.conf.spec`: the setting, and whether something is said of it.
        let table = [
            ("props", "CHARSET", false),
            ("props", "FIELD_QUOTE", false),
            ("props", "HEADER_FIELD_DELIMITER", false),
            ("props", "MISSING_VALUE_REGEX", false),
            ("props", "PREAMBLE_REGEX", false),
            ("props", "KV_TRIM_SPACES", false),
            ("props", "NO_BINARY_CHECK", false),
            ("props", "ANNOTATE_PUNCT", true),
            ("props", "MAX_DAYS_AGO", true),
            ("props", "TZ_ALIAS", true),
            ("props", "JSON_TRIM_BRACES_IN_ARRAY_NAMES", true),
            ("props", "HEADER_FIELD_ACCEPTABLE_SPECIAL_CHARACTERS", true),
            ("transforms", "time_field", false),
            ("transforms", "max_offset_secs", false),
            ("transforms", "INGEST_EVAL", true),
            ("transforms", "CLONE_SOURCETYPE", true),
            ("transforms", "REPEAT_MATCH", true),
            ("macros", "validation", false),
            ("eventtypes", "tags", true),
        ];
        for (name, key, said) in table {
            let text = format!("[a]\n{key} = 1\n");
            let file = Sources::new().add("some.conf", text.as_str());
            let found = check(name, &conf::read(file, &text).0);
            assert_eq!(found.len(), usize::from(said), "{key}");
            assert!(found.iter().all(|found| found.message.contains(key) && found.note.is_some()), "{key}: {found:?}");
        }
    }

    #[test]
    fn what_is_not_carried_out_is_said() {
        let text =
            "[a]\nTIME_FORMT = %s\nEVLA-x = 1\nTZ_ALIAS = A=UTC\nNO_BINARY_CHECK = 1\nEVAL-y = 2\nCHECK_FOR_HEADER =\n";
        let file = Sources::new().add("props.conf", text);
        let shown: Vec<String> = check("props", &conf::read(file, text).0)
            .into_iter()
            .map(|found| format!("{}; {}", found.message, found.help.or(found.note).unwrap_or_default()))
            .collect();
        let expected = [
            "`TIME_FORMT` is no setting of props.conf; did you mean `TIME_FORMAT`?",
            "`EVLA-x` is no setting of props.conf; did you mean `EVAL-x`?",
            "`TZ_ALIAS` is not supported and has no effect; names of time zones are those of the time zone database",
        ];
        assert_eq!(shown, expected);
    }
}
