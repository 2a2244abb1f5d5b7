//! Problems that depend on the scheduler's flags.

crate::diagnostic::declare_codes! {
    /// The scheduler's flags limit how large a job may be, and its default flags refuse more than 4000
    /// instances of a job (`-max_tasks_per_job`) and updates that may fail more than 20000 times
    /// (`-max_update_instance_failures`, against `max_per_shard_failures` times the instances).
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// instances = 5000
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// instances = 4000
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// What the flags of your scheduler allow is said in `jobc.toml`, by their names:
    ///
    /// ```
    /// [scheduler]
    /// max_tasks_per_job = 10000
    /// allow_gpu_resource = true
    /// allow_docker_parameters = false
    /// ```
    ///
    /// Where a setting says that something is not allowed, a job that needs it breaks this rule.
    SCHEDULER_FLAG = "scheduler-flag", Error, "more than the flags of the scheduler allow";

    /// A scheduler refuses jobs that ask for graphics processors unless its flag `-allow_gpu_resource` is
    /// set.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB", gpu = 1 }
    /// ```
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB", gpu = 0 }
    /// ```
    ///
    /// If yours does, say so in `jobc.toml`:
    ///
    /// ```
    /// [scheduler]
    /// allow_gpu_resource = true
    /// ```
    GPU_RESOURCE = "gpu-resource", Warn, "graphics processors that few schedulers allow";

    /// A scheduler only takes the types of containers that its flag `-allowed_container_types` lists, by
    /// default `MESOS`, which jobs without a `container` have. It refuses Docker containers otherwise.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// container = { docker = { image = "python:3" } }
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// If yours does, say so in `jobc.toml`:
    ///
    /// ```
    /// [scheduler]
    /// allowed_container_types = ["MESOS", "DOCKER"]
    /// ```
    CONTAINER_TYPE = "container-type", Warn, "a type of container that few schedulers allow";

    /// A scheduler refuses jobs that pass parameters to Docker unless its flag `-allow_docker_parameters`
    /// is set, since a parameter can give a task the whole host.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// container = { docker = { image = "a", parameters = [{ name = "tty", value = "true" }] } }
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// container = { docker = { image = "a" } }
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// If yours does, say so in `jobc.toml`:
    ///
    /// ```
    /// [scheduler]
    /// allow_docker_parameters = true
    /// ```
    DOCKER_PARAMETERS = "docker-parameters", Warn, "parameters for Docker, which few schedulers allow";

    /// A scheduler refuses jobs with volumes unless its flag `-allow_container_volumes` is set, since a
    /// volume can give a task any directory of the host.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// [container.mesos]
    /// volumes = [{ container_path = "/data", host_path = "/srv/data", mode = "RO" }]
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// If yours does, say so in `jobc.toml`:
    ///
    /// ```
    /// [scheduler]
    /// allow_container_volumes = true
    /// ```
    CONTAINER_VOLUMES = "container-volumes", Warn, "volumes, which few schedulers allow";

    /// The scheduler refuses a tier that it does not know. Unless its flag `-tier_config` names a file
    /// with others, its tiers are `preferred`, `preemptible` and `revocable`.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// tier = "prefered"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// tier = "preferred"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// Say the tiers of yours in `jobc.toml`, as in the file of the flag:
    ///
    /// ```
    /// [scheduler]
    /// tier_config.default = "bronze"
    /// tier_config.tiers.gold = { preemptible = false, revocable = false }
    /// tier_config.tiers.bronze = { preemptible = true, revocable = false }
    /// ```
    UNKNOWN_TIER = "unknown-tier", Warn, "a tier that schedulers do not come with";

    /// The scheduler refuses an executor that it does not know. Unless its flag
    /// `-custom_executor_config` names a file with others, it only has `AuroraExecutor`, which is Thermos.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// executor_config = { name = "docker-executor", data = "{}" }
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// executor_config = { name = "AuroraExecutor" }
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// Name those of yours in `jobc.toml`:
    ///
    /// ```
    /// [scheduler]
    /// custom_executor_config = ["docker-executor"]
    /// ```
    UNKNOWN_EXECUTOR = "unknown-executor", Warn, "an executor that schedulers do not come with";
}
