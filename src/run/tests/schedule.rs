//! Tasks whose processes are made up.

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::prelude::{Strategy, any, prop, proptest};
use proptest::prop_assert;

use crate::run::{
    Action, Destination, Ending, Fate, Key, Logger, Process, RunState, Schedule, Task,
};

/// How each run of a process goes: how long it takes, and how it ends.
pub(super) type Plan = (u64, Ending);

pub(super) fn process(name: &str) -> Process {
    Process {
        name: name.to_owned(),
        command: String::new(),
        max_failures: Some(1),
        min_duration: Duration::ZERO,
        is_daemon: false,
        is_ephemeral: false,
        is_final: false,
        logger: Logger {
            destination: Destination::File,
            rotation: None,
        },
    }
}

pub(super) fn task(processes: Vec<Process>, order: &[(usize, usize)]) -> Task {
    Task {
        key: Key {
            cluster: "c".to_owned(),
            role: "r".to_owned(),
            environment: "e".to_owned(),
            name: "n".to_owned(),
        },
        processes,
        order: order.to_vec(),
        max_failures: Some(1),
        max_concurrency: None,
        finalization_wait: Duration::from_secs(30),
    }
}

/// What happened, a word for each action, and the fate.
struct Played {
    story: Vec<String>,
    fate: Fate,
    took: u64,
}

/// Lets a task run by plans, the last of a process' plans again and again; asked to end, each
/// process does within a second, unless it is `deaf`. Kills it at each time of `kills`.
fn play(task: &Task, plans: &[Vec<Plan>], deaf: &[usize], kills: &[u64]) -> Played {
    let mut schedule = Schedule::new(task, |_| false);
    let mut running: BTreeMap<usize, Plan> = BTreeMap::new();
    let mut story = Vec::new();
    let mut kills = kills.iter().copied().peekable();
    let mut killed = 0;
    let mut now = 0;
    let mut actions = schedule.advance(Duration::ZERO);
    for _ in 0..20_000 {
        for action in actions {
            let name = |index: usize| &task.processes[index].name;
            match action {
                Action::Start(index) => {
                    let run = schedule.runs(index).len() - 1;
                    let (takes, ending) = plans[index][run.min(plans[index].len() - 1)];
                    assert!(running.insert(index, (now + takes, ending)).is_none());
                    story.push(format!("{now} {}", name(index)));
                }
                Action::Terminate(index) => {
                    story.push(format!("{now} -{}", name(index)));
                    let plan = running.get_mut(&index).expect("it runs");
                    if !deaf.contains(&index) {
                        *plan = (plan.0.min(now + 1), Ending::Signal(15));
                    }
                }
                Action::Kill(index) => {
                    story.push(format!("{now} !{}", name(index)));
                    running.remove(&index).expect("it runs");
                }
                Action::TerminateOrphans => {}
            }
        }
        if let Some(fate) = schedule.fate() {
            assert!(running.is_empty(), "{running:?}");
            return Played {
                story,
                fate,
                took: now,
            };
        }
        let ends = running.iter().map(|(&index, &(at, _))| (at, index)).min();
        let deadline = schedule.deadline().map(|at| at.as_secs());
        let next = [ends.map(|(at, _)| at), deadline, kills.peek().copied()];
        now = next.into_iter().flatten().min().expect("something comes");
        let at = Duration::from_secs(now);
        actions = if kills.next_if_eq(&now).is_some() {
            killed += 1;
            if killed == 1 {
                schedule.kill(at)
            } else {
                schedule.abort(at)
            }
        } else if let Some((_, index)) = ends.filter(|(end, _)| *end == now) {
            let (_, ending) = running.remove(&index).expect("it runs");
            schedule.ended(index, ending, at)
        } else {
            schedule.advance(at)
        };
    }
    panic!("it never ends: {:?}", &story[..20]);
}

