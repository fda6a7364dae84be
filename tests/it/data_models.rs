//! The datasets of the Common Information Model: which tags and values an event needs, and what its fields are when it
//! has none. Membership follows the published constraints, defaults the published expressions.

use crate::rows::row_by;
use escudo::knowledge::Knowledge;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Model, dataset, what the event says beside its tags, and fields of its row; `-` before a dataset: it is not in it.
type Case = (&'static str, &'static str, &'static str, &'static [(&'static str, &'static str)]);

/// A fictional source whose events name their own tags.
const ORIGIN: (&str, &str) = ("fiction", "fiction:json");

const CASES: &[Case] = &[
    ("alert", "Alerts.Alerts", "", &[("dest", "unknown"), ("severity", "unknown"), ("app", "fiction:json")]),
    (
        "authentication",
        "Authentication.Authentication",
        "",
        &[
            ("action", "unknown"),
            ("app", "fiction:json"),
            ("dest", "unknown"),
            ("src", "unknown"),
            ("src_user", "unknown"),
            ("user", "unknown"),
            ("vendor_product", "fiction:json"),
        ],
    ),
    ("authentication", "Authentication.Failed_Authentication", r#""action":"Failure""#, &[("action", "Failure")]),
    ("authentication", "-Authentication.Successful_Authentication", r#""action":"failure""#, &[]),
    ("authentication default", "Authentication.Failed_Default_Authentication", r#""action":"failure""#, &[]),
    ("authentication privileged", "Authentication.Successful_Privileged_Authentication", r#""action":"success""#, &[]),
    ("authentication insecure", "Authentication.Insecure_Authentication", "", &[]),
    ("authentication", "-Authentication.Authentication", r#""action":"success","user":"WS1$""#, &[]),
    ("certificate", "Certificates.All_Certificates", r#""src":"a""#, &[("src", "a")]),
    ("certificate", "-Certificates.SSL", "", &[]),
    (
        "certificate tls",
        "Certificates.SSL",
        r#""ssl_end_time":"300","ssl_start_time":"100""#,
        &[
            ("ssl_hash", "unknown"),
            ("ssl_issuer", "unknown"),
            ("ssl_subject_common_name", "unknown"),
            ("ssl_validity_window", "200"),
        ],
    ),
    (
        "change",
        "Change.All_Changes",
        r#""signature":"A thing changed","signature_id":"7""#,
        &[
            ("action", "unknown"),
            ("change_type", "unknown"),
            ("command", "unknown"),
            ("object", "unknown"),
            ("object_category", "unknown"),
            ("result", "A thing changed"),
            ("result_id", "7"),
            ("status", "unknown"),
            ("user", "unknown"),
        ],
    ),
    ("change", "Change.All_Changes", "", &[("result", "unknown"), ("result_id", "-1")]),
    ("change", "-Change.All_Changes", r#""object_category":"registry""#, &[]),
    ("change account", "Change.Accounts_Updated", r#""action":"modified""#, &[("src_user", "unknown")]),
    ("change endpoint", "Change.Endpoint_Restarts", r#""action":"modified","change_type":"restart""#, &[]),
    ("change endpoint", "-Change.Other_Endpoint_Changes", r#""change_type":"restart""#, &[]),
    ("change network", "Change.Device_Restarts", r#""action":"modified","change_type":"restart""#, &[]),
    ("change instance", "Change.Instance_Changes", "", &[("image_id", "unknown"), ("instance_type", "unknown")]),
    ("inventory", "-Compute_Inventory.All_Inventory", "", &[]),
    ("inventory cpu", "Compute_Inventory.CPU", r#""cpu_cores":"4""#, &[("cpu_cores", "4"), ("dest", "unknown")]),
    ("inventory virtual snapshot", "Compute_Inventory.Snapshot", r#""snapshot":"s1""#, &[("snapshot", "s1")]),
    ("inventory user", "Compute_Inventory.Cleartext_Passwords", r#""password":"p""#, &[("password", "p")]),
    ("inventory user", "-Compute_Inventory.Default_Accounts", "", &[]),
    ("dlp incident", "DLP.DLP_Incidents", "", &[("action", "unknown"), ("object", "unknown"), ("user", "unknown")]),
    ("data access", "Data_Access.Data_Access", r#""object":"f""#, &[("object", "f"), ("user", "unknown")]),
    ("database instance lock", "Databases.Lock_Info", r#""lock_mode":"x""#, &[("lock_mode", "x")]),
    ("database query tablespace", "Databases.Tablespace", r#""free_bytes":"9""#, &[("free_bytes", "9")]),
    ("database query", "Databases.Database_Query", r#""query":"q""#, &[("query", "q"), ("dest", "unknown")]),
    (
        "email",
        "Email.All_Email",
        r#""recipient":["a@x.test","b@y.test"],"src_user":"c@z.test""#,
        &[
            ("action", "unknown"),
            ("recipient_count", "2"),
            ("recipient_domain", "x.test|y.test"),
            ("src_user_domain", "z.test"),
        ],
    ),
    ("email filter", "Email.Filtering", r#""signature":"s""#, &[("signature", "s")]),
    ("email", "-Email.Delivery", "", &[]),
    (
        "listening port",
        "Endpoint.Ports",
        r#""dest_port":"22","transport":"tcp""#,
        &[("dest", "unknown"), ("dest_port", "22"), ("transport", "tcp"), ("user", "unknown")],
    ),
    (
        "process report",
        "Endpoint.Processes",
        r#""process":"cmd.exe /c dir","process_integrity_level":"HIGH""#,
        &[
            ("dest", "unknown"),
            ("original_file_name", "unknown"),
            ("parent_process", "unknown"),
            ("parent_process_name", "unknown"),
            ("process_integrity_level", "high"),
            ("process_name", "cmd.exe"),
            ("user", "unknown"),
        ],
    ),
    ("process", "-Endpoint.Processes", "", &[]),
    ("service report", "Endpoint.Services", "", &[("service", "unknown"), ("start_mode", "unknown")]),
    (
        "endpoint filesystem",
        "Endpoint.Filesystem",
        r#""file_size":"12 kB""#,
        &[
            ("action", "unknown"),
            ("file_hash", "unknown"),
            ("file_name", "unknown"),
            ("file_path", "unknown"),
            ("file_size", ""),
            ("user", "unknown"),
        ],
    ),
    (
        "endpoint registry",
        "Endpoint.Registry",
        "",
        &[
            ("action", "unknown"),
            ("registry_key_name", "unknown"),
            ("registry_path", "unknown"),
            ("registry_value_data", "unknown"),
            ("registry_value_name", "unknown"),
            ("registry_value_type", "unknown"),
            ("registry_hive", ""),
        ],
    ),
    ("track_event_signatures", "Event_Signatures.Signatures", r#""signature_id":"1""#, &[("signature_id", "1")]),
    ("track_event_signatures", "-Event_Signatures.Signatures", "", &[]),
    ("messaging", "Interprocess_Messaging.All_Interprocess_Messaging", "", &[("dest", "unknown")]),
    ("ids attack", "Intrusion_Detection.IDS_Attacks", "", &[("category", "unknown"), ("severity", "unknown")]),
    ("ids attack", "Intrusion_Detection.Host_IDS_Attacks", r#""ids_type":"host""#, &[]),
    ("jvm threading", "JVM.Threading", r#""threads_deadlocked":"1""#, &[]),
    ("malware attack", "Malware.Quarantined_Malware", r#""action":"deferred""#, &[("file_name", "unknown")]),
    ("malware operations", "Malware.Malware_Operations", "", &[("dest", "unknown")]),
    (
        "network resolution dns",
        "Network_Resolution.DNS",
        r#""query":["a.test","b.test"],"reply_code":"NXDomain""#,
        &[("answer", "unknown"), ("message_type", "unknown"), ("query_count", "2"), ("reply_code_id", "NXDomain")],
    ),
    (
        "network session dhcp",
        "Network_Sessions.DHCP",
        r#""dest_ip":"192.0.2.1""#,
        &[("dest_ip", "192.0.2.1"), ("dest_nt_host", "unknown")],
    ),
    ("network session start vpn", "Network_Sessions.VPN", "", &[("user", "unknown")]),
    (
        "network communicate",
        "Network_Traffic.All_Traffic",
        r#""transport":"TCP","bytes_in":"3","bytes_out":"4""#,
        &[("action", "unknown"), ("bytes", "7"), ("dest_port", "0"), ("rule", "unknown"), ("transport", "tcp")],
    ),
    ("network communicate", "Network_Traffic.Blocked_Traffic", r#""action":"blocked""#, &[]),
    ("network communicate", "-Network_Traffic.Allowed_Traffic", "", &[]),
    ("performance os uptime", "Performance.Uptime", r#""uptime":"5""#, &[("uptime", "5"), ("dest", "unknown")]),
    ("performance os time synchronize", "Performance.Timesync", "", &[]),
    ("ticketing incident", "Ticket_Management.Incident", r#""incident":"i1""#, &[("status", "unknown")]),
    (
        "update status",
        "Updates.Installed_Updates",
        r#""status":"installed","signature_id":"KB1""#,
        &[("signature", "KB1")],
    ),
    ("update status", "Updates.Restart_Required_Updates", r#""status":"restart_required""#, &[("dest", "unknown")]),
    ("vulnerability report", "Vulnerabilities.High_Critical_Vulnerabilities", r#""severity":"critical""#, &[]),
    ("vulnerability report", "Vulnerabilities.Vulnerabilities", "", &[("severity", "unknown"), ("dest", "unknown")]),
    (
        "web",
        "Web.Web",
        r#""url":"https://u@shop.example.test:8443/a","dest":"-","bytes_in":"2","bytes":"5""#,
        &[
            ("action", "unknown"),
            ("bytes_out", "3"),
            ("dest", "unknown"),
            ("http_method", "unknown"),
            ("http_user_agent", "unknown"),
            ("status", "unknown"),
            ("url_domain", "shop.example.test"),
            ("url_length", "34"),
        ],
    ),
    ("web proxy", "Web.Proxy", r#""url":"/a""#, &[("url_domain", ""), ("url_length", "2")]),
    ("web", "-Web.Storage", "", &[]),
];

/// How the fictional source names what has several values.
const PROPS: &str = "[fiction:json]
KV_MODE = json
EVAL-kind = 'kind{}'
EVAL-query = coalesce('query{}', query)
EVAL-recipient = 'recipient{}'
";

/// Every dataset by an event that is put together for it, with an app whose tags are words of the event.
#[test]
fn membership_and_defaults() {
    let folder = tempfile::tempdir().expect("a folder");
    let default = folder.path().join("default");
    std::fs::create_dir(&default).expect("a folder");
    let words: BTreeSet<&str> = CASES.iter().flat_map(|(tags, ..)| tags.split(' ')).collect();
    let tags = words.iter().fold(String::new(), |mut text, word| {
        writeln!(text, "[kind={word}]\n{word} = enabled\n").expect("writing works");
        text
    });
    std::fs::write(default.join("tags.conf"), tags).expect("the file can be written");
    std::fs::write(default.join("props.conf"), PROPS).expect("the file can be written");
    let (knowledge, problems) = Knowledge::with_apps(&[folder.path().to_path_buf()]).expect("the app can be read");
    assert!(problems.is_empty(), "{problems:#?}");
    for (tags, name, says, expected) in CASES {
        let kinds = tags.split(' ').map(|tag| format!("\"{tag}\"")).collect::<Vec<_>>().join(",");
        let comma = if says.is_empty() { "" } else { "," };
        let event = format!("{{\"kind\":[{kinds}]{comma}{says}}}");
        let outside = name.starts_with('-');
        let (model, dataset) = name.trim_start_matches('-').split_once('.').expect("a model and a dataset");
        let names: Vec<&str> = expected.iter().map(|(name, _)| *name).chain(["_time"]).collect();
        let found = row_by(&knowledge, model, dataset, ORIGIN, &event, &names);
        assert_eq!(found.is_none(), outside, "{name} {event}");
        let Some(found) = found else { continue };
        let shown: Vec<String> = expected.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(found[..shown.len()], shown[..], "{name} {event}");
    }
}
