//! Store paths that a command names by itself.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::check::packages::UNDECLARED_STORE_PATH;
use crate::diagnostic::{Diagnostic, Place};
use crate::model::{CommandLine, PackageSource};
use crate::store::references::mentions;
use crate::store::{StorePathHash, StorePathName};

use super::{Context, DEFAULT_SYSTEM, Locked};

/// So many paths of one command are told.
const MOST: usize = 10;

impl Context<'_> {
    /// Warns of store paths that stand in the command and are no package; `known` are those that
    /// its references came to.
    pub(super) fn undeclared(
        &mut self,
        line: &CommandLine,
        known: &BTreeMap<StorePathHash, StorePathName>,
        place: impl Fn(usize, &str) -> Place,
    ) {
        if self.resolver.levels().allow(&UNDECLARED_STORE_PATH) {
            return;
        }
        let text = line.as_str();
        let mut told = BTreeSet::new();
        for mention in mentions(self.resolver.store_dir, text.as_bytes()) {
            let hash = mention.hash();
            if known.contains_key(hash) || told.contains(hash) || told.len() == MOST {
                continue;
            }
            if self.declared_paths().contains(hash) {
                continue;
            }
            let Ok(found) = mention.longest() else {
                continue;
            };
            told.insert(*hash);
            let guilty = &text[found.range.clone()];
            let headline = format!("no package is `{guilty}`");
            let problem = Diagnostic::new(
                &UNDECLARED_STORE_PATH,
                headline,
                place(found.range.start, guilty),
            );
            self.diagnostics.push(
                problem
                    .help("declare it in `packages`, and name it as `${pkgs.NAME}`")
                    .note("what is not declared is not locked, and updated by nobody"),
            );
        }
    }

    /// The hashes of all packages that the job may name.
    fn declared_paths(&mut self) -> &BTreeSet<StorePathHash> {
        let resolver = self.resolver;
        let job = self.checked.job();
        self.declared.get_or_insert_with(|| {
            let system = resolver.settings.system.as_deref();
            let system = system.unwrap_or(DEFAULT_SYSTEM);
            let own = job.packages.iter().chain([resolver.shared_packages]);
            let own = own
                .flatten()
                .map(|(_, source)| (source, resolver.definition_dir));
            let shared = resolver.settings.packages.iter().flatten();
            let shared = shared.map(|(_, source)| (source, resolver.workspace_root));
            let path = |(source, base): (&PackageSource, &Path)| match source {
                PackageSource::Local(_) => None,
                PackageSource::Reference(text) if text.starts_with('/') => {
                    Some(*resolver.store_dir.parse(text).ok()?.hash())
                }
                PackageSource::Reference(text) => {
                    let meaning = resolver.relative().meaning(text, base).ok()?;
                    match resolver.lock.package(&meaning.key, system) {
                        Locked::As(path) => Some(*path.hash()),
                        Locked::ForOthers(_) | Locked::Not => None,
                    }
                }
            };
            own.chain(shared).filter_map(path).collect()
        })
    }
}
