//! A comparison for people at a terminal.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::diagnostic::render::{counted, visible};
use crate::secret::hide;

use super::change::{
    Comparison, FieldChange, Hunk, ImportChange, ImportedContents, JobChange, JobKind, NotCompared,
    NotComparedKind, PackageChange, PackageKind, StepChange,
};

/// How to print a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TextStyle {
    /// With colours.
    pub color: bool,
    /// Cut lines that are longer than this many characters.
    pub width: Option<usize>,
}

/// The most lines of one text that are shown.
const MOST_LINES: usize = 200;

/// The most names of a list that are shown.
const MOST_NAMES: usize = 8;

/// A comparison as text: every job that differs, those that differ alike together.
pub fn text(comparison: &Comparison, style: TextStyle) -> String {
    let mut printer = Printer {
        style,
        text: String::new(),
    };
    for group in alike(&comparison.jobs) {
        printer.group(&group);
    }
    for line in comparison.not_compared.iter().map(not_compared_line) {
        printer.line(0, Tone::Title, &format!("? {line}"));
    }
    if !comparison.not_compared.is_empty() {
        printer.text.push('\n');
    }
    if !comparison.is_empty() {
        let last = format!("{}: {}", sides(comparison), totals(comparison));
        printer.line(0, Tone::Plain, &last);
    }
    printer.text
}

/// Jobs that change in the same way.
pub(super) struct Alike<'a> {
    pub(super) jobs: Vec<&'a JobChange>,
    /// What all of them say but for what stands beside each: whichever processes of theirs are
    /// touched, together.
    pub(super) change: JobChange,
}

/// Jobs that change in the same way together, in the order of the first of each.
pub(super) fn alike(jobs: &[JobChange]) -> Vec<Alike<'_>> {
    let mut groups: Vec<Alike<'_>> = Vec::new();
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    for job in jobs {
        let mut common = JobChange {
            key: String::new(),
            same_task_as: None,
            rehashed_steps: 0,
            ..job.clone()
        };
        common.impact.text.clear();
        (
            common.impact.restarted,
            common.impact.started,
            common.impact.stopped,
        ) = (0, 0, 0);
        touched(&mut common).for_each(Vec::clear);
        let like = serde_json::to_string(&common).expect("a change becomes JSON");
        if let Some(&index) = known.get(&like) {
            groups[index].add(job);
        } else {
            known.insert(like, groups.len());
            groups.push(Alike {
                jobs: vec![job],
                change: job.clone(),
            });
        }
    }
    groups
}

impl<'a> Alike<'a> {
    fn add(&mut self, job: &'a JobChange) {
        self.jobs.push(job);
        self.change.rehashed_steps += job.rehashed_steps;
        for (all, more) in touched(&mut self.change).zip(touched(&mut job.clone())) {
            all.append(more);
            all.sort();
            all.dedup();
        }
    }
}

/// The processes that each store path touches.
fn touched(job: &mut JobChange) -> impl Iterator<Item = &mut Vec<String>> {
    let packages = job
        .packages
        .iter_mut()
        .map(|package| &mut package.processes);
    let imports = job.imports.iter_mut().map(|import| &mut import.processes);
    packages.chain(imports)
}

/// `OLD -> NEW`.
pub(super) fn sides(comparison: &Comparison) -> String {
    let (old, new) = (&comparison.old, &comparison.new);
    format!("{} -> {}", visible::line(old), visible::line(new))
}

/// How many jobs there are of each kind.
pub(super) fn totals(comparison: &Comparison) -> String {
    let summary = &comparison.summary;
    let parts = [
        (summary.changed, "changed"),
        (summary.added, "added"),
        (summary.removed, "removed"),
    ];
    let mut parts = parts.into_iter().filter(|(count, _)| *count > 0);
    let all = match parts.next() {
        None if comparison.is_unknown() => return "nothing was compared".to_owned(),
        None => "no job differs".to_owned(),
        Some((count, what)) => {
            let first = format!("{} {what}", counted(count, "job"));
            let rest = parts.map(|(count, what)| format!(", {count} {what}"));
            std::iter::once(first).chain(rest).collect()
        }
    };
    if comparison.not_compared.is_empty() {
        all
    } else {
        format!("{all}, and not all could be compared")
    }
}

