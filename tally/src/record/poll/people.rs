//! Who is who in a poll: roster, those who lead the count, and those present fit together. So no deputies can be invented
//! between the calling of the poll and its count without standing in the record by name.

use std::collections::BTreeMap;

use crate::record::body::{
    Officer, OfficerRole, PollAnnounced, PollFrozen, PollRulesAdopted, PublicText, RosterDeputy,
    RosterFault, find, is_in_order, roster_sha256, seated,
};
use crate::record::transcript::may_open;
use crate::rules::Rule;

/// Those who lead the count are on the adopted roster, and the rule counts as many deputies as it has.
pub(super) fn check_adopted(
    roster: &[RosterDeputy],
    rules: &PollRulesAdopted,
) -> Result<(), RosterFault> {
    if !is_in_order(roster) {
        return Err(RosterFault::Order);
    }
    if roster_sha256(roster) != rules.roster_sha256 {
        return Err(RosterFault::Hash);
    }
    // A rule that cannot be read is refused where it is read for the count.
    if let Ok(rule) = Rule::parse(&rules.rule) {
        let seats = u64::try_from(roster.len()).unwrap_or(u64::MAX);
        if rule.deputies() != seats {
            return Err(RosterFault::Deputies {
                rule: rule.deputies(),
                roster: seats,
            });
        }
    }
    check_officers(roster, &rules.officers)?;
    let scrutineers = rules.officers.iter().filter(|one| one.holds_key()).count();
    let threshold = rules.threshold.get();
    if u32::try_from(scrutineers).is_ok_and(|all| may_open(threshold, all)) {
        Ok(())
    } else {
        Err(RosterFault::Threshold {
            threshold,
            scrutineers,
        })
    }
}

fn check_officers(roster: &[RosterDeputy], officers: &[Officer]) -> Result<(), RosterFault> {
    let chiefs = officers
        .iter()
        .filter(|one| one.role == OfficerRole::ChiefScrutineer);
    match chiefs.count() {
        1 => {}
        other => return Err(RosterFault::Chief(other)),
    }
    let refused = |one: &Officer| RosterFault::Officer(one.name.to_string());
    let mut key_holders = Vec::new();
    for one in officers {
        let seat = one.number.map(|number| (number, &one.name));
        match seat {
            Some(seat) => {
                seated(roster, [seat]).map_err(|_| refused(one))?;
            }
            None if one.role == OfficerRole::Teller => {}
            None => return Err(refused(one)),
        }
        if one.holds_key() {
            if key_holders.contains(&one.number) {
                return Err(refused(one));
            }
            key_holders.push(one.number);
        }
    }
    Ok(())
}

/// Everybody present is on the roster, once, and each delegation's head has confirmed its names; nobody who has leave is among them.
pub(super) fn check_present(
    roster: &[RosterDeputy],
    frozen: &PollFrozen,
) -> Result<(), RosterFault> {
    let named = frozen.attendance.iter().map(|one| (one.number, &one.name));
    let present = seated(roster, named).map_err(RosterFault::Attendance)?;
    if usize::try_from(frozen.present) != Ok(present.len()) {
        return Err(RosterFault::Present {
            present: frozen.present,
            named: present.len(),
        });
    }
    let named = frozen.on_leave.iter().map(|one| (one.number, &one.name));
    let on_leave = seated(roster, named).map_err(RosterFault::Leave)?;
    if let Some(both) = on_leave.intersection(&present).next() {
        return Err(RosterFault::Leave(*both));
    }
    let mut counts: BTreeMap<&PublicText, u32> = BTreeMap::new();
    for deputy in roster.iter().filter(|one| present.contains(&one.number)) {
        *counts.entry(&deputy.delegation).or_default() += 1;
    }
    for count in &frozen.headcount {
        let head = find(roster, count.head);
        let by_one_of_them = head.is_some_and(|head| head.delegation == count.delegation);
        if counts.remove(&count.delegation) != Some(count.present) || !by_one_of_them {
            return Err(RosterFault::Headcount(count.delegation.clone()));
        }
    }
    match counts.into_keys().next() {
        Some(left) => Err(RosterFault::Headcount(left.clone())),
        None => Ok(()),
    }
}

/// A chair of the adopted list has announced.
pub(super) fn check_announcer(
    rules: &PollRulesAdopted,
    announced: &PollAnnounced,
) -> Result<(), RosterFault> {
    let by = &announced.announced_by;
    let is_chair = |one: &Officer| {
        one.role == OfficerRole::Chair && one.number == Some(by.number) && one.name == by.name
    };
    if rules.officers.iter().any(is_chair) {
        Ok(())
    } else {
        Err(RosterFault::Announcer(by.number))
    }
}
