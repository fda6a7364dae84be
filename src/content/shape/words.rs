//! Values that come from a closed list.

use crate::diag::{Code, codes};

/// A closed list of values. Letter case counts.
#[derive(Debug)]
pub struct Words {
    /// What a value outside of it is reported as.
    pub code: Code,
    /// What one of them is called.
    pub what: &'static str,
    /// The values, in the order of the official tool.
    pub values: &'static [&'static str],
}

/// Types of detections.
pub(super) static DETECTION_TYPES: Words = Words {
    code: codes::UNKNOWN_TYPE,
    what: "type of detection",
    values: &["TTP", "Anomaly", "Hunting", "Correlation"],
};
/// The type of baselines.
pub(super) static BASELINE_TYPES: Words =
    Words { code: codes::UNKNOWN_TYPE, what: "type of baseline", values: &["Baseline"] };
/// The type of investigations.
pub(super) static INVESTIGATION_TYPES: Words =
    Words { code: codes::UNKNOWN_TYPE, what: "type of investigation", values: &["Investigation"] };
/// What deployments are for.
pub(super) static DEPLOYMENT_TYPES: Words = Words {
    code: codes::UNKNOWN_TYPE,
    what: "type of deployment",
    values: &["TTP", "Anomaly", "Hunting", "Correlation", "Baseline", "Embedded"],
};
/// Status of a detection in v4.
pub(super) static DETECTION_STATUS_V4: Words = Words {
    code: codes::UNKNOWN_STATUS,
    what: "status of a detection",
    values: &["production", "deprecated", "experimental", "validation"],
};
/// Status of a detection.
pub(super) static DETECTION_STATUS: Words = Words {
    code: codes::UNKNOWN_STATUS,
    what: "status of a detection",
    values: &["production", "deprecated", "experimental"],
};
/// Status of a story or baseline.
pub(super) static STORY_STATUS: Words =
    Words { code: codes::UNKNOWN_STATUS, what: "status of this kind", values: &["production", "deprecated"] };
/// Any status.
pub(super) static ANY_STATUS: Words = Words {
    code: codes::UNKNOWN_STATUS,
    what: "status",
    values: &["experimental", "production", "deprecated", "removed"],
};
/// Status of what is always in use.
pub(super) static PRODUCTION: Words =
    Words { code: codes::UNKNOWN_STATUS, what: "status of this kind", values: &["production"] };
/// Status of what is removed.
pub(super) static REMOVED: Words =
    Words { code: codes::UNKNOWN_STATUS, what: "status of a removed object", values: &["removed"] };
/// Types of playbooks.
pub(super) static PLAYBOOK_TYPES: Words =
    Words { code: codes::UNKNOWN_TYPE, what: "type of playbook", values: &["Investigation", "Response"] };
/// What playbooks are started by.
pub(super) static PLAYBOOK_KINDS: Words = Words {
    code: codes::UNKNOWN_TYPE,
    what: "kind of playbook",
    values: &["Input", "Automation", "Enterprise Security"],
};
/// Editors of playbooks.
pub(super) static VPE_TYPES: Words =
    Words { code: codes::UNKNOWN_TYPE, what: "editor of playbooks", values: &["Modern", "Classic"] };
/// Products of playbooks.
pub(super) static PLAYBOOK_PRODUCTS: Words = Words {
    code: codes::UNKNOWN_PRODUCT,
    what: "product of a playbook",
    values: &["Splunk SOAR", "Splunk Enterprise Security"],
};
/// Use cases of playbooks.
pub(super) static PLAYBOOK_USECASES: Words = Words {
    code: codes::UNKNOWN_USECASE,
    what: "use case of a playbook",
    values: &["Collection", "Endpoint", "Enrichment", "Malware", "Phishing", "Response", "Utility"],
};
/// What happens after a test.
pub(super) static BEHAVIOURS: Words = Words {
    code: codes::BAD_CONFIG,
    what: "behaviour after a test",
    values: &["always_pause", "pause_on_failure", "never_pause"],
};
/// Kinds of Splunk Cloud.
pub(super) static STACKS: Words =
    Words { code: codes::BAD_CONFIG, what: "type of stack", values: &["classic", "victoria"] };
/// What can be made anew.
pub(super) static NEW_CONTENT: Words =
    Words { code: codes::BAD_CONFIG, what: "type of new content", values: &["detection", "story"] };
