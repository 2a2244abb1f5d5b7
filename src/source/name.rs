//! What messages call a file.

use std::path::{Component, Path, PathBuf};

/// What messages call the file at `path` (absolute): relative to the working directory, as a user
/// would type it.
pub fn display_name(path: &Path, current_dir: &Path) -> String {
    let mut base = current_dir.components();
    let mut rest = path.components();
    loop {
        let (here, there) = (base.clone().next(), rest.clone().next());
        if here.is_none() || here != there {
            break;
        }
        base.next();
        rest.next();
    }
    let up = base
        .filter(|part| matches!(part, Component::Normal(_)))
        .count();
    if up > 3 {
        return path.components().collect::<PathBuf>().display().to_string();
    }
    let mut name = "../".repeat(up);
    // Without the `.` that a path in a definition has after its directory.
    let rest: PathBuf = rest.collect();
    name.push_str(&rest.display().to_string());
    if name.is_empty() {
        ".".to_owned()
    } else {
        name
    }
}

#[cfg(test)]
mod tests {
    use super::display_name;
    use std::path::Path;

    #[test]
    fn names() {
        let check = |path, expected| {
            assert_eq!(display_name(Path::new(path), Path::new("/a/b/c")), expected);
        };
        check("/a/b/c/d/e", "d/e");
        check("/a/b/x", "../x");
        check("/a/b/c", ".");
        check("/a/b", "../");
        check("/x", "../../../x");
        check("/a/bc/x", "../../bc/x");
        check("/a/b/c/d/./e", "d/e");
        check("/x/y/../z/./e", "../../../x/y/../z/e");
    }
}
