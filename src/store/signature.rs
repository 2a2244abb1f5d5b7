//! Signatures that vouch for an object, and their keys: Ed25519, as Nix writes them.
//!
//! ```text
//! public = name ":" base64 of 32 bytes
//! secret = name ":" base64 of 64 bytes, the seed and the public key
//! signature = name ":" base64 of 64 bytes
//! name   = one or more characters, none of them ":", white space or a control character
//! ```

use std::error::Error;
use std::fmt;
use std::str::FromStr;

use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};

use crate::store::{DecodeError, base64};

/// What a key is called, so that one knows which public key a signature needs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyName(Box<str>);

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for KeyName {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let illegal = |c: char| c == ':' || c.is_whitespace() || c.is_control();
        if text.is_empty() || text.contains(illegal) {
            return Err(KeyError::Name);
        }
        Ok(Self(text.into()))
    }
}

/// What signatures are checked with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    name: KeyName,
    key: VerifyingKey,
}

impl PublicKey {
    /// What it is called.
    pub const fn name(&self) -> &KeyName {
        &self.name
    }

    /// Whether the key of this name made the signature of this text.
    pub fn verify(&self, fingerprint: &str, signature: &Signature) -> bool {
        let bytes = ed25519_dalek::Signature::from_bytes(&signature.bytes);
        let text = fingerprint.as_bytes();
        self.name == signature.key && self.key.verify_strict(text, &bytes).is_ok()
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.name, base64::encode(self.key.as_bytes()))
    }
}

impl FromStr for PublicKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, bytes) = named(text)?;
        let key = VerifyingKey::from_bytes(&bytes).map_err(|_| KeyError::Key)?;
        Ok(Self { name, key })
    }
}

/// What signatures are made with. Shown nowhere, not even for debugging; wiped when dropped.
#[derive(Clone)]
pub struct SecretKey {
    name: KeyName,
    key: SigningKey,
}

impl SecretKey {
    /// What its signatures are checked with.
    pub fn public(&self) -> PublicKey {
        PublicKey {
            name: self.name.clone(),
            key: self.key.verifying_key(),
        }
    }

    /// Signs a text, always in the same way.
    pub fn sign(&self, fingerprint: &str) -> Signature {
        Signature {
            key: self.name.clone(),
            bytes: self.key.sign(fingerprint.as_bytes()).to_bytes(),
        }
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey({})", self.name)
    }
}

impl FromStr for SecretKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, bytes) = named(text)?;
        let key = SigningKey::from_keypair_bytes(&bytes).map_err(|_| KeyError::Key)?;
        Ok(Self { name, key })
    }
}

/// That the key of a name signed a text.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Signature {
    key: KeyName,
    bytes: [u8; 64],
}

impl Signature {
    /// What the key is called that made it.
    pub const fn key(&self) -> &KeyName {
        &self.key
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.key, base64::encode(&self.bytes))
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signature({self})")
    }
}

impl Signature {
    /// Reads what a node's Nix takes for a signature.
    ///
    /// # Errors
    /// Why it is none, and what that means to Nix.
    pub fn read(text: &str) -> Result<Self, NoSignature> {
        let (name, digits) = text.split_once(':').ok_or(NoSignature::Text)?;
        let key: Option<KeyName> = name.parse().ok();
        let Ok(bytes) = base64::decode_leniently(digits) else {
            return Err(key.map_or(NoSignature::Text, NoSignature::Digits));
        };
        match (key, bytes.try_into()) {
            (Some(key), Ok(bytes)) => Ok(Self { key, bytes }),
            (Some(key), Err(_)) => Err(NoSignature::Length(key)),
            (None, _) => Err(NoSignature::Text),
        }
    }
}

/// Why a text is no signature. Up to Nix 2.26, one that cannot be read says nothing, unless it is
/// by a key that the node trusts: Nix stops at it. Nix 2.34 refuses what is no base-64 by any
/// key, and asks the next cache.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoSignature {
    /// It names no key.
    Text,
    /// What follows the name of this key is no base-64.
    Digits(KeyName),
    /// What follows the name of this key has another length.
    Length(KeyName),
}

impl fmt::Display for NoSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text => f.write_str("a signature names no key"),
            Self::Digits(key) => write!(f, "the signature of `{key}` is not base-64"),
            Self::Length(key) => write!(f, "the signature of `{key}` is not 64 bytes long"),
        }
    }
}

impl FromStr for Signature {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (key, bytes) = named(text)?;
        Ok(Self { key, bytes })
    }
}

fn named<const N: usize>(text: &str) -> Result<(KeyName, [u8; N]), KeyError> {
    let (name, digits) = text.split_once(':').ok_or(KeyError::NoColon)?;
    let bytes = base64::decode(digits).map_err(KeyError::Digits)?;
    Ok((name.parse()?, bytes))
}

