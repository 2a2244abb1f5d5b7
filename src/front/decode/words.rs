//! Words that other tools have for what a job says otherwise: those of Kubernetes, compose,
//! process-compose, Nomad, systemd, supervisord, Marathon, NixOS and Heroku.

/// What a word of another tool is here.
pub(super) struct Word {
    /// Its spellings, in lower case and without `_` and `-`.
    spellings: &'static [&'static str],
    /// The field that it is: dotted, from the job, `*` for any element of a list.
    pub(super) field: Option<&'static str>,
    /// What to do, if there is no such field or more to say; empty if not.
    pub(super) help: &'static str,
}

/// What `word` is, if another tool has it.
pub(super) fn find(word: &str) -> Option<&'static Word> {
    const LONGEST: usize = 40;
    if word.len() > LONGEST {
        return None;
    }
    let folded: String = word
        .chars()
        .filter(|c| !matches!(c, '_' | '-'))
        .map(|c| c.to_ascii_lowercase())
        .collect();
    let is_spelled = |word: &&Word| word.spellings.contains(&folded.as_str());
    WORDS.iter().find(is_spelled)
}

/// What to write where another tool sets environment variables.
pub(super) const VARIABLES: &str = "set variables in the command: `cmdline = \"NAME=value exec program\"`, or `export NAME=value;` first";

const fn field(spellings: &'static [&'static str], field: &'static str) -> Word {
    Word {
        spellings,
        field: Some(field),
        help: "",
    }
}

const fn more(spellings: &'static [&'static str], field: &'static str, help: &'static str) -> Word {
    Word {
        spellings,
        field: Some(field),
        help,
    }
}

const fn none(spellings: &'static [&'static str], help: &'static str) -> Word {
    Word {
        spellings,
        field: None,
        help,
    }
}

