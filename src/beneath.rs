//! Files beneath a directory, whatever becomes of the directory in the meantime. Touches the world.
//!
//! A user who may write to a workspace can put a link or a FIFO into the place of a file after
//! jobc looked at it. So paths are opened from the descriptor of the directory that encloses them,
//! no link is followed on the way, and what was opened is looked at again. Links that lead to the
//! path are followed beforehand, and only the place that they lead to is opened.
//!
//! Nothing in a `.git` is opened: Git keeps addresses, passwords and tokens there, and what checks
//! out a repository for a machine leaves more.
//!
//! On Linux one call opens a path (`openat2` with `RESOLVE_BENEATH`). Elsewhere, and where the
//! kernel or a filter of system calls refuses that call, each directory on the way is opened by
//! itself.

mod handle;

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fmt;
use std::fs::{self, File};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, fstat, openat, readlinkat, statat};
use rustix::io::Errno;

pub use self::handle::DirectoryHandle;

/// A directory that nothing is opened outside of.
#[derive(Debug, Clone)]
pub struct Enclosure {
    /// Free of links.
    root: PathBuf,
    /// As the caller names it.
    named: PathBuf,
    directory: Arc<OwnedFd>,
    way: Way,
}

/// How a path of several directories is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// By one call, where there is one.
    Call,
    /// Directory by directory.
    Steps,
}

/// Why a file was not opened.
#[derive(Debug)]
pub enum OpenError {
    /// The path leads out of the directory.
    Outside {
        /// Where it leads, with links followed as far as they can be.
        resolved: PathBuf,
    },
    /// The path leads into a `.git`, or is one.
    Repository,
    /// Something else is there.
    NotAFile(FileKind),
    /// The system refused.
    Io(io::Error),
}

/// What a directory has under a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// A file with contents.
    File,
    /// A directory.
    Directory,
    /// A symbolic link.
    Link,
    /// A named pipe.
    Fifo,
    /// A Unix-domain socket.
    Socket,
    /// A device that is read in blocks, such as a disk.
    BlockDevice,
    /// A device that is read as a stream, such as a terminal.
    CharacterDevice,
    /// A kind that only some systems have.
    Unknown,
}

impl Enclosure {
    /// The directory at `path`.
    ///
    /// # Errors
    /// If there is none, or it cannot be opened.
    pub fn new(path: &Path) -> io::Result<Self> {
        let root = fs::canonicalize(path)?;
        let directory = openat(rustix::fs::CWD, &root, PASSAGE, Mode::empty())?;
        Ok(Self {
            root,
            named: path.to_owned(),
            way: Way::of_system(&directory),
            directory: Arc::new(directory),
        })
    }

    /// Its path, free of links.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Opens the file at `path` (absolute), which links may lead to that do not leave the
    /// directory.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn file(&self, path: &Path) -> Result<File, OpenError> {
        Ok(self.file_and_place(path)?.0)
    }

    /// As [`file`](Self::file), with where the file lies, relative to the directory and free of
    /// links.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn file_and_place(&self, path: &Path) -> Result<(File, PathBuf), OpenError> {
        let mut below = self.below(path).map(Path::to_owned);
        for _ in 0..MOST_TRIES {
            if let Some(below) = below {
                if in_repository(&below) {
                    return Err(OpenError::Repository);
                }
                match self.plain_file(&below) {
                    Err(OpenError::Io(error)) if error.kind() == io::ErrorKind::NotFound => {}
                    Err(OpenError::NotAFile(FileKind::Link)) => {}
                    done => return Ok((done?, below)),
                }
            }
            // There is a link on the way, or nothing.
            let resolved = fs::canonicalize(path).map_err(|error| self.lost(path, error))?;
            let Some(found) = self.below(&resolved) else {
                return Err(OpenError::Outside { resolved });
            };
            below = Some(found.to_owned());
        }
        Err(OpenError::Io(gone()))
    }

    /// Opens a directory beneath without following any link, to pass through it.
    ///
    /// # Errors
    /// `NotFound` if there is no directory at the path, or a link on the way.
    pub fn directory(&self, below: &Path) -> io::Result<OwnedFd> {
        let below = if below.as_os_str().is_empty() {
            Path::new(".")
        } else {
            below
        };
        if self.way == Way::Call {
            match in_one_call(&self.directory, below) {
                // Something was renamed meanwhile.
                Err(Errno::AGAIN | Errno::INTR) => {}
                opened => return opened.map_err(other),
            }
        }
        let mut reached: Option<OwnedFd> = None;
        for part in below.components() {
            let name = match part {
                Component::Normal(name) => name,
                Component::CurDir => OsStr::new("."),
                _ => return Err(gone()),
            };
            let from = reached.as_ref().unwrap_or(&self.directory);
            let next = openat(from, name, PASSAGE, Mode::empty()).map_err(other)?;
            reached = Some(next);
        }
        reached.ok_or_else(gone)
    }

    /// Where an absolute path lies in the directory, as far as its text says so.
    fn below<'p>(&self, path: &'p Path) -> Option<&'p Path> {
        let below = path.strip_prefix(&self.root);
        let below = below.or_else(|_| path.strip_prefix(&self.named)).ok()?;
        let is_plain = |part: Component<'_>| matches!(part, Component::Normal(_));
        (below.components().all(is_plain) && below.file_name().is_some()).then_some(below)
    }

    fn plain_file(&self, below: &Path) -> Result<File, OpenError> {
        let (Some(parent), Some(name)) = (below.parent(), below.file_name()) else {
            return Err(OpenError::NotAFile(FileKind::Directory));
        };
        let parent = self.directory(parent).map_err(OpenError::Io)?;
        match kind(parent.as_fd(), name).map_err(OpenError::Io)? {
            FileKind::File => open_file(parent.as_fd(), name).map_err(OpenError::Io),
            found => Err(OpenError::NotAFile(found)),
        }
    }

    /// What is wrong with a path that cannot be resolved. What lies outside is not told from what
    /// does not.
    fn lost(&self, path: &Path, error: io::Error) -> OpenError {
        if error.kind() == io::ErrorKind::NotFound {
            let resolved = destination(path);
            match resolved.strip_prefix(&self.root) {
                Err(_) => return OpenError::Outside { resolved },
                Ok(below) if in_repository(below) => return OpenError::Repository,
                Ok(_) => {}
            }
        }
        OpenError::Io(error)
    }
}

