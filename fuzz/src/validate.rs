//! JSON for Aurora, whoever wrote it: the verdict is there, and the same each time.

use jobc::diagnostic::{Diagnostic, Severity};
use jobc::model::Settings;
use jobc::registry::CODES;
use jobc::run::Compiled;
use jobc::source::SourceFile;
use jobc::validate::{Strictness, Terms, validate};

use super::rendered;

/// Validates the text, by all rules and as the client does.
pub fn check(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else {
        return;
    };
    let file = SourceFile::new("job.json", text);
    let settings = Settings::default();
    let judge = |strictness| {
        let terms = Terms {
            settings: &settings,
            strictness,
            registry: CODES,
        };
        validate(&file, terms, &[])
    };
    let full = judge(Strictness::Full);
    assert_eq!(full, judge(Strictness::Full));
    assert_eq!(full.value.is_none(), full.has_errors());
    let client = judge(Strictness::AsClient);
    assert_eq!(client.value.is_none(), client.has_errors());
    let wrong = |problem: &Diagnostic| problem.severity == Severity::Error;
    assert_eq!(full.diagnostics.len(), client.diagnostics.len());
    for (one, other) in full.diagnostics.iter().zip(&client.diagnostics) {
        assert_eq!(one.code, other.code);
        assert!(wrong(one) || !wrong(other));
    }
    if let Some(validated) = full.value {
        let compiled = Compiled::parse(text).expect("what is valid can be read");
        assert_eq!(compiled.jobs.len(), validated.jobs);
    }
    rendered::check(&file, full.diagnostics);
}
