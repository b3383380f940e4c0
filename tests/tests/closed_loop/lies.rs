//! The service lies, in each answer that a device uses and in pairs of them. No device shows a paper that is not the
//! election's, seals for another election than the one whose print it shows, or decrypts anything but the one tally; and what
//! honest devices ask tells nobody who cast what.

use super::county::{County, Poll, shown, word};
use ballot::{Ed25519, Election, Group as _, Wire as _};
use ballot_wasm::acts;
use journeys::{Browser, Key};
use serde_json::Value;
use std::sync::Arc;
use tally::archive::{Archive, ArchiveWriter};

/// Has the device said what is wrong, or checked the paper that it shows, or shown something else?
const SETTLED: &str = "document.querySelector('[data-part=problem]:not([hidden])')
    || document.querySelector('[data-step]:not([hidden]):not([data-step=choose])')
    || document.querySelector('[data-step=choose] .print').textContent";

/// One lie: what an answer at an address that ends so is turned into.
#[derive(Clone)]
struct Lie {
    name: &'static str,
    path: String,
    change: Arc<dyn Fn(String) -> String + Send + Sync>,
}

impl Lie {
    /// This instead of that.
    fn new(name: &'static str, path: &str, from: &str, to: &str) -> Self {
        assert_ne!(from, to, "{name}");
        let (from, to) = (from.to_owned(), to.to_owned());
        Self::by(name, path, move |text| {
            assert!(
                text.contains(&from),
                "{name}: the truth does not hold {from}"
            );
            text.replacen(&from, &to, 1)
        })
    }

    fn by(
        name: &'static str,
        path: &str,
        change: impl Fn(String) -> String + Send + Sync + 'static,
    ) -> Self {
        Self {
            name,
            path: path.to_owned(),
            change: Arc::new(change),
        }
    }

    fn tell(&self, county: &County) {
        let change = Arc::clone(&self.change);
        county.service.lie(&self.path, move |bytes| {
            change(String::from_utf8(bytes).expect("a text")).into_bytes()
        });
    }
}

/// As it stands in a JSON text.
fn escaped(text: &str) -> String {
    let quoted = serde_json::to_string(text).unwrap();
    quoted[1..quoted.len() - 1].to_owned()
}

impl County {
    /// Before casting, a deputy's device is lied to in every way.
    pub async fn no_lie_makes_a_device_seal(&self, device: &Browser, poll: &Poll) {
        device.goto(&format!("{}/cast", poll.page)).await;
        device.until(SETTLED).await;
        let print = device.text("[data-step=choose] .print").await;
        device.goto(&poll.page).await;
        device.see(&print).await;

        let lies = self.lies_about_the_election(device, poll).await;
        for lie in &lies {
            lie.tell(self);
            self.refuses(device, poll, lie.name).await;
        }
        for (n, first) in lies.iter().enumerate() {
            for second in lies
                .iter()
                .skip(n + 1)
                .filter(|other| other.path != first.path)
            {
                first.tell(self);
                second.tell(self);
                let names = format!("{} and {}", first.name, second.name);
                self.refuses(device, poll, &names).await;
            }
        }
    }

