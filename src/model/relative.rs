//! Installables of this workspace: those that name a Nix file or a flake by a relative path.
//!
//! ```text
//! relative = [ "path:" ] PATH [ "?" ... ] [ "#" ... ] [ "^" ... ]
//! PATH     = "." | ".." | ( "./" | "../" ) ...
//! ```

use std::path::{Component, Path, PathBuf};

use super::{Installable, InstallableSource};

/// An installable with a relative path in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelativeInstallable<'t> {
    scheme: &'static str,
    path: &'t str,
    /// From `?`, `#` or `^` on.
    rest: &'t str,
    is_flake: bool,
}

/// What says that a path is one to Nix.
const SCHEME: &str = "path:";

impl<'t> RelativeInstallable<'t> {
    /// Takes a package's text apart; none if it has no relative path.
    pub fn parse(text: &'t str) -> Option<Self> {
        let is_flake = match Installable::parse(text).ok()?.source {
            InstallableSource::Flake(_) => true,
            InstallableSource::File(_) => false,
            InstallableSource::Nixpkgs => return None,
        };
        if text.starts_with('#') {
            return Some(Self {
                scheme: "",
                path: ".",
                rest: text,
                is_flake,
            });
        }
        let (scheme, written) = match text.strip_prefix(SCHEME) {
            Some(written) => (SCHEME, written),
            None => ("", text),
        };
        let ends: &[char] = if is_flake {
            &['?', '#', '^']
        } else {
            &['#', '^']
        };
        let (path, rest) = written.split_at(written.find(ends).unwrap_or(written.len()));
        let is_relative =
            matches!(path, "." | "..") || path.starts_with("./") || path.starts_with("../");
        // Nix reads an address's `%` as the beginning of a code.
        let is_plain = scheme.is_empty() || !path.contains('%');
        (is_relative && is_plain).then_some(Self {
            scheme,
            path,
            rest,
            is_flake,
        })
    }

    /// The path as it is written.
    pub fn path(&self) -> &'t str {
        self.path
    }

    /// Where the path leads from `directory`, which is relative to the workspace, as the result is;
    /// none if out of the workspace.
    pub fn leads_to(&self, directory: &Path) -> Option<PathBuf> {
        leads_to(directory, Path::new(self.path))
    }

    /// The Nix file that is read first, if the path leads to `place`.
    pub fn file(&self, place: &Path) -> PathBuf {
        if !self.is_flake {
            return place.to_owned();
        }
        let directory = self.directory().map(Path::new);
        let inner = directory.and_then(|directory| leads_to(place, directory));
        inner.as_deref().unwrap_or(place).join("flake.nix")
    }

    /// Whether it is of a flake.
    pub fn is_flake(&self) -> bool {
        self.is_flake
    }

    /// The directory of the flake in its source, `?dir=DIRECTORY`.
    fn directory(&self) -> Option<&'t str> {
        let query = self.rest.strip_prefix('?')?;
        let query = &query[..query.find(['#', '^']).unwrap_or(query.len())];
        query.split('&').find_map(|part| part.strip_prefix("dir="))
    }

    /// The same installable with the path of `place`, relative to `directory`, both relative to the
    /// workspace; none if it cannot be written so.
    pub fn relative_to(&self, place: &Path, directory: &Path) -> Option<String> {
        let mut above = directory;
        let mut path = String::new();
        while !place.starts_with(above) {
            above = above.parent()?;
            path.push_str(if path.is_empty() { ".." } else { "/.." });
        }
        let below = place.strip_prefix(above).ok()?.to_str()?;
        if path.is_empty() {
            path.push('.');
        }
        if !below.is_empty() {
            path.push('/');
            path.push_str(below);
        }
        let text = format!("{}{path}{}", self.scheme, self.rest);
        // A directory's name may have what ends a path.
        let is_read_again = RelativeInstallable::parse(&text)
            .is_some_and(|again| again.path == path && again.rest == self.rest);
        is_read_again.then_some(text)
    }

    /// The same installable as the lock has it: with the path of `place`, relative to the workspace.
    pub fn in_workspace(&self, place: &Path) -> Option<String> {
        self.relative_to(place, Path::new(""))
    }
}

/// Where a path leads from a directory of the workspace, both relative to it; none if out of it.
pub fn leads_to(directory: &Path, path: &Path) -> Option<PathBuf> {
    let mut plain = directory.to_owned();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::Normal(name) => plain.push(name),
            Component::ParentDir => {
                if !plain.pop() {
                    return None;
                }
            }
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(plain)
}

