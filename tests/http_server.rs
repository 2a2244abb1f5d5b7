//! A web server of a few threads that answers as it is told, and misbehaves as it is told.

use std::collections::{BTreeMap, VecDeque};
use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// Listens on a port of its own, until it is dropped.
pub struct HttpServer {
    address: SocketAddr,
    scheme: &'static str,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    script: Mutex<Script>,
    requests: Mutex<Vec<Request>>,
    stopped: AtomicBool,
    /// Wakes those who stall.
    stop: (Mutex<()>, Condvar),
    tls: Option<Arc<ServerConfig>>,
}

#[derive(Default)]
struct Script {
    /// By the target of the request, as its first line has it; the last one of each stays.
    replies: BTreeMap<String, VecDeque<Reply>>,
    /// The same for requests for the head alone, where that is another answer.
    heads: BTreeMap<String, Reply>,
    /// Whose files are served where nothing is said.
    directory: Option<PathBuf>,
    /// The `Authorization` that requests must have.
    authorization: Option<String>,
    /// What becomes of all other requests.
    otherwise: Option<Reply>,
}

/// What was asked.
#[derive(Debug, Clone)]
pub struct Request {
    /// `GET`, for instance.
    pub method: String,
    /// What follows it: the path and query, or the whole URL if the server is asked as a proxy.
    pub target: String,
    /// The names in lower case.
    pub headers: BTreeMap<String, String>,
}

/// What to answer.
#[derive(Debug, Clone)]
pub struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    then: Then,
}

/// How an answer ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    /// As announced.
    Done,
    /// After so many bytes of the body, by hanging up.
    Cut(usize),
    /// After so many bytes of the body, never.
    Stall(usize),
    /// Never, with a byte now and then.
    Drip,
    /// Never, with as many bytes as anybody takes.
    Endless,
    /// With the connection, of which nothing was announced.
    Unannounced,
    /// Without a word.
    HangUp,
}

impl Reply {
    /// 200 with this body.
    pub fn ok(body: impl Into<Vec<u8>>) -> Self {
        Self {
            status: 200,
            headers: Vec::new(),
            body: body.into(),
            then: Then::Done,
        }
    }

    /// Another status, with a short body.
    pub fn status(status: u16) -> Self {
        Self {
            status,
            ..Self::ok(format!("{status}\n"))
        }
    }

    /// 302 to somewhere else.
    pub fn redirect(location: &str) -> Self {
        Self::status(302).header("Location", location)
    }

    /// Hangs up without a word.
    pub fn hang_up() -> Self {
        Self::ok("").then(Then::HangUp)
    }

    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same with another status.
    #[must_use]
    pub fn with_status(self, status: u16) -> Self {
        Self { status, ..self }
    }

    /// Announces the whole body and hangs up after so many bytes.
    #[must_use]
    pub fn cut(self, after: usize) -> Self {
        self.then(Then::Cut(after))
    }

    /// Announces the whole body and sends nothing after so many bytes.
    #[must_use]
    pub fn stall(self, after: usize) -> Self {
        self.then(Then::Stall(after))
    }

    /// Sends a byte now and then, for ever.
    #[must_use]
    pub fn drip(self) -> Self {
        self.then(Then::Drip)
    }

    /// Sends the body again and again, for ever.
    #[must_use]
    pub fn endless(self) -> Self {
        self.then(Then::Endless)
    }

    /// Announces no length: the answer ends with the connection.
    #[must_use]
    pub fn unannounced(self) -> Self {
        self.then(Then::Unannounced)
    }

    fn then(self, then: Then) -> Self {
        Self { then, ..self }
    }
}

impl HttpServer {
    /// A server that answers 404 until it is told otherwise.
    pub fn new() -> Self {
        Self::start("http", Shared::default())
    }

    /// The same with TLS; its certificate is [`CERTIFICATE`], for `localhost` and 127.0.0.1.
    pub fn with_tls() -> Self {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let certificate = CertificateDer::from_pem_slice(CERTIFICATE.as_bytes()).unwrap();
        let key = PrivateKeyDer::from_pem_slice(KEY.as_bytes()).unwrap();
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .unwrap();
        let shared = Shared {
            tls: Some(Arc::new(config)),
            ..Shared::default()
        };
        Self::start("https", shared)
    }

    /// A server of a directory's files.
    pub fn of_directory(directory: impl Into<PathBuf>) -> Self {
        let server = Self::new();
        server.shared.script.lock().unwrap().directory = Some(directory.into());
        server
    }

