//! What Nix knows: store paths, hashes and archives, computed and never asked for.
//!
//! A leaf of the pipeline. Nothing in here reads a file, a variable or the network, and nothing
//! uses another module of the crate; the store directory comes in as a value. Every result equals
//! real Nix's, which `tests/store.rs` checks against vectors that real Nix made.
//!
//! ```text
//! contents --nar--> archive --hash--> Sha256 --content_address--> StorePath
//! text --references--> the store paths that it mentions
//! StorePath, archive --narinfo--> what a binary cache says of it, with signatures
//! ```

pub mod any_hash;
pub mod base16;
pub mod base32;
pub mod base64;
pub mod cache_info;
pub mod content_address;
pub mod decode_error;
mod digits;
pub mod hash;
pub mod nar;
pub mod narinfo;
pub mod references;
pub mod signature;
pub mod store_dir;
pub mod store_path;

pub use self::any_hash::AnyHash;
pub use self::cache_info::CacheInfo;
pub use self::content_address::ContentAddress;
pub use self::decode_error::DecodeError;
pub use self::hash::{Digest, Sha256};
pub use self::narinfo::{Compression, NarInfo};
pub use self::signature::{KeyName, PublicKey, SecretKey, Signature};
pub use self::store_dir::StoreDir;
pub use self::store_path::{StorePath, StorePathHash, StorePathName};
