//! What differs between localities is data: each jurisdiction has settings, in numbered versions that are all kept.
//!
//! The document is the record's own ([`Settings`]); here stand what it begins as and what a new version must keep to.

use super::cycle::{Cycle, JurisdictionKind};
use crate::infra::clock::Timestamp;
use crate::name_enum;
use std::collections::BTreeSet;
use std::sync::LazyLock;
use tally::record::body::PublicText;
pub use tally::record::body::{
    Bilingual, Category, CategoryCode, DecidingBody, DeclineReason, DeclineReasonCode,
    LightThresholds, Periods, Settings,
};

/// Settings as they were from one change to the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsVersion {
    /// 1 for those that the jurisdiction began with.
    pub number: i32,
    /// Since when.
    pub changed_at: Timestamp,
    /// The settings.
    pub settings: Settings,
}

static OF_A_CONGRESS: LazyLock<Settings> =
    LazyLock::new(|| embedded(include_str!("../../settings/congress.json")));
static OF_A_STREET: LazyLock<Settings> =
    LazyLock::new(|| embedded(include_str!("../../settings/street.json")));

#[expect(
    clippy::expect_used,
    reason = "embedded at build time; a test reads both documents"
)]
fn embedded(document: &str) -> Settings {
    serde_json::from_str(document).expect("the usual settings are part of the program")
}

/// What the settings of a jurisdiction of this kind begin as.
///
/// # Panics
/// Where the program was built with a broken document, which a test rules out.
pub fn usual(kind: JurisdictionKind) -> &'static Settings {
    match kind {
        JurisdictionKind::Province
        | JurisdictionKind::City
        | JurisdictionKind::County
        | JurisdictionKind::Town => &OF_A_CONGRESS,
        JurisdictionKind::Street => &OF_A_STREET,
    }
}

name_enum! {
    /// A list of the settings that entries of the record name by codes.
    pub enum CodeList {
        /// The categories of proposals.
        Categories = "categories",
        /// The reasons for declining.
        DeclineReasons = "decline_reasons",
    }
}

/// Why settings cannot follow on others.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsFault {
    /// A light must be yellow before it is red.
    #[error("red from {red} points on, yellow only from {yellow}")]
    RedBeforeYellow {
        /// From so many points.
        yellow: u8,
        /// From so many points.
        red: u8,
    },
    /// A code stands twice in its list.
    #[error("`{code}` stands twice in {list:?}")]
    Twice {
        /// In which list.
        list: CodeList,
        /// Which code.
        code: String,
    },
    /// A code has left its list. The record may name it: it can be retired, not removed.
    #[error("`{code}` has left {list:?}")]
    Removed {
        /// Which list.
        list: CodeList,
        /// Which code.
        code: String,
    },
    /// Nothing is left to choose from.
    #[error("nothing in {0:?} is offered")]
    NothingOffered(CodeList),
    /// The meeting's name has braces around something else than `{term}` and `{session}`.
    #[error("the meeting's name has an unknown placeholder")]
    UnknownPlaceholder,
}

/// Whether settings can follow on these.
pub fn may_follow(new: &Settings, before: &Settings) -> Result<(), SettingsFault> {
    let (yellow, red) = (new.lights.yellow_points.get(), new.lights.red_points.get());
    if red <= yellow {
        return Err(SettingsFault::RedBeforeYellow { yellow, red });
    }
    for list in CodeList::ALL {
        list_may_follow(list, &codes(new, list), &codes(before, list))?;
    }
    let meeting = &new.body.meeting;
    let is_plain = |text: &str| !meeting_name(text, "", "").contains(['{', '}']);
    if is_plain(meeting.zh.as_str()) && is_plain(meeting.en.as_str()) {
        Ok(())
    } else {
        Err(SettingsFault::UnknownPlaceholder)
    }
}

/// The codes of a list, each with whether it is offered.
fn codes(settings: &Settings, list: CodeList) -> Vec<(&str, bool)> {
    match list {
        CodeList::Categories => settings
            .categories
            .iter()
            .map(|one| (one.code.as_str(), !one.retired))
            .collect(),
        CodeList::DeclineReasons => settings
            .decline_reasons
            .iter()
            .map(|one| (one.code.as_str(), !one.retired))
            .collect(),
    }
}

