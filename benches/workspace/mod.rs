//! Workspaces as large as a measurement needs: jobs of ten processes, each with a package and a
//! file of its own.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// How definitions are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Toml,
    Json,
    Yaml,
}

impl Format {
    pub fn extension(self) -> &'static str {
        match self {
            Self::Toml => "toml",
            Self::Json => "json",
            Self::Yaml => "yaml",
        }
    }
}

/// How many processes a job has.
pub const PROCESSES: usize = 10;

/// Writes `jobs` definitions with their files below `root`.
pub fn write(root: &Path, jobs: usize, format: Format) {
    for job in 0..jobs {
        let directory = root.join(name(job));
        let files = directory.join("files");
        fs::create_dir_all(&files).expect("the temporary directory takes directories");
        let definition = directory.join(format!("job.{}", format.extension()));
        fs::write(definition, text(job, format)).expect("the temporary directory takes files");
        for process in 0..PROCESSES {
            let file = files.join(format!("f{process}.py"));
            fs::write(file, script(job, process)).expect("the temporary directory takes files");
        }
    }
}

/// The definition of a job.
pub fn text(job: usize, format: Format) -> String {
    let name = name(job);
    let names = 0..PROCESSES;
    match format {
        Format::Toml => {
            let head = format!(
                r#"cluster = "west"
role = "www"
environment = "prod"
name = "{name}"
service = true
instances = 3
constraints = {{ host = "limit:1" }}

[packages]
python = "{PYTHON}"

[task]
resources = {{ cpu = 1.5, ram = "256 MB", disk = "1 GB" }}
"#
            );
            names.fold(head, |mut text, process| {
                let command = command(process);
                write!(
                    text,
                    "\n[[task.processes]]\nname = \"p{process}\"\ncmdline = \"{command}\"\n"
                )
                .expect("a string takes all");
                text
            })
        }
        Format::Json => {
            let processes: Vec<_> = names
                .map(|process| {
                    let command = command(process);
                    format!(r#"      {{ "name": "p{process}", "cmdline": "{command}" }}"#)
                })
                .collect();
            format!(
                r#"{{
  "cluster": "west",
  "role": "www",
  "environment": "prod",
  "name": "{name}",
  "service": true,
  "instances": 3,
  "constraints": {{ "host": "limit:1" }},
  "packages": {{ "python": "{PYTHON}" }},
  "task": {{
    "resources": {{ "cpu": 1.5, "ram": "256 MB", "disk": "1 GB" }},
    "processes": [
{}
    ]
  }}
}}
"#,
                processes.join(",\n")
            )
        }
        Format::Yaml => {
            let head = format!(
                r"cluster: west
role: www
environment: prod
name: {name}
service: true
instances: 3
constraints:
  host: limit:1
packages:
  python: {PYTHON}
task:
  resources: {{ cpu: 1.5, ram: 256 MB, disk: 1 GB }}
  processes:
"
            );
            names.fold(head, |mut text, process| {
                let command = command(process);
                write!(text, "    - name: p{process}\n      cmdline: {command}\n")
                    .expect("a string takes all");
                text
            })
        }
    }
}

const PYTHON: &str = "/nix/store/q41nkp3p684xyjlnv02f8hnid234z4n8-python-2.7.10";

/// The name of a job.
pub fn name(job: usize) -> String {
    format!("job{job:05}")
}

fn command(process: usize) -> String {
    format!(
        "exec ${{pkgs.python}}/bin/python2.7 ${{./files/f{process}.py}} \
         --instance {{{{mesos.instance}}}} --port {{{{thermos.ports[http]}}}}"
    )
}

fn script(job: usize, process: usize) -> String {
    format!("print(\"process {process} of job {job}\")\n")
}
