//! The same work in DuckDB: what SPL and SQL both define must come out the same, over random rows with nulls, texts that
//! are numbers or not, and multivalues.
//!
//! Needs `python3` (or what `ESCUDO_PYTHON` names) with the package `duckdb`; says so in one line without.

use escudo::engine::{self, Lookup, MemorySource, RunOptions};
use escudo::value::{Batch, Column, Value};
use escudo::{commands, spl};
use serde_json::{Value as Json, json};
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::Arc;

/// Reads the rows and queries, answers with one array of rows per query; every row is an array of cells.
const SCRIPT: &str = r#"
import json, sys
try:
    import duckdb
except ImportError:
    sys.exit(3)
given = json.load(sys.stdin)
con = duckdb.connect()
for name, table in given["tables"].items():
    columns = ", ".join(f'"{c}" {t}' for c, t in table["columns"])
    con.execute(f'create table {name} ({columns})')
    marks = ", ".join("?" for _ in table["columns"])
    con.executemany(f'insert into {name} values ({marks})', table["rows"])
answers = []
for sql in given["queries"]:
    cells = lambda row: [None if c is None else c if isinstance(c, (int, float, str, list)) else str(c) for c in row]
    answers.append([cells(row) for row in con.execute(sql).fetchall()])
json.dump(answers, sys.stdout)
"#;

/// A search over the lookup `t`, the fields to compare, and the query that must give the same rows in the same order.
struct Case {
    search: &'static str,
    fields: &'static [&'static str],
    sql: &'static str,
}

