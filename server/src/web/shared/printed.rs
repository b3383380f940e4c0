//! Papers as PDF, for pages of any stage: what is told to the program that prints, and its answer as a file.

use crate::web::export::FileName;
use crate::web::http_error::{HttpError, HttpResult};
use crate::web::visit::Visit;
use axum::http::header;
use axum::response::IntoResponse as _;
use domain::infra::app::App;
use domain::infra::printer::PrintError;
use paper::{Day, Document, Language, Paper};
use std::sync::Arc;
use time::Date;

/// A paper in the language that the page is read in, dated.
pub fn document(visit: &Visit, title: String, day: Date, paper: Paper) -> Document {
    let language = if visit.locale.code() == "en" {
        Language::English
    } else {
        Language::Chinese
    };
    Document {
        language,
        title,
        day: Day {
            year: u16::try_from(day.year()).unwrap_or_default(),
            month: u8::from(day.month()),
            day: day.day(),
        },
        paper,
    }
}

/// The paper as PDF.
///
/// # Errors
/// [`HttpError::NotFound`] where papers are not printed here; [`HttpError::Unavailable`] where it could not be printed now.
pub async fn printed(app: &App, document: &Document) -> HttpResult<Arc<[u8]>> {
    if !app.printer.is_there() {
        return Err(HttpError::NotFound);
    }
    if let Err(part) = document.check() {
        tracing::warn!(%part, "a paper holds more than is printed");
        return Err(HttpError::Unavailable("not-printed"));
    }
    let json = serde_json::to_vec(document).map_err(|error| HttpError::internal(&error))?;
    app.printer.print(&json).await.map_err(|error| match error {
        PrintError::NotInstalled => HttpError::NotFound,
        PrintError::Late => HttpError::Unavailable("printer-busy"),
        other => {
            tracing::error!(error = %other, "a paper was not printed");
            HttpError::Unavailable("not-printed")
        }
    })
}

/// The same as a file to keep.
///
/// # Errors
/// As [`printed`].
pub async fn answer(app: &App, document: &Document, file: &FileName) -> HttpResult {
    let pdf = printed(app, document).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (header::CONTENT_DISPOSITION, file.attachment("pdf")),
    ];
    Ok((headers, pdf.to_vec()).into_response())
}
