//! The pipeline as one function: from a definition's text to jobs, as far as a caller wants them.
//!
//! ```text
//! text --front--> --elaborate--> document --check--> jobs --resolve--> --plan--> --target--> compiled jobs
//! ```

mod twice;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use crate::check::{self, CheckedJob};
use crate::diagnostic::render::Lines;
use crate::diagnostic::{Diagnostic, Holes, MachineError, Place, Report};
use crate::elaborate;
use crate::fill::{self, Around, Filling, HeldWait, Settled};
use crate::front;
use crate::lint::{Levels, Waivers};
use crate::model::{Dialect, Job, JobKey, PackageName, PackageSource, PortAssignment};
use crate::name::PortKey;
use crate::neighbours::Index;
use crate::plan::{self, Downloads, Needs, Options, Plan};
use crate::reach::{Asked, Local, Ways};
use crate::resolve::import::{Ignored, Importer, Keeper};
use crate::resolve::{self, Resolver};
use crate::rule;
use crate::source::{Location, Pointer, SourceFile, SourceMap};
use crate::target::aurora::AddedStep;
use crate::target::{self, Bundle, Form, Target};
use crate::workspace::{DefinitionFile, OWN_DIRECTORY, Workspace};

pub use twice::{duplicates, ports_given_twice};

/// Compiles the definitions of one workspace.
#[derive(Debug)]
pub struct Compiler<'a> {
    workspace: &'a Workspace,
    importer: Importer,
    options: Options,
    /// The jobs that others refer to.
    neighbours: Index<'a>,
    /// Those that run on this machine.
    local: Local,
    /// Jobs that wait in no circle.
    settled: Settled,
}

