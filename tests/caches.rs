//! What caches are asked, and what becomes of answers that are none.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use jobc::cache::{
    Answer, CacheUrl, Caches, Distrust, Environment, NetrcFile, Patience, Proxies, Trust, trust,
};
use jobc::store::{NarInfo, PublicKey, StoreDir, StorePath, StorePathHash};
use serde_json::Value;

use crate::harness::{Sandbox, report, repository};
use crate::http_server::{CERTIFICATE, HttpServer, Reply};

const INFO: &str = "StoreDir: /nix/store\nWantMassQuery: 1\nPriority: 30\n";

/// A path, and its narinfo as Nix wrote it.
fn real() -> (StorePath, String) {
    let text = fs::read_to_string(repository().join("tests/vectors.json")).unwrap();
    let vectors: Value = serde_json::from_str(&text).unwrap();
    let narinfo = &vectors["narinfos"][0];
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let path = StoreDir::default().parse(&text(&narinfo["path"])).unwrap();
    (path, text(&narinfo["narinfo"]))
}

fn url(text: &str) -> CacheUrl {
    text.parse().unwrap()
}

/// So short that a server that does not answer holds nobody up, and long enough for one that does
/// on a busy machine.
fn patience() -> Patience {
    Patience {
        connect: Duration::from_secs(5),
        answer: Duration::from_secs(5),
        total: Duration::from_secs(20),
        tries: 3,
        wait: Duration::from_millis(1),
    }
}

fn impatience() -> Patience {
    Patience {
        answer: Duration::from_millis(250),
        tries: 2,
        ..patience()
    }
}

fn caches(environment: Environment, patience: Patience) -> Caches {
    Caches::new(StoreDir::default(), environment, patience)
}

/// An answer in words.
fn told(answer: Answer) -> String {
    match answer {
        Answer::Present(info) => format!("present: {}", info.store_path.name()),
        Answer::Absent => "absent".to_owned(),
        Answer::CouldNotAsk(error) | Answer::Stops(error) => error.to_string(),
    }
}

/// A server that is a cache, with these answers to the question for the narinfo.
fn cache(replies: impl IntoIterator<Item = Reply>) -> (HttpServer, StorePathHash, String) {
    let (path, _) = real();
    let server = HttpServer::new();
    let target = format!("/{}.narinfo", path.hash());
    server.on("/nix-cache-info", Reply::ok(INFO));
    server.on_each(&target, replies);
    (server, *path.hash(), target)
}

/// Asks a cache that answers so, and compares what is said of it and how often it was asked.
fn check(
    name: &str,
    replies: &[Reply],
    patience: Patience,
    expected: (&str, usize),
) -> Option<String> {
    let (server, hash, target) = cache(replies.to_vec());
    let caches = caches(Environment::default(), patience);
    let told = told(caches.narinfo(&url(&server.url()), &hash));
    let told = told.replace(&hash.to_string(), "HASH");
    let found = (&*told, server.count(&target));
    (found != expected).then(|| format!("{name}: expected {expected:?}, found {found:?}"))
}

/// What a server says, what is made of it, and how often it is asked.
type Exchange<'a> = (&'a str, &'a [Reply], (&'a str, usize));

