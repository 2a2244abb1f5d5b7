//! Small files of web servers, and what is to be seen of large ones. Touches the world.
//!
//! What may pass in a moment is tried again: connections that fail or break, answers
//! that are cut short, and the statuses by which a server says so. The waits grow, and a server
//! may say how long to wait. Nothing that a server sends enters a sum that could overflow.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use ureq::http::Response;
use ureq::http::header::{ACCEPT_ENCODING, AUTHORIZATION, RANGE};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, Body};

use super::address::{Credentials, HttpAddress, HttpLocation};
use super::connect::{ProxyAware, Remembering, basic};
use super::environment::Environment;
use super::error::{AskError, Unreachable};
use super::files;
use super::http_answer::{Seen, UNPACKED, follow, packed, retry_after, seen, skip};
use super::http_error::told;
use super::netrc::Netrc;
use super::patience::{Patience, jitter};
use super::proxy::Setting;

/// The most connections at once.
pub(super) const MAX_CONNECTIONS: usize = 32;
const MAX_REDIRECTS: usize = 10;

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
pub(super) enum Fetched<T = Vec<u8>> {
    /// What was asked for.
    File(T),
    /// The server does not have it, by this status.
    Missing(u16),
}

/// What a request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// All of it.
    Contents,
    /// Whether it is there.
    Head,
    /// Its first bytes, and its size.
    Begin,
}

/// This many bytes at the start of a file tell how it is packed.
pub(super) const BEGIN: usize = 24;

