//! What binary caches say: what was read and is written again is read as the same.

use jobc::store::{CacheInfo, NarInfo, StoreDir};

/// Reads the text as a narinfo, and as what a cache says of itself.
pub fn check(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else {
        return;
    };
    let store_dir = StoreDir::default();
    match NarInfo::parse(text, &store_dir) {
        Ok(info) => {
            let shown = info.display(&store_dir).to_string();
            assert_eq!(NarInfo::parse(&shown, &store_dir).as_ref(), Ok(&info));
            let path = store_dir.display(&info.store_path).to_string();
            assert!(info.fingerprint(&store_dir).contains(&path));
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    if let Ok(info) = CacheInfo::parse(text) {
        assert_eq!(CacheInfo::parse(&info.to_string()), Ok(info));
    }
}
