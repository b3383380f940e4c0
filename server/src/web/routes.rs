//! Routes that each say who may call them: there is no way to add one without.

use super::cycle_path::find_jurisdiction;
use super::fresh::demand;
use super::held::Interrupted;
use super::http_error::HttpError;
use super::query::names_only;
use super::sent;
use axum::Router;
use axum::extract::{FromRef, RawPathParams, Request, State};
use axum::handler::Handler;
use axum::http::{HeaderValue, Method, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::Response;
use axum::routing::{MethodRouter, delete, get, post, put};
use domain::infra::app::App;
use domain::people::{Role, Viewer};
use tower_http::limit::RequestBodyLimitLayer;

/// What every handler shares: the state of the router. A handler takes the [`App`] in it by `State<App>`.
#[derive(Debug, Clone)]
pub struct Site(pub App);

impl FromRef<Site> for App {
    fn from_ref(site: &Site) -> Self {
        site.0.clone()
    }
}

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody.
    Public,
    /// Whoever is signed in.
    SignedIn,
    /// Who holds one of these roles in the jurisdiction that the path's `{jurisdiction}` names.
    Roles(&'static [Role]),
    /// An administrator of any jurisdiction (the handler looks which).
    Admin,
    /// Anybody, but only in the demo; elsewhere the page does not exist.
    Demo,
}

impl Access {
    /// Whether somebody must be signed in.
    const fn needs_somebody(self) -> bool {
        matches!(self, Self::SignedIn | Self::Roles(_) | Self::Admin)
    }
}

/// How much a request may carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Takes {
    /// A form or a small JSON body.
    Form,
    /// A form with a row for each of many things.
    Long,
    /// The proof of who somebody is, with a form that waits for it.
    Held,
    /// A ballot, or a scrutineer's partial decryption: as large as the largest rule makes them.
    Ballot,
    /// A file.
    File,
}

impl Takes {
    /// The most bytes.
    pub const fn bytes(self) -> usize {
        match self {
            Self::Form => 64 * 1024,
            Self::Long => 512 * 1024,
            Self::Held | Self::Ballot => 4 * 1024 * 1024,
            Self::File => 24 * 1024 * 1024,
        }
    }

    /// The most bytes that are read of a form from somebody known, so that the texts of too large a one can be given back.
    const fn read_past(self) -> usize {
        match self {
            Self::Form | Self::Long => Self::Held.bytes(),
            Self::Held | Self::Ballot => self.bytes(),
            Self::File => 256 * 1024 * 1024,
        }
    }

    /// The same, only from people who have proved within minutes who they are ([`super::fresh`]).
    pub const fn fresh(self) -> Terms {
        Terms {
            takes: self,
            fresh: true,
        }
    }
}

/// On what terms a route takes what is sent to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// How much it takes.
    pub takes: Takes,
    /// Whether whoever sends it must have proved within minutes who they are.
    pub fresh: bool,
}

/// A form that weighs.
pub const FRESH: Terms = Takes::Form.fresh();

impl From<Takes> for Terms {
    fn from(takes: Takes) -> Self {
        Self {
            takes,
            fresh: false,
        }
    }
}

/// A route as it was declared.
#[derive(Debug, Clone)]
pub struct Declared {
    /// The method.
    pub method: Method,
    /// The path with its parameters in braces.
    pub path: &'static str,
    /// Who may call it.
    pub access: Access,
    /// On what terms it takes what is sent to it.
    pub terms: Terms,
    /// Whether programs of other sites may read it, too: it tells everybody the same.
    pub open: bool,
    /// The parameters of its query, where it is of the API; a page takes whatever a link has been given on its way.
    pub parameters: &'static [&'static str],
}

/// Routes under construction.
#[derive(Debug)]
pub struct Routes {
    app: App,
    router: Router<Site>,
    declared: Vec<Declared>,
}

impl Routes {
    /// No routes yet.
    pub fn new(app: App) -> Self {
        Self {
            app,
            router: Router::new(),
            declared: Vec::new(),
        }
    }

