//! What a job asks of its nodes that the machine which runs it may not give.

use serde_json::Value;

use crate::target::aurora::Table;
use crate::vocabulary::EXECUTOR_CONFIG;

use super::fields::Reader;
use super::problem::Problem;
use super::read::CompiledJob;
use super::reading::{Reading, Scope, nobody};

/// What a job wants beyond its processes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Demands {
    /// How many instances it has.
    pub instances: u64,
    /// The image that its processes expect around them, with the word for its kind.
    pub image: Option<String>,
    /// What else a node would give its processes, each in words.
    pub unmet: Vec<String>,
}

impl CompiledJob {
    /// What it asks of its nodes.
    ///
    /// # Errors
    /// If it says so in no way that can be read.
    pub fn demands(&self) -> Result<Demands, Vec<Problem>> {
        let agent = nobody();
        let reading = Reading::default();
        let mut reader = Reader::default();
        let scope = reading.scope(&self.table, &agent);
        let instances = reader.number(&self.table, &scope, "", "instances");
        let demands = Demands {
            instances,
            image: image(&self.table),
            unmet: unmet(&self.table, &mut reader, &scope),
        };
        reader.finish(demands)
    }
}

fn table<'t>(table: &'t Table, field: &str) -> Option<&'t Table> {
    table.get(field)?.as_object()
}

fn text<'t>(table: &'t Table, field: &str) -> Option<&'t str> {
    table.get(field)?.as_str()
}

/// The image of the job's container, if it has one. A container of a compiled file may be the
/// `Docker` itself.
fn image(job: &Table) -> Option<String> {
    let container = table(job, "container")?;
    if let Some(mesos) = table(container, "mesos") {
        let image = table(mesos, "image")?;
        if let Some(docker) = table(image, "docker") {
            let part = |field| text(docker, field).unwrap_or("?");
            return Some(format!(
                "the Docker image `{}:{}`",
                part("name"),
                part("tag")
            ));
        }
        let name = table(image, "appc").and_then(|appc| text(appc, "name"));
        return Some(format!("the appc image `{}`", name.unwrap_or("?")));
    }
    let docker = table(container, "docker").unwrap_or(container);
    let image = text(docker, "image").unwrap_or("?");
    Some(format!("the Docker image `{image}`"))
}

fn unmet(job: &Table, reader: &mut Reader, scope: &Scope<'_>) -> Vec<String> {
    let mut unmet = Vec::new();
    let resources = table(job, "task").and_then(|task| table(task, "resources"));
    if let Some(resources) = resources {
        match reader.number(resources, scope, "task.resources", "gpu") {
            0 => {}
            1 => unmet.push("a GPU of its own".to_owned()),
            many => unmet.push(format!("{many} GPUs of its own")),
        }
    }
    let volumes = table(job, "container")
        .and_then(|container| table(container, "mesos"))
        .and_then(|mesos| mesos.get("volumes")?.as_array());
    for volume in volumes.into_iter().flatten().filter_map(Value::as_object) {
        let at = text(volume, "container_path").unwrap_or("?");
        unmet.push(format!("the volume `{at}`"));
    }
    if let Some(tier) = text(job, "tier") {
        unmet.push(format!("the tier `{tier}`"));
    }
    let executor = table(job, "executor_config").and_then(|executor| text(executor, "name"));
    if let Some(name) = executor.filter(|&name| name != EXECUTOR_CONFIG.text("name")) {
        unmet.push(format!("the executor `{name}`"));
    }
    if job.contains_key("announce") {
        unmet.push("its announcement in ZooKeeper".to_owned());
    }
    unmet
}
