//! Two sets of jobs matched with each other.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::resolve::Lock;
use crate::secret::{self, Mask};
use crate::store::{StoreDir, StorePath};
use crate::target::aurora::Table;

use super::compared_job::ComparedJob;
use super::decompose::{HEALTH_CHECK, Parts, Step};
use super::paths::{Names, Pair};
use super::{
    ClosureChange, Comparison, FieldChange, Hunk, ImportChange, ImportedContents, JobChange,
    JobKind, OrderChange, PackageChange, PackageKind, ProcessChange, StepChange, Summary,
};
use super::{closure, fields, impact, imports, lines, paths};

/// What is known of one side besides its jobs.
pub struct Known<'a> {
    /// What it is called.
    pub name: &'a str,
    /// The store of its nodes.
    pub store_dir: &'a StoreDir,
    /// What its packages are.
    pub lock: Option<&'a Lock>,
    /// The store paths that are files of its workspace, with what these are called there.
    pub imports: &'a BTreeMap<StorePath, String>,
    /// What is in one of them; none if it cannot be read.
    pub contents: &'a dyn Fn(&StorePath) -> Option<super::Contents>,
}

/// What changes between two sets of jobs by their keys.
pub fn compare(
    old: &BTreeMap<&str, &ComparedJob>,
    new: &BTreeMap<&str, &ComparedJob>,
    known: [&Known<'_>; 2],
) -> Comparison {
    let [before, after] = known;
    let mut context = Context {
        known,
        names: [names(before), names(after)],
        contents: BTreeMap::new(),
        closures: BTreeMap::new(),
        secrets: secret::Known::default(),
        mask: Mask::default(),
    };
    let keys: BTreeSet<&str> = old.keys().chain(new.keys()).copied().collect();
    let mut jobs = Vec::new();
    for key in keys {
        match (old.get(key), new.get(key)) {
            (Some(old), Some(new)) => {
                if !old.is_same(new) {
                    jobs.extend(context.job(key, old, new));
                }
            }
            (Some(old), None) => {
                let impact = impact::of_removed(&old.table());
                jobs.push(JobChange::new(key, JobKind::Removed, impact));
            }
            (None, Some(new)) => {
                let impact = impact::of_added(&new.table());
                jobs.push(JobChange::new(key, JobKind::Added, impact));
            }
            (None, None) => {}
        }
    }
    context.renamed(&mut jobs, old, new);
    let count = |kind| jobs.iter().filter(|job| job.kind == kind).count();
    let summary = Summary {
        added: count(JobKind::Added),
        removed: count(JobKind::Removed),
        changed: count(JobKind::Changed),
    };
    Comparison {
        old: before.name.to_owned(),
        new: after.name.to_owned(),
        summary,
        jobs,
        not_compared: Vec::new(),
    }
}

/// All names that are certain.
fn names(known: &Known<'_>) -> Names {
    let locked = known.lock.into_iter().flat_map(Lock::paths);
    let locked = locked.map(|(path, _)| path);
    let all = locked.chain(known.imports.keys());
    all.map(|path| (*path.hash(), path.name().clone()))
        .collect()
}

struct Context<'a> {
    known: [&'a Known<'a>; 2],
    names: [Names; 2],
    /// What differs in files that many jobs may import.
    contents: BTreeMap<Pair, ImportedContents>,
    /// The same for the closures of packages.
    closures: BTreeMap<Pair, Option<ClosureChange>>,
    /// The secrets of both sides of the job that is compared.
    secrets: secret::Known,
    /// Hides them, wherever in the job they stand.
    mask: Mask,
}

/// A text on both sides.
struct Command {
    pairs: Vec<Pair>,
    hunks: Vec<Hunk>,
}

