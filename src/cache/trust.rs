//! Whether nodes take what a cache has, by the rule of their Nix: an object whose path follows from
//! its contents needs no signature, any other the signature of a key that they trust. One that
//! only claims the former is not taken with a signature either: Nix fetches it, and then refuses.

use std::collections::BTreeSet;
use std::fmt;

use crate::store::content_address::{store_path, store_path_with_itself};
use crate::store::narinfo::NarInfo;
use crate::store::signature::{KeyName, Signature};
use crate::store::{ContentAddress, PublicKey, StoreDir};

/// Why nodes take an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trust {
    /// Its path follows from its contents.
    Contents,
    /// This key signed it.
    Signed(KeyName),
    /// The nodes take whatever this cache has.
    Cache,
}

/// Why nodes do not take an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Distrust {
    /// It has no signature.
    Unsigned,
    /// Keys signed it that the nodes do not trust.
    Strangers(BTreeSet<KeyName>),
    /// It has a signature by the name of this trusted key, which did not make it.
    Forged(KeyName),
    /// Its path does not follow from the contents that it claims to have; no signature mends that.
    OtherContents,
}

/// Whether nodes that trust `keys` take the object.
///
/// # Errors
/// If they do not.
pub fn trust(info: &NarInfo, store_dir: &StoreDir, keys: &[PublicKey]) -> Result<Trust, Distrust> {
    if let Some(address) = &info.ca {
        return if follows(info, address, store_dir) {
            Ok(Trust::Contents)
        } else {
            Err(Distrust::OtherContents)
        };
    }
    let fingerprint = info.fingerprint(store_dir);
    let mut forged = None;
    for signature in &info.signatures {
        for key in keys.iter().filter(|key| key.name() == signature.key()) {
            if key.verify(&fingerprint, signature) {
                return Ok(Trust::Signed(key.name().clone()));
            }
            forged = Some(key.name().clone());
        }
    }
    if let Some(name) = forged {
        return Err(Distrust::Forged(name));
    }
    if info.signatures.is_empty() {
        return Err(Distrust::Unsigned);
    }
    let signed = info.signatures.iter().map(Signature::key);
    Err(Distrust::Strangers(signed.cloned().collect()))
}

/// Whether the path of the object is that of what it claims to be.
fn follows(info: &NarInfo, address: &ContentAddress, store_dir: &StoreDir) -> bool {
    let mut others = info.references.clone();
    let itself = others.remove(&info.store_path);
    let name = info.store_path.name();
    let path = if itself {
        store_path_with_itself(store_dir, name, address, &others)
    } else {
        store_path(store_dir, name, address, &others)
    };
    let is_archive = match address {
        // Of one that refers to itself, this is the hash of another text.
        ContentAddress::Source(hash) => itself || *hash == info.nar_hash,
        ContentAddress::Text(_) | ContentAddress::Flat(_) | ContentAddress::Recursive(_) => true,
    };
    is_archive && path.as_ref() == Ok(&info.store_path)
}

impl fmt::Display for Distrust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsigned => f.write_str("not signed"),
            Self::Strangers(names) => {
                let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
                write!(
                    f,
                    "signed by {}, which the nodes do not trust",
                    names.join(", ")
                )
            }
            Self::Forged(name) => write!(f, "its signature is not one of `{name}`"),
            Self::OtherContents => f.write_str("its path does not follow from its content address"),
        }
    }
}