    /// Adds a page or a reading API call.
    #[must_use]
    pub fn get<H: Handler<T, Site>, T: 'static>(
        self,
        path: &'static str,
        access: Access,
        handler: H,
    ) -> Self {
        let declared = Declared::new(Method::GET, path, access, Takes::Form);
        self.add(declared, get(handler))
    }

    /// Adds what everybody may read, programs of other sites too (`Access-Control-Allow-Origin: *`, so without whatever
    /// shows who asks): files, feeds, the record, what the API answers.
    #[must_use]
    pub fn open<H: Handler<T, Site>, T: 'static>(self, path: &'static str, handler: H) -> Self {
        self.open_by(&[], path, handler)
    }

    /// The same, of an API call with these parameters in its query.
    #[must_use]
    pub fn open_by<H: Handler<T, Site>, T: 'static>(
        self,
        parameters: &'static [&'static str],
        path: &'static str,
        handler: H,
    ) -> Self {
        let declared = Declared {
            open: true,
            parameters,
            ..Declared::new(Method::GET, path, Access::Public, Takes::Form)
        };
        self.add(declared, get(handler))
    }

    /// Adds what a form or a changing API call is sent to.
    #[must_use]
    pub fn post<H: Handler<T, Site>, T: 'static>(
        self,
        path: &'static str,
        access: Access,
        handler: H,
    ) -> Self {
        self.post_on(Takes::Form, path, access, handler)
    }

    /// Adds what a form is sent to on other terms: more is sent, or it weighs.
    #[must_use]
    pub fn post_on<H: Handler<T, Site>, T: 'static>(
        self,
        terms: impl Into<Terms>,
        path: &'static str,
        access: Access,
        handler: H,
    ) -> Self {
        let declared = Declared::new(Method::POST, path, access, terms);
        self.add(declared, post(handler))
    }

    /// Adds a replacing API call.
    #[must_use]
    pub fn put<H: Handler<T, Site>, T: 'static>(
        self,
        path: &'static str,
        access: Access,
        handler: H,
    ) -> Self {
        let declared = Declared::new(Method::PUT, path, access, Takes::Form);
        self.add(declared, put(handler))
    }

    /// Adds a deleting API call.
    #[must_use]
    pub fn delete<H: Handler<T, Site>, T: 'static>(
        self,
        path: &'static str,
        access: Access,
        handler: H,
    ) -> Self {
        let declared = Declared::new(Method::DELETE, path, access, Takes::Form);
        self.add(declared, delete(handler))
    }

    fn add(mut self, declared: Declared, handler: MethodRouter<Site>) -> Self {
        let mut guarded = handler.route_layer(from_fn_with_state(
            (self.app.clone(), declared.clone()),
            guard,
        ));
        if declared.open {
            guarded = guarded.route_layer(from_fn(for_every_site));
        }
        // What is too large is refused by its announced length, before anything is read or anybody looked up.
        let guarded = guarded.route_layer(RequestBodyLimitLayer::new(declared.most()));
        self.router = self.router.route(declared.path, guarded);
        self.declared.push(declared);
        self
    }

    /// Takes in another room's routes.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.router = self.router.merge(other.router);
        self.declared.extend(other.declared);
        self
    }

    /// What was declared, for the test that walks all of it.
    pub fn declared(&self) -> &[Declared] {
        &self.declared
    }

    /// The router, ready to be wrapped in the common layers.
    pub fn into_router(self) -> Router {
        self.router.with_state(Site(self.app))
    }
}

impl Declared {
    /// The most bytes that are read of what is sent: of a form from somebody known, so much that its texts can be given back.
    fn most(&self) -> usize {
        let takes = self.terms.takes;
        if self.access.needs_somebody() && !self.path.starts_with("/api/") {
            takes.read_past()
        } else {
            takes.bytes()
        }
    }

    fn new(method: Method, path: &'static str, access: Access, terms: impl Into<Terms>) -> Self {
        Self {
            method,
            path,
            access,
            terms: terms.into(),
            open: false,
            parameters: &[],
        }
    }
}

/// What everybody may read, a script of another site may, too; a browser then sends nothing along that shows who asks.
async fn for_every_site(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let everybody = HeaderValue::from_static("*");
    response
        .headers_mut()
        .insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, everybody);
    response
}

async fn guard(
    State((app, declared)): State<(App, Declared)>,
    params: RawPathParams,
    request: Request,
    next: Next,
) -> Result<Response, HttpError> {
    let (access, terms) = (declared.access, declared.terms);
    if declared.path.starts_with("/api/v1") {
        names_only(request.uri().query(), declared.parameters)?;
    }
    let viewer = request.extensions().get::<Viewer>();
    let is_form = request.method() != Method::GET && !request.uri().path().starts_with("/api/");
    if viewer.is_none() && is_form && access.needs_somebody() {
        let interrupted = Interrupted::take(request).await;
        return Err(HttpError::SignInToGoOn(Box::new(interrupted)));
    }
    match access {
        Access::Public => {}
        Access::Demo => {
            if !app.demo {
                return Err(HttpError::NotFound);
            }
        }
        Access::SignedIn => {
            viewer.ok_or(HttpError::SignInFirst)?;
        }
        Access::Admin => {
            let viewer = viewer.ok_or(HttpError::SignInFirst)?;
            if !viewer.holds_anywhere(Role::Admin) {
                let waits = viewer.withheld.iter().any(|(_, role)| *role == Role::Admin);
                return Err(refusal(waits));
            }
        }
        Access::Roles(roles) => {
            let viewer = viewer.ok_or(HttpError::SignInFirst)?;
            let slug = params
                .iter()
                .find_map(|(name, value)| (name == "jurisdiction").then_some(value))
                .ok_or(HttpError::NotFound)?;
            let jurisdiction = find_jurisdiction(&app, slug).await?;
            if !roles
                .iter()
                .any(|role| viewer.holds(*role, jurisdiction.id))
            {
                let waits = roles
                    .iter()
                    .any(|role| viewer.waits_for(*role, jurisdiction.id));
                return Err(refusal(waits));
            }
        }
    }
    let request = if terms.fresh {
        demand(&app, request).await?
    } else {
        request
    };
    Ok(if access.needs_somebody() && sent::is_form(&request) {
        sent::answer(terms.takes, request, next).await
    } else {
        next.run(request).await
    })
}

/// Who has the role, but no second factor yet, is told so.
const fn refusal(waits: bool) -> HttpError {
    if waits {
        HttpError::FactorFirst
    } else {
        HttpError::Forbidden
    }
}
