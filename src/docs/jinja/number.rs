//! How Python writes numbers: signs, padding, grouping, the forms `d`, `x`, `f`, `e`, `g`, `%`.

use minijinja::value::{Value, ValueKind};

/// What stands between `%` or `:` and the letter of the form.
#[derive(Clone, Debug)]
pub(super) struct Spec {
    pub(super) fill: char,
    /// `<`, `>`, `^` or `=`; numbers go right and texts left unless said.
    pub(super) align: Option<char>,
    /// `-`, `+` or a blank.
    pub(super) sign: char,
    pub(super) alternate: bool,
    pub(super) zero: bool,
    pub(super) width: usize,
    /// `,` or `_` between groups of digits.
    pub(super) grouping: Option<char>,
    pub(super) precision: Option<usize>,
}

impl Default for Spec {
    fn default() -> Self {
        Self {
            fill: ' ',
            align: None,
            sign: '-',
            alternate: false,
            zero: false,
            width: 0,
            grouping: None,
            precision: None,
        }
    }
}

/// The whole part of a number or Boolean.
pub(super) fn truncated(value: &Value) -> Option<i128> {
    match value.kind() {
        ValueKind::Bool => Some(i128::from(value.is_true())),
        ValueKind::Number if value.is_integer() => i128::try_from(value.clone()).ok(),
        ValueKind::Number => float(value).filter(|number| number.is_finite()).map(|number| number.trunc() as i128),
        _ => None,
    }
}

/// A number or Boolean as a float.
pub(super) fn float(value: &Value) -> Option<f64> {
    match value.kind() {
        ValueKind::Bool => Some(f64::from(u8::from(value.is_true()))),
        ValueKind::Number => f64::try_from(value.clone()).ok(),
        _ => None,
    }
}

/// A whole number in the form `d`, `b`, `o`, `x` or `X`.
pub(super) fn integer(value: i128, form: char, spec: &Spec) -> String {
    let size = value.unsigned_abs();
    let (prefix, mut digits, group) = match form {
        'b' => ("0b", format!("{size:b}"), 4),
        'o' => ("0o", format!("{size:o}"), 4),
        'x' => ("0x", format!("{size:x}"), 4),
        'X' => ("0X", format!("{size:X}"), 4),
        _ => ("", size.to_string(), 3),
    };
    if let Some(least) = spec.precision {
        digits = format!("{digits:0>least$}");
    }
    let digits = grouped(&digits, spec.grouping, group);
    let prefix = if spec.alternate { prefix } else { "" };
    padded(value < 0, prefix, &digits, spec)
}

/// A float in the form `e`, `f`, `g` (or upper case) or `%`.
pub(super) fn floating(value: f64, form: char, spec: &Spec) -> String {
    let precision = spec.precision.unwrap_or(6).min(1000);
    let size = value.abs();
    let text = match form.to_ascii_lowercase() {
        _ if value.is_nan() => "nan".to_owned(),
        _ if value.is_infinite() => "inf".to_owned(),
        'e' => exponent(size, precision),
        'g' => general(size, precision.max(1), spec.alternate),
        '%' => format!("{:.precision$}%", size * 100.0),
        _ => format!("{size:.precision$}"),
    };
    let text = if form.is_ascii_uppercase() { text.to_ascii_uppercase() } else { text };
    let whole = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let text = format!("{}{}", grouped(&text[..whole], spec.grouping, 3), &text[whole..]);
    padded(value.is_sign_negative() && !value.is_nan(), "", &text, spec)
}

/// `1.234500e+04`.
fn exponent(size: f64, precision: usize) -> String {
    let text = format!("{size:.precision$e}");
    let (mantissa, power) = text.split_once('e').unwrap_or((&text, "0"));
    let power: i32 = power.parse().unwrap_or(0);
    format!("{mantissa}e{}{:02}", if power < 0 { '-' } else { '+' }, power.abs())
}

/// The shorter of the two other forms, without zeros at the end.
fn general(size: f64, precision: usize, keep_zeros: bool) -> String {
    let scientific = format!("{size:.*e}", precision - 1);
    let power: i32 = scientific.split_once('e').and_then(|(_, power)| power.parse().ok()).unwrap_or(0);
    let without_zeros = |text: &str| {
        if keep_zeros || !text.contains('.') {
            return text.to_owned();
        }
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    };
    if power < -4 || power >= precision as i32 {
        let text = exponent(size, precision - 1);
        let (mantissa, power) = text.split_once('e').unwrap_or((&text, "+00"));
        return format!("{}e{power}", without_zeros(mantissa));
    }
    without_zeros(&format!("{size:.*}", (precision as i32 - 1 - power).max(0) as usize))
}

fn grouped(digits: &str, separator: Option<char>, size: usize) -> String {
    let Some(separator) = separator else { return digits.to_owned() };
    let mut out = String::new();
    for (at, c) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(size) {
            out.push(separator);
        }
        out.push(c);
    }
    out
}

fn padded(negative: bool, prefix: &str, digits: &str, spec: &Spec) -> String {
    let sign = match (negative, spec.sign) {
        (true, _) => "-",
        (false, '+') => "+",
        (false, ' ') => " ",
        (false, _) => "",
    };
    let align = spec.align.unwrap_or(if spec.zero { '=' } else { '>' });
    let fill = if spec.zero && spec.align.is_none() { '0' } else { spec.fill };
    if align == '=' {
        let room = spec.width.saturating_sub(sign.len() + prefix.len());
        return format!("{sign}{prefix}{}", pad(digits, room, '>', fill));
    }
    pad(&format!("{sign}{prefix}{digits}"), spec.width, align, fill)
}

/// Fills a text up to a width, counted in characters.
pub(super) fn pad(text: &str, width: usize, align: char, fill: char) -> String {
    let missing = width.saturating_sub(text.chars().count());
    let left = match align {
        '<' => 0,
        '^' => missing / 2,
        _ => missing,
    };
    let side = |count: usize| fill.to_string().repeat(count);
    format!("{}{text}{}", side(left), side(missing - left))
}
