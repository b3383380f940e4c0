//! The archive's chain of events against a model that knows only which letter may follow which.
//!
//! Two bytes of the input are one event: its kind, and what is wrong with it. The archive is built with right hashes, so that
//! only the events' order and the one defect can be what it is refused for; reader and writer must agree with the model.

use sha2::{Digest, Sha256};
use tally::archive::{Archive, ArchiveError, ArchiveWriter, Stage};

use crate::Target;
use crate::archives::entry;

pub(crate) const CHAIN: Target = Target {
    name: "chain",
    run: |input| {
        let events: Vec<(u8, Defect)> = input
            .as_chunks::<2>()
            .0
            .iter()
            .take(24)
            .map(|[kind, defect]| (LETTERS[usize::from(*kind) % 6], Defect::of(*defect)))
            .collect();
        reader_agrees(&events);
        writer_agrees(&events);
    },
    seeds: || {
        // Kinds by number: S B E T P R, all without a defect.
        let whole: Vec<u8> = [0, 1, 1, 1, 2, 3, 4, 4, 5]
            .into_iter()
            .flat_map(|kind| [kind, 255])
            .collect();
        let every_defect = (0..=6).map(|defect| {
            vec![
                0, 255, 1, 255, 1, defect, 2, 255, 3, defect, 4, 255, 5, defect,
            ]
        });
        every_defect.chain([whole]).collect()
    },
    tries: 2500,
    // An input of two bytes is an event of two kilobytes.
    memory: 1 << 15,
    floor: crate::MEMORY_FLOOR,
};

/// The kinds of events by their first letters, in the order of a whole election.
const LETTERS: [u8; 6] = *b"SBETPR";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Defect {
    Height,
    Parent,
    Payload,
    MissingData,
    ExtraData,
    RepeatedData,
    None,
}

impl Defect {
    fn of(byte: u8) -> Self {
        match byte {
            0 => Self::Height,
            1 => Self::Parent,
            2 => Self::Payload,
            3 => Self::MissingData,
            4 => Self::ExtraData,
            5 => Self::RepeatedData,
            _ => Self::None,
        }
    }
}

/// What may come before each letter; a blank is the beginning.
fn may_follow(before: u8, letter: u8) -> bool {
    let allowed: &[u8] = match letter {
        b'S' => b" ",
        b'B' | b'E' => b"SB",
        b'T' => b"E",
        b'P' => b"TP",
        _ => b"P",
    };
    allowed.contains(&before)
}

/// The model: how many events are taken, and why the next one is not.
fn model(events: &[(u8, Defect)]) -> (usize, Option<&'static str>) {
    let mut before = b' ';
    for (height, (letter, defect)) in events.iter().enumerate() {
        let refused = match defect {
            Defect::RepeatedData if height > 0 => Some("repeated"),
            Defect::Height => Some("height"),
            Defect::Parent => Some("parent"),
            _ if !may_follow(before, *letter) => Some("order"),
            Defect::Payload => Some("payload"),
            Defect::MissingData if *letter != b'E' => Some("missing"),
            Defect::ExtraData => Some("unreferenced"),
            Defect::RepeatedData | Defect::MissingData | Defect::None => None,
        };
        if refused.is_some() {
            return (height, refused);
        }
        before = *letter;
    }
    (events.len(), None)
}

fn reader_agrees(events: &[(u8, Defect)]) {
    if events.is_empty() {
        return;
    }
    let archive = build(events);
    let (taken, refused) = model(events);
    let read = Archive::read(&archive);
    match (&read, refused) {
        (Ok(archive), None) => {
            let number = |letter| events.iter().filter(|(found, _)| *found == letter).count();
            assert_eq!(archive.ballots.len(), number(b'B'));
            assert_eq!(archive.partials.len(), number(b'P'));
            assert_eq!(archive.tally.is_some(), number(b'T') == 1);
            assert_eq!(archive.result.is_some(), number(b'R') == 1);
            assert_eq!(archive.stage, stage(events[events.len() - 1].0));
        }
        (Err(error), Some(expected)) => {
            let (name, height) = blame(error);
            assert_eq!(name, expected, "{error}: {events:?}");
            assert!(
                height.is_none_or(|height| height == taken as u64),
                "{error}: {events:?}"
            );
        }
        _ => panic!("read {read:?}, the model says {refused:?} of {events:?}"),
    }
}

fn stage(letter: u8) -> Stage {
    match letter {
        b'S' | b'B' => Stage::Voting,
        b'E' => Stage::Ended,
        b'T' => Stage::Tallied,
        b'P' => Stage::Decrypting,
        _ => Stage::Finished,
    }
}

fn blame(error: &ArchiveError) -> (&'static str, Option<u64>) {
    match error {
        ArchiveError::Repeated(_) => ("repeated", None),
        ArchiveError::Height { expected, .. } => ("height", Some(*expected)),
        ArchiveError::Parent { height } => ("parent", Some(*height)),
        ArchiveError::OutOfOrder { height, .. } => ("order", Some(*height)),
        ArchiveError::Payload { height, .. } => ("payload", Some(*height)),
        ArchiveError::Missing { height, .. } => ("missing", Some(*height)),
        ArchiveError::Unreferenced(_) => ("unreferenced", None),
        other => panic!("{other}"),
    }
}

