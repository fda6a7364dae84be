//! Pages of the project's own pack and of a hostile one: well-formed front matter and tables, no link into nowhere.
#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::content::LoadOptions;
use crate::source::Sources;
use std::collections::BTreeSet;

/// Renders a pack in a layout; the findings of loading are not this room's business.
fn site_of(folder: &Path, layout: &str) -> Site {
    let mut sources = Sources::new();
    let (pack, _) = Pack::load(folder, &LoadOptions::default(), &mut sources).unwrap();
    let layout = Layout::builtin(layout).unwrap();
    render(&Input::from_pack(&pack, HashMap::new()), &Options { source_url: source_url(&pack), ..plain(&layout) })
        .unwrap()
}

fn plain(layout: &Layout) -> Options<'_> {
    Options { layout, attack: Attack::builtin(), cves: None, title: "Test", source_url: None }
}

fn own_pack() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn page<'s>(site: &'s Site, ending: &str) -> &'s str {
    let found = site.pages.iter().find(|page| page.path.to_string_lossy().ends_with(ending));
    &found.unwrap_or_else(|| panic!("no page {ending}")).text
}

fn front_matter(text: &str) -> (serde_json::Value, &str) {
    let rest = text.strip_prefix("---\n").unwrap();
    let (front, body) = rest.split_once("\n---\n").unwrap();
    (serde_yaml::from_str(front).unwrap_or_else(|error| panic!("{error}\n{front}")), body)
}

/// The lines of a body outside of code blocks.
fn prose_lines(body: &str) -> Vec<&str> {
    let mut fence: Option<&str> = None;
    let mut lines = Vec::new();
    for line in body.lines() {
        match fence {
            Some(open) if line == open => fence = None,
            None if line.starts_with("```") => fence = Some(line),
            Some(_) => {}
            None => lines.push(line),
        }
    }
    assert_eq!(fence, None, "a code block is not closed");
    lines
}

/// Every row of a table has as many cells as its header.
fn assert_tables(path: &Path, body: &str) {
    let mut cells = None;
    for line in prose_lines(body) {
        if !line.starts_with('|') {
            cells = None;
            continue;
        }
        let count = line.matches('|').count();
        assert_eq!(*cells.get_or_insert(count), count, "{}: {line}", path.display());
    }
}

fn link_targets(body: &str) -> Vec<&str> {
    let mut targets = Vec::new();
    for line in prose_lines(body) {
        for (at, _) in line.match_indices("](") {
            targets.push(line[at + 2..].split(')').next().unwrap());
        }
    }
    targets
}

/// Every link within the site leads to a page, and every anchor to a heading.
fn assert_links(site: &Site) {
    let bodies: Vec<(&Path, serde_json::Value, &str)> = site
        .pages
        .iter()
        .map(|page| {
            let (front, body) = front_matter(&page.text);
            (page.path.as_path(), front, body)
        })
        .collect();
    let mut addresses: HashMap<&str, BTreeSet<&str>> = HashMap::new();
    for (_, front, body) in &bodies {
        let anchors = body.split("{#").skip(1).filter_map(|rest| rest.split('}').next()).collect();
        if let Some(address) = front["permalink"].as_str() {
            addresses.insert(address.trim_end_matches('/'), anchors);
        }
    }
    let files: BTreeSet<&Path> = bodies.iter().map(|(path, ..)| *path).collect();
    for (path, _, body) in &bodies {
        for target in link_targets(body) {
            if target.starts_with("https://") || target.starts_with("http://") {
                continue;
            }
            let (target, anchor) = target.split_once('#').map_or((target, None), |(page, it)| (page, Some(it)));
            if target.starts_with('/') {
                let anchors = addresses.get(target.trim_end_matches('/'));
                let anchors = anchors.unwrap_or_else(|| panic!("{}: {target}", path.display()));
                assert!(
                    anchor.is_none_or(|anchor| anchors.contains(anchor)),
                    "{}: {target} {anchor:?}",
                    path.display()
                );
            } else {
                let mut file = path.parent().unwrap().to_owned();
                for part in target.split('/') {
                    if part == ".." { assert!(file.pop()) } else { file.push(part) }
                }
                assert!(files.contains(file.as_path()), "{}: {target}", path.display());
            }
        }
    }
}

fn assert_well_formed(site: &Site) {
    for page in &site.pages {
        let (front, body) = front_matter(&page.text);
        assert!(front["title"].is_string(), "{}", page.path.display());
        assert_tables(&page.path, body);
    }
    assert_links(site);
}

#[test]
fn the_layouts_of_the_program_load() {
    assert_eq!(Layout::names(), ["html", "jekyll", "markdown"]);
    for name in Layout::names() {
        Layout::builtin(name).unwrap();
    }
    assert!(matches!(Layout::builtin("../src"), Err(Error::UnknownLayout { .. })));
}

