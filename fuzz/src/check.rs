//! Definitions under settings, whoever wrote them: rules are rules, and lints are what the settings
//! make of them.

use jobc::compile::{Compiler, Until, every};
use jobc::diagnostic::{Level, Severity};
use jobc::front::{self, Format};
use jobc::lint::Levels;
use jobc::model::Settings;
use jobc::source::SourceFile;
use jobc::workspace::DefinitionFile;

use super::{compile, rendered};

/// What stands between the settings, in TOML, and the definition, in YAML or JSON.
const BETWEEN: &str = "\n---\n";

/// Checks a definition under the settings before it.
pub fn check(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else {
        return;
    };
    let (settings, definition) = text.split_once(BETWEEN).unwrap_or(("", text));
    let Some(settings) = read(settings) else {
        return;
    };
    let mut workspace = compile::workspace();
    let file = SourceFile::new("job", definition);
    let definition = DefinitionFile {
        path: workspace.root.join("hello_world/fuzz.job.yaml"),
        format: Format::Yaml,
    };
    workspace.settings = settings;
    let compiler = Compiler::new(&workspace).expect("the examples are there");
    let check = || {
        let until: Until<'_, ()> = Until::Listed(&|_, _| ());
        let report = compiler.compile(&definition, &file, &until, every);
        let report = report.expect("nothing is imported");
        assert!(report.value.is_some() || report.has_errors());
        let jobs = report.value.map(|checked| checked.listed.len());
        (jobs, report.diagnostics)
    };
    let (jobs, diagnostics) = check();
    let (jobs_again, again) = check();
    assert_eq!((jobs, &diagnostics), (jobs_again, &again));
    let levels = Levels::new(&workspace.settings);
    for problem in &diagnostics {
        match levels.of(problem.code) {
            Level::Allow => panic!("{} is allowed", problem.code.id),
            Level::Warn => assert_eq!(problem.severity, Severity::Warning),
            Level::Deny => assert_eq!(problem.severity, Severity::Error),
        }
    }
    rendered::check(&file, diagnostics);
}

/// The settings, if nothing is wrong with them.
fn read(text: &str) -> Option<Settings> {
    let file = SourceFile::new("jobc.toml", text);
    let loaded = front::load(&file, Format::Toml);
    if loaded.has_errors() {
        return None;
    }
    let Some(loaded) = loaded.value else {
        return Some(Settings::default());
    };
    let decoded = front::settings(&loaded.tree);
    decoded.value.filter(|_| decoded.diagnostics.is_empty())
}
