//! Files of a revision, written into a directory as a checkout would write them.

use std::collections::BTreeSet;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use super::command::{GitError, run};
use super::filter::{self, Unfiltered};
use super::objects::{Checkout, Objects};
use super::tree::ObjectId;

impl Objects {
    /// Checks out `paths` of a tree into the directory `into`, which keeps their places. Returns the
    /// files that are not what they are in a checkout, because a filter would have to be run.
    ///
    /// # Errors
    /// If git cannot.
    pub fn check_out(
        &self,
        tree: &ObjectId,
        paths: &BTreeSet<PathBuf>,
        into: &Checkout,
    ) -> Result<Vec<Unfiltered>, GitError> {
        if paths.is_empty() {
            return Ok(Vec::new());
        }
        if !into.index.exists() {
            let mut command = self.git_on(&into.directory, &into.index);
            let read = run(command.args(["read-tree", tree.as_str()]), None)?;
            let read = read.checked("read a revision");
            read.map_err(|error| self.helped(error))?;
        }
        let mut input = Vec::new();
        for path in paths {
            input.extend_from_slice(path.as_os_str().as_bytes());
            input.push(0);
        }
        let mut command = self.git_on(&into.directory, &into.index);
        command.args(["checkout-index", "--force", "--quiet"]);
        command.args(["--ignore-skip-worktree-bits", "-z", "--stdin"]);
        let checked = run(&mut command, Some(input.clone()))?.checked("check out a revision");
        checked.map_err(|error| self.helped(error))?;
        filter::finish(self, into, input)
    }
}
