//! The arguments that several commands share. Each function reads one that stands at the place of reading; `false` says
//! that none does, and nothing has been read then.

use super::cursor::{Wanted, class};
use super::{Args, Failure, Parser, Read, slips, text};
use crate::source::{Span, Spanned};
use crate::spl::ast::{Aggregate, AggregateArgument, Arg, ByItem, Quote, Word};

impl Parser<'_> {
    fn push(&mut self, args: &mut Args, start: usize, arg: Arg) {
        args.push(Spanned::new(arg, Span::new(start, self.cursor.at)));
    }

    /// `name=value`; a name and `=` without a value is a mistake.
    fn option_pair(&mut self) -> Read<Option<(Spanned<String>, Word)>> {
        let Some((end, equals)) = self.cursor.option_name() else { return Ok(None) };
        let span = Span::new(self.cursor.at, end);
        let name = Spanned::new(self.text[span.range()].to_lowercase(), span);
        self.cursor.at = equals + 1;
        self.cursor.skip();
        match self.cursor.option_value() {
            Some(value) => Ok(Some((name, value))),
            None => self.missed(Wanted::OptionValue),
        }
    }

    pub(super) fn option(&mut self, args: &mut Args) -> Read<bool> {
        let start = self.cursor.at;
        let Some((name, value)) = self.option_pair()? else { return Ok(false) };
        self.push(args, start, Arg::Option { name, value });
        Ok(true)
    }

    pub(super) fn word(&mut self, args: &mut Args) -> bool {
        let start = self.cursor.at;
        let Some(word) = self.cursor.word() else { return false };
        self.push(args, start, Arg::Word(word));
        true
    }

    /// `+` or `-` that stands alone.
    pub(super) fn sign(&mut self, args: &mut Args) -> bool {
        let start = self.cursor.at;
        let Some(sign @ (b'+' | b'-')) = self.cursor.peek() else { return false };
        let alone = self.cursor.is_alone();
        if alone {
            self.cursor.at += 1;
            self.push(args, start, Arg::Sign(char::from(sign)));
        }
        alone
    }

    /// A text in parentheses that nothing is known of.
    pub(super) fn raw_group(&mut self, args: &mut Args) -> bool {
        let start = self.cursor.at;
        if self.cursor.peek() != Some(b'(') {
            return false;
        }
        let Some(word) = self.cursor.option_value() else { return false };
        let text = self.text[word.span.range()].to_owned();
        self.push(args, start, Arg::Raw(text));
        true
    }

    /// A keyword that something follows: at the end it is a name like others.
    pub(super) fn keyword(&mut self, word: &str, after: &[u8], args: &mut Args) -> bool {
        let before = self.cursor;
        let Some(keyword) = self.cursor.keyword(word, after) else { return false };
        let behind = self.cursor;
        self.skip_commas();
        if self.cursor.at_end() {
            self.cursor = before;
            return false;
        }
        self.cursor = behind;
        args.push(keyword.map(Arg::Keyword));
        true
    }

    /// Whether a word stands here that `as` follows, with a comma between them or not.
    pub(super) fn is_alias(&mut self) -> bool {
        let before = self.cursor;
        let is_word = self.cursor.word().is_some();
        self.skip_commas();
        let found = is_word && self.cursor.is_as();
        self.cursor = before;
        found
    }

    /// A word, or `word as name`; `as` without a name is a mistake.
    pub(super) fn word_or_alias(&mut self, args: &mut Args) -> Read<bool> {
        let start = self.cursor.at;
        // A comma before `as` does not make a field of it.
        let behind_name = matches!(args.last().map(|arg| &arg.node), Some(Arg::Word(_) | Arg::Alias { .. }));
        if behind_name && self.cursor.is_as() {
            return Ok(false);
        }
        let Some(source) = self.cursor.word() else { return Ok(false) };
        let after_word = self.cursor;
        self.cursor.skip();
        if self.cursor.is_as() {
            self.cursor.at += "as".len();
            self.cursor.skip();
            let target = if self.cursor.is_clause() { None } else { self.cursor.word() };
            let Some(target) = target else { return self.missed(Wanted::Field) };
            self.push(args, start, Arg::Alias { source, target });
        } else {
            self.cursor = after_word;
            self.push(args, start, Arg::Word(source));
        }
        Ok(true)
    }

    /// `word as name`; a word without `as` is a mistake.
    pub(super) fn alias(&mut self, args: &mut Args) -> Read<bool> {
        let start = self.cursor.at;
        let Some(source) = self.cursor.word() else { return Ok(false) };
        self.cursor.skip();
        if self.cursor.keyword("as", b"\"").is_none() {
            return self.missed(Wanted::As);
        }
        self.cursor.skip();
        let Some(target) = self.cursor.word() else { return self.missed(Wanted::Field) };
        self.push(args, start, Arg::Alias { source, target });
        Ok(true)
    }

    /// `by a, b, _time span=1h`.
    pub(super) fn by(&mut self, args: &mut Args) -> Read<bool> {
        let before = self.cursor;
        let Some(end) = self.cursor.by_end(self.cursor.at, b"\"") else { return Ok(false) };
        self.cursor.at = end;
        self.skip_commas();
        let mut items = Vec::new();
        let mut end = self.cursor.at;
        loop {
            self.cursor.skip();
            let item = if let Some((name, value)) = self.option_pair()? {
                ByItem::Option { name, value }
            } else if self.cursor.stops_list() {
                break;
            } else if let Some(word) = self.cursor.word() {
                ByItem::Field(word)
            } else {
                break;
            };
            items.push(item);
            end = self.cursor.at;
            self.cursor.skip();
            while self.cursor.eat(b',') {
                end = self.cursor.at;
                self.cursor.skip();
            }
        }
        self.cursor.miss(Wanted::Field);
        if items.is_empty() {
            let missed = self.cursor.missed;
            self.cursor = before;
            self.cursor.missed = missed;
            return Ok(false);
        }
        self.cursor.at = end;
        self.push(args, before.at, Arg::By(items));
        Ok(true)
    }

    // ---- Conditions and expressions ------------------------------------------------------------------------------------

    pub(super) fn condition_argument(&mut self, args: &mut Args) -> Read<()> {
        let start = self.cursor.at;
        let term = self.condition()?;
        self.push(args, start, Arg::Condition(term));
        Ok(())
    }

    /// `where` and a search expression that ends before `by`.
    pub(super) fn where_clause(&mut self, args: &mut Args) -> Read<bool> {
        if !self.keyword("where", b"(\"[", args) {
            return Ok(false);
        }
        let scan = self.scan;
        let end = self.cursor.where_end(|at| Some(scan.brackets.get(&at)?.span.end as usize + 1));
        let span = text::trimmed(self.text, Span::new(self.cursor.at, end));
        if span.is_empty() {
            self.cursor.at = span.end as usize;
            return self.missed(Wanted::Term);
        }
        let condition = self.condition_at(span).ok_or(Failure::Reported)?;
        args.push(Spanned::new(Arg::Condition(condition), span));
        self.cursor.at = end;
        Ok(true)
    }

    /// `target = expression`.
    pub(super) fn assignment(&mut self, args: &mut Args) -> Read<()> {
        self.cursor.skip();
        let start = self.cursor.at;
        let target = self.cursor.quoted().or_else(|| self.cursor.target());
        self.cursor.skip();
        let assigns = self.cursor.eat(b'=');
        self.cursor.skip();
        let (Some(target), true) = (target, assigns && self.cursor.peek() != Some(b'=')) else {
            self.cursor.at = start;
            return self.missed(Wanted::Assignment);
        };
        let value = self.expression()?;
        let span = Span { start: start as u32, end: value.span.end };
        args.push(Spanned::new(Arg::Assign { target, value }, span));
        Ok(())
    }

    // ---- Aggregations --------------------------------------------------------------------------------------------------

    pub(super) fn aggregate(&mut self, args: &mut Args) -> Read<bool> {
        let start = self.cursor.at;
        let Some(end) = self.cursor.aggregate_name() else { return Ok(false) };
        let span = Span::new(start, end);
        let function = Spanned::new(self.text[span.range()].to_lowercase(), span);
        self.cursor.at = end;
        let argument = self.aggregate_argument()?;
        if let AggregateArgument::Field(word) = &argument
            && word.quote == Quote::Bare
            && let Some(problem) = slips::no_field(&function, word)
        {
            self.report(problem);
        }
        let text = self.text[start..self.cursor.at].to_owned();
        if argument == AggregateArgument::None && !matches!(function.node.as_str(), "count" | "c" | "sparkline") {
            self.report(slips::bare_function(&function));
        }
        let alias = self.aggregate_alias()?;
        self.push(args, start, Arg::Aggregate(Aggregate { function, argument, alias, text }));
        Ok(true)
    }

    /// `(field)`, `(eval(...))`, or nothing.
    fn aggregate_argument(&mut self) -> Read<AggregateArgument> {
        let before = self.cursor;
        self.cursor.skip();
        if !self.cursor.eat(b'(') {
            self.cursor = before;
            return Ok(AggregateArgument::None);
        }
        self.cursor.skip();
        if self.cursor.eat(b')') {
            return Ok(AggregateArgument::None);
        }
        let inside = self.cursor;
        if self.eval_call() {
            let value = self.nested(Self::expression)?;
            self.close()?;
            self.close()?;
            return Ok(AggregateArgument::Eval(value));
        }
        let field = self.cursor.quoted().or_else(|| self.cursor.plain(class::PLAIN));
        self.cursor.skip();
        if let (Some(field), true) = (field, self.cursor.eat(b')')) {
            return Ok(AggregateArgument::Field(field));
        }
        self.cursor = inside;
        match self.cursor.raw_argument() {
            Some(raw) => {
                self.close()?;
                Ok(AggregateArgument::Field(raw))
            }
            None => self.missed(Wanted::Field),
        }
    }

    /// Passes `eval` if a parenthesis follows it.
    fn eval_call(&mut self) -> bool {
        let before = self.cursor;
        if let Some(end) = self.cursor.operator_end(self.cursor.at, "eval") {
            self.cursor.at = end;
            self.cursor.skip();
            if self.cursor.peek() == Some(b'(') {
                return true;
            }
        }
        self.cursor = before;
        false
    }

    /// `as name` after an aggregation; `as` alone is a mistake.
    fn aggregate_alias(&mut self) -> Read<Option<Word>> {
        let before = self.cursor;
        self.cursor.skip();
        if self.cursor.keyword("as", b"\"").is_none() {
            self.cursor.at = before.at;
            return Ok(None);
        }
        self.cursor.skip();
        if !self.cursor.stops_aggregates()
            && let Some(name) = self.cursor.word()
        {
            return Ok(Some(name));
        }
        self.missed(Wanted::Field)
    }

    /// `eval(sum(a) / sum(b)) as ratio`, of chart and timechart.
    pub(super) fn eval_aggregate(&mut self, args: &mut Args) -> Read<bool> {
        let start = self.cursor.at;
        if !self.eval_call() {
            return Ok(false);
        }
        let value = self.nested(Self::expression)?;
        self.close()?;
        let text = self.text[start..self.cursor.at].to_owned();
        let function = Spanned::new("eval".to_owned(), Span::new(start, start + 4));
        let alias = self.aggregate_alias()?;
        let argument = AggregateArgument::Eval(value);
        self.push(args, start, Arg::Aggregate(Aggregate { function, argument, alias, text }));
        Ok(true)
    }

    /// `over field`.
    pub(super) fn over(&mut self, args: &mut Args) -> Read<bool> {
        if !self.keyword("over", b"\"", args) {
            return Ok(false);
        }
        self.cursor.skip();
        if self.word(args) { Ok(true) } else { self.missed(Wanted::Field) }
    }

    // ---- Sources -------------------------------------------------------------------------------------------------------

    /// `from datamodel=Model.Dataset`.
    pub(super) fn source_clause(&mut self, args: &mut Args) -> Read<bool> {
        let start = self.cursor.at;
        if self.cursor.keyword("from", b"\"").is_none() {
            return Ok(false);
        }
        self.cursor.skip();
        self.source(start, args)?;
        if let Some(Spanned { node: Arg::From { kind, name }, .. }) = args.last() {
            slips::source_without_sign(self, kind, name);
        }
        Ok(true)
    }

    /// `datamodel=Model.Dataset`, `lookup:name`, or a bare name, whose kind is the empty text then.
    pub(super) fn source(&mut self, start: usize, args: &mut Args) -> Read<()> {
        const KINDS: [&str; 5] = ["datamodel", "savedsearch", "inputlookup", "lookup", "sid"];
        let nothing = Spanned::new(String::new(), Span::at(self.cursor.at));
        let kind = KINDS.iter().find_map(|kind| self.cursor.keyword(kind, b"=:"));
        if kind.is_some() {
            self.cursor.skip();
            let _ = self.cursor.eat(b'=') || self.cursor.eat(b':');
            self.cursor.skip();
        }
        let Some(name) = self.cursor.dataset() else { return self.missed(Wanted::Dataset) };
        self.push(args, start, Arg::From { kind: kind.unwrap_or(nothing), name });
        Ok(())
    }

    // ---- Sorting -------------------------------------------------------------------------------------------------------

    /// `desc` or `d` at the end.
    pub(super) fn sort_order(&mut self, args: &mut Args) -> bool {
        let rest = self.cursor.slice(self.cursor.at, self.cursor.end());
        let word = rest.trim_end_matches(text::is_blank);
        let order = word.eq_ignore_ascii_case("desc") || word.eq_ignore_ascii_case("d");
        if order {
            let start = self.cursor.at;
            self.cursor.at += word.len();
            self.push(args, start, Arg::Keyword(word.to_lowercase()));
        }
        order
    }

    /// `+field`, `-num(field)`; a bare number that comes first is a count of rows.
    pub(super) fn sort_key(&mut self, args: &mut Args) -> Read<bool> {
        let start = self.cursor.at;
        let sign = self.cursor.peek().filter(|byte| matches!(byte, b'+' | b'-'));
        if sign.is_some() {
            self.cursor.at += 1;
            self.cursor.skip();
        }
        let (kind, field) = match self.sort_kind() {
            Some((kind, field)) => (Some(kind), Some(field)),
            None => (None, self.cursor.word()),
        };
        let Some(field) = field else { return if sign.is_some() { self.missed(Wanted::Field) } else { Ok(false) } };
        let is_limit = field.quote == Quote::Bare && field.text.bytes().all(|b| b.is_ascii_digit());
        if args.is_empty() && is_limit && sign.is_none() && kind.is_none() {
            self.push(args, start, Arg::Word(field));
        } else {
            self.push(args, start, Arg::SortKey { descending: sign == Some(b'-'), kind, field });
        }
        Ok(true)
    }

    fn sort_kind(&mut self) -> Option<(Spanned<String>, Word)> {
        let before = self.cursor;
        let start = before.at;
        let found = ["auto", "num", "str", "ip"].iter().find_map(|kind| {
            let end = before.operator_end(start, kind)?;
            before.slice(end, end + 1).starts_with('(').then_some(((*kind).to_owned(), end))
        });
        let (kind, end) = found?;
        self.cursor.at = end + 1;
        self.cursor.skip();
        let field = self.cursor.plain(class::PLAIN);
        self.cursor.skip();
        match field {
            Some(field) if self.cursor.eat(b')') => Some((Spanned::new(kind, Span::new(start, end)), field)),
            _ => {
                self.cursor = before;
                None
            }
        }
    }

    // ---- Others --------------------------------------------------------------------------------------------------------

    /// `old with new`.
    pub(super) fn replacement(&mut self, args: &mut Args) -> Read<bool> {
        let start = self.cursor.at;
        let Some(old) = self.cursor.word() else { return Ok(false) };
        self.skip_comma();
        if self.cursor.keyword("with", b"\"").is_none() {
            self.cursor.at = start;
            return Ok(false);
        }
        self.skip_comma();
        let Some(new) = self.cursor.word() else { return self.missed(Wanted::Field) };
        self.push(args, start, Arg::Replace { old, new });
        Ok(true)
    }

    fn skip_comma(&mut self) {
        self.cursor.skip();
        if self.cursor.eat(b',') {
            self.cursor.skip();
        }
    }

    /// `ctime(field) as name`.
    pub(super) fn conversion(&mut self, args: &mut Args) -> Read<bool> {
        let start = self.cursor.at;
        let Some(function) = self.cursor.function() else { return Ok(false) };
        self.cursor.skip();
        self.cursor.eat(b'(');
        self.cursor.skip();
        let Some(field) = self.cursor.quoted().or_else(|| self.cursor.plain(class::PLAIN)) else {
            return self.missed(Wanted::Field);
        };
        self.close()?;
        let target = self.conversion_alias()?;
        self.push(args, start, Arg::Convert { function, field, target });
        Ok(true)
    }

    fn conversion_alias(&mut self) -> Read<Option<Word>> {
        let before = self.cursor.at;
        self.cursor.skip();
        if self.cursor.keyword("as", b"\"").is_none() {
            self.cursor.at = before;
            return Ok(None);
        }
        self.cursor.skip();
        self.cursor.word().map_or_else(|| self.missed(Wanted::Field), |word| Ok(Some(word)))
    }
}
