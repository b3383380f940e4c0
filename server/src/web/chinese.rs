//! Chinese on pages of another language: what people and data wrote is marked as what it is (WCAG 2.2, 3.1.2 "Language of Parts"),
//! so that a screen reader pronounces it and a browser picks its letters. Done once for the whole page, so that no page can
//! forget it. It reads what maud writes: attributes are quoted, text is escaped.

use super::locale::Locale;
use maud::{Markup, PreEscaped};

const MARK: &str = " lang=\"zh-CN\"";

/// Elements without an end.
const VOID: [&str; 13] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
    "wbr",
];

/// Elements that take no others: they are marked themselves, where most of their letters are Chinese.
const TEXT_ONLY: [&str; 4] = ["title", "option", "textarea", "desc"];

/// The page with every passage in Chinese marked, where the page itself is in another language.
pub(super) fn marked(locale: &Locale, page: Markup) -> Markup {
    if locale.code().starts_with("zh") {
        return page;
    }
    let mut marker = Marker {
        out: String::with_capacity(page.0.len() + page.0.len() / 8),
        open: Vec::new(),
    };
    marker.read(&page.0);
    PreEscaped(marker.out)
}

/// An element whose end has not come yet.
struct Open<'a> {
    name: &'a str,
    /// Where in the output its first tag takes another attribute.
    attribute_at: usize,
    /// Whether its language has been said, by itself or around it.
    is_marked: bool,
    is_drawing: bool,
}

struct Marker<'a> {
    out: String,
    open: Vec<Open<'a>>,
}

impl<'a> Marker<'a> {
    fn read(&mut self, mut rest: &'a str) {
        let mut has_just_opened = false;
        while !rest.is_empty() {
            let (token, after) = rest
                .split_at_checked(end_of_token(rest))
                .unwrap_or((rest, ""));
            rest = after;
            if let Some(end) = token.strip_prefix("</") {
                self.close(end.trim_end_matches('>'));
                self.out.push_str(token);
            } else if let Some(tag) = token.strip_prefix('<') {
                has_just_opened = self.begin(tag, token);
                continue;
            } else {
                self.text(token, has_just_opened && rest.starts_with("</"));
            }
            has_just_opened = false;
        }
    }

    /// Whether an element is open now that was not.
    fn begin(&mut self, tag: &'a str, token: &str) -> bool {
        let name = tag.split([' ', '>', '/']).next().unwrap_or_default();
        let is_void = VOID.contains(&name) || token.ends_with("/>") || name.starts_with('!');
        let around = self.open.last();
        let is_marked = around.is_some_and(|around| around.is_marked)
            || (name != "html" && attribute(tag, "lang").is_some());
        let is_drawing = name == "svg" || around.is_some_and(|around| around.is_drawing);
        let attribute_at = self.out.len() + 1 + name.len();
        self.out.push_str(token);
        if is_void {
            let said = ["alt", "value", "placeholder"].map(|said| attribute(tag, said));
            if !is_marked && said.into_iter().flatten().any(is_mostly_chinese) {
                self.out.insert_str(attribute_at, MARK);
            }
            return false;
        }
        self.open.push(Open {
            name,
            attribute_at,
            is_marked,
            is_drawing,
        });
        true
    }

    /// Also ends what was left open inside, as parts of a drawing are.
    fn close(&mut self, name: &str) {
        if let Some(at) = self.open.iter().rposition(|open| open.name == name) {
            self.open.truncate(at);
        }
    }

    fn text(&mut self, text: &str, is_all_there_is: bool) {
        let inside = self.open.last();
        let Some(open) = inside.filter(|open| !open.is_marked && text.chars().any(is_han)) else {
            self.out.push_str(text);
            return;
        };
        let passages = passages(text);
        let is_whole = match passages.as_slice() {
            [(true, _)] => is_all_there_is,
            _ => false,
        };
        let cannot_hold = TEXT_ONLY.contains(&open.name);
        if is_whole || (cannot_hold && is_mostly_chinese(text)) {
            self.out.insert_str(open.attribute_at, MARK);
        }
        if is_whole || cannot_hold {
            self.out.push_str(text);
            return;
        }
        let element = if open.is_drawing { "tspan" } else { "span" };
        // One element for a mixture, so that it stays one thing where things stand beside each other.
        let is_mixed = !open.is_drawing
            && passages
                .iter()
                .any(|(is_chinese, passage)| !is_chinese && !passage.trim().is_empty());
        if is_mixed {
            self.out.push_str("<span>");
        }
        for (is_chinese, passage) in passages {
            if is_chinese {
                self.out
                    .extend(["<", element, MARK, ">", passage, "</", element, ">"]);
            } else {
                self.out.push_str(passage);
            }
        }
        if is_mixed {
            self.out.push_str("</span>");
        }
    }
}

