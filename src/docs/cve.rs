//! What is known of vulnerabilities: a summary and a score by CVE id, from files.
//!
//! A file holds one record or many, in one of the forms that are published: NVD API 2.0 (`vulnerabilities[].cve`), the
//! NVD feeds of old (`CVE_Items`), CVE JSON 5 (`cveMetadata`, `containers`), or an array of any of them. A folder is
//! read with what is below it.

use super::Error;
use super::files;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// One vulnerability.
#[derive(Clone, Debug, PartialEq)]
pub struct Cve {
    /// What it is, in English.
    pub summary: String,
    /// CVSS base score by the newest version of CVSS that has one.
    pub score: Option<f64>,
}

/// Vulnerabilities by id.
#[derive(Clone, Debug, Default)]
pub struct Cves(BTreeMap<String, Cve>);

impl Cves {
    /// Reads a file or a folder of JSON files (also packed with gzip).
    pub fn from_path(path: &Path) -> Result<Self, Error> {
        let mut cves = Self::default();
        for file in files::json_files(path, "the CVE data")? {
            let json = files::json(&file, "the CVE data")?;
            cves.add(&json);
        }
        if cves.0.is_empty() {
            let reason = "it holds no CVE record (NVD API 2.0, NVD feed 1.1 or CVE JSON 5)".to_owned();
            return Err(Error::Data { what: "CVE data", path: path.to_owned(), reason });
        }
        Ok(cves)
    }

    /// The vulnerability of an id, in any case.
    pub fn get(&self, id: &str) -> Option<&Cve> {
        self.0.get(&id.trim().to_uppercase())
    }

    fn add(&mut self, json: &Value) {
        if let Some(items) = json.as_array() {
            for item in items {
                self.add(item);
            }
        } else if let Some(items) = json.get("vulnerabilities").or_else(|| json.get("CVE_Items")) {
            self.add(items);
        } else if let Some((id, cve)) = record(json) {
            self.0.insert(id.to_uppercase(), cve);
        }
    }
}

fn record(json: &Value) -> Option<(String, Cve)> {
    let text = |path: &str| json.pointer(path).and_then(Value::as_str);
    if let Some(id) = text("/cveMetadata/cveId") {
        let containers = json.get("containers")?;
        let descriptions = containers.pointer("/cna/descriptions");
        let adp = containers.get("adp").and_then(Value::as_array).into_iter().flatten();
        let metrics = containers.get("cna").into_iter().chain(adp).filter_map(|part| part.get("metrics"));
        let score = metrics.flat_map(|metrics| metrics.as_array().into_iter().flatten()).fold(None, best);
        return Some((id.to_owned(), Cve { summary: english(descriptions), score: score.map(|(_, score)| score) }));
    }
    if let Some(id) = text("/cve/CVE_data_meta/ID") {
        let summary = english(json.pointer("/cve/description/description_data"));
        let v3 = json.pointer("/impact/baseMetricV3/cvssV3/baseScore").and_then(Value::as_f64);
        let score = v3.or_else(|| json.pointer("/impact/baseMetricV2/cvssV2/baseScore").and_then(Value::as_f64));
        return Some((id.to_owned(), Cve { summary, score }));
    }
    let cve = json.get("cve").unwrap_or(json);
    let id = cve.get("id").and_then(Value::as_str).filter(|id| id.to_uppercase().starts_with("CVE-"))?;
    let metrics = cve.get("metrics").and_then(Value::as_object);
    let mut found: Vec<(&String, f64)> = metrics.into_iter().flatten().filter_map(nvd_score).collect();
    // `cvssMetricV2`, `cvssMetricV30`, `cvssMetricV31`, `cvssMetricV40`: the newest is the last.
    found.sort_by(|a, b| a.0.cmp(b.0));
    let score = found.last().map(|(_, score)| *score);
    Some((id.to_owned(), Cve { summary: english(cve.get("descriptions")), score }))
}

/// The score of NVD itself, or else the first.
fn nvd_score<'a>((name, entries): (&'a String, &Value)) -> Option<(&'a String, f64)> {
    let entries = entries.as_array()?;
    let primary = entries.iter().find(|entry| entry.get("type").and_then(Value::as_str) == Some("Primary"));
    let score = primary.or_else(|| entries.first())?.pointer("/cvssData/baseScore").and_then(Value::as_f64)?;
    Some((name, score))
}

/// CVE JSON 5 names the version in the key: `cvssV3_1`.
fn best<'a>(best: Option<(&'a str, f64)>, metric: &'a Value) -> Option<(&'a str, f64)> {
    let mut best = best;
    for (name, data) in metric.as_object().into_iter().flatten().filter(|(name, _)| name.starts_with("cvssV")) {
        let score = data.get("baseScore").and_then(Value::as_f64);
        if let Some(score) = score.filter(|_| best.is_none_or(|(known, _)| name.as_str() > known)) {
            best = Some((name, score));
        }
    }
    best
}

fn english(descriptions: Option<&Value>) -> String {
    let all = || descriptions.and_then(Value::as_array).into_iter().flatten();
    let is_english = |it: &&Value| it.get("lang").and_then(Value::as_str).is_some_and(|lang| lang.starts_with("en"));
    let chosen = all().find(is_english).or_else(|| all().next());
    chosen.and_then(|it| it.get("value")).and_then(Value::as_str).unwrap_or_default().trim().to_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use serde_json::json;

    #[test]
    fn every_published_form_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, json: Value| std::fs::write(folder.path().join(name), json.to_string()).unwrap();
        write(
            "api.json",
            json!({"vulnerabilities": [{"cve": {"id": "CVE-2020-0001",
                "descriptions": [{"lang": "es", "value": "uno"}, {"lang": "en", "value": "one"}],
                "metrics": {"cvssMetricV2": [{"type": "Primary", "cvssData": {"baseScore": 5.0}}],
                    "cvssMetricV31": [{"type": "Secondary", "cvssData": {"baseScore": 1.0}},
                        {"type": "Primary", "cvssData": {"baseScore": 9.8}}]}}}]}),
        );
        write(
            "feed.json",
            json!({"CVE_Items": [{"cve": {"CVE_data_meta": {"ID": "CVE-2020-0002"},
                "description": {"description_data": [{"lang": "en", "value": "two"}]}},
                "impact": {"baseMetricV2": {"cvssV2": {"baseScore": 4.3}}}}]}),
        );
        write(
            "five.json",
            json!({"cveMetadata": {"cveId": "CVE-2020-0003"}, "containers": {
                "cna": {"descriptions": [{"lang": "en-US", "value": "three"}], "metrics": [{"cvssV3_0": {"baseScore": 7.0}}]},
                "adp": [{"metrics": [{"cvssV3_1": {"baseScore": 7.5}}]}]}}),
        );
        let cves = Cves::from_path(folder.path()).unwrap();
        for (id, summary, score) in
            [("cve-2020-0001", "one", 9.8), ("CVE-2020-0002", "two", 4.3), ("CVE-2020-0003", "three", 7.5)]
        {
            let cve = cves.get(id).unwrap();
            assert_eq!((cve.summary.as_str(), cve.score), (summary, Some(score)), "{id}");
        }
        assert!(cves.get("CVE-2020-0004").is_none());
        write("api.json", json!({"x": 1}));
        assert!(Cves::from_path(&folder.path().join("api.json")).unwrap_err().to_string().contains("no CVE record"));
    }
}
