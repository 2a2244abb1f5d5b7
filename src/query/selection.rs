//! Which jobs the words of a command line mean.
//!
//! ```text
//! word    = pattern | name
//! pattern = a word with `*`, `?` or `[`: of keys if it has a `/`, or else of job names
//! name    = a job's name or key, the directory or the file of a definition
//! ```
//!
//! Pure, but for looking up which directories a path goes through.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use glob::{MatchOptions, Pattern};

use crate::diagnostic::Failure;
use crate::model::{JobKey, JobName};
use crate::query::declared::{Declared, name_of};
use crate::workspace::DefinitionFile;

/// What was asked for. Jobs are sought in files, which go by their index in the list of all.
#[derive(Debug)]
pub(crate) struct Selection {
    pub(crate) selectors: Vec<Selector>,
}

/// A word of the command line.
#[derive(Debug)]
pub(crate) enum Selector {
    /// Not a word, but that there was none.
    All,
    /// A pattern of names or of keys.
    Pattern(Pattern),
    /// A name, and the files that it names.
    Name(String, BTreeSet<usize>),
    /// All that certain files define.
    Files(BTreeSet<usize>),
}

impl Selection {
    /// All jobs.
    pub(crate) fn all() -> Self {
        Self {
            selectors: vec![Selector::All],
        }
    }

    /// The jobs of these files.
    pub(crate) fn of_files(files: BTreeSet<usize>) -> Self {
        Self {
            selectors: vec![Selector::Files(files)],
        }
    }

    /// The jobs that `words` mean.
    pub(crate) fn new(
        words: &[String],
        definitions: &[DefinitionFile],
        current_dir: &Path,
    ) -> Result<Self, Failure> {
        let selector = |word: &String| {
            if word.contains(['*', '?', '[']) {
                return match Pattern::new(word) {
                    Ok(pattern) => Ok(Selector::Pattern(pattern)),
                    Err(error) => Err(Failure::new(format!(
                        "`{word}` is no pattern from character {} on: {}",
                        error.pos + 1,
                        error.msg
                    ))),
                };
            }
            let files = files(word, definitions, current_dir);
            Ok(Selector::Name(word.clone(), files))
        };
        let selectors = words.iter().map(selector).collect::<Result<_, _>>()?;
        Ok(Self { selectors })
    }

    /// Whether all jobs are meant, without a word.
    pub(crate) fn is_all(&self) -> bool {
        matches!(self.selectors[..], [Selector::All])
    }

    /// Whether every file has to be looked at to find all that is meant.
    pub(crate) fn needs_all_files(&self) -> bool {
        let by_name =
            |selector: &Selector| matches!(selector, Selector::Name(..) | Selector::Files(_));
        !self.selectors.iter().all(by_name)
    }

    /// The files that are named.
    pub(crate) fn named_files(&self) -> BTreeSet<usize> {
        let files = |selector: &Selector| match selector {
            Selector::Name(_, files) | Selector::Files(files) => files.clone(),
            Selector::All | Selector::Pattern(_) => BTreeSet::new(),
        };
        self.selectors.iter().flat_map(files).collect()
    }

    /// The names of jobs that files have to mention, or hide, to be looked at.
    pub(crate) fn job_names(&self) -> impl Iterator<Item = &str> {
        self.selectors.iter().filter_map(|selector| match selector {
            Selector::Name(word, _) => job_name(word),
            Selector::All | Selector::Pattern(_) | Selector::Files(_) => None,
        })
    }

    /// Which selectors mean each of `jobs`, the jobs of one file.
    pub(crate) fn of_jobs(&self, file: usize, jobs: &[&JobKey]) -> Vec<Vec<usize>> {
        let mut means = vec![Vec::new(); jobs.len()];
        for (index, selector) in self.selectors.iter().enumerate() {
            // A file stands for its job of that name, or else for all that it has.
            let all = selector.names(file) && !jobs.iter().any(|job| selector.calls(job));
            for (job, by) in jobs.iter().zip(&mut means) {
                if all || selector.means(job) {
                    by.push(index);
                }
            }
        }
        means
    }
}

impl Selector {
    /// Whether this is a name, which is found or not; what else may be meant is never all found.
    pub(crate) fn is_name(&self) -> bool {
        matches!(self, Self::Name(..))
    }

