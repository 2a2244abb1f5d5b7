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

/// One kind of problem: everything about it that does not depend on the input.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// The stable name that messages carry and `jobc explain` takes.
    pub id: &'static str,
    /// How bad it is unless the settings say otherwise.
    pub severity: Severity,
    /// The problem in one line.
    pub summary: &'static str,
    /// What it means, why it is one, a wrong example and its fix; Markdown.
    ///
    /// The first fenced block of the kind `toml`, `json` or `yaml` provokes the problem when it is
    /// compiled, the second one compiles (a test does both). Blocks of another kind are prose.
    pub docs: &'static str,
}

/// Declares codes: a constant for each, and `ALL`, the list of them in the order declared.
macro_rules! declare_codes {
    ($($(#[doc = $docs:literal])+ $name:ident = $id:literal, $severity:ident, $summary:literal;)+) => {
        $(
            #[doc = $summary]
            pub const $name: $crate::diagnostic::Code = $crate::diagnostic::Code {
                id: $id,
                severity: $crate::diagnostic::Severity::$severity,
                summary: $summary,
                docs: concat!($($docs, "\n"),+),
            };
        )+

        pub(super) const ALL: &[&$crate::diagnostic::Code] = &[$(&$name),+];
    };
}
pub(super) use declare_codes;
