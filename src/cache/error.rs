//! Why a cache could not be asked.

use core::time::Duration;
use std::error::Error;
use std::fmt;
use std::path::PathBuf;

use crate::store::cache_info::CacheInfoError;
use crate::store::narinfo::NarInfoError;
use crate::store::signature::NoSignature;
use crate::store::{StoreDir, StorePath};

use super::url_error::CacheUrlError;

/// Why there is no answer; told without the cache's name. Nothing secret is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AskError {
    /// Only Nix can ask a cache of this kind.
    Unsupported,
    /// The directory is not there.
    NoDirectory,
    /// The cache has no `nix-cache-info`.
    NoInfo,
    /// Its `nix-cache-info` is none.
    Info(CacheInfoError),
    /// It is for stores in another directory than the nodes have.
    OtherStore {
        /// What it is for.
        found: StoreDir,
        /// What the nodes have.
        expected: StoreDir,
    },
    /// A file is there and cannot be read.
    Unreadable {
        /// Its name in the cache.
        file: String,
        /// What the machine said.
        cause: String,
    },
    /// A narinfo is none.
    Malformed {
        /// Its name in the cache.
        file: String,
        /// What is wrong with it.
        cause: NarInfoError,
    },
    /// What is said to be a signature is none.
    Signature {
        /// The name of the narinfo in the cache.
        file: String,
        /// Why it is none.
        cause: NoSignature,
    },
    /// The server packed a file in a way that is not undone here.
    Packed {
        /// Its name in the cache.
        file: String,
        /// How, by its own word.
        method: String,
    },
    /// A file is on another server, by an address that is none.
    Address {
        /// What the narinfo says.
        url: String,
        /// What is wrong with it.
        cause: CacheUrlError,
    },
    /// A narinfo is about something else than its name says.
    OtherPath {
        /// Its name in the cache.
        file: String,
        /// What it is about.
        found: StorePath,
    },
    /// A file is larger than such a file ever is.
    TooLarge {
        /// Its name in the cache.
        file: String,
        /// How many bytes were read.
        limit: usize,
    },
    /// The server could not be talked to.
    Unreachable {
        /// Why not.
        cause: Unreachable,
        /// How often it was tried.
        tries: u32,
    },
    /// The server answered with a status that is no answer.
    Status {
        /// The file that was asked for.
        file: String,
        /// The status.
        status: u16,
        /// How often it was tried.
        tries: u32,
    },
    /// The server wants a user and a password.
    Login {
        /// The server's name.
        host: String,
        /// Whether it got some and refused them.
        told: bool,
    },
    /// The server sends us elsewhere, and that leads nowhere.
    Redirect(String),
    /// The proxy that a variable names is none that can be used.
    Proxy {
        /// The variable.
        variable: &'static str,
    },
    /// The file with passwords is wrong or cannot be read.
    Netrc {
        /// The file.
        file: PathBuf,
        /// The line that is wrong.
        line: Option<usize>,
        /// Why.
        cause: String,
    },
    /// The file with the certificates that are trusted is wrong or cannot be read.
    Certificates {
        /// The variable that names it.
        variable: &'static str,
        /// The file.
        file: PathBuf,
        /// Why.
        cause: String,
    },
}

/// The usual trouble with a private server.
pub(super) const UNTRUSTED: &str = "nobody trusts the authority that its certificate is from";

/// Why a server could not be talked to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unreachable {
    /// No name server knows the name.
    Host(String),
    /// There is no connection, or it broke.
    Connection(String),
    /// There is no secure one.
    Tls(String),
    /// The proxy made none.
    Proxy(String),
    /// It took too long.
    TimedOut(Duration),
    /// The answer ended before its end.
    CutShort,
    /// What came was no answer.
    Protocol(String),
}

impl Unreachable {
    /// Whether it may pass in a moment.
    pub(super) fn may_pass(&self) -> bool {
        match self {
            Self::Tls(_) => false,
            Self::Host(_)
            | Self::Connection(_)
            | Self::Proxy(_)
            | Self::TimedOut(_)
            | Self::CutShort
            | Self::Protocol(_) => true,
        }
    }
}

impl AskError {
    /// Whether Nix gives up at this where it asked for a narinfo, and asks none of the caches that
    /// come next. Up to Nix 2.26, it does so at whatever it does not understand, once the cache
    /// answered for `nix-cache-info`; later versions go on.
    pub(super) fn stops_nix(&self) -> bool {
        match self {
            Self::Malformed { cause, .. } => cause.stops_nix(),
            // As 401, but from a proxy.
            Self::Status { status, .. } => *status != 407,
            Self::Unreachable { .. }
            | Self::Redirect(_)
            | Self::Packed { .. }
            | Self::TooLarge { .. }
            | Self::Unreadable { .. }
            | Self::Signature { .. } => true,
            Self::Info(cause) => cause.stops_nix(),
            Self::Unsupported
            | Self::NoDirectory
            | Self::NoInfo
            | Self::OtherStore { .. }
            | Self::OtherPath { .. }
            | Self::Login { .. }
            | Self::Address { .. }
            | Self::Proxy { .. }
            | Self::Netrc { .. }
            | Self::Certificates { .. } => false,
        }
    }

