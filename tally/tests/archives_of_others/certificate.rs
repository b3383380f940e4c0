//! The credential authority's certificate of the roll, which servers of 3.3.0 add to the setup.

use ballot::proof::{Context, Proof};
use ballot::{Ed25519, Group, Wire as _};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;
use tally::archive::ObjectHash;

use super::bel::Bel;
use super::{CERTIFIED_3_3_0, Recorded, part, recorded, refused, replace, swap};
use super::{verified, verified_with_its_voters};

#[test]
fn an_archive_of_3_3_0_with_a_certificate_of_its_roll_is_verified() {
    let counts = verified_with_its_voters::<Ed25519>(CERTIFIED_3_3_0);
    assert_eq!((counts.ballots, counts.counted, counts.weight), (4, 3, 6));
}

fn text(bel: &mut Bel) -> &mut String {
    bel.before("Setup", 0, 2)
}

/// Signs the certificate with a key of our own after `change`, so that nothing but the change gives it away.
fn signed_again(bel: &mut Bel, change: impl FnOnce(&mut String)) {
    let secret = <Ed25519 as Group>::Scalar::from(31_u64);
    let key = Ed25519::encode(&Ed25519::multiply_generator(&secret));
    let (begin, _) = text(bel).split_once(",\"signature\":").unwrap();
    let mut begin = begin.to_owned();
    let old = part(&begin, "\"verification_key\"", ",", 0);
    replace(
        &mut begin,
        &old,
        &format!("\"verification_key\":\"{key}\","),
    );
    change(&mut begin);
    let hash = ObjectHash::of(format!("{begin}}}").as_bytes());
    let mut rng = ChaCha20Rng::from_seed([3; 32]);
    let proof =
        Proof::<Ed25519>::of_knowledge(&secret, &Context::raw(format!("sigmsg|{hash}|")), &mut rng);
    let signature = proof.to_json();
    *text(bel) =
        format!("{begin},\"signature\":{{\"message\":\"{hash}\",\"signature\":{signature}}}}}");
}

#[test]
fn a_certificate_is_for_one_election_and_one_roll() {
    let mut bel = Bel::of(&recorded::archive(CERTIFIED_3_3_0));
    signed_again(&mut bel, |_| {});
    verified(&bel.write(), &Recorded::of(CERTIFIED_3_3_0));

    let hash = ObjectHash::of(bel.election().as_bytes());
    let neutral = format!("{}1", "0".repeat(63));
    let other_key = Ed25519::encode(&Ed25519::generator());
    for (member, other, reason) in [
        (
            "uuid",
            "\"hmefDnGcxh3Vk6\"".to_owned(),
            "certificate-election",
        ),
        (
            "public_creds_hash",
            format!("\"{hash}\""),
            "certificate-roll",
        ),
        ("voter_list_length", "4".to_owned(), "certificate-length"),
        (
            "encryption_key",
            format!("\"{neutral}\""),
            "certificate-key",
        ),
        (
            "verification_key",
            format!("\"{neutral}\""),
            "certificate-key",
        ),
        (
            "verification_key",
            format!("\"{other_key}\""),
            "certificate-signature",
        ),
    ] {
        let found = refused(CERTIFIED_3_3_0, |bel| {
            signed_again(bel, |begin| {
                let mut all = format!("{begin},");
                let old = part(&all, &format!("\"{member}\":"), ",", 0);
                replace(&mut all, &old, &format!("\"{member}\":{other},"));
                all.pop();
                *begin = all;
            });
        });
        let expected = ("credentials", reason, "event 0".to_owned());
        assert_eq!(found, expected, "{member}");
    }
}

#[test]
fn a_certificate_that_its_maker_did_not_sign_is_refused() {
    let refused_for = |reason, change: fn(&mut Bel)| {
        let expected = ("credentials", reason, "event 0".to_owned());
        assert_eq!(refused(CERTIFIED_3_3_0, change), expected);
    };
    refused_for("certificate-hash", |bel| {
        let certificate = text(bel);
        let key = |name: &str| part(certificate, &format!("\"{name}\":"), ",", 0);
        let (one, other) = (key("verification_key"), key("encryption_key"));
        let same = one.replace("verification", "encryption");
        replace(certificate, &other, &same);
    });
    refused_for("certificate-signature", |bel| {
        let certificate = text(bel);
        let number = |name: &str| {
            let member = format!("\"{name}\":\"");
            let (_, rest) = certificate.split_once(&member).unwrap();
            rest.split('"').next().unwrap().to_owned()
        };
        let (one, other) = (number("challenge"), number("response"));
        swap(certificate, &one, &other);
    });
    refused_for("encoding", |bel| {
        let certificate = text(bel);
        let (begin, _) = certificate.split_once(",\"signature\":").unwrap();
        *certificate = format!("{begin}}}");
    });
    // The credentials in another order: the certificate's hash of them follows, what its maker signed does not.
    refused_for("certificate-hash", |bel| {
        let mut roll: Vec<String> = serde_json::from_str(bel.roll()).unwrap();
        roll.swap(0, 1);
        *bel.roll() = serde_json::to_string(&roll).unwrap();
    });
}

#[test]
fn a_certificate_belongs_to_the_setup_that_names_it() {
    let missing = |bel: &mut Bel| {
        let hash = ObjectHash::of(text(bel).as_bytes()).to_string();
        let other = ObjectHash::of(b"another certificate").to_string();
        replace(bel.before("Setup", 0, 1), &hash, &other);
    };
    let found = refused(CERTIFIED_3_3_0, missing);
    assert_eq!(found, ("events", "missing", "event 0".to_owned()));
    let mut hash = String::new();
    let unnamed = |bel: &mut Bel| {
        hash = ObjectHash::of(text(bel).as_bytes()).to_string();
        let setup = bel.before("Setup", 0, 1);
        let certificate = part(setup, ",\"credentials_certificate\"", "\"}", 0);
        replace(setup, &certificate, "}");
    };
    let found = refused(CERTIFIED_3_3_0, unnamed);
    assert_eq!(found, ("events", "unreferenced", hash));
}
