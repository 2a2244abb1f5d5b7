//! The same job, however it is written, is the same bytes.

use crate::harness::{Sandbox, report};

const TOML: &str = r#"
cluster = "devcluster"
role = "www"
environment = "devel"
name = "app"
instances = 3
constraints = { rack = { limit = 1 }, host = "!a,b" }

[packages]
python = "/nix/store/62fdlzq1x1ak2lsxp4ij7ip5k9nia3hc-python3-3.13.7"

[task]
resources = { cpu = 0.5, ram = "64 MB", disk = 67108864 }
constraints = [{ order = ["first", "second"] }]

[[task.processes]]
name = "first"
cmdline = """
echo "a\tb" 'é' ${HOME} $$ $${pkgs.python}
${pkgs.python}/bin/python3 ${./script.py}
"""

[[task.processes]]
name = "second"
cmdline = "true {{thermos.ports[health]}}"
min_duration = "1m"
umask = "027"
nice = 1
path = ["${pkgs.python}/bin"]
[task.processes.env]
FIRST = "é\n"
SECOND = { file = "/run/x" }

[health_check_config]
initial_interval_secs = "1500ms"
"#;

const JSON: &str = r#"
// Comments and trailing commas are fine.
{
  "health_check_config": { "initial_interval_secs": 1.5 },
  "task": {
    "processes": [
      {
        "cmdline": "echo \"a\tb\" 'é' ${HOME} $$ $${pkgs.python}\n${pkgs.python}/bin/python3 ${./script.py}\n",
        "name": "first",
      },
      { "name": "second", "cmdline": "true {{thermos.ports[health]}}", "min_duration": 60, "after": ["first"],
        "umask": "0027", "nice": 1.0, "path": ["${pkgs.python}/bin"],
        "env": { "SECOND": { "file": "/run/x" }, "FIRST": "é\n" } },
    ],
    "resources": { "cpu": 0.5, "ram": 67108864, "disk": "64MiB" },
  },
  "packages": { "python": "/nix/store/62fdlzq1x1ak2lsxp4ij7ip5k9nia3hc-python3-3.13.7" },
  "constraints": { "host": { "none_of": ["a", "b"] }, "rack": "limit:1" },
  "instances": 3.0,
  "name": "app", "environment": "devel", "role": "www", "cluster": "devcluster",
}
"#;

const YAML: &str = r#"
cluster: devcluster
role: www
environment: devel
name: app
instances: 3
packages: { python: /nix/store/62fdlzq1x1ak2lsxp4ij7ip5k9nia3hc-python3-3.13.7 }
constraints: { rack: limit:1, host: "!a,b" }
task:
  resources: { cpu: 5e-1, ram: 65536 KB, disk: 64 MB }
  constraints:
    - order: [first, second]
  processes:
    - name: first
      cmdline: |
        echo "a	b" 'é' ${HOME} $$ $${pkgs.python}
        ${pkgs.python}/bin/python3 ${./script.py}
    - name: second
      cmdline: "true {{thermos.ports[health]}}"
      min_duration: 60s
      umask: "027"
      nice: 1
      path: ["${pkgs.python}/bin"]
      env:
        FIRST: "é\n"
        SECOND: { file: /run/x }
health_check_config: { initial_interval_secs: 1.5 }
"#;

/// The line and the compiled job that come of one file.
fn compile(name: &str, text: &str) -> (String, String) {
    let sandbox = Sandbox::new();
    sandbox
        .file("jobc.toml", "lints.non-ascii-command = \"allow\"\n")
        .file("app/script.py", "print('hello')\n")
        .file(&format!("app/{name}"), text);
    let line = sandbox.jobc(["build", "app"]);
    assert_eq!((line.status, line.stderr.as_str()), (0, ""), "{name}");
    (
        line.stdout,
        sandbox.jobc(["build", "--stdout", "app"]).stdout,
    )
}

fn three_formats_one_job() {
    let expected = compile("job.toml", TOML);
    assert!(
        expected
            .1
            .contains("echo \\\"a\\tb\\\" 'é' ${HOME} $$ ${pkgs.python}\\n")
    );
    let others = [
        ("job.json", JSON),
        ("job.yaml", YAML),
        ("job.yml", YAML),
        ("app.job.toml", TOML),
    ];
    let failures: Vec<_> = others
        .into_iter()
        .filter(|(name, text)| compile(name, text) != expected)
        .map(|(name, text)| format!("{name}: {}", compile(name, text).1))
        .collect();
    report(&failures);
}

/// Locale, time zone, umask, working directory and order of arguments change nothing.
fn same_bytes_everywhere() {
    let sandbox = Sandbox::new();
    for name in ["a", "b"] {
        sandbox.file(
            &format!("{name}/job.toml"),
            crate::harness::small_job(name, ""),
        );
    }
    let expected = sandbox.jobc(["build", "a", "b"]);
    assert_eq!(expected.status, 0, "{}", expected.stderr);
    assert_eq!(sandbox.jobc(["build", "b", "a", "a"]), expected);
    assert_eq!(sandbox.jobc(["build", "--all"]), expected);
    let mut elsewhere = sandbox.command();
    elsewhere
        .args(["build", "--all"])
        .env("LC_ALL", "tr_TR.UTF-8")
        .env("TZ", "Asia/Kathmandu")
        .env("HOME", "/nonexistent");
    assert_eq!(sandbox.finish(&mut elsewhere), expected);
    let mut script = std::process::Command::new("sh");
    script
        .args([
            "-c",
            "umask 077; cd a && exec \"$0\" --workspace .. build --all",
        ])
        .arg(env!("CARGO_BIN_EXE_jobc"))
        .current_dir(sandbox.path());
    assert_eq!(sandbox.finish(&mut script), expected);
}

tests! {
    three_formats_one_job,
    same_bytes_everywhere,
}
