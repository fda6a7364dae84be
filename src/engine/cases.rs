//! Searches with rows before and behind them: the worked examples of the language's reference, and edge cases.
#![allow(clippy::unwrap_used)]

use super::testing::{print, rows};
use super::{Failure, FailureKind, Lookup, MemorySource, Outcome, RunOptions, run};
use crate::ir::Plan;
use std::sync::Arc;

fn compile(search: &str) -> Plan {
    let parsed = crate::spl::parse(search);
    assert!(parsed.problems.is_empty(), "{search}: {:?}", parsed.problems);
    let lowered = crate::commands::lower(&parsed.search);
    assert!(lowered.problems.is_empty(), "{search}: {:?}", lowered.problems);
    lowered.plan
}

/// Raw events, the dataset `M.D`, and lookups by name.
#[derive(Default)]
struct World<'a> {
    events: &'a str,
    dataset: &'a str,
    lookups: &'a [(&'a str, &'a str)],
}

impl World<'_> {
    fn try_run(&self, search: &str) -> Result<Outcome, Failure> {
        let lookup = |&(name, text): &(&str, &str)| (name.to_owned(), Arc::new(Lookup::new(name, rows(text))));
        let source = MemorySource {
            events: rows(self.events),
            datasets: [("M.D".to_owned(), rows(self.dataset))].into(),
            lookups: self.lookups.iter().map(lookup).collect(),
        };
        run(&compile(search), &source, &RunOptions::at(70.0))
    }

    fn run(&self, search: &str) -> String {
        print(&self.try_run(search).unwrap_or_else(|failure| panic!("{search}: {failure}")).rows)
    }
}

/// Rows before, stages, rows behind.
type Case<'a> = (&'a str, &'a str, &'a str);

