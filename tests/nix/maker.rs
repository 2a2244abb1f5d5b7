//! Who builds packages: a store of its own, from which they are copied into caches.

use std::path::{Path, PathBuf};

use super::node::{Node, succeeded};

/// A machine with Nix on which packages are built.
pub struct Maker {
    node: Node,
}

/// A package that was built.
#[derive(Debug, Clone)]
pub struct Package {
    /// Its store path.
    pub path: String,
    /// What it refers to.
    pub dependency: String,
}

impl Maker {
    pub fn new() -> Self {
        Self { node: Node::new() }
    }

    fn run(&self, command: &str) -> String {
        succeeded(&self.node.run(command)).trim_end().to_owned()
    }

    /// Builds a package with one program, a shell script that reads a file of another package and
    /// then does what `body` says.
    pub fn package(&self, name: &str, program: &str, body: &str) -> Package {
        let expression = format!(
            r##"
            let
              make = name: script: more: derivation ({{
                inherit name;
                system = builtins.currentSystem;
                builder = "/bin/sh";
                PATH = "/usr/bin:/bin";
                args = [ "-c" script ];
              }} // more);
              words = make "words-of-{name}" ''echo "words='the stub of {name}'" >$out'' {{ }};
            in
            make "{name}" ''
              mkdir -p $out/bin
              printf '%s\n' "$text" >$out/bin/{program}
              chmod +x $out/bin/{program}
            '' {{ text = "#!/bin/sh\n. ${{words}}\n{body}"; }}
            "##
        );
        let file = self.node.path().join("package.nix");
        std::fs::write(&file, expression).expect("it can be written");
        let build = format!("nix-build --no-out-link '{}' 2>/dev/null", file.display());
        let path = self.run(&build);
        let dependency = self.run(&format!("nix-store -q --references {path}"));
        Package { path, dependency }
    }

    /// A new signing key: the secret one's file, and the public one.
    pub fn key(&self, name: &str) -> (PathBuf, String) {
        let (secret, public) = (
            self.node.path().join("secret"),
            self.node.path().join("public"),
        );
        self.run(&format!(
            "nix-store --generate-binary-cache-key {name} '{}' '{}'",
            secret.display(),
            public.display()
        ));
        let public = std::fs::read_to_string(public).expect("it was made");
        (secret, public.trim_end().to_owned())
    }

    /// Copies the closure of a path into a cache, signed if there is a key.
    pub fn copy(&self, path: &str, cache: &Path, key: Option<&Path>) {
        let key = key.map_or(String::new(), |key| {
            format!("&secret-key={}", key.display())
        });
        let to = format!("file://{}?compression=none{key}", cache.display());
        self.run(&format!("nix copy --to '{to}' {path} 2>/dev/null"));
    }

    /// `jobc.lock` in which `installable` is a package.
    pub fn lock(&self, installable: &str, package: &Package) -> String {
        let base = |path: &str| path.trim_start_matches("/nix/store/").to_owned();
        let entry = |path: &str, references: &[String]| {
            let hash = self.run(&format!("nix hash path --sri {path}"));
            let size = self.run(&format!("nix-store -q --size {path}"));
            serde_json::json!({
                "path": path,
                "nar_hash": hash,
                "nar_size": size.parse::<u64>().expect("a number"),
                "references": references,
            })
        };
        let mut paths = [
            entry(&package.path, &[base(&package.dependency)]),
            entry(&package.dependency, &[]),
        ];
        paths.sort_by_key(|entry| entry["path"].to_string());
        serde_json::json!({
            "version": 1,
            "packages": [
                { "installable": installable, "system": "x86_64-linux", "path": package.path }
            ],
            "paths": paths,
        })
        .to_string()
    }
}
