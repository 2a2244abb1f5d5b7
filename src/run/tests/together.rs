//! Jobs that run at once, with processes that are made up.

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::prelude::{any, prop, proptest};
use proptest::{prop_assert, prop_assert_eq};

use super::schedule::{BAD, GOOD, Plan, any_process, process, task};
use crate::plan::When;
use crate::run::{Act, Action, Cause, Ending, Fate, Member, Process, Task, Together, Wait};

/// A run of several jobs.
#[derive(Default)]
struct Play {
    tasks: Vec<Task>,
    /// How each process of each job goes; without an end, it runs until it is asked to end.
    plans: Vec<Vec<Option<Plan>>>,
    telling: Vec<Vec<usize>>,
    waits: Vec<Wait>,
    /// Jobs whose processes do not listen.
    deaf: Vec<usize>,
    kills: Vec<u64>,
}

/// What happened, a word for each action, and what it came to.
#[derive(Debug)]
struct Played {
    story: Vec<String>,
    fates: Vec<Fate>,
    fate: Fate,
    cause: Option<Cause>,
    took: u64,
}

impl Play {
    /// One more job, called by a letter, with these processes.
    fn job(mut self, processes: Vec<Process>, order: &[(usize, usize)]) -> Self {
        let name = char::from(b'a' + u8::try_from(self.tasks.len()).expect("few jobs"));
        let named = processes.into_iter().map(|process| Process {
            name: format!("{name}{}", process.name),
            ..process
        });
        self.tasks.push(task(named.collect(), order));
        self.telling.push(Vec::new());
        self.plans.push(Vec::new());
        self
    }

    /// How the last job's processes go.
    fn goes(mut self, plans: &[Option<Plan>]) -> Self {
        *self.plans.last_mut().expect("a job") = plans.to_vec();
        self
    }

    /// Which processes of the last job tell that it is ready.
    fn ready(mut self, telling: &[usize]) -> Self {
        *self.telling.last_mut().expect("a job") = telling.to_vec();
        self
    }

    fn wait(mut self, (job, process): (usize, usize), of: usize, when: When) -> Self {
        self.waits.push(Wait {
            job,
            process,
            of,
            when,
        });
        self
    }

    fn kill(mut self, at: u64) -> Self {
        self.kills.push(at);
        self
    }

    fn play(&self) -> Played {
        let skipped: Vec<Vec<bool>> = (self.tasks.iter())
            .map(|task| vec![false; task.processes.len()])
            .collect();
        let jobs = self.tasks.iter().zip(&skipped).zip(&self.telling);
        let members: Vec<Member<'_>> = jobs
            .map(|((task, skipped), telling)| Member {
                task,
                skipped,
                telling,
            })
            .collect();
        let mut together = Together::new(&members, &self.waits);
        let mut running: BTreeMap<(usize, usize), (u64, Ending)> = BTreeMap::new();
        let mut story = Vec::new();
        let mut kills = self.kills.iter().copied().enumerate().peekable();
        let mut now = 0;
        let mut acts = together.advance(Duration::ZERO);
        for _ in 0..50_000 {
            for act in acts {
                self.act(act, now, &mut running, &mut story);
            }
            if let Some(fate) = together.fate() {
                assert!(running.is_empty(), "{running:?}");
                let fate_of = |job| together.of(job).fate().expect("it is done");
                return Played {
                    story,
                    fates: (0..self.tasks.len()).map(fate_of).collect(),
                    fate,
                    cause: together.cause(),
                    took: now,
                };
            }
            let end = running.iter().map(|(&id, &(at, _))| (at, id)).min();
            let deadline = together.deadline().map(|at| at.as_secs());
            let next = [end.map(|(at, _)| at), deadline, kills.peek().map(|it| it.1)];
            now = next.into_iter().flatten().min().expect("something comes");
            let at = Duration::from_secs(now);
            acts = match (kills.next_if(|it| it.1 == now), end) {
                (Some((0, _)), _) => together.kill(at),
                (Some(_), _) => together.abort(at),
                (None, Some((end, id))) if end == now => {
                    let (_, ending) = running.remove(&id).expect("it runs");
                    together.ended(id.0, id.1, ending, at)
                }
                (None, _) => together.advance(at),
            };
        }
        panic!("it never ends: {:?}", &story[..20]);
    }

