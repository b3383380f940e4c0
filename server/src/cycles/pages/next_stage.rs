//! The office's steps to other stages: what each waits for, each with the way there, and the step itself once nothing is left.

use crate::web::components::irrevocable;
use crate::web::cycle_path::CycleHeading;
use crate::web::http_error::HttpError;
use crate::web::locale::Locale;
use domain::closed_loop::{Condition, ConditionKind, conditions};
use domain::cycles::Stage;
use domain::infra::database::Tx;
use maud::{Markup, html};

/// The step from a cycle's stage to the next.
pub(super) struct NextStage {
    path: String,
    to: Stage,
    conditions: Vec<Condition>,
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
                });
            }
        }
        Ok(steps)
    }

    pub(super) fn shown(&self, locale: &Locale) -> Markup {
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
            @if is_ready {
                (irrevocable(&step, &locale.text("move-note"), &html! {
                    form method="post" action={ (self.path) "/stage" } {
                        button type="submit" name="to" value=(self.to.name()) { (step) }
                    }
                }))
            }
        }
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
        ConditionKind::ProjectsEvaluated => "evaluation",
    }
}

/// Whether it says something that many are left.
const fn is_counted(kind: ConditionKind) -> bool {
    match kind {
        ConditionKind::IntakeDecided
        | ConditionKind::ProposalsScreened
        | ConditionKind::DecisionsPublished
        | ConditionKind::ProjectsHandedOver => true,
        ConditionKind::ShortlistPublished
        | ConditionKind::NoPollUnderWay
        | ConditionKind::VoteAnnounced
        | ConditionKind::TieDecided
        | ConditionKind::ListNotRejected
        | ConditionKind::ProjectsEvaluated => false,
    }
}
