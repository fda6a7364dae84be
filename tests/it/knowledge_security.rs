//! The built-in pack: the Security channel of Windows. Events are invented; expectations are derived by hand.

use crate::rows::{fields, row_of};
use escudo::knowledge::Knowledge;

const SECURITY: &str = "XmlWinEventLog:Security";
const SUCCESS: &str = "0x8020000000000000";
const FAILURE: &str = "0x8010000000000000";

/// An event of the Security channel with these data elements.
fn event(code: &str, keywords: &str, data: &[(&str, &str)]) -> String {
    let element = |(name, value): &(&str, &str)| format!("<Data Name='{name}'>{value}</Data>");
    let elements = data.iter().map(element).collect::<Vec<_>>().concat();
    format!(
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>\
         <Provider Name='Microsoft-Windows-Security-Auditing' Guid='{{0A1B2C3D-0000-0000-0000-000000000000}}'/>\
         <EventID>{code}</EventID><Version>2</Version><Level>0</Level><Task>1</Task><Opcode>0</Opcode>\
         <Keywords>{keywords}</Keywords><TimeCreated SystemTime='2024-01-02T03:04:05.123456700Z'/>\
         <EventRecordID>77</EventRecordID><Correlation/><Execution ProcessID='632' ThreadID='644'/>\
         <Channel>Security</Channel><Computer>dc1.example.test</Computer><Security/></System>\
         <EventData>{elements}</EventData></Event>"
    )
}

fn row(model: &str, dataset: &str, source: &str, text: &str, names: &[&str]) -> Option<Vec<String>> {
    row_of(model, dataset, (source, "XmlWinEventLog"), text, names)
}

fn check(found: &[String], expected: &[&str]) {
    assert_eq!(found, expected);
}

#[test]
fn every_knowledge_object_compiles() {
    let knowledge = Knowledge::builtin();
    let problems: Vec<String> = knowledge
        .check()
        .iter()
        .map(|problem| {
            let file = knowledge.sources().file(problem.place.file).path().display();
            format!("{file}:{} {}", problem.place.span.start, problem.message)
        })
        .collect();
    assert!(problems.is_empty(), "{problems:#?}");
}

#[test]
fn a_new_process_is_a_row_of_processes() {
    let names = [
        "process_name",
        "process",
        "process_path",
        "process_id",
        "parent_process",
        "parent_process_name",
        "parent_process_id",
        "user",
        "dest",
        "action",
        "original_file_name",
        "vendor_product",
    ];
    let data = |line: &'static str, target: &'static str| {
        vec![
            ("SubjectUserName", "WS1$"),
            ("SubjectDomainName", "EXAMPLE"),
            ("SubjectLogonId", "0x3e7"),
            ("NewProcessId", "0x1a2c"),
            ("NewProcessName", "C:\\Program Files\\Tool Box\\Tool.exe"),
            ("TokenElevationType", "%%1936"),
            ("ProcessId", "0x2f0"),
            ("CommandLine", line),
            ("TargetUserName", target),
            ("ParentProcessName", "C:\\Windows\\Explorer.EXE"),
        ]
    };
    let head = ["process_name=Tool.exe"];
    let tail = |user| {
        vec![
            "process_path=C:\\Program Files\\Tool Box\\Tool.exe".to_owned(),
            "process_id=0x1a2c".to_owned(),
            "parent_process=C:\\Windows\\Explorer.EXE".to_owned(),
            "parent_process_name=Explorer.EXE".to_owned(),
            "parent_process_id=0x2f0".to_owned(),
            format!("user={user}"),
            "dest=dc1.example.test".to_owned(),
            "action=allowed".to_owned(),
            "original_file_name=unknown".to_owned(),
            "vendor_product=Microsoft Windows".to_owned(),
        ]
    };
    // The command line as it is if its first token is a path; else the path in front of the arguments.
    let table = [
        (
            "\"C:\\Program Files\\Tool Box\\Tool.exe\" -a &gt; b",
            "-",
            "\"C:\\Program Files\\Tool Box\\Tool.exe\" -a &gt; b",
            "WS1$",
        ),
        ("tool -a \"b c\"", "ann", "\"C:\\Program Files\\Tool Box\\Tool.exe\" -a \"b c\"", "ann"),
        ("tool", "ann", "\"C:\\Program Files\\Tool Box\\Tool.exe\"", "ann"),
        ("", "ann", "C:\\Program Files\\Tool Box\\Tool.exe", "ann"),
    ];
    for (line, target, process, user) in table {
        let found = row("Endpoint", "Processes", SECURITY, &event("4688", SUCCESS, &data(line, target)), &names);
        let mut expected: Vec<String> = head.iter().map(|&text| text.to_owned()).collect();
        expected.push(format!("process={process}"));
        expected.extend(tail(user));
        assert_eq!(found, Some(expected), "{line}");
    }
    let ended = event("4689", SUCCESS, &[("ProcessName", "C:\\a.exe")]);
    assert_eq!(row("Endpoint", "Processes", SECURITY, &ended, &names), None);
}