    fn act(
        &self,
        (job, action): Act,
        now: u64,
        running: &mut BTreeMap<(usize, usize), (u64, Ending)>,
        story: &mut Vec<String>,
    ) {
        let name = |index: usize| &self.tasks[job].processes[index].name;
        match action {
            Action::Start(index) => {
                let plan = self.plans[job][index].unwrap_or((1_000_000, GOOD));
                let known = running.insert((job, index), (now + plan.0, plan.1));
                assert!(known.is_none());
                story.push(format!("{now} {}", name(index)));
            }
            Action::Terminate(index) => {
                story.push(format!("{now} -{}", name(index)));
                let plan = running.get_mut(&(job, index)).expect("it runs");
                if !self.deaf.contains(&job) {
                    *plan = (plan.0.min(now + 1), Ending::Signal(15));
                }
            }
            Action::Kill(index) => {
                story.push(format!("{now} !{}", name(index)));
                running.remove(&(job, index)).expect("it runs");
            }
            Action::TerminateOrphans => {}
        }
    }
}

#[track_caller]
fn check(play: &Play, story: &[&str], fates: &[Fate], cause: Option<Cause>) {
    let played = play.play();
    assert_eq!(played.story, story);
    assert_eq!(played.fates, fates);
    assert_eq!(played.cause, cause);
    let fate = match cause {
        None => Fate::Success,
        Some(Cause::Killed) => Fate::Killed,
        Some(_) => Fate::Failed,
    };
    assert_eq!(played.fate, fate);
}

const READY: When = When::Ready;
const SUCCEEDED: When = When::Succeeded;

/// A job `db` with a server, `1`, and what tells that it is ready after so many seconds, `0`.
fn db(seconds: u64, ending: Ending) -> Play {
    Play::default()
        .job(vec![process("0"), process("1")], &[])
        .goes(&[Some((seconds, ending)), None])
        .ready(&[0])
}

#[test]
fn without_waits_all_start_and_one_that_succeeds_ends_no_other() {
    let play = Play::default()
        .job(vec![process("")], &[])
        .goes(&[Some((2, GOOD))])
        .job(vec![process("")], &[])
        .goes(&[Some((5, GOOD))]);
    let good = Fate::Success;
    check(&play, &["0 a", "0 b"], &[good, good], None);
    assert_eq!(play.play().took, 5);
}

#[test]
fn one_that_fails_ends_the_others_the_last_one_first() {
    let play = Play::default()
        .job(vec![process("")], &[])
        .goes(&[None])
        .job(vec![process("")], &[])
        .goes(&[Some((3, BAD))])
        .job(vec![process("")], &[])
        .goes(&[None]);
    check(
        &play,
        &["0 a", "0 b", "0 c", "3 -c", "4 -a"],
        &[Fate::Killed, Fate::Failed, Fate::Killed],
        Some(Cause::Failed(1)),
    );
}

#[test]
fn a_process_starts_when_another_job_is_ready() {
    let play = db(4, GOOD)
        .job(vec![process("0"), process("1")], &[(0, 1)])
        .goes(&[Some((1, GOOD)), Some((2, GOOD))])
        .wait((1, 1), 0, READY)
        .kill(9);
    check(
        &play,
        &["0 a0", "0 a1", "0 b0", "4 b1", "9 -a1"],
        &[Fate::Killed, Fate::Success],
        Some(Cause::Killed),
    );
}

#[test]
fn a_process_starts_when_another_job_has_succeeded() {
    let play = Play::default()
        .job(vec![process("")], &[])
        .goes(&[Some((1, GOOD))])
        .wait((0, 0), 1, SUCCEEDED)
        .job(vec![process(""), process("x")], &[(0, 1)])
        .goes(&[Some((2, GOOD)), Some((3, GOOD))]);
    let good = Fate::Success;
    check(&play, &["0 b", "2 bx", "5 a"], &[good, good], None);
}

