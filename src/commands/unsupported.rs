//! Commands that are known but cannot be run here, and why.

/// Name and reason, sorted by name. The reason is an end of the sentence "`x` cannot be run: ".
const TABLE: &[(&str, &str)] = &[
    ("abstract", "summaries of events are not built"),
    ("anomalies", "it needs Splunk's statistics of events"),
    ("anomalousvalue", "it needs Splunk's statistics of events"),
    ("apply", "it needs a trained model of the Machine Learning Toolkit"),
    ("arules", "it needs Splunk's association rules"),
    ("associate", "it needs Splunk's association rules"),
    ("awssnsalert", "alerts are not sent"),
    ("bucketdir", "it is not built"),
    ("cluster", "it needs Splunk's clustering"),
    ("cofilter", "Splunk does not document its measure"),
    ("collapse", "it is internal to Splunk"),
    ("collect", "there is no summary index to write to"),
    ("correlate", "Splunk does not document its measure"),
    ("cyberchef", "it is a command of another app"),
    ("dbinspect", "there are no index buckets"),
    ("delete", "events are only read here"),
    ("diff", "it is not built"),
    ("dnstwist", "it is a command of another app"),
    ("erex", "it derives expressions from examples"),
    ("eventcount", "there are no indexes to count"),
    ("findkeywords", "it is internal to Splunk"),
    ("findtypes", "it suggests event types on a server"),
    ("fit", "it trains a model of the Machine Learning Toolkit"),
    ("folderize", "it is not built"),
    ("gauge", "charts are not drawn"),
    ("geom", "maps are not drawn"),
    ("geomfilter", "maps are not drawn"),
    ("geostats", "maps are not drawn"),
    ("history", "there is no search history"),
    ("internalinputs", "there is no server"),
    ("kmeans", "it needs Splunk's clustering"),
    ("kvform", "it needs form files of a server"),
    ("loadjob", "there are no earlier search jobs"),
    ("makejson", "it is internal to Splunk; `tojson` makes JSON"),
    ("mcatalog", "there is no metric index"),
    ("mcollect", "there is no metric index"),
    ("metasearch", "there are no indexes"),
    ("meventcollect", "there is no metric index"),
    ("mpreview", "there is no metric index"),
    ("msearch", "there is no metric index"),
    ("outputtext", "it is not built"),
    ("overlap", "there is no summary index"),
    ("pivot", "pivots are not built"),
    ("predict", "forecasts are not built"),
    ("prjob", "it is internal to Splunk"),
    ("relevancy", "it is not built"),
    ("rest", "there is no server"),
    ("runshellscript", "scripts are not run"),
    ("savedsearch", "there are no saved searches"),
    ("script", "scripts are not run"),
    ("scrub", "it is not built"),
    ("sdselect", "there is no federated index"),
    ("searchtxn", "transaction types are not known"),
    ("selfjoin", "it is not built"),
    ("sendalert", "alerts are not sent"),
    ("sendemail", "mail is not sent"),
    ("sichart", "there is no summary index"),
    ("sirare", "there is no summary index"),
    ("sistats", "there is no summary index"),
    ("sitimechart", "there is no summary index"),
    ("sitop", "there is no summary index"),
    ("snowevent", "it is a command of another app"),
    ("snoweventstream", "it is a command of another app"),
    ("snowincident", "it is a command of another app"),
    ("snowincidentstream", "it is a command of another app"),
    ("summary", "it needs a trained model of the Machine Learning Toolkit"),
    ("tags", "it is not built"),
    ("tscollect", "there are no index files to write"),
    ("typeahead", "there are no indexes"),
    ("typelearner", "it suggests event types on a server"),
    ("typer", "event types are set by the source of the events"),
    ("walklex", "there are no index files"),
    ("x11", "seasonal trends are not built"),
];

/// Why a command cannot be run; none if it is not in the table.
pub fn reason(name: &str) -> Option<&'static str> {
    TABLE.iter().find(|(known, _)| *known == name).map(|(_, reason)| *reason)
}

/// The name for messages and the reason, for any command without a file of its own.
pub(super) fn find(name: &str) -> (&'static str, &'static str) {
    let other = ("command", "it is not a command of Splunk's own, or is misspelt");
    TABLE.iter().find(|(known, _)| *known == name).copied().unwrap_or(other)
}

#[cfg(test)]
mod tests {
    use super::TABLE;

    #[test]
    fn the_table_is_sorted() {
        for pair in TABLE.windows(2) {
            assert!(pair[0].0 < pair[1].0, "{} before {}", pair[0].0, pair[1].0);
        }
    }
}
