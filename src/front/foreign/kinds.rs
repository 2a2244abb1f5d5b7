//! Files of other programs, by their keys.

use crate::source::Span;

use super::outline::{OWN_FIELDS, Outline};
use super::role::Role;

/// A kind of file that jobc has no use for.
pub(super) struct Kind {
    /// As a headline has it after "found".
    pub(super) name: &'static str,
    /// What to do with it.
    pub(super) help: &'static str,
    /// A file is of the kind if it has all signs of one of these. See [`Outline::find`].
    signs: &'static [&'static [&'static str]],
}

/// What the file is, and the first sign of it.
pub(super) fn find(outline: &Outline<'_>, role: Role) -> Option<(&'static Kind, Span)> {
    let signed = |kind: &'static Kind| {
        let alternatives = kind.signs.iter().filter_map(|signs| {
            let places: Option<Vec<Span>> = signs.iter().map(|sign| outline.find(sign)).collect();
            places?.into_iter().min()
        });
        alternatives.min().map(|span| (kind, span))
    };
    match role {
        Role::Settings => {
            if let Some(found) = signed(&DEFINITION) {
                return Some(found);
            }
        }
        _ if outline.has_any(OWN_FIELDS) => return None,
        Role::ClientJson if outline.has_any(&["jobs"]) => return None,
        _ => {
            if let Some(found) = signed(&SETTINGS) {
                return Some(found);
            }
        }
    }
    KINDS.iter().find_map(signed)
}

const DEFINITION: Kind = Kind {
    name: "the definition of a job",
    help: "move it into a file of its own, `NAME/job.toml`, and keep only settings here",
    signs: &[
        &["cluster", "role"],
        &["cluster", "task"],
        &["role", "environment"],
        &["task/processes"],
        &["jobs/task"],
        &["jobs/cluster"],
    ],
};

const SETTINGS: Kind = Kind {
    name: "settings of jobc",
    help: "move them to `jobc.toml` in the directory of the workspace",
    signs: &[
        &["lints"],
        &["store_dir"],
        &["nixpkgs"],
        &["init/substituters"],
        &["init/names"],
        &["init/max_failures"],
        &["init/tries"],
        &["init/trusted_public_keys"],
        &["nodes/substituters"],
        &["scheduler/allowed_job_environments"],
    ],
};

