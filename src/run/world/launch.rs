//! A process of a task started as Thermos starts one.

use std::ffi::{OsStr, OsString};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::{env, io};

use super::sandbox::is_program;

/// Thermos leaves these signals ignored in what it starts; a pipe that breaks is an error of a
/// write then, and no end. `exec` keeps that.
const WRAPPER: &str = r#"trap '' INT PIPE; exec "$0" -c "$1""#;

/// The file in the sandbox that shells read first, once it is there.
const PROFILE: &str = ".thermos_profile";

/// What all processes of a task are given.
#[derive(Debug, Clone)]
pub(super) struct Launcher {
    pub(super) shell: PathBuf,
    pub(super) sandbox: PathBuf,
    pub(super) user: String,
    /// What stands before the words of a command.
    pub(super) before: Vec<OsString>,
}

/// The shell that runs commands: where Thermos has it, or else in the `PATH`.
pub fn find_shell() -> Option<PathBuf> {
    let usual = PathBuf::from("/bin/bash");
    if is_program(&usual) {
        return Some(usual);
    }
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|directory| directory.join("bash"))
        .find(|program| program.is_absolute() && is_program(program))
}

impl Launcher {
    /// Starts `command` in a process group of its own, its output in pipes.
    pub(super) fn start(&self, command: &str) -> io::Result<Child> {
        let path = env::var_os("PATH").unwrap_or_else(|| OsString::from("/usr/bin:/bin"));
        let mut words = self.before.iter().map(OsString::as_os_str);
        let mut shell = match words.next() {
            None => Command::new("/bin/sh"),
            Some(program) => {
                let mut command = Command::new(program);
                command.args(words).arg("/bin/sh");
                command
            }
        };
        shell
            .arg("-c")
            .arg(WRAPPER)
            .args([self.shell.as_os_str(), OsStr::new(command)])
            .current_dir(&self.sandbox)
            .env_clear()
            .env("HOME", &self.sandbox)
            .env("LOGNAME", &self.user)
            .env("USER", &self.user)
            .env("PATH", path)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0);
        let profile: &Path = &self.sandbox.join(PROFILE);
        if profile.exists() {
            shell.env("BASH_ENV", profile);
        }
        shell.spawn()
    }
}
