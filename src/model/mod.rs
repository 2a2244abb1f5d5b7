//! What a job is, as its author writes it: the definition language, field by field.
//!
//! The words are Aurora's own, so that its documentation applies. These types are the schema's
//! source and know nothing of text or places; pure data between `front` and `check`.

mod after;
mod command;
mod container;
mod document;
mod fields;
mod health;
mod installable;
mod job;
mod job_defaults;
mod layers;
mod lifecycle;
mod lint;
mod lock;
mod node_value;
mod number;
mod package;
mod placement;
mod port;
mod process;
mod quantity;
mod ready;
mod relative;
mod resources;
mod scalar;
mod scheduler;
mod settings;
mod sla;
mod state;
mod surroundings;
mod task;
mod text;
mod update;
mod value;

pub use after::{After, AfterJob, AfterProcess, When};
pub use command::{CommandLine, Piece, Pieces, Problem, Reference, Reserved, SyntaxError};
pub use container::{
    AppcImage, Container, Docker, DockerImage, Image, Mesos, Parameter, Volume, VolumeMode,
};
pub use document::{Dialect, Document, JobList};
pub use fields::{FieldValue, List, Map, Table};
pub use health::{HealthCheckConfig, HealthChecker, HttpHealthChecker, ShellHealthChecker};
pub use installable::{Attribute, Installable, InstallableError, InstallableSource};
pub use job::{Announcer, CronCollisionPolicy, ExecutorConfig, Job, Metadata, PartitionPolicy};
pub use job_defaults::JobDefaults;
pub use lifecycle::{HttpLifecycleConfig, LifecycleConfig};
pub use lint::{LintLevel, LintLevels, Reason, Waive};
pub use lock::{LockFile, LockedPackage, LockedPath, LockedPort};
pub use node_value::{
    FoundValue, NodeValue, NodeValueError, NodeValues, ValueOrEscape, may_have_node_values,
    node_values,
};
pub use number::{Float, Integer};
pub use package::{LocalPackage, PackageSource};
pub use placement::{AttributeValue, Placement, PlacementError, PlacementRule};
pub use port::{DeclaredPort, PortAssignment, PortNumber, PortRange, PortSettings};
pub use process::{Logger, LoggerDestination, LoggerMode, Process, RotatePolicy};
pub use quantity::{Bytes, FractionalSeconds, QuantityError, Seconds};
pub use ready::{Probe, Ready, TcpAddress};
pub use relative::{RelativeInstallable, leads_to, locked_name};
pub use resources::Resources;
pub use scalar::Scalar;
pub use scheduler::{ContainerType, SchedulerSettings, Tier, TierConfig};
pub use settings::{
    AuroraSettings, InitNames, InitRoots, InitSettings, NodeSettings, ReferenceSettings, Settings,
    SnapshotSettings,
};
pub use sla::{CoordinatorSlaPolicy, CountSlaPolicy, PercentageSlaPolicy, SlaPolicy};
pub use state::StateDirectory;
pub use surroundings::{Umask, Variable, VariableFile};
pub use task::{OrderConstraint, Task};
pub use text::Text;
pub use update::{
    BatchUpdateStrategy, QueueUpdateStrategy, UpdateConfig, UpdateStrategy,
    VariableBatchUpdateStrategy,
};
pub use value::ValueOf;

pub use crate::name::{
    Cluster, Environment, JobKey, JobName, NameError, PackageName, PortName, ProcessName, Role,
    StateName, Target, ValueName, VariableName,
};
