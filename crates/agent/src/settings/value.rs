//! Texts that people write where a switch, a number or a list belongs.

/// `on/off/true/false/1/0/yes/no/y/n/enabled/disabled` in any case and padding, in quotes or brackets (a
/// wizard writes `(on)`), with a comment behind. `None` for anything else.
#[must_use]
pub fn flag(text: &str) -> Option<bool> {
    let text = bare(text).to_ascii_lowercase();
    match text.as_str() {
        "on" | "true" | "1" | "yes" | "y" | "t" | "enabled" => Some(true),
        "off" | "false" | "0" | "no" | "n" | "f" | "disabled" => Some(false),
        _ => None,
    }
}

/// A TCP port, 1 to 65535. `443.0` is understood: it is what some template engines make of 443.
#[must_use]
pub fn port(text: &str) -> Option<u16> {
    let text = bare(text);
    text.strip_suffix(".0").unwrap_or(text).parse().ok().filter(|port| *port != 0)
}

/// Milliseconds.
#[must_use]
pub fn milliseconds(text: &str) -> Option<u64> {
    let text = bare(text);
    text.strip_suffix(".0").unwrap_or(text).parse().ok()
}

/// Without blanks, one pair of quotes or brackets, and a comment behind.
fn bare(text: &str) -> &str {
    let text = text.split_once([';', '#']).map_or(text, |(before, _)| before).trim();
    for (open, close) in [('(', ')'), ('"', '"'), ('\'', '\''), ('[', ']')] {
        if let Some(inner) = text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close)) {
            return inner.trim();
        }
    }
    text
}

/// A host as people write it: `https://host:8443/controller` says host, port and TLS at once.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Host {
    /// Name or address, without brackets.
    pub name: String,
    /// When it was given.
    pub port: Option<u16>,
    /// When a scheme was given: whether it was `https`.
    pub tls: Option<bool>,
}

/// Reads a host, or `None` when nothing is left of it or it holds what no host holds.
#[must_use]
pub fn host(text: &str) -> Option<Host> {
    let text = text.trim();
    let (tls, rest) = match text.split_once("://") {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("https") => (Some(true), rest),
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => (Some(false), rest),
        Some(_) => return None,
        None => (None, text),
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let (name, port_text) = match authority.strip_prefix('[') {
        Some(inner) => {
            let (name, behind) = inner.split_once(']')?;
            (name, behind.strip_prefix(':'))
        }
        // More than one colon and no brackets: a bare IPv6 address.
        None if authority.matches(':').count() > 1 => (authority, None),
        None => authority.split_once(':').map_or((authority, None), |(name, port)| (name, Some(port))),
    };
    let printable = |c: char| !c.is_whitespace() && !c.is_control();
    if name.is_empty() || !name.chars().all(printable) {
        return None;
    }
    Some(Host { name: name.to_owned(), port: port_text.and_then(port), tls })
}

/// An endpoint like `https://host:4318/base`: server, and base path without a slash at its end.
#[must_use]
pub fn endpoint(text: &str) -> Option<(super::Address, String)> {
    let text = text.trim();
    let Host { name, port, tls } = host(text).filter(|_| text.contains("://"))?;
    let tls = tls?;
    let port = port.unwrap_or(if tls { 443 } else { 80 });
    let behind_scheme = text.split_once("://").map_or("", |(_, rest)| rest);
    let path = behind_scheme.find('/').and_then(|at| behind_scheme.get(at..)).unwrap_or_default();
    let path = path.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    let printable = path.chars().all(|c| c.is_ascii_graphic());
    printable.then(|| (super::Address { host: name, port, tls }, path.to_owned()))
}

/// `name=value,name=value`, percent-encoded, as OTEL_EXPORTER_OTLP_HEADERS has it. What is not a header is
/// left out; what could break out of a header line too.
#[must_use]
pub fn headers(text: &str) -> Vec<(String, String)> {
    let token = |name: &str| {
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
    };
    text.split(',')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.trim().to_ascii_lowercase(), percent_decoded(value.trim())))
        .filter(|(name, value)| token(name) && !value.chars().any(char::is_control))
        .collect()
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, behind)) = rest.split_first() {
        let code = match (first, behind) {
            (b'%', [high, low, ..]) => hex(*high).zip(hex(*low)).map(|(high, low)| high << 4 | low),
            _ => None,
        };
        bytes.push(code.unwrap_or(first));
        rest = if code.is_some() { behind.get(2..).unwrap_or_default() } else { behind };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_as_programs_write_them() {
        for text in [
            "on",
            "ON",
            " on ",
            "(on)",
            "( On )",
            "true",
            "True",
            "1",
            "yes",
            "'true'",
            "\"1\"",
            "on ; comment",
        ] {
            assert_eq!(flag(text), Some(true), "{text:?}");
        }
        for text in ["off", "off ", "OFF", "(off)", "false", "0", "no", "FALSE"] {
            assert_eq!(flag(text), Some(false), "{text:?}");
        }
        for text in ["", " ", "maybe", "2", "((on))", "on off", "(", ")", "\"", "ön"] {
            assert_eq!(flag(text), None, "{text:?}");
        }
    }

    #[test]
    fn ports() {
        assert_eq!(port(" 443 "), Some(443));
        assert_eq!(port("443.0"), Some(443));
        assert_eq!(port("'8090'"), Some(8090));
        for text in ["", "0", "65536", "-1", "https", "4 43", "99999999999999999999"] {
            assert_eq!(port(text), None, "{text:?}");
        }
    }

    #[test]
    fn hosts() {
        let check = |text: &str, name: &str, port, tls| {
            assert_eq!(host(text), Some(Host { name: name.to_owned(), port, tls }), "{text:?}");
        };
        check("controller.example", "controller.example", None, None);
        check(" https://c.example:8443/controller/ ", "c.example", Some(8443), Some(true));
        check("HTTP://c.example", "c.example", None, Some(false));
        check("c.example:8090", "c.example", Some(8090), None);
        check("::1", "::1", None, None);
        check("http://[::1]:8090", "::1", Some(8090), Some(false));
        check("https://user:pass@c.example", "c.example", None, Some(true));
        for text in ["", "  ", "https://", "ftp://c.example", "a b", "c\r\nX-Evil: 1", "[::1"] {
            assert_eq!(host(text), None, "{text:?}");
        }
    }

    #[test]
    fn endpoints() {
        let check = |text: &str, host: &str, port, tls, path: &str| {
            let address = super::super::Address { host: host.to_owned(), port, tls };
            assert_eq!(endpoint(text), Some((address, path.to_owned())), "{text:?}");
        };
        check("http://h:4318", "h", 4318, false, "");
        check("https://h/otlp/x/?q#f", "h", 443, true, "/otlp/x");
        check(" http://[::1]:1/ ", "::1", 1, false, "");
        for text in ["h:4318", "http://", "grpc://h", "http://h/a b", "http://h/\r\nx: y", ""] {
            assert_eq!(endpoint(text), None, "{text:?}");
        }
    }

    #[test]
    fn header_lists() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(headers("Api-Key=a%20b, x=1=2"), [pair("api-key", "a b"), pair("x", "1=2")]);
        assert_eq!(headers("a=%0d%0aevil: 1,b c=1,=1,d,e=%zz"), [pair("e", "%zz")]);
    }
}
