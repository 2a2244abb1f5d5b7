//! Files that are something else than their name says: told once, as what they are, in the place of
//! everything that is wrong with them as something that they are not.
//!
//! A file that can be read is one of another program if it has the keys of that and none that only
//! jobc's own have. A file that cannot be read is looked at line by line. Both are guesses, so they
//! are made only where there is nothing better to say.

mod conflict;
mod kinds;
mod outline;
mod role;
mod text;

use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Place, Report};
use crate::front::codes::{EMPTY_FILE, SYNTAX, YAML_ALIAS, YAML_MERGE_KEY, YAML_TAG};
use crate::source::{Kind, SourceFile};

use super::{Format, Loaded};
use outline::Outline;
use text::Syntax;

pub(super) use conflict::conflict;
pub(super) use role::Role;

crate::diagnostic::declare_codes! {
    /// The file is something else than its name says: a file of another program, or one in another
    /// format.
    ///
    /// It is told once, as what it is, and nothing else is said about it: as a definition, hardly a
    /// line of it would be right.
    ///
    /// ```yaml
    /// apiVersion: apps/v1
    /// kind: Deployment
    /// metadata:
    ///   name: hello
    /// spec:
    ///   replicas: 3
    ///   template:
    ///     spec:
    ///       containers:
    ///         - name: hello
    ///           image: busybox
    ///           command: ["echo", "hello"]
    /// ```
    ///
    /// Write what it says in the words of a definition.
    ///
    /// ```yaml
    /// cluster: devcluster
    /// role: www
    /// environment: devel
    /// name: hello
    /// instances: 3
    /// task:
    ///   processes: [{ name: hello, cmdline: echo hello }]
    ///   resources: { cpu: 1, ram: 64 MB, disk: 64 MB }
    /// ```
    FOREIGN_FILE = "foreign-file", Error, "the file is something else than its name says";
}

/// What a file is instead of what it should be, if it is something else.
pub(super) fn recognise(
    file: &Arc<SourceFile>,
    format: Format,
    role: Role,
    report: &Report<Loaded>,
) -> Option<Diagnostic> {
    let text = file.text();
    let outline = match &report.value {
        Some(loaded) => Outline::of_tree(&loaded.tree),
        None if report.diagnostics.iter().any(is_of_grammar) => Outline::of_text(text),
        None => return None,
    };
    if role != Role::Lock
        && let Some((kind, span)) = kinds::find(&outline, role)
    {
        let headline = format!("expected {}, found {}", role.name(), kind.name);
        let problem = Diagnostic::new(&FOREIGN_FILE, headline, Place::span(file, span));
        return Some(problem.help(kind.help));
    }
    if role == Role::ClientJson
        && let Some(span) = outline.is_definition(file.name())
    {
        let headline = "expected JSON for Aurora, found a definition of jobc";
        let problem = Diagnostic::new(&FOREIGN_FILE, headline, Place::span(file, span));
        return Some(problem.help("check it with `jobc check`, which reads definitions"));
    }
    let reads = (report.value.as_ref()).is_some_and(|loaded| match loaded.tree.kind {
        Kind::Mapping(_) => !outline.is_procfile(),
        Kind::Sequence(_) => true,
        _ => false,
    });
    if reads {
        return None;
    }
    let (syntax, span) = text::syntax(text, &outline)?;
    if syntax == Syntax::Own(format) {
        return None;
    }
    let expected = match syntax {
        Syntax::Own(_) => format.name(),
        _ => role.name(),
    };
    let headline = format!("expected {expected}, found {}", syntax.name());
    let problem = Diagnostic::new(&FOREIGN_FILE, headline, Place::span(file, span));
    Some(problem.help(syntax.help(role, file.name())))
}

/// Whether a problem is one that a text in another grammar has.
fn is_of_grammar(problem: &Diagnostic) -> bool {
    let codes = [&SYNTAX, &YAML_ALIAS, &YAML_MERGE_KEY, &YAML_TAG];
    codes.contains(&problem.code) && problem.code != &EMPTY_FILE
}
