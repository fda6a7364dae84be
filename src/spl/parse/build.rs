//! From pest's pairs to arguments. One function per shape of argument, whatever the command.

use super::grammar::Rule;
use super::{Parser, slips, text};
use crate::diag::{Problem, codes};
use crate::spl::ast::{Aggregate, AggregateArgument, Arg, ByItem, Quote, Span, Spanned, Word};
use pest::iterators::{Pair, Pairs};

pub(super) type Piece<'i> = Pair<'i, Rule>;

/// Where a piece stands in the whole text.
pub(super) fn span_of(pair: &Piece, base: usize) -> Span {
    let span = pair.as_span();
    Span::new(base + span.start(), base + span.end())
}

/// A word, quoted as its rule says.
pub(super) fn word_of(pair: &Piece, base: usize) -> Word {
    let quote = match pair.as_rule() {
        Rule::double => Quote::Double,
        Rule::single => Quote::Single,
        _ => Quote::Bare,
    };
    text::word(pair.as_str(), quote, span_of(pair, base))
}

/// The one word inside a wrapper such as `search_value`.
pub(super) fn inner_word(pair: Piece, base: usize) -> Word {
    let outside = pair.clone();
    pair.into_inner().next().map_or_else(|| word_of(&outside, base), |inner| word_of(&inner, base))
}

fn lower(pair: &Piece, base: usize) -> Spanned<String> {
    Spanned::new(pair.as_str().to_lowercase(), span_of(pair, base))
}

/// The pieces of a piece, without the words that only separate.
fn parts(pair: Piece) -> impl Iterator<Item = Piece> {
    pair.into_inner().filter(|part| !matches!(part.as_rule(), Rule::as_word | Rule::by_word | Rule::with_word))
}

impl Parser<'_> {
    /// The arguments of a stage. `None` if a problem made them unreadable; it has been reported then.
    pub(super) fn build(&mut self, command: &str, pairs: Pairs<Rule>, base: usize) -> Option<Vec<Spanned<Arg>>> {
        let mut args = Vec::new();
        for whole in pairs {
            for pair in whole.into_inner() {
                self.argument(pair, base, &mut args)?;
            }
        }
        slips::in_arguments(self, command, &args);
        Some(args)
    }

    fn argument(&mut self, pair: Piece, base: usize, args: &mut Vec<Spanned<Arg>>) -> Option<()> {
        let span = span_of(&pair, base);
        let arg = match pair.as_rule() {
            Rule::EOI => return Some(()),
            Rule::option | Rule::rex_option => {
                let (name, value) = option(pair, base)?;
                Arg::Option { name, value }
            }
            Rule::alias => {
                let (source, target) = two_words(pair, base)?;
                Arg::Alias { source, target }
            }
            Rule::replacement => {
                let (old, new) = two_words(pair, base)?;
                Arg::Replace { old, new }
            }
            Rule::by => Arg::By(by_items(pair, base)),
            Rule::aggregate | Rule::eval_aggregate => Arg::Aggregate(self.aggregate(pair, base)?),
            Rule::from_clause | Rule::from_source => from(pair, base)?,
            Rule::condition => Arg::Condition(self.condition(pair, base)?),
            Rule::expr => Arg::Expr(self.expression(pair, base)?),
            Rule::head_test => Arg::Expr(self.expression(pair.into_inner().next()?, base)?),
            Rule::where_clause | Rule::lookup_where => return self.where_clause(pair, base, args),
            Rule::assign => {
                let mut parts = parts(pair);
                let target = word_of(&parts.next()?, base);
                Arg::Assign { target, value: self.expression(parts.next()?, base)? }
            }
            Rule::sort_key => sort_key(pair, base, args.is_empty())?,
            Rule::sort_by | Rule::over => {
                for part in pair.into_inner() {
                    self.argument(part, base, args)?;
                }
                return Some(());
            }
            Rule::conversion => {
                let mut parts = parts(pair);
                let function = lower(&parts.next()?, base);
                let field = word_of(&parts.next()?, base);
                Arg::Convert { function, field, target: parts.next().map(|name| word_of(&name, base)) }
            }
            Rule::regex_match => regex_match(pair, base)?,
            Rule::rex_pattern => Arg::Word(inner_word(pair, base)),
            Rule::sign | Rule::list_sign => Arg::Sign(pair.as_str().chars().next()?),
            Rule::output_word
            | Rule::over_word
            | Rule::replace_in
            | Rule::sort_order
            | Rule::sortby_word
            | Rule::where_word => Arg::Keyword(pair.as_str().to_lowercase()),
            Rule::subsearch => Arg::Subsearch(self.subsearch(span.start as usize, span.end as usize)),
            Rule::raw_group => Arg::Raw(pair.as_str().to_owned()),
            _ => Arg::Word(word_of(&pair, base)),
        };
        args.push(Spanned::new(arg, span));
        Some(())
    }

    fn where_clause(&mut self, pair: Piece, base: usize, args: &mut Vec<Spanned<Arg>>) -> Option<()> {
        let mut parts = parts(pair);
        self.argument(parts.next()?, base, args)?;
        let part = parts.next()?;
        if part.as_rule() == Rule::condition {
            return self.argument(part, base, args);
        }
        let span = text::trimmed(self.text, span_of(&part, base));
        let condition = self.condition_at(span)?;
        args.push(Spanned::new(Arg::Condition(condition), span));
        Some(())
    }

    fn aggregate(&mut self, pair: Piece, base: usize) -> Option<Aggregate> {
        let whole = span_of(&pair, base);
        let mut parts = parts(pair);
        let call = parts.next()?;
        if call.as_rule() == Rule::expr {
            // `eval(sum(a) / sum(b)) as ratio`, of chart and timechart.
            let expression = span_of(&call, base);
            let value = self.expression(call, base)?;
            let alias = parts.next().map(|name| word_of(&name, base));
            let start = whole.start as usize;
            let close = self.text[expression.end as usize..].find(')').map_or(0, |at| at + 1);
            return Some(Aggregate {
                function: Spanned::new("eval".to_owned(), Span::new(start, start + 4)),
                argument: AggregateArgument::Eval(value),
                alias,
                text: self.text[start..expression.end as usize + close].to_owned(),
            });
        }
        let text = call.as_str().to_owned();
        let mut inside = call.into_inner();
        let function = lower(&inside.next()?, base);
        let argument = match inside.next() {
            None => AggregateArgument::None,
            Some(argument) if argument.as_rule() == Rule::eval_argument => {
                AggregateArgument::Eval(self.expression(argument.into_inner().next()?, base)?)
            }
            Some(argument) => AggregateArgument::Field(word_of(&argument, base)),
        };
        let alias = parts.next().map(|name| word_of(&name, base));
        if argument == AggregateArgument::None && !matches!(function.node.as_str(), "count" | "c" | "sparkline") {
            self.problems.push(slips::bare_function(&function));
        }
        Some(Aggregate { function, argument, alias, text })
    }
}