const KINDS: &[Kind] = &[
    Kind {
        name: "one inside the table `job`",
        help: "write its fields one level higher, without `job`; several jobs are the list `jobs`",
        signs: &[
            &["job/cluster"],
            &["job/role", "job/environment"],
            &["job/cmdline"],
        ],
    },
    Kind {
        name: "a configuration of Skaffold",
        help: "write a definition of the job that is to run; `jobc init` writes one to start from",
        signs: &[
            &["apiVersion", "kind", "build"],
            &["apiVersion", "manifests", "deploy"],
        ],
    },
    Kind {
        name: "a Kubernetes manifest",
        help: "translate it: each container is an entry of `task.processes`, its `command` and `args` \
               are the `cmdline`, `replicas` is `instances`, `limits` are `task.resources`",
        signs: &[&["apiVersion", "kind"], &["kind", "metadata", "spec"]],
    },
    Kind {
        name: "a Helm chart",
        help: "write a definition of the jobs that it installs; `jobc init` writes one to start from",
        signs: &[&["apiVersion", "version"], &["apiVersion", "appVersion"]],
    },
    Kind {
        name: "values of a Helm chart",
        help: "write a definition of the jobs that the chart installs; `jobc init` writes one to start \
               from",
        signs: &[&["replicaCount"], &["image/repository", "service"]],
    },
    Kind {
        name: "a compose file",
        help: "translate it: write a job for each service, with its `command` as the `cmdline` of a \
               process, `replicas` as `instances`, and limits as `task.resources`",
        signs: &[
            &["services/image"],
            &["services/build"],
            &["services/command"],
            &["services", "volumes"],
            &["services", "networks"],
            &["services", "version"],
            &["services/depends_on"],
            &["services/ports"],
        ],
    },
    Kind {
        name: "a blueprint of Render",
        help: "translate it: write a job for each service, with its `startCommand` as the `cmdline` of \
               a process",
        signs: &[&["services/runtime"], &["services/type", "services/name"]],
    },
    Kind {
        name: "a kustomization",
        help: "write a definition of the jobs that it makes; `jobc init` writes one to start from",
        signs: &[
            &["namePrefix"],
            &["nameSuffix"],
            &["configMapGenerator"],
            &["patchesStrategicMerge"],
            &["commonLabels"],
        ],
    },
    Kind {
        name: "a job of Metronome",
        help: "translate it: `cmd` is the `cmdline` of a process, `cpus`, `mem` and `disk` are \
               `task.resources`, the `id` is `role` and `name`",
        signs: &[&["id", "run/cmd"], &["id", "run/cpus"]],
    },
    Kind {
        name: "tasks of mise",
        help: "translate it: each task that runs on a node is an entry of `task.processes`, its `run` \
               is the `cmdline`",
        signs: &[&["tasks/run"], &["tools", "env"]],
    },
    Kind {
        name: "a Taskfile",
        help: "translate it: each task that runs on a node is an entry of `task.processes`, its `cmds` \
               are the `cmdline`",
        signs: &[&["tasks/cmds"], &["tasks/cmd"]],
    },
    Kind {
        name: "an application of Heroku",
        help: "translate it: each line of its Procfile is an entry of `task.processes`",
        signs: &[&["formation"], &["addons"], &["buildpacks"]],
    },
    Kind {
        name: "a development container",
        help: "keep it in `.devcontainer`, and write a definition of the job that is to run",
        signs: &[
            &["forwardPorts"],
            &["postCreateCommand"],
            &["image", "customizations"],
        ],
    },
    Kind {
        name: "a pipeline of CircleCI",
        help: "keep it in `.circleci`, and write a definition of the job that is to run",
        signs: &[&["workflows", "jobs"], &["orbs"]],
    },
    Kind {
        name: "a configuration of pre-commit",
        help: "call it `.pre-commit-config.yaml`, and write a definition of the job that is to run",
        signs: &[&["repos/hooks"]],
    },
    Kind {
        name: "a process-compose file",
        help: "translate it: write `cluster`, `role`, `environment` and `task.resources`, each process \
               as an entry of `task.processes` with its `command` as `cmdline`, and `depends_on` as `after`",
        signs: &[
            &["processes/command"],
            &["processes/depends_on"],
            &["processes/readiness_probe"],
        ],
    },
    Kind {
        name: "a Nomad job",
        help: "translate it: each task is an entry of `task.processes`, its driver's `command` and \
               `args` are the `cmdline`, `count` is `instances`, `datacenters` are the `cluster`",
        signs: &[
            &["Job/TaskGroups"],
            &["TaskGroups"],
            &["job/group"],
            &["job/datacenters"],
            &["job/task"],
        ],
    },
    Kind {
        name: "a Marathon app",
        help: "translate it: `cmd` is the `cmdline` of a process, `cpus`, `mem` and `disk` are \
               `task.resources`, the `id` is `role` and `name`",
        signs: &[
            &["id", "cmd"],
            &["id", "cpus", "mem"],
            &["id", "container/docker"],
        ],
    },
    Kind {
        name: "a Chronos job",
        help: "translate it: `command` is the `cmdline` of a process, `schedule` is `cron_schedule`",
        signs: &[&["schedule", "command"], &["schedule", "epsilon"]],
    },
    Kind {
        name: "a task definition of ECS",
        help: "translate it: each container is an entry of `task.processes`, its `command` is the \
               `cmdline`, `cpu` and `memory` are `task.resources`",
        signs: &[&["containerDefinitions"]],
    },
    Kind {
        name: "a job as Aurora's scheduler has it",
        help: "write it as Aurora's client reads it: `cluster`, `role`, `environment`, `name` and `task`",
        signs: &[
            &["taskConfig"],
            &["key/environment", "owner"],
            &["executorConfig"],
        ],
    },
    Kind {
        name: "a supervisord configuration",
        help: "translate it: each program is an entry of `task.processes`, its `command` is the \
               `cmdline`, `autorestart` is `daemon = true`",
        signs: &[&["supervisord"], &["program/command"]],
    },
    Kind {
        name: "a systemd unit",
        help: "translate it: `ExecStart` is the `cmdline` of a process, `Restart` is `service = true` \
               of the job, `MemoryMax` is `task.resources.ram`",
        signs: &[
            &["Unit", "Service"],
            &["Service", "Install"],
            &["Service/ExecStart"],
            &["Unit", "Timer"],
        ],
    },
    Kind {
        name: "a workflow of GitHub",
        help: "keep it in `.github/workflows`, and write a definition of the job that is to run",
        signs: &[&["jobs/runs-on"], &["on", "jobs/steps"]],
    },
    Kind {
        name: "a pipeline of GitLab",
        help: "call it `.gitlab-ci.yml`, and write a definition of the job that is to run",
        signs: &[&["stages"], &["before_script"]],
    },
    Kind {
        name: "a playbook of Ansible",
        help: "write a definition of the job that is to run; `jobc init` writes one to start from",
        signs: &[&["-/hosts"], &["-/ansible.builtin.service"]],
    },
    Kind {
        name: "an application of Fly",
        help: "translate it: each of its `processes` is an entry of `task.processes`",
        signs: &[
            &["app", "primary_region"],
            &["http_service"],
            &["app", "services"],
        ],
    },
    Kind {
        name: "a configuration of Prometheus",
        help: "keep it beside the definition, and name it in a command: `${./prometheus.yml}`",
        signs: &[&["scrape_configs"]],
    },
    Kind {
        name: "a template of CloudFormation",
        help: "write a definition of the job that is to run; `jobc init` writes one to start from",
        signs: &[&["AWSTemplateFormatVersion"], &["Resources/Type"]],
    },
    Kind {
        name: "the manifest of a Rust package",
        help: "call it `Cargo.toml`, and write a definition of the job that runs the program",
        signs: &[
            &["package/edition"],
            &["package", "dependencies"],
            &["workspace/members"],
        ],
    },
    Kind {
        name: "the manifest of a Python project",
        help: "call it `pyproject.toml`, and write a definition of the job that runs the program",
        signs: &[
            &["build-system"],
            &["project/requires-python"],
            &["tool/poetry"],
        ],
    },
    Kind {
        name: "the manifest of a Node package",
        help: "call it `package.json`, and write a definition of the job that runs the program",
        signs: &[
            &["scripts", "dependencies"],
            &["scripts", "version"],
            &["devDependencies"],
        ],
    },
    Kind {
        name: "the lock of a flake",
        help: "call it `flake.lock`; `jobc lock` pins packages in a file of its own",
        signs: &[&["nodes", "root", "version"]],
    },
    Kind {
        name: "a lock of jobc",
        help: "call it `jobc.lock`, and keep it in the directory of the workspace",
        signs: &[&["paths/nar_hash"], &["packages/installable"]],
    },
    Kind {
        name: "a JSON schema",
        help: "name it in a definition: `\"$schema\": \"FILE\"`",
        signs: &[&["$schema", "properties"], &["$defs"]],
    },
    Kind {
        name: "an OpenAPI document",
        help: "write a definition of the job that serves it; `jobc init` writes one to start from",
        signs: &[&["openapi"], &["swagger"]],
    },
];
