//! Git: what a revision holds, what differs from it, and its files in a directory. Touches the world.
//!
//! The program `git` is run, and nothing goes through a shell. Neither the working tree nor the
//! index is written: files of a revision are checked out elsewhere, by an index of their own, so
//! that they are what a checkout would make of them, line endings and filters included. Names of
//! revisions are passed on standard input, where none is taken for an option.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use crate::diagnostic::MachineError;

/// A repository as it is seen from a directory.
#[derive(Debug, Clone)]
pub struct Repository {
    /// Where git is run.
    directory: PathBuf,
    /// Where it keeps its own files, absolute.
    git_dir: PathBuf,
    /// Where the directory lies in the working tree; none if there is no working tree.
    prefix: Option<PathBuf>,
}

/// The name that git gives to an object: hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ObjectId(String);

/// What a revision is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Revision {
    /// A commit, or what leads to one.
    Commit(ObjectId),
    /// A directory without a history.
    Tree(ObjectId),
}

/// What lies in a tree.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// Where, relative to the tree.
    pub path: PathBuf,
    /// What it is.
    pub kind: EntryKind,
    /// Its contents; of a submodule, the commit.
    pub id: ObjectId,
}

/// What an entry of a tree is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EntryKind {
    /// A file.
    File,
    /// A symbolic link.
    Link,
    /// The commit of another repository.
    Submodule,
}

impl Repository {
    /// The repository that `directory` (absolute) lies in; none if it lies in none.
    ///
    /// # Errors
    /// If git cannot be run, or refuses to look at it.
    pub fn around(directory: &Path) -> Result<Option<Self>, MachineError> {
        let mut command = git(directory);
        command.args(["rev-parse", "--absolute-git-dir", "--is-inside-work-tree"]);
        let asked = run(&mut command, None)?;
        if !asked.is_success {
            if asked.messages.contains("not a git repository") {
                return Ok(None);
            }
            return Err(asked.error("look for a git repository"));
        }
        let text = trimmed(asked.stdout);
        let split = text.iter().rposition(|&byte| byte == b'\n');
        let (git_dir, inside) = text.split_at(split.unwrap_or(text.len()));
        let prefix = if inside.ends_with(b"true") {
            let mut command = git(directory);
            let asked = run(command.args(["rev-parse", "--show-prefix"]), None)?;
            let asked = asked.checked("look for a git repository")?;
            Some(path(&trimmed(asked)))
        } else {
            None
        };
        Ok(Some(Self {
            directory: directory.to_owned(),
            git_dir: path(git_dir),
            prefix,
        }))
    }

    /// Where the directory lies in the working tree; none if there is no working tree.
    pub fn prefix(&self) -> Option<&Path> {
        self.prefix.as_deref()
    }

    /// Whether both are one repository, be it with several working trees.
    pub fn is(&self, other: &Self) -> bool {
        self.git_dir == other.git_dir
    }

    /// What a revision is called by; none if there is none of this name.
    ///
    /// # Errors
    /// If git cannot say.
    pub fn revision(&self, name: &str) -> Result<Option<Revision>, MachineError> {
        if let Some(id) = self.object(&format!("{name}^{{commit}}"), "commit")? {
            return Ok(Some(Revision::Commit(id)));
        }
        // `REVISION:PATH` takes all that follows for the path.
        let name = if name.contains(':') {
            name.to_owned()
        } else {
            format!("{name}^{{tree}}")
        };
        let tree = self.object(&name, "tree")?;
        Ok(tree.map(Revision::Tree))
    }

    /// The tree of a directory of a revision; none if it has no such directory.
    ///
    /// # Errors
    /// If git cannot say.
    pub fn tree(&self, whole: &ObjectId, below: &Path) -> Result<Option<ObjectId>, MachineError> {
        let name = if below.as_os_str().is_empty() {
            format!("{}^{{tree}}", whole.0)
        } else {
            let Some(below) = below.to_str() else {
                return Ok(None);
            };
            format!("{}:{}", whole.0, below.trim_end_matches('/'))
        };
        self.object(&name, "tree")
    }

