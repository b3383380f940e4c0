//! The words and figures of the result sheet (计票报告单): the same on the page and on paper.

use super::paper::Announcement;
use super::result_view::{sentence, standing};
use super::status;
use crate::session::sheet::{Column, Line, LineOutcome, ResultSheet};
use crate::web::locale::Locale;
use crate::web::qr::QrCode;
use crate::web::shared::levels::{level_name, verdict_name};
use crate::web::visit::Visit;
use ::paper::{Check, Fact, Figure, Holds, Signature, Table};
use ballot::Digest;
use domain::record::EntryIndex;
use tally::decision::Sheet;
use tally::record::body::{Officer, OfficerRole};

/// By what a sheet is tied to people and to the record.
pub(super) struct Tied {
    pub officers: Vec<Officer>,
    /// The hash of the encrypted tally that was decrypted.
    pub tally: Option<Digest>,
    /// The announcement's entry in the record.
    pub entry: Option<EntryIndex>,
    /// Where the result is checked, to be read from the sheet.
    pub address: Option<QrCode>,
    /// The bundle's name as a file.
    pub file: String,
}

/// What stands on the sheet, from top to bottom.
pub(super) fn sheet_words(
    of: &Announcement,
    sheet: Option<&ResultSheet>,
    tied: &Tied,
    visit: &Visit,
) -> ::paper::ResultSheet {
    let locale = visit.locale;
    let poll = [("poll", of.found.poll.title.clone().into())];
    let day = format!("{} {}", locale.text("sheet-day"), of.day(visit));
    let number = of.numbered.map(|numbered| {
        let number = [("number", numbered.number.into())];
        locale.text_with("sheet-number", &number)
    });
    ::paper::ResultSheet {
        meeting: of.meeting(locale),
        heading: locale.text_with("sheet-form-title", &poll),
        line: [day].into_iter().chain(number).collect(),
        advisory: status::advisory_words(locale, &of.found),
        figures: sheet.map_or_else(Vec::new, |sheet| figures(locale, &sheet.figures)),
        sums: sheet.map_or_else(Vec::new, |sheet| sums(locale, &sheet.figures)),
        table: sheet.map(|sheet| table(of, locale, sheet)),
        notes: sheet.map_or_else(Vec::new, |sheet| notes(locale, sheet)),
        decision: sentence(locale, &of.rule, &of.outcome),
        rules_heading: locale.text("session-rules"),
        rules: status::rule_lines(locale, &of.rule),
        signatures_heading: locale.text("sheet-signatures"),
        signatures: signatures(locale, &tied.officers),
        check: check(of, locale, tied),
    }
}

fn notes(locale: &Locale, sheet: &ResultSheet) -> Vec<String> {
    let needed =
        |needed: u64| locale.text_with("result-majority-line", &[("needed", needed.into())]);
    [locale.text("sheet-lines-add-up")]
        .into_iter()
        .chain(sheet.votes_needed.map(needed))
        .collect()
}

/// Every item with each of its counts.
fn table(of: &Announcement, locale: &Locale, sheet: &ResultSheet) -> Table {
    let is_ranked = of.rule.decision().is_some();
    let column = |name: String, holds| ::paper::Column { name, holds };
    let rank = is_ranked.then(|| column(locale.text("result-rank"), Holds::Numbers));
    let outcome = if is_ranked {
        "result-standing"
    } else {
        "result-verdict"
    };
    let counts = sheet.columns.iter();
    let counts = counts.map(|one| column(column_name(locale, one), Holds::Numbers));
    let columns = rank
        .into_iter()
        .chain([
            column(locale.text("export-code"), Holds::Word),
            column(locale.text("result-item"), Holds::Name),
        ])
        .chain(counts)
        .chain([
            column(locale.text("sheet-sum"), Holds::Numbers),
            column(locale.text(outcome), Holds::Word),
        ])
        .collect();
    let valid = sheet.figures.valid;
    let row = |line: &Line| row(of, locale, line, is_ranked, valid);
    Table {
        columns,
        rows: sheet.lines.iter().map(row).collect(),
    }
}