    /// Whether it says something about the server, and not about one file of it.
    pub(super) fn is_about_the_server(&self) -> bool {
        match self {
            Self::Unreachable { .. }
            | Self::Login { .. }
            | Self::Proxy { .. }
            | Self::Netrc { .. }
            | Self::Certificates { .. } => true,
            Self::Status { status, .. } => *status >= 500 || *status == 429,
            _ => false,
        }
    }

    /// What to do about it, if that is known.
    pub fn help(&self) -> Option<String> {
        let fixed = match self {
            Self::Unsupported => {
                "jobc asks `https://`, `http://` and `file://`; name such a URL of it"
            }
            Self::NoDirectory => {
                "mount the directory on this machine as it is on the nodes, or correct the URL"
            }
            Self::NoInfo => "correct the URL, or make the cache with `jobc push --to`",
            Self::Login { host, told: false } => {
                return Some(format!(
                    "say who asks in `~/.netrc`: `machine {host} login USER password PASSWORD`"
                ));
            }
            Self::Login { host, told: true } => {
                return Some(format!(
                    "correct the user and password of `{host}` in `~/.netrc` or in the URL"
                ));
            }
            Self::Unreachable {
                cause: Unreachable::Tls(cause),
                ..
            } => {
                return (cause == UNTRUSTED).then(|| {
                    "name a file with the certificate of the authority in `NIX_SSL_CERT_FILE`"
                        .to_owned()
                });
            }
            Self::Info(cause) if cause.stops_nix() => {
                "write a number as the `Priority` in its `nix-cache-info`, or ask it no more"
            }
            Self::Proxy { .. } => "write it as `http://HOST:PORT`, `https://` or `socks5://`",
            Self::Netrc { .. } => "correct the file, or name another one in `NETRC`",
            _ => return None,
        };
        Some(fixed.to_owned())
    }
}

impl fmt::Display for AskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsupported => f.write_str("only Nix itself can ask a store of this kind"),
            Self::NoDirectory => f.write_str("there is no such directory"),
            Self::NoInfo => f.write_str("it is no binary cache: it has no `nix-cache-info`"),
            Self::Info(error) => error.fmt(f),
            Self::OtherStore { found, expected } => {
                write!(
                    f,
                    "it is for stores in `{found}`, and the nodes' is `{expected}`"
                )
            }
            Self::Unreadable { file, cause } => write!(f, "cannot read `{file}`: {cause}"),
            Self::Malformed { file, cause } => write!(f, "`{file}` is malformed: {cause}"),
            Self::Signature { file, cause } => write!(f, "`{file}` is malformed: {cause}"),
            Self::Packed { file, method } => write!(
                f,
                "the server packed `{file}` by an unknown method: `{}`",
                method.escape_debug()
            ),
            Self::Address { url, cause } => {
                write!(f, "its archive is at `{}`: {cause}", url.escape_debug())
            }
            Self::OtherPath { file, found } => write!(f, "`{file}` is about `{found}`"),
            Self::TooLarge { file, limit } => {
                write!(f, "`{file}` is larger than {} KiB", limit / 1024)
            }
            Self::Unreachable { cause, tries } => {
                cause.fmt(f)?;
                tried(*tries, f)
            }
            Self::Status {
                file,
                status,
                tries,
            } => {
                write!(
                    f,
                    "the server answers {status}{} for `{file}`",
                    reason(*status)
                )?;
                tried(*tries, f)
            }
            Self::Login { host, told: false } => write!(f, "`{host}` wants a user and a password"),
            Self::Login { host, told: true } => {
                write!(f, "`{host}` refuses the user and the password")
            }
            Self::Redirect(cause) => write!(f, "the server redirects {cause}"),
            Self::Proxy { variable } => write!(f, "`{variable}` names no proxy"),
            Self::Netrc { file, line, cause } => {
                write!(f, "`{}", file.display())?;
                if let Some(line) = line {
                    write!(f, ":{line}")?;
                }
                write!(f, "`: {cause}")
            }
            Self::Certificates {
                variable,
                file,
                cause,
            } => write!(f, "`{}`, of `{variable}`: {cause}", file.display()),
        }
    }
}

fn tried(tries: u32, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match tries {
        0 | 1 => Ok(()),
        tries => write!(f, " (tried {tries} times)"),
    }
}

/// The words that belong to a status, after a space.
fn reason(status: u16) -> String {
    let status = ureq::http::StatusCode::from_u16(status);
    let reason = status.ok().and_then(|status| status.canonical_reason());
    reason.map_or_else(String::new, |reason| format!(" {reason}"))
}

impl Error for AskError {}

impl fmt::Display for Unreachable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host(host) => write!(f, "cannot find the host `{host}`"),
            Self::Connection(cause) => write!(f, "cannot connect: {cause}"),
            Self::Tls(cause) => write!(f, "no secure connection: {cause}"),
            Self::Proxy(cause) => write!(f, "no connection through the proxy: {cause}"),
            Self::TimedOut(limit) => {
                let seconds = (limit.as_secs_f64() * 100.0).round() / 100.0;
                write!(f, "no answer in {seconds} s")
            }
            Self::CutShort => f.write_str("the answer was cut short"),
            Self::Protocol(cause) => write!(f, "what came was no answer: {cause}"),
        }
    }
}
