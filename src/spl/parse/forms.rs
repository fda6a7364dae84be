//! The forms of commands: which arguments may stand where. One line in [`FORMS`] per command with a syntax of its own;
//! all others have the generic form.
//!
//! A form reads the text after the command's name up to the end of its stage.

use super::cursor::Wanted;
use super::{Args, Failure, Parser, Read};
use crate::source::{Span, Spanned};
use crate::spl::ast::Arg;

type Form = fn(&mut Parser, &mut Args) -> Read<()>;

/// By command, sorted.
const FORMS: &[(&str, Form)] = &[
    ("chart", chart),
    ("convert", convert),
    ("dedup", dedup),
    ("eval", eval),
    ("eventstats", stats),
    ("fieldformat", fieldformat),
    ("fields", fields),
    ("from", from),
    ("geostats", stats),
    ("head", head),
    ("inputlookup", inputlookup),
    ("lookup", lookup),
    ("mstats", tstats),
    ("regex", regex),
    ("rename", rename),
    ("replace", replace),
    ("rex", rex),
    ("search", search),
    ("sichart", chart),
    ("sistats", stats),
    ("sitimechart", timechart),
    ("sort", sort),
    ("stats", stats),
    ("streamstats", stats),
    ("table", table),
    ("timechart", timechart),
    ("tstats", tstats),
    ("where", where_),
];

/// The form of a command by its main name.
pub(super) fn form(command: &str) -> Form {
    FORMS.binary_search_by_key(&command, |form| form.0).map_or(generic, |at| FORMS[at].1)
}

/// Reads items up to the end of the stage and says how many there are. `item` says whether it found one.
fn items(
    parser: &mut Parser,
    args: &mut Args,
    wanted: Wanted,
    mut item: impl FnMut(&mut Parser, &mut Args) -> Read<bool>,
) -> Read<usize> {
    let mut count = 0;
    loop {
        parser.cursor.skip();
        if parser.cursor.at_end() {
            parser.cursor.miss(wanted);
            return Ok(count);
        }
        if !item(parser, args)? {
            return parser.missed(wanted);
        }
        count += 1;
    }
}

/// As [`items`], with commas between them at will.
fn list(
    parser: &mut Parser,
    args: &mut Args,
    wanted: Wanted,
    mut item: impl FnMut(&mut Parser, &mut Args) -> Read<bool>,
) -> Read<usize> {
    items(parser, args, wanted, |parser, args| Ok(parser.cursor.eat(b',') || item(parser, args)?))
}

/// As [`list`], of which there must be one item.
fn some(
    parser: &mut Parser,
    args: &mut Args,
    wanted: Wanted,
    item: impl FnMut(&mut Parser, &mut Args) -> Read<bool>,
) -> Read<()> {
    list(parser, args, wanted, item)?;
    if args.is_empty() { Err(Failure::Syntax) } else { Ok(()) }
}

fn generic(parser: &mut Parser, args: &mut Args) -> Read<()> {
    let item = |parser: &mut Parser, args: &mut Args| {
        if parser.cursor.peek() == Some(b'[') {
            let start = parser.cursor.at;
            let search = parser.subsearch()?;
            args.push(Spanned::new(Arg::Subsearch(search), Span::new(start, parser.cursor.at)));
            return Ok(true);
        }
        if parser.option(args)? {
            return Ok(true);
        }
        let is_alias = parser.is_alias();
        if (!is_alias && parser.by(args)?) || parser.sign(args) || parser.word_or_alias(args)? {
            return Ok(true);
        }
        Ok(parser.raw_group(args))
    };
    list(parser, args, Wanted::Argument, item).map(drop)
}

fn search(parser: &mut Parser, args: &mut Args) -> Read<()> {
    parser.condition_argument(args)
}

fn where_(parser: &mut Parser, args: &mut Args) -> Read<()> {
    let start = parser.cursor.at;
    let expr = parser.expression()?;
    let span = Span { start: start as u32, end: expr.span.end };
    args.push(Spanned::new(Arg::Expr(expr), span));
    Ok(())
}

