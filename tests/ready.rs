//! `jobc ready`: can the nodes get what jobs need?

use std::collections::BTreeSet;
use std::fs;

use jobc::compile::{Compiler, Planned, Until, every};
use jobc::registry::CODES;
use jobc::store::{
    Compression, ContentAddress, Digest, NarInfo, SecretKey, Sha256, StoreDir, StorePath,
};
use jobc::workspace::Workspace;
use serde_json::Value;

use crate::harness::{Run, Sandbox, report};
use crate::http_server::{HttpServer, Reply};

// Those of the vectors; nix-store --generate-binary-cache-key vector-key-1 secret public
const SECRET: &str = "vector-key-1:oQHbXW5uAa9+tpr7V1BgL/XtZ7rnWQZbBKSjBojkBicQwaijC25F9T+bh/RrTujBRj74yFWY0aqhjxGdNboNTQ==";
const PUBLIC: &str = "vector-key-1:EMGoowtuRfU/m4f0a07owUY++MhVmNGqoY8RnTW6DU0=";

const INFO: &str = "StoreDir: /nix/store\nWantMassQuery: 1\nPriority: 30\n";

const TOOL: &str = "q41nkp3p684xyjlnv02f8hnid234z4n8-tool-1";
const LIBRARY: &str = "0p383a1w61p2i79i9b55vycqgd6bm7ij-library-2";

/// A workspace whose jobs need a file and a package that needs another one, and a cache beside it.
struct Case {
    sandbox: Sandbox,
}

impl Case {
    /// Nodes ask the cache and nothing else.
    fn new() -> Self {
        let case = Self {
            sandbox: Sandbox::new(),
        };
        case.asks(&[&case.url()], "");
        case.sandbox.file(
            "one/job.toml",
            definition("one", &["${pkgs.tool}/bin/x ${./data}", "exec ${./data}"]),
        );
        case.sandbox.file("one/data", "data\n");
        case.sandbox.file("cache/nix-cache-info", INFO);
        case.sandbox.file("cache/nar/x.nar.xz", archive());
        case
    }

    /// Where the cache is.
    fn url(&self) -> String {
        format!("file://{}/cache", self.sandbox.path().display())
    }

    /// The nodes ask these.
    fn asks(&self, caches: &[&str], more: &str) -> &Self {
        self.sandbox.file(
            "jobc.toml",
            format!(
                "[nodes]\nsubstituters = {caches:?}\ntrusted_public_keys = [\"{PUBLIC}\"]\n{more}"
            ),
        );
        self
    }

    /// Writes the narinfos of all that jobc itself makes for the jobs.
    fn publish(&self) -> &Self {
        let root = self.sandbox.path();
        let workspace = Workspace::open_at(root, root, CODES)
            .unwrap()
            .value
            .unwrap();
        let compiler = Compiler::new(&workspace).unwrap();
        for definition in workspace.definitions().unwrap() {
            let file = workspace
                .read_source(&definition.path)
                .unwrap()
                .value
                .unwrap();
            let until = Until::Planned(&Planned::into_needs);
            let jobs = compiler.compile(&definition, &file, &until, every).unwrap();
            for (_, needs) in jobs.value.unwrap().kept {
                for import in needs.imports.values() {
                    self.put(&made(&import.path, import.nar, &BTreeSet::new()));
                }
                for need in &needs.scripts {
                    let script = &need.script;
                    self.put(&made(&script.path, script.nar, &script.references));
                }
            }
        }
        self
    }

    fn put(&self, info: &NarInfo) -> &Self {
        let name = format!("cache/{}.narinfo", info.store_path.hash());
        let text = info.display(&StoreDir::default()).to_string();
        self.sandbox.file(&name, text);
        self
    }

    /// Writes the narinfos of the packages, signed.
    fn put_packages(&self) -> &Self {
        self.put(&signed(package(TOOL, &[LIBRARY, TOOL])));
        self.put(&signed(package(LIBRARY, &[])))
    }

    fn remove(&self, path: &str) -> &Self {
        let name = format!("cache/{}.narinfo", &path[..32]);
        fs::remove_file(self.sandbox.path().join(name)).unwrap();
        self
    }

