//! `jobc lock`: which store paths packages are.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use crate::diagnostic::render::{counted, visible};
use crate::diagnostic::{Diagnostic, MachineError, Report, Severity, closest};
use crate::lock::{self, Asking, Need, Needs, Nix, Nixpkgs, Request, current, file, text};
use crate::model::{LockFile, PackageName};
use crate::parse::{self, Format};
use crate::resolve::{DEFAULT_SYSTEM, Lock};
use crate::source::{SourceMap, display_name};
use crate::store::StoreDir;
use crate::workspace::{LOCK_FILE, Workspace, read_source};

use super::args::{Global, LockArgs};
use super::console::Console;
use super::exit::Exit;
use super::failure::Failure;
use super::open::open;
use super::output;

pub(super) fn run(args: &LockArgs, global: &Global, console: &Console) -> Result<Exit, Failure> {
    let mut diagnostics = Vec::new();
    let Some(workspace) = open(global)?.unpack(&mut diagnostics) else {
        return Ok(console.close(diagnostics, None, &[]));
    };
    if args.check {
        return check(args, &workspace, diagnostics, console);
    }
    let _guard = file::Guard::take(&workspace.root)?;
    // Another run may have written the lock between the first look at it and the guard.
    let mut diagnostics = Vec::new();
    let Some(workspace) = open(global)?.unpack(&mut diagnostics) else {
        return Ok(console.close(diagnostics, None, &[]));
    };
    let Some(task) = Task::new(args, &workspace, &mut diagnostics)? else {
        return Ok(console.close(diagnostics, None, &[]));
    };
    let renewed = task.renew(&workspace, console)?;
    let Some(lock) = renewed.unpack(&mut diagnostics) else {
        return Ok(console.close(diagnostics, None, &[]));
    };
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
        "there is nothing to lock".to_owned()
    } else {
        format!("`{name}` is current")
    };
    let exit = console.close(diagnostics, Some(&remark), &[]);
    output::print(&changes(&workspace.lock, &lock, &workspace.store_dir))?;
    Ok(exit)
}

/// What is to be locked, and for what.
struct Task {
    needs: Needs,
    only: Option<Needs>,
    systems: BTreeSet<String>,
    update: bool,
    check: bool,
}

