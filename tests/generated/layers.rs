//! A job taken apart into layers, which come to the same job again.

use std::collections::BTreeSet;
use std::ops::Range;

use serde_json::{Map, Value, json};

use super::choices::Choices;

/// Who writes a part of a job, lowest first; the last three for its environment alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Layer {
    Workspace,
    File,
    Job,
    WorkspaceEnvironment,
    FileEnvironment,
    JobEnvironment,
}

use Layer::{File, FileEnvironment, Job, JobEnvironment, Workspace, WorkspaceEnvironment};

/// Tables of which one key is the choice.
const CHOICES: &[&[&str]] = &[
    &["container"],
    &["sla_policy"],
    &["health_check_config", "health_checker"],
    &["update_config", "update_strategy"],
    &["constraints", "*"],
    &["packages", "*"],
];
const PROCESSES: &[&str] = &["task", "processes"];

/// A part of a job in one layer.
enum Part {
    Leaf(Value),
    Table(Vec<(String, Part)>),
    /// Tables that have names, in their order.
    Named(Vec<(String, Part)>),
}

/// The text of a value that is written as a whole.
pub struct Written {
    /// From the job on, with the names of processes.
    pub path: Vec<String>,
    layer: Layer,
    pub key: Range<usize>,
    pub value: Range<usize>,
}

impl Written {
    pub fn is_of_workspace(&self) -> bool {
        matches!(self.layer, Workspace | WorkspaceEnvironment)
    }
}

/// A job in layers.
pub struct Layered {
    pub settings: String,
    pub definition: String,
    written: Vec<Written>,
}

impl Layered {
    /// Where the value stands that wins.
    pub fn winner(&self, path: &[String]) -> Option<&Written> {
        let all = self.written.iter().filter(|written| written.path == path);
        all.max_by_key(|written| written.layer)
    }

    /// What is written around a text of the definition.
    pub fn around(&self, text: &Range<usize>) -> Option<&Written> {
        let around = |outer: &Range<usize>| outer.start <= text.start && text.end <= outer.end;
        let mut own = self.written.iter().filter(|it| !it.is_of_workspace());
        own.find(|written| around(&written.key) || around(&written.value))
    }
}

/// How the layers of a job are written.
struct Shape {
    /// The layers that there may be; the one first that has all without any choice.
    layers: Vec<Layer>,
    /// Whether the environment is a key of a table.
    environment: Option<String>,
    /// Whether the job is in a table by its name.
    name: Option<String>,
    has_jobs: bool,
}

/// A job in layers, without choices as a whole. Values that are others than in `original` are written
/// once.
pub fn layered(job: &Value, original: &Value, c: &mut Choices<'_>) -> Layered {
    let text = |field: &str| job[field].as_str().map(str::to_owned);
    let has_jobs = c.once_in(2);
    let environment = text("environment").filter(|_| c.once_in(2));
    let name = text("name").filter(|_| has_jobs && c.once_in(2));
    let mut layers = vec![Job];
    // TOML has no null.
    let is_toml = !job.to_string().contains(":null");
    if is_toml {
        layers.push(Workspace);
    }
    if has_jobs {
        layers.push(File);
    }
    let mut fields = job.as_object().expect("a job is a table").clone();
    let mut split = Split {
        layers: Vec::new(),
        parts: Vec::new(),
    };
    // A layer that has `environment` has no `environments` beside it.
    let mut home = None;
    if environment.is_some() {
        fields.remove("environment");
        layers.push(JobEnvironment);
    } else if let Some(value) = fields.remove("environment") {
        let layer = c.of(&layers);
        split.put(layer, &["environment".to_owned()], value);
        home = Some(layer);
    }
    if text("environment").is_some() {
        if is_toml && home != Some(Workspace) {
            layers.push(WorkspaceEnvironment);
        }
        if has_jobs && home != Some(File) {
            layers.push(FileEnvironment);
        }
    }
    if name.is_some() {
        fields.remove("name");
    }
    let shape = Shape {
        layers,
        environment,
        name,
        has_jobs,
    };
    split.layers.clone_from(&shape.layers);
    let whole = Value::Object(fields);
    split.value(&whole, Some(original), &mut Vec::new(), Workspace, c);
    Printer::printed(split.parts, &shape, job["environment"].as_str(), c)
}

