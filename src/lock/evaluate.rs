//! Packages to derivations: what Nix has to build or to fetch. Touches the world, through Nix.
//!
//! All packages of a source are asked for in one evaluation. A package about which that had nothing
//! to say is asked for alone: only then is what Nix says about it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::diagnostic::MachineError;
use crate::model::{Installable, InstallableSource};
use crate::parallel::in_parallel;

use super::nix::{Answer, Nix};
use super::{expression, told};

/// A package on a system, to be asked for.
#[derive(Debug, Clone)]
pub(super) struct Question<'a> {
    pub(super) installable: Installable,
    pub(super) system: &'a str,
}

/// An output of a derivation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Derivation {
    /// Its store path.
    pub(super) drv_path: String,
    /// The name of its output.
    pub(super) output_name: String,
    /// The output's store path, unless that is known only when it was built.
    pub(super) out_path: String,
}

/// A derivation, or why Nix has none.
pub(super) type Evaluated = Result<Derivation, Refusal>;

/// Why Nix has no derivation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    /// What Nix said.
    pub(super) told: String,
    /// What to do, if that is known.
    pub(super) help: Option<String>,
}

/// How `<nixpkgs>` is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Nixpkgs {
    /// As the environment says.
    Environment,
    /// In a flake.
    Flake(String),
    /// A path or the address of an archive, as Nix's search path has it.
    Entry(String),
}

impl Nixpkgs {
    /// What the setting means in the workspace at `root`.
    pub fn new(setting: Option<&str>, root: &Path) -> Self {
        match setting {
            None => Self::Environment,
            Some(path) if path.starts_with(['.', '/']) => {
                Self::Entry(plain(&root.join(path)).display().to_string())
            }
            Some(url)
                if ["https://", "http://", "file://", "channel:"]
                    .iter()
                    .any(|scheme| url.starts_with(scheme)) =>
            {
                Self::Entry(url.to_owned())
            }
            Some(flake) => Self::Flake(flake.to_owned()),
        }
    }
}

/// Evaluates what is asked for. The answers are in the order of the questions.
///
/// # Errors
/// If Nix cannot be run, or cannot work.
pub(super) fn evaluate(
    nix: &Nix<'_>,
    nixpkgs: &Nixpkgs,
    questions: &[Question<'_>],
) -> Result<Vec<Evaluated>, MachineError> {
    let evaluation = Evaluation { nix, nixpkgs };
    let mut groups: BTreeMap<(InstallableSource, &str), Vec<usize>> = BTreeMap::new();
    for (index, question) in questions.iter().enumerate() {
        let source = evaluation.source(&question.installable);
        // Which attribute of a flake is meant by none is Nix's to say.
        let by_default = question.installable.attribute.names.is_empty();
        if !(by_default && matches!(source, InstallableSource::Flake(_))) {
            groups
                .entry((source, question.system))
                .or_default()
                .push(index);
        }
    }
    let mut answers: Vec<Option<Derivation>> = vec![None; questions.len()];
    for ((source, system), members) in &groups {
        for some in members.chunks(AT_ONCE) {
            if some.len() < 2 {
                continue;
            }
            let wanted = some.iter().map(|&index| &questions[index].installable);
            let found = evaluation.together(source, system, &wanted.collect::<Vec<_>>())?;
            for (&index, answer) in some.iter().zip(found) {
                answers[index] = answer;
            }
        }
    }
    let alone = |index: &usize| evaluation.alone(&questions[*index]);
    let open: Vec<usize> = (0..questions.len())
        .filter(|&index| answers[index].is_none())
        .collect();
    let mut alone = in_parallel(&open, alone, |_| {}).into_iter();
    let answers = answers.into_iter().map(|answer| match answer {
        Some(answer) => Ok(Ok(answer)),
        None => alone.next().expect("each one that is open was asked for"),
    });
    answers.collect()
}

/// At most this many packages are asked for together: their names have to fit into one argument.
const AT_ONCE: usize = 200;

struct Evaluation<'a> {
    nix: &'a Nix<'a>,
    nixpkgs: &'a Nixpkgs,
}

/// What is known of one of several packages.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Said {
    Found(Derivation),
    /// The set does not have it.
    Missing,
    /// It is there, and something is wrong with it.
    Failed,
}

