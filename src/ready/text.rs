//! Readiness for people.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use indicatif::HumanBytes;

use crate::cache::{Distrust, NotFrom, Verdict};
use crate::diagnostic::Failure;
use crate::diagnostic::render::{counted, visible};
use crate::model::JobKey;
use crate::plan::NeededBy;

use super::readiness::{Kind, Readiness, Row};

/// The most jobs that are named of those that need a path, and the most processes of each.
const MOST: usize = 3;

/// What is missing, and how much there is.
pub(crate) fn missing_and_summary(readiness: &Readiness<'_>) -> String {
    let mut text = missing(readiness);
    summary(readiness, &mut text);
    text
}

/// What is missing, what is there, and how much that is.
pub(crate) fn all(readiness: &Readiness<'_>) -> String {
    let mut text = missing(readiness);
    group(Kind::Present, readiness, &mut text);
    summary(readiness, &mut text);
    text
}

/// What is missing, and why.
pub(crate) fn missing(readiness: &Readiness<'_>) -> String {
    let mut text = String::new();
    for kind in [
        Kind::Absent,
        Kind::Unusable,
        Kind::Differs,
        Kind::CouldNotAsk,
    ] {
        group(kind, readiness, &mut text);
    }
    text
}

/// That something is missing, and what to do about it.
pub(crate) fn failure(readiness: &Readiness<'_>) -> Option<Failure> {
    let all = readiness.rows.len();
    let absent = readiness.count(Kind::Absent);
    let unusable = readiness.count(Kind::Unusable);
    let differs = readiness.count(Kind::Differs);
    let not_asked = readiness.count(Kind::CouldNotAsk);
    let lost = absent + unusable + differs;
    let headline = if lost > 0 {
        format!(
            "the nodes cannot get {lost} of {}",
            counted(all, "store path")
        )
    } else if not_asked > 0 {
        format!(
            "whether the nodes can get {not_asked} of {} is unknown",
            counted(all, "store path")
        )
    } else {
        return None;
    };
    let mut failure = Failure::new(headline);
    let any = |of: fn(&NotFrom) -> bool| any_absent(readiness, of);
    if absent > 0 {
        failure = failure.help("publish what is absent with `jobc push --to CACHE`");
    }
    if any(|why| matches!(why, NotFrom::Archive { .. })) {
        failure = failure.help(
            "write archives anew that are of no use with `jobc push --repair --to CACHE`, or \
             leave servers unasked for them with `--trust-narinfo`",
        );
    }
    if differs > 0 {
        failure = failure.help("lock again with `jobc lock --update`, or publish what is locked");
    }
    if any(|why| matches!(why, NotFrom::Distrusted(Distrust::OtherContents))) {
        failure =
            failure.help("publish anew what is not what it claims to be: `jobc push --to CACHE`");
    }
    if any(is_distrusted) {
        failure = failure
            .help("sign it with a key that the nodes trust: `jobc push --key-file FILE --to CACHE`")
            .help(
                "name the keys that sign as `trusted_public_keys` in `[init]`, or in `[nodes]` \
                 what their own settings say",
            );
    }
    let helps = readiness
        .rows
        .iter()
        .filter_map(|row| match &row.found.verdict {
            Verdict::CouldNotAsk(reasons) => Some(reasons),
            _ => None,
        });
    let helps: BTreeSet<String> = helps
        .flatten()
        .filter_map(|(_, error)| error.help())
        .collect();
    for help in helps {
        failure = failure.help(help);
    }
    Some(failure)
}

/// Whether another key would help.
fn is_distrusted(why: &NotFrom) -> bool {
    match why {
        NotFrom::Distrusted(distrust) => *distrust != Distrust::OtherContents,
        NotFrom::Absent | NotFrom::Archive { .. } => false,
    }
}

/// Whether this is why nodes do not get something from some cache.
fn any_absent(readiness: &Readiness<'_>, of: impl Fn(&NotFrom) -> bool) -> bool {
    readiness.rows.iter().any(|row| match &row.found.verdict {
        Verdict::Absent(reasons) => reasons.iter().any(|(_, why)| of(why)),
        _ => false,
    })
}

