//! What a reference names.

use std::fmt;

/// What a reference names: a way down from a name that is in scope.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Address<'a>(pub Vec<Component<'a>>);

/// One step of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Component<'a> {
    /// `.name`, or the name at the start.
    Field(&'a str),
    /// `[index]`.
    Index(&'a str),
}

impl<'a> Address<'a> {
    /// The address that `text` is, if it is one.
    pub fn parse(text: &'a str) -> Option<Self> {
        let mut components = Vec::new();
        let mut rest = text;
        if rest.starts_with(|c: char| c == '_' || c.is_ascii_alphabetic()) {
            let (field, after) = split_word(rest);
            components.push(Component::Field(field));
            rest = after;
        }
        while !rest.is_empty() {
            if let Some(field) = rest.strip_prefix('.') {
                if !field.starts_with(|c: char| c == '_' || c.is_ascii_alphabetic()) {
                    return None;
                }
                let (field, after) = split_word(field);
                components.push(Component::Field(field));
                rest = after;
            } else {
                let (index, after) = rest.strip_prefix('[')?.split_once(']')?;
                let legal = |b: u8| b.is_ascii_alphanumeric() || b"_-./".contains(&b);
                if index.is_empty() || !index.bytes().all(legal) {
                    return None;
                }
                components.push(Component::Index(index));
                rest = after;
            }
        }
        (!components.is_empty()).then_some(Self(components))
    }

    /// The reference to it.
    pub fn written(&self) -> String {
        format!("{{{{{self}}}}}")
    }

    /// The field that it starts with, if it starts with one.
    pub fn head(&self) -> Option<&'a str> {
        match self.0.first()? {
            Component::Field(field) => Some(field),
            Component::Index(_) => None,
        }
    }

    /// The name and the tag of the image that it stands for: `docker.image[NAME][TAG]`.
    pub fn image(&self) -> Option<(&'a str, &'a str)> {
        use Component::{Field, Index};
        match self.0[..] {
            [Field("docker"), Field("image"), Index(name), Index(tag)] => Some((name, tag)),
            _ => None,
        }
    }

    /// The name of the port that it stands for: `thermos.ports[NAME]`.
    pub fn port(&self) -> Option<&'a str> {
        match self.0[..] {
            [
                Component::Field("thermos"),
                Component::Field("ports"),
                Component::Index(name),
            ] => Some(name),
            _ => None,
        }
    }
}

fn split_word(text: &str) -> (&str, &str) {
    let end = text
        .find(|c: char| c != '_' && !c.is_ascii_alphanumeric())
        .unwrap_or(text.len());
    text.split_at(end)
}

impl fmt::Display for Address<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, component) in self.0.iter().enumerate() {
            match component {
                Component::Field(field) if position == 0 => f.write_str(field)?,
                Component::Field(field) => write!(f, ".{field}")?,
                Component::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Address;

    #[test]
    fn ports() {
        let port = |text| Address::parse(text).and_then(|address| address.port());
        assert_eq!(port("thermos.ports[http]"), Some("http"));
        assert_eq!(port("thermos.ports"), None);
        assert_eq!(port("thermos.ports[a].b"), None);
    }
}
