//! The form of a jurisdiction's settings: what was typed, and the settings that it makes.

use super::settings_rows::{NAME_CHARACTERS, Row, Use, category, decline_reason};
use crate::web::choice::Choice;
use domain::cycles::settings::{
    Bilingual, CodeList, DecidingBody, DeclineReason, LightThresholds, Periods, Settings,
    SettingsFault,
};
use domain::infra::field_errors::FieldErrors;
use serde::Deserialize;
use tally::record::body::{DayOfMonth, Days, Percent, PublicText};

/// The most rows of a list.
const ROWS: usize = 60;
/// Empty rows after those that are filled in.
const EMPTY_ROWS: usize = 3;

/// The fields as they were typed; lists column by column.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub(super) struct SettingsForm {
    /// Which version was read.
    pub version: String,
    pub settings_yellow_points: String,
    pub settings_red_points: String,
    pub settings_red_milestone_days: String,
    pub settings_red_report_days: String,
    pub settings_report_due_day: String,
    pub settings_rework_days: String,
    pub settings_name_zh: String,
    pub settings_name_en: String,
    pub settings_meeting_zh: String,
    pub settings_meeting_en: String,
    pub settings_members_zh: String,
    pub settings_members_en: String,
    pub settings_office_zh: String,
    pub settings_office_en: String,
    pub settings_confirmed_by_zh: String,
    pub settings_confirmed_by_en: String,
    pub category_code: Vec<String>,
    pub category_zh: Vec<String>,
    pub category_en: Vec<String>,
    pub category_use: Vec<Choice<Use>>,
    pub reason_code: Vec<String>,
    pub reason_zh: Vec<String>,
    pub reason_en: Vec<String>,
    pub reason_rule_zh: Vec<String>,
    pub reason_rule_en: Vec<String>,
    pub reason_use: Vec<Choice<Use>>,
}

impl SettingsForm {
    /// The form filled in with settings.
    pub(super) fn of(settings: &Settings, version: i32) -> Self {
        let (lights, periods, body) = (&settings.lights, &settings.periods, &settings.body);
        let (categories, reasons) = (&settings.categories, &settings.decline_reasons);
        let confirmed_by = body.confirmed_by.as_ref();
        Self {
            version: version.to_string(),
            settings_yellow_points: lights.yellow_points.to_string(),
            settings_red_points: lights.red_points.to_string(),
            settings_red_milestone_days: lights.red_milestone_days.to_string(),
            settings_red_report_days: lights.red_report_days.to_string(),
            settings_report_due_day: periods.report_due_day.to_string(),
            settings_rework_days: periods.rework_days.to_string(),
            settings_name_zh: body.title.zh.to_string(),
            settings_name_en: body.title.en.to_string(),
            settings_meeting_zh: body.meeting.zh.to_string(),
            settings_meeting_en: body.meeting.en.to_string(),
            settings_members_zh: body.members.zh.to_string(),
            settings_members_en: body.members.en.to_string(),
            settings_office_zh: body.office.zh.to_string(),
            settings_office_en: body.office.en.to_string(),
            settings_confirmed_by_zh: confirmed_by
                .map(|one| one.zh.to_string())
                .unwrap_or_default(),
            settings_confirmed_by_en: confirmed_by
                .map(|one| one.en.to_string())
                .unwrap_or_default(),
            category_code: column(categories, |one| one.code.to_string()),
            category_zh: column(categories, |one| one.title.zh.to_string()),
            category_en: column(categories, |one| one.title.en.to_string()),
            category_use: column(categories, |one| use_of(one.retired)),
            reason_code: column(reasons, |one| one.code.to_string()),
            reason_zh: column(reasons, |one| one.title.zh.to_string()),
            reason_en: column(reasons, |one| one.title.en.to_string()),
            reason_rule_zh: column(reasons, |one| rule_text(one, |rule| &rule.zh)),
            reason_rule_en: column(reasons, |one| rule_text(one, |rule| &rule.en)),
            reason_use: column(reasons, |one| use_of(one.retired)),
        }
    }

