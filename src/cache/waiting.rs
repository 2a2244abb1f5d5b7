//! What a caller that waits for caches is told.

use super::Caches;

/// How many store paths were asked for, and how many are known to be needed so far.
pub type Tell<'t> = &'t (dyn Fn(usize, usize) + Sync);

/// Is told which caches jobc waits for.
pub trait Waiting {
    /// Does `work`, which asks the caches and tells how far it is.
    fn while_asking<T>(&self, caches: &Caches, work: impl FnOnce(Tell<'_>) -> T) -> T;

    /// Whether Nix, where it is waited for, may show how far it is.
    fn sees_nix(&self) -> bool;
}
