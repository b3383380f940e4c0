//! The result sheet (计票报告单), laid out as the form on paper that the scrutineers sign.

use super::paper::Announcement;
use super::sheet_words::{Tied, sheet_words};
use super::status;
use crate::session::in_poll::InPoll;
use crate::session::sheet::ResultSheet;
use crate::web::components::{hash, table_wrap};
use crate::web::cycle_path::CycleHeading;
use crate::web::http_error::{HttpError, HttpResult};
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::qr::QrCode;
use crate::web::shared::printed;
use crate::web::visit::Visit;
use ::paper::{Check, Figure, Holds, Paper, Signature, Table};
use axum::extract::State;
use ballot::Digest;
use domain::infra::app::App;
use domain::session::store::{self, ObjectKind};
use domain::session::{SessionError, recorded_steps};
use maud::{Markup, html};
use tally::record::body::Body;

struct SheetPage {
    of: Announcement,
    /// `None` where nothing was counted.
    sheet: Option<ResultSheet>,
    tied: Tied,
    printer_is_there: bool,
}

impl Page for SheetPage {
    fn title(&self, locale: &Locale) -> String {
        locale.text("sheet-title")
    }

    fn cycle(&self) -> Option<&CycleHeading> {
        Some(self.of.found.heading())
    }

    fn is_paper(&self) -> bool {
        true
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let words = self.words(visit);
        html! {
            (self.of.ways(locale, self.printer_is_there.then_some("sheet")))
            article.paper {
                header.paper-head {
                    p { (words.meeting) }
                    h1 { (words.heading) }
                    p.paper-line { @for part in &words.line { span { (part) } } }
                }
                (status::advisory(locale, &self.of.found))
                @if !words.figures.is_empty() { (figures(locale, &words.figures, &words.sums)) }
                @if let Some(table) = &words.table { (lines(locale, table, &words.notes)) }
                p.paper-decision { strong { (words.decision) } }
                h2 { (words.rules_heading) }
                ul { @for line in &words.rules { li { (line) } } }
                (signatures(&words.signatures_heading, &words.signatures))
                (self.check(locale, &words.check))
            }
        }
    }
}

impl SheetPage {
    fn words(&self, visit: &Visit) -> ::paper::ResultSheet {
        sheet_words(&self.of, self.sheet.as_ref(), &self.tied, visit)
    }

    /// By what the sheet is tied to the record, and how anybody checks it.
    fn check(&self, locale: &Locale, check: &Check) -> Markup {
        html! {
            section.paper-check {
                h2 { (check.heading) }
                @if let Some(address) = &self.tied.address { (address.drawn(&locale.text("result-address"))) }
                dl.facts {
                    @for fact in &check.facts { dt { (fact.name) } dd { (hash(&fact.value)) } }
                }
                @if let Some(entry) = self.tied.entry {
                    p.no-print { a href={ "/record/entry/" (entry) } { (locale.text("sheet-entry")) } }
                }
                p { (check.text) " " code { (check.command) } }
            }
        }
    }
}

/// Every item with each of its counts: together the valid ballots.
fn lines(locale: &Locale, table: &Table, notes: &[String]) -> Markup {
    let drawn = html! {
        table.paper-table {
            thead { tr { @for column in &table.columns {
                th.number[column.holds == Holds::Numbers] scope="col" { (column.name) }
            } } }
            tbody { @for row in &table.rows {
                tr { @for (column, cell) in table.columns.iter().zip(row) {
                    @match column.holds {
                        Holds::Numbers => { td.number { (cell) } }
                        Holds::Word => { td.nowrap { (cell) } }
                        Holds::Name => { th scope="row" { (cell) } }
                    }
                } }
            } }
        }
    };
    html! {
        (table_wrap(&locale.text("result-table"), &drawn))
        p.small { @for note in notes { (note) " " } }
    }
}

/// Who counted and who announces, each with a line to sign on.
fn signatures(heading: &str, all: &[Signature]) -> Markup {
    html! {
        h2 { (heading) }
        ul.signatures {
            @for one in all {
                li { span { (one.role) " " strong { (one.name) } } span.signature-line {} }
            }
        }
    }
}

/// The figures in the order of the form, and the sums between them written out.
fn figures(locale: &Locale, figures: &[Figure], sums: &[String]) -> Markup {
    let table = html! {
        table.paper-table.paper-figures {
            thead { tr { @for figure in figures { th scope="col" { (figure.name) } } } }
            tbody { tr { @for figure in figures { td { (figure.value) } } } }
        }
    };
    html! {
        (table_wrap(&locale.text("sheet-figures"), &table))
        ul.paper-sums.small { @for sum in sums { li { (sum) } } }
    }
}

async fn load(app: &App, found: InPoll) -> HttpResult<SheetPage> {
    let of = Announcement::load(app, found).await?;
    let of = of.ok_or(HttpError::NotFound)?;
    let sheet = ResultSheet::of(&of.rule, &of.outcome, &of.items);
    let sheet = sheet.map_err(|fault| {
        HttpError::from(SessionError::Inconsistent {
            poll: of.found.poll.id,
            reason: fault.to_string(),
        })
    })?;
    let mut tx = app.database.read().await?;
    let tally = store::object(&mut tx, &of.found.poll, ObjectKind::EncryptedTally).await?;
    let steps = recorded_steps(&mut tx, &of.found.poll).await?;
    drop(tx);
    let mut officers = Vec::new();
    let mut entry = None;
    for (position, body) in steps {
        match body {
            Body::PollRulesAdopted(adopted) => officers = adopted.officers,
            Body::PollAnnounced(_) => entry = Some(position),
            _ => {}
        }
    }
    let address = format!("{}{}", app.config.base_url, of.found.results());
    Ok(SheetPage {
        sheet,
        tied: Tied {
            officers,
            tally: tally.map(|text| Digest::of(&text)),
            entry,
            address: QrCode::of(&address),
            file: of.found.file().saved("zip"),
        },
        printer_is_there: app.printer.is_there(),
        of,
    })
}

/// `GET …/results/{poll}/sheet`
pub(crate) async fn sheet(State(app): State<App>, visit: Visit, found: InPoll) -> HttpResult {
    Ok(show(&visit, &load(&app, found).await?))
}

/// `GET …/results/{poll}/sheet.pdf`
pub(crate) async fn sheet_pdf(State(app): State<App>, visit: Visit, found: InPoll) -> HttpResult {
    let page = load(&app, found).await?;
    let words = page.words(&visit);
    let file = page.of.file("sheet", &visit.locale.text("sheet-title"));
    let document = page
        .of
        .document(&visit, words.heading.clone(), Paper::ResultSheet(words));
    printed::answer(&app, &document, &file).await
}
