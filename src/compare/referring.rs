//! Which definitions refer to jobs that may be different.
//!
//! What a job says of itself is filled into the texts of others, so that a change of one changes those that
//! refer to it, and those that refer to these.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use crate::diagnostic::MachineError;
use crate::front::Format;
use crate::parallel::in_parallel;
use crate::query::declared::{may_define, name_of};
use crate::source::SourceFile;

use super::definitions::Definitions;
use super::dependencies::may_refer;
use super::keys::MOST_SOUGHT;

/// Adds the definitions that refer to jobs of the `differing` ones, on either side.
pub(super) fn add_referring(
    old: &Definitions,
    new: &Definitions,
    differing: &mut BTreeSet<PathBuf>,
) -> Result<(), MachineError> {
    if differing.is_empty() {
        return Ok(());
    }
    // What a job refers to may be written in what is laid under all of them.
    let defaults = new.workspace.settings_map.as_ref();
    let defaults = defaults.filter(|map| map.root().get("defaults").is_some());
    if defaults.is_some_and(|map| may_refer(map.sources().first())) {
        differing.extend(new.files.iter().cloned());
        return Ok(());
    }
    let mut referring = referring(new, differing)?;
    if referring.is_empty() {
        return Ok(());
    }
    let mut names = BTreeSet::new();
    for side in [old, new] {
        let files: Vec<&PathBuf> = side.files.intersection(differing).collect();
        let keys = side.keys_of(&files)?;
        names.extend(keys.iter().map(|key| name_of(key).to_owned()));
    }
    while !names.is_empty() {
        let is_meant = |(_, source, format): &(PathBuf, Arc<SourceFile>, Format)| {
            let mut sought = names.iter();
            names.len() > MOST_SOUGHT || sought.any(|name| may_define(source, *format, name))
        };
        let (meant, rest) = referring.into_iter().partition::<Vec<_>, _>(is_meant);
        referring = rest;
        let files: Vec<&PathBuf> = meant.iter().map(|(path, ..)| path).collect();
        let keys = new.keys_of(&files)?;
        names = keys.iter().map(|key| name_of(key).to_owned()).collect();
        differing.extend(meant.into_iter().map(|(path, ..)| path));
    }
    Ok(())
}

/// Those of the definitions that are the same on both sides which may refer to other jobs.
fn referring(
    side: &Definitions,
    differing: &BTreeSet<PathBuf>,
) -> Result<Vec<(PathBuf, Arc<SourceFile>, Format)>, MachineError> {
    let same: Vec<&PathBuf> = side.files.difference(differing).collect();
    let texts = match &side.checked {
        Some(checked) => checked.contents(&same)?,
        None => BTreeMap::new(),
    };
    let of_file = |path: &&PathBuf| {
        let source = side.text(path, &texts)?;
        let format = side.file(path)?.format;
        may_refer(&source).then(|| ((*path).clone(), source, format))
    };
    let found = in_parallel(&same, of_file, |_| {});
    Ok(found.into_iter().flatten().collect())
}
