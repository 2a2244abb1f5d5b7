//! Words that are no side of a comparison, and what was meant by them.

use std::collections::BTreeSet;
use std::path::Path;

use crate::diagnostic::{Failure, closest};
use crate::git::Repository;
use crate::query::declared::{Declared, name_of};
use crate::registry::CODES;
use crate::shell::shell_word;
use crate::source::display_name;
use crate::workspace::{DefinitionFile, SETTINGS_FILE, Workspace, is_directory};

/// What a word of the command line was to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose<'a> {
    /// A side of a comparison, of which two come after these words.
    Side { after: &'a str },
    /// The revision that definitions may have changed since.
    ChangedSince,
}

/// Why a path is no side though it is there: it is a part of the workspace, or a definition.
pub(super) fn path(path: &Path, name: &str, root: &Path, current_dir: &Path) -> Option<Failure> {
    if !is_directory(path) {
        let is_json = path.extension().is_some_and(|word| word == "json");
        return if is_json { None } else { file(path, name) };
    }
    let directory = path.canonicalize().ok()?;
    if directory == root || directory.join(SETTINGS_FILE).symlink_metadata().is_ok() {
        return None;
    }
    let around = Workspace::around(&directory);
    let own = own_definition(&directory);
    if own.is_none() && around == directory {
        return None;
    }
    if own.is_none() && !has_definitions(&directory) {
        return None;
    }
    let around = if around == directory { root } else { around };
    let whose = display_name(around, current_dir);
    let mut failure = Failure::new(match &own {
        Some(_) => format!("`{name}` is the directory of a job, and no workspace"),
        None => format!("`{name}` is a part of the workspace `{whose}`, and none itself"),
    });
    failure = match own {
        Some(file) => failure.help(with_job(&names(&file, current_dir))),
        None => failure.help(with_job(&BTreeSet::new())),
    };
    let exactly = shell_word(&format!("path:{name}"));
    Some(failure.help(format!("if it is a workspace of its own: `{exactly}`")))
}

/// Why a file is no side: it is a definition, and not compiled.
pub(super) fn file(path: &Path, name: &str) -> Option<Failure> {
    let definition = DefinitionFile::of_path(path)?;
    let names = names(&definition, Path::new("/"));
    let failure = Failure::new(format!("`{name}` is a definition, and no compiled job"));
    Some(failure.help(with_job(&names)))
}

/// Why there is no revision of this name, which was the `purpose`.
pub(super) fn revision(
    name: &str,
    purpose: Purpose<'_>,
    repository: &Repository,
    root: &Path,
    current_dir: &Path,
) -> Failure {
    if name == "HEAD" {
        let failure = Failure::new("there is no commit yet to compare with");
        return match purpose {
            Purpose::Side { .. } => {
                failure.help("commit first, or name another side: a directory, or compiled jobs")
            }
            Purpose::ChangedSince => failure.help("commit first"),
        };
    }
    if let Some(failure) =
        range(name, purpose, repository).or_else(|| part(name, purpose, repository))
    {
        return failure;
    }
    let failure = Failure::new(match purpose {
        Purpose::Side { .. } => format!("no revision is called `{name}`, and no file"),
        Purpose::ChangedSince => format!("no revision is called `{name}`"),
    });
    let of_jobs = || match purpose {
        Purpose::Side { .. } => with_job(&BTreeSet::from([name.to_owned()])),
        Purpose::ChangedSince => {
            "name jobs instead of `--changed`, or a revision with it".to_owned()
        }
    };
    // No revision can be called so.
    if name.contains(['*', '?', '[']) {
        let failure = failure.note(format!("`{name}` is a pattern of jobs"));
        return failure.help(of_jobs());
    }
    if is_job(name, root, current_dir) {
        return failure.note(format!("`{name}` is a job")).help(of_jobs());
    }
    if repository.is_shallow() {
        return failure
            .note("the repository is a shallow clone, which has few revisions")
            .help("fetch more of it: `git fetch --unshallow`, or `--depth` in CI");
    }
    let names = repository.names().unwrap_or_default();
    match closest(name, names.iter().map(String::as_str)) {
        Some(other) => failure.help(format!("did you mean `{other}`?")),
        None => failure.help(match purpose {
            Purpose::Side { .. } => {
                "see `git log`; `git:NAME` is always a revision and `path:PATH` always a path"
            }
            Purpose::ChangedSince => "see `git log` and `git branch`",
        }),
    }
}

