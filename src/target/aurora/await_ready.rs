//! The command that waits until a process is ready.
//!
//! POSIX sh that bash, dash and busybox run alike, without `{{` but for what the node fills in: a few
//! lines with what is waited for and how, then the text of `await_ready.sh`, of which each kind of probe
//! has its part. A connection takes bash, which Thermos runs commands by.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Map, Value};

use crate::intent::{Address, AwaitedJob, Checker, HealthCheck, Intent, Probe, Ready, Run, Text};
use crate::shell::shell_word;
use crate::template::references;
use crate::vocabulary::HTTP_HEALTH_CHECKER;

use super::prelude::prelude;
use super::quoted::{Quoted, unquotable};

/// What all commands end with, comments and the parts of all probes included.
const SHARED: &str = include_str!("await_ready.sh");

/// The port that health is asked for at.
const HEALTH: &str = ":{{thermos.ports[health]}}";

const STRINGS_TAKE_ALL: &str = "writing to a string does not fail";

/// What is tried, with nothing left in it but what the node fills in.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Tried<'p> {
    /// A command, which starts with what its process starts with, if that is one.
    Command(&'p Text, Option<&'p Run>),
    /// A connection.
    Tcp(String),
    /// A request.
    Http(String),
}

/// What is tried until a process is ready; none if not all of it can be filled in.
pub(super) fn tried<'p>(run: &'p Run, ready: &'p Ready, intent: &'p Intent) -> Option<Tried<'p>> {
    let command = |text: &'p Text, run| {
        let is_known = unquotable(text).is_none();
        is_known.then_some(Tried::Command(text, run))
    };
    let filled = |text: &Text| text.filled_in().map(Cow::into_owned);
    match &ready.probe {
        Probe::Command(at) => command(&at.value, Some(run)),
        Probe::Tcp(at) => filled(&at.value).map(Tried::Tcp),
        Probe::Http(at) => filled(&at.value).map(Tried::Http),
        Probe::Health => {
            let endpoint = match intent.checker() {
                Some(Checker::Shell(at)) => return command(&at.value, None),
                Some(Checker::Http { endpoint, .. }) => endpoint.as_ref(),
                None => None,
            };
            let path = match endpoint {
                Some(endpoint) => filled(&endpoint.value)?,
                None => HTTP_HEALTH_CHECKER.text("endpoint").to_owned(),
            };
            Some(Tried::Http(format!("{HEALTH}{path}")))
        }
    }
}

/// Seconds that one try may take.
fn timeout(ready: &Ready, check: Option<&HealthCheck>) -> i64 {
    let of_check = check.and_then(|check| check.timeout_secs.as_ref());
    match (&ready.probe, of_check) {
        (Probe::Health, Some(seconds)) => whole(seconds.value),
        _ => ready.timeout(),
    }
}

/// At least as many whole seconds.
#[expect(
    clippy::cast_possible_truncation,
    reason = "what no integer holds is for ever"
)]
fn whole(seconds: f64) -> i64 {
    (seconds.ceil() as i64).max(1)
}

/// The command that waits until `run` is ready, as its `ready` says how to find out. A rule refuses what
/// cannot be tried; something that fails stands in for it.
pub(super) fn command(run: &Run, ready: &Ready, intent: &Intent) -> String {
    let mut text = String::with_capacity(SHARED.len() + 256);
    let check = intent.health_check.as_ref().map(|it| &it.value);
    writeln!(
        text,
        "interval={} timeout={} within={} awaited={}",
        ready.interval(),
        timeout(ready, check),
        ready.within(),
        Quoted::of(&run.name.value),
    )
    .expect(STRINGS_TAKE_ALL);
    let wanted: &[&str] = match tried(run, ready, intent) {
        Some(Tried::Command(command, run)) => {
            let before = run.map(prelude).unwrap_or_default();
            text.push_str("probe=");
            if !before.is_empty() {
                text.push_str(&word(&before));
            }
            write!(text, "{}", Quoted::of(command)).expect(STRINGS_TAKE_ALL);
            &["command"]
        }
        Some(Tried::Tcp(written)) => {
            address(&mut text, Address::tcp(&written).ok().as_ref());
            &["connect", "tcp"]
        }
        Some(Tried::Http(written)) => {
            address(&mut text, Address::http(&written).ok().as_ref());
            &["connect", "http"]
        }
        None => {
            text.push_str("probe=false");
            &["command"]
        }
    };
    finished(text, wanted)
}

/// The command that waits until another job takes connections where the definition or the target says. A rule
/// refuses a job of which nothing says where.
pub(super) fn of_job(job: &AwaitedJob) -> String {
    let mut text = String::with_capacity(SHARED.len() + 256);
    let probe = Ready::CONNECTION;
    writeln!(
        text,
        "interval={} timeout={} within={} awaited={}",
        probe.interval,
        probe.timeout,
        job.within,
        word(&job.key.to_string()),
    )
    .expect(STRINGS_TAKE_ALL);
    let written = job.address.as_ref().and_then(Text::as_literal);
    let written = written.and_then(|written| Address::tcp(written).ok());
    address(&mut text, written.as_ref());
    finished(text, &["connect", "tcp"])
}

/// With what all commands end with, the parts of the `wanted` probes included.
fn finished(mut text: String, wanted: &[&str]) -> String {
    let mut is_wanted = true;
    for line in SHARED.lines() {
        if let Some(part) = line.strip_prefix("#+") {
            is_wanted = wanted.contains(&part);
        } else if line.starts_with("#-") {
            is_wanted = true;
        } else if is_wanted && !line.starts_with('#') {
            text.push('\n');
            text.push_str(line);
        }
    }
    text
}

