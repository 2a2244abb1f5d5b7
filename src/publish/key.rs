//! The file with the key to sign with.

use std::error::Error;
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::store::signature::KeyError;
use crate::store::{PublicKey, SecretKey};

/// Reads a secret key, as `nix-store --generate-binary-cache-key` writes it.
///
/// # Errors
/// If the file cannot be read, is not for its owner alone, or holds no secret key.
pub fn read_key(path: &Path) -> Result<SecretKey, KeyFileError> {
    let refuse = |reason| KeyFileError {
        path: path.to_owned(),
        reason,
    };
    let read = || {
        let metadata = std::fs::metadata(path)?;
        if !metadata.is_file() {
            return Err(io::Error::other("it is not a regular file"));
        }
        let mut text = Vec::new();
        let file = File::open(path)?;
        file.take(LONGEST + 1).read_to_end(&mut text)?;
        Ok((metadata, text))
    };
    let (metadata, text) = read().map_err(|error| refuse(Reason::Io(error)))?;
    let mode = metadata.permissions().mode() & 0o777;
    // The administrator chooses who is in a group, and some keep keys for one.
    if mode & 0o007 != 0 {
        let owner = metadata.uid();
        return Err(refuse(Reason::Open { mode, owner }));
    }
    let text = str::from_utf8(&text).unwrap_or_default();
    let text = text.trim_ascii_end();
    if text.parse::<PublicKey>().is_ok() {
        return Err(refuse(Reason::Public));
    }
    text.parse().map_err(|error| refuse(Reason::Key(error)))
}

/// More than any key has in bytes.
const LONGEST: u64 = 4096;

/// The reason for not using a key file. Shows nothing of what is in it.
#[derive(Debug)]
pub struct KeyFileError {
    path: PathBuf,
    reason: Reason,
}

#[derive(Debug)]
enum Reason {
    Io(io::Error),
    Open {
        mode: u32,
        owner: u32,
    },
    Key(KeyError),
    /// It is the public half.
    Public,
}

impl KeyFileError {
    /// What to do about it, if that is known.
    pub fn help(&self) -> Option<String> {
        let path = self.path.display();
        match &self.reason {
            Reason::Io(_) => None,
            Reason::Open { owner: 0, .. } => Some(format!(
                "whoever could read it can sign as you; if nobody did, run `chmod 600 {path}` as \
                 root"
            )),
            Reason::Open { .. } => Some(format!(
                "whoever could read it can sign as you; if nobody did, run `chmod 600 {path}`"
            )),
            Reason::Public => {
                Some("name the file with the secret key that was made with it".to_owned())
            }
            Reason::Key(_) => Some(
                "make one with `nix-store --generate-binary-cache-key NAME SECRET-FILE \
                 PUBLIC-FILE`"
                    .to_owned(),
            ),
        }
    }
}

impl fmt::Display for KeyFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        match &self.reason {
            Reason::Io(error) => write!(f, "cannot read the key file `{path}`: {error}"),
            Reason::Open { mode, .. } => write!(
                f,
                "everybody may read the key file `{path}` (its mode is {mode:04o})"
            ),
            Reason::Public => write!(f, "`{path}` holds a public key, which signs nothing"),
            Reason::Key(error) => write!(f, "`{path}` holds no secret key: {error}"),
        }
    }
}

impl Error for KeyFileError {}
