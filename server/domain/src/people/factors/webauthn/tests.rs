//! Against the specification's own vectors, and with one thing broken each.

use super::super::software::SoftwarePasskey;
use super::*;
use serde::Deserialize;

const SITE: &str = "https://vote.example.org";
const CHALLENGE: &[u8] = &[7; CHALLENGE_BYTES];

#[derive(Deserialize)]
struct Vectors {
    vectors: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    name: String,
    registration: VectorRegistration,
    assertion: VectorAssertion,
}

#[derive(Deserialize)]
struct VectorRegistration {
    challenge: String,
    client_data: String,
    attestation_object: String,
}

#[derive(Deserialize)]
struct VectorAssertion {
    challenge: String,
    client_data: String,
    authenticator_data: String,
    signature: String,
}

fn vector(name: &str) -> Vector {
    let all: Vectors = serde_json::from_str(include_str!("w3c_vectors.json")).unwrap();
    all.vectors
        .into_iter()
        .find(|vector| vector.name == name)
        .unwrap()
}

fn bytes(text: &str) -> Vec<u8> {
    hex::decode(text).unwrap()
}

impl Vector {
    fn rp() -> RelyingParty {
        RelyingParty::at("https://example.org").unwrap()
    }

    fn register(&self) -> Result<Credential, WebauthnError> {
        let (client_data, object) = (
            bytes(&self.registration.client_data),
            bytes(&self.registration.attestation_object),
        );
        let answer = Registration {
            client_data: &client_data,
            attestation_object: &object,
        };
        register(&Self::rp(), &bytes(&self.registration.challenge), &answer)
    }

    /// The credential, also where its registration is refused.
    fn credential(&self) -> Credential {
        let object: Value =
            ciborium::from_reader(bytes(&self.registration.attestation_object).as_slice()).unwrap();
        let data = field_of(&object, "authData")
            .and_then(Value::as_bytes)
            .unwrap();
        let data = AuthenticatorData::read(data).unwrap();
        let credential = data.credential.unwrap();
        Credential {
            id: credential.id.to_vec(),
            public_key: credential.key.to_vec(),
            sign_count: data.sign_count,
        }
    }

    fn assert(&self) -> Result<u32, WebauthnError> {
        let (client_data, data, signature) = (
            bytes(&self.assertion.client_data),
            bytes(&self.assertion.authenticator_data),
            bytes(&self.assertion.signature),
        );
        let answer = Assertion {
            client_data: &client_data,
            authenticator_data: &data,
            signature: &signature,
        };
        let challenge = bytes(&self.assertion.challenge);
        assert(&Self::rp(), &challenge, &self.credential(), &answer)
    }
}

#[test]
fn the_specification_s_vectors_are_read_and_their_signatures_hold() {
    // Whether the user was verified is the last that is asked, so this refusal says that all else was right.
    for (name, registered, asserted) in [
        (
            "none-es256",
            Err(WebauthnError::UserNotVerified),
            Err(WebauthnError::UserNotVerified),
        ),
        (
            "packed-self-es256",
            Ok(()),
            Err(WebauthnError::UserNotVerified),
        ),
        (
            "none-es256-long-credential-id",
            Err(WebauthnError::UserNotVerified),
            Ok(0),
        ),
        (
            "none-es256-crossOrigin",
            Err(WebauthnError::Origin),
            Err(WebauthnError::Origin),
        ),
        // A manufacturer's attestation was not asked for; the keys and their signatures are checked all the same.
        ("packed-es256", Err(WebauthnError::Attestation), Ok(0)),
        (
            "packed-rs256",
            Err(WebauthnError::Attestation),
            Err(WebauthnError::UserNotVerified),
        ),
        (
            "packed-eddsa",
            Err(WebauthnError::Attestation),
            Err(WebauthnError::UserNotVerified),
        ),
        (
            "packed-es384",
            Err(WebauthnError::Algorithm),
            Err(WebauthnError::Algorithm),
        ),
    ] {
        let vector = vector(name);
        assert_eq!(vector.register().map(|_| ()), registered, "{name}");
        assert_eq!(vector.assert(), asserted, "{name}");
    }
}

#[test]
fn a_flipped_bit_of_a_vector_is_refused() {
    for name in ["packed-es256", "packed-rs256", "packed-eddsa"] {
        let mut vector = vector(name);
        let last = vector.assertion.signature.pop().unwrap();
        vector
            .assertion
            .signature
            .push(if last == '0' { '1' } else { '0' });
        assert_eq!(vector.assert(), Err(WebauthnError::Signature), "{name}");
    }
}

#[test]
fn a_flipped_bit_of_a_self_attestation_is_refused() {
    let mut vector = vector("packed-self-es256");
    // The last byte is the public key's, which the attestation signs with its own key.
    let at = vector.registration.attestation_object.len() - 1;
    vector
        .registration
        .attestation_object
        .replace_range(at.., "3");
    assert_eq!(vector.register().unwrap_err(), WebauthnError::Signature);
}

/// Breaks one thing of a passkey.
type Breaks<'a> = &'a dyn Fn(&mut SoftwarePasskey);

