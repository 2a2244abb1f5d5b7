//! Links that lead out of the workspace, and what is no file: neither is read, nor written to.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

use jobc::snapshot::Directory;
use jobc::target::{Artifact, Bundle, Form};
use jobc::write::Destination;
use rustix::fs::{CWD, RenameFlags, renameat_with};

use crate::diff::{commit, git};
use crate::harness::{Run, Sandbox, report, small_job, small_key};

const SECRET: &str = "TOPSECRET";

/// A workspace `ws` with a job, and a directory `out` beside it.
fn workspace() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox
        .file("ws/jobc.toml", "")
        .file("ws/web/job.toml", small_job("web", ""))
        .file("out/text", format!("{SECRET} = {SECRET}\n"))
        .file("out/jobs/job.toml", format!("{SECRET}\n"));
    sandbox
}

fn jobc(sandbox: &Sandbox, arguments: &[&str]) -> Run {
    let mut command = sandbox.command();
    command.current_dir(sandbox.path().join("ws"));
    sandbox.finish(command.args(arguments))
}

/// Puts a link to `target` in the place of `name`, which is in the workspace.
fn link(sandbox: &Sandbox, target: &Path, name: &str) {
    let place = sandbox.path().join("ws").join(name);
    if fs::symlink_metadata(&place).is_ok() {
        fs::remove_file(&place).unwrap();
    }
    fs::create_dir_all(place.parent().unwrap()).unwrap();
    symlink(target, place).unwrap();
}

/// Where a link in the directory of `name` finds a path beside the workspace.
fn beside(name: &str, path: &str) -> PathBuf {
    let levels = 1 + name.matches('/').count();
    Path::new(&"../".repeat(levels)).join(path)
}

fn what_leads_out_is_not_read() {
    let mut failures = Vec::new();
    for name in ["web/job.toml", "other.job.json", "jobc.toml", "jobc.lock"] {
        let sandbox = workspace();
        for target in [
            sandbox.path().join("out/text"),
            beside(name, "out/text"),
            beside(name, "out/gone"),
            beside(name, "out"),
            "/etc/passwd".into(),
            "/proc/self/environ".into(),
            "/dev/zero".into(),
        ] {
            link(&sandbox, &target, name);
            for arguments in [
                &["check"][..],
                &["build", "--all"],
                &["list"],
                &["show", "devcluster/www/devel/web"],
                &["lock", "--check"],
                &["check", "--message-format", "json"],
            ] {
                let run = jobc(&sandbox, arguments);
                let said = run.stdout + &run.stderr;
                let is_refused = said.contains("is a link that leads out of the workspace");
                // What is shown alone does not need what belongs to another job.
                let is_needed = name != "other.job.json" || arguments[0] != "show";
                if is_needed && (run.status != 1 || !is_refused)
                    || said.contains(SECRET)
                    || said.contains("root:")
                    || said.contains("PATH")
                {
                    failures.push(format!(
                        "{name} -> {} {arguments:?}: {said}",
                        target.display()
                    ));
                }
            }
        }
    }
    report(&failures);
}

/// A workspace whose checkout a machine has left a token in.
fn checkout() -> Sandbox {
    let sandbox = workspace();
    sandbox.file(
        "ws/.git/config",
        format!("[http \"https://github.example.org/\"]\n\textraheader = X: {SECRET}\n"),
    );
    sandbox.file("ws/sub/.git/config", format!("{SECRET}\n"));
    sandbox
}

fn what_leads_into_git_is_not_read() {
    let mut failures = Vec::new();
    for name in ["web/job.toml", "other.job.json", "jobc.toml", "jobc.lock"] {
        let sandbox = checkout();
        // Another way there.
        link(&sandbox, Path::new(".git"), "gl");
        for target in [".git/config", "sub/.git/config", "gl/config", ".git/gone"] {
            let up = "../".repeat(name.matches('/').count());
            link(&sandbox, &Path::new(&up).join(target), name);
            for arguments in [
                &["check"][..],
                &["build", "--all"],
                &["list"],
                &["check", "--message-format", "json"],
                &["check", "--message-format", "sarif"],
            ] {
                let run = jobc(&sandbox, arguments);
                let said = run.stdout + &run.stderr;
                let is_refused = said.contains("leads into `.git`");
                if run.status != 1 || !is_refused || said.contains(SECRET) {
                    failures.push(format!("{name} -> {target:?} {arguments:?}: {said}"));
                }
            }
        }
    }
    report(&failures);
}

