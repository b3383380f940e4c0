//! The results: what was counted, what was decided, and how anybody checks it.

use super::result_view;
use super::status;
use crate::session::in_poll::InPoll;
use crate::web::components::{Icon, empty_state, hash, icon, moment, page_head};
use crate::web::cycle_path::{CycleHeading, InCycle};
use crate::web::export;
use crate::web::http_error::HttpResult;
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::qr::QrCode;
use crate::web::visit::Visit;
use axum::extract::State;
use domain::cycles::settings::meeting;
use domain::infra::app::App;
use domain::infra::database::Tx;
use domain::session::store;
use domain::session::{Poll, PollItem, adopted_list, recorded_adoption};
use domain::session::{PollOutcome, Rounds, SessionError, adopted_rule, outcome, rounds_of};
use domain::session::{PollState, StateName};
use maud::{Markup, html};
use tally::decision::Outcome;
use tally::rules::Rule;

struct Results {
    heading: CycleHeading,
    polls: Vec<Poll>,
}

impl Page for Results {
    fn title(&self, locale: &Locale) -> String {
        locale.text("results-title")
    }

    fn cycle(&self) -> Option<&CycleHeading> {
        Some(&self.heading)
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        html! {
            (page_head(&locale.text("results-title"), &locale.text("results-lead")))
            @if self.polls.is_empty() { (empty_state(locale, "results-none")) }
            @let path = format!("{}/results", self.heading.path());
            (export::links(visit, &path, &[]))
            ul.cards {
                @for poll in &self.polls {
                    li.card {
                        h2 { a href={ (self.heading.path()) "/results/" (poll.id) } { (poll.title) } }
                        p { (status::kind(locale, poll.kind)) " " (status::state_badge(locale, poll.state.name())) }
                    }
                }
            }
        }
    }
}

/// `/j/{jurisdiction}/{year}/results`
pub(crate) async fn results(State(app): State<App>, visit: Visit, at: InCycle) -> HttpResult {
    let mut tx = app.database.read().await?;
    let polls = store::polls_of_cycle(&mut tx, at.cycle().jurisdiction, at.cycle().id).await?;
    drop(tx);
    let heading = at.heading;
    Ok(show(&visit, &Results { heading, polls }))
}

struct ResultPage {
    found: InPoll,
    items: Vec<PollItem>,
    /// What is on the list, where the meeting voted on adopting it.
    list: Vec<PollItem>,
    /// What the whole vote was about.
    all_items: Vec<PollItem>,
    announced: Option<(Rule, PollOutcome)>,
    /// Why the rules depart from the cycle's places or the law, where they do.
    departure: Option<String>,
    /// The vote that it belongs to, where it was more than one poll.
    rounds: Option<Rounds>,
    /// The page's own address, to be read from a picture of it.
    address: Option<QrCode>,
}

impl Page for ResultPage {
    fn title(&self, _: &Locale) -> String {
        self.found.poll.title.clone()
    }

    fn cycle(&self) -> Option<&CycleHeading> {
        Some(self.found.heading())
    }

    fn summary(&self, locale: &Locale) -> Option<String> {
        let (rule, outcome) = self.announced.as_ref()?;
        Some(result_view::sentence(locale, rule, outcome))
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let poll = &self.found.poll;
        html! {
            p.back { a href={ (self.found.heading().path()) "/results" } { "← " (locale.text("results-title")) } }
            @match &self.announced {
                None => {
                    (page_head(&poll.title, &locale.text(if poll.state.ended().is_some() { "result-ended" } else { "result-not-yet" })))
                    (status::way(locale, &poll.state))
                    (status::ended(locale, &poll.state))
                    (self.end_proved(locale))
                    p { a.button href=(self.found.page()) { (locale.text("session-to-poll")) } }
                }
                Some((rule, outcome)) => {
                    (status::advisory(locale, &self.found))
                    (self.decision(visit, rule, outcome))
                    p.actions {
                        a.button.secondary href={ (self.found.results()) "/sheet" } { (locale.text("result-to-sheet")) }
                        a.button.secondary href={ (self.found.results()) "/announcement" } { (locale.text("announcement-title")) }
                    }
                    (result_view::outcome(locale, rule, outcome, &self.items))
                    @if let Some(rounds) = &self.rounds { (self.rounds(locale, rounds)) }
                    h2 { (locale.text("session-rules")) }
                    (status::rule_in_words(locale, rule))
                    (status::departures(locale, rule, self.found.cycle()))
                    @if let Some(why) = &self.departure { p { (locale.text("departure-why")) " " (why) } }
                    (self.check_it_yourself(locale))
                }
            }
        }
    }
}

/// The release of the independent program whose dialect archives are written in (docs/independent-check.md).
const INDEPENDENT: &str = "3.3.0";
/// The release that Debian 12 has, which does not know the group.
const TOO_OLD: &str = "2.0";

impl ResultPage {
    /// The decision at a glance: whose, what, and how anybody checks it. A picture of it stands for itself.
    fn decision(&self, visit: &Visit, rule: &Rule, outcome: &PollOutcome) -> Markup {
        let locale = visit.locale;
        let poll = &self.found.poll;
        let heading = self.found.heading();
        let meeting = meeting(&heading.jurisdiction.settings.body, &heading.cycle);
        html! {
            section.now.decision aria-labelledby="decision" {
                p.now-until {
                    (heading.jurisdiction.name) " · " (locale.of(&meeting))
                    @if let PollState::Announced(announced) = &poll.state { " · " (moment(visit, announced.at)) }
                }
                h1 #decision { (poll.title) }
                @if result_view::is_adoption(rule) {
                    (result_view::adopted(locale, &heading.path(), outcome, &self.list))
                } @else {
                    (result_view::chosen(locale, &heading.path(), outcome, &self.items))
                }
                p { (result_view::sentence(locale, rule, outcome)) }
                div.check {
                    @if let Some(address) = &self.address { (address.drawn(&locale.text("result-address"))) }
                    div {
                        p { (locale.text("result-check-lead")) }
                        div.row {
                            a.button href={ "/verify#bundle=" (self.found.api()) "/bundle" } { (locale.text("result-verify")) }
                            a.own-line href="#verify" { (locale.text("result-other-ways")) }
                        }
                    }
                }
            }
        }
    }

