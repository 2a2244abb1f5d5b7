//! What rules say about a job whose commands are resolved.

use std::collections::HashSet;

use crate::diagnostic::Diagnostic;
use crate::rule::Resolved;
use crate::store::StorePath;

use super::{Lock, ResolvedJob, Resolver};

impl ResolvedJob {
    /// What these rules find.
    pub fn judge(
        &self,
        resolver: &Resolver<'_>,
        rules: impl IntoIterator<Item = fn(&mut Resolved<'_>)>,
    ) -> Vec<Diagnostic> {
        let imports = self.imports.values();
        let imported = imports.map(|import| as_signed(import.nar.size));
        let mut seen = Resolved {
            job: self.checked.job(),
            at: self.checked.pointer(),
            settings: resolver.settings,
            commands: self.commands.iter().map(|it| &*it.text).collect(),
            noticed: &self.noticed,
            largest_closure: imported.fold(resolver.lock.size(), i64::saturating_add),
            closure_of: &|processes| self.closure_size(resolver.lock, processes),
            found: Vec::new(),
        };
        for rule in rules {
            rule(&mut seen);
        }
        seen.found
    }

    /// The size of all archives in the closure of these processes and the health check, as far as it is
    /// known.
    fn closure_size(&self, lock: &Lock, processes: &[usize]) -> i64 {
        let commands = processes.iter().filter_map(|it| self.commands.get(*it));
        let commands = commands.chain(&self.shell_command);
        let scripts = commands.filter_map(|command| command.script.as_ref());
        let mut next: Vec<&StorePath> = scripts.flat_map(|script| &script.references).collect();
        let mut seen = HashSet::new();
        let mut size = 0_i64;
        while let Some(path) = next.pop() {
            if !seen.insert(path) {
                continue;
            }
            if let Some(info) = lock.path(path) {
                size = size.saturating_add(info.nar_size);
                next.extend(&info.references);
            } else if let Some(import) = self.imports.get(path) {
                size = size.saturating_add(as_signed(import.nar.size));
            }
        }
        size
    }
}

fn as_signed(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}
