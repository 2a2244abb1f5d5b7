//! Where jobs are defined, as people are told.

use crate::compile::Listed;
use crate::diagnostic::render::visible;

/// The most jobs that a table lists.
pub(super) const MOST: usize = 20;

/// Keys and places in two columns.
pub(crate) fn table<'j>(jobs: impl Iterator<Item = &'j Listed>) -> String {
    let jobs: Vec<_> = jobs.collect();
    let listed = jobs.iter().take(MOST);
    let rows: Vec<_> = listed
        .map(|job| (job.key.to_string(), place(job)))
        .collect();
    let hidden = jobs.len() - rows.len();
    let width = rows.iter().map(|(key, _)| key.len()).max().unwrap_or(0);
    let mut table: Vec<_> = rows
        .iter()
        .map(|(key, place)| format!("{key:width$}  {place}"))
        .collect();
    if hidden > 0 {
        table.push(format!("and {hidden} more"));
    }
    table.join("\n")
}

/// The name of a job's file and the line that it begins in.
pub(crate) fn place(job: &Listed) -> String {
    let name = visible::line(job.location.file.name());
    format!("{name}:{}", job.line)
}
