//! `${...}` in commands that is neither a reference nor the shell's, and what was meant by it.
//!
//! ```text
//! mistaken = "${" blank ... | "${" WORD blank ... | "${" [ WORD ] "." ...
//!          | "${~/" ... | "${#pkgs." ... | "${!pkgs." ...
//! ```
//!
//! Bash takes none of these (5.2: "bad substitution"), so that a command with one dies where the
//! shell comes by it. Between single quotes and in here-documents with a quoted word the shell does
//! not: it is another program's text there.

mod near;
mod of_node;

use std::collections::BTreeSet;

use crate::check::commands::codes::BAD_REFERENCE;
use crate::diagnostic::{Diagnostic, Place, closest};
use crate::model::{NodeValue, PackageName, Reserved};
use crate::rule::scope::Scope;
use crate::template::{Address, TemplateReference, by_agent, references};

pub(super) use near::{extent_of, is_nearly_ours, names_package};
pub(super) use of_node::{is_of_node, of_node};

use super::templates;
use near::{Ours, PACKAGES, near};
use of_node::{LITERAL, of_job};

/// What was written for the environment.
const ENVIRONMENTS: &[&str] = &["env", "ENV", "Env", "environ", "process.env"];

/// What names of files end with.
const EXTENSIONS: &[&str] = &[
    "bash",
    "cfg",
    "cnf",
    "conf",
    "config",
    "crt",
    "csv",
    "env",
    "html",
    "ini",
    "j2",
    "jar",
    "js",
    "json",
    "jsonnet",
    "list",
    "lua",
    "md",
    "nix",
    "pem",
    "pl",
    "properties",
    "py",
    "rb",
    "sh",
    "service",
    "sql",
    "tar",
    "tf",
    "tmpl",
    "toml",
    "tpl",
    "txt",
    "xml",
    "yaml",
    "yml",
    "zip",
];

/// What was meant.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Meant {
    /// Exactly this.
    Text(String),
    /// This, once the package is declared.
    Package(String),
    /// Something that only a shell newer than the usual ones takes.
    Commands(String),
    /// A file below a user's home directory.
    Home(String),
    /// A port, the name of which is none.
    Port,
    /// A field of the job, of which only some are known on a node.
    Field(String),
    Unclear,
}

/// Whether `text` starts with a `${` that is neither that of a reference nor the shell's.
pub(super) fn is_mistaken(text: &str) -> bool {
    let Some(inner) = text.strip_prefix("${") else {
        return false;
    };
    if ["~/", "#pkgs.", "!pkgs."]
        .iter()
        .any(|start| inner.starts_with(start))
    {
        return true;
    }
    let is_word = |c: char| c == '_' || c.is_alphanumeric();
    let after = inner.trim_start_matches(is_word);
    let named = after.len() < inner.len();
    match after.chars().next() {
        Some(' ' | '\t' | '.') => true,
        Some('\n') => !named,
        _ => false,
    }
}

/// What Aurora fills in directly after a `$`, where `text` starts: `${{...}}`, or `${{{...}}}` of
/// what only the agent knows. With `$8080` the shell takes its eighth argument. The text of it all,
/// and the reference.
pub(super) fn after_dollar(text: &str) -> Option<(&str, TemplateReference<'_>)> {
    const LONGEST: usize = 200;
    let inner = text
        .strip_prefix('$')
        .filter(|inner| inner.starts_with("{{"))?;
    let end = inner.char_indices().nth(LONGEST);
    let reference = references(&inner[..end.map_or(inner.len(), |(end, _)| end)]).next()?;
    let end = 1 + reference.offset + reference.text.len();
    match reference.offset {
        0 => Some((&text[..end], reference)),
        1 if text[end..].starts_with('}') && reference.address.as_ref().is_some_and(by_agent) => {
            Some((&text[..=end], reference))
        }
        _ => None,
    }
}

/// The problem of `text`, which is `reference` after a `$`.
pub(super) fn filled_in_after_dollar(
    text: &str,
    reference: &TemplateReference<'_>,
    place: Place,
) -> Diagnostic {
    let headline = format!(
        "`{}` becomes `$` and the value, a variable of the shell",
        templates::shorten(text)
    );
    Diagnostic::new(&BAD_REFERENCE, headline, place)
        .help(format!("write `{}`, without `$`", reference.text))
        .note(LITERAL)
}

/// The right spelling of `${pkgs.NAME}` with blanks around the name.
pub(super) fn without_blanks(text: &str) -> Option<String> {
    let name = text.strip_prefix("${pkgs.")?.strip_suffix('}')?;
    let name: PackageName = name.trim().parse().ok()?;
    Some(format!("${{pkgs.{name}}}"))
}

/// The problem of `text`, a mistaken reference in a command, at `place`.
pub(super) fn problem(
    text: &str,
    declared: &BTreeSet<&str>,
    scope: &Scope<'_>,
    place: Place,
) -> Diagnostic {
    let headline = format!(
        "`{}` is neither a reference nor the shell's",
        templates::shorten(text)
    );
    let problem = Diagnostic::new(&BAD_REFERENCE, headline, place);
    explained(problem, text, declared, scope)
}

