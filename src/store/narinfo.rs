//! What a binary cache says of an object: `HASH.narinfo`.
//!
//! ```text
//! narinfo    = (field ":" any value "\n")*, any being one byte that Nix does not look at
//! StorePath  = absolute path          References = (base name (" " base name)*)?
//! URL        = path in the cache      Deriver    = base name | "unknown-deriver"
//! Compression = method                Sig        = signature, any number of them
//! FileHash, NarHash = hash            CA         = content address
//! FileSize, NarSize = bytes
//! ```
//!
//! Read as Nix reads it, byte by byte: fields come in any order, and unknown ones are passed over.
//! `StorePath`, `URL`, `NarHash` and `NarSize` must be there. Of a field that is there twice the last
//! one counts, but for `References` and `CA`, which are refused. Where versions of Nix differ, the
//! strictest is followed.

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt;
use std::str::FromStr;

use crate::store::signature::NoSignature;
use crate::store::{AnyHash, ContentAddress, Sha256, Signature, StoreDir, StorePath};

/// What a binary cache says of one object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NarInfo {
    /// The object.
    pub store_path: StorePath,
    /// Where its archive is, relative to the cache; or a whole `http://` or `https://` URL.
    pub url: String,
    /// How the file at the URL is packed.
    pub compression: Compression,
    /// The hash of the file at the URL.
    pub file_hash: Option<AnyHash>,
    /// The size of the file at the URL in bytes.
    pub file_size: Option<u64>,
    /// The hash of the archive.
    pub nar_hash: Sha256,
    /// The size of the archive in bytes.
    pub nar_size: u64,
    /// What it refers to; it may be itself among them.
    pub references: BTreeSet<StorePath>,
    /// The derivation that it was built by.
    pub deriver: Option<StorePath>,
    /// The signatures that vouch for it.
    pub signatures: Vec<Signature>,
    /// What else is said to be a signature; not shown.
    pub no_signatures: Vec<NoSignature>,
    /// What its path follows from.
    pub ca: Option<ContentAddress>,
}

impl NarInfo {
    /// More than any narinfo has in bytes: a reader of a foreign one stops there.
    pub const MAX_SIZE: usize = 4 << 20;

    /// Reads the text of a narinfo of a store in this directory.
    ///
    /// # Errors
    /// If a node's Nix would refuse the text, or what it says leads nowhere; see
    /// [`NarInfoError::stops_nix`].
    pub fn parse(text: &str, store_dir: &StoreDir) -> Result<Self, NarInfoError> {
        let mut fields = Fields::default();
        let mut rest = text;
        let mut line = 0;
        while !rest.is_empty() {
            line += 1;
            let (field, after) = next(rest).ok_or(NarInfoError {
                line: Some(line),
                kind: NarInfoErrorKind::Line,
            })?;
            let read = fields.read(field.0, field.1, store_dir);
            read.map_err(|kind| NarInfoError {
                line: Some(line),
                kind,
            })?;
            rest = after;
        }
        fields
            .finish()
            .map_err(|kind| NarInfoError { line: None, kind })
    }

    /// Shows the narinfo as Nix writes it, with the line end of its last line.
    pub fn display<'a>(&'a self, store_dir: &'a StoreDir) -> impl fmt::Display + use<'a> {
        Shown {
            info: self,
            store_dir,
        }
    }

    /// What a signature of the object signs.
    pub fn fingerprint(&self, store_dir: &StoreDir) -> String {
        let references = self.references.iter();
        let references: Vec<_> = references
            .map(|reference| store_dir.display(reference).to_string())
            .collect();
        format!(
            "1;{};{};{};{}",
            store_dir.display(&self.store_path),
            self.nar_hash,
            self.nar_size,
            references.join(",")
        )
    }
}

/// How an archive is packed in a cache.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Compression {
    /// The archive as it is.
    None,
    /// Zstandard, which Nix reads since 2.4.
    Zstd,
    /// XZ, what Nix writes unless told otherwise.
    Xz,
    /// Bzip2, which is meant where nothing is said.
    Bzip2,
    /// Another one, by its name.
    Other(String),
}

impl Compression {
    /// The method of this name, if there is a Nix that knows it.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "none" => Self::None,
            "zstd" => Self::Zstd,
            "xz" => Self::Xz,
            "bzip2" | "" => Self::Bzip2,
            "br" | "compress" | "grzip" | "gzip" | "lrzip" | "lz4" | "lzip" | "lzma" | "lzop" => {
                Self::Other(name.to_owned())
            }
            _ => return None,
        })
    }
}

