//! What a device keeps between rounds, what it can get back from its seed, and the independent tool's shares.

use std::path::PathBuf;

use serde_json::Value;

use super::*;
use crate::group::Group;
use crate::trustee::channel::EncryptedMessage;
use crate::trustee::threshold::{joint_coefficients, value_at};
use crate::trustee::{Certificate, Coefficients, SecretKey, Seed, SignedMessage};

fn again<T: Wire>(state: &T) -> T {
    T::from_json(state.to_json().as_bytes()).unwrap()
}

#[test]
fn a_device_goes_on_from_what_it_has_kept() {
    let Ceremony {
        certified,
        certificates,
        mut rng,
        ..
    } = Ceremony::certified(3, 2, 1);
    let committed: Vec<_> = certified
        .iter()
        .map(|device| again(device).commit(&certificates, &mut rng).unwrap())
        .collect();
    let commitments: Vec<_> = committed.iter().map(Committed::message).collect();
    let revealed: Vec<_> = committed
        .iter()
        .map(|device| again(device).reveal(&commitments).unwrap())
        .collect();
    let polynomials: Vec<_> = revealed.iter().map(Revealed::message).collect();
    let keyed: Vec<_> = revealed
        .iter()
        .map(|device| again(device).acknowledge(&polynomials, &mut rng).unwrap())
        .collect();
    let acknowledgements: Vec<_> = keyed.iter().map(Keyed::message).collect();
    for device in &keyed {
        let done = again(device).finish(&acknowledgements).unwrap();
        assert_eq!(
            done.trustees.find(&done.key.public_key()),
            Some(done.trustee)
        );
    }
}

#[test]
fn a_state_of_another_round_or_a_changed_one_is_refused() {
    let ceremony = Ceremony::certified(3, 2, 1).commit().reveal().acknowledge();
    let missing = |name| WireError {
        path: String::new(),
        offset: 1,
        fault: WireFault::MissingMember(name),
    };
    let state = ceremony.certified[0].to_json();
    assert_eq!(
        Committed::<Ed25519>::from_json(state.as_bytes()).unwrap_err(),
        missing("committed")
    );
    let state = ceremony.committed[0].to_json();
    assert_eq!(
        Revealed::<Ed25519>::from_json(state.as_bytes()).unwrap_err(),
        missing("revealed")
    );
    let state = ceremony.revealed[0].to_json();
    assert_eq!(
        Keyed::<Ed25519>::from_json(state.as_bytes()).unwrap_err(),
        missing("keyed")
    );

    // Two polynomial messages change places in what the device has kept.
    let state = ceremony.keyed[0].to_json();
    let quoted = |n: usize| ceremony.polynomials[n].to_json();
    let changed = state
        .replace(&quoted(1), "\u{0}")
        .replace(&quoted(2), &quoted(1))
        .replace('\u{0}', &quoted(2));
    assert_ne!(state, changed);
    assert_eq!(
        Keyed::<Ed25519>::from_json(changed.as_bytes())
            .unwrap_err()
            .fault,
        WireFault::Invalid("the device's state has been changed")
    );
}

#[test]
fn states_do_not_print_their_secrets() {
    let ceremony = Ceremony::certified(2, 2, 1).commit().reveal().acknowledge();
    let seed = ceremony.certified[0].seed().expose().to_owned();
    let key = ceremony.finish()[0].key.to_json();
    let key = key.trim_matches('"');
    for printed in [
        format!("{:?}", ceremony.certified),
        format!("{:?}", ceremony.committed),
        format!("{:?}", ceremony.revealed),
        format!("{:?}", ceremony.keyed),
        format!("{:?}", ceremony.finish()),
    ] {
        assert!(!printed.contains(&seed) && !printed.contains(key));
        assert!(printed.contains("<redacted>"));
    }
}

#[test]
fn a_lost_key_comes_back_from_the_seed_and_the_public_messages() {
    let ceremony = Ceremony::certified(3, 2, 1).commit().reveal().acknowledge();
    let polynomials = ceremony.checked_polynomials();
    for (device, done) in ceremony.certified.iter().zip(ceremony.finish()) {
        assert_eq!(
            polynomials.recover(done.trustee, device.seed()),
            Ok(done.key)
        );
    }
    assert_eq!(
        refusal(polynomials.recover(member(1), ceremony.certified[1].seed())),
        (1, MessageKind::Certificate, MessageFault::OtherSeed)
    );
}

/// A file of the independent tool's ceremony.
fn theirs(name: &str) -> String {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data/elections/ed25519-50-by-belenios-3.3.0/setup");
    std::fs::read_to_string(folder.join(name))
        .unwrap()
        .trim_end()
        .to_owned()
}

#[test]
fn the_shares_of_an_independent_tool_are_opened_and_add_up_to_its_key() {
    let certificates: Vec<SignedMessage<Ed25519, Certificate<Ed25519>>> = theirs("certs.jsons")
        .lines()
        .map(|line| Wire::from_json(line.as_bytes()).unwrap())
        .collect();
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data/elections/ed25519-50-by-belenios-3.3.0/setup");
    let mut members = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let Some(id) = name.strip_suffix(".key") else {
            continue;
        };
        let keys: Keys<Ed25519> = theirs(&name).parse::<Seed>().unwrap().keys();
        let own: SignedMessage<Ed25519, Certificate<Ed25519>> =
            Wire::from_json(theirs(&format!("{id}.cert")).as_bytes()).unwrap();
        assert_eq!(
            own.message().verification,
            Ed25519::multiply_generator(&keys.signing)
        );
        assert_eq!(
            own.message().encryption,
            Ed25519::multiply_generator(&keys.decryption)
        );

        let input: Value = serde_json::from_str(&theirs(&format!("{id}.vinput"))).unwrap();
        let polynomials: Vec<Coefficients<Ed25519>> = input["coefexps"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| {
                let signed: SignedMessage<Ed25519, Coefficients<Ed25519>> =
                    Wire::from_json(one.to_string().as_bytes()).unwrap();
                signed.message().clone()
            })
            .collect();
        let mut sum = zeroize::Zeroizing::new(<Ed25519 as Group>::Scalar::default());
        for (at, secret) in input["secrets"].as_array().unwrap().iter().enumerate() {
            let message =
                EncryptedMessage::<Ed25519>::from_json(secret.as_str().unwrap().as_bytes())
                    .unwrap();
            let sender = &certificates[at].message().verification;
            let share = message
                .receive(&message.factor(&keys), sender, &own.message().encryption)
                .unwrap();
            assert_eq!(
                Ed25519::multiply_generator(&share.0),
                value_at::<Ed25519>(&polynomials[at].0, own.message().context.index)
            );
            *sum += *share.0;
        }
        let key = SecretKey::<Ed25519>::of_shares(sum).public_key();
        let output: Value = serde_json::from_str(&theirs(&format!("{id}.voutput"))).unwrap();
        assert_eq!(
            Ed25519::encode(&key),
            output["public_key"]["public_key"].as_str().unwrap()
        );
        let joint = joint_coefficients(&polynomials);
        assert_eq!(
            key,
            value_at::<Ed25519>(&joint, own.message().context.index)
        );
        members += 1;
    }
    assert_eq!(members, 3);
}
