//! What git is told of the environment: which directories are safe, and where git's own files are;
//! nothing that a hook or a repository set.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::process::Command;

/// Variables that say where git's own files are, and how far it looks for a repository.
const KEPT: [&str; 6] = [
    "GIT_EXEC_PATH",
    "GIT_CONFIG_NOSYSTEM",
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_SYSTEM",
    "GIT_CEILING_DIRECTORIES",
    "GIT_DISCOVERY_ACROSS_FILESYSTEM",
];

/// While a push is decided on, its objects are in quarantine, and only the hook is told where.
const QUARANTINE: [&str; 3] = [
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_QUARANTINE_PATH",
];

/// Settings that say which repositories the user trusts. None of them names a program.
const TRUST: [&[u8]; 2] = [b"safe.directory", b"safe.barerepository"];

/// A setting in the environment, with its value if it has one.
type Setting = (Vec<u8>, Option<Vec<u8>>);

/// Whether jobc runs in a hook whose objects are in quarantine.
pub(super) fn in_quarantine() -> bool {
    std::env::var_os("GIT_QUARANTINE_PATH").is_some()
}

/// Removes from the environment of `command` what is not to reach git.
pub(super) fn clear(command: &mut Command) {
    let in_quarantine = in_quarantine();
    let is_kept = |name: &OsStr| {
        let name = name.as_bytes();
        let is_one_of = |names: &[&str]| names.iter().any(|kept| kept.as_bytes() == name);
        !name.starts_with(b"GIT_") || is_one_of(&KEPT) || (in_quarantine && is_one_of(&QUARANTINE))
    };
    let variables: Vec<_> = std::env::vars_os().collect();
    for (name, _) in variables.iter().filter(|(name, _)| !is_kept(name)) {
        command.env_remove(name);
    }
    let listed = std::env::var_os("GIT_CONFIG_PARAMETERS");
    let listed = listed.map(|text| parameters(text.as_bytes()));
    let settings = counted(&variables).into_iter();
    let settings = settings.chain(listed.into_iter().flatten());
    let trust: Vec<_> = settings.filter(|(key, _)| is_trust(key)).collect();
    if trust.is_empty() {
        return;
    }
    command.env("GIT_CONFIG_COUNT", trust.len().to_string());
    for (index, (key, value)) in trust.into_iter().enumerate() {
        let value = value.unwrap_or_else(|| b"true".to_vec());
        let (key, value) = (OsString::from_vec(key), OsString::from_vec(value));
        command
            .env(format!("GIT_CONFIG_KEY_{index}"), key)
            .env(format!("GIT_CONFIG_VALUE_{index}"), value);
    }
}

fn is_trust(key: &[u8]) -> bool {
    TRUST.iter().any(|own| key.eq_ignore_ascii_case(own))
}

/// The settings of `GIT_CONFIG_COUNT`, `GIT_CONFIG_KEY_n` and `GIT_CONFIG_VALUE_n`, in order.
fn counted(variables: &[(OsString, OsString)]) -> Vec<Setting> {
    let value = |name: &str| variables.iter().find(|(own, _)| own == name);
    let number = |text: &[u8]| str::from_utf8(text).ok()?.parse::<usize>().ok();
    let count = value("GIT_CONFIG_COUNT").and_then(|(_, count)| number(count.as_bytes()));
    let mut numbered: BTreeMap<usize, &OsString> = BTreeMap::new();
    for (name, key) in variables {
        let index = name.as_bytes().strip_prefix(b"GIT_CONFIG_KEY_");
        if let Some(index) = index.and_then(number) {
            numbered.insert(index, key);
        }
    }
    let of_count = numbered.range(..count.unwrap_or(0));
    let settings = of_count.filter_map(|(index, key)| {
        let (_, value) = value(&format!("GIT_CONFIG_VALUE_{index}"))?;
        Some((key.as_bytes().to_vec(), Some(value.as_bytes().to_vec())))
    });
    settings.collect()
}

/// The settings of `GIT_CONFIG_PARAMETERS`, as `git -c` leaves them to the programs that it runs:
/// `'KEY'='VALUE'`, or `'KEY=VALUE'` of older versions, with spaces between. Anything else ends the
/// list.
fn parameters(text: &[u8]) -> Vec<Setting> {
    let mut settings = Vec::new();
    let mut rest = text.trim_ascii_start();
    while let Some((first, after)) = quoted(rest) {
        rest = after;
        if let Some(after) = rest.strip_prefix(b"=") {
            let value = quoted(after);
            rest = value.as_ref().map_or(after, |(_, after)| after);
            settings.push((first, value.map(|(value, _)| value)));
        } else {
            let split = first.iter().position(|&byte| byte == b'=');
            settings.push(match split {
                Some(at) => (first[..at].to_vec(), Some(first[at + 1..].to_vec())),
                None => (first, None),
            });
        }
        rest = rest.trim_ascii_start();
    }
    settings
}

/// A word in single quotes as git writes it, and what follows: `'` and `!` stand outside of the
/// quotes, each after a backslash.
fn quoted(text: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut rest = text.strip_prefix(b"'")?;
    let mut word = Vec::new();
    loop {
        let end = rest.iter().position(|&byte| byte == b'\'')?;
        word.extend_from_slice(&rest[..end]);
        rest = &rest[end + 1..];
        match rest {
            [b'\\', special @ (b'\'' | b'!'), b'\'', after @ ..] => {
                word.push(*special);
                rest = after;
            }
            _ => return Some((word, rest)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{counted, parameters};
    use std::ffi::OsString;

    /// As `git -c safe.directory="/a b'c!" -c core.pager=x -c a.b=1=2 -c a.c` of 2.39 exports it.
    #[test]
    fn what_git_leaves_to_programs() {
        let text = br"'safe.directory'='/a b'\''c'\!'' 'core.pager'='x' 'a.b'='1=2' 'a.c'=";
        let found = parameters(text);
        let pair = |key: &str, value: Option<&str>| {
            let bytes = |text: &str| text.as_bytes().to_vec();
            (bytes(key), value.map(bytes))
        };
        assert_eq!(
            found,
            [
                pair("safe.directory", Some("/a b'c!")),
                pair("core.pager", Some("x")),
                pair("a.b", Some("1=2")),
                pair("a.c", None),
            ]
        );
        let old = parameters(b"'safe.directory=/a=b' 'a.c'");
        let expected = [pair("safe.directory", Some("/a=b")), pair("a.c", None)];
        assert_eq!(old, expected);
        assert!(parameters(b"'unfinished").is_empty());
        assert!(parameters(b"no quotes").is_empty());
    }

    #[test]
    fn what_is_counted() {
        let pair = |name: &str, value: &str| (OsString::from(name), OsString::from(value));
        let variables = [
            pair("GIT_CONFIG_COUNT", "2"),
            pair("GIT_CONFIG_KEY_1", "b.c"),
            pair("GIT_CONFIG_VALUE_1", "2"),
            pair("GIT_CONFIG_KEY_0", "safe.directory"),
            pair("GIT_CONFIG_VALUE_0", "*"),
            pair("GIT_CONFIG_KEY_2", "beyond.count"),
            pair("GIT_CONFIG_VALUE_2", "3"),
        ];
        let found = counted(&variables);
        let expected = [
            (b"safe.directory".to_vec(), Some(b"*".to_vec())),
            (b"b.c".to_vec(), Some(b"2".to_vec())),
        ];
        assert_eq!(found, expected);
        assert!(counted(&variables[1..]).is_empty());
    }
}
