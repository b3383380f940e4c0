//! The papers as programs that others wrote read them: `pdfinfo`, `pdffonts`, `pdftotext` (Debian's poppler-utils) and `qpdf`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use serde_json::Value;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const SAMPLES: [&str; 9] = [
    "announcement.en",
    "announcement.zh-CN",
    "ballot_papers.en",
    "ballot_papers.zh-CN",
    "ballot_papers_long.zh-CN",
    "ballot_papers_one.zh-CN",
    "ballot_papers_street.zh-CN",
    "result_sheet.en",
    "result_sheet.zh-CN",
];

fn sample(name: &str) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    let text = fs::read_to_string(folder.join(format!("{name}.json"))).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn run(input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_minsheng-print"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It may refuse before it has read all.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

fn printed(document: &Value) -> Vec<u8> {
    let done = run(document.to_string().as_bytes());
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{said}");
    assert_eq!(said, "");
    done.stdout
}

struct Pdf {
    _folder: tempfile::TempDir,
    path: PathBuf,
}

impl Pdf {
    fn of(document: &Value) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("paper.pdf");
        fs::write(&path, printed(document)).unwrap();
        Self {
            _folder: folder,
            path,
        }
    }

    /// What one of the programs says of it.
    fn asked(&self, program: &str, before: &[&str], after: &[&str]) -> String {
        let done = Command::new(program)
            .args(before)
            .arg(&self.path)
            .args(after)
            .output()
            .unwrap_or_else(|error| panic!("{program} (./dev setup): {error}"));
        assert!(done.status.success(), "{program}: {done:?}");
        String::from_utf8_lossy(&done.stdout).into_owned()
    }

    /// Its words in the order of reading.
    fn text(&self) -> String {
        self.asked("pdftotext", &["-raw"], &["-"])
    }

    /// The words of a part of a page, from so far to so far below its upper edge, in points.
    fn text_between(
        &self,
        page: usize,
        left: u32,
        width: u32,
        (top, bottom): (u32, u32),
    ) -> String {
        let page = page.to_string();
        let [x, y, w, h] = [left, top, width, bottom - top].map(|n| n.to_string());
        self.asked(
            "pdftotext",
            &[
                "-f", &page, "-l", &page, "-x", &x, "-y", &y, "-W", &w, "-H", &h,
            ],
            &["-"],
        )
    }

    fn pages(&self) -> usize {
        let info = self.asked("pdfinfo", &[], &[]);
        let line = info
            .lines()
            .find(|line| line.starts_with("Pages:"))
            .unwrap();
        line.split_whitespace().last().unwrap().parse().unwrap()
    }
}

