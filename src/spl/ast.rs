//! The syntax tree of a search.
//!
//! Spans are byte ranges of the text that was parsed (for a detection: the search after macro expansion, whose
//! [`crate::source::Located`] leads back to the file).
//!
//! All commands share one shape: a name and a list of arguments. The grammar of each command decides which kinds of
//! [`Arg`] may stand where; the command's own file under `commands` gives them their meaning. So walking and printing a
//! tree needs no knowledge of any command.

pub use crate::source::{Span, Spanned};

/// A whole search, or the content of a subsearch: stages between pipes.
#[derive(Clone, Debug, PartialEq)]
pub struct Search {
    /// At least one stage, unless the text was empty.
    pub stages: Vec<Stage>,
    /// The whole text, or the text between the brackets.
    pub span: Span,
}

/// One command with its arguments.
#[derive(Clone, Debug, PartialEq)]
pub struct Stage {
    /// The command in lower case; `search` for an implied one, then with the empty span before the first term.
    pub command: Spanned<String>,
    /// Whether the word `search` was left out.
    pub implied: bool,
    /// In the order written.
    pub args: Vec<Spanned<Arg>>,
    /// From the command's name to the end of its last argument.
    pub span: Span,
}

/// How a word was quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Quote {
    /// Not at all.
    Bare,
    /// `"..."`: a string, or a field name where a field is expected.
    Double,
    /// `'...'`: a field name in eval expressions.
    Single,
}

/// A word: field name, option value, search value, text. Unescaped by SPL's one pass (`\"` and `\\` only).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// The text after unescaping, without quotes.
    pub text: String,
    /// How it was written.
    pub quote: Quote,
    /// Including the quotes.
    pub span: Span,
}

/// One argument of a command.
#[derive(Clone, Debug, PartialEq)]
pub enum Arg {
    /// `name=value`, the name in lower case.
    Option {
        /// Lower case.
        name: Spanned<String>,
        /// A word; blanks around `=` are allowed.
        value: Word,
    },
    /// A field name or pattern, a lookup name, a number (`head 5`): the command knows.
    Word(Word),
    /// A word that the command's grammar knows: `output`, `outputnew`, `with`, `in`, `over`; lower case.
    Keyword(String),
    /// `source as target`.
    Alias {
        /// Left of `as`.
        source: Word,
        /// Right of `as`.
        target: Word,
    },
    /// An aggregation of the stats family.
    Aggregate(Aggregate),
    /// `by a, b, _time span=1h`: the words, and the options found among them.
    By(Vec<ByItem>),
    /// `from datamodel=Model.Dataset` of tstats, `datamodel:Model.Dataset` of from: the kind in lower case, the name.
    From {
        /// `datamodel`, `lookup`, `inputlookup`, `savedsearch`.
        kind: Spanned<String>,
        /// Quoted parts are joined: `"M"."D"` is `M.D`.
        name: Word,
    },
    /// A search expression: of `search`, of `where` in tstats and inputlookup (then after the keyword).
    Condition(Term),
    /// An eval expression, of `where` and others.
    Expr(Expr),
    /// `target = expression`, of eval.
    Assign {
        /// The field to make; `{x}` in a bare target stands for the value of the field `x`.
        target: Word,
        /// Its value.
        value: Expr,
    },
    /// `+field`, `- field`, `num(field)`: a sort key.
    SortKey {
        /// `true` for `-`.
        descending: bool,
        /// `auto`, `num`, `str`, `ip`, when written.
        kind: Option<Spanned<String>>,
        /// The field.
        field: Word,
    },
    /// A sign that stands alone: `fields - a b`, `sort - a`.
    Sign(char),
    /// `function(field) as name`, of convert.
    Convert {
        /// Lower case.
        function: Spanned<String>,
        /// Field or pattern.
        field: Word,
        /// Right of `as`.
        target: Option<Word>,
    },
    /// `field = "regex"` or `field != "regex"`, of regex.
    Match {
        /// `true` for `!=`.
        negated: bool,
        /// The field; none means `_raw`.
        field: Option<Word>,
        /// The pattern.
        pattern: Word,
    },
    /// `old with new`, of replace.
    Replace {
        /// Left of `with`.
        old: Word,
        /// Right of `with`.
        new: Word,
    },
    /// `[ ... ]`.
    Subsearch(Search),
    /// Text that the grammar does not look into: a sed expression, arguments of an unknown command.
    Raw(String),
}

