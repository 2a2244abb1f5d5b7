//! What a document is.

use crate::model::Dialect;

/// What a document is, as messages call its outermost table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    Job,
    File,
    Settings,
    ClientJob,
    ClientFile,
}

impl Owner {
    /// Whether its outermost table is a job.
    pub(super) fn is_job(self) -> bool {
        matches!(self, Self::Job | Self::ClientJob)
    }

    /// The language that it is written in.
    pub(super) fn dialect(self) -> Dialect {
        match self {
            Self::Job | Self::File | Self::Settings => Dialect::Definition,
            Self::ClientJob | Self::ClientFile => Dialect::Client,
        }
    }
}
