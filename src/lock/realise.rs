//! Derivations to store paths with their closures: Nix builds or fetches what is not there, because
//! the hash of an archive is known only of what is. Touches the world, through Nix.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Annotation, Diagnostic, MachineError, Report};
use crate::lock::codes::{CANNOT_RESOLVE, CLOSURE_UNKNOWN};
use crate::model::Installable;
use crate::resolve::{PathInfo, bad_installable};
use crate::store::{StoreDir, StorePath};

use super::collect::Need;
use super::evaluate::{Derivation, Nixpkgs, Question, Refusal, evaluate};
use super::nix::{Answer, Nix};
use super::{registration, told};

/// Resolves packages.
pub(super) struct Resolver<'a> {
    pub(super) nix: &'a Nix<'a>,
    pub(super) nixpkgs: &'a Nixpkgs,
    pub(super) store_dir: &'a StoreDir,
    /// Is told what is done next.
    pub(super) say: &'a dyn Fn(&str),
}

/// A package on a system.
#[derive(Debug, Clone, Copy)]
pub(super) struct Target<'a> {
    pub(super) installable: &'a str,
    pub(super) system: &'a str,
    pub(super) need: &'a Need,
}

/// What Nix said that packages are.
#[derive(Debug, Clone, Default)]
pub(super) struct Resolved<'a> {
    pub(super) packages: Vec<(Target<'a>, StorePath)>,
    /// Their closures.
    pub(super) paths: BTreeMap<StorePath, PathInfo>,
}

/// A target whose derivation is known.
type Evaluated<'a> = (Target<'a>, Derivation);

/// At most this many derivations are given to one run.
const AT_ONCE: usize = 1_000;