/// What is asked for.
struct Question<'a> {
    cache: &'a HttpLocation,
    address: HttpAddress,
    /// Its name in messages.
    file: &'a str,
    purpose: Purpose,
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
        let question = Question {
            cache,
            address: cache.file(file),
            file,
            purpose: Purpose::Contents,
        };
        self.again(&question, |response, address| {
            self.read(response, address, file, limit)
        })
    }

    /// Whether the file at this URL is there, which is one of the cache or a whole one, and its size.
    pub(super) fn head(&self, cache: &HttpLocation, url: &str) -> Result<Fetched<Seen>, AskError> {
        self.look(cache, url, Purpose::Head)
    }

    /// The same by its first bytes.
    pub(super) fn begin(&self, cache: &HttpLocation, url: &str) -> Result<Fetched<Seen>, AskError> {
        self.look(cache, url, Purpose::Begin)
    }

    fn look(
        &self,
        cache: &HttpLocation,
        url: &str,
        purpose: Purpose,
    ) -> Result<Fetched<Seen>, AskError> {
        let address = cache.file("").join(url);
        let address = address.map_err(|cause| AskError::Address {
            url: url.to_owned(),
            cause,
        })?;
        let question = Question {
            cache,
            address: address.without_dots(),
            file: url,
            purpose,
        };
        self.again(&question, |response, address| {
            let mut seen = seen(&response);
            if purpose == Purpose::Head {
                skip(response);
                return Ok(seen);
            }
            let limit = BEGIN as u64;
            let read = response.into_body().into_reader().take(limit);
            let mut read = io::BufReader::new(read);
            if let Err(error) = read.read_to_end(&mut seen.begin) {
                return Err(self.broken(error, address));
            }
            Ok(seen)
        })
    }

    /// Asks until there is an answer, or no hope of one.
    fn again<T>(
        &self,
        question: &Question<'_>,
        answer: impl Fn(Response<Body>, &HttpAddress) -> Result<T, Failed>,
    ) -> Result<Fetched<T>, AskError> {
        let begin = Instant::now();
        let mut wait = self
            .patience
            .wait
            .saturating_add(jitter(question.file, self.patience.wait));
        let mut tries = 1_u32;
        loop {
            let (error, after) = match self.once(question, begin, &answer) {
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
                    let file = question.file.to_owned();
                    let error = AskError::Status {
                        file,
                        status,
                        tries,
                    };
                    (error, after)
                }
            };
            let pause = after.map_or(wait, |after| after.max(wait));
            let is_late = begin.elapsed().saturating_add(pause) >= self.patience.total;
            if tries >= self.patience.tries || is_late {
                return Err(error);
            }
            thread::sleep(pause);
            wait = wait.saturating_mul(2);
            tries = tries.saturating_add(1);
        }
    }

    /// One try, which follows where the server sends us.
    fn once<T>(
        &self,
        question: &Question<'_>,
        begin: Instant,
        answer: impl Fn(Response<Body>, &HttpAddress) -> Result<T, Failed>,
    ) -> Result<Fetched<T>, Failed> {
        let longest = self.patience.total.saturating_add(self.patience.answer);
        let mut address = question.address.clone();
        for _ in 0..=MAX_REDIRECTS {
            if begin.elapsed() > longest {
                break;
            }
            let credentials = self.credentials(question.cache, &address)?;
            let response = self.ask(&address, question.purpose, credentials.as_ref())?;
            let status = response.status().as_u16();
            match status {
                // What Nix takes for an answer.
                200 | 201 | 204 | 206 | 304 => {
                    return answer(response, &address).map(Fetched::File);
                }
                301 | 302 | 303 | 307 | 308 => {
                    address = follow(&response, &address)?;
                    skip(response);
                }
                403 | 404 | 410 => {
                    skip(response);
                    return Ok(Fetched::Missing(status));
                }
                // Of nothing, there is no first byte.
                416 if question.purpose == Purpose::Begin => {
                    let seen = answer(response, &address)?;
                    return Ok(Fetched::File(seen));
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
                        file: question.file.to_owned(),
                        status,
                        tries: 1,
                    }));
                }
            }
        }
        let too_often = AskError::Redirect("again and again".to_owned());
        Err(Failed::Hopeless(too_often))
    }

    /// The head of one server's answer.
    fn ask(
        &self,
        address: &HttpAddress,
        purpose: Purpose,
        credentials: Option<&Credentials>,
    ) -> Result<Response<Body>, Failed> {
        let proxy = self.environment.proxies.of(&address.origin);
        let agent = self.agent(proxy)?;
        let url = address.to_string();
        let mut request = match purpose {
            Purpose::Contents => agent.get(url),
            Purpose::Head => agent.head(url),
            Purpose::Begin => {
                let last = BEGIN.saturating_sub(1);
                agent.get(url).header(RANGE, format!("bytes=0-{last}"))
            }
        };
        if purpose != Purpose::Contents {
            // As nodes ask for it.
            request = request.header(ACCEPT_ENCODING, "identity");
        }
        if let Some(Credentials { user, password }) = credentials {
            request = request.header(AUTHORIZATION, basic(user, password));
        }
        request.call().map_err(|error| {
            Failed::Unreachable(match (told(error, address, &self.patience), proxy) {
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
    ) -> Result<Vec<u8>, Failed> {
        let method = packed(&response).filter(|method| !UNPACKED.contains(&&**method));
        if let Some(method) = method {
            return Err(Failed::Hopeless(AskError::Packed {
                file: file.to_owned(),
                method,
            }));
        }
        let mut bytes = Vec::new();
        let body = response.into_body().into_reader();
        let more = (limit as u64).saturating_add(1);
        if let Err(error) = body.take(more).read_to_end(&mut bytes) {
            return Err(self.broken(error, address));
        }
        if bytes.len() > limit {
            return Err(Failed::Hopeless(AskError::TooLarge {
                file: file.to_owned(),
                limit,
            }));
        }
        Ok(bytes)
    }

    /// An answer that broke off.
    fn broken(&self, error: io::Error, address: &HttpAddress) -> Failed {
        let cut_short = error.kind() == io::ErrorKind::UnexpectedEof;
        Failed::Unreachable(match told(error.into(), address, &self.patience) {
            _ if cut_short => Unreachable::CutShort,
            Unreachable::Connection(_) => Unreachable::CutShort,
            cause => cause,
        })
    }

    /// The user and password for `address`, which may be another server than the cache's.
    ///
    /// They are sent to no other server than the one that they are for: the one in the cache's URL,
    /// or the same host by TLS where both ports are the usual ones. curl, and with it Nix,
    /// sends those of a `netrc` file to other ports, too, and to other hosts that are in it.
    fn credentials(
        &self,
        cache: &HttpLocation,
        address: &HttpAddress,
    ) -> Result<Option<Credentials>, AskError> {
        let origin = &address.origin;
        if cache.origin() != origin && !origin.secures(cache.origin()) {
            return Ok(None);
        }
        let written = cache.credentials();
        if let Some(written) = written.filter(|written| !written.password.is_empty()) {
            return Ok(Some(written.clone()));
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
