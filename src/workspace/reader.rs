//! Files of the workspace, read without leaving it.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::sync::Arc;

use crate::beneath::{Enclosure, IN_REPOSITORY, OpenError};
use crate::diagnostic::{Diagnostic, MachineError, Place, Report};
use crate::front::codes::{FILE_TOO_LARGE, NOT_UTF8};
use crate::source::{Encoding, FileName, LoadError, SourceFile, Span, display_name, load_opened};

use super::codes::OUTSIDE_LINK;

/// What reads a workspace's files.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    pub(super) files: &'a Enclosure,
    pub(super) current_dir: &'a Path,
}

impl Reader<'_> {
    /// The text of the file at `path`; a report without a value says what is wrong with it.
    pub(super) fn read(self, path: &Path) -> Result<Report<Arc<SourceFile>>, MachineError> {
        let mut diagnostics = Vec::new();
        let Some(file) = self.open(path)?.unpack(&mut diagnostics) else {
            return Ok(Report::failed(diagnostics));
        };
        let name = display_name(path, self.current_dir);
        let full_name = FileName::new(name.clone(), path);
        readable(load_opened(file, full_name), name)
    }

    /// Opens the file at `path`; a report without a value says why it may not be read.
    pub(super) fn open(self, path: &Path) -> Result<Report<File>, MachineError> {
        match self.files.file(path) {
            Ok(file) => Ok(Report::ok(file)),
            Err(OpenError::Outside { .. }) => {
                let name = display_name(path, self.current_dir);
                let headline = format!("`{name}` is a link that leads out of the workspace");
                let problem = Diagnostic::new(&OUTSIDE_LINK, headline, Place::File(name)).help(
                    "put a copy of the file in its place, or link to a file of the workspace",
                );
                Ok(Report::failed(vec![problem]))
            }
            Err(OpenError::Repository) => {
                let name = display_name(path, self.current_dir);
                let headline = format!("`{name}` leads into `.git`");
                let problem = Diagnostic::new(&OUTSIDE_LINK, headline, Place::File(name))
                    .note(IN_REPOSITORY)
                    .help("put a file in its place, or link to one outside of `.git`");
                Ok(Report::failed(vec![problem]))
            }
            Err(error) => Err(self.cannot(path, error)),
        }
    }

    /// Says that the file at `path` cannot be read.
    pub(super) fn cannot(self, path: &Path, error: impl std::fmt::Display) -> MachineError {
        let name = display_name(path, self.current_dir);
        MachineError::new(format!("cannot read `{name}`"), error)
    }
}

/// What came of reading the file called `name`; a report without a value says what is wrong with it.
///
/// # Errors
/// If it cannot be read.
pub fn readable(
    loaded: Result<Arc<SourceFile>, LoadError>,
    name: String,
) -> Result<Report<Arc<SourceFile>>, MachineError> {
    match loaded {
        Ok(file) => Ok(Report::ok(file)),
        Err(LoadError::Io(error)) => Err(MachineError::new(format!("cannot read `{name}`"), error)),
        Err(error @ LoadError::TooLarge) => {
            let headline = format!("`{name}` is {error}");
            let problem = Diagnostic::new(&FILE_TOO_LARGE, headline, Place::File(name));
            Ok(Report::failed(vec![problem]))
        }
        Err(LoadError::NotUtf8 { readable, found }) => {
            let end = readable.text().len();
            let expected = match found {
                Encoding::Archive(_) | Encoding::Other(_) => "text",
                _ => "UTF-8",
            };
            let headline = format!("expected {expected}, found {found}");
            let place = match end {
                0 => Place::File(name),
                _ => Place::span(&readable, Span::new(end..end)),
            };
            let mut problem = Diagnostic::new(&NOT_UTF8, headline, place);
            problem.help.extend(found.help());
            Ok(Report::failed(vec![problem]))
        }
    }
}

/// Whether there is something at `path`; a link to nothing and what cannot be read are something.
pub(super) fn is_there(path: &Path) -> bool {
    let absent = |error: &io::Error| error.kind() == io::ErrorKind::NotFound;
    !fs::symlink_metadata(path).is_err_and(|error| absent(&error))
}

/// Whether the directory `path` is there.
pub fn is_directory(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| metadata.is_dir())
}
