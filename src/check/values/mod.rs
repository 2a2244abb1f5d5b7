//! What a process starts with besides its command: variables, a search path, a directory. References in
//! them are those of commands; all else is literal.

mod codes;
mod expansions;

use crate::diagnostic::{Diagnostic, Place};
use crate::model::{CommandLine, Piece, Reference, ValueOf};
use crate::rule::{self, Context};
use crate::secret::{Language, is_value, key, secrets};
use crate::source::Pointer;

pub use codes::{NO_DIRECTORY, NUL_IN_VALUE, PATH_TWICE, RELATIVE_FILE, UNEXPANDED_VALUE};

use super::commands::{MISPLACED_EXPANSION, bad_reference, output};
use super::packages::Used;
use super::{lookalikes, mistaken, packages};
use expansions::{Expansion, first};

/// Checks the values of all processes of the job; `used` learns which packages they name.
pub(super) fn check(ctx: &mut Context<'_>, used: &mut Used) {
    let job = ctx.job;
    for (index, process) in job.task.processes.iter().enumerate() {
        for (of, line) in process.values() {
            let value = Value { of, line, index };
            value.check(ctx, used);
        }
        let env = process.env.iter().flatten();
        let mut names = env.map(|(name, _)| name.as_str());
        if process.path.is_some()
            && let Some(name) = names.find(|name| *name == "PATH")
        {
            path_twice(ctx, index, name);
        }
    }
}

fn path_twice(ctx: &mut Context<'_>, index: usize, name: &str) {
    let env = ctx.process(index, "env").key(name);
    let path = ctx.process(index, "path");
    if ctx.holes.touch(&env) || ctx.holes.touch(&path) {
        return;
    }
    let headline = "`PATH` is set beside `path`";
    let problem = Diagnostic::new(&PATH_TWICE, headline, Place::key(env)).also(
        Place::key(path),
        "this is put before the `PATH` that is there",
    );
    ctx.report(problem.help("write all directories in `path`, and leave `PATH` out of `env`"));
}

/// A value of the process at an index.
struct Value<'a> {
    of: ValueOf<'a>,
    line: &'a CommandLine,
    index: usize,
}

