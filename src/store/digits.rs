//! Digits of a hash in any of the bases that Nix reads, told apart by their number.

use crate::store::{DecodeError, base16, base32, base64};

/// The bytes that are written in base 16, 32 or 64, as the length tells.
pub(super) fn decode<const N: usize>(text: &str) -> Result<[u8; N], DecodeError> {
    match text.len() {
        length if length == 2 * N => base16::decode(text),
        length if length == base64::encoded_length(N) => base64::decode(text),
        _ => base32::decode(text),
    }
}
