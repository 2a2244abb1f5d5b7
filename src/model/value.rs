//! The texts of a process besides its command that have references: its values.

use super::{CommandLine, Process, Variable, VariableFile, VariableName};

/// Which value of a process a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueOf<'a> {
    /// That of a variable.
    Variable(&'a VariableName),
    /// The file that a variable's value is read from.
    File(&'a VariableName),
    /// A directory of the search path, by its index.
    Path(usize),
    /// The directory that the process starts in.
    Directory,
}

impl Process {
    /// The texts that it starts with, besides its command.
    pub fn values(&self) -> impl Iterator<Item = (ValueOf<'_>, &CommandLine)> {
        let variables = self.env.iter().flatten();
        let variables = variables.map(|(name, variable)| match variable {
            Variable::Value(text) => (ValueOf::Variable(name), text),
            Variable::File(VariableFile { file }) => (ValueOf::File(name), file),
        });
        let path = self.path.iter().flatten().enumerate();
        let path = path.map(|(index, text)| (ValueOf::Path(index), text));
        let directory = self.directory.iter();
        let directory = directory.map(|text| (ValueOf::Directory, text));
        variables.chain(path).chain(directory)
    }
}
