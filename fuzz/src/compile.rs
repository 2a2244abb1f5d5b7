//! Definitions compiled to the end: what comes out is JSON in one form, and the same each time.

use std::path::{Path, PathBuf};

use jobc::compile::{Compiled, Compiler};
use jobc::diagnostic::Report;
use jobc::model::Settings;
use jobc::parse::Format;
use jobc::resolve::Lock;
use jobc::source::SourceFile;
use jobc::store::{StoreDir, StorePath};
use jobc::validate::{Strictness, validate};
use jobc::workspace::{DefinitionFile, Workspace};
use serde_json::Value;

use super::rendered;

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
    let compile = || -> Report<Vec<Compiled>> {
        let compiler = Compiler::new(&workspace).expect("the examples are there");
        let report = compiler.compile(&definition, &file, &|_| true);
        report.expect("the examples can be read")
    };
    let (report, again) = (compile(), compile());
    assert_eq!(report.diagnostics, again.diagnostics);
    assert!(report.value.is_some() || report.has_errors());
    let compiled = report.value.unwrap_or_default();
    for (one, other) in compiled.iter().zip(again.value.unwrap_or_default()) {
        assert_eq!(one.artifact, other.artifact);
        assert_eq!(one.key.to_string(), one.artifact.key.to_string());
        document(&one.artifact.text);
        let made = SourceFile::new("made", &*one.artifact.text);
        let verdict = validate(&made, &Settings::default(), Strictness::Full);
        assert!(!verdict.has_errors(), "{verdict:?}");
        let name = one.artifact.file_name();
        assert_eq!(
            name.parse::<StorePath>().as_ref(),
            Ok(&one.artifact.store_path())
        );
    }
    rendered::check(&file, report.diagnostics);
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
        current_dir: root.clone(),
        root,
        settings: Settings::default(),
        settings_map: None,
        lock: Lock::default(),
        store_dir: StoreDir::default(),
    }
}

/// Two spaces, sorted keys, a final newline, and nothing that says nothing.
fn document(text: &str) {
    let value: Value = serde_json::from_str(text).expect("it is JSON");
    let pretty = serde_json::to_string_pretty(&value).expect("values are JSON");
    assert_eq!(pretty + "\n", text);
    tidy(&value);
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
