//! The papers of a vote as the server prints them, read by another's program: they say what the pages say.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use journeys::{Demo, Driver, Screen, artifacts};
use std::io::Write as _;
use std::process::{Command, Stdio};

fn text_of(pdf: &[u8]) -> String {
    let mut child = Command::new("pdftotext")
        .args(["-raw", "-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("pdftotext (./dev setup)");
    let mut input = child.stdin.take().unwrap();
    let bytes = pdf.to_vec();
    let writer = std::thread::spawn(move || input.write_all(&bytes));
    let done = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    String::from_utf8(done.stdout).unwrap()
}

fn without_spaces(text: &str) -> String {
    let shown = |c: &char| !c.is_whitespace() && !matches!(c, '\u{200b}' | '\u{2068}' | '\u{2069}');
    text.chars().filter(shown).collect()
}

#[tokio::test]
async fn sheet_and_announcement_on_paper_say_what_their_pages_say() {
    // Found beside the server's program.
    artifacts::workspace_program("minsheng-print");
    let Some(driver) = Driver::start() else {
        return;
    };
    let demo = Demo::start();
    let browser = driver.open(Screen::Laptop).await;
    demo.forward(&browser, "hand-over").await;
    browser.goto(&demo.at("/j/qinghe/2026/results")).await;
    let find = "return document.querySelector('main a[href*=\"/results/\"]').href;";
    let result = browser.script(find, vec![]).await;
    let result = result.as_str().unwrap().to_owned();
    for (paper, figures) in [("sheet", 60), ("announcement", 10)] {
        browser.goto(&format!("{result}/{paper}")).await;
        // Each cell, each sentence and each name of the page.
        let find = "return Array.from(document.querySelectorAll('.paper h1, .paper td, .paper th, .paper li, .paper-signed p, .paper-sums li, .paper dd')).map(one => one.textContent);";
        let said = browser.script(find, vec![]).await;
        let address = format!("{result}/{paper}.pdf");
        let (status, pdf) = browser.fetch(&address).await;
        assert_eq!(status, 200, "{address}");
        let printed = without_spaces(&text_of(&pdf));
        let said = said.as_array().unwrap();
        assert!(said.len() > figures, "{paper}: {}", said.len());
        for words in said {
            let words = without_spaces(words.as_str().unwrap());
            assert!(printed.contains(&words), "{paper}: {words} in {printed}");
        }
    }
}