/// How far jobs go, and what is kept of each that comes so far.
pub enum Until<'k, T> {
    /// They are right as they are written, at this place of their document.
    Listed(&'k (dyn Fn(&Job, &Pointer) -> T + Sync)),
    /// They make plans, to be shown: a target may refuse some of them.
    Planned(&'k (dyn Fn(Planned) -> T + Sync)),
    /// All that `Emitted` would find wrong is found, and nothing is written.
    Checked(Form, &'k (dyn Fn(Planned) -> T + Sync)),
    /// They are compiled to this form.
    Emitted(Form, &'k (dyn Fn(Bundle, Planned) -> T + Sync)),
}

/// What came of a definition whose own text can be read.
#[derive(Debug)]
pub struct Compilation<T> {
    /// The jobs that are right as they are written, in that order, whether they were wanted or not.
    pub listed: Vec<Listed>,
    /// The packages that all jobs of the definition may use.
    pub shared_packages: BTreeMap<PackageName, PackageSource>,
    /// Where everything in the definition is written.
    pub map: SourceMap,
    /// What was kept of the wanted jobs, in the order written.
    pub kept: Vec<T>,
    /// What is wrong with the wanted jobs though they are right as they are written.
    pub diagnostics: Vec<Diagnostic>,
}

/// A job, and where it is written.
#[derive(Debug, Clone)]
pub struct Listed {
    /// What identifies it.
    pub key: JobKey,
    /// Where its definition begins.
    pub location: Location,
    /// The line that this is in.
    pub line: usize,
    /// Where it says what it is called.
    pub named_at: Location,
    /// Its ports, if they need numbers.
    pub ports: Vec<ListedPort>,
}

/// A port that needs a number, and where it is written.
#[derive(Debug, Clone)]
pub struct ListedPort {
    /// The port.
    pub key: PortKey,
    /// The number that the definition gives it.
    pub given: Option<u16>,
    /// Where it is declared or named.
    pub location: Location,
}

/// A job as far as its plan.
#[derive(Debug, Clone)]
pub struct Planned {
    /// Where its definition begins.
    pub location: Location,
    /// Where it says what it is called.
    pub named_at: Location,
    /// Where everything in its definition is written.
    pub map: SourceMap,
    /// What has to happen on its nodes.
    pub plan: Plan,
    /// The target that it is planned for.
    pub target: Target,
    /// Waits for other jobs that whoever runs them holds its processes back for.
    pub held: Vec<HeldWait>,
}

/// A definition in which all jobs are right as they are written; the others were left out, so that
/// what is wrong with each is found in the same run.
struct CheckedFile {
    map: SourceMap,
    /// Waits for other jobs that whoever runs them holds processes back for, by the jobs' places.
    held: HashMap<Pointer, Vec<HeldWait>>,
    shared_packages: BTreeMap<PackageName, PackageSource>,
    jobs: Vec<CheckedJob>,
}

/// What all jobs of a definition go through.
struct Course<'c> {
    compiler: &'c Compiler<'c>,
    target: Target,
    map: &'c SourceMap,
    held: &'c HashMap<Pointer, Vec<HeldWait>>,
    resolver: Resolver<'c>,
}

impl Planned {
    /// The steps that jobc adds to its own.
    pub fn added(&self) -> Vec<AddedStep> {
        target::added(&self.plan, self.target)
    }

    /// What it is called, and what its nodes need from the store.
    pub fn into_needs(self) -> (JobKey, Needs) {
        (self.plan.key, self.plan.needs)
    }
}

impl<T> Compilation<T> {
    /// What was kept, with all problems of the definition together.
    pub fn merged(report: Report<Self>) -> Report<Vec<T>> {
        report.and_then(|compilation| Report::new(compilation.kept, compilation.diagnostics))
    }
}

/// Wants all jobs of a definition.
pub fn every(jobs: &[&JobKey]) -> Vec<bool> {
    vec![true; jobs.len()]
}

impl<'a> Compiler<'a> {
    /// A compiler for the workspace.
    ///
    /// # Errors
    /// If the workspace's directory cannot be found.
    pub fn new(workspace: &'a Workspace) -> Result<Self, MachineError> {
        let own = [workspace.root.join(OWN_DIRECTORY)];
        let importer = Importer::new(&workspace.root, workspace.store_dir.clone(), &own)
            .map_err(|error| MachineError::new("cannot find the workspace", error))?;
        let init = workspace.settings.init.clone().unwrap_or_default();
        let options = Options::new(&init, &workspace.store_dir);
        Ok(Self {
            workspace,
            importer,
            options,
            neighbours: Index::new(workspace),
            local: Local::default(),
            settled: Settled::default(),
        })
    }

    /// Lets `keeper` keep the archives of large files that are imported.
    pub fn keep(&mut self, keeper: Arc<dyn Keeper>) {
        self.importer.keep(keeper);
    }

    /// Asks `of` what version control ignores.
    pub fn ask_what_is_ignored(&mut self, of: Arc<dyn Ignored>) {
        self.importer.ask_what_is_ignored(of);
    }

    /// Lets texts reach these jobs on this machine, whatever the target says of them.
    pub fn reach(&mut self, local: Local) {
        self.local = local;
    }

    /// Whether something stands in the texts of the job called `key` for what is still to be found out of
    /// jobs on this machine.
    pub fn has_stood_in(&self, key: &JobKey) -> bool {
        self.local.has_stood_in(key)
    }

    /// Has it found out when these jobs are ready, for others that run beside them.
    pub fn find_out_when_ready(&mut self, jobs: BTreeSet<JobKey>) {
        self.options.find_out_when_ready(jobs);
    }

    /// What imports the workspace's files, and can archive them.
    pub fn importer(&self) -> &Importer {
        &self.importer
    }

    /// Takes the jobs of a definition as far as `until` says: those that `wanted` picks, which is asked
    /// once about all jobs that are right as they are written.
    ///
    /// # Errors
    /// If a file that is to be imported cannot be read.
    pub fn compile<T>(
        &self,
        definition: &DefinitionFile,
        file: &Arc<SourceFile>,
        until: &Until<'_, T>,
        wanted: impl FnOnce(&[&JobKey]) -> Vec<bool>,
    ) -> Result<Report<Compilation<T>>, MachineError> {
        let target = self.target(until);
        let checked = self.check(definition, file, target);
        let Some(file) = checked.value else {
            return Ok(Report::failed(checked.diagnostics));
        };
        let course = Course {
            compiler: self,
            target,
            map: &file.map,
            held: &file.held,
            resolver: Resolver {
                importer: &self.importer,
                current_dir: &self.workspace.current_dir,
                store_dir: &self.workspace.store_dir,
                workspace_root: &self.workspace.root,
                definition: &definition.path,
                definition_dir: definition.directory(),
                map: &file.map,
                settings: &self.workspace.settings,
                settings_map: self.workspace.settings_map.as_ref(),
                shared_packages: &file.shared_packages,
                lock: &self.workspace.lock,
                imported: RefCell::default(),
            },
        };
        let mut lines = Lines::default();
        let listed = file.jobs.iter();
        let listed = listed.map(|job| self.listed(&file.map, job, target, &mut lines));
        let listed: Vec<Listed> = listed.collect();
        let keys: Vec<&JobKey> = listed.iter().map(|job| &job.key).collect();
        let wanted = wanted(&keys);
        let mut kept = Vec::new();
        let mut diagnostics = Vec::new();
        let jobs = file.jobs.into_iter().zip(&listed).zip(wanted);
        for ((job, listed), _) in jobs.filter(|(_, is_wanted)| *is_wanted) {
            let report = course.take_on(job, listed, until)?;
            let problems = report.diagnostics.into_iter();
            diagnostics.extend(problems.map(|problem| problem.located_in_jobs(&file.map)));
            kept.extend(report.value);
        }
        drop(course);
        let compilation = Compilation {
            listed,
            shared_packages: file.shared_packages,
            map: file.map,
            kept,
            diagnostics,
        };
        Ok(Report::new(compilation, checked.diagnostics))
    }

    /// Whether ports get their numbers from definitions and the lock.
    pub fn numbers_ports(&self, target: Target) -> bool {
        let always = self.workspace.settings.port_assignment() == PortAssignment::Always;
        always || target::ports(target) == target::Ports::Fixed
    }

    fn listed<'f>(
        &self,
        map: &'f SourceMap,
        job: &CheckedJob,
        target: Target,
        lines: &mut Lines<'f>,
    ) -> Listed {
        let ports = if self.numbers_ports(target) {
            plan::needed(job.key(), job.intent())
        } else {
            Vec::new()
        };
        let ports = ports.into_iter().map(|port| {
            let plan::NeededPort { key, given, place } = port;
            let location = match place {
                Place::Document(pointer, _) => map.value(&pointer),
                Place::Span(location) => location,
                Place::File(_) => map.opening(job.pointer()),
            };
            ListedPort {
                key,
                given,
                location,
            }
        });
        let location = map.opening(job.pointer());
        let index = lines.of(map.sources().of(&location));
        Listed {
            key: job.key().clone(),
            line: index.position(location.span.range().start).line,
            location,
            named_at: map.value(&job.name_pointer()),
            ports: ports.collect(),
        }
    }

    /// The target that jobs are planned for: the one that they are compiled to, or else that of the
    /// workspace's settings.
    fn target<T>(&self, until: &Until<'_, T>) -> Target {
        match until {
            Until::Checked(Form::Target(target), _) | Until::Emitted(Form::Target(target), _) => {
                *target
            }
            _ => self.workspace.settings.target.unwrap_or_default(),
        }
    }

    /// Parses and checks, which takes no other file.
    fn check(
        &self,
        definition: &DefinitionFile,
        file: &Arc<SourceFile>,
        target: Target,
    ) -> Report<CheckedFile> {
        let settings = self.workspace.settings_map.as_ref();
        let loaded = elaborate::load(file, definition.format, settings);
        let aurora = self.workspace.settings.aurora.as_ref();
        let ways = Ways {
            aurora: aurora.and_then(|aurora| aurora.address.as_deref()),
        };
        let around = Around {
            jobs: &self.neighbours,
            reach: &|asked: &Asked<'_>| {
                let here = self.local.answer(asked);
                here.unwrap_or_else(|| {
                    let answer = target::answer(asked, target, ways);
                    self.local.explain(asked, answer)
                })
            },
            settled: &self.settled,
            waits: &|by, key| self.local.has(by, key),
        };
        loaded.and_then(|loaded| {
            let Filling {
                loaded,
                problems,
                made_up,
                held,
            } = fill::fill(loaded, around);
            let map = loaded.into_map();
            let decoded = front::document(map.root());
            let mut refused = decoded.diagnostics;
            let stand_ins = Holes::new(made_up.clone());
            refused.retain(|problem| !stand_ins.explain(problem));
            let holes = Holes::new([decoded.holes, made_up].concat());
            let mut diagnostics = front::explained(&map, definition.format, refused);
            let (remarks, problems): (Vec<_>, _) = problems
                .into_iter()
                .partition(|problem| problem.code.is_lint());
            diagnostics.extend(problems);
            let mut texts = front::surprises(&map, definition.format);
            texts.extend(remarks);
            let document = Report {
                value: decoded.value,
                diagnostics,
            };
            let terms = rule::Terms {
                settings: &self.workspace.settings,
                dialect: Dialect::Definition,
                registry: self.workspace.registry,
                rules: target::rules(target),
            };
            let checked =
                document.and_then(|document| check::check(document, &holes, terms, texts));
            let located = checked
                .diagnostics
                .into_iter()
                .map(|problem| problem.located_in_jobs(&map));
            let diagnostics: Vec<_> = located.collect();
            // Checking left out the jobs of which something was made up. Shared packages are left.
            let made_up = holes.touch(&Pointer::root().key("packages"));
            let value = checked.value.filter(|_| !made_up);
            let value = value.map(|checked| CheckedFile {
                map,
                held,
                shared_packages: checked.shared_packages().clone(),
                jobs: checked.into_jobs(),
            });
            Report { value, diagnostics }
        })
    }
}

