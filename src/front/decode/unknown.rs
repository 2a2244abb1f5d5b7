//! Fields that a table does not have: misspelled, in the wrong table, or of another tool.

use crate::diagnostic::{Diagnostic, Place, closest};
use crate::front::decode::codes::UNKNOWN_FIELD;
use crate::model::{Dialect, Document};
use crate::source::{Kind, Node, Pointer, Token};

use super::super::problems::named;
use super::other_tools::{self, Word};
use super::owner::Owner;
use super::pointers::{find, parent};
use super::tables::{SETTINGS, TABLES, Table};
use super::wording::{all, owner_name};

/// Tables whose keys are the author's.
const MAPS: &[&str] = &[
    "packages",
    "ports",
    "constraints",
    "task_links",
    "portmap",
    "lints",
    "env",
    "state",
];

/// Tables that words of other tools stand in.
const TRANSLATED: &[&[&str]] = &[
    &[],
    &["task"],
    &["task", "processes", "*"],
    &["task", "resources"],
    &["task", "processes", "*", "resources"],
];

/// A field that its table does not have.
pub(super) struct Unknown<'a> {
    pub(super) pointer: &'a Pointer,
    pub(super) field: &'a str,
    pub(super) expected: &'static [&'static str],
    pub(super) owner: Owner,
    pub(super) root: &'a Node,
}

/// What became of a field.
struct Moved {
    help: String,
    to: Option<Pointer>,
}

/// A field that stands in a table below the one that it belongs to.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct TooDeep {
    pub(super) pointer: Pointer,
    pub(super) field: String,
    /// Which of the tables it belongs to.
    table: usize,
    /// Where that one is.
    to: Pointer,
}

