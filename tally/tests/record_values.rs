//! The values that the record's bodies are made of: each is one thing in one form, or refused.

use proptest::prelude::{any, proptest};
use tally::record::body::{CycleName, Date, Month, PublicText};

#[test]
fn what_people_typed_becomes_a_public_text_or_nothing() {
    let cleaned = |typed: &str| PublicText::cleaned(typed).map(String::from);
    assert_eq!(cleaned(" 修路\r\n架桥\r "), Some("修路\n架桥".into()));
    assert_eq!(cleaned("a\tb\u{0}\u{202e}c"), Some("a bc".into()));
    assert_eq!(cleaned(" \r\n\u{7} "), None);
    assert_eq!(PublicText::new("a\rb"), None);
    assert_eq!(PublicText::new(""), None);
}

#[test]
fn days_and_months_are_those_of_the_calendar() {
    for good in [
        "2026-02-28",
        "2024-02-29",
        "2000-02-29",
        "2026-12-31",
        "2026-04-30",
    ] {
        assert!(Date::new(good).is_some(), "{good}");
    }
    for bad in [
        "2026-02-29",
        "1900-02-29",
        "2026-04-31",
        "2026-00-01",
        "2026-13-01",
        "2026-01-00",
        "2026-1-01",
        "2026-01-1",
        "2026-01-01-01",
        "+026-01-01",
        "2026/01/01",
        "2026-01",
        "２026-01-01",
        "",
    ] {
        assert_eq!(Date::new(bad), None, "{bad}");
    }
    assert!(Month::new("2026-12").is_some());
    assert_eq!(Month::new("2026-00"), None);
    assert_eq!(Month::new("2026-12-01"), None);
    assert!(CycleName::new("qing-he/2026").is_some());
    for bad in [
        "qinghe",
        "qinghe/26",
        "/2026",
        "a/b/2026",
        "Qinghe/2026",
        "qinghe/2026 ",
    ] {
        assert_eq!(CycleName::new(bad), None, "{bad}");
    }
}

proptest! {
    #[test]
    fn whatever_was_typed_is_cleaned_to_a_text_that_can_be_published(typed in any::<String>()) {
        if let Some(text) = PublicText::cleaned(&typed) {
            assert_eq!(PublicText::new(text.as_str()), Some(text));
        }
    }
}
