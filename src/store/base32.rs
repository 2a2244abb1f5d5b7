//! Nix's base-32, in which store-path hashes are written.
//!
//! The bytes are one little-endian number, written most significant digit first, five bits a
//! digit; the alphabet leaves out `e`, `o`, `u` and `t`. `N` bytes are `⌈8N / 5⌉` digits, and the
//! bits of the first digit that no byte provides are zero:
//!
//! ```text
//! text = digit*     digit = "0".."9" | "a".."d" | "f".."n" | "p".."s" | "v".."z"
//! ```

use crate::store::decode_error::DecodeError;

const ALPHABET: &[u8; 32] = b"0123456789abcdfghijklmnpqrsvwxyz";

/// Five bytes and eight digits are the same forty bits.
const GROUP_BYTES: usize = 5;
const GROUP_DIGITS: usize = 8;

const NOT_A_DIGIT: u8 = u8::MAX;
const VALUES: [u8; 256] = values();

/// Writes bytes as base-32 text.
pub fn encode(bytes: &[u8]) -> String {
    let mut text = vec![0; encoded_length(bytes.len())];
    encode_into(bytes, &mut text).to_owned()
}

/// Writes bytes as base-32 text into a buffer of the caller's, and returns the text.
///
/// # Panics
/// If the buffer is not [`encoded_length`] long.
pub fn encode_into<'a>(bytes: &[u8], text: &'a mut [u8]) -> &'a str {
    assert_eq!(text.len(), encoded_length(bytes.len()), "length of buffer");
    for (group, digits) in bytes
        .chunks(GROUP_BYTES)
        .zip(text.rchunks_mut(GROUP_DIGITS))
    {
        let mut bits = [0; 8];
        bits[..group.len()].copy_from_slice(group);
        let mut bits = u64::from_le_bytes(bits);
        for digit in digits.iter_mut().rev() {
            *digit = ALPHABET[usize::from(bits.to_le_bytes()[0] & 31)];
            bits >>= 5;
        }
    }
    str::from_utf8(text).expect("the alphabet is ASCII")
}

/// Reads the base-32 text of exactly `N` bytes.
///
/// # Errors
/// If the text has another length, a character outside the alphabet, or padding that is not zero.
pub fn decode<const N: usize>(text: &str) -> Result<[u8; N], DecodeError> {
    DecodeError::check_length(text, encoded_length(N))?;
    let mut bytes = [0; N];
    let groups = text.as_bytes().rchunks(GROUP_DIGITS);
    for (digits, group) in groups.zip(bytes.chunks_mut(GROUP_BYTES)) {
        let mut bits = 0;
        for &digit in digits {
            let value = VALUES[usize::from(digit)];
            if value == NOT_A_DIGIT {
                return Err(DecodeError::first_illegal(text, is_digit));
            }
            bits = bits << 5 | u64::from(value);
        }
        let bits = bits.to_le_bytes();
        let (used, unused) = bits.split_at(group.len());
        if unused.iter().any(|&byte| byte != 0) {
            return Err(DecodeError::Padding);
        }
        group.copy_from_slice(used);
    }
    Ok(bytes)
}

/// The number of digits of this many bytes.
pub const fn encoded_length(bytes: usize) -> usize {
    (bytes * 8).div_ceil(5)
}

/// Whether the byte is a digit of the alphabet.
pub const fn is_digit(byte: u8) -> bool {
    VALUES[byte as usize] != NOT_A_DIGIT
}

const fn values() -> [u8; 256] {
    let mut values = [NOT_A_DIGIT; 256];
    let mut value = 0;
    while value < 32 {
        values[ALPHABET[value as usize] as usize] = value;
        value += 1;
    }
    values
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{decode, encode, is_digit};
    use crate::store::decode_error::DecodeError;

    #[test]
    fn writes_what_nix_writes() {
        // nix-hash --type sha1 --to-base32, nix-hash --type md5 --to-base32
        let sha1 =
            *b"\xc6\xdf\x83\xdb\xe3\x68\xb3\x2d\x7f\x29\x2f\x2f\x81\xa1\x2b\x53\x3c\xab\xf4\xa4";
        let md5 = *b"\xd4\x1d\x8c\xd9\x8f\x00\xb2\x04\xe9\x80\x09\x98\xec\xf8\x42\x7e";
        assert_eq!(encode(&sha1), "lksang2k5fhq2brg55zjvcv8wgdq7py6");
        assert_eq!(encode(&md5), "3y8bwfr609h3lh9ch0izcqq7fl");
        assert_eq!(encode(b""), "");
    }

    #[test]
    fn refuses_what_is_no_encoding() {
        let zeros = "0".repeat(32);
        assert_eq!(decode::<20>(&zeros), Ok([0; 20]));
        for (text, error) in [
            (
                "",
                DecodeError::Length {
                    expected: 32,
                    found: 0,
                },
            ),
            (
                &zeros[1..],
                DecodeError::Length {
                    expected: 32,
                    found: 31,
                },
            ),
            (
                &format!("{zeros}0"),
                DecodeError::Length {
                    expected: 32,
                    found: 33,
                },
            ),
            (
                &format!("e{}", &zeros[1..]),
                DecodeError::Character {
                    character: 'e',
                    position: 0,
                },
            ),
            (
                &format!("{}Z", &zeros[1..]),
                DecodeError::Character {
                    character: 'Z',
                    position: 31,
                },
            ),
            (
                &format!("0é{}", &zeros[3..]),
                DecodeError::Character {
                    character: 'é',
                    position: 1,
                },
            ),
        ] {
            assert_eq!(decode::<20>(text), Err(error), "{text}");
        }
        // One byte is two digits, of which the first has three bits.
        assert_eq!(decode::<1>("7z"), Ok([255]));
        assert_eq!(decode::<1>("8z"), Err(DecodeError::Padding));
        assert_eq!(decode::<0>(""), Ok([]));
    }

    #[test]
    fn every_byte_is_a_digit_or_refused() {
        assert_eq!((0..=u8::MAX).filter(|&byte| is_digit(byte)).count(), 32);
    }

    proptest! {
        #[test]
        fn twenty_bytes_round_trip(bytes: [u8; 20]) {
            prop_assert_eq!(decode(&encode(&bytes)), Ok(bytes));
        }

        #[test]
        fn thirty_two_bytes_round_trip(bytes: [u8; 32]) {
            prop_assert_eq!(decode(&encode(&bytes)), Ok(bytes));
        }

        #[test]
        fn whatever_is_read_prints_as_it_was(text in "[0-9a-z]{52}|.{52}|\\PC*") {
            if let Ok(bytes) = decode::<32>(&text) {
                prop_assert_eq!(encode(&bytes), text);
            }
        }
    }
}
