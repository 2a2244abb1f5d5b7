//! Secrets that are written out: everybody may read a job's JSON, and the store of a node.

use crate::diagnostic::{Diagnostic, Place};
use crate::model::{Container, HealthChecker, Ready, SlaPolicy, Text, ValueOf};
use crate::rule::{self, Context, Resolved, Suspect};
use crate::secret::{Language, is_value, key, secrets};
use crate::source::{Pointer, Span};

crate::diagnostic::declare_codes! {
    /// A password, token or private key stands in the definition or in a file that it imports. Everybody
    /// who can reach the scheduler may read a job's JSON, everybody on a node may read its store, and
    /// version control never forgets.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "DB_PASSWORD=hunter2 serve" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// Keep it in a file that only the node has, and name its place:
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "DB_PASSWORD=$(cat /etc/hello/password) serve" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// Looked at are commands, environment variables, metadata, parameters of Docker, the executor's data and links, and the
    /// text of imported files of up to 128 KiB. Secrets are known
    ///
    /// - by what their makers give them: prefixes of tokens, blocks of private keys, addresses of web hooks, secret keys of Nix, the password in a URL, `Basic` and `Bearer` in a header;
    /// - by what they are called: `password=`, `--token`, `"api_key":`, `<password>`, a `name` with the `value` beside it, a block of YAML, `requirepass`;
    /// - by the program that takes them, read as the shell reads it: `curl -u USER:...`, `mysql -p...`, `sshpass -p`, `docker login -p`, `htpasswd -b`, `openssl ... pass:...`, `echo ... | sudo -S`, behind `sudo`, `env` and `sh -c`, too;
    /// - by the format of a file: `.netrc`, `.pgpass`, `htpasswd`.
    ///
    /// What refers to something (`$TOKEN`, `{{role}}`, `/etc/token`), obviously stands for something
    /// (`<password>`, `changeme`) or only names it (`my-secret`) is none. No shell reads the values of `env`:
    /// `$hunter22` is a password there, and what stands beside a reference may be one. No message, report or comparison
    /// shows a secret, whatever it is about and whether this lint is allowed or waived: `*` stands for it.
    LITERAL_SECRET = "literal-secret", Deny, "a secret that is written out", secret;
}

const EVERYBODY: &str = "everybody may read a job's JSON, and what lies in the store";

/// At most this many secrets of one text are told.
const MOST: usize = 10;

/// Checks all texts of the job that a secret may stand in.
pub(super) fn check(ctx: &mut Context<'_>) {
    if ctx.levels.allow(&LITERAL_SECRET) {
        return;
    }
    let job = ctx.job;
    for (index, process) in job.task.processes.iter().enumerate() {
        text(ctx, Reader::Shell, process.cmdline.as_str(), |at| {
            rule::process(at, index).key("cmdline")
        });
        for (of, line) in process.values() {
            let at = |at: &Pointer| rule::value(&rule::process(at, index), of);
            match of {
                ValueOf::Variable(name) => {
                    let name = name.as_str();
                    pair(ctx, Reader::Variable(name), name, line.as_str(), at);
                }
                ValueOf::File(_) | ValueOf::Path(_) | ValueOf::Directory => {
                    text(ctx, Reader::Nobody, line.as_str(), at);
                }
            }
        }
        if let Some(Ready::Probe(probe)) = &process.ready {
            let at = |at: &Pointer| rule::process(at, index).key("ready");
            if let Some(command) = &probe.command {
                text(ctx, Reader::Shell, command.as_str(), |p| {
                    at(p).key("command")
                });
            }
            if let Some(http) = &probe.http {
                text(ctx, Reader::Probe, http.as_str(), |p| at(p).key("http"));
            }
        }
    }
    if let Some(config) = &job.health_check_config {
        let at = |at: &Pointer| at.key("health_check_config").key("health_checker");
        match &config.health_checker {
            Some(HealthChecker::Shell(shell)) => {
                text(ctx, Reader::Shell, shell.shell_command.as_str(), |p| {
                    at(p).key("shell").key("shell_command")
                });
            }
            Some(HealthChecker::Http(http)) => {
                let endpoint = http.endpoint.as_ref().map_or("", Text::as_str);
                text(ctx, Reader::Nobody, endpoint, |p| {
                    at(p).key("http").key("endpoint")
                });
            }
            None => {}
        }
    }
    for (index, entry) in job.metadata.iter().flatten().enumerate() {
        let at = |at: &Pointer| at.key("metadata").index(index).key("value");
        let (key, value) = (entry.key.as_str(), entry.value.as_str());
        pair(ctx, Reader::Nobody, key, value, at);
    }
    for (name, link) in job.task_links.iter().flatten() {
        text(ctx, Reader::Nobody, link.as_str(), |at| {
            at.key("task_links").key(name)
        });
    }
    if let Some(Container::Docker(docker)) = &job.container {
        for (index, parameter) in docker.parameters.iter().flatten().enumerate() {
            let at = |at: &Pointer| {
                let parameters = at.key("container").key("docker").key("parameters");
                parameters.index(index).key("value")
            };
            let (name, value) = (parameter.name.as_str(), parameter.value.as_str());
            pair(ctx, Reader::Nobody, name, value, at);
        }
    }
    if let Some(data) = job.executor_config.as_ref().and_then(|it| it.data.as_ref()) {
        text(ctx, Reader::Nobody, data, |at| {
            at.key("executor_config").key("data")
        });
    }
    if let Some(SlaPolicy::Coordinator(policy)) = &job.sla_policy {
        let at = |at: &Pointer| {
            at.key("sla_policy")
                .key("coordinator")
                .key("coordinator_url")
        };
        text(ctx, Reader::Nobody, policy.coordinator_url.as_str(), at);
    }
}

