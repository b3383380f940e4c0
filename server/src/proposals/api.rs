//! The public list for programs: JSON, CSV, Atom. Display names stay on the pages.

use super::pages::{ListQuery, list_path};
use super::search::{self, Listed, Order};
use crate::app::App;
use crate::cycles::{InCycle, Stage};
use crate::infra::clock::Timestamp;
use crate::infra::money::Money;
use crate::web::failure::{Answer, Failure, url_encode};
use axum::Json;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::IntoResponse as _;
use serde_json::{Value, json};
use std::fmt::Write as _;
use time::UtcOffset;
use time::format_description::well_known::Rfc3339;

/// How many proposals a page of the API has.
const PER_PAGE: i64 = 50;
/// How many entries the feed has.
const FEED_ENTRIES: i64 = 50;
/// The most lines of a table.
const TABLE_LINES: i64 = 100_000;

/// `GET /api/v1/j/{jurisdiction}/{year}/proposals`
pub async fn list(
    State(app): State<App>,
    at: InCycle,
    Query(query): Query<ListQuery>,
) -> Answer<Json<Value>> {
    let page = i64::try_from(query.page()).unwrap_or(1);
    let mut tx = app.database.read().await?;
    let (listed, total) = search::list(
        &mut tx,
        at.cycle(),
        &query.filter(order(&at)),
        (page - 1) * PER_PAGE,
        PER_PAGE,
    )
    .await?;
    Ok(Json(json!({
        "page": page,
        "pages": (total + PER_PAGE - 1) / PER_PAGE,
        "total": total,
        "proposals": listed.iter().map(facts).collect::<Vec<_>>(),
    })))
}

/// While collecting nobody is ranked, here neither.
fn order(at: &InCycle) -> Order {
    if at.cycle().stage == Stage::Collecting {
        Order::Newest
    } else {
        Order::Ranked
    }
}

fn facts(line: &Listed) -> Value {
    let proposal = &line.proposal;
    let content = &proposal.content;
    json!({
        "id": proposal.id,
        "number": proposal.number,
        "title": content.title,
        "body": content.body,
        "category": content.category.name(),
        "district": content.district,
        "place": content.place,
        "budget_fen": content.budget,
        "channel": proposal.channel.name(),
        "made_at": rfc3339(proposal.made_at),
        "supporters": proposal.supporters,
        "state": line.progress.name(),
    })
}

fn rfc3339(at: Timestamp) -> String {
    at.in_zone(UtcOffset::UTC)
        .format(&Rfc3339)
        .unwrap_or_default()
}

/// `/j/{jurisdiction}/{year}/proposals.csv`
pub async fn table(State(app): State<App>, at: InCycle, Query(query): Query<ListQuery>) -> Answer {
    let mut tx = app.database.read().await?;
    let filter = query.filter(order(&at));
    let (listed, _) = search::list(&mut tx, at.cycle(), &filter, 0, TABLE_LINES).await?;
    let failed = |error: csv::Error| Failure::internal(&error);
    // The mark at the beginning lets spreadsheets see that it is UTF-8.
    let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    writer
        .write_record([
            "number",
            "title",
            "category",
            "district",
            "place",
            "budget_wan",
            "supporters",
            "state",
            "made_at",
            "body",
        ])
        .map_err(failed)?;
    for line in &listed {
        let proposal = &line.proposal;
        let content = &proposal.content;
        writer
            .write_record([
                proposal.number.to_string(),
                harmless(&content.title),
                content.category.name().to_owned(),
                harmless(content.district.as_deref().unwrap_or_default()),
                harmless(&content.place),
                content.budget.map(Money::wan).unwrap_or_default(),
                proposal.supporters.to_string(),
                line.progress.name().to_owned(),
                rfc3339(proposal.made_at),
                harmless(&content.body),
            ])
            .map_err(failed)?;
    }
    let bytes = writer
        .into_inner()
        .map_err(|error| Failure::internal(error.error()))?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"proposals.csv\"",
        ),
    ];
    Ok((headers, bytes).into_response())
}

/// Spreadsheets take a cell that begins so for a formula and carry it out; an apostrophe makes it a text.
fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

/// `/j/{jurisdiction}/{year}/proposals.atom` (RFC 4287): the newest accepted proposals.
pub async fn feed(State(app): State<App>, at: InCycle) -> Answer {
    let mut tx = app.database.read().await?;
    let filter = ListQuery::default().filter(Order::Newest);
    let (listed, _) = search::list(&mut tx, at.cycle(), &filter, 0, FEED_ENTRIES).await?;
    let base = format!("{}{}", app.config.base_url, list_path(&at.heading));
    let updated = listed
        .iter()
        .map(|line| line.proposal.made_at)
        .max()
        .unwrap_or_else(|| Timestamp::from_millis(0));
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n\
         <id>{id}</id><title>{title}</title><updated>{updated}</updated>\
         <link rel=\"self\" href=\"{id}.atom\"/><link href=\"{id}\"/>\
         <author><name>{name}</name></author>\n",
        id = escaped(&base),
        title = escaped(&format!(
            "{} {} 民生实事建议",
            at.heading.jurisdiction.name,
            at.cycle().year
        )),
        updated = rfc3339(updated),
        name = escaped(&at.heading.jurisdiction.name),
    );
    for line in &listed {
        let proposal = &line.proposal;
        let link = format!("{base}/{}", url_encode(&proposal.id.to_string()));
        // Writing into a string cannot fail.
        let _ = writeln!(
            xml,
            "<entry><id>urn:uuid:{}</id><title>{}</title><updated>{}</updated><link href=\"{}\"/>\
             <category term=\"{}\"/><summary>{}</summary></entry>",
            proposal.id,
            escaped(&proposal.content.title),
            rfc3339(proposal.made_at),
            escaped(&link),
            proposal.content.category.name(),
            escaped(&proposal.content.body),
        );
    }
    xml.push_str("</feed>\n");
    let headers = [(header::CONTENT_TYPE, "application/atom+xml; charset=utf-8")];
    Ok((headers, xml).into_response())
}

/// A text inside XML; characters that XML 1.0 does not have are left out.
fn escaped(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .map(|c| match c {
            '&' => "&amp;".to_owned(),
            '<' => "&lt;".to_owned(),
            '>' => "&gt;".to_owned(),
            '"' => "&quot;".to_owned(),
            other => other.to_string(),
        })
        .collect()
}
