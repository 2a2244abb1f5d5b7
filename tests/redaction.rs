//! A property: no text that jobc prints or reports holds a secret, wherever in its input one stands.

use crate::harness::{Run, Sandbox, report};

/// The part of each secret that no output may have; it is at the beginning of all of them.
const SECRET: &str = "hunteq";

/// Texts with a secret in them, as somebody may write them anywhere.
const SHAPES: &[&str] = &[
    "--password=hunteq9x",
    "https://app:hunteq9x@host/",
    "curl -u app:hunteq9x h",
    "mysql -phunteq9x",
    "Bearer hunteq9xhunteq9xhunteq9x",
];

const TASK: &str = r#"[task]
resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }

[[task.processes]]
name = "hello"
cmdline = "echo hello"
"#;

/// A definition with one more line above its task or below it.
fn definition(above: &str, below: &str) -> String {
    format!(
        "cluster = \"devcluster\"\nrole = \"www\"\nenvironment = \"devel\"\nname = \"hello\"\n{above}\n\n{TASK}{below}\n"
    )
}

/// Every place of a definition in TOML, `§` standing for the text.
fn in_toml() -> Vec<String> {
    let above = [
        "contact = '§'",
        "tier = '§'",
        "cron_schedule = '§'",
        "instances = '§'",
        "'§' = 1",
        "'§' = 1\n'§' = 2",
        "role = '§'",
        "packages = { '§' = 'nixpkgs#a' }",
        "packages = { p = '§' }",
        "packages = { p = 'nixpkgs#§' }",
        "packages = '§'",
        "metadata = [{ key = '§', value = 'x' }]",
        "metadata = [{ key = 'x', value = '§' }]",
        "metadata = [{ key = 'password', value = 'hunteq9x' }]",
        "metadata = [{ key = 'x', '§' = 'x' }]",
        "constraints = { '§' = '§' }",
        "constraints = { host = '§' }",
        "container = { docker = { image = '§' } }",
        "container = { docker = { image = 'x', parameters = [{ name = '§', value = '§' }] } }",
        "container = { docker = { image = 'x', parameters = [{ name = 'password', value = 'hunteq9x' }] } }",
        "container = { '§' = 1 }",
        "announce = { primary_port = '§' }",
        "announce = { portmap = { '§' = '§' } }",
        "health_check_config = { health_checker = { shell = { shell_command = '§' } } }",
        "health_check_config = { health_checker = { http = { endpoint = '§' } } }",
        "task_links = { '§' = '§' }",
        "executor_config = { name = '§', data = '§' }",
        "executor_config = { data = '{\"pass\\u0077ord\": \"h\\u0075nter2x\"}' }",
        "waive = { literal-secret = '§' }",
        "waive = { '§' = 'why' }",
        "waive = '§'",
        "update_config = { '§' = 1 }",
        "x = '§",
        "x = \"§\"§\"",
        "password = \"hun\"teq9x\"",
        "x = \"§\\q\"",
        "x = [§",
        "§",
        "x = 1 §",
        "x = { '§' }",
        "# §\nx = ",
        "lifecycle = { http = { port = '§' } }",
        "priority = '§'",
        "preserve_env = '§'",
        "enable_hooks = ['§']",
        "partition_policy = { delay_secs = '§' }",
    ];
    let below = [
        "name2 = '§'",
        "after = ['§']",
        "after = '§'",
        "min_duration = '§'",
        "ephemeral = '§'",
        "'§' = 1",
        "[[task.processes]]\nname = '§'\ncmdline = 'x'",
        "[[task.processes]]\nname = 'b'\ncmdline = '§'",
        "[[task.processes]]\nname = 'b'\ncmdline = '§ ${pkgs.x}'",
        "[[task.processes]]\nname = 'b'\ncmdline = '${pkgs.§}'",
        "[[task.processes]]\nname = 'b'\ncmdline = '${§}'",
        "[[task.processes]]\nname = 'b'\ncmdline = '{{§}}'",
        "[[task.processes]]\nname = 'b'\ncmdline = '${./§}'",
        "[[task.processes]]\nname = 'b'\ncmdline = '${expanded ./§}'",
        "[[task.processes]]\nname = 'b'\ncmdline = 'x ${./nothing} §'",
        "[[task.processes]]\nname = 'b'\ncmdline = '§'\n[[task.processes]]\nname = 'b'\ncmdline = '§'",
        "[[task.processes]]\nname = 'hello'\ncmdline = '§'",
        "[task.resources]\nram = '§'",
        "[task]\norder = [['hello', '§']]",
        "[task.'§']",
        "[[task.processes]]\nname = '§'\ncmdline = 'x'\n[[task.processes]]\nname = '§'\ncmdline = 'y'",
        "[[task.processes]]\nname = 'b'\ncmdline = '''\nserve --password \\\n  hunteq9x\n'''",
        "[[task.processes]]\nname = 'b'\ncmdline = \"serve --password=h\\u0075nter2x ${pkgs.y}\"",
    ];
    let above = above.into_iter().map(|line| definition(line, ""));
    above
        .chain(below.into_iter().map(|line| definition("", line)))
        .collect()
}

