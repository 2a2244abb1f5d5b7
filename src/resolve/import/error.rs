//! Why something was not imported, and whose fault that is.

use std::error::Error;
use std::fmt;
use std::fs::FileType;
use std::io;
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};

use crate::store::nar::{MAX_DEPTH, NarWriteError};
use crate::store::store_path::StorePathNameError;

/// The reason for not importing a file or directory.
#[derive(Debug)]
pub enum ImportError {
    Missing {
        path: PathBuf,
    },
    /// Links that lead to the path lead back to themselves.
    LinkLoop {
        path: PathBuf,
    },
    /// The path leads out of the workspace.
    Outside {
        path: PathBuf,
        resolved: PathBuf,
    },
    /// The path is the workspace itself, whose name differs from one checkout to the next.
    WorkspaceRoot {
        path: PathBuf,
    },
    /// The path is a link, of which a node would get nothing but the link.
    Symlink {
        path: PathBuf,
        target: PathBuf,
    },
    Name {
        path: PathBuf,
        reason: StorePathNameError,
    },
    /// The path overlaps a directory that may not be imported.
    Forbidden {
        path: PathBuf,
        directory: PathBuf,
    },
    Special {
        path: PathBuf,
        special: Special,
    },
    /// A link in a directory has an absolute target.
    AbsoluteLink {
        path: PathBuf,
        target: PathBuf,
    },
    /// A link in a directory leads out of the workspace.
    EscapingLink {
        path: PathBuf,
        target: PathBuf,
    },
    TooDeep {
        path: PathBuf,
    },
    /// A file had another size than it was said to have; more may follow what was found.
    Changed {
        path: PathBuf,
        declared: u64,
        found: u64,
    },
    /// Something went away, or became something else, after it was found.
    Vanished {
        path: PathBuf,
    },
    Io {
        path: PathBuf,
        action: &'static str,
        source: io::Error,
    },
    /// What the archive is written to failed.
    Sink(io::Error),
    /// What was read does not make an archive.
    Archive {
        path: PathBuf,
        reason: NarWriteError,
    },
}

/// Who can do something about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Whoever wrote the definition or laid out the workspace.
    User,
    Machine,
}

/// A file that holds no contents of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Special {
    Fifo,
    Socket,
    BlockDevice,
    CharacterDevice,
    Unknown,
}

impl ImportError {
    pub fn fault(&self) -> Fault {
        match self {
            Self::Missing { .. }
            | Self::LinkLoop { .. }
            | Self::Outside { .. }
            | Self::WorkspaceRoot { .. }
            | Self::Symlink { .. }
            | Self::Name { .. }
            | Self::Forbidden { .. }
            | Self::Special { .. }
            | Self::AbsoluteLink { .. }
            | Self::EscapingLink { .. }
            | Self::TooDeep { .. } => Fault::User,
            Self::Changed { .. }
            | Self::Vanished { .. }
            | Self::Io { .. }
            | Self::Sink(_)
            | Self::Archive { .. } => Fault::Machine,
        }
    }

    /// The path was to be found and was not.
    pub(super) fn of_lookup(path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            io::ErrorKind::NotFound
            | io::ErrorKind::NotADirectory
            | io::ErrorKind::InvalidFilename
            | io::ErrorKind::InvalidInput => Self::Missing { path },
            _ if source.raw_os_error() == Some(ELOOP) => Self::LinkLoop { path },
            _ => Self::Io {
                path,
                action: "find",
                source,
            },
        }
    }

    /// Something that had been found could not be used.
    pub(super) fn io(path: &Path, action: &'static str, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Self::Vanished { path },
            io::ErrorKind::InvalidFilename => Self::TooDeep { path },
            _ => Self::Io {
                path,
                action,
                source,
            },
        }
    }

    /// The archive did not take what was read at the path.
    pub(super) fn of_archive(path: &Path, reason: NarWriteError) -> Self {
        let path = path.to_owned();
        match reason {
            NarWriteError::Sink(error) => Self::Sink(error),
            NarWriteError::Size { declared, found } => Self::Changed {
                path,
                declared,
                found,
            },
            NarWriteError::TooDeep => Self::TooDeep { path },
            reason => Self::Archive { path, reason },
        }
    }
}

/// The system's number for a loop of links, which [`io::ErrorKind`] has no stable name for.
const ELOOP: i32 = if cfg!(any(target_os = "linux", target_os = "android")) {
    40
} else {
    62
};

impl Special {
    pub(super) fn of(kind: FileType) -> Self {
        if kind.is_fifo() {
            Self::Fifo
        } else if kind.is_socket() {
            Self::Socket
        } else if kind.is_block_device() {
            Self::BlockDevice
        } else if kind.is_char_device() {
            Self::CharacterDevice
        } else {
            Self::Unknown
        }
    }
}

impl fmt::Display for Special {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Fifo => "a FIFO",
            Self::Socket => "a socket",
            Self::BlockDevice => "a block device",
            Self::CharacterDevice => "a character device",
            Self::Unknown => "neither a file nor a directory",
        })
    }
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { path } => write!(f, "`{}` does not exist", path.display()),
            Self::LinkLoop { path } => {
                write!(f, "the links that lead to `{}` form a loop", path.display())
            }
            Self::Outside { path, resolved } => write!(
                f,
                "`{}` leads out of the workspace, to `{}`",
                path.display(),
                resolved.display()
            ),
            Self::WorkspaceRoot { path } => {
                write!(f, "`{}` is the whole workspace", path.display())
            }
            Self::Symlink { path, target } => write!(
                f,
                "`{}` is a symbolic link to `{}`",
                path.display(),
                target.display()
            ),
            Self::Name { path, reason } => {
                write!(
                    f,
                    "`{}` cannot have its name in the store: {reason}",
                    path.display()
                )
            }
            Self::Forbidden { path, directory } => write!(
                f,
                "`{}` cannot be imported, because of `{}`",
                path.display(),
                directory.display()
            ),
            Self::Special { path, special } => write!(f, "`{}` is {special}", path.display()),
            Self::AbsoluteLink { path, target } => write!(
                f,
                "the link `{}` has the absolute target `{}`",
                path.display(),
                target.display()
            ),
            Self::EscapingLink { path, target } => write!(
                f,
                "the link `{}` leads out of the workspace, to `{}`",
                path.display(),
                target.display()
            ),
            Self::TooDeep { path } => write!(
                f,
                "`{}` lies too deep, in more than {MAX_DEPTH} directories or at too long a path",
                path.display()
            ),
            Self::Changed {
                path,
                declared,
                found,
            } => write!(
                f,
                "`{}` changed while it was read: expected {declared} bytes, found {found}",
                path.display()
            ),
            Self::Vanished { path } => {
                write!(f, "`{}` went away while it was read", path.display())
            }
            Self::Io {
                path,
                action,
                source,
            } => {
                write!(f, "cannot {action} `{}`: {source}", path.display())
            }
            Self::Sink(error) => write!(f, "cannot write the archive: {error}"),
            Self::Archive { path, reason } => {
                write!(
                    f,
                    "cannot make an archive of `{}`: {reason}",
                    path.display()
                )
            }
        }
    }
}

impl Error for ImportError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Io { source, .. } | Self::Sink(source) => Some(source),
            Self::Name { reason, .. } => Some(reason),
            Self::Archive { reason, .. } => Some(reason),
            _ => None,
        }
    }
}
