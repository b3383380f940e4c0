//! The service lies, in each answer that a device uses and in pairs of them. No device shows a paper that is not the
//! election's, seals for another election than the one whose print it shows, or decrypts anything but the one tally; and what
//! honest devices ask tells nobody who cast what.

use super::county::{County, Poll, shown, word};
use ballot::trustee::{Trustees, VerificationKey};
use ballot::{Ed25519, Election, Group as _, Wire as _};
use ballot_wasm::acts;
use journeys::{Browser, Key};
use serde_json::Value;
use tally::archive::{Archive, ArchiveWriter};

/// Has the device said what is wrong, or shown how it goes on?
const SETTLED: &str =
    "document.querySelector('[data-part=problem]:not([hidden]), [data-step]:not([hidden])')";

/// One lie: in the answer at an address that ends so, this instead of that.
#[derive(Clone)]
struct Lie {
    name: &'static str,
    path: &'static str,
    /// Whether two such lies agree, so that only the print tells.
    foreign_key: bool,
    from: String,
    to: String,
}

impl Lie {
    fn new(name: &'static str, path: &'static str, from: &str, to: &str) -> Self {
        assert_ne!(from, to, "{name}");
        Self {
            name,
            path,
            foreign_key: false,
            from: from.to_owned(),
            to: to.to_owned(),
        }
    }

    fn tell(&self, county: &County) {
        let (name, from, to) = (self.name, self.from.clone(), self.to.clone());
        county.service.lie(self.path, move |bytes| {
            let text = String::from_utf8(bytes).expect("a text");
            assert!(
                text.contains(&from),
                "{name}: the truth does not hold {from}"
            );
            text.replacen(&from, &to, 1).into_bytes()
        });
    }
}

impl County {
    /// Before casting, a deputy's device is lied to in every way.
    pub async fn no_lie_makes_a_device_seal(&self, device: &Browser, poll: &Poll) {
        device.goto(&format!("{}/cast", poll.page)).await;
        device.until(&shown("choose")).await;
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
                if first.foreign_key && second.foreign_key {
                    self.shows_another_print(device, poll, &print).await;
                } else {
                    self.refuses(device, poll, &names).await;
                }
            }
        }
    }

    async fn lies_about_the_election(&self, device: &Browser, poll: &Poll) -> Vec<Lie> {
        let text = async |part: &str| {
            let (status, bytes) = device.fetch(&format!("{}{part}", poll.api)).await;
            assert_eq!(status, 200, "{part}");
            String::from_utf8(bytes).unwrap()
        };
        let (election, roll) = (text("/election").await, text("/roll").await);
        let (rule, trustees) = (text("/rule").await, text("/trustees").await);
        let read = Election::<Ed25519>::from_json(election.as_bytes()).unwrap();
        let foreign: Value =
            serde_json::from_str(&acts::make_trustee_key(&[66; 32]).unwrap()).unwrap();
        let foreign =
            VerificationKey::<Ed25519>::from_json(word(&foreign["public_key"]).as_bytes());
        let foreign = Trustees::of_singles([foreign.unwrap()]);
        let own_key = Ed25519::encode(read.public_key());
        let foreign_key = Ed25519::encode(&foreign.joint_key());
        let answers = read.questions()[0].answers();
        let credentials: Vec<String> = serde_json::from_str(&roll).unwrap();
        let quoted = |text: &str| serde_json::to_string(text).unwrap();
        let [one, other] = [&answers[0], &answers[1]].map(|text| quoted(text));
        let title = |text: &str| text.split_once(' ').unwrap().1.to_owned();
        let by_foreign_key = |lie: Lie| Lie {
            foreign_key: true,
            ..lie
        };
        let half = rule.len() / 2;
        let half = (half..rule.len())
            .find(|at| rule.is_char_boundary(*at))
            .unwrap();
        vec![
            by_foreign_key(Lie::new(
                "a foreign key",
                "/election",
                &own_key,
                &foreign_key,
            )),
            by_foreign_key(Lie::new(
                "foreign trustees",
                "/trustees",
                &trustees,
                &foreign.to_json(),
            )),
            Lie::new(
                "labels in another order",
                "/election",
                &format!("{one},{other}"),
                &format!("{other},{one}"),
            ),
            Lie::new("another rule", "/rule", &rule[half..], ""),
            Lie::new(
                "a roll without somebody",
                "/roll",
                &format!("{},", quoted(&credentials[0])),
                "",
            ),
            Lie::new(
                "a weight",
                "/roll",
                &quoted(&credentials[0]),
                &quoted(&format!("{},2", credentials[0])),
            ),
            Lie::new(
                "a paper with another title",
                "/cast",
                &title(&answers[0]),
                "别的项目",
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

    /// Key and trustees from the service's own workshop fit together: what tells is the print, which everybody compares.
    async fn shows_another_print(&self, device: &Browser, poll: &Poll, print: &str) {
        device.goto(&format!("{}/cast", poll.page)).await;
        device.until(SETTLED).await;
        assert_ne!(device.text("[data-step=choose] .print").await, print);
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
        let honest = self.check_archive(device, poll, reported).await;
        assert!(!honest, "one ballot instead of {reported}");
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
