//! The data formats that there are.

use super::front_end::FrontEnd;
use super::{json, toml, yaml};

/// A data format that definitions and settings may be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// JSON with comments and trailing commas.
    Json,
    /// TOML 1.1.
    Toml,
    /// YAML 1.2, core schema.
    Yaml,
}

impl Format {
    /// All of them.
    pub const ALL: &[Self] = &[Self::Json, Self::Toml, Self::Yaml];

    pub(super) fn front_end(self) -> &'static FrontEnd {
        match self {
            Self::Json => &json::FRONT_END,
            Self::Toml => &toml::FRONT_END,
            Self::Yaml => &yaml::FRONT_END,
        }
    }

    /// The format of files whose name ends in `.extension`.
    pub fn of_extension(extension: &str) -> Option<Self> {
        let is_its = |format: &&Self| format.front_end().extensions.contains(&extension);
        Self::ALL.iter().find(is_its).copied()
    }

    /// How names of its files end, without the dot, unless their author has another habit.
    pub(super) fn extension(self) -> &'static str {
        self.front_end().extensions[0]
    }

    /// What people call it.
    pub fn name(self) -> &'static str {
        self.front_end().name
    }
}
