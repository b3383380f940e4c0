//! What the office does before a vote, in the browser.

use crate::{Browser, Demo};

/// A device page shows this step.
pub fn shown(step: &str) -> String {
    format!("document.querySelector('[data-step={step}]:not([hidden])')")
}

/// The office calls the vote: the poll's page.
pub async fn call_vote(office: &Browser, demo: &Demo) -> String {
    office.goto(&demo.at("/j/qinghe/2026/session")).await;
    office.click("form[action$='/session/polls'] button").await;
    office
        .until("document.querySelector('form[action$=\"/rules\"]')")
        .await;
    let page = office.url().await;
    page.split("/manage").next().unwrap().to_owned()
}

/// The office fills these fields of the rules and saves them, and the meeting adopts what is shown.
pub async fn adopt_rules(office: &Browser, poll: &str, fields: &[(&str, &str)]) {
    office.goto(&format!("{poll}/manage")).await;
    for (name, value) in fields {
        office
            .script(
                "document.querySelector(`#rule-form [name=${arguments[0]}]`).value = arguments[1];",
                vec![(*name).into(), (*value).into()],
            )
            .await;
    }
    office
        .script(
            "document.querySelector('#rule-form button.primary').click();",
            vec![],
        )
        .await;
    office
        .until("document.querySelector('form[action$=\"/adopt\"]')")
        .await;
    office
        .script(
            "document.querySelector('[name=hands_in_favour]').value = '200';
             document.querySelector('form[action$=\"/adopt\"] button').click();",
            vec![],
        )
        .await;
    office
        .until("!document.querySelector('form[action$=\"/adopt\"]')")
        .await;
}