/// Asset types.
pub(super) static ASSET_TYPES: Words = Words {
    code: codes::UNKNOWN_ASSET_TYPE,
    what: "asset type",
    values: &[
        "AWS Account",
        "AWS EKS Kubernetes cluster",
        "AWS Federated Account",
        "AWS Instance",
        "Account",
        "Amazon EKS Kubernetes cluster",
        "Amazon EKS Kubernetes cluster Pod",
        "Amazon Elastic Container Registry",
        "Azure Tenant",
        "Azure AKS Kubernetes cluster",
        "Azure Active Directory",
        "CircleCI",
        "Cloud Compute Instance",
        "Cloud Instance",
        "DNS Servers",
        "Database Server",
        "Domain Server",
        "EC2 Snapshot",
        "Endpoint",
        "GCP",
        "GCP Account",
        "GCP GKE EKS Kubernetes cluster",
        "GCP GKE Kubernetes cluster",
        "GCP Kubernetes cluster",
        "GCP Storage Bucket",
        "GDrive",
        "GSuite",
        "GitHub",
        "Google Cloud Platform tenant",
        "Identity",
        "Infrastructure",
        "Instance",
        "Kubernetes",
        "Network",
        "O365 Tenant",
        "Okta Tenant",
        "Proxy",
        "S3 Bucket",
        "Splunk Server",
        "VPN Appliance",
        "Web Server",
        "Web Proxy",
        "Web Application",
        "Windows",
    ],
};
/// Products.
pub(super) static PRODUCTS: Words = Words {
    code: codes::UNKNOWN_PRODUCT,
    what: "product",
    values: &[
        "Splunk Enterprise",
        "Splunk Enterprise Security",
        "Splunk Cloud",
        "Splunk Security Analytics for AWS",
        "Splunk Behavioral Analytics",
    ],
};
/// Products of v6.
pub(super) static PRODUCTS_V6: Words = Words {
    code: codes::UNKNOWN_PRODUCT,
    what: "product",
    values: &["Splunk Enterprise", "Splunk Enterprise Security", "Splunk Cloud", "Splunk Behavioral Analytics"],
};
/// Products of investigations.
pub(super) static INVESTIGATION_PRODUCTS: Words = Words {
    code: codes::UNKNOWN_PRODUCT,
    what: "product",
    values: &[
        "Splunk Enterprise",
        "Splunk Enterprise Security",
        "Splunk Cloud",
        "Splunk Security Analytics for AWS",
        "Splunk Behavioral Analytics",
        "Splunk Phantom",
    ],
};
/// Security domains.
pub(super) static DOMAINS: Words = Words {
    code: codes::UNKNOWN_SECURITY_DOMAIN,
    what: "security domain",
    values: &["endpoint", "network", "threat", "identity", "access", "audit"],
};
/// Story categories.
pub(super) static STORY_CATEGORIES: Words = Words {
    code: codes::UNKNOWN_USECASE,
    what: "story category",
    values: &[
        "Abuse",
        "Adversary Tactics",
        "Best Practices",
        "Cloud Security",
        "Compliance",
        "Malware",
        "Uncategorized",
        "Vulnerability",
        "Account Compromise",
        "Data Destruction",
        "Lateral Movement",
        "Privilege Escalation",
        "Ransomware",
        "Unauthorized Software",
    ],
};
/// Use cases.
pub(super) static USECASES: Words = Words {
    code: codes::UNKNOWN_USECASE,
    what: "use case",
    values: &[
        "Fraud Detection",
        "Compliance",
        "Application Security",
        "Security Monitoring",
        "Advanced Threat Detection",
        "Insider Threat",
        "Other",
    ],
};
/// Types of risk objects.
pub(super) static RISK_TYPES: Words =
    Words { code: codes::UNKNOWN_OBJECT_TYPE, what: "type of risk object", values: &["system", "user", "other"] };
/// Types of threat objects.
pub static THREAT_TYPES: Words = Words {
    code: codes::UNKNOWN_OBJECT_TYPE,
    what: "type of threat object",
    values: &[
        "certificate_common_name",
        "certificate_organization",
        "certificate_serial",
        "certificate_unit",
        "command",
        "domain",
        "email_address",
        "email_subject",
        "file_hash",
        "file_name",
        "file_path",
        "http_user_agent",
        "ip_address",
        "process",
        "process_name",
        "parent_process",
        "parent_process_name",
        "process_hash",
        "registry_path",
        "registry_value_name",
        "registry_value_text",
        "service",
        "signature",
        "system",
        "tls_hash",
        "url",
    ],
};
/// Types of observables (v4).
pub(super) static OBSERVABLE_TYPES: Words = Words {
    code: codes::UNKNOWN_OBJECT_TYPE,
    what: "type of observable",
    values: &[
        "Unknown",
        "Hostname",
        "IP Address",
        "MAC Address",
        "User Name",
        "Email Address",
        "URL String",
        "File Name",
        "File Hash",
        "Process Name",
        "Resource UID",
        "Endpoint",
        "User",
        "Email",
        "Uniform Resource Locator",
        "File",
        "Process",
        "Geo Location",
        "Container",
        "Registry Key",
        "Registry Value",
        "Other",
    ],
};
/// Categories of detections (v6).
pub(super) static CATEGORIES: Words = Words {
    code: codes::UNLISTED_VALUE,
    what: "category of detections",
    values: &["application", "cloud", "endpoint", "network", "web"],
};
/// Types of lookups.
pub(super) static LOOKUP_TYPES: Words =
    Words { code: codes::UNLISTED_VALUE, what: "type of lookup", values: &["csv", "kvstore", "mlmodel"] };
/// Themes of dashboards.
pub(super) static THEMES: Words = Words { code: codes::UNLISTED_VALUE, what: "theme", values: &["light", "dark"] };
/// Data models that v4 knows.
pub(super) static DATA_MODELS: Words = Words {
    code: codes::UNLISTED_VALUE,
    what: "data model",
    values: &[
        "Endpoint",
        "Network_Traffic",
        "Authentication",
        "Change",
        "Change_Analysis",
        "Email",
        "Network_Resolution",
        "Network_Sessions",
        "UEBA",
        "Updates",
        "Vulnerabilities",
        "Web",
        "Risk",
        "Splunk_Audit",
    ],
};
/// Types of tests (v6).
pub(super) static TEST_TYPES: Words =
    Words { code: codes::UNLISTED_VALUE, what: "type of test", values: &["unit", "experimental"] };
