//! Importing from disk: what may be imported, and that its path is the one that Nix computes.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::{self, Permissions};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::{self, Command};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::harness::suite::ignore;
use crate::nix::need;

use jobc::resolve::import::{Fault, Imported, Importer};
use jobc::store::StoreDir;
use jobc::store::nar::{EntryName, LinkTarget, MAX_DEPTH, Tree};
use serde_json::Value;

/// Imports a path of the workspace, and compares the error, or the links that dangle.
fn check(workspace: &Workspace, path: impl AsRef<Path>, expected: &str) {
    let path = workspace.root.join(path);
    let found = match workspace.importer().import(&path) {
        Ok(imported) => {
            let links: Vec<_> = imported
                .dangling
                .iter()
                .map(|link| link.display().to_string())
                .collect();
            format!("fine {}", links.join(" "))
        }
        Err(error) => match error.fault() {
            Fault::User => format!("user: {error}"),
            Fault::Machine => format!("machine: {error}"),
        },
    };
    let found = found.replace(&*workspace.root.to_string_lossy(), "/ws");
    assert_eq!(found.trim_end(), expected, "{}", path.display());
}

fn what_is_there_is_imported() {
    let workspace = Workspace::new(&["a/b/file", "a/empty/", "b -> a"]);
    for path in [
        "a", "a/b", "a/b/file", "a/empty", "a/./b", "a/b/../b", "b/b/file", "a/b/.", "a/b/",
        "a/b/..",
    ] {
        check(&workspace, path, "fine");
    }
    let name = |path: &str| workspace.import(path).store_path.name().to_string();
    assert_eq!(name("a/b/."), "b");
    assert_eq!(name("a/b/.."), "a");
    assert_eq!(name("b/b"), "b");
    assert_eq!(workspace.import("a/b/.."), workspace.import("a"));
}

fn what_is_not_there_is_missing() {
    let workspace = Workspace::new(&["file", "loop -> pool", "pool -> loop", "nowhere -> gone"]);
    check(&workspace, "gone", "user: `/ws/gone` does not exist");
    check(&workspace, "gone/x", "user: `/ws/gone/x` does not exist");
    check(&workspace, "file/x", "user: `/ws/file/x` does not exist");
    check(
        &workspace,
        "nowhere/x",
        "user: `/ws/nowhere/x` does not exist",
    );
    check(&workspace, "a\0b", "user: `/ws/a\0b` does not exist");
    let long = "x".repeat(300);
    check(
        &workspace,
        &long,
        &format!("user: `/ws/{long}` does not exist"),
    );
    check(
        &workspace,
        "loop/x",
        "user: the links that lead to `/ws/loop/x` form a loop",
    );
    check(
        &workspace,
        "loop",
        "user: `/ws/loop` is a symbolic link to `pool`",
    );
}

fn imports_stay_in_the_workspace() {
    let outer = Workspace::new(&[
        "ws/a/file",
        "ws/out -> ../other",
        "ws/back -> a",
        "ws/nowhere -> ../gone",
        "other/file",
    ]);
    let workspace = outer.at("ws");
    let outside = |path: &str, resolved: &str| {
        let resolved = resolved.replace("/outer", &outer.root.to_string_lossy());
        check(
            &workspace,
            path,
            &format!("user: `/ws/{path}` leads out of the workspace, to `{resolved}`"),
        );
    };
    outside("../other/file", "/outer/other/file");
    outside("a/../../other", "/outer/other");
    outside("out/file", "/outer/other/file");
    outside("../gone/file", "/outer/gone/file");
    outside("nowhere/file", "/outer/gone/file");
    outside("..", "/outer");
    check(&workspace, "back/file", "fine");
    check(&workspace, "../ws/a/file", "fine");
    check(&workspace, "", "user: `/ws/` is the whole workspace");
    check(
        &workspace,
        "a/..",
        "user: `/ws/a/..` is the whole workspace",
    );
    let absolute = "user: `/etc/hostname` leads out of the workspace, to `/etc/hostname`";
    check(&workspace, "/etc/hostname", absolute);
    check(
        &workspace,
        "/",
        "user: `/` leads out of the workspace, to `/`",
    );
}

fn the_workspace_may_be_named_by_a_link() {
    let outer = Workspace::new(&["real/a/file", "link -> real"]);
    let workspace = outer.at("link");
    check(&workspace, "a/file", "fine");
    assert_eq!(workspace.import("a"), outer.at("real").import("a"));
    assert_eq!(workspace.import("a"), outer.import("real/a"));
}