#[test]
fn logons_are_rows_of_authentication() {
    let names = ["action", "user", "src", "dest", "app", "signature", "signature_id"];
    let logon = |code, keywords, kind, workstation| {
        let data = [
            ("SubjectUserName", "-"),
            ("TargetUserName", "bob"),
            ("LogonType", kind),
            ("WorkstationName", workstation),
            ("IpAddress", "192.0.2.7"),
        ];
        row("Authentication", "Authentication", SECURITY, &event(code, keywords, &data), &names).expect("a row")
    };
    // A dash as the workstation hides the address.
    check(
        &logon("4624", SUCCESS, "3", "-"),
        &[
            "action=success",
            "user=bob",
            "src=unknown",
            "dest=dc1.example.test",
            "app=win:remote",
            "signature=An account was successfully logged on",
            "signature_id=4624",
        ],
    );
    check(
        &logon("4625", FAILURE, "2", "\\\\WS2"),
        &[
            "action=failure",
            "user=bob",
            "src=WS2",
            "dest=dc1.example.test",
            "app=win:local",
            "signature=An account failed to log on",
            "signature_id=4625",
        ],
    );
    // Kerberos has no workstation.
    let ticket =
        event("4768", FAILURE, &[("TargetUserName", "bob"), ("Status", "0x18"), ("IpAddress", "::ffff:192.0.2.7")]);
    check(
        &row("Authentication", "Authentication", SECURITY, &ticket, &["action", "src", "app", "user"]).expect("a row"),
        &["action=failure", "src=::ffff:192.0.2.7", "app=win:unknown", "user=bob"],
    );
    let machine = event("4624", SUCCESS, &[("TargetUserName", "WS2$"), ("LogonType", "3")]);
    assert_eq!(row("Authentication", "Authentication", SECURITY, &machine, &names), None);
    let elsewhere = event("4663", SUCCESS, &[("SubjectUserName", "bob")]);
    assert_eq!(row("Authentication", "Authentication", SECURITY, &elsewhere, &names), None);
}

#[test]
fn account_events_are_rows_of_change() {
    let names = ["action", "result", "result_id", "user", "src_user", "object_category", "status", "command"];
    let change = |code| {
        let data = [("TargetUserName", "carol"), ("TargetSid", "S-1-5-21-1-2-3-1105"), ("SubjectUserName", "admin1")];
        let row = row("Change", "All_Changes", SECURITY, &event(code, SUCCESS, &data), &names).expect("a row");
        row[..3].join(" ")
    };
    assert_eq!(change("4720"), "action=created result=account was created result_id=4720");
    assert_eq!(change("4726"), "action=deleted result=A user account was deleted result_id=4726");
    assert_eq!(change("4740"), "action=modified result=lockout result_id=4740");
    assert_eq!(
        change("4794"),
        "action=success result=set the Directory Services Restore Mode administrator password result_id=4794"
    );
    assert_eq!(change("1102"), "action=cleared result=The audit log was cleared result_id=1102");
}

