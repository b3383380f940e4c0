//! The form of a screening decision: a reason is mandatory where it declines, unit and budget where it does not.

use crate::web::choice::Choice;
use crate::web::shared::code_names::offered_reason;
use domain::cycles::settings::Settings;
use domain::infra::field_errors::FieldErrors;
use domain::screening::{Case, Outcome, OutcomeName, Seen};
use serde::Deserialize;

/// How long an explanation may be.
pub(crate) const EXPLANATION_CHARACTERS: usize = 1000;
const UNIT_CHARACTERS: usize = 60;
const FUNDING_CHARACTERS: usize = 60;

/// The fields as they were typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub(crate) struct DecisionForm {
    /// Whether it can be done.
    pub outcome: Choice<OutcomeName>,
    /// A reason's code.
    pub reason: String,
    /// In words.
    pub explanation: String,
    /// 承办单位
    pub screening_unit: String,
    /// 预算（万元）
    pub screening_budget: String,
    /// 资金来源
    pub screening_funding: String,
    /// What the form showed of the case.
    pub seen: String,
    /// `stay`: the same page again; anything else leads to the next.
    pub then: String,
}

impl DecisionForm {
    /// The form of a case: filled in with what was decided before, or with the unit that reviews it.
    pub(crate) fn of(case: &Case) -> Self {
        let mut form = Self {
            seen: case.seen().to_string(),
            ..Self::default()
        };
        let Some(decision) = &case.decision else {
            let unit = case.unit.as_ref().map(|unit| unit.name.clone());
            form.screening_unit = unit.unwrap_or_default();
            return form;
        };
        form.outcome = Choice::One(decision.outcome.name());
        form.explanation.clone_from(&decision.explanation);
        match &decision.outcome {
            Outcome::Feasible {
                unit,
                budget,
                funding,
            } => {
                form.screening_unit.clone_from(unit);
                form.screening_budget = budget.wan();
                form.screening_funding.clone_from(funding);
            }
            Outcome::Declined { reason } => reason.as_str().clone_into(&mut form.reason),
        }
        form
    }

    /// What the form showed of the case; of a form that says nothing, nothing.
    pub(crate) fn seen(&self) -> Seen {
        Seen::parse(&self.seen).unwrap_or_default()
    }

    /// The decision, or what is wrong with the form.
    pub(crate) fn check(&self, settings: &Settings) -> Result<(Outcome, String), FieldErrors> {
        let mut errors = FieldErrors::none();
        let chosen = self.outcome.read(&mut errors, "outcome");
        let outcome = match chosen {
            Some(OutcomeName::Declined) => offered_reason(&mut errors, settings, &self.reason)
                .map(|reason| Outcome::Declined { reason }),
            Some(OutcomeName::Feasible) => {
                let unit = errors.text("screening-unit", &self.screening_unit, 1, UNIT_CHARACTERS);
                let budget = errors.wan("screening-budget", &self.screening_budget);
                let funding = &self.screening_funding;
                let funding = errors.text("screening-funding", funding, 0, FUNDING_CHARACTERS);
                budget.map(|budget| Outcome::Feasible {
                    unit,
                    budget,
                    funding,
                })
            }
            None => None,
        };
        let least = usize::from(chosen == Some(OutcomeName::Declined));
        let most = EXPLANATION_CHARACTERS;
        let explanation = errors.text("explanation", &self.explanation, least, most);
        match outcome {
            Some(outcome) if errors.is_empty() => Ok((outcome, explanation)),
            _ => Err(errors),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::cycles::JurisdictionKind;
    use domain::cycles::settings::usual;
    use domain::infra::money::Money;

    fn feasible() -> DecisionForm {
        DecisionForm {
            outcome: Choice::One(OutcomeName::Feasible),
            screening_unit: "县民政局".to_owned(),
            screening_budget: "150".to_owned(),
            ..DecisionForm::default()
        }
    }

    fn checked(form: &DecisionForm) -> Result<(Outcome, String), FieldErrors> {
        form.check(usual(JurisdictionKind::County))
    }

    fn fault(form: &DecisionForm) -> Vec<(&'static str, &'static str)> {
        let errors = checked(form).unwrap_err();
        errors
            .iter()
            .map(|(field, error)| (field, error.code))
            .collect()
    }

    #[test]
    fn what_is_feasible_names_its_unit_and_its_budget() {
        let (outcome, _) = checked(&feasible()).unwrap();
        assert_eq!(
            outcome,
            Outcome::Feasible {
                unit: "县民政局".to_owned(),
                budget: Money::from_wan(150),
                funding: String::new()
            }
        );
        let mut form = feasible();
        form.screening_unit.clear();
        assert_eq!(fault(&form), [("screening-unit", "required")]);
        let mut form = feasible();
        form.screening_budget.clear();
        assert_eq!(fault(&form), [("screening-budget", "required")]);
        form.screening_budget = "-1".to_owned();
        assert_eq!(fault(&form), [("screening-budget", "too-small")]);
    }

    #[test]
    fn what_is_declined_gives_its_reason_in_code_and_words() {
        let mut form = DecisionForm {
            outcome: Choice::One(OutcomeName::Declined),
            reason: "out_of_scope".to_owned(),
            explanation: "属省级事权。".to_owned(),
            ..DecisionForm::default()
        };
        assert!(checked(&form).is_ok());
        form.reason.clear();
        assert_eq!(fault(&form), [("reason", "required")]);
        form.reason = "bad_weather".to_owned();
        assert_eq!(fault(&form), [("reason", "not-an-option")]);
        form.reason = "out_of_scope".to_owned();
        form.explanation.clear();
        assert_eq!(fault(&form), [("explanation", "required")]);
    }
}
