//! What the built-in pack makes of invented events, worked out by hand from the conventions of the sources.

use escudo::expr::Context;
use escudo::ir::Fields;
use escudo::knowledge::{Knowledge, Naming};
use escudo::value::{Batch, Column, Value};

const SYSMON: (&str, &str) = ("XmlWinEventLog:Microsoft-Windows-Sysmon/Operational", "XmlWinEventLog");
const LINUX: (&str, &str) = ("Syslog:Linux-Sysmon/Operational", "sysmon:linux");

fn elements(quote: char, data: &[(&str, &str)]) -> String {
    let element = |(name, value): &(&str, &str)| format!("<Data Name={quote}{name}{quote}>{value}</Data>");
    data.iter().map(element).collect::<Vec<_>>().concat()
}

/// An event as Windows writes it; the data are pairs of name and value.
fn windows(channel: &str, code: u32, data: &[(&str, &str)]) -> String {
    let data = elements('\'', data);
    format!(
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Some Provider' \
         Guid='{{00000000-0000-0000-0000-00000000000A}}'/><EventID>{code}</EventID><Version>5</Version><Level>4</Level>\
         <Task>{code}</Task><Opcode>0</Opcode><Keywords>0x8000000000000000</Keywords><TimeCreated \
         SystemTime='2024-05-06T07:08:10.5000000Z'/><EventRecordID>321</EventRecordID><Correlation/><Execution \
         ProcessID='71' ThreadID='72'/><Channel>{channel}</Channel><Computer>ws7.example.test</Computer><Security \
         UserID='S-1-5-18'/></System><EventData>{data}</EventData></Event>"
    )
}

fn sysmon(code: u32, data: &[(&str, &str)]) -> String {
    windows("Microsoft-Windows-Sysmon/Operational", code, data)
}

fn linux(code: u32, data: &[(&str, &str)]) -> String {
    let data = elements('"', data);
    format!(
        "<Event><System><Provider Name=\"Linux-Sysmon\" Guid=\"{{00000000-0000-0000-0000-00000000000B}}\"/>\
         <EventID>{code}</EventID><Channel>Linux-Sysmon/Operational</Channel><Computer>web3</Computer>\
         <Security UserId=\"0\"/></System><EventData>{data}</EventData></Event>"
    )
}

fn context() -> Context {
    Context::at(0.0)
}

fn raw(event: &str) -> Batch {
    let mut batch = Batch::new(1);
    batch.set("_raw", Column::new(vec![Value::from(event)]));
    batch
}

/// A value with `|` between several ones; none if the field is absent.
fn text(batch: &Batch, name: &str) -> Option<String> {
    let value = batch.value(0, name);
    let texts: Vec<_> = value.values().iter().map(|value| value.to_text().into_owned()).collect();
    (!value.is_null()).then(|| texts.join("|"))
}

#[track_caller]
fn fields((source, sourcetype): (&str, &str), event: &str, expected: &[(&str, Option<&str>)]) {
    let knowledge = Knowledge::builtin();
    let rules = knowledge.rules(source, sourcetype, "h");
    let batch = knowledge.extract(&rules, raw(event), &Fields::All, &context());
    for (name, value) in expected {
        assert_eq!(text(&batch, name).as_deref(), *value, "{name}");
    }
}

/// The event is in the dataset, with these values; or is not in it, when none are given.
#[track_caller]
fn dataset((source, sourcetype): (&str, &str), event: &str, name: &str, expected: &[(&str, Option<&str>)]) {
    let knowledge = Knowledge::builtin();
    let rules = knowledge.rules(source, sourcetype, "h");
    let (model, dataset) = name.split_once('.').expect("model and dataset");
    let dataset = knowledge.model(model).and_then(|model| model.dataset(dataset)).expect("a dataset of the pack");
    let rows = knowledge.dataset_rows(&rules, dataset, &raw(event), &Fields::All, Naming::Plain, &context());
    let rows = rows.expect("the dataset works");
    assert_eq!(rows.rows(), usize::from(!expected.is_empty()), "{name}");
    for (field, value) in expected {
        assert_eq!(text(&rows, field).as_deref(), *value, "{name}.{field}");
    }
}

