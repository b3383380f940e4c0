//! The result sheet (计票报告单), laid out as the form on paper that the scrutineers sign.

use super::paper::Announcement;
use super::result_view::{sentence, standing};
use super::status;
use crate::session::in_poll::InPoll;
use crate::session::sheet::{Column, Line, LineOutcome, ResultSheet};
use crate::web::components::{hash, table_wrap};
use crate::web::cycle_path::CycleHeading;
use crate::web::http_error::{HttpError, HttpResult};
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::qr::QrCode;
use crate::web::shared::levels::{level_name, verdict_name};
use crate::web::visit::Visit;
use axum::extract::State;
use ballot::Digest;
use domain::infra::app::App;
use domain::record::EntryIndex;
use domain::session::store::{self, ObjectKind};
use domain::session::{SessionError, recorded_steps};
use maud::{Markup, html};
use tally::decision::Sheet;
use tally::record::body::{Body, Officer, OfficerRole};

struct SheetPage {
    of: Announcement,
    /// `None` where nothing was counted.
    sheet: Option<ResultSheet>,
    officers: Vec<Officer>,
    /// The hash of the encrypted tally that was decrypted.
    tally: Option<Digest>,
    /// The announcement's entry in the record.
    entry: Option<EntryIndex>,
    /// Where the result is checked, to be read from the sheet.
    address: Option<QrCode>,
    /// The bundle's name as a file.
    file: String,
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
        html! {
            (self.of.ways(locale))
            article.paper {
                (self.head(visit))
                (status::advisory(locale, &self.of.found))
                @if let Some(sheet) = &self.sheet {
                    (figures(locale, &sheet.figures))
                    (self.lines(locale, sheet))
                }
                p.paper-decision { strong { (sentence(locale, &self.of.rule, &self.of.outcome)) } }
                h2 { (locale.text("session-rules")) }
                (status::rule_in_words(locale, &self.of.rule))
                (self.signatures(locale))
                (self.check(locale))
            }
        }
    }
}

impl SheetPage {
    fn head(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        html! {
            header.paper-head {
                p { (self.of.meeting(locale)) }
                h1 { (locale.text_with("sheet-form-title", &[("poll", self.of.found.poll.title.clone().into())])) }
                p.paper-line {
                    span { (locale.text("sheet-day")) " " (self.of.day(visit)) }
                    @if let Some(numbered) = self.of.numbered {
                        span { (locale.text_with("sheet-number", &[("number", numbered.number.into())])) }
                    }
                }
            }
        }
    }

    /// Every item with each of its counts: together the valid ballots.
    fn lines(&self, locale: &Locale, sheet: &ResultSheet) -> Markup {
        let is_ranked = self.of.rule.decision().is_some();
        let table = html! {
            table.paper-table {
                thead { tr {
                    @if is_ranked { th.number scope="col" { (locale.text("result-rank")) } }
                    th scope="col" { (locale.text("export-code")) }
                    th scope="col" { (locale.text("result-item")) }
                    @for column in &sheet.columns { th.number scope="col" { (column_name(locale, column)) } }
                    th.number scope="col" { (locale.text("sheet-sum")) }
                    th scope="col" { (locale.text(if is_ranked { "result-standing" } else { "result-verdict" })) }
                } }
                tbody { @for line in &sheet.lines { (self.line(locale, line, sheet.figures.valid)) } }
            }
        };
        html! {
            (table_wrap(&locale.text("result-table"), &table))
            p.small {
                (locale.text("sheet-lines-add-up"))
                @if let Some(needed) = sheet.votes_needed {
                    " " (locale.text_with("result-majority-line", &[("needed", needed.into())]))
                }
            }
        }
    }

    fn line(&self, locale: &Locale, line: &Line, valid: u64) -> Markup {
        let (rank, outcome) = match &line.outcome {
            LineOutcome::Ranked(rank, of) => (Some(*rank), standing(locale, &self.of.rule, *of).1),
            LineOutcome::Judged(verdict) => {
                let rule = self.of.rule.evaluation();
                let name = rule.map(|rule| verdict_name(locale, rule, verdict.as_ref()));
                (None, name.unwrap_or_default())
            }
        };
        html! {
            tr {
                @if let Some(rank) = rank { td.number { (rank) } }
                td.nowrap { (line.code) }
                th scope="row" { (line.title) }
                @for count in &line.counts { td.number { (count) } }
                td.number { (valid) }
                td { (outcome) }
            }
        }
    }

