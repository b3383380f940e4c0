//! `/j/{jurisdiction}/{year}/proposals/new`: making a proposal. Whatever goes wrong, the form comes back as it
//! was filled in, the picture included.

use crate::web::components::{Field, Tone, error_text, notice, page_head};
use crate::web::cycle_path::{CycleHeading, InCycle};
use crate::web::held::missing_file;
use crate::web::http_error::{HttpError, HttpResult, unreadable_part};
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::query::Query;
use crate::web::shared::proposal_card::{list_path, opening};
use crate::web::visit::{Visit, redirect_with};
use axum::extract::{Multipart, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use domain::cycles::{GuardError, Stage, store as cycle_store};
use domain::infra::app::App;
use domain::infra::field_errors::FieldErrors;
use domain::people::Role;
use domain::people::Viewer;
use domain::proposals::{
    self, Channel, Draft, PictureError, Proposal, ProposalError, ValidDraft, picture, search,
};
use maud::{Markup, html};
use serde::Deserialize;
use std::collections::HashMap;

/// Who may enter a proposal for somebody else.
const ENTERS_FOR_OTHERS: [Role; 2] = [Role::StationStaff, Role::Office];

struct FormPage {
    heading: CycleHeading,
    districts: Vec<String>,
    draft: Draft,
    errors: FieldErrors,
    /// The code of what keeps the whole form from being taken.
    refused: Option<&'static str>,
    similar: Vec<Proposal>,
    for_others: bool,
}

impl FormPage {
    async fn open(
        app: &App,
        viewer: &Viewer,
        at: InCycle,
        draft: Draft,
    ) -> Result<Self, HttpError> {
        let jurisdiction = at.cycle().jurisdiction;
        let mut tx = app.database.read().await?;
        let closed = at.cycle().stage != Stage::Collecting;
        Ok(Self {
            districts: cycle_store::districts(&mut tx, jurisdiction).await?,
            heading: at.heading,
            draft,
            errors: FieldErrors::none(),
            refused: closed.then_some("not-in-this-stage"),
            similar: Vec::new(),
            for_others: ENTERS_FOR_OTHERS
                .iter()
                .any(|role| viewer.holds(*role, jurisdiction)),
        })
    }

    fn answer(&self, visit: &Visit, status: StatusCode) -> Response {
        (status, show(visit, self)).into_response()
    }
}

/// By which way the form was opened: a station's poster adds `?via=qr`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Opened {
    via: String,
}

/// The empty form.
pub(crate) async fn new(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    at: InCycle,
    Query(opened): Query<Opened>,
) -> HttpResult {
    let draft = Draft {
        token: hex::encode(app.entropy.bytes::<16>()),
        // A link never fails: another way in than the poster's is the usual one.
        channel: Some(opened.via)
            .filter(|via| via == Channel::Qr.name())
            .unwrap_or_default(),
        ..Draft::default()
    };
    let page = FormPage::open(&app, &viewer, at, draft).await?;
    Ok(page.answer(&visit, StatusCode::OK))
}

/// The form as it was sent.
pub(crate) async fn send(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    at: InCycle,
    multipart: Multipart,
) -> HttpResult {
    let cycle = at.cycle().clone();
    // Outside the stage no picture is even kept in memory; the texts are, and come back.
    let sent = Submission::read(multipart, cycle.stage == Stage::Collecting).await?;
    let mut page = FormPage::open(&app, &viewer, at, Draft::read(sent.texts)).await?;
    let picture_fault = match sent.picture {
        Some(bytes) => page.take_picture(&app, &viewer, bytes).await?,
        None => sent.picture_missing,
    };
    let own_name = (!page.for_others).then_some(viewer.display_name.as_str());
    let checked = page.draft.check(
        &page.districts,
        &page.heading.jurisdiction.settings,
        own_name,
    );
    let ready = match (checked, picture_fault) {
        (Ok(ready), None) => ready,
        (checked, fault) => {
            page.errors = checked.err().unwrap_or_default();
            if let Some(code) = fault {
                page.errors.add("proposal-picture", code);
            }
            return Ok(page.answer(&visit, refused_by(fault)));
        }
    };
    if !page.draft.seen && page.refused.is_none() {
        let mut tx = app.database.read().await?;
        page.similar = search::similar(&mut tx, &cycle, &ready.content).await?;
        if !page.similar.is_empty() {
            return Ok(page.answer(&visit, StatusCode::OK));
        }
    }
    page.propose(&app, &visit, &viewer, &ready).await
}

