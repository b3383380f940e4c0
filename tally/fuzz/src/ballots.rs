//! The objects of crypto version 1: each has one encoding.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use ballot::trustee::ceremony::{
    Acknowledgement, Certificates, Certified, Commitment, Committed, Complaint, Keyed, Place,
    Polynomial, Revealed, Setting,
};
use ballot::trustee::{SecretKey, TrusteeId, Trustees};
use ballot::{
    Ballot, Belenios2048, BoundDecryption, Choices, Credential, CredentialsCertificate, Ed25519,
    Election, ElectionResult, EncryptedTally, Group, Opening, PartialDecryption, PublicCredentials,
    Question, Uuid, Wire, seal,
};

use tally::bundle::Bindings;

use crate::Target;
use crate::samples::{Sample, of_election, rng};

pub(crate) const ELECTION: Target = Target {
    name: "election",
    run: |input| {
        let of_group = ballot::group_of_election(input);
        let ed25519 = same::<Election<Ed25519>>(input);
        let belenios = same::<Election<Belenios2048>>(input);
        assert!(
            ed25519.is_none() || belenios.is_none(),
            "an election has one group"
        );
        if ed25519.is_some() || belenios.is_some() {
            of_group.expect("an election that is read names its group");
        }
        same::<Question>(input);
        same::<Uuid>(input);
    },
    seeds: || both("setup/election.json"),
    tries: 3000,
    memory: 128,
    floor: crate::MEMORY_FLOOR,
};

pub(crate) const BALLOT: Target = Target {
    name: "ballot",
    run: |input| {
        let _ = ballot::credential_of_ballot(input);
        same::<Ballot<Belenios2048>>(input);
        let Some(found) = same::<Ballot<Ed25519>>(input) else {
            return;
        };
        // Whatever still verifies after a change is one of the ballots that were sealed.
        if found.verify(&ELECTION_OF_BALLOTS).is_ok() {
            assert!(BALLOTS.contains(input), "a ballot that nobody sealed");
        }
    },
    seeds: || {
        let belenios = adversarial();
        BALLOTS.iter().take(8).cloned().chain(belenios).collect()
    },
    tries: 1500,
    memory: 32,
    floor: crate::MEMORY_FLOOR,
};

pub(crate) const TRUSTEES: Target = Target {
    name: "trustees",
    run: |input| {
        if let Some(trustees) = same::<Trustees<Ed25519>>(input) {
            let _ = trustees.verify();
        }
        same::<Trustees<Belenios2048>>(input);
    },
    seeds: || both("setup/trustees.json"),
    tries: 600,
    memory: 32,
    floor: crate::MEMORY_FLOOR,
};

pub(crate) const CREDENTIALS: Target = Target {
    name: "credentials",
    run: |input| {
        if let Some(roll) = same::<PublicCredentials<Ed25519>>(input) {
            let distinct: BTreeSet<String> = roll
                .entries()
                .iter()
                .map(|entry| Ed25519::encode(&entry.element))
                .collect();
            assert_eq!(
                distinct.len(),
                roll.entries().len(),
                "a credential stands twice"
            );
        }
        same::<PublicCredentials<Belenios2048>>(input);
        same::<CredentialsCertificate<Ed25519>>(input);
        if let Ok(credential) = str::from_utf8(input)
            .unwrap_or_default()
            .parse::<Credential>()
        {
            assert_eq!(credential.expose().as_bytes(), input);
        }
    },
    seeds: || {
        let mut rng = rng();
        let uuid: Uuid = "MinshengFuzzing".parse().expect("an id");
        let credentials: Vec<Credential> = (0..6).map(|_| Credential::generate(&mut rng)).collect();
        let public = credentials
            .iter()
            .map(|credential| credential.public::<Ed25519>(&uuid));
        let roll = PublicCredentials::<Ed25519>::sorted(public).expect("distinct");
        let public = credentials
            .iter()
            .map(|credential| credential.public::<Belenios2048>(&uuid));
        let other = PublicCredentials::<Belenios2048>::sorted(public).expect("distinct");
        let weighted = roll.to_json().replacen("\",", ",2\",", 1);
        let (key, hash) = (Ed25519::encode(&Ed25519::generator()), "0".repeat(64));
        let certificate = format!(
            r#"{{"uuid":"{uuid}","voter_list_length":6,"public_creds_hash":"{hash}","verification_key":"{key}","encryption_key":"{key}","signature":{{"message":"{hash}","signature":{{"challenge":"1","response":"2"}}}}}}"#
        );
        let texts = [
            roll.to_json(),
            other.to_json(),
            weighted,
            certificate,
            credentials[0].expose().to_owned(),
        ];
        texts.into_iter().map(String::into_bytes).collect()
    },
    tries: 3000,
    memory: 32,
    floor: crate::MEMORY_FLOOR,
};

