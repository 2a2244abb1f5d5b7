//! What other tools call the parts of a job, and what its instances get.

use super::word::{Word, field, more, none};

/// The words, with what they are here.
pub(super) const WORDS: &[Word] = &[
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
    field(
        &[
            "healthcheck",
            "healthchecks",
            "livenessprobe",
            "probe",
            "health",
            "check",
            "checks",
            "liveness",
        ],
        "health_check_config",
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
];
