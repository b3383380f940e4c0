//! Importing the roster: choose a file or paste it, look at what was understood, confirm.

use super::sign_in::again;
use crate::web::components::{
    Field, Stat, Tone, breadcrumbs, error_summary, notice, page_head, stats, table_wrap,
};
use crate::web::cycle_path::find_jurisdiction;
use crate::web::http_error::{HttpError, HttpResult, unreadable_part};
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::visit::{Visit, redirect_with};
use axum::extract::{Multipart, Path, State};
use domain::closed_loop;
use domain::cycles::Jurisdiction;
use domain::infra::app::App;
use domain::infra::field_errors::FieldErrors;
use domain::people::Viewer;
use domain::people::import::{self, Preview};
use maud::{Markup, html};

struct ImportPage<'a> {
    jurisdiction: &'a Jurisdiction,
    csv: &'a str,
    preview: Option<&'a Preview>,
    errors: FieldErrors,
}

impl ImportPage<'_> {
    fn path(&self) -> String {
        format!("/j/{}/people/import", self.jurisdiction.slug)
    }

    fn first_step(&self, locale: &Locale) -> Markup {
        html! {
            form.card method="post" enctype="multipart/form-data" action=(self.path()) {
                div.field {
                    label for="field-file" { (locale.text("field-file")) " " span.optional { (locale.text("optional")) } }
                    p.hint id="hint-file" { (locale.text("import-file-help")) }
                    input type="file" id="field-file" name="file" accept=".csv,text/csv" aria-describedby="hint-file";
                }
                (Field { name: "csv", value: self.csv, errors: &self.errors, required: false }.textarea(locale, 8))
                button.button type="submit" { (locale.text("import-preview")) }
            }
        }
    }

    fn second_step(&self, locale: &Locale, preview: &Preview) -> Markup {
        html! {
            (stats(&[
                Stat::new(locale.text("import-good"), preview.good.len()),
                Stat::new(locale.text("import-bad"), preview.bad.len()),
            ]))
            @if !preview.bad.is_empty() { (bad_rows(locale, preview)) }
            @if !preview.good.is_empty() {
                (good_rows(locale, preview))
                form.card method="post" enctype="multipart/form-data" action=(self.path()) {
                    input type="hidden" name="csv" value=(self.csv);
                    input type="hidden" name="confirm" value="yes";
                    @if !preview.bad.is_empty() {
                        p { label {
                            input type="checkbox" name="only_good" value="yes" id="field-only_good";
                            " " (locale.text("field-only_good"))
                        } }
                    }
                    button.button type="submit" {
                        (locale.text_with("import-confirm", &[("count", preview.good.len().into())]))
                    }
                }
            }
        }
    }
}

fn bad_rows(locale: &Locale, preview: &Preview) -> Markup {
    let table = html! {
        table {
            thead { tr {
                th scope="col" { (locale.text("import-line")) }
                th scope="col" { (locale.text("import-column")) }
                th scope="col" { (locale.text("import-reason")) }
            } }
            tbody {
                @for bad in &preview.bad {
                    tr {
                        td { (bad.line) }
                        td { (locale.text(&format!("column-{}", bad.column))) }
                        td { (locale.text(&format!("import-{}", bad.code))) }
                    }
                }
            }
        }
    };
    html! {
        (notice(Tone::Bad, &html! { (locale.text("import-bad-lead")) }))
        (table_wrap(&locale.text("import-bad"), &table))
    }
}

fn good_rows(locale: &Locale, preview: &Preview) -> Markup {
    let table = html! {
        table {
            thead { tr {
                @for column in ["column-number", "column-name", "column-delegation", "column-contact"] {
                    th scope="col" { (locale.text(column)) }
                }
            } }
            tbody {
                @for row in &preview.good {
                    tr {
                        td { (row.number) }
                        td { (row.name) }
                        td { (row.delegation) }
                        td { @for contact in &row.contacts { (contact.masked()) " " } }
                    }
                }
            }
        }
    };
    table_wrap(&locale.text("import-good"), &table)
}

