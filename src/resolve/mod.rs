//! What definitions name, made into store paths: packages by the lock, files by their contents.
//!
//! Between `check` and `plan`. Reads the files that are imported; everything else is pure.

mod codes;
mod command;
pub mod conflict;
mod context;
mod declaration;
mod expanded;
pub mod import;
mod judged;
mod lock;
mod noticed;
mod outside;
mod package;
mod refusal;
mod relative;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

pub use codes::CODES;
pub use command::{Command, Script};
pub use context::{Import, Imports, LeftToNode, Resolver};
pub use lock::{BAD_LOCK, Lock, Locked, Packages, PathInfo, Pinned, PortNumbers};
pub use package::{DEFAULT_SYSTEM, NOT_LOCKED, Package, bad_installable, bad_store_path, locked};
pub use relative::{
    Meaning, Reader as RelativeReader, Refusal as RelativeRefusal, Rule as RelativeRule,
};

use crate::check::CheckedJob;
use crate::diagnostic::{MachineError, Place, Report};
use crate::model::{CommandLine, HealthChecker, PackageName};
use crate::rule::Noticed;
use crate::store::StorePath;

use context::Context;
use import::Fault;

/// A job whose commands name store paths only.
#[derive(Debug, Clone)]
pub struct ResolvedJob {
    /// The job as checked.
    pub checked: CheckedJob,
    /// The commands of its processes, in their order.
    pub commands: Vec<Command>,
    /// The command of its health check.
    pub shell_command: Option<Command>,
    /// The files and directories that its commands name.
    pub imports: BTreeMap<StorePath, Arc<Import>>,
    /// What the files that its commands expand leave to the node.
    pub left_to_node: Vec<LeftToNode>,
    /// The packages that its commands name.
    pub packages: BTreeMap<PackageName, Package>,
    /// What was noticed meanwhile, for rules.
    pub noticed: Noticed,
}

/// Resolves all that a job's commands name. Where that failed, which is an error, something stands in.
///
/// # Errors
/// If a file that is to be imported cannot be read.
pub fn resolve(
    checked: CheckedJob,
    resolver: &Resolver<'_>,
) -> Result<Report<ResolvedJob>, MachineError> {
    let mut context = Context {
        resolver,
        checked: &checked,
        packages: BTreeMap::new(),
        left_to_node: Vec::new(),
        imports: BTreeMap::new(),
        declared: None,
        suspects: BTreeSet::new(),
        noticed: Noticed::default(),
        diagnostics: Vec::new(),
    };
    let mut commands = Vec::with_capacity(checked.job().task.processes.len());
    for index in 0..checked.job().task.processes.len() {
        commands.push(context.process(index)?);
    }
    let shell_command = context.health_check()?;
    let Context {
        packages,
        left_to_node,
        imports,
        noticed,
        diagnostics,
        ..
    } = context;
    let packages = packages.into_iter();
    let packages = packages.filter_map(|(name, package)| Some((name, package?)));
    let packages = packages.collect();
    Ok(Report::new(
        ResolvedJob {
            checked,
            commands,
            shell_command,
            imports,
            left_to_node,
            packages,
            noticed,
        },
        diagnostics,
    ))
}

impl Context<'_> {
    fn health_check(&mut self) -> Result<Option<Command>, MachineError> {
        let checker = self
            .checked
            .job()
            .health_check_config
            .as_ref()
            .and_then(|config| config.health_checker.as_ref());
        let Some(HealthChecker::Shell(checker)) = checker else {
            return Ok(None);
        };
        let pointer = || {
            self.checked
                .pointer()
                .key("health_check_config")
                .key("health_checker")
                .key("shell")
                .key("shell_command")
        };
        let line: &CommandLine = &checker.shell_command;
        self.command(line, pointer, "health_check").map(Some)
    }

    /// The store path of the file or directory at `path`, relative to `base`; none if it may not
    /// be imported, which is reported at `place`.
    fn import(
        &mut self,
        base: &Path,
        path: &str,
        place: impl FnOnce() -> Place,
    ) -> Result<Option<StorePath>, MachineError> {
        let full = base.join(path);
        let mut before = self.resolver.imported.borrow_mut();
        let Imports {
            objects,
            directories,
        } = &mut *before;
        if let Some(known) = objects.get(full.as_os_str()) {
            let known = Arc::clone(known);
            drop(before);
            self.imports.insert(known.path.clone(), Arc::clone(&known));
            self.notice_suspects(&known, place)?;
            return Ok(Some(known.path.clone()));
        }
        match self.resolver.importer.import_from(directories, &full) {
            Ok(imported) => {
                let place = place();
                self.notice_import(path, &imported, &place);
                let import = Arc::new(Import {
                    path: imported.store_path.clone(),
                    source: full.clone(),
                    nar: imported.nar,
                    suspects: imported.suspects,
                });
                self.imports
                    .insert(import.path.clone(), Arc::clone(&import));
                objects.insert(full.into_os_string(), Arc::clone(&import));
                drop(before);
                self.notice_suspects(&import, || place)?;
                Ok(Some(imported.store_path))
            }
            Err(error) if error.fault() == Fault::Machine => {
                Err(MachineError::new(format!("cannot import `{path}`"), error))
            }
            Err(error) => {
                self.diagnostics
                    .push(refusal::refusal(path, &error, self.resolver, place()));
                Ok(None)
            }
        }
    }
}
