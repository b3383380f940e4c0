//! The papers (表决票) that a rule sets aside, each with a numbered stub: a page to print, and the same as PDF where there is a
//! printer. The number stands on the stub, which stays at the desk, and nowhere on what goes into the box.

use super::device::{BallotForm, BallotItem, ballot_form, in_official_order};
use super::status;
use crate::session::in_poll::InPoll;
use crate::web::cycle_path::CycleHeading;
use crate::web::export::FileName;
use crate::web::http_error::{HttpError, HttpResult};
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::shared::printed;
use crate::web::visit::Visit;
use axum::extract::State;
use domain::cycles::settings::meeting;
use domain::infra::app::App;
use domain::session::{adopted_rule, store};
use maud::{Markup, html};
use paper::{BallotForm as Marks, BallotPapers, Candidate, Numbers, Paper};
use tally::rules::Rule;

struct PapersPage {
    found: InPoll,
    papers: BallotPapers,
    printer_is_there: bool,
}

impl Page for PapersPage {
    fn title(&self, locale: &Locale) -> String {
        locale.text("papers-title")
    }

    fn cycle(&self) -> Option<&CycleHeading> {
        Some(self.found.heading())
    }

    fn is_paper(&self) -> bool {
        true
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let numbers = self.papers.numbers;
        html! {
            p.back.no-print { a href={ (self.found.page()) "/desk" } { "← " (locale.text("desk-title")) } }
            h1.no-print { (locale.text("papers-title")) }
            p.note.no-print {
                (locale.text("papers-lead")) " " (locale.text("paper-print"))
                @if self.printer_is_there {
                    " " a href={ (self.found.page()) "/papers.pdf" } { (locale.text("paper-pdf")) }
                }
            }
            @for number in numbers.first..=numbers.last { (self.one(locale, number)) }
        }
    }
}

impl PapersPage {
    fn one(&self, locale: &Locale, number: u32) -> Markup {
        let papers = &self.papers;
        let marks: &[String] = match &papers.form {
            Marks::Tick { mark } => std::slice::from_ref(mark),
            Marks::EachItem { marks } => marks,
        };
        html! {
            section.ballot-paper {
                div.ballot-stub {
                    p { strong { (papers.stub) } " " strong.number { (papers.number) " " (number) } }
                    p.note { (papers.meeting) " " (papers.vote) }
                    p.ballot-stub-lines { @for line in &papers.stub_lines { span { (line) } } }
                }
                p.ballot-tear { span { (papers.tear) } }
                div.ballot-sheet {
                    p { (papers.meeting) }
                    p { strong { (papers.vote) } }
                    h2 { (papers.heading) }
                    (status::advisory(locale, &self.found))
                    table.paper-table {
                        thead { tr {
                            th scope="col" { (papers.order_column) }
                            th scope="col" { (papers.title_column) }
                            @for mark in marks { th scope="col" { (mark) } }
                        } }
                        tbody { @for (place, one) in (1..).zip(&papers.candidates) {
                            tr {
                                td.number { (place) }
                                th scope="row" {
                                    (one.title)
                                    @if let Some(about) = &one.about { " " span.note { (about) } }
                                }
                                @for _ in marks { td.ballot-square { span { } } }
                            }
                        } }
                    }
                    ul { @for line in &papers.rules { li { (line) } } }
                    p.ballot-seal { (papers.seal) }
                }
            }
        }
    }
}

