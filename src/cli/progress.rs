//! A bar on the terminal for work that takes long.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// What takes less is over before anybody wonders.
const PATIENCE: Duration = Duration::from_millis(500);

/// What the work is, and how much of it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Unit {
    /// So many files.
    Files(u64),
    /// So many bytes.
    Bytes(u64),
}

/// How much of the work is done.
#[derive(Debug)]
pub(super) struct Progress {
    work: Unit,
    since: Instant,
    visible: bool,
    moved: AtomicU64,
    bar: OnceLock<ProgressBar>,
}

impl Progress {
    /// Progress of some work.
    pub(super) fn new(work: Unit, visible: bool) -> Self {
        Self {
            work,
            since: Instant::now(),
            visible,
            moved: AtomicU64::new(0),
            bar: OnceLock::new(),
        }
    }

    /// So many pieces are done.
    pub(super) fn done(&self, pieces: usize) {
        self.show(pieces as u64);
    }

    /// Some more pieces are done.
    pub(super) fn moved(&self, pieces: u64) {
        let before = self.moved.fetch_add(pieces, Ordering::Relaxed);
        self.show(before + pieces);
    }

    fn show(&self, position: u64) {
        if self.visible && self.since.elapsed() > PATIENCE {
            let bar = self.bar.get_or_init(|| bar(self.work));
            bar.set_position(position);
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

fn bar(work: Unit) -> ProgressBar {
    let (total, template) = match work {
        Unit::Files(total) => (total, "{bar:40} {pos}/{len} files, {eta} left"),
        Unit::Bytes(total) => (
            total,
            "{bar:40} {binary_bytes}/{binary_total_bytes}, {binary_bytes_per_sec}, {eta} left",
        ),
    };
    let style = ProgressStyle::with_template(template).expect("the template is one");
    ProgressBar::new(total).with_style(style)
}
