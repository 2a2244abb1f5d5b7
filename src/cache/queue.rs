//! Work that more work comes out of, on several threads.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

struct Queue<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
}

struct State<T> {
    waiting: VecDeque<T>,
    /// How many are being worked on, each of which may lead to more.
    busy: usize,
}

/// Calls `work` for each of `items` and for each of those that it returns, on this many threads.
pub(crate) fn drain<T: Send>(
    threads: usize,
    items: impl IntoIterator<Item = T>,
    work: impl Fn(T) -> Vec<T> + Sync,
) {
    let queue = Queue {
        state: Mutex::new(State {
            waiting: items.into_iter().collect(),
            busy: 0,
        }),
        changed: Condvar::new(),
    };
    if queue.lock().waiting.is_empty() {
        return;
    }
    thread::scope(|scope| {
        for _ in 1..threads {
            let spawned = thread::Builder::new().spawn_scoped(scope, || queue.run(&work));
            if spawned.is_err() {
                // Those that were started do it all.
                break;
            }
        }
        queue.run(&work);
    });
}

impl<T> Queue<T> {
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self, work: &(impl Fn(T) -> Vec<T> + Sync)) {
        while let Some(item) = self.next() {
            let mut done = Done {
                queue: self,
                more: Vec::new(),
            };
            done.more = work(item);
        }
    }

    /// Waits until there is something to do, or until there will be nothing any more.
    fn next(&self) -> Option<T> {
        let mut state = self.lock();
        loop {
            if let Some(item) = state.waiting.pop_front() {
                state.busy += 1;
                return Some(item);
            }
            if state.busy == 0 {
                return None;
            }
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// Says that one is done, even if it panicked: the others would wait for it for ever.
struct Done<'q, T> {
    queue: &'q Queue<T>,
    more: Vec<T>,
}

impl<T> Drop for Done<'_, T> {
    fn drop(&mut self) {
        let mut state = self.queue.lock();
        state.busy -= 1;
        state.waiting.extend(self.more.drain(..));
        drop(state);
        self.queue.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Mutex;

    use super::drain;

    #[test]
    fn all_of_it_is_done() {
        for threads in [1, 2, 8] {
            let seen = Mutex::new(BTreeSet::new());
            drain(threads, [1_u32], |number| {
                assert!(seen.lock().unwrap().insert(number));
                let more = [number * 2, number * 2 + 1];
                more.into_iter().filter(|&it| it < 1000).collect()
            });
            assert_eq!(seen.into_inner().unwrap(), (1..1000).collect());
        }
        drain(2, [(); 0], |()| Vec::new());
    }

    #[test]
    fn a_panic_ends_it() {
        let outcome = std::panic::catch_unwind(|| {
            drain(4, 0..100, |number| {
                assert_ne!(number, 50);
                Vec::new()
            });
        });
        assert!(outcome.is_err());
    }
}
