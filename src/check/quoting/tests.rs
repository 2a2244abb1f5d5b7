//! What the shell expands, by tables and by bash itself.

use std::fmt::Write as _;
use std::process::Command;

use super::{Quoting, Standing};

/// Whether the shell expands what stands at each `@` of the command.
fn expanded(command: &str) -> Vec<bool> {
    let mut quoting = Quoting::new();
    let mut found = Vec::new();
    for (index, text) in command.split('@').enumerate() {
        if index > 0 {
            found.push(quoting.standing() == Standing::Expanded);
            quoting.skip_word();
        }
        quoting.skip(text);
    }
    found
}

/// `expected` has a `1` for each `@` of the command that the shell expands, and a `0` for others.
fn check(command: &str, expected: &str) {
    let found = expanded(command);
    let found: String = found
        .iter()
        .map(|&yes| if yes { '1' } else { '0' })
        .collect();
    assert_eq!(found, expected, "{command}");
}

#[test]
fn quotes() {
    check("@ '@' \"@\" @", "1011");
    check("$'@\\'@' @", "001");
    check("\\'@' @' @", "101");
    check("\"it's @\" '\"@'", "10");
    check("\"\\\"@'@\"", "11");
    check("\\@ \"\\@\" \\\\@", "001");
    check("$$'@' \"$$'@'\"", "01");
}

#[test]
fn comments() {
    check("# don't @\n@", "01");
    check("a#'@'", "0");
    check("@#'@'", "10");
    check("a;# it's @\n'@'", "00");
    check("(# it's @\n@)", "01");
    check("$((16#ff + @)) '@'", "10");
    check("echo ${#x} '@' $# '@'", "00");
}

#[test]
fn substitutions() {
    check("\"$(echo '@' @)@\" '@'", "0110");
    check("$(a \"(\" (b '@') @) @", "011");
    check("(a '@') @", "01");
    check("`echo '@'` @ \"`echo '@'`@\"", "0101");
    check("\"${x:-@}@\" ${x:-'@'} ${x:-\"@\"}", "1101");
    check("\"${x:-'@}'}\" '@'", "10");
    check("\"${x%'@'}\" \"${x/'@'/\"@\"}\"", "001");
    check("((1 << 2)); '@' @", "01");
    check("diff <(a '@') >(b @)", "01");
}

#[test]
fn here_documents() {
    check("cat <<E\nit's @\nE\n'@'", "10");
    check("cat <<'E'\nit's @\nE\n@", "01");
    check("cat <<\\E <<F\n@\nE\n@\nF\n@ '@'", "0110");
    check("cat <<-\"E F\"\n@\n\tE F\n@", "01");
    check("cat <<-E\n@\n\tE\n'@'", "10");
    check("x=$(cat <<E\nit's ) @\nE\n) '@'", "10");
    check("cat <<<'@' @", "01");
    check("cat <<E\n$(a '@' @)\nE\n'@'", "010");
    check("cat < 'a' '@'", "0");
    check("cat <<E; '@'\nE x\n@\nE", "01");
}

#[test]
fn patterns() {
    check("$(case x in a) '@' ;; (b|c) @ ;; esac) '@'", "010");
    check("$(case @ in 'a)') @ ;& *) esac) '@'", "110");
    check("case x in\n a) '@';;\n b) @;;\n esac; '@'", "010");
    check("$(echo case a) '@')", "0");
}

#[test]
fn nothing_is_said_about_the_unclear() {
    check("`echo \\`echo '@'\\`` '@'", "00");
    check("cat << ; '@' @", "00");
    let deep = format!("{}'@'", "$(".repeat(1000));
    check(&deep, "0");
}

/// Commands that print all that they are given, made of everything that nests.
struct Maker {
    state: u64,
    marks: usize,
    announced: Vec<String>,
}

