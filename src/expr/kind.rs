//! What is known of an expression's value before it runs.

use super::{BinaryOp, Expr, UnaryOp};
use crate::value::Value;

/// The kind of an expression's value, if it is not null. Any expression may also be null.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Nothing is known: fields of events are such.
    Any,
    /// True or false; cannot be stored in a field.
    Bool,
    /// One number.
    Number,
    /// One text.
    Text,
    /// One or more values of unknown kind.
    List,
    /// Always null.
    Null,
}

impl Kind {
    /// The kind of a value that has either of two kinds.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Null, kind) | (kind, Self::Null) => kind,
            (left, right) if left == right => left,
            (Self::List, Self::Number | Self::Text) | (Self::Number | Self::Text, Self::List) => Self::List,
            _ => Self::Any,
        }
    }

    /// Whether there may be several values in one row.
    pub fn may_be_multivalue(self) -> bool {
        matches!(self, Self::Any | Self::List)
    }
}

impl Expr {
    /// The kind of the expression's value.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Literal(value) => match value {
                Value::Null => Kind::Null,
                Value::Bool(_) => Kind::Bool,
                Value::Number(_) => Kind::Number,
                Value::Text(_) => Kind::Text,
                Value::List(_) => Kind::List,
            },
            Self::Field { .. } => Kind::Any,
            Self::Unary(UnaryOp::Not, _) | Self::In(..) | Self::Matches(_) => Kind::Bool,
            Self::Unary(UnaryOp::Minus | UnaryOp::Plus, _) => Kind::Number,
            Self::Binary(op, left, right) => match op {
                BinaryOp::Or | BinaryOp::Xor | BinaryOp::And | BinaryOp::Compare(_) | BinaryOp::Like => Kind::Bool,
                BinaryOp::Subtract | BinaryOp::Multiply | BinaryOp::Divide | BinaryOp::Modulo => Kind::Number,
                BinaryOp::Concat => Kind::Text,
                BinaryOp::Add => match (left.kind(), right.kind()) {
                    (Kind::Number, _) | (_, Kind::Number) => Kind::Number,
                    // Even two texts add up if both look like numbers.
                    _ => Kind::Any,
                },
            },
            Self::Call { function, args, .. } => {
                let of = |args: &mut dyn Iterator<Item = &Expr>| args.map(Expr::kind).reduce(Kind::or);
                let branches = match function.name {
                    "if" => of(&mut args.iter().skip(1)),
                    "case" | "validate" => of(&mut args.iter().skip(1).step_by(2)),
                    "coalesce" => of(&mut args.iter()),
                    "nullif" | "mvdedup" | "mvreverse" | "mvsort" => of(&mut args.iter().take(1)),
                    // One position gives one value.
                    "mvindex" if args.len() == 2 => Some(Kind::Any),
                    _ => None,
                };
                match branches {
                    Some(kind) => kind,
                    None if function.maps() && args.first().is_some_and(|arg| arg.kind().may_be_multivalue()) => {
                        if function.returns == Kind::Bool {
                            Kind::Any
                        } else {
                            Kind::List
                        }
                    }
                    None => function.returns,
                }
            }
        }
    }
}