    fn ready(&self, arguments: &[&str]) -> Run {
        let mut run = self.sandbox.jobc(["ready"].iter().chain(arguments));
        // Of the definitions nothing is left to see but that they are the same.
        for word in run.stdout.clone().split_whitespace() {
            if let Some((hash, _)) = word.split_once("-aurora-process-") {
                run.stdout = run.stdout.replace(&hash["/nix/store/".len()..], "HASH");
            }
        }
        run
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.sandbox.jobc(["ready", "--format", "json"]).stdout).unwrap()
    }
}

/// What begins as an archive does that is packed with XZ, as large as all narinfos say.
fn archive() -> Vec<u8> {
    let mut bytes = b"\xfd7zXZ\0".to_vec();
    bytes.resize(1 << 20, 0);
    bytes
}

fn definition(name: &str, commands: &[&str]) -> String {
    let processes: Vec<_> = (0..)
        .zip(commands)
        .map(|(number, command)| format!("{{ name = \"p{number}\", cmdline = \"{command}\" }}"))
        .collect();
    format!(
        "cluster = \"devcluster\"\nrole = \"www\"\nenvironment = \"devel\"\nname = \"{name}\"\n\
         packages = {{ tool = \"/nix/store/{TOOL}\" }}\n[task]\nprocesses = [{}]\n\
         resources = {{ cpu = 1, ram = \"64 MB\", disk = \"64 MB\" }}\n",
        processes.join(", ")
    )
}

/// What jobc makes.
fn made(path: &StorePath, nar: Digest, references: &BTreeSet<StorePath>) -> NarInfo {
    NarInfo {
        file_size: None,
        nar_hash: nar.hash,
        nar_size: nar.size,
        references: references.clone(),
        ca: Some(ContentAddress::Source(nar.hash)),
        ..package(&path.to_string(), &[])
    }
}

/// What Nix built.
fn package(path: &str, references: &[&str]) -> NarInfo {
    NarInfo {
        store_path: path.parse().unwrap(),
        url: "nar/x.nar.xz".to_owned(),
        compression: Compression::Xz,
        file_hash: None,
        file_size: Some(1 << 20),
        nar_hash: Sha256::of(path.as_bytes()),
        nar_size: 3 << 20,
        references: references.iter().map(|it| it.parse().unwrap()).collect(),
        deriver: None,
        signatures: Vec::new(),
        no_signatures: Vec::new(),
        ca: None,
    }
}

fn signed(mut info: NarInfo) -> NarInfo {
    let key: SecretKey = SECRET.parse().unwrap();
    info.signatures
        .push(key.sign(&info.fingerprint(&StoreDir::default())));
    info
}

fn done(run: &Run, status: i32, stdout: &str, stderr: &str) {
    assert_eq!(
        (run.status, &*run.stdout, &*run.stderr),
        (status, stdout, stderr)
    );
}

fn all_is_there() {
    let case = Case::new();
    case.publish().put_packages();
    done(
        &case.ready(&[]),
        0,
        "5 store paths: 5 present (2.00 MiB to download, 6.00 MiB unpacked)\n",
        "",
    );
    let listed = case.ready(&["one", "--verbose"]);
    let lines: Vec<_> = listed.stdout.lines().collect();
    assert_eq!(lines[..2], ["present: 5 paths", "  in file://[DIR]/cache"]);
    assert_eq!(lines.len(), 2 + 5 + 2);
    let built = case.sandbox.jobc(["build", "one", "--ready"]);
    assert_eq!((built.status, &*built.stderr), (0, ""));
    assert!(built.stdout.starts_with("devcluster/www/devel/one [DIR]/"));
}