const fn case(search: &'static str, fields: &'static [&'static str], sql: &'static str) -> Case {
    Case { search, fields, sql }
}

/// A text as a number, where all of it is one.
const CASES: &[Case] = &[
    // stats
    case(
        "stats count count(n) as c sum(n) as s avg(n) as a min(n) as lo max(n) as hi by g",
        &["g", "count", "c", "s", "a", "lo", "hi"],
        "select g, count(*), count(n), sum(n), avg(n), min(n), max(n) from t where g is not null group by g order by g",
    ),
    case(
        "stats count dc(h) as d values(h) as v by g h2",
        &["g", "h2", "count", "d", "v"],
        "select g, h2, count(*), count(distinct h), list_sort(list(distinct h) filter (h is not null)) from t \
         where g is not null and h2 is not null group by g, h2 order by g, h2",
    ),
    case(
        "stats stdev(n) as sd stdevp(n) as sp var(n) as v varp(n) as vp range(n) as r sumsq(n) as q by h2",
        &["h2", "sd", "sp", "v", "vp", "r", "q"],
        "select h2, stddev_samp(n), stddev_pop(n), var_samp(n), var_pop(n), max(n) - min(n), sum(n * n) from t \
         where h2 is not null group by h2 having count(n) > 1 order by h2",
    ),
    case(
        "stats perc25(n) as p exactperc90(n) as e perc50(n) as m",
        &["p", "e", "m"],
        "select quantile_cont(n, 0.25), quantile_cont(n, 0.9), quantile_cont(n, 0.5) from t",
    ),
    case(
        "stats count sum(n) as s by m",
        &["m", "count", "s"],
        "select v, count(*), sum(n) from (select unnest(m) v, n from t) group by v order by v",
    ),
    case(
        "stats first(h) as f last(h) as l earliest(h) as e latest(h) as t by g",
        &["g", "f", "l", "e", "t"],
        "select g, first(h order by id) filter (h is not null), last(h order by id) filter (h is not null), \
         arg_min(h, _time) filter (h is not null), arg_max(h, _time) filter (h is not null) \
         from t where g is not null group by g order by g",
    ),
    case(
        "stats sum(x) as s avg(x) as a count(x) as c dc(x) as d by g",
        &["g", "s", "a", "c", "d"],
        "select g, sum(try_cast(x as double)), avg(try_cast(x as double)), count(x), count(distinct x) from t \
         where g is not null group by g order by g",
    ),
    case(
        "stats max(x) as hi min(x) as lo by g",
        &["g", "hi", "lo"],
        "select g, coalesce(max(x) filter (try_cast(x as double) is null), \
                            cast(cast(max(try_cast(x as double)) as integer) as varchar)), \
                   coalesce(cast(cast(min(try_cast(x as double)) as integer) as varchar), min(x)) \
         from t where g is not null group by g order by g",
    ),
    case(
        "stats count(eval(n>5)) as c sum(eval(if(n>5,n,0))) as s",
        &["c", "s"],
        "select count(*) filter (n > 5), sum(case when n > 5 then n else 0 end) from t",
    ),
    case("where id<0 | stats count sum(n) as s", &["count", "s"], "select count(*), sum(n) from t where id < 0"),
    case(
        "eventstats avg(n) as a count as c by g",
        &["id", "a", "c"],
        "select id, case when g is null then null else avg(n) over (partition by g) end, \
         case when g is null then null else count(*) over (partition by g) end from t order by id",
    ),
    case(
        "streamstats count as k sum(n) as s",
        &["id", "k", "s"],
        "select id, row_number() over (order by id), sum(n) over (order by id rows unbounded preceding) from t order by id",
    ),
    case(
        "streamstats window=3 max(n) as m",
        &["id", "m"],
        "select id, max(n) over (order by id rows between 2 preceding and current row) from t order by id",
    ),
    case(
        "streamstats current=f last(n) as before by g | where isnotnull(g)",
        &["id", "before"],
        "select id, last_value(n ignore nulls) over (partition by g order by id rows between unbounded preceding and \
         1 preceding) from t where g is not null order by id",
    ),
    case(
        "top 3 g",
        &["g", "count", "percent"],
        "select g, count(*) c, round(100.0 * count(*) / sum(count(*)) over (), 6) from t where g is not null \
         group by g order by c desc, g limit 3",
    ),
    // eval
    case(
        "eval a=n*2+1, b=n/4, c=n%3, d=abs(n-5), e=floor(n), f=ceiling(n), g2=pow(n,2), i=-n",
        &["id", "a", "b", "c", "d", "e", "f", "g2", "i"],
        "select id, n*2+1, n/4, n%3, abs(n-5), floor(n), ceil(n), n*n, -n from t order by id",
    ),
    case("eval a=n/z", &["id", "a"], "select id, case when z = 0 then null else n / z end from t order by id"),
    case(
        "eval u=upper(h), l=lower(h), k=len(h), s=substr(h,2,2), c=coalesce(g,h,\"none\"), j=h.\"-\".g",
        &["id", "u", "l", "k", "s", "c", "j"],
        "select id, upper(h), lower(h), length(h), case when h is null then null else substring(h, 2, 2) end, \
         coalesce(g, h, 'none'), h || '-' || g from t order by id",
    ),
    case(
        "eval i=if(n>5,\"big\",\"small\"), k=case(n<3,\"a\",n<7,\"b\",true(),\"c\"), m=nullif(g,\"a\"), o=if(isnull(h),1,0)",
        &["id", "i", "k", "m", "o"],
        "select id, case when n > 5 then 'big' else 'small' end, case when n < 3 then 'a' when n < 7 then 'b' else 'c' end, \
         nullif(g, 'a'), case when h is null then 1 else 0 end from t order by id",
    ),
    case(
        "eval r=replace(h,\"[aeiou]\",\"*\"), t=trim(h,\"abx\"), y=if(like(h,\"%a%\"),1,0)",
        &["id", "r", "t", "y"],
        "select id, regexp_replace(h, '[aeiou]', '*', 'g'), trim(h, 'abx'), case when h like '%a%' then 1 else 0 end \
         from t order by id",
    ),
    case(
        "eval c=mvcount(m), j=mvjoin(m,\"+\"), f=mvindex(m,0), l=mvindex(m,-1), d=mvcount(mvdedup(m)), s=mvjoin(mvsort(m),\"+\")",
        &["id", "c", "j", "f", "l", "d", "s"],
        "select id, len(m), array_to_string(m, '+'), m[1], m[-1], len(list_distinct(m)), \
         array_to_string(list_sort(m), '+') from t order by id",
    ),
    case(
        "eval v=tonumber(x), r=round(n), t=tostring(id)",
        &["id", "v", "r", "t"],
        "select id, try_cast(x as double), round(n), cast(id as varchar) from t order by id",
    ),
    // where and search
    case(
        "where n>3 AND g=\"a\" OR h!=\"xa\"",
        &["id"],
        "select id from t where n > 3 and g = 'a' or h != 'xa' order by id",
    ),
    case("where NOT (g=\"a\")", &["id"], "select id from t where not (g = 'a') order by id"),
    case("where isnull(g) OR n>=5", &["id"], "select id from t where g is null or n >= 5 order by id"),
    case(
        "where g IN (\"a\",\"c\") AND NOT h IN (\"b\")",
        &["id"],
        "select id from t where g in ('a','c') and not h in ('b') order by id",
    ),
    case(
        "where x>5",
        &["id"],
        "select id from t where case when try_cast(x as double) is not null then try_cast(x as double) > 5 else x > '5' end order by id",
    ),
    case("where m=\"p\"", &["id"], "select id from t where list_contains(m, 'p') order by id"),
    case("search g=A", &["id"], "select id from t where g ilike 'a' order by id"),
    case("search NOT g=a", &["id"], "select id from t where g is null or g not ilike 'a' order by id"),
    case("search g!=a", &["id"], "select id from t where g not ilike 'a' order by id"),
    case("search h=*a*", &["id"], "select id from t where h ilike '%a%' order by id"),
    case(
        "search g=a OR g=b h=*",
        &["id"],
        "select id from t where (g ilike 'a' or g ilike 'b') and h is not null order by id",
    ),
    // sort, dedup, head, tail
    case("sort 0 n id", &["id"], "select id from t order by n asc nulls last, id"),
    case("sort 0 -n id", &["id"], "select id from t order by n desc nulls last, id"),
    case("sort 0 str(h) -num(id)", &["id"], "select id from t order by h asc nulls last, id desc"),
    case("sort 5 -id", &["id"], "select id from t order by id desc limit 5"),
    case("dedup g", &["id"], "select min(id) from t where g is not null group by g order by 1"),
    case(
        "dedup 2 g h2",
        &["id"],
        "select id from (select id, row_number() over (partition by g, h2 order by id) k from t \
         where g is not null and h2 is not null) where k <= 2 order by id",
    ),
    case(
        "dedup g keepempty=true",
        &["id"],
        "select id from (select id, g, row_number() over (partition by g order by id) k from t) where k = 1 or g is null order by id",
    ),
    case("head 4", &["id"], "select id from t order by id limit 4"),
    case("tail 4", &["id"], "select id from t order by id desc limit 4"),
    case("reverse", &["id"], "select id from t order by id desc"),
    case(
        "mvexpand m | where isnotnull(m)",
        &["id", "m"],
        "select id, v from (select id, unnest(m) v, generate_subscripts(m, 1) k from t) order by id, k",
    ),
    case("fillnull value=0 n | eval n=n+0", &["id", "n"], "select id, coalesce(n, 0) from t order by id"),
    // bin
    case(
        "bin n span=3",
        &["id", "n"],
        "select id, cast(cast(floor(n/3)*3 as integer) as varchar) || '-' || cast(cast(floor(n/3)*3+3 as integer) as varchar) from t order by id",
    ),
    case("bin _time span=5m", &["id", "_time"], "select id, floor(_time/300)*300 from t order by id"),
    case(
        "bin _time span=1d | stats count by _time",
        &["_time", "count"],
        "select floor(_time/86400)*86400 d, count(*) from t group by d order by d",
    ),
    // join
    case(
        "join g [| inputlookup r]",
        &["id", "k", "w"],
        "select t.id, r.k, r.w from t join (select g, first(k order by k) k, first(w order by k) w from r where g is not null group by g) r \
         on t.g = r.g order by t.id",
    ),
    case(
        "join type=left g [| inputlookup r | dedup g]",
        &["id", "k"],
        "select t.id, r.k from t left join (select g, min(k) k from r where g is not null group by g) r on t.g = r.g order by t.id",
    ),
    case(
        "join max=0 g [| inputlookup r]",
        &["id", "k"],
        "select t.id, r.k from t join r on t.g = r.g order by t.id, r.k",
    ),
    case(
        "lookup r g OUTPUT k | where isnotnull(k) | mvexpand k",
        &["id", "k"],
        "select t.id, r.k from t join r on t.g = r.g order by t.id, r.k",
    ),
    case(
        "append [| inputlookup r] | stats count(id) as a count(k) as b",
        &["a", "b"],
        "select (select count(*) from t), (select count(*) from r)",
    ),
    case(
        "chart count over g by h2",
        &["g", "p", "q"],
        "select g, count(*) filter (h2 = 'p'), count(*) filter (h2 = 'q') from t where g is not null group by g order by g",
    ),
];

/// A repeatable source of numbers.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> Option<&'a str> {
        let at = self.below(of.len() as u64 + 1) as usize;
        of.get(at).copied()
    }
}