/// The writer takes an event if and only if the model does, and a refused one leaves it as it was.
fn writer_agrees(events: &[(u8, Defect)]) {
    let data = |n: usize, what: &str| format!("{{\"{what}\":{n}}}");
    let parts = ["election", "trustees", "credentials"].map(|what| data(0, what));
    let [election, trustees, roll] = parts.each_ref().map(String::as_bytes);
    let mut writer =
        ArchiveWriter::setup(crate::archives::TIME_OF_ARCHIVES, election, trustees, roll)
            .expect("a setup of small objects");
    let mut taken = vec![(b'S', Defect::None)];
    for (letter, _) in events {
        let n = taken.len();
        let before = writer.bytes().to_vec();
        let object = data(n, "object");
        let outcome = match letter {
            b'S' => continue,
            b'B' => writer.ballot(object.as_bytes()),
            b'E' => writer.end_ballots(),
            b'T' => writer.encrypted_tally(object.as_bytes(), n as u64, n as u64),
            b'P' => writer.partial_decryption(n as u32, object.as_bytes()),
            _ => writer.result(object.as_bytes()),
        };
        let may = may_follow(taken[n - 1].0, *letter);
        assert_eq!(outcome.is_ok(), may, "{}: {events:?}", char::from(*letter));
        if may {
            taken.push((*letter, Defect::None));
        } else {
            assert_eq!(writer.bytes(), before);
        }
    }
    assert_eq!(writer.into_bytes(), build(&taken), "{events:?}");
}

/// Builds the archive by hand. Every object has its place in it, so that no two are the same unless a defect repeats one.
fn build(events: &[(u8, Defect)]) -> Vec<u8> {
    let mut archive = Archived::default();
    for (n, (letter, defect)) in events.iter().enumerate() {
        archive.event(n, *letter, *defect);
    }
    archive.bytes
}

struct Archived {
    bytes: Vec<u8>,
    parent: Option<String>,
    first_object: Option<String>,
}

impl Default for Archived {
    fn default() -> Self {
        let mut bytes = Vec::new();
        let header = format!(
            "{{\"version\":1,\"timestamp\":\"{}\"}}",
            crate::archives::TIME_OF_ARCHIVES
        );
        entry(&mut bytes, "BELENIOS", header.as_bytes());
        Self {
            bytes,
            parent: None,
            first_object: None,
        }
    }
}

impl Archived {
    fn event(&mut self, n: usize, letter: u8, defect: Defect) {
        if let (Defect::RepeatedData, Some(object)) = (defect, self.first_object.clone()) {
            self.data(&object, true);
        }
        if defect == Defect::ExtraData {
            self.data(&format!("{{\"extra\":{n}}}"), true);
        }
        let kept = defect != Defect::MissingData;
        let payload = self.payload(n, letter, kept);
        let payload = match (payload, defect) {
            (Some(_), Defect::Payload) => None,
            (None, Defect::Payload) => Some(self.data(&format!("{{\"payload\":{n}}}"), true)),
            (payload, _) => payload,
        };
        let member = |name: &str, hash: &Option<String>| {
            hash.as_ref()
                .map_or(String::new(), |hash| format!("\"{name}\":\"{hash}\""))
        };
        let parent = match defect {
            Defect::Parent => Some(hex::encode(Sha256::digest(b"another"))),
            _ => self.parent.clone(),
        };
        let height = n + usize::from(defect == Defect::Height);
        let kind = match letter {
            b'S' => "Setup",
            b'B' => "Ballot",
            b'E' => "EndBallots",
            b'T' => "EncryptedTally",
            b'P' => "PartialDecryption",
            _ => "Result",
        };
        let members = [
            member("parent", &parent),
            format!("\"height\":{height}"),
            format!("\"type\":\"{kind}\""),
            member("payload", &payload),
        ];
        let members: Vec<String> = members
            .into_iter()
            .filter(|member| !member.is_empty())
            .collect();
        let text = format!("{{{}}}", members.join(","));
        self.parent = Some(self.object(&text, "event", true));
    }

    /// The event's objects; without the last of them where it is not kept.
    fn payload(&mut self, n: usize, letter: u8, kept: bool) -> Option<String> {
        let object = format!("{{\"object\":{n}}}");
        match letter {
            b'E' => None,
            b'B' | b'R' => Some(self.data(&object, kept)),
            b'T' => {
                let tally = self.data(&object, kept);
                let sized = format!(
                    "{{\"num_tallied\":{n},\"total_weight\":{n},\"encrypted_tally\":\"{tally}\"}}"
                );
                Some(self.data(&sized, true))
            }
            b'P' => {
                let partial = self.data(&object, kept);
                Some(self.data(
                    &format!("{{\"owner\":{n},\"payload\":\"{partial}\"}}"),
                    true,
                ))
            }
            _ => {
                let [election, trustees, roll] =
                    ["election", "trustees", "credentials"].map(|what| {
                        self.data(
                            &format!("{{\"{what}\":{n}}}"),
                            kept || what != "credentials",
                        )
                    });
                let setup = format!(
                    "{{\"election\":\"{election}\",\"trustees\":\"{trustees}\",\"credentials\":\"{roll}\"}}"
                );
                Some(self.data(&setup, true))
            }
        }
    }

    fn data(&mut self, text: &str, kept: bool) -> String {
        if kept {
            self.first_object.get_or_insert_with(|| text.to_owned());
        }
        self.object(text, "data", kept)
    }

    fn object(&mut self, text: &str, kind: &str, kept: bool) -> String {
        let hash = hex::encode(Sha256::digest(text));
        if kept {
            entry(
                &mut self.bytes,
                &format!("{hash}.{kind}.json"),
                text.as_bytes(),
            );
        }
        hash
    }
}