/// Who reads a text on the node before it is used.
#[derive(Debug, Clone, Copy)]
enum Reader<'t> {
    /// A shell, which can read a file there.
    Shell,
    /// Nobody, but the environment variable of this name can be a file's contents.
    Variable(&'t str),
    /// Nobody, but a command may stand in its place.
    Probe,
    /// Nobody.
    Nobody,
}

impl Reader<'_> {
    fn language(self) -> Language {
        match self {
            Self::Shell => Language::Command,
            Self::Variable(_) | Self::Probe | Self::Nobody => Language::Value,
        }
    }

    /// What to do about a secret.
    fn help(self) -> String {
        const KEEP: &str = "keep it in a file that only the node has, and";
        match self {
            Self::Shell => format!("{KEEP} read it there: `$(cat FILE)`"),
            Self::Variable(name) => {
                format!("{KEEP} name that: `{name} = {{ file = \"/run/...\" }}`")
            }
            Self::Probe => format!("{KEEP} write `command` instead, which can read it there"),
            Self::Nobody => {
                format!("{KEEP} let a process read it: `env.NAME = {{ file = \"/run/...\" }}`")
            }
        }
    }
}

fn text(ctx: &mut Context<'_>, reader: Reader<'_>, text: &str, at: impl Fn(&Pointer) -> Pointer) {
    if ctx.is_given_up() {
        return;
    }
    let found = secrets(text, reader.language(), MOST);
    if found.is_empty() || ctx.hole(&at) {
        return;
    }
    for secret in found {
        let pointer = at(ctx.at);
        let guilty = &text[secret.range.clone()];
        let place = Place::within(pointer, text, secret.range.start, guilty);
        ctx.report(problem(secret.what, place, reader));
    }
}

/// A name, and a value that may be a secret because of it.
fn pair(
    ctx: &mut Context<'_>,
    reader: Reader<'_>,
    name: &str,
    value: &str,
    at: impl Fn(&Pointer) -> Pointer,
) {
    if key(name).is_some_and(|key| is_value(key, value)) && !ctx.hole(&at) {
        let what = format!("the value of `{name}` is written out");
        let place = Place::text(at(ctx.at), value);
        ctx.report(problem(what, place, reader));
    } else {
        text(ctx, reader, value, at);
    }
}

/// Tells the secrets of files that are imported.
pub(super) fn in_files(job: &mut Resolved<'_>) {
    for Suspect { file, place } in &job.noticed.suspects {
        for secret in secrets(file.text(), Language::File, MOST) {
            let place_in_file = Place::span(file, Span::new(secret.range));
            let problem = problem(secret.what, place_in_file, Reader::Shell);
            job.report(problem.also(place.clone(), "imported here"));
        }
    }
}

/// The problem of a secret at `place`.
fn problem(what: String, place: Place, reader: Reader<'_>) -> Diagnostic {
    Diagnostic::new(&LITERAL_SECRET, what, place)
        .help(reader.help())
        .note(EVERYBODY)
}
