//! `jobc push` into directories, without Nix; what Nix makes of these is in `tests/nix_push.rs`.

use std::collections::BTreeMap;
use std::fs::{self, File, FileTimes, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use jobc::plan::Import;
use jobc::publish::{Compared, Contents, Directory, How, Layer, Object, Packing, Work};
use jobc::resolve::import::Importer;
use jobc::store::nar::Tree;
use jobc::store::{Compression, NarInfo, PublicKey, Sha256, StoreDir, StorePath};

use crate::harness::suite::ignore;
use crate::harness::{Run, Sandbox};
use crate::outside::while_links_come_and_go;

const SECRET: &str = "vector-key-1:oQHbXW5uAa9+tpr7V1BgL/XtZ7rnWQZbBKSjBojkBicQwaijC25F9T+bh/RrTujBRj74yFWY0aqhjxGdNboNTQ==";
const PUBLIC: &str = "vector-key-1:EMGoowtuRfU/m4f0a07owUY++MhVmNGqoY8RnTW6DU0=";

/// A definition of a job with one process.
fn job(name: &str, command: &str) -> String {
    format!(
        r#"cluster = "devcluster"
role = "www"
environment = "devel"
name = "{name}"

[task]
processes = [{{ name = "p", cmdline = "{command}" }}]
resources = {{ cpu = 1, ram = "64 MB", disk = "64 MB" }}
"#
    )
}

/// A workspace with a job that imports a file and one that imports a directory and the same file.
fn workspace() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox
        .file("one/job.toml", job("one", "cat ${./hello.txt}"))
        .file("one/hello.txt", "hello\n")
        .file(
            "two/job.toml",
            job("two", "ls ${./tree} ${../one/hello.txt}"),
        )
        .file("two/tree/a", "a".repeat(9000))
        .file("two/tree/b/c", "");
    sandbox
}

fn push(sandbox: &Sandbox, arguments: &[&str]) -> Run {
    let to = format!("file://{}/cache", sandbox.path().display());
    sandbox.jobc([&["push", "--to", &to], arguments].concat())
}

fn pushed(sandbox: &Sandbox, arguments: &[&str]) -> String {
    let run = push(sandbox, arguments);
    assert_eq!((run.status, run.stdout.as_str()), (0, ""), "{}", run.stderr);
    run.stderr
}

/// What became of a cache: nothing may be said in it that is not so.
fn infos(cache: &Path) -> BTreeMap<StorePath, NarInfo> {
    let mut infos = BTreeMap::new();
    for entry in fs::read_dir(cache).expect("there is a cache") {
        let path = entry.expect("it can be listed").path();
        if path
            .extension()
            .is_none_or(|extension| extension != "narinfo")
        {
            continue;
        }
        let text = fs::read_to_string(&path).expect("a narinfo is text");
        let info = NarInfo::parse(&text, &StoreDir::default()).expect("a narinfo is whole");
        assert_eq!(info.display(&StoreDir::default()).to_string(), text);
        let file = fs::read(cache.join(&info.url)).expect("no narinfo is without its archive");
        assert_eq!(info.file_size, Some(file.len() as u64));
        assert_eq!(info.file_hash, Some(Sha256::of(&file).into()));
        let nar = match info.compression {
            Compression::Zstd => zstd::decode_all(&*file).expect("it is packed"),
            _ => file,
        };
        assert_eq!(info.nar_hash, Sha256::of(&nar));
        Tree::read(&*nar).expect("it is an archive");
        infos.insert(info.store_path.clone(), info);
    }
    for info in infos.values() {
        for reference in &info.references {
            assert!(
                infos.contains_key(reference),
                "no narinfo is before those it refers to"
            );
        }
    }
    infos
}

fn cache_of(sandbox: &Sandbox) -> BTreeMap<StorePath, NarInfo> {
    infos(&sandbox.path().join("cache"))
}

/// All files of the cache with what tells whether they were touched.
fn state(sandbox: &Sandbox) -> Vec<(String, u64, i64)> {
    let files = sandbox.list("cache").into_iter();
    files
        .map(|name| {
            let metadata = fs::metadata(sandbox.path().join("cache").join(&name)).expect("listed");
            (name, metadata.ino(), metadata.ctime_nsec())
        })
        .collect()
}