impl Unknown<'_> {
    pub(super) fn problem(&self) -> Diagnostic {
        let headline = format!("unknown field {}", named(self.field));
        let place = Place::key(self.pointer.clone());
        let problem = Diagnostic::new(&UNKNOWN_FIELD, headline, place);
        if let Some(moved) = self.moved() {
            return problem.help(moved.help);
        }
        let expected = known(self.expected, self.owner);
        let suggested = problem.did_you_mean(self.field, expected.iter().copied());
        if !suggested.help.is_empty() {
            return suggested;
        }
        if let Some((table, field)) = self.misspelled_above() {
            let name = tables(self.owner)[table].name;
            return suggested.help(format!("did you mean `{field}`, a field of {name}?"));
        }
        match &expected[..] {
            [] => suggested,
            [only] => suggested.note(format!("the only field here is `{only}`")),
            _ => suggested.note(format!("the fields here are {}", all(&expected))),
        }
    }

    /// Where the fields are that this one most likely is.
    pub(super) fn meant(&self) -> Vec<Pointer> {
        let table = parent(self.pointer);
        let is_sizes = matches!(self.field, "limits" | "requests" | "reservations");
        if is_sizes && self.expected.contains(&"ram") {
            return self.expected.iter().map(|key| table.key(*key)).collect();
        }
        self.likeliest().into_iter().collect()
    }

    fn likeliest(&self) -> Option<Pointer> {
        if let Some(moved) = self.moved() {
            return moved.to;
        }
        let expected = known(self.expected, self.owner);
        let candidate = match expected[..] {
            [only] => only,
            _ => closest(self.field, expected.iter().copied())?,
        };
        Some(parent(self.pointer).key(candidate))
    }

    fn misspelled_above(&self) -> Option<(usize, &'static str)> {
        let table = parent(self.pointer);
        let (_, path) = in_job(table.tokens(), self.owner, self.root)?;
        above(path, self.owner).find_map(|(index, table)| {
            let fields = known(table.fields(), self.owner);
            Some((index, closest(self.field, fields)?))
        })
    }

    /// Where a field went that older Aurora releases had here, that belongs into another table, or
    /// that another tool calls so.
    fn moved(&self) -> Option<Moved> {
        let (field, owner) = (self.field, self.owner);
        let table = parent(self.pointer);
        let rename = |name: &str| {
            Some(Moved {
                help: format!("write it as `{name}`"),
                to: name.rsplit('.').next().map(|name| table.key(name)),
            })
        };
        let key = match table.tokens().last() {
            Some(Token::Key(key)) => key.as_str(),
            _ => "",
        };
        match (key, field) {
            ("update_config", "restart_threshold") => {
                return Some(Moved {
                    help: "remove it: Aurora dropped it, health checks decide".to_owned(),
                    to: None,
                });
            }
            (_, "port") if self.expected == ["number"] => {
                return Some(Moved {
                    help: "write it as `number`".to_owned(),
                    to: Some(table.key("number")),
                });
            }
            ("http", "path") if self.expected.contains(&"endpoint") => return rename("endpoint"),
            ("announce", "port_map") => return rename("announce.portmap"),
            ("", "environments") if self.expected.contains(&"scheduler") => {
                return rename("scheduler.allowed_job_environments");
            }
            _ => {}
        }
        let (job, path) = in_job(table.tokens(), owner, self.root)?;
        // In a table of few fields, one of these is the likelier meaning.
        let mut large = TABLES
            .iter()
            .filter(|table| TRANSLATED.contains(&table.path));
        let is_large = owner == Owner::Settings || large.any(|table| table.is_at(path));
        if !is_large && closest(field, known(self.expected, owner)).is_some() {
            return None;
        }
        // The port of a server is no port of `lifecycle`, which has a field of this name.
        if field == "port"
            && is_large
            && owner != Owner::Settings
            && let Some(word) = other_tools::find(field)
        {
            return Some(self.translated(word, &job, path));
        }
        if let Some(below) = self.elsewhere(&job, path) {
            return Some(below);
        }
        if owner == Owner::Settings || !is_large {
            return None;
        }
        if field == "environment" {
            return Some(Moved {
                help: other_tools::VARIABLES.to_owned(),
                to: None,
            });
        }
        if owner == Owner::Job && path.is_empty() && SETTINGS[0].has(field) {
            return Some(Moved {
                help: "move it to `jobc.toml`: it is a setting of the workspace".to_owned(),
                to: None,
            });
        }
        other_tools::find(field).map(|word| self.translated(word, &job, path))
    }

    /// The same field in a table that does not stand around this one.
    fn elsewhere(&self, job: &Pointer, path: &[Token]) -> Option<Moved> {
        let is_own = |table: &Table| known(table.fields(), self.owner).contains(&self.field);
        let mut tables = tables(self.owner)
            .iter()
            .filter(|table| !table.path.is_empty() && !table.is_above(path));
        let table = tables.find(|table| is_own(table))?;
        if table.path.contains(&"*") {
            return Some(Moved {
                help: match table.path {
                    ["task", "processes", "*"] => {
                        "write it in a process, an entry of `task.processes`".to_owned()
                    }
                    _ => format!("write it in {}", table.name),
                },
                to: None,
            });
        }
        let to = table.path.iter().fold(job.clone(), |to, key| to.key(*key));
        Some(Moved {
            help: format!("write it as `{}.{}`", table.path.join("."), self.field),
            to: Some(to.key(self.field)),
        })
    }

    /// What a word of another tool is.
    fn translated(&self, word: &Word, job: &Pointer, path: &[Token]) -> Moved {
        let Some(dotted) = word.field else {
            return Moved {
                help: word.help.to_owned(),
                to: None,
            };
        };
        let (above, field) = dotted.rsplit_once('.').unwrap_or(("", dotted));
        let above: Vec<&str> = above.split('.').filter(|key| !key.is_empty()).collect();
        let table = TABLES.iter().find(|table| table.path == above);
        let is_here =
            table.is_some_and(|table| table.is_at(path)) || self.expected.contains(&field);
        let with = |help: String| match word.help {
            "" => help,
            more => more.to_owned(),
        };
        if is_here {
            return Moved {
                help: with(format!("write it as `{field}`")),
                to: Some(parent(self.pointer).key(field)),
            };
        }
        if above.contains(&"*") {
            return Moved {
                help: with(format!(
                    "write it as the `{field}` of a process, an entry of `task.processes`"
                )),
                to: None,
            };
        }
        let to = above.iter().fold(job.clone(), |to, key| to.key(*key));
        let is_around = table.is_some_and(|table| table.is_above(path));
        Moved {
            help: with(match table {
                Some(table) if is_around => {
                    format!("write it as `{field}`, a field of {}", table.name)
                }
                _ => format!("write it as `{dotted}`"),
            }),
            to: Some(to.key(field)),
        }
    }
}

