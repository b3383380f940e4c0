//! What a poll can come to off the straight road, for those who lead it: withdrawn, void, a lot among the tied, the poll that
//! follows. What one side puts forward waits here for the other.

use super::manage::load;
use super::manage_view::ManagePage;
use crate::session::in_poll::InPoll;
use crate::web::choice::Choice;
use crate::web::components::{Field, error_text, irrevocable};
use crate::web::cycle_path::InCycle;
use crate::web::http_error::HttpResult;
use crate::web::locale::Locale;
use crate::web::page::show;
use crate::web::visit::{Visit, redirect_with};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum_extra::extract::Form;
use domain::infra::app::App;
use domain::infra::database::Tx;
use domain::infra::field_errors::FieldErrors;
use domain::people::{Role, Viewer};
use domain::session::store::Confirmation;
use domain::session::{
    Confirmed, DualControlStep, EndReason, Matter, Motion, NextRound, Party, Pending, Poll,
    PollItem, PollKind, Rounds, SessionError, StateName, Step, call_follow_up, motions,
    put_forward, rounds_of, store,
};
use maud::{Markup, html};
use serde::Deserialize;
use tally::rules::ItemId;

/// What a poll can come to besides its result.
pub(super) struct Ends {
    /// What was put forward, the hash of it, and who has confirmed.
    pub motions: Vec<(Pending, Matter, Vec<Confirmation>)>,
    /// What must or may follow, on the page of the vote's last poll.
    pub next: NextRound,
    /// The chosen, where the meeting may vote on adopting the list of them.
    pub list: Vec<ItemId>,
    /// A poll that follows is called already.
    pub is_called: bool,
    pub form: MotionForm,
    pub errors: FieldErrors,
}

impl Ends {
    pub(super) async fn load(tx: &mut Tx, poll: &Poll) -> Result<Self, SessionError> {
        let mut pending = Vec::new();
        for one in motions(tx, poll).await? {
            let step = one.motion.step();
            let matter = domain::session::matter(tx, poll, step).await?;
            let mut given = store::confirmations(tx, poll).await?;
            given.retain(|one| one.step == step && one.matter == matter.as_str());
            pending.push((one, matter, given));
        }
        let mut next = NextRound::Nothing;
        let mut list = Vec::new();
        let mut is_called = false;
        if poll.state.name() == StateName::Announced && poll.kind != PollKind::Evaluation {
            let all = store::polls_of_cycle(tx, poll.jurisdiction, poll.cycle).await?;
            is_called = all.iter().any(|one| !one.state.name().is_over());
            let rounds = rounds_of(tx, &all).await?;
            let is_last = |rounds: &Rounds| {
                let last = Some(rounds.last().id);
                last == Some(poll.id) || (poll.kind == PollKind::Adoption && poll.follows == last)
            };
            if let Some(rounds) = rounds.filter(is_last) {
                next = rounds.next();
                let chosen = rounds.decision.chosen().into_iter();
                list = chosen
                    .filter(|_| rounds.may_be_adopted())
                    .map(|item| item.id.clone())
                    .collect();
            }
        }
        Ok(Self {
            motions: pending,
            next,
            list,
            is_called,
            form: MotionForm::default(),
            errors: FieldErrors::none(),
        })
    }
}

/// What is put forward, as it is typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct MotionForm {
    step: Choice<DualControlStep>,
    side: Choice<Party>,
    end_reason: Choice<EndReason>,
    explanation: String,
    drawn: Vec<String>,
    /// One a line.
    witnesses: String,
}

impl MotionForm {
    fn read(&self) -> Result<(Party, Motion), FieldErrors> {
        let mut errors = FieldErrors::none();
        let side = self.side.read(&mut errors, "side");
        let motion = match self.step.read(&mut errors, "step") {
            Some(DualControlStep::Lot) => Some(Motion::Lot {
                drawn: self.drawn.clone(),
                witnesses: self.witnesses.lines().map(str::to_owned).collect(),
            }),
            Some(DualControlStep::Withdraw) => {
                self.end_reason
                    .read(&mut errors, "end_reason")
                    .map(|reason| Motion::Withdraw {
                        reason,
                        explanation: self.explanation.clone(),
                    })
            }
            Some(DualControlStep::Void) => {
                self.end_reason
                    .read(&mut errors, "end_reason")
                    .map(|reason| Motion::Void {
                        reason,
                        explanation: self.explanation.clone(),
                    })
            }
            Some(DualControlStep::Freeze | DualControlStep::Open | DualControlStep::Close) => {
                errors.add("step", "not-an-option");
                None
            }
            None => None,
        };
        side.zip(motion).ok_or(errors)
    }
}

