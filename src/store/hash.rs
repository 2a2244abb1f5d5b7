//! SHA-256 hashes, their written forms, and hashing by writing.
//!
//! ```text
//! hash = "sha256:" (BASE32 | HEX | BASE64) | "sha256-" BASE64
//! ```
//!
//! The first form is the one that Nix prints, and the one that a hash prints as; the last is an
//! SRI hash. The length tells those of one begin apart.

use std::error::Error;
use std::fmt;
use std::io;
use std::str::FromStr;

use sha2::Digest as _;

use crate::store::{DecodeError, base16, base32, base64, digits};

/// A SHA-256 hash.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sha256([u8; Self::SIZE]);

impl Sha256 {
    /// The size of a hash in bytes.
    pub const SIZE: usize = 32;

    /// Hashes bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(sha2::Sha256::digest(bytes).into())
    }

    /// A hash that was computed elsewhere.
    pub const fn from_bytes(bytes: [u8; Self::SIZE]) -> Self {
        Self(bytes)
    }

    /// The bytes in the order in which the algorithm yields them.
    pub const fn as_bytes(&self) -> &[u8; Self::SIZE] {
        &self.0
    }

    /// The hash in Nix's base-32, without the algorithm's name.
    pub fn base32(&self) -> String {
        base32::encode(&self.0)
    }

    /// The hash in hexadecimal, without the algorithm's name.
    pub fn hex(&self) -> String {
        base16::encode(&self.0)
    }

    /// The hash as SRI text, `sha256-BASE64`.
    pub fn sri(&self) -> String {
        format!("sha256-{}", base64::encode(&self.0))
    }
}

impl fmt::Display for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sha256:")?;
        f.write_str(base32::encode_into(&self.0, &mut [0; BASE32_LENGTH]))
    }
}

impl fmt::Debug for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sha256({self})")
    }
}

impl FromStr for Sha256 {
    type Err = Sha256Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let decoded = if let Some(digits) = text.strip_prefix("sha256-") {
            base64::decode(digits)
        } else if let Some(digits) = text.strip_prefix("sha256:") {
            digits::decode(digits)
        } else {
            return Err(Sha256Error::Algorithm);
        };
        decoded.map(Self).map_err(Sha256Error::Digits)
    }
}

const BASE32_LENGTH: usize = base32::encoded_length(Sha256::SIZE);

/// A hash of a stream, and how many bytes the stream had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Digest {
    /// The hash of all its bytes.
    pub hash: Sha256,
    /// The number of bytes.
    pub size: u64,
}

/// Hashes and counts whatever is written to it. Writing never fails.
#[derive(Debug, Clone, Default)]
pub struct Sha256Writer {
    hasher: sha2::Sha256,
    size: u64,
}

impl Sha256Writer {
    /// A writer to which nothing was written.
    pub fn new() -> Self {
        Self::default()
    }

    /// Hashes more bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.hasher.update(bytes);
        self.size += bytes.len() as u64;
    }

    /// The hash and the size of everything that was written.
    pub fn finish(self) -> Digest {
        Digest {
            hash: Sha256(self.hasher.finalize().into()),
            size: self.size,
        }
    }
}

impl io::Write for Sha256Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The reason for refusing the text of a hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sha256Error {
    /// The text begins with neither `sha256:` nor `sha256-`.
    Algorithm,
    /// What follows the algorithm's name is not 32 bytes in one of the forms.
    Digits(DecodeError),
}

impl fmt::Display for Sha256Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Algorithm => {
                f.write_str("expected a hash that begins with `sha256:` or `sha256-`")
            }
            Self::Digits(error) => write!(f, "not a SHA-256 hash: {error}"),
        }
    }
}

impl Error for Sha256Error {}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use proptest::prelude::*;

    use super::{Digest, Sha256, Sha256Error, Sha256Writer};
    use crate::store::DecodeError;

    // nix-hash --type sha256 --flat, the same with --base32, nix hash file; of "hello\n"
    const HEX: &str = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03";
    const BASE32: &str = "00xyyr3fi8l6hb839bv3f7yb86yjv7xi1cgh1xnhipym4asvb4aq";
    const SRI: &str = "sha256-WJG1tSLV3whtD/CxEPvZ0hu0/HFjrzTQgoai6Eb2vgM=";

    #[test]
    fn prints_every_form_as_nix_does() {
        let hash = Sha256::of(b"hello\n");
        assert_eq!(hash.hex(), HEX);
        assert_eq!(hash.base32(), BASE32);
        assert_eq!(hash.to_string(), format!("sha256:{BASE32}"));
        assert_eq!(hash.sri(), SRI);
    }

    #[test]
    fn refuses_other_texts() {
        for (text, error) in [
            ("", Sha256Error::Algorithm),
            (HEX, Sha256Error::Algorithm),
            ("sha512-AA==", Sha256Error::Algorithm),
            ("SHA256:", Sha256Error::Algorithm),
            (
                "sha256:",
                Sha256Error::Digits(DecodeError::Length {
                    expected: 52,
                    found: 0,
                }),
            ),
            (
                "sha256-",
                Sha256Error::Digits(DecodeError::Length {
                    expected: 44,
                    found: 0,
                }),
            ),
            (
                &SRI.replace('=', "A"),
                Sha256Error::Digits(DecodeError::Padding),
            ),
            (
                &format!("sha256:{}", BASE32.replace("00x", "e0x")),
                Sha256Error::Digits(DecodeError::Character {
                    character: 'e',
                    position: 0,
                }),
            ),
            (
                &format!("sha256:{}", BASE32.replace("00x", "z0x")),
                Sha256Error::Digits(DecodeError::Padding),
            ),
        ] {
            assert_eq!(text.parse::<Sha256>(), Err(error), "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_form_is_read_back(bytes: [u8; 32]) {
            let hash = Sha256::from_bytes(bytes);
            prop_assert_eq!(hash.to_string().parse(), Ok(hash));
            prop_assert_eq!(format!("sha256:{}", hash.hex()).parse(), Ok(hash));
            prop_assert_eq!(hash.sri().parse(), Ok(hash));
        }

        #[test]
        fn writing_in_pieces_hashes_the_whole(pieces: Vec<Vec<u8>>) {
            let mut writer = Sha256Writer::new();
            for piece in &pieces {
                writer.write_all(piece)?;
            }
            let whole = pieces.concat();
            let expected = Digest { hash: Sha256::of(&whole), size: whole.len() as u64 };
            prop_assert_eq!(writer.finish(), expected);
        }
    }
}
