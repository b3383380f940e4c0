//! Reading exactly what [`super::Writer`] writes.

use super::{Wire, WireError, WireFault, Writer};

/// One step from an object to a part of it, for the error's path.
#[derive(Debug, Clone, Copy)]
enum Step {
    Member(&'static str),
    Item(usize),
}

/// A cursor over one input that remembers where in the object it is.
#[derive(Debug)]
pub struct Reader<'a> {
    text: &'a str,
    at: usize,
    path: Vec<Step>,
}

impl<'a> Reader<'a> {
    /// Starts at the beginning of `bytes`.
    ///
    /// # Errors
    /// [`WireFault::NotUtf8`].
    pub fn new(bytes: &'a [u8]) -> Result<Self, WireError> {
        let text = std::str::from_utf8(bytes).map_err(|e| WireError {
            path: String::new(),
            offset: e.valid_up_to(),
            fault: WireFault::NotUtf8,
        })?;
        Ok(Self {
            text,
            at: 0,
            path: Vec::new(),
        })
    }

    /// An error at the present position.
    pub fn fault(&self, fault: impl Into<WireFault>) -> WireError {
        let mut path = String::new();
        for step in &self.path {
            match step {
                Step::Member(name) => {
                    if !path.is_empty() {
                        path.push('.');
                    }
                    path.push_str(name);
                }
                Step::Item(index) => {
                    path.push('[');
                    path.push_str(&index.to_string());
                    path.push(']');
                }
            }
        }
        WireError {
            path,
            offset: self.at,
            fault: fault.into(),
        }
    }

    /// Requires that nothing is left.
    ///
    /// # Errors
    /// [`WireFault::Trailing`].
    pub fn finish(&self) -> Result<(), WireError> {
        if self.rest().is_empty() {
            Ok(())
        } else {
            Err(self.fault(WireFault::Trailing))
        }
    }

    /// Moves past `literal` if it stands here.
    pub fn skip(&mut self, literal: &str) -> bool {
        let found = self.rest().starts_with(literal);
        if found {
            self.at += literal.len();
        }
        found
    }

    /// Moves past `literal`, which must stand here.
    ///
    /// # Errors
    /// [`WireFault::Expected`].
    pub fn expect(&mut self, literal: &'static str) -> Result<(), WireError> {
        if self.skip(literal) {
            Ok(())
        } else {
            Err(self.fault(WireFault::Expected(literal)))
        }
    }

    /// Whether `literal` stands here; does not move.
    pub fn sees(&self, literal: &str) -> bool {
        self.rest().starts_with(literal)
    }

    /// An object whose members `read` takes in order.
    ///
    /// # Errors
    /// Those of `read`, and [`WireFault::UnexpectedMember`] if it leaves any.
    pub fn object<T>(
        &mut self,
        read: impl FnOnce(&mut Fields<'_, 'a>) -> Result<T, WireError>,
    ) -> Result<T, WireError> {
        self.expect("{")?;
        let mut fields = Fields {
            reader: self,
            first: true,
        };
        let value = read(&mut fields)?;
        if self.skip("}") {
            Ok(value)
        } else if self.sees(",\"") || self.sees("\"") {
            Err(self.fault(WireFault::UnexpectedMember))
        } else {
            Err(self.fault(WireFault::Expected("}")))
        }
    }

    /// An array whose items `read` takes one by one.
    ///
    /// # Errors
    /// Those of `read`, with the item's index in the path.
    pub fn array<T>(
        &mut self,
        mut read: impl FnMut(&mut Self) -> Result<T, WireError>,
    ) -> Result<Vec<T>, WireError> {
        self.expect("[")?;
        let mut items = Vec::new();
        if self.skip("]") {
            return Ok(items);
        }
        loop {
            self.path.push(Step::Item(items.len()));
            items.push(read(self)?);
            self.path.pop();
            if self.skip("]") {
                return Ok(items);
            }
            self.expect(",")?;
        }
    }

    /// A string, decoded.
    ///
    /// # Errors
    /// [`WireFault::Expected`], [`WireFault::StringEncoding`].
    pub fn string(&mut self) -> Result<String, WireError> {
        self.string_as(|raw| decode_string(raw).ok_or(WireFault::StringEncoding))
    }