#[track_caller]
fn check(task: &Task, plans: &[Plan], kills: &[u64], story: &[&str], fate: Fate) {
    let plans: Vec<_> = plans.iter().map(|plan| vec![*plan]).collect();
    let played = play(task, &plans, &[], kills);
    assert_eq!(played.story, story);
    assert_eq!(played.fate, fate);
}

pub(super) const GOOD: Ending = Ending::Exit(0);
pub(super) const BAD: Ending = Ending::Exit(1);

#[test]
fn order() {
    let task = task(
        vec![process("a"), process("b"), process("c")],
        &[(2, 1), (1, 0)],
    );
    let plans = [(1, GOOD), (2, GOOD), (3, GOOD)];
    check(&task, &plans, &[], &["0 c", "3 b", "5 a"], Fate::Success);
}

#[test]
fn time_between_runs_begins_with_the_end() {
    let flaky = Process {
        max_failures: Some(3),
        min_duration: Duration::from_secs(5),
        ..process("a")
    };
    let task = task(vec![flaky], &[]);
    check(
        &task,
        &[(2, BAD)],
        &[],
        &["0 a", "7 a", "14 a"],
        Fate::Failed,
    );
}

#[test]
fn a_failure_ends_the_others_and_then_come_final_processes() {
    let last = Process {
        is_final: true,
        ..process("f")
    };
    let task = task(vec![process("a"), process("b"), last], &[]);
    let plans = [(2, BAD), (60, GOOD), (3, GOOD)];
    check(
        &task,
        &plans,
        &[],
        &["0 a", "0 b", "2 -b", "3 f"],
        Fate::Failed,
    );
}

#[test]
fn final_processes_have_what_is_left_of_the_time() {
    let last = Process {
        is_final: true,
        ..process("f")
    };
    let task = task(vec![process("a"), last], &[]);
    let plans = [(2, GOOD), (60, GOOD)];
    check(&task, &plans, &[], &["0 a", "2 f", "32 !f"], Fate::Success);
}

#[test]
fn a_killed_task_has_a_minute() {
    let task = task(vec![process("a")], &[]);
    check(&task, &[(600, GOOD)], &[3], &["0 a", "3 -a"], Fate::Killed);
    let played = play(&task, &[vec![(600, GOOD)]], &[0], &[3]);
    assert_eq!(played.story, ["0 a", "3 -a", "63 !a"]);
    let played = play(&task, &[vec![(600, GOOD)]], &[0], &[3, 4]);
    assert_eq!(played.story, ["0 a", "3 -a", "4 !a"]);
}

#[test]
fn deaths_by_signal_are_no_failures_and_a_hundred_runs_the_most() {
    let task = task(vec![process("a")], &[]);
    let played = play(&task, &[vec![(1, Ending::Signal(9))]], &[], &[]);
    assert_eq!((played.story.len(), played.fate), (100, Fate::Failed));
    let plans = [vec![(1, Ending::Signal(9)), (1, GOOD)]];
    let played = play(&task, &plans, &[], &[]);
    assert_eq!((played.story.len(), played.fate), (2, Fate::Success));
}

#[test]
fn concurrency() {
    let mut task = task(vec![process("a"), process("b"), process("c")], &[]);
    task.max_concurrency = Some(2);
    let plans = [(3, GOOD), (1, GOOD), (1, GOOD)];
    check(&task, &plans, &[], &["0 a", "0 b", "1 c"], Fate::Success);
}

#[test]
fn a_task_with_nothing_to_wait_for() {
    let ephemeral = Process {
        is_ephemeral: true,
        ..process("e")
    };
    check(
        &task(vec![ephemeral], &[]),
        &[(9, GOOD)],
        &[],
        &[],
        Fate::Success,
    );
    check(&task(Vec::new(), &[]), &[], &[], &[], Fate::Success);
}

#[test]
fn what_waits_for_a_failed_process() {
    let mut task = task(vec![process("a"), process("b")], &[(0, 1)]);
    task.max_failures = None;
    check(&task, &[(1, BAD), (1, GOOD)], &[], &["0 a"], Fate::Failed);
}

