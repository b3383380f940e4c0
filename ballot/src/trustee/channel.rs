//! Secrets from one member's device to another's, through a service that cannot read them.
//!
//! The sender signs `{"recipient","message"}`, draws s, encrypts gˢ to the recipient with ElGamal and the signed text with
//! AES-256-GCM under SHA-256(`key|`gˢ); the initialization vector is SHA-256(`iv|`α), all 32 bytes of it. The signature is
//! inside, so that nobody learns who signed what, and names the recipient, so that it cannot be sent on to another.
//! Specification 3.3.0, sections 4.6.1 and 4.6.3.

use aes_gcm::aead::consts::U32;
use aes_gcm::aead::{Aead, KeyInit, Nonce};
use aes_gcm::{AesGcm, aes::Aes256};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::pki::SignedMessage;
use super::seed::Keys;
use crate::digest::sha256;
use crate::group::{Group, GroupElement};
use crate::wire::{Reader, Wire, WireError, WireFault, Writer};

type Cipher = AesGcm<Aes256, U32>;

const ALGORITHM: &str = "AES-GCM";

/// A text encrypted to the owner of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncryptedMessage<G: Group> {
    alpha: G::Element,
    beta: G::Element,
    data: Vec<u8>,
}

/// What is signed inside: the recipient's encryption key, and a share for it.
#[derive(Clone)]
struct ChannelMessage<G: Group> {
    recipient: G::Element,
    text: Zeroizing<String>,
    share: Share<G>,
}

/// A member's value of another member's polynomial: `{"secret":"…"}`.
#[derive(Clone)]
pub(super) struct Share<G: Group>(pub(super) Zeroizing<G::Scalar>);

/// What is wrong with a share that a member received.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ShareFault {
    /// The ciphertext was not made for the recipient's key, or was changed.
    #[error("it cannot be decrypted")]
    Undecryptable,
    /// It decrypts to something that is no signed share.
    #[error("it decrypts to something else than a share: {0}")]
    Encoding(WireError),
    /// The signature inside is not the sender's.
    #[error("it is not signed by its sender")]
    Signature,
    /// It was signed for another recipient.
    #[error("it was made for another recipient")]
    Recipient,
    /// It is not the value of the polynomial to which the sender has committed.
    #[error("it is not the value of its sender's polynomial")]
    Value,
}

/// Sends a share from the owner of `sender` to the owner of `recipient`.
pub(super) fn send<G: Group>(
    share: &Share<G>,
    sender: &Keys<G>,
    recipient: &G::Element,
    rng: &mut impl CryptoRng,
) -> EncryptedMessage<G> {
    wrap(share, sender, recipient, recipient, rng)
}

/// Signs for `recipient` and encrypts to `reader`, who is the same, except in a test of what happens if not.
pub(super) fn wrap<G: Group>(
    share: &Share<G>,
    sender: &Keys<G>,
    recipient: &G::Element,
    reader: &G::Element,
    rng: &mut impl CryptoRng,
) -> EncryptedMessage<G> {
    let message = ChannelMessage::<G> {
        recipient: recipient.clone(),
        text: Zeroizing::new(share.to_json()),
        share: share.clone(),
    };
    let signed = SignedMessage::<G, _>::sign(message, &sender.signing, rng);
    EncryptedMessage::seal(&Zeroizing::new(signed.to_json()), reader, rng)
}

impl<G: Group> EncryptedMessage<G> {
    fn seal(text: &str, recipient: &G::Element, rng: &mut impl CryptoRng) -> Self {
        let (r, s) = (
            Zeroizing::new(G::random_scalar(rng)),
            Zeroizing::new(G::random_scalar(rng)),
        );
        let alpha = G::multiply_generator(&r);
        let shared = G::multiply_generator(&s);
        let beta = G::multiply(recipient, &r).plus(&shared);
        let (cipher, iv) = cipher::<G>(&shared, &alpha);
        // AES-GCM fails for texts of 64 GiB only.
        let data = cipher.encrypt(&iv, text.as_bytes()).unwrap_or_default();
        Self { alpha, beta, data }
    }

    /// α to the power of the recipient's decryption key: what opens this one message.
    pub(super) fn factor(&self, keys: &Keys<G>) -> G::Element {
        G::multiply(&self.alpha, &keys.decryption)
    }

    pub(super) fn alpha(&self) -> &G::Element {
        &self.alpha
    }

    /// Opens it with its factor and checks who sent it and to whom.
    pub(super) fn receive(
        &self,
        factor: &G::Element,
        sender: &G::Element,
        recipient: &G::Element,
    ) -> Result<Share<G>, ShareFault> {
        let (cipher, iv) = cipher::<G>(&self.beta.minus(factor), &self.alpha);
        let text = cipher
            .decrypt(&iv, self.data.as_slice())
            .map(Zeroizing::new)
            .map_err(|_| ShareFault::Undecryptable)?;
        let signed = SignedMessage::<G, ChannelMessage<G>>::from_json(&text)
            .map_err(ShareFault::Encoding)?;
        if !signed.is_signed_by(sender) {
            return Err(ShareFault::Signature);
        }
        if signed.message().recipient != *recipient {
            return Err(ShareFault::Recipient);
        }
        Ok(signed.message().share.clone())
    }
}

fn cipher<G: Group>(shared: &G::Element, alpha: &G::Element) -> (Cipher, Nonce<Cipher>) {
    let shared = Zeroizing::new(G::encode(shared));
    let key = Zeroizing::new(sha256([b"key|".as_slice(), shared.as_bytes()]));
    let iv = sha256([b"iv|".as_slice(), G::encode(alpha).as_bytes()]);
    let key: &[u8; 32] = &key;
    (Cipher::new(key.into()), iv.into())
}

impl<G: Group> Wire for EncryptedMessage<G> {
    fn write(&self, out: &mut Writer) {
        out.object(|o| {
            o.member("algorithm", &ALGORITHM.to_owned());
            o.member("alpha", &self.alpha);
            o.member("beta", &self.beta);
            o.member("data", &hex::encode(&self.data));
        });
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        reader.object(|o| {
            let algorithm: String = o.required("algorithm")?;
            if algorithm != ALGORITHM {
                return Err(o
                    .reader()
                    .fault(WireFault::Unsupported("another cipher than AES-GCM")));
            }
            Ok(Self {
                alpha: o.required("alpha")?,
                beta: o.required("beta")?,
                data: o.required_with("data", |reader| {
                    reader.plain_string(|text| {
                        hex::decode(text).map_err(|_| WireFault::Invalid("hexadecimal expected"))
                    })
                })?,
            })
        })
    }
}

impl<G: Group> Wire for ChannelMessage<G> {
    fn write(&self, out: &mut Writer) {
        out.object(|o| {
            o.member("recipient", &self.recipient);
            o.member_with("message", |out| out.string(&self.text));
        });
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        reader.object(|o| {
            let recipient = o.required("recipient")?;
            let (text, share) = o.required_with("message", Reader::nested)?;
            Ok(Self {
                recipient,
                text: Zeroizing::new(text),
                share,
            })
        })
    }
}

impl<G: Group> Wire for Share<G> {
    fn write(&self, out: &mut Writer) {
        out.object(|o| o.member_with("secret", |out| self.0.write(out)));
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        reader.object(|o| o.required("secret").map(Zeroizing::new).map(Self))
    }
}
