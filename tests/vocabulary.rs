//! The table of Aurora's structs says what the types of definitions and of compiled jobs say.

use std::collections::BTreeSet;

use jobc::model::Document;
use jobc::registry::CODES;
use jobc::schema::{Which, schema};
use jobc::vocabulary::{Absent, JOB, Kind, Said, Struct, Type};
use serde_json::Value;

use crate::harness::report;

fn definitions_have_its_structs() {
    let schema = parsed(Which::Definition);
    let job = &schema["$defs"]["Job"];
    Comparison::of(&schema, Form::Definition).structs(job, &JOB);
}

fn compiled_jobs_have_its_structs() {
    let schema = parsed(Which::Aurora);
    Comparison::of(&schema, Form::Compiled).structs(&schema, &JOB);
}

fn parsed(which: Which) -> Value {
    serde_json::from_str(&schema(which, CODES)).expect("it is JSON")
}

/// What the schema is one of.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    /// A definition: each choice has a word, and some fields are jobc's own.
    Definition,
    /// A compiled job: each choice is its first struct, and what is never left out is required.
    Compiled,
}

struct Comparison<'s> {
    definitions: &'s Value,
    form: Form,
    at: Vec<&'static str>,
    failures: Vec<String>,
}

impl<'s> Comparison<'s> {
    fn of(schema: &'s Value, form: Form) -> Self {
        Self {
            definitions: &schema["$defs"],
            form,
            at: Vec::new(),
            failures: Vec::new(),
        }
    }

    fn structs(mut self, job: &'s Value, of: &'static Struct) {
        self.table(job, of);
        report(&self.failures);
    }

    fn fail(&mut self, what: &str) {
        self.failures.push(format!("{}: {what}", self.at.join(".")));
    }

    fn expect(&mut self, holds: bool, what: &str, node: &Value) {
        if !holds {
            self.fail(&format!("expected {what}, found {node}"));
        }
    }

    fn value(&mut self, node: &'s Value, of: Type) {
        let node = self.resolved(node);
        let is = |name: &str| types(node).contains(name);
        match of {
            Type::Integer => self.expect(is("integer"), "a whole number", node),
            Type::Float => self.expect(is("number"), "a number", node),
            Type::Boolean => self.expect(is("boolean"), "a truth value", node),
            Type::Placement => self.expect(is("string"), "a text", node),
            Type::Text | Type::Command | Type::KnownText | Type::Schedule => {
                self.expect(is("string") && types(node).len() == 1, "a text", node);
            }
            Type::Word(words) | Type::AnyCase(words) => {
                let known: BTreeSet<_> = words.iter().copied().collect();
                let found = variants(node).filter_map(|one| one["const"].as_str());
                self.expect(found.collect::<BTreeSet<_>>() == known, "its words", node);
            }
            Type::Struct(of) => self.table(node, of),
            Type::Choice(kinds) => self.choice(node, kinds),
            Type::List(of) => self.value(&node["items"], *of),
            Type::Map(of) => self.value(&node["additionalProperties"], *of),
        }
    }

    fn table(&mut self, node: &'s Value, of: &'static Struct) {
        let fields: Vec<_> = variants(node).flat_map(properties).collect();
        let own = |name: &str| {
            let has = |other: &str| of.field(other).is_some();
            self.form == Form::Definition && !has(name) && Document::is_own_field(name, has)
        };
        let found: BTreeSet<_> = fields.iter().map(|(name, _)| name.as_str()).collect();
        let found: BTreeSet<_> = found.into_iter().filter(|name| !own(name)).collect();
        let known: BTreeSet<_> = of.names().collect();
        if found != known {
            let only = |one: &BTreeSet<&str>, other: &BTreeSet<&str>| {
                format!("{:?}", one.difference(other).collect::<Vec<_>>())
            };
            let (here, there) = (only(&found, &known), only(&known, &found));
            let file = of.declared.file();
            self.fail(&format!(
                "only here: {here}; only in {} of {file}: {there}",
                of.name
            ));
        }
        // What layers make together requires nothing of one of them.
        if self.form == Form::Definition
            && let Some(required) = node["required"].as_array()
        {
            let required = required.iter().filter_map(Value::as_str);
            let required: BTreeSet<_> = required.collect();
            let is_required = |name: &&str| {
                let field = of.field(name).expect("it has a name");
                matches!(field.absent, Absent::Refused)
            };
            let known: BTreeSet<_> = of.names().filter(is_required).collect();
            self.expect(
                required == known,
                &format!("{known:?} to be required"),
                node,
            );
        }
        for (name, node) in fields {
            if let Some(field) = of.field(name) {
                self.at.push(field.name);
                self.value(node, field.of);
                self.at.pop();
            }
        }
    }

