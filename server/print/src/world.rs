//! All that the typesetter can reach: the templates that are built in, the data of one paper, and the fonts.

use crate::Fonts;
use serde_json::Value;
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Feature, Library, LibraryExt as _, World, WorldExt as _};

/// A template: its name and its text.
pub(crate) type Template = (&'static str, &'static str);

pub(crate) const RESULT_SHEET: Template = (
    "result_sheet.typ",
    include_str!("../templates/result_sheet.typ"),
);
pub(crate) const ANNOUNCEMENT: Template = (
    "announcement.typ",
    include_str!("../templates/announcement.typ"),
);
pub(crate) const BALLOT_PAPERS: Template = (
    "ballot_papers.typ",
    include_str!("../templates/ballot_papers.typ"),
);
const COMMON: Template = ("common.typ", include_str!("../templates/common.typ"));
/// What the templates read the paper's data from.
const DATA: &str = "paper.json";

/// The world of one paper.
pub(crate) struct PaperWorld {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Fonts,
    main: FileId,
    sources: Vec<Source>,
    data: (Option<FileId>, Bytes),
}

impl PaperWorld {
    pub(crate) fn new(template: Template, data: &Value, fonts: Fonts) -> Self {
        // So that a table can say which of its cells names the row.
        let features = [Feature::A11yExtras].into_iter().collect();
        let sources: Vec<Source> = [template, COMMON]
            .into_iter()
            .filter_map(|(name, text)| Some(Source::new(id(name)?, text.to_owned())))
            .collect();
        let main = sources
            .first()
            .map_or_else(|| Source::detached("").id(), Source::id);
        Self {
            library: LazyHash::new(Library::builder().with_features(features).build()),
            book: LazyHash::new(fonts.book()),
            fonts,
            main,
            sources,
            data: (id(DATA), Bytes::from_string(data.to_string())),
        }
    }

    /// Where in the templates the faults lie, and nothing of what stands there.
    pub(crate) fn places(&self, faults: &[SourceDiagnostic]) -> String {
        let place = |fault: &SourceDiagnostic| {
            let range = self.range(fault.span)?;
            let file = self
                .sources
                .iter()
                .find(|one| Some(one.id()) == fault.span.id())?;
            let line = file.lines().byte_to_line(range.start)?;
            let name = file.id().vpath().get_without_slash().to_owned();
            Some(format!("{name} line {}", line.saturating_add(1)))
        };
        let places: Vec<String> = faults.iter().filter_map(place).collect();
        if places.is_empty() {
            "at no place of a template".to_owned()
        } else {
            places.join(", ")
        }
    }
}

fn id(name: &str) -> Option<FileId> {
    let path = VirtualPath::new(name).ok()?;
    Some(RootedPath::new(VirtualRoot::Project, path).intern())
}

impl World for PaperWorld {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.book
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        let found = self.sources.iter().find(|source| source.id() == id);
        found.cloned().ok_or(FileError::AccessDenied)
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let (of_data, data) = &self.data;
        if *of_data == Some(id) {
            Ok(data.clone())
        } else {
            Err(FileError::AccessDenied)
        }
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.get(index)
    }

    /// No paper is of the day on which it happens to be printed.
    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use typst_layout::PagedDocument;

    fn compiled(template: &'static str, fonts: &Fonts) -> Result<(), Vec<String>> {
        let data = serde_json::json!({"language": "en"});
        let world = PaperWorld::new(("test.typ", template), &data, fonts.clone());
        let laid_out = typst::compile::<PagedDocument>(&world).output;
        let words = |fault: &SourceDiagnostic| fault.message.to_string();
        laid_out
            .map(|_| ())
            .map_err(|faults| faults.iter().map(words).collect())
    }

    /// Start from what is allowed, the paper's own data, and ask for one thing more.
    #[test]
    fn a_template_reaches_its_data_and_no_file_no_package_and_no_clock() {
        let fonts = Fonts::load().unwrap();
        compiled("#json(\"paper.json\").language", &fonts).unwrap();
        compiled("#import \"common.typ\": serif\n#serif.first()", &fonts).unwrap();
        for (template, why) in [
            ("#read(\"/etc/hostname\")", "access"),
            ("#read(\"../Cargo.toml\")", ""),
            ("#include \"announcement.typ\"", "access"),
            ("#image(\"paper.png\")", "access"),
            ("#import \"@preview/cetz:0.3.0\"", "access"),
            ("#datetime.today()", "date"),
        ] {
            let said = compiled(template, &fonts).unwrap_err().join("; ");
            assert!(said.contains(why), "{template}: {said}");
        }
    }
}
