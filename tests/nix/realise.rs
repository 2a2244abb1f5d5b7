//! The init step on a node whose store is its own.

use std::fs;
use std::time::Instant;

use super::compiled::{GREETING, HOSTILE, greeter};
use super::node::{Account, Node, need_nix, refused, said, succeeded};

fn no_nix_at_all() {
    need_nix();
    let workspace = greeter("");
    let job = workspace.build("greeter");
    let node = Node::new().prelude(
        "mkdir -p \"$HOME/tools\" && for tool in bash dash busybox mkdir uname; do \
         cp -L \"$(command -v $tool)\" \"$HOME/tools\"; done && \
         mount --bind \"$HOME/tools\" /usr/bin",
    );
    for shell in [&["bash"][..], &["dash"], &["busybox", "sh"]] {
        let output = node.run_in(shell, job.init(HOSTILE));
        let words = [
            "nix_init: nix-store not found on ",
            "install Nix on this node",
        ];
        refused(&output, 127, &words);
    }
}

/// Homes that Nix cannot use, or dies of, and other odd surroundings.
fn odd_surroundings() {
    need_nix();
    let workspace = greeter("tries = 1");
    let job = workspace.build("greeter");
    let nodes = [
        Node::new().without_home(),
        Node::new().env("HOME", "/nonexistent"),
        Node::new().env("HOME", "/proc"),
        Node::new().env("XDG_CACHE_HOME", "/proc"),
        Node::new().env("TMPDIR", "/nonexistent"),
        Node::new().env("NIX_REMOTE", "local"),
        Node::new().env("NIX_CONFIG", "cores = 1"),
        Node::new().env("PATH", "/usr/bin:/bin:/nonexistent dir"),
    ];
    for node in nodes {
        succeeded(&node.run(job.init(HOSTILE)));
        assert_eq!(succeeded(&node.run(job.cmdline(HOSTILE))), GREETING);
    }
}

/// Without a daemon, an account that may not write to the store gets nowhere, and is told.
fn nobody_without_a_daemon() {
    need_nix();
    let workspace = greeter("tries = 1");
    let job = workspace.build("greeter");
    let node = Node::new().account(Account::Nobody);
    refused(&node.run(job.init(HOSTILE)), 1, &["nix_init: "]);
}

/// Nix says yes, and the path is in another place.
fn relocated() {
    need_nix();
    let workspace = greeter("tries = 1");
    let job = workspace.build("greeter");
    let node = Node::new();
    let elsewhere = node.path().join("elsewhere").display().to_string();
    let node = node.env("NIX_REMOTE", &elsewhere);
    let remote = format!("NIX_REMOTE={elsewhere}");
    let words = ["was realised but is not at its path", &remote];
    refused(&node.run(job.init(HOSTILE)), 1, &words);
}

fn sandboxes_that_cannot_be_written() {
    need_nix();
    let workspace = greeter("tries = 1");
    let job = workspace.build("greeter");
    let words = ["nix_init: cannot make ", "the sandbox has to be writable"];
    let node = Node::new();
    fs::write(node.sandbox().join(".gc"), "a file").expect("it can be written");
    refused(&node.run(job.init(HOSTILE)), 1, &words);
    let node = Node::new().prelude("mount --bind -o ro . . && cd \"$PWD\"");
    refused(&node.run(job.init(HOSTILE)), 1, &words);
}

/// How long it takes is told, not judged.
fn already_there() {
    need_nix();
    let workspace = greeter("");
    let job = workspace.build("greeter");
    let node = Node::new();
    succeeded(&node.run(job.init(HOSTILE)));
    let time = |command: &str| {
        let start = Instant::now();
        succeeded(&node.run(command));
        start.elapsed()
    };
    let (nothing, again) = (time(":"), time(job.init(HOSTILE)));
    eprintln!(
        "what is there already takes {:?}",
        again.saturating_sub(nothing)
    );
    assert_eq!(succeeded(&node.run(job.cmdline(HOSTILE))), GREETING);
}

/// Steps of one task start together, on a fresh node and over HTTP: each succeeds. On a loaded machine
/// the making of Nix's own database can keep one of them waiting for longer than Nix has patience;
/// that is what a step tries again for.
fn eight_at_once() {
    need_nix();
    let workspace = greeter("");
    let server = crate::http_server::HttpServer::of_directory(&workspace.cache);
    workspace.settings(&server.url(), "");
    let job = workspace.build("greeter");
    let node = Node::new();
    let started: Vec<_> = (0..8)
        .map(|number| {
            let own = format!("root=$PWD/.gc/{number}\n");
            let (first, rest) = job.init(HOSTILE).split_once('\n').expect("lines");
            let init = format!("{first}\n{own}{rest}");
            node.start(&["bash"], &init).spawn().expect("started")
        })
        .collect();
    for child in started {
        succeeded(&child.wait_with_output().expect("it ends"));
    }
    assert_eq!(succeeded(&node.run(job.cmdline(HOSTILE))), GREETING);
}

fn the_sandbox_keeps_the_closure() {
    need_nix();
    let workspace = greeter("");
    let job = workspace.build("greeter");
    let node = Node::new();
    succeeded(&node.run(job.init(HOSTILE)));
    node.collect();
    assert_eq!(succeeded(&node.run(job.cmdline(HOSTILE))), GREETING);
    fs::remove_dir_all(node.sandbox()).expect("it can be removed");
    fs::create_dir(node.sandbox()).expect("it can be made");
    node.collect();
    let output = node.run(job.cmdline(HOSTILE));
    assert!(!output.status.success(), "{}", said(&output));
    assert!(!node.outside(job.root(HOSTILE)).exists());
}

tests! {
    no_nix_at_all,
    odd_surroundings,
    nobody_without_a_daemon,
    relocated,
    sandboxes_that_cannot_be_written,
    already_there,
    eight_at_once,
    the_sandbox_keeps_the_closure,
}