/// Who could not wait is told to come again; all else is the form's.
fn refused_by(picture_fault: Option<&'static str>) -> StatusCode {
    match picture_fault {
        Some(code) if code == PictureError::Busy.code() => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

impl FormPage {
    /// Cleans and keeps the picture; says what is wrong with it. Whether this person may send one now comes first: reading one
    /// takes long and much memory.
    async fn take_picture(
        &mut self,
        app: &App,
        viewer: &Viewer,
        bytes: Vec<u8>,
    ) -> Result<Option<&'static str>, HttpError> {
        let cycle = &self.heading.cycle;
        let (actor, owner) = (viewer.actor(), viewer.account);
        let replaced = self.draft.picture.parse().ok();
        match proposals::may_send_picture(app, cycle, owner, replaced).await {
            Ok(()) => self.draft.picture.clear(),
            Err(error) => return picture_refused(error),
        }
        let jpeg = match picture::clean(bytes).await {
            Ok(jpeg) => jpeg,
            Err(error) => return Ok(Some(error.code())),
        };
        match proposals::keep_picture(app, actor, cycle, owner, &jpeg).await {
            Ok(id) => self.draft.picture = id.to_string(),
            Err(error) => return picture_refused(error),
        }
        Ok(None)
    }

    async fn propose(
        mut self,
        app: &App,
        visit: &Visit,
        viewer: &Viewer,
        ready: &ValidDraft,
    ) -> HttpResult {
        let cycle = &self.heading.cycle;
        let actor = viewer.actor();
        let refused = match proposals::propose(app, actor, cycle, viewer.account, ready).await {
            Ok(id) => {
                let path = format!("{}/{id}", list_path(&self.heading));
                return Ok(redirect_with(&path, "proposal-sent"));
            }
            Err(error) => error,
        };
        self.refused = Some(match refused {
            ProposalError::TooMany => "too-many-proposals",
            ProposalError::Guard(GuardError::NotInStage(_)) => "not-in-this-stage",
            ProposalError::SentOtherwise(_) => {
                // Sent once more it is another proposal, whose picture has to be chosen again.
                self.draft.token = hex::encode(app.entropy.bytes::<16>());
                self.draft.picture.clear();
                "sent-otherwise"
            }
            ProposalError::NoSuchPicture(_) => {
                self.draft.picture.clear();
                self.errors.add("proposal-picture", "picture-not-there");
                return Ok(self.answer(visit, StatusCode::UNPROCESSABLE_ENTITY));
            }
            other => return Err(other.into()),
        });
        Ok(self.answer(visit, StatusCode::CONFLICT))
    }
}

/// What stands at the picture where it is refused. That the stage is over stands above the whole form.
fn picture_refused(error: ProposalError) -> Result<Option<&'static str>, HttpError> {
    match error {
        ProposalError::Guard(GuardError::NotInStage(_)) => Ok(None),
        ProposalError::TooManyPictures => Ok(Some("too-many-pictures")),
        other => Err(other.into()),
    }
}

/// The longest text of one field, in bytes: much more than any may have, so that what is typed comes back.
const TEXT_BYTES: usize = 64 * 1024;

/// What came with the form: texts by field, and the picture if one was chosen.
struct Submission {
    texts: HashMap<String, String>,
    picture: Option<Vec<u8>>,
    /// Why a picture that was chosen is not there.
    picture_missing: Option<&'static str>,
}

impl Submission {
    async fn read(mut multipart: Multipart, takes_picture: bool) -> Result<Self, HttpError> {
        let mut sent = Self {
            texts: HashMap::new(),
            picture: None,
            picture_missing: None,
        };
        while let Some(field) = multipart
            .next_field()
            .await
            .map_err(|error| unreadable_part(&error))?
        {
            let name = field.name().unwrap_or_default().to_owned();
            if name == "proposal-picture" {
                if takes_picture {
                    let bytes = field
                        .bytes()
                        .await
                        .map_err(|error| unreadable_part(&error))?;
                    sent.picture_missing = missing_file(&bytes);
                    sent.picture = Some(bytes.to_vec())
                        .filter(|bytes| !bytes.is_empty() && sent.picture_missing.is_none());
                }
            } else {
                let bytes = field
                    .bytes()
                    .await
                    .map_err(|error| unreadable_part(&error))?;
                if bytes.len() > TEXT_BYTES {
                    return Err(HttpError::TooLarge);
                }
                let text = String::from_utf8_lossy(&bytes).into_owned();
                sent.texts.insert(name, text);
            }
        }
        Ok(sent)
    }
}

