//! The path literals of a Nix file, as Nix's own lexer finds them. What stands in comments and in
//! strings is none, but what is put into a string, `"${./file}"`, is code again.
//!
//! ```text
//! path = { CHAR } ( "/" CHAR { CHAR } ) ... [ "/" ]      CHAR is a letter, a digit or one of `._+-`
//! ```

use std::collections::BTreeSet;

/// The relative paths that `text` has as literals, none twice. A path with a hole, `./${name}.nix`,
/// is no literal.
pub(super) fn relative_paths(text: &[u8]) -> BTreeSet<&str> {
    let mut lexer = Lexer {
        text,
        at: 0,
        inside: Vec::new(),
        found: BTreeSet::new(),
    };
    while lexer.at < text.len() {
        match lexer.inside.last() {
            Some(Inside::String) => lexer.string(),
            Some(Inside::Indented) => lexer.indented(),
            Some(Inside::Braces) | None => lexer.code(),
        }
    }
    lexer.found
}

struct Lexer<'t> {
    text: &'t [u8],
    at: usize,
    inside: Vec<Inside>,
    found: BTreeSet<&'t str>,
}

/// What the text is inside of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Inside {
    /// Code between braces, those of a string's hole included.
    Braces,
    /// `"..."`.
    String,
    /// `''...''`.
    Indented,
}

impl<'t> Lexer<'t> {
    fn rest(&self) -> &'t [u8] {
        &self.text[self.at..]
    }

    /// The byte that stands `ahead` of the next one.
    fn peek(&self, ahead: usize) -> Option<u8> {
        self.text.get(self.at + ahead).copied()
    }

    fn enter(&mut self, inside: Inside, length: usize) {
        self.inside.push(inside);
        self.at += length;
    }

    fn leave(&mut self, length: usize) {
        self.inside.pop();
        self.at += length;
    }

    fn code(&mut self) {
        let rest = self.rest();
        match rest {
            [b'#', ..] => self.at += length(rest, |byte| byte != b'\n'),
            [b'/', b'*', ..] => {
                let end = rest[2..].windows(2).position(|pair| pair == b"*/");
                self.at += end.map_or(rest.len(), |end| end + 4);
            }
            [b'"', ..] => self.enter(Inside::String, 1),
            [b'\'', b'\'', ..] => self.enter(Inside::Indented, 2),
            [b'{', ..] => self.enter(Inside::Braces, 1),
            [b'}', ..] => self.leave(1),
            [b'<', ..] => self.at += searched(rest).unwrap_or(1),
            [byte, ..] if is_of_path(*byte) || *byte == b'/' => self.word(),
            _ => self.at += 1,
        }
    }

    /// A path, an address, a name or a number.
    fn word(&mut self) {
        let rest = self.rest();
        let first = length(rest, is_of_path);
        let mut end = first;
        while let [b'/', next, ..] = &rest[end..]
            && is_of_path(*next)
        {
            end += 1 + length(&rest[end + 1..], is_of_path);
        }
        if end > first {
            let is_whole = !matches!(rest[end..], [b'$', b'{', ..] | [b'/', b'$', b'{', ..]);
            if let Ok(path) = str::from_utf8(&rest[..end])
                && is_whole
                && first > 0
            {
                self.found.insert(path);
            }
            self.at += end;
        } else if let [b':', next, ..] = &rest[first..]
            && is_of_address(*next)
            && is_scheme(&rest[..first])
        {
            self.at += first + 1 + length(&rest[first + 1..], is_of_address);
        } else {
            // A name may have `'` in it, as in `foldl'`.
            let is_name = rest[..first].last().is_some_and(|last| is_of_name(*last));
            let more = if is_name {
                length(&rest[first..], is_of_name)
            } else {
                0
            };
            self.at += (first + more).max(1);
        }
    }

    fn string(&mut self) {
        match (self.peek(0), self.peek(1)) {
            (Some(b'"'), _) => self.leave(1),
            (Some(b'$'), Some(b'{')) => self.enter(Inside::Braces, 2),
            (Some(b'$'), Some(b'"' | b'\\')) => self.at += 1,
            // `$$` keeps the second one from opening a hole.
            (Some(b'\\' | b'$'), _) => self.at += 2,
            _ => self.at += 1,
        }
    }

    fn indented(&mut self) {
        match self.rest() {
            [b'\'', b'\'', b'$' | b'\'', ..] => self.at += 3,
            [b'\'', b'\'', b'\\', ..] => self.at += 4,
            [b'\'', b'\'', ..] => self.leave(2),
            [b'$', b'{', ..] => self.enter(Inside::Braces, 2),
            [b'$', next, ..] if *next != b'\'' => self.at += 2,
            _ => self.at += 1,
        }
    }
}

