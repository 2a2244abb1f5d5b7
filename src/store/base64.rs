//! Standard base-64 with its `=` padding, in which SRI hashes, keys and signatures are written.
//! Only the canonical text of a value is read.

use crate::store::decode_error::DecodeError;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Writes bytes as base-64 text.
pub fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(encoded_length(bytes.len()));
    for group in bytes.chunks(3) {
        let mut bits = [0; 4];
        bits[1..=group.len()].copy_from_slice(group);
        let bits = u32::from_be_bytes(bits);
        for digit in 0..4 {
            text.push(if digit <= group.len() {
                let [.., last] = (bits >> (18 - 6 * digit)).to_be_bytes();
                char::from(ALPHABET[usize::from(last & 63)])
            } else {
                '='
            });
        }
    }
    text
}

/// Reads the base-64 text of exactly `N` bytes.
///
/// # Errors
/// If the text has another length, a character outside the alphabet, or padding that is not zero.
pub fn decode<const N: usize>(text: &str) -> Result<[u8; N], DecodeError> {
    DecodeError::check_length(text, encoded_length(N))?;
    let digits = N * 8 / 6 + usize::from(!N.is_multiple_of(3));
    let illegal = || DecodeError::first_illegal(text, |byte| value(byte).is_some());
    let (digits, padding) = text.split_at_checked(digits).ok_or_else(illegal)?;
    if padding.bytes().any(|byte| byte != b'=') {
        return Err(DecodeError::Padding);
    }
    let mut bytes = [0; N];
    for (digits, group) in digits.as_bytes().chunks(4).zip(bytes.chunks_mut(3)) {
        let mut bits = 0;
        for &digit in digits {
            bits = bits << 6 | u32::from(value(digit).ok_or_else(illegal)?);
        }
        let bits = (bits << (6 * (4 - digits.len()) + 8)).to_be_bytes();
        let (used, unused) = bits.split_at(group.len());
        if unused.iter().any(|&byte| byte != 0) {
            return Err(DecodeError::Padding);
        }
        group.copy_from_slice(used);
    }
    Ok(bytes)
}

/// Reads base-64 text as leniently as Nix does where it checks signatures: up to the first `=`, and
/// bits that belong to no byte may be anything.
///
/// # Errors
/// The first character outside the alphabet.
pub fn decode_leniently(text: &str) -> Result<Vec<u8>, char> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let mut bits = 0_u32;
    let mut count = 0;
    for character in text.chars() {
        if character == '=' {
            break;
        }
        let value = u8::try_from(character).ok().and_then(value);
        bits = bits << 6 | u32::from(value.ok_or(character)?);
        count += 6;
        if count >= 8 {
            count -= 8;
            let [.., last] = (bits >> count).to_be_bytes();
            bytes.push(last);
        }
    }
    Ok(bytes)
}

/// The length of the text of this many bytes, padding included.
pub const fn encoded_length(bytes: usize) -> usize {
    bytes.div_ceil(3) * 4
}

fn value(digit: u8) -> Option<u8> {
    match digit {
        b'A'..=b'Z' => Some(digit - b'A'),
        b'a'..=b'z' => Some(digit - b'a' + 26),
        b'0'..=b'9' => Some(digit - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{decode, encode};
    use crate::store::decode_error::DecodeError;

    #[test]
    fn writes_the_vectors_of_rfc_4648() {
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(encode(bytes.as_bytes()), text);
        }
        assert_eq!(encode(&[0xfb, 0xff]), "+/8=");
    }

    #[test]
    fn refuses_what_is_no_encoding() {
        for (text, error) in [
            ("Zh==", DecodeError::Padding),
            ("Zg=A", DecodeError::Padding),
            (
                "Zg=é",
                DecodeError::Length {
                    expected: 4,
                    found: 5,
                },
            ),
            (
                "Z===",
                DecodeError::Character {
                    character: '=',
                    position: 1,
                },
            ),
            (
                "Z-==",
                DecodeError::Character {
                    character: '-',
                    position: 1,
                },
            ),
            (
                "Zé=",
                DecodeError::Character {
                    character: 'é',
                    position: 1,
                },
            ),
        ] {
            assert_eq!(decode::<1>(text), Err(error), "{text}");
        }
    }

    proptest! {
        #[test]
        fn thirty_two_bytes_round_trip(bytes: [u8; 32]) {
            prop_assert_eq!(decode(&encode(&bytes)), Ok(bytes));
        }

        #[test]
        fn sixty_four_bytes_round_trip(bytes: [u8; 64]) {
            prop_assert_eq!(decode(&encode(&bytes)), Ok(bytes));
        }

        #[test]
        fn whatever_is_read_prints_as_it_was(text in "[A-Za-z0-9+/]{3}[A-Za-z0-9+/=]|\\PC{0,5}") {
            if let Ok(bytes) = decode::<2>(&text) {
                prop_assert_eq!(encode(&bytes), text);
            }
        }
    }
}