fn an_empty_cache_gets_all_and_nothing_twice() {
    let sandbox = workspace();
    let said = pushed(&sandbox, &["--all"]);
    assert!(said.starts_with("published 4 objects of "), "{said}");
    let cache = cache_of(&sandbox);
    let names: Vec<_> = cache.keys().map(|path| path.name().to_string()).collect();
    for name in ["hello.txt", "tree"] {
        assert_eq!(names.iter().filter(|found| *found == name).count(), 1);
    }
    assert_eq!(cache.len(), 4);
    assert_eq!(
        fs::read_to_string(sandbox.path().join("cache/nix-cache-info")).expect("written"),
        "StoreDir: /nix/store\nWantMassQuery: 1\nPriority: 30\n"
    );
    // nix-store --add hello.txt
    let hello = "i9pmrzmpshapij2kin22pff6fc2adavx-hello.txt";
    assert_eq!(
        fs::read_to_string(
            sandbox
                .path()
                .join("cache")
                .join(format!("{}.narinfo", &hello[..32]))
        )
        .expect("it is there"),
        format!(
            "StorePath: /nix/store/{hello}\n\
             URL: nar/04zwf782yjwnh3q6hz5izfd6jyip8kgw6g6yj43fiqhbyhdd0dqw.nar\n\
             Compression: none\n\
             FileHash: sha256:04zwf782yjwnh3q6hz5izfd6jyip8kgw6g6yj43fiqhbyhdd0dqw\n\
             FileSize: 120\n\
             NarHash: sha256:04zwf782yjwnh3q6hz5izfd6jyip8kgw6g6yj43fiqhbyhdd0dqw\n\
             NarSize: 120\n\
             References: \n\
             CA: fixed:r:sha256:04zwf782yjwnh3q6hz5izfd6jyip8kgw6g6yj43fiqhbyhdd0dqw\n"
        )
    );
    let before = state(&sandbox);
    assert_eq!(
        pushed(&sandbox, &["--all"]),
        "nothing to publish: 4 objects there already\n"
    );
    assert_eq!(
        pushed(&sandbox, &["one"]),
        "nothing to publish: 2 objects there already\n"
    );
    assert_eq!(state(&sandbox), before);
    assert!(!sandbox.path().join("cache/.jobc").exists());
}

fn what_is_written_is_for_those_whom_the_umask_allows() {
    let sandbox = workspace();
    let mut command = Command::new("sh");
    let to = format!("file://{}/cache", sandbox.path().display());
    let jobc = format!(
        "umask 027; exec {} push --all --to {to}",
        env!("CARGO_BIN_EXE_jobc")
    );
    command.args(["-c", &jobc]).current_dir(sandbox.path());
    assert_eq!(sandbox.finish(&mut command).status, 0);
    for name in sandbox.list("cache") {
        let metadata = fs::metadata(sandbox.path().join("cache").join(&name)).expect("listed");
        assert_eq!(metadata.permissions().mode() & 0o777, 0o640, "{name}");
    }
}

