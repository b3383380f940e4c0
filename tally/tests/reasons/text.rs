//! The names in a source text, and what a test's text says of checks and reasons.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use tally::verify::{CHECKS, REASONS};

/// The source without its attributes, comments and inner tests.
pub fn tokens(path: &Path) -> TokenStream {
    let source = std::fs::read_to_string(path).unwrap();
    source.parse().unwrap()
}

/// Whether it has the form of a check's or a reason's name.
pub fn is_name(text: &str) -> bool {
    let part = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
    text.split('-').all(part)
}

/// The name that stands there as a string, if one does.
fn name(token: &TokenTree) -> Option<String> {
    let TokenTree::Literal(literal) = token else {
        return None;
    };
    let text = literal.to_string();
    let inner = text.strip_prefix('"')?.strip_suffix('"')?;
    is_name(inner).then(|| inner.to_owned())
}

fn is_punct(token: Option<&TokenTree>, sign: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == sign)
}

fn is_word(token: Option<&TokenTree>, word: &str) -> bool {
    matches!(token, Some(TokenTree::Ident(ident)) if *ident == word)
}

/// The tokens without attributes, and without the modules that a test build has.
fn code(stream: &TokenStream) -> Vec<TokenTree> {
    let all: Vec<TokenTree> = stream.clone().into_iter().collect();
    let mut kept = Vec::new();
    let mut rest = all.iter();
    let mut of_tests = false;
    while let Some(token) = rest.next() {
        if is_punct(Some(token), '#') {
            let mut next = rest.clone();
            if is_punct(next.as_slice().first(), '!') {
                next.next();
            }
            if let Some(TokenTree::Group(group)) = next.next()
                && group.delimiter() == Delimiter::Bracket
            {
                of_tests |= group.to_string().contains("cfg (test)")
                    || group.to_string().contains("cfg(test)");
                rest = next;
                continue;
            }
        }
        if of_tests && is_word(Some(token), "mod") {
            // Its name, and its body or a semicolon.
            rest.next();
            rest.next();
            of_tests = false;
            continue;
        }
        kept.push(token.clone());
    }
    kept
}

/// All names in it.
pub fn words(stream: &TokenStream) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for token in code(stream) {
        match &token {
            TokenTree::Group(group) => found.extend(words(&group.stream())),
            other => found.extend(name(other)),
        }
    }
    found
}

/// A function, with what stands in it.
pub struct Function {
    pub name: String,
    pub body: TokenStream,
}

/// The functions of a file, in whatever they stand but other functions.
pub fn functions(stream: &TokenStream) -> Vec<Function> {
    let mut found = Vec::new();
    let mut named = None;
    let mut is_next = false;
    for token in code(stream) {
        match token {
            TokenTree::Ident(ident) if is_next => named = Some(ident.to_string()),
            TokenTree::Punct(punct) if punct.as_char() == ';' => named = None,
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                let body = group.stream();
                match named.take() {
                    Some(name) => found.push(Function { name, body }),
                    None => found.extend(functions(&body)),
                }
            }
            TokenTree::Ident(ident) => {
                is_next = ident == "fn";
                continue;
            }
            _ => {}
        }
        is_next = false;
    }
    found
}

/// The checks and reasons that a test's file names: beside each other, in one list or call; else a reason is of the checks
/// that its function names, and the functions of the file that it calls.
pub fn blamed(file: &TokenStream) -> BTreeSet<(String, String)> {
    let all = functions(file);
    let mut found = beside(file);
    let own: BTreeMap<&str, BTreeSet<String>> = all
        .iter()
        .map(|one| (one.name.as_str(), checks(&words(&one.body))))
        .collect();
    for one in &all {
        let mut of = own[one.name.as_str()].clone();
        of.extend(called(&one.body, &all, &own, &mut BTreeSet::new()));
        for reason in alone(&one.body) {
            found.extend(of.iter().map(|check| (check.clone(), reason.clone())));
        }
    }
    found.retain(|(check, reason)| is_reason_of(check, reason));
    found
}

fn is_reason_of(check: &str, reason: &str) -> bool {
    let mut known = REASONS.iter().filter(|(name, _)| *name == check);
    known.any(|(_, reasons)| reasons.contains(&reason))
}

fn checks(words: &BTreeSet<String>) -> BTreeSet<String> {
    let known = |word: &&String| CHECKS.contains(&word.as_str());
    words.iter().filter(known).cloned().collect()
}

/// The names directly in a group, or in a `Some` in it.
fn direct(stream: &TokenStream) -> Vec<String> {
    let mut names = Vec::new();
    let mut after_some = false;
    for token in code(stream) {
        match &token {
            TokenTree::Group(group) if after_some => names.extend(direct(&group.stream())),
            other => names.extend(name(other)),
        }
        after_some = is_word(Some(&token), "Some");
    }
    names
}

fn groups(stream: &TokenStream) -> Vec<Group> {
    let group = |token| match token {
        TokenTree::Group(group) => Some(group),
        _ => None,
    };
    code(stream).into_iter().filter_map(group).collect()
}

/// A check, and after it in the same parentheses or brackets a reason of it.
fn beside(stream: &TokenStream) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for group in groups(stream) {
        found.extend(beside(&group.stream()));
        if group.delimiter() == Delimiter::Brace {
            continue;
        }
        let names = direct(&group.stream());
        for (place, check) in names.iter().enumerate() {
            let after = names[place + 1..].iter();
            let pairs = after.filter(|reason| is_reason_of(check, reason));
            found.extend(pairs.map(|reason| (check.clone(), reason.clone())));
        }
    }
    found
}

/// The names that stand in no parentheses or brackets with a check before them of which they are reasons.
fn alone(stream: &TokenStream) -> Vec<String> {
    let mut found = Vec::new();
    for group in groups(stream) {
        found.extend(alone(&group.stream()));
    }
    let names = direct(stream);
    for (place, reason) in names.iter().enumerate() {
        let before = &names[..place];
        if !before.iter().any(|check| is_reason_of(check, reason)) {
            found.push(reason.clone());
        }
    }
    found
}

/// The checks that the functions of the file name which are called in it.
fn called(
    body: &TokenStream,
    all: &[Function],
    own: &BTreeMap<&str, BTreeSet<String>>,
    seen: &mut BTreeSet<String>,
) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for token in body.clone() {
        match token {
            TokenTree::Group(group) => found.extend(called(&group.stream(), all, own, seen)),
            TokenTree::Ident(ident) => {
                let name = ident.to_string();
                let helper = all.iter().find(|one| one.name == name);
                let Some(helper) = helper.filter(|_| seen.insert(name.clone())) else {
                    continue;
                };
                let checks = &own[name.as_str()];
                if checks.is_empty() {
                    found.extend(called(&helper.body, all, own, seen));
                } else {
                    found.extend(checks.iter().cloned());
                }
            }
            _ => {}
        }
    }
    found
}