/// Why two revisions in one word are no side.
fn range(name: &str, purpose: Purpose<'_>, repository: &Repository) -> Option<Failure> {
    let (ends, since_parting) = match name.split_once("...") {
        Some(ends) => (ends, true),
        None => (name.split_once("..")?, false),
    };
    let [old, new] = <[&str; 2]>::from(ends).map(|end| match end {
        "" => "HEAD",
        end => end,
    });
    let is_revision = |name| matches!(repository.revision(name), Ok(Some(_)));
    if !is_revision(old) || !is_revision(new) {
        return None;
    }
    let failure = Failure::new(format!("`{name}` is a range, and not one revision"));
    let [old, new] = [old, new].map(shell_word);
    let parting = format!("$(git merge-base {old} {new})");
    let failure = failure.help(match purpose {
        Purpose::Side { after } => format!("write two words: `{after} {old} {new}`"),
        Purpose::ChangedSince => format!("name the old one: `jobc check --changed {old}`"),
    });
    if !since_parting {
        return Some(failure);
    }
    Some(failure.help(match purpose {
        Purpose::Side { after } => {
            format!("or begin where they parted: `{after} \"{parting}\" {new}`")
        }
        Purpose::ChangedSince => {
            format!("or begin where they parted: `jobc check --changed \"{parting}\"`")
        }
    }))
}

/// Why a file of a revision is no side.
fn part(name: &str, purpose: Purpose<'_>, repository: &Repository) -> Option<Failure> {
    let (whole, _) = name.split_once(':')?;
    if !repository.is_file(name).ok()? {
        return None;
    }
    let failure = Failure::new(format!("`{name}` is a file of a revision, and no revision"));
    let whole = shell_word(if whole.is_empty() { "HEAD" } else { whole });
    Some(match purpose {
        Purpose::Side { after } => failure
            .help(format!("name the revision: `{after} {whole}`"))
            .help(with_job(&BTreeSet::new())),
        Purpose::ChangedSince => {
            failure.help(format!("name the revision: `jobc check --changed {whole}`"))
        }
    })
}

/// Why a word is no side that may be a revision as well as a path.
pub(super) fn both(name: &str) -> Failure {
    let [revision, path] = ["git", "path"].map(|mark| shell_word(&format!("{mark}:{name}")));
    Failure::new(format!("`{name}` is both a revision and a path")).help(format!(
        "say which: `{revision}` is the revision, and `{path}` is the path"
    ))
}

/// Why a word is no side that may be a path, where git cannot say whether it is a revision.
pub(super) fn without_git(failure: Failure, name: &str) -> Failure {
    let path = shell_word(&format!("path:{name}"));
    failure.help(format!("`{path}` is a path, whatever git has"))
}

fn with_job(names: &BTreeSet<String>) -> String {
    match names.iter().collect::<Vec<_>>().as_slice() {
        [name] => {
            let job = if name.contains(['*', '?', '[']) {
                "some jobs"
            } else {
                "one job"
            };
            format!("compare {job} with `--job`: `--job {}`", shell_word(name))
        }
        _ => "compare some jobs with `--job`: `--job NAME`, `--job PATTERN`".to_owned(),
    }
}

/// The definition that a directory stands for.
fn own_definition(directory: &Path) -> Option<DefinitionFile> {
    let entries = directory.read_dir().ok()?.flatten();
    let files = entries.filter_map(|entry| DefinitionFile::of_path(&entry.path()));
    let mut own: Vec<_> = files
        .filter(|file| file.own_directory().is_some())
        .collect();
    own.sort();
    own.into_iter().next()
}

fn has_definitions(directory: &Path) -> bool {
    let Ok(Some(workspace)) = Workspace::open_at(directory, directory, CODES).map(|it| it.value)
    else {
        return false;
    };
    workspace.definitions().is_ok_and(|found| !found.is_empty())
}

/// What the jobs of a definition are called; what it is called itself, if that is not clear.
fn names(file: &DefinitionFile, current_dir: &Path) -> BTreeSet<String> {
    let opening = Workspace::look_at(file.directory(), current_dir, CODES, None);
    let workspace = opening.ok().and_then(|opening| opening.workspace);
    let declared = workspace.and_then(|workspace| declared(file, &workspace));
    let keys = declared.iter().flat_map(Declared::keys);
    let names: BTreeSet<String> = keys.map(|key| name_of(key).to_owned()).collect();
    if names.is_empty() {
        return file.short_name().map(str::to_owned).into_iter().collect();
    }
    names
}

fn declared(file: &DefinitionFile, workspace: &Workspace) -> Option<Declared> {
    let source = workspace.read_source(&file.path).ok()?.value?;
    Some(Declared::of(&source, file.format))
}

/// Whether a job of the workspace is called so.
fn is_job(name: &str, root: &Path, current_dir: &Path) -> bool {
    let opening = Workspace::look_at(root, current_dir, CODES, None);
    let Some(workspace) = opening.ok().and_then(|opening| opening.workspace) else {
        return false;
    };
    let definitions = workspace.definitions().unwrap_or_default();
    definitions.iter().any(|file| {
        let declared = declared(file, &workspace);
        declared.is_some_and(|it| it.keys().any(|key| key == name || name_of(key) == name))
    })
}
