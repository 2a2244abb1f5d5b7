//! The guard itself, held against small made-up crates: what it must find, and what it must not.

use std::collections::BTreeMap;

use super::arrows;
use super::modules::Crate;
use super::rings;
use super::table::{NEVERS, Row};

/// A crate of these files, each named below `src/`.
fn made_up(files: &[(&str, &str)]) -> Crate {
    let text = |(name, text): &(&str, &str)| (format!("src/{name}"), (*text).to_owned());
    Crate::parse(files.iter().map(text).collect::<BTreeMap<_, _>>())
}

/// The rings, each as the names of its files.
fn rings_of(files: &[(&str, &str)]) -> Vec<String> {
    let rings = rings::rings(&rings::uses(&made_up(files)));
    let join = |ring: &std::collections::BTreeSet<String>| {
        ring.iter()
            .map(|it| it.trim_start_matches("src/"))
            .collect::<Vec<_>>()
            .join(" ")
    };
    rings.iter().map(join).collect()
}

const ARROWS: &[Row] = &[("a", &[]), ("b", &["a"]), ("lib", &[])];

/// What the guard says of a crate in which `b` may use `a`, and `a` is this text.
fn arrows_of(text: &str, debts: &[(&str, &str)]) -> Vec<String> {
    let sources = made_up(&[
        ("lib.rs", "mod a; mod b;"),
        ("a/mod.rs", text),
        ("a/below.rs", "pub use super::super::b::Thing;"),
        (
            "b.rs",
            "pub use crate::a::Leaf; pub struct Thing; pub mod c { pub fn call() {} }",
        ),
    ]);
    arrows::check(&sources, ARROWS, debts)
}

fn a_ring_of_three_is_found() {
    let files = [
        ("lib.rs", "mod a; mod b; mod c;"),
        ("a.rs", "use crate::b::B; pub struct A(B);"),
        ("b.rs", "pub struct B; fn f() { super::c::call() }"),
        (
            "c.rs",
            "pub fn call() { println!(\"{}\", crate::a::A::name()) }",
        ),
    ];
    assert_eq!(rings_of(&files), ["a.rs b.rs c.rs"]);
}

fn a_chain_is_no_ring() {
    let files = [
        ("lib.rs", "mod a; mod b; mod c;"),
        ("a.rs", "use crate::b::B; pub struct A(B);"),
        ("b.rs", "pub struct B; fn f() { super::c::call() }"),
        ("c.rs", "use crate::{a, b}; pub fn call() {}"),
    ];
    assert_eq!(rings_of(&files), Vec::<String>::new());
}

fn a_parent_that_hands_on_is_in_no_ring() {
    let files = [
        ("lib.rs", "mod p;"),
        (
            "p/mod.rs",
            "mod one; mod two; pub use one::One; pub use two::*;",
        ),
        ("p/one.rs", "pub struct One;"),
        ("p/two.rs", "use super::One; pub struct Two(One);"),
    ];
    assert_eq!(rings_of(&files), Vec::<String>::new());
}

fn children_are_seen_through_what_their_parent_hands_on() {
    let files = [
        ("lib.rs", "mod p;"),
        (
            "p/mod.rs",
            "mod one; mod two; pub use one::One; pub use two::*;",
        ),
        ("p/one.rs", "pub struct One(crate::p::Two);"),
        ("p/two.rs", "use super::One; pub struct Two(Box<One>);"),
    ];
    assert_eq!(rings_of(&files), ["p/one.rs p/two.rs"]);
}

fn a_parent_that_defines_what_its_children_use_is_in_a_ring() {
    let files = [
        ("lib.rs", "mod p;"),
        (
            "p/mod.rs",
            "mod one; struct Context; fn f(c: &Context) { one::check(c) }",
        ),
        (
            "p/one.rs",
            "use super::Context; pub fn check(_: &Context) {}",
        ),
    ];
    assert_eq!(rings_of(&files), ["p/mod.rs p/one.rs"]);
}

fn debts_in_rings_must_be_owed() {
    let files = made_up(&[
        ("lib.rs", "mod a; mod b; mod c;"),
        ("a.rs", "use crate::b::B; pub struct A;"),
        ("b.rs", "pub struct B(super::a::A);"),
        ("c.rs", ""),
    ]);
    let uses = rings::uses(&files);
    assert_eq!(
        rings::check(&uses, &[]),
        [
            "these files use each other:\n  src/a.rs uses src/b.rs (line 1: `B`)\n  \
          src/b.rs uses src/a.rs (line 1: `A`)"
        ]
    );
    assert_eq!(
        rings::check(&uses, &[&["src/a.rs", "src/b.rs"]]),
        Vec::<String>::new()
    );
    assert_eq!(
        rings::check(&uses, &[&["src/a.rs", "src/b.rs", "src/c.rs"]]),
        ["src/c.rs is in no ring: take it out of the list"]
    );
}