impl fmt::Display for Compression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "none",
            Self::Zstd => "zstd",
            Self::Xz => "xz",
            Self::Bzip2 => "bzip2",
            Self::Other(name) => name,
        })
    }
}

/// What was read so far.
/// The first field of a text, its name and its value, and what follows. As Nix has it, the name ends
/// at a colon on whatever line, and the byte behind that is passed over unseen.
fn next(text: &str) -> Option<((&str, &str), &str)> {
    let (name, rest) = text.split_once(':')?;
    let skipped = rest.chars().next()?.len_utf8();
    let (value, rest) = rest[skipped..].split_once('\n')?;
    Some(((name, value), rest))
}

#[derive(Default)]
struct Fields {
    store_path: Option<StorePath>,
    url: Option<String>,
    compression: Option<Compression>,
    file_hash: Option<AnyHash>,
    file_size: Option<u64>,
    nar_hash: Option<AnyHash>,
    nar_size: Option<u64>,
    references: BTreeSet<StorePath>,
    deriver: Option<StorePath>,
    signatures: Vec<Signature>,
    no_signatures: Vec<NoSignature>,
    ca: Option<ContentAddress>,
}

impl Fields {
    fn read(
        &mut self,
        name: &str,
        value: &str,
        store_dir: &StoreDir,
    ) -> Result<(), NarInfoErrorKind> {
        let wrong = |field| move |cause| NarInfoErrorKind::Value { field, cause };
        match name {
            "StorePath" => {
                let path = said(store_dir.parse(value)).map_err(wrong("StorePath"))?;
                self.store_path = Some(path);
            }
            "URL" => self.url = Some(value.to_owned()),
            "Compression" => {
                let compression = Compression::named(value);
                let unknown = || wrong("Compression")("no Nix knows this method".to_owned());
                self.compression = Some(compression.ok_or_else(unknown)?);
            }
            "FileHash" => self.file_hash = Some(said(value.parse()).map_err(wrong("FileHash"))?),
            "FileSize" => self.file_size = Some(said(size(value)).map_err(wrong("FileSize"))?),
            "NarHash" => self.nar_hash = Some(said(value.parse()).map_err(wrong("NarHash"))?),
            "NarSize" => self.nar_size = Some(said(size(value)).map_err(wrong("NarSize"))?),
            "References" => {
                if !self.references.is_empty() {
                    return Err(NarInfoErrorKind::Twice("References"));
                }
                let words = value.split(' ').filter(|word| !word.is_empty());
                let read = said(words.map(StorePath::from_str).collect());
                self.references = read.map_err(wrong("References"))?;
            }
            "Deriver" if value == "unknown-deriver" => {}
            "Deriver" => self.deriver = Some(said(value.parse()).map_err(wrong("Deriver"))?),
            "Sig" => match Signature::read(value) {
                Ok(signature) => self.signatures.push(signature),
                Err(none) => self.no_signatures.push(none),
            },
            "CA" => {
                if self.ca.is_some() {
                    return Err(NarInfoErrorKind::Twice("CA"));
                }
                if !value.is_empty() {
                    self.ca = Some(said(value.parse()).map_err(wrong("CA"))?);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn finish(self) -> Result<NarInfo, NarInfoErrorKind> {
        let missing = NarInfoErrorKind::Missing;
        let store_path = self.store_path.ok_or(missing("StorePath"))?;
        let nar_hash = self.nar_hash.ok_or(missing("NarHash"))?;
        let url = self.url.filter(|url| !url.is_empty());
        let url = url.ok_or(missing("URL"))?;
        let nar_size = self.nar_size.filter(|size| *size != 0);
        Ok(NarInfo {
            store_path,
            nar_size: nar_size.ok_or(missing("NarSize"))?,
            url: check_url(url).map_err(NarInfoErrorKind::Url)?,
            compression: self.compression.unwrap_or(Compression::Bzip2),
            file_hash: self.file_hash,
            file_size: self.file_size,
            nar_hash: nar_hash.sha256().ok_or(NarInfoErrorKind::NarHash)?,
            references: self.references,
            deriver: self.deriver,
            signatures: self.signatures,
            no_signatures: self.no_signatures,
            ca: self.ca,
        })
    }
}

fn said<T, E: fmt::Display>(value: Result<T, E>) -> Result<T, String> {
    value.map_err(|error| error.to_string())
}

fn size(text: &str) -> Result<u64, &'static str> {
    let digits = text.strip_prefix('+').unwrap_or(text);
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    let size = digits.parse().ok().filter(|_| plain);
    size.ok_or("expected a number of bytes")
}

/// A URL that stays in the cache, or names another server as a whole.
fn check_url(text: String) -> Result<String, &'static str> {
    if text.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Err("the URL has white space or control characters");
    }
    if ["http://", "https://"]
        .iter()
        .any(|scheme| text.starts_with(scheme))
    {
        return Ok(text);
    }
    let path = text.split(['?', '#']).next().unwrap_or_default();
    if path.contains("://") {
        return Err("the URL is of a scheme that no cache has");
    }
    if path.starts_with('/') {
        return Err("the URL leads out of the cache");
    }
    let mut depth = 0_usize;
    for part in path.split('/') {
        match &*part.to_ascii_lowercase().replace("%2e", ".") {
            "" | "." => {}
            ".." => {
                let up = depth.checked_sub(1);
                depth = up.ok_or("the URL leads out of the cache")?;
            }
            _ => depth = depth.saturating_add(1),
        }
    }
    if depth == 0 {
        return Err("the URL names no file");
    }
    Ok(text)
}

struct Shown<'a> {
    info: &'a NarInfo,
    store_dir: &'a StoreDir,
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let info = self.info;
        let path = self.store_dir.display(&info.store_path);
        writeln!(f, "StorePath: {path}")?;
        writeln!(f, "URL: {}", info.url)?;
        writeln!(f, "Compression: {}", info.compression)?;
        if let Some(hash) = &info.file_hash {
            writeln!(f, "FileHash: {hash}")?;
        }
        if let Some(size) = info.file_size {
            writeln!(f, "FileSize: {size}")?;
        }
        writeln!(f, "NarHash: {}", info.nar_hash)?;
        writeln!(f, "NarSize: {}", info.nar_size)?;
        f.write_str("References: ")?;
        for (index, reference) in info.references.iter().enumerate() {
            let space = if index == 0 { "" } else { " " };
            write!(f, "{space}{reference}")?;
        }
        f.write_str("\n")?;
        if let Some(deriver) = &info.deriver {
            writeln!(f, "Deriver: {deriver}")?;
        }
        for signature in &info.signatures {
            writeln!(f, "Sig: {signature}")?;
        }
        if let Some(address) = &info.ca {
            writeln!(f, "CA: {address}")?;
        }
        Ok(())
    }
}

