//! The office's steps to other stages: what each waits for, each with the way there, and the step itself once nothing is left.

use super::exception::{self, ExceptionForm};
use crate::web::components::irrevocable;
use crate::web::cycle_path::CycleHeading;
use crate::web::http_error::HttpError;
use crate::web::locale::Locale;
use domain::closed_loop::{Condition, ConditionKind, Exception, conditions, exception_to};
use domain::cycles::{Cycle, Stage};
use domain::infra::database::Tx;
use maud::{Markup, html};

/// The step from a cycle's stage to the next.
pub(super) struct NextStage {
    path: String,
    to: Stage,
    conditions: Vec<Condition>,
    /// What the office has asked to leave open.
    asked: Option<Exception>,
}

impl NextStage {
    /// The steps that the closed loop has from here, the one that leads on before the one that leads back; none at its end.
    pub(super) async fn all_of(
        tx: &mut Tx,
        heading: &CycleHeading,
    ) -> Result<Vec<Self>, HttpError> {
        let cycle = &heading.cycle;
        let mut steps = Vec::new();
        for to in Stage::ALL.into_iter().rev() {
            if cycle.stage.advance(to).is_ok() {
                steps.push(Self {
                    path: heading.path(),
                    to,
                    conditions: conditions(tx, cycle, to).await?,
                    asked: exception_to(tx, cycle, to).await?,
                });
            }
        }
        Ok(steps)
    }

    /// For the office.
    pub(super) fn shown(&self, locale: &Locale, cycle: &Cycle, form: &ExceptionForm) -> Markup {
        let name = locale.text(&format!("stage-{}", self.to.name()));
        let step = locale.text_with("move-to", &[("stage", name.clone().into())]);
        let is_ready = self.conditions.iter().all(|condition| condition.is_met());
        html! {
            @if !self.conditions.is_empty() {
                h3 { (locale.text_with("before-stage", &[("stage", name.into())])) }
                ul.checks {
                    @for condition in &self.conditions { li.good[condition.is_met()] { (self.condition(locale, *condition)) } }
                }
            }
            @if let Some(asked) = self.asked.as_ref().filter(|_| !is_ready) {
                (exception::waiting(locale, &self.path, cycle, asked, false))
            }
            @if self.may_be_left() { (exception::asking(locale, &self.path, self.to, form)) }
            @if is_ready {
                (irrevocable(&step, &locale.text("move-note"), &html! {
                    form method="post" action={ (self.path) "/stage" } {
                        button type="submit" name="to" value=(self.to.name()) { (step) }
                    }
                }))
            }
        }
    }

    /// For whoever confirms an exception that the office has asked for.
    pub(super) fn to_confirm(&self, locale: &Locale, cycle: &Cycle) -> Markup {
        html! {
            @if let Some(asked) = self.asked.as_ref().filter(|_| self.may_be_left()) {
                section.panel #exception {
                    h2 { (locale.text("exception-title")) }
                    (exception::waiting(locale, &self.path, cycle, asked, true))
                }
            }
        }
    }

    /// Whether something is left, and all of it may be.
    fn may_be_left(&self) -> bool {
        let mut left = self.conditions.iter().filter(|one| !one.is_met());
        let first = left.next().is_some_and(|one| one.kind.may_be_left());
        first && left.all(|one| one.kind.may_be_left())
    }

    fn condition(&self, locale: &Locale, condition: Condition) -> Markup {
        let text = locale.text(&format!("condition-{}", condition.kind.name()));
        let counts = is_counted(condition.kind);
        html! {
            (text)
            @if condition.is_met() {
                span.visually-hidden { " " (locale.text("condition-met")) }
            } @else {
                " " a href={ (self.path) "/" (way(condition.kind)) } {
                    @if counts { (locale.text_with("condition-left", &[("left", condition.left.into())])) }
                    @else { (locale.text("condition-go")) }
                }
            }
        }
    }
}

/// Where it is done.
const fn way(kind: ConditionKind) -> &'static str {
    match kind {
        ConditionKind::IntakeDecided => "proposals/intake",
        ConditionKind::ProposalsScreened | ConditionKind::DecisionsPublished => "screening/queue",
        ConditionKind::ShortlistPublished => "shortlist/compose",
        ConditionKind::NoPollUnderWay
        | ConditionKind::VoteAnnounced
        | ConditionKind::TieDecided
        | ConditionKind::ListNotRejected => "session",
        ConditionKind::ProjectsHandedOver => "projects",
        ConditionKind::ProjectsEvaluated | ConditionKind::ReworksAnswered => "evaluation",
    }
}

/// Whether it says something that many are left.
const fn is_counted(kind: ConditionKind) -> bool {
    match kind {
        ConditionKind::IntakeDecided
        | ConditionKind::ProposalsScreened
        | ConditionKind::DecisionsPublished
        | ConditionKind::ProjectsHandedOver
        | ConditionKind::ReworksAnswered => true,
        ConditionKind::ShortlistPublished
        | ConditionKind::NoPollUnderWay
        | ConditionKind::VoteAnnounced
        | ConditionKind::TieDecided
        | ConditionKind::ListNotRejected
        | ConditionKind::ProjectsEvaluated => false,
    }
}
