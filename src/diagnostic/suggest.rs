//! Did you mean?

/// The candidate that `word` is most likely a misspelling of.
///
/// One that is a letter away comes first, then the only one that goes on with further words
/// (`interval_secs` for `interval`), the only one with these words among its own, the only one that
/// begins alike (`prod` for `production`), and then the one with the least difference. Differences
/// beyond a third of the length suggest nothing; of equally close candidates the first in order
/// wins, so that the same input always gets the same advice.
///
/// Candidates may be many: each is compared letter by letter only if it has nearly the same ones.
pub fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.len() > LONGEST {
        return None;
    }
    let folded = fold(word);
    let has_words = folded.chars().count() >= SHORTEST;
    let (letters, length) = (letters(&folded), folded.chars().count());
    let as_word = format!("_{folded}_");
    let mut nearest: Option<(usize, &str)> = None;
    let [mut goes_on, mut has_among, mut begins_alike] = [Only::None; 3];
    let mut buffer = String::new();
    for candidate in candidates {
        if candidate.len() > LONGEST {
            continue;
        }
        buffer.clear();
        buffer.push('_');
        fold_into(candidate, &mut buffer);
        let other = &buffer[1..];
        if begins(other, &folded) || begins(&folded, other) {
            begins_alike.add(candidate);
        }
        let other_length = other.chars().count();
        let allowance = allowance(length, other_length);
        let most = nearest.map_or(allowance, |(distance, _)| distance.min(allowance));
        if length.abs_diff(other_length) <= most && letters.unlike(self::letters(other)) <= most {
            let found = (strsim::damerau_levenshtein(&folded, other), candidate);
            if found.0 <= allowance && nearest.is_none_or(|nearest| found < nearest) {
                nearest = Some(found);
            }
        }
        if has_words && other_length > length {
            buffer.push('_');
            if buffer.starts_with(&as_word) {
                goes_on.add(candidate);
            }
            if buffer.contains(&as_word) {
                has_among.add(candidate);
            }
        }
    }
    let nearly = nearest.filter(|(distance, _)| *distance < 2);
    let only = goes_on.get().or(has_among.get()).or(begins_alike.get());
    match (nearly, only) {
        (Some((_, nearly)), _) => Some(nearly),
        (None, Some(only)) => Some(only),
        (None, None) => nearest.map(|(_, candidate)| candidate),
    }
}

/// Whether `word` is `of` but for case, or for one letter in a word of three or more. What differs in a
/// digit is meant to.
pub fn is_slip(word: &str, of: &str) -> bool {
    if word == of || word.len() > LONGEST || of.len() > LONGEST {
        return false;
    }
    let (word, of) = (fold(word), fold(of));
    let digits = |text: &str| -> String { text.matches(|c: char| c.is_ascii_digit()).collect() };
    let [length, other] = [&word, &of].map(|text| text.chars().count());
    digits(&word) == digits(&of)
        && length.abs_diff(other) <= 1
        && strsim::damerau_levenshtein(&word, &of) <= allowance(length, other).min(1)
}

/// The longest words that are compared, in bytes.
const LONGEST: usize = 100;

/// The one candidate of a kind.
#[derive(Debug, Clone, Copy)]
enum Only<'a> {
    None,
    One(&'a str),
    Many,
}

impl<'a> Only<'a> {
    fn add(&mut self, candidate: &'a str) {
        *self = match *self {
            Self::None => Self::One(candidate),
            Self::One(known) if known == candidate => Self::One(known),
            _ => Self::Many,
        };
    }

    fn get(self) -> Option<&'a str> {
        match self {
            Self::One(candidate) => Some(candidate),
            Self::None | Self::Many => None,
        }
    }
}

/// Which letters a word has, those that are the same modulo 64 together.
#[derive(Debug, Clone, Copy)]
struct Letters(u64);

impl Letters {
    /// A lower bound of the difference between words: an edit brings or removes one letter.
    fn unlike(self, other: Self) -> usize {
        let missing = (self.0 & !other.0).count_ones();
        missing.max((other.0 & !self.0).count_ones()) as usize
    }
}

fn letters(word: &str) -> Letters {
    Letters(
        word.chars()
            .fold(0, |set, c| set | 1 << (u32::from(c) % 64)),
    )
}

/// A beginning shorter than this means nothing.
const SHORTEST: usize = 3;

fn begins(long: &str, short: &str) -> bool {
    short.chars().count() >= SHORTEST && long.starts_with(short)
}

/// Case and the choice of separator are never the mistake worth counting.
fn fold(word: &str) -> String {
    let mut folded = String::with_capacity(word.len());
    fold_into(word, &mut folded);
    folded
}

fn fold_into(word: &str, folded: &mut String) {
    folded.extend(word.chars().map(|c| match c {
        '-' => '_',
        c => c.to_ascii_lowercase(),
    }));
}

fn allowance(length: usize, other: usize) -> usize {
    length.max(other) / 3
}

#[cfg(test)]
mod tests {
    use super::{closest, is_slip};

    #[test]
    fn slips() {
        for (word, of, expected) in [
            ("htpp", "http", true),
            ("HTTP", "http", true),
            ("port", "ports", true),
            ("htp-admin", "http_admin", true),
            ("http", "http", false),
            ("http1", "http2", false),
            ("http1", "http", false),
            ("admin", "http", false),
            ("http-admin", "http", false),
            ("a", "b", false),
            ("ab", "a", false),
        ] {
            assert_eq!(is_slip(word, of), expected, "{word} {of}");
        }
    }

    #[test]
    fn suggestions() {
        let check = |word, expected| {
            assert_eq!(
                closest(word, ["cmdline", "name", "max_failures"]),
                expected,
                "{word}"
            );
        };
        check("cmdlin", Some("cmdline"));
        check("CmdLine", Some("cmdline"));
        check("max-failure", Some("max_failures"));
        check("nmae", Some("name"));
        check("resources", None);
        check("failures", Some("max_failures"));
        check("command", None);
        check("cmd", Some("cmdline"));
        check("max", Some("max_failures"));
        check("names of all", Some("name"));
        check("", None);
    }

    #[test]
    fn words_in_common() {
        let check = |word, candidates: [&'static str; 3], expected| {
            assert_eq!(closest(word, candidates), expected, "{word}");
        };
        let health = ["initial_interval_secs", "interval_secs", "timeout_secs"];
        check("interval", health, Some("interval_secs"));
        check("secs", health, None);
        let announce = ["primary_port", "portmap", "zk_path"];
        check("port", announce, Some("primary_port"));
        check("production", ["prod", "devel", "test"], Some("prod"));
        check("a_b", ["a", "b", "c"], None);
        let mesos = ["mesos.role", "mesos.hostname", "mesos.cluster"];
        check("mesos.host", mesos, Some("mesos.hostname"));
    }
}
