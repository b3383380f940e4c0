//! Importing the roster: choose a file or paste it, look at what was understood, confirm.

use super::sign_in::again;
use crate::web::components::{
    Field, Stat, Tone, breadcrumbs, notice, page_head, stats, table_wrap,
};
use crate::web::cycle_path::find_jurisdiction;
use crate::web::held::missing_file;
use crate::web::http_error::{HttpError, HttpResult, unreadable_part};
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::visit::{Visit, redirect_with};
use axum::extract::{Multipart, Path, State};
use axum::response::Response;
use domain::closed_loop;
use domain::cycles::Jurisdiction;
use domain::infra::app::App;
use domain::infra::field_errors::FieldErrors;
use domain::people::Viewer;
use domain::people::import::{self, Effect, Plan, Preview, Row};
use maud::{Markup, html};

/// What was understood, beside the roster.
struct Understood {
    preview: Preview,
    plan: Plan,
}

struct ImportPage<'a> {
    jurisdiction: &'a Jurisdiction,
    /// What the text box holds.
    csv: &'a str,
    understood: Option<&'a Understood>,
    errors: FieldErrors,
}

impl ImportPage<'_> {
    fn path(&self) -> String {
        format!("/j/{}/people/import", self.jurisdiction.slug)
    }

    fn first_step(&self, locale: &Locale) -> Markup {
        html! {
            form.card method="post" enctype="multipart/form-data" action=(self.path()) {
                (Field { name: "file", value: "", errors: &self.errors, required: false }.file(locale, ".xlsx,.csv,.tsv,.txt"))
                (Field { name: "csv", value: self.csv, errors: &self.errors, required: false }.textarea(locale, 8))
                button.button type="submit" { (locale.text("import-preview")) }
            }
        }
    }

    fn second_step(&self, locale: &Locale, understood: &Understood) -> Markup {
        let plan = &understood.plan;
        html! {
            (changes(locale, understood))
            @if !plan.bad.is_empty() { (bad_rows(locale, plan)) }
            @if !plan.rows.is_empty() {
                (good_rows(locale, plan))
                form.card method="post" enctype="multipart/form-data" action=(format!("{}/confirm", self.path())) {
                    input type="hidden" name="csv" value=(understood.preview.text);
                    @if !plan.bad.is_empty() {
                        div.choices { label.choice {
                            input type="checkbox" name="only_good" value="yes" id="field-only_good";
                            span { (locale.text("field-only_good")) }
                        } }
                    }
                    button.button type="submit" {
                        (locale.text_with("import-confirm", &[("count", plan.rows.len().into())]))
                    }
                }
            }
        }
    }
}

/// What the import would change, and what of the file it does not read.
fn changes(locale: &Locale, understood: &Understood) -> Markup {
    let Understood { preview, plan } = understood;
    let mut figures: Vec<Stat> = Effect::ALL
        .into_iter()
        .filter(|effect| plan.count(*effect) > 0)
        .map(|effect| Stat::new(effect_text(locale, effect), plan.count(effect)))
        .collect();
    if !plan.bad.is_empty() {
        figures.push(Stat::new(locale.text("import-bad"), plan.bad.len()));
    }
    let named = |key: &str, names: &[String]| {
        locale.text_with(key, &[("names", locale.list(names).into())])
    };
    html! {
        (stats(&figures))
        @if !preview.unread_columns.is_empty() {
            (notice(Tone::Warn, &html! { (named("import-unread-columns", &preview.unread_columns)) }))
        }
        @if !preview.unread_sheets.is_empty() {
            (notice(Tone::Warn, &html! { (named("import-unread-sheets", &preview.unread_sheets)) }))
        }
        @if plan.unnamed > 0 {
            (notice(Tone::Neutral, &html! {
                (locale.text_with("import-unnamed", &[("count", plan.unnamed.into())]))
            }))
        }
    }
}

fn effect_text(locale: &Locale, effect: Effect) -> String {
    locale.text(&format!("import-effect-{}", effect.name()))
}

