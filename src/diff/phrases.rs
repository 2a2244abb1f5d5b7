//! What is said of changes in the same words, whatever a comparison is printed as.

use serde_json::Value;

use crate::diagnostic::render::{counted, visible};

use super::change::{
    Comparison, FieldChange, ImportChange, ImportedContents, JobChange, JobKind, NotCompared,
    NotComparedKind, PackageChange, PackageKind, StepChange,
};

/// The most names of a list that are shown.
const MOST_NAMES: usize = 8;

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
pub fn field_line(field: &FieldChange) -> String {
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