/// `POST …/polls/{poll}/motion`
pub(crate) async fn motion(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    found: InPoll,
    Form(form): Form<MotionForm>,
) -> HttpResult {
    let poll = &found.poll;
    let errors = match form.read() {
        Err(errors) => errors,
        Ok((side, motion)) => {
            let account = viewer.account;
            match put_forward(&app, account, poll.jurisdiction, poll.id, side, motion).await {
                Ok(confirmed) => {
                    let message = match confirmed {
                        Confirmed::Waiting => "session-confirmed-waiting",
                        Confirmed::Done => "session-confirmed-done",
                    };
                    let back = format!("{}/manage", found.page());
                    return Ok(redirect_with(&back, message));
                }
                Err(SessionError::Form(errors)) => errors,
                Err(other) => return Err(other.into()),
            }
        }
    };
    let mut page = load(&app, found).await?;
    page.ends.form = form;
    page.ends.errors = errors;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, show(&visit, &page)).into_response())
}

/// Which poll is called.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct FollowUpForm {
    kind: Choice<PollKind>,
}

/// `POST …/session/follow-up`: the office calls the poll that follows the vote.
pub(crate) async fn follow_up(
    State(app): State<App>,
    viewer: Viewer,
    at: InCycle,
    Form(form): Form<FollowUpForm>,
) -> HttpResult {
    let kind = form.kind.or_refused("kind")?;
    let poll = call_follow_up(&app, viewer.actor(), at.cycle(), kind).await?;
    let page = format!("{}/session/polls/{poll}/manage", at.heading.path());
    Ok(redirect_with(&page, "session-follow-up-called"))
}

impl ManagePage {
    /// What was put forward, what can be, and what follows.
    pub(super) fn ends(&self, visit: &Visit) -> Markup {
        html! {
            @for (pending, matter, given) in &self.ends.motions {
                (self.pending(visit, pending, matter, given))
            }
            (self.follows(visit))
            (self.adoption_call(visit))
            (self.lot_form(visit))
            @for step in [DualControlStep::Withdraw, DualControlStep::Void] {
                (self.end_form(visit, step))
            }
        }
    }

    fn sides(&self, visit: &Visit) -> Vec<Party> {
        let holds = |side: &Party| {
            let role = match side {
                Party::Office => Role::Office,
                Party::ChiefScrutineer => Role::ChiefScrutineer,
            };
            self.is(visit, role)
        };
        Party::ALL.into_iter().filter(holds).collect()
    }

    fn pending(
        &self,
        visit: &Visit,
        pending: &Pending,
        matter: &Matter,
        given: &[Confirmation],
    ) -> Markup {
        let locale = visit.locale;
        let step = pending.motion.step();
        let key = |rest: &str| format!("dual-control-{}{rest}", step.name());
        let waits = |side: &&Party| given.iter().all(|one| one.side != **side);
        html! {
            section.notice {
                h2 { (locale.text(&key(""))) }
                (self.motion_in_words(locale, &pending.motion))
                ul.checks {
                    @for side in Party::ALL {
                        @let is_given = given.iter().any(|one| one.side == side);
                        li.good[is_given] {
                            (self.role_name(locale, side.name())) " · "
                            (locale.text(if is_given { "manage-confirmed" } else { "manage-not-confirmed" }))
                        }
                    }
                }
                @for side in self.sides(visit).iter().filter(waits) {
                    form method="post" action=(self.path("confirm")) {
                        input type="hidden" name="step" value=(step.name());
                        input type="hidden" name="side" value=(side.name());
                        input type="hidden" name="matter" value=(matter.as_str());
                        button.button.danger type="submit" {
                            (locale.text_with(&key("-button"), &[("side", self.role_name(locale, side.name()).into())]))
                        }
                    }
                }
            }
        }
    }

    fn motion_in_words(&self, locale: &Locale, motion: &Motion) -> Markup {
        match motion {
            Motion::Withdraw {
                reason,
                explanation,
            }
            | Motion::Void {
                reason,
                explanation,
            } => html! {
                p { strong { (locale.text(&format!("end-reason-{}", reason.name()))) } }
                p { (explanation) }
            },
            Motion::Lot { drawn, witnesses } => html! {
                ul { @for code in drawn { li { span.code { (code) } " " (self.title_of(code)) } } }
                p { (locale.text("field-witnesses")) " " (witnesses.join(&locale.text("list-separator"))) }
            },
        }
    }

    fn title_of(&self, code: &str) -> &str {
        let found = self.items.iter().find(|item| item.code == code);
        found.map_or("", |item| &item.title)
    }

