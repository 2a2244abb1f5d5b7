//! Both ways to open a path, side by side, and what a race must not do.

use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use rustix::fs::{CWD, FileType, Mode, RenameFlags, mknodat, renameat_with};
use tempfile::TempDir;

use super::{Enclosure, OpenError, Way, destination};

struct Tree {
    _directory: TempDir,
    base: PathBuf,
}

impl Tree {
    /// `ws` with files that hold `inside`, and `out` with files that hold `OUTSIDE`.
    fn new() -> Self {
        let directory = TempDir::new().unwrap();
        let base = directory.path().canonicalize().unwrap();
        for (place, text) in [("ws/a/b", "inside"), ("out/a/b", "OUTSIDE")] {
            fs::create_dir_all(base.join(place)).unwrap();
            for file in ["f", "a/f", "a/b/f"] {
                let top = place.split('/').next().unwrap();
                fs::write(base.join(top).join(file), text).unwrap();
            }
        }
        for (target, link) in [
            ("a/f", "to_file"),
            ("a", "to_directory"),
            ("a/../to_file", "chain"),
            ("../ws/f", "there_and_back"),
            ("../out/f", "out_file"),
            ("../out", "out_directory"),
            ("../out/gone", "out_gone"),
            ("/etc/passwd", "absolute"),
            ("gone", "dangling"),
            ("loop", "loop"),
        ] {
            symlink(target, base.join("ws").join(link)).unwrap();
        }
        symlink(base.join("ws/f"), base.join("ws/absolute_inside")).unwrap();
        let fifo = base.join("ws/fifo");
        mknodat(CWD, &fifo, FileType::Fifo, Mode::from_raw_mode(0o600), 0).unwrap();
        Self {
            _directory: directory,
            base,
        }
    }

    fn ways(&self) -> Vec<Enclosure> {
        let found = Enclosure::new(&self.base.join("ws")).unwrap();
        let steps = Enclosure {
            way: Way::Steps,
            ..found.clone()
        };
        if found.way == Way::Steps {
            eprintln!("ignored: opening a path in one call, which this system does not have");
        }
        vec![found, steps]
    }
}

fn text(mut file: File) -> String {
    let mut text = String::new();
    file.read_to_string(&mut text).unwrap();
    text
}

#[test]
fn what_is_opened() {
    let tree = Tree::new();
    let missing = "No such file or directory (os error 2)";
    let outside = "it leads out of the workspace";
    for enclosure in tree.ways() {
        for (path, expected) in [
            ("f", "inside"),
            ("a/f", "inside"),
            ("a/b/f", "inside"),
            ("a/../f", "inside"),
            ("./a/./f", "inside"),
            ("to_file", "inside"),
            ("to_directory/f", "inside"),
            ("to_directory/b/f", "inside"),
            ("chain", "inside"),
            ("there_and_back", "inside"),
            ("absolute_inside", "inside"),
            ("../ws/f", "inside"),
            ("../out/f", outside),
            ("../out/gone", outside),
            ("out_file", outside),
            ("out_directory/f", outside),
            ("out_directory/gone", outside),
            ("out_gone", outside),
            ("absolute", outside),
            ("dangling", missing),
            ("gone", missing),
            ("a/gone/f", missing),
            ("a", "it is a directory"),
            ("to_directory", "it is a directory"),
            ("fifo", "it is a FIFO"),
        ] {
            let found = match enclosure.file(&tree.base.join("ws").join(path)) {
                Ok(file) => text(file),
                Err(error) => error.to_string(),
            };
            assert_eq!(found, expected, "{path} {:?}", enclosure.way);
        }
        let looped = enclosure.file(&tree.base.join("ws/loop"));
        assert!(matches!(looped, Err(OpenError::Io(_))));
    }
}

#[test]
fn directories_are_not_reached_by_links() {
    let tree = Tree::new();
    for enclosure in tree.ways() {
        for (path, is_opened) in [
            ("", true),
            ("a", true),
            ("a/b", true),
            ("to_directory", false),
            ("to_directory/b", false),
            ("out_directory", false),
            ("..", false),
            ("a/../..", false),
            ("f", false),
            ("fifo", false),
            ("gone", false),
        ] {
            let opened = enclosure.directory(Path::new(path));
            assert_eq!(opened.is_ok(), is_opened, "{path} {:?}", enclosure.way);
        }
    }
}

#[test]
fn nothing_outside_is_read_while_links_come_and_go() {
    let tree = Tree::new();
    let ws = tree.base.join("ws");
    symlink("../out/a", ws.join("a2")).unwrap();
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                let swap = RenameFlags::EXCHANGE;
                if renameat_with(CWD, ws.join("a"), CWD, ws.join("a2"), swap).is_err() {
                    eprintln!("ignored: exchanging names, which this file system cannot do");
                    break;
                }
            }
        });
        for enclosure in tree.ways() {
            for _ in 0..3000 {
                if let Ok(file) = enclosure.file(&ws.join("a/b/f")) {
                    assert_eq!(text(file), "inside");
                }
            }
        }
        stop.store(true, Ordering::Relaxed);
    });
}

#[test]
fn links_lead_somewhere_even_where_nothing_is() {
    let tree = Tree::new();
    for (path, expected) in [
        ("f", "ws/f"),
        ("gone/x", "ws/gone/x"),
        ("dangling", "ws/gone"),
        ("out_gone", "out/gone"),
        ("out_directory/gone/x", "out/gone/x"),
        ("a/../../x", "x"),
    ] {
        let found = destination(&tree.base.join("ws").join(path));
        assert_eq!(found, tree.base.join(expected), "{path}");
    }
}