fn bad_rows(locale: &Locale, plan: &Plan) -> Markup {
    let table = html! {
        table {
            thead { tr {
                th scope="col" { (locale.text("import-line")) }
                th scope="col" { (locale.text("import-column")) }
                th scope="col" { (locale.text("import-reason")) }
            } }
            tbody {
                @for bad in &plan.bad {
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

fn good_rows(locale: &Locale, plan: &Plan) -> Markup {
    let table = html! {
        table {
            thead { tr {
                @for column in ["column-number", "column-name", "column-delegation", "column-contact", "import-effect"] {
                    th scope="col" { (locale.text(column)) }
                }
            } }
            tbody {
                @for planned in &plan.rows {
                    @let row = &planned.row;
                    tr {
                        td { (row.number) }
                        td { (row.name) }
                        td { (row.delegation) }
                        td { @for contact in &row.contacts { (contact.masked()) " " } }
                        td { (effect_text(locale, planned.effect)) }
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

    fn errors(&self) -> Option<&FieldErrors> {
        Some(&self.errors)
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
            @if let Some(understood) = self.understood { (self.second_step(locale, understood)) }
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
        understood: None,
        errors: FieldErrors::none(),
    };
    Ok(show(&visit, &page))
}

/// What was sent: a file goes before pasted text.
#[derive(Default)]
struct Submission {
    file: Vec<u8>,
    /// Why a file that was chosen is not there.
    file_missing: Option<&'static str>,
    csv: String,
    only_good: bool,
}

impl Submission {
    async fn read(mut form: Multipart) -> HttpResult<Self> {
        let mut sent = Self::default();
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
                "file" => match missing_file(&bytes) {
                    None => sent.file = bytes.to_vec(),
                    missing => sent.file_missing = missing,
                },
                "csv" => {
                    sent.csv = String::from_utf8(bytes.to_vec())
                        .map_err(|_| HttpError::invalid("csv", "csv-encoding"))?;
                }
                "only_good" => sent.only_good = ticked("only_good", &bytes)?,
                _ => {}
            }
        }
        Ok(sent)
    }

    /// Where it was put in.
    const fn field(&self) -> &'static str {
        if self.file.is_empty() { "csv" } else { "file" }
    }

    fn bytes(&self) -> &[u8] {
        if self.file.is_empty() {
            self.csv.as_bytes()
        } else {
            &self.file
        }
    }
}

/// A box that is sent where it is ticked.
fn ticked(field: &'static str, sent: &[u8]) -> HttpResult<bool> {
    match sent {
        b"yes" => Ok(true),
        _ => Err(HttpError::invalid(field, "not-an-option")),
    }
}

/// What was sent, read where it holds up nobody else, and compared with the roster; or which field cannot be understood, and
/// why.
async fn understand(
    app: &App,
    jurisdiction: &Jurisdiction,
    sent: &Submission,
) -> HttpResult<Result<Understood, (&'static str, &'static str)>> {
    if let Some(code) = sent.file_missing {
        return Ok(Err(("file", code)));
    }
    let bytes = sent.bytes().to_vec();
    let read = tokio::task::spawn_blocking(move || import::read(&bytes))
        .await
        .map_err(|error| HttpError::internal(&error))?;
    let preview = match read {
        Ok(preview) => preview,
        Err(error) => return Ok(Err((sent.field(), error.code()))),
    };
    let mut tx = app.database.read().await?;
    let plan = import::compare(&mut tx, app, jurisdiction.id, &preview).await?;
    Ok(Ok(Understood { preview, plan }))
}

/// The answer to what cannot be understood: the text stays in its box, a file is to be chosen again.
fn refused(
    visit: &Visit,
    jurisdiction: &Jurisdiction,
    sent: &Submission,
    (field, code): (&'static str, &'static str),
) -> Response {
    let mut errors = FieldErrors::none();
    errors.add(field, code);
    let page = ImportPage {
        jurisdiction,
        csv: &sent.csv,
        understood: None,
        errors,
    };
    again(visit, &page)
}

/// `POST /j/{jurisdiction}/people/import`: shows what was understood and what it would change; changes nothing.
pub(crate) async fn preview(
    State(app): State<App>,
    visit: Visit,
    Path(slug): Path<String>,
    form: Multipart,
) -> HttpResult {
    let jurisdiction = find_jurisdiction(&app, &slug).await?;
    let sent = Submission::read(form).await?;
    let understood = match understand(&app, &jurisdiction, &sent).await? {
        Ok(understood) => understood,
        Err(error) => return Ok(refused(&visit, &jurisdiction, &sent, error)),
    };
    let page = ImportPage {
        jurisdiction: &jurisdiction,
        csv: &understood.preview.text,
        understood: Some(&understood),
        errors: FieldErrors::none(),
    };
    Ok(show(&visit, &page))
}

/// `POST /j/{jurisdiction}/people/import/confirm`: imports what the preview has shown. Where rows are bad nothing is
/// imported unless the good ones alone are asked for.
pub(crate) async fn confirm(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    Path(slug): Path<String>,
    form: Multipart,
) -> HttpResult {
    let jurisdiction = find_jurisdiction(&app, &slug).await?;
    let sent = Submission::read(form).await?;
    let understood = match understand(&app, &jurisdiction, &sent).await? {
        Ok(understood) => understood,
        Err(error) => return Ok(refused(&visit, &jurisdiction, &sent, error)),
    };
    let plan = &understood.plan;
    if !plan.rows.is_empty() && (plan.bad.is_empty() || sent.only_good) {
        let rows: Vec<Row> = plan
            .rows
            .iter()
            .map(|planned| planned.row.clone())
            .collect();
        closed_loop::import_roster(&app, &viewer, jurisdiction.id, &rows).await?;
        return Ok(redirect_with(
            &format!("/j/{slug}/deputies"),
            "roster-imported",
        ));
    }
    // The box to tick is there only where some rows are good.
    let field = if plan.rows.is_empty() {
        "csv"
    } else {
        "only_good"
    };
    let mut errors = FieldErrors::none();
    errors.add(field, "bad-rows");
    let page = ImportPage {
        jurisdiction: &jurisdiction,
        csv: &understood.preview.text,
        understood: Some(&understood),
        errors,
    };
    Ok(again(&visit, &page))
}
