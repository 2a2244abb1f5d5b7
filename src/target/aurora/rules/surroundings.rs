//! What a process starts with, on Aurora: bash runs its command, as the job's role, in a sandbox.

use crate::diagnostic::{Diagnostic, Place};
use crate::intent::{Run, Text, Variable};
use crate::name::VariableName;
use crate::rule::Intended;
use crate::source::Pointer;
use crate::target::aurora::coverage::ROWS;
use crate::target::aurora::quoted::unquotable;
use crate::target::coverage::{Coverage, of_field};

crate::diagnostic::declare_codes! {
    /// Aurora runs commands in bash, which does not let this variable be set, gives it a meaning of its own,
    /// changes what it does with the command itself, or keeps it from scripts of bash: `IFS`, `BASH_ENV`,
    /// `UID`, `RANDOM`, `PS1` and others. With `directory`, bash sets `PWD` and `OLDPWD`.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "serve", env = { UID = "1000" } }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// Set it where the program starts, or give it another name:
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "exec env UID=1000 serve" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    SHELL_VARIABLE = "shell-variable", Error, "a variable that belongs to the shell";

    /// A value refers to something that Aurora's client fills in with a text that only then is known: a command
    /// that names packages or files. Its quotes would end those around the value.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// packages = { python = "/nix/store/62fdlzq1x1ak2lsxp4ij7ip5k9nia3hc-python3-3.13.7" }
    ///
    /// [task]
    /// processes = [
    ///     { name = "hello", cmdline = "${pkgs.python}/bin/python3", env = { SELF = "{{cmdline}}" } },
    /// ]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// packages = { python = "/nix/store/62fdlzq1x1ak2lsxp4ij7ip5k9nia3hc-python3-3.13.7" }
    ///
    /// [task]
    /// processes = [
    ///     { name = "hello", cmdline = "${pkgs.python}/bin/python3", env = { SELF = "${pkgs.python}/bin/python3" } },
    /// ]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    UNQUOTABLE_REFERENCE = "unquotable-reference", Error, "a reference to a text that is not known yet";

    /// Aurora has no words for this, and nothing that it does comes to the same: it runs all processes of an
    /// instance as the job's role, and an instance has nothing but its sandbox, which does not outlive it.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "serve", user = "nobody" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "nobody"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "serve" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    NOT_IN_AURORA = "not-in-aurora", Error, "what Aurora has no words for";

    /// Only a privileged process gives itself more than its share. Aurora's processes run as the job's
    /// role; unless that is `root`, the process fails before its command.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "serve", nice = -5 }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "serve", nice = 5 }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    NEGATIVE_NICE = "negative-nice", Warn, "a `nice` that takes a privilege";
}

/// Variables that bash does not let be set.
const READ_ONLY: &[&str] = &[
    "BASHOPTS",
    // Until bash 5.0.
    "BASH_REMATCH",
    "BASH_VERSINFO",
    "EUID",
    "PPID",
    "SHELLOPTS",
    "UID",
];
/// Variables that bash changes, or does not pass on.
const CHANGED: &[&str] = &[
    "BASHPID",
    "BASH_ALIASES",
    "BASH_ARGC",
    "BASH_ARGV",
    "BASH_CMDS",
    "BASH_COMMAND",
    "BASH_LINENO",
    "BASH_SOURCE",
    "BASH_SUBSHELL",
    "DIRSTACK",
    "EPOCHREALTIME",
    "EPOCHSECONDS",
    "FUNCNAME",
    "GROUPS",
    "HISTCMD",
    "LINENO",
    "OPTIND",
    "RANDOM",
    "SECONDS",
    "SHLVL",
    "SRANDOM",
    "_",
];
/// Variables that each bash sets or forgets when it starts, so that no script of bash gets them.
const OF_EACH_BASH: &[&str] = &[
    "BASH",
    "BASH_ARGV0",
    "BASH_VERSION",
    "COMP_WORDBREAKS",
    "OPTERR",
    "PS1",
    "PS2",
];
/// Variables by which bash takes orders, and complains of what is none.
const ORDERS: &[&str] = &["BASH_COMPAT", "BASH_XTRACEFD"];
/// Variables that change how shells read what they run.
const READ: &[&str] = &["BASH_ENV", "IFS"];
/// Variables that a change of the directory sets.
const DIRECTORIES: &[&str] = &["OLDPWD", "PWD"];

/// Checks what processes start with, and what a job keeps.
pub(super) fn check(ctx: &mut Intended<'_, '_>) {
    for run in &ctx.intent.runs {
        variables(ctx, run);
        references(ctx, run);
        nice(ctx, run);
        user(ctx, run);
    }
    state(ctx);
}

