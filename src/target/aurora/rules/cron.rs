//! The grammar of `cron_schedule`, as Aurora's scheduler reads it.
//!
//! ```text
//! schedule = minute hour day-of-month month day-of-week      (one or more spaces between)
//! field    = part { "," part }                               (empty parts are skipped)
//! part     = "*" | N | A "-" B | "*/" S | A "-" B "/" S      (0 < S < B)
//! ```
//!
//! Months and days of the week have English names of three letters, too. One of the two day fields
//! has to cover all days, and some day has to be one of the schedule.

use std::fmt;
use std::ops::RangeInclusive;

/// One of the five fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Field {
    /// What it is called.
    pub(super) name: &'static str,
    lowest: u32,
    highest: u32,
    names: &'static [&'static str],
}

const MONTHS: &[&str] = &[
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
];
const DAYS: &[&str] = &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

const FIELDS: [Field; 5] = [
    field("minute", 0, 59, &[]),
    field("hour", 0, 23, &[]),
    field("day of the month", 1, 31, &[]),
    field("month", 1, 12, MONTHS),
    field("day of the week", 0, 6, DAYS),
];
const DAY_OF_MONTH: usize = 2;
const MONTH: usize = 3;
const DAY_OF_WEEK: usize = 4;

const fn field(
    name: &'static str,
    lowest: u32,
    highest: u32,
    names: &'static [&'static str],
) -> Field {
    Field {
        name,
        lowest,
        highest,
        names,
    }
}

/// What is wrong with a schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Error {
    /// Not five fields; how many.
    Count(usize),
    /// White space before the first field or after the last.
    Around,
    /// A part of a field; where it starts.
    Part {
        field: Field,
        offset: usize,
        text: String,
        problem: Problem,
    },
    /// Both day fields choose days; where the second stands.
    BothDays { offset: usize, text: String },
    /// No month of the schedule has one of its days; where the days stand.
    Never { offset: usize, text: String },
}

/// What is wrong with a part of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Problem {
    Syntax,
    Range,
    Backwards,
    Step,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(found) => write!(f, "expected five fields, found {found}"),
            Self::Around => f.write_str("a schedule has no space before or after its fields"),
            Self::BothDays { .. } => {
                f.write_str("one of the two day fields has to be `*`, the schedule sets both")
            }
            Self::Never { text, .. } => write!(f, "no month of it has a day `{text}`"),
            Self::Part {
                field,
                text,
                problem,
                ..
            } => {
                let Field {
                    name,
                    lowest,
                    highest,
                    ..
                } = field;
                match problem {
                    Problem::Syntax => write!(f, "`{text}` is no {name}"),
                    Problem::Range => {
                        write!(f, "`{text}` is no {name}: expected {lowest} to {highest}")
                    }
                    Problem::Backwards => write!(f, "`{text}` ends before it starts"),
                    Problem::Step => write!(f, "`{text}` has a step that never comes to pass"),
                }
            }
        }
    }
}

/// Checks a schedule.
pub(super) fn check(text: &str) -> Result<(), Error> {
    let space = |c: char| matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{b}' | '\u{c}');
    let fields: Vec<&str> = text
        .split(space)
        .filter(|field| !field.is_empty())
        .collect();
    let [.., _] = fields[..] else {
        return Err(Error::Count(0));
    };
    if fields.len() != FIELDS.len() {
        return Err(Error::Count(fields.len()));
    }
    if text.starts_with(space) || text.ends_with(space) {
        return Err(Error::Around);
    }
    let mut values = [0_u64; FIELDS.len()];
    let mut offsets = [0; FIELDS.len()];
    let mut offset = 0;
    for (index, (field, written)) in FIELDS.into_iter().zip(&fields).enumerate() {
        offset += text[offset..].find(written).unwrap_or_default();
        offsets[index] = offset;
        values[index] = field.values(written, offset)?;
        offset += written.len();
    }
    let chooses = |index: usize| values[index] != FIELDS[index].all();
    if chooses(DAY_OF_MONTH) && chooses(DAY_OF_WEEK) {
        return Err(Error::BothDays {
            offset: offsets[DAY_OF_WEEK],
            text: fields[DAY_OF_WEEK].to_owned(),
        });
    }
    let comes = (1_u32..).zip(LONGEST_MONTHS).any(|(month, days)| {
        values[MONTH] & 1 << month != 0 && values[DAY_OF_MONTH] & bits(1..=days, 1) != 0
    });
    if !comes {
        return Err(Error::Never {
            offset: offsets[DAY_OF_MONTH],
            text: fields[DAY_OF_MONTH].to_owned(),
        });
    }
    Ok(())
}

/// How many days each month has at most.
const LONGEST_MONTHS: [u32; 12] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/// The values of the five fields of a schedule that is right, a bit for each; none if a field has
/// all that it could.
pub(super) fn values(text: &str) -> Option<[Option<u64>; 5]> {
    check(text).ok()?;
    let mut fields = [None; FIELDS.len()];
    let words = text
        .split_ascii_whitespace()
        .flat_map(|word| word.split('\u{b}'));
    let words = words.filter(|word| !word.is_empty());
    for ((field, word), values) in FIELDS.into_iter().zip(words).zip(&mut fields) {
        let found = field.values(word, 0).ok()?;
        *values = (found != field.all()).then_some(found);
    }
    Some(fields)
}