/// `not compared: KEY, because HEAD:web/job.toml is wrong`.
pub fn not_compared_line(not_compared: &NotCompared) -> String {
    let because = visible::line(&not_compared.because);
    let what = match not_compared.kind {
        NotComparedKind::Settings => "jobs by the settings of their side".to_owned(),
        NotComparedKind::Lock => "packages".to_owned(),
        NotComparedKind::Jobs if not_compared.jobs.is_empty() => {
            return format!("not compared: the jobs of {because}, which is wrong");
        }
        NotComparedKind::Jobs => names(&not_compared.jobs),
    };
    format!("not compared: {what}, because {because} is wrong")
}

/// What a line is about, told by its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tone {
    Plain,
    Title,
    Added,
    Removed,
    Quiet,
}

struct Printer {
    style: TextStyle,
    text: String,
}

impl Printer {
    fn group(&mut self, group: &Alike<'_>) {
        let (sign, tone) = sign(group.change.kind);
        for job in &group.jobs {
            let note = job.same_task_as.as_ref().map(|other| match job.kind {
                JobKind::Removed => format!(" (the same task is now {})", visible::line(other)),
                _ => format!(" (the same task as {})", visible::line(other)),
            });
            let key = visible::line(&job.key);
            let line = format!(
                "{sign} {key}: {}{}",
                job.impact.text,
                note.unwrap_or_default()
            );
            let tone = if job.kind == JobKind::Changed {
                Tone::Title
            } else {
                tone
            };
            self.line(0, tone, &line);
        }
        self.body(&group.change);
        self.text.push('\n');
    }

    fn body(&mut self, job: &JobChange) {
        for package in &job.packages {
            self.line(1, Tone::Plain, &package_line(package));
        }
        for import in &job.imports {
            self.import(import);
        }
        for field in &job.fields {
            self.field(1, field);
        }
        for process in &job.processes {
            let (sign, tone) = sign(process.kind);
            let name = visible::line(&process.name);
            self.line(1, tone, &format!("{sign} process {name}"));
            for field in &process.fields {
                self.field(2, field);
            }
            self.hunks(2, &process.cmdline);
        }
        for step in &job.steps {
            let (sign, tone) = sign(step.kind);
            self.line(1, tone, &format!("{sign} {}", step_line(step)));
            for field in &step.fields {
                self.field(2, field);
            }
            self.hunks(2, &step.cmdline);
        }
        for (pairs, sign, tone) in [
            (&job.order.removed, '-', Tone::Removed),
            (&job.order.added, '+', Tone::Added),
        ] {
            for pair in pairs {
                self.line(1, tone, &format!("{sign} {}", order_line(pair)));
            }
        }
        if let Some(line) = last_line(job) {
            self.line(1, Tone::Quiet, &line);
        }
    }

    fn import(&mut self, import: &ImportChange) {
        self.line(1, Tone::Plain, &import_line(import));
        match &import.contents {
            ImportedContents::Lines(hunks) => self.hunks(2, hunks),
            ImportedContents::Files(files) => {
                for file in files.iter().take(MOST_LINES) {
                    let (sign, tone) = sign(file.kind);
                    self.line(2, tone, &format!("{sign} {}", visible::line(&file.path)));
                }
                self.hidden(2, files.len(), "file");
            }
            ImportedContents::Bytes { .. }
            | ImportedContents::Mode { .. }
            | ImportedContents::Unknown => {}
        }
    }

    fn field(&mut self, depth: usize, field: &FieldChange) {
        if let (Some(Value::String(old)), Some(Value::String(new))) = (&field.old, &field.new)
            && (old.contains('\n') || new.contains('\n'))
            && let Some(hunks) = super::lines::hunks(old, old, new)
            && !hunks.is_empty()
        {
            self.line(
                depth,
                Tone::Plain,
                &format!("{}:", visible::line(&field.path)),
            );
            self.hunks(depth + 1, &hunks);
            return;
        }
        self.line(depth, Tone::Plain, &field_line(field));
    }

