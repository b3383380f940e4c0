use super::*;
use crate::cycles::settings::DeclineReasonCode;
use crate::screening::Outcome;
use proptest::prelude::*;
use uuid::Uuid;

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn unit(number: u128, name: &str) -> Unit {
    Unit {
        id: id(number).into(),
        name: name.to_owned(),
    }
}

fn decision(at: i64) -> Decision {
    Decision {
        outcome: Outcome::Declined {
            reason: DeclineReasonCode::new("insufficient_detail").unwrap(),
        },
        explanation: "地点不明".to_owned(),
        decided_at: Timestamp::from_millis(at),
        published_at: None,
    }
}

/// Elderly, in 城关, with a picture, supported by two, free.
fn case(number: i32) -> Case {
    let own = id(number.unsigned_abs().into());
    let title = format!("建议{number}");
    Case {
        id: own.into(),
        number,
        title: title.clone(),
        district: Some("城关".to_owned()),
        category: CategoryCode::new("elderly").unwrap(),
        made_at: Timestamp::from_millis(0),
        cluster: None,
        members: vec![Member {
            id: own.into(),
            number,
            title,
            district: None,
        }],
        supporters: 2,
        has_picture: true,
        unit: None,
        decision: None,
    }
}

/// A filter that shows [`case`], and how it must not be for it to be hidden.
#[test]
fn each_filter_hides_what_is_otherwise() {
    let whole = QueueFilter {
        district: "城关".to_owned(),
        category: CategoryCode::new("elderly"),
        assigned: Assigned::To(id(9).into()),
        decided: Decided::NotYet,
        with_picture: true,
        found: Some([id(1).into()].into()),
        of_units: Some(vec![id(9).into()]),
    };
    let shown = Case {
        unit: Some(unit(9, "县民政局")),
        ..case(1)
    };
    assert!(whole.shows(&shown));
    let mut others = [const { None }; 6].map(|_: Option<()>| shown.clone());
    others[0].district = None;
    others[1].category = CategoryCode::new("roads").unwrap();
    others[2].unit = Some(unit(8, "县卫生健康局"));
    others[3].decision = Some(decision(7));
    others[4].has_picture = false;
    others[5].members = case(2).members;
    for other in others {
        assert!(!whole.shows(&other), "{other:?}");
    }
}

#[test]
fn a_cluster_is_found_by_any_of_its_proposals() {
    let mut cluster = case(1);
    cluster.members.extend(case(2).members);
    let filter = |number| QueueFilter {
        found: Some([id(number).into()].into()),
        ..QueueFilter::default()
    };
    assert!(filter(2).shows(&cluster));
    assert!(!filter(3).shows(&cluster));
}

#[test]
fn what_is_assigned_and_what_is_decided_is_told_apart() {
    let free = case(1);
    let given = Case {
        unit: Some(unit(9, "县民政局")),
        decision: Some(decision(7)),
        ..case(2)
    };
    for (assigned, shows) in [
        (Assigned::Whatever, [true, true]),
        (Assigned::ToNobody, [true, false]),
        (Assigned::ToSomebody, [false, true]),
        (Assigned::To(id(8).into()), [false, false]),
    ] {
        let filter = QueueFilter {
            assigned,
            decided: Decided::Whether,
            ..QueueFilter::default()
        };
        assert_eq!(
            [&free, &given].map(|one| filter.shows(one)),
            shows,
            "{assigned:?}"
        );
    }
    for (decided, shows) in [
        (Decided::NotYet, [true, false]),
        (Decided::Already, [false, true]),
        (Decided::Whether, [true, true]),
    ] {
        let filter = QueueFilter {
            decided,
            ..QueueFilter::default()
        };
        assert_eq!(
            [&free, &given].map(|one| filter.shows(one)),
            shows,
            "{decided:?}"
        );
    }
}

#[test]
fn a_unit_s_staff_sees_nothing_that_is_not_its_unit_s() {
    let filter = QueueFilter {
        of_units: Some(Vec::new()),
        ..QueueFilter::default()
    };
    assert!(!filter.shows(&case(1)));
}

#[test]
fn each_order_is_its_own() {
    let one = Case {
        supporters: 5,
        district: Some("柳湾".to_owned()),
        unit: Some(unit(9, "县民政局")),
        ..case(1)
    };
    let two = Case {
        category: CategoryCode::new("roads").unwrap(),
        decision: Some(decision(7)),
        ..case(2)
    };
    let three = Case {
        supporters: 9,
        ..case(3)
    };
    for (order, numbers) in [
        (QueueOrder::Supporters, [3, 1, 2]),
        (QueueOrder::Number, [1, 2, 3]),
        (QueueOrder::Newest, [3, 2, 1]),
        (QueueOrder::District, [2, 3, 1]),
        (QueueOrder::Category, [1, 3, 2]),
        (QueueOrder::Unit, [2, 3, 1]),
        (QueueOrder::State, [1, 3, 2]),
    ] {
        let filter = QueueFilter {
            decided: Decided::Whether,
            ..QueueFilter::default()
        };
        let all = vec![two.clone(), one.clone(), three.clone()];
        let shown = filter.of(all, order);
        let shown: Vec<i32> = shown.iter().map(|one| one.number).collect();
        assert_eq!(shown, numbers, "{order:?}");
    }
}

#[test]
fn only_what_stands_alone_and_untouched_is_free() {
    assert!(case(1).is_free());
    let mut together = case(1);
    together.members.extend(case(2).members);
    let given = Case {
        unit: Some(unit(9, "县民政局")),
        ..case(1)
    };
    let decided = Case {
        decision: Some(decision(7)),
        ..case(1)
    };
    for other in [together, given, decided] {
        assert!(!other.is_free(), "{other:?}");
    }
}

proptest! {
    #[test]
    fn what_was_seen_comes_back_as_it_was(
        members in prop::collection::vec(1..i32::MAX, 1..5),
        unit in prop::option::of(any::<u128>()),
        decided_at in prop::option::of(any::<i64>()),
    ) {
        let seen = Seen {
            members,
            unit: unit.map(|unit| id(unit).into()),
            decided_at: decided_at.map(Timestamp::from_millis),
        };
        prop_assert_eq!(Seen::parse(&seen.to_string()), Some(seen));
    }

    #[test]
    fn what_nobody_wrote_was_never_seen(text in "\\PC{0,20}") {
        if let Some(seen) = Seen::parse(&text) {
            prop_assert!(!seen.members.is_empty());
        }
    }
}

#[test]
fn a_form_that_names_nothing_seen_is_none() {
    for text in ["", "1", "1.", "1..x", "a..", "1.9.", "1...", "1+.."] {
        assert_eq!(Seen::parse(text), None, "{text}");
    }
}
