//! What every page must keep to, checked on each page that any test opens, in each language: one `h1`, headings in
//! order, labelled fields, unique ids, links within the page that lead somewhere, no inline style or script, no
//! missing translation, no Chinese on a page of another language that is not marked as such.

use std::collections::{BTreeMap, BTreeSet};

/// What is wrong with a page; empty where all is well.
pub fn faults(html: &str) -> Vec<String> {
    let tags = tags(html);
    let mut faults = Vec::new();
    let count = |name: &str| tags.iter().filter(|tag| tag.name == name).count();
    for (name, wanted) in [("h1", 1), ("main", 1), ("title", 1)] {
        // `title` also names drawings inside `svg`.
        if (name == "title" && count(name) < wanted) || (name != "title" && count(name) != wanted) {
            faults.push(format!("{} <{name}> instead of {wanted}", count(name)));
        }
    }
    if let Some((_, key)) = html.split_once(MISSING) {
        let key: String = key.chars().take(60).collect();
        faults.push(format!("no translation for {key}"));
    }
    if let Some((before, _)) = html.split_once("{$") {
        let before: String = before.chars().rev().take(20).collect();
        let before: String = before.chars().rev().collect();
        faults.push(format!("a translation lacks an argument after `{before}`"));
    }
    headings(&tags, &mut faults);
    inline(&tags, &mut faults);
    secrets(&tags, &mut faults);
    references(&tags, &mut faults);
    errors(&tags, &mut faults);
    labels(html, &tags, &mut faults);
    unmarked(html, &tags, &mut faults);
    faults
}

/// Stands before the key where a translation is missing (in tests only).
pub const MISSING: &str = "⟦no text: ";

#[derive(Debug)]
struct Tag {
    name: String,
    attributes: BTreeMap<String, String>,
    at: usize,
}

impl Tag {
    fn get(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }
}

/// The opening tags of what maud writes: attributes are always quoted, text is always escaped.
fn tags(html: &str) -> Vec<Tag> {
    let mut tags = Vec::new();
    for (at, _) in html.match_indices('<') {
        let rest = &html[at + 1..];
        if !rest.starts_with(|c: char| c.is_ascii_lowercase()) {
            continue;
        }
        let end = end_of_tag(rest);
        let inside = &rest[..end];
        let name = inside
            .split([' ', '/'])
            .next()
            .unwrap_or_default()
            .to_owned();
        tags.push(Tag {
            attributes: attributes(inside[name.len()..].trim()),
            name,
            at,
        });
    }
    tags
}

fn end_of_tag(rest: &str) -> usize {
    let mut quoted = false;
    for (at, c) in rest.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '>' if !quoted => return at,
            _ => {}
        }
    }
    rest.len()
}

fn attributes(mut text: &str) -> BTreeMap<String, String> {
    let mut attributes = BTreeMap::new();
    while !text.is_empty() {
        let end = text.find(['=', ' ']).unwrap_or(text.len());
        let name = text[..end].to_owned();
        text = &text[end..];
        let mut value = String::new();
        if let Some(quoted) = text.strip_prefix("=\"") {
            let end = quoted.find('"').unwrap_or(quoted.len());
            quoted[..end].clone_into(&mut value);
            text = quoted.get(end + 1..).unwrap_or_default();
        }
        if !name.is_empty() {
            attributes.insert(name, value);
        }
        text = text.trim_start_matches([' ', '/']);
    }
    attributes
}

fn headings(tags: &[Tag], faults: &mut Vec<String>) {
    let mut before = 0;
    for tag in tags {
        let Some(level) = tag
            .name
            .strip_prefix('h')
            .and_then(|level| level.parse::<u8>().ok())
        else {
            continue;
        };
        if level > before + 1 {
            faults.push(format!("<h{level}> follows <h{before}>"));
        }
        before = level;
    }
}

