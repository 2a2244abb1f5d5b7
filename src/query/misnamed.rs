//! What a file is that the user takes for a definition, and jobc does not.

use std::fs;
use std::path::{Path, PathBuf};

use crate::diagnostic::{Diagnostic, Failure, Place};
use crate::lint::Levels;
use crate::source::display_name;
use crate::workspace::{DefinitionFile, MISNAMED_FILE, Misnamed, SETTINGS_FILE, Workspace};

/// More files than these are not listed.
const MOST: usize = 5;
/// So much of a file shows whether it is a definition.
const LOOKED_AT: usize = 64 * 1024;

/// Warnings of files that look like definitions and are nearly called so.
pub(super) fn not_read(workspace: &Workspace, misnamed: &[PathBuf]) -> Vec<Diagnostic> {
    let levels = Levels::new(&workspace.settings);
    let problem = |path: &PathBuf| {
        let Some(Misnamed::As(right)) = Misnamed::of_path(path) else {
            return None;
        };
        if right == SETTINGS_FILE && path.parent() != Some(&workspace.root) {
            return None;
        }
        let text = beginning(path)?;
        if right != SETTINGS_FILE && !looks_like_a_definition(&text) {
            return None;
        }
        let name = display_name(path, &workspace.current_dir);
        let kind = if right == SETTINGS_FILE {
            "settings"
        } else {
            "a definition"
        };
        let headline = format!("`{name}` is not read: it is not called like {kind}");
        let problem = Diagnostic::new(&MISNAMED_FILE, headline, Place::File(name));
        levels.judge(problem.help(format!("call it `{right}`")))
    };
    misnamed.iter().filter_map(problem).collect()
}

/// That a workspace has no definition, with what there is instead. Some of its files are `misnamed`.
pub(crate) fn no_definition(workspace: &Workspace, misnamed: &[PathBuf]) -> Failure {
    let root = display_name(&workspace.root, &workspace.current_dir);
    let failure = Failure::new(format!("no definition in the workspace `{root}`"));
    let failure = match nothing_read(workspace, misnamed) {
        Some(note) => failure.note(note),
        None => failure,
    };
    match &*Workspace::below(&workspace.root) {
        [] => failure.help("write `NAME/job.toml`, or start with `jobc init`"),
        [one] => failure.help(format!("name the workspace below: `-C {one}`")),
        many => failure
            .note(format!("workspaces below are `{}`", many.join("`, `")))
            .help("name one of them with `-C`"),
    }
}

/// What there is instead, in a workspace without a definition.
fn nothing_read(workspace: &Workspace, misnamed: &[PathBuf]) -> Option<String> {
    let mut lines: Vec<String> = misnamed
        .iter()
        .filter_map(|path| explain(path, workspace))
        .collect();
    if lines.is_empty() {
        lines = others(&workspace.root, workspace);
    }
    let hidden = lines.len().saturating_sub(MOST);
    lines.truncate(MOST);
    if hidden > 0 {
        lines.push(format!("and {hidden} more"));
    }
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// What the name of a file lacks.
fn explain(path: &Path, workspace: &Workspace) -> Option<String> {
    let name = display_name(path, &workspace.current_dir);
    Some(match Misnamed::of_path(path)? {
        Misnamed::As(right) => format!("`{name}` is not read: call it `{right}`"),
        Misnamed::Template(right) => {
            format!("`{name}` is a template: fill it in, and call the result `{right}`")
        }
        Misnamed::Foreign(language) => {
            format!("`{name}` is not read: jobc reads JSON, TOML and YAML, not {language}")
        }
    })
}

/// Files of a directory, and of those in it, that look like definitions whatever they are called.
fn others(directory: &Path, workspace: &Workspace) -> Vec<String> {
    const DEPTH: usize = 2;
    const FILES: usize = 500;
    let is_visible = |entry: &walkdir::DirEntry| {
        entry.depth() == 0 || !entry.file_name().as_encoded_bytes().starts_with(b".")
    };
    let walk = walkdir::WalkDir::new(directory)
        .max_depth(DEPTH)
        .sort_by_file_name();
    let entries = walk.into_iter().filter_entry(is_visible);
    let files = entries.filter_map(Result::ok).take(FILES);
    files
        .filter(|entry| entry.file_type().is_file() && has_format(entry.path()))
        .filter(|entry| DefinitionFile::of_path(entry.path()).is_none())
        .filter(|entry| beginning(entry.path()).is_some_and(|text| looks_like_a_definition(&text)))
        .filter_map(|entry| {
            let name = display_name(entry.path(), &workspace.current_dir);
            Some(format!(
                "`{name}` is not read: call it `{}`",
                right(entry.path())?
            ))
        })
        .collect()
}

fn has_format(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| matches!(extension, "json" | "toml" | "yaml" | "yml"))
}

