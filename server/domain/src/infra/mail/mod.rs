//! Messages to people: queued in the transaction of what caused them, sent by a loop, by e-mail or text message.

use crate::name_enum;

mod console;
mod gateway;
mod outbox;
mod smtp;

pub use console::Console;
pub use outbox::{EnqueueError, MessageId, deliver_due, enqueue, run, waiting};

use super::config::Config;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use zeroize::{Zeroize, ZeroizeOnDrop};

name_enum! {
    /// By which way a person is reached.
    ///
    /// [`Self::name`]: the name in the database and in translation keys.
    pub enum Channel {
        /// E-mail.
        Email = "email",
        /// Text message.
        Phone = "phone",
    }
}

/// A message to one person.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub struct Message {
    /// The address in its normal form.
    pub to: String,
    /// The subject, which text messages leave out.
    pub subject: String,
    /// The text.
    pub text: String,
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Message(<redacted>)")
    }
}

/// Why a message was not sent. Says nothing of its receiver, because it is logged and stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// This way is not configured.
    #[error("no sender is configured for this channel")]
    NotConfigured,
    /// The address or the text cannot be put into a message of this kind.
    #[error("the message cannot be written")]
    Unwritable,
    /// The other side could not be reached, or asked to try later.
    #[error("the server could not be reached or asked to try later")]
    Unreachable,
    /// The other side refused for good.
    #[error("the server refused the message")]
    Refused,
}

impl SendError {
    /// Whether another attempt may succeed.
    const fn is_passing(self) -> bool {
        matches!(self, Self::Unreachable)
    }
}

/// What sending answers.
pub type Sending<'a> = Pin<Box<dyn Future<Output = Result<(), SendError>> + Send + 'a>>;

/// Something that sends messages.
pub trait Sender: fmt::Debug + Send + Sync {
    /// Sends one message. May be asked again for the same message after a failure.
    fn send<'a>(&'a self, message: &'a Message) -> Sending<'a>;
}

/// The senders of this deployment.
#[derive(Debug)]
pub struct Senders {
    email: Option<Box<dyn Sender>>,
    phone: Option<Box<dyn Sender>>,
    console: Option<Console>,
    wake: tokio::sync::Notify,
}

/// Why a sender cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum SenderConfigError {
    /// The address of the mail server cannot be used.
    #[error("senders.smtp_url: not an address of a mail server")]
    SmtpUrl,
    /// The mail server needs a sender's address.
    #[error("senders.mail_from: an e-mail address is needed beside smtp_url")]
    MailFrom,
    /// The address of the gateway cannot be used.
    #[error("senders.sms_gateway_url: must begin with https:// (http:// only on the same machine)")]
    GatewayUrl,
}

impl Senders {
    /// The senders that the configuration names.
    pub fn from_config(config: &Config) -> Result<Self, SenderConfigError> {
        Ok(Self {
            email: smtp::Smtp::from_config(&config.senders)?.map(boxed),
            phone: gateway::Gateway::from_config(&config.senders)?.map(boxed),
            console: None,
            wake: tokio::sync::Notify::new(),
        })
    }

    /// Everything is kept instead of sent, readable by [`Senders::console`]: the demo and tests.
    pub fn to_console() -> Self {
        let console = Console::default();
        Self {
            email: Some(Box::new(console.clone())),
            phone: Some(Box::new(console.clone())),
            console: Some(console),
            wake: tokio::sync::Notify::new(),
        }
    }

    /// Whether people can be reached by this way.
    pub fn offers(&self, channel: Channel) -> bool {
        self.sender(channel).is_some()
    }

    /// The messages that were kept instead of sent, where they are.
    pub fn console(&self) -> Option<&Console> {
        self.console.as_ref()
    }

    fn sender(&self, channel: Channel) -> Option<&dyn Sender> {
        match channel {
            Channel::Email => self.email.as_deref(),
            Channel::Phone => self.phone.as_deref(),
        }
    }
}

fn boxed(sender: impl Sender + 'static) -> Box<dyn Sender> {
    Box::new(sender)
}