fn check_all(cases: &[Exchange<'_>], patience: Patience) {
    let failures = cases
        .iter()
        .filter_map(|(name, replies, expected)| check(name, replies, patience, *expected));
    report(&failures.collect::<Vec<_>>());
}

fn answers_by_status() {
    let ok = || Reply::ok(real().1);
    let present = "present: hello.txt";
    check_all(
        &[
            ("there", &[ok()], (present, 1)),
            ("404", &[Reply::status(404)], ("absent", 1)),
            ("410", &[Reply::status(410)], ("absent", 1)),
            ("403, as of a bucket", &[Reply::status(403)], ("absent", 1)),
            (
                "401",
                &[Reply::status(401)],
                ("`127.0.0.1` wants a user and a password", 1),
            ),
            (
                "400",
                &[Reply::status(400)],
                ("the server answers 400 Bad Request for `HASH.narinfo`", 1),
            ),
            (
                "204",
                &[Reply::ok("").with_status(204)],
                ("`HASH.narinfo` is malformed: `StorePath` is missing", 1),
            ),
            ("206", &[ok().with_status(206)], (present, 1)),
            (
                "203",
                &[ok().with_status(203)],
                (
                    "the server answers 203 Non Authoritative Information for `HASH.narinfo`",
                    1,
                ),
            ),
            (
                "501",
                &[Reply::status(501)],
                (
                    "the server answers 501 Not Implemented for `HASH.narinfo`",
                    1,
                ),
            ),
            (
                "redirect to nowhere",
                &[Reply::status(302)],
                ("the server redirects to nowhere", 1),
            ),
            (
                "redirect to another kind of server",
                &[Reply::redirect("ftp://x/")],
                (
                    "the server redirects to what is no URL: there is no kind of cache `ftp://`",
                    1,
                ),
            ),
        ],
        patience(),
    );
}

fn answers_that_may_be_better_a_moment_later() {
    let (_, narinfo) = real();
    let ok = || Reply::ok(narinfo.clone());
    let present = "present: hello.txt";
    let half = narinfo.len() / 2;
    check_all(
        &[
            (
                "503 at first",
                &[Reply::status(503), Reply::status(500), ok()],
                (present, 3),
            ),
            (
                "503",
                &[Reply::status(503)],
                (
                    "the server answers 503 Service Unavailable for `HASH.narinfo` (tried 3 times)",
                    3,
                ),
            ),
            (
                "429 with a wait",
                &[Reply::status(429).header("Retry-After", "0"), ok()],
                (present, 2),
            ),
            (
                "503 with a wait that no clock shows",
                &[Reply::status(503).header("Retry-After", "18446744073709551615")],
                (
                    "the server answers 503 Service Unavailable for `HASH.narinfo`",
                    1,
                ),
            ),
            (
                "503 with a wait that is no number",
                &[
                    Reply::status(503).header("Retry-After", "99999999999999999999999"),
                    Reply::status(503).header("Retry-After", "-1"),
                    Reply::status(503).header("Retry-After", "Fri, 31 Dec 9999 23:59:59 GMT"),
                ],
                (
                    "the server answers 503 Service Unavailable for `HASH.narinfo` (tried 3 times)",
                    3,
                ),
            ),
            (
                "429 with too long a wait",
                &[Reply::status(429).header("Retry-After", "3600"), ok()],
                (
                    "the server answers 429 Too Many Requests for `HASH.narinfo`",
                    1,
                ),
            ),
            ("cut short at first", &[ok().cut(half), ok()], (present, 2)),
            (
                "cut short",
                &[ok().cut(half)],
                ("the answer was cut short (tried 3 times)", 3),
            ),
            ("hangs up at first", &[Reply::hang_up(), ok()], (present, 2)),
        ],
        patience(),
    );
}

fn answers_by_what_is_in_them() {
    let (_, narinfo) = real();
    let present = "present: hello.txt";
    let other = narinfo.replace(
        "i9pmrzmpshapij2kin22pff6fc2adavx-",
        "l9pmrzmpshapij2kin22pff6fc2adavx-",
    );
    let packed = Reply::ok(gzip(narinfo.as_bytes())).header("Content-Encoding", "gzip");
    let too_large = "`HASH.narinfo` is larger than 4096 KiB";
    check_all(
        &[
            (
                "endless",
                &[Reply::ok(vec![b'x'; 1 << 16]).endless()],
                (too_large, 1),
            ),
            (
                "huge",
                &[Reply::ok(vec![b'\n'; (4 << 20) + 1])],
                (too_large, 1),
            ),
            ("gzip", &[packed], (present, 1)),
            (
                "not UTF-8",
                &[Reply::ok(b"\xff".as_slice())],
                (
                    "`HASH.narinfo` is malformed: expected `NAME: VALUE` and a line end (line 1)",
                    1,
                ),
            ),
            (
                "a page",
                &[Reply::ok("<html>\n")],
                (
                    "`HASH.narinfo` is malformed: expected `NAME: VALUE` and a line end (line 1)",
                    1,
                ),
            ),
            (
                "empty",
                &[Reply::ok("")],
                ("`HASH.narinfo` is malformed: `StorePath` is missing", 1),
            ),
            (
                "about something else",
                &[Reply::ok(other)],
                (
                    "`HASH.narinfo` is about `l9pmrzmpshapij2kin22pff6fc2adavx-hello.txt`",
                    1,
                ),
            ),
        ],
        patience(),
    );
}

fn answers_that_take_too_long() {
    let (_, narinfo) = real();
    let ok = || Reply::ok(narinfo.clone());
    let late = "no answer in 0.25 s (tried 2 times)";
    check_all(
        &[
            ("stalls at once", &[ok().stall(0)], (late, 2)),
            ("stalls half-way", &[ok().stall(20)], (late, 2)),
            ("a byte now and then", &[Reply::ok("").drip()], (late, 2)),
            (
                "stalls at first",
                &[ok().stall(7), ok()],
                ("present: hello.txt", 2),
            ),
        ],
        impatience(),
    );
}

fn redirects_are_followed() {
    let (path, narinfo) = real();
    let target = format!("/{}.narinfo", path.hash());
    let elsewhere = HttpServer::new();
    elsewhere.on("/x?y=z", Reply::ok(narinfo));
    let (server, hash, _) = cache([Reply::redirect("/deeper/")]);
    server.on(
        "/deeper/",
        Reply::redirect(&format!("{}/x?y=z", elsewhere.url())),
    );
    let caches = caches(Environment::default(), patience());
    assert_eq!(
        told(caches.narinfo(&url(&server.url()), &hash)),
        "present: hello.txt"
    );

    let (server, hash, _) = cache([Reply::redirect(&target)]);
    let answer = caches.narinfo(&url(&server.url()), &hash);
    assert_eq!(told(answer), "the server redirects again and again");
}

fn what_is_no_cache() {
    let closed = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let sandbox = Sandbox::new();
    let directory = |name: &str| format!("file://{}/{name}", sandbox.path().display());
    sandbox.file("file", "");
    sandbox.file("other/nix-cache-info", "StoreDir: /srv/store\n");
    sandbox.file("wrong/nix-cache-info", "StoreDir: store\n");
    sandbox.file("odd/nix-cache-info/x", "");
    fs::create_dir(sandbox.path().join("empty")).unwrap();
    let server = |reply: Reply| {
        let server = HttpServer::new();
        server.on("/nix-cache-info", reply);
        server
    };
    let servers = [
        (
            Reply::status(404),
            "it is no binary cache: it has no `nix-cache-info`",
        ),
        (
            Reply::status(403),
            "the server answers 403 Forbidden for `nix-cache-info`",
        ),
        (
            Reply::status(401),
            "`127.0.0.1` wants a user and a password",
        ),
        (
            Reply::ok("StoreDir: /nix/store\nPriority: high\n"),
            "its `Priority` is no number: `high`; Nix stops at it, whatever other caches have",
        ),
        (
            Reply::ok("StoreDir: /srv/store\n"),
            "it is for stores in `/srv/store`, and the nodes' is `/nix/store`",
        ),
        (
            Reply::ok("x".repeat(1 << 17)),
            "`nix-cache-info` is larger than 64 KiB",
        ),
        (
            Reply::hang_up(),
            "cannot connect: the server hung up (tried 3 times)",
        ),
    ]
    .map(|(reply, expected)| (server(reply), expected));
    let mut cases: Vec<(String, &str)> = vec![
        (
            "s3://bucket".to_owned(),
            "only Nix itself can ask a store of this kind",
        ),
        (
            "daemon".to_owned(),
            "only Nix itself can ask a store of this kind",
        ),
        (
            format!("http://127.0.0.1:{closed}"),
            "cannot connect: Connection refused (os error 111) (tried 3 times)",
        ),
        (
            "http://cache.invalid".to_owned(),
            "cannot find the host `cache.invalid` (tried 3 times)",
        ),
        (directory("none"), "there is no such directory"),
        (
            directory("empty"),
            "it is no binary cache: it has no `nix-cache-info`",
        ),
        (
            directory("other"),
            "it is for stores in `/srv/store`, and the nodes' is `/nix/store`",
        ),
        (
            directory("wrong"),
            "its `StoreDir` is no store directory: `store`",
        ),
        (
            directory("odd"),
            "cannot read `nix-cache-info`: it is no regular file",
        ),
    ];
    cases.extend(
        servers
            .iter()
            .map(|(server, expected)| (server.url(), *expected)),
    );
    let (path, _) = real();
    let caches = caches(Environment::default(), patience());
    let failures = cases.iter().filter_map(|(text, expected)| {
        let found = told(caches.narinfo(&url(text), path.hash()));
        (found != *expected).then(|| format!("{text}: expected {expected}, found {found}"))
    });
    report(&failures.collect::<Vec<_>>());
    let file = told(caches.narinfo(&url(&directory("file")), path.hash()));
    assert!(file.ends_with("/file`: it is no directory"), "{file}");
    // Who is no cache is asked for nothing else, and for this once.
    let hung_up = &servers[servers.len() - 1].0;
    let asked = hung_up.requests().len();
    caches.narinfo(&url(&hung_up.url()), path.hash());
    assert_eq!((asked, hung_up.requests().len()), (3, 3));
}

fn directories_answer() {
    let (path, narinfo) = real();
    let sandbox = Sandbox::new();
    let file = format!("a b/{}.narinfo", path.hash());
    let url = url(&format!(
        "file://{}/a b/?priority=1",
        sandbox.path().display()
    ));
    let ask = || told(caches(Environment::default(), patience()).narinfo(&url, path.hash()));
    sandbox.file("a b/nix-cache-info", INFO);
    assert_eq!(ask(), "absent");
    sandbox.file(&file, &narinfo);
    assert_eq!(ask(), "present: hello.txt");
    sandbox.file(&file, vec![b'\n'; (4 << 20) + 1]);
    assert!(ask().ends_with("is larger than 4096 KiB"));
    let fifo = sandbox.path().join(&file);
    fs::remove_file(&fifo).unwrap();
    let made = std::process::Command::new("mkfifo").arg(&fifo).status();
    assert!(made.unwrap().success());
    assert!(ask().ends_with("it is no regular file"));
}

fn what_nix_wrote_is_taken() {
    let text = fs::read_to_string(repository().join("tests/vectors.json")).unwrap();
    let vectors: Value = serde_json::from_str(&text).unwrap();
    let key: PublicKey = vectors["public_key"].as_str().unwrap().parse().unwrap();
    let store_dir = StoreDir::default();
    let narinfos = vectors["narinfos"].as_array().unwrap();
    let mut failures = Vec::new();
    for narinfo in narinfos {
        let text = narinfo["narinfo"].as_str().unwrap();
        let info = NarInfo::parse(text, &store_dir).unwrap();
        let anonymous = NarInfo {
            ca: None,
            ..info.clone()
        };
        let changed = NarInfo {
            nar_size: info.nar_size + 1,
            ..anonymous.clone()
        };
        let keys = std::slice::from_ref(&key);
        let signed = Ok(Trust::Signed(key.name().clone()));
        let found = (
            trust(&info, &store_dir, &[]),
            trust(&anonymous, &store_dir, keys),
            trust(&changed, &store_dir, keys),
        );
        let forged = Err(Distrust::Forged(key.name().clone()));
        if found != (Ok(Trust::Contents), signed, forged) {
            failures.push(format!("{}: {found:?}", info.store_path));
        }
    }
    assert_eq!(narinfos.len(), 56);
    report(&failures);
}

fn each_question_is_asked_once() {
    let (path, narinfo) = real();
    let (server, hash, target) = cache([Reply::ok(narinfo)]);
    let caches = caches(Environment::default(), patience());
    let same = [server.url(), format!("{}/?priority=3", server.url())];
    thread::scope(|scope| {
        for at in 0..8 {
            let url = url(&same[at % 2]);
            let caches = &caches;
            scope.spawn(move || {
                assert!(matches!(caches.narinfo(&url, &hash), Answer::Present(_)));
                let absent = StorePathHash::from_bytes([7; 20]);
                assert_eq!(caches.narinfo(&url, &absent), Answer::Absent);
            });
        }
    });
    assert_eq!(path.hash(), &hash);
    assert_eq!(server.count("/nix-cache-info"), 1);
    assert_eq!(server.count(&target), 1);
    assert_eq!(server.requests().len(), 3);
    assert_eq!(caches.info(&url(&same[0])).unwrap().priority, Some(30));
}

fn a_server_that_answers_no_more_is_left_alone() {
    let server = HttpServer::new();
    server.on("/nix-cache-info", Reply::ok(INFO));
    server.otherwise(Reply::status(503));
    let caches = caches(Environment::default(), patience());
    for byte in 0..100 {
        let answer = caches.narinfo(&url(&server.url()), &StorePathHash::from_bytes([byte; 20]));
        assert!(matches!(answer, Answer::Stops(_)));
    }
    // Three questions of three tries each.
    assert_eq!(server.requests().len(), 1 + 9);
}

/// With a file that says who to be.
fn with_netrc(sandbox: &Sandbox, text: &str) -> Environment {
    sandbox.file("netrc", text);
    Environment {
        netrc: Some(NetrcFile::Named(sandbox.path().join("netrc"))),
        ..Environment::default()
    }
}

fn servers_that_want_a_password() {
    let sandbox = Sandbox::new();
    let (path, narinfo) = real();
    let (server, hash, _) = cache([Reply::ok(narinfo)]);
    // printf me:s3cret | base64
    server.require("Basic bWU6czNjcmV0");
    let plain = server.url();
    let with = |user: &str| plain.replace("//", &format!("//{user}@"));
    let wants = "`127.0.0.1` wants a user and a password";
    let refuses = "`127.0.0.1` refuses the user and the password";
    let present = "present: hello.txt";
    for (netrc, url_text, expected) in [
        ("", plain.clone(), wants),
        ("", with("me:s3cret"), present),
        ("", with("me:wrong"), refuses),
        ("", with("me"), refuses),
        (
            "machine 127.0.0.1 login me password s3cret",
            plain.clone(),
            present,
        ),
        (
            "machine 127.0.0.1 login me password s3cret",
            with("me"),
            present,
        ),
        (
            "machine 127.0.0.1 login me password no",
            plain.clone(),
            refuses,
        ),
        (
            "machine 127.0.0.1 login me password no",
            with("me:s3cret"),
            present,
        ),
        (
            "machine elsewhere login me password s3cret",
            plain.clone(),
            wants,
        ),
        ("default login me password s3cret", plain.clone(), present),
    ] {
        let caches = caches(with_netrc(&sandbox, netrc), patience());
        assert_eq!(
            told(caches.narinfo(&url(&url_text), &hash)),
            expected,
            "{netrc} {url_text}"
        );
    }
    let ask = |environment| {
        let answer = caches(environment, patience()).narinfo(&url(&plain), path.hash());
        told(answer).replace(&sandbox.path().display().to_string(), "DIR")
    };
    let wrong = with_netrc(&sandbox, "machine a\nlogin b\npassword \"s3cret\n");
    assert_eq!(ask(wrong), "`DIR/netrc:3`: a quote is not closed");
    let gone = |kind: fn(PathBuf) -> NetrcFile| Environment {
        netrc: Some(kind(sandbox.path().join("none"))),
        ..Environment::default()
    };
    assert_eq!(
        ask(gone(NetrcFile::Named)),
        "`DIR/none`: cannot read it: No such file or directory (os error 2)"
    );
    assert_eq!(ask(gone(NetrcFile::Usual)), wants);
}

fn passwords_stay_with_their_server() {
    let sandbox = Sandbox::new();
    let (_, narinfo) = real();
    let elsewhere = HttpServer::new();
    elsewhere.otherwise(Reply::ok(narinfo));
    let entries = "machine 127.0.0.1 login me password s3cret\n\
                   machine localhost login me password s3cret\ndefault login me password s3cret";
    for host in ["127.0.0.1", "localhost"] {
        for (user, netrc) in [("me:s3cret@", ""), ("", entries), ("me@", entries)] {
            let before = elsewhere.requests().len();
            let there = format!("http://{host}:{}/x", elsewhere.port());
            let (server, hash, _) = cache([Reply::redirect(&there)]);
            let own = server.url().replace("//", &format!("//{user}"));
            let caches = caches(with_netrc(&sandbox, netrc), patience());
            assert_eq!(
                told(caches.narinfo(&url(&own), &hash)),
                "present: hello.txt"
            );
            let sent = |server: &HttpServer| {
                let requests = server.requests();
                requests
                    .iter()
                    .filter(|it| it.headers.contains_key("authorization"))
                    .count()
            };
            assert_eq!(elsewhere.requests().len(), before + 1);
            assert_eq!((sent(&server), sent(&elsewhere)), (2, 0), "{host} {user}");
        }
    }
}

fn proxies(variables: &[(&str, String)]) -> Environment {
    let variables: BTreeMap<&str, &String> =
        variables.iter().map(|(name, it)| (*name, it)).collect();
    Environment {
        proxies: Proxies::new(|name| variables.get(name).map(|it| (*it).clone())),
        ..Environment::default()
    }
}

fn proxies_pass_plain_questions_on() {
    let (path, narinfo) = real();
    let proxy = HttpServer::new();
    proxy.on("http://cache.invalid/x/nix-cache-info", Reply::ok(INFO));
    let target = format!("http://cache.invalid/x/{}.narinfo", path.hash());
    proxy.on(&target, Reply::ok(narinfo));
    let with_user = proxy.url().replace("//", "//me:s%33cret@");
    let caches = caches(proxies(&[("http_proxy", with_user)]), patience());
    let answer = caches.narinfo(&url("http://cache.invalid/x"), path.hash());
    assert_eq!(told(answer), "present: hello.txt");
    for request in proxy.requests() {
        assert_eq!(request.method, "GET");
        assert_eq!(request.headers["proxy-authorization"], "Basic bWU6czNjcmV0");
        assert_eq!(request.headers["host"], "cache.invalid");
    }
    assert_eq!(proxy.requests().len(), 2);
}

fn proxies_of_another_protocol() {
    let (server, hash, _) = cache([Reply::ok(real().1)]);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    // As RFC 1928 has it: no password, one connection, to an address of version 4 or a name.
    thread::spawn(move || {
        for client in listener.incoming() {
            let mut client = client.unwrap();
            let mut take = |count: usize| {
                let mut bytes = vec![0; count];
                client.read_exact(&mut bytes).unwrap();
                bytes
            };
            let methods = take(2)[1];
            take(methods.into());
            client.write_all(&[5, 0]).unwrap();
            let mut take = |count: usize| {
                let mut bytes = vec![0; count];
                client.read_exact(&mut bytes).unwrap();
                bytes
            };
            let host = if take(4)[3] == 1 {
                let bytes = take(4);
                bytes
                    .iter()
                    .map(u8::to_string)
                    .collect::<Vec<_>>()
                    .join(".")
            } else {
                let length = take(1)[0];
                String::from_utf8(take(length.into())).unwrap()
            };
            let port = take(2);
            let port = u16::from_be_bytes([port[0], port[1]]);
            client.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).unwrap();
            let server = TcpStream::connect((host.as_str(), port)).unwrap();
            thread::spawn(move || join(client, server));
        }
    });
    for scheme in ["socks5", "socks5h"] {
        let caches = caches(
            proxies(&[("all_proxy", format!("{scheme}://{address}"))]),
            patience(),
        );
        let answer = caches.narinfo(&url(&server.url()), &hash);
        assert_eq!(told(answer), "present: hello.txt", "{scheme}");
    }
}

