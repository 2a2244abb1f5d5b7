//! Files whose names are nearly those of definitions or settings.

use std::path::Path;

use super::{DefinitionFile, SETTINGS_FILE};

crate::diagnostic::declare_codes! {
    /// A file looks like a definition or like settings, and has nearly the name of one, but not
    /// exactly: jobc does not read it, and builds and checks go well without it.
    ///
    /// ```text
    /// web/jobs.toml
    /// web/Job.toml
    /// web/job.toml.txt
    /// jobc.yaml
    /// ```
    ///
    /// Definitions are called `job.toml`, in a directory of their own, or `NAME.job.toml`; `json`,
    /// `yaml` and `yml` are as good as `toml`. Settings are called `jobc.toml`. A file that is put
    /// away on purpose is safe as `job.toml.bak`.
    MISNAMED_FILE = "misnamed-file", Warn, "a file that is nearly called like a definition";
}

/// What a file that is not read was most likely meant to be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Misnamed {
    /// It has to be called so to be read.
    As(String),
    /// It is a template of a file that has to be called so.
    Template(String),
    /// It is in a language that jobc does not read.
    Foreign(&'static str),
}

impl Misnamed {
    /// What the file at `path` was meant to be, going by its name; none if that is right, or one of
    /// another kind, or says that the file is put away (`job.toml.bak`).
    pub fn of_path(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?;
        let has_job = name
            .as_bytes()
            .windows(3)
            .any(|word| word.eq_ignore_ascii_case(b"job"));
        if !has_job && !name.ends_with(".aurora")
            || name == SETTINGS_FILE
            || DefinitionFile::of_path(path).is_some()
        {
            return None;
        }
        let lower = name.to_lowercase();
        for (extension, language) in FOREIGN {
            if lower == format!("job.{extension}")
                || lower.ends_with(&format!(".job.{extension}"))
                || *extension == "aurora" && lower.ends_with(".aurora")
            {
                return Some(Self::Foreign(language));
            }
        }
        if let Some((rest, _)) = lower
            .rsplit_once('.')
            .filter(|(_, end)| TEMPLATES.contains(end))
            && let Some(format) = format(rest.rsplit_once('.')?.1)
        {
            let stem = rest.rsplit_once('.')?.0;
            return is_job(stem).then(|| Self::Template(format!("{}.{format}", right(stem, name))));
        }
        let (stem, format) = match lower
            .strip_suffix(".txt")
            .unwrap_or(&lower)
            .rsplit_once('.')
        {
            Some((stem, extension)) => (stem, format(extension)?),
            None if lower == "job" => ("job", "toml"),
            None => return None,
        };
        if matches!(stem, "jobc" | ".jobc" | "jobs.c" | "job-c" | "jobrc") {
            return Some(Self::As(SETTINGS_FILE.to_owned()));
        }
        is_job(stem).then(|| Self::As(format!("{}.{format}", right(stem, name))))
    }
}

/// Languages that some write jobs in, by their files' extensions.
const FOREIGN: &[(&str, &str)] = &[
    ("aurora", "Python for Aurora's client"),
    ("nix", "Nix"),
    ("hcl", "HCL"),
    ("nomad", "HCL"),
    ("jsonnet", "Jsonnet"),
    ("libsonnet", "Jsonnet"),
    ("cue", "CUE"),
    ("dhall", "Dhall"),
    ("py", "Python"),
    ("xml", "XML"),
    ("ini", "INI"),
    ("conf", "INI"),
    ("cfg", "INI"),
];

/// Extensions of templates.
const TEMPLATES: &[&str] = &[
    "j2", "jinja", "jinja2", "tmpl", "tpl", "template", "erb", "mustache", "gotmpl", "in", "hbs",
];

/// The extension that is most likely meant by one.
fn format(extension: &str) -> Option<&'static str> {
    Some(match extension {
        "toml" | "tml" | "tom" | "tolm" | "tmol" | "toml1" | "otml" => "toml",
        "json" | "jsn" | "jason" | "jsonc" | "json5" | "jsno" | "hjson" => "json",
        "yaml" | "yml" | "yam" | "ymal" | "yamll" | "yl" | "ylm" | "yaml2" => "yaml",
        _ => return None,
    })
}

/// Whether the name of a file without its extension says that it is a job's.
fn is_job(stem: &str) -> bool {
    const WORDS: &[&str] = &["job", "jobs", "jobb"];
    let words = |separator: char| {
        let mut parts = stem.split(separator);
        let first = parts.next().unwrap_or_default();
        let last = parts.next_back();
        last.is_some_and(|last| WORDS.contains(&last)) || last.is_some() && WORDS.contains(&first)
    };
    WORDS.contains(&stem) || words('.') || words('_') || words('-')
}

/// The name, without its extension, that a definition with this one has to have.
fn right(stem: &str, written: &str) -> String {
    let written = written.get(..stem.len()).unwrap_or(stem);
    for separator in ['.', '_', '-'] {
        let Some((first, rest)) = written.split_once(separator) else {
            continue;
        };
        let lower = first.to_lowercase();
        if matches!(&*lower, "job" | "jobs") {
            return format!("{rest}.job");
        }
        if let Some((name, _)) = written.rsplit_once(separator) {
            return format!("{name}.job");
        }
    }
    "job".to_owned()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::Misnamed;

    #[track_caller]
    fn check(name: &str, expected: &str) {
        let found = match Misnamed::of_path(Path::new(name)) {
            Some(Misnamed::As(right)) => right,
            Some(Misnamed::Template(right)) => format!("template of {right}"),
            Some(Misnamed::Foreign(language)) => format!("in {language}"),
            None => "nothing".to_owned(),
        };
        assert_eq!(found, expected, "{name}");
    }

    #[test]
    fn names() {
        check("a/jobs.toml", "job.toml");
        check("Job.toml", "job.toml");
        check("JOB.YAML", "job.yaml");
        check("job.tml", "job.toml");
        check("job.toml.txt", "job.toml");
        check("job.jsonc", "job.json");
        check("job", "job.toml");
        check("web_job.toml", "web.job.toml");
        check("job-web.yml", "web.job.yaml");
        check("Web.Jobs.toml", "Web.job.toml");
        check("web.Job.toml", "web.job.toml");
        check("jobc.yaml", "jobc.toml");
        check(".jobc.toml", "jobc.toml");
        check("Jobc.toml", "jobc.toml");
    }

    #[test]
    fn templates_and_languages() {
        check("job.yaml.j2", "template of job.yaml");
        check("web.job.toml.tmpl", "template of web.job.toml");
        check("job.nix", "in Nix");
        check("web.aurora", "in Python for Aurora's client");
    }

    #[test]
    fn right_or_of_another_kind() {
        for name in [
            "job.toml",
            "web.job.yml",
            "jobc.toml",
            "jobc.lock",
            "hello.toml",
            "job.toml.bak",
            "job.toml~",
            "job.md",
            "job.sh",
            "default.nix",
            "jobs",
            "values.yaml.j2",
        ] {
            check(name, "nothing");
        }
    }
}
