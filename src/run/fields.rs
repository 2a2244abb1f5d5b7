//! Single values of a compiled job, as Aurora's types coerce them: a number may be a string, a flag
//! a number, and any of them a text with references.

use serde_json::Value;

use crate::target::aurora::Table;
use crate::template::{Json, Names as _, OfFile, Value::Text};
use crate::vocabulary::python;

use super::problem::Problem;
use super::reading::Scope;

/// Collects what is wrong; what it returns then is made up.
#[derive(Default)]
pub(super) struct Reader {
    pub(super) problems: Vec<Problem>,
}

impl Reader {
    pub(super) fn finish<T>(self, value: T) -> Result<T, Vec<Problem>> {
        if self.problems.is_empty() {
            Ok(value)
        } else {
            Err(self.problems)
        }
    }

    pub(super) fn problem(&mut self, at: impl Into<String>, what: impl Into<String>) {
        self.problems.push(Problem::new(at, what));
    }

    /// The value of a field with a text.
    pub(super) fn required(
        &mut self,
        table: &Table,
        scope: &Scope<'_>,
        at: &str,
        field: &str,
    ) -> Option<String> {
        let path = join(at, field);
        let Some(value) = table.get(field) else {
            self.problem(path, "expected a text, found nothing");
            return None;
        };
        self.text(value, scope, &path)
    }

    pub(super) fn text(&mut self, value: &Value, scope: &Scope<'_>, at: &str) -> Option<String> {
        let Text(text) = OfFile::value(OfFile::Written(Json::Value(value), None)) else {
            self.problem(at, format!("expected a text, found {}", kind(value)));
            return None;
        };
        let filled = scope.complete(&text);
        filled
            .map_err(|trouble| self.problem(at, trouble.to_string()))
            .ok()
    }

    pub(super) fn number(
        &mut self,
        table: &Table,
        scope: &Scope<'_>,
        at: &str,
        field: &str,
    ) -> u64 {
        let Some(value) = table.get(field) else {
            return 0;
        };
        let at = join(at, field);
        let number = match value {
            Value::Bool(flag) => Some(i64::from(*flag)),
            Value::Number(number) => number
                .as_i64()
                .or_else(|| python::truncated(number.as_f64()?)),
            Value::String(_) => match self.text(value, scope, &at) {
                Some(text) => python::integer(&text).and_then(|it| it.parse().ok()),
                None => return 0,
            },
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        };
        match number.map(u64::try_from) {
            Some(Ok(number)) => number,
            Some(Err(_)) => {
                self.problem(at, format!("expected no negative number, found {value}"));
                0
            }
            None => {
                self.problem(
                    at,
                    format!("expected a whole number, found {}", kind(value)),
                );
                0
            }
        }
    }

    pub(super) fn flag(&mut self, table: &Table, scope: &Scope<'_>, at: &str, field: &str) -> bool {
        let Some(value) = table.get(field) else {
            return false;
        };
        let at = join(at, field);
        let flag = match value {
            Value::Bool(flag) => Some(*flag),
            Value::Number(number) => number.as_f64().map(|number| number != 0.0),
            Value::String(_) => match self.text(value, scope, &at) {
                Some(text) => python::boolean(&text),
                None => return false,
            },
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        };
        if flag.is_none() {
            self.problem(at, format!("expected true or false, found {}", kind(value)));
        }
        flag.unwrap_or_default()
    }
}

fn join(at: &str, field: &str) -> String {
    if at.is_empty() {
        field.to_owned()
    } else {
        format!("{at}.{field}")
    }
}

fn kind(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => format!("`{text}`"),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "a table".to_owned(),
    }
}
