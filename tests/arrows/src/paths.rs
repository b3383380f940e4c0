//! Paths, as they stand in a `use` and among tokens that only a macro understands.

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::UseTree;

/// One name that a `use` brings.
pub(crate) struct Leaf {
    /// The whole path that it is found by, without `*`.
    pub(crate) path: Vec<String>,
    /// The name that it then has.
    pub(crate) name: String,
    /// Where it stands.
    pub(crate) span: Span,
}

/// All names that a `use` brings.
pub(crate) fn leaves(tree: &UseTree) -> Vec<Leaf> {
    fn walk(tree: &UseTree, before: &[String], found: &mut Vec<Leaf>) {
        let with = |name: &syn::Ident| [before, &[name.to_string()]].concat();
        match tree {
            UseTree::Path(path) => walk(&path.tree, &with(&path.ident), found),
            UseTree::Name(name) => found.push(Leaf {
                path: with(&name.ident),
                name: name.ident.to_string(),
                span: name.ident.span(),
            }),
            UseTree::Rename(rename) => found.push(Leaf {
                path: with(&rename.ident),
                name: rename.rename.to_string(),
                span: rename.ident.span(),
            }),
            UseTree::Glob(glob) => found.push(Leaf {
                path: before.to_vec(),
                name: "*".to_owned(),
                span: glob.star_token.spans[0],
            }),
            UseTree::Group(group) => {
                for tree in &group.items {
                    walk(tree, before, found);
                }
            }
        }
    }
    let mut found = Vec::new();
    walk(tree, &[], &mut found);
    found
}

/// The paths from `crate`, `self` or `super` among tokens, also those inside string literals, as in
/// `#[serde(with = "crate::money")]`.
pub(crate) fn paths_in(tokens: TokenStream) -> Vec<(Vec<String>, Span)> {
    let mut found = Vec::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Group(group) => found.extend(paths_in(group.stream())),
            TokenTree::Literal(literal) => {
                let text = literal.to_string();
                let names: Vec<String> = text
                    .trim_matches('"')
                    .split("::")
                    .map(str::to_owned)
                    .collect();
                if names.len() > 1 && names.first().is_some_and(|name| begins_a_path(name)) {
                    found.push((names, literal.span()));
                }
            }
            TokenTree::Ident(ident) if begins_a_path(&ident.to_string()) => {
                let mut names = vec![ident.to_string()];
                while skip_colons(&mut tokens) {
                    let Some(TokenTree::Ident(next)) = tokens.peek() else {
                        break;
                    };
                    names.push(next.to_string());
                    tokens.next();
                }
                if names.len() > 1 {
                    found.push((names, ident.span()));
                }
            }
            TokenTree::Ident(_) | TokenTree::Punct(_) => {}
        }
    }
    found
}

fn begins_a_path(name: &str) -> bool {
    matches!(name, "crate" | "self" | "super")
}

fn skip_colons(tokens: &mut std::iter::Peekable<proc_macro2::token_stream::IntoIter>) -> bool {
    let mut colons = 0;
    while colons < 2
        && tokens
            .next_if(|token| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ':'))
            .is_some()
    {
        colons += 1;
    }
    colons == 2
}
