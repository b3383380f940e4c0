//! The browser does what the library does: every act of `ballot` is done natively and as WebAssembly in Chromium with the
//! same arguments and the same seeds, and the results are compared byte for byte.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use ballot_wasm::acts::{self, ActError};
use journeys::{Browser, Driver, Screen, artifacts, folder_server::FolderServer};
use serde_json::{Value, json};
use std::fs;

const PAGE: &str = r#"<!doctype html><meta charset="utf-8"><title>ballot</title><script src="ballot.js"></script>
<script>wasm_bindgen({ module_or_path: 'ballot_bg.wasm' }).then(() => { window.ballot = wasm_bindgen; });</script>"#;

/// Calls a function of the module; `{seed: […]}` stands for bytes.
const CALL: &str = "const [name, list, done] = arguments;
    const values = list.map(one => one.seed ? new Uint8Array(one.seed) : one);
    const begin = performance.now();
    try { const value = ballot[name](...values); done([value, null, performance.now() - begin]); }
    catch (error) { done([null, error.message, 0]); }";

#[tokio::test(flavor = "multi_thread")]
async fn every_act_gives_the_same_bytes_in_the_browser() {
    let Some(driver) = Driver::start() else {
        return;
    };
    let page = Page::open(&driver).await;
    let election = data("setup/election.json");
    let roll = roll();
    let credentials: Value = serde_json::from_str(&data("private_creds.json")).unwrap();
    let mine = credentials["10"].as_str().expect("a credential");
    let uuid = serde_json::from_str::<Value>(&election).unwrap()["uuid"].to_string();
    let uuids = format!("[{uuid}]");

    page.same(
        "make_credential",
        &[text(&uuids), seed(1)],
        acts::make_credential(&uuids, &[1; 32]),
    )
    .await;
    page.same(
        "public_credentials",
        &[text(mine), text(&uuids)],
        acts::public_credentials(mine, &uuids),
    )
    .await;

    let choices = "[[1,0,1,0,1,0,1,0,1,0,1,0,1,0,1,0,1,0,1,0]]";
    let arguments = [text(&election), text(mine), text(choices), seed(2)];
    let sealed = page
        .same(
            "seal",
            &arguments,
            acts::seal(&election, mine, choices, &[2; 32]),
        )
        .await;
    let sealed: Value = serde_json::from_str(&sealed).unwrap();
    let (ballot, opening) = (member(&sealed, "ballot"), member(&sealed, "opening"));

    for roll in ["", roll.as_str()] {
        let arguments = [text(&election), text(roll), text(&ballot)];
        let verdict = page
            .same(
                "verify_ballot",
                &arguments,
                acts::verify_ballot(&election, roll, &ballot),
            )
            .await;
        assert!(verdict.starts_with(r#"{"accepted":true"#), "{verdict}");
    }
    let arguments = [text(&election), text(&ballot), text(&opening)];
    let opened = page
        .same(
            "open_ballot",
            &arguments,
            acts::open_ballot(&election, &ballot, &opening),
        )
        .await;
    assert!(opened.contains(choices), "{opened}");

    let key = page
        .same(
            "make_trustee_key",
            &[seed(3)],
            acts::make_trustee_key(&[3; 32]),
        )
        .await;
    let key = member(&serde_json::from_str(&key).unwrap(), "private_key");
    let trustees = data("setup/trustees.json");
    let arguments = [text(&election), text(&trustees), text(&key)];
    page.same(
        "check_trustees",
        &arguments,
        acts::check_trustees(&election, &trustees, &key),
    )
    .await;

    let ballots = json!([ballot]).to_string();
    let arguments = [text(&election), text(&roll), text(&ballots)];
    let tally = page
        .same(
            "encrypted_tally",
            &arguments,
            acts::encrypted_tally(&election, &roll, &ballots),
        )
        .await;
    let arguments = [text(&election), text(&tally), text(&key), seed(4)];
    page.same(
        "partial_decryption",
        &arguments,
        acts::partial_decryption(&election, &tally, &key, &[4; 32]),
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_frozen_vectors_give_the_same_bytes_in_the_browser() {
    let Some(driver) = Driver::start() else {
        return;
    };
    let page = Page::open(&driver).await;
    let file = artifacts::root().join("ballot/tests/data/vectors.json");
    let vectors: Vec<Value> = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    let mut functions = std::collections::BTreeSet::new();
    for vector in &vectors {
        let name = vector["function"].as_str().unwrap();
        let arguments: Vec<Value> = vector["arguments"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| match one["hex"].as_str() {
                Some(digits) => json!({ "seed": bytes(digits) }),
                None => one.clone(),
            })
            .collect();
        let expected = match vector["returns"].as_str() {
            Some(returned) => Ok(returned.to_owned()),
            None => Err(vector["throws"].as_str().unwrap().to_owned()),
        };
        let found = page.call(name, &arguments).await;
        assert_eq!(found, expected, "{}", vector["name"]);
        functions.insert(name.to_owned());
    }
    // Every export has a vector, and a new one without any is noticed.
    let exports = page.exports().await;
    assert_eq!(functions, exports);
}

#[tokio::test(flavor = "multi_thread")]
async fn ballots_of_an_independent_program_get_the_same_verdict_in_the_browser() {
    let Some(driver) = Driver::start() else {
        return;
    };
    let page = Page::open(&driver).await;
    let (election, roll) = (data("setup/election.json"), roll());
    let folder = artifacts::root().join("ballot/tests/data/elections/adversarial-ballots");
    let mut verdicts = (0, 0);
    for file in fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
    {
        if file.ends_with("expected.json") {
            continue;
        }
        // A file's final newline is the file's, not the ballot's.
        let ballot = fs::read_to_string(&file).unwrap();
        let ballot = ballot.strip_suffix('\n').unwrap_or(&ballot);
        let arguments = [text(&election), text(&roll), text(ballot)];
        let verdict = page
            .same(
                "verify_ballot",
                &arguments,
                acts::verify_ballot(&election, &roll, ballot),
            )
            .await;
        if verdict.starts_with(r#"{"accepted":true"#) {
            verdicts.0 += 1;
        } else {
            verdicts.1 += 1;
        }
    }
    assert!(verdicts.0 >= 1 && verdicts.1 >= 10, "{verdicts:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seed_of_another_length_is_refused_alike() {
    let Some(driver) = Driver::start() else {
        return;
    };
    let page = Page::open(&driver).await;
    let short = json!({ "seed": [1, 2, 3] });
    let said = page
        .call("make_trustee_key", &[short])
        .await
        .expect_err("refused");
    assert_eq!(
        said,
        acts::make_trustee_key(&[1, 2, 3])
            .expect_err("refused")
            .to_string()
    );
    assert_eq!(said, ActError::Seed.to_string());
}

struct Page {
    browser: Browser,
    _site: FolderServer,
}

impl Page {
    async fn open(driver: &Driver) -> Self {
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
        Self {
            browser,
            _site: site,
        }
    }

    /// What the browser answers: must be what the library answered.
    async fn same(
        &self,
        name: &str,
        arguments: &[Value],
        native: Result<String, ActError>,
    ) -> String {
        let native = native.map_err(|error| error.to_string());
        let browsers = self.call(name, arguments).await;
        assert_eq!(browsers, native, "{name}");
        native.unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// The functions that the module offers, beside those that start it.
    async fn exports(&self) -> std::collections::BTreeSet<String> {
        let names = "const done = arguments[0];
            done(Object.keys(window.ballot).filter(name => typeof window.ballot[name] === 'function'))";
        let names = self.browser.script_async(names, Vec::new()).await;
        let names: Vec<String> = serde_json::from_value(names).unwrap();
        let starts = ["initSync"];
        let rest = names
            .into_iter()
            .filter(|name| !starts.contains(&name.as_str()));
        rest.collect()
    }

    async fn call(&self, name: &str, arguments: &[Value]) -> Result<String, String> {
        let answer = self
            .browser
            .script_async(CALL, vec![json!(name), json!(arguments)])
            .await;
        match (answer[0].as_str(), answer[1].as_str()) {
            (Some(value), _) => Ok(value.to_owned()),
            (None, Some(error)) => Err(error.to_owned()),
            (None, None) => panic!("{name}: {answer}"),
        }
    }
}

fn data(path: &str) -> String {
    let folder = artifacts::root().join("ballot/tests/data/elections/ed25519-50-by-belenios-3.3.0");
    fs::read_to_string(folder.join(path))
        .expect(path)
        .trim_end()
        .to_owned()
}

/// The roll as an archive holds it: the setup file names the voters, the archive does not.
fn roll() -> String {
    let named: Vec<String> = serde_json::from_str(&data("setup/public_creds.json")).unwrap();
    let mut roll: Vec<&str> = named
        .iter()
        .map(|line| line.split(',').next().unwrap())
        .collect();
    roll.sort_unstable();
    json!(roll).to_string()
}

fn text(value: &str) -> Value {
    json!(value)
}

fn bytes(digits: &str) -> Vec<u8> {
    (0..digits.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap())
        .collect()
}

fn seed(byte: u8) -> Value {
    json!({ "seed": vec![byte; 32] })
}

fn member(object: &Value, name: &str) -> String {
    object[name].as_str().expect(name).to_owned()
}
