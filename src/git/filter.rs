//! Files that go through a filter when they are checked out: Git LFS, git-crypt and the like.
//!
//! A filter is a program that a configuration names, and none is run. What it would write is known
//! all the same:
//!
//! - of a file that the working tree has unchanged, by git's index: it is there;
//! - of a pointer of Git LFS, where the content that it names lies in the repository's `lfs/objects` or
//!   in the working tree, told by its hash. Where the working tree has a pointer itself, nothing was
//!   fetched there, and pointers are compared with pointers.
//!
//! ```text
//! pointer = "version https://git-lfs.github.com/spec/v1\n" { KEY " " VALUE "\n" }
//! KEY     = "oid" ("sha256:" and hexadecimal digits) | "size" (bytes) | ...
//! ```

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::store::hash::Sha256Writer;

use super::command::{GitError, path, run, words};
use super::objects::{Checkout, Objects};

/// Pointers are shorter.
const LONGEST_POINTER: u64 = 1024;

/// A file that is not what a checkout would make of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unfiltered {
    /// Where it is, relative to the top of the repository.
    pub path: PathBuf,
    /// The filter that its attributes name.
    pub filter: String,
    /// Whether it is a pointer of Git LFS to content that is not here.
    pub is_pointer: bool,
}

/// What a pointer of Git LFS says.
#[derive(Debug, PartialEq, Eq)]
struct Pointer {
    /// The SHA-256 of the content in hexadecimal.
    hash: String,
    size: u64,
}

/// Writes what is known of the files that were checked out, `paths` with a NUL byte after each.
/// Returns those of which nothing is.
pub(super) fn finish(
    objects: &Objects,
    checkout: &Checkout,
    paths: Vec<u8>,
) -> Result<Vec<Unfiltered>, GitError> {
    let mut command = objects.git_on(&checkout.directory, &checkout.index);
    command.args(["check-attr", "--cached", "-z", "--stdin", "filter"]);
    let listed = run(&mut command, Some(paths))?.checked("read attributes")?;
    let mut left = Vec::new();
    let mut words = listed.split(|&byte| byte == 0);
    while let (Some(name), Some(_), Some(filter)) = (words.next(), words.next(), words.next()) {
        if matches!(filter, b"unspecified" | b"unset" | b"set" | b"") {
            continue;
        }
        let file = path(name);
        let target = checkout.directory.join(&file);
        if !fs::symlink_metadata(&target).is_ok_and(|found| found.is_file()) {
            continue;
        }
        let pointer = Pointer::read(&target);
        let source = match &pointer {
            Some(pointer) => pointer.content(objects, &file),
            None => written(objects, checkout, &file)?,
        };
        match source {
            Some(Source::Itself) => {}
            Some(Source::File(source)) => copy(&source, &target)
                .map_err(|error| GitError::new("check out a file", error.to_string()))?,
            None => left.push(Unfiltered {
                path: file,
                filter: String::from_utf8_lossy(filter).into_owned(),
                is_pointer: pointer.is_some(),
            }),
        }
    }
    Ok(left)
}

/// What the working tree has of the same file, if that is unchanged.
fn written(
    objects: &Objects,
    checkout: &Checkout,
    file: &Path,
) -> Result<Option<Source>, GitError> {
    let Some(id) = objects.untouched()?.get(file) else {
        return Ok(None);
    };
    let mut command = objects.git_on(&checkout.directory, &checkout.index);
    command.args(["ls-files", "-z", "--stage", "--"]).arg(file);
    let listed = run(&mut command, None)?.checked("list a revision")?;
    let is_same = words(&listed).any(|line| {
        let mut head = line.split(|&byte| byte == b' ').skip(1);
        head.next() == Some(id.as_str().as_bytes())
    });
    let source = objects.in_working_tree(file).filter(|_| is_same);
    Ok(source.map(Source::File))
}

/// Where the content of a file comes from.
enum Source {
    /// It is right as it is.
    Itself,
    /// Another file.
    File(PathBuf),
}

impl Pointer {
    /// The pointer that a file is.
    fn read(path: &Path) -> Option<Self> {
        let found = fs::symlink_metadata(path).ok()?;
        if !found.is_file() || found.len() > LONGEST_POINTER {
            return None;
        }
        let mut text = String::new();
        let file = File::open(path).ok()?;
        file.take(LONGEST_POINTER).read_to_string(&mut text).ok()?;
        Self::parse(&text)
    }

    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        if lines.next()? != "version https://git-lfs.github.com/spec/v1" {
            return None;
        }
        let values: BTreeMap<&str, &str> = lines.filter_map(|line| line.split_once(' ')).collect();
        let hash = values.get("oid")?.strip_prefix("sha256:")?;
        let is_hash = hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_hash.then_some(Self {
            hash: hash.to_ascii_lowercase(),
            size: values.get("size")?.parse().ok()?,
        })
    }

    /// Where the content is that it names.
    fn content(&self, objects: &Objects, file: &Path) -> Option<Source> {
        let working = objects.in_working_tree(file);
        if working
            .as_deref()
            .is_some_and(|working| Self::read(working).is_some())
        {
            return Some(Source::Itself);
        }
        let (first, rest) = self.hash.split_at(2);
        let kept = objects.repository().common_dir.join("lfs/objects");
        let kept = kept.join(first).join(&rest[..2]).join(&self.hash);
        let mut places = [Some(kept), working].into_iter().flatten();
        places.find(|place| self.is_of(place)).map(Source::File)
    }

    /// Whether a file has the content that is meant.
    fn is_of(&self, path: &Path) -> bool {
        let found = fs::symlink_metadata(path);
        let may_be = found.is_ok_and(|found| found.is_file() && found.len() == self.size);
        may_be && digest(path).is_ok_and(|hash| hash == self.hash)
    }
}

fn digest(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256Writer::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hasher.finish().hash.hex()),
            count => hasher.update(&buffer[..count]),
        }
    }
}

/// Writes the content of one file into another, whose mode stays.
fn copy(source: &Path, target: &Path) -> io::Result<()> {
    let mut source = File::open(source)?;
    let mut target = File::options().write(true).truncate(true).open(target)?;
    io::copy(&mut source, &mut target).map(drop)
}

#[cfg(test)]
mod tests {
    use super::Pointer;

    /// As the specification of Git LFS has it.
    #[test]
    fn pointers() {
        let hash = "4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393";
        let text =
            format!("version https://git-lfs.github.com/spec/v1\noid sha256:{hash}\nsize 12345\n");
        let pointer = Pointer {
            hash: hash.to_owned(),
            size: 12345,
        };
        assert_eq!(Pointer::parse(&text), Some(pointer));
        assert_eq!(Pointer::parse(&text.replace("sha256:4", "sha256:g")), None);
        assert_eq!(Pointer::parse(&text.replace("size", "sizes")), None);
        assert_eq!(Pointer::parse(&text.replace("version", "versions")), None);
        assert_eq!(Pointer::parse("hello"), None);
    }
}
