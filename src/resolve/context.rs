//! What names mean in a definition, and what is known of one of its jobs so far.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::check::CheckedJob;
use crate::diagnostic::Diagnostic;
use crate::lint::Levels;
use crate::model::{PackageName, PackageSource, Settings};
use crate::rule::Noticed;
use crate::source::{Location, Pointer, SourceMap, display_name};
use crate::store::{Digest, StoreDir, StorePath, StorePathHash};

use super::import::{Directories, Importer};
use super::package::Package;
use super::{Lock, relative};

/// A reference in an expanded file that is filled in on the node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftToNode {
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
    /// Where everything in the definition is written, what the workspace says of all jobs included.
    pub map: &'a SourceMap,
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
    pub(super) objects: BTreeMap<OsString, Arc<Import>>,
    pub(super) directories: Directories,
}

impl<'a> Resolver<'a> {
    /// The directory that paths in a value are relative to: that of the file that has it.
    pub(super) fn base(&self, pointer: impl FnOnce() -> Pointer) -> &'a Path {
        let is_own = self.map.sources().is_one() || {
            let location = self.map.value(&pointer());
            Arc::ptr_eq(&location.file, self.map.file())
        };
        if is_own {
            self.definition_dir
        } else {
            self.workspace_root
        }
    }

    /// The levels of lints.
    pub(super) fn levels(&self) -> Levels<'a> {
        Levels::new(self.settings)
    }

    /// What installables mean.
    pub(super) fn relative(&self) -> relative::Reader<'a> {
        relative::Reader {
            files: self.importer.workspace(),
            root: self.workspace_root,
            lock: self.lock,
        }
    }

    /// What messages call the file at `path`.
    pub(super) fn display_name(&self, path: &Path) -> String {
        display_name(path, self.current_dir)
    }
}

/// The state of resolving one job.
pub(super) struct Context<'a> {
    pub(super) resolver: &'a Resolver<'a>,
    pub(super) checked: &'a CheckedJob,
    /// Packages looked up so far; none where that failed and was reported.
    pub(super) packages: BTreeMap<PackageName, Option<Package>>,
    pub(super) left_to_node: Vec<LeftToNode>,
    /// What the job imports.
    pub(super) imports: BTreeMap<StorePath, Arc<Import>>,
    /// The packages that the job may name, once that was asked.
    pub(super) declared: Option<BTreeSet<StorePathHash>>,
    /// The files that were looked at for secrets.
    pub(super) suspects: BTreeSet<PathBuf>,
    /// What was noticed meanwhile, for rules.
    pub(super) noticed: Noticed,
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl Context<'_> {
    /// Where the job is written.
    pub(super) fn job_pointer(&self) -> &Pointer {
        self.checked.pointer()
    }
}