fn variables(ctx: &mut Intended<'_, '_>, run: &Run) {
    for (name, at) in run.env.iter().flatten() {
        let Some(why) = why_shells(name, run) else {
            continue;
        };
        if ctx.hole(|_| at.pointer()) {
            continue;
        }
        let headline = format!("the shell that runs the command {why} `{name}`");
        let problem = Diagnostic::new(&SHELL_VARIABLE, headline, Place::key(at.pointer()));
        ctx.report(if DIRECTORIES.contains(&name.as_str()) {
            problem.help("remove it: `directory` sets it")
        } else {
            problem.help(format!(
                "give it another name, or set it where the program starts: `exec env {name}=... PROGRAM`"
            ))
        });
    }
}

/// What the shell does with a variable that keeps the definition from setting it.
fn why_shells(name: &VariableName, run: &Run) -> Option<&'static str> {
    let name = name.as_str();
    if READ_ONLY.contains(&name) {
        Some("lets nobody set")
    } else if CHANGED.contains(&name) {
        Some("itself changes")
    } else if OF_EACH_BASH.contains(&name) {
        Some("keeps from the scripts that it starts what is in")
    } else if ORDERS.contains(&name) {
        Some("takes orders by")
    } else if READ.contains(&name) {
        Some("reads it otherwise with another")
    } else if DIRECTORIES.contains(&name) && run.directory.is_some() {
        Some("sets, as it changes the directory,")
    } else {
        None
    }
}

fn references(ctx: &mut Intended<'_, '_>, run: &Run) {
    let env = run.env.iter().flatten().map(|(_, at)| match &at.value {
        Variable::Value(text) => (text, at.pointer()),
        Variable::File(text) => (text, at.pointer().key("file")),
    });
    let path = run.path.iter().flat_map(|path| {
        let texts = path.value.iter().enumerate();
        texts.map(|(index, text)| (text, path.pointer().index(index)))
    });
    let directory = run.directory.iter().map(|at| (&at.value, at.pointer()));
    for (text, pointer) in env.chain(path).chain(directory) {
        reference(ctx, text, &pointer);
    }
}

fn reference(ctx: &mut Intended<'_, '_>, text: &Text, pointer: &Pointer) {
    // An unknown name is told as such.
    if let Some(reference) = unquotable(text).filter(|_| !ctx.has_errors())
        && !ctx.hole(|_| pointer.clone())
    {
        let headline = format!("what `{reference}` is, is not known before the job is submitted");
        let place = Place::text(pointer.clone(), reference);
        let problem = Diagnostic::new(&UNQUOTABLE_REFERENCE, headline, place);
        ctx.report(problem.help("write the value itself"));
    }
}

fn nice(ctx: &mut Intended<'_, '_>, run: &Run) {
    if let Some(nice) = run.nice.as_ref().filter(|nice| nice.value < 0)
        && ctx.intent.role.value.as_str() != "root"
        && !ctx.hole(|_| nice.pointer())
    {
        let role = ctx.intent.role.value.as_str();
        let headline = format!("`{role}` needs a privilege for a `nice` below 0");
        let problem = Diagnostic::new(&NEGATIVE_NICE, headline, Place::value(nice.pointer()));
        ctx.report(
            problem
                .help("write a number from 0 up, and larger ones for what may wait")
                .note("without the privilege, the process fails before its command"),
        );
    }
}

fn user(ctx: &mut Intended<'_, '_>, run: &Run) {
    let Coverage::Refused(why) = of_field(ROWS, "Run", "user") else {
        return;
    };
    let role = ctx.intent.role.value.as_str();
    let Some(user) = &run.user else { return };
    if user.value.complete().as_deref() == Some(role) || ctx.hole(|_| user.pointer()) {
        return;
    }
    let headline = "Aurora cannot carry the `user` of a process";
    let problem = Diagnostic::new(&NOT_IN_AURORA, headline, Place::value(user.pointer()));
    ctx.report(
        problem
            .help(format!("remove it, and all processes run as `{role}`"))
            .help("or give the process a job of its own, with this account as its `role`")
            .note(why),
    );
}

fn state(ctx: &mut Intended<'_, '_>) {
    let Coverage::Refused(why) = of_field(ROWS, "Intent", "state") else {
        return;
    };
    let Some(state) = &ctx.intent.state else {
        return;
    };
    if state.value.is_empty() || ctx.hole(|_| state.pointer()) {
        return;
    }
    let headline = "Aurora cannot carry the `state` of a job";
    let problem = Diagnostic::new(&NOT_IN_AURORA, headline, Place::key(state.pointer()));
    ctx.report(
        problem
            .help("leave it out, and keep what has to last outside of the job: in a directory of the node that the command names, with a `constraints` for that node, or in another service")
            .note(why),
    );
}
