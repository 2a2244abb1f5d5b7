//! Where a binary cache is, as Nix's settings write it.
//!
//! ```text
//! url        = location ["?" parameter ("&" parameter)*]
//! location   = "file://" absolute | ("http" | "https") "://" [userinfo "@"] host [":" port] [path]
//!            | store
//! store      = ("s3" | "ssh" | "ssh-ng" | ...) "://" text | "daemon" | "local" | "auto" | absolute
//! parameter  = name "=" value
//! ```
//!
//! A `store` is one that Nix can ask, and jobc cannot. Schemes are in lower case: Nix knows no other.
//! Names and values of parameters and the user information may have `%` escapes. The path of a
//! directory has none: Nix 2.8 leaves them as they are there, and 2.18 undoes them.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::address::{HttpLocation, HttpScheme};
use super::percent::decode;
use super::url_error::CacheUrlError;

/// A binary cache, or another store that Nix knows to ask.
///
/// Shown without the user name and the password that may be in it.
#[derive(Clone, PartialEq, Eq)]
pub struct CacheUrl {
    written: Box<str>,
    location: Location,
    parameters: Vec<(String, String)>,
}

/// The place itself, without what its parameters say about it. Two URLs of one location are one
/// cache.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Location {
    /// A directory of this machine.
    Directory(PathBuf),
    /// A server.
    Http(HttpLocation),
    /// What only Nix can ask, as it was written.
    Other(String),
}

/// Stores that Nix opens by a URL and that have no files to be read.
const OTHER_SCHEMES: &[&str] = &[
    "s3",
    "ssh",
    "ssh-ng",
    "mounted-ssh-ng",
    "unix",
    "local",
    "local-overlay",
    "daemon",
    "dummy",
];

/// Stores that Nix opens by a word.
const OTHER_WORDS: &[&str] = &["auto", "daemon", "local"];

impl CacheUrl {
    /// The whole text, credentials and all: for Nix, never for a message.
    pub fn written(&self) -> &str {
        &self.written
    }

    /// The place itself.
    pub fn location(&self) -> &Location {
        &self.location
    }

    /// What the URL says about the cache by this name; the last word counts.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let mut named = self.parameters.iter().rev();
        let found = named.find(|(parameter, _)| parameter == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The parameters in the order written.
    pub fn parameters(&self) -> impl Iterator<Item = (&str, &str)> {
        let parameters = self.parameters.iter();
        parameters.map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The priority that the URL sets, whatever the cache itself says; lower is asked first.
    pub fn priority(&self) -> Option<u64> {
        self.parameter("priority")?.parse().ok()
    }

    /// Whether what this cache has needs no signature.
    pub fn is_trusted(&self) -> bool {
        matches!(self.parameter("trusted"), Some("1" | "true" | "yes"))
    }

    /// The first character of the path of a directory by which the nodes' Nix does not find it: it
    /// takes its caches apart at white space, and some of its versions read no others than these.
    pub fn unreadable(&self) -> Option<char> {
        let path = self.directory()?.to_str()?;
        let is_read = |c: char| c.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:@/".contains(c);
        path.chars().find(|character| !is_read(*character))
    }

    /// The directory, if the cache is one.
    pub fn directory(&self) -> Option<&Path> {
        match &self.location {
            Location::Directory(directory) => Some(directory),
            Location::Http(_) | Location::Other(_) => None,
        }
    }
}

impl Location {
    fn parse(text: &str) -> Result<Self, CacheUrlError> {
        if OTHER_WORDS.contains(&text) || text.starts_with('/') {
            return Ok(Self::Other(text.to_owned()));
        }
        let (scheme, rest) = text.split_once("://").ok_or(CacheUrlError::NoScheme)?;
        let lower = scheme.to_ascii_lowercase();
        let is_known =
            matches!(&*lower, "file" | "http" | "https") || OTHER_SCHEMES.contains(&lower.as_str());
        if scheme != lower && is_known {
            return Err(CacheUrlError::Case(lower));
        }
        match &*lower {
            "file" => {
                if !rest.starts_with('/') {
                    return Err(CacheUrlError::Relative);
                }
                if rest.contains('%') {
                    return Err(CacheUrlError::Percent);
                }
                if let Some(control) = rest.chars().find(|character| character.is_control()) {
                    return Err(CacheUrlError::Character(control));
                }
                Ok(Self::Directory(trim_slashes(rest).into()))
            }
            "http" => HttpLocation::parse(HttpScheme::Http, rest).map(Self::Http),
            "https" => HttpLocation::parse(HttpScheme::Https, rest).map(Self::Http),
            other if OTHER_SCHEMES.contains(&other) => Ok(Self::Other(text.to_owned())),
            _ => Err(CacheUrlError::Scheme(lower)),
        }
    }
}

/// Without the slashes at its end; `/` stays.
fn trim_slashes(path: &str) -> &str {
    match path.trim_end_matches('/') {
        "" if path.starts_with('/') => "/",
        trimmed => trimmed,
    }
}

impl FromStr for CacheUrl {
    type Err = CacheUrlError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.trim().is_empty() {
            return Err(CacheUrlError::Empty);
        }
        let (location, query) = match text.split_once('?') {
            Some((location, query)) => (location, Some(query)),
            None => (text, None),
        };
        let written = query.into_iter().flat_map(|query| query.split('&'));
        let parameters = written
            .filter(|parameter| !parameter.is_empty())
            .map(|parameter| {
                let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
                Ok((decode(name)?, decode(value)?))
            });
        Ok(Self {
            location: Location::parse(location)?,
            parameters: parameters.collect::<Result<_, _>>()?,
            written: text.into(),
        })
    }
}

impl fmt::Display for CacheUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.location {
            Location::Http(location) => {
                location.fmt(f)?;
                match self.written.split_once('?') {
                    Some((_, query)) => write!(f, "?{query}"),
                    None => Ok(()),
                }
            }
            Location::Directory(_) => f.write_str(&self.written),
            Location::Other(_) => match user_information(&self.written) {
                Some(range) => {
                    f.write_str(&self.written[..range.start])?;
                    f.write_str(&self.written[range.end..])
                }
                None => f.write_str(&self.written),
            },
        }
    }
}

