//! Signed messages between trustees. Specification 3.3.0, section 4.6.1.

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::context::MESSAGE;
use crate::group::Group;
use crate::proof::Proof;
use crate::wire::{Reader, Wire, WireError, Writer};

/// An object of type `M`, carried as text, with a signature over that text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedMessage<G: Group, M> {
    /// Wiped when dropped: inside an encrypted message it holds a secret.
    text: Zeroizing<String>,
    message: M,
    signature: Proof<G>,
}

impl<G: Group, M: Wire> SignedMessage<G, M> {
    /// Signs `message`.
    pub(super) fn sign(message: M, key: &G::Scalar, rng: &mut impl CryptoRng) -> Self {
        let text = Zeroizing::new(message.to_json());
        let signature = sign::<G>(key, &text, rng);
        Self {
            text,
            message,
            signature,
        }
    }
}

impl<G: Group, M> SignedMessage<G, M> {
    /// What is signed.
    pub fn message(&self) -> &M {
        &self.message
    }

    /// Whether the owner of `key` signed it.
    pub fn is_signed_by(&self, key: &G::Element) -> bool {
        is_signed_by(&self.signature, key, &self.text)
    }
}

/// A signature of `text`: a proof that its key is known, with the text in the challenge.
pub(super) fn sign<G: Group>(key: &G::Scalar, text: &str, rng: &mut impl CryptoRng) -> Proof<G> {
    Proof::of_knowledge(key, &MESSAGE.context([text]), rng)
}

/// Whether `signature` is the signature of `text` by the owner of `key`.
pub(crate) fn is_signed_by<G: Group>(signature: &Proof<G>, key: &G::Element, text: &str) -> bool {
    signature.shows_knowledge(key, &MESSAGE.context([text]))
}

impl<G: Group, M: Wire> Wire for SignedMessage<G, M> {
    fn write(&self, out: &mut Writer) {
        out.object(|o| {
            o.member("message", &*self.text);
            o.member("signature", &self.signature);
        });
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        reader.object(|o| {
            let (text, message) = o.required_with("message", Reader::nested)?;
            Ok(Self {
                text: Zeroizing::new(text),
                message,
                signature: o.required("signature")?,
            })
        })
    }
}