fn what_leads_into_git_is_not_imported() {
    let mut failures = Vec::new();
    for path in [
        "../.git/config",
        "../.git",
        "../.GIT/x",
        "../gl/config",
        "../gl/hooks",
        "../sub/.git/config",
        "./link",
        "expanded ../.git/config",
    ] {
        let sandbox = checkout();
        link(&sandbox, Path::new(".git"), "gl");
        link(&sandbox, Path::new("../.git/config"), "web/link");
        sandbox.file("ws/.GIT/x", SECRET);
        let text = small_job("web", "").replace("echo hello", &format!("cat ${{{path}}}"));
        sandbox.file("ws/web/job.toml", text);
        let run = jobc(&sandbox, &["build", "--all"]);
        let path = path.trim_start_matches("expanded ");
        let expected = format!("error[cannot-import]: `{path}` leads into `.git`\n");
        if run.status != 1 || !run.stderr.starts_with(&expected) || run.stderr.contains(SECRET) {
            failures.push(format!("{path}: {}{}", run.stdout, run.stderr));
        }
    }
    report(&failures);
}

fn links_that_lead_out_are_not_imported() {
    let sandbox = workspace();
    link(&sandbox, Path::new("../../out/text"), "web/link");
    let text = small_job("web", "").replace("echo hello", "cat ${./link}");
    sandbox.file("ws/web/job.toml", text);
    let run = jobc(&sandbox, &["check"]);
    let expected = "error[cannot-import]: `./link` is a symbolic link that leads out of the \
                    workspace\n";
    assert!(run.stderr.starts_with(expected), "{}", run.stderr);
    assert!(!run.stderr.contains("import its target"), "{}", run.stderr);
}

fn links_that_stay_inside_are_followed() {
    let sandbox = workspace();
    sandbox
        .file("ws/shared/settings", "")
        .file("ws/shared/job", small_job("linked", ""))
        .file(
            "ws/shared/lock",
            "{ \"version\": 1, \"packages\": [], \"paths\": [] }",
        );
    let inside = sandbox.path().join("ws/shared/job");
    link(&sandbox, &inside, "absolute.job.toml");
    let run = jobc(&sandbox, &["list"]);
    insta::assert_snapshot!(run.stdout, @r"
    devcluster/www/devel/linked  absolute.job.toml:1  linked
    devcluster/www/devel/web     web/job.toml:1       web
    ");
    link(&sandbox, Path::new("shared/job"), "absolute.job.toml");
    link(
        &sandbox,
        Path::new("../shared/settings"),
        "web/../jobc.toml",
    );
    link(&sandbox, Path::new("shared/settings"), "jobc.toml");
    let run = jobc(&sandbox, &["list"]);
    insta::assert_snapshot!(run.stdout, @r"
    devcluster/www/devel/linked  absolute.job.toml:1  linked
    devcluster/www/devel/web     web/job.toml:1       web
    ");
}

fn what_is_no_file_is_told() {
    let mut failures = Vec::new();
    for name in ["web/job.toml", "jobc.toml", "jobc.lock"] {
        for (kind, expected) in [("FIFO", "it is a FIFO"), ("directory", "it is a directory")] {
            if (name, kind) == ("web/job.toml", "directory") {
                // It is searched for definitions.
                continue;
            }
            let sandbox = workspace();
            let place = sandbox.path().join("ws").join(name);
            let _ = fs::remove_file(&place);
            if kind == "FIFO" {
                let made = Command::new("mkfifo").arg(&place).status();
                assert!(made.unwrap().success());
            } else {
                fs::create_dir(&place).unwrap();
            }
            let run = jobc(&sandbox, &["check"]);
            let expected = format!("error: cannot read `{name}`: {expected}\n");
            if run.status != 2 || run.stderr != expected {
                failures.push(format!("{name} {kind}: {}", run.stderr));
            }
        }
    }
    report(&failures);
}

fn searching_does_not_leave_either() {
    let sandbox = workspace();
    link(&sandbox, Path::new("../out"), "jobs");
    sandbox.file("ws/jobc.toml", "roots = [\"jobs\"]");
    let run = jobc(&sandbox, &["check"]);
    assert_eq!(run.status, 1);
    let expected = "error[bad-value]: `jobs` leads out of the workspace";
    assert!(run.stderr.starts_with(expected), "{}", run.stderr);
    assert!(!run.stderr.contains(SECRET), "{}", run.stderr);
}

fn links_of_a_revision_are_refused_like_those_of_the_workspace() {
    let mut failures = Vec::new();
    for name in ["web/job.toml", "jobc.toml", "jobc.lock"] {
        let sandbox = workspace();
        let root = sandbox.path().join("ws");
        git(&root, &["init", "--quiet"]);
        let before = fs::read(root.join(name)).ok();
        link(&sandbox, &sandbox.path().join("out/text"), name);
        commit(&root, "a link");
        fs::remove_file(root.join(name)).unwrap();
        if let Some(before) = before {
            fs::write(root.join(name), before).unwrap();
        }
        commit(&root, "no link");
        for arguments in [
            &["diff", "HEAD~"][..],
            &["diff", "HEAD~", "HEAD"],
            &["diff", "HEAD", "HEAD~"],
            &["why", "web", "HEAD~"],
            &["check", "--changed", "HEAD~"],
        ] {
            let run = jobc(&sandbox, arguments);
            let said = run.stdout + &run.stderr;
            let is_refused = said.contains("is a link that leads out of the workspace");
            // What was wrong then is mended by now.
            let is_checked = arguments[0] == "check" && run.status == 0;
            if said.contains(SECRET) || !(is_refused || is_checked) {
                failures.push(format!("{name} {arguments:?}: {said}"));
            }
        }
    }
    report(&failures);
}

fn compiled_jobs_are_not_read_from_outside() {
    let sandbox = workspace();
    link(&sandbox, Path::new("../../out/text"), "compiled/x.json");
    for arguments in [
        &["validate", "compiled"][..],
        &["validate", "compiled/x.json"],
    ] {
        let run = jobc(&sandbox, arguments);
        let said = run.stdout + &run.stderr;
        assert!(said.contains("leads out of the workspace"), "{said}");
        assert!(!said.contains(SECRET), "{said}");
        assert_eq!(run.status, 1);
    }
}

fn nothing_is_written_through_a_link() {
    let mut failures = Vec::new();
    for name in [".jobc", ".jobc/store"] {
        for target in ["out", "ws/web"] {
            let sandbox = workspace();
            let target = sandbox.path().join(target);
            let before = sandbox.list("");
            link(&sandbox, &target, name);
            let run = jobc(&sandbox, &["build", "--all"]);
            let told = run
                .stderr
                .contains("it is a link, and links are not followed");
            let mut after = sandbox.list("");
            after.retain(|path| !path.starts_with("ws/.jobc"));
            if run.status != 2 || !told || after != before {
                failures.push(format!(
                    "{name} -> {}: {} {after:?}",
                    target.display(),
                    run.stderr
                ));
            }
        }
    }
    report(&failures);
}

fn own_files_are_hidden_from_history_again() {
    let sandbox = workspace();
    let ignore = sandbox.path().join("ws/.jobc/.gitignore");
    let text = || fs::read_to_string(&ignore).unwrap_or_default();
    fs::create_dir(sandbox.path().join("ws/.jobc")).unwrap();
    for before in [None, Some(""), Some("*\n"), Some("*\n!store\n")] {
        let _ = fs::remove_file(&ignore);
        if let Some(before) = before {
            fs::write(&ignore, before).unwrap();
        }
        assert_eq!(jobc(&sandbox, &["build", "web"]).status, 0);
        assert_eq!(text(), before.filter(|it| !it.is_empty()).unwrap_or("*\n"));
    }
}

/// Does `work` while somebody swaps a directory of the workspace with a link to `out`.
pub fn while_links_come_and_go(sandbox: &Sandbox, directory: &str, work: impl FnOnce()) {
    let one = sandbox.path().join(directory);
    fs::create_dir_all(&one).unwrap();
    let other = sandbox.path().join("link");
    symlink(sandbox.path().join("out"), &other).unwrap();
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                if renameat_with(CWD, &one, CWD, &other, RenameFlags::EXCHANGE).is_err() {
                    return eprintln!("ignored: a race, for want of an exchange of names");
                }
            }
        });
        work();
        stop.store(true, Ordering::Relaxed);
    });
}