#[test]
fn all_waits_of_a_process_have_to_be_over() {
    let play = db(2, GOOD)
        .job(vec![process("")], &[])
        .goes(&[Some((5, GOOD))])
        .job(vec![process("")], &[])
        .goes(&[Some((1, BAD))])
        .wait((2, 0), 0, READY)
        .wait((2, 0), 1, SUCCEEDED)
        .wait((2, 0), 1, SUCCEEDED);
    check(
        &play,
        &["0 a0", "0 a1", "0 b", "5 c", "6 -a1"],
        &[Fate::Killed, Fate::Success, Fate::Failed],
        Some(Cause::Failed(2)),
    );
}

#[test]
fn those_that_wait_end_first_whatever_order_was_asked_for() {
    let play = Play::default()
        .job(vec![process("")], &[])
        .goes(&[None])
        .job(vec![process("0"), process("1")], &[])
        .goes(&[Some((1, GOOD)), None])
        .ready(&[0])
        .job(vec![process("")], &[])
        .goes(&[None])
        .wait((0, 0), 1, READY)
        .kill(5);
    check(
        &play,
        &["0 b0", "0 b1", "0 c", "1 a", "5 -c", "6 -a", "7 -b1"],
        &[Fate::Killed, Fate::Killed, Fate::Killed],
        Some(Cause::Killed),
    );
}

#[test]
fn nothing_more_starts_while_all_end() {
    let mut play = db(4, GOOD)
        .job(vec![process("")], &[])
        .goes(&[Some((1, GOOD))])
        .wait((1, 0), 0, READY)
        .job(vec![process("")], &[])
        .goes(&[None])
        .kill(2);
    play.deaf = vec![2];
    // While the deaf one is waited for, the first one gets ready.
    check(
        &play,
        &["0 a0", "0 a1", "0 c", "2 -c", "62 !c", "62 -a1"],
        &[Fate::Killed, Fate::Killed, Fate::Killed],
        Some(Cause::Killed),
    );
}

#[test]
fn a_second_interrupt_kills_all_at_once() {
    let mut play = db(4, GOOD)
        .job(vec![process("")], &[])
        .goes(&[None])
        .kill(5)
        .kill(7);
    play.deaf = vec![0, 1];
    check(
        &play,
        &["0 a0", "0 a1", "0 b", "5 -b", "7 !b", "7 !a1"],
        &[Fate::Killed, Fate::Killed],
        Some(Cause::Killed),
    );
}

#[test]
fn what_finds_out_whether_a_job_is_ready_takes_no_room_from_others() {
    let mut play = Play::default()
        .job(vec![process("0"), process("1"), process("2")], &[])
        .goes(&[Some((3, GOOD)), None, Some((2, GOOD))])
        .ready(&[2])
        .job(vec![process("")], &[])
        .goes(&[Some((1, GOOD))])
        .wait((1, 0), 0, READY)
        .kill(9);
    play.tasks[0].max_concurrency = Some(1);
    check(
        &play,
        &["0 a0", "0 a2", "2 b", "3 a1", "9 -a1"],
        &[Fate::Killed, Fate::Success],
        Some(Cause::Killed),
    );
}

#[test]
fn a_job_that_is_never_ready_has_failed() {
    let play = db(3, BAD)
        .job(vec![process("")], &[])
        .goes(&[None])
        .wait((1, 0), 0, READY);
    check(
        &play,
        &["0 a0", "0 a1", "3 -a1"],
        &[Fate::Failed, Fate::Killed],
        Some(Cause::Failed(0)),
    );
}

#[test]
fn a_job_that_bears_not_to_be_ready_ends_those_that_wait() {
    let mut play = db(3, BAD)
        .job(vec![process("")], &[])
        .goes(&[None])
        .wait((1, 0), 0, READY);
    play.tasks[0].max_failures = None;
    check(
        &play,
        &["0 a0", "0 a1", "3 -a1"],
        &[Fate::Killed, Fate::Killed],
        Some(Cause::NeverReady(0)),
    );
    play.waits.clear();
    let play = play.kill(5);
    check(
        &play,
        &["0 a0", "0 a1", "0 b", "5 -b", "6 -a1"],
        &[Fate::Killed, Fate::Killed],
        Some(Cause::Killed),
    );
}

