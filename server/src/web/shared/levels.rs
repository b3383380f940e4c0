//! The levels of an evaluation in words and colours, whatever levels its rule has.

use crate::web::components::Tone;
use crate::web::locale::Locale;
use domain::evaluation::Rank;
use tally::rules::{EvaluationRule, LevelId};

/// A level in the reader's language where it is a customary one; else as the ballot said it. It is translated only
/// where the ballot said just what our Chinese has under this id, so that nobody reads another answer.
pub fn level_name(locale: &Locale, id: &LevelId, label: &str) -> String {
    let key = format!("level-{}", id.as_str().replace('_', "-"));
    if Locale::is_known(&key) && Locale::default_locale().text(&key) == label {
        locale.text(&key)
    } else {
        label.to_owned()
    }
}

/// The verdict in words under its rule; `None` where nobody was left in the base.
pub fn verdict_name(locale: &Locale, rule: &EvaluationRule, verdict: Option<&LevelId>) -> String {
    verdict.map_or_else(
        || locale.text("verdict-no-base"),
        |id| {
            let label = rule.level(id).map_or(id.as_str(), |level| &level.label);
            level_name(locale, id, label)
        },
    )
}

/// The colour of a level by where it stands.
pub fn tone(rank: Option<Rank>) -> Tone {
    match rank {
        Some(Rank::Best) => Tone::Good,
        Some(Rank::Between) => Tone::Warn,
        Some(Rank::Lowest) => Tone::Bad,
        None => Tone::Neutral,
    }
}

/// The one value of all, if there is one: a line that is drawn across several bars must hold for each of them.
pub fn common<T: PartialEq>(mut values: impl Iterator<Item = T>) -> Option<T> {
    let first = values.next()?;
    values.all(|value| value == first).then_some(first)
}
