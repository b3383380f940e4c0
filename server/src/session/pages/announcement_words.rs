//! The words of the announcement (公告), which follow from the decision: the same on the page and on paper.

use super::paper::Announcement;
use super::result_view::{is_adoption, sentence, title_of};
use super::status;
use crate::web::components::day_text;
use crate::web::locale::Locale;
use crate::web::shared::levels::verdict_name;
use crate::web::visit::Visit;
use domain::session::PollOutcome;
use paper::Announced;
use tally::decision::{Decision, Outcome as Decided, Sheet};
use tally::evaluation::{Evaluation, EvaluationOutcome};

/// What was decided: by whom, of how many, and which.
pub(super) fn announcement_words(of: &Announcement, visit: &Visit) -> paper::Announcement {
    let locale = visit.locale;
    let number = of.numbered.map(|numbered| {
        let number = [("number", numbered.number.into())];
        locale.text_with("announcement-number", &number)
    });
    let (opening, list, closing) = text(of, visit);
    paper::Announcement {
        meeting: of.meeting(locale),
        heading: locale.text("announcement-title"),
        number,
        opening,
        list,
        closing,
        advisory: status::advisory_words(locale, &of.found),
        signed: signed(of, locale),
        day: of.numbered.map(|numbered| day_text(locale, numbered.day)),
    }
}

/// Before the list, the list, and after it.
type Text = (Vec<String>, Vec<Announced>, Vec<String>);

fn text(of: &Announcement, visit: &Visit) -> Text {
    let locale = visit.locale;
    let decided = || sentence(locale, &of.rule, &of.outcome);
    match &of.outcome {
        PollOutcome::Choice {
            decision: Decided::Decided(decision),
        } if is_adoption(&of.rule) => {
            let items = of.list.len();
            let opening = opening(of, visit, "announcement-adoption", &decision.sheet, items);
            let adopted = |item: &domain::session::PollItem| Announced {
                title: item.title.clone(),
                code: item.code.clone(),
                said: None,
            };
            let list = of.list.iter().map(adopted).collect();
            (vec![opening, decided()], list, Vec::new())
        }
        PollOutcome::Choice {
            decision: Decided::Decided(decision),
        } => {
            let items = decision.items.len();
            let opening = opening(of, visit, "announcement-voted", &decision.sheet, items);
            let (announced, list) = chosen(of, locale, decision);
            (vec![opening, announced], list, vec![decided()])
        }
        PollOutcome::Evaluation {
            verdicts: EvaluationOutcome::Judged(judged),
        } => {
            let items = judged.items.len();
            let opening = opening(of, visit, "announcement-judged", &judged.sheet, items);
            (vec![opening], verdicts(of, locale, judged), Vec::new())
        }
        PollOutcome::Choice {
            decision: Decided::NoQuorum { .. } | Decided::Void { .. },
        }
        | PollOutcome::Evaluation {
            verdicts: EvaluationOutcome::NoQuorum { .. } | EvaluationOutcome::Void { .. },
        } => (vec![decided()], Vec::new(), Vec::new()),
    }
}

fn opening(of: &Announcement, visit: &Visit, key: &str, sheet: &Sheet, items: usize) -> String {
    let locale = visit.locale;
    let body = &of.found.jurisdiction().settings.body;
    locale.text_with(
        key,
        &[
            ("meeting", of.meeting(locale).into()),
            ("members", locale.of(&body.members).into()),
            ("day", of.day(visit).into()),
            ("advises", of.advises().into()),
            ("items", items.into()),
            ("deputies", sheet.deputies.into()),
            ("present", sheet.present.into()),
            ("issued", sheet.issued.into()),
            ("returned", sheet.returned.into()),
            ("valid", sheet.valid.into()),
            ("invalid", sheet.invalid.into()),
        ],
    )
}

/// The chosen in the order of their ranks, and what is said above them.
fn chosen(of: &Announcement, locale: &Locale, decision: &Decision) -> (String, Vec<Announced>) {
    let chosen = decision.items.iter();
    let mut ranked: Vec<_> = chosen.filter(|item| item.standing.is_chosen()).collect();
    ranked.sort_by_key(|item| item.rank);
    let said = [
        ("chosen", ranked.len().into()),
        ("advises", of.advises().into()),
    ];
    let key = if ranked.is_empty() {
        "announcement-none"
    } else {
        "announcement-chosen"
    };
    let line = |item: &&tally::decision::ItemDecision| {
        let votes = [("votes", item.votes.in_favour.into())];
        let votes = locale.text_with("announcement-votes", &votes);
        announced(of, item.id.as_str(), Some(votes))
    };
    (
        locale.text_with(key, &said),
        ranked.iter().map(line).collect(),
    )
}

fn verdicts(of: &Announcement, locale: &Locale, judged: &Evaluation) -> Vec<Announced> {
    let rule = of.rule.evaluation();
    let line = |item: &tally::evaluation::ItemVerdict| {
        let verdict = rule.map(|rule| verdict_name(locale, rule, item.verdict.as_ref()));
        announced(of, item.id.as_str(), verdict)
    };
    judged.items.iter().map(line).collect()
}

fn announced(of: &Announcement, code: &str, said: Option<String>) -> Announced {
    Announced {
        title: title_of(&of.items, code).to_owned(),
        code: code.to_owned(),
        said,
    }
}

/// Who announces: the presidium; where a council advises, the council.
fn signed(of: &Announcement, locale: &Locale) -> String {
    let here = of.found.jurisdiction();
    locale.text_with(
        "announcement-signed",
        &[
            ("advises", of.advises().into()),
            ("meeting", of.meeting(locale).into()),
            ("place", here.name.clone().into()),
            ("body", locale.of(&here.settings.body.title).into()),
        ],
    )
}
