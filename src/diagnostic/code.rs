//! The declaration of one kind of problem.

use std::fmt;

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; the job still compiles.
    Warning,
    /// The job does not compile.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// How a lint is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// It is not reported.
    Allow,
    /// It is a warning.
    Warn,
    /// It is an error.
    Deny,
}

impl Level {
    /// How bad a lint of this level is; nothing if it is not told.
    pub fn severity(self) -> Option<Severity> {
        match self {
            Self::Allow => None,
            Self::Warn => Some(Severity::Warning),
            Self::Deny => Some(Severity::Error),
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Allow => "allow",
            Self::Warn => "warn",
            Self::Deny => "deny",
        })
    }
}

/// Whether the settings may change its level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Always an error.
    Rule,
    /// Of this level, unless the settings have another one for it.
    Lint(Level),
}

/// Who may read the text that is guilty of a problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guilty {
    /// Everyone who may read the rest of the file.
    Public,
    /// No one: it is a secret, and what is told of the problem does not hold it.
    Secret,
}

/// One kind of problem: everything about it that does not depend on the input.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// The stable name that messages carry and `jobc explain` takes.
    pub id: &'static str,
    /// Whether it is a rule or a lint.
    pub kind: Kind,
    /// Who may read the guilty text.
    pub guilty: Guilty,
    /// The problem in one line.
    pub summary: &'static str,
    /// What it means, why it is one, a wrong example and its fix; Markdown.
    ///
    /// The first fenced block of the kind `toml`, `json` or `yaml` provokes the problem when it is
    /// compiled, the second one compiles (a test does both). Those of the kind `aurora` are JSON for
    /// Aurora's client, which is validated instead. Blocks of another kind are prose.
    pub docs: &'static str,
}

impl Code {
    /// How bad it is unless the settings say otherwise.
    pub fn severity(&self) -> Severity {
        match self.kind {
            Kind::Rule | Kind::Lint(Level::Deny) => Severity::Error,
            Kind::Lint(Level::Allow | Level::Warn) => Severity::Warning,
        }
    }

    /// The documentation as it is printed, Markdown.
    pub fn prose(&self) -> String {
        let mut prose = String::with_capacity(self.docs.len());
        for line in self.docs.lines() {
            // Every line of a doc comment begins with the space after its slashes.
            prose.push_str(line.strip_prefix(' ').unwrap_or(line));
            prose.push('\n');
        }
        prose
    }

    /// Whether it is a lint.
    pub fn is_lint(&self) -> bool {
        matches!(self.kind, Kind::Lint(_))
    }
}

/// Declares codes, a constant for each. `Error` declares a rule; `Allow`, `Warn` and `Deny` declare
/// lints of that level. `secret` after the summary says that the guilty text is a secret.
macro_rules! declare_codes {
    ($(
        $(#[doc = $docs:literal])+
        $name:ident = $id:literal, $kind:ident, $summary:literal $(, $guilty:ident)?;
    )+) => {
        $(
            #[doc = $summary]
            pub const $name: $crate::diagnostic::Code = $crate::diagnostic::Code {
                id: $id,
                kind: $crate::diagnostic::code::kind!($kind),
                guilty: $crate::diagnostic::code::guilty!($($guilty)?),
                summary: $summary,
                docs: concat!($($docs, "\n"),+),
            };
        )+
    };
}
pub(crate) use declare_codes;

macro_rules! kind {
    (Error) => {
        $crate::diagnostic::Kind::Rule
    };
    ($level:ident) => {
        $crate::diagnostic::Kind::Lint($crate::diagnostic::Level::$level)
    };
}
pub(crate) use kind;

macro_rules! guilty {
    () => {
        $crate::diagnostic::Guilty::Public
    };
    (secret) => {
        $crate::diagnostic::Guilty::Secret
    };
}
pub(crate) use guilty;