fn inline(tags: &[Tag], faults: &mut Vec<String>) {
    for tag in tags {
        if tag.name == "style" || (tag.name == "script" && tag.get("src").is_none()) {
            faults.push(format!("inline <{}>", tag.name));
        }
        for name in tag.attributes.keys() {
            if name == "style" || name.starts_with("on") {
                faults.push(format!("<{} {name}=…> is inline", tag.name));
            }
        }
    }
}

/// No page gives a password or a code back: whoever asks for one under another name says so there.
fn secrets(tags: &[Tag], faults: &mut Vec<String>) {
    for tag in tags.iter().filter(|tag| tag.name == "input") {
        let is_secret =
            tag.get("type") == Some("password") || tag.get("autocomplete") == Some("one-time-code");
        let name = tag.get("name").unwrap_or_default();
        if is_secret && !super::sent::SECRET_FIELDS.contains(&name) {
            faults.push(format!("`{name}` is secret, but not among SECRET_FIELDS"));
        }
    }
}

fn references(tags: &[Tag], faults: &mut Vec<String>) {
    let mut ids = BTreeSet::new();
    for id in tags.iter().filter_map(|tag| tag.get("id")) {
        if !ids.insert(id) {
            faults.push(format!("the id `{id}` stands twice"));
        }
    }
    for tag in tags {
        let mut named: Vec<&str> = ["aria-describedby", "aria-labelledby", "for"]
            .iter()
            .filter_map(|name| tag.get(name))
            .flat_map(str::split_whitespace)
            .collect();
        named.extend(tag.get("href").and_then(|href| href.strip_prefix('#')));
        for id in named.into_iter().filter(|id| !ids.contains(id)) {
            faults.push(format!("<{}> names `{id}`, which is not there", tag.name));
        }
        if tag.name == "img" && tag.get("alt").is_none() {
            faults.push("an <img> without alt".to_owned());
        }
    }
}

/// The summary of what is wrong is the first thing in the main part, in the order of the fields, each of which says so itself.
fn errors(tags: &[Tag], faults: &mut Vec<String>) {
    let Some(summary) = tags
        .iter()
        .position(|tag| tag.get("class") == Some("error-summary"))
    else {
        return;
    };
    let main = tags.iter().position(|tag| tag.name == "main");
    let is_first = main.is_some_and(|main| {
        let above = tags.get(main + 1..summary).unwrap_or_default();
        above.iter().all(|tag| tag.get("class") == Some("flash"))
    });
    if !is_first {
        faults.push("the summary of errors is not first in the page".to_owned());
    }
    let place = |id: &str| {
        tags.iter()
            .find(|tag| tag.get("id") == Some(id))
            .map(|tag| tag.at)
    };
    let links = tags
        .iter()
        .skip(summary)
        .filter_map(|tag| tag.get("href")?.strip_prefix("#field-"));
    let mut before = None;
    for field in links {
        let at = place(&format!("field-{field}"));
        if at < before {
            faults.push(format!(
                "`{field}` is named in the summary behind a field that stands below it"
            ));
        }
        before = at;
        if place(&format!("error-{field}")).is_none() {
            faults.push(format!("`{field}` does not say what is wrong with it"));
        }
    }
}

fn labels(html: &str, tags: &[Tag], faults: &mut Vec<String>) {
    let labelled: BTreeSet<&str> = tags
        .iter()
        .filter(|tag| tag.name == "label")
        .filter_map(|tag| tag.get("for"))
        .collect();
    for tag in tags {
        let is_field = matches!(tag.name.as_str(), "input" | "select" | "textarea")
            && !matches!(tag.get("type"), Some("hidden" | "submit"));
        let before = &html[..tag.at];
        let inside_label = before
            .rfind("<label")
            .is_some_and(|open| before.rfind("</label>").is_none_or(|close| close < open));
        let is_labelled = inside_label
            || tag.get("id").is_some_and(|id| labelled.contains(id))
            || tag.get("aria-label").is_some()
            || tag.get("aria-labelledby").is_some();
        if is_field && !is_labelled {
            let name = tag.get("name").unwrap_or_default();
            faults.push(format!("<{} name={name}> has no label", tag.name));
        }
    }
}

