//! Users and passwords for hosts, from a `netrc` file.
//!
//! ```text
//! file  = (entry | macro | comment)*
//! entry = ("machine" NAME | "default") (("login" | "password" | "account") VALUE)*
//! macro = "macdef" NAME line* empty-line
//! ```
//!
//! Words are apart by white space; one in double quotes may have white space and the escapes `\"`,
//! `\\`, `\n`, `\r` and `\t`. A comment is a `#` at the begin of a word, up to the end of the line,
//! except where a value is expected. As curl has it, keywords may be in upper case, and other words,
//! such as the `port` of other programs, are passed over.

use std::error::Error;
use std::fmt;

use super::address::Credentials;

/// The entries of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Netrc {
    entries: Vec<Entry>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    /// Any host, if there is none.
    machine: Option<String>,
    login: Option<String>,
    password: Option<String>,
}

impl Netrc {
    /// Reads the text of a file.
    ///
    /// # Errors
    /// At the first word that lacks what belongs to it.
    pub fn parse(text: &str) -> Result<Self, NetrcError> {
        let mut words = Words {
            rest: text,
            line: 1,
        };
        let mut netrc = Self::default();
        while let Some(word) = words.next(Place::Word)? {
            let line = words.line;
            let word = word.to_ascii_lowercase();
            match &*word {
                "machine" => {
                    let machine = Some(words.value("machine")?);
                    netrc.entries.push(Entry::of(machine));
                }
                "default" => netrc.entries.push(Entry::of(None)),
                "macdef" => {
                    words.value("macdef")?;
                    words.skip_macro();
                }
                "login" | "password" | "account" => {
                    let value = words.value(&word)?;
                    let Some(entry) = netrc.entries.last_mut() else {
                        return Err(NetrcError::new(line, Fault::OfNone(word)));
                    };
                    match &*word {
                        "login" => entry.login = Some(value),
                        "password" => entry.password = Some(value),
                        _ => {}
                    }
                }
                _ => {}
            }
        }
        Ok(netrc)
    }

    /// The user and password for `host`; if `user` is given, only the password is looked up.
    pub fn credentials(&self, host: &str, user: Option<&str>) -> Option<Credentials> {
        // The brackets of an address belong to URLs.
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let is_meant = |entry: &&Entry| {
            let machine = entry.machine.as_deref();
            let here = machine.is_none_or(|machine| {
                machine.eq_ignore_ascii_case(host) || machine.eq_ignore_ascii_case(bare)
            });
            here && user.is_none_or(|user| entry.login.as_deref() == Some(user))
        };
        let entry = self.entries.iter().find(is_meant)?;
        if entry.login.is_none() && entry.password.is_none() {
            return None;
        }
        Some(Credentials {
            user: entry.login.clone().unwrap_or_default(),
            password: entry.password.clone().unwrap_or_default(),
        })
    }
}

impl Entry {
    fn of(machine: Option<String>) -> Self {
        Self {
            machine,
            login: None,
            password: None,
        }
    }
}

/// What may come next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// A word of the format, or a comment.
    Word,
    /// A value, which may begin with `#`.
    Value,
}

struct Words<'a> {
    rest: &'a str,
    /// The line that the last word began in.
    line: usize,
}

impl Words<'_> {
    fn value(&mut self, of: &str) -> Result<String, NetrcError> {
        let line = self.line;
        let value = self.next(Place::Value)?;
        value.ok_or_else(|| NetrcError::new(line, Fault::NoValue(of.to_owned())))
    }

    fn next(&mut self, place: Place) -> Result<Option<String>, NetrcError> {
        loop {
            let text = self.rest.trim_start();
            self.pass(self.rest.len() - text.len());
            if place == Place::Word && self.rest.starts_with('#') {
                self.pass(self.rest.find('\n').unwrap_or(self.rest.len()));
                continue;
            }
            if self.rest.is_empty() {
                return Ok(None);
            }
            if self.rest.starts_with('"') {
                return self.quoted().map(Some);
            }
            let end = self.rest.find(char::is_whitespace);
            let (word, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
            let word = word.to_owned();
            self.rest = rest;
            return Ok(Some(word));
        }
    }

    /// A word in quotes, which the text begins with.
    fn quoted(&mut self) -> Result<String, NetrcError> {
        let unclosed = NetrcError::new(self.line, Fault::Unclosed);
        let mut word = String::new();
        let mut characters = self.rest.char_indices().skip(1);
        while let Some((at, character)) = characters.next() {
            match character {
                '"' => {
                    self.rest = &self.rest[at + 1..];
                    return Ok(word);
                }
                // An error in a later line would not show which quote is meant.
                '\n' => return Err(unclosed),
                '\\' => match characters.next() {
                    Some((_, 'n')) => word.push('\n'),
                    Some((_, 'r')) => word.push('\r'),
                    Some((_, 't')) => word.push('\t'),
                    Some((_, other)) => word.push(other),
                    None => return Err(unclosed),
                },
                other => word.push(other),
            }
        }
        Err(unclosed)
    }

    /// A macro ends at an empty line.
    fn skip_macro(&mut self) {
        let mut passed = 0;
        for (index, line) in self.rest.split_inclusive('\n').enumerate() {
            passed += line.len();
            if index > 0 && line.trim().is_empty() {
                break;
            }
        }
        self.pass(passed);
    }

    fn pass(&mut self, bytes: usize) {
        let (passed, rest) = self.rest.split_at(bytes);
        self.line += passed.bytes().filter(|&byte| byte == b'\n').count();
        self.rest = rest;
    }
}

