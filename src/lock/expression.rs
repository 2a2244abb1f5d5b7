//! The expressions that Nix evaluates: what a package's derivation, output and path are.
//!
//! Every text of a definition becomes a string literal, so that none of it is code.

use crate::model::{Attribute, Installable};

/// From an output's name, or null, and a package to its derivation, output and path.
const PICK: &str = r#"(output: package:
let
  outputs = package.outputs or [ "out" ];
  picked =
    if (package.type or null) != "derivation" then throw "it is no derivation"
    else if output == null then package
    else if builtins.elem output outputs then package.${output}
    else throw "it has no output `${output}`, only `${builtins.concatStringsSep "`, `" outputs}`";
in [ picked.drvPath (picked.outputName or "out") picked.outPath ])"#;

/// From `pick`, a list of names with outputs, and a set to what each of them is: null if it is not
/// in the set, false if it is and cannot be evaluated.
const EACH: &str = r"(pick: wanted: root:
let
  at = names: set:
    if names == [ ] then { found = set; }
    else if builtins.isAttrs set && builtins.hasAttr (builtins.head names) set
    then at (builtins.tail names) set.${builtins.head names}
    else null;
  one = { names, output }:
    let
      place = at names root;
      picked = pick output place.found;
      tried = builtins.tryEval (if place == null then null else builtins.deepSeq picked picked);
    in if tried.success then tried.value else false;
in map one wanted)";

/// A function from a package to its derivation, output and path.
pub(super) fn pick(installable: &Installable) -> String {
    format!("{PICK} {}", output(installable))
}

/// A function from a set to a list of what each of the installables is in it.
pub(super) fn each(installables: &[&Installable]) -> String {
    let mut wanted = String::new();
    for installable in installables {
        let names = installable.attribute.names.iter();
        let names: String = names.map(|name| string(name) + " ").collect();
        let output = output(installable);
        wanted.push_str(&format!("{{ names = [ {names}]; output = {output}; }} "));
    }
    format!("{EACH} {PICK} [ {wanted}]")
}

/// The set of a Nix file, by its absolute path.
pub(super) fn file(path: &str) -> String {
    let path = string(path);
    format!(
        "(let found = import {path}; in if builtins.isFunction found then found {{ }} else found)"
    )
}

/// The set of `<nixpkgs>`, without what the user's own configuration would change in it.
pub(super) fn nixpkgs() -> String {
    "(let found = import <nixpkgs>; in if !builtins.isFunction found then found else found \
     (builtins.intersectAttrs (builtins.functionArgs found) { config = { }; overlays = [ ]; }))"
        .to_owned()
}

/// An attribute of a set.
pub(super) fn select(root: &str, attribute: &Attribute) -> String {
    if attribute.names.is_empty() {
        return root.to_owned();
    }
    let missing = string(&format!("{MISSING}{}`", attribute.text));
    format!("({} or (throw {missing}))", lookup(root, attribute))
}

/// An attribute of a set, without words for the case that there is none.
pub(super) fn lookup(root: &str, attribute: &Attribute) -> String {
    let names = attribute.names.iter();
    let path: String = names.map(|name| format!(".{}", string(name))).collect();
    format!("{root}{path}")
}

/// What the expression says of an attribute that is not there, up to its name.
pub(super) const MISSING: &str = "there is no attribute `";

fn output(installable: &Installable) -> String {
    match &installable.output {
        Some(output) => string(output),
        None => "null".to_owned(),
    }
}

/// A string literal.
fn string(text: &str) -> String {
    let mut literal = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' | '$' => literal.extend(['\\', character]),
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' => literal.push_str("\\t"),
            _ => literal.push(character),
        }
    }
    literal.push('"');
    literal
}

#[cfg(test)]
mod tests {
    use super::{select, string};
    use crate::model::Installable;

    #[test]
    fn texts_are_never_code() {
        assert_eq!(string(r#"a"b\c${d}"#), r#""a\"b\\c\${d}""#);
        let hostile = Installable::parse("a.\"${builtins.exec x}\"").expect("it is quoted");
        assert_eq!(
            select("root", &hostile.attribute),
            r#"(root."a"."\${builtins.exec x}" or (throw "there is no attribute `a.\"\${builtins.exec x}\"`"))"#
        );
    }
}