fn nothing_is_written_outside_while_links_come_and_go() {
    let bundle = |number: u32| Bundle {
        key: small_key(),
        form: Form::Complete,
        files: vec![Artifact::alone(format!("{number}\n"))],
    };
    for directory in ["ws/.jobc/store", "ws/.jobc", "ws/snapshots/c"] {
        let sandbox = workspace();
        let before = sandbox.list("out");
        let root = sandbox.path().join("ws");
        let (own, store) = (root.join(".jobc"), root.join(".jobc/store"));
        let mut written = 0;
        while_links_come_and_go(&sandbox, directory, || {
            for number in 0..100_000 {
                // With much else to do, the links may be there at each of many tries.
                if number >= 1000 && written > 0 {
                    break;
                }
                if directory == "ws/snapshots/c" {
                    let name = "c/r/devel/n.json".parse().unwrap();
                    let snapshots = Directory::open(&root, root.join("snapshots"));
                    let done = snapshots.and_then(|it| it.write(&name, &number.to_string()));
                    written += usize::from(done.is_ok());
                } else {
                    let destination = Destination::in_own(&root, &own, &store);
                    let done = destination.and_then(|it| it.write(&bundle(number)));
                    written += usize::from(done.is_ok());
                }
            }
        });
        assert!(written > 0, "{directory}");
        assert_eq!(sandbox.list("out"), before, "{directory}");
    }
}

tests! {
    what_leads_out_is_not_read,
    what_leads_into_git_is_not_read,
    what_leads_into_git_is_not_imported,
    links_that_lead_out_are_not_imported,
    links_that_stay_inside_are_followed,
    what_is_no_file_is_told,
    searching_does_not_leave_either,
    links_of_a_revision_are_refused_like_those_of_the_workspace,
    compiled_jobs_are_not_read_from_outside,
    nothing_is_written_through_a_link,
    own_files_are_hidden_from_history_again,
    nothing_is_written_outside_while_links_come_and_go,
}
