//! The roll's certificate, which may stand in the setup, and lies about it.

use ballot::proof::Proof;
use ballot::{Ed25519, Group as _, Wire as _};
use curve25519_dalek::scalar::Scalar;
use tally::verify::{self, Options, Verdict};

use super::world::{Entry, World, hash, write};
use super::{chain, expect, refused_bytes};

/// What a credential authority says of a roll.
struct Certificate {
    uuid: String,
    voters: usize,
    roll: String,
    verification: String,
    encryption: String,
    signing: Scalar,
}

impl Certificate {
    fn of(world: &World) -> Self {
        let key = |k: u8| Ed25519::encode(&Ed25519::multiply_generator(&Scalar::from(k)));
        Self {
            uuid: world.election.uuid().to_string(),
            voters: 4,
            roll: hash(&world.setup[2]),
            verification: key(5),
            encryption: key(6),
            signing: Scalar::from(5_u8),
        }
    }

    fn signed(&self, world: &mut World) -> String {
        let Self {
            uuid,
            voters,
            roll,
            verification,
            encryption,
            signing,
        } = self;
        let unsigned = format!(
            r#"{{"uuid":"{uuid}","voter_list_length":{voters},"public_creds_hash":"{roll}","verification_key":"{verification}","encryption_key":"{encryption}""#
        );
        let message = hash(&format!("{unsigned}}}"));
        let prefix = format!("sigmsg|{message}|");
        let proof = Proof::<Ed25519>::of_knowledge(signing, &prefix, &mut world.rng).to_json();
        format!(r#"{unsigned},"signature":{{"message":"{message}","signature":{proof}}}}}"#)
    }
}

/// The archive with this certificate.
fn archive(world: &World, certificate: &str) -> Vec<u8> {
    let mut entries = world.entries();
    // Header, election, trustees, roll; then what binds them, and its event.
    let binding = entries[4].body.replace(
        '}',
        &format!(",\"credentials_certificate\":\"{}\"}}", hash(certificate)),
    );
    entries[5].body = entries[5]
        .body
        .replace(&hash(&entries[4].body), &hash(&binding));
    entries[4] = Entry::data(&binding);
    entries.insert(4, Entry::data(certificate));
    write(&chain::linked(entries, &[]))
}

fn lie(change: impl FnOnce(&mut Certificate)) -> (String, String, String) {
    let mut world = World::honest();
    let mut certificate = Certificate::of(&world);
    change(&mut certificate);
    let signed = certificate.signed(&mut world);
    refused_bytes(&archive(&world, &signed), Options::default())
}

#[test]
fn a_certificate_of_the_roll_may_stand() {
    let mut world = World::honest();
    let certificate = Certificate::of(&world).signed(&mut world);
    let report = verify::archive(&archive(&world, &certificate), Options::default());
    assert_eq!(report.verdict, Verdict::Verified, "{report:?}");
}

#[test]
fn a_certificate_is_for_this_election_and_roll_and_signed_by_its_key() {
    type Change = fn(&mut Certificate);
    let neutral = || Ed25519::encode(&Ed25519::identity());
    let mut lies: Vec<Change> = vec![
        |c| c.uuid = "11111111111111".into(),
        |c| c.voters = 3,
        |c| c.voters = 5,
        |c| c.roll = hash("[]"),
        |c| c.signing = Scalar::from(6_u8),
    ];
    // Anybody signs for the neutral element.
    lies.push(|c| {
        c.verification = Ed25519::encode(&Ed25519::identity());
        c.signing = Scalar::ZERO;
    });
    for change in lies {
        expect(lie(change), "credentials", "certificate", "certificate");
    }
    let found = lie(|c| c.encryption = neutral());
    expect(found, "credentials", "certificate", "certificate");
    // What is signed is another certificate's hash.
    let mut world = World::honest();
    let other = Certificate {
        voters: 5,
        ..Certificate::of(&world)
    };
    let signed = other.signed(&mut world);
    let changed = signed.replace("\"voter_list_length\":5", "\"voter_list_length\":4");
    let found = refused_bytes(&archive(&world, &changed), Options::default());
    expect(found, "credentials", "certificate", "certificate");
}

#[test]
fn a_certificate_has_one_encoding() {
    type Change = fn(&str) -> String;
    let changes: [Change; 7] = [
        |c| format!("{c} "),
        |c| c.replace(":4,", ":04,"),
        |c| c.replacen("{\"uuid\"", "{\"other\":0,\"uuid\"", 1),
        |c| c[..c.find(",\"signature\"").unwrap()].to_owned() + "}",
        |c| c.replace("\"challenge\":\"", "\"challenge\":\"0"),
        |c| c.replace("\"verification_key\":\"", "\"verification_key\":\"0x"),
        |c| {
            let at = c.find("\"message\":\"").unwrap() + 11;
            c.replace(&c[at..at + 64], &c[at..at + 64].to_uppercase())
        },
    ];
    for change in changes {
        let mut world = World::honest();
        let signed = Certificate::of(&world).signed(&mut world);
        let changed = change(&signed);
        assert_ne!(changed, signed);
        let found = refused_bytes(&archive(&world, &changed), Options::default());
        expect(found, "credentials", "certificate", "encoding");
    }
}