#[test]
fn the_own_pack_renders_in_both_layouts() {
    for layout in ["jekyll", "markdown"] {
        let site = site_of(own_pack(), layout);
        assert!(site.diagnostics.is_empty());
        assert_well_formed(&site);
        assert_eq!(site.pages, site_of(own_pack(), layout).pages, "the same input gives the same pages");
        let out = tempfile::tempdir().unwrap();
        assert_eq!(site.write(out.path()).unwrap().written, site.pages.len());
        assert_eq!(site.write(out.path()).unwrap().unchanged, site.pages.len());
    }
}

#[test]
fn a_jekyll_page_says_what_the_detection_is() {
    let site = site_of(own_pack(), "jekyll");
    let story = page(&site, "_stories/reverse_tunnels.md");
    let (front, body) = front_matter(story);
    assert_eq!(front["tags"][4], "Network_Resolution");
    for wanted in [
        "- **Datamodel**: [Endpoint](https://docs.splunk.com/Documentation/CIM/latest/User/Endpoint), [Network_Resolution](https://docs.splunk.com/Documentation/CIM/latest/User/NetworkResolution)",
        "[Protocol Tunneling](/tags/#protocol-tunneling), [Proxy](/tags/#proxy), [Web Service](/tags/#web-service)",
        "\\| *version*: **2**",
    ] {
        assert!(body.contains(wanted), "{wanted}");
    }
    let query = site.pages.iter().find(|page| page.text.contains("title: \"DNS Query To Ngrok Service\"")).unwrap();
    let (front, body) = front_matter(&query.text);
    assert_eq!(front["excerpt"], "Protocol Tunneling, Proxy, Web Service");
    assert_eq!(front["redirect_from"], "network/dns_query_to_ngrok_service/");
    for wanted in [
        "| [T1090](https://attack.mitre.org/techniques/T1090/) | Proxy | Command And Control |",
        "* Command and Control\n",
        "* DE.AE\n",
        "* CIS 13\n",
        "* security_content_summariesonly\n",
        "**dns_query_to_ngrok_service_filter** is an empty macro",
        "* DNS.query\n",
        "* [Reverse Tunnels](/stories/reverse_tunnels)",
        "| 30.0 | 50 | 60 | The host $src$ resolved $query$, a name of the ngrok service. |",
    ] {
        assert!(body.contains(wanted), "{wanted}");
    }
}

#[test]
fn a_newer_page_lists_data_sources_and_scores() {
    let site = site_of(own_pack(), "markdown");
    let story = page(&site, "stories/reverse_tunnels.md");
    for wanted in [
        "# Analytics Story: Reverse Tunnels",
        "| Name | Platform | Sourcetype | Source |",
        "| Sysmon for Linux EventID 1 | Linux | sysmon:linux | Syslog:Linux-Sysmon/Operational |",
        "(../detections/endpoint/linux_ngrok_tunnel_started.md)",
        "| Version: 2",
    ] {
        assert!(story.contains(wanted), "{wanted}");
    }
    let desktop = page(&site, "windows_remote_desktop_published_with_ngrok.md");
    assert!(desktop.contains("Risk score: 50\n"));
    assert!(
        desktop.contains("| [T1021.001](https://attack.mitre.org/techniques/T1021/001/) | Remote Desktop Protocol |")
    );
}

#[test]
fn what_the_compiler_found_is_on_the_page() {
    let mut sources = Sources::new();
    let (pack, _) = Pack::load(own_pack(), &LoadOptions::default(), &mut sources).unwrap();
    let detection = pack.detection("Windows Ngrok Tunnel Started").unwrap();
    let analysis = Analysis {
        datamodels: vec!["Invented.Set".to_owned()],
        macros: vec!["process_ngrok".to_owned(), "unknown_macro".to_owned()],
        fields_read: vec!["Set.one".to_owned(), "Set.two".to_owned()],
        ..Analysis::default()
    };
    let mut input = Input::from_pack(&pack, HashMap::from([(detection.object.file, analysis)]));
    input.selected = Some(HashSet::from([detection.object.file]));
    let layout = Layout::builtin("markdown").unwrap();
    let site = render(&input, &plain(&layout)).unwrap();
    let page = page(&site, "windows_ngrok_tunnel_started.md");
    for wanted in ["| Data models | Invented |", "- Set.one\n- Set.two\n", "| process_ngrok |"] {
        assert!(page.contains(wanted), "{wanted}");
    }
    assert!(!page.contains("unknown_macro"));
    assert_eq!(site.pages.len(), 2, "the page asked for, and the index");
}

/// A detection whose every text tries to break out of its place.
fn hostile_detection(name: &str, id: &str) -> String {
    let nasty = r#"a|b "q" 'p' <script>alert(1)</script> ] [x](javascript:y) {{ 1 }} {% raw %} ``` --- # é"#;
    let nasty = serde_json::Value::from(format!("{nasty}\n---\nx: y\n| c | d |\n```\nopen")).to_string();
    let (name, id) = (serde_json::Value::from(name).to_string(), serde_json::Value::from(id).to_string());
    format!(
        "name: {name}\nid: {id}\nversion: 1\ndate: {nasty}\nauthor: {nasty}\nstatus: production\ntype: {nasty}\n\
         description: {nasty}\ndata_source: [{nasty}]\nsearch: {nasty}\nhow_to_implement: {nasty}\n\
         known_false_positives: {nasty}\nreferences: [{nasty}, \"https://x.test/a)b|c\"]\n\
         rba:\n  message: {nasty}\n  risk_objects: [{{field: {nasty}, type: {nasty}, score: 1}}]\n  \
         threat_objects: [{{field: {nasty}, type: {nasty}}}]\n\
         tags:\n  analytic_story: [{nasty}, Plain]\n  mitre_attack_id: [{nasty}, T1572]\n  product: [{nasty}]\n  \
         asset_type: {nasty}\n  security_domain: {nasty}\n  cve: [{nasty}]\n\
         tests: [{{name: {nasty}, attack_data: [{{data: {nasty}, source: {nasty}, sourcetype: {nasty}}}]}}]\n"
    )
}

