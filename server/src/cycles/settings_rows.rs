//! The rows of the settings' lists as a form sends them, and what each makes or what is wrong with it: a code whose
//! words are `error-<code>`.

use crate::web::choice::Choice;
use domain::cycles::settings::{
    Bilingual, Category, CategoryCode, DeclineReason, DeclineReasonCode,
};
use domain::name_enum;
use tally::record::body::PublicText;

/// The longest name or reason, in characters.
pub(super) const NAME_CHARACTERS: usize = 60;
name_enum! {
    /// Whether a category or a reason is offered, as the form sends it; its words are `use-<name>`.
    pub enum Use {
        /// It can be chosen.
        Offered = "offered",
        /// It only stands where it was chosen before.
        Retired = "retired",
    }
}

/// A row of a list as it was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row<'a> {
    /// The code.
    pub code: &'a str,
    /// The name in Chinese.
    pub zh: &'a str,
    /// The name in English.
    pub en: &'a str,
    /// The rule in Chinese; always empty for a category.
    pub rule_zh: &'a str,
    /// The rule in English; always empty for a category.
    pub rule_en: &'a str,
    /// Whether it is offered.
    pub usage: Choice<Use>,
}

impl Row<'_> {
    /// Whether nothing is typed in it.
    pub(super) fn is_empty(&self) -> bool {
        [self.code, self.zh, self.en, self.rule_zh, self.rule_en]
            .iter()
            .all(|text| text.trim().is_empty())
    }

    fn title(&self) -> Result<Bilingual, &'static str> {
        bilingual(self.zh, self.en)
    }

    fn retired(&self) -> Result<bool, &'static str> {
        match self.usage {
            Choice::One(usage) => Ok(usage == Use::Retired),
            Choice::Other(_) => Err("row-no-use"),
        }
    }
}

fn bilingual(zh: &str, en: &str) -> Result<Bilingual, &'static str> {
    let cleaned = (PublicText::cleaned(zh), PublicText::cleaned(en));
    let (Some(zh), Some(en)) = cleaned else {
        return Err("row-incomplete");
    };
    let is_long = |text: &PublicText| text.as_str().chars().count() > NAME_CHARACTERS;
    if is_long(&zh) || is_long(&en) {
        return Err("row-too-long");
    }
    Ok(Bilingual { zh, en })
}

/// The category that a row makes.
pub(super) fn category(row: &Row<'_>) -> Result<Category, &'static str> {
    Ok(Category {
        code: CategoryCode::new(row.code.trim()).ok_or("row-not-a-code")?,
        title: row.title()?,
        retired: row.retired()?,
    })
}

/// The reason that a row makes.
pub(super) fn decline_reason(row: &Row<'_>) -> Result<DeclineReason, &'static str> {
    let has_rule = !(row.rule_zh.trim().is_empty() && row.rule_en.trim().is_empty());
    Ok(DeclineReason {
        code: DeclineReasonCode::new(row.code.trim()).ok_or("row-not-a-code")?,
        title: row.title()?,
        rule: has_rule
            .then(|| bilingual(row.rule_zh, row.rule_en))
            .transpose()?,
        retired: row.retired()?,
    })
}
