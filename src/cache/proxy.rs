//! Which proxy to use for what, from the variables that everything else obeys as well.
//!
//! As curl has it, and with it Nix: a variable in lower case comes before the same in upper case,
//! and the one of the protocol before `all_proxy`. Unlike there, `HTTP_PROXY` is read as well,
//! except where a web server may have set it from a header. `no_proxy` lists hosts, domains with or
//! without a dot before them, addresses and networks, or is `*`.

use core::net::IpAddr;

use super::address::{HttpScheme, Origin};

/// The variables, as they were when the run began.
#[derive(Debug, Clone, Default)]
pub struct Proxies {
    http: Option<Setting>,
    https: Option<Setting>,
    exceptions: Vec<String>,
}

/// A proxy and who says so.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Setting {
    /// The variable's name.
    pub variable: &'static str,
    /// What it says. There may be a password in it.
    pub(super) url: String,
}

impl std::fmt::Debug for Setting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Setting({})", self.variable)
    }
}

impl Proxies {
    /// What the variables say, of which `variable` tells the value.
    pub fn new(variable: impl Fn(&str) -> Option<String>) -> Self {
        let first = |names: &[&'static str]| {
            let mut set = names
                .iter()
                .filter_map(|&name| Some((name, variable(name)?)));
            set.find(|(_, url)| !url.trim().is_empty())
        };
        let setting = |names: &[&'static str]| {
            let (variable, url) = first(names)?;
            Some(Setting {
                variable,
                url: url.trim().to_owned(),
            })
        };
        let in_a_web_server = variable("REQUEST_METHOD").is_some();
        let http: &[_] = if in_a_web_server {
            &["http_proxy", "all_proxy", "ALL_PROXY"]
        } else {
            &["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"]
        };
        let exceptions = first(&["no_proxy", "NO_PROXY"]).map(|(_, text)| text);
        Self {
            http: setting(http),
            https: setting(&["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]),
            exceptions: exceptions
                .iter()
                .flat_map(|text| text.split([',', ' ', '\t']))
                .filter(|word| !word.is_empty())
                .map(str::to_ascii_lowercase)
                .collect(),
        }
    }

    /// The proxy to reach a server through.
    pub fn of(&self, origin: &Origin) -> Option<&Setting> {
        let setting = match origin.scheme {
            HttpScheme::Http => self.http.as_ref()?,
            HttpScheme::Https => self.https.as_ref()?,
        };
        let excepted = self.exceptions.iter().any(|word| covers(word, origin));
        (!excepted).then_some(setting)
    }
}

/// Whether a word of `no_proxy` means the host.
fn covers(word: &str, origin: &Origin) -> bool {
    if word == "*" {
        return true;
    }
    let host = origin.host.trim_end_matches('.');
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    if let Ok(address) = bare.parse::<IpAddr>() {
        return covers_address(word, address, origin.port);
    }
    let word = word.strip_prefix('*').unwrap_or(word);
    let word = match word.rsplit_once(':') {
        Some((word, port)) if port.parse() == Ok(origin.port) => word,
        Some(_) => return false,
        None => word,
    };
    let domain = word.trim_start_matches('.').trim_end_matches('.');
    !domain.is_empty()
        && host
            .strip_suffix(domain)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

fn covers_address(word: &str, address: IpAddr, port: u16) -> bool {
    let bare = |text: &str| {
        let text = text.trim_start_matches('[').trim_end_matches(']');
        text.parse::<IpAddr>().ok()
    };
    if let Some(listed) = bare(word) {
        return listed == address;
    }
    if let Some((network, bits)) = word.split_once('/') {
        let (Some(network), Ok(bits)) = (bare(network), bits.parse::<u32>()) else {
            return false;
        };
        return match (network, address) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                bits <= 32 && same_begin(network.to_bits(), address.to_bits(), 32 - bits)
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                bits <= 128 && same_begin(network.to_bits(), address.to_bits(), 128 - bits)
            }
            _ => false,
        };
    }
    match word.rsplit_once(':') {
        Some((word, listed)) => listed.parse() == Ok(port) && bare(word) == Some(address),
        None => false,
    }
}

/// Whether two numbers are the same without their last bits.
fn same_begin<T: Into<u128>>(a: T, b: T, without: u32) -> bool {
    let shift = |number: T| number.into().checked_shr(without).unwrap_or(0);
    shift(a) == shift(b)
}

#[cfg(test)]
mod tests {
    use super::Proxies;
    use crate::cache::url::{CacheUrl, Location};

