//! Compiled jobs that are there already: a file, a directory of them, or standard input.
//!
//! In a directory, every `.json` has to be a compiled job, wherever it lies: what is passed over in
//! silence would seem to be gone. jobc itself writes
//!
//! ```text
//! DIR/CLUSTER/ROLE/ENVIRONMENT/NAME.json ... | DIR/HASH-aurora-job-....json ...
//! ```

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::Path;

use serde_json::Value;
use walkdir::{DirEntry, WalkDir};

use crate::diagnostic::{Failure, MachineError};
use crate::diff::ComparedJob;
use crate::source::{MAX_SOURCE_BYTES, load};
use crate::target::aurora::{self, Table};
use crate::workspace::{DefinitionFile, MOST_UNMARKED, SETTINGS_FILE, is_directory};

use super::revision::named;
use super::side::SideJob;

type Jobs = BTreeMap<String, SideJob>;

/// Jobs on standard input.
pub(super) fn input() -> Result<Jobs, Failure> {
    let mut bytes = Vec::new();
    io::stdin()
        .take(MAX_SOURCE_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| MachineError::new("cannot read standard input", error))?;
    if bytes.len() as u64 > MAX_SOURCE_BYTES {
        return Err(Failure::new("what is on standard input is too large"));
    }
    let text = String::from_utf8(bytes)
        .map_err(|_| Failure::new("what is on standard input is not UTF-8"))?;
    parse(&text, "standard input").map_err(Failure::new)
}

/// The jobs of a file.
pub(super) fn file(path: &Path, name: &str) -> Result<Jobs, Failure> {
    read(path, name).map_err(Failure::new)
}

/// What a directory has of compiled jobs.
#[derive(Default)]
pub(super) struct Directory {
    jobs: Jobs,
    /// Whether some lie where jobc puts them.
    pub(super) is_of_jobc: bool,
    /// What was not read, and why.
    passed_over: Vec<String>,
}

impl Directory {
    /// The directory `root`; none if it is no such directory, as one with definitions is none, nor the
    /// whole machine or what holds next to none among very many files.
    pub(super) fn open(root: &Path, name: &str) -> Result<Option<Self>, Failure> {
        if root.join(SETTINGS_FILE).exists()
            || root.canonicalize().is_ok_and(|it| it.parent().is_none())
        {
            return Ok(None);
        }
        let mut files = Vec::new();
        let mut found = Self::default();
        let mut links = Vec::new();
        let is_entered = |entry: &DirEntry| {
            let is_hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
            entry.depth() == 0 || !is_hidden || !entry.file_type().is_dir()
        };
        let walk = WalkDir::new(root).sort_by_file_name().into_iter();
        for (searched, entry) in walk.filter_entry(is_entered).enumerate() {
            if searched > MOST_UNMARKED.saturating_mul(files.len() + 1) {
                return Ok(None);
            }
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    found.passed_over.push(error.to_string());
                    continue;
                }
            };
            let path = entry.path();
            let is_json = path.extension().is_some_and(|word| word == "json");
            let kind = entry.file_type();
            if kind.is_symlink() {
                if is_json {
                    found.pass_over(root, name, path, "is a link");
                } else if is_directory(path) {
                    links.push(entry.into_path());
                }
            } else if kind.is_file() && is_json {
                files.push(entry.into_path());
            } else if kind.is_file() && DefinitionFile::of_path(path).is_some() {
                return Ok(None);
            } else if !kind.is_dir() && is_json {
                found.pass_over(root, name, path, "is no regular file");
            }
        }
        for path in files {
            if !found.add(root, name, &path)? {
                return Ok(None);
            }
        }
        if found.jobs.is_empty() && found.passed_over.is_empty() {
            return Ok(None);
        }
        for link in links {
            found.pass_over(root, name, &link, "is a link to a directory");
        }
        Ok(Some(found))
    }

    /// Adds the jobs of a file. Says whether it is none of a workspace's definitions.
    fn add(&mut self, root: &Path, name: &str, path: &Path) -> Result<bool, Failure> {
        let read = read(path, &called(root, name, path));
        let is_snapshot = |key: &String| path == root.join(format!("{key}.json"));
        let is_snapshot = read.as_ref().is_ok_and(|read| read.keys().all(is_snapshot));
        if DefinitionFile::of_path(path).is_some() && !is_snapshot {
            return Ok(false);
        }
        match read {
            Err(reason) => self.passed_over.push(reason),
            Ok(read) => {
                if let Some(key) = read.keys().find(|key| self.jobs.contains_key(*key)) {
                    return Err(Failure::new(format!("`{name}` has two jobs `{key}`")));
                }
                let file = path.file_name().and_then(|name| name.to_str());
                let is_stored = path.parent() == Some(root)
                    && file.is_some_and(|name| name.contains("-aurora-job-"));
                self.is_of_jobc |= is_snapshot || is_stored;
                self.jobs.extend(read);
            }
        }
        Ok(true)
    }

    fn pass_over(&mut self, root: &Path, name: &str, path: &Path, why: &str) {
        let path = called(root, name, path);
        self.passed_over.push(format!("`{path}` {why}"));
    }

    /// All jobs of the directory called `name`.
    pub(super) fn jobs(self, name: &str) -> Result<Jobs, Failure> {
        if self.passed_over.is_empty() {
            return Ok(self.jobs);
        }
        let (headline, help) = if self.jobs.is_empty() {
            (
                format!("`{name}` holds no compiled job"),
                "a workspace has definitions, or a `jobc.toml`",
            )
        } else {
            (
                format!("`{name}` does not hold compiled jobs alone"),
                "move the rest elsewhere, or name one file",
            )
        };
        let passed_over = named(self.passed_over.into_iter());
        Err(Failure::new(headline).note(passed_over).help(help))
    }
}