/// Passes on what each of the two says to the other.
fn join(mut a: TcpStream, mut b: TcpStream) {
    let (mut from_a, mut to_b) = (a.try_clone().unwrap(), b.try_clone().unwrap());
    thread::spawn(move || io::copy(&mut from_a, &mut to_b));
    let _ = io::copy(&mut b, &mut a);
}

fn proxies_that_are_none() {
    let (server, hash, _) = cache([Reply::ok(real().1)]);
    let ask = |variables: &[(&str, String)]| {
        told(caches(proxies(variables), patience()).narinfo(&url(&server.url()), &hash))
    };
    let nowhere = || ("http_proxy", "http://proxy.invalid:1".to_owned());
    assert_eq!(
        ask(&[nowhere()]),
        "no connection through the proxy: cannot find the host of `http_proxy` (tried 3 times)"
    );
    assert_eq!(
        ask(&[("ALL_PROXY", "gopher://x".to_owned())]),
        "`ALL_PROXY` names no proxy"
    );
    let except = ("no_proxy", "localhost,127.0.0.0/8".to_owned());
    assert_eq!(ask(&[nowhere(), except]), "present: hello.txt");
}

fn secure_connections() {
    let sandbox = Sandbox::new();
    let (path, narinfo) = real();
    let server = HttpServer::with_tls();
    server.on("/nix-cache-info", Reply::ok(INFO));
    server.on(&format!("/{}.narinfo", path.hash()), Reply::ok(narinfo));
    let trusting = |name: &str| Environment {
        certificates: Some(("NIX_SSL_CERT_FILE", sandbox.path().join(name))),
        ..Environment::default()
    };
    sandbox.file("roots.pem", CERTIFICATE);
    sandbox.file("empty.pem", "");
    let ask = |environment, url_text: &str| {
        let caches = caches(environment, patience());
        let told = told(caches.narinfo(&url(url_text), path.hash()));
        told.replace(&sandbox.path().display().to_string(), "DIR")
    };
    let by_name = format!("https://localhost:{}", server.port());
    assert_eq!(
        ask(trusting("roots.pem"), &server.url()),
        "present: hello.txt"
    );
    assert_eq!(ask(trusting("roots.pem"), &by_name), "present: hello.txt");
    let stranger = ask(Environment::default(), &server.url());
    // A busy machine may break off a first try.
    let untrusted =
        "no secure connection: nobody trusts the authority that its certificate is from";
    assert!(stranger.starts_with(untrusted), "{stranger}");
    assert_eq!(
        ask(trusting("empty.pem"), &server.url()),
        "`DIR/empty.pem`, of `NIX_SSL_CERT_FILE`: there is no certificate in it"
    );
    assert_eq!(
        ask(trusting("none.pem"), &server.url()),
        "`DIR/none.pem`, of `NIX_SSL_CERT_FILE`: cannot read it: No such file or directory (os \
         error 2)"
    );
    let plain = HttpServer::new();
    let plain = plain.url().replace("http:", "https:");
    let plain = ask(trusting("roots.pem"), &plain);
    assert_eq!(plain, "no secure connection: the server does not speak TLS");

    let proxy = HttpServer::new();
    let through = Environment {
        certificates: trusting("roots.pem").certificates,
        ..proxies(&[("https_proxy", proxy.url())])
    };
    assert_eq!(ask(through, &server.url()), "present: hello.txt");
    let requests = proxy.requests();
    assert!(!requests.is_empty() && requests.iter().all(|it| it.method == "CONNECT"));
}

