//! What an object holds, as a hash, and the store path that follows from it.
//!
//! Nodes trust an object whose path they can compute from its contents, so these need no
//! signature. Written as in the `CA` line of a narinfo:
//!
//! ```text
//! address   = "text:sha256:" digits | "fixed:" ["r:"] algorithm ":" digits
//! algorithm = "md5" | "sha1" | "sha256" | "sha512"
//! digits    = BASE32, or BASE16 or BASE64, which Nix reads and never writes
//! ```

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt::{self, Write as _};
use std::str::FromStr;

use crate::store::store_path::{StorePathHash, StorePathName};
use crate::store::{DecodeError, Sha256, StoreDir, StorePath, base16, base32, digits};

/// How an object was hashed, and the hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ContentAddress {
    /// The contents of a text file, as `builtins.toFile` makes it.
    Text(Sha256),
    /// The archive of a file or directory, as `nix-store --add` makes it.
    Source(Sha256),
    /// The contents of a file, as `nix-store --add-fixed` makes it.
    Flat(FixedHash),
    /// The archive of a file or directory, by another algorithm than Nix's own.
    Recursive(ForeignHash),
}

/// The store path of an object of this name, address and references.
///
/// No object refers to itself here: the hash would have to contain itself, and versions of Nix
/// differ in how they get around that.
///
/// # Errors
/// If there are references, and the address is of a kind that takes none.
pub fn store_path(
    store_dir: &StoreDir,
    name: &StorePathName,
    address: &ContentAddress,
    references: &BTreeSet<StorePath>,
) -> Result<StorePath, UnexpectedReferences> {
    path_of(store_dir, name, address, references, Itself::Not)
}

/// The store path of an object that jobc did not make, and that may refer to itself: `references`
/// are the others. How its hash came to be does not matter for that.
///
/// # Errors
/// If there are references, and the address is of a kind that takes none; a text does not take
/// itself.
pub fn store_path_with_itself(
    store_dir: &StoreDir,
    name: &StorePathName,
    address: &ContentAddress,
    references: &BTreeSet<StorePath>,
) -> Result<StorePath, UnexpectedReferences> {
    path_of(store_dir, name, address, references, Itself::Too)
}

/// Whether an object refers to itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Itself {
    Not,
    Too,
}

fn path_of(
    store_dir: &StoreDir,
    name: &StorePathName,
    address: &ContentAddress,
    references: &BTreeSet<StorePath>,
    itself: Itself,
) -> Result<StorePath, UnexpectedReferences> {
    let (kind, inner) = match address {
        ContentAddress::Text(hash) => ("text", *hash),
        ContentAddress::Source(hash) => ("source", *hash),
        ContentAddress::Flat(hash) => (
            "output:out",
            fixed_output("", hash.algorithm(), hash.as_bytes()),
        ),
        ContentAddress::Recursive(hash) => (
            "output:out",
            fixed_output("r:", hash.algorithm(), hash.as_bytes()),
        ),
    };
    let (takes_references, takes_itself) = match address {
        ContentAddress::Source(_) => (true, true),
        ContentAddress::Text(_) => (true, false),
        ContentAddress::Flat(_) | ContentAddress::Recursive(_) => (false, false),
    };
    let refused =
        (!references.is_empty() && !takes_references) || (itself == Itself::Too && !takes_itself);
    if refused {
        return Err(UnexpectedReferences);
    }
    let mut fingerprint = String::with_capacity(128 + 80 * references.len());
    fingerprint.push_str(kind);
    for reference in references {
        write!(fingerprint, ":{}", store_dir.display(reference)).expect(STRINGS_TAKE_ALL);
    }
    if itself == Itself::Too {
        fingerprint.push_str(":self");
    }
    write!(fingerprint, ":sha256:{}:{store_dir}:{name}", inner.hex()).expect(STRINGS_TAKE_ALL);
    let hash = compress(&Sha256::of(fingerprint.as_bytes()));
    Ok(StorePath::new(hash, name.clone()))
}

const STRINGS_TAKE_ALL: &str = "writing to a string does not fail";

fn fixed_output(method: &str, algorithm: &str, hash: &[u8]) -> Sha256 {
    let hash = base16::encode(hash);
    Sha256::of(format!("fixed:out:{method}{algorithm}:{hash}:").as_bytes())
}