impl Evaluation<'_> {
    /// Where a package is looked for: `<nixpkgs>` may be a flake.
    fn source(&self, installable: &Installable) -> InstallableSource {
        match (&installable.source, self.nixpkgs) {
            (InstallableSource::Nixpkgs, Nixpkgs::Flake(reference)) => {
                InstallableSource::Flake(reference.clone())
            }
            (source, _) => source.clone(),
        }
    }

    /// Asks for several; none where a package has to be asked for alone.
    fn together(
        &self,
        source: &InstallableSource,
        system: &str,
        wanted: &[&Installable],
    ) -> Result<Vec<Option<Derivation>>, MachineError> {
        let each = expression::each(wanted);
        let mut all = vec![Said::Missing; wanted.len()];
        match source {
            // As Nix looks for them, one set after the other.
            InstallableSource::Flake(reference) => {
                for set in ["packages", "legacyPackages"] {
                    let installable = format!("{reference}#{set}.{system}");
                    let answer = self.flake(&installable, &each, system)?;
                    for (known, more) in all.iter_mut().zip(said(&answer, wanted.len())) {
                        if *known == Said::Missing {
                            *known = more;
                        }
                    }
                    if !all.contains(&Said::Missing) {
                        break;
                    }
                }
            }
            InstallableSource::File(_) | InstallableSource::Nixpkgs => {
                let root = self.root(source)?;
                let answer = self.expression(&format!("{each} {root}"), system)?;
                all = said(&answer, wanted.len());
            }
        }
        let found = all.into_iter().map(|said| match said {
            Said::Found(derivation) => Some(derivation),
            Said::Missing | Said::Failed => None,
        });
        Ok(found.collect())
    }

    fn alone(&self, question: &Question<'_>) -> Result<Evaluated, MachineError> {
        let Question {
            installable,
            system,
        } = question;
        let pick = expression::pick(installable);
        let attribute = &installable.attribute;
        let answer = match self.source(installable) {
            InstallableSource::Flake(reference) => {
                let installable = format!("{reference}#{}", attribute.text);
                self.flake(&installable, &pick, system)?
            }
            source => {
                let package = expression::select(&self.root(&source)?, attribute);
                self.expression(&format!("{pick} {package}"), system)?
            }
        };
        let picked = serde_json::from_str(&answer.stdout);
        if let Some(parts) = picked.ok().filter(|_| answer.success) {
            return Ok(Ok(derivation(parts)));
        }
        let asked = format!(
            "evaluate `{}` of {}",
            attribute.text,
            self.source(installable)
        );
        self.nix.blame(&asked, &answer)?;
        let mut told = answer.told();
        let mut help = told::advice(&told).map(str::to_owned);
        if help.is_some() && self.source(installable) == InstallableSource::Nixpkgs {
            "no `<nixpkgs>` here: Nix's search path does not have it".clone_into(&mut told);
        }
        if told.contains(expression::MISSING) {
            help = self.suggestion(question)?;
        } else if let Some(meant) = told::suggestion(&told) {
            told = told::without_suggestion(&told);
            help.get_or_insert(meant);
        }
        Ok(Err(Refusal { told, help }))
    }

    /// What Nix thinks of where there is no such attribute: it says so only if the lookup fails.
    fn suggestion(&self, question: &Question<'_>) -> Result<Option<String>, MachineError> {
        let source = self.source(&question.installable);
        if matches!(source, InstallableSource::Flake(_)) {
            return Ok(None);
        }
        let plain = expression::lookup(&self.root(&source)?, &question.installable.attribute);
        let answer = self.expression(&plain, question.system)?;
        Ok(told::suggestion(&answer.messages))
    }

    fn root(&self, source: &InstallableSource) -> Result<String, MachineError> {
        let InstallableSource::File(file) = source else {
            return Ok(expression::nixpkgs());
        };
        let path = plain(&self.nix.directory.join(file));
        match path.to_str() {
            Some(path) => Ok(expression::file(path)),
            None => Err(MachineError::new(
                format!("cannot evaluate `{file}`"),
                "the workspace's path is not UTF-8",
            )),
        }
    }

    fn expression(&self, expression: &str, system: &str) -> Result<Answer, MachineError> {
        let entry = match self.nixpkgs {
            Nixpkgs::Environment => None,
            Nixpkgs::Entry(entry) => Some(format!("nixpkgs={entry}")),
            Nixpkgs::Flake(reference) => Some(format!("nixpkgs=flake:{reference}")),
        };
        let mut options = vec!["--option", "system", system];
        if let Some(entry) = &entry {
            options.extend(["-I", entry]);
        }
        self.nix.evaluate(expression, &options)
    }

    fn flake(
        &self,
        installable: &str,
        function: &str,
        system: &str,
    ) -> Result<Answer, MachineError> {
        let options = ["--option", "system", system];
        self.nix.evaluate_flake(installable, function, &options)
    }
}

/// A path without `.`, which Nix would carry along.
fn plain(path: &Path) -> PathBuf {
    path.components().collect()
}

/// The answers about `count` packages; as if they were missing if there is no telling.
fn said(answer: &Answer, count: usize) -> Vec<Said> {
    let read = serde_json::from_str::<Vec<Value>>(&answer.stdout);
    let values = read
        .ok()
        .filter(|values| answer.success && values.len() == count);
    let Some(values) = values else {
        return vec![Said::Missing; count];
    };
    let said = |value| match value {
        Value::Null => Said::Missing,
        value => serde_json::from_value(value)
            .map_or(Said::Failed, |parts| Said::Found(derivation(parts))),
    };
    values.into_iter().map(said).collect()
}

fn derivation((drv_path, output_name, out_path): (String, String, String)) -> Derivation {
    Derivation {
        drv_path,
        output_name,
        out_path,
    }
}