fn plans_say_what_and_how_big_and_from_where() {
    let sandbox = workspace();
    let run = push(&sandbox, &["two", "--dry-run"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    let words: Vec<Vec<&str>> = run
        .stdout
        .lines()
        .map(|line| line.splitn(4, ' ').collect())
        .collect();
    let shown: Vec<_> = words
        .iter()
        .map(|words| (words[0], words[1], &words[2][44..], words[3]))
        .collect();
    assert_eq!(
        shown,
        [
            ("write", "9632", "tree", "two/tree"),
            ("write", "120", "hello.txt", "one/hello.txt"),
            (
                "write",
                "272",
                "aurora-process-devcluster-www-devel-two-p",
                "process `p` of `devcluster/www/devel/two`"
            ),
        ]
    );
    let json = push(&sandbox, &["two", "--dry-run", "--format", "json"]).stdout;
    let items: serde_json::Value = serde_json::from_str(&json).expect("it is JSON");
    assert_eq!(items[0]["action"], "write");
    assert_eq!(items[0]["size"], 9632);
    assert_eq!(items[0]["from"], "two/tree");
    assert_eq!(items[0]["path"], words[0][2]);
    assert!(!sandbox.path().join("cache").exists(), "nothing was done");
    pushed(&sandbox, &["one"]);
    assert_eq!(
        push(&sandbox, &["two", "--dry-run"]).stdout.lines().count(),
        2
    );
    assert_eq!(push(&sandbox, &["one", "--dry-run"]).stdout, "");
    let run = push(&sandbox, &["one", "--dry-run", "--format", "json"]);
    assert_eq!(run.stdout, "[]\n");
}

fn packed_archives_hold_the_same() {
    let sandbox = workspace();
    pushed(&sandbox, &["--all", "--compression", "zstd"]);
    let cache = cache_of(&sandbox);
    for info in cache.values() {
        assert_eq!(info.compression, Compression::Zstd);
        assert!(info.url.ends_with(".nar.zst"), "{}", info.url);
    }
    assert!(
        cache
            .values()
            .any(|info| info.file_size < Some(info.nar_size / 10))
    );
    // How it is packed does not matter to what is there.
    assert_eq!(
        pushed(&sandbox, &["--all"]),
        "nothing to publish: 4 objects there already\n"
    );
}

fn key_file(sandbox: &Sandbox, text: &str) {
    sandbox.file("key", text);
    let path = sandbox.path().join("key");
    fs::set_permissions(path, Permissions::from_mode(0o600)).expect("it is ours");
}

fn a_key_signs_also_what_is_there() {
    let sandbox = workspace();
    key_file(&sandbox, &format!("{SECRET}\n"));
    let public: PublicKey = PUBLIC.parse().expect("it is a key");
    let signed = |info: &NarInfo| {
        let fingerprint = info.fingerprint(&StoreDir::default());
        info.signatures
            .iter()
            .any(|it| public.verify(&fingerprint, it))
    };
    pushed(&sandbox, &["one"]);
    assert!(!cache_of(&sandbox).values().any(signed));
    let with_key = ["--all", "--key-file", "key"];
    let run = push(&sandbox, &[&with_key[..], &["--dry-run"]].concat());
    let actions: Vec<_> = run
        .stdout
        .lines()
        .map(|line| line.split(' ').next())
        .collect();
    assert_eq!(
        actions,
        [Some("sign"), Some("sign"), Some("write"), Some("write")]
    );
    let said = pushed(&sandbox, &with_key);
    assert!(said.ends_with(", signed 2\n"), "{said}");
    assert!(cache_of(&sandbox).values().all(signed));
    let before = state(&sandbox);
    pushed(&sandbox, &with_key);
    let to = format!(
        "file://{0}/cache?secret-key={0}/key",
        sandbox.path().display()
    );
    assert_eq!(sandbox.jobc(["push", "--all", "--to", &to]).status, 0);
    pushed(&sandbox, &["--all"]);
    assert_eq!(state(&sandbox), before);
}

fn keys_that_are_none_or_open_are_refused_and_never_shown() {
    let sandbox = workspace();
    let refused = |expected: &str| {
        let run = push(&sandbox, &["one", "--key-file", "key"]);
        assert_eq!((run.status, run.stdout.as_str()), (2, ""));
        assert!(run.stderr.contains(expected), "{}", run.stderr);
        assert!(!run.stderr.contains("oQHbXW5u"), "{}", run.stderr);
        assert!(!sandbox.path().join("cache").exists());
    };
    refused("cannot read the key file `key`: No such file");
    key_file(&sandbox, PUBLIC);
    refused("`key` holds a public key, which signs nothing");
    key_file(&sandbox, &SECRET.replace("oQH", "oQ!"));
    refused("`key` holds no secret key: what follows the name is not base-64");
    key_file(&sandbox, &SECRET.replace("TQ==", "TA=="));
    refused("`key` holds no secret key: the bytes are no Ed25519 key");
    key_file(&sandbox, "\0\u{1b}[2J");
    refused("`key` holds no secret key: expected `NAME:BASE64`");
    sandbox.file("key", SECRET);
    let path = sandbox.path().join("key");
    fs::set_permissions(&path, Permissions::from_mode(0o644)).expect("it is ours");
    refused("everybody may read the key file `key` (its mode is 0644)");
    refused("chmod 600 key");
    fs::remove_file(&path).expect("it is there");
    fs::create_dir(&path).expect("it can be made");
    refused("cannot read the key file `key`: it is not a regular file");
}

fn what_is_no_cache_is_refused() {
    let sandbox = workspace();
    let refused = |arguments: &[&str], expected: &str| {
        let before = sandbox.list("");
        let run = sandbox.jobc([&["push"], arguments].concat());
        assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{}", run.stderr);
        assert!(run.stderr.contains(expected), "{expected}: {}", run.stderr);
        assert_eq!(sandbox.list(""), before);
    };
    let to = |name: &str| format!("file://{}/{name}", sandbox.path().display());
    refused(&["one"], "--to <URL>");
    refused(
        &["one", "--to", "cache"],
        "error: invalid value 'cache' for '--to <URL>'",
    );
    refused(&["one", "--to", "ftp://host"], "invalid value 'ftp://host'");
    refused(
        &["one", "--to", &to("c?compression=xz")],
        "cannot write a cache with `compression=xz`",
    );
    refused(
        &["one", "--format", "json", "--to", &to("cache")],
        "--dry-run",
    );
    refused(
        &["one", "--to", &to("a%20b")],
        "it has a `%`, which some versions of Nix undo",
    );
    let plain = sandbox.path().join("plain").display().to_string();
    refused(
        &["one", "--to", &plain],
        "/plain` is no binary cache to Nix",
    );
    refused(&["one", "--to", &plain], "= help: write `file://");
    refused(&["one", "--to", "FILE:///c"], "in lower case only");
    refused(
        &["one", "--repair", "--to", "s3://bucket"],
        "`--repair` takes a directory",
    );
    sandbox.file("other/README", "not yours");
    refused(
        &["one", "--to", &to("other")],
        "/other` is no binary cache: it has `README`",
    );
    sandbox.file("file", "");
    refused(&["one", "--to", &to("file")], "/file` is not a directory");
    refused(
        &["one", "--to", &to("file/cache")],
        "/file/cache` is not a directory",
    );
    sandbox.file("foreign/nix-cache-info", "StoreDir: /srv/store\n");
    refused(
        &["one", "--to", &to("foreign")],
        "is for stores in `/srv/store`",
    );
    sandbox.file("broken/nix-cache-info", "StoreDir: nonsense\n");
    refused(
        &["one", "--to", &to("broken")],
        "its `StoreDir` is no store directory: `nonsense`",
    );
    // What the job says is wrong comes first, with its own exit code.
    sandbox.file("bad/job.toml", job("bad", "cat ${./nothing}"));
    let run = push(&sandbox, &["bad"]);
    assert_eq!(run.status, 1);
    assert!(!sandbox.path().join("cache").exists());
}

fn a_cache_of_others_keeps_what_it_says_of_itself() {
    let sandbox = workspace();
    let said = "StoreDir: /nix/store\nPriority: 10\n";
    sandbox
        .file("cache/nix-cache-info", said)
        .file("cache/log/x", "theirs");
    pushed(&sandbox, &["--all"]);
    let info = fs::read_to_string(sandbox.path().join("cache/nix-cache-info"));
    assert_eq!(info.expect("it is there"), said);
    assert_eq!(cache_of(&sandbox).len(), 4);
}

fn damage_is_repaired() {
    let sandbox = workspace();
    pushed(&sandbox, &["--all"]);
    let cache = sandbox.path().join("cache");
    let whole = sandbox.list("cache");
    let infos = cache_of(&sandbox);
    let nar = |name: &str| {
        let info = infos
            .values()
            .find(|info| info.store_path.name().as_str() == name);
        cache.join(&info.expect("it was published").url)
    };
    let narinfo = cache.join("i9pmrzmpshapij2kin22pff6fc2adavx.narinfo");
    let text = fs::read_to_string(&narinfo).expect("it is there");
    let damages: [(&str, &dyn Fn()); 7] = [
        ("an archive is gone", &|| {
            fs::remove_file(nar("tree")).unwrap();
        }),
        ("an archive is cut", &|| {
            fs::write(nar("hello.txt"), "").unwrap();
        }),
        ("a narinfo is gone", &|| fs::remove_file(&narinfo).unwrap()),
        ("a narinfo is empty", &|| fs::write(&narinfo, "").unwrap()),
        ("a narinfo is no text", &|| {
            fs::write(&narinfo, [0xff; 99]).unwrap();
        }),
        ("a narinfo is huge", &|| {
            fs::write(&narinfo, vec![b'\n'; 9 << 20]).unwrap();
        }),
        ("a narinfo leads elsewhere", &|| {
            fs::write(&narinfo, text.replace("URL: nar/", "URL: ../../")).unwrap();
        }),
    ];
    for (damage, make) in damages {
        make();
        let said = pushed(&sandbox, &["--all"]);
        assert!(said.starts_with("published 1 object "), "{damage}: {said}");
        assert_eq!(cache_of(&sandbox).len(), 4, "{damage}");
        assert_eq!(sandbox.list("cache"), whole, "{damage}");
    }
}

/// Only with `--repair`, what is in an archive is read.
fn archives_of_the_right_size_are_repaired() {
    for packed in [&[][..], &["--compression", "zstd"]] {
        let sandbox = workspace();
        pushed(&sandbox, &[&["--all"], packed].concat());
        let cache = sandbox.path().join("cache");
        let infos = cache_of(&sandbox);
        let bytes = |info: &NarInfo| fs::read(cache.join(&info.url)).expect("it is there");
        for info in infos.values() {
            let whole = bytes(info);
            let mut spoilt = whole.clone();
            let middle = spoilt.len() / 2;
            spoilt[middle] ^= 1;
            fs::write(cache.join(&info.url), &spoilt).expect("it is ours");
            let again = [&["--all"], packed].concat();
            let said = pushed(&sandbox, &again);
            assert_eq!(said, "nothing to publish: 4 objects there already\n");
            assert_eq!(bytes(info), spoilt);
            let said = pushed(&sandbox, &[&again[..], &["--repair"]].concat());
            assert!(said.starts_with("published 1 object "), "{said}");
            assert!(said.ends_with("; 3 there already\n"), "{said}");
            assert_eq!(bytes(info), whole);
        }
        let said = pushed(&sandbox, &[&["--all", "--repair"], packed].concat());
        assert_eq!(said, "nothing to publish: 4 objects there already\n");
    }
}

/// What lies in a cache belongs to it: nothing is read or written through a link, and nothing is
/// waited for that never ends.
fn links_and_pipes_in_a_cache_are_refused() {
    let outside = |sandbox: &Sandbox| sandbox.path().join("outside");
    for name in ["nar", "log", "realisations", ".jobc", "nix-cache-info"] {
        let sandbox = workspace();
        pushed(&sandbox, &["one"]);
        let place = sandbox.path().join("cache").join(name);
        if place.is_dir() {
            fs::remove_dir_all(&place).expect("it is ours");
        } else if place.is_file() {
            fs::remove_file(&place).expect("it is ours");
        }
        sandbox.file("outside/nix-cache-info", "StoreDir: /nix/store\n");
        let target = match name {
            "nix-cache-info" => outside(&sandbox).join(name),
            _ => outside(&sandbox),
        };
        std::os::unix::fs::symlink(target, &place).expect("it can be made");
        let run = push(&sandbox, &["--all"]);
        assert_eq!(run.status, 2, "{name}: {}", run.stderr);
        let expected = format!("/cache/{name}` is a link");
        assert!(run.stderr.contains(&expected), "{}", run.stderr);
        assert_eq!(sandbox.list("outside"), ["nix-cache-info"]);
    }
    let sandbox = workspace();
    pushed(&sandbox, &["one"]);
    let info = sandbox.path().join("cache/nix-cache-info");
    fs::remove_file(&info).expect("it is ours");
    let made = std::process::Command::new("mkfifo").arg(&info).status();
    assert!(made.expect("it can be started").success());
    let run = push(&sandbox, &["one"]);
    assert_eq!(run.status, 2);
    assert!(
        run.stderr.contains("/cache/nix-cache-info` is no file"),
        "{}",
        run.stderr
    );
}

/// A link in the place of a narinfo or an archive is replaced; where it leads stays as it is.
fn links_to_files_are_replaced() {
    let sandbox = workspace();
    pushed(&sandbox, &["--all"]);
    let cache = sandbox.path().join("cache");
    for info in cache_of(&sandbox).into_values() {
        let names = [
            format!("{}.narinfo", info.store_path.hash()),
            info.url.clone(),
        ];
        for name in names {
            let (place, moved) = (cache.join(&name), sandbox.path().join("moved"));
            let contents = fs::read(&place).expect("it is there");
            fs::rename(&place, &moved).expect("it is ours");
            std::os::unix::fs::symlink(&moved, &place).expect("it can be made");
            let said = pushed(&sandbox, &["--all"]);
            assert!(said.starts_with("published 1 object "), "{name}: {said}");
            assert!(fs::symlink_metadata(&place).expect("it is there").is_file());
            assert_eq!(fs::read(&place).expect("it is there"), contents);
            assert_eq!(fs::read(&moved).expect("it is there"), contents);
        }
    }
}

fn what_dead_runs_left_is_removed_when_it_is_old() {
    let sandbox = workspace();
    sandbox
        .file("cache/.jobc/old", "half")
        .file("cache/.jobc/new", "half");
    let old = File::options()
        .append(true)
        .open(sandbox.path().join("cache/.jobc/old"));
    let week = SystemTime::now() - Duration::from_secs(7 * 86400);
    old.and_then(|file| file.set_times(FileTimes::new().set_modified(week)))
        .expect("it is ours");
    pushed(&sandbox, &["one"]);
    assert_eq!(sandbox.list("cache/.jobc"), ["new"]);
}

/// Large files are written while the job is compiled; nothing of them shows.
fn large_files_are_read_once_and_well() {
    let sandbox = workspace();
    let large = |letter: &str| {
        sandbox.file("one/hello.txt", letter.repeat(5 << 20));
    };
    large("a");
    let said = pushed(&sandbox, &["--all"]);
    assert!(said.starts_with("published 4 objects of 52"), "{said}");
    assert_eq!(cache_of(&sandbox).len(), 4);
    // As large, and another one: nobody can know before it was read.
    large("b");
    pushed(&sandbox, &["--all"]);
    assert_eq!(cache_of(&sandbox).len(), 7);
    large("c");
    pushed(&sandbox, &["--all", "--compression", "zstd"]);
    assert_eq!(cache_of(&sandbox).len(), 10);
    let before = state(&sandbox);
    pushed(&sandbox, &["--all"]);
    assert_eq!(state(&sandbox), before);
    // A definition that is wrong leaves nothing of what was written ahead.
    fs::remove_dir_all(sandbox.path().join("cache")).expect("it is ours");
    sandbox.file("three/job.toml", job("three", "cat ${./nothing}"));
    assert_eq!(push(&sandbox, &["--all"]).status, 1);
    assert!(!sandbox.path().join("cache").exists());
}

/// What is read when it is published is what was compiled, or it is refused.
fn what_changes_in_between_is_not_published() {
    let sandbox = workspace();
    let store_dir = StoreDir::default();
    let importer = Importer::new(sandbox.path(), store_dir.clone(), &[]).expect("it is there");
    let source = sandbox.path().join("one/hello.txt");
    let hello = importer.import(&source).expect("it can be imported");
    let import = Import {
        path: hello.store_path,
        source,
        nar: hello.nar,
        suspects: Vec::new(),
    };
    let object = || Object {
        path: &import.path,
        nar: import.nar,
        contents: Contents::Import(&import),
        layer: Layer::Imports,
    };
    let cache = sandbox.path().join("cache");
    let how = How {
        importer: &importer,
        ahead: None,
        packing: Packing::None,
        compared: Compared::default(),
    };
    let finish = || {
        let directory = Directory::look(&cache, &store_dir).expect("it can be one");
        let work = Work::new(directory, vec![object()], None, Compared::default())
            .expect("it can be read");
        work.finish(&how, None, &|_| {})
            .map_err(|error| error.to_string())
    };
    for changed in ["hallo\n", "more than hello\n", ""] {
        sandbox.file("one/hello.txt", changed);
        let expected = format!(
            "`{}` changed while it was published; nothing of it was",
            import.source.display()
        );
        assert_eq!(finish(), Err(expected));
        assert_eq!(sandbox.list("cache"), ["nix-cache-info"]);
    }
    sandbox.file("one/hello.txt", "hello\n");
    assert_eq!(finish(), Ok(()));
    assert_eq!(infos(&cache).len(), 1);
}

/// Archives stay in the cache though somebody swaps its directory with a link.
fn archives_stay_in_the_cache() {
    let sandbox = workspace();
    sandbox
        .file("out/file", "")
        .file("cache/nix-cache-info", "StoreDir: /nix/store\n");
    let store_dir = StoreDir::default();
    let importer = Importer::new(sandbox.path(), store_dir.clone(), &[]).expect("it is there");
    let how = How {
        importer: &importer,
        ahead: None,
        packing: Packing::None,
        compared: Compared::default(),
    };
    let source = sandbox.path().join("one/hello.txt");
    let cache = sandbox.path().join("cache");
    let mut pushed = 0;
    while_links_come_and_go(&sandbox, "cache/nar", || {
        for number in 0..300 {
            sandbox.file("one/hello.txt", number.to_string());
            let hello = importer.import(&source).expect("it can be imported");
            let import = Import {
                path: hello.store_path,
                source: source.clone(),
                nar: hello.nar,
                suspects: Vec::new(),
            };
            let object = Object {
                path: &import.path,
                nar: import.nar,
                contents: Contents::Import(&import),
                layer: Layer::Imports,
            };
            let done = Directory::look(&cache, &store_dir)
                .and_then(|it| Work::new(it, vec![object], None, Compared::default()))
                .and_then(|work| work.finish(&how, None, &|_| {}));
            pushed += usize::from(done.is_ok());
        }
    });
    assert!(pushed > 0);
    assert_eq!(sandbox.list("out"), ["file"]);
}

/// A workspace with enough to do for a while.
fn busy() -> Sandbox {
    let sandbox = Sandbox::new();
    for index in 0..60 {
        let name = format!("j{index}");
        sandbox
            .file(&format!("{name}/job.toml"), job(&name, "cat ${./data}"))
            .file(&format!("{name}/data"), name.repeat(3_000));
    }
    sandbox
}

fn start(sandbox: &Sandbox) -> std::process::Child {
    let to = format!("file://{}/cache", sandbox.path().display());
    let mut command = sandbox.command();
    command.args(["push", "--all", "--to", &to]);
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    command.spawn().expect("jobc can be started")
}

fn a_killed_push_leaves_a_whole_cache() {
    let sandbox = busy();
    assert!(start(&sandbox).wait().expect("it ends").success());
    let cache = sandbox.path().join("cache");
    let all = sandbox.list("cache");
    let mut cut = 0;
    for part in 0..12 {
        fs::rename(&cache, sandbox.path().join(format!("done{part}"))).expect("it is there");
        let mut child = start(&sandbox);
        // Killed when so many files are there, however fast the machine is.
        let ended = |child: &mut std::process::Child| child.try_wait().expect("it was started");
        while sandbox.list("cache").len() < part * 20 && ended(&mut child).is_none() {
            std::thread::yield_now();
        }
        child.kill().expect("it was started");
        child.wait().expect("it ends");
        if cache.exists() {
            cut += usize::from(infos(&cache).len() < 120);
        }
        let run = push(&sandbox, &["--all"]);
        assert_eq!(run.status, 0, "{}", run.stderr);
        assert_eq!(infos(&cache).len(), 120);
        assert_eq!(sandbox.list("cache"), all);
    }
    assert!(cut > 0, "none was killed in the middle");
}

fn several_at_once_do_not_mind_each_other() {
    let sandbox = busy();
    let children: Vec<_> = (0..4).map(|_| start(&sandbox)).collect();
    for child in children {
        let output = child.wait_with_output().expect("it ends");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{said}");
    }
    assert_eq!(cache_of(&sandbox).len(), 120);
    assert_eq!(sandbox.list("cache").len(), 241);
}

/// Runs jobc where mounts are its own.
fn mounted(sandbox: &Sandbox, mount: &str) -> Run {
    fs::create_dir_all(sandbox.path().join("cache")).expect("it can be made");
    let to = format!("file://{}/cache", sandbox.path().display());
    let script = format!(
        "cd {} && {mount} || exit 99; {} push --all --to {to}; code=$?; ls -A cache >&2; exit $code",
        sandbox.path().display(),
        env!("CARGO_BIN_EXE_jobc")
    );
    let mut command = Command::new("unshare");
    command.args(["-m", "sh", "-c", &script]);
    match command.output() {
        Ok(output) if ![Some(99), Some(1)].contains(&output.status.code()) => {
            sandbox.finish(&mut command)
        }
        _ => ignore("there is no right to mount"),
    }
}

fn a_full_disk_is_named_and_nothing_is_half_there() {
    let sandbox = busy();
    let run = mounted(&sandbox, "mount -t tmpfs -o size=256k tmpfs cache");
    assert_eq!(run.status, 2);
    assert!(
        run.stderr.contains("No space left on device"),
        "{}",
        run.stderr
    );
    assert!(run.stderr.contains("make room there"), "{}", run.stderr);
    assert!(!run.stderr.contains("narinfo"), "{}", run.stderr);
}

fn a_read_only_directory_is_named() {
    let sandbox = workspace();
    let mount = "mount -t tmpfs -o ro tmpfs cache";
    let run = mounted(&sandbox, mount);
    assert_eq!(run.status, 2);
    assert!(
        run.stderr.contains("Read-only file system"),
        "{}",
        run.stderr
    );
    assert!(
        run.stderr.contains("push as a user who may write there"),
        "{}",
        run.stderr
    );
}

const TOOL: &str = "/nix/store/ffffffffffffffffffffffffffffffff-tool";

/// A workspace with a job whose package is in the lock, and neither here nor in any cache.
fn lacking() -> Sandbox {
    let sandbox = workspace();
    let uses = job("uses", "${pkgs.tool}/bin/tool ${./data}");
    let settings = format!(
        "[nodes]\nsubstituters = [\"file://{}/none\"]\n",
        sandbox.path().display()
    );
    sandbox
        .file(
            "uses/job.toml",
            uses.replace("[task]\n", "packages = { tool = \"tool\" }\n[task]\n"),
        )
        .file("uses/data", "data\n")
        .file("jobc.toml", settings)
        .file(
            "jobc.lock",
            format!(
                r#"{{"version": 1, "packages": [{{"installable": "tool", "system": "x86_64-linux",
                "path": "{TOOL}"}}], "paths": [{{"path": "{TOOL}",
                "nar_hash": "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
                "nar_size": 4711, "references": []}}]}}"#
            ),
        );
    sandbox
}

