//! Files that are filled in on the node: `${expanded ./file}`.
//!
//! The file is imported as it is. When the process starts, `sed` writes a copy into the sandbox in
//! which each `{{...}}` is replaced by its value: one that is known now is part of the command
//! already; one that the agent knows is left in the command for it to bind. The pattern spells the
//! braces as `[{][{]`, so that they are not bound there. `{{&x}}` becomes `{{x}}`.
//!
//! `${ports.NAME}` and the like are replaced as well, and `$${ports.NAME}` becomes `${ports.NAME}`. A line
//! break, which no line has inside, keeps that apart from a reference until all are replaced.
//!
//! Text between braces that cannot be a reference of Aurora's (`{{ .Value }}`) is left alone: files
//! have other template languages in them.

use std::fmt::Write as _;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use crate::beneath::OpenError;
use crate::check::templates::UNBOUND_TEMPLATE;
use crate::check::{examine, lookalikes_in_file};
use crate::diagnostic::{Diagnostic, MachineError, Place};
use crate::model::{NodeValue, PackageName, ValueOrEscape, node_values};
use crate::rule::scope::{Binding, Scope, bind};
use crate::source::{Location, SourceFile, Span};
use crate::store::{StoreDir, StorePath, StorePathName};
use crate::template::{Spelling, TemplateReference, in_auroras_words, references_of_definition};

use super::{Context, LeftToNode};

crate::diagnostic::declare_codes! {
    /// A file that is to be expanded is not text: it is too large, not UTF-8, or has NUL
    /// characters. It is filled in by `sed` on the node.
    NOT_EXPANDABLE = "not-expandable", Error, "a file that cannot be expanded";
}

/// The largest file that is expanded: `sed` is no tool for more, and it is held in memory.
const MAX_BYTES: u64 = 4 * 1024 * 1024;

/// A file with the substitutions that fill it in.
#[derive(Debug)]
pub(super) struct Expansion {
    path: StorePath,
    /// Commands of `sed`: what keeps escapes apart first, what undoes escapes last.
    script: Vec<String>,
}

impl Expansion {
    /// Appends the commands that make the copy and set `jobc_expanded_NUMBER` to its path.
    pub(super) fn write(
        &self,
        text: &mut String,
        number: usize,
        process: &str,
        store_dir: &StoreDir,
    ) {
        let directory = StorePathName::mangle(process);
        let name = self.path.name();
        let source = store_dir.display(&self.path);
        write!(
            text,
            "jobc_expanded_{number}=$PWD/.expanded/{directory}/{number}/{name}; \
             export jobc_expanded_{number}\n\
             mkdir -p \"${{jobc_expanded_{number}%/*}}\" && "
        )
        .expect(STRINGS_TAKE_ALL);
        if self.script.is_empty() {
            text.push_str("cat");
        } else {
            text.push_str("sed");
            for command in &self.script {
                // Not `plan`'s quoting: braces in a replacement are there to be bound.
                write!(text, " -e '{}'", command.replace('\'', r"'\''")).expect(STRINGS_TAKE_ALL);
            }
        }
        writeln!(text, " {source} >\"$jobc_expanded_{number}\" || exit 1").expect(STRINGS_TAKE_ALL);
    }
}

const STRINGS_TAKE_ALL: &str = "writing to a string does not fail";

/// What one reference becomes.
enum Replacement {
    /// This text, which is known.
    Known(String),
    /// What the node knows, in Aurora's words.
    OfNode(String),
    Unescaped,
    Alone,
}