fn in_yaml() -> Vec<String> {
    let start = "cluster: devcluster\nrole: www\nenvironment: devel\nname: hello\n";
    let task = "task:\n  resources: {cpu: 1, ram: 64 MB, disk: 64 MB}\n  processes:\n";
    [
        "    - {name: hello, cmdline: '§', '§': 1}",
        "    - name: hello\n      cmdline: >-\n        serve --password\n        hunteq9x ${pkgs.x}",
        "    - name: hello\n      cmdline: |\n        §\n        ${pkgs.x}",
        "    - name: hello\n      cmdline: \"serve --password=hun\\\n        teq9x ${pkgs.x}\"",
        "    - name: hello\n      cmdline: '§\n   x: [",
        "    - name: *hunteq9x\n      password: hunteq9x",
        "    - name: hello\n     cmdline: '§'",
        "    - '§'",
    ]
    .into_iter()
    .map(|process| format!("{start}{task}{process}\n"))
    .collect()
}

fn in_json() -> Vec<String> {
    let start = r#"{"cluster": "devcluster", "role": "www", "environment": "devel", "name": "hello", "task": {"resources": {"cpu": 1, "ram": "64 MB", "disk": "64 MB"}, "processes": [{"name": "hello", "cmdline": "#;
    [
        r#""§ ${pkgs.x}"}]}}"#,
        r#""PASSWORD=h\u0075nteq9x ${pkgs.x}"}]}}"#,
        r#""§", "§": 1}]}}"#,
        r#""§" "§"}]}}"#,
        r#""§"#,
        "§}]}}",
        "'§'}]}}",
        r#""x", "cmdline": "§"}]}}"#,
        r#""x"}]}, "password": "hunteq9x"}"#,
        r#""x"}]}} §"#,
    ]
    .into_iter()
    .map(|rest| format!("{start}{rest}"))
    .collect()
}

const CHECKS: &[&[&str]] = &[
    &["check"],
    &["check", "--message-format", "short"],
    &["check", "--message-format", "json"],
    &["check", "--message-format", "github"],
    &["check", "--message-format", "sarif"],
    &["check", "--message-format", "junit"],
];

/// What may be asked besides, if the definition holds a job.
const QUESTIONS: &[&[&str]] = &[
    &["build", "--message-format", "json", "hello"],
    &["list"],
    &["list", "--format", "json"],
    &["show", "hello"],
    &["show", "hello", "--format", "json"],
    &["graph", "hello"],
    &["graph", "hello", "--format", "dot"],
    &["graph", "hello", "--format", "mermaid"],
    &["graph", "hello", "--format", "svg"],
    &["diff", "old", "."],
    &["diff", "old", ".", "--format", "json"],
    &["diff", ".", "old", "--format", "markdown"],
    &["why", "x"],
    &["ready", "hello"],
    &["lock", "--check"],
    &["snapshot", "--check"],
];

fn shows(run: &Run) -> Option<String> {
    let lines = run.stdout.lines().chain(run.stderr.lines());
    let mut lines = lines.filter(|line| line.to_ascii_lowercase().contains(SECRET));
    lines.next().map(str::to_owned)
}

/// So many commands at most look at a shape in a place.
const RUNS: usize = 2;

