//! What is nearly one of the words that references begin with.

use crate::diagnostic::is_slip;
use crate::template::{Address, by_agent};

/// What was written for `pkgs`.
pub(super) const PACKAGES: &[&str] = &[
    "package", "packages", "pkg", "pkgs", "nixpkgs", "nixpkg", "nix", "store",
];

/// A word that jobc knows before a dot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ours {
    Packages,
    Ports,
    Job,
}

/// The one of our words that `word` is, or nearly is.
pub(super) fn near(word: &str) -> Option<Ours> {
    let lower = word.to_ascii_lowercase();
    let letters = |text: &str| {
        let mut letters: Vec<char> = text.chars().collect();
        letters.sort_unstable();
        letters
    };
    // Of three letters, one is too many to leave open.
    let is_job = lower == "jobs" || letters(&lower) == letters("job");
    let is_any = |word: &str| lower == word || is_slip(&lower, word);
    // Other programs have these.
    let is_package = PACKAGES.contains(&&*lower) && !["nix", "store"].contains(&&*lower);
    if is_package || is_any("pkgs") {
        Some(Ours::Packages)
    } else if is_any("ports") {
        Some(Ours::Ports)
    } else if is_job {
        Some(Ours::Job)
    } else {
        None
    }
}

/// Whether `text` starts with a `${` that nearly makes it a reference. In a text that no shell reads, any
/// other is another program's.
pub(in crate::check) fn is_nearly_ours(text: &str) -> bool {
    let Some(inner) = text.strip_prefix("${") else {
        return false;
    };
    let start = inner.trim_start_matches([' ', '\t']);
    let rest = start.trim_start_matches(|c: char| c == '_' || c.is_ascii_alphanumeric());
    let word = &start[..start.len() - rest.len()];
    if !rest.trim_start_matches([' ', '\t']).starts_with('.') {
        return false;
    }
    let address = extent_of(text).strip_prefix("${");
    let address = address.and_then(|it| Address::parse(it.strip_suffix('}')?));
    near(word).is_some() || address.is_some_and(|address| by_agent(&address))
}

/// Whether `text` starts with a `${` of a word that is taken for `pkgs`, and a package that is declared.
pub(in crate::check) fn names_package(text: &str, is_declared: impl Fn(&str) -> bool) -> bool {
    let inner = text.strip_prefix("${").unwrap_or_default();
    let is_word = |c: char| c.is_ascii_alphabetic();
    let rest = inner.trim_start_matches(is_word);
    let word = inner[..inner.len() - rest.len()].to_ascii_lowercase();
    if word == "pkgs" || !PACKAGES.contains(&&*word) {
        return false;
    }
    let is_of_name = |c: char| c.is_ascii_alphanumeric() || "_-+.".contains(c);
    let name = rest.strip_prefix('.').unwrap_or_default();
    let after = name.trim_start_matches(is_of_name);
    after.starts_with('}') && is_declared(&name[..name.len() - after.len()])
}

/// All of the `${...}` that `text` starts with.
pub(in crate::check) fn extent_of(text: &str) -> &str {
    &text[..2 + extent(&text[2..])]
}

/// How much of what follows `${` belongs to it: up to its brace on this line, or else its first
/// word.
fn extent(inner: &str) -> usize {
    let mut depth = 0_usize;
    let line = inner.split('\n').next().unwrap_or_default();
    for (index, c) in line.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => return index + 1,
            '}' => depth -= 1,
            _ => {}
        }
    }
    let blank = |c: char| c.is_whitespace() || "'\"`;|&".contains(c);
    let start = line.len() - line.trim_start().len();
    line[start..]
        .find(blank)
        .map_or(line.len(), |length| start + length)
}

#[cfg(test)]
mod tests {
    use super::is_nearly_ours;

    #[test]
    fn words() {
        for (text, expected) in [
            ("${port.http}", true),
            ("${PORTS.http}", true),
            ("${pots.http}", true),
            ("${ ports.http}", true),
            ("${ports .http}", true),
            ("${jobs.instance}", true),
            ("${jbo.host}", true),
            ("${pkg.x}", true),
            ("${packages.x}", true),
            ("${thermos.ports[http]}", true),
            ("${mesos.instance}", true),
            ("${server.port}", false),
            ("${store.path}", false),
            ("${bob.x}", false),
            ("${jar.x}", false),
            ("${port}", false),
            ("${ports[0]}", false),
            ("${ x.y}", false),
            ("${thermos.x}", false),
            ("${", false),
            ("${.x}", false),
        ] {
            assert_eq!(is_nearly_ours(text), expected, "{text}");
        }
    }
}
