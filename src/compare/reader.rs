//! Words of the command line, read as two sides.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::diagnostic::{Diagnostic, Failure, MachineError, Report};
use crate::git::{GitError, Repository, Revision};
use crate::query::misnamed;
use crate::source::display_name;
use crate::store::StoreDir;
use crate::workspace::Workspace;

use super::compiled_files;
use super::definitions::{Definitions, OtherSide};
use super::differing::{differing, twins};
use super::job_filter::JobFilter;
use super::not_a_side::{self, Purpose};
use super::operand::Operand;
use super::revision::CheckedOut;
use super::side::{Side, SideJob};
use super::sides::Sides;

/// How much of both sides to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// All jobs.
    Everything,
    /// Those of definitions that may compile to something else.
    Differing,
}

/// Where words of the command line begin, and which jobs they are about.
pub(crate) struct Reader<'a> {
    /// The directory that paths are relative to.
    pub(crate) current_dir: &'a Path,
    /// The workspace.
    pub(crate) root: &'a Path,
    /// Which jobs are of interest.
    pub(crate) wanted: &'a JobFilter,
    /// What the words were to be.
    pub(crate) purpose: Purpose<'a>,
}

/// A side whose jobs are still to be read.
enum Opened {
    Definitions(Box<Definitions>),
    Compiled(BTreeMap<String, SideJob>),
}

impl Opened {
    fn definitions(&mut self) -> Option<&mut Definitions> {
        match self {
            Self::Definitions(definitions) => Some(definitions),
            Self::Compiled(_) => None,
        }
    }
}