#[test]
fn hostile_texts_stay_where_they_belong() {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("contentctl.yml", "path: .\n");
    write("detections/endpoint/one.yml", &hostile_detection("../../x", "../../../etc/passwd"));
    write("detections/endpoint/two.yml", &hostile_detection("a|b\n---\n\"<script>]", "a|b: \"c\""));
    let story = hostile_detection("../../y|\"<b>", "z");
    write("stories/one.yml", &format!("{story}narrative: \"n|m <i> {{{{ x }}}}\"\n"));
    write("stories/two.yml", "name: Plain\nid: p\nversion: 1\ndate: 2026-01-01\ndescription: d\nnarrative: n\n");
    for page in &site_of(folder.path(), "html").pages {
        assert!(!page.text.contains("<script>alert") && !page.text.contains("href=\"javascript"), "{}", page.text);
    }
    for layout in ["jekyll", "markdown"] {
        let site = site_of(folder.path(), layout);
        assert!(site.pages.len() >= 4, "{layout}");
        assert_well_formed(&site);
        for page in &site.pages {
            assert!(write::safe_path(&page.path.to_string_lossy()).is_some());
            let (_, body) = front_matter(&page.text);
            assert!(!prose_lines(body).iter().any(|line| line.contains("<script") || line.contains("](javascript")));
            if layout == "jekyll" {
                assert!(!body.replace("{{ \"{\" }}", "").contains("{{") && !body.contains("{%"), "{}", page.text);
            }
        }
        let out = tempfile::tempdir().unwrap();
        site.write(&out.path().join("site")).unwrap();
        assert_eq!(std::fs::read_dir(out.path()).unwrap().count(), 1);
    }
}

#[test]
fn pages_without_a_place_of_their_own_are_reported() {
    let folder = tempfile::tempdir().unwrap();
    let templates = folder.path().join("templates");
    std::fs::create_dir_all(&templates).unwrap();
    std::fs::create_dir_all(folder.path().join("detections")).unwrap();
    std::fs::write(folder.path().join("contentctl.yml"), "path: .\n").unwrap();
    for (file, name) in [("a", "Twice"), ("b", "twice"), ("c", "../out")] {
        let text = format!("name: {name}\nid: {file}\nversion: 1\ndate: 2026-01-01\nsearch: index=a\n");
        std::fs::write(folder.path().join(format!("detections/{file}.yml")), text).unwrap();
    }
    std::fs::write(templates.join("t.j2"), "{{ detection.id }}").unwrap();
    let rule = "pages:\n- {template: t.j2, for: detections, path: '{{ detection.name }}.md'}\n";
    std::fs::write(templates.join("site.yml"), rule).unwrap();

    let mut sources = Sources::new();
    let (pack, _) = Pack::load(&folder.path().join("detections"), &LoadOptions::default(), &mut sources).unwrap();
    let layout = Layout::from_folder(&templates).unwrap();
    let options = plain(&layout);
    let site = render(&Input::from_pack(&pack, HashMap::new()), &options).unwrap();
    assert_eq!(site.pages, [Page { path: "Twice.md".into(), text: "a".to_owned() }]);
    let found: Vec<_> = site.diagnostics.iter().map(|it| (it.code.name(), sources.text(it.place))).collect();
    assert_eq!(found, [("duplicate-page", "twice"), ("unsafe-page-path", "../out")]);
}

#[test]
fn mistakes_in_a_layout_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let load = |site: &str, template: &str| {
        std::fs::write(folder.path().join("site.yml"), site).unwrap();
        std::fs::write(folder.path().join("t.j2"), template).unwrap();
        Layout::from_folder(folder.path()).map(|_| ()).unwrap_err().to_string()
    };
    let rule = "pages:\n- {template: t.j2, for: site, path: x.md}\n";
    assert!(load(rule, "line\n{% if %}").contains("template t.j2 fails in line 2"));
    assert!(load("pages:\n- {template: u.j2, for: site, path: x.md}\n", "").contains("`u.j2`, which is not there"));
    assert!(load("pages:\n- {template: t.j2, for: moon, path: x.md}\n", "").contains("`site.yml`"));
    std::fs::remove_file(folder.path().join("site.yml")).unwrap();
    assert!(Layout::from_folder(folder.path()).unwrap_err().to_string().contains("no `site.yml`"));
}
