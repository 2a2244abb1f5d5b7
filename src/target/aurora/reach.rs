//! How jobs are reached on Aurora.
//!
//! A port gets its number when an instance starts, on whatever node that is. Of the instance itself the agent fills
//! both in. Others look an announced job up; what does that, the settings say.

use crate::reach::{Answer, Asked, Refusal, Ways, What};

/// What a text has of an announced job that is looked up.
const NOTE: &str =
    "it is what `[aurora] address` in `jobc.toml` makes of it, which is looked up when it is used";

const DYNAMIC: &str = "Aurora gives an instance its ports when it starts, on whatever node that is";
const NO_STATE: &str = "an instance has its sandbox alone, which does not outlive it";

/// What Aurora says of something that depends on where a job runs.
pub(in crate::target) fn answer(asked: &Asked<'_>, ways: Ways<'_>) -> Answer {
    let refused = |reason, help: String| Answer::Refused(Refusal { reason, help });
    let of_other = match (asked.what, asked.job, asked.instance) {
        (What::State, ..) => {
            let help = "write where it is kept, or give the job a target that has such directories";
            return refused(NO_STATE, help.to_owned());
        }
        (What::Address, None, None) => {
            return Answer::Exact(format!("${{job.host}}:${{ports.{}}}", asked.name));
        }
        (_, None, _) => {
            let help = format!("write `${{address.{}}}` for this instance", asked.name);
            return refused(DYNAMIC, help);
        }
        (What::Port, Some(_), _) => {
            let help = format!(
                "refer to the address, `address.{}`, or give the job a label that says where it is reached",
                asked.name
            );
            return refused(DYNAMIC, help);
        }
        (What::Address, Some(job), _) => job,
    };
    let Some(template) = ways.aurora else {
        let help = "say in `jobc.toml` what looks announced jobs up, `[aurora] address = \"...\"`, or \
                    give the job a label that says where it is reached";
        return refused(DYNAMIC, help.to_owned());
    };
    if !asked.is_announced {
        let help = format!(
            "announce it in its definition: `announce.primary_port = \"{}\"`",
            asked.name
        );
        return refused(
            "the job is not announced, so that nothing can look it up",
            help,
        );
    }
    let names_instance = template.contains("{instance}");
    if names_instance && asked.instance.is_none() && asked.instances > 1 {
        let name = asked.name;
        let help = format!("name one, `address.{name}[0]`, or all, `addresses.{name}`");
        return refused("the job has several instances", help);
    }
    if !names_instance && asked.instance.is_some_and(|_| asked.instances > 1) {
        let help = format!(
            "write `address.{}`, or add `{{instance}}` to `[aurora] address` in `jobc.toml`",
            asked.name
        );
        return refused("`[aurora] address` looks all instances up at once", help);
    }
    let instance = asked.instance.unwrap_or_default().to_string();
    let text = Ways::filled(template, |name| {
        Some(match name {
            "cluster" => of_other.cluster.as_str(),
            "role" => of_other.role.as_str(),
            "environment" => of_other.environment.as_str(),
            "name" => of_other.name.as_str(),
            "port" => asked.name,
            "instance" => &instance,
            _ => return None,
        })
    });
    match text {
        Ok(text) => Answer::Approximated(text, NOTE),
        // The settings are told to be wrong.
        Err(_) => refused(DYNAMIC, "mend `[aurora] address` in `jobc.toml`".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use crate::name::JobKey;

    use super::*;

    fn key() -> JobKey {
        let name = |text: &str| text.parse().expect("a name");
        JobKey {
            cluster: "c".parse().expect("a name"),
            role: "r".parse().expect("a name"),
            environment: "e".parse().expect("a name"),
            name: name("n"),
        }
    }

    fn ask(template: Option<&str>, instance: Option<u32>, instances: u32) -> Answer {
        let asked = Asked {
            by: None,
            job: Some(&key()),
            what: What::Address,
            name: "http",
            instance,
            number: Some(80),
            instances,
            is_announced: true,
        };
        answer(&asked, Ways { aurora: template })
    }

    #[test]
    fn what_announces_is_looked_up_as_the_settings_say() {
        let all = Some("zk!{cluster}/{role}/{environment}/{name}!{port}");
        let each = Some("{instance}.{name}");
        let text = |answer| match answer {
            Answer::Approximated(text, _) | Answer::Exact(text) => text,
            Answer::Refused(refusal) => refusal.reason.to_owned(),
        };
        assert_eq!(text(ask(all, None, 3)), "zk!c/r/e/n!http");
        assert_eq!(text(ask(all, Some(0), 1)), "zk!c/r/e/n!http");
        assert_eq!(text(ask(each, Some(2), 3)), "2.n");
        assert_eq!(text(ask(each, None, 1)), "0.n");
        assert_eq!(text(ask(each, None, 2)), "the job has several instances");
        assert_eq!(
            text(ask(all, Some(1), 2)),
            "`[aurora] address` looks all instances up at once"
        );
        assert_eq!(text(ask(None, None, 1)), DYNAMIC);
    }
}
