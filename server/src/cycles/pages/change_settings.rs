//! `/j/{jurisdiction}/settings/change`: the form by which the office changes the settings. Whatever goes wrong, it comes
//! back as it was filled in; where somebody else was faster, theirs stand above it.

use super::settings::document;
use crate::cycles::settings_form::{SettingsForm, fault, field_of};
use crate::cycles::settings_rows::{Row, Use};
use crate::web::choice::Choice;
use crate::web::components::{Field, Tone, breadcrumbs, error_text, notice, page_head};
use crate::web::cycle_path::find_jurisdiction;
use crate::web::http_error::{HttpError, HttpResult};
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::visit::{Visit, redirect_with};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum_extra::extract::Form;
use domain::cycles::settings::CodeList;
use domain::cycles::{self, FixedPart, Jurisdiction, SettingsError};
use domain::infra::app::App;
use domain::infra::field_errors::FieldErrors;
use domain::people::Viewer;
use maud::{Markup, html};

struct ChangePage {
    jurisdiction: Jurisdiction,
    form: SettingsForm,
    errors: FieldErrors,
    /// Whether the settings were changed while the form was filled in.
    is_stale: bool,
}

impl ChangePage {
    fn answer(&self, visit: &Visit, status: StatusCode) -> Response {
        (status, show(visit, self)).into_response()
    }

    fn refused(mut self, visit: &Visit, errors: FieldErrors) -> Response {
        self.errors = errors;
        self.answer(visit, StatusCode::UNPROCESSABLE_ENTITY)
    }
}

/// The form, with the settings in force.
pub(crate) async fn form(
    State(app): State<App>,
    visit: Visit,
    Path(slug): Path<String>,
) -> HttpResult {
    let jurisdiction = find_jurisdiction(&app, &slug).await?;
    let page = ChangePage {
        form: SettingsForm::of(&jurisdiction.settings, jurisdiction.settings_version),
        jurisdiction,
        errors: FieldErrors::none(),
        is_stale: false,
    };
    Ok(page.answer(&visit, StatusCode::OK))
}

/// Changes the settings.
pub(crate) async fn change(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    Path(slug): Path<String>,
    Form(form): Form<SettingsForm>,
) -> HttpResult {
    let mut page = ChangePage {
        jurisdiction: find_jurisdiction(&app, &slug).await?,
        form,
        errors: FieldErrors::none(),
        is_stale: false,
    };
    let seen = page.form.version.parse();
    let seen = seen.map_err(|_| HttpError::invalid("version", "unreadable"))?;
    let settings = match page.form.check() {
        Ok(settings) => settings,
        Err(errors) => return Ok(page.refused(&visit, errors)),
    };
    let actor = viewer.actor();
    match cycles::change_settings(&app, actor, &page.jurisdiction, seen, &settings).await {
        Ok(_) => {
            let path = format!("/j/{slug}/settings");
            Ok(redirect_with(&path, "settings-changed"))
        }
        Err(SettingsError::Stale) => {
            page.is_stale = true;
            // Sent again, the form has seen what stands above it.
            page.form.version = page.jurisdiction.settings_version.to_string();
            Ok(page.answer(&visit, StatusCode::CONFLICT))
        }
        Err(SettingsError::Fault(found)) => Ok(page.refused(&visit, fault(&found))),
        Err(SettingsError::Fixed { part, .. }) => {
            let mut errors = FieldErrors::none();
            match part {
                FixedPart::DeclineReasons => {
                    errors.add("settings-decline-reasons", "reasons-fixed");
                }
                FixedPart::Body => errors.add("settings-body", "body-fixed"),
            }
            Ok(page.refused(&visit, errors))
        }
        Err(SettingsError::Database(error)) => Err(error.into()),
    }
}

impl Page for ChangePage {
    fn title(&self, locale: &Locale) -> String {
        locale.text("settings-change")
    }

