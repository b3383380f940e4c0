//! Which passwords somebody who guesses tries first: the commonest ones, what is put together from a few of them, names in
//! pinyin with a year, and what is known of the person.

use std::collections::HashSet;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization as _;

/// The ten thousand commonest, one a line (`passwords/README.md` says where they are from).
const COMMON: &str = include_str!("../../passwords/common.txt");

static COMMON_SET: LazyLock<HashSet<&str>> = LazyLock::new(|| COMMON.lines().collect());

/// The longest of them that is looked for, in characters.
const LONGEST_WORD: usize = 24;
/// The shortest that counts as a word inside a longer password.
const SHORTEST_WORD: usize = 3;

/// Of how many parts a password consists at least, where a part is a common word, a syllable of pinyin, a run of digits and
/// signs, or any other character.
const FEWEST_PARTS: usize = 5;

/// What everybody who guesses here thinks of.
const OWN_WORDS: [&str; 5] = ["minsheng", "piaojue", "renda", "民生", "票决"];

/// Why a password is easily guessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weakness {
    /// One of the commonest, or put together from a few parts.
    Common,
    /// Few different characters, or a plain sequence.
    Pattern,
    /// It holds the service's name, the person's, or one of their contacts.
    Named,
}

impl Weakness {
    /// The code of the message.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Common => "password-common",
            Self::Pattern => "password-pattern",
            Self::Named => "password-named",
        }
    }
}

/// What makes a password weak, if anything. `personal`: the person's name and contacts.
pub(super) fn weakness(typed: &str, personal: &[String]) -> Option<Weakness> {
    let text = plain(typed);
    if is_pattern(&text) {
        return Some(Weakness::Pattern);
    }
    let whole: String = text.iter().collect();
    let unleet: String = text.iter().map(|c| without_leet(*c, 'i')).collect();
    let named = OWN_WORDS.iter().map(|word| (*word).to_owned());
    let mut named = named.chain(personal.iter().flat_map(|one| marks_of(one)));
    if named.any(|word| whole.contains(&word) || unleet.contains(&word)) {
        return Some(Weakness::Named);
    }
    (parts(&text) < FEWEST_PARTS).then_some(Weakness::Common)
}

/// One form for all ways to write it: NFKC, lower case.
fn plain(text: &str) -> Vec<char> {
    text.nfkc().flat_map(char::to_lowercase).collect()
}

/// By what a name or a contact is recognised: a name as it is, an address' local part, a number without its country.
fn marks_of(personal: &str) -> Vec<String> {
    let whole: String = plain(personal).into_iter().collect();
    let local = whole.split('@').next().unwrap_or_default();
    let national = local.strip_prefix("+86").unwrap_or(local);
    let shortest = if local.is_ascii() { 4 } else { 2 };
    let long_enough = |mark: &str| mark.chars().count() >= shortest;
    [Some(national.to_owned()), last_eight_digits(national)]
        .into_iter()
        .flatten()
        .filter(|mark| long_enough(mark))
        .collect()
}

/// What people keep of a telephone number.
fn last_eight_digits(number: &str) -> Option<String> {
    let is_number = number.len() > 8 && number.bytes().all(|byte| byte.is_ascii_digit());
    let start = number.len().checked_sub(8)?;
    number.get(start..).filter(|_| is_number).map(str::to_owned)
}

fn is_pattern(text: &[char]) -> bool {
    let distinct: HashSet<char> = text.iter().copied().collect();
    let steps = text.iter().zip(text.iter().skip(1));
    let steps_by_one = steps
        .filter(|(a, b)| u32::from(**a).abs_diff(u32::from(**b)) <= 1)
        .count();
    distinct.len() < 5 || steps_by_one * 2 > text.len()
}

/// The fewest parts that the text can be put together from.
fn parts(text: &[char]) -> usize {
    let readings = [None, Some('i'), Some('l')].map(|one| -> Vec<char> {
        let reading = |c: &char| one.map_or(*c, |one| without_leet(*c, one));
        text.iter().map(reading).collect()
    });
    // `fewest[i]`: of what stands before place i.
    let mut fewest: Vec<usize> = (0..=text.len()).collect();
    for start in 0..text.len() {
        let here = fewest.get(start).copied().unwrap_or(start);
        for length in 1..=LONGEST_WORD.min(text.len() - start) {
            let is_part = length == 1
                || is_run(text, start, length)
                || readings
                    .iter()
                    .any(|reading| is_word(reading, start, length));
            if is_part && let Some(end) = fewest.get_mut(start + length) {
                *end = (*end).min(here + 1);
            }
        }
    }
    fewest.last().copied().unwrap_or(0)
}

