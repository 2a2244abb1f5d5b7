//! What was meant by a mistaken `${...}`.

use std::collections::BTreeSet;

use crate::check::templates;
use crate::diagnostic::closest;
use crate::rule::scope::Scope;
use crate::template::Address;

/// What was meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Meant {
    /// Exactly this.
    Text(String),
    /// This, once the package is declared.
    Package(String),
    /// Something that only a shell newer than the usual ones takes.
    Commands(String),
    /// A file below a user's home directory.
    Home(String),
    Unclear,
}

/// What was meant by `text`, all of a `${...}`.
pub(super) fn meant(text: &str, declared: &BTreeSet<&str>, scope: &Scope<'_>) -> Meant {
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
            Meant::Text(format!("{{{{{word}}}}}"))
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
    Some(format!("{{{{{meant}}}}}"))
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

/// What was written for `pkgs`.
pub(super) const PACKAGES: &[&str] = &[
    "package", "packages", "pkg", "pkgs", "nixpkgs", "nixpkg", "nix", "store",
];

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

fn is_relative(path: &str) -> bool {
    path.starts_with("./") || path.starts_with("../")
}

/// Whether it may be the path of a file.
pub(super) fn is_name(text: &str) -> bool {
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
