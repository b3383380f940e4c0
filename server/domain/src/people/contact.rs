//! How a person is reached: an e-mail address or a mobile number, in one normal form.

use super::error::PeopleError;
use super::store::{any_contact, insert_key_check, key_check};
use crate::infra::app::App;
use crate::infra::database::{DatabaseError, Tx};
use crate::infra::mail::Channel;
use crate::infra::typed;
use crate::infra::vault::{Purpose, Unsealable, Vault};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// A contact in its normal form: `user@host` in lower case, or `+` and 8 to 15 digits (E.164).
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Contact {
    #[zeroize(skip)]
    channel: Channel,
    address: String,
}

/// A text that is neither an e-mail address nor a mobile number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("neither an e-mail address nor a mobile number")]
pub struct NotAContact;

/// What is sealed to know the data key by.
const KEY_CHECK: &[u8] = b"minsheng";

/// Whether the data key opens what the database holds: the value that is kept for this, and where there is none yet, one stored
/// contact, if there is any.
pub async fn is_own_data_key(tx: &mut Tx, vault: &Vault) -> Result<bool, DatabaseError> {
    if let Some(sealed) = key_check(tx).await? {
        return Ok(vault.open(Purpose::KeyCheck, &sealed).is_ok());
    }
    let sealed = any_contact(tx).await?;
    Ok(sealed.is_none_or(|sealed| vault.open(Purpose::Contact, &sealed).is_ok()))
}

/// Whether something was sealed by a data key: a service was started on this database.
pub(crate) async fn is_sealed(tx: &mut Tx) -> Result<bool, DatabaseError> {
    Ok(key_check(tx).await?.is_some() || any_contact(tx).await?.is_some())
}

/// Keeps the value that the data key is known by, once.
pub(crate) async fn keep_key_check(app: &App) -> Result<(), PeopleError> {
    let mut tx = app.database.write().await?;
    if key_check(&mut tx).await?.is_none() {
        let sealed = app.vault.seal(Purpose::KeyCheck, KEY_CHECK, &app.entropy)?;
        insert_key_check(&mut tx, &sealed).await?;
    }
    Ok(tx.commit().await?)
}

impl Contact {
    /// Reads what a person typed: spaces, hyphens and full-width characters are forgiven, a mainland mobile number
    /// needs no country code.
    pub fn parse(typed: &str) -> Result<Self, NotAContact> {
        let plain = typed::plain(typed);
        if plain.contains('@') {
            email(&plain.to_lowercase())
        } else {
            phone(&plain)
        }
    }

    /// Decrypts a stored contact.
    pub fn unseal(vault: &Vault, channel: Channel, sealed: &[u8]) -> Result<Self, Unsealable> {
        let bytes = vault.open(Purpose::Contact, sealed)?;
        let address = std::str::from_utf8(&bytes)
            .map_err(|_| Unsealable)?
            .to_owned();
        Ok(Self { channel, address })
    }

    /// By which way this contact is reached.
    pub const fn channel(&self) -> Channel {
        self.channel
    }

    /// The address itself: only for the sender and for pages whose reading is recorded.
    pub fn expose(&self) -> &str {
        &self.address
    }

    /// The mailbox or telephone behind the contact: `wang+1@…` and `wang+2@…` are one mailbox (RFC 5233), and so is one person.
    pub fn mailbox(&self) -> String {
        match self.address.split_once('@') {
            Some((user, host)) => {
                let user = user.split('+').next().unwrap_or(user);
                // Its own help says that dots make no other mailbox, and that it has two names.
                if matches!(host, "gmail.com" | "googlemail.com") {
                    format!("{}@gmail.com", user.replace('.', ""))
                } else {
                    format!("{user}@{host}")
                }
            }
            None => self.address.clone(),
        }
    }

    /// The keyed hash by which the contact is found: that of its mailbox, so that one mailbox has one account.
    pub fn lookup(&self, vault: &Vault) -> [u8; 32] {
        let mailbox = self.mailbox();
        vault.mac(
            Purpose::Contact,
            &[self.channel.name().as_bytes(), mailbox.as_bytes()],
        )
    }

