//! What a node would add to a job's task, and whether this machine can.

use std::collections::BTreeMap;

use crate::cli::ui::console::Console;
use crate::diagnostic::{Failure, closest};
use crate::run::world::{self, PortTrouble};
use crate::run::{CompiledJob, Demands, Key, PortClash, Ports, Task};
use crate::template::Agent;

use super::arguments::RunArgs;
use super::refusal::Refusal;

/// The task with all that a node would add to it.
pub(super) fn bind(
    job: &CompiledJob,
    key: &Key,
    args: &RunArgs,
    console: &Console,
) -> Result<Task, Refusal> {
    suit(&job.demands()?, args, console)?;
    let names = job.ports()?;
    let mut given = BTreeMap::new();
    for (name, number) in &args.ports {
        if given.insert(name.clone(), *number).is_some() {
            return Err(Failure::new(format!("port `{name}` is given twice")).into());
        }
    }
    let ports = Ports::new(&names, &given).map_err(|clash| match clash {
        PortClash::Circle(name) => Failure::new(format!(
            "`announce.portmap`: port `{name}` leads back to itself"
        )),
        PortClash::Twice(name, one, other) => Failure::new(format!(
            "port `{name}` cannot be both {one} and {other}: the names are those of one port"
        )),
        PortClash::Shared(one, other, number) => Failure::new(format!(
            "ports `{one}` and `{other}` cannot both be {number}"
        ))
        .help("give one of them another number"),
    })?;
    if let Some(unknown) = given.keys().find(|name| !ports.has(name)) {
        let failure = Failure::new(format!("the job has no port `{unknown}`"));
        let failure = match closest(unknown, ports.names()) {
            Some(meant) => failure.help(format!("did you mean `{meant}`?")),
            None => failure.note(match ports.names().collect::<Vec<_>>().join("`, `") {
                none if none.is_empty() => "it has no ports".to_owned(),
                names => format!("it has `{names}`"),
            }),
        };
        return Err(failure.into());
    }
    let allocated = world::allocate(ports.open(), ports.fixed()).map_err(Refusal::ports)?;
    let agent = Agent {
        instance: args.instance,
        hostname: world::hostname(),
        task_id: world::new_task_id(key, args.instance)?,
        ports: ports.bind(allocated),
    };
    Ok(job.task(&agent)?)
}

/// Refuses what makes no sense of a job, and says what it lacks here.
fn suit(demands: &Demands, args: &RunArgs, console: &Console) -> Result<(), Failure> {
    let count = demands.instances;
    if u64::from(args.instance) >= count {
        let failure = Failure::new(format!("the job has no instance {}", args.instance));
        return Err(match count {
            0 => failure.note("it has none at all: `instances` is 0"),
            1 => failure.help("leave `--instance` out: the only one is 0"),
            many => failure.help(format!("pass a number from 0 to {}", many - 1)),
        });
    }
    if let Some(image) = &demands.image
        && !args.without_container
    {
        let failure = format!("the job runs in {image}, and `run` has no containers");
        return Err(Failure::new(failure)
            .help("run its processes on this machine as it is with `--without-container`"));
    }
    if !demands.unmet.is_empty() {
        let lacks = demands.unmet.join(", ");
        console.warn(&Failure::new(format!(
            "on this machine, the job does without {lacks}"
        )));
    }
    Ok(())
}

fn told(trouble: PortTrouble) -> Failure {
    match trouble {
        PortTrouble::InUse(name, number) => Failure::new(format!(
            "port `{name}` cannot be {number}: another process listens there"
        ))
        .help(format!(
            "end that one, or pass a free number: `--port {name}=N`"
        )),
        PortTrouble::Forbidden(name, number) => Failure::new(format!(
            "port `{name}` cannot be {number}: this user may not listen below 1024"
        ))
        .help(format!("pass another number: `--port {name}=N`")),
        PortTrouble::Machine(error) => error.into(),
    }
}

impl Refusal {
    fn ports(troubles: Vec<PortTrouble>) -> Self {
        Self::Unfit(troubles.into_iter().map(told).collect())
    }
}
