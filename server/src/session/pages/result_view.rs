//! The result sheet (计票报告单): figures, votes, chart, decision in one plain sentence.

use crate::web::components::{Bar, Stat, Tone, badge, bar_chart, stats, table_wrap};
use crate::web::locale::Locale;
use domain::session::Outcome;
use domain::session::PollItem;
use maud::{Markup, html};
use tally::decision::{Decision, FollowUp, Outcome as Decided, Sheet, Standing};
use tally::evaluation::{Evaluation, EvaluationOutcome, Verdict};
use tally::rules::{Majority, Rule};

/// The decision in one plain sentence.
pub(super) fn sentence(locale: &Locale, rule: &Rule, outcome: &Outcome) -> String {
    match outcome {
        Outcome::Choice {
            decision: Decided::Decided(decision),
        } => chosen_sentence(locale, rule, decision),
        Outcome::Choice {
            decision: Decided::NoQuorum { signed_in, needed },
        }
        | Outcome::Evaluation {
            verdicts: EvaluationOutcome::NoQuorum { signed_in, needed },
        } => locale.text_with(
            "result-no-quorum",
            &[
                ("signed", (*signed_in).into()),
                ("needed", (*needed).into()),
            ],
        ),
        Outcome::Choice {
            decision: Decided::Void { issued, returned },
        }
        | Outcome::Evaluation {
            verdicts: EvaluationOutcome::Void { issued, returned },
        } => locale.text_with(
            "result-void",
            &[
                ("issued", (*issued).into()),
                ("returned", (*returned).into()),
            ],
        ),
        Outcome::Evaluation {
            verdicts: EvaluationOutcome::Judged(judged),
        } => verdict_sentence(locale, judged),
    }
}

fn chosen_sentence(locale: &Locale, rule: &Rule, decision: &Decision) -> String {
    let reached = decision.items.iter().filter(|item| item.reached).count();
    let values = [
        ("items", decision.items.len().into()),
        ("base", decision.base.into()),
        ("needed", decision.votes_needed.into()),
        ("reached", reached.into()),
        ("chosen", decision.chosen().len().into()),
        ("places", decision.places.into()),
        ("reserve", decision.reserve().len().into()),
        ("empty", decision.empty_places.into()),
    ];
    let by_majority = rule
        .decision()
        .is_some_and(|rule| rule.majority != Majority::None);
    let mut text = locale.text_with(
        if by_majority {
            "result-chosen"
        } else {
            "result-chosen-plurality"
        },
        &values,
    );
    if !decision.reserve().is_empty() {
        text.push_str(&locale.text_with("result-reserve", &values));
    }
    if decision.empty_places > 0 {
        text.push_str(&locale.text_with("result-empty-places", &values));
    }
    match &decision.follow_up {
        FollowUp::Nothing => {}
        FollowUp::RunOff { items, places } | FollowUp::Lot { items, places } => {
            let values = [("tied", items.len().into()), ("left", (*places).into())];
            let key = if matches!(decision.follow_up, FollowUp::Lot { .. }) {
                "result-lot"
            } else {
                "result-run-off"
            };
            text.push_str(&locale.text_with(key, &values));
        }
    }
    text
}

fn verdict_sentence(locale: &Locale, judged: &Evaluation) -> String {
    let count = |verdict: Verdict| {
        judged
            .items
            .iter()
            .filter(|item| item.verdict == verdict)
            .count()
    };
    locale.text_with(
        "result-judged",
        &[
            ("items", judged.items.len().into()),
            ("satisfied", count(Verdict::Satisfied).into()),
            ("basically", count(Verdict::BasicallySatisfied).into()),
            ("unsatisfied", count(Verdict::Unsatisfied).into()),
        ],
    )
}

/// Figures, chart and table.
pub(super) fn outcome(
    locale: &Locale,
    rule: &Rule,
    outcome: &Outcome,
    items: &[PollItem],
) -> Markup {
    html! {
        @match outcome {
            Outcome::Choice { decision: Decided::Decided(decision) } => {
                (sheet(locale, &decision.sheet))
                (choice(locale, rule, decision, items))
            }
            Outcome::Evaluation { verdicts: EvaluationOutcome::Judged(judged) } => {
                (sheet(locale, &judged.sheet))
                (verdicts(locale, judged, items))
            }
            Outcome::Choice { decision: Decided::NoQuorum { .. } | Decided::Void { .. } }
            | Outcome::Evaluation { verdicts: EvaluationOutcome::NoQuorum { .. } | EvaluationOutcome::Void { .. } } => {
                p.notice { (locale.text("result-hold-again")) }
            }
        }
    }
}

/// The figures of the sheet, in its order.
fn sheet(locale: &Locale, sheet: &Sheet) -> Markup {
    let figures: Vec<Stat> = [
        ("sheet-deputies", sheet.deputies),
        ("sheet-signed-in", sheet.signed_in),
        ("sheet-issued", sheet.issued),
        ("sheet-returned", sheet.returned),
        ("sheet-valid", sheet.valid),
        ("sheet-invalid", sheet.invalid),
        ("sheet-not-voted", sheet.not_voted),
    ]
    .into_iter()
    .map(|(key, value)| Stat::new(locale.text(key), value))
    .collect();
    html! {
        h2 { (locale.text("sheet-title")) }
        (stats(&figures))
    }
}

fn title_of<'i>(items: &'i [PollItem], code: &str) -> &'i str {
    items
        .iter()
        .find(|item| item.code == code)
        .map_or("", |item| item.title.as_str())
}

