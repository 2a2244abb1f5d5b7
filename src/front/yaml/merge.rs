//! Merge keys, as YAML 1.1 had them: `<<: *anchor` gives a mapping the entries of another one.

use std::collections::BTreeMap;

use crate::source::{Entry, Key, Kind, Node, Span};

use super::super::limits::fitted;

/// The key, where it is written without quotes.
pub(super) const MERGE_KEY: &str = "<<";

/// What a mapping gets from others.
pub(super) struct Merge {
    pub(super) key_span: Span,
    /// How many of the mapping's own entries stand before it.
    pub(super) after: usize,
    pub(super) tables: Vec<Vec<Entry>>,
}

impl Merge {
    /// The tables of a value that a mapping gets after so many entries of its own; otherwise what is no
    /// table in it.
    pub(super) fn new(value: Node, key_span: Span, after: usize) -> Result<Self, Node> {
        let table = |node: Node| match node.kind {
            Kind::Mapping(entries) => Ok(entries),
            _ => Err(node),
        };
        let tables = match value.kind {
            Kind::Sequence(items) => items.into_iter().map(table).collect::<Result<_, _>>()?,
            _ => vec![table(value)?],
        };
        Ok(Self {
            key_span,
            after,
            tables,
        })
    }

    /// How many entries there are to merge.
    pub(super) fn entries(&self) -> usize {
        self.tables.iter().map(Vec::len).sum()
    }

