//! What is wrong with one reference, and what to do about it.

use crate::diagnostic::{Diagnostic, Place};
use crate::model::Dialect;
use crate::rule::scope::{Scope, Trouble, trouble};
use crate::template::{Address, TemplateReference};

use super::advice::{self, Advice, shorten};
use super::codes::{ENDLESS_TEMPLATE, TEMPLATE_NOT_TEXT, TEMPLATE_SYNTAX, UNBOUND_TEMPLATE};

/// What is wrong with a reference that stands at `place`, inside the tables of `scope`.
pub fn examine(
    reference: &TemplateReference<'_>,
    scope: &Scope<'_>,
    place: impl FnOnce() -> Place,
) -> Option<Diagnostic> {
    let text = reference.text;
    let Some(address) = reference.named() else {
        return Some(malformed(reference, scope, place()));
    };
    let problem = match trouble(&address, scope)? {
        // Told where the value was written.
        Trouble::Elsewhere => return None,
        Trouble::Unbound => unbound(text, &address, scope, place()),
        Trouble::Endless => {
            let headline = format!("the value of `{text}` leads back to itself");
            Diagnostic::new(&ENDLESS_TEMPLATE, headline, place())
                .note("a name means the nearest one, in a value that is filled in, too")
        }
        Trouble::NotText => {
            let headline = format!("`{text}` is a table or a list, not text");
            Diagnostic::new(&TEMPLATE_NOT_TEXT, headline, place()).help("name one of its fields")
        }
    };
    Some(problem)
}

fn malformed(reference: &TemplateReference<'_>, scope: &Scope<'_>, place: Place) -> Diagnostic {
    let headline = format!("`{}` is no reference", shorten(reference.text));
    let problem = Diagnostic::new(&TEMPLATE_SYNTAX, headline, place);
    let trimmed = reference.inner.trim();
    let address = Address::parse(trimmed).filter(|_| trimmed != reference.inner);
    let is_bound = |address| !matches!(trouble(address, scope), Some(Trouble::Unbound));
    if address.as_ref().is_some_and(is_bound) {
        let spaceless = format!("{{{{{trimmed}}}}}");
        let spelled = advice::spelled(trimmed, scope);
        return problem.help(if spelled == spaceless {
            format!("write it without spaces: `{spaceless}`")
        } else {
            format!("write `{spelled}`")
        });
    }
    if let Some(meant) = advice::repaired(trimmed) {
        return problem.help(format!("write `{}`", advice::spelled(&meant, scope)));
    }
    if let Some(advice) = advice::of_other_languages(reference.inner, scope) {
        return advised(problem, advice, scope);
    }
    if let Some(meant) = address.and_then(|address| advice::near_miss(&address, scope)) {
        let meant = advice::spelled(&meant, scope);
        return problem.help(format!("did you mean `{meant}`?"));
    }
    literal_braces(problem, scope)
}

/// The problem of a reference of another language.
fn advised(problem: Diagnostic, advice: Advice, scope: &Scope<'_>) -> Diagnostic {
    match advice {
        Advice::Write(help) => problem.help(help),
        Advice::Braces => literal_braces(problem, scope),
        Advice::Value => literal_braces(
            problem.help("write the value itself: a definition has no values from elsewhere"),
            scope,
        ),
    }
}

fn literal_braces(problem: Diagnostic, scope: &Scope<'_>) -> Diagnostic {
    if scope.dialect() == Dialect::Client || scope.is_in_file() {
        return problem;
    }
    problem.help("if the braces are meant for another program, put the text into a file and name it: `${./file}`")
}

fn unbound(text: &str, address: &Address<'_>, scope: &Scope<'_>, place: Place) -> Diagnostic {
    let headline = format!("`{}` is unknown here", shorten(text));
    let problem = Diagnostic::new(&UNBOUND_TEMPLATE, headline, place);
    let inner = text.trim_start_matches("{{").trim_end_matches("}}");
    // What begins with a dot is Go's.
    if !inner.starts_with('.')
        && let Some(meant) = advice::near_miss(address, scope)
    {
        let meant = advice::spelled(&meant, scope);
        return problem.help(format!("did you mean `{meant}`?"));
    }
    match advice::of_other_languages(inner, scope) {
        Some(advice) => advised(problem, advice, scope),
        None => literal_braces(
            problem.help(format!(
                "name a field of the process, the task or the job, or write {}",
                advice::of_nodes(scope.dialect())
            )),
            scope,
        ),
    }
}

/// Whether `address` can be filled in in `scope`.
pub(in crate::check) fn is_known(address: &Address<'_>, scope: &Scope<'_>) -> bool {
    trouble(address, scope).is_none()
}
