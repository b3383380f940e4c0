//! The desk at the check-in (签到台): who is there, personal codes, leaves of absence.

use super::counts;
use super::desk_paper::PaperDesk;
use crate::session::in_poll::InPoll;
use crate::web::choice::{Choice, YesNo};
use crate::web::components::{Tone, badge, empty_state, page_head};
use crate::web::cycle_path::CycleHeading;
use crate::web::http_error::{HttpError, HttpResult};
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::qr::QrCode;
use crate::web::visit::{Visit, redirect_with};
use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect};
use axum_extra::extract::{Form, Query};
use domain::infra::app::App;
use domain::infra::typed;
use domain::people::Viewer;
use domain::session::store::{self, DelegationAttendance, DeskDeputy};
use domain::session::{CheckInCode, StateName, desk_code, give_desk_code, set_leave, takes_leaves};
use maud::{Markup, html};
use serde::Deserialize;

struct Desk {
    found: InPoll,
    /// What is looked for.
    sought: String,
    roster: Vec<DeskDeputy>,
    delegations: Vec<DelegationAttendance>,
    asks_code: bool,
    /// Where the rule reserves paper.
    paper: Option<PaperDesk>,
    /// Whose code is shown, with the picture that his or her device scans.
    code: Option<(DeskDeputy, CheckInCode, Option<QrCode>)>,
}

impl Page for Desk {
    fn title(&self, locale: &Locale) -> String {
        locale.text("desk-title")
    }

    fn cycle(&self) -> Option<&CycleHeading> {
        Some(self.found.heading())
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let body = &self.found.jurisdiction().settings.body;
        let roster = self
            .roster
            .iter()
            .filter(|one| is_sought(one, &self.sought));
        let shown: Vec<&DeskDeputy> = roster.collect();
        html! {
            p.back { a href=(self.found.page()) { "← " (self.found.poll.title) } }
            (page_head(&locale.text("desk-title"), &locale.text_about("desk-lead", body)))
            @if let Some((deputy, code, picture)) = &self.code { (self.personal(visit, deputy, code, picture.as_ref())) }
            (counts::totals(locale, &self.delegations))
            @if let Some(paper) = &self.paper { (paper.totals(locale, &self.found.page())) }
            @if !self.takes_codes() { p.notice { (locale.text(self.why_no_codes())) } }
            form.filters method="get" action={ (self.found.page()) "/desk" } role="search" {
                div.field {
                    label for="q" { (locale.text("desk-search")) }
                    input #q name="q" type="search" value=(self.sought) autocomplete="off";
                }
                button type="submit" { (locale.text("desk-search-button")) }
            }
            @if shown.is_empty() { (empty_state(locale, "desk-nobody")) }
            @for delegation in &self.delegations { (self.delegation(locale, delegation, &shown)) }
        }
    }
}

impl Desk {
    fn state(&self) -> StateName {
        self.found.poll.state.name()
    }

    fn takes_codes(&self) -> bool {
        let poll = &self.found.poll;
        self.asks_code && self.state() == StateName::RulesAdopted && !poll.is_checked_in_before()
    }

    fn why_no_codes(&self) -> &'static str {
        if self.state() == StateName::Drafted {
            "desk-too-early"
        } else if self.state() == StateName::RulesAdopted && !self.asks_code {
            "error-no-code-asked"
        } else {
            "error-check-in-closed"
        }
    }

    /// The code of one deputy, to be shown to that one only.
    fn personal(
        &self,
        visit: &Visit,
        deputy: &DeskDeputy,
        code: &CheckInCode,
        picture: Option<&QrCode>,
    ) -> Markup {
        let locale = visit.locale;
        let name = locale.text_with("desk-code-of", &[("name", deputy.name.clone().into())]);
        html! {
            section.panel.desk-code #code {
                div {
                    h2 { (name) }
                    p.code-digits { (grouped(&code.digits)) }
                    p { (locale.text("desk-code-text")) }
                    p.note { (locale.text("desk-code-until")) " " strong { (clock(visit, code)) } }
                    p { a.button.secondary href={ (self.found.page()) "/desk" } { (locale.text("desk-code-done")) } }
                }
                @if let Some(picture) = picture { (picture.drawn(&locale.text("desk-code-picture"))) }
            }
        }
    }

    fn delegation(
        &self,
        locale: &Locale,
        delegation: &DelegationAttendance,
        shown: &[&DeskDeputy],
    ) -> Markup {
        let members: Vec<_> = shown
            .iter()
            .filter(|one| one.delegation == delegation.name)
            .collect();
        html! {
            @if !members.is_empty() {
                details.desk-delegation open[!self.sought.is_empty()] {
                    summary { span { (delegation.name) } " " span.note { (counts::in_words(locale, delegation)) } }
                    ul.desk-list { @for one in members { (self.row(locale, one)) } }
                }
            }
        }
    }

    fn row(&self, locale: &Locale, one: &DeskDeputy) -> Markup {
        let (tone, key) = if one.on_paper {
            (Tone::Good, "desk-present-on-paper")
        } else if one.checked_in_at.is_some() {
            (Tone::Good, "desk-present")
        } else if one.leave_at.is_some() {
            (Tone::Neutral, "desk-on-leave")
        } else {
            (Tone::Warn, "desk-missing")
        };
        let can_leave = takes_leaves(self.state())
            && !self.found.poll.is_checked_in_before()
            && one.checked_in_at.is_none();
        html! {
            li {
                div.desk-who {
                    span.number { (one.number) } " " strong { (one.name) } " " (badge(tone, &locale.text(key)))
                    @if let Some(paper) = self.paper.as_ref().and_then(|paper| paper.of(one)) {
                        " " span.note { (locale.text_with("desk-paper-number", &[("number", paper.number.into())])) }
                        @if paper.helped { " " span.note { (locale.text("desk-paper-helped")) } }
                    }
                    @if let (Some(by), None) = (&one.leave_by, one.checked_in_at) {
                        " " span.note { (locale.text_with("desk-leave-by", &[("name", by.clone().into())])) }
                    }
                }
                div.desk-acts {
                    @if let Some(paper) = &self.paper { (paper.acts(locale, &self.found.page(), one, &self.sought)) }
                    @if self.takes_codes() {
                        (self.act(locale, "code", one, None, "desk-give-code"))
                    }
                    @if can_leave {
                        @if one.leave_at.is_some() {
                            (self.act(locale, "leave", one, Some(YesNo::No), "desk-cancel-leave"))
                        } @else {
                            (self.act(locale, "leave", one, Some(YesNo::Yes), "desk-note-leave"))
                        }
                    }
                }
            }
        }
    }

    fn act(
        &self,
        locale: &Locale,
        act: &str,
        one: &DeskDeputy,
        leave: Option<YesNo>,
        key: &str,
    ) -> Markup {
        let label = locale.labelled(&one.name, &locale.text(key));
        html! {
            form.inline method="post" action={ (self.found.page()) "/desk/" (act) } {
                input type="hidden" name="deputy" value=(one.number);
                input type="hidden" name="q" value=(self.sought);
                @if let Some(leave) = leave { input type="hidden" name="on_leave" value=(leave.name()); }
                button.secondary type="submit" aria-label=(label) { (locale.text(key)) }
            }
        }
    }
}

