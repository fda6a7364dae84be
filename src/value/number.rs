//! Numbers as Splunk reads and prints them.

/// The number that a text is as a whole: optional sign, digits, point, exponent; blanks around it are not allowed.
/// `inf`, `nan`, hexadecimal and the empty text are no numbers.
pub fn parse(text: &str) -> Option<f64> {
    let body = text.strip_prefix(['-', '+']).unwrap_or(text);
    let starts_like_a_number = body.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    if starts_like_a_number { text.parse().ok() } else { None }
}

/// Integral values without a point, others as the shortest text that gives the value back; `nan`, `inf`, `-inf`.
pub fn print(number: f64) -> String {
    if number.is_nan() {
        return "nan".to_owned();
    }
    if number == 0.0 {
        return "0".to_owned();
    }
    number.to_string()
}
