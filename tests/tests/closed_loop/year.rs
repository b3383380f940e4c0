//! The year after the vote: projects are handed over, a report turns a light, deputies judge.

use super::county::{CHECKED, County, Poll, YEAR, content, shown, word};
use super::voting::SIMULATED;
use journeys::{Browser, Screen, accessibility};
use serde_json::Value;
use std::collections::BTreeMap;

/// A project that is far behind plan in the middle of the year.
const LATE: &str = "QH26-05";
const LATE_UNIT: &str = "县水务局";

impl County {
    /// The office hands the chosen projects over; half a year of reports comes in.
    pub async fn hand_over(&self, public: &Browser) {
        self.next_step_is(public, "hand-over").await;
        let office = self.person("office", 0, Screen::Laptop).await;
        office.goto(&self.at("/projects")).await;
        office
            .follow("form[action$='/projects/handover'] button")
            .await;
        self.move_on(&office, "implementing").await;
        self.step(public, "mid-year").await;
        public.goto(&self.at("/projects")).await;
        public.screenshot("projects").await;
        accessibility::assert_accessible(public).await;
        let projects = self
            .json(public, &self.demo.at(&format!("/api/v1{YEAR}/projects")))
            .await;
        assert_eq!(projects["projects"].as_array().unwrap().len(), 10);
    }

    /// The unit has caught up, says so with a reason, and its light is no longer red.
    pub async fn a_report_turns_a_light(&self, public: &Browser) {
        assert_eq!(self.light(public).await, "red");
        let unit = self.staff_of(LATE_UNIT).await;
        let page = self.at(&format!("/projects/{LATE}"));
        unit.goto(&format!("{page}/report?correct=2026-06")).await;
        unit.fill("report_percent", "480").await;
        unit.fill(
            "report_reason",
            "监理复核后更正：六月底前的管网工程量漏报。",
        )
        .await;
        unit.follow("form[action$='/corrections'] button[type=submit]")
            .await;
        unit.find("#error-report_percent").await;
        unit.screenshot("report-refused").await;
        unit.fill("report_percent", "48").await;
        unit.follow("form[action$='/corrections'] button[type=submit]")
            .await;
        assert_eq!(
            self.light(public).await,
            "yellow",
            "the milestone of June is still open"
        );
        unit.goto(&page).await;
        unit.click("details:has(form[action*='/milestones/']) summary")
            .await;
        unit.follow("form[action*='/milestones/'] button").await;
        assert_eq!(self.light(public).await, "green");
        public.goto(&page).await;
        public.screenshot("project").await;
        accessibility::assert_accessible(public).await;
    }

    async fn light(&self, browser: &Browser) -> String {
        let list = self
            .json(browser, &self.demo.at(&format!("/api/v1{YEAR}/projects")))
            .await;
        let projects = list["projects"].as_array().unwrap();
        word(
            &projects
                .iter()
                .find(|one| one["code"] == LATE)
                .expect("the project")["light"],
        )
    }

    async fn staff_of(&self, unit: &str) -> Browser {
        let people = content("people.json");
        let staff = people["unit_staff"].as_array().unwrap();
        let nth = staff
            .iter()
            .position(|one| one["unit"] == unit)
            .expect("the unit's staff");
        self.person("unit_staff", nth, Screen::Laptop).await
    }

    /// The deputies' evaluation goes through the same doors as the vote; its verdicts are those of its ballots.
    pub async fn deputies_judge(&self, public: &Browser) {
        self.next_step_is(public, "evaluate").await;
        let office = self.person("office", 0, Screen::Laptop).await;
        office.goto(&self.at("/evaluation")).await;
        office
            .follow("form[action$='/evaluation/poll'] button")
            .await;
        self.adopt_rules(&office, "evaluation").await;
        let poll = self.poll_of(&office).await;
        let deputy = self.person("deputy", 0, Screen::Phone).await;
        deputy.goto(&format!("{}/check-in", poll.page)).await;
        deputy.until(&shown("ready")).await;
        deputy.check_in(&poll.page).await;
        deputy.until(&shown("checked-in")).await;
        for step in ["check-in", "freeze", "open", "cast"] {
            self.step(public, step).await;
        }
        let recorded = content("evaluations.json");
        judge_in_browser(&deputy, &poll, &recorded).await;
        for step in ["close", "decrypt", "announce"] {
            self.step(public, step).await;
        }
        self.the_verdicts_are_those_of_the_ballots(public, &recorded)
            .await;
    }

    async fn the_verdicts_are_those_of_the_ballots(&self, public: &Browser, recorded: &Value) {
        let said = self
            .json(public, &self.demo.at(&format!("/api/v1{YEAR}/evaluation")))
            .await;
        let said: BTreeMap<String, Value> = said["projects"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| (word(&one["code"]), one["verdicts"][0].clone()))
            .collect();
        let columns = recorded["projects"].as_array().unwrap();
        assert_eq!(said.len(), columns.len());
        for (column, code) in columns.iter().enumerate() {
            let mut levels = [0_u64; 3];
            for ballot in &recorded["ballots"].as_array().unwrap()[..=SIMULATED] {
                if let Some(level) = ballot[column].as_u64() {
                    levels[usize::try_from(level).unwrap()] += 1;
                }
            }
            let [satisfied, basically, unsatisfied] = levels;
            let at_least_half_of_all = |count: u64| count * 2 >= 213;
            let expected = if at_least_half_of_all(satisfied) {
                "satisfied"
            } else if at_least_half_of_all(satisfied + basically) {
                "basically_satisfied"
            } else {
                "unsatisfied"
            };
            let verdict = &said[&word(code)];
            assert_eq!(verdict["verdict"], expected, "{code}: {verdict}");
            let unanswered = SIMULATED as u64 + 1 - levels.iter().sum::<u64>();
            let counted: Vec<(String, u64)> = verdict["levels"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| (word(&one["level"]), one["votes"].as_u64().unwrap()))
                .collect();
            let expected = [
                ("satisfied".to_owned(), satisfied),
                ("basically_satisfied".to_owned(), basically),
                ("unsatisfied".to_owned(), unsatisfied),
            ];
            assert_eq!(counted, expected, "{code}");
            assert_eq!(verdict["unanswered"], unanswered, "{code}");
        }
        public.goto(&self.at("/evaluation")).await;
        public.screenshot("evaluation").await;
        accessibility::assert_accessible(public).await;
    }
}

/// The ballot after the simulated ones, marked by hand.
async fn judge_in_browser(device: &Browser, poll: &Poll, recorded: &Value) {
    device.goto(&format!("{}/cast", poll.page)).await;
    device.until(&shown("choose")).await;
    device.until(CHECKED).await;
    let ballot = &recorded["ballots"][SIMULATED];
    for (column, code) in recorded["projects"].as_array().unwrap().iter().enumerate() {
        if let Some(level) = ballot[column].as_u64() {
            let mark = format!("input[data-answer='{level}'][data-code='{}']", word(code));
            device.click(&mark).await;
        }
    }
    device.screenshot("judge-choose").await;
    accessibility::assert_accessible(device).await;
    for (button, next) in [
        ("review", "review"),
        ("seal", "sealed"),
        ("cast", "receipt"),
    ] {
        device.click(&format!("[data-part={button}]")).await;
        device.until(&shown(next)).await;
    }
    device
        .until("!document.querySelector('[data-part=receipt-good]').hidden")
        .await;
    device.screenshot("judge-receipt").await;
}
