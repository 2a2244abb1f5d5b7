//! Problems of making and reading the lock.

crate::diagnostic::declare_codes! {
    /// Nix was asked what a package is and had no answer: it is not there, its expression is wrong,
    /// or it cannot be built. Notes have what Nix said.
    ///
    /// Only `jobc lock` asks Nix. As long as one package has no answer, the lock stays as it is.
    CANNOT_RESOLVE = "cannot-resolve-package", Error, "a package that Nix cannot evaluate or build";

    /// `jobc lock --check` found that the lock is not what `jobc lock` would make of it: it has
    /// packages that are no longer named, or what it says of a package is no longer so.
    ///
    /// Of a package that comes of a Nix file or a flake of the workspace, the lock has a hash of that file
    /// and of the files that it names by relative paths, such as `import ./tool.nix`. If one of them has
    /// changed since, `jobc lock` asks Nix again. What Nix finds by another way, in `<nixpkgs>` or in a
    /// directory of sources, is not compared, unless `--update` asks Nix.
    ///
    /// Of the numbers of ports, it tells those that are missing, that no definition needs, and that are out of
    /// the range or another port's.
    ///
    /// Run `jobc lock`, or `jobc lock --update` for what has changed elsewhere, and commit `jobc.lock`.
    LOCK_OUTDATED = "lock-outdated", Error, "a lock that is not current";

    /// A package is given by a store path that is neither in the store of this machine nor in a
    /// cache that it asks. So the lock does not have its closure.
    ///
    /// Jobs compile all the same: the path is all that they need.
    CLOSURE_UNKNOWN = "closure-unknown", Warn, "a store path whose closure nobody here knows";
}
