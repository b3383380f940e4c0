//! A second rule engine, slow and plain: ballots one by one, fractions by cross-multiplication, places by trying every set.
//!
//! It reads the document as bare TOML and shares nothing with the crate but the words of the answer.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::collections::BTreeSet;

use toml::{Table, Value};

/// One valid ballot.
#[derive(Clone, Debug)]
pub enum Ballot {
    Blank,
    /// Positions of ticked items.
    Ticks(Vec<usize>),
    /// For each item the answer's position, or none.
    Answers(Vec<Option<usize>>),
}

#[derive(Clone, Copy, Debug)]
pub struct Figures {
    pub present: u64,
    pub issued: u64,
    pub invalid: u64,
    /// Ballots in the box: valid and invalid.
    pub returned: u64,
}

#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    NoQuorum,
    Void,
    Decided(Decided),
}

#[derive(Debug, PartialEq, Eq)]
pub struct Decided {
    /// In favour, against, abstained, without an answer.
    pub votes: Vec<[u64; 4]>,
    pub ranks: Vec<u64>,
    pub chosen: BTreeSet<usize>,
    pub filled: BTreeSet<usize>,
    pub tied: BTreeSet<usize>,
    pub reserve: BTreeSet<usize>,
    pub places_for_tied: u64,
    pub empty: u64,
}

pub fn text<'t>(table: &'t Table, key: &str) -> &'t str {
    find(table, key).as_str().unwrap()
}

pub fn number(table: &Table, key: &str) -> u64 {
    u64::try_from(find(table, key).as_integer().unwrap()).unwrap()
}

fn find<'t>(table: &'t Table, key: &str) -> &'t Value {
    key.split('.')
        .fold(None, |found: Option<&Value>, part| match found {
            None => Some(&table[part]),
            Some(value) => Some(&value[part]),
        })
        .unwrap()
}

/// Whether `part` of `whole` reaches `> a/b` or `>= a/b`: part/whole against a/b, multiplied out.
pub fn reaches(threshold: &str, part: u64, whole: u64) -> bool {
    let (sign, fraction) = threshold.split_once(' ').unwrap();
    let (a, b) = fraction.split_once('/').unwrap();
    let (a, b): (u128, u128) = (a.parse().unwrap(), b.parse().unwrap());
    let (left, right) = (u128::from(part) * b, u128::from(whole) * a);
    match sign {
        ">" => left > right,
        ">=" => left >= right,
        other => panic!("{other}"),
    }
}

pub fn decide(rule: &Table, figures: Figures, ballots: &[Ballot]) -> Outcome {
    let deputies = number(rule, "deputies");
    if !reaches(text(rule, "quorum"), figures.present, deputies) {
        return Outcome::NoQuorum;
    }
    if figures.returned > figures.issued {
        return Outcome::Void;
    }
    let items = find(rule, "items").as_array().unwrap().len();
    let silent_abstain = rule["ballot"]
        .get("blank")
        .is_some_and(|blank| blank.as_str() == Some("abstention"));
    let votes: Vec<[u64; 4]> = (0..items)
        .map(|item| votes(ballots, item, silent_abstain))
        .collect();
    let in_favour: Vec<u64> = votes.iter().map(|votes| votes[0]).collect();
    let base = match text(rule, "decision.base") {
        "deputies" => deputies,
        "present" => figures.present,
        _ => ballots.len() as u64,
    };
    let reached = |item: usize| {
        let majority = text(rule, "decision.majority");
        in_favour[item] > 0 && (majority == "none" || reaches(majority, in_favour[item], base))
    };
    let fill = text(rule, "decision.too_few") == "fill";
    let able: Vec<usize> = (0..items)
        .filter(|item| in_favour[*item] > 0 && (fill || reached(*item)))
        .collect();
    let places = usize::try_from(number(rule, "decision.places")).unwrap();
    let (sure, maybe) = winners(&able, &in_favour, places);
    let reserve = find(rule, "decision.reserve").as_bool().unwrap();
    Outcome::Decided(Decided {
        ranks: in_favour
            .iter()
            .map(|votes| 1 + in_favour.iter().filter(|other| *other > votes).count() as u64)
            .collect(),
        chosen: sure.iter().copied().filter(|item| reached(*item)).collect(),
        filled: sure
            .iter()
            .copied()
            .filter(|item| !reached(*item))
            .collect(),
        reserve: (0..items)
            .filter(|item| {
                reserve && reached(*item) && !sure.contains(item) && !maybe.contains(item)
            })
            .collect(),
        places_for_tied: if maybe.is_empty() {
            0
        } else {
            (places - sure.len()) as u64
        },
        empty: (places - places.min(able.len())) as u64,
        tied: maybe,
        votes,
    })
}

