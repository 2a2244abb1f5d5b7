//! Compiled jobs, whoever wrote them: what can be read is printed as what reads the same, can be
//! scheduled, and is no larger than what a machine can hold.

use std::collections::BTreeMap;
use std::time::Duration;

use jobc::run::{Action, Compiled, Ending, Ports, Schedule, Task};
use jobc::target::aurora;
use jobc::template::Agent;

/// More than any job may become when its references are filled in.
const MOST_BYTES: usize = 128 << 20;

/// Reads the text as a compiled file, prints it, and runs each of its tasks without processes.
pub fn check(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else {
        return;
    };
    if let Ok(value) = aurora::parse(text) {
        let printed = aurora::print(&value);
        assert_eq!(aurora::parse(&printed).ok(), Some(value), "{printed}");
    }
    let compiled = match Compiled::parse(text) {
        Ok(compiled) => compiled,
        Err(problem) => return assert!(!problem.to_string().is_empty()),
    };
    for job in &compiled.jobs {
        let key = job.key();
        let ports = match job.ports() {
            Ok(names) => Ports::new(&names, &BTreeMap::new()),
            Err(problems) => {
                assert!(problems.iter().all(|it| !it.to_string().is_empty()));
                continue;
            }
        };
        let Ok(ports) = ports else {
            continue;
        };
        let numbers = ports.open().iter().cloned().zip(31_000..).collect();
        let agent = Agent {
            instance: u32::MAX,
            hostname: "node.example".to_owned(),
            task_id: "1-www-devel-hello-0-{{x}}".to_owned(),
            ports: ports.bind(numbers),
        };
        let Ok(task) = job.task(&agent) else {
            continue;
        };
        // A name may have the instance in it, so that the key need not be the same.
        assert!(key.is_ok());
        let commands = task.processes.iter().map(|process| process.command.len());
        assert!(commands.sum::<usize>() <= MOST_BYTES);
        run(&task);
    }
}

/// Runs the task as if every process failed at once, until it is killed.
fn run(task: &Task) {
    let mut schedule = Schedule::new(task, |_| false);
    let mut now = Duration::ZERO;
    let mut actions = schedule.advance(now);
    for round in 0..200 {
        if schedule.fate().is_some() {
            return;
        }
        let started = actions.iter().filter_map(|action| match action {
            Action::Start(process) => Some(*process),
            _ => None,
        });
        // Many take long, and more of them find nothing.
        let started: Vec<_> = started.take(20).collect();
        actions.clear();
        for process in started {
            let ending = match (process + round) % 3 {
                0 => Ending::Exit(0),
                1 => Ending::Exit(1),
                _ => Ending::Signal(9),
            };
            actions.extend(schedule.ended(process, ending, now));
        }
        if let Some(deadline) = schedule.deadline() {
            now = deadline.max(now);
            actions.extend(schedule.advance(now));
        }
        if round == 100 {
            actions.extend(schedule.kill(now));
        }
    }
    schedule.abort(now);
    assert!(schedule.fate().is_some());
}