/// Digits and signs: a year, a day, an exclamation mark.
fn is_run(text: &[char], start: usize, length: usize) -> bool {
    text.iter()
        .skip(start)
        .take(length)
        .all(|c| c.is_ascii() && !c.is_ascii_alphabetic())
}

fn is_word(text: &[char], start: usize, length: usize) -> bool {
    let word: String = text.iter().skip(start).take(length).collect();
    (length >= SHORTEST_WORD && COMMON_SET.contains(word.as_str())) || is_syllable(&word)
}

/// A syllable of pinyin: an initial and a final.
fn is_syllable(word: &str) -> bool {
    const INITIALS: [&str; 24] = [
        "zh", "ch", "sh", "b", "p", "m", "f", "d", "t", "n", "l", "g", "k", "h", "j", "q", "x",
        "r", "z", "c", "s", "y", "w", "",
    ];
    const FINALS: [&str; 35] = [
        "a", "o", "e", "ai", "ei", "ao", "ou", "an", "en", "ang", "eng", "ong", "i", "ia", "ie",
        "iao", "iu", "ian", "in", "iang", "ing", "iong", "u", "ua", "uo", "uai", "ui", "uan", "un",
        "uang", "ue", "ve", "v", "er", "ueng",
    ];
    word.len() > 1
        && INITIALS.iter().any(|initial| {
            word.strip_prefix(initial)
                .is_some_and(|rest| FINALS.contains(&rest))
        })
}

/// The letter that a digit or sign stands for; `one` is what 1 and ! stand for.
fn without_leet(c: char, one: char) -> char {
    match c {
        '0' => 'o',
        '1' | '!' | '|' => one,
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        '8' => 'b',
        '9' => 'g',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_plain_and_as_long_as_it_says() {
        let lines: Vec<&str> = COMMON.lines().collect();
        assert!(lines.is_sorted());
        assert!((9_900..=10_000).contains(&lines.len()), "{}", lines.len());
        for line in lines {
            assert_eq!(line, plain(line).iter().collect::<String>());
        }
    }

    #[test]
    fn what_a_first_guess_would_find_is_called_weak() {
        for (weak, why) in [
            ("1234567890", Weakness::Pattern),
            ("aaaaaaaaaaaa", Weakness::Pattern),
            ("abcdefghijkl", Weakness::Pattern),
            ("9876543210", Weakness::Pattern),
            ("ababababab", Weakness::Pattern),
            ("Password2026", Weakness::Common),
            ("Welcome2024!", Weakness::Common),
            ("iloveyou123", Weakness::Common),
            ("zhangsan1988", Weakness::Common),
            ("wangxiaoming1988", Weakness::Common),
            ("1qaz2wsx3edc", Weakness::Common),
            ("admin@2024", Weakness::Common),
            ("P@ssw0rd!2024", Weakness::Common),
            ("ｗｅｌｃｏｍｅ２０２４！", Weakness::Common),
            ("dragon monkey 99", Weakness::Common),
            ("Minsheng2026!", Weakness::Named),
            ("m1nsh3ng-2026-x", Weakness::Named),
            ("青禾人大办renda01", Weakness::Named),
        ] {
            assert_eq!(weakness(weak, &[]), Some(why), "{weak}");
        }
    }

    #[test]
    fn what_would_take_long_to_guess_is_fine() {
        for fine in [
            "correct horse battery",
            "水渠修好了大家高兴2026",
            "k7#Pz!q9wLx2",
            "tvqokzhwufpa",
            "chunjiangshuinuanya",
        ] {
            assert_eq!(weakness(fine, &[]), None, "{fine}");
        }
    }

    #[test]
    fn what_holds_the_persons_name_or_contact_is_called_weak() {
        let personal = [
            "陈小明".to_owned(),
            "chenxm@example.cn".to_owned(),
            "+8613800001234".to_owned(),
        ];
        for weak in [
            "陈小明的水渠修好了吗",
            "kq7 ChenXM zuv wpt",
            "kqv13800001234zuwp",
            "kqvz-00001234-zuwp",
        ] {
            assert_eq!(weakness(weak, &[]), None, "{weak}");
            assert_eq!(weakness(weak, &personal), Some(Weakness::Named), "{weak}");
        }
    }
}