/// The problem of a field that only definitions have, its key being at `place`.
pub fn own_field(field: &str, place: Place) -> Diagnostic {
    let headline = format!("unknown field {}", named(field));
    Diagnostic::new(&UNKNOWN_FIELD, headline, place)
        .help("remove it: jobc's definitions have it, but not the JSON that Aurora's client reads")
}

/// Whether a word is a field of its table but for a letter.
pub(super) fn is_slip(word: &str, fields: &[&'static str]) -> bool {
    const LENGTHS: std::ops::Range<usize> = 5..40;
    let is_near = |field: &&'static str| strsim::damerau_levenshtein(word, field) == 1;
    LENGTHS.contains(&word.len()) && fields.iter().any(is_near)
}

/// The value at a place as a field of a table around the one that it is in, whose keys are the
/// author's.
pub(super) fn refused_key(pointer: &Pointer, owner: Owner, root: &Node) -> Option<TooDeep> {
    let is_map = |token: &Token| match token {
        Token::Key(key) => MAPS.contains(&key.as_str()),
        Token::Index(_) => false,
    };
    let is_below = pointer.tokens().iter().any(is_map);
    is_below.then(|| too_deep(pointer, owner, root))?
}

/// The field at a place, or the one above it, as one of a table around the one that it is in.
pub(super) fn too_deep(pointer: &Pointer, owner: Owner, root: &Node) -> Option<TooDeep> {
    let (job, path) = in_job(pointer.tokens(), owner, root)?;
    let first = path.iter().position(|token| match token {
        Token::Key(key) => MAPS.contains(&key.as_str()),
        Token::Index(_) => false,
    });
    // Below a table whose keys are the author's, it is such a key.
    let length = first.map_or(path.len(), |map| map + 2).min(path.len());
    let (Token::Key(field), around) = path[..length].split_last()? else {
        return None;
    };
    let own = tables(owner).iter().find(|table| table.is_at(around));
    if own.is_some_and(|table| table.has(field)) {
        return None;
    }
    let pointer: Pointer = job
        .tokens()
        .iter()
        .chain(&path[..length])
        .cloned()
        .collect();
    let is_table = find(root, &pointer)
        .is_some_and(|node| matches!(node.kind, Kind::Mapping(_) | Kind::Sequence(_)));
    if field == "environment" && is_table {
        // These are variables.
        return None;
    }
    let (table, found) = above(around, owner).find(|(_, table)| {
        known(table.fields(), owner).contains(&field.as_str()) && !table.is_at(around)
    })?;
    let to = around[..found.path.len()].iter();
    let to: Pointer = job.tokens().iter().chain(to).cloned().collect();
    let to = to.key(field.as_str());
    Some(TooDeep {
        pointer,
        field: field.clone(),
        table,
        to,
    })
}

/// A field that is missing from the table at a place, in a table of that whose keys are the
/// author's, where it was taken for one of them.
pub(super) fn in_map(table: &Pointer, field: &str, owner: Owner, root: &Node) -> Option<TooDeep> {
    let maps = MAPS.iter().map(|map| table.key(*map).key(field));
    let mut there = maps.filter(|pointer| find(root, pointer).is_some());
    there.find_map(|pointer| too_deep(&pointer, owner, root))
}

impl TooDeep {
    /// Where it belongs.
    pub(super) fn to(&self) -> &Pointer {
        &self.to
    }

    /// Whether another one stands in the same table and belongs to the same one.
    fn is_beside(&self, other: &Self) -> bool {
        self.table == other.table && parent(&self.pointer) == parent(&other.pointer)
    }
}

/// The problems of fields that stand too deep, those of one table together.
pub(super) fn too_deep_problems(
    fields: Vec<TooDeep>,
    owner: Owner,
    root: &Node,
) -> Vec<Diagnostic> {
    let mut groups: Vec<Vec<TooDeep>> = Vec::new();
    for field in fields {
        match groups.iter_mut().find(|group| group[0].is_beside(&field)) {
            Some(group) if group.contains(&field) => {}
            Some(group) => group.push(field),
            None => groups.push(vec![field]),
        }
    }
    let problems = groups
        .iter()
        .map(|group| too_deep_problem(group, owner, root));
    problems.collect()
}

fn too_deep_problem(group: &[TooDeep], owner: Owner, root: &Node) -> Diagnostic {
    let first = &group[0];
    let container = parent(&first.pointer);
    let table = &tables(owner)[first.table];
    let names: Vec<&str> = group.iter().map(|field| field.field.as_str()).collect();
    let here = match owner_name(&container, owner) {
        "table" => match container.tokens().last() {
            Some(Token::Key(key)) => named(key),
            _ => "this table".to_owned(),
        },
        name => format!("the {name}"),
    };
    let process = process_name(&container, root);
    let here = match &process {
        Some(name) if here == "the process" => format!("process {}", named(name)),
        _ => here,
    };
    let (are, them) = match group {
        [_] => ("is a field", "it"),
        _ => ("are fields", "them"),
    };
    let headline = format!("{} {are} of {}, not of {here}", all(&names), table.name);
    let place = Place::key(first.pointer.clone());
    let mut problem = Diagnostic::new(&UNKNOWN_FIELD, headline, place);
    for other in &group[1..] {
        problem = problem.also(Place::key(other.pointer.clone()), "");
    }
    let node = find(root, &container);
    let inside = in_job(
        &first.pointer.tokens()[..container.tokens().len()],
        owner,
        root,
    );
    let is_listed = inside
        .as_ref()
        .is_some_and(|(job, _)| !job.tokens().is_empty());
    if node.is_some_and(is_below_header) {
        let problem = problem.also(
            Place::opening(container),
            "this header takes all keys that follow it",
        );
        return problem.help(match table.path {
            [] if is_listed => format!("move {them} up, right below `[[jobs]]`"),
            [] => format!("move {them} up, above the first header in brackets"),
            path if path.contains(&"*") => format!("move {them} up, above this header"),
            path => format!(
                "move {them} up, right below `[{}]`, before the next header",
                path.join(".")
            ),
        });
    }
    problem.help(match table.path {
        [] if !is_listed => format!("move {them} out of {here}, to the top level of the file"),
        [] => format!("move {them} out of {here}, to the job: beside its `task`"),
        ["task"] => format!("move {them} out of {here}, beside `processes`"),
        _ => format!("move {them} out of {here}"),
    })
}

/// Whether the fields of a table follow a header in brackets: then they lie outside of its text.
fn is_below_header(node: &Node) -> bool {
    match &node.kind {
        Kind::Mapping(entries) => entries
            .first()
            .is_some_and(|entry| entry.key_span.start >= node.span.end),
        _ => false,
    }
}

fn process_name<'a>(container: &Pointer, root: &'a Node) -> Option<&'a str> {
    match &find(root, container)?.get("name")?.kind {
        Kind::String(name) => Some(name),
        _ => None,
    }
}

