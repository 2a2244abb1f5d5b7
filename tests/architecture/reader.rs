//! Reads a file of Rust into the modules that stand in it.

use std::collections::BTreeMap;

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, Ident, Item, UseTree, Visibility};

use super::modules::{Manner, Mention, Module, ModulePath};

/// A module that is declared, with the names that its file may have.
pub type Declared = (ModulePath, [String; 2]);

/// Reads `text` as the module at `path` and returns the modules that it declares in other files.
pub fn read(
    path: &[String],
    file: &str,
    text: &str,
    modules: &mut BTreeMap<ModulePath, Module>,
) -> Vec<Declared> {
    let parsed = syn::parse_file(text).unwrap_or_else(|error| panic!("{file}: {error}"));
    let (directory, name) = file.rsplit_once('/').expect("a source has a directory");
    let stem = name.trim_end_matches(".rs");
    let directory = match stem {
        "lib" | "main" | "mod" => directory.to_owned(),
        _ => format!("{directory}/{stem}"),
    };
    let mut reader = Reader {
        file,
        directory,
        path: path.to_vec(),
        modules,
        declared: Vec::new(),
    };
    reader.module(path.to_vec(), &parsed.items);
    reader.declared
}

struct Reader<'a> {
    file: &'a str,
    /// Where the modules lie that the current one declares.
    directory: String,
    /// The current module.
    path: ModulePath,
    modules: &'a mut BTreeMap<ModulePath, Module>,
    declared: Vec<Declared>,
}

impl Reader<'_> {
    fn module(&mut self, path: ModulePath, items: &[Item]) {
        let above = std::mem::replace(&mut self.path, path);
        let file = self.file.to_owned();
        let module = self.current();
        module.file = file;
        let items = items.iter().filter(|item| !is_for_tests(attributes(item)));
        module.items.extend(items.clone().filter_map(defined));
        for item in items {
            self.visit_item(item);
        }
        self.path = above;
    }

    fn current(&mut self) -> &mut Module {
        self.modules.entry(self.path.clone()).or_default()
    }

    fn mention(&mut self, path: Vec<String>, line: usize, manner: Manner) {
        self.current().mentions.push(Mention { path, line, manner });
    }

    fn import(&mut self, tree: &UseTree, above: &[String], manner: Manner) {
        let with = |name: &Ident| -> Vec<String> {
            let name = name.to_string();
            above.iter().cloned().chain([name]).collect()
        };
        let (name, path, line) = match tree {
            UseTree::Path(inner) => return self.import(&inner.tree, &with(&inner.ident), manner),
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.import(tree, above, manner);
                }
                return;
            }
            UseTree::Glob(glob) => {
                let line = glob.star_token.spans[0].start().line;
                self.current().globs.push(above.to_vec());
                return self.mention(above.to_vec(), line, manner);
            }
            UseTree::Name(name) if name.ident == "self" => {
                let last = above.last().cloned().unwrap_or_default();
                (last, above.to_vec(), name.ident.span().start().line)
            }
            UseTree::Name(name) => {
                let line = name.ident.span().start().line;
                (name.ident.to_string(), with(&name.ident), line)
            }
            UseTree::Rename(rename) => {
                let path = if rename.ident == "self" {
                    above.to_vec()
                } else {
                    with(&rename.ident)
                };
                let line = rename.ident.span().start().line;
                (rename.rename.to_string(), path, line)
            }
        };
        let imports = self.current().imports.entry(name).or_default();
        imports.push(path.clone());
        self.mention(path, line, manner);
    }

    /// Finds what looks like paths, and calls of methods and macros, in what only a macro understands.
    fn tokens(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut index = 0;
        while let Some(token) = tokens.get(index) {
            index += 1;
            match token {
                TokenTree::Group(group) => self.tokens(group.stream()),
                TokenTree::Ident(first) => {
                    let mut path = vec![first.to_string()];
                    while let Some(next) = after_colons(&tokens[index..]) {
                        path.push(next.to_string());
                        index += 3;
                    }
                    let before = index.checked_sub(2 + 3 * (path.len() - 1));
                    let is_method = before.is_some_and(|it| is_mark(&tokens[it], '.'));
                    let line = first.span().start().line;
                    let is_macro = tokens.get(index).is_some_and(|it| is_mark(it, '!'));
                    if is_method || is_macro {
                        self.current().calls.push((path.concat(), line));
                    } else {
                        self.mention(path, line, Manner::Use);
                    }
                }
                // serde is told functions by the texts of their paths.
                TokenTree::Literal(literal) => {
                    let text = literal.to_string();
                    let text = text.trim_matches('"');
                    let is_name = |it: &str| syn::parse_str::<Ident>(it).is_ok();
                    let path: Vec<&str> = text.split("::").collect();
                    let is_path = path.iter().all(|it| is_name(it) || *it == "crate");
                    if path.len() > 1 && is_path {
                        let path = path.into_iter().map(str::to_owned).collect();
                        self.mention(path, literal.span().start().line, Manner::Use);
                    }
                }
                TokenTree::Punct(_) => {}
            }
        }
    }
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        if !is_for_tests(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        if !is_for_tests(&function.attrs) {
            visit::visit_impl_item_fn(self, function);
        }
    }

    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        let name = module.ident.to_string();
        let path: ModulePath = self.path.iter().cloned().chain([name.clone()]).collect();
        let below = format!("{}/{name}", self.directory);
        if let Some((_, items)) = &module.content {
            let above = std::mem::replace(&mut self.directory, below);
            self.module(path, items);
            self.directory = above;
        } else {
            let files = [format!("{below}.rs"), format!("{below}/mod.rs")];
            self.declared.push((path, files));
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let manner = match item.vis {
            Visibility::Inherited => Manner::Use,
            _ => Manner::Export,
        };
        self.import(&item.tree, &[], manner);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names = path.segments.iter().map(|it| it.ident.to_string());
        let line = path.segments[0].ident.span().start().line;
        self.mention(names.collect(), line, Manner::Use);
        visit::visit_path(self, path);
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        let line = call.method.span().start().line;
        self.current().calls.push((call.method.to_string(), line));
        visit::visit_expr_method_call(self, call);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        let names = call.path.segments.iter().map(|it| it.ident.to_string());
        let line = call.path.segments[0].ident.span().start().line;
        let name = call.path.segments.last().map(|it| it.ident.to_string());
        self.current().calls.push((name.unwrap_or_default(), line));
        self.mention(names.collect(), line, Manner::Use);
        self.tokens(call.tokens.clone());
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        if let syn::Meta::List(list) = &attribute.meta {
            self.tokens(list.tokens.clone());
        }
    }

    /// `pub(in path)` uses nothing of the path.
    fn visit_visibility(&mut self, _: &'ast Visibility) {}
}

