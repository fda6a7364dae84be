//! Texts of a form: ids, dates, addresses.

/// A form that a text must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `2024-01-31`.
    Date,
    /// A UUID of any version.
    Uuid,
    /// An http or https address.
    Url,
    /// `T1234` or `T1234.001`.
    MitreId,
    /// `CVE-2024-1234`.
    Cve,
    /// A number with `s`, `m` or `h`.
    Period,
    /// A field name: no blanks.
    FieldName,
    /// `WILDCARD(field)` or `CIDR(field)`.
    MatchType,
    /// The id of an app: letters, digits, `_` and `-`.
    AppId,
    /// `1.2.3`, with `-pre` and `+build`.
    SemanticVersion,
    /// A folder below `external_repos`.
    CacheFolder,
    /// Servers of six comma-separated fields each, with `;` between them.
    Servers,
}

impl Form {
    /// Whether the text has the form.
    pub fn fits(self, text: &str) -> bool {
        match self {
            Self::Date => is_date(text),
            Self::Uuid => is_uuid(text),
            Self::Url => is_url(text),
            Self::MitreId => is_technique(text),
            Self::Cve => is_cve(text),
            Self::Period => {
                text.strip_suffix(['s', 'm', 'h']).is_some_and(|number| !number.is_empty() && digits(number))
            }
            Self::FieldName => !text.is_empty() && !text.contains(char::is_whitespace),
            Self::MatchType => match_type(text).is_some(),
            Self::AppId => !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b)),
            Self::SemanticVersion => is_semantic_version(text),
            Self::CacheFolder => text.strip_prefix("external_repos/").is_some_and(|folder| !folder.is_empty()),
            Self::Servers => text.split(';').all(is_server),
        }
    }

    /// What is expected, for a message: `expected ...`.
    pub fn expected(self) -> &'static str {
        match self {
            Self::Date => "a date such as `2024-01-31`",
            Self::Uuid => "a UUID such as `5b1d7c1e-0000-4000-8000-000000000001`",
            Self::Url => "an address that begins with `https://` or `http://`",
            Self::MitreId => "a technique such as `T1234` or `T1234.001`",
            Self::Cve => "an id such as `CVE-2024-1234`",
            Self::Period => "a number with `s`, `m` or `h`, such as `3600s`",
            Self::FieldName => "a field name without blanks",
            Self::MatchType => "`WILDCARD(field)` or `CIDR(field)`",
            Self::AppId => "letters, digits, `_` and `-`",
            Self::SemanticVersion => "three numbers, such as `1.0.0`",
            Self::CacheFolder => "a folder such as `external_repos/attack_data`",
            Self::Servers => "`address,user,password,web_port,hec_port,api_port`, with `;` between servers",
        }
    }

    /// A regular expression that every such text matches, for a JSON Schema.
    pub fn pattern(self) -> &'static str {
        match self {
            Self::Date => "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
            Self::Uuid => "^[0-9a-fA-F]{8}-?([0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}$",
            Self::Url => "^[hH][tT][tT][pP][sS]?://[^/?#\\s]+",
            Self::MitreId => "^T[0-9]{4}([.][0-9]{3})?$",
            Self::Cve => "^CVE-[12][0-9]{3}-[0-9]+$",
            Self::Period => "^[0-9]+[smh]$",
            Self::FieldName => "^\\S+$",
            Self::MatchType => "^(WILDCARD|CIDR)\\(.+\\)$",
            Self::AppId => "^[a-zA-Z0-9_-]+$",
            Self::SemanticVersion => {
                "^(0|[1-9][0-9]*)[.](0|[1-9][0-9]*)[.](0|[1-9][0-9]*)(-[0-9A-Za-z.-]+)?([+][0-9A-Za-z.-]+)?$"
            }
            Self::CacheFolder => "^external_repos/.+",
            Self::Servers => "^[^,;]*(,[^,;]*){2}(,[0-9]+){3}(;[^,;]*(,[^,;]*){2}(,[0-9]+){3})*$",
        }
    }
}

/// The two parts of `WILDCARD(field)`.
pub fn match_type(text: &str) -> Option<(&str, &str)> {
    let (word, rest) = text.split_once('(')?;
    let field = rest.strip_suffix(')')?;
    (matches!(word, "WILDCARD" | "CIDR") && !field.is_empty()).then_some((word, field))
}

/// By semver.org: no leading zeros, and no empty part behind `-` or `+`.
fn is_semantic_version(text: &str) -> bool {
    let (rest, build) = text.split_once('+').map_or((text, None), |(rest, build)| (rest, Some(build)));
    let (core, pre) = rest.split_once('-').map_or((rest, None), |(core, pre)| (core, Some(pre)));
    let number = |part: &str| !part.is_empty() && digits(part) && (part == "0" || !part.starts_with('0'));
    let words = |text: &str| {
        text.split('.').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'))
    };
    let counts = |part: &str| !digits(part) || number(part);
    core.split('.').count() == 3
        && core.split('.').all(number)
        && pre.is_none_or(|pre| words(pre) && pre.split('.').all(counts))
        && build.is_none_or(words)
}

