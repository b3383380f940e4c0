//! QR codes, made by a library and drawn by the page or the device: no script or style stands inside.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use fast_qr::{ECL, QRBuilder};
use maud::{Markup, html};
use serde::Serialize;

/// A QR code (ISO/IEC 18004) as its modules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct QrCode {
    /// Modules on a side, without the quiet zone of four around it.
    size: usize,
    /// A bit a module, row by row, the first one highest in its byte, dark ones set; in standard base 64.
    modules: String,
}

impl QrCode {
    /// The code of a text, with the least redundancy, which makes the fewest modules: it is read from a screen or from clean
    /// paper. `None` where the text is longer than any code holds (2,953 bytes).
    pub fn of(text: &str) -> Option<Self> {
        let code = QRBuilder::new(text).ecl(ECL::L).build().ok()?;
        let dark: Vec<bool> = (0..code.size)
            .flat_map(|row| {
                code[row]
                    .iter()
                    .take(code.size)
                    .map(|module| module.value())
            })
            .collect();
        let bytes: Vec<u8> = dark
            .chunks(8)
            .map(|chunk| {
                let bits = chunk.iter().chain(std::iter::repeat(&false)).take(8);
                bits.fold(0, |byte, dark| byte << 1 | u8::from(*dark))
            })
            .collect();
        Some(Self {
            size: code.size,
            modules: BASE64_STANDARD.encode(bytes),
        })
    }

    /// As a drawing with the quiet zone of four modules around it, for pages without script.
    pub fn drawn(&self, label: &str) -> Markup {
        const QUIET: usize = 4;
        let side = self.size + 2 * QUIET;
        let bytes = BASE64_STANDARD.decode(&self.modules).unwrap_or_default();
        let dark = (0..self.size * self.size).filter(|bit| {
            let byte = bytes.get(bit / 8).copied().unwrap_or_default();
            byte & (0x80 >> (bit % 8)) != 0
        });
        let squares: Vec<String> = dark
            .map(|bit| {
                let (row, column) = (bit / self.size, bit % self.size);
                format!("M{} {}h1v1h-1z", column + QUIET, row + QUIET)
            })
            .collect();
        let path = squares.concat();
        html! {
            svg.qr-code role="img" aria-label=(label) viewBox={ "0 0 " (side) " " (side) } {
                rect width=(side) height=(side) fill="#fff" {}
                path d=(path) fill="#000" {}
            }
        }
    }

    /// Whether the module of this row and column is dark.
    #[cfg(test)]
    fn is_dark(&self, row: usize, column: usize) -> bool {
        let bit = row * self.size + column;
        let bytes = BASE64_STANDARD.decode(&self.modules).unwrap();
        bytes[bit / 8] & (0x80 >> (bit % 8)) != 0
    }

    /// What a reader that others wrote makes of it.
    #[cfg(test)]
    pub(crate) fn read_by_others(&self) -> String {
        const QUIET: usize = 4;
        const SCALE: usize = 3;
        let side = (self.size + 2 * QUIET) * SCALE;
        let inside = |at: usize| (at / SCALE).checked_sub(QUIET).filter(|at| *at < self.size);
        let mut image = rqrr::PreparedImage::prepare_from_greyscale(side, side, |x, y| {
            match (inside(y), inside(x)) {
                (Some(row), Some(column)) if self.is_dark(row, column) => 0,
                _ => 255,
            }
        });
        let grids = image.detect_grids();
        assert_eq!(grids.len(), 1);
        grids[0].decode().unwrap().1
    }
}

#[cfg(test)]
mod tests {
    use super::QrCode;

    #[test]
    fn a_code_is_read_by_others_as_what_was_written() {
        for text in ["民生票决", &"a".repeat(2000)] {
            assert_eq!(QrCode::of(text).unwrap().read_by_others(), text);
        }
    }

    #[test]
    fn a_text_that_no_code_holds_has_none() {
        assert_eq!(QrCode::of(&"a".repeat(2954)), None);
    }
}
