//! Words that other tools have for what a job says otherwise: those of Kubernetes, compose,
//! process-compose, Nomad, systemd, supervisord, Marathon, NixOS and Heroku.

mod job;
mod process;
mod word;

pub(super) use word::{VARIABLES, Word};

fn words() -> impl Iterator<Item = &'static Word> {
    process::WORDS.iter().chain(job::WORDS)
}

/// What `word` is, if another tool has it.
pub(super) fn find(word: &str) -> Option<&'static Word> {
    const LONGEST: usize = 40;
    if word.len() > LONGEST {
        return None;
    }
    let folded: String = word
        .chars()
        .filter(|c| !matches!(c, '_' | '-'))
        .map(|c| c.to_ascii_lowercase())
        .collect();
    let is_spelled = |word: &&Word| word.spellings.contains(&folded.as_str());
    words().find(is_spelled)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::tables::TABLES;
    use super::{find, words};

    #[test]
    fn spellings_are_folded_and_unique() {
        let mut seen = BTreeSet::new();
        for spelling in words().flat_map(|word| word.spellings) {
            assert!(find(spelling).is_some(), "{spelling}");
            assert!(seen.insert(spelling), "{spelling} is there twice");
        }
    }

    #[test]
    fn fields_are_those_of_a_job() {
        for path in words().filter_map(|word| word.field) {
            let (above, field) = path.rsplit_once('.').unwrap_or(("", path));
            let above: Vec<&str> = above.split('.').filter(|key| !key.is_empty()).collect();
            let mut tables = TABLES.iter();
            let table = tables.find(|table| table.path == above);
            assert!(table.is_some_and(|table| table.has(field)), "{path}");
        }
    }
}