    /// One in each answer that the device uses: the record, the page, what the poll's own page says.
    async fn lies_about_the_election(&self, device: &Browser, poll: &Poll) -> Vec<Lie> {
        const RECORD: &str = "/record/opening";
        let text = async |part: &str| {
            let (status, bytes) = device.fetch(&format!("{}{part}", poll.api)).await;
            assert_eq!(status, 200, "{part}");
            String::from_utf8(bytes).unwrap()
        };
        let (election, roll, view) = (text("/election").await, text("/roll").await, text("").await);
        let read = Election::<Ed25519>::from_json(election.as_bytes()).unwrap();
        let view: Value = serde_json::from_str(&view).unwrap();
        let foreign: Value =
            serde_json::from_str(&acts::make_trustee_key(&[66; 32]).unwrap()).unwrap();
        let foreign: Value = serde_json::from_str(&word(&foreign["public_key"])).unwrap();
        let answers = read.questions()[0].answers();
        let credentials: Vec<String> = serde_json::from_str(&roll).unwrap();
        let quoted = |text: &str| escaped(&serde_json::to_string(text).unwrap());
        let [one, other] = [&answers[0], &answers[1]].map(|text| quoted(text));
        let title = answers[0].split_once(' ').unwrap().1;
        let id = poll.api.rsplit('/').next().unwrap();
        vec![
            Lie::new(
                "a foreign key",
                RECORD,
                &Ed25519::encode(read.public_key()),
                &word(&foreign["public_key"]),
            ),
            Lie::new(
                "labels in another order",
                RECORD,
                &format!("{one},{other}"),
                &format!("{other},{one}"),
            ),
            Lie::new("another roll", RECORD, &credentials[0], &credentials[1]),
            Lie::by("a record without its end", RECORD, |text| {
                let mut record: Value = serde_json::from_str(&text).unwrap();
                record["leaves"].as_array_mut().unwrap().pop();
                record.to_string()
            }),
            Lie::by("a record that is signed by nobody", RECORD, |text| {
                let at = text.rfind("— ").expect("a signature") + 40;
                let other = if text[at..].starts_with('A') {
                    "B"
                } else {
                    "A"
                };
                format!("{}{other}{}", &text[..at], &text[at + 1..])
            }),
            Lie::new("a paper with another title", "/cast", title, "别的项目"),
            Lie::by("a page with another log's key", "/cast", |text| {
                let at = text.find("data-vkey=\"").expect("a key") + "data-vkey=\"".len();
                format!("{}another.{}", &text[..at], &text[at..])
            }),
            Lie::new(
                "another election's id",
                id,
                &word(&view["election_uuid"]),
                "N4ruqrorUkikt3",
            ),
        ]
    }

    async fn refuses(&self, device: &Browser, poll: &Poll, lie: &str) {
        device.goto(&format!("{}/cast", poll.page)).await;
        device.until(SETTLED).await;
        let chooses = device
            .script(&format!("return !!({});", shown("choose")), vec![])
            .await;
        assert_eq!(
            chooses,
            Value::Bool(false),
            "told {lie}, the device lets its deputy choose"
        );
        self.service.be_honest();
    }

    /// From the press on “cast” on, the device asked for nothing: no request with a cookie follows the anonymous one, and none
    /// is about its own ballot. Nor did it show who it is while it fetched what it votes on.
    pub fn nothing_tells_who_cast(&self, since: usize) {
        let asked = self.service.asked().split_off(since);
        let cast = asked.iter().position(|one| one.path.ends_with("/ballots"));
        let (before, after) = asked.split_at(cast.expect("a cast"));
        assert_eq!(after.len(), 1, "after the cast: {after:?}");
        assert!(!after[0].has_cookie);
        for one in before.iter().filter(|one| one.path.starts_with("/api/")) {
            assert!(!one.has_cookie, "{one:?}");
        }
    }

    /// After the close, a scrutineer's device is handed an archive that holds one deputy's ballot alone.
    pub async fn no_lie_opens_a_single_ballot(
        &self,
        device: &Browser,
        poll: &Poll,
        reported: usize,
    ) {
        self.service.lie("/archive", |bytes| {
            let truth = Archive::read(&bytes).expect("an archive");
            let setup = &truth.setup;
            let mut lie = ArchiveWriter::setup(
                truth.timestamp,
                setup.election,
                setup.trustees,
                setup.credentials,
            )
            .expect("a setup");
            lie.ballot(truth.ballots[0].bytes).expect("a ballot");
            lie.end_ballots().expect("the end");
            lie.into_bytes()
        });
        for said in [reported, 1] {
            let goes_on = self.check_archive(device, poll, said).await;
            assert!(
                !goes_on,
                "one ballot of {reported}, though {said} were reported"
            );
        }
        self.service.be_honest();
        assert!(
            !self.check_archive(device, poll, reported - 1).await,
            "one less was reported"
        );
    }

    /// A scrutineer enters the number that was reported; answers whether the device goes on to ask about decrypting.
    pub async fn check_archive(&self, device: &Browser, poll: &Poll, reported: usize) -> bool {
        device.goto(&format!("{}/scrutineer", poll.page)).await;
        device.until(&shown("decrypt")).await;
        device.click("[data-part=reported]").await;
        device.keys(&reported.to_string()).await;
        device.tab_to("[data-part=check]").await;
        device.press(Key::Enter).await;
        device
            .until(&format!(
                "document.querySelector('[data-part=problem]:not([hidden])') || ({})",
                shown("confirm")
            ))
            .await;
        device
            .script(&format!("return !!({});", shown("confirm")), vec![])
            .await
            == Value::Bool(true)
    }
}
