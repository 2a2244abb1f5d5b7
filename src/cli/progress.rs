//! A bar on the terminal for work that takes long.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// What takes less is over before anybody wonders.
const PATIENCE: Duration = Duration::from_millis(500);

/// How much of the work is done.
#[derive(Debug)]
pub(super) struct Progress {
    total: u64,
    since: Instant,
    visible: bool,
    bar: OnceLock<ProgressBar>,
}

impl Progress {
    /// Progress of `total` pieces.
    pub(super) fn new(total: usize, visible: bool) -> Self {
        Self {
            total: total as u64,
            since: Instant::now(),
            visible,
            bar: OnceLock::new(),
        }
    }

    /// So many pieces are done.
    pub(super) fn done(&self, pieces: usize) {
        if self.visible && self.since.elapsed() > PATIENCE {
            let bar = self.bar.get_or_init(|| bar(self.total));
            bar.set_position(pieces as u64);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = self.bar.get() {
            bar.finish_and_clear();
        }
    }
}

fn bar(total: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} files, {eta} left")
        .expect("the template is one");
    ProgressBar::new(total).with_style(style)
}