#[test]
fn the_pack_has_no_mistakes() {
    let knowledge = Knowledge::builtin();
    let problems: Vec<String> = knowledge.check().iter().map(|problem| problem.message.clone()).collect();
    assert_eq!(problems, Vec::<String>::new());
}

#[test]
fn windows_xml_gives_elements_attributes_and_data() {
    let event = windows(
        "Some/Channel",
        77,
        &[
            ("Detection Time", " yesterday\n at noon "),
            ("Path", "C:\\a &amp; b"),
            ("Empty", ""),
            ("Name", "second"),
            ("Many", "x"),
            ("Many", "y"),
        ],
    );
    // The sourcetype is written in several ways, and the source may lack its `Xml`.
    for origin in [("XmlWinEventLog:Some/Channel", "XmlWinEventLog"), ("WinEventLog:Some/Channel", "xmlwineventlog")] {
        fields(
            origin,
            &event,
            &[
                ("EventCode", Some("77")),
                ("EventID", Some("77")),
                ("signature_id", Some("77")),
                ("Computer", Some("ws7.example.test")),
                ("dvc", Some("ws7.example.test")),
                ("ProcessID", Some("71")),
                ("UserID", Some("S-1-5-18")),
                ("user_id", Some("S-1-5-18")),
                ("SystemTime", Some("2024-05-06T07:08:10.5000000Z")),
                ("RecordNumber", Some("321")),
                ("vendor_product", Some("Microsoft Windows")),
                ("Detection_Time", Some("yesterday\n at noon")),
                ("Path", Some("C:\\a &amp; b")),
                ("Empty", None),
                ("Name", Some("Some Provider|second")),
                ("Many", Some("x|y")),
            ],
        );
    }
}

#[test]
fn an_event_id_with_qualifiers_is_a_code_only() {
    let event = "<Event><System><EventID Qualifiers='16384'>7045</EventID></System><EventData/></Event>";
    let expected =
        [("EventCode", Some("7045")), ("Qualifiers", Some("16384")), ("EventID", None), ("EventData_Xml", None)];
    fields(("XmlWinEventLog:System", "XmlWinEventLog"), event, &expected);
}

#[test]
fn sysmon_process_creation() {
    let event = sysmon(
        1,
        &[
            ("ProcessGuid", "{AB-1}"),
            ("ProcessId", "4711"),
            ("Image", "C:\\Program Files\\Tool\\Tool.exe"),
            ("OriginalFileName", "tool.dll"),
            ("CommandLine", "\"C:\\Program Files\\Tool\\Tool.exe\" -a &gt; b"),
            ("CurrentDirectory", "C:\\work\\"),
            ("User", "EXAMPLE\\Wanda"),
            ("IntegrityLevel", "High"),
            ("Hashes", "MD5=AA11,SHA256=BB22,IMPHASH=CC33"),
            ("ParentProcessGuid", "{AB-2}"),
            ("ParentProcessId", "12"),
            ("ParentImage", "C:\\Windows\\explorer.exe"),
            ("ParentCommandLine", "explorer /x"),
        ],
    );
    let expected = [
        ("process", Some("\"C:\\Program Files\\Tool\\Tool.exe\" -a &gt; b")),
        ("process_name", Some("Tool.exe")),
        ("process_exec", Some("Tool.exe")),
        ("process_path", Some("C:\\Program Files\\Tool\\Tool.exe")),
        ("process_id", Some("4711")),
        ("process_guid", Some("{AB-1}")),
        ("process_current_directory", Some("C:\\work\\")),
        ("process_integrity_level", Some("high")),
        ("process_hash", Some("MD5=AA11,SHA256=BB22,IMPHASH=CC33")),
        ("original_file_name", Some("tool.dll")),
        ("parent_process", Some("explorer /x")),
        ("parent_process_name", Some("explorer.exe")),
        ("parent_process_exec", Some("explorer.exe")),
        ("parent_process_path", Some("C:\\Windows\\explorer.exe")),
        ("parent_process_id", Some("12")),
        ("parent_process_guid", Some("{AB-2}")),
        ("user", Some("Wanda")),
        ("user_id", None),
        ("dest", Some("ws7.example.test")),
        ("action", Some("allowed")),
        ("vendor_product", Some("Microsoft Sysmon")),
    ];
    dataset(SYSMON, &event, "Endpoint.Processes", &expected);
    dataset(SYSMON, &event, "Endpoint.Filesystem", &[]);
    let expected = [
        // Sysmon's own name of event 1.
        ("signature", Some("Process creation")),
        ("MD5", Some("AA11")),
        ("SHA256", Some("BB22")),
        ("IMPHASH", Some("CC33")),
        ("user_id", Some("S-1-5-18")),
        ("os", Some("Microsoft Windows")),
    ];
    fields(SYSMON, &event, &expected);
}

