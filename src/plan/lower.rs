//! A resolved job made into steps and edges.
//!
//! Each process whose command needs something from the store waits for a step that realises its
//! script. The health check is no process and cannot wait; so all ordinary processes do, and the
//! check finds what it needs when there is something to check.
//!
//! With one root for the job, one step realises an object that refers to all scripts.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::model::{InitSettings, Process};
use crate::name::JobKey;
use crate::resolve::{Command, ResolvedJob, Script};
use crate::store::{StoreDir, StorePathName};

use super::realisation::Roots;
use super::{Awaited, Edge, NeededBy, Needs, Plan, Realisation, Realise, Step, StepId, When};

/// How to lower the jobs of a workspace.
#[derive(Debug, Clone)]
pub struct Options {
    realisation: Arc<Realisation>,
    roots: Roots,
    /// The jobs that others wait for until they are ready.
    awaited: BTreeSet<JobKey>,
}

impl Options {
    /// The options that the settings ask for, on nodes with this store.
    pub fn new(settings: &InitSettings, store_dir: &StoreDir) -> Self {
        Self {
            realisation: Arc::new(Realisation::new(settings, store_dir)),
            roots: Roots::new(settings),
            awaited: BTreeSet::new(),
        }
    }

    /// Has it found out when these jobs are ready, whether any of their own processes waits or not.
    pub fn find_out_when_ready(&mut self, jobs: BTreeSet<JobKey>) {
        self.awaited = jobs;
    }
}

/// The plan of a job.
pub fn lower(resolved: ResolvedJob, options: &Options) -> Plan {
    let root = match options.roots {
        Roots::Process => None,
        Roots::Job => job_root(&resolved, &options.realisation.store_dir),
    };
    let Steps {
        by_id: steps,
        sequence,
        order,
    } = Steps::of(&resolved, root.as_ref());
    let needs = Needs::of(&resolved, root);
    let ResolvedJob {
        checked,
        commands,
        shell_command,
        left_to_node,
        ..
    } = resolved;
    let (key, job, intent) = checked.into_parts();
    let commands = commands
        .iter()
        .map(|command| (&command.text, &*command.values, command.probe.as_ref()));
    let check = shell_command.as_ref().map(|command| &command.text);
    let awaited = if options.awaited.contains(&key) {
        Awaited::Job
    } else {
        Awaited::Processes
    };
    Plan {
        key,
        intent: intent.with_commands(&job, commands, check),
        steps,
        sequence,
        order,
        awaited,
        realisation: Arc::clone(&options.realisation),
        needs,
        left_to_node,
        ports: BTreeMap::new(),
    }
}

/// The root of all that the job needs, if it needs something.
fn job_root(resolved: &ResolvedJob, store_dir: &StoreDir) -> Option<Arc<Script>> {
    let commands = resolved.commands.iter().chain(&resolved.shell_command);
    let scripts = commands.filter_map(|command| command.script.as_ref());
    let references: BTreeSet<_> = scripts.map(|script| script.path.clone()).collect();
    if references.is_empty() {
        return None;
    }
    let key = resolved.checked.key();
    let (role, environment) = (key.role.as_str(), key.environment.as_str());
    let parts = [
        "aurora-job",
        key.cluster.as_str(),
        role,
        environment,
        key.name.as_str(),
    ];
    let mut text = String::new();
    for path in &references {
        text.push_str(&store_dir.display(path).to_string());
        text.push('\n');
    }
    let name = StorePathName::join(&parts, "");
    Some(Arc::new(Script::new(store_dir, &name, text, references)))
}

/// Steps in the making.
#[derive(Default)]
struct Steps {
    by_id: BTreeMap<StepId, Step>,
    sequence: Vec<StepId>,
    order: BTreeSet<Edge>,
}

impl Steps {
    fn of(resolved: &ResolvedJob, root: Option<&Arc<Script>>) -> Self {
        let mut steps = Self::default();
        match root {
            Some(root) => steps.realise_job(root, resolved),
            None => steps.realise_each(resolved),
        }
        steps.run(resolved);
        steps
    }

    /// A step for each process that needs something, and one for the health check.
    fn realise_each(&mut self, resolved: &ResolvedJob) {
        let processes = &resolved.checked.job().task.processes;
        for (process, command) in processes.iter().zip(&resolved.commands) {
            if let Some(script) = &command.script {
                let by = NeededBy::Process(process.name.clone());
                self.realise(script, by, [process]);
            }
        }
        let check = resolved.shell_command.as_ref();
        if let Some(script) = check.and_then(|command| command.script.as_ref()) {
            let ordinary = processes.iter().filter(|process| !process.is_final());
            self.realise(script, NeededBy::HealthCheck, ordinary);
        }
    }

    /// One step for all that need something.
    fn realise_job(&mut self, root: &Arc<Script>, resolved: &ResolvedJob) {
        let needs_something = |command: &Command| command.script.is_some();
        let is_checked = resolved.shell_command.as_ref().is_some_and(needs_something);
        let processes = resolved.checked.job().task.processes.iter();
        let waiting = processes
            .zip(&resolved.commands)
            .filter(|(process, command)| {
                needs_something(command) || is_checked && !process.is_final()
            });
        let waiting: Vec<_> = waiting.map(|(process, _)| process).collect();
        self.realise(root, NeededBy::Job, waiting);
    }

    fn realise<'p>(
        &mut self,
        script: &Arc<Script>,
        by: NeededBy,
        waiting: impl IntoIterator<Item = &'p Process>,
    ) {
        let id = StepId::Realise(*script.path.hash());
        let script = Arc::clone(script);
        for process in waiting {
            self.order.insert(Edge {
                before: id.clone(),
                after: StepId::Run(process.name.clone()),
                when: When::Succeeded,
            });
        }
        self.add(id, Step::Realise(Realise { script, by }));
    }

    fn run(&mut self, resolved: &ResolvedJob) {
        let checked = &resolved.checked;
        let processes = &checked.job().task.processes;
        for (index, process) in processes.iter().enumerate() {
            self.add(StepId::Run(process.name.clone()), Step::Run(index));
        }
        let id = |index: usize| StepId::Run(processes[index].name.clone());
        let intent = checked.intent();
        for (order, when) in [
            (&intent.order, When::Succeeded),
            (&intent.ready_order, When::Ready),
        ] {
            let edges = order.keys().map(|&(before, after)| Edge {
                before: id(before),
                after: id(after),
                when,
            });
            self.order.extend(edges);
        }
    }

    fn add(&mut self, id: StepId, step: Step) {
        self.sequence.push(id.clone());
        self.by_id.insert(id, step);
    }
}