/// What the lock calls a package whose text is relative to the workspace.
pub fn locked_name(text: &str) -> String {
    let name = RelativeInstallable::parse(text).and_then(|relative| {
        let place = relative.leads_to(Path::new(""))?;
        relative.in_workspace(&place)
    });
    name.unwrap_or_else(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{RelativeInstallable, locked_name};

    #[test]
    fn paths_are_of_the_directory_that_says_them() {
        for (text, directory, expected) in [
            ("./pkgs.nix#x", "", Some("./pkgs.nix#x")),
            ("./pkgs.nix#x", "app", Some("./app/pkgs.nix#x")),
            ("../pkgs.nix#x^bin", "app", Some("./pkgs.nix#x^bin")),
            ("./../app/./pkgs.nix", "app", Some("./app/pkgs.nix")),
            ("../../pkgs.nix", "app", None),
            (".#x", "app", Some("./app#x")),
            ("#x", "app", Some("./app#x")),
            ("..#x", "app", Some(".#x")),
            ("..", "app", Some(".")),
            ("./flake/", "a/b", Some("./a/b/flake")),
            ("./flake^out", "a", Some("./a/flake^out")),
            ("./f?dir=sub#x", "a", Some("./a/f?dir=sub#x")),
            ("path:./f#x", "a", Some("path:./a/f#x")),
            ("./f#\"a^b\"", "a", Some("./a/f#\"a^b\"")),
            ("./pkgs.nix#x", "a#b", None),
            ("./pkgs.nix#x", "a b", Some("./a b/pkgs.nix#x")),
        ] {
            let relative = RelativeInstallable::parse(text).expect("it is relative");
            let place = relative.leads_to(Path::new(directory));
            let name = place.and_then(|place| relative.in_workspace(&place));
            assert_eq!(name.as_deref(), expected, "{text} in {directory}");
        }
    }

    #[test]
    fn others_are_of_no_directory() {
        for text in [
            "hello",
            "nixpkgs#x",
            "github:a/b#x",
            "a.\"./b\"",
            "dir/flake#x",
            "path:/x#y",
            "path:./a%20b#y",
            "git+file:./x",
        ] {
            assert_eq!(RelativeInstallable::parse(text), None, "{text}");
            assert_eq!(locked_name(text), text);
        }
    }

    #[test]
    fn the_file_that_is_read_first() {
        for (text, file) in [
            ("./pkgs.nix#x", "a/pkgs.nix"),
            ("./f#x", "a/f/flake.nix"),
            (".", "a/flake.nix"),
            ("path:./f?dir=b/c#x", "a/f/b/c/flake.nix"),
            ("./f?rev=1&dir=b^out", "a/f/b/flake.nix"),
            ("./f?dir=../../..#x", "a/f/flake.nix"),
        ] {
            let relative = RelativeInstallable::parse(text).expect("it is relative");
            let place = relative.leads_to(Path::new("a")).expect("it is within");
            assert_eq!(relative.file(&place), Path::new(file), "{text}");
        }
    }

    #[test]
    fn the_way_back() {
        for (text, place, directory, expected) in [
            ("./pkgs.nix#x", "pkgs.nix", "app", "../pkgs.nix#x"),
            ("./pkgs.nix#x", "pkgs.nix", "a/b", "../../pkgs.nix#x"),
            ("./n/p.nix", "a/n/p.nix", "a/b", "../n/p.nix"),
            (".#x", "", "app", "..#x"),
            (".", "", "app", ".."),
            ("./pkgs.nix", "a/pkgs.nix", "a", "./pkgs.nix"),
        ] {
            let relative = RelativeInstallable::parse(text).expect("it is relative");
            let written = relative.relative_to(Path::new(place), Path::new(directory));
            assert_eq!(written.as_deref(), Some(expected));
        }
    }

    #[test]
    fn a_name_of_the_lock_is_its_own() {
        for (text, name) in [
            ("#x", ".#x"),
            ("././p.nix", "./p.nix"),
            ("./a/../p.nix#x", "./p.nix#x"),
            ("./d/#x", "./d#x"),
            ("../p.nix", "../p.nix"),
        ] {
            assert_eq!(locked_name(text), name);
            assert_eq!(locked_name(name), name);
        }
    }
}
