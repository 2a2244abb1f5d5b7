//! The workspace: where definitions, settings and the lock are. Touches the world.
//!
//! It is the nearest directory upward with a `jobc.toml`; without one, the current directory.
//!
//! ```text
//! definition = DIRECTORY "/job." EXTENSION | NAME ".job." EXTENSION
//! EXTENSION  = "json" | "toml" | "yaml" | "yml"
//! ```
//!
//! Hidden directories, `target` and symbolic links to directories are not entered, nor are
//! directories with a `jobc.toml` of their own: these are other workspaces.

mod codes;
mod definition_file;
mod lock_file;
mod misnamed;
mod names;
mod nodes;
mod reader;
mod settings;
mod settings_file;

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use walkdir::{DirEntry, WalkDir};

use crate::beneath::Enclosure;
use crate::diagnostic::{Chapter, Diagnostic, MachineError, Registry, Report, Severity, Topic};
use crate::lint::Levels;
use crate::model::Settings;
use crate::resolve::Lock;
use crate::source::{SourceFile, SourceMap, display_name};
use crate::store::StoreDir;

use codes::{LOCK_CONFLICT, OUTSIDE_LINK};
use lock_file::read_lock;
use reader::{Reader, is_there};
use settings_file::{SettingsFile, read_settings};

pub use definition_file::DefinitionFile;
pub use lock_file::Conflicts;
pub use misnamed::{MISNAMED_FILE, Misnamed};
pub use names::{LOCK_FILE, OWN_DIRECTORY, SETTINGS_FILE};
pub use reader::{is_directory, readable};

/// The problems of the files of a workspace.
pub const CODES: &[Chapter] = &[
    (Topic::Files, &[&OUTSIDE_LINK]),
    (Topic::Lock, &[&LOCK_CONFLICT]),
    (Topic::Foreign, &[&MISNAMED_FILE]),
];

/// The directory that compiled jobs are kept in for reviews, unless the settings name another one.
const SNAPSHOT_DIRECTORY: &str = "snapshots";
/// Without settings that mark the workspace, the search ends after this many files for each
/// definition that it found, and once more.
pub const MOST_UNMARKED: usize = 50_000;
/// How deep a snapshot lies in that directory: CLUSTER/ROLE/ENVIRONMENT/NAME.json.
const SNAPSHOT_DEPTH: usize = 4;

/// A directory of definitions with what they share.
#[derive(Debug)]
pub struct Workspace {
    /// Its directory, absolute.
    pub root: PathBuf,
    /// The directory that messages name files relative to, absolute.
    pub current_dir: PathBuf,
    /// What `jobc.toml` says.
    pub settings: Settings,
    /// Where it says so.
    pub settings_map: Option<SourceMap>,
    /// All codes, for the names of lints.
    pub registry: Registry,
    /// What installables are.
    pub lock: Lock,
    /// If the lock was merged from two sides: the packages, with their systems, on which these
    /// disagree.
    pub disputed: Option<BTreeSet<(String, String)>>,
    /// The store of the nodes.
    pub store_dir: StoreDir,
    /// Its files, and no others.
    pub files: Enclosure,
}

/// What came of opening a workspace.
#[derive(Debug)]
pub struct Opening {
    /// The workspace; none if its settings are wrong.
    pub workspace: Option<Workspace>,
    /// What is wrong with its settings and its lock.
    pub diagnostics: Vec<Diagnostic>,
    /// Whether the settings are wrong, so that those of another workspace stand in for them.
    pub settings_are_wrong: bool,
    /// Whether the lock is wrong, so that nothing is known to be locked.
    pub lock_is_wrong: bool,
}

/// What a workspace has.
#[derive(Debug, Default)]
pub struct Survey {
    /// All definitions, sorted by path.
    pub definitions: Vec<DefinitionFile>,
    /// Files that are nearly called like definitions or settings, and are not read.
    pub misnamed: Vec<PathBuf>,
}

impl Workspace {
    /// The workspace around `current_dir` (absolute), with its settings and lock read.
    ///
    /// A report without a value says what is wrong with the settings or the lock.
    ///
    /// # Errors
    /// If a file is there and cannot be read.
    pub fn open(current_dir: &Path, registry: Registry) -> Result<Report<Self>, MachineError> {
        Self::open_at(Self::around(current_dir), current_dir, registry)
    }

    /// The directory of the workspace around `current_dir`.
    pub fn around(current_dir: &Path) -> &Path {
        let marked = current_dir
            .ancestors()
            .find(|dir| is_there(&dir.join(SETTINGS_FILE)));
        marked.unwrap_or(current_dir)
    }

