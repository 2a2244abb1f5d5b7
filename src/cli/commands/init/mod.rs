//! `jobc init`: a workspace to start from.

mod starter;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::beneath::DirectoryHandle;
use crate::cli::ui::console::Console;
use crate::cli::ui::exit::{Ending, Exit};
use crate::cli::ui::output;
use crate::cli::workspace::current_dir;
use crate::diagnostic::{Failure, MachineError};
use crate::source::display_name;
use crate::write::{create, holds, is_one_word};

/// Start a workspace with a job that builds
///
/// Writes a commented definition with the settings and schemas around it. If one of the files is
/// there already, writes nothing.
#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// The directory, made if it is not there
    #[arg(value_name = "DIR", default_value = ".")]
    pub(crate) directory: PathBuf,
}

pub(crate) fn run(args: &InitArgs, console: &Console) -> Result<Exit, Ending> {
    let current_dir = current_dir()?;
    let root = current_dir.join(&args.directory);
    let named = |path: &Path| display_name(path, &current_dir);
    let files = starter::files();
    // What is wrong with it is told when it is made.
    let there = DirectoryHandle::named(&root).ok();
    let mut missing = Vec::new();
    let mut taken = Vec::new();
    for (name, text) in &files {
        match there
            .as_ref()
            .map_or(Ok(There::Nothing), |root| look(root, name, text))?
        {
            There::Nothing => missing.push((name.clone(), text.clone())),
            // One that was stopped on its way left it.
            There::Same => {}
            There::Other => taken.push(name),
        }
    }
    if missing.is_empty() {
        taken = files.iter().map(|(name, _)| name).collect();
    }
    if !taken.is_empty() {
        let taken: Vec<_> = taken.iter().map(|name| named(&root.join(name))).collect();
        return Err(
            Failure::new("there are files already that would be overwritten")
                .note(taken.join("\n"))
                .help("choose another directory, or remove them")
                .into(),
        );
    }
    let (ignore, ignored) = starter::IGNORE;
    if root.join(ignore).symlink_metadata().is_err() {
        missing.push((ignore.to_owned(), ignored.to_owned()));
    }
    let written = write(&root, &missing)?;
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

/// What stands in the place of a file that is to be written.
enum There {
    Nothing,
    /// The same file.
    Same,
    Other,
}

fn look(root: &DirectoryHandle, name: &str, text: &str) -> Result<There, MachineError> {
    let (directories, file) = parts(name);
    let mut at = root.clone();
    for part in directories {
        let found = at.directory(part);
        match found.map_err(|error| cannot("use", &at.path().join(part), error))? {
            Some(found) => at = found,
            None => return Ok(There::Nothing),
        }
    }
    let looked = holds(&at, file.as_ref(), text.as_bytes()).and_then(|is_same| {
        Ok(match at.kind(file)? {
            None => There::Nothing,
            Some(_) if is_same => There::Same,
            Some(_) => There::Other,
        })
    });
    looked.map_err(|error| cannot("read", &at.path().join(file), error))
}

/// The directories of a name, outermost first, and what it is called in the last of them.
fn parts(name: &str) -> (impl Iterator<Item = &str>, &str) {
    let (directories, file) = name.rsplit_once('/').unwrap_or(("", name));
    let directories = directories.split('/').filter(|part| !part.is_empty());
    (directories, file)
}

fn cannot(what: &str, path: &Path, error: impl std::fmt::Display) -> MachineError {
    MachineError::new(format!("cannot {what} `{}`", path.display()), error)
}

/// Writes all of the files, or none.
fn write(root: &Path, files: &[(String, String)]) -> Result<Vec<PathBuf>, MachineError> {
    let mut made = Made::default();
    let written = made.all(root, files);
    if written.is_err() {
        made.undo();
    }
    written
}

/// What is there that was not before.
#[derive(Default)]
struct Made {
    /// The directory itself and those around it, the outermost first.
    around: Vec<PathBuf>,
    /// Those in it, by the directory that each is in.
    directories: Vec<(DirectoryHandle, String)>,
    files: Vec<(DirectoryHandle, String)>,
}

impl Made {
    fn all(
        &mut self,
        root: &Path,
        files: &[(String, String)],
    ) -> Result<Vec<PathBuf>, MachineError> {
        let missing = root.ancestors().take_while(|above| !above.is_dir());
        self.around = missing.map(Path::to_owned).collect();
        self.around.reverse();
        let opened = DirectoryHandle::named_or_made(root);
        let root = opened.map_err(|error| cannot("make", root, error))?;
        let written = files
            .iter()
            .map(|(name, text)| self.file(&root, name, text));
        written.collect()
    }

    fn file(
        &mut self,
        root: &DirectoryHandle,
        name: &str,
        text: &str,
    ) -> Result<PathBuf, MachineError> {
        let (directories, file) = parts(name);
        let mut at = root.clone();
        for part in directories {
            at = self.directory(&at, part)?;
        }
        let path = at.path().join(file);
        let created = create(&at, file.as_ref(), text.as_bytes());
        created.map_err(|error| cannot("write", &path, error))?;
        self.files.push((at, file.to_owned()));
        Ok(path)
    }

    fn directory(
        &mut self,
        at: &DirectoryHandle,
        name: &str,
    ) -> Result<DirectoryHandle, MachineError> {
        let path = at.path().join(name);
        let found = at.directory(name);
        if let Some(found) = found.map_err(|error| cannot("use", &path, error))? {
            return Ok(found);
        }
        self.directories.push((at.clone(), name.to_owned()));
        let made = at.directory_or_made(name);
        made.map_err(|error| cannot("make", &path, error))
    }

    /// Removes all of it. Nothing better can be done about what does not even let itself be removed.
    fn undo(&self) {
        for (directory, name) in &self.files {
            let _ = directory.remove_file(name);
        }
        for (directory, name) in self.directories.iter().rev() {
            let _ = directory.remove_directory(name);
        }
        for path in self.around.iter().rev() {
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
