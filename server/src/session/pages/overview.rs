//! What everybody sees of the session: the polls, and one poll's status.

use super::manage_ceremony::{complaints, threshold_in_words};
use super::{console, counts, item_note, screen, status};
use crate::session::api::{Figures, figures};
use crate::session::in_poll::InPoll;
use crate::web::components::{empty_state, facts, hash, moment, page_head, stats, table_wrap};
use crate::web::cycle_path::{CycleHeading, InCycle};
use crate::web::http_error::{HttpError, HttpResult};
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::visit::{Visit, redirect_with};
use axum::extract::State;
use ballot::Print;
use domain::cycles::Stage;
use domain::infra::app::App;
use domain::people::Role;
use domain::people::Viewer;
use domain::session::StateName;
use domain::session::store::{self, Attendee, DelegationAttendance};
use domain::session::{Ceremony, ceremony, recorded_adoption};
use domain::session::{Poll, PollItem, PollKind, Scrutineer};
use domain::session::{adopted_rule, create, new_main_poll, parsed_rule};
use maud::{Markup, html};
use std::collections::BTreeMap;
use tally::record::body::PollRulesAdopted;
use tally::rules::Rule;

/// Who sees the way to the session's management.
pub(in crate::session) const SESSION_ROLES: &[Role] = &[
    Role::Office,
    Role::ChiefScrutineer,
    Role::Scrutineer,
    Role::Chair,
];

struct Overview {
    heading: CycleHeading,
    polls: Vec<(Poll, Figures)>,
}

impl Page for Overview {
    fn title(&self, locale: &Locale) -> String {
        locale.text("session-title")
    }

    fn cycle(&self) -> Option<&CycleHeading> {
        Some(&self.heading)
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let jurisdiction = &self.heading.jurisdiction;
        let can_create = visit.holds_any(&[Role::Office], jurisdiction.id)
            && self.heading.cycle.stage == Stage::Voting
            && !self
                .polls
                .iter()
                .any(|(poll, _)| poll.kind == PollKind::Main && poll.state.ended().is_none());
        html! {
            (page_head(&locale.text("session-title"), &locale.text("session-lead")))
            @if jurisdiction.kind.is_advisory() { p.notice { (locale.text_about("session-advisory", &jurisdiction.settings.body)) } }
            @if console::is_for(visit, &self.heading) {
                p.actions { a.button href={ (self.heading.path()) "/session/console" } { (locale.text("console-title")) } }
            }
            @if self.polls.is_empty() { (empty_state(locale, "session-no-polls")) }
            @if can_create {
                form method="post" action={ (self.heading.path()) "/session/polls" } {
                    p { (locale.text("session-create-hint")) }
                    button.button.primary type="submit" { (locale.text("session-create-main")) }
                }
            }
            ul.cards {
                @for (poll, figures) in &self.polls {
                    li.card {
                        h2 {
                            a href={ (self.heading.path()) "/session/polls/" (poll.id) } { (poll.title) }
                        }
                        p { (status::kind(locale, poll.kind)) " " (status::state_badge(locale, poll.state.name())) }
                        (stats(&status::participation(locale, poll, *figures)))
                    }
                }
            }
            p { a href={ (self.heading.path()) "/results" } { (locale.text("session-to-results")) } }
        }
    }
}

/// `/j/{jurisdiction}/{year}/session`
pub(crate) async fn overview(State(app): State<App>, visit: Visit, at: InCycle) -> HttpResult {
    let mut tx = app.database.read().await?;
    let (jurisdiction, cycle) = (at.cycle().jurisdiction, at.cycle().id);
    let mut participation = store::participation(&mut tx, jurisdiction, cycle).await?;
    let polls = store::polls_of_cycle(&mut tx, jurisdiction, cycle).await?;
    drop(tx);
    let with_figures = |poll: Poll| {
        let of_poll = participation.remove(&poll.id);
        let rule = of_poll.as_ref().and_then(|one| one.rule.as_deref());
        let rule = rule.map(|text| parsed_rule(&poll, text)).transpose()?;
        let figures = Figures {
            deputies: rule.as_ref().map(Rule::deputies),
            present: of_poll.as_ref().map_or(0, |one| one.present),
            ballots_cast: of_poll.as_ref().map_or(0, |one| one.ballots_cast),
        };
        Ok::<_, HttpError>((poll, figures))
    };
    let polls = polls
        .into_iter()
        .map(with_figures)
        .collect::<Result<_, _>>()?;
    let heading = at.heading;
    Ok(show(&visit, &Overview { heading, polls }))
}

/// The office makes the main poll from the published shortlist.
pub(crate) async fn create_main(State(app): State<App>, viewer: Viewer, at: InCycle) -> HttpResult {
    let new = new_main_poll(&app, at.cycle()).await?;
    let poll = create(&app, viewer.actor(), at.cycle(), new).await?;
    Ok(redirect_with(
        &format!("{}/session/polls/{poll}/manage", at.heading.path()),
        "session-poll-created",
    ))
}

