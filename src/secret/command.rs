//! Secrets among the arguments of commands, wherever a shell would see them: behind `sudo` and `env`, in
//! pipes, in `sh -c '...'`, in `$(...)`.

use std::ops::Range;

use super::maker::maker_of;
use super::program::{Joint, PLACED, Part, READERS, TAKEN, is_known};
use super::shell::{Command, Reader};
use super::text::is_word;
use super::value::{EXPANSION, Writing, is_secret};
use super::word::Word;
use super::{Key, Language, Secret, key, literal};

/// How deep texts are read that stand in texts.
const DEEPEST: usize = 6;

/// At most this many programs of one command are known, one behind the other.
const MOST_PROGRAMS: usize = 16;
/// At most this many arguments of a program are looked at.
const MOST_ARGUMENTS: usize = 500;

/// Programs that print their arguments.
const PRINTERS: &[&str] = &["echo", "printf", "print"];

pub(super) fn find(text: &str, language: Language) -> Vec<Secret> {
    let mut finder = Finder {
        language,
        found: Vec::new(),
    };
    if language == Language::Value {
        let command = Command {
            words: literal::words(text),
            ..Command::default()
        };
        finder.command(&command, None, &Places::Same(0), 0);
    }
    finder.text(text, &Places::Same(0), 0);
    finder.found
}

/// Where the bytes of a text stand in the whole one.
enum Places<'a> {
    /// One after the other from here on.
    Same(usize),
    /// As those of a word of a text stand.
    Word(&'a Word, &'a Places<'a>),
}

impl Places<'_> {
    fn range(&self, range: Range<usize>) -> Range<usize> {
        match self {
            Self::Same(start) => range.start + start..range.end + start,
            Self::Word(word, outer) => outer.range(word.range(range.start, range.end)),
        }
    }
}

struct Finder {
    language: Language,
    found: Vec<Secret>,
}

impl Finder {
    fn text(&mut self, text: &str, places: &Places<'_>, depth: usize) {
        let mut reader = Reader::new(text);
        let mut before: Option<Command> = None;
        while let Some(command) = reader.command() {
            let printed = before
                .as_ref()
                .filter(|_| command.is_piped)
                .and_then(printed);
            self.command(&command, printed, places, depth);
            before = Some(command);
        }
        if depth < DEEPEST {
            for nested in reader.nested {
                if let Places::Same(start) = places {
                    self.text(
                        &text[nested.clone()],
                        &Places::Same(start + nested.start),
                        depth + 1,
                    );
                }
            }
        }
    }

    fn command(
        &mut self,
        command: &Command,
        printed: Option<&Word>,
        places: &Places<'_>,
        depth: usize,
    ) {
        let words = &command.words;
        let mut programs = 0;
        for (index, word) in words.iter().enumerate() {
            if word.value.is_empty() {
                continue;
            }
            let program = word.value.rsplit('/').next().unwrap_or_default();
            if programs < MOST_PROGRAMS && is_known(program) {
                programs += 1;
                let end = words.len().min(index + 1 + MOST_ARGUMENTS);
                let arguments = &words[index + 1..end];
                self.program(program, arguments, places);
                if let Some(input) = command.input.as_ref().or(printed) {
                    self.input(program, arguments, input, places);
                }
            }
            self.named(word, words.get(index + 1), places);
            // The text of a command, for a shell or another host.
            if word.is_quoted && word.value.contains([' ', '=']) && depth < DEEPEST {
                let inner = Places::Word(word, places);
                self.text(&word.value, &inner, depth + 1);
                let logins = super::file::login(&word.value).into_iter();
                self.found.extend(logins.map(|secret| Secret {
                    range: inner.range(secret.range.clone()),
                    ..secret
                }));
            }
        }
    }