fn is_server(text: &str) -> bool {
    let fields: Vec<&str> = text.split(',').collect();
    let port = |text: &&str| text.trim().parse::<u16>().is_ok_and(|port| port > 1);
    fields.len() == 6 && fields[3..].iter().all(port)
}

fn digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_date(text: &str) -> bool {
    text.len() == 10 && text.as_bytes()[4] == b'-' && text.parse::<jiff::civil::Date>().is_ok()
}

fn is_uuid(text: &str) -> bool {
    let bare = text.strip_prefix("urn:uuid:").unwrap_or(text);
    let bare = bare.strip_prefix('{').and_then(|inner| inner.strip_suffix('}')).unwrap_or(bare);
    let hex = |part: &str| part.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !bare.contains('-') {
        return bare.len() == 32 && hex(bare);
    }
    let lengths = bare.split('-').map(|part| if hex(part) { part.len() } else { 0 });
    lengths.eq([8, 4, 4, 4, 12])
}

fn is_url(text: &str) -> bool {
    let text = text.trim();
    let Some((scheme, rest)) = text.split_once("://") else { return false };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let known = scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http");
    known
        && text.len() <= 2083
        && !host.is_empty()
        && !host.contains(|c: char| c.is_whitespace() || "<>\"\\".contains(c))
}

fn is_technique(text: &str) -> bool {
    let Some(number) = text.strip_prefix('T') else { return false };
    match number.split_once('.') {
        None => number.len() == 4 && digits(number),
        Some((technique, sub)) => technique.len() == 4 && sub.len() == 3 && digits(technique) && digits(sub),
    }
}

fn is_cve(text: &str) -> bool {
    let Some((year, number)) = text.strip_prefix("CVE-").and_then(|rest| rest.split_once('-')) else { return false };
    year.len() == 4 && year.starts_with(['1', '2']) && digits(year) && !number.is_empty() && digits(number)
}

#[cfg(test)]
mod tests {
    use super::Form;

    #[test]
    fn forms_fit_what_they_should() {
        let rows = [
            (Form::Date, "2024-02-29", true),
            (Form::Date, "2023-02-29", false),
            (Form::Date, "20240131", false),
            (Form::Date, "2024-1-31", false),
            (Form::Uuid, "5b1d7c1e-0000-4000-8000-000000000001", true),
            (Form::Uuid, "5b1d7c1e000040008000000000000001", true),
            (Form::Uuid, "5b1d7c1e-0000-4000-8000-00000000000", false),
            (Form::Uuid, "5b1d7c1g-0000-4000-8000-000000000001", false),
            (Form::Url, "https://a.example/x y", true),
            (Form::Url, "HTTP://a", true),
            (Form::Url, "www.a.example", false),
            (Form::Url, "https://", false),
            (Form::Url, "ftp://a.example", false),
            (Form::MitreId, "T1234", true),
            (Form::MitreId, "T1234.001", true),
            (Form::MitreId, "T1234x001", false),
            (Form::MitreId, "t1234", false),
            (Form::Cve, "CVE-2024-1", true),
            (Form::Cve, "CVE-3024-1", false),
            (Form::Cve, "CVE-2024-", false),
            (Form::Period, "60m", true),
            (Form::Period, "m", false),
            (Form::Period, "60d", false),
            (Form::FieldName, "a b", false),
            (Form::MatchType, "WILDCARD(a)", true),
            (Form::MatchType, "CIDR()", false),
            (Form::MatchType, "xCIDR(a)", false),
            (Form::AppId, "my-app_1", true),
            (Form::AppId, "my app", false),
            (Form::SemanticVersion, "1.0.0", true),
            (Form::SemanticVersion, "1.0.0-alpha.1+build.01", true),
            (Form::SemanticVersion, "1.0", false),
            (Form::SemanticVersion, "1.01.0", false),
            (Form::SemanticVersion, "1.0.0-", false),
            (Form::SemanticVersion, "1.0.0-01", false),
            (Form::CacheFolder, "external_repos/attack_data", true),
            (Form::CacheFolder, "external_repos/", false),
            (Form::Servers, "10.0.0.1,user,secret,8000,8088,8089;b,u,p,8000,8088,8089", true),
            (Form::Servers, "10.0.0.1,user,secret,8000,8088", false),
            (Form::Servers, "10.0.0.1,user,secret,8000,8088,1", false),
        ];
        for (form, text, wanted) in rows {
            assert_eq!(form.fits(text), wanted, "{form:?} {text}");
        }
    }
}
