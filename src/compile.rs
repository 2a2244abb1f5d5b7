//! The pipeline as one function: from a definition's text to compiled jobs.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::check::names::DUPLICATE_JOB;
use crate::check::{self, CheckedJob};
use crate::diagnostic::{Diagnostic, Holes, MachineError, Place, Report};
use crate::front;
use crate::lint::{self, Levels, Waived, Waivers};
use crate::model::{Dialect, JobKey, PackageName, PackageSource};
use crate::plan::{self, Needs, Options, Plan};
use crate::resolve::import::{Ignored, Importer, Keeper};
use crate::resolve::{self, Resolver};
use crate::rule;
use crate::source::{Location, Pointer, SourceFile, SourceMap};
use crate::target::aurora::AddedStep;
use crate::target::{self, Bundle, Form, Target};
use crate::workspace::{DefinitionFile, OWN_DIRECTORY, Workspace};

/// Compiles the definitions of one workspace.
#[derive(Debug)]
pub struct Compiler<'a> {
    workspace: &'a Workspace,
    importer: Importer,
    options: Options,
    target: Target,
    form: Form,
}

/// A job on its way: where it was written and what became of it.
#[derive(Debug, Clone)]
pub struct Compiled {
    /// What identifies it.
    pub key: JobKey,
    /// Where its definition begins.
    pub location: Location,
    /// Where it says what it is called.
    pub named_at: Location,
    /// The compiled job.
    pub bundle: Bundle,
    /// The steps in it that jobc added.
    pub added: Vec<AddedStep>,
    /// What its nodes need from the store.
    pub needs: Needs,
}

/// A job as far as its plan, for whoever shows it: not every plan is one that Aurora can be told.
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
    /// What it waives.
    pub waived: Vec<Waived>,
}

/// A definition half-way to its jobs: those in which nothing is wrong so far.
#[derive(Debug)]
pub struct CheckedFile<'d> {
    definition: &'d DefinitionFile,
    map: SourceMap,
    shared_packages: BTreeMap<PackageName, PackageSource>,
    jobs: Vec<CheckedJob>,
}

/// What a list of jobs says about one.
#[derive(Debug, Clone)]
pub struct Listed {
    /// What identifies it.
    pub key: JobKey,
    /// Where its definition begins.
    pub location: Location,
    /// Where it says what it is called.
    pub named_at: Location,
    /// The names of its processes.
    pub processes: Vec<String>,
}

