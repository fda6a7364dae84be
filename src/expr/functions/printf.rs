//! `printf`: the formats of C, bounded.

use super::conversion::plain;
use super::signed;
use crate::value::Value;

/// Widest field and most decimals; larger ones are cut to it, so that a format cannot ask for gigabytes.
const MAX_WIDTH: usize = 1000;

#[derive(Default)]
struct Spec {
    /// Of `-+ 0#'`.
    flags: String,
    width: usize,
    precision: Option<usize>,
}

impl Spec {
    fn has(&self, flag: char) -> bool {
        self.flags.contains(flag)
    }
}

/// The text; null if a value is missing or is no number where one is needed, or the format has an unknown conversion.
pub(super) fn print(format: &str, values: &[&Value]) -> Value {
    match try_print(format, values) {
        Some(text) => Value::text(text),
        None => Value::Null,
    }
}

fn try_print(format: &str, values: &[&Value]) -> Option<String> {
    let mut values = values.iter();
    let mut result = String::new();
    let mut chars = format.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '%' {
            result.push(c);
            continue;
        }
        let mut spec = Spec::default();
        while let Some(flag) = chars.next_if(|c| matches!(c, '-' | '+' | ' ' | '0' | '#' | '\'')) {
            spec.flags.push(flag);
        }
        let mut count = |chars: &mut std::iter::Peekable<std::str::Chars<'_>>| -> Option<i64> {
            if chars.next_if_eq(&'*').is_some() {
                return super::integer(values.next()?);
            }
            let mut number = 0;
            while let Some(digit) = chars.peek().and_then(|c| c.to_digit(10)) {
                number = (number * 10 + i64::from(digit)).min(signed(MAX_WIDTH));
                chars.next();
            }
            Some(number)
        };
        let width = count(&mut chars)?;
        if width < 0 {
            spec.flags.push('-');
        }
        spec.width = usize::try_from(width.unsigned_abs()).unwrap_or(MAX_WIDTH).min(MAX_WIDTH);
        if chars.next_if_eq(&'.').is_some() {
            let precision = count(&mut chars)?;
            spec.precision = usize::try_from(precision).ok().map(|precision| precision.min(MAX_WIDTH));
        }
        while chars.next_if(|c| matches!(c, 'l' | 'h' | 'j' | 'z' | 't' | 'L')).is_some() {}
        match chars.next()? {
            '%' => result.push('%'),
            conversion => result.push_str(&convert(conversion, &spec, values.next()?)?),
        }
    }
    Some(result)
}

fn convert(conversion: char, spec: &Spec, value: &Value) -> Option<String> {
    let whole = || Some(value.as_number()?.trunc()).filter(|number| number.abs() < 1.8e19);
    let bits = || whole().map(|number| number as i64 as u64);
    let (sign, prefix, body) = match conversion {
        's' | 'c' => {
            let text = plain(value);
            let most = if conversion == 'c' { Some(1) } else { spec.precision };
            let cut: String = text.chars().take(most.unwrap_or(usize::MAX)).collect();
            return Some(pad(spec, "", "", &cut, false));
        }
        'd' | 'i' | 'u' => {
            let number = whole()?;
            let digits = format!("{:.0}", number.abs());
            let digits = format!("{digits:0>0$}", spec.precision.unwrap_or(1));
            (number < 0.0, "", if spec.has('\'') { thousands(&digits) } else { digits })
        }
        'x' => (false, if spec.has('#') { "0x" } else { "" }, format!("{:x}", bits()?)),
        'X' => (false, if spec.has('#') { "0X" } else { "" }, format!("{:X}", bits()?)),
        'o' => (false, if spec.has('#') { "0" } else { "" }, format!("{:o}", bits()?)),
        'f' | 'F' => {
            let number = value.as_number()?;
            let digits = format!("{:.*}", spec.precision.unwrap_or(6), number.abs());
            (number < 0.0, "", if spec.has('\'') { thousands(&digits) } else { digits })
        }
        'e' | 'E' => {
            let number = value.as_number()?;
            (number < 0.0, "", exponent(number.abs(), spec.precision.unwrap_or(6), conversion))
        }
        'g' | 'G' => {
            let number = value.as_number()?;
            (number < 0.0, "", general(number.abs(), spec.precision.unwrap_or(6).max(1), conversion))
        }
        _ => return None,
    };
    let sign = match (sign, spec.has('+'), spec.has(' ')) {
        (true, _, _) => "-",
        (false, true, _) => "+",
        (false, false, true) => " ",
        (false, false, false) => "",
    };
    Some(pad(spec, sign, prefix, &body, spec.has('0') && !spec.has('-')))
}

