//! Attacks on the chain of events: each archive is put together again behind the one thing that is wrong.

use tally::verify::{Options, Verdict};

use super::world::{Entry, World, event, hash, write};
use super::{expect, opinion, refused_bytes};

/// Names and parents of all events made right again, but for the parents of those whose height is in `alone`.
fn linked(mut entries: Vec<Entry>, alone: &[usize]) -> Vec<Entry> {
    // The event before, as it was named and as its hash is now.
    let mut before: Option<(String, String)> = None;
    let events = entries.iter_mut().filter(|entry| entry.is_event());
    for (height, entry) in events.enumerate() {
        if let Some((from, to)) = &before
            && !alone.contains(&height)
        {
            entry.body = entry.body.replace(from, to);
        }
        let named = entry.name[..64].to_owned();
        *entry = Entry::event(&entry.body);
        before = Some((named, hash(&entry.body)));
    }
    entries
}

fn place_of_event(entries: &[Entry], height: usize) -> usize {
    let events = entries.iter().enumerate();
    let mut events = events.filter(|(_, entry)| entry.is_event());
    events.nth(height).unwrap().0
}

/// Verdict on an archive of which the event at `height` has been changed.
fn changed(height: usize, change: impl FnOnce(&str) -> String) -> (String, String, String) {
    let mut entries = World::honest().entries();
    let place = place_of_event(&entries, height);
    entries[place].body = change(&entries[place].body);
    refused_bytes(&write(&linked(entries, &[height])), Options::default())
}

fn without_parent(event: &str) -> String {
    let at = event.find("\"height\"").unwrap();
    format!("{{{}", &event[at..])
}

fn without_payload(event: &str) -> String {
    let at = event.find(",\"payload\"").unwrap();
    format!("{}}}", &event[..at])
}

#[test]
fn the_chain_put_together_again_is_verified() {
    let entries = linked(World::honest().entries(), &[]);
    let report = opinion::archive(&write(&entries), Options::default());
    assert_eq!(report.verdict, Verdict::Verified, "{report:?}");
}

#[test]
fn an_event_follows_its_parent_at_its_height() {
    let found = changed(3, |event| {
        let other = hash("another event");
        event.replace(&event[11..75], &other)
    });
    expect(found, "events", "event 3", "parent");
    expect(changed(3, without_parent), "events", "event 3", "parent");
    let found = changed(0, |event| {
        event.replacen('{', &format!("{{\"parent\":\"{}\",", hash("")), 1)
    });
    expect(found, "events", "event 0", "parent");
    for other in ["2", "4", "0", "18446744073709551615"] {
        let found = changed(3, |event| {
            event.replace("\"height\":3", &format!("\"height\":{other}"))
        });
        expect(found, "events", "event 3", "height");
    }
}

#[test]
fn an_event_has_a_payload_exactly_if_its_type_has() {
    for height in [0, 1, 6, 7, 10] {
        let object = format!("event {height}");
        expect(
            changed(height, without_payload),
            "events",
            &object,
            "payload",
        );
    }
    let found = changed(5, |event| {
        event.replace('}', &format!(",\"payload\":\"{}\"}}", hash("")))
    });
    expect(found, "events", "event 5", "payload");
}

