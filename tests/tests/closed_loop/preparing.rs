//! The office publishes the candidates, the congress is called, the meeting adopts its rules and scrutineers.

use super::county::{County, Poll, YEAR};
use journeys::{Browser, Screen, accessibility};

impl County {
    pub async fn publish_candidates(&self, public: &Browser) {
        self.step(public, "compose").await;
        public.goto(&self.at("/shortlist")).await;
        assert!(
            !public.text("main").await.contains("QH26-01"),
            "not yet published"
        );
        let office = self.person("office", 0, Screen::Laptop).await;
        office.goto(&self.at("/shortlist/compose")).await;
        office.screenshot("compose").await;
        office
            .follow_irrevocable("form[action$='/compose/publish'] button")
            .await;
        office
            .until("location.pathname.endsWith('/shortlist')")
            .await;
        self.move_on(&office, "shortlisted").await;
        self.step(public, "comment").await;
        public.goto(&self.at("/shortlist")).await;
        assert_eq!(public.find_all("ul.cards > li.card").await.len(), 15);
        public.screenshot("shortlist").await;
        accessibility::assert_accessible(public).await;
    }

    /// The congress meets; the office writes the rules, and enters the hands that adopted them.
    pub async fn call_session(&self, public: &Browser) -> Poll {
        self.step(public, "call-session").await;
        let office = self.person("office", 0, Screen::Laptop).await;
        office.goto(&self.at("/session")).await;
        office.follow("form[action$='/session/polls'] button").await;
        self.adopt_rules(&office, "main").await;
        self.next_step_is(public, "check-in").await;
        self.poll_of(&office).await
    }

    /// From the page on which a poll is led: rules with their defaults, one mistake, and the meeting's hands.
    pub async fn adopt_rules(&self, office: &Browser, poll: &str) {
        office.find("form[action$='/rules']").await;
        let title = office.value("rule_title").await;
        office.fill("rule_title", "办").await;
        office.follow("form[action$='/rules'] button").await;
        office.find("#error-rule_title").await;
        office.screenshot(&format!("rules-refused-{poll}")).await;
        office.fill("rule_title", &title).await;
        office.follow("form[action$='/rules'] button").await;
        office.find("form[action$='/adopt'] button").await;
        office.screenshot(&format!("rules-{poll}")).await;
        office.fill("hands_in_favour", "200").await;
        office.fill("hands_abstained", "1").await;
        office.follow("form[action$='/adopt'] button").await;
        office.find("form[action$='/confirm'] button").await;
    }

    /// The poll whose page this browser shows.
    pub async fn poll_of(&self, browser: &Browser) -> Poll {
        let url = browser.url().await;
        let id = url
            .split("/polls/")
            .nth(1)
            .unwrap()
            .split(['/', '?'])
            .next()
            .unwrap();
        Poll {
            page: self.at(&format!("/session/polls/{id}")),
            api: self.demo.at(&format!("/api/v1{YEAR}/polls/{id}")),
        }
    }
}