struct PollPage {
    found: InPoll,
    figures: Figures,
    rule: Option<Rule>,
    /// What the record says of the adoption, once there was one.
    adoption: Option<PollRulesAdopted>,
    items: Vec<PollItem>,
    scrutineers: Vec<Scrutineer>,
    /// The ceremony in which they make one key together, where they do.
    ceremony: Option<Ceremony>,
    attendance: Vec<Attendee>,
    delegations: Vec<DelegationAttendance>,
    /// The poll at whose check-in its roll will be made, where that is another one, and its page.
    checked_in_with: Option<(Poll, String)>,
}

impl Page for PollPage {
    fn title(&self, _: &Locale) -> String {
        self.found.poll.title.clone()
    }

    fn cycle(&self) -> Option<&CycleHeading> {
        Some(self.found.heading())
    }

    fn scripts(&self) -> &'static [&'static str] {
        if self.found.poll.state.name() == StateName::RulesAdopted {
            &["js/live.js"]
        } else {
            &[]
        }
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let poll = &self.found.poll;
        let state = poll.state.name();
        html! {
            (page_head(&poll.title, &locale.text_about(&format!("poll-lead-{}", state.name()), &self.found.jurisdiction().settings.body)))
            (status::advisory(locale, &self.found))
            (status::way(locale, &poll.state))
            (status::ended(locale, &poll.state))
            (self.doors(visit))
            @if let Some((other, page)) = &self.checked_in_with {
                p.notice { (locale.text("check-in-with-this")) " " a.own-line href=(page) { (other.title) } }
            }
            (stats(&status::participation(locale, poll, self.figures)))
            h2 { (locale.text("session-items")) }
            ol {
                @for item in &self.items {
                    li { span.code { (item.code) } " " (item.title) " " span.note { (item_note(locale, item)) } }
                }
            }
            (self.rules(locale))
            (self.keys(visit))
            @if state != StateName::Drafted {
                div data-live={ (self.found.page()) "/attendance/events" } { (counts::table(locale, &self.delegations)) }
            }
            @if poll.state.frozen().is_some() { (self.attendance(locale)) }
        }
    }
}

impl PollPage {
    /// The ways on, for whoever may take them.
    fn doors(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let jurisdiction = self.found.jurisdiction().id;
        let state = self.found.poll.state.name();
        let page = self.found.page();
        let is_deputy = visit.holds_any(&[Role::Deputy], jurisdiction);
        let is_scrutineer =
            visit.holds_any(&[Role::Scrutineer, Role::ChiefScrutineer], jurisdiction);
        let needs_scrutineer = matches!(
            state,
            StateName::RulesAdopted | StateName::Frozen | StateName::Closed
        );
        let counts_paper = matches!(state, StateName::RulesAdopted | StateName::Open);
        html! {
            p.actions {
                @if is_deputy && state == StateName::RulesAdopted && !self.found.poll.is_checked_in_before() {
                    a.button.primary href={ (page) "/check-in" } { (locale.text("session-to-check-in")) }
                    a.button href={ (page) "/headcount" } { (locale.text("session-to-headcount")) }
                }
                @if is_deputy && matches!(state, StateName::Drafted | StateName::RulesAdopted) {
                    a.button href="/device" { (locale.text("device-preview-link")) }
                }
                @if is_deputy && state == StateName::Open {
                    a.button.primary href={ (page) "/cast" } { (locale.text("session-to-cast")) }
                }
                @if is_scrutineer && needs_scrutineer {
                    a.button.primary href={ (page) "/scrutineer" } { (locale.text("session-to-scrutineer")) }
                }
                @if visit.holds_any(&[Role::Teller], jurisdiction) && self.reserves_paper() && counts_paper {
                    a.button.primary href={ (page) "/paper" } { (locale.text("teller-title")) }
                }
                @if visit.holds_any(screen::HALL_ROLES, jurisdiction) {
                    a.button href={ (page) "/desk" } { (locale.text("desk-title")) }
                }
                a.button.secondary href={ (page) "/screen" } { (locale.text("screen-title")) }
                @if visit.holds_any(SESSION_ROLES, jurisdiction) {
                    a.button href={ (page) "/manage" } { (locale.text("session-to-manage")) }
                }
                @if state == StateName::Announced {
                    a.button.primary href=(self.found.results()) { (locale.text("session-to-result")) }
                }
            }
        }
    }

    fn reserves_paper(&self) -> bool {
        let reserved = self.rule.as_ref().map(Rule::reserved);
        reserved.is_some_and(|reserved| reserved.paper > 0)
    }

