//! The one encoding of each object: the canonical compact JSON of crypto version 1.
//!
//! A verifier that others rely on accepts one encoding of one thing, so nothing here is lenient. Reading an
//! object walks the exact bytes that writing it would produce: members in the order of the specification, no
//! white space, numbers without sign or leading zero, strings escaped in one way, nothing after the end.
//! Unknown, missing, repeated and reordered members are therefore all the same fault: not the expected byte.
//! [`Wire::from_json`] finally writes what it has read and compares, so that strictness does not depend on
//! any single reader being right.
//!
//! Specification: Belenios 3.3.0, section 4.1 ("Conventions") and the types that follow it.

mod fault;
mod reader;
mod writer;

pub use fault::{ElementFault, ScalarFault, WireError, WireFault};
pub use reader::{Fields, Reader};
pub use writer::{ObjectWriter, Writer};

/// A value with exactly one encoding as compact JSON.
pub trait Wire: Sized {
    /// Appends the canonical encoding of the value.
    fn write(&self, out: &mut Writer);

    /// Reads the value from exactly its canonical encoding.
    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError>;

    /// The canonical encoding, without a final newline.
    fn to_json(&self) -> String {
        let mut out = Writer::default();
        self.write(&mut out);
        out.finish()
    }

    /// Reads a whole input, which must be the canonical encoding of one value and nothing else.
    ///
    /// # Errors
    /// [`WireError`] names the member, the byte offset and what was expected there.
    fn from_json(bytes: &[u8]) -> Result<Self, WireError> {
        let mut reader = Reader::new(bytes)?;
        let value = Self::read(&mut reader)?;
        reader.finish()?;
        let again = value.to_json();
        if again.as_bytes() != bytes {
            let offset = again
                .bytes()
                .zip(bytes)
                .take_while(|(a, b)| a == *b)
                .count();
            return Err(WireError {
                path: String::new(),
                offset,
                fault: WireFault::NotCanonical,
            });
        }
        Ok(value)
    }
}

impl Wire for String {
    fn write(&self, out: &mut Writer) {
        out.string(self);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        reader.string()
    }
}

impl Wire for bool {
    fn write(&self, out: &mut Writer) {
        out.raw(if *self { "true" } else { "false" });
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        if reader.skip("true") {
            Ok(true)
        } else if reader.skip("false") {
            Ok(false)
        } else {
            Err(reader.fault(WireFault::Expected("true or false")))
        }
    }
}

impl Wire for u64 {
    fn write(&self, out: &mut Writer) {
        out.raw(&self.to_string());
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        reader.number()
    }
}

/// A sum of weights: a count of the result, or all ballots together.
///
/// The specification has a number here. Releases 2.5.1 and 3.3.0 write one above 2³⁰ − 1 as a string, so that is its one encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weight(pub u64);

/// The largest sum of weights that is written as a number.
const LARGEST_NUMBER: u64 = (1 << 30) - 1;

impl Wire for Weight {
    fn write(&self, out: &mut Writer) {
        if self.0 <= LARGEST_NUMBER {
            self.0.write(out);
        } else {
            out.string(&self.0.to_string());
        }
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        let fault = reader.fault(WireFault::NumberEncoding);
        let string = reader.sees("\"");
        let number = if string {
            reader.plain_string(|text| {
                let number: Option<u64> = text.parse().ok();
                number
                    .filter(|number| number.to_string() == text)
                    .ok_or(WireFault::NumberEncoding)
            })?
        } else {
            reader.number()?
        };
        if string == (number > LARGEST_NUMBER) {
            Ok(Self(number))
        } else {
            Err(fault)
        }
    }
}

impl Wire for u32 {
    fn write(&self, out: &mut Writer) {
        out.raw(&self.to_string());
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        let number = reader.number()?;
        Self::try_from(number).map_err(|_| reader.fault(WireFault::NumberEncoding))
    }
}

impl<T: Wire> Wire for Vec<T> {
    fn write(&self, out: &mut Writer) {
        out.array(self);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        reader.array(T::read)
    }
}