fn arrows_are_seen_however_they_are_written() {
    let uses = |line: usize| vec![format!("src/a/mod.rs:{line}: `a` uses `b`")];
    let check = |text: &str, expected: &[String]| {
        assert_eq!(arrows_of(text, &[]), expected, "{text}");
    };
    check("use crate::b::Thing;", &uses(1));
    check("use crate::{a::x, b};", &uses(1));
    check("use crate::{self, b::{c::call, Thing as Other}};", &uses(1));
    check("use super::b::*;", &uses(1));
    check("pub use crate::b::Thing;", &uses(1));
    check("fn f() {\n    crate::b::c::call()\n}", &uses(2));
    check("fn f() {\n    use super::b;\n}", &uses(2));
    check("fn f() -> Option<crate::b::Thing> { None }", &uses(1));
    check("fn f() { format!(\"{}\", crate::b::c::call()); }", &uses(1));
    check(
        "macro_rules! m { () => { $crate::b::c::call() } }",
        &uses(1),
    );
    check("#[serde(with = \"crate::b::c\")] struct S;", &uses(1));
    check("mod inner { use super::super::b; }", &uses(1));
    // By the name that it has elsewhere, and by the module that defines it.
    check("use crate::b::Leaf; pub struct Leaf;", &uses(1));
    let through = [
        "src/a/below.rs:1: `a` uses `b`",
        "src/a/mod.rs:1: `a` uses `b`",
    ];
    check("mod below; use below::Thing;", &through.map(str::to_owned));
    check("pub(in crate::b) struct Leaf;", &[]);
    check("use std::fmt; fn b() {} fn f() { b(); fmt::b() }", &[]);
}

fn code_behind_a_module_of_tests_is_seen() {
    let text = "#[cfg(test)]\nmod tests { }\n\nuse crate::b::Thing;";
    assert_eq!(arrows_of(text, &[]), ["src/a/mod.rs:4: `a` uses `b`"]);
}

fn tests_may_use_what_they_like() {
    for text in [
        "#[cfg(test)] mod tests { use crate::b::Thing; }",
        "#[cfg(test)] use crate::b::Thing;",
        "#[cfg(all(test, unix))] fn f() { crate::b::c::call() }",
        "#[cfg(test)] mod below;",
        "struct S; impl S { #[cfg(test)] fn f() { crate::b::c::call() } }",
    ] {
        assert_eq!(arrows_of(text, &[]), Vec::<String>::new(), "{text}");
    }
    let text = "#[cfg(not(test))] use crate::b::Thing;";
    assert_eq!(arrows_of(text, &[]), ["src/a/mod.rs:1: `a` uses `b`"]);
}

fn a_debt_of_an_arrow_must_be_owed() {
    let debts = [("a", "b")];
    assert_eq!(
        arrows_of("use crate::b::Thing;", &debts),
        Vec::<String>::new()
    );
    let paid = ["`a` uses `b` no more: take the debt out of the list"];
    assert_eq!(arrows_of("", &debts), paid);
}

fn a_never_is_caught() {
    let sources = made_up(&[
        (
            "lib.rs",
            "mod cli; mod model; mod plan; mod store; mod target;",
        ),
        ("main.rs", "fn main() { jobc::cli::main() }"),
        ("cli.rs", "use crate::target::Target; pub fn main() {}"),
        ("model.rs", "pub struct Job;"),
        ("plan.rs", "pub use crate::model::Job;"),
        ("store.rs", "fn f() { crate::cli::main() }"),
        (
            "target/mod.rs",
            "mod one; mod two; mod encode; pub enum Target { One(one::One) }",
        ),
        ("target/encode.rs", "pub fn sh() {}"),
        (
            "target/one.rs",
            "use super::{encode, two}; pub struct One; fn f() { encode::sh() }",
        ),
        (
            "target/two.rs",
            "use crate::plan::Job; use super::Target; fn f(_: Job) { }",
        ),
    ]);
    let found = arrows::never(&sources, NEVERS, &[]);
    let found: Vec<&str> = found
        .iter()
        .map(|it| it.rsplit_once(": ").map_or("", |it| it.0))
        .collect();
    assert_eq!(
        found,
        [
            "src/store.rs:1: `store` uses `cli`",
            "src/store.rs:1: `store` uses `cli`",
            "src/target/one.rs:1: `target::one` uses `target::two`",
            "src/target/two.rs:1: `target::two` uses `model`",
        ]
    );
    let debt = [("target", "model")];
    assert_eq!(arrows::never(&sources, NEVERS, &debt).len(), 3);
}

fn a_lower_layer_uses_no_higher_one() {
    let sources = made_up(&[
        ("lib.rs", "mod cli;"),
        (
            "cli/mod.rs",
            "mod ui; mod commands; pub fn all() {} fn f() { commands::run() }",
        ),
        ("cli/ui.rs", "pub fn say() { super::commands::run() }"),
        (
            "cli/commands.rs",
            "pub fn run() { super::ui::say(); super::all() }",
        ),
    ]);
    let layers = ["cli::ui", "cli::commands"];
    assert_eq!(
        arrows::layers(&sources, &layers, &[("cli::commands", "the rest")]),
        ["src/cli/ui.rs:1: `cli::ui` uses `cli::commands`"]
    );
    let debts = [
        ("cli::ui", "cli::commands"),
        ("cli::commands", "the rest"),
        ("cli::ui", "the rest"),
    ];
    assert_eq!(
        arrows::layers(&sources, &layers, &debts),
        ["`cli::ui` uses `the rest` no more: take the debt out of the list"]
    );
}

tests! {
    a_ring_of_three_is_found,
    a_chain_is_no_ring,
    a_parent_that_hands_on_is_in_no_ring,
    children_are_seen_through_what_their_parent_hands_on,
    a_parent_that_defines_what_its_children_use_is_in_a_ring,
    debts_in_rings_must_be_owed,
    arrows_are_seen_however_they_are_written,
    code_behind_a_module_of_tests_is_seen,
    tests_may_use_what_they_like,
    a_debt_of_an_arrow_must_be_owed,
    a_never_is_caught,
    a_lower_layer_uses_no_higher_one,
}