fn compress(hash: &Sha256) -> StorePathHash {
    let mut bytes = [0; StorePathHash::SIZE];
    for (index, byte) in hash.as_bytes().iter().enumerate() {
        bytes[index % StorePathHash::SIZE] ^= byte;
    }
    StorePathHash::from_bytes(bytes)
}

impl fmt::Display for ContentAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(hash) => write!(f, "text:{hash}"),
            Self::Source(hash) => write!(f, "fixed:r:{hash}"),
            Self::Flat(FixedHash::Sha256(hash)) => write!(f, "fixed:{hash}"),
            Self::Flat(FixedHash::Foreign(hash)) => write!(f, "fixed:{hash}"),
            Self::Recursive(hash) => write!(f, "fixed:r:{hash}"),
        }
    }
}

impl FromStr for ContentAddress {
    type Err = ContentAddressError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(hash) = text.strip_prefix("text:") {
            return match hash.parse()? {
                FixedHash::Sha256(hash) => Ok(Self::Text(hash)),
                FixedHash::Foreign(_) => Err(ContentAddressError::Algorithm),
            };
        }
        let hash = text
            .strip_prefix("fixed:")
            .ok_or(ContentAddressError::Method)?;
        Ok(match hash.strip_prefix("r:") {
            None => Self::Flat(hash.parse()?),
            Some(hash) => match hash.parse()? {
                FixedHash::Sha256(hash) => Self::Source(hash),
                FixedHash::Foreign(hash) => Self::Recursive(hash),
            },
        })
    }
}

/// A hash by any algorithm that an address may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FixedHash {
    /// Nix's own algorithm.
    Sha256(Sha256),
    /// Another one.
    Foreign(ForeignHash),
}

impl FixedHash {
    fn algorithm(&self) -> &'static str {
        match self {
            Self::Sha256(_) => "sha256",
            Self::Foreign(hash) => hash.algorithm(),
        }
    }

    fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Sha256(hash) => hash.as_bytes(),
            Self::Foreign(hash) => hash.as_bytes(),
        }
    }
}

impl FromStr for FixedHash {
    type Err = ContentAddressError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (algorithm, digits) = text.split_once(':').ok_or(ContentAddressError::Algorithm)?;
        Ok(match algorithm {
            "sha256" => Self::Sha256(Sha256::from_bytes(digits::decode(digits)?)),
            "md5" => Self::Foreign(ForeignHash::Md5(digits::decode(digits)?)),
            "sha1" => Self::Foreign(ForeignHash::Sha1(digits::decode(digits)?)),
            "sha512" => Self::Foreign(ForeignHash::Sha512(digits::decode(digits)?)),
            _ => return Err(ContentAddressError::Algorithm),
        })
    }
}

/// A hash by an algorithm that is only carried, never computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ForeignHash {
    /// MD5.
    Md5([u8; 16]),
    /// SHA-1.
    Sha1([u8; 20]),
    /// SHA-512.
    Sha512([u8; 64]),
}

impl ForeignHash {
    fn algorithm(&self) -> &'static str {
        match self {
            Self::Md5(_) => "md5",
            Self::Sha1(_) => "sha1",
            Self::Sha512(_) => "sha512",
        }
    }

    fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Md5(bytes) => bytes,
            Self::Sha1(bytes) => bytes,
            Self::Sha512(bytes) => bytes,
        }
    }
}

impl fmt::Display for ForeignHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{}",
            self.algorithm(),
            base32::encode(self.as_bytes())
        )
    }
}

/// References were given for an address that takes none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnexpectedReferences;

impl fmt::Display for UnexpectedReferences {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of a fixed hash cannot have references")
    }
}

impl Error for UnexpectedReferences {}

/// The reason for refusing the text of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContentAddressError {
    /// The text begins with neither `text:` nor `fixed:`.
    Method,
    /// There is no algorithm, or an unknown one, or one that the method does not take.
    Algorithm,
    /// The digits are not a hash of the algorithm's size.
    Hash(DecodeError),
}

impl From<DecodeError> for ContentAddressError {
    fn from(error: DecodeError) -> Self {
        Self::Hash(error)
    }
}

impl fmt::Display for ContentAddressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Method => f.write_str("expected `text:` or `fixed:`"),
            Self::Algorithm => {
                f.write_str("the hash algorithm is missing, unknown or illegal here")
            }
            Self::Hash(error) => write!(f, "not a hash of this algorithm: {error}"),
        }
    }
}

