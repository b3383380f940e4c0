//! What an import would change, said before it changes anything.

use super::file::{BadRow, Preview, Row};
use crate::infra::app::App;
use crate::infra::database::{DatabaseError, Tx};
use crate::infra::ids::JurisdictionId;
use crate::people::roster::Deputy;
use crate::people::store;
use std::collections::{BTreeMap, BTreeSet};
use tracing::instrument;

/// What the import of a row does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// The deputy is new on the roster.
    Added,
    /// The deputy is known, and can sign in by the row's contacts from then on.
    Reached,
    /// The deputy has an account with another contact: that one stays.
    ContactStays,
    /// All of it stands on the roster.
    Nothing,
}

impl Effect {
    /// All of them, as pages list them.
    pub const ALL: [Self; 4] = [
        Self::Added,
        Self::Reached,
        Self::ContactStays,
        Self::Nothing,
    ];

    /// The name in translation keys, `import-effect-<name>`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Reached => "reached",
            Self::ContactStays => "contact-stays",
            Self::Nothing => "nothing",
        }
    }
}

/// A row with what its import does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// The row.
    pub row: Row,
    /// What it changes.
    pub effect: Effect,
}

/// A file beside the roster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The rows that can be imported.
    pub rows: Vec<Planned>,
    /// The others, by line.
    pub bad: Vec<BadRow>,
    /// How many deputies in office the file does not name. An import takes nobody off the roster.
    pub unnamed: usize,
}

impl Plan {
    /// How many rows have an effect.
    pub fn count(&self, effect: Effect) -> usize {
        self.rows.iter().filter(|row| row.effect == effect).count()
    }
}

/// Compares the rows with the roster: a number that is another person's, or a contact that is another deputy's, makes a
/// bad row.
#[instrument(skip_all, fields(%jurisdiction), err(level = "debug"))]
pub async fn compare(
    tx: &mut Tx,
    app: &App,
    jurisdiction: JurisdictionId,
    preview: &Preview,
) -> Result<Plan, DatabaseError> {
    let roster: BTreeMap<i32, Deputy> = store::deputies(tx, jurisdiction)
        .await?
        .into_iter()
        .map(|deputy| (deputy.number, deputy))
        .collect();
    let left = store::numbers_out_of_office(tx, jurisdiction).await?;
    let mut plan = Plan {
        rows: Vec::new(),
        bad: preview.bad.clone(),
        unnamed: 0,
    };
    for row in &preview.good {
        match effect(tx, app, &roster, &left, row).await? {
            Ok(effect) => plan.rows.push(Planned {
                row: row.clone(),
                effect,
            }),
            Err(column) => plan.bad.push(BadRow {
                line: row.line,
                column,
                code: "taken",
            }),
        }
    }
    plan.bad.sort_by_key(|bad| bad.line);
    let named: BTreeSet<i32> = preview.good.iter().map(|row| row.number).collect();
    plan.unnamed = roster
        .keys()
        .filter(|number| !named.contains(number))
        .count();
    Ok(plan)
}

/// What the row does, or the column that is another deputy's.
async fn effect(
    tx: &mut Tx,
    app: &App,
    roster: &BTreeMap<i32, Deputy>,
    left: &[i32],
    row: &Row,
) -> Result<Result<Effect, &'static str>, DatabaseError> {
    let known = roster.get(&row.number);
    let is_another =
        known.is_some_and(|deputy| deputy.name != row.name || deputy.delegation != row.delegation);
    if is_another || left.contains(&row.number) {
        return Ok(Err("number"));
    }
    let account = known.and_then(|deputy| deputy.account);
    let mut has_other_contact = false;
    for contact in &row.contacts {
        let owner = store::account_of_contact(tx, &contact.lookup(&app.vault)).await?;
        has_other_contact |= owner.is_none();
        let Some(owner) = owner else { continue };
        let is_another_s = roster
            .values()
            .any(|deputy| deputy.account == Some(owner) && deputy.number != row.number);
        if is_another_s || account.is_some_and(|own| own != owner) {
            return Ok(Err(contact.channel().name()));
        }
    }
    Ok(Ok(match (known, account) {
        (None, _) => Effect::Added,
        (Some(_), None) if !row.contacts.is_empty() => Effect::Reached,
        (Some(_), Some(_)) if has_other_contact => Effect::ContactStays,
        _ => Effect::Nothing,
    }))
}
