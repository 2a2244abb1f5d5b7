//! What a text must have in it for a reader to find something there: one pass, before any reader is
//! asked, as most texts have none of it. A sign may be seen where a reader finds nothing, never the other
//! way round.

use super::name::is_telling;
use super::program::is_known;

/// What stands in a text.
pub(super) struct Signs {
    bytes: [bool; 256],
    tells: bool,
    runs: bool,
}

/// What a byte is in a name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Letter,
    Digit,
    /// It joins the words of a name, which tells the same without it.
    Joint,
    /// A shell takes it away and puts together what stands around it.
    Quote,
    /// A shell takes it away after a backslash.
    Break,
    Other,
}

const CLASSES: [Class; 256] = {
    let mut classes = [Class::Other; 256];
    let mut byte = 0;
    while byte < 128 {
        classes[byte as usize] = match byte {
            b'A'..=b'Z' | b'a'..=b'z' => Class::Letter,
            b'0'..=b'9' => Class::Digit,
            b'-' | b'_' | b'.' => Class::Joint,
            b'"' | b'\'' | b'\\' | b'$' => Class::Quote,
            b'\n' => Class::Break,
            _ => Class::Other,
        };
        byte += 1;
    }
    classes
};

/// The letters that end what [`may_tell`] knows.
const LAST_LETTERS: [bool; 256] = {
    let mut last = [false; 256];
    let letters = b"dehknswyt";
    let mut index = 0;
    while index < letters.len() {
        last[letters[index] as usize] = true;
        last[letters[index].to_ascii_uppercase() as usize] = true;
        index += 1;
    }
    last
};

/// Whether a word that ends so may tell: a name, an option that takes a user and a secret, or what stands
/// before `BY` in SQL.
fn may_tell(last_letters: [u8; 3]) -> bool {
    is_telling(last_letters) || matches!(&last_letters, b"eds" | b"als" | b"ied")
}

impl Signs {
    pub(super) fn of(text: &str) -> Self {
        let mut signs = Self {
            bytes: [false; 256],
            tells: false,
            runs: false,
        };
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            let start = at;
            while let Some(&byte) = bytes.get(at)
                && is_name(byte)
            {
                signs.bytes[usize::from(byte)] = true;
                at += 1;
                signs.tells |= LAST_LETTERS[usize::from(byte)] && ends_telling(bytes, at);
            }
            if let Some(&byte) = bytes.get(at) {
                signs.bytes[usize::from(byte)] = true;
            }
            signs.runs |= at > start
                && (may_begin_word(bytes, start) && is_known(&text[start..at])
                    || is_put_together(bytes, at));
            at += 1;
        }
        signs
    }

    /// Whether a byte stands in the text.
    pub(super) fn has(&self, byte: u8) -> bool {
        self.bytes[usize::from(byte)]
    }

    /// Whether some quote stands in the text.
    pub(super) fn has_quote(&self) -> bool {
        self.has(b'"') || self.has(b'\'')
    }

    /// Whether a name may tell that something is secret, as it is written or as a shell puts it together.
    pub(super) fn tells(&self) -> bool {
        self.tells
    }

    /// Whether a program that takes a secret may be named, as it is written or as a shell puts it together.
    pub(super) fn runs(&self) -> bool {
        self.runs
    }

    /// Whether the parameters of an address may stand in the text, some of which are signatures.
    pub(super) fn has_parameters(&self) -> bool {
        self.has(b'=') && [b'?', b'&', b';'].into_iter().any(|byte| self.has(byte))
    }
}

fn class(byte: u8) -> Class {
    CLASSES[usize::from(byte)]
}

fn is_name(byte: u8) -> bool {
    matches!(class(byte), Class::Letter | Class::Digit | Class::Joint)
}

/// Whether a word ends before `end` that may tell.
fn ends_telling(bytes: &[u8], end: usize) -> bool {
    if bytes.get(end).is_some_and(u8::is_ascii_alphabetic) {
        return false;
    }
    let mut letters = [0; 3];
    let mut at = end;
    for letter in letters.iter_mut().rev() {
        while let Some(before) = at.checked_sub(1) {
            at = before;
            match class(bytes[at]) {
                Class::Letter => {
                    *letter = bytes[at].to_ascii_lowercase();
                    break;
                }
                Class::Joint | Class::Quote | Class::Break => {}
                Class::Digit | Class::Other => return may_tell(letters),
            }
        }
    }
    may_tell(letters)
}

/// Whether the name of a program may begin at `start`: as a word of a shell does, or behind a slash.
fn may_begin_word(bytes: &[u8], start: usize) -> bool {
    let before = start.checked_sub(1).map(|before| bytes[before]);
    before.is_none_or(|before| {
        before.is_ascii_whitespace()
            || class(before) == Class::Quote
            || b";&|()<>`/".contains(&before)
    })
}

/// Whether nothing but what a shell takes away stands between what ends at `at` and what follows.
fn is_put_together(bytes: &[u8], at: usize) -> bool {
    let mut end = at;
    let mut is_escaped = false;
    while let Some(&byte) = bytes.get(end) {
        let is_taken_away = match class(byte) {
            // Before anything else it stands for a variable.
            Class::Quote if byte == b'$' => {
                let next = bytes.get(end + 1);
                next.is_some_and(|&next| class(next) == Class::Quote)
            }
            Class::Quote => true,
            Class::Break => is_escaped,
            _ => false,
        };
        if !is_taken_away {
            return end > at && is_name(byte);
        }
        is_escaped |= byte == b'\\';
        end += 1;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Language;

    /// Each text with what is seen in it.
    fn check(text: &str, tells: bool, runs: bool) {
        let signs = Signs::of(text);
        assert_eq!((signs.tells(), signs.runs()), (tells, runs), "{text}");
    }

    #[test]
    fn names_that_may_tell() {
        check("print(\"process 5 of job 518\")", false, false);
        check("passwords, keyboard, pwx", false, false);
        check("DB_PASS-WORD2=x", true, false);
        check("db.p-w", true, false);
        check("k3y pas", false, false);
        check("identified BY", true, false);
    }

    #[test]
    fn programs_and_what_a_shell_puts_together() {
        check("/usr/bin/curl x", false, true);
        check("curly mycurl curl2 {{ports[http]}}", false, false);
        check("cu'r'l", false, true);
        check("cu\\\nrl", false, true);
        check("cu\"\nrl\"", false, false);
        check("cu$'rl'", false, true);
        check("a$b \"c\" d='e'", false, false);
        check("'pa'\"ss\"\\word", true, true);
    }

    /// The readers behind the signs find nothing where no sign is seen.
    #[test]
    fn nothing_is_passed_over() {
        let collections = [
            include_str!("../../tests/secrets/guilty_commands.txt"),
            include_str!("../../tests/secrets/guilty_files.txt"),
        ];
        for line in collections.into_iter().flat_map(str::lines) {
            let signs = Signs::of(line);
            let ran = crate::secret::command::find(line, Language::Command);
            assert!(signs.tells() || signs.runs() || ran.is_empty(), "{line}");
            let named = crate::secret::pair::find(line, Language::File);
            let may = signs.tells() || signs.has_parameters();
            assert!(may || named.is_empty(), "{line}");
        }
    }
}
