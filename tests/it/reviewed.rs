//! The published detections whose data is at hand: the rows that a reviewer finds by reading the raw logs.
//!
//! What is written here was read off the events (which process, which request, which host), never off the output of
//! this program. A row is named by the fields that tell it from the others.

use escudo::compile::Compiler;
use escudo::content::model::Detection;
use escudo::content::pack::{LoadOptions, Pack};
use escudo::engine::RunOptions;
use escudo::events::Options;
use escudo::knowledge::Knowledge;
use escudo::replay::{Finder, Status, TestResult, Tester};
use escudo::source::Sources;
use std::collections::BTreeSet;
use std::path::PathBuf;

struct Review {
    /// The detection's file.
    file: &'static str,
    /// Fields that are compared; values of a multivalue field are joined by `; `.
    fields: &'static [&'static str],
    /// All rows, in any order.
    rows: &'static [&'static [&'static str]],
}

const PC: &str = "attack_pc.attack_range.local";
const CA: &str = "CERT_AUTHORITY.ATTACK_RANGE.LOCAL";
const DC: &str = "win-dc-emcginnis-47905-664.attackrange.local";
const VICTIM: &str = "victim.attack.range";

const REVIEWS: &[Review] = &[
    // Ten timed-out prompts fall between 14:50 and 15:00; no other ten minutes hold more than six.
    Review {
        file: "pingid_multiple_failed_mfa_requests_for_user.yml",
        fields: &["user", "mfa_prompts"],
        rows: &[&["VICTIM_USER", "10"]],
    },
    // Two messages begin with `Device Paired`: a telephone number, which has no model, and a telephone.
    Review {
        file: "pingid_new_mfa_method_registered_for_user.yml",
        fields: &["user", "src", "object", "action"],
        rows: &[
            &["VICTIM_USER", "174.235.80.142", "SMS \"Mobile 1\"", "created"],
            &["VICTIM_USER", "174.235.80.142", "samsung SM-S901U", "created"],
        ],
    },
    // Eight processes start. One has no arguments, and one asks for /enrolleeSuppliesSubject at its very end, where the
    // pattern wants a blank behind.
    Review {
        file: "detect_certify_command_line_arguments.yml",
        fields: &["dest", "process_name", "process_id"],
        rows: &[
            &[PC, "certipy.exe", "100"],
            &[PC, "certipy.exe", "6908"],
            &[PC, "certipy.exe", "11192"],
            &[PC, "certipy.exe", "11820"],
            &[PC, "Certify.exe", "5672"],
            &[PC, "Certify.exe", "17404"],
        ],
    },
    // One block requests (`request /ca:`), the other finds (`find /vulnerable`).
    Review {
        file: "detect_certify_with_powershell_script_block_logging.yml",
        fields: &["dest", "signature_id", "count"],
        rows: &[&[PC, "4104", "1"], &[PC, "4104", "1"]],
    },
    // Two files carry U+202E in their names, both written by the Explorer; the search takes the mark out.
    Review {
        file: "detect_rtlo_in_file_name.yml",
        fields: &["dest", "process_id", "file_name"],
        rows: &[
            &["victim.lan.local", "5808", "test_malwarexcod.htm"],
            &["victim.lan.local", "5808", "test_malwarexcod.htm:Zone.Identifier"],
        ],
    },
    // Five command lines carry it; the two of event 4688 have no original file name, which is a by-field.
    Review {
        file: "detect_rtlo_in_process.yml",
        fields: &["dest", "process_name", "process_id"],
        rows: &[
            &["victim.lan.local", "chrome.exe", "7936"],
            &["victim.lan.local", "chrome.exe", "12408"],
            &["victim.lan.local", "chrome.exe", "2980"],
        ],
    },
    Review {
        file: "disabling_windows_local_security_authority_defences_via_registry.yml",
        fields: &["dest", "action", "registry_path"],
        rows: &[&[
            "win-host-root-17044-47.attackrange.local",
            "deleted",
            "HKLM\\System\\CurrentControlSet\\Control\\Lsa\\RunAsPPL",
        ]],
    },
    // The same logon adds and deletes the name in the same instant.
    Review {
        file: "windows_ad_short_lived_domain_controller_spn_attribute.yml",
        fields: &["TargetLogonId", "src_user", "dest", "OperationType"],
        rows: &[&[
            "0x5dac2d",
            "Administrator",
            "win-dc-root-17044-552.attackrange.local",
            "Value Added; Value Deleted",
        ]],
    },
    // The calculator started by forfiles, and forfiles itself, whose parent's command line names it.
    Review {
        file: "windows_indirect_command_execution_via_forfiles.yml",
        fields: &["dest", "process_name", "process_id", "parent_process_name"],
        rows: &[&[DC, "calc.exe", "1512", "forfiles.exe"], &[DC, "forfiles.exe", "4996", "cmd.exe"]],
    },
    Review {
        file: "windows_indirect_command_execution_via_pcalua.yml",
        fields: &["dest", "process_name", "process_id", "parent_process_name"],
        rows: &[
            &[DC, "calc.exe", "4116", "pcalua.exe"],
            &[DC, "calc.exe", "2112", "pcalua.exe"],
            &[DC, "pcalua.exe", "4888", "cmd.exe"],
            &[DC, "pcalua.exe", "4852", "cmd.exe"],
        ],
    },
    // Twelve certificate events; the two of request 3 name no upn. Only request 4 names a host.
    Review {
        file: "windows_steal_authentication_certificates___esc1_abuse.yml",
        fields: &["signature_id", "ssl_serial", "src", "dest", "src_user"],
        rows: &[
            &["4886", "1", CA, "", "attack_user"],
            &["4886", "4", CA, "VICTIM_MACHINE.ATTACK_RANGE.LOCAL", "attack_user"],
            &["4886", "5", CA, "", "attack_user"],
            &["4886", "6", CA, "", "attack_user"],
            &["4886", "7", CA, "", "attack_user"],
            &["4887", "2", CA, "", "attack_user"],
            &["4887", "4", CA, "VICTIM_MACHINE.ATTACK_RANGE.LOCAL", "attack_user"],
            &["4887", "5", CA, "", "attack_user"],
            &["4887", "6", CA, "", "attack_user"],
            &["4887", "7", CA, "", "attack_user"],
        ],
    },
    // The issued ones of these, joined with the one ticket that was asked for with a certificate.
    Review {
        file: "windows_steal_authentication_certificates___esc1_authentication.yml",
        fields: &["ssl_serial", "user", "src_user", "src", "dest"],
        rows: &[
            &["2", "victim_admin_user", "attack_user", "192.168.1.10", "DC.ATTACK_RANGE.LOCAL"],
            &["4", "victim_admin_user", "attack_user", "192.168.1.10", "DC.ATTACK_RANGE.LOCAL"],
            &["5", "victim_admin_user", "attack_user", "192.168.1.10", "DC.ATTACK_RANGE.LOCAL"],
            &["6", "victim_admin_user", "attack_user", "192.168.1.10", "DC.ATTACK_RANGE.LOCAL"],
            &["7", "victim_admin_user", "attack_user", "192.168.1.10", "DC.ATTACK_RANGE.LOCAL"],
        ],
    },
    Review {
        file: "windows_suspicious_child_process_spawned_from_webserver.yml",
        fields: &["dest", "process_name", "parent_process_name"],
        rows: WEB_SERVER,
    },
    // Deprecated, and the same search.
    Review {
        file: "detect_webshell_exploit_behavior.yml",
        fields: &["dest", "process_name", "parent_process_name"],
        rows: WEB_SERVER,
    },
];