fn eval(parser: &mut Parser, args: &mut Args) -> Read<()> {
    loop {
        parser.assignment(args)?;
        parser.cursor.skip();
        if !parser.cursor.eat(b',') {
            parser.cursor.miss(Wanted::Argument);
            return Ok(());
        }
        parser.cursor.skip();
        if parser.cursor.at_end() {
            return Ok(());
        }
    }
}

fn fieldformat(parser: &mut Parser, args: &mut Args) -> Read<()> {
    parser.assignment(args)
}

fn stats(parser: &mut Parser, args: &mut Args) -> Read<()> {
    some(parser, args, Wanted::Aggregation, |parser, args| {
        Ok(parser.option(args)? || parser.aggregate(args)? || parser.by(args)?)
    })
}

fn tstats(parser: &mut Parser, args: &mut Args) -> Read<()> {
    some(parser, args, Wanted::Aggregation, |parser, args| {
        Ok(parser.option(args)?
            || parser.source_clause(args)?
            || parser.where_clause(args)?
            || parser.by(args)?
            || parser.aggregate(args)?)
    })
}

fn chart(parser: &mut Parser, args: &mut Args) -> Read<()> {
    some(parser, args, Wanted::Aggregation, |parser, args| {
        Ok(parser.option(args)? || parser.over(args)? || parser.by(args)? || chart_aggregate(parser, args)?)
    })
}

fn timechart(parser: &mut Parser, args: &mut Args) -> Read<()> {
    some(parser, args, Wanted::Aggregation, |parser, args| {
        Ok(parser.option(args)? || parser.by(args)? || chart_aggregate(parser, args)?)
    })
}

fn chart_aggregate(parser: &mut Parser, args: &mut Args) -> Read<bool> {
    Ok(parser.eval_aggregate(args)? || parser.aggregate(args)?)
}

fn rename(parser: &mut Parser, args: &mut Args) -> Read<()> {
    some(parser, args, Wanted::Alias, alias)
}

fn alias(parser: &mut Parser, args: &mut Args) -> Read<bool> {
    parser.alias(args)
}

fn fields(parser: &mut Parser, args: &mut Args) -> Read<()> {
    parser.skip_commas();
    if let Some(sign @ (b'+' | b'-')) = parser.cursor.peek() {
        let at = parser.cursor.at;
        parser.cursor.at += 1;
        args.push(Spanned::new(Arg::Sign(char::from(sign)), Span::new(at, at + 1)));
    }
    table(parser, args)?;
    let nothing = !args.iter().any(|arg| matches!(arg.node, Arg::Word(_)));
    if nothing { parser.missed(Wanted::Field) } else { Ok(()) }
}

fn table(parser: &mut Parser, args: &mut Args) -> Read<()> {
    some(parser, args, Wanted::Field, |parser, args| Ok(parser.word(args)))
}

fn sort(parser: &mut Parser, args: &mut Args) -> Read<()> {
    some(parser, args, Wanted::Field, |parser, args| {
        Ok(parser.option(args)? || parser.sort_order(args) || parser.sort_key(args)?)
    })
}

fn dedup(parser: &mut Parser, args: &mut Args) -> Read<()> {
    let mut sorting = false;
    some(parser, args, Wanted::Field, move |parser, args| {
        if sorting {
            return parser.sort_key(args);
        }
        if parser.option(args)? {
            return Ok(true);
        }
        sorting = parser.keyword("sortby", b"\"", args);
        Ok(sorting || parser.word(args))
    })
}

fn head(parser: &mut Parser, args: &mut Args) -> Read<()> {
    let item = |parser: &mut Parser, args: &mut Args| {
        if parser.cursor.peek() != Some(b'(') {
            return Ok(parser.option(args)? || parser.word(args));
        }
        let start = parser.cursor.at;
        let expr = parser.nested(Parser::expression)?;
        parser.close()?;
        args.push(Spanned::new(Arg::Expr(expr), Span::new(start, parser.cursor.at)));
        Ok(true)
    };
    items(parser, args, Wanted::Argument, item).map(drop)
}

