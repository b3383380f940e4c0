//! What pages and their script `js/passkey.js` say to each other about passkeys.

use crate::web::components::error_text;
use crate::web::http_error::HttpResult;
use crate::web::locale::Locale;
use axum::Json;
use axum::extract::State;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use domain::infra::app::App;
use domain::infra::field_errors::FieldErrors;
use domain::people::factors::webauthn::{ALGORITHMS, Assertion, Registration};
use domain::people::factors::{self, PasskeyAnswer, PasskeyQuestion};
use domain::people::{Caller, Viewer, session};
use maud::{Markup, html};
use serde::{Deserialize, Serialize};

/// What the script hands to the browser; bytes in base 64 for addresses.
#[derive(Debug, Serialize)]
pub(crate) struct Question {
    rp_id: String,
    challenge: String,
    /// The account's passkeys: those that may answer, or that must not be made twice.
    credentials: Vec<String>,
    /// For a new one: for whom, and by which algorithms.
    #[serde(skip_serializing_if = "Option::is_none")]
    new: Option<NewPasskey>,
}

#[derive(Debug, Serialize)]
struct NewPasskey {
    user_id: String,
    user_name: String,
    algorithms: [i64; ALGORITHMS.len()],
}

impl Question {
    fn of(question: &PasskeyQuestion, new: Option<NewPasskey>) -> Self {
        let text = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        Self {
            rp_id: question.rp.id.clone(),
            challenge: text(&question.challenge),
            credentials: question.credentials.iter().map(|id| text(id)).collect(),
            new,
        }
    }
}

/// `POST /sign-in/challenge`: for half a session or a full one.
pub(crate) async fn assertion_question(
    State(app): State<App>,
    caller: Caller,
) -> HttpResult<Json<Question>> {
    let session = factors::proving_session(&app, &caller).await?;
    let question = factors::offer_assertion(&app, &session).await?;
    Ok(Json(Question::of(&question, None)))
}

/// `POST /me/security/challenge`
pub(crate) async fn registration_question(
    State(app): State<App>,
    viewer: Viewer,
    caller: Caller,
) -> HttpResult<Json<Question>> {
    let session = session::present_session(&app, &caller).await?;
    let question = factors::offer_passkey(&app, &session).await?;
    let new = NewPasskey {
        user_id: BASE64_URL_SAFE_NO_PAD.encode(viewer.account.uuid().as_bytes()),
        user_name: viewer.display_name,
        algorithms: ALGORITHMS,
    };
    Ok(Json(Question::of(&question, Some(new))))
}

/// The fields that the script fills in.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct PasskeyForm {
    passkey_id: String,
    passkey_client_data: String,
    passkey_authenticator_data: String,
    passkey_signature: String,
    passkey_attestation_object: String,
}

/// A passkey's answer as bytes.
#[derive(Debug)]
pub(super) struct AssertionBytes {
    id: Vec<u8>,
    client_data: Vec<u8>,
    authenticator_data: Vec<u8>,
    signature: Vec<u8>,
}

impl AssertionBytes {
    pub(super) fn as_answer(&self) -> PasskeyAnswer<'_> {
        PasskeyAnswer {
            credential_id: &self.id,
            assertion: Assertion {
                client_data: &self.client_data,
                authenticator_data: &self.authenticator_data,
                signature: &self.signature,
            },
        }
    }
}

/// A new passkey as bytes.
#[derive(Debug)]
pub(super) struct RegistrationBytes {
    client_data: Vec<u8>,
    attestation_object: Vec<u8>,
}

impl RegistrationBytes {
    pub(super) fn as_answer(&self) -> Registration<'_> {
        Registration {
            client_data: &self.client_data,
            attestation_object: &self.attestation_object,
        }
    }
}

/// What is no base 64 is no answer of any passkey, and is refused as one.
fn bytes(text: &str) -> Vec<u8> {
    BASE64_URL_SAFE_NO_PAD.decode(text).unwrap_or_default()
}

impl PasskeyForm {
    /// The answer of a passkey that is there, if one came.
    pub(super) fn assertion(&self) -> Option<AssertionBytes> {
        (!self.passkey_signature.is_empty()).then(|| AssertionBytes {
            id: bytes(&self.passkey_id),
            client_data: bytes(&self.passkey_client_data),
            authenticator_data: bytes(&self.passkey_authenticator_data),
            signature: bytes(&self.passkey_signature),
        })
    }

    /// A new passkey.
    pub(super) fn registration(&self) -> RegistrationBytes {
        RegistrationBytes {
            client_data: bytes(&self.passkey_client_data),
            attestation_object: bytes(&self.passkey_attestation_object),
        }
    }
}

/// The form that the script fills in and sends; hidden where the browser has no passkeys.
fn form(
    locale: &Locale,
    (action, question, kind): (&str, &str, &str),
    fields: &Markup,
    errors: &FieldErrors,
) -> Markup {
    let names: &[&str] = if kind == "get" {
        &[
            "passkey_id",
            "passkey_client_data",
            "passkey_authenticator_data",
            "passkey_signature",
        ]
    } else {
        &["passkey_client_data", "passkey_attestation_object"]
    };
    let button = if kind == "get" {
        "use-passkey"
    } else {
        "make-passkey"
    };
    html! {
        noscript { p.notice { (locale.text("passkey-needs-script")) } }
        div.notice.bad data-part="problem" role="alert" hidden { p {} }
        form.card method="post" action=(action) data-part="passkey" data-question=(question) data-kind=(kind)
            data-refused=(locale.text("passkey-not-given")) data-unknown=(locale.text("passkey-needs-script"))
            data-taken=(locale.text("error-passkey-taken")) data-service=(locale.text("service-name")) {
            (fields)
            @for name in names { input type="hidden" name=(name); }
            @if let Some(error) = errors.of("passkey") { p.field-error #error-passkey { (error_text(locale, error)) } }
            button.button type="submit" id="field-passkey"
                aria-describedby=[errors.of("passkey").map(|_| "error-passkey")] { (locale.text(button)) }
        }
    }
}

/// Proving by a passkey.
pub(super) fn assertion_form(
    locale: &Locale,
    action: &str,
    fields: &Markup,
    errors: &FieldErrors,
) -> Markup {
    form(
        locale,
        (action, "/sign-in/challenge", "get"),
        fields,
        errors,
    )
}

/// Adding one.
pub(super) fn registration_form(
    locale: &Locale,
    action: &str,
    fields: &Markup,
    errors: &FieldErrors,
) -> Markup {
    form(
        locale,
        (action, "/me/security/challenge", "create"),
        fields,
        errors,
    )
}
