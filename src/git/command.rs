//! One run of the program `git`, and what it says when it fails.

use std::ffi::OsString;
use std::fmt;
use std::io::Write;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use crate::diagnostic::{Failure, MachineError};

use super::environment;

/// Git could not do what it was asked.
#[derive(Debug)]
pub struct GitError {
    /// What was attempted.
    attempt: String,
    /// What git said, in one line.
    said: String,
    /// What to do about it.
    help: Option<String>,
}

impl GitError {
    pub(super) fn new(attempt: &str, said: impl Into<String>) -> Self {
        Self {
            attempt: attempt.to_owned(),
            said: said.into(),
            help: None,
        }
    }

    #[must_use]
    pub(super) fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// What to do about it, as an imperative.
    pub fn help(&self) -> Option<&str> {
        self.help.as_deref()
    }
}

impl fmt::Display for GitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot {}: {}", self.attempt, self.said)
    }
}

impl std::error::Error for GitError {}

impl From<GitError> for MachineError {
    fn from(error: GitError) -> Self {
        Self::new(format!("cannot {}", error.attempt), error.said)
    }
}

impl From<GitError> for Failure {
    fn from(error: GitError) -> Self {
        let failure = Self::new(error.to_string());
        match error.help() {
            Some(help) => failure.help(help),
            None => failure,
        }
    }
}

/// What git said.
pub(super) struct Asked {
    pub(super) is_success: bool,
    pub(super) stdout: Vec<u8>,
    messages: String,
}

impl Asked {
    pub(super) fn checked(self, attempt: &str) -> Result<Vec<u8>, GitError> {
        if self.is_success {
            Ok(self.stdout)
        } else {
            Err(self.error(attempt))
        }
    }

    /// Its `fatal:` line, or else the first one that says what is wrong.
    pub(super) fn said(&self) -> &str {
        let begins = |word: &str| {
            let mut lines = self.messages.lines();
            lines.find(|line| line.starts_with(word))
        };
        let mut lines = self.messages.lines();
        begins("fatal: ")
            .or_else(|| begins("error: "))
            .or_else(|| lines.find(|line| !line.trim().is_empty()))
            .unwrap_or("git failed and did not say why")
    }

    pub(super) fn error(&self, attempt: &str) -> GitError {
        let error = GitError::new(attempt, self.said());
        // Of git's own advice, the line that is a command.
        let mut lines = self.messages.lines().map(str::trim);
        match lines.find(|line| line.starts_with("git config --global --add safe.directory ")) {
            Some(command) => error.with_help(format!("if you trust its owner: `{command}`")),
            None => error,
        }
    }
}

/// Git in `directory`, with nothing in its environment that a hook or a repository set, and without
/// transports, hooks and watchers.
///
/// Commands that look at the working tree or at files of a revision need more than that, and are run
/// by [`super::Objects`].
pub(super) fn git(directory: &Path) -> Command {
    let mut command = Command::new("git");
    command.current_dir(directory);
    environment::clear(&mut command);
    command
        .env("LC_ALL", "C")
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_NO_REPLACE_OBJECTS", "1")
        .env("GIT_LITERAL_PATHSPECS", "1")
        // Objects that only a server has stay there: transports are programs.
        .env("GIT_NO_LAZY_FETCH", "1")
        .env("GIT_ALLOW_PROTOCOL", "none")
        .arg("--no-pager")
        .args(["-c", "core.fsmonitor=false"])
        .args(["-c", "core.hooksPath=/dev/null"]);
    command
}

/// Runs it to its end.
pub(super) fn run(command: &mut Command, input: Option<Vec<u8>>) -> Result<Asked, GitError> {
    let cannot = |error: std::io::Error| GitError::new("run `git`", error.to_string());
    let stdin = if input.is_some() {
        Stdio::piped()
    } else {
        Stdio::null()
    };
    command
        .stdin(stdin)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().map_err(cannot)?;
    let input = child.stdin.take().zip(input);
    let output = thread::scope(|scope| {
        let feeding = input.map(|(mut pipe, input)| {
            // Where git has gone away, its status says why.
            let feed = move || drop(pipe.write_all(&input));
            thread::Builder::new().spawn_scoped(scope, feed)
        });
        let output = child.wait_with_output()?;
        feeding.transpose().map(|_| output)
    });
    let output = output.map_err(cannot)?;
    let messages = match output.status.signal() {
        // What it said before is not why.
        Some(_) => {
            let signal = output.status.to_string();
            format!("git was ended by {}", signal.replacen(": ", " ", 1))
        }
        None => String::from_utf8_lossy(&output.stderr).into_owned(),
    };
    Ok(Asked {
        is_success: output.status.success(),
        stdout: output.stdout,
        messages,
    })
}

/// What NUL bytes separate.
pub(super) fn words(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|&byte| byte == 0)
        .filter(|word| !word.is_empty())
}

/// Without the line's end.
pub(super) fn trimmed(mut text: Vec<u8>) -> Vec<u8> {
    if text.last() == Some(&b'\n') {
        text.pop();
    }
    text
}

/// The path that git prints, whether or not it marks it as a directory.
pub(super) fn path(bytes: &[u8]) -> PathBuf {
    let bytes = bytes.strip_suffix(b"/").unwrap_or(bytes);
    PathBuf::from(OsString::from_vec(bytes.to_vec()))
}
