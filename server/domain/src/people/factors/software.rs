//! A passkey in software, for tests: it makes a key, registers and signs as the specification has authenticators do it.

#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "made for tests, where a panic is the answer"
)]

use super::webauthn::{Assertion, Registration, RelyingParty};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ciborium::Value;
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};

/// Someone is there, and it is the owner.
const PRESENT_AND_VERIFIED: u8 = 0x05;

/// A passkey in software. Its fields say what it does next; a test breaks one of them.
pub struct SoftwarePasskey {
    key: EcdsaKeyPair,
    random: SystemRandom,
    /// The credential's id.
    pub id: Vec<u8>,
    /// Whom it answers.
    pub rp: RelyingParty,
    /// Bit 0: someone was there; bit 2: it was the owner.
    pub flags: u8,
    /// What it says of how often it has signed.
    pub sign_count: u32,
}

/// What it answers when it is registered.
pub struct Registered {
    /// JSON of the browser.
    pub client_data: Vec<u8>,
    /// CBOR of the authenticator.
    pub attestation_object: Vec<u8>,
}

/// What it answers when it is used.
pub struct Asserted {
    /// JSON of the browser.
    pub client_data: Vec<u8>,
    /// What the authenticator says.
    pub authenticator_data: Vec<u8>,
    /// Its signature of both.
    pub signature: Vec<u8>,
}

impl Registered {
    /// As it is checked.
    pub fn as_answer(&self) -> Registration<'_> {
        Registration {
            client_data: &self.client_data,
            attestation_object: &self.attestation_object,
        }
    }
}

impl Asserted {
    /// As it is checked.
    pub fn as_answer(&self) -> Assertion<'_> {
        Assertion {
            client_data: &self.client_data,
            authenticator_data: &self.authenticator_data,
            signature: &self.signature,
        }
    }
}

impl SoftwarePasskey {
    /// A new one for the service at this address.
    pub fn new(base_url: &str) -> Self {
        let random = SystemRandom::new();
        let algorithm = &ECDSA_P256_SHA256_ASN1_SIGNING;
        let document = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        let key = EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref(), &random).unwrap();
        let id = digest(&SHA256, key.public_key().as_ref()).as_ref().to_vec();
        Self {
            key,
            random,
            id,
            rp: RelyingParty::at(base_url).unwrap(),
            flags: PRESENT_AND_VERIFIED,
            sign_count: 0,
        }
    }

    /// Registers, without an attestation.
    pub fn register(&self, challenge: &[u8]) -> Registered {
        let mut data = self.authenticator_data(0x40);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.id.len()).unwrap().to_be_bytes());
        data.extend(&self.id);
        data.extend(self.cose());
        let object = Value::Map(vec![
            ("fmt".into(), "none".into()),
            ("attStmt".into(), Value::Map(Vec::new())),
            ("authData".into(), Value::Bytes(data)),
        ]);
        Registered {
            client_data: self.client_data("webauthn.create", challenge),
            attestation_object: cbor(&object),
        }
    }

    /// Signs, counting up.
    pub fn assert(&mut self, challenge: &[u8]) -> Asserted {
        self.sign_count += 1;
        let authenticator_data = self.authenticator_data(0);
        let client_data = self.client_data("webauthn.get", challenge);
        let hash = digest(&SHA256, &client_data);
        let signed = [authenticator_data.as_slice(), hash.as_ref()].concat();
        let signature = self.key.sign(&self.random, &signed).unwrap();
        Asserted {
            client_data,
            authenticator_data,
            signature: signature.as_ref().to_vec(),
        }
    }

    fn client_data(&self, kind: &str, challenge: &[u8]) -> Vec<u8> {
        serde_json::json!({
            "type": kind,
            "challenge": BASE64_URL_SAFE_NO_PAD.encode(challenge),
            "origin": self.rp.origin,
            "crossOrigin": false,
        })
        .to_string()
        .into_bytes()
    }

    fn authenticator_data(&self, more_flags: u8) -> Vec<u8> {
        let mut data = digest(&SHA256, self.rp.id.as_bytes()).as_ref().to_vec();
        data.push(self.flags | more_flags);
        data.extend(self.sign_count.to_be_bytes());
        data
    }

    fn cose(&self) -> Vec<u8> {
        let (x, y) = self
            .key
            .public_key()
            .as_ref()
            .split_first_chunk::<1>()
            .unwrap()
            .1
            .split_at(32);
        let fields: [(i64, Value); 5] = [
            (1, Value::from(2)),
            (3, Value::from(-7)),
            (-1, Value::from(1)),
            (-2, Value::Bytes(x.to_vec())),
            (-3, Value::Bytes(y.to_vec())),
        ];
        let fields = fields.map(|(label, value)| (Value::from(label), value));
        cbor(&Value::Map(fields.to_vec()))
    }
}

fn cbor(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).unwrap();
    bytes
}
