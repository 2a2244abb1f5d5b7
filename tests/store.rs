//! Everything in `store` against what real Nix made of the same input.
//!
//! `vectors.json` was written by Nix 2.8.0, and its objects were accepted by 2.26.3 and 2.34.8:
//! `nix-store --add` made the sources, `builtins.toFile` the texts, `nix-store --add-fixed` the
//! fixed ones, `nix store make-content-addressed` the sources with references, and `nix copy` to
//! a `file://` cache the narinfos. Of each object `nix-store --query` gave the references, and
//! `nix path-info --json` the hash, size and address of the archive.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use jobc::store::content_address::{ContentAddress, FixedHash, store_path};
use jobc::store::hash::{Digest, Sha256, Sha256Writer};
use jobc::store::nar::{EntryName, LinkTarget, Tree, digest_of_file};
use jobc::store::references::mentions;
use jobc::store::store_path::{StorePath, StorePathName};
use jobc::store::{Compression, NarInfo, PublicKey, SecretKey, StoreDir, base16};
use serde_json::Value;

/// The objects by kind. One that refers to itself would be left out, since what Nix hashes for it
/// depends on the version, and nothing here makes one; there is none.
const KINDS: [(&str, usize); 4] = [
    ("fixed", 9),
    ("source", 30),
    ("source-refs", 4),
    ("text", 13),
];