/// The words of the papers, for the page and for the printer alike.
fn words(locale: &Locale, found: &InPoll, rule: &Rule, items: Vec<BallotItem>) -> BallotPapers {
    let heading = found.heading();
    let text = |key: &str| locale.text(key);
    let advises = if found.jurisdiction().kind.is_advisory() {
        "yes"
    } else {
        "no"
    };
    let held = meeting(&heading.jurisdiction.settings.body, &heading.cycle);
    let form = ballot_form(rule);
    let last = u32::try_from(rule.reserved().paper).unwrap_or(u32::MAX);
    BallotPapers {
        meeting: locale.text_with(
            "paper-meeting",
            &[
                ("place", heading.jurisdiction.name.clone().into()),
                ("meeting", locale.of(&held).into()),
            ],
        ),
        vote: found.poll.title.clone(),
        heading: locale.text_with("papers-heading", &[("advises", advises.into())]),
        advisory: (advises == "yes").then(|| text("papers-advisory")),
        rules: vec![
            how_many(locale, &form),
            text(match form {
                BallotForm::Select { .. } => "papers-how-tick",
                BallotForm::EachItem { .. } | BallotForm::Levels(_) => "papers-how-each",
            }),
            text("papers-no-name"),
        ],
        form: match form {
            BallotForm::Select { .. } => Marks::Tick {
                mark: text("papers-mark"),
            },
            BallotForm::EachItem { answers, .. } | BallotForm::Levels(answers) => {
                Marks::EachItem { marks: answers }
            }
        },
        order_column: text("papers-order"),
        title_column: text("papers-candidate"),
        candidates: items.into_iter().map(candidate).collect(),
        seal: text("papers-seal"),
        tear: text("papers-tear"),
        stub: text("papers-stub"),
        number: text("papers-number"),
        stub_lines: vec![text("papers-received-by"), text("papers-handed-out-by")],
        overleaf: text("papers-overleaf"),
        numbers: Numbers { first: 1, last },
    }
}

fn candidate(item: BallotItem) -> Candidate {
    Candidate {
        code: item.code,
        title: item.title,
        about: Some(item.note).filter(|note| !note.is_empty()),
    }
}

/// How many can be marked, and when the paper is invalid.
fn how_many(locale: &Locale, form: &BallotForm) -> String {
    match form {
        BallotForm::Select { least, most, .. } => {
            let key = match *least {
                0 => "papers-at-most",
                least if least == *most => "papers-exactly",
                _ => "papers-at-least",
            };
            let numbers = [("least", (*least).into()), ("most", (*most).into())];
            locale.text_with(key, &numbers)
        }
        BallotForm::EachItem { .. } | BallotForm::Levels(_) => locale.text("papers-one-each"),
    }
}

async fn load(app: &App, visit: &Visit, found: InPoll) -> HttpResult<PapersPage> {
    let mut tx = app.database.read().await?;
    let rule = adopted_rule(&mut tx, &found.poll).await?;
    let rule = rule.filter(|rule| rule.reserved().paper > 0);
    let rule = rule.ok_or(HttpError::NotFound)?;
    let items = store::items(&mut tx, &found.poll).await?;
    drop(tx);
    let items = in_official_order(visit.locale, &rule, &items, &[]);
    Ok(PapersPage {
        papers: words(visit.locale, &found, &rule, items),
        printer_is_there: app.printer.is_there(),
        found,
    })
}

/// `GET …/polls/{poll}/papers`
pub(crate) async fn papers(State(app): State<App>, visit: Visit, found: InPoll) -> HttpResult {
    Ok(show(&visit, &load(&app, &visit, found).await?))
}

/// `GET …/polls/{poll}/papers.pdf`
pub(crate) async fn papers_pdf(State(app): State<App>, visit: Visit, found: InPoll) -> HttpResult {
    let page = load(&app, &visit, found).await?;
    let title = visit.locale.text("papers-title");
    let day = page
        .found
        .poll
        .state
        .adopted()
        .map_or(page.found.poll.created_at, |one| one.at);
    let day = day.in_zone(visit.zone).date();
    let (election, name) = (&page.found.poll.election, &page.found.poll.title);
    let (plain, full) = (format!("{election}-papers"), format!("{name}-{title}"));
    let file = FileName::of_cycle(page.found.heading(), &plain, &full);
    let paper = Paper::BallotPapers(page.papers);
    printed::answer(&app, &printed::document(&visit, title, day, paper), &file).await
}
