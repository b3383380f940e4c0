//! The form of a candidate project.

use domain::infra::field_errors::FieldErrors;
use domain::infra::typed;
use domain::screening::{Candidate, CandidateFacts, MILESTONE_CHARACTERS, Milestone};
use domain::screening::{Cluster, Outcome};
use serde::Deserialize;
use tally::record::body::PublicText;
use time::Date;
use time::format_description::well_known::Iso8601;

/// How many milestones the form has room for.
pub(crate) const MILESTONES: usize = 6;

/// The fields as they were typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub(crate) struct CandidateForm {
    /// E.g. `QH26-01`.
    pub candidate_code: String,
    /// The title.
    pub candidate_title: String,
    /// What will be done.
    pub candidate_summary: String,
    /// 承办单位
    pub candidate_unit: String,
    /// 责任领导
    pub candidate_lead: String,
    /// What will be there when it is done.
    pub candidate_goal: String,
    /// In 万元.
    pub candidate_budget: String,
    /// 资金来源
    pub candidate_funding: String,
    /// Where.
    pub candidate_location: String,
    /// The districts that it serves, as far as they are ticked; none: the whole jurisdiction.
    pub candidate_districts: Vec<String>,
    /// The milestones' days, one a row.
    pub due: Vec<String>,
    /// The milestones' texts, one a row.
    pub text: Vec<String>,
    /// The milestones' planned percents, one a row.
    pub percent: Vec<String>,
    /// Why a published candidate is changed.
    pub amend_reason: String,
    /// From which cluster it grows.
    pub cluster: String,
    /// The version of the facts that the form showed.
    pub seen: String,
}

impl CandidateForm {
    /// The form filled in with a candidate.
    pub(crate) fn of(candidate: &Candidate) -> Self {
        let facts = &candidate.facts;
        let column =
            |of: fn(&Milestone) -> String| facts.milestones.iter().map(of).collect::<Vec<_>>();
        Self {
            candidate_code: facts.code.clone(),
            candidate_title: facts.title.clone(),
            candidate_summary: facts.summary.clone(),
            candidate_unit: facts.unit.clone(),
            candidate_lead: facts.lead.clone(),
            candidate_goal: facts.goal.clone(),
            candidate_budget: facts.budget.wan(),
            candidate_funding: facts.funding.clone(),
            candidate_location: facts.location.clone(),
            candidate_districts: facts.districts.clone(),
            due: column(|one| one.due.to_string()),
            text: column(|one| one.text.clone()),
            percent: column(|one| one.planned_percent.to_string()),
            amend_reason: String::new(),
            cluster: String::new(),
            seen: facts.version(),
        }
    }

    /// The form begun with what screening found out about a cluster. `districts` are the jurisdiction's.
    pub(crate) fn from_cluster(cluster: &Cluster, districts: &[String]) -> Self {
        let mut form = Self {
            candidate_title: cluster.title().to_owned(),
            cluster: cluster.id.to_string(),
            candidate_districts: cluster.districts(districts),
            ..Self::default()
        };
        if let Some(decision) = &cluster.decision {
            form.candidate_summary.clone_from(&decision.explanation);
            if let Outcome::Feasible {
                unit,
                budget,
                funding,
            } = &decision.outcome
            {
                form.candidate_unit.clone_from(unit);
                form.candidate_budget = budget.wan();
                form.candidate_funding.clone_from(funding);
            }
        }
        form
    }

    /// What is typed, field by field, with the milestones as one text.
    pub(crate) fn lines(&self) -> [(&'static str, String); 11] {
        let milestones: Vec<String> = (0..MILESTONES)
            .map(|number| self.row(number))
            .filter(|row| *row != ("", "", ""))
            .map(|(due, text, percent)| format!("{due} {text} {percent}%"))
            .collect();
        [
            ("candidate-code", self.candidate_code.clone()),
            ("candidate-title", self.candidate_title.clone()),
            ("candidate-summary", self.candidate_summary.clone()),
            ("candidate-goal", self.candidate_goal.clone()),
            ("candidate-unit", self.candidate_unit.clone()),
            ("candidate-lead", self.candidate_lead.clone()),
            ("candidate-budget", self.candidate_budget.clone()),
            ("candidate-funding", self.candidate_funding.clone()),
            ("candidate-location", self.candidate_location.clone()),
            ("candidate-districts", self.candidate_districts.join("\n")),
            ("candidate-milestones", milestones.join("\n")),
        ]
    }

    /// A milestone's row as it was typed: day, text, percent.
    pub(crate) fn row(&self, number: usize) -> (&str, &str, &str) {
        (
            self.due.get(number).map_or("", String::as_str),
            self.text.get(number).map_or("", String::as_str),
            self.percent.get(number).map_or("", String::as_str),
        )
    }

    /// The facts, or what is wrong with the form. `year` is the year of implementation; `districts` are the jurisdiction's.
    pub(crate) fn check(
        &self,
        year: i32,
        districts: &[String],
    ) -> Result<CandidateFacts, FieldErrors> {
        let mut errors = FieldErrors::none();
        let code = self.candidate_code.trim();
        errors.text("candidate-code", code, 1, 20);
        if !code
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'-')
        {
            errors.add("candidate-code", "not-a-code");
        }
        let title = errors.text("candidate-title", &self.candidate_title, 1, 60);
        let summary = errors.text("candidate-summary", &self.candidate_summary, 1, 1000);
        let unit = errors.text("candidate-unit", &self.candidate_unit, 1, 60);
        let lead = errors.text("candidate-lead", &self.candidate_lead, 1, 40);
        let goal = errors.text("candidate-goal", &self.candidate_goal, 1, 300);
        let funding = errors.text("candidate-funding", &self.candidate_funding, 1, 100);
        let location = errors.text("candidate-location", &self.candidate_location, 1, 100);
        if self
            .candidate_districts
            .iter()
            .any(|one| !districts.contains(one))
        {
            errors.add("candidate-districts", "unknown-district");
        }
        let budget = errors.wan("candidate-budget", &self.candidate_budget);
        let milestones = self.milestones(year).unwrap_or_else(|code| {
            errors.add("candidate-milestones", code);
            Vec::new()
        });
        match budget {
            Some(budget) if errors.is_empty() => Ok(CandidateFacts {
                code: code.to_owned(),
                title,
                summary,
                unit,
                lead,
                goal,
                budget,
                funding,
                location,
                districts: districts
                    .iter()
                    .filter(|one| self.candidate_districts.contains(one))
                    .cloned()
                    .collect(),
                milestones,
            }),
            _ => Err(errors),
        }
    }

