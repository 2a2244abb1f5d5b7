//! Reasons for people.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::diagnostic::render::{counted, visible};
use crate::diff::{
    Hunk, ImportChange, ImportedContents, JobKind, PackageKind, field_line, not_compared_line,
    split_name,
};

use super::{Dependency, JobSteps, PackageReason, ProbeReason, StepReason, WhyChanged};
use crate::why::Extent;

/// The most dependencies of a package, and lines of a text, that are shown.
const MOST: usize = 8;
const MOST_LINES: usize = 40;

impl WhyChanged {
    /// The reasons as text.
    pub fn text(&self, extent: Extent) -> String {
        let mut printer = Printer {
            most: match extent {
                Extent::Shortest => MOST,
                Extent::Each => usize::MAX,
            },
            most_lines: match extent {
                Extent::Shortest => MOST_LINES,
                Extent::Each => usize::MAX,
            },
            text: String::new(),
        };
        for job in &self.jobs {
            printer.job(job, self);
        }
        for line in self.not_compared.iter().map(not_compared_line) {
            printer.line(0, &format!("? {line}"));
        }
        printer.text
    }
}

struct Printer {
    most: usize,
    most_lines: usize,
    text: String,
}

impl Printer {
    fn line(&mut self, depth: usize, words: &str) {
        let words = visible::line(words);
        writeln!(self.text, "{:1$}{words}", "", 2 * depth).expect("a string takes all");
    }

    fn job(&mut self, job: &JobSteps, sides: &WhyChanged) {
        let (key, old, new) = (&job.key, &sides.old, &sides.new);
        match job.kind {
            JobKind::Added => return self.line(0, &format!("{key} is new: it is not in {old}")),
            JobKind::Removed => return self.line(0, &format!("{key} is gone: it is not in {new}")),
            JobKind::Changed => {}
        }
        let differing = job.steps.iter().filter(|step| step.differs());
        let differing: Vec<_> = differing.collect();
        if differing.is_empty() && job.waits.is_empty() {
            let what = match (job.steps.is_empty(), job.differs) {
                (_, false) => "nothing changed",
                (true, true) => "it needs nothing from the store; `jobc diff` shows what changed",
                (false, true) => "all steps have the same hashes; `jobc diff` shows what changed",
            };
            return self.line(0, &format!("{key}, {old} -> {new}: {what}"));
        }
        self.line(0, &format!("{key}, {old} -> {new}"));
        for steps in alike(&differing) {
            self.steps(&steps);
        }
        for probe in &job.waits {
            self.line(1, &format!("await_ready_{} waits otherwise", probe.process));
            self.probe(probe);
        }
        let same = job.steps.len() - differing.len();
        if same > 0 {
            let are = if same == 1 { "is" } else { "are" };
            let steps = counted(same, "other step");
            self.line(1, &format!("{steps} {are} as before"));
        }
    }

    /// Steps that changed for the same reasons.
    fn steps(&mut self, steps: &[&StepReason]) {
        for step in steps {
            let name = &step.step;
            self.line(
                1,
                &match (&step.old_path, &step.new_path) {
                    (Some(old), Some(new)) => {
                        format!("{name}-{} -> {name}-{}", short(old), short(new))
                    }
                    (None, _) => format!("{name} is new: so is what it is for"),
                    (_, None) => format!("{name} is gone: so is what it was for"),
                },
            );
        }
        let stays = |step: &&&StepReason| step.old_path.is_some() && step.new_path.is_some();
        let Some(step) = steps.iter().find(stays) else {
            return;
        };
        for package in &step.packages {
            self.package(package);
        }
        for import in &step.imports {
            self.import(import);
        }
        for command in &step.commands {
            let process = &command.process;
            let what = match command.kind {
                JobKind::Added => format!("process `{process}` is new"),
                JobKind::Removed => format!("process `{process}` is gone"),
                JobKind::Changed if process == super::HEALTH_CHECK => {
                    "the command of the health check".to_owned()
                }
                JobKind::Changed => format!("the command of process `{process}`"),
            };
            self.line(2, &what);
            if command.kind == JobKind::Changed {
                self.hunks(&command.lines);
            }
        }
        for probe in &step.probes {
            let process = &probe.process;
            self.line(
                2,
                &format!("what is tried until process `{process}` is ready"),
            );
        }
        let is_unknown = [
            step.packages.is_empty(),
            step.imports.is_empty(),
            step.commands.is_empty(),
            step.probes.is_empty(),
        ];
        if is_unknown.iter().all(|is| *is) {
            self.line(
                2,
                "neither its command nor what that names changed, as far as is known",
            );
        }
    }

    fn probe(&mut self, probe: &ProbeReason) {
        for field in &probe.fields {
            self.line(2, &field_line(field));
        }
    }