/// A job that is being taken apart.
struct Split {
    layers: Vec<Layer>,
    /// What the layers have at their top.
    parts: Vec<(Layer, Vec<(String, Part)>)>,
}

impl Split {
    fn value(
        &mut self,
        value: &Value,
        original: Option<&Value>,
        path: &mut Vec<String>,
        floor: Layer,
        c: &mut Choices<'_>,
    ) {
        if is(path, PROCESSES)
            && let Some(processes) = with_names(value)
        {
            self.processes(&processes, original, path, c);
        } else if let Some(fields) = fields_to_split(value, path) {
            for (name, value) in fields {
                path.push(name.clone());
                let original = original.and_then(|original| original.get(name));
                self.value(value, original, path, floor, c);
                path.pop();
            }
        } else {
            let is_waiver = path.last().is_some_and(|field| field == "waive");
            let layers = self.layers.iter().copied();
            let may = |layer: &Layer| {
                *layer >= floor && (!is_waiver || matches!(layer, Job | JobEnvironment))
            };
            let allowed: Vec<_> = layers.filter(may).collect();
            let winner = c.of(&allowed);
            self.put(winner, path, value.clone());
            let below: Vec<_> = allowed.into_iter().filter(|it| *it < winner).collect();
            if original == Some(value) && c.once_in(3) && !below.is_empty() {
                self.put(c.of(&below), path, value.clone());
            }
        }
    }

    /// Each process comes in a layer that is not below those of the processes before it.
    fn processes(
        &mut self,
        processes: &[(&str, &Map<String, Value>)],
        original: Option<&Value>,
        path: &mut Vec<String>,
        c: &mut Choices<'_>,
    ) {
        let mut floor = Workspace;
        for (name, fields) in processes {
            let layers = self.layers.iter().copied();
            let layers: Vec<_> = layers.filter(|layer| *layer >= floor).collect();
            floor = c.of(&layers);
            let of_name = |process: &&Value| process["name"] == *name;
            let mut all = original.and_then(Value::as_array).into_iter().flatten();
            let original = all.find(of_name);
            path.push((*name).to_owned());
            for (index, (field, value)) in fields.iter().filter(|(it, _)| *it != "name").enumerate()
            {
                path.push(field.clone());
                // A process whose name is the mistake has it once.
                if index == 0 || original.is_none() {
                    self.put(floor, path, value.clone());
                } else {
                    let original = original.and_then(|original| original.get(field));
                    self.value(value, original, path, floor, c);
                }
                path.pop();
            }
            path.pop();
        }
    }

    fn put(&mut self, layer: Layer, path: &[String], value: Value) {
        let at = self.parts.iter().position(|(other, _)| *other == layer);
        let at = at.unwrap_or_else(|| {
            self.parts.push((layer, Vec::new()));
            self.parts.len() - 1
        });
        let mut fields = &mut self.parts[at].1;
        let (last, tables) = path.split_last().expect("it has a field");
        for (depth, name) in tables.iter().enumerate() {
            let at = fields.iter().position(|(other, _)| other == name);
            let at = at.unwrap_or_else(|| {
                let part = if is(&path[..=depth], PROCESSES) {
                    Part::Named(Vec::new())
                } else {
                    Part::Table(Vec::new())
                };
                fields.push((name.clone(), part));
                fields.len() - 1
            });
            fields = match &mut fields[at].1 {
                Part::Table(fields) | Part::Named(fields) => fields,
                Part::Leaf(_) => panic!("{path:?} is in a value that is written as a whole"),
            };
        }
        fields.push((last.clone(), Part::Leaf(value)));
    }
}

