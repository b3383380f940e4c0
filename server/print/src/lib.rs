//! Papers as PDF. A [`paper::Document`] becomes the data of a template that is built in; the typesetter gets no file, no network and no
//! package, and no text of a document is ever read as markup.

mod fonts;
mod texts;
mod world;

pub use fonts::Fonts;

use paper::{Document, MOST_BYTES, Paper, TooMuch};
use std::io;
use typst::diag::SourceDiagnostic;
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};
use world::PaperWorld;

/// Why a paper was not printed. Says nothing of what stands on it.
#[derive(Debug, thiserror::Error)]
pub enum PrintError {
    /// A font is not where it is looked for.
    #[error("{path} cannot be read ({source}); it is of Debian's package fonts-noto-cjk")]
    Font {
        /// Where it was looked for last.
        path: String,
        /// Why it cannot be read.
        source: io::Error,
    },
    /// A font's file holds another font.
    #[error("{0} is not the font that it should be; it is of Debian's package fonts-noto-cjk")]
    OtherFont(String),
    /// The system refuses a limit.
    #[error("a limit cannot be set: {0}")]
    Limit(io::Error),
    /// The document cannot be read.
    #[error("the document cannot be read: {0}")]
    Read(io::Error),
    /// The PDF cannot be written.
    #[error("the PDF cannot be written: {0}")]
    Write(io::Error),
    /// More than [`MOST_BYTES`].
    #[error("the document is longer than {MOST_BYTES} bytes")]
    TooLong,
    /// Not JSON, or not a document. The parser's own words may hold what stands there.
    #[error("the document is none, at line {line}, column {column}")]
    NoDocument {
        /// The line.
        line: usize,
        /// The column in it.
        column: usize,
    },
    /// A part of it is not within its limits.
    #[error("the document's {0}")]
    TooMuch(#[from] TooMuch),
    /// The typesetter refuses the document. Its own words may hold what stands there.
    #[error("not typeset: {0}")]
    Refused(String),
}

impl PrintError {
    /// Whether the document is at fault.
    pub const fn is_input(&self) -> bool {
        matches!(
            self,
            Self::TooLong | Self::NoDocument { .. } | Self::TooMuch(_)
        )
    }
}

/// The PDF of a document in JSON: tagged for readers of the screen (PDF/UA-1), its fonts embedded, the same bytes for the same
/// document and fonts.
///
/// # Errors
/// It is no document, or not within its limits, or the typesetter refuses it.
pub fn pdf(json: &[u8], fonts: Fonts) -> Result<Vec<u8>, PrintError> {
    if json.len() > MOST_BYTES {
        return Err(PrintError::TooLong);
    }
    let no_document = |error: serde_json::Error| PrintError::NoDocument {
        line: error.line(),
        column: error.column(),
    };
    let document: Document = serde_json::from_slice(json).map_err(no_document)?;
    document.check()?;
    let data = serde_json::to_value(&document).map_err(no_document)?;
    let data = texts::printable(data, &fonts);
    let template = match document.paper {
        Paper::ResultSheet(_) => world::RESULT_SHEET,
        Paper::Announcement(_) => world::ANNOUNCEMENT,
        Paper::BallotPapers(_) => world::BALLOT_PAPERS,
    };
    typeset(&PaperWorld::new(template, &data, fonts))
}

fn typeset(world: &PaperWorld) -> Result<Vec<u8>, PrintError> {
    let refused = |faults: &[SourceDiagnostic]| PrintError::Refused(world.places(faults));
    let laid_out = typst::compile::<PagedDocument>(world).output;
    let laid_out = laid_out.map_err(|faults| refused(&faults))?;
    let standards = PdfStandards::new(&[PdfStandard::Ua_1])
        .map_err(|_| PrintError::Refused("no PDF/UA-1".to_owned()))?;
    let options = PdfOptions {
        standards,
        ..PdfOptions::default()
    };
    typst_pdf::pdf(&laid_out, &options).map_err(|faults| refused(&faults))
}