/// `count`, `dc(x) as n`, `count(eval(a>1))`.
#[derive(Clone, Debug, PartialEq)]
pub struct Aggregate {
    /// Lower case.
    pub function: Spanned<String>,
    /// What it is computed over.
    pub argument: AggregateArgument,
    /// Right of `as`.
    pub alias: Option<Word>,
    /// The call as written, without `as`: the default name of its column.
    pub text: String,
}

/// What an aggregation is computed over.
#[derive(Clone, Debug, PartialEq)]
pub enum AggregateArgument {
    /// Rows: `count`.
    None,
    /// A field or a pattern.
    Field(Word),
    /// `eval(...)`.
    Eval(Expr),
}

/// One item of a by-list.
#[derive(Clone, Debug, PartialEq)]
pub enum ByItem {
    /// A field name or pattern.
    Field(Word),
    /// An option, such as `span=1h`.
    Option {
        /// Lower case.
        name: Spanned<String>,
        /// Its value.
        value: Word,
    },
}

/// A search expression. In this language OR binds tighter than AND, and AND may be left out.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// What it says.
    pub kind: TermKind,
    /// Where, parentheses included.
    pub span: Span,
}

/// The kinds of search expression.
#[derive(Clone, Debug, PartialEq)]
pub enum TermKind {
    /// All of these; two or more, or none for an empty expression (which every row satisfies).
    And(Vec<Term>),
    /// Any of these; two or more.
    Or(Vec<Term>),
    /// Not this.
    Not(Box<Term>),
    /// `field op value`.
    Compare {
        /// Left side.
        field: Word,
        /// Operator.
        op: Spanned<CompareOp>,
        /// Right side: never a field.
        value: Word,
    },
    /// `field IN (a, b*)`.
    In {
        /// Left side.
        field: Word,
        /// The list, in order.
        values: Vec<Word>,
    },
    /// A word or phrase to look for in `_raw`; `*` alone matches every row.
    Keyword(Word),
    /// `TERM(x)`.
    Term(Word),
    /// `CASE(x)`.
    Case(Word),
    /// `[ ... ]`: its rows become a condition.
    Subsearch(Search),
}

/// Comparison operators, of both languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CompareOp {
    /// `=` or `==`.
    Eq,
    /// `!=`.
    Ne,
    /// `<`.
    Lt,
    /// `<=`.
    Le,
    /// `>`.
    Gt,
    /// `>=`.
    Ge,
}

/// An eval expression. In this language AND binds tighter than OR.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// What it says.
    pub kind: ExprKind,
    /// Where, parentheses included.
    pub span: Span,
}

/// The kinds of eval expression.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// A number, with the text as written.
    Number(f64, String),
    /// A double-quoted string, unescaped.
    Text(String),
    /// A field: bare (may hold dots) or in single quotes.
    Field(Word),
    /// `-x`, `NOT x`.
    Unary(UnaryOp, Box<Expr>),
    /// `x op y`.
    Binary(Spanned<BinaryOp>, Box<Expr>, Box<Expr>),
    /// `x IN (a, b)`.
    In(Box<Expr>, Vec<Expr>),
    /// `name(args)`; the name in lower case.
    Call(Spanned<String>, Vec<Expr>),
    /// A subsearch used as a value or list.
    Subsearch(Search),
}

/// Operators with one operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UnaryOp {
    /// `-`.
    Minus,
    /// `+`.
    Plus,
    /// `NOT`, `!`.
    Not,
}

/// Operators with two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BinaryOp {
    /// `OR`.
    Or,
    /// `XOR`.
    Xor,
    /// `AND`.
    And,
    /// A comparison.
    Compare(CompareOp),
    /// `LIKE`.
    Like,
    /// `+`: adds numbers, joins texts.
    Add,
    /// `-`.
    Subtract,
    /// `.`: joins.
    Concat,
    /// `*`.
    Multiply,
    /// `/`.
    Divide,
    /// `%`.
    Modulo,
}

impl BinaryOp {
    /// How tightly the operator binds, from 1. NOT stands at 4, IN at 5, a sign at 8. All associate to the left.
    ///
    /// Source: Search Reference, "eval"; where `.` stands beside `+` is not documented.
    pub fn strength(self) -> u8 {
        match self {
            Self::Xor => 1,
            Self::Or => 2,
            Self::And => 3,
            Self::Compare(_) | Self::Like => 5,
            Self::Add | Self::Subtract | Self::Concat => 6,
            Self::Multiply | Self::Divide | Self::Modulo => 7,
        }
    }
}
