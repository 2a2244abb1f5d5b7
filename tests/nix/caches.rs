//! Caches that misbehave.

use std::fs;
use std::net::TcpListener;

use crate::http_server::{HttpServer, Reply};

use super::compiled::{Compiled, GREETING, HOSTILE, Workspace, greeter, mentioned};
use super::node::{Node, need_nix, refused, said, succeeded};

/// A job that asks a server of its cache.
struct Served {
    workspace: Workspace,
    server: HttpServer,
    job: Compiled,
}

impl Served {
    fn new(init: &str) -> Self {
        let workspace = greeter("");
        let server = HttpServer::of_directory(&workspace.cache);
        workspace.settings(&server.url(), init);
        let job = workspace.build("greeter");
        Self {
            workspace,
            server,
            job,
        }
    }

    /// What the server calls the narinfo of the script.
    fn narinfo(&self) -> (String, Vec<u8>) {
        self.target(&self.workspace.narinfo(self.job.root(HOSTILE)))
    }

    /// What it calls the archive of the greeting.
    fn archive(&self) -> (String, Vec<u8>) {
        let path = mentioned(self.job.cmdline(HOSTILE), "greeting.txt");
        self.target(&self.workspace.archive(&path))
    }

    fn target(&self, file: &std::path::Path) -> (String, Vec<u8>) {
        let inner = file
            .strip_prefix(&self.workspace.cache)
            .expect("it is in it");
        let contents = fs::read(file).expect("it is there");
        (format!("/{}", inner.display()), contents)
    }

    /// Runs the init step and then the process; returns what the step said.
    #[track_caller]
    fn realises(&self) -> String {
        let node = Node::new().impatient();
        let output = node.run(self.job.init(HOSTILE));
        succeeded(&output);
        assert_eq!(succeeded(&node.run(self.job.cmdline(HOSTILE))), GREETING);
        said(&output)
    }
}

fn cut_in_the_middle() {
    need_nix();
    let served = Served::new("");
    let (target, contents) = served.archive();
    let whole = Reply::ok(contents.clone());
    let replies = [whole.clone().cut(40), whole.clone().cut(100), whole];
    served.server.on_each(&target, replies);
    let said = served.realises();
    assert!(
        said.contains("nix_init: try 2 of 5 failed, again in 4s"),
        "{said}"
    );
    assert_eq!(served.server.count(&target), 3);
}

/// Published too late: what was absent at the first try is asked for again.
fn absent_at_first() {
    need_nix();
    let served = Served::new("");
    let (target, contents) = served.narinfo();
    // Once for whether it is there, and once more.
    let replies = [404, 404].map(Reply::status);
    let replies = replies.into_iter().chain([Reply::ok(contents)]);
    served.server.on_each(&target, replies);
    let said = served.realises();
    assert!(said.contains("of 5 failed, again in"), "{said}");
}

/// Nix itself bears a server that is overloaded for a moment.
fn overloaded() {
    need_nix();
    let served = Served::new("tries = 1");
    let (target, contents) = served.archive();
    let replies = [503, 503].map(Reply::status);
    let replies = replies.into_iter().chain([Reply::ok(contents)]);
    served.server.on_each(&target, replies);
    served.realises();
}

fn overloaded_for_good() {
    need_nix();
    let served = Served::new("tries = 1");
    let (target, _) = served.narinfo();
    served.server.on(&target, Reply::status(503));
    let words = [
        "HTTP error 503",
        &format!("nix_init: cannot realise {}", served.job.root(HOSTILE)),
        &format!("from {} after 1 tries", served.server.url()),
    ];
    refused(&Node::new().run(served.job.init(HOSTILE)), 1, &words);
}

fn nobody_listens() {
    need_nix();
    let workspace = greeter("");
    let free = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let url = format!("http://{}", free.local_addr().expect("it has one"));
    drop(free);
    workspace.settings(&url, "tries = 1");
    let job = workspace.build("greeter");
    let words = [&*url, "nix_init: cannot realise", "Nix says why above"];
    refused(&Node::new().run(job.init(HOSTILE)), 1, &words);
}

/// A download that does not go on is begun again.
fn stalled() {
    need_nix();
    let served = Served::new("stalled_download_timeout = 1");
    let (target, contents) = served.archive();
    let whole = Reply::ok(contents);
    served
        .server
        .on_each(&target, [whole.clone().stall(60), whole]);
    let said = served.realises();
    assert!(said.contains("Timeout was reached"), "{said}");
}

/// What the nodes ask by themselves is asked, too, unless the settings say otherwise.
fn other_caches() {
    need_nix();
    for (init, asked) in [("", true), ("only_substituters = true", false)] {
        let served = Served::new(init);
        let other = HttpServer::new();
        other.on(
            "/nix-cache-info",
            Reply::ok("StoreDir: /nix/store\nPriority: 1\n"),
        );
        let node = Node::with_conf(&format!("substituters = {}\n", other.url()));
        succeeded(&node.run(served.job.init(HOSTILE)));
        assert_eq!(succeeded(&node.run(served.job.cmdline(HOSTILE))), GREETING);
        assert_eq!(!other.requests().is_empty(), asked, "{init}");
    }
}

/// A cache that the node asks by itself and cannot reach costs time, but does no harm.
fn unreachable_default() {
    need_nix();
    let served = Served::new("tries = 1");
    let node = Node::with_conf("substituters = http://127.0.0.1:1\n");
    let output = node.run(served.job.init(HOSTILE));
    succeeded(&output);
    assert!(
        said(&output).contains("http://127.0.0.1:1"),
        "{}",
        said(&output)
    );
}

tests! {
    cut_in_the_middle,
    absent_at_first,
    overloaded,
    overloaded_for_good,
    nobody_listens,
    stalled,
    other_caches,
    unreachable_default,
}
