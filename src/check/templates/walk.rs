//! Every text of a job that Aurora fills in, with the tables around it.

use crate::model::{Container, HealthChecker, Image, Job, SlaPolicy};
use crate::source::Pointer;

use super::{Agent, Visitor};
use crate::check::process as process_at;
use crate::check::schema::Struct;

impl<'a> Visitor<'_, 'a> {
    /// The texts of the task.
    pub(super) fn task(&mut self) {
        let job = self.ctx.job;
        let scopes = self.ctx.scopes();
        let task = &job.task;
        let scope = || scopes.task();
        let at = |at: &Pointer| at.key("task");
        self.agent = Agent::All;
        self.option(task.name.as_ref(), scope, |p| at(p).key("name"));
        self.option(task.user.as_ref(), scope, |p| at(p).key("user"));
        for (index, process) in task.processes.iter().enumerate() {
            let scope = || scopes.process(index);
            let at = |at: &Pointer| process_at(at, index);
            self.text(process.name.as_str(), scope, |p| at(p).key("name"));
            self.process_name(index, process.name.as_str());
            self.command(process.cmdline.as_str(), scope, |p| at(p).key("cmdline"));
        }
        for (index, constraint) in task.constraints.iter().flatten().enumerate() {
            let scope = || scopes.task().inside(Struct::Order(constraint));
            for (element, name) in constraint.order.iter().enumerate() {
                self.text(name.as_str(), scope, |p| {
                    at(p)
                        .key("constraints")
                        .index(index)
                        .key("order")
                        .index(element)
                });
            }
        }
    }

    /// The texts of the job around the task.
    pub(super) fn job(&mut self) {
        let job = self.ctx.job;
        let scopes = self.ctx.scopes();
        let scope = || scopes.job();
        self.agent = Agent::Nothing;
        self.option(job.contact.as_ref(), scope, |p| p.key("contact"));
        self.agent = Agent::Refused;
        self.option(job.tier.as_ref(), scope, |p| p.key("tier"));
        self.agent = Agent::Nothing;
        for (attribute, placement) in job.constraints.iter().flatten() {
            let at = |p: &Pointer| p.key("constraints").key(attribute);
            self.key(attribute, scope, at);
            self.text(&placement.to_string(), scope, at);
        }
        for (name, link) in job.task_links.iter().flatten() {
            let at = |p: &Pointer| p.key("task_links").key(name);
            self.key(name, scope, at);
            self.text(link.as_str(), scope, at);
        }
        for (index, metadata) in job.metadata.iter().flatten().enumerate() {
            let scope = || scopes.job().inside(Struct::Metadata(metadata));
            let at = |p: &Pointer| p.key("metadata").index(index);
            self.text(metadata.key.as_str(), scope, |p| at(p).key("key"));
            self.text(metadata.value.as_str(), scope, |p| at(p).key("value"));
        }
        if let Some(executor) = &job.executor_config {
            let scope = || scopes.job().inside(Struct::Executor(Some(executor)));
            let at = |p: &Pointer| p.key("executor_config");
            self.option(executor.name.as_ref(), scope, |p| at(p).key("name"));
            self.text(executor.data.as_deref().unwrap_or_default(), scope, |p| {
                at(p).key("data")
            });
        }
        if let Some(SlaPolicy::Coordinator(policy)) = &job.sla_policy {
            let scope = || scopes.job().inside(Struct::Coordinator(policy));
            let at = |p: &Pointer| p.key("sla_policy").key("coordinator");
            self.text(policy.coordinator_url.as_str(), scope, |p| {
                at(p).key("coordinator_url")
            });
            self.option(policy.status_key.as_ref(), scope, |p| {
                at(p).key("status_key")
            });
        }
        self.container(job);
        self.agent = Agent::Instance;
        self.announce(job);
        self.lifecycle(job);
        self.health(job);
    }

    fn announce(&mut self, job: &'a Job) {
        let scopes = self.ctx.scopes();
        let Some(announcer) = &job.announce else {
            return;
        };
        let scope = || scopes.job().inside(Struct::Announcer(announcer));
        let at = |p: &Pointer| p.key("announce");
        let port = announcer.primary_port.as_ref();
        self.option(port, scope, |p| at(p).key("primary_port"));
        self.option(announcer.zk_path.as_ref(), scope, |p| at(p).key("zk_path"));
        for (name, port) in announcer.portmap.iter().flatten() {
            let at = |p: &Pointer| at(p).key("portmap").key(name);
            self.key(name, scope, at);
            self.text(port.as_str(), scope, at);
        }
    }

    fn health(&mut self, job: &'a Job) {
        let scopes = self.ctx.scopes();
        let Some(config) = &job.health_check_config else {
            return;
        };
        let checker = config.health_checker.as_ref();
        let scope = |inner| {
            scopes
                .job()
                .inside(Struct::Health(Some(config)))
                .inside(Struct::Checker(checker))
                .inside(inner)
        };
        let at = |p: &Pointer| p.key("health_check_config").key("health_checker");
        match checker {
            Some(HealthChecker::Http(http)) => {
                let scope = || scope(Struct::Http(Some(http)));
                let at = |p: &Pointer| at(p).key("http");
                self.option(http.endpoint.as_ref(), scope, |p| at(p).key("endpoint"));
                let response = http.expected_response.as_ref();
                self.option(response, scope, |p| at(p).key("expected_response"));
            }
            Some(HealthChecker::Shell(shell)) => {
                let scope = || scope(Struct::Shell(shell));
                self.agent = Agent::All;
                self.command(shell.shell_command.as_str(), scope, |p| {
                    at(p).key("shell").key("shell_command")
                });
            }
            None => {}
        }
    }

    fn lifecycle(&mut self, job: &'a Job) {
        let scopes = self.ctx.scopes();
        let Some(lifecycle) = &job.lifecycle else {
            return;
        };
        let Some(http) = &lifecycle.http else {
            return;
        };
        let scope = || {
            scopes
                .job()
                .inside(Struct::Lifecycle(Some(lifecycle)))
                .inside(Struct::HttpLifecycle(Some(http)))
        };
        for (field, text) in [
            ("port", &http.port),
            (
                "graceful_shutdown_endpoint",
                &http.graceful_shutdown_endpoint,
            ),
            ("shutdown_endpoint", &http.shutdown_endpoint),
        ] {
            self.option(text.as_ref(), scope, |p| {
                p.key("lifecycle").key("http").key(field)
            });
        }
    }

    fn container(&mut self, job: &'a Job) {
        let scopes = self.ctx.scopes();
        match &job.container {
            None => {}
            Some(Container::Docker(docker)) => {
                let at = |p: &Pointer| p.key("container").key("docker");
                let scope = || {
                    scopes
                        .job()
                        .inside(Struct::Container(docker))
                        .inside(Struct::Docker(docker))
                };
                self.text(docker.image.as_str(), scope, |p| at(p).key("image"));
                for (index, parameter) in docker.parameters.iter().flatten().enumerate() {
                    let scope = || scope().inside(Struct::Parameter(parameter));
                    let at = |p: &Pointer| at(p).key("parameters").index(index);
                    self.text(parameter.name.as_str(), scope, |p| at(p).key("name"));
                    self.text(parameter.value.as_str(), scope, |p| at(p).key("value"));
                }
            }
            Some(Container::Mesos(mesos)) => {
                let scope = |inner| scopes.job().inside(Struct::Mesos(mesos)).inside(inner);
                let at = |p: &Pointer| p.key("container").key("mesos");
                match &mesos.image {
                    None => {}
                    Some(Image::Docker(image)) => {
                        let scope = || scope(Struct::DockerImage(image));
                        let at = |p: &Pointer| at(p).key("image").key("docker");
                        self.text(image.name.as_str(), scope, |p| at(p).key("name"));
                        self.text(image.tag.as_str(), scope, |p| at(p).key("tag"));
                    }
                    Some(Image::Appc(image)) => {
                        let scope = || scope(Struct::AppcImage(image));
                        let at = |p: &Pointer| at(p).key("image").key("appc");
                        self.text(image.name.as_str(), scope, |p| at(p).key("name"));
                        self.text(image.image_id.as_str(), scope, |p| at(p).key("image_id"));
                    }
                }
                for (index, volume) in mesos.volumes.iter().flatten().enumerate() {
                    let scope = || scope(Struct::Volume(volume));
                    let at = |p: &Pointer| at(p).key("volumes").index(index);
                    let path = volume.container_path.as_str();
                    self.text(path, scope, |p| at(p).key("container_path"));
                    self.text(volume.host_path.as_str(), scope, |p| at(p).key("host_path"));
                }
            }
        }
    }
}