    /// The mapping's entries with those of the others, each key where it stands first. The mapping's own
    /// values win, and then those of earlier tables.
    pub(super) fn complete(self, mut own: Vec<Entry>) -> Vec<Entry> {
        let later = own.split_off(self.after.min(own.len()));
        let mut at: BTreeMap<Key, usize> = BTreeMap::new();
        for entry in &own {
            at.insert(entry.key.clone(), at.len());
        }
        let mut merged = own;
        for entry in self.tables.into_iter().flatten() {
            if !at.contains_key(&entry.key) {
                at.insert(entry.key.clone(), merged.len());
                merged.push(entry);
            }
        }
        for entry in later {
            match at.get(&entry.key) {
                Some(&index) => merged[index] = entry,
                None => merged.push(entry),
            }
        }
        fitted(merged)
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::{Format, shown::shown};

    #[track_caller]
    fn check(input: &str, expected: &str) {
        assert_eq!(shown(input, Format::Yaml), expected, "{input}");
    }

    #[test]
    fn a_mapping_gets_the_entries_of_another() {
        check(
            "{a: &a {b: 1}, c: {<<: *a, d: 2}}",
            "{a: {b: 1}, c: {b: 1, d: 2}}",
        );
        check("a:\n  <<: {b: 1}\n", "{a: {b: 1}}");
        check("<<: {a: 1}\nb: 2\n", "{a: 1, b: 2}");
        check("- &a {b: 1}\n- << : *a\n  c: 2", "[{b: 1}, {b: 1, c: 2}]");
        check("? <<\n: {b: 1}\n", "{b: 1}");
        check("<<: []\na: 1", "{a: 1}");
    }

    #[test]
    fn own_values_win_wherever_the_key_stands() {
        let anchor = "a: &a {b: 1, c: 1}";
        check(
            &format!("{{{anchor}, d: {{<<: *a, c: 2, e: 2}}}}"),
            "{a: {b: 1, c: 1}, d: {b: 1, c: 2, e: 2}}",
        );
        check(
            &format!("{{{anchor}, d: {{c: 2, e: 2, <<: *a}}}}"),
            "{a: {b: 1, c: 1}, d: {c: 2, e: 2, b: 1}}",
        );
        check(
            &format!("{{{anchor}, d: {{c: 2, <<: *a, b: 2}}}}"),
            "{a: {b: 1, c: 1}, d: {c: 2, b: 2}}",
        );
    }

    #[test]
    fn earlier_mappings_win() {
        check(
            "- &a {x: 1}\n- &b {x: 2, y: 2}\n- <<: [*a, *b, {y: 3, z: 3}]",
            "[{x: 1}, {x: 2, y: 2}, {x: 1, y: 2, z: 3}]",
        );
    }

    #[test]
    fn merging_is_shallow() {
        check(
            "- &a {x: {y: 1}}\n- {<<: *a, x: {z: 2}}",
            "[{x: {y: 1}}, {x: {z: 2}}]",
        );
    }

    #[test]
    fn what_is_merged_may_merge() {
        check(
            "- &a {x: 1, y: 1, z: 1}\n- &b {<<: *a, y: 2, z: 2}\n- {<<: *b, z: 3}",
            "[{x: 1, y: 1, z: 1}, {x: 1, y: 2, z: 2}, {x: 1, y: 2, z: 3}]",
        );
    }

    #[test]
    fn quoted_it_is_an_ordinary_key() {
        check(r#"{"<<": {a: 1}, b: 2}"#, r#"{"<<": {a: 1}, b: 2}"#);
        check("? |-\n  <<\n: 1\n", "{<<: 1}");
        check("- &a <<\n- {*a : 1}", "[<<=\"<<\", {*a=\"<<\": 1}]");
        check("- <<\n- a: <<", "[<<=\"<<\", {a: <<=\"<<\"}]");
    }

    #[test]
    fn only_mappings_are_merged() {
        let wrong = |input: &str, found: &str, place: &str| {
            check(
                input,
                &format!(
                    "yaml-merge-key: expected a table or a list of tables to merge, found {found} | \
                     {place} | merge a table, or put quotes around `<<` if it is a key"
                ),
            );
        };
        wrong("<<: 1", "an integer", r#"1:5 "1""#);
        wrong("<<:\na: 1", "null", r#"1:1 "<<""#);
        wrong("- &a b\n- <<: *a", "a string", r#"2:3 "<<""#);
        wrong("- &a b\n- <<: [{}, *a]", "a string", r#"2:3 "<<""#);
        wrong("<<: [{a: 1}, [{}]]", "a list", r#"1:14 "[{}]""#);
    }

    #[test]
    fn two_merge_keys() {
        check(
            "<<: {a: 1}\n<<: {b: 2}\n<<: {c: 2}",
            "{a: 1}\n\
             duplicate-key: duplicate key `<<` | 2:1 \"<<\" | 1:1 \"<<\" first defined here | write one with a list: `<<: [*a, *b]`\n\
             duplicate-key: duplicate key `<<` | 3:1 \"<<\" | 1:1 \"<<\" first defined here | write one with a list: `<<: [*a, *b]`",
        );
    }

    #[test]
    fn duplicates_are_those_of_one_mapping() {
        check(
            "- &a {x: 1}\n- {y: 1, <<: *a, y: 2, x: 3}",
            "[{x: 1}, {y: 1, x: 3}]\n\
             duplicate-key: duplicate key `y` | 2:18 \"y\" | 2:4 \"y\" first defined here | keep one of the two",
        );
    }

    #[test]
    fn merging_costs_what_copying_does() {
        let bomb = |levels: usize| {
            let level = |n: usize| {
                let entries = (0..10).map(|key| format!("k{n}{key}: *a{}", n - 1));
                let entries: Vec<_> = entries.collect();
                format!("a{n}: &a{n} {{<<: *a{}, {}}}\n", n - 1, entries.join(", "))
            };
            "a0: &a0 {x: 1}\n".to_owned() + &(1..=levels).map(level).collect::<String>()
        };
        assert!(shown(&bomb(3), Format::Yaml).starts_with("{a0"));
        let found = shown(&bomb(50), Format::Yaml);
        assert!(found.starts_with("too-many-values: "), "{found}");
        let keys: Vec<_> = (0..3_000).map(|key| format!("k{key}: 1")).collect();
        let nested = format!(
            "{}{{{}}}{}",
            "{<<: ".repeat(100),
            keys.join(", "),
            "}".repeat(100)
        );
        let found = shown(&nested, Format::Yaml);
        assert!(found.starts_with("too-many-values: "), "{found}");
    }
}
