//! `jobc lock`: which store paths packages are.

mod check;
mod select;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use crate::cache::{Caches, Environment, Patience};
use crate::diagnostic::render::{counted, visible};
use crate::diagnostic::{Diagnostic, Failure, Report, Severity};
use crate::lint::Levels;
use crate::lock::{
    self, Asking, FromCaches, Needs, Nix, Nixpkgs, Renewed, Request, file, some_names, text,
};
use crate::model::PackageName;
use crate::resolve::{DEFAULT_SYSTEM, Lock};
use crate::source::display_name;
use crate::store::StoreDir;
use crate::workspace::{Conflicts, LOCK_FILE, Workspace};

use super::args::{Global, LockArgs};
use super::asking::asking;
use super::console::Console;
use super::exit::Exit;
use super::open::{open, open_with};
use super::output;

use check::check;
use select::{Selected, select, store_paths};

pub(super) fn run(args: &LockArgs, global: &Global, console: &Console) -> Result<Exit, Failure> {
    let mut diagnostics = Vec::new();
    if args.check {
        return match open(global)?.unpack(&mut diagnostics) {
            Some(workspace) => check(args, &workspace, diagnostics, console),
            None => Ok(console.close(diagnostics, None, &[])),
        };
    }
    let Some(workspace) = open_with(global, Conflicts::Merge)?.unpack(&mut diagnostics) else {
        return Ok(console.close(diagnostics, None, &[]));
    };
    let _guard = file::Guard::take(&workspace.root)?;
    // Another run may have written the lock between the first look at it and the guard.
    let mut diagnostics = Vec::new();
    let Some(workspace) = open_with(global, Conflicts::Merge)?.unpack(&mut diagnostics) else {
        return Ok(console.close(diagnostics, None, &[]));
    };
    if let Some(disputed) = &workspace.disputed {
        console.say(&merged(disputed, &lock_name(&workspace)));
        if !args.names.is_empty() && !disputed.is_empty() {
            return Err(Failure::new(
                "the sides of a merge disagree, and only some packages are named",
            )
            .help("finish the merge first: `jobc lock`"));
        }
    }
    let Some(task) = Task::new(args, &workspace, &mut diagnostics)? else {
        return Ok(console.close(diagnostics, None, &[]));
    };
    let renewed = task.renew(&workspace, console)?;
    let Some(Renewed { lock, not_asked }) = renewed.unpack(&mut diagnostics) else {
        return Ok(console.close(diagnostics, None, &[]));
    };
    if console.refuses(&diagnostics) {
        return Ok(console.close(diagnostics, None, &[]));
    }
    let path = workspace.root.join(LOCK_FILE);
    let is_empty = lock.packages().is_empty() && lock.paths().next().is_none();
    let written = if is_empty && !path.exists() {
        false
    } else {
        file::write(&path, &text::render(&lock, &workspace.store_dir))?
    };
    let name = lock_name(&workspace);
    let remark = if written {
        let entries: usize = lock.packages().values().map(BTreeMap::len).sum();
        let paths = counted(lock.paths().count(), "path");
        format!("wrote `{name}`: {}, {paths}", counted(entries, "package"))
    } else if is_empty {
        // Of store paths alone, nothing may be known.
        let nothing = task.needs.iter().next().is_none();
        if nothing {
            "there is nothing to lock"
        } else {
            "nothing was locked"
        }
        .to_owned()
    } else {
        format!("`{name}` is current{}", task.not_asked(&not_asked))
    };
    let exit = console.close(diagnostics, Some(&remark), &[]);
    output::print(&changes(&workspace.lock, &lock, &workspace.store_dir))?;
    Ok(exit)
}

/// What came of the two sides of a merge.
fn merged(disputed: &BTreeSet<(String, String)>, name: &str) -> String {
    let mut line = format!("read both sides of the merge in `{name}`");
    if !disputed.is_empty() {
        let disputed: Vec<String> = disputed
            .iter()
            .map(|(installable, system)| format!("`{}` for `{system}`", visible::line(installable)))
            .collect();
        write!(line, "; they disagree about {}", disputed.join(", ")).expect("a string takes all");
    }
    line
}

/// What is to be locked, and for what.
struct Task<'a> {
    needs: Needs,
    selected: Option<Selected>,
    systems: BTreeSet<String>,
    args: &'a LockArgs,
}

