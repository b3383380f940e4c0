//! Roles that were offered: the list for those who give them, and acceptance by the person on the own device.

use crate::web::components::table_wrap;
use crate::web::cycle_path::find_jurisdiction;
use crate::web::http_error::HttpResult;
use crate::web::locale::Locale;
use crate::web::visit::redirect_with;
use axum::extract::{Path, State};
use domain::infra::app::App;
use domain::people::Viewer;
use domain::people::offers::{self, OfferId};
use domain::people::store::Offer;
use maud::{Markup, html};

/// What nobody has accepted yet, to be withdrawn.
pub(super) fn pending(locale: &Locale, path: &str, offers: &[Offer]) -> Markup {
    let title = locale.text("offers-pending");
    let table = html! {
        table {
            thead { tr {
                th scope="col" { (locale.text("field-role")) }
                th scope="col" { (locale.text("field-person")) }
                th scope="col" { (locale.text("action")) }
            } }
            tbody {
                @for offer in offers {
                    tr {
                        td { (locale.text(&format!("role-{}", offer.role.name()))) }
                        td { (offer.name) }
                        td {
                            form.inline method="post" action={ (path) "/offers/" (offer.id) "/withdraw" } {
                                button.link type="submit" { (locale.text("offer-withdraw")) }
                            }
                        }
                    }
                }
            }
        }
    };
    html! {
        @if !offers.is_empty() {
            section {
                h2 { (title) }
                p { (locale.text("offers-pending-lead")) }
                (table_wrap(&title, &table))
            }
        }
    }
}

/// What is offered to the reader.
pub(super) fn own(locale: &Locale, offers: &[(Offer, String)]) -> Markup {
    html! {
        @for (offer, place) in offers {
            section.card {
                h2 { (locale.text("offer-title")) }
                p {
                    (locale.text_with("offer-lead", &[
                        ("place", place.clone().into()),
                        ("role", locale.text(&format!("role-{}", offer.role.name())).into()),
                    ]))
                }
                div.actions {
                    form method="post" action={ "/me/offers/" (offer.id) "/accept" } {
                        button.button.primary type="submit" { (locale.text("offer-accept")) }
                    }
                    form method="post" action={ "/me/offers/" (offer.id) "/decline" } {
                        button.button type="submit" { (locale.text("offer-decline")) }
                    }
                }
            }
        }
    }
}

/// `POST /me/offers/{offer}/accept`
pub(crate) async fn accept(
    State(app): State<App>,
    viewer: Viewer,
    Path(offer): Path<OfferId>,
) -> HttpResult {
    offers::accept(&app, viewer.account, offer).await?;
    Ok(redirect_with("/me", "offer-accepted"))
}

/// `POST /me/offers/{offer}/decline`
pub(crate) async fn decline(
    State(app): State<App>,
    viewer: Viewer,
    Path(offer): Path<OfferId>,
) -> HttpResult {
    offers::decline(&app, viewer.account, offer).await?;
    Ok(redirect_with("/me", "offer-declined"))
}

/// `POST /j/{jurisdiction}/people/offers/{offer}/withdraw`
pub(crate) async fn withdraw(
    State(app): State<App>,
    viewer: Viewer,
    Path((slug, offer)): Path<(String, OfferId)>,
) -> HttpResult {
    let jurisdiction = find_jurisdiction(&app, &slug).await?;
    offers::withdraw(&app, &viewer, jurisdiction.id, offer).await?;
    Ok(redirect_with(
        &format!("/j/{slug}/people"),
        "offer-withdrawn",
    ))
}
