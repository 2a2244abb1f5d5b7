//! How a run ended.

use std::process::ExitCode;

use crate::diagnostic::Failure;

/// How a run ended, as its exit code says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exit {
    /// What was asked for was done.
    Done,
    /// The definitions are wrong; every problem was printed.
    Wrong,
    /// The machine could not, or the command line made no sense.
    Failed,
}

impl Exit {
    /// The exit code.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Wrong => 1,
            Self::Failed => 2,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// Why a command ends before it is done.
#[derive(Debug)]
pub(crate) enum Ending {
    /// All there is to say has been said.
    Told(Exit),
    /// This is still to be told.
    Untold(Failure),
}

impl<E> From<E> for Ending
where
    Failure: From<E>,
{
    fn from(error: E) -> Self {
        Self::Untold(error.into())
    }
}
