//! `LOOKUP`: fields from a table.

use crate::knowledge::transforms::{LookupDefinition, names};
use crate::lookup::{MatchType, Matcher};
use crate::value::{Batch, Column, Name, Value};
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

/// A call: `table in AS field ... OUTPUT out AS field ...`.
#[derive(Debug)]
pub(in crate::knowledge) struct Call {
    definition: LookupDefinition,
    table: Arc<Batch>,
    /// The fields matched, one per input of the matcher.
    inputs: Vec<Name>,
    matcher: Matcher,
    /// Column, field.
    outputs: Vec<(Name, Name)>,
    /// `OUTPUTNEW`.
    only_new: bool,
}

/// The words of a `LOOKUP` setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::knowledge) struct Words {
    pub(in crate::knowledge) definition: Name,
    /// Column, field.
    inputs: Vec<(Name, Name)>,
    /// None: every other column.
    outputs: Option<Vec<(Name, Name)>>,
    only_new: bool,
}

/// Reads a setting; `None` if it is not of the form.
pub(super) fn read(text: &str) -> Option<Words> {
    let words = names(text);
    let (definition, rest) = words.split_first()?;
    let keyword = rest.iter().position(|word| matches!(&*word.to_ascii_lowercase(), "output" | "outputnew"));
    let (inputs, outputs) = rest.split_at(keyword.unwrap_or(rest.len()));
    let only_new = outputs.first().is_some_and(|word| word.eq_ignore_ascii_case("outputnew"));
    let outputs = if outputs.is_empty() { None } else { Some(pairs(&outputs[1..])?) };
    let inputs = pairs(inputs)?;
    (!inputs.is_empty()).then(|| Words { definition: definition.clone(), inputs, outputs, only_new })
}

impl Words {
    /// A call that always overwrites, as a data model makes it. Pairs are column and field.
    pub(in crate::knowledge) fn of_model(definition: &Name, inputs: &[(Name, Name)], outputs: &[(Name, Name)]) -> Self {
        let (inputs, outputs) = (inputs.to_vec(), Some(outputs.to_vec()));
        Self { definition: definition.clone(), inputs, outputs, only_new: false }
    }
}

fn pairs(words: &[Name]) -> Option<Vec<(Name, Name)>> {
    let (mut all, mut at) = (Vec::new(), 0);
    while let Some(column) = words.get(at) {
        if words.get(at + 1).is_some_and(|word| word.eq_ignore_ascii_case("as")) {
            all.push((column.clone(), words.get(at + 2)?.clone()));
            at += 3;
        } else {
            all.push((column.clone(), column.clone()));
            at += 1;
        }
    }
    Some(all)
}

impl Call {
    /// Joins a setting with its table.
    ///
    /// # Errors
    /// The table lacks a column that the setting names.
    pub(in crate::knowledge) fn new(
        words: &Words,
        definition: &LookupDefinition,
        table: Arc<Batch>,
    ) -> Result<Self, Name> {
        let known = |name: &Name| table.column(name).map(|_| name.clone()).ok_or_else(|| name.clone());
        let mut rules = Vec::new();
        for (name, _) in &words.inputs {
            let kind = definition.match_types.get(name).copied().unwrap_or(MatchType::Exact);
            rules.push((known(name)?, kind));
        }
        let outputs = match &words.outputs {
            Some(outputs) => {
                let output = |(name, field): &(Name, Name)| known(name).map(|column| (column, field.clone()));
                outputs.iter().map(output).collect::<Result<_, Name>>()?
            }
            None => table
                .names()
                .filter(|column| !rules.iter().any(|(input, _)| input == *column))
                .map(|column| (column.clone(), column.clone()))
                .collect(),
        };
        let matcher = Matcher::new(&table, &rules, definition.case_sensitive);
        let inputs = words.inputs.iter().map(|(_, field)| field.clone()).collect();
        Ok(Self { definition: definition.clone(), table, inputs, matcher, outputs, only_new: words.only_new })
    }

    /// The fields written.
    pub(super) fn outputs(&self) -> impl Iterator<Item = &str> {
        self.outputs.iter().map(|(_, field)| &**field)
    }

    /// The fields read.
    pub(in crate::knowledge) fn reads(&self) -> impl Iterator<Item = &Name> {
        self.inputs.iter()
    }

    /// Adds the wanted outputs to every row. A row that lacks an input stays as it is.
    pub(in crate::knowledge) fn run(&self, wanted: impl Fn(&str) -> bool, batch: &mut Batch) {
        let columns: Vec<Option<Column>> = self.inputs.iter().map(|field| batch.column(field).cloned()).collect();
        let Some(columns) = columns.into_iter().collect::<Option<Vec<Column>>>() else { return };
        let mut memo: HashMap<Vec<Cow<'_, str>>, Arc<[usize]>> = HashMap::new();
        let mut matches = Vec::with_capacity(batch.rows());
        for row in 0..batch.rows() {
            let values: Vec<&Value> = columns.iter().map(|column| &column.values()[row]).collect();
            if values.iter().any(|value| value.is_null()) {
                matches.push(None);
                continue;
            }
            let key = values.iter().map(|value| value.to_text()).collect();
            let found = memo.entry(key).or_insert_with(|| self.rows(&values).into());
            matches.push(Some(found.clone()));
        }
        for (column, field) in self.outputs.iter().filter(|(_, field)| wanted(field)) {
            let mut values =
                batch.column(field).map_or_else(|| vec![Value::Null; batch.rows()], |column| column.values().to_vec());
            for (value, found) in values.iter_mut().zip(&matches) {
                let Some(found) = found else { continue };
                if self.only_new && !value.is_null() {
                    continue;
                }
                let cells = found.iter().map(|&row| self.table.value(row, column).clone());
                let new = match &self.definition.default_match {
                    Some(default) if found.len() < self.definition.min_matches => Value::Text(default.clone()),
                    _ => Value::list(cells),
                };
                if !(self.only_new && new.is_null()) {
                    *value = new;
                }
            }
            batch.set(field.clone(), Column::new(values));
        }
    }

