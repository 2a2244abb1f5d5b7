//! The processes below this one: its own, and those that lost the one that had started them.
//!
//! Whatever a task's processes leave behind becomes a child of this process, which asked for that,
//! so that it can be ended with the task. Other systems than Linux have no such thing: there, only
//! process groups are killed.

use std::fs;

use rustix::process::{
    Pid, Signal, WaitId, WaitIdOptions, WaitOptions, getpid, kill_process, waitid, waitpid,
};

use super::super::Ending;

/// Makes orphans children of this process, where that is possible.
pub(super) fn adopt_orphans() {
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_child_subreaper(Some(getpid()));
}

/// How `child` ended, if it has. It is not reaped: until then, nothing else gets its number.
pub(super) fn ending(child: Pid) -> Option<Ending> {
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    let status = waitid(WaitId::Pid(child), options).ok()??;
    match (status.exit_status(), status.terminating_signal()) {
        (Some(code), _) => Some(Ending::Exit(code)),
        (None, Some(signal)) => Some(Ending::Signal(signal)),
        // It ended, neither by an exit nor by a signal.
        (None, None) => Some(Ending::Signal(0)),
    }
}

/// Lets a child that has ended go; whether it had.
pub(super) fn reap(child: Pid) -> bool {
    !matches!(waitpid(Some(child), WaitOptions::NOHANG), Ok(None))
}

/// The children of this process but for those that `known` holds for.
pub(super) fn strangers(known: impl Fn(Pid) -> bool) -> Vec<Pid> {
    let own = getpid().as_raw_nonzero();
    let Ok(threads) = fs::read_dir(format!("/proc/{own}/task")) else {
        return Vec::new();
    };
    let mut children = Vec::new();
    for thread in threads.filter_map(Result::ok) {
        let list = fs::read_to_string(thread.path().join("children")).unwrap_or_default();
        let numbers = list.split_whitespace().filter_map(|word| word.parse().ok());
        children.extend(numbers.filter_map(Pid::from_raw));
    }
    children.retain(|&child| !known(child));
    children
}

/// Asks each of `processes` to end, or makes it.
pub(super) fn signal(processes: &[Pid], signal: Signal) {
    for &process in processes {
        // One that has ended by now has done what was asked.
        let _ = kill_process(process, signal);
    }
}
