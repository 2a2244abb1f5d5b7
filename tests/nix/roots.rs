//! What Nix makes of the objects that jobc computes: the root of a whole job.

use super::compiled::{HOSTILE, greeter};
use super::node::{Node, need_nix, succeeded};

/// The object lists the scripts, refers to them, and is found whole by Nix.
fn the_object_of_a_job() {
    need_nix();
    let workspace = greeter("");
    let script = workspace.build("greeter").root(HOSTILE).to_owned();
    let cache = format!("file://{}", workspace.cache.display());
    workspace.settings(&cache, "tries = 1\nroots = \"job\"");
    workspace.push("greeter");
    let job = workspace.build("greeter");
    let root = job.root(HOSTILE);
    assert!(
        root.ends_with("-aurora-job-devcluster-www-devel-greeter"),
        "{root}"
    );
    let node = Node::new();
    succeeded(&node.run(job.init(HOSTILE)));
    let references = succeeded(&node.run(&format!("nix-store -q --references {root}")));
    assert_eq!(references, format!("{script}\n"));
    assert_eq!(succeeded(&node.run(&format!("cat {root}"))), references);
    succeeded(&node.run("nix-store --verify --check-contents 2>&1"));
    let link = node.sandbox().join(".gc/greeter");
    assert_eq!(
        std::fs::read_link(link)
            .expect("it is the root")
            .display()
            .to_string(),
        root
    );
}

tests! {
    the_object_of_a_job,
}
