//! A revision's part of a workspace, in a temporary directory and as little of it as is asked for.

mod entries;
mod lacking;
mod links;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::{fs, io};

use crate::beneath::Enclosure;
use crate::diagnostic::{Failure, MachineError};
use crate::front::{self, Format};
use crate::git::{
    Checkout, Entry, EntryKind, ObjectId, Objects, Repository, Revision, Submodule, Unfiltered,
};
use crate::model::leads_to;
use crate::shell::shell_word;
use crate::source::{Kind, Node, load_opened};
use crate::workspace::SETTINGS_FILE;

use super::temporary::Temporary;

use entries::{Entries, Held, Part};
use lacking::Lacking;
use links::reached;

/// The most files that a note names.
const MOST_NAMED: usize = 5;

/// The most submodules of a workspace: each is a repository of its own.
const MOST_SUBMODULES: usize = 1000;

/// A revision, of which as much is checked out as was asked for.
#[derive(Debug)]
pub(super) struct CheckedOut {
    /// The tree of the workspace; none if the revision does not have it.
    pub(super) tree: Option<ObjectId>,
    /// The commit, if it is one.
    pub(super) commit: Option<ObjectId>,
    /// All that lies in the workspace, with the repository that has it.
    pub(super) entries: Entries,
    /// Submodules: where they lie in the workspace, and which commit.
    submodules: Vec<(PathBuf, ObjectId)>,
    /// Submodules whose files are not here.
    lacking: Vec<Lacking>,
    root: PathBuf,
    /// The workspace that the revision is seen from.
    seen_from: PathBuf,
    done: Mutex<BTreeSet<PathBuf>>,
    /// Files that a filter would have to write, by their paths in the workspace.
    unfiltered: Mutex<BTreeMap<PathBuf, Unfiltered>>,
    _directory: Temporary,
}

/// How the definitions of a revision are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Search {
    /// Among its entries.
    Entries,
    /// In the directory that all of it is checked out to.
    Directory,
}

impl CheckedOut {
    /// Prepares to check out from `repository`, as it is seen from the workspace `root`.
    pub(super) fn new(
        repository: Repository,
        revision: &Revision,
        root: &Path,
    ) -> Result<Self, MachineError> {
        // A tree by itself is the workspace.
        let (commit, prefix) = match revision {
            Revision::Commit(id) => (Some(id.clone()), repository.prefix()),
            Revision::Tree(_) => (None, None),
        };
        let prefix = prefix.unwrap_or(Path::new("")).to_owned();
        let cannot = |error| MachineError::new("cannot make a temporary directory", error);
        let directory = Temporary::new().map_err(cannot)?;
        let base = directory.path().to_owned();
        let objects = Objects::new(repository, &base.join("objects-0"))?;
        let tree = objects.tree(revision.id(), &prefix)?;
        let top = base.join("tree");
        let below = top.join(&prefix);
        fs::create_dir_all(&below).map_err(cannot)?;
        let mut checked = Self {
            submodules: Vec::new(),
            lacking: Vec::new(),
            unfiltered: Mutex::default(),
            entries: Entries {
                all: BTreeMap::new(),
                parts: vec![Part {
                    objects,
                    whole: revision.id().clone(),
                    checkout: Checkout {
                        directory: top,
                        index: base.join("index-0"),
                    },
                    at: PathBuf::new(),
                    prefix: prefix.clone(),
                }],
                prefix,
            },
            tree,
            commit,
            root: below,
            seen_from: root.to_owned(),
            done: Mutex::default(),
            _directory: directory,
        };
        if let Some(tree) = checked.tree.clone() {
            checked.add(0, &tree)?;
            checked.add_submodules(&base)?;
        }
        Ok(checked)
    }

    /// What the repository has.
    pub(super) fn objects(&self) -> &Objects {
        &self.entries.parts[0].objects
    }

    /// Whether the directory `root` (absolute) is the workspace in the revision's working tree.
    pub(super) fn is_of(&self, root: &Path) -> Result<bool, MachineError> {
        if self.commit.is_none() || self.repository().prefix().is_none() {
            return Ok(false);
        }
        if root == self.seen_from {
            return Ok(true);
        }
        let found = Repository::around(root)?;
        Ok(found.is_some_and(|found| {
            found.is(self.repository()) && found.prefix() == Some(&self.entries.prefix)
        }))
    }

    /// The repository.
    pub(super) fn repository(&self) -> &Repository {
        self.objects().repository()
    }

    /// Adds what lies in a tree of a part.
    fn add(&mut self, part: usize, tree: &ObjectId) -> Result<(), MachineError> {
        let at = self.entries.parts[part].at.clone();
        for entry in self.entries.parts[part].objects.entries(tree)? {
            let path = at.join(&entry.path);
            let Entry { kind, id, .. } = entry;
            if kind == EntryKind::Submodule {
                self.submodules.push((path.clone(), id.clone()));
            }
            self.entries.all.insert(path, Held { kind, id, part });
        }
        Ok(())
    }

