//! What `nix-store --dump-db` says of store paths: the one form that has all of a path in one
//! answer and is the same in every version of Nix.
//!
//! ```text
//! registration = PATH "\n" NAR-HASH "\n" NAR-SIZE "\n" DERIVER "\n" COUNT "\n" { PATH "\n" }
//! ```

use std::collections::BTreeMap;
use std::fmt;

use crate::model::LockedPath;
use crate::resolve::PathInfo;
use crate::store::{StoreDir, StorePath};

/// What is known of each path.
///
/// # Errors
/// If the text is no list of registrations.
pub(super) fn read(
    text: &str,
    store_dir: &StoreDir,
) -> Result<BTreeMap<StorePath, PathInfo>, RegistrationError> {
    let mut lines = Lines {
        lines: text.lines().enumerate(),
        at: 0,
    };
    let mut paths = BTreeMap::new();
    while let Some((path, info)) = one(&mut lines, store_dir)? {
        paths.insert(path, info);
    }
    Ok(paths)
}

fn one<'a>(
    lines: &mut Lines<impl Iterator<Item = (usize, &'a str)>>,
    store_dir: &StoreDir,
) -> Result<Option<(StorePath, PathInfo)>, RegistrationError> {
    let Some(path) = lines.next_line() else {
        return Ok(None);
    };
    let path = store_dir.parse(path).map_err(|error| lines.bad(error))?;
    let hash = format!("sha256:{}", lines.expect("a hash")?);
    let nar_hash = hash.parse().map_err(|error| lines.bad(error))?;
    let nar_size = lines.expect("a size")?;
    let nar_size: u64 = nar_size.parse().map_err(|error| lines.bad(error))?;
    let nar_size = i64::try_from(nar_size)
        .ok()
        .filter(|size| *size <= LockedPath::MAX_NAR_SIZE)
        .ok_or_else(|| lines.bad("no archive has so many bytes"))?;
    lines.expect("a derivation")?;
    let count = lines.expect("a number of references")?;
    let count: usize = count.parse().map_err(|error| lines.bad(error))?;
    let mut references = Vec::new();
    for _ in 0..count {
        let reference = lines.expect("a reference")?;
        let reference = store_dir.parse(reference);
        references.push(reference.map_err(|error| lines.bad(error))?);
    }
    references.retain(|reference| *reference != path);
    references.sort();
    references.dedup();
    let info = PathInfo {
        nar_hash,
        nar_size,
        references,
    };
    Ok(Some((path, info)))
}

struct Lines<I> {
    lines: I,
    at: usize,
}

impl<'a, I: Iterator<Item = (usize, &'a str)>> Lines<I> {
    fn next_line(&mut self) -> Option<&'a str> {
        let (index, line) = self.lines.next()?;
        self.at = index + 1;
        Some(line)
    }

    fn expect(&mut self, what: &str) -> Result<&'a str, RegistrationError> {
        let end = RegistrationError {
            line: self.at + 1,
            cause: format!("expected {what}, found the end"),
        };
        self.next_line().ok_or(end)
    }

    fn bad(&self, cause: impl fmt::Display) -> RegistrationError {
        RegistrationError {
            line: self.at,
            cause: cause.to_string(),
        }
    }
}

/// The reason for refusing registrations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RegistrationError {
    line: usize,
    cause: String,
}

impl fmt::Display for RegistrationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.cause)
    }
}

impl std::error::Error for RegistrationError {}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::store::StoreDir;

    const A: &str = "/nix/store/fh0kcl1b6rxxf8x372ny97cg4mycjy4z-a";
    const B: &str = "/nix/store/vrpbl7p36ng3nldz0qm3j9p23rnm0np0-b";
    const HASH: &str = "7cd4d4b906ce4be439a7799d239cbc445bee4b0d2651fa3870a963709eca5ee5";

    /// `nix-store --dump-db A B` of Nix 2.8.
    #[test]
    fn registrations() {
        let text = format!("{A}\n{HASH}\n416\n\n0\n{B}\n{HASH}\n744\n{A}.drv\n2\n{A}\n{B}\n");
        let paths = read(&text, &StoreDir::default()).expect("it is good");
        let shown: Vec<String> = paths
            .iter()
            .map(|(path, info)| {
                let (size, references) = (info.nar_size, &info.references);
                format!(
                    "{} {size} {} {}",
                    path.name(),
                    info.nar_hash.hex(),
                    references.len()
                )
            })
            .collect();
        assert_eq!(
            shown,
            [format!("a 416 {HASH} 0"), format!("b 744 {HASH} 1")]
        );
        assert!(
            read("", &StoreDir::default())
                .expect("it is good")
                .is_empty()
        );
    }

    #[test]
    fn what_is_none() {
        for (text, expected) in [
            ("x\n".to_owned(), "line 1: "),
            (format!("{A}\n"), "line 2: expected a hash, found the end"),
            (format!("{A}\nx\n"), "line 2: not a SHA-256"),
            (
                format!("{A}\n{HASH}\n9007199254740993\n\n0\n"),
                "line 3: no archive",
            ),
            (format!("{A}\n{HASH}\n-\n\n0\n"), "line 3: "),
            (
                format!("{A}\n{HASH}\n1\n\n2\n{A}\n"),
                "line 7: expected a reference",
            ),
            (format!("{A}\n{HASH}\n1\n\n99999999999999999\n"), "line 6: "),
        ] {
            let error = read(&text, &StoreDir::default()).expect_err("it is bad");
            let error = error.to_string();
            assert!(error.starts_with(expected), "{text:?}: {error}");
        }
    }
}
