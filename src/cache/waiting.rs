//! Whoever waits while caches are asked.

use super::Caches;

/// How many store paths were asked for, and how many there are as far as that is known.
pub type Tell<'t> = &'t (dyn Fn(usize, usize) + Sync);

/// Somebody who may want to see whom jobc waits for.
pub trait Waiting {
    /// Does `work`, which asks the caches and tells how far it is.
    fn while_asking<T>(&self, caches: &Caches, work: impl FnOnce(Tell<'_>) -> T) -> T;

    /// Whether Nix, where it is waited for, may show how far it is.
    fn sees_nix(&self) -> bool;
}
