//! Tables over the whole way from text to plan, field flow and needs.
#![allow(clippy::unwrap_used)]

use super::flow::Absence;
use super::{Catalog, FieldInfo, Fields, Needs, Plan, ReadKind, flow, needs, print};
use crate::value::Name;

struct Known;

impl Catalog for Known {
    fn dataset_fields(&self, model: &str, dataset: Option<&str>, prefixed: bool) -> Option<Vec<(Name, FieldInfo)>> {
        let known = model == "Endpoint" && dataset == Some("Processes");
        let name = |field: &str| if prefixed { format!("Processes.{field}").into() } else { field.into() };
        known.then(|| ["dest", "process", "user"].map(|field| (name(field), FieldInfo::default())).to_vec())
    }

    fn lookup_columns(&self, lookup: &str) -> Option<Vec<Name>> {
        (lookup == "hosts").then(|| vec!["ip".into(), "owner".into()])
    }
}

fn plan(text: &str) -> Plan {
    let parsed = crate::spl::parse(text);
    assert_eq!(parsed.problems, [], "{text}");
    let lowered = crate::commands::lower(&parsed.search);
    assert_eq!(lowered.problems, [], "{text}");
    lowered.plan
}

#[test]
fn commands_become_operations() {
    let rows: &[(&str, &[&str])] = &[
        (
            r#"| tstats fillnull_value=null count min(_time) as firstTime from datamodel=Endpoint.Processes where Processes.process="cmd*" by Processes.dest _time span=1h"#,
            &[
                "dataset Endpoint.Processes with prefix",
                "filter Processes.process=\"cmd*\"",
                "fill Processes.dest with \"null\"",
                "bin _time as _bucket span 1hour",
                "aggregate count, min(_time) as firstTime by Processes.dest, _bucket",
                "rename _bucket as _time",
            ],
        ),
        ("index=a b=2 OR c=3 | search d=4", &["events where index=\"a\" AND (b=\"2\" OR c=\"3\")", "filter d=\"4\""]),
        (
            "index=a | where a>1 AND NOT b=\"x\"",
            &["events where index=\"a\"", "filter if (a > 1) AND (NOT (b = \"x\"))"],
        ),
        ("index=a | eval v_{k}=lower(x), y=a.b", &["events where index=\"a\"", "extend v_{k} = lower(x), y = a.b"]),
        ("index=a | rename X.* as *, \"a b\" as c", &["events where index=\"a\"", "rename X.* as *, 'a b' as c"]),
        ("index=a | fields - a, b*", &["events where index=\"a\"", "project remove a, b*"]),
        ("index=a | sort 5 - n, m", &["events where index=\"a\"", "sort -n, m first 5"]),
        ("index=a | sort 0 ip(a) | tail 3", &["events where index=\"a\"", "sort ip(a)", "limit last 3"]),
        (
            "index=a | dedup 2 h keepempty=t sortby - _time",
            &["events where index=\"a\"", "distinct 2 by h keep empty", "sort -_time"],
        ),
        (
            "index=a | lookup t a as b, c OUTPUTNEW d as e",
            &["events where index=\"a\"", "lookup t on a as b, c new d as e"],
        ),
        (
            "index=a | join type=left k max=0 [search index=b | fields k v]",
            &[
                "events where index=\"a\"",
                "join left on k matches 0",
                "  events where index=\"b\"",
                "  project keep k, v",
            ],
        ),
        (
            "index=a [search index=b | fields u]",
            &[
                "subsearch 0:",
                "  events where index=\"b\"",
                "  project keep u",
                "events where index=\"a\" AND [subsearch 0]",
            ],
        ),
        (
            "index=a | rare limit=3 x by h",
            &[
                "events where index=\"a\"",
                "aggregate count by h, x",
                "window sum(count) as _escudo_total by h",
                "extend percent = printf(\"%.6f\", (count / _escudo_total) * 100)",
                "project remove _escudo_total",
                "sort h, count",
                "window count as _escudo_rank by h running per group",
                "filter if _escudo_rank <= 3",
                "project remove _escudo_rank",
            ],
        ),
        ("index=a | regex f!=\"x\"", &["events where index=\"a\"", "filter if isnull(f) OR (NOT match(f, \"x\"))"]),
        ("index=a | outputlookup append=t seen", &["events where index=\"a\"", "output seen added"]),
        (
            "index=a | apply model",
            &[
                "events where index=\"a\"",
                "unsupported apply: it needs a trained model of the Machine Learning Toolkit",
            ],
        ),
        ("| inputlookup hosts where owner=x", &["table hosts where owner=\"x\""]),
        (
            "index=a | streamstats window=2 current=f range(x) as d",
            &["events where index=\"a\"", "window range(x) as d running without current last 2"],
        ),
        (
            "| multisearch [search index=a] [search index=b]",
            &["events where index=\"a\"", "append", "  events where index=\"b\""],
        ),
        (
            "index=a | timechart span=10m count",
            &[
                "events where index=\"a\"",
                "bin _time span 10minute",
                "aggregate count by _time",
                "native makecontinuous",
                "fill all fields with 0",
            ],
        ),
    ];
    for (text, wanted) in rows {
        let printed = print::print(&plan(text));
        assert_eq!(printed.lines().collect::<Vec<_>>(), *wanted, "{text}");
    }
}

