//! What a repository ignores.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::command::{GitError, git, path, run, words};

/// The files and directories in `directory` (absolute) that its repository does not track because it
/// ignores them, absolute. A directory stands for all below it. Repositories inside are left out.
///
/// # Errors
/// If git cannot say: because it is no repository, say.
pub fn ignored(directory: &Path) -> Result<BTreeSet<PathBuf>, GitError> {
    let mut command = git(directory);
    command.args(["ls-files", "-z", "--others", "--ignored"]);
    command.args(["--exclude-standard", "--directory"]);
    let listed = run(&mut command, None)?.checked("list what is ignored")?;
    Ok(words(&listed)
        .map(|name| directory.join(path(name)))
        .collect())
}
