//! JSON schemas of the documents that jobc reads and writes, derived from the types that it reads
//! and writes them with.

use schemars::generate::SchemaSettings;
use schemars::transform::{Transform, transform_subschemas};
use schemars::{JsonSchema, Schema};
use serde_json::Value;

use crate::diagnostic::render::Message;
use crate::diagnostic::{Kind, Registry};
use crate::diff::Comparison;
use crate::model::{Document, LockFile, Settings};
use crate::show::Shown;
use crate::target::aurora::JobDocument;
use crate::why::change::WhyChanged;
use crate::why::json::WhyDocument;

/// A kind of document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// What users write.
    Definition,
    /// The workspace's settings.
    Settings,
    /// The workspace's lock.
    Lock,
    /// A compiled job for Aurora.
    Aurora,
    /// A job as it is shown.
    Show,
    /// What changes between two sets of compiled jobs.
    Diff,
    /// Who needs a store path.
    Why,
    /// Why steps of a job changed.
    WhyChanged,

    /// A line of what is said about problems.
    Messages,
}

impl Which {
    /// All kinds.
    pub const ALL: [Self; 9] = [
        Self::Definition,
        Self::Settings,
        Self::Lock,
        Self::Aurora,
        Self::Show,
        Self::Diff,
        Self::Why,
        Self::WhyChanged,
        Self::Messages,
    ];

    /// The name of the file that has the schema.
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Definition => "definition.schema.json",
            Self::Settings => "settings.schema.json",
            Self::Lock => "lock.schema.json",
            Self::Aurora => "aurora-job.schema.json",
            Self::Show => "show.schema.json",
            Self::Diff => "diff.schema.json",
            Self::Why => "why.schema.json",
            Self::WhyChanged => "why-changed.schema.json",
            Self::Messages => "messages.schema.json",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Definition => "jobc definition",
            Self::Settings => "jobc settings, `jobc.toml`",
            Self::Lock => "jobc lock, `jobc.lock`",
            Self::Aurora => "Aurora job, as jobc compiles it",
            Self::Show => "A job, as `jobc show --format json` prints it",
            Self::Diff => "changes of compiled jobs, as `jobc diff` prints them",
            Self::Why => "who needs a store path, as `jobc why --format json` says",
            Self::WhyChanged => "why steps of a job changed, as `jobc why --format json` says",
            Self::Messages => "line of `jobc --message-format json`",
        }
    }
}

/// The schema of a kind of document, as text.
///
/// # Panics
/// Never: a schema is JSON.
pub fn schema(which: Which, registry: Registry) -> String {
    let mut schema = match which {
        Which::Definition => read::<Document>(),
        Which::Settings => read::<Settings>(),
        Which::Lock => read::<LockFile>(),
        Which::Aurora => written::<JobDocument<'_>>(),
        Which::Show => written::<Shown>(),
        Which::Diff => written::<Comparison>(),
        Which::Why => written::<WhyDocument<'_>>(),
        Which::WhyChanged => written::<WhyChanged>(),
        Which::Messages => written::<Message<'_>>(),
    };
    name_lints(&mut schema, registry);
    schema.insert("title".to_owned(), which.title().into());
    let mut text = serde_json::to_string_pretty(&schema).expect("a schema is JSON");
    text.push('\n');
    text
}

/// Says which lints there are, where they are named: the model does not know.
fn name_lints(schema: &mut Schema, registry: Registry) {
    let Some(Value::Object(definitions)) = schema.get_mut("$defs") else {
        return;
    };
    for name in ["LintLevels", "Waive"] {
        let Some(Value::Object(table)) = definitions.get_mut(name) else {
            continue;
        };
        let bound_to = table.insert("additionalProperties".to_owned(), Value::Bool(false));
        let lints = registry.codes().filter_map(|code| match code.kind {
            Kind::Rule => None,
            Kind::Lint(level) => Some((code, level)),
        });
        let properties = lints.map(|(code, level)| {
            let mut property = bound_to.clone().unwrap_or(Value::Bool(true));
            let says = format!("{} (level unless set: {level})", code.summary);
            property["description"] = says.into();
            (code.id.to_owned(), property)
        });
        let properties = properties.collect::<serde_json::Map<_, _>>();
        table.insert("properties".to_owned(), properties.into());
    }
}

fn read<T: JsonSchema>() -> Schema {
    let settings = SchemaSettings::draft2020_12().for_deserialize();
    settings
        .with_transform(WithoutNull)
        .into_generator()
        .into_root_schema_for::<T>()
}

fn written<T: JsonSchema>() -> Schema {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    settings
        .with_transform(WithoutNull)
        .into_generator()
        .into_root_schema_for::<T>()
}

/// Takes null out of what may be absent: jobc neither writes nor accepts it.
#[derive(Debug, Clone)]
struct WithoutNull;

impl Transform for WithoutNull {
    fn transform(&mut self, schema: &mut Schema) {
        transform_subschemas(self, schema);
        let Some(object) = schema.as_object_mut() else {
            return;
        };
        if let Some(Value::Array(types)) = object.get_mut("type") {
            types.retain(|name| name != "null");
            if let [only] = types.as_slice() {
                let only = only.clone();
                object.insert("type".to_owned(), only);
            }
        }
        let Some(Value::Array(choices)) = object.get_mut("anyOf") else {
            return;
        };
        choices.retain(|choice| choice.get("type").is_none_or(|name| name != "null"));
        if let [Value::Object(only)] = choices.as_slice() {
            let only = only.clone();
            object.remove("anyOf");
            for (key, value) in only {
                object.entry(key).or_insert(value);
            }
        }
    }
}
