//! Where a package comes from.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};

/// A package as a definition or the settings name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PackageSource {
    /// A literal store path (`/nix/store/HASH-NAME`), or an installable that the lock resolves:
    ///
    /// - `nixpkgs#python3`, `.#tool`, `./dir#tool`: an attribute of a flake, or its default
    ///   package, `github:owner/repository`;
    /// - `python3Packages.requests`: an attribute of `<nixpkgs>`, which the setting `nixpkgs` pins;
    /// - `./nix/pkgs.nix#tool`, `./tool.nix`: an attribute of a Nix file, or all of it.
    ///
    /// `^NAME` at the end picks an output other than the one that the package itself is in Nix
    /// (`"${openssl}"`). Paths are relative to the file that says them, and stay in the workspace.
    Reference(String),
    /// A file or directory of the workspace, imported into the store as it is.
    Local(LocalPackage),
}

/// `{ path = "./tools/foo" }`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LocalPackage {
    /// The file or directory, relative to the file that says so.
    pub path: String,
}

impl<'de> Deserialize<'de> for PackageSource {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Source;
        impl<'de> Visitor<'de> for Source {
            type Value = PackageSource;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a store path, an installable, or a table with `path`")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                if text.is_empty() {
                    return Err(E::invalid_value(Unexpected::Str(text), &self));
                }
                Ok(PackageSource::Reference(text.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                LocalPackage::deserialize(MapAccessDeserializer::new(map)).map(PackageSource::Local)
            }
        }
        deserializer.deserialize_str(Source)
    }
}

impl JsonSchema for PackageSource {
    fn schema_name() -> Cow<'static, str> {
        "PackageSource".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A store path (`/nix/store/HASH-NAME`); an installable that the lock \
                resolves: an attribute of a flake (`nixpkgs#python3`, `.#tool`), of `<nixpkgs>` \
                (`python3Packages.requests`) or of a Nix file (`./nix/pkgs.nix#tool`), relative to \
                the file that says so, with `^NAME` at the end for another output than its own choice; or \
                a path.",
            "anyOf": [
                { "type": "string", "minLength": 1 },
                generator.subschema_for::<LocalPackage>(),
            ]
        })
    }
}
