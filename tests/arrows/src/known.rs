//! Reading a crate's source for what its modules name.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use proc_macro2::{Span, TokenStream};
use syn::visit::{self, Visit};
use syn::{Attribute, Item, ItemMod, Meta, UseTree, Visibility};

use crate::paths::{leaves, paths_in};
use crate::{Arrows, ArrowsError, Place, ROOT};

/// The arrows of the crate whose `lib.rs` (or, without one, `main.rs`) lies in the folder `src`.
///
/// # Errors
/// [`ArrowsError::File`], [`ArrowsError::Syntax`].
pub fn read(src: &Path) -> Result<Arrows, ArrowsError> {
    let library = src.join("lib.rs");
    let root = if library.exists() {
        library
    } else {
        src.join("main.rs")
    };
    let items = parse(&root)?;
    let mut reader = Reader {
        root: Root::of(&items),
        arrows: Arrows::default(),
        file: root,
        module: Vec::new(),
        folder: src.to_owned(),
        error: None,
    };
    reader.items(&items);
    reader.error.map_or(Ok(reader.arrows), Err)
}

fn parse(path: &Path) -> Result<Vec<Item>, ArrowsError> {
    let text = std::fs::read_to_string(path).map_err(|error| ArrowsError::File {
        path: path.to_owned(),
        error,
    })?;
    let file = syn::parse_file(&text).map_err(|error| ArrowsError::Syntax {
        path: path.to_owned(),
        error,
    })?;
    Ok(file.items)
}

/// The names that the crate's root has.
struct Root {
    modules: BTreeSet<String>,
    /// Names that the root gives on, with the module that each comes from.
    given_on: BTreeMap<String, String>,
}

impl Root {
    fn of(items: &[Item]) -> Self {
        let modules: BTreeSet<String> = items
            .iter()
            .filter_map(|item| match item {
                Item::Mod(module) => Some(module.ident.to_string()),
                _ => None,
            })
            .collect();
        let mut given_on = BTreeMap::new();
        for item in items {
            let Item::Use(item) = item else { continue };
            for leaf in leaves(&item.tree) {
                let mut path = leaf.path.iter().map(String::as_str);
                let first = path.find(|name| !matches!(*name, "crate" | "self"));
                if let Some(module) = first.filter(|name| modules.contains(*name)) {
                    given_on.insert(leaf.name, module.to_owned());
                }
            }
        }
        Self { modules, given_on }
    }

    /// The module that a path from the root begins in.
    fn module<'a>(&'a self, name: Option<&'a String>) -> &'a str {
        match name {
            Some(name) if self.modules.contains(name) => name,
            Some(name) => self.given_on.get(name).map_or(ROOT, String::as_str),
            None => ROOT,
        }
    }
}

/// Walks through the files, as `mod` leads from one to the next.
struct Reader {
    root: Root,
    arrows: Arrows,
    /// The file that is being read.
    file: PathBuf,
    /// The path from the crate's root to the module that is being read.
    module: Vec<String>,
    /// Where the files of that module's children lie.
    folder: PathBuf,
    error: Option<ArrowsError>,
}

impl Reader {
    fn items(&mut self, items: &[Item]) {
        for item in items {
            self.visit_item(item);
        }
    }

    /// Notes what a path names, which is resolved as it stands in the present module.
    fn name(&mut self, path: &[String], span: Span) {
        let mut place = self.module.clone();
        let mut rest = path.iter().peekable();
        match rest.peek().map(|name| name.as_str()) {
            Some("crate") => place.clear(),
            Some("self" | "super") => {}
            // A path without a beginning starts at a child, another crate or a name that a `use` has brought, which is noted
            // there; a name alone may be a variable's.
            Some(first)
                if place.is_empty() && path.len() > 1 && self.root.modules.contains(first) => {}
            _ => return,
        }
        while let Some(step) = rest.next_if(|name| is_step(name)) {
            if step == "super" {
                place.pop();
            }
        }
        place.extend(rest.cloned());
        let to = self.root.module(place.first()).to_owned();
        let from = self.module.first().map_or(ROOT, String::as_str).to_owned();
        let place = Place {
            file: self.file.clone(),
            line: span.start().line,
        };
        self.arrows.add(&from, &to, place);
    }

