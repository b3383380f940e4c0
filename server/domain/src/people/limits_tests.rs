//! The numbers that the decision record counts with.

use super::*;

/// How many turns a lane gives in its first day to somebody who takes each as soon as it comes.
fn turns_of_a_day(pace: Pace, mood: Mood) -> i32 {
    let (mut tries, mut at) = (0, 0);
    while at < DAY {
        tries += 1;
        at += pace.pause(tries, mood);
    }
    tries
}

#[test]
fn a_days_guesses_in_one_lane_are_as_many_as_the_decision_record_says() {
    let record = include_str!("../../../../docs/decisions/0025-a-hall-behind-one-address.md");
    for pace in [PASSWORDS, CODES, MESSAGES] {
        let [calm, hasty, alarmed] =
            [Mood::Calm, Mood::Hasty, Mood::Alarmed].map(|mood| turns_of_a_day(pace, mood));
        let line = format!("| `{}` | {calm} | {hasty} | {alarmed} |", pace.name);
        assert!(record.contains(&line), "{line}");
    }
}

#[test]
fn a_turn_is_never_sooner_for_having_failed_more() {
    for pace in [PASSWORDS, CODES, MESSAGES] {
        for mood in [Mood::Calm, Mood::Hasty, Mood::Alarmed] {
            let pauses: Vec<i64> = (1..200).map(|tries| pace.pause(tries, mood)).collect();
            assert!(pauses.is_sorted(), "{}: {pauses:?}", pace.name);
        }
    }
}

#[test]
fn an_ipv6_household_is_one_network_and_a_mapped_address_is_its_ipv4_one() {
    let of = |text: &str| network(text.parse().unwrap());
    assert_eq!(of("2001:db8:1:2:3::4"), of("2001:db8:1:2::9"));
    assert_ne!(of("2001:db8:1:2::9"), of("2001:db8:1:3::9"));
    assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
}