fn without_spaces(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

#[test]
fn every_paper_is_whole_tagged_titled_and_has_its_fonts() {
    for name in SAMPLES {
        let document = sample(name);
        let pdf = Pdf::of(&document);
        let info = pdf.asked("pdfinfo", &[], &[]);
        let title = document["title"].as_str().unwrap();
        assert!(
            info.contains(&format!("Title:           {title}")),
            "{name}: {info}"
        );
        assert!(info.contains("Tagged:          yes"), "{name}: {info}");
        assert!(info.contains("JavaScript:      no"), "{name}: {info}");
        let meta = pdf.asked("pdfinfo", &["-meta"], &[]);
        assert!(meta.contains("pdfuaid:part"), "{name}: {meta}");
        let language = document["language"].as_str().unwrap();
        let language = if language == "en" { "en-GB" } else { language };
        let whole = pdf.asked(
            "qpdf",
            &["--qdf", "--object-streams=disable"],
            &["/dev/stdout"],
        );
        assert!(whole.contains(&format!("/Lang ({language})")), "{name}");
        pdf.asked("qpdf", &["--check"], &[]);
        let fonts = pdf.asked("pdffonts", &[], &[]);
        let fonts: Vec<&str> = fonts.lines().skip(2).collect();
        assert!(!fonts.is_empty(), "{name}");
        for font in fonts {
            let columns: Vec<&str> = font.split_whitespace().rev().collect();
            // name, type, encoding, emb, sub, uni, object ID (two numbers): counted from the end.
            assert_eq!((columns[4], columns[2]), ("yes", "yes"), "{name}: {font}");
            assert!(font.contains("CJKsc"), "{name}: {font}");
        }
    }
}

#[test]
fn the_same_document_makes_the_same_bytes() {
    for name in ["result_sheet.zh-CN", "ballot_papers_one.zh-CN"] {
        let document = sample(name);
        assert_eq!(printed(&document), printed(&document), "{name}");
    }
}

/// Every text and every number of the input, once per place: nothing is cut off or left away.
#[test]
fn every_word_and_every_figure_of_a_sheet_is_on_it() {
    for name in [
        "result_sheet.zh-CN",
        "result_sheet.en",
        "announcement.zh-CN",
        "announcement.en",
    ] {
        let document = sample(name);
        let text = without_spaces(&Pdf::of(&document).text());
        let mut words = Vec::new();
        collect(&document["paper"], &mut words);
        assert!(words.len() > 30, "{name}");
        for word in words {
            let word = without_spaces(&word);
            assert!(text.contains(&word), "{name}: {word} in {text}");
        }
    }
}

fn collect(value: &Value, words: &mut Vec<String>) {
    match value {
        Value::String(text) => words.push(text.clone()),
        Value::Number(number) => words.push(number.to_string()),
        Value::Array(all) => all.iter().for_each(|one| collect(one, words)),
        Value::Object(all) => {
            // What is drawn, and what says how.
            let said = all
                .iter()
                .filter(|(key, _)| !matches!(key.as_str(), "address" | "holds"));
            said.for_each(|(_, value)| collect(value, words));
        }
        Value::Bool(_) | Value::Null => {}
    }
}

/// The row of a table reads in one line: a count stands beside the title that it is of.
#[test]
fn the_counts_of_an_item_stand_in_its_line() {
    let document = sample("result_sheet.zh-CN");
    let pdf = Pdf::of(&document);
    let laid_out = pdf.asked("pdftotext", &["-layout"], &["-"]);
    for row in document["paper"]["result_sheet"]["table"]["rows"]
        .as_array()
        .unwrap()
    {
        let cells: Vec<&str> = row
            .as_array()
            .unwrap()
            .iter()
            .map(|cell| cell.as_str().unwrap())
            .collect();
        let whole = without_spaces(&cells.concat());
        assert!(
            laid_out.lines().any(|line| without_spaces(line) == whole),
            "{whole} in {laid_out}"
        );
    }
}

/// What would tell whose ballot a paper is, is torn off with the stub.
#[test]
fn the_number_of_a_ballot_paper_stands_on_its_stub_alone() {
    for (name, (width, height), (tear, stub, item), numbers) in [
        (
            "ballot_papers_one.zh-CN",
            (842, 595),
            ("沿此线撕下存根", "编号 900", "改造提升农村公路"),
            9001..=9002,
        ),
        (
            "ballot_papers.en",
            (595, 842),
            ("stub", "No. 900", "Rebuild one hundred"),
            9001..=9003,
        ),
    ] {
        let pdf = Pdf::of(&sample(name));
        let whole = pdf.text();
        // Where the line stands at which it is torn.
        let boxes = pdf.asked("pdftotext", &["-bbox", "-f", "1", "-l", "1"], &["-"]);
        let tear = format!(">{tear}</word>");
        let tear = boxes.lines().find(|line| line.contains(&tear)).unwrap();
        let below = tear.split("yMax=\"").nth(1).unwrap();
        let below: f64 = below.split('"').next().unwrap().parse().unwrap();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a place on a page"
        )]
        let below = below.ceil() as u32;
        for number in numbers {
            let number = number.to_string();
            assert_eq!(
                whole.matches(&number).count(),
                1,
                "{name}: {number} in {whole}"
            );
        }
        for page in 1..=pdf.pages() {
            let stubs = pdf.text_between(page, 0, width, (0, below));
            let ballots = pdf.text_between(page, 0, width, (below, height));
            assert!(stubs.contains(stub), "{name}: {stubs}");
            assert!(!ballots.contains("900"), "{name}: {ballots}");
            assert!(ballots.contains(item), "{name}: {ballots}");
        }
        // Nor in what the file says of itself.
        let info = pdf.asked("pdfinfo", &[], &[]) + &pdf.asked("pdfinfo", &["-meta"], &[]);
        assert!(!info.contains("900"), "{name}: {info}");
    }
}

/// Two papers can be told apart by nothing but the stub: what is below it is drawn the same.
#[test]
fn ballot_papers_are_all_alike_below_the_stub() {
    let pdf = Pdf::of(&sample("ballot_papers.en"));
    let below = |page| pdf.text_between(page, 0, 595, (118, 842));
    assert_eq!(pdf.pages(), 3);
    assert!(below(1).contains("Ballot paper"), "{}", below(1));
    assert_eq!(below(1), below(2));
    assert_eq!(below(1), below(3));
}