/// The same where no shell reads the text.
pub(super) fn problem_of_literal(
    text: &str,
    declared: &BTreeSet<&str>,
    scope: &Scope<'_>,
    place: Place,
) -> Diagnostic {
    let headline = format!("`{}` is no reference", templates::shorten(text));
    let problem = Diagnostic::new(&BAD_REFERENCE, headline, place);
    explained(problem, text, declared, scope)
}

fn explained(
    problem: Diagnostic,
    text: &str,
    declared: &BTreeSet<&str>,
    scope: &Scope<'_>,
) -> Diagnostic {
    match meant(text, declared, scope) {
        Meant::Text(meant) => problem
            .help(format!("did you mean `{meant}`?"))
            .note(LITERAL),
        Meant::Package(name) => problem
            .help(format!(
                "write `${{pkgs.{name}}}`, and declare it: `packages.{name} = \"nixpkgs#...\"`"
            ))
            .note(LITERAL),
        Meant::Commands(command) => problem
            .help(format!("write `$({command})`"))
            .note("shells before bash 5.3 have no `${ ...; }`"),
        Meant::Home(path) => problem
            .help(format!(
                "write `$HOME/{path}` for a file on the node, or `${{./FILE}}` for one beside the \
                 definition"
            ))
            .note(LITERAL),
        Meant::Port => problem
            .help("write `${ports.NAME}` for the number of a port")
            .note(LITERAL),
        Meant::Field(help) => problem.help(help).note(LITERAL),
        Meant::Unclear => problem
            .help(
                "write `${pkgs.NAME}` for a package, `${./FILE}` for a file, or put it between \
                 single quotes if it is another program's",
            )
            .note(LITERAL),
    }
}

fn meant(text: &str, declared: &BTreeSet<&str>, scope: &Scope<'_>) -> Meant {
    let inner = text.strip_prefix("${").unwrap_or(text);
    let closed = inner.strip_suffix('}');
    let inner = closed.unwrap_or(inner).trim();
    if let Some(path) = inner.strip_prefix("~/") {
        return Meant::Home(path.to_owned());
    }
    if let Some(name) = inner.strip_prefix(['#', '!']) {
        return package(name.trim_start_matches("pkgs."), declared);
    }
    if matches!(inner, "." | "..") {
        return Meant::Text(format!("${{{inner}/}}"));
    }
    if let Some(path) = inner.strip_prefix(".../").filter(|path| is_name(path)) {
        return Meant::Text(format!("${{../../{path}}}"));
    }
    if let Some(path) = inner
        .strip_prefix("expanded")
        .filter(|path| is_relative(path))
    {
        return Meant::Text(format!("${{expanded {path}}}"));
    }
    if inner.ends_with(';') || inner.starts_with('|') {
        return Meant::Commands(inner.trim_matches([';', '|', ' ']).to_owned());
    }
    if is_relative(inner) || inner.starts_with('/') && is_name(&inner[1..]) {
        return Meant::Text(match inner.strip_prefix('/') {
            Some(_) => inner.to_owned(),
            None => format!("${{{inner}}}"),
        });
    }
    if let Some((word, rest)) = inner.split_once('.') {
        let name = rest.trim();
        match near(word.trim_end()) {
            Some(Ours::Ports) if NodeValue::is_port_name(name) => {
                return Meant::Text(format!("${{ports.{name}}}"));
            }
            Some(Ours::Ports) => return Meant::Port,
            Some(Ours::Job) => return Meant::Field(of_job(name)),
            Some(Ours::Packages) | None => {}
        }
    }
    if let Some((word, path)) = inner.split_once([' ', '\t']) {
        return words(word, path.trim(), declared);
    }
    if let Some(hidden) = inner.strip_prefix('.') {
        return if is_name(hidden) {
            Meant::Text(format!("${{./.{hidden}}}"))
        } else {
            Meant::Unclear
        };
    }
    let Some((word, rest)) = inner.split_once('.') else {
        return single(inner, declared, scope);
    };
    members(inner, word, rest, declared, scope)
}

/// `${WORD PATH}`
fn words(word: &str, path: &str, declared: &BTreeSet<&str>) -> Meant {
    const KEPT: &[&str] = &["expanded", "expand"];
    let keyword = word.trim_end_matches(':');
    let expands = closest(keyword, KEPT.iter().copied()).is_some()
        || ["template", "render", "subst", "interpolate"].contains(&keyword);
    let relative = if is_relative(path) {
        path.to_owned()
    } else {
        format!("./{path}")
    };
    let is_path = is_relative(path) || is_name(path);
    match keyword {
        _ if !is_path => Meant::Unclear,
        _ if expands => Meant::Text(format!("${{expanded {relative}}}")),
        _ if PACKAGES.contains(&keyword) => package(path, declared),
        "file" | "import" | "path" | "include" | "copied" | "copy" => {
            Meant::Text(format!("${{{relative}}}"))
        }
        _ if is_relative(path) => Meant::Text(format!("${{{path}}}")),
        _ => Meant::Unclear,
    }
}