/// What `directory` has under `name`; a link is one.
///
/// # Errors
/// If there is nothing, or the system refuses.
pub fn kind(directory: BorrowedFd<'_>, name: &OsStr) -> io::Result<FileKind> {
    let found = statat(directory, name, AtFlags::SYMLINK_NOFOLLOW)?;
    Ok(FileKind::of(FileType::from_raw_mode(found.st_mode)))
}

/// Opens the file that `directory` has under `name`. Anything else that is there by now is neither
/// waited for nor read.
///
/// # Errors
/// `NotFound` if there is no file.
pub fn open_file(directory: BorrowedFd<'_>, name: &OsStr) -> io::Result<File> {
    let flags =
        OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let opened = openat(directory, name, flags, Mode::empty()).map_err(other)?;
    match FileType::from_raw_mode(fstat(&opened)?.st_mode) {
        FileType::RegularFile => Ok(File::from(opened)),
        _ => Err(gone()),
    }
}

/// Opens the directory that `directory` has under `name`, to list it.
///
/// # Errors
/// `NotFound` if there is no directory.
pub fn open_directory(directory: BorrowedFd<'_>, name: &OsStr) -> io::Result<OwnedFd> {
    openat(directory, name, DIRECTORY, Mode::empty()).map_err(other)
}

/// What the link that `directory` has under `name` says.
///
/// # Errors
/// If there is no link, or the system refuses.
pub fn read_link(directory: BorrowedFd<'_>, name: &OsStr) -> io::Result<PathBuf> {
    let target = readlinkat(directory, name, Vec::new()).map_err(|error| match error {
        Errno::INVAL => gone(),
        error => error.into(),
    })?;
    Ok(OsStr::from_bytes(target.as_bytes()).into())
}

/// The names in a directory and what has them, in no order, without `.` and `..`.
///
/// # Errors
/// If the system refuses.
pub fn entries(directory: BorrowedFd<'_>) -> io::Result<Vec<(Vec<u8>, FileKind)>> {
    let mut entries = Vec::new();
    for entry in Dir::read_from(directory)? {
        let entry = entry?;
        let name = entry.file_name().to_bytes();
        if name == b"." || name == b".." {
            continue;
        }
        let kind = match FileKind::of(entry.file_type()) {
            // Not every file system says it here.
            FileKind::Unknown => kind(directory, OsStr::from_bytes(name))?,
            known => known,
        };
        entries.push((name.to_owned(), kind));
    }
    Ok(entries)
}

/// Which directory is open: its device and its number there.
///
/// # Errors
/// If the system refuses.
pub fn identity(directory: BorrowedFd<'_>) -> io::Result<(u64, u64)> {
    let found = fstat(directory)?;
    #[allow(clippy::useless_conversion, reason = "some systems have other types")]
    let device = u64::try_from(found.st_dev).unwrap_or_default();
    Ok((device, found.st_ino))
}

/// Why nothing in a `.git` is opened.
pub const IN_REPOSITORY: &str =
    "Git keeps addresses, passwords and tokens there, so jobc reads nothing of it";

/// Whether a path (relative, free of links) is a `.git` or lies in one, as any file system spells it.
pub fn in_repository(path: &Path) -> bool {
    path.iter().any(|name| name.eq_ignore_ascii_case(".git"))
}

