//! The public roster of deputies.

use crate::web::components::{breadcrumbs, empty_state, page_head};
use crate::web::cycle_path::find_jurisdiction;
use crate::web::http_error::HttpResult;
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::visit::Visit;
use axum::extract::{Path, State};
use domain::cycles::Jurisdiction;
use domain::infra::app::App;
use domain::people::Deputy;
use domain::people::store;
use maud::{Markup, html};

struct RosterPage {
    jurisdiction: Jurisdiction,
    /// Each delegation with its deputies, in the roster's order.
    delegations: Vec<(String, Vec<Deputy>)>,
    in_office: usize,
}

impl Page for RosterPage {
    fn title(&self, locale: &Locale) -> String {
        locale.text("roster-title")
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let here = &self.jurisdiction;
        let title = locale.text("roster-title");
        let lead = locale.text_with("roster-lead", &[("count", self.in_office.into())]);
        html! {
            (breadcrumbs(locale, &[(format!("/j/{}", here.slug), here.name.clone())], &title))
            (page_head(&title, &lead))
            @if self.in_office == 0 { (empty_state(locale, "no-deputies")) }
            @for (delegation, deputies) in &self.delegations {
                section.card {
                    h2 {
                        (delegation) " "
                        small { (locale.text_with("delegation-size", &[("count", deputies.len().into())])) }
                    }
                    ol.roster {
                        @for deputy in deputies {
                            li value=(deputy.number) { (deputy.name) }
                        }
                    }
                }
            }
        }
    }
}

/// `GET /j/{jurisdiction}/deputies`
pub(crate) async fn roster(
    State(app): State<App>,
    visit: Visit,
    Path(slug): Path<String>,
) -> HttpResult {
    let jurisdiction = find_jurisdiction(&app, &slug).await?;
    let mut tx = app.database.read().await?;
    let deputies = store::deputies(&mut tx, jurisdiction.id).await?;
    let in_office = deputies.len();
    let delegations = store::delegations(&mut tx, jurisdiction.id)
        .await?
        .into_iter()
        .map(|delegation| {
            let members = deputies
                .iter()
                .filter(|deputy| deputy.delegation_id == delegation.id)
                .cloned()
                .collect();
            (delegation.name, members)
        })
        .collect();
    Ok(show(
        &visit,
        &RosterPage {
            jurisdiction,
            delegations,
            in_office,
        },
    ))
}