fn is(path: &[String], wanted: &[&str]) -> bool {
    path.len() == wanted.len() && wanted.iter().zip(path).all(|(a, b)| *a == "*" || a == b)
}

/// The fields of a table that may stand in several layers.
fn fields_to_split<'v>(value: &'v Value, path: &[String]) -> Option<&'v Map<String, Value>> {
    let fields = value.as_object().filter(|fields| !fields.is_empty())?;
    let is_choice = CHOICES.iter().any(|choice| is(path, choice));
    let is_waiver = path.last().is_some_and(|field| field == "waive");
    (!is_waiver && (!is_choice || fields.len() == 1)).then_some(fields)
}

/// Processes with their names, if all have one and a command.
fn with_names(value: &Value) -> Option<Vec<(&str, &Map<String, Value>)>> {
    let with_name = |process: &'_ Value| {
        let fields = process.as_object()?;
        fields.contains_key("cmdline").then_some(())?;
        process["name"].as_str().map(|_| ())
    };
    let processes = value.as_array().filter(|processes| !processes.is_empty())?;
    processes.iter().try_for_each(with_name)?;
    let names: BTreeSet<_> = processes
        .iter()
        .filter_map(|it| it["name"].as_str())
        .collect();
    let tables = processes
        .iter()
        .filter_map(|it| Some((it["name"].as_str()?, it.as_object()?)));
    (names.len() == processes.len()).then(|| tables.collect())
}

/// Writes layers, and where their values stand.
struct Printer<'c, 'n> {
    c: &'c mut Choices<'n>,
    text: String,
    /// What stands between a key and its value, as long in each format.
    between: &'static str,
    written: Vec<Written>,
}

impl Printer<'_, '_> {
    fn printed(
        mut parts: Vec<(Layer, Vec<(String, Part)>)>,
        shape: &Shape,
        environment: Option<&str>,
        c: &mut Choices<'_>,
    ) -> Layered {
        let mut take = |layer: Layer| {
            let at = parts.iter().position(|(other, _)| *other == layer)?;
            Some(parts.swap_remove(at).1)
        };
        let mut pair = |layer, of_environment| (take(layer), take(of_environment));
        let workspace = pair(Workspace, WorkspaceEnvironment);
        let file = pair(File, FileEnvironment);
        let (job, of_environment) = pair(Job, JobEnvironment);
        let mut printer = Printer {
            c,
            text: String::new(),
            between: "=",
            written: Vec::new(),
        };
        if workspace.0.is_some() || workspace.1.is_some() {
            printer.text += "defaults = ";
            printer.layer(Workspace, workspace.0, environment.zip(workspace.1));
            printer.text.push('\n');
        }
        let settings = std::mem::take(&mut printer.text);
        printer.between = ":";
        let own = shape.environment.as_deref();
        let own = own.map(|name| (name, of_environment.unwrap_or_default()));
        if shape.has_jobs {
            printer.text.push('{');
            if file.0.is_some() || file.1.is_some() {
                printer.text += "\"defaults\":";
                printer.layer(File, file.0, environment.zip(file.1));
                printer.text += ", ";
            }
            printer.text += "\"jobs\":";
            if let Some(name) = &shape.name {
                printer.text.push('{');
                let key = printer.string(name);
                printer.note(&["name"], Job, key.clone(), key);
                printer.text += ":";
                printer.layer(Job, job, own);
                printer.text += "}}";
            } else {
                printer.text.push('[');
                printer.layer(Job, job, own);
                printer.text += "]}";
            }
        } else {
            printer.layer(Job, job, own);
        }
        Layered {
            settings,
            definition: printer.text,
            written: printer.written,
        }
    }

