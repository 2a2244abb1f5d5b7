//! `jobc.lock` as it is read.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, MachineError, Place, Report};
use crate::front::{self, Decoded, Format, Loaded};
use crate::model::LockFile;
use crate::resolve::{BAD_LOCK, Lock, conflict};
use crate::source::{Kind, Pointer, SourceFile, SourceMap, Span};
use crate::store::StoreDir;

use super::codes::LOCK_CONFLICT;
use super::names::LOCK_FILE;
use super::reader::{Reader, is_there};

/// What becomes of a lock whose merge was not finished.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conflicts {
    /// It is a problem.
    Refuse,
    /// Both sides are read.
    Merge,
}

/// The lock as it is read.
#[derive(Debug, Default)]
pub(super) struct LockFound {
    pub(super) lock: Lock,
    pub(super) disputed: Option<BTreeSet<(String, String)>>,
}

/// The lock; one whose merge was not finished is treated as `conflicts` says.
pub(super) fn read_lock(
    path: &Path,
    reader: Reader<'_>,
    store_dir: &StoreDir,
    conflicts: Conflicts,
) -> Result<Report<LockFound>, MachineError> {
    if !is_there(path) {
        return Ok(Report::ok(LockFound::default()));
    }
    let mut diagnostics = Vec::new();
    let Some(source) = reader.read(path)?.unpack(&mut diagnostics) else {
        return Ok(Report::failed(diagnostics));
    };
    if let Some(line) = conflict::first_mark(source.text()) {
        return Ok(match conflicts {
            Conflicts::Merge => {
                let merged = conflict::merge(source.text(), store_dir);
                Report::ok(LockFound {
                    lock: merged.lock,
                    disputed: Some(merged.disputed),
                })
            }
            Conflicts::Refuse => Report::failed(vec![unfinished_merge(&source, line)]),
        });
    }
    let loaded = front::load(&source, Format::Json);
    let lock = loaded.map(Loaded::into_map).and_then(|map| {
        if let Some(problem) = other_version(&map) {
            return Report::failed(vec![problem]);
        }
        located(front::decode(map.root()), &map).and_then(|file| {
            let report = Lock::read(&file, store_dir);
            let located = report
                .diagnostics
                .into_iter()
                .map(|problem| problem.located(&map));
            Report {
                value: report.value,
                diagnostics: located.collect(),
            }
        })
    });
    Ok(lock.map(|lock| LockFound {
        lock,
        disputed: None,
    }))
}

/// The problem of a lock with the mark of a conflict in this line, from 0.
fn unfinished_merge(source: &Arc<SourceFile>, line: usize) -> Diagnostic {
    let lines = source.text().split_inclusive('\n');
    let start: usize = lines.take(line).map(str::len).sum();
    let mark = source.text()[start..].lines().next().unwrap_or_default();
    let place = Place::span(source, Span::new(start..start + mark.len()));
    let headline = format!("the merge of `{LOCK_FILE}` is not finished");
    Diagnostic::new(&LOCK_CONFLICT, headline, place).help(
        "run `jobc lock`: it keeps what both sides say or only one of them changed, and asks for \
         the rest again",
    )
}

/// The problem of a lock in another version of its format, of which nothing else is understood.
fn other_version(map: &SourceMap) -> Option<Diagnostic> {
    let version = map.root().get("version")?;
    let Kind::Integer(number) = version.kind else {
        return None;
    };
    let (headline, help) = match number {
        LockFile::VERSION => return None,
        number if number > LockFile::VERSION => (
            format!(
                "the lock has version {number} of its format, and this jobc knows version {}",
                LockFile::VERSION
            ),
            "use the jobc that wrote it, or a newer one; or remove the lock and run `jobc lock`",
        ),
        _ => (
            format!("the lock has version {number} of its format, which there never was"),
            "take a good one from version control, or remove it and run `jobc lock`",
        ),
    };
    let place = Place::value(Pointer::root().key("version"));
    let problem = Diagnostic::new(&BAD_LOCK, headline, place).help(help);
    Some(problem.located(map))
}

/// The decoded value, if nothing had to be made up for it.
fn located<T>(decoded: Decoded<T>, map: &SourceMap) -> Report<T> {
    let diagnostics: Vec<_> = decoded
        .diagnostics
        .into_iter()
        .map(|problem| problem.located(map))
        .collect();
    let value = decoded.value.filter(|_| diagnostics.is_empty());
    Report { value, diagnostics }
}
