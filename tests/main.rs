//! The one integration binary: the real executable on real files.

mod architecture;
mod command_line;
mod diagnostics;
mod examples;
mod formats;
mod harness;
mod import;
mod init_command;
mod nix;
mod readme;
mod robustness;
mod schema;
mod store;