/// What is wrong with a file, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetrcError {
    /// The line, from 1.
    pub line: usize,
    fault: Fault,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Fault {
    NoValue(String),
    OfNone(String),
    Unclosed,
}

impl NetrcError {
    fn new(line: usize, fault: Fault) -> Self {
        Self { line, fault }
    }
}

impl fmt::Display for NetrcError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.fault {
            Fault::NoValue(word) => write!(f, "`{word}` has no value"),
            Fault::OfNone(word) => write!(f, "`{word}` belongs to no `machine`"),
            Fault::Unclosed => f.write_str("a quote is not closed"),
        }
    }
}

impl Error for NetrcError {}

#[cfg(test)]
mod tests {
    use super::Netrc;

    fn check(text: &str, host: &str, expected: Option<(&str, &str)>) {
        let netrc = Netrc::parse(text).unwrap();
        let found = netrc.credentials(host, None);
        let found = found.as_ref().map(|it| (&*it.user, &*it.password));
        assert_eq!(found, expected, "{host} in {text:?}");
    }

    #[test]
    fn credentials_are_found() {
        let text = "# caches\nmachine a.example login me password s3cret # mine\n\
                    machine b.example\n\tlogin \"a b\"\n\tpassword \"q\\\"\\\\#\\t\"\n\
                    macdef init\nmachine c.example login no\ncd /\n\n\
                    machine c.example password #x account y\n\
                    machine [::1] login six\n\
                    default login anonymous password me@here\nmachine d.example login late\n";
        check(text, "a.example", Some(("me", "s3cret")));
        check(text, "A.Example", Some(("me", "s3cret")));
        check(text, "b.example", Some(("a b", "q\"\\#\t")));
        check(text, "c.example", Some(("", "#x")));
        check(text, "[::1]", Some(("six", "")));
        check(text, "d.example", Some(("anonymous", "me@here")));
        check("machine ::1 login six", "[::1]", Some(("six", "")));
        check("machine a login x machine a login y", "a", Some(("x", "")));
        check("MACHINE a Login x PassWord Y", "a", Some(("x", "Y")));
        check(
            "machine a port 80 login x password my secret\nprotocol https\nmachine b login y",
            "a",
            Some(("x", "my")),
        );
        check("machine a", "a", None);
        check("machine a login x", "b", None);
        check("", "a", None);
        check(
            "machine a\r\nlogin x\r\npassword y\r\n",
            "a",
            Some(("x", "y")),
        );
    }

    #[test]
    fn a_user_picks_the_entry() {
        let netrc = Netrc::parse(
            "machine a login x password 1\nmachine a login y password 2\ndefault login z",
        )
        .unwrap();
        let password = |user| netrc.credentials("a", Some(user)).map(|it| it.password);
        assert_eq!(password("y"), Some("2".to_owned()));
        assert_eq!(password("z"), Some(String::new()));
        assert_eq!(password("w"), None);
    }

    #[test]
    fn errors_name_the_line_and_no_secret() {
        for (text, message) in [
            ("machine", "1: `machine` has no value"),
            ("machine a\nlogin", "2: `login` has no value"),
            ("\nlogin me", "2: `login` belongs to no `machine`"),
            ("machine a login \"me", "1: a quote is not closed"),
            ("machine a login \"me\n\"", "1: a quote is not closed"),
        ] {
            let error = Netrc::parse(text).unwrap_err();
            assert_eq!(format!("{}: {error}", error.line), message, "{text:?}");
        }
    }
}
