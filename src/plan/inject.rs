//! The steps that jobc adds: they make what processes need be on the node.
//!
//! Each process whose command needs something from the store waits for a step that realises its
//! script. That step belongs to the finalisation if the process does, and is one that may fail if
//! the process is; it is never a daemon, since nothing may wait for one.
//!
//! With one root for the job, one step realises an object that refers to all scripts. The
//! finalisation has its own such step, as it may not wait for an ordinary one.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Place};
use crate::model::{InitNames, InitRoots, Process, ProcessName};
use crate::plan::codes::NAME_TAKEN;
use crate::resolve::{ResolvedJob, Script};
use crate::source::Pointer;
use crate::store::{Sha256, StorePathName};

use super::lower::Context;
use super::realise::Root;
use super::{Edge, Realise, Step, StepId};

/// The root of all that the job needs, if its settings ask for one and it needs something.
pub(super) fn job_root(resolved: &ResolvedJob, options: &super::Options) -> Option<Arc<Script>> {
    if options.roots == InitRoots::Process {
        return None;
    }
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
        text.push_str(&options.store_dir.display(path).to_string());
        text.push('\n');
    }
    let name = StorePathName::join(&parts, "");
    Some(Arc::new(Script::new(
        &options.store_dir,
        &name,
        text,
        references,
    )))
}

/// What a step that jobc adds is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// Others wait for it.
    Init { is_final: bool, is_ephemeral: bool },
    /// It only gets ahead.
    Fetch,
}

impl<'a> Context<'a> {
    /// Adds all steps that realise something.
    pub(super) fn inject(&mut self, resolved: &'a ResolvedJob, root: Option<&Arc<Script>>) {
        let check = resolved.shell_command.as_ref();
        let check = check.and_then(|command| command.script.as_ref());
        let scripts: Vec<(&'a Process, usize, &'a Arc<Script>)> = self
            .processes()
            .iter()
            .zip(&resolved.commands)
            .enumerate()
            .filter_map(|(index, (process, command))| {
                Some((process, index, command.script.as_ref()?))
            })
            .collect();
        match root {
            Some(root) => self.for_the_job(root, &scripts, check.is_some()),
            None => self.for_each(&scripts, check),
        }
    }

    fn for_each(
        &mut self,
        scripts: &[(&'a Process, usize, &'a Arc<Script>)],
        check: Option<&'a Arc<Script>>,
    ) {
        for &(process, index, script) in scripts {
            let id = StepId::Realise(*script.path.hash());
            let origin = self.process_name(index);
            let name = self.name("nix_init_", process.name.as_str(), script, origin);
            let purpose = Purpose::Init {
                is_final: process.is_final(),
                is_ephemeral: process.is_ephemeral(),
            };
            let root = Root::Process(&process.name);
            self.realise(id.clone(), name, script, root, purpose);
            self.hold_back(&id, [process]);
        }
        if let Some(script) = check {
            self.health_check(script);
        }
        // Finalisation has little time: what it needs is fetched while the ordinary processes start.
        for &(process, index, script) in scripts {
            if process.is_final() {
                let id = StepId::Fetch(*script.path.hash());
                let origin = self.process_name(index);
                let name = self.name("nix_fetch_", process.name.as_str(), script, origin);
                let root = Root::Process(&process.name);
                self.realise(id, name, script, root, Purpose::Fetch);
            }
        }
    }

    /// The health check is no process and cannot wait; so all ordinary processes do, and the check
    /// finds what it needs when there is something to check.
    fn health_check(&mut self, script: &'a Arc<Script>) {
        let id = StepId::Realise(*script.path.hash());
        let origin = ["health_check_config", "health_checker", "shell"]
            .into_iter()
            .fold(self.checked.pointer().clone(), |at, field| at.key(field));
        let origin = origin.key("shell_command");
        let name = self.name("nix_init_", "health_check", script, origin);
        let purpose = Purpose::Init {
            is_final: false,
            is_ephemeral: false,
        };
        self.realise(id.clone(), name, script, Root::HealthCheck, purpose);
        let ordinary = self.processes().iter().filter(|all| !all.is_final());
        self.hold_back(&id, ordinary);
    }

    fn for_the_job(
        &mut self,
        object: &Arc<Script>,
        scripts: &[(&'a Process, usize, &'a Arc<Script>)],
        is_checked: bool,
    ) {
        let checked = self.checked;
        let hash = *object.path.hash();
        let root = Root::Job(checked.key().name.as_str());
        let origin = checked.pointer().key("name");
        let waiting = |is_final: bool| -> Vec<&'a Process> {
            let scripts = scripts.iter().map(|&(process, ..)| process);
            let all = checked.job().task.processes.iter();
            let waiting: Vec<_> = if is_checked && !is_final {
                all.collect()
            } else {
                scripts.collect()
            };
            let at_the_time = |process: &&Process| process.is_final() == is_final;
            waiting.into_iter().filter(at_the_time).collect()
        };
        let (ordinary, last) = (waiting(false), waiting(true));
        if !ordinary.is_empty() || is_checked {
            let name = self.name("nix_init", "", object, origin.clone());
            let purpose = Purpose::Init {
                is_final: false,
                is_ephemeral: !is_checked && ordinary.iter().all(|process| process.is_ephemeral()),
            };
            let id = StepId::Realise(hash);
            self.realise(id.clone(), name, object, root, purpose);
            self.hold_back(&id, ordinary.iter().copied());
        }
        if last.is_empty() {
            return;
        }
        let name = self.name("nix_init_final", "", object, origin.clone());
        let purpose = Purpose::Init {
            is_final: true,
            is_ephemeral: last.iter().all(|process| process.is_ephemeral()),
        };
        let id = StepId::Finalise(hash);
        self.realise(id.clone(), name, object, root, purpose);
        self.hold_back(&id, last);
        if ordinary.is_empty() && !is_checked {
            let name = self.name("nix_fetch", "", object, origin);
            self.realise(StepId::Fetch(hash), name, object, root, Purpose::Fetch);
        }
    }

    fn realise(
        &mut self,
        id: StepId,
        name: ProcessName,
        script: &Arc<Script>,
        root: Root<'_>,
        purpose: Purpose,
    ) {
        let options = self.options;
        let step = match purpose {
            Purpose::Init {
                is_final,
                is_ephemeral,
            } => Realise {
                command: options.command.realise(&script.path, root),
                name,
                script: Arc::clone(script),
                max_failures: options.max_failures,
                is_final,
                is_ephemeral,
            },
            Purpose::Fetch => Realise {
                command: options.command.fetch(&script.path, root),
                name,
                script: Arc::clone(script),
                max_failures: 1,
                is_final: false,
                is_ephemeral: true,
            },
        };
        self.add(id, Step::Realise(Box::new(step)));
    }

    fn hold_back<'p>(&mut self, before: &StepId, processes: impl IntoIterator<Item = &'p Process>) {
        for process in processes {
            self.order.insert(Edge {
                before: before.clone(),
                after: StepId::Run(process.name.clone()),
            });
        }
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
        script: &Arc<Script>,
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
                    &NAME_TAKEN,
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
                Diagnostic::new(&NAME_TAKEN, headline, Place::value(other.clone()))
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
