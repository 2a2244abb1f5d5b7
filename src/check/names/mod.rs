//! What jobs and processes are called.

mod codes;

use std::borrow::Cow;
use std::collections::HashMap;

use crate::diagnostic::{Diagnostic, Place};
use crate::model::{Job, JobKey, JobName, Process, ProcessName};
use crate::rule::scope::{Scope, Scopes, expand, fill_in};
use crate::rule::{self, Context};
use crate::source::Pointer;
use crate::template::{self, may_refer};

pub use codes::{DUPLICATE_JOB, DUPLICATE_PROCESS, NO_PROCESSES, PROCESS_NAME, UNNAMED_JOB};

/// A file name has at most this many bytes.
const MAX_BYTES: usize = 255;

/// Finds a task's processes by name.
pub(super) struct ProcessIndex<'a> {
    /// The names in the order written, references filled in as far as they can be.
    names: Vec<Cow<'a, str>>,
    by_name: Option<HashMap<Cow<'a, str>, usize>>,
    /// Whether some name is not the author's, or two are the same.
    pub(super) unreliable: bool,
}

impl<'a> ProcessIndex<'a> {
    /// With so few processes, looking at each is faster than any table.
    const FEW: usize = 16;

    fn new(scopes: Scopes<'a>) -> Self {
        let processes = &scopes.job.task.processes;
        let bound = |(index, process): (usize, &'a Process)| {
            let name = process.name.as_str();
            if may_refer(name) {
                bound(name, &scopes.process(index))
            } else {
                Cow::Borrowed(name)
            }
        };
        let names: Vec<_> = processes.iter().enumerate().map(bound).collect();
        let by_name = (names.len() > Self::FEW).then(|| {
            let mut by_name = HashMap::with_capacity(names.len());
            for (index, name) in names.iter().enumerate() {
                by_name.entry(name.clone()).or_insert(index);
            }
            by_name
        });
        Self {
            names,
            by_name,
            unreliable: false,
        }
    }

    /// The first process called `name`, as an order of the job says it.
    pub(super) fn named_in_order(&self, scopes: Scopes<'_>, name: &str) -> Option<usize> {
        if may_refer(name) {
            self.get(&bound(name, &scopes.task()))
        } else {
            self.get(name)
        }
    }

    fn get(&self, name: &str) -> Option<usize> {
        match &self.by_name {
            Some(by_name) => by_name.get(name).copied(),
            None => self.names.iter().position(|known| known == name),
        }
    }

    /// How many processes there are.
    pub(super) fn count(&self) -> usize {
        self.names.len()
    }

    /// The names, in the order written.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(AsRef::as_ref)
    }
}

/// `name` with its references filled in, if all can be; in Aurora's words otherwise.
fn bound<'a>(name: &'a str, scope: &Scope<'_>) -> Cow<'a, str> {
    expand(name, scope).map_or_else(|| template::in_auroras_words(name), Cow::Owned)
}

/// Checks the processes' names.
pub(super) fn check<'a>(ctx: &mut Context<'a>) -> ProcessIndex<'a> {
    let processes = &ctx.job.task.processes;
    let mut index = ProcessIndex::new(ctx.scopes());
    if processes.is_empty() && !ctx.hole(|at| at.key("task").key("processes")) {
        let place = Place::value(ctx.at.key("task").key("processes"));
        let problem = Diagnostic::new(&NO_PROCESSES, "the task has no processes", place);
        ctx.report(problem.help("add a process with a `name` and a `cmdline`"));
    }
    for position in 0..processes.len() {
        if ctx.is_given_up() {
            index.unreliable = true;
            break;
        }
        if ctx.hole(|at| rule::process(at, position).key("name")) {
            index.unreliable = true;
            continue;
        }
        let place = || Place::value(rule::process(ctx.at, position).key("name"));
        if let Some(problem) = directory_name(ctx.scopes(), position) {
            let problem = Diagnostic::new(&PROCESS_NAME, problem, place());
            ctx.report(problem.note(format!(
                "the agent makes a directory of it: a name of at most {MAX_BYTES} bytes, without \
                 `/` and leading `.`"
            )));
        } else if let Some(first) = index
            .get(&index.names[position])
            .filter(|&first| first < position)
        {
            index.unreliable = true;
            // Filled in, or as its author has it.
            let filled = &*index.names[position];
            let written = ctx.job.task.processes[position].name.as_str();
            let name = if may_refer(filled) { written } else { filled };
            let headline = format!("two processes are called `{name}`");
            let problem = Diagnostic::new(&DUPLICATE_PROCESS, headline, place())
                .also(
                    Place::value(ctx.process(first, "name")),
                    "first called so here",
                )
                .help("give one of them another name");
            ctx.report(problem);
        }
    }
    index
}

