//! `/j/{jurisdiction}/settings`: what the jurisdiction settles for itself, for everybody to read.

use crate::web::components::{breadcrumbs, facts, page_head, table_wrap};
use crate::web::cycle_path::find_jurisdiction;
use crate::web::http_error::HttpResult;
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::visit::Visit;
use axum::extract::{Path, State};
use domain::cycles::Jurisdiction;
use domain::cycles::settings::{Bilingual, DecidingBody, Settings};
use domain::infra::app::App;
use domain::people::Role;
use maud::{Markup, html};

/// Who changes settings.
pub(in crate::cycles) const KEEPERS: &[Role] = &[Role::Office, Role::Admin];

struct SettingsPage {
    jurisdiction: Jurisdiction,
}

/// The page.
pub(crate) async fn settings(
    State(app): State<App>,
    visit: Visit,
    Path(slug): Path<String>,
) -> HttpResult {
    let jurisdiction = find_jurisdiction(&app, &slug).await?;
    Ok(show(&visit, &SettingsPage { jurisdiction }))
}

impl Page for SettingsPage {
    fn title(&self, locale: &Locale) -> String {
        locale.text("settings-title")
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let above = format!("/j/{}", self.jurisdiction.slug);
        let version = self.jurisdiction.settings_version;
        html! {
            (breadcrumbs(locale, &[(above.clone(), self.jurisdiction.name.clone())], &self.title(locale)))
            (page_head(&self.title(locale), &locale.text("settings-lead")))
            p.muted { (locale.text_with("settings-version", &[("version", version.into())])) }
            @if visit.holds_any(KEEPERS, self.jurisdiction.id) {
                div.actions { a.button href={ (above) "/settings/change" } { (locale.text("settings-change")) } }
            }
            (document(locale, &self.jurisdiction.settings))
            p { a href={ "/api/v1" (above) "/settings" } { (locale.text("settings-json")) } }
        }
    }
}

/// The settings in words.
pub(super) fn document(locale: &Locale, settings: &Settings) -> Markup {
    let (lights, periods) = (&settings.lights, &settings.periods);
    let numbers = [
        ("settings-yellow-points", lights.yellow_points.to_string()),
        ("settings-red-points", lights.red_points.to_string()),
        (
            "settings-red-milestone-days",
            lights.red_milestone_days.to_string(),
        ),
        (
            "settings-red-report-days",
            lights.red_report_days.to_string(),
        ),
        (
            "settings-report-due-day",
            periods.report_due_day.to_string(),
        ),
        ("settings-rework-days", periods.rework_days.to_string()),
    ]
    .map(|(field, number)| (label(locale, field), html! { span.number { (number) } }));
    html! {
        h2 { (locale.text("settings-numbers")) }
        p { (locale.text("settings-numbers-note")) }
        (facts(&numbers))
        h2 { (locale.text("field-settings-body")) }
        p { (locale.text("settings-body-note")) }
        (facts(&body(locale, &settings.body)))
        h2 { (locale.text("field-settings-categories")) }
        p { (locale.text("settings-lists-note")) }
        (categories(locale, settings))
        h2 { (locale.text("field-settings-decline-reasons")) }
        p { (locale.text("settings-reasons-note")) }
        (reasons(locale, settings))
    }
}

fn label(locale: &Locale, field: &str) -> String {
    locale.text(&format!("field-{field}"))
}

fn body(locale: &Locale, body: &DecidingBody) -> Vec<(String, Markup)> {
    let mut rows = vec![
        ("settings-body-name", &body.title),
        ("settings-body-meeting", &body.meeting),
        ("settings-body-members", &body.members),
        ("settings-body-office", &body.office),
    ];
    rows.extend(
        body.confirmed_by
            .as_ref()
            .map(|by| ("settings-body-confirmed-by", by)),
    );
    rows.into_iter()
        .map(|(key, words)| (locale.text(key), html! { (locale.of(words)) }))
        .collect()
}

fn categories(locale: &Locale, settings: &Settings) -> Markup {
    let rows = settings.categories.iter();
    let rows = rows.map(|one| (one.code.as_str(), &one.title, None, one.retired));
    table(locale, "field-settings-categories", rows)
}

fn reasons(locale: &Locale, settings: &Settings) -> Markup {
    let rows = settings.decline_reasons.iter();
    let rows = rows.map(|one| {
        (
            one.code.as_str(),
            &one.title,
            one.rule.as_ref(),
            one.retired,
        )
    });
    table(locale, "field-settings-decline-reasons", rows)
}

fn table<'s>(
    locale: &Locale,
    caption: &str,
    rows: impl Iterator<Item = (&'s str, &'s Bilingual, Option<&'s Bilingual>, bool)>,
) -> Markup {
    let (code, name, usage) = (
        locale.text("row-code"),
        locale.text("row-name"),
        locale.text("row-use"),
    );
    let caption = locale.text(caption);
    table_wrap(
        &caption,
        &html! {
            table.stacked {
                caption.visually-hidden { (caption) }
                thead { tr { th scope="col" { (name) } th scope="col" { (code) } th scope="col" { (usage) } } }
                tbody { @for (id, words, rule, retired) in rows {
                    tr {
                        th scope="row" {
                            (locale.of(words))
                            @if let Some(rule) = rule { " " span.muted { (locale.of(rule)) } }
                        }
                        td data-label=(code) { span.mono { (id) } }
                        td data-label=(usage) {
                            (locale.text(if retired { "use-retired" } else { "use-offered" }))
                        }
                    }
                } }
            }
        },
    )
}
