//! Compiled jobs that are there already: a file, a directory of them, or standard input.
//!
//! ```text
//! directory = DIR/CLUSTER/ROLE/ENVIRONMENT/NAME.json ... | DIR/HASH-aurora-job-....json ...
//! ```

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::Path;

use serde_json::{Map, Value};
use walkdir::WalkDir;

use crate::diagnostic::MachineError;
use crate::diff::JobForm;
use crate::plan::Needs;
use crate::source::{MAX_SOURCE_BYTES, load};
use crate::workspace::{DefinitionFile, MOST_UNMARKED, SETTINGS_FILE};

use super::super::failure::Failure;
use super::SideJob;

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
    parse(&text, "standard input")
}

/// The jobs of a file.
pub(super) fn file(path: &Path, name: &str) -> Result<Jobs, Failure> {
    let file = load(path, name)
        .map_err(|error| MachineError::new(format!("cannot read `{name}`"), error))?;
    parse(file.text(), name)
}

/// The jobs of a directory of compiled ones; none if it is no such directory, as one with
/// definitions is none, nor the whole machine or what holds next to none among very many files.
pub(super) fn directory(root: &Path, name: &str) -> Result<Option<Jobs>, Failure> {
    if root.join(SETTINGS_FILE).exists()
        || root.canonicalize().is_ok_and(|it| it.parent().is_none())
    {
        return Ok(None);
    }
    let mut files = Vec::new();
    let walk = WalkDir::new(root).max_depth(4).sort_by_file_name();
    for (searched, entry) in walk.into_iter().enumerate() {
        if searched > MOST_UNMARKED.saturating_mul(files.len() + 1) {
            return Ok(None);
        }
        let Ok(entry) = entry else { continue };
        if !entry.file_type().is_file() {
            continue;
        }
        let path = entry.path();
        if path.extension().is_some_and(|word| word == "json") {
            let named = path.file_name().and_then(|name| name.to_str());
            let is_stored =
                entry.depth() == 1 && named.is_some_and(|name| name.contains("-aurora-job-"));
            if is_stored || entry.depth() == 4 {
                files.push((entry.into_path(), is_stored));
            }
        } else if DefinitionFile::of_path(path).is_some() {
            return Ok(None);
        }
    }
    let mut jobs = Jobs::new();
    for (path, is_stored) in files {
        let below = path.strip_prefix(root).unwrap_or(&path);
        let read = file(&path, &format!("{name}/{}", below.display()))?;
        if is_stored || read.keys().all(|key| is_snapshot_of(root, &path, key)) {
            if let Some(key) = read.keys().find(|key| jobs.contains_key(*key)) {
                return Err(Failure::new(format!("`{name}` has two jobs `{key}`")));
            }
            jobs.extend(read);
        }
    }
    Ok((!jobs.is_empty()).then_some(jobs))
}

/// Whether a file lies where the snapshot of that job does.
fn is_snapshot_of(root: &Path, path: &Path, key: &str) -> bool {
    path == root.join(format!("{key}.json"))
}

fn parse(text: &str, name: &str) -> Result<Jobs, Failure> {
    let value: Value = serde_json::from_str(text)
        .map_err(|error| Failure::new(format!("`{name}` is no JSON: {error}")))?;
    let Value::Object(table) = value else {
        return Err(Failure::new(format!("`{name}` holds no job")));
    };
    let list = match table.get("jobs") {
        Some(Value::Array(list)) => list.clone(),
        _ => vec![Value::Object(table)],
    };
    let mut jobs = Jobs::new();
    for (index, value) in list.into_iter().enumerate() {
        let keyed = match value {
            Value::Object(table) => key(&table).map(|key| (key, table)),
            _ => None,
        };
        let Some((key, table)) = keyed else {
            let place = format!("`{name}`, job {}", index + 1);
            return Err(Failure::new(format!(
                "{place}: expected `cluster`, `role`, `environment` and `name`"
            )));
        };
        let job = SideJob {
            definition: None,
            form: JobForm::Table(table),
            needs: Needs::default(),
        };
        if jobs.insert(key.clone(), job).is_some() {
            return Err(Failure::new(format!("`{name}` has two jobs `{key}`")));
        }
    }
    Ok(jobs)
}

/// What identifies a compiled job. One without a name has its task's.
pub(in crate::cli) fn key(job: &Map<String, Value>) -> Option<String> {
    let text = |field: &str| job.get(field).and_then(Value::as_str);
    let task = job.get("task");
    let name = text("name").or_else(|| task?.get("name")?.as_str());
    let parts = [text("cluster")?, text("role")?, text("environment")?, name?];
    let legal = |part: &&str| !part.is_empty() && !part.contains('/');
    parts.iter().all(legal).then(|| parts.join("/"))
}