impl Context<'_> {
    /// The expansion of the file at `path` for the process at `index`; none if it cannot be
    /// expanded, which is reported.
    pub(super) fn expansion(
        &mut self,
        full: &Path,
        path: &str,
        store_path: &StorePath,
        index: usize,
        place: impl Fn() -> Place,
    ) -> Result<Option<Expansion>, MachineError> {
        let cannot = |error| MachineError::new(format!("cannot read `{path}`"), error);
        let read = match self.resolver.importer.open(full) {
            Ok(file) => read_text(file).map_err(cannot)?,
            Err(OpenError::NotAFile(_)) => Contents::Other("not a file"),
            Err(error) => return Err(cannot(std::io::Error::other(error))),
        };
        let text = match read {
            Contents::Text(text) => text,
            Contents::Other(reason) => {
                let headline = format!("`{path}` cannot be expanded: it is {reason}");
                let help = format!("import it as it is: `${{{path}}}`");
                self.diagnostics
                    .push(Diagnostic::new(&NOT_EXPANDABLE, headline, place()).help(help));
                return Ok(None);
            }
        };
        let name = self.resolver.display_name(full);
        let file = SourceFile::new(name, text);
        let mut neutral = Vec::new();
        let mut auroras = Vec::new();
        let mut escapes = Vec::new();
        let mut failed = false;
        let mut seen = std::collections::BTreeSet::new();
        for reference in references_of_definition(file.text()) {
            if !seen.insert(reference.text) {
                continue;
            }
            let here = || {
                let end = reference.offset + reference.text.len();
                Place::span(&file, Span::new(reference.offset..end))
            };
            let value = match self.replacement(&reference, index, here) {
                Ok(Replacement::Alone) => continue,
                Ok(Replacement::Unescaped) => {
                    escapes.extend(unescape(reference.inner));
                    continue;
                }
                Ok(Replacement::Known(value)) => value,
                Ok(Replacement::OfNode(value)) => {
                    let end = reference.offset + reference.text.len();
                    self.left_to_node.push(LeftToNode {
                        process: index,
                        text: reference.text.to_owned(),
                        location: Location {
                            file: Arc::clone(&file),
                            span: Span::new(reference.offset..end),
                        },
                    });
                    value
                }
                Err(problem) => {
                    failed = true;
                    self.diagnostics
                        .push(problem.also(place(), "expanded here"));
                    continue;
                }
            };
            let Some(command) = substitution(&reference, &value) else {
                failed = true;
                let headline = format!(
                    "the value of `{}` has too many odd characters",
                    reference.text
                );
                let problem = Diagnostic::new(&NOT_EXPANDABLE, headline, here());
                self.diagnostics.push(problem);
                continue;
            };
            match reference.spelling {
                Spelling::Neutral => neutral.push(command),
                Spelling::Aurora => auroras.push(command),
            }
        }
        let script = script(file.text(), neutral, auroras, escapes);
        let scope = Scope::process(self.checked.job(), index).in_file();
        let here = |range| Place::span(&file, Span::new(range));
        let is_package = |name: &PackageName| self.declares(name);
        for problem in lookalikes_in_file(file.text(), &scope, is_package, here) {
            self.diagnostics
                .push(problem.also(place(), "expanded here"));
        }
        Ok((!failed).then(|| Expansion {
            path: store_path.clone(),
            script,
        }))
    }

    /// Whether commands of the job may name a package.
    fn declares(&self, name: &PackageName) -> bool {
        let own = self.checked.job().packages.as_ref();
        let of_settings = self.resolver.settings.packages.as_ref();
        [own, Some(self.resolver.shared_packages), of_settings]
            .into_iter()
            .flatten()
            .any(|packages| packages.contains_key(name))
    }

    fn replacement(
        &self,
        reference: &TemplateReference<'_>,
        index: usize,
        here: impl FnOnce() -> Place,
    ) -> Result<Replacement, Diagnostic> {
        if reference.escaped {
            return Ok(Replacement::Unescaped);
        }
        let Some(address) = &reference.address else {
            return Ok(Replacement::Alone);
        };
        let scope = Scope::process(self.checked.job(), index).in_file();
        match bind(address, &scope) {
            Binding::AtLoad(value) => Ok(Replacement::Known(value)),
            Binding::ByAgent => Ok(Replacement::OfNode(
                in_auroras_words(reference.text).into_owned(),
            )),
            Binding::Unbound => {
                let place = here();
                let escaped = reference.text.replacen("{{", "{{&", 1);
                let problem = examine(reference, &scope, || place.clone()).unwrap_or_else(|| {
                    let headline = format!("nobody knows the name in `{}`", reference.text);
                    Diagnostic::new(&UNBOUND_TEMPLATE, headline, place)
                });
                Err(problem.help(format!(
                    "write `{escaped}` to keep it for another template language"
                )))
            }
        }
    }
}

/// What is in a file that is to be expanded.
enum Contents {
    Text(String),
    /// Something else: what it is.
    Other(&'static str),
}

fn read_text(file: File) -> std::io::Result<Contents> {
    let mut bytes = Vec::new();
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Ok(Contents::Other("larger than 4 MiB"));
    }
    if bytes.contains(&0) {
        return Ok(Contents::Other("not text: it has a NUL character"));
    }
    Ok(match String::from_utf8(bytes) {
        Ok(text) => Contents::Text(text),
        Err(_) => Contents::Other("not UTF-8"),
    })
}

/// The commands of all references of `text` in the order that they have to have.
fn script(
    text: &str,
    neutral: Vec<String>,
    auroras: Vec<String>,
    unescape: Vec<String>,
) -> Vec<String> {
    let mut script = Vec::new();
    for word in NodeValue::WORDS {
        let start = format!("$${{{word}");
        let mut found = node_values(text).filter(|it| it.is == ValueOrEscape::Escape);
        if found.any(|escape| text[escape.offset..].starts_with(&start)) {
            let pattern = word.replace('.', "[.]");
            script.push(format!("s|[$][$]{{{pattern}|$\\\n{{{word}|g"));
        }
    }
    let keeps_apart = !script.is_empty();
    script.extend(neutral);
    script.extend(auroras);
    script.extend(unescape);
    if keeps_apart {
        script.push(r"s|\n||g".to_owned());
    }
    script
}

