//! What the session's pages share: a poll's state in words, its figures, its places.

use crate::session::api::Figures;
use crate::session::in_poll::InPoll;
use crate::web::components::{Stat, Tone, badge, steps};
use crate::web::locale::Locale;
use crate::web::shared::levels::level_name;
use domain::cycles::Cycle;
use domain::evaluation::Rank;
use domain::session::{self, Departure, Poll, PollKind};
use domain::session::{PollState, StateName};
use maud::{Markup, html};
use tally::rules::{
    Apart, Base, Blank, EvaluationBase, EvaluationRule, Form, Level, LevelRole, Majority,
    Poll as RulePoll, Rule, TieBreak, TooFew,
};

/// The poll's state in a pill.
pub(super) fn state_badge(locale: &Locale, state: StateName) -> Markup {
    let tone = match state {
        StateName::Drafted | StateName::Withdrawn => Tone::Neutral,
        StateName::RulesAdopted | StateName::Frozen | StateName::Closed | StateName::Decrypted => {
            Tone::Warn
        }
        StateName::Open => Tone::Accent,
        StateName::Announced => Tone::Done,
        StateName::Voided => Tone::Bad,
    };
    badge(tone, &locale.text(&format!("poll-state-{}", state.name())))
}

/// The way of a poll, with the present state marked.
pub(super) fn way(locale: &Locale, state: &PollState) -> Markup {
    let reached = state
        .ended()
        .map_or(state.name(), |ended| ended.before.name());
    let straight = || {
        let all = StateName::ALL.iter();
        all.filter(|name| !matches!(name, StateName::Withdrawn | StateName::Voided))
    };
    let names: Vec<String> = straight()
        .map(|state| locale.text(&format!("poll-state-{}", state.name())))
        .collect();
    let current = straight().position(|name| *name == reached);
    let current = current.unwrap_or_default();
    html! { div.no-print { (steps(&names, current)) } }
}

/// How a poll ended without a result, and why.
pub(super) fn ended(locale: &Locale, state: &PollState) -> Markup {
    html! {
        @if let Some(ended) = state.ended() {
            section.notice {
                h2 { (state_badge(locale, state.name())) " " (locale.text(&format!("end-reason-{}", ended.reason.name()))) }
                p { (ended.explanation) }
                p { (locale.text(&format!("ended-{}", state.name().name()))) }
            }
        }
    }
}

/// Participation, never a count.
pub(super) fn participation(locale: &Locale, poll: &Poll, figures: Figures) -> Vec<Stat> {
    let mut stats = Vec::new();
    if let Some(deputies) = figures.deputies {
        stats.push(Stat::new(locale.text("sheet-deputies"), deputies));
    }
    stats.push(Stat::new(locale.text("sheet-present"), figures.present));
    if poll.state.opened().is_some() {
        stats.push(Stat::new(
            locale.text("session-ballots-cast"),
            figures.ballots_cast,
        ));
    }
    stats
}

/// That a vote of a residents' council only advises.
pub(super) fn advisory(locale: &Locale, found: &InPoll) -> Markup {
    html! {
        @if let Some(words) = advisory_words(locale, found) { p.notice { (words) } }
    }
}

/// The same as words.
pub(super) fn advisory_words(locale: &Locale, found: &InPoll) -> Option<String> {
    let here = found.jurisdiction();
    let words = || locale.text_about("session-advisory", &here.settings.body);
    here.kind.is_advisory().then(words)
}

/// The rule in plain sentences.
pub(super) fn rule_in_words(locale: &Locale, rule: &Rule) -> Markup {
    html! { ul { @for line in rule_lines(locale, rule) { li { (line) } } } }
}