    fn start(scheme: &'static str, shared: Shared) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let server = Self {
            address: listener.local_addr().unwrap(),
            scheme,
            shared: Arc::new(shared),
        };
        let shared = Arc::clone(&server.shared);
        thread::spawn(move || {
            for stream in listener.incoming() {
                if shared.stopped.load(Ordering::SeqCst) {
                    break;
                }
                let shared = Arc::clone(&shared);
                // What a client breaks off is its business.
                thread::spawn(move || stream.and_then(|stream| shared.talk(stream)));
            }
        });
        server
    }

    /// Where it is, without a slash at the end.
    pub fn url(&self) -> String {
        format!("{}://{}", self.scheme, self.address)
    }

    /// The port that it listens on.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Answers requests for `target` so.
    pub fn on(&self, target: &str, reply: Reply) -> &Self {
        self.on_each(target, [reply])
    }

    /// Answers requests for `target` so, one after the other; from the last on, the same.
    pub fn on_each(&self, target: &str, replies: impl IntoIterator<Item = Reply>) -> &Self {
        let replies = replies.into_iter().collect();
        let mut script = self.shared.script.lock().unwrap();
        script.replies.insert(target.to_owned(), replies);
        drop(script);
        self
    }

    /// Answers requests for the head of `target` so.
    pub fn on_head(&self, target: &str, reply: Reply) -> &Self {
        let mut script = self.shared.script.lock().unwrap();
        script.heads.insert(target.to_owned(), reply);
        drop(script);
        self
    }

    /// Answers all requests so of which nothing is said.
    pub fn otherwise(&self, reply: Reply) -> &Self {
        self.shared.script.lock().unwrap().otherwise = Some(reply);
        self
    }

    /// Answers 401 unless the request has this `Authorization`.
    pub fn require(&self, authorization: &str) -> &Self {
        let authorization = Some(authorization.to_owned());
        self.shared.script.lock().unwrap().authorization = authorization;
        self
    }

    /// All requests so far.
    pub fn requests(&self) -> Vec<Request> {
        self.shared.requests.lock().unwrap().clone()
    }

    /// How many requests there were for `target`.
    pub fn count(&self, target: &str) -> usize {
        let requests = self.requests();
        let those = requests.iter().filter(|request| request.target == target);
        those.count()
    }
}

impl Drop for HttpServer {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        let held = self.shared.stop.0.lock().unwrap();
        self.shared.stop.1.notify_all();
        drop(held);
        // Wakes who listens.
        let _ = TcpStream::connect(self.address);
    }
}

/// What one can talk through.
trait Stream: Read + Write + Send {}
impl<T: Read + Write + Send> Stream for T {}

impl Shared {
    fn talk(&self, stream: TcpStream) -> io::Result<()> {
        stream.set_nodelay(true)?;
        let plain = stream.try_clone()?;
        let stream: Box<dyn Stream> = match &self.tls {
            Some(config) => {
                let connection = ServerConnection::new(Arc::clone(config));
                let connection = connection.map_err(io::Error::other)?;
                Box::new(StreamOwned::new(connection, stream))
            }
            None => Box::new(stream),
        };
        let mut stream = BufReader::new(stream);
        loop {
            let request = match read(&mut stream) {
                Ok(Some(request)) => request,
                // As servers answer to what is no request, a secure one's greeting for instance.
                Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                    let stream = stream.get_mut();
                    stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")?;
                    return stream.flush();
                }
                Ok(None) => break,
                Err(error) => return Err(error),
            };
            self.requests.lock().unwrap().push(request.clone());
            if request.method == "CONNECT" {
                return tunnel(plain, &request.target);
            }
            let reply = self.reply(&request);
            let is_head = request.method == "HEAD";
            if !self.write(&reply, is_head, stream.get_mut())? {
                break;
            }
        }
        Ok(())
    }

    fn reply(&self, request: &Request) -> Reply {
        let mut script = self.script.lock().unwrap();
        let authorization = request.headers.get("authorization");
        if script.authorization.is_some() && script.authorization.as_ref() != authorization {
            return Reply::status(401).header("WWW-Authenticate", "Basic realm=\"cache\"");
        }
        if let Some(reply) = script.heads.get(&request.target)
            && request.method == "HEAD"
        {
            return reply.clone();
        }
        if let Some(replies) = script.replies.get_mut(&request.target) {
            let reply = match replies.len() {
                1 => replies.front().cloned(),
                _ => replies.pop_front(),
            };
            return reply.unwrap();
        }
        let name = request.target.split('?').next().unwrap_or_default();
        let name = name.trim_start_matches('/');
        let file = script
            .directory
            .as_ref()
            .map(|directory| directory.join(name));
        if let Some(contents) = file.and_then(|file| fs::read(file).ok()) {
            return part(contents, request.headers.get("range"));
        }
        script
            .otherwise
            .clone()
            .unwrap_or_else(|| Reply::status(404))
    }

    /// Whether the connection can be used again.
    fn write(
        &self,
        reply: &Reply,
        is_head: bool,
        stream: &mut Box<dyn Stream>,
    ) -> io::Result<bool> {
        if reply.then == Then::HangUp {
            return Ok(false);
        }
        let mut head = format!("HTTP/1.1 {} Reason\r\n", reply.status);
        for (name, value) in &reply.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        match reply.then {
            Then::Drip | Then::Endless | Then::Unannounced => {
                head.push_str("Connection: close\r\n");
            }
            _ => head.push_str(&format!("Content-Length: {}\r\n", reply.body.len())),
        }
        head.push_str("\r\n");
        let mut bytes = head.into_bytes();
        if is_head {
            stream.write_all(&bytes)?;
            stream.flush()?;
            return Ok(matches!(
                reply.then,
                Then::Done | Then::Cut(_) | Then::Stall(_)
            ));
        }
        let sent = match reply.then {
            Then::Cut(after) | Then::Stall(after) => after.min(reply.body.len()),
            _ => reply.body.len(),
        };
        bytes.extend_from_slice(&reply.body[..sent]);
        stream.write_all(&bytes)?;
        stream.flush()?;
        match reply.then {
            Then::Done => return Ok(true),
            Then::Cut(_) | Then::HangUp | Then::Unannounced => {}
            Then::Stall(_) => while self.wait() {},
            Then::Drip => {
                while self.wait() {
                    stream.write_all(b"x")?;
                    stream.flush()?;
                }
            }
            Then::Endless => {
                while !self.stopped.load(Ordering::SeqCst) {
                    stream.write_all(&reply.body)?;
                }
            }
        }
        Ok(false)
    }

    /// Waits a moment, and says whether to go on.
    fn wait(&self) -> bool {
        let moment = std::time::Duration::from_millis(50);
        let held = self.stop.0.lock().unwrap();
        drop(self.stop.1.wait_timeout(held, moment).unwrap());
        !self.stopped.load(Ordering::SeqCst)
    }
}

