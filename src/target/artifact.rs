//! A document for a scheduler, ready to be written.

use std::collections::BTreeSet;

use crate::model::JobKey;
use crate::store::content_address::store_path;
use crate::store::{ContentAddress, Sha256, StoreDir, StorePath, StorePathName};

use super::Form;

/// A compiled job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// Which job it is.
    pub key: JobKey,
    /// In which words it is written.
    pub form: Form,
    /// The document, with a final newline.
    pub text: String,
}

impl Artifact {
    /// The store path that its text has, as `builtins.toFile` would name it. All of it is hashed,
    /// which only those pay for who ask.
    pub fn store_path(&self) -> StorePath {
        let key = &self.key;
        let parts = [
            "aurora-job",
            key.cluster.as_str(),
            key.role.as_str(),
            key.environment.as_str(),
            key.name.as_str(),
        ];
        let name = StorePathName::join(&parts, self.form.extension());
        let address = ContentAddress::Text(Sha256::of(self.text.as_bytes()));
        // The name must not depend on where a site keeps its store: nobody puts the job there.
        let nothing = BTreeSet::new();
        let Ok(store_path) = store_path(&StoreDir::default(), &name, &address, &nothing) else {
            unreachable!("there are no references to refuse");
        };
        store_path
    }

    /// The name of the file to write: the store path's.
    pub fn file_name(&self) -> String {
        self.store_path().to_string()
    }
}