/// The same, a sentence each.
pub(super) fn rule_lines(locale: &Locale, rule: &Rule) -> Vec<String> {
    let mut lines = vec![locale.text_with(
        "rule-quorum-line",
        &[
            ("deputies", rule.deputies().into()),
            ("needed", rule.quorum_count().into()),
        ],
    )];
    lines.push(match rule.form() {
        Form::AtMost { max, blank } => {
            let key = match blank {
                Blank::Nobody => "rule-form-at-most",
                Blank::Abstention => "rule-form-at-most-abstains",
            };
            locale.text_with(key, &[("max", max.into())])
        }
        Form::AtLeast { min, max } if min == max => {
            locale.text_with("rule-form-exactly", &[("max", max.into())])
        }
        Form::AtLeast { min, max } => locale.text_with(
            "rule-form-at-least",
            &[("min", min.into()), ("max", max.into())],
        ),
        Form::EachItem { blank } => locale.text(match blank {
            Blank::Nobody => "rule-form-each-item",
            Blank::Abstention => "rule-form-each-item-abstains",
        }),
        Form::Levels => {
            let names = rule.evaluation().map_or_else(Vec::new, |evaluation| {
                let levels = evaluation.levels.iter();
                levels
                    .map(|level| level_name(locale, &level.id, &level.label))
                    .collect()
            });
            let levels = names.join(&locale.text("list-comma"));
            locale.text_with("rule-form-levels", &[("levels", levels.into())])
        }
    });
    if let RulePoll::Adoption(decision) = rule.poll() {
        if let Majority::Share(share) = decision.majority {
            let needed = share.least(rule.deputies());
            lines.push(locale.text_with("rule-adoption-line", &[("needed", needed.into())]));
        }
    } else if let Some(decision) = rule.decision() {
        let base = locale.text(match decision.base {
            Base::Deputies => "rule-base-deputies",
            Base::Present => "rule-base-present",
            Base::Valid => "rule-base-valid",
        });
        lines.push(match decision.majority {
            Majority::Share(share) => locale.text_with(
                "rule-majority-line",
                &[
                    ("share", option_key(&share.to_string()).into()),
                    ("base", base.into()),
                    ("places", decision.places.into()),
                ],
            ),
            Majority::None => {
                locale.text_with("rule-plurality-line", &[("places", decision.places.into())])
            }
        });
        if let (Majority::Share(share), Base::Deputies) = (decision.majority, decision.base) {
            let items = u64::try_from(rule.items().len()).unwrap_or(u64::MAX);
            let surplus = items.saturating_sub(decision.places).saturating_mul(100);
            let values = [
                ("items", items.into()),
                (
                    "surplus",
                    surplus.checked_div(decision.places).unwrap_or(0).into(),
                ),
                ("places", decision.places.into()),
                ("needed", share.least(rule.deputies()).into()),
            ];
            lines.push(locale.text_with("rule-figures-line", &values));
        }
        lines.push(locale.text(match decision.tie {
            TieBreak::RunOff => "rule-tie-run-off",
            TieBreak::Lot => "rule-tie-lot",
        }));
        lines.push(locale.text(match decision.too_few {
            TooFew::LeaveEmpty => "rule-too-few-leave-empty",
            TooFew::Fill => "rule-too-few-fill",
        }));
    }
    if let Some(evaluation) = rule.evaluation() {
        lines.extend(levels_in_words(locale, evaluation));
    }
    lines
}

/// Where a rule departs from the cycle's places or the law, a sentence each, with both numbers.
pub(super) fn departures_in_words(locale: &Locale, rule: &Rule, cycle: &Cycle) -> Vec<String> {
    let said = |departure: &Departure| {
        let (key, rule, other) = match *departure {
            Departure::Places { rule, cycle } => ("departure-places", rule, cycle),
            Departure::Quorum { rule, law } => ("departure-quorum", rule, law),
            Departure::Majority { rule: 0, law } => ("departure-no-majority", 0, law),
            Departure::Majority { rule, law } => ("departure-majority", rule, law),
        };
        locale.text_with(key, &[("rule", rule.into()), ("other", other.into())])
    };
    session::departures(rule, cycle).iter().map(said).collect()
}

/// The same in a notice; nothing where it does not depart.
pub(super) fn departures(locale: &Locale, rule: &Rule, cycle: &Cycle) -> Markup {
    let all = departures_in_words(locale, rule, cycle);
    html! {
        @if !all.is_empty() {
            div.notice.bad { ul { @for one in &all { li { (one) } } } }
        }
    }
}

/// What each level of an evaluation needs, the best first.
fn levels_in_words(locale: &Locale, rule: &EvaluationRule) -> Vec<String> {
    let base = locale.text(match rule.base {
        EvaluationBase::Entitled => "rule-base-deputies",
        EvaluationBase::Present => "rule-base-present",
        EvaluationBase::Valid => "rule-base-valid",
    });
    let line = |level: &Level| {
        let name = level_name(locale, &level.id, &level.label);
        let is_best = Rank::of(rule, &level.id) == Some(Rank::Best);
        let (key, share) = match level.role {
            LevelRole::From(share) if is_best => ("rule-level-best", Some(share)),
            LevelRole::From(share) => ("rule-level-together", Some(share)),
            LevelRole::Otherwise => ("rule-level-otherwise", None),
            LevelRole::Apart(Apart::InBaseOnly) => ("rule-level-in-base-only", None),
            LevelRole::Apart(Apart::Nowhere) => ("rule-level-nowhere", None),
        };
        let share = share.map(|share| share_in_words(locale, &share.to_string()));
        locale.text_with(
            key,
            &[
                ("level", name.into()),
                ("share", share.unwrap_or_default().into()),
                ("base", base.clone().into()),
            ],
        )
    };
    rule.levels.iter().map(line).collect()
}

/// A customary share in words; another as the rule writes it.
fn share_in_words(locale: &Locale, share: &str) -> String {
    let key = format!("option-{}", option_key(share));
    if Locale::is_known(&key) {
        locale.text(&key)
    } else {
        share.to_owned()
    }
}

/// The kind's name.
pub(super) fn kind(locale: &Locale, kind: PollKind) -> String {
    locale.text(&format!("poll-kind-{}", kind.name()))
}

/// A share or another value of the rule as part of a translation key: `>= 2/3` is `at-least-2-3`, `run_off` is
/// `run-off`.
pub(super) fn option_key(value: &str) -> String {
    value
        .replace(">= ", "at-least-")
        .replace("> ", "more-than-")
        .replace(['/', '_'], "-")
}