    fn proxy(variables: &[(&str, &str)], url: &str) -> Option<String> {
        let proxies = Proxies::new(|name| {
            let found = variables.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| (*value).to_owned())
        });
        let url: CacheUrl = url.parse().unwrap();
        let Location::Http(location) = url.location() else {
            panic!("{url}");
        };
        let setting = proxies.of(location.origin())?;
        Some(format!("{}={}", setting.variable, setting.url))
    }

    #[test]
    fn the_variable_of_the_protocol_comes_first() {
        let all = [
            ("ALL_PROXY", "e"),
            ("all_proxy", "d"),
            ("HTTPS_PROXY", "c"),
            ("HTTP_PROXY", "b"),
            ("http_proxy", "a"),
        ];
        assert_eq!(proxy(&all, "http://x").unwrap(), "http_proxy=a");
        assert_eq!(proxy(&all[..4], "http://x").unwrap(), "HTTP_PROXY=b");
        assert_eq!(proxy(&all, "https://x").unwrap(), "HTTPS_PROXY=c");
        assert_eq!(proxy(&all[..2], "https://x").unwrap(), "all_proxy=d");
        assert_eq!(proxy(&all[..1], "http://x").unwrap(), "ALL_PROXY=e");
        assert_eq!(proxy(&all[4..], "https://x"), None);
        assert_eq!(
            proxy(&[("http_proxy", ""), ("ALL_PROXY", "e")], "http://x").unwrap(),
            "ALL_PROXY=e"
        );
        let server = [("HTTP_PROXY", "b"), ("REQUEST_METHOD", "GET")];
        assert_eq!(proxy(&server, "http://x"), None);
    }

    #[test]
    fn exceptions_are_reached_directly() {
        for (word, host, excepted) in [
            ("*", "a.example", true),
            ("a.example", "a.example", true),
            ("A.Example", "a.example", true),
            ("a.example", "b.a.example", true),
            (".a.example", "a.example", true),
            ("*.example", "a.example", true),
            ("a.example.", "a.example", true),
            ("a.example", "ba.example", false),
            ("a.example", "example", false),
            ("x, a.example", "a.example", true),
            ("a.example:80", "a.example", true),
            ("a.example:81", "a.example", false),
            ("", "a.example", false),
            (".", "a.example", false),
            ("127.0.0.1", "127.0.0.1", true),
            ("127.0.0.1:80", "127.0.0.1", true),
            ("127.0.0.1:81", "127.0.0.1", false),
            ("127.0.0.0/8", "127.9.9.9", true),
            ("127.0.0.0/8", "128.0.0.1", false),
            ("0.0.0.0/0", "1.2.3.4", true),
            ("1.2.3.4/33", "1.2.3.4", false),
            ("0.0.1", "127.0.0.1", false),
            ("::1", "[::1]", true),
            ("[::1]", "[::1]", true),
            ("fd00::/8", "[fd12::1]", true),
            ("fd00::/8", "[fe12::1]", false),
            ("::/0", "[fe12::1]", true),
            ("::1", "127.0.0.1", false),
        ] {
            let variables = [("http_proxy", "p"), ("NO_PROXY", word)];
            let found = proxy(&variables, &format!("http://{host}"));
            assert_eq!(found.is_none(), excepted, "{word} {host}");
        }
    }
}
