//! The jobs of a workspace as others refer to them: looked for by name in as few files as it takes, or
//! all of them at once where many are asked for.
//!
//! Nothing of this is decoded or checked: a job is known as soon as its layers are laid over each other.

mod entries;

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::fill::{Facts, Missing, Neighbours};
use crate::name::JobKey;
use crate::parallel::in_parallel;
use crate::workspace::{DefinitionFile, Workspace};

use entries::{Entry, Look, look, may_define, name_of};

/// How many names are looked for one by one before all files are read.
const FEW: usize = 8;

/// Files that are looked at by one thread in a row: too few, and starting threads takes longer.
const ROW: usize = 64;

/// The jobs of a workspace, found as they are asked for.
#[derive(Debug)]
pub struct Index<'w> {
    workspace: &'w Workspace,
    definitions: OnceLock<Vec<DefinitionFile>>,
    /// The jobs of some names.
    some: Mutex<HashMap<String, Arc<Vec<Entry>>>>,
    all: OnceLock<All>,
}

/// All jobs of a workspace.
#[derive(Debug)]
struct All {
    by_name: HashMap<String, Arc<Vec<Entry>>>,
    /// The files in which something is wrong.
    wrong: Vec<DefinitionFile>,
}

impl<'w> Index<'w> {
    /// The jobs of `workspace`, none of which is looked for yet.
    pub fn new(workspace: &'w Workspace) -> Self {
        Self {
            workspace,
            definitions: OnceLock::new(),
            some: Mutex::default(),
            all: OnceLock::new(),
        }
    }

    /// The jobs of this name.
    fn called(&self, name: &str) -> Arc<Vec<Entry>> {
        if let Some(all) = self.all.get() {
            return all.by_name.get(name).map(Arc::clone).unwrap_or_default();
        }
        let mut some = self.some.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entries) = some.get(name) {
            return Arc::clone(entries);
        }
        if some.len() < FEW {
            // Others wait meanwhile: most ask for the same.
            let entries = Arc::new(self.search(name));
            some.insert(name.to_owned(), Arc::clone(&entries));
            return entries;
        }
        drop(some);
        let found = self.all().by_name.get(name);
        found.map(Arc::clone).unwrap_or_default()
    }

    /// The files that may hold jobs. That they cannot be listed is told where they are read.
    fn definitions(&self) -> &[DefinitionFile] {
        (self.definitions).get_or_init(|| self.workspace.definitions().unwrap_or_default())
    }

    /// Looks for jobs of one name.
    fn search(&self, name: &str) -> Vec<Entry> {
        let looks = self.look_at_all(Some(name));
        let entries = looks.into_iter().flat_map(|look| look.entries);
        let mut entries: Vec<Entry> = entries.collect();
        entries.retain(|entry| name_of(entry) == Some(name));
        entries
    }

    fn all(&self) -> &All {
        self.all.get_or_init(|| {
            let mut by_name: HashMap<String, Vec<Entry>> = HashMap::new();
            let mut wrong = Vec::new();
            let looks = self.look_at_all(None).into_iter().zip(self.definitions());
            for (look, definition) in looks {
                if look.is_wrong {
                    wrong.push(definition.clone());
                }
                for entry in look.entries {
                    if let Some(name) = name_of(&entry) {
                        let name = name.to_owned();
                        by_name.entry(name).or_default().push(entry);
                    }
                }
            }
            let by_name = by_name.into_iter();
            let by_name = by_name.map(|(name, entries)| (name, Arc::new(entries)));
            All {
                by_name: by_name.collect(),
                wrong,
            }
        })
    }

    /// Looks at all files, or at those that may define `name`.
    fn look_at_all(&self, name: Option<&str>) -> Vec<Look> {
        let rows: Vec<&[DefinitionFile]> = self.definitions().chunks(ROW).collect();
        let of_row = |row: &&[DefinitionFile]| -> Vec<Look> {
            let looks = row.iter().map(|file| look(self.workspace, file, name));
            looks.collect()
        };
        let looks = in_parallel(&rows, of_row, |_| {});
        looks.into_iter().flatten().collect()
    }

    /// Why there is no job called `key`.
    fn unknown(&self, key: &JobKey) -> Missing {
        let all = self.all();
        let entries = all.by_name.values().flat_map(|entries| entries.iter());
        let keys: BTreeSet<JobKey> = entries.filter_map(|entry| entry.facts.key()).collect();
        let is_near = |other: &&JobKey| {
            (&other.cluster, &other.role, &other.environment)
                == (&key.cluster, &key.role, &key.environment)
        };
        let similar: BTreeSet<String> = keys
            .iter()
            .filter(is_near)
            .map(|other| other.name.to_string())
            .collect();
        let elsewhere = keys.iter().filter(|other| other.name == key.name).cloned();
        let may_hold = |file: &&DefinitionFile| may_define(self.workspace, file, key.name.as_str());
        let wrong = all.wrong.iter().find(may_hold);
        Missing::Unknown {
            similar: similar.into_iter().collect(),
            elsewhere: elsewhere.collect(),
            wrong: wrong.map(|file| entries::name_of_file(self.workspace, file)),
        }
    }
}

impl Neighbours for Index<'_> {
    fn job(&self, key: &JobKey, asking: &str) -> Result<Arc<Facts>, Missing> {
        let roles = self.workspace.settings.references.as_ref();
        let roles = roles.and_then(|references| references.roles.as_ref());
        let is_open = |roles: &Vec<_>| roles.contains(&key.role);
        if key.role.as_str() != asking && !roles.is_none_or(is_open) {
            return Err(Missing::Forbidden);
        }
        let entries = self.called(key.name.as_str());
        let mut found = entries
            .iter()
            .filter(|entry| entry.facts.key().as_ref() == Some(key));
        let Some(first) = found.next() else {
            return Err(self.unknown(key));
        };
        let others: Vec<_> = found.collect();
        if others.is_empty() {
            return Ok(Arc::clone(&first.facts));
        }
        let files: BTreeSet<&str> = std::iter::once(first)
            .chain(others)
            .map(|entry| &*entry.file)
            .collect();
        Err(Missing::Several(
            files.into_iter().map(str::to_owned).collect(),
        ))
    }
}
