//! Secrets in files that are imported.

use std::path::Path;
use std::sync::Arc;

use crate::check::secrets;
use crate::check::secrets::LITERAL_SECRET;
use crate::diagnostic::{MachineError, Place};
use crate::secret::{Language, secrets as found_in};
use crate::source::{FileName, Span, load_opened};

use super::{Context, Import};

impl Context<'_> {
    /// Tells the secrets of an imported file or directory, once in a job.
    pub(super) fn exposed(
        &mut self,
        import: &Arc<Import>,
        place: impl FnOnce() -> Place,
    ) -> Result<(), MachineError> {
        if import.suspects.is_empty() || self.resolver.levels().allow(&LITERAL_SECRET) {
            return Ok(());
        }
        let place = place();
        for path in &import.suspects {
            if self.exposed.insert(path.clone()) {
                self.expose(path, &place)?;
            }
        }
        Ok(())
    }

    fn expose(&mut self, path: &Path, place: &Place) -> Result<(), MachineError> {
        let name = self.resolver.display_name(path);
        let opened = self.resolver.importer.open(path).ok();
        let full_name = FileName::new(name.clone(), path);
        let Some(file) = opened.and_then(|file| load_opened(file, full_name).ok()) else {
            // It has changed since.
            let error = "it changed while it was read";
            return Err(MachineError::new(format!("cannot read `{name}`"), error));
        };
        for secret in found_in(file.text(), Language::File, secrets::MOST) {
            let place_in_file = Place::span(&file, Span::new(secret.range));
            let problem = secrets::problem(secret.what, place_in_file);
            self.diagnostics
                .push(problem.also(place.clone(), "imported here"));
        }
        Ok(())
    }
}
