//! Locks that git could not merge: `jobc lock` goes on from what both sides say.

use std::process::Command;

use super::fake::Fake;
use super::{DEP, NEW, OTHER, TOOL};

const OURS: &str = "/nix/store/2nyfkb7vbq4m4k0y3nw0fxkbsw9d3v9p-ours";
const THEIRS: &str = "/nix/store/6q1s0b7a1c8pw2v6ldzmpmqv3sfzz9gg-theirs";
/// How git writes conflicts: as it does by itself, or as one of these options asks for.
const STYLES: [Option<&str>; 3] = [None, Some("--diff3"), Some("--zdiff3")];

/// What a change of a side does to the definition and to what Nix says.
type Side<'a> = (&'a str, &'a [(&'a str, &'a str)]);

const BASE: Side<'_> = ("tool = \"tool\"", &[("tool", TOOL)]);

/// A workspace with the packages of both sides and a lock with the marks of their merge.
fn conflicted(style: Option<&str>, sides: [Side<'_>; 2], together: &str) -> Fake {
    let fake = Fake::new();
    for path in [NEW, OURS, THEIRS] {
        fake.path(path, &[DEP]);
    }
    let lock = |(packages, answers): Side<'_>| {
        for (attribute, path) in answers {
            fake.package("x86_64-linux", attribute, path);
        }
        let run = fake.names(packages).lock(&["--update"]);
        assert_eq!(run.status, 0, "{}", run.stderr);
        fake.text().expect("it was written")
    };
    for (name, side) in [("base", BASE), ("ours", sides[0]), ("theirs", sides[1])] {
        let text = lock(side);
        fake.sandbox.file(&format!("sides/{name}"), text);
    }
    let merged = Command::new("git")
        .current_dir(fake.file("sides"))
        .args(["merge-file", "-p"])
        .args(style)
        .args(["ours", "base", "theirs"])
        .output()
        .expect("git is there");
    let text = String::from_utf8(merged.stdout).expect("it is text");
    let has_base = text.contains("\n|||||||");
    assert!(text.contains("<<<<<<< ours"), "{style:?}: {text}");
    assert_eq!(has_base, style.is_some(), "{style:?}: {text}");
    fake.sandbox.file("jobc.lock", text);
    fake.names(together).log();
    fake
}

fn what_each_side_added_is_kept_without_asking() {
    for style in STYLES {
        let sides: [Side<'_>; 2] = [
            ("tool = \"tool\"\nours = \"ours\"", &[("ours", OURS)]),
            (
                "tool = \"tool\"\ntheirs = \"theirs\"",
                &[("theirs", THEIRS)],
            ),
        ];
        let both = "tool = \"tool\"\nours = \"ours\"\ntheirs = \"theirs\"";
        let fake = conflicted(style, sides, both);
        let unfinished = fake.text();
        for command in ["check", "build"] {
            let run = fake.sandbox.jobc([command]);
            assert_eq!(run.status, 1, "{style:?}: {}", run.stderr);
            assert!(run.stderr.contains("[lock-conflict]"), "{}", run.stderr);
            assert!(run.stderr.contains("run `jobc lock`"), "{}", run.stderr);
        }
        let check = fake.lock(&["--check"]);
        assert_eq!((check.status, fake.text()), (1, unfinished));
        assert!(check.stderr.contains("[lock-conflict]"), "{}", check.stderr);

        let run = fake.lock(&[]);
        assert_eq!(run.status, 0, "{style:?}: {}", run.stderr);
        assert_eq!(
            run.stderr,
            "read both sides of the merge in `jobc.lock`\nwrote `jobc.lock`: 3 packages, 4 paths\n"
        );
        assert_eq!(fake.evaluated(), [""; 0], "{style:?}");
        let text = fake.text().expect("it is there");
        for path in [TOOL, OURS, THEIRS] {
            assert_eq!(text.matches(path).count(), 2, "{style:?}: {text}");
        }
        let check = fake.lock(&["--check"]);
        assert_eq!(check.status, 0, "{style:?}: {}", check.stderr);
    }
}

fn what_sides_disagree_about_is_asked_again() {
    for style in STYLES {
        let sides: [Side<'_>; 2] = [
            ("tool = \"tool\"", &[("tool", NEW)]),
            (
                "tool = \"tool\"\ntheirs = \"theirs\"",
                &[("tool", OTHER), ("theirs", THEIRS)],
            ),
        ];
        let fake = conflicted(style, sides, "tool = \"tool\"\ntheirs = \"theirs\"");
        let unfinished = fake.text();
        let some = fake.lock(&["theirs"]);
        assert_eq!((some.status, fake.text()), (2, unfinished));
        insta::allow_duplicates! {
            insta::assert_snapshot!(some.stderr, @r"
            read both sides of the merge in `jobc.lock`; they disagree about `tool` for `x86_64-linux`
            error: the sides of a merge disagree, and only some packages are named
             |
             = help: finish the merge first: `jobc lock`
            ");
        }
        fake.log();
        let run = fake.lock(&[]);
        assert_eq!(run.status, 0, "{style:?}: {}", run.stderr);
        let told = "read both sides of the merge in `jobc.lock`; they disagree about `tool` for `x86_64-linux`\n";
        assert!(run.stderr.starts_with(told), "{style:?}: {}", run.stderr);
        assert_eq!(fake.evaluated(), ["tool for x86_64-linux"], "{style:?}");
        let text = fake.text().expect("it is there");
        assert!(
            text.contains(OTHER) && text.contains(THEIRS) && !text.contains(NEW),
            "{style:?}: {text}"
        );
        assert_eq!(fake.lock(&["--check"]).status, 0);
    }
}

tests! {
    what_each_side_added_is_kept_without_asking,
    what_sides_disagree_about_is_asked_again,
}
