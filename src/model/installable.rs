//! What a package's text means to Nix.
//!
//! ```text
//! installable = ( flake | file | attribute ) [ "^" OUTPUT ]
//! flake       = REFERENCE "#" [ attribute ] | REFERENCE    with a ":" or "/", or beginning with "."
//! file        = ( "./" | "../" ) ... ".nix" [ "#" attribute ]
//! attribute   = NAME { "." NAME }                          of `<nixpkgs>`; a name may be quoted
//! ```

use std::ffi::OsStr;
use std::fmt;
use std::path::Path;

/// A package as Nix knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installable {
    /// Where to look.
    pub source: InstallableSource,
    /// What to look for there.
    pub attribute: Attribute,
    /// Which output it is, if not the derivation's own choice.
    pub output: Option<String>,
}

/// Where a package comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum InstallableSource {
    /// A flake, by its reference.
    Flake(String),
    /// A Nix file, by its path.
    File(String),
    /// What `<nixpkgs>` is.
    Nixpkgs,
}

impl fmt::Display for InstallableSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flake(text) | Self::File(text) => write!(f, "`{text}`"),
            Self::Nixpkgs => f.write_str("`<nixpkgs>`"),
        }
    }
}

/// A path of attribute names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// As it was written.
    pub text: String,
    /// The names, without quotes; none is the whole.
    pub names: Vec<String>,
}

impl Installable {
    /// Reads the text of a package that is no store path.
    ///
    /// # Errors
    /// If it can mean nothing to Nix, or would be taken for an option.
    pub fn parse(text: &str) -> Result<Self, InstallableError> {
        if text.starts_with('-') {
            return Err(InstallableError::Option);
        }
        if let Some(character) = text.chars().find(|c| c.is_control()) {
            return Err(InstallableError::Control(character));
        }
        if text.trim() != text || text.is_empty() {
            return Err(InstallableError::Blank);
        }
        let (rest, output) = match text.rsplit_once('^') {
            Some((rest, output)) if !output.contains('"') => (rest, Some(output_name(output)?)),
            _ => (text, None),
        };
        let (source, attribute) = split(rest)?;
        let attribute = Attribute::parse(attribute)?;
        if source == InstallableSource::Nixpkgs && attribute.names.is_empty() {
            return Err(InstallableError::EmptyName);
        }
        Ok(Self {
            source,
            attribute,
            output,
        })
    }
}

/// The source, and the text of the attribute.
fn split(text: &str) -> Result<(InstallableSource, &str), InstallableError> {
    let (reference, attribute) = match text.split_once('#') {
        // A quoted name may have the character, too.
        Some((reference, _)) if reference.contains('"') => {
            return Ok((InstallableSource::Nixpkgs, text));
        }
        Some((reference, attribute)) => (reference, Some(attribute)),
        None => (text, None),
    };
    let is_relative = reference.starts_with("./") || reference.starts_with("../");
    let is_file = Path::new(reference).extension() == Some(OsStr::new("nix"));
    if is_file && !reference.contains(':') {
        if !is_relative && (attribute.is_some() || reference.contains('/')) {
            return Err(InstallableError::FileWithoutDot(reference.to_owned()));
        }
        if is_relative {
            let file = InstallableSource::File(reference.to_owned());
            return Ok((file, attribute.unwrap_or_default()));
        }
    }
    let unquoted = reference.split('"').next().unwrap_or_default();
    let is_flake = unquoted.contains([':', '/']) || unquoted.starts_with('.');
    match attribute {
        Some(attribute) => {
            let reference = if reference.is_empty() { "." } else { reference };
            Ok((InstallableSource::Flake(reference.to_owned()), attribute))
        }
        None if is_flake => Ok((InstallableSource::Flake(reference.to_owned()), "")),
        None => Ok((InstallableSource::Nixpkgs, text)),
    }
}

fn output_name(text: &str) -> Result<String, InstallableError> {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"+-._?=".contains(&byte);
    if text.is_empty() || !text.bytes().all(legal) {
        return Err(InstallableError::Output(text.to_owned()));
    }
    Ok(text.to_owned())
}

impl Attribute {
    fn parse(text: &str) -> Result<Self, InstallableError> {
        let mut names = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let (name, after) = match rest.strip_prefix('"') {
                Some(quoted) => quoted.split_once('"').ok_or(InstallableError::OpenQuote)?,
                None => rest.split_at(rest.find('.').unwrap_or(rest.len())),
            };
            if name.is_empty() || name.contains('"') {
                return Err(InstallableError::EmptyName);
            }
            names.push(name.to_owned());
            rest = match after.strip_prefix('.') {
                Some("") => return Err(InstallableError::EmptyName),
                Some(next) => next,
                None if after.is_empty() => after,
                None => return Err(InstallableError::OpenQuote),
            };
        }
        Ok(Self {
            text: text.to_owned(),
            names,
        })
    }
}

