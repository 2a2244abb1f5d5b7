//! A shell's text as simple commands of words, read as the shell reads them: quotes taken off, and a
//! stand-in for what is put there later.
//!
//! ```text
//! text    = command *((";" | "|" | "&" | "(" | ")" | LF) command)
//! command = *(word | "<<<" word | redirection)
//! word    = 1*(character | "\" character | "'" ... "'" | '"' ... '"' | expansion)
//! ```
//!
//! Nothing is wrong here: a quote that is never closed is a character.

use super::escaped;
use super::text::floor;
use super::value::EXPANSION;
use super::word::Word;

/// At most this many searches for the end of something may fail.
const MOST_IN_VAIN: usize = 32;

/// Bytes that have no meaning anywhere: letters, digits and some signs.
const PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        let is_sign = matches!(
            byte,
            b'_' | b'-' | b'.' | b'/' | b':' | b'=' | b',' | b'+' | b'@' | b'%'
        );
        plain[byte as usize] = byte.is_ascii_alphanumeric() || is_sign;
        byte += 1;
    }
    plain
};

/// A command without the operators around it.
#[derive(Debug, Default)]
pub(super) struct Command {
    pub(super) words: Vec<Word>,
    /// What it reads: `<<< WORD`.
    pub(super) input: Option<Word>,
    /// Whether it reads what the command before it writes.
    pub(super) is_piped: bool,
}

/// A text inside a text: what a substitution runs.
pub(super) type Nested = std::ops::Range<usize>;

/// Reads a text, telling each command and what is substituted.
pub(super) struct Reader<'t> {
    text: &'t str,
    at: usize,
    /// From where on there is no closing quote of a kind: `'`, `"`, a backtick and that of `$'`.
    unclosed: [usize; 4],
    /// From where on no brace is closed.
    unclosed_brace: usize,
    /// How often the end of something was looked for in vain: each time takes all of the rest.
    in_vain: usize,
    /// The lines that end here-documents that begin after this line.
    documents: Vec<String>,
    pub(super) nested: Vec<Nested>,
}

