//! A resolved job made into steps and edges: those that jobc adds, then the definition's own.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::check::CheckedJob;
use crate::diagnostic::{Diagnostic, Report};
use crate::model::{InitNames, InitRoots, InitSettings, Integer, Process, ProcessName};
use crate::resolve::{Command, ResolvedJob};
use crate::source::Pointer;
use crate::store::StoreDir;

use super::inject::job_root;
use super::{Edge, InitCommand, Needs, Plan, Run, Step, StepId};

/// How to lower the jobs of a workspace.
#[derive(Debug, Clone)]
pub struct Options {
    pub(super) names: InitNames,
    pub(super) roots: InitRoots,
    pub(super) max_failures: i64,
    pub(super) command: InitCommand,
    pub(super) store_dir: StoreDir,
}

const DEFAULT_MAX_FAILURES: i64 = 3;

impl Options {
    /// The options that the settings ask for, on nodes with this store.
    pub fn new(settings: &InitSettings, store_dir: &StoreDir) -> Self {
        Self {
            names: settings.names.unwrap_or_default(),
            roots: settings.roots.unwrap_or_default(),
            max_failures: settings
                .max_failures
                .map_or(DEFAULT_MAX_FAILURES, Integer::get),
            command: InitCommand::new(settings, store_dir),
            store_dir: store_dir.clone(),
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
    let root = job_root(&resolved, options);
    context.inject(&resolved, root.as_ref());
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
    let needs = Needs::of(&resolved, root);
    let shell_command = resolved.shell_command.map(|command| command.text);
    Report::ok(Plan {
        late: resolved.late,
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

/// A plan in the making.
pub(super) struct Context<'a> {
    pub(super) options: &'a Options,
    pub(super) checked: &'a CheckedJob,
    /// The processes by their names.
    pub(super) indexes: BTreeMap<&'a ProcessName, usize>,
    steps: BTreeMap<StepId, Step>,
    pub(super) order: BTreeSet<Edge>,
    sequence: Vec<StepId>,
    /// Names of added steps, with the place of what each was added for.
    pub(super) names: BTreeMap<ProcessName, Pointer>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl<'a> Context<'a> {
    pub(super) fn processes(&self) -> &'a [Process] {
        &self.checked.job().task.processes
    }

    fn runs(&mut self, commands: &[Command]) {
        for (index, (process, command)) in self.processes().iter().zip(commands).enumerate() {
            let run = Run {
                process: index,
                command: Arc::clone(&command.text),
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

    pub(super) fn add(&mut self, id: StepId, step: Step) {
        self.sequence.push(id.clone());
        self.steps.insert(id, step);
    }
}
