//! Which packages are declared, and which are named.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, Holes, Place, closest};
use crate::model::{PackageName, PackageSource};
use crate::rule::{Context, Resolved, Undeclared};
use crate::source::Pointer;

crate::diagnostic::declare_codes! {
    /// A command names a package that is declared neither in the job's `packages`, nor in those of
    /// its file, nor in those of `jobc.toml`.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "${pkgs.python}/bin/python3 -m http.server" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// packages = { python = "/nix/store/62fdlzq1x1ak2lsxp4ij7ip5k9nia3hc-python3-3.13.7" }
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "${pkgs.python}/bin/python3 -m http.server" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    UNKNOWN_PACKAGE = "unknown-package", Error, "a package that is not declared";

    /// A package is declared, but no command names it, so that no node fetches it. It is a
    /// leftover, or a command calls the program without `${pkgs.NAME}` and takes whatever the node
    /// happens to have.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// packages = { python = "/nix/store/62fdlzq1x1ak2lsxp4ij7ip5k9nia3hc-python3-3.13.7" }
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "python3 -m http.server" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// packages = { python = "/nix/store/62fdlzq1x1ak2lsxp4ij7ip5k9nia3hc-python3-3.13.7" }
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "${pkgs.python}/bin/python3 -m http.server" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    UNUSED_PACKAGE = "unused-package", Warn, "a package that no command names";

    /// A command has a store path written out that is not one of the packages that the job may name. It is
    /// fetched all the same, but is not seen where packages are declared, `jobc lock` does not know
    /// its closure, and the next update of the packages leaves it behind.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [
    ///     { name = "hello", cmdline = "/nix/store/62fdlzq1x1ak2lsxp4ij7ip5k9nia3hc-python3-3.13.7/bin/python3" },
    /// ]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// packages = { python = "/nix/store/62fdlzq1x1ak2lsxp4ij7ip5k9nia3hc-python3-3.13.7" }
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "${pkgs.python}/bin/python3" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    UNDECLARED_STORE_PATH = "undeclared-store-path", Warn, "a store path that no package declares";
}

/// At most this many names are listed where one of them was expected.
const LISTED: usize = 8;

/// The packages that commands name.
#[derive(Debug, Default)]
pub(super) struct Used {
    by_job: BTreeSet<PackageName>,
    shared: BTreeSet<PackageName>,
    /// Whether there are commands of this job, or of any, that could not be read.
    unclear: bool,
    ever_unclear: bool,
}

impl Used {
    /// Before the commands of a job.
    pub(super) fn start_job(&mut self) {
        self.by_job.clear();
        self.unclear = false;
    }

    /// The decoder made up a command, so that it is unknown what the author's names.
    pub(super) fn unclear(&mut self) {
        self.unclear = true;
        self.ever_unclear = true;
    }

    /// What names a package in braces is told as a template, and the package that was meant is not unused.
    pub(super) fn told_as_template(&mut self, text: &str) {
        if text.contains("{{pkgs.") || text.contains("{{ pkgs.") {
            self.unclear();
        }
    }

    /// A command names `name` at `place`.
    pub(super) fn name(
        &mut self,
        ctx: &mut Context<'_>,
        name: &PackageName,
        place: impl FnOnce() -> Place,
    ) {
        if declares(ctx.job.packages.as_ref(), name) {
            if !self.by_job.contains(name) {
                self.by_job.insert(name.clone());
            }
        } else if declares(ctx.shared, name) {
            if !self.shared.contains(name) {
                self.shared.insert(name.clone());
            }
        } else if !declares(ctx.terms.settings.packages.as_ref(), name)
            && !ctx.hole(|at| at.key("packages"))
            && !ctx.holes.touch(&Pointer::root().key("packages"))
        {
            let declared = declared(ctx);
            let advises = ctx.advises_among(declared.len());
            ctx.report(unknown(name, place(), advises.then_some(&declared)));
            // The package that was meant is not unused.
            let names = ctx.job.packages.iter().flat_map(BTreeMap::keys);
            let meant = advises.then(|| closest(name.as_str(), names.map(PackageName::as_str)));
            if let Some(meant) = meant.flatten() {
                self.by_job.extend(meant.parse());
            }
        }
    }

    /// After the commands of a job: which of its packages were not named.
    pub(super) fn report(&self, ctx: &mut Context<'_>) {
        let Context { job, at, holes, .. } = *ctx;
        if let Some(packages) = &job.packages
            && !self.unclear
        {
            report_unused(packages, &self.by_job, at, holes, |problem| {
                ctx.report(problem);
            });
        }
    }

    /// After all jobs: which of the packages that they share were not named.
    pub(super) fn report_shared(
        &self,
        packages: &BTreeMap<PackageName, PackageSource>,
        holes: &Holes,
        report: impl FnMut(Diagnostic),
    ) {
        if !self.ever_unclear {
            report_unused(packages, &self.shared, &Pointer::root(), holes, report);
        }
    }
}

fn declares(packages: Option<&BTreeMap<PackageName, PackageSource>>, name: &PackageName) -> bool {
    packages.is_some_and(|packages| packages.contains_key(name))
}

/// Whether the job may name a package called so.
pub(super) fn is_declared(ctx: &Context<'_>, name: &str) -> bool {
    let all = [
        ctx.job.packages.as_ref(),
        ctx.shared,
        ctx.terms.settings.packages.as_ref(),
    ];
    all.into_iter()
        .flatten()
        .any(|packages| packages.contains_key(name))
}

