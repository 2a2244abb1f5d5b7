//! The directory of a store, which turns store paths into absolute paths and back.
//!
//! ```text
//! directory = ("/" component)+      component = characters of a store path's name, not "." or ".."
//! ```

use std::error::Error;
use std::fmt;
use std::str::FromStr;

use crate::store::StorePath;
use crate::store::store_path::{StorePathError, StorePathName};

/// An absolute directory, `/nix/store` unless said otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct StoreDir(Box<str>);

impl StoreDir {
    /// The directory as it was written, without a slash at its end.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Shows the absolute path of a store path.
    pub fn display<'a>(&'a self, path: &'a StorePath) -> impl fmt::Display + use<'a> {
        Absolute {
            directory: self,
            path,
        }
    }

    /// Reads an absolute path that is a store path and nothing more.
    ///
    /// # Errors
    /// If the text is not in this directory, or goes on below a store path, or names none.
    pub fn parse(&self, text: &str) -> Result<StorePath, AbsolutePathError> {
        match self.parse_prefix(text)? {
            (path, "") => Ok(path),
            (_, _) => Err(AbsolutePathError::Below),
        }
    }

    /// Reads an absolute path at or below a store path; the rest is empty or begins with `/`.
    ///
    /// # Errors
    /// If the text is not in this directory, or names no store path.
    pub fn parse_prefix<'a>(
        &self,
        text: &'a str,
    ) -> Result<(StorePath, &'a str), AbsolutePathError> {
        let base = text
            .strip_prefix(self.as_str())
            .and_then(|rest| rest.strip_prefix('/'))
            .ok_or_else(|| AbsolutePathError::Elsewhere(self.clone()))?;
        let (base, rest) = base.split_at(base.find('/').unwrap_or(base.len()));
        let path = base.parse().map_err(AbsolutePathError::StorePath)?;
        Ok((path, rest))
    }
}

impl Default for StoreDir {
    fn default() -> Self {
        Self("/nix/store".into())
    }
}

impl fmt::Display for StoreDir {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for StoreDir {
    type Err = StoreDirError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let components = text.strip_prefix('/').ok_or(StoreDirError::Relative)?;
        let illegal = components.chars().find(|&character| {
            character != '/' && !u8::try_from(character).is_ok_and(StorePathName::is_legal)
        });
        if let Some(character) = illegal {
            return Err(StoreDirError::Character(character));
        }
        if components
            .split('/')
            .any(|component| matches!(component, "" | "." | ".."))
        {
            return Err(StoreDirError::Component);
        }
        Ok(Self(text.into()))
    }
}

struct Absolute<'a> {
    directory: &'a StoreDir,
    path: &'a StorePath,
}

impl fmt::Display for Absolute<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.directory, self.path)
    }
}

/// The reason for refusing a store directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreDirError {
    /// The path does not begin with `/`.
    Relative,
    /// A component is empty, `.` or `..`; so is that of `/` and of a trailing slash.
    Component,
    /// The first character that no component may have.
    Character(char),
}

impl fmt::Display for StoreDirError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Relative => f.write_str("expected an absolute path"),
            Self::Component => f.write_str("a component of the path is empty, `.` or `..`"),
            Self::Character(character) => {
                write!(f, "illegal character `{}`", character.escape_debug())
            }
        }
    }
}

impl Error for StoreDirError {}

/// The reason for refusing an absolute path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AbsolutePathError {
    /// The text does not begin with this store directory.
    Elsewhere(StoreDir),
    /// What follows the directory does not begin with a store path.
    StorePath(StorePathError),
    /// The text goes on after a store path.
    Below,
}

impl fmt::Display for AbsolutePathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Elsewhere(directory) => write!(f, "expected a path in `{directory}`"),
            Self::StorePath(error) => error.fmt(f),
            Self::Below => f.write_str("expected a store path, found a path below one"),
        }
    }
}

impl Error for AbsolutePathError {}

#[cfg(test)]
mod tests {
    use super::{AbsolutePathError, StoreDir, StoreDirError};
    use crate::store::store_path::StorePathError;

    const BASE: &str = "i9pmrzmpshapij2kin22pff6fc2adavx-hello.txt";

    #[test]
    fn directories_are_read_or_refused() {
        for (text, error) in [
            ("/nix/store", None),
            ("/s", None),
            ("", Some(StoreDirError::Relative)),
            ("nix/store", Some(StoreDirError::Relative)),
            ("/", Some(StoreDirError::Component)),
            ("/nix/store/", Some(StoreDirError::Component)),
            ("/nix//store", Some(StoreDirError::Component)),
            ("/nix/../store", Some(StoreDirError::Component)),
            ("/nix/./store", Some(StoreDirError::Component)),
            ("/nix store", Some(StoreDirError::Character(' '))),
            ("/nix:store", Some(StoreDirError::Character(':'))),
            ("/é", Some(StoreDirError::Character('é'))),
        ] {
            let parsed = text.parse::<StoreDir>();
            assert_eq!(parsed.as_ref().err(), error.as_ref(), "{text}");
            if let Ok(directory) = parsed {
                assert_eq!(directory.to_string(), text);
            }
        }
        assert_eq!("/nix/store".parse(), Ok(StoreDir::default()));
    }

    #[test]
    fn paths_round_trip_in_any_directory() {
        for directory in ["/nix/store", "/srv/node/nix/store"] {
            let directory: StoreDir = directory.parse().unwrap();
            let text = format!("{directory}/{BASE}");
            let path = directory.parse(&text).unwrap();
            assert_eq!(directory.display(&path).to_string(), text);
            let below = format!("{text}/bin/x");
            assert_eq!(directory.parse_prefix(&below), Ok((path.clone(), "/bin/x")));
            assert_eq!(directory.parse_prefix(&text), Ok((path, "")));
            assert_eq!(directory.parse(&below), Err(AbsolutePathError::Below));
        }
    }

    #[test]
    fn paths_elsewhere_are_refused() {
        let directory = StoreDir::default();
        let elsewhere = AbsolutePathError::Elsewhere(directory.clone());
        for (text, error) in [
            (String::new(), &elsewhere),
            ("/nix/store".to_owned(), &elsewhere),
            (format!("/nix/storeX/{BASE}"), &elsewhere),
            (BASE.to_owned(), &elsewhere),
            (
                "/nix/store/".to_owned(),
                &AbsolutePathError::StorePath(StorePathError::NoDash),
            ),
            (
                format!("/nix/store//{BASE}"),
                &AbsolutePathError::StorePath(StorePathError::NoDash),
            ),
            (format!("/nix/store/{BASE}/"), &AbsolutePathError::Below),
        ] {
            assert_eq!(directory.parse(&text).as_ref(), Err(error), "{text}");
        }
    }
}
