//! Work on all cores.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Calls `work` for each of `items` on all cores and returns the results in the order of the
/// items. `done` is told how many are done after each.
pub fn in_parallel<T: Sync, R: Send>(
    items: &[T],
    work: impl Fn(&T) -> R + Sync,
    done: impl Fn(usize) + Sync,
) -> Vec<R> {
    // Asking how many cores there are takes longer than many a single item.
    let threads = match items.len() {
        0 | 1 => 1,
        many => std::thread::available_parallelism().map_or(1, |cores| cores.get().min(many)),
    };
    if threads == 1 {
        let count = |(index, item)| {
            let result = work(item);
            done(index + 1);
            result
        };
        return items.iter().enumerate().map(count).collect();
    }
    let next = AtomicUsize::new(0);
    let finished = AtomicUsize::new(0);
    let run = || {
        let mut results = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(index) else {
                return results;
            };
            results.push((index, work(item)));
            done(finished.fetch_add(1, Ordering::Relaxed) + 1);
        }
    };
    let mut results: Vec<(usize, R)> = std::thread::scope(|scope| {
        let spawn = || std::thread::Builder::new().spawn_scoped(scope, run);
        // Where no more can be started, those that were do it all.
        let others: Vec<_> = (1..threads).map_while(|_| spawn().ok()).collect();
        let mut results = run();
        for other in others {
            match other.join() {
                Ok(more) => results.extend(more),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        results
    });
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}
