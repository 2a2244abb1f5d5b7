//! Why the steps that jobc adds to a job have other hashes than before.
//!
//! A step's hash is that of the script that it realises, and a script has the hashes of all that
//! its command names. What changed in a process is known by the comparison of the jobs; what
//! changed below a package is found in the closures of both locks.

mod closure;
mod side;
mod text;

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;

use crate::diff::{
    ComparedJob, FieldChange, Hunk, ImportChange, JobChange, JobKind, NotCompared, PackageChange,
};
use crate::store::StorePath;

pub use side::{Before, Dependencies, Dependency};

use closure::dependencies;

/// Why the steps of some jobs changed.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WhyChanged {
    /// What the old side is called.
    pub old: String,
    /// What the new side is called.
    pub new: String,
    /// The jobs that were asked for, sorted by key.
    pub jobs: Vec<JobSteps>,
    /// What could not be compared, because settings, locks or definitions are wrong.
    pub not_compared: Vec<NotCompared>,
}

/// Why the steps of a job changed.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct JobSteps {
    /// What identifies the job: CLUSTER/ROLE/ENVIRONMENT/NAME.
    pub key: String,
    /// Whether it is new, gone or on both sides.
    pub kind: JobKind,
    /// Whether anything of the compiled job differs, steps included.
    pub differs: bool,
    /// The steps that realise something, by their names without hashes.
    pub steps: Vec<StepReason>,
    /// The steps that wait until a process is ready and do so otherwise than before.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub waits: Vec<ProbeReason>,
}

/// What is tried until a process is ready, and was another thing before.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProbeReason {
    /// The process.
    pub process: String,
    /// What differs in its `ready`.
    pub fields: Vec<FieldChange>,
}

/// Why a step changed.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StepReason {
    /// Its name without a hash.
    pub step: String,
    /// What it realised; absent if it is new.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old_path: Option<String>,
    /// What it realises; absent if it is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new_path: Option<String>,
    /// The commands whose texts differ otherwise than in store paths, line by line.
    pub commands: Vec<CommandReason>,
    /// What is tried until processes are ready.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub probes: Vec<ProbeReason>,
    /// Imported files and directories.
    pub imports: Vec<ImportChange>,
    /// Packages.
    pub packages: Vec<PackageReason>,
}

/// A command with another text.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CommandReason {
    /// The process, or `health check`.
    pub process: String,
    /// Whether it is new, gone or changed.
    pub kind: JobKind,
    /// Lines that differ.
    pub lines: Vec<Hunk>,
}

/// A package that became another one, and what is behind that.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PackageReason {
    /// The change.
    pub change: PackageChange,
    /// What changed in its closure; absent if one of the locks does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dependencies: Option<Dependencies>,
}

/// What the command of the health check goes by in a comparison.
const HEALTH_CHECK: &str = "health check";

