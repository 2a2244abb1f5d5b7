//! Files that are something else than their name says: told once, as what they are, in the place of
//! everything that is wrong with them as something that they are not.
//!
//! A file that can be read is one of another program if it has the keys of that and none that only
//! jobc's own have. A file that cannot be read is looked at line by line. Both are guesses, so they
//! are made only where there is nothing better to say.

mod conflict;
mod kinds;
mod outline;
mod text;

use std::path::Path;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Place, Report};
use crate::front::codes::{EMPTY_FILE, SYNTAX, YAML_ALIAS, YAML_MERGE_KEY, YAML_TAG};
use crate::source::{Kind, Node, SourceFile, Span};

use super::Format;
use outline::Outline;
use text::Syntax;

pub(super) use conflict::conflict;

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

/// What a file is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// A definition of jobs.
    Definition,
    /// `jobc.toml`.
    Settings,
    /// `jobc.lock`.
    Lock,
    /// JSON for Aurora's client.
    ClientJson,
}

impl Role {
    /// The role of a file that a workspace has under this name.
    pub(super) fn of_name(name: &str) -> Self {
        match Path::new(name).file_name().and_then(|name| name.to_str()) {
            Some("jobc.toml") => Self::Settings,
            Some("jobc.lock") => Self::Lock,
            _ => Self::Definition,
        }
    }

    /// As a headline continues after "expected".
    fn name(self) -> &'static str {
        match self {
            Self::Definition => "a job's definition",
            Self::Settings => "settings of jobc",
            Self::Lock => "a lock",
            Self::ClientJson => "JSON for Aurora",
        }
    }
}

/// The report on a file, or what the file is instead of what it should be.
pub(super) fn judge(
    file: &Arc<SourceFile>,
    format: Format,
    role: Role,
    report: Report<Node>,
) -> Report<Node> {
    match recognise(file, format, role, &report) {
        Some(problem) => Report::failed(vec![problem]),
        None => report,
    }
}

fn recognise(
    file: &Arc<SourceFile>,
    format: Format,
    role: Role,
    report: &Report<Node>,
) -> Option<Diagnostic> {
    let text = file.text();
    let outline = match &report.value {
        Some(root) => Outline::of_tree(root),
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
    let reads = report.value.as_ref().is_some_and(|root| match root.kind {
        Kind::Mapping(_) => !outline.is_procfile(),
        Kind::Sequence(_) => true,
        _ => false,
    });
    if reads {
        return None;
    }
    let (syntax, span) = text::syntax(text, &outline)?;
    let is_own = match format {
        Format::Json => syntax == Syntax::Json,
        Format::Toml => syntax == Syntax::Toml,
        Format::Yaml => syntax == Syntax::Yaml,
    };
    if is_own {
        return None;
    }
    let headline = match syntax {
        Syntax::Json | Syntax::Toml | Syntax::Yaml => {
            format!("expected {}, found {}", format.name(), syntax.name())
        }
        _ => format!("expected {}, found {}", role.name(), syntax.name()),
    };
    let problem = Diagnostic::new(&FOREIGN_FILE, headline, Place::span(file, span));
    Some(problem.help(syntax.help(role, file.name())))
}

/// Whether a problem is one that a text in another grammar has.
fn is_of_grammar(problem: &Diagnostic) -> bool {
    let codes = [&SYNTAX, &YAML_ALIAS, &YAML_MERGE_KEY, &YAML_TAG];
    codes.contains(&problem.code) && problem.code != &EMPTY_FILE
}

/// More of a line is not marked.
const LONGEST: usize = 60;

/// The first line from `at` on that has anything, without the space around it.
fn line_at(text: &str, at: usize) -> Span {
    let rest = &text[at..];
    let start = at + rest.len() - rest.trim_start().len();
    let line = text[start..].lines().next().unwrap_or_default();
    let line = line.trim_end();
    let end = line.char_indices().nth(LONGEST);
    Span::new(start..start + end.map_or(line.len(), |(end, _)| end))
}