    /// What the options of a program say.
    fn program(&mut self, program: &str, arguments: &[Word], places: &Places<'_>) {
        for taken in TAKEN.iter().filter(|row| row.programs.contains(&program)) {
            if !taken.with.is_empty() && !arguments.iter().any(|word| word.value == taken.with) {
                continue;
            }
            for (index, word) in arguments.iter().enumerate() {
                let next = arguments.get(index + 1);
                for option in taken.options {
                    if let Some((word, start)) = value_of(option, taken.joint, word, next) {
                        let name = if option.is_empty() { program } else { option };
                        self.part(name, word, start, taken.part, places);
                        break;
                    }
                }
            }
        }
        if program == "htpasswd" {
            self.htpasswd(arguments, places);
        }
        for (programs, after, between, part) in PLACED {
            if !programs.contains(&program) {
                continue;
            }
            let at = if after.is_empty() {
                Some(0)
            } else {
                arguments
                    .iter()
                    .position(|word| {
                        word.value == *after
                            || after.ends_with('.') && word.value.starts_with(after)
                    })
                    .map(|at| at + 1)
            };
            let word = at.and_then(|at| arguments.get(at + between));
            if let Some(word) = word.filter(|word| {
                let value = word.value.trim_end_matches('=');
                !value.starts_with('-') && !value.contains('=')
            }) {
                self.part(program, word, 0, *part, places);
            }
        }
    }

    /// `htpasswd -b FILE USER secret`, `-b` among other letters.
    fn htpasswd(&mut self, arguments: &[Word], places: &Places<'_>) {
        let (options, words): (Vec<&Word>, Vec<&Word>) = arguments
            .iter()
            .partition(|word| word.value.starts_with('-'));
        let has = |letter| options.iter().any(|word| word.value.contains(letter));
        let file = usize::from(!has('n'));
        if has('b')
            && let Some(word) = words.get(file + 1)
        {
            self.part("htpasswd -b", word, 0, Part::Whole, places);
        }
    }

    /// What a program reads.
    fn input(&mut self, program: &str, arguments: &[Word], input: &Word, places: &Places<'_>) {
        for (programs, with, part) in READERS {
            let says_so = with.is_empty() || arguments.iter().any(|word| word.value == *with);
            if programs.contains(&program) && says_so {
                self.part(program, input, 0, *part, places);
                return;
            }
        }
    }

    /// `NAME=secret` and `--NAME secret`.
    fn named(&mut self, word: &Word, next: Option<&Word>, places: &Places<'_>) {
        const LONGEST_NAME: usize = 100;
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.:/".contains(&byte);
        let length = word
            .value
            .bytes()
            .take(LONGEST_NAME)
            .take_while(|&byte| is_name(byte))
            .count();
        let name = &word.value[..length];
        let short = name.rsplit(['/', ':']).next().unwrap_or_default();
        let Some(kind) = key(short) else {
            if self.language != Language::File {
                self.credentials(name, word, next, places);
            }
            return;
        };
        match word.value[length..].bytes().next() {
            Some(b'=') if self.language != Language::File => {
                let start = length + 1;
                let value = &word.value[start..];
                // A list of them has more after it.
                let is_command =
                    !name.starts_with('-') && value.contains(' ') && word.begins_quoted;
                if !value.starts_with('=')
                    && !is_command
                    && !value.contains(['&', '\n'])
                    && self.is_secret(kind, value)
                {
                    self.push(short, value, word.range(start, word.value.len()), places);
                }
            }
            None if name.starts_with('-') => {
                let Some(next) = next.filter(|next| !next.value.starts_with('-')) else {
                    return;
                };
                let is_long = name.starts_with("--") || name.len() > 3;
                // The name of a secret is no secret.
                let kind = if kind == Key::Password {
                    kind
                } else {
                    Key::Other
                };
                // In a file it may as well be a sentence about an option.
                let is_random = next.value.len() >= 6
                    && super::value::is_mixed(&next.value)
                    && !next.value.contains(['.', '/', '=']);
                let is_value = self.language != Language::File || is_random;
                if is_long && is_value && self.is_secret(kind, &next.value) {
                    self.push(
                        short.trim_start_matches('-'),
                        &next.value,
                        next.range(0, next.value.len()),
                        places,
                    );
                }
            }
            _ => {}
        }
    }

