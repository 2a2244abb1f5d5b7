//! `tests/cases/**`: one input each, and all that jobc says about it.
//!
//! A case is one text file:
//!
//! ```text
//! What it is about.
//! -- args --
//! check
//! -- job.toml --
//! (a file, and more of them; `-- LINK -> TARGET --` is a link)
//! -- stdout --
//! -- stderr --
//! -- status --
//! 1
//! ```
//!
//! `JOBC_UPDATE=1 cargo test` rewrites the last three sections.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use jobc::registry::CODES;
use libtest_mimic::{Failed, Trial};

use crate::harness::{Run, Sandbox, report, repository, updating};

pub struct Case {
    about: String,
    pub arguments: Vec<String>,
    files: Vec<(String, String)>,
    pub expected: Run,
}

impl Case {
    pub fn read(text: &str) -> Self {
        let mut sections = Vec::new();
        let mut about = String::new();
        for line in text.split_inclusive('\n') {
            let name = line
                .trim_end()
                .strip_prefix("-- ")
                .and_then(|rest| rest.strip_suffix(" --"));
            match (name, sections.last_mut()) {
                (Some(name), _) => sections.push((name.to_owned(), String::new())),
                (None, Some((_, contents))) => contents.push_str(line),
                (None, None) => about.push_str(line),
            }
        }
        let mut take = |wanted: &str| {
            let found = sections.iter().position(|(name, _)| name == wanted);
            found
                .map(|index| sections.remove(index).1)
                .unwrap_or_default()
        };
        let arguments = take("args").split_whitespace().map(str::to_owned).collect();
        let expected = Run {
            stdout: take("stdout"),
            stderr: take("stderr"),
            status: take("status").trim().parse().unwrap_or(-1),
        };
        Self {
            about,
            arguments,
            files: sections,
            expected,
        }
    }

    fn write(&self, run: &Run) -> String {
        let mut text = format!("{}-- args --\n{}\n", self.about, self.arguments.join(" "));
        for (name, contents) in &self.files {
            write!(text, "-- {name} --\n{contents}").expect("strings take all");
        }
        let Run {
            stdout,
            stderr,
            status,
        } = run;
        write!(
            text,
            "-- stdout --\n{stdout}-- stderr --\n{stderr}-- status --\n{status}\n"
        )
        .expect("strings take all");
        text
    }

    fn run(&self) -> Run {
        self.run_with(&[])
    }

    /// Runs it with more arguments at the end.
    pub fn run_with(&self, more: &[&str]) -> Run {
        let sandbox = Sandbox::new();
        for (name, contents) in &self.files {
            match name.split_once(" -> ") {
                Some((link, target)) => {
                    symlink(target, sandbox.path().join(link)).expect("it can be made");
                }
                None => {
                    sandbox.file(name, contents);
                }
            }
        }
        let arguments = self.arguments.iter().map(String::as_str);
        sandbox.jobc(arguments.chain(more.iter().copied()))
    }
}

pub fn case_files() -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = walkdir::WalkDir::new(repository().join("tests/cases"))
        .into_iter()
        .filter_map(Result::ok)
        .map(walkdir::DirEntry::into_path)
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .collect();
    files.sort();
    files
}

fn check(path: &Path) -> Result<(), Failed> {
    let text = fs::read_to_string(path).expect("the case can be read");
    let case = Case::read(&text);
    let run = case.run();
    if updating() {
        fs::write(path, case.write(&run)).expect("the case can be written");
        return Ok(());
    }
    if run == case.expected {
        return Ok(());
    }
    let difference = similar(&case.write(&case.expected), &case.write(&run));
    Err(Failed::from(difference))
}

