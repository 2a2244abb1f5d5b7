//! Single values of a compiled job, as Aurora's types coerce them: a number may be a string, a flag
//! a number, and any of them a text with references.

use serde_json::{Map, Value};

use crate::vocabulary::python;

use super::bind::{Scope, Trouble, scalar};
use super::read::Problem;

type Table = Map<String, Value>;

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
        let Some(text) = scalar(value) else {
            self.problem(at, format!("expected a text, found {}", kind(value)));
            return None;
        };
        match scope.fill_in(&text) {
            Ok(filled) => Some(filled),
            Err(trouble) => {
                let what = match trouble {
                    Trouble::Malformed(text) => format!("`{text}` is no reference"),
                    Trouble::Unbound(text) => format!("`{text}` is unknown here"),
                    Trouble::Endless(text) => format!("the value of `{text}` leads back to itself"),
                    Trouble::TooLarge(text) => format!("with `{text}`, the job becomes too large"),
                    Trouble::NotText(text) => format!("`{text}` is a table or a list, not text"),
                };
                self.problem(at, what);
                None
            }
        }
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