    /// The workspace whose directory is `root` (absolute).
    ///
    /// # Errors
    /// If a file is there and cannot be read.
    pub fn open_at(
        root: &Path,
        current_dir: &Path,
        registry: Registry,
    ) -> Result<Report<Self>, MachineError> {
        Self::open_with(root, current_dir, registry, Conflicts::Refuse)
    }

    /// The same, for a caller that can go on from a lock whose merge was not finished.
    ///
    /// # Errors
    /// If a file is there and cannot be read.
    pub fn open_with(
        root: &Path,
        current_dir: &Path,
        registry: Registry,
        conflicts: Conflicts,
    ) -> Result<Report<Self>, MachineError> {
        let opening = Self::look(root, current_dir, registry, conflicts, None)?;
        let judged = opening.diagnostics;
        let failed = judged
            .iter()
            .any(|problem| problem.severity == Severity::Error);
        Ok(match opening.workspace.filter(|_| !failed) {
            Some(workspace) => Report::new(workspace, judged),
            None => Report::failed(judged),
        })
    }

    /// As [`Workspace::open_at`], with a workspace even where its lock is wrong, and where its settings
    /// are and those of `another` can stand in for them.
    ///
    /// # Errors
    /// If a file is there and cannot be read.
    pub fn look_at(
        root: &Path,
        current_dir: &Path,
        registry: Registry,
        another: Option<&Self>,
    ) -> Result<Opening, MachineError> {
        Self::look(root, current_dir, registry, Conflicts::Refuse, another)
    }

    fn look(
        root: &Path,
        current_dir: &Path,
        registry: Registry,
        conflicts: Conflicts,
        another: Option<&Self>,
    ) -> Result<Opening, MachineError> {
        let files = Enclosure::new(root).map_err(|error| {
            let name = display_name(root, current_dir);
            MachineError::new(format!("cannot open `{name}`"), error)
        })?;
        let reader = Reader {
            files: &files,
            current_dir,
        };
        let mut diagnostics = Vec::new();
        let read = read_settings(&root.join(SETTINGS_FILE), reader)?.unpack(&mut diagnostics);
        let SettingsFile {
            settings,
            map: settings_map,
            holes,
        } = read.unwrap_or_default();
        let mut problems = settings::problems(&settings, &files, root, registry);
        let store_dir = settings::store_dir(&settings);
        let store_dir = store_dir.unwrap_or_else(|problem| {
            problems.push(*problem);
            StoreDir::default()
        });
        problems.retain(|problem| !holes.explain(problem));
        diagnostics.extend(problems.into_iter().map(|problem| match &settings_map {
            Some(map) => problem.located(map),
            None => problem,
        }));
        let own = settings.clone();
        let levels = Levels::new(&own);
        let is_wrong = |diagnostics: &[Diagnostic]| {
            let mut severities = diagnostics.iter().map(|problem| problem.severity);
            severities.any(|severity| severity == Severity::Error)
        };
        let judged = diagnostics.into_iter();
        let mut diagnostics: Vec<_> = judged.filter_map(|it| levels.judge(it)).collect();
        let settings_are_wrong = is_wrong(&diagnostics);
        let (settings, settings_map, store_dir) = match another {
            Some(another) if settings_are_wrong => {
                (another.settings.clone(), None, another.store_dir.clone())
            }
            _ => (settings, settings_map, store_dir),
        };
        let is_open = !settings_are_wrong || another.is_some();
        let mut lock_is_wrong = false;
        let mut disputed = None;
        let lock = if !is_open && holes.touch(&settings::store_dir_place()) {
            // It is unknown whether its paths are of the store that the author means.
            Lock::default()
        } else {
            let mut of_lock = Vec::new();
            let lock = read_lock(&root.join(LOCK_FILE), reader, &store_dir, conflicts)?;
            let merged = lock.unpack(&mut of_lock).unwrap_or_default();
            disputed = merged.disputed;
            let judged = of_lock.into_iter();
            let judged: Vec<_> = judged.filter_map(|it| levels.judge(it)).collect();
            lock_is_wrong = is_wrong(&judged);
            diagnostics.extend(judged);
            merged.lock
        };
        let workspace = is_open.then(|| Self {
            root: root.to_owned(),
            current_dir: current_dir.to_owned(),
            settings,
            settings_map,
            registry,
            lock,
            disputed,
            store_dir,
            files,
        });
        Ok(Opening {
            workspace,
            diagnostics,
            settings_are_wrong,
            lock_is_wrong,
        })
    }

