//! Secrets that are known by the names that stand before them.
//!
//! ```text
//! pair  = name quote? sign value            sign = "=" | ":" | ":=" | "=>" | ": TYPE ="
//!       | quote name quote "," value        arguments and lists of them
//!       | "set" name "(" value              setPassword("...")
//!       | "<" name ">" value "<"            XML
//!       | name quote? sign? "value" sign value    the value of what is called so, before or after it
//! value = quote ... quote | word | "|" LF block
//! ```
//!
//! One pass over the words of the text; each is looked at once, and each value at most as far as a secret
//! is long.

use super::maker::maker_of;
use super::text::{LONGEST_VALUE, count, floor, is_blank, is_word};
use super::value::{EXPANSION, Writing, is_mixed, is_secret};
use super::{Key, Language, Secret, key, literal};

/// No name is longer.
const LONGEST_NAME: usize = 64;
/// So far before a name is looked for what has to do with it.
const FARTHEST_BEFORE: usize = 200;

/// Who reads a value before it is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rules {
    /// A shell, or the program whose file it is.
    Filled,
    /// Nobody.
    Literal,
}

pub(super) fn find(text: &str, language: Language) -> Vec<Secret> {
    let is_file = language == Language::File;
    let rules = match language {
        Language::Value => Rules::Literal,
        Language::Command | Language::File => Rules::Filled,
    };
    Scan {
        text,
        is_file,
        is_code: is_file && is_code(text),
        rules,
    }
    .find()
}

/// The same in a file whose values nobody reads before they are used: a definition.
pub(super) fn find_literal(text: &str) -> Vec<Secret> {
    Scan {
        text,
        is_file: true,
        is_code: false,
        rules: Rules::Literal,
    }
    .find()
}

/// Whether the text is a program: what stands there without quotes is a name.
fn is_code(text: &str) -> bool {
    const STARTS: &[&str] = &[
        "import ",
        "from ",
        "def ",
        "class ",
        "func ",
        "fn ",
        "let ",
        "const ",
        "var ",
        "function ",
        "package ",
        "use ",
        "#include",
        "public ",
        "private ",
        "protected ",
        "static ",
        "struct ",
        "interface ",
        "<?php",
        "module.exports",
        "async ",
        "using ",
        "namespace ",
        "type ",
        "enum ",
        "impl ",
        "return ",
        "#!/usr/bin/env python",
        "#!/usr/bin/python",
    ];
    const MOST_LINES: usize = 2_000;
    let mut lines = text.lines().take(MOST_LINES).map(str::trim_start);
    lines.any(|line| {
        let first = line.as_bytes().first();
        // Most begin otherwise, which one byte tells.
        let mut starts = STARTS
            .iter()
            .filter(|start| start.as_bytes().first() == first);
        starts.any(|start| line.starts_with(start))
    })
}

struct Scan<'t> {
    text: &'t str,
    is_file: bool,
    is_code: bool,
    rules: Rules,
}

/// A value, where it stands and how it is written.
struct Value<'t> {
    text: &'t str,
    start: usize,
    writing: Writing,
}

