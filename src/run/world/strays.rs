//! Whose the processes are that have lost the one that had started them.
//!
//! Most of them are still in the process group of the run that started them. What has left it was
//! started with its job's sandbox as `HOME`. What has neither is nobody's until all jobs have ended.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use rustix::process::{Pid, getpgid};

/// What the jobs have started so far.
#[derive(Debug)]
pub(super) struct Strays {
    /// The jobs of process groups, of those that have ended as well.
    groups: BTreeMap<i32, usize>,
    /// The sandboxes, in the order of the jobs.
    sandboxes: Vec<PathBuf>,
}

impl Strays {
    /// Of jobs with these sandboxes.
    pub(super) fn new(sandboxes: Vec<PathBuf>) -> Self {
        Self {
            groups: BTreeMap::new(),
            sandboxes,
        }
    }

    /// A run of `job` has started in this process group.
    pub(super) fn add(&mut self, group: Pid, job: usize) {
        self.groups.insert(group.as_raw_nonzero().get(), job);
    }

    /// The job that has started a process; none if that is unknown.
    pub(super) fn job_of(&self, stray: Pid) -> Option<usize> {
        if let [_] = *self.sandboxes {
            return Some(0);
        }
        let group = getpgid(Some(stray)).ok();
        let by_group = group.and_then(|group| self.groups.get(&group.as_raw_nonzero().get()));
        by_group.copied().or_else(|| self.by_home(stray))
    }

    fn by_home(&self, stray: Pid) -> Option<usize> {
        let environment = fs::read(format!("/proc/{}/environ", stray.as_raw_nonzero())).ok()?;
        let mut entries = environment.split(|&byte| byte == 0);
        let home = entries.find_map(|entry| entry.strip_prefix(b"HOME="))?;
        let mut sandboxes = self.sandboxes.iter();
        sandboxes.position(|sandbox| sandbox.as_os_str().as_bytes() == home)
    }
}
