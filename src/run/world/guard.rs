//! Kills what a task has left when this process is killed and can do nothing itself.
//!
//! A small shell in a process group of its own reads the numbers of the task's process groups from a
//! pipe. When the pipe ends while groups are left, the writer is gone, and so they go, too;
//! so does a directory that nothing needs any more.
//! It misses a process that is started in the very moment of the kill, and one that has left its
//! group.

use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

use rustix::process::Pid;

const SCRIPT: &str = r#"trap '' HUP INT TERM
groups=
while read -r change group; do
  case $change in
  +) groups="$groups $group" ;;
  *) left=
    for other in $groups; do [ "$other" = "$group" ] || left="$left $other"; done
    groups=$left ;;
  esac
done
for group in $groups; do kill -s KILL -- "-$group"; done
for own; do chmod -R u+w -- "$own"; rm -rf -- "$own"; done
"#;

/// The shell and the pipe to it.
#[derive(Debug)]
pub(super) struct Guard {
    child: Child,
    pipe: Option<ChildStdin>,
}

impl Guard {
    /// Starts it; `own` are directories that are removed at the end.
    pub(super) fn start<'p>(own: impl Iterator<Item = &'p Path>) -> io::Result<Self> {
        let mut child = Command::new("/bin/sh")
            .args(["-c", SCRIPT, "sh"])
            .args(own)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()?;
        let pipe = child.stdin.take();
        Ok(Self { child, pipe })
    }

    /// The shell's own number.
    pub(super) fn pid(&self) -> Option<Pid> {
        Pid::from_raw(i32::try_from(self.child.id()).ok()?)
    }

    /// A group to kill if this process is killed.
    pub(super) fn add(&mut self, group: Pid) {
        self.write('+', group);
    }

    /// A group that has ended.
    pub(super) fn remove(&mut self, group: Pid) {
        self.write('-', group);
    }

    fn write(&mut self, change: char, group: Pid) {
        if let Some(pipe) = &mut self.pipe {
            // Without a guard there is no harm as long as this process lives.
            let _ = pipe.write_all(format!("{change} {}\n", group.as_raw_nonzero()).as_bytes());
        }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.pipe = None;
        let _ = self.child.wait();
    }
}