#[test]
fn skipped_processes_have_succeeded() {
    let task = task(vec![process("a"), process("b")], &[(0, 1)]);
    let mut schedule = Schedule::new(&task, |index| index == 0);
    assert_eq!(schedule.advance(Duration::ZERO), [Action::Start(1)]);
    assert!(schedule.is_skipped(0) && schedule.runs(0).is_empty());
}

pub(super) fn any_process() -> impl Strategy<Value = (Process, Vec<Plan>)> {
    let ending = prop::sample::select(vec![GOOD, GOOD, BAD, Ending::Signal(9)]);
    let plans = prop::collection::vec((0..5u64, ending), 1..4);
    let flags = any::<[bool; 3]>();
    (0..3usize, 0..3u64, flags, plans).prop_map(|(failures, pause, flags, plans)| {
        let process = Process {
            max_failures: (failures > 0).then_some(failures),
            min_duration: Duration::from_secs(pause),
            is_daemon: flags[0] && flags[1],
            is_ephemeral: flags[1] && flags[2],
            is_final: flags[0] && flags[2],
            ..process("p")
        };
        (process, plans)
    })
}

proptest! {
    #[test]
    fn every_task_ends(
        processes in prop::collection::vec(any_process(), 0..6),
        pairs in prop::collection::vec((0..6usize, 0..6usize), 0..5),
        limits in (0..4usize, 0..3usize, 0..20u64),
        kill in prop::option::of(0..30u64),
        deaf in prop::collection::vec(0..6usize, 0..3),
    ) {
        let (mut processes, plans): (Vec<_>, Vec<_>) = processes.into_iter().unzip();
        for (index, process) in processes.iter_mut().enumerate() {
            process.name = index.to_string();
        }
        let fits = |&(first, second): &(usize, usize)| {
            first < second && second < processes.len() && {
                let (first, second) = (&processes[first], &processes[second]);
                !first.is_daemon
                    && first.is_final == second.is_final
                    && (second.is_ephemeral || !first.is_ephemeral)
            }
        };
        let order: Vec<_> = pairs.into_iter().filter(fits).collect();
        let mut task = task(processes, &order);
        let (concurrency, failures, wait) = limits;
        task.max_concurrency = (concurrency > 0).then_some(concurrency);
        task.max_failures = (failures > 0).then_some(failures);
        task.finalization_wait = Duration::from_secs(wait);
        let kills: Vec<_> = kill.into_iter().collect();
        let played = play(&task, &plans, &deaf, &kills);
        if let Some(kill) = kill {
            prop_assert!(played.took <= kill + 60 + wait);
        }
        let first_final = played.story.iter().position(|word| {
            word.rsplit(' ').next().and_then(|name| name.parse::<usize>().ok())
                .is_some_and(|index| task.processes[index].is_final)
        });
        for word in &played.story[first_final.unwrap_or(played.story.len())..] {
            let name = word.rsplit([' ', '!', '-']).next().expect("a name");
            prop_assert!(task.processes[name.parse::<usize>().expect("an index")].is_final);
        }
        if kill.is_none() {
            prop_assert!(played.fate != Fate::Killed);
        }
    }
}

#[test]
fn codes_are_those_of_thermos() {
    let task = task(vec![process("a")], &[]);
    let mut schedule = Schedule::new(&task, |_| false);
    schedule.advance(Duration::ZERO);
    assert_eq!(schedule.runs(0)[0].return_code(), None);
    schedule.ended(0, Ending::Signal(9), Duration::ZERO);
    assert_eq!(schedule.runs(0)[0].state, RunState::Signal(9));
    assert_eq!(schedule.runs(0)[0].return_code(), Some(-9));
    schedule.abort(Duration::ZERO);
    assert_eq!(schedule.runs(0)[1].return_code(), Some(-1));
}
