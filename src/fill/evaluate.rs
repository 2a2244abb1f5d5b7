//! What references come to.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use crate::model::{CommandLine, Piece};
use crate::name::JobKey;
use crate::reach::{Answer, Asked, Refusal, What};
use crate::source::FilledText;
use crate::template;

use super::around::{Around, Missing};
use super::elsewhere;
use super::facts::{Facts, Value};
use super::word::{Found, Item, Malformed, Named, OPENING, references};

/// The longest text that something was filled in, in bytes: the longest command that Linux runs.
pub(super) const MOST: usize = 128 * 1024;

/// By way of how many others a value may be reached.
pub(super) const DEEPEST: usize = 100;

/// How many instances the addresses of which may stand in one text.
const MOST_INSTANCES: u32 = 1_000;

/// The references of one job, evaluated as they are asked for, each once.
pub(super) struct Evaluator<'f> {
    around: Around<'f>,
    /// What identifies the job itself, if that is written.
    own_key: Option<JobKey>,
    /// The job itself, and then those that it refers to.
    jobs: Vec<Job>,
    by_key: HashMap<JobKey, Result<usize, Missing>>,
    known: HashMap<Slot, Result<Rc<str>, Trouble>>,
    /// The values that are being evaluated, each by the one before it.
    way: Vec<Slot>,
    /// How many bytes may still be filled in; none once it was told that these are too few.
    left: Option<usize>,
}

/// The job itself, or one that it refers to.
struct Job {
    facts: Arc<Facts>,
    /// Of another one, what identifies it.
    key: Option<JobKey>,
}

/// A value that a job gives a name: a variable or a label.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Slot {
    /// The job, by its index.
    job: usize,
    pub(super) of: Of,
    pub(super) name: Rc<str>,
}

impl Slot {
    /// The value of `job` that is called so.
    pub(super) fn new(job: usize, of: Of, name: &str) -> Self {
        let name = Rc::from(name);
        Self { job, of, name }
    }

    /// The job, by its index.
    pub(super) fn job(&self) -> usize {
        self.job
    }
}

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Of {
    Variable,
    Label,
}

/// Why a reference has no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trouble {
    /// Nothing has this name.
    Unknown,
    /// Its value refers to itself by way of these, the least one first.
    Endless(Rc<[Slot]>),
    /// It is told at another place.
    Elsewhere,
    /// It is told at another place, of the job with this index.
    Broken(usize),
    /// It is reached by way of too many others.
    Deep,
    /// It is too long with all references in it filled in.
    Long,
    /// It is of a job that is not known.
    Missing(Missing),
    /// The target has no answer.
    Refused(Refusal),
    /// The job with this index has no such instance.
    Instance(usize),
    /// The job with this index has too many instances.
    Instances(usize),
}

/// What is to be said of a text, and where in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wrong<'t> {
    /// The reference.
    pub(super) reference: Found<'t>,
    /// The job whose text it is in, by its index.
    pub(super) job: usize,
    /// Why.
    pub(super) why: Why<'t>,
}

/// What is to be said of a reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Why<'t> {
    /// It is none.
    Malformed(Malformed<'t>),
    /// It has no value.
    Trouble(Trouble),
    /// Its value and what stands beside it make another reference.
    Joined,
    /// Its value is not quite what was asked for.
    Approximated(&'static str),
}

impl Why<'_> {
    /// Whether there is a value.
    pub(super) fn is_remark(&self) -> bool {
        matches!(self, Self::Approximated(_))
    }
}

/// A text with all references filled in, and what is to be said of some.
pub(super) type Outcome<'t> = (FilledText, Vec<Wrong<'t>>);

