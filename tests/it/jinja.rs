//! Templates written for Jinja2 give the text that Jinja2 gives.
//!
//! `tests/cases/jinja/cases.jsonl` holds templates with what Jinja2 3.1 made of them over `context.json`, and
//! `families.jsonl` templates that load each other; where Python has jinja2, a second test asks it again.

use escudo::docs::jinja;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What docs/templates.md lists as different. A template that gives Jinja2's text after all must leave this list.
const DIFFERENT: &[&str] =
    &["{{ f.arguments }}", "{{ text|attr('upper') is defined }}", "{{ lipsum is defined }}", "{{ -yes }}"];

/// As above, for templates that load each other.
const DIFFERENT_FAMILIES: &[&str] = &[
    "{{ super.super() }}",
    "{% for x in list %}{% block b %}{{ x }}",
    "{% include 'item' without context %}",
    "{% for item in list %}{% include 'item' %}{% endfor %}",
    "{% include 'sets' %}{{ inner }}",
    "{% from 'lib' import nothing %}",
    "{% import 'lib' as l %}{{ l.ctx() }}",
    "import ctx without context",
    "{% macro f(a, b=a) %}",
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/jinja")
}

fn read(file: &str) -> String {
    std::fs::read_to_string(folder().join(file)).unwrap()
}

#[test]
fn templates_give_what_jinja2_gives() {
    let context: Value = serde_json::from_str(&read("context.json")).unwrap();
    let cases = read("cases.jsonl");
    let mut wrong = Vec::new();
    for line in cases.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let (template, output) = (case["template"].as_str().unwrap(), case["output"].as_str().unwrap());
        let escape = case["autoescape"].as_bool().unwrap();
        let result = jinja::render_text(template, &context, escape);
        let got = result.unwrap_or_else(|error| format!("ERROR {error}"));
        let listed = DIFFERENT.iter().any(|part| template.contains(part));
        if (got != output) != listed {
            wrong.push(format!("{escape} {template}\n    wanted {output:?}\n    got    {got:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), cases.lines().count(), wrong.join("\n"));
}

#[test]
fn templates_that_load_each_other_give_what_jinja2_gives() {
    let context: Value = serde_json::from_str(&read("context.json")).unwrap();
    let cases = read("families.jsonl");
    let mut wrong = Vec::new();
    for line in cases.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let templates = case["templates"].as_object().unwrap();
        let templates: Vec<(&str, &str)> =
            templates.iter().map(|(name, text)| (name.as_str(), text.as_str().unwrap())).collect();
        let (main, output) = (case["templates"]["main"].as_str().unwrap(), case["output"].as_str().unwrap());
        let result = jinja::render_one_of(&templates, "main", &context, case["autoescape"].as_bool().unwrap());
        let got = result.unwrap_or_else(|error| format!("ERROR {error}"));
        let listed = DIFFERENT_FAMILIES.iter().any(|part| line.contains(part));
        if (got != output) != listed {
            wrong.push(format!("{main}\n    wanted {output:?}\n    got    {got:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), cases.lines().count(), wrong.join("\n"));
}

/// Renders each case anew; prints those whose output is no longer what the file says.
const ASK_JINJA2: &str = r"
import json, sys, copy
from jinja2 import DictLoader, Environment
folder = sys.argv[1]
context = json.load(open(folder + '/context.json', encoding='utf-8'))
for line in open(folder + '/cases.jsonl', encoding='utf-8'):
    case = json.loads(line)
    env = Environment(autoescape=case['autoescape'])
    if env.from_string(case['template']).render(**copy.deepcopy(context)) != case['output']:
        print(case['template'])
for line in open(folder + '/families.jsonl', encoding='utf-8'):
    case = json.loads(line)
    env = Environment(autoescape=case['autoescape'], loader=DictLoader(case['templates']))
    if env.get_template('main').render(**copy.deepcopy(context)) != case['output']:
        print(case['templates']['main'])
";

#[test]
fn the_outputs_are_those_of_jinja2() {
    let installed = Command::new("python3").args(["-c", "import jinja2"]).stderr(Stdio::null()).status();
    if !installed.is_ok_and(|status| status.success()) {
        println!("skipped: python3 has no jinja2 to compare with");
        return;
    }
    let asked = Command::new("python3").arg("-c").arg(ASK_JINJA2).arg(folder()).output().unwrap();
    let text = String::from_utf8_lossy(&asked.stdout);
    assert!(asked.status.success(), "{}", String::from_utf8_lossy(&asked.stderr));
    assert_eq!(text, "", "jinja2 gives another text for these");
}