    /// The rows that are filled in: in the year, in order, rising to 100 percent.
    fn milestones(&self, year: i32) -> Result<Vec<Milestone>, &'static str> {
        let mut milestones: Vec<Milestone> = Vec::new();
        for number in 0..MILESTONES.max(self.due.len()) {
            let (due, text, percent) = self.row(number);
            let (due, percent) = (due.trim(), percent.trim());
            let text = PublicText::cleaned(text).map_or_else(String::new, String::from);
            if due.is_empty() && text.is_empty() && percent.is_empty() {
                continue;
            }
            let due = Date::parse(due, &Iso8601::DATE).map_err(|_| "milestone-date")?;
            let planned_percent = typed::whole_number(percent)
                .and_then(|percent| i32::try_from(percent).ok())
                .ok_or("milestone-percent")?;
            if due.year() != year {
                return Err("milestone-year");
            }
            if text.is_empty() || text.chars().count() > MILESTONE_CHARACTERS {
                return Err("milestone-text");
            }
            let rises = milestones.last().is_none_or(|before| {
                before.due <= due && before.planned_percent <= planned_percent
            });
            if !(0..=100).contains(&planned_percent) || !rises {
                return Err("milestone-order");
            }
            milestones.push(Milestone {
                quarter: (i32::from(u8::from(due.month())) - 1) / 3 + 1,
                due,
                text,
                planned_percent,
            });
        }
        match milestones.last() {
            Some(last) if last.planned_percent == 100 => Ok(milestones),
            _ => Err("milestone-whole"),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use domain::infra::money::Money;

    /// A form in order.
    pub(crate) fn form() -> CandidateForm {
        let text = |text: &str| text.to_owned();
        CandidateForm {
            candidate_code: text("QH26-04"),
            candidate_title: text("城乡居家养老服务中心建设"),
            candidate_summary: text("新建八个服务中心。"),
            candidate_unit: text("县民政局"),
            candidate_lead: text("钱局长"),
            candidate_goal: text("八个中心开放"),
            candidate_budget: text("1180"),
            candidate_funding: text("县财政"),
            candidate_location: text("八个乡镇"),
            candidate_districts: vec![text("柳湾镇"), text("稻香镇")],
            due: vec![text("2026-03-31"), text("2026-12-20")],
            text: vec![text("完成招标"), text("交付使用")],
            percent: vec![text("10"), text("100")],
            ..CandidateForm::default()
        }
    }

    /// The districts of a county.
    pub(crate) fn districts() -> Vec<String> {
        ["城关", "稻香镇", "柳湾镇"].map(str::to_owned).to_vec()
    }

    fn fault(form: &CandidateForm) -> Vec<(&'static str, &'static str)> {
        let errors = form.check(2026, &districts()).unwrap_err();
        errors
            .iter()
            .map(|(field, error)| (field, error.code))
            .collect()
    }

    #[test]
    fn a_form_in_order_gives_the_facts() {
        let facts = form().check(2026, &districts()).unwrap();
        assert_eq!(
            facts.districts,
            ["稻香镇", "柳湾镇"],
            "in the county's order"
        );
        assert_eq!(facts.budget, Money::from_wan(1180));
        let quarters: Vec<i32> = facts.milestones.iter().map(|one| one.quarter).collect();
        assert_eq!(quarters, [1, 4]);
    }

    #[test]
    fn each_wrong_field_is_named() {
        let broken = |change: fn(&mut CandidateForm)| {
            let mut form = form();
            change(&mut form);
            fault(&form)
        };
        assert_eq!(
            broken(|f| f.candidate_code = "青禾-1".to_owned()),
            [("candidate-code", "not-a-code")]
        );
        assert_eq!(
            broken(|f| f.candidate_budget = "-1180".to_owned()),
            [("candidate-budget", "too-small")]
        );
        assert_eq!(
            broken(|f| f.candidate_title = "长".repeat(61)),
            [("candidate-title", "too-long")]
        );
        assert_eq!(
            broken(|f| f.candidate_districts.push("邻县".to_owned())),
            [("candidate-districts", "unknown-district")]
        );
        for (change, code) in [
            (
                (|f| f.due[0] = "三月底".to_owned()) as fn(&mut CandidateForm),
                "milestone-date",
            ),
            (|f| f.due[1] = "2027-01-05".to_owned(), "milestone-year"),
            (|f| f.text[1].clear(), "milestone-text"),
            (|f| f.percent[0] = "一半".to_owned(), "milestone-percent"),
            (|f| f.due.swap(0, 1), "milestone-order"),
            (|f| f.percent[1] = "101".to_owned(), "milestone-order"),
            (|f| f.percent[1] = "90".to_owned(), "milestone-whole"),
        ] {
            assert_eq!(broken(change), [("candidate-milestones", code)]);
        }
    }
}
