//! What the rules of accessibility that a machine can check say about a page (axe-core, vendored).

use crate::Browser;
use serde_json::{Value, json};
use std::fmt::Write as _;

const AXE: &str = include_str!("../vendor/axe-core/axe.min.js");

/// WCAG 2.2 AA and what it contains.
const RULES: [&str; 5] = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/// Fails with every violation on the current page: rule, element, what is wrong.
pub async fn assert_accessible(browser: &Browser) {
    let found = violations(browser).await;
    assert!(
        found.is_empty(),
        "not accessible: {}\n{found}",
        browser.url().await
    );
}

/// One paragraph a violation, in light and what dark changes of it; empty where there is none.
pub async fn violations(browser: &Browser) -> String {
    browser.script(AXE, vec![]).await;
    let light = found(browser, json!({ "type": "tag", "values": RULES })).await;
    colour_scheme(browser, "dark").await;
    let dark = found(
        browser,
        json!({ "type": "rule", "values": ["color-contrast"] }),
    )
    .await;
    colour_scheme(browser, "").await;
    light + &dark
}

/// As people set it in their system; empty: as it was.
async fn colour_scheme(browser: &Browser, scheme: &str) {
    // Without motion a colour is what it becomes, and not on its way.
    let features = json!([
        { "name": "prefers-reduced-motion", "value": "reduce" },
        { "name": "prefers-color-scheme", "value": scheme },
    ]);
    let media = json!({ "features": features });
    browser.devtools("Emulation.setEmulatedMedia", media).await;
    let painted =
        "const [done] = arguments; requestAnimationFrame(() => setTimeout(() => done(true), 200));";
    browser.script_async(painted, vec![]).await;
}

async fn found(browser: &Browser, rules: Value) -> String {
    let report = browser
        .script_async(
            "const [only, done] = arguments;
             axe.run(document, { runOnly: only, resultTypes: ['violations'] })
                .then(r => done(r.violations), e => done([{ id: 'axe', help: String(e), nodes: [] }]));",
            vec![rules],
        )
        .await;
    let mut text = String::new();
    for violation in report.as_array().expect("a list of violations") {
        let _ = writeln!(
            text,
            "- {} ({}): {}",
            plain(violation, "id"),
            plain(violation, "impact"),
            plain(violation, "help")
        );
        for node in violation["nodes"].as_array().into_iter().flatten() {
            let _ = writeln!(
                text,
                "    {}\n      {}",
                node["target"],
                plain(node, "failureSummary").replace('\n', "\n      ")
            );
        }
    }
    text
}

fn plain<'a>(of: &'a Value, key: &str) -> &'a str {
    of.get(key).and_then(Value::as_str).unwrap_or_default()
}