    /// The form by which one side ends the poll.
    fn end_form(&self, visit: &Visit, step: DualControlStep) -> Markup {
        let locale = visit.locale;
        let state = &self.found.poll.state;
        let can = step.step().is_some_and(|step| state.can(step));
        let is_draft = state.name() == StateName::Drafted;
        let mut sides = self.sides(visit);
        sides.retain(|side| !is_draft || *side == Party::Office);
        let Some(side) = sides.first().filter(|_| can) else {
            return html! {};
        };
        let key = |rest: &str| format!("dual-control-{}{rest}", step.name());
        let form = &self.ends.form;
        let field = |name, value| Field {
            name,
            value,
            errors: &self.ends.errors,
            required: true,
        };
        let reasons: Vec<(String, String)> = reasons(step)
            .map(|reason| {
                let text = locale.text(&format!("end-reason-{}", reason.name()));
                (reason.name().to_owned(), text)
            })
            .collect();
        irrevocable(
            &locale.text(&key("")),
            &locale.text(&key(if is_draft { "-draft" } else { "-lead" })),
            &html! {
                form.form method="post" action=(self.path("motion")) {
                    input type="hidden" name="step" value=(step.name());
                    input type="hidden" name="side" value=(side.name());
                    (field("end_reason", form.end_reason.shown(EndReason::name)).select(locale, &reasons))
                    (field("explanation", &form.explanation).textarea(locale, 3))
                    button.button.danger type="submit" {
                        (locale.text_with(&key("-button"), &[("side", self.role_name(locale, side.name()).into())]))
                    }
                }
            },
        )
    }

    /// The form by which one side enters what was drawn.
    fn lot_form(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let NextRound::Lot { items, places } = &self.ends.next else {
            return html! {};
        };
        let sides = self.sides(visit);
        let Some(side) = sides.first() else {
            return html! {};
        };
        let form = &self.ends.form;
        let errors = &self.ends.errors;
        let witnesses = Field {
            name: "witnesses",
            value: &form.witnesses,
            errors,
            required: true,
        };
        html! {
            section {
                h2 { (locale.text("dual-control-lot")) }
                p { (locale.text_with("lot-lead", &[("tied", items.len().into()), ("left", (*places).into())])) }
                form.form method="post" action=(self.path("motion")) {
                    input type="hidden" name="step" value=(DualControlStep::Lot.name());
                    input type="hidden" name="side" value=(side.name());
                    fieldset #field-drawn {
                        legend { (locale.text("field-drawn")) }
                        @if let Some(error) = errors.of("drawn") {
                            p.field-error #error-drawn { (error_text(locale, error)) }
                        }
                        @for id in items {
                            label.check {
                                input type="checkbox" name="drawn" value=(id) checked[form.drawn.iter().any(|one| one == id.as_str())];
                                span.code { (id) } " " (self.title_of(id.as_str()))
                            }
                        }
                    }
                    (witnesses.textarea(locale, 3))
                    button.button.primary type="submit" {
                        (locale.text_with("dual-control-lot-button", &[("side", self.role_name(locale, side.name()).into())]))
                    }
                }
            }
        }
    }

    /// The poll that must or may follow, for the office to call.
    fn follows(&self, visit: &Visit) -> Markup {
        let (kind, items, places) = match &self.ends.next {
            NextRound::RunOff { items, places } => (PollKind::RunOff, items, *places),
            NextRound::SecondBallot { items, places } => (PollKind::SecondBallot, items, *places),
            NextRound::Nothing | NextRound::Lot { .. } => return html! {},
        };
        self.call(visit, kind, items, places)
    }

    /// The vote by which the meeting may adopt the list, for the office to call.
    fn adoption_call(&self, visit: &Visit) -> Markup {
        match self.ends.list.as_slice() {
            [] => html! {},
            list => self.call(visit, PollKind::Adoption, list, 1),
        }
    }

    fn call(&self, visit: &Visit, kind: PollKind, items: &[ItemId], places: u64) -> Markup {
        let locale = visit.locale;
        let values = [("items", items.len().into()), ("places", places.into())];
        html! {
            section.notice {
                h2 { (locale.text(&format!("poll-kind-{}", kind.name()))) }
                p { (locale.text_with(&format!("follow-{}", kind.name()), &values)) }
                (self.listed(items))
                @if self.is(visit, Role::Office) && !self.ends.is_called {
                    form method="post" action={ (self.found.heading().path()) "/session/follow-up" } {
                        input type="hidden" name="kind" value=(kind.name());
                        button.button.primary type="submit" { (locale.text(&format!("follow-{}-button", kind.name()))) }
                    }
                }
            }
        }
    }

    fn listed(&self, ids: &[ItemId]) -> Markup {
        let title = |id: &ItemId| -> Option<&PollItem> {
            self.items.iter().find(|item| item.code == id.as_str())
        };
        html! {
            ul { @for id in ids { li { span.code { (id) } " " @if let Some(item) = title(id) { (item.title) } } } }
        }
    }
}

fn reasons(step: DualControlStep) -> impl Iterator<Item = EndReason> {
    let fits = move |reason: &EndReason| step.step().is_some_and(|step: Step| reason.fits(step));
    EndReason::ALL.into_iter().filter(fits)
}
