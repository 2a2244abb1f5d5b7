//! Did you mean?

/// The candidate that `word` is most likely a misspelling of.
///
/// Words further away than a third of their length suggest nothing; of equally close candidates
/// the first in order wins, so that the same input always gets the same advice.
pub fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const LONGEST: usize = 100;
    if word.len() > LONGEST {
        return None;
    }
    let folded = fold(word);
    candidates
        .into_iter()
        .filter(|candidate| candidate.len() <= LONGEST)
        .map(|candidate| {
            (
                strsim::damerau_levenshtein(&folded, &fold(candidate)),
                candidate,
            )
        })
        .filter(|(distance, candidate)| *distance <= allowance(word, candidate))
        .min()
        .map(|(_, candidate)| candidate)
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
        check("", None);
    }
}
