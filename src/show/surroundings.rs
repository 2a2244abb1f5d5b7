//! What a process starts with, as its definition says it.

use schemars::JsonSchema;
use serde::Serialize;

use crate::intent::{self, Run, Text};
use crate::plan::Plan;
use crate::secret::{Known, Mask, all_covered, hide, is_value, key};

/// What a process starts with.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
pub struct Surroundings {
    /// Environment variables.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub env: Vec<Variable>,
    /// Directories that are put before `PATH`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub path: Vec<String>,
    /// The directory that it starts in, if that is not the sandbox.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub directory: Option<String>,
    /// The permissions that files it makes do not get, in octal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub umask: Option<String>,
    /// How much it gives way to others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nice: Option<i64>,
}

/// An environment variable. A value that is a secret is covered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Its value, if the definition has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// The file of the node that it is read from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
}

/// What hides the secrets among the variables of a job's processes, wherever they stand.
pub fn secrets(plan: &Plan) -> Mask {
    let mut known = Known::default();
    let variables = plan
        .intent
        .runs
        .iter()
        .flat_map(|run| run.env.iter().flatten());
    for (name, at) in variables {
        if let intent::Variable::Value(text) = &at.value {
            known.learn_value(name.as_str(), &text.to_string());
        }
    }
    known.mask()
}

impl Surroundings {
    /// Those of a process; none if it starts with what the runner has.
    pub(super) fn of(run: &Run) -> Option<Self> {
        let env = run.env.iter().flatten();
        let env = env.map(|(name, at)| Variable::new(name.as_str(), &at.value));
        let path = run.path.iter().flat_map(|path| &path.value);
        let surroundings = Self {
            env: env.collect(),
            path: path.map(Text::to_string).collect(),
            directory: run.directory.as_ref().map(|at| at.value.to_string()),
            umask: run.umask.as_ref().map(|at| format!("{:04o}", at.value)),
            nice: run.nice.as_ref().map(|at| at.value),
        };
        (surroundings != Self::default()).then_some(surroundings)
    }

    /// What is said of each, after what it is called.
    pub(super) fn words(&self) -> Vec<(&str, String)> {
        let mut words: Vec<(&str, String)> = Vec::new();
        for Variable { name, value, file } in &self.env {
            let file = file.as_ref().map(|file| format!("what is in {file}"));
            words.extend(value.clone().or(file).map(|said| (name.as_str(), said)));
        }
        if !self.path.is_empty() {
            words.push(("path", self.path.join(", ")));
        }
        words.extend(self.directory.clone().map(|said| ("directory", said)));
        words.extend(self.umask.clone().map(|said| ("umask", said)));
        words.extend(self.nice.map(|said| ("nice", said.to_string())));
        words
    }
}

impl Variable {
    fn new(name: &str, variable: &intent::Variable) -> Self {
        let (value, file) = match variable {
            intent::Variable::Value(text) => {
                let text = text.to_string();
                let is_secret = key(name).is_some_and(|key| is_value(key, &text));
                let shown = if is_secret {
                    all_covered(&text)
                } else {
                    hide(&text).into_owned()
                };
                (Some(shown), None)
            }
            intent::Variable::File(file) => (None, Some(file.to_string())),
        };
        Self {
            name: name.to_owned(),
            value,
            file,
        }
    }
}