impl Task {
    /// None if definitions are wrong: nobody knows what they name.
    fn new(
        args: &LockArgs,
        workspace: &Workspace,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Result<Option<Self>, Failure> {
        let needs = lock::collect(workspace)?
            .unpack(diagnostics)
            .unwrap_or_default();
        let wrong = |problem: &Diagnostic| problem.severity == Severity::Error;
        if diagnostics.iter().any(wrong) {
            return Ok(None);
        }
        let only = if args.names.is_empty() {
            None
        } else {
            Some(select(&args.names, &needs, &workspace.store_dir)?)
        };
        Ok(Some(Self {
            needs,
            only,
            systems: systems(args, workspace),
            update: args.update,
            check: args.check,
        }))
    }

    fn request<'a>(&'a self, workspace: &'a Workspace) -> Request<'a> {
        Request {
            needs: &self.needs,
            only: self.only.as_ref(),
            systems: &self.systems,
            update: self.update,
            store_dir: &workspace.store_dir,
        }
    }

    fn renew(
        &self,
        workspace: &Workspace,
        console: &Console,
    ) -> Result<Report<Lock>, MachineError> {
        let nix = Nix {
            directory: &workspace.root,
            echo: console.is_watched(),
            may_write: !self.check,
        };
        let nixpkgs = Nixpkgs::new(workspace.settings.nixpkgs.as_deref(), &workspace.root);
        let asking = Asking {
            nix: &nix,
            nixpkgs: &nixpkgs,
            say: &|line| console.say(line),
        };
        lock::renew(&workspace.lock, &self.request(workspace), &asking)
    }
}

fn check(
    args: &LockArgs,
    workspace: &Workspace,
    mut diagnostics: Vec<Diagnostic>,
    console: &Console,
) -> Result<Exit, Failure> {
    let Some(task) = Task::new(args, workspace, &mut diagnostics)? else {
        return Ok(console.close(diagnostics, None, &[]));
    };
    let (old, store_dir) = (&workspace.lock, &workspace.store_dir);
    let chosen = task.only.as_ref().unwrap_or(&task.needs);
    let mut found = Vec::new();
    if task.only.is_none() {
        found.extend(unused_or_unsorted(&task, workspace)?);
    }
    let mut missing = current::missing(chosen, old, &task.systems, store_dir);
    if args.update {
        let name = lock_name(workspace);
        let asked = task.renew(workspace, console)?;
        match asked.value {
            Some(new) => found.extend(current::changed(&task.needs, old, &new, &name, store_dir)),
            // What cannot be had is missing, too, but that is not what to mend.
            None => missing = asked.diagnostics,
        }
    }
    found.extend(missing);
    diagnostics.append(&mut found);
    let remark = format!(
        "`{}` is current: {}",
        lock_name(workspace),
        counted(chosen.iter().count(), "package")
    );
    let wrong = |problem: &Diagnostic| problem.severity == Severity::Error;
    let remark = Some(&*remark).filter(|_| !diagnostics.iter().any(wrong));
    Ok(console.close(diagnostics, remark, &[]))
}

fn unused_or_unsorted(task: &Task, workspace: &Workspace) -> Result<Vec<Diagnostic>, Failure> {
    let path = workspace.root.join(LOCK_FILE);
    if !path.exists() {
        return Ok(Vec::new());
    }
    let source = read_source(&path, &workspace.current_dir)?;
    // Opening the workspace has reported what is wrong with the lock itself.
    let Some(source) = source.value else {
        return Ok(Vec::new());
    };
    let tree = parse::tree(&source, Format::Json).value;
    let Some(map) = tree.map(|root| SourceMap::new(source.clone(), root.into())) else {
        return Ok(Vec::new());
    };
    let Some(lock) = parse::decode::<LockFile>(map.root()).value else {
        return Ok(Vec::new());
    };
    let mut found = current::unused(&task.needs, &lock, &map);
    if found.is_empty() {
        let pruned = lock::pruned(&workspace.lock, &task.request(workspace))?;
        if text::render(&pruned, &workspace.store_dir) != source.text() {
            found.push(current::not_as_written(&lock_name(workspace)));
        }
    }
    Ok(found)
}

/// The packages that `words` mean.
fn select(words: &[String], needs: &Needs, store_dir: &StoreDir) -> Result<Needs, Failure> {
    let means = |word: &String, need: &Need, text: &str| {
        word == text || need.names.iter().any(|name| name.as_str() == word)
    };
    for word in words {
        let found = needs.only(&|need, text| means(word, need, text), store_dir);
        if found.iter().next().is_none() {
            return Err(unknown(word, needs));
        }
    }
    let wanted = |need: &Need, text: &str| words.iter().any(|word| means(word, need, text));
    Ok(needs.only(&wanted, store_dir))
}

fn unknown(word: &str, needs: &Needs) -> Failure {
    let failure = Failure::new(format!("no package to lock is called `{word}`"));
    let names = needs.iter().flat_map(|need| &need.names);
    let names: BTreeSet<&str> = names.map(PackageName::as_str).collect();
    let installables = needs.installables.keys().map(String::as_str);
    match closest(word, names.iter().copied().chain(installables)) {
        Some(meant) => failure.help(format!("did you mean `{meant}`?")),
        None if names.is_empty() => failure.note("no definition names a package by an installable"),
        None => {
            let names: Vec<_> = names.into_iter().take(20).collect();
            failure.note(format!("there are `{}`", names.join("`, `")))
        }
    }
}

fn systems(args: &LockArgs, workspace: &Workspace) -> BTreeSet<String> {
    if !args.systems.is_empty() {
        return args.systems.iter().cloned().collect();
    }
    let locked = workspace.lock.packages().values();
    let mut systems: BTreeSet<String> =
        locked.flat_map(|systems| systems.keys().cloned()).collect();
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
        let path = |lock: &Lock| lock.packages().get(&installable)?.get(&system).cloned();
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
