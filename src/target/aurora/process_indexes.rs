//! Indexes into a task's processes, moved behind the steps that jobc puts in front. Those that
//! count from the end stay.

use std::borrow::Cow;

use crate::template::{Component, references};

/// `text` with `{{processes[N]...}}` and `{{task.processes[N]...}}` counting `added` processes
/// more; escapes, too, since Aurora evaluates what they yield once more.
pub fn shift_process_indexes(text: &str, added: usize) -> Cow<'_, str> {
    if added == 0 || !text.contains("processes[") {
        return Cow::Borrowed(text);
    }
    let mut shifted = String::with_capacity(text.len() + 8);
    let mut copied = 0;
    for reference in references(text) {
        let Some(address) = &reference.address else {
            continue;
        };
        let mut path = &address.0[..];
        while let [Component::Field("self" | "super" | "task"), rest @ ..] = path {
            path = rest;
        }
        let [Component::Field("processes"), Component::Index(index), ..] = path else {
            continue;
        };
        let Ok(number) = index.parse::<usize>() else {
            continue;
        };
        let inner = reference.offset + reference.text.len() - 2 - reference.inner.len();
        let Some(position) = reference.inner.find('[') else {
            continue;
        };
        let start = inner + position + 1;
        shifted.push_str(&text[copied..start]);
        shifted.push_str(&number.saturating_add(added).to_string());
        copied = start + index.len();
    }
    shifted.push_str(&text[copied..]);
    Cow::Owned(shifted)
}

#[cfg(test)]
mod tests {
    use super::shift_process_indexes;

    #[test]
    fn shifted() {
        let check = |text, expected| assert_eq!(shift_process_indexes(text, 2), expected);
        check("a {{processes[0].name}} b", "a {{processes[2].name}} b");
        check(
            "{{task.processes[10].cmdline}}{{&processes[1].name}}",
            "{{task.processes[12].cmdline}}{{&processes[3].name}}",
        );
        check(
            "processes[0] {{processes}} {{x.processes[0]}}",
            "processes[0] {{processes}} {{x.processes[0]}}",
        );
        check(
            "{{processes[x].name}} {{processes[-1].name}}",
            "{{processes[x].name}} {{processes[-1].name}}",
        );
        check(
            "{{super.task.processes[0].name}}",
            "{{super.task.processes[2].name}}",
        );
        assert_eq!(
            shift_process_indexes("{{processes[0].name}}", 0),
            "{{processes[0].name}}"
        );
    }
}