    /// Who counted and who announces, each with a line to sign on.
    fn signatures(&self, locale: &Locale) -> Markup {
        let roles = [
            (OfficerRole::ChiefScrutineer, "role-chief_scrutineer"),
            (OfficerRole::Scrutineer, "role-scrutineer"),
            (OfficerRole::Teller, "role-teller"),
            (OfficerRole::Chair, "role-chair"),
        ];
        html! {
            h2 { (locale.text("sheet-signatures")) }
            ul.signatures {
                @for (role, key) in roles {
                    @for one in self.officers.iter().filter(|one| one.role == role) {
                        li { span { (locale.text(key)) " " strong { (one.name) } } span.signature-line {} }
                    }
                }
            }
        }
    }

    /// By what the sheet is tied to the record, and how anybody checks it.
    fn check(&self, locale: &Locale) -> Markup {
        let frozen = &self.of.announced.decrypted.closed.opened.frozen;
        let mut hashes = vec![
            ("session-rule-hash", frozen.adopted.rule.to_hex()),
            ("session-roll-hash", frozen.roll.to_hex()),
            ("session-fingerprint", frozen.fingerprint.to_string()),
        ];
        hashes.extend(self.tally.map(|tally| ("sheet-tally", tally.to_string())));
        html! {
            section.paper-check {
                h2 { (locale.text("sheet-check")) }
                @if let Some(address) = &self.address { (address.drawn(&locale.text("result-address"))) }
                dl.facts {
                    @for (key, value) in hashes { dt { (locale.text(key)) } dd { (hash(&value)) } }
                    @if let Some(entry) = self.entry {
                        dt { (locale.text("device-position")) }
                        dd { a href={ "/record/entry/" (entry) } { (entry) } }
                    }
                }
                p { (locale.text("sheet-check-text")) " " code { "tally verify " (self.file) } }
            }
        }
    }
}

fn column_name(locale: &Locale, column: &Column) -> String {
    let key = match column {
        Column::InFavour => "result-in-favour",
        Column::Against => "result-against",
        Column::Abstained => "result-abstained",
        Column::Unanswered => "result-unanswered",
        Column::NotTicked => "sheet-not-ticked",
        Column::Blank => "sheet-blank",
        Column::Level(id, label) => return level_name(locale, id, label),
    };
    locale.text(key)
}

/// The figures in the order of the form, and the sums between them written out.
fn figures(locale: &Locale, figures: &Sheet) -> Markup {
    let cells = [
        ("sheet-deputies", figures.deputies),
        ("sheet-present", figures.present),
        ("sheet-issued", figures.issued),
        ("sheet-returned", figures.returned),
        ("sheet-not-returned", figures.not_returned),
        ("sheet-valid", figures.valid),
        ("sheet-invalid", figures.invalid),
        ("sheet-not-voted", figures.not_voted),
    ];
    let sums = [
        (
            "sheet-issued",
            figures.issued,
            "sheet-returned",
            figures.returned,
            "sheet-not-returned",
            figures.not_returned,
        ),
        (
            "sheet-returned",
            figures.returned,
            "sheet-valid",
            figures.valid,
            "sheet-invalid",
            figures.invalid,
        ),
        (
            "sheet-present",
            figures.present,
            "sheet-returned",
            figures.returned,
            "sheet-not-voted",
            figures.not_voted,
        ),
    ];
    let table = html! {
        table.paper-table.paper-figures {
            thead { tr { @for (key, _) in cells { th scope="col" { (locale.text(key)) } } } }
            tbody { tr { @for (_, value) in cells { td { (value) } } } }
        }
    };
    html! {
        (table_wrap(&locale.text("sheet-figures"), &table))
        ul.paper-sums.small {
            @for (whole, all, one, first, other, second) in sums {
                li { (locale.text(whole)) " " (all) " = " (locale.text(one)) " " (first) " + " (locale.text(other)) " " (second) }
            }
        }
    }
}

/// `/j/{jurisdiction}/{year}/results/{poll}/sheet`
pub(crate) async fn sheet(State(app): State<App>, visit: Visit, found: InPoll) -> HttpResult {
    let of = Announcement::load(&app, found).await?;
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
    let page = SheetPage {
        sheet,
        officers,
        tally: tally.map(|text| Digest::of(&text)),
        entry,
        address: QrCode::of(&address),
        file: of.found.file().saved("zip"),
        of,
    };
    Ok(show(&visit, &page))
}