fn links_are_kept_and_must_stay_inside() {
    let workspace = Workspace::new(&[
        "file",
        "link -> file",
        "absolute -> /etc/passwd",
        "a/up -> ../file",
        "a/b/here -> ./c",
        "a/b/up -> ../b/../up",
        "a/b/out -> ../../file",
        "a/b/in_again -> ../../a/b",
        "b/c/escape -> ../../../etc",
        "c/escape -> x/../../../x",
        "d/absolute -> /ws/file",
        "e/x/y -> ../..",
    ]);
    check(
        &workspace,
        "link",
        "user: `/ws/link` is a symbolic link to `file`",
    );
    check(
        &workspace,
        "absolute",
        "user: `/ws/absolute` is a symbolic link to `/etc/passwd`",
    );
    check(
        &workspace,
        "a",
        "fine /ws/a/b/in_again /ws/a/b/out /ws/a/up",
    );
    check(
        &workspace,
        "a/b",
        "fine /ws/a/b/in_again /ws/a/b/out /ws/a/b/up",
    );
    check(
        &workspace,
        "b",
        "user: the link `/ws/b/c/escape` leads out of the workspace, to `../../../etc`",
    );
    check(
        &workspace,
        "c",
        "user: the link `/ws/c/escape` leads out of the workspace, to `x/../../../x`",
    );
    check(
        &workspace,
        "d",
        "user: the link `/ws/d/absolute` has the absolute target `/ws/file`",
    );
    check(&workspace, "e", "fine /ws/e/x/y");
}

fn names_must_be_possible_in_the_store() {
    let workspace = Workspace::new(&["a b", ".hidden", "a/.hidden", "ok+-._?="]);
    let cannot = "cannot have its name in the store";
    check(
        &workspace,
        "a b",
        &format!("user: `/ws/a b` {cannot}: illegal character ` ` at offset 1"),
    );
    check(
        &workspace,
        ".hidden",
        &format!("user: `/ws/.hidden` {cannot}: the name begins with `.`"),
    );
    check(&workspace, "a", "fine");
    check(&workspace, "ok+-._?=", "fine");
    let bytes = workspace.root.join(OsStr::from_bytes(b"x\xff"));
    fs::write(&bytes, "").unwrap();
    let replaced = "illegal character `\u{fffd}` at offset 1";
    check(
        &workspace,
        bytes,
        &format!("user: `/ws/x\u{fffd}` {cannot}: {replaced}"),
    );
    let long = "x".repeat(212);
    fs::write(workspace.root.join(&long), "").unwrap();
    let too_long =
        format!("user: `/ws/{long}` {cannot}: expected at most 211 characters, found 212");
    check(&workspace, &long, &too_long);
}

fn special_files_are_refused_and_not_opened() {
    let workspace = Workspace::new(&["a/file", "b/file"]);
    let fifo = Command::new("mkfifo")
        .arg(workspace.root.join("a/fifo"))
        .status()
        .unwrap();
    assert!(fifo.success());
    let _socket = UnixListener::bind(workspace.root.join("b/socket")).unwrap();
    check(&workspace, "a", "user: `/ws/a/fifo` is a FIFO");
    check(&workspace, "a/fifo", "user: `/ws/a/fifo` is a FIFO");
    check(&workspace, "b", "user: `/ws/b/socket` is a socket");
    check(&workspace, "b/socket", "user: `/ws/b/socket` is a socket");
    let devices = Workspace::borrowed(Path::new("/dev"));
    check(&devices, "null", "user: `/ws/null` is a character device");
}

fn forbidden_directories_are_so_before_they_exist() {
    let workspace = Workspace::new(&["a/b/file", "c/file", "link -> c", "abc/file"]);
    let because = |path: &str, place: &str| {
        format!("user: `/ws/{path}` cannot be imported, because of `/ws/{place}`")
    };
    let forbidding = |place: &str| {
        let mut other = Workspace::borrowed(&workspace.root);
        other.forbidden.push(workspace.root.join(place));
        other
    };
    let output = forbidding("a/.jobc/store");
    check(&output, "a", &because("a", "a/.jobc/store"));
    check(&output, "a/b", "fine");
    fs::create_dir_all(workspace.root.join("a/.jobc/store")).unwrap();
    fs::write(workspace.root.join("a/.jobc/store/x.json"), "").unwrap();
    check(&output, "a", &because("a", "a/.jobc/store"));
    check(
        &output,
        "a/.jobc/store/x.json",
        &because("a/.jobc/store/x.json", "a/.jobc/store"),
    );
    check(&forbidding("a"), "abc", "fine");
    check(&forbidding("./abc/../a"), "a/b", &because("a/b", "a"));
    check(&forbidding("link"), "c", &because("c", "c"));
}