/// What an outlet comes to, and a remark.
type Reached = (Rc<str>, Option<&'static str>);

impl<'f> Evaluator<'f> {
    pub(super) fn new(facts: Arc<Facts>, around: Around<'f>, left: Option<usize>) -> Self {
        Self {
            around,
            own_key: facts.key(),
            jobs: vec![Job { facts, key: None }],
            by_key: HashMap::new(),
            known: HashMap::new(),
            way: Vec::new(),
            left,
        }
    }

    /// How many bytes may still be filled in.
    pub(super) fn left(&self) -> Option<usize> {
        self.left
    }

    /// What the job with this index says.
    pub(super) fn facts(&self, job: usize) -> &Facts {
        &self.jobs[job].facts
    }

    /// The job with this index, where it is another one.
    pub(super) fn key(&self, job: usize) -> Option<&JobKey> {
        self.jobs[job].key.as_ref()
    }

    /// The reference to a value, as the job itself writes it.
    pub(super) fn written(&self, slot: &Slot) -> String {
        let name = &*slot.name;
        match (self.key(slot.job), slot.of) {
            (None, Of::Variable) => Named::Variable(name).to_string(),
            (None, Of::Label) => Named::Own(Item::Label(name)).to_string(),
            (Some(key), Of::Label) => Named::Of(&key.to_string(), Item::Label(name)).to_string(),
            (Some(key), Of::Variable) => format!("{} of {key}", Named::Variable(name)),
        }
    }

    /// The text of the job itself with all references filled in, and what is to be said of some.
    pub(super) fn fill<'t>(&mut self, text: &'t str) -> Outcome<'t> {
        self.fill_of(0, text)
    }

    fn fill_of<'t>(&mut self, job: usize, text: &'t str) -> Outcome<'t> {
        let mut filled = FilledText::default();
        let mut wrong = Vec::new();
        let mut at = 0;
        for reference in references(text) {
            let end = reference.offset + reference.text.len();
            filled.push_written(&text[at..reference.offset]);
            at = end;
            let mut say = |why| {
                wrong.push(Wrong {
                    reference,
                    job,
                    why,
                });
            };
            let value = match reference.names {
                Ok(named) => self.value(job, named),
                Err(malformed) => {
                    match malformed {
                        Malformed::Unterminated => filled.push_written(reference.text),
                        _ => filled.push_value(reference.text, STAND_IN),
                    }
                    say(Why::Malformed(malformed));
                    continue;
                }
            };
            let value = value.and_then(|(value, remark)| {
                let value = self.pay(&value, &filled).map(|()| value)?;
                if let Some(note) = remark {
                    say(Why::Approximated(note));
                }
                Ok(value)
            });
            match value {
                Ok(value) => filled.push_value(reference.text, &value),
                Err(trouble) => {
                    filled.push_value(reference.text, STAND_IN);
                    let is_long = trouble == Trouble::Long;
                    say(Why::Trouble(trouble));
                    if is_long {
                        break;
                    }
                }
            }
        }
        filled.push_written(&text[at..]);
        if wrong.iter().all(|wrong| wrong.why.is_remark())
            && let Some(reference) = references(text).next()
            && composes(&filled)
        {
            let why = Why::Joined;
            wrong.push(Wrong {
                reference,
                job,
                why,
            });
        }
        (filled, wrong)
    }

    /// What a reference in a text of `job` comes to.
    fn value(&mut self, job: usize, named: Named<'_>) -> Result<Reached, Trouble> {
        let (of, item) = match named {
            Named::Variable(name) => {
                let slot = Slot::new(job, Of::Variable, name);
                return Ok((self.of_slot(slot)?, None));
            }
            Named::Own(item) => (job, item),
            Named::Of(name, item) => (self.neighbour(job, name)?, item),
        };
        match item {
            Item::Label(name) => {
                let slot = Slot::new(of, Of::Label, name);
                Ok((self.of_slot(slot)?, None))
            }
            Item::Field(field) => match self.facts(of).field(field) {
                Some(value) => Ok((value.into(), None)),
                None => Err(Trouble::Elsewhere),
            },
            Item::Port(name) => self.reach(of, What::Port, name, None),
            Item::State(name) => self.reach(of, What::State, name, None),
            Item::Address(name, instance) => self.reach(of, What::Address, name, instance),
            Item::Addresses(name, separator) => self.addresses(of, name, separator),
        }
    }

    /// The job whose a reference in a text of `job` is, if that is known.
    pub(super) fn subject(&mut self, job: usize, named: Named<'_>) -> Option<usize> {
        match named {
            Named::Variable(_) | Named::Own(_) => Some(job),
            Named::Of(name, _) => self.neighbour(job, name).ok(),
        }
    }

    /// The job that a text of `job` calls `name`.
    fn neighbour(&mut self, job: usize, name: &str) -> Result<usize, Trouble> {
        let facts = &self.jobs[job].facts;
        // What is wrong with the own key is told by decoding.
        let own = self.jobs[0].facts.key().ok_or(Trouble::Elsewhere)?;
        let key = facts.neighbour(name).ok_or(Trouble::Elsewhere)?;
        if key == own {
            return Ok(0);
        }
        let Self {
            around,
            jobs,
            by_key,
            ..
        } = self;
        let found = by_key.entry(key.clone()).or_insert_with(|| {
            let facts = around.jobs.job(&key, own.role.as_str())?;
            let key = Some(key);
            jobs.push(Job { facts, key });
            Ok(jobs.len() - 1)
        });
        found.clone().map_err(Trouble::Missing)
    }

    /// The job that the job itself calls `name`, and what it says.
    pub(super) fn awaited(&mut self, name: &str) -> Result<(JobKey, Arc<Facts>), Trouble> {
        let of = self.neighbour(0, name)?;
        let Job { facts, key } = &self.jobs[of];
        let key = key.clone().or_else(|| facts.key());
        Ok((key.ok_or(Trouble::Elsewhere)?, Arc::clone(facts)))
    }

    /// Where a job that is waited for takes connections, as far as the target says.
    pub(super) fn connection(&self, key: &JobKey, facts: &Facts) -> Option<String> {
        let name = facts.port.as_deref()?;
        let asked = |instance| Asked {
            by: self.own_key.as_ref(),
            job: Some(key),
            what: What::Address,
            name,
            instance,
            number: facts.ports.get(name).copied().flatten(),
            instances: facts.instances,
            is_announced: facts.is_announced,
        };
        // Where instances are reached one by one, the first one is asked.
        let instances = [None, Some(0)].into_iter();
        let mut answers = instances.map(|instance| (self.around.reach)(&asked(instance)));
        answers.find_map(|answer| match answer {
            Answer::Exact(text) | Answer::Approximated(text, _) => Some(text),
            Answer::Refused(_) => None,
        })
    }

    /// Whether whoever runs the jobs holds the job's processes back for the one called `key`.
    pub(super) fn is_held_for(&self, key: &JobKey) -> bool {
        (self.around.waits)(self.own_key.as_ref(), key)
    }

    /// What is known of other jobs.
    pub(super) fn around(&self) -> Around<'f> {
        self.around
    }

    fn addresses(&mut self, of: usize, name: &str, separator: &str) -> Result<Reached, Trouble> {
        let count = self.facts(of).instances;
        if count > MOST_INSTANCES {
            return Err(Trouble::Instances(of));
        }
        let mut all = String::new();
        let mut remark = None;
        for instance in 0..count.max(1) {
            if instance > 0 {
                all.push_str(separator);
            }
            let (address, note) = self.reach(of, What::Address, name, Some(instance))?;
            all.push_str(&address);
            remark = remark.or(note);
        }
        Ok((all.into(), remark))
    }

    /// What the target says of something that depends on where a job runs.
    fn reach(
        &self,
        of: usize,
        what: What,
        name: &str,
        instance: Option<u32>,
    ) -> Result<Reached, Trouble> {
        let Job { facts, key } = &self.jobs[of];
        let is_known = match what {
            What::Port | What::Address => facts.ports.contains_key(name),
            What::State => facts.state.contains(name),
        };
        if !is_known {
            return Err(Trouble::Unknown);
        }
        if instance.is_some_and(|instance| instance >= facts.instances) {
            return Err(Trouble::Instance(of));
        }
        // Of itself, a job that has one instance says no other.
        let instance = instance.filter(|_| key.is_some() || facts.instances > 1);
        if what == What::Port && key.is_none() {
            return Ok((format!("${{ports.{name}}}").into(), None));
        }
        let asked = Asked {
            by: self.own_key.as_ref(),
            job: key.as_ref(),
            what,
            name,
            instance,
            number: facts.ports.get(name).copied().flatten(),
            instances: facts.instances,
            is_announced: facts.is_announced,
        };
        match (self.around.reach)(&asked) {
            Answer::Exact(text) => Ok((text.into(), None)),
            Answer::Approximated(text, note) => Ok((text.into(), Some(note))),
            Answer::Refused(refusal) => Err(Trouble::Refused(refusal)),
        }
    }

    /// What the value of a name comes to.
    fn of_slot(&mut self, slot: Slot) -> Result<Rc<str>, Trouble> {
        if let Some(known) = self.known.get(&slot) {
            return known.clone();
        }
        if let Some(start) = self.way.iter().position(|it| *it == slot) {
            let mut circle = self.way[start..].to_vec();
            let least = (0..circle.len()).min_by_key(|index| &circle[*index]);
            circle.rotate_left(least.unwrap_or(0));
            return Err(Trouble::Endless(circle.into()));
        }
        let facts = Arc::clone(&self.jobs[slot.job].facts);
        let values = match slot.of {
            Of::Variable => &facts.vars,
            Of::Label => &facts.labels,
        };
        let value = match values.get(&*slot.name) {
            Some(Value::Text(text)) if !elsewhere::references(text).is_empty() => {
                Err(self.told_there(slot.job))
            }
            Some(Value::Text(text)) if text.contains(OPENING) => self.of_text(&slot, text),
            Some(Value::Text(text)) => Ok(Rc::from(text.as_str())),
            Some(Value::Wrong) => Err(self.told_there(slot.job)),
            None => Err(Trouble::Unknown),
        };
        self.known.insert(slot, value.clone());
        value
    }

    /// Trouble that is told where `job` is defined.
    fn told_there(&self, job: usize) -> Trouble {
        match self.key(job) {
            None => Trouble::Elsewhere,
            Some(_) => Trouble::Broken(job),
        }
    }

    /// The text of the value of `slot` with all references filled in, and what is to be said of some.
    pub(super) fn fill_value<'t>(&mut self, slot: Slot, text: &'t str) -> Outcome<'t> {
        let job = slot.job;
        self.way.push(slot);
        let filled = self.fill_of(job, text);
        self.way.pop();
        filled
    }

    /// The value of `slot` whose text is `text`.
    fn of_text(&mut self, slot: &Slot, text: &str) -> Result<Rc<str>, Trouble> {
        if self.way.len() >= DEEPEST {
            return Err(Trouble::Deep);
        }
        let (filled, wrong) = self.fill_value(slot.clone(), text);
        let mut trouble = None;
        for wrong in wrong {
            match wrong.why {
                Why::Trouble(Trouble::Endless(circle)) => {
                    trouble = Some(Trouble::Endless(circle));
                    break;
                }
                Why::Trouble(Trouble::Broken(job)) => trouble = Some(Trouble::Broken(job)),
                Why::Approximated(_) => {}
                _ => trouble = Some(self.told_there(slot.job)),
            }
        }
        match trouble {
            Some(trouble) => Err(trouble),
            None => Ok(filled.text().into()),
        }
    }

    /// Takes what filling in a value costs.
    fn pay(&mut self, value: &str, filled: &FilledText) -> Result<(), Trouble> {
        if value.len() + filled.text().len() > MOST {
            return Err(Trouble::Long);
        }
        match self.left {
            Some(left) if left >= value.len() => self.left = Some(left - value.len()),
            // It is told once.
            Some(_) => {
                self.left = None;
                return Err(Trouble::Long);
            }
            None => return Err(Trouble::Elsewhere),
        }
        Ok(())
    }
}

/// A value that no rule has anything to say about.
const STAND_IN: &str = "x";

/// Whether values and what stands beside them make references that stand in none of them.
fn composes(filled: &FilledText) -> bool {
    let apart: usize = filled.parts().map(count).sum();
    count(filled.text()) != apart
}

/// How many references of any kind a text has.
fn count(text: &str) -> usize {
    let line = CommandLine::new(text);
    let ours = line
        .pieces()
        .filter(|piece| !matches!(piece, Ok(Piece::Text(_))));
    ours.count() + template::references(text).count()
}
