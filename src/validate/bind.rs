//! References in values that have to be known when the client reads a job.

use crate::check::templates::{
    ENDLESS_TEMPLATE, TEMPLATE_NOT_TEXT, TEMPLATE_SYNTAX, UNBOUND_TEMPLATE,
};
use crate::diagnostic::{Diagnostic, Place};
use crate::source::{Node, Token};
use crate::template::{Added, Address, Budget, OfFile, Scope, Trouble, Why, by_agent, references};

/// A job as the client sees it, which fills in its texts before it knows a node.
pub(super) struct View {
    job: Node,
    budget: Budget,
}

impl View {
    pub(super) fn new(job: &Node) -> Self {
        Self {
            job: job.clone(),
            budget: Budget::default(),
        }
    }

    /// `text`, which is the value at `pointer` (from the job), filled in.
    pub(super) fn fill_in(&self, text: &str, pointer: &[Token]) -> Result<String, Trouble> {
        self.around(pointer, Added::Clients).complete(text)
    }

    /// What is wrong with `text` in the job's key, by which the client picks the job before it adds
    /// names of its own.
    pub(super) fn before_the_pick(&self, text: &str, pointer: &[Token]) -> Option<Trouble> {
        self.around(pointer, Added::Nobodys).complete(text).err()
    }

    /// Whether the job itself says what `address` is in the value at `pointer` (from the job).
    pub(super) fn has(&self, pointer: &[Token], address: &Address<'_>) -> bool {
        self.around(pointer, Added::Nobodys).has(address)
    }

    /// The tables around the value at `pointer`.
    fn around<'a>(&'a self, pointer: &[Token], added: Added<'a>) -> Scope<'a, OfFile<&'a Node>> {
        let mut at = OfFile::job(&self.job);
        let mut scope = Scope::new(at, added).within(&self.budget);
        for (step, token) in pointer.iter().enumerate() {
            if step > 0 && at.is_struct() {
                scope = scope.inside(at);
            }
            let next = match token {
                Token::Key(key) => at.key(key),
                Token::Index(index) => at.element(*index),
            };
            let Some(next) = next else { break };
            at = next;
        }
        scope
    }
}

/// What is wrong with the references of a text, `place` being that of a part of it.
pub(super) fn problem(trouble: &Trouble, place: impl FnOnce(&str) -> Place) -> Diagnostic {
    let written = &*trouble.reference;
    let (code, headline, help) = match trouble.why {
        Why::Malformed => (&TEMPLATE_SYNTAX, None, None),
        Why::Unbound if is_agents(written) => (
            &UNBOUND_TEMPLATE,
            Some(format!("`{written}` is only known on the node")),
            Some("write a value that is known when the job is submitted"),
        ),
        Why::Unbound => (
            &UNBOUND_TEMPLATE,
            None,
            Some("name a field of the tables around it, or write the value"),
        ),
        Why::Endless | Why::TooLarge => (&ENDLESS_TEMPLATE, None, None),
        Why::NotText => (&TEMPLATE_NOT_TEXT, None, Some("name one of its fields")),
    };
    let headline = headline.unwrap_or_else(|| trouble.to_string());
    let problem = Diagnostic::new(code, headline, place(written));
    match help {
        Some(help) => problem.help(help),
        None => problem,
    }
}

/// Whether the agent knows what `written`, a reference, stands for.
pub(super) fn is_agents(written: &str) -> bool {
    let address = references(written).next().and_then(|found| found.address);
    address.is_some_and(|address| by_agent(&address))
}