    fn package(&mut self, package: &PackageReason) {
        let change = &package.change;
        let (old, new) = (change.old_path.as_deref(), change.new_path.as_deref());
        self.line(2, &format!("package {}", became(change.kind, old, new)));
        let Some(dependencies) = &package.dependencies else {
            if old.is_some() && new.is_some() {
                self.line(3, "what it refers to is not known on both sides");
            }
            return;
        };
        let changed = &dependencies.changed;
        for dependency in changed.iter().take(self.most) {
            self.dependency(dependency);
        }
        if let more @ 1.. = changed.len().saturating_sub(self.most) {
            self.line(
                3,
                &format!("and {more} more of its closure: `--full` shows them"),
            );
        }
        match (changed.is_empty(), dependencies.consequences) {
            (true, 0) if change.kind == PackageKind::Rebuilt => {
                self.line(
                    3,
                    "all that it refers to is the same: it was built in another way",
                );
            }
            (_, 0) => {}
            (_, count) => {
                let (paths, were) = (
                    counted(count, "more path"),
                    if count == 1 { "was" } else { "were" },
                );
                self.line(3, &format!("{paths} {were} rebuilt because of these"));
            }
        }
    }

    fn dependency(&mut self, dependency: &Dependency) {
        let (old, new) = (
            dependency.old_path.as_deref(),
            dependency.new_path.as_deref(),
        );
        let mut line = became(dependency.kind, old, new);
        let between = dependency
            .chain
            .get(1..dependency.chain.len().saturating_sub(1));
        let between: Vec<_> = between
            .into_iter()
            .flatten()
            .map(|path| name(path))
            .collect();
        if !between.is_empty() {
            write!(line, ", through {}", between.join(" -> ")).expect("a string takes all");
        }
        self.line(3, &line);
    }

    fn import(&mut self, import: &ImportChange) {
        let what = match (&import.old_path, &import.new_path) {
            (None, _) => "named now",
            (_, None) => "not named any more",
            _ => match &import.contents {
                ImportedContents::Lines(_) | ImportedContents::Files(_) => "changed",
                ImportedContents::Bytes { .. } => "changed, and is no text",
                ImportedContents::Mode { executable: true } => "may be executed now",
                ImportedContents::Mode { executable: false } => "may not be executed any more",
                ImportedContents::Unknown => "changed; what was in it is not known",
            },
        };
        self.line(2, &format!("file `{}` {what}", import.name));
        if import.old_path.is_none() || import.new_path.is_none() {
            return;
        }
        match &import.contents {
            ImportedContents::Lines(hunks) => self.hunks(hunks),
            ImportedContents::Files(files) => {
                for file in files.iter().take(self.most_lines) {
                    let sign = match file.kind {
                        JobKind::Added => '+',
                        JobKind::Removed => '-',
                        JobKind::Changed => '~',
                    };
                    self.line(3, &format!("{sign} {}", file.path));
                }
                self.hidden(files.len());
            }
            ImportedContents::Bytes { .. }
            | ImportedContents::Mode { .. }
            | ImportedContents::Unknown => {}
        }
    }

    /// The lines that differ, without those around them.
    fn hunks(&mut self, hunks: &[Hunk]) {
        let lines = hunks.iter().flat_map(|hunk| &hunk.lines);
        let lines: Vec<_> = lines.filter(|line| !line.starts_with(' ')).collect();
        for line in lines.iter().take(self.most_lines) {
            self.line(3, line);
        }
        self.hidden(lines.len());
    }

    fn hidden(&mut self, count: usize) {
        if let more @ 1.. = count.saturating_sub(self.most_lines) {
            self.line(3, &format!("and {}", counted(more, "more line")));
        }
    }
}

/// Steps together that changed for the same reasons, in the order of the first of each.
fn alike<'s>(steps: &[&'s StepReason]) -> Vec<Vec<&'s StepReason>> {
    let mut groups: Vec<Vec<&StepReason>> = Vec::new();
    let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
    for step in steps {
        // Those that are new and those that are gone are not like any other.
        let is_there = [&step.old_path, &step.new_path].map(Option::is_some);
        let (packages, imports) = (&step.packages, &step.imports);
        let reasons = (is_there, packages, imports, &step.commands, &step.probes);
        let reasons = serde_json::to_string(&reasons).expect("reasons become JSON");
        let number = *numbers.entry(reasons).or_insert(groups.len());
        if number == groups.len() {
            groups.push(Vec::new());
        }
        groups[number].push(step);
    }
    groups
}

/// `openssl 3.0.13 -> 3.0.14`.
fn became(kind: PackageKind, old: Option<&str>, new: Option<&str>) -> String {
    let (old, new) = (old.map(name), new.map(name));
    match (kind, old, new) {
        (PackageKind::Version, Some(old), Some(new)) => {
            let (base, before) = split_name(old);
            let (other, after) = split_name(new);
            if base == other && !before.is_empty() && !after.is_empty() {
                format!("{base} {before} -> {after}")
            } else {
                format!("{old} -> {new}")
            }
        }
        (PackageKind::Added, _, Some(new)) => format!("{new} is new"),
        (PackageKind::Removed, Some(old), _) => format!("{old} is gone"),
        (_, _, new) => format!("{} was rebuilt", new.unwrap_or_default()),
    }
}

/// The name of a store path.
fn name(path: &str) -> &str {
    let base = path.rsplit('/').next().unwrap_or(path);
    base.split_once('-').map_or(base, |(_, name)| name)
}

/// The part of a store path's hash that steps are named by.
fn short(path: &str) -> &str {
    let base = path.rsplit('/').next().unwrap_or(path);
    base.get(..8).unwrap_or(base)
}
