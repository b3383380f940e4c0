//! What people see of people.

mod audit;
mod choose_name;
mod import;
mod me;
mod offers;
mod office;
mod other_ways;
mod roster;
mod sign_in;

use crate::web::routes::{Access, Routes, Takes};
use domain::infra::app::App;
use domain::people::Role;

/// Who keeps the jurisdiction's people.
const ROSTER_ADMINS: Access = Access::Roles(&[Role::Admin, Role::Office]);

/// The pages of people.
pub fn routes(app: &App) -> Routes {
    let routes = Routes::new(app.clone())
        .get("/sign-in", Access::Public, sign_in::ask)
        .post("/sign-in", Access::Public, sign_in::send_code)
        .get("/sign-in/code", Access::Public, sign_in::code_page)
        .post("/sign-in/code", Access::Public, sign_in::enter_code)
        .get("/sign-in/name", Access::Public, choose_name::name)
        .post("/sign-in/name", Access::Public, choose_name::choose_name)
        .get("/sign-in/password", Access::Public, other_ways::password)
        .post(
            "/sign-in/password",
            Access::Public,
            other_ways::enter_password,
        )
        .get("/sign-in/link/{token}", Access::Public, other_ways::link)
        .post(
            "/sign-in/link/{token}",
            Access::Public,
            other_ways::enter_link,
        )
        .post("/sign-out", Access::Public, sign_in::sign_out)
        .get("/me", Access::SignedIn, me::me)
        .post(
            "/me/offers/{offer}/accept",
            Access::SignedIn,
            offers::accept,
        )
        .post(
            "/me/offers/{offer}/decline",
            Access::SignedIn,
            offers::decline,
        )
        .post("/me/name", Access::SignedIn, me::rename)
        .post("/me/residence", Access::SignedIn, me::move_to)
        .post(
            "/me/sessions/{session}/end",
            Access::SignedIn,
            me::end_session,
        )
        .post("/me/sessions/end-others", Access::SignedIn, me::end_others)
        .get("/me/password", Access::SignedIn, me::password)
        .post("/me/password", Access::SignedIn, me::set_password);
    office_routes(routes)
}

fn office_routes(routes: Routes) -> Routes {
    routes
        .get("/j/{jurisdiction}/deputies", Access::Public, roster::roster)
        .get("/j/{jurisdiction}/people", ROSTER_ADMINS, office::people)
        .post(
            "/j/{jurisdiction}/people/grant",
            ROSTER_ADMINS,
            office::grant,
        )
        .post(
            "/j/{jurisdiction}/people/offers/{offer}/withdraw",
            ROSTER_ADMINS,
            offers::withdraw,
        )
        .post(
            "/j/{jurisdiction}/people/heads",
            ROSTER_ADMINS,
            roster::appoint_head,
        )
        .post(
            "/j/{jurisdiction}/people/revoke",
            ROSTER_ADMINS,
            office::revoke,
        )
        .post(
            "/j/{jurisdiction}/people/units",
            ROSTER_ADMINS,
            office::add_unit,
        )
        .post(
            "/j/{jurisdiction}/people/{account}/contact",
            ROSTER_ADMINS,
            office::contact,
        )
        .get(
            "/j/{jurisdiction}/people/import",
            ROSTER_ADMINS,
            import::form,
        )
        .post_taking(
            Takes::File,
            "/j/{jurisdiction}/people/import",
            ROSTER_ADMINS,
            import::submit,
        )
        .get("/j/{jurisdiction}/audit", ROSTER_ADMINS, audit::audit)
}