const WEB_SERVER: &[&[&str]] =
    &[&[VICTIM, "cmd.exe", "tomcat6.exe"], &[VICTIM, "tasklist.exe", "tomcat9.exe"], &[VICTIM, "net.exe", "w3wp.exe"]];

/// Those that cannot pass on their data here, and how they end.
const OPEN: &[(&str, Status, &str)] = &[
    // It compares the countries of two addresses, which only a geolocation database knows.
    ("pingid_mismatch_auth_source_and_verification_response.yml", Status::Skip, "geolocation"),
    // It joins files written by certipy (event 11) with processes of the same GUID. No process of the log has one of
    // the two GUIDs that wrote files: their event 1 was not recorded.
    ("detect_certipy_file_modifications.yml", Status::Fail, "no rows"),
];

fn results() -> Option<Vec<TestResult>> {
    let corpus = std::env::var_os("ESCUDO_CORPUS").map_or_else(|| PathBuf::from("../shared/corpus"), PathBuf::from);
    let root = corpus.join("security_content-5.0");
    if !root.exists() {
        println!("skipped: the corpus is not there ({})", root.display());
        return None;
    }
    let mut sources = Sources::new();
    let (pack, _) = Pack::load(&root, &LoadOptions::default(), &mut sources).expect("the pack can be read");
    let knowledge = Knowledge::builtin();
    let compiler = Compiler::new(&pack, knowledge);
    let data = vec![corpus.join("attack_data")];
    let finder = Finder { pack: Some(pack.root.clone()), data, offline: true, ..Finder::default() };
    let tester = Tester {
        pack: &pack,
        knowledge,
        compiler: &compiler,
        finder: &finder,
        options: &RunOptions::at(1_767_225_600.0),
        reading: &Options::default().with_knowledge(knowledge.clone()),
        everything: true,
    };
    let files: BTreeSet<&str> =
        REVIEWS.iter().map(|review| review.file).chain(OPEN.iter().map(|(file, ..)| *file)).collect();
    let wanted = |detection: &Detection| {
        detection.object.path.file_name().and_then(|name| name.to_str()).is_some_and(|name| files.contains(name))
    };
    Some(tester.run(&wanted, &|_| ()))
}

fn of<'r>(results: &'r [TestResult], file: &str) -> &'r TestResult {
    results.iter().find(|result| result.file.ends_with(file)).expect("the detection is in the pack")
}

#[test]
fn rows_are_those_of_a_reviewer() {
    let Some(results) = results() else { return };
    for review in REVIEWS {
        let result = of(&results, review.file);
        assert_eq!(result.status, Status::Pass, "{}: {}", review.file, result.reason);
        let cell = |row: usize, field: &&str| {
            let values = result.rows.value(row, field).values();
            values.iter().map(|value| value.to_text().into_owned()).collect::<Vec<_>>().join("; ")
        };
        let row = |row: usize| review.fields.iter().map(|field| cell(row, field)).collect::<Vec<String>>();
        let mut found: Vec<Vec<String>> = (0..result.rows.rows()).map(row).collect();
        let owned = |row: &&[&str]| row.iter().map(|cell| (*cell).to_owned()).collect();
        let mut wanted: Vec<Vec<String>> = review.rows.iter().map(owned).collect();
        found.sort();
        wanted.sort();
        assert_eq!(found, wanted, "{}", review.file);
    }
    for (file, status, reason) in OPEN {
        let result = of(&results, file);
        assert_eq!(result.status, *status, "{file}: {}", result.reason);
        assert!(result.reason.contains(reason), "{file}: {}", result.reason);
    }
}
