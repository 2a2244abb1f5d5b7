//! Hashes of all kinds that Nix reads, kept as they were written: nodes read the hash of a file in a
//! cache, and never compare it.
//!
//! ```text
//! hash      = algorithm ":" (BASE16 | BASE32 | BASE64) | algorithm "-" BASE64
//! algorithm = "md5" | "sha1" | "sha256" | "sha512"
//! ```
//!
//! Nix 2.27 and later read `blake3`, too; older ones stop at it.

use std::error::Error;
use std::fmt;
use std::str::FromStr;

use crate::store::{DecodeError, Sha256, base64, digits};

/// A hash of one of the kinds that every Nix reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnyHash(Box<str>);

impl AnyHash {
    /// The hash, if it is of the kind that store objects have.
    pub fn sha256(&self) -> Option<Sha256> {
        self.0.parse().ok()
    }
}

impl From<Sha256> for AnyHash {
    fn from(hash: Sha256) -> Self {
        Self(hash.to_string().into())
    }
}

impl FromStr for AnyHash {
    type Err = AnyHashError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let end = text.find([':', '-']).ok_or(AnyHashError::Algorithm)?;
        let (algorithm, rest) = text.split_at(end);
        let is_sri = rest.starts_with('-');
        let rest = &rest[1..];
        let read = match algorithm {
            "md5" => check::<16>(rest, is_sri),
            "sha1" => check::<20>(rest, is_sri),
            "sha256" => check::<32>(rest, is_sri),
            "sha512" => check::<64>(rest, is_sri),
            _ => return Err(AnyHashError::Algorithm),
        };
        read.map_err(AnyHashError::Digits)?;
        Ok(Self(text.into()))
    }
}

/// Whether they are the digits of `N` bytes.
fn check<const N: usize>(text: &str, is_sri: bool) -> Result<(), DecodeError> {
    let read = if is_sri {
        base64::decode::<N>(text)
    } else {
        digits::decode(text)
    };
    read.map(|_| ())
}

impl fmt::Display for AnyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The reason for refusing the text of a hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnyHashError {
    /// The text begins with no algorithm that every Nix knows.
    Algorithm,
    /// What follows is no hash of this kind.
    Digits(DecodeError),
}

impl fmt::Display for AnyHashError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Algorithm => f.write_str(
                "expected a hash that begins with `sha256:`, `sha512:`, `sha1:` or `md5:`",
            ),
            Self::Digits(error) => write!(f, "no hash of this kind: {error}"),
        }
    }
}

impl Error for AnyHashError {}

#[cfg(test)]
mod tests {
    use super::AnyHash;

    // nix-hash --flat --type KIND [--base32], nix hash file --type KIND; of no bytes
    const EMPTY: [&str; 11] = [
        "md5:d41d8cd98f00b204e9800998ecf8427e",
        "md5:3y8bwfr609h3lh9ch0izcqq7fl",
        "md5:1B2M2Y8AsgTpgAmY7PhCfg==",
        "md5-1B2M2Y8AsgTpgAmY7PhCfg==",
        "sha1:da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=",
        "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "sha256:E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855",
        "sha256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
        "sha512:z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==",
        "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==",
    ];

    #[test]
    fn every_kind_is_kept_as_written() {
        for text in EMPTY {
            assert_eq!(text.parse::<AnyHash>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn others_are_refused() {
        for text in [
            "",
            "sha256",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "SHA256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "sha256:00",
            "sha256-e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "crc32:00000000",
            "md5:d41d8cd98f00b204e9800998ecf8427g",
        ] {
            assert!(text.parse::<AnyHash>().is_err(), "{text}");
        }
    }
}