    /// The object of this kind that is called so.
    fn object(&self, name: &str, kind: &str) -> Result<Option<ObjectId>, MachineError> {
        if name.contains(['\n', '\0']) {
            return Ok(None);
        }
        let mut command = git(&self.directory);
        command.args(["cat-file", "--batch-check=%(objecttype) %(objectname)"]);
        let asked = run(&mut command, Some(format!("{name}\n").into_bytes()))?;
        let text = trimmed(asked.checked("look up a revision")?);
        let text = String::from_utf8_lossy(&text);
        let id = text
            .strip_prefix(kind)
            .and_then(|rest| rest.strip_prefix(' '));
        let is_id = |id: &&str| id.len() >= 40 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        Ok(id.filter(is_id).map(|id| ObjectId(id.to_owned())))
    }

    /// Whether history ends somewhere, so that revisions may be missing.
    pub fn is_shallow(&self) -> bool {
        let mut command = git(&self.directory);
        command.args(["rev-parse", "--is-shallow-repository"]);
        run(&mut command, None).is_ok_and(|asked| asked.stdout.starts_with(b"true"))
    }

    /// All that lies in a tree, in the order of its paths.
    ///
    /// # Errors
    /// If git cannot read it.
    pub fn entries(&self, tree: &ObjectId) -> Result<Vec<Entry>, MachineError> {
        let mut command = git(&self.directory);
        command.args(["ls-tree", "-r", "-z", "--full-tree", &tree.0]);
        let listed = run(&mut command, None)?.checked("list a revision")?;
        let mut entries: Vec<_> = words(&listed).filter_map(Entry::parse).collect();
        entries.sort();
        Ok(entries)
    }

    /// What files hold, by what git calls it, as it is kept in the repository.
    ///
    /// # Errors
    /// If git cannot read one.
    pub fn contents(&self, ids: &[&ObjectId]) -> Result<Vec<Vec<u8>>, MachineError> {
        let mut command = git(&self.directory);
        command.args(["cat-file", "--batch=%(objectsize)"]);
        let input: String = ids.iter().map(|id| format!("{}\n", id.0)).collect();
        let read = run(&mut command, Some(input.into_bytes()))?;
        let read = read.checked("read files of a revision")?;
        let mut rest = read.as_slice();
        let mut contents = Vec::with_capacity(ids.len());
        for _ in ids {
            let Some((found, after)) = batched(rest) else {
                let cause = "a file is missing in the repository";
                return Err(MachineError::new("cannot read files of a revision", cause));
            };
            contents.push(found.to_vec());
            rest = after;
        }
        Ok(contents)
    }

    /// Checks out `paths` of a tree into the directory `into`, which keeps their places.
    ///
    /// # Errors
    /// If git cannot.
    pub fn check_out(
        &self,
        tree: &ObjectId,
        paths: &BTreeSet<PathBuf>,
        into: &Checkout,
    ) -> Result<(), MachineError> {
        if paths.is_empty() {
            return Ok(());
        }
        if !into.index.exists() {
            let read = run(self.elsewhere(into).args(["read-tree", &tree.0]), None)?;
            read.checked("read a revision")?;
        }
        let mut input = Vec::new();
        for path in paths {
            input.extend_from_slice(path.as_os_str().as_bytes());
            input.push(0);
        }
        let mut command = self.elsewhere(into);
        command.args(["checkout-index", "--force", "--quiet"]);
        command.args(["--ignore-skip-worktree-bits", "-z", "--stdin"]);
        run(&mut command, Some(input))?.checked("check out a revision")?;
        Ok(())
    }

