//! How the user wants to be talked to.

use clap::ValueEnum;

/// How problems are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum MessageFormat {
    /// With the lines of source that they are about
    Text,
    /// A line for each, as `FILE:LINE:COLUMN: error[CODE]: ...`
    Short,
    /// A JSON object on a line for each; `jobc schema messages` says of what kind
    Json,
    /// A workflow command for each, which GitHub shows beside the changes
    Github,
    /// A SARIF 2.1.0 log, for services that scan code
    Sarif,
    /// XML as JUnit writes it, with a test case for each job
    Junit,
}

/// When there is colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless the environment says otherwise
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}
