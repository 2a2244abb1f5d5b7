//! What bytes are that are no UTF-8, or no text at all.

use std::fmt;

/// What a file holds in the place of text in UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// Text in UTF-16, which Windows calls Unicode; by the name that tells its order of bytes.
    Utf16(&'static str),
    /// Text in UTF-32.
    Utf32,
    /// Text in a code page of one byte a character, by this byte of it.
    OneByte {
        /// The first byte that is not UTF-8.
        byte: u8,
        /// The likely code page.
        page: &'static str,
    },
    /// An archive or a compressed file, by its name.
    Archive(&'static str),
    /// A picture, a program, a database: what people call it.
    Other(&'static str),
    /// Bytes that are no text, by the first one that shows it.
    Binary(u8),
}

impl Encoding {
    /// What `bytes` are; none if they are text in UTF-8.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        if let Some((_, kind)) = STARTS.iter().find(|(start, _)| bytes.starts_with(start)) {
            return Some(*kind);
        }
        if let Some(wide) = wide(bytes) {
            return Some(wide);
        }
        let error = std::str::from_utf8(bytes).err()?;
        let byte = bytes[error.valid_up_to()];
        let is_text = |byte: &u8| !matches!(byte, 0..=8 | 14..=26 | 28..=31 | 127);
        Some(if bytes.iter().take(LOOKED_AT).all(is_text) {
            let is_windows = |byte: &u8| matches!(byte, 0x80..=0x9f);
            let windows = bytes.iter().take(LOOKED_AT).any(is_windows);
            let page = if windows { "CP1252" } else { "LATIN1" };
            Self::OneByte { byte, page }
        } else {
            Self::Binary(byte)
        })
    }

    /// What to do with the file.
    pub fn help(self) -> Option<String> {
        let convert = |from: &str| format!("convert it: `iconv -f {from} -t UTF-8 FILE`");
        match self {
            Self::Utf16(name) => Some(convert(name)),
            Self::Utf32 => Some(convert("UTF-32")),
            Self::OneByte { page, .. } => Some(format!("{}, if it is in that", convert(page))),
            Self::Archive(_) => Some("unpack it".to_owned()),
            Self::Other(_) | Self::Binary(_) => {
                Some("write the definition as text, or give this file another name".to_owned())
            }
        }
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Utf16(_) => f.write_str("UTF-16"),
            Self::Utf32 => f.write_str("UTF-32"),
            Self::OneByte { byte, .. } | Self::Binary(byte) => write!(f, "the byte 0x{byte:02x}"),
            Self::Archive(name) | Self::Other(name) => f.write_str(name),
        }
    }
}

/// The first bytes of a file, up to this many, say what it is.
const LOOKED_AT: usize = 4096;

const STARTS: &[(&[u8], Encoding)] = &[
    (b"\xff\xfe\0\0", Encoding::Utf32),
    (b"\0\0\xfe\xff", Encoding::Utf32),
    (b"\xff\xfe", Encoding::Utf16("UTF-16")),
    (b"\xfe\xff", Encoding::Utf16("UTF-16")),
    (b"\x1f\x8b", Encoding::Archive("a file compressed by gzip")),
    (b"\xfd7zXZ\0", Encoding::Archive("a file compressed by xz")),
    (
        b"\x28\xb5\x2f\xfd",
        Encoding::Archive("a file compressed by zstd"),
    ),
    (b"BZh", Encoding::Archive("a file compressed by bzip2")),
    (b"PK\x03\x04", Encoding::Archive("a ZIP archive")),
    (b"\x7fELF", Encoding::Other("a program")),
    (b"\x89PNG", Encoding::Other("a picture")),
    (b"\xff\xd8\xff", Encoding::Other("a picture")),
    (b"GIF8", Encoding::Other("a picture")),
    (b"%PDF-", Encoding::Other("a PDF document")),
    (b"SQLite format 3\0", Encoding::Other("a database")),
    (
        b"age-encryption.org/",
        Encoding::Other("a file encrypted by age"),
    ),
    (
        b"\0GITCRYPT\0",
        Encoding::Other("a file encrypted by git-crypt"),
    ),
    (b"bplist00", Encoding::Other("a binary property list")),
];

/// Text of two or four bytes a character, which shows in where its zero bytes are.
fn wide(bytes: &[u8]) -> Option<Encoding> {
    const FEW: usize = 8;
    let head = &bytes[..bytes.len().min(LOOKED_AT)];
    if head.len() < FEW {
        return None;
    }
    let zeros = |residue: usize, of: usize| {
        let lanes = head.chunks_exact(of);
        let all = lanes.len();
        (lanes.filter(|lane| lane[residue] == 0).count(), all)
    };
    let mostly = |(zeros, all): (usize, usize)| zeros * 10 >= all * 9;
    let rarely = |(zeros, all): (usize, usize)| zeros * 10 <= all;
    let lanes: Vec<_> = (0..4).map(|lane| zeros(lane, 4)).collect();
    let all_but = |lane: usize| {
        let others = lanes.iter().enumerate().filter(|(other, _)| *other != lane);
        rarely(lanes[lane]) && others.into_iter().all(|(_, zeros)| mostly(*zeros))
    };
    if all_but(0) || all_but(3) {
        return Some(Encoding::Utf32);
    }
    let (first, second) = (zeros(0, 2), zeros(1, 2));
    if mostly(second) && rarely(first) {
        return Some(Encoding::Utf16("UTF-16LE"));
    }
    (mostly(first) && rarely(second)).then_some(Encoding::Utf16("UTF-16BE"))
}

#[cfg(test)]
mod tests {
    use super::Encoding;

    #[test]
    fn encodings() {
        let text = "name = \"hello\"\n";
        let utf16 = |convert: fn(u16) -> [u8; 2]| -> Vec<u8> {
            text.encode_utf16().flat_map(convert).collect()
        };
        let check = |bytes: &[u8], expected| assert_eq!(Encoding::of(bytes), expected, "{bytes:?}");
        check(text.as_bytes(), None);
        check("é\u{feff}".as_bytes(), None);
        check(b"", None);
        check(&utf16(u16::to_le_bytes), Some(Encoding::Utf16("UTF-16LE")));
        check(&utf16(u16::to_be_bytes), Some(Encoding::Utf16("UTF-16BE")));
        check(
            &[b"\xff\xfe", &*utf16(u16::to_le_bytes)].concat(),
            Some(Encoding::Utf16("UTF-16")),
        );
        let utf32: Vec<u8> = text
            .chars()
            .flat_map(|c| u32::from(c).to_be_bytes())
            .collect();
        check(&utf32, Some(Encoding::Utf32));
        check(
            b"name = \"caf\xe9\"",
            Some(Encoding::OneByte {
                byte: 0xe9,
                page: "LATIN1",
            }),
        );
        check(b"na\0me\x01\xe9", Some(Encoding::Binary(0xe9)));
        check(
            b"\x1f\x8b\x08",
            Some(Encoding::Archive("a file compressed by gzip")),
        );
        check(b"\x7fELF\x02", Some(Encoding::Other("a program")));
    }
}