    /// Whether a job may be meant that a file seems to have in which something is wrong.
    pub(crate) fn may_mean(&self, file: usize, declared: &Declared) -> bool {
        match self {
            Self::All => true,
            Self::Files(files) => files.contains(&file),
            Self::Pattern(pattern) => declared.may_fit(|key| fits(pattern, key)),
            Self::Name(word, _) => job_name(word).is_some() && declared.may_hold(word),
        }
    }

    /// Whether the file is named.
    pub(crate) fn names(&self, file: usize) -> bool {
        matches!(self, Self::Name(_, files) | Self::Files(files) if files.contains(&file))
    }

    /// Whether the job is called so.
    fn calls(&self, job: &JobKey) -> bool {
        match self {
            Self::Name(word, _) => job.name.as_str() == word && job_name(word) == Some(word),
            Self::All | Self::Pattern(_) | Self::Files(_) => false,
        }
    }

    /// Whether the job is meant, whatever file it is in.
    fn means(&self, job: &JobKey) -> bool {
        match self {
            Self::All => true,
            Self::Files(_) => false,
            Self::Pattern(pattern) => fits(pattern, &job.to_string()),
            Self::Name(word, _) => self.calls(job) || job.to_string() == *word,
        }
    }
}

/// Whether a pattern fits a job's key, or its name if the pattern has no `/`.
pub(crate) fn fits(pattern: &Pattern, key: &str) -> bool {
    let options = MatchOptions {
        require_literal_separator: true,
        ..MatchOptions::new()
    };
    let text = if pattern.as_str().contains('/') {
        key
    } else {
        name_of(key)
    };
    pattern.matches_with(text, options)
}

/// The name of a job that `word` may be, or may be the key of.
fn job_name(word: &str) -> Option<&str> {
    let parts: Vec<_> = word.split('/').collect();
    match *parts.as_slice() {
        ["." | ".."] => None,
        [_, _, _, name] if DefinitionFile::of_path(Path::new(name)).is_some() => None,
        [name] | [_, _, _, name] => name.parse::<JobName>().is_ok().then_some(name),
        _ => None,
    }
}

/// The definitions that `word` names by their name or path: those of a directory itself, or, where
/// it has none, those below it.
fn files(word: &str, definitions: &[DefinitionFile], current_dir: &Path) -> BTreeSet<usize> {
    let paths = paths(word, current_dir);
    let all = |fits: &dyn Fn(&DefinitionFile) -> bool| -> BTreeSet<usize> {
        let indexed = definitions.iter().enumerate();
        let fitting = indexed.filter(|(_, definition)| fits(definition));
        fitting.map(|(index, _)| index).collect()
    };
    let named = all(&|definition| {
        let directory = definition.own_directory();
        definition.short_name() == Some(word)
            || paths.contains(&definition.path)
            || paths.iter().any(|path| directory == Some(path))
    });
    if !named.is_empty() {
        return named;
    }
    all(&|definition| paths.iter().any(|path| definition.path.starts_with(path)))
}

