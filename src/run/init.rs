//! The steps that jobc added to a job, told from the others by the JSON alone.

use super::Process;

/// Whether a process is a step that realises a closure: by its name, and by how its command
/// begins, with the path to realise and the root that keeps it.
pub fn is_init(process: &Process) -> bool {
    let named = ["nix_init_", "nix_fetch_"]
        .iter()
        .any(|prefix| process.name.starts_with(prefix));
    let first = process.command.lines().next().unwrap_or_default();
    named && first.starts_with("p=/") && first.contains(" r=")
}
