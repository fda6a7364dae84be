//! Numbers as Splunk reads and prints them.

/// The number that a text is as a whole: optional sign, digits, point, exponent; blanks around it are not allowed.
/// `inf`, `nan`, hexadecimal, the empty text and what is beyond the range of a double are no numbers.
pub fn parse(text: &str) -> Option<f64> {
    let body = text.strip_prefix(['-', '+']).unwrap_or(text);
    let first = *body.as_bytes().first()?;
    let starts_like_a_number = first.is_ascii_digit() || (first == b'.' && body.len() > 1);
    if !starts_like_a_number || !body.as_bytes().last()?.is_ascii_digit() && !body.ends_with('.') {
        return None;
    }
    if body.len() <= 15 && body.bytes().all(|b| b.is_ascii_digit()) {
        let whole = body.bytes().fold(0_u64, |sum, digit| sum * 10 + u64::from(digit - b'0')) as f64;
        return Some(if text.starts_with('-') { -whole } else { whole });
    }
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// Integral values without a point, others as the shortest text that gives the value back; `nan`, `inf`, `-inf`.
///
/// From 1e17 on, and below 1e-5, with an exponent (`1e+20`, `5e-10`), as C prints 17 digits.
pub fn print(number: f64) -> String {
    if number.is_nan() {
        return "nan".to_owned();
    }
    if number == 0.0 {
        return "0".to_owned();
    }
    let size = number.abs();
    if size.is_finite() && !(1e-5..1e17).contains(&size) {
        let text = format!("{number:e}");
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let (sign, exponent) = exponent.strip_prefix('-').map_or(('+', exponent), |exponent| ('-', exponent));
        return format!("{digits}e{sign}{exponent:0>2}");
    }
    number.to_string()
}

/// Six decimals, as times computed by functions print: `1534143600.000000`.
pub fn print_time(seconds: f64) -> String {
    format!("{seconds:.6}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_whole_texts_only() {
        let rows = [
            ("5", Some(5.0)),
            ("-1", Some(-1.0)),
            ("+2", Some(2.0)),
            (".5", Some(0.5)),
            ("5.", Some(5.0)),
            ("1e3", Some(1000.0)),
            ("0.0000000001", Some(1e-10)),
            ("007", Some(7.0)),
            ("", None),
            (".", None),
            ("-", None),
            (" 5", None),
            ("5 ", None),
            ("0x10", None),
            ("inf", None),
            ("nan", None),
            ("1e999", None),
            ("1.2.3", None),
            ("--1", None),
            ("12345678901234567890", Some(12_345_678_901_234_567_890.0)),
        ];
        for (text, wanted) in rows {
            assert_eq!(parse(text), wanted, "{text}");
        }
    }

    #[test]
    fn prints_shortest() {
        let rows = [
            (28.0, "28"),
            (-0.0, "0"),
            (0.1, "0.1"),
            (3.990_000_000_000_005_5, "3.9900000000000055"),
            (1e-10, "1e-10"),
            (-2.5e20, "-2.5e+20"),
            (1e16, "10000000000000000"),
        ];
        for (number, wanted) in rows {
            assert_eq!(print(number), wanted);
        }
        assert_eq!(print(f64::NAN), "nan");
        assert_eq!(print(f64::NEG_INFINITY), "-inf");
        assert_eq!(print_time(1_534_143_600.0), "1534143600.000000");
    }
}
