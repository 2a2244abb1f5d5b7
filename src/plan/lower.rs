//! A resolved job made into steps and edges.
//!
//! Each process whose command needs something from the store waits for a step that realises its
//! script. That step belongs to the finalisation if the process does, and is one that may fail if
//! the process is; it is never a daemon, since nothing may wait for one.

use std::collections::{BTreeMap, BTreeSet};

use crate::check::CheckedJob;
use crate::diagnostic::codes::plan as codes;
use crate::diagnostic::{Diagnostic, Place, Report};
use crate::model::{InitNames, InitSettings, Integer, Process, ProcessName};
use crate::resolve::{Command, ResolvedJob, Script};
use crate::source::Pointer;
use crate::store::{Sha256, StoreDir};

use super::{Edge, InitCommand, Needs, Plan, Realise, Run, Step, StepId};

/// How to lower the jobs of a workspace.
#[derive(Debug, Clone)]
pub struct Options {
    names: InitNames,
    max_failures: i64,
    command: InitCommand,
}

const DEFAULT_MAX_FAILURES: i64 = 3;

impl Options {
    /// The options that the settings ask for, on nodes with this store.
    pub fn new(settings: &InitSettings, store_dir: &StoreDir) -> Self {
        Self {
            names: settings.names.unwrap_or_default(),
            max_failures: settings
                .max_failures
                .map_or(DEFAULT_MAX_FAILURES, Integer::get),
            command: InitCommand::new(settings, store_dir),
        }
    }
}

/// The plan of a job.
pub fn lower(resolved: ResolvedJob, options: &Options) -> Report<Plan> {
    let processes = resolved.checked.job().task.processes.iter().enumerate();
    let mut context = Context {
        options,
        checked: &resolved.checked,
        indexes: processes
            .map(|(index, process)| (&process.name, index))
            .collect(),
        steps: BTreeMap::new(),
        order: BTreeSet::new(),
        sequence: Vec::new(),
        names: BTreeMap::new(),
        diagnostics: Vec::new(),
    };
    context.realisations(resolved.commands.iter(), resolved.shell_command.as_ref());
    context.fetches(resolved.commands.iter());
    context.runs(&resolved.commands);
    context.own_order();
    let Context {
        steps,
        order,
        sequence,
        diagnostics,
        ..
    } = context;
    if !diagnostics.is_empty() {
        return Report::failed(diagnostics);
    }
    let needs = Needs::of(&resolved);
    let shell_command = resolved.shell_command.map(|command| command.text);
    Report::ok(Plan {
        key: resolved.checked.key().clone(),
        task_name: resolved.checked.task_name().to_owned(),
        pointer: resolved.checked.pointer().clone(),
        job: resolved.checked.into_job(),
        shell_command,
        steps,
        order,
        sequence,
        needs,
    })
}

struct Context<'a> {
    options: &'a Options,
    checked: &'a CheckedJob,
    /// The processes by their names.
    indexes: BTreeMap<&'a ProcessName, usize>,
    steps: BTreeMap<StepId, Step>,
    order: BTreeSet<Edge>,
    sequence: Vec<StepId>,
    /// Names of added steps, with the place of what each was added for.
    names: BTreeMap<ProcessName, Pointer>,
    diagnostics: Vec<Diagnostic>,
}