impl Error for ContentAddressError {}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::{
        ContentAddress, ContentAddressError, FixedHash, ForeignHash, UnexpectedReferences,
        store_path,
    };
    use crate::store::{DecodeError, Sha256, StoreDir};

    #[test]
    fn the_store_directory_is_part_of_the_path() {
        // nix-instantiate --eval -E 'builtins.toFile "foo" "hi"', without and with
        // NIX_STORE_DIR=/srv/store
        let address = ContentAddress::Text(Sha256::of(b"hi"));
        for (directory, expected) in [
            (
                "/nix/store",
                "/nix/store/88hvv1a9ixsdxr2klz3gsvdrnyy59xp3-foo",
            ),
            (
                "/srv/store",
                "/srv/store/wg6900rsrmjx3nqfzg69almfd2aax97k-foo",
            ),
        ] {
            let directory: StoreDir = directory.parse().unwrap();
            let name = "foo".parse().unwrap();
            let path = store_path(&directory, &name, &address, &BTreeSet::new()).unwrap();
            assert_eq!(directory.display(&path).to_string(), expected);
        }
    }

    #[test]
    fn fixed_hashes_take_no_references() {
        let directory = StoreDir::default();
        let name = "foo".parse().unwrap();
        let reference = "i9pmrzmpshapij2kin22pff6fc2adavx-hello.txt"
            .parse()
            .unwrap();
        let references = BTreeSet::from([reference]);
        for (address, allowed) in [
            (ContentAddress::Text(Sha256::of(b"")), true),
            (ContentAddress::Source(Sha256::of(b"")), true),
            (
                ContentAddress::Flat(FixedHash::Sha256(Sha256::of(b""))),
                false,
            ),
            (ContentAddress::Recursive(ForeignHash::Md5([0; 16])), false),
        ] {
            let path = store_path(&directory, &name, &address, &references);
            assert_eq!(path.is_ok(), allowed, "{address}");
            assert_eq!(path.err(), (!allowed).then_some(UnexpectedReferences));
        }
    }

    #[test]
    fn other_texts_are_refused() {
        let zeros = "0".repeat(52);
        for (text, error) in [
            ("", ContentAddressError::Method),
            ("texts:", ContentAddressError::Method),
            ("fixed:", ContentAddressError::Algorithm),
            ("fixed:r:", ContentAddressError::Algorithm),
            ("fixed:sha3:00", ContentAddressError::Algorithm),
            (
                "text:md5:00000000000000000000000000",
                ContentAddressError::Algorithm,
            ),
            (
                &format!("text:r:sha256:{zeros}"),
                ContentAddressError::Algorithm,
            ),
            (
                &format!("fixed:r:r:sha256:{zeros}"),
                ContentAddressError::Algorithm,
            ),
            (
                &format!("fixed:sha1:{zeros}"),
                ContentAddressError::Hash(DecodeError::Length {
                    expected: 32,
                    found: 52,
                }),
            ),
        ] {
            assert_eq!(text.parse::<ContentAddress>(), Err(error), "{text}");
        }
    }

    fn any_address() -> impl Strategy<Value = ContentAddress> {
        let sha256 = || any::<[u8; 32]>().prop_map(Sha256::from_bytes);
        let foreign = || {
            prop_oneof![
                any::<[u8; 16]>().prop_map(ForeignHash::Md5),
                any::<[u8; 20]>().prop_map(ForeignHash::Sha1),
                prop::collection::vec(any::<u8>(), 64).prop_map(|bytes| ForeignHash::Sha512(
                    bytes.try_into().expect("64 were asked for")
                )),
            ]
        };
        prop_oneof![
            sha256().prop_map(ContentAddress::Text),
            sha256().prop_map(ContentAddress::Source),
            sha256().prop_map(|hash| ContentAddress::Flat(FixedHash::Sha256(hash))),
            foreign().prop_map(|hash| ContentAddress::Flat(FixedHash::Foreign(hash))),
            foreign().prop_map(ContentAddress::Recursive),
        ]
    }

    proptest! {
        #[test]
        fn addresses_round_trip(address in any_address()) {
            prop_assert_eq!(address.to_string().parse(), Ok(address));
        }
    }
}
