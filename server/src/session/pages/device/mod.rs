//! The pages on which a secret stays on the device: a deputy's check-in and ballot, a scrutineer's key.
//! Their scripts only choose among the words that stand here, so every word is in the page's language.

mod ballot_paper;
mod ceremony_steps;
mod check_in;
mod paper;
mod preview;
mod scrutineer;

pub(crate) use ballot_paper::{BallotForm, BallotItem, CastPage};
pub(crate) use check_in::CheckInPage;
pub(crate) use paper::TellerPage;
pub(crate) use preview::preview;
pub(crate) use scrutineer::ScrutineerPage;

use crate::session::InPoll;
use crate::session::pages::item_note;
use crate::session::pages::planned_end::clock_time;
use crate::web::cycle_path::CycleHeading;
use crate::web::http_error::{HttpError, HttpResult};
use crate::web::locale::Locale;
use crate::web::page::show;
use crate::web::shared::readiness::{Purpose, readiness};
use crate::web::visit::Visit;
use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect};
use domain::infra::app::App;
use domain::people::store::Session;
use domain::people::{self, Caller, Viewer};
use domain::record::{self, RecordError};
use domain::screening::{self, Candidate, CandidateFacts};
use domain::session::parsed_rule;
use domain::session::{self, PollItem, PollKind, StateName, store};
use maud::{Markup, html};
use tally::rules::{Blank, Form, Rule};
use tally::setup::item_answers;

/// What every device page is told: where the poll's API is, and whose things to look for on the device.
#[derive(Debug, Clone)]
pub(crate) struct Device {
    /// The cycle's banner.
    pub heading: CycleHeading,
    /// `/api/v1/j/{jurisdiction}/{year}/polls/{poll}`
    pub api: String,
    /// The page of the poll, to go back to.
    pub poll_path: String,
    /// The poll's title.
    pub poll_title: String,
    /// The account's id: keeps two people's things apart on one device.
    pub owner: String,
    /// The record's verifier key, against which record and receipts are checked.
    pub vkey: String,
}

impl Device {
    fn of(app: &App, found: &InPoll, viewer: &Viewer) -> Result<Self, RecordError> {
        Ok(Self {
            heading: found.heading().clone(),
            api: found.api(),
            poll_path: found.page(),
            poll_title: found.poll.title.clone(),
            owner: viewer.account.to_string(),
            vkey: record::verifier_key(app)?.to_string(),
        })
    }

    /// The frame that all device pages share: title, whether the browser serves, what went wrong.
    fn frame(&self, locale: &Locale, title: &str, purpose: Purpose, page: &Markup) -> Markup {
        html! {
            header.page-head {
                p.eyebrow { a href=(self.poll_path) { "← " (self.poll_title) } }
                h1 { (locale.text(title)) }
            }
            (self.ready(locale, purpose, page))
        }
    }

    /// The page below its title: whether the browser serves, what went wrong, and the steps.
    fn ready(&self, locale: &Locale, purpose: Purpose, page: &Markup) -> Markup {
        html! {
            (readiness(locale, purpose))
            div data-part="record" data-vkey=(self.vkey) data-other-log=(locale.text("device-other-log"))
                data-refused=(locale.text("device-record-refused")) {}
            (page)
        }
    }
}

/// One step of a device page; the script shows one at a time.
fn step(name: &str, heading: &str, body: &Markup) -> Markup {
    html! {
        section.panel.device-step data-step=(name) hidden { h2 { (heading) } (body) }
    }
}

/// A step that only says how things stand.
fn word(locale: &Locale, name: &str, key: &str) -> Markup {
    let text = html! { p { (locale.text(&format!("{key}-text"))) } };
    step(name, &locale.text(key), &text)
}

/// This device's credential is not on the roll, and the service says that its owner has checked in: in another browser, if the
/// service says the truth. The device cannot know, so the words leave both open.
fn elsewhere(locale: &Locale, others: &[String]) -> Markup {
    step(
        "elsewhere",
        &locale.text("device-elsewhere"),
        &html! {
            p { (locale.text("device-elsewhere-text")) }
            (browsers(locale, others))
        },
    )
}

/// The other browsers in which this person is signed in, where there are any.
fn browsers(locale: &Locale, others: &[String]) -> Markup {
    html! {
        @if !others.is_empty() {
            p { (locale.text("device-other-browsers")) }
            ul { @for browser in others { li { (browser) } } }
        }
    }
}

/// The election's print, which the script computes from what it was sent, to compare with the big screen's.
fn print(locale: &Locale, key: &str) -> Markup {
    html! {
        p.print-line {
            (locale.text("session-print")) " " strong.print data-part="print" {}
            " " span.note { (locale.text(key)) }
        }
    }
}

/// A button that a script listens to.
fn action(locale: &Locale, part: &str, key: &str, class: &str) -> Markup {
    html! { button class=(class) type="button" data-part=(part) { (locale.text(key)) } }
}