pub(crate) const OPENING: Target = Target {
    name: "opening",
    run: |input| {
        same::<Choices>(input);
        let Some(opening) = same::<Opening<Ed25519>>(input) else {
            return;
        };
        // Only the randomness that sealed a ballot opens it, to the choice that was sealed.
        let sealed = &*SEALED;
        if let Ok(choices) = opening.check(&sealed.ballot, &sealed.election) {
            assert_eq!(choices.to_json(), sealed.choices);
        }
    },
    seeds: || vec![SEALED.opening.clone().into_bytes()],
    tries: 1500,
    memory: 32,
    floor: crate::MEMORY_FLOOR,
};

pub(crate) const TALLY: Target = Target {
    name: "encrypted-tally",
    run: |input| {
        same::<EncryptedTally<Ed25519>>(input);
        same::<EncryptedTally<Belenios2048>>(input);
        same::<ElectionResult>(input);
    },
    seeds: || [both("encrypted_tally.json"), both("result.json")].concat(),
    tries: 600,
    memory: 32,
    floor: crate::MEMORY_FLOOR,
};

pub(crate) const PARTIAL: Target = Target {
    name: "partial-decryption",
    run: |input| {
        same::<PartialDecryption<Ed25519>>(input);
        same::<PartialDecryption<Belenios2048>>(input);
        same::<BoundDecryption<Ed25519>>(input);
        same::<Bindings<Ed25519>>(input);
    },
    seeds: || {
        // The file has a second line, the trustee's number.
        let files = both("partial_decryption_1.json").into_iter();
        let mut seeds: Vec<Vec<u8>> = files
            .filter_map(|text| Some(text.split(|byte| *byte == b'\n').next()?.to_vec()))
            .collect();
        // What is read says nothing of whether it holds: any proof will do.
        let partial = seeds
            .first()
            .map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        let proof = r#"{"challenge":"1","response":"2"}"#;
        let bound = partial
            .map(|partial| format!(r#"{{"partial_decryption":{partial},"binding":{proof}}}"#));
        seeds.extend(bound.map(String::into_bytes));
        seeds.push(
            format!(r#"[{{"owner":1,"binding":{proof}}},{{"owner":3,"binding":{proof}}}]"#)
                .into_bytes(),
        );
        seeds
    },
    tries: 600,
    memory: 32,
    floor: crate::MEMORY_FLOOR,
};

pub(crate) const CEREMONY: Target = Target {
    name: "ceremony",
    run: |input| {
        same::<Place>(input);
        same::<Certified<Ed25519>>(input);
        same::<Committed<Ed25519>>(input);
        same::<Commitment>(input);
        same::<Revealed<Ed25519>>(input);
        same::<Polynomial<Ed25519>>(input);
        same::<Keyed<Ed25519>>(input);
        same::<Acknowledgement<Ed25519>>(input);
        same::<Complaint<Ed25519>>(input);
        let messages: Vec<String> = String::from_utf8_lossy(input)
            .lines()
            .map(str::to_owned)
            .collect();
        let _ = Certificates::<Ed25519>::check(setting(), &messages);
    },
    seeds: ceremony,
    tries: 1500,
    memory: 32,
    floor: crate::MEMORY_FLOOR,
};

/// Reads an object; what is read is written back as the same bytes.
fn same<T: Wire>(input: &[u8]) -> Option<T> {
    let value = T::from_json(input).ok()?;
    assert_eq!(value.to_json().as_bytes(), input, "a second encoding");
    Some(value)
}

fn both(name: &str) -> Vec<Vec<u8>> {
    [Sample::Ed25519, Sample::Belenios2048]
        .map(|sample| of_election(sample, name))
        .to_vec()
}

static ELECTION_OF_BALLOTS: LazyLock<Election<Ed25519>> = LazyLock::new(|| {
    Election::from_json(&of_election(Sample::Ed25519, "setup/election.json")).expect("an election")
});

static BALLOTS: LazyLock<BTreeSet<Vec<u8>>> = LazyLock::new(|| {
    (1..=50)
        .map(|n| of_election(Sample::Ed25519, &format!("ballots/{n:04}.json")))
        .chain([crate::samples::object(
            "ballot/tests/data/elections/adversarial-ballots/01_identity_ciphertext.json",
        )])
        .chain([crate::samples::object(
            "ballot/tests/data/elections/adversarial-ballots/00_good.json",
        )])
        .collect()
});

fn adversarial() -> Vec<Vec<u8>> {
    ["23_vote_2", "26_extra_choice", "30_no_signature"]
        .map(|name| {
            crate::samples::object(&format!(
                "ballot/tests/data/elections/adversarial-ballots/{name}.json"
            ))
        })
        .to_vec()
}

struct Sealed {
    election: Election<Ed25519>,
    ballot: Ballot<Ed25519>,
    choices: String,
    opening: String,
}

static SEALED: LazyLock<Sealed> = LazyLock::new(|| {
    let mut rng = rng();
    let key = SecretKey::<Ed25519>::generate(&mut rng);
    let trustees = Trustees::of_singles([key.verification_key(&mut rng)]);
    let question = Question::new("q", ["a", "b", "c"], 0, 2).expect("a question");
    let election = Election::build(
        Uuid::generate(&mut rng),
        "n",
        "d",
        trustees.joint_key(),
        vec![question],
    )
    .expect("an election");
    let choices = Choices::from([vec![true, false, true]]);
    let credential = Credential::generate(&mut rng);
    let sealed = seal(&election, &credential, &choices, &mut rng).expect("a ballot");
    Sealed {
        opening: sealed.opening.to_json(),
        ballot: sealed.ballot,
        choices: choices.to_json(),
        election,
    }
});

fn setting() -> Setting {
    Setting::new("MinshengFuzzing".parse().expect("an id"), 3, 2).expect("a setting")
}

/// Everybody's messages and one device's states of a whole ceremony.
fn ceremony() -> Vec<Vec<u8>> {
    let mut rng = rng();
    let place = |n| Place::new(setting(), TrusteeId::new(n).expect("a number")).expect("a place");
    let certified: Vec<Certified<Ed25519>> = (1..=3)
        .map(|n| Certified::start(place(n), &mut rng))
        .collect();
    let certificates: Vec<String> = certified.iter().map(Certified::message).collect();
    let committed: Vec<_> = certified
        .iter()
        .map(|device| device.commit(&certificates, &mut rng).expect("round 2"))
        .collect();
    let commitments: Vec<String> = committed.iter().map(Committed::message).collect();
    let revealed: Vec<_> = committed
        .iter()
        .map(|device| device.reveal(&commitments).expect("round 3"))
        .collect();
    let polynomials: Vec<String> = revealed.iter().map(Revealed::message).collect();
    let keyed = revealed[0]
        .acknowledge(&polynomials, &mut rng)
        .expect("round 4");
    let texts = [
        place(1).to_json(),
        certificates.join("\n"),
        certified[0].to_json(),
        commitments[0].clone(),
        committed[0].to_json(),
        polynomials[0].clone(),
        revealed[0].to_json(),
        keyed.message(),
        keyed.to_json(),
    ];
    texts.into_iter().map(String::into_bytes).collect()
}