/// Chinese on a page of another language stands inside of `lang="zh-CN"`; only where no element can stand is a mixture left.
fn unmarked(html: &str, tags: &[Tag], faults: &mut Vec<String>) {
    let is_page = |tag: &&Tag| tag.name == "html";
    let language = tags.iter().find(is_page).and_then(|tag| tag.get("lang"));
    if language.is_none_or(|language| language.starts_with("zh")) {
        return;
    }
    let is_han = |c: &char| ('\u{4e00}'..='\u{9fff}').contains(c);
    // Elements that are open, each with whether it is marked.
    let mut open: Vec<(&str, bool)> = Vec::new();
    for (at, _) in html.match_indices('<') {
        let rest = &html[at + 1..];
        if let Some(closed) = rest.strip_prefix('/') {
            let name = &closed[..closed.find('>').unwrap_or_default()];
            if let Some(place) = open.iter().rposition(|(open, _)| *open == name) {
                open.truncate(place);
            }
        } else if let Ok(place) = tags.binary_search_by_key(&at, |tag| tag.at) {
            let tag = &tags[place];
            let is_inside = open.last().is_some_and(|(_, is_marked)| *is_marked);
            open.push((&tag.name, is_inside || tag.get("lang") == Some("zh-CN")));
        }
        let text = rest.get(end_of_tag(rest) + 1..).unwrap_or_default();
        let text = &text[..text.find('<').unwrap_or(text.len())];
        let is_fine = open.iter().any(|(name, is_marked)| {
            *is_marked || matches!(*name, "title" | "option" | "textarea" | "desc")
        });
        if !is_fine && text.chars().any(|c| is_han(&c)) {
            faults.push(format!("`{text}` is not marked as Chinese"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "<!DOCTYPE html><html><title>页</title><main><h1>页</h1><h2 id=\"a\">节</h2>\
        <a href=\"#a\">去</a><label for=\"q\">问</label><input id=\"q\" name=\"q\"></main></html>";

    #[test]
    fn a_page_in_order_has_no_faults() {
        assert_eq!(faults(GOOD), Vec::<String>::new());
    }

    #[test]
    fn chinese_on_a_page_of_another_language_is_marked() {
        let english = GOOD.replacen("<html>", "<html lang=\"en\">", 1);
        let found = faults(&english);
        for text in ["页", "节", "去", "问"] {
            let fault = format!("`{text}` is not marked as Chinese");
            assert!(found.contains(&fault), "{text}: {found:?}");
        }
        let marked = english.replacen("<main>", "<main lang=\"zh-CN\">", 1);
        assert_eq!(faults(&marked), Vec::<String>::new());
        let behind = marked.replacen("</main>", "</main><p>后</p>", 1);
        assert_eq!(faults(&behind), ["`后` is not marked as Chinese"]);
        let chinese = GOOD.replacen("<html>", "<html lang=\"zh-CN\">", 1);
        assert_eq!(faults(&chinese), Vec::<String>::new());
    }

    #[test]
    fn each_fault_is_named() {
        for (from, to, fault) in [
            ("<h2 id", "<h3 id", "<h3> follows <h1>"),
            (
                "href=\"#a\"",
                "href=\"#b\"",
                "<a> names `b`, which is not there",
            ),
            ("id=\"q\"", "id=\"a\"", "the id `a` stands twice"),
            ("<h1>页</h1>", "", "0 <h1> instead of 1"),
            ("<main>", "<main style=\"x\">", "<main style=…> is inline"),
            (
                "<input id=\"q\"",
                "<input id=\"r\"",
                "<input name=q> has no label",
            ),
        ] {
            let changed = GOOD.replacen(from, to, 1);
            assert!(
                faults(&changed).iter().any(|found| found == fault),
                "{fault}"
            );
        }
    }
}
