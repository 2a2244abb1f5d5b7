//! References that are filled in before a value is read: by the command line, or by the job itself.

use std::collections::BTreeSet;

use crate::check::templates::UNBOUND_TEMPLATE;
use crate::diagnostic::{Diagnostic, Place};
use crate::front::decode::codes::BAD_VALUE;
use crate::source::{Kind, Node, Pointer, Token};
use crate::template::{Why, references};
use crate::validate::bind::{View, is_agents, problem};
use crate::validate::binding;
use crate::validate::coerce;
use crate::vocabulary::Type;

use super::key;
use super::path::Path;
use super::speller::{Speller, placement, wanted};

impl Speller<'_> {
    /// Fills in what the command line says; where that fails.
    pub(super) fn bind(&mut self, job: &mut Node, path: &Path<'_>) -> BTreeSet<Pointer> {
        let mut told = BTreeSet::new();
        for (span, inside, trouble) in binding::fill_in(job, self.bindings) {
            let problem = problem(&trouble, |written| self.within(span, written));
            let around = path.pointer();
            let pointer: Pointer = around.tokens().iter().cloned().chain(inside).collect();
            told.insert(pointer.clone());
            self.tell(problem, pointer);
        }
        told
    }

    /// What is wrong with references in the job's key; where.
    pub(super) fn key(&mut self, job: &Node, view: &View, path: &Path<'_>) -> Vec<Pointer> {
        let around = path.pointer();
        let mut told = Vec::new();
        for (inside, node) in key::parts(job) {
            let Some(problem) = self.key_problem(node, &inside, view) else {
                continue;
            };
            let pointer: Pointer = around.tokens().iter().cloned().chain(inside).collect();
            told.push(pointer.clone());
            self.tell(problem, pointer);
        }
        told
    }

    pub(super) fn key_problem(
        &self,
        node: &Node,
        inside: &[Token],
        view: &View,
    ) -> Option<Diagnostic> {
        let Kind::String(text) = &node.kind else {
            return None;
        };
        // A name that comes from the task is filled in twice.
        let is_own = inside.len() == 1;
        if let Some(escaped) = self.escaped(node).filter(|_| is_own) {
            let place = self.within(node.span, escaped);
            let headline = format!("`{escaped}` leaves braces in the job's key");
            return Some(Diagnostic::new(&BAD_VALUE, headline, place).help("leave the `&` out"));
        }
        let trouble = view.before_the_pick(text, inside)?;
        if trouble.why != Why::Unbound {
            return None;
        }
        let written = &trouble.reference;
        let name = binding::alias(written)?;
        let headline = format!("`{written}` is unknown until the job was found by its key");
        let place = self.within(node.span, written);
        let problem = Diagnostic::new(&UNBOUND_TEMPLATE, headline, place);
        Some(problem.help(format!("write `{{{{{name}}}}}`")))
    }

    /// A value whose references are known only now.
    pub(super) fn fill_in(
        &mut self,
        node: &mut Node,
        of: Type,
        view: &View,
        inside: &[Token],
        path: &Pointer,
    ) {
        let Kind::String(text) = &node.kind else {
            return;
        };
        let filled = match view.fill_in(text, inside) {
            Ok(filled) => filled,
            Err(trouble)
                if matches!(of, Type::Text)
                    && trouble.why == Why::Unbound
                    && is_agents(&trouble.reference) =>
            {
                return;
            }
            Err(trouble) => {
                let place = |written: &str| match of {
                    // The client's verdict depends on where and how the reference is written.
                    Type::Schedule => Place::text(path.clone(), as_written(text, written)),
                    _ => self.within(node.span, written),
                };
                let problem = problem(&trouble, place);
                self.tell(problem, path.clone());
                return;
            }
        };
        let kind = match of {
            Type::Integer => coerce::integer(&filled),
            Type::Float => coerce::float(&filled),
            Type::Boolean => coerce::boolean(&filled),
            Type::Placement => Some(Kind::String(placement(&filled).unwrap_or(filled.clone()))),
            Type::AnyCase(_) => Some(Kind::String(filled.to_uppercase())),
            // It was only to be seen whether it can be.
            Type::Text => return,
            _ => Some(Kind::String(filled.clone())),
        };
        if let Some(kind) = kind {
            node.kind = kind;
            if let Some(problem) = self.infinite(node, path.clone()) {
                self.tell(problem, path.clone());
            }
            return;
        }
        let name = match path.tokens().last() {
            Some(Token::Key(key)) => key.as_str(),
            _ => "",
        };
        let headline = format!(
            "`{name}`: filled in, expected {}, found `{filled}`",
            wanted(of)
        );
        let problem = Diagnostic::new(&BAD_VALUE, headline, self.at(node.span));
        self.tell(problem, path.clone());
    }
}

/// The reference of `text` that is `plain` without its escape.
fn as_written<'t>(text: &'t str, plain: &'t str) -> &'t str {
    let name = |reference: &str| reference.replace(['{', '}', '&'], "");
    let mut found = references(text);
    let reference = found.find(|reference| name(reference.text) == name(plain));
    reference.map_or(plain, |reference| reference.text)
}