    fn rules(&self, locale: &Locale) -> Markup {
        let Some(rule) = &self.rule else {
            return html! {};
        };
        let api = self.found.api();
        let mut terms = Vec::new();
        if let Some(adopted) = self.found.poll.state.adopted() {
            let hands = locale.text_with(
                "session-hands",
                &[
                    ("favour", adopted.hands.in_favour.into()),
                    ("against", adopted.hands.against.into()),
                    ("abstained", adopted.hands.abstained.into()),
                ],
            );
            let is_device = self
                .adoption
                .as_ref()
                .is_some_and(|one| one.counted_by.is_some());
            terms.push((
                locale.text("session-adopted"),
                html! {
                    (hands)
                    @if is_device { " " span.note { (locale.text("hands-counted-voting_device")) } }
                },
            ));
            if let Some(passed) = self
                .adoption
                .as_ref()
                .and_then(|one| one.draft_passed.as_ref())
            {
                let document = html! { (passed.passed_document) " · " (passed.passed_on) };
                terms.push((locale.text("session-draft-passed"), document));
            }
            let rule_link = html! {
                a href={ (api) "/rule" } { "rule.toml" } " " (hash(&adopted.rule.to_hex()))
            };
            terms.push((locale.text("session-rule-hash"), rule_link));
        }
        if let Some(frozen) = self.found.poll.state.frozen() {
            let roll = html! {
                a href={ (api) "/roll" } { (locale.text("session-roll")) } " " (hash(&frozen.roll.to_hex()))
            };
            terms.push((locale.text("session-roll-hash"), roll));
            let election = html! {
                a href={ (api) "/election" } { (locale.text("session-election")) } " "
                (hash(&frozen.fingerprint.to_string()))
            };
            terms.push((locale.text("session-fingerprint"), election));
            let print = Print::of_election(&frozen.fingerprint).to_string();
            terms.push((
                locale.text("session-print"),
                html! { span.print { (print) } },
            ));
        }
        html! {
            h2 { (locale.text("session-rules")) }
            p { strong { (rule.title()) } }
            (status::rule_in_words(locale, rule))
            (status::departures(locale, rule, self.found.cycle()))
            @if let Some(why) = self.adoption.as_ref().and_then(|one| one.departure.as_ref()) {
                p { (locale.text("departure-why")) " " (why) }
            }
            (facts(&terms))
        }
    }

    fn keys(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        if self.scrutineers.is_empty() {
            return html! {};
        }
        let table = html! {
            table {
                thead { tr {
                    th scope="col" { (locale.text("session-scrutineer")) }
                    th scope="col" { (locale.text("session-key")) }
                    th scope="col" { (locale.text("session-decryption")) }
                } }
                tbody { @for one in &self.scrutineers {
                    tr {
                        th scope="row" { (one.number) ". " (one.name) }
                        td { (done(locale, one.public_key.is_some())) }
                        td { (done(locale, one.has_decrypted)) }
                    }
                } }
            }
        };
        html! {
            h2 { (locale.text("session-scrutineers")) }
            p { (locale.text("session-scrutineers-lead")) }
            (threshold_in_words(locale, &self.found.poll, self.scrutineers.len()))
            @if let Some(ceremony) = &self.ceremony { (complaints(locale, ceremony, &self.scrutineers)) }
            (table_wrap(&locale.text("session-scrutineers"), &table))
            @if let Some(frozen) = self.found.poll.state.frozen() {
                p { (locale.text("session-frozen-at")) " " (moment(visit, frozen.at)) }
            }
        }
    }

    /// Who checked in, by name, so that an invented check-in would be seen by the person it names.
    fn attendance(&self, locale: &Locale) -> Markup {
        let mut delegations: BTreeMap<usize, (&str, Vec<&Attendee>)> = BTreeMap::new();
        for one in &self.attendance {
            let last = delegations.len().saturating_sub(1);
            match delegations.get_mut(&last) {
                Some((name, members)) if *name == one.delegation => members.push(one),
                _ => {
                    delegations.insert(delegations.len(), (&one.delegation, vec![one]));
                }
            }
        }
        let present = |members: &[&Attendee]| {
            members
                .iter()
                .filter(|one| one.checked_in_at.is_some())
                .count()
        };
        html! {
            h2 { (locale.text("session-attendance")) }
            p { (locale.text("session-attendance-lead")) }
            @for (name, members) in delegations.values() {
                details {
                    summary { (name) " " (present(members)) " / " (members.len()) }
                    p {
                        @for one in members.iter().filter(|one| one.checked_in_at.is_some()) {
                            span.name { (one.name) } " "
                        }
                    }
                }
            }
        }
    }
}

fn done(locale: &Locale, done: bool) -> String {
    locale.text(if done {
        "session-done"
    } else {
        "session-not-yet"
    })
}

/// `/j/{jurisdiction}/{year}/session/polls/{poll}`
pub(crate) async fn poll(State(app): State<App>, visit: Visit, found: InPoll) -> HttpResult {
    let mut tx = app.database.read().await?;
    let rule = adopted_rule(&mut tx, &found.poll).await?;
    let page = PollPage {
        figures: figures(&mut tx, &found.poll, rule.as_ref()).await?,
        adoption: match rule {
            Some(_) => Some(recorded_adoption(&mut tx, &found.poll).await?),
            None => None,
        },
        rule,
        items: store::items(&mut tx, &found.poll).await?,
        scrutineers: store::scrutineers(&mut tx, &found.poll).await?,
        ceremony: ceremony(&mut tx, &found.poll).await?,
        attendance: store::attendance(&mut tx, &found.poll).await?,
        delegations: store::attendance_by_delegation(&mut tx, &found.poll).await?,
        checked_in_with: found.checked_in_with(&mut tx).await?,
        found,
    };
    drop(tx);
    Ok(show(&visit, &page))
}
