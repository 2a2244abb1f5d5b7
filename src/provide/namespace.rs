//! A mount namespace in which the store has what a private directory has.
//!
//! Each process enters one of its own, by `unshare`, `mount` and a shell: they need no rights where
//! the kernel lets users have namespaces. Whether it does is found out by trying.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rustix::process::{getegid, geteuid};

use crate::store::{StoreDir, StorePath};

const SCRIPT: &str = include_str!("namespace.sh");

/// Where these programs are that an ordinary user's `PATH` leaves out.
const TOOLS: &str = "/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin";

/// How to start a process in the namespace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Namespace {
    words: Vec<OsString>,
}

impl Namespace {
    /// The namespace for the objects in `own`, if one can be had: then `path` is there.
    ///
    /// # Errors
    /// The reason why not.
    pub(super) fn enter(
        store_dir: &StoreDir,
        own: &Path,
        path: &StorePath,
    ) -> Result<Self, String> {
        let unshare = program("unshare").ok_or("this machine has no `unshare`")?;
        if !is_plain(Path::new(store_dir.as_str())) {
            return Err(format!(
                "`{store_dir}` has characters that `mount` cannot take"
            ));
        }
        let (uid, gid) = (geteuid(), getegid());
        let root = uid.is_root();
        let as_root: &[&str] = &["--mount"];
        let as_user: &[&str] = &["--user", "--map-root-user", "--mount"];
        let ways: &[&[&str]] = if root {
            &[as_root, as_user]
        } else {
            &[as_user]
        };
        let mut reason = "the kernel lets this user have no mount namespace".to_owned();
        for options in ways {
            let (uid, gid) = if root {
                (String::new(), String::new())
            } else {
                (uid.as_raw().to_string(), gid.as_raw().to_string())
            };
            let mut words: Vec<OsString> = vec![unshare.clone().into()];
            words.extend(options.iter().map(OsString::from));
            words.extend(["--", "/bin/sh", "-c", SCRIPT, "sh"].map(OsString::from));
            words.extend([store_dir.as_str().into(), own.into()]);
            words.extend([uid, gid, TOOLS.to_owned()].map(OsString::from));
            let namespace = Self { words };
            match namespace.is_one(&store_dir.display(path).to_string()) {
                Ok(()) => return Ok(namespace),
                Err(Some(said)) => reason = format!("the kernel refuses it: {said}"),
                Err(None) => {}
            }
        }
        Err(reason)
    }

    /// What stands before the words of a command.
    pub fn words(&self) -> &[OsString] {
        &self.words
    }

    /// Whether a process finds `path` in it; else what was said about that.
    fn is_one(&self, path: &str) -> Result<(), Option<String>> {
        let mut words = self.words.iter();
        let mut command = Command::new(words.next().ok_or(None)?);
        command
            .args(words)
            .args(["/bin/sh", "-c", r#"[ -e "$1" ]"#, "sh", path])
            .stdin(Stdio::null());
        let output = command.output().map_err(|error| Some(error.to_string()))?;
        if output.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let line = said.lines().find(|line| !line.trim().is_empty());
        Err(line.map(|line| line.trim().to_owned()))
    }
}

fn program(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .chain(env::split_paths(TOOLS))
        .map(|directory| directory.join(name))
        .find(|file| file.is_absolute() && file.is_file())
}

/// Whether neither a shell nor `mount` reads anything else into a path.
pub(super) fn is_plain(path: &Path) -> bool {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"/._-".contains(byte);
    path.as_os_str().as_encoded_bytes().iter().all(plain)
}