#[test]
fn reads_that_cannot_succeed_say_why() {
    let rows: &[(&str, &[&str])] = &[
        (
            "| tstats count from datamodel=Endpoint.Processes by Processes.dest | rename Processes.* as * | where user=\"x\"",
            &["user lost by tstats"],
        ),
        ("| tstats count from datamodel=Endpoint.Processes where Processes.nope=1", &["Processes.nope never made"]),
        ("| tstats count from datamodel=Unknown where Unknown.nope=1 by Unknown.x", &[]),
        ("index=a | stats count by user | where host=\"x\"", &["host lost by stats"]),
        ("index=a | stats count by user | where foo=1", &["foo not kept by stats"]),
        ("index=a | stats count by user | where isnull(foo)", &["foo not kept by stats (tested)"]),
        (
            "index=a | stats count by user | rename user as account | eval z=user",
            &["user renamed to account by rename"],
        ),
        ("index=a | rename x as y | where x=1", &["x renamed to y by rename"]),
        ("index=a | stats count by user | fillnull value=x nope | where nope=1", &[]),
        ("| inputlookup hosts | search nope=1", &["nope never made"]),
        ("| inputlookup hosts | lookup hosts ip OUTPUT owner as o2 | search o2=1 o3=2", &["o3 never made"]),
        ("index=a | fields x | where y=1 AND _raw=\"z\"", &["y not kept by fields"]),
        ("index=a | fields - x | where x=1", &["x lost by fields"]),
        ("index=a | fields - x | eval x=1 | where x=1", &[]),
        ("index=a | stats values(*) as * by h | where foo=1", &[]),
        (
            "| inputlookup hosts | stats values(*) as all_* by ip | where all_owner=1 AND all_ip=2",
            &["all_ip never made"],
        ),
        (
            "index=a | stats count by k | join k [search index=b | stats count as n by j | rename j as i] | where n>1",
            &["k not kept by stats"],
        ),
        (
            "index=a | stats count by b | eval x=if(isnull(a), 0, a)",
            &["a not kept by stats (tested)", "a not kept by stats (tested)"],
        ),
        ("index=a | stats count by b | eval x=null", &["null not kept by stats (tested)"]),
        ("index=a | stats count by a, b | eval n=a.b", &[]),
        ("index=a | stats count by a | eval n=a.b", &["a.b not kept by stats"]),
        ("index=a | stats count by a | apply m | where b=1", &[]),
        ("index=a | stats count by a | append [search index=b] | where b=1", &[]),
        ("index=a | stats count by a | table a, x", &["x not kept by stats (listed)"]),
        ("index=a | stats count by a | rex field=a \"(?<b>x)\" | where b=1", &[]),
        (
            "index=a | stats count by Processes.dest | rename Processes.* as * | rename Processes.user as user",
            &["Processes.user not kept by stats"],
        ),
    ];
    for (text, wanted) in rows {
        let flow = flow(&plan(text), &Known);
        let said: Vec<String> = flow
            .missing()
            .into_iter()
            .map(|miss| {
                let reason = match &miss.reason {
                    Absence::NeverMade => "never made".to_owned(),
                    Absence::NotKept(loss) => format!("not kept by {}", loss.command),
                    Absence::Lost(loss) => match &loss.renamed_to {
                        Some(name) => format!("renamed to {name} by {}", loss.command),
                        None => format!("lost by {}", loss.command),
                    },
                };
                let kind = match miss.kind {
                    ReadKind::Value | ReadKind::Part => "",
                    ReadKind::Listed => " (listed)",
                    ReadKind::Tested => " (tested)",
                };
                format!("{} {reason}{kind}", miss.field.name)
            })
            .collect();
        assert_eq!(said, *wanted, "{text}");
    }
}