    fn choice(&mut self, node: &'s Value, kinds: &'static [Kind]) {
        if self.form == Form::Compiled {
            self.table(node, kinds[0].of);
            return;
        }
        let found = variants(node).flat_map(properties);
        let found: BTreeSet<_> = found.map(|(word, _)| word.as_str()).collect();
        let words = kinds.iter().flat_map(|kind| match kind.said {
            Said::Plainly => kind.of.names().collect(),
            Said::As(word) => vec![word],
            Said::Never => Vec::new(),
        });
        self.expect(found == words.collect(), "the kinds' words", node);
        for (word, inner) in variants(node).flat_map(properties) {
            match Type::Choice(kinds).field(word) {
                Some(of) => self.value(inner, of),
                None => self.fail(&format!("no kind is called `{word}`")),
            }
        }
    }

    fn resolved(&self, node: &'s Value) -> &'s Value {
        match node["$ref"].as_str() {
            Some(name) => {
                let name = name.rsplit('/').next().expect("it has an end");
                &self.definitions[name]
            }
            None => node,
        }
    }
}

/// The schemas that a value meets one of; the schema itself if it is not divided.
fn variants(node: &Value) -> impl Iterator<Item = &Value> {
    match node["oneOf"].as_array() {
        Some(variants) => variants.iter().collect::<Vec<_>>(),
        None => vec![node],
    }
    .into_iter()
}

fn properties(node: &Value) -> impl Iterator<Item = (&String, &Value)> {
    node["properties"].as_object().into_iter().flatten()
}

/// The names of JSON's types that a value may have.
fn types(node: &Value) -> BTreeSet<&str> {
    let parts = ["anyOf", "oneOf"].map(|word| node[word].as_array().into_iter().flatten());
    let own = match &node["type"] {
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        name => name.as_str().into_iter().collect::<Vec<_>>(),
    };
    parts
        .into_iter()
        .flatten()
        .flat_map(types)
        .chain(own)
        .collect()
}

/// The fields of a compiled job that the table does not have.
pub fn unknown_fields(job: &Value) -> Vec<String> {
    let mut unknown = Vec::new();
    collect_unknown(job, Type::Struct(&JOB), "job", &mut unknown);
    unknown
}

fn collect_unknown(value: &Value, of: Type, path: &str, unknown: &mut Vec<String>) {
    match (value, of) {
        (Value::Object(table), _) => {
            for (name, value) in table {
                let path = format!("{path}.{name}");
                // The first of several structs needs no word.
                let first = match of {
                    Type::Choice(kinds) => kinds[0].of.field(name).map(|field| field.of),
                    _ => None,
                };
                match of.field(name).or(first) {
                    Some(of) => collect_unknown(value, of, &path, unknown),
                    None => unknown.push(path),
                }
            }
        }
        (Value::Array(items), Type::List(of)) => {
            for item in items {
                collect_unknown(item, *of, path, unknown);
            }
        }
        _ => {}
    }
}

tests! {
    definitions_have_its_structs,
    compiled_jobs_have_its_structs,
}
