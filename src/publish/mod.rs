//! The objects of jobs, written into a binary cache that nodes ask. Touches the world.
//!
//! ```text
//! needs --objects--> what to publish --Directory--> what is missing there --> archives, narinfos
//! ```
//!
//! A node must never see a narinfo whose archive, or whose references' narinfos, are not there. So
//! all archives are written before the first narinfo, and the narinfos of what is referred to before
//! those that refer to it; each file appears whole or not at all. A run that is killed at any point
//! leaves a cache that is whole, with archives in it that the next run uses.
//!
//! The file system is synced once, between the archives and the narinfos, which takes milliseconds
//! where a sync of each file would take minutes. A power failure later on can cost narinfos that
//! were just written, never archives that they name; the next run finds that out and mends it.

mod archive;
mod cache_files;
mod directory;
mod draft;
mod early_archives;
mod error;
mod failure;
mod key;
mod nix;
mod object;
mod open_directory;
mod packages;
mod packing;
mod plan;
mod target;
mod work;

pub use self::cache_files::Compared;
pub use self::directory::{Directory, Soundness, State};
pub use self::early_archives::EarlyArchives;
pub use self::error::PublishError;
pub use self::key::{KeyFileError, read_key};
pub use self::nix::{Extent, Local, Nix, NixError};
pub use self::object::{Contents, Layer, Object, objects};
pub use self::open_directory::{How, OpenDirectory, Written};
pub(crate) use self::packages::{Goal, Looked, Outcome, Packages, Presence, packages};
pub use self::packing::Packing;
pub(crate) use self::plan::{Names, Plan};
pub use self::target::{Target, TargetError, Wishes};
pub use self::work::Work;
