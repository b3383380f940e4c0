//! Filling the form of the rules from a template.

use super::pages::rules_for;
use crate::session::testkit::TestSession;
use axum::http::StatusCode;
use domain::session::PollKind;

/// A template fills the form and saves nothing; what the office typed beside it stays.
#[tokio::test]
async fn a_template_fills_the_form_and_saves_nothing() {
    let session = TestSession::drafted(PollKind::Main, 3, 4).await;
    let rules = format!("{}/rules", session.page());
    let press = |template: &'static str| {
        let mut form = rules_for("2");
        form[0] = ("rule_title", "本次会议的特别办法");
        form.push(("rule_template", template));
        form
    };
    let office = Some(&session.office);
    let shown = session
        .service
        .post(&rules, office, &press("each_item"))
        .await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.body);
    for words in [
        "本次会议的特别办法",
        "value=\"each_item\" selected",
        "差额 100%",
    ] {
        assert!(shown.body.contains(words), "{words} in {}", shown.body);
    }
    assert!(!shown.body.contains("rule_sha256"), "a draft was saved");
    let refused = session
        .service
        .post(&rules, office, &press("nonsense"))
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let saved = session.service.post(&rules, office, &press("")).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
}