impl Course<'_> {
    /// Takes a job that is right as it is written as far as it is to go.
    fn take_on<T>(
        &self,
        job: CheckedJob,
        listed: &Listed,
        until: &Until<'_, T>,
    ) -> Result<Report<T>, MachineError> {
        let mut waivers = job.waivers().clone();
        let mut plan = |job| self.plan(job, listed, &mut waivers);
        Ok(match until {
            Until::Listed(keep) => Report::ok(keep(job.job(), job.pointer())),
            Until::Planned(keep) => plan(job)?.map(keep),
            Until::Checked(form, keep) => plan(job)?.and_then(|planned| {
                let accepted = target::carries(&planned.plan, *form);
                let accepted = self.last(accepted, listed, waivers);
                accepted.map(|()| keep(planned))
            }),
            Until::Emitted(form, keep) => plan(job)?.and_then(|planned| {
                let emitted = target::emit(&planned.plan, *form);
                let emitted = self.last(emitted, listed, waivers);
                emitted.map(|bundle| keep(bundle, planned))
            }),
        })
    }

    /// Resolves and plans.
    fn plan(
        &self,
        job: CheckedJob,
        listed: &Listed,
        waivers: &mut Waivers,
    ) -> Result<Report<Planned>, MachineError> {
        let levels = Levels::new(&self.compiler.workspace.settings);
        let held = self.held.get(job.pointer()).cloned().unwrap_or_default();
        let mut resolved = resolve::resolve(job, &self.resolver)?;
        if let Some(job) = &resolved.value {
            let found = job.judge(&self.resolver, check::RESOLVED);
            resolved.diagnostics.extend(found);
        }
        // Where something is wrong, something stands in, so that the target's rules judge all else.
        let plan = resolved.and_then(|job| {
            let mut plan = plan::lower(job, &self.compiler.options);
            let downloads = Downloads::new(self.resolver.lock, self.resolver.settings);
            let rules = check::PLANNED.iter();
            let mut found: Vec<_> = rules.flat_map(|rule| rule(&plan.intent)).collect();
            if self.compiler.numbers_ports(self.target) {
                let locked = self.resolver.lock.ports();
                let numbers = plan::numbered(&plan.key, &plan.intent, locked);
                plan.ports = numbers.unpack(&mut found).unwrap_or_default();
            }
            found.extend(target::judge(&plan, self.target, levels, downloads));
            Report::new(plan, found)
        });
        Ok(waivers.report(levels, plan).map(|plan| Planned {
            location: listed.location.clone(),
            named_at: listed.named_at.clone(),
            map: self.map.clone(),
            plan,
            target: self.target,
            held,
        }))
    }

    /// What the last stage says of a job, with the waivers that no stage had a use for.
    fn last<T>(&self, report: Report<T>, listed: &Listed, mut waivers: Waivers) -> Report<T> {
        let levels = Levels::new(&self.compiler.workspace.settings);
        waivers.report(levels, report).and_then(|value| {
            // What is waived where the target answers may not be there where this machine does.
            if self.compiler.local.answers(&listed.key) {
                return Report::ok(value);
            }
            let unused = waivers.unused(levels);
            waivers.report(levels, Report::new(value, unused))
        })
    }
}

impl Listed {
    /// All places where the job is written.
    pub fn locations(&mut self) -> impl Iterator<Item = &mut Location> {
        let ports = self.ports.iter_mut().map(|port| &mut port.location);
        [&mut self.location, &mut self.named_at]
            .into_iter()
            .chain(ports)
    }
}