    /// How anybody checks that it ended without a result, where rules had been adopted.
    fn end_proved(&self, locale: &Locale) -> Markup {
        let state = &self.found.poll.state;
        let api = self.found.api();
        html! {
            @if state.ended().is_some() && state.adopted().is_some() {
                p { (locale.text("result-end-proved")) }
                p.actions {
                    a.button href={ "/verify#bundle=" (api) "/bundle" } { (locale.text("result-verify")) }
                    a.own-line href={ (api) "/bundle" } download=(self.found.file().saved("zip")) {
                        (icon(Icon::Download)) " " (locale.text("result-download-bundle"))
                    }
                }
            }
        }
    }

    /// All polls of the vote, and what they have decided together.
    fn rounds(&self, locale: &Locale, rounds: &Rounds) -> Markup {
        let path = self.found.heading().path();
        let together = PollOutcome::Choice {
            decision: Outcome::Decided(rounds.decision.clone()),
        };
        html! {
            section #rounds {
                h2 { (locale.text("result-rounds")) }
                p { (locale.text("result-rounds-lead")) }
                ol {
                    @for (poll, _) in &rounds.polls {
                        li {
                            @if poll.id == self.found.poll.id { strong { (poll.title) } }
                            @else { a href={ (path) "/results/" (poll.id) } { (poll.title) } }
                            " · " (status::kind(locale, poll.kind))
                        }
                    }
                }
                (result_view::chosen(locale, &path, &together, &self.all_items))
            }
        }
    }

    /// How anybody checks the result without trusting this service.
    fn check_it_yourself(&self, locale: &Locale) -> Markup {
        let api = self.found.api();
        let file = self.found.file();
        let (archive, bundle) = (file.saved("bel"), file.saved("zip"));
        html! {
            section #verify {
                h2 { (locale.text("result-other-ways")) }
                p { (locale.text("result-verify-lead")) }
                ul.plain {
                    @for (file, saved, key) in [
                        ("bundle", bundle.as_str(), "result-download-bundle"),
                        ("archive", archive.as_str(), "result-download-archive"),
                        ("rule", "rule.toml", "result-download-rule"),
                        ("result", "result.json", "result-download-result"),
                    ] {
                        li { a.own-line href={ (api) "/" (file) } download=(saved) { (icon(Icon::Download)) " " (locale.text(key)) } }
                    }
                }
                ol {
                    li { (locale.text("result-verify-browser")) " " a href="/verify" { (locale.text("nav-verify")) } }
                    li {
                        (locale.text("result-verify-command"))
                        pre tabindex="0" { code { "tally verify " (bundle) } }
                    }
                    li {
                        (locale.text_with("result-verify-independent", &[("version", INDEPENDENT.into())]))
                        pre tabindex="0" { code { "belenios-tool election verify --dir ." } }
                        p.small { (locale.text_with("result-verify-independent-note", &[("old", TOO_OLD.into())])) }
                    }
                }
                @if let Some(frozen) = self.found.poll.state.frozen() {
                    p { (locale.text("session-fingerprint")) " " (hash(&frozen.fingerprint.to_string())) }
                    p { (locale.text("session-rule-hash")) " " (hash(&frozen.adopted.rule.to_hex())) }
                }
            }
        }
    }
}

/// `/j/{jurisdiction}/{year}/results/{poll}`
pub(crate) async fn result(State(app): State<App>, visit: Visit, found: InPoll) -> HttpResult {
    let mut tx = app.database.read().await?;
    let items = store::items(&mut tx, &found.poll).await?;
    let announced = if found.poll.state.name() == StateName::Announced {
        let rule = adopted_rule(&mut tx, &found.poll).await?;
        rule.zip(outcome(&mut tx, &found.poll).await?)
    } else {
        None
    };
    let rounds = match &announced {
        Some((rule, _)) if rule.decision().is_some() => together(&mut tx, &found.poll).await?,
        _ => None,
    };
    let all_items = match &rounds {
        Some(rounds) => store::items(&mut tx, rounds.main()).await?,
        None => Vec::new(),
    };
    let departure = match &announced {
        Some(_) => recorded_adoption(&mut tx, &found.poll).await?.departure,
        None => None,
    };
    let list = adopted_list(&mut tx, &found.poll).await?;
    drop(tx);
    let page = ResultPage {
        rounds,
        list,
        all_items,
        address: QrCode::of(&format!("{}{}", app.config.base_url, found.results())),
        found,
        items,
        announced,
        departure: departure.map(|why| why.to_string()),
    };
    Ok(show(&visit, &page))
}

/// The vote that a poll belongs to, where more than one poll was counted.
async fn together(tx: &mut Tx, poll: &Poll) -> Result<Option<Rounds>, SessionError> {
    let polls = store::polls_of_cycle(tx, poll.jurisdiction, poll.cycle).await?;
    let rounds = rounds_of(tx, &polls).await?;
    Ok(rounds.filter(|rounds| {
        rounds.polls.len() > 1 && rounds.polls.iter().any(|(one, _)| one.id == poll.id)
    }))
}