#[test]
fn fields_of_raw_searches() {
    let share = event(
        "5145",
        SUCCESS,
        &[
            ("SubjectUserName", "dan"),
            ("SubjectLogonId", "0x5f"),
            ("ObjectType", "File"),
            ("IpAddress", "192.0.2.8"),
            ("IpPort", "50123"),
            ("ShareName", "\\\\*\\C$"),
            ("ShareLocalPath", "\\??\\C:\\"),
            ("RelativeTargetName", "a\\b.txt"),
        ],
    );
    check(
        &fields(
            SECURITY,
            "xmlwineventlog",
            &share,
            &[
                "src",
                "src_ip",
                "src_port",
                "src_user",
                "Logon_ID",
                "file_name",
                "file_path",
                "eventtype",
                "status",
                "process_id",
            ],
        ),
        &[
            "src=192.0.2.8",
            "src_ip=192.0.2.8",
            "src_port=50123",
            "src_user=dan",
            "Logon_ID=0x5f",
            "file_name=\\\\*\\C$",
            "file_path=\\??\\C:\\",
            "eventtype=windows_event_signature|wineventlog_security",
            "status=success",
            "process_id=632",
        ],
    );
    let object = event(
        "4663",
        SUCCESS,
        &[("ObjectType", "File"), ("ObjectName", "C:\\Users\\dan\\Key.pem"), ("ProcessName", "C:\\x\\y.exe")],
    );
    check(
        &fields(
            SECURITY,
            "XmlWinEventLog",
            &object,
            &["object_file_path", "object_file_name", "file_name", "process_name", "process_path", "src_ip"],
        ),
        &[
            "object_file_path=C:\\Users\\dan\\Key.pem",
            "object_file_name=Key.pem",
            "file_name=Key.pem",
            "process_name=C:\\x\\y.exe",
            "process_path=C:\\x\\y.exe",
            "src_ip=",
        ],
    );
    let names = ["user", "src_user", "Group_Name", "signature"];
    for (sid, user) in [("EXAMPLE\\eve", "eve"), ("S-1-5-21-1-2-3-1106", "Eve E\\, Jr")] {
        let member = [
            ("MemberName", "CN=Eve E\\, Jr,OU=x"),
            ("MemberSid", sid),
            ("TargetUserName", "Admins"),
            ("SubjectUserName", "eve"),
        ];
        let user = format!("user={user}");
        let expected = [
            &*user,
            "src_user=eve",
            "Group_Name=Admins",
            "signature=A member was added to a security-enabled global group",
        ];
        check(&fields(SECURITY, "XmlWinEventLog", &event("4728", SUCCESS, &member), &names), &expected);
    }
    let created = event("4741", SUCCESS, &[("TargetUserName", "WS7$")]);
    check(&fields(SECURITY, "XmlWinEventLog", &created, &["user_type", "user"]), &["user_type=computer", "user=WS7$"]);
    let relayed = event("4624", SUCCESS, &[("WorkstationName", "-"), ("IpAddress", "127.0.0.1")]);
    check(&fields(SECURITY, "XmlWinEventLog", &relayed, &["src", "src_ip"]), &["src=127.0.0.1", "src_ip="]);
    let cleared = event("1102", SUCCESS, &[]);
    check(&fields(SECURITY, "XmlWinEventLog", &cleared, &["object", "action"]), &["object=Security", "action=cleared"]);
    let local = event("4624", SUCCESS, &[("IpAddress", "::1"), ("TargetDomainName", "-")]);
    check(
        &fields(SECURITY, "XmlWinEventLog", &local, &["src", "src_ip", "dest_nt_domain"]),
        &["src=::1", "src_ip=", "dest_nt_domain="],
    );
}

/// An event that was cut on its way has no closing tags.
#[test]
fn a_cut_event_keeps_what_came_through() {
    let whole = event("5145", SUCCESS, &[("SubjectUserName", "dan"), ("ShareName", "S"), ("AccessList", "%%1538")]);
    for (end, list) in [("%%1538", "%%1538"), ("%%15", "%%15"), ("AccessList'>", ""), ("AccessLi", "")] {
        let text = &whole[..whole.find(end).expect("the end is in the event") + end.len()];
        let names = ["EventCode", "src_user", "file_name", "AccessList"];
        let list = format!("AccessList={list}");
        let expected = ["EventCode=5145", "src_user=dan", "file_name=S", &*list];
        check(&fields(SECURITY, "XmlWinEventLog", text, &names), &expected);
    }
}

#[test]
fn the_text_form_gives_the_same_fields() {
    let text = "01/02/2024 03:04:05 PM\r\nLogName=Security\r\nEventCode=4698\r\nEventType=0\r\nComputerName=ws1.example.test\r\n\
                TaskCategory=Other Object Access Events\r\nKeywords=Audit Success\r\nMessage=A scheduled task was created.\r\n\r\n\
                Subject:\r\n\tSecurity ID:\t\tS-1-5-21-1-2-3-500\r\n\tAccount Name:\t\tann\r\n\tAccount Domain:\t\tEXAMPLE\r\n\
                \tLogon ID:\t\t0x3E7\r\n\r\nTask Information:\r\n\tTask Name: \t\t\\Nightly\r\n";
    check(
        &fields(
            "WinEventLog:Security",
            "WinEventLog",
            text,
            &["EventCode", "dest", "Task_Name", "src_user", "action", "Subject_Logon_ID", "signature", "Information"],
        ),
        &[
            "EventCode=4698",
            "dest=ws1.example.test",
            "Task_Name=\\Nightly",
            "src_user=ann",
            "action=success",
            "Subject_Logon_ID=0x3E7",
            "signature=A scheduled task was created",
            "Information=",
        ],
    );
}
