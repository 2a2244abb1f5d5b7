//! Closures out of caches.

use std::fs;

use crate::harness::{Run, Sandbox};

use super::{DEP, OTHER, TOOL, base, definition};

/// A workspace with a cache in a directory, and no Nix.
struct Cached {
    sandbox: Sandbox,
}

impl Cached {
    fn new(packages: &str) -> Self {
        let sandbox = Sandbox::new();
        sandbox
            .file("job.toml", definition(packages))
            .file("cache/nix-cache-info", "StoreDir: /nix/store\n")
            .file("other/nix-cache-info", "StoreDir: /nix/store\n");
        let cached = Self { sandbox };
        cached.narinfo("cache", TOOL, &[TOOL, DEP], 120);
        cached.narinfo("cache", OTHER, &[DEP], 120);
        cached.narinfo("other", DEP, &[], 120);
        cached
    }

    fn narinfo(&self, cache: &str, path: &str, references: &[&str], size: u64) {
        let references: Vec<&str> = references.iter().map(|path| base(path)).collect();
        let text = format!(
            "StorePath: {path}\nURL: nar/x.nar\nCompression: none\nNarHash: sha256:{}\n\
             NarSize: {size}\nReferences: {}\n",
            "04zwf782yjwnh3q6hz5izfd6jyip8kgw6g6yj43fiqhbyhdd0dqw",
            references.join(" ")
        );
        let (hash, _) = base(path).split_once('-').expect("a hash and a name");
        self.sandbox.file(&format!("{cache}/{hash}.narinfo"), text);
    }

    fn lock(&self, arguments: &[&str], caches: &[&str]) -> Run {
        let mut command = self.sandbox.command();
        command.env("PATH", "/nowhere").arg("lock").args(arguments);
        for cache in caches {
            let directory = self.sandbox.path().join(cache);
            command
                .arg("--from-cache")
                .arg(format!("file://{}", directory.display()));
        }
        self.sandbox.finish(&mut command)
    }

    fn text(&self) -> Option<String> {
        fs::read_to_string(self.sandbox.path().join("jobc.lock")).ok()
    }
}

