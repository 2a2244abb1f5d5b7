//! What `jobc ready` says of caches in many states, beside what nodes make of them.
//!
//! `tests/verdicts/states.json` has a state a line: what is odd about the cache, and what came of
//! asking it alone and before a good one (`next`): whether real Nix of three versions got the job's
//! closure, and the exit code of `ready`. Where `ready` does not say what the strictest Nix does, the
//! state has a reason, `why`. The column of Nix was measured with servers that answer as these here
//! do: `nix-store --option substituters URLS --option trusted-public-keys KEY -r PATH` on an empty
//! store. `tests/nix/states.rs` does it again where there is a Nix.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use jobc::store::{Compression, NarInfo, SecretKey, Sha256, StoreDir};
use serde_json::Value;

use crate::caches::gzip;
use crate::harness::{Sandbox, report, repository};
use crate::http_server::{HttpServer, Reply};

const SECRET: &str = "test-1:oQHbXW5uAa9+tpr7V1BgL/XtZ7rnWQZbBKSjBojkBicQwaijC25F9T+bh/RrTujBRj74yFWY0aqhjxGdNboNTQ==";
const PUBLIC: &str = "test-1:EMGoowtuRfU/m4f0a07owUY++MhVmNGqoY8RnTW6DU0=";

const TOOL: &str = "1lp58f14ndyvdf4fzyfmrsc9sxi6kz7w-tool";
const WORDS: &str = "l6b75dg0aa8jbmjz1blnwqkd65r5cazk-words";

const JOB: &str = r#"cluster = "devcluster"
role = "www"
environment = "devel"
name = "app"
packages = { tool = "/nix/store/TOOL" }
[task]
processes = [{ name = "say", cmdline = "${pkgs.tool}/bin/say ${./greeting.txt}" }]
resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
"#;

/// The states, by column of Nix's version.
pub struct States {
    pub versions: Vec<String>,
    pub rows: Vec<Value>,
}

impl States {
    pub fn read() -> Self {
        let text = fs::read_to_string(repository().join("tests/verdicts/states.json"));
        let document: Value = serde_json::from_str(&text.expect("it is there")).expect("JSON");
        let list = |name: &str| document[name].as_array().expect("a list").clone();
        let versions = list("versions").into_iter();
        Self {
            versions: versions
                .map(|version| version.as_str().expect("a version").to_owned())
                .collect(),
            rows: list("states"),
        }
    }
}

/// A whole cache of a job, and what is in it by short names: base names of store paths.
#[derive(Debug, Clone)]
pub struct Whole {
    pub directory: PathBuf,
    pub paths: BTreeMap<&'static str, String>,
}

/// A cache in some state, and who serves it.
pub struct Odd {
    pub url: String,
    /// A good one, which is asked last.
    pub good: String,
    pub netrc: Option<String>,
    _servers: Vec<HttpServer>,
}

impl Whole {
    fn narinfo(&self, of: &str) -> String {
        let file = format!("{}.narinfo", &self.paths[of][..32]);
        fs::read_to_string(self.directory.join(file)).expect("it is there")
    }

    /// Makes a cache in this state at `place`.
    pub fn odd(&self, row: &Value, place: &Path) -> Odd {
        let of = row["of"].as_str().unwrap_or("words");
        let good = HttpServer::of_directory(&self.directory);
        let server = (row["by"] == "http").then(|| HttpServer::of_directory(place));
        let plain = match &server {
            Some(server) => server.url(),
            None => format!("file://{}", place.display()),
        };
        let words = self.words(of, &plain, &good.url());
        let row = &filled(row, &words);
        copy(&self.directory, place);
        let narinfo = format!("{}.narinfo", &self.paths[of][..32]);
        let archive = field(&self.narinfo(of), "URL");
        for (what, file) in [("info", "nix-cache-info"), ("narinfo", &*narinfo)] {
            change_text(&row[what], &place.join(file));
        }
        change_bytes(&row["archive"], &place.join(&archive));
        if let Some(server) = &server {
            for (what, file) in [
                ("info", "nix-cache-info"),
                ("narinfo", &*narinfo),
                ("archive", &*archive),
            ] {
                serve(&row[what], &format!("/{file}"), &place.join(file), server);
            }
            if let Some(authorization) = row["auth"].as_str() {
                server.require(authorization);
                if row["auth_other"] == true {
                    good.require(authorization);
                }
            }
        }
        let url = row["url"].as_str().unwrap_or(&plain).to_owned();
        Odd {
            url,
            good: format!("file://{}?priority=100", self.directory.display()),
            netrc: row["netrc"].as_str().map(str::to_owned),
            _servers: server.into_iter().chain([good]).collect(),
        }
    }

