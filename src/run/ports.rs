//! Which number each named port has.
//!
//! The announcer's portmap gives a name a number, or makes it another name for one; every name that
//! is left without a number is allocated one.

use std::collections::{BTreeMap, BTreeSet};

/// The names of ports in a job.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PortNames {
    /// Those that the task refers to.
    pub asked: BTreeSet<String>,
    /// The announcer's: a number or another name for each.
    pub portmap: BTreeMap<String, String>,
}

/// The names of a task's ports, and what is known of their numbers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ports {
    /// What each name stands for.
    roots: BTreeMap<String, String>,
    /// The numbers of those that are no other names.
    numbers: BTreeMap<String, u16>,
    /// Those that need one.
    open: BTreeSet<String>,
    /// Numbers that the task will bind, with the name of each.
    fixed: BTreeMap<u16, String>,
}

/// What is wrong with a map of ports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PortClash {
    /// A name that leads back to itself.
    Circle(String),
    /// Two numbers for what is one port.
    Twice(String, u16, u16),
    /// One number for what are two ports.
    Shared(String, String, u16),
}

impl Ports {
    /// The ports of a job's `names`; those that are `given` have their numbers from there.
    ///
    /// # Errors
    /// If the names lead in a circle, or one port has two numbers.
    pub fn new(names: &PortNames, given: &BTreeMap<String, u16>) -> Result<Self, PortClash> {
        let PortNames { asked, portmap } = names;
        let mut ports = Self::default();
        let names = asked.iter().chain(portmap.keys()).chain(portmap.values());
        for name in names.filter(|name| !is_number(name)) {
            let root = root(name, portmap)?;
            ports.roots.insert(name.clone(), root);
        }
        let mut fixed: BTreeMap<String, u16> = BTreeMap::new();
        for (name, &number) in given {
            let root = ports.roots.get(name).unwrap_or(name).clone();
            if let Some(other) = fixed.insert(root, number).filter(|other| *other != number) {
                return Err(PortClash::Twice(name.clone(), other, number));
            }
        }
        for root in ports.roots.values() {
            if let Some(&number) = fixed.get(root) {
                ports.numbers.insert(root.clone(), number);
            } else if let Ok(number) = root.parse() {
                ports.numbers.insert(root.clone(), number);
            } else {
                ports.open.insert(root.clone());
            }
        }
        ports.tell_apart(&fixed)?;
        let asked = asked.iter().filter(|name| !is_number(name));
        for name in asked.chain(given.keys()) {
            if let Some(&number) = ports.roots.get(name).and_then(|it| ports.numbers.get(it)) {
                ports.fixed.entry(number).or_insert_with(|| name.clone());
            }
        }
        Ok(ports)
    }

    /// Refuses a number that was given to one port and belongs to another one. What the announcer's
    /// map says twice is one port with two names.
    fn tell_apart(&self, given: &BTreeMap<String, u16>) -> Result<(), PortClash> {
        for (root, &number) in given {
            let twin = self.numbers.iter();
            let mut twin = twin.filter(|&(other, &its)| its == number && other != root);
            if let Some((other, _)) = twin.next() {
                let [one, other] = [root, other].map(|root| self.name_of(root).to_owned());
                return Err(PortClash::Shared(one, other, number));
            }
        }
        Ok(())
    }

    /// The name that a job's author knows a port by: any but a number, if there is one.
    fn name_of<'n>(&'n self, root: &'n str) -> &'n str {
        let mut names = self.roots.iter().filter(|(_, of)| *of == root);
        names.next().map_or(root, |(name, _)| name)
    }

    /// The numbers that are known and that the task, or the caller, asks for, with a name of each.
    pub fn fixed(&self) -> &BTreeMap<u16, String> {
        &self.fixed
    }

    /// Numbers that are wanted, by the names that [`open`](Self::open) has for them. Of several for one
    /// port, the first.
    pub fn wanted(&self, by_name: &BTreeMap<String, u16>) -> BTreeMap<String, u16> {
        let mut wanted = BTreeMap::new();
        for (name, number) in by_name {
            if let Some(root) = self.roots.get(name) {
                wanted.entry(root.clone()).or_insert(*number);
            }
        }
        wanted
    }

    /// The names that need a number.
    pub fn open(&self) -> &BTreeSet<String> {
        &self.open
    }

    /// Whether a port has this name.
    pub fn has(&self, name: &str) -> bool {
        self.roots.contains_key(name)
    }

    /// The names of all.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.roots.keys().map(String::as_str)
    }

    /// The numbers of all, given those of the open ones.
    pub fn bind(mut self, allocated: BTreeMap<String, u16>) -> BTreeMap<String, u16> {
        self.numbers.extend(allocated);
        let number = |(name, root): (String, String)| Some((name, *self.numbers.get(&root)?));
        self.roots.into_iter().filter_map(number).collect()
    }
}

fn is_number(name: &str) -> bool {
    name.parse::<u16>().is_ok()
}

fn root(name: &str, portmap: &BTreeMap<String, String>) -> Result<String, PortClash> {
    let mut root = name;
    let mut steps = 0;
    while let Some(next) = portmap.get(root) {
        // A port that is mapped to itself is one that needs a number.
        if next == root {
            break;
        }
        steps += 1;
        if steps > portmap.len() {
            return Err(PortClash::Circle(name.to_owned()));
        }
        root = next;
    }
    Ok(root.to_owned())
}
