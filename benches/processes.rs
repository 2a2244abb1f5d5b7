//! Whole processes: what a user waits for, from `exec` to exit.
//!
//! ```text
//! cargo bench --bench processes -- [jobs] [large] [review] [validate] [start] [hash] [push] [--quick] [--json | --yaml]
//! ```
//!
//! Prints Markdown: wall time is the best of several runs, with a warm page cache. The mean of the
//! processors' time says how much of it was work, and is of use where the machine is not quiet. The
//! most memory that was in use comes from GNU `time`, if it is there: the standard library does not
//! ask for it.

mod workspace;

use std::ffi::OsStr;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use jobc::store::hash::Sha256Writer;
use tempfile::TempDir;

use workspace::{Format, PROCESSES};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |word: &str| arguments.iter().any(|argument| argument == word);
    let everything = ![
        "jobs", "large", "review", "validate", "start", "hash", "push",
    ]
    .into_iter()
    .any(has);
    let effort = if has("--quick") {
        Effort::Quick
    } else {
        Effort::Full
    };
    let format = match (has("--json"), has("--yaml")) {
        (true, _) => Format::Json,
        (_, true) => Format::Yaml,
        _ => Format::Toml,
    };
    if everything || has("jobs") {
        jobs(format, effort);
    }
    if everything || has("large") {
        large_job(effort);
    }
    if everything || has("review") {
        review(effort);
    }
    if everything || has("validate") {
        validate(effort);
    }
    if everything || has("start") {
        start(effort);
    }
    if everything || has("hash") {
        large_file(effort);
        many_files(effort);
    }
    if everything || has("push") {
        push_many(effort);
        push_large(effort);
    }
}

/// How long to measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effort {
    Quick,
    Full,
}

impl Effort {
    fn choose<T>(self, quick: T, full: T) -> T {
        match self {
            Self::Quick => quick,
            Self::Full => full,
        }
    }
}

/// Checks and builds workspaces of several sizes.
fn jobs(format: Format, effort: Effort) {
    println!(
        "Definitions in {}, {PROCESSES} processes each:\n",
        format.extension()
    );
    println!("| jobs | `check` | `build --all`, first | `build --all`, again | `build` of one |");
    println!("|-----:|--------:|---------------------:|---------------------:|---------------:|");
    let mut notes = Vec::new();
    for &count in effort.choose(&[1, 100][..], &[1, 100, 1_000, 10_000][..]) {
        let directory = temporary();
        let root = directory.path();
        workspace::write(root, count, format);
        let runs = effort.choose(2, (10_000 / count).clamp(5, 50));
        let check = best(runs, || run(root, &["check"]));
        let mut before = 0;
        let first = best(runs, || {
            let cost = run(root, &["build", "--all"]);
            // Removing it would slow down the next run: file systems avoid what was just freed.
            let done = root.join(format!(".before-{before}"));
            fs::rename(root.join(".jobc"), done).expect("it was written");
            before += 1;
            cost
        });
        run(root, &["build", "--all"]);
        let again = best(runs, || run(root, &["build", "--all"]));
        let one = best(runs, || run(root, &["build", "job00000"]));
        println!(
            "| {count} | {} | {} | {} | {} |",
            shown(check.wall),
            shown(first.wall),
            shown(again.wall),
            shown(one.wall)
        );
        notes.push(format!(
            "- {count} jobs: processors' time {check}, {first}, {again}, {one}; peak memory of \
             `check` {}, of `build --all` {}",
            peak(root, &["check"]),
            peak(root, &["build", "--all"])
        ));
    }
    println!("\n{}\n", notes.join("\n"));
}

/// Builds one job of very many processes.
fn large_job(effort: Effort) {
    let count = effort.choose(10_000, 1_000_000);
    let directory = temporary();
    let root = directory.path();
    let text = large(count);
    fs::write(root.join("job.json"), &text).expect("the disk has room");
    fs::write(root.join("jobc.toml"), "").expect("the disk has room");
    let build = ["build", "large"];
    let cost = best(effort.choose(2, 5), || run(root, &build));
    println!(
        "A job of {count} processes in {:.0} MB: `jobc build` takes {}; processors' time {cost}, peak \
         memory {}.\n",
        f64::from(u32::try_from(text.len()).expect("it is no larger")) / 1e6,
        shown(cost.wall),
        peak(root, &build)
    );
}

