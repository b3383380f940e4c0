//! From an address to the jurisdiction and the cycle that it names.

use super::http_error::HttpError;
use super::routes::Site;
use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use domain::cycles::{Cycle, Jurisdiction, Timeline, store};
use domain::infra::app::App;
use std::str::FromStr;

/// What the banner above a cycle's pages shows.
#[derive(Debug, Clone)]
pub struct CycleHeading {
    /// Whose cycle.
    pub jurisdiction: Jurisdiction,
    /// The cycle.
    pub cycle: Cycle,
    /// When its stages begin.
    pub timeline: Timeline,
}

impl CycleHeading {
    /// The cycle's, with its timeline.
    pub async fn read(
        app: &App,
        jurisdiction: Jurisdiction,
        cycle: Cycle,
    ) -> Result<Self, HttpError> {
        let mut tx = app.database.read().await?;
        let timeline = Timeline::read(app, &mut tx, &cycle).await?;
        Ok(Self {
            jurisdiction,
            cycle,
            timeline,
        })
    }

    /// The cycle's address: `/j/{jurisdiction}/{year}`.
    pub fn path(&self) -> String {
        format!("/j/{}/{}", self.jurisdiction.slug, self.cycle.year)
    }
}

/// The cycle that the path's `{jurisdiction}` and `{year}` name; anything else in them is a page that does not
/// exist.
#[derive(Debug, Clone)]
pub struct InCycle {
    /// The cycle and whose it is.
    pub heading: CycleHeading,
    params: Vec<(String, String)>,
}

impl InCycle {
    /// The cycle.
    pub const fn cycle(&self) -> &Cycle {
        &self.heading.cycle
    }

    /// The path's parameter as an id or a number; one that is none names no page.
    pub fn param<T: FromStr>(&self, name: &str) -> Result<T, HttpError> {
        param(&self.params, name)
    }
}

fn param<T: FromStr>(params: &[(String, String)], name: &str) -> Result<T, HttpError> {
    params
        .iter()
        .find(|(key, _)| key == name)
        .and_then(|(_, value)| value.parse().ok())
        .ok_or(HttpError::NotFound)
}

impl FromRequestParts<Site> for InCycle {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, HttpError> {
        let params: Vec<(String, String)> = RawPathParams::from_request_parts(parts, site)
            .await
            .map_err(|_| HttpError::NotFound)?
            .iter()
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect();
        let slug: String = param(&params, "jurisdiction")?;
        let (jurisdiction, cycle) = find_cycle(&site.0, &slug, param(&params, "year")?).await?;
        let heading = CycleHeading::read(&site.0, jurisdiction, cycle).await?;
        Ok(Self { heading, params })
    }
}

/// The jurisdiction with this slug, or [`HttpError::NotFound`].
pub async fn find_jurisdiction(app: &App, slug: &str) -> Result<Jurisdiction, HttpError> {
    let mut tx = app.database.read().await?;
    store::jurisdiction_by_slug(&mut tx, slug)
        .await?
        .ok_or(HttpError::NotFound)
}

/// The cycle of this jurisdiction and year, or [`HttpError::NotFound`].
pub async fn find_cycle(
    app: &App,
    slug: &str,
    year: i32,
) -> Result<(Jurisdiction, Cycle), HttpError> {
    let jurisdiction = find_jurisdiction(app, slug).await?;
    let mut tx = app.database.read().await?;
    let cycle = store::cycle_of_year(&mut tx, jurisdiction.id, year)
        .await?
        .ok_or(HttpError::NotFound)?;
    Ok((jurisdiction, cycle))
}
