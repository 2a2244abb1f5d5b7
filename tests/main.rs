//! The one integration binary: the real executable on real files.

mod architecture;
mod harness;
mod init_command;