fn something_is_absent() {
    let case = Case::new();
    case.publish().put_packages().remove(LIBRARY);
    let other = definition("two", &["${pkgs.tool}/bin/y"; 5]);
    for name in ["two", "three", "four", "five"] {
        let path = format!("{name}/job.toml");
        case.sandbox.file(&path, other.replace("two", name));
    }
    case.publish();
    let run = case.ready(&[]);
    done(
        &run,
        1,
        "absent: 1 path\n  not in file://[DIR]/cache\n    \
         /nix/store/0p383a1w61p2i79i9b55vycqgd6bm7ij-library-2 (what it refers to is unknown)\n      \
         devcluster/www/devel/five: process `p0`, process `p1`, process `p2` and 2 more\n      \
         devcluster/www/devel/four: process `p0`, process `p1`, process `p2` and 2 more\n      \
         devcluster/www/devel/one: process `p0`\n      and 2 more jobs\n\n\
         25 store paths: 24 present (1.00 MiB to download, 3.00 MiB unpacked), 1 absent\n",
        "error: the nodes cannot get 1 of 25 store paths\n |\n \
         = help: publish what is absent with `jobc push --to CACHE`\n",
    );
    // A narrow terminal breaks prose and no path.
    let mut narrow = case.sandbox.command();
    let narrow = case
        .sandbox
        .finish(narrow.env("COLUMNS", "50").arg("ready"));
    let broken = "    /nix/store/0p383a1w61p2i79i9b55vycqgd6bm7ij-library-2\n    \
                  (what it refers to is unknown)\n      \
                  devcluster/www/devel/five: process `p0`,\n      \
                  process `p1`, process `p2` and 2 more\n";
    assert!(narrow.stdout.contains(broken), "{}", narrow.stdout);
    let built = case.sandbox.jobc(["build", "one", "--ready"]);
    assert_eq!((built.status, &*built.stdout), (1, ""));
    assert!(
        built.stderr.contains("not in file://[DIR]/cache"),
        "{}",
        built.stderr
    );
    assert!(!case.sandbox.path().join(".jobc/store").exists());
}

fn what_nodes_do_not_take() {
    let info = package(TOOL, &[]);
    let stranger = SECRET.replace("vector-key-1", "other-key-1");
    let stranger: SecretKey = stranger.parse().unwrap();
    let fingerprint = info.fingerprint(&StoreDir::default());
    let sign = |key: &SecretKey, text: &str| NarInfo {
        signatures: vec![key.sign(text)],
        ..info.clone()
    };
    let lies = NarInfo {
        ca: Some(ContentAddress::Source(info.nar_hash)),
        ..info.clone()
    };
    let tampered = NarInfo {
        nar_size: info.nar_size + 1,
        ..signed(info.clone())
    };
    let case = Case::new();
    case.publish();
    let mut failures = Vec::new();
    for (info, parameters, expected) in [
        (info.clone(), "", Some("not signed")),
        (info.clone(), "?trusted=1", None),
        (
            sign(&stranger, &fingerprint),
            "",
            Some("signed by `other-key-1`, which the nodes do not trust"),
        ),
        (
            sign(&SECRET.parse().unwrap(), "something else"),
            "",
            Some("its signature is not one of `vector-key-1`"),
        ),
        (
            tampered,
            "",
            Some("its signature is not one of `vector-key-1`"),
        ),
        (
            lies.clone(),
            "",
            Some("its path does not follow from its content address"),
        ),
        (
            lies.clone(),
            "?trusted=1",
            Some("its path does not follow from its content address"),
        ),
        (
            signed(lies),
            "",
            Some("its path does not follow from its content address"),
        ),
        (signed(info.clone()), "", None),
    ] {
        case.asks(&[&format!("{}{parameters}", case.url())], "");
        case.put(&info);
        let run = case.ready(&[]);
        let found = run
            .stdout
            .lines()
            .find_map(|line| line.strip_prefix(&*format!("  in file://[DIR]/cache{parameters}: ")));
        if (found, run.status) != (expected, i32::from(expected.is_some())) {
            failures.push(format!("expected {expected:?}, found {run:?}"));
        }
    }
    report(&failures);
}

fn an_archive_is_gone() {
    let case = Case::new();
    case.publish().put_packages().put(&signed(NarInfo {
        url: "nar/y.nar.xz".to_owned(),
        ..package(LIBRARY, &[])
    }));
    let run = case.ready(&[]);
    assert_eq!(run.status, 1);
    let expected = "  in file://[DIR]/cache: its archive `nar/y.nar.xz` is not there\n";
    assert!(run.stdout.contains(expected), "{}", run.stdout);
}