    fn errors(&self) -> Option<&FieldErrors> {
        Some(&self.errors)
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let slug = &self.jurisdiction.slug;
        let settings = format!("/j/{slug}/settings");
        let above = [
            (format!("/j/{slug}"), self.jurisdiction.name.clone()),
            (settings.clone(), locale.text("settings-title")),
        ];
        let version = self.jurisdiction.settings_version;
        html! {
            (breadcrumbs(locale, &above, &self.title(locale)))
            (page_head(&self.title(locale), &locale.text("settings-change-lead")))
            @if self.is_stale {
                (notice(Tone::Bad, &html! { p role="alert" { (locale.text("settings-stale")) } }))
                section.panel {
                    p { strong { (locale.text_with("settings-version", &[("version", version.into())])) } }
                    (document(locale, &self.jurisdiction.settings))
                }
                h2 { (locale.text("settings-yours")) }
            }
            form.form method="post" action={ (settings) "/change" } {
                p.muted { (locale.text_with("settings-version", &[("version", self.form.version.clone().into())])) }
                input type="hidden" name="version" value=(self.form.version);
                (self.numbers(locale))
                (self.body(locale))
                (self.list(locale, CodeList::Categories, "settings-lists-note"))
                (self.list(locale, CodeList::DeclineReasons, "settings-reasons-note"))
                button type="submit" { (locale.text("settings-save")) }
            }
        }
    }
}

impl ChangePage {
    fn field<'a>(&'a self, name: &'static str, value: &'a str, required: bool) -> Field<'a> {
        Field {
            name,
            value,
            errors: &self.errors,
            required,
        }
    }

    fn numbers(&self, locale: &Locale) -> Markup {
        html! {
            fieldset {
                legend { (locale.text("settings-numbers")) }
                p.hint { (locale.text("settings-numbers-note")) }
                @for (name, value) in self.form.numbers() { (self.field(name, value, true).input(locale, "number", "off")) }
            }
        }
    }

    fn body(&self, locale: &Locale) -> Markup {
        html! {
            fieldset #field-settings-body {
                legend { (locale.text("field-settings-body")) }
                p.hint { (locale.text("settings-body-note")) }
                (self.error(locale, "settings-body"))
                @for (name, value, required) in self.form.words() {
                    (self.field(name, value, required).input(locale, "text", "off"))
                }
            }
        }
    }

    fn error(&self, locale: &Locale, field: &str) -> Markup {
        html! {
            @if let Some(error) = self.errors.of(field) { p.field-error { (error_text(locale, error)) } }
        }
    }

    fn list(&self, locale: &Locale, list: CodeList, note: &str) -> Markup {
        let field = field_of(list);
        let columns = Columns::of(list);
        html! {
            fieldset id={ "field-" (field) } {
                legend { (locale.text(&format!("field-{field}"))) }
                p.hint { (locale.text(note)) }
                (self.error(locale, field))
                table.stacked {
                    thead { tr {
                        @for (_, key) in columns.texts { th { (locale.text(key)) } }
                        th { (locale.text("row-use")) }
                    } }
                    tbody {
                        @for at in 0..self.form.rows(list) {
                            (columns.row(locale, at, &self.form.row(list, at)))
                        }
                    }
                }
            }
        }
    }
}

/// The columns of a list's table: the name of each text as sent, and the key of its words.
struct Columns {
    texts: &'static [(&'static str, &'static str)],
    usage: &'static str,
}

impl Columns {
    const fn of(list: CodeList) -> Self {
        match list {
            CodeList::Categories => Self {
                texts: &[
                    ("category-code", "row-code"),
                    ("category-zh", "row-zh"),
                    ("category-en", "row-en"),
                ],
                usage: "category-use",
            },
            CodeList::DeclineReasons => Self {
                texts: &[
                    ("reason-code", "row-code"),
                    ("reason-zh", "row-zh"),
                    ("reason-en", "row-en"),
                    ("reason-rule-zh", "row-rule-zh"),
                    ("reason-rule-en", "row-rule-en"),
                ],
                usage: "reason-use",
            },
        }
    }

    fn row(&self, locale: &Locale, at: usize, row: &Row<'_>) -> Markup {
        let number = at + 1;
        let values = [row.code, row.zh, row.en, row.rule_zh, row.rule_en];
        let usage = locale.text("row-use");
        html! {
            tr {
                @for ((name, key), value) in self.texts.iter().zip(values) {
                    @let words = locale.text(key);
                    td data-label=(words) {
                        input type="text" name=(name) value=(value) aria-label={ (words) " " (number) };
                    }
                }
                td data-label=(usage) {
                    select name=(self.usage) aria-label={ (usage) " " (number) } {
                        @if let Choice::Other(sent) = &row.usage { option value=(sent) selected { (sent) } }
                        @for one in Use::ALL {
                            option value=(one.name()) selected[row.usage == Choice::One(one)] {
                                (locale.text(&format!("use-{}", one.name())))
                            }
                        }
                    }
                }
            }
        }
    }
}
