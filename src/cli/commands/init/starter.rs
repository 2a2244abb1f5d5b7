//! The files of a workspace to start from.

use crate::registry::CODES;
use crate::schema::{Which, schema};

/// The files with their names, in the order that they are best read in.
pub(super) fn files() -> Vec<(String, String)> {
    let text = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    let mut files = vec![
        text("jobc.toml", SETTINGS),
        text("hello/job.toml", DEFINITION),
        text("hello/hello.sh", SCRIPT),
    ];
    for which in [Which::Definition, Which::Settings] {
        files.push((
            format!("schema/{}", which.file_name()),
            schema(which, CODES),
        ));
    }
    files
}

/// What version control is to leave out.
pub(super) const IGNORE: (&str, &str) = (".gitignore", "/.jobc/\n");

const SETTINGS: &str = r#"#:schema schema/settings.schema.json

# The settings of all jobs in and below this directory. What stands here behind a `#` is what
# holds without it, or an example.

# What all jobs are unless they say otherwise: any field of a job. `jobc show hello` says which
# values come from here.
defaults.cluster = "devcluster"
defaults.role = "www-data"
defaults.environment = "devel"
defaults.task.resources = { cpu = 0.1, ram = "16 MB", disk = "16 MB" }

# What the nodes are: packages locked for another system are refused.
# system = "x86_64-linux"

# Packages that all jobs may call `${pkgs.NAME}`.
# [packages]
# python = "nixpkgs#python3"

# What the scheduler allows, named as its flags; `*` stands for digits.
# [scheduler]
# allowed_job_environments = ["prod", "devel", "test", "staging*"]
# allow_gpu_resource = true

# How the nodes fetch what a job needs, besides the caches that they ask anyway.
# [init]
# substituters = ["https://cache.example.org"]
# trusted_public_keys = ["cache.example.org-1:..."]
"#;

const DEFINITION: &str = r#"#:schema ../schema/definition.schema.json

# A job: its name and its processes. The rest of its key, devcluster/www-data/devel/hello, and what
# an instance may use, are in the defaults of `jobc.toml`; what is said here replaces them. The
# words are Aurora's own; the schema above, which `jobc schema` prints, tells editors about all.
name = "hello"

# What runs. `${./hello.sh}` is the store path of the file beside this one: jobc pins it, and adds
# a step that fetches it before this process starts.
[task.processes.hello]
cmdline = "sh ${./hello.sh}"

# The next process starts when the first one has succeeded.
# [task.processes.goodbye]
# cmdline = "${pkgs.python}/bin/python3 -c 'print(\"goodbye\")'"
# after = ["hello"]

# A job for each environment, with what is different there.
# [environments.devel]
# [environments.prod]
# instances = 3
# task.resources.ram = "64 MB"

# Packages that command lines call `${pkgs.NAME}`, each an installable that `jobc.lock` pins, a
# store path, or a directory of the workspace.
# [packages]
# python = "nixpkgs#python3"
# tools = { path = "../tools" }
"#;

const SCRIPT: &str = r#"# Runs on the node, from the store: any other byte in here makes another job.
echo "hello from $(uname -n)"
"#;
