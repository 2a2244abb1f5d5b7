//! What Nix said of an expression, as its author can use it: the error first, and nothing of the
//! expression that jobc wrapped around theirs.
//!
//! ```text
//! 2.8:   "error: " MESSAGE { blank } [ "       at " PLACE ":" CODE ]
//! later: "error:" { "       … " FRAME [ "         at " PLACE ":" CODE ] } "       error: " MESSAGE ...
//! ```

/// At most this many lines of it are shown.
const SHOWN: usize = 40;

/// A message or a frame of the trace, with where it is.
#[derive(Debug, Default)]
struct Part {
    lines: Vec<String>,
    is_error: bool,
    is_ours: bool,
}

/// The messages without jobc's own places, errors first.
pub(super) fn of_expression(messages: &str) -> String {
    let mut parts: Vec<Part> = Vec::new();
    for line in messages.lines() {
        // Nix sets its traces off by this many spaces.
        let line = line.strip_prefix("       ").unwrap_or(line).trim_end();
        let text = line.trim_start();
        let is_error = text.starts_with("error:");
        if text.is_empty() || is_no_news(text) {
            continue;
        }
        if is_error || text.starts_with('…') {
            parts.push(Part {
                is_error,
                // The list that jobc asks for.
                is_ours: text.starts_with("… while evaluating list element at index"),
                ..Part::default()
            });
        } else if text.starts_with("at «string»") || text.starts_with("at (string)") {
            if let Some(part) = parts.last_mut() {
                part.is_ours = true;
            }
            continue;
        }
        let Some(part) = parts.last_mut() else {
            parts.push(Part {
                lines: vec![line.to_owned()],
                ..Part::default()
            });
            continue;
        };
        if !(part.is_ours && is_code(text)) {
            part.lines.push(line.to_owned());
        }
    }
    // An error is told wherever it is; one without a word has it further on.
    parts.retain(|part| {
        if part.is_error {
            part.lines != ["error:"]
        } else {
            !part.is_ours
        }
    });
    let (errors, frames): (Vec<_>, Vec<_>) = parts.into_iter().partition(|part| part.is_error);
    let lines: Vec<String> = errors
        .into_iter()
        .chain(frames)
        .flat_map(|part| part.lines)
        .collect();
    match lines.len() {
        0 => "Nix did not say why".to_owned(),
        count if count <= SHOWN => lines.join("\n"),
        count => format!(
            "{}\n({} more lines)",
            lines[..SHOWN].join("\n"),
            count - SHOWN
        ),
    }
}

/// The end of `messages`, where builders say what is wrong.
pub(super) fn end(messages: &str) -> String {
    let lines = messages.trim().lines();
    let lines: Vec<&str> = lines
        .filter(|line| !is_no_news(line.trim_start()))
        .collect();
    let start = lines.len().saturating_sub(SHOWN);
    let text = lines[start..].join("\n");
    match (text.trim(), start) {
        ("", _) => "Nix did not say why".to_owned(),
        (text, 0) => text.to_owned(),
        (text, left_out) => format!("({left_out} lines before)\n{text}"),
    }
}

/// What to do about some errors, in words.
pub(super) fn advice(told: &str) -> Option<&'static str> {
    told.contains("file 'nixpkgs' was not found in the Nix search path").then_some(
        "say what `<nixpkgs>` is: `nixpkgs = \"github:NixOS/nixpkgs/nixos-25.11\"` (or a path, or \
         the address of an archive) in `jobc.toml`, or NIX_PATH",
    )
}

/// The names that Nix thinks of where there is none as asked for, as a question.
pub(super) fn suggestion(messages: &str) -> Option<String> {
    let names = messages.lines().find_map(suggested)?;
    let (first, last) = match names.rsplit_once(" or ") {
        Some((first, last)) => (first.strip_prefix("one of ").unwrap_or(first), Some(last)),
        None => (names, None),
    };
    let first = first.split(", ").map(|name| format!("`{name}`"));
    let mut question = format!("did you mean {}", first.collect::<Vec<_>>().join(", "));
    if let Some(last) = last {
        question.push_str(&format!(" or `{last}`"));
    }
    question.push('?');
    Some(question)
}