fn is_mark(token: &TokenTree, mark: char) -> bool {
    matches!(token, TokenTree::Punct(it) if it.as_char() == mark)
}

/// The name after `::`, if that is what the tokens start with.
fn after_colons(tokens: &[TokenTree]) -> Option<&Ident> {
    match tokens {
        [first, second, TokenTree::Ident(name), ..]
            if is_mark(first, ':') && is_mark(second, ':') =>
        {
            Some(name)
        }
        _ => None,
    }
}

/// Whether something is compiled for tests alone.
fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let syn::Meta::List(list) = &attribute.meta else {
            return false;
        };
        let mut tokens = list.tokens.clone().into_iter();
        list.path.is_ident("cfg")
            && match tokens.next() {
                Some(TokenTree::Ident(first)) if first == "test" => true,
                Some(TokenTree::Ident(first)) if first == "all" => tokens.any(|token| {
                    matches!(token, TokenTree::Group(group) if group.stream().into_iter().any(
                        |it| matches!(it, TokenTree::Ident(name) if name == "test"),
                    ))
                }),
                _ => false,
            }
    })
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(it) => &it.attrs,
        Item::Enum(it) => &it.attrs,
        Item::Fn(it) => &it.attrs,
        Item::Impl(it) => &it.attrs,
        Item::Macro(it) => &it.attrs,
        Item::Mod(it) => &it.attrs,
        Item::Static(it) => &it.attrs,
        Item::Struct(it) => &it.attrs,
        Item::Trait(it) => &it.attrs,
        Item::Type(it) => &it.attrs,
        Item::Use(it) => &it.attrs,
        _ => &[],
    }
}

/// The name that an item defines in its module. A `mod` or `use` defines nothing itself.
fn defined(item: &Item) -> Option<String> {
    let name = match item {
        Item::Const(it) => &it.ident,
        Item::Enum(it) => &it.ident,
        Item::Fn(it) => &it.sig.ident,
        Item::Macro(it) => it.ident.as_ref()?,
        Item::Static(it) => &it.ident,
        Item::Struct(it) => &it.ident,
        Item::Trait(it) => &it.ident,
        Item::Type(it) => &it.ident,
        _ => return None,
    };
    Some(name.to_string())
}
