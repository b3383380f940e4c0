//! The form of a screening decision: a reason is mandatory where it declines, unit and budget where it does not.

use domain::infra::field_errors::FieldErrors;
use domain::proposals::Reason;
use domain::screening::{Decision, Outcome};
use serde::Deserialize;

const EXPLANATION_CHARACTERS: usize = 1000;
const UNIT_CHARACTERS: usize = 60;
const FUNDING_CHARACTERS: usize = 60;

/// The fields as they were typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub(crate) struct DecisionForm {
    /// `feasible` or `declined`.
    pub outcome: String,
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
}

impl DecisionForm {
    /// The form filled in with a decision that was made before.
    pub(crate) fn of(decision: &Decision) -> Self {
        let mut form = Self {
            outcome: decision.outcome.name().to_owned(),
            explanation: decision.explanation.clone(),
            ..Self::default()
        };
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
            Outcome::Declined { reason } => reason.name().clone_into(&mut form.reason),
        }
        form
    }

    /// The decision, or what is wrong with the form.
    pub(crate) fn check(&self) -> Result<(Outcome, String), FieldErrors> {
        let mut errors = FieldErrors::none();
        let declines = self.outcome == "declined";
        let least = usize::from(declines);
        let explanation = errors.text(
            "explanation",
            &self.explanation,
            least,
            EXPLANATION_CHARACTERS,
        );
        let outcome = if declines {
            let reason = Reason::find(&self.reason);
            if reason.is_none() {
                errors.add("reason", "required");
            }
            reason.map(|reason| Outcome::Declined { reason })
        } else if self.outcome == "feasible" {
            let unit = errors.text("screening-unit", &self.screening_unit, 1, UNIT_CHARACTERS);
            let funding = &self.screening_funding;
            let funding = errors.text("screening-funding", funding, 0, FUNDING_CHARACTERS);
            errors
                .wan("screening-budget", &self.screening_budget)
                .map(|budget| Outcome::Feasible {
                    unit,
                    budget,
                    funding,
                })
        } else {
            errors.add("outcome", "required");
            None
        };
        match outcome {
            Some(outcome) if errors.is_empty() => Ok((outcome, explanation)),
            _ => Err(errors),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::infra::money::Money;

    fn feasible() -> DecisionForm {
        DecisionForm {
            outcome: "feasible".to_owned(),
            screening_unit: "县民政局".to_owned(),
            screening_budget: "150".to_owned(),
            ..DecisionForm::default()
        }
    }

    fn fault(form: &DecisionForm) -> Vec<(&'static str, &'static str)> {
        let errors = form.check().unwrap_err();
        errors
            .iter()
            .map(|(field, error)| (field, error.code))
            .collect()
    }

    #[test]
    fn what_is_feasible_names_its_unit_and_its_budget() {
        let (outcome, _) = feasible().check().unwrap();
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
            outcome: "declined".to_owned(),
            reason: "out_of_scope".to_owned(),
            explanation: "属省级事权。".to_owned(),
            ..DecisionForm::default()
        };
        assert!(form.check().is_ok());
        form.reason.clear();
        assert_eq!(fault(&form), [("reason", "required")]);
        form.reason = "out_of_scope".to_owned();
        form.explanation.clear();
        assert_eq!(fault(&form), [("explanation", "required")]);
    }
}