fn rex(parser: &mut Parser, args: &mut Args) -> Read<()> {
    let options = |parser: &mut Parser, args: &mut Args| {
        loop {
            parser.cursor.skip();
            let known = parser.cursor.option_name().is_some_and(|(end, _)| {
                let name = parser.cursor.slice(parser.cursor.at, end).to_ascii_lowercase();
                matches!(name.as_str(), "field" | "max_match" | "mode" | "offset_field")
            });
            if !known || !parser.option(args)? {
                return Ok(());
            }
        }
    };
    options(parser, args)?;
    pattern(parser, args)?;
    options(parser, args)
}

fn pattern(parser: &mut Parser, args: &mut Args) -> Read<()> {
    let Some(word) = parser.cursor.double().or_else(|| parser.cursor.bare_pattern()) else {
        return parser.missed(Wanted::Pattern);
    };
    let span = word.span;
    args.push(Spanned::new(Arg::Word(word), span));
    Ok(())
}

fn regex(parser: &mut Parser, args: &mut Args) -> Read<()> {
    let before = parser.cursor;
    let field = parser.cursor.quoted().or_else(|| parser.cursor.matched_field());
    parser.cursor.skip();
    let differs = parser.cursor.starts_with("!=");
    let sign = if differs { 2 } else { usize::from(parser.cursor.peek() == Some(b'=')) };
    let field = field.filter(|_| sign > 0);
    let negated = differs && field.is_some();
    if field.is_some() {
        parser.cursor.at += sign;
        parser.cursor.skip();
    } else {
        parser.cursor = before;
    }
    let Some(pattern) = parser.cursor.double().or_else(|| parser.cursor.bare_pattern()) else {
        return parser.missed(Wanted::Pattern);
    };
    let span = Span { start: before.at as u32, end: pattern.span.end };
    args.push(Spanned::new(Arg::Match { negated, field, pattern }, span));
    Ok(())
}

fn replace(parser: &mut Parser, args: &mut Args) -> Read<()> {
    let mut listing = false;
    list(parser, args, Wanted::Replacement, |parser, args| {
        if listing {
            return Ok(parser.word(args));
        }
        listing = !args.is_empty() && parser.keyword("in", b"\"", args);
        if listing { Ok(true) } else { parser.replacement(args) }
    })?;
    // `in` needs a field.
    let last = args.last().map(|last| &last.node);
    if last.is_none() || matches!(last, Some(Arg::Keyword(_))) { parser.missed(Wanted::Field) } else { Ok(()) }
}

fn convert(parser: &mut Parser, args: &mut Args) -> Read<()> {
    some(parser, args, Wanted::Conversion, |parser, args| Ok(parser.option(args)? || parser.conversion(args)?))
}

fn lookup(parser: &mut Parser, args: &mut Args) -> Read<()> {
    some(parser, args, Wanted::Name, |parser, args| {
        let output =
            parser.option(args)? || parser.keyword("outputnew", b"\"", args) || parser.keyword("output", b"\"", args);
        Ok(output || parser.word_or_alias(args)?)
    })
}

fn inputlookup(parser: &mut Parser, args: &mut Args) -> Read<()> {
    let mut filtered = false;
    items(parser, args, Wanted::Name, |parser, args| {
        if filtered {
            return Ok(false);
        }
        if parser.option(args)? {
            return Ok(true);
        }
        filtered = parser.keyword("where", b"(\"[", args);
        if filtered {
            parser.cursor.skip();
            parser.condition_argument(args)?;
        }
        Ok(filtered || parser.word(args))
    })?;
    if args.is_empty() { Err(Failure::Syntax) } else { Ok(()) }
}

fn from(parser: &mut Parser, args: &mut Args) -> Read<()> {
    let start = parser.cursor.at;
    parser.source(start, args)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spl::commands;

    #[test]
    fn forms_are_sorted_and_of_commands() {
        for pair in FORMS.windows(2) {
            assert!(pair[0].0 < pair[1].0, "{} before {}", pair[0].0, pair[1].0);
        }
        for (name, _) in FORMS {
            assert!(commands::is_known(name) && commands::canonical(name) == *name, "{name}");
        }
    }
}
