//! Shows on a terminal which caches a command waits for.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::cache::{Caches, Tell, Waiting};
use crate::cli::ui::console::Console;
use crate::cli::ui::progress::PATIENCE;

/// How often the line is written anew.
const PERIOD: Duration = Duration::from_millis(100);

/// How many store paths were asked for, and how many are known to be needed so far.
#[derive(Debug, Default)]
struct Asked {
    done: AtomicUsize,
    total: AtomicUsize,
}

impl Asked {
    /// This many of as many as are known by now are done.
    fn told(&self, done: usize, total: usize) {
        self.done.fetch_max(done, Ordering::Relaxed);
        self.total.fetch_max(total, Ordering::Relaxed);
    }

    fn words(&self, caches: &Caches) -> String {
        let done = self.done.load(Ordering::Relaxed);
        let total = self.total.load(Ordering::Relaxed);
        let waiting = caches.waiting().join(", ");
        let waiting = if waiting.is_empty() {
            waiting
        } else {
            format!("waiting for {waiting}")
        };
        match (total, &*waiting) {
            (0, waiting) => waiting.to_owned(),
            (total, "") => format!("{done} of {total} store paths"),
            (total, waiting) => format!("{done} of {total} store paths, {waiting}"),
        }
    }
}

impl Waiting for Console {
    /// Shows on a terminal which caches jobc waits for, once that takes long.
    fn while_asking<T>(&self, caches: &Caches, work: impl FnOnce(Tell<'_>) -> T) -> T {
        let asked = Asked::default();
        let tell = |done, total| asked.told(done, total);
        if !self.shows_progress() {
            return work(&tell);
        }
        let done = (Mutex::new(false), Condvar::new());
        thread::scope(|scope| {
            let teller = || write_line(&done, || asked.words(caches));
            // Without a thread, nothing is shown.
            let _ = thread::Builder::new().spawn_scoped(scope, teller);
            let _done = Done(&done);
            work(&tell)
        })
    }

    fn sees_nix(&self) -> bool {
        self.shows_progress()
    }
}

type Signal = (Mutex<bool>, Condvar);

/// Writes the line until there is nothing to wait for.
fn write_line(done: &Signal, words: impl Fn() -> String) {
    let since = Instant::now();
    let mut bar: Option<ProgressBar> = None;
    let mut is_done = done.0.lock().unwrap_or_else(PoisonError::into_inner);
    while !*is_done {
        let woken = done.1.wait_timeout(is_done, PERIOD);
        (is_done, _) = woken.unwrap_or_else(PoisonError::into_inner);
        let words = words();
        if !*is_done && since.elapsed() > PATIENCE && !words.is_empty() {
            let bar = bar.get_or_insert_with(line);
            bar.set_message(words);
            bar.tick();
        }
    }
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
}

fn line() -> ProgressBar {
    let style = ProgressStyle::with_template("{spinner} {wide_msg}").expect("the template is one");
    ProgressBar::new_spinner().with_style(style)
}

/// Says that there is nothing to wait for any more, even if the work panicked.
struct Done<'d>(&'d Signal);

impl Drop for Done<'_> {
    fn drop(&mut self) {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.0.1.notify_all();
    }
}
