//! Definitions compiled to the end: what comes out is the same each time, and every form of a job
//! says the same.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jobc::beneath::Enclosure;
use jobc::compile::{Compilation, Compiler, Until, every};
use jobc::diagnostic::{Diagnostic, Report};
use jobc::front::Format;
use jobc::model::Settings;
use jobc::registry::CODES;
use jobc::resolve::Lock;
use jobc::source::SourceFile;
use jobc::store::{StoreDir, StorePath};
use jobc::target::{Bundle, Form, Target};
use jobc::validate::{Strictness, Terms, validate};
use jobc::workspace::{DefinitionFile, Workspace};
use serde_json::Value;

use super::{config_file, rendered};

/// Compiles a definition in YAML, and so in JSON, that lies beside those of the examples.
pub fn check(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else {
        return;
    };
    let workspace = workspace();
    let definition = DefinitionFile {
        path: workspace.root.join("hello_world/fuzz.job.yaml"),
        format: Format::Yaml,
    };
    let file = SourceFile::new("job", text);
    let compile = |form| -> Report<Vec<Bundle>> {
        let compiler = Compiler::new(&workspace).expect("the examples are there");
        let until = Until::Emitted(form, &|bundle, _| bundle);
        let report = compiler.compile(&definition, &file, &until, every);
        Compilation::merged(report.expect("the examples can be read"))
    };
    let report = compile(Form::Target(Target::AuroraJson));
    let again = compile(Form::Target(Target::AuroraJson));
    assert_eq!(report.diagnostics, again.diagnostics);
    assert_eq!(report.diagnostics, checked(&workspace, &definition, &file));
    assert!(report.value.is_some() || report.has_errors());
    let compiled = report.value.unwrap_or_default();
    for (one, other) in compiled.iter().zip(again.value.unwrap_or_default()) {
        assert_eq!(*one, other);
    }
    let configs = compile(Form::Target(Target::AuroraConfig)).value;
    let configs = configs.unwrap_or_default();
    let complete = compile(Form::Complete).value.unwrap_or_default();
    assert_eq!(configs.len(), complete.len());
    for (config, complete) in configs.iter().zip(&complete) {
        let value = document(&complete.listing());
        assert_eq!(config_file::read(&config.listing()), Some(value));
        for job in [config, complete] {
            named(job);
        }
    }
    for one in compiled {
        let same = complete.iter().find(|job| job.key == one.key);
        let text = same.map(|job| job.listing());
        assert_eq!(text, Some(one.listing()));
        let made = SourceFile::new("made", one.listing());
        let terms = Terms {
            settings: &Settings::default(),
            strictness: Strictness::Full,
            registry: CODES,
        };
        let verdict = validate(&made, terms, &[]);
        assert!(!verdict.has_errors(), "{verdict:?}");
    }
    rendered::check(&file, report.diagnostics);
}

/// What checking finds, which is to be what compiling does.
fn checked(
    workspace: &Workspace,
    definition: &DefinitionFile,
    file: &Arc<SourceFile>,
) -> Vec<Diagnostic> {
    let compiler = Compiler::new(workspace).expect("the examples are there");
    let until: Until<'_, ()> = Until::Checked(Form::Target(Target::AuroraJson), &|_| ());
    let report = compiler.compile(definition, file, &until, every);
    Compilation::merged(report.expect("the examples can be read")).diagnostics
}

fn named(job: &Bundle) {
    let name = job.file_name();
    assert_eq!(name.parse::<StorePath>().as_ref(), Ok(&job.store_path()));
}

/// The examples, without settings.
pub fn workspace() -> Workspace {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let places = here.ancestors().take(2).map(|place| place.join("examples"));
    let root: PathBuf = places
        .filter(|place| place.is_dir())
        .last()
        .expect("the examples are there");
    Workspace {
        disputed: None,
        current_dir: root.clone(),
        files: Enclosure::new(&root).expect("it is there"),
        root,
        settings: Settings::default(),
        settings_map: None,
        registry: CODES,
        lock: Lock::default(),
        store_dir: StoreDir::default(),
    }
}

/// Two spaces, sorted keys, a final newline, and nothing that says nothing.
fn document(text: &str) -> Value {
    let value: Value = serde_json::from_str(text).expect("it is JSON");
    let pretty = serde_json::to_string_pretty(&value).expect("values are JSON");
    assert_eq!(pretty + "\n", text);
    tidy(&value);
    value
}

fn tidy(value: &Value) {
    match value {
        Value::Null => panic!("a null"),
        Value::Array(items) => items.iter().for_each(tidy),
        Value::Object(entries) => {
            assert!(entries.keys().is_sorted());
            entries.values().for_each(tidy);
        }
        Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
