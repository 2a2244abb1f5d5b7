//! The text of `jobc.lock`: JSON, an entry a line, sorted.
//!
//! The same lock is always the same bytes, and a change of one package changes the lines of its own
//! and its closure's entries, so that version control can merge two of them.

use std::fmt::Write;

use crate::resolve::{Lock, PathInfo};
use crate::store::{StoreDir, StorePath};

/// The text of the lock. Reading it gives the same lock again.
pub fn render(lock: &Lock, store_dir: &StoreDir) -> String {
    let packages: Vec<String> = lock
        .packages()
        .iter()
        .flat_map(|(installable, systems)| each_system(installable, systems, store_dir))
        .collect();
    let paths: Vec<String> = lock
        .paths()
        .map(|(path, info)| path_entry(path, info, store_dir))
        .collect();
    let mut text = String::from("{\n  \"version\": 1,\n");
    list(&mut text, "packages", &packages);
    text.push_str(",\n");
    list(&mut text, "paths", &paths);
    text.push_str("\n}\n");
    text
}

fn each_system<'a>(
    installable: &'a str,
    systems: impl IntoIterator<Item = (&'a String, &'a StorePath)>,
    store_dir: &StoreDir,
) -> Vec<String> {
    let entry = |(system, path): (&String, &StorePath)| {
        format!(
            "{{\"installable\": {}, \"system\": {}, \"path\": \"{}\"}}",
            string(installable),
            string(system),
            store_dir.display(path)
        )
    };
    systems.into_iter().map(entry).collect()
}

fn path_entry(path: &StorePath, info: &PathInfo, store_dir: &StoreDir) -> String {
    let references = info.references.iter();
    let references: Vec<String> = references.map(|path| format!("\"{path}\"")).collect();
    format!(
        "{{\"path\": \"{}\", \"nar_hash\": \"{}\", \"nar_size\": {}, \"references\": [{}]}}",
        store_dir.display(path),
        info.nar_hash.sri(),
        info.nar_size,
        references.join(", ")
    )
}

fn list(text: &mut String, name: &str, entries: &[String]) {
    if entries.is_empty() {
        write!(text, "  \"{name}\": []").expect("a string takes all");
    } else {
        let entries = entries.join(",\n    ");
        write!(text, "  \"{name}\": [\n    {entries}\n  ]").expect("a string takes all");
    }
}

fn string(text: &str) -> String {
    serde_json::to_string(text).expect("a string becomes JSON")
}