/// The tables of a document.
fn tables(owner: Owner) -> &'static [Table] {
    match owner {
        Owner::Settings => SETTINGS,
        Owner::Job | Owner::File | Owner::ClientJob | Owner::ClientFile => TABLES,
    }
}

/// The tables around the one at `path`, and that one, the nearest first.
fn above(path: &[Token], owner: Owner) -> impl Iterator<Item = (usize, &'static Table)> {
    let around = tables(owner).iter().enumerate().rev();
    around.filter(move |(_, table)| table.is_above(path))
}

/// The job that a place is in, and the way from there.
fn in_job<'p>(tokens: &'p [Token], owner: Owner, root: &Node) -> Option<(Pointer, &'p [Token])> {
    if owner.is_job() || owner == Owner::Settings {
        return Some((Pointer::root(), tokens));
    }
    match tokens {
        [Token::Key(list), Token::Index(index), rest @ ..]
            if list == Document::LIST_FIELD && root.get(list).is_some() =>
        {
            Some((Pointer::root().key(list.as_str()).index(*index), rest))
        }
        _ => None,
    }
}

/// The fields of a table that are known where the document is read.
pub(super) fn known(expected: &[&'static str], owner: Owner) -> Vec<&'static str> {
    let own = |field: &&&str| {
        owner.dialect() == Dialect::Definition
            || !Document::is_own_field(field, |other| expected.contains(&other))
    };
    expected.iter().filter(own).copied().collect()
}
