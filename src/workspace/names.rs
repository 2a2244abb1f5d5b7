//! How the files are called that are not definitions.

/// The name of the settings file, which marks a workspace.
pub const SETTINGS_FILE: &str = "jobc.toml";
/// The name of the lock.
pub const LOCK_FILE: &str = "jobc.lock";
/// The directory that jobc keeps its own files in.
pub const OWN_DIRECTORY: &str = ".jobc";
