//! Source and sourcetype of events: what the user says, or what the content makes certain.

use super::{Kind, Meta, Overrides};
use crate::value::Name;
use memchr::memmem::{self, Finder};
use std::collections::HashMap;
use std::sync::Arc;

/// Index and host where nobody says otherwise.
const INDEX: &str = "main";
const HOST: &str = "localhost";

/// Gives each event of a stream its metadata.
pub(super) struct Labels {
    base: Arc<Meta>,
    /// The source is `<prefix>:<channel>`, the channel being said by each event.
    by_channel: Option<ByChannel>,
}

struct ByChannel {
    prefix: &'static str,
    opening: Finder<'static>,
    closing: u8,
    last: (Vec<u8>, Arc<Meta>),
    seen: HashMap<Vec<u8>, Arc<Meta>>,
}

/// Channels that are remembered; a stream with more of them is hostile, and only slower.
const MAX_CHANNELS: usize = 4096;

/// Longest name of a channel.
const MAX_NAME: usize = 256;

impl Labels {
    /// `path` is the source where nothing else is known; `json` the beginning of a JSON stream's first object.
    pub(super) fn new(kind: Kind, overrides: &Overrides, path: &str, head: &[u8]) -> Self {
        let guess = guess(kind, head);
        let mut sourcetype = overrides.sourcetype.clone().unwrap_or_else(|| guess.sourcetype.clone());
        let mut source = overrides.source.clone();
        // The Windows add-on's rewrite at index time: the whole becomes the source, the part before the colon the type.
        let channel = sourcetype.strip_prefix("XmlWinEventLog:").or_else(|| sourcetype.strip_prefix("WinEventLog:"));
        if source.is_none() && channel.is_some_and(|channel| !channel.is_empty()) {
            source = Some(sourcetype.clone());
            sourcetype = sourcetype.split(':').next().unwrap_or_default().into();
        }
        let by_channel = match (&source, kind) {
            (None, Kind::WindowsXml | Kind::WindowsXmlDocument | Kind::Evtx) => {
                Some(("XmlWinEventLog", Finder::new(b"<Channel>"), b'<'))
            }
            (None, Kind::WinEventLog) => Some(("WinEventLog", Finder::new(b"\nLogName="), b'\n')),
            (Some(_) | None, _) => None,
        };
        let base = Arc::new(Meta {
            source: source.or_else(|| guess.source.map(Name::from)).unwrap_or_else(|| path.into()),
            sourcetype,
            host: overrides.host.clone().unwrap_or_else(|| HOST.into()),
            index: overrides.index.clone().unwrap_or_else(|| INDEX.into()),
        });
        let by_channel = by_channel.map(|(prefix, opening, closing)| ByChannel {
            prefix,
            opening,
            closing,
            last: (Vec::new(), base.clone()),
            seen: HashMap::new(),
        });
        Self { base, by_channel }
    }

    /// Gives all events another sourcetype.
    pub(super) fn call(&mut self, sourcetype: &Name) {
        let meta = Meta { sourcetype: sourcetype.clone(), ..(*self.base).clone() };
        self.base = Arc::new(meta);
        if let Some(by_channel) = &mut self.by_channel {
            by_channel.last = (Vec::new(), self.base.clone());
        }
    }

    /// The metadata of the stream as a whole.
    pub(super) fn base(&self) -> &Arc<Meta> {
        &self.base
    }

    /// The metadata of one event.
    pub(super) fn of(&mut self, raw: &[u8]) -> Arc<Meta> {
        let Some(channels) = &mut self.by_channel else { return self.base.clone() };
        let Some(name) = channels.name(raw) else { return self.base.clone() };
        if *name == *channels.last.0 {
            return channels.last.1.clone();
        }
        let meta = channels.seen.get(name).cloned().unwrap_or_else(|| {
            let source = format!("{}:{}", channels.prefix, String::from_utf8_lossy(name));
            Arc::new(Meta { source: source.into(), ..Meta::clone(&self.base) })
        });
        if channels.seen.len() < MAX_CHANNELS {
            channels.seen.insert(name.to_vec(), meta.clone());
        }
        channels.last = (name.to_vec(), meta.clone());
        meta
    }
}

