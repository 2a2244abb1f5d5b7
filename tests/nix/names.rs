//! What Nix calls things, jobc calls so.

use std::path::Path;
use std::process::Command;

use crate::harness::{Sandbox, small_job};

use super::node::{need_nix, succeeded};

/// The compiled file is named as `builtins.toFile` would name it.
fn compiled_files_are_named_as_by_nix() {
    need_nix();
    let workspace = Sandbox::new();
    workspace.file("job.toml", small_job("app", "contact = \"\u{e9}\""));
    let run = workspace.jobc(["build", "app", "--print", "path"]);
    let root = workspace.path().display().to_string();
    let path = run.stdout.trim_end().replace("[DIR]", &root);
    let name = Path::new(&path).file_name().expect("it is a file");
    let name = name.to_string_lossy().into_owned();
    let (_, object) = name.split_once('-').expect("a hash stands before the name");
    let output = Command::new("nix-instantiate")
        .args(["--eval", "-E"])
        .arg(format!(
            "builtins.toFile \"{object}\" (builtins.readFile {path})"
        ))
        .output()
        .expect("nix-instantiate can be started");
    assert_eq!(succeeded(&output), format!("\"/nix/store/{name}\"\n"));
}

tests! {
    compiled_files_are_named_as_by_nix,
}