#[test]
fn sysmon_without_the_elements_of_newer_schemas() {
    let data = [("Image", "System"), ("CommandLine", "x"), ("OriginalFileName", "-")];
    let expected = [
        ("user", Some("unknown")),
        ("original_file_name", Some("unknown")),
        ("process_name", Some("System")),
        ("process_path", Some("System")),
        ("parent_process_name", Some("unknown")),
        ("parent_process_exec", None),
    ];
    dataset(SYSMON, &sysmon(1, &data), "Endpoint.Processes", &expected);
}

#[test]
fn sysmon_process_access_takes_the_actor_as_parent() {
    let table = [("SourceProcessGUID", "TargetProcessGUID", 10), ("SourceProcessGuid", "TargetProcessGuid", 8)];
    for (source, target, code) in table {
        let event = sysmon(
            code,
            &[
                (source, "{S}"),
                ("SourceProcessId", "5"),
                ("SourceImage", "C:\\t\\reader.exe"),
                (target, "{T}"),
                ("TargetProcessId", "6"),
                ("TargetImage", "C:\\Windows\\System32\\lsass.exe"),
            ],
        );
        let expected = [
            ("process_name", Some("lsass.exe")),
            ("process_path", Some("C:\\Windows\\System32\\lsass.exe")),
            ("process_id", Some("6")),
            ("process_guid", Some("{T}")),
            ("process", Some("unknown")),
            ("parent_process_name", Some("reader.exe")),
            ("parent_process_path", Some("C:\\t\\reader.exe")),
            ("parent_process_id", Some("5")),
            ("parent_process_guid", Some("{S}")),
            ("parent_process", Some("unknown")),
            ("action", Some("allowed")),
        ];
        dataset(SYSMON, &event, "Endpoint.Processes", &expected);
    }
}

#[test]
fn sysmon_image_load() {
    let event = sysmon(
        7,
        &[
            ("Image", "C:\\t\\host.exe"),
            ("ImageLoaded", "C:\\t\\lib.dll"),
            ("OriginalFileName", "Lib.Dll"),
            ("Hashes", "SHA1=DD"),
            ("Signed", "false"),
            ("SignatureStatus", "Unavailable"),
        ],
    );
    let expected = [
        ("process_name", Some("host.exe")),
        ("original_file_name", Some("Lib.Dll")),
        ("process_hash", Some("SHA1=DD")),
        ("action", Some("success")),
        ("parent_process_name", Some("unknown")),
    ];
    dataset(SYSMON, &event, "Endpoint.Processes", &expected);
    let expected = [
        ("loaded_file", Some("lib.dll")),
        ("loaded_file_path", Some("C:\\t\\lib.dll")),
        ("service_dll_signature_exists", Some("false")),
        ("service_dll_signature_verified", Some("false")),
        ("SHA1", Some("DD")),
    ];
    fields(SYSMON, &event, &expected);
}

