//! What is in imported files, as far as a comparison shows it.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use walkdir::WalkDir;

use crate::diff::{Contents, Listed};
use crate::store::hash::Sha256Writer;

/// Longer files are not compared line by line.
const LONGEST_TEXT: u64 = 1024 * 1024;

/// What lies at a path; none if it cannot be read.
pub(super) fn read(path: &Path) -> Option<Contents> {
    let metadata = fs::symlink_metadata(path).ok()?;
    if metadata.is_dir() {
        return directory(path).map(Contents::Directory);
    }
    if !metadata.is_file() {
        return None;
    }
    let executable = metadata.permissions().mode() & 0o100 != 0;
    let size = metadata.len();
    let bytes = Contents::Bytes { size, executable };
    if size > LONGEST_TEXT {
        return Some(bytes);
    }
    let read = fs::read(path).ok()?;
    Some(match String::from_utf8(read) {
        Ok(text) if !text.contains('\0') => Contents::Text { text, executable },
        _ => bytes,
    })
}

fn directory(root: &Path) -> Option<BTreeMap<String, Listed>> {
    let mut files = BTreeMap::new();
    for entry in WalkDir::new(root) {
        let entry = entry.ok()?;
        let path = entry.path();
        let listed = if entry.file_type().is_file() {
            let mode = entry.metadata().ok()?.permissions().mode() & 0o100;
            format!("{mode} {}", digest(path).ok()?)
        } else if entry.file_type().is_symlink() {
            format!("-> {}", fs::read_link(path).ok()?.display())
        } else {
            continue;
        };
        let name = path.strip_prefix(root).ok()?.display().to_string();
        files.insert(name, Listed(listed));
    }
    Some(files)
}

fn digest(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256Writer::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hasher.finish().hash.base32()),
            count => hasher.update(&buffer[..count]),
        }
    }
}
