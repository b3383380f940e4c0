//! The result sheet (计票报告单): figures, votes, chart, decision in one plain sentence.

use crate::web::components::{Bar, Icon, Stat, Tone, badge, bar_chart, icon, stats, table_wrap};
use crate::web::locale::Locale;
use crate::web::shared::levels::{common, level_name, tone, verdict_name};
use domain::evaluation::Rank;
use domain::session::PollItem;
use domain::session::PollOutcome;
use maud::{Markup, html};
use tally::decision::{Decision, FollowUp, ItemDecision, Outcome as Decided, Sheet, Standing};
use tally::evaluation::{Evaluation, EvaluationOutcome, ItemVerdict};
use tally::rules::{Base, EvaluationRule, Level, LevelId, Majority, Poll, Rule};

/// The decision in one plain sentence.
pub(super) fn sentence(locale: &Locale, rule: &Rule, outcome: &PollOutcome) -> String {
    match outcome {
        PollOutcome::Choice {
            decision: Decided::Decided(decision),
        } if is_adoption(rule) => adoption_sentence(locale, decision),
        PollOutcome::Choice {
            decision: Decided::Decided(decision),
        } => chosen_sentence(locale, rule, decision),
        PollOutcome::Choice {
            decision: Decided::NoQuorum { present, needed },
        }
        | PollOutcome::Evaluation {
            verdicts: EvaluationOutcome::NoQuorum { present, needed },
        } => locale.text_with(
            "result-no-quorum",
            &[("signed", (*present).into()), ("needed", (*needed).into())],
        ),
        PollOutcome::Choice {
            decision: Decided::Void { issued, returned },
        }
        | PollOutcome::Evaluation {
            verdicts: EvaluationOutcome::Void { issued, returned },
        } => locale.text_with(
            "result-void",
            &[
                ("issued", (*issued).into()),
                ("returned", (*returned).into()),
            ],
        ),
        PollOutcome::Evaluation {
            verdicts: EvaluationOutcome::Judged(judged),
        } => verdict_sentence(locale, rule, judged),
    }
}

/// Whether the meeting voted on the list of what was chosen.
pub(super) fn is_adoption(rule: &Rule) -> bool {
    matches!(rule.poll(), Poll::Adoption(_))
}

/// The resolution's votes, and whether they were enough.
fn adoption_sentence(locale: &Locale, decision: &Decision) -> String {
    let Some(item) = decision.items.first() else {
        return String::new();
    };
    let passed = if item.standing.is_chosen() {
        "yes"
    } else {
        "no"
    };
    locale.text_with(
        "result-adoption",
        &[
            ("passed", passed.into()),
            ("favour", item.votes.in_favour.into()),
            ("against", item.votes.against.unwrap_or_default().into()),
            ("abstained", item.votes.abstained.unwrap_or_default().into()),
            ("needed", decision.votes_needed.into()),
            ("base", decision.base.into()),
        ],
    )
}

/// Whether the list was adopted, and what is on it.
pub(super) fn adopted(
    locale: &Locale,
    path: &str,
    outcome: &PollOutcome,
    list: &[PollItem],
) -> Markup {
    let PollOutcome::Choice {
        decision: Decided::Decided(decision),
    } = outcome
    else {
        return html! {};
    };
    let is_adopted = !decision.chosen().is_empty();
    html! {
        p.verdict { (locale.text(if is_adopted { "standing-passed" } else { "standing-not-passed" })) }
        ol.ways.sealed[is_adopted] {
            @for item in list {
                li { a href={ (path) "/shortlist/" (item.code) } {
                    @if is_adopted { span.seal-mark { (icon(Icon::Check)) } }
                    span { (item.title) }
                } }
            }
        }
    }
}

