//! Finds the jobs that words mean, and says of each word that means nothing, or too much, why.

use std::collections::BTreeMap;

use crate::compile::{Listed, Until};
use crate::diagnostic::{Failure, closest};
use crate::model::JobKey;
use crate::query::declared::name_of;
use crate::query::misnamed;
use crate::query::places::{MOST, table};
use crate::query::search::{Findings, Progress, Search};
use crate::query::selection::{Selector, paths};
use crate::shell::shell_word;
use crate::source::display_name;

/// How a command may be told to take several jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Several {
    /// By a name that fits them.
    ByName,
    /// One by one, by a pattern, or by their file; the name of a job has to fit one alone.
    ByFile,
    /// One by one, or by a pattern; a name has to fit one job alone.
    ByPattern,
    /// In no way.
    Never,
}

impl Several {
    /// Whether `word` may stand for all these jobs.
    fn takes(self, word: &str, jobs: &BTreeMap<&JobKey, &Listed>) -> bool {
        match self {
            Self::ByName => true,
            Self::ByFile => jobs.keys().all(|key| key.name.as_str() != word),
            Self::ByPattern | Self::Never => false,
        }
    }
}

/// Looks for jobs. Words that mean nothing, or more than they may, are failures.
///
/// Where a file is wrong that may hold a missing job, its problems are told, and nothing is said about
/// the job. Otherwise the other files are looked at as well, for what is wrong with them or for another
/// name that may have been meant.
pub(crate) fn find<T: Send>(
    search: &Search<'_>,
    until: &Until<'_, T>,
    several: Several,
    progress: &dyn Progress,
) -> Result<Findings<T>, Failure> {
    let mut findings = search.run(until, progress)?;
    let silent = findings.has_errors();
    let selectors = &search.selection.selectors;
    let means_nothing = |(index, selector): (usize, &Selector)| {
        selector.is_name() && findings.of(index).is_empty() && !is_explained(selector, &findings)
    };
    if selectors.iter().enumerate().any(means_nothing) {
        search.survey(until, &mut findings, progress)?;
    }
    let mut failures = Vec::new();
    for (index, selector) in selectors.iter().enumerate() {
        let meant = findings.of(index);
        match selector {
            Selector::Name(word, _) if meant.len() > 1 && !several.takes(word, &meant) => {
                failures.push(ambiguous(word, meant.into_values(), several));
            }
            Selector::All if meant.is_empty() && !silent => {
                failures.push(Failure::new("the definitions hold no job"));
            }
            Selector::Pattern(pattern) if meant.is_empty() && !silent => {
                failures.push(no_match(pattern.as_str()));
            }
            Selector::Name(word, _) if meant.is_empty() && !is_explained(selector, &findings) => {
                failures.push(unknown(word, search, &findings));
            }
            Selector::All | Selector::Pattern(_) | Selector::Name(..) | Selector::Files(_) => {}
        }
    }
    findings.failures = failures;
    findings.warnings = doubtful_twins(search, &findings);
    Ok(findings)
}

/// Whether something is wrong in a file that may hold what a name means. One that cannot be read may hold
/// anything, and explains nothing.
fn is_explained<T>(selector: &Selector, findings: &Findings<T>) -> bool {
    findings.wrong.iter().any(|wrong| wrong.explains(selector))
}

/// Warns of files that may define a selected job once more: while they are wrong, that is unknown.
fn doubtful_twins<T>(search: &Search<'_>, findings: &Findings<T>) -> Vec<Failure> {
    let mut warnings = Vec::new();
    for doubt in &findings.doubts {
        let keys = findings.selected().map(|job| job.key.to_string());
        let mut twins = keys.take(MOST).filter(|key| doubt.declared.may_hold(key));
        let Some(key) = twins.next() else {
            continue;
        };
        let path = &search.definitions[doubt.file].path;
        let name = display_name(path, &search.workspace.current_dir);
        let headline = format!("something is wrong in `{name}`, which may define `{key}` as well");
        warnings.push(Failure::new(headline).help(format!(
            "see what is wrong: `jobc check {}`",
            shell_word(&name)
        )));
    }
    warnings
}

fn ambiguous<'j>(
    word: &str,
    jobs: impl ExactSizeIterator<Item = &'j Listed>,
    several: Several,
) -> Failure {
    let failure = Failure::new(format!("`{word}` fits {} jobs", jobs.len())).note(table(jobs));
    failure.help(match several {
        Several::Never => "name one of them by its key",
        Several::ByName | Several::ByFile | Several::ByPattern => {
            "name one of them by its key, or all of them by a pattern"
        }
    })
}

fn no_match(pattern: &str) -> Failure {
    let failure = Failure::new(format!("no job fits the pattern `{pattern}`"));
    let slashes = pattern.matches('/').count();
    if slashes == 0 || slashes == 3 || pattern.contains("**") {
        return failure.help("see all keys with `jobc list`");
    }
    failure.help("write a pattern of names, `NAME`, or of keys, `CLUSTER/ROLE/ENVIRONMENT/NAME`")
}

fn unknown<T>(word: &str, search: &Search<'_>, findings: &Findings<T>) -> Failure {
    let failure = Failure::new(format!("no job is called `{word}`"));
    if word == "-" {
        return failure
            .note("definitions are files, since they refer to files beside them")
            .help(
                "give compiled jobs on standard input to `validate`, `run`, `diff` or `why JOB`",
            );
    }
    let keys: Vec<String> = findings
        .jobs
        .iter()
        .map(|found| found.job.key.to_string())
        .collect();
    let names = findings
        .jobs
        .iter()
        .map(|found| found.job.key.name.as_str());
    let files = search
        .definitions
        .iter()
        .filter_map(|definition| definition.short_name());
    let wrong = findings.wrong.iter().chain(&findings.doubts);
    let declared = wrong.flat_map(|wrong| wrong.declared.keys());
    let declared = declared.flat_map(|key| [key, name_of(key)]);
    let candidates = names.chain(keys.iter().map(String::as_str));
    let candidates = candidates.chain(files).chain(declared);
    let root = display_name(&search.workspace.root, &search.workspace.current_dir);
    let paths = paths(word, &search.workspace.current_dir);
    if let Some(path) = paths.iter().rfind(|path| path.exists()) {
        return misnamed::not_here(word, path, search.workspace, failure);
    }
    if let Some(candidate) = closest(word, candidates) {
        return failure.help(format!("did you mean `{candidate}`?"));
    }
    let failure = if search.workspace.settings_map.is_none() {
        failure.note(format!(
            "the workspace is `{root}`, which has no `jobc.toml`"
        ))
    } else {
        failure
    };
    match findings.jobs.len() {
        0 => failure,
        1..=MOST => failure.note(table(findings.jobs.iter().map(|found| &found.job))),
        _ => failure.help("see all jobs with `jobc list`"),
    }
}