/// The lines that differ, `-` expected and `+` found.
fn similar(expected: &str, found: &str) -> String {
    let expected: Vec<_> = expected.lines().collect();
    let found: Vec<_> = found.lines().collect();
    let same_start = expected
        .iter()
        .zip(&found)
        .take_while(|(a, b)| a == b)
        .count();
    let rest = expected.len().min(found.len()) - same_start;
    let same_end = expected
        .iter()
        .rev()
        .zip(found.iter().rev())
        .take(rest)
        .take_while(|(a, b)| a == b)
        .count();
    let mut text = String::new();
    for line in &expected[same_start..expected.len() - same_end] {
        writeln!(text, "- {line}").expect("strings take all");
    }
    for line in &found[same_start..found.len() - same_end] {
        writeln!(text, "+ {line}").expect("strings take all");
    }
    text
}

/// Codes that no text file of a sensible size can provoke, with a test in `robustness.rs`, and those
/// that take Nix or git, with one in `lock.rs` or `ignored.rs`.
const TESTED_ELSEWHERE: &[&str] = &[
    "file-too-large",
    "not-utf8",
    "too-many-errors",
    "dangling-link",
    "imports-ignored",
    "cannot-resolve-package",
    "long-command",
];

fn every_code_has_a_case() {
    let mut seen = BTreeSet::new();
    for path in case_files() {
        let case = Case::read(&fs::read_to_string(path).expect("the case can be read"));
        for code in CODES.codes() {
            if case.expected.stderr.contains(&format!("[{}]", code.id)) {
                seen.insert(code.id);
            }
        }
    }
    let missing: Vec<_> = CODES
        .codes()
        .map(|code| code.id)
        .filter(|id| !seen.contains(id) && !TESTED_ELSEWHERE.contains(id))
        .map(str::to_owned)
        .collect();
    report(&missing);
}

/// The fenced blocks of a code's documentation that are definitions: their format and text.
fn examples(docs: &str) -> Vec<(String, String)> {
    let mut blocks = Vec::new();
    let mut open: Option<(String, String)> = None;
    for line in docs.lines() {
        let line = line.strip_prefix(' ').unwrap_or(line);
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(format)) => open = Some((format.to_owned(), String::new())),
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some((_, text)), None) => {
                text.push_str(line);
                text.push('\n');
            }
            (None, None) => {}
        }
    }
    blocks.retain(|(format, _)| ["toml", "json", "yaml", "aurora"].contains(&format.as_str()));
    blocks
}

/// The first example of each code provokes it, and nothing else that is an error; the second one
/// compiles.
fn documentation_is_true() {
    let mut failures = Vec::new();
    for code in CODES.codes() {
        let blocks = examples(code.docs);
        for (index, (format, text)) in blocks.iter().enumerate() {
            let sandbox = Sandbox::new();
            let arguments = if format == "aurora" {
                sandbox.file("job.json", text);
                &["validate", "job.json", "--message-format", "short"][..]
            } else {
                sandbox.file(&format!("job.{format}"), text);
                sandbox.file("serve.yml", "").file("check.yml", "");
                &["check", "--message-format", "short"]
            };
            let run = sandbox.jobc(arguments);
            let mentioned = run.stderr.contains(&format!("[{}]", code.id));
            // Some choices exist, and have rules, although JSON cannot carry them.
            let other = |line: &&str| {
                line.contains(": error[")
                    && ![code.id, "not-in-json"]
                        .iter()
                        .any(|id| line.contains(&format!("[{id}]")))
            };
            let others = run.stderr.lines().filter(other).count();
            let wrong = if index == 0 {
                !mentioned || others > 0
            } else {
                mentioned || others > 0
            };
            if wrong {
                let which = if index == 0 { "provokes it" } else { "is good" };
                failures.push(format!(
                    "explain {}: example {} {which}?\n{text}\n{}",
                    code.id,
                    index + 1,
                    run.stderr
                ));
            }
        }
    }
    report(&failures);
}

/// A test for each file, named by it.
pub fn cases() -> Vec<Trial> {
    let root = repository().join("tests/cases");
    let case = |path: PathBuf| {
        let name = path.strip_prefix(&root).unwrap_or(&path).with_extension("");
        Trial::test(format!("cases::{}", name.display()), move || check(&path))
    };
    case_files().into_iter().map(case).collect()
}

tests! {
    every_code_has_a_case,
    documentation_is_true,
}