    /// Git at work in a directory with an index of its own.
    fn elsewhere(&self, checkout: &Checkout) -> Command {
        let mut command = git(&checkout.directory);
        // Nothing of the user's may run, and all files are to be there.
        command
            .args(["-c", "core.hooksPath=/dev/null"])
            .args(["-c", "core.sparseCheckout=false"])
            .args(["-c", "core.splitIndex=false"])
            .args(["-c", "core.fsmonitor=false"])
            .args(["-c", "core.fileMode=true"])
            .args(["-c", "core.symlinks=true"])
            .env("GIT_DIR", &self.git_dir)
            .env("GIT_WORK_TREE", &checkout.directory)
            .env("GIT_INDEX_FILE", &checkout.index);
        command
    }

    /// The paths that differ between two trees, relative to them.
    ///
    /// # Errors
    /// If git cannot compare them.
    pub fn changed(
        &self,
        old: &ObjectId,
        new: &ObjectId,
    ) -> Result<BTreeSet<PathBuf>, MachineError> {
        let mut command = git(&self.directory);
        command.args(["diff-tree", "-r", "-z", "--name-only", "--no-renames"]);
        command.args(["--ignore-submodules=none", &old.0, &new.0]);
        let changed = run(&mut command, None)?.checked("compare two revisions")?;
        Ok(words(&changed).map(path).collect())
    }

    /// The paths of the directory that differ from a revision in the working tree, relative to the
    /// directory: what is not tracked, too, be it ignored. A path may stand for all below it.
    ///
    /// # Errors
    /// If git cannot compare them.
    pub fn changed_since(&self, commit: &ObjectId) -> Result<BTreeSet<PathBuf>, MachineError> {
        let prefix = self.prefix.clone().unwrap_or_default();
        let mut command = git(&self.directory);
        // What the index says of times and modes is no reason to trust it.
        command
            .args(["-c", "core.fileMode=true", "-c", "core.ignoreStat=false"])
            .args(["-c", "core.checkStat=default", "-c", "core.trustctime=true"])
            .args(["-c", "diff.autoRefreshIndex=true"])
            .args(["diff", "-z", "--name-only", "--no-renames"])
            .args(["--no-ext-diff", "--no-relative"])
            .args(["--ignore-submodules=none", &commit.0, "--", "."]);
        let compared = run(&mut command, None)?.checked("compare a revision")?;
        let mut changed: BTreeSet<PathBuf> = words(&compared)
            .map(path)
            .filter_map(|path| Some(path.strip_prefix(&prefix).ok()?.to_owned()))
            .collect();
        let mut command = git(&self.directory);
        command.args(["ls-files", "-z", "--others", "--directory"]);
        command.args(["--no-empty-directory"]);
        let others = run(&mut command, None)?.checked("list what is not tracked")?;
        changed.extend(words(&others).map(path));
        // Of these, git is told not to look at the files.
        let mut command = git(&self.directory);
        let listed = run(command.args(["ls-files", "-z", "-v"]), None)?;
        let listed = listed.checked("list what is tracked")?;
        changed.extend(words(&listed).filter_map(|word| {
            let (tag, name) = word.split_at_checked(2)?;
            (tag[0].is_ascii_lowercase() || tag[0] == b'S').then(|| path(name))
        }));
        Ok(changed)
    }
}

/// A directory that files of a revision are put into, and the index that says which.
#[derive(Debug)]
pub struct Checkout {
    /// The directory, absolute.
    pub directory: PathBuf,
    /// The index, outside of it.
    pub index: PathBuf,
}

impl ObjectId {
    /// Its digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Revision {
    /// The object.
    pub fn id(&self) -> &ObjectId {
        match self {
            Self::Commit(id) | Self::Tree(id) => id,
        }
    }
}

impl Entry {
    /// `MODE TYPE ID TAB PATH`.
    fn parse(line: &[u8]) -> Option<Self> {
        let tab = line.iter().position(|&byte| byte == b'\t')?;
        let (head, name) = (str::from_utf8(&line[..tab]).ok()?, &line[tab + 1..]);
        let mut head = head.split(' ');
        let (mode, _, id) = (head.next()?, head.next()?, head.next()?);
        let kind = match mode {
            "160000" => EntryKind::Submodule,
            "120000" => EntryKind::Link,
            _ => EntryKind::File,
        };
        Some(Self {
            path: path(name),
            kind,
            id: ObjectId(id.to_owned()),
        })
    }
}

