//! Problems of turning package references and files into store paths.

super::super::code::declare_codes! {
    /// A package is named by an installable, and the lock does not say which store path that is.
    /// jobc never asks Nix while it builds: what a job runs is decided when the lock is made, and
    /// reviewed there. `jobc lock NAME` asks Nix and writes the answer into `jobc.lock`.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// packages = { python = "nixpkgs#python3" }
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "${pkgs.python}/bin/python3 --version" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// Lock the package, or write its store path:
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [packages]
    /// python = "/nix/store/q41nkp3p684xyjlnv02f8hnid234z4n8-python-2.7.10"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "${pkgs.python}/bin/python2.7 --version" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    NOT_LOCKED = "package-not-locked", Error, "a package that the lock does not have";

    /// The lock has the package, but for another kind of machine than the nodes are.
    ///
    /// The setting `system` in `jobc.toml` says what the nodes are; it is `x86_64-linux` by
    /// default. A program for another system would be fetched and then not run.
    /// `jobc lock --system SYSTEM` locks packages for a system.
    LOCKED_FOR_OTHER_SYSTEM = "locked-for-other-system", Error,
        "a package that is locked for another system";

    /// A package is given by an absolute path that is not a store path.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// packages = { tool = "/usr/bin/tool" }
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "${pkgs.tool}" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [packages]
    /// python = "/nix/store/q41nkp3p684xyjlnv02f8hnid234z4n8-python-2.7.10"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "${pkgs.python}/bin/python2.7 --version" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// What is on the node already, such as `/usr/bin/env`, needs no package: write it in the
    /// command line. A file of the workspace is `{ path = "./tool" }`.
    BAD_STORE_PATH = "bad-store-path", Error, "an absolute path that is not a store path";

    /// A file or directory that is to be imported is not there.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "cat ${./greeting.txt}" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// Paths are relative to the file that says them: the definition, or `jobc.toml`. This compiles
    /// where `serve.yml` lies beside the definition.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "serve ${./serve.yml}" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    MISSING_FILE = "missing-file", Error, "a file that is to be imported is not there";

    /// A file cannot be an object of the store: it lies outside of the workspace, is a symbolic
    /// link, a socket or a device, holds a link that leads out of the workspace, or has a name
    /// that objects of the store cannot have.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "cat ${../../../../../../../../../../etc/passwd}" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// Imports stay inside the workspace, so that a definition means the same on every machine
    /// and takes nothing from it that was not checked in. So do the Nix files and flakes that
    /// packages name by their paths, such as `../pkgs.nix#tool`.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "serve ${./serve.yml}" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    CANNOT_IMPORT = "cannot-import", Error, "a file that cannot be an object of the store";

    /// A link inside an imported directory leads out of it. In the store there is nothing at the
    /// other end.
    DANGLING_LINK = "dangling-link", Warn, "a link that leads out of its imported directory";

    /// An imported directory holds `.git`: all of its history, or where that is kept. No process
    /// needs it, and each commit and fetch makes another object of the directory, so that the job
    /// is another one though none of its files changed.
    ///
    /// ```text
    /// app/job.toml: `${./site}`, where `site/.git` is the repository of a submodule or a clone
    /// ```
    ///
    /// Import a directory inside of it that has only what the process needs.
    IMPORTS_GIT = "imports-git", Warn, "an imported directory with `.git` in it";

    /// An imported directory holds files that git ignores: what was built or downloaded there, or
    /// what is only somebody's own. On another machine they are others or missing, so the job is
    /// another one there.
    ///
    /// ```text
    /// app/job.toml: `${./site}`, where `site/.gitignore` names `node_modules`
    /// ```
    ///
    /// Remove them, or import a directory that has only what the process needs.
    IMPORTS_IGNORED = "imports-ignored", Warn, "an imported directory with files that git ignores";

    /// A definition imports itself, or a directory that it lies in. Whatever is changed in it, be it
    /// a comment, makes another object of the directory, so that the job is another one.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "cat ${./job.toml}" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// Put what the process needs into a directory of its own, and import that.
    IMPORTS_ITSELF = "imports-itself", Warn, "a definition that imports itself";

    /// A file that is to be expanded is not text: it is too large, not UTF-8, or has NUL
    /// characters. It is filled in by `sed` on the node.
    NOT_EXPANDABLE = "not-expandable", Error, "a file that cannot be expanded";

    /// The lock is inconsistent: something is in it twice, a closure is not complete, or a path or
    /// hash is none.
    ///
    /// Make it again from a good state; it is written by a program and read by people, but rarely
    /// mended by them.
    BAD_LOCK = "bad-lock", Error, "a lock that contradicts itself";

    /// A package is neither a store path nor anything that Nix knows how to look for.
    ///
    /// An installable is one of
    ///
    /// - an attribute of a flake, `nixpkgs#python3`, `.#tool` or `github:owner/repository#tool`;
    /// - an attribute of `<nixpkgs>`, `python3Packages.requests`;
    /// - a Nix file, `./nix/pkgs.nix`, or an attribute of one, `./nix/pkgs.nix#tool`;
    ///
    /// each with the name of an output after `^` where another one than the package's own choice
    /// is meant: `nixpkgs#openssl^bin`. Paths are relative to the file that says them, and stay in
    /// the workspace.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// packages = { openssl = "nixpkgs#openssl^*" }
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "${pkgs.openssl}/bin/openssl version" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// A package is one store path, so one output is named, as in `nixpkgs#openssl^bin`.
    BAD_INSTALLABLE = "bad-installable", Error, "a package that no installable is";

    /// A package names a Nix file or a flake by a path that is relative to the workspace. Paths are
    /// relative to the file that says them: the definition, or `jobc.toml`.
    ///
    /// Such packages were relative to the workspace in earlier versions. So where there is no such
    /// file by the rule, and the workspace has one, that is meant, and this warning says how to
    /// write it.
    ///
    /// ```text
    /// app/job.toml: `./pkgs.nix#tool`, where there is `pkgs.nix` and no `app/pkgs.nix`
    /// ```
    ///
    /// Write `../pkgs.nix#tool`. The lock calls both `./pkgs.nix#tool`, as it has all paths relative
    /// to the workspace, so nothing needs to be locked anew.
    ///
    /// A path that leads out of the workspace is refused, unless an earlier version has locked it; then
    /// this warning says so.
    ///
    /// Where there are both, the one beside the definition is meant. If the lock has only the other
    /// one, `jobc lock` warns that the package is no longer what it was.
    RELATIVE_TO_WORKSPACE = "relative-to-workspace", Warn,
        "a package whose path is relative to the workspace";

    /// Nix was asked what a package is and had no answer: it is not there, its expression is wrong,
    /// or it cannot be built. Notes have what Nix said.
    ///
    /// Only `jobc lock` asks Nix. As long as one package has no answer, the lock stays as it is.
    CANNOT_RESOLVE = "cannot-resolve-package", Error, "a package that Nix cannot evaluate or build";

    /// `jobc lock --check` found that the lock is not what `jobc lock` would make of it: it has
    /// packages that nobody names any more, or what it says of a package is no longer so.
    ///
    /// Of a package that comes of a Nix file or a flake of the workspace, the lock has a hash of that file
    /// and of the files that it names by relative paths, such as `import ./tool.nix`. If one of them has
    /// changed since, `jobc lock` asks Nix again. What Nix finds by another way, in `<nixpkgs>` or in a
    /// directory of sources, is not compared, unless `--update` asks Nix.
    ///
    /// Run `jobc lock`, or `jobc lock --update` for what has changed elsewhere, and commit `jobc.lock`.
    LOCK_OUTDATED = "lock-outdated", Error, "a lock that is not current";

    /// The lock has the marks of a merge that was not finished, `<<<<<<<` and its like.
    ///
    /// `jobc lock` reads both sides. It keeps the entries on which they agree and those that only
    /// one of them changed, and asks Nix again for the others.
    LOCK_CONFLICT = "lock-conflict", Error, "a lock whose merge was not finished";

    /// A package is given by a store path that is neither in the store of this machine nor in a
    /// cache that it asks. So the lock does not have its closure.
    ///
    /// Jobs compile all the same: the path is all that they need.
    CLOSURE_UNKNOWN = "closure-unknown", Warn, "a store path whose closure nobody here knows";
}