fn a_changed_script_is_refused() {
    let case = Case::new();
    case.publish().put_packages();
    let document = case.json();
    let paths = document["paths"].as_array().unwrap();
    let is_data = |path: &&Value| path["path"].as_str().unwrap().ends_with("-data");
    let data = paths.iter().find(is_data).unwrap()["path"]
        .as_str()
        .unwrap();
    let data = data.strip_prefix("/nix/store/").unwrap();
    let name = format!("cache/{}.narinfo", &data[..32]);
    let narinfo = fs::read_to_string(case.sandbox.path().join(&name)).unwrap();
    let lines = narinfo.lines().filter(|line| !line.starts_with("CA"));
    for (changed, reason, keys_help) in [
        (
            narinfo.replace("References: ", &format!("References: {LIBRARY}")),
            "its path does not follow from its content address",
            false,
        ),
        (
            lines.map(|line| format!("{line}\n")).collect(),
            "not signed",
            true,
        ),
    ] {
        case.sandbox.file(&name, changed);
        let run = case.ready(&[]);
        assert_eq!(run.status, 1, "{run:?}");
        let reason = format!("  in file://[DIR]/cache: {reason}\n");
        assert!(run.stdout.contains(&reason), "{run:?}");
        let help = run.stderr.contains("name the keys that sign");
        assert_eq!(help, keys_help, "{run:?}");
    }
}

fn lock(case: &Case, paths: &[(&str, &str, &[&str])]) {
    let paths: Vec<_> = paths
        .iter()
        .map(|(path, contents, references)| {
            serde_json::json!({
                "path": format!("/nix/store/{path}"),
                "nar_hash": Sha256::of(contents.as_bytes()).sri(),
                "nar_size": 3 << 20,
                "references": references,
            })
        })
        .collect();
    let lock = serde_json::json!({
        "version": 1,
        "packages": [{
            "installable": "nixpkgs#tool",
            "system": "x86_64-linux",
            "path": format!("/nix/store/{TOOL}"),
        }],
        "paths": paths,
    });
    case.sandbox.file("jobc.lock", lock.to_string());
}

fn the_lock_knows_better() {
    let case = Case::new();
    case.publish().put_packages();
    lock(&case, &[(TOOL, TOOL, &[LIBRARY]), (LIBRARY, LIBRARY, &[])]);
    assert_eq!(case.ready(&[]).status, 0);

    lock(
        &case,
        &[(TOOL, "other", &[LIBRARY]), (LIBRARY, LIBRARY, &[])],
    );
    let run = case.ready(&[]);
    assert_eq!(run.status, 1);
    let hash = |text: &str| Sha256::of(text.as_bytes());
    let expected = format!(
        "different: 1 path\n  in file://[DIR]/cache: its NAR hash is `{}`, by the lock `{}`\n    \
         /nix/store/{TOOL}\n      devcluster/www/devel/one: process `p0`\n\n",
        hash(TOOL),
        hash("other")
    );
    assert!(run.stdout.starts_with(&expected), "{}", run.stdout);

    lock(&case, &[(TOOL, TOOL, &[]), (LIBRARY, LIBRARY, &[])]);
    let run = case.ready(&[]);
    let expected = format!("it refers to `{LIBRARY}`, by the lock it does not\n");
    assert!(run.stdout.contains(&expected), "{}", run.stdout);

    // What is absent is followed by what the lock says.
    lock(&case, &[(TOOL, TOOL, &[LIBRARY]), (LIBRARY, LIBRARY, &[])]);
    case.remove(LIBRARY).remove(TOOL);
    let run = case.ready(&[]);
    assert!(run.stdout.contains("3 present ("), "{}", run.stdout);
    assert!(run.stdout.ends_with(", 2 absent\n"), "{}", run.stdout);
    assert!(!run.stdout.contains("unknown"), "{}", run.stdout);
}