/// The reason for refusing the text of a key or signature. Shows nothing of what may be secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyError {
    /// There is no `:` after a name.
    NoColon,
    /// The name is empty, or has a character that no name has.
    Name,
    /// What follows the name has another length.
    Digits(DecodeError),
    /// The bytes are no key: of a secret one, the public half is not that of the seed.
    Key,
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoColon => f.write_str("expected `NAME:BASE64`"),
            Self::Name => f.write_str("the name of the key is empty or has white space"),
            Self::Digits(DecodeError::Length { expected, found }) => write!(
                f,
                "expected {expected} characters after the name, found {found}"
            ),
            // Not which: it would be one of a secret.
            Self::Digits(_) => f.write_str("what follows the name is not base-64"),
            Self::Key => f.write_str("the bytes are no Ed25519 key"),
        }
    }
}

impl Error for KeyError {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{KeyError, PublicKey, SecretKey, Signature};
    use crate::store::{DecodeError, base64};

    // nix-store --generate-binary-cache-key vector-key-1 secret public
    const SECRET: &str = "vector-key-1:oQHbXW5uAa9+tpr7V1BgL/XtZ7rnWQZbBKSjBojkBicQwaijC25F9T+bh/RrTujBRj74yFWY0aqhjxGdNboNTQ==";
    const PUBLIC: &str = "vector-key-1:EMGoowtuRfU/m4f0a07owUY++MhVmNGqoY8RnTW6DU0=";

    #[test]
    fn keys_belong_together() {
        let secret: SecretKey = SECRET.parse().unwrap();
        let public: PublicKey = PUBLIC.parse().unwrap();
        assert_eq!(secret.public(), public);
        assert_eq!(public.to_string(), PUBLIC);
        assert_eq!(format!("{secret:?}"), "SecretKey(vector-key-1)");

        let signature = secret.sign("text");
        assert_eq!(signature.to_string().parse(), Ok(signature.clone()));
        assert!(public.verify("text", &signature));
        assert!(!public.verify("texts", &signature));
        let renamed = |text: &str| text.replace("-1:", "-2:");
        let other: PublicKey = renamed(PUBLIC).parse().unwrap();
        assert!(!other.verify("text", &signature));
        let renamed: Signature = renamed(&signature.to_string()).parse().unwrap();
        assert!(!public.verify("text", &renamed));
        assert!(other.verify("text", &renamed));
    }

    #[test]
    fn other_texts_are_refused() {
        let length = |expected, found| KeyError::Digits(DecodeError::Length { expected, found });
        for (text, error) in [
            ("", KeyError::NoColon),
            ("key", KeyError::NoColon),
            (PUBLIC, length(88, 44)),
            (&SECRET.replace("vector-key-1", ""), KeyError::Name),
            (&SECRET.replace('-', " "), KeyError::Name),
            (&SECRET.replace("oQ", "oR"), KeyError::Key),
            (
                &SECRET.replace("==", "=\n"),
                KeyError::Digits(DecodeError::Padding),
            ),
            (&format!("{SECRET}\n"), length(88, 89)),
        ] {
            assert_eq!(text.parse::<SecretKey>().err(), Some(error), "{text}");
        }
        assert_eq!(SECRET.parse::<PublicKey>(), Err(length(44, 88)));
    }

    #[test]
    fn refusals_show_nothing_secret() {
        let text = SECRET.replace("oQ", "o!");
        let error = text.parse::<SecretKey>().unwrap_err().to_string();
        assert_eq!(error, "what follows the name is not base-64");
    }

    proptest! {
        #[test]
        fn signatures_verify(seed: [u8; 32], text: String) {
            let key = ed25519_dalek::SigningKey::from_bytes(&seed);
            let written = format!("k:{}", base64::encode(&key.to_keypair_bytes()));
            let secret: SecretKey = written.parse()?;
            let signature = secret.sign(&text);
            prop_assert_eq!(secret.sign(&text), signature.clone());
            prop_assert_eq!(signature.to_string().parse(), Ok(signature.clone()));
            let public = secret.public();
            prop_assert_eq!(public.to_string().parse(), Ok(public.clone()));
            prop_assert!(public.verify(&text, &signature));
        }

        #[test]
        fn what_is_read_prints_as_it_was(name in "[^:]{0,3}", bytes: [u8; 32], tail in "=?") {
            let text = format!("{name}:{}{tail}", base64::encode(&bytes));
            if let Ok(key) = text.parse::<PublicKey>() {
                prop_assert_eq!(key.to_string(), text);
            }
        }
    }
}
