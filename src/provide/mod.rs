//! What a task needs from the store, brought to this machine so that the task can run. Touches the
//! world.
//!
//! ```text
//! needs --Wanted--> objects of the workspace, packages of others
//!   Nix can be used:     packages are fetched, objects are added to the store
//!   otherwise:           objects are unpacked into a private directory, which processes see
//!       in a mount namespace: at the store's path, with all that the store has
//!       without one:          at its own path, which their commands are given instead
//! ```
//!
//! No cache is asked for what the workspace has, and none at all if nothing is missing.

mod namespace;
mod nix;
mod preparation;
mod private;
mod unpack;
mod wanted;

pub use self::namespace::Namespace;
pub use self::nix::{NixTrouble, UsableNix};
pub use self::preparation::{Ground, Listener, Own, UseOfNix, note, prepare};
pub use self::private::PrivateStore;
pub use self::wanted::Wanted;