fn read(stream: &mut BufReader<Box<dyn Stream>>) -> io::Result<Option<Request>> {
    let mut line = String::new();
    if stream.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut words = line.split_whitespace().map(str::to_owned);
    let mut word = || words.next().unwrap_or_default();
    let (method, target) = (word(), word());
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            break;
        };
        headers.insert(name.to_ascii_lowercase(), value.to_owned());
    }
    Ok(Some(Request {
        method,
        target,
        headers,
    }))
}

/// As much of a file as was asked for.
fn part(contents: Vec<u8>, range: Option<&String>) -> Reply {
    let last = range.and_then(|range| range.strip_prefix("bytes=0-"));
    let Some(last) = last.and_then(|last| last.parse::<usize>().ok()) else {
        return Reply::ok(contents);
    };
    let whole = contents.len();
    if whole == 0 {
        return Reply::status(416).header("Content-Range", "bytes */0");
    }
    let end = whole.min(last + 1);
    Reply::ok(&contents[..end])
        .with_status(206)
        .header("Content-Range", &format!("bytes 0-{}/{whole}", end - 1))
}

/// Does what a proxy does for a secure connection.
fn tunnel(mut client: TcpStream, target: &str) -> io::Result<()> {
    let mut server = TcpStream::connect(target)?;
    client.write_all(b"HTTP/1.1 200 OK\r\n\r\n")?;
    let (mut from_client, mut to_server) = (client.try_clone()?, server.try_clone()?);
    thread::spawn(move || {
        let _ = io::copy(&mut from_client, &mut to_server);
        let _ = to_server.shutdown(std::net::Shutdown::Write);
    });
    io::copy(&mut server, &mut client)?;
    client.shutdown(std::net::Shutdown::Write)
}

/// Nobody trusts it unless told so:
/// `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 36500 -subj
/// "/CN=jobc's tests" -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -addext
/// basicConstraints=critical,CA:FALSE`
pub const CERTIFICATE: &str = "\
-----BEGIN CERTIFICATE-----
MIIBnTCCAUSgAwIBAgIUGjOLv/Fvnos2iNkfPIQfUVKfD7owCgYIKoZIzj0EAwIw
FzEVMBMGA1UEAwwMam9iYydzIHRlc3RzMCAXDTI2MTEyNDE1NTU1NloYDzIxMjYx
MDMxMTU1NTU2WjAXMRUwEwYDVQQDDAxqb2JjJ3MgdGVzdHMwWTATBgcqhkjOPQIB
BggqhkjOPQMBBwNCAAQdxqZeGca6KQ03Bxu3ekJD4p73uedx+R+amn01kygLuuZZ
jZIjLP7Qmw/TVKjDuupc9l2/Kkna5vyP4hxggi7xo2wwajAdBgNVHQ4EFgQUmJT0
UnJDqXiiNbLC1WoUZoloZJwwHwYDVR0jBBgwFoAUmJT0UnJDqXiiNbLC1WoUZolo
ZJwwGgYDVR0RBBMwEYIJbG9jYWxob3N0hwR/AAABMAwGA1UdEwEB/wQCMAAwCgYI
KoZIzj0EAwIDRwAwRAIgBdNXoUj3DgPIbYFBuTYRufAcrNnddHdcR3Iul3lbTDoC
IGq+NoeO9h6KoRNZt6ZoWKcZMfXQx1EhosAINM2F3Pes
-----END CERTIFICATE-----
";

const KEY: &str = "\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgjbtmuhOGAAABDkho
Q1CQZ7AuwcKVnGlIHnLu5aEcWQWhRANCAAQdxqZeGca6KQ03Bxu3ekJD4p73uedx
+R+amn01kygLuuZZjZIjLP7Qmw/TVKjDuupc9l2/Kkna5vyP4hxggi7x
-----END PRIVATE KEY-----
";
