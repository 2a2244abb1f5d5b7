//! All commands, one after the other, as people use them: a package is locked, a job compiled,
//! published, and run on an empty node; then the package changes.

use std::fs;

use crate::harness::Run;

use super::compiled::mentioned;
use super::node::need_nix;
use super::publisher::{PROCESS, Publisher};

/// The only line that the process itself prints.
#[track_caller]
fn said_by_process(run: &Run) -> &str {
    let lines = run.stdout.lines().filter_map(|line| line.split_once(" | "));
    let mut own = lines.filter(|(name, _)| name.trim_end() == PROCESS);
    let (_, text) = own.next().unwrap_or_else(|| panic!("{}", run.stdout));
    assert_eq!(own.next(), None);
    text
}

/// The lock is not current, and these words are among the reasons.
#[track_caller]
fn outdated(publisher: &Publisher, arguments: &[&str], words: &[&str]) {
    let run = publisher.jobc(&[&["lock", "--check"], arguments].concat());
    assert_eq!(run.status, 1, "{}", run.stderr);
    for words in words.iter().chain(&["lock-outdated"]) {
        assert!(run.stderr.contains(words), "{words}: {}", run.stderr);
    }
}

fn from_an_expression_to_a_process_and_again() {
    need_nix();
    let publisher = Publisher::new();
    let unlocked = publisher.jobc(&["build", "app"]);
    assert_eq!(unlocked.status, 1, "{}", unlocked.stderr);
    assert!(unlocked.stderr.contains("lock it: `jobc lock tool`"));
    let said = publisher.done(&["lock"]);
    let tool = said.trim_end().rsplit(' ').next().expect("its path");
    assert!(
        said.starts_with("added ./pkgs.nix#tool x86_64-linux /nix/store/"),
        "{said}"
    );
    let [words] = &*publisher.references(tool) else {
        panic!("it refers to the words alone");
    };
    let locked = fs::read_to_string(publisher.workspace.sandbox.path().join("jobc.lock"));
    let locked = locked.expect("it was written");
    assert!(
        !locked.contains("-compiler"),
        "it is not needed to run: {locked}"
    );
    publisher.done(&["lock", "--check"]);

    // Nobody has it.
    let job = publisher.build();
    let script = job.root(PROCESS);
    let greeting = mentioned(job.cmdline(PROCESS), "-greeting.txt");
    let all = [tool, words, script, &greeting];
    let unknown = publisher.jobc(&["ready", "app"]);
    assert_eq!(unknown.status, 2, "the directory may only not be mounted");
    let cache = "StoreDir: /nix/store\n";
    publisher
        .workspace
        .sandbox
        .file("cache/nix-cache-info", cache);
    let absent = publisher.jobc(&["ready", "app"]);
    assert_eq!(absent.status, 1, "{}{}", absent.stdout, absent.stderr);
    for path in all {
        assert!(absent.stdout.contains(path), "{path}: {}", absent.stdout);
    }
    let unready = publisher.jobc(&["build", "app", "--ready", "--print", "path"]);
    assert_eq!(
        (unready.status, &*unready.stdout),
        (1, ""),
        "{}",
        unready.stderr
    );
    for path in all {
        assert!(unready.stderr.contains(path), "{path}: {}", unready.stderr);
    }
    let node = publisher.node();
    let run = ["run", "app", "--realise", "always"];
    let early = publisher.jobc_on(&node, &run);
    assert_eq!(early.status, 1, "{}{}", early.stdout, early.stderr);
    assert!(!early.stdout.contains("hello"), "{}", early.stdout);

    // Now the nodes can get it.
    publisher.push(&publisher.workspace.cache, "test-1");
    publisher.done(&["ready", "app"]);
    let path = publisher.done(&["build", "app", "--ready", "--print", "path"]);
    for node in [publisher.node(), node] {
        assert!(!node.outside(tool).exists());
        let run = publisher.jobc_on(&node, &run);
        assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
        assert_eq!(said_by_process(&run), "hello, one");
        assert!(
            run.stderr.contains(job.init_name(PROCESS)),
            "{}",
            run.stderr
        );
        assert!(all.iter().all(|path| node.outside(path).exists()));
    }

    // What a package needs is another one.
    publisher.says("two");
    let edited = "`./pkgs.nix` or a file it imports has changed since package `tool` was locked";
    outdated(&publisher, &[], &[edited, "`jobc lock tool`"]);
    assert_eq!(publisher.done(&["build", "app", "--print", "path"]), path);
    outdated(&publisher, &["--update"], &["./pkgs.nix#tool", tool]);
    let kept = fs::read_to_string(publisher.workspace.sandbox.path().join("jobc.lock"));
    assert_eq!(kept.expect("it is there"), locked);
    let said = publisher.done(&["lock"]);
    assert!(
        said.starts_with("changed ./pkgs.nix#tool x86_64-linux /nix/store/"),
        "{said}"
    );
    publisher.done(&["lock", "--check", "--update"]);
    let changed = publisher.build();
    assert_ne!(changed.init_name(PROCESS), job.init_name(PROCESS));
    assert_ne!(changed.root(PROCESS), script);
    assert_ne!(publisher.done(&["build", "app", "--print", "path"]), path);
    assert_eq!(publisher.jobc(&["ready", "app"]).status, 1);
    publisher.push(&publisher.workspace.cache, "test-1");
    publisher.done(&["ready", "app"]);
    let run = publisher.jobc_on(&publisher.node(), &run);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    assert_eq!(said_by_process(&run), "hello, two");
}

tests! {
    from_an_expression_to_a_process_and_again,
}
