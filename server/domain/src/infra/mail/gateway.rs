//! Text messages by an HTTP gateway: `POST` of JSON `{"to": "+86…", "text": "…"}`, with a bearer token.

use super::{Message, SendError, Sender, SenderConfigError, Sending};
use crate::infra::config::{self, Secret};
use std::time::Duration;

/// How long the gateway may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// Sends through one gateway.
#[derive(Debug)]
pub(crate) struct Gateway {
    client: reqwest::Client,
    url: reqwest::Url,
    token: Option<Secret>,
}

impl Gateway {
    /// The gateway of the configuration, if one is named.
    pub(crate) fn from_config(
        senders: &config::Senders,
    ) -> Result<Option<Self>, SenderConfigError> {
        let Some(url) = &senders.sms_gateway_url else {
            return Ok(None);
        };
        let url: reqwest::Url = url.parse().map_err(|_| SenderConfigError::GatewayUrl)?;
        let on_this_machine = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        if url.scheme() != "https" && !(url.scheme() == "http" && on_this_machine) {
            return Err(SenderConfigError::GatewayUrl);
        }
        // TLS by ring, as everywhere here; where it is installed already this changes nothing.
        drop(rustls::crypto::ring::default_provider().install_default());
        let client = reqwest::Client::builder()
            .timeout(PATIENCE)
            // A code is never carried to where a redirect points.
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|_| SenderConfigError::GatewayUrl)?;
        Ok(Some(Self {
            client,
            url,
            token: senders.sms_gateway_token.clone(),
        }))
    }

    async fn deliver(&self, message: &Message) -> Result<(), SendError> {
        let mut request = self
            .client
            .post(self.url.clone())
            .json(&serde_json::json!({ "to": message.to, "text": message.text }));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token.expose());
        }
        let status = request
            .send()
            .await
            .map_err(|_| SendError::Unreachable)?
            .status();
        if status.is_success() {
            Ok(())
        } else if status.is_server_error() || status.as_u16() == 429 {
            Err(SendError::Unreachable)
        } else {
            Err(SendError::Refused)
        }
    }
}

impl Sender for Gateway {
    fn send<'a>(&'a self, message: &'a Message) -> Sending<'a> {
        Box::pin(self.deliver(message))
    }
}
