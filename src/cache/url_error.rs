//! The reason for refusing the URL of a cache.

use std::error::Error;
use std::fmt;

/// The reason for refusing the URL of a cache.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CacheUrlError {
    /// There is no text.
    Empty,
    /// There is no `://`.
    NoScheme,
    /// Nix knows no such store.
    Scheme(String),
    /// The scheme, which is this one, is not in lower case.
    Case(String),
    /// `file://` is followed by no absolute path.
    Relative,
    /// The path of a directory has a `%`.
    Percent,
    /// There is no host, or none that could be one.
    Host(String),
    /// The port is none.
    Port(String),
    /// The first character that has to be escaped.
    Character(char),
    /// A `%` is not followed by two hexadecimal digits, or what is escaped is not UTF-8.
    Escape,
}

impl CacheUrlError {
    /// What to write instead.
    pub fn help(&self) -> Option<&'static str> {
        match self {
            Self::Empty | Self::NoScheme | Self::Scheme(_) => {
                Some("write `https://HOST`, or `file://` and the absolute path of a directory")
            }
            Self::Case(_) => Some("write it in lower case"),
            Self::Percent => Some(
                "name a directory without `%`, `file:///srv/cache`; a link to this one will do",
            ),
            Self::Relative => Some("write `file://` and an absolute path, `file:///srv/cache`"),
            Self::Character(_) => Some("write it as `%` and two hexadecimal digits"),
            Self::Escape => Some("write a `%` itself as `%25`"),
            Self::Host(_) | Self::Port(_) => None,
        }
    }
}

impl fmt::Display for CacheUrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("it is empty"),
            Self::NoScheme => f.write_str("it has no `://`"),
            Self::Scheme(scheme) => write!(f, "there is no kind of cache `{scheme}://`"),
            Self::Case(scheme) => write!(f, "Nix knows `{scheme}://` in lower case only"),
            Self::Percent => f.write_str(
                "it has a `%`, which some versions of Nix undo in a `file://` URL and others do not",
            ),
            Self::Relative => f.write_str("`file://` takes an absolute path"),
            Self::Host(host) if host.is_empty() => f.write_str("it names no host"),
            Self::Host(host) => write!(f, "`{host}` is no host"),
            Self::Port(port) => write!(f, "`{port}` is no port"),
            Self::Character(character) => {
                write!(f, "illegal character `{}`", character.escape_debug())
            }
            Self::Escape => f.write_str("`%` is not followed by what it may escape"),
        }
    }
}

impl Error for CacheUrlError {}
