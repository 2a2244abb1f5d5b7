//! A `cron_schedule` in words.

use super::cron;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DAYS: [&str; 7] = [
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
];

/// At most this many times of day are listed one by one.
const TIMES: usize = 6;

/// When a schedule runs: `at 04:00 on Monday to Friday`; none if it is no schedule.
pub fn cron_in_words(schedule: &str) -> Option<String> {
    let [minute, hour, day, month, weekday] = cron::values(schedule)?;
    let mut words = time(minute, hour);
    let number = |value: u32| value.to_string();
    if let Some(day) = day {
        words.push_str(&format!(" on day {} of the month", list(day, number)));
    }
    if let Some(weekday) = weekday {
        let name = |value: u32| DAYS[value as usize].to_owned();
        words.push_str(&format!(" on {}", list(weekday, name)));
    }
    if let Some(month) = month {
        let name = |value: u32| MONTHS[value as usize - 1].to_owned();
        words.push_str(&format!(" in {}", list(month, name)));
    }
    if day.is_none() && weekday.is_none() && hour.is_some() {
        let commas = month.is_some() || words.contains(',');
        words.push_str(if commas { ", every day" } else { " every day" });
    }
    Some(words)
}

fn time(minute: Option<u64>, hour: Option<u64>) -> String {
    let number = |value: u32| value.to_string();
    match (minute, hour) {
        (None, None) => "every minute".to_owned(),
        (None, Some(hours)) => format!("every minute of {}", hours_of(hours)),
        (Some(minutes), None) => match step(minutes, 60) {
            Some(step) => format!("every {step} minutes"),
            None if minutes == 1 => "every hour, on the hour".to_owned(),
            None => format!("at minute {} of every hour", list(minutes, number)),
        },
        (Some(minutes), Some(hours)) => {
            if (minutes.count_ones() * hours.count_ones()) as usize <= TIMES {
                let times = members(hours).flat_map(|hour| {
                    members(minutes).map(move |minute| format!("{hour:02}:{minute:02}"))
                });
                return format!("at {}", joined(&times.collect::<Vec<_>>()));
            }
            let minutes = match step(minutes, 60) {
                Some(step) => format!("every {step} minutes"),
                None => format!("at minute {}", list(minutes, number)),
            };
            match step(hours, 24) {
                Some(step) => format!("{minutes}, every {step} hours"),
                None => format!("{minutes} of {}", hours_of(hours)),
            }
        }
    }
}

fn hours_of(hours: u64) -> String {
    let plural = if hours.is_power_of_two() { "" } else { "s" };
    format!("the hour{plural} {}", list(hours, |hour| hour.to_string()))
}

/// The step of values that are all multiples of one below `end`.
fn step(values: u64, end: u32) -> Option<u32> {
    let step = members(values).nth(1)?;
    let multiples = (0..end).step_by(step as usize);
    let all = multiples.fold(0, |all, value| all | 1 << value);
    (values & 1 == 1 && all == values && step > 1).then_some(step)
}

fn members(values: u64) -> impl Iterator<Item = u32> + Clone {
    (0..64).filter(move |value| values & (1 << value) != 0)
}

/// The values with runs of three and more put together: `1, 3 and 5 to 8`.
fn list(values: u64, name: impl Fn(u32) -> String) -> String {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for value in members(values) {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == value => *last = value,
            _ => runs.push((value, value)),
        }
    }
    let words: Vec<String> = runs
        .into_iter()
        .flat_map(|(first, last)| match last - first {
            0 => vec![name(first)],
            1 => vec![name(first), name(last)],
            _ => vec![format!("{} to {}", name(first), name(last))],
        })
        .collect();
    joined(&words)
}

fn joined(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [only] => only.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn words() {
        for (schedule, expected) in [
            ("* * * * *", "every minute"),
            ("*/5 * * * *", "every 5 minutes"),
            ("0 * * * *", "every hour, on the hour"),
            ("15,45 * * * *", "at minute 15 and 45 of every hour"),
            ("0 4 * * *", "at 04:00 every day"),
            (
                "30 4,16 * * MON-FRI",
                "at 04:30 and 16:30 on Monday to Friday",
            ),
            ("0 0 1 * *", "at 00:00 on day 1 of the month"),
            (
                "0 0 1,15 1-3,6 *",
                "at 00:00 on day 1 and 15 of the month in January to March and June",
            ),
            ("0 0 * 12 *", "at 00:00 in December, every day"),
            (
                "*/10 8-17 * * 0,6",
                "every 10 minutes of the hours 8 to 17 on Sunday and Saturday",
            ),
            ("* 3 * * *", "every minute of the hour 3 every day"),
            ("5 */2 * * *", "at minute 5, every 2 hours, every day"),
        ] {
            assert_eq!(super::cron_in_words(schedule).as_deref(), Some(expected));
        }
        assert_eq!(super::cron_in_words("@daily"), None);
    }
}