/// Where the user information of a URL is, with the `@`.
fn user_information(text: &str) -> Option<std::ops::Range<usize>> {
    let location = text.split('?').next()?;
    let start = location.find("://")? + 3;
    if location.starts_with('/') {
        return None;
    }
    let rest = &location[start..];
    let authority = &rest[..rest.find('/').unwrap_or(rest.len())];
    let end = start + authority.rfind('@')? + 1;
    // `ssh://user@host` says who to be, which is no secret; a password is.
    text[start..end].contains(':').then_some(start..end)
}

impl fmt::Debug for CacheUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CacheUrl({self})")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{CacheUrl, CacheUrlError, Location};

    fn shown(text: &str) -> String {
        text.parse::<CacheUrl>().unwrap().to_string()
    }

    #[test]
    fn caches_are_read() {
        for (text, place) in [
            ("file:///srv/cache", "Directory(\"/srv/cache\")"),
            ("file:///srv/a b/", "Directory(\"/srv/a b\")"),
            ("file:///", "Directory(\"/\")"),
            (
                "https://cache.nixos.org",
                "Http(HttpLocation(https://cache.nixos.org))",
            ),
            (
                "https://cache.nixos.org/",
                "Http(HttpLocation(https://cache.nixos.org))",
            ),
            (
                "http://Cache:8080/a//",
                "Http(HttpLocation(http://cache:8080/a))",
            ),
            ("http://[::1]:8080", "Http(HttpLocation(http://[::1]:8080))"),
            ("http://cache:80", "Http(HttpLocation(http://cache))"),
            ("s3://bucket?region=eu", "Other(\"s3://bucket\")"),
            ("ssh-ng://root@host", "Other(\"ssh-ng://root@host\")"),
            ("daemon", "Other(\"daemon\")"),
            ("/srv/store", "Other(\"/srv/store\")"),
        ] {
            let url: CacheUrl = text.parse().unwrap();
            assert_eq!(format!("{:?}", url.location()), place, "{text}");
            assert_eq!(url.written(), text);
        }
    }

    #[test]
    fn others_are_refused() {
        for (text, error) in [
            ("", CacheUrlError::Empty),
            (" ", CacheUrlError::Empty),
            ("cache.nixos.org", CacheUrlError::NoScheme),
            ("htps://cache", CacheUrlError::Scheme("htps".to_owned())),
            ("file://cache", CacheUrlError::Relative),
            ("file://", CacheUrlError::Relative),
            ("file:///a\0", CacheUrlError::Character('\0')),
            ("file:///a%20b", CacheUrlError::Percent),
            ("file:///%zz", CacheUrlError::Percent),
            ("file://localhost/a", CacheUrlError::Relative),
            ("file://./a", CacheUrlError::Relative),
            ("file:/a", CacheUrlError::NoScheme),
            ("FILE:///a", CacheUrlError::Case("file".to_owned())),
            ("Http://a", CacheUrlError::Case("http".to_owned())),
            ("S3://a", CacheUrlError::Case("s3".to_owned())),
            ("http://", CacheUrlError::Host(String::new())),
            ("http://a@", CacheUrlError::Host(String::new())),
            ("http://[1]/", CacheUrlError::Host("[1]".to_owned())),
            ("http://a:b", CacheUrlError::Port("b".to_owned())),
            ("http://a:0", CacheUrlError::Port("0".to_owned())),
            ("http://a:65536", CacheUrlError::Port("65536".to_owned())),
            ("http://[::1]x", CacheUrlError::Port("x".to_owned())),
            ("http://a/b c", CacheUrlError::Character(' ')),
            ("http://a/\r\nb", CacheUrlError::Character('\r')),
            ("http://é", CacheUrlError::Character('é')),
            ("file:///a?b=%zz", CacheUrlError::Escape),
            ("file:///a?b=%ff", CacheUrlError::Escape),
        ] {
            assert_eq!(text.parse::<CacheUrl>().unwrap_err(), error, "{text}");
        }
    }

    #[test]
    fn parameters_are_read() {
        let url: CacheUrl = "https://c?priority=30&secret-key=%2Fk%26y&trusted=1&x&priority=10"
            .parse()
            .unwrap();
        assert_eq!(url.priority(), Some(10));
        assert_eq!(url.parameter("secret-key"), Some("/k&y"));
        assert_eq!(url.parameter("x"), Some(""));
        assert_eq!(url.parameter("y"), None);
        assert!(url.is_trusted());
        assert!(
            !"https://c?trusted=0"
                .parse::<CacheUrl>()
                .unwrap()
                .is_trusted()
        );
    }

    #[test]
    fn passwords_are_not_shown() {
        assert_eq!(shown("https://me:secret@c/x?a=b"), "https://c/x?a=b");
        assert_eq!(shown("https://secret@c"), "https://c");
        assert_eq!(shown("ssh://me:secret@c/x"), "ssh://c/x");
        assert_eq!(shown("ssh://me@c/x"), "ssh://me@c/x");
        let url: CacheUrl = "https://me:s%40cret@c".parse().unwrap();
        let Location::Http(location) = url.location() else {
            panic!("{url}");
        };
        let credentials = location.credentials().unwrap();
        assert_eq!(
            (&*credentials.user, &*credentials.password),
            ("me", "s@cret")
        );
        assert!(!format!("{url:?} {location:?} {credentials:?}").contains("cret"));
    }

    #[test]
    fn redirects_lead_somewhere() {
        let url: CacheUrl = "https://me:secret@c/x".parse().unwrap();
        let Location::Http(location) = url.location() else {
            panic!("{url}");
        };
        let address = location.file("a.narinfo");
        for (reference, target) in [
            ("/y", "https://c/y"),
            ("y?z#f", "https://c/x/y?z"),
            ("?z", "https://c/x/a.narinfo?z"),
            ("//d/y", "https://d/y"),
            ("http://d:81", "http://d:81/"),
            ("http://d?z", "http://d/?z"),
            ("http://who:ever@d/", "http://d/"),
        ] {
            assert_eq!(address.join(reference).unwrap().to_string(), target);
        }
        for reference in ["ftp://d/", "/a b", "http://", "https://a:b"] {
            assert!(address.join(reference).is_err(), "{reference}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_read_stays_as_written(
            text in "(file|https?|s3)://[a-z:@%/.]{0,12}[?]?[a-z=&%2]{0,8}|\\PC*"
        ) {
            if let Ok(url) = text.parse::<CacheUrl>() {
                prop_assert_eq!(url.written(), &*text);
                let again: CacheUrl = url.to_string().parse().unwrap();
                prop_assert_eq!(again.to_string(), url.to_string());
            }
        }
    }
}
