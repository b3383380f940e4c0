//! The fonts, from where Debian's package puts them: a search through all fonts of a system takes seconds, and would let the paper look
//! different on every machine.

use crate::PrintError;
use std::fs;
use typst::foundations::Bytes;
use typst::text::{Font, FontBook};

/// Where the files are looked for, in this order.
const FOLDERS: [&str; 3] = [
    "/usr/share/fonts/opentype/noto",
    "/usr/share/fonts/noto-cjk",
    "/usr/share/fonts/google-noto-cjk",
];

/// The files, with the families of each that are used.
const FILES: [(&str, &[&str]); 3] = [
    ("NotoSerifCJK-Regular.ttc", &["Noto Serif CJK SC"]),
    ("NotoSerifCJK-Bold.ttc", &["Noto Serif CJK SC"]),
    (
        "NotoSansCJK-Regular.ttc",
        &["Noto Sans CJK SC", "Noto Sans Mono CJK SC"],
    ),
];

/// The fonts that papers are set in.
#[derive(Debug, Clone)]
pub struct Fonts(Vec<Font>);

impl Fonts {
    /// Reads them.
    ///
    /// # Errors
    /// One is missing, or is another.
    pub fn load() -> Result<Self, PrintError> {
        Self::load_from(&FOLDERS)
    }

    fn load_from(folders: &[&str]) -> Result<Self, PrintError> {
        let mut fonts = Vec::new();
        for (file, families) in FILES {
            let bytes = Bytes::new(read(folders, file)?);
            let before = fonts.len();
            let of_them = |font: &Font| families.contains(&font.info().family.as_str());
            fonts.extend(Font::iter(bytes).filter(of_them));
            if fonts.len() != before + families.len() {
                return Err(PrintError::OtherFont(file.to_owned()));
            }
        }
        Ok(Self(fonts))
    }

    /// Whether each of them has this character: a title is set in more than one.
    pub(crate) fn have(&self, character: char) -> bool {
        let code = u32::from(character);
        self.0
            .iter()
            .all(|font| font.info().coverage.contains(code))
    }

    pub(crate) fn book(&self) -> FontBook {
        FontBook::from_fonts(&self.0)
    }

    pub(crate) fn get(&self, index: usize) -> Option<Font> {
        self.0.get(index).cloned()
    }
}

fn read(folders: &[&str], file: &str) -> Result<Vec<u8>, PrintError> {
    let mut fault = None;
    for folder in folders {
        let path = format!("{folder}/{file}");
        match fs::read(&path) {
            Ok(bytes) => return Ok(bytes),
            Err(source) => fault = fault.or(Some(PrintError::Font { path, source })),
        }
    }
    Err(fault.unwrap_or_else(|| PrintError::OtherFont(file.to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_a_font_is_missing_its_package_is_named() {
        let error = Fonts::load_from(&["/nonexistent/a", "/nonexistent/b"]).unwrap_err();
        let said = error.to_string();
        assert!(
            said.contains("/nonexistent/a/NotoSerifCJK-Regular.ttc"),
            "{said}"
        );
        assert!(said.contains("fonts-noto-cjk"), "{said}");
        assert!(!error.is_input());
    }

    #[test]
    fn a_file_of_that_name_with_another_font_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let name = "NotoSerifCJK-Regular.ttc";
        fs::write(folder.path().join(name), b"no font").unwrap();
        let error = Fonts::load_from(&[folder.path().to_str().unwrap()]).unwrap_err();
        assert!(matches!(error, PrintError::OtherFont(file) if file == name));
    }
}
