//! From a definition to a process that runs from its closure on an empty node, and to the garbage.

use std::fs;
use std::path::Path;

use crate::http_server::HttpServer;

use super::compiled::{Compiled, GREETING, HOSTILE, Workspace, greeter, mentioned};
use super::maker::{Maker, Package};
use super::node::{Account, Node, need_nix, refused, said, succeeded};

const SHELLS: [&[&str]; 3] = [&["bash"], &["dash"], &["busybox", "sh"]];

/// An example, whose package was built here, is locked, and lies in the cache with a signature.
struct Example {
    workspace: Workspace,
    package: Package,
    settings: String,
}

/// Where in the example the package stands, what it is there, and what it does here.
struct Stub {
    file: &'static str,
    written: &'static str,
    installable: &'static str,
    name: &'static str,
    program: &'static str,
    body: &'static str,
}

impl Example {
    fn new(stub: &Stub, init: &str) -> Self {
        let workspace = Workspace::with_examples("");
        let maker = Maker::new();
        let package = maker.package(stub.name, stub.program, stub.body);
        let (secret, public) = maker.key("test-1");
        maker.copy(&package.path, &workspace.cache, Some(&secret));
        let settings = format!("trusted_public_keys = [\"{public}\"]\ntries = 1\n{init}");
        let cache = format!("file://{}", workspace.cache.display());
        workspace.settings(&cache, &settings);
        let file = workspace.sandbox.path().join(stub.file);
        let definition = fs::read_to_string(&file).expect("the example is there");
        assert!(definition.contains(stub.written), "{definition}");
        let definition = definition.replace(stub.written, stub.installable);
        workspace.sandbox.file(stub.file, definition);
        let lock = maker.lock(stub.installable, &package);
        workspace.sandbox.file("jobc.lock", lock);
        Self {
            workspace,
            package,
            settings,
        }
    }
}

/// What Aurora's executor makes of a command: it fills in what only it knows.
fn bound(command: &str) -> String {
    let values = [
        ("{{thermos.ports[http]}}", "31337"),
        ("{{thermos.ports[admin]}}", "31338"),
        ("{{thermos.ports[health]}}", "31339"),
        ("{{mesos.instance}}", "7"),
    ];
    let mut command = command.to_owned();
    for (reference, value) in values {
        command = command.replace(reference, value);
    }
    assert!(!command.contains("{{"), "{command}");
    command
}

/// Runs the init step of a process and then itself; returns what the process printed.
#[track_caller]
fn runs(node: &Node, shell: &[&str], job: &Compiled, process: &str) -> String {
    let command = bound(job.cmdline(process));
    succeeded(&node.run_in(shell, &bound(job.init(process))));
    succeeded(&node.run_in(shell, &command))
}

/// Nothing is left of the job's closures once its sandbox is gone.
#[track_caller]
fn collected(node: &Node, job: &Compiled, processes: &[&str]) {
    node.collect();
    let there = |process: &&str| node.outside(job.root(process)).exists();
    assert!(processes.iter().all(there), "the sandbox keeps the closure");
    fs::remove_dir_all(node.sandbox()).expect("it can be removed");
    fs::create_dir(node.sandbox()).expect("it can be made");
    node.collect();
    let store = node.path().join("nix/store");
    let left = fs::read_dir(store).expect("it is there");
    let left: Vec<_> = left.filter_map(Result::ok).collect();
    let left: Vec<_> = left
        .iter()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| name != ".links" && name != "trash")
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

const PYTHON_2: Stub = Stub {
    file: "examples/hello_world/job.toml",
    written: "/nix/store/q41nkp3p684xyjlnv02f8hnid234z4n8-python-2.7.10",
    installable: "nixpkgs#python2",
    name: "python-2.7.18",
    program: "python2.7",
    body: "echo \\\"$words\\\"; cat \\\"$1\\\"",
};

fn hello_world() {
    need_nix();
    let example = Example::new(&PYTHON_2, "");
    let job = example.workspace.build("hello_world");
    example.workspace.push("hello_world");
    let script = fs::read_to_string("examples/hello_world/files/hello_world.py");
    let expected = format!(
        "the stub of python-2.7.18\n{}",
        script.expect("it is there")
    );
    for shell in SHELLS {
        let node = Node::new();
        let early = node.run_in(shell, job.cmdline("hello_world"));
        assert!(!early.status.success(), "an empty node has nothing");
        assert_eq!(runs(&node, shell, &job, "hello_world"), expected);
        assert!(node.outside(&example.package.dependency).exists());
        let verify = "nix-store --verify --check-contents 2>&1";
        succeeded(&node.run(verify));
        collected(&node, &job, &["hello_world"]);
    }
}

fn hello_world_over_http() {
    need_nix();
    let example = Example::new(&PYTHON_2, "");
    let server = HttpServer::of_directory(&example.workspace.cache);
    example.workspace.settings(&server.url(), &example.settings);
    let job = example.workspace.build("hello_world");
    example.workspace.push("hello_world");
    let node = Node::new();
    let printed = runs(&node, &["bash"], &job, "hello_world");
    assert!(
        printed.starts_with("the stub of python-2.7.18\n"),
        "{printed}"
    );
    collected(&node, &job, &["hello_world"]);
}

