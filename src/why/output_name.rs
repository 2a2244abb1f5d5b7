//! Outputs in the names of packages.

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
    use super::without_output;

    #[test]
    fn outputs() {
        assert_eq!(without_output("openssl-3.0.13-bin"), "openssl-3.0.13");
        assert_eq!(without_output("openssl-3.0.13"), "openssl-3.0.13");
        assert_eq!(without_output("bin"), "bin");
    }
}
