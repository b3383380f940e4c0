//! Devices and paper in one count: every identity of the figures, each broken alone and named.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests fail as tests do"
)]

mod common;

use common::Example;
use common::rules::example;
use tally::decision::{
    Account, AccountError, DecisionError, Devices, Outcome, Paper, Sheet, SheetError,
    decide_account,
};
use tally::rules::Rule;

/// The county's session: 192 on devices, nine on paper, two of these over-ticked; its totals are those of the example.
fn account() -> Account {
    Account {
        present: 201,
        devices: Devices {
            credentials: 193,
            revoked: 1,
            returned: 191,
        },
        paper: Paper {
            reserved: 12,
            issued: 9,
            spoiled: 1,
            unused: 2,
            returned: 9,
            invalid: 2,
            voided: 5,
        },
    }
}

fn rule() -> Rule {
    Rule::parse(&example("county")).unwrap()
}

#[test]
fn paper_and_devices_together_give_the_county_s_sheet() {
    let county = Example::read("qinghe-county");
    assert_eq!(account().returns(&rule()), Ok(county.returns()));
    let outcome = decide_account(&rule(), &account(), &county.counts(), None).unwrap();
    let same = tally::decision::decide(&rule(), county.returns(), &county.counts(), None).unwrap();
    assert_eq!(outcome, same);
    let Outcome::Decided(decision) = outcome else {
        panic!("not decided")
    };
    assert_eq!(decision.sheet.valid, county.valid);
    assert_eq!(decision.chosen().len(), 10);
}

#[test]
fn each_identity_that_does_not_hold_is_named() {
    let broken = |change: fn(&mut Account)| {
        let mut account = account();
        change(&mut account);
        account.returns(&rule()).unwrap_err()
    };
    let found = broken(|account| account.paper.reserved = 11);
    assert_eq!(
        found,
        AccountError::Reserved {
            found: 11,
            rule: 12
        }
    );
    let found = broken(|account| account.present = 192);
    let credentials = AccountError::Credentials {
        credentials: 193,
        present: 192,
    };
    assert_eq!(found, credentials);
    let found = broken(|account| account.devices.revoked = 194);
    let revoked = AccountError::Revoked {
        revoked: 194,
        credentials: 193,
    };
    assert_eq!(found, revoked);
    let found = broken(|account| account.devices.returned = 193);
    let devices = AccountError::Devices {
        returned: 193,
        able: 192,
    };
    assert_eq!(found, devices);
    let found = broken(|account| account.paper.unused = 3);
    let stubs = AccountError::Stubs {
        reserved: 12,
        issued: 9,
        spoiled: 1,
        unused: 3,
    };
    assert_eq!(found, stubs);
    let found = broken(|account| account.paper.invalid = 10);
    let invalid = AccountError::Invalid {
        invalid: 10,
        returned: 9,
    };
    assert_eq!(found, invalid);
    let found = broken(|account| account.paper.voided = 4);
    let voided = AccountError::Voided {
        voided: 4,
        reserved: 12,
        sealed: 7,
    };
    assert_eq!(found, voided);
    let found = broken(|account| account.paper.spoiled = u64::MAX);
    assert_eq!(found, AccountError::Overflow);
}

#[test]
fn one_paper_too_many_in_the_box_is_void_though_the_totals_hide_it() {
    let county = Example::read("qinghe-county");
    let mut account = account();
    account.paper.returned = 10;
    account.devices.returned = 190;
    let outcome = decide_account(&rule(), &account, &county.counts(), None);
    assert_eq!(
        outcome,
        Ok(Outcome::Void {
            issued: 9,
            returned: 10
        })
    );
}

#[test]
fn more_issued_than_present_is_refused() {
    let mut account = account();
    account.paper.issued = 10;
    account.paper.unused = 1;
    let refused = decide_account(&rule(), &account, &[], None);
    let issued = SheetError::Issued {
        issued: 202,
        present: 201,
    };
    assert_eq!(refused, Err(DecisionError::Sheet(issued)));
}

#[test]
fn a_vote_on_paper_alone_is_decided_like_any_other() {
    let town = Example::read("liuwan-town");
    let rule = Rule::parse(&example("paper-only")).unwrap();
    let account = Account {
        present: 55,
        devices: Devices::default(),
        paper: Paper {
            reserved: 58,
            issued: 55,
            unused: 3,
            returned: 55,
            invalid: 1,
            voided: 4,
            ..Paper::default()
        },
    };
    let outcome = decide_account(&rule, &account, &town.counts(), None).unwrap();
    let Outcome::Decided(decision) = outcome else {
        panic!("not decided")
    };
    assert_eq!(
        (decision.sheet.valid, decision.votes_needed),
        (town.valid, 30)
    );
    assert_eq!(decision.chosen().len(), 9);
}

const SHEET: &str = r#"{"deputies":213,"present":201,"issued":201,"returned":200,"valid":198,"invalid":2,"not_returned":1,"not_voted":1}"#;

#[test]
fn a_sheet_is_read_where_its_figures_fit() {
    let sheet: Sheet = serde_json::from_str(SHEET).unwrap();
    assert_eq!((sheet.valid, sheet.not_returned), (198, 1));
    assert_eq!(serde_json::to_string(&sheet).unwrap(), SHEET);
}

#[test]
fn a_sheet_whose_figures_do_not_fit_names_the_identity() {
    let refused = |from: &str, to: &str| {
        assert!(SHEET.contains(from), "{from}");
        let error = serde_json::from_str::<Sheet>(&SHEET.replace(from, to)).unwrap_err();
        error.to_string()
    };
    for (from, to, expected) in [
        (
            "\"valid\":198",
            "\"valid\":199",
            SheetError::Returned {
                returned: 200,
                valid: 199,
                invalid: 2,
            },
        ),
        (
            "\"not_returned\":1",
            "\"not_returned\":0",
            SheetError::NotReturned {
                issued: 201,
                returned: 200,
                not_returned: 0,
            },
        ),
        (
            "\"not_voted\":1",
            "\"not_voted\":2",
            SheetError::NotVoted {
                present: 201,
                returned: 200,
                not_voted: 2,
            },
        ),
        (
            "\"deputies\":213",
            "\"deputies\":200",
            SheetError::Present {
                present: 201,
                deputies: 200,
            },
        ),
    ] {
        assert_eq!(refused(from, to), expected.to_string());
    }
    assert!(refused("\"issued\"", "\"issues\"").starts_with("unknown field `issues`"));
}
