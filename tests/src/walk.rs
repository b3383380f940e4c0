//! Goes wherever links lead, and says what is wrong on the way: answers that are not pages, pages wider than their
//! window, broken rules of accessibility, complaints in the browser's console.

use crate::{Browser, accessibility};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Addresses of this page's links that stay on its host, without fragments.
const LINKS: &str = "return [...document.querySelectorAll('a[href]')]
    .filter(a => a.origin === location.origin && !a.hasAttribute('download') && !a.target)
    .map(a => a.href.split('#')[0]);";

/// What a walk found.
#[derive(Debug, Default)]
pub struct Walk {
    /// Every page that was opened.
    pub pages: Vec<String>,
    /// One line a fault.
    pub faults: Vec<String>,
}

/// Walks from the current page, at most `most` pages, at most three of a kind (addresses that differ in an id only).
/// Takes a picture of the first page of each kind, named after `who` and the address.
pub async fn walk(browser: &Browser, who: &str, most: usize) -> Walk {
    let mut walk = Walk::default();
    let mut known = BTreeSet::new();
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    let mut next = VecDeque::from([browser.url().await]);
    while let Some(url) = next.pop_front() {
        let seen = kinds.entry(kind(&url)).or_default();
        *seen += 1;
        if *seen > 3 || walk.pages.len() == most {
            continue;
        }
        let first = *seen == 1;
        browser.goto(&url).await;
        let is_page = look(browser, &url, who, first, &mut walk).await;
        walk.pages.push(url);
        if is_page {
            let links = browser.script(LINKS, vec![]).await;
            let links = links
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str);
            next.extend(
                links
                    .filter(|link| leads_to_a_page(link) && known.insert((*link).to_owned()))
                    .map(str::to_owned),
            );
        }
    }
    walk
}

/// Whether there was a page to look at.
async fn look(browser: &Browser, url: &str, who: &str, first: bool, walk: &mut Walk) -> bool {
    let answer = browser
        .script(
            "return [performance.getEntriesByType('navigation')[0]?.responseStatus ?? 0, document.contentType];",
            vec![],
        )
        .await;
    let mut fault = |what: String| walk.faults.push(format!("{who} at {url}: {what}"));
    if answer[0].as_u64().is_none_or(|status| status >= 400) {
        fault(format!("status {}", answer[0]));
        return false;
    }
    if answer[1] != json!("text/html") {
        return false;
    }
    if browser.overflows().await {
        fault("wider than its window".into());
    }
    for line in browser.console().await {
        fault(format!("console: {line}"));
    }
    if first {
        browser
            .screenshot(&format!(
                "{who}{}",
                kind(url).replace(['/', '?', '&', '='], "-")
            ))
            .await;
        let violations = accessibility::violations(browser).await;
        if !violations.is_empty() {
            fault(format!("not accessible:\n{violations}"));
        }
    }
    true
}

/// The address without its host, with `n` for every part that holds a digit (ids, years, numbers).
fn kind(url: &str) -> String {
    let path = url.splitn(4, '/').nth(3).unwrap_or_default();
    let (path, query) = path
        .split_once('?')
        .map_or((path, ""), |(path, query)| (path, query));
    let mut kind = String::new();
    for part in path.split('/') {
        kind.push('/');
        kind.push_str(if part.contains(|c: char| c.is_ascii_digit()) {
            "n"
        } else {
            part
        });
    }
    let keys: BTreeSet<_> = query
        .split('&')
        .filter_map(|pair| pair.split('=').next())
        .filter(|key| !key.is_empty())
        .collect();
    for key in keys {
        kind.push('?');
        kind.push_str(key);
    }
    kind
}

/// Downloads are another test's.
fn leads_to_a_page(link: &str) -> bool {
    let path = link.split('?').next().unwrap_or_default();
    let last = path.rsplit('/').next().unwrap_or_default();
    ![
        "csv", "xlsx", "json", "zip", "bel", "pb", "xml", "atom", "ics", "png", "jpg", "svg",
        "pdf", "toml",
    ]
    .iter()
    .any(|ending| {
        last.rsplit_once('.')
            .is_some_and(|(_, found)| found == *ending)
    }) && !path.contains("/record/tile/")
        && !path.contains("sign-out")
}

#[cfg(test)]
mod tests {
    use super::kind;

    #[test]
    fn pages_that_differ_in_an_id_only_are_of_one_kind() {
        assert_eq!(
            kind("http://127.0.0.1:1/j/qinghe/2026/proposals/17?page=2"),
            "/j/qinghe/n/proposals/n?page"
        );
        assert_eq!(kind("http://127.0.0.1:1/"), "/");
    }
}