impl<'t> Reader<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            text,
            at: 0,
            unclosed: [usize::MAX; 4],
            unclosed_brace: usize::MAX,
            in_vain: 0,
            documents: Vec::new(),
            nested: Vec::new(),
        }
    }

    /// The next command, if there is one.
    pub(super) fn command(&mut self) -> Option<Command> {
        let mut command = Command::default();
        loop {
            let Some(byte) = self.byte() else {
                let is_empty = command.words.is_empty() && command.input.is_none();
                return (!is_empty).then_some(command);
            };
            match byte {
                b' ' | b'\t' | b'\r' => self.at += 1,
                b'\\' if self.follows("\\\n") => self.at += 2,
                b'\\' if self.follows("\\\r\n") => self.at += 3,
                b'#' => self.skip_line(),
                b'<' if self.follows("<<<") => {
                    self.at += 3;
                    self.skip_blanks();
                    command.input = Some(self.word());
                }
                b'<' if self.follows("<<") => self.begin_document(),
                b'<' | b'>' if self.follows("<(") || self.follows(">(") => {
                    let word = self.word();
                    command.words.push(word);
                }
                b'<' | b'>' => {
                    self.at += 1;
                    if self.byte() == Some(b'&') {
                        self.at += 1;
                    }
                }
                b'\n' | b';' | b'&' | b'|' | b'(' | b')' => {
                    let is_pipe = byte == b'|' && !self.follows("||");
                    self.at += if self.follows("||") || self.follows("&&") {
                        2
                    } else {
                        1
                    };
                    if byte == b'\n' {
                        self.skip_documents();
                    }
                    if command.words.is_empty() && command.input.is_none() {
                        command.is_piped = is_pipe;
                        continue;
                    }
                    if is_pipe {
                        // The next one begins with the operator.
                        self.at -= 1;
                    }
                    return Some(command);
                }
                _ => {
                    let word = self.word();
                    command.words.push(word);
                }
            }
        }
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn follows(&self, text: &str) -> bool {
        self.text.as_bytes()[self.at..].starts_with(text.as_bytes())
    }

    fn skip_blanks(&mut self) {
        while matches!(self.byte(), Some(b' ' | b'\t')) {
            self.at += 1;
        }
    }

    fn skip_line(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.find('\n').unwrap_or(rest.len());
    }

    /// `<<WORD`: what follows the line is data.
    fn begin_document(&mut self) {
        self.at += 2;
        if self.byte() == Some(b'-') {
            self.at += 1;
        }
        self.skip_blanks();
        let word = self.word();
        if !word.value.is_empty() && !word.value.contains(EXPANSION) {
            self.documents.push(word.value);
        }
    }

    fn skip_documents(&mut self) {
        for end in std::mem::take(&mut self.documents) {
            if self.in_vain >= MOST_IN_VAIN {
                return;
            }
            let mut line_start = self.at;
            let last = loop {
                let rest = &self.text[line_start..];
                if rest.is_empty() {
                    break None;
                }
                let length = rest.find('\n').unwrap_or(rest.len());
                let next = (line_start + length + 1).min(self.text.len());
                if rest[..length].trim() == end {
                    break Some(next);
                }
                line_start = next;
            };
            match last {
                Some(next) => self.at = next,
                None => self.in_vain += 1,
            }
        }
    }

    /// The word that begins at `at`.
    pub(super) fn word_at(&mut self, at: usize) -> Word {
        self.at = at;
        self.word()
    }

    /// Whether some single quote was not closed.
    pub(super) fn is_cut(&self) -> bool {
        self.unclosed[0] < usize::MAX || self.unclosed[3] < usize::MAX
    }

    /// The word at the cursor.
    fn word(&mut self) -> Word {
        let mut word = Word::default();
        let start = self.at;
        word.begins_quoted = self.text[start..].starts_with(['"', '\'']);
        loop {
            self.take_run(&mut word);
            let Some(character) = self.text[self.at..].chars().next() else {
                break;
            };
            let at = self.at;
            match character {
                '<' | '>' if at == start && self.text[at + 1..].starts_with('(') => {
                    self.at += 1;
                    self.substitution(&mut word, 1, at);
                }
                ' ' | '\t' | '\r' | '\n' | ';' | '&' | '|' | '(' | ')' | '<' | '>' => break,
                '\'' => match self.closing(0, at + 1) {
                    Some(end) => {
                        word.is_quoted = true;
                        self.copy(&mut word, at + 1, end);
                        self.at = end + 1;
                    }
                    None => self.take(&mut word, character),
                },
                '"' => match self.closing(1, at + 1) {
                    Some(_) => {
                        word.is_quoted = true;
                        self.at += 1;
                        self.double_quoted(&mut word);
                    }
                    None => self.take(&mut word, character),
                },
                '$' if self.follows("$'") => match self.closing(3, at + 2) {
                    Some(end) => {
                        word.is_quoted = true;
                        self.copy_escaped(&mut word, at + 2, end);
                        self.at = end + 1;
                    }
                    None => self.take(&mut word, character),
                },
                _ => self.piece(&mut word, character),
            }
        }
        if self.at == start {
            // Not the beginning of a word: no caller may wait for it.
            self.at += self.text[start..].chars().next().map_or(0, char::len_utf8);
        }
        word.at.push(self.at);
        word
    }

    /// Takes what has no meaning anywhere, see [`PLAIN`].
    fn take_run(&mut self, word: &mut Word) {
        let rest = &self.text[self.at..];
        let plain = |byte: &u8| PLAIN[usize::from(*byte)];
        let length = rest.bytes().take_while(plain).count();
        word.push_run(&rest[..length], self.at);
        self.at += length;
    }

    fn take(&mut self, word: &mut Word, character: char) {
        word.push(character, self.at);
        self.at += character.len_utf8();
    }

    /// Text between single quotes: nothing has a meaning, but for what Aurora puts in.
    fn copy(&self, word: &mut Word, start: usize, end: usize) {
        let mut at = start;
        while at < end {
            let rest = &self.text[at..end];
            if let Some(length) = mustache(rest) {
                word.push_expansion(at);
                at += length;
            } else {
                let next = rest.bytes().skip(1).position(|byte| byte == b'{');
                let run = &rest[..next.map_or(rest.len(), |next| next + 1)];
                word.push_run(run, at);
                at += run.len();
            }
        }
    }

    /// The same between `$'` and `'`, where escapes have a meaning.
    fn copy_escaped(&self, word: &mut Word, start: usize, end: usize) {
        let mut at = start;
        for spelled in escaped::read(self.text, start, end) {
            if spelled.start < at {
                continue;
            }
            at = spelled.end;
            match mustache(&self.text[spelled.start..end]) {
                Some(length) => {
                    word.push_expansion(spelled.start);
                    at = spelled.start + length;
                }
                None => word.push_spelled(spelled),
            }
        }
    }

    fn double_quoted(&mut self, word: &mut Word) {
        loop {
            self.take_run(word);
            let Some(character) = self.text[self.at..].chars().next() else {
                return;
            };
            if character == '"' {
                self.at += 1;
                return;
            }
            if character == '\\' {
                let next = self.text[self.at + 1..].chars().next();
                match next {
                    Some('\n') => self.at += 2,
                    Some(next @ ('$' | '`' | '"' | '\\')) => {
                        self.at += 1;
                        self.take(word, next);
                    }
                    _ => self.take(word, character),
                }
            } else {
                self.piece(word, character);
            }
        }
    }

    /// What means the same in double quotes and without quotes.
    fn piece(&mut self, word: &mut Word, character: char) {
        let at = self.at;
        let rest = &self.text[at..];
        match character {
            '\\' => match rest[1..].chars().next() {
                Some('\n') => self.at += 2,
                Some(next) => {
                    self.at += 1;
                    self.take(word, next);
                }
                None => self.take(word, character),
            },
            '`' => match self.closing(2, at + 1) {
                Some(end) => {
                    self.nested.push(at + 1..end);
                    word.push_expansion(at);
                    self.at = end + 1;
                }
                None => self.take(word, character),
            },
            '{' => match mustache(rest) {
                Some(length) => {
                    word.push_expansion(at);
                    self.at += length;
                }
                None => self.take(word, character),
            },
            '$' => {
                let next = rest[1..].chars().next();
                match next {
                    Some('(') => {
                        self.at += 1;
                        self.substitution(word, 1, at);
                    }
                    Some('{') => {
                        let closed = if at < self.unclosed_brace {
                            rest.find('}')
                        } else {
                            None
                        };
                        if closed.is_none() {
                            self.unclosed_brace = self.unclosed_brace.min(at);
                        }
                        word.push_expansion(at);
                        self.at += closed.map_or(2, |end| end + 1);
                    }
                    Some(first)
                        if first.is_ascii_alphabetic() || "_@*#?!0123456789".contains(first) =>
                    {
                        let name = rest[1..]
                            .bytes()
                            .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
                        let length = name.count().max(1);
                        word.push_expansion(at);
                        self.at += 1 + length;
                    }
                    _ => self.take(word, character),
                }
            }
            _ => self.take(word, character),
        }
    }

    /// `(...)` at the cursor: what is in it is a text of its own.
    fn substitution(&mut self, word: &mut Word, open: usize, at: usize) {
        let start = self.at + open;
        let mut depth = if self.in_vain < MOST_IN_VAIN {
            1
        } else {
            usize::MAX
        };
        let mut end = start;
        let bytes = self.text.as_bytes();
        let mut quote = None;
        while end < bytes.len() && depth > 0 && depth < usize::MAX {
            match (bytes[end], quote) {
                (b'\\', None | Some(b'"')) => end += 1,
                (byte, Some(open)) if byte == open => quote = None,
                (byte @ (b'\'' | b'"'), None) => quote = Some(byte),
                (b'(', None) => depth += 1,
                (b')', None) => depth -= 1,
                _ => {}
            }
            end += 1;
        }
        if depth > 0 {
            self.in_vain += 1;
            word.push_expansion(at);
            self.at = start;
            return;
        }
        self.nested.push(start..end - 1);
        word.push_expansion(at);
        self.at = end.min(self.text.len());
    }

    /// Where the quote of a kind that opens before `from` is closed.
    fn closing(&mut self, kind: usize, from: usize) -> Option<usize> {
        if from >= self.unclosed[kind] {
            return None;
        }
        let quote = [b'\'', b'"', b'`', b'\''][kind];
        let bytes = self.text.as_bytes();
        let mut at = from;
        while let Some(&byte) = bytes.get(at) {
            if byte == quote {
                return Some(at);
            }
            let escapes = byte == b'\\' && kind != 0;
            at += if escapes { 2 } else { 1 };
        }
        self.unclosed[kind] = self.unclosed[kind].min(from);
        None
    }
}

