//! Did you mean?

/// The candidate that `word` is most likely a misspelling of.
///
/// One that is a letter away comes first, then the only one that goes on with further words
/// (`interval_secs` for `interval`), the only one with these words among its own, the only one that
/// begins alike (`prod` for `production`), and then the one with the least difference. Differences
/// beyond a third of the length suggest nothing; of equally close candidates the first in order
/// wins, so that the same input always gets the same advice.
pub fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const LONGEST: usize = 100;
    if word.len() > LONGEST {
        return None;
    }
    let folded = fold(word);
    let mut candidates: Vec<(usize, &str, String)> = candidates
        .into_iter()
        .filter(|candidate| candidate.len() <= LONGEST)
        .map(|candidate| {
            let other = fold(candidate);
            let distance = strsim::damerau_levenshtein(&folded, &other);
            (distance, candidate, other)
        })
        .collect();
    candidates.sort();
    candidates.dedup();
    let nearest = candidates
        .iter()
        .find(|(distance, candidate, _)| *distance <= allowance(word, candidate));
    let only = |fits: &dyn Fn(&str) -> bool| {
        let mut fitting = candidates.iter().filter(|(_, _, folded)| fits(folded));
        match (fitting.next(), fitting.next()) {
            (Some(only), None) => Some(only),
            _ => None,
        }
    };
    let words = |text: &str| format!("_{text}_");
    let has_words = folded.chars().count() >= SHORTEST;
    let nearly = nearest.filter(|(distance, ..)| *distance < 2);
    nearly
        .or_else(|| only(&|other| has_words && words(other).starts_with(&words(&folded))))
        .or_else(|| only(&|other| has_words && words(other).contains(&words(&folded))))
        .or_else(|| only(&|other| begins(other, &folded) || begins(&folded, other)))
        .or(nearest)
        .map(|(_, candidate, _)| *candidate)
}

/// A beginning shorter than this means nothing.
const SHORTEST: usize = 3;

fn begins(long: &str, short: &str) -> bool {
    short.chars().count() >= SHORTEST && long.starts_with(short)
}

/// Case and the choice of separator are never the mistake worth counting.
fn fold(word: &str) -> String {
    word.chars()
        .map(|c| {
            if c == '-' {
                '_'
            } else {
                c.to_ascii_lowercase()
            }
        })
        .collect()
}

fn allowance(word: &str, candidate: &str) -> usize {
    word.chars().count().max(candidate.chars().count()) / 3
}

#[cfg(test)]
mod tests {
    use super::closest;

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
