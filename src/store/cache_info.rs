//! What a binary cache says of itself: `nix-cache-info`.
//!
//! ```text
//! info = (field ":" value "\n")*     field = "StoreDir" | "WantMassQuery" | "Priority" | another
//! ```
//!
//! Read as leniently as Nix does: unknown fields and lines without a colon are passed over, and
//! nothing must be there; a priority is the number that a text begins with. Nix asks no cache at all
//! if one of them has a priority that begins with no number.

use std::error::Error;
use std::fmt;

use crate::store::StoreDir;

/// What a binary cache says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CacheInfo {
    /// The directory of the stores that it is for; none where it says nothing.
    pub store_dir: Option<StoreDir>,
    /// Whether it takes being asked for hundreds of paths at once.
    pub want_mass_query: bool,
    /// Caches are asked in the order of it, ascending.
    pub priority: Option<i32>,
}

impl CacheInfo {
    /// The name of the file.
    pub const FILE_NAME: &'static str = "nix-cache-info";

    /// More than any has in bytes: a reader of a foreign one stops there.
    pub const MAX_SIZE: usize = 64 << 10;

    /// What a cache says of itself that jobc makes: nodes ask it before `cache.nixos.org`, whose
    /// priority is 40.
    pub fn new(store_dir: StoreDir) -> Self {
        Self {
            store_dir: Some(store_dir),
            want_mass_query: true,
            priority: Some(30),
        }
    }

    /// Reads what a cache says of itself.
    ///
    /// # Errors
    /// If the store directory is none or there are two, or the priority is no number.
    pub fn parse(text: &str) -> Result<Self, CacheInfoError> {
        let mut info = Self::default();
        for line in text.lines() {
            let Some((name, value)) = line.split_once(':') else {
                continue;
            };
            let value = value.trim();
            match name {
                "StoreDir" => {
                    let parsed = value.parse();
                    let directory: StoreDir =
                        parsed.map_err(|_| CacheInfoError::StoreDir(value.to_owned()))?;
                    if info.store_dir.as_ref().is_some_and(|it| *it != directory) {
                        return Err(CacheInfoError::TwoStores(value.to_owned()));
                    }
                    info.store_dir = Some(directory);
                }
                "WantMassQuery" => info.want_mass_query = value == "1",
                "Priority" => {
                    let number = number(value);
                    let none = || CacheInfoError::Priority(value.to_owned());
                    info.priority = Some(number.ok_or_else(none)?);
                }
                _ => {}
            }
        }
        Ok(info)
    }
}

/// The number that a text begins with, as `std::stoi` reads it.
fn number(text: &str) -> Option<i32> {
    let sign = usize::from(text.starts_with(['+', '-']));
    let rest = &text[sign..];
    let digits = rest.find(|c: char| !c.is_ascii_digit());
    text[..sign.saturating_add(digits.unwrap_or(rest.len()))]
        .parse()
        .ok()
}

impl fmt::Display for CacheInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(directory) = &self.store_dir {
            writeln!(f, "StoreDir: {directory}")?;
        }
        writeln!(f, "WantMassQuery: {}", u8::from(self.want_mass_query))?;
        if let Some(priority) = self.priority {
            writeln!(f, "Priority: {priority}")?;
        }
        Ok(())
    }
}

/// Why nodes have no use for a cache.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CacheInfoError {
    /// The store directory that it names is none.
    StoreDir(String),
    /// It names two, of which this is the second.
    TwoStores(String),
    /// Its priority is no number.
    Priority(String),
}

impl CacheInfoError {
    /// Whether Nix gives up at it, and asks no other cache either.
    pub fn stops_nix(&self) -> bool {
        matches!(self, Self::Priority(_))
    }
}

impl fmt::Display for CacheInfoError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::StoreDir(found) => {
                let found = found.escape_debug();
                write!(f, "its `StoreDir` is no store directory: `{found}`")
            }
            Self::TwoStores(found) => {
                let found = found.escape_debug();
                write!(f, "it has another `StoreDir`, too: `{found}`")
            }
            Self::Priority(found) => {
                let found = found.escape_debug();
                write!(
                    f,
                    "its `Priority` is no number: `{found}`; Nix stops at it, whatever other \
                     caches have"
                )
            }
        }
    }
}

impl Error for CacheInfoError {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{CacheInfo, CacheInfoError};
    use crate::store::StoreDir;

    #[test]
    fn a_new_cache() {
        assert_eq!(
            CacheInfo::new(StoreDir::default()).to_string(),
            "StoreDir: /nix/store\nWantMassQuery: 1\nPriority: 30\n"
        );
    }

    #[test]
    fn what_caches_say_is_read() {
        let directory = || Some(StoreDir::default());
        let check = |text: &str, expected: (Option<StoreDir>, bool, Option<i32>)| {
            let info = CacheInfo::parse(text).unwrap();
            let found = (info.store_dir, info.want_mass_query, info.priority);
            assert_eq!(found, expected, "{text}");
        };
        check("", (None, false, None));
        check("StoreDir: /nix/store\n", (directory(), false, None));
        check(
            "StoreDir:/nix/store\r\nPriority:40",
            (directory(), false, Some(40)),
        );
        check("no colon\nX: y\nWantMassQuery: 1\n", (None, true, None));
        for (text, priority) in [
            ("-1", -1),
            ("+40", 40),
            ("40.5", 40),
            ("40abc", 40),
            ("0x10", 0),
            ("2147483647", i32::MAX),
            (" 7 ", 7),
        ] {
            let text = format!("Priority:{text}\n");
            check(&text, (None, false, Some(priority)));
        }
        for text in ["", "high", "- 1", "2147483648", "-2147483649", "+"] {
            let info = CacheInfo::parse(&format!("Priority: {text}\nPriority: 1\n"));
            assert_eq!(info, Err(CacheInfoError::Priority(text.to_owned())));
        }
        let two = CacheInfo::parse("StoreDir: /srv/store\nStoreDir: /nix/store\n");
        assert_eq!(two, Err(CacheInfoError::TwoStores("/nix/store".to_owned())));
        assert_eq!(
            CacheInfo::parse("StoreDir: C:\\x").unwrap_err().to_string(),
            "its `StoreDir` is no store directory: `C:\\\\x`"
        );
    }

    proptest! {
        #[test]
        fn infos_round_trip(directory in "(/[a-z]{1,3}){1,3}", want_mass_query: bool, priority: Option<i32>) {
            let info = CacheInfo { store_dir: directory.parse().ok(), want_mass_query, priority };
            prop_assert_eq!(CacheInfo::parse(&info.to_string()), Ok(info));
        }
    }
}