/// How long `{{...}}` is at the start of a text.
pub(super) fn mustache(text: &str) -> Option<usize> {
    const LONGEST: usize = 256;
    if !text.starts_with("{{") {
        return None;
    }
    let near = &text[..floor(text, LONGEST)];
    near.find("}}").map(|end| end + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&[&str]]) {
        let mut reader = Reader::new(text);
        let mut commands = Vec::new();
        while let Some(command) = reader.command() {
            let words = command.words.into_iter();
            commands.push(
                words
                    .map(|word| word.value.replace(EXPANSION, "?"))
                    .collect::<Vec<_>>(),
            );
        }
        assert_eq!(commands, expected, "{text}");
    }

    #[test]
    fn words_as_the_shell_reads_them() {
        check("a 'b c' \"d e\"f\\ g", &[&["a", "b c", "d ef g"]]);
        check(
            "a '$x`y' \"$x\" $y ${z}w",
            &[&["a", "$x`y", "?", "?", "?w"]],
        );
        check("a \"\\$x\\\"\" $ 'b", &[&["a", "$x\"", "$", "'b"]]);
        check(
            "a | b && c; d # e\nf",
            &[&["a"], &["b"], &["c"], &["d"], &["f"]],
        );
        check("a $(b c) `d` {{e}} '{{f}}'", &[&["a", "?", "?", "?", "?"]]);
        check("a \\\n  b > c 2>&1", &[&["a", "b", "c", "2", "1"]]);
        check("cat <<E >x\nb 'c\nE\nd", &[&["cat", "x"], &["d"]]);
        check("a \"b", &[&["a", "\"b"]]);
        check(
            "a $'b\\'c \\303\\251' $'d\\'' '$'e'$f' \"$'g\" $'h{{i}}'",
            &[&["a", "b'c \u{e9}", "d'", "$e$f", "$'g", "h?"]],
        );
        check("((", &[]);
    }

    #[test]
    fn places() {
        let text = "x  'p\"q'\\$\"r\"";
        let mut reader = Reader::new(text);
        let command = reader.command().expect("a command");
        let word = &command.words[1];
        assert_eq!(word.value, "p\"q$r");
        assert_eq!(&text[word.range(0, 3)], "p\"q");
        assert_eq!(&text[word.range(3, 5)], "$\"r");
        let text = r"$'a\303\251\'b'c";
        let word = Reader::new(text).word();
        assert_eq!(word.value, "a\u{e9}'bc");
        assert_eq!(&text[word.range(0, 3)], r"a\303\251");
        assert_eq!(&text[word.range(3, 4)], r"\'");
        assert_eq!(&text[word.range(4, 6)], "b'c");
    }
}
