#![allow(clippy::unwrap_used)]

use super::*;

#[test]
fn smoke() {
    let table = [
        "`x`",
        "index=main user=a* OR user=b* | stats count by user",
        r#"| tstats summariesonly=false count values(Processes.process) as p from datamodel=Endpoint.Processes where (Processes.process_name IN ("a.exe", b.exe) OR NOT Processes.x="*y*")by Processes.dest _time span=1h | rename Processes.* as * "#,
        r#"| eval a=if(match(x,"^\\d") AND NOT y IN ("a",5), a.b." ".c, null), "B c"=1 | where a>.5 and like(b, "x%")"#,
        r#"| rex field=x max_match=0 "(?<a>\d+)" | rex mode=sed field=y "s/a/b/g" | lookup t a as b OUTPUT c as d, e | convert timeformat="%F" ctime(a) as b"#,
        r"| join type=left dest [| tstats count from datamodel=A by x] | sort 0 - a, b | dedup a sortby -_time | head 5",
        "| stats (count | where x",
        "| stats count by | eval a= | where | foo x | statz count | eval a=1 b=2",
    ];
    for text in table {
        assert_eq!(parse(text).search.span.end as usize, text.len());
    }
}
