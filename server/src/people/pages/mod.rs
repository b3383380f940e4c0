//! What people see of people.

mod add_factor;
mod audit;
mod choose_name;
mod import;
mod links;
mod me;
mod offers;
mod office;
mod onward;
mod other_ways;
mod passkey;
mod probe;
mod prove;
mod refusal;
mod roster;
mod security;
mod sign_in;
mod ways;

pub use links::link_made;
pub use security::factors_removed;

use crate::web::routes::{Access, FRESH, Routes, Takes};
use domain::infra::app::App;
use domain::people::Role;

/// Who keeps the jurisdiction's people.
const ROSTER_ADMINS: Access = Access::Roles(&[Role::Admin, Role::Office]);

/// The pages of people.
pub fn routes(app: &App) -> Routes {
    office_routes(factor_routes(own_routes(app)))
}

fn own_routes(app: &App) -> Routes {
    Routes::new(app.clone())
        .get("/sign-in", Access::Public, sign_in::ask)
        .post_on(Takes::Held, "/sign-in", Access::Public, sign_in::send_code)
        .get("/sign-in/code", Access::Public, sign_in::code_page)
        .post_on(
            Takes::Held,
            "/sign-in/code",
            Access::Public,
            sign_in::enter_code,
        )
        .get("/sign-in/name", Access::Public, choose_name::name)
        .post_on(
            Takes::Held,
            "/sign-in/name",
            Access::Public,
            choose_name::choose_name,
        )
        .get("/sign-in/password", Access::Public, other_ways::password)
        .post_on(
            Takes::Held,
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
        .post_on(
            FRESH,
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
        .post_on(FRESH, "/me/password", Access::SignedIn, me::set_password)
}

/// Second factors and fresh sign-ins. What half a session may open is public and looks at the session itself.
fn factor_routes(routes: Routes) -> Routes {
    routes
        .get("/sign-in/factor", Access::Public, prove::factor)
        .post_on(
            Takes::Held,
            "/sign-in/factor",
            Access::Public,
            prove::enter_factor,
        )
        .post(
            "/sign-in/challenge",
            Access::Public,
            passkey::assertion_question,
        )
        .get("/sign-in/again", Access::SignedIn, prove::prove_again)
        .post_on(
            Takes::Held,
            "/sign-in/again",
            Access::Public,
            prove::enter_again,
        )
        .post_on(
            Takes::Held,
            "/sign-in/again/code",
            Access::Public,
            prove::send_code_again,
        )
        .get("/me/security", Access::SignedIn, security::security)
        .post_on(
            FRESH,
            "/me/security/app",
            Access::SignedIn,
            add_factor::offer_app,
        )
        .post_on(
            FRESH,
            "/me/security/app/confirm",
            Access::SignedIn,
            add_factor::add_app,
        )
        .post_on(
            FRESH,
            "/me/security/passkey",
            Access::SignedIn,
            add_factor::offer_passkey,
        )
        .post_on(
            FRESH,
            "/me/security/passkey/confirm",
            Access::SignedIn,
            add_factor::add_passkey,
        )
        .post(
            "/me/security/challenge",
            Access::SignedIn,
            passkey::registration_question,
        )
        .post_on(
            FRESH,
            "/me/security/recovery-codes",
            Access::SignedIn,
            security::renew_codes,
        )
        .post_on(
            FRESH,
            "/me/security/factors/{factor}/remove",
            Access::SignedIn,
            security::remove,
        )
}

fn office_routes(routes: Routes) -> Routes {
    routes
        .get("/j/{jurisdiction}/deputies", Access::Public, roster::roster)
        .get("/j/{jurisdiction}/people", ROSTER_ADMINS, office::people)
        .post_on(
            FRESH,
            "/j/{jurisdiction}/people/grant",
            ROSTER_ADMINS,
            office::grant,
        )
        .post(
            "/j/{jurisdiction}/people/offers/{offer}/withdraw",
            ROSTER_ADMINS,
            offers::withdraw,
        )
        .post_on(
            FRESH,
            "/j/{jurisdiction}/people/heads",
            ROSTER_ADMINS,
            roster::appoint_head,
        )
        .post_on(
            FRESH,
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
        .post_on(
            Takes::File,
            "/j/{jurisdiction}/people/import",
            ROSTER_ADMINS,
            import::preview,
        )
        .post_on(
            Takes::Long.fresh(),
            "/j/{jurisdiction}/people/import/confirm",
            ROSTER_ADMINS,
            import::confirm,
        )
        .get(
            "/j/{jurisdiction}/people/links",
            ROSTER_ADMINS,
            links::links,
        )
        .post_on(
            FRESH,
            "/j/{jurisdiction}/people/links",
            ROSTER_ADMINS,
            links::make,
        )
        .get("/j/{jurisdiction}/audit", ROSTER_ADMINS, audit::audit)
}