/// How a text leaves the browser: as file, by the clipboard, to another program. Browsers inside other programs do not all do all
/// of it, and say nothing.
fn hand_out(locale: &Locale, what: &str, shown: &str) -> Markup {
    html! {
        div.actions {
            (action(locale, &format!("save-{what}"), &format!("device-save-{what}"), "secondary"))
            (action(locale, &format!("copy-{what}"), "device-copy", "secondary"))
            button.secondary type="button" data-part={ "share-" (what) } hidden { (locale.text("device-share")) }
        }
        p.notice.good data-part={ (what) "-copied" } role="status" hidden { (locale.text("device-copied")) }
        p.notice data-part={ (what) "-not-copied" } role="status" hidden { (locale.text("device-not-copied")) }
        details {
            summary { (locale.text(shown)) }
            pre.mono tabindex="0" data-part={ (what) "-as-text" } {}
        }
    }
}

/// Whether the browser has promised to keep what is made here: one of three sentences, as the browser answers.
fn lasting(locale: &Locale) -> Markup {
    html! {
        p.note data-part="lasting" hidden { (locale.text("device-lasting")) }
        p.notice data-part="passing" hidden { (locale.text("device-passing")) }
        p.notice.bad data-part="private" role="alert" hidden { (locale.text("device-private")) }
    }
}

/// `GET …/polls/{poll}/check-in`
pub(crate) async fn check_in(
    State(app): State<App>,
    visit: Visit,
    caller: Caller,
    viewer: Viewer,
    found: InPoll,
) -> HttpResult {
    let deputy = session::deputy_of(&app, found.jurisdiction().id, viewer.account).await?;
    let mut tx = app.database.read().await?;
    // One check-in serves both: it is the other poll's page that makes the credential.
    let with = found.checked_in_with(&mut tx).await?;
    if let Some((_, page)) = with.filter(|(other, _)| other.state.name() == StateName::RulesAdopted)
    {
        return Ok(Redirect::to(&format!("{page}/check-in")).into_response());
    }
    let signed_in = people::store::sessions(&mut tx, viewer.account, app.clock.now()).await?;
    let checked_in = store::has_attended(&mut tx, &found.poll, deputy.id).await?;
    let page = CheckInPage {
        device: Device::of(&app, &found, &viewer)?,
        checked_in,
        asks_code: store::asks_code(&mut tx, &found.poll).await?,
        browsers: other_browsers(signed_in, &caller),
    };
    Ok(show(&visit, &page))
}

/// `GET …/polls/{poll}/cast`
pub(crate) async fn cast(
    State(app): State<App>,
    visit: Visit,
    caller: Caller,
    viewer: Viewer,
    found: InPoll,
) -> HttpResult {
    let deputy = session::deputy_of(&app, found.jurisdiction().id, viewer.account).await?;
    let mut tx = app.database.read().await?;
    let registered = store::has_attended(&mut tx, &found.poll, deputy.id).await?;
    let signed_in = people::store::sessions(&mut tx, viewer.account, app.clock.now()).await?;
    let text = store::object(&mut tx, &found.poll, store::ObjectKind::Rule)
        .await?
        .ok_or(HttpError::Conflict("poll-not-open"))?;
    let rule = parsed_rule(&found.poll, &text)?;
    let items = store::items(&mut tx, &found.poll).await?;
    let candidates = match found.poll.kind {
        PollKind::Main | PollKind::RunOff | PollKind::SecondBallot | PollKind::Adoption => {
            screening::candidates(&mut tx, &found.heading().cycle).await?
        }
        PollKind::Evaluation => Vec::new(),
    };
    let planned_end = store::planned_end(&mut tx, &found.poll).await?;
    let list = session::adopted_list(&mut tx, &found.poll).await?;
    drop(tx);
    let mut items = in_official_order(visit.locale, &rule, &items, &candidates);
    for resolution in items.iter_mut().filter(|_| !list.is_empty()) {
        resolution.facts = list.iter().map(on_list).collect();
    }
    let page = CastPage {
        device: Device::of(&app, &found, &viewer)?,
        registered,
        planned_end: planned_end.map(|end| clock_time(&visit, end)),
        browsers: other_browsers(signed_in, &caller),
        form: ballot_form(&rule),
        items,
    };
    Ok(show(&visit, &page))
}

/// An item of the list that a resolution adopts, beside the resolution on the ballot.
fn on_list(item: &PollItem) -> (String, String) {
    (item.code.clone(), item.title.clone())
}

/// The browsers in which this person is signed in besides this one, newest first: in one of them they have checked in. Which one
/// is written nowhere.
fn other_browsers(signed_in: Vec<Session>, caller: &Caller) -> Vec<String> {
    let mut others = Vec::new();
    for Session { device, .. } in signed_in {
        if !device.is_empty() && device != caller.device && !others.contains(&device) {
            others.push(device);
        }
    }
    others
}