#[test]
fn candidates_stand_in_the_order_that_was_adopted_each_once_on_every_paper() {
    for name in ["ballot_papers_long.zh-CN", "ballot_papers_street.zh-CN"] {
        let document = sample(name);
        let text = without_spaces(&Pdf::of(&document).text());
        let mut from = 0;
        for _paper in 0..2 {
            for candidate in document["paper"]["ballot_papers"]["candidates"]
                .as_array()
                .unwrap()
            {
                let code = candidate["code"].as_str().unwrap();
                let at = text[from..].find(code);
                from += at.unwrap_or_else(|| panic!("{name}: {code} after {}", &text[..from]))
                    + code.len();
            }
        }
        assert!(!text[from..].contains("QH26-"), "{name}");
    }
}

/// A paper that goes on overleaf begins on a sheet of its own, and says at the foot that it goes on.
#[test]
fn a_paper_of_two_sides_shares_no_sheet_with_another() {
    let pdf = Pdf::of(&sample("ballot_papers_long.zh-CN"));
    assert_eq!(pdf.pages(), 4);
    for (page, has_stub) in [(1, true), (2, false), (3, true), (4, false)] {
        let text = pdf.text_between(page, 0, 595, (0, 842));
        assert_eq!(text.contains("编号 900"), has_stub, "{page}");
        assert_eq!(text.contains("（转背面）"), has_stub, "{page}");
        assert_eq!(text.contains("（盖章处）"), !has_stub, "{page}");
    }
}

#[test]
fn a_vote_that_advises_says_so_on_the_paper() {
    let pdf = Pdf::of(&sample("ballot_papers_street.zh-CN"));
    let text = without_spaces(&pdf.text());
    assert_eq!(text.matches("票选结果供街道参考").count(), 2, "{text}");
    assert!(text.contains("票选票"), "{text}");
}

/// The most that a file holds is printed within the limits of the process.
#[test]
fn three_hundred_papers_are_printed_at_once() {
    let mut document = sample("ballot_papers_one.zh-CN");
    document["paper"]["ballot_papers"]["numbers"] = serde_json::json!({"first": 1, "last": 300});
    let pdf = Pdf::of(&document);
    assert_eq!(pdf.pages(), 150);
    let last = pdf.text_between(150, 0, 842, (0, 120));
    assert!(
        last.contains("编号 299") && last.contains("编号 300"),
        "{last}"
    );
}

/// One thing is wrong with each; the answer names it and repeats nothing of it.
#[test]
fn what_is_no_document_is_refused_without_a_word_of_it() {
    let good = sample("announcement.zh-CN");
    let with = |change: &dyn Fn(&mut Value)| {
        let mut document = good.clone();
        change(&mut document);
        document.to_string()
    };
    let cases: Vec<(String, &str)> = vec![
        ("not JSON: SECRET".to_owned(), "is none, at line 1"),
        (
            with(&|d| d["paper"]["announcement"]["SECRET"] = 1.into()),
            "is none",
        ),
        (with(&|d| d["language"] = "SECRET".into()), "is none"),
        (
            with(&|d| d["day"]["month"] = 13.into()),
            "day is not within",
        ),
        (with(&|d| d["day"]["day"] = 32.into()), "day is not within"),
        (
            with(&|d| d["title"] = "SECRET".repeat(1000).into()),
            "title is not within",
        ),
        (" ".repeat(paper::MOST_BYTES + 1), "longer than"),
    ];
    for (document, why) in cases {
        let done = run(document.as_bytes());
        let said = String::from_utf8(done.stderr).unwrap();
        assert_eq!(done.status.code(), Some(2), "{why}: {said}");
        assert!(said.contains(why), "{why}: {said}");
        assert!(!said.contains("SECRET"), "{said}");
        assert!(done.stdout.is_empty(), "{why}");
    }
    for numbers in [[0, 5], [5, 4], [1, 301], [999_999, 1_000_000]] {
        let mut document = sample("ballot_papers.zh-CN");
        let [first, last] = numbers;
        document["paper"]["ballot_papers"]["numbers"] =
            serde_json::json!({"first": first, "last": last});
        let done = run(document.to_string().as_bytes());
        assert_eq!(done.status.code(), Some(2), "{numbers:?}");
    }
}