pub(in crate::session) fn standing(locale: &Locale, standing: Standing) -> (Tone, String) {
    let (tone, key) = match standing {
        Standing::Chosen => (Tone::Accent, "standing-chosen"),
        Standing::Filled => (Tone::Accent, "standing-filled"),
        Standing::ChosenInRunOff => (Tone::Accent, "standing-chosen-in-run-off"),
        Standing::ChosenInSecondBallot => (Tone::Accent, "standing-chosen-in-second-ballot"),
        Standing::ChosenByLot => (Tone::Accent, "standing-chosen-by-lot"),
        Standing::Tied => (Tone::Warn, "standing-tied"),
        Standing::Reserve => (Tone::Good, "standing-reserve"),
        Standing::NotChosen => (Tone::Neutral, "standing-not-chosen"),
    };
    (tone, locale.text(key))
}

fn choice(locale: &Locale, rule: &Rule, decision: &Decision, items: &[PollItem]) -> Markup {
    let mut ranked: Vec<_> = decision.items.iter().collect();
    ranked.sort_by_key(|item| item.rank);
    let bars: Vec<Bar> = ranked
        .iter()
        .map(|item| {
            let (tone, word) = standing(locale, item.standing);
            Bar {
                label: format!("{} {}", item.id, title_of(items, item.id.as_str())),
                value: item.votes.in_favour,
                tone,
                word: item.standing.is_chosen().then_some(word),
            }
        })
        .collect();
    let line = locale.text_with(
        "result-majority-line",
        &[("needed", decision.votes_needed.into())],
    );
    let by_majority = rule
        .decision()
        .is_some_and(|rule| rule.majority != Majority::None);
    let mark = by_majority.then_some((decision.votes_needed, line.as_str()));
    let each = ranked.iter().any(|item| item.votes.against.is_some());
    let table = html! {
        table {
            thead { tr {
                th scope="col" { (locale.text("result-rank")) }
                th scope="col" { (locale.text("result-item")) }
                th.number scope="col" { (locale.text("result-in-favour")) }
                @if each {
                    th.number scope="col" { (locale.text("result-against")) }
                    th.number scope="col" { (locale.text("result-abstained")) }
                }
                th scope="col" { (locale.text("result-standing")) }
            } }
            tbody { @for item in &ranked {
                @let (tone, word) = standing(locale, item.standing);
                tr {
                    td { (item.rank) }
                    th scope="row" { span.code { (item.id) } " " (title_of(items, item.id.as_str())) }
                    td.number { (item.votes.in_favour) }
                    @if each {
                        td.number { (item.votes.against.unwrap_or_default()) }
                        td.number { (item.votes.abstained.unwrap_or_default()) }
                    }
                    td { (badge(tone, &word)) }
                }
            } }
        }
    };
    html! {
        (bar_chart(&locale.text("result-chart"), decision.base, &bars, mark))
        h2 { (locale.text("result-table")) }
        (table_wrap(&locale.text("result-table"), &table))
    }
}

fn verdict(locale: &Locale, verdict: Verdict) -> (Tone, String) {
    let (tone, key) = match verdict {
        Verdict::Satisfied => (Tone::Good, "verdict-satisfied"),
        Verdict::BasicallySatisfied => (Tone::Warn, "verdict-basically"),
        Verdict::Unsatisfied => (Tone::Bad, "verdict-unsatisfied"),
        Verdict::NoBase => (Tone::Neutral, "verdict-no-base"),
    };
    (tone, locale.text(key))
}

fn verdicts(locale: &Locale, judged: &Evaluation, items: &[PollItem]) -> Markup {
    let bars: Vec<Bar> = judged
        .items
        .iter()
        .map(|item| {
            let (tone, word) = verdict(locale, item.verdict);
            Bar {
                label: format!("{} {}", item.id, title_of(items, item.id.as_str())),
                value: item.levels.satisfied,
                tone,
                word: Some(word),
            }
        })
        .collect();
    let whole = judged.items.iter().map(|item| item.base).max().unwrap_or(1);
    let needed = judged.items.first().map(|item| item.needed);
    let line = locale.text_with(
        "result-verdict-line",
        &[("needed", needed.unwrap_or_default().into())],
    );
    let table = html! {
        table {
            thead { tr {
                th scope="col" { (locale.text("result-project")) }
                th.number scope="col" { (locale.text("verdict-satisfied")) }
                th.number scope="col" { (locale.text("verdict-basically")) }
                th.number scope="col" { (locale.text("verdict-unsatisfied")) }
                th.number scope="col" { (locale.text("result-unanswered")) }
                th scope="col" { (locale.text("result-verdict")) }
            } }
            tbody { @for item in &judged.items {
                @let (tone, word) = verdict(locale, item.verdict);
                tr {
                    th scope="row" { span.code { (item.id) } " " (title_of(items, item.id.as_str())) }
                    td.number { (item.levels.satisfied) }
                    td.number { (item.levels.basically) }
                    td.number { (item.levels.unsatisfied) }
                    td.number { (item.levels.unanswered.saturating_add(item.levels.unknown.unwrap_or(0))) }
                    td { (badge(tone, &word)) }
                }
            } }
        }
    };
    html! {
        (bar_chart(&locale.text("result-verdict-chart"), whole, &bars, needed.map(|n| (n, line.as_str()))))
        h2 { (locale.text("result-table")) }
        (table_wrap(&locale.text("result-table"), &table))
    }
}