impl Resolver<'_> {
    /// What the targets and the store paths are. Those that have no answer are reported.
    ///
    /// # Errors
    /// If Nix cannot be run, or cannot work.
    pub(super) fn resolve<'a>(
        &self,
        targets: &[Target<'a>],
        store_paths: &BTreeMap<&StorePath, &Need>,
    ) -> Result<Report<Resolved<'a>>, MachineError> {
        let mut diagnostics = Vec::new();
        let mut resolved = Resolved::default();
        let evaluated = self.evaluate(targets, &mut diagnostics)?;
        if !evaluated.is_empty() {
            self.say("building or fetching", evaluated.len(), "package");
        }
        for some in evaluated.chunks(AT_ONCE) {
            resolved
                .packages
                .extend(self.realise(some, &mut diagnostics)?);
        }
        let mut roots: BTreeSet<&StorePath> =
            resolved.packages.iter().map(|(_, path)| path).collect();
        let absent = self.fetch(store_paths, &mut diagnostics)?;
        roots.extend(store_paths.keys().filter(|path| !absent.contains(*path)));
        let roots: Vec<String> = roots.iter().map(|path| self.text(path)).collect();
        resolved.paths = self.closure(&roots)?;
        Ok(Report::new(resolved, diagnostics))
    }

    fn evaluate<'a>(
        &self,
        targets: &[Target<'a>],
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Result<Vec<Evaluated<'a>>, MachineError> {
        let mut asked = Vec::new();
        let mut questions = Vec::new();
        for target in targets {
            match Installable::parse(target.installable) {
                Ok(installable) => {
                    asked.push(*target);
                    questions.push(Question {
                        installable,
                        system: target.system,
                    });
                }
                Err(error) => {
                    let place = target.need.place.clone();
                    let problem = bad_installable(target.installable, &error, place);
                    // Once, for however many systems.
                    if !diagnostics.contains(&problem) {
                        diagnostics.push(problem);
                    }
                }
            }
        }
        if questions.is_empty() {
            return Ok(Vec::new());
        }
        self.say("evaluating", questions.len(), "package");
        let mut evaluated = Vec::new();
        for (target, answer) in asked
            .into_iter()
            .zip(evaluate(self.nix, self.nixpkgs, &questions)?)
        {
            match answer {
                Ok(derivation) => evaluated.push((target, derivation)),
                Err(Refusal { told, help }) => {
                    // A file that is wrong is so for all of its packages.
                    let same = |known: &&mut Diagnostic| {
                        known.code == &CANNOT_RESOLVE && known.notes.contains(&told)
                    };
                    if let Some(known) = diagnostics.iter_mut().find(same) {
                        known.annotations.push(Annotation {
                            place: target.need.place.clone(),
                            label: "nor this one".to_owned(),
                        });
                        continue;
                    }
                    let problem = cannot("evaluate", &target).note(told);
                    diagnostics.push(match help {
                        Some(help) => problem.help(help),
                        None => problem,
                    });
                }
            }
        }
        Ok(evaluated)
    }

    /// Builds or fetches, and reports what cannot be.
    fn realise<'a>(
        &self,
        evaluated: &[Evaluated<'a>],
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Result<Vec<(Target<'a>, StorePath)>, MachineError> {
        let specify =
            |(_, found): &Evaluated<'a>| format!("{}!{}", found.drv_path, found.output_name);
        for (_, found) in evaluated {
            // What Nix calls a derivation is given back to it, so it had better be one.
            self.path(&found.drv_path)?;
        }
        let wanted: Vec<String> = evaluated.iter().map(specify).collect();
        let answer = self.nix.realise(&wanted)?;
        if answer.success {
            return self.realised(evaluated, &answer);
        }
        self.nix.blame("build or fetch packages", &answer)?;
        let predicted = evaluated.iter().map(|(_, found)| &found.out_path);
        let predicted = predicted.filter(|path| self.store_dir.parse(path).is_ok());
        let invalid = self.nix.invalid(&predicted.cloned().collect::<Vec<_>>())?;
        let failed: Vec<&Evaluated<'a>> = evaluated
            .iter()
            .filter(|(_, found)| {
                invalid.contains(&found.out_path) || self.store_dir.parse(&found.out_path).is_err()
            })
            .collect();
        if failed.is_empty() {
            let attempt = "Nix failed, and left out nothing that it was asked for";
            return Err(MachineError::new(attempt, answer.cause()));
        }
        for (target, found) in &failed {
            let others = failed.iter().map(|(_, other)| other.drv_path.as_str());
            let others = others.filter(|other| *other != found.drv_path);
            let about = about(&answer.messages, &others.collect::<Vec<_>>());
            diagnostics.push(cannot("build or fetch", target).note(about).help(format!(
                "see what its builder said with `nix-store --read-log {}`",
                found.drv_path
            )));
        }
        Ok(Vec::new())
    }

    /// Nix prints the paths in the order of the derivations.
    fn realised<'a>(
        &self,
        evaluated: &[Evaluated<'a>],
        answer: &Answer,
    ) -> Result<Vec<(Target<'a>, StorePath)>, MachineError> {
        let lines: Vec<&str> = answer.stdout.lines().collect();
        if lines.len() != evaluated.len() {
            let cause = format!(
                "expected {} store paths, found {}",
                evaluated.len(),
                lines.len()
            );
            return Err(MachineError::new("cannot read what Nix has built", cause));
        }
        let pair = |((target, _), line): (&Evaluated<'a>, &&str)| Ok((*target, self.path(line)?));
        evaluated.iter().zip(&lines).map(pair).collect()
    }

    /// Fetches store paths that are not here; those that cannot be had are returned, with a warning.
    fn fetch(
        &self,
        store_paths: &BTreeMap<&StorePath, &Need>,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Result<BTreeSet<StorePath>, MachineError> {
        let mut absent = BTreeSet::new();
        let paths: Vec<String> = store_paths.keys().map(|path| self.text(path)).collect();
        if paths.is_empty() {
            return Ok(absent);
        }
        self.say("fetching", paths.len(), "store path");
        for some in paths.chunks(AT_ONCE) {
            let answer = self.nix.realise(some)?;
            if answer.success {
                continue;
            }
            self.nix.blame("fetch store paths", &answer)?;
            for path in self.nix.invalid(some)? {
                absent.insert(self.path(&path)?);
            }
        }
        for path in &absent {
            if let Some(need) = store_paths.get(path) {
                let problem = unknown_closure(&self.text(path), need);
                diagnostics.push(problem.note(
                    "it is not in the store of this machine, nor in a cache that Nix asks here",
                ));
            }
        }
        Ok(absent)
    }

    fn closure(&self, roots: &[String]) -> Result<BTreeMap<StorePath, PathInfo>, MachineError> {
        if roots.is_empty() {
            return Ok(BTreeMap::new());
        }
        let closure = self.nix.query(&["--query", "--requisites"], roots)?;
        let closure: BTreeSet<String> = closure.lines().map(str::to_owned).collect();
        let closure: Vec<String> = closure.into_iter().collect();
        let registrations = self.nix.query(&["--dump-db"], &closure)?;
        registration::read(&registrations, self.store_dir).map_err(|error| {
            MachineError::new("cannot read what `nix-store --dump-db` says", error)
        })
    }

    /// A store path that Nix has named.
    fn path(&self, text: &str) -> Result<StorePath, MachineError> {
        self.store_dir.parse(text).map_err(|error| {
            let attempt = format!("Nix's `{text}` is no path of the nodes' store");
            MachineError::new(attempt, error)
        })
    }

    fn text(&self, path: &StorePath) -> String {
        self.store_dir.display(path).to_string()
    }

    fn say(&self, doing: &str, count: usize, of: &str) {
        let plural = if count == 1 { "" } else { "s" };
        (self.say)(&format!("{doing} {count} {of}{plural}"));
    }
}

/// The warning about a store path of which nothing is known.
pub(super) fn unknown_closure(path: &str, need: &Need) -> Diagnostic {
    let name = need.name();
    let headline = format!("the closure of package `{name}` is not known: `{path}`");
    Diagnostic::new(&CLOSURE_UNKNOWN, headline, need.place.clone())
}

fn cannot(what: &str, target: &Target<'_>) -> Diagnostic {
    let Target {
        installable,
        system,
        need,
    } = target;
    let name = need.name();
    let headline = format!("Nix cannot {what} package `{name}` for `{system}`: `{installable}`");
    Diagnostic::new(&CANNOT_RESOLVE, headline, need.place.clone())
}

/// What Nix said that is not about one of `others`.
fn about(messages: &str, others: &[&str]) -> String {
    if others.is_empty() {
        return told::end(messages);
    }
    let mut blocks: Vec<String> = Vec::new();
    for line in messages.lines() {
        match blocks.last_mut() {
            _ if line.starts_with("error:") => blocks.push(line.to_owned()),
            Some(block) if line.starts_with(' ') => {
                block.push('\n');
                block.push_str(line);
            }
            _ => {}
        }
    }
    let of_others = |block: &String| others.iter().any(|other| block.contains(other));
    blocks.retain(|block| !of_others(block));
    told::end(&if blocks.is_empty() {
        messages.to_owned()
    } else {
        blocks.join("\n")
    })
}

#[cfg(test)]
mod tests {
    use super::about;

    #[test]
    fn messages_are_told_to_whom_they_concern() {
        let messages = "building '/nix/store/a.drv'...\nerror: builder for '/nix/store/a.drv' \
                        failed\n       last lines:\n> bye\nerror: b.drv is foreign\n";
        let check = |others: &[&str], expected: &str| {
            assert_eq!(about(messages, others), expected, "{others:?}");
        };
        check(
            &["b.drv"],
            "error: builder for '/nix/store/a.drv' failed\n       last lines:",
        );
        check(&["a.drv"], "error: b.drv is foreign");
        check(&[], messages.trim());
        check(&["a.drv", "b.drv"], messages.trim());
    }
}