fn closures_from_caches() {
    let cached = Cached::new(&format!(
        "tool = \"nixpkgs#tool\"\nother = \"nixpkgs#other\"\nliteral = \"{TOOL}\""
    ));
    let both = ["cache", "other"];
    let run = cached.lock(&[], &both);
    assert_eq!((run.status, cached.text()), (1, None), "{}", run.stderr);
    assert!(
        run.stderr
            .contains("`jobc lock tool=/nix/store/HASH-NAME --from-cache URL`"),
        "{}",
        run.stderr
    );
    let (hash, _) = base(TOOL).split_once('-').expect("a hash and a name");
    for given in [TOOL, base(TOOL), hash] {
        let run = cached.lock(&[&format!("tool={given}")], &both);
        let added = format!("added nixpkgs#tool x86_64-linux {TOOL}\n");
        assert_eq!((run.status, run.stdout), (0, added), "{}", run.stderr);
        if given != hash {
            fs::remove_file(cached.sandbox.path().join("jobc.lock")).expect("it was written");
        }
    }
    let run = cached.lock(&[&format!("nixpkgs#other={OTHER}")], &both);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let text = cached.text().expect("it was written");
    let dep = base(DEP);
    assert!(
        text.contains(&format!(
            "{{\"path\": \"{TOOL}\", \"nar_hash\": \
             \"sha256-HDfQGvQL4ugGkd48w99EN3ppmvuxfGjwgJZLL9Bx/BM=\", \"nar_size\": 120, \
             \"references\": [\"{dep}\"]}}"
        )),
        "{text}"
    );
    assert_eq!(cached.lock(&["--check"], &[]).status, 0);
    assert_eq!(cached.lock(&["--check", "--update"], &both).status, 0);
    let run = cached.lock(&["tool=/nix/store/x"], &both);
    assert_eq!(run.status, 2);
    insta::assert_snapshot!(run.stderr, @r"
    error: no package to lock is called `tool=/nix/store/x`
     |
     = help: write a whole store path, `tool=/nix/store/HASH-NAME`
    ");
    // A lie is found, and an update puts it right.
    let lie = text.replacen("HDfQ", "IDfQ", 1);
    cached.sandbox.file("jobc.lock", lie);
    let run = cached.lock(&["--check", "--update"], &both);
    assert_eq!(run.status, 1, "{}", run.stderr);
    assert!(run.stderr.contains("the lock lies about"), "{}", run.stderr);
    assert_eq!(cached.lock(&["--update"], &both).status, 0);
    assert_eq!(cached.text(), Some(text));
}

/// Who gives a store path says what the files make. Caches do not know; so what they are asked later
/// leaves that alone.
fn files_of_the_workspace() {
    let cached = Cached::new("tool = \"./pkgs.nix#tool\"");
    cached.sandbox.file("pkgs.nix", "1\n");
    let both = ["cache", "other"];
    let given = format!("tool={TOOL}");
    let run = cached.lock(&[&given], &both);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let text = cached.text().expect("it was written");
    assert!(text.contains("\"local\": \"sha256-"), "{text}");
    assert_eq!(cached.lock(&["--check"], &[]).status, 0);
    cached.sandbox.file("pkgs.nix", "2\n");
    for arguments in [&[][..], &["--update"]] {
        let run = cached.lock(arguments, &both);
        let told = "`jobc.lock` is current\n";
        assert_eq!((run.status, &*run.stderr), (0, told));
        assert_eq!(cached.text().as_ref(), Some(&text));
        assert_eq!(cached.lock(&["--check"], &[]).status, 1);
    }
    assert_eq!(cached.lock(&[], &[]).status, 2, "there is no Nix to ask");
    assert_eq!(cached.lock(&[&given], &both).status, 0);
    assert_eq!(cached.lock(&["--check"], &[]).status, 0);
    assert_ne!(cached.text(), Some(text));
}

fn what_caches_do_not_have() {
    let cached = Cached::new(&format!("tool = \"nixpkgs#tool\"\nliteral = \"{OTHER}\""));
    let given = format!("tool={TOOL}");
    let check = |words: &[&str], caches: &[&str], status: i32, expected: &[&str]| {
        let run = cached.lock(words, caches);
        assert_eq!(
            (run.status, cached.text()),
            (status, None),
            "{}",
            run.stderr
        );
        for words in expected {
            assert!(run.stderr.contains(words), "{words}: {}", run.stderr);
        }
    };
    check(&[&given], &[], 2, &["--from-cache URL"]);
    check(
        &["literal=x"],
        &["cache"],
        2,
        &["`literal=/nix/store/HASH-NAME`"],
    );
    check(
        &[&format!("literal={TOOL}")],
        &["cache"],
        2,
        &["by its store path already"],
    );
    check(
        &[&given],
        &["cache"],
        1,
        &[
            "[cannot-resolve-package]",
            &format!("`{DEP}` is not in"),
            "[DIR]/cache",
        ],
    );
    check(
        &["literal"],
        &["cache"],
        0,
        &["warning[closure-unknown]", DEP],
    );
    check(
        &["tool=9dh20wxf1wyl9q2xpadd0y83s0kzvl4a"],
        &["cache"],
        2,
        &["no cache has"],
    );
    check(
        &[&given],
        &["cache", "nowhere"],
        2,
        &["cannot ask", "nowhere"],
    );
    cached.narinfo("cache", DEP, &[], 1 << 60);
    check(&[&given], &["cache"], 2, &["1152921504606846976 bytes"]);
    cached
        .sandbox
        .file("cache/d0q8dx14cwjdmv8lyj9gggyjrgi365rw.narinfo", "x");
    check(
        &[&given],
        &["cache"],
        2,
        &["d0q8dx14cwjdmv8lyj9gggyjrgi365rw.narinfo"],
    );
    check(
        &[&given, "--system", "a-b", "--system", "c-d"],
        &["cache"],
        2,
        &["for one system"],
    );
    let run = cached.sandbox.jobc(["lock", "--from-cache", "gopher://x"]);
    assert_eq!(run.status, 2);
}

/// One narinfo has room for more references than any closure has paths.
fn made_up_references_have_an_end() {
    let cached = Cached::new("tool = \"nixpkgs#tool\"");
    let made_up: Vec<String> = (0..101_100)
        .map(|number: u32| {
            let digits = format!("{number:032}");
            format!("/nix/store/{digits}-x")
        })
        .collect();
    let references: Vec<&str> = made_up.iter().map(String::as_str).collect();
    cached.narinfo("cache", TOOL, &references, 120);
    let run = cached.lock(&[&format!("tool={TOOL}")], &["cache"]);
    assert_eq!((run.status, cached.text()), (2, None));
    assert_eq!(
        run.stderr,
        "error: cannot lock what these caches say: they refer to more than 101000 store paths, \
         and no closure has so many\n"
    );
}

tests! {
    closures_from_caches,
    files_of_the_workspace,
    what_caches_do_not_have,
    made_up_references_have_an_end,
}