/// `${ WORD }`
fn single(word: &str, declared: &BTreeSet<&str>, scope: &Scope<'_>) -> Meant {
    if declared.contains(word) {
        return Meant::Text(format!("${{pkgs.{word}}}"));
    }
    if is_variable(word) {
        return Meant::Text(format!("${{{word}}}"));
    }
    match Address::parse(word) {
        Some(address) if templates::is_known(&address, scope) => {
            Meant::Text(templates::spelled(word, scope))
        }
        _ => Meant::Unclear,
    }
}

/// `${WORD.REST}`
fn members(
    inner: &str,
    word: &str,
    rest: &str,
    declared: &BTreeSet<&str>,
    scope: &Scope<'_>,
) -> Meant {
    let lower = word.to_ascii_lowercase();
    if PACKAGES.contains(&lower.as_str()) || closest(&lower, ["pkgs", "packages"]).is_some() {
        return package(rest, declared);
    }
    if let Some(variable) = ENVIRONMENTS
        .iter()
        .find_map(|prefix| inner.strip_prefix(prefix)?.strip_prefix('.'))
        && is_variable(variable)
    {
        return Meant::Text(format!("${{{variable}}}"));
    }
    if let Some(spelling) = of_aurora(inner, scope) {
        return Meant::Text(spelling);
    }
    if declared.contains(inner) || declared.contains(word) && !is_file(rest) {
        let name = if declared.contains(inner) {
            inner
        } else {
            word
        };
        return Meant::Text(format!("${{pkgs.{name}}}"));
    }
    if is_file(rest) && is_name(inner) {
        return Meant::Text(format!("${{./{inner}}}"));
    }
    Meant::Unclear
}

/// How Aurora spells what was meant by `${inner}`.
fn of_aurora(inner: &str, scope: &Scope<'_>) -> Option<String> {
    let address = Address::parse(inner)?;
    let meant = if templates::is_known(&address, scope) {
        inner.to_owned()
    } else {
        match address.head()? {
            "thermos" | "mesos" | "aurora" | "port" | "job" => {
                templates::near_miss(&address, scope)?
            }
            _ => return None,
        }
    };
    Some(templates::spelled(&meant, scope))
}

/// `${pkgs.REST}`, REST being a name as it was written.
fn package(rest: &str, declared: &BTreeSet<&str>) -> Meant {
    let (name, output) = match rest.split_once('.') {
        Some((name, more)) if !declared.contains(rest) => (name, Some(more)),
        _ => (rest, None),
    };
    if declared.contains(name) && output.is_none_or(|output| OUTPUTS.contains(&output)) {
        return Meant::Text(format!("${{pkgs.{name}}}"));
    }
    let close = closest(rest, declared.iter().copied());
    let close = close.or_else(|| closest(rest.rsplit('.').next()?, declared.iter().copied()));
    match close {
        Some(name) => Meant::Text(format!("${{pkgs.{name}}}")),
        None if is_name(rest) => Meant::Package(rest.rsplit('.').next().unwrap_or(rest).to_owned()),
        None => Meant::Unclear,
    }
}

/// Names of outputs of packages.
const OUTPUTS: &[&str] = &["out", "bin", "path", "outPath"];

/// What the words that are kept for later are spelled like today.
pub(super) fn reserved(word: Reserved, text: &str, place: Place) -> Diagnostic {
    let inner = text.trim_start_matches("${").trim_end_matches('}');
    let (what, help) = match word {
        Reserved::Filled => {
            let path = inner.trim_start_matches("filled ").trim_start();
            let help = format!(
                "write `${{expanded {path}}}`, which fills a file in when its process starts"
            );
            ("`${filled FILE}`", help)
        }
        Reserved::Collect => (
            "`${collect KIND}`",
            "write the fragments into one file, and name it: `${./file}`".to_owned(),
        ),
    };
    let headline = format!("there is no {what} yet");
    Diagnostic::new(&BAD_REFERENCE, headline, place)
        .help(help)
        .note(LITERAL)
}

/// The reference to an expanded file that `text` was meant to be, its path having no `./`.
pub(super) fn relative(text: &str) -> Option<String> {
    let path = text.strip_prefix("${expanded ")?.strip_suffix('}')?.trim();
    let here = is_name(path) && !path.starts_with(['/', '.']);
    here.then(|| format!("${{expanded ./{path}}}"))
}

fn is_relative(path: &str) -> bool {
    path.starts_with("./") || path.starts_with("../")
}

/// Whether it may be the path of a file.
fn is_name(text: &str) -> bool {
    let legal = |c: char| c.is_alphanumeric() || "._-+/".contains(c);
    !text.is_empty() && text.chars().all(legal)
}

/// Whether what follows a dot ends the name of a file.
fn is_file(rest: &str) -> bool {
    let extension = rest.rsplit('.').next().unwrap_or(rest);
    EXTENSIONS.contains(&extension)
}

fn is_variable(text: &str) -> bool {
    let legal = |c: char| c == '_' || c.is_ascii_alphanumeric();
    !text.is_empty() && text.chars().all(legal) && !text.starts_with(|c: char| c.is_ascii_digit())
}
