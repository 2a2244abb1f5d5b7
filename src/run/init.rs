//! The steps that jobc added to a job, told from the others by the JSON alone.

use super::Process;

/// Whether a process is a step that realises a closure: by its name, and by how its command
/// begins, with the path to realise and the root that keeps it. Before that, there may be a line
/// that reads a profile script.
pub fn is_init(process: &Process) -> bool {
    is_init_step(&process.name, &process.command)
}

/// As [`is_init`], of a process called so with this command.
pub fn is_init_step(name: &str, command: &str) -> bool {
    let after = ["nix_init", "nix_fetch"]
        .iter()
        .find_map(|prefix| name.strip_prefix(prefix));
    let is_named = after.is_some_and(|rest| rest.is_empty() || rest.starts_with(['_', '-']));
    let realises = |line: &str| line.starts_with("path=/") && line.contains(" root=$PWD/.gc/");
    is_named && command.lines().take(2).any(realises)
}

/// The store path that a step realises which [`is_init`] holds for.
pub fn realised(process: &Process) -> Option<&str> {
    let lines = process.command.lines().take(2);
    let mut paths = lines.filter_map(|line| line.strip_prefix("path=")?.split(' ').next());
    paths.next()
}