    /// The text of the workspace's file at `path`; a report without a value says what is wrong
    /// with it.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn read_source(&self, path: &Path) -> Result<Report<Arc<SourceFile>>, MachineError> {
        let reader = Reader {
            files: &self.files,
            current_dir: &self.current_dir,
        };
        reader.read(path)
    }

    /// Opens a file that the command line names. One that lies in the workspace is one of it; a
    /// report without a value says that a link leads out.
    ///
    /// # Errors
    /// If it cannot be opened, or is no file.
    pub fn open_named(&self, path: &Path) -> Result<Report<File>, MachineError> {
        let reader = Reader {
            files: &self.files,
            current_dir: &self.current_dir,
        };
        if path.starts_with(&self.root) {
            return reader.open(path);
        }
        let cannot = |error| reader.cannot(path, error);
        let metadata = fs::metadata(path).map_err(cannot)?;
        if !metadata.is_file() {
            // Opening a FIFO would wait for its other end.
            return Err(cannot(io::Error::other("not a regular file")));
        }
        File::open(path).map(Report::ok).map_err(cannot)
    }

    /// All definitions, sorted by path.
    ///
    /// # Errors
    /// If a directory cannot be read.
    pub fn definitions(&self) -> Result<Vec<DefinitionFile>, MachineError> {
        Ok(self.survey()?.definitions)
    }

    /// All definitions, and what is nearly called so.
    ///
    /// # Errors
    /// If a directory cannot be read.
    pub fn survey(&self) -> Result<Survey, MachineError> {
        let most = self.most_searched()?;
        let mut searched = 0;
        let mut found = Vec::new();
        for root in self.roots() {
            let directory = if root.as_os_str().is_empty() {
                self.root.clone()
            } else {
                self.root.join(&root)
            };
            let mut files = Vec::new();
            let walk = WalkDir::new(&directory)
                .into_iter()
                .filter_entry(is_entered);
            for entry in walk {
                let entry = entry.map_err(|error| {
                    let path = error.path().unwrap_or(&directory).to_owned();
                    let name = display_name(&path, &self.current_dir);
                    let cause = error.into_io_error().map_or_else(
                        || "it contains itself".to_owned(),
                        |error| error.to_string(),
                    );
                    MachineError::new(format!("cannot search `{name}` for definitions"), cause)
                })?;
                searched += 1;
                let enough = |most: usize| most.saturating_mul(found.len() + files.len() + 1);
                if most.is_some_and(|most| searched > enough(most)) {
                    return Err(self.no_workspace("it has too many files to search them all"));
                }
                // A link to a file is a file; what it leads to is found out when it is read.
                if entry.file_type().is_dir() || !is_of_interest(entry.path()) {
                    continue;
                }
                if let Ok(below) = entry.path().strip_prefix(&directory) {
                    files.push(below.to_owned());
                }
            }
            found.extend(self.own_in(&root, &files));
        }
        found.sort();
        found.dedup();
        let mut survey = Survey::default();
        for path in found.into_iter().map(|below| self.root.join(below)) {
            match DefinitionFile::of_path(&path) {
                Some(definition) => survey.definitions.push(definition),
                None => survey.misnamed.push(path),
            }
        }
        Ok(survey)
    }

    /// How many files may be searched for each definition; any number in what is marked as a
    /// workspace.
    fn most_searched(&self) -> Result<Option<usize>, MachineError> {
        if is_there(&self.root.join(SETTINGS_FILE)) {
            return Ok(None);
        }
        if self.root.parent().is_none() {
            return Err(self.no_workspace("the whole machine is not searched for definitions"));
        }
        Ok(Some(MOST_UNMARKED))
    }

    fn no_workspace(&self, cause: &str) -> MachineError {
        let name = display_name(&self.root, &self.current_dir);
        let name = if name == "." {
            self.root.display().to_string()
        } else {
            name
        };
        MachineError::new(
            format!("`{name}` is no workspace, as it has no `{SETTINGS_FILE}`"),
            cause,
        )
        .with_help("go to a workspace, name one with `-C`, or start one with `jobc init`")
    }

    /// The directories in `current_dir` that are workspaces, by their names, if it is in none itself.
    pub fn below(current_dir: &Path) -> Vec<String> {
        let in_one = current_dir
            .ancestors()
            .any(|directory| is_there(&directory.join(SETTINGS_FILE)));
        if in_one {
            return Vec::new();
        }
        let entries = fs::read_dir(current_dir).into_iter().flatten();
        let directories = entries.filter_map(Result::ok).filter(|entry| {
            entry.file_type().is_ok_and(|kind| kind.is_dir())
                && is_searched(entry.file_name().as_encoded_bytes())
                && is_there(&entry.path().join(SETTINGS_FILE))
        });
        let names = directories.filter_map(|entry| entry.file_name().into_string().ok());
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
    }

    /// Those of `files`, all that there are in a workspace, which are its definitions. All paths are
    /// relative to the workspace.
    pub fn definitions_among(&self, files: &[&Path]) -> BTreeSet<PathBuf> {
        let found = self.roots().into_iter().flat_map(|root| {
            let below = |path: &Path| {
                let below = path.strip_prefix(&root).ok()?;
                let mut above = below.parent()?.iter();
                let is_entered = above.all(|name| is_searched(name.as_encoded_bytes()));
                (is_entered && is_of_interest(below)).then(|| below.to_owned())
            };
            let files: Vec<PathBuf> = files.iter().copied().filter_map(below).collect();
            self.own_in(&root, &files)
        });
        let is_definition = |path: &PathBuf| DefinitionFile::of_path(path).is_some();
        found.filter(is_definition).collect()
    }

    /// The definitions, and what is nearly called so, among `files`, which are all that is of interest
    /// in the directory `root` and relative to it: not those of other workspaces, which have settings of their own.
    fn own_in(&self, root: &Path, files: &[PathBuf]) -> Vec<PathBuf> {
        let snapshots = self.snapshots();
        let mut others: BTreeSet<&Path> = BTreeSet::new();
        for file in files {
            let directory = file.parent().unwrap_or(Path::new(""));
            // Settings at the root itself are this workspace's, or it is named on purpose.
            if file.ends_with(SETTINGS_FILE) && !directory.as_os_str().is_empty() {
                others.insert(directory);
            }
        }
        let is_own = |file: &&PathBuf| !file.ancestors().any(|above| others.contains(above));
        let own = files.iter().filter(is_own).map(|file| root.join(file));
        // The snapshot of a job called `job` is no definition.
        let is_snapshot = |file: &PathBuf| file.ancestors().nth(SNAPSHOT_DEPTH) == Some(&snapshots);
        own.filter(|file| !file.ends_with(SETTINGS_FILE) && !is_snapshot(file))
            .collect()
    }

    /// The directories that definitions are searched in, relative to the workspace and without `.`.
    pub fn roots(&self) -> Vec<PathBuf> {
        let plain = |root: &String| {
            let parts = Path::new(root).components();
            parts
                .filter(|part| !matches!(part, Component::CurDir))
                .collect()
        };
        match &self.settings.roots {
            Some(roots) => roots.iter().map(plain).collect(),
            None => vec![PathBuf::new()],
        }
    }

    /// The directory that jobc keeps its own files in.
    pub fn own_directory(&self) -> PathBuf {
        self.root.join(OWN_DIRECTORY)
    }

    /// The directory that compiled jobs are kept in for reviews.
    pub fn snapshot_directory(&self) -> PathBuf {
        self.root.join(self.snapshots())
    }

    /// The same, relative to the workspace.
    fn snapshots(&self) -> PathBuf {
        let settings = self.settings.snapshots.as_ref();
        let directory = settings.and_then(|it| it.directory.as_deref());
        let parts = Path::new(directory.unwrap_or(SNAPSHOT_DIRECTORY)).components();
        // So that `./snapshots` is what a search calls it.
        parts
            .filter(|part| !matches!(part, Component::CurDir))
            .collect()
    }

    /// The directory that compiled jobs are written to.
    pub fn store_directory(&self) -> PathBuf {
        self.own_directory().join("store")
    }
}

fn is_entered(entry: &DirEntry) -> bool {
    let name = entry.file_name().as_encoded_bytes();
    entry.depth() == 0 || !entry.file_type().is_dir() || is_searched(name)
}

/// Whether a file is settings or, by its name, a definition or nearly one.
fn is_of_interest(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == SETTINGS_FILE)
        || DefinitionFile::of_path(path).is_some()
        || Misnamed::of_path(path).is_some()
}

/// Whether definitions are searched in directories of this name.
fn is_searched(name: &[u8]) -> bool {
    // The last is what a file system has at its mount point, for its administrator alone.
    !name.starts_with(b".") && name != b"target" && name != b"lost+found"
}