fn chosen_sentence(locale: &Locale, rule: &Rule, decision: &Decision) -> String {
    let reached = decision.items.iter().filter(|item| item.reached).count();
    let of = match rule.decision().map(|rule| rule.base) {
        Some(Base::Present) => "present",
        Some(Base::Valid) => "valid",
        Some(Base::Deputies) | None => "deputies",
    };
    let values = [
        ("of", of.into()),
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

/// What was chosen, in a list with its votes; nothing where nothing could be.
pub(super) fn chosen(
    locale: &Locale,
    path: &str,
    outcome: &PollOutcome,
    items: &[PollItem],
) -> Markup {
    let PollOutcome::Choice {
        decision: Decided::Decided(decision),
    } = outcome
    else {
        return html! {};
    };
    let mut ranked: Vec<_> = decision
        .items
        .iter()
        .filter(|item| item.standing.is_chosen())
        .collect();
    ranked.sort_by_key(|item| item.rank);
    let count = locale.text_with("result-headline", &[("chosen", ranked.len().into())]);
    html! {
        p.verdict { (count) }
        @if !ranked.is_empty() {
            ol.ways.sealed {
                @for item in &ranked {
                    li { a href={ (path) "/shortlist/" (item.id) } {
                        span.seal-mark { (icon(Icon::Check)) }
                        span { (title_of(items, item.id.as_str())) }
                        span.number { (item.votes.in_favour) }
                    } }
                }
            }
        }
    }
}

fn verdict_sentence(locale: &Locale, rule: &Rule, judged: &Evaluation) -> String {
    let count = |verdict: Option<&LevelId>| {
        let items = judged.items.iter();
        items
            .filter(|item| item.verdict.as_ref() == verdict)
            .count()
    };
    let said = |count: usize, level: String| {
        locale.text_with(
            "result-judged-level",
            &[("count", count.into()), ("level", level.into())],
        )
    };
    let mut counts: Vec<String> = Vec::new();
    if let Some(rule) = rule.evaluation() {
        let ranked = |level: &&Level| Rank::of(rule, &level.id).is_some();
        counts.extend(rule.levels.iter().filter(ranked).map(|level| {
            let name = level_name(locale, &level.id, &level.label);
            said(count(Some(&level.id)), name)
        }));
    }
    let without = count(None);
    if without > 0 {
        counts.push(said(without, locale.text("verdict-no-base")));
    }
    locale.text_with(
        "result-judged",
        &[
            ("items", judged.items.len().into()),
            ("counts", counts.join(&locale.text("list-comma")).into()),
        ],
    )
}

/// Figures, chart and table.
pub(super) fn outcome(
    locale: &Locale,
    rule: &Rule,
    outcome: &PollOutcome,
    items: &[PollItem],
) -> Markup {
    html! {
        @match outcome {
            PollOutcome::Choice { decision: Decided::Decided(decision) } => {
                (sheet(locale, &decision.sheet))
                (choice(locale, rule, decision, items))
            }
            PollOutcome::Evaluation { verdicts: EvaluationOutcome::Judged(judged) } => {
                (sheet(locale, &judged.sheet))
                @if let Some(rule) = rule.evaluation() { (verdicts(locale, rule, judged, items)) }
            }
            PollOutcome::Choice { decision: Decided::NoQuorum { .. } | Decided::Void { .. } }
            | PollOutcome::Evaluation { verdicts: EvaluationOutcome::NoQuorum { .. } | EvaluationOutcome::Void { .. } } => {
                p.notice { (locale.text("result-hold-again")) }
            }
        }
    }
}

/// The figures of the sheet, in its order.
fn sheet(locale: &Locale, sheet: &Sheet) -> Markup {
    let figures: Vec<Stat> = [
        ("sheet-deputies", sheet.deputies),
        ("sheet-present", sheet.present),
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

pub(super) fn title_of<'i>(items: &'i [PollItem], code: &str) -> &'i str {
    items
        .iter()
        .find(|item| item.code == code)
        .map_or("", |item| item.title.as_str())
}

pub(in crate::session) fn standing(
    locale: &Locale,
    rule: &Rule,
    standing: Standing,
) -> (Tone, String) {
    let (tone, key) = match standing {
        Standing::Chosen if is_adoption(rule) => (Tone::Chosen, "standing-passed"),
        Standing::NotChosen if is_adoption(rule) => (Tone::Neutral, "standing-not-passed"),
        Standing::Chosen => (Tone::Chosen, "standing-chosen"),
        Standing::Filled => (Tone::Chosen, "standing-filled"),
        Standing::ChosenInRunOff => (Tone::Chosen, "standing-chosen-in-run-off"),
        Standing::ChosenInSecondBallot => (Tone::Chosen, "standing-chosen-in-second-ballot"),
        Standing::ChosenByLot => (Tone::Chosen, "standing-chosen-by-lot"),
        Standing::Tied => (Tone::Warn, "standing-tied"),
        Standing::Reserve => (Tone::Good, "standing-reserve"),
        Standing::NotChosen => (Tone::Neutral, "standing-not-chosen"),
    };
    (tone, locale.text(key))
}

/// Why an item is not among the chosen, in a sentence, where its figures do not say so by themselves.
fn why(locale: &Locale, item: &ItemDecision, needed: Option<u64>) -> Option<String> {
    let votes = item.votes.in_favour;
    match (item.standing, needed) {
        (Standing::Reserve, _) => {
            Some(locale.text_with("result-why-reserve", &[("rank", item.rank.into())]))
        }
        (Standing::NotChosen, Some(needed)) if votes < needed => Some(locale.text_with(
            "result-why-short",
            &[
                ("votes", votes.into()),
                ("missing", (needed - votes).into()),
            ],
        )),
        (
            Standing::NotChosen
            | Standing::Chosen
            | Standing::Filled
            | Standing::ChosenInRunOff
            | Standing::ChosenInSecondBallot
            | Standing::ChosenByLot
            | Standing::Tied,
            _,
        ) => None,
    }
}

fn choice(locale: &Locale, rule: &Rule, decision: &Decision, items: &[PollItem]) -> Markup {
    let mut ranked: Vec<_> = decision.items.iter().collect();
    ranked.sort_by_key(|item| item.rank);
    let by_majority = rule
        .decision()
        .is_some_and(|rule| rule.majority != Majority::None);
    let needed = by_majority.then_some(decision.votes_needed);
    let bars: Vec<Bar> = ranked
        .iter()
        .map(|item| {
            let (tone, word) = standing(locale, rule, item.standing);
            Bar {
                label: format!("{} {}", item.id, title_of(items, item.id.as_str())),
                value: item.votes.in_favour,
                tone,
                word: (item.standing != Standing::NotChosen).then_some(word),
                line: needed,
            }
        })
        .collect();
    let line = locale.text_with(
        "result-majority-line",
        &[("needed", decision.votes_needed.into())],
    );
    let key = by_majority.then_some(line.as_str());
    let each = ranked.iter().any(|item| item.votes.against.is_some());
    let (rank, in_favour) = (locale.text("result-rank"), locale.text("result-in-favour"));
    let (against, abstained) = (
        locale.text("result-against"),
        locale.text("result-abstained"),
    );
    let unanswered = locale.text("result-unanswered");
    let outcome = locale.text("result-standing");
    let table = html! {
        table.stacked.ranking {
            thead { tr {
                th scope="col" { (rank) }
                th scope="col" { (locale.text("result-item")) }
                th.number scope="col" { (in_favour) }
                @if each {
                    th.number scope="col" { (against) }
                    th.number scope="col" { (abstained) }
                    th.number scope="col" { (unanswered) }
                }
                th scope="col" { (outcome) }
            } }
            tbody { @for item in &ranked {
                @let (tone, word) = standing(locale, rule, item.standing);
                tr.chosen[item.standing.is_chosen()] {
                    td data-label=(rank) { (item.rank) }
                    th scope="row" { span.code { (item.id) } " " (title_of(items, item.id.as_str())) }
                    td.number data-label=(in_favour) { (item.votes.in_favour) }
                    @if each {
                        td.number data-label=(against) { (item.votes.against.unwrap_or_default()) }
                        td.number data-label=(abstained) { (item.votes.abstained.unwrap_or_default()) }
                        td.number data-label=(unanswered) { (item.votes.unanswered.unwrap_or_default()) }
                    }
                    td data-label=(outcome) {
                        (badge(tone, &word))
                        @if let Some(why) = why(locale, item, needed) { p.small { (why) } }
                    }
                }
            } }
        }
    };
    html! {
        (bar_chart(&locale.text("result-chart"), decision.base, &bars, key))
        h2 { (locale.text("result-table")) }
        (table_wrap(&locale.text("result-table"), &table))
    }
}

fn verdicts(
    locale: &Locale,
    rule: &EvaluationRule,
    judged: &Evaluation,
    items: &[PollItem],
) -> Markup {
    let table = html! {
        table {
            thead { tr {
                th scope="col" { (locale.text("result-project")) }
                @for level in &rule.levels {
                    th.number scope="col" { (level_name(locale, &level.id, &level.label)) }
                }
                th.number scope="col" { (locale.text("result-unanswered")) }
                th scope="col" { (locale.text("result-verdict")) }
            } }
            tbody { @for item in &judged.items {
                @let verdict = item.verdict.as_ref();
                @let rank = verdict.and_then(|id| Rank::of(rule, id));
                tr {
                    th scope="row" { span.code { (item.id) } " " (title_of(items, item.id.as_str())) }
                    @for level in &item.levels { td.number { (level.votes) } }
                    td.number { (item.unanswered) }
                    td { (badge(tone(rank), &verdict_name(locale, rule, verdict))) }
                }
            } }
        }
    };
    html! {
        (best_level_chart(locale, rule, judged, items))
        h2 { (locale.text("result-table")) }
        (table_wrap(&locale.text("result-table"), &table))
    }
}

/// The votes for the best level, with the line that makes it the verdict where it is the same for all.
fn best_level_chart(
    locale: &Locale,
    rule: &EvaluationRule,
    judged: &Evaluation,
    items: &[PollItem],
) -> Markup {
    let is_best = |level: &&Level| Rank::of(rule, &level.id) == Some(Rank::Best);
    let Some(best) = rule.levels.iter().find(is_best) else {
        return html! {};
    };
    let name = level_name(locale, &best.id, &best.label);
    let counted = |item: &ItemVerdict| {
        item.levels
            .iter()
            .find(|level| level.id == best.id)
            .cloned()
    };
    let needed = judged
        .items
        .iter()
        .map(|item| counted(item).and_then(|level| level.needed));
    let needed = common(needed).flatten();
    let bars: Vec<Bar> = judged
        .items
        .iter()
        .map(|item| {
            let verdict = item.verdict.as_ref();
            Bar {
                label: format!("{} {}", item.id, title_of(items, item.id.as_str())),
                value: counted(item).map_or(0, |level| level.votes),
                tone: tone(verdict.and_then(|id| Rank::of(rule, id))),
                word: Some(verdict_name(locale, rule, verdict)),
                line: needed,
            }
        })
        .collect();
    let whole = judged.items.iter().map(|item| item.base).max().unwrap_or(1);
    let line = locale.text_with(
        "result-verdict-line",
        &[
            ("level", name.clone().into()),
            ("needed", needed.unwrap_or_default().into()),
        ],
    );
    let caption = locale.text_with("result-verdict-chart", &[("level", name.into())]);
    let key = needed.map(|_| line.as_str());
    bar_chart(&caption, whole, &bars, key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tally::decision::Votes;
    use tally::rules::ItemId;

    #[test]
    fn a_sentence_says_why_an_item_is_not_among_the_chosen() {
        let item = |votes, rank, standing| ItemDecision {
            id: ItemId::new("QH26-11").unwrap(),
            votes: Votes {
                in_favour: votes,
                against: None,
                abstained: None,
                unanswered: None,
            },
            rank,
            reached: votes >= 107,
            standing,
        };
        let locale = Locale::default_locale();
        let said = |item: &ItemDecision, needed| why(locale, item, needed);
        let short = item(103, 11, Standing::NotChosen);
        assert_eq!(said(&short, Some(107)).unwrap(), "103 票，差 4 票过线");
        assert_eq!(
            said(&short, None),
            None,
            "without a line there is none to miss"
        );
        let reserve = item(110, 11, Standing::Reserve);
        let taken = said(&reserve, Some(107)).unwrap();
        assert_eq!(taken, "已过线，名额已满（列第 11）");
        let chosen = item(150, 1, Standing::Chosen);
        assert_eq!(said(&chosen, Some(107)), None);
    }
}