/// Puts each text into each place, a shape for each in turn, and looks at all that is printed.
fn check(file: &str, places: &[String], settings: &str, commands: &[&[&str]]) {
    let mut failures = Vec::new();
    for (index, place) in places.iter().enumerate() {
        let shapes = if place.contains('§') {
            SHAPES
        } else {
            &SHAPES[..1]
        };
        let sandbox = Sandbox::new();
        sandbox.file("jobc.toml", settings);
        sandbox.file("old/devcluster-www-devel-hello.json", OLD);
        for (number, shape) in shapes.iter().enumerate() {
            sandbox.file(file, place.replace('§', shape));
            // Each command meets each shape at some place.
            let turn = commands.len().max(shapes.len() * RUNS);
            let of_this = commands.iter().enumerate().filter(|(at, _)| {
                (at + turn - (index * RUNS + number) % turn).is_multiple_of(turn / RUNS)
            });
            for (_, command) in of_this {
                if let Some(line) = shows(&sandbox.jobc(*command)) {
                    failures.push(format!("{command:?} of {place:?} with {shape:?}: {line}"));
                }
            }
        }
    }
    report(&failures);
}

const OLD: &str = r#"{"role": "www", "cluster": "devcluster", "environment": "devel", "name": "hello", "metadata": [{"key": "password", "value": "hunteq9x"}], "task": {"name": "hello", "processes": [{"name": "hello", "cmdline": "PASSWORD=hunteq9x echo"}], "resources": {"cpu": 1, "ram": 1, "disk": 1}}}"#;

fn toml() {
    check("job.toml", &in_toml(), "", CHECKS);
}

fn yaml() {
    check("job.yaml", &in_yaml(), "", CHECKS);
}

fn json() {
    check("job.json", &in_json(), "", CHECKS);
}

fn all_commands() {
    let allowed = "[lints]\nliteral-secret = \"allow\"\n";
    check("job.toml", &in_toml(), allowed, QUESTIONS);
    check("job.yaml", &in_yaml(), allowed, QUESTIONS);
}

/// The names of processes, in a language with escapes of its own and before what they print.
fn names_of_processes() {
    let sandbox = Sandbox::new();
    let text = definition("", "").replace("name = \"hello\"\ncmdline", "name = '§'\ncmdline");
    assert!(text.contains('§'));
    let mut failures = Vec::new();
    // No name has a slash.
    for shape in SHAPES.iter().filter(|shape| !shape.contains('/')) {
        sandbox.file("job.toml", text.replace('§', shape));
        for line in [
            "graph hello --format mermaid",
            "graph hello",
            "run hello --realise never",
        ] {
            let run = sandbox.jobc(line.split(' '));
            failures.extend(shows(&run).map(|shown| format!("{line} of {shape}: {shown}")));
        }
    }
    report(&failures);
}

fn validated() {
    let places: Vec<String> = [
        r#"{"role": "§", "cluster": "c", "environment": "devel", "name": "x", "task": {"name": "x", "processes": [{"name": "§", "cmdline": "§"}], "resources": {"cpu": 1, "ram": 1, "disk": 1}}}"#,
        r#"{"role": "r", "cluster": "c", "environment": "devel", "name": "x", "§": 1, "task": "§"}"#,
        r#"{"role": "r", "password": "hunteq9x", "password": "hunteq9x"}"#,
        r#"{"role": "§"#,
    ]
    .map(str::to_owned)
    .to_vec();
    let commands: &[&[&str]] = &[
        &["validate", "a.json"],
        &["validate", "a.json", "--message-format", "json"],
        &["validate", "a.json", "--message-format", "sarif"],
        &["validate", "a.json", "--message-format", "junit"],
        &["validate", "a.json", "--message-format", "github"],
    ];
    check("a.json", &places, "", commands);
}

/// Of a large file, only what may be shown is looked at, and what stands around that.
fn large_definitions() {
    let lines = "# nothing to see here\n".repeat(30_000);
    let word = "x".repeat(600_000);
    let places = [
        definition(&format!("{lines}'§' = 1\n{lines}'x' = 2"), ""),
        definition(&format!("{lines}password = \"hun\"teq9x\"\n{lines}"), ""),
        definition(&format!("x = '{word} § {word}'"), ""),
        definition(&format!("'§ {word}' = 1"), ""),
        definition(&format!("'{word} §' = 1"), ""),
        definition(
            &format!("x = 1\n# § {word}\nx = 2\ntier = '{word} § {word}'"),
            "",
        ),
        definition(&lines, &format!("after = ['{word} §']")),
    ];
    check("job.toml", &places, "", CHECKS);
}

