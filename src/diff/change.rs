//! What a comparison comes to: the document that `--format json` prints.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

/// What changes between two sets of jobs.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Comparison {
    /// What the old side is called.
    pub old: String,
    /// What the new side is called.
    pub new: String,
    /// How many jobs there are of each kind.
    pub summary: Summary,
    /// Every job that differs, sorted by key.
    pub jobs: Vec<JobChange>,
    /// What could not be compared, because settings, locks or definitions are wrong.
    pub not_compared: Vec<NotCompared>,
}

/// What could not be compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NotCompared {
    /// The file that is wrong: the settings, the lock or a definition. The side, where nothing of it
    /// could be read or it defines jobs more than once.
    pub because: String,
    /// What is unknown because of it.
    pub kind: NotComparedKind,
    /// The keys of the jobs that are known.
    pub jobs: Vec<String>,
}

/// What is unknown because something is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NotComparedKind {
    /// All jobs of a side: its settings are wrong. Those of the other side stand in for them, if they
    /// can.
    Settings,
    /// The packages of a side: its lock is wrong.
    Lock,
    /// Jobs.
    Jobs,
}

/// How many jobs there are of each kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Summary {
    /// Jobs that are new.
    pub added: usize,
    /// Jobs that are gone.
    pub removed: usize,
    /// Jobs that are on both sides and differ.
    pub changed: usize,
}

/// What changes in one job.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct JobChange {
    /// What identifies the job: CLUSTER/ROLE/ENVIRONMENT/NAME.
    pub key: String,
    /// Whether it is new, gone or changed.
    pub kind: JobKind,
    /// What that does to the cluster.
    pub impact: Impact,
    /// Of a job that is new, one that is gone and has the same task; and the other way round.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub same_task_as: Option<String>,
    /// Fields of the job and of its task, by their paths.
    pub fields: Vec<FieldChange>,
    /// Packages.
    pub packages: Vec<PackageChange>,
    /// Imported files and directories.
    pub imports: Vec<ImportChange>,
    /// Processes of the definition; the health check's command is that of `health check`.
    pub processes: Vec<ProcessChange>,
    /// Steps that jobc added, as far as they changed by themselves.
    pub steps: Vec<StepChange>,
    /// Which process waits for which.
    pub order: OrderChange,
    /// How many steps that jobc added have another hash and no other change.
    pub rehashed_steps: usize,
    /// Whether nothing but the order in which things are written differs.
    pub rewritten: bool,
}

/// Whether something is new, gone or changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum JobKind {
    /// On the new side only.
    Added,
    /// On the old side only.
    Removed,
    /// On both.
    Changed,
}

/// What a change does to the cluster when it is submitted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Impact {
    /// In one word.
    pub kind: ImpactKind,
    /// In words.
    pub text: String,
    /// How many instances are restarted.
    pub restarted: u64,
    /// How many instances are started besides.
    pub started: u64,
    /// How many instances are stopped for good.
    pub stopped: u64,
}

/// What a change does to the cluster, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImpactKind {
    /// Nothing: the scheduler sees no difference.
    Nothing,
    /// The next update goes by other settings.
    UpdateSettings,
    /// Instances are started or stopped, and none is restarted.
    Instances,
    /// When a cron job runs.
    CronSchedule,
    /// The next run of a cron job.
    NextRun,
    /// Every instance is restarted.
    Restart,
    /// One kind of job has to be stopped before the other can be started.
    Replace,
    /// A new job.
    New,
    /// A job that is gone, and runs until it is stopped.
    Gone,
}

/// A field that differs.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FieldChange {
    /// Its path: names with full stops between them, items of lists in brackets.
    pub path: String,
    /// What it was; absent if it was not set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old: Option<Value>,
    /// What it is; absent if it is not set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<Value>,
}

/// A package that became another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PackageChange {
    /// Its name without a version.
    pub name: String,
    /// What happened to it.
    pub kind: PackageKind,
    /// The old version; empty if its name has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old_version: Option<String>,
    /// The new version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new_version: Option<String>,
    /// The old store path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old_path: Option<String>,
    /// The new store path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new_path: Option<String>,
    /// The processes that mention it.
    pub processes: Vec<String>,
    /// How its closure changes; absent if the locks do not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closure: Option<ClosureChange>,
}