    /// Adds what submodules hold that are there in the working tree.
    fn add_submodules(&mut self, base: &Path) -> Result<(), MachineError> {
        let mut next = 0;
        while next < self.submodules.len().min(MOST_SUBMODULES) {
            let (at, id) = self.submodules[next].clone();
            next += 1;
            let around = &self.entries.parts[self.entries.all[&at].part];
            let below = at.strip_prefix(&around.at).unwrap_or(&at);
            let found = match around.objects.repository().submodule(below) {
                Submodule::There(found) if found.has_commit(&id)? => found,
                instead => {
                    self.lacking.push(Lacking {
                        at,
                        id,
                        instead,
                        needed_by: Mutex::default(),
                    });
                    continue;
                }
            };
            let objects = Objects::new(found, &base.join(format!("objects-{next}")))?;
            let Some(tree) = objects.tree(&id, Path::new(""))? else {
                continue;
            };
            let directory = self.root.join(&at);
            let cannot = |error| MachineError::new("cannot make a directory", error);
            fs::create_dir_all(&directory).map_err(cannot)?;
            copy_git_file(&self.seen_from.join(&at), &directory).map_err(cannot)?;
            self.entries.parts.push(Part {
                objects,
                whole: id,
                checkout: Checkout {
                    directory,
                    index: base.join(format!("index-{next}")),
                },
                at,
                prefix: PathBuf::new(),
            });
            self.add(self.entries.parts.len() - 1, &tree)?;
        }
        Ok(())
    }

    /// What is to be known of the files of the revision called `name`: of those that were checked out,
    /// and of those that `definitions` need and that are not here.
    pub(super) fn notes(&self, name: &str, definitions: &BTreeSet<&Path>) -> Vec<Failure> {
        let unfiltered = self
            .unfiltered
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let (pointers, others): (Vec<_>, Vec<_>) =
            unfiltered.iter().partition(|(_, file)| file.is_pointer);
        let mut notes = Vec::new();
        if !pointers.is_empty() {
            let (are, pointer, files) = match pointers.len() {
                1 => ("is", "a pointer", "1 file".to_owned()),
                many => ("are", "pointers", format!("{many} files")),
            };
            let headline =
                format!("{files} of `{name}` {are} {pointer} of Git LFS to what is not here");
            let listed = pointers.iter().map(|(path, _)| path.display().to_string());
            notes.push(
                Failure::new(headline)
                    .note(named(listed))
                    .note("what is compared is the pointer")
                    .help(format!(
                        "fetch what is meant: `git lfs fetch origin {}`",
                        shell_word(name)
                    )),
            );
        }
        if !others.is_empty() {
            let (go, files) = match others.len() {
                1 => ("goes", "1 file".to_owned()),
                many => ("go", format!("{many} files")),
            };
            let headline = format!(
                "{files} of `{name}` {go} through a filter of git, and jobc runs no filter"
            );
            let listed = others
                .iter()
                .map(|(path, file)| format!("{} (filter `{}`)", path.display(), file.filter));
            notes.push(
                Failure::new(headline)
                    .note(named(listed))
                    .note("what is compared is what git keeps: it may differ where files do not"),
            );
        }
        let lacking = self
            .lacking
            .iter()
            .filter(|it| it.is_needed_by(definitions));
        notes.extend(lacking.map(|submodule| submodule.note(name)));
        notes
    }

    /// Notes that `definition` needs the file or directory at `path`. That it is not here is only worth
    /// telling if that is compared.
    pub(super) fn need(&self, path: &Path, definition: &Path) {
        for submodule in &self.lacking {
            submodule.need(path, definition);
        }
    }

    /// Where the submodules lie whose files are not here.
    pub(super) fn lacking(&self) -> impl Iterator<Item = &Path> {
        self.lacking.iter().map(|submodule| submodule.at.as_path())
    }

    /// The directory that stands for the workspace.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// What stands before the names of files in messages, as git has it.
    pub(super) fn mark(&self, name: &str) -> String {
        let prefix = self.entries.prefix.display().to_string();
        let prefix = prefix.trim_end_matches('/');
        match (prefix, name.contains(':')) {
            ("", false) => format!("{name}:"),
            ("", true) => format!("{name}/"),
            _ => format!("{name}:{prefix}/"),
        }
    }

