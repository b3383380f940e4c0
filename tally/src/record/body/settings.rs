//! What a jurisdiction settles for itself: its lights, periods, categories, reasons and the names of its deciding body.

use serde::{Deserialize, Serialize};

use super::values::{
    CategoryCode, DayOfMonth, Days, DeclineReasonCode, JurisdictionName, Ordinal, Percent,
    PublicText,
};
use super::{Recorded, Subject};

/// A jurisdiction changes its settings. Written at once when the office changes them, with all of them as they are now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SettingsChanged {
    /// Whose they are.
    pub jurisdiction: JurisdictionName,
    /// 1 for those that the jurisdiction began with.
    pub version: Ordinal,
    /// The settings.
    pub settings: Settings,
}

/// The settings of a jurisdiction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Settings {
    /// When a project's light changes; in force from the next month on.
    pub lights: LightThresholds,
    /// How long things take.
    pub periods: Periods,
    /// What a proposal can be about. None ever leaves the list, for entries name it.
    pub categories: Vec<Category>,
    /// Why a proposal or a cluster can be declined. None ever leaves the list, for entries name it.
    pub decline_reasons: Vec<DeclineReason>,
    /// Who decides, and what it is called.
    pub body: DecidingBody,
}

/// From when on a light is yellow or red.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LightThresholds {
    /// Yellow from so many percentage points behind plan.
    pub yellow_points: Percent,
    /// Red from so many percentage points behind plan.
    pub red_points: Percent,
    /// Red from so many days that a milestone is late.
    pub red_milestone_days: Days,
    /// Red from so many days that a report is overdue.
    pub red_report_days: Days,
}

/// How long things take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Periods {
    /// The day of the next month by which a month's report is due; in force from the next month on.
    pub report_due_day: DayOfMonth,
    /// How many days a unit has for a rework; in force from the next verdict on.
    pub rework_days: Days,
}

/// What a proposal can be about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Category {
    /// The code, unique among the categories.
    pub code: CategoryCode,
    /// What it is called.
    pub title: Bilingual,
    /// Whether it is no longer offered.
    pub retired: bool,
}

/// Why a proposal or a cluster can be declined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DeclineReason {
    /// The code, unique among the reasons.
    pub code: DeclineReasonCode,
    /// The reason in words.
    pub title: Bilingual,
    /// The rule that it rests on, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<Bilingual>,
    /// Whether it is no longer offered.
    pub retired: bool,
}

/// The body that decides on the projects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DecidingBody {
    /// What it is called: 人民代表大会, 居民议事会.
    pub title: Bilingual,
    /// What its meeting is called; `{term}` and `{session}` stand for the numbers of the cycle (届、次).
    pub meeting: Bilingual,
    /// What its members are called: 人大代表, 议事代表.
    pub members: Bilingual,
    /// The office that runs the cycle for it.
    pub office: Bilingual,
    /// Who confirms what it decides, where that is not for itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirmed_by: Option<Bilingual>,
}

/// Words in Chinese and in English.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Bilingual {
    /// In Chinese, the language of what is published and signed.
    pub zh: PublicText,
    /// In English.
    pub en: PublicText,
}

impl Settings {
    /// The category of this code.
    pub fn category(&self, code: &CategoryCode) -> Option<&Category> {
        self.categories.iter().find(|one| one.code == *code)
    }

    /// The reason of this code.
    pub fn decline_reason(&self, code: &DeclineReasonCode) -> Option<&DeclineReason> {
        self.decline_reasons.iter().find(|one| one.code == *code)
    }
}

impl Recorded for SettingsChanged {
    fn subject(&self) -> Subject {
        Subject::Jurisdiction(self.jurisdiction.clone())
    }
}