fn check(cases: &[Case<'_>]) {
    for (before, stages, after) in cases {
        let world = World { lookups: &[("in", before)], ..World::default() };
        let wanted: String =
            after.lines().map(str::trim).filter(|line| !line.is_empty()).flat_map(|l| [l, "\n"]).collect();
        assert_eq!(world.run(&format!("| inputlookup in | {stages}")), wanted, "{stages}\nover\n{before}");
    }
}

#[test]
fn stats() {
    check(&[
        (
            "h=a, u=x\nh=a, u=y\nh=a\nu=z",
            "stats count count(u) as n dc(u) as d values(u) as v by h",
            "h=a, count=3, n=2, d=2, v=[x; y]",
        ),
        // No input: one row without by-fields, none with.
        ("a=1", "where false() | stats count values(a) as v", "count=0"),
        ("a=1", "where false() | stats count by a", ""),
        // A multivalue by-field puts the row into one group per value, several into their product.
        ("a=[x; y], b=1", "stats count by a", "a=x, count=1\na=y, count=1"),
        (
            "a=[x; y], b=[1; 2]",
            "stats count by a b",
            "a=x, b=1, count=1\na=x, b=2, count=1\na=y, b=1, count=1\na=y, b=2, count=1",
        ),
        // Groups ascend by the bytes of their text: upper case first.
        ("a=b\na=B\na=10\na=9", "stats count by a", "a=10, count=1\na=9, count=1\na=B, count=1\na=b, count=1"),
        // Groups are case-sensitive.
        ("a=x\na=X", "stats count by a", "a=X, count=1\na=x, count=1"),
        // min and max: numbers if all are numbers, else numbers below text.
        ("a=10\na=9\na=abc", "stats min(a) as lo max(a) as hi", "lo=9, hi=abc"),
        ("a=10\na=9", "stats min(a) as lo max(a) as hi sum(a) as s avg(a) as m", "lo=9, hi=10, s=19, m=9.5"),
        // eval arguments.
        ("a=1\na=5\nb=2", "stats count(eval(a>1)) as n sum(eval(if(a>1,1,0))) as s", "n=1, s=1"),
        // Wildcards: by-fields and internal fields are left out.
        ("h=1, a=x, b=y, _time=3\nh=1, a=z", "stats values(*) as * by h", "h=1, a=[x; z], b=y"),
        ("x.a=1, x.b=2", "stats values(x.*) as y_*", "y_a=1, y_b=2"),
        ("a=1", "stats values(*)", "values(a)=1"),
        // Without `as` the name is the text of the call.
        ("a=x", "stats dc(a) values(b) by a", "a=x, dc(a)=1"),
        // An empty text is a value.
        ("a=, b=1", "stats count by a", "a=, count=1"),
        // earliest and latest go by time, first and last by arrival.
        (
            "_time=5, v=b\n_time=1, v=a\n_time=9, v=c",
            "stats earliest(v) as e latest(v) as l first(v) as f last(v) as z",
            "e=a, l=c, f=b, z=c",
        ),
        ("a=[x; y]\na=y", "stats list(a) as l dc(a) as d count(a) as n", "l=[x; y; y], d=2, n=3"),
    ]);
}

#[test]
fn windows() {
    check(&[
        ("g=a, n=1\ng=a, n=3", "eventstats avg(n) as m by g", "g=a, n=1, m=2\ng=a, n=3, m=2"),
        ("g=a, n=1\nn=3", "eventstats count by g", "g=a, n=1, count=1\nn=3"),
        ("t=1\nt=4\nt=9", "streamstats window=2 range(t) as d", "t=1, d=0\nt=4, d=3\nt=9, d=5"),
        ("a=x\na=y\na=x", "streamstats count", "a=x, count=1\na=y, count=2\na=x, count=3"),
        ("a=x\na=y\na=x", "streamstats count by a", "a=x, count=1\na=y, count=1\na=x, count=2"),
        ("n=1\nn=2\nn=3", "streamstats current=f sum(n) as s", "n=1\nn=2, s=1\nn=3, s=3"),
        (
            "_time=0, n=1\n_time=30, n=1\n_time=100, n=1",
            "streamstats time_window=60s count",
            "_time=0, n=1, count=1\n_time=30, n=1, count=2\n_time=100, n=1, count=1",
        ),
        (
            "h=1, count=5\nh=2, count=100\nh=3, count=5",
            "eventstats avg(count) as m stdev(count) as s | where count > m + s",
            // mean 36.67, deviation 54.85
            "h=2, count=100, m=36.666666666666664, s=54.84827557301445",
        ),
    ]);
}

#[test]
fn totals_and_tops() {
    check(&[
        ("a=1, b=2, c=x", "addtotals fieldname=S a, b", "a=1, b=2, c=x, S=3"),
        ("a=x\na=x\na=y", "top a", "a=x, count=2, percent=66.666667\na=y, count=1, percent=33.333333"),
        ("a=x\na=x\na=y", "rare limit=1 a", "a=y, count=1, percent=33.333333"),
    ]);
}

#[test]
fn fields_of_rows() {
    check(&[
        ("a=1, b=2, _time=5", "fields b", "b=2, _time=5"),
        ("a=1, b=2, _time=5", "fields b | table b, c", "b=2"),
        ("A.x=1, A.y=2, z=3", "rename A.* as *", "x=1, y=2, z=3"),
        ("b=2", "rename a as b", "-"),
        ("a=1, b=2", "rename a as b, b as c", "c=1"),
        ("a=1", "rename a as \"X Y\"", "X Y=1"),
        ("a=1\nb=2", "fillnull", "a=1, b=0\na=0, b=2"),
        ("a=1\nb=2", "fillnull value=x c", "a=1, c=x\nb=2, c=x"),
        ("a=1, b=x\na=1, b=y\nb=z", "dedup a", "a=1, b=x"),
        ("n=10\nn=9\nn=x", "sort n", "n=9\nn=10\nn=x"),
        ("n=10\nn=9\nn=x", "sort - n", "n=x\nn=10\nn=9"),
        ("a=1\na=2\na=3", "head 2 | tail 1", "a=2"),
        ("a=1, v=[x; y]", "mvexpand v", "a=1, v=x\na=1, v=y"),
        ("s=a  b", "makemv delim=\" \" s", "s=[a; b]"),
        ("_time=1741774645", "bin _time span=5m", "_time=1741774500"),
        ("_time=1741774645", "bin span=1h _time as t", "_time=1741774645, t=1741773600"),
        ("n=7\nn=10\nn=x", "bin n span=10", "n=0-10\nn=10-20\nn=x"),
        ("a=Add\na=pre:7", "replace \"Add\" with \"added\", \"pre:*\" with * IN a", "a=added\na=7"),
        ("t=1741774645", "convert timeformat=\"%Y-%m-%dT%H:%M:%S\" ctime(t)", "t=2025-03-12T10:17:25"),
        ("a=1", "convert timeformat=\"%Y\" ctime(t)", "a=1"),
    ]);
}

#[test]
fn conditions() {
    check(&[
        ("a=X\na=y\nb=1", "search a=x", "a=X"),
        ("a=X\na=y\nb=1", "search a!=x", "a=y"),
        ("a=X\na=y\nb=1", "search NOT a=x", "a=y\nb=1"),
        ("a=X\na=y\nb=1", "where a=\"X\"", "a=X"),
        ("a=X\na=y\nb=1", "where a!=\"X\"", "a=y"),
        ("a=1\nb=2", "where isnull(a)", "b=2"),
        ("a=x1\na=y\nb=1", "regex a=\"\\d\"", "a=x1"),
        ("a=x1\na=y\nb=1", "regex a!=\"\\d\"", "a=y\nb=1"),
        ("a=[x; y]", "search a=y", "a=[x; y]"),
        // OR binds tighter than AND in a search, looser in where.
        ("a=1, b=2\na=3, c=4", "search a=1 OR a=3 c=4", "a=3, c=4"),
        ("a=1, b=2\na=3, c=4", "where a=1 OR a=3 AND c=4", "a=1, b=2\na=3, c=4"),
    ]);
}

#[test]
fn evaluation() {
    check(&[
        ("a=1", "eval b=a+1, c=b*2", "a=1, b=2, c=4"),
        ("a=1", "eval a=null()", "-"),
        ("k=x, v=7", "eval {k}=v, p_{k}=v", "k=x, v=7, x=7, p_x=7"),
        ("v=7", "eval {k}=v", "v=7"),
        ("P{}.n=[k; z], P{}.v=[v1; v2]", "eval x=mvindex('P{}.v', mvfind('P{}.n',\"^z$\")) | fields x", "x=v2"),
        (
            "a=9, mean_a=2, sd_a=1",
            "foreach sd_* [eval hit = if('<<MATCHSTR>>' > 'mean_<<MATCHSTR>>' + 2 * 'sd_<<MATCHSTR>>', \"<<MATCHSTR>> high\", \"\")] | fields hit",
            "hit=a high",
        ),
    ]);
}

#[test]
fn extraction() {
    check(&[
        ("f=id=7 id=9", "rex field=f \"id=(?<i>\\d)\"", "f=id=7 id=9, i=7"),
        ("f=id=7 id=9", "rex field=f max_match=0 \"id=(?<i>\\d)\"", "f=id=7 id=9, i=[7; 9]"),
        ("f=none, i=old", "rex field=f \"id=(?<i>\\d)\"", "f=none, i=old"),
        ("f=ab", "rex field=f \"(?<x>a)|(?<y>b)\"", "f=ab, x=a"),
        ("f=abab", "rex field=f mode=sed \"s/a/x/g\"", "f=xbxb"),
        (
            "j={\"u\":{\"n\":\"bob\"},\"l\":[{\"k\":1},{\"k\":2}]}",
            "spath input=j | fields - j",
            "u.n=bob, l{}.k=[1; 2]",
        ),
        ("j={\"l\":[{\"k\":1},{\"k\":2}]}", "spath input=j path=l{} output=e | fields e", "e=[{\"k\":1}; {\"k\":2}]"),
        ("d={\"a\":1,\"b\":[\"x\",\"y\"],\"c\":{\"z\":0}}", "fromjson d | fields - d", "a=1, b=[x; y], c={\"z\":0}"),
    ]);
}

#[test]
fn tstats_reads_datasets() {
    let dataset = "dest=h1, process_name=cmd.exe, user=bob, _time=10\ndest=h1, process_name=CMD.EXE, _time=20";
    let world = World { dataset, ..World::default() };
    let search = "| tstats fillnull_value=null count min(_time) as firstTime values(D.process_name) as pn \
                  from datamodel=M.D where D.process_name=\"cmd*\" by D.dest D.user";
    assert_eq!(
        world.run(search),
        "D.dest=h1, D.user=bob, count=1, firstTime=10, pn=cmd.exe\n\
         D.dest=h1, D.user=null, count=1, firstTime=20, pn=CMD.EXE\n"
    );
    let without = search.replace("fillnull_value=null", "");
    assert_eq!(world.run(&without), "D.dest=h1, D.user=bob, count=1, firstTime=10, pn=cmd.exe\n");
    assert_eq!(
        world.run("| tstats count from datamodel=M.D by D.process_name _time span=10s | rename D.* as *"),
        "process_name=CMD.EXE, _time=20, count=1\nprocess_name=cmd.exe, _time=10, count=1\n"
    );
    assert_eq!(world.run("| from datamodel M.D | search user=* | fields user"), "user=bob, _time=10\n");
}

#[test]
fn a_text_search_then_stats() {
    let events = "_time=100, EventCode=4688, host=h1, user=Bob, p=C:\\Tools\\x.EXE\n\
                  _time=160, EventCode=4688, host=h1, p=D:\\tools\\y.exe\n\
                  _time=200, EventCode=4624, host=h1, user=Ann";
    let world = World { events, ..World::default() };
    let search =
        "EventCode=4688 p=\"*\\\\tools\\\\*\" | stats count min(_time) as firstTime values(p) as p by host user";
    assert_eq!(world.run(search), "host=h1, user=Bob, count=1, firstTime=100, p=C:\\Tools\\x.EXE\n");
    let filled = search.replace("| stats", "| fillnull value=NULL user | stats");
    assert_eq!(
        world.run(&filled),
        "host=h1, user=Bob, count=1, firstTime=100, p=C:\\Tools\\x.EXE\n\
         host=h1, user=NULL, count=1, firstTime=160, p=D:\\tools\\y.exe\n"
    );
}

#[test]
fn first_seen_through_a_lookup() {
    let world = World {
        events: "u=a, _time=50\nu=b, _time=60",
        lookups: &[("seen", "u=a, firstTime=10, lastTime=10")],
        ..World::default()
    };
    let search = "* | stats earliest(_time) as firstTime latest(_time) as lastTime by u | inputlookup append=t seen \
                  | stats min(firstTime) as firstTime max(lastTime) as lastTime by u | outputlookup seen \
                  | eval new=if(firstTime >= relative_time(now(),\"-30s\"),1,0) | where new=1";
    assert_eq!(world.run(search), "u=b, firstTime=60, lastTime=60, new=1\n");
    let table = format!("{search} | fields u | inputlookup append=t seen");
    assert_eq!(world.run(&table), "u=b\nu=a, firstTime=10, lastTime=50\nu=b, firstTime=60, lastTime=60\n");
}

#[test]
fn subsearches_become_conditions() {
    let world = World {
        events: "user=A, h=1\nuser=b, h=2\nuser=c, h=3\nh=4",
        lookups: &[
            ("t", "user=a, x=1\nuser=b, x=2"),
            ("none", ""),
            ("wild", "user=*"),
            ("pair", "user=a, h=1\nuser=b, h=9"),
        ],
        ..World::default()
    };
    let cases = [
        ("search [| inputlookup t | fields user] | table h", "h=1\nh=2\n"),
        ("search NOT [| inputlookup t | fields user] | table h", "h=3\nh=4\n"),
        ("search [| inputlookup none]", ""),
        ("search NOT [| inputlookup none] | table h", "h=1\nh=2\nh=3\nh=4\n"),
        ("search [| inputlookup wild] | table h", "h=1\nh=2\nh=3\n"),
        ("search [| inputlookup pair] | table h", "h=1\n"),
        ("search h=* | search [| inputlookup t | fields user] | table h", "h=1\nh=2\n"),
    ];
    for (search, wanted) in cases {
        assert_eq!(world.run(search), wanted, "{search}");
    }
}

#[test]
fn joins_and_appends() {
    let world =
        World { lookups: &[("l", "k=1, a=L, v=old\nk=2"), ("r", "k=1, v=new, b=R\nk=1, b=R2")], ..World::default() };
    let cases = [
        ("| inputlookup l | join k [| inputlookup r]", "k=1, a=L, v=new, b=R\n"),
        ("| inputlookup l | join type=left k [| inputlookup r]", "k=1, a=L, v=new, b=R\nk=2\n"),
        ("| inputlookup l | join max=0 k [| inputlookup r]", "k=1, a=L, v=new, b=R\nk=1, a=L, v=old, b=R2\n"),
        ("| inputlookup l | fields k | append [| inputlookup r | fields b]", "k=1\nk=2\nb=R\nb=R2\n"),
        ("| inputlookup l | fields k | appendpipe [stats sum(k) as k]", "k=1\nk=2\nk=3\n"),
        ("| inputlookup l | lookup r k OUTPUT b as c | table k c", "k=1, c=[R; R2]\nk=2\n"),
    ];
    for (search, wanted) in cases {
        assert_eq!(world.run(search), wanted, "{search}");
    }
}

#[test]
fn what_cannot_run_says_so() {
    let world = World { lookups: &[("in", "a=1")], ..World::default() };
    let cases = [
        ("| inputlookup in | apply model", FailureKind::Unsupported),
        ("| inputlookup nowhere", FailureKind::Missing),
        ("| tstats count from datamodel=Other.Thing", FailureKind::Missing),
        ("| inputlookup in | lookup in nocolumn", FailureKind::Command),
    ];
    for (search, kind) in cases {
        assert_eq!(world.try_run(search).unwrap_err().kind, kind, "{search}");
    }
}