impl<'t> Scan<'t> {
    fn find(&self) -> Vec<Secret> {
        let mut found: Vec<Secret> = Vec::new();
        let bytes = self.text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
            if !is_name(bytes[at]) {
                at += 1;
                continue;
            }
            let mut end = at + 1;
            while end < bytes.len() && is_name(bytes[end]) {
                end += 1;
            }
            let start = at.max(end.saturating_sub(LONGEST_NAME));
            at = end;
            if let Some(name) = self.text.get(start..end)
                && let Some(secret) = self.name(name, start, end)
            {
                found.push(secret);
            }
        }
        found
    }

    fn name(&self, name: &str, start: usize, end: usize) -> Option<Secret> {
        let kind = self.kind(name, start, end)?;
        let is_setter = name.starts_with("set") || name.contains(".set");
        if let Some(value) = self.compared(start, end).or_else(|| self.built(end))
            && is_mixed(value.text)
            && value.text.len() >= 8
        {
            return self.secret(name, kind, &value);
        }
        let value = self.element(start, end).or_else(|| {
            let rest = &self.text[end..];
            if rest.starts_with('(') && is_setter {
                return self.quoted(end + 1).filter(|_| !rest.starts_with("(("));
            }
            let quote = count(rest, |byte| b"\"'\\`".contains(&byte)).min(3);
            self.after(name, start, end, end + quote)
        })?;
        self.secret(name, kind, &value)
    }

    /// What the variable of a program is compared with, before it or after it.
    fn compared(&self, start: usize, end: usize) -> Option<Value<'t>> {
        const SIGNS: &[&str] = &["===", "!==", "==", "!="];
        if !self.is_file {
            return None;
        }
        let rest = self.text[end..].trim_start_matches([' ', ')']);
        if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            return self.quoted(self.text.len() - rest.len() + sign.len());
        }
        let from = floor(self.text, start.saturating_sub(FARTHEST_BEFORE));
        let line = self.text[from..start].rfind('\n');
        let line = line.map_or(from, |at| from + at + 1);
        let before = self.text[line..start].trim_end();
        let sign = SIGNS.iter().find(|sign| before.ends_with(**sign))?;
        let text = before[..before.len() - sign.len()].trim_end();
        let quote = text
            .chars()
            .next_back()
            .filter(|c| matches!(c, '"' | '\''))?;
        let text = &text[..text.len() - 1];
        let (_, inside) = text.rsplit_once(quote)?;
        Some(Value {
            text: inside,
            start: line + text.len() - inside.len(),
            writing: Writing::Quoted,
        })
    }

    /// What a variable of C or C++ begins as: `NAME[25] = "..."`, `NAME("...")`, `NAME = @"..."`.
    fn built(&self, end: usize) -> Option<Value<'t>> {
        if !self.is_file {
            return None;
        }
        let rest = &self.text[end..];
        if let Some(index) = rest.strip_prefix('[') {
            let digits = count(index, |byte| byte.is_ascii_digit());
            let after = index[digits..].strip_prefix(']')?.trim_start();
            let after = after.strip_prefix('=').filter(|it| !it.starts_with('='))?;
            return self.quoted(self.text.len() - after.len());
        }
        let called = rest.strip_prefix(".assign").unwrap_or(rest);
        if called.starts_with("(\"") {
            return self.quoted(self.text.len() - called.len() + 1);
        }
        let after = rest.trim_start().strip_prefix('=')?.trim_start();
        after
            .starts_with("@\"")
            .then(|| self.quoted(self.text.len() - after.len() + 1))?
    }

    /// What a name says, and where it stands.
    fn kind(&self, name: &str, start: usize, end: usize) -> Option<Key> {
        if let Some(kind) = key(name) {
            return Some(kind);
        }
        let last = name.rsplit(['-', '.']).next().unwrap_or(name);
        let rest = &self.text[end..];
        match last {
            // In addresses of Azure and AWS.
            "sig" | "Signature" | "signature" => {
                let before = self.text.as_bytes()[..start].last();
                (rest.starts_with('=') && before.is_some_and(|byte| b"?&;".contains(byte)))
                    .then_some(Key::Other)
            }
            // Of Docker's registries, and npm's.
            "auth" | "_auth" => {
                let value =
                    self.after(name, start, end, end + usize::from(rest.starts_with('"')))?;
                let is_base64 = value.text.len() >= 12 && value.text.len().is_multiple_of(4);
                let has = |is: fn(&u8) -> bool| value.text.as_bytes().iter().any(is);
                let letters = value
                    .text
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte));
                (is_base64 && letters && has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase))
                    .then_some(Key::Token)
            }
            _ => None,
        }
    }

    /// `<name>VALUE<`, an attribute or two of the element included.
    fn element(&self, start: usize, end: usize) -> Option<Value<'t>> {
        const LONGEST_TAG: usize = 200;
        let before = self.text.as_bytes()[..start].last()?;
        if !self.is_file || !b"<:".contains(before) {
            return None;
        }
        let tag = count(&self.text[end..], |byte| {
            byte != b'>' && byte != b'<' && byte != b'\n'
        });
        if tag > LONGEST_TAG
            || !self.text[end + tag..].starts_with('>')
            || tag > 0 && !self.text[end..].starts_with([' ', '\t'])
        {
            return None;
        }
        if self.text[end..end + tag].ends_with('/') {
            return None;
        }
        let mut inside = end + tag + 1;
        let cdata = "<![CDATA[";
        let close = if self.text[inside..].starts_with(cdata) {
            inside += cdata.len();
            b']'
        } else {
            b'<'
        };
        let length = count(&self.text[inside..], |byte| byte != close);
        if length == LONGEST_VALUE || self.text.len() == inside + length {
            return None;
        }
        self.trimmed(inside, inside + length, Writing::Quoted)
    }

    /// What follows a name: a sign and a value, or a `value` of its own.
    fn after(&self, name: &str, start: usize, end: usize, closed: usize) -> Option<Value<'t>> {
        let bytes = self.text.as_bytes();
        let is_quoted = closed > end && start > 0 && b"\"'`".contains(&bytes[start - 1]);
        let mut at = closed;
        // `config["password"] = `
        if is_quoted
            && bytes.get(at) == Some(&b']')
            && self.sign_after(at + 1).is_some_and(|(sign, _)| sign == "=")
        {
            at += 1;
        }
        if let Some(value) = self.apart(start, closed) {
            return Some(value);
        }
        let (sign, after_sign) = self.sign_after(at)?;
        if sign == ","
            && let Some(inside) = self.text[after_sign..].trim_start().strip_prefix("<<")
        {
            // Erlang's.
            return self.quoted(self.text.len() - inside.len());
        }
        if sign == "," {
            // A list of names looks the same.
            let value = self.quoted(after_sign).filter(|_| is_quoted)?;
            let strong = is_mixed(value.text)
                || value
                    .text
                    .contains(['!', '#', '$', '%', '&', '*', '+', '@']);
            let is_option = name.starts_with("--");
            return (strong || is_option && !value.text.starts_with('-')).then_some(value);
        }
        let blanks = after_sign + count(&self.text[after_sign..], is_blank);
        if !self.is_file {
            // An empty value, and the next word.
            if sign == "=" && blanks > after_sign && !is_quoted {
                return None;
            }
            let value = self.value(start, blanks, sign, blanks > after_sign)?;
            let shows = value.writing == Writing::Quoted
                || is_quoted
                || sign == "="
                || blanks > after_sign && self.is_field(start);
            return (sign != ":" || shows).then_some(value);
        }
        if sign == ":" && !is_quoted {
            // A type in between: `password: string = "..."`.
            let length = count(&self.text[blanks..], |byte| {
                is_word(byte) || b"<>[]?|&'".contains(&byte)
            });
            let typed = blanks + length;
            let typed = typed + count(&self.text[typed..], is_blank);
            if length > 0 && self.text[typed..].starts_with("= ") {
                let value = typed + 1 + count(&self.text[typed + 1..], is_blank);
                return self.quoted(value);
            }
        }
        let value = self.value(start, blanks, sign, blanks > after_sign || is_quoted)?;
        let is_header = self.text[value.start + value.text.len()..].starts_with(['"', '\'']);
        if value.writing == Writing::Bare
            && sign == ":"
            && !is_header
            && (blanks == after_sign && !is_quoted || !self.is_alone(start))
        {
            return None;
        }
        Some(value)
    }

    /// Whether a name begins a line, or an entry of a table in braces.
    fn is_alone(&self, start: usize) -> bool {
        let from = floor(self.text, start.saturating_sub(LONGEST_VALUE));
        let line = &self.text[from..start];
        let line = &line[line.rfind('\n').map_or(0, |at| at + 1)..];
        let before = line.trim_end_matches([' ', '\t', '"', '\'']);
        before
            .trim_matches([' ', '\t', '-', '#', '+', '|'])
            .is_empty()
            || before.ends_with(['{', ',', '?'])
    }

    /// Whether a name in a command is rather a field: of a header, or of YAML that is written there.
    fn is_field(&self, start: usize) -> bool {
        let before = self.text.as_bytes()[..start].last();
        before.is_none_or(|byte| b"\"'\n{, ".contains(byte))
    }

    /// The sign at `at`, blanks before it skipped, and where it ends.
    fn sign_after(&self, at: usize) -> Option<(&'static str, usize)> {
        let mut blanks = count(&self.text[at..], is_blank);
        // `PASSWORD = x` is no assignment of a shell, but one of many other languages.
        if !self.is_file && !self.text[at + blanks..].starts_with([':', '=']) {
            blanks = 0;
        }
        let start = at + blanks;
        let rest = &self.text[start..];
        if rest.starts_with("==")
            || rest.starts_with("=~")
            || rest.starts_with("::") && !rest.starts_with(":::")
        {
            return None;
        }
        let signs = [
            (":=", "="),
            ("=>", "="),
            ("?=", "="),
            ("=", "="),
            (":", ":"),
            (",", ","),
        ];
        signs
            .into_iter()
            .find(|(written, _)| rest.starts_with(written))
            .map(|(written, sign)| (sign, start + written.len()))
    }

    /// A value that has a name of its own: `name: X` and `value: Y`, in this order or the other.
    fn apart(&self, start: usize, closed: usize) -> Option<Value<'t>> {
        if !self.is_name_of(start) {
            return None;
        }
        self.next_value(closed - usize::from(self.text[..closed].ends_with('"')))
            .or_else(|| self.value_before(start))
    }

    /// Whether what stands at `start` is the value of a `name`, or stands in an element `<name>`.
    fn is_name_of(&self, start: usize) -> bool {
        const NAMES: &[&str] = &[
            "name",
            "key",
            "var",
            "variable",
            "id",
            "envname",
            "parametername",
            "parameterkey",
            "property",
        ];
        let from = floor(self.text, start.saturating_sub(LONGEST_NAME));
        let before = &self.text[from..start];
        let before = before.trim_end_matches(['"', '\'', '\\']);
        let before = before.trim_end_matches([' ', '\t']);
        let Some(before) = before.strip_suffix([':', '=', '>']) else {
            return false;
        };
        let before = before.trim_end_matches([' ', '\t']);
        let before = before.trim_end_matches(['"', '\'', '\\']);
        let word = before
            .rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .next()
            .unwrap_or_default();
        NAMES.contains(&&*word.to_ascii_lowercase().replace('_', ""))
    }

    /// `value: Y` in what follows, with nothing but signs in between.
    fn next_value(&self, at: usize) -> Option<Value<'t>> {
        const FARTHEST: usize = 120;
        const VALUES: &[&str] = &[
            "value",
            "val",
            "content",
            "parametervalue",
            "defaultvalue",
            "string",
        ];
        if self.text[at..].starts_with("\">") {
            let length = count(&self.text[at + 2..], |byte| byte != b'<');
            return self.trimmed(at + 2, at + 2 + length, Writing::Quoted);
        }
        let between = |byte: u8| byte.is_ascii_whitespace() || b"\"',;/<>{}".contains(&byte);
        let mut start = at + count(&self.text[at..], between);
        // The name of the element that ends here.
        if self.text[at..start].ends_with("</") {
            start += count(&self.text[start..], is_word);
            start += count(&self.text[start..], between);
        }
        if start - at > FARTHEST || self.text[at..start].contains("\n\n") {
            return None;
        }
        let length = count(&self.text[start..], is_word);
        let word = self.text[start..start + length].to_ascii_lowercase();
        if !VALUES.contains(&&*word) {
            return None;
        }
        let end = start + length;
        if self.text[end..].starts_with('>') {
            let length = count(&self.text[end + 1..], |byte| byte != b'<');
            return self.trimmed(end + 1, end + 1 + length, Writing::Quoted);
        }
        let quote = count(&self.text[end..], |byte| b"\"'\\".contains(&byte)).min(2);
        let (sign, after) = self.sign_after(end + quote)?;
        let value = after + count(&self.text[after..], is_blank);
        self.value(end, value, sign, true)
    }

    /// `value: Y` right before `name: X`.
    fn value_before(&self, start: usize) -> Option<Value<'t>> {
        const FARTHEST: usize = 600;
        let from = floor(self.text, start.saturating_sub(FARTHEST));
        let before = &self.text[from..start];
        let found = before.rfind("value")?;
        let between = &before[found..];
        if between.matches('\n').count() > 1
            || between.matches("name").count() + between.matches("key").count() > 1
        {
            return None;
        }
        let end = from + found + "value".len();
        let quote = count(&self.text[end..], |byte| b"\"'".contains(&byte)).min(1);
        let (sign, after) = self.sign_after(end + quote)?;
        let value = after + count(&self.text[after..], is_blank);
        self.value(end, value, sign, true)
            .filter(|value| value.start + value.text.len() < start)
    }

    /// A value at `at`, after a sign.
    fn value(&self, start: usize, at: usize, sign: &str, is_spaced: bool) -> Option<Value<'t>> {
        let rest = &self.text[at..];
        if let Some(quoted) = self.quoted(at) {
            return Some(quoted);
        }
        if self.is_file && sign == ":" && rest.starts_with(['|', '>']) {
            return self.block(at);
        }
        if rest.starts_with(['"', '\'', '!', '*', '&']) && self.is_file {
            return None;
        }
        let also: &[u8] = match (self.is_file, self.rules) {
            (false, Rules::Filled) => b";`|",
            // Where blanks stand around the sign, it ends nothing but a line of a program.
            (true, _) if is_spaced => b"",
            (true, _) | (false, Rules::Literal) => b";",
        };
        let ends = |byte: u8| {
            byte.is_ascii_whitespace() || b"\"'&,\\".contains(&byte) || also.contains(&byte)
        };
        let length = count(rest, |byte| !ends(byte));
        // Brackets that something before it opened.
        let word = until_unopened(&rest[..length]);
        let after = &rest[word.len()..];
        // A call is no value yet.
        if word.is_empty() || after.starts_with('(') {
            return None;
        }
        if !self.is_file {
            // What is not in quotes has been read as the shell reads it.
            let is_filled = self.rules == Rules::Filled;
            let is_open = is_filled && word.contains('$') && !word.contains("$$");
            return (!is_open).then_some(Value {
                text: word,
                start: at,
                writing: Writing::Argument,
            });
        }
        // A part of a text with several pairs, an address of a database for instance.
        let before = self.text.as_bytes()[..start].last();
        if !is_spaced && before.is_some_and(|byte| b"?&;".contains(byte)) {
            return Some(Value {
                text: word,
                start: at,
                writing: Writing::Quoted,
            });
        }
        let is_config = !self.is_code && !word.ends_with(';');
        let line = after.trim_start_matches([' ', '\t']);
        let is_whole = !is_spaced
            || line.is_empty()
            || line.starts_with(['#', ',', '}', ']', '\n', '\r'])
            || line.starts_with("//")
            // A quote that the name stands behind closes here.
            || line.starts_with(['"', '\'']) && sign == ":" && self.is_behind_quote(start, line)
            || line.starts_with("\\n");
        (is_config && is_whole).then_some(Value {
            text: word,
            start: at,
            writing: Writing::Bare,
        })
    }

    /// Whether the quote that `rest` begins with has opened on this line before `start`, and is not the
    /// beginning of another text.
    fn is_behind_quote(&self, start: usize, rest: &str) -> bool {
        let from = floor(self.text, start.saturating_sub(FARTHEST_BEFORE));
        let line = &self.text[from..start];
        let line = &line[line.rfind('\n').map_or(0, |at| at + 1)..];
        let quote = &rest[..1];
        line.matches(quote).count() % 2 == 1
    }

    /// What stands between quotes at `at`.
    fn quoted(&self, at: usize) -> Option<Value<'t>> {
        let start = at + count(&self.text[at..], is_blank);
        let rest = &self.text[start..];
        let prefix = match rest.as_bytes() {
            [b'f' | b'F' | b'$' | b'r' | b'b' | b'u', b'"' | b'\'', ..] => 1,
            _ => 0,
        };
        let is_format = matches!(rest.as_bytes().first(), Some(b'f' | b'F' | b'$')) && prefix == 1;
        let opened = &rest[prefix..];
        let escape = usize::from(opened.starts_with('\\'));
        let quote = opened[escape..]
            .chars()
            .next()
            .filter(|c| matches!(c, '"' | '\'' | '`'))?;
        let mut inside = start + prefix + escape + 1;
        if opened.starts_with("\"\"\"") || opened.starts_with("'''") {
            inside += 2;
        }
        let end = closing(self.text, inside, quote, escape == 1)?;
        let value = &self.text[inside..end];
        let is_run = quote == '`' && !self.is_file && self.rules == Rules::Filled;
        let is_template = is_format && value.contains('{') || is_run;
        (!is_template).then_some(Value {
            text: value,
            start: inside,
            writing: Writing::Quoted,
        })
    }

    /// A block scalar of YAML: `|` or `>`, and lines that stand deeper.
    fn block(&self, at: usize) -> Option<Value<'t>> {
        let header = count(&self.text[at..], |byte| b"|>+-0123456789 ".contains(&byte));
        let start = at + header + 1;
        if self.text.as_bytes().get(at + header) != Some(&b'\n') {
            return None;
        }
        let length = count(&self.text[start..], |byte| byte != b'\n');
        let line = &self.text[start..start + length];
        if !line.starts_with([' ', '\t']) {
            return None;
        }
        self.trimmed(start, start + length, Writing::Quoted)
    }

    fn trimmed(&self, start: usize, end: usize, writing: Writing) -> Option<Value<'t>> {
        let text = &self.text[start..end];
        let inner = text.trim();
        let start = start + (text.len() - text.trim_start().len());
        (!inner.is_empty()).then_some(Value {
            text: inner,
            start,
            writing,
        })
    }

    fn secret(&self, name: &str, kind: Key, value: &Value<'_>) -> Option<Secret> {
        // The reader of a shell's words knows what the shell puts in.
        let is_secret = match self.rules {
            Rules::Filled => {
                let is_variable = !self.is_file && value.text.contains(EXPANSION);
                !is_variable && is_secret(kind, value.text, value.writing)
            }
            Rules::Literal => literal::is_secret(kind, value.text, value.writing),
        };
        if !is_secret {
            return None;
        }
        let range = value.start..value.start + value.text.len();
        let name = name.trim_start_matches(['-', '.']);
        let mut secret = Secret::value_of(name, range);
        if let Some(what) = maker_of(value.text) {
            secret.what = what;
        }
        Some(secret)
    }
}

/// Where the quote closes that opened before `start`, on the same line.
fn closing(text: &str, start: usize, quote: char, is_escaped: bool) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = start;
    while at < bytes.len() && at - start < LONGEST_VALUE {
        match bytes[at] {
            b'\n' => return None,
            b'\\' if is_escaped && bytes.get(at + 1) == Some(&(quote as u8)) => return Some(at),
            b'\\' if quote != '\'' => at += 1,
            byte if byte == quote as u8 => return Some(at),
            _ => {}
        }
        at += 1;
    }
    // What is longer than a secret may begin or end with one.
    let at = floor(text, at);
    let rest = (at < bytes.len()).then(|| text[at..].find([quote, '\n']));
    rest.map(|length| length.map_or(bytes.len(), |length| at + length))
}

/// The text up to a closing bracket that nothing in it opens.
fn until_unopened(text: &str) -> &str {
    let mut open = 0usize;
    for (index, byte) in text.bytes().enumerate() {
        match byte {
            b'(' | b'[' | b'{' => open += 1,
            b')' | b']' | b'}' => match open.checked_sub(1) {
                Some(less) => open = less,
                None => return &text[..index],
            },
            _ => {}
        }
    }
    text
}