fn objects_have_the_paths_that_nix_gave_them() {
    let vectors = vectors();
    let mut failures = Vec::new();
    let mut kinds = BTreeMap::new();
    for vector in array(&vectors["vectors"]) {
        *kinds.entry(string(&vector["kind"])).or_insert(0) += 1;
        assert_ne!(vector["self_reference"], Value::Bool(true), "{vector}");
        check_object(vector, &mut Failures::of(vector, &mut failures));
    }
    assert_eq!(kinds, BTreeMap::from(KINDS));
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

fn check_object(vector: &Value, failures: &mut Failures) {
    let tree = tree_of(vector);
    let digest = digest_of(&tree);
    let nar_hash = string(&vector["nar_sha256_base32"]);
    let sri = string(&vector["nar_sha256_sri"]);
    failures.compare("archive hash", &*digest.hash.base32(), nar_hash);
    failures.compare("archive SRI hash", &*digest.hash.sri(), sri);
    failures.compare("parsed SRI hash", &sri.parse(), &Ok(digest.hash));
    failures.compare(
        "archive size",
        &Some(digest.size),
        &vector["nar_size"].as_u64(),
    );
    let archive = tree.write(Vec::new()).unwrap();
    failures.compare(
        "tree that is read back",
        &Tree::read(&*archive).unwrap(),
        &tree,
    );
    if let Tree::Regular {
        executable,
        contents,
    } = &tree
    {
        failures.compare(
            "hash of a file",
            &digest_of_file(*executable, contents),
            &digest,
        );
    }

    let store_dir = StoreDir::default();
    let text = string(&vector["path"]);
    let path = store_dir.parse(text).unwrap();
    failures.compare("printed path", &*store_dir.display(&path).to_string(), text);
    failures.compare("name", path.name().as_str(), string(&vector["name"]));
    let references = references_of(&vector["references"]);
    let registered = references_of(&vector["registered_references"]);
    failures.compare("registered references", &registered, &references);

    let text = string(&vector["ca"]);
    let address: ContentAddress = text.parse().unwrap();
    failures.compare("printed address", &*address.to_string(), text);
    failures.compare(
        "address",
        &address_of(vector, &tree).unwrap_or(address),
        &address,
    );
    let computed = store_path(&store_dir, path.name(), &address, &references);
    failures.compare("path", &computed, &Ok(path));
}

/// The address, unless it is by an algorithm that is not computed here.
fn address_of(vector: &Value, tree: &Tree) -> Option<ContentAddress> {
    let sha256 = vector
        .get("algo")
        .is_none_or(|algorithm| algorithm == "sha256");
    let flat = vector["kind"] == "text" || vector["recursive"] == Value::Bool(false);
    Some(match tree {
        _ if !sha256 => return None,
        _ if !flat => ContentAddress::Source(digest_of(tree).hash),
        Tree::Regular { contents, .. } if vector["kind"] == "text" => {
            ContentAddress::Text(Sha256::of(contents))
        }
        Tree::Regular { contents, .. } => {
            ContentAddress::Flat(FixedHash::Sha256(Sha256::of(contents)))
        }
        _ => panic!("only a file has contents: {vector}"),
    })
}

fn texts_mention_what_they_refer_to() {
    let vectors = vectors();
    let mut failures = Vec::new();
    let mut compared = 0;
    for vector in array(&vectors["vectors"]) {
        let Tree::Regular { contents, .. } = tree_of(vector) else {
            continue;
        };
        let mentioned: BTreeSet<_> = mentions(&StoreDir::default(), &contents)
            .map(|mention| mention.longest().unwrap().store_path)
            .collect();
        let name = string(&vector["name"]);
        // Texts may declare what they do not mention, and mention what they do not declare.
        if matches!(name, "unmentioned" | "mentioned-not-declared")
            || name.starts_with("aurora-process-")
        {
            continue;
        }
        compared += usize::from(!mentioned.is_empty());
        Failures::of(vector, &mut failures).compare(
            "mentions",
            &mentioned,
            &references_of(&vector["references"]),
        );
    }
    assert_eq!(compared, 7);
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

fn names_are_accepted_as_nix_does() {
    let vectors = vectors();
    let mut failures = Vec::new();
    let mut dots = 0;
    for vector in array(&vectors["names"]) {
        let text = string(&vector["name"]);
        let accepted = text.parse::<StorePathName>();
        // `nix-store --add` of Nix 2.8 takes a leading dot; others do not, and jobc never does.
        let expected = vector["accepted_by_nix_2_8"].as_bool().unwrap() && !text.starts_with('.');
        dots += usize::from(text.starts_with('.'));
        Failures::of(vector, &mut failures).compare("accepted", &accepted.is_ok(), &expected);
    }
    assert_eq!((array(&vectors["names"]).len(), dots), (21, 6));
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

fn narinfos_agree_with_the_objects() {
    let vectors = vectors();
    let mut failures = Vec::new();
    let store_dir = StoreDir::default();
    for (info, vector) in array(&vectors["narinfos"])
        .iter()
        .zip(array(&vectors["vectors"]))
    {
        let mut failures = Failures::of(vector, &mut failures);
        let digest = digest_of(&tree_of(vector));
        let references = references_of(&vector["references"]);
        let names: Vec<_> = references.iter().map(ToString::to_string).collect();
        let path = store_dir.parse(string(&info["path"])).unwrap();
        for (field, expected) in [
            ("StorePath", store_dir.display(&path).to_string()),
            ("NarHash", digest.hash.to_string()),
            ("NarSize", digest.size.to_string()),
            ("References", names.join(" ")),
            ("CA", string(&vector["ca"]).to_owned()),
        ] {
            let prefix = format!("{field}: ");
            let value = string(&info["narinfo"])
                .lines()
                .find_map(|line| line.strip_prefix(&prefix));
            failures.compare(field, &value, &Some(&*expected));
        }
        failures.compare("path", &info["path"], &vector["path"]);
    }
    assert_eq!(
        array(&vectors["narinfos"]).len(),
        array(&vectors["vectors"]).len()
    );
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

fn narinfos_are_written_and_signed_as_nix_does() {
    let vectors = vectors();
    let mut failures = Vec::new();
    let store_dir = StoreDir::default();
    let secret: SecretKey = string(&vectors["secret_key"]).parse().unwrap();
    let public: PublicKey = string(&vectors["public_key"]).parse().unwrap();
    assert_eq!(secret.public(), public);
    for (entry, vector) in array(&vectors["narinfos"])
        .iter()
        .zip(array(&vectors["vectors"]))
    {
        let mut failures = Failures::of(vector, &mut failures);
        let text = string(&entry["narinfo"]);
        let info = NarInfo::parse(text, &store_dir).unwrap();
        failures.compare("text", &*info.display(&store_dir).to_string(), text);
        let fingerprint = info.fingerprint(&store_dir);
        let signature = secret.sign(&fingerprint);
        let verified = public.verify(&fingerprint, &signature);
        failures.compare("verified", &verified, &true);
        failures.compare("signatures", &info.signatures, &vec![signature]);

        let digest = digest_of(&tree_of(vector));
        let made = NarInfo {
            store_path: store_dir.parse(string(&vector["path"])).unwrap(),
            url: format!("nar/{}.nar", digest.hash.base32()),
            compression: Compression::None,
            file_hash: Some(digest.hash.into()),
            file_size: Some(digest.size),
            nar_hash: digest.hash,
            nar_size: digest.size,
            references: references_of(&vector["references"]),
            deriver: None,
            signatures: info.signatures.clone(),
            no_signatures: Vec::new(),
            ca: Some(string(&vector["ca"]).parse().unwrap()),
        };
        failures.compare("narinfo of the object", &made, &info);
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// The tree of an object: as the vector says, or the file that a text is.
fn tree_of(vector: &Value) -> Tree {
    match vector.get("tree") {
        Some(tree) => node(tree),
        None => Tree::Regular {
            executable: false,
            contents: contents(vector),
        },
    }
}

/// The tree that a vector describes.
pub fn node(value: &Value) -> Tree {
    match string(&value["type"]) {
        "regular" => Tree::Regular {
            executable: value["executable"].as_bool().unwrap(),
            contents: contents(value),
        },
        "symlink" => Tree::Symlink(
            LinkTarget::try_from(string(&value["target"]).as_bytes().to_vec()).unwrap(),
        ),
        "directory" => {
            let entries = array(&value["entries"]).iter();
            Tree::Directory(
                entries
                    .map(|entry| (name(&entry["name"]), node(&entry["node"])))
                    .collect(),
            )
        }
        other => panic!("unknown type {other}"),
    }
}

fn name(value: &Value) -> EntryName {
    EntryName::try_from(string(value).as_bytes().to_vec()).unwrap()
}

fn contents(value: &Value) -> Vec<u8> {
    if let Some(text) = value["contents_utf8"].as_str() {
        text.as_bytes().to_vec()
    } else if let Some(text) = value["contents_hex"].as_str() {
        let pairs = text.as_bytes().chunks(2);
        pairs
            .map(|pair| base16::decode::<1>(str::from_utf8(pair).unwrap()).unwrap()[0])
            .collect()
    } else {
        let size = value["contents_gen"]["size"].as_u64().unwrap();
        (0..size)
            .map(|index| ((index.wrapping_mul(2_654_435_761) & 0xffff_ffff) >> 24) as u8)
            .collect()
    }
}

fn digest_of(tree: &Tree) -> Digest {
    tree.write(Sha256Writer::new()).unwrap().finish()
}

fn references_of(value: &Value) -> BTreeSet<StorePath> {
    let store_dir = StoreDir::default();
    array(value)
        .iter()
        .map(|path| store_dir.parse(string(path)).unwrap())
        .collect()
}

fn vectors() -> Value {
    serde_json::from_str(include_str!("vectors.json")).unwrap()
}

fn array(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

fn string(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// Collects what differs, for one object at a time.
struct Failures<'a> {
    object: String,
    all: &'a mut Vec<String>,
}

impl<'a> Failures<'a> {
    fn of(vector: &Value, all: &'a mut Vec<String>) -> Self {
        Self {
            object: format!("{} {}", vector["kind"], vector["name"]),
            all,
        }
    }

    fn compare<T: PartialEq + Debug + ?Sized>(&mut self, what: &str, found: &T, expected: &T) {
        if found != expected {
            let object = &self.object;
            self.all.push(format!(
                "{object}: {what}: found {found:?}, expected {expected:?}"
            ));
        }
    }
}

tests! {
    objects_have_the_paths_that_nix_gave_them,
    texts_mention_what_they_refer_to,
    names_are_accepted_as_nix_does,
    narinfos_agree_with_the_objects,
    narinfos_are_written_and_signed_as_nix_does,
}
