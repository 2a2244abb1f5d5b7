//! What jobc asks of git: nothing that a repository configures is run, and what the user says of trust
//! holds.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use crate::harness::suite::ignore;
use crate::harness::{Run, Sandbox, small_job};

fn git_command(directory: &Path) -> Command {
    let mut command = Command::new("git");
    command
        .current_dir(directory)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", directory)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .args(["-c", "user.name=Me", "-c", "user.email=me@example.org"])
        .args(["-c", "init.defaultBranch=main"])
        .args(["-c", "protocol.file.allow=always"]);
    command
}

fn git(directory: &Path, arguments: &[&str]) -> String {
    let output = git_command(directory).args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn commit(directory: &Path, message: &str) {
    git(directory, &["add", "--all", "--force"]);
    git(directory, &["commit", "--quiet", "--message", message]);
}

fn jobc_in(sandbox: &Sandbox, directory: &str, arguments: &[&str]) -> Run {
    let mut command = sandbox.command();
    command.current_dir(sandbox.path().join(directory));
    sandbox.finish(command.args(arguments))
}

/// A job that imports `file`.
fn importing(name: &str, file: &str) -> String {
    small_job(name, "").replace("echo hello", &format!("cat ${{./{file}}}"))
}

/// A repository with a submodule, of which the job `a` imports a file each, and a second commit.
fn repository(sandbox: &Sandbox) {
    let library = sandbox.path().join("library");
    sandbox.file("library/tool", "1\n");
    git(&library, &["init", "--quiet"]);
    commit(&library, "first");
    let root = sandbox.path().join("repository");
    let job = small_job("a", "").replace("echo hello", "cat ${./own} ${../lib/tool}");
    sandbox
        .file("repository/a/job.toml", job)
        .file("repository/a/own", "1\n")
        .file("repository/jobc.toml", "");
    git(&root, &["init", "--quiet"]);
    let url = library.display().to_string();
    git(&root, &["submodule", "--quiet", "add", &url, "lib"]);
    commit(&root, "first");
    sandbox
        .file("repository/a/own", "2\n")
        .file("repository/.gitattributes", "* filter=c diff=c merge=c\n");
    commit(&root, "second");
}

/// Keys of a configuration that name a program or a file to write, each with the canary as `%`.
const KEYS: &[(&str, &str)] = &[
    ("alias.cat-file", "!%"),
    ("alias.diff", "!%"),
    ("browser.c.cmd", "%"),
    ("core.alternateRefsCommand", "%"),
    ("core.askPass", "%"),
    ("core.editor", "%"),
    ("core.fsmonitor", "%"),
    ("core.gitProxy", "%"),
    ("core.pager", "%"),
    ("core.sshCommand", "%"),
    ("credential.helper", "!%"),
    ("diff.c.command", "%"),
    ("diff.c.textconv", "%"),
    ("diff.external", "%"),
    ("diff.trustExitCode", "true"),
    ("filter.c.clean", "% %f"),
    ("filter.c.process", "%"),
    ("filter.c.required", "true"),
    ("filter.c.smudge", "% %f"),
    ("gc.auto", "1"),
    ("gpg.program", "%"),
    ("gpg.ssh.program", "%"),
    ("interactive.diffFilter", "%"),
    ("log.showSignature", "true"),
    ("merge.c.driver", "%"),
    ("pager.cat-file", "%"),
    ("pager.diff", "%"),
    ("pager.ls-files", "%"),
    ("pager.rev-parse", "%"),
    ("protocol.allow", "always"),
    ("protocol.ext.allow", "always"),
    ("remote.origin.partialCloneFilter", "blob:none"),
    ("remote.origin.promisor", "true"),
    ("remote.origin.proxy", "%"),
    ("remote.origin.receivepack", "%"),
    ("remote.origin.uploadpack", "%"),
    ("remote.origin.url", "ext::%"),
    ("remote.origin.vcs", "ext"),
    ("sequence.editor", "%"),
    ("submodule.lib.update", "!%"),
    ("submodule.recurse", "true"),
    ("trace2.eventTarget", "%.ran"),
    ("trace2.normalTarget", "%.ran"),
    ("trace2.perfTarget", "%.ran"),
    ("uploadpack.packObjectsHook", "%"),
];

const HOOKS: [&str; 12] = [
    "fsmonitor-watchman",
    "post-checkout",
    "post-commit",
    "post-index-change",
    "post-merge",
    "pre-auto-gc",
    "pre-commit",
    "pre-push",
    "prepare-commit-msg",
    "proc-receive",
    "reference-transaction",
    "update",
];

/// Puts canaries into a git directory's configuration and hooks.
fn arm(git_dir: &Path, canary: &Path) {
    let canary = canary.display().to_string();
    let git_dir = git_dir.canonicalize().unwrap();
    let hooks = git_dir.join("hooks");
    fs::create_dir_all(&hooks).unwrap();
    for hook in HOOKS {
        let script = format!("#!/bin/sh\nexec {canary} hook {hook}\n");
        fs::write(hooks.join(hook), script).unwrap();
        fs::set_permissions(hooks.join(hook), fs::Permissions::from_mode(0o755)).unwrap();
    }
    let included = git_dir.join("included");
    let file = included.display().to_string();
    for (key, value) in KEYS {
        let value = value.replace('%', &canary);
        git(&git_dir, &["config", "--file", &file, key, &value]);
    }
    let hooks = hooks.display().to_string();
    git(
        &git_dir,
        &["config", "--file", &file, "core.hooksPath", &hooks],
    );
    // By each way into a configuration.
    for own in ["config", "config.worktree"] {
        let own = git_dir.join(own).display().to_string();
        git(&git_dir, &["config", "--file", &own, "include.path", &file]);
    }
    let own = git_dir.join("config").display().to_string();
    for (key, value) in [
        ("core.repositoryFormatVersion", "1"),
        ("extensions.worktreeConfig", "true"),
        ("extensions.partialClone", "origin"),
    ] {
        git(&git_dir, &["config", "--file", &own, key, value]);
    }
}

fn no_program_of_a_repository_is_run() {
    let sandbox = Sandbox::new();
    repository(&sandbox);
    let root = sandbox.path().join("repository");
    let canary = sandbox.path().join("canary");
    let ran = sandbox.path().join("canary.ran");
    sandbox.file(
        "canary",
        format!("#!/bin/sh\necho \"ran: $*\" >> {}\ncat\n", ran.display()),
    );
    fs::set_permissions(&canary, fs::Permissions::from_mode(0o755)).unwrap();
    arm(&root.join(".git"), &canary);
    arm(&root.join(".git/modules/lib"), &canary);
    // Times that tell git to look closely, contents that differ, and an object that only a server has.
    sandbox
        .file("repository/a/own", "3\n")
        .file("repository/lib/tool", "2\n")
        .file(
            "repository/a/job.toml",
            fs::read(root.join("a/job.toml")).unwrap(),
        );
    let commands: &[&[&str]] = &[
        &["diff"],
        &["diff", "HEAD~1", "HEAD"],
        &["diff", "HEAD~1", "--format", "markdown"],
        &["diff", "main@{upstream}"],
        &["diff", "HEAD:a"],
        &["why", "a", "HEAD"],
        &["why", "a", "HEAD~1", "HEAD"],
        &["check", "--changed", "HEAD"],
        &["check", "--changed", "HEAD~1"],
        &["build", "a"],
        &["snapshot"],
        &["snapshot", "--check"],
        &["list"],
    ];
    let jobc = |what: &str| {
        for arguments in commands {
            let run = jobc_in(&sandbox, "repository", arguments);
            let log = fs::read_to_string(&ran).unwrap_or_default();
            assert_eq!(log, "", "{what}: {arguments:?} ran a program: {run:?}");
        }
    };
    let first = jobc_in(&sandbox, "repository", &["diff", "HEAD~1", "HEAD"]);
    assert_eq!(first.status, 1, "{}", first.stderr);
    insta::assert_snapshot!(first.stdout, @r"
    ~ devcluster/www/devel/a: restarts its instance
        ~ a/own in a
            -1
            +2
        so 1 step of jobc has another hash, in its name and order

    HEAD~1 -> HEAD: 1 job changed
    ");
    jobc("as it is");
    // With a file gone that a server would have to send.
    let blob = git_command(&root)
        .env("GIT_DIR", root.join(".git"))
        .env(
            "GIT_CONFIG_PARAMETERS",
            "'core.fsmonitor'='' 'core.hooksPath'='/dev/null'",
        )
        .args(["rev-parse", "HEAD:a/own"])
        .output()
        .unwrap();
    let blob = String::from_utf8(blob.stdout).unwrap();
    let _ = fs::remove_file(&ran);
    let (start, rest) = blob.trim().split_at(2);
    fs::remove_file(root.join(".git/objects").join(start).join(rest)).unwrap();
    jobc("with an object missing");
    let run = jobc_in(&sandbox, "repository", &["diff", "HEAD~1", "HEAD"]);
    assert_eq!(run.status, 2, "{run:?}");
    // Git itself runs them: the canaries are alive.
    let _ = git_command(&root).arg("status").output().unwrap();
    let log = fs::read_to_string(&ran).unwrap_or_default();
    assert_ne!(log, "");
}

fn trust_in_the_environment() {
    let sandbox = Sandbox::new();
    let root = sandbox.path().join("repository");
    sandbox.file("repository/a/job.toml", small_job("a", ""));
    git(&root, &["init", "--quiet"]);
    commit(&root, "first");
    let given = Command::new("chown")
        .args(["-R", "65534:65534"])
        .arg(&root)
        .status();
    if !given.is_ok_and(|status| status.success()) {
        ignore("only root can give a repository away");
    }
    let diff = |variables: &[(&str, &str)]| {
        let mut command = sandbox.command();
        command.current_dir(&root).arg("diff");
        sandbox.finish(command.envs(variables.iter().copied()))
    };
    let run = diff(&[]);
    assert_eq!((run.status, run.stdout.as_str()), (2, ""));
    let expected = "error: cannot look for a git repository: fatal: detected dubious ownership in \
                    repository at '[DIR]/repository'\n |\n = help: if you trust its owner: `git \
                    config --global --add safe.directory [DIR]/repository`\n";
    assert_eq!(run.stderr, expected);
    let here = root.display().to_string();
    // As GitHub's and other runners set it, and as `git -c` leaves it to programs.
    let run = diff(&[
        ("GIT_CONFIG_COUNT", "2"),
        ("GIT_CONFIG_KEY_0", "core.fsmonitor"),
        ("GIT_CONFIG_VALUE_0", "touch ran"),
        ("GIT_CONFIG_KEY_1", "safe.directory"),
        ("GIT_CONFIG_VALUE_1", &here),
    ]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(!root.join("ran").exists());
    let parameters = format!("'core.fsmonitor'='touch ran' 'Safe.Directory'='{here}'");
    let run = diff(&[("GIT_CONFIG_PARAMETERS", &parameters)]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    // In the user's own configuration.
    sandbox.file(".gitconfig", format!("[safe]\n\tdirectory = {here}\n"));
    assert_eq!(diff(&[]).status, 0);
}

/// What a pointer of Git LFS stands for is there, or it is said that it is not.
fn pointers_of_git_lfs() {
    let sandbox = Sandbox::new();
    let root = sandbox.path().join("repository");
    let pointer = |hash: &str, size: usize| {
        format!("version https://git-lfs.github.com/spec/v1\noid sha256:{hash}\nsize {size}\n")
    };
    // `printf 'hello\n' | sha256sum`, `printf 'world\n' | sha256sum`
    let hello = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03";
    let world = "e258d248fda94c63753607f7c4494ee0fcbe92f1a76bfdac795c9d84101eb317";
    sandbox
        .file(
            "repository/.gitattributes",
            "*.bin filter=lfs diff=lfs merge=lfs -text\n",
        )
        .file("repository/a/job.toml", importing("a", "x.bin"))
        .file("repository/a/x.bin", pointer(hello, 6));
    git(&root, &["init", "--quiet"]);
    commit(&root, "first");
    // The working tree has pointers, too.
    let run = jobc_in(&sandbox, "repository", &["diff"]);
    assert_eq!((run.status, run.stdout.as_str()), (0, ""), "{run:?}");
    sandbox.file("repository/a/x.bin", pointer(world, 6));
    let run = jobc_in(&sandbox, "repository", &["diff"]);
    assert!(
        run.stdout.contains(&format!("-oid sha256:{hello}")),
        "{run:?}"
    );
    assert!(!run.stderr.contains("warning"), "{}", run.stderr);
    // It has the content: the same, and another one.
    sandbox.file("repository/a/x.bin", "hello\n");
    let run = jobc_in(&sandbox, "repository", &["diff"]);
    assert_eq!((run.status, run.stdout.as_str()), (0, ""), "{run:?}");
    sandbox.file("repository/a/x.bin", "world\n");
    let run = jobc_in(&sandbox, "repository", &["diff"]);
    assert_eq!(run.status, 1);
    let expected = "warning: 1 file of `HEAD` is a pointer of Git LFS to what is not here\n |\n \
                    = note: a/x.bin\n = note: what is compared is the pointer\n \
                    = help: fetch what is meant: `git lfs fetch origin HEAD`\n";
    assert_eq!(run.stderr, expected);
    let kept = format!("repository/.git/lfs/objects/58/91/{hello}");
    sandbox.file(&kept, "hello\n");
    let run = jobc_in(&sandbox, "repository", &["diff"]);
    insta::assert_snapshot!(run.stdout, @r"
    ~ devcluster/www/devel/a: restarts its instance
        ~ a/x.bin in a
            -hello
            +world
        so 1 step of jobc has another hash, in its name and order

    HEAD -> working tree: 1 job changed
    ");
    assert_eq!(run.stderr, "");
    // Kept under a hash that it has not, it is another content.
    sandbox.file(&kept, "hallo\n");
    let run = jobc_in(&sandbox, "repository", &["diff"]);
    assert!(!run.stdout.contains("-hallo"), "{run:?}");
    insta::assert_snapshot!(run.stderr, @r"
    warning: 1 file of `HEAD` is a pointer of Git LFS to what is not here
     |
     = note: a/x.bin
     = note: what is compared is the pointer
     = help: fetch what is meant: `git lfs fetch origin HEAD`
    ");
}

/// Of other filters, what they made of a file is known where that did not change.
fn filters_of_other_kinds() {
    let sandbox = Sandbox::new();
    let root = sandbox.path().join("repository");
    sandbox
        .file("repository/.gitattributes", "*.txt filter=rot\n")
        .file("repository/a/job.toml", importing("a", "x.txt"))
        .file("repository/a/x.txt", "hello\n");
    git(&root, &["init", "--quiet"]);
    for step in ["clean", "smudge"] {
        let key = format!("filter.rot.{step}");
        git(&root, &["config", &key, "tr a-z n-za-m"]);
    }
    commit(&root, "first");
    assert_eq!(git(&root, &["cat-file", "blob", "HEAD:a/x.txt"]), "uryyb\n");
    // Newer than the index, a file would have to be looked at closely.
    let past = std::time::SystemTime::now() - std::time::Duration::from_secs(100);
    let file = fs::File::options()
        .write(true)
        .open(root.join("a/x.txt"))
        .unwrap();
    file.set_modified(past).unwrap();
    git(&root, &["add", "--renormalize", "."]);
    git(&root, &["update-index", "--refresh"]);
    sandbox.file(
        "repository/a/job.toml",
        importing("a", "x.txt").replace("64 MB", "65 MB"),
    );
    let run = jobc_in(&sandbox, "repository", &["diff"]);
    assert_eq!(run.status, 1);
    assert!(!run.stdout.contains("x.txt"), "{}", run.stdout);
    assert_eq!(run.stderr, "");
    sandbox.file("repository/a/x.txt", "other\n");
    let run = jobc_in(&sandbox, "repository", &["diff"]);
    assert_eq!(run.status, 1);
    assert!(run.stdout.contains("-uryyb"), "{}", run.stdout);
    let expected = "warning: 1 file of `HEAD` goes through a filter of git, and jobc runs no filter\n \
                    |\n = note: a/x.txt (filter `rot`)\n = note: what is compared is what git keeps: \
                    it may differ where files do not\n";
    assert_eq!(run.stderr, expected);
}

/// How files are written is taken over, wherever it is configured.
fn line_endings_of_a_configuration() {
    let sandbox = Sandbox::new();
    let root = sandbox.path().join("repository");
    sandbox
        .file("repository/a/job.toml", importing("a", "x.txt"))
        .file("repository/a/x.txt", "hello\nworld\n");
    git(&root, &["init", "--quiet"]);
    commit(&root, "first");
    let job = importing("a", "x.txt").replace("64 MB", "65 MB");
    sandbox
        .file("repository/a/job.toml", job.replace('\n', "\r\n"))
        .file("repository/a/x.txt", "hello\r\nworld\r\n");
    let run = jobc_in(&sandbox, "repository", &["diff"]);
    assert!(run.stdout.contains("a/x.txt"), "{run:?}");
    for (file, key) in [
        ("repository/.git/config", "autocrlf"),
        (".gitconfig", "AutoCRLF"),
    ] {
        let before = fs::read_to_string(sandbox.path().join(file)).unwrap_or_default();
        sandbox.file(file, format!("{before}[core]\n\t{key}\n"));
        let run = jobc_in(&sandbox, "repository", &["diff"]);
        assert_eq!(run.status, 1);
        assert!(!run.stdout.contains("a/x.txt"), "{run:?}");
        sandbox.file(file, before);
    }
    for (file, text) in [
        ("repository/.git/info/attributes", "*.txt text eol=crlf\n"),
        (".config/git/attributes", "*.txt text eol=crlf\n"),
    ] {
        sandbox.file(file, text);
        let run = jobc_in(&sandbox, "repository", &["diff"]);
        assert!(!run.stdout.contains("a/x.txt"), "{file}: {run:?}");
        fs::remove_file(sandbox.path().join(file)).unwrap();
    }
}

tests! {
    no_program_of_a_repository_is_run,
    trust_in_the_environment,
    pointers_of_git_lfs,
    filters_of_other_kinds,
    line_endings_of_a_configuration,
}
