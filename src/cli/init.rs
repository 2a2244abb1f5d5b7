//! `jobc init`: a workspace to start from.

use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::source::display_name;
use crate::write::is_one_word;

use super::args::InitArgs;
use super::console::Console;
use super::exit::Exit;
use super::failure::Failure;
use super::open::current_dir;
use super::output;
use super::starter;

pub(super) fn run(args: &InitArgs, console: &Console) -> Result<Exit, Failure> {
    let current_dir = current_dir()?;
    let root = current_dir.join(&args.directory);
    let named = |path: &Path| display_name(path, &current_dir);
    let mut files = starter::files();
    let taken: Vec<String> = files
        .iter()
        .map(|(name, _)| root.join(name))
        .filter(|path| path.symlink_metadata().is_ok())
        .map(|path| named(&path))
        .collect();
    if !taken.is_empty() {
        return Err(
            Failure::new("there are files already that would be overwritten")
                .note(taken.join("\n"))
                .help("choose another directory, or remove them"),
        );
    }
    let (ignore, ignored) = starter::IGNORE;
    if root.join(ignore).symlink_metadata().is_err() {
        files.push((ignore.to_owned(), ignored.to_owned()));
    }
    let written = write(&root, &files)?;
    let mut text = String::new();
    for path in &written {
        writeln!(text, "wrote {}", named(path)).expect("a string takes all");
    }
    let change = match named(&root).as_str() {
        "." => String::new(),
        directory => format!("cd {} && ", quoted(directory)),
    };
    let path = root.canonicalize().unwrap_or_else(|_| root.clone());
    if is_one_word(&path) {
        writeln!(
            text,
            "\nnext: {change}jobc build hello\nthen: jobc run hello"
        )
        .expect("a string takes all");
    } else {
        writeln!(text, "\nnext: {change}jobc run hello").expect("a string takes all");
        let named = path.display();
        console.warn(
            &Failure::new(format!("`build` will refuse to write below `{named}`"))
                .note("its path has white space, and the shell would split the command line there")
                .help("rename the directory, or pass another one with `--out`"),
        );
    }
    output::print(&text)?;
    Ok(Exit::Done)
}

/// Writes all of the files, or none.
fn write(root: &Path, files: &[(String, String)]) -> Result<Vec<PathBuf>, Failure> {
    let mut made = Made::default();
    for (name, text) in files {
        let path = root.join(name);
        if let Err(error) = made.file(&path, text) {
            made.undo();
            let name = path.display();
            return Err(Failure::new(format!("cannot write `{name}`: {error}")));
        }
    }
    Ok(made.files)
}

/// What is there that was not before.
#[derive(Default)]
struct Made {
    /// The outermost first.
    directories: Vec<PathBuf>,
    files: Vec<PathBuf>,
}

impl Made {
    fn file(&mut self, path: &Path, text: &str) -> io::Result<()> {
        if let Some(directory) = path.parent() {
            self.directory(directory)?;
        }
        let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
        self.files.push(path.to_owned());
        file.write_all(text.as_bytes())?;
        // A file system may find out late that it is full.
        file.sync_all()
    }

    fn directory(&mut self, path: &Path) -> io::Result<()> {
        let missing = path.ancestors().take_while(|above| !above.is_dir());
        let missing: Vec<_> = missing.collect();
        for directory in missing.into_iter().rev() {
            fs::create_dir(directory)?;
            self.directories.push(directory.to_owned());
        }
        Ok(())
    }

    /// Removes all of it. Nothing better can be done about what does not even let itself be removed.
    fn undo(&self) {
        for path in &self.files {
            let _ = fs::remove_file(path);
        }
        for path in self.directories.iter().rev() {
            let _ = fs::remove_dir(path);
        }
    }
}

/// `word` for a shell.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./".contains(c);
    if word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}