/// The columns of the tables, with their types in SQL.
const T: &[(&str, &str)] = &[
    ("id", "integer"),
    ("_time", "double"),
    ("g", "varchar"),
    ("h", "varchar"),
    ("h2", "varchar"),
    ("n", "double"),
    ("z", "double"),
    ("x", "varchar"),
    ("m", "varchar[]"),
];
const R: &[(&str, &str)] = &[("g", "varchar"), ("k", "integer"), ("w", "varchar")];

fn table(random: &mut Random, rows: u64) -> Vec<Vec<Json>> {
    // Times differ, so that the earliest value is one; quarters are exact, so that sums do not depend on their order.
    (0..rows)
        .map(|id| {
            let quarter = |random: &mut Random| match random.below(6) {
                0 => Json::Null,
                _ => json!(random.below(48) as f64 / 4.0),
            };
            let list: Vec<&str> = (0..random.below(4)).filter_map(|_| random.one(&["p", "q", "r"])).collect();
            vec![
                json!(id),
                json!(1_700_000_000 + ((id * 7919) % rows) * 61),
                json!(random.one(&["a", "b", "c", "B"])),
                json!(random.one(&["xa", "b", "axe", "Oak", ""])),
                json!(random.one(&["p", "q"])),
                quarter(random),
                json!(random.below(3)),
                json!(random.one(&["1", "12", "7", "abc", "Z", "3"])),
                if list.is_empty() { Json::Null } else { json!(list) },
            ]
        })
        .collect()
}

