//! A bar on the terminal for work that takes long.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// Work that takes less shows no bar.
pub(crate) const PATIENCE: Duration = Duration::from_millis(500);

/// Pieces that are shown as multiples.
pub(crate) const BYTES: &str = "bytes";

/// Where a bar is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Audience {
    /// On a terminal.
    Terminal,
    /// Nowhere.
    Nobody,
}

/// How much of the work is done.
#[derive(Debug)]
pub(crate) struct Progress {
    total: u64,
    since: Instant,
    audience: Audience,
    /// What the pieces are.
    unit: &'static str,
    moved: AtomicU64,
    bar: OnceLock<ProgressBar>,
}

impl Progress {
    /// Progress of `total` pieces, which are called `unit`.
    pub(crate) fn new(total: u64, unit: &'static str, audience: Audience) -> Self {
        Self {
            total,
            since: Instant::now(),
            audience,
            unit,
            moved: AtomicU64::new(0),
            bar: OnceLock::new(),
        }
    }

    /// This many pieces are done.
    pub(crate) fn done(&self, pieces: usize) {
        if let Some(bar) = self.bar() {
            bar.set_position(pieces as u64);
        }
    }

    /// This many of as many as are known by now are done.
    pub(crate) fn done_of(&self, done: usize, total: usize) {
        if let Some(bar) = self.bar() {
            bar.set_length(total as u64);
            bar.set_position(done as u64);
        }
    }

    /// This many more pieces are done.
    pub(crate) fn moved(&self, pieces: u64) {
        let before = self.moved.fetch_add(pieces, Ordering::Relaxed);
        if let Some(bar) = self.bar() {
            bar.set_position(before + pieces);
        }
    }

    fn bar(&self) -> Option<&ProgressBar> {
        let due = self.audience == Audience::Terminal && self.since.elapsed() > PATIENCE;
        due.then(|| self.bar.get_or_init(|| bar(self.total, self.unit)))
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = self.bar.get() {
            bar.finish_and_clear();
        }
    }
}

fn bar(total: u64, unit: &str) -> ProgressBar {
    let template = match unit {
        BYTES => "{bar:40} {binary_bytes}/{binary_total_bytes}, {eta} left".to_owned(),
        _ => format!("{{bar:40}} {{pos}}/{{len}} {unit}, {{eta}} left"),
    };
    let style = ProgressStyle::with_template(&template).expect("the template is one");
    ProgressBar::new(total).with_style(style)
}