impl Context<'_> {
    /// What changes in a job; nothing if only its text does.
    fn job(&mut self, key: &str, one: &ComparedJob, other: &ComparedJob) -> Option<JobChange> {
        let (old, new) = (&*one.table(), &*other.table());
        if old == new {
            return None;
        }
        let [before, after] = self.known;
        let (in_old, in_new) = (one.added(before.store_dir), other.added(after.store_dir));
        let old_parts = Parts::of(old, &in_old);
        let new_parts = Parts::of(new, &in_new);
        self.secrets = secrets([old, new]);
        self.mask = self.secrets.mask();
        let impact = impact::of_change(old, new);
        let mut change = JobChange::new(key, JobKind::Changed, impact);
        change.fields = fields::compare(&old_parts.fields, &new_parts.fields, "", &self.mask);
        let mut touched: BTreeMap<Pair, BTreeSet<String>> = BTreeMap::new();
        self.processes(&old_parts, &new_parts, &mut change, &mut touched);
        self.steps(&old_parts, &new_parts, &mut change);
        let order = |one: &Parts<'_>, other: &Parts<'_>| -> Vec<[String; 2]> {
            let only = one.order.difference(&other.order);
            only.map(|pair| pair.map(str::to_owned)).collect()
        };
        change.order = OrderChange {
            added: order(&new_parts, &old_parts),
            removed: order(&old_parts, &new_parts),
        };
        for (pair, processes) in touched {
            self.path(&pair, processes.into_iter().collect(), &mut change);
        }
        change.packages.sort_by(|a, b| {
            let key = |package: &PackageChange| {
                (package.kind, package.name.clone(), package.old_path.clone())
            };
            key(a).cmp(&key(b))
        });
        change.imports.sort_by(|a, b| a.name.cmp(&b.name));
        change.rewritten = change.says_nothing();
        Some(change)
    }

    fn processes(
        &self,
        old: &Parts<'_>,
        new: &Parts<'_>,
        change: &mut JobChange,
        touched: &mut BTreeMap<Pair, BTreeSet<String>>,
    ) {
        let names: BTreeSet<&str> = old
            .processes
            .keys()
            .chain(new.processes.keys())
            .copied()
            .collect();
        let mut touch = |name: &str, pairs: Vec<Pair>| {
            for pair in pairs {
                touched.entry(pair).or_default().insert(name.to_owned());
            }
        };
        let empty = Table::new();
        for name in names {
            let (before, after) = (old.processes.get(name), new.processes.get(name));
            let kind = match (before, after) {
                (Some(_), Some(_)) => JobKind::Changed,
                (Some(_), None) => JobKind::Removed,
                (None, _) => JobKind::Added,
            };
            let command = self.command(before.map(|it| cmdline(it)), after.map(|it| cmdline(it)));
            touch(name, command.pairs);
            let others = |table: Option<&&Table>| {
                let mut others = table.map_or(&empty, |table| *table).clone();
                others.remove("name");
                others.remove("cmdline");
                others
            };
            let mut fields = fields::compare(&others(before), &others(after), "", &self.mask);
            // Steps that are new or gone are told as steps.
            if let (Some(before), Some(after)) = (old.tries.get(name), new.tries.get(name)) {
                let (changes, pairs) = self.tries(before, after);
                fields.extend(changes);
                touch(name, pairs);
            }
            let process = ProcessChange {
                name: name.to_owned(),
                kind,
                fields,
                cmdline: command.hunks,
            };
            if kind != JobKind::Changed || process.differs() {
                change.processes.push(process);
            }
        }
        if old.health_check != new.health_check {
            let command = self.command(old.health_check, new.health_check);
            touch(HEALTH_CHECK, command.pairs);
            let process = ProcessChange {
                name: HEALTH_CHECK.to_owned(),
                kind: JobKind::Changed,
                fields: Vec::new(),
                cmdline: command.hunks,
            };
            if process.differs() {
                change.processes.push(process);
            }
        }
    }

    /// What differs in what is tried until a process is ready; packages and files that became others are no
    /// difference.
    fn tries(&self, old: &Table, new: &Table) -> (Vec<FieldChange>, Vec<Pair>) {
        let text = |table: &Table| {
            table
                .get("command")
                .and_then(Value::as_str)
                .map(str::to_owned)
        };
        let (before, after) = (text(old), text(new));
        let command = self.command(before.as_deref(), after.as_deref());
        let (mut old, mut new) = (old.clone(), new.clone());
        if command.hunks.is_empty() {
            old.remove("command");
            new.remove("command");
        }
        (
            fields::compare(&old, &new, "ready", &self.mask),
            command.pairs,
        )
    }

    /// Two texts, of which those of a side that has none are empty.
    fn command(&self, old: Option<&str>, new: Option<&str>) -> Command {
        let (before, after) = (old.unwrap_or_default(), new.unwrap_or_default());
        if before == after {
            return Command {
                pairs: Vec::new(),
                hunks: Vec::new(),
            };
        }
        let found = |side: usize, text: &str| {
            paths::found(text, self.known[side].store_dir, &self.names[side])
        };
        let (in_old, in_new) = (found(0, before), found(1, after));
        let only = |found: &[(_, StorePath)]| -> Vec<StorePath> {
            found.iter().map(|(_, path)| path.clone()).collect()
        };
        let pairs = paths::pair(&only(&in_old), &only(&in_new));
        let became = pairs.iter().filter_map(|pair| match pair {
            (Some(old), Some(new)) => Some((old.clone(), new.clone())),
            _ => None,
        });
        let renewed = paths::renewed(before, &in_old, &became.collect());
        let hunks = lines::hunks(&renewed, before, after, &self.mask);
        let hunks = hunks.unwrap_or_else(|| {
            vec![Hunk {
                old_start: 1,
                old_lines: 1,
                new_start: 1,
                new_lines: 1,
                lines: vec![
                    format!("-({} bytes)", before.len()),
                    format!("+({} bytes)", after.len()),
                ],
            }]
        });
        Command { pairs, hunks }
    }

    /// Steps that differ by themselves. What follows from their processes is only counted.
    fn steps(&self, old: &Parts<'_>, new: &Parts<'_>, change: &mut JobChange) {
        let identities: BTreeSet<&String> = old.steps.keys().chain(new.steps.keys()).collect();
        for identity in identities {
            let found = match (old.steps.get(identity), new.steps.get(identity)) {
                (Some(before), Some(after)) => {
                    if before.table == after.table {
                        continue;
                    }
                    self.step(before, after)
                }
                (before, after) => {
                    let Some(step) = before.or(after) else {
                        continue;
                    };
                    let stays = step.serves.as_deref().is_none_or(|process| {
                        old.processes.contains_key(process) == new.processes.contains_key(process)
                    });
                    if !stays {
                        continue;
                    }
                    let kind = if before.is_some() {
                        JobKind::Removed
                    } else {
                        JobKind::Added
                    };
                    Some((kind, Vec::new(), Vec::new()))
                }
            };
            let Some((kind, fields, cmdline)) = found else {
                change.rehashed_steps += 1;
                continue;
            };
            let alike = change
                .steps
                .iter_mut()
                .find(|step| (step.kind, &step.fields, &step.cmdline) == (kind, &fields, &cmdline));
            match alike {
                Some(step) => step.names.push(identity.clone()),
                None => change.steps.push(StepChange {
                    names: vec![identity.clone()],
                    kind,
                    fields,
                    cmdline,
                }),
            }
        }
    }

    /// What differs in a step but hashes.
    fn step(
        &self,
        before: &Step<'_>,
        after: &Step<'_>,
    ) -> Option<(JobKind, Vec<FieldChange>, Vec<Hunk>)> {
        let plain = |step: &Step<'_>| {
            let text = cmdline(step.table);
            // What is tried until a process is ready is told of the process.
            if let Some(start) = text
                .find("\nfell() {")
                .filter(|_| text.starts_with("interval="))
            {
                return text[start..].to_owned();
            }
            // The first line that tells steps apart says what is realised and where it is kept.
            let line = text.lines().take(2).find(|line| line.starts_with("path="));
            line.map_or(text.to_owned(), |line| {
                text.replacen(line, "path=... root=...", 1)
            })
        };
        let (old, new) = (plain(before), plain(after));
        let hunks = lines::hunks(&old, &old, &new, &self.mask).unwrap_or_default();
        let others = |step: &Step<'_>| {
            let mut others = step.table.clone();
            others.remove("name");
            others.remove("cmdline");
            others
        };
        let fields = fields::compare(&others(before), &others(after), "", &self.mask);
        let differs = !hunks.is_empty() || !fields.is_empty();
        differs.then_some((JobKind::Changed, fields, hunks))
    }

    /// A store path that became another one: a file of the workspace, or a package.
    fn path(&mut self, pair: &Pair, processes: Vec<String>, change: &mut JobChange) {
        let (old, new) = pair;
        let [before, after] = self.known;
        let name = |known: &Known<'_>, path: &Option<StorePath>| {
            path.as_ref()
                .and_then(|path| known.imports.get(path))
                .cloned()
        };
        let text = |known: &Known<'_>, path: &Option<StorePath>| {
            path.as_ref()
                .map(|path| known.store_dir.display(path).to_string())
        };
        let (old_path, new_path) = (text(before, old), text(after, new));
        if let Some(name) = name(after, new).or_else(|| name(before, old)) {
            let compared = || contents_of(pair, self.known, &self.secrets);
            // What is secret in one job need not be that in another.
            let contents = if self.secrets.is_empty() {
                let known = self.contents.entry(pair.clone());
                known.or_insert_with(compared).clone()
            } else {
                compared()
            };
            change.imports.push(ImportChange {
                name,
                processes,
                old_path,
                new_path,
                contents,
            });
            return;
        }
        let split = |path: &StorePath| {
            let (name, version) = paths::split(path.name().as_str());
            (name.to_owned(), version.to_owned())
        };
        let (before_name, after_name) = (old.as_ref().map(split), new.as_ref().map(split));
        let kind = match (old, new) {
            (Some(old), Some(new)) if old.name() == new.name() => PackageKind::Rebuilt,
            (Some(_), Some(_)) => PackageKind::Version,
            (Some(_), None) => PackageKind::Removed,
            (None, _) => PackageKind::Added,
        };
        let closure = self.closures.entry(pair.clone());
        let closure = *closure.or_insert_with(|| {
            closure::change(old.as_ref(), new.as_ref(), [before.lock, after.lock])
        });
        let name = after_name.as_ref().or(before_name.as_ref());
        change.packages.push(PackageChange {
            name: name.map_or_else(String::new, |(name, _)| name.clone()),
            kind,
            old_version: before_name.map(|(_, version)| version),
            new_version: after_name.map(|(_, version)| version),
            closure,
            old_path,
            new_path,
            processes,
        });
    }

    /// Notes jobs that are gone and new under another key.
    fn renamed(
        &self,
        jobs: &mut [JobChange],
        old: &BTreeMap<&str, &ComparedJob>,
        new: &BTreeMap<&str, &ComparedJob>,
    ) {
        let [before, after] = self.known;
        let mut gone: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (index, job) in jobs.iter().enumerate().rev() {
            if job.kind == JobKind::Removed
                && let Some(table) = old.get(job.key.as_str())
            {
                gone.entry(without_key(table, before.store_dir))
                    .or_default()
                    .push(index);
            }
        }
        if gone.is_empty() {
            return;
        }
        for index in 0..jobs.len() {
            if jobs[index].kind != JobKind::Added {
                continue;
            }
            let Some(table) = new.get(jobs[index].key.as_str()) else {
                continue;
            };
            let same = gone.get_mut(&without_key(table, after.store_dir));
            if let Some(other) = same.and_then(Vec::pop) {
                jobs[index].same_task_as = Some(jobs[other].key.clone());
                jobs[other].same_task_as = Some(jobs[index].key.clone());
            }
        }
    }
}