/// The definition, in JSON, of a job with so many processes that do nothing.
fn large(processes: usize) -> String {
    let head = r#"{"cluster":"west","role":"www","environment":"prod","name":"large","task":{"resources":{"cpu":1,"ram":"1 GB","disk":"1 GB"},"processes":["#;
    let processes: Vec<String> = (0..processes)
        .map(|process| format!(r#"{{"name":"p{process}","cmdline":"true"}}"#))
        .collect();
    format!("{head}{}]}}}}\n", processes.join(","))
}

/// Compares workspaces of several sizes, of which one job in a hundred has another command and one
/// another file, and looks at one job of them.
fn review(effort: Effort) {
    println!(
        "| jobs | `diff` of two directories | `diff` with `HEAD` | `snapshot --check` | `show` | `graph` |"
    );
    println!(
        "|-----:|--------------------------:|-------------------:|-------------------:|-------:|--------:|"
    );
    for &count in effort.choose(&[1, 100][..], &[1, 100, 1_000, 10_000][..]) {
        let directory = temporary();
        let base = directory.path();
        let (old, new) = (base.join("old"), base.join("new"));
        for root in [&old, &new] {
            workspace::write(root, count, Format::Toml);
        }
        let git = |arguments: &[&str]| {
            let who = ["-c", "user.name=me", "-c", "user.email=me@localhost"];
            let mut command = command(&new, "git", &who);
            measure(command.args(arguments))
        };
        git(&["init", "--quiet"]);
        git(&["add", "."]);
        git(&["commit", "--quiet", "--message", "all"]);
        change(&new, count);
        let runs = effort.choose(2, (10_000 / count).clamp(5, 50));
        let directories = best(runs, || differs(base, &["diff", "path:old", "path:new"]));
        let revision = best(runs, || differs(&new, &["diff"]));
        run(&old, &["snapshot"]);
        let snapshots = best(runs, || run(&old, &["snapshot", "--check"]));
        let show = best(runs, || run(&new, &["show", "job00000"]));
        let graph = best(runs, || run(&new, &["graph", "job00000"]));
        println!(
            "| {count} | {} | {} | {} | {} | {} |",
            shown(directories.wall),
            shown(revision.wall),
            shown(snapshots.wall),
            shown(show.wall),
            shown(graph.wall)
        );
    }
    println!();
}

/// Changes a command in every hundredth definition of a workspace in TOML, from the first on,
/// and a file of the job after it.
fn change(root: &Path, jobs: usize) {
    for job in (0..jobs).step_by(100) {
        let definition = root.join(workspace::name(job)).join("job.toml");
        let text = workspace::text(job, Format::Toml).replacen("--port", "--verbose --port", 1);
        fs::write(definition, text).expect("the temporary directory takes files");
        if job + 1 < jobs {
            let file = root.join(workspace::name(job + 1)).join("files/f0.py");
            fs::write(file, "print(1)\n").expect("the temporary directory takes files");
        }
    }
}

/// Validates compiled jobs, in a file each.
fn validate(effort: Effort) {
    let count = effort.choose(100, 10_000);
    let directory = temporary();
    let root = directory.path();
    workspace::write(root, count, Format::Json);
    run(root, &["build", "--all", "--out", "compiled"]);
    let cost = best(effort.choose(2, 10), || {
        run(root, &["validate", "compiled"])
    });
    // A step that fetches for each.
    let processes = u32::try_from(2 * PROCESSES * count).expect("there are few");
    println!(
        "{count} compiled jobs with {} processes each: `jobc validate` takes {}, which is {:.0} \
         processes a second; processors' time {cost}, peak memory {}.\n",
        2 * PROCESSES,
        shown(cost.wall),
        f64::from(processes) / cost.wall.as_secs_f64(),
        peak(root, &["validate", "compiled"])
    );
}

/// Builds the smallest example, over and over.
fn start(effort: Effort) {
    let directory = temporary();
    let root = directory.path();
    copy(
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/examples")),
        root,
    );
    let build = ["build", "hello_world"];
    run(root, &build);
    let runs = effort.choose(20, 500);
    let mut jobc = Vec::with_capacity(runs);
    let mut nothing = Vec::with_capacity(runs);
    for _ in 0..runs {
        jobc.push(run(root, &build).wall);
        nothing.push(measure(&mut command(root, "true", &[] as &[&str])).wall);
    }
    let (jobc, nothing) = (Spread::of(jobc), Spread::of(nothing));
    println!(
        "`jobc build hello_world` takes {} (median {}), `true` started the same way {} (median \
         {}); its peak memory is {}.\n",
        shown(jobc.least),
        shown(jobc.median),
        shown(nothing.least),
        shown(nothing.median),
        peak(root, &build)
    );
}

/// Imports one file, against the least that it takes: reading and hashing.
fn large_file(effort: Effort) {
    let size = effort.choose(16 << 20, 1 << 30);
    let directory = temporary();
    let root = directory.path();
    importing(root, "data");
    let piece: Vec<u8> = (0..=250).cycle().take(1 << 20).collect();
    let mut file = File::create(root.join("data")).expect("the temporary directory takes files");
    for _ in 0..size / piece.len() {
        file.write_all(&piece).expect("the disk has room");
    }
    drop(file);
    let runs = effort.choose(2, 5);
    let jobc = best(runs, || run(root, &["check"]));
    let read = best(runs, || timed(|| read(&root.join("data"))));
    let hash = best(runs, || {
        timed(|| {
            let mut hasher = Sha256Writer::new();
            for _ in 0..size / piece.len() {
                hasher.update(&piece);
            }
            std::hint::black_box(hasher.finish());
        })
    });
    println!(
        "A file of {} MiB: `jobc check` takes {}; reading it alone {}, SHA-256 of as many bytes in \
         memory {}. Peak memory is {}.\n",
        size >> 20,
        shown(jobc.wall),
        shown(read.wall),
        shown(hash.wall),
        peak(root, &["check"])
    );
}

/// Imports a tree, against Nix if it is there.
fn many_files(effort: Effort) {
    const IN_EACH: usize = 100;
    let directories = effort.choose(10, 200);
    let directory = temporary();
    let root = directory.path();
    importing(root, "data");
    for directory in 0..directories {
        let directory = root.join("data").join(directory.to_string());
        fs::create_dir_all(&directory).expect("the temporary directory takes directories");
        for file in 0..IN_EACH {
            let contents = format!("{file}\n").repeat(100);
            fs::write(directory.join(file.to_string()), contents).expect("the disk has room");
        }
    }
    let runs = effort.choose(2, 10);
    let jobc = best(runs, || run(root, &["check"]));
    print!(
        "A directory of {} files: `jobc check` takes {}",
        directories * IN_EACH,
        shown(jobc.wall)
    );
    if exists("nix", "--version") {
        let experimental = ["--extra-experimental-features", "nix-command"];
        let hash_path = ["hash", "path", "data"];
        let nix = || measure(command(root, "nix", &experimental).args(hash_path));
        println!(", `nix hash path` {}.\n", shown(best(runs, nix).wall));
    } else {
        println!(" (and Nix is not there to compare).\n");
    }
}

/// Publishes many small jobs with a file each.
fn push_many(effort: Effort) {
    let count = effort.choose(20, 1_000);
    let directory = temporary();
    let root = directory.path();
    for job in 0..count {
        let own = root.join(format!("job{job}"));
        fs::create_dir(&own).expect("the temporary directory takes directories");
        importing(&own, "data");
        let definition = own.join("job.toml");
        let text = fs::read_to_string(&definition).expect("it was written");
        let text = text.replace("\"import\"", &format!("\"job{job}\""));
        fs::write(definition, text).expect("the disk has room");
        fs::write(own.join("data"), format!("{job}\n")).expect("the disk has room");
    }
    // Every cache is a new one: what was removed a moment ago slows down some file systems.
    let push = |cache: usize| {
        let to = format!("file://{}/.cache/{cache}", root.display());
        run(root, &["push", "--all", "--to", &to])
    };
    let runs = effort.choose(2, 10);
    let mut caches = 0..;
    let first = best(runs, || push(caches.next().expect("there is no end")));
    let again = best(runs, || push(0));
    println!(
        "{count} jobs with a file each: `jobc push --all` into an empty cache takes {}, again {}; \
         processors' time {first}, {again}.\n",
        shown(first.wall),
        shown(again.wall)
    );
}

/// Publishes a large file, against reading, hashing and writing it.
fn push_large(effort: Effort) {
    let size = effort.choose(16 << 20, 1 << 30);
    let directory = temporary();
    let root = directory.path();
    importing(root, "data");
    let piece: Vec<u8> = (0..=250).cycle().take(1 << 20).collect();
    let mut file = File::create(root.join("data")).expect("the temporary directory takes files");
    for _ in 0..size / piece.len() {
        file.write_all(&piece).expect("the disk has room");
    }
    file.sync_all().expect("the disk has room");
    let runs = effort.choose(2, 3);
    let mut copies = 0..;
    let mut copy = || root.join(format!(".copy{}", copies.next().expect("there is no end")));
    // By turns, for what the disk does in between is the same for both then.
    let mut costs = Vec::new();
    for _ in 0..runs {
        let to = format!("file://{}", copy().display());
        let pushed = run(root, &["push", "import", "--to", &to]);
        let copy = copy();
        costs.push((
            pushed,
            timed(|| read_hash_and_write(&root.join("data"), &copy)),
        ));
    }
    let least = |cost: fn(&(Cost, Cost)) -> Duration| costs.iter().map(cost).min();
    let pushed = least(|(pushed, _)| pushed.wall).expect("there were runs");
    let baseline = least(|(_, baseline)| baseline.wall).expect("there were runs");
    println!(
        "A file of {} MiB: `jobc push` takes {}; reading, hashing, writing and syncing it {}, push takes \
         {:.2} times as long.\n",
        size >> 20,
        shown(pushed),
        shown(baseline),
        pushed.as_secs_f64() / baseline.as_secs_f64()
    );
}

/// One after the other, in one thread.
fn read_hash_and_write(from: &Path, to: &Path) {
    let mut from = File::open(from).expect("it was written");
    let mut to = File::create(to).expect("the disk has room");
    let mut hasher = Sha256Writer::new();
    let mut buffer = vec![0; 256 * 1024];
    loop {
        match from.read(&mut buffer).expect("it was written") {
            0 => break,
            count => {
                hasher.update(&buffer[..count]);
                to.write_all(&buffer[..count]).expect("the disk has room");
            }
        }
    }
    to.sync_all().expect("the disk has room");
    std::hint::black_box(hasher.finish());
}

/// A workspace with a job that needs what is called `name`.
fn importing(root: &Path, name: &str) {
    let definition = format!(
        r#"cluster = "west"
role = "www"
environment = "prod"
name = "import"

[task]
resources = {{ cpu = 1, ram = "1 GB", disk = "1 GB" }}

[[task.processes]]
name = "use"
cmdline = "use ${{./{name}}}"
"#
    );
    fs::write(root.join("job.toml"), definition).expect("the temporary directory takes files");
}

/// What a run took.
#[derive(Debug, Clone, Copy)]
struct Cost {
    wall: Duration,
    processor: Duration,
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&shown(self.processor))
    }
}

