//! What a comparison shows of the contents of imported files.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::beneath::{self, Enclosure, FileKind, OpenError};
use crate::diff::{Contents, Listed};
use crate::store::hash::Sha256Writer;

/// Longer files are not compared line by line.
const LONGEST_TEXT: u64 = 1024 * 1024;

/// What lies at a path of a workspace; none if it cannot be read.
pub(super) fn read(root: &Path, path: &Path) -> Option<Contents> {
    let workspace = Enclosure::new(root).ok()?;
    let file = match workspace.file(path) {
        Ok(file) => file,
        Err(OpenError::NotAFile(FileKind::Directory)) => {
            let real = path.canonicalize().ok()?;
            let below = real.strip_prefix(workspace.root()).ok()?;
            let passage = workspace.directory(below).ok()?;
            let directory = beneath::open_directory(passage.as_fd(), OsStr::new(".")).ok()?;
            let mut files = BTreeMap::new();
            list(directory.as_fd(), Path::new(""), &mut files)?;
            return Some(Contents::Directory(files));
        }
        Err(_) => return None,
    };
    let metadata = file.metadata().ok()?;
    let executable = metadata.permissions().mode() & 0o100 != 0;
    let size = metadata.len();
    let bytes = Contents::Bytes { size, executable };
    if size > LONGEST_TEXT {
        return Some(bytes);
    }
    let mut read = Vec::new();
    file.take(LONGEST_TEXT + 1).read_to_end(&mut read).ok()?;
    Some(match String::from_utf8(read) {
        Ok(text) if !text.contains('\0') => Contents::Text { text, executable },
        _ => bytes,
    })
}

/// Adds all files and links below a directory, which is called `at` in its object.
fn list(directory: BorrowedFd<'_>, at: &Path, files: &mut BTreeMap<String, Listed>) -> Option<()> {
    for (name, kind) in beneath::entries(directory).ok()? {
        let name = OsStr::from_bytes(&name);
        let path: PathBuf = at.join(name);
        let listed = match kind {
            FileKind::File => {
                let file = beneath::open_file(directory, name).ok()?;
                let mode = file.metadata().ok()?.permissions().mode() & 0o100;
                format!("{mode} {}", digest(file).ok()?)
            }
            FileKind::Link => {
                format!("-> {}", beneath::read_link(directory, name).ok()?.display())
            }
            FileKind::Directory => {
                let inner = beneath::open_directory(directory, name).ok()?;
                list(inner.as_fd(), &path, files)?;
                continue;
            }
            _ => continue,
        };
        files.insert(path.display().to_string(), Listed(listed));
    }
    Some(())
}

fn digest(mut file: File) -> io::Result<String> {
    let mut hasher = Sha256Writer::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hasher.finish().hash.base32()),
            count => hasher.update(&buffer[..count]),
        }
    }
}
