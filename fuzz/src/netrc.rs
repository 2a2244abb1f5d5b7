//! Files with passwords: whoever is found in one was written there, and errors name a line of it.

use jobc::cache::Netrc;

/// Reads the text as such a file, and looks up each of its words as a host.
pub fn check(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else {
        return;
    };
    let netrc = match Netrc::parse(text) {
        Ok(netrc) => netrc,
        Err(error) => {
            let lines = text.split('\n').count();
            assert!((1..=lines).contains(&error.line), "{error:?}");
            return;
        }
    };
    // An escape stands for another character than its own.
    let is_plain = !text.contains('\\');
    for host in text.split_whitespace().take(50) {
        if let Some(found) = netrc.credentials(host, None) {
            assert!(!is_plain || text.contains(&found.user));
            assert!(!is_plain || text.contains(&found.password));
            assert_eq!(format!("{found:?}"), "Credentials");
            let same = netrc.credentials(host, Some(&found.user));
            assert!(same.is_some() || found.user.is_empty());
        }
    }
}
