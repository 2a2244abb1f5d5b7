//! Where a job's snapshot lies.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde_json::Value;

use crate::model::JobKey;
use crate::target::aurora::{self, Table};

/// The place of a job's snapshot, relative to the directory of all.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SnapshotName(String);

/// What the names of snapshots end in.
const EXTENSION: &str = ".json";

/// How many directories are around a snapshot.
pub(super) const DEPTH: usize = 3;

impl SnapshotName {
    /// That of the job called `key`; none if a file system would take a part of it for something
    /// else.
    pub fn of(key: &JobKey) -> Option<Self> {
        format!("{key}{EXTENSION}").parse().ok()
    }

    /// The name, with `/` between its parts.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The key of the job: CLUSTER/ROLE/ENVIRONMENT/NAME.
    pub fn key(&self) -> &str {
        self.0.strip_suffix(EXTENSION).unwrap_or(&self.0)
    }

    /// The directory that it lies in.
    pub(super) fn directory(&self) -> &str {
        self.0
            .rsplit_once('/')
            .map_or("", |(directory, _)| directory)
    }

    /// What it is called there.
    pub(super) fn file(&self) -> &str {
        self.0.rsplit_once('/').map_or(&self.0, |(_, file)| file)
    }

    /// The directories around it, the outermost first.
    fn directories(&self) -> impl Iterator<Item = &str> {
        self.0.match_indices('/').map(|(at, _)| &self.0[..at])
    }

    /// The compiled job with this text, if it belongs here.
    pub(super) fn job(&self, text: &str) -> Option<Table> {
        let Ok(Value::Object(job)) = aurora::parse(text) else {
            return None;
        };
        let fields = ["cluster", "role", "environment", "name"];
        let parts = fields.map(|field| job.get(field).and_then(Value::as_str).unwrap_or_default());
        (self.key() == parts.join("/")).then_some(job)
    }
}

impl FromStr for SnapshotName {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let key = text.strip_suffix(EXTENSION).ok_or(())?;
        let parts: Vec<&str> = key.split('/').collect();
        let is_safe = |part: &&str| !["", ".", ".."].contains(part) && !part.contains('\0');
        // The last part is followed by the extension, and may be any of these.
        let (name, directories) = parts.split_last().ok_or(())?;
        let is_snapshot =
            directories.len() == DEPTH && directories.iter().all(is_safe) && !name.is_empty();
        is_snapshot.then(|| Self(text.to_owned())).ok_or(())
    }
}

impl fmt::Display for SnapshotName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The names of files and directories that some file systems do not tell apart, in pairs: they
/// differ in upper and lower case alone.
pub fn alike<'n>(names: impl IntoIterator<Item = &'n SnapshotName>) -> Vec<(&'n str, &'n str)> {
    let mut first: BTreeMap<String, &str> = BTreeMap::new();
    let mut pairs = Vec::new();
    for name in names {
        for part in name.directories().chain([name.as_str()]) {
            let known = *first.entry(part.to_lowercase()).or_insert(part);
            if known != part {
                pairs.push((known, part));
                // What is in two directories that are one is no matter of its own.
                break;
            }
        }
    }
    pairs.dedup();
    pairs
}

#[cfg(test)]
mod tests {
    use super::{SnapshotName, alike};

    fn name(text: &str) -> SnapshotName {
        text.parse().expect("it is one")
    }

    #[test]
    fn names() {
        let check = |text: &str, is_one: bool| {
            assert_eq!(text.parse::<SnapshotName>().is_ok(), is_one, "{text}");
        };
        check("c/r/e/n.json", true);
        check("c/r/e/..json", true);
        check("c/r/n.json", false);
        check("c/r/e/x/n.json", false);
        check("c/../e/n.json", false);
        check("c/./e/n.json", false);
        check("c//e/n.json", false);
        check("c/r/e/.json", false);
        check("c/r/e/n.JSON", false);
        check("c/r/e/n", false);
    }

    #[test]
    fn contents() {
        let check = |text: &str, is_one: bool| {
            assert_eq!(name("c/r/e/n.json").job(text).is_some(), is_one, "{text}");
        };
        let job = r#"{"cluster": "c", "role": "r", "environment": "e", "name": "n"}"#;
        check(job, true);
        check(&job.replace(", ", ",\r\n"), true);
        check(&job.replace("\"n\"", "\"m\""), false);
        check(r#"{"cluster": "c"}"#, false);
        check("[]", false);
        check("<<<<<<< HEAD", false);
    }

    #[test]
    fn case() {
        let names = [
            "c/r/e/N.json",
            "c/R/e/n.json",
            "c/r/e/m.json",
            "c/r/e/n.json",
        ]
        .map(name);
        let pairs = alike(&names);
        assert_eq!(pairs, [("c/r", "c/R"), ("c/r/e/N.json", "c/r/e/n.json")]);
    }
}
