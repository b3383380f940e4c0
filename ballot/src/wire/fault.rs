//! What can be wrong with an encoding, and where.

use std::fmt;

/// Where in an object something is wrong, and what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WireError {
    /// The member to blame, for example `answers[0].choices[3].alpha`; empty for the object itself.
    pub path: String,
    /// Byte offset into the input (or into the string that encloses the inner object).
    pub offset: usize,
    /// What is wrong there.
    pub fault: WireFault,
}

impl fmt::Display for WireError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            write!(f, "byte {}: {}", self.offset, self.fault)
        } else {
            write!(f, "{} (byte {}): {}", self.path, self.offset, self.fault)
        }
    }
}

impl std::error::Error for WireError {}

/// The kinds of fault that an encoding can have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WireFault {
    /// The input is not UTF-8.
    #[error("not UTF-8")]
    NotUtf8,
    /// Something else stands where this was expected.
    #[error("expected {0}")]
    Expected(&'static str),
    /// A member that must stand here is missing, misspelt or out of order.
    #[error("member \"{0}\" expected here")]
    MissingMember(&'static str),
    /// A member that the type does not have, or has earlier.
    #[error("unexpected member")]
    UnexpectedMember,
    /// Bytes follow the end of the object.
    #[error("something follows the end of the object")]
    Trailing,
    /// The object reads well but is not what writing it gives.
    #[error("not the canonical encoding")]
    NotCanonical,
    /// A string that is escaped in another than the canonical way.
    #[error("string is not in its canonical encoding")]
    StringEncoding,
    /// A number with a sign, a leading zero, a fraction or too many digits.
    #[error("number is not in its canonical encoding")]
    NumberEncoding,
    /// A scalar in a wrong encoding or out of range.
    #[error(transparent)]
    Scalar(#[from] ScalarFault),
    /// A group element in a wrong encoding or outside the group.
    #[error(transparent)]
    Element(#[from] ElementFault),
    /// Well encoded, but not a value of its type.
    #[error("{0}")]
    Invalid(&'static str),
    /// Well encoded, but refused by its type's own rules, in the words of that type's error.
    #[error("{0}")]
    Refused(String),
    /// A part of the version-1 format that this verifier does not support.
    #[error("unsupported: {0}")]
    Unsupported(&'static str),
}

/// Why a text is no scalar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScalarFault {
    /// A sign, a leading zero, something that is not a digit, or nothing.
    #[error("a scalar is written in base 10 without sign or leading zero")]
    Encoding,
    /// q or more.
    #[error("scalar is not below the order of the group")]
    Range,
}

/// Why a text is no element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ElementFault {
    /// Wrong length or alphabet (upper case, for example).
    #[error("an element of this group is written otherwise")]
    Encoding,
    /// A second encoding of something that has a canonical one.
    #[error("element is not in its canonical encoding")]
    NotCanonical,
    /// Not a point of the curve (or not in the field).
    #[error("not a point of the curve")]
    NotOnCurve,
    /// On the curve, but with a component of small order.
    #[error("not in the subgroup of prime order")]
    NotInSubgroup,
}
