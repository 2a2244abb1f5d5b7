//! What other tools call the parts of a process, and what it runs with.

use super::word::{VARIABLES, Word, field, more, none};

/// The words, with what they are here.
pub(super) const WORDS: &[Word] = &[
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
    more(
        &[
            "environ",
            "envs",
            "envvars",
            "variables",
            "vars",
            "environmentvariables",
        ],
        "task.processes.*.env",
        VARIABLES,
    ),
    none(
        &["envfile", "environmentfile", "envfrom", "environmentfiles"],
        "read the file in the command: `cmdline = \". ${./vars.env}; exec program\"`",
    ),
    field(
        &[
            "workingdir",
            "workingdirectory",
            "workdir",
            "cwd",
            "dir",
            "chdir",
        ],
        "task.processes.*.directory",
    ),
    field(&["searchpath"], "task.processes.*.path"),
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
        "name a port in the command, `${ports.http}`, and Aurora finds one; a number that it is to have \
         stands in the job: `ports = { http = 8080 }`",
    ),
    field(
        &["readinessprobe", "readiness", "startupprobe", "readycheck"],
        "task.processes.*.ready",
    ),
    none(
        &["ready", "readylogline", "watchdogsec", "notify"],
        "say in the process how one knows: `ready = { command = \"CHECK\" }`, and let others wait: \
         `after = [{ process = \"NAME\", when = \"ready\" }]`",
    ),
    none(
        &[
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
        "keep a secret in a file that only the node has, and read it: `env = { NAME = { file = \"/run/...\" } }`",
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
        &["sysctls"],
        "remove it: settings of the kernel are the node's",
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