    /// What stands for what in states.
    fn words(&self, of: &str, url: &str, other: &str) -> Vec<(String, String)> {
        let text = self.narinfo(of);
        let number = |name| field(&text, name).parse::<u64>().expect("a number");
        let path = &self.paths[of];
        let references = field(&text, "References");
        let reversed: Vec<_> = references.split(' ').rev().collect();
        let signature = field(&text, "Sig");
        let digits = signature.split_once(':').expect("a signature").1;
        let archive = field(&text, "URL");
        let upper = url
            .replacen("http:", "HTTP:", 1)
            .replacen("file:", "FILE:", 1);
        let mut words = vec![
            ("SERVER", url.to_owned()),
            ("UPPER", upper),
            ("OTHER", other.to_owned()),
            ("PATH", path.clone()),
            ("HASH", path[..32].to_owned()),
            ("FILE", archive.trim_start_matches("nar/").to_owned()),
            ("NarHash", field(&text, "NarHash")),
            ("FileSize", field(&text, "FileSize")),
            ("FileSize-1", (number("FileSize") - 1).to_string()),
            ("FileSize+1", (number("FileSize") + 1).to_string()),
            ("NarSize+1", (number("NarSize") + 1).to_string()),
            ("digits", digits.to_owned()),
            ("unpadded", digits.trim_end_matches('=').to_owned()),
            ("reversed", reversed.join(" ")),
            ("long", "A".repeat(2_000_000)),
        ];
        let paths = self.paths.iter();
        words.extend(paths.map(|(name, path)| (*name, path.clone())));
        words
            .into_iter()
            .map(|(word, text)| (format!("{{{word}}}"), text))
            .collect()
    }
}

/// A state with all words replaced.
fn filled(value: &Value, words: &[(String, String)]) -> Value {
    match value {
        Value::String(text) => {
            let replaced = words
                .iter()
                .fold(text.clone(), |text, (word, with)| text.replace(word, with));
            Value::String(replaced)
        }
        Value::Array(items) => items.iter().map(|item| filled(item, words)).collect(),
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| (name.clone(), filled(value, words)))
            .collect(),
        other => other.clone(),
    }
}

fn field(text: &str, name: &str) -> String {
    let mut fields = text.lines().filter_map(|line| line.split_once(": "));
    let found = fields.find(|(field, _)| *field == name);
    found
        .unwrap_or_else(|| panic!("{name} in {text}"))
        .1
        .to_owned()
}

fn copy(from: &Path, to: &Path) {
    let entries = walkdir::WalkDir::new(from)
        .into_iter()
        .filter_map(Result::ok);
    for entry in entries {
        let below = entry.path().strip_prefix(from).expect("it is below");
        if entry.file_type().is_dir() {
            fs::create_dir_all(to.join(below)).expect("it can be made");
        } else {
            let contents = fs::read(entry.path()).expect("it is there");
            fs::write(to.join(below), contents).expect("it can be written");
        }
    }
}