impl Reader<'_> {
    /// Reads two sides: all that is right on each of them, and what is wrong. Both are empty if the
    /// settings of one are wrong and nothing can stand in for them.
    pub(crate) fn read(
        &self,
        old: &Operand,
        new: &Operand,
        extent: Extent,
    ) -> Result<(Sides, Vec<Diagnostic>), Failure> {
        if (old, new) == (&Operand::Input, &Operand::Input) {
            return Err(Failure::new("standard input cannot be both sides"));
        }
        let mut diagnostics = Vec::new();
        let [old_name, new_name] = [old, new].map(|word| self.name(word));
        let (old, new) = self.open_both(old, new, &mut diagnostics)?;
        let (mut old, mut new) = match (old, new) {
            (Some(old), Some(new)) => (old, new),
            (old, new) => {
                let side = |opened: Option<Opened>, name| match opened {
                    Some(_) => Side::of_jobs(name, BTreeMap::new(), None),
                    None => Side::without_settings(name),
                };
                let sides = Sides {
                    old: side(old, old_name),
                    new: side(new, new_name),
                    notes: Vec::new(),
                    troubles: Vec::new(),
                    same: 0,
                };
                return Ok((sides, diagnostics));
            }
        };
        self.refuse_nothing([(&old, &*old_name), (&new, &*new_name)])?;
        let mut notes = Vec::new();
        if let (Some(old), Some(new)) = (old.definitions(), new.definitions()) {
            notes.extend(left_out(old, new)?);
            notes.extend(left_out(new, old)?);
        }
        let differing = match (&old, &new, extent) {
            (Opened::Definitions(old), Opened::Definitions(new), Extent::Differing) => {
                let mut differing = differing(old, new)?;
                differing.append(&mut twins(old, new, &differing, self.wanted)?);
                Some(differing)
            }
            _ => None,
        };
        let same = match (&differing, &new) {
            (Some(differing), Opened::Definitions(new)) => new.files.difference(differing).count(),
            _ => 0,
        };
        let mut troubles = Vec::new();
        let names = [old_name.clone(), new_name.clone()];
        for (opened, name, other) in [(&old, &names[0], &names[1]), (&new, &names[1], &names[0])] {
            if let Opened::Definitions(side) = opened {
                troubles.extend(borrowed(side, name, other));
            }
        }
        let other = match (&old, &new) {
            (Opened::Definitions(_), Opened::Definitions(_)) => OtherSide::Definitions,
            _ => OtherSide::Files,
        };
        let mut ambiguities = Vec::new();
        let mut finish = |opened, name| -> Result<Side, Failure> {
            let (side, found) = self.finish(opened, name, differing.as_ref(), other)?;
            ambiguities.extend(found);
            Ok(side)
        };
        let mut sides = Sides {
            old: finish(old, old_name)?,
            new: finish(new, new_name)?,
            notes,
            troubles: Vec::new(),
            same,
        };
        sides.old.take_for_unknown(&sides.new);
        sides.new.take_for_unknown(&sides.old);
        for wrong in sides.old.wrong.iter_mut().chain(&mut sides.new.wrong) {
            diagnostics.append(&mut wrong.diagnostics);
            troubles.extend(wrong.trouble.take());
        }
        diagnostics.extend(ambiguities);
        Ok((Sides { troubles, ..sides }, diagnostics))
    }

    /// Why words that name jobs fit none on two sides; nothing where they do.
    pub(crate) fn unmatched(&self, old: &Operand, new: &Operand) -> Result<Vec<Failure>, Failure> {
        if !self.wanted.has_unmatched() {
            return Ok(Vec::new());
        }
        let mut keys = BTreeSet::new();
        let (mut is_known, mut is_unknown) = (false, false);
        for word in [old, new] {
            // What was on standard input is known.
            if *word == Operand::Input {
                continue;
            }
            match self.open(word, None)?.value {
                Some(Opened::Definitions(side)) => {
                    is_known = true;
                    keys.extend(side.keys()?);
                }
                Some(Opened::Compiled(_)) => {}
                None => is_unknown = true,
            }
        }
        if is_unknown && !is_known {
            return Ok(Vec::new());
        }
        let place = format!("`{}` or `{}`", self.name(old), self.name(new));
        Ok(self.wanted.failures(&keys, &place))
    }

    /// Opens two sides; where the settings of one are wrong, those of the other stand in.
    fn open_both(
        &self,
        old: &Operand,
        new: &Operand,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Result<(Option<Opened>, Option<Opened>), Failure> {
        let first = self.open(new, None)?;
        let mut after = first.value;
        let another = match &after {
            Some(Opened::Definitions(new)) => Some(&new.workspace),
            _ => None,
        };
        let before = self.open(old, another)?.unpack(diagnostics);
        if let (None, Some(Opened::Definitions(other))) = (&after, &before)
            && !other.settings_are_wrong
        {
            after = self.open(new, Some(&other.workspace))?.unpack(diagnostics);
        } else {
            diagnostics.extend(first.diagnostics);
        }
        Ok((before, after))
    }

    /// Refuses a directory without any definition, unless the other side is a revision of it that has
    /// some; and two revisions if neither has any.
    fn refuse_nothing(&self, sides: [(&Opened, &str); 2]) -> Result<(), Failure> {
        let [(old, old_name), (new, new_name)] = sides;
        for (side, other) in [(old, new), (new, old)] {
            let Opened::Definitions(side) = side else {
                continue;
            };
            if !side.is_nothing() {
                continue;
            }
            let other = match other {
                Opened::Definitions(other) => Some(other),
                Opened::Compiled(_) => None,
            };
            let revision = other.and_then(|other| other.checked.as_ref());
            let is_empty_twice = other.is_some_and(|other| other.is_nothing());
            if side.checked.is_some() {
                if is_empty_twice && revision.is_some() {
                    let names = BTreeSet::from([old_name, new_name]).into_iter();
                    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
                    let headline = format!("no definition in {}", names.join(" or "));
                    return Err(Failure::new(headline));
                }
                continue;
            }
            let root = &side.workspace.root;
            let is_of = |revision: &CheckedOut| revision.is_of(root);
            let was_some = !is_empty_twice && revision.map(is_of).transpose()?.unwrap_or(false);
            if !was_some {
                return Err(self.no_definition(&side.workspace)?);
            }
        }
        Ok(())
    }

    /// That a directory has no definition.
    fn no_definition(&self, workspace: &Workspace) -> Result<Failure, Failure> {
        let around = Repository::around(&workspace.root).ok().flatten();
        if around.is_some_and(|repository| repository.prefix().is_none()) {
            let name = display_name(&workspace.root, self.current_dir);
            let failure = Failure::new(format!("no working tree in `{name}`, a git directory"));
            return Ok(failure.help("name two revisions, which need none"));
        }
        let misnamed = workspace.survey()?.misnamed;
        Ok(misnamed::no_definition(workspace, &misnamed))
    }

    /// What messages call a side.
    fn name(&self, word: &Operand) -> String {
        match word {
            Operand::Revision(name) | Operand::Either(name, _) => name.clone(),
            Operand::Path(path) | Operand::Exactly(path) if path == self.root => {
                "working tree".to_owned()
            }
            Operand::Path(path) | Operand::Exactly(path) => display_name(path, self.current_dir),
            Operand::Input => "standard input".to_owned(),
        }
    }

    fn open(&self, word: &Operand, another: Option<&Workspace>) -> Result<Report<Opened>, Failure> {
        let name = self.name(word);
        match word {
            Operand::Input => {
                compiled_files::input().map(|jobs| Report::ok(Opened::Compiled(jobs)))
            }
            Operand::Path(path) => {
                self.check(path, &name)?;
                self.path(path, &name, another)
            }
            Operand::Exactly(path) => self.path(path, &name, another),
            Operand::Revision(revision) => self.revision(revision, None, another),
            Operand::Either(revision, path) => self.revision(revision, Some(path), another),
        }
    }

    /// Refuses a path that is a part of the workspace.
    fn check(&self, path: &Path, name: &str) -> Result<(), Failure> {
        match not_a_side::path(path, name, self.root, self.current_dir) {
            Some(failure) => Err(failure),
            None => Ok(()),
        }
    }

    fn revision(
        &self,
        name: &str,
        path: Option<&PathBuf>,
        another: Option<&Workspace>,
    ) -> Result<Report<Opened>, Failure> {
        let found = self.found(name);
        let (found, revision) = match path {
            Some(_) => found.map_err(|error| not_a_side::without_git(error.into(), name))?,
            None => found?,
        };
        if revision.is_some() && path.is_some() {
            return Err(not_a_side::both(name));
        }
        if let (Some(repository), Some(revision)) = (&found, revision) {
            let checked = CheckedOut::new(repository.clone(), &revision, self.root)?;
            let opened = Definitions::of_revision(checked, name, another)?;
            return Ok(opened.map(|opened| Opened::Definitions(Box::new(opened))));
        }
        if let Some(path) = path {
            self.check(path, name)?;
            return self.path(path, name, another);
        }
        Err(match &found {
            None => {
                let root = display_name(self.root, self.current_dir);
                Failure::new(format!(
                    "no revision `{name}`: `{root}` is in no git repository"
                ))
            }
            Some(repository) => {
                not_a_side::revision(name, self.purpose, repository, self.root, self.current_dir)
            }
        })
    }

    /// The repository around the workspace, and what a revision is in it.
    fn found(&self, name: &str) -> Result<(Option<Repository>, Option<Revision>), GitError> {
        let found = Repository::around(self.root)?;
        let revision = match &found {
            Some(repository) => repository.revision(name)?,
            None => None,
        };
        Ok((found, revision))
    }

    fn path(
        &self,
        path: &Path,
        name: &str,
        another: Option<&Workspace>,
    ) -> Result<Report<Opened>, Failure> {
        let metadata = path
            .metadata()
            .map_err(|error| MachineError::new(format!("cannot read `{name}`"), error))?;
        if !metadata.is_dir() {
            let jobs = compiled_files::file(path, name);
            let jobs = jobs.map_err(|error| not_a_side::file(path, name).unwrap_or(error))?;
            return Ok(Report::ok(Opened::Compiled(jobs)));
        }
        let root = path
            .canonicalize()
            .map_err(|error| MachineError::new(format!("cannot open `{name}`"), error))?;
        // Where jobc is run, definitions may just have been deleted.
        if let Some(found) = compiled_files::Directory::open(path, name)?
            && (found.is_of_jobc || root != self.root)
        {
            return Ok(Report::ok(Opened::Compiled(found.jobs(name)?)));
        }
        let opened = Definitions::of_directory(&root, self.current_dir, another)?;
        Ok(opened.map(|opened| Opened::Definitions(Box::new(opened))))
    }

    /// Compiles what is still to be compiled.
    fn finish(
        &self,
        opened: Opened,
        name: String,
        only: Option<&BTreeSet<PathBuf>>,
        other: OtherSide,
    ) -> Result<(Side, Vec<Diagnostic>), Failure> {
        let definitions = match opened {
            Opened::Definitions(definitions) => definitions,
            Opened::Compiled(mut jobs) => {
                jobs.retain(|key, _| self.wanted.accepts(key));
                let mut side = Side::of_jobs(name, jobs, None);
                side.store_dir = StoreDir::default();
                return Ok((side, Vec::new()));
            }
        };
        let outcome = definitions.compile(only, self.wanted, other)?;
        let unread = definitions.unread();
        let jobs = outcome.jobs.into_iter().map(|(definition, job)| {
            let key = job.key();
            let (definition, compiled) = (Some(definition), job.compiled);
            (
                key,
                SideJob {
                    definition,
                    compiled,
                },
            )
        });
        let jobs = jobs.collect();
        let Definitions {
            workspace, checked, ..
        } = *definitions;
        let side = Side {
            unread,
            wrong: outcome.wrong,
            ambiguous: outcome.ambiguous,
            name,
            jobs,
            lock: Some(workspace.lock),
            store_dir: workspace.store_dir,
            root: Some(workspace.root),
            checkout: checked,
        };
        Ok((side, outcome.diagnostics))
    }
}

