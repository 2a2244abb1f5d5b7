//! Finds secrets that are written out in a text.
//!
//! ```text
//! secret     = token | key block | URL "://" USER ":" secret "@" | assignment | option | bearer
//! token      = a prefix that its maker gives to all of its tokens, and enough characters after it
//! assignment = NAME "=" value | quoted NAME ":" quoted value    where NAME ends in "password" ...
//! option     = "--" NAME " " value
//! bearer     = "Bearer " value
//! ```
//!
//! One pass, which stops at few bytes; no byte is looked at more often than a bound says. A value
//! is a secret only if it is [literal](super::literal).

use std::ops::Range;

use super::literal::{Key, is_placeholder, is_secret, key};

/// What kind of text it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// A command of a shell, or a value that somebody passes on.
    Command,
    /// A file in some language: names without quotes are rather variables.
    File,
}

/// A secret in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secret {
    /// Where it stands.
    pub range: Range<usize>,
    /// What it is, as a message begins; never the secret itself.
    pub what: String,
}

/// Finds the first secrets of a text, `most` of them at most.
pub fn secrets(text: &str, language: Language, most: usize) -> Vec<Secret> {
    let mut found: Vec<Secret> = Vec::new();
    let scan = Scan { text, language };
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if STOPS[usize::from(byte)]
            && let Some(secret) = scan.at(at)
        {
            at = secret.range.end.max(at + 1);
            found.push(secret);
            if found.len() == most {
                break;
            }
        } else {
            at += 1;
        }
    }
    found
}

/// Whether a file may have a secret in it: what is no text has none.
pub fn may_have_secrets(bytes: &[u8]) -> bool {
    let text = str::from_utf8(bytes).ok();
    text.is_some_and(|text| !secrets(text, Language::File, 1).is_empty())
}

/// The bytes at which something may begin, or have begun.
const STOPS: [bool; 256] = {
    let mut stops = [false; 256];
    let bytes = b"=:-ABSadeghnprswxy";
    let mut index = 0;
    while index < bytes.len() {
        stops[bytes[index] as usize] = true;
        index += 1;
    }
    stops
};

/// A prefix, how many characters follow at least, and whose it is.
const TOKENS: &[(&str, usize, &str)] = &[
    ("AKIA", 16, "an AWS access key"),
    ("ASIA", 16, "an AWS access key"),
    ("AIza", 35, "a Google API key"),
    ("AGE-SECRET-KEY-1", 50, "an age key"),
    ("SG.", 22, "a SendGrid key"),
    ("dckr_pat_", 20, "a Docker token"),
    ("dop_v1_", 40, "a DigitalOcean token"),
    ("ghp_", 36, "a GitHub token"),
    ("gho_", 36, "a GitHub token"),
    ("ghu_", 36, "a GitHub token"),
    ("ghs_", 36, "a GitHub token"),
    ("ghr_", 36, "a GitHub token"),
    ("github_pat_", 22, "a GitHub token"),
    ("glpat-", 20, "a GitLab token"),
    ("hvs.", 24, "a Vault token"),
    ("npm_", 36, "an npm token"),
    ("pypi-AgEIcHlwaS5vcmc", 20, "a PyPI token"),
    ("rk_live_", 16, "a Stripe key"),
    ("sk_live_", 16, "a Stripe key"),
    ("sk-ant-", 20, "an Anthropic key"),
    ("sk-proj-", 20, "an OpenAI key"),
    ("shpat_", 32, "a Shopify token"),
    ("whsec_", 24, "a webhook secret"),
    ("xoxa-", 10, "a Slack token"),
    ("xoxb-", 10, "a Slack token"),
    ("xoxp-", 10, "a Slack token"),
    ("xoxr-", 10, "a Slack token"),
    ("xoxs-", 10, "a Slack token"),
    ("ya29.", 20, "a Google token"),
];

/// No key and no user's name is longer.
const LONGEST_NAME: usize = 64;
/// No secret on one line is longer.
const LONGEST_VALUE: usize = 4096;

struct Scan<'t> {
    text: &'t str,
    language: Language,
}

