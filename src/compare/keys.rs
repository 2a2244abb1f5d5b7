//! Which jobs the definitions of a side seem to have.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::compile::{Compiler, Until, every};
use crate::diagnostic::MachineError;
use crate::parallel::in_parallel;
use crate::query::declared::{Declared, may_define, name_of};
use crate::source::SourceFile;

use super::definitions::Definitions;

/// More names than these are not sought in a text before it is parsed.
pub(super) const MOST_SOUGHT: usize = 50;

impl Definitions {
    /// The keys of all jobs that the definitions seem to have.
    pub(super) fn keys(&self) -> Result<BTreeSet<String>, MachineError> {
        self.keys_of(&self.files.iter().collect::<Vec<_>>())
    }

    /// The keys of all jobs that some of the definitions seem to have.
    pub(super) fn keys_of(&self, files: &[&PathBuf]) -> Result<BTreeSet<String>, MachineError> {
        if let Some(checked) = &self.checked {
            checked.check_out(files.iter().copied())?;
        }
        let compiler = Compiler::new(&self.workspace)?;
        let keys = |path: &&PathBuf| match self.text(path, &BTreeMap::new()) {
            Some(source) => self.keys_in(path, &source, &compiler),
            None => BTreeSet::new(),
        };
        let keys = in_parallel(files, keys, |_| {});
        Ok(keys.into_iter().flatten().collect())
    }

    /// Those of some of the definitions that seem to have jobs with these keys.
    pub(super) fn having(
        &self,
        keys: &BTreeSet<String>,
        files: &[&PathBuf],
    ) -> Result<BTreeSet<PathBuf>, MachineError> {
        let texts = match &self.checked {
            Some(checked) => checked.contents(files)?,
            None => BTreeMap::new(),
        };
        if let Some(checked) = &self.checked {
            let unread = files.iter().filter(|file| !texts.contains_key(**file));
            checked.check_out(unread.copied())?;
        }
        let compiler = Compiler::new(&self.workspace)?;
        let names: BTreeSet<&str> = keys.iter().map(|key| name_of(key)).collect();
        let has = |path: &&PathBuf| {
            let Some(source) = self.text(path, &texts) else {
                return false;
            };
            let Some(file) = self.file(path) else {
                return false;
            };
            let defines = |name: &&str| may_define(&source, file.format, name);
            let may_have = names.len() > MOST_SOUGHT || names.iter().any(defines);
            may_have && !keys.is_disjoint(&self.keys_in(path, &source, &compiler))
        };
        let having = in_parallel(files, has, |_| {});
        let having = files.iter().zip(having).filter(|(_, has)| *has);
        Ok(having.map(|(path, _)| (*path).clone()).collect())
    }

    /// The keys of the jobs that a definition with this text seems to have.
    fn keys_in(
        &self,
        path: &Path,
        source: &Arc<SourceFile>,
        compiler: &Compiler<'_>,
    ) -> BTreeSet<String> {
        let Some(file) = self.file(path) else {
            return BTreeSet::new();
        };
        let declared = Declared::of(source, file.format);
        let mut keys: BTreeSet<String> = declared.keys().map(str::to_owned).collect();
        if keys.is_empty() {
            let until: Until<'_, ()> = Until::Listed(&|_, _| ());
            let compilation = compiler.compile(&file, source, &until, every);
            let compilation = compilation.ok().and_then(|report| report.value);
            let jobs = compilation
                .iter()
                .flat_map(|compilation| &compilation.listed);
            keys.extend(jobs.map(|job| job.key.to_string()));
        }
        keys
    }
}
