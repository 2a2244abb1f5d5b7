//! How long servers are waited for.

use std::time::Duration;

/// How long to wait for servers, and how often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// For a connection, with all that belongs to it.
    pub connect: Duration,
    /// For an answer, from the first byte of the question to the last of the answer.
    pub answer: Duration,
    /// After this long, a question is not asked again.
    pub total: Duration,
    /// How often a question is asked.
    pub tries: u32,
    /// Before the second time; twice as long before each further one.
    pub wait: Duration,
}

impl Patience {
    /// Patience that ends after `total`.
    pub fn within(total: Duration) -> Self {
        Self {
            connect: (total / 4).min(Duration::from_secs(10)),
            answer: total / 3,
            total,
            tries: 5,
            wait: (total / 240).min(Duration::from_millis(250)),
        }
    }
}

impl Default for Patience {
    fn default() -> Self {
        Self::within(Duration::from_secs(60))
    }
}

/// A part of `wait` that differs between files, so that requests that failed together are not
/// repeated together.
pub(super) fn jitter(file: &str, wait: Duration) -> Duration {
    let sum = file.bytes().fold(0_u32, |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(byte.into())
    });
    wait.checked_mul(sum % 64)
        .and_then(|wait| wait.checked_div(128))
        .unwrap_or_default()
}
