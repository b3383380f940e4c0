//! Who leads a poll's count, by name: deputies of the roster, whom nobody has made.

use super::adoption::Adoption;
use crate::infra::database::{DatabaseError, Tx};
use crate::infra::ids::{AccountId, JurisdictionId};
use crate::people::{Role, store as people_store};
use crate::record::values::{number, text};
use crate::session::error::SessionError;
use crate::session::store::{self, Eligible};
use tally::record::body::{Officer, OfficerRole};

/// Those whom the meeting named, and those who are chair or teller.
pub(super) struct Officers {
    /// In the order of the trustees' numbers.
    pub scrutineers: Vec<Eligible>,
    /// Chairs and tellers.
    pub others: Vec<Eligible>,
}

impl Officers {
    /// Looks the named scrutineers up. All but tellers are deputies; none was enrolled by the one who enters the adoption.
    pub(super) async fn named(
        tx: &mut Tx,
        jurisdiction: JurisdictionId,
        adoption: &Adoption,
        by: Option<AccountId>,
    ) -> Result<Self, SessionError> {
        let wanted = &adoption.scrutineers;
        if wanted.is_empty() {
            return Err(SessionError::Scrutineers("required"));
        }
        let (scrutineers, others) = store::eligible_officers(tx, jurisdiction)
            .await?
            .into_iter()
            .partition::<Vec<_>, _>(|one| is_scrutineer(one.role));
        let known = |account| {
            scrutineers
                .iter()
                .any(|one: &Eligible| one.account == account)
        };
        if !wanted.iter().all(|account| known(*account)) {
            return Err(SessionError::Scrutineers("not-a-scrutineer"));
        }
        let scrutineers: Vec<Eligible> = scrutineers
            .into_iter()
            .filter(|one| wanted.contains(&one.account))
            .collect();
        let chiefs = scrutineers
            .iter()
            .filter(|one| one.role == Role::ChiefScrutineer);
        match chiefs.count() {
            0 => return Err(SessionError::Scrutineers("no-chief-scrutineer")),
            1 => {}
            _ => return Err(SessionError::Scrutineers("two-chief-scrutineers")),
        }
        let others: Vec<Eligible> = others
            .into_iter()
            .filter(|one| one.role == Role::Teller || one.deputy_number.is_some())
            .collect();
        if !others.iter().any(|one| one.role == Role::Chair) {
            return Err(SessionError::Scrutineers("no-chair"));
        }
        for one in &scrutineers {
            if one.deputy_number.is_none() {
                return Err(SessionError::Scrutineers("not-a-deputy"));
            }
            if let Some(by) = by
                && people_store::has_enrolled(tx, jurisdiction, by, one.account).await?
            {
                return Err(SessionError::Scrutineers("own-account"));
            }
        }
        Ok(Self {
            scrutineers,
            others,
        })
    }

    /// As the record has them.
    pub(super) fn recorded(&self) -> Result<Vec<Officer>, DatabaseError> {
        self.scrutineers
            .iter()
            .chain(&self.others)
            .map(officer)
            .collect()
    }
}

fn officer(one: &Eligible) -> Result<Officer, DatabaseError> {
    Ok(Officer {
        role: match one.role {
            Role::ChiefScrutineer => OfficerRole::ChiefScrutineer,
            Role::Chair => OfficerRole::Chair,
            Role::Teller => OfficerRole::Teller,
            _ => OfficerRole::Scrutineer,
        },
        name: text("name", &one.name)?,
        number: one
            .deputy_number
            .map(|seat| number("number", seat))
            .transpose()?,
    })
}

const fn is_scrutineer(role: Role) -> bool {
    matches!(role, Role::ChiefScrutineer | Role::Scrutineer)
}
