//! A repository's objects, read through a git directory of jobc's own.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs::{self, File, FileTimes};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use super::command::{GitError, git, path, run, words};
use super::submodule::Submodule;
use super::tree::{Entry, EntryKind, ObjectId};
use super::{Repository, environment};

/// The most submodules that are looked into.
const MOST_SUBMODULES: usize = 1000;

/// How deep submodules may lie in each other.
const DEEPEST: usize = 20;

/// A repository's objects. Nothing that its configuration names is run, because it is not read.
#[derive(Debug)]
pub struct Objects {
    repository: Repository,
    /// The git directory of jobc's own, and beside it what else it needs.
    own: PathBuf,
    /// How files are written, as arguments of git.
    habits: OnceLock<Vec<OsString>>,
    tracked: OnceLock<Vec<Tracked>>,
    /// The files of the working tree that are what the index has, and what that is.
    untouched: OnceLock<BTreeMap<PathBuf, ObjectId>>,
}

/// A directory that files of a revision are put into, and the index that says which.
#[derive(Debug)]
pub struct Checkout {
    /// The directory, absolute.
    pub directory: PathBuf,
    /// The index, outside of it.
    pub index: PathBuf,
}

/// What git's index says of a file.
#[derive(Debug)]
struct Tracked {
    path: PathBuf,
    kind: EntryKind,
    id: ObjectId,
    /// Whether git was told not to look at the file.
    is_unseen: bool,
    /// Whether it is left out of a sparse checkout.
    is_left_out: bool,
}

