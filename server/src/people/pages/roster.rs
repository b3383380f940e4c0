//! The public roster of deputies.

use crate::web::components::{breadcrumbs, empty_state, page_head};
use crate::web::cycle_path::find_jurisdiction;
use crate::web::http_error::{HttpError, HttpResult};
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::visit::{Visit, redirect_with};
use axum::Form;
use axum::extract::{Path, State};
use domain::cycles::Jurisdiction;
use domain::infra::app::App;
use domain::people::store;
use domain::people::{DelegationId, Deputy, DeputyId, Role, Viewer, admin};
use maud::{Markup, html};
use serde::Deserialize;

struct RosterPage {
    jurisdiction: Jurisdiction,
    /// Each delegation with its deputies, in the roster's order.
    delegations: Vec<(String, Vec<Deputy>)>,
    in_office: usize,
    heads: Vec<(DelegationId, DeputyId)>,
}

impl RosterPage {
    fn head_of(&self, deputies: &[Deputy]) -> Option<DeputyId> {
        let delegation = deputies.first()?.delegation_id;
        self.heads
            .iter()
            .find(|(of, _)| *of == delegation)
            .map(|(_, head)| *head)
    }

    /// The office appoints the delegation's head.
    fn head_form(&self, locale: &Locale, deputies: &[Deputy]) -> Markup {
        let head = self.head_of(deputies);
        let path = format!("/j/{}/people/heads", self.jurisdiction.slug);
        html! {
            form.inline method="post" action=(path) {
                label {
                    (locale.text("delegation-head")) " "
                    select name="deputy" {
                        @for deputy in deputies {
                            option value=(deputy.id) selected[Some(deputy.id) == head] { (deputy.name) }
                        }
                    }
                }
                " " button.button type="submit" { (locale.text("appoint-head")) }
            }
        }
    }
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
            @if self.in_office > 0 && visit.holds_any(&[Role::Office, Role::Admin], here.id) {
                p.no-print {
                    (locale.text("roster-how-in")) " "
                    a href={ "/j/" (here.slug) "/people/links" } { (locale.text("links-title")) }
                }
            }
            @for (delegation, deputies) in &self.delegations {
                section.card {
                    h2 {
                        (delegation) " "
                        small { (locale.text_with("delegation-size", &[("count", deputies.len().into())])) }
                    }
                    ol.roster {
                        @for deputy in deputies {
                            li value=(deputy.number) {
                                (deputy.name)
                                @if Some(deputy.id) == self.head_of(deputies) {
                                    " " span.note { (locale.text("delegation-head")) }
                                }
                            }
                        }
                    }
                    @if visit.holds_any(&[Role::Office, Role::Admin], here.id) && !deputies.is_empty() {
                        (self.head_form(locale, deputies))
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
    let heads = store::heads(&mut tx, jurisdiction.id).await?;
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
            heads,
        },
    ))
}

/// Who is to head the own delegation.
#[derive(Debug, Deserialize)]
pub(crate) struct Appointing {
    #[serde(default)]
    deputy: String,
}

/// `POST /j/{jurisdiction}/people/heads`
pub(crate) async fn appoint_head(
    State(app): State<App>,
    viewer: Viewer,
    Path(slug): Path<String>,
    Form(form): Form<Appointing>,
) -> HttpResult {
    let jurisdiction = find_jurisdiction(&app, &slug).await?;
    let deputy: DeputyId = form.deputy.parse().map_err(|_| HttpError::NotFound)?;
    admin::appoint_head(&app, &viewer, jurisdiction.id, deputy).await?;
    Ok(redirect_with(&format!("/j/{slug}/deputies"), "saved"))
}
