//! What a reference to an unknown name was probably meant to be.

use crate::diagnostic::closest;
use crate::model::Dialect;

use crate::rule::scope::{Scope, trouble};
use crate::template::{Address, Component, neutral};

/// Names that can be referred to from anywhere.
const EVERYWHERE: &[&str] = &[
    "mesos.instance",
    "mesos.hostname",
    "mesos.role",
    "mesos.cluster",
    "thermos.task_id",
    "thermos.user",
    "role",
    "cluster",
    "environment",
    "name",
    "task.name",
    "instances",
];

/// Tables whose fields people expect to be known without the table's name.
const TABLES: &[&str] = &[
    "announce",
    "task",
    "task.resources",
    "update_config",
    "mesos",
    "thermos",
];

/// What to do about a reference of another language.
pub(super) enum Advice {
    /// An imperative that says what to write.
    Write(String),
    /// The value is to be written, or another program gets the braces.
    Value,
    /// Another program gets the braces.
    Braces,
}

/// What to write for a reference of another template language, or with braces of another kind.
pub(super) fn of_other_languages(inner: &str, scope: &Scope<'_>) -> Option<Advice> {
    let text = inner.trim().trim_matches('-').trim();
    let own = ["pkgs.", "./", "../", "expanded "];
    if scope.dialect() == Dialect::Definition && own.iter().any(|word| text.starts_with(word)) {
        let reference = format!("${{{text}}}");
        return Some(Advice::Write(if scope.is_in_file() {
            not_in_files(&reference)
        } else {
            format!("write `{reference}`, with one pair of braces")
        }));
    }
    // What is between the braces of Helm, Jinja, Nomad, Mustache and GitHub.
    let call = ["env ", "key ", "quote ", "default "];
    let is_call = call.iter().any(|word| text.starts_with(word));
    let path = text.split(['|', '(']).next().unwrap_or_default().trim();
    let path = path
        .rsplit(' ')
        .next()
        .unwrap_or_default()
        .trim_matches('"');
    let last = path.rsplit('.').next().unwrap_or_default();
    let lower = last.to_ascii_lowercase();
    if let Some(port) = lower.strip_prefix("nomad_port_") {
        let port = spelled(&format!("thermos.ports[{port}]"), scope);
        return Some(Advice::Write(format!("write `{port}`")));
    }
    let is_foreign = path.starts_with('.')
        || text.contains('|')
        || is_call
        || path.split_once('.').is_some_and(|(first, _)| {
            matches!(
                first,
                "env"
                    | "var"
                    | "vars"
                    | "secrets"
                    | "values"
                    | "local"
                    | "ansible"
                    | "inputs"
                    | "matrix"
                    | "github"
            )
        });
    let names_a_port = lower == "port"
        || lower.ends_with("_port")
        || lower.ends_with("port") && path.starts_with('.');
    if names_a_port {
        let name = lower.trim_end_matches("port").trim_matches('_');
        let name = match name {
            "" | "service" | "container" | "listen" | "target" => "http",
            name => name,
        };
        let port = spelled(&format!("thermos.ports[{name}]"), scope);
        return Some(Advice::Write(format!(
            "write `{port}`: Aurora finds a port"
        )));
    }
    if lower == "name" && path.starts_with('.') {
        return Some(Advice::Write(
            "write `{{name}}`, the name of the job".to_owned(),
        ));
    }
    if let Some((_, meant)) = MEANT.iter().find(|(words, _)| words.contains(&&*lower)) {
        let meant = spelled(meant, scope);
        return Some(Advice::Write(format!("write `{meant}`")));
    }
    // Docker and its like fill in fields of their own, as in `docker ps --format '{{.Names}}'`.
    let values = ["Values", "Release", "Chart", "Env"];
    let first = path
        .strip_prefix('.')
        .and_then(|path| path.split('.').next());
    if !text.contains('|') && first.is_some_and(|first| !values.contains(&first)) {
        return Some(Advice::Braces);
    }
    is_foreign.then_some(Advice::Value)
}

/// How the reference to `address` is written: what only a node knows by a name that no scheduler gave it.
pub(in crate::check) fn spelled(address: &str, scope: &Scope<'_>) -> String {
    let is_definition = scope.dialect() == Dialect::Definition;
    let parsed = Address::parse(address).filter(|_| is_definition);
    let neutral = parsed.as_ref().and_then(neutral);
    neutral.unwrap_or_else(|| format!("{{{{{address}}}}}"))
}