/// What Nix said, without its own suggestion.
pub(super) fn without_suggestion(told: &str) -> String {
    let lines = told.lines().filter(|line| suggested(line).is_none());
    lines.collect::<Vec<_>>().join("\n")
}

/// The names of a line that suggests some.
fn suggested(line: &str) -> Option<&str> {
    line.trim().strip_prefix("Did you mean ")?.strip_suffix('?')
}

fn is_no_news(text: &str) -> bool {
    text.starts_with("(use '--show-trace'") || text.starts_with("(stack trace truncated")
}

/// A line of an expression as Nix shows it: `12| text` or `  |  ^`.
fn is_code(text: &str) -> bool {
    let after = text.trim_start_matches(|c: char| c.is_ascii_digit());
    after.starts_with('|')
}

#[cfg(test)]
mod tests {
    use super::{advice, end, of_expression, suggestion, without_suggestion};

    /// Nix 2.8 and 2.34.8 about the same file.
    #[test]
    fn an_undefined_variable() {
        let old = "error: undefined variable 'y'\n\n       at /w/p.nix:1:7:\n\n            1| { x = y; }\n             \
                   |       ^\n(use '--show-trace' to show detailed location information)\n";
        let expected =
            "error: undefined variable 'y'\nat /w/p.nix:1:7:\n     1| { x = y; }\n      |       ^";
        assert_eq!(of_expression(old), expected);
        let new = "error:\n       … while evaluating list element at index 0\n\n       … while evaluating a branch \
                   condition\n         at «string»:5:5:\n            4|   picked =\n            5|     if ours\n             \
                   |     ^\n            6|     else\n\n       (stack trace truncated; use '--show-trace' to show the \
                   full, detailed trace)\n\n       error: undefined variable 'y'\n       at /w/p.nix:1:7:\n            \
                   1| { x = y; }\n             |       ^\n            2|\n";
        assert_eq!(of_expression(new), format!("{expected}\n     2|"));
    }

    #[test]
    fn frames_of_the_authors_file_stay() {
        let new = "warning: something\nerror:\n       … while evaluating the attribute 'x'\n         at /w/p.nix:1:3:\n            \
                   1| { x = throw \"no\"; }\n             |   ^\n\n       error: no\n";
        assert_eq!(
            of_expression(new),
            "error: no\nwarning: something\n… while evaluating the attribute 'x'\n  at /w/p.nix:1:3:\n     1| { x = throw \
             \"no\"; }\n      |   ^"
        );
    }

    #[test]
    fn no_nixpkgs() {
        let old = "error: file 'nixpkgs' was not found in the Nix search path (add it using $NIX_PATH or -I)\n\n       \
                   at «string»:8:94:\n\n            7|     ours\n            8| in ours\n             |    ^\n";
        let told = of_expression(old);
        assert_eq!(told, old.lines().next().unwrap());
        assert!(advice(&told).is_some());
        assert_eq!(advice("error: undefined variable 'nixpkgs'"), None);
    }

    #[test]
    fn what_is_cut_is_counted() {
        let many: String = (0..50).map(|n| format!("line {n}\n")).collect();
        assert!(end(&many).starts_with("(10 lines before)\nline 10\n"));
        assert!(of_expression(&format!("error: x\n{many}")).ends_with("line 38\n(11 more lines)"));
        assert_eq!(end(" \n"), "Nix did not say why");
        assert_eq!(of_expression(""), "Nix did not say why");
    }

    /// In the words of Nix 2.8.
    #[test]
    fn suggestions() {
        let said = |names: &str| {
            format!(
                "error: attribute 'helo' missing\n\n       at «string»:1:1:\n       Did you mean {names}?\n"
            )
        };
        for (names, expected) in [
            ("hello", "did you mean `hello`?"),
            ("one of hello or help", "did you mean `hello` or `help`?"),
            (
                "one of hell, help or hello",
                "did you mean `hell`, `help` or `hello`?",
            ),
        ] {
            assert_eq!(suggestion(&said(names)).as_deref(), Some(expected));
        }
        assert_eq!(suggestion("error: attribute 'helo' missing"), None);
        assert_eq!(
            without_suggestion("error: no `x`\nDid you mean y?\nat /w/p.nix:1:1:"),
            "error: no `x`\nat /w/p.nix:1:1:"
        );
    }
}
