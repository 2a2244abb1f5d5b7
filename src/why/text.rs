//! An answer for people: each way once, with all who go it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use crate::diagnostic::render::{counted, visible};
use crate::model::JobKey;
use crate::plan::NeededBy;
use crate::source::display_name;
use crate::store::StoreDir;

use super::chain::{Answer, Chain, Extent, Found, Link, Role};

/// The most jobs that are named of those that go the same way, and the most processes of each.
const MOST: usize = 3;

/// How to write an answer.
#[derive(Debug, Clone, Copy)]
pub struct Style<'a> {
    /// The store of the nodes.
    pub store_dir: &'a StoreDir,
    /// The directory that files are relative to.
    pub current_dir: &'a Path,
    /// Whether all that was found is shown.
    pub extent: Extent,
}

impl Answer<'_> {
    /// The answer as text.
    pub fn text(&self, style: &Style<'_>) -> String {
        let mut text = String::new();
        for found in &self.found {
            if !text.is_empty() {
                text.push('\n');
            }
            found.write(style, &mut text);
        }
        text
    }
}

impl<'a> Found<'a> {
    fn write(&self, style: &Style<'_>, text: &mut String) {
        let path = style.store_dir.display(self.path);
        if self.chains.is_empty() {
            line(text, 0, &format!("{path}: in the lock, but not needed"));
            return;
        }
        let mut jobs: Vec<&JobKey> = self.chains.iter().map(|chain| chain.job).collect();
        jobs.sort();
        jobs.dedup();
        let jobs = counted(jobs.len(), "job");
        line(text, 0, &format!("{path}: needed by {jobs}"));
        // Ways come in the order of the first who goes them, whatever the hashes are.
        let mut numbers: BTreeMap<&[Link<'a>], usize> = BTreeMap::new();
        let mut ways: Vec<Vec<&Chain<'a>>> = Vec::new();
        for chain in &self.chains {
            let number = *numbers.entry(&chain.links[1..]).or_insert(ways.len());
            if number == ways.len() {
                ways.push(Vec::new());
            }
            ways[number].push(chain);
        }
        for chains in &ways {
            way(chains, style, text);
        }
        if self.more > 0 {
            let more = counted(self.more, "more chain");
            line(text, 2, &format!("`--full` shows {more}"));
        }
    }
}

/// A way, by the first who goes it, and who else does.
fn way(chains: &[&Chain<'_>], style: &Style<'_>, text: &mut String) {
    let Some((first, others)) = chains.split_first() else {
        return;
    };
    line(text, 2, &format!("{} of {}", first.by, first.job));
    for link in &first.links {
        let path = style.store_dir.display(link.path);
        let remark = remark(link, style).map(|remark| format!("  ({remark})"));
        line(text, 4, &format!("-> {path}{}", remark.unwrap_or_default()));
    }
    let others = needed_by(others, style.extent);
    if let Some((first, rest)) = others.split_first() {
        line(text, 4, &format!("likewise {first}"));
        for other in rest {
            line(text, 13, other);
        }
    }
}

/// What a path is for the job.
fn remark(link: &Link<'_>, style: &Style<'_>) -> Option<String> {
    let packages = link.packages.iter();
    let packages = packages.map(|(name, source)| {
        // Given by its path, it is not to be told twice.
        if source.ends_with(&link.path.to_string()) {
            format!("package `{name}`")
        } else {
            format!("package `{name}`, {source}")
        }
    });
    let file = link.file.as_ref();
    let file = file.map(|file| display_name(file, style.current_dir));
    let is_named = |remarks: &Vec<String>| !remarks.is_empty();
    let remarks = match link.role {
        Role::Script => vec!["its script".to_owned()],
        Role::Import => {
            let file = file.map(|file| format!("imported from {file}"));
            packages.chain(file).collect()
        }
        Role::Package => {
            let packages: Vec<_> = packages.collect();
            Some(packages)
                .filter(is_named)
                .unwrap_or_else(|| vec!["named by its path".to_owned()])
        }
        Role::Dependency => Vec::new(),
    };
    Some(remarks.join("; ")).filter(|remark| !remark.is_empty())
}

/// A line for each job: its key, and who of it.
fn needed_by(chains: &[&Chain<'_>], extent: Extent) -> Vec<String> {
    let most = match extent {
        Extent::Shortest => MOST,
        Extent::Each => usize::MAX,
    };
    let mut jobs: Vec<(&JobKey, Vec<&NeededBy>)> = Vec::new();
    for chain in chains {
        match jobs.last_mut() {
            Some((last, all)) if *last == chain.job => all.push(chain.by),
            _ => jobs.push((chain.job, vec![chain.by])),
        }
    }
    let shown = jobs.iter().take(most);
    let shown = shown.map(|(key, by)| format!("{} of {key}", parts(by, most)));
    let mut lines: Vec<_> = shown.collect();
    if let more @ 1.. = jobs.len().saturating_sub(most) {
        lines.push(format!("and {}", counted(more, "more job")));
    }
    lines
}

/// The first parts of a job: ``processes `a`, `b` and 3 more and the health check``.
fn parts(by: &[&NeededBy], most: usize) -> String {
    let names = by.iter().filter_map(|by| match by {
        NeededBy::Process(name) => Some(format!("`{name}`")),
        NeededBy::HealthCheck | NeededBy::Job => None,
    });
    let names: Vec<_> = names.collect();
    let others = by.iter().filter(|by| !matches!(by, NeededBy::Process(_)));
    let mut words: Vec<String> = Vec::new();
    if let Some(shown) = names.get(..names.len().min(most))
        && !shown.is_empty()
    {
        let noun = if names.len() == 1 {
            "process"
        } else {
            "processes"
        };
        let mut processes = format!("{noun} {}", shown.join(", "));
        if let more @ 1.. = names.len() - shown.len() {
            write!(processes, " and {more} more").expect("a string takes all");
        }
        words.push(processes);
    }
    words.extend(others.map(ToString::to_string));
    words.join(" and ")
}

fn line(text: &mut String, indent: usize, words: &str) {
    let words = visible::line(words);
    writeln!(text, "{:indent$}{words}", "").expect("a string takes all");
}
