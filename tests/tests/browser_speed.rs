//! How long a deputy waits for the sealed ballot: 20 choices in the browser. A benchmark, run by `./dev bench`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a benchmark measures, prints and fails loudly"
)]

use journeys::{Driver, Screen, artifacts, folder_server::FolderServer};
use serde_json::{Value, json};
use std::fs;

const PAGE: &str = r#"<!doctype html><meta charset="utf-8"><title>ballot</title>
<script type="module">import init, * as ballot from './ballot.js'; await init(); window.ballot = ballot;</script>"#;

/// Seals the same choice again and again, and returns the milliseconds of each time.
const SEAL: &str = "const [election, credential, choices, done] = arguments;
    const times = [];
    for (let n = 0; n < 15; n++) {
        const seed = crypto.getRandomValues(new Uint8Array(32));
        const begin = performance.now();
        ballot.seal(election, credential, choices, seed);
        times.push(performance.now() - begin);
    }
    done(times);";

/// Milliseconds.
const MOST: f64 = 150.0;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a benchmark: the machine must have nothing else to do"]
async fn sealing_twenty_choices_in_the_browser_is_not_noticed() {
    let Some(driver) = Driver::start() else {
        return;
    };
    let built = artifacts::root().join("server/assets/wasm");
    let read = |name: &str| fs::read(built.join(name)).expect("built by `./dev wasm`");
    let files = [
        ("page.html", PAGE.as_bytes().to_vec()),
        ("ballot.js", read("ballot.js")),
        ("ballot_bg.wasm", read("ballot_bg.wasm")),
    ];
    let site = FolderServer::start(files).await;
    let browser = driver.open(Screen::Laptop).await;
    browser.goto(&site.at("page.html")).await;
    browser.until("window.ballot").await;

    let folder = artifacts::root().join("ballot/tests/data/elections/ed25519-50-by-belenios-3.3.0");
    let file = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
    let election = file("setup/election.json").trim_end().to_owned();
    let credentials: Value = serde_json::from_str(&file("private_creds.json")).unwrap();
    let arguments = vec![
        json!(election),
        credentials["10"].clone(),
        json!("[[1,0,1,0,1,0,1,0,1,0,1,0,1,0,1,0,1,0,1,0]]"),
    ];
    let times = browser.script_async(SEAL, arguments).await;
    let mut times: Vec<f64> = serde_json::from_value(times).unwrap();
    times.sort_by(f64::total_cmp);
    let (best, median) = (times[0], times[times.len() / 2]);
    println!(
        "seal 20 choices in the browser: {best:.0} ms at best, {median:.0} ms at the median; limit {MOST} ms, {:.0} % away",
        (MOST / best - 1.0) * 100.0
    );
    assert!(best <= MOST, "{best} ms");
}
