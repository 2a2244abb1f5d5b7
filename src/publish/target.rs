//! Where to publish, as `nix copy --to` takes it.
//!
//! ```text
//! target = "file://" directory ["?" parameter ("&" parameter)*]     written here
//!        | any other store that Nix knows                           written by Nix
//! ```

use std::error::Error;
use std::fmt;
use std::path::{Path, PathBuf};

use crate::cache::{CacheUrl, Location};
use crate::store::StoreDir;

use super::packing::Packing;

/// Where to publish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The URL as it was written.
    pub url: CacheUrl,
    /// How jobc's own objects are packed, if that is set.
    pub packing: Option<Packing>,
    /// The file with the key to sign with.
    pub key_file: Option<PathBuf>,
}

/// What the URL's parameters say, and what stands beside them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wishes {
    /// How objects are packed.
    pub packing: Option<Packing>,
    /// The file with the key to sign with.
    pub key_file: Option<PathBuf>,
}

/// What the parameters of a `file://` cache may be that change nothing here: how Nix packs and reads.
const PASSED_OVER: [&str; 6] = [
    "parallel-compression",
    "path-info-cache-size",
    "priority",
    "system-features",
    "trusted",
    "want-mass-query",
];

impl Target {
    /// The target at `url`, with what is wished for beside it, for these stores.
    ///
    /// # Errors
    /// If a parameter asks for what cannot be done, or for something else than a wish.
    pub fn new(url: CacheUrl, wishes: Wishes, store_dir: &StoreDir) -> Result<Self, TargetError> {
        let mut target = Self {
            packing: wishes.packing,
            key_file: wishes.key_file,
            url,
        };
        let url = target.url.clone();
        match url.location() {
            Location::Directory(_) => {
                let mut level = None;
                for (name, value) in url.parameters() {
                    target.parameter(name, value, store_dir, &mut level)?;
                }
                target.level(level)?;
            }
            Location::Other(text) if text.starts_with('/') => {
                return Err(TargetError::PlainDirectory(text.clone()));
            }
            Location::Other(text) if is_own_store(text) && url.parameter("root").is_none() => {
                return Err(TargetError::OwnStore(text.clone()));
            }
            Location::Http(_) | Location::Other(_) => {
                if let Some(file) = url.parameter("secret-key") {
                    target.key(file)?;
                }
            }
        }
        Ok(target)
    }

    /// The directory, if the target is one that is written here.
    pub fn directory(&self) -> Option<&Path> {
        self.url.directory()
    }

    fn parameter(
        &mut self,
        name: &str,
        value: &str,
        store_dir: &StoreDir,
        level: &mut Option<i32>,
    ) -> Result<(), TargetError> {
        let no_such = || TargetError::Value {
            name: name.to_owned(),
            value: value.to_owned(),
        };
        match name {
            "compression" => {
                let packing = match value {
                    "none" => Packing::None,
                    "zstd" => Packing::Zstd {
                        level: Packing::DEFAULT_LEVEL,
                    },
                    _ => return Err(no_such()),
                };
                match self.packing {
                    Some(wished) if wished != packing => {
                        return Err(TargetError::Twice("compression"));
                    }
                    _ => self.packing = Some(packing),
                }
            }
            "compression-level" => {
                let parsed = value.parse().ok();
                *level = Some(
                    parsed
                        .filter(|level| (1..=19).contains(level))
                        .ok_or_else(no_such)?,
                );
            }
            "secret-key" => self.key(value)?,
            "store" if value == store_dir.as_str() => {}
            "write-nar-listing" | "index-debug-info" if matches!(value, "0" | "false" | "no") => {}
            name if PASSED_OVER.contains(&name) => {}
            "store" | "write-nar-listing" | "index-debug-info" => return Err(no_such()),
            _ => return Err(TargetError::Name(name.to_owned())),
        }
        Ok(())
    }

    fn key(&mut self, file: &str) -> Result<(), TargetError> {
        let file = PathBuf::from(file);
        match &self.key_file {
            Some(wished) if *wished != file => Err(TargetError::Twice("secret-key")),
            _ => {
                self.key_file = Some(file);
                Ok(())
            }
        }
    }

    fn level(&mut self, level: Option<i32>) -> Result<(), TargetError> {
        match (&mut self.packing, level) {
            (_, None) => Ok(()),
            (Some(Packing::Zstd { level: packed }), Some(level)) => {
                *packed = level;
                Ok(())
            }
            (_, Some(level)) => Err(TargetError::Value {
                name: "compression-level".to_owned(),
                value: level.to_string(),
            }),
        }
    }
}

/// Whether Nix takes this for the store of the machine.
fn is_own_store(text: &str) -> bool {
    let name = text.split('?').next().unwrap_or_default();
    matches!(name, "auto" | "daemon" | "local")
}

