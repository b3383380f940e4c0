//! The words that search and likeness work on: character bigrams for Chinese, lower-case words for the rest.
//!
//! Every run of Chinese characters gives all its pairs and its last character alone, so that a query of one
//! character finds by prefix and one of two or more finds every occurrence.

use std::collections::BTreeSet;
use tally::record::body::is_unseen;
use unicode_normalization::UnicodeNormalization as _;

/// A piece of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TermFilter {
    /// The term itself.
    Exactly(String),
    /// Any term that begins so.
    Prefix(String),
}

/// The terms that a text is found by, without repetition.
pub(crate) fn terms(text: &str) -> BTreeSet<String> {
    let mut terms = BTreeSet::new();
    for run in runs(text) {
        match run {
            Run::Word(word) => {
                terms.insert(word);
            }
            Run::Chinese(characters) => {
                terms.extend(pairs(&characters));
                terms.extend(characters.last().map(char::to_string));
            }
        }
    }
    terms
}

/// What all must be in a text for it to be found.
pub(crate) fn query(text: &str) -> Vec<TermFilter> {
    let mut wanted = Vec::new();
    for run in runs(text) {
        match run {
            Run::Word(word) => wanted.push(TermFilter::Prefix(word)),
            Run::Chinese(characters) => match characters.as_slice() {
                [only] => wanted.push(TermFilter::Prefix(only.to_string())),
                _ => wanted.extend(pairs(&characters).map(TermFilter::Exactly)),
            },
        }
    }
    wanted
}

/// The proposal's number that a query is, alone or as people write it (第 37 号, #37).
pub(crate) fn number(query: &str) -> Option<i32> {
    let plain: String = plain_forms(query).collect();
    let bare = plain
        .trim()
        .trim_start_matches(['第', '#'])
        .trim_end_matches('号');
    bare.trim().parse().ok().filter(|number| *number > 0)
}

/// How alike two sets of terms are: the size of what they share over the size of all (Jaccard), 0 to 1.
pub(crate) fn likeness(one: &BTreeSet<String>, other: &BTreeSet<String>) -> f64 {
    let size = |n: usize| u32::try_from(n).map_or(f64::INFINITY, f64::from);
    let shared = one.intersection(other).count();
    let all = one.len() + other.len() - shared;
    if all == 0 {
        0.0
    } else {
        size(shared) / size(all)
    }
}

enum Run {
    Chinese(Vec<char>),
    Word(String),
}

fn pairs(characters: &[char]) -> impl Iterator<Item = String> {
    characters.windows(2).map(|pair| pair.iter().collect())
}

fn runs(text: &str) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut joins = false;
    for character in plain_forms(text) {
        let chinese = is_chinese(character);
        if !chinese && !character.is_alphanumeric() {
            joins = false;
            continue;
        }
        match runs.last_mut() {
            Some(Run::Chinese(run)) if joins && chinese => run.push(character),
            Some(Run::Word(run)) if joins && !chinese => run.push(character),
            _ if chinese => runs.push(Run::Chinese(vec![character])),
            _ => runs.push(Run::Word(character.to_string())),
        }
        joins = true;
    }
    runs
}

/// The forms that are searched for: compatibility forms (NFKC) are their plain letters, small ones are large, and what nobody sees is not
/// there.
fn plain_forms(text: &str) -> impl Iterator<Item = char> {
    text.nfkc()
        .filter(|c| !is_unseen(*c))
        .flat_map(char::to_lowercase)
}

const fn is_chinese(character: char) -> bool {
    matches!(character,
        '\u{3005}' | '\u{3007}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{323af}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(terms: &[&str]) -> BTreeSet<String> {
        terms.iter().map(|term| (*term).to_owned()).collect()
    }

    #[test]
    fn chinese_becomes_pairs_and_the_rest_lower_case_words() {
        assert_eq!(
            terms("社区食堂，ＬＥＤ路灯 Wi-Fi"),
            set(&[
                "社区", "区食", "食堂", "堂", "led", "路灯", "灯", "wi", "fi"
            ])
        );
    }

    #[test]
    fn one_character_is_wanted_as_a_prefix_and_more_as_pairs() {
        assert_eq!(query("灯"), [TermFilter::Prefix("灯".to_owned())]);
        assert_eq!(
            query("路灯下 LED"),
            [
                TermFilter::Exactly("路灯".to_owned()),
                TermFilter::Exactly("灯下".to_owned()),
                TermFilter::Prefix("led".to_owned())
            ]
        );
        assert_eq!(query("，。"), []);
    }

    #[test]
    fn a_number_is_one_however_it_is_written() {
        for written in ["37", " 37 ", "第 37 号", "第37号", "#37", "３７"] {
            assert_eq!(number(written), Some(37), "{written}");
        }
        for other in ["", "37 路", "-37", "0", "第号", "99999999999"] {
            assert_eq!(number(other), None, "{other}");
        }
    }

    #[test]
    fn likeness_is_one_for_the_same_and_nothing_for_strangers() {
        let same = terms("老旧小区加装电梯");
        assert!((likeness(&same, &same) - 1.0).abs() < f64::EPSILON);
        assert!(likeness(&same, &terms("疏浚河道")).abs() < f64::EPSILON);
        assert!(likeness(&same, &terms("老旧小区加装电梯的建议")) >= 0.3);
    }
}