/// Why no directory can have the name of the process at `index`.
fn directory_name(scopes: Scopes<'_>, index: usize) -> Option<String> {
    let name = scopes.job.task.processes[index].name.as_str();
    if may_refer(name)
        && let Some(filled) = fill_in(name, &scopes.process(index))
    {
        // The client tries with a host that has no name.
        let filled = filled.replace("{{mesos.hostname}}", "");
        if let Err(error) = filled.parse::<ProcessName>() {
            return Some(format!("the name of a process, filled in, {error}"));
        }
    }
    let bytes = template::in_auroras_words(name).len();
    (bytes > MAX_BYTES).then(|| format!("the name of a process is {bytes} bytes long"))
}

/// The job with the names of its processes in Aurora's words, by which steps and files on the node are
/// called.
pub(super) fn in_auroras_words(mut job: Job) -> Job {
    for process in &mut job.task.processes {
        if let Cow::Owned(name) = template::in_auroras_words(process.name.as_str())
            && let Ok(name) = name.parse()
        {
            process.name = name;
        }
    }
    job
}

/// Where it is written what the job at `at` is called.
pub(super) fn name_pointer(job: &Job, at: &Pointer) -> Pointer {
    let task = at.key("task");
    match (&job.name, &job.task.name) {
        (Some(_), _) => at.key("name"),
        (None, Some(_)) => task.key("name"),
        (None, None) => rule::process(at, 0).key("name"),
    }
}

/// The job's key, the name's default written out.
pub(super) fn key(ctx: &mut Context<'_>) -> Option<JobKey> {
    let job = ctx.job;
    let name = match &job.name {
        Some(name) => name.clone(),
        None => derived_name(ctx)?,
    };
    Some(JobKey {
        cluster: job.cluster.clone(),
        role: job.role.clone(),
        environment: job.environment.clone(),
        name,
    })
}

fn derived_name(ctx: &mut Context<'_>) -> Option<JobName> {
    let task = &ctx.job.task;
    let (source, pointer) = match (&task.name, task.processes.first()) {
        (Some(_), _) => ("task", ctx.at.key("task").key("name")),
        (None, Some(_)) => ("first process", ctx.process(0, "name")),
        (None, None) => return None,
    };
    let made_up = ctx.hole(|_| pointer.clone())
        || ctx.hole(|at| at.key("task").key("name"))
        || ctx.hole(|at| at.key("name"));
    if made_up {
        return None;
    }
    let written = ctx.job.task.called();
    let bound = expand("{{task.name}}", &ctx.scopes().job());
    let reason = match bound.as_ref().map(|name| name.parse::<JobName>()) {
        Some(Ok(name)) => return Some(name),
        Some(Err(error)) => error.to_string(),
        None => "is only known on the node".to_owned(),
    };
    let headline = format!("the job has no name, and that of its {source} is no job name");
    let problem = Diagnostic::new(&UNNAMED_JOB, headline, Place::value(pointer))
        .label(reason)
        .help("write a `name` for the job")
        .note(format!(
            "without one, it is called like its {source}: `{written}`"
        ));
    ctx.report(problem);
    None
}

/// The keys of the jobs seen so far, with their places in the list.
#[derive(Debug, Default)]
pub(super) struct Keys(HashMap<JobKey, Pointer>);

