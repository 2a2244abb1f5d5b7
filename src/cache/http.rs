//! Small files of web servers. Touches the world.
//!
//! What may be otherwise a moment later is tried again: connections that fail or break, answers
//! that are cut short, and the statuses by which a server says so. The waits grow, and a server
//! may say how long to wait.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use ureq::http::Response;
use ureq::http::header::{AUTHORIZATION, LOCATION, RETRY_AFTER};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, Body};

use super::address::{Credentials, HttpAddress, HttpLocation, HttpScheme};
use super::connect::{ProxyAware, Remembering};
use super::environment::Environment;
use super::error::{AskError, UNTRUSTED, Unreachable};
use super::files;
use super::netrc::Netrc;
use super::proxy::Setting;

/// How long to wait for servers, and how often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// For a connection, with all that belongs to it.
    pub connect: Duration,
    /// For an answer, from the first byte of the question to the last of the answer.
    pub answer: Duration,
    /// After this long, a question is not asked again.
    pub total: Duration,
    /// How often a question is asked.
    pub tries: u32,
    /// Before the second time; twice as long before each further one.
    pub wait: Duration,
}

impl Patience {
    /// As much as there is in so long a time.
    pub fn within(total: Duration) -> Self {
        Self {
            connect: (total / 4).min(Duration::from_secs(10)),
            answer: total / 3,
            total,
            tries: 5,
            wait: (total / 240).min(Duration::from_millis(250)),
        }
    }
}

impl Default for Patience {
    fn default() -> Self {
        Self::within(Duration::from_secs(60))
    }
}

/// The most connections at once.
pub(super) const MAX_CONNECTIONS: usize = 32;
const MAX_REDIRECTS: usize = 10;
/// Reading what a server says about an error keeps the connection, if that is short.
const MAX_EXCUSE: u64 = 64 << 10;

/// Asks servers, and keeps connections to them.
#[derive(Debug)]
pub(super) struct Client {
    environment: Environment,
    patience: Patience,
    netrc: OnceLock<Result<Netrc, AskError>>,
    roots: OnceLock<Result<RootCerts, AskError>>,
    /// By the proxy that they go through.
    agents: Mutex<BTreeMap<Option<Setting>, Agent>>,
}

/// What became of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fetched {
    /// What is in it.
    File(Vec<u8>),
    /// The server does not have it, by this status.
    Missing(u16),
}

/// What became of one try.
enum Failed {
    /// The next one would end the same.
    Hopeless(AskError),
    Unreachable(Unreachable),
    Status {
        status: u16,
        /// How long to wait, if the server said so.
        after: Option<Duration>,
    },
}

impl From<AskError> for Failed {
    fn from(error: AskError) -> Self {
        Self::Hopeless(error)
    }
}

impl Client {
    pub(super) fn new(environment: Environment, patience: Patience) -> Self {
        Self {
            environment,
            patience,
            netrc: OnceLock::new(),
            roots: OnceLock::new(),
            agents: Mutex::default(),
        }
    }

    /// The file of this name, if it is there and no larger than `limit`.
    pub(super) fn fetch(
        &self,
        cache: &HttpLocation,
        file: &str,
        limit: usize,
    ) -> Result<Fetched, AskError> {
        let begin = Instant::now();
        let mut wait = self.patience.wait + jitter(file, self.patience.wait);
        let mut tries = 1;
        loop {
            let (error, after) = match self.once(cache, file, limit, begin) {
                Ok(fetched) => return Ok(fetched),
                Err(Failed::Hopeless(error)) => return Err(error),
                Err(Failed::Unreachable(cause)) => {
                    let may_pass = cause.may_pass();
                    let error = AskError::Unreachable { cause, tries };
                    if !may_pass {
                        return Err(error);
                    }
                    (error, None)
                }
                Err(Failed::Status { status, after }) => {
                    let file = file.to_owned();
                    let error = AskError::Status {
                        file,
                        status,
                        tries,
                    };
                    (error, after)
                }
            };
            let pause = after.map_or(wait, |after| after.max(wait));
            let is_late = begin.elapsed() + pause >= self.patience.total;
            if tries >= self.patience.tries || is_late {
                return Err(error);
            }
            thread::sleep(pause);
            wait *= 2;
            tries += 1;
        }
    }

