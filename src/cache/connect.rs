//! Connections for requests: what ureq does not do by itself. Touches the world.
//!
//! It opens a tunnel through a proxy for whatever it asks, which proxies allow for `https://` only;
//! a plain request is sent to the proxy with the whole URL in its first line. And it looks up the
//! host for each request, even if there is a connection already.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, mpsc};
use std::thread;

use ureq::Error;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::time::Duration;
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, DefaultConnector, NextTimeout, Transport,
};

use crate::store::base64;

/// Connects as the configuration says, and sends plain requests to proxies as these want them.
#[derive(Debug)]
pub(super) struct ProxyAware {
    usual: DefaultConnector,
    /// The configuration for the way to the proxy itself.
    direct: Config,
}

impl ProxyAware {
    pub(super) fn new(direct: Config) -> Self {
        Self {
            usual: DefaultConnector::default(),
            direct,
        }
    }
}

impl Connector<()> for ProxyAware {
    type Out = Box<dyn Transport>;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        chained: Option<()>,
    ) -> Result<Option<Self::Out>, Error> {
        let Some(proxy) = details.config.proxy() else {
            return self.usual.connect(details, chained);
        };
        let through = proxy.uri().scheme_str().unwrap_or_default();
        let is_http = matches!(through, "http" | "https");
        if details.needs_tls() || !is_http {
            return self.usual.connect(details, chained);
        }
        let addrs = details
            .resolver
            .resolve(proxy.uri(), details.config, details.timeout)?;
        let transport = (details.run_connector)(&ConnectionDetails {
            uri: proxy.uri(),
            addrs,
            config: &self.direct,
            request_level: details.request_level,
            resolver: details.resolver,
            now: details.now,
            timeout: details.timeout,
            current_time: details.current_time.clone(),
            run_connector: details.run_connector.clone(),
            register_shutdown: details.register_shutdown.clone(),
        })?;
        let user = proxy.username().unwrap_or_default();
        let password = proxy.password().unwrap_or_default();
        let authorization = if user.is_empty() && password.is_empty() {
            String::new()
        } else {
            let value = basic(user, password);
            format!("Proxy-Authorization: {value}\r\n")
        };
        let authority = details.uri.authority().map_or("", |it| it.as_str());
        Ok(Some(Box::new(ToProxy {
            transport,
            origin: format!("http://{authority}"),
            authorization,
        })))
    }
}

/// The value of a header with a user and a password.
pub(super) fn basic(user: &str, password: &str) -> String {
    let text = format!("{user}:{password}");
    format!("Basic {}", base64::encode(text.as_bytes()))
}

/// A connection to a proxy that passes plain requests on.
struct ToProxy {
    transport: Box<dyn Transport>,
    origin: String,
    /// A header line, or nothing.
    authorization: String,
}

impl ToProxy {
    /// The head of a request as a proxy wants it. All of it is sent at once: nothing here has a
    /// body.
    fn rewritten(&self, head: &[u8]) -> Option<Vec<u8>> {
        let line = head.windows(2).position(|two| two == b"\r\n")? + 2;
        let target = head.iter().position(|&byte| byte == b' ')? + 1;
        let mut rewritten = Vec::with_capacity(head.len() + 256);
        rewritten.extend_from_slice(&head[..target]);
        rewritten.extend_from_slice(self.origin.as_bytes());
        rewritten.extend_from_slice(head.get(target..line)?);
        rewritten.extend_from_slice(self.authorization.as_bytes());
        rewritten.extend_from_slice(&head[line..]);
        Some(rewritten)
    }
}

impl Transport for ToProxy {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.transport.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        let head = self.transport.buffers().output()[..amount].to_vec();
        let too_long = || Error::ConnectProxyFailed("the request is too long".to_owned());
        let rewritten = self.rewritten(&head).ok_or_else(too_long)?;
        let output = self.transport.buffers().output();
        let place = output.get_mut(..rewritten.len()).ok_or_else(too_long)?;
        place.copy_from_slice(&rewritten);
        self.transport.transmit_output(rewritten.len(), timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.transport.await_input(timeout)
    }

    fn is_open(&mut self) -> bool {
        self.transport.is_open()
    }
}

impl fmt::Debug for ToProxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ToProxy")
    }
}

/// Looks each host up once.
#[derive(Debug, Default)]
pub(super) struct Remembering {
    usual: DefaultResolver,
    known: Mutex<HashMap<String, ResolvedSocketAddrs>>,
}

impl Resolver for Remembering {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return self.usual.resolve(uri, config, timeout);
        };
        let key = format!("{scheme}://{authority}");
        let known = || {
            self.known
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner)
        };
        if let Some(addresses) = known().get(&key) {
            return Ok(addresses.clone());
        }
        let addresses = look_up(uri, config, timeout)?;
        known().insert(key, addresses.clone());
        Ok(addresses)
    }
}

/// Looks a host up within the timeout if that can be kept, which takes a thread; otherwise within the
/// system's own. ureq panics where it cannot start a thread, so that it is never asked to.
fn look_up(uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
    let (after, reason) = (timeout.after, timeout.reason);
    let mut unbounded = timeout;
    unbounded.after = Duration::NotHappening;
    if after.is_not_happening() {
        return DefaultResolver::default().resolve(uri, config, unbounded);
    }
    let (sender, receiver) = mpsc::sync_channel(1);
    let (own_uri, own_config) = (uri.clone(), config.clone());
    let work = move || {
        let found = DefaultResolver::default().resolve(&own_uri, &own_config, unbounded);
        // The receiver is gone when this took too long.
        let _ = sender.send(found);
    };
    match thread::Builder::new().spawn(work) {
        Ok(_) => receiver
            .recv_timeout(*after)
            .unwrap_or(Err(Error::Timeout(reason))),
        Err(_) => DefaultResolver::default().resolve(uri, config, unbounded),
    }
}
