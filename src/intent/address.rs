//! Addresses that a probe asks.
//!
//! ```text
//! tcp  = [HOST ":"] PORT
//! http = ("http" | "https") "://" HOST [":" PORT] [PATH] | [":" PORT] PATH
//! HOST = name | IPv4 | "[" IPv6 "]"
//! ```
//!
//! References to what only a node knows stand in any part. A host that is left out is this one.

use std::fmt;
use std::ops::Range;

use crate::template::references;

/// An address in parts; each is a part of the text that it was made of, references included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address<'t> {
    /// Whether requests are encrypted.
    pub scheme: Scheme,
    /// The host, an IPv6 address without its brackets.
    pub host: &'t str,
    /// The port.
    pub port: &'t str,
    /// The path with what follows it, from the slash on; of requests.
    pub path: &'t str,
}

/// Whether requests are encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// They are not.
    Http,
    /// They are.
    Https,
}

/// What is wrong with an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressError {
    /// It has no port where it needs one.
    NoPort,
    /// The port is no number from 1 to 65535.
    Port,
    /// The host is none.
    Host,
    /// It has another scheme than those of HTTP.
    Scheme,
    /// It has a user's name.
    User,
    /// The path has a character that no path has.
    Path(char),
}

impl fmt::Display for AddressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoPort => f.write_str("has no port"),
            Self::Port => f.write_str("has a port that is no number from 1 to 65535"),
            Self::Host => f.write_str("has no host's name before its port"),
            Self::Scheme => f.write_str("is none of HTTP"),
            Self::User => f.write_str("has a user's name in it"),
            Self::Path(c) => write!(f, "has {c:?} in its path"),
        }
    }
}

/// The host that this one is called by itself.
const THIS: &str = "localhost";
/// Stands for a byte of a reference: what is filled in is letters, digits, `.`, `-` and `_`.
const FILLED_IN: char = '\u{1}';

impl<'t> Address<'t> {
    /// The address of a connection.
    ///
    /// # Errors
    /// If it is none.
    pub fn tcp(text: &'t str) -> Result<Self, AddressError> {
        let masked = masked(text);
        if masked.is_empty() {
            return Err(AddressError::NoPort);
        }
        let (host, port) = match masked.rfind(':') {
            Some(colon) => (host(text, &masked, 0..colon)?, colon + 1),
            None => (THIS, 0),
        };
        Ok(Self {
            scheme: Scheme::Http,
            host,
            port: self::port(text, &masked, port..text.len())?,
            path: "",
        })
    }

    /// The address of a request.
    ///
    /// # Errors
    /// If it is none.
    pub fn http(text: &'t str) -> Result<Self, AddressError> {
        let masked = masked(text);
        let (scheme, start) = match masked.find("://") {
            Some(end) => match &masked[..end] {
                "http" => (Scheme::Http, end + 3),
                "https" => (Scheme::Https, end + 3),
                _ => return Err(AddressError::Scheme),
            },
            None if masked.starts_with(':') => (Scheme::Http, 0),
            None if masked.starts_with('/') => return Err(AddressError::NoPort),
            None => return Err(AddressError::Scheme),
        };
        let end = masked[start..].find(['/', '?', '#']);
        let end = end.map_or(masked.len(), |end| start + end);
        let path = &text[end..];
        let refused = |c: &char| *c != FILLED_IN && (!c.is_ascii_graphic() || *c == '#');
        if let Some(c) = masked[end..].chars().find(refused) {
            return Err(AddressError::Path(c));
        }
        if path.starts_with('?') {
            return Err(AddressError::Path('?'));
        }
        let authority = &masked[start..end];
        if authority.contains('@') {
            return Err(AddressError::User);
        }
        // The colons of an IPv6 address stand in brackets.
        let after_host = authority.rfind(']').map_or(0, |bracket| bracket + 1);
        let colon = authority[after_host..].find(':');
        let colon = colon.map(|colon| start + after_host + colon);
        let host = match colon {
            Some(colon) if colon == start && start == 0 => THIS,
            _ => host(text, &masked, start..colon.unwrap_or(end))?,
        };
        let port = match colon {
            Some(colon) => self::port(text, &masked, colon + 1..end)?,
            None => match scheme {
                Scheme::Http => "80",
                Scheme::Https => "443",
            },
        };
        Ok(Self {
            scheme,
            host,
            port,
            path: if path.is_empty() { "/" } else { path },
        })
    }
}

