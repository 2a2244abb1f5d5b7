//! Runs the real executable on files in a directory of its own.

#[macro_use]
pub mod suite;

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use jobc::model::JobKey;
use tempfile::TempDir;

/// A directory with files, to run jobc in.
pub struct Sandbox {
    directory: TempDir,
}

/// What a run printed and how it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    pub stdout: String,
    pub stderr: String,
    pub status: i32,
}

impl Sandbox {
    pub fn new() -> Self {
        let directory = tempfile::Builder::new().prefix("jobc-test-").tempdir();
        Self {
            directory: directory.expect("a temporary directory can be made"),
        }
    }

    /// With a copy of the repository's `examples/`.
    pub fn with_examples() -> Self {
        let sandbox = Self::new();
        sandbox.examples("examples");
        sandbox
    }

    /// Copies the repository's `examples/` to a directory of this name.
    pub fn examples(&self, name: &str) {
        let examples = repository().join("examples");
        for entry in walkdir::WalkDir::new(&examples)
            .into_iter()
            .filter_map(Result::ok)
        {
            if entry.file_type().is_file() {
                let below = entry.path().strip_prefix(&examples);
                let below = Path::new(name).join(below.expect("it was found below"));
                self.file(&below.display().to_string(), "");
                // With its mode: whether a file can be run is a part of its store path.
                fs::copy(entry.path(), self.path().join(below)).expect("examples can be copied");
            }
        }
    }

    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Writes a file, with the directories that lead to it.
    pub fn file(&self, name: &str, contents: impl AsRef<[u8]>) -> &Self {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().expect("a file has a directory")).expect("it can be made");
        fs::write(path, contents).expect("it can be written");
        self
    }

    /// Runs jobc here and returns what became of it, the directory's own name replaced.
    pub fn jobc<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Run {
        self.finish(self.command().args(arguments))
    }

    /// The command that runs jobc here, to be changed before it is run.
    pub fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_jobc"));
        command
            .current_dir(self.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.path())
            .stdin(Stdio::null());
        command
    }

    pub fn finish(&self, command: &mut Command) -> Run {
        let Output {
            status,
            stdout,
            stderr,
        } = command.output().expect("jobc can be started");
        let text = |bytes: Vec<u8>| {
            let text = String::from_utf8(bytes).expect("jobc prints UTF-8");
            text.replace(&self.path().display().to_string(), "[DIR]")
        };
        Run {
            stdout: text(stdout),
            stderr: text(stderr),
            status: status.code().expect("jobc is not killed"),
        }
    }

    /// The names of all files below a directory, sorted.
    pub fn list(&self, below: &str) -> Vec<String> {
        let root = self.path().join(below);
        let mut names: Vec<String> = walkdir::WalkDir::new(&root)
            .into_iter()
            .filter_map(Result::ok)
            .filter(|entry| !entry.file_type().is_dir())
            .map(|entry| {
                let name = entry
                    .path()
                    .strip_prefix(&root)
                    .expect("it was found below");
                name.display().to_string()
            })
            .collect();
        names.sort();
        names
    }
}

/// The repository's directory.
pub fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Whether expectations are to be rewritten instead of compared.
pub fn updating() -> bool {
    std::env::var_os("JOBC_UPDATE").is_some_and(|value| value == "1")
}

/// Fails with all of `failures` at once, if there are any.
pub fn report(failures: &[String]) {
    assert!(
        failures.is_empty(),
        "{} failed:\n\n{}",
        failures.len(),
        failures.join("\n\n")
    );
}

/// The key of a small job: `c/r/devel/n`.
pub fn small_key() -> JobKey {
    JobKey {
        cluster: "c".parse().expect("a cluster"),
        role: "r".parse().expect("a role"),
        environment: "devel".parse().expect("an environment"),
        name: "n".parse().expect("a name"),
    }
}

/// A definition of one small job, as TOML, with `more` lines before its task.
pub fn small_job(name: &str, more: &str) -> String {
    format!(
        r#"cluster = "devcluster"
role = "www"
environment = "devel"
name = "{name}"
{more}
[task]
processes = [{{ name = "{name}", cmdline = "echo hello" }}]
resources = {{ cpu = 1, ram = "64 MB", disk = "64 MB" }}
"#
    )
}
