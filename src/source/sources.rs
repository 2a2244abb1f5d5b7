//! The files that the values of one document come from.

use std::sync::Arc;

use super::{Location, Node, SourceFile, Span};

/// One file, or several that lie one after another as in one long text.
///
/// A span of a value says by where it lies which file is meant, so that a value costs the same whether
/// its document has one file or many. Spans in the first file are those of the file itself.
#[derive(Debug, Clone)]
pub struct Sources {
    first: Arc<SourceFile>,
    others: Vec<Other>,
}

/// A file after the first one.
#[derive(Debug, Clone)]
struct Other {
    file: Arc<SourceFile>,
    /// Where it begins.
    start: u32,
}

impl From<Arc<SourceFile>> for Sources {
    fn from(first: Arc<SourceFile>) -> Self {
        Self {
            first,
            others: Vec::new(),
        }
    }
}

impl Sources {
    /// The first file: the one that was named.
    pub fn first(&self) -> &Arc<SourceFile> {
        &self.first
    }

    /// Whether there is only one.
    pub fn is_one(&self) -> bool {
        self.others.is_empty()
    }

    /// Whether one of them is `file` itself.
    pub fn has(&self, file: &Arc<SourceFile>) -> bool {
        self.files().any(|(own, _)| Arc::ptr_eq(own, file))
    }

    /// The file that a location in one of them is in; the first one for any other.
    pub fn of(&self, location: &Location) -> &Arc<SourceFile> {
        let mut files = self.files().map(|(file, _)| file);
        let found = files.find(|file| Arc::ptr_eq(file, &location.file));
        found.unwrap_or(&self.first)
    }

    /// Where the text of `span` stands.
    pub fn locate(&self, span: Span) -> Location {
        let (file, start) = self.around(span.start);
        Location {
            file: Arc::clone(file),
            span: Span {
                start: span.start - start,
                end: span.end.saturating_sub(start),
            },
        }
    }

    /// The span by which the value at `location` is known here, if that is in one of the files.
    pub fn span(&self, location: &Location) -> Option<Span> {
        let (_, start) = self
            .files()
            .find(|(own, _)| Arc::ptr_eq(own, &location.file))?;
        Some(location.span.moved(start))
    }

    /// The text of `span`.
    pub fn slice(&self, span: Span) -> &str {
        let (file, start) = self.around(span.start);
        let start = start as usize;
        let range = span.range();
        file.slice(Span::new(
            range.start - start..range.end.saturating_sub(start),
        ))
    }

    /// Adds the files of another document, whose `tree` then says where it stands among all of them.
    /// Does nothing and returns `false` if they are too long together.
    #[must_use]
    pub fn add(&mut self, added: &Self, tree: &mut Node) -> bool {
        let end = |(file, start): (&Arc<SourceFile>, u32)| {
            // An empty span at the end of a file is not one at the start of the next.
            let length = u32::try_from(file.text().len() + 1).ok()?;
            start.checked_add(length)
        };
        let last = self.files().last().and_then(end);
        let length = added.files().last().and_then(end);
        let (Some(start), Some(length)) = (last, length) else {
            return false;
        };
        if start.checked_add(length).is_none() {
            return false;
        }
        tree.move_spans(start);
        let others = added.files().map(|(file, own)| Other {
            file: Arc::clone(file),
            start: start + own,
        });
        self.others.extend(others);
        true
    }

    /// The files with where they begin.
    fn files(&self) -> impl Iterator<Item = (&Arc<SourceFile>, u32)> {
        let others = self.others.iter().map(|other| (&other.file, other.start));
        std::iter::once((&self.first, 0)).chain(others)
    }

    fn around(&self, offset: u32) -> (&Arc<SourceFile>, u32) {
        let after = self.others.partition_point(|other| other.start <= offset);
        match after.checked_sub(1) {
            Some(index) => (&self.others[index].file, self.others[index].start),
            None => (&self.first, 0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Entry, Kind, Pointer, SourceMap};

    /// `{KEY: VALUE}`, which is all of the text but for its braces.
    fn document(name: &str, text: &str) -> (Sources, Node) {
        let file = SourceFile::new(name, text);
        let (key, value) = text.split_once(": ").expect("a key and a value");
        let key = key.trim_start_matches('{');
        let value = value.trim_end_matches('}');
        let key_span = Span::new(1..1 + key.len());
        let start = text.len() - 1 - value.len();
        let node = Node {
            kind: Kind::Mapping(vec![Entry {
                key: key.into(),
                key_span,
                value: Node {
                    kind: Kind::String(value.to_owned()),
                    span: Span::new(start..text.len() - 1),
                },
            }]),
            span: Span::new(0..text.len()),
        };
        (file.into(), node)
    }

    fn shown(map: &SourceMap, location: &Location) -> String {
        let (line, column) = location.file.line_column(location.span.start as usize);
        assert!(map.sources().has(&location.file));
        let text = location.file.slice(location.span);
        format!("{}:{line}:{column} {text}", location.file.name())
    }

    #[test]
    fn values_of_several_files_are_found_in_theirs() {
        let (mut sources, mut root) = document("job", "{job: one}");
        let (inner, mut tree) = document("base", "{name: two}");
        let (deep, mut leaf) = document("deep", "{x: three}");
        let mut inner = inner;
        assert!(inner.add(&deep, &mut leaf));
        let Kind::Mapping(entries) = &mut tree.kind else {
            panic!("it is a table");
        };
        entries[0].value = leaf;
        assert!(sources.add(&inner, &mut tree));
        let Kind::Mapping(entries) = &mut root.kind else {
            panic!("it is a table");
        };
        entries[0].value = tree;
        let map = SourceMap::new(sources, Arc::new(root));
        let job = Pointer::root().key("job");
        let name = job.key("name");
        let leaf = name.key("x");
        assert_eq!(shown(&map, &map.key(&job)), "job:1:2 job");
        assert_eq!(shown(&map, &map.value(&job)), "base:1:1 {name: two}");
        assert_eq!(shown(&map, &map.opening(&job)), "base:1:1 {name: two}");
        assert_eq!(shown(&map, &map.text(&job, "two", 0)), "base:1:8 two");
        assert_eq!(shown(&map, &map.key(&name)), "base:1:2 name");
        assert_eq!(shown(&map, &map.value(&name)), "deep:1:1 {x: three}");
        assert_eq!(shown(&map, &map.key(&leaf)), "deep:1:2 x");
        assert_eq!(shown(&map, &map.value(&leaf)), "deep:1:5 three");
        for pointer in [&job, &name, &leaf] {
            let location = map.value(pointer);
            let span = map.sources().span(&location).expect("it is one of them");
            assert_eq!(map.sources().locate(span), location);
        }
    }

    #[test]
    fn the_end_of_a_file_is_not_the_start_of_the_next() {
        let (mut sources, _) = document("one", "{a: b}");
        let (other, mut tree) = document("other", "{c: d}");
        assert!(sources.add(&other, &mut tree));
        let at = |offset| {
            sources
                .locate(Span::new(offset..offset))
                .file
                .name()
                .to_owned()
        };
        assert_eq!([at(6), at(7)], ["one", "other"]);
        assert_eq!(sources.slice(Span::new(0..6)), "{a: b}");
        assert_eq!(sources.slice(tree.span), "{c: d}");
    }
}
