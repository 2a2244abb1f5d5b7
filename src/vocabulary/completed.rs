//! A job with Aurora's defaults filled in, and its numbers as Aurora's types make them.

use serde_json::{Map, Value};

use super::structs::JOB;
use super::types::{Absent, Literal, Struct, Type};

/// Tables that are completed of one file at most: each of them becomes many times as large.
const MOST_TABLES: usize = 50_000;

/// A file has more tables than are completed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooManyTables;

/// A compiled job with all that it leaves out; none if it has too many tables for one.
pub fn completed(job: &Map<String, Value>) -> Option<Map<String, Value>> {
    Completion::default().complete(job).ok()
}

/// What may still be filled in in the jobs of a file.
#[derive(Debug)]
pub struct Completion {
    tables_left: usize,
}

impl Default for Completion {
    fn default() -> Self {
        let tables_left = MOST_TABLES;
        Self { tables_left }
    }
}

impl Completion {
    /// `job` with all that it leaves out.
    ///
    /// # Errors
    /// If the jobs of its file have too many tables.
    pub fn complete(
        &mut self,
        job: &Map<String, Value>,
    ) -> Result<Map<String, Value>, TooManyTables> {
        let mut job = job.clone();
        self.table(&mut job, &JOB)?;
        Ok(job)
    }

    fn table(&mut self, table: &mut Map<String, Value>, of: &Struct) -> Result<(), TooManyTables> {
        self.tables_left = self.tables_left.checked_sub(1).ok_or(TooManyTables)?;
        for field in of.fields {
            if let Absent::Default(literal) = &field.absent {
                let value = table.entry(field.name);
                value.or_insert_with(|| literal.to_value());
            }
            if let Some(value) = table.get_mut(field.name) {
                self.value(value, field.of)?;
            }
        }
        Ok(())
    }

    fn value(&mut self, value: &mut Value, of: Type) -> Result<(), TooManyTables> {
        match (of, value) {
            (Type::Struct(of), Value::Object(table)) => self.table(table, of)?,
            (Type::List(of), Value::Array(items)) => {
                for item in items {
                    self.value(item, *of)?;
                }
            }
            (Type::Float, value @ Value::Number(_)) => {
                if let Some(float) = value.as_f64() {
                    *value = Value::from(float);
                }
            }
            _ => {}
        }
        Ok(())
    }
}

impl Literal {
    fn to_value(&self) -> Value {
        match self {
            Self::Integer(number) => Value::from(*number),
            Self::Float(number) => Value::from(*number),
            Self::Boolean(value) => Value::from(*value),
            Self::Text(text) => Value::from(*text),
            Self::EmptyList => Value::Array(Vec::new()),
            Self::Table(fields) => fields
                .iter()
                .map(|(name, literal)| ((*name).to_owned(), literal.to_value()))
                .collect(),
        }
    }
}