#[test]
fn sysmon_registry_table() {
    const SYSTEM: &str = r"HKEY_LOCAL_MACHINE\\System";
    const SOFTWARE: &str = r"HKEY_LOCAL_MACHINE\\Software";
    type Row<'a> = (u32, &'a str, &'a str, &'a str, [&'a str; 5], Option<&'a str>);
    // Code, type, path, details; key, value, data, type, action; hive.
    let table: &[Row<'_>] = &[
        (
            12,
            "CreateKey",
            r"HKLM\SOFTWARE\Acme\Tool",
            "",
            ["Tool", "unknown", "unknown", "unknown", "created"],
            Some(SOFTWARE),
        ),
        (12, "DeleteValue", r"HKCR\x\shell", "", ["shell", "unknown", "unknown", "unknown", "deleted"], None),
        (
            13,
            "SetValue",
            r"HKLM\System\Acme\Start",
            "DWORD (0x00000004)",
            ["Acme", "Start", "0x00000004", "REG_DWORD", "modified"],
            Some(SYSTEM),
        ),
        (
            13,
            "SetValue",
            r"HKU\S-1-5-21-9\Acme\Q",
            "QWORD (0x00000001-0x00000002)",
            ["Acme", "Q", "0x00000001-0x00000002", "REG_QWORD", "modified"],
            Some("HKEY_CURRENT_USER"),
        ),
        (
            13,
            "SetValue",
            r"HKLM\SAM\Acme\(Default)",
            "Binary Data",
            ["Acme", "(Default)", "Binary Data", "unknown", "modified"],
            None,
        ),
        (
            13,
            "SetValue",
            r"HKLM\SOFTWARE\Acme\Run",
            "(Empty)",
            ["Acme", "Run", "(Empty)", "unknown", "modified"],
            Some(SOFTWARE),
        ),
    ];
    for (code, kind, path, details, [key, value, data, value_type, action], hive) in table {
        let event =
            sysmon(*code, &[("EventType", kind), ("TargetObject", path), ("Details", details), ("ProcessGuid", "{P}")]);
        let expected = [
            ("registry_path", Some(*path)),
            ("registry_key_name", Some(*key)),
            ("registry_value_name", Some(*value)),
            ("registry_value_data", Some(*data)),
            ("registry_value_type", Some(*value_type)),
            ("registry_hive", *hive),
            ("action", Some(*action)),
            ("status", Some("success")),
            ("process_guid", Some("{P}")),
            ("user", Some("unknown")),
        ];
        dataset(SYSMON, &event, "Endpoint.Registry", &expected);
    }
}

#[test]
fn sysmon_files_table() {
    const NEW: &str = "2024-05-06 07:08:09.100";
    const OLD: &str = "2020-01-01 00:00:00.000";
    // Code, CreationUtcTime; action, hash, time of creation.
    let table = [
        (11, NEW, "created", "unknown", Some(NEW)),
        (11, OLD, "modified", "unknown", Some(OLD)),
        (23, "", "deleted", "MD5=EE", None),
        (26, "", "deleted", "MD5=EE", None),
        (2, OLD, "modified", "unknown", Some(OLD)),
    ];
    for (code, created, action, hash, create_time) in table {
        let data = [
            ("UtcTime", NEW),
            ("CreationUtcTime", created),
            ("TargetFilename", "C:\\t\\a b.txt"),
            ("Hashes", if code > 20 { "MD5=EE" } else { "" }),
            ("ProcessId", "9"),
        ];
        let expected = [
            ("file_path", Some("C:\\t\\a b.txt")),
            ("file_name", Some("a b.txt")),
            ("action", Some(action)),
            ("file_hash", Some(hash)),
            ("file_create_time", create_time),
            ("process_id", Some("9")),
        ];
        dataset(SYSMON, &sysmon(code, &data), "Endpoint.Filesystem", &expected);
    }
}