/// `sed`'s command that replaces `reference` by `value`; none if all delimiters are taken.
fn substitution(reference: &TemplateReference<'_>, value: &str) -> Option<String> {
    let inner = pattern_of(reference.inner)?;
    let pattern = match reference.spelling {
        Spelling::Aurora => format!("[{{][{{]{inner}[}}][}}]"),
        Spelling::Neutral => format!("[$]{{{inner}}}"),
    };
    let mut replacement = String::with_capacity(value.len());
    for c in value.chars() {
        match c {
            '\\' | '&' | '\n' => replacement.extend(['\\', c]),
            _ => replacement.push(c),
        }
    }
    let delimiter = delimiter(&[&pattern, &replacement])?;
    Some(format!(
        "s{delimiter}{pattern}{delimiter}{replacement}{delimiter}g"
    ))
}

/// `sed`'s command that makes `{{inner}}` of `{{&inner}}`; none for what spans lines, which `sed`
/// cannot see. The replacement takes its braces from the match, so that they do not stand in the
/// command.
fn unescape(inner: &str) -> Option<String> {
    let pattern = format!(r"\([{{]\)[{{]&\({}[}}][}}]\)", pattern_of(inner)?);
    let delimiter = delimiter(&[&pattern])?;
    Some(format!(
        r"s{delimiter}{pattern}{delimiter}\1\1\2{delimiter}g"
    ))
}

/// A basic regular expression that matches `text` alone; none for text of several lines.
fn pattern_of(text: &str) -> Option<String> {
    let mut pattern = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\n' => return None,
            '.' | '*' | '$' | '[' | ']' => pattern.extend(['[', c, ']']),
            '^' | '\\' => pattern.extend(['\\', c]),
            _ => pattern.push(c),
        }
    }
    Some(pattern)
}

fn delimiter(texts: &[&str]) -> Option<char> {
    "|,;:#%@~!/=+"
        .chars()
        .find(|&c| !texts.iter().any(|text| text.contains(c)))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::process::{Command, Stdio};

    use crate::template::references_of_definition;

    use super::{script, substitution, unescape};

    fn substituted(reference: &str, value: &str) -> Option<String> {
        let reference = references_of_definition(reference).next();
        substitution(&reference.expect("a reference"), value)
    }

    #[test]
    fn commands() {
        let check = |reference, value, expected| {
            assert_eq!(substituted(reference, value).as_deref(), expected);
        };
        check("{{name}}", "web", Some("s|[{][{]name[}][}]|web|g"));
        check(
            "{{thermos.ports[http]}}",
            "{{thermos.ports[http]}}",
            Some("s|[{][{]thermos[.]ports[[]http[]][}][}]|{{thermos.ports[http]}}|g"),
        );
        check(
            "${ports.http}",
            "{{thermos.ports[http]}}",
            Some("s|[$]{ports[.]http}|{{thermos.ports[http]}}|g"),
        );
        check(
            "{{name}}",
            r"a|b&c\d",
            Some(r"s,[{][{]name[}][}],a|b\&c\\d,g"),
        );
        check("{{name}}", "|,;:#%@~!/=+", None);
        assert_eq!(
            unescape("x").as_deref(),
            Some(r"s|\([{]\)[{]&\(x[}][}]\)|\1\1\2|g")
        );
    }

    /// What `sed` makes of a file on a node where each reference is 80.
    fn filled(text: &str) -> String {
        let of = |neutral| {
            let found = references_of_definition(text)
                .filter(move |it| it.text.starts_with('$') == neutral && !it.escaped);
            found
                .map(|it| substitution(&it, "80").expect("a command"))
                .collect()
        };
        let mut sed = Command::new("sed");
        for command in script(text, of(true), of(false), Vec::new()) {
            sed.args(["-e", &command]);
        }
        let sed = sed
            .args(["-e", ""])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut sed = sed.spawn().expect("there is sed");
        let mut input = sed.stdin.take().expect("it is piped");
        input.write_all(text.as_bytes()).expect("sed reads");
        drop(input);
        let output = sed.wait_with_output().expect("sed ends");
        String::from_utf8(output.stdout).expect("it is text")
    }

    #[test]
    fn sed_replaces_what_is_no_escape() {
        let check = |text, expected| assert_eq!(filled(text), expected, "{text}");
        check("a ${ports.a}${ports.a}{{thermos.ports[a]}}\n", "a 808080\n");
        check("$${ports.a} ${ports.a}\n", "${ports.a} 80\n");
        check("$$${ports.a}$$${job.host}\n", "$${ports.a}$${job.host}\n");
        check(
            "'$${job.host}' $${HOME} ${job.host}\n",
            "'${job.host}' $${HOME} 80\n",
        );
        check(
            "${ports.a}\n\n$${ports.b}\nno end",
            "80\n\n${ports.b}\nno end",
        );
    }
}