    /// A string without anything to escape, as most of the format's strings are, decoded further by `decode`.
    ///
    /// # Errors
    /// [`WireFault::Expected`], [`WireFault::StringEncoding`], and those of `decode`.
    pub fn plain_string<T, F: Into<WireFault>>(
        &mut self,
        decode: impl FnOnce(&'a str) -> Result<T, F>,
    ) -> Result<T, WireError> {
        self.string_as(|raw| {
            if raw.contains('\\') {
                Err(WireFault::StringEncoding)
            } else {
                decode(raw).map_err(Into::into)
            }
        })
    }

    fn string_as<T>(
        &mut self,
        decode: impl FnOnce(&'a str) -> Result<T, WireFault>,
    ) -> Result<T, WireError> {
        self.expect("\"")?;
        let rest = self.rest();
        let end = closing_quote(rest).ok_or_else(|| self.fault(WireFault::Expected("\"")))?;
        let raw = rest.get(..end).unwrap_or_default();
        let value = decode(raw).map_err(|fault| self.fault(fault))?;
        self.at += end + 1;
        Ok(value)
    }

    /// A small non-negative integer in base 10.
    ///
    /// # Errors
    /// [`WireFault::Expected`], [`WireFault::NumberEncoding`].
    pub fn number(&mut self) -> Result<u64, WireError> {
        let rest = self.rest();
        let len = rest.bytes().take_while(u8::is_ascii_digit).count();
        let digits = rest.get(..len).unwrap_or_default();
        if digits.is_empty() {
            return Err(self.fault(WireFault::Expected("a number")));
        }
        if digits.len() > 1 && digits.starts_with('0') {
            return Err(self.fault(WireFault::NumberEncoding));
        }
        let number = digits
            .parse()
            .map_err(|_| self.fault(WireFault::NumberEncoding))?;
        self.at += len;
        Ok(number)
    }

    /// An object that stands as text inside a string, as signed messages do.
    ///
    /// # Errors
    /// Those of the string and of the inner object; the offset is then the inner one.
    pub fn nested<T: Wire>(&mut self) -> Result<(String, T), WireError> {
        let before = self.fault(WireFault::NotCanonical);
        let text = self.string()?;
        let inner = T::from_json(text.as_bytes()).map_err(|e| WireError {
            path: if before.path.is_empty() || e.path.is_empty() {
                before.path.clone() + &e.path
            } else {
                format!("{}.{}", before.path, e.path)
            },
            ..e
        })?;
        Ok((text, inner))
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }
}

/// The members of one object, taken in the order of the specification.
#[derive(Debug)]
pub struct Fields<'r, 'a> {
    reader: &'r mut Reader<'a>,
    first: bool,
}

impl<'a> Fields<'_, 'a> {
    /// The member `name`, which must stand here.
    ///
    /// # Errors
    /// [`WireFault::MissingMember`], or the value's.
    pub fn required<T: Wire>(&mut self, name: &'static str) -> Result<T, WireError> {
        self.required_with(name, T::read)
    }

    /// The member `name`, which must stand here, read by `read`.
    ///
    /// # Errors
    /// [`WireFault::MissingMember`], or those of `read`.
    pub fn required_with<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&mut Reader<'a>) -> Result<T, WireError>,
    ) -> Result<T, WireError> {
        if self.enter(name) {
            self.value(name, read)
        } else {
            Err(self.reader.fault(WireFault::MissingMember(name)))
        }
    }

    /// The member `name` if it stands here.
    ///
    /// # Errors
    /// The value's.
    pub fn optional<T: Wire>(&mut self, name: &'static str) -> Result<Option<T>, WireError> {
        if self.enter(name) {
            self.value(name, T::read).map(Some)
        } else {
            Ok(None)
        }
    }

    /// The reader, to make an error at this place.
    pub fn reader(&self) -> &Reader<'a> {
        self.reader
    }

    fn enter(&mut self, name: &str) -> bool {
        let start = if self.first { "\"" } else { ",\"" };
        let rest = self.reader.rest();
        let found = rest
            .strip_prefix(start)
            .and_then(|r| r.strip_prefix(name))
            .is_some_and(|r| r.starts_with("\":"));
        if found {
            self.reader.at += start.len() + name.len() + 2;
            self.first = false;
        }
        found
    }

    fn value<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&mut Reader<'a>) -> Result<T, WireError>,
    ) -> Result<T, WireError> {
        self.reader.path.push(Step::Member(name));
        let value = read(self.reader)?;
        self.reader.path.pop();
        Ok(value)
    }
}

/// Offset of the quote that ends a string whose beginning is `text`.
fn closing_quote(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return Some(at),
            _ => {}
        }
    }
    None
}

/// Decodes a string's inside, or nothing if it is not the canonical encoding of what it decodes to.
fn decode_string(raw: &str) -> Option<String> {
    let mut decoded = String::with_capacity(raw.len());
    let mut chars = raw.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            decoded.push(c);
            continue;
        }
        decoded.push(match chars.next()? {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'u' => {
                let digits: String = chars.by_ref().take(4).collect();
                char::from_u32(u32::from_str_radix(&digits, 16).ok()?)?
            }
            other => other,
        });
    }
    let mut again = Writer::default();
    again.escaped(&decoded);
    (again.finish() == raw).then_some(decoded)
}
