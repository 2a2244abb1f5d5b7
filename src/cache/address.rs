//! Servers of binary caches and their files, by address. Those of caches are read strictly; where a
//! server sends us is put together with where we are.
//!
//! ```text
//! location = scheme "://" [userinfo "@"] host [":" port] [path]
//! userinfo = user [":" password]
//! host     = name | address of version 4 | "[" address of version 6 "]"
//! ```

use std::fmt;

use super::percent::decode;
use super::url_error::CacheUrlError;

/// A directory of a web server.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HttpLocation {
    origin: Origin,
    /// Without a slash at its end.
    path: String,
    credentials: Option<Credentials>,
}

/// A server: what a browser calls the origin.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin {
    /// The protocol.
    pub scheme: HttpScheme,
    /// The name or the address, in lower case; one of version 6 is in brackets.
    pub host: String,
    /// The port, written or implied.
    pub port: u16,
}

/// A protocol of the web.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HttpScheme {
    /// Plain.
    Http,
    /// Through TLS.
    Https,
}

/// A user name and a password, which are never printed.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Credentials {
    /// The user's name.
    pub user: String,
    /// The password, empty if there is none.
    pub password: String,
}

impl HttpLocation {
    /// What follows `http://` or `https://`.
    pub(super) fn parse(scheme: HttpScheme, rest: &str) -> Result<Self, CacheUrlError> {
        if let Some(character) = rest.chars().find(|&c| !is_written_plainly(c)) {
            return Err(CacheUrlError::Character(character));
        }
        let rest = rest.split('#').next().unwrap_or_default();
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let (credentials, authority) = match authority.rsplit_once('@') {
            Some((user, authority)) => (Some(Credentials::parse(user)?), authority),
            None => (None, authority),
        };
        Ok(Self {
            origin: Origin::parse(scheme, authority)?,
            path: path.trim_end_matches('/').to_owned(),
            credentials,
        })
    }

    /// The server.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The user and the password that were written into the URL.
    pub fn credentials(&self) -> Option<&Credentials> {
        self.credentials.as_ref()
    }

    /// The address of a file in this directory, without credentials.
    pub(super) fn file(&self, name: &str) -> HttpAddress {
        HttpAddress {
            origin: self.origin.clone(),
            target: format!("{}/{name}", self.path),
        }
    }
}

/// The address of a file on a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct HttpAddress {
    pub(super) origin: Origin,
    /// The path, which begins with `/`, and the query.
    pub(super) target: String,
}

impl HttpAddress {
    /// Where a `Location` header leads to from here.
    pub(super) fn join(&self, reference: &str) -> Result<Self, CacheUrlError> {
        if let Some(character) = reference.chars().find(|&c| !is_written_plainly(c)) {
            return Err(CacheUrlError::Character(character));
        }
        let reference = reference.split('#').next().unwrap_or_default();
        let same_origin = |target: String| Self {
            origin: self.origin.clone(),
            target,
        };
        if let Some(rest) = reference.strip_prefix("//") {
            return Self::parse(self.origin.scheme, rest);
        }
        if reference.starts_with('/') {
            return Ok(same_origin(reference.to_owned()));
        }
        if let Some((scheme, rest)) = reference.split_once("://") {
            return match &*scheme.to_ascii_lowercase() {
                "http" => Self::parse(HttpScheme::Http, rest),
                "https" => Self::parse(HttpScheme::Https, rest),
                other => Err(CacheUrlError::Scheme(other.to_owned())),
            };
        }
        let path = self.target.split('?').next().unwrap_or_default();
        if reference.starts_with('?') {
            return Ok(same_origin(format!("{path}{reference}")));
        }
        let directory = &path[..=path.rfind('/').unwrap_or(0)];
        Ok(same_origin(format!("{directory}{reference}")))
    }