    /// One try, which follows where the server sends us.
    fn once(
        &self,
        cache: &HttpLocation,
        file: &str,
        limit: usize,
        begin: Instant,
    ) -> Result<Fetched, Failed> {
        let mut address = cache.file(file);
        for _ in 0..=MAX_REDIRECTS {
            if begin.elapsed() > self.patience.total + self.patience.answer {
                break;
            }
            let credentials = self.credentials(cache, &address)?;
            let response = self.ask(&address, credentials.as_ref())?;
            let status = response.status().as_u16();
            match status {
                200 => return self.read(response, &address, file, limit),
                301 | 302 | 303 | 307 | 308 => {
                    address = follow(&response, &address)?;
                    skip(response);
                }
                403 | 404 | 410 => {
                    skip(response);
                    return Ok(Fetched::Missing(status));
                }
                401 => {
                    return Err(Failed::Hopeless(AskError::Login {
                        host: address.origin.host,
                        told: credentials.is_some(),
                    }));
                }
                408 | 429 | 500 | 502..=504 | 506..=510 | 512.. => {
                    let after = retry_after(&response);
                    skip(response);
                    return Err(Failed::Status { status, after });
                }
                _ => {
                    return Err(Failed::Hopeless(AskError::Status {
                        file: file.to_owned(),
                        status,
                        tries: 1,
                    }));
                }
            }
        }
        let too_often = AskError::Redirect("again and again".to_owned());
        Err(Failed::Hopeless(too_often))
    }

    /// The answer of one server, as far as its head.
    fn ask(
        &self,
        address: &HttpAddress,
        credentials: Option<&Credentials>,
    ) -> Result<Response<Body>, Failed> {
        let proxy = self.environment.proxies.of(&address.origin);
        let agent = self.agent(proxy)?;
        let mut request = agent.get(address.to_string());
        if let Some(Credentials { user, password }) = credentials {
            request = request.header(AUTHORIZATION, basic(user, password));
        }
        request.call().map_err(|error| {
            Failed::Unreachable(match (self.told(error, address), proxy) {
                (Unreachable::Connection(cause) | Unreachable::Proxy(cause), Some(proxy)) => {
                    Unreachable::Proxy(format!("of `{}`: {cause}", proxy.variable))
                }
                // The server is looked up by the proxy, and who is looked up here is the proxy.
                (Unreachable::Host(_), Some(proxy)) => {
                    Unreachable::Proxy(format!("cannot find the host of `{}`", proxy.variable))
                }
                (cause, _) => cause,
            })
        })
    }

    fn read(
        &self,
        response: Response<Body>,
        address: &HttpAddress,
        file: &str,
        limit: usize,
    ) -> Result<Fetched, Failed> {
        let mut bytes = Vec::new();
        let body = response.into_body().into_reader();
        let read = body.take(limit as u64 + 1).read_to_end(&mut bytes);
        if let Err(error) = read {
            let cut_short = error.kind() == io::ErrorKind::UnexpectedEof;
            let cause = match self.told(error.into(), address) {
                _ if cut_short => Unreachable::CutShort,
                Unreachable::Connection(_) => Unreachable::CutShort,
                cause => cause,
            };
            return Err(Failed::Unreachable(cause));
        }
        if bytes.len() > limit {
            return Err(Failed::Hopeless(AskError::TooLarge {
                file: file.to_owned(),
                limit,
            }));
        }
        Ok(Fetched::File(bytes))
    }

    /// An error of the library in the words of ours.
    fn told(&self, error: ureq::Error, address: &HttpAddress) -> Unreachable {
        use ureq::Error;
        match error {
            Error::Timeout(ureq::Timeout::Connect) => Unreachable::TimedOut(self.patience.connect),
            Error::Timeout(_) => Unreachable::TimedOut(self.patience.answer),
            Error::HostNotFound => Unreachable::Host(address.origin.host.clone()),
            Error::Io(error) => told_by_the_machine(&error, address),
            Error::Tls(cause) => Unreachable::Tls(cause.to_owned()),
            Error::Rustls(cause) => Unreachable::Tls(in_words(&cause.to_string())),
            Error::ConnectProxyFailed(cause) => Unreachable::Proxy(cause),
            Error::ConnectionFailed => Unreachable::Connection("no reason is known".to_owned()),
            Error::Protocol(cause) => Unreachable::Protocol(cause.to_string()),
            other => Unreachable::Protocol(other.to_string()),
        }
    }

