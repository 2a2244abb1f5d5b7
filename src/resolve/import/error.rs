//! Why something was not imported, and whose fault that is.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::beneath::FileKind;
use crate::store::nar::{MAX_DEPTH, NarWriteError};
use crate::store::store_path::StorePathNameError;

/// The reason for not importing a file or directory.
#[derive(Debug)]
pub enum ImportError {
    /// There is nothing at the path.
    Missing {
        /// As it was asked for.
        path: PathBuf,
    },
    /// Links that lead to the path lead back to themselves.
    LinkLoop {
        /// As it was asked for.
        path: PathBuf,
    },
    /// The path leads out of the workspace.
    Outside {
        /// As it was asked for.
        path: PathBuf,
        /// Where it leads, with links followed if all that it passes through exists.
        resolved: PathBuf,
    },
    /// The path leads into a `.git` of the workspace, or is one.
    Repository {
        /// As it was asked for.
        path: PathBuf,
    },
    /// The path is the workspace itself, whose name differs from one checkout to the next.
    WorkspaceRoot {
        /// As it was asked for.
        path: PathBuf,
    },
    /// The path is a link, of which a node would get nothing but the link.
    Symlink {
        /// As it was asked for.
        path: PathBuf,
        /// As the link has it: relative to the link's directory, or absolute.
        target: PathBuf,
    },
    /// The file name cannot be the name of a store path.
    Name {
        /// As it was asked for.
        path: PathBuf,
        /// The rule of store path names that it breaks.
        reason: StorePathNameError,
    },
    /// The path overlaps a directory that may not be imported.
    Forbidden {
        /// As it was asked for.
        path: PathBuf,
        /// The forbidden directory: the same, around the path or within it.
        directory: PathBuf,
    },
    /// The path, or something below it, is neither file, directory nor link.
    Special {
        /// The special file itself.
        path: PathBuf,
        /// What it is instead.
        special: FileKind,
    },
    /// A link in a directory has an absolute target.
    AbsoluteLink {
        /// The link itself.
        path: PathBuf,
        /// As the link has it.
        target: PathBuf,
    },
    /// A link in a directory leads out of the workspace.
    EscapingLink {
        /// The link itself.
        path: PathBuf,
        /// As the link has it, relative to its directory.
        target: PathBuf,
    },
    /// More than [`MAX_DEPTH`] directories lie inside each other, or the path is longer than the
    /// system takes.
    TooDeep {
        /// The first directory or file that is too deep.
        path: PathBuf,
    },
    /// A file had another size than it was said to have; more may follow what was found.
    Changed {
        /// The file that changed.
        path: PathBuf,
        /// The size in bytes when it was opened.
        declared: u64,
        /// How many bytes were read, at least.
        found: u64,
    },
    /// Something went away, or became something else, after it was found.
    Vanished {
        /// Where it had been found.
        path: PathBuf,
    },
    /// The system refused.
    Io {
        /// What the system was asked about.
        path: PathBuf,
        /// What was tried, as a verb that takes the path: `open`, `read`, `list`.
        action: &'static str,
        /// The system's reason.
        source: io::Error,
    },
    /// What the archive is written to failed.
    Sink(io::Error),
    /// What was read does not make an archive.
    Archive {
        /// The file or directory that was being added.
        path: PathBuf,
        /// The archive's reason.
        reason: NarWriteError,
    },
}

/// Where an error has to be mended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The author of the definition or of the workspace.
    User,
    /// The machine; nothing has to change in the workspace.
    Machine,
}

impl ImportError {
    /// Whether the definition has to change, or the machine.
    pub fn fault(&self) -> Fault {
        match self {
            Self::Missing { .. }
            | Self::LinkLoop { .. }
            | Self::Outside { .. }
            | Self::Repository { .. }
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
            Self::Repository { path } => write!(f, "`{}` leads into `.git`", path.display()),
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
