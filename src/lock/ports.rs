//! Numbers for ports that definitions give none.
//!
//! A number in the definition wins; else that of the lock stays; else it is the number of the range that
//! the hash of the port's key says, or the next one that is free. So two branches give a port the same
//! number, and what one of them adds changes no other.

use std::collections::{BTreeMap, BTreeSet};

use crate::compile::Listed;
use crate::diagnostic::{Diagnostic, Place};
use crate::lock::codes::LOCK_OUTDATED;
use crate::model::PortRange;
use crate::name::{Cluster, PortKey};
use crate::resolve::PortNumbers;
use crate::store::Sha256;

/// What becomes of numbers that no definition needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unneeded {
    /// They are free again.
    Released,
    /// They stay: another branch may need them.
    Kept,
}

/// The ports of a workspace's jobs that need numbers.
#[derive(Debug, Default)]
pub struct NeededPorts {
    ports: BTreeMap<PortKey, Needed>,
}

#[derive(Debug)]
struct Needed {
    given: Option<u16>,
    place: Place,
}

impl NeededPorts {
    /// The ports of these jobs.
    pub(super) fn of(jobs: Vec<Listed>) -> Self {
        let mut needed = Self::default();
        for port in jobs.into_iter().flat_map(|job| job.ports) {
            let place = Place::Span(port.location);
            let given = port.given;
            let ports = &mut needed.ports;
            ports.entry(port.key).or_insert(Needed { given, place });
        }
        needed
    }

    /// The numbers that are locked once `old` is brought up to date.
    ///
    /// # Errors
    /// The first port for which the range has no number left.
    pub fn assign(
        &self,
        old: &PortNumbers,
        range: PortRange,
        unneeded: Unneeded,
    ) -> Result<PortNumbers, PortKey> {
        let mut taken: BTreeSet<(&Cluster, u16)> = BTreeSet::new();
        for (key, needed) in &self.ports {
            taken.extend(needed.given.map(|number| (&key.job.cluster, number)));
        }
        let mut numbers = PortNumbers::new();
        for (key, number) in old {
            let stays = match self.ports.get(key) {
                Some(needed) => needed.given.is_none() && range.numbers().contains(number),
                None => unneeded == Unneeded::Kept,
            };
            if stays && taken.insert((&key.job.cluster, *number)) {
                numbers.insert(key.clone(), *number);
            }
        }
        let open = self
            .ports
            .iter()
            .filter(|(_, needed)| needed.given.is_none());
        for (key, _) in open {
            if numbers.contains_key(key) {
                continue;
            }
            let mut candidates = candidates(key, range);
            let number = candidates.find(|number| !taken.contains(&(&key.job.cluster, *number)));
            let number = number.ok_or_else(|| key.clone())?;
            taken.insert((&key.job.cluster, number));
            numbers.insert(key.clone(), number);
        }
        Ok(numbers)
    }

    /// What is told of a lock with the numbers `old` that ought to have those of `new`.
    pub fn outdated(
        &self,
        old: &PortNumbers,
        new: &PortNumbers,
        lock_name: &str,
    ) -> Vec<Diagnostic> {
        let help = "bring it up to date: `jobc lock`";
        let told = |headline: String, place: Place| {
            Diagnostic::new(&LOCK_OUTDATED, headline, place).help(help)
        };
        let of_lock = || Place::File(lock_name.to_owned());
        let missing = new.keys().filter(|key| !old.contains_key(*key));
        // Once, for however many instances.
        let mut told_of = BTreeSet::new();
        let missing = missing.filter(|key| told_of.insert((&key.job, &key.port)));
        let missing = missing.filter_map(|key| {
            let place = self.ports.get(key)?.place.clone();
            Some(told(format!("the port `{key}` has no number"), place))
        });
        let others = old.iter().filter_map(|(key, before)| match new.get(key) {
            Some(now) if now == before => None,
            Some(_) => {
                let headline = format!(
                    "the number {before} of the port `{key}` is out of the range, or another port has it"
                );
                Some(told(headline, self.ports.get(key).map_or_else(of_lock, |it| it.place.clone())))
            }
            None => {
                let headline = match self.ports.get(key) {
                    Some(_) => format!("the definition gives the port `{key}` a number, and the lock another"),
                    None => format!("no definition needs the port `{key}`, which is locked"),
                };
                Some(told(headline, of_lock()))
            }
        });
        missing.chain(others).collect()
    }
}