impl JobSteps {
    /// The steps of the job `key` on both sides, by what changed in it; none if nothing did.
    pub fn new(key: &str, sides: [Before<'_>; 2], change: Option<&JobChange>) -> Self {
        let [old, new] = sides.map(steps);
        let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
        let reasons = Reasons::new(sides, change);
        let steps = names
            .into_iter()
            .map(|name| reasons.of(name, [old.get(name), new.get(name)]));
        Self {
            key: key.to_owned(),
            kind: match sides.map(|side| side.job.is_some()) {
                [false, _] => JobKind::Added,
                [_, false] => JobKind::Removed,
                [true, true] => JobKind::Changed,
            },
            differs: change.is_some(),
            steps: steps.collect(),
            waits: change.into_iter().flat_map(probes).collect(),
        }
    }
}

impl WhyChanged {
    /// The reasons as JSON.
    ///
    /// # Panics
    /// Never: they are strings and numbers.
    pub fn json(&self) -> String {
        let text = serde_json::to_string_pretty(self);
        text.expect("strings and numbers become JSON") + "\n"
    }
}

impl StepReason {
    /// Whether it realises another path than before.
    pub fn differs(&self) -> bool {
        self.old_path != self.new_path
    }
}

/// What each step of a job realises, by its name without a hash. What is fetched ahead of time is
/// realised by another one.
fn steps(side: Before<'_>) -> BTreeMap<String, StorePath> {
    let steps = side.job.map(|job| job.added(side.store_dir));
    let steps = steps.into_iter().flatten();
    let realising = steps.filter_map(|step| {
        let is_waited_for = step.is_waited_for();
        let path = step.realises.filter(|_| is_waited_for)?;
        Some((step.identity, path))
    });
    realising.collect()
}

/// Finds what is behind a change.
struct Reasons<'a> {
    sides: [Before<'a>; 2],
    /// The names of all processes of both.
    processes: BTreeSet<String>,
    change: Option<&'a JobChange>,
    /// Its packages, with what is behind each.
    packages: Vec<PackageReason>,
}

impl<'a> Reasons<'a> {
    fn new(sides: [Before<'a>; 2], change: Option<&'a JobChange>) -> Self {
        let packages = change.iter().flat_map(|change| &change.packages);
        let reason = |package: &PackageChange| PackageReason {
            change: package.clone(),
            dependencies: below(package, sides),
        };
        let jobs = sides.iter().filter_map(|side| side.job);
        Self {
            sides,
            processes: jobs.flat_map(ComparedJob::processes).collect(),
            change,
            packages: packages.map(reason).collect(),
        }
    }

    fn of(&self, step: &str, paths: [Option<&StorePath>; 2]) -> StepReason {
        let [old_path, new_path] = [0, 1].map(|side| {
            let store_dir = self.sides[side].store_dir;
            paths[side].map(|path| store_dir.display(path).to_string())
        });
        let mut reason = StepReason {
            step: step.to_owned(),
            old_path,
            new_path,
            commands: Vec::new(),
            probes: Vec::new(),
            imports: Vec::new(),
            packages: Vec::new(),
        };
        // What is behind a step that is new or gone is that its process is.
        let ([Some(old), Some(new)], Some(change)) = (paths, self.change) else {
            return reason;
        };
        if old == new {
            return reason;
        }
        let processes = self.served_by(step);
        let concerns = |name: &String| processes.is_none_or(|process| process == name);
        let commands = change.processes.iter().filter(|process| {
            concerns(&process.name)
                && (process.kind != JobKind::Changed || !process.cmdline.is_empty())
        });
        reason.commands = commands
            .map(|process| CommandReason {
                process: process.name.clone(),
                kind: process.kind,
                lines: process.cmdline.clone(),
            })
            .collect();
        // Of what is tried, only a command names something.
        let names = |probe: &ProbeReason| {
            let mut fields = probe.fields.iter();
            concerns(&probe.process) && fields.any(|field| field.path == "ready.command")
        };
        reason.probes = probes(change).filter(names).collect();
        let imports = change.imports.iter();
        reason.imports = imports
            .filter(|import| import.processes.iter().any(concerns))
            .cloned()
            .collect();
        let packages = self.packages.iter();
        reason.packages = packages
            .filter(|package| package.change.processes.iter().any(concerns))
            .cloned()
            .collect();
        reason
    }

    /// The process that a step is for; none if it is for all of them.
    fn served_by<'s>(&self, step: &'s str) -> Option<&'s str> {
        let process = step.strip_prefix("nix_init_")?;
        match process {
            _ if self.processes.contains(process) => Some(process),
            "health_check" => Some(HEALTH_CHECK),
            _ => None,
        }
    }
}

/// What is tried otherwise than before until processes are ready.
fn probes(change: &JobChange) -> impl Iterator<Item = ProbeReason> {
    let processes = change.processes.iter();
    processes.filter_map(|process| {
        let fields = process.fields.iter();
        let fields = fields.filter(|field| field.path.starts_with("ready."));
        let fields: Vec<FieldChange> = fields.cloned().collect();
        (!fields.is_empty()).then(|| ProbeReason {
            process: process.name.clone(),
            fields,
        })
    })
}

/// What changed in the closure of a package.
fn below(package: &PackageChange, [old, new]: [Before<'_>; 2]) -> Option<Dependencies> {
    let path = |text: &Option<String>, side: Before<'_>| side.store_dir.parse(text.as_ref()?).ok();
    let before = path(&package.old_path, old)?;
    let after = path(&package.new_path, new)?;
    dependencies([(&before, old), (&after, new)])
}