fn some_cache_cannot_be_asked() {
    let case = Case::new();
    case.publish().put_packages();
    // Whoever has all of it makes up for whoever does not answer.
    case.asks(&["file:///none", &case.url(), "s3://bucket"], "");
    done(
        &case.ready(&[]),
        0,
        "file:///none could not be asked: there is no such directory\n\
         s3://bucket could not be asked: only Nix itself can ask a store of this kind\n\
         5 store paths: 5 present (2.00 MiB to download, 6.00 MiB unpacked)\n",
        "",
    );
    case.asks(&[&case.url(), "file:///none"], "");
    case.remove(LIBRARY);
    let run = case.ready(&[]);
    done(
        &run,
        2,
        "could not be asked: 1 path\n  file:///none: there is no such directory\n    \
         /nix/store/0p383a1w61p2i79i9b55vycqgd6bm7ij-library-2 (what it refers to is unknown)\n      \
         devcluster/www/devel/one: process `p0`\n\n\
         5 store paths: 4 present (1.00 MiB to download, 3.00 MiB unpacked), 1 could not be asked\n",
        "error: whether the nodes can get 1 of 5 store paths is unknown\n |\n \
         = help: mount the directory on this machine as it is on the nodes, or correct the URL\n",
    );
    let built = case.sandbox.jobc(["build", "one", "--ready"]);
    assert_eq!((built.status, &*built.stdout), (2, ""));
}

fn absent_comes_before_unknown() {
    let case = Case::new();
    let server = HttpServer::of_directory(case.sandbox.path().join("cache"));
    case.publish().put_packages().remove(LIBRARY);
    server.on(&format!("/{}.narinfo", &TOOL[..32]), Reply::status(401));
    case.asks(&[&server.url()], "");
    lock(&case, &[(TOOL, TOOL, &[LIBRARY]), (LIBRARY, LIBRARY, &[])]);
    let run = case.ready(&[]);
    assert_eq!(run.status, 1);
    assert!(
        run.stdout.ends_with(", 1 absent, 1 could not be asked\n"),
        "{}",
        run.stdout
    );
    assert!(
        run.stderr
            .contains("`machine 127.0.0.1 login USER password PASSWORD`"),
        "{}",
        run.stderr
    );
}

fn servers_are_asked_as_nodes_ask_them() {
    let case = Case::new();
    case.publish().put_packages();
    let server = HttpServer::of_directory(case.sandbox.path().join("cache"));
    // The node's own comes first, by its priority.
    let later = format!("{}?priority=50", case.url());
    case.asks(&[&later, &server.url()], "");
    let document = case.json();
    assert_eq!(document["caches"][0]["url"], server.url());
    let asked = |method: &str| {
        let requests = server.requests();
        requests.iter().filter(|it| it.method == method).count()
    };
    assert_eq!((asked("GET"), asked("HEAD")), (6, 5));
    let mut targets: Vec<_> = server.requests().into_iter().map(|it| it.target).collect();
    targets.sort();
    targets.dedup();
    assert_eq!(targets.len(), 7);
    let believed = case.sandbox.jobc(["ready", "--trust-narinfo"]);
    assert_eq!((believed.status, asked("HEAD")), (0, 5));
    for path in document["paths"].as_array().unwrap() {
        assert_eq!(path["cache"], server.url());
    }
    drop(server);
    let run = case.ready(&["--timeout", "1"]);
    assert_eq!(run.status, 0, "{run:?}");
    assert!(
        run.stdout
            .contains("could not be asked: cannot connect: Connection refused")
    );
}

fn nodes_that_ask_only_what_the_step_says() {
    let case = Case::new();
    case.publish().put_packages();
    let only = |init: &str| {
        case.asks(&["file:///none"], &format!("[init]\n{init}"));
        case.sandbox.jobc(["ready"])
    };
    let mine = format!("substituters = [\"{}\"]\n", case.url());
    let run = only(&mine);
    assert_eq!(run.status, 0);
    assert!(
        run.stdout.starts_with("file:///none could not be asked"),
        "{run:?}"
    );
    let run = only(&format!("{mine}only_substituters = true\n"));
    assert_eq!(run.status, 0);
    assert!(
        run.stdout.starts_with("5 store paths: 5 present"),
        "{run:?}"
    );
    // The root of the whole job is asked for as well.
    let run = only(&format!(
        "{mine}only_substituters = true\nroots = \"job\"\n"
    ));
    assert_eq!(run.status, 1);
    assert!(
        run.stdout
            .contains("\n      devcluster/www/devel/one: the job\n"),
        "{run:?}"
    );
    case.publish();
    assert_eq!(case.ready(&[]).status, 0);
    let run = only("only_substituters = true\n");
    assert_eq!((run.status, &*run.stdout), (2, ""));
    assert!(
        run.stderr
            .starts_with("error: the nodes ask no binary cache\n"),
        "{run:?}"
    );
}

