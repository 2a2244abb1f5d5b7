//! What changes the hash of a package's files, and what does not.

use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use rustix::fs::{CWD, FileType, Mode, mknodat};
use tempfile::TempDir;

use super::{Local, Locals, MOST_BYTES, MOST_OF_A_FILE, MOST_PATHS};
use crate::beneath::Enclosure;
use crate::store::Sha256;

const PACKAGE: &str = "./pkgs.nix#x";

/// A workspace `ws` and what lies beside it.
struct Tree {
    directory: TempDir,
}

impl Tree {
    fn new(files: &[(&str, &str)]) -> Self {
        let directory = TempDir::new().unwrap();
        fs::create_dir(directory.path().join("ws")).unwrap();
        let tree = Self { directory };
        for (name, text) in files {
            tree.write(name, text);
        }
        tree
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join("ws").join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn remove(&self, name: &str) {
        fs::remove_file(self.path(name)).unwrap();
    }

    fn local(&self, installable: &str) -> Option<Local> {
        let files = Enclosure::new(&self.path("")).unwrap();
        let mut locals = Locals::new(&files);
        let local = locals.of(installable);
        assert_eq!(locals.of(installable), local, "asked twice");
        local
    }

    fn hash(&self, installable: &str) -> Sha256 {
        let local = self.local(installable);
        local.expect("it is of a file that is there").hash()
    }

    /// Whether what `change` does makes another package.
    #[track_caller]
    fn check(&self, installable: &str, changes: bool, change: impl FnOnce(&Self)) {
        let before = self.hash(installable);
        change(self);
        assert_eq!(self.hash(installable) != before, changes);
    }
}

#[test]
fn files_that_are_followed() {
    let tree = Tree::new(&[
        (
            "nix/pkgs.nix",
            "{ x = import ../lib/a.nix; y = ./fix.patch; z = ./dir; }",
        ),
        ("lib/a.nix", "[ ./b.nix ]"),
        ("lib/b.nix", "1"),
        ("nix/fix.patch", "./b.patch"),
        ("nix/b.patch", "1"),
        ("nix/dir/default.nix", "import ./c.nix"),
        ("nix/dir/c.nix", "1"),
        ("nix/other.nix", "1"),
    ]);
    let package = "./nix/pkgs.nix#x";
    for name in [
        "nix/pkgs.nix",
        "lib/a.nix",
        "lib/b.nix",
        "nix/fix.patch",
        "nix/dir/c.nix",
        "nix/dir/default.nix",
    ] {
        tree.check(package, true, |tree| {
            let text = fs::read_to_string(tree.path(name)).unwrap();
            tree.write(name, &format!("{text} "));
        });
    }
    for name in [
        "nix/other.nix",
        "nix/b.patch",
        "nix/dir/source.c",
        "job.toml",
    ] {
        tree.check(package, false, |tree| tree.write(name, "2"));
    }
    assert_eq!(tree.hash(package), tree.hash("./nix/pkgs.nix#y^out"));
    assert_ne!(tree.hash(package), tree.hash("./lib/a.nix"));
}

#[test]
fn files_that_come_go_and_move() {
    let tree = Tree::new(&[("pkgs.nix", "[ ./a.nix ./b.nix ./dir ]"), ("a.nix", "1")]);
    tree.check(PACKAGE, true, |tree| tree.write("b.nix", "1"));
    tree.check(PACKAGE, true, |tree| tree.remove("a.nix"));
    tree.check(PACKAGE, true, |tree| {
        fs::rename(tree.path("b.nix"), tree.path("a.nix")).unwrap();
    });
    tree.check(PACKAGE, true, |tree| tree.write("dir/default.nix", "1"));
    tree.check(PACKAGE, true, |tree| tree.remove("dir/default.nix"));
    tree.remove("pkgs.nix");
    assert_eq!(tree.local(PACKAGE), None);
}

#[test]
fn cycles() {
    let tree = Tree::new(&[
        ("pkgs.nix", "[ ./. ./pkgs.nix ]"),
        ("default.nix", "import ./dir/b.nix"),
        ("dir/b.nix", "[ ../pkgs.nix ../. ./. ./again/b.nix ]"),
    ]);
    symlink(".", tree.path("dir/again")).unwrap();
    tree.check(PACKAGE, true, |tree| tree.write("dir/b.nix", "1"));
}

#[test]
fn what_only_looks_like_a_path() {
    let tree = Tree::new(&[(
        "pkgs.nix",
        "# ./a.nix\n/* ./b.nix */ [ \"./c.nix\" ''./d.nix'' ./${e}.nix /f.nix <f.nix> ]",
    )]);
    for name in ["a.nix", "b.nix", "c.nix", "d.nix", ".nix", "f.nix"] {
        tree.check(PACKAGE, false, |tree| tree.write(name, "1"));
    }
}

/// What lies outside is not read, by whichever way it is named.
#[test]
fn nothing_outside() {
    let tree = Tree::new(&[
        (
            "pkgs.nix",
            "[ ./out.nix ./dir/a.nix ../../a.nix ../a.nix ./in.nix ]",
        ),
        ("../out/a.nix", "1"),
        ("../a.nix", "1"),
        ("dir2/c.nix", "./d.nix"),
        ("dir2/d.nix", "1"),
    ]);
    symlink("../out/a.nix", tree.path("out.nix")).unwrap();
    symlink("../out", tree.path("dir")).unwrap();
    symlink("dir2/c.nix", tree.path("in.nix")).unwrap();
    for name in ["../out/a.nix", "../a.nix"] {
        tree.check(PACKAGE, false, |tree| tree.write(name, "2"));
    }
    tree.check(PACKAGE, true, |tree| tree.write("dir2/d.nix", "2"));
    assert_eq!(tree.local("./out.nix"), None);
    assert_eq!(tree.local("../a.nix"), None);
}

#[test]
fn what_is_no_file() {
    let tree = Tree::new(&[("pkgs.nix", "[ ./fifo ./a ]")]);
    tree.check(PACKAGE, false, |tree| {
        let mode = Mode::from_raw_mode(0o600);
        mknodat(CWD, tree.path("fifo"), FileType::Fifo, mode, 0).unwrap();
    });
    tree.check(PACKAGE, false, |tree| symlink("a", tree.path("a")).unwrap());
}

#[test]
fn packages_of_no_file() {
    let tree = Tree::new(&[("pkgs.nix", "1"), ("flake.nix", "1")]);
    for installable in [
        "hello",
        "nixpkgs#x",
        "github:a/b#x",
        "./gone.nix",
        "./dir#x",
    ] {
        assert_eq!(tree.local(installable), None, "{installable}");
    }
}

#[test]
fn flakes() {
    let tree = Tree::new(&[("f/flake.nix", "{ a = import ./a.nix; l = ./flake.lock; }")]);
    let package = "path:./f#x";
    tree.check(package, true, |tree| tree.write("f/a.nix", "1"));
    tree.check(package, true, |tree| {
        tree.write("f/flake.nix", "import ./b.nix");
    });
    tree.check(package, true, |tree| tree.write("f/b.nix", "1"));
    tree.check(package, false, |tree| tree.write("f/a.nix", "2"));
    tree.check(package, true, |tree| tree.write("f/flake.lock", "1"));
    assert_eq!(tree.hash(package), tree.hash("./f?rev=1"));
    let files = Enclosure::new(&tree.path("")).unwrap();
    for order in [[package, "./f/flake.nix"], ["./f/flake.nix", package]] {
        let mut locals = Locals::new(&files);
        for installable in order {
            assert_eq!(locals.of(installable), tree.local(installable), "{order:?}");
        }
    }
    tree.write("f/sub/flake.nix", "1");
    assert_ne!(tree.hash(package), tree.hash("./f?dir=sub"));
}

/// Nix writes locks of flakes; people write everything else.
#[test]
fn what_nix_has_seen() {
    let tree = Tree::new(&[("flake.nix", "./flake.lock ./a.nix")]);
    let before = tree.local(".").unwrap();
    tree.write("flake.lock", "1");
    let locked = tree.local(".").unwrap();
    assert_ne!(before, locked);
    assert_eq!(Local::seen(before, Some(locked)), locked);
    tree.write("a.nix", "1");
    assert_eq!(Local::seen(locked, tree.local(".")), locked);
    tree.remove("flake.nix");
    assert_eq!(Local::seen(locked, tree.local(".")), locked);
}

/// A file that is too large tells by its size, and is not read for that.
#[test]
fn huge_files() {
    let tree = Tree::new(&[("pkgs.nix", "./data ./big.nix"), ("a.nix", "1")]);
    let grow = |name: &str, size| {
        let file = File::options()
            .append(true)
            .create(true)
            .open(tree.path(name));
        file.unwrap().set_len(size).unwrap();
    };
    grow("data", 1 << 40);
    let start = Instant::now();
    tree.check(PACKAGE, true, |_| grow("data", (1 << 40) + 1));
    assert!(start.elapsed() < Duration::from_secs(60));
    tree.write("big.nix", "./a.nix\n");
    tree.check(PACKAGE, true, |tree| tree.write("a.nix", "2"));
    grow("big.nix", MOST_OF_A_FILE + 1);
    tree.check(PACKAGE, false, |tree| tree.write("a.nix", "3"));
}

/// However much hostile files name, there is an end to it, and always the same one.
#[test]
fn bounds() {
    let start = Instant::now();
    let last = MOST_BYTES / MOST_OF_A_FILE;
    let all: String = (0..=last).map(|number| format!("./{number} ")).collect();
    let tree = Tree::new(&[("pkgs.nix", &all)]);
    let fill = |number: u64, byte: u8| {
        let size = usize::try_from(MOST_OF_A_FILE).unwrap();
        fs::write(tree.path(&number.to_string()), vec![byte; size]).unwrap();
    };
    (0..=last).for_each(|number| fill(number, 1));
    let before = tree.hash(PACKAGE);
    fill(last, 2);
    assert_eq!(tree.hash(PACKAGE), before);
    fill(last - 1, 2);
    assert_ne!(tree.hash(PACKAGE), before);

    let many: String = (0..MOST_PATHS)
        .map(|number| format!("d/{number}\n"))
        .collect();
    let tree = Tree::new(&[("pkgs.nix", &many)]);
    tree.check(PACKAGE, false, |tree| tree.write("d/0", "1"));
    // Every file names all the others.
    let some: String = (0..1_000)
        .map(|number| format!("./{number}.nix\n"))
        .collect();
    let tree = Tree::new(&[("pkgs.nix", &some)]);
    for number in 0..1_000 {
        tree.write(&format!("{number}.nix"), &some);
    }
    tree.hash(PACKAGE);
    assert!(start.elapsed() < Duration::from_secs(300));
}
