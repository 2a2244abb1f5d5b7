//! The steps of a task, and what they need from the store.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::closure::{Closure, Known, Member, Size};
use crate::graph::{Graph, Kind, When};
use crate::intent::{Probe, Ready, given};
use crate::plan::{NeededBy, Script};
use crate::secret::hide;
use crate::source::{Pointer, display_name};
use crate::store::StorePath;
use crate::target::aurora::timing::MOST_FINALIZATION_WAIT;
use crate::vocabulary::TASK;

use super::super::document::{self as shown, Origin};
use super::super::surroundings::Surroundings;
use super::Collect;

impl<'a> Collect<'a> {
    pub(super) fn task(&mut self, known: &Known<'a>) -> shown::Task {
        let limits = &self.plan().intent.limits;
        let wait = given(limits.finalization_wait.as_ref());
        let wait = self.count(&TASK, "task.finalization_wait", wait);
        let failures = given(limits.max_failures.as_ref());
        let concurrency = given(limits.max_concurrency.as_ref());
        shown::Task {
            name: self.plan().intent.task_name.to_string(),
            max_failures: self.count(&TASK, "task.max_failures", failures),
            max_concurrency: self.count(&TASK, "task.max_concurrency", concurrency),
            finalization_wait_secs: wait.min(MOST_FINALIZATION_WAIT.unsigned_abs()),
            steps: self.steps(known),
        }
    }

    fn steps(&mut self, known: &Known<'a>) -> Vec<shown::Step> {
        let plan = self.plan();
        let graph = Graph::new(plan, self.planned.target, &self.workspace.lock);
        let needs = plan.needs.scripts.iter();
        let scripts: BTreeMap<String, &Script> = needs
            .filter_map(|need| match &need.by {
                NeededBy::Process(name) => Some((name.to_string(), &*need.script)),
                NeededBy::HealthCheck | NeededBy::Job => None,
            })
            .collect();
        let mut after: Vec<[Vec<String>; 2]> = vec![Default::default(); graph.steps.len()];
        for edge in &graph.edges {
            let [ended, ready] = &mut after[edge.after];
            let names = match edge.when {
                When::Succeeded => ended,
                When::Ready => ready,
            };
            names.push(graph.steps[edge.before].name.clone());
        }
        let mut runs = plan.intent.runs.iter().enumerate();
        let processes = plan.intent.pointer.key("task").key("processes");
        let mut sizes = BTreeMap::new();
        let mut steps: Vec<shown::Step> = graph
            .steps
            .iter()
            .zip(after)
            .map(|(step, [after, until_ready])| {
                let is_process = step.kind == Kind::Run;
                let run = is_process.then(|| runs.next()).flatten();
                let defined = run.map(|(index, _)| {
                    let pointer = processes.index(index);
                    self.place(&self.planned.map.opening(&pointer))
                });
                let ready = run.and_then(|(_, run)| run.ready.as_ref());
                let script = scripts.get(&step.name).filter(|_| is_process);
                shown::Step {
                    name: step.name.clone(),
                    kind: step.kind,
                    stage: step.stage,
                    critical: step.is_critical,
                    is_final: step.is_final,
                    daemon: step.is_daemon,
                    ephemeral: step.is_ephemeral,
                    max_failures: step.max_failures,
                    after,
                    until_ready,
                    ready: ready.map(|it| self::ready(&it.value)),
                    defined,
                    starts_with: run.and_then(|(_, run)| Surroundings::of(run)),
                    closure: script.map(|script| self.closure(script, known, &mut sizes)),
                }
            })
            .collect();
        if steps.iter().any(|step| step.kind == Kind::Realise) {
            let init = self.workspace.settings.init.as_ref();
            let written = init.and_then(|init| init.max_failures).is_some();
            let origin = if written {
                Origin::Settings
            } else {
                Origin::Jobc
            };
            self.origins.insert("init.max_failures".to_owned(), origin);
        }
        steps.sort_by_key(|step| step.stage);
        steps
    }

    fn closure(
        &self,
        script: &'a Script,
        known: &Known<'a>,
        sizes: &mut BTreeMap<&'a StorePath, Size>,
    ) -> shown::Closure {
        let store_dir = &self.workspace.store_dir;
        let closure: Closure<'a> = known.closure(script);
        let needs = script.references.iter().filter_map(|path| {
            let member = closure.members.get(path)?;
            let imported = match member {
                Member::Import(import) => Some(self.relative(&import.source)),
                _ => None,
            };
            let whole = *sizes
                .entry(path)
                .or_insert_with(|| known.closure_of(path).size());
            Some(shown::Need {
                package: self.package(path),
                path: store_dir.display(path).to_string(),
                imported,
                bytes: member.size(),
                closure: whole,
            })
        });
        let mut needs: Vec<shown::Need> = needs.collect();
        let name = |need: &shown::Need| need.path.split_once('-').map(|it| it.1.to_owned());
        needs.sort_by_cached_key(|need| (name(need), need.path.clone()));
        shown::Closure {
            root: store_dir.display(&script.path).to_string(),
            size: closure.size(),
            needs,
        }
    }

    /// What messages call a file of the workspace.
    fn relative(&self, file: &Path) -> String {
        let plain: PathBuf = file.components().collect();
        display_name(&plain, &self.workspace.current_dir)
    }

    /// The package that a store path is.
    fn package(&self, path: &StorePath) -> Option<shown::Package> {
        let packages = &self.plan().needs.packages;
        let (name, package) = packages.iter().find(|(_, it)| it.path == *path)?;
        let key = |at: &Pointer| at.key("packages").key(name.as_str());
        let map = &self.planned.map;
        let own = [key(&self.plan().intent.pointer), key(&Pointer::root())];
        let own = own.into_iter().find(|at| map.has(at));
        let location = match (own, &self.workspace.settings_map) {
            (Some(at), _) => map.key(&at),
            (None, Some(settings)) => settings.key(&key(&Pointer::root())),
            (None, None) => return None,
        };
        let (line, _) = location.file.line_column(location.span.range().start);
        Some(shown::Package {
            name: name.to_string(),
            source: package.source.clone(),
            declared: shown::Place {
                file: location.file.name().to_owned(),
                line,
            },
        })
    }
}

fn ready(ready: &Ready) -> shown::Ready {
    let (by, tries) = match &ready.probe {
        Probe::Health => ("health", None),
        Probe::Command(at) => ("command", Some(at)),
        Probe::Tcp(at) => ("tcp", Some(at)),
        Probe::Http(at) => ("http", Some(at)),
    };
    shown::Ready {
        by,
        tries: tries.map(|at| hide(&at.value.written()).into_owned()),
        interval_secs: ready.interval(),
        timeout_secs: ready.timeout(),
        within_secs: ready.within(),
    }
}
