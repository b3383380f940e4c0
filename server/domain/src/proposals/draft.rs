//! The proposal form: what was typed, kept as it was, and what it becomes when it is in order.

use super::proposal::{Channel, Content, PictureId};
use crate::cycles::settings::{CategoryCode, Settings};
use crate::infra::field_errors::FieldErrors;
use std::collections::HashMap;

/// The longest title, in characters.
pub const TITLE_CHARACTERS: usize = 40;
/// The longest text, in characters.
pub const BODY_CHARACTERS: usize = 2000;
const PLACE_CHARACTERS: usize = 60;
const NAME_CHARACTERS: usize = 20;

/// The form's fields as they were typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Draft {
    /// `proposal-title`
    pub title: String,
    /// `proposal-body`
    pub body: String,
    /// `proposal-category`
    pub category: String,
    /// `proposal-district`
    pub district: String,
    /// `proposal-place`
    pub place: String,
    /// `proposal-budget`, in 万元
    pub budget: String,
    /// `proposal-channel`, only from staff who enter it for somebody
    pub channel: String,
    /// `proposal-name`, only from staff who enter it for somebody
    pub name: String,
    /// A picture that an earlier sending of the same form left with us.
    pub picture: String,
    /// Made with the form; the same form makes one proposal however often it is sent.
    pub token: String,
    /// Whether the similar proposals were shown and the person goes on.
    pub seen: bool,
}

/// A form in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValidDraft {
    /// What it says.
    pub content: Content,
    /// By which way it comes.
    pub channel: Channel,
    /// Under which name it stands on its page.
    pub display_name: String,
    /// The picture that is with us already.
    pub picture: Option<PictureId>,
    /// The form's token.
    pub token: String,
}

impl Draft {
    /// Takes the fields out of what was sent; what was not sent is empty.
    pub fn read(mut sent: HashMap<String, String>) -> Self {
        let mut take = |name: &str| sent.remove(name).unwrap_or_default().replace("\r\n", "\n");
        Self {
            title: take("proposal-title"),
            body: take("proposal-body"),
            category: take("proposal-category"),
            district: take("proposal-district"),
            place: take("proposal-place"),
            budget: take("proposal-budget"),
            channel: take("proposal-channel"),
            name: take("proposal-name"),
            picture: take("picture"),
            token: take("token"),
            seen: take("seen") == "yes",
        }
    }

    /// The form in order, or what is wrong with it. `districts` and `settings` are the jurisdiction's; `own_name` is
    /// the sender's display name, or `None` where staff enter it for somebody.
    pub fn check(
        &self,
        districts: &[String],
        settings: &Settings,
        own_name: Option<&str>,
    ) -> Result<ValidDraft, FieldErrors> {
        let mut errors = FieldErrors::none();
        let title = errors.text("proposal-title", &self.title, 1, TITLE_CHARACTERS);
        let body = errors.text("proposal-body", &self.body, 1, BODY_CHARACTERS);
        let place = errors.text("proposal-place", &self.place, 0, PLACE_CHARACTERS);
        let category = self.category(settings, &mut errors);
        if !self.district.is_empty() && !districts.contains(&self.district) {
            errors.add("proposal-district", "unknown-district");
        }
        let budget = errors.optional_wan("proposal-budget", &self.budget);
        let channel = self.channel(own_name.is_some(), &mut errors);
        let name = match own_name {
            Some(name) => name.to_owned(),
            None => errors.text("proposal-name", &self.name, 1, NAME_CHARACTERS),
        };
        let picture = self.picture_kept(&mut errors);
        if self.token.is_empty() || self.token.chars().count() > 64 {
            errors.add("token", "unreadable");
        }
        match (category, channel) {
            (Some(category), Some(channel)) if errors.is_empty() => Ok(ValidDraft {
                content: Content {
                    title,
                    body,
                    category,
                    district: Some(self.district.clone()).filter(|name| !name.is_empty()),
                    place,
                    budget,
                },
                channel,
                display_name: name,
                picture,
                token: self.token.clone(),
            }),
            _ => Err(errors),
        }
    }
}

impl Draft {
    /// By which way it comes. Who makes it for themselves sends it here, perhaps led by a station's poster.
    fn channel(&self, is_own: bool, errors: &mut FieldErrors) -> Option<Channel> {
        let sent = self.channel.as_str();
        let channel = match Channel::find(sent) {
            None if is_own && sent.is_empty() => Some(Channel::Online),
            Some(Channel::Online | Channel::Qr) if is_own => Channel::find(sent),
            found => found.filter(|_| !is_own),
        };
        if channel.is_none() {
            let code = if sent.is_empty() {
                "required"
            } else {
                "not-an-option"
            };
            errors.add("proposal-channel", code);
        }
        channel
    }