fn what_is_pushed_is_ready() {
    let case = Case::new();
    fs::remove_dir_all(case.sandbox.path().join("cache")).unwrap();
    case.sandbox
        .file("one/job.toml", definition("one", &["exec ${./data}"]));
    let run = case.ready(&[]);
    assert_eq!(run.status, 2, "{run:?}");
    let pushed = case.sandbox.jobc(["push", "one", "--to", &case.url()]);
    assert_eq!(pushed.status, 0, "{pushed:?}");
    let run = case.ready(&[]);
    assert_eq!(run.status, 0, "{run:?}");
    assert!(
        run.stdout.starts_with("2 store paths: 2 present"),
        "{run:?}"
    );
    // Over a server as well.
    let server = HttpServer::of_directory(case.sandbox.path().join("cache"));
    case.asks(&[&server.url()], "");
    assert_eq!(case.ready(&[]).status, 0);
}

fn for_programs() {
    let case = Case::new();
    case.publish().put(&signed(package(TOOL, &[LIBRARY])));
    let mut document = case.json();
    assert_eq!(
        document["summary"],
        serde_json::json!({
            "paths": 5, "present": 4, "absent": 1, "unusable": 0, "differs": 0, "could_not_ask": 0,
            "nar_size": 3_146_344, "download_size": 1_049_192,
        })
    );
    let cache = "file://[DIR]/cache";
    assert_eq!(
        document["caches"],
        serde_json::json!([{ "url": cache, "error": null }])
    );
    let needed_by = serde_json::json!([
        { "job": "devcluster/www/devel/one", "part": "process", "process": "p0" }
    ]);
    let paths = document["paths"].as_array_mut().unwrap();
    let mut find = |name: &str| {
        let is = |path: &&mut Value| path["path"].as_str().unwrap().contains(name);
        paths.iter_mut().find(is).unwrap().clone()
    };
    assert_eq!(
        find(LIBRARY),
        serde_json::json!({
            "path": format!("/nix/store/{LIBRARY}"),
            "verdict": "absent",
            "reasons": [{ "cache": cache, "reason": "not there" }],
            "needed_by": needed_by,
        })
    );
    assert_eq!(
        find(TOOL),
        serde_json::json!({
            "path": format!("/nix/store/{TOOL}"),
            "verdict": "present",
            "cache": cache,
            "nar_size": 3 << 20,
            "download_size": 1 << 20,
            "trust": "signature",
            "needed_by": needed_by,
        })
    );
    assert_eq!(find("-one-p1")["trust"], "contents");
    assert_eq!(find("-data")["needed_by"].as_array().unwrap().len(), 2);
}

fn nothing_to_ask_for_or_nobody_to_ask() {
    let case = Case::new();
    case.asks(&[], "");
    done(
        &case.ready(&[]),
        2,
        "",
        "error: the nodes ask no binary cache\n |\n = help: name the caches as `substituters` in \
         `[init]` or `[nodes]` of `jobc.toml`\n",
    );
    case.sandbox
        .file("one/job.toml", definition("one", &["true"]));
    case.asks(&[&case.url()], "");
    let run = case.ready(&[]);
    assert_eq!((run.status, &*run.stdout), (0, "no store path is needed\n"));
    // Definitions come first.
    case.sandbox
        .file("one/job.toml", definition("one", &["${pkgs.none}"]));
    case.asks(&["file:///none"], "");
    let run = case.ready(&[]);
    assert_eq!((run.status, &*run.stdout), (1, ""));
    assert!(
        run.stderr.contains("error[unknown-package]"),
        "{}",
        run.stderr
    );
}

tests! {
    all_is_there,
    something_is_absent,
    what_nodes_do_not_take,
    an_archive_is_gone,
    a_changed_script_is_refused,
    the_lock_knows_better,
    some_cache_cannot_be_asked,
    absent_comes_before_unknown,
    servers_are_asked_as_nodes_ask_them,
    nodes_that_ask_only_what_the_step_says,
    what_is_pushed_is_ready,
    for_programs,
    nothing_to_ask_for_or_nobody_to_ask,
}