impl Scan<'_> {
    fn at(&self, at: usize) -> Option<Secret> {
        match self.text.as_bytes()[at] {
            b'=' => self.assignment(at),
            b':' if self.text[at..].starts_with("://") => self.url(at + 3),
            b':' => self.member(at),
            b'-' if self.text[at..].starts_with("-----BEGIN ") => self.key_block(at),
            b'-' if self.text[at..].starts_with("--") => self.option(at),
            b'-' => None,
            _ if self.is_inside_word(at) => None,
            b'B' => self.bearer(at),
            b'e' => self.web_token(at),
            _ => self.token(at),
        }
    }

    fn is_inside_word(&self, at: usize) -> bool {
        let before = at.checked_sub(1).map(|at| self.text.as_bytes()[at]);
        before.is_some_and(|byte| is_word(byte) || byte == b'+')
    }

    /// A token with its maker's prefix.
    fn token(&self, at: usize) -> Option<Secret> {
        let rest = &self.text[at..];
        let (prefix, least, what) = TOKENS
            .iter()
            .find(|(prefix, ..)| rest.starts_with(prefix))?;
        let length = count(&rest[prefix.len()..], |byte| is_word(byte) || byte == b'.');
        let token = &rest[..prefix.len() + length];
        (length >= *least && !is_placeholder(token)).then(|| Secret {
            range: at..at + token.len(),
            what: format!("{what} is written out"),
        })
    }

    /// A JSON web token: three parts, of which the first begins with `{"` in base 64.
    fn web_token(&self, at: usize) -> Option<Secret> {
        const SHORTEST_PART: usize = 10;
        let rest = self.text[at..].strip_prefix("eyJ")?;
        let length = 3 + count(rest, |byte| is_word(byte) || byte == b'.');
        let token = &self.text[at..at + length];
        let mut parts = token.split('.');
        let long = (0..3).all(|_| parts.next().is_some_and(|part| part.len() >= SHORTEST_PART));
        (long && parts.next().is_none()).then(|| Secret {
            range: at..at + length,
            what: "a JSON web token is written out".to_owned(),
        })
    }

    /// A private key as OpenSSL, OpenSSH and PGP write it, with something in it.
    fn key_block(&self, at: usize) -> Option<Secret> {
        const LONGEST_TITLE: usize = 40;
        const SHORTEST_KEY: usize = 16;
        let start = at + "-----BEGIN ".len();
        let rest = &self.text[start..];
        let title = count(rest, |byte| byte.is_ascii_uppercase() || byte == b' ');
        if title > LONGEST_TITLE
            || !rest[..title].contains("PRIVATE KEY")
            || !rest[title..].starts_with("-----")
        {
            return None;
        }
        let body = start + title + "-----".len();
        // Line breaks may be written as escapes.
        let blank = |byte: u8| byte.is_ascii_whitespace() || b"\\n\"',+".contains(&byte);
        let key = body + count(&self.text[body..], blank);
        let base64 = |byte: u8| is_word(byte) || b"+/=:,. ".contains(&byte);
        let first = count(&self.text[key..], base64);
        let length = count(&self.text[key..], |byte| base64(byte) || blank(byte));
        (first >= SHORTEST_KEY).then(|| Secret {
            range: at..key + length.max(first),
            what: "a private key is written out".to_owned(),
        })
    }

    /// `USER:PASSWORD@` after the slashes of a URL.
    fn url(&self, start: usize) -> Option<Secret> {
        let rest = &self.text[start..];
        let ends = |byte: u8| byte.is_ascii_whitespace() || b"/?#\"'`<>|;".contains(&byte);
        let length = count(rest, |byte| !ends(byte));
        let (user_info, _) = rest[..length].rsplit_once('@')?;
        let (user, password) = user_info.split_once(':')?;
        let at = start + user.len() + 1;
        is_secret(Key::Password, password, self.language, true).then(|| Secret {
            range: at..at + password.len(),
            what: "the password in a URL is written out".to_owned(),
        })
    }

    /// `NAME=VALUE`.
    fn assignment(&self, at: usize) -> Option<Secret> {
        let bytes = self.text.as_bytes();
        if bytes.get(at + 1) == Some(&b'=') || at > 0 && b"!<>=+~?".contains(&bytes[at - 1]) {
            return None;
        }
        let before = self.text[..at].trim_end_matches(['"', '\'']);
        let before = match self.language {
            Language::Command => before,
            Language::File => before.trim_end_matches([' ', '\t', ':']),
        };
        let name = name_before(before);
        let kind = key(name)?;
        let mut start = at + 1;
        if self.language == Language::File {
            start += count(&self.text[start..], |byte| byte == b' ' || byte == b'\t');
        }
        self.value(start, name, kind)
    }

    /// `"NAME": "VALUE"`, and in files `NAME: VALUE` on a line of its own.
    fn member(&self, at: usize) -> Option<Secret> {
        let before = &self.text[..at];
        let bare = before.trim_end_matches(['"', '\'', '\\']);
        let is_quoted = bare.len() < before.len();
        let name = name_before(bare);
        let kind = key(name)?;
        let spaces = count(&self.text[at + 1..], |byte| byte == b' ' || byte == b'\t');
        let start = at + 1 + spaces;
        if !is_quoted {
            let line = bare[..bare.len() - name.len()].rsplit('\n').next();
            let is_alone = line.is_some_and(|line| line.trim_matches([' ', '\t', '-']).is_empty());
            if self.language == Language::Command || spaces == 0 || !is_alone {
                return None;
            }
        } else if !self.text[start..].starts_with(['"', '\'', '\\']) {
            return None;
        }
        self.value(start, name, kind)
    }

    /// `--NAME VALUE`.
    fn option(&self, at: usize) -> Option<Secret> {
        let bytes = self.text.as_bytes();
        if self.language == Language::File || at > 0 && !bytes[at - 1].is_ascii_whitespace() {
            return None;
        }
        let start = at + "--".len();
        let length = count(&self.text[start..], is_word);
        let name = &self.text[start..start + length];
        let space = start + length;
        let kind = key(name).filter(|_| bytes.get(space) == Some(&b' '))?;
        let value = space + count(&self.text[space..], |byte| byte == b' ');
        if self.text[value..].starts_with('-') {
            return None;
        }
        let kind = if kind == Key::Password {
            kind
        } else {
            // The name of a secret is no secret.
            Key::Other
        };
        self.value(value, name, kind)
    }

    /// `Bearer TOKEN`.
    fn bearer(&self, at: usize) -> Option<Secret> {
        const SHORTEST: usize = 16;
        let rest = self.text[at..].strip_prefix("Bearer ")?;
        let length = count(rest, |byte| is_word(byte) || b".~+/=".contains(&byte));
        let token = &rest[..length];
        let start = self.text.len() - rest.len();
        (length >= SHORTEST && !is_placeholder(token)).then(|| Secret {
            range: start..start + length,
            what: "a bearer token is written out".to_owned(),
        })
    }

    /// The value that begins here, if it is a secret.
    fn value(&self, start: usize, name: &str, kind: Key) -> Option<Secret> {
        let rest = &self.text[start..];
        let unescaped = rest.strip_prefix('\\').unwrap_or(rest);
        let quote = unescaped.chars().next().filter(|c| matches!(c, '"' | '\''));
        let (start, value) = if let Some(quote) = quote {
            let inside = &unescaped[1..];
            let end = count(inside, |byte| byte != quote as u8 && byte != b'\n');
            let value = inside[..end].trim_end_matches('\\');
            (self.text.len() - inside.len(), value)
        } else {
            let ends = |byte: u8| byte.is_ascii_whitespace() || b"\"'`;|&(),}]\\".contains(&byte);
            let length = count(rest, |byte| !ends(byte));
            // A call is no value yet.
            if rest[length..].starts_with('(') {
                return None;
            }
            (start, &rest[..length])
        };
        if !is_secret(kind, value, self.language, quote.is_some()) {
            return None;
        }
        let known = Scan {
            text: value,
            ..*self
        };
        let known = known.token(0).or_else(|| known.web_token(0));
        Some(Secret {
            range: start..start + value.len(),
            what: match known {
                Some(known) => known.what,
                None => format!("the value of `{name}` is written out"),
            },
        })
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

/// How many bytes at the start of the text are such bytes, all of them ASCII or none of them, up to
/// the longest that a secret is.
fn count(text: &str, is: impl Fn(u8) -> bool) -> usize {
    let bytes = text.bytes().take(LONGEST_VALUE);
    let length = bytes.take_while(|&byte| is(byte)).count();
    (0..=length)
        .rev()
        .find(|&end| text.is_char_boundary(end))
        .unwrap_or(0)
}

/// The name that the text ends with.
fn name_before(text: &str) -> &str {
    let bytes = text.bytes().rev().take(LONGEST_NAME);
    let length = bytes
        .take_while(|&byte| is_word(byte) || byte == b'.')
        .count();
    &text[text.len() - length..]
}

#[cfg(test)]
mod tests {
    use super::{Language, secrets};

    fn check(text: &str, language: Language, expected: &[&str]) {
        let found = secrets(text, language, 10);
        let found: Vec<_> = found.into_iter().map(|it| &text[it.range]).collect();
        assert_eq!(found, expected, "{text}");
    }

    fn token(prefix: &str) -> String {
        format!("{prefix}Ab1Cd2Ef3Gh4Ij5Kl6Mn7Op8Qr9St0Uv1Wx2Yz3")
    }

    #[test]
    fn tokens() {
        for prefix in ["ghp_", "github_pat_", "glpat-", "xoxb-", "sk_live_", "AIza"] {
            let token = token(prefix);
            for text in [
                format!("curl -H 'X: {token}'"),
                format!("a={token}"),
                token.clone(),
                format!("--token={token}"),
                format!("token: \"{token}\""),
            ] {
                check(&text, Language::Command, &[&token]);
                check(&text, Language::File, &[&token]);
            }
            check(&format!("x{token}"), Language::File, &[]);
        }
        check(
            "aws AKIAQWERTYUIOPASDFGH",
            Language::Command,
            &["AKIAQWERTYUIOPASDFGH"],
        );
        check("aws AKIAIOSFODNN7EXAMPLE AKIAshort", Language::Command, &[]);
        let jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N";
        check(
            &format!("-H 'Authorization: Bearer {jwt}'"),
            Language::Command,
            &[jwt],
        );
        check(jwt, Language::File, &[jwt]);
        check("eyJhbGciOiJIUzI1NiJ9.x.y", Language::File, &[]);
        check(
            "Authorization: Bearer $TOKEN Bearer {{token}}",
            Language::Command,
            &[],
        );
    }

    #[test]
    fn keys() {
        let key = "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA0Z3VS5JJcds3xf\nabc=\n\
                   -----END RSA PRIVATE KEY-----";
        check(key, Language::File, &[key]);
        let escaped = "-----BEGIN PRIVATE KEY-----\\nMIIEpAIBAAKCAQEA0Z3VS5JJcds3xf";
        check(escaped, Language::Command, &[escaped]);
        check(
            "match \"-----BEGIN RSA PRIVATE KEY-----\"",
            Language::File,
            &[],
        );
        check(
            "-----BEGIN CERTIFICATE-----\nMIIEpAIBAAKCAQEA0Z3VS5JJcds3xf",
            Language::File,
            &[],
        );
    }

    #[test]
    fn urls() {
        check(
            "psql postgres://app:hunter2@db/app",
            Language::Command,
            &["hunter2"],
        );
        check(
            "psql postgres://app:p@ss@db/app",
            Language::Command,
            &["p@ss"],
        );
        for text in [
            "psql postgres://app:$PASSWORD@db/app",
            "psql postgres://app:${PASSWORD}@db",
            "psql postgres://app:$(cat password)@db",
            "psql postgres://app@db:5432/app",
            "curl http://user:<password>@host",
            "curl http://localhost:8080/@x:y",
        ] {
            check(text, Language::Command, &[]);
        }
    }

    #[test]
    fn assignments() {
        let literal = [
            ("DB_PASSWORD=hunter2 run", "hunter2"),
            ("run --password=hunter2", "hunter2"),
            ("run --password hunter2", "hunter2"),
            ("run --db-passwd='hunter 2'", "hunter 2"),
            ("export API_KEY=a1b2c3d4e5", "a1b2c3d4e5"),
            ("run -Dclient.secret=\"s3cr3tvalue\"", "s3cr3tvalue"),
            ("curl -d '{\"password\": \"hunter2\"}'", "hunter2"),
            (r#"curl -d "{\"password\":\"hunter2\"}""#, "hunter2"),
            ("curl 'x?token=abcd1234efgh&y=1'", "abcd1234efgh"),
        ];
        for (text, secret) in literal {
            check(text, Language::Command, &[secret]);
        }
        for text in [
            "PASSWORD=$DB_PASSWORD run",
            "PASSWORD=\"$(cat /run/secret)\" run",
            "PASSWORD=`cat x` run",
            "PASSWORD={{password}} run",
            "PASSWORD= run",
            "run --password-file=/etc/x --password=/run/x --token=./x",
            "run --password=<password> --token=xxxxxxxxxxxx --secret=changeme",
            "run --max-tokens=4096 --no-password=now --token 1",
            "run --secret id=foo --secret db-credentials",
            "test \"$password\" == hunter2 || password==hunter2",
            "tokenizer=abcd1234efgh keyboard=abcd1234",
        ] {
            check(text, Language::Command, &[]);
        }
    }

    #[test]
    fn files() {
        for (text, secret) in [
            ("password = \"hunter2\"\n", "hunter2"),
            ("db:\n  password: hunter2abc\n", "hunter2abc"),
            ("{ \"api_key\": \"a1b2c3d4e5\" }", "a1b2c3d4e5"),
            ("DB_PASSWORD=hunter2abc\n", "hunter2abc"),
        ] {
            check(text, Language::File, &[secret]);
        }
        for text in [
            "password = os.environ[\"PASSWORD\"]\n",
            "connect(password=password, token=token1)\n",
            "token = get_token(request)\n",
            "def login(password: str, token: Token2) -> None:\n",
            "password: \"Enter the password\"\n",
            "const password = config.password;\n",
            "password = f\"{user}x1\"\n",
            "this.token = req.headers.token2\n",
        ] {
            check(text, Language::File, &[]);
        }
    }

    #[test]
    fn odd_texts() {
        for text in [
            "=",
            ":",
            "--",
            "-----BEGIN ",
            "=\u{e9}",
            "password=\u{e9}\u{e9}",
            "Bearer ",
        ] {
            let _ = secrets(text, Language::Command, 10);
            let _ = secrets(text, Language::File, 10);
        }
    }
}
