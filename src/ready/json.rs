//! Readiness for programs.

use serde::Serialize;

use crate::cache::{Trust, Verdict};
use crate::model::JobKey;
use crate::plan::NeededBy;

use super::readiness::{Kind, Readiness, Row};

#[derive(Serialize)]
struct Document<'a> {
    summary: Summary,
    caches: Vec<Cache>,
    paths: Vec<Item<'a>>,
}

#[derive(Serialize)]
struct Summary {
    paths: usize,
    present: usize,
    absent: usize,
    unusable: usize,
    differs: usize,
    could_not_ask: usize,
    /// Of what is present.
    nar_size: u64,
    /// What of that goes over the wire.
    download_size: u64,
}

#[derive(Serialize)]
struct Cache {
    url: String,
    /// Why it could not be asked.
    error: Option<String>,
}

#[derive(Serialize)]
struct Item<'a> {
    path: String,
    verdict: &'static str,
    /// Where nodes get it from.
    #[serde(skip_serializing_if = "Option::is_none")]
    cache: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nar_size: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    download_size: Option<u64>,
    /// Why nodes take it: `contents`, `signature` or `cache`.
    #[serde(skip_serializing_if = "Option::is_none")]
    trust: Option<&'static str>,
    /// Why they do not get it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reasons: Vec<Reason>,
    needed_by: Vec<Needed<'a>>,
}

#[derive(Serialize)]
struct Reason {
    cache: String,
    reason: String,
}

/// Which part of a job needs it: a `process`, the `health_check`, or the `job` as a whole.
#[derive(Serialize)]
struct Needed<'a> {
    job: String,
    part: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    process: Option<&'a str>,
}

pub(crate) fn json(readiness: &Readiness<'_>) -> String {
    let (nar_size, download_size) = readiness.sizes();
    let caches = readiness.caches.iter().map(|(url, error)| Cache {
        url: url.to_string(),
        error: error.as_ref().map(ToString::to_string),
    });
    let document = Document {
        summary: Summary {
            paths: readiness.rows.len(),
            present: readiness.count(Kind::Present),
            absent: readiness.count(Kind::Absent),
            unusable: readiness.count(Kind::Unusable),
            differs: readiness.count(Kind::Differs),
            could_not_ask: readiness.count(Kind::CouldNotAsk),
            nar_size,
            download_size,
        },
        caches: caches.collect(),
        paths: readiness
            .rows
            .iter()
            .map(|row| path(row, readiness))
            .collect(),
    };
    let mut text =
        serde_json::to_string_pretty(&document).expect("strings and numbers become JSON");
    text.push('\n');
    text
}

fn path<'a>(row: &'a Row<'_>, readiness: &Readiness<'_>) -> Item<'a> {
    let reason = |cache: &dyn ToString, reason: &dyn ToString| Reason {
        cache: cache.to_string(),
        reason: reason.to_string(),
    };
    let (cache, trust, reasons) = match &row.found.verdict {
        Verdict::Present { cache, trust, .. } => {
            let trust = match trust {
                Trust::Contents => "contents",
                Trust::Signed(_) => "signature",
                Trust::Cache => "cache",
            };
            (Some(cache.to_string()), Some(trust), Vec::new())
        }
        Verdict::Differs { cache, difference } => (None, None, vec![reason(cache, difference)]),
        Verdict::Absent(reasons) => {
            let reasons = reasons.iter().map(|(cache, why)| reason(cache, why));
            (None, None, reasons.collect())
        }
        Verdict::CouldNotAsk(reasons) => {
            let reasons = reasons.iter().map(|(cache, error)| reason(cache, error));
            (None, None, reasons.collect())
        }
    };
    let sizes = row.sizes();
    Item {
        path: readiness.store_dir.display(&row.path).to_string(),
        verdict: match row.kind() {
            Kind::Absent => "absent",
            Kind::Unusable => "unusable",
            Kind::Differs => "differs",
            Kind::CouldNotAsk => "could_not_ask",
            Kind::Present => "present",
        },
        cache,
        nar_size: sizes.map(|(nar, _)| nar),
        download_size: sizes.map(|(_, file)| file),
        trust,
        reasons,
        needed_by: row
            .needed_by
            .iter()
            .map(|&(key, by)| needed(key, by))
            .collect(),
    }
}

fn needed<'a>(key: &JobKey, by: &'a NeededBy) -> Needed<'a> {
    let (part, process) = match by {
        NeededBy::Process(name) => ("process", Some(name.as_str())),
        NeededBy::HealthCheck => ("health_check", None),
        NeededBy::Job => ("job", None),
    };
    Needed {
        job: key.to_string(),
        part,
        process,
    }
}
