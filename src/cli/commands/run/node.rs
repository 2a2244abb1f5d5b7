//! What a node would add to a job's task, and whether this machine can.

use std::collections::BTreeMap;

use crate::cli::ui::console::Console;
use crate::diagnostic::Failure;
use crate::run::world;
use crate::run::{CompiledJob, Demands, Key, Task};
use crate::template::Agent;

use super::arguments::RunArgs;
use super::refusal::Refusal;
use super::title::Title;

/// The task with all that a node would add to it, the numbers of its ports among that.
pub(super) fn bind(
    job: &CompiledJob,
    key: &Key,
    ports: BTreeMap<String, u16>,
    args: &RunArgs,
) -> Result<Task, Refusal> {
    let agent = Agent {
        instance: args.instance,
        hostname: world::hostname(),
        task_id: world::new_task_id(key, args.instance)?,
        ports,
    };
    Ok(job.task(&agent)?)
}

/// Refuses what makes no sense of a job, and says what it lacks here.
pub(super) fn suit(
    demands: &Demands,
    title: Title<'_>,
    args: &RunArgs,
    console: &Console,
) -> Result<(), Failure> {
    let job = title.job();
    let count = demands.instances;
    if u64::from(args.instance) >= count {
        let failure = Failure::new(format!("{job} has no instance {}", args.instance));
        return Err(match count {
            0 => failure.note("it has none at all: `instances` is 0"),
            1 => failure.help("leave `--instance` out: the only one is 0"),
            many => failure.help(format!("pass a number from 0 to {}", many - 1)),
        });
    }
    if let Some(image) = &demands.image
        && !args.without_container
    {
        let failure = format!("{job} runs in {image}, and `run` has no containers");
        return Err(Failure::new(failure)
            .help("run its processes on this machine as it is with `--without-container`"));
    }
    if !demands.unmet.is_empty() {
        let lacks = demands.unmet.join(", ");
        console.warn(&Failure::new(format!(
            "on this machine, {job} does without {lacks}"
        )));
    }
    Ok(())
}