impl Value<'_> {
    fn pointer(&self, job: &Pointer) -> Pointer {
        rule::value(&rule::process(job, self.index), self.of)
    }

    fn check(&self, ctx: &mut Context<'_>, used: &mut Used) {
        let text = self.line.as_str();
        let pointer = |at: &Pointer| self.pointer(at);
        if ctx.hole(pointer) {
            used.unclear();
            return;
        }
        if ctx.is_given_up() {
            return;
        }
        if text.contains('\0') {
            let place = Place::value(pointer(ctx.at));
            let headline = "the value has a NUL character";
            ctx.report(Diagnostic::new(&NUL_IN_VALUE, headline, place));
        } else {
            self.directory(ctx);
            self.file(ctx);
        }
        lookalikes::check(ctx, text, &pointer, used);
        used.told_as_template(text);
        self.pieces(ctx, used);
    }

    /// Tells what no directory can be.
    fn directory(&self, ctx: &mut Context<'_>) {
        let text = self.line.as_str();
        let (name, is_searched) = match self.of {
            ValueOf::Directory => ("`directory`", false),
            ValueOf::Path(_) => ("an element of `path`", true),
            ValueOf::Variable(_) | ValueOf::File(_) => return,
        };
        let pointer = self.pointer(ctx.at);
        if text.is_empty() {
            let headline = format!("{name} is empty");
            let problem = Diagnostic::new(&NO_DIRECTORY, headline, Place::value(pointer));
            ctx.report(if is_searched {
                problem.help("remove it, or write `.` if the current directory is meant")
            } else {
                problem.help("leave it out for the sandbox")
            });
        } else if let Some(offset) = text.find(':').filter(|_| is_searched) {
            let headline = format!("{name} has a colon, which ends a directory in `PATH`");
            let place = Place::within(pointer, text, offset, ":");
            let problem = Diagnostic::new(&NO_DIRECTORY, headline, place);
            ctx.report(problem.help("write each directory as an element of its own"));
        }
    }

    /// Tells of a file that is not named by an absolute path.
    fn file(&self, ctx: &mut Context<'_>) {
        let text = self.line.as_str();
        let starts = ["/", "${", "{{"];
        if matches!(self.of, ValueOf::File(_)) && !starts.iter().any(|it| text.starts_with(it)) {
            let headline = "the path of a file that a variable is read from is not absolute";
            let place = Place::value(self.pointer(ctx.at));
            ctx.report(
                Diagnostic::new(&RELATIVE_FILE, headline, place)
                    .help("write where it is on the node: `/run/NAME`")
                    .help("or `${./FILE}` for one beside the definition, which everybody can read"),
            );
        }
    }

    fn pieces(&self, ctx: &mut Context<'_>, used: &mut Used) {
        let text = self.line.as_str();
        let mut end = 0;
        let mut is_told = false;
        for piece in self.line.pieces() {
            if ctx.is_given_up() {
                used.unclear();
                return;
            }
            let within = |at: &Pointer, offset: usize, guilty: &str| {
                Place::within(self.pointer(at), text, offset, guilty)
            };
            match piece {
                Ok(Piece::Text(piece)) => {
                    let start = end;
                    end += piece.len();
                    self.mistaken(ctx, piece, start, used);
                    if !is_told
                        && let Some(found) = first(piece, start == 0)
                        && !self.is_in_secret(start + found.offset)
                    {
                        is_told = true;
                        let place = within(ctx.at, start + found.offset, found.text);
                        ctx.report(self.unexpanded(&found, place));
                    }
                }
                Ok(Piece::Escape) => end += "$${".len(),
                Ok(Piece::Reference {
                    text: written,
                    offset,
                    to,
                }) => {
                    end = offset + written.len();
                    match to {
                        Reference::Package(name) => {
                            used.name(ctx, &name, || within(ctx.at, offset, written));
                            output(ctx, &name, &text[offset..], |at, guilty| {
                                within(at, offset, guilty)
                            });
                        }
                        Reference::File(_) | Reference::Node(_) => {}
                        Reference::Expanded(path) => {
                            let headline = "only commands have expanded files";
                            let place = within(ctx.at, offset, written);
                            let problem = Diagnostic::new(&MISPLACED_EXPANSION, headline, place);
                            ctx.report(problem.help(self.instead(path)));
                        }
                    }
                }
                Err(error) => {
                    end = error.offset + error.text.len();
                    used.unclear();
                    let place = within(ctx.at, error.offset, error.text);
                    ctx.report(bad_reference(&error, place));
                }
            }
        }
    }

    /// Whether a secret stands at `offset` that is written out, of which nothing else is to be told.
    fn is_in_secret(&self, offset: usize) -> bool {
        const MOST: usize = 10;
        let text = self.line.as_str();
        let is_named = match self.of {
            ValueOf::Variable(name) => key(name.as_str()).is_some_and(|key| is_value(key, text)),
            ValueOf::File(_) | ValueOf::Path(_) | ValueOf::Directory => false,
        };
        let mut found = secrets(text, Language::Value, MOST).into_iter();
        is_named || found.any(|secret| secret.range.contains(&offset))
    }

    /// What to write instead of an expanded file.
    fn instead(&self, path: &str) -> String {
        let plain = format!("write `${{{path}}}` if the file needs nothing filled in");
        match self.of {
            ValueOf::Variable(name) => format!(
                "{plain}, or set the variable in the command: `export {name}=\"${{expanded {path}}}\"`"
            ),
            ValueOf::File(_) | ValueOf::Path(_) | ValueOf::Directory => plain,
        }
    }

    /// Tells of what is nearly a reference. Any other `${WORD.` is another program's here.
    fn mistaken(&self, ctx: &mut Context<'_>, piece: &str, start: usize, used: &mut Used) {
        for (at, _) in piece.match_indices("${") {
            let is_declared = |name: &str| packages::is_declared(ctx, name);
            let rest = &piece[at..];
            let is_mistaken =
                mistaken::is_nearly_ours(rest) || mistaken::names_package(rest, is_declared);
            if ctx.is_given_up() || !is_mistaken {
                continue;
            }
            let declared = packages::declared(ctx);
            used.unclear();
            let guilty = mistaken::extent_of(rest);
            let text = self.line.as_str();
            let place = Place::within(self.pointer(ctx.at), text, start + at, guilty);
            let scope = ctx.scopes().process(self.index);
            let problem = mistaken::problem_of_literal(guilty, &declared, &scope, place);
            ctx.report(problem);
        }
    }

    fn unexpanded(&self, found: &Expansion<'_>, place: Place) -> Diagnostic {
        let headline = format!("`{}` stays as it is: no shell reads this value", found.text);
        let problem = Diagnostic::new(&UNEXPANDED_VALUE, headline, place);
        match self.of {
            ValueOf::Variable(name) if name.as_str() == "PATH" && found.text.contains("PATH") => {
                problem.help("write `path = [\"DIRECTORY\"]`, which is put before `PATH`")
            }
            ValueOf::Variable(name) => match found.file() {
                Some(file) if file.starts_with('/') => {
                    problem.help(format!("write `{name} = {{ file = \"{file}\" }}`"))
                }
                _ => problem.help(format!(
                    "set it in the command, whose shell expands it: `export {name}=\"...\"`"
                )),
            },
            ValueOf::File(_) => problem.help("write the path itself"),
            ValueOf::Path(_) | ValueOf::Directory => {
                problem.help("write the directory itself, or change it in the command")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::tests::{JOB, check_definition};

    fn check(fields: &str, expected: &[&str]) {
        let process = format!("{{ name = \"a\", cmdline = \"x\", {fields} }}");
        let definition = format!(
            "{JOB}packages = {{ tool = \"/nix/store/x\" }}\ntask.processes = [\n\
             {{ name = \"b\", cmdline = \"${{pkgs.tool}}\" }},\n{process},\n]"
        );
        check_definition(&definition, expected);
    }

    #[test]
    fn fine() {
        check(
            r#"env = { A = "${pkgs.tool}/x ${./y} {{role}} ${server.port} $${HOME} a$ $5 ~", B = { file = "/run/{{role}}" } }"#,
            &[],
        );
        check(
            r#"path = ["${pkgs.tool}/bin", "bin"], directory = "a b:c~", umask = "0027", nice = -0, user = "{{role}}""#,
            &[],
        );
        check(r#"env = { unset = "1", PATH = "/bin" }"#, &[]);
    }

    #[test]
    fn references() {
        check(
            r#"env = { A = "${pkgs.tol} ${expanded ./y} ${/x} {{nme}}", B = { file = "${pkgs.}" } }"#,
            &[
                "unknown-package '${pkgs.tol}' no package is called `tol`",
                "misplaced-expansion '${expanded ./y}' only commands have expanded files",
                "bad-reference '${/x}' `${/x}` names a file, but not from here",
                "bad-reference '${pkgs.}' the package name in `${pkgs.}` is empty",
                "unbound-template '{{nme}}' `{{nme}}` is unknown here",
            ],
        );
        check(
            r#"path = ["${packages.tool}/bin"], directory = "{{thermos.ports[a]}""#,
            &[
                "bad-reference '${packages.tool}' `${packages.tool}` is no reference",
                "unread-reference '{{thermos.ports[a]}' `{{thermos.ports[a]}` is no reference: a brace is missing",
            ],
        );
    }

    #[test]
    fn literal_values() {
        check(
            r#"env = { PATH = "/bin:$PATH", A = "$(cat /x)", B = "${HOME:-x} $HOME" }, directory = "~/x""#,
            &[
                "unexpanded-value '$(cat /x)' `$(cat /x)` stays as it is: no shell reads this value",
                "unexpanded-value '${HOME:-x}' `${HOME:-x}` stays as it is: no shell reads this value",
                "unexpanded-value '$PATH' `$PATH` stays as it is: no shell reads this value",
                "unexpanded-value '~' `~` stays as it is: no shell reads this value",
            ],
        );
    }

    #[test]
    fn directories_and_files() {
        check(
            r#"path = ["", "a:b"], directory = "", env = { PATH = "x", A = { file = "x" }, B = "\u0000" }"#,
            &[
                "relative-file '\"x\"' the path of a file that a variable is read from is not absolute",
                "nul-in-value '\"\\u0000\"' the value has a NUL character",
                "no-directory '\"\"' an element of `path` is empty",
                "no-directory ':' an element of `path` has a colon, which ends a directory in `PATH`",
                "no-directory '\"\"' `directory` is empty",
                "path-twice 'PATH' `PATH` is set beside `path`",
            ],
        );
    }
}