impl Objects {
    /// The objects of `repository`; `own` is a directory for this alone, which is made.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn new(repository: Repository, own: &Path) -> Result<Self, GitError> {
        let objects = Self {
            repository,
            own: own.to_owned(),
            habits: OnceLock::new(),
            tracked: OnceLock::new(),
            untouched: OnceLock::new(),
        };
        objects
            .make()
            .map_err(|error| GitError::new("make a git directory of its own", error.to_string()))?;
        Ok(objects)
    }

    /// The repository that they are of.
    pub fn repository(&self) -> &Repository {
        &self.repository
    }

    fn git_dir(&self) -> PathBuf {
        self.own.join("git")
    }

    fn make(&self) -> io::Result<()> {
        let git_dir = self.git_dir();
        // Not with what leads there: that may just have been removed, because a signal ends jobc.
        fs::create_dir(&self.own)?;
        fs::create_dir(&git_dir)?;
        for name in ["refs", "objects", "info"] {
            fs::create_dir(git_dir.join(name))?;
        }
        fs::write(git_dir.join("HEAD"), "ref: refs/heads/none\n")?;
        let version = match &*self.repository.object_format {
            "sha1" => "\trepositoryFormatVersion = 0\n".to_owned(),
            other => format!(
                "\trepositoryFormatVersion = 1\n[extensions]\n\tobjectFormat = {other}\n[core]\n"
            ),
        };
        let config =
            format!("[core]\n{version}\tbare = false\n\tfileMode = true\n\tsymlinks = true\n");
        fs::write(git_dir.join("config"), config)?;
        let attributes = self.repository.common_dir.join("info/attributes");
        if is_file(&attributes) {
            fs::copy(attributes, git_dir.join("info/attributes"))?;
        }
        Ok(())
    }

    /// Git at work on the objects in `directory`, without the configuration of user and machine.
    pub(super) fn git(&self, directory: &Path) -> Command {
        let mut command = git(directory);
        command
            .env("GIT_DIR", self.git_dir())
            .env("HOME", &self.own)
            .env("XDG_CONFIG_HOME", &self.own)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env_remove("GIT_CONFIG_SYSTEM");
        if !environment::in_quarantine() {
            let objects = self.repository.common_dir.join("objects");
            command.env("GIT_OBJECT_DIRECTORY", objects);
        }
        command
    }

    /// Git at work on a working tree by an index, both of which are somewhere.
    pub(super) fn git_on(&self, tree: &Path, index: &Path) -> Command {
        let mut command = self.git(tree);
        command
            .args(self.habits())
            .env("GIT_WORK_TREE", tree)
            .env("GIT_INDEX_FILE", index);
        command
    }

    /// How files are written, of all that the repository and the user configured.
    fn habits(&self) -> &[OsString] {
        self.habits.get_or_init(|| {
            let mut command = git(&self.repository.directory);
            command.args(["config", "-z", "--get-regexp"]);
            command.arg("^core\\.(autocrlf|eol|attributesfile)$");
            // Where nothing is configured, git says so by its status.
            let listed = run(&mut command, None).map(|asked| asked.stdout);
            let listed = listed.unwrap_or_default();
            let mut habits = Vec::new();
            let mut has_attributes = false;
            for setting in words(&listed) {
                let split = setting.iter().position(|&byte| byte == b'\n');
                let (key, value) = match split {
                    Some(at) => (&setting[..at], &setting[at + 1..]),
                    None => (setting, &b"true"[..]),
                };
                let is_attributes = key.eq_ignore_ascii_case(b"core.attributesfile");
                has_attributes |= is_attributes;
                if !is_attributes {
                    habits.push([key, b"=", value].concat());
                } else if let Some(file) = at_home(value).filter(|file| is_file(file)) {
                    habits.push([key, b"=", file.as_os_str().as_bytes()].concat());
                }
            }
            if !has_attributes && let Some(usual) = usual_attributes().filter(|it| is_file(it)) {
                let setting = [b"core.attributesFile=", usual.as_os_str().as_bytes()];
                habits.push(setting.concat());
            }
            let words = habits.iter().map(|setting| path(setting).into_os_string());
            words
                .flat_map(|word| [OsString::from("-c"), word])
                .collect()
        })
    }

    /// The tree of a directory of a revision; none if it has no such directory.
    ///
    /// # Errors
    /// If git cannot say.
    pub fn tree(&self, whole: &ObjectId, below: &Path) -> Result<Option<ObjectId>, GitError> {
        if below.as_os_str().is_empty() {
            let mut command = self.git(&self.own);
            command.args(["rev-parse", "--verify", "--quiet"]);
            command.arg(format!("{}^{{tree}}", whole.as_str()));
            let asked = run(&mut command, None)?;
            let text = String::from_utf8_lossy(&asked.stdout);
            let found = ObjectId::parse(text.trim());
            return match found {
                None => Err(self.helped(asked.error("read a revision"))),
                found => Ok(found),
            };
        }
        let mut command = self.git(&self.own);
        command.args(["ls-tree", "-z", "-d", "--full-tree", whole.as_str(), "--"]);
        command.arg(below);
        let listed = run(&mut command, None)?.checked("read a revision");
        let listed = listed.map_err(|error| self.helped(error))?;
        let mut entries = words(&listed).filter_map(Entry::parse);
        let found = entries.find(|entry| entry.kind == EntryKind::Directory);
        Ok(found.map(|entry| entry.id))
    }

    /// All that lies in a tree, in the order of its paths.
    ///
    /// # Errors
    /// If git cannot read it.
    pub fn entries(&self, tree: &ObjectId) -> Result<Vec<Entry>, GitError> {
        let mut command = self.git(&self.own);
        command.args(["ls-tree", "-r", "-z", "--full-tree", tree.as_str()]);
        let listed = run(&mut command, None)?.checked("list a revision");
        let listed = listed.map_err(|error| self.helped(error))?;
        let mut entries: Vec<_> = words(&listed).filter_map(Entry::parse).collect();
        entries.sort();
        Ok(entries)
    }

    /// What files hold, by what git calls it, as it is kept in the repository.
    ///
    /// # Errors
    /// If git cannot read one.
    pub fn contents(&self, ids: &[&ObjectId]) -> Result<Vec<Vec<u8>>, GitError> {
        const ATTEMPT: &str = "read files of a revision";
        let mut command = self.git(&self.own);
        command.args(["cat-file", "--batch=%(objectsize)"]);
        let input: String = ids.iter().map(|id| format!("{}\n", id.as_str())).collect();
        let read = run(&mut command, Some(input.into_bytes()))?;
        let read = read.checked(ATTEMPT)?;
        let mut rest = read.as_slice();
        let mut contents = Vec::with_capacity(ids.len());
        for id in ids {
            let Some((found, after)) = batched(rest) else {
                let said = format!("the repository has no object {}", id.as_str());
                return Err(self.helped(GitError::new(ATTEMPT, said)));
            };
            contents.push(found.to_vec());
            rest = after;
        }
        Ok(contents)
    }

    /// With what to do about objects that are missing, where that may be why.
    pub(super) fn helped(&self, error: GitError) -> GitError {
        if self.repository.is_partial() {
            error.with_help(
                "the clone is a partial one, and jobc asks no server for the rest: fetch it with \
                 `git fetch --refetch --no-filter`",
            )
        } else {
            error
        }
    }

    /// The paths that differ between two trees, relative to them.
    ///
    /// # Errors
    /// If git cannot compare them.
    pub fn changed(&self, old: &ObjectId, new: &ObjectId) -> Result<BTreeSet<PathBuf>, GitError> {
        let mut command = self.git(&self.own);
        command.args(["diff-tree", "-r", "-z", "--name-only", "--no-renames"]);
        command.args(["--ignore-submodules=none", old.as_str(), new.as_str()]);
        let changed = run(&mut command, None)?.checked("compare two revisions");
        let changed = changed.map_err(|error| self.helped(error))?;
        Ok(words(&changed).map(path).collect())
    }

    /// The paths of the directory that differ from a revision in the working tree, relative to the
    /// directory: what is not tracked, too, even if it is ignored. A path may stand for all below it.
    ///
    /// # Errors
    /// If git cannot compare them.
    pub fn changed_since(&self, commit: &ObjectId) -> Result<BTreeSet<PathBuf>, GitError> {
        self.changed_to(commit, DEEPEST)
    }

    fn changed_to(&self, commit: &ObjectId, depth: usize) -> Result<BTreeSet<PathBuf>, GitError> {
        let prefix = self.repository.prefix.clone().unwrap_or_default();
        let tracked = self.tracked()?;
        let submodules = tracked.iter();
        let submodules = submodules.filter(|file| file.kind == EntryKind::Submodule);
        let submodules: Vec<_> = submodules
            .map(|file| (file, self.repository.submodule(&file.path)))
            .collect();
        self.forget_replaced(&submodules)?;
        // What the index says of times and modes is no reason to trust it. Into submodules git would
        // go by itself, with their configurations.
        let mut command = self.git_on_working_tree()?;
        command
            .args(["-c", "diff.autoRefreshIndex=true"])
            .args(["diff", "-z", "--name-only", "--no-renames"])
            .args(["--no-ext-diff", "--no-textconv", "--no-relative"])
            .args(["--ignore-submodules=dirty", commit.as_str(), "--", "."]);
        let compared = run(&mut command, None)?.checked("compare a revision");
        let compared = compared.map_err(|error| self.helped(error))?;
        let mut changed: BTreeSet<PathBuf> = words(&compared)
            .map(path)
            .filter_map(|path| Some(path.strip_prefix(&prefix).ok()?.to_owned()))
            .collect();
        let mut command = self.git_on_working_tree()?;
        command.args(["ls-files", "-z", "--others", "--directory"]);
        command.arg("--no-empty-directory");
        let others = run(&mut command, None)?.checked("list what is not tracked")?;
        changed.extend(words(&others).map(path));
        let unseen = tracked.iter().filter(|file| file.is_unseen);
        changed.extend(unseen.map(|file| file.path.clone()));
        for (number, (submodule, found)) in submodules.into_iter().enumerate() {
            let is_searched = number < MOST_SUBMODULES && depth > 0;
            let below = match found {
                // As the revision has it.
                Submodule::Absent => continue,
                Submodule::There(found) if is_searched && found.has_commit(&submodule.id)? => {
                    let own = self.own.join(format!("submodule-{number}"));
                    Self::new(found, &own)?.changed_to(&submodule.id, depth - 1)?
                }
                // All of it may differ.
                Submodule::There(_) | Submodule::Replaced(_) | Submodule::Refused(_) => {
                    changed.insert(submodule.path.clone());
                    continue;
                }
            };
            changed.extend(below.iter().map(|path| submodule.path.join(path)));
        }
        Ok(changed)
    }

    /// Takes what is in the place of submodules out of the copy of the index: git would follow it, and
    /// read the configuration there.
    fn forget_replaced(&self, submodules: &[(&Tracked, Submodule)]) -> Result<(), GitError> {
        let replaced = submodules
            .iter()
            .filter(|(_, found)| matches!(found, Submodule::Replaced(_) | Submodule::Refused(_)));
        let mut input = Vec::new();
        for (submodule, _) in replaced {
            input.extend_from_slice(submodule.path.as_os_str().as_bytes());
            input.push(0);
        }
        if input.is_empty() {
            return Ok(());
        }
        let mut command = self.git_on_working_tree()?;
        command.args(["update-index", "--force-remove", "-z", "--stdin"]);
        run(&mut command, Some(input))?.checked("look at the working tree")?;
        Ok(())
    }

    /// What a sparse checkout leaves out of the directory, relative to it.
    ///
    /// # Errors
    /// If git cannot say.
    pub fn left_out(&self) -> Result<BTreeSet<PathBuf>, GitError> {
        if self.repository.prefix.is_none() {
            return Ok(BTreeSet::new());
        }
        let left_out = self.tracked()?.iter().filter(|file| file.is_left_out);
        let is_absent = |file: &&Tracked| {
            let there = self.repository.directory.join(&file.path);
            there.symlink_metadata().is_err()
        };
        let absent = left_out.filter(is_absent);
        Ok(absent.map(|file| file.path.clone()).collect())
    }

    /// What the index has of the directory.
    fn tracked(&self) -> Result<&[Tracked], GitError> {
        if let Some(tracked) = self.tracked.get() {
            return Ok(tracked);
        }
        let mut command = self.git_on_working_tree()?;
        let listed = run(command.args(["ls-files", "-z", "-v", "--stage"]), None)?;
        let listed = listed.checked("list what is tracked")?;
        let tracked = || words(&listed).filter_map(Tracked::parse).collect();
        Ok(self.tracked.get_or_init(tracked))
    }

    /// The files of the working tree, relative to it, that are what the index has by their times and
    /// sizes, and what that is.
    pub(super) fn untouched(&self) -> Result<&BTreeMap<PathBuf, ObjectId>, GitError> {
        if let Some(known) = self.untouched.get() {
            return Ok(known);
        }
        let found = self.find_untouched()?;
        Ok(self.untouched.get_or_init(|| found))
    }

    fn find_untouched(&self) -> Result<BTreeMap<PathBuf, ObjectId>, GitError> {
        let (Some(top), Some(prefix)) = (self.repository.top(), &self.repository.prefix) else {
            return Ok(BTreeMap::new());
        };
        let mut command = self.git_on(top, &self.index()?);
        command.args(["diff-files", "-z", "--name-only", "--ignore-submodules=all"]);
        let touched = run(&mut command, None)?.checked("look at the working tree")?;
        let touched: BTreeSet<PathBuf> = words(&touched).map(path).collect();
        let tracked = self.tracked()?.iter();
        let tracked = tracked.filter(|file| !file.is_unseen && file.kind == EntryKind::File);
        let tracked = tracked.map(|file| (prefix.join(&file.path), file.id.clone()));
        Ok(tracked
            .filter(|(path, _)| !touched.contains(path))
            .collect())
    }

    /// Where a file of the working tree is.
    pub(super) fn in_working_tree(&self, path: &Path) -> Option<PathBuf> {
        Some(self.repository.top()?.join(path))
    }

    fn git_on_working_tree(&self) -> Result<Command, GitError> {
        let directory = &self.repository.directory;
        let top = self.repository.top().unwrap_or(directory);
        let mut command = self.git_on(top, &self.index()?);
        command.current_dir(directory);
        Ok(command)
    }

    /// A copy of the index that the working tree has. Git may write it.
    fn index(&self) -> Result<PathBuf, GitError> {
        let copy = self.own.join("index");
        if !copy.exists() {
            self.copy_index(&copy)
                .map_err(|error| GitError::new("copy the index", error.to_string()))?;
        }
        Ok(copy)
    }

    fn copy_index(&self, copy: &Path) -> io::Result<()> {
        let git_dir = &self.repository.git_dir;
        let index = git_dir.join("index");
        if !index.exists() {
            return Ok(());
        }
        // A split index has its other part beside it.
        for entry in fs::read_dir(git_dir)?.flatten() {
            let name = entry.file_name();
            if name.as_bytes().starts_with(b"sharedindex.") {
                symlink(entry.path(), self.git_dir().join(name))?;
            }
        }
        fs::copy(&index, copy)?;
        // Files that are as new as the index are looked at closely.
        let modified = fs::metadata(&index)?.modified()?;
        File::options()
            .write(true)
            .open(copy)?
            .set_times(FileTimes::new().set_modified(modified))
    }
}