/// By the number, or by a part of the name or the delegation.
fn is_sought(one: &DeskDeputy, sought: &str) -> bool {
    sought.is_empty()
        || one.number.to_string() == sought
        || one.name.contains(sought)
        || one.delegation.contains(sought)
}

/// `1234 5678`: in halves, as people read digits aloud.
pub(super) fn grouped(digits: &str) -> String {
    let (first, second) = digits.split_at(digits.len() / 2);
    format!("{first} {second}")
}

fn clock(visit: &Visit, code: &CheckInCode) -> String {
    let local = code.until.in_zone(visit.zone);
    format!("{:02}:{:02}", local.hour(), local.minute())
}

/// What is looked for, and whose code is shown.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct DeskQuery {
    q: String,
    deputy: String,
}

/// `GET …/polls/{poll}/desk`
pub(crate) async fn desk(
    State(app): State<App>,
    visit: Visit,
    found: InPoll,
    Query(query): Query<DeskQuery>,
) -> HttpResult {
    let mut tx = app.database.read().await?;
    let poll = &found.poll;
    let roster = store::desk_roster(&mut tx, poll).await?;
    let delegations = store::attendance_by_delegation(&mut tx, poll).await?;
    let asks_code = store::asks_code(&mut tx, poll).await?;
    let named = roster
        .iter()
        .find(|one| one.number.to_string() == query.deputy);
    let code = match named {
        Some(one) if asks_code && poll.state.name() == StateName::RulesAdopted => {
            let code = desk_code(&app, &mut tx, poll, one.id).await?;
            code.map(|code| {
                let picture = picture(&app, &found, &code);
                (one.clone(), code, picture)
            })
        }
        Some(_) | None => None,
    };
    let paper = PaperDesk::load(&mut tx, poll).await?;
    drop(tx);
    let page = Desk {
        paper,
        sought: typed::plain(&query.q),
        found,
        roster,
        delegations,
        asks_code,
        code,
    };
    Ok(show(&visit, &page))
}

/// The address of the check-in with the code behind the `#`, which no server is told.
pub(super) fn picture(app: &App, found: &InPoll, code: &CheckInCode) -> Option<QrCode> {
    let (base, page) = (&app.config.base_url, found.page());
    QrCode::of(&format!("{base}{page}/check-in#code={}", code.digits))
}

/// Of which deputy, by the number on the roster, and what of it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct DeskForm {
    deputy: String,
    q: String,
    on_leave: Choice<YesNo>,
    pub(super) on_paper: Choice<YesNo>,
    pub(super) helped: Choice<YesNo>,
    /// The number of a paper that came back.
    pub(super) paper: String,
}

impl DeskForm {
    pub(super) fn number(&self) -> Result<i32, HttpError> {
        let number = typed::plain(&self.deputy).parse();
        number.map_err(|_| HttpError::invalid("deputy", "no-such-deputy"))
    }

    pub(super) fn back(&self, found: &InPoll) -> String {
        let sought = crate::web::http_error::url_encode(&self.q);
        format!("{}/desk?q={sought}", found.page())
    }
}

/// `POST …/polls/{poll}/desk/code`
pub(crate) async fn code(
    State(app): State<App>,
    viewer: Viewer,
    found: InPoll,
    Form(form): Form<DeskForm>,
) -> HttpResult {
    let (poll, number) = (&found.poll, form.number()?);
    give_desk_code(&app, viewer.account, poll.jurisdiction, poll.id, number).await?;
    let back = format!("{}&deputy={number}", form.back(&found));
    Ok(Redirect::to(&back).into_response())
}

/// `POST …/polls/{poll}/desk/leave`
pub(crate) async fn leave(
    State(app): State<App>,
    viewer: Viewer,
    found: InPoll,
    Form(form): Form<DeskForm>,
) -> HttpResult {
    let (poll, number) = (&found.poll, form.number()?);
    let on_leave = form.on_leave.or_refused("on_leave")? == YesNo::Yes;
    let here = poll.jurisdiction;
    set_leave(&app, viewer.account, here, poll.id, number, on_leave).await?;
    Ok(redirect_with(&form.back(&found), "saved"))
}