/// Where a path leads, with links followed as far as they lead to something, and each `..` behind
/// that taken literally.
pub fn destination(path: &Path) -> PathBuf {
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        // The last part that is there, without links on the way to it.
        let found = path.ancestors().find_map(|place| {
            let parent = place.parent()?;
            let real = fs::canonicalize(parent).ok()?.join(place.file_name()?);
            fs::symlink_metadata(&real).ok()?;
            Some((place, real))
        });
        let Some((place, real)) = found else {
            break;
        };
        let rest = path.strip_prefix(place).unwrap_or(Path::new(""));
        let next = match fs::canonicalize(&real) {
            Ok(real) => return without_dots(&real.join(rest)),
            Err(_) => match (real.parent(), fs::read_link(&real)) {
                (Some(parent), Ok(target)) => parent.join(target).join(rest),
                _ => break,
            },
        };
        path = without_dots(&next);
    }
    without_dots(&path)
}

/// Where a path is, with the links that lead to it followed as far as it exists: once with a link
/// at its end followed, and once without.
pub fn places(path: &Path) -> BTreeSet<PathBuf> {
    let path = without_dots(path);
    let parent = path
        .ancestors()
        .skip(1)
        .find_map(|ancestor| Some((ancestor, fs::canonicalize(ancestor).ok()?)));
    let unfollowed = match parent {
        Some((ancestor, real)) => real.join(path.strip_prefix(ancestor).unwrap_or(&path)),
        None => path.clone(),
    };
    let followed = fs::canonicalize(&path).unwrap_or_else(|_| unfollowed.clone());
    BTreeSet::from([unfollowed, followed])
}

/// The path with each `..` taken literally.
pub fn without_dots(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        if component == Component::ParentDir {
            plain.pop();
        } else {
            plain.push(component);
        }
    }
    plain
}

/// To look up what a directory has, which takes no right to list it.
#[cfg(target_os = "linux")]
const PASSAGE: OFlags = DIRECTORY.union(OFlags::PATH);
/// To look up what a directory has.
#[cfg(not(target_os = "linux"))]
const PASSAGE: OFlags = DIRECTORY;
const DIRECTORY: OFlags = OFlags::DIRECTORY
    .union(OFlags::NOFOLLOW)
    .union(OFlags::CLOEXEC);

/// A link that changes faster than this many tries is no accident.
const MOST_TRIES: usize = 100;
/// As many links in a row as Linux follows.
const MOST_LINKS: usize = 40;

impl Way {
    /// The better one that works here: old kernels have no such call, and filters may not know it.
    #[cfg(target_os = "linux")]
    fn of_system(directory: &OwnedFd) -> Self {
        match in_one_call(directory, Path::new(".")) {
            Ok(_) => Self::Call,
            Err(_) => Self::Steps,
        }
    }

    #[cfg(not(target_os = "linux"))]
    fn of_system(_: &OwnedFd) -> Self {
        Self::Steps
    }
}

#[cfg(target_os = "linux")]
fn in_one_call(directory: &OwnedFd, below: &Path) -> Result<OwnedFd, Errno> {
    use rustix::fs::{ResolveFlags, openat2};

    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS;
    openat2(directory, below, PASSAGE, Mode::empty(), resolve)
}

#[cfg(not(target_os = "linux"))]
fn in_one_call(_: &OwnedFd, _: &Path) -> Result<OwnedFd, Errno> {
    Err(Errno::NOSYS)
}

/// What it means that the system did not open a path by which something had been found.
fn other(error: Errno) -> io::Error {
    match error {
        Errno::LOOP | Errno::NOTDIR | Errno::XDEV | Errno::NXIO | Errno::NODEV => gone(),
        error => error.into(),
    }
}

fn gone() -> io::Error {
    Errno::NOENT.into()
}

impl FileKind {
    fn of(kind: FileType) -> Self {
        match kind {
            FileType::RegularFile => Self::File,
            FileType::Directory => Self::Directory,
            FileType::Symlink => Self::Link,
            FileType::Fifo => Self::Fifo,
            FileType::Socket => Self::Socket,
            FileType::BlockDevice => Self::BlockDevice,
            FileType::CharacterDevice => Self::CharacterDevice,
            FileType::Unknown => Self::Unknown,
        }
    }
}

impl fmt::Display for FileKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::File => "a file",
            Self::Directory => "a directory",
            Self::Link => "a symbolic link",
            Self::Fifo => "a FIFO",
            Self::Socket => "a socket",
            Self::BlockDevice => "a block device",
            Self::CharacterDevice => "a character device",
            Self::Unknown => "neither a file nor a directory",
        })
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Outside { .. } => f.write_str("it leads out of the workspace"),
            Self::Repository => f.write_str("it leads into `.git`"),
            Self::NotAFile(found) => write!(f, "it is {found}"),
            Self::Io(error) => write!(f, "{error}"),
        }
    }
}

impl std::error::Error for OpenError {}

#[cfg(test)]
mod tests;
