//! Keys and signatures: what is read is written as it was, and nothing shows a secret.

use jobc::store::{PublicKey, SecretKey, Signature};

/// Reads the text as a key of either kind and as a signature.
pub fn check(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else {
        return;
    };
    if let Ok(public) = text.parse::<PublicKey>() {
        assert_eq!(public.to_string(), text);
    }
    if let Ok(signature) = text.parse::<Signature>() {
        assert_eq!(signature.to_string(), text);
    }
    if let Ok(secret) = text.parse::<SecretKey>() {
        let signature = secret.sign(text);
        assert!(secret.public().verify(text, &signature));
        let (_, digits) = text.split_once(':').expect("a key has a name");
        assert!(!format!("{secret:?}").contains(digits));
    }
}