    /// Checks out what is at `paths` and below them, and the links that lead there with what they lead
    /// to. What is not there is passed over, and what was checked out before stays.
    pub(super) fn check_out<'p>(
        &self,
        paths: impl IntoIterator<Item = &'p PathBuf>,
    ) -> Result<(), MachineError> {
        let reached = reached(&self.entries, paths)?;
        self.write(&reached.entries)?;
        self.make_directories(reached.left.iter())
    }

    /// Checks out all there is.
    fn check_out_all(&self) -> Result<(), MachineError> {
        self.write(&self.entries.all.keys().cloned().collect())
    }

    /// Writes the entries at `paths` that were not written before.
    fn write(&self, paths: &BTreeSet<PathBuf>) -> Result<(), MachineError> {
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        let mut of_parts: BTreeMap<usize, BTreeSet<PathBuf>> = BTreeMap::new();
        for path in paths {
            let Some(Held { kind, part, .. }) = self.entries.all.get(path) else {
                continue;
            };
            if *kind == EntryKind::Submodule || !done.insert(path.clone()) {
                continue;
            }
            let Part { at, prefix, .. } = &self.entries.parts[*part];
            let below = path.strip_prefix(at).unwrap_or(path);
            of_parts
                .entry(*part)
                .or_default()
                .insert(prefix.join(below));
        }
        for (part, paths) in of_parts {
            let part = &self.entries.parts[part];
            let left = part
                .objects
                .check_out(&part.whole, &paths, &part.checkout)?;
            let mut unfiltered = self
                .unfiltered
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            unfiltered.extend(left.into_iter().map(|file| {
                let below = file.path.strip_prefix(&part.prefix).unwrap_or(&file.path);
                (part.at.join(below), file)
            }));
        }
        Ok(())
    }

    /// Makes the directories that the settings search, which need not have any file checked out. Says
    /// whether a link leads to one: then all is checked out, and is to be searched as a directory is.
    pub(super) fn make_roots(&self, roots: &[PathBuf]) -> Result<Search, MachineError> {
        let plain = |root: &PathBuf| leads_to(Path::new(""), root);
        let roots: Vec<PathBuf> = roots.iter().filter_map(plain).collect();
        if roots
            .iter()
            .any(|root| root.ancestors().any(|above| self.entries.is_link(above)))
        {
            self.check_out_all()?;
            return Ok(Search::Directory);
        }
        self.make_directories(roots.iter())?;
        Ok(Search::Entries)
    }

    /// Makes those of some directories that the revision has.
    fn make_directories<'p>(
        &self,
        directories: impl Iterator<Item = &'p PathBuf>,
    ) -> Result<(), MachineError> {
        let cannot = |error| MachineError::new("cannot make a directory", error);
        for directory in directories {
            let mut below = self.entries.below(directory);
            if below.next().is_some_and(|first| first != *directory) {
                fs::create_dir_all(self.root.join(directory)).map_err(cannot)?;
            }
        }
        Ok(())
    }

    /// The directories that the settings search, if the settings can be read.
    pub(super) fn roots(&self) -> Vec<PathBuf> {
        let workspace = Enclosure::new(&self.root).ok();
        let opened = workspace.and_then(|it| it.file(&self.root.join(SETTINGS_FILE)).ok());
        let settings = opened.and_then(|file| load_opened(file, SETTINGS_FILE).ok());
        let loaded = settings.and_then(|settings| front::load(&settings, Format::Toml).value);
        let roots = loaded.as_ref().and_then(|loaded| loaded.tree.get("roots"));
        let Some(Kind::Sequence(roots)) = roots.map(|roots| &roots.kind) else {
            return Vec::new();
        };
        let text = |root: &Node| match &root.kind {
            Kind::String(text) => Some(PathBuf::from(text)),
            _ => None,
        };
        roots.iter().filter_map(text).collect()
    }

    /// The paths of entries at a path and below it.
    pub(super) fn below(&self, path: &Path) -> impl Iterator<Item = PathBuf> {
        self.entries.below(path)
    }

    /// Whether there is a link at a path.
    pub(super) fn is_link(&self, path: &Path) -> bool {
        self.entries.is_link(path)
    }

    /// What files hold, without checking them out; those of submodules are left out.
    pub(super) fn contents<'p>(
        &self,
        paths: &[&'p PathBuf],
    ) -> Result<BTreeMap<&'p PathBuf, Vec<u8>>, MachineError> {
        let own = paths.iter().filter_map(|path| {
            let held = self.entries.all.get(*path).filter(|held| held.part == 0)?;
            Some((*path, &held.id))
        });
        let (paths, ids): (Vec<_>, Vec<_>) = own.unzip();
        let contents = self.objects().contents(&ids)?;
        Ok(paths.into_iter().zip(contents).collect())
    }
}

/// Copies what leads from a submodule to its repository: a job that imports the directory imports
/// this as well, and it is no difference.
fn copy_git_file(from: &Path, to: &Path) -> io::Result<()> {
    let file = from.join(".git");
    // Old ones have a directory, which changes with each fetch.
    if fs::symlink_metadata(&file)?.is_file() {
        fs::copy(file, to.join(".git"))?;
    }
    Ok(())
}

/// The first of many, one a line.
pub(super) fn named(all: impl ExactSizeIterator<Item = String>) -> String {
    let more = all.len().saturating_sub(MOST_NAMED);
    let mut lines: Vec<_> = all.take(MOST_NAMED).collect();
    if more > 0 {
        lines.push(format!("and {more} more"));
    }
    lines.join("\n")
}
