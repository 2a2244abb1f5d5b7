//! What the jobs of one run are called: as much of their keys as tells them apart.

use std::collections::BTreeSet;

use super::Key;

/// The names of jobs with these keys, or, where two have the same one, `ENVIRONMENT/NAME` for all of
/// them, and so on. None is a part of another one.
pub fn labels(keys: &[Key]) -> Vec<String> {
    let parts = |key: &Key| {
        let Key {
            cluster,
            role,
            environment,
            name,
        } = key;
        [cluster, role, environment, name].map(String::clone)
    };
    let parts: Vec<[String; 4]> = keys.iter().map(parts).collect();
    let of_length = |length: usize| -> Vec<String> {
        let last = parts.iter().map(|parts| parts[4 - length..].join("/"));
        last.collect()
    };
    let are_different =
        |labels: &Vec<String>| labels.iter().collect::<BTreeSet<_>>().len() == keys.len();
    let shorter = (1..4).map(of_length).find(are_different);
    shorter.unwrap_or_else(|| of_length(4))
}

#[cfg(test)]
mod tests {
    use super::{Key, labels};

    #[test]
    fn as_short_as_they_can_be() {
        let check = |keys: &[&str], expected: &[&str]| {
            let key = |key: &&str| {
                let mut parts = key.split('/').map(str::to_owned);
                let mut part = || parts.next().expect("four parts");
                Key {
                    cluster: part(),
                    role: part(),
                    environment: part(),
                    name: part(),
                }
            };
            let keys: Vec<Key> = keys.iter().map(key).collect();
            assert_eq!(labels(&keys), expected);
        };
        check(&[], &[]);
        check(&["c/r/e/a"], &["a"]);
        check(&["c/r/e/a", "c/r/f/b"], &["a", "b"]);
        check(&["c/r/e/a", "c/r/f/a", "c/r/f/b"], &["e/a", "f/a", "f/b"]);
        check(&["c/r/e/a", "c/s/e/a"], &["r/e/a", "s/e/a"]);
        check(&["c/r/e/a", "d/r/e/a"], &["c/r/e/a", "d/r/e/a"]);
    }
}