/// What messages call the file `path` of the directory `root`, which they call `name`.
fn called(root: &Path, name: &str, path: &Path) -> String {
    let below = path.strip_prefix(root).unwrap_or(path);
    format!("{}/{}", name.trim_end_matches('/'), below.display())
}

fn read(path: &Path, name: &str) -> Result<Jobs, String> {
    let file = load(path, name).map_err(|error| format!("cannot read `{name}`: {error}"))?;
    parse(file.text(), name)
}

fn parse(text: &str, name: &str) -> Result<Jobs, String> {
    let value = aurora::parse(text).map_err(|error| format!("`{name}` is no JSON: {error}"))?;
    let Value::Object(mut table) = value else {
        return Err(format!("`{name}` holds no job"));
    };
    let Some(Value::Array(list)) = table.get_mut("jobs") else {
        let key = key(&table).ok_or_else(|| without_key(name, 0))?;
        let job = ComparedJob::foreign(table, text).into();
        return Ok(Jobs::from([(key, job)]));
    };
    let mut jobs = Jobs::new();
    for (index, value) in std::mem::take(list).into_iter().enumerate() {
        let Value::Object(table) = value else {
            return Err(without_key(name, index));
        };
        let key = key(&table).ok_or_else(|| without_key(name, index))?;
        // As jobc would write it alone.
        let text = aurora::print(&table);
        let job = ComparedJob::foreign(table, &text).into();
        if jobs.insert(key.clone(), job).is_some() {
            return Err(format!("`{name}` has two jobs `{key}`"));
        }
    }
    Ok(jobs)
}

fn without_key(name: &str, index: usize) -> String {
    let place = format!("`{name}`, job {}", index + 1);
    format!("{place}: expected `cluster`, `role`, `environment` and `name`")
}

/// What identifies a compiled job. One without a name has its task's.
fn key(job: &Table) -> Option<String> {
    let text = |field: &str| job.get(field).and_then(Value::as_str);
    let task = job.get("task");
    let name = text("name").or_else(|| task?.get("name")?.as_str());
    let parts = [text("cluster")?, text("role")?, text("environment")?, name?];
    let legal = |part: &&str| !part.is_empty() && !part.contains('/');
    parts.iter().all(legal).then(|| parts.join("/"))
}