    fn tokens(&mut self, tokens: &TokenStream) {
        for (path, span) in paths_in(tokens.clone()) {
            self.name(&path, span);
        }
    }

    fn child(&mut self, item: &ItemMod) -> Result<(), ArrowsError> {
        let name = item.ident.to_string();
        let folder = self.folder.join(&name);
        let read;
        let (file, items) = if let Some((_, items)) = &item.content {
            (self.file.clone(), items)
        } else {
            let file = self.file_of(item, &name);
            read = parse(&file)?;
            (file, &read)
        };
        let file = std::mem::replace(&mut self.file, file);
        let folder = std::mem::replace(&mut self.folder, folder);
        self.module.push(name);
        self.items(items);
        self.module.pop();
        (self.file, self.folder) = (file, folder);
        Ok(())
    }

    fn file_of(&self, item: &ItemMod, name: &str) -> PathBuf {
        let named = item.attrs.iter().find_map(|attribute| {
            let value = &attribute.meta.require_name_value().ok()?.value;
            let syn::Expr::Lit(syn::ExprLit {
                lit: syn::Lit::Str(path),
                ..
            }) = value
            else {
                return None;
            };
            let beside = self.file.parent().unwrap_or(&self.folder);
            attribute
                .path()
                .is_ident("path")
                .then(|| beside.join(path.value()))
        });
        named.unwrap_or_else(|| {
            let inside = self.folder.join(name).join("mod.rs");
            if inside.exists() {
                inside
            } else {
                self.folder.join(name).with_extension("rs")
            }
        })
    }
}

fn is_step(name: &str) -> bool {
    matches!(name, "crate" | "self" | "super")
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item(&mut self, item: &'ast Item) {
        if !attributes(item).iter().any(is_for_tests) {
            visit::visit_item(self, item);
        }
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        if !item.attrs.iter().any(is_for_tests) {
            visit::visit_impl_item_fn(self, item);
        }
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        if self.error.is_none()
            && let Err(error) = self.child(item)
        {
            self.error = Some(error);
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        // What the root gives on is not something that it knows.
        if self.module.is_empty() && !matches!(item.vis, Visibility::Inherited) {
            return;
        }
        if item.leading_colon.is_some() {
            return;
        }
        for leaf in leaves(&item.tree) {
            self.name(&leaf.path, leaf.span);
        }
    }

    fn visit_use_tree(&mut self, _: &'ast UseTree) {}

    /// `pub(in crate::x)` is about who may look in, not about what is known.
    fn visit_visibility(&mut self, _: &'ast Visibility) {}

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names: Vec<String> = path.segments.iter().map(|s| s.ident.to_string()).collect();
        let first = path.segments.first();
        if let Some(first) = first.filter(|_| path.leading_colon.is_none()) {
            self.name(&names, first.ident.span());
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, item: &'ast syn::Macro) {
        self.visit_path(&item.path);
        self.tokens(&item.tokens);
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        if let Meta::List(list) = &attribute.meta {
            self.tokens(&list.tokens);
        }
    }
}

/// `#[test]`, `#[cfg(test)]` or `#[cfg(all(test, …))]`.
fn is_for_tests(attribute: &Attribute) -> bool {
    let path = attribute.path();
    if path.is_ident("test") {
        return true;
    }
    let Meta::List(list) = &attribute.meta else {
        return false;
    };
    let condition: String = list.tokens.to_string().split_whitespace().collect();
    path.is_ident("cfg") && (condition == "test" || condition.starts_with("all(test,"))
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::ExternCrate(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}