/// The text with each byte of its references as [`FILLED_IN`].
fn masked(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut at = 0;
    let plain = |text: &str| text.replace(FILLED_IN, "\u{2}");
    for reference in references(text) {
        masked.push_str(&plain(&text[at..reference.offset]));
        at = reference.offset + reference.text.len();
        masked.extend(std::iter::repeat_n(FILLED_IN, reference.text.len()));
    }
    masked.push_str(&plain(&text[at..]));
    masked
}

fn port<'t>(text: &'t str, masked: &str, range: Range<usize>) -> Result<&'t str, AddressError> {
    let of = &masked[range.clone()];
    let is_part = |c: char| c == FILLED_IN || c.is_ascii_digit();
    if of.is_empty() {
        return Err(AddressError::NoPort);
    }
    let is_in_range = of.contains(FILLED_IN) || of.parse::<u16>().is_ok_and(|port| port > 0);
    if !of.chars().all(is_part) || !is_in_range {
        return Err(AddressError::Port);
    }
    Ok(&text[range])
}

fn host<'t>(text: &'t str, masked: &str, range: Range<usize>) -> Result<&'t str, AddressError> {
    let of = &masked[range.clone()];
    let inner = of.strip_prefix('[').and_then(|of| of.strip_suffix(']'));
    let is_host = if let Some(inner) = inner {
        let is_part = |c: char| c.is_ascii_hexdigit() || ":.".contains(c);
        inner.matches(':').count() > 1 && inner.chars().all(is_part)
    } else {
        let is_part = |c: char| c == FILLED_IN || c.is_ascii_alphanumeric() || "._-".contains(c);
        !of.is_empty() && of.chars().all(is_part)
    };
    if !is_host {
        return Err(AddressError::Host);
    }
    Ok(match inner {
        Some(_) => &text[range.start + 1..range.end - 1],
        None => &text[range],
    })
}

#[cfg(test)]
mod tests {
    use super::{Address, AddressError, Scheme};

    #[test]
    fn connections() {
        let check = |text: &str, host: &str, port: &str| {
            let address = Address::tcp(text).expect(text);
            assert_eq!((address.host, address.port), (host, port), "{text}");
        };
        check("5432", "localhost", "5432");
        check(
            "{{thermos.ports[db]}}",
            "localhost",
            "{{thermos.ports[db]}}",
        );
        check("db.example.org:80", "db.example.org", "80");
        check(
            "{{mesos.hostname}}:1{{mesos.instance}}",
            "{{mesos.hostname}}",
            "1{{mesos.instance}}",
        );
        check("[::1]:80", "::1", "80");
        for (text, expected) in [
            ("", AddressError::NoPort),
            ("a:", AddressError::NoPort),
            ("0", AddressError::Port),
            ("65536", AddressError::Port),
            ("db", AddressError::Port),
            ("+1", AddressError::Port),
            (":80", AddressError::Host),
            ("a b:80", AddressError::Host),
            ("a'b:80", AddressError::Host),
            ("\u{1}:80", AddressError::Host),
            ("::1:80", AddressError::Host),
        ] {
            assert_eq!(Address::tcp(text), Err(expected), "{text}");
        }
    }

    #[test]
    fn requests() {
        let check = |text: &str, parts: [&str; 3]| {
            let address = Address::http(text).expect(text);
            let found = [address.host, address.port, address.path];
            assert_eq!(found, parts, "{text}");
        };
        check(":80", ["localhost", "80", "/"]);
        check(
            ":{{thermos.ports[http]}}/a?b=c",
            ["localhost", "{{thermos.ports[http]}}", "/a?b=c"],
        );
        check(
            "http://a-b.c/{{mesos.instance}}",
            ["a-b.c", "80", "/{{mesos.instance}}"],
        );
        check("http://[::1]:8080", ["::1", "8080", "/"]);
        check("http://[::1]/x", ["::1", "80", "/x"]);
        let https = Address::http("https://a:1/").map(|it| it.scheme);
        assert_eq!(https, Ok(Scheme::Https));
        for (text, expected) in [
            ("", AddressError::Scheme),
            ("localhost:80", AddressError::Scheme),
            ("ftp://a", AddressError::Scheme),
            ("/health", AddressError::NoPort),
            (":/health", AddressError::NoPort),
            (":a/health", AddressError::Port),
            ("http://", AddressError::Host),
            ("http://:80", AddressError::Host),
            ("http://u:p@a/", AddressError::User),
            (":80/a b", AddressError::Path(' ')),
            (":80/\u{e9}", AddressError::Path('\u{e9}')),
            (":80/a\n", AddressError::Path('\n')),
            (":80/#a", AddressError::Path('#')),
            (":80?a", AddressError::Path('?')),
        ] {
            assert_eq!(Address::http(text), Err(expected), "{text}");
        }
    }
}