fn votes(ballots: &[Ballot], item: usize, silent_abstain: bool) -> [u64; 4] {
    let mut found = [0; 4];
    for ballot in ballots {
        match ballot {
            Ballot::Blank => {}
            Ballot::Ticks(ticks) => found[0] += u64::from(ticks.contains(&item)),
            Ballot::Answers(answers) => match answers[item] {
                Some(answer) => found[answer] += 1,
                None if silent_abstain => found[2] += 1,
                None => found[3] += 1,
            },
        }
    }
    found
}

/// Tries every set of items that could take the places: none left out has more votes than one taken. Who is in each of these
/// sets has a place; who is only in some is tied.
fn winners(able: &[usize], votes: &[u64], places: usize) -> (BTreeSet<usize>, BTreeSet<usize>) {
    let size = places.min(able.len());
    let (mut every, mut some): (Option<BTreeSet<usize>>, BTreeSet<usize>) = (None, BTreeSet::new());
    for mask in 0_u32..1 << able.len() {
        if mask.count_ones() as usize != size {
            continue;
        }
        let is_taken = |position: usize| mask >> position & 1 == 1;
        let positions = || able.iter().copied().enumerate();
        let taken: BTreeSet<usize> = positions()
            .filter(|(position, _)| is_taken(*position))
            .map(|(_, item)| item)
            .collect();
        let fair = positions()
            .filter(|(position, _)| !is_taken(*position))
            .all(|(_, out)| taken.iter().all(|inside| votes[out] <= votes[*inside]));
        if fair {
            some.extend(&taken);
            every = Some(every.map_or_else(|| taken.clone(), |every| &every & &taken));
        }
    }
    let every = every.unwrap_or_default();
    let maybe = &some - &every;
    (every, maybe)
}

/// The verdict from single ballots on one project: each the level's position, or none. Levels are tried from the best on, and
/// for each the ballots are asked whether they chose it or a better one.
pub fn verdict<'r>(
    rule: &'r Table,
    figures: Figures,
    answers: &[Option<usize>],
) -> Option<&'r str> {
    let levels = find(rule, "levels").as_array().unwrap();
    let judged = |level: &Value| level.get("counts").is_none();
    let nowhere = |level: &&Value| {
        let counts = level.get("counts");
        counts.is_some_and(|counts| counts.as_str() == Some("nowhere"))
    };
    let chosen = answers.iter().flatten().map(|level| &levels[*level]);
    let whole = match text(rule, "evaluation.base") {
        "entitled" => number(rule, "deputies"),
        "present" => figures.present,
        _ => answers.len() as u64,
    };
    let base = whole - chosen.filter(nowhere).count() as u64;
    if base == 0 {
        return None;
    }
    let found = (0..levels.len())
        .filter(|level| judged(&levels[*level]))
        .find(|level| {
            let Some(threshold) = levels[*level].get("threshold") else {
                return true;
            };
            let as_good = |answer: &usize| answer <= level && judged(&levels[*answer]);
            let part = answers.iter().flatten().filter(|answer| as_good(answer));
            let part = part.count() as u64;
            part > 0 && reaches(threshold.as_str().unwrap(), part, base)
        });
    found.map(|level| levels[level]["id"].as_str().unwrap())
}
