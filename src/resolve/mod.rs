//! What definitions name, made into store paths: packages by the lock, files by their contents.
//!
//! Between `check` and `plan`. Reads the files that are imported; everything else is pure.

mod command;
pub mod conflict;
mod expanded;
mod exposed;
mod grace;
pub mod import;
mod lock;
mod package;
mod refusal;
mod relative;
mod surplus;
mod undeclared;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use command::{Command, Script};
pub use lock::{Lock, Locked, Packages, PathInfo, Pinned};
pub use package::{Package, bad_installable, bad_store_path, locked};
pub use relative::{
    Meaning, Reader as RelativeReader, Refusal as RelativeRefusal, Rule as RelativeRule,
};

use crate::check::{CheckedJob, ports};
use crate::diagnostic::codes::packages as codes;
use crate::diagnostic::{Diagnostic, MachineError, Place, Report};
use crate::lint::Levels;
use crate::model::{CommandLine, HealthChecker, PackageName, PackageSource, Settings};
use crate::source::{Location, Pointer, SourceMap};
use crate::store::{Digest, StoreDir, StorePath, StorePathHash};

use import::{Directories, Fault, Importer};

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
    pub late: Vec<Late>,
    /// The packages that its commands name.
    pub packages: BTreeMap<PackageName, Package>,
}

/// A reference in an expanded file that is filled in on the node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Late {
    /// The index of the process whose command expands the file.
    pub process: usize,
    /// The reference, with its braces.
    pub text: String,
    /// Where it stands in the file.
    pub location: Location,
}

/// What names mean in one definition file of a workspace.
#[derive(Debug)]
pub struct Resolver<'a> {
    /// Imports files.
    pub importer: &'a Importer,
    /// The directory that messages name files relative to.
    pub current_dir: &'a Path,
    /// The store of the nodes.
    pub store_dir: &'a StoreDir,
    /// The directory that paths in `jobc.toml` are relative to.
    pub workspace_root: &'a Path,
    /// The file of the definition.
    pub definition: &'a Path,
    /// The directory that paths in the definition are relative to.
    pub definition_dir: &'a Path,
    /// The workspace's settings.
    pub settings: &'a Settings,
    /// Where these stand.
    pub settings_map: Option<&'a SourceMap>,
    /// Packages that all jobs of the file share.
    pub shared_packages: &'a BTreeMap<PackageName, PackageSource>,
    /// What installables are.
    pub lock: &'a Lock,
    /// What has been imported for this file before.
    pub imported: RefCell<Imports>,
}

/// A file or directory of the workspace as an object of the store. It refers to nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// Its store path.
    pub path: StorePath,
    /// Where it lies in the workspace, absolute.
    pub source: PathBuf,
    /// The hash and the size of its archive.
    pub nar: Digest,
    /// The files in it that may have secrets in them, absolute.
    pub suspects: Vec<PathBuf>,
}

/// What has been imported, by its path, and from where.
#[derive(Debug, Default)]
pub struct Imports {
    objects: BTreeMap<OsString, Arc<Import>>,
    directories: Directories,
}

impl<'a> Resolver<'a> {
    /// The levels of lints.
    fn levels(&self) -> Levels<'a> {
        Levels::new(self.settings)
    }

    /// What installables mean.
    fn relative(&self) -> relative::Reader<'a> {
        relative::Reader {
            files: self.importer.workspace(),
            root: self.workspace_root,
            lock: self.lock,
        }
    }

    /// What messages call the file at `path`.
    fn display_name(&self, path: &Path) -> String {
        crate::source::display_name(path, self.current_dir)
    }
}

/// The system that nodes are of unless the settings say otherwise.
pub const DEFAULT_SYSTEM: &str = "x86_64-linux";

/// Resolves all that a job's commands name.
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
        late: Vec::new(),
        imports: BTreeMap::new(),
        declared: None,
        exposed: BTreeSet::new(),
        diagnostics: Vec::new(),
    };
    let mut commands = Vec::with_capacity(checked.job().task.processes.len());
    for index in 0..checked.job().task.processes.len() {
        commands.push(context.process(index)?);
    }
    let shell_command = context.health_check()?;
    let texts: Vec<&str> = commands.iter().map(|command| &*command.text).collect();
    let unbound = ports::check_resolved(checked.job(), checked.pointer(), &texts);
    context.diagnostics.extend(unbound);
    let grace = context.grace_period(&commands, shell_command.as_ref());
    context.diagnostics.extend(grace);
    let Context {
        packages,
        late,
        imports,
        diagnostics,
        ..
    } = context;
    let packages = packages.into_iter();
    let packages = packages.filter_map(|(name, package)| Some((name, package?)));
    let packages = packages.collect();
    // A command that could not be resolved is a stand-in; so nothing goes on to the plan.
    let failed = diagnostics.iter().any(|problem| !problem.code.is_lint());
    Ok(if failed {
        Report::failed(diagnostics)
    } else {
        Report::new(
            ResolvedJob {
                checked,
                commands,
                shell_command,
                imports,
                late,
                packages,
            },
            diagnostics,
        )
    })
}

/// The state of resolving one job.
struct Context<'a> {
    resolver: &'a Resolver<'a>,
    checked: &'a CheckedJob,
    /// Packages looked up so far; none where that failed and was reported.
    packages: BTreeMap<PackageName, Option<Package>>,
    late: Vec<Late>,
    /// What the job imports.
    imports: BTreeMap<StorePath, Arc<Import>>,
    /// The packages that the job may name, once that was asked.
    declared: Option<BTreeSet<StorePathHash>>,
    /// The files whose secrets were told.
    exposed: BTreeSet<PathBuf>,
    diagnostics: Vec<Diagnostic>,
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
        self.command(line, pointer, "health_check", None).map(Some)
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
            self.exposed(&known, place)?;
            return Ok(Some(known.path.clone()));
        }
        match self.resolver.importer.import_from(directories, &full) {
            Ok(imported) => {
                let place = place();
                if !imported.dangling.is_empty() {
                    self.dangling(path, &imported.dangling, place.clone());
                }
                self.surplus(path, &imported, &place);
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
                self.exposed(&import, || place)?;
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

    fn dangling(&mut self, path: &str, links: &[PathBuf], place: Place) {
        let mut names: Vec<_> = links
            .iter()
            .map(|link| format!("`{}`", self.resolver.display_name(link)))
            .collect();
        names.truncate(3);
        let more = links.len() - names.len();
        let and = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        let headline = format!(
            "links in `{path}` lead out of it: {}{and}",
            names.join(", ")
        );
        self.diagnostics.push(
            Diagnostic::new(&codes::DANGLING_LINK, headline, place)
                .help("import a directory that holds the links' targets, too"),
        );
    }

    fn job_pointer(&self) -> &Pointer {
        self.checked.pointer()
    }
}
