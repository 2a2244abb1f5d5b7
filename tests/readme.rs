//! The README's sessions, run: every `console` block gives the output that it shows.
//!
//! `JOBC_UPDATE=1 cargo test` rewrites what the commands print.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::harness::{Sandbox, repository, updating};
use crate::nix::{has_nix, need_nix};

/// The home directory of the README's reader, whose clone is `~/jobc`.
const HOME: &str = "/home/me";

/// The section whose commands take Nix.
const WITH_NIX: &str = "## With Nix";

/// Runs a command where `/nix` is the reader's own.
const OWN_NIX: &str = "mount --bind \"$HOME/.nix\" /nix && exec sh -c \"$0\" \"$@\"";

/// One reader's shell: it stays in the directory that a command went to.
struct Reader {
    sandbox: Sandbox,
    directory: PathBuf,
    with_nix: bool,
}

impl Reader {
    fn new() -> Self {
        let sandbox = Sandbox::new();
        sandbox.examples("jobc/examples");
        sandbox.file(
            ".config/nix/nix.conf",
            "build-users-group =\nsandbox = false\nsubstituters =\nexperimental-features = nix-command\n",
        );
        fs::create_dir(sandbox.path().join(".nix")).expect("it can be made");
        let directory = sandbox.path().join("jobc");
        Self {
            sandbox,
            directory,
            with_nix: false,
        }
    }

    /// Both outputs of a command.
    fn run(&mut self, command: &str) -> String {
        let program = Path::new(env!("CARGO_BIN_EXE_jobc"));
        let programs = program.parent().expect("it is in a directory");
        let path = std::env::var("PATH").unwrap_or_default();
        let whereabouts = self.sandbox.path().join(".directory");
        let mut shell = Command::new(if self.with_nix { "unshare" } else { "sh" });
        if self.with_nix {
            shell.args(["-m", "sh", "-c", OWN_NIX]);
        } else {
            shell.arg("-c");
        }
        shell
            .args(["exec 2>&1; eval \"$1\"; pwd -P > \"$2\"", "sh", command])
            .arg(&whereabouts)
            .current_dir(&self.directory)
            .env("HOME", self.sandbox.path())
            .env("PATH", format!("{}:{path}", programs.display()));
        let output = self.sandbox.finish(&mut shell).stdout;
        let directory = fs::read_to_string(&whereabouts).expect("the shell wrote it");
        self.directory = PathBuf::from(directory.trim_end());
        without_time(&output.replace("[DIR]", HOME))
    }

    fn write(&self, name: &str, text: &str) {
        let below = self.directory.strip_prefix(self.sandbox.path());
        let below = below.expect("the reader stays at home");
        self.sandbox
            .file(&below.join(name).display().to_string(), text);
    }
}

/// How long a task took is different each time.
fn without_time(output: &str) -> String {
    let mut text = String::with_capacity(output.len());
    for line in output.split_inclusive('\n') {
        match line.rsplit_once(" after ") {
            Some((task, time)) if time.ends_with(" s\n") => {
                writeln!(text, "{task} after 0.1 s").expect("strings take all");
            }
            _ => text.push_str(line),
        }
    }
    text
}

/// The README with what its commands print now; those that take Nix only where it is.
fn rewritten(text: &str) -> String {
    let has_nix = has_nix();
    let mut reader = Reader::new();
    let mut new = String::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        writeln!(new, "{line}").expect("strings take all");
        if line.starts_with("## ") {
            reader.with_nix = line == WITH_NIX;
        }
        match line {
            "```console" if reader.with_nix && !has_nix => {}
            "```toml" | "```nix" => {
                let mut file = String::new();
                while let Some(line) = lines.next_if(|line| *line != "```") {
                    writeln!(new, "{line}").expect("strings take all");
                    writeln!(file, "{line}").expect("strings take all");
                }
                if let Some(name) = file.lines().next().and_then(|line| line.strip_prefix("# ")) {
                    reader.write(name, &file);
                }
            }
            "```console" => {
                while let Some(line) = lines.next_if(|line| *line != "```") {
                    if let Some(command) = line.strip_prefix("$ ") {
                        writeln!(new, "{line}").expect("strings take all");
                        new.push_str(&reader.run(command));
                    }
                }
            }
            _ => {}
        }
    }
    new
}

fn sessions() {
    let path = repository().join("README.md");
    let text = fs::read_to_string(&path).expect("it can be read");
    let now = rewritten(&text);
    if updating() {
        fs::write(&path, &now).expect("it can be written");
        return;
    }
    assert!(
        text == now,
        "README.md is not true any more; it would be:\n{now}"
    );
    need_nix();
}

/// The definition that the tour begins with is the example's.
fn the_first_definition() {
    let text = fs::read_to_string(repository().join("README.md")).expect("it can be read");
    let shown = text
        .split_once("## A tour\n")
        .and_then(|(_, tour)| tour.split("```toml\n").nth(1))
        .and_then(|rest| rest.split("```").next());
    let example = repository().join("examples/hello_world/job.toml");
    let example = fs::read_to_string(example).expect("it can be read");
    assert!(example.ends_with(shown.expect("there is one")));
}

/// Every file that the README links to is there.
fn links() {
    let text = fs::read_to_string(repository().join("README.md")).expect("it can be read");
    for target in text
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
    {
        if !target.starts_with("http") {
            assert!(repository().join(target).exists(), "{target}");
        }
    }
}

/// Every file and directory that the part for developers names is there.
fn names_of_files() {
    let text = fs::read_to_string(repository().join("README.md")).expect("it can be read");
    let (_, part) = text
        .split_once("## Working on jobc\n")
        .expect("it is there");
    let part = part.split("\n## ").next().unwrap_or(part);
    let words = part.split('`').skip(1).step_by(2);
    let paths = words.filter(|word| word.contains('/') || ["fuzz", "schema"].contains(word));
    let failures: Vec<_> = paths
        .filter(|path| !repository().join(path).exists())
        .collect();
    assert!(failures.is_empty(), "{failures:?}");
}

tests! {
    names_of_files,
    sessions,
    the_first_definition,
    links,
}