#[test]
fn schemas_behind_the_last_step() {
    // `*` at the end: any other field as well.
    let rows = [
        ("index=a | stats count values(x) as v by h", "h count v"),
        ("index=a | stats count by h | eval n=count+1 | rename n as m | fields - count", "h m"),
        ("| inputlookup hosts | table owner, ip, nope", "owner ip"),
        ("| inputlookup hosts | eval x=1 | fields x, o*", "x owner"),
        ("| inputlookup hosts | rename ip as owner", "owner"),
        ("| inputlookup hosts | rename nope as owner", "ip"),
        ("index=a | table b*", "*"),
        ("| inputlookup hosts | spath input=owner", "ip owner *"),
        ("| inputlookup hosts | top owner", "owner count percent"),
        ("| inputlookup hosts | untable ip n v", "ip n v"),
        ("| inputlookup hosts | appendpipe [stats count]", "ip owner count"),
        ("| makeresults | eval a=1 | table a", "a"),
        ("| inputlookup hosts | foreach o* [eval n_<<FIELD>>=len('<<FIELD>>')]", "ip owner n_owner"),
        ("| inputlookup hosts | eval {ip}=1", "ip owner *"),
    ];
    for (text, wanted) in rows {
        let flow = flow(&plan(text), &Known);
        let schema = flow.output();
        let mut names: Vec<&str> = schema.fields.keys().map(|name| &**name).collect();
        if schema.open {
            names.push("*");
        }
        assert_eq!(names.join(" "), wanted, "{text}");
    }
}

fn shown(fields: &Fields) -> String {
    match fields {
        Fields::All => "*".to_owned(),
        Fields::These(names) => names.iter().map(|name| &**name).collect::<Vec<_>>().join(" "),
    }
}

fn sources(needs: &Needs) -> Vec<String> {
    let mut all: Vec<String> = needs.subsearches.iter().flat_map(sources).collect();
    all.extend(needs.sources.iter().map(|(_, fields)| shown(fields)));
    all.extend(needs.nested.iter().flat_map(|(_, needs)| sources(needs)));
    all
}

#[test]
fn sources_make_only_what_is_read() {
    let rows: &[(&str, &[&str])] = &[
        ("index=a user=x | stats count by host", &["_time host index user"]),
        ("index=a | search word", &["*"]),
        ("index=a word | stats count by host", &["_raw _time host index"]),
        ("index=a | rename src as s | table s", &["_time index src"]),
        ("index=a | rename A.* as * | table s", &["A.s _time index s"]),
        ("index=a | eval x=y+1 | eval unused=z | table x", &["_time index y"]),
        ("index=a | eval x=x+1 | table x", &["_time index x"]),
        ("index=a | rex field=m \"(?<u>a)\" | table u", &["_time index m u"]),
        ("index=a | rex field=m \"(?<u>a)\" | table v", &["_time index v"]),
        ("index=a | stats latest(x) as x by u", &["_time index u x"]),
        ("index=a | stats values(*) as * by u", &["*"]),
        ("index=a | stats values(a.*) as * by u", &["*"]),
        ("index=a | sort - n | head 1 | table a", &["_time a index n"]),
        ("index=a | lookup t i as f OUTPUT o | table o", &["_time f index o"]),
        ("index=a | join k [search index=b | table k v w] | table v", &["_time index k v", "_time index k v"]),
        ("index=a [| inputlookup hosts | fields ip] | table q", &["ip", "_time index ip q"]),
        ("index=a | append [search index=b] | table q", &["_time index q", "_time index q"]),
        ("index=a | appendpipe [stats sum(n) as n] | table q", &["_time index n q"]),
        ("index=a | transaction u | table duration", &["_time duration index u"]),
        ("index=a | addtotals | table Total", &["*"]),
        (
            "| tstats count from datamodel=Endpoint.Processes where Processes.process=x by Processes.dest",
            &["Processes.dest Processes.process _time dest process"],
        ),
    ];
    for (text, wanted) in rows {
        let plan = plan(text);
        assert_eq!(sources(&needs(&plan, &flow(&plan, &Known))), *wanted, "{text}");
    }
}
