//! Writing canonical compact JSON.

use super::Wire;

/// A buffer that values append their encoding to.
#[derive(Debug, Default)]
pub struct Writer {
    text: String,
}

impl Writer {
    /// What has been written.
    pub fn finish(self) -> String {
        self.text
    }

    /// Appends `text` as it is: punctuation and numbers.
    pub fn raw(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Appends a string in quotes.
    pub fn string(&mut self, text: &str) {
        self.text.push('"');
        self.escaped(text);
        self.text.push('"');
    }

    /// Appends an array.
    pub fn array<'t, T: Wire + 't>(&mut self, items: impl IntoIterator<Item = &'t T>) {
        self.text.push('[');
        for (index, item) in items.into_iter().enumerate() {
            if index > 0 {
                self.text.push(',');
            }
            item.write(self);
        }
        self.text.push(']');
    }

    /// Appends an object with the members that `write` gives it.
    pub fn object(&mut self, write: impl FnOnce(&mut ObjectWriter<'_>)) {
        self.text.push('{');
        write(&mut ObjectWriter {
            out: self,
            first: true,
        });
        self.text.push('}');
    }

    /// Escapes what the independent tools escape, in their way: quote, backslash, the control characters and
    /// DEL; nothing else, so that Chinese text stays readable.
    pub(super) fn escaped(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '"' => self.text.push_str("\\\""),
                '\\' => self.text.push_str("\\\\"),
                '\n' => self.text.push_str("\\n"),
                '\r' => self.text.push_str("\\r"),
                '\t' => self.text.push_str("\\t"),
                '\u{8}' => self.text.push_str("\\b"),
                '\u{c}' => self.text.push_str("\\f"),
                '\u{0}'..='\u{1f}' | '\u{7f}' => {
                    self.text.push_str("\\u00");
                    let digits = [u32::from(c) >> 4, u32::from(c) & 15];
                    self.text
                        .extend(digits.iter().filter_map(|d| char::from_digit(*d, 16)));
                }
                other => self.text.push(other),
            }
        }
    }
}

/// The members of one object, in the order in which they are written.
#[derive(Debug)]
pub struct ObjectWriter<'w> {
    out: &'w mut Writer,
    first: bool,
}

impl ObjectWriter<'_> {
    /// A member.
    pub fn member(&mut self, name: &str, value: &impl Wire) {
        self.member_with(name, |out| value.write(out));
    }

    /// A member that stands only if there is a value.
    pub fn optional(&mut self, name: &str, value: Option<&impl Wire>) {
        if let Some(value) = value {
            self.member(name, value);
        }
    }

    /// A member whose value `write` appends.
    pub fn member_with(&mut self, name: &str, write: impl FnOnce(&mut Writer)) {
        if !self.first {
            self.out.raw(",");
        }
        self.first = false;
        self.out.string(name);
        self.out.raw(":");
        write(self.out);
    }
}