/// What only a node knows, as a list in a sentence.
pub(super) fn of_nodes(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Definition => {
            "`${ports.NAME}`, `${job.instance}`, `${job.host}` or `${job.task_id}`"
        }
        Dialect::Client => {
            "`{{thermos.ports[NAME]}}`, `{{mesos.instance}}`, `{{mesos.hostname}}` or \
             `{{thermos.task_id}}`"
        }
    }
}

/// A text of the user's in a headline: its first line, and not too much of that.
pub(in crate::check) fn shorten(text: &str) -> String {
    const LONGEST: usize = 60;
    let line = text.lines().next().unwrap_or_default();
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}...", &line[..end]),
        None if line.len() < text.len() => format!("{line}..."),
        None => line.to_owned(),
    }
}

/// What to do about a reference of commands in a file, where it is not read.
pub(in crate::check) fn not_in_files(reference: &str) -> String {
    let reference = shorten(reference);
    format!(
        "put `{reference}` into the command, and give it to the program as an argument or an \
         environment variable: in a file, only what a node knows is filled in, such as \
         `${{ports.NAME}}`, and `{{{{...}}}}`"
    )
}

/// The port that a broken `inner` of a reference names: `thermos.ports[http`, one with quotes around
/// the name, or `port:http`.
pub(in crate::check) fn repaired(inner: &str) -> Option<String> {
    let name = if let Some(rest) = inner.strip_prefix("thermos.ports[") {
        rest.trim_end_matches(']').trim_matches(['"', '\''])
    } else {
        inner.trim_matches('%').strip_prefix("port:")?
    };
    let address = format!("thermos.ports[{name}]");
    let is_address = Address::parse(&address)?.port().is_some();
    is_address.then_some(address)
}

/// What other template languages call what Aurora knows, in lower case.
const MEANT: &[(&[&str], &str)] = &[
    (
        &[
            "instance",
            "instance_id",
            "index",
            "shard",
            "shard_id",
            "alloc_index",
            "replica",
            "task_index",
            "nomad_alloc_index",
            "ordinal",
        ],
        "mesos.instance",
    ),
    (
        &[
            "host",
            "hostname",
            "node",
            "nodename",
            "inventory_hostname",
            "ansible_host",
            "ansible_hostname",
            "ansible_fqdn",
            "fqdn",
        ],
        "mesos.hostname",
    ),
    (&["env", "stage", "deploy_env", "namespace"], "environment"),
    (
        &[
            "app",
            "app_name",
            "job",
            "job_name",
            "service_name",
            "fullname",
        ],
        "name",
    ),
    (&["owner", "team", "run_as", "user"], "role"),
    (
        &[
            "task_id",
            "taskid",
            "alloc_id",
            "nomad_alloc_id",
            "container_id",
        ],
        "thermos.task_id",
    ),
    (&["datacenter", "dc", "region"], "cluster"),
    (&["replicas", "count", "replicacount"], "instances"),
];

/// The address that was meant by `address`.
pub(in crate::check) fn near_miss(address: &Address<'_>, scope: &Scope<'_>) -> Option<String> {
    use Component::{Field, Index};
    let port = match &address.0[..] {
        [
            Field("thermos" | "mesos"),
            Field(word),
            Index(port) | Field(port),
        ] if word.starts_with("port") => Some(port),
        [Field("ports" | "port"), Index(port) | Field(port)] => Some(port),
        _ => None,
    };
    if let Some(port) = port {
        return Some(format!("thermos.ports[{port}]"));
    }
    let written = address.to_string();
    let known = |candidate: &str| {
        Address::parse(candidate).is_some_and(|address| trouble(&address, scope).is_none())
    };
    if let [Field(_)] = &address.0[..] {
        let qualified = TABLES
            .iter()
            .map(|table| format!("{table}.{written}"))
            .find(|candidate| known(candidate));
        if qualified.is_some() {
            return qualified;
        }
    }
    let local: &[&str] = match scope.innermost().map(|of| of.name) {
        Some("Process") => &["max_failures", "min_duration"],
        Some("Announcer") => &["primary_port"],
        _ => &[],
    };
    closest(&written, EVERYWHERE.iter().chain(local).copied()).map(str::to_owned)
}