impl ByChannel {
    fn name<'a>(&self, raw: &'a [u8]) -> Option<&'a [u8]> {
        let at = self.opening.find(raw)? + self.opening.needle().len();
        let text = &raw[at..raw.len().min(at + MAX_NAME)];
        let end = memchr::memchr(self.closing, text)?;
        let name = text[..end].trim_ascii();
        (!name.is_empty()).then_some(name)
    }
}

struct Guess {
    sourcetype: Name,
    source: Option<&'static str>,
}

fn guess(kind: Kind, head: &[u8]) -> Guess {
    let only = |sourcetype: &str| Guess { sourcetype: sourcetype.into(), source: None };
    match kind {
        Kind::Auditd => only("linux:audit"),
        Kind::Csv | Kind::SplunkCsv => only("csv"),
        Kind::Evtx | Kind::WindowsXml | Kind::WindowsXmlDocument => only("XmlWinEventLog"),
        Kind::Json | Kind::JsonLines | Kind::SplunkJson => only(json_shape(head)),
        Kind::KeyValue => only("generic_kv"),
        Kind::LinuxSysmon => {
            Guess { sourcetype: "sysmon:linux".into(), source: Some("Syslog:Linux-Sysmon/Operational") }
        }
        Kind::Syslog => only("syslog"),
        Kind::Text if is_access_log(head) => only("access_combined"),
        Kind::Text => only("generic_single_line"),
        Kind::W3c if memmem::find(head, b" x-edge-location").is_some() => only("aws:cloudfront:accesslogs"),
        Kind::W3c => only("ms:iis:splunk"),
        Kind::WinEventLog => only("WinEventLog"),
        Kind::ZeekTsv => only(&zeek(head)),
    }
}

/// The type of the same log in JSON: the fields have the same names.
fn zeek(head: &[u8]) -> String {
    let path = memmem::find(head, b"\n#path").map(|at| &head[at + b"\n#path".len()..]).unwrap_or_default();
    let path = path.split(|&b| b == b'\n' || b == b'\r').next().unwrap_or_default().trim_ascii();
    let plain = !path.is_empty() && path.len() <= 64 && path.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_');
    if plain { format!("bro:{}:json", String::from_utf8_lossy(path)) } else { "bro:json".to_owned() }
}

fn is_access_log(head: &[u8]) -> bool {
    let line = head.split(|&b| b == b'\n').next().unwrap_or_default();
    let quoted = memmem::find(line, b"] \"").is_some() && memmem::find(line, b" HTTP/").is_some();
    quoted && memmem::find(line, b" [").is_some()
}

/// Sourcetypes that the keys of an object make certain: all of the keys must be there.
const SHAPES: &[(&str, &[&str])] = &[
    ("OktaIM2:log", &["eventType", "published", "actor", "outcome", "debugContext"]),
    ("aws:cloudtrail", &["eventVersion", "eventSource", "eventName", "awsRegion", "userIdentity"]),
    ("azure:monitor:aad", &["operationName", "category", "tenantId", "properties", "resourceId"]),
    ("bro:conn:json", &["ts", "uid", "id.orig_h", "conn_state"]),
    ("bro:dns:json", &["ts", "uid", "id.orig_h", "trans_id", "query"]),
    ("bro:http:json", &["ts", "uid", "id.orig_h", "trans_depth"]),
    ("o365:management:activity", &["CreationTime", "RecordType", "Workload", "Operation"]),
    ("osquery:results", &["hostIdentifier", "calendarTime", "unixTime", "columns"]),
    ("suricata", &["event_type", "flow_id", "timestamp"]),
];

/// `_json`, unless the keys of the first object say more.
fn json_shape(head: &[u8]) -> &'static str {
    let has = |key: &&str| {
        let quoted = format!("\"{key}\"");
        memmem::find(head, quoted.as_bytes())
            .is_some_and(|at| head[at + quoted.len()..].trim_ascii_start().first() == Some(&b':'))
    };
    SHAPES.iter().find(|(_, keys)| keys.iter().all(has)).map_or("_json", |(sourcetype, _)| sourcetype)
}
