//! A compiled job as it is compared: jobc's own is its plan, another is what its file says.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde_json::Value;

use crate::plan::{Needs, Plan};
use crate::store::{Sha256, StoreDir};
use crate::target::aurora::{self, AddedStep, Table};

/// A compiled job.
#[derive(Debug)]
pub struct ComparedJob {
    /// The hash of its text, if it is to be compared with those of files.
    text: Option<Sha256>,
    origin: Origin,
}

#[derive(Debug)]
enum Origin {
    /// It comes from elsewhere.
    Foreign(Table),
    /// jobc compiles it.
    Own(Box<Plan>),
}

impl ComparedJob {
    /// A job that comes from elsewhere, with its text.
    pub fn foreign(job: Table, text: &str) -> Self {
        Self {
            text: Some(Sha256::of(text.as_bytes())),
            origin: Origin::Foreign(job),
        }
    }

    /// A job that jobc compiles.
    pub fn own(plan: Plan) -> Self {
        Self {
            text: None,
            origin: Origin::Own(Box::new(plan)),
        }
    }

    /// The job, which has this text.
    #[must_use]
    pub fn with_text(self, text: &str) -> Self {
        let text = Some(Sha256::of(text.as_bytes()));
        Self { text, ..self }
    }

    /// What it says.
    pub fn table(&self) -> Cow<'_, Table> {
        match &self.origin {
            Origin::Foreign(job) => Cow::Borrowed(job),
            Origin::Own(plan) => Cow::Owned(aurora::tree(plan)),
        }
    }

    /// The names of its processes.
    pub fn processes(&self) -> BTreeSet<String> {
        let job = self.table();
        let names = aurora::processes(&job).filter_map(|process| process.get("name")?.as_str());
        names.map(str::to_owned).collect()
    }

    /// The steps in it that jobc added, if its nodes have this store.
    pub fn added(&self, store_dir: &StoreDir) -> Vec<AddedStep> {
        let job = match &self.origin {
            Origin::Own(plan) => return AddedStep::of_plan(plan),
            Origin::Foreign(job) => job,
        };
        let step = |process: &Table| {
            let text = |field: &str| process.get(field).and_then(Value::as_str);
            AddedStep::of_foreign(text("name")?, text("cmdline")?, store_dir)
        };
        aurora::processes(job).filter_map(step).collect()
    }

    /// What its nodes need, if that is known.
    pub fn needs(&self) -> Option<&Needs> {
        match &self.origin {
            Origin::Own(plan) => Some(&plan.needs),
            Origin::Foreign(_) => None,
        }
    }

    /// Whether it is certain that both have the same text. Most have, and are looked at no further.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        match (&self.origin, &other.origin) {
            (Origin::Own(one), Origin::Own(other)) => aurora::is_same(one, other),
            _ => self.text.is_some() && self.text == other.text,
        }
    }
}
