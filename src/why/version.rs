//! Names of packages, taken apart as Nix does.

/// A package's name and its version, which may be empty: the version begins after the first dash
/// that no letter follows.
pub(crate) fn split(name: &str) -> (&str, &str) {
    let mut dashes = name.match_indices('-');
    let begins = |&(at, _): &(usize, &str)| {
        let next = name[at + 1..].chars().next();
        next.is_some_and(|c| !c.is_ascii_alphabetic())
    };
    match dashes.find(begins) {
        Some((at, _)) => (&name[..at], &name[at + 1..]),
        None => (name, ""),
    }
}

/// The usual names of outputs besides `out`, which store paths end in.
const OUTPUTS: [&str; 10] = [
    "bin", "data", "debug", "dev", "devdoc", "dist", "doc", "info", "lib", "man",
];

/// The name without the output that it ends in, if it does.
pub(crate) fn without_output(name: &str) -> &str {
    match name.rsplit_once('-') {
        Some((rest, output)) if OUTPUTS.contains(&output) => rest,
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::{split, without_output};

    #[test]
    fn names() {
        let check = |name, expected| assert_eq!(split(name), expected);
        check("python3-3.12.8", ("python3", "3.12.8"));
        check("openssl-3.0.13-bin", ("openssl", "3.0.13-bin"));
        check("gcc-wrapper-13.2.0", ("gcc-wrapper", "13.2.0"));
        check("source", ("source", ""));
        check("a-", ("a-", ""));
        check("a-_b", ("a", "_b"));
        check("-1", ("", "1"));
    }

    #[test]
    fn outputs() {
        assert_eq!(without_output("openssl-3.0.13-bin"), "openssl-3.0.13");
        assert_eq!(without_output("openssl-3.0.13"), "openssl-3.0.13");
        assert_eq!(without_output("bin"), "bin");
    }
}
