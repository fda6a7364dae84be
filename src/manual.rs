//! The manual's reference pages, made from the registries: checks, commands, functions.
//!
//! A test compares them with `docs/`; `ESCUDO_BLESS=1 cargo test --test it manual` writes them.

use crate::commands::{self, Command};
use crate::diag::codes::{self, Code, Info};
use crate::expr::functions::{self, Function, Need};
use crate::expr::stats::{self, Argument, StatsFunction};
use crate::spl;
use std::fmt::Write;

/// File names below `docs/` and their text.
pub fn pages() -> Vec<(&'static str, String)> {
    vec![("checks.md", checks()), ("commands.md", commands()), ("functions.md", functions())]
}

const MADE: &str = "<!-- Made from the registries of the program; see src/manual.rs. -->\n";

fn checks() -> String {
    let mut page = format!("{MADE}\n# What is reported\n\n");
    page.push_str(
        "Errors make the exit status 1: the search cannot compile, or the official validator refuses the object. A warning is\n\
         probably a mistake that the official validator accepts. Advice is shown with `--advice`. Every finding carries its\n\
         code in all forms of output; the severities here are the usual ones, and each page says when they differ.\n\n\
         | code | severity | meaning |\n|---|---|---|\n",
    );
    for code in codes::ALL {
        let _ = writeln!(page, "| [`{code}`](#{code}) | {} | {} |", code.severity().as_str(), cell(code.summary()));
    }
    for code in codes::ALL {
        page.push('\n');
        page.push_str(&check(*code));
    }
    page
}

/// The page of one code: what, why, bad, good, how to silence it.
pub fn check(code: Code) -> String {
    let Info { name, severity, summary, why, bad, good } = code.info();
    format!(
        "## {name}\n\n{summary}. Severity: {}.\n\n{why}.\n\nBad:\n\n```text\n{bad}\n```\n\nGood:\n\n```text\n{good}\n```\n\n\
         To silence it: `# escudo: allow {name}` on its line or before its key, or `{name} = \"off\"` under `[rules]` in escudo.toml.\n",
        severity.as_str()
    )
}

fn commands() -> String {
    let mut page = format!("{MADE}\n# Commands\n\n");
    page.push_str(
        "Commands that escudo knows by their meaning. Other commands of Splunk's Search Reference parse, are checked and\n\
         printed in their generic form; running one is an `unsupported-command`.\n",
    );
    for command in commands::ALL {
        one_command(&mut page, *command);
    }
    page.push_str("\n## Known, but not run here\n\n| command | why |\n|---|---|\n");
    for name in spl::commands::NAMES {
        if let Some(reason) = commands::unsupported_reason(name) {
            let _ = writeln!(page, "| `{name}` | {} |", cell(reason));
        }
    }
    page
}

fn one_command(page: &mut String, command: &dyn Command) {
    let _ = writeln!(page, "\n## {}\n\n{}.", command.name(), command.summary());
    if !command.aliases().is_empty() {
        let names: Vec<String> = command.aliases().iter().map(|name| format!("`{name}`")).collect();
        let _ = writeln!(page, "\nAlso written {}.", names.join(", "));
    }
    let syntax = command.syntax();
    let _ = writeln!(page, "\n```text\n{}\n```", syntax.usage);
    if !syntax.options.is_empty() {
        page.push_str("\n| option | default | |\n|---|---|---|\n");
        for option in syntax.options {
            let default = if option.default.is_empty() { String::new() } else { format!("`{}`", option.default) };
            let _ = writeln!(page, "| `{}` | {} | {} |", option.name, cell(&default), cell(option.summary));
        }
    }
    for example in command.examples() {
        let _ = writeln!(page, "\n{}:\n\n```spl\n{}\n```", example.title, example.search);
        if !example.before.is_empty() {
            let _ = writeln!(page, "\nFrom `{}`", example.before);
        }
        if !example.after.is_empty() {
            let _ = writeln!(page, "\nto `{}`.", example.after);
        }
    }
}

fn functions() -> String {
    let mut page = format!("{MADE}\n# Functions\n\n## Eval functions\n\n");
    page.push_str("| function | result | example |\n|---|---|---|\n");
    let mut all: Vec<&Function> = functions::all().collect();
    all.sort_by_key(|function| function.name);
    for function in all {
        let example = function.examples.first();
        let example = example.map_or_else(String::new, |it| format!("`{}` → `{}`", it.expr, it.result));
        let _ = writeln!(page, "| `{}` | {} | {} |", cell(&call(function)), cell(function.summary), cell(&example));
    }
    page.push_str("\n## Stats functions\n\n| function | result | of the values | is |\n|---|---|---|---|\n");
    let mut all: Vec<&StatsFunction> = stats::ALL.iter().collect();
    all.sort_by_key(|function| function.name);
    for function in all {
        let number = if function.takes_number { "N" } else { "" };
        let argument = if function.argument == Argument::Required { "(x)" } else { "" };
        let summary = match function.unsupported {
            Some(reason) => format!("{}. Cannot be computed: {reason}", function.summary),
            None => function.summary.to_owned(),
        };
        let (values, result) = function.example;
        let values = values.join(", ");
        let _ = writeln!(
            page,
            "| `{}{number}{argument}` | {} | {} | {} |",
            function.name,
            cell(&summary),
            cell(&values),
            cell(result)
        );
    }
    page
}

/// `mvindex(v, i[, j])`.
fn call(function: &Function) -> String {
    let mut text = format!("{}(", function.name);
    for (index, arg) in function.args.iter().enumerate() {
        let comma = if index == 0 { "" } else { ", " };
        let _ = match arg.need {
            Need::Required => write!(text, "{comma}{}", arg.name),
            Need::Optional => write!(text, "[{comma}{}]", arg.name),
            Need::Repeated | Need::Pair => write!(text, "{comma}{}...", arg.name),
        };
    }
    text.push(')');
    text
}

/// Text for a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}