impl Maker {
    fn pick(&mut self, count: u64) -> u64 {
        self.state = self
            .state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.state >> 33) % count
    }

    fn mark(&mut self) -> String {
        self.marks += 1;
        "@".to_owned()
    }

    fn word(&mut self, depth: u64) -> String {
        let kinds = if depth == 0 { 8 } else { 15 };
        match self.pick(kinds) {
            0 | 1 => self.mark(),
            2 => format!("'{} \"'", self.mark()),
            3 => format!("\"{} '\"", self.mark()),
            4 => format!("$'\\'{}'", self.mark()),
            5 => format!("\\'{}", self.mark()),
            6 => format!("\\{}", self.mark()),
            7 => "a#b".to_owned(),
            8 => format!("$( {})", self.list(depth - 1)),
            9 => format!("\"$( {})\"", self.list(depth - 1)),
            10 => format!("\"${{none:-{}}}\"", self.mark()),
            11 => format!("${{none:-{}}}", self.word(depth - 1)),
            12 => format!("\"'$( {})'\"", self.list(depth - 1)),
            13 => format!("\"${{none:-'{}'}}\"", self.mark()),
            _ => format!("$(( 1 << 1 )){}", self.mark()),
        }
    }

    fn command(&mut self, depth: u64) -> String {
        let word = self.word(depth);
        match self.pick(8) {
            // `((` is arithmetic to most.
            0 if depth > 0 => format!("( {})", self.list(depth - 1)),
            1 if depth > 0 => {
                let (a, b) = (self.list(depth - 1), self.list(depth - 1));
                format!("case x in y) {a};; (x) {b};; esac")
            }
            2 => {
                let body = format!("it's {} \"", self.mark());
                self.announced.push(format!("{body}\nE\n"));
                format!("cat <<E {word}").replace(&word, "-")
            }
            3 => {
                let body = format!("it's {} $(", self.mark());
                self.announced.push(format!("\t{body}\n\tF\n"));
                "cat <<-'F' -".to_owned()
            }
            _ => format!("echo {word} {}", self.word(depth)),
        }
    }

    fn list(&mut self, depth: u64) -> String {
        let outer = std::mem::take(&mut self.announced);
        let mut text = String::new();
        for _ in 0..=self.pick(3) {
            text += &self.command(depth);
            if self.pick(4) == 0 {
                text += " # it's";
            }
            text += "\n";
            for body in std::mem::take(&mut self.announced) {
                text += &body;
            }
        }
        self.announced = outer;
        text
    }
}

/// The standing of each mark, by what bash prints where it stands.
#[test]
fn bash_agrees() {
    let mut maker = Maker {
        state: 7,
        marks: 0,
        announced: Vec::new(),
    };
    let mut failures = Vec::new();
    let mut compared = 0;
    for _ in 0..400 {
        let command = maker.list(3);
        let mut pieces = command.split('@');
        let mut text = pieces.next().unwrap_or_default().to_owned();
        for (index, piece) in pieces.enumerate() {
            write!(text, "${{mark}}{index}:{piece}").expect("a string");
        }
        let run = Command::new("bash")
            .arg("-c")
            .arg(&text)
            .env("mark", "yes")
            .output();
        let printed = match run {
            Ok(output) => String::from_utf8_lossy(&output.stdout).into_owned(),
            Err(error) => {
                eprintln!("not tried: no bash here ({error})");
                return;
            }
        };
        for (index, found) in expanded(&command).into_iter().enumerate() {
            let yes = printed.contains(&format!("yes{index}:"));
            let no = printed.contains(&format!("${{mark}}{index}:"));
            if yes == no {
                // Not printed at all, or as both in a copy.
                continue;
            }
            compared += 1;
            if yes != found {
                failures.push(format!("mark {index}, expanded by bash {yes}:\n{text}\n"));
            }
        }
    }
    assert!(
        failures.is_empty(),
        "{} of {compared}:\n{}",
        failures.len(),
        failures.join("-----\n")
    );
    assert!(compared > 1000, "only {compared} marks were printed");
}
