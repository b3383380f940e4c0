//! Where somebody goes on to once they are in: a page, or a form that waits to be sent again ([`crate::web::held`]).

use super::prove;
use super::sign_in::goal;
use crate::web::cookies;
use crate::web::held::{Held, carried, proceed_signed_in};
use crate::web::http_error::HttpResult;
use crate::web::locale::Locale;
use crate::web::visit::{Visit, redirect_with, with_next};
use axum::response::{IntoResponse as _, Redirect};
use domain::infra::app::App;
use domain::people::Caller;
use domain::people::session::{Admission, SignedIn};
use maud::{Markup, html};
use serde::Deserialize;

/// A path, and what waits to be sent there.
#[derive(Debug, Default)]
pub(super) struct Onward {
    pub(super) next: String,
    pub(super) held: Option<Held>,
}

/// The hidden fields of every form on the way in.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct OnwardFields {
    next: String,
    held: String,
}

impl OnwardFields {
    pub(super) fn read(self) -> HttpResult<Onward> {
        Ok(Onward {
            held: Held::read(&self.held)?,
            next: self.next,
        })
    }
}

impl Onward {
    /// To a page.
    pub(super) const fn to(next: String) -> Self {
        Self { next, held: None }
    }

    /// The hidden fields that carry it along.
    pub(super) fn fields(&self) -> Markup {
        carried(&self.next, self.held.as_ref())
    }

    /// The way to another step: a link, or where a form waits a button that carries it along.
    pub(super) fn link(&self, locale: &Locale, path: &str, text: &str) -> Markup {
        html! {
            @if self.held.is_some() {
                form.inline method="post" action=(path) {
                    (self.fields())
                    button.link type="submit" { (locale.text(text)) }
                }
            } @else {
                p { a href=(with_next(path, &self.next)) { (locale.text(text)) } }
            }
        }
    }

    /// In, or half in: the session's cookie comes, the ticket's goes. Who has a second factor is asked for it, who needs one
    /// is led to set it up.
    pub(super) async fn enter(
        &self,
        app: &App,
        visit: &Visit,
        caller: &Caller,
        signed_in: &SignedIn,
    ) -> HttpResult {
        let next = &self.next;
        let cookies = cookies::signed_in(app, signed_in);
        Ok(match (&self.held, signed_in.admission) {
            (Some(_), Admission::Half) => {
                let half = Caller {
                    session: Some(signed_in.session.secret.clone()),
                    ..caller.clone()
                };
                let page = prove::factor_page(app, visit, &half, self).await?;
                (cookies, page).into_response()
            }
            (Some(held), _) => proceed_signed_in(app, visit, signed_in, next, held),
            (None, Admission::Full) => {
                (cookies, redirect_with(goal(next), "signed-in")).into_response()
            }
            (None, Admission::WithoutFactor) => {
                let to = with_next("/me/security", goal(next));
                (cookies, redirect_with(&to, "signed-in")).into_response()
            }
            (None, Admission::Half) => {
                let to = with_next("/sign-in/factor", next);
                (cookies, Redirect::to(&to)).into_response()
            }
        })
    }
}