const WORDS: &[Word] = &[
    field(
        &[
            "command",
            "cmd",
            "exec",
            "execstart",
            "run",
            "program",
            "script",
            "shellcommand",
            "commandline",
            "startcommand",
            "shell",
            "start",
            "entrypoint",
        ],
        "task.processes.*.cmdline",
    ),
    none(
        &["args", "arguments", "argv", "parameters"],
        "write arguments after the program, in `cmdline`",
    ),
    none(
        &[
            "env",
            "environ",
            "envs",
            "envvars",
            "variables",
            "vars",
            "environmentvariables",
        ],
        VARIABLES,
    ),
    none(
        &["envfile", "environmentfile", "envfrom", "environmentfiles"],
        "read the file in the command: `cmdline = \". ${./vars.env}; exec program\"`",
    ),
    none(
        &[
            "workingdir",
            "workingdirectory",
            "workdir",
            "cwd",
            "directory",
            "dir",
            "chdir",
        ],
        "change the directory in the command: `cmdline = \"cd DIRECTORY && exec program\"`",
    ),
    none(
        &["path", "searchpath"],
        "name programs by their packages: `cmdline = \"${pkgs.NAME}/bin/program\"`",
    ),
    none(
        &[
            "inputs",
            "buildinputs",
            "nativebuildinputs",
            "propagatedbuildinputs",
            "runtimeinputs",
            "closure",
            "deps",
        ],
        "declare packages, `packages.NAME = \"nixpkgs#NAME\"` in the job, and name them in the command: \
         `${pkgs.NAME}`",
    ),
    none(
        &[
            "restart",
            "restartpolicy",
            "autorestart",
            "restartsec",
            "restarts",
            "alwaysrestart",
            "keepalive",
            "respawn",
            "always",
        ],
        "write `service = true` in the job to start instances again, `daemon = true` in a process to \
         start that again, or `max_failures` for how often it may fail",
    ),
    more(
        &[
            "replicas",
            "count",
            "numprocs",
            "scale",
            "instancecount",
            "desiredcount",
            "copies",
            "size",
        ],
        "instances",
        "",
    ),
    field(
        &[
            "memory",
            "mem",
            "memlimit",
            "memorymax",
            "memorylimit",
            "memorymb",
            "memswaplimit",
            "memorymaxmb",
            "memoryhigh",
            "memreservation",
        ],
        "task.resources.ram",
    ),
    field(
        &[
            "cpus",
            "cores",
            "cpushares",
            "cpuquota",
            "cpulimit",
            "vcpu",
            "vcpus",
            "mhz",
        ],
        "task.resources.cpu",
    ),
    field(&["isfinal"], "task.processes.*.final"),
    none(
        &["background", "daemonize", "forking", "detach", "detached"],
        "remove it: processes run side by side, unless one comes `after` another",
    ),
    none(
        &["oneshot", "once", "runonce"],
        "remove it: a process runs once, unless it says `daemon = true`",
    ),
    none(
        &["loglevel", "verbosity", "verbose", "debug"],
        "pass it to the program, in its command",
    ),
    none(
        &["docker"],
        "write it in `container`: `container.docker.image = \"NAME\"`",
    ),
    field(&["gpus"], "task.resources.gpu"),
    field(
        &[
            "storage",
            "ephemeralstorage",
            "ephemeraldisk",
            "diskspace",
            "storagesize",
        ],
        "task.resources.disk",
    ),
    none(
        &["limits", "requests", "reservations"],
        "write `cpu`, `ram` and `disk` in `task.resources`: what an instance asks for is what it gets",
    ),
    field(
        &[
            "dependson",
            "needs",
            "requires",
            "wants",
            "waitfor",
            "dependencies",
            "requiredby",
            "startafter",
        ],
        "task.processes.*.after",
    ),
    none(
        &["before", "wantedby"],
        "write `after` in the process that comes later",
    ),
    field(&["image"], "container.docker.image"),
    none(
        &[
            "imagepullpolicy",
            "imagepullsecrets",
            "pullpolicy",
            "build",
            "dockerfile",
        ],
        "remove it: a job runs packages from the store, or an image, `container.docker.image`",
    ),
    field(
        &[
            "volumes",
            "volumemounts",
            "mounts",
            "volumemount",
            "bindmounts",
            "binds",
        ],
        "container.mesos.volumes",
    ),
    none(
        &[
            "ports",
            "port",
            "expose",
            "listen",
            "containerport",
            "listenport",
            "portmapping",
            "portmappings",
            "publish",
            "hostport",
            "internalport",
        ],
        "name a port in the command, and Aurora finds one: `cmdline = \"serve --port \
         {{thermos.ports[http]}}\"`",
    ),
    field(
        &[
            "healthcheck",
            "healthchecks",
            "livenessprobe",
            "readinessprobe",
            "startupprobe",
            "probe",
            "health",
            "check",
            "checks",
            "liveness",
            "readiness",
        ],
        "health_check_config",
    ),
    none(
        &["ready", "readylogline", "watchdogsec", "notify"],
        "wait in the command of the process that needs it: `until CHECK; do sleep 1; done`",
    ),
    none(
        &[
            "user",
            "group",
            "runasuser",
            "uid",
            "gid",
            "dynamicuser",
            "username",
            "groups",
        ],
        "remove it: processes run as the job's `role`",
    ),
    field(
        &[
            "schedule",
            "cron",
            "crontab",
            "oncalendar",
            "timer",
            "periodic",
            "startat",
            "timerconfig",
        ],
        "cron_schedule",
    ),
    field(
        &[
            "concurrencypolicy",
            "prohibitoverlap",
            "cronpolicy",
            "collisionpolicy",
        ],
        "cron_collision_policy",
    ),
    field(
        &[
            "tasks",
            "containers",
            "programs",
            "process",
            "steps",
            "commands",
            "procs",
        ],
        "task.processes",
    ),
    none(
        &["services"],
        "write the programs of one instance in `task.processes`, and others as jobs of their own",
    ),
    none(
        &[
            "initcontainers",
            "execstartpre",
            "prestart",
            "prehook",
            "setup",
            "oninit",
        ],
        "write a process of its own, and let the others come `after` it",
    ),
    none(
        &[
            "execstoppost",
            "poststop",
            "onexit",
            "finally",
            "cleanup",
            "execstop",
            "teardown",
        ],
        "write a process of its own, with `final = true`",
    ),
    none(
        &["taskgroups", "taskgroup", "unit", "pod"],
        "write what one instance runs in `task`",
    ),
    none(
        &[
            "kind",
            "apiversion",
            "version",
            "type",
            "driver",
            "schemaversion",
            "syntax",
        ],
        "remove it",
    ),
    none(
        &[
            "spec",
            "config",
            "template",
            "options",
            "settings",
            "job",
            "serviceconfig",
            "unitconfig",
        ],
        "write the fields in it one level higher",
    ),
    field(
        &["namespace", "owner", "team", "tenant", "account", "project"],
        "role",
    ),
    field(
        &["datacenter", "datacenters", "region", "regions", "context"],
        "cluster",
    ),
    field(&["stage"], "environment"),
    none(
        &["environments"],
        "write a job for each environment: `jobs = [{ environment = \"prod\", ... }, ...]`",
    ),
    none(
        &["defaults", "default", "common", "base"],
        "write the fields in each of the jobs",
    ),
    none(
        &[
            "extends", "include", "includes", "import", "imports", "inherit", "from",
        ],
        "write the fields out: a definition is one file",
    ),
    more(
        &["labels", "tags", "annotations", "meta"],
        "metadata",
        "write a list: `metadata = [{ key = \"team\", value = \"web\" }]`",
    ),
    field(
        &["email", "maintainer", "maintainers", "contacts"],
        "contact",
    ),
    none(
        &[
            "description",
            "comment",
            "comments",
            "title",
            "summary",
            "documentation",
            "notes",
        ],
        "make it a comment, or an entry of `metadata`",
    ),
    field(
        &[
            "log",
            "logs",
            "logging",
            "stdout",
            "stderr",
            "stdoutlogfile",
            "stderrlogfile",
            "logfile",
            "standardoutput",
            "standarderror",
            "loglocation",
            "logdriver",
        ],
        "task.processes.*.logger",
    ),
    field(
        &[
            "update",
            "deploy",
            "strategy",
            "updatestrategy",
            "rollingupdate",
            "rollout",
            "updatepolicy",
        ],
        "update_config",
    ),
    field(
        &["minreadyseconds", "minhealthytime", "startsecs"],
        "update_config.watch_secs",
    ),
    field(
        &["maxparallel", "parallelism", "maxunavailable", "maxsurge"],
        "update_config.batch_size",
    ),
    field(
        &["autorevert", "autorollback", "rollback"],
        "update_config.rollback_on_failure",
    ),
    field(
        &[
            "timeoutstopsec",
            "stopgraceperiod",
            "terminationgraceperiodseconds",
            "killtimeout",
            "stopwaitsecs",
            "gracefulshutdown",
        ],
        "lifecycle.http.graceful_shutdown_wait_secs",
    ),
    field(
        &[
            "retries",
            "retry",
            "attempts",
            "maxretries",
            "backofflimit",
            "startretries",
            "maxrestarts",
            "startlimitburst",
            "maxfailures",
        ],
        "task.processes.*.max_failures",
    ),
    field(
        &["backoff", "restartdelay", "backoffseconds", "delay"],
        "task.processes.*.min_duration",
    ),
    none(
        &["secrets", "secret", "secretname", "vault", "password"],
        "keep a secret in a file that only the node has, and read it in the command: `$(cat FILE)`",
    ),
    none(
        &[
            "configs",
            "configmap",
            "configmaps",
            "files",
            "file",
            "artifact",
            "artifacts",
            "templates",
        ],
        "keep files beside the definition, and name them in a command: `${./file}`",
    ),
    none(
        &[
            "networks",
            "network",
            "networkmode",
            "links",
            "hostnetwork",
            "dns",
            "extrahosts",
        ],
        "remove it: instances use the network of their node",
    ),
    none(
        &[
            "securitycontext",
            "capabilities",
            "capadd",
            "privileged",
            "ulimits",
            "rlimits",
        ],
        "remove it, or pass it to Docker: `container.docker.parameters`",
    ),
    field(
        &[
            "affinity",
            "nodeselector",
            "constraint",
            "placement",
            "affinities",
            "tolerations",
            "antiaffinity",
            "nodeaffinity",
        ],
        "constraints",
    ),
    none(
        &["enabled", "enable", "disabled", "autostart", "active"],
        "remove it: a job that is not to run is not in a definition",
    ),
    none(
        &["sysctls", "nice", "umask"],
        "set it in the command: `cmdline = \"umask 027; exec program\"`",
    ),
    none(
        &[
            "timeout",
            "activedeadlineseconds",
            "runtimemaxsec",
            "maxruntime",
        ],
        "limit it in the command: `cmdline = \"timeout 300 program\"`",
    ),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::tables::TABLES;
    use super::{WORDS, find};

    #[test]
    fn spellings_are_folded_and_unique() {
        let mut seen = BTreeSet::new();
        for spelling in WORDS.iter().flat_map(|word| word.spellings) {
            assert!(find(spelling).is_some(), "{spelling}");
            assert!(seen.insert(spelling), "{spelling} is there twice");
        }
    }

    #[test]
    fn fields_are_those_of_a_job() {
        for path in WORDS.iter().filter_map(|word| word.field) {
            let (above, field) = path.rsplit_once('.').unwrap_or(("", path));
            let above: Vec<&str> = above.split('.').filter(|key| !key.is_empty()).collect();
            let mut tables = TABLES.iter();
            let table = tables.find(|table| table.path == above);
            assert!(table.is_some_and(|table| table.has(field)), "{path}");
        }
    }
}