    /// The numbers.
    pub(super) fn numbers(&self) -> [(&'static str, &str); 6] {
        [
            ("settings-yellow-points", &self.settings_yellow_points),
            ("settings-red-points", &self.settings_red_points),
            (
                "settings-red-milestone-days",
                &self.settings_red_milestone_days,
            ),
            ("settings-red-report-days", &self.settings_red_report_days),
            ("settings-report-due-day", &self.settings_report_due_day),
            ("settings-rework-days", &self.settings_rework_days),
        ]
    }

    /// The words of the deciding body, each with whether it is required.
    pub(super) fn words(&self) -> [(&'static str, &str, bool); 10] {
        [
            ("settings-name-zh", &self.settings_name_zh, true),
            ("settings-name-en", &self.settings_name_en, true),
            ("settings-meeting-zh", &self.settings_meeting_zh, true),
            ("settings-meeting-en", &self.settings_meeting_en, true),
            ("settings-members-zh", &self.settings_members_zh, true),
            ("settings-members-en", &self.settings_members_en, true),
            ("settings-office-zh", &self.settings_office_zh, true),
            ("settings-office-en", &self.settings_office_en, true),
            (
                "settings-confirmed-by-zh",
                &self.settings_confirmed_by_zh,
                false,
            ),
            (
                "settings-confirmed-by-en",
                &self.settings_confirmed_by_en,
                false,
            ),
        ]
    }

    /// How many rows a list is shown with.
    pub(super) fn rows(&self, list: CodeList) -> usize {
        let filled = match list {
            CodeList::Categories => self.category_code.len(),
            CodeList::DeclineReasons => self.reason_code.len(),
        };
        let last = (0..filled).rfind(|at| !self.row(list, *at).is_empty());
        last.map_or(0, |at| at + 1) + EMPTY_ROWS
    }

    /// A row, counted from 0; empty where none was sent.
    pub(super) fn row(&self, list: CodeList, at: usize) -> Row<'_> {
        let usage =
            |column: &[Choice<Use>]| column.get(at).cloned().unwrap_or(Choice::One(Use::Offered));
        let none: &[String] = &[];
        let (columns, usage) = match list {
            CodeList::Categories => (
                [&self.category_code, &self.category_zh, &self.category_en].map(Vec::as_slice),
                usage(&self.category_use),
            ),
            CodeList::DeclineReasons => (
                [&self.reason_code, &self.reason_zh, &self.reason_en].map(Vec::as_slice),
                usage(&self.reason_use),
            ),
        };
        let rules = match list {
            CodeList::Categories => [none, none],
            CodeList::DeclineReasons => {
                [&self.reason_rule_zh, &self.reason_rule_en].map(Vec::as_slice)
            }
        };
        let ([code, zh, en], [rule_zh, rule_en]) = (columns, rules);
        Row {
            code: cell(code, at),
            zh: cell(zh, at),
            en: cell(en, at),
            rule_zh: cell(rule_zh, at),
            rule_en: cell(rule_en, at),
            usage,
        }
    }

    /// The settings, or what is wrong at each field.
    pub(super) fn check(&self) -> Result<Settings, FieldErrors> {
        let mut errors = FieldErrors::none();
        let lights = self.lights(&mut errors);
        let periods = self.periods(&mut errors);
        let body = self.body(&mut errors);
        let categories = self.list(&mut errors, CodeList::Categories, category);
        let decline_reasons = self.list(&mut errors, CodeList::DeclineReasons, decline_reason);
        match (lights, periods, body) {
            (Some(lights), Some(periods), Some(body)) if errors.is_empty() => Ok(Settings {
                lights,
                periods,
                categories,
                decline_reasons,
                body,
            }),
            _ => Err(errors),
        }
    }

    fn lights(&self, errors: &mut FieldErrors) -> Option<LightThresholds> {
        let yellow = whole(
            errors,
            "settings-yellow-points",
            &self.settings_yellow_points,
            POINTS,
        );
        let red = whole(
            errors,
            "settings-red-points",
            &self.settings_red_points,
            POINTS,
        );
        let milestone = &self.settings_red_milestone_days;
        let milestone = whole(errors, "settings-red-milestone-days", milestone, DAYS);
        let report = whole(
            errors,
            "settings-red-report-days",
            &self.settings_red_report_days,
            DAYS,
        );
        Some(LightThresholds {
            yellow_points: Percent::new(yellow?)?,
            red_points: Percent::new(red?)?,
            red_milestone_days: Days::new(milestone?)?,
            red_report_days: Days::new(report?)?,
        })
    }

    fn periods(&self, errors: &mut FieldErrors) -> Option<Periods> {
        let due = whole(
            errors,
            "settings-report-due-day",
            &self.settings_report_due_day,
            DUE_DAY,
        );
        let rework = whole(
            errors,
            "settings-rework-days",
            &self.settings_rework_days,
            DAYS,
        );
        Some(Periods {
            report_due_day: DayOfMonth::new(due?)?,
            rework_days: Days::new(rework?)?,
        })
    }

    fn body(&self, errors: &mut FieldErrors) -> Option<DecidingBody> {
        let mut words = |zh: (&'static str, &str), en: (&'static str, &str)| {
            let (zh, en) = (words(errors, zh), words(errors, en));
            Some(Bilingual { zh: zh?, en: en? })
        };
        let name = words(
            ("settings-name-zh", &self.settings_name_zh),
            ("settings-name-en", &self.settings_name_en),
        );
        let meeting = words(
            ("settings-meeting-zh", &self.settings_meeting_zh),
            ("settings-meeting-en", &self.settings_meeting_en),
        );
        let members = words(
            ("settings-members-zh", &self.settings_members_zh),
            ("settings-members-en", &self.settings_members_en),
        );
        let office = words(
            ("settings-office-zh", &self.settings_office_zh),
            ("settings-office-en", &self.settings_office_en),
        );
        let (zh, en) = (
            &self.settings_confirmed_by_zh,
            &self.settings_confirmed_by_en,
        );
        let confirmed_by = if zh.trim().is_empty() && en.trim().is_empty() {
            None
        } else {
            Some(words(
                ("settings-confirmed-by-zh", zh),
                ("settings-confirmed-by-en", en),
            )?)
        };
        Some(DecidingBody {
            title: name?,
            meeting: meeting?,
            members: members?,
            office: office?,
            confirmed_by,
        })
    }

    /// The filled rows of a list; the first wrong one is named by its number.
    fn list<T>(
        &self,
        errors: &mut FieldErrors,
        list: CodeList,
        read: fn(&Row<'_>) -> Result<T, &'static str>,
    ) -> Vec<T> {
        let mut all = Vec::new();
        for at in 0..self.rows(list) {
            let row = self.row(list, at);
            if row.is_empty() {
                continue;
            }
            match read(&row) {
                Ok(one) => all.push(one),
                Err(code) => {
                    let number = i64::try_from(at + 1).unwrap_or(i64::MAX);
                    errors.add_limit(field_of(list), code, number);
                }
            }
        }
        if all.len() > ROWS {
            let most = i64::try_from(ROWS).unwrap_or(i64::MAX);
            errors.add_limit(field_of(list), "too-many-rows", most);
        }
        all
    }
}

/// The least and the most of a number of the form; the record's own types have the same bounds.
type Bounds = (i64, i64);
const POINTS: Bounds = (1, 100);
const DAYS: Bounds = (1, 366);
const DUE_DAY: Bounds = (1, 28);

fn whole(
    errors: &mut FieldErrors,
    field: &'static str,
    text: &str,
    (least, most): Bounds,
) -> Option<u64> {
    let number = errors.whole_number(field, text, least, most)?;
    u64::try_from(number).ok()
}

fn words(errors: &mut FieldErrors, (field, typed): (&'static str, &str)) -> Option<PublicText> {
    PublicText::new(errors.text(field, typed, 1, NAME_CHARACTERS))
}

fn cell(column: &[String], at: usize) -> &str {
    column.get(at).map_or("", String::as_str)
}

fn column<T, V>(all: &[T], of: impl Fn(&T) -> V) -> Vec<V> {
    all.iter().map(of).collect()
}

const fn use_of(retired: bool) -> Choice<Use> {
    Choice::One(if retired { Use::Retired } else { Use::Offered })
}

fn rule_text(reason: &DeclineReason, of: fn(&Bilingual) -> &PublicText) -> String {
    let rule = reason.rule.as_ref();
    rule.map(|rule| of(rule).to_string()).unwrap_or_default()
}

/// The field that stands for a list.
pub(super) const fn field_of(list: CodeList) -> &'static str {
    match list {
        CodeList::Categories => "settings-categories",
        CodeList::DeclineReasons => "settings-decline-reasons",
    }
}

/// What is wrong with settings that cannot follow on those in force, at its field.
pub(super) fn fault(fault: &SettingsFault) -> FieldErrors {
    let mut errors = FieldErrors::none();
    match fault {
        SettingsFault::RedBeforeYellow { yellow, .. } => {
            let least = i64::from(*yellow) + 1;
            errors.add_limit("settings-red-points", "too-small", least);
        }
        SettingsFault::Twice { list, .. } => errors.add(field_of(*list), "code-twice"),
        SettingsFault::Removed { list, .. } => errors.add(field_of(*list), "code-removed"),
        SettingsFault::NothingOffered(list) => errors.add(field_of(*list), "nothing-offered"),
        SettingsFault::UnknownPlaceholder => {
            errors.add("settings-meeting-zh", "unknown-placeholder");
        }
    }
    errors
}

#[cfg(test)]
#[path = "settings_form_tests.rs"]
mod tests;