impl<'a> Context<'a> {
    fn processes(&self) -> &'a [Process] {
        &self.checked.job().task.processes
    }

    fn realisations(
        &mut self,
        commands: impl Iterator<Item = &'a Command>,
        shell_command: Option<&'a Command>,
    ) {
        for (index, command) in commands.enumerate() {
            let Some(script) = &command.script else {
                continue;
            };
            let process = &self.processes()[index];
            let id = StepId::Realise(*script.path.hash());
            let origin = self.process_name(index);
            let name = self.name("nix_init_", process.name.as_str(), script, origin);
            self.add(
                id.clone(),
                Step::Realise(Realise {
                    command: self
                        .options
                        .command
                        .realise(&script.path, process.name.as_str()),
                    name,
                    script: script.clone(),
                    max_failures: self.options.max_failures,
                    is_final: process.is_final(),
                    is_ephemeral: process.is_ephemeral(),
                }),
            );
            let after = StepId::Run(process.name.clone());
            self.order.insert(Edge { before: id, after });
        }
        if let Some(script) = shell_command.and_then(|command| command.script.as_ref()) {
            self.health_check(script);
        }
    }

    /// The health check is no process and cannot wait; so all ordinary processes do, and the check
    /// finds what it needs when there is something to check.
    fn health_check(&mut self, script: &'a Script) {
        const NAME: &str = "health_check";
        let id = StepId::Realise(*script.path.hash());
        let origin = ["health_check_config", "health_checker", "shell"]
            .into_iter()
            .fold(self.checked.pointer().clone(), |at, field| at.key(field));
        let name = self.name("nix_init_", NAME, script, origin.key("shell_command"));
        self.add(
            id.clone(),
            Step::Realise(Realise {
                command: self.options.command.realise(&script.path, NAME),
                name,
                script: script.clone(),
                max_failures: self.options.max_failures,
                is_final: false,
                is_ephemeral: false,
            }),
        );
        for process in self
            .processes()
            .iter()
            .filter(|process| !process.is_final())
        {
            let after = StepId::Run(process.name.clone());
            self.order.insert(Edge {
                before: id.clone(),
                after,
            });
        }
    }

    /// Finalisation has little time: what it needs is fetched while the ordinary processes start.
    fn fetches(&mut self, commands: impl Iterator<Item = &'a Command>) {
        for (index, command) in commands.enumerate() {
            let process = &self.processes()[index];
            let Some(script) = command.script.as_ref().filter(|_| process.is_final()) else {
                continue;
            };
            let origin = self.process_name(index);
            let name = self.name("nix_fetch_", process.name.as_str(), script, origin);
            self.add(
                StepId::Fetch(*script.path.hash()),
                Step::Realise(Realise {
                    command: self
                        .options
                        .command
                        .fetch(&script.path, process.name.as_str()),
                    name,
                    script: script.clone(),
                    max_failures: 1,
                    is_final: false,
                    is_ephemeral: true,
                }),
            );
        }
    }

    fn runs(&mut self, commands: &[Command]) {
        for (process, command) in self.processes().iter().zip(commands) {
            let run = Run {
                process: process.clone(),
                command: command.text.clone(),
            };
            self.add(StepId::Run(process.name.clone()), Step::Run(run));
        }
    }

    fn own_order(&mut self) {
        let processes = self.processes();
        let id = |index: usize| StepId::Run(processes[index].name.clone());
        for &(before, after) in self.checked.order() {
            self.order.insert(Edge {
                before: id(before),
                after: id(after),
            });
        }
    }

    fn add(&mut self, id: StepId, step: Step) {
        self.sequence.push(id.clone());
        self.steps.insert(id, step);
    }

    /// Where the name of a process stands.
    fn process_name(&self, index: usize) -> Pointer {
        let task = self.checked.pointer().key("task");
        task.key("processes").index(index).key("name")
    }

    /// The name of a step that is added for what stands at `origin`.
    fn name(
        &mut self,
        prefix: &str,
        process: &str,
        script: &Script,
        origin: Pointer,
    ) -> ProcessName {
        let hash = match self.options.names {
            InitNames::Hash => Some(short_hash(&script.path.hash().to_string())),
            InitNames::Process => None,
        };
        let name = step_name(prefix, process, hash.as_deref());
        if let Some(&taken) = self.indexes.get(&name) {
            let headline = format!("process `{name}` has the name of a step that jobc adds");
            self.diagnostics.push(
                Diagnostic::new(
                    &codes::NAME_TAKEN,
                    headline,
                    Place::value(self.process_name(taken)),
                )
                .also(
                    Place::value(origin.clone()),
                    "the step realises what this one needs",
                )
                .help("give the process another name"),
            );
        }
        if let Some(other) = self.names.get(&name) {
            let headline = format!("two steps that jobc adds would be called `{name}`");
            self.diagnostics.push(
                Diagnostic::new(&codes::NAME_TAKEN, headline, Place::value(other.clone()))
                    .label("one for this")
                    .also(Place::value(origin.clone()), "the other one for this")
                    .help("give the process another name"),
            );
        }
        self.names.insert(name.clone(), origin);
        name
    }
}

/// The first eight characters of the hash of the store path's hash part, which is what steps are
/// keyed by.
fn short_hash(hash: &str) -> String {
    hash[..8].to_owned()
}

/// `PREFIX PROCESS [-HASH]` in at most 255 bytes, which is as long as a file name may be.
fn step_name(prefix: &str, process: &str, hash: Option<&str>) -> ProcessName {
    const LONGEST: usize = 255;
    let suffix = hash.map_or(String::new(), |hash| format!("-{hash}"));
    let room = LONGEST - prefix.len() - suffix.len();
    let name = if process.len() <= room {
        format!("{prefix}{process}{suffix}")
    } else {
        let mark = &Sha256::of(process.as_bytes()).base32()[..8];
        let mut end = room - 1 - mark.len();
        while !process.is_char_boundary(end) {
            end -= 1;
        }
        format!("{prefix}{}-{mark}{suffix}", &process[..end])
    };
    name.parse()
        .expect("a prefix without `.` or `/` before a process name is one")
}
