//! What a shell reads between `$'` and `'`.
//!
//! ```text
//! escape = "\" ( letter | quote | "\" | 1*3octal | "x" 1*2hex | "u" 1*4hex | "U" 1*8hex | "c" any )
//! ```
//!
//! Any other backslash is a character. Escapes with numbers are bytes, several of which may be a character.

/// A character, and where its spelling begins and ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spelled {
    pub(super) character: char,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// The characters that `text[start..end]` spells.
pub(super) fn read(text: &str, start: usize, end: usize) -> Vec<Spelled> {
    let mut read = Vec::with_capacity(end - start);
    let mut partial = Partial::default();
    let mut at = start;
    while let Some(first) = text[at..end].chars().next() {
        let (piece, length) = match first {
            '\\' => escape(&text[at..end]),
            _ => (Piece::Character(first), first.len_utf8()),
        };
        match piece {
            Piece::Byte(byte) => partial.push(byte, at, at + length, &mut read),
            Piece::Character(character) => {
                partial.end(&mut read);
                read.push(Spelled {
                    character,
                    start: at,
                    end: at + length,
                });
            }
        }
        at += length;
    }
    partial.end(&mut read);
    read
}

enum Piece {
    Character(char),
    Byte(u8),
}

/// What a text that begins with a backslash begins with.
fn escape(text: &str) -> (Piece, usize) {
    const BACKSLASH: (Piece, usize) = (Piece::Character('\\'), 1);
    let Some(letter) = text[1..].chars().next() else {
        return BACKSLASH;
    };
    let digits = |from: usize, most: usize, radix: u32| {
        let rest = text[from..].chars().take(most);
        let length = rest.take_while(|c| c.is_digit(radix)).count();
        let number = u32::from_str_radix(&text[from..from + length], radix).ok();
        number.map(|number| (number, from + length))
    };
    let number = match letter {
        '0'..='7' => digits(1, 3, 8),
        'x' => digits(2, 2, 16),
        'u' => digits(2, 4, 16),
        'U' => digits(2, 8, 16),
        _ => None,
    };
    if let Some((number, length)) = number {
        let is_byte = matches!(letter, '0'..='7' | 'x');
        let low = u8::try_from(number & 0xff).expect("it is a byte");
        return match char::from_u32(number).filter(|_| !is_byte) {
            Some(character) => (Piece::Character(character), length),
            None => (Piece::Byte(low), length),
        };
    }
    let character = match letter {
        'a' => '\u{7}',
        'b' => '\u{8}',
        'e' | 'E' => '\u{1b}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\u{b}',
        '\\' | '\'' | '"' | '?' => letter,
        'c' => match text[2..].chars().next() {
            Some(control) if control.is_ascii() => {
                let low = u8::try_from(control).expect("it is ASCII") & 0x1f;
                return (Piece::Byte(low), 3);
            }
            _ => return BACKSLASH,
        },
        _ => return BACKSLASH,
    };
    (Piece::Character(character), 2)
}

/// A character of which not all bytes have been read.
#[derive(Default)]
struct Partial {
    bytes: Vec<u8>,
    start: usize,
    end: usize,
}

impl Partial {
    fn push(&mut self, byte: u8, start: usize, end: usize, read: &mut Vec<Spelled>) {
        const LONGEST: usize = 4;
        if self.bytes.is_empty() {
            self.start = start;
        }
        self.bytes.push(byte);
        self.end = end;
        match str::from_utf8(&self.bytes) {
            Err(error) if error.error_len().is_none() && self.bytes.len() < LONGEST => {}
            _ => self.end(read),
        }
    }

    /// What is no character stands for one.
    fn end(&mut self, read: &mut Vec<Spelled>) {
        for character in String::from_utf8_lossy(&self.bytes).chars() {
            read.push(Spelled {
                character,
                start: self.start,
                end: self.end,
            });
        }
        self.bytes.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn escapes_as_bash_reads_them() {
        let check = |text: &str, expected: &str| {
            let found = read(text, 0, text.len());
            let value: String = found.iter().map(|it| it.character).collect();
            assert_eq!(value, expected, "{text}");
            let ends = found.iter().map(|it| it.end);
            let starts = found.iter().map(|it| it.start).skip(1).chain([text.len()]);
            assert!(
                ends.zip(starts).all(|(end, start)| end == start),
                "{found:?}"
            );
        };
        // printf %s $'...' in bash 5.2
        check(r"caf\303\251\'\\\173{", "caf\u{e9}'\\{{");
        check(
            r"\x41\x4a9\u00e9\U0001f600\0011",
            "AJ9\u{e9}\u{1f600}\u{1}1",
        );
        check(r"\n\t\r\e\a\q\", "\n\t\r\u{1b}\u{7}\\q\\");
        check(r"\cA\x\u\ue9", "\u{1}\\x\\u\u{e9}");
        check("a\u{e9}\\", "a\u{e9}\\");
        check(r"a\303b", "a\u{fffd}b");
    }
}
