//! Log files in Thermos's layout: `SANDBOX/.logs/PROCESS/RUN/{stdout,stderr}`.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::super::{Logger, Rotation};

/// Where the output of a run goes besides the terminal.
#[derive(Debug)]
pub(super) enum Log {
    /// Nowhere.
    None,
    /// Into a file.
    File(File),
    /// Into files of limited size.
    Rotating(Rotating),
}

impl Log {
    /// The log called `name` in the directory of a run.
    pub(super) fn open(directory: &Path, name: &str, logger: &Logger) -> io::Result<Self> {
        if !logger.has_files() {
            return Ok(Self::None);
        }
        let path = directory.join(name);
        Ok(match logger.rotation {
            None => Self::File(OpenOptions::new().create(true).append(true).open(path)?),
            Some(rotation) => Self::Rotating(Rotating::open(path, rotation)?),
        })
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::None => Ok(()),
            Self::File(file) => file.write_all(bytes),
            Self::Rotating(rotating) => rotating.write(bytes),
        }
    }
}

/// A file that, once it is full, makes way for a new one: `stdout.1` is the youngest of the old.
#[derive(Debug)]
pub(super) struct Rotating {
    path: PathBuf,
    rotation: Rotation,
    file: File,
    size: u64,
}

impl Rotating {
    fn open(path: PathBuf, rotation: Rotation) -> io::Result<Self> {
        let file = File::create(&path)?;
        Ok(Self {
            path,
            rotation,
            file,
            size: 0,
        })
    }

    /// What comes in one piece stays in one file, as Thermos does it.
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        self.size += bytes.len() as u64;
        if self.size >= self.rotation.size {
            for index in (1..self.rotation.backups).rev() {
                shift(&self.backup(index), &self.backup(index + 1))?;
            }
            shift(&self.path, &self.backup(1))?;
            self.file = File::create(&self.path)?;
            self.size = 0;
        }
        Ok(())
    }

    fn backup(&self, index: u32) -> PathBuf {
        let mut name = self.path.clone().into_os_string();
        name.push(format!(".{index}"));
        name.into()
    }
}

fn shift(from: &Path, to: &Path) -> io::Result<()> {
    match fs::rename(from, to) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