/// All numbers of the range, the one that the key says first.
fn candidates(key: &PortKey, range: PortRange) -> impl Iterator<Item = u16> {
    let (first, last) = range.numbers().into_inner();
    let size = u32::from(last - first) + 1;
    let hash = Sha256::of(key.to_string().as_bytes());
    let bytes = hash.as_bytes().iter();
    let start = bytes.fold(0, |rest: u32, byte| (rest * 256 + u32::from(*byte)) % size);
    let at = move |step: u32| u16::try_from(u32::from(first) + (start + step) % size);
    (0..size).filter_map(move |step| at(step).ok())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(text: &str) -> PortKey {
        text.parse().expect("a key")
    }

    fn needed(ports: &[(&str, Option<u16>)]) -> NeededPorts {
        let ports = ports.iter().map(|(text, given)| {
            let place = Place::File("job.toml".to_owned());
            (
                key(text),
                Needed {
                    given: *given,
                    place,
                },
            )
        });
        NeededPorts {
            ports: ports.collect(),
        }
    }

    fn locked(ports: &[(&str, u16)]) -> PortNumbers {
        ports
            .iter()
            .map(|(text, number)| (key(text), *number))
            .collect()
    }

    fn range(text: &str) -> PortRange {
        text.parse().expect("a range")
    }

    fn check(
        wanted: &[(&str, Option<u16>)],
        old: &[(&str, u16)],
        unneeded: Unneeded,
        expected: &[(&str, u16)],
    ) {
        let found = needed(wanted).assign(&locked(old), range("20-29"), unneeded);
        assert_eq!(found, Ok(locked(expected)), "{wanted:?} {old:?}");
    }

    #[test]
    fn the_hash_of_the_key_says_which() {
        // printf %s c/r/e/n:http | sha256sum; python3 -c 'print(20000 + int(HASH, 16) % 10000)'
        let first = candidates(&key("c/r/e/n:http"), PortRange::default()).next();
        assert_eq!(first, Some(28217));
        let all: BTreeSet<u16> = candidates(&key("c/r/e/n:http"), range("5-9")).collect();
        assert_eq!(all, (5..=9).collect());
    }

    #[test]
    fn what_is_locked_stays_while_it_is_needed() {
        use Unneeded::{Kept, Released};
        let port = "c/r/e/n:http";
        check(&[(port, None)], &[(port, 23)], Released, &[(port, 23)]);
        check(&[(port, Some(80))], &[(port, 23)], Released, &[]);
        check(&[], &[(port, 23)], Released, &[]);
        check(&[], &[(port, 23)], Kept, &[(port, 23)]);
        // Out of the range.
        let moved = needed(&[(port, None)]).assign(&locked(&[(port, 80)]), range("20-20"), Kept);
        assert_eq!(moved, Ok(locked(&[(port, 20)])));
    }

    #[test]
    fn no_number_is_given_twice_in_a_cluster() {
        let (a, b, other) = ("c/r/e/a:p", "c/r/e/b:p", "d/r/e/a:p");
        let wanted = needed(&[(a, None), (b, Some(20)), (other, None)]);
        let found = wanted.assign(&locked(&[(a, 20)]), range("20-21"), Unneeded::Released);
        let found = found.expect("there are enough");
        assert_eq!(found[&key(a)], 21);
        // Of two that were assigned one number, the first keeps it.
        let wanted = needed(&[(a, None), (b, None)]);
        let both = locked(&[(a, 20), (b, 20)]);
        let found = wanted.assign(&both, range("20-21"), Unneeded::Released);
        assert_eq!(found, Ok(locked(&[(a, 20), (b, 21)])));
        let none = wanted.assign(&PortNumbers::new(), range("20-20"), Unneeded::Released);
        assert_eq!(none, Err(key(b)));
    }

    proptest! {
        /// Adding ports changes no other, assigning once more changes nothing, and nothing is given twice.
        #[test]
        fn numbers_stay(
            before in prop::collection::btree_set("[cd]/r/e/[a-c]:[a-e]", 0..12),
            more in prop::collection::btree_set("[cd]/r/e/[a-c]:[a-e]", 0..12),
        ) {
            let keys = |set: &BTreeSet<String>| -> Vec<(String, Option<u16>)> {
                set.iter().map(|key| (key.clone(), None)).collect()
            };
            let wanted = |all: &BTreeSet<String>| {
                let all = keys(all);
                let all: Vec<_> = all.iter().map(|(key, given)| (key.as_str(), *given)).collect();
                needed(&all)
            };
            let range = range("20-60");
            let assign = |set: &BTreeSet<String>, old: &PortNumbers| {
                wanted(set).assign(old, range, Unneeded::Released).expect("there are enough")
            };
            let first = assign(&before, &PortNumbers::new());
            prop_assert_eq!(&assign(&before, &first), &first);
            let all: BTreeSet<String> = before.union(&more).cloned().collect();
            let second = assign(&all, &first);
            for (key, number) in &first {
                prop_assert_eq!(second.get(key), Some(number));
            }
            prop_assert_eq!(second.len(), all.len());
            let distinct: BTreeSet<_> = second.iter().map(|(key, number)| (&key.job.cluster, number)).collect();
            prop_assert_eq!(distinct.len(), second.len());
            prop_assert_eq!(wanted(&all).outdated(&second, &second, "jobc.lock").len(), 0);
        }
    }
}
