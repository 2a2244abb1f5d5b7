//! Which jobs a file seems to define, told from its text alone: for files in which something is wrong.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::front::{self, Format, Mention};
use crate::source::{Kind, Node, SourceFile};

/// What a file says of the jobs that it defines.
#[derive(Debug, Clone)]
pub(crate) enum Declared {
    /// Their keys.
    Keys(BTreeSet<String>),
    /// It is not clear, but they are in this file.
    Text(Arc<SourceFile>, Format),
    /// Nothing: the file cannot be read.
    Nothing,
}

impl Declared {
    /// What `source` says.
    pub(crate) fn of(source: &Arc<SourceFile>, format: Format) -> Self {
        let loaded = front::load(source, format).value;
        match loaded.and_then(|loaded| keys(&loaded.tree)) {
            Some(keys) => Self::Keys(keys),
            None => Self::Text(Arc::clone(source), format),
        }
    }

    /// Whether the file may define a job that has this name or key.
    pub(crate) fn may_hold(&self, word: &str) -> bool {
        match self {
            Self::Keys(keys) => keys.iter().any(|key| key == word || name_of(key) == word),
            Self::Text(source, format) => matches!(
                front::mention(source, *format, name_of(word)),
                Mention::Plain | Mention::Unknown
            ),
            Self::Nothing => true,
        }
    }

    /// Whether the file may define a job of which `fits` says so by its key.
    pub(crate) fn may_fit(&self, fits: impl Fn(&str) -> bool) -> bool {
        match self {
            Self::Keys(keys) => keys.iter().any(|key| fits(key)),
            Self::Text(..) | Self::Nothing => true,
        }
    }

    /// Whether the file can be read, so that what it may hold is known from its text.
    pub(crate) fn is_readable(&self) -> bool {
        !matches!(self, Self::Nothing)
    }

    /// Whether all keys are known.
    pub(crate) fn is_clear(&self) -> bool {
        matches!(self, Self::Keys(_))
    }

    /// The keys that are known.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        let keys = match self {
            Self::Keys(keys) => Some(keys),
            Self::Text(..) | Self::Nothing => None,
        };
        keys.into_iter().flatten().map(String::as_str)
    }
}

/// Whether a definition may define a job called `name`; asked before it is loaded.
pub(crate) fn may_define(source: &SourceFile, format: Format, name: &str) -> bool {
    front::mention(source, format, name) != Mention::No
}

/// The last part of a key.
pub(crate) fn name_of(key: &str) -> &str {
    key.rsplit('/').next().unwrap_or(key)
}

/// The keys of all jobs of a document; none unless each is written out.
fn keys(root: &Node) -> Option<BTreeSet<String>> {
    let is_shared = |word: &&str| root.get(word).is_some();
    if ["defaults", "environments"].iter().any(is_shared) {
        return None;
    }
    let jobs = match root.get("jobs").map(|jobs| &jobs.kind) {
        None => std::slice::from_ref(root),
        Some(Kind::Sequence(jobs)) => jobs.as_slice(),
        Some(_) => return None,
    };
    jobs.iter().map(key).collect()
}

fn key(job: &Node) -> Option<String> {
    if job.get("environments").is_some() {
        return None;
    }
    let part = |word: &str| match &job.get(word)?.kind {
        Kind::String(text) if !text.contains("{{") => Some(text.as_str()),
        _ => None,
    };
    let parts = ["cluster", "role", "environment", "name"].map(part);
    let parts: Option<Vec<_>> = parts.into_iter().collect();
    Some(parts?.join("/"))
}

#[cfg(test)]
mod tests {
    use crate::front::Format;
    use crate::query::declared::Declared;
    use crate::source::SourceFile;

    fn declared(text: &str) -> Declared {
        let source = SourceFile::new("job.toml".to_owned(), text.to_owned());
        Declared::of(&source, Format::Toml)
    }

    #[test]
    fn keys_that_are_written_out() {
        let one = "cluster = 'c'\nrole = 'r'\nenvironment = 'e'\nname = 'n'\nother = 1\n";
        let found = declared(one);
        assert_eq!(found.keys().collect::<Vec<_>>(), ["c/r/e/n"]);
        assert!(found.may_hold("n") && found.may_hold("c/r/e/n") && !found.may_hold("other"));
        assert!(!found.may_fit(|key| key == "c/r/e/m"));
    }

    #[test]
    fn what_is_not_clear() {
        for text in [
            "cluster = 'c'\nname = 'n'\n",
            "cluster = 'c'\nrole = 'r'\nenvironment = 'e'\nname = 'n\n",
            "cluster = 'c'\nrole = 'r'\nenvironment = '{{e}}'\nname = 'n'\n",
            "jobs = [{ name = 'n' }]\n",
            "[environments.prod]\nname = 'n'\n",
        ] {
            let found = declared(text);
            assert!(matches!(found, Declared::Text(..)), "{text}");
            assert!(
                found.may_hold("c/r/e/n") && !found.may_hold("other"),
                "{text}"
            );
            assert!(found.may_fit(|_| false), "{text}");
        }
    }
}
