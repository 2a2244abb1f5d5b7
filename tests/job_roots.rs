//! The steps and their order where a job has one root: `init.roots = "job"`.

use serde_json::Value;

use crate::harness::{Sandbox, report};

const PACKAGE: &str = "/nix/store/62fdlzq1x1ak2lsxp4ij7ip5k9nia3hc-python3-3.13.7";

/// Compiles a task of these processes, which say `USE` where they need something; each step and
/// each edge as a line.
fn steps(settings: &str, processes: &str, more: &str) -> Vec<String> {
    let sandbox = Sandbox::new();
    let processes = processes.replace("USE", &format!("{PACKAGE}/bin/python3"));
    let more = more.replace("USE", &format!("{PACKAGE}/bin/python3"));
    sandbox
        .file("jobc.toml", format!("[init]\nroots = \"job\"\n{settings}\n"))
        .file(
            "app/job.toml",
            format!(
                "cluster = \"devcluster\"\nrole = \"www\"\nenvironment = \"devel\"\nname = \"app\"\n\
                 {more}\n[task]\nprocesses = [{processes}]\n\
                 resources = {{ cpu = 1, ram = \"64 MB\", disk = \"64 MB\" }}\n"
            ),
        );
    let run = sandbox.jobc(["build", "app", "--stdout"]);
    if run.status != 0 {
        let first = run.stderr.lines().next().unwrap_or_default();
        return vec![first.to_owned()];
    }
    let job: Value = serde_json::from_str(&run.stdout).expect("it is JSON");
    let task = &job["task"];
    let mut lines = Vec::new();
    for process in task["processes"].as_array().expect("a list") {
        let name = process["name"].as_str().expect("a name");
        if !name.starts_with("nix_") {
            continue;
        }
        let command = process["cmdline"].as_str().expect("a command");
        assert!(command.contains("root=$PWD/.gc/app\n"), "{command}");
        assert!(process.get("daemon").is_none());
        let mut line = name.to_owned();
        for flag in ["ephemeral", "final"] {
            if process.get(flag) == Some(&Value::Bool(true)) {
                line.push(' ');
                line.push_str(flag);
            }
        }
        lines.push(line);
    }
    for edge in task["constraints"].as_array().into_iter().flatten() {
        let names = edge["order"].as_array().expect("a list");
        let names: Vec<_> = names.iter().filter_map(Value::as_str).collect();
        lines.push(names.join(" -> "));
    }
    lines
}

const BY_NAME: &str = "names = \"process\"";

fn plans() {
    let check =
        r#"health_check_config = { health_checker = { shell = { shell_command = "USE" } } }"#;
    let cases: &[(&str, &str, &[&str])] = &[
        (r#"{ name = "a", cmdline = "true" }"#, "", &[]),
        (
            r#"{ name = "a", cmdline = "USE 1" }, { name = "b", cmdline = "true" },
            { name = "c", cmdline = "USE 3", daemon = true }"#,
            "",
            &["nix_init", "nix_init -> a", "nix_init -> c"],
        ),
        (
            r#"{ name = "a", cmdline = "USE 1", ephemeral = true },
            { name = "b", cmdline = "USE 2", ephemeral = true }, { name = "c", cmdline = "true" }"#,
            "",
            &["nix_init ephemeral", "nix_init -> a", "nix_init -> b"],
        ),
        (
            r#"{ name = "a", cmdline = "USE 1", ephemeral = true }, { name = "b", cmdline = "USE 2" }"#,
            "",
            &["nix_init", "nix_init -> a", "nix_init -> b"],
        ),
        (
            r#"{ name = "a", cmdline = "USE 1" }, { name = "z", cmdline = "USE 2", final = true }"#,
            "",
            &[
                "nix_init",
                "nix_init_final final",
                "nix_init -> a",
                "nix_init_final -> z",
            ],
        ),
        (
            r#"{ name = "a", cmdline = "true" }, { name = "z", cmdline = "USE 2", final = true, ephemeral = true }"#,
            "",
            &[
                "nix_init_final ephemeral final",
                "nix_fetch ephemeral",
                "nix_init_final -> z",
            ],
        ),
        (
            r#"{ name = "a", cmdline = "true", ephemeral = true }, { name = "z", cmdline = "true", final = true }"#,
            check,
            &["nix_init", "nix_init -> a"],
        ),
        (
            r#"{ name = "nix_init", cmdline = "USE 1" }"#,
            "",
            &["error[step-name-taken]: process `nix_init` has the name of a step that jobc adds"],
        ),
    ];
    let mut failures = Vec::new();
    for (processes, more, expected) in cases {
        let found = steps(BY_NAME, processes, more);
        if found != *expected {
            failures.push(format!("{processes}\n{more}\n{found:#?}"));
        }
    }
    report(&failures);
}

/// The step is named by what it realises: it changes with each script, and with nothing else.
fn named_by_hash() {
    let name = |processes: &str| steps("", processes, "")[0].clone();
    let one = name(r#"{ name = "a", cmdline = "USE 1" }, { name = "b", cmdline = "true" }"#);
    assert!(
        one.starts_with("nix_init-") && one.len() == "nix_init-".len() + 8,
        "{one}"
    );
    let same = name(r#"{ name = "b", cmdline = "false" }, { name = "a", cmdline = "USE 1" }"#);
    assert_eq!(one, same);
    let other = name(r#"{ name = "a", cmdline = "USE 2" }, { name = "b", cmdline = "true" }"#);
    assert_ne!(one, other);
}

tests! {
    plans,
    named_by_hash,
}
