//! The codes themselves, with the page that the manual has for each.

use super::{Code, Info};
use crate::diag::Severity;

macro_rules! codes {
    ($($ident:ident = $name:literal, $severity:ident, $summary:literal, why $why:literal, bad $bad:literal, good $good:literal;)*) => {
        $(
            #[doc = $summary]
            pub const $ident: Code = Code(&Info {
                name: $name,
                severity: Severity::$severity,
                summary: $summary,
                why: $why,
                bad: $bad,
                good: $good,
            });
        )*

        /// Every code, sorted by name.
        pub const ALL: &[Code] = &[$($ident),*];
    };
}

// Keep sorted by name; a test checks it.
codes! {
    BAD_CONFIG = "bad-config", Error, "A setting of contentctl.yml has a value that it cannot have",
        why "The official tool stops before it reads any content",
        bad "appid: My App",
        good "appid: my_app";
    BAD_CRON_SCHEDULE = "bad-cron-schedule", Warning, "A cron schedule is not one",
        why "The official tool passes any text; Splunk then never runs the search",
        bad "cron_schedule: 0 25 * * *",
        good "cron_schedule: 0 2 * * *";
    BAD_CVE = "bad-cve", Error, "A CVE id does not have the form of one",
        why "The official tool refuses it",
        bad "cve: [CVE-24-1]",
        good "cve: [CVE-2024-10001]";
    BAD_DASHBOARD_FILE = "bad-dashboard-file", Error, "A dashboard's JSON file is missing, no JSON, or lacks its title or description",
        why "The dashboard cannot be built",
        bad "a dashboard `x.yml` without `x.json`",
        good "`x.json` beside it, with the title of `x.yml`";
    BAD_DATE = "bad-date", Error, "A date is none of the calendar in the form YYYY-MM-DD",
        why "The official tool refuses it",
        bad "date: 2024-02-30",
        good "date: '2024-02-28'";
    BAD_LOOKUP_FILE = "bad-lookup-file", Error, "The rows of a lookup's CSV file do not fit its header",
        why "Splunk shifts or drops the values of such rows; the official tool refuses the file",
        bad "ip,name\n10.0.0.1",
        good "ip,name\n10.0.0.1,a";
    BAD_MATCH_TYPE = "bad-match-type", Error, "A match type is neither WILDCARD(field) nor CIDR(field)",
        why "Splunk ignores it and compares letter by letter; the official tool refuses it",
        bad "match_type: [WILD(ip)]",
        good "match_type: [WILDCARD(ip)]";
    BAD_MITRE_ID = "bad-mitre-id", Error, "A technique id does not have the form T1234 or T1234.001",
        why "The official tool refuses it",
        bad "mitre_attack_id: [T15.72]",
        good "mitre_attack_id: [T1572]";
    BAD_OPTION_VALUE = "bad-option-value", Error, "An option has a value that it cannot have",
        why "Splunk refuses the whole search, so it never runs",
        bad "| head limit=ten",
        good "| head limit=10";
    BAD_REGEX = "bad-regex", Error, "A regular expression cannot be read",
        why "Splunk refuses the whole search, so it never runs",
        bad "| regex process=\"(cmd\"",
        good "| regex process=\"\\(cmd\"";
    BAD_RELATIVE_TIME = "bad-relative-time", Warning, "A time of a schedule or drilldown is none that Splunk knows",
        why "The official tool passes any text; Splunk then runs the search over no time or all time",
        bad "earliest_time: -1x@h",
        good "earliest_time: -1h@h";
    BAD_SED = "bad-sed", Error, "A sed expression cannot be read",
        why "Splunk refuses the whole search, so it never runs",
        bad "| rex mode=sed \"s/a/b\"",
        good "| rex mode=sed \"s/a/b/\"";
    BAD_THROTTLING = "bad-throttling", Error, "Throttling has a period that is none, or a field name with blanks",
        why "The official tool refuses it: alerts would not be held back",
        bad "period: one day",
        good "period: 86400s";
    BAD_TIME = "bad-time", Error, "A time modifier has a value that is no time",
        why "Splunk refuses the whole search, so it never runs",
        bad "index=main earliest=-1fortnight",
        good "index=main earliest=-14d";
    BAD_URL = "bad-url", Error, "A reference is no http or https address",
        why "The official tool refuses it",
        bad "references: [see the blog]",
        good "references: [https://blog.example/post]";
    BAD_UUID = "bad-uuid", Error, "An id is no UUID",
        why "The official tool refuses it",
        bad "id: 1234",
        good "id: 5b1d7c1e-0000-4000-8000-000000000001";
    BOOLEAN_ASSIGNED = "boolean-assigned", Error, "A field is set to a Boolean, which no field can hold",
        why "Splunk refuses the expression: fields hold numbers and text",
        bad "| eval is_admin=isnotnull(admin)",
        good "| eval is_admin=if(isnotnull(admin), 1, 0)";
    BY_BEFORE_AGGREGATION = "by-before-aggregation", Error, "A `by` clause stands before the aggregations",
        why "Everything after `by` is read as a field name",
        bad "| stats by user count",
        good "| stats count by user";
    COMPUTED_KEY = "computed-key", Error, "A key is written by hand that is always computed",
        why "The official tool refuses it, as it fills the key itself",
        bad "cve_enrichment: []",
        good "(the key left out)";
    CONDITION_NOT_BOOLEAN = "condition-not-boolean", Warning, "A condition is a value that is neither true nor false",
        why "The condition never holds, so no row passes",
        bad "| where len(user)",
        good "| where len(user) > 0";
    CONF_SYNTAX = "conf-syntax", Warning, "A line of a .conf file is neither a stanza, a setting nor a comment",
        why "Splunk skips the line without a word",
        bad "[source::x\nEXTRACT a",
        good "[source::x]\nEXTRACT-a = (?<a>.*)";
    CONF_VALUE = "conf-value", Warning, "A setting of a .conf file has a value that does not work",
        why "The setting has no effect",
        bad "TIME_FORMAT = %Q",
        good "TIME_FORMAT = %Y-%m-%d";
    COVERED_PATTERN = "covered-pattern", Warning, "A value of a list is covered by another value of it",
        why "It changes nothing; one of the two is probably misspelt",
        bad "process IN (\"*cmd*\", \"*cmd.exe*\")",
        good "process IN (\"*cmd*\")";
    CSV_COLUMN_TWICE = "csv-column-twice", Warning, "A lookup's CSV file has one column name twice",
        why "Only one of the columns can be read",
        bad "ip,name,ip",
        good "ip,name,port";
    DATA_SOURCE_MISMATCH = "data-source-mismatch", Warning, "No data source of the detection can feed the data model that its search reads",
        why "Readers collect data that the search never sees",
        bad "data_source: [Sysmon EventID 22]\n(search over Endpoint.Processes)",
        good "data_source: [Sysmon EventID 1]";
    DEPRECATION_MAPPING = "deprecation-mapping", Error, "The deprecation mapping and the objects do not agree",
        why "The official tool refuses the pack if `enforce_deprecation_mapping_requirement` is set: users are told a wrong reason, version or replacement, or none",
        bad "content: A Removed Detection, without an object of this name in removed/",
        good "one entry for each object whose status is deprecated or removed";
    DROPPED_FIELD = "dropped-field", Warning, "A command reads a field that an earlier command dropped or renamed",
        why "The field is empty in every row from there on, so a filter on it drops everything",
        bad "| stats count by user | where firstTime > 0",
        good "| stats count min(_time) as firstTime by user | where firstTime > 0";
    DUPLICATE_FIELD = "duplicate-field", Error, "Two aggregates of one command have the same name",
        why "Splunk refuses the search",
        bad "| stats count, dc(user) as count",
        good "| stats count, dc(user) as users";
    DUPLICATE_ID = "duplicate-id", Error, "Two objects have the same id",
        why "The official tool refuses the pack; other tools mix the two up",
        bad "the id of the file that was copied",
        good "a new UUID";
    DUPLICATE_ITEM = "duplicate-item", Warning, "A list names the same thing twice",
        why "It changes nothing; one of the two is probably meant to be another. Since release 5.5 the official tool refuses it where the list names objects, and so do we where the pack follows those rules",
        bad "analytic_story: [Ransomware, Ransomware]",
        good "analytic_story: [Ransomware]";
    DUPLICATE_NAME = "duplicate-name", Error, "Two objects have the same name",
        why "The official tool refuses the pack: names find objects of every kind",
        bad "two macros `sysmon`",
        good "one";
    DUPLICATE_PAGE = "duplicate-page", Error, "Two pages of the documentation would have the same path",
        why "One page would replace the other",
        bad "two stories named `A B` and `a-b`",
        good "names that differ in letters or digits";
    DUPLICATE_SEARCH = "duplicate-search", Warning, "Two detections have the same search",
        why "Every hit is reported twice; one of the two was probably copied and not finished",
        bad "two detections that differ in name only",
        good "one detection, or two searches";
    DUPLICATE_TEST = "duplicate-test", Warning, "A detection has one test name, or one test file, twice",
        why "The file is replayed twice, so counts are wrong; equal names cannot be told apart in reports",
        bad "two tests named `True Positive Test`",
        good "a name for each";
    EMPTY_MESSAGE = "empty-message", Warning, "The message of a detection is empty",
        why "The analyst sees no text",
        bad "message: ''",
        good "message: A tunnel was opened on $dest$.";
    EMPTY_STAGE = "empty-stage", Error, "A pipe has no command after it",
        why "Splunk refuses the search",
        bad "index=main | | stats count",
        good "index=main | stats count";
    ENABLED_BY_DEFAULT = "enabled-by-default", Error, "A detection is enabled by default that must not be",
        why "The official tool allows it only for production detections of type TTP, Anomaly or Correlation",
        bad "enabled_by_default: true\nstatus: experimental",
        good "enabled_by_default: false\nstatus: experimental";
    FILE_NAME = "file-name", Error, "A file is not named after its object",
        why "The official tool refuses it: the name with `_` for blank, `-`, `.` and `/`, in lower case",
        bad "name: Windows Tunnel in tunnel.yml",
        good "name: Windows Tunnel in windows_tunnel.yml";
    FILE_SUFFIX = "file-suffix", Warning, "A file ends in `.yaml` and is therefore not read",
        why "The official tool reads `.yml` only and skips the file without a word",
        bad "detections/endpoint/x.yaml",
        good "detections/endpoint/x.yml";
    FILE_UNREADABLE = "file-unreadable", Error, "A file of the pack cannot be read",
        why "Nothing of the file is checked, and names that it defines seem unknown",
        bad "a file without read permission",
        good "a file that the user may read";
    FOREIGN_OPERATOR = "foreign-operator", Error, "An operator of another language is used: `&&`, `||` or `!`",
        why "SPL has words for these; Splunk refuses the expression",
        bad "| where a=1 && b=2",
        good "| where a=1 AND b=2";
    FOUR_BACKTICKS = "four-backticks", Error, "Four backticks stand in a row",
        why "The official tool refuses it as broken comment marks",
        bad "```a````sysmon`",
        good "```a``` `sysmon`";
    FUNCTION_ARITY = "function-arity", Error, "A function has too few or too many arguments",
        why "Splunk refuses the search",
        bad "| eval x=if(a=1, 2)",
        good "| eval x=if(a=1, 2, 3)";
    FUTURE_DATE = "future-date", Warning, "A date lies in the future",
        why "Readers take it for a slip. Since release 5.5 the official tool refuses it, and so do we where the pack follows those rules",
        bad "date: '2999-01-01'",
        good "date: '2024-01-31'";
    HARD_CODED_INDEX = "hard-coded-index", Advice, "A macro of the pack names an index",
        why "Users keep their data elsewhere; the macro then finds nothing",
        bad "definition: index=win sourcetype=x",
        good "definition: sourcetype=x";
    IN_WITHOUT_PARENTHESES = "in-without-parentheses", Error, "The list after `IN` has no parentheses",
        why "Splunk refuses the search, or takes the values for words to look for",
        bad "user IN bob, eve",
        good "user IN (bob, eve)";
    INCOMPLETE_PACK = "incomplete-pack", Advice, "A folder or file is missing that the official tool wants",
        why "The official tool stops at it; here nothing depends on it",
        bad "a pack without `deployments/`",
        good "an empty folder `deployments/`";
    JOIN_WITHOUT_MAX = "join-without-max", Advice, "A `join` takes one match for each row",
        why "Further matches are dropped without a word; `max=0` keeps them, `max=1` says that this is meant",
        bad "| join dest [...]",
        good "| join max=0 dest [...]";
    KVSTORE_KEY = "kvstore-key", Error, "A KV store lookup has no fields, or `_key` is not the first",
        why "The official tool refuses it",
        bad "fields: [ip, name]",
        good "fields: [_key, ip, name]";
    LEADING_WILDCARD = "leading-wildcard", Advice, "A search over raw events compares with a pattern that begins with `*`",
        why "Splunk cannot use its index and reads every event",
        bad "sourcetype=x user=*bob",
        good "sourcetype=x user=bob";
    LOWERCASE_BOOLEAN = "lowercase-boolean", Warning, "A lower-case `and`, `or` or `not` in a search expression is a word to look for",
        why "The search asks for events that contain the word",
        bad "index=main not user=bob",
        good "index=main NOT user=bob";
    MACRO_ARITY = "macro-arity", Error, "A macro is called with a number of arguments that no definition takes",
        why "Splunk knows `x`, `x(1)` and `x(2)` as three macros and refuses a call of one that is absent",
        bad "`drop_dm_object_name`",
        good "`drop_dm_object_name(Processes)`";
    MACRO_EVAL_WITHOUT_TEXT = "macro-eval-without-text", Error, "The expression that an `iseval` macro stands for gives no text",
        why "There is nothing to put in place of the call",
        bad "definition = 1/0",
        good "definition = \"x\"";
    MACRO_EXPANSION_TOO_LARGE = "macro-expansion-too-large", Error, "The macros of a search expand to too much text",
        why "No real search is that long; a macro doubles itself",
        bad "a macro that calls another twice, thirty levels deep",
        good "macros without such towers";
    MACRO_VALIDATION = "macro-validation", Error, "The arguments of a macro call do not satisfy the macro's `validation`",
        why "Splunk refuses the search, with the macro's `errormsg`",
        bad "a call `within(soon)` of a macro with `validation = isnum($days$)`",
        good "a call `within(7)`";
    MATCH_TYPE_FIELD = "match-type-field", Warning, "A match type names a column that the lookup does not have",
        why "The match type has no effect",
        bad "match_type: [WILDCARD(hots)]",
        good "match_type: [WILDCARD(host)]";
    MISSING_ARGUMENT = "missing-argument", Error, "A command or function lacks an argument",
        why "Splunk refuses the search",
        bad "| rename as b",
        good "| rename a as b";
    MISSING_DRILLDOWN = "missing-drilldown", Error, "A production detection lacks its drilldown searches",
        why "The official tool wants two, one of them with %original_detection_search%, for every type but Hunting",
        bad "drilldown_searches: []",
        good "a drilldown to the result and one to the risk";
    MISSING_FILTER_MACRO = "missing-filter-macro", Error, "A search does not call the detection's own filter macro",
        why "Users leave out known false positives through `<file name>_filter`; the official tool wants its exact text in the search",
        bad "| stats count by user",
        good "| stats count by user | `my_detection_filter`";
    MISSING_KEY = "missing-key", Error, "A key is missing or has no value",
        why "The official tool refuses the object",
        bad "a detection without `id`",
        good "id: 5b1d7c1e-0000-4000-8000-000000000001";
    MISSING_LOOKUP_FILE = "missing-lookup-file", Error, "A lookup's file does not exist, or has a name that it must not have",
        why "The lookup cannot be built",
        bad "lookups/hosts.yml without lookups/hosts.csv",
        good "both";
    MISSING_OUTPUT_FIELD = "missing-output-field", Warning, "The search does not mention a field that its data source says it gives",
        why "Since release 5.2 the official tool wants every `output_fields` of the data source in the search, and so do we where the pack follows those rules",
        bad "output_fields: [vendor]\n(search: ... by dest)",
        good "(search: ... by dest vendor)";
    MISSING_PIPE = "missing-pipe", Error, "A command starts without a pipe before it",
        why "The command's name is read as an argument of the command before",
        bad "| stats count by user where count > 1",
        good "| stats count by user | where count > 1";
    MISSING_PLAYBOOK_FILE = "missing-playbook-file", Error, "A playbook lacks the JSON file or the Python file beside it",
        why "The official tool refuses it: the two files are the playbook",
        bad "playbooks/block_host.yml without playbooks/block_host.py",
        good "both, and playbooks/block_host.json";
    MISSING_RISK = "missing-risk", Error, "Risk is missing where the type of the detection needs it, or stands where it must not",
        why "The official tool refuses it: the deployment of the type says whether results add risk",
        bad "type: TTP\n(no rba)",
        good "type: TTP\nrba: ...";
    MISSING_SUMMARIESONLY = "missing-summariesonly", Warning, "A `tstats` over a data model does not use the summariesonly macro",
        why "Users choose through the macro whether only accelerated data is searched",
        bad "| tstats count from datamodel=Web",
        good "| tstats `security_content_summariesonly` count from datamodel=Web";
    MISSING_TEST = "missing-test", Error, "A production detection has no test",
        why "The official tool wants one, or `manual_test` with the reason why there is none",
        bad "status: production\n(no tests)",
        good "tests: ...";
    MISSING_TEST_DATA = "missing-test-data", Error, "The data of a test is neither an address nor a file that exists",
        why "The test cannot be run",
        bad "data: logs/abscent.log",
        good "data: https://data.example/x.log";
    MODEL_SYNTAX = "model-syntax", Warning, "A data model's file does not have the shape of a data model",
        why "The model is not known, and searches over it are not checked",
        bad "{\"objects\": 1}",
        good "{\"modelName\": \"M\", \"objects\": []}";
    MVFILTER_FIELDS = "mvfilter-fields", Error, "The condition of `mvfilter` names no field or more than one",
        why "Splunk refuses the expression",
        bad "mvfilter(a > b)",
        good "mvfilter(a > 1)";
    NAME_TOO_LONG = "name-too-long", Error, "A name is longer than the app can hold",
        why "The official tool refuses more than 67 characters for what becomes a saved search, 99 for the rest",
        bad "name: (80 characters)",
        good "name: (60 characters)";
    NESTING_TOO_DEEP = "nesting-too-deep", Error, "Brackets, operators or macros nest too deep",
        why "No real search nests that deep",
        bad "a thousand opening parentheses",
        good "a few";
    NEVER_MATCHES = "never-matches", Warning, "A condition can never hold",
        why "The search finds nothing, ever",
        bad "EventCode=1 EventCode=2",
        good "EventCode IN (1, 2)";
    NONSTANDARD_SCORE = "nonstandard-score", Warning, "A score of the newest schema is not the standard one of its type",
        why "TTP scores 50, Anomaly 20, Correlation 0, so that scores compare",
        bad "type: TTP\nscore: 72",
        good "type: TTP\nscore: 50";
    NOT_GENERATING = "not-generating", Error, "A search begins with a command that needs rows",
        why "Splunk takes the command's name for a word to look for",
        bad "stats count",
        good "index=main | stats count";
    NUMBER_OUT_OF_RANGE = "number-out-of-range", Error, "A number is smaller or larger than it may be",
        why "The official tool refuses it",
        bad "score: 150",
        good "score: 80";
    ORPHAN_LOOKUP_FILE = "orphan-lookup-file", Error, "A file in `lookups/` belongs to no lookup",
        why "The official tool refuses files there that no lookup names, or that are none of its kinds",
        bad "lookups/notes.txt",
        good "(the file moved elsewhere)";
    PATH_OUTSIDE_PACK = "path-outside-pack", Error, "A file name or symlink leads out of the pack",
        why "A pack must not make a tool read or ship other files of the machine",
        bad "filename: ../../secret.csv",
        good "filename: hosts.csv";
    RECURSIVE_MACRO = "recursive-macro", Error, "A macro calls itself",
        why "Splunk refuses the search when its macros never end",
        bad "definition: '`a` x' in macro `a`",
        good "definition: x";
    REDUNDANT_TECHNIQUE = "redundant-technique", Warning, "A technique is named beside its own sub-technique",
        why "The sub-technique says it already. Since release 5.0.3 the official tool refuses it, and so do we where the pack follows those rules",
        bad "mitre_attack_id: [T1572, T1572.001]",
        good "mitre_attack_id: [T1572.001]";
    REPEATED_FILTER_MACRO = "repeated-filter-macro", Warning, "A search calls its filter macro twice",
        why "The filter runs twice; one call was left over",
        bad "`x_filter` | `x_filter`",
        good "`x_filter`";
    REPEATED_RISK_OBJECT = "repeated-risk-object", Warning, "One field is a risk object twice",
        why "Risk is counted twice, and the official integration test fails",
        bad "two risk objects with field: dest",
        good "one";
    REPEATED_VALUE = "repeated-value", Warning, "A list of values has one value twice",
        why "It changes nothing; one of the two is probably misspelt",
        bad "EventCode IN (1, 1)",
        good "EventCode IN (1, 2)";
    REX_WITHOUT_GROUP = "rex-without-group", Error, "The pattern of `rex` has no named group",
        why "Nothing is extracted",
        bad "| rex \"user=\\w+\"",
        good "| rex \"user=(?<user>\\w+)\"";
    ROWS_DISCARDED = "rows-discarded", Warning, "A command in the middle of a search discards the rows before it",
        why "All of the work before the command is lost",
        bad "index=main | makeresults",
        good "| makeresults";
    SEARCH_TOO_LONG = "search-too-long", Error, "A search is longer than any search needs to be",
        why "Something went wrong when the file was written",
        bad "a search of several MiB",
        good "a lookup in place of a long list";
    SMART_QUOTES = "smart-quotes", Error, "A typographic quote stands where a plain one is needed",
        why "It is an ordinary character to Splunk and closes nothing",
        bad "user=“bob”",
        good "user=\"bob\"";
    SPL_SYNTAX = "spl-syntax", Error, "The search does not follow SPL's grammar",
        why "Splunk refuses the search",
        bad "| stats count by",
        good "| stats count by user";
    STRAY_BACKTICK = "stray-backtick", Error, "A backtick outside of quotes belongs to no macro call",
        why "Splunk refuses the search",
        bad "`sysmon` EventCode=1 `",
        good "`sysmon` EventCode=1";
    STRING_NUMBER_COMPARISON = "string-number-comparison", Warning, "Text is compared with a number",
        why "Text and numbers compare letter by letter, or not at all",
        bad "| where lower(user) > 5",
        good "| where len(user) > 5";
    TEST_SOURCETYPE = "test-sourcetype", Warning, "A test replays a sourcetype that none of the detection's data sources has",
        why "The test proves nothing for the data that readers will collect",
        bad "data_source: [Sysmon EventID 1]\nsourcetype: okta:im2",
        good "sourcetype: XmlWinEventLog";
    TEXT_TOO_LONG = "text-too-long", Error, "A text is longer than it may be",
        why "The official tool refuses it",
        bad "description: (10,001 characters)",
        good "description: (shorter)";
    TEXT_TOO_SHORT = "text-too-short", Error, "A text is shorter than it may be",
        why "The official tool refuses it",
        bad "how_to_implement: no",
        good "how_to_implement: Collect process events.";
    UNBOUNDED_MAP = "unbounded-map", Advice, "A `map` runs a search for each row without saying how many",
        why "Splunk stops after ten rows without a word",
        bad "| map search=\"search user=$user$\"",
        good "| map maxsearches=100 search=\"search user=$user$\"";
    UNCLOSED_BRACKET = "unclosed-bracket", Error, "A subsearch has no closing bracket",
        why "Splunk refuses the search",
        bad "[search index=a",
        good "[search index=a]";
    UNCLOSED_COMMENT = "unclosed-comment", Error, "A comment has no end",
        why "Splunk refuses the search, or everything after is a comment",
        bad "```todo",
        good "```todo```";
    UNCLOSED_MACRO_CALL = "unclosed-macro-call", Error, "A macro call has no closing backtick",
        why "Splunk refuses the search",
        bad "`sysmon EventCode=1",
        good "`sysmon` EventCode=1";
    UNCLOSED_PARENTHESIS = "unclosed-parenthesis", Error, "A parenthesis has no end",
        why "Splunk refuses the search",
        bad "(a=1 OR b=2",
        good "(a=1 OR b=2)";
    UNCLOSED_QUOTE = "unclosed-quote", Error, "A quoted string has no end",
        why "Splunk refuses the search, or the rest of it is text",
        bad "user=\"bob",
        good "user=\"bob\"";
    UNFINISHED_CONTENT = "unfinished-content", Error, "A file still holds a mark of work to be done",
        why "The official tool refuses its template's mark `__UPDATE__`; `MANUAL_REVIEW` is a leftover of a migration (a warning)",
        bad "description: __UPDATE__ describe it",
        good "description: Finds tunnels.";
    UNKNOWN_ASSET_TYPE = "unknown-asset-type", Error, "No asset type has this name",
        why "The official tool refuses it",
        bad "asset_type: Endpiont",
        good "asset_type: Endpoint";
    UNKNOWN_BASELINE = "unknown-baseline", Error, "No baseline has this name",
        why "The detection rests on a search that does not exist",
        bad "baselines: [Seen Userz]",
        good "baselines: [Seen Users]";
    UNKNOWN_CHECK = "unknown-check", Warning, "A comment or escudo.toml names a check that does not exist",
        why "What it should change stays as it is",
        bad "# escudo: allow unknown-macros",
        good "# escudo: allow unknown-macro";
    UNKNOWN_COMMAND = "unknown-command", Error, "No command has this name",
        why "Splunk refuses the search",
        bad "| stat count",
        good "| stats count";
    UNKNOWN_DATA_MODEL = "unknown-data-model", Error, "No data model has this name",
        why "`tstats` and `from` refuse the search",
        bad "datamodel=Endpiont.Processes",
        good "datamodel=Endpoint.Processes";
    UNKNOWN_DATA_SOURCE = "unknown-data-source", Warning, "No data source has this name",
        why "Readers do not learn which data they need; since its release 5.1 the official tool refuses the detection, and so do we where the pack follows those rules",
        bad "data_source: [Sysmon EventID 999]",
        good "data_source: [Sysmon EventID 1]";
    UNKNOWN_DATASET = "unknown-dataset", Error, "The data model has no dataset of this name",
        why "`tstats` and `from` refuse the search",
        bad "datamodel=Endpoint.Process",
        good "datamodel=Endpoint.Processes";
    UNKNOWN_DATASET_FIELD = "unknown-dataset-field", Warning, "The dataset declares no field of this name",
        why "`tstats` sees declared fields only: a filter on another one matches nothing, a `by` on it drops every row",
        bad "by Processes.command_line",
        good "by Processes.process";
    UNKNOWN_DEPLOYMENT = "unknown-deployment", Error, "No deployment fits the detection's type",
        why "The official tool refuses it",
        bad "type: TTP\n(no `ESCU Default Configuration TTP`)",
        good "deployments/escu_default_configuration_ttp.yml";
    UNKNOWN_DETECTION = "unknown-detection", Warning, "No detection has this name",
        why "The official tool never resolves the names; the reference leads nowhere",
        bad "detections: [Old Name]",
        good "detections: [New Name]";
    UNKNOWN_EVENT_FIELD = "unknown-event-field", Warning, "A search over raw events reads a field that differs by a slip from one that the events have",
        why "Such a field is most probably misspelt, and always empty",
        bad "`sysmon` | stats count by proces_name",
        good "`sysmon` | stats count by process_name";
    UNKNOWN_FIELD = "unknown-field", Warning, "A command reads a field that nothing makes",
        why "The field is empty in every row",
        bad "| stats count by user | eval x=usr.\"@\"",
        good "| stats count by user | eval x=user.\"@\"";
    UNKNOWN_FUNCTION = "unknown-function", Error, "No function has this name",
        why "Splunk refuses the search",
        bad "| eval x=lowercase(user)",
        good "| eval x=lower(user)";
    UNKNOWN_KEY = "unknown-key", Error, "An object has a key that it cannot have",
        why "The official tool refuses it. A warning where that tool looks away: in the oldest schema, in risk objects, drilldowns, throttling; and in the newest schema, which is not published",
        bad "known_false_positive: None.",
        good "known_false_positives: None.";
    UNKNOWN_LOOKUP = "unknown-lookup", Error, "No lookup has this name",
        why "Splunk refuses the search",
        bad "| lookup hosst ip",
        good "| lookup hosts ip";
    UNKNOWN_LOOKUP_FIELD = "unknown-lookup-field", Warning, "A search names a column that its lookup does not have",
        why "Splunk refuses the lookup, or the field stays empty",
        bad "| lookup hosts ip OUTPUT nmae",
        good "| lookup hosts ip OUTPUT name";
    UNKNOWN_MACRO = "unknown-macro", Error, "No macro has this name",
        why "Splunk refuses the search. In a baseline it is a warning, as the official tool does not look there",
        bad "`sysmn` EventCode=1",
        good "`sysmon` EventCode=1";
    UNKNOWN_OBJECT_TYPE = "unknown-object-type", Error, "A risk object, threat object or observable is of a type that there is none of",
        why "The official tool refuses it",
        bad "type: hostname",
        good "type: system";
    UNKNOWN_OPTION = "unknown-option", Error, "A command has no option of this name",
        why "Splunk refuses the search",
        bad "| head lim=10",
        good "| head limit=10";
    UNKNOWN_PLACEHOLDER = "unknown-placeholder", Warning, "The stages of a `foreach` hold a placeholder that it does not have",
        why "It is not replaced, so that a text with `<<` and `>>` is in the result",
        bad "| foreach avg_* [eval s=\"<<MATCHSTRING>>\"]",
        good "| foreach avg_* [eval s=\"<<MATCHSTR>>\"]";
    UNKNOWN_PRODUCT = "unknown-product", Error, "No product has this name",
        why "The official tool refuses it",
        bad "product: [Splunk]",
        good "product: [Splunk Enterprise]";
    UNKNOWN_RISK_FIELD = "unknown-risk-field", Warning, "A risk object names a field that the search does not produce",
        why "No risk is ever assigned for it. An error where the name does not even occur in the search of a production detection, because the official tool refuses that",
        bad "field: host\n(search: ... | stats count by dest)",
        good "field: dest";
    UNKNOWN_ROLE = "unknown-role", Error, "An observable does not play exactly one of the roles Attacker and Victim",
        why "The official tool refuses it",
        bad "role: [Target]",
        good "role: [Victim]";
    UNKNOWN_SCHEDULE = "unknown-schedule", Error, "No schedule has this name",
        why "The search would never run",
        bad "schedule: Nightly",
        good "schedule: Default Baseline";
    UNKNOWN_SECURITY_DOMAIN = "unknown-security-domain", Error, "No security domain has this name",
        why "The official tool refuses it",
        bad "security_domain: endpoints",
        good "security_domain: endpoint";
    UNKNOWN_STATUS = "unknown-status", Error, "An object has a status that its kind cannot have",
        why "The official tool refuses it",
        bad "status: beta",
        good "status: experimental";
    UNKNOWN_STORY = "unknown-story", Error, "No story has this name",
        why "The detection belongs to a story that does not exist",
        bad "analytic_story: [Ransomwear]",
        good "analytic_story: [Ransomware]";
    UNKNOWN_TECHNIQUE = "unknown-technique", Warning, "ATT&CK has no technique of this id, or no longer uses it",
        why "Pages cannot name its tactics. The official tool refuses unknown ids only with enrichments on",
        bad "mitre_attack_id: [T9999]",
        good "mitre_attack_id: [T1572]";
    UNKNOWN_THREAT_FIELD = "unknown-threat-field", Warning, "A threat object names a field that the search does not produce",
        why "The threat object is always empty. An error where the name does not even occur in the search of a production detection, because the official tool refuses that",
        bad "field: parent\n(search: ... | stats count by process_name)",
        good "field: process_name";
    UNKNOWN_THROTTLING_FIELD = "unknown-throttling-field", Warning, "Throttling names a field that the search does not produce",
        why "Alerts are not held back. An error where the name does not even occur in the search, because the official tool refuses that",
        bad "fields: [host]\n(search: ... by dest)",
        good "fields: [dest]";
    UNKNOWN_TOKEN = "unknown-token", Warning, "A token names a field that the search does not produce",
        why "The analyst is shown the token as it stands. An error where the message of a production detection names a word that does not even occur in the search, because the official tool refuses that",
        bad "message: Seen on $host$.\n(search: ... | stats count by dest)",
        good "message: Seen on $dest$.";
    UNKNOWN_TYPE = "unknown-type", Error, "An object has a type that its kind cannot have",
        why "The official tool refuses it",
        bad "type: ttp",
        good "type: TTP";
    UNKNOWN_USECASE = "unknown-usecase", Error, "A story has a category or use case that there is none of",
        why "The official tool refuses it",
        bad "category: [Malwares]",
        good "category: [Malware]";
    UNLISTED_VALUE = "unlisted-value", Error, "A key has a value that is none of those it may have",
        why "The official tool refuses it",
        bad "lookup_type: excel",
        good "lookup_type: csv";
    UNMATCHED_CLOSER = "unmatched-closer", Error, "A closing bracket or parenthesis has no opening one",
        why "Splunk refuses the search",
        bad "a=1 OR b=2)",
        good "(a=1 OR b=2)";
    UNSAFE_PAGE_PATH = "unsafe-page-path", Error, "A page of the documentation has a path outside its folder",
        why "Templates must not write elsewhere",
        bad "path: ../x.md",
        good "path: x.md";
    UNSUPPORTED_FUNCTION = "unsupported-function", Warning, "A function is known but cannot be computed here",
        why "Splunk runs it; tests and searches of this program cannot",
        bad "a function of a licensed add-on",
        good "a function listed in docs/functions.md";
    UNSUPPORTED_OPTION = "unsupported-option", Warning, "An option is known but changes nothing here",
        why "Splunk heeds it; tests and searches of this program do not",
        bad "an option marked so in docs/commands.md",
        good "the command without it";
    UNSUPPORTED_SETTING = "unsupported-setting", Warning, "A knowledge object uses a setting that is not supported",
        why "Events are read as if the setting were not there",
        bad "a rare setting of props.conf",
        good "one that docs/knowledge.md lists";
    UNSUPPORTED_SUBSEARCH = "unsupported-subsearch", Warning, "A subsearch stands where it cannot be run here",
        why "Splunk runs it; tests and searches of this program cannot",
        bad "a subsearch inside an eval expression",
        good "a `join` or `append`";
    UNSUPPORTED_TIME = "unsupported-time", Warning, "A time modifier is known but not supported here",
        why "Splunk heeds it; tests and searches of this program do not",
        bad "earliest=rt-5m",
        good "earliest=-5m";
    UNUSED_ARGUMENT = "unused-argument", Warning, "A macro does not use one of its arguments, or uses one that it does not have",
        why "The value of a call is lost, or `$x$` stays in the search as text",
        bad "arguments: [a]\ndefinition: b=$b$",
        good "arguments: [b]\ndefinition: b=$b$";
    UNUSED_LOOKUP = "unused-lookup", Advice, "Nothing in the pack uses a lookup",
        why "It is shipped for nothing",
        bad "a lookup that no search names",
        good "(the lookup removed)";
    UNUSED_MACRO = "unused-macro", Advice, "Nothing in the pack uses a macro",
        why "It is shipped for nothing",
        bad "a macro that no search calls",
        good "(the macro removed)";
    UNUSED_STORY = "unused-story", Advice, "No detection belongs to a story",
        why "Its page is empty",
        bad "a story that no detection names",
        good "(the story removed)";
    UNUSED_SUPPRESSION = "unused-suppression", Warning, "A comment allows a finding that does not occur",
        why "It says that something is wrong which is not, and would hide the next mistake of the kind",
        bad "name: A Name  # escudo: allow unknown-macro",
        good "name: A Name";
    WILDCARD_IN_EVAL = "wildcard-in-eval", Warning, "A `*` in an eval comparison is an ordinary character",
        why "`where` and `eval` compare letter by letter: no value with a star in it, no match",
        bad "| where process=\"*cmd*\"",
        good "| where like(process, \"%cmd%\")";
    WILDCARD_MISMATCH = "wildcard-mismatch", Error, "Two names of a pair do not have the same number of `*`",
        why "Splunk refuses the search",
        bad "| rename a*b* as c*",
        good "| rename a*b* as c*d*";
    WRONG_KIND = "wrong-kind", Error, "A name is that of an object of another kind",
        why "The official tool refuses it",
        bad "analytic_story: [sysmon]\n(sysmon is a macro)",
        good "analytic_story: [Ransomware]";
    YAML_DUPLICATE_KEY = "yaml-duplicate-key", Warning, "A mapping has one key twice; the last value is used",
        why "The first value is lost without a word",
        bad "name: A\nname: B",
        good "name: B";
    YAML_EMPTY = "yaml-empty", Error, "The file holds no YAML document",
        why "There is nothing to read",
        bad "# to do",
        good "name: ...";
    YAML_LIMIT = "yaml-limit", Error, "The file is larger, deeper or more repetitive than any content file needs to be",
        why "A small file can stand for a huge tree",
        bad "aliases of aliases of aliases",
        good "plain values";
    YAML_NOT_UTF8 = "yaml-not-utf8", Error, "The file is not encoded as UTF-8",
        why "The official tool stops at it",
        bad "a file saved as UTF-16",
        good "the same as UTF-8";
    YAML_SEVERAL_DOCUMENTS = "yaml-several-documents", Error, "The file holds more than one YAML document",
        why "Only the first would be read",
        bad "name: A\n---\nname: B",
        good "one file for each";
    YAML_SYNTAX = "yaml-syntax", Error, "The file is not valid YAML",
        why "Nothing of the file can be read",
        bad "name: a: b",
        good "name: 'a: b'";
    YAML_TYPE = "yaml-type", Error, "A key has a value of another type than expected",
        why "The official tool refuses it",
        bad "references: https://a.example",
        good "references:\n  - https://a.example";
    YAML_UNKNOWN_TAG = "yaml-unknown-tag", Error, "A YAML tag is not one that content may use",
        why "The official tool's reader refuses it",
        bad "name: !secret x",
        good "name: x";
}
