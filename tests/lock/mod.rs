//! `jobc lock`: with a Nix that the test wrote, which says what it is told to; with caches and no
//! Nix; and with the real one on packages that are made on the spot, without nixpkgs and without a
//! network.
//!
//! Without Nix the latter count as ignored, or fail if `JOBC_REQUIRE_NIX=1`.

mod caches;
mod conflicts;
mod fake;
mod real;
mod written;

use crate::harness::small_job;

pub const TOOL: &str = "/nix/store/gc07azg6x3r6cv3fixqx5bwxm9xd76q7-tool";
pub const OTHER: &str = "/nix/store/ciahnjw8xj0jcfl0z44lrmxhnqfxk1r0-other";
pub const DEP: &str = "/nix/store/d0q8dx14cwjdmv8lyj9gggyjrgi365rw-dep";
pub const NEW: &str = "/nix/store/9dh20wxf1wyl9q2xpadd0y83s0kzvl4a-tool";

/// The last part of a path.
pub fn base(path: &str) -> &str {
    path.rsplit('/').next().expect("it has a last part")
}

/// A definition with these packages, as TOML.
pub fn definition(packages: &str) -> String {
    let definition = small_job("app", "");
    definition.replace("[task]", &format!("[packages]\n{packages}\n[task]"))
}

tests! {
    [caches, conflicts, real, written]
}