/// The reason for refusing the text of a narinfo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NarInfoError {
    /// The line that is wrong, from 1; none if something is missing.
    pub line: Option<usize>,
    /// What is wrong with it.
    pub kind: NarInfoErrorKind,
}

/// What is wrong with a narinfo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NarInfoErrorKind {
    /// The line is not `NAME: VALUE` with a line end.
    Line,
    /// The field was there before.
    Twice(&'static str),
    /// The field is not there, or is 0 or empty as if it were not.
    Missing(&'static str),
    /// The URL leads nowhere, for this reason.
    Url(&'static str),
    /// The hash of the archive is of a kind that no store object has.
    NarHash,
    /// The value is none that the field can have.
    Value {
        /// The field.
        field: &'static str,
        /// What is wrong with the value.
        cause: String,
    },
}

impl NarInfoError {
    /// Whether Nix gives up at the text, and asks none of the caches that come next. If not, it only
    /// gets nothing from this one.
    pub fn stops_nix(&self) -> bool {
        !matches!(
            self.kind,
            NarInfoErrorKind::Url(_) | NarInfoErrorKind::NarHash
        )
    }
}

impl fmt::Display for NarInfoError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            NarInfoErrorKind::Line => f.write_str("expected `NAME: VALUE` and a line end")?,
            NarInfoErrorKind::Twice(field) => write!(f, "`{field}` is there twice")?,
            NarInfoErrorKind::Missing("NarSize") => f.write_str("`NarSize` is missing or 0")?,
            NarInfoErrorKind::Missing(field) => write!(f, "`{field}` is missing")?,
            NarInfoErrorKind::Url(cause) => write!(f, "`URL`: {cause}")?,
            NarInfoErrorKind::NarHash => f.write_str("`NarHash` is no SHA-256 hash")?,
            NarInfoErrorKind::Value { field, cause } => write!(f, "`{field}`: {cause}")?,
        }
        match self.line {
            Some(line) => write!(f, " (line {line})"),
            None => Ok(()),
        }
    }
}