pub(in crate::session::pages) fn ballot_form(rule: &Rule) -> BallotForm {
    let size = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    match rule.form() {
        Form::AtMost { max, blank } => BallotForm::Select {
            least: 0,
            most: size(max),
            blank_abstains: blank == Blank::Abstention,
        },
        Form::AtLeast { min, max } => BallotForm::Select {
            least: size(min),
            most: size(max),
            blank_abstains: false,
        },
        Form::EachItem { blank } => BallotForm::EachItem {
            answers: item_answers(rule).unwrap_or_default(),
            silence_abstains: blank == Blank::Abstention,
        },
        Form::Levels => BallotForm::Levels(item_answers(rule).unwrap_or_default()),
    }
}

/// The items in the order of the rule, which is the order of the election's answers or questions.
pub(in crate::session::pages) fn in_official_order(
    locale: &Locale,
    rule: &Rule,
    items: &[PollItem],
    candidates: &[Candidate],
) -> Vec<BallotItem> {
    let facts_of = |code: &str| {
        let found = candidates.iter().find(|one| one.facts.code == code);
        found.map(|one| published_facts(locale, &one.facts))
    };
    rule.items()
        .iter()
        .filter_map(|id| items.iter().find(|item| item.code == id.as_str()))
        .map(|item| BallotItem {
            code: item.code.clone(),
            title: item.ballot_label(items),
            note: item_note(locale, item),
            facts: facts_of(&item.code).unwrap_or_default(),
        })
        .collect()
}

/// What the shortlist has published of a candidate, as one reads it while choosing.
fn published_facts(locale: &Locale, facts: &CandidateFacts) -> Vec<(String, String)> {
    let districts = facts.districts.join(&locale.text("list-comma"));
    [
        ("field-candidate-summary", &facts.summary),
        ("field-candidate-goal", &facts.goal),
        ("field-candidate-location", &facts.location),
        ("candidate-serves", &districts),
        ("field-candidate-unit", &facts.unit),
        ("field-candidate-lead", &facts.lead),
        ("field-candidate-funding", &facts.funding),
    ]
    .into_iter()
    .filter(|(_, text)| !text.is_empty())
    .map(|(key, text)| (locale.text(key), text.clone()))
    .collect()
}

/// `GET …/polls/{poll}/scrutineer`
pub(crate) async fn scrutineer(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    found: InPoll,
) -> HttpResult {
    let mut tx = app.database.read().await?;
    let own = store::scrutineers(&mut tx, &found.poll)
        .await?
        .into_iter()
        .find(|scrutineer| scrutineer.account == viewer.account);
    let page = ScrutineerPage {
        device: Device::of(&app, &found, &viewer)?,
        number: own.as_ref().map(|own| own.number),
        has_approved: own.as_ref().is_some_and(|own| own.has_approved),
        has_decrypted: own.as_ref().is_some_and(|own| own.has_decrypted),
        key: own.and_then(|own| own.public_key),
    };
    Ok(show(&visit, &page))
}

/// `GET …/polls/{poll}/paper`
pub(crate) async fn paper(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    found: InPoll,
) -> HttpResult {
    let mut tx = app.database.read().await?;
    let rule = session::adopted_rule(&mut tx, &found.poll).await?;
    let items = store::items(&mut tx, &found.poll).await?;
    drop(tx);
    let in_order = |rule| in_official_order(visit.locale, rule, &items, &[]);
    let page = TellerPage {
        device: Device::of(&app, &found, &viewer)?,
        items: rule.as_ref().map(in_order).unwrap_or_default(),
        form: rule.as_ref().map(ballot_form),
    };
    Ok(show(&visit, &page))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::RuleForm;
    use crate::session::testkit::items_of;
    use crate::testing::TestService;
    use domain::cycles::Stage;
    use tally::setup::{Item, questions};

    #[tokio::test]
    async fn the_paper_says_what_the_election_says_also_where_two_titles_are_alike() {
        let service = TestService::start(Stage::Voting).await;
        let mut items = items_of(3);
        items[1].title = items[0].title.clone();
        items[0].unit = Some("县教育局".to_owned());
        items[1].unit = Some("县水务局".to_owned());
        let kind = PollKind::Main;
        let mut form = RuleForm::defaults(kind, &service.jurisdiction, &service.cycle, 3, 3);
        (form.rule_places, form.rule_max) = ("2".to_owned(), "2".to_owned());
        let rule = form
            .rule(PollKind::Main, &service.jurisdiction, &items, None)
            .unwrap();
        let of_rule = |item: &PollItem| Item {
            id: tally::rules::ItemId::new(item.code.as_str()).unwrap(),
            label: item.ballot_label(&items),
        };
        let labelled: Vec<Item> = items.iter().map(of_rule).collect();
        let asked = questions(&rule, "票决", &labelled).unwrap();
        let locale = Locale::choose(Some("zh-CN"), None);
        let shown: Vec<String> = in_official_order(locale, &rule, &items, &[])
            .iter()
            .map(|item| format!("{} {}", item.code, item.title))
            .collect();
        assert_eq!(asked[0].answers(), shown);
        assert!(shown[0].ends_with("（县教育局）"), "{shown:?}");
    }
}