    /// The matching rows of the table in file order, at most as many as the definition allows. A multivalue input matches
    /// by any of its values; a few are enough.
    fn rows(&self, values: &[&Value]) -> Vec<usize> {
        let most = self.definition.max_matches.max(1);
        let mut keys: Vec<Vec<&Value>> = vec![Vec::new()];
        for value in values {
            let singles = value.values().iter().take(100);
            keys = keys
                .iter()
                .flat_map(|key| singles.clone().map(move |single| [&key[..], &[single]].concat()))
                .take(1_000)
                .collect();
        }
        let mut rows: Vec<usize> = keys.iter().flat_map(|key| self.matcher.find(key, most)).collect();
        rows.sort_unstable();
        rows.dedup();
        rows.truncate(most);
        rows
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::lookup::read_csv;
    use indexmap::IndexMap;

    fn run(definition: &LookupDefinition, setting: &str, table: &str, fields: &[(&str, &str)]) -> Vec<String> {
        let table = Arc::new(read_csv(table.as_bytes()).unwrap());
        let call = Call::new(&read(setting).unwrap(), definition, table).unwrap();
        let mut batch = Batch::new(1);
        for (name, value) in fields {
            batch.set(*name, Column::new(vec![Value::from(*value)]));
        }
        call.run(|_| true, &mut batch);
        let shown = |name: &Name| format!("{name}={}", batch.value(0, name).to_text().replace('\n', "|"));
        batch.names().filter(|name| !batch.value(0, name).is_null()).map(shown).collect()
    }

    fn definition() -> LookupDefinition {
        LookupDefinition {
            filename: "t.csv".into(),
            max_matches: 100,
            min_matches: 0,
            default_match: None,
            case_sensitive: true,
            match_types: IndexMap::new(),
            times: None,
        }
    }

    const TABLE: &str = "code,kind,text\n1,a,one\n1,b,uno\n2,a,\n";

    #[test]
    fn exact_matches_table() {
        type Row<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a [&'a str]);
        let table: &[Row<'_>] = &[
            ("t code OUTPUT text", &[("code", "1")], &["code=1", "text=one|uno"]),
            ("t code, kind OUTPUT text", &[("code", "1"), ("kind", "b")], &["code=1", "kind=b", "text=uno"]),
            ("t code AS id OUTPUT text AS name", &[("id", "1")], &["id=1", "name=one|uno"]),
            ("t code", &[("code", "2")], &["code=2", "kind=a"]),
            // Inputs exist but nothing matches: OUTPUT clears, OUTPUTNEW leaves.
            ("t code OUTPUT text", &[("code", "9"), ("text", "old")], &["code=9"]),
            ("t code OUTPUTNEW text", &[("code", "9"), ("text", "old")], &["code=9", "text=old"]),
            ("t code OUTPUTNEW text", &[("code", "1"), ("text", "old")], &["code=1", "text=old"]),
            // An input is missing: nothing happens.
            ("t code OUTPUT text", &[("text", "old")], &["text=old"]),
        ];
        for (setting, fields, expected) in table {
            assert_eq!(run(&definition(), setting, TABLE, fields), *expected, "{setting} {fields:?}");
        }
    }

    #[test]
    fn wildcards_take_the_first_row() {
        let mut definition = LookupDefinition { max_matches: 1, case_sensitive: false, ..definition() };
        definition.match_types.insert("path".into(), MatchType::Wildcard);
        definition.match_types.insert("ip".into(), MatchType::Cidr);
        let table = "path,ip,name\n*\\CMD.exe,10.0.0.0/8,shell\n*,*,other\n";
        let found = |path, ip| run(&definition, "t path ip OUTPUT name", table, &[("path", path), ("ip", ip)]);
        assert_eq!(found("C:\\cmd.exe", "10.1.2.3")[2], "name=shell");
        assert_eq!(found("C:\\cmd.exe", "11.1.2.3")[2], "name=other");
    }

    #[test]
    fn defaults_fill_in() {
        let definition = LookupDefinition { min_matches: 1, default_match: Some("none".into()), ..definition() };
        assert_eq!(run(&definition, "t code OUTPUT text", TABLE, &[("code", "9")]), ["code=9", "text=none"]);
        assert!(read("t").is_none());
        assert!(read("t a AS").is_none());
        let words = read("t x OUTPUT y").unwrap();
        let missing = Call::new(&words, &self::definition(), Arc::new(read_csv(TABLE.as_bytes()).unwrap()));
        assert_eq!(missing.err().as_deref(), Some("x"));
    }
}