impl Error for NarInfoError {}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::{Compression, NarInfo};
    use crate::store::content_address::ContentAddress;
    use crate::store::{AnyHash, Sha256, StoreDir, StorePath};

    const PATH: &str = "i9pmrzmpshapij2kin22pff6fc2adavx-hello.txt";
    const HASH: &str = "sha256:04zwf782yjwnh3q6hz5izfd6jyip8kgw6g6yj43fiqhbyhdd0dqw";

    fn minimal() -> String {
        format!("StorePath: /nix/store/{PATH}\nURL: nar/x.nar\nNarHash: {HASH}\nNarSize: 120\n")
    }

    /// Reads a narinfo and shows it, or says why not.
    fn read(text: &str) -> String {
        let store_dir = StoreDir::default();
        match NarInfo::parse(text, &store_dir) {
            Ok(info) => info.display(&store_dir).to_string(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn what_nodes_accept_is_read() {
        let expected = |more: &str| {
            format!(
                "StorePath: /nix/store/{PATH}\nURL: nar/x.nar\nCompression: bzip2\nNarHash: \
                 {HASH}\nNarSize: 120\nReferences: {more}\n"
            )
        };
        let other = PATH.replacen('i', "0", 1);
        for (more, shown) in [
            (String::new(), expected("")),
            ("Some: thing\nX: \n".to_owned(), expected("")),
            ("Deriver: unknown-deriver\n".to_owned(), expected("")),
            (
                format!("References: {PATH} {other}\n"),
                expected(&format!("{other} {PATH}")),
            ),
            (format!("References:  {PATH}  {PATH} \n"), expected(PATH)),
            (
                "CA: \nSig: nonsense\nSig: a:b\nX:\nDeriver: y\nX:z\n".to_owned(),
                expected(""),
            ),
            (
                format!("Deriver: {PATH}.drv\nCA: text:{HASH}\n"),
                format!("{}Deriver: {PATH}.drv\nCA: text:{HASH}\n", expected("")),
            ),
        ] {
            assert_eq!(read(&format!("{}{more}", minimal())), shown, "{more}");
            assert_eq!(read(&format!("{more}{}", minimal())), shown, "{more}");
        }
    }

    #[test]
    fn what_nodes_refuse_is_refused() {
        let long = format!("Foo: {}\n", "x".repeat(1 << 20));
        for (from, to, expected) in [
            ("\n", "\r\n", "illegal character `\\r` at offset 9 (line 1)"),
            (
                "120\n",
                "120",
                "expected `NAME: VALUE` and a line end (line 4)",
            ),
            ("URL: ", "\nURL: ", "`URL` is missing"),
            (
                "NarSize: ",
                "NarSize",
                "expected `NAME: VALUE` and a line end (line 4)",
            ),
            (
                "NarSize: 120\n",
                "NarSize: 120\n\n",
                "expected `NAME: VALUE` and a line end (line 5)",
            ),
            ("NarSize: 120\n", "", "`NarSize` is missing or 0"),
            ("NarSize: 120\n", &long, "`NarSize` is missing or 0"),
            ("120", "0", "`NarSize` is missing or 0"),
            ("120", "", "`NarSize`: expected a number of bytes (line 4)"),
            (
                "120",
                "-1",
                "`NarSize`: expected a number of bytes (line 4)",
            ),
            (
                "120",
                "18446744073709551616",
                "`NarSize`: expected a number of bytes (line 4)",
            ),
            ("URL", "Url", "`URL` is missing"),
            ("StorePath", "Store", "`StorePath` is missing"),
            ("NarHash", "Hash", "`NarHash` is missing"),
            ("sha256:0", "sha3:0", "`sha1:` or `md5:` (line 3)"),
            (
                HASH,
                "sha1:da39a3ee5e6b4b0d3255bfef95601890afd80709",
                "`NarHash` is no SHA-256 hash",
            ),
            (
                "URL",
                "CA: fixed:git:sha1:x\nURL",
                "`CA`: the hash algorithm is missing, unknown or illegal here (line 2)",
            ),
            ("URL", "CA: x\nURL", "(line 2)"),
            (
                "URL",
                "Compression: rar\nURL",
                "`Compression`: no Nix knows this method (line 2)",
            ),
            (
                "/nix/store/",
                "/s/",
                "`StorePath`: expected a path in `/nix/store` (line 1)",
            ),
            ("nar/x.nar", "", "`URL` is missing"),
            (
                "nar/x.nar",
                "/etc/passwd",
                "`URL`: the URL leads out of the cache",
            ),
            (
                "nar/x.nar",
                "nar/../../x",
                "`URL`: the URL leads out of the cache",
            ),
            (
                "nar/x.nar",
                "%2E%2e/x",
                "`URL`: the URL leads out of the cache",
            ),
            ("nar/x.nar", "nar/..", "`URL`: the URL names no file"),
            (
                "nar/x.nar",
                "a b",
                "the URL has white space or control characters",
            ),
            (
                "nar/x.nar",
                "file:///etc/x",
                "of a scheme that no cache has",
            ),
        ] {
            let found = read(&minimal().replace(from, to));
            assert!(found.ends_with(expected), "{from:?} -> {to:?}: {found}");
        }
        for field in [format!("References: {PATH}"), format!("CA: text:{HASH}")] {
            let (name, _) = field.split_once(':').unwrap();
            let found = read(&format!("{field}\n{field}\n{}", minimal()));
            assert_eq!(found, format!("`{name}` is there twice (line 2)"));
        }
    }

    #[test]
    fn urls_that_caches_have_are_kept() {
        for url in [
            "nar/x.nar?hash=../x",
            "x/../nar/x.nar",
            "./nar//x.nar",
            "https://cdn.example.org/nar/x.nar",
            "x.nar",
        ] {
            let shown = read(&minimal().replace("nar/x.nar", url));
            assert!(shown.contains(&format!("URL: {url}\n")), "{shown}");
        }
    }

    fn any_info() -> impl Strategy<Value = NarInfo> {
        let hash = || any::<[u8; 32]>().prop_map(Sha256::from_bytes);
        let path = || {
            "[0-9a-df-np-sv-z]{31}[0-9a-df-np-sv-z]-[a-zA-Z0-9+_?=-][a-z.]{0,5}"
                .prop_map(|text| text.parse::<StorePath>().ok())
                .prop_filter_map("padding", |path| path)
        };
        let compression = prop_oneof![
            Just("none"),
            Just("zstd"),
            Just("xz"),
            Just("bzip2"),
            Just("br")
        ];
        let signature = ("[a-z.-]{1,9}", prop::collection::vec(any::<u8>(), 64))
            .prop_map(|(name, bytes)| format!("{name}:{}", crate::store::base64::encode(&bytes)));
        let file = (
            "[a-z0-9]{1,9}(/[a-z0-9.]{3})?",
            compression,
            prop::option::of(hash().prop_map(AnyHash::from)),
            prop::option::of(any::<u64>()),
        );
        let rest = (
            prop::collection::btree_set(path(), 0..4),
            prop::option::of(path()),
            prop::collection::vec(signature, 0..3),
            prop::option::of(hash().prop_map(ContentAddress::Source)),
        );
        (path(), file, hash(), 1_u64.., rest).prop_map(
            |(store_path, file, nar_hash, nar_size, rest)| {
                let (url, compression, file_hash, file_size) = file;
                let (references, deriver, signatures, ca) = rest;
                let references: BTreeSet<StorePath> = references;
                NarInfo {
                    store_path,
                    url,
                    compression: Compression::named(compression).unwrap(),
                    file_hash,
                    file_size,
                    nar_hash,
                    nar_size,
                    references,
                    deriver,
                    signatures: signatures
                        .iter()
                        .map(|text| text.parse().unwrap())
                        .collect(),
                    no_signatures: Vec::new(),
                    ca,
                }
            },
        )
    }

    proptest! {
        #[test]
        fn narinfos_round_trip(info in any_info()) {
            for store_dir in ["/nix/store", "/s"] {
                let store_dir = store_dir.parse().unwrap();
                let text = info.display(&store_dir).to_string();
                prop_assert_eq!(NarInfo::parse(&text, &store_dir), Ok(info.clone()));
            }
        }

        #[test]
        fn reading_never_panics(text in "(([A-Za-z]{1,9}|URL|Sig|CA|References)(: ?)\\PC*\n){0,5}") {
            let _ = NarInfo::parse(&text, &StoreDir::default());
        }
    }
}
