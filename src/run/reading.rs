//! The texts of a compiled job, filled in as the client and an agent do.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use crate::target::aurora::Table;
use crate::template::{self, Added, Agent, Budget, Json, OfFile};

/// The tables around a text of a compiled job.
pub(super) type Scope<'a> = template::Scope<'a, OfFile<Json<'a>>>;

/// What the texts of a job have in common.
#[derive(Debug, Default)]
pub(super) struct Reading {
    /// The names of ports that were asked for.
    pub(super) asked: RefCell<BTreeSet<String>>,
    budget: Budget,
}

impl Reading {
    /// Around a field of `job`, run by `agent`.
    pub(super) fn scope<'a>(&'a self, job: &'a Table, agent: &'a Agent) -> Scope<'a> {
        let added = Added::Agents(agent, &self.asked);
        Scope::new(OfFile::job(Json::Table(job)), added).within(&self.budget)
    }
}

/// Stands in for an agent where nothing is run yet.
pub(super) fn nobody() -> Agent {
    Agent {
        instance: 0,
        hostname: "localhost".to_owned(),
        task_id: "task".to_owned(),
        ports: BTreeMap::new(),
    }
}