fn a_thousand_questions() {
    let (_, narinfo) = real();
    let hashes: Vec<_> = (0..1000_u16)
        .map(|number| {
            let mut bytes = [0; 20];
            bytes[..2].copy_from_slice(&number.to_le_bytes());
            StorePathHash::from_bytes(bytes)
        })
        .collect();
    let sandbox = Sandbox::new();
    sandbox.file("nix-cache-info", INFO);
    for hash in &hashes {
        let narinfo = narinfo.replace("i9pmrzmpshapij2kin22pff6fc2adavx", &hash.to_string());
        sandbox.file(&format!("{hash}.narinfo"), narinfo);
    }
    let server = HttpServer::of_directory(sandbox.path());
    for url_text in [server.url(), format!("file://{}", sandbox.path().display())] {
        let caches = Arc::new(caches(Environment::default(), Patience::default()));
        let url = url(&url_text);
        let threads = caches.parallel([&url]);
        thread::scope(|scope| {
            for part in hashes.chunks(hashes.len().div_ceil(threads)) {
                let (caches, url) = (&caches, &url);
                scope.spawn(move || {
                    for hash in part {
                        assert!(matches!(caches.narinfo(url, hash), Answer::Present(_)));
                    }
                });
            }
        });
    }
}

/// A gzip file that packs nothing.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).unwrap();
    let mut packed = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 1];
    packed.extend(length.to_le_bytes());
    packed.extend((!length).to_le_bytes());
    packed.extend(bytes);
    let sum = bytes.iter().fold(!0_u32, |sum, byte| {
        let step = |sum: u32, _| (sum >> 1) ^ if sum & 1 == 1 { 0xedb8_8320 } else { 0 };
        (0..8).fold(sum ^ u32::from(*byte), step)
    });
    packed.extend((!sum).to_le_bytes());
    packed.extend(u32::from(length).to_le_bytes());
    packed
}

tests! {
    answers_by_status,
    answers_that_may_be_better_a_moment_later,
    answers_by_what_is_in_them,
    answers_that_take_too_long,
    redirects_are_followed,
    what_is_no_cache,
    directories_answer,
    what_nix_wrote_is_taken,
    each_question_is_asked_once,
    a_server_that_answers_no_more_is_left_alone,
    servers_that_want_a_password,
    passwords_stay_with_their_server,
    proxies_pass_plain_questions_on,
    proxies_of_another_protocol,
    proxies_that_are_none,
    secure_connections,
    a_thousand_questions,
}