struct Spread {
    least: Duration,
    median: Duration,
}

impl Spread {
    fn of(mut times: Vec<Duration>) -> Self {
        times.sort();
        Self {
            least: times[0],
            median: times[times.len() / 2],
        }
    }
}

fn best(runs: usize, mut once: impl FnMut() -> Cost) -> Cost {
    let costs: Vec<_> = (0..runs).map(|_| once()).collect();
    let processor: Duration = costs.iter().map(|cost| cost.processor).sum();
    Cost {
        wall: costs
            .iter()
            .map(|cost| cost.wall)
            .min()
            .expect("there were runs"),
        // The system counts in steps that are long for one run.
        processor: processor.div_f64(f64::from(u32::try_from(runs).expect("there are few"))),
    }
}

fn run(root: &Path, arguments: &[&str]) -> Cost {
    measure(&mut command(root, env!("CARGO_BIN_EXE_jobc"), arguments))
}

fn command(root: &Path, program: &str, arguments: &[impl AsRef<OsStr>]) -> Command {
    let mut command = Command::new(program);
    command
        .current_dir(root)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

/// Runs what has to find a difference.
fn differs(root: &Path, arguments: &[&str]) -> Cost {
    let mut command = command(root, env!("CARGO_BIN_EXE_jobc"), arguments);
    measure_to(&mut command, 1)
}

fn measure(command: &mut Command) -> Cost {
    measure_to(command, 0)
}

fn measure_to(command: &mut Command, expected: i32) -> Cost {
    let before = processor_time_of_children();
    let start = Instant::now();
    let status = command.status().expect("the program can be started");
    let wall = start.elapsed();
    assert_eq!(status.code(), Some(expected), "{command:?}");
    Cost {
        wall,
        processor: processor_time_of_children().saturating_sub(before),
    }
}

fn timed(work: impl FnOnce()) -> Cost {
    let start = Instant::now();
    work();
    let wall = start.elapsed();
    Cost {
        wall,
        processor: wall,
    }
}

/// What ended children have used, in steps of 10 ms; nothing where the system does not say.
fn processor_time_of_children() -> Duration {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The program's name comes second, in parentheses, and may hold anything.
    let fields = stat.rsplit(')').next().unwrap_or_default();
    let children = fields.split_whitespace().skip(13).take(2);
    let ticks: u64 = children.filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
    Duration::from_millis(10 * ticks)
}

/// The most memory that jobc had, in MiB.
fn peak(root: &Path, arguments: &[&str]) -> String {
    let time = ["-f", "%M", env!("CARGO_BIN_EXE_jobc")];
    let mut command = command(root, "/usr/bin/time", &time);
    let output = command.args(arguments).stderr(Stdio::piped()).output();
    let Ok(output) = output else {
        return "unknown without `/usr/bin/time`".to_owned();
    };
    let text = String::from_utf8_lossy(&output.stderr);
    let kibibytes = text
        .lines()
        .last()
        .and_then(|line| line.parse::<f64>().ok());
    kibibytes.map_or("unknown".to_owned(), |kibibytes| {
        format!("{:.1} MiB", kibibytes / 1024.0)
    })
}

fn exists(program: &str, argument: &str) -> bool {
    let mut command = Command::new(program);
    let command = command.arg(argument).stdout(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn read(path: &Path) {
    let mut file = File::open(path).expect("it was written");
    let mut buffer = vec![0; 128 * 1024];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return,
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => panic!("cannot read {}: {error}", path.display()),
        }
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("the temporary directory takes directories");
    for entry in fs::read_dir(from).expect("the examples are there") {
        let entry = entry.expect("the examples can be listed");
        let to = to.join(entry.file_name());
        if entry.file_name() == ".jobc" {
            continue;
        }
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).expect("the examples can be read");
        }
    }
}

fn temporary() -> TempDir {
    let directory = tempfile::Builder::new().prefix("jobc-bench-").tempdir();
    directory.expect("a temporary directory can be made")
}

fn shown(time: Duration) -> String {
    let milliseconds = time.as_secs_f64() * 1000.0;
    match milliseconds {
        0.0..10.0 => format!("{milliseconds:.1} ms"),
        10.0..1000.0 => format!("{milliseconds:.0} ms"),
        _ => format!("{:.2} s", milliseconds / 1000.0),
    }
}