impl Page for ImportPage<'_> {
    fn title(&self, locale: &Locale) -> String {
        locale.text("import-title")
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let above = (
            format!("/j/{}/people", self.jurisdiction.slug),
            locale.text("people-title"),
        );
        let title = locale.text("import-title");
        html! {
            (breadcrumbs(locale, &[above], &title))
            (page_head(&title, &locale.text("import-lead")))
            (error_summary(locale, &self.errors))
            @if let Some(preview) = self.preview { (self.second_step(locale, preview)) }
            (self.first_step(locale))
        }
    }
}

/// `GET /j/{jurisdiction}/people/import`
pub(crate) async fn form(
    State(app): State<App>,
    visit: Visit,
    Path(slug): Path<String>,
) -> HttpResult {
    let jurisdiction = find_jurisdiction(&app, &slug).await?;
    let page = ImportPage {
        jurisdiction: &jurisdiction,
        csv: "",
        preview: None,
        errors: FieldErrors::none(),
    };
    Ok(show(&visit, &page))
}

/// What was sent: a file goes before pasted text.
#[derive(Default)]
struct Submission {
    csv: Vec<u8>,
    confirm: bool,
    only_good: bool,
}

impl Submission {
    async fn read(mut form: Multipart) -> HttpResult<Self> {
        let mut sent = Self::default();
        let mut pasted = Vec::new();
        while let Some(field) = form
            .next_field()
            .await
            .map_err(|error| unreadable_part(&error))?
        {
            let name = field.name().unwrap_or_default().to_owned();
            let bytes = field
                .bytes()
                .await
                .map_err(|error| unreadable_part(&error))?;
            match name.as_str() {
                "file" => sent.csv = bytes.to_vec(),
                "csv" => pasted = bytes.to_vec(),
                "confirm" => sent.confirm = ticked("confirm", &bytes)?,
                "only_good" => sent.only_good = ticked("only_good", &bytes)?,
                _ => {}
            }
        }
        if sent.csv.is_empty() {
            sent.csv = pasted;
        }
        Ok(sent)
    }
}

/// A box that is sent where it is ticked.
fn ticked(field: &'static str, sent: &[u8]) -> HttpResult<bool> {
    match sent {
        b"yes" => Ok(true),
        _ => Err(HttpError::invalid(field, "not-an-option")),
    }
}

/// `POST /j/{jurisdiction}/people/import`: shows what was understood; with `confirm` imports it. Where rows are bad
/// nothing is imported unless the good ones alone are asked for.
pub(crate) async fn submit(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    Path(slug): Path<String>,
    form: Multipart,
) -> HttpResult {
    let jurisdiction = find_jurisdiction(&app, &slug).await?;
    let sent = Submission::read(form).await?;
    let csv = String::from_utf8_lossy(&sent.csv).into_owned();
    let mut page = ImportPage {
        jurisdiction: &jurisdiction,
        csv: &csv,
        preview: None,
        errors: FieldErrors::none(),
    };
    let mut preview = match import::read(&sent.csv) {
        Ok(preview) => preview,
        Err(error) => {
            page.errors.add("csv", error.code());
            return Ok(again(&visit, &page));
        }
    };
    let mut tx = app.database.read().await?;
    import::compare(&mut tx, &app, jurisdiction.id, &mut preview).await?;
    drop(tx);
    if sent.confirm && (preview.bad.is_empty() || sent.only_good) {
        closed_loop::import_roster(&app, &viewer, jurisdiction.id, &preview.good).await?;
        return Ok(redirect_with(
            &format!("/j/{slug}/deputies"),
            "roster-imported",
        ));
    }
    page.preview = Some(&preview);
    if sent.confirm {
        // The box to tick is there only where some rows are good.
        let field = if preview.good.is_empty() {
            "csv"
        } else {
            "only_good"
        };
        page.errors.add(field, "bad-rows");
        return Ok(again(&visit, &page));
    }
    Ok(show(&visit, &page))
}