/// What happened to a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PackageKind {
    /// It has another version.
    Version,
    /// It has the same name and another hash.
    Rebuilt,
    /// It was not mentioned before.
    Added,
    /// It is not mentioned any more.
    Removed,
}

/// How a closure changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClosureChange {
    /// Store paths that are new in it.
    pub added: usize,
    /// Store paths that are gone from it.
    pub removed: usize,
    /// How much larger it is, in bytes of archives.
    pub bytes: i64,
}

/// An imported file or directory with other contents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportChange {
    /// Where it lies in the workspace, or its name if that is unknown.
    pub name: String,
    /// The processes that mention it.
    pub processes: Vec<String>,
    /// The old store path; absent if it is new.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old_path: Option<String>,
    /// The new store path; absent if it is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new_path: Option<String>,
    /// What differs in it.
    pub contents: ImportedContents,
}

/// How the contents of something imported differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ImportedContents {
    /// Line by line.
    Lines(Vec<Hunk>),
    /// In bytes that are no text, or too many.
    Bytes {
        /// The old size.
        old: u64,
        /// The new size.
        new: u64,
    },
    /// In whether it may be executed.
    Mode {
        /// Whether it may be now.
        executable: bool,
    },
    /// In files.
    Files(Vec<FileChange>),
    /// In a way that is unknown.
    Unknown,
}

/// A file of an imported directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FileChange {
    /// Its path in the directory.
    pub path: String,
    /// What happened to it.
    pub kind: JobKind,
}

/// Lines that differ, with some around them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Hunk {
    /// The number of the first old line; if there is none, of the line before.
    pub old_start: usize,
    /// How many old lines there are.
    pub old_lines: usize,
    /// The number of the first new line; if there is none, of the line before.
    pub new_start: usize,
    /// How many new lines there are.
    pub new_lines: usize,
    /// Lines, each after a space, `-` or `+`.
    pub lines: Vec<String>,
}

/// A process that differs.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProcessChange {
    /// Its name.
    pub name: String,
    /// Whether it is new, gone or changed.
    pub kind: JobKind,
    /// Fields besides its command.
    pub fields: Vec<FieldChange>,
    /// Its command, line by line; packages and files that became others are no difference.
    pub cmdline: Vec<Hunk>,
}

/// Steps that jobc added and that differ in the same way.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StepChange {
    /// Their names without hashes.
    pub names: Vec<String>,
    /// Whether they are new, gone or changed.
    pub kind: JobKind,
    /// Fields besides their commands.
    pub fields: Vec<FieldChange>,
    /// Their commands, line by line.
    pub cmdline: Vec<Hunk>,
}

/// Pairs of processes of which the second waits for the first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderChange {
    /// Pairs that are new.
    pub added: Vec<[String; 2]>,
    /// Pairs that are gone.
    pub removed: Vec<[String; 2]>,
}

impl Comparison {
    /// Whether nothing differs, and all was compared.
    pub fn is_empty(&self) -> bool {
        self.jobs.is_empty() && self.not_compared.is_empty()
    }

    /// Whether nothing was compared as it is: the settings of a side are wrong, and by those of the
    /// other side nothing differs.
    pub fn is_unknown(&self) -> bool {
        let mut kinds = self.not_compared.iter().map(|it| it.kind);
        self.jobs.is_empty() && kinds.any(|kind| kind == NotComparedKind::Settings)
    }
}

/// As unified differences have it: `@@ -7,3 +6 @@`.
impl fmt::Display for Hunk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let range = |start: usize, count: usize| match count {
            1 => start.to_string(),
            _ => format!("{start},{count}"),
        };
        let old = range(self.old_start, self.old_lines);
        let new = range(self.new_start, self.new_lines);
        write!(f, "@@ -{old} +{new} @@")
    }
}

impl OrderChange {
    /// Whether no pair differs.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty()
    }
}