impl Field {
    /// All values that the field can have, a bit for each.
    fn all(self) -> u64 {
        bits(self.lowest..=self.highest, 1)
    }

    /// The values that are written, a bit for each.
    fn values(self, written: &str, mut offset: usize) -> Result<u64, Error> {
        let mut values = 0_u64;
        for part in written.split(',') {
            if !part.is_empty() {
                values |= self.part(part).map_err(|problem| Error::Part {
                    field: self,
                    offset,
                    text: part.to_owned(),
                    problem,
                })?;
            }
            offset += part.len() + 1;
        }
        if values == 0 {
            return Err(Error::Part {
                field: self,
                offset: offset - written.len() - 1,
                text: written.to_owned(),
                problem: Problem::Syntax,
            });
        }
        Ok(values)
    }

    /// Whether its values have names.
    pub(super) fn has_names(self) -> bool {
        !self.names.is_empty()
    }

    /// Whether a part of this field is the other common way to write Sunday.
    pub(super) fn is_sunday(self, part: &str) -> bool {
        self.names == DAYS && part == "7"
    }

    /// The values of a part, a bit for each.
    fn part(self, part: &str) -> Result<u64, Problem> {
        let part = self.without_names(part);
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, Some(number(step)?)),
            None => (part.as_str(), None),
        };
        if range == "*" {
            return match step {
                Some(0) => Err(Problem::Step),
                step => Ok(bits(self.lowest..=self.highest, step.unwrap_or(1))),
            };
        }
        let (first, last) = match range.split_once('-') {
            Some((first, last)) => (number(first)?, number(last)?),
            None if step.is_none() => (number(range)?, number(range)?),
            None => return Err(Problem::Syntax),
        };
        if first > last {
            return Err(Problem::Backwards);
        }
        if first < self.lowest || last > self.highest {
            return Err(Problem::Range);
        }
        if step.is_some_and(|step| step == 0 || step >= last) {
            return Err(Problem::Step);
        }
        Ok(bits(first..=last, step.unwrap_or(1)))
    }

    fn without_names(self, part: &str) -> String {
        // Letters beyond ASCII, too: `ſun` is a Sunday to the scheduler.
        let mut part = part.to_uppercase();
        for (number, name) in (self.lowest..).zip(self.names) {
            part = part.replace(name, &number.to_string());
        }
        part
    }
}

fn number(text: &str) -> Result<u32, Problem> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Problem::Syntax);
    }
    let number: i32 = text.parse().map_err(|_| Problem::Range)?;
    Ok(number.unsigned_abs())
}

fn bits(range: RangeInclusive<u32>, step: u32) -> u64 {
    range
        .step_by(step as usize)
        .fold(0, |bits, value| bits | 1 << value)
}

#[cfg(test)]
mod tests {
    fn check(text: &str, expected: &str) {
        let found = match super::check(text) {
            Ok(()) => String::new(),
            Err(error @ super::Error::Part { offset, .. }) => format!("{offset} {error}"),
            Err(error) => error.to_string(),
        };
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    fn accepted() {
        for text in [
            "* * * * *",
            "0 0 1 1 *",
            "*/5  1-5/2\t1,15 jan-MAR,12 *",
            "0,30 23 * * mon-fri",
            "0 0 1-31 * 1",
            "0 0 */1 * 1",
            "0 0 15 * 0-3,4-6",
            "5,,6 0 * * *",
            "00059 0 * * *",
            "*/99 0 * * *",
            "0 0 29 2 *",
            "0 0 31 2-3 *",
            "0 0 * * \u{17f}un",
        ] {
            check(text, "");
        }
    }

    #[test]
    fn refused() {
        check("", "expected five fields, found 0");
        check("* * * *", "expected five fields, found 4");
        check("@daily", "expected five fields, found 1");
        check("* * * * * *", "expected five fields, found 6");
        check(
            " * * * * *",
            "a schedule has no space before or after its fields",
        );
        check("60 * * * *", "0 `60` is no minute: expected 0 to 59");
        check("0 1,24 * * *", "4 `24` is no hour: expected 0 to 23");
        check(
            "0 0 0 * *",
            "4 `0` is no day of the month: expected 1 to 31",
        );
        check("0 0 * 13 *", "6 `13` is no month: expected 1 to 12");
        check("0 0 * * 7", "8 `7` is no day of the week: expected 0 to 6");
        check("0 0 * * MONDAY", "8 `MONDAY` is no day of the week");
        check("5/2 * * * *", "0 `5/2` is no minute");
        check("9-5 * * * *", "0 `9-5` ends before it starts");
        check("*/0 * * * *", "0 `*/0` has a step that never comes to pass");
        check(
            "0-5/5 * * * *",
            "0 `0-5/5` has a step that never comes to pass",
        );
        check(", * * * *", "0 `,` is no minute");
        check(
            "99999999999 * * * *",
            "0 `99999999999` is no minute: expected 0 to 59",
        );
        check(
            "0 0 1 * 1",
            "one of the two day fields has to be `*`, the schedule sets both",
        );
        check("0 0 30,31 FEB *", "no month of it has a day `30,31`");
        check("0 0 31 2,4,6,9,11 *", "no month of it has a day `31`");
        check("1-2-3 * * * *", "0 `1-2-3` is no minute");
        check("? * * * *", "0 `?` is no minute");
    }
}
