//! E-mail by SMTP.

use super::{Message, SendError, Sender, SenderConfigError, Sending};
use crate::infra::config;
use lettre::message::{Mailbox, header::ContentType};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use std::time::Duration;

/// How long the mail server may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// Sends through one mail server.
pub(crate) struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Smtp {
    /// The mail server of the configuration, if one is named.
    pub(crate) fn from_config(
        senders: &config::Senders,
    ) -> Result<Option<Self>, SenderConfigError> {
        let Some(url) = &senders.smtp_url else {
            return Ok(None);
        };
        let from = senders
            .mail_from
            .as_deref()
            .and_then(|from| from.parse().ok())
            .ok_or(SenderConfigError::MailFrom)?;
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.expose())
            .map_err(|_| SenderConfigError::SmtpUrl)?
            .timeout(Some(PATIENCE))
            .build();
        Ok(Some(Self { transport, from }))
    }

    async fn deliver(&self, message: &Message) -> Result<(), SendError> {
        let to: Mailbox = message.to.parse().map_err(|_| SendError::Unwritable)?;
        let mail = lettre::Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(message.subject.clone())
            .header(ContentType::TEXT_PLAIN)
            .body(message.text.clone())
            .map_err(|_| SendError::Unwritable)?;
        match self.transport.send(mail).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_permanent() => Err(SendError::Refused),
            Err(_) => Err(SendError::Unreachable),
        }
    }
}

impl Sender for Smtp {
    fn send<'a>(&'a self, message: &'a Message) -> Sending<'a> {
        Box::pin(self.deliver(message))
    }
}

impl std::fmt::Debug for Smtp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Smtp(<redacted>)")
    }
}