    /// With `.` and `..` gone from its path, as curl does before it asks.
    pub(super) fn without_dots(self) -> Self {
        let end = self.target.find('?').unwrap_or(self.target.len());
        let (path, query) = self.target.split_at(end);
        let mut parts: Vec<&str> = Vec::new();
        let mut is_directory = false;
        for part in path.split('/').skip(1) {
            is_directory = matches!(part, "." | ".." | "");
            match part {
                "." => {}
                ".." => {
                    parts.pop();
                }
                part => parts.push(part),
            }
        }
        let is_open = is_directory && parts.last().is_some_and(|last| !last.is_empty());
        let slash = if is_open { "/" } else { "" };
        Self {
            target: format!("/{}{slash}{query}", parts.join("/")),
            origin: self.origin,
        }
    }

    fn parse(scheme: HttpScheme, rest: &str) -> Result<Self, CacheUrlError> {
        let (authority, target) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        // A server must not choose our user and password.
        let authority = authority.rsplit_once('@').map_or(authority, |(_, a)| a);
        let slash = if target.starts_with('/') { "" } else { "/" };
        Ok(Self {
            origin: Origin::parse(scheme, authority)?,
            target: format!("{slash}{target}"),
        })
    }
}

impl fmt::Display for HttpAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.origin, self.target)
    }
}

impl Origin {
    /// Whether it is the same host as `other`, by TLS, and both are on the usual ports.
    pub(super) fn secures(&self, other: &Self) -> bool {
        self.host == other.host
            && self.scheme == HttpScheme::Https
            && [self, other].iter().all(|it| it.port == it.scheme.port())
    }

    fn parse(scheme: HttpScheme, authority: &str) -> Result<Self, CacheUrlError> {
        let end_of_host = match authority.strip_prefix('[') {
            Some(rest) => rest.find(']').map(|at| at + 2),
            None => authority.find(':'),
        };
        let (host, port) = authority.split_at(end_of_host.unwrap_or(authority.len()));
        let is_host = match host.strip_prefix('[').and_then(|h| h.strip_suffix(']')) {
            Some(address) => address.parse::<core::net::Ipv6Addr>().is_ok(),
            None => is_name(host),
        };
        if !is_host {
            return Err(CacheUrlError::Host(host.to_owned()));
        }
        let port = match port.strip_prefix(':') {
            None if port.is_empty() => scheme.port(),
            Some("") => scheme.port(),
            Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits
                .parse()
                .ok()
                .filter(|&port| port != 0)
                .ok_or_else(|| CacheUrlError::Port(digits.to_owned()))?,
            other => return Err(CacheUrlError::Port(other.unwrap_or(port).to_owned())),
        };
        Ok(Self {
            scheme,
            host: host.to_ascii_lowercase(),
            port,
        })
    }
}

/// Whether it can be the name of a host, or an address of version 4.
fn is_name(host: &str) -> bool {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    !host.is_empty() && host.bytes().all(legal)
}

/// Whether a URL may have it as it is; this is more than RFC 3986 allows, and nothing that would
/// break a request.
fn is_written_plainly(character: char) -> bool {
    character.is_ascii_graphic() && !"\"<>\\^`{|}".contains(character)
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { scheme, host, port } = self;
        write!(f, "{}://{host}", scheme.as_str())?;
        if *port != scheme.port() {
            write!(f, ":{port}")?;
        }
        Ok(())
    }
}

impl HttpScheme {
    /// As URLs begin.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    /// The port of a URL that says none.
    pub const fn port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

impl Credentials {
    /// What stands before the `@` of a URL.
    pub(super) fn parse(text: &str) -> Result<Self, CacheUrlError> {
        let (user, password) = text.split_once(':').unwrap_or((text, ""));
        Ok(Self {
            user: decode(user)?,
            password: decode(password)?,
        })
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials")
    }
}

impl fmt::Display for HttpLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.origin, self.path)
    }
}

impl fmt::Debug for HttpLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HttpLocation({self})")
    }
}