/// The rows as Splunk has them: numbers are text, but for `_time`.
fn batch(columns: &[(&str, &str)], rows: &[Vec<Json>]) -> Batch {
    let mut batch = Batch::new(rows.len());
    for (at, (name, _)) in columns.iter().enumerate() {
        let value = |row: &Vec<Json>| match &row[at] {
            Json::Null => Value::Null,
            Json::String(text) => Value::text(text.as_str()),
            Json::Array(items) => Value::list(items.iter().filter_map(Json::as_str).map(Value::from)),
            number => match number.as_f64() {
                Some(number) if *name == "_time" => Value::Number(number),
                Some(number) => Value::text(escudo::value::number::print(number)),
                None => Value::Null,
            },
        };
        batch.set(*name, Column::new(rows.iter().map(value).collect()));
    }
    batch
}

fn same(found: &Value, wanted: &Json) -> bool {
    let number = |text: &str| escudo::value::number::parse(text);
    match wanted {
        Json::Null => found.is_null(),
        Json::Array(items) => {
            let values = found.values();
            values.len() == items.len() && values.iter().zip(items).all(|(value, item)| same(value, item))
        }
        Json::Number(wanted) => {
            let wanted = wanted.as_f64().unwrap_or(f64::NAN);
            found.as_number().is_some_and(|found| (found - wanted).abs() <= 1e-9 * wanted.abs().max(1.0))
        }
        Json::String(wanted) => {
            let found = found.to_text();
            *found == **wanted || number(&found).is_some() && number(&found) == number(wanted)
        }
        other => panic!("no cell is {other}"),
    }
}

