//! Promise 3: until the announcement no door shows a count, a partial count or an order that reveals a choice: pages,
//! API, exports, feeds, the whole record, metrics, logs, and every column of the database. The same search finds the
//! counts once they are announced, so it can find them.

use super::world::rows;
use crate::session::testkit::{TestSession, ticks};
use crate::testing::Browser;
use crate::traces::Logs;
use axum::body::Body;
use axum::http::{Method, Request};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use domain::people::Role;
use domain::session::{DualControlStep, PollKind};
use std::collections::{BTreeMap, BTreeSet};
use tally::record::tile::{bundles, tiles};

/// How many deputies vote.
const DEPUTIES: i32 = 31;
/// What each candidate gets in all: unlike each other, in no order, and like nothing else that is counted.
const COUNTS: [usize; 4] = [19, 23, 11, 17];
/// What each has when half of the deputies have cast.
const HALF: usize = 14;

/// Deputy `index`'s ticks: at most three of the four.
fn choice(index: usize) -> [u8; 4] {
    let ticked = |one: bool| u8::from(one);
    [
        ticked(index < 19),
        ticked(index >= 8),
        ticked(index >= 20),
        ticked(index < 17),
    ]
}

fn counts(cast: usize) -> [usize; 4] {
    let mut counts = [0; 4];
    for index in 0..cast {
        for (count, tick) in counts.iter_mut().zip(choice(index)) {
            *count += usize::from(tick);
        }
    }
    counts
}

/// The whole numbers of a text in their order, each with where it stands.
fn numbers(text: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut at = 0;
    for word in text.split(|c: char| !c.is_alphanumeric()) {
        // A word's address in the text: everything before it was split off by single characters.
        let start = word.as_ptr() as usize - text.as_ptr() as usize;
        at = at.max(start);
        if word.len() <= 3
            && let Ok(number) = word.parse::<usize>()
        {
            found.push((start, number));
        }
    }
    found
}

/// Whether a text tells these counts: all in a row, in the official order or sorted either way, or most of them each near
/// its candidate's code.
fn tells(text: &str, counts: [usize; 4]) -> bool {
    const NEAR: usize = 400;
    let numbers = numbers(text);
    let mut up = counts;
    up.sort_unstable();
    let mut down = up;
    down.reverse();
    let in_a_row = numbers.windows(4).any(|window| {
        let window: Vec<usize> = window.iter().map(|(_, number)| *number).collect();
        [counts, up, down].iter().any(|order| window == order)
    });
    let near = (1..).zip(counts).filter(|(index, count)| {
        let code = format!("QH26-{index:02}");
        text.match_indices(&code).any(|(at, _)| {
            let (from, to) = (at + code.len(), at + code.len() + NEAR);
            // Up to the next candidate's code.
            let end = text[from..]
                .find("QH26-")
                .map_or(to, |next| to.min(from + next));
            numbers
                .iter()
                .any(|(start, number)| (from..end).contains(start) && number == count)
        })
    });
    in_a_row || near.count() >= 3
}

/// Whether a text holds a deputy's choice in the clear.
fn tells_a_choice(text: &str) -> bool {
    let plain: BTreeSet<String> = (0..31)
        .flat_map(|index| {
            let ticks = choice(index);
            let numbers = ticks.map(|tick| tick.to_string()).join(",");
            let truths = ticks.map(|tick| (tick == 1).to_string()).join(",");
            [format!("[{numbers}]"), format!("[{truths}]")]
        })
        .collect();
    let close: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    plain.iter().any(|choice| close.contains(choice))
}

/// Everything that anybody can see, by where it was seen.
struct Seen(Vec<(String, String)>);

