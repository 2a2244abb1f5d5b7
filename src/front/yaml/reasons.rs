//! What was expected and what to do, by words of the library's error.

/// What was expected, and what to do, for the library's error `info`.
pub(super) fn reason(info: &str) -> Option<(&'static str, &'static str)> {
    REASONS
        .iter()
        .find(|(words, ..)| info.contains(words))
        .map(|&(_, expected, help)| (expected, help))
}

const REASONS: &[(&str, &str, &str)] = &[
    (
        "unexpected character",
        "a value",
        "put quotes around text that starts like this",
    ),
    (
        "did not find expected ',' or '}'",
        "`,` or `}`",
        "close the table, or put quotes around text with `{`",
    ),
    (
        "expected ',' or ']'",
        "`,` or `]`",
        "close the list, or put quotes around text with `[`",
    ),
    (
        "':' may not precede",
        "a space after `:`",
        "write `key: value`",
    ),
    (
        "misplaced bracket",
        "a value",
        "put quotes around text with brackets",
    ),
    (
        "invalid trailing content after double-quoted scalar",
        "the end of the value",
        "put all of the text between the quotes",
    ),
    (
        "block sequence entries are not allowed",
        "a value",
        "start the list on a line of its own, or put quotes around text",
    ),
    (
        "only valid inside a block",
        "a value",
        "put quotes around text that starts with `-`",
    ),
    (
        "did not find expected key",
        "a key",
        "indent keys of one table alike",
    ),
    (
        "did not find expected '-' indicator",
        "`-`",
        "indent elements of one list alike",
    ),
    (
        "did not find expected <document start>",
        "the end of the file",
        "indent keys of one table alike, and elements of one list",
    ),
    (
        "followed by a valid YAML whitespace",
        "spaces as indentation",
        "use spaces after `-` and `:`, not tabs",
    ),
    ("expected whitespace", "a space", ""),
    ("scanning TAG", "a directive of YAML, `---` or a value", ""),
    ("did not find expected node content", "a value", ""),
    ("unexpected end of plain scalar", "a value", ""),
    ("plain scalar cannot start with", "a value", ""),
    ("comments must be separated", "a space before `#`", ""),
    (
        "comment intercepting",
        "the rest of the text",
        "put quotes around text of several lines, or write it as a block with `|`",
    ),
    (
        "did not find expected comment or line break",
        "the end of the line after `|` or `>`",
        "start the text on the next line; put quotes around text with `|` or `>`",
    ),
    (
        "indentation indicator equal to 0",
        "an indentation from 1 to 9",
        "",
    ),
    (
        "after document end marker",
        "the end of the line after `...`",
        "",
    ),
    ("byte order mark", "text", "remove the byte-order mark"),
    ("wrongly indented", "a line indented like those before", ""),
    ("indentation", "a line indented like those before", ""),
    ("directive", "a directive of YAML, `---` or a value", ""),
    (
        "handle wasn't declared",
        "a tag",
        "put quotes around text that starts with `!`",
    ),
    (
        " tag",
        "a tag",
        "put quotes around text that starts with `!`",
    ),
    (
        "did not find expected alphabetic",
        "a name after `*` or `&`",
        "put quotes around text that starts with `*` or `&`",
    ),
    ("illegal placement of ':'", "the end of the value", ""),
    (
        "mapping keys are not allowed",
        "a value",
        "put quotes around text that starts with `?`",
    ),
];
