//! Workspaces, what they compile to, and what they publish.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use serde_json::Value;

use crate::harness::Sandbox;

/// A workspace and the cache that its jobs are published into.
pub struct Workspace {
    pub sandbox: Sandbox,
    pub cache: PathBuf,
}

/// A compiled job.
pub struct Compiled(pub Value);

impl Workspace {
    /// A workspace whose jobs ask its cache, as a directory; `init` are more settings.
    pub fn new(init: &str) -> Self {
        Self::of(Sandbox::new(), init)
    }

    /// The same with the repository's examples.
    pub fn with_examples(init: &str) -> Self {
        Self::of(Sandbox::with_examples(), init)
    }

    fn of(sandbox: Sandbox, init: &str) -> Self {
        let open = fs::Permissions::from_mode(0o755);
        fs::set_permissions(sandbox.path(), open).expect("it is ours");
        let cache = sandbox.path().join("cache");
        let workspace = Self { sandbox, cache };
        workspace.settings(&format!("file://{}", workspace.cache.display()), init);
        workspace
    }

    /// Has jobs ask `cache`.
    pub fn settings(&self, cache: &str, init: &str) {
        let text = format!("[init]\nsubstituters = [\"{cache}\"]\n{init}\n");
        self.sandbox.file("jobc.toml", text);
    }

    /// The compiled job called `name`.
    pub fn build(&self, name: &str) -> Compiled {
        let run = self.sandbox.jobc(["build", "--stdout", name]);
        assert_eq!((run.status, run.stderr.as_str()), (0, ""));
        let root = self.sandbox.path().display().to_string();
        let text = run.stdout.replace("[DIR]", &root);
        Compiled(serde_json::from_str(&text).expect("it is JSON"))
    }

    /// Publishes a job's own objects.
    pub fn push(&self, name: &str) {
        let to = format!("file://{}", self.cache.display());
        let run = self.sandbox.jobc(["push", name, "--to", &to]);
        assert_eq!(run.status, 0, "{}", run.stderr);
    }

    /// What the cache says of a store path, to be changed.
    pub fn narinfo(&self, path: &str) -> PathBuf {
        let (hash, _) = path["/nix/store/".len()..]
            .split_once('-')
            .expect("a hash stands before the name");
        self.cache.join(format!("{hash}.narinfo"))
    }

    /// The archive of a store path.
    pub fn archive(&self, path: &str) -> PathBuf {
        let narinfo = fs::read_to_string(self.narinfo(path)).expect("it is there");
        let url = narinfo.lines().find_map(|line| line.strip_prefix("URL: "));
        self.cache.join(url.expect("it has a URL"))
    }
}

impl Compiled {
    pub fn processes(&self) -> &[Value] {
        self.0["task"]["processes"].as_array().expect("a list")
    }

    pub fn process(&self, name: &str) -> &Value {
        let found = self.processes().iter().find(|found| found["name"] == name);
        found.unwrap_or_else(|| panic!("there is a process `{name}`"))
    }

    pub fn cmdline(&self, process: &str) -> &str {
        self.process(process)["cmdline"].as_str().expect("a string")
    }

    /// The name of the step that holds a process back.
    pub fn init_name(&self, process: &str) -> &str {
        let constraints = self.0["task"]["constraints"].as_array().expect("a list");
        let is_init = |edge: &&Value| {
            let before = edge["order"][0].as_str().expect("a name");
            edge["order"][1] == process && before.starts_with("nix_init")
        };
        let before = constraints.iter().find(is_init);
        let before = before.unwrap_or_else(|| panic!("something holds `{process}` back"));
        before["order"][0].as_str().expect("a string")
    }

    /// The command of that step.
    pub fn init(&self, process: &str) -> &str {
        self.cmdline(self.init_name(process))
    }

    /// What that step realises.
    pub fn root(&self, process: &str) -> &str {
        let init = self.init(process);
        let (_, rest) = init.split_once("path=").expect("it says so");
        rest.split(' ').next().expect("a path follows")
    }
}

/// The first store path in a command whose name ends so.
pub fn mentioned(command: &str, ending: &str) -> String {
    let store_dir = jobc::store::StoreDir::default();
    let mentions = jobc::store::references::mentions(&store_dir, command.as_bytes());
    let mut paths = mentions.map(|mention| {
        let path = mention.longest().expect("a store path").store_path;
        store_dir.display(&path).to_string()
    });
    let found = paths.find(|path| path.ends_with(ending));
    found.unwrap_or_else(|| panic!("`{ending}` is mentioned in {command}"))
}

pub const HOSTILE: &str = "a b;$(touch oops)'\"";

/// A job `greeter` whose process names a package (a directory) and a file, and has an unkind name.
pub fn greeter(init: &str) -> Workspace {
    let workspace = Workspace::new(init);
    let tool = "#!/bin/sh\nread line <\"$1\"; echo \"$line, said the tool\"\n";
    workspace
        .sandbox
        .file("greeter/tool/bin/say", tool)
        .file("greeter/greeting.txt", "hello\n");
    let say = workspace.sandbox.path().join("greeter/tool/bin/say");
    fs::set_permissions(say, fs::Permissions::from_mode(0o755)).expect("it is ours");
    let definition = serde_json::json!({
        "cluster": "devcluster",
        "role": "www",
        "environment": "devel",
        "name": "greeter",
        "packages": { "tool": { "path": "./tool" } },
        "task": {
            "processes": [{
                "name": HOSTILE,
                "cmdline": "${pkgs.tool}/bin/say ${./greeting.txt}",
            }],
            "resources": { "cpu": 1, "ram": "64 MB", "disk": "64 MB" },
        },
    });
    workspace
        .sandbox
        .file("greeter/job.json", definition.to_string());
    workspace.push("greeter");
    workspace
}

pub const GREETING: &str = "hello, said the tool\n";