impl Seen {
    async fn everything(
        session: &TestSession,
        viewers: &[(&'static str, Option<&Browser>)],
        tracker: &str,
        logs: &Logs,
    ) -> Self {
        let mut seen = Self(Vec::new());
        let mut paths = pages(session, tracker);
        paths.extend(record(session).await);
        for path in paths {
            for (name, viewer) in viewers {
                let reply = session
                    .service
                    .send(Request::get(&path), *viewer, Body::empty())
                    .await;
                assert!(!reply.status.is_server_error(), "{path}: {}", reply.body);
                seen.0.push((format!("{path} as {name}"), reply.body));
            }
        }
        for (table, lines) in rows(session.app(), |_| true).await {
            for line in lines {
                seen.0
                    .push((format!("table {table}, its bytes"), in_the_clear(&line)));
                seen.0.push((format!("table {table}"), line));
            }
        }
        seen.0
            .push(("metrics".to_owned(), session.app().metrics.render()));
        seen.0.push(("logs".to_owned(), logs.text()));
        seen
    }

    fn that_tell(&self, counts: [usize; 4]) -> BTreeSet<&str> {
        let told = self.0.iter().filter(|(_, text)| tells(text, counts));
        told.map(|(place, _)| place.as_str()).collect()
    }

    fn that_tell_a_choice(&self) -> BTreeSet<&str> {
        let told = self.0.iter().filter(|(_, text)| tells_a_choice(text));
        told.map(|(place, _)| place.as_str()).collect()
    }

    /// Where the candidates stand in another order than the official one, by their first mention.
    fn out_of_order(&self, anywhere: &str) -> BTreeSet<&str> {
        let sorted = |text: &str| {
            let places: Vec<usize> = (1..=4)
                .filter_map(|index| text.find(&format!("QH26-{index:02}")))
                .collect();
            places.is_sorted()
        };
        let told = self.0.iter().filter(|(place, text)| {
            place.contains(anywhere) && !place.starts_with("table") && !sorted(text)
        });
        told.map(|(place, _)| place.as_str()).collect()
    }
}

/// A row's values that are bytes, as text.
fn in_the_clear(line: &str) -> String {
    let values: Vec<serde_json::Value> = serde_json::from_str(line).unwrap();
    let bytes = values
        .iter()
        .filter_map(|value| BASE64_STANDARD.decode(value.as_str()?).ok());
    bytes
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Every declared address that reads, with this poll and a ballot of it.
fn pages(session: &TestSession, tracker: &str) -> Vec<String> {
    let ids = BTreeMap::from([
        ("jurisdiction", "qinghe".to_owned()),
        ("poll", session.poll.to_string()),
        ("tracker", tracker.replace('+', "-").replace('/', "_")),
        ("code", "QH26-01".to_owned()),
        ("project", "QH26-01".to_owned()),
    ]);
    let nil = uuid::Uuid::nil().to_string();
    let paths: BTreeSet<String> = crate::router::routes(session.app())
        .declared()
        .iter()
        .filter(|route| route.method == Method::GET)
        .map(|route| {
            let mut ids = ids.clone();
            for name in super::world::parameters(route.path) {
                ids.entry(Box::leak(name.to_owned().into_boxed_str()))
                    .or_insert_with(|| nil.clone());
            }
            super::world::filled(route.path, &ids).unwrap()
        })
        .collect();
    assert!(paths.len() > 50, "{paths:?}");
    paths.into_iter().collect()
}

/// The whole record: every entry's page, receipt and body, every tile and bundle of leaves.
async fn record(session: &TestSession) -> Vec<String> {
    let entries = rows(session.app(), |table| {
        ["record_entries", "record_bodies"].contains(&table)
    })
    .await;
    let size = entries["record_entries"].len() as u64;
    assert!(size > 5);
    let mut paths: Vec<String> = (0..size)
        .flat_map(|at| {
            [
                format!("/record/entry/{at}"),
                format!("/record/entry/{at}/receipt"),
            ]
        })
        .collect();
    for line in &entries["record_bodies"] {
        let values: Vec<serde_json::Value> = serde_json::from_str(line).unwrap();
        let hash = BASE64_STANDARD.decode(values[0].as_str().unwrap()).unwrap();
        paths.push(format!("/record/body/{}", hex::encode(hash)));
    }
    paths.extend(
        tiles(size)
            .iter()
            .map(|tile| format!("/record/{}", tile.path())),
    );
    paths.extend(
        bundles(size)
            .iter()
            .map(|bundle| format!("/record/{}", bundle.path())),
    );
    paths
}

#[tokio::test]
async fn until_the_announcement_no_door_shows_a_count_or_a_choice_and_then_the_same_search_finds_them()
 {
    assert_eq!(counts(31), COUNTS);
    let logs = Logs::keep();

    let mut session = TestSession::drafted(PollKind::Main, DEPUTIES, 4).await;
    session.adopt(3).await;
    session.check_in(31).await;
    session.both(DualControlStep::Freeze).await;
    session.both(DualControlStep::Open).await;
    let deputy = session.service.sign_in(&[Role::Deputy]).await;
    let admin = session.service.sign_in(&[Role::Admin]).await;
    let everything = session.service.sign_in(&Role::ALL).await;
    let (office, chief, chair) = (
        session.office.clone(),
        session.chief.clone(),
        session.chair.clone(),
    );
    let viewers = [
        ("public", None),
        ("deputy", Some(&deputy)),
        ("office", Some(&office)),
        ("chief scrutineer", Some(&chief)),
        ("chair", Some(&chair)),
        ("admin", Some(&admin)),
        ("everything", Some(&everything)),
    ];
    let mut tracker = String::new();
    for index in 0..HALF {
        tracker = session.cast(index, &ticks(&choice(index))).await.tracker;
    }
    let half = counts(HALF);
    let seen = Seen::everything(&session, &viewers, &tracker, &logs).await;
    nothing_told(&seen, &[half]);
    for index in HALF..31 {
        session.cast(index, &ticks(&choice(index))).await;
    }
    session.both(DualControlStep::Close).await;
    let seen = Seen::everything(&session, &viewers, &tracker, &logs).await;
    nothing_told(&seen, &[half, COUNTS]);
    session.decrypt_all().await;
    let seen = Seen::everything(&session, &viewers, &tracker, &logs).await;
    nothing_told(&seen, &[half, COUNTS]);

    session.announce().await;
    let seen = Seen::everything(&session, &viewers, &tracker, &logs).await;
    let told = seen.that_tell(COUNTS);
    let result = format!("/j/qinghe/2026/results/{} as public", session.poll);
    for place in [
        result.as_str(),
        &format!("{}/result as public", session.api()),
        &format!("{}/archive as public", session.api()),
        &format!("{}/bundle as public", session.api()),
        "table poll_objects",
        "table record_bodies",
    ] {
        assert!(
            told.contains(place),
            "the search does not find the counts at {place}: {told:#?}"
        );
    }
    assert!(
        told.iter().any(|place| place.starts_with("/record/body/")),
        "{told:#?}"
    );
    assert!(
        seen.out_of_order("/results/").contains(result.as_str()),
        "the result stands by rank"
    );
    // Nobody's choice is told, even then.
    assert_eq!(seen.that_tell_a_choice(), BTreeSet::new());
}

fn nothing_told(seen: &Seen, counts: &[[usize; 4]]) {
    for counts in counts {
        assert_eq!(seen.that_tell(*counts), BTreeSet::new());
    }
    assert_eq!(seen.that_tell_a_choice(), BTreeSet::new());
    assert_eq!(seen.out_of_order(""), BTreeSet::new());
}

#[test]
fn the_search_finds_counts_and_choices_however_they_are_written() {
    for text in [
        "[[19,23,11,17]]",
        "QH26-01 路灯 <td>19</td> QH26-02 <td>23</td> QH26-03 <td>11</td>",
        "QH26-02: 23\nQH26-01: 19\nQH26-04: 17\n",
        "11 | 17 | 19 | 23",
    ] {
        assert!(tells(text, COUNTS), "{text}");
    }
    for text in [
        "[[19,23,11]]",
        "QH26-01 QH26-02 19 23 11",
        "1923 1117",
        "a19 b23 c11 d17",
    ] {
        assert!(!tells(text, COUNTS), "{text}");
    }
    assert!(tells_a_choice("x [[1, 0, 0, 1]] y") && !tells_a_choice("[0,0,0,0]"));
}