impl Keys {
    /// Checks that no job before this one has the same key.
    pub(super) fn add(&mut self, ctx: &mut Context<'_>, key: &JobKey) {
        let made_up = ["cluster", "role", "environment"]
            .iter()
            .any(|field| ctx.hole(|at| at.key(*field)));
        if made_up || ctx.hole(|at| at.key("name")) {
            return;
        }
        let named = name_pointer(ctx.job, ctx.at);
        match self.0.get(key) {
            Some(first) => {
                let headline = format!("two jobs have the key `{key}`");
                let problem = Diagnostic::new(&DUPLICATE_JOB, headline, Place::value(named))
                    .also(Place::value(first.clone()), "the first of them")
                    .help("give one of them another `name` or `environment`");
                ctx.report(problem);
            }
            None => {
                self.0.insert(key.clone(), named);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use crate::check::tests::{JOB, check_definition as check, problems};
    use crate::model::Settings;

    fn check_task(rest: &str, expected: &[&str]) {
        check(&format!("{JOB}{rest}"), expected);
    }

    fn unnamed(rest: &str) -> String {
        format!("{}{rest}", JOB.replace("name = \"hello\"", ""))
    }

    #[test]
    fn processes() {
        check_task(
            "task.processes = []",
            &["no-processes '[]' the task has no processes"],
        );
        check_task(
            r#"task.processes = [
                { name = "a", cmdline = "x" },
                { name = "b", cmdline = "x" },
                { name = "a", cmdline = "x" },
                { name = "a", cmdline = "x" },
            ]"#,
            &[
                "duplicate-process '\"a\"' two processes are called `a`",
                "duplicate-process '\"a\"' two processes are called `a`",
            ],
        );
    }

    #[test]
    fn many_processes_have_an_index() {
        let mut list = String::from("task.processes = [\n");
        for number in 0..40 {
            writeln!(list, "{{ name = \"p{number}\", cmdline = \"x\" }},").expect("a string");
        }
        list += "{ name = \"p7\", cmdline = \"x\", after = [\"p3\", \"p40\"] }]";
        check_task(
            &list,
            &["duplicate-process '\"p7\"' two processes are called `p7`"],
        );
        check_task(
            &list.replace(
                "\"p7\", cmdline = \"x\", after",
                "\"q\", cmdline = \"x\", after",
            ),
            &["unknown-process '\"p40\"' the task has no process `p40`"],
        );
    }

    #[test]
    fn bytes_count_in_names() {
        let process = |letter: &str, times| {
            let name = letter.repeat(times);
            format!("task.processes = [{{ name = \"{name}\", cmdline = \"x\" }}]")
        };
        check_task(&process("a", 255), &[]);
        check_task(&process("\u{e9}", 127), &[]);
        let found = problems(
            &format!("{JOB}{}", process("\u{e9}", 128)),
            &Settings::default(),
        );
        assert!(found[0].ends_with("the name of a process is 256 bytes long"));
    }

    #[test]
    fn names_are_checked_as_they_will_be() {
        let check = |name: &str, problem: &str| {
            check_task(
                &format!(
                    "announce.zk_path = \"/x\"\ntask.processes = [{{ name = \"{name}\", cmdline = \"x\" }}]"
                ),
                &[&format!(
                    "process-name '\"{name}\"' the name of a process, filled in, {problem}"
                )],
            );
        };
        check("a{{announce.zk_path}}", "contains `/`");
        check("{{executor_config.data}}", "is empty");
        check("{{mesos.hostname}}.a", "starts with `.`");
    }

    #[test]
    fn a_job_is_called_like_its_task() {
        let process = |name| format!("task.processes = [{{ name = \"{name}\", cmdline = \"x\" }}]");
        check(&unnamed(&process("a.b-c")), &[]);
        check(&unnamed(&process("a-{{role}}")), &[]);
        check(
            &unnamed(&process("a b")),
            &[
                "unnamed-job '\"a b\"' the job has no name, and that of its first process is no job name",
            ],
        );
        check(
            &unnamed(&process("a{{mesos.instance}}")),
            &[
                "unnamed-job '\"a{{mesos.instance}}\"' the job has no name, and that of its first process is no job name",
            ],
        );
        check(
            &unnamed(&format!("task.name = \"x/y\"\n{}", process("a"))),
            &["unnamed-job '\"x/y\"' the job has no name, and that of its task is no job name"],
        );
        check(
            &unnamed(&format!("task.name = \"t\"\n{}", process("a b"))),
            &[],
        );
        check(
            &unnamed("task.processes = []"),
            &["no-processes '[]' the task has no processes"],
        );
    }

    #[test]
    fn keys() {
        let job = |role: &str, name: &str| {
            format!(
                "[[jobs]]\n{}task.processes = [{{ name = \"a\", cmdline = \"x\" }}]\n",
                JOB.replace("www", role).replace("hello", name)
            )
        };
        check(&(job("r", "a") + &job("r", "b") + &job("q", "a")), &[]);
        check(
            &(job("r", "a") + &job("r", "b") + &job("r", "a")),
            &["duplicate-job '\"a\"' two jobs have the key `devcluster/r/devel/a`"],
        );
    }

    #[test]
    fn nothing_follows_from_made_up_names() {
        check_task(
            r#"task.processes = [{ name = ".a", cmdline = "x" }, { name = "b", cmdline = "x", after = ["a"] }]"#,
            &[
                "bad-value '\".a\"' `name`: expected a name without `/`, NUL and leading `.`, found `.a`",
            ],
        );
    }
}