#[test]
fn every_kind_of_event_comes_in_its_stage_only() {
    const KINDS: [&str; 6] = [
        "Setup",
        "Ballot",
        "EndBallots",
        "EncryptedTally",
        "PartialDecryption",
        "Result",
    ];
    // What may stand at each height of the honest archive.
    let may_stand = |height: usize| -> &[&str] {
        match height {
            0 => &KINDS[0..1],
            1..=5 => &KINDS[1..3],
            6 => &KINDS[3..4],
            7 => &KINDS[4..5],
            8..=10 => &KINDS[4..6],
            _ => &[],
        }
    };
    let honest = World::honest().entries();
    let mut tried = 0;
    for height in 0..=11_usize {
        for kind in KINDS {
            if may_stand(height).contains(&kind) {
                continue;
            }
            let payload = Entry::data(r#"{"x":1}"#);
            let before = height
                .checked_sub(1)
                .map(|h| &honest[place_of_event(&honest, h)]);
            let place = before.map_or(1, |_| place_of_event(&honest, height - 1) + 1);
            let parent = before.map(|event| hash(&event.body));
            let points = (kind != "EndBallots").then(|| hash(&payload.body));
            let body = event(parent.as_deref(), height as u64, kind, points.as_deref());
            let mut entries = honest[..place].to_vec();
            entries.extend(points.map(|_| payload));
            entries.push(Entry::event(&body));
            let found = refused_bytes(&write(&entries), Options::default());
            expect(found, "events", &format!("event {height}"), "order");
            tried += 1;
        }
    }
    assert_eq!(tried, 12 * 6 - 1 - 5 * 2 - 1 - 1 - 3 * 2);
}

#[test]
fn an_events_objects_stand_before_it_once_and_belong_to_it() {
    let honest = World::honest().entries();
    let ballot = place_of_event(&honest, 3) - 1;
    let object = hash(&honest[ballot].body);

    let mut entries = honest.clone();
    entries.remove(ballot);
    let found = refused_bytes(&write(&entries), Options::default());
    expect(found, "events", "event 3", "missing");

    let mut entries = honest.clone();
    entries.swap(ballot, ballot + 1);
    let found = refused_bytes(&write(&entries), Options::default());
    expect(found, "events", "event 3", "missing");

    for place in [ballot, honest.len()] {
        let mut entries = honest.clone();
        entries.insert(place, Entry::data("{}"));
        let found = refused_bytes(&write(&entries), Options::default());
        expect(found, "events", &hash("{}"), "unreferenced");
    }
    for place in [ballot + 1, honest.len()] {
        let mut entries = honest.clone();
        entries.insert(place, honest[ballot].clone());
        let found = refused_bytes(&write(&entries), Options::default());
        expect(found, "events", &object, "repeated");
    }
    // An event under the name of data.
    let mut entries = honest.clone();
    let body = honest[ballot + 1].body.clone();
    entries.insert(ballot + 1, Entry::data(&body));
    let found = refused_bytes(&write(&entries), Options::default());
    expect(found, "events", &hash(&body), "repeated");
}

#[test]
fn an_exact_replay_of_a_ballot_is_refused_however_it_is_written() {
    // With the object again, and with a second event that points to the one that stands: trackers do not clash.
    let honest = World::honest().entries();
    let (ballot, cast) = {
        let place = place_of_event(&honest, 2);
        (honest[place - 1].clone(), honest[place].clone())
    };
    let end = place_of_event(&honest, 4) + 1;
    let parent = hash(&honest[end - 1].body);
    let again = event(Some(&parent), 5, "Ballot", Some(&hash(&ballot.body)));
    assert_ne!(again, cast.body);
    let mut entries = honest[..end].to_vec();
    entries.push(Entry::event(&again));
    let found = refused_bytes(&write(&entries), Options::default());
    expect(found, "events", "event 5", "missing");
    entries.insert(end, ballot.clone());
    let found = refused_bytes(&write(&entries), Options::default());
    expect(found, "events", &hash(&ballot.body), "repeated");
}

#[test]
fn an_event_has_one_encoding() {
    type Change = fn(&str) -> String;
    let changes: [Change; 12] = [
        |e| e.replace("\"height\":3", "\"height\":03"),
        |e| e.replace("\"height\":3", "\"height\":+3"),
        |e| e.replace("\"height\":3", "\"height\":\"3\""),
        |e| e.replace("\"height\":3", "\"height\": 3"),
        |e| e.replace("\"Ballot\"", "\"ballot\""),
        |e| e.replace("\"Ballot\"", "\"\\u0042allot\""),
        |e| e.replace(&e[11..75], &e[11..75].to_uppercase()),
        |e| e.replacen("\"height\"", "\"parent\":null,\"height\"", 1),
        |e| e.replace('}', ",\"other\":0}"),
        |e| {
            e.replace(",\"height\":3", "")
                .replacen('{', "{\"height\":3,", 1)
        },
        |e| format!("{e}\n"),
        |e| without_payload(e).replace('}', ",\"payload\":null}"),
    ];
    for change in changes {
        let mut body = String::new();
        let found = changed(3, |event| {
            body = change(event);
            assert_ne!(body, event);
            body.clone()
        });
        expect(found, "events", &hash(&body), "encoding");
    }
}

/// The object of an event that binds others by hash, changed; the event points to what it has become.
fn binding(
    height: usize,
    change: impl FnOnce(&str) -> String,
) -> (String, (String, String, String)) {
    let mut entries = World::honest().entries();
    let place = place_of_event(&entries, height);
    let (old, new) = (
        entries[place - 1].body.clone(),
        change(&entries[place - 1].body),
    );
    assert_ne!(old, new);
    entries[place - 1] = Entry::data(&new);
    entries[place].body = entries[place].body.replace(&hash(&old), &hash(&new));
    let archive = write(&linked(entries, &[height]));
    (hash(&new), refused_bytes(&archive, Options::default()))
}

#[test]
fn what_binds_an_events_objects_has_one_encoding() {
    type Change = fn(&str) -> String;
    let changes: [(usize, Change); 12] = [
        (0, |o| o.replace("\"trustees\"", "\"trustee\"")),
        (0, |o| o.replace('}', ",\"other\":0}")),
        (0, |o| format!(" {o}")),
        (6, |o| o.replace("\"num_tallied\":3", "\"num_tallied\":03")),
        (6, |o| o.replace("\"num_tallied\":3", "\"num_tallied\":3.0")),
        (6, |o| o.replace("\"num_tallied\":3,", "")),
        (6, |o| {
            o.replace("\"total_weight\":7", "\"total_weight\":\"7\"")
        }),
        (6, |o| {
            o.replace("\"total_weight\":7", "\"total_weight\":null")
        }),
        (7, |o| o.replace("\"owner\":1", "\"owner\":01")),
        (7, |o| o.replace("\"owner\":1", "\"owner\":-1")),
        (7, |o| o.replace("\"owner\":1", "\"owner\":4294967297")),
        (7, |o| o.replace("\"owner\":1,", "\"owner\":1,\"owner\":1,")),
    ];
    for (height, change) in changes {
        let (object, found) = binding(height, change);
        expect(found, "events", &object, "encoding");
    }
}

#[test]
fn an_election_with_shuffles_is_unsupported_and_never_verified() {
    for kind in ["Shuffle", "EndShuffles"] {
        let mut entries = World::honest().entries();
        let place = place_of_event(&entries, 6);
        entries[place].body = entries[place].body.replace("EncryptedTally", kind);
        let report = opinion::archive(&write(&linked(entries, &[6])), Options::default());
        assert_eq!(report.verdict, Verdict::Unsupported);
        let failure = report.failure.unwrap();
        assert_eq!((failure.check, failure.object), ("supported", None));
        assert_eq!(failure.reason, Some("unsupported"));
    }
}
