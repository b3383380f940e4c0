//! Residents propose and support; the office takes in, screens and answers.

use super::county::County;
use journeys::{Browser, Screen, accessibility};

const TITLE: &str = "在东门外小学路口加装夜间照明与过街信号灯";
const ANSWER: &str = "该路口的信号灯已列入交警部门本年度计划，不再单独立项。";

/// A proposal on its way.
pub struct Proposal {
    /// Its page.
    page: String,
}

impl County {
    /// A resident proposes, with mistakes that cost nothing; another supports it, twice, which counts once.
    pub async fn propose_and_support(&self) -> Proposal {
        let resident = self.person("resident", 0, Screen::Phone).await;
        resident.goto(&self.at("/proposals/new")).await;
        resident.screenshot("proposal-form").await;
        resident.fill("proposal-title", &"长".repeat(500)).await;
        resident
            .fill(
                "proposal-body",
                "放学时天已黑，过街的孩子很多，车速快，路灯坏了两盏。",
            )
            .await;
        resident.choose_nth("proposal-category", 1).await;
        resident.fill("proposal-budget", "-3").await;
        resident.follow("form.form button[type=submit]").await;
        resident.find("#error-proposal-title").await;
        resident.find("#error-proposal-budget").await;
        resident.screenshot("proposal-refused").await;
        accessibility::assert_accessible(&resident).await;
        assert!(
            resident.value("proposal-body").await.starts_with("放学时"),
            "what was typed is kept"
        );
        resident.fill("proposal-title", TITLE).await;
        resident.fill("proposal-budget", "12").await;
        resident.follow("form.form button[type=submit]").await;
        if resident.has("input[name=seen]").await {
            resident.screenshot("proposal-similar").await;
            resident.follow("form.form button[type=submit]").await;
        }
        resident.see(TITLE).await;

        let office = self.person("office", 0, Screen::Laptop).await;
        office.goto(&self.at("/proposals/intake")).await;
        office.see(TITLE).await;
        office.screenshot("intake").await;
        let page = resident.url().await.split('?').next().unwrap().to_owned();
        let id = page.rsplit('/').next().unwrap();
        office.follow(&format!("[data-row][href*='{id}']")).await;
        let accept = "form[action$='/accept'] button";
        office.follow(accept).await;

        self.support_twice(&page).await;
        Proposal { page }
    }

    async fn support_twice(&self, page: &str) {
        let other = self.person("resident", 1, Screen::Phone).await;
        other.goto(page).await;
        let before = supporters(&other).await;
        other.follow("form[action$='/support'] button").await;
        other.find("form[action$='/withdraw'] button").await;
        other.screenshot("supported").await;
        assert_eq!(supporters(&other).await, before + 1);
        // The button is gone; a repeated click that was still on its way, or a page kept open, asks again.
        let form = "application/x-www-form-urlencoded";
        let (status, said) = other.post(&format!("{page}/support"), form, "").await;
        assert_eq!(status, 200, "{said}");
        other.goto(page).await;
        assert_eq!(
            supporters(&other).await,
            before + 1,
            "one person supports once"
        );
    }

    /// The office reviews the resident's proposal and declines it with a reason; its people decide the others; the
    /// office publishes all decisions, and until then the proposer is told nothing.
    pub async fn screen(&self, public: &Browser, proposal: &Proposal) {
        let id = proposal.page.rsplit('/').next().unwrap();
        let office = self.person("office", 0, Screen::Laptop).await;
        office.goto(&self.at("/screening/queue")).await;
        office.screenshot("screening-queue").await;
        office.fill("q", TITLE).await;
        office.follow("form[role=search] button").await;
        office
            .follow(&format!("[data-row][href*='/queue/{id}']"))
            .await;
        office.see(TITLE).await;
        office.click("input[name=outcome][value=declined]").await;
        office.fill("explanation", ANSWER).await;
        office.follow("form[action*='/decide'] button").await;
        office.find("#error-reason").await;
        office.screenshot("screening-refused").await;
        assert_eq!(
            office.value("explanation").await,
            ANSWER,
            "what was typed is kept"
        );
        office.choose_nth("reason", 1).await;
        office.follow("form[action*='/decide'] button").await;
        office.goto(&self.at("/screening/queue")).await;
        office
            .find("form[action$='/screening/publish'] button")
            .await;

        self.step(public, "screen").await;
        public.goto(&proposal.page).await;
        assert!(
            !public.text("main").await.contains(ANSWER),
            "a held decision is not public"
        );
        office.goto(&self.at("/screening/queue")).await;
        office
            .follow_irrevocable("form[action$='/screening/publish'] button")
            .await;
        office
            .until("location.pathname.endsWith('/screening')")
            .await;
        office.screenshot("screening-published").await;
        accessibility::assert_accessible(&office).await;
        public.goto(&proposal.page).await;
        assert!(public.text("main").await.contains(ANSWER));
        public.screenshot("proposal-answered").await;
    }
}

async fn supporters(browser: &Browser) -> u64 {
    let said = browser.text("[data-part=supporters]").await;
    let digits: String = said.chars().filter(char::is_ascii_digit).collect();
    digits.parse().expect("a number")
}
