//! An archive taken apart, to be put together again with one thing broken and every hash after it made right.

use std::collections::HashMap;
use std::ops::Range;

use serde_json::Value;
use tally::archive::ObjectHash;
use tally::archive::tar::Entries;

pub struct Bel {
    /// The archive's own first header: another entry's has another name, size and sum.
    header: Vec<u8>,
    first: String,
    objects: Vec<Object>,
}

struct Object {
    hash: String,
    event: bool,
    text: String,
}

impl Bel {
    pub fn of(bytes: &[u8]) -> Self {
        let mut entries = Entries::new(bytes).map(Result::unwrap);
        let first = entries.next().unwrap();
        let objects = entries.map(|entry| {
            let (hash, kind) = entry.name.split_once('.').unwrap();
            Object {
                hash: hash.to_owned(),
                event: kind == "event.json",
                text: String::from_utf8(entry.body.to_vec()).unwrap(),
            }
        });
        Self {
            header: bytes[..512].to_vec(),
            first: String::from_utf8(first.body.to_vec()).unwrap(),
            objects: objects.collect(),
        }
    }

    /// The archive: each hash is that of the object as it is now, wherever it stands; events are chained anew.
    pub fn write(&self) -> Vec<u8> {
        let mut bytes = self.entry("BELENIOS", &self.first);
        let mut now: HashMap<&str, String> = HashMap::new();
        let (mut parent, mut height) = (String::new(), 0);
        for object in &self.objects {
            let mut text = follow(&object.text, &now);
            if object.event {
                text = chained(&text, &parent, height);
                height += 1;
            }
            let hash = ObjectHash::of(text.as_bytes()).to_string();
            let kind = if object.event { "event" } else { "data" };
            bytes.extend(self.entry(&format!("{hash}.{kind}.json"), &text));
            if object.event {
                parent.clone_from(&hash);
            }
            now.insert(&object.hash, hash);
        }
        bytes
    }

    /// Its tar entry in the one form that there is.
    fn entry(&self, name: &str, text: &str) -> Vec<u8> {
        let mut header = self.header.clone();
        let mut put = |range: Range<usize>, value: &[u8]| header[range].copy_from_slice(value);
        let mut long = [0; 100];
        long[..name.len()].copy_from_slice(name.as_bytes());
        put(0..100, &long);
        put(124..135, format!("{:011o}", text.len()).as_bytes());
        put(148..156, b"        ");
        let sum: u32 = header.iter().copied().map(u32::from).sum();
        header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        header.extend(text.as_bytes());
        header.resize(header.len().next_multiple_of(512), 0);
        header
    }

    /// The text of the object `before` places before the `nth` event of a kind, both from 0: 1 is its payload, what that points to is farther.
    pub fn before(&mut self, kind: &str, nth: usize, before: usize) -> &mut String {
        let at = self.place(kind, nth) - before;
        &mut self.objects[at].text
    }

    pub fn election(&mut self) -> &mut String {
        &mut self.objects[0].text
    }

    pub fn trustees(&mut self) -> &mut String {
        &mut self.objects[1].text
    }

    pub fn roll(&mut self) -> &mut String {
        &mut self.objects[2].text
    }

    pub fn ballot(&mut self, nth: usize) -> &mut String {
        self.before("Ballot", nth, 1)
    }

    pub fn swap_ballots(&mut self, one: usize, other: usize) {
        let text = self.ballot(one).clone();
        let text = std::mem::replace(self.ballot(other), text);
        *self.ballot(one) = text;
    }

    /// Takes an event away, and its `objects` before it.
    pub fn drop(&mut self, kind: &str, nth: usize, objects: usize) {
        let at = self.place(kind, nth);
        drop(self.objects.drain(at - objects..=at));
    }

    /// How the verifier names an event.
    pub fn event(&self, kind: &str, nth: usize) -> String {
        let place = self.place(kind, nth);
        let before = self.objects[..place].iter();
        format!("event {}", before.filter(|object| object.event).count())
    }

    fn place(&self, kind: &str, nth: usize) -> usize {
        let kind = format!("\"type\":\"{kind}\"");
        let is = |object: &&(usize, &Object)| object.1.event && object.1.text.contains(&kind);
        let places = self.objects.iter().enumerate();
        let places: Vec<usize> = places.filter(|o| is(&o)).map(|(place, _)| place).collect();
        places[nth]
    }
}

/// Replaces every hash by the one that its object has now.
fn follow(text: &str, now: &HashMap<&str, String>) -> String {
    let parts = text
        .split('"')
        .map(|part| now.get(part).map_or(part, String::as_str));
    parts.collect::<Vec<_>>().join("\"")
}

fn chained(event: &str, parent: &str, height: u64) -> String {
    let event: Value = serde_json::from_str(event).unwrap();
    let parent = match parent {
        "" => String::new(),
        hash => format!("\"parent\":\"{hash}\","),
    };
    let payload = match &event["payload"] {
        Value::Null => String::new(),
        payload => format!(",\"payload\":{payload}"),
    };
    format!(
        "{{{parent}\"height\":{height},\"type\":{}{payload}}}",
        event["type"]
    )
}
