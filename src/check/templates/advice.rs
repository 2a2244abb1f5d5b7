//! What a reference to an unknown name was probably meant to be.

use crate::diagnostic::closest;
use crate::model::{Address, Component};

use crate::check::schema::Struct;
use crate::check::scope::{Scope, trouble};

/// Names that can be referred to from anywhere.
const EVERYWHERE: &[&str] = &[
    "mesos.instance",
    "mesos.hostname",
    "mesos.role",
    "mesos.cluster",
    "thermos.task_id",
    "thermos.user",
    "role",
    "cluster",
    "environment",
    "name",
    "task.name",
    "instances",
];

/// Tables whose fields people expect to be known without the table's name.
const TABLES: &[&str] = &[
    "announce",
    "task",
    "task.resources",
    "update_config",
    "mesos",
    "thermos",
];

/// The address that was meant by `address`.
pub(in crate::check) fn near_miss(address: &Address<'_>, scope: &Scope<'_>) -> Option<String> {
    use Component::{Field, Index};
    let port = match &address.0[..] {
        [
            Field("thermos" | "mesos"),
            Field(word),
            Index(port) | Field(port),
        ] if word.starts_with("port") => Some(port),
        [Field("ports" | "port"), Index(port) | Field(port)] => Some(port),
        _ => None,
    };
    if let Some(port) = port {
        return Some(format!("thermos.ports[{port}]"));
    }
    let written = address.to_string();
    let known = |candidate: &str| {
        Address::parse(candidate).is_some_and(|address| trouble(&address, scope).is_none())
    };
    if let [Field(_)] = &address.0[..] {
        let qualified = TABLES
            .iter()
            .map(|table| format!("{table}.{written}"))
            .find(|candidate| known(candidate));
        if qualified.is_some() {
            return qualified;
        }
    }
    let local: &[&str] = match scope.innermost() {
        Some(Struct::Process(_)) => &["max_failures", "min_duration"],
        Some(Struct::Announcer(_)) => &["primary_port"],
        _ => &[],
    };
    closest(&written, EVERYWHERE.iter().chain(local).copied()).map(str::to_owned)
}