/// Changes a text as the state says.
fn change_text(change: &Value, file: &Path) {
    if change["missing"] == true {
        return fs::remove_file(file).expect("it is there");
    }
    let mut text = fs::read_to_string(file).expect("it is there");
    if let Some(all) = change["text"].as_str() {
        all.clone_into(&mut text);
    }
    let begins = |line: &str, name: &str| line.starts_with(&format!("{name}:"));
    for name in change["drop"].as_array().into_iter().flatten() {
        let name = name.as_str().expect("a name");
        let lines = text.split_inclusive('\n');
        text = lines.filter(|line| !begins(line, name)).collect();
    }
    for (name, value) in change["set"].as_object().into_iter().flatten() {
        let line = format!("{name}: {}\n", value.as_str().expect("a value"));
        if text.lines().any(|old| begins(old, name)) {
            let lines = text.split_inclusive('\n');
            text = lines
                .map(|old| if begins(old, name) { &*line } else { old })
                .collect();
        } else {
            text.push_str(&line);
        }
    }
    if let (Some(from), Some(to)) = (change["from"].as_str(), change["to"].as_str()) {
        assert!(text.contains(from), "{from} in {text}");
        text = text.replace(from, to);
    }
    text.push_str(change["append"].as_str().unwrap_or_default());
    let bytes = if change["latin1"] == true {
        let bytes = text.chars().map(|c| u8::try_from(c).expect("Latin 1"));
        bytes.collect()
    } else {
        text.into_bytes()
    };
    fs::write(file, bytes).expect("it is ours");
}

/// Changes an archive as the state says.
fn change_bytes(change: &Value, file: &Path) {
    let mut bytes = fs::read(file).expect("it is there");
    let number = |name: &str| usize::try_from(change[name].as_u64().unwrap_or(0)).expect("small");
    bytes.truncate(bytes.len() - number("cut_file"));
    bytes.resize(bytes.len() + number("longer"), b'x');
    if change["spoil"] == true {
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
    }
    if change["empty"] == true {
        bytes.clear();
    }
    fs::write(file, bytes).expect("it is ours");
    if change["missing"] == true {
        fs::remove_file(file).expect("it is there");
    }
}

/// Has the server answer as the state says.
fn serve(change: &Value, target: &str, file: &Path, server: &HttpServer) {
    let Some(fields) = change.as_object() else {
        return;
    };
    if let Some(status) = fields.get("head").and_then(Value::as_u64) {
        let status = u16::try_from(status).expect("a status");
        server.on_head(target, Reply::status(status));
    }
    let contents = fs::read(file).unwrap_or_default();
    let status = fields.get("status").and_then(Value::as_u64);
    let status = status.map(|status| u16::try_from(status).expect("a status"));
    let mut reply = match (fields.get("redirect"), status) {
        (Some(to), _) => Reply::redirect(to.as_str().expect("a URL")),
        (None, None) => Reply::ok(contents),
        (None, Some(status @ (201 | 203 | 206))) => Reply::ok(contents).with_status(status),
        (None, Some(status @ (204 | 304))) => Reply::ok("").with_status(status),
        (None, Some(status)) => Reply::status(status),
    };
    let mut odd = status.is_some() || fields.contains_key("redirect");
    if fields.contains_key("gzip") {
        let packed = gzip(&fs::read(file).expect("it is there"));
        reply = Reply::ok(packed).header("Content-Encoding", "gzip");
        odd = true;
    }
    for (name, value) in fields
        .get("headers")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        reply = reply.header(name, value.as_str().expect("a value"));
        odd = true;
    }
    if let Some(after) = fields.get("cut").and_then(Value::as_u64) {
        reply = reply.cut(usize::try_from(after).expect("small"));
        odd = true;
    }
    if fields.contains_key("hang_up") {
        reply = Reply::hang_up();
        odd = true;
    }
    if fields.contains_key("no_length") {
        reply = reply.unannounced();
        odd = true;
    }
    if odd {
        server.on(target, reply);
    }
}

/// A workspace with a job whose package was never built, and a cache that has all of it, as far as
/// `ready` looks.
fn made() -> (Sandbox, Whole) {
    let sandbox = Sandbox::new();
    sandbox
        .file("app/job.toml", JOB.replace("TOOL", TOOL))
        .file("app/greeting.txt", "hello\n")
        .file("jobc.toml", "")
        .file("key", SECRET);
    let key = sandbox.path().join("key");
    let alone = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    fs::set_permissions(key, alone).expect("it is ours");
    let to = format!("file://{}/cache", sandbox.path().display());
    let arguments = [
        "push",
        "app",
        "--without-packages",
        "--key-file",
        "key",
        "--to",
        &to,
    ];
    let run = sandbox.jobc(arguments);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let directory = sandbox.path().join("cache");
    package(&directory, TOOL, &[WORDS]);
    package(&directory, WORDS, &[]);
    let mut paths = BTreeMap::from([("tool", TOOL.to_owned()), ("words", WORDS.to_owned())]);
    for entry in fs::read_dir(&directory)
        .expect("it was made")
        .filter_map(Result::ok)
    {
        let text = fs::read_to_string(entry.path()).unwrap_or_default();
        if let Some(path) = text
            .lines()
            .find_map(|line| line.strip_prefix("StorePath: /nix/store/"))
        {
            for (name, begin) in [
                ("greeting", "-greeting.txt"),
                ("script", "-aurora-process-"),
            ] {
                if path.contains(begin) {
                    paths.insert(name, path.to_owned());
                }
            }
        }
    }
    (sandbox, Whole { directory, paths })
}