/// The name that makes a file of any other name a definition.
fn right(path: &Path) -> Option<String> {
    let stem = path.file_stem()?.to_str()?;
    let extension = path.extension()?.to_str()?;
    Some(format!("{stem}.job.{extension}"))
}

fn beginning(path: &Path) -> Option<String> {
    use std::io::Read;
    if !fs::metadata(path).ok()?.is_file() {
        return None;
    }
    let mut bytes = Vec::new();
    let file = fs::File::open(path).ok()?;
    file.take(LOOKED_AT as u64).read_to_end(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

fn looks_like_a_definition(text: &str) -> bool {
    text.contains("cmdline") && text.contains("resources")
        || ["cluster", "role", "environment", "task"]
            .iter()
            .all(|word| text.contains(word))
}

/// Whether a directory holds a file that is called like a definition.
fn has_definition(directory: &Path) -> bool {
    let entries = fs::read_dir(directory).into_iter().flatten();
    let mut paths = entries.filter_map(Result::ok).map(|entry| entry.path());
    paths.any(|path| DefinitionFile::of_path(&path).is_some())
}

fn not_searched(word: &str, failure: Failure) -> Failure {
    failure
        .note(format!(
            "`{word}` is not searched for definitions: hidden directories, `target`, the snapshots, \
             and what is not among the `roots` of `{SETTINGS_FILE}` are not"
        ))
        .help("move it to a directory that is searched")
}

/// Why a path that is there is no definition of the workspace, and what to do about it.
pub(crate) fn not_here(
    word: &str,
    path: &Path,
    workspace: &Workspace,
    failure: Failure,
) -> Failure {
    let current_dir = &workspace.current_dir;
    let root = display_name(&workspace.root, current_dir);
    let directory = if path.is_dir() {
        path
    } else {
        path.parent().unwrap_or(path)
    };
    let own = Workspace::around(directory);
    let is_marked = own.join(SETTINGS_FILE).exists();
    if is_marked && own != workspace.root {
        let other = display_name(own, current_dir);
        return failure
            .note(format!(
                "`{word}` belongs to the workspace `{other}`, and this one is `{root}`"
            ))
            .help(format!("name its workspace: `--workspace {other}`"));
    }
    if !path.starts_with(&workspace.root) {
        let other = display_name(directory, current_dir);
        return failure
            .note(format!("`{word}` is outside of the workspace `{root}`"))
            .help(format!("name its workspace: `--workspace {other}`"));
    }
    if path.is_dir() {
        let mut lines: Vec<String> = fs::read_dir(path)
            .map(|entries| {
                let entries = entries.filter_map(Result::ok);
                entries
                    .filter_map(|entry| explain(&entry.path(), workspace))
                    .collect()
            })
            .unwrap_or_default();
        if lines.is_empty() {
            lines = others(path, workspace);
        }
        if lines.is_empty() && has_definition(path) {
            return not_searched(word, failure);
        }
        lines.sort();
        lines.truncate(MOST);
        if !lines.is_empty() {
            return failure.note(lines.join("\n"));
        }
        return failure
            .note(format!(
                "`{word}` is there, but has no definition of the workspace `{root}`"
            ))
            .help("call definitions `job.toml` or `NAME.job.toml`");
    }
    if DefinitionFile::of_path(path).is_some() {
        return not_searched(word, failure);
    }
    if let Some(note) = explain(path, workspace) {
        return failure.note(note);
    }
    let is_json = path
        .extension()
        .is_some_and(|extension| extension == "json");
    let text = beginning(path).unwrap_or_default();
    let failure = failure.note(format!(
        "`{word}` is there, but not called like a definition of the workspace `{root}`"
    ));
    match right(path).filter(|_| has_format(path) && looks_like_a_definition(&text)) {
        Some(_) if is_json && !text.contains("${pkgs.") => failure
            .help(format!(
                "check JSON that Aurora's client is to read: `jobc validate {word}`"
            ))
            .help(format!(
                "call a definition `{}`",
                right(path).unwrap_or_default()
            )),
        Some(right) => failure.help(format!("call it `{right}`")),
        None => failure.help("call definitions `job.toml` or `NAME.job.toml`"),
    }
}
