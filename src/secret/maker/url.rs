//! Passwords and tokens in URLs.
//!
//! ```text
//! URL = SCHEME "://" [ ( USER ":" password | token ) "@" ] HOST ...
//! ```

use crate::secret::text::{count, floor, is_word};
use crate::secret::value::{Writing, is_secret};
use crate::secret::{Key, Secret};

/// Finds `USER:PASSWORD@` after the slashes of a URL.
pub(super) fn url(text: &str, start: usize) -> Option<Secret> {
    // Its password may have the characters in it that end a URL elsewhere.
    let ends = |byte: u8| byte.is_ascii_whitespace() || b"/\"'`".contains(&byte);
    let mut length = count(&text[start..], |byte| !ends(byte));
    if let Some(more) = up_to_host(&text[start + length..]) {
        length += more;
    }
    let authority = &text[start..start + length];
    let authority = match authority.find(['?', '#']) {
        // A query ends the authority, unless only the password goes on.
        Some(end) if !authority[end..].contains('@') || authority[..end].contains('@') => {
            &authority[..end]
        }
        _ => authority,
    };
    let (user_info, _) = authority.rsplit_once('@')?;
    let Some((user, password)) = user_info.split_once(':') else {
        // A token in the place of a user.
        return is_secret(Key::Opaque, user_info, Writing::Argument).then(|| Secret {
            range: start..start + user_info.len(),
            what: "a token in a URL is written out".to_owned(),
        });
    };
    let at = start + user.len() + 1;
    is_secret(Key::Password, password, Writing::Argument).then(|| Secret {
        range: at..at + password.len(),
        what: "the password in a URL is written out".to_owned(),
    })
}

/// How long the rest of a password and its host are that go on with a quote.
fn up_to_host(text: &str) -> Option<usize> {
    const LONGEST: usize = 100;
    let text = &text[..floor(text, LONGEST)];
    let is_password =
        |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%*+-_.~^\"'`\\".contains(byte);
    let is_host = |byte: &u8| is_word(*byte) || *byte == b'.';
    let bytes = text.as_bytes();
    bytes.first().filter(|byte| b"\"'`".contains(byte))?;
    let password = bytes.iter().take_while(|byte| is_password(byte)).count();
    let has_letters = bytes[..password].iter().any(u8::is_ascii_alphanumeric);
    let host = bytes.get(password..)?.strip_prefix(b"@")?;
    let host = host.iter().take_while(|byte| is_host(byte)).count();
    (has_letters && host > 0).then_some(password + 1 + host)
}