    fn hunks(&mut self, depth: usize, hunks: &[Hunk]) {
        let mut shown = 0;
        for (index, hunk) in hunks.iter().enumerate() {
            if index > 0 && shown < MOST_LINES {
                self.line(depth, Tone::Quiet, "...");
            }
            for line in &hunk.lines {
                shown += 1;
                if shown > MOST_LINES {
                    continue;
                }
                let tone = match line.as_bytes().first() {
                    Some(b'+') => Tone::Added,
                    Some(b'-') => Tone::Removed,
                    _ => Tone::Quiet,
                };
                self.line(depth, tone, &visible::line(line));
            }
        }
        self.hidden(depth, shown, "line");
    }

    fn hidden(&mut self, depth: usize, count: usize, what: &str) {
        if let more @ 1.. = count.saturating_sub(MOST_LINES) {
            let more = counted(more, &format!("more {what}"));
            self.line(depth, Tone::Quiet, &format!("... {more}"));
        }
    }

    fn line(&mut self, depth: usize, tone: Tone, line: &str) {
        // What is cut does not say any more what it is.
        let line = &*hide(line);
        let indent = 4 * depth;
        let room = self
            .style
            .width
            .map(|width| width.saturating_sub(indent).max(20));
        let cut;
        let line = match room {
            Some(room) if line.chars().count() > room => {
                let kept: String = line.chars().take(room - 1).collect();
                cut = format!("{kept}\u{2026}");
                &cut
            }
            _ => line,
        };
        let line = line.trim_end();
        let codes = match tone {
            _ if !self.style.color => None,
            Tone::Plain => None,
            Tone::Title => Some("1"),
            Tone::Added => Some("32"),
            Tone::Removed => Some("31"),
            Tone::Quiet => Some("2"),
        };
        if !line.is_empty() {
            self.text.extend(std::iter::repeat_n(' ', indent));
        }
        match codes {
            Some(code) => self
                .text
                .push_str(&format!("\u{1b}[{code}m{line}\u{1b}[0m")),
            None => self.text.push_str(line),
        }
        self.text.push('\n');
    }
}

fn sign(kind: JobKind) -> (char, Tone) {
    match kind {
        JobKind::Added => ('+', Tone::Added),
        JobKind::Removed => ('-', Tone::Removed),
        JobKind::Changed => ('~', Tone::Plain),
    }
}

/// `python 3.11.9 -> 3.11.10 in web, worker (closure +3 paths, -1, +12.4 MiB)`.
pub(super) fn package_line(package: &PackageChange) -> String {
    let name = visible::line(&package.name);
    let version = |version: &Option<String>| match version.as_deref() {
        None => String::new(),
        Some("") => "(no version)".to_owned(),
        Some(version) => visible::line(version),
    };
    let (old, new) = (version(&package.old_version), version(&package.new_version));
    let with = |version: &str| match version {
        "(no version)" => name.clone(),
        version => format!("{name}-{version}"),
    };
    let what = match package.kind {
        PackageKind::Version => format!("{name} {old} -> {new}"),
        PackageKind::Rebuilt => format!("{} rebuilt", with(&new)),
        PackageKind::Added => format!("+ {}", with(&new)),
        PackageKind::Removed => format!("- {}", with(&old)),
    };
    let closure = match package.closure {
        None => "closure unknown".to_owned(),
        Some(closure) => {
            let count = |sign: char, count: usize| (count > 0).then(|| format!("{sign}{count}"));
            let added = count('+', closure.added).map(|count| match closure.added {
                1 => format!("{count} path"),
                _ => format!("{count} paths"),
            });
            let removed = count('-', closure.removed);
            let removed = removed.map(|count| match (closure.added, closure.removed) {
                (0, 1) => format!("{count} path"),
                (0, _) => format!("{count} paths"),
                _ => count,
            });
            let parts = [added, removed, Some(bytes(closure.bytes))];
            let parts: Vec<String> = parts.into_iter().flatten().collect();
            format!("closure {}", parts.join(", "))
        }
    };
    format!("{what} in {} ({closure})", names(&package.processes))
}