impl CheckedFile<'_> {
    /// What its packages are called.
    pub fn package_names(&self) -> BTreeSet<String> {
        let own = self
            .jobs
            .iter()
            .filter_map(|job| job.job().packages.as_ref());
        let own = own.flat_map(BTreeMap::keys);
        let names = own.chain(self.shared_packages.keys());
        names.map(ToString::to_string).collect()
    }

    /// Its jobs, in the order written.
    pub fn jobs(&self) -> Vec<Listed> {
        let list = |job: &CheckedJob| Listed {
            key: job.key().clone(),
            location: self.map.opening(job.pointer()),
            named_at: self.map.value(&job.name_pointer()),
            processes: job
                .job()
                .task
                .processes
                .iter()
                .map(|process| process.name.to_string())
                .collect(),
        };
        self.jobs.iter().map(list).collect()
    }
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
        let target = workspace.settings.target.unwrap_or_default();
        Ok(Self {
            workspace,
            importer,
            options,
            target,
            form: Form::Target(target),
        })
    }

    /// Writes compiled jobs in this form, instead of the one that the workspace's settings say.
    pub fn write_as(&mut self, form: Form) {
        self.form = form;
        if let Form::Target(target) = form {
            self.target = target;
        }
    }

    /// Lets somebody keep the archives of large files that are imported.
    pub fn keep(&mut self, keeper: Arc<dyn Keeper>) {
        self.importer.keep(keeper);
    }

    /// Lets somebody say what version control ignores.
    pub fn ask_what_is_ignored(&mut self, of: Arc<dyn Ignored>) {
        self.importer.ask_what_is_ignored(of);
    }

    /// What imports the workspace's files, and can archive them.
    pub fn importer(&self) -> &Importer {
        &self.importer
    }

    /// Compiles the jobs of `file` that `wanted` picks.
    ///
    /// # Errors
    /// If a file that is to be imported cannot be read.
    pub fn compile(
        &self,
        definition: &DefinitionFile,
        file: &Arc<SourceFile>,
        wanted: &dyn Fn(&JobKey) -> bool,
    ) -> Result<Report<Vec<Compiled>>, MachineError> {
        let mut diagnostics = Vec::new();
        let Some(checked) = self.check(definition, file).unpack(&mut diagnostics) else {
            return Ok(Report::failed(diagnostics));
        };
        let mut report = self.finish(checked, wanted)?;
        diagnostics.append(&mut report.diagnostics);
        Ok(Report {
            diagnostics,
            ..report
        })
    }

    /// The first half: parse and check, which takes no other file. Jobs in which something is
    /// wrong are left out, so that all that is wrong with the others is found in the same run.
    pub fn check<'d>(
        &self,
        definition: &'d DefinitionFile,
        file: &Arc<SourceFile>,
    ) -> Report<CheckedFile<'d>> {
        let loaded = front::load(file, definition.format);
        loaded.and_then(|loaded| {
            let map = loaded.into_map();
            let decoded = front::document(map.root());
            let holes = Holes::new(decoded.holes);
            let diagnostics = front::explained(&map, definition.format, decoded.diagnostics);
            let texts = front::surprises(&map, definition.format);
            let document = Report {
                value: decoded.value,
                diagnostics,
            };
            let terms = rule::Terms {
                settings: &self.workspace.settings,
                dialect: Dialect::Definition,
                registry: self.workspace.registry,
                rules: target::rules(self.target),
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
                definition,
                map,
                shared_packages: checked.shared_packages().clone(),
                jobs: checked.into_jobs(),
            });
            Report { value, diagnostics }
        })
    }

    /// The second half: resolve, plan and emit the jobs that `wanted` picks.
    ///
    /// # Errors
    /// If a file that is to be imported cannot be read.
    pub fn finish(
        &self,
        file: CheckedFile<'_>,
        wanted: &dyn Fn(&JobKey) -> bool,
    ) -> Result<Report<Vec<Compiled>>, MachineError> {
        let levels = Levels::new(&self.workspace.settings);
        self.plans(file, wanted, |planned, mut waivers| {
            let emitted = target::emit(&planned.plan, self.form);
            let compiled = waivers.report(levels, emitted).map(|bundle| Compiled {
                key: planned.plan.key.clone(),
                location: planned.location,
                named_at: planned.named_at,
                bundle,
                added: target::added(&planned.plan, self.target),
                needs: planned.plan.needs,
            });
            compiled.and_then(|compiled| {
                let unused = waivers.unused(levels);
                waivers.report(levels, Report::new(compiled, unused))
            })
        })
    }

    /// The second half without its end: resolve and plan the jobs that `wanted` picks.
    ///
    /// # Errors
    /// If a file that is to be imported cannot be read.
    pub fn plan(
        &self,
        file: CheckedFile<'_>,
        wanted: &dyn Fn(&JobKey) -> bool,
    ) -> Result<Report<Vec<Planned>>, MachineError> {
        self.plans(file, wanted, |planned, _| Report::ok(planned))
    }

    fn plans<T>(
        &self,
        file: CheckedFile<'_>,
        wanted: &dyn Fn(&JobKey) -> bool,
        then: impl Fn(Planned, Waivers) -> Report<T>,
    ) -> Result<Report<Vec<T>>, MachineError> {
        let resolver = Resolver {
            importer: &self.importer,
            current_dir: &self.workspace.current_dir,
            store_dir: &self.workspace.store_dir,
            workspace_root: &self.workspace.root,
            definition: &file.definition.path,
            definition_dir: file.definition.directory(),
            settings: &self.workspace.settings,
            settings_map: self.workspace.settings_map.as_ref(),
            shared_packages: &file.shared_packages,
            lock: &self.workspace.lock,
            imported: RefCell::default(),
        };
        let levels = Levels::new(&self.workspace.settings);
        let mut diagnostics = Vec::new();
        let mut done = Vec::new();
        for job in file.jobs {
            if !wanted(job.key()) {
                continue;
            }
            let location = file.map.opening(job.pointer());
            let named_at = file.map.value(&job.name_pointer());
            let mut waivers = job.waivers().clone();
            let mut report = resolve::resolve(job, &resolver)?;
            if let Some(job) = &report.value {
                let rules = check::RESOLVED
                    .iter()
                    .chain(target::resolved_rules(self.target));
                let found = job.judge(&resolver, rules.copied());
                report.diagnostics.extend(found);
            }
            let report = waivers.report(levels, report);
            let plan = report.and_then(|job| {
                let waived = lint::waived(job.checked.job(), job.checked.pointer());
                let plan = plan::lower(&job, &self.options);
                let rules = target::plan_rules(self.target).iter();
                let problems = rules.flat_map(|rule| rule(&plan)).collect();
                waivers.report(levels, Report::new((plan, waived), problems))
            });
            let planned = plan.map(|(plan, waived)| Planned {
                location,
                named_at,
                map: file.map.clone(),
                target: self.target,
                waived,
                plan,
            });
            let report = planned.and_then(|planned| then(planned, waivers));
            let located = report
                .diagnostics
                .into_iter()
                .map(|problem| problem.located_in_jobs(&file.map));
            diagnostics.extend(located);
            done.extend(report.value);
        }
        Ok(Report::new(done, diagnostics))
    }
}

