//! A compiled job in parts that can be matched with those of another one.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::run::is_init_step;
use crate::store::StoreDir;
use crate::store::references::mentions;

type Table = Map<String, Value>;

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
    /// Pairs of processes, none of them a step, of which the second waits for the first.
    pub(super) order: BTreeSet<[&'a str; 2]>,
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
    /// The parts of a job whose nodes have this store.
    pub(super) fn of(job: &'a Table, store_dir: &StoreDir) -> Self {
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
                let text = |field: &str| table.get(field).and_then(Value::as_str);
                let (Some(name), cmdline) = (text("name"), text("cmdline")) else {
                    continue;
                };
                match step_identity(name, cmdline.unwrap_or_default(), store_dir) {
                    None => {
                        parts.processes.insert(name, table);
                    }
                    Some(identity) => {
                        steps.insert(name);
                        let serves = ["nix_init_", "nix_fetch_"]
                            .iter()
                            .find_map(|prefix| identity.strip_prefix(prefix));
                        let serves = serves.map(str::to_owned);
                        let step = Step { table, serves };
                        parts.steps.insert(identity, step);
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
                let pairs = names.windows(2);
                let own = pairs.filter(|pair| !pair.iter().any(|name| steps.contains(name)));
                parts.order.extend(own.map(|pair| [pair[0], pair[1]]));
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

/// The name of a step without the hash of what it realises; none if the process is no step that
/// jobc added.
pub fn step_identity(name: &str, cmdline: &str, store_dir: &StoreDir) -> Option<String> {
    if !is_init_step(name, cmdline) {
        return None;
    }
    let line = cmdline
        .lines()
        .take(2)
        .find(|line| line.starts_with("path="));
    let root = line.and_then(|line| mentions(store_dir, line.as_bytes()).next()?.longest().ok());
    let short = root.map(|root| format!("-{}", &root.store_path.hash().to_string()[..8]));
    let identity = short
        .and_then(|short| name.strip_suffix(&short))
        .unwrap_or(name);
    Some(identity.to_owned())
}