fn registered() -> (SoftwarePasskey, Credential) {
    let passkey = SoftwarePasskey::new(SITE);
    let answer = passkey.register(CHALLENGE);
    let credential = register(&passkey.rp, CHALLENGE, &answer.as_answer()).unwrap();
    assert_eq!(credential.id, passkey.id);
    (passkey, credential)
}

fn site() -> RelyingParty {
    RelyingParty::at(SITE).unwrap()
}

#[test]
fn a_registered_passkey_is_taken_and_counts_up() {
    let (mut passkey, mut credential) = registered();
    for count in 1..=3 {
        let answer = passkey.assert(CHALLENGE);
        let found = assert(&site(), CHALLENGE, &credential, &answer.as_answer());
        assert_eq!(found, Ok(count));
        credential.sign_count = count;
    }
}

#[test]
fn a_registration_with_one_thing_broken_is_refused_by_name() {
    let cases: [(Breaks<'_>, WebauthnError); 4] = [
        (
            &|key| key.rp.origin = "https://evil.example.org".to_owned(),
            WebauthnError::Origin,
        ),
        (
            &|key| key.rp.id = "example.org".to_owned(),
            WebauthnError::RelyingParty,
        ),
        (&|key| key.flags = 0x04, WebauthnError::UserAbsent),
        (&|key| key.flags = 0x01, WebauthnError::UserNotVerified),
    ];
    for (break_it, error) in cases {
        let mut passkey = SoftwarePasskey::new(SITE);
        break_it(&mut passkey);
        let answer = passkey.register(CHALLENGE);
        assert_eq!(
            register(&site(), CHALLENGE, &answer.as_answer()),
            Err(error)
        );
    }
    let passkey = SoftwarePasskey::new(SITE);
    let mut answer = passkey.register(CHALLENGE);
    assert_eq!(
        register(&site(), &[8; CHALLENGE_BYTES], &answer.as_answer()),
        Err(WebauthnError::Challenge)
    );
    answer.attestation_object.truncate(100);
    assert_eq!(
        register(&site(), CHALLENGE, &answer.as_answer()),
        Err(WebauthnError::Attestation)
    );
}

#[test]
fn an_assertion_with_one_thing_broken_is_refused_by_name() {
    let cases: [(Breaks<'_>, WebauthnError); 5] = [
        (
            &|key| key.rp.origin = "http://vote.example.org".to_owned(),
            WebauthnError::Origin,
        ),
        (
            &|key| key.rp.id = "vote.example.com".to_owned(),
            WebauthnError::RelyingParty,
        ),
        (&|key| key.flags = 0x04, WebauthnError::UserAbsent),
        (&|key| key.flags = 0x01, WebauthnError::UserNotVerified),
        (&|key| key.sign_count = 4, WebauthnError::Counter),
    ];
    for (break_it, error) in cases {
        let (mut passkey, mut credential) = registered();
        credential.sign_count = 5;
        passkey.sign_count = 5;
        break_it(&mut passkey);
        let answer = passkey.assert(CHALLENGE);
        let found = assert(&site(), CHALLENGE, &credential, &answer.as_answer());
        assert_eq!(found, Err(error));
    }
}

#[test]
fn another_challenge_another_key_another_question_and_a_flipped_byte_are_refused() {
    let (mut passkey, credential) = registered();
    let (_, other) = registered();
    let good = passkey.assert(CHALLENGE);
    let verdict =
        |challenge: &[u8], credential: &Credential, answer: &super::super::software::Asserted| {
            assert(&site(), challenge, credential, &answer.as_answer())
        };
    assert_eq!(verdict(CHALLENGE, &credential, &good), Ok(1));
    assert_eq!(
        verdict(&[8; 32], &credential, &good),
        Err(WebauthnError::Challenge)
    );
    assert_eq!(
        verdict(CHALLENGE, &other, &good),
        Err(WebauthnError::Signature)
    );
    let mut question = passkey.assert(CHALLENGE);
    question.client_data = passkey.register(CHALLENGE).client_data;
    assert_eq!(
        verdict(CHALLENGE, &credential, &question),
        Err(WebauthnError::Type)
    );
    for position in [0, 40] {
        let mut flipped = passkey.assert(CHALLENGE);
        let at = position.min(flipped.authenticator_data.len() - 1);
        flipped.authenticator_data[at] ^= 1;
        assert!(verdict(CHALLENGE, &credential, &flipped).is_err());
        let mut flipped = passkey.assert(CHALLENGE);
        flipped.signature[position] ^= 1;
        assert_eq!(
            verdict(CHALLENGE, &credential, &flipped),
            Err(WebauthnError::Signature)
        );
    }
}

#[test]
fn passkeys_are_offered_where_browsers_take_them() {
    let local = RelyingParty::at("http://localhost:8080").unwrap();
    assert_eq!(
        (local.id.as_str(), local.origin.as_str()),
        ("localhost", "http://localhost:8080")
    );
    let here = RelyingParty::at("https://vote.qinghe.example").unwrap();
    assert_eq!(here.id, "vote.qinghe.example");
    for elsewhere in [
        "http://127.0.0.1:8080",
        "https://10.1.2.3",
        "http://vote.qinghe.example",
        "nonsense",
    ] {
        assert_eq!(RelyingParty::at(elsewhere), None, "{elsewhere}");
    }
}