fn row(
    of: &Announcement,
    locale: &Locale,
    line: &Line,
    is_ranked: bool,
    valid: u64,
) -> Vec<String> {
    let (rank, outcome) = match &line.outcome {
        LineOutcome::Ranked(rank, one) => (rank.to_string(), standing(locale, &of.rule, *one).1),
        LineOutcome::Judged(verdict) => {
            let rule = of.rule.evaluation();
            let name = rule.map(|rule| verdict_name(locale, rule, verdict.as_ref()));
            (String::new(), name.unwrap_or_default())
        }
    };
    is_ranked
        .then_some(rank)
        .into_iter()
        .chain([line.code.clone(), line.title.clone()])
        .chain(line.counts.iter().map(u64::to_string))
        .chain([valid.to_string(), outcome])
        .collect()
}

fn column_name(locale: &Locale, column: &Column) -> String {
    let key = match column {
        Column::InFavour => "result-in-favour",
        Column::Against => "result-against",
        Column::Abstained => "result-abstained",
        Column::Unanswered => "result-unanswered",
        Column::NotTicked => "sheet-not-ticked",
        Column::Blank => "sheet-blank",
        Column::Level(id, label) => return level_name(locale, id, label),
    };
    locale.text(key)
}

/// Who counted and who announces.
fn signatures(locale: &Locale, officers: &[Officer]) -> Vec<Signature> {
    let roles = [
        (OfficerRole::ChiefScrutineer, "role-chief_scrutineer"),
        (OfficerRole::Scrutineer, "role-scrutineer"),
        (OfficerRole::Teller, "role-teller"),
        (OfficerRole::Chair, "role-chair"),
    ];
    let of_role = |(role, key): (OfficerRole, &str)| {
        let these = officers.iter().filter(move |one| one.role == role);
        let word = locale.text(key);
        these.map(move |one| Signature {
            role: word.clone(),
            name: one.name.to_string(),
        })
    };
    roles.into_iter().flat_map(of_role).collect()
}

fn check(of: &Announcement, locale: &Locale, tied: &Tied) -> Check {
    let frozen = &of.announced.decrypted.closed.opened.frozen;
    let fact = |key: &str, value: String| Fact {
        name: locale.text(key),
        value,
    };
    let mut facts = vec![
        fact("session-rule-hash", frozen.adopted.rule.to_hex()),
        fact("session-roll-hash", frozen.roll.to_hex()),
        fact("session-fingerprint", frozen.fingerprint.to_string()),
    ];
    facts.extend(
        tied.tally
            .map(|tally| fact("sheet-tally", tally.to_string())),
    );
    facts.extend(
        tied.entry
            .map(|entry| fact("device-position", entry.to_string())),
    );
    let means = || locale.text("result-address");
    Check {
        heading: locale.text("sheet-check"),
        facts,
        text: locale.text("sheet-check-text"),
        command: format!("tally verify {}", tied.file),
        address: tied.address.as_ref().map(|code| code.printed(means())),
    }
}

/// The figures in the order of the form.
fn figures(locale: &Locale, figures: &Sheet) -> Vec<Figure> {
    let cells = [
        ("sheet-deputies", figures.deputies),
        ("sheet-present", figures.present),
        ("sheet-issued", figures.issued),
        ("sheet-returned", figures.returned),
        ("sheet-not-returned", figures.not_returned),
        ("sheet-valid", figures.valid),
        ("sheet-invalid", figures.invalid),
        ("sheet-not-voted", figures.not_voted),
    ];
    let figure = |(key, value): (&str, u64)| Figure {
        name: locale.text(key),
        value,
    };
    cells.into_iter().map(figure).collect()
}

/// The sums between them, written out.
fn sums(locale: &Locale, figures: &Sheet) -> Vec<String> {
    let word = |key: &str, value: u64| format!("{} {value}", locale.text(key));
    let returned = || word("sheet-returned", figures.returned);
    let sum = |all: String, one: String, other: String| format!("{all} = {one} + {other}");
    vec![
        sum(
            word("sheet-issued", figures.issued),
            returned(),
            word("sheet-not-returned", figures.not_returned),
        ),
        sum(
            returned(),
            word("sheet-valid", figures.valid),
            word("sheet-invalid", figures.invalid),
        ),
        sum(
            word("sheet-present", figures.present),
            returned(),
            word("sheet-not-voted", figures.not_voted),
        ),
    ]
}