/// What `word` is as a path, as written and without links.
pub(crate) fn paths(word: &str, current_dir: &Path) -> Vec<PathBuf> {
    let mut written = PathBuf::new();
    for component in current_dir.join(word).components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                written.pop();
            }
            other => written.push(other),
        }
    }
    let without_links = written.canonicalize().ok();
    let without_links = without_links.filter(|path| *path != written);
    [Some(written), without_links]
        .into_iter()
        .flatten()
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::front::Format;
    use crate::query::selection::*;

    /// A file of the workspace `/w` and its jobs.
    type File = (&'static str, &'static [&'static str]);

    const FILES: &[File] = &[
        ("api/canary/job.toml", &["c/www/devel/canary"]),
        ("api/job.toml", &["c/www/devel/api", "c/www/prod/api"]),
        ("db.job.yaml", &["c/db/prod/main", "c/db/prod/replica"]),
        ("site/job.json", &["c/www/devel/site", "c/www/devel/web"]),
        ("tools/a.job.toml", &["c/ops/prod/a"]),
        ("tools/b.job.toml", &["c/ops/prod/b"]),
        ("web/job.toml", &["c/www/prod/frontend"]),
    ];

    fn key(text: &str) -> JobKey {
        let [cluster, role, environment, name] = text
            .split('/')
            .collect::<Vec<_>>()
            .try_into()
            .expect("four parts");
        JobKey {
            cluster: cluster.parse().expect("a cluster"),
            role: role.parse().expect("a role"),
            environment: environment.parse().expect("an environment"),
            name: name.parse().expect("a name"),
        }
    }

    fn selected(word: &str, current_dir: &str) -> Vec<String> {
        let definition = |(path, _): &File| DefinitionFile {
            path: Path::new("/w").join(path),
            format: Format::Toml,
        };
        let definitions: Vec<_> = FILES.iter().map(definition).collect();
        let words = [word.to_owned()];
        let selection = Selection::new(&words, &definitions, Path::new(current_dir));
        let selection = selection.expect("a selection");
        let mut selected = Vec::new();
        for (index, (_, jobs)) in FILES.iter().enumerate() {
            let keys: Vec<_> = jobs.iter().map(|text| key(text)).collect();
            let selectors = selection.of_jobs(index, &keys.iter().collect::<Vec<_>>());
            let meant = jobs.iter().zip(selectors).filter(|(_, by)| !by.is_empty());
            selected.extend(meant.map(|(job, _)| (*job).to_owned()));
        }
        selected
    }

    #[track_caller]
    fn check(word: &str, expected: &[&str]) {
        assert_eq!(selected(word, "/w"), expected, "{word}");
    }

    #[test]
    fn names() {
        check("canary", &["c/www/devel/canary"]);
        check("api", &["c/www/devel/api", "c/www/prod/api"]);
        check("a", &["c/ops/prod/a"]);
        check("ap", &[]);
        check("API", &[]);
    }

    #[test]
    fn keys() {
        check("c/www/prod/api", &["c/www/prod/api"]);
        check("www/prod/api", &[]);
        check("c/www/prod", &[]);
    }

    #[test]
    fn a_job_of_that_name_elsewhere_is_meant_as_well() {
        check("web", &["c/www/devel/web", "c/www/prod/frontend"]);
    }

    #[test]
    fn a_file_stands_for_its_job_of_that_name_or_for_all() {
        check("site", &["c/www/devel/site"]);
        check("db", &["c/db/prod/main", "c/db/prod/replica"]);
    }

    #[test]
    fn paths_from_the_current_directory() {
        check("api/job.toml", &["c/www/devel/api", "c/www/prod/api"]);
        check("./api/", &["c/www/devel/api", "c/www/prod/api"]);
        check("/w/web", &["c/www/prod/frontend"]);
        check("api/canary", &["c/www/devel/canary"]);
        check("api/canary/../../web", &["c/www/prod/frontend"]);
        assert_eq!(selected("job.toml", "/w/web"), ["c/www/prod/frontend"]);
        assert_eq!(selected(".", "/w/web"), ["c/www/prod/frontend"]);
        assert_eq!(selected("../web", "/w/api"), ["c/www/prod/frontend"]);
        assert_eq!(selected("web/job.toml", "/w/api"), [""; 0]);
    }

    #[test]
    fn a_directory_without_a_definition_of_its_own() {
        check("tools", &["c/ops/prod/a", "c/ops/prod/b"]);
        check("/w/tools/", &["c/ops/prod/a", "c/ops/prod/b"]);
        check("tool", &[]);
    }

    #[test]
    fn patterns() {
        check(
            "*/*/prod/*",
            &[
                "c/www/prod/api",
                "c/db/prod/main",
                "c/db/prod/replica",
                "c/ops/prod/a",
                "c/ops/prod/b",
                "c/www/prod/frontend",
            ],
        );
        check("c/*/api", &[]);
        check("**/api", &["c/www/devel/api", "c/www/prod/api"]);
        check("?", &["c/ops/prod/a", "c/ops/prod/b"]);
        check("[rs]*", &["c/db/prod/replica", "c/www/devel/site"]);
        check(
            "*",
            &selected("**/*", "/w")
                .iter()
                .map(String::as_str)
                .collect::<Vec<_>>(),
        );
    }

    #[test]
    fn what_is_no_pattern() {
        let words = ["a***".to_owned()];
        let failure = Selection::new(&words, &[], Path::new("/")).expect_err("no pattern");
        let expected = Failure::new(
            "`a***` is no pattern from character 4 on: wildcards are either regular `*` or recursive \
             `**`",
        );
        assert_eq!(failure, expected);
    }
}
