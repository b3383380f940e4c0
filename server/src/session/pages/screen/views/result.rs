//! The announced result on the screen.

use super::scan;
use crate::session::pages::result_view::{is_adoption, sentence, standing, title_of};
use crate::session::pages::screen::facts::Facts;
use crate::web::components::{Tone, badge};
use crate::web::locale::Locale;
use crate::web::shared::levels::{level_name, tone, verdict_name};
use domain::evaluation::Rank;
use domain::session::PollOutcome;
use maud::{Markup, html};
use tally::decision::{Decision, Outcome as Decided, Standing};
use tally::evaluation::{Evaluation, EvaluationOutcome, ItemVerdict};
use tally::rules::{EvaluationRule, Level, Majority, Rule};

/// More rows than this stand in two columns.
const ONE_COLUMN: usize = 12;

/// Every count, what was chosen, and what comes next.
pub(super) fn announced(locale: &Locale, facts: &Facts) -> Markup {
    let (Some(rule), Some(outcome)) = (&facts.rule, &facts.outcome) else {
        return html! {};
    };
    html! {
        div.screen-result {
            div { @match outcome {
                PollOutcome::Choice { decision: Decided::Decided(decision) } if is_adoption(rule) => {
                    (resolution(locale, facts, decision))
                }
                PollOutcome::Choice { decision: Decided::Decided(decision) } => (choice(locale, facts, rule, decision)),
                PollOutcome::Evaluation { verdicts: EvaluationOutcome::Judged(judged) } => {
                    @if let Some(rule) = rule.evaluation() { (verdicts(locale, facts, rule, judged)) }
                }
                PollOutcome::Choice { decision: Decided::NoQuorum { .. } | Decided::Void { .. } }
                | PollOutcome::Evaluation { verdicts: EvaluationOutcome::NoQuorum { .. } | EvaluationOutcome::Void { .. } } => {
                    p.screen-hero { (locale.text("result-hold-again")) }
                }
            } }
            div.screen-foot-line {
                p.screen-note { (sentence(locale, rule, outcome)) }
                (scan(locale, facts, "screen-check-result"))
            }
        }
    }
}

/// Whether the resolution is passed, by which votes, and what is on its list.
fn resolution(locale: &Locale, facts: &Facts, decision: &Decision) -> Markup {
    let Some(item) = decision.items.first() else {
        return html! {};
    };
    let passed = if item.standing.is_chosen() {
        "standing-passed"
    } else {
        "standing-not-passed"
    };
    let votes = [
        ("result-in-favour", item.votes.in_favour),
        ("result-against", item.votes.against.unwrap_or_default()),
        ("result-abstained", item.votes.abstained.unwrap_or_default()),
    ];
    html! {
        div.screen-two {
            div {
                p.screen-hero { (locale.text(passed)) }
                @for (key, count) in votes {
                    p.screen-text { (locale.text(key)) " " strong.number { (count) } }
                }
                p.screen-note { (locale.text_with("result-majority-line", &[("needed", decision.votes_needed.into())])) }
            }
            ol.screen-list.many[facts.list.len() > ONE_COLUMN] {
                @for one in &facts.list { li { (one.title) } }
            }
        }
    }
}

fn choice(locale: &Locale, facts: &Facts, rule: &Rule, decision: &Decision) -> Markup {
    let mut ranked: Vec<_> = decision.items.iter().collect();
    ranked.sort_by_key(|item| item.rank);
    let by_majority = rule
        .decision()
        .is_some_and(|rule| rule.majority != Majority::None);
    let line = by_majority.then_some(decision.votes_needed);
    html! {
        @if let Some(needed) = line {
            p.screen-label.screen-line-key { (locale.text_with("result-majority-line", &[("needed", needed.into())])) }
        }
        ol.screen-bars.many[ranked.len() > ONE_COLUMN] { @for item in &ranked {
            @let (tone, word) = standing(locale, rule, item.standing);
            @let tied = item.standing == Standing::Tied;
            li.chosen[item.standing.is_chosen()].tied[tied] {
                span.screen-rank { (item.rank) }
                span.screen-name { (title_of(&facts.items, item.id.as_str())) }
                @if item.standing != Standing::NotChosen { (badge(tone, &word)) }
                strong.number { (item.votes.in_favour) }
                (bar(item.votes.in_favour, decision.base, line))
            }
        } }
    }
}

fn bar(votes: u64, whole: u64, line: Option<u64>) -> Markup {
    let share = |part: u64| {
        let tenths = part.min(whole) * 1000 / whole.max(1);
        format!("{}.{}%", tenths / 10, tenths % 10)
    };
    html! {
        svg width="100%" height="12" aria-hidden="true" focusable="false" {
            rect.track width="100%" height="100%" rx="3" {}
            rect.fill width=(share(votes)) height="100%" rx="3" {}
            @if let Some(at) = line { line.line x1=(share(at)) x2=(share(at)) y1="0" y2="100%" stroke-width="3" {} }
        }
    }
}

fn verdicts(locale: &Locale, facts: &Facts, rule: &EvaluationRule, judged: &Evaluation) -> Markup {
    html! {
        ol.screen-bars.screen-levels.many[judged.items.len() > ONE_COLUMN] { @for item in &judged.items {
            @let verdict = item.verdict.as_ref();
            @let rank = verdict.and_then(|id| Rank::of(rule, id));
            li {
                span.screen-name { (title_of(&facts.items, item.id.as_str())) }
                (badge(tone(rank), &verdict_name(locale, rule, verdict)))
                span.screen-counts { @for level in &rule.levels {
                    span { (level_name(locale, &level.id, &level.label)) " " strong { (votes(item, level)) } }
                } }
                (shares(rule, item))
            }
        } }
    }
}

fn votes(item: &ItemVerdict, level: &Level) -> u64 {
    let counted = item.levels.iter().find(|one| one.id == level.id);
    counted.map_or(0, |one| one.votes)
}

/// The levels beside each other in one bar, in the order of the rule.
fn shares(rule: &EvaluationRule, item: &ItemVerdict) -> Markup {
    let mut from = 0;
    let mut parts = Vec::new();
    let whole = item.levels.iter().map(|one| one.votes).sum::<u64>() + item.unanswered;
    let whole = whole.max(item.base).max(1);
    for level in &rule.levels {
        let tone = tone(Rank::of(rule, &level.id));
        let votes = votes(item, level);
        parts.push((tone, from, votes));
        from += votes;
    }
    let share = |part: u64| {
        let tenths = part.min(whole) * 1000 / whole;
        format!("{}.{}%", tenths / 10, tenths % 10)
    };
    html! {
        svg width="100%" height="12" aria-hidden="true" focusable="false" {
            rect.track width="100%" height="100%" rx="3" {}
            @for (tone, from, votes) in parts {
                rect class=(colour(tone)) x=(share(from)) width=(share(votes)) height="100%" {}
            }
        }
    }
}

const fn colour(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "level-good",
        Tone::Warn => "level-warn",
        Tone::Bad => "level-bad",
        Tone::Neutral | Tone::Done | Tone::Accent | Tone::Chosen => "level-other",
    }
}