    fn layer(
        &mut self,
        layer: Layer,
        fields: Option<Vec<(String, Part)>>,
        environment: Option<(&str, Vec<(String, Part)>)>,
    ) {
        self.text.push('{');
        let fields = fields.unwrap_or_default();
        let is_empty = fields.is_empty();
        self.fields(fields, layer, &mut Vec::new());
        if let Some((name, fields)) = environment {
            let layer = match layer {
                Workspace => WorkspaceEnvironment,
                File => FileEnvironment,
                _ => JobEnvironment,
            };
            self.text += if is_empty { "" } else { ", " };
            self.text += "\"environments\"";
            self.text += self.between;
            self.text.push('{');
            if layer != JobEnvironment && self.c.once_in(2) {
                // No job is in this one.
                self.string("other");
                self.text += self.between;
                self.value(&json!({ "contact": "nobody", "task": { "processes": [] } }));
                self.text += ", ";
            }
            let key = self.string(name);
            if layer == JobEnvironment {
                self.note(&["environment"], layer, key.clone(), key);
            }
            self.text += self.between;
            self.text.push('{');
            self.fields(fields, layer, &mut Vec::new());
            self.text += "}}";
        }
        self.text.push('}');
    }

    fn fields(&mut self, mut fields: Vec<(String, Part)>, layer: Layer, path: &mut Vec<String>) {
        if self.c.once_in(2) {
            fields.reverse();
        }
        for (index, (name, part)) in fields.into_iter().enumerate() {
            self.text += if index > 0 { ", " } else { "" };
            path.push(name);
            let key = self.string(&path[path.len() - 1]);
            self.text += self.between;
            self.part(part, layer, path, key);
            path.pop();
        }
    }

    fn part(&mut self, part: Part, layer: Layer, path: &mut Vec<String>, key: Range<usize>) {
        match part {
            Part::Leaf(value) => {
                let start = self.text.len();
                self.value(&value);
                let value = start..self.text.len();
                let path: Vec<_> = path.iter().map(String::as_str).collect();
                self.note(&path, layer, key, value);
            }
            Part::Table(fields) => {
                self.text.push('{');
                self.fields(fields, layer, path);
                self.text.push('}');
            }
            Part::Named(tables) => {
                let is_table = self.c.once_in(2);
                self.text.push(if is_table { '{' } else { '[' });
                for (index, (name, part)) in tables.into_iter().enumerate() {
                    self.text += if index > 0 { ", " } else { "" };
                    path.push(name);
                    self.named(part, layer, path, is_table);
                    path.pop();
                }
                self.text.push(if is_table { '}' } else { ']' });
            }
        }
    }

    /// A process, by its name or with it.
    fn named(&mut self, part: Part, layer: Layer, path: &mut Vec<String>, is_table: bool) {
        let Part::Table(fields) = part else {
            panic!("{path:?} is a table");
        };
        let name = path[path.len() - 1].clone();
        if !is_table {
            self.text += "{\"name\"";
            self.text += self.between;
        }
        let written = self.string(&name);
        path.push("name".to_owned());
        let names: Vec<_> = path.iter().map(String::as_str).collect();
        self.note(&names, layer, written.clone(), written);
        path.pop();
        if is_table {
            self.text += self.between;
            self.text.push('{');
        } else if !fields.is_empty() {
            self.text += ", ";
        }
        self.fields(fields, layer, path);
        self.text.push('}');
    }

    fn note(&mut self, path: &[&str], layer: Layer, key: Range<usize>, value: Range<usize>) {
        self.written.push(Written {
            path: path.iter().map(|&name| name.to_owned()).collect(),
            layer,
            key,
            value,
        });
    }

    fn string(&mut self, text: &str) -> Range<usize> {
        let start = self.text.len();
        self.text += &Value::from(text).to_string();
        start..self.text.len()
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Object(fields) => {
                self.text.push('{');
                for (index, (name, value)) in fields.iter().enumerate() {
                    self.text += if index > 0 { ", " } else { "" };
                    self.string(name);
                    self.text += self.between;
                    self.value(value);
                }
                self.text.push('}');
            }
            Value::Array(items) => {
                self.text.push('[');
                for (index, item) in items.iter().enumerate() {
                    self.text += if index > 0 { ", " } else { "" };
                    self.value(item);
                }
                self.text.push(']');
            }
            other => self.text += &other.to_string(),
        }
    }
}