fn length(text: &[u8], is_in: impl Fn(u8) -> bool) -> usize {
    let end = text.iter().position(|byte| !is_in(*byte));
    end.unwrap_or(text.len())
}

/// How long a path of Nix's search path is, `<nixpkgs/lib>`, if the text begins with one.
fn searched(text: &[u8]) -> Option<usize> {
    let inner = length(&text[1..], |byte| is_of_path(byte) || byte == b'/');
    let is_closed = inner > 0 && text.get(1 + inner) == Some(&b'>');
    is_closed.then_some(inner + 2)
}

fn is_of_path(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"._-+".contains(&byte)
}

fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_'-".contains(&byte)
}

fn is_of_address(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"%/?:@&=+$,-_.!~*'".contains(&byte)
}

/// Whether an address may begin so, before its `:`.
fn is_scheme(text: &[u8]) -> bool {
    text.first().is_some_and(u8::is_ascii_alphabetic) && !text.contains(&b'_')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::relative_paths;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let found: Vec<_> = relative_paths(text.as_bytes()).into_iter().collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn paths() {
        check("import ./a.nix", &["./a.nix"]);
        check(
            "[ ../b ../../c/d.patch ./. ../. ]",
            &["../.", "../../c/d.patch", "../b", "./."],
        );
        check("callPackage nix/foo.nix {}", &["nix/foo.nix"]);
        check("import ./dir/;", &["./dir"]);
        check("(./a+./b)", &["./a+./b"]);
        check("{a=./a;b=./a;}", &["./a"]);
        check("{ x }:./a", &["./a"]);
        check("a<b/c", &["b/c"]);
        check("f'./a", &["./a"]);
    }

    #[test]
    fn what_is_no_relative_path() {
        for text in [
            "/etc/passwd",
            "~/x",
            "<nixpkgs/lib>",
            "a / b",
            "./",
            "..",
            "a // b",
            "1 / 2",
            "./${x}.nix",
            "./a/${x}",
            "./a${x}",
            "https://example.org/a/b",
            "path:./a",
            "x:./a",
        ] {
            check(text, &[]);
        }
    }

    #[test]
    fn comments_and_strings() {
        check("# ./a\n./b", &["./b"]);
        check("/* ./a * ./c */ ./b", &["./b"]);
        check("/* ./a", &[]);
        check("# ./a", &[]);
        check(r#""./a" ./b"#, &["./b"]);
        check(r#""\"./a" ./b"#, &["./b"]);
        check(r#""\${./a}" ./b"#, &["./b"]);
        check(r#""$${./a}" ./b"#, &["./b"]);
        check(r#""$" ./b"#, &["./b"]);
        check(r#""$\" ./a" ./b"#, &["./b"]);
        check("''./a'' ./b", &["./b"]);
        check("''''${./a}'' ./b", &["./b"]);
        check("'''''./a'' ./b", &["./b"]);
        check("''$${./a}'' ./b", &["./b"]);
        check("''''\\'' ./a'' ./b", &["./b"]);
        check("'' # '' ./b", &["./b"]);
        check("foldl' (x: x) ./b", &["./b"]);
        check("a++''./a''++b", &[]);
    }

    #[test]
    fn holes() {
        check(r#""${./a}/x ./b""#, &["./a"]);
        check("''${./a} ./b''", &["./a"]);
        check(r#""${"${{ x = ./a; }.x} ./b"} ./c" ./d"#, &["./a", "./d"]);
        check("\"${''${./a}./b''}./c\"", &["./a"]);
        check("} ./a", &["./a"]);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// Every text comes to an end.
        #[test]
        fn any_text(text in "[./a'\"$\\\\{}#* :\n]{0,40}") {
            for path in relative_paths(text.as_bytes()) {
                prop_assert!(text.contains(path) && path.contains('/') && !path.starts_with('/'));
            }
        }
    }
}
