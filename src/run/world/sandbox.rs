//! What a task is given to run in: a directory and names.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::diagnostic::MachineError;

use super::super::Key;

/// The directory of logs in a sandbox.
pub(super) const LOGS: &str = ".logs";

/// The directory that a task runs in.
#[derive(Debug)]
pub struct Sandbox {
    path: PathBuf,
    /// The directory, if it is jobc's own.
    own: Option<TempDir>,
}

impl Sandbox {
    /// A fresh directory for temporary files, for what is called so.
    ///
    /// # Errors
    /// If there can be none.
    pub fn temporary(name: &str) -> Result<Self, MachineError> {
        let name: String = name.chars().take(64).collect();
        let made = tempfile::Builder::new()
            .prefix(&format!("jobc-run-{name}-"))
            .tempdir();
        let own = made.map_err(|error| MachineError::new("cannot make a sandbox", error))?;
        let path = canonical(own.path())?;
        let own = Some(own);
        Ok(Self { path, own })
    }

    /// The directory at `path`, in which those of several tasks are, made if it is not there.
    ///
    /// # Errors
    /// If it cannot be.
    pub fn around(path: &Path) -> Result<Self, MachineError> {
        fs::create_dir_all(path).map_err(|error| MachineError::new(attempt(path), error))?;
        let path = canonical(path)?;
        Ok(Self { path, own: None })
    }

    /// The directory at `path`, made if it is not there.
    ///
    /// # Errors
    /// If it cannot be, or has logs of another task.
    pub fn at(path: &Path) -> Result<Self, MachineError> {
        let sandbox = Self::around(path)?;
        if path.join(LOGS).symlink_metadata().is_ok() {
            let cause = format!("it has the logs of another task: remove its `{LOGS}`");
            return Err(MachineError::new(attempt(path), cause));
        }
        Ok(sandbox)
    }

    /// Where it is, absolute and without links.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it is removed unless it is kept.
    pub fn is_temporary(&self) -> bool {
        self.own.is_some()
    }

    /// Leaves it where it is.
    pub fn keep(self) {
        if let Some(own) = self.own {
            let _ = own.keep();
        }
    }

    /// Removes it if it is jobc's own.
    ///
    /// # Errors
    /// If something in it cannot be removed.
    pub fn remove(self) -> Result<(), MachineError> {
        let Some(own) = self.own else {
            return Ok(());
        };
        let attempt = format!("cannot remove the sandbox `{}`", self.path.display());
        own.close()
            .map_err(|error| MachineError::new(attempt, error))
    }
}

fn attempt(path: &Path) -> String {
    format!("cannot use the sandbox `{}`", path.display())
}

fn canonical(path: &Path) -> Result<PathBuf, MachineError> {
    let cannot = |error| MachineError::new(format!("cannot find `{}`", path.display()), error);
    path.canonicalize().map_err(cannot)
}

/// The identifier of a new task of a job's instance, as the scheduler makes one.
///
/// # Errors
/// If the machine has no random numbers.
pub fn new_task_id(key: &Key, instance: u32) -> Result<String, MachineError> {
    let mut bytes = [0; 16];
    fs::File::open("/dev/urandom")
        .and_then(|mut file| file.read_exact(&mut bytes))
        .map_err(|error| MachineError::new("cannot read `/dev/urandom`", error))?;
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let Key {
        role,
        environment,
        name,
        ..
    } = key;
    Ok(format!(
        "{role}-{environment}-{name}-{instance}-{}-{}-{}-{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..]
    ))
}

/// This machine's name.
pub fn hostname() -> String {
    let name = rustix::system::uname();
    name.nodename().to_string_lossy().into_owned()
}

/// The name of the user that this process runs as; its number if it has none.
pub fn user_name() -> String {
    let uid = rustix::process::getuid().as_raw().to_string();
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let name = users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)? == uid).then(|| name.to_owned())
    });
    name.or_else(|| std::env::var("USER").ok().filter(|name| !name.is_empty()))
        .unwrap_or(uid)
}

/// Where `nix-store` is: in the `PATH`, or where Nix puts it.
pub fn nix_store() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let profiles = [
        PathBuf::from("/nix/var/nix/profiles/default/bin"),
        PathBuf::from("/run/current-system/sw/bin"),
    ];
    let own = home.into_iter().flat_map(|home| {
        [
            home.join(".nix-profile/bin"),
            home.join(".local/state/nix/profile/bin"),
        ]
    });
    std::env::split_paths(&path)
        .chain(profiles)
        .chain(own)
        .map(|directory| directory.join("nix-store"))
        .find(|program| is_program(program))
}

/// Whether a file is there that may be run.
pub(super) fn is_program(path: &Path) -> bool {
    rustix::fs::access(path, rustix::fs::Access::EXEC_OK).is_ok() && path.is_file()
}