impl Tracked {
    /// `TAG MODE ID STAGE TAB PATH`.
    fn parse(line: &[u8]) -> Option<Self> {
        let tab = line.iter().position(|&byte| byte == b'\t')?;
        let (head, name) = (str::from_utf8(&line[..tab]).ok()?, &line[tab + 1..]);
        let mut head = head.split(' ');
        let (tag, mode, id) = (head.next()?, head.next()?, head.next()?);
        Some(Self {
            path: path(name),
            kind: EntryKind::of_mode(mode),
            id: ObjectId::parse(id)?,
            is_unseen: tag.starts_with(|tag: char| tag.is_ascii_lowercase() || tag == 'S'),
            is_left_out: tag.eq_ignore_ascii_case("s"),
        })
    }
}

/// Whether there is a file that ends, at `path` or where a link there leads.
fn is_file(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| found.is_file())
}

/// Where the user's attributes are if nothing else is configured.
fn usual_attributes() -> Option<PathBuf> {
    let directory = set("XDG_CONFIG_HOME");
    let directory = directory.or_else(|| Some(set("HOME")?.join(".config")))?;
    Some(directory.join("git/attributes"))
}

/// A path of a configuration, in which `~/` is the user's directory.
fn at_home(written: &[u8]) -> Option<PathBuf> {
    match written.strip_prefix(b"~/") {
        Some(below) => Some(set("HOME")?.join(path(below))),
        None => Some(path(written)),
    }
}

/// The directory that a variable names.
fn set(variable: &str) -> Option<PathBuf> {
    let value = std::env::var_os(variable);
    value.filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// `SIZE NEWLINE CONTENTS NEWLINE`: the contents, and what follows.
fn batched(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = text.iter().position(|&byte| byte == b'\n')?;
    let size: usize = str::from_utf8(&text[..end]).ok()?.parse().ok()?;
    let (contents, rest) = text[end + 1..].split_at_checked(size)?;
    Some((contents, rest.strip_prefix(b"\n")?))
}
