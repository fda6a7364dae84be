//! The names of SPL's commands: what the parser knows without knowing what a command does.
//!
//! A name that is listed here is never reported as misspelt; whether the engine can run the command is another matter.
//! Source: Search Reference, "Command quick reference"; the commands of the Machine Learning Toolkit (`fit`, `apply`,
//! ...), of DB Connect and of the few apps that published detections call.

/// Every command name, sorted; the main name of those that have several.
pub const NAMES: &[&str] = &[
    "abstract",
    "accum",
    "addcoltotals",
    "addinfo",
    "addtotals",
    "analyzefields",
    "anomalies",
    "anomalousvalue",
    "anomalydetection",
    "append",
    "appendcols",
    "appendpipe",
    "apply",
    "arules",
    "associate",
    "audit",
    "autoregress",
    "awssnsalert",
    "bin",
    "bucketdir",
    "chart",
    "cluster",
    "cofilter",
    "collapse",
    "collect",
    "concurrency",
    "contingency",
    "convert",
    "correlate",
    "curl",
    "cyberchef",
    "datamodel",
    "dbinspect",
    "dbxlookup",
    "dbxoutput",
    "dbxquery",
    "decrypt",
    "dedup",
    "delete",
    "deletemodel",
    "delta",
    "diff",
    "dnstwist",
    "dump",
    "entitymerge",
    "erex",
    "eval",
    "eventcount",
    "eventstats",
    "expandtoken",
    "extract",
    "fieldformat",
    "fields",
    "fieldsummary",
    "filldown",
    "fillnull",
    "findkeywords",
    "findtypes",
    "fit",
    "folderize",
    "foreach",
    "format",
    "from",
    "fromjson",
    "gauge",
    "gentimes",
    "geom",
    "geomfilter",
    "geostats",
    "head",
    "highlight",
    "history",
    "iconify",
    "ingestpreview",
    "inputcsv",
    "inputintelligence",
    "inputlookup",
    "internalinputs",
    "iplocation",
    "jellyfisher",
    "join",
    "kmeans",
    "kvform",
    "ldapfetch",
    "ldapfilter",
    "ldapgroup",
    "ldapsearch",
    "ldaptestconnection",
    "listmodels",
    "loadjob",
    "localize",
    "localop",
    "lookup",
    "makecontinuous",
    "makejson",
    "makemv",
    "makeresults",
    "map",
    "mcatalog",
    "mcollect",
    "metadata",
    "metasearch",
    "meventcollect",
    "mpreview",
    "msearch",
    "mstats",
    "multikv",
    "multisearch",
    "mvcombine",
    "mvexpand",
    "nomv",
    "noop",
    "outlier",
    "outputcsv",
    "outputlookup",
    "outputtext",
    "overlap",
    "pivot",
    "predict",
    "prjob",
    "rangemap",
    "rare",
    "redistribute",
    "regex",
    "relevancy",
    "reltime",
    "rename",
    "replace",
    "require",
    "rest",
    "return",
    "reverse",
    "rex",
    "rtorder",
    "runshellscript",
    "sample",
    "savedsearch",
    "score",
    "script",
    "scrub",
    "sdselect",
    "search",
    "searchtxn",
    "selfjoin",
    "sendalert",
    "sendemail",
    "set",
    "setfields",
    "sichart",
    "sirare",
    "sistats",
    "sitimechart",
    "sitop",
    "snowevent",
    "snoweventstream",
    "snowincident",
    "snowincidentstream",
    "sort",
    "spath",
    "stats",
    "strcat",
    "streamfilter",
    "streamfilterwildcard",
    "streamstats",
    "summary",
    "table",
    "tags",
    "tail",
    "timechart",
    "timewrap",
    "tojson",
    "top",
    "transaction",
    "transpose",
    "trendline",
    "tscollect",
    "tstats",
    "typeahead",
    "typelearner",
    "typer",
    "union",
    "uniq",
    "untable",
    "walklex",
    "where",
    "x11",
    "xmlkv",
    "xmlunescape",
    "xpath",
    "xyseries",
];

/// Other names of the same commands, sorted by the other name: `(other, main)`.
pub const SYNONYMS: &[(&str, &str)] = &[
    ("af", "analyzefields"),
    ("bucket", "bin"),
    ("counttable", "contingency"),
    ("ctable", "contingency"),
    ("discretize", "bin"),
    ("kv", "extract"),
    ("run", "script"),
    ("stash", "collect"),
    ("sumindex", "collect"),
    ("summaryindex", "collect"),
];

/// Commands that make rows of their own and so begin a search, after a pipe. Sorted; only those whose name is no
/// everyday word.
pub(super) const GENERATING: &[&str] =
    &["datamodel", "dbinspect", "inputlookup", "loadjob", "makeresults", "mstats", "savedsearch", "tstats"];

/// The main name of a command that is given in lower case: `bin` for `bucket`, any other name unchanged.
pub fn canonical(name: &str) -> &str {
    SYNONYMS.binary_search_by_key(&name, |pair| pair.0).map_or(name, |at| SYNONYMS[at].1)
}

/// Whether a name (in lower case) is a command's.
pub fn is_known(name: &str) -> bool {
    NAMES.binary_search(&canonical(name)).is_ok()
}

/// The known name nearest to a misspelt one.
pub fn nearest(name: &str) -> Option<&'static str> {
    crate::diag::nearest(name, NAMES.iter().copied().chain(SYNONYMS.iter().map(|pair| pair.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_unique_and_lower_case() {
        for pair in NAMES.windows(2) {
            assert!(pair[0] < pair[1], "{} before {}", pair[0], pair[1]);
        }
        for pair in SYNONYMS.windows(2) {
            assert!(pair[0].0 < pair[1].0, "{} before {}", pair[0].0, pair[1].0);
        }
        for (other, main) in SYNONYMS {
            assert!(NAMES.contains(main) && !NAMES.contains(other), "{other}");
        }
        for name in GENERATING {
            assert!(NAMES.contains(name), "{name}");
        }
    }
}
