//! `%` escapes of URLs.

use super::url_error::CacheUrlError;

/// The text with its `%` escapes undone.
pub(super) fn decode(text: &str) -> Result<String, CacheUrlError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |at: usize| char::from(*after.get(at)?).to_digit(16);
        let (Some(high), Some(low)) = (digit(0), digit(1)) else {
            return Err(CacheUrlError::Escape);
        };
        bytes.push(u8::try_from(high * 16 + low).expect("two digits are a byte"));
        rest = &after[2..];
    }
    String::from_utf8(bytes).map_err(|_| CacheUrlError::Escape)
}