/// Where there is no Nix.
fn push_without_nix(sandbox: &Sandbox, arguments: &[&str]) -> Run {
    let to = format!("file://{}/cache", sandbox.path().display());
    let mut command = sandbox.command();
    command.env("PATH", "").args(["push", "--to", &to]);
    sandbox.finish(command.args(arguments))
}

fn plans_show_packages_that_nobody_has() {
    let sandbox = lacking();
    let run = push_without_nix(&sandbox, &["uses", "--dry-run"]);
    assert_eq!(run.status, 2, "{}", run.stderr);
    let actions: Vec<_> = run
        .stdout
        .lines()
        .map(|line| line.split(' ').next())
        .collect();
    assert_eq!(actions, [Some("missing"), Some("write"), Some("write")]);
    let missing = format!("missing 4711 {TOOL} process `p` of `devcluster/www/devel/uses`\n");
    assert!(run.stdout.starts_with(&missing), "{}", run.stdout);
    for words in [
        "no cache that the nodes ask has a store path that they need",
        "there is no Nix here to copy it",
    ] {
        assert!(run.stderr.contains(words), "{}", run.stderr);
    }
    let run = push_without_nix(&sandbox, &["uses", "--dry-run", "--format", "json"]);
    assert_eq!(run.status, 2);
    let items: serde_json::Value = serde_json::from_str(&run.stdout).expect("it is JSON");
    assert_eq!(items[0]["action"], "missing");
    assert_eq!(items[0]["path"], TOOL);
    let run = push_without_nix(&sandbox, &["uses"]);
    assert_eq!((run.status, run.stdout.as_str()), (2, ""));
    assert!(!sandbox.path().join("cache").exists(), "nothing was done");
}