impl Page for FormPage {
    fn title(&self, locale: &Locale) -> String {
        locale.text("propose")
    }

    fn errors(&self) -> Option<&FieldErrors> {
        Some(&self.errors)
    }

    fn cycle(&self) -> Option<&CycleHeading> {
        Some(&self.heading)
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        html! {
            (page_head(&locale.text("propose"), &locale.text("propose-lead")))
            @if let Some(code) = self.refused {
                (notice(Tone::Bad, &html! {
                    p role="alert" { (locale.text(&format!("error-{code}"))) }
                    p { (locale.text("form-is-kept")) }
                }))
            }
            @if !self.similar.is_empty() { (self.similar_ones(locale)) }
            form.form method="post" action={ (list_path(&self.heading)) "/new" } enctype="multipart/form-data" {
                input type="hidden" name="token" value=(self.draft.token);
                input type="hidden" name="picture" value=(self.draft.picture);
                @if !self.similar.is_empty() || self.draft.seen { input type="hidden" name="seen" value="yes"; }
                (self.fields(locale))
                div.actions {
                    button type="submit" {
                        (locale.text(if self.similar.is_empty() { "propose-send" } else { "propose-send-anyway" }))
                    }
                }
            }
        }
    }
}

impl FormPage {
    fn field<'a>(&'a self, name: &'static str, value: &'a str, required: bool) -> Field<'a> {
        Field {
            name,
            value,
            errors: &self.errors,
            required,
        }
    }

    fn fields(&self, locale: &Locale) -> Markup {
        let draft = &self.draft;
        let categories = self.heading.jurisdiction.settings.categories.iter();
        let categories: Vec<_> = categories
            .filter(|one| !one.retired)
            .map(|one| (one.code.to_string(), locale.of(&one.title).to_owned()))
            .collect();
        let districts: Vec<_> = self
            .districts
            .iter()
            .map(|name| (name.clone(), name.clone()))
            .collect();
        let channels = Channel::ALL.map(|one| {
            let text = locale.text(&format!("channel-{}", one.name()));
            (one.name().to_owned(), text)
        });
        html! {
            @if self.for_others {
                (self.field("proposal-channel", &draft.channel, true).select(locale, &channels))
                (self.field("proposal-name", &draft.name, true).input(locale, "text", "off"))
            } @else {
                input type="hidden" name="proposal-channel" value=(draft.channel);
            }
            (self.field("proposal-title", &draft.title, true).input(locale, "text", "off"))
            (self.field("proposal-body", &draft.body, true).textarea(locale, 8))
            (self.field("proposal-category", &draft.category, true).select(locale, &categories))
            @if !districts.is_empty() {
                (self.field("proposal-district", &draft.district, false).select(locale, &districts))
            }
            (self.field("proposal-place", &draft.place, false).input(locale, "text", "off"))
            (self.field("proposal-budget", &draft.budget, false).input(locale, "text", "off"))
            (self.picture(locale))
        }
    }

    fn picture(&self, locale: &Locale) -> Markup {
        let error = self.errors.of("proposal-picture");
        html! {
            div.field.field-invalid[error.is_some()] {
                label for="field-proposal-picture" {
                    (locale.text("field-proposal-picture")) " " span.optional { (locale.text("optional")) }
                }
                p.hint id="hint-proposal-picture" { (locale.text("hint-proposal-picture")) }
                @if !self.draft.picture.is_empty() { p.notice.good { (locale.text("picture-is-kept")) } }
                input type="file" id="field-proposal-picture" name="proposal-picture"
                    accept="image/jpeg,image/png,image/webp" aria-describedby="hint-proposal-picture"
                    aria-invalid=[error.map(|_| "true")];
                @if let Some(error) = error {
                    p.field-error id="error-proposal-picture" { (error_text(locale, error)) }
                }
            }
        }
    }

    fn similar_ones(&self, locale: &Locale) -> Markup {
        let path = list_path(&self.heading);
        html! {
            section.notice.warn role="status" {
                h2 { (locale.text("similar-title")) }
                p { (locale.text("similar-lead")) }
            }
            ul.cards {
                @for proposal in &self.similar {
                    li.card {
                        h3 { a href={ (path) "/" (proposal.id) } { (proposal.content.title) } }
                        p { (opening(&proposal.content.body)) }
                        form.card-foot method="post" action={ (path) "/" (proposal.id) "/support" } {
                            span { (locale.text_with("supporters", &[("count", proposal.supporters.into())])) }
                            button.secondary type="submit" { (locale.text("support-this-instead")) }
                        }
                    }
                }
            }
        }
    }
}
