//! Values that pages derive: kill chain phases, NIST functions, CIS controls, platforms.
//!
//! Each rule is the official tools', so that a page says the same wherever it was rendered.

/// The phase of Lockheed Martin's kill chain that a tactic belongs to; none for a tactic that ATT&CK does not have.
pub fn kill_chain_phase(tactic: &str) -> Option<&'static str> {
    Some(match tactic {
        "Reconnaissance" => "Reconnaissance",
        "Resource Development" => "Weaponization",
        "Initial Access" => "Delivery",
        "Execution" | "Persistence" => "Installation",
        "Privilege Escalation"
        | "Defense Evasion"
        | "Credential Access"
        | "Discovery"
        | "Lateral Movement"
        | "Collection"
        | "Stealth"
        | "Defense Impairment" => "Exploitation",
        "Command And Control" => "Command and Control",
        "Exfiltration" | "Impact" => "Actions On Objectives",
        _ => return None,
    })
}

/// The function of NIST's cyber security framework: monitoring for a TTP, anomalies and events for all else.
pub fn nist(analytic_type: &str) -> &'static str {
    if analytic_type == "TTP" { "DE.CM" } else { "DE.AE" }
}

/// The CIS control: network defence for the network domain, malware defence for all else.
pub fn cis(security_domain: &str) -> &'static str {
    if security_domain == "network" { "CIS 13" } else { "CIS 10" }
}

/// What a data source watches, by the product of its Sigma-like `logsource` (v6), else by its sourcetype and source.
///
/// Vendors whose sensors run on several systems are `Other`.
pub fn platform(product: Option<&str>, sourcetype: &str, source: &str) -> &'static str {
    let known = |text: &str| {
        let text = text.to_ascii_lowercase();
        PLATFORMS.iter().find(|(prefix, _)| text.starts_with(prefix)).map(|&(_, name)| name)
    };
    product.and_then(known).or_else(|| known(sourcetype)).or_else(|| known(source)).unwrap_or("Other")
}

/// Beginnings of products, sourcetypes and sources, lower case. The first that fits wins.
const PLATFORMS: &[(&str, &str)] = &[
    ("activedirectory", "Windows"),
    ("asl", "AWS"),
    ("auditd", "Linux"),
    ("aws", "AWS"),
    ("azure", "Azure"),
    ("bro", "Network"),
    ("cisco", "Network"),
    ("circleci", "CircleCI"),
    ("gcp", "Google Cloud"),
    ("github", "GitHub"),
    ("google", "Google Cloud"),
    ("gsuite", "Google Workspace"),
    ("gws", "Google Workspace"),
    ("kube", "Kubernetes"),
    ("linux", "Linux"),
    ("m365", "Office 365"),
    ("macos", "macOS"),
    ("ms:iis", "Windows"),
    ("ms:o365", "Office 365"),
    ("mscs:azure", "Azure"),
    ("o365", "Office 365"),
    ("okta", "Okta"),
    ("pan:", "Network"),
    ("splunk", "Splunk"),
    ("stream:", "Network"),
    ("suricata", "Network"),
    ("syslog:linux", "Linux"),
    ("sysmon:linux", "Linux"),
    ("windows", "Windows"),
    ("wineventlog", "Windows"),
    ("wmi", "Windows"),
    ("xmlwineventlog", "Windows"),
    ("zeek", "Network"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derived_values() {
        assert_eq!(kill_chain_phase("Impact"), Some("Actions On Objectives"));
        assert_eq!(kill_chain_phase("Baking"), None);
        assert_eq!((nist("TTP"), nist("Hunting")), ("DE.CM", "DE.AE"));
        assert_eq!((cis("network"), cis("endpoint")), ("CIS 13", "CIS 10"));
        for (product, sourcetype, source, wanted) in [
            (Some("linux"), "anything", "", "Linux"),
            (None, "xmlwineventlog", "XmlWinEventLog:Security", "Windows"),
            (None, "sysmon:linux", "Syslog:Linux-Sysmon/Operational", "Linux"),
            (None, "crowdstrike:events:sensor", "crowdstrike", "Other"),
            (Some("zebra"), "aws:cloudtrail", "aws_cloudtrail", "AWS"),
        ] {
            assert_eq!(platform(product, sourcetype, source), wanted, "{sourcetype}");
        }
    }

    #[test]
    fn every_tactic_of_the_embedded_table_has_a_phase() {
        for (id, technique) in crate::knowledge::attack::Attack::builtin().iter() {
            for tactic in &technique.tactics {
                assert!(kill_chain_phase(tactic).is_some(), "{id} {tactic}");
            }
        }
    }
}