fn option(pair: Piece, base: usize) -> Option<(Spanned<String>, Word)> {
    let mut parts = parts(pair);
    let name = lower(&parts.next()?, base);
    Some((name, word_of(&parts.next()?, base)))
}

fn two_words(pair: Piece, base: usize) -> Option<(Word, Word)> {
    let mut parts = parts(pair);
    let first = word_of(&parts.next()?, base);
    Some((first, word_of(&parts.next()?, base)))
}

fn by_items(pair: Piece, base: usize) -> Vec<ByItem> {
    let item = |part: Piece| {
        if part.as_rule() != Rule::option {
            return Some(ByItem::Field(word_of(&part, base)));
        }
        option(part, base).map(|(name, value)| ByItem::Option { name, value })
    };
    parts(pair).filter_map(item).collect()
}

/// `datamodel=Model.Dataset`, `lookup:name`, or a bare name, whose kind is the empty text then.
fn from(pair: Piece, base: usize) -> Option<Arg> {
    let mut parts = parts(pair).peekable();
    let start = span_of(parts.peek()?, base).start as usize;
    let kind = parts.next_if(|part| part.as_rule() == Rule::from_kind);
    let kind = kind.map_or_else(|| Spanned::new(String::new(), Span::at(start)), |kind| lower(&kind, base));
    let name = parts.next()?;
    let source = name.as_str();
    let quote = if source.starts_with('"') { Quote::Double } else { Quote::Bare };
    let name = Word { text: source.replace('"', ""), quote, span: span_of(&name, base) };
    Some(Arg::From { kind, name })
}

fn sort_key(pair: Piece, base: usize, first: bool) -> Option<Arg> {
    let mut parts = parts(pair).peekable();
    let sign = parts.next_if(|part| part.as_rule() == Rule::sort_sign);
    let kind = parts.next_if(|part| part.as_rule() == Rule::sort_kind).map(|kind| lower(&kind, base));
    let field = word_of(&parts.next()?, base);
    let is_limit = field.quote == Quote::Bare && field.text.bytes().all(|b| b.is_ascii_digit());
    if first && is_limit && sign.is_none() && kind.is_none() {
        return Some(Arg::Word(field));
    }
    Some(Arg::SortKey { descending: sign.is_some_and(|sign| sign.as_str() == "-"), kind, field })
}

fn regex_match(pair: Piece, base: usize) -> Option<Arg> {
    let mut field = None;
    let mut negated = false;
    let mut pattern = None;
    for part in pair.into_inner() {
        match part.as_rule() {
            Rule::regex_field => field = Some(inner_word(part, base)),
            Rule::match_op => negated = part.as_str() == "!=",
            _ => pattern = Some(inner_word(part, base)),
        }
    }
    Some(Arg::Match { negated, field, pattern: pattern? })
}

/// The problem of a tree that is too deep to walk.
pub(super) fn too_deep(span: Span) -> Problem {
    Problem::new(codes::NESTING_TOO_DEEP, "an expression chains too many operators", span)
        .help("split it into several stages, or use `IN (...)` for a list of values")
}
