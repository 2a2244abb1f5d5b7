//! Tables: structs, maps, and structs whose kind JSON cannot say.

use crate::diagnostic::Diagnostic;
use crate::front;
use crate::front::decode::codes::{MISSING_FIELD, UNKNOWN_FIELD};
use crate::model::Document;
use crate::source::{Entry, Kind, Node, Span};
use crate::target::aurora::codes::NOT_IN_JSON;
use crate::validate::codes::{COERCED_VALUE, IGNORED_FIELD};

use super::path::Path;
use super::speller::{Deferred, Speller};
use crate::validate::coerce;
use crate::vocabulary::{
    self, CONTAINER, HEALTH_CHECKER_CONFIG, HTTP_HEALTH_CHECKER, Said, Struct, Type,
};

impl Speller<'_> {
    pub(super) fn table(&mut self, node: &mut Node, fields: &'static Struct, path: &Path<'_>) {
        let Kind::Mapping(entries) = &mut node.kind else {
            return;
        };
        let is_own = |key: &str| Document::is_own_field(key, |other| fields.field(other).is_some());
        let mut own = 0;
        for Entry {
            key,
            key_span,
            value,
        } in entries.iter_mut()
        {
            if let Some(field) = fields.field(key) {
                self.value(value, field.of, &path.key(key));
            } else if is_own(key) {
                own += 1;
                self.report(front::own_field(key, self.at(*key_span)));
            }
        }
        if own > 0 {
            entries.retain(|entry| fields.field(&entry.key).is_some() || !is_own(&entry.key));
        }
        if fields.name == HEALTH_CHECKER_CONFIG.name {
            self.checkers(entries, path);
        }
    }

    pub(super) fn map(&mut self, node: &mut Node, of: Type, path: &Path<'_>) {
        if let Some(entry) = pair(&mut node.kind, node.span) {
            if let Kind::String(_) | Kind::Sequence(_) = &node.kind {
                let headline = format!("{}a pair where a table belongs", path.subject());
                let place = self.opening(node.span);
                let problem = Diagnostic::new(&COERCED_VALUE, headline, place);
                self.report(problem.help("write a table: `{\"key\": \"value\"}`"));
            }
            node.kind = Kind::Mapping(vec![entry]);
        }
        if let Kind::Mapping(entries) = &mut node.kind {
            for entry in entries {
                self.value(&mut entry.value, of, &path.key(&entry.key));
            }
        }
    }

    /// A struct that the client takes for the first of its kinds, whatever it has.
    pub(super) fn choice(
        &mut self,
        node: &mut Node,
        kinds: &'static [vocabulary::Kind],
        path: &Path<'_>,
    ) {
        let Some((first, others)) = kinds.split_first() else {
            return;
        };
        let Said::As(word) = first.said else {
            self.container(node, others, path);
            return;
        };
        let entries = match &node.kind {
            Kind::Null => return,
            Kind::Mapping(entries) => entries,
            _ => {
                self.wrong_type(node, "a table", path);
                return;
            }
        };
        let is_other = |entry: &&Entry| {
            let has_it = |of: &Struct| of.field(&entry.key).is_some();
            !has_it(first.of) && others.iter().any(|kind| has_it(kind.of))
        };
        if let Some(entry) = entries.iter().find(is_other) {
            let problem = self.not_in_json(entry, path, first.of);
            self.tell(problem, path.pointer());
            return;
        }
        self.table(node, first.of, &path.key(word));
        let inner = Node {
            kind: std::mem::replace(&mut node.kind, Kind::Null),
            span: node.span,
        };
        node.kind = Kind::Mapping(vec![Entry {
            key: word.into(),
            key_span: node.span,
            value: inner,
        }]);
    }

    fn container(&mut self, node: &mut Node, others: &[vocabulary::Kind], path: &Path<'_>) {
        let entries = match &mut node.kind {
            Kind::Null => return,
            Kind::Mapping(entries) => entries,
            _ => {
                self.wrong_type(node, "a table", path);
                return;
            }
        };
        let is_of_others = |key: &str| {
            let has_it = |kind: &vocabulary::Kind| kind.of.field(key).is_some();
            let is_it =
                |kind: &vocabulary::Kind| matches!(kind.said, Said::As(word) if word == key);
            others.iter().any(|kind| is_it(kind) || has_it(kind))
        };
        let mut wrong = Vec::new();
        for entry in entries.iter().filter(|entry| entry.key != "docker") {
            wrong.push(if is_of_others(&entry.key) {
                self.not_in_json(entry, path, &CONTAINER)
            } else {
                let headline = format!("unknown field `{}`", entry.key);
                Diagnostic::new(&UNKNOWN_FIELD, headline, self.at(entry.key_span))
                    .note("the only field here is `docker`")
            });
        }
        if entries.is_empty() {
            let place = self.opening(node.span);
            wrong.push(Diagnostic::new(
                &MISSING_FIELD,
                "missing field `docker`",
                place,
            ));
        } else if let Some(entry) = entries.iter_mut().find(|entry| entry.key == "docker")
            && let Some(field) = CONTAINER.field("docker")
        {
            self.value(&mut entry.value, field.of, &path.key("docker"));
        }
        for problem in wrong {
            self.tell(problem, path.pointer());
        }
    }

    fn not_in_json(&self, entry: &Entry, path: &Path<'_>, known: &Struct) -> Diagnostic {
        let names = known.names().map(|name| format!("`{name}`"));
        let known = names.collect::<Vec<_>>().join(" and ");
        let subject = path.subject();
        let field = subject.trim_end_matches([':', ' ']);
        let headline = format!("Aurora's JSON cannot carry {field} with `{}`", entry.key);
        Diagnostic::new(&NOT_IN_JSON, headline, self.at(entry.key_span))
            .note(format!(
                "in {field}, the JSON reader of Aurora's client only knows {known}"
            ))
            .help(format!("write {known}, or the job as a `.aurora` file"))
    }

    /// Health checkers, of which definitions have exactly one.
    fn checkers(&mut self, entries: &mut [Entry], path: &Path<'_>) {
        for entry in entries.iter() {
            if HEALTH_CHECKER_CONFIG.field(&entry.key).is_none() {
                let headline = format!("unknown field `{}`", entry.key);
                let problem = Diagnostic::new(&UNKNOWN_FIELD, headline, self.at(entry.key_span));
                let problem = problem.note("the fields here are `http` and `shell`");
                self.tell(problem, path.pointer());
            } else if entries.len() > 1 && !matches!(entry.value.kind, Kind::Mapping(_)) {
                self.wrong_type(&entry.value, "a table", &path.key(&entry.key));
            }
        }
        if entries.len() > 1 {
            self.two_checkers(entries, path);
        }
    }

    /// The executor asks the shell, whatever else there is.
    fn two_checkers(&mut self, entries: &mut [Entry], path: &Path<'_>) {
        let is = |name: &'static str| {
            move |entry: &&mut Entry| {
                entry.key == name && matches!(entry.value.kind, Kind::Mapping(_))
            }
        };
        if !entries.iter_mut().any(|entry| is("shell")(&entry)) {
            return;
        }
        let Some(http) = entries.iter_mut().find(is("http")) else {
            return;
        };
        let problem = Diagnostic::new(
            &IGNORED_FIELD,
            "`http` is ignored beside `shell`",
            self.at(http.key_span),
        );
        self.report(problem.help("remove it"));
        // No later rule looks into it.
        let path = path.key("http");
        let fields = &HTTP_HEALTH_CHECKER;
        if let Kind::Mapping(written) = &http.value.kind {
            for entry in written {
                let of = fields.field(&entry.key).map(|field| field.of);
                match (of, &entry.value.kind) {
                    (None, _) => {
                        let headline = format!("unknown field `{}`", entry.key);
                        let place = self.at(entry.key_span);
                        let problem = Diagnostic::new(&UNKNOWN_FIELD, headline, place);
                        self.report(problem.did_you_mean(&entry.key, fields.names()));
                    }
                    (Some(_), Kind::Null) => {
                        self.wrong_type(&entry.value, "a value", &path.key(&entry.key));
                    }
                    (Some(Type::Text), Kind::Sequence(_) | Kind::Mapping(_)) => {
                        self.wrong_type(&entry.value, "a string", &path.key(&entry.key));
                    }
                    (Some(of @ Type::Text), Kind::String(text)) if text.contains("{{") => {
                        let path = path.key(&entry.key).pointer();
                        self.deferred.push(Deferred { path, of });
                    }
                    _ => {}
                }
            }
        }
    }
}

/// What the client takes for a map of one entry: a list or a text of two elements.
fn pair(kind: &mut Kind, span: Span) -> Option<Entry> {
    let (key, value) = match kind {
        Kind::Sequence(items) if items.len() == 2 => {
            let text = match &items[0].kind {
                Kind::String(text) => text.clone(),
                other => coerce::text(other)?,
            };
            (text, items[1].clone())
        }
        Kind::String(text) if text.chars().count() == 2 => {
            let mut characters = text.chars().map(String::from);
            let (first, second) = (characters.next()?, characters.next()?);
            let kind = Kind::String(second);
            (first, Node { kind, span })
        }
        _ => return None,
    };
    Some(Entry {
        key: key.into(),
        key_span: span,
        value,
    })
}
