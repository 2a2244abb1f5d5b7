//! Definitions, by their names.

use std::path::{Path, PathBuf};

use crate::front::Format;

/// A file that holds one or more jobs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DefinitionFile {
    /// Its path, absolute.
    pub path: PathBuf,
    /// How it is written.
    pub format: Format,
}

impl DefinitionFile {
    /// The file at `path`, if its name is one of a definition.
    pub fn of_path(path: &Path) -> Option<Self> {
        let format = Format::of_extension(path.extension()?.to_str()?)?;
        // A name that is not UTF-8 is no reason to pass over a file.
        let stem = path.file_stem()?.as_encoded_bytes();
        let is_definition = stem == b"job"
            || stem
                .strip_suffix(b".job")
                .is_some_and(|name| !name.is_empty());
        is_definition.then(|| Self {
            path: path.to_owned(),
            format,
        })
    }

    /// The directory that paths in the definition are relative to.
    pub fn directory(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new("/"))
    }

    /// The directory that stands for the definition: that of `job.toml`.
    pub fn own_directory(&self) -> Option<&Path> {
        let directory = self.directory();
        (self.path.file_stem()? == "job").then_some(directory)
    }

    /// What the file is called when its jobs are asked for: `NAME` of `NAME.job.toml`, the
    /// directory of `job.toml`.
    pub fn short_name(&self) -> Option<&str> {
        match self.own_directory() {
            Some(directory) => directory.file_name()?.to_str(),
            None => Path::new(self.path.file_stem()?).file_stem()?.to_str(),
        }
    }
}