    /// Who to be at `address`, which may be another server than the cache's.
    fn credentials(
        &self,
        cache: &HttpLocation,
        address: &HttpAddress,
    ) -> Result<Option<Credentials>, AskError> {
        let origin = &address.origin;
        let own = cache.origin() == origin;
        let written = cache.credentials().filter(|_| own);
        if let Some(written) = written.filter(|written| !written.password.is_empty()) {
            return Ok(Some(written.clone()));
        }
        let secure = |scheme| scheme == HttpScheme::Https;
        if secure(cache.origin().scheme) && !secure(origin.scheme) {
            // The cache was to be asked where nobody listens.
            return Ok(None);
        }
        let netrc = self
            .netrc
            .get_or_init(|| files::netrc(self.environment.netrc.as_ref()));
        let netrc = netrc.as_ref().map_err(Clone::clone)?;
        let user = written.map(|written| &*written.user);
        let found = netrc.credentials(&origin.host, user);
        Ok(found.or_else(|| written.cloned()))
    }

    fn agent(&self, proxy: Option<&Setting>) -> Result<Agent, AskError> {
        let mut agents = self.agents.lock().unwrap_or_else(PoisonError::into_inner);
        let key = proxy.cloned();
        if let Some(agent) = agents.get(&key) {
            return Ok(agent.clone());
        }
        let roots = self
            .roots
            .get_or_init(|| files::roots(self.environment.certificates.as_ref()));
        let roots = roots.clone()?;
        let through = match proxy {
            None => None,
            Some(setting) => Some(ureq::Proxy::new(&setting.url).map_err(|_| AskError::Proxy {
                variable: setting.variable,
            })?),
        };
        let config = |through| {
            Agent::config_builder()
                .proxy(through)
                .tls_config(TlsConfig::builder().root_certs(roots.clone()).build())
                .http_status_as_error(false)
                .max_redirects(0)
                .max_idle_connections(MAX_CONNECTIONS)
                .max_idle_connections_per_host(MAX_CONNECTIONS)
                .timeout_connect(Some(self.patience.connect))
                .timeout_global(Some(self.patience.answer))
                .input_buffer_size(16 << 10)
                .output_buffer_size(16 << 10)
                .user_agent(concat!("jobc/", env!("CARGO_PKG_VERSION")))
                .build()
        };
        let connector = ProxyAware::new(config(None));
        let agent = Agent::with_parts(config(through), connector, Remembering::default());
        agents.insert(key, agent.clone());
        Ok(agent)
    }
}

/// The value of a header that says who asks.
pub(super) fn basic(user: &str, password: &str) -> String {
    let text = format!("{user}:{password}");
    format!("Basic {}", crate::store::base64::encode(text.as_bytes()))
}

/// Many who failed at once do not come back at once.
fn jitter(file: &str, wait: Duration) -> Duration {
    let sum = file
        .bytes()
        .fold(0_u32, |sum, byte| sum.wrapping_mul(31) + u32::from(byte));
    wait * (sum % 64) / 128
}

fn follow(response: &Response<Body>, from: &HttpAddress) -> Result<HttpAddress, Failed> {
    let nowhere = |cause: String| Failed::Hopeless(AskError::Redirect(cause));
    let location = response.headers().get(LOCATION);
    let location = location.ok_or_else(|| nowhere("to nowhere".to_owned()))?;
    let location = location
        .to_str()
        .map_err(|_| nowhere("to what is no URL".to_owned()))?;
    from.join(location)
        .map_err(|error| nowhere(format!("to what is no URL: {error}")))
}

/// Reads what is left of a short answer, so that the connection can be used again.
fn skip(response: Response<Body>) {
    let mut body = response.into_body().into_reader().take(MAX_EXCUSE);
    let _ = io::copy(&mut body, &mut io::sink());
}

/// Seconds; a server that names a date gets the usual waits.
fn retry_after(response: &Response<Body>) -> Option<Duration> {
    let value = response.headers().get(RETRY_AFTER)?.to_str().ok()?;
    value.trim().parse().ok().map(Duration::from_secs)
}

fn told_by_the_machine(error: &io::Error, address: &HttpAddress) -> Unreachable {
    let text = error.to_string();
    if text.starts_with("failed to lookup address information") {
        return Unreachable::Host(address.origin.host.clone());
    }
    match error.kind() {
        io::ErrorKind::InvalidData if address.origin.scheme == HttpScheme::Https => {
            Unreachable::Tls(in_words(&text))
        }
        io::ErrorKind::UnexpectedEof => Unreachable::Connection("the server hung up".to_owned()),
        _ => Unreachable::Connection(text),
    }
}

/// What the library says of a connection that is not secure, in words if it is a usual one.
fn in_words(text: &str) -> String {
    let usual = [
        ("UnknownIssuer", UNTRUSTED),
        ("certificate expired", "its certificate has expired"),
        ("received corrupt message", "the server does not speak TLS"),
    ];
    let found = usual.iter().find(|(part, _)| text.contains(part));
    found.map_or(text, |(_, words)| words).to_owned()
}