fn list_may_follow(
    list: CodeList,
    new: &[(&str, bool)],
    before: &[(&str, bool)],
) -> Result<(), SettingsFault> {
    let mut seen = BTreeSet::new();
    for (code, _) in new {
        if !seen.insert(*code) {
            let code = (*code).to_owned();
            return Err(SettingsFault::Twice { list, code });
        }
    }
    if let Some((code, _)) = before.iter().find(|(code, _)| !seen.contains(code)) {
        let code = (*code).to_owned();
        return Err(SettingsFault::Removed { list, code });
    }
    if new.iter().any(|(_, is_offered)| *is_offered) {
        Ok(())
    } else {
        Err(SettingsFault::NothingOffered(list))
    }
}

/// What the cycle's meeting is called, with its numbers (届、次) in their places.
pub fn meeting(body: &DecidingBody, cycle: &Cycle) -> Bilingual {
    let named = |pattern: &PublicText, number: fn(i32) -> String| {
        let name = meeting_name(
            pattern.as_str(),
            &number(cycle.term),
            &number(cycle.session),
        );
        // A pattern that can be published can be with numbers in it.
        PublicText::new(name).unwrap_or_else(|| pattern.clone())
    };
    Bilingual {
        zh: named(&body.meeting.zh, chinese_number),
        en: named(&body.meeting.en, |number| number.to_string()),
    }
}

fn meeting_name(pattern: &str, term: &str, session: &str) -> String {
    pattern
        .replace("{term}", term)
        .replace("{session}", session)
}

/// A number from 1 to 99 as the names of terms and sessions write it: 十八.
fn chinese_number(number: i32) -> String {
    const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let digit = |n: i32| {
        usize::try_from(n)
            .ok()
            .and_then(|n| DIGITS.get(n))
            .copied()
            .unwrap_or_default()
    };
    match number {
        1..=9 => digit(number).to_owned(),
        10..=19 => format!("十{}", digit(number - 10)),
        20..=99 => format!("{}十{}", digit(number / 10), digit(number % 10)),
        _ => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tally::record::body::Percent;

    fn changed(change: impl FnOnce(&mut Settings)) -> Result<(), SettingsFault> {
        let before = usual(JurisdictionKind::County);
        let mut new = before.clone();
        change(&mut new);
        may_follow(&new, before)
    }

    #[test]
    fn the_usual_settings_of_every_kind_may_follow_on_themselves() {
        for kind in JurisdictionKind::ALL {
            assert_eq!(may_follow(usual(kind), usual(kind)), Ok(()), "{kind:?}");
        }
        let street = serde_json::to_string(usual(JurisdictionKind::Street)).unwrap();
        assert!(!street.contains("人民代表大会"), "{street}");
    }

    #[test]
    fn a_code_is_retired_never_removed_and_never_twice() {
        let list = CodeList::Categories;
        assert_eq!(changed(|new| new.categories[0].retired = true), Ok(()));
        assert_eq!(
            changed(|new| drop(new.categories.remove(0))),
            Err(SettingsFault::Removed {
                list,
                code: "roads".to_owned()
            })
        );
        assert_eq!(
            changed(|new| new.categories.push(new.categories[1].clone())),
            Err(SettingsFault::Twice {
                list,
                code: "housing".to_owned()
            })
        );
        assert_eq!(
            changed(|new| new.categories.iter_mut().for_each(|one| one.retired = true)),
            Err(SettingsFault::NothingOffered(list))
        );
        assert_eq!(
            changed(|new| drop(new.decline_reasons.pop())),
            Err(SettingsFault::Removed {
                list: CodeList::DeclineReasons,
                code: "insufficient_detail".to_owned()
            })
        );
    }

    #[test]
    fn a_light_is_yellow_before_it_is_red() {
        assert_eq!(
            changed(|new| new.lights.red_points = Percent::new(10).unwrap()),
            Err(SettingsFault::RedBeforeYellow {
                yellow: 10,
                red: 10
            })
        );
    }

    #[test]
    fn a_meeting_s_name_knows_two_placeholders() {
        let named = |zh: &str| {
            let zh = PublicText::new(zh).unwrap();
            changed(|new| new.body.meeting.zh = zh)
        };
        assert_eq!(named("第{term}届大会第{session}次会议"), Ok(()));
        assert_eq!(named("议事会会议"), Ok(()));
        assert_eq!(
            named("{year}年会议"),
            Err(SettingsFault::UnknownPlaceholder)
        );
        assert_eq!(named("{term届会议"), Err(SettingsFault::UnknownPlaceholder));
    }

    #[test]
    fn terms_and_sessions_are_written_in_chinese() {
        let written: Vec<String> = [5, 10, 18, 20, 21].map(chinese_number).into();
        assert_eq!(written, ["五", "十", "十八", "二十", "二十一"]);
    }
}