/// The reason for refusing a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TargetError {
    /// It is the path of a directory, which is a store of another kind to Nix.
    PlainDirectory(String),
    /// It is the store of this machine, which no node asks.
    OwnStore(String),
    /// Only a directory is repaired.
    Repair,
    /// The URL has a parameter that no directory has.
    Name(String),
    /// The parameter may not be this.
    Value {
        /// The parameter.
        name: String,
        /// What it should be.
        value: String,
    },
    /// The URL and the command line say different things.
    Twice(&'static str),
}

impl TargetError {
    /// What to do about it, if that is known.
    pub fn help(&self) -> Option<String> {
        Some(match self {
            Self::PlainDirectory(path) => format!("write `file://{path}`"),
            Self::OwnStore(_) => "name a cache that nodes ask: `file:///srv/cache`, \
                                  `s3://bucket`, `ssh-ng://host`"
                .to_owned(),
            Self::Repair => "delete the narinfos there whose archives are of no use, and push \
                             again: Nix keeps whatever is there"
                .to_owned(),
            Self::Name(_) => "a directory takes `compression`, `compression-level` and \
                              `secret-key`"
                .to_owned(),
            Self::Value { name, .. } => match name.as_str() {
                "compression" => "write `none` or `zstd`".to_owned(),
                "compression-level" => {
                    "write 1 to 19, beside `compression=zstd`; without it, it is 3".to_owned()
                }
                "store" => "set `store_dir` in `jobc.toml`".to_owned(),
                _ => "leave it out".to_owned(),
            },
            Self::Twice(_) => "say it once".to_owned(),
        })
    }
}

impl fmt::Display for TargetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PlainDirectory(path) => write!(
                f,
                "`{}` is no binary cache to Nix, but the root of a store of its own",
                path.escape_debug()
            ),
            Self::OwnStore(url) => write!(
                f,
                "`{}` is no cache, but the Nix store of this machine",
                url.escape_debug()
            ),
            Self::Repair => f.write_str("`--repair` takes a directory, `file:///...`"),
            Self::Name(name) => write!(f, "no directory has a parameter `{}`", name.escape_debug()),
            Self::Value { name, value } => write!(
                f,
                "cannot write a cache with `{name}={}`",
                value.escape_debug()
            ),
            Self::Twice(name) => write!(
                f,
                "the URL's `{name}` and the command line say different things"
            ),
        }
    }
}

impl Error for TargetError {}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::{Target, Wishes};
    use crate::publish::Packing;
    use crate::store::StoreDir;

    const ZSTD: Option<Packing> = Some(Packing::Zstd { level: 3 });

    fn read(url: &str, packing: Option<Packing>) -> Result<Target, String> {
        let wishes = Wishes {
            packing,
            key_file: None,
        };
        let url = url.parse().expect("it is a URL");
        Target::new(url, wishes, &StoreDir::default()).map_err(|error| error.to_string())
    }

    #[test]
    fn parameters_are_heeded() {
        for (url, wish, packing, key) in [
            ("file:///c", None, None, None),
            ("file:///c", ZSTD, ZSTD, None),
            (
                "file:///c?compression=none",
                None,
                Some(Packing::None),
                None,
            ),
            (
                "file:///c?compression=zstd&secret-key=%2fk",
                ZSTD,
                ZSTD,
                Some("/k"),
            ),
            (
                "file:///c?compression-level=9&compression=zstd&priority=1&store=/nix/store",
                None,
                Some(Packing::Zstd { level: 9 }),
                None,
            ),
            ("local?root=/r", None, None, None),
            ("s3://bucket?secret-key=/k&region=x", None, None, Some("/k")),
        ] {
            let target = read(url, wish).expect(url);
            let found = (target.packing, target.key_file);
            assert_eq!(found, (packing, key.map(PathBuf::from)), "{url}");
        }
    }

    #[test]
    fn what_cannot_be_done_is_refused() {
        for (url, wish, error) in [
            (
                "file:///c?compression=xz",
                None,
                "cannot write a cache with `compression=xz`",
            ),
            (
                "file:///c?compression=none",
                ZSTD,
                "the URL's `compression` and the command line say different things",
            ),
            (
                "file:///c?compression-level=3",
                None,
                "cannot write a cache with `compression-level=3`",
            ),
            (
                "file:///c?compression=zstd&compression-level=99",
                None,
                "cannot write a cache with `compression-level=99`",
            ),
            (
                "file:///c?write-nar-listing=1",
                None,
                "cannot write a cache with `write-nar-listing=1`",
            ),
            (
                "file:///c?store=/s",
                None,
                "cannot write a cache with `store=/s`",
            ),
            (
                "local",
                None,
                "`local` is no cache, but the Nix store of this machine",
            ),
            (
                "auto",
                None,
                "`auto` is no cache, but the Nix store of this machine",
            ),
            (
                "file:///c?compresion=none",
                None,
                "no directory has a parameter `compresion`",
            ),
        ] {
            assert_eq!(read(url, wish).expect_err(url), error);
        }
    }
}