fn packages_can_be_left_to_others() {
    let sandbox = lacking();
    let alone = ["uses", "--without-packages"];
    let run = push_without_nix(&sandbox, &[&alone[..], &["--dry-run"]].concat());
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    assert_eq!(run.stdout.lines().count(), 2);
    assert!(run.stdout.lines().all(|line| line.starts_with("write ")));
    let run = push_without_nix(&sandbox, &alone);
    assert_eq!((run.status, run.stdout.as_str()), (0, ""), "{}", run.stderr);
    assert!(run.stderr.starts_with("published 2 objects of "));
    assert_eq!(sandbox.list("cache").len(), 5);
}

tests! {
    an_empty_cache_gets_all_and_nothing_twice,
    what_is_written_is_for_those_whom_the_umask_allows,
    plans_say_what_and_how_big_and_from_where,
    packed_archives_hold_the_same,
    a_key_signs_also_what_is_there,
    keys_that_are_none_or_open_are_refused_and_never_shown,
    what_is_no_cache_is_refused,
    a_cache_of_others_keeps_what_it_says_of_itself,
    damage_is_repaired,
    archives_of_the_right_size_are_repaired,
    links_and_pipes_in_a_cache_are_refused,
    links_to_files_are_replaced,
    what_dead_runs_left_is_removed_when_it_is_old,
    large_files_are_read_once_and_well,
    what_changes_in_between_is_not_published,
    a_killed_push_leaves_a_whole_cache,
    several_at_once_do_not_mind_each_other,
    a_full_disk_is_named_and_nothing_is_half_there,
    a_read_only_directory_is_named,
    plans_show_packages_that_nobody_has,
    packages_can_be_left_to_others,
    archives_stay_in_the_cache,
}