/// The secrets of both sides of a job.
fn secrets(sides: [&Table; 2]) -> secret::Known {
    let mut known = secret::Known::default();
    for side in sides {
        known.learn_json(&serde_json::to_string(side).expect("a table becomes JSON"));
    }
    known
}

/// What differs in something imported.
fn contents_of(
    (old, new): &Pair,
    [before, after]: [&Known<'_>; 2],
    secrets: &secret::Known,
) -> ImportedContents {
    let read = |known: &Known<'_>, path: &Option<StorePath>| {
        path.as_ref().and_then(|path| (known.contents)(path))
    };
    let (one, other) = (read(before, old), read(after, new));
    // What cannot be read on a side that has it is not nothing.
    if one.is_some() == old.is_some() && other.is_some() == new.is_some() {
        imports::compare(one.as_ref(), other.as_ref(), secrets)
    } else {
        ImportedContents::Unknown
    }
}

/// All of a job that does not follow from what it is called.
fn without_key(job: &ComparedJob, store_dir: &StoreDir) -> String {
    let (table, added) = (job.table(), job.added(store_dir));
    let mut parts = Parts::of(&table, &added);
    for field in ["cluster", "role", "environment", "name"] {
        parts.fields.remove(field);
    }
    if let Some(Value::Object(task)) = parts.fields.get_mut("task") {
        task.remove("name");
    }
    let fields = Value::Object(parts.fields);
    let steps: Vec<&String> = parts.steps.keys().collect();
    // As JSON, no two different ones are the same text.
    serde_json::to_string(&(
        fields,
        parts.processes,
        steps,
        parts.order,
        parts.health_check,
    ))
    .expect("tables become JSON")
}

fn cmdline(process: &Table) -> &str {
    process
        .get("cmdline")
        .and_then(Value::as_str)
        .unwrap_or_default()
}

impl ProcessChange {
    fn differs(&self) -> bool {
        !self.fields.is_empty() || !self.cmdline.is_empty()
    }
}

impl JobChange {
    fn new(key: &str, kind: JobKind, impact: super::Impact) -> Self {
        Self {
            key: key.to_owned(),
            kind,
            impact,
            same_task_as: None,
            fields: Vec::new(),
            packages: Vec::new(),
            imports: Vec::new(),
            processes: Vec::new(),
            steps: Vec::new(),
            order: OrderChange::default(),
            rehashed_steps: 0,
            rewritten: false,
        }
    }

    fn says_nothing(&self) -> bool {
        self.fields.is_empty()
            && self.packages.is_empty()
            && self.imports.is_empty()
            && self.processes.is_empty()
            && self.steps.is_empty()
            && self.order.is_empty()
            && self.rehashed_steps == 0
    }
}
