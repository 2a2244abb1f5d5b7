//! Waits between jobs by their names, as places.

use super::schedule::{process, task};
use crate::plan::When;
use crate::run::{JobWait, Key, Links, Process, Task, Telling, Wait, waits};

fn key(name: &str) -> Key {
    Key {
        cluster: "c".to_owned(),
        role: "r".to_owned(),
        environment: "e".to_owned(),
        name: name.to_owned(),
    }
}

fn named(names: &[&str]) -> Task {
    task(names.iter().map(|name| process(name)).collect(), &[])
}

fn links(telling: &[(&str, &str)], waits: &[(&str, &str, When)]) -> Links {
    let telling = telling.iter().map(|(step, process)| Telling {
        step: (*step).to_owned(),
        process: (*process).to_owned(),
    });
    let waits = waits.iter().map(|(process, of, when)| JobWait {
        process: (*process).to_owned(),
        of: format!("c/r/e/{of}"),
        when: *when,
    });
    Links {
        telling: telling.collect(),
        waits: waits.collect(),
    }
}

#[test]
fn a_step_that_tells_waits_with_its_process() {
    let (db, web) = (key("db"), key("web"));
    let (of_db, of_web) = (named(&["await", "server"]), named(&["a", "await_b", "b"]));
    let db_links = links(&[("await", "server")], &[]);
    let web_links = links(
        &[("await_b", "b")],
        &[
            ("b", "db", When::Ready),
            ("a", "db", When::Succeeded),
            ("a", "elsewhere", When::Ready),
        ],
    );
    let found = waits(&[(&db, &of_db, &db_links), (&web, &of_web, &web_links)]);
    let wait = |process, when| Wait {
        job: 1,
        process,
        of: 0,
        when,
    };
    let expected = [
        wait(0, When::Succeeded),
        wait(1, When::Ready),
        wait(2, When::Ready),
    ];
    assert_eq!(found, expected);
    assert_eq!(db_links.telling(&of_db), [0]);
    assert_eq!(web_links.telling(&of_web), [1]);
}

#[test]
fn what_the_finalisation_does_tells_nothing() {
    let last = Process {
        is_final: true,
        ..process("await")
    };
    let task = task(vec![last, process("other")], &[]);
    assert!(links(&[("await", "p")], &[]).telling(&task).is_empty());
}
