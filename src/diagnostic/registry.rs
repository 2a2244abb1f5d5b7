//! All kinds of problems that a program can report, as a value: code that looks one up by name is
//! given it.

use super::Code;

/// What codes are about, in the order in which lists of them are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Topic {
    /// Files that are not read.
    Files,
    /// Texts that are not well-formed.
    Syntax,
    /// Values of another shape than their fields.
    Shape,
    /// Defaults, environments, and what is laid over what.
    Layers,
    /// Values that texts refer to.
    Values,
    /// What jobs and processes are called.
    Names,
    /// Which process waits for which.
    Order,
    /// What processes run.
    Commands,
    /// References between double braces.
    Templates,
    /// What a job asks of its scheduler.
    Job,
    /// What a scheduler's flags allow.
    SchedulerFlags,
    /// What packages are.
    Packages,
    /// Files and directories that become store paths.
    Imports,
    /// Files that are filled in on the node.
    Expansion,
    /// What the lock says.
    Lock,
    /// What packages refer to.
    Closures,
    /// Steps that are added to a job.
    Steps,
    /// The forms that compiled jobs are written in.
    Output,
    /// What every layer accepts and none acts upon.
    NoEffect,
    /// What commands and other texts have in them.
    Texts,
    /// Texts that YAML reads otherwise than they look.
    Yaml,
    /// Files that were not written for jobc.
    Foreign,
    /// Levels and waivers of lints.
    Lints,
}

/// The codes that one part of the program has about one topic.
pub type Chapter = (Topic, &'static [&'static Code]);

/// All codes, as the parts of a program declare them.
#[derive(Debug, Clone, Copy)]
pub struct Registry(&'static [&'static [Chapter]]);

impl Registry {
    /// The codes of these parts.
    pub const fn new(parts: &'static [&'static [Chapter]]) -> Self {
        Self(parts)
    }

    /// All codes, by topic.
    pub fn codes(self) -> impl Iterator<Item = &'static Code> {
        let mut chapters: Vec<&Chapter> = self.0.iter().copied().flatten().collect();
        chapters.sort_by_key(|(topic, _)| *topic);
        chapters
            .into_iter()
            .flat_map(|(_, codes)| codes.iter().copied())
    }

    /// The code called `id`.
    pub fn find(self, id: &str) -> Option<&'static Code> {
        let chapters = self.0.iter().copied().flatten();
        let mut codes = chapters.flat_map(|(_, codes)| codes.iter().copied());
        codes.find(|code| code.id == id)
    }
}