fn package(cache: &Path, path: &str, references: &[&str]) {
    let archive = zstd::encode_all(path.as_bytes(), 3).expect("it can be packed");
    let hash = Sha256::of(&archive);
    let url = format!("nar/{}.nar.zst", hash.base32());
    fs::write(cache.join(&url), &archive).expect("it can be written");
    let mut info = NarInfo {
        store_path: path.parse().expect("a path"),
        url,
        compression: Compression::Zstd,
        file_hash: Some(hash.into()),
        file_size: Some(archive.len() as u64),
        nar_hash: Sha256::of(path.as_bytes()),
        nar_size: 128,
        references: references
            .iter()
            .map(|it| it.parse().expect("a path"))
            .collect(),
        deriver: "rnbv2inbypb7zx80cfkb5r5kq92afql9-words.drv".parse().ok(),
        signatures: Vec::new(),
        no_signatures: Vec::new(),
        ca: None,
    };
    let key: SecretKey = SECRET.parse().expect("a key");
    let store_dir = StoreDir::default();
    info.signatures
        .push(key.sign(&info.fingerprint(&store_dir)));
    let name = format!("{}.narinfo", &path[..32]);
    fs::write(cache.join(name), info.display(&store_dir).to_string()).expect("it can be written");
}

/// The settings of a workspace whose nodes ask these caches.
pub fn settings(urls: &[&str], key: &str) -> String {
    format!(
        "[init]\nsubstituters = {urls:?}\ntrusted_public_keys = [\"{key}\"]\nonly_substituters = \
         true\n[nodes]\nsubstituters = []\n"
    )
}

/// Whether all of the three versions get it.
fn is_got(expected: &Value) -> bool {
    let nix = expected["nix"].as_array().expect("a list");
    nix.iter().all(|got| got == true)
}

fn states_say_why_where_ready_differs_from_nodes() {
    let states = States::read();
    assert!(states.rows.len() >= 250, "{}", states.rows.len());
    for row in &states.rows {
        let differs = ["alone", "next"]
            .iter()
            .any(|kind| (row[kind]["ready"] == 0) != is_got(&row[kind]));
        assert_eq!(differs, row["why"].is_string(), "{row}");
    }
}

fn ready_says_what_the_strictest_node_does() {
    const THREADS: usize = 4;
    let states = States::read();
    let next = AtomicUsize::new(0);
    let failures = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                let (sandbox, whole) = made();
                while let Some(row) = states.rows.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let place = tempfile::tempdir().expect("it can be made");
                    let odd = whole.odd(row, &place.path().join("odd"));
                    sandbox.file(".netrc", odd.netrc.as_deref().unwrap_or_default());
                    for (kind, urls) in [
                        ("alone", &[&*odd.url][..]),
                        ("next", &[&odd.url, &odd.good]),
                    ] {
                        sandbox.file("jobc.toml", settings(urls, PUBLIC));
                        let run = sandbox.jobc(["ready", "app", "--timeout", "6"]);
                        if row[kind]["ready"] != run.status {
                            let failure = format!("{row}\n{kind}: {run:?}");
                            failures.lock().expect("no thread died").push(failure);
                        }
                    }
                }
            });
        }
    });
    report(&failures.into_inner().expect("no thread died"));
}

tests! {
    states_say_why_where_ready_differs_from_nodes,
    ready_says_what_the_strictest_node_does,
}