#[test]
fn sysmon_network_and_dns() {
    let event = sysmon(
        3,
        &[
            ("Image", "C:\\t\\c.exe"),
            ("Protocol", "tcp"),
            ("Initiated", "true"),
            ("SourceIsIpv6", "false"),
            ("SourceIp", "192.0.2.1"),
            ("SourceHostname", "-"),
            ("SourcePort", "50000"),
            ("DestinationIsIpv6", "false"),
            ("DestinationIp", "198.51.100.2"),
            ("DestinationHostname", "far.example.test"),
            ("DestinationPort", "443"),
        ],
    );
    let expected = [
        ("src", Some("192.0.2.1")),
        ("src_ip", Some("192.0.2.1")),
        ("dest", Some("far.example.test")),
        ("dest_ip", Some("198.51.100.2")),
        ("dest_port", Some("443")),
        ("transport", Some("tcp")),
        ("direction", Some("outbound")),
        ("protocol_version", Some("ipv4")),
        ("dvc", Some("ws7.example.test")),
        ("app", Some("C:\\t\\c.exe")),
    ];
    dataset(SYSMON, &event, "Network_Traffic.All_Traffic", &expected);

    let results = "type:  5 alias.example.test;::ffff:192.0.2.9;2001:db8::1;";
    let event = sysmon(22, &[("QueryName", "www.example.test"), ("QueryStatus", "0"), ("QueryResults", results)]);
    let expected = [
        ("query", Some("www.example.test")),
        ("answer", Some("alias.example.test|192.0.2.9|2001:db8::1")),
        ("answer_count", Some("3")),
        ("record_type", Some("A|AAAA|CNAME")),
        ("reply_code_id", Some("0")),
        ("src", Some("ws7.example.test")),
        ("dest", Some("unknown")),
    ];
    dataset(SYSMON, &event, "Network_Resolution.DNS", &expected);
}

#[test]
fn sysmon_wmi_is_a_change() {
    let data = [
        ("Operation", "Created"),
        ("Name", " \"Keeper\""),
        ("Destination", " \"C:\\\\t\\\\k.exe\""),
        ("User", "EXAMPLE\\Wanda"),
    ];
    let expected = [
        ("object", Some("Keeper")),
        ("object_path", Some("C:\\\\t\\\\k.exe")),
        ("action", Some("created")),
        ("status", Some("success")),
        ("user", Some("Wanda")),
        ("src", Some("ws7.example.test")),
    ];
    dataset(SYSMON, &sysmon(20, &data), "Change.All_Changes", &expected);
}

#[test]
fn sysmon_for_linux() {
    let event = linux(
        1,
        &[
            ("ProcessGuid", "{L-1}"),
            ("ProcessId", "321"),
            ("Image", "/usr/bin/curl"),
            ("OriginalFileName", "-"),
            ("CommandLine", "curl -s http://example.test"),
            ("User", "root"),
            ("IntegrityLevel", "no level"),
            ("ParentImage", "-"),
            ("ParentCommandLine", "-"),
        ],
    );
    let expected = [
        ("process", Some("curl -s http://example.test")),
        ("process_name", Some("curl")),
        ("process_path", Some("/usr/bin/curl")),
        ("parent_process_name", Some("-")),
        ("parent_process", Some("-")),
        ("process_integrity_level", Some("no level")),
        ("user", Some("root")),
        ("user_id", None),
        ("dest", Some("web3")),
        ("action", Some("allowed")),
    ];
    dataset(LINUX, &event, "Endpoint.Processes", &expected);
    fields(LINUX, &event, &[("EventCode", Some("1")), ("UserId", Some("0"))]);

    let event = linux(
        11,
        &[("Image", "/bin/sh"), ("TargetFilename", "/etc/cron.d/job"), ("CreationUtcTime", "2024-05-06 07:08:09.100")],
    );
    let expected = [
        ("file_path", Some("/etc/cron.d/job")),
        ("file_name", Some("job")),
        ("file_create_time", Some("2024-05-06 07:08:09.100")),
        ("action", Some("created")),
    ];
    dataset(LINUX, &event, "Endpoint.Filesystem", &expected);
}