fn settings_and_locks() {
    let settings: Vec<String> = [
        "substituters = ['https://app:hunteq9x@cache']\nx = 1\n",
        "substituters = ['https://app:hunteq9x@cache' '§']\n",
        "substituters = ['ftp://app:hunteq9x@cache/', '§']\n",
        "'§' = 1\n",
        "trusted_public_keys = ['§']\n",
        "[packages]\n'§' = '§'\n",
        "[lints]\n'§' = '§'\n",
        "store_dir = '§'\n",
        "target = '§'\n",
        "x = '§\n",
        "[init]\ncaches = ['§']\n",
        "[scheduler]\n'§' = '§'\n",
    ]
    .map(str::to_owned)
    .to_vec();
    let mut commands = CHECKS.to_vec();
    commands.extend_from_slice(&[
        &["lock"],
        &["ready", "hello"],
        &["push", "--to", "https://app:hunteq9x@cache"],
    ]);
    let mut failures = Vec::new();
    for (file, places) in [
        ("jobc.toml", settings),
        (
            "jobc.lock",
            [
                "{\"version\": 1, \"packages\": {\"https://app:hunteq9x@h#x\": 5}}\n",
                "{\"version\": \"§\"",
                "{\"§\": \"§\"}",
                "§",
            ]
            .map(str::to_owned)
            .to_vec(),
        ),
    ] {
        for place in places {
            let sandbox = Sandbox::new();
            sandbox.file("jobc.toml", "");
            sandbox.file("job.toml", definition("", ""));
            for shape in SHAPES {
                sandbox.file(file, place.replace('§', shape));
                for command in &commands {
                    if let Some(line) = shows(&sandbox.jobc(*command)) {
                        failures.push(format!("{command:?} of {place:?} with {shape:?}: {line}"));
                    }
                }
            }
        }
    }
    report(&failures);
}

fn command_lines() {
    let sandbox = Sandbox::new();
    sandbox
        .file("jobc.toml", "")
        .file("job.toml", definition("", ""));
    let mut failures = Vec::new();
    for command in [
        &["check", "https://app:hunteq9x@host/"][..],
        &["show", "--password=hunteq9x"],
        &["diff", "--job", "https://app:hunteq9x@host/"],
        &["push", "--to", "ftp://app:hunteq9x@host/"],
        &["ready", "--from", "ftp://app:hunteq9x@host/"],
        &["explain", "https://app:hunteq9x@host/"],
        &["why", "https://app:hunteq9x@host/"],
        &["-C", "/https://app:hunteq9x@host/", "check"],
    ] {
        if let Some(line) = shows(&sandbox.jobc(command)) {
            failures.push(format!("{command:?}: {line}"));
        }
    }
    report(&failures);
}

fn imported_files() {
    let sandbox = Sandbox::new();
    let old = "user: app\npassword: hunteq9x\n-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUhunteq9x\nAAAAB3NzaC1hunteq9x\n-----END OPENSSH PRIVATE KEY-----\nx: 1\n";
    let job = definition(
        "",
        "[[task.processes]]\nname = 'b'\ncmdline = 'serve ${./app.yml}'",
    );
    for (directory, text) in [
        ("a", old.to_owned()),
        ("b", old.replace("hunteq9x", "hunteq9y")),
    ] {
        sandbox.file(
            &format!("{directory}/jobc.toml"),
            "[lints]\nliteral-secret = \"allow\"\n",
        );
        sandbox.file(&format!("{directory}/job.toml"), &job);
        sandbox.file(&format!("{directory}/app.yml"), text);
    }
    let mut failures = Vec::new();
    for format in ["text", "markdown", "json"] {
        let run = sandbox.jobc(["diff", "a", "b", "--format", format]);
        assert!(run.stdout.contains("app.yml"), "{run:?}");
        if let Some(line) = shows(&run) {
            failures.push(format!("{format}: {line}"));
        }
    }
    report(&failures);
}

tests! {
    toml,
    yaml,
    json,
    all_commands,
    names_of_processes,
    validated,
    large_definitions,
    settings_and_locks,
    command_lines,
    imported_files,
}