    /// `--basic-auth USER:secret`, of whatever program.
    fn credentials(&mut self, name: &str, word: &Word, next: Option<&Word>, places: &Places<'_>) {
        const ENDS: &[&str] = &[
            "auth",
            "creds",
            "credentials",
            "userpass",
            "user-pass",
            "userpwd",
        ];
        if !name.starts_with("--") || !ENDS.iter().any(|end| name.ends_with(end)) {
            return;
        }
        let (word, start) = match (word.value[name.len()..].starts_with('='), next) {
            (true, _) => (word, name.len() + 1),
            (false, Some(next)) if word.value.len() == name.len() => (next, 0),
            _ => return,
        };
        let value = &word.value[start..];
        let is_pair = value.split_once(':').is_some_and(|(user, secret)| {
            let is_user = !user.is_empty()
                && user
                    .bytes()
                    .all(|byte| is_word(byte) || b".@".contains(&byte));
            is_user && secret.len() >= 6 && super::value::is_mixed(secret) && !secret.contains('/')
        });
        if is_pair {
            self.part(name, word, start, Part::AfterColon, places);
        }
    }

    fn part(&mut self, name: &str, word: &Word, start: usize, part: Part, places: &Places<'_>) {
        let value = &word.value[start..];
        let Some(range) = part_of(value, part) else {
            return;
        };
        let secret = &value[range.clone()];
        if !self.is_secret(Key::Password, secret) {
            return;
        }
        self.push(
            name,
            secret,
            word.range(start + range.start, start + range.end),
            places,
        );
    }

    fn is_secret(&self, key: Key, value: &str) -> bool {
        match self.language {
            Language::Value => literal::is_value(key, value),
            Language::Command | Language::File => is_secret(key, value, Writing::Argument),
        }
    }

    fn push(&mut self, name: &str, value: &str, range: Range<usize>, places: &Places<'_>) {
        let mut secret = Secret::value_of(name, places.range(range));
        if let Some(what) = maker_of(value) {
            secret.what = what;
        }
        self.found.push(secret);
    }
}

/// What a command prints, if it is made to print.
fn printed(command: &Command) -> Option<&Word> {
    let is_printer = |word: &Word| PRINTERS.contains(&word.value.as_str());
    let printer = command.words.iter().position(is_printer)?;
    let words = &command.words[printer + 1..];
    words.iter().rfind(|word| !word.value.starts_with('-'))
}

/// The value of an option: the word that has it and where it begins there.
fn value_of<'w>(
    option: &str,
    joint: Joint,
    word: &'w Word,
    next: Option<&'w Word>,
) -> Option<(&'w Word, usize)> {
    let value = word.value.as_str();
    if option.is_empty() {
        return (!value.starts_with('-') && value.contains('/')).then_some((word, 0));
    }
    let apart = || {
        let next = next.filter(|next| {
            !next.value.is_empty() && (!next.value.starts_with('-') || next.is_quoted)
        });
        next.map(|next| (next, 0))
    };
    let is_word = !option.starts_with(['-', '/']);
    if value == option || is_word && option.starts_with(':') && value.ends_with(option) {
        return if joint == Joint::Joined {
            None
        } else {
            apart()
        };
    }
    let is_short = option.len() == 2 && option.starts_with('-');
    if let Some(rest) = value.strip_prefix(option) {
        let start = option.len();
        if rest.starts_with('=') && (!is_short || joint == Joint::Either) {
            return (joint != Joint::Apart || !is_short).then_some((word, start + 1));
        }
        let is_joined = joint == Joint::Joined || joint == Joint::Either && is_short;
        return (is_joined && !is_word).then_some((word, start));
    }
    // Letters of others before it: `-sSu`, `-fsu`.
    let letters = value.strip_prefix('-')?;
    let bundled =
        is_short && joint == Joint::Either && letters.len() <= 6 && letters.ends_with(&option[1..]);
    if bundled && letters.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return apart();
    }
    None
}

/// Where the secret part of a value is.
fn part_of(value: &str, part: Part) -> Option<Range<usize>> {
    let after = |separator: char| value.find(separator).map(|at| at + 1..value.len());
    match part {
        Part::Whole => Some(0..value.len()),
        Part::AfterColon => after(':'),
        Part::AfterComma => after(','),
        Part::AfterMark => after('%'),
        Part::AfterPass => value
            .strip_prefix("pass:")
            .map(|_| "pass:".len()..value.len()),
        Part::AfterSlash => {
            let start = value
                .find('/')
                .filter(|at| *at > 0 && !value[..*at].contains(EXPANSION))?
                + 1;
            let length = value[start..].find('@')?;
            Some(start..start + length)
        }
    }
}
