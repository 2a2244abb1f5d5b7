//! Hexadecimal, two lower-case digits a byte, in which hashes enter a store path's fingerprint.
//! Upper-case digits are read as well, as Nix does.

use crate::store::decode_error::DecodeError;

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// Writes bytes as hexadecimal text.
pub fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

/// Reads the hexadecimal text of exactly `N` bytes.
///
/// # Errors
/// If the text has another length or a character that is no hexadecimal digit.
pub fn decode<const N: usize>(text: &str) -> Result<[u8; N], DecodeError> {
    DecodeError::check_length(text, N * 2)?;
    let mut bytes = [0; N];
    let (pairs, _) = text.as_bytes().as_chunks();
    for (byte, &[high, low]) in bytes.iter_mut().zip(pairs) {
        let (Some(high), Some(low)) = (value(high), value(low)) else {
            return Err(DecodeError::first_illegal(text, |byte| {
                byte.is_ascii_hexdigit()
            }));
        };
        *byte = high << 4 | low;
    }
    Ok(bytes)
}

fn value(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{decode, encode};
    use crate::store::decode_error::DecodeError;

    #[test]
    fn reads_both_cases() {
        assert_eq!(decode("00fF09aB"), Ok([0x00, 0xff, 0x09, 0xab]));
        assert_eq!(encode(&[0x00, 0xff, 0x09, 0xab]), "00ff09ab");
    }

    #[test]
    fn refuses_what_is_no_encoding() {
        assert_eq!(
            decode::<2>("0g00"),
            Err(DecodeError::Character {
                character: 'g',
                position: 1
            })
        );
        assert_eq!(
            decode::<2>("0é0"),
            Err(DecodeError::Character {
                character: 'é',
                position: 1
            })
        );
        assert_eq!(
            decode::<2>("000"),
            Err(DecodeError::Length {
                expected: 4,
                found: 3
            })
        );
    }

    proptest! {
        #[test]
        fn bytes_round_trip(bytes: [u8; 32]) {
            prop_assert_eq!(decode(&encode(&bytes)), Ok(bytes));
        }
    }
}