    /// Enough to recognise one's own contact, too little to learn another's: `138****1234`, `l***@example.cn`.
    pub fn masked(&self) -> String {
        match self.channel {
            Channel::Email => {
                let (user, host) = self.address.split_once('@').unwrap_or_default();
                let first: String = user.chars().take(1).collect();
                format!("{first}***@{host}")
            }
            Channel::Phone => {
                let national = self.address.strip_prefix("+86").unwrap_or(&self.address);
                let head: String = national.chars().take(3).collect();
                let tail: String = national
                    .chars()
                    .skip(national.len().saturating_sub(4))
                    .collect();
                format!("{head}****{tail}")
            }
        }
    }
}

impl std::fmt::Debug for Contact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Contact({:?}, <redacted>)", self.channel)
    }
}

fn email(text: &str) -> Result<Contact, NotAContact> {
    let (user, host) = text.rsplit_once('@').ok_or(NotAContact)?;
    // RFC 5321 section 4.5.3.1: 64 for the local part, 254 for the whole path.
    let lengths = (1..=64).contains(&user.len()) && text.len() <= 254;
    let user_fits = user
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || ".!#$%&'*+-/=?^_`{|}~".contains(c))
        && !user.starts_with('.')
        && !user.ends_with('.');
    let labels: Vec<&str> = host.split('.').collect();
    let host_fits = labels.len() >= 2
        && labels.iter().all(|label| {
            (1..=63).contains(&label.len())
                && label.chars().all(|c| c.is_alphanumeric() || c == '-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        });
    if lengths && user_fits && host_fits {
        Ok(Contact {
            channel: Channel::Email,
            address: text.to_owned(),
        })
    } else {
        Err(NotAContact)
    }
}

fn phone(text: &str) -> Result<Contact, NotAContact> {
    let digits: String = text
        .chars()
        .filter(|c| !matches!(c, ' ' | '-' | '(' | ')'))
        .collect();
    let international = digits
        .strip_prefix('+')
        .or_else(|| digits.strip_prefix("00"));
    let number = match international {
        Some(number) => number.to_owned(),
        None if digits.len() == 11 && digits.starts_with('1') => format!("86{digits}"),
        None => return Err(NotAContact),
    };
    let mainland_fits =
        !number.starts_with("86") || (number.len() == 13 && number.starts_with("861"));
    if (8..=15).contains(&number.len())
        && number.bytes().all(|byte| byte.is_ascii_digit())
        && !number.starts_with('0')
        && mainland_fits
    {
        Ok(Contact {
            channel: Channel::Phone,
            address: format!("+{number}"),
        })
    } else {
        Err(NotAContact)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_write_a_contact_is_the_same_contact() {
        for typed in [
            "13800001234",
            "138 0000 1234",
            "+86 138-0000-1234",
            "008613800001234",
            "１３８００００１２３４",
        ] {
            let contact = Contact::parse(typed).unwrap();
            assert_eq!(
                (contact.channel(), contact.expose()),
                (Channel::Phone, "+8613800001234"),
                "{typed}"
            );
        }
        for typed in ["Li@Example.CN", " li＠example。cn "] {
            let contact = Contact::parse(typed).unwrap();
            assert_eq!(
                (contact.channel(), contact.expose()),
                (Channel::Email, "li@example.cn"),
                "{typed}"
            );
        }
    }

    #[test]
    fn what_is_no_contact_is_refused() {
        for typed in [
            "",
            "12345",
            "23800001234",
            "+86138000012345",
            "+8623800001234",
            "li@",
            "@example.cn",
            "li@example",
            "li li@example.cn",
            "li@exa mple.cn",
            "li@-a.cn",
            "li@a..cn",
            "a\r\nBcc: x@y.cn",
            "li@example.cn\r\nBcc:x",
            "+0123456789",
            "138000012３x",
        ] {
            assert_eq!(Contact::parse(typed), Err(NotAContact), "{typed:?}");
        }
        assert_eq!(
            Contact::parse(&format!("{}@example.cn", "a".repeat(65))),
            Err(NotAContact)
        );
    }

    #[test]
    fn a_contact_is_masked_wherever_it_is_shown() {
        assert_eq!(
            Contact::parse("13800001234").unwrap().masked(),
            "138****1234"
        );
        assert_eq!(
            Contact::parse("li@example.cn").unwrap().masked(),
            "l***@example.cn"
        );
        assert_eq!(
            format!("{:?}", Contact::parse("13800001234").unwrap()),
            "Contact(Phone, <redacted>)"
        );
    }
}