#[test]
fn a_job_whose_end_has_begun_has_its_time_for_it() {
    let last = Process {
        is_final: true,
        ..process("f")
    };
    let play = Play::default()
        .job(vec![process("")], &[])
        .goes(&[Some((3, BAD))])
        .job(vec![process(""), last], &[])
        .goes(&[Some((2, GOOD)), Some((4, GOOD))]);
    check(
        &play,
        &["0 a", "0 b", "2 bf"],
        &[Fate::Failed, Fate::Success],
        Some(Cause::Failed(0)),
    );
    // Whoever interrupts does not wait for that.
    let play = play.kill(4);
    check(
        &play,
        &["0 a", "0 b", "2 bf", "4 !bf", "4 bf"],
        &[Fate::Failed, Fate::Killed],
        Some(Cause::Failed(0)),
    );
}

#[test]
fn those_that_wait_for_each_other_end() {
    let play = Play::default()
        .job(vec![process("")], &[])
        .goes(&[None])
        .job(vec![process("")], &[])
        .goes(&[None])
        .wait((0, 0), 1, SUCCEEDED)
        .wait((1, 0), 0, SUCCEEDED);
    let killed = Fate::Killed;
    check(&play, &[], &[killed, killed], Some(Cause::Stuck));
}

#[test]
fn a_circle_of_jobs_need_be_none_of_processes() {
    let play = db(1, GOOD)
        .job(vec![process("0"), process("1")], &[])
        .goes(&[Some((1, GOOD)), Some((5, GOOD))])
        .ready(&[0])
        .wait((0, 1), 1, READY)
        .wait((1, 1), 0, READY)
        .kill(9);
    check(
        &play,
        &["0 a0", "0 b0", "1 b1", "1 a1", "9 -a1"],
        &[Fate::Killed, Fate::Success],
        Some(Cause::Killed),
    );
}

#[test]
fn a_single_job_goes_as_by_itself() {
    let play = db(1, GOOD).kill(3);
    check(
        &play,
        &["0 a0", "0 a1", "3 -a1"],
        &[Fate::Killed],
        Some(Cause::Killed),
    );
    check(&Play::default(), &[], &[], None);
}

proptest! {
    #[test]
    fn every_run_ends(
        jobs in prop::collection::vec(prop::collection::vec(any_process(), 1..4), 0..4),
        waits in prop::collection::vec((any::<[prop::sample::Index; 3]>(), any::<bool>()), 0..6),
        telling in prop::collection::vec(any::<prop::sample::Index>(), 0..4),
        deaf in prop::collection::vec(0..4usize, 0..2),
        kill in 0..60u64,
    ) {
        let mut play = Play::default();
        for processes in jobs {
            let (mut processes, plans): (Vec<Process>, Vec<Vec<Plan>>) =
                processes.into_iter().unzip();
            for (index, process) in processes.iter_mut().enumerate() {
                process.name = index.to_string();
            }
            let plans: Vec<_> = plans.iter().map(|plans| plans.first().copied()).collect();
            play = play.job(processes, &[]).goes(&plans);
        }
        let count = play.tasks.len();
        if count > 0 {
            for (job, process) in telling.iter().enumerate().take(count) {
                play.telling[job] = vec![process.index(play.tasks[job].processes.len())];
            }
            for ([job, process, of], ready) in waits {
                let job = job.index(count);
                let process = process.index(play.tasks[job].processes.len());
                let when = if ready { READY } else { SUCCEEDED };
                play = play.wait((job, process), of.index(count), when);
            }
        }
        play.deaf = deaf;
        let play = play.kill(kill);
        let played = play.play();
        // Each of them has a minute, or its own time, after the one before it.
        prop_assert!(played.took <= kill + 61 * u64::try_from(count).expect("few"));
        let good = played.fates.iter().all(|fate| *fate == Fate::Success);
        prop_assert_eq!(played.fate == Fate::Success, good && played.cause.is_none());
    }
}
