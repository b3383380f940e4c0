//! Whatever people type is printed as text: nothing of it is markup, and nothing of it stops the printer.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use print::{Fonts, pdf};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::Value;
use std::io::Write as _;
use std::process::{Command, Stdio};

/// An announcement of one line with this title.
fn titled(title: &str) -> Value {
    let text = include_str!("../samples/announcement.zh-CN.json");
    let mut document: Value = serde_json::from_str(text).unwrap();
    document["title"] = title.into();
    let announcement = &mut document["paper"]["announcement"];
    announcement["opening"] = serde_json::json!([]);
    announcement["closing"] = serde_json::json!([]);
    announcement["list"] = serde_json::json!([{"title": title, "code": "QH26-01", "said": null}]);
    document
}

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
    text.chars()
        .filter(|c| !c.is_whitespace() && *c != '\u{200b}')
        .collect()
}

#[test]
fn what_would_be_markup_is_printed_as_it_was_typed() {
    let fonts = Fonts::load().unwrap();
    for title in [
        "#read(\"/etc/passwd\")",
        "#panic()",
        "$x^2$ 与 *粗体* _斜体_ `代码`",
        "= 标题",
        "- 列表 + 编号 / 词: 义",
        "\\u{41} \\ 与 \\#",
        "<end> @QH26-01",
        "// 注释 /* 注释 */",
        "\"引号\" 'x' “中文引号”",
        "[方括号] {花括号} ]})",
        "http://example.org/#a",
        "e\u{301}t\u{e9} ﬁ",
        "a--b---c...d~e",
    ] {
        let printed = pdf(titled(title).to_string().as_bytes(), fonts.clone()).unwrap();
        let text = without_spaces(&text_of(&printed));
        // As readers of PDF give it back: composed.
        let typed = without_spaces(&title.replace("e\u{301}", "é").replace('ﬁ', "fi"));
        let text = text.replace('ﬁ', "fi");
        assert!(text.contains(&typed), "{title}: {text}");
    }
}

#[test]
fn what_no_font_has_leaves_a_sign_that_something_is_missing() {
    let fonts = Fonts::load().unwrap();
    let printed = pdf(titled("安装🚦红绿灯").to_string().as_bytes(), fonts).unwrap();
    let text = text_of(&printed);
    assert!(text.contains("安装〓红绿灯"), "{text}");
}

/// The longest title: letter by letter in Chinese, and as one word without end.
#[test]
fn five_thousand_characters_run_over_pages_and_none_is_lost() {
    let fonts = Fonts::load().unwrap();
    let chinese: String = "改造提升农村公路，惠及沿线居民。"
        .chars()
        .cycle()
        .take(5_000)
        .collect();
    for title in [chinese, "x".repeat(5_000)] {
        let printed = pdf(titled(&title).to_string().as_bytes(), fonts.clone()).unwrap();
        let text = text_of(&printed);
        let first = title.chars().next().unwrap();
        let count = |text: &str| text.matches(first).count();
        // Page numbers and the rest of the paper hold neither.
        assert_eq!(count(&text), count(&title), "{}", text.len());
    }
}

/// Any characters that there are, in any order.
#[test]
fn nothing_that_can_be_typed_stops_the_printer() {
    let fonts = Fonts::load().unwrap();
    let typed = prop_oneof![
        any::<String>(),
        "[ #$*_`<>@\\\\\"'\\[\\]{}/=+~-]{0,60}",
        "\\PC{0,200}",
        "[\u{300}-\u{36f}\u{200b}-\u{200f}\u{fe0f}\u{1f1e6}-\u{1f1ff}가-힣ㄱ-ㅣ]{0,40}",
        "[\u{600}-\u{6ff}\u{e00}-\u{e7f}\u{900}-\u{97f}A-Za-z]{0,60}",
    ];
    let mut runner = TestRunner::new(Config {
        cases: 40,
        failure_persistence: None,
        ..Config::default()
    });
    runner
        .run(&typed, |title| {
            // A file needs a title; the site has none that is empty.
            let document = titled(&format!("题{title}"));
            let printed = pdf(document.to_string().as_bytes(), fonts.clone());
            let printed = printed.map_err(|error| TestCaseError::fail(error.to_string()))?;
            prop_assert!(printed.starts_with(b"%PDF-"));
            Ok(())
        })
        .unwrap();
}
