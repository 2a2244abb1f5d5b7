//! The init step of an account that the node's daemon does not trust.

use std::fs;

use crate::http_server::HttpServer;

use super::compiled::{Compiled, GREETING, HOSTILE, Workspace, greeter, mentioned};
use super::maker::Maker;
use super::node::{Account, Daemon, Node, need_nix, refused, said, succeeded};

fn untrusting(conf: &str, account: Account) -> (Node, Daemon) {
    let node = Node::with_conf(conf).account(account).impatient();
    let daemon = node.daemon();
    (node, daemon)
}

/// What jobc makes needs no setting of the node at all.
fn own_objects() {
    need_nix();
    let workspace = greeter("tries = 1");
    let job = workspace.build("greeter");
    let cache = format!("file://{}", workspace.cache.display());
    for conf in [
        String::new(),
        format!("trusted-substituters = {cache}\n"),
        format!("substituters = {cache}\n"),
        "trusted-users = root nobody\n".to_owned(),
    ] {
        for shell in [&["bash"][..], &["dash"], &["busybox", "sh"]] {
            let (node, _daemon) = untrusting(&conf, Account::Nobody);
            succeeded(&node.run_in(shell, job.init(HOSTILE)));
            assert_eq!(succeeded(&node.run(job.cmdline(HOSTILE))), GREETING);
            succeeded(&node.run_in(shell, job.init(HOSTILE)));
        }
    }
}

/// Accounts without a name, and homes that Nix may not enter.
fn odd_accounts() {
    need_nix();
    let workspace = greeter("tries = 1");
    let server = HttpServer::of_directory(&workspace.cache);
    workspace.settings(&server.url(), "tries = 1");
    let job = workspace.build("greeter");
    for account in [Account::Nobody, Account::Number(54321)] {
        for home in ["", "/root", "/nonexistent", "/usr"] {
            let node = Node::new().account(account).env("HOME", home);
            let _daemon = node.daemon();
            succeeded(&node.run(job.init(HOSTILE)));
            assert_eq!(succeeded(&node.run(job.cmdline(HOSTILE))), GREETING);
        }
    }
}

/// The root of an account without rights counts, too.
fn collected() {
    need_nix();
    let workspace = greeter("tries = 1");
    let job = workspace.build("greeter");
    let (node, _daemon) = untrusting("", Account::Nobody);
    succeeded(&node.run(job.init(HOSTILE)));
    node.collect();
    assert_eq!(succeeded(&node.run(job.cmdline(HOSTILE))), GREETING);
    fs::remove_dir_all(node.sandbox().join(".gc")).expect("it can be removed");
    node.collect();
    let output = node.run(job.cmdline(HOSTILE));
    assert!(!output.status.success(), "{}", said(&output));
}

fn eight_at_once() {
    need_nix();
    let workspace = greeter("");
    let server = HttpServer::of_directory(&workspace.cache);
    workspace.settings(&server.url(), "");
    let job = workspace.build("greeter");
    let (node, _daemon) = untrusting("", Account::Nobody);
    let started: Vec<_> = (0..8)
        .map(|number| {
            let (first, rest) = job.init(HOSTILE).split_once('\n').expect("lines");
            let init = format!("{first}\nroot=$PWD/.gc/{number}\n{rest}");
            node.start(&["bash"], &init).spawn().expect("started")
        })
        .collect();
    for child in started {
        succeeded(&child.wait_with_output().expect("it ends"));
    }
    assert_eq!(succeeded(&node.run(job.cmdline(HOSTILE))), GREETING);
}

/// A job with a package that is not content-addressed, signed by a key.
struct Packaged {
    workspace: Workspace,
    job: Compiled,
    public: String,
}

/// With the package in this directory of the workspace, which nodes are said to ask.
fn packaged(directory: &str) -> Packaged {
    let workspace = Workspace::new("");
    let maker = Maker::new();
    let package = maker.package("talker-1.0", "talk", "echo \\\"$words\\\"");
    let (secret, public) = maker.key("test-1");
    let cache = format!("file://{}", workspace.cache.display());
    let home = workspace.sandbox.path().join(directory);
    maker.copy(&package.path, &home, Some(&secret));
    let init = format!(
        "tries = 1\ntrusted_public_keys = [\"{public}\"]\n\
         [nodes]\nsubstituters = [\"file://{}\"]",
        home.display()
    );
    workspace.settings(&cache, &init);
    let packages = format!("packages = {{ talk = \"{}\" }}", package.path);
    let definition = crate::harness::small_job("talker", &packages)
        .replace("echo hello", "${pkgs.talk}/bin/talk");
    workspace.sandbox.file("talker/job.toml", definition);
    let job = workspace.build("talker");
    workspace.push("talker");
    Packaged {
        workspace,
        job,
        public,
    }
}

/// The table of what a daemon takes from whom.
fn packages() {
    need_nix();
    let made = packaged("cache");
    let cache = format!("file://{}", made.workspace.cache.display());
    let key = format!("trusted-public-keys = {}\n", made.public);
    let trusted = format!("trusted-substituters = {cache}\n");
    let asked = format!("substituters = {cache}\n");
    let lacks = ["lacks a ", "signature", "nix_init: cannot realise"];
    for (conf, takes) in [
        (String::new(), false),
        (trusted.clone(), false),
        (format!("{trusted}{key}"), true),
        (format!("{asked}{key}"), true),
        (key.clone(), true),
        ("trusted-users = root nobody\n".to_owned(), true),
    ] {
        let (node, _daemon) = untrusting(&conf, Account::Nobody);
        let output = node.run(made.job.init("talker"));
        if takes {
            succeeded(&output);
            let printed = succeeded(&node.run(made.job.cmdline("talker")));
            assert_eq!(printed, "the stub of talker-1.0\n", "{conf}");
        } else {
            refused(&output, 1, &lacks);
        }
    }
}

/// A package in a cache that the daemon asks by itself need not lie in the job's cache, too.
fn mixed_caches() {
    need_nix();
    let made = packaged("other");
    let other = made.workspace.sandbox.path().join("other");
    let server = HttpServer::of_directory(&other);
    let conf = format!(
        "substituters = {}\ntrusted-public-keys = {}\n",
        server.url(),
        made.public
    );
    let (node, _daemon) = untrusting(&conf, Account::Nobody);
    succeeded(&node.run(made.job.init("talker")));
    let printed = succeeded(&node.run(made.job.cmdline("talker")));
    assert_eq!(printed, "the stub of talker-1.0\n");
}

/// What no cache has is named.
fn missing() {
    need_nix();
    let workspace = greeter("tries = 1");
    let job = workspace.build("greeter");
    let gone = mentioned(job.cmdline(HOSTILE), "greeting.txt");
    fs::remove_file(workspace.narinfo(&gone)).expect("it is there");
    let (node, _daemon) = untrusting("", Account::Nobody);
    refused(
        &node.run(job.init(HOSTILE)),
        1,
        &[&gone, "nix_init: cannot realise"],
    );
}

tests! {
    own_objects,
    odd_accounts,
    collected,
    eight_at_once,
    packages,
    mixed_caches,
    missing,
}