    /// The picture that is with us already, if there is one.
    fn picture_kept(&self, errors: &mut FieldErrors) -> Option<PictureId> {
        if self.picture.is_empty() {
            return None;
        }
        let picture = self.picture.parse().ok();
        if picture.is_none() {
            errors.add("proposal-picture", "picture-not-there");
        }
        picture
    }

    /// The category, which the jurisdiction must still offer.
    fn category(&self, settings: &Settings, errors: &mut FieldErrors) -> Option<CategoryCode> {
        let offered = CategoryCode::new(self.category.as_str())
            .and_then(|code| settings.category(&code))
            .filter(|category| !category.retired);
        if offered.is_none() {
            let code = if self.category.is_empty() {
                "required"
            } else {
                "not-an-option"
            };
            errors.add("proposal-category", code);
        }
        offered.map(|category| category.code.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cycles::JurisdictionKind;
    use crate::cycles::settings::usual;
    use crate::infra::money::Money;

    fn checked(draft: &Draft, own_name: Option<&str>) -> Result<ValidDraft, FieldErrors> {
        let settings = usual(JurisdictionKind::County);
        draft.check(&["城关".to_owned()], settings, own_name)
    }

    fn draft() -> Draft {
        Draft {
            title: "社区办个食堂".to_owned(),
            body: "老人吃口热饭。".to_owned(),
            category: "elderly".to_owned(),
            district: "城关".to_owned(),
            budget: "150".to_owned(),
            token: "t1".to_owned(),
            ..Draft::default()
        }
    }

    fn fault(draft: &Draft) -> Vec<(&'static str, &'static str)> {
        let errors = checked(draft, Some("李师傅")).unwrap_err();
        errors
            .iter()
            .map(|(field, error)| (field, error.code))
            .collect()
    }

    #[test]
    fn a_form_in_order_is_taken() {
        let ready = checked(&draft(), Some("李师傅")).unwrap();
        assert_eq!(ready.content.budget, Some(Money::from_wan(150)));
        assert_eq!(ready.channel, Channel::Online);
        assert_eq!(ready.display_name, "李师傅");
    }

    #[test]
    fn a_title_of_forty_characters_is_taken_and_one_more_is_not() {
        let mut long = draft();
        long.title = "路".repeat(40);
        assert!(checked(&long, Some("李")).is_ok());
        long.title.push('灯');
        assert_eq!(fault(&long), [("proposal-title", "too-long")]);
    }

    #[test]
    fn a_category_is_one_that_the_jurisdiction_offers() {
        let mut settings = usual(JurisdictionKind::County).clone();
        let mut draft = draft();
        draft.category = settings.categories[0].code.to_string();
        let check = |settings: &Settings| draft.check(&["城关".to_owned()], settings, Some("李"));
        assert!(check(&settings).is_ok());
        settings.categories[0].retired = true;
        let errors = check(&settings).unwrap_err();
        assert_eq!(
            errors.of("proposal-category").unwrap().code,
            "not-an-option"
        );
    }

    #[test]
    fn whoever_proposes_for_themselves_comes_by_the_page_or_a_poster() {
        let by = |channel: &str| {
            let mut draft = draft();
            draft.channel = channel.to_owned();
            checked(&draft, Some("李")).map(|ready| ready.channel)
        };
        assert_eq!(by("qr"), Ok(Channel::Qr));
        assert_eq!(by("online"), Ok(Channel::Online));
        for other in ["hotline", "pigeon"] {
            let errors = by(other).unwrap_err();
            assert_eq!(errors.of("proposal-channel").unwrap().code, "not-an-option");
        }
    }

    #[test]
    fn each_wrong_field_is_named() {
        let broken = |change: fn(&mut Draft)| {
            let mut draft = draft();
            change(&mut draft);
            fault(&draft)
        };
        assert_eq!(
            broken(|d| d.budget = "-1".to_owned()),
            [("proposal-budget", "too-small")]
        );
        assert_eq!(broken(|d| d.body.clear()), [("proposal-body", "required")]);
        assert_eq!(
            broken(|d| d.category = "war".to_owned()),
            [("proposal-category", "not-an-option")]
        );
        assert_eq!(
            broken(|d| d.district = "邻县".to_owned()),
            [("proposal-district", "unknown-district")]
        );
        assert_eq!(broken(|d| d.token.clear()), [("token", "unreadable")]);
    }

    #[test]
    fn staff_who_enter_for_somebody_say_who_and_by_which_way() {
        let errors = checked(&draft(), None).unwrap_err();
        assert_eq!(errors.of("proposal-name").unwrap().code, "required");
        assert_eq!(errors.of("proposal-channel").unwrap().code, "required");
    }
}
