//! What `jobc lock` is to do: for which packages and systems, by asking Nix or which caches.

use std::collections::{BTreeMap, BTreeSet};

use crate::cache::{Caches, Environment, Patience, Waiting};
use crate::cli::ui::console::Console;
use crate::diagnostic::render::counted;
use crate::diagnostic::{Diagnostic, Failure, Report, Severity};
use crate::lint::Levels;
use crate::lock::{
    self, Asking, Collected, FromCaches, NeededPorts, Needs, Nix, Nixpkgs, Renewed, Request,
    Unneeded, some_names,
};
use crate::model::PackageName;
use crate::resolve::{DEFAULT_SYSTEM, PortNumbers};
use crate::source::display_name;
use crate::workspace::{LOCK_FILE, Workspace};

use super::arguments::LockArgs;
use super::select::{Selected, select, store_paths};

/// What is to be locked, and for what.
pub(super) struct Task<'a> {
    pub(super) needs: Needs,
    /// The ports that need numbers.
    pub(super) needed_ports: NeededPorts,
    selected: Option<Selected>,
    pub(super) systems: BTreeSet<String>,
    args: &'a LockArgs,
}

impl<'a> Task<'a> {
    /// None if definitions are wrong: what they name is unknown.
    pub(super) fn new(
        args: &'a LockArgs,
        workspace: &Workspace,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Result<Option<Self>, Failure> {
        let levels = Levels::new(&workspace.settings);
        let collected = levels
            .report(lock::collect(workspace)?)
            .unpack(diagnostics)
            .unwrap_or_default();
        let wrong = |problem: &Diagnostic| problem.severity == Severity::Error;
        if diagnostics.iter().any(wrong) {
            return Ok(None);
        }
        let Collected { needs, ports } = collected;
        let selected = if args.names.is_empty() {
            None
        } else {
            Some(select(&args.names, &needs, &workspace.store_dir)?)
        };
        let gives = selected
            .as_ref()
            .is_some_and(|selected: &Selected| !selected.given.is_empty());
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
            systems: systems(args, selected.as_ref(), workspace),
            needs,
            needed_ports: ports,
            selected,
            args,
        }))
    }

    /// The numbers of ports as they are to be; where only some packages are named, they stay.
    pub(super) fn ports(&self, workspace: &Workspace) -> Result<PortNumbers, Failure> {
        let old = workspace.lock.ports();
        if self.only().is_some() {
            return Ok(old.clone());
        }
        let unneeded = if self.args.ports.keep {
            Unneeded::Kept
        } else {
            Unneeded::Released
        };
        let range = workspace.settings.port_range();
        let ports = self.needed_ports.assign(old, range, unneeded);
        ports.map_err(|key| {
            Failure::new(format!(
                "no number of `{range}` is left for the port `{key}`"
            ))
            .help("give `jobc lock` more of them: `range` in `[ports]` of `jobc.toml`")
        })
    }

    /// What may change, if not everything.
    pub(super) fn only(&self) -> Option<&Needs> {
        self.selected.as_ref().map(|selected| &selected.needs)
    }

    pub(super) fn request<'r>(&'r self, workspace: &'r Workspace) -> Request<'r> {
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
    pub(super) fn not_asked(&self, names: &BTreeSet<PackageName>) -> String {
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
    pub(super) fn renew(
        &self,
        workspace: &Workspace,
        console: &Console,
    ) -> Result<Report<Renewed>, Failure> {
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
        Ok(console.while_asking(&caches, |tell| {
            let asking = Asking::Caches(FromCaches {
                caches: &caches,
                urls: &self.args.caches,
                given: &given,
                told: tell,
            });
            lock::renew(&workspace.lock, &request, &asking)
        })?)
    }
}

/// The systems to lock for; a store path is for that of the nodes.
fn systems(
    args: &LockArgs,
    selected: Option<&Selected>,
    workspace: &Workspace,
) -> BTreeSet<String> {
    if !args.systems.is_empty() {
        return args.systems.iter().cloned().collect();
    }
    let mut systems = BTreeSet::new();
    if selected.is_none_or(|selected| selected.given.is_empty()) {
        let locked = workspace.lock.packages().values();
        systems.extend(locked.flat_map(|systems| systems.keys().cloned()));
        let disputed = workspace.disputed.iter().flatten();
        systems.extend(disputed.map(|(_, system)| system.clone()));
    }
    let nodes = workspace.settings.system.as_deref();
    systems.insert(nodes.unwrap_or(DEFAULT_SYSTEM).to_owned());
    systems
}

/// What messages call the lock.
pub(super) fn lock_name(workspace: &Workspace) -> String {
    display_name(&workspace.root.join(LOCK_FILE), &workspace.current_dir)
}