fn python(request: &Json) -> Option<Json> {
    let program = std::env::var("ESCUDO_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let mut child = Command::new(&program)
        .args(["-c", SCRIPT])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .ok()?;
    let text = request.to_string();
    let mut input = child.stdin.take()?;
    // A script that ends early, for want of the package, reads nothing.
    let _ = input.write_all(text.as_bytes());
    drop(input);
    let output = child.wait_with_output().ok()?;
    if output.status.code() == Some(3) {
        return None;
    }
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(serde_json::from_slice(&output.stdout).expect("the answer is JSON"))
}

#[test]
fn spl_and_sql_agree() {
    for seed in 1..=2_u64 {
        let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let left = table(&mut random, 30 + seed * 30);
        let right: Vec<Vec<Json>> = (0..6)
            .map(|k| {
                vec![json!(random.one(&["a", "b", "B", "d"])), json!(k), json!(random.one(&["u", "v"]).unwrap_or("w"))]
            })
            .collect();
        let declared =
            |columns: &[(&str, &str)]| columns.iter().map(|(name, kind)| json!([name, kind])).collect::<Vec<_>>();
        let request = json!({
            "tables": {
                "t": {"columns": declared(T), "rows": left},
                "r": {"columns": declared(R), "rows": right},
            },
            "queries": CASES.iter().map(|case| case.sql).collect::<Vec<_>>(),
        });
        let Some(Json::Array(answers)) = python(&request) else {
            println!("skipped: python3 with the package `duckdb` is not here");
            return;
        };
        let lookups = [("t", batch(T, &left)), ("r", batch(R, &right))];
        let source = MemorySource {
            lookups: lookups.map(|(name, rows)| (name.to_owned(), Arc::new(Lookup::new(name, rows)))).into(),
            ..MemorySource::default()
        };
        let mut wrong = Vec::new();
        for (case, wanted) in CASES.iter().zip(&answers) {
            let search = format!("| inputlookup t | {}", case.search);
            let parsed = spl::parse(&search);
            assert!(parsed.problems.is_empty(), "{search}: {:?}", parsed.problems);
            let lowered = commands::lower(&parsed.search);
            assert!(lowered.problems.is_empty(), "{search}: {:?}", lowered.problems);
            let rows = engine::run(&lowered.plan, &source, &RunOptions::at(1_700_000_000.0)).expect("it runs").rows;
            let wanted = wanted.as_array().expect("an array of rows");
            if rows.rows() != wanted.len() {
                wrong.push(format!("seed {seed}: {}: {} rows instead of {}", case.search, rows.rows(), wanted.len()));
                continue;
            }
            for (at, row) in wanted.iter().enumerate() {
                for (field, cell) in case.fields.iter().zip(row.as_array().expect("an array of cells")) {
                    let found = rows.value(at, field);
                    if !same(found, cell) {
                        wrong.push(format!(
                            "seed {seed}: {}: row {at}, `{field}`: {found:?} instead of {cell}",
                            case.search
                        ));
                        break;
                    }
                }
            }
        }
        wrong.dedup_by_key(|line| line.split(": row").next().map(str::to_owned));
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
