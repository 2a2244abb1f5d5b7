//! What a target makes of each field of a plan: data that it acts by, and that `explain` prints.

use std::fmt::Write as _;

/// What becomes of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coverage {
    /// The target's document says it.
    Exact,
    /// The target's document says something close to it: how it differs.
    Approximated(&'static str),
    /// The target refuses a job that gives it: why.
    Refused(&'static str),
}

/// A field of a plan, or a choice that a definition has for one, and what becomes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// The table of the plan.
    pub table: &'static str,
    /// The field.
    pub field: &'static str,
    /// What definitions call it.
    pub called: &'static str,
    /// The choice, as definitions write it; none for all of the field but its other rows.
    pub choice: Option<&'static str>,
    /// What becomes of it.
    pub coverage: Coverage,
}

/// What a target makes of all fields of a plan. Each table is taken apart without `..`, so that a
/// field without a row does not compile; `besides` names the fields that have a table of their own, and
/// what is about the definition alone.
macro_rules! covered {
    ($(
        $table:ident $(besides($($beside:ident),+))? {
            $($field:ident $called:literal $(and $also:literal)?: $coverage:expr $(, [$($choice:literal: $of_choice:expr),+ $(,)?])?;)+
        }
    )+) => {
        pub(super) const ROWS: &[$crate::target::coverage::Row] = &[
            $($(
                $crate::target::coverage::Row {
                    table: stringify!($table),
                    field: stringify!($field),
                    called: $called,
                    choice: None,
                    coverage: $coverage,
                },
                $($crate::target::coverage::Row {
                    table: stringify!($table),
                    field: stringify!($field),
                    called: $also,
                    choice: None,
                    coverage: $coverage,
                },)?
                $($($crate::target::coverage::Row {
                    table: stringify!($table),
                    field: stringify!($field),
                    called: $called,
                    choice: Some($choice),
                    coverage: $of_choice,
                },)+)?
            )+)+
        ];

        $(const _: fn(&$table) = |table| {
            let $table { $($field: _,)+ $($($beside: _),+)? } = table;
        };)+
    };
}
pub(super) use covered;

/// What becomes of a field, whatever a definition chooses for it.
pub(super) fn of_field(rows: &[Row], table: &str, field: &str) -> Coverage {
    let is_it = |row: &&Row| row.table == table && row.field == field && row.choice.is_none();
    let row = rows.iter().find(is_it);
    row.map_or(Coverage::Exact, |row| row.coverage)
}

/// What becomes of a choice that a definition has for a field.
pub(super) fn of_choice(rows: &[Row], table: &str, field: &str, choice: &str) -> Coverage {
    let of_field = |row: &&Row| row.table == table && row.field == field;
    let mut rows = rows.iter().filter(of_field);
    let row = rows.rfind(|row| row.choice.is_none_or(|own| own == choice));
    row.map_or(Coverage::Exact, |row| row.coverage)
}

/// The rows as a table for people.
pub(super) fn text(rows: &[Row]) -> String {
    let name = |row: &Row| match row.choice {
        Some(choice) => format!("{}.{choice}", row.called),
        None => row.called.to_owned(),
    };
    let width = rows.iter().map(|row| name(row).len()).max().unwrap_or(0);
    let mut text = String::new();
    for row in rows {
        let name = name(row);
        let line = match row.coverage {
            Coverage::Exact => writeln!(text, "{name:width$}  exact"),
            Coverage::Approximated(how) => writeln!(text, "{name:width$}  approximated: {how}"),
            Coverage::Refused(why) => writeln!(text, "{name:width$}  refused: {why}"),
        };
        line.expect("a string takes all");
    }
    text
}