/// Where the tag or the text ends with which the rest begins.
fn end_of_token(rest: &str) -> usize {
    if !rest.starts_with('<') {
        return rest.find('<').unwrap_or(rest.len());
    }
    let mut is_quoted = false;
    for (at, c) in rest.char_indices() {
        match c {
            '"' => is_quoted = !is_quoted,
            '>' if !is_quoted => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (_, after) = tag.split_once(&format!(" {name}=\""))?;
    after.split_once('"').map(|(value, _)| value)
}

/// An ideograph of the blocks that are in use.
fn is_han(c: char) -> bool {
    matches!(c, '々' | '〇' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Whether a character goes with the Chinese that it touches: its punctuation, and the digits of a number or a year.
fn touches(c: char) -> bool {
    c.is_ascii_digit()
        || matches!(c, '“' | '”' | '‘' | '’' | '—' | '…' | '·' | '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ffef}')
}

fn is_mostly_chinese(text: &str) -> bool {
    let han = text.chars().filter(|c| is_han(*c)).count();
    let other = text.chars().filter(char::is_ascii_alphabetic).count();
    han > other
}

/// The text in pieces, each with whether it is Chinese. Letters of another script end a passage; spaces and marks between two
/// ideographs do not.
fn passages(text: &str) -> Vec<(bool, &str)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    let mut goes_on = false;
    let mut before = 0;
    let mut entity = false;
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        entity = (entity || c == '&') && c != ';';
        if is_han(c) {
            match found.last_mut() {
                Some(last) if goes_on => last.1 = end,
                _ => found.push((before, end)),
            }
            goes_on = true;
        } else if touches(c) {
            if let Some(last) = found.last_mut().filter(|last| goes_on && last.1 == at) {
                last.1 = end;
            }
            continue;
        } else if c.is_alphabetic() && !entity {
            goes_on = false;
        }
        before = end;
    }
    let mut pieces = Vec::new();
    let mut done = 0;
    for (begin, end) in found {
        pieces.extend(text.get(done..begin).map(|other| (false, other)));
        pieces.extend(text.get(begin..end).map(|chinese| (true, chinese)));
        done = end;
    }
    pieces.extend(text.get(done..).map(|other| (false, other)));
    pieces.retain(|(_, piece)| !piece.is_empty());
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_english(html: &str) -> String {
        let english = Locale::find("en").unwrap();
        marked(english, PreEscaped(html.to_owned())).into_string()
    }

    #[test]
    fn a_passage_is_marked_where_it_stands_and_an_element_that_is_all_chinese_is_itself() {
        for (written, expected) in [
            ("<p>Works</p>", "<p>Works</p>"),
            (
                "<p class=\"a\">青禾县</p>",
                "<p lang=\"zh-CN\" class=\"a\">青禾县</p>",
            ),
            (
                "<p>Key of 陈主任 here</p>",
                "<p><span>Key of <span lang=\"zh-CN\">陈主任</span> here</span></p>",
            ),
            (
                "<p>青禾县 <a href=\"/\">Votes</a></p>",
                "<p><span lang=\"zh-CN\">青禾县</span> <a href=\"/\">Votes</a></p>",
            ),
            (
                "<a>Vote: 2026年“民生”项目，第 5 次 &quot;会议&quot;。</a>",
                "<a><span>Vote: <span lang=\"zh-CN\">2026年“民生”项目，第 5 次 &quot;会议</span>&quot;。</span></a>",
            ),
            ("<p>Votes：7</p>", "<p>Votes：7</p>"),
            (
                "<p lang=\"zh-CN\"><b>青禾县</b></p>",
                "<p lang=\"zh-CN\"><b>青禾县</b></p>",
            ),
        ] {
            assert_eq!(in_english(written), expected);
        }
    }

    #[test]
    fn what_takes_no_elements_is_marked_itself_if_most_of_it_is_chinese() {
        for (written, expected) in [
            (
                "<title>Result · 票决</title>",
                "<title>Result · 票决</title>",
            ),
            (
                "<select><option value=\"1\">柳湾镇 (2)</option></select>",
                "<select><option lang=\"zh-CN\" value=\"1\">柳湾镇 (2)</option></select>",
            ),
            (
                "<textarea rows=\"3\">修路 now</textarea>",
                "<textarea rows=\"3\">修路 now</textarea>",
            ),
            (
                "<input name=\"q\" value=\"养老\"><img src=\"x\" alt=\"Road\">",
                "<input lang=\"zh-CN\" name=\"q\" value=\"养老\"><img src=\"x\" alt=\"Road\">",
            ),
            (
                "<svg><path d=\"M0\"><text x=\"1\">票 7 votes</text></svg><p>柳湾镇</p>",
                "<svg><path d=\"M0\"><text x=\"1\"><tspan lang=\"zh-CN\">票</tspan> 7 votes</text></svg>\
                 <p lang=\"zh-CN\">柳湾镇</p>",
            ),
        ] {
            assert_eq!(in_english(written), expected);
        }
    }

    #[test]
    fn a_chinese_page_stays_as_it_is() {
        let page = PreEscaped("<p>青禾县</p>".to_owned());
        let same = marked(Locale::default_locale(), page.clone());
        assert_eq!(same.0, page.0);
    }
}
