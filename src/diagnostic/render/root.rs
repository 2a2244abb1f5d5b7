//! Names of files as other programs want them: relative to a directory that they know.

use std::fmt::Write;
use std::path::{Component, Path, PathBuf};

use crate::source::SourceFile;

/// The directory that a report is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Root {
    /// The directory that the names of files are relative to, absolute.
    current_dir: PathBuf,
    /// The directory that reports name them relative to.
    root: PathBuf,
}

impl Root {
    /// Turns names that are relative to `current_dir` into such that are relative to `root`, if that
    /// is above it; both are absolute.
    pub fn new(current_dir: &Path, root: Option<&Path>) -> Self {
        let root = root.map(plain);
        let current_dir = plain(current_dir);
        let root = root.filter(|root| current_dir.starts_with(root));
        Self {
            root: root.unwrap_or_else(|| current_dir.clone()),
            current_dir,
        }
    }

    /// The name relative to the root, or the absolute one of a file that is not below it.
    pub(super) fn name(&self, name: &str) -> String {
        let path = self.absolute(name);
        let relative = path.strip_prefix(&self.root).unwrap_or(&path);
        relative.display().to_string()
    }

    /// The same as a reference for a URI: percent-encoded, with a scheme if it is absolute.
    pub(super) fn reference(&self, name: &str) -> Reference {
        self.path(&self.absolute(name))
    }

    /// The reference to a file, whose bytes it keeps.
    pub(super) fn file(&self, file: &SourceFile) -> Reference {
        match file.unshown_path() {
            Some(path) => self.path(&plain(path)),
            None => self.reference(file.name()),
        }
    }

    fn path(&self, path: &Path) -> Reference {
        match path.strip_prefix(&self.root) {
            Ok(relative) => Reference::Relative(encode(relative)),
            Err(_) => Reference::Absolute(format!("file://{}", encode(path))),
        }
    }

    /// The root's own URI, which ends in a slash.
    pub(super) fn uri(&self) -> String {
        let mut uri = format!("file://{}", encode(&self.root));
        if !uri.ends_with('/') {
            uri.push('/');
        }
        uri
    }

    fn absolute(&self, name: &str) -> PathBuf {
        plain(&self.current_dir.join(name))
    }
}

/// A reference to a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reference {
    /// To one below the root.
    Relative(String),
    /// To another one.
    Absolute(String),
}

/// `path` without `.` and `..`. Names of files are made by comparing components, so that no link
/// is crossed by this that was not crossed before.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            other => plain.push(other),
        }
    }
    plain
}

fn encode(path: &Path) -> String {
    let mut encoded = String::new();
    for &byte in path.as_os_str().as_encoded_bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            write!(encoded, "%{byte:02X}").expect("a string takes all");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(root: &Root, name: &str, expected: (&str, &str)) {
        assert_eq!(root.name(name), expected.0);
        let (Reference::Relative(text) | Reference::Absolute(text)) = root.reference(name);
        assert_eq!(text, expected.1);
    }

    #[test]
    fn names() {
        let here = Root::new(Path::new("/w/a"), None);
        assert_eq!(here.uri(), "file:///w/a/");
        check(&here, "x/job.toml", ("x/job.toml", "x/job.toml"));
        check(
            &here,
            "ü %:#?.toml",
            ("ü %:#?.toml", "%C3%BC%20%25%3A%23%3F.toml"),
        );
        check(&here, "../job.toml", ("/w/job.toml", "file:///w/job.toml"));
        check(
            &here,
            "/x y/job.toml",
            ("/x y/job.toml", "file:///x%20y/job.toml"),
        );

        let above = Root::new(Path::new("/w/a"), Some(Path::new("/w/./")));
        assert_eq!(above.uri(), "file:///w/");
        check(&above, "job.toml", ("a/job.toml", "a/job.toml"));
        check(&above, "../b/job.toml", ("b/job.toml", "b/job.toml"));

        let elsewhere = Root::new(Path::new("/w/a"), Some(Path::new("/w/b")));
        assert_eq!(elsewhere, here);
        assert_eq!(Root::new(Path::new("/"), None).uri(), "file:///");
    }
}