/// The configuration has the ports and the instance that the executor gave.
fn an_expanded_file() {
    need_nix();
    let stub = Stub {
        file: "examples/prometheus/job.json",
        written: "/nix/store/dgzwnhq3ahbk1ahb85xjz3351id7mzxm-prometheus-3.1.0",
        installable: "nixpkgs#prometheus",
        name: "prometheus-3.1.0",
        program: "prometheus",
        body: "echo \\\"$*\\\"; cat \\\"\\${1#*=}\\\"",
    };
    let example = Example::new(&stub, "");
    let job = example.workspace.build("prometheus");
    example.workspace.push("prometheus");
    for shell in SHELLS {
        let node = Node::new();
        let printed = runs(&node, shell, &job, "prometheus");
        for words in [
            "--web.listen-address=0.0.0.0:31337",
            "monitor: 'vagrant-devel'",
            "targets: ['localhost:31337']",
            "instance: '7'",
        ] {
            assert!(printed.contains(words), "{words}: {printed}");
        }
        collected(&node, &job, &["prometheus"]);
    }
}

const PYTHON_3: Stub = Stub {
    file: "examples/webapp/job.yaml",
    written: "/nix/store/62fdlzq1x1ak2lsxp4ij7ip5k9nia3hc-python3-3.13.7",
    installable: "nixpkgs#python3",
    name: "python3-3.13.7",
    program: "python3",
    body: "echo \\\"$*\\\"; case $1 in *server.py) cat \\\"$3\\\";; esac",
};

const WEBAPP: [&str; 4] = ["migrate", "server", "log-shipper", "clean-up"];

fn webapp_runs(node: &Node, job: &Compiled) {
    for process in WEBAPP {
        let printed = runs(node, &["bash"], job, process);
        let words: &[&str] = match process {
            "migrate" => &["-app/migrate.py --schema /nix/store/"],
            "server" => &[
                "--admin-port 31338 --workers 2",
                "port = 31337",
                "instance = 7",
            ],
            "log-shipper" => &["-app/ship.py .logs/server"],
            _ => &["-app/deregister.py --instance 7"],
        };
        for words in words {
            assert!(printed.contains(words), "{process}: {words}: {printed}");
        }
    }
}

fn several_processes() {
    need_nix();
    let example = Example::new(&PYTHON_3, "");
    let job = example.workspace.build("devcluster/www/devel/webapp");
    example.workspace.push("devcluster/www/devel/webapp");
    let node = Node::new();
    webapp_runs(&node, &job);
    assert_eq!(roots(&node), WEBAPP.len());
    collected(&node, &job, &WEBAPP);
}

/// Over HTTP, by an account that the node's daemon does not trust.
fn several_processes_over_http() {
    need_nix();
    let example = Example::new(&PYTHON_3, "");
    let server = HttpServer::of_directory(&example.workspace.cache);
    example.workspace.settings(&server.url(), &example.settings);
    let job = example.workspace.build("devcluster/www/devel/webapp");
    example.workspace.push("devcluster/www/devel/webapp");
    let settings = &example.settings;
    let key = settings.split('"').nth(1).expect("the key is quoted");
    let node = Node::with_conf(&format!("trusted-public-keys = {key}\n"));
    let node = node.account(Account::Nobody);
    let _daemon = node.daemon();
    webapp_runs(&node, &job);
}

/// One root does for all processes.
fn one_root() {
    need_nix();
    let example = Example::new(&PYTHON_3, "roots = \"job\"");
    let job = example.workspace.build("devcluster/www/devel/webapp");
    example.workspace.push("devcluster/www/devel/webapp");
    let init = job.init_name("server");
    assert_eq!(init, job.init_name("migrate"));
    assert_ne!(init, job.init_name("clean-up"), "it is a final process");
    assert_eq!(job.root("server"), job.root("clean-up"));
    let node = Node::new();
    succeeded(&node.run(job.cmdline(init)));
    for process in WEBAPP {
        succeeded(&node.run(&bound(job.cmdline(process))));
    }
    assert_eq!(roots(&node), 1);
    succeeded(&node.run(job.init("clean-up")));
    assert_eq!(roots(&node), 1);
    collected(&node, &job, &WEBAPP);
}

/// The same by an account that the daemon does not trust; the package is in another cache.
fn one_root_brought_by_the_client() {
    need_nix();
    let example = Example::new(&PYTHON_3, "roots = \"job\"");
    let other = example.workspace.sandbox.path().join("other");
    fs::rename(&example.workspace.cache, &other).expect("it can be renamed");
    let settings = format!(
        "{}\n[nodes]\nsubstituters = [\"file://{}\"]",
        example.settings,
        other.display()
    );
    let cache = format!("file://{}", example.workspace.cache.display());
    example.workspace.settings(&cache, &settings);
    let job = example.workspace.build("devcluster/www/devel/webapp");
    example.workspace.push("devcluster/www/devel/webapp");
    let key = example.settings.split('"').nth(1).expect("it is quoted");
    let conf = format!(
        "substituters = file://{}\ntrusted-public-keys = {key}\n",
        other.display()
    );
    let node = Node::with_conf(&conf).account(Account::Nobody);
    let _daemon = node.daemon();
    succeeded(&node.run(job.init("server")));
    webapp_runs(&node, &job);
    assert_eq!(roots(&node), 1);
}

