//! A compiled job in parts that can be matched with those of another one.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::target::aurora::{AddedStep, Table};

/// What the command of the health check goes by.
pub(super) const HEALTH_CHECK: &str = "health check";

/// The parts of a job.
#[derive(Debug, Default)]
pub(super) struct Parts<'a> {
    /// Fields of the job and its task, without what is below.
    pub(super) fields: Table,
    /// The processes of the definition by their names.
    pub(super) processes: BTreeMap<&'a str, &'a Table>,
    /// The steps that jobc added, by their names without hashes.
    pub(super) steps: BTreeMap<String, Step<'a>>,
    /// Pairs of processes of which the second waits for the first. No step is among them but what waits
    /// until a process is ready, by its name without the hash.
    pub(super) order: BTreeSet<[&'a str; 2]>,
    /// What is tried until processes are ready, by their names, if something waits for that.
    pub(super) tries: BTreeMap<&'a str, &'a Table>,
    /// The command of the health check.
    pub(super) health_check: Option<&'a str>,
}

/// A step that jobc added.
#[derive(Debug)]
pub(super) struct Step<'a> {
    pub(super) table: &'a Table,
    /// The process that it is for; none if it is for all of them.
    pub(super) serves: Option<String>,
}

impl<'a> Parts<'a> {
    /// The parts of a job, of whose processes jobc added some.
    pub(super) fn of(job: &'a Table, added: &'a [AddedStep]) -> Self {
        let added: BTreeMap<&str, &AddedStep> = added
            .iter()
            .map(|step| (step.name.as_str(), step))
            .collect();
        let mut parts = Self::default();
        let mut fields = job.clone();
        fields.remove("task");
        let shell = ["health_check_config", "health_checker", "shell"];
        let command = shell
            .iter()
            .try_fold(job, |table, field| table.get(*field)?.as_object());
        parts.health_check = command.and_then(|table| table.get("shell_command")?.as_str());
        if parts.health_check.is_some() {
            let table = shell.iter().try_fold(&mut fields, |table, field| {
                table.get_mut(*field)?.as_object_mut()
            });
            table.map(|table| table.remove("shell_command"));
        }
        let mut steps = BTreeSet::new();
        if let Some(Value::Object(task)) = job.get("task") {
            let mut rest = task.clone();
            rest.remove("processes");
            rest.remove("constraints");
            fields.insert("task".to_owned(), Value::Object(rest));
            for process in list(task, "processes") {
                let Some(table) = process.as_object() else {
                    continue;
                };
                let Some(name) = table.get("name").and_then(Value::as_str) else {
                    continue;
                };
                match added.get(name) {
                    None => {
                        parts.processes.insert(name, table);
                    }
                    Some(added) => {
                        steps.insert(name);
                        let serves = added.serves().map(str::to_owned);
                        let step = Step { table, serves };
                        if let (Some(tries), Some(process)) = (&added.tries, added.serves()) {
                            parts.tries.insert(process, tries);
                        }
                        parts.steps.insert(added.identity.clone(), step);
                    }
                }
            }
            for constraint in list(task, "constraints") {
                let names = constraint.get("order").and_then(Value::as_array);
                let names: Vec<&str> = names
                    .into_iter()
                    .flatten()
                    .filter_map(Value::as_str)
                    .collect();
                let own = names.windows(2).filter_map(|pair| {
                    let [before, after] = [pair[0], pair[1]];
                    let before = match added.get(before) {
                        Some(step) if step.is_waiting() => &step.identity,
                        Some(_) => return None,
                        None => before,
                    };
                    (!steps.contains(after)).then_some([before, after])
                });
                parts.order.extend(own);
            }
        }
        parts.fields = fields;
        parts
    }
}

fn list<'a>(table: &'a Table, field: &str) -> &'a [Value] {
    table
        .get(field)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}
