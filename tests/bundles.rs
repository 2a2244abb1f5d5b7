//! Compiled jobs of several files: how they are named, written and listed.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use jobc::target::{Artifact, Bundle, Form, Mode};
use jobc::write::Destination;

use crate::harness::{Sandbox, small_key};
use crate::nix::need_nix;

fn bundle(contents: &str) -> Bundle {
    let file = |path: &str, mode, text: &str| Artifact {
        path: path.to_owned(),
        mode,
        bytes: text.as_bytes().to_vec(),
    };
    Bundle {
        key: small_key(),
        form: Form::Complete,
        files: vec![
            file("bin/start", Mode::Executable, "#!/bin/sh\necho hi\n"),
            file("bin/x/deep", Mode::Data, ""),
            file("n.service", Mode::Data, contents),
        ],
    }
}

/// All that is below a directory: paths, permissions and contents.
fn listed(directory: &Path) -> Vec<String> {
    let entries = walkdir::WalkDir::new(directory).sort_by_file_name();
    let entries = entries.into_iter().map(|entry| {
        let entry = entry.expect("it can be walked");
        let path = entry.path().strip_prefix(directory).expect("it is below");
        let mode = entry.metadata().expect("it is there").permissions().mode() & 0o777;
        let text = fs::read_to_string(entry.path()).unwrap_or_default();
        if entry.file_type().is_dir() {
            format!("{}/", path.display())
        } else {
            format!("{} {mode:o} {text:?}", path.display())
        }
    });
    entries.collect()
}

const WRITTEN: [&str; 6] = [
    "/",
    "bin/",
    "bin/start 555 \"#!/bin/sh\\necho hi\\n\"",
    "bin/x/",
    "bin/x/deep 444 \"\"",
    "n.service 444 \"[Unit]\\n\"",
];

fn a_directory_is_named_by_its_contents() {
    let (one, other) = (bundle("[Unit]\n"), bundle("[Install]\n"));
    // `nix-store --add` of Nix 2.8.0 on what `WRITTEN` lists, in a directory of this name.
    assert_eq!(
        one.file_name(),
        "njypk66w6qhmm8x3phgrk0w394zh7v3p-aurora-job-c-r-devel-n"
    );
    assert_ne!(one.file_name(), other.file_name());
}

fn a_directory_is_written_whole() {
    let sandbox = Sandbox::new();
    let destination = Destination::new(&sandbox.path().join("out")).expect("it can be made");
    let bundle = bundle("[Unit]\n");
    let path = destination.write(&bundle).expect("it can be written");
    assert_eq!(listed(&path), WRITTEN);
    assert_eq!(destination.write(&bundle).expect("it is there"), path);
    assert_eq!(sandbox.list("out").len(), 3);
}

type Damage = fn(&Path);

fn what_is_damaged_is_replaced() {
    let sandbox = Sandbox::new();
    let destination = Destination::new(&sandbox.path().join("out")).expect("it can be made");
    let bundle = bundle("[Unit]\n");
    let path = destination.write(&bundle).expect("it can be written");
    let damages: [Damage; 6] = [
        |path| fs::write(path.join("more"), "x").unwrap(),
        |path| fs::remove_file(path.join("n.service")).unwrap(),
        |path| {
            let mode = fs::Permissions::from_mode(0o444);
            fs::set_permissions(path.join("bin/start"), mode).unwrap();
        },
        |path| {
            fs::remove_file(path.join("bin/x/deep")).unwrap();
            fs::create_dir(path.join("bin/x/deep")).unwrap();
        },
        |path| {
            fs::remove_dir_all(path).unwrap();
            fs::write(path, "a file").unwrap();
        },
        |path| {
            fs::remove_dir_all(path).unwrap();
            std::os::unix::fs::symlink("/etc", path).unwrap();
        },
    ];
    for damage in damages {
        damage(&path);
        destination.write(&bundle).expect("it can be written");
        assert_eq!(listed(&path), WRITTEN);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }
}

fn many_may_write_it_at_once() {
    let sandbox = Sandbox::new();
    let destination = Destination::new(&sandbox.path().join("out")).expect("it can be made");
    let bundle = bundle("[Unit]\n");
    let path = sandbox.path().join("out").join(bundle.file_name());
    for _ in 0..200 {
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| destination.write(&bundle).expect("it can be written"));
            }
        });
        assert_eq!(listed(&path), WRITTEN);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
        fs::remove_dir_all(&path).expect("it is there");
    }
}

fn nix_names_it_alike() {
    need_nix();
    let sandbox = Sandbox::new();
    let destination = Destination::new(&sandbox.path().join("out")).expect("it can be made");
    let bundle = bundle("[Unit]\n");
    let path = destination.write(&bundle).expect("it can be written");
    let named = sandbox.path().join("aurora-job-c-r-devel-n");
    fs::rename(&path, &named).expect("it can be renamed");
    let added = Command::new("nix-store")
        .arg("--store")
        .arg(sandbox.path().join("store"))
        .arg("--add")
        .arg(&named)
        .output()
        .expect("Nix runs");
    let added = String::from_utf8_lossy(&added.stdout).trim().to_owned();
    assert_eq!(added, format!("/nix/store/{}", bundle.file_name()));
}

fn a_listing_says_what_is_what() {
    let expected = "\
==> bin/start (18 bytes, executable) <==
#!/bin/sh
echo hi

==> bin/x/deep (0 bytes) <==

==> n.service (7 bytes) <==
[Unit]

";
    assert_eq!(bundle("[Unit]\n").listing(), expected);
}

tests! {
    a_directory_is_named_by_its_contents,
    a_directory_is_written_whole,
    what_is_damaged_is_replaced,
    many_may_write_it_at_once,
    nix_names_it_alike,
    a_listing_says_what_is_what,
}