/// What git said.
struct Asked {
    is_success: bool,
    stdout: Vec<u8>,
    messages: String,
}

impl Asked {
    fn checked(self, attempt: &str) -> Result<Vec<u8>, MachineError> {
        if self.is_success {
            Ok(self.stdout)
        } else {
            Err(self.error(attempt))
        }
    }

    fn error(&self, attempt: &str) -> MachineError {
        let said = self.messages.lines().find(|line| !line.trim().is_empty());
        let said = said.map_or("git failed and did not say why", |line| {
            line.strip_prefix("fatal: ").unwrap_or(line)
        });
        MachineError::new(format!("cannot {attempt}"), said)
    }
}

/// Git in `directory`, whatever a hook that it runs has set for itself.
fn git(directory: &Path) -> Command {
    let mut command = Command::new("git");
    command.current_dir(directory).env("LC_ALL", "C");
    // While a push is decided on, its objects are in quarantine, and only the hook is told where.
    let in_quarantine = std::env::var_os("GIT_QUARANTINE_PATH").is_some();
    let mine = |name: &OsStr| {
        let name = name.as_bytes();
        let objects = [
            &b"GIT_OBJECT_DIRECTORY"[..],
            b"GIT_ALTERNATE_OBJECT_DIRECTORIES",
            b"GIT_QUARANTINE_PATH",
        ];
        let machine = [&b"GIT_EXEC_PATH"[..], b"GIT_CONFIG_NOSYSTEM"];
        let globals = [&b"GIT_CONFIG_GLOBAL"[..], b"GIT_CONFIG_SYSTEM"];
        !name.starts_with(b"GIT_")
            || machine.contains(&name)
            || globals.contains(&name)
            || (in_quarantine && objects.contains(&name))
    };
    for (name, _) in std::env::vars_os().filter(|(name, _)| !mine(name)) {
        command.env_remove(name);
    }
    command
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("GIT_TERMINAL_PROMPT", "0");
    command
}

/// Runs it to its end.
fn run(command: &mut Command, input: Option<Vec<u8>>) -> Result<Asked, MachineError> {
    let cannot = |error| MachineError::new("cannot run `git`", error);
    let stdin = if input.is_some() {
        Stdio::piped()
    } else {
        Stdio::null()
    };
    command
        .stdin(stdin)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().map_err(cannot)?;
    let pipe = child.stdin.take();
    let writer = thread::spawn(move || {
        if let (Some(mut pipe), Some(input)) = (pipe, input) {
            // Where git has gone away, its status says why.
            let _ = pipe.write_all(&input);
        }
    });
    let output = child.wait_with_output().map_err(cannot)?;
    let _ = writer.join();
    Ok(Asked {
        is_success: output.status.success(),
        stdout: output.stdout,
        messages: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}

/// `SIZE NEWLINE CONTENTS NEWLINE`: the contents, and what follows.
fn batched(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = text.iter().position(|&byte| byte == b'\n')?;
    let size: usize = str::from_utf8(&text[..end]).ok()?.parse().ok()?;
    let (contents, rest) = text[end + 1..].split_at_checked(size)?;
    Some((contents, rest.strip_prefix(b"\n")?))
}

/// What NUL bytes separate.
fn words(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|&byte| byte == 0)
        .filter(|word| !word.is_empty())
}

fn trimmed(mut text: Vec<u8>) -> Vec<u8> {
    if text.last() == Some(&b'\n') {
        text.pop();
    }
    text
}

fn path(bytes: &[u8]) -> PathBuf {
    let bytes = bytes.strip_suffix(b"/").unwrap_or(bytes);
    PathBuf::from(OsString::from_vec(bytes.to_vec()))
}
