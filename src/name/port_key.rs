//! What identifies a port of an instance.

use std::fmt;
use std::str::FromStr;

use super::{JobKey, NameError, PortName};

/// A port of a job, or of one of its instances where it has several:
/// `CLUSTER/ROLE/ENVIRONMENT/NAME[/INSTANCE]:PORT`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PortKey {
    /// The job.
    pub job: JobKey,
    /// The port's name.
    pub port: PortName,
    /// Which instance it is of; none if the job has only one.
    pub instance: Option<u32>,
}

/// Why a text is no such key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PortKeyError {
    /// It has other parts.
    Parts,
    /// One of its names is none.
    Name(NameError),
    /// The instance is no number as jobc writes it.
    Instance,
}

impl fmt::Display for PortKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Parts => f.write_str("expected `CLUSTER/ROLE/ENVIRONMENT/NAME[/INSTANCE]:PORT`"),
            Self::Name(error) => write!(f, "a name in it {error}"),
            Self::Instance => f.write_str("its instance is no number"),
        }
    }
}

impl std::error::Error for PortKeyError {}

impl From<NameError> for PortKeyError {
    fn from(error: NameError) -> Self {
        Self::Name(error)
    }
}

impl FromStr for PortKey {
    type Err = PortKeyError;

    fn from_str(text: &str) -> Result<Self, PortKeyError> {
        let (job, port) = text.rsplit_once(':').ok_or(PortKeyError::Parts)?;
        let parts: Vec<&str> = job.split('/').collect();
        let (cluster, role, environment, name, instance) = match parts[..] {
            [cluster, role, environment, name] => (cluster, role, environment, name, None),
            [cluster, role, environment, name, instance] => {
                (cluster, role, environment, name, Some(instance))
            }
            _ => return Err(PortKeyError::Parts),
        };
        let number = |text: &str| {
            let number: u32 = text.parse().map_err(|_| PortKeyError::Instance)?;
            let is_plain = number.to_string() == text;
            is_plain.then_some(number).ok_or(PortKeyError::Instance)
        };
        Ok(Self {
            job: JobKey {
                cluster: cluster.parse()?,
                role: role.parse()?,
                environment: environment.parse()?,
                name: name.parse()?,
            },
            port: port.parse()?,
            instance: instance.map(number).transpose()?,
        })
    }
}

impl fmt::Display for PortKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.job.fmt(f)?;
        if let Some(instance) = self.instance {
            write!(f, "/{instance}")?;
        }
        write!(f, ":{}", self.port)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_none() {
        let check = |text: &str, expected: &str| {
            let error = text.parse::<PortKey>().expect_err("it is none");
            assert_eq!(error.to_string(), expected, "{text}");
        };
        let parts = "expected `CLUSTER/ROLE/ENVIRONMENT/NAME[/INSTANCE]:PORT`";
        check("a/b/c/d", parts);
        check("a/b/c:p", parts);
        check("a/b/c/d/0/1:p", parts);
        check("a/b/c/d/x:p", "its instance is no number");
        check("a/b/c/d/01:p", "its instance is no number");
        check("a//c/d:p", "a name in it is empty");
        check("a/b/c/d:p.q", "a name in it contains `.`");
    }

    proptest! {
        #[test]
        fn read_as_printed(
            text in "[a-c.]{1,3}/[a-c]{1,2}/[a-c_-]{1,2}/[a-c]{1,2}(/(0|[1-9][0-9]?))?:[a-c_-]{1,3}"
        ) {
            prop_assert_eq!(text.parse::<PortKey>().expect("it is one").to_string(), text);
        }

        #[test]
        fn any_text_is_read(text in "([a/:0-9]){0,12}") {
            if let Ok(key) = text.parse::<PortKey>() {
                prop_assert_eq!(key.to_string(), text);
            }
        }
    }
}
