//! Nix's programs, run in the workspace. Touches the world.
//!
//! Nothing goes through a shell, and no text of a definition is an argument of its own unless it
//! was checked not to look like an option.

use std::io;
use std::path::Path;
use std::process::Command;

use crate::diagnostic::MachineError;
use crate::nix::{Messages, run};

use super::told;

/// How Nix is to be run.
#[derive(Debug, Clone, Copy)]
pub struct Nix<'a> {
    /// The directory that relative installables are relative to.
    pub directory: &'a Path,
    /// Whether what Nix says while it builds is shown at once.
    pub echo: bool,
    /// Whether Nix may write lock files of flakes.
    pub may_write: bool,
}

/// What became of a run.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub(super) success: bool,
    pub(super) stdout: String,
    /// The end of what it said on standard error.
    pub(super) messages: String,
}

/// At most about this many bytes of the messages are kept.
const KEPT: usize = 256 * 1024;
/// At most this many characters of arguments are given to one run, far below what systems allow.
const ARGUMENTS: usize = 100_000;

impl Nix<'_> {
    /// Evaluates an expression; the answer is JSON.
    pub(super) fn evaluate(
        &self,
        expression: &str,
        options: &[&str],
    ) -> Result<Answer, MachineError> {
        let mut command = Command::new("nix-instantiate");
        command
            .args(["--eval", "--strict", "--json", "--read-write-mode"])
            .args(options)
            .args(["-E", expression]);
        self.run(command, Messages::Keep(KEPT))
    }

    /// Applies a function to what `installable` is of a flake; the answer is JSON.
    pub(super) fn evaluate_flake(
        &self,
        installable: &str,
        function: &str,
        options: &[&str],
    ) -> Result<Answer, MachineError> {
        let mut command = Command::new("nix");
        command
            .args(["--extra-experimental-features", "nix-command flakes"])
            .args(["eval", "--json"])
            .args(options);
        if !self.may_write {
            command.arg("--no-write-lock-file");
        }
        command.args(["--apply", function, "--", installable]);
        self.run(command, Messages::Keep(KEPT))
    }

    /// Builds or fetches.
    pub(super) fn realise(&self, paths: &[String]) -> Result<Answer, MachineError> {
        let mut command = Command::new("nix-store");
        command
            .args(["--no-gc-warning", "--keep-going", "--realise"])
            .args(paths);
        let messages = if self.echo {
            Messages::KeepAndShow(KEPT)
        } else {
            Messages::Keep(KEPT)
        };
        self.run(command, messages)
    }

    /// Which of the store paths are not there.
    pub(super) fn invalid(&self, paths: &[String]) -> Result<Vec<String>, MachineError> {
        let said = self.query(&["--check-validity", "--print-invalid"], paths)?;
        Ok(said.lines().map(str::to_owned).collect())
    }

    fn store(&self, options: &[&str], paths: &[impl AsRef<str>]) -> Result<Answer, MachineError> {
        let mut command = Command::new("nix-store");
        command.args(options);
        command.args(paths.iter().map(AsRef::as_ref));
        self.run(command, Messages::Keep(KEPT))
    }

    /// Asks `nix-store` about paths, as many at once as fit into a command line.
    pub(super) fn query(&self, options: &[&str], paths: &[String]) -> Result<String, MachineError> {
        let mut answers = String::new();
        let per_run = ARGUMENTS / paths.iter().map(String::len).max().unwrap_or(1).max(1);
        for some in paths.chunks(per_run.max(1)) {
            let answer = self.store(options, some)?;
            if !answer.success {
                let attempt = format!("`nix-store {}` failed", options.join(" "));
                return Err(MachineError::new(attempt, answer.cause()));
            }
            answers.push_str(&answer.stdout);
        }
        Ok(answers)
    }

    /// The machine's fault, if that is what a failed run shows; otherwise it was what Nix was given.
    pub(super) fn blame(&self, what: &str, answer: &Answer) -> Result<(), MachineError> {
        let failed = |cause: &str| MachineError::new(format!("Nix could not {what}"), cause);
        // A cache that Nix warns of need not be what it failed of.
        let mut errors = answer
            .messages
            .lines()
            .filter(|line| !line.trim_start().starts_with("warning:"));
        if errors.any(|line| MACHINES_WORDS.iter().any(|words| line.contains(words))) {
            return Err(failed(answer.cause()));
        }
        // Without a store that answers, nothing can be said about any package.
        let nobody = ["/nix/store/00000000000000000000000000000000-x"];
        let probe = self.store(&["--check-validity", "--print-invalid"], &nobody)?;
        if probe.success || probe.messages.contains("is not in the Nix store") {
            Ok(())
        } else {
            Err(failed(probe.cause()))
        }
    }

    fn run(&self, mut command: Command, messages: Messages) -> Result<Answer, MachineError> {
        let program = command.get_program().display().to_string();
        command.current_dir(self.directory);
        let ended = run(&mut command, messages).map_err(|error| cannot_run(&program, &error))?;
        let answer = Answer {
            success: ended.status.success(),
            stdout: ended.stdout,
            messages: ended.messages,
        };
        if ended.status.code().is_none() {
            let attempt = format!("`{program}` did not end by itself ({})", ended.status);
            return Err(MachineError::new(attempt, answer.cause()));
        }
        Ok(answer)
    }
}

/// What Nix says when it is not the expression that is wrong.
const MACHINES_WORDS: &[&str] = &[
    "No space left on device",
    "Read-only file system",
    "database or disk is full",
    "disk I/O error",
    "cannot connect to socket",
    "cannot connect to daemon",
    "Couldn't resolve host",
    "Could not resolve host",
    "Couldn't connect to server",
    "Could not connect to server",
    "Network is unreachable",
    "Timeout was reached",
    "experimental Nix feature",
];

fn cannot_run(program: &str, error: &io::Error) -> MachineError {
    let attempt = format!("cannot run `{program}`");
    if error.kind() == io::ErrorKind::NotFound {
        MachineError::new(
            attempt,
            "it is not on the PATH; packages are locked with Nix, so install it",
        )
    } else {
        MachineError::new(attempt, error)
    }
}

impl Answer {
    /// What it failed of, in one line.
    pub(super) fn cause(&self) -> &str {
        let mut errors = self.messages.lines().rev();
        let last = errors.find_map(|line| line.trim_start().strip_prefix("error: "));
        let any = self
            .messages
            .lines()
            .rev()
            .find(|line| !line.trim().is_empty());
        last.or(any).unwrap_or("Nix did not say why")
    }

    /// What Nix said of an expression, for a note.
    pub(super) fn told(&self) -> String {
        told::of_expression(&self.messages)
    }
}
