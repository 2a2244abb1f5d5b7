//! Why something was not published.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{fmt, io};

use crate::resolve::import::ImportError;
use crate::store::StoreDir;
use crate::store::cache_info::CacheInfoError;

/// The reason for not publishing.
#[derive(Debug)]
pub enum PublishError {
    /// The cache is not a directory.
    NoDirectory {
        /// What was named.
        path: PathBuf,
    },
    /// The directory holds something else than a cache.
    NoCache {
        /// The directory.
        path: PathBuf,
        /// The first other thing in it.
        found: String,
    },
    /// Something in the cache is no file or directory of its own.
    NotPlain {
        /// Where.
        path: PathBuf,
        /// Whether it is a link, which leads out of the cache.
        is_link: bool,
        /// What it should be.
        expected: &'static str,
    },
    /// The cache's `nix-cache-info` cannot be understood.
    BadInfo {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        cause: String,
    },
    /// The cache is for other stores.
    OtherStore {
        /// The cache.
        path: PathBuf,
        /// The store directory that it is for.
        found: StoreDir,
        /// The store directory that it should be for.
        expected: StoreDir,
    },
    /// A file of the workspace is not what it was a moment ago, when the job was compiled.
    Changed {
        /// The file or directory.
        source: PathBuf,
    },
    /// A file of the workspace cannot be read any more.
    Import(ImportError),
    /// The system refused.
    Io {
        /// What was tried, as a verb that takes the path: `write`, `read`, `list`.
        action: &'static str,
        /// What the system was asked about.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
}

impl PublishError {
    pub(super) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io {
            action,
            path,
            source,
        }
    }

    pub(super) fn bad_info(path: PathBuf, error: &CacheInfoError) -> Self {
        Self::BadInfo {
            path,
            cause: error.to_string(),
        }
    }

    /// What to do about it, if that is known.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::NoDirectory { .. } => Some("name a directory with `--to`".to_owned()),
            Self::NoCache { .. } => {
                Some("name a new or an empty directory, or a binary cache".to_owned())
            }
            Self::NotPlain {
                path,
                is_link: true,
                expected,
            } => Some(format!(
                "put a {expected} in the place of `{}`, or push to where the whole cache is",
                path.display()
            )),
            Self::NotPlain { .. } => Some("remove it, or push to another directory".to_owned()),
            Self::BadInfo { path, .. } => Some(format!(
                "mend `{}`, or push to another directory",
                path.display()
            )),
            Self::OtherStore { .. } => {
                Some("push to another cache, or set `store_dir` in `jobc.toml`".to_owned())
            }
            Self::Changed { .. } => Some("push again".to_owned()),
            Self::Io { source, .. } => match source.kind() {
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                    Some("make room there and push again; what was written is used".to_owned())
                }
                io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                    Some("push as a user who may write there".to_owned())
                }
                _ => None,
            },
            Self::Import(_) => None,
        }
    }
}

impl fmt::Display for PublishError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoDirectory { path } => {
                write!(f, "the cache `{}` is not a directory", path.display())
            }
            Self::NoCache { path, found } => write!(
                f,
                "`{}` is no binary cache: it has `{}`, and no `nix-cache-info`",
                path.display(),
                found.escape_debug()
            ),
            Self::NotPlain {
                path,
                is_link: true,
                ..
            } => write!(f, "`{}` is a link", path.display()),
            Self::NotPlain { path, expected, .. } => {
                write!(f, "`{}` is no {expected}", path.display())
            }
            Self::BadInfo { path, cause } => {
                write!(f, "cannot understand `{}`: {cause}", path.display())
            }
            Self::OtherStore {
                path,
                found,
                expected,
            } => write!(
                f,
                "the cache `{}` is for stores in `{found}`, and that of the nodes is in \
                 `{expected}`",
                path.display()
            ),
            Self::Changed { source } => write!(
                f,
                "`{}` changed while it was published; nothing of it was",
                source.display()
            ),
            Self::Import(error) => error.fmt(f),
            Self::Io {
                action,
                path,
                source,
            } => write!(f, "cannot {action} `{}`: {source}", path.display()),
        }
    }
}

impl Error for PublishError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Io { source, .. } => Some(source),
            Self::Import(error) => Some(error),
            _ => None,
        }
    }
}