fn only_the_owner_makes_a_file_executable() {
    let workspace = Workspace::new(&["file"]);
    let mut modes = vec![0o744, 0o755, 0o500, 0o4755, 0o644, 0o654, 0o645, 0o400];
    if is_root() {
        modes.extend([0o100, 0o011]);
    }
    let mut failures = Vec::new();
    for mode in modes {
        let permissions = Permissions::from_mode(mode);
        fs::set_permissions(workspace.root.join("file"), permissions).unwrap();
        let archive = workspace
            .importer()
            .archive(&workspace.root.join("file"), Vec::new());
        let expected = Tree::Regular {
            executable: mode & 0o100 != 0,
            contents: b"file".to_vec(),
        };
        if Tree::read(&*archive.unwrap()).unwrap() != expected {
            failures.push(format!("{mode:o}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join(" "));
}

fn what_cannot_be_read_is_the_machines_fault() {
    let workspace = Workspace::new(&["file", "directory/file"]);
    if is_root() {
        ignore("root is not held by permissions");
    }
    let denied = "Permission denied (os error 13)";
    for (path, action) in [("file", "open"), ("directory", "list")] {
        let place = workspace.root.join(path);
        fs::set_permissions(&place, Permissions::from_mode(0o000)).unwrap();
        check(
            &workspace,
            path,
            &format!("machine: cannot {action} `/ws/{path}`: {denied}"),
        );
        if path == "directory" {
            check(
                &workspace,
                "directory/file",
                &format!("machine: cannot find `/ws/directory/file`: {denied}"),
            );
        }
        fs::set_permissions(&place, Permissions::from_mode(0o700)).unwrap();
    }
}

/// A file of `/proc` claims to be empty, and is not.
#[cfg(target_os = "linux")]
fn files_of_another_size_than_they_say_are_refused() {
    let workspace = Workspace::borrowed(Path::new("/proc/sys/kernel"));
    let changed = "machine: `/ws/ostype` changed while it was read: expected 0 bytes, found 1";
    check(&workspace, "ostype", changed);
}

/// What was found by its path is read though it is moved away, and what takes its place is not.
fn nothing_outside_is_imported_while_links_come_and_go() {
    use rustix::fs::{CWD, RenameFlags, renameat_with};

    let outer = Workspace::new(&[
        "ws/file",
        "ws/file2 -> ../other/file",
        "ws/tree/a/b/file",
        "ws/a2 -> ../other",
        "ws/tree2 -> ../other/tree",
        "other/file",
        "other/tree/a/b/file",
        "other/b/file",
    ]);
    for name in ["file", "tree/a/b/file", "b/file"] {
        fs::write(outer.root.join("other").join(name), "OUTSIDE").unwrap();
    }
    let fifo = outer.root.join("ws/fifo");
    assert!(
        Command::new("mkfifo")
            .arg(&fifo)
            .status()
            .unwrap()
            .success()
    );
    let workspace = outer.at("ws");
    let importer = workspace.importer();
    for (one, other, imported) in [
        ("file", "file2", "file"),
        ("tree/a", "a2", "tree"),
        ("tree", "tree2", "tree/a/b"),
        ("file", "fifo", "file"),
    ] {
        let stop = std::sync::atomic::AtomicBool::new(false);
        let [one, other] = [one, other].map(|name| workspace.root.join(name));
        for _ in 0..2 {
            if renameat_with(CWD, &one, CWD, &other, RenameFlags::EXCHANGE).is_err() {
                ignore("this file system cannot exchange names");
            }
        }
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    let swap = RenameFlags::EXCHANGE;
                    renameat_with(CWD, &one, CWD, &other, swap).expect("it was possible before");
                }
            });
            let mut read = 0;
            for _ in 0..1000 {
                let path = workspace.root.join(imported);
                if let Ok(archive) = importer.archive(&path, Vec::new()) {
                    read += 1;
                    let text = String::from_utf8_lossy(&archive);
                    assert!(!text.contains("OUTSIDE"), "{imported}");
                }
            }
            stop.store(true, Ordering::Relaxed);
            assert!(read > 0, "{imported}");
        });
        let is_swapped = fs::symlink_metadata(&one)
            .is_ok_and(|found| found.is_symlink() || !(found.is_file() || found.is_dir()));
        if is_swapped {
            renameat_with(CWD, &one, CWD, &other, RenameFlags::EXCHANGE).unwrap();
        }
    }
}

