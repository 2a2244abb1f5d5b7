//! What the value at the end of a way from the job has to be.

use crate::source::Token;
use crate::vocabulary::{JOB, Type};

/// The type of the value at the end of `way`, if the schema has one there.
pub(super) fn type_at(way: &[Token]) -> Option<Type> {
    let job = Type::Struct(&JOB);
    way.iter().try_fold(job, |of, token| match (of, token) {
        (of, Token::Key(key)) => of.field(key),
        (Type::List(of), Token::Index(_)) => Some(*of),
        _ => None,
    })
}
