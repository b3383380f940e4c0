use super::*;
use domain::cycles::JurisdictionKind;
use domain::cycles::settings::usual;

fn form() -> SettingsForm {
    SettingsForm::of(usual(JurisdictionKind::County), 1)
}

#[test]
fn settings_go_through_the_form_and_come_out_as_they_were() {
    for kind in JurisdictionKind::ALL {
        let settings = usual(kind);
        let form = SettingsForm::of(settings, 1);
        assert_eq!(form.check().as_ref(), Ok(settings), "{kind:?}");
    }
}

#[test]
fn a_new_row_becomes_a_category_and_a_reason_with_its_rule() {
    let mut form = form();
    form.category_code.push("old_town".to_owned());
    form.category_zh.push("老城更新".to_owned());
    form.category_en.push("Old town renewal".to_owned());
    form.category_use.push(Choice::One(Use::Offered));
    form.reason_rule_zh[0] = "《办法》第六条".to_owned();
    form.reason_rule_en[0] = "Rules, article 6".to_owned();
    let settings = form.check().unwrap();
    let added = settings.categories.last().unwrap();
    assert_eq!((added.code.as_str(), added.retired), ("old_town", false));
    let rule = settings.decline_reasons[0].rule.as_ref().unwrap();
    assert_eq!(rule.zh.as_str(), "《办法》第六条");
}

#[test]
fn a_wrong_field_is_named_and_a_wrong_row_by_its_number() {
    type Break = fn(&mut SettingsForm);
    let cases: [(Break, &str, &str, Option<i64>); 9] = [
        (
            |form| form.settings_yellow_points = "0".to_owned(),
            "settings-yellow-points",
            "too-small",
            Some(1),
        ),
        (
            |form| form.settings_rework_days = "两个月".to_owned(),
            "settings-rework-days",
            "not-a-number",
            None,
        ),
        (
            |form| form.settings_report_due_day = "29".to_owned(),
            "settings-report-due-day",
            "too-large-number",
            Some(28),
        ),
        (
            |form| form.settings_name_en.clear(),
            "settings-name-en",
            "required",
            None,
        ),
        (
            |form| form.category_code[2] = "Old Town".to_owned(),
            "settings-categories",
            "row-not-a-code",
            Some(3),
        ),
        (
            |form| form.category_en[1].clear(),
            "settings-categories",
            "row-incomplete",
            Some(2),
        ),
        (
            |form| form.category_use[0] = Choice::Other("perhaps".to_owned()),
            "settings-categories",
            "row-no-use",
            Some(1),
        ),
        (
            |form| form.reason_rule_zh[3] = "《办法》".to_owned(),
            "settings-decline-reasons",
            "row-incomplete",
            Some(4),
        ),
        (
            |form| form.reason_zh[0] = "字".repeat(61),
            "settings-decline-reasons",
            "row-too-long",
            Some(1),
        ),
    ];
    for (break_it, field, code, limit) in cases {
        let mut form = form();
        break_it(&mut form);
        let errors = form.check().unwrap_err();
        let found: Vec<_> = errors
            .iter()
            .map(|(field, error)| (field, error.code, error.limit))
            .collect();
        assert_eq!(found, [(field, code, limit)]);
    }
}