/// Calls `work` for each of `items` on all cores and returns the results in the order of the
/// items. `done` is told how many are done after each.
pub fn in_parallel<T: Sync, R: Send>(
    items: &[T],
    work: impl Fn(&T) -> R + Sync,
    done: impl Fn(usize) + Sync,
) -> Vec<R> {
    // Asking how many cores there are takes longer than many a single item.
    let threads = match items.len() {
        0 | 1 => 1,
        many => std::thread::available_parallelism().map_or(1, |cores| cores.get().min(many)),
    };
    if threads == 1 {
        let count = |(index, item)| {
            let result = work(item);
            done(index + 1);
            result
        };
        return items.iter().enumerate().map(count).collect();
    }
    let next = AtomicUsize::new(0);
    let finished = AtomicUsize::new(0);
    let run = || {
        let mut results = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(index) else {
                return results;
            };
            results.push((index, work(item)));
            done(finished.fetch_add(1, Ordering::Relaxed) + 1);
        }
    };
    let mut results: Vec<(usize, R)> = std::thread::scope(|scope| {
        let spawn = || std::thread::Builder::new().spawn_scoped(scope, run);
        // Where no more can be started, those that were do it all.
        let others: Vec<_> = (1..threads).map_while(|_| spawn().ok()).collect();
        let mut results = run();
        for other in others {
            match other.join() {
                Ok(more) => results.extend(more),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        results
    });
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}

/// Errors for jobs that are defined twice, each with both places.
pub fn duplicates<'j>(
    jobs: impl IntoIterator<Item = (&'j JobKey, &'j Location)>,
) -> Vec<Diagnostic> {
    let mut first: BTreeMap<&JobKey, &Location> = BTreeMap::new();
    let mut diagnostics = Vec::new();
    for (key, location) in jobs {
        match first.entry(key) {
            std::collections::btree_map::Entry::Vacant(entry) => {
                entry.insert(location);
            }
            std::collections::btree_map::Entry::Occupied(entry) => {
                let headline = format!("job `{key}` is defined twice");
                let problem =
                    Diagnostic::new(&DUPLICATE_JOB, headline, Place::Span(location.clone()));
                let related = Place::Span((*entry.get()).clone());
                diagnostics.push(
                    problem
                        .also(related, "first defined here")
                        .help("give one of them another name or environment"),
                );
            }
        }
    }
    diagnostics
}
