//! Encodings of hashes: what is read prints as it was, and what is printed reads as it was.

use jobc::store::{Sha256, base16, base32, base64};

/// Reads the bytes as text, and encodes them.
pub fn check(bytes: &[u8]) {
    if let Ok(text) = str::from_utf8(bytes) {
        reads::<16>(text);
        reads::<20>(text);
        reads::<32>(text);
        reads::<64>(text);
        if let Ok(hash) = text.parse::<Sha256>() {
            let forms = [
                hash.to_string(),
                hash.sri(),
                format!("sha256:{}", hash.hex()),
            ];
            for form in &forms {
                assert_eq!(form.parse(), Ok(hash), "{form}");
            }
            assert!(
                forms.contains(&text.to_ascii_lowercase()) || forms.iter().any(|form| form == text)
            );
        }
    }
    prints::<1>(bytes);
    prints::<20>(bytes);
    prints::<32>(bytes);
    prints::<64>(bytes);
    assert_eq!(
        base32::encode(bytes).len(),
        base32::encoded_length(bytes.len())
    );
}

fn reads<const N: usize>(text: &str) {
    if let Ok(bytes) = base16::decode::<N>(text) {
        assert_eq!(base16::encode(&bytes), text.to_ascii_lowercase());
    }
    if let Ok(bytes) = base32::decode::<N>(text) {
        assert_eq!(base32::encode(&bytes), text);
    }
    if let Ok(bytes) = base64::decode::<N>(text) {
        assert_eq!(base64::encode(&bytes), text);
    }
}

fn prints<const N: usize>(bytes: &[u8]) {
    if let Some(bytes) = bytes.first_chunk::<N>() {
        assert_eq!(base16::decode(&base16::encode(bytes)), Ok(*bytes));
        assert_eq!(base32::decode(&base32::encode(bytes)), Ok(*bytes));
        assert_eq!(base64::decode(&base64::encode(bytes)), Ok(*bytes));
    }
}