/// The names of all packages that the job may name.
pub(super) fn declared<'a>(ctx: &Context<'a>) -> BTreeSet<&'a str> {
    [
        ctx.job.packages.as_ref(),
        ctx.shared,
        ctx.terms.settings.packages.as_ref(),
    ]
    .into_iter()
    .flatten()
    .flat_map(BTreeMap::keys)
    .map(PackageName::as_str)
    .collect()
}

/// The problem of a name that is none of those that are `declared`, if there is to be advice.
fn unknown(name: &PackageName, place: Place, declared: Option<&BTreeSet<&str>>) -> Diagnostic {
    let headline = format!("no package is called `{name}`");
    let problem = Diagnostic::new(&UNKNOWN_PACKAGE, headline, place);
    let Some(declared) = declared else {
        return problem;
    };
    let problem = problem.did_you_mean(name.as_str(), declared.iter().copied());
    let problem = if !problem.help.is_empty() {
        problem
    } else if let Some((set, last)) = name.as_str().rsplit_once('.') {
        problem.help(declare(declared, set, last))
    } else {
        problem.help(format!("declare it: `packages.{name} = \"nixpkgs#...\"`"))
    };
    if declared.is_empty() {
        return problem.note("no packages are declared");
    }
    let mut listed: Vec<String> = declared
        .iter()
        .take(LISTED)
        .map(|name| format!("`{name}`"))
        .collect();
    if declared.len() > LISTED {
        listed.push("...".to_owned());
    }
    problem.note(format!("declared are {}", listed.join(", ")))
}

/// What to do about `${pkgs.SET.NAME}`, a path of attributes as Nix has them.
fn declare(declared: &BTreeSet<&str>, set: &str, name: &str) -> String {
    if declared.contains(set) {
        return format!("did you mean `${{pkgs.{set}}}`?");
    }
    format!(
        "write `${{pkgs.{name}}}`, and declare it: `packages.{name} = \"nixpkgs#{set}.{name}\"`"
    )
}

fn report_unused(
    packages: &BTreeMap<PackageName, PackageSource>,
    used: &BTreeSet<PackageName>,
    at: &Pointer,
    holes: &Holes,
    mut report: impl FnMut(Diagnostic),
) {
    for name in packages.keys().filter(|name| !used.contains(*name)) {
        let pointer = at.key("packages").key(name.as_str());
        if !holes.touch(&pointer) {
            let headline = format!("no command names the package `{name}`");
            let place = Place::key(pointer);
            report(
                Diagnostic::new(&UNUSED_PACKAGE, headline, place)
                    .help(format!("remove it, or name it as `${{pkgs.{name}}}`")),
            );
        }
    }
}

/// Warns of store paths that stand in commands and are no package.
pub(super) fn undeclared(job: &mut Resolved<'_>) {
    for Undeclared { text, place } in &job.noticed.undeclared {
        let headline = format!("no package is `{text}`");
        let problem = Diagnostic::new(&UNDECLARED_STORE_PATH, headline, place.clone());
        job.report(
            problem
                .help("declare it in `packages`, and name it as `${pkgs.NAME}`")
                .note("what is not declared is not locked, and updated by nobody"),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::check::tests::{JOB, problems};
    use crate::model::Settings;

    fn check(definition: &str, expected: &[&str]) {
        let packages = [("site".parse(), "nixpkgs#site")]
            .map(|(name, source)| {
                let source = crate::model::PackageSource::Reference(source.to_owned());
                (name.expect("a name"), source)
            })
            .into();
        let settings = Settings {
            packages: Some(packages),
            ..Settings::default()
        };
        assert_eq!(problems(definition, &settings), expected, "{definition}");
    }

    fn job(packages: &str, command: &str) -> String {
        format!(
            "{JOB}packages = {{ {packages} }}\n\
             task.processes = [{{ name = \"a\", cmdline = \"{command}\" }}]\n"
        )
    }

    #[test]
    fn declared_in_the_job_or_around_it() {
        check(&job("a = \"x\"", "${pkgs.a} ${pkgs.site}"), &[]);
        check(
            &job("a = \"x\", python = \"x\"", "${pkgs.a} ${pkgs.pyhton}"),
            &["unknown-package '${pkgs.pyhton}' no package is called `pyhton`"],
        );
        check(
            &job("a = \"x\", b = \"x\"", "${pkgs.a}"),
            &["unused-package 'b' no command names the package `b`"],
        );
        let list = |command| {
            format!(
                "packages = {{ s = \"x\", t = \"x\" }}\n[[jobs]]\n{}[[jobs]]\n{}",
                job("", "${pkgs.s}"),
                job("", command).replace("hello", "other")
            )
        };
        check(&list("${pkgs.t}"), &[]);
        check(
            &list("${pkgs.site}"),
            &["unused-package 't' no command names the package `t`"],
        );
    }

    #[test]
    fn warnings_without_end() {
        let packages: Vec<_> = (100..250).map(|n| format!("p{n} = \"x\"")).collect();
        let expected: Vec<_> = (100..200)
            .map(|n| format!("unused-package 'p{n}' no command names the package `p{n}`"))
            .collect();
        let expected: Vec<_> = expected.iter().map(String::as_str).collect();
        check(&job(&packages.join(", "), "run"), &expected);
    }

    #[test]
    fn nothing_follows_from_what_could_not_be_read() {
        check(
            &job("a = 3", "${pkgs.a} ${pkgs.b}"),
            &[
                "wrong-type '3' `a`: expected a store path, an installable, or a table with `path`, found an integer",
            ],
        );
        check(
            &job("a = \"x\"", "${pkgs.}"),
            &["bad-reference '${pkgs.}' the package name in `${pkgs.}` is empty"],
        );
        check(
            &job("a = \"x\"", "${pkgs.a}").replace("packages", "package"),
            &["unknown-field 'package' unknown field `package`"],
        );
    }
}