fn depth_is_bounded() {
    let workspace = Workspace::new(&["deepest/", "deeper/"]);
    for (path, below) in [("deepest", MAX_DEPTH - 1), ("deeper", MAX_DEPTH)] {
        let place = workspace.root.join(path).join("a/".repeat(below));
        fs::create_dir_all(place).unwrap();
    }
    check(&workspace, "deepest", "fine");
    let place = format!("/ws/deeper{}", "/a".repeat(MAX_DEPTH));
    let limit = "lies too deep, in more than 1000 directories or at too long a path";
    check(&workspace, "deeper", &format!("user: `{place}` {limit}"));
}

fn archives_are_those_of_the_tree() {
    let workspace = Workspace::new(&["tree/"]);
    let tree = odd_tree();
    put(&workspace.root.join("tree"), &tree);
    let path = workspace.root.join("tree");
    let archive = workspace.importer().archive(&path, Vec::new()).unwrap();
    assert_eq!(Tree::read(&*archive).unwrap(), tree);
    assert_eq!(archive.len() as u64, workspace.import("tree").nar.size);
}

/// `vectors.json` says what `nix-store --add` of Nix 2.8.0 made of each tree.
fn sources_have_the_paths_that_nix_gave_them() {
    let vectors: Value = serde_json::from_str(include_str!("vectors.json")).unwrap();
    let workspace = Workspace::new(&[]);
    let mut failures = Vec::new();
    let mut refused = BTreeSet::new();
    let sources = vectors["vectors"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|vector| vector["kind"] == "source");
    for vector in sources.clone() {
        let name = vector["name"].as_str().unwrap();
        let path = workspace.root.join(name);
        put(&path, &crate::store::node(&vector["tree"]));
        match workspace.importer().import(&path) {
            Ok(imported) => {
                let found = (
                    StoreDir::default()
                        .display(&imported.store_path)
                        .to_string(),
                    imported.nar.hash.sri(),
                    imported.nar.size,
                );
                let expected = (
                    vector["path"].as_str().unwrap().to_owned(),
                    vector["nar_sha256_sri"].as_str().unwrap().to_owned(),
                    vector["nar_size"].as_u64().unwrap(),
                );
                if found != expected {
                    failures.push(format!("{name}: found {found:?}, expected {expected:?}"));
                }
            }
            Err(error) => {
                refused.insert(name);
                if error.fault() != Fault::User {
                    failures.push(format!("{name}: {error}"));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    // Links that would be the object itself.
    assert_eq!(
        refused,
        BTreeSet::from(["abslink", "dangling-utf8", "link"])
    );
    assert_eq!(sources.count(), 30);
}

fn real_nix_computes_the_same_paths() {
    let workspace = Workspace::new(&["run.sh*", "data", "empty/", "tree/", "big", "store/"]);
    put(&workspace.root.join("tree"), &odd_tree());
    let contents: Vec<u8> = (0..3_000_000_u32).flat_map(u32::to_le_bytes).collect();
    fs::write(workspace.root.join("big"), contents).unwrap();
    for path in ["run.sh", "data", "empty", "tree", "big"] {
        let expected = nix_store_add(&workspace, path);
        let store_path = workspace.import(path).store_path;
        assert_eq!(
            StoreDir::default().display(&store_path).to_string(),
            expected
        );
    }
}

/// Adds to a store of its own, so that the machine's stays as it is.
fn nix_store_add(workspace: &Workspace, path: &str) -> String {
    let output = Command::new("nix-store")
        .env("NIX_CONFIG", "substituters =")
        .arg("--store")
        .arg(workspace.root.join("store"))
        .arg("--add")
        .arg(workspace.root.join(path))
        .output();
    let output = match output {
        Err(error) if error.kind() == io::ErrorKind::NotFound => need("there is no nix-store"),
        output => output.unwrap(),
    };
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout)
        .unwrap()
        .trim_end()
        .to_owned()
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|metadata| metadata.uid() == 0)
}

/// Every kind of node, and names that are not text.
fn odd_tree() -> Tree {
    let file = |executable, contents: &[u8]| Tree::Regular {
        executable,
        contents: contents.to_vec(),
    };
    let link = |target: &[u8]| Tree::Symlink(LinkTarget::try_from(target.to_vec()).unwrap());
    let directory = |entries: Vec<(&[u8], Tree)>| {
        let entries = entries.into_iter();
        Tree::Directory(
            entries
                .map(|(name, node)| (EntryName::try_from(name.to_vec()).unwrap(), node))
                .collect(),
        )
    };
    directory(vec![
        (b"foo", directory(vec![(b"x", file(false, b"1"))])),
        (b"foo-bar", file(true, b"#!/bin/sh\n")),
        (b"foo.bar", link(b"foo/\xff")),
        (b"foo0", directory(vec![])),
        (b"\xff\xfe", file(false, &vec![0; 300_000])),
        (b"new\nline", file(false, b"")),
        (b".hidden", link(b"gone")),
        ("é".as_bytes(), file(false, b"12345678")),
        (&[b'n'; 255], file(false, b"")),
    ])
}

/// Puts a tree on disk.
fn put(path: &Path, tree: &Tree) {
    match tree {
        Tree::Regular {
            executable,
            contents,
        } => {
            fs::write(path, contents).unwrap();
            let mode = if *executable { 0o755 } else { 0o644 };
            fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
        }
        Tree::Symlink(target) => symlink(OsStr::from_bytes(target.as_bytes()), path).unwrap(),
        Tree::Directory(entries) => {
            fs::create_dir_all(path).unwrap();
            for (name, node) in entries {
                put(&path.join(OsStr::from_bytes(name.as_bytes())), node);
            }
        }
    }
}

/// A directory to import from, removed at the end if it was made here.
struct Workspace {
    root: PathBuf,
    forbidden: Vec<PathBuf>,
    owned: bool,
}

impl Workspace {
    /// Makes `directory/`, `link -> target`, `executable*` and files that hold their own name.
    fn new(entries: &[&str]) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("jobc-import-{}-{number}", process::id());
        let root = fs::canonicalize(std::env::temp_dir()).unwrap().join(name);
        fs::create_dir(&root).unwrap();
        for entry in entries {
            let (path, target) = entry.split_once(" -> ").unwrap_or((entry, ""));
            let place = root.join(path.trim_end_matches('*'));
            let directory = if path.ends_with('/') {
                &place
            } else {
                place.parent().unwrap()
            };
            fs::create_dir_all(directory).unwrap();
            if !target.is_empty() {
                symlink(target, &place).unwrap();
            } else if !path.ends_with('/') {
                fs::write(&place, path).unwrap();
                let mode = if path.ends_with('*') { 0o755 } else { 0o644 };
                fs::set_permissions(&place, Permissions::from_mode(mode)).unwrap();
            }
        }
        Self {
            root,
            forbidden: Vec::new(),
            owned: true,
        }
    }

    fn borrowed(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
            forbidden: Vec::new(),
            owned: false,
        }
    }

    /// A directory of the workspace as a workspace.
    fn at(&self, path: &str) -> Self {
        Self::borrowed(&self.root.join(path))
    }

    fn importer(&self) -> Importer {
        Importer::new(&self.root, StoreDir::default(), &self.forbidden).unwrap()
    }

    fn import(&self, path: &str) -> Imported {
        self.importer().import(&self.root.join(path)).unwrap()
    }
}

impl Drop for Workspace {
    fn drop(&mut self) {
        if self.owned {
            // What is left behind is in the temporary directory anyway.
            let _ = fs::remove_dir_all(&self.root);
        }
    }
}

tests! {
    what_is_there_is_imported,
    what_is_not_there_is_missing,
    imports_stay_in_the_workspace,
    the_workspace_may_be_named_by_a_link,
    links_are_kept_and_must_stay_inside,
    names_must_be_possible_in_the_store,
    special_files_are_refused_and_not_opened,
    forbidden_directories_are_so_before_they_exist,
    only_the_owner_makes_a_file_executable,
    what_cannot_be_read_is_the_machines_fault,
    files_of_another_size_than_they_say_are_refused,
    nothing_outside_is_imported_while_links_come_and_go,
    depth_is_bounded,
    archives_are_those_of_the_tree,
    sources_have_the_paths_that_nix_gave_them,
    real_nix_computes_the_same_paths,
}
