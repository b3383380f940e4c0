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

    /// The modules row by row, dark ones set, with the quiet zone of four around them.
    fn modules(&self) -> Vec<Vec<bool>> {
        const QUIET: usize = 4;
        let bytes = BASE64_STANDARD.decode(&self.modules).unwrap_or_default();
        let inside = |at: usize| at.checked_sub(QUIET).filter(|at| *at < self.size);
        let is_dark = |row: usize, column: usize| {
            let bit = row * self.size + column;
            let byte = bytes.get(bit / 8).copied().unwrap_or_default();
            byte & (0x80 >> (bit % 8)) != 0
        };
        let side = 0..self.size + 2 * QUIET;
        let row = |y: usize| {
            let column = |x| inside(y).zip(inside(x)).is_some_and(|(y, x)| is_dark(y, x));
            side.clone().map(column).collect()
        };
        side.clone().map(row).collect()
    }

    /// As a drawing with the quiet zone around it, for pages without script.
    pub fn drawn(&self, label: &str) -> Markup {
        let modules = self.modules();
        let side = modules.len();
        let mut squares = Vec::new();
        for (y, row) in modules.iter().enumerate() {
            let dark = row.iter().enumerate().filter(|(_, dark)| **dark);
            squares.extend(dark.map(|(x, _)| format!("M{x} {y}h1v1h-1z")));
        }
        let path = squares.concat();
        html! {
            svg.qr-code role="img" aria-label=(label) viewBox={ "0 0 " (side) " " (side) } {
                rect width=(side) height=(side) fill="#fff" {}
                path d=(path) fill="#000" {}
            }
        }
    }

    /// As it is told to the program that prints papers.
    pub fn printed(&self, means: String) -> paper::QrModules {
        let row = |row: Vec<bool>| {
            row.into_iter()
                .map(|dark| if dark { '1' } else { '0' })
                .collect()
        };
        let rows = self.modules().into_iter().map(row).collect();
        paper::QrModules { means, rows }
    }

    /// As lines of characters for a terminal, two rows of modules in each, light on dark.
    pub fn in_characters(&self) -> String {
        let mut lines = String::new();
        for pair in self.modules().chunks(2) {
            let (upper, lower) = (pair.first(), pair.get(1));
            for (x, above) in upper.into_iter().flatten().enumerate() {
                // Past the last row the paper goes on.
                let below = lower.and_then(|row| row.get(x)).is_some_and(|dark| *dark);
                lines.push(match (above, below) {
                    (false, false) => '\u{2588}',
                    (false, true) => '\u{2580}',
                    (true, false) => '\u{2584}',
                    (true, true) => ' ',
                });
            }
            lines.push('\n');
        }
        lines
    }

    /// What a reader that others wrote makes of it.
    #[cfg(test)]
    pub(crate) fn read_by_others(&self) -> String {
        read(&self.modules())
    }
}

/// What a reader that others wrote makes of these modules.
#[cfg(test)]
fn read(modules: &[Vec<bool>]) -> String {
    const SCALE: usize = 3;
    let side = modules.len() * SCALE;
    let shade = |x: usize, y: usize| {
        if modules[y / SCALE][x / SCALE] {
            0
        } else {
            255
        }
    };
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(side, side, shade);
    let grids = image.detect_grids();
    assert_eq!(grids.len(), 1);
    grids[0].decode().unwrap().1
}

#[cfg(test)]
mod tests {
    use super::{QrCode, read};

    #[test]
    fn a_code_is_read_by_others_as_what_was_written() {
        for text in ["民生票决", &"a".repeat(2000)] {
            assert_eq!(QrCode::of(text).unwrap().read_by_others(), text);
        }
    }

    #[test]
    fn a_code_on_a_terminal_is_read_as_what_was_written() {
        let text = "https://vote.qinghe.example/sign-in/link/0123456789abcdef";
        let shown = QrCode::of(text).unwrap().in_characters();
        let mut modules: Vec<Vec<bool>> = Vec::new();
        for line in shown.lines() {
            let dark = |of: [char; 2]| line.chars().map(|one| of.contains(&one)).collect();
            modules.push(dark(['\u{2584}', ' ']));
            modules.push(dark(['\u{2580}', ' ']));
        }
        let side = modules[0].len();
        modules.truncate(side);
        assert_eq!(read(&modules), text);
    }

    #[test]
    fn a_text_that_no_code_holds_has_none() {
        assert_eq!(QrCode::of(&"a".repeat(2954)), None);
    }
}
