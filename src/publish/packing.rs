//! How archives are packed.

use crate::store::Compression;

/// How the archives of jobc's own objects are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Packing {
    /// Not at all: as fast as the disk, and any Nix reads it.
    #[default]
    None,
    /// With Zstandard, which Nix reads since 2.4.
    Zstd {
        /// From 1, fast, to 19, small.
        level: i32,
    },
}

impl Packing {
    /// What `zstd` means where no level is given: Zstandard's own default, which is Nix's, too.
    pub const DEFAULT_LEVEL: i32 = 3;

    pub(super) fn compression(self) -> Compression {
        match self {
            Self::None => Compression::None,
            Self::Zstd { .. } => Compression::Zstd,
        }
    }

    pub(super) fn level(self) -> i32 {
        match self {
            Self::None => Self::DEFAULT_LEVEL,
            Self::Zstd { level } => level,
        }
    }
}
