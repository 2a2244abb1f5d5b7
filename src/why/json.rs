//! An answer for programs.

use std::path::Path;

use schemars::JsonSchema;
use serde::Serialize;

use crate::plan::NeededBy;
use crate::source::display_name;
use crate::store::StoreDir;

use super::chain::{Answer, Chain, Found, Link, Role};

/// Which jobs need a store path, and through what.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WhyDocument<'a> {
    /// The word that was asked for.
    pub asked: &'a str,
    /// The store paths that it means, sorted. A path that no job needs has no chains: it is in the
    /// lock only.
    pub paths: Vec<PathDocument<'a>>,
    /// Store paths that jobs need, and whose references are unknown. They may lead to
    /// any path; so what is not among `paths` may be needed all the same, unless this is empty.
    pub unknown: Vec<String>,
}

/// A store path, and how it is needed.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PathDocument<'a> {
    /// The absolute path.
    pub path: String,
    /// From each script that leads there, the shortest chain; with `--full`, the shortest one
    /// through each thing that the script's command names. The shortest first.
    pub chains: Vec<ChainDocument<'a>>,
    /// How many more chains there are with `--full`.
    pub more: usize,
}

/// How a script leads to a path.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChainDocument<'a> {
    /// The job's key, CLUSTER/ROLE/ENVIRONMENT/NAME.
    pub job: String,
    /// Which part of the job the script is of.
    pub part: Part,
    /// The process, if it is of one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub process: Option<&'a str>,
    /// From the script to the path; each refers to the next.
    pub links: Vec<LinkDocument<'a>>,
}

/// A part of a job that has a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// A process.
    Process,
    /// The health check.
    HealthCheck,
    /// The job as a whole.
    Job,
}

/// A path of a chain.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkDocument<'a> {
    /// The absolute path.
    pub path: String,
    /// What it is there.
    pub kind: LinkKind,
    /// The packages of the job that are this path.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub packages: Vec<PackageDocument<'a>>,
    /// The file or directory that it is, relative to the workspace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
}

/// What a path is in a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LinkKind {
    /// What jobc makes of a command.
    Script,
    /// A file or directory of the workspace.
    Import,
    /// A package that the command names.
    Package,
    /// What the path before refers to.
    Dependency,
}

/// A package of a job.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PackageDocument<'a> {
    /// Its name, as in `${pkgs.NAME}`.
    pub name: &'a str,
    /// Its installable, store path, or path in the workspace, as written.
    pub source: &'a str,
}

impl Answer<'_> {
    /// The answer as JSON, for files that are relative to `root`.
    ///
    /// # Panics
    /// Never: it is strings and numbers.
    pub fn json(&self, asked: &str, store_dir: &StoreDir, root: &Path) -> String {
        let absolute = |path| store_dir.display(path).to_string();
        let document = WhyDocument {
            asked,
            paths: self
                .found
                .iter()
                .map(|found| found.document(store_dir, root))
                .collect(),
            unknown: self.unknown.iter().map(|it| absolute(it.path)).collect(),
        };
        let text = serde_json::to_string_pretty(&document);
        text.expect("strings and numbers become JSON") + "\n"
    }
}

impl Found<'_> {
    fn document(&self, store_dir: &StoreDir, root: &Path) -> PathDocument<'_> {
        let chains = self.chains.iter();
        PathDocument {
            path: store_dir.display(self.path).to_string(),
            chains: chains
                .map(|chain| chain.document(store_dir, root))
                .collect(),
            more: self.more,
        }
    }
}

impl Chain<'_> {
    fn document(&self, store_dir: &StoreDir, root: &Path) -> ChainDocument<'_> {
        let (part, process) = match self.by {
            NeededBy::Process(name) => (Part::Process, Some(name.as_str())),
            NeededBy::HealthCheck => (Part::HealthCheck, None),
            NeededBy::Job => (Part::Job, None),
        };
        let links = self.links.iter();
        ChainDocument {
            job: self.job.to_string(),
            part,
            process,
            links: links.map(|link| link.document(store_dir, root)).collect(),
        }
    }
}

impl<'a> Link<'a> {
    fn document(&self, store_dir: &StoreDir, root: &Path) -> LinkDocument<'a> {
        let packages = self.packages.iter();
        LinkDocument {
            path: store_dir.display(self.path).to_string(),
            kind: match self.role {
                Role::Script => LinkKind::Script,
                Role::Import => LinkKind::Import,
                Role::Package => LinkKind::Package,
                Role::Dependency => LinkKind::Dependency,
            },
            packages: packages
                .map(|&(name, source)| PackageDocument { name, source })
                .collect(),
            file: self.file.as_ref().map(|file| display_name(file, root)),
        }
    }
}
