//! How archives are packed.

use crate::store::Compression;

/// How the archives of jobc's own objects are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Packing {
    /// Not at all: as fast as the disk, and any Nix reads it.
    #[default]
    None,
    /// With Zstandard, where that saves a block of the disk.
    Zstd {
        /// From 1, fast, to 19, small.
        level: i32,
    },
}

impl Packing {
    /// What `zstd` means where no level is given: Zstandard's own default, which is Nix's, too.
    pub const DEFAULT_LEVEL: i32 = 3;

    /// How an archive of so many bytes is packed.
    pub(super) fn of(self, size: u64) -> Compression {
        match self {
            Self::Zstd { .. } if size > BLOCK => Compression::Zstd,
            _ => Compression::None,
        }
    }

    pub(super) fn level(self) -> i32 {
        match self {
            Self::None => Self::DEFAULT_LEVEL,
            Self::Zstd { level } => level,
        }
    }
}

/// What a file takes at least.
const BLOCK: u64 = 4096;
