//! What rules say about a job whose commands are resolved.

use crate::diagnostic::Diagnostic;
use crate::rule::Resolved;

use super::{ResolvedJob, Resolver};

impl ResolvedJob {
    /// What these rules find.
    pub fn judge(
        &self,
        resolver: &Resolver<'_>,
        rules: &[fn(&mut Resolved<'_>)],
    ) -> Vec<Diagnostic> {
        let mut seen = Resolved {
            settings: resolver.settings,
            noticed: &self.noticed,
            found: Vec::new(),
        };
        for rule in rules {
            rule(&mut seen);
        }
        seen.found
    }
}
