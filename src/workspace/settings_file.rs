//! `jobc.toml` as it is read.

use std::path::Path;

use crate::diagnostic::{Holes, MachineError, Report};
use crate::front::{self, Format, Loaded};
use crate::model::Settings;
use crate::source::SourceMap;

use super::reader::{Reader, is_there};

/// The settings as they are read.
#[derive(Debug, Default)]
pub(super) struct SettingsFile {
    pub(super) settings: Settings,
    pub(super) map: Option<SourceMap>,
    /// Where they are not the author's.
    pub(super) holes: Holes,
}

/// The settings, made-up parts included.
pub(super) fn read_settings(
    path: &Path,
    reader: Reader<'_>,
) -> Result<Report<SettingsFile>, MachineError> {
    if !is_there(path) {
        return Ok(Report::ok(SettingsFile::default()));
    }
    let source = reader.read(path)?;
    let loaded = source.and_then(|file| front::load(&file, Format::Toml));
    Ok(loaded.map(Loaded::into_map).and_then(|map| {
        let decoded = front::settings(map.root());
        let problems = decoded.diagnostics.into_iter();
        let diagnostics = problems.map(|problem| problem.located(&map)).collect();
        let value = decoded.value.map(|settings| SettingsFile {
            settings,
            map: Some(map),
            holes: Holes::new(decoded.holes),
        });
        Report { value, diagnostics }
    }))
}