impl<'a> Task<'a> {
    /// None if definitions are wrong: nobody knows what they name.
    fn new(
        args: &'a LockArgs,
        workspace: &Workspace,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Result<Option<Self>, Failure> {
        let levels = Levels::new(&workspace.settings);
        let needs = levels
            .report(lock::collect(workspace)?)
            .unpack(diagnostics)
            .unwrap_or_default();
        let wrong = |problem: &Diagnostic| problem.severity == Severity::Error;
        if diagnostics.iter().any(wrong) {
            return Ok(None);
        }
        let selected = if args.names.is_empty() {
            None
        } else {
            Some(select(&args.names, &needs, &workspace.store_dir)?)
        };
        let gives = selected
            .as_ref()
            .is_some_and(|selected| !selected.given.is_empty());
        if gives && args.caches.is_empty() {
            return Err(Failure::new(
                "what a store path refers to is known by caches, and none is named",
            )
            .help("name one with `--from-cache URL`"));
        }
        if gives && args.systems.len() > 1 {
            return Err(Failure::new(
                "a store path is for one system, and several are named",
            ));
        }
        Ok(Some(Self {
            needs,
            selected,
            systems: systems(args, gives, workspace),
            args,
        }))
    }

    /// What may change, if not everything.
    fn only(&self) -> Option<&Needs> {
        self.selected.as_ref().map(|selected| &selected.needs)
    }

    fn request<'r>(&'r self, workspace: &'r Workspace) -> Request<'r> {
        Request {
            needs: &self.needs,
            only: self.only(),
            systems: &self.systems,
            update: self.args.update,
            store_dir: &workspace.store_dir,
            files: &workspace.files,
        }
    }

    /// What is to be said of packages that may have changed without a trace in the workspace.
    fn not_asked(&self, names: &BTreeSet<PackageName>) -> String {
        // Caches never say what packages are.
        if names.is_empty() || !self.args.caches.is_empty() {
            return String::new();
        }
        let some = some_names(names);
        let (about, which) = match (names.len(), names.first()) {
            (1, Some(name)) => (some, name.to_string()),
            (count, _) => (
                format!("{}, {some}", counted(count, "package")),
                "[PACKAGE]...".to_owned(),
            ),
        };
        format!("; Nix was not asked again about {about}: `jobc lock --update {which}` asks")
    }

    /// The lock as it is to be; none where something about it is an error.
    fn renew(&self, workspace: &Workspace, console: &Console) -> Result<Report<Renewed>, Failure> {
        let levels = Levels::new(&workspace.settings);
        Ok(levels.report(self.ask(workspace, console)?))
    }

    fn ask(&self, workspace: &Workspace, console: &Console) -> Result<Report<Renewed>, Failure> {
        let request = self.request(workspace);
        if self.args.caches.is_empty() {
            let nix = Nix {
                directory: &workspace.root,
                echo: console.is_watched(),
                may_write: !self.args.check,
            };
            let nixpkgs = Nixpkgs::new(workspace.settings.nixpkgs.as_deref(), &workspace.root);
            let asking = Asking::Nix {
                nix: &nix,
                nixpkgs: &nixpkgs,
                say: &|line| console.say(line),
            };
            return Ok(lock::renew(&workspace.lock, &request, &asking)?);
        }
        let store_dir = workspace.store_dir.clone();
        let caches = Caches::new(store_dir, Environment::of_process(), Patience::default());
        let none = BTreeMap::new();
        let given = self
            .selected
            .as_ref()
            .map_or(&none, |selected| &selected.given);
        let given = store_paths(given, &caches, &self.args.caches)?;
        Ok(asking(console, &caches, |asked| {
            let asking = Asking::Caches(FromCaches {
                caches: &caches,
                urls: &self.args.caches,
                given: &given,
                told: &|done, total| asked.told(done, total),
            });
            lock::renew(&workspace.lock, &request, &asking)
        })?)
    }
}

/// The systems to lock for; a store path is for that of the nodes.
fn systems(args: &LockArgs, gives: bool, workspace: &Workspace) -> BTreeSet<String> {
    if !args.systems.is_empty() {
        return args.systems.iter().cloned().collect();
    }
    let mut systems = BTreeSet::new();
    if !gives {
        let locked = workspace.lock.packages().values();
        systems.extend(locked.flat_map(|systems| systems.keys().cloned()));
        let disputed = workspace.disputed.iter().flatten();
        systems.extend(disputed.map(|(_, system)| system.clone()));
    }
    let nodes = workspace.settings.system.as_deref();
    systems.insert(nodes.unwrap_or(DEFAULT_SYSTEM).to_owned());
    systems
}

fn lock_name(workspace: &Workspace) -> String {
    display_name(&workspace.root.join(LOCK_FILE), &workspace.current_dir)
}

/// A line for each entry that is not as it was.
fn changes(old: &Lock, new: &Lock, store_dir: &StoreDir) -> String {
    let entries = |lock: &Lock| -> BTreeSet<(String, String)> {
        let systems = lock.packages().iter();
        systems
            .flat_map(|(installable, systems)| {
                systems
                    .keys()
                    .map(|system| (installable.clone(), system.clone()))
            })
            .collect()
    };
    let mut lines = String::new();
    for (installable, system) in &entries(old) | &entries(new) {
        let path = |lock: &Lock| {
            let pinned = lock.packages().get(&installable)?.get(&system)?;
            Some(pinned.path.clone())
        };
        let (word, path) = match (path(old), path(new)) {
            (Some(before), Some(now)) if before == now => continue,
            (Some(_), Some(now)) => ("changed", now),
            (None, Some(now)) => ("added", now),
            (Some(before), None) => ("removed", before),
            (None, None) => continue,
        };
        let path = store_dir.display(&path);
        let (installable, system) = (visible::line(&installable), visible::line(&system));
        writeln!(lines, "{word} {installable} {system} {path}").expect("a string takes all");
    }
    lines
}