/// That the settings of a side are those of the other one.
fn borrowed(side: &Definitions, name: &str, other: &str) -> Option<Failure> {
    side.settings_are_wrong.then(|| {
        Failure::new(format!(
            "the settings of `{name}` are wrong, and those of `{other}` stand in for them"
        ))
        .note("what changes because of other settings is not seen")
    })
}

/// Leaves out of a revision what a sparse checkout leaves out of the working tree, and says so.
fn left_out(
    revision: &mut Definitions,
    directory: &Definitions,
) -> Result<Option<Failure>, Failure> {
    let Some(checked) = &revision.checked else {
        return Ok(None);
    };
    if directory.checked.is_some() || !checked.is_of(&directory.workspace.root)? {
        return Ok(None);
    }
    let absent = checked.objects().left_out()?;
    let before = revision.files.len();
    revision.files.retain(|file| !absent.contains(file));
    Ok(match before - revision.files.len() {
        0 => None,
        1 => Some(Failure::new(
            "1 definition is not in the sparse checkout, and is left out",
        )),
        count => Some(Failure::new(format!(
            "{count} definitions are not in the sparse checkout, and are left out"
        ))),
    })
}

/// The definitions of a workspace, by their paths, of which something differs from a revision.
pub(crate) fn changed_since(
    revision: &str,
    workspace: &Workspace,
) -> Result<Report<BTreeSet<PathBuf>>, Failure> {
    let (root, current_dir) = (&workspace.root, &workspace.current_dir);
    let revision = revision.strip_prefix("git:").unwrap_or(revision);
    let reader = Reader {
        current_dir,
        root,
        wanted: &JobFilter::default(),
        purpose: Purpose::ChangedSince,
    };
    let old = reader.revision(revision, None, None)?.value;
    let new = Definitions::of_directory(root, current_dir, None)?;
    let mut diagnostics = Vec::new();
    let Some(new) = new.unpack(&mut diagnostics) else {
        return Ok(Report::failed(diagnostics));
    };
    let all = new.files.iter().map(|file| (file, root.join(file)));
    let old = match old {
        Some(Opened::Definitions(old)) if !old.lock_is_wrong => old,
        // What was wrong with the settings or the lock then is mended by now.
        _ => return Ok(Report::ok(all.map(|(_, path)| path).collect())),
    };
    let differing = differing(&old, &new)?;
    let changed = all.filter(|(file, _)| differing.contains(*file));
    Ok(Report::ok(changed.map(|(_, path)| path).collect()))
}