fn roots(node: &Node) -> usize {
    let roots = fs::read_dir(node.sandbox().join(".gc")).expect("there are roots");
    let links = roots.filter_map(Result::ok).filter(|entry| {
        let kind = entry.file_type().expect("it is there");
        kind.is_symlink()
    });
    links.count()
}

/// A name is never run, whichever shell it is.
fn a_hostile_name() {
    need_nix();
    let workspace = greeter("tries = 1");
    let job = workspace.build("greeter");
    for shell in SHELLS {
        let node = Node::new();
        assert_eq!(runs(&node, shell, &job, HOSTILE), GREETING);
        assert!(!node.sandbox().join("oops").exists());
    }
}

/// Changes a file of the cache.
fn edit(file: &Path, change: impl FnOnce(Vec<u8>) -> Vec<u8>) {
    let contents = fs::read(file).expect("it is there");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    fs::set_permissions(file, mode).expect("it is ours");
    let changed = change(contents.clone());
    assert_ne!(contents, changed, "{}", file.display());
    fs::write(file, changed).expect("it can be written");
}

fn replaced(contents: &[u8], old: &str, new: &str) -> Vec<u8> {
    assert_eq!(old.len(), new.len());
    let at = contents
        .windows(old.len())
        .position(|window| window == old.as_bytes())
        .expect("it is in it");
    let mut changed = contents.to_vec();
    changed[at..at + new.len()].copy_from_slice(new.as_bytes());
    changed
}

fn a_changed_archive() {
    need_nix();
    let workspace = greeter("tries = 1");
    let job = workspace.build("greeter");
    let greeting = mentioned(job.cmdline(HOSTILE), "greeting.txt");
    edit(&workspace.archive(&greeting), |archive| {
        replaced(&archive, "hello", "jello")
    });
    let words = ["hash mismatch", &greeting, "nix_init: cannot realise"];
    refused(&Node::new().run(job.init(HOSTILE)), 1, &words);
    let node = Node::new().account(Account::Nobody);
    let _daemon = node.daemon();
    refused(&node.run(job.init(HOSTILE)), 1, &words);
}

/// A narinfo that hides a reference, so that the closure would not be whole.
fn a_changed_reference() {
    need_nix();
    let workspace = greeter("tries = 1");
    let job = workspace.build("greeter");
    let script = job.root(HOSTILE);
    edit(&workspace.narinfo(script), |narinfo| {
        let text = String::from_utf8(narinfo).expect("it is text");
        let lines = text.lines().map(|line| match line.split_once(": ") {
            Some(("References", all)) => {
                let (_, rest) = all.split_once(' ').expect("there are two");
                format!("References: {rest}\n")
            }
            _ => format!("{line}\n"),
        });
        lines.collect::<String>().into_bytes()
    });
    let words = [script, "nix_init: cannot realise"];
    let node = Node::new();
    let output = node.run(job.init(HOSTILE));
    refused(&output, 1, &words);
    let told = said(&output);
    assert!(
        told.contains("signed") || told.contains("content-addressed"),
        "{told}"
    );
    let node = Node::new().account(Account::Nobody);
    let _daemon = node.daemon();
    refused(&node.run(job.init(HOSTILE)), 1, &words);
}

fn a_missing_signature() {
    need_nix();
    let example = Example::new(&PYTHON_2, "");
    let cache = format!("file://{}", example.workspace.cache.display());
    example.workspace.settings(&cache, "tries = 1");
    let job = example.workspace.build("hello_world");
    example.workspace.push("hello_world");
    let output = Node::new().run(job.init("hello_world"));
    refused(
        &output,
        1,
        &["not signed by any of the keys", "nix_init: cannot realise"],
    );
    let told = said(&output);
    let package = &example.package;
    assert!(
        told.contains(&package.path) || told.contains(&package.dependency),
        "{told}"
    );
}

fn a_missing_dependency() {
    need_nix();
    let example = Example::new(&PYTHON_2, "");
    let job = example.workspace.build("hello_world");
    example.workspace.push("hello_world");
    let dependency = &example.package.dependency;
    fs::remove_file(example.workspace.narinfo(dependency)).expect("it is there");
    let words = [&**dependency, "nix_init: cannot realise"];
    refused(&Node::new().run(job.init("hello_world")), 1, &words);
}

tests! {
    hello_world,
    hello_world_over_http,
    an_expanded_file,
    several_processes,
    several_processes_over_http,
    one_root,
    one_root_brought_by_the_client,
    a_hostile_name,
    a_changed_archive,
    a_changed_reference,
    a_missing_signature,
    a_missing_dependency,
}