/// Whether a command is one that waits, whoever wrote it.
pub(super) fn is_command(text: &str) -> bool {
    let first = text.lines().next().unwrap_or_default();
    first.starts_with("interval=") && first.contains(" awaited=")
}

/// What a command that waits tries and how long, in the words of definitions; none if it is no such
/// command. Its text is all that there is of a compiled job that comes from elsewhere.
pub(super) fn read(text: &str) -> Option<Map<String, Value>> {
    let mut words = BTreeMap::new();
    let mut rest = text;
    while !["try() ", "connect() "]
        .iter()
        .any(|end| rest.starts_with(end))
    {
        let (name, after) = rest.split_once('=')?;
        let (word, after) = unquoted(after)?;
        words.insert(name, word);
        rest = after.trim_start();
    }
    let word = |name: &str| words.get(name).map(String::as_str);
    let (field, tried) = match (word("probe"), word("host"), word("port"), word("path")) {
        (Some(probe), ..) => ("command", probe.to_owned()),
        (None, Some(host), Some(port), None) => ("tcp", format!("{host}:{port}")),
        (None, Some(host), Some(port), Some(path)) => {
            ("http", format!("http://{host}:{port}{path}"))
        }
        _ => return None,
    };
    let mut table = Map::new();
    for name in ["interval", "timeout", "within"] {
        let seconds: i64 = word(name)?.parse().ok()?;
        table.insert(name.to_owned(), seconds.into());
    }
    table.insert(field.to_owned(), tried.into());
    Some(table)
}

/// The word of the shell that a text begins with, and what follows it. Escapes stay as they are.
fn unquoted(text: &str) -> Option<(String, &str)> {
    let mut word = String::new();
    let mut rest = text;
    loop {
        let mut characters = rest.chars();
        match characters.next() {
            None | Some(' ' | '\n') => return Some((word, rest)),
            Some('\'') => {
                let (inside, after) = characters.as_str().split_once('\'')?;
                word.push_str(inside);
                rest = after;
            }
            Some('\\') => {
                word.push(characters.next()?);
                rest = characters.as_str();
            }
            Some('$') if characters.as_str().starts_with('\'') => {
                let mut end = 1;
                let inside = &characters.as_str()[1..];
                while !inside.get(end - 1..)?.starts_with('\'') {
                    let is_escape = inside[end - 1..].starts_with('\\');
                    end += 1 + usize::from(is_escape);
                }
                word.push_str(&inside[..end - 1]);
                rest = &inside[end..];
            }
            Some(c) => {
                word.push(c);
                rest = characters.as_str();
            }
        }
    }
}

/// The same in front of a command that is to start then.
pub(super) fn in_front(waiting: &str, command: &str) -> String {
    // It exits, and its words are not the command's.
    format!("(\n{waiting}\n) || exit 1\n{command}")
}

fn address(text: &mut String, address: Option<&Address<'_>>) {
    let Some(Address {
        scheme: _,
        host,
        port,
        path,
    }) = address
    else {
        text.push_str("host= port=");
        return;
    };
    write!(text, "host={} port={}", word(host), word(port)).expect(STRINGS_TAKE_ALL);
    if !path.is_empty() {
        write!(text, " path={}", word(path)).expect(STRINGS_TAKE_ALL);
    }
}

/// A text as one word of the shell, in which the node fills in references. What it fills in, numbers and
/// names of nodes and tasks, needs no quotes.
fn word(text: &str) -> String {
    let mut word = String::with_capacity(text.len() + 2);
    let mut at = 0;
    for reference in references(text) {
        if at < reference.offset {
            word.push_str(&shell_word(&text[at..reference.offset]));
        }
        word.push_str(reference.text);
        at = reference.offset + reference.text.len();
    }
    if at < text.len() || text.is_empty() {
        word.push_str(&shell_word(&text[at..]));
    }
    word
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::{read, unquoted, word};

    #[test]
    fn what_is_tried_is_read_back() {
        let check = |text: &str, expected: Option<(&str, &str)>| {
            let found = unquoted(text);
            let found = found.as_ref().map(|(word, rest)| (&**word, *rest));
            assert_eq!(found, expected, "{text}");
        };
        check("a b", Some(("a", " b")));
        check(r"'it'\''s'{{x}}'!'", Some(("it's{{x}}!", "")));
        check(r"$'caf\303\251 \'x'' y'", Some((r"caf\303\251 \'x y", "")));
        check("''\nx", Some(("", "\nx")));
        check("'a", None);
        check("$'a", None);
        check(r"$'\u{e9}\", None);
        let text = "interval=1 timeout=5 within=60 awaited='a b'\nhost=localhost port=80 path=/\nconnect() {";
        let expected = [
            ("http", Value::from("http://localhost:80/")),
            ("interval", 1.into()),
            ("timeout", 5.into()),
            ("within", 60.into()),
        ];
        let expected = expected.map(|(name, value)| (name.to_owned(), value));
        assert_eq!(read(text), Some(expected.into_iter().collect()));
        assert_eq!(read("interval=1 timeout=5\nprobe=x\ntry() {"), None);
    }

    #[test]
    fn words_with_references() {
        let check = |text, expected| assert_eq!(word(text), expected);
        check("a", "a");
        check("", "''");
        check(
            "a -p {{thermos.ports[db]}} $x",
            "'a -p '{{thermos.ports[db]}}' $x'",
        );
        check("{{mesos.hostname}}", "{{mesos.hostname}}");
        check("awk '{{{x'", r"'awk '\''{''{''{x'\'''");
        check("{ {{mesos.instance}}}", "'{ '{{mesos.instance}}'}'");
    }
}
