//! What messages call a job and its ports.

use std::borrow::Cow;

/// What messages call a job: by its label, if several run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Title<'a>(pub(super) Option<&'a str>);

impl Title<'_> {
    /// The job, as the subject of a sentence.
    pub(super) fn job(self) -> Cow<'static, str> {
        match self.0 {
            Some(label) => format!("`{label}`").into(),
            None => "the job".into(),
        }
    }

    /// One of its ports, as `--port` takes it.
    pub(super) fn port(self, name: &str) -> String {
        match self.0 {
            Some(label) => format!("{label}:{name}"),
            None => name.to_owned(),
        }
    }
}
