//! Why nothing was published, as a command tells it.

use crate::diagnostic::Failure;

use super::{KeyFileError, NixError, PublishError, TargetError};

fn helped(error: &impl ToString, help: Option<String>) -> Failure {
    let failure = Failure::new(error.to_string());
    match help {
        Some(help) => failure.help(help),
        None => failure,
    }
}

impl From<PublishError> for Failure {
    fn from(error: PublishError) -> Self {
        helped(&error, error.help())
    }
}

impl From<TargetError> for Failure {
    fn from(error: TargetError) -> Self {
        helped(&error, error.help())
    }
}

impl From<KeyFileError> for Failure {
    fn from(error: KeyFileError) -> Self {
        helped(&error, error.help())
    }
}

impl From<NixError> for Failure {
    fn from(error: NixError) -> Self {
        let failure = Self::new(error.to_string());
        match error {
            NixError::Failed { messages, .. } if !messages.is_empty() => failure.note(messages),
            _ => failure,
        }
    }
}