/// The paths of one kind, those together that have the same reasons.
fn group(kind: Kind, readiness: &Readiness<'_>, text: &mut String) {
    let mut by_reason: BTreeMap<Vec<String>, Vec<&Row<'_>>> = BTreeMap::new();
    for row in readiness.of(kind) {
        by_reason.entry(reasons(row)).or_default().push(row);
    }
    if by_reason.is_empty() {
        return;
    }
    let count = counted(readiness.count(kind), "path");
    line(text, 0, &format!("{}: {count}", title(kind)));
    for (reasons, rows) in by_reason {
        for reason in &reasons {
            line(text, 2, reason);
        }
        for row in rows {
            let path = readiness.store_dir.display(&row.path);
            let hint = if row.found.references_known {
                ""
            } else {
                " (what it refers to is unknown)"
            };
            line(text, 4, &format!("{path}{hint}"));
            if kind != Kind::Present {
                for needed in needed_by(&row.needed_by) {
                    line(text, 6, &needed);
                }
            }
        }
    }
    text.push('\n');
}

fn line(text: &mut String, indent: usize, words: &str) {
    let words = visible::line(words);
    writeln!(text, "{:indent$}{words}", "").expect("a string takes all");
}

fn reasons(row: &Row<'_>) -> Vec<String> {
    match &row.found.verdict {
        Verdict::Present { cache, .. } => vec![format!("in {cache}")],
        Verdict::Differs { cache, difference } => vec![format!("in {cache}: {difference}")],
        Verdict::CouldNotAsk(reasons) => reasons
            .iter()
            .map(|(cache, error)| format!("{cache}: {error}"))
            .collect(),
        Verdict::Absent(reasons) => {
            let without: Vec<_> = reasons
                .iter()
                .filter(|(_, why)| *why == NotFrom::Absent)
                .map(|(cache, _)| cache.to_string())
                .collect();
            let with = reasons.iter().filter_map(|(cache, why)| match why {
                NotFrom::Absent => None,
                NotFrom::Distrusted(_) | NotFrom::Archive { .. } => {
                    Some(format!("in {cache}: {why}"))
                }
            });
            let without = (!without.is_empty()).then(|| format!("not in {}", without.join(", ")));
            with.chain(without).collect()
        }
    }
}

/// A line for each of the first jobs: its key, and who of it.
fn needed_by(needed_by: &[(&JobKey, &NeededBy)]) -> Vec<String> {
    let mut jobs: Vec<(&JobKey, Vec<String>)> = Vec::new();
    for (key, by) in needed_by {
        match jobs.last_mut() {
            Some((last, all)) if last == key => all.push(by.to_string()),
            _ => jobs.push((key, vec![by.to_string()])),
        }
    }
    let line = |(key, by): &(&JobKey, Vec<String>)| {
        let more = by.len().saturating_sub(MOST);
        let mut line = format!("{key}: {}", by[..by.len() - more].join(", "));
        if more > 0 {
            write!(line, " and {more} more").expect("a string takes all");
        }
        line
    };
    let mut lines: Vec<_> = jobs.iter().take(MOST).map(line).collect();
    if let Some(more) = jobs.len().checked_sub(MOST).filter(|&more| more > 0) {
        lines.push(format!("and {}", counted(more, "more job")));
    }
    lines
}

fn summary(readiness: &Readiness<'_>, text: &mut String) {
    for (cache, error) in &readiness.caches {
        if let Some(error) = error
            && readiness.count(Kind::CouldNotAsk) == 0
        {
            line(text, 0, &format!("{cache} could not be asked: {error}"));
        }
    }
    let all = counted(readiness.rows.len(), "store path");
    let counts = [
        Kind::Present,
        Kind::Absent,
        Kind::Unusable,
        Kind::Differs,
        Kind::CouldNotAsk,
    ];
    let counts = counts.map(|kind| (kind, readiness.count(kind)));
    let counts = counts.into_iter().filter(|(_, count)| *count > 0);
    let counts: Vec<_> = counts
        .map(|(kind, count)| match kind {
            Kind::Present => {
                let (nar, file) = readiness.sizes();
                format!(
                    "{count} {} ({} to download, {} unpacked)",
                    title(kind),
                    HumanBytes(file),
                    HumanBytes(nar)
                )
            }
            _ => format!("{count} {}", title(kind)),
        })
        .collect();
    let words = if counts.is_empty() {
        "no store path is needed".to_owned()
    } else {
        format!("{all}: {}", counts.join(", "))
    };
    line(text, 0, &words);
}

fn title(kind: Kind) -> &'static str {
    match kind {
        Kind::Absent => "absent",
        Kind::Unusable => "there and of no use",
        Kind::Differs => "different",
        Kind::CouldNotAsk => "could not be asked",
        Kind::Present => "present",
    }
}