/// Bytes with a sign and a unit that people read.
fn bytes(bytes: i64) -> String {
    let sign = if bytes < 0 { '-' } else { '+' };
    format!("{sign}{}", size(bytes.unsigned_abs()))
}

/// Bytes with a unit that people read.
#[allow(clippy::cast_precision_loss)]
fn size(bytes: u64) -> String {
    let units = ["KiB", "MiB", "GiB", "TiB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let mut value = bytes as f64 / 1024.0;
    let mut unit = 0;
    while value >= 1023.95 && unit + 1 < units.len() {
        value /= 1024.0;
        unit += 1;
    }
    let text = format!("{value:.1}");
    format!(
        "{} {}",
        text.strip_suffix(".0").unwrap_or(&text),
        units[unit]
    )
}

pub(super) fn import_line(import: &ImportChange) -> String {
    let name = visible::line(&import.name);
    let sign = match (&import.old_path, &import.new_path) {
        (None, _) => "+ ",
        (_, None) => "- ",
        _ => "~ ",
    };
    let how = match &import.contents {
        ImportedContents::Bytes { old, new } => format!(": {} -> {}", size(*old), size(*new)),
        ImportedContents::Mode { executable: true } => ": may be executed now".to_owned(),
        ImportedContents::Mode { executable: false } => ": may not be executed any more".to_owned(),
        ImportedContents::Unknown => ": its contents are unknown".to_owned(),
        ImportedContents::Lines(_) | ImportedContents::Files(_) => String::new(),
    };
    format!("{sign}{name} in {}{how}", names(&import.processes))
}

pub(super) fn step_line(step: &StepChange) -> String {
    let what = match step.kind {
        JobKind::Added => "fetches what is needed first",
        JobKind::Removed => "is not needed any more",
        JobKind::Changed => "by other settings",
    };
    format!(
        "{} {}: {what}",
        plural(step.names.len(), "step"),
        names(&step.names)
    )
}

fn plural(count: usize, word: &str) -> String {
    match count {
        1 => word.to_owned(),
        _ => format!("{word}s"),
    }
}

pub(super) fn order_line([before, after]: &[String; 2]) -> String {
    format!(
        "order: {} before {}",
        visible::line(before),
        visible::line(after)
    )
}

/// What follows from the rest, or that there is no rest.
pub(super) fn last_line(job: &JobChange) -> Option<String> {
    if job.rewritten {
        return Some("the same, written in another order".to_owned());
    }
    (job.rehashed_steps > 0).then(|| {
        let steps = counted(job.rehashed_steps, "step");
        let their = if job.rehashed_steps == 1 {
            "its"
        } else {
            "their"
        };
        format!(
            "so {steps} of jobc {} another hash, in {their} name and order",
            if job.rehashed_steps == 1 {
                "has"
            } else {
                "have"
            }
        )
    })
}

/// `path: old -> new`, sizes with units.
pub(super) fn field_line(field: &FieldChange) -> String {
    let value = |value: &Option<Value>| match value {
        None => "not set".to_owned(),
        Some(value) => visible::line(&value.to_string()),
    };
    let line = format!(
        "{}: {} -> {}",
        visible::line(&field.path),
        value(&field.old),
        value(&field.new)
    );
    let last = field.path.rsplit('.').next().unwrap_or_default();
    let units = |value: &Option<Value>| value.as_ref().and_then(Value::as_u64).map(size);
    let is_size = ["ram", "disk", "log_size"].contains(&last);
    match (units(&field.old), units(&field.new)) {
        (Some(old), Some(new)) if is_size => format!("{line} ({old} -> {new})"),
        (None, Some(one)) | (Some(one), None) if is_size => format!("{line} ({one})"),
        _ => line,
    }
}

pub(super) fn names(names: &[String]) -> String {
    let shown = names
        .iter()
        .take(MOST_NAMES)
        .map(|name| visible::line(name));
    let mut shown: Vec<String> = shown.collect();
    if names.len() > MOST_NAMES {
        shown.push(format!("{} more", names.len() - MOST_NAMES));
    }
    shown.join(", ")
}