/// The reason for refusing the text of an installable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InstallableError {
    /// It begins with `-`.
    Option,
    /// There is nothing, or white space around it.
    Blank,
    /// The first control character.
    Control(char),
    /// What follows `^` is not the name of one output.
    Output(String),
    /// An attribute's name is empty or has a quote in it.
    EmptyName,
    /// A quote ends nowhere, or not before a dot.
    OpenQuote,
    /// A Nix file that does not begin with `./`.
    FileWithoutDot(String),
}

impl fmt::Display for InstallableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Option => f.write_str("it begins with `-`, as options do"),
            Self::Blank => f.write_str("there is white space around it"),
            Self::Control(character) => {
                write!(f, "it has the character U+{:04X}", u32::from(*character))
            }
            Self::Output(text) => {
                write!(
                    f,
                    "expected the name of one output after `^`, found `{text}`"
                )
            }
            Self::EmptyName => f.write_str("the name of an attribute is empty"),
            Self::OpenQuote => f.write_str("a quoted name is not closed before `.` or the end"),
            Self::FileWithoutDot(file) => write!(f, "a Nix file is written `./{file}`"),
        }
    }
}

impl std::error::Error for InstallableError {}

#[cfg(test)]
mod tests {
    use super::{Installable, InstallableSource};

    fn shown(text: &str) -> String {
        match Installable::parse(text) {
            Err(error) => format!("error: {error}"),
            Ok(installable) => {
                let source = match installable.source {
                    InstallableSource::Flake(reference) => format!("flake {reference}"),
                    InstallableSource::File(file) => format!("file {file}"),
                    InstallableSource::Nixpkgs => "nixpkgs".to_owned(),
                };
                let names = installable.attribute.names.join("|");
                let output = installable.output.map(|output| format!(" ^{output}"));
                format!("{source} {names}{}", output.unwrap_or_default())
            }
        }
    }

    #[test]
    fn texts() {
        for (text, expected) in [
            ("nixpkgs#python3", "flake nixpkgs python3"),
            ("nixpkgs#openssl^bin", "flake nixpkgs openssl ^bin"),
            (".#foo", "flake . foo"),
            ("#foo", "flake . foo"),
            ("./dir#a.b", "flake ./dir a|b"),
            ("./dir", "flake ./dir "),
            (".", "flake . "),
            ("nixpkgs#", "flake nixpkgs "),
            ("github:a/b?ref=x#\"c.d\".e", "flake github:a/b?ref=x c.d|e"),
            ("github:a/b", "flake github:a/b "),
            ("path:./x.nix", "flake path:./x.nix "),
            ("hello", "nixpkgs hello"),
            (
                "python3Packages.requests",
                "nixpkgs python3Packages|requests",
            ),
            ("a.\"b/c:#d\"", "nixpkgs a|b/c:#d"),
            ("openssl^dev", "nixpkgs openssl ^dev"),
            ("./pkgs.nix", "file ./pkgs.nix "),
            ("../nix/pkgs.nix#a.b^out", "file ../nix/pkgs.nix a|b ^out"),
            ("rustc.nix", "nixpkgs rustc|nix"),
            ("pkgs.nix#a", "error: a Nix file is written `./pkgs.nix`"),
            (
                "nix/pkgs.nix",
                "error: a Nix file is written `./nix/pkgs.nix`",
            ),
            ("-A", "error: it begins with `-`, as options do"),
            ("--expr#x", "error: it begins with `-`, as options do"),
            ("", "error: there is white space around it"),
            (" a", "error: there is white space around it"),
            ("a\n", "error: it has the character U+000A"),
            ("a\0", "error: it has the character U+0000"),
            (
                "a^",
                "error: expected the name of one output after `^`, found ``",
            ),
            (
                "a^*",
                "error: expected the name of one output after `^`, found `*`",
            ),
            (
                "a^b,c",
                "error: expected the name of one output after `^`, found `b,c`",
            ),
            ("a..b", "error: the name of an attribute is empty"),
            ("a.", "error: the name of an attribute is empty"),
            (
                "a.\"b",
                "error: a quoted name is not closed before `.` or the end",
            ),
            (
                "a.\"b\"c",
                "error: a quoted name is not closed before `.` or the end",
            ),
            ("^out", "error: the name of an attribute is empty"),
        ] {
            assert_eq!(shown(text), expected, "{text:?}");
        }
    }
}