fn pad(spec: &Spec, sign: &str, prefix: &str, body: &str, zeros: bool) -> String {
    let length = sign.len() + prefix.len() + body.chars().count();
    let missing = spec.width.saturating_sub(length);
    if zeros {
        format!("{sign}{prefix}{}{body}", "0".repeat(missing))
    } else if spec.has('-') {
        format!("{sign}{prefix}{body}{}", " ".repeat(missing))
    } else {
        format!("{}{sign}{prefix}{body}", " ".repeat(missing))
    }
}

fn exponent(number: f64, precision: usize, conversion: char) -> String {
    let text = format!("{number:.precision$e}");
    let (digits, power) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, power) = power.strip_prefix('-').map_or(('+', power), |power| ('-', power));
    let letter = if conversion.is_ascii_uppercase() { 'E' } else { 'e' };
    format!("{digits}{letter}{sign}{power:0>2}")
}

fn general(number: f64, precision: usize, conversion: char) -> String {
    let power = if number == 0.0 { 0 } else { number.log10().floor() as i64 };
    let trim = |text: String| {
        if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
    };
    if power < -4 || power >= signed(precision) {
        let text = exponent(number, precision - 1, conversion);
        let at = text.find(['e', 'E']).unwrap_or(text.len());
        return trim(text[..at].to_owned()) + &text[at..];
    }
    let decimals = usize::try_from(signed(precision) - 1 - power).unwrap_or(0);
    trim(format!("{number:.decimals$}"))
}

fn thousands(digits: &str) -> String {
    let (whole, rest) = digits.find('.').map_or((digits, ""), |at| digits.split_at(at));
    let mut result = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 {
            result.push(',');
        }
        result.push(digit);
    }
    result + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_of_c() {
        let rows: &[(&str, &[Value], &str)] = &[
            ("%5d|%-5d|%05d", &[Value::Number(42.0), Value::Number(42.0), Value::Number(-42.0)], "   42|42   |-0042"),
            ("%.3s", &["abcdef".into()], "abc"),
            ("%c", &["xyz".into()], "x"),
            ("%#x %o %X", &[Value::Number(255.0), Value::Number(8.0), Value::Number(255.0)], "0xff 10 FF"),
            ("%e", &[Value::Number(12345.678)], "1.234568e+04"),
            ("%g %g", &[Value::Number(0.0001), Value::Number(1e10)], "0.0001 1e+10"),
            ("%'d", &[Value::Number(1_234_567.0)], "1,234,567"),
            ("100%%", &[], "100%"),
            ("%*d", &[Value::Number(4.0), Value::Number(7.0)], "   7"),
            ("%s", &[Value::Number(1.0)], "1"),
            ("%d", &["12".into()], "12"),
        ];
        for (format, values, wanted) in rows {
            let values: Vec<&Value> = values.iter().collect();
            assert_eq!(print(format, &values), Value::from(*wanted), "{format}");
        }
        for (format, value) in [("%d", Value::from("x")), ("%q", Value::from("x")), ("%", Value::Null)] {
            assert_eq!(print(format, &[&value]), Value::Null, "{format}");
        }
        assert_eq!(print("%d", &[]), Value::Null);
        assert_eq!(print("%999999999d", &[&Value::Number(1.0)]).to_text().len(), MAX_WIDTH);
    }
}
