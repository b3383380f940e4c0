//! The roster of deputies from a spreadsheet saved as CSV: every bad row is reported with its line.

use super::Role;
use super::admin::find_or_invite;
use super::contact::Contact;
use super::error::PeopleError;
use super::roster::{Delegation, DelegationId, Deputy, DeputyId};
use super::store::{self, NewDeputy};
use super::viewer::Viewer;
use crate::infra::app::App;
use crate::infra::database::fitted;
use crate::infra::database::{DatabaseError, Tx};
use crate::infra::ids::JurisdictionId;
use crate::record::change::{Change, Scope};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use tally::record::body::PublicText;

/// The most rows that one file may have.
pub const MAX_ROWS: usize = 5_000;
/// The longest cell of a row, in characters.
pub const CELL_CHARACTERS: usize = 50;

/// A good row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its line in the file, from 1.
    pub line: u64,
    /// The number on the roster.
    pub number: i32,
    /// The name.
    pub name: String,
    /// The delegation's name.
    pub delegation: String,
    /// How the deputy is reached.
    pub contacts: Vec<Contact>,
}

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRow {
    /// Its line in the file, from 1.
    pub line: u64,
    /// The column, as its translation key `column-<name>`.
    pub column: &'static str,
    /// What is wrong, as its translation key `import-<code>`.
    pub code: &'static str,
}

/// A file as it was understood.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preview {
    /// The rows that can be imported.
    pub good: Vec<Row>,
    /// What is wrong with the others.
    pub bad: Vec<BadRow>,
}

/// Why a file cannot be understood at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// It is not UTF-8; spreadsheets call the right format "CSV UTF-8".
    #[error("not UTF-8")]
    Encoding,
    /// The first line does not name the columns number, name and delegation.
    #[error("the first line does not name the columns")]
    Columns,
    /// Nothing below the first line.
    #[error("no rows")]
    Empty,
    /// More rows than any congress has deputies.
    #[error("too many rows")]
    TooLong,
}

impl FileError {
    /// The code of the message.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Encoding => "csv-encoding",
            Self::Columns => "csv-columns",
            Self::Empty => "csv-empty",
            Self::TooLong => "csv-too-long",
        }
    }
}

/// Which column holds what; Chinese and English headings are understood.
struct Columns {
    number: usize,
    name: usize,
    delegation: usize,
    phone: Option<usize>,
    email: Option<usize>,
}

impl Columns {
    fn read(headings: &csv::StringRecord) -> Option<Self> {
        let find = |names: &[&str]| {
            headings.iter().position(|heading| {
                let heading = heading.trim().to_lowercase();
                names.contains(&heading.as_str())
            })
        };
        Some(Self {
            number: find(&["number", "no", "编号", "序号", "代表证号"])?,
            name: find(&["name", "姓名"])?,
            delegation: find(&["delegation", "代表团"])?,
            phone: find(&["phone", "mobile", "手机", "手机号", "电话"]),
            email: find(&["email", "e-mail", "邮箱", "电子邮箱"]),
        })
    }
}

/// Reads the file's text by itself; what stands on the roster already is compared by [`compare`].
pub fn read(bytes: &[u8]) -> Result<Preview, FileError> {
    let text = std::str::from_utf8(bytes).map_err(|_| FileError::Encoding)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let headings = reader.headers().map_err(|_| FileError::Columns)?;
    let columns = Columns::read(headings).ok_or(FileError::Columns)?;
    let mut preview = Preview::default();
    for (index, record) in reader.records().enumerate() {
        if index >= MAX_ROWS {
            return Err(FileError::TooLong);
        }
        let Ok(record) = record else {
            continue;
        };
        let line = record.position().map_or(0, |at| line_of(text, at));
        if record.iter().all(str::is_empty) {
            continue;
        }
        match row(&columns, &record, line) {
            Ok(row) => preview.good.push(row),
            Err(bad) => preview.bad.push(bad),
        }
    }
    if preview.good.is_empty() && preview.bad.is_empty() {
        return Err(FileError::Empty);
    }
    refuse_repeats(&mut preview);
    Ok(preview)
}

/// The line that a row begins on. The reader's position is where the row before ended, so empty lines are added.
fn line_of(text: &str, at: &csv::Position) -> u64 {
    let begin = usize::try_from(at.byte()).unwrap_or(usize::MAX);
    let rest = text.get(begin..).unwrap_or_default();
    let empty = rest
        .chars()
        .take_while(|c| matches!(c, '\n' | '\r'))
        .filter(|c| *c == '\n')
        .count();
    at.line() + u64::try_from(empty).unwrap_or(0)
}

fn row(columns: &Columns, record: &csv::StringRecord, line: u64) -> Result<Row, BadRow> {
    let bad = |column, code| BadRow { line, column, code };
    let cell = |index: usize| record.get(index).unwrap_or_default();
    let text = |index: usize, column: &'static str| {
        let value = cell(index);
        if value.is_empty() {
            Err(bad(column, "missing"))
        } else if value.chars().count() > CELL_CHARACTERS {
            Err(bad(column, "too-long"))
        } else if value.contains('\n') || PublicText::new(value).is_none() {
            Err(bad(column, "control-characters"))
        } else {
            Ok(value.to_owned())
        }
    };
    let number = text(columns.number, "number")?
        .parse()
        .ok()
        .filter(|number| *number > 0)
        .ok_or(bad("number", "not-a-number"))?;
    let mut contacts = Vec::new();
    for (index, column) in [(columns.phone, "phone"), (columns.email, "email")] {
        let value = index.map(cell).unwrap_or_default();
        if value.is_empty() {
            continue;
        }
        let contact = Contact::parse(value).map_err(|_| bad(column, "not-a-contact"))?;
        if contact.channel().name() != column {
            return Err(bad(column, "not-a-contact"));
        }
        contacts.push(contact);
    }
    Ok(Row {
        line,
        number,
        name: text(columns.name, "name")?,
        delegation: text(columns.delegation, "delegation")?,
        contacts,
    })
}

/// A number or a contact stands in a file once; the first row keeps it.
fn refuse_repeats(preview: &mut Preview) {
    let mut numbers = BTreeSet::new();
    let mut addresses = BTreeSet::new();
    let rows = std::mem::take(&mut preview.good);
    for row in rows {
        let repeated = if numbers.contains(&row.number) {
            Some("number")
        } else {
            row.contacts
                .iter()
                .find(|contact| addresses.contains(contact.expose()))
                .map(|contact| contact.channel().name())
        };
        if let Some(column) = repeated {
            preview.bad.push(BadRow {
                line: row.line,
                column,
                code: "repeated",
            });
            continue;
        }
        numbers.insert(row.number);
        addresses.extend(
            row.contacts
                .iter()
                .map(|contact| contact.expose().to_owned()),
        );
        preview.good.push(row);
    }
    preview.bad.sort_by_key(|bad| bad.line);
}

/// Moves the rows that contradict the roster to the bad ones: a number that is another person's, a contact that is
/// another deputy's. The same deputy again is fine.
pub async fn compare(
    tx: &mut Tx,
    app: &App,
    jurisdiction: JurisdictionId,
    preview: &mut Preview,
) -> Result<(), DatabaseError> {
    let roster: BTreeMap<i32, Deputy> = store::deputies(tx, jurisdiction)
        .await?
        .into_iter()
        .map(|deputy| (deputy.number, deputy))
        .collect();
    let left = store::numbers_out_of_office(tx, jurisdiction).await?;
    for row in std::mem::take(&mut preview.good) {
        match contradiction(tx, app, &roster, &left, &row).await? {
            Some((column, code)) => preview.bad.push(BadRow {
                line: row.line,
                column,
                code,
            }),
            None => preview.good.push(row),
        }
    }
    preview.bad.sort_by_key(|bad| bad.line);
    Ok(())
}

async fn contradiction(
    tx: &mut Tx,
    app: &App,
    roster: &BTreeMap<i32, Deputy>,
    left: &[i32],
    row: &Row,
) -> Result<Option<(&'static str, &'static str)>, DatabaseError> {
    if left.contains(&row.number) {
        return Ok(Some(("number", "taken")));
    }
    let known = roster.get(&row.number);
    if known.is_some_and(|deputy| deputy.name != row.name || deputy.delegation != row.delegation) {
        return Ok(Some(("number", "taken")));
    }
    for contact in &row.contacts {
        let owner = store::account_of_contact(tx, &contact.lookup(&app.vault)).await?;
        let Some(owner) = owner else { continue };
        let is_another_s = roster
            .values()
            .any(|deputy| deputy.account == Some(owner) && deputy.number != row.number);
        let differs = known.is_some_and(|deputy| deputy.account.is_some_and(|own| own != owner));
        if is_another_s || differs {
            return Ok(Some((contact.channel().name(), "taken")));
        }
    }
    Ok(None)
}

/// Puts the rows on the roster, all or none, and says how many deputies are new.
pub async fn import(
    app: &App,
    office: &Viewer,
    jurisdiction: JurisdictionId,
    rows: &[Row],
) -> Result<usize, PeopleError> {
    let place = Scope {
        jurisdiction,
        cycle: None,
    };
    let mut change = Change::begin(app, office.actor(), Some(place)).await?;
    let mut delegations: BTreeMap<String, DelegationId> =
        store::delegations(&mut change.tx, jurisdiction)
            .await?
            .into_iter()
            .map(|delegation| (delegation.name, delegation.id))
            .collect();
    let roster = store::deputies(&mut change.tx, jurisdiction).await?;
    let mut added = 0;
    for row in rows {
        let delegation = delegation(&mut change, app, jurisdiction, &mut delegations, row).await?;
        let deputy = match roster.iter().find(|deputy| deputy.number == row.number) {
            Some(known) => known.id,
            None => {
                added += 1;
                add_deputy(&mut change, app, jurisdiction, delegation, row).await?
            }
        };
        let has_account = roster
            .iter()
            .any(|known| known.number == row.number && known.account.is_some());
        if !has_account {
            give_account(&mut change, app, jurisdiction, deputy, row).await?;
        }
    }
    change
        .audit(
            "people.roster.import",
            jurisdiction,
            json!({ "rows": rows.len(), "added": added }),
        )
        .await?;
    change.commit().await?;
    Ok(added)
}

async fn delegation(
    change: &mut Change<'_>,
    app: &App,
    jurisdiction: JurisdictionId,
    known: &mut BTreeMap<String, DelegationId>,
    row: &Row,
) -> Result<DelegationId, PeopleError> {
    if let Some(id) = known.get(&row.delegation) {
        return Ok(*id);
    }
    let new = Delegation {
        id: DelegationId::new(change.at, &app.entropy),
        name: row.delegation.clone(),
        position: fitted("delegations", "position", known.len() + 1)?,
    };
    store::insert_delegation(&mut change.tx, jurisdiction, &new).await?;
    known.insert(new.name, new.id);
    Ok(new.id)
}

async fn add_deputy(
    change: &mut Change<'_>,
    app: &App,
    jurisdiction: JurisdictionId,
    delegation: DelegationId,
    row: &Row,
) -> Result<DeputyId, PeopleError> {
    let new = NewDeputy {
        id: DeputyId::new(change.at, &app.entropy),
        number: row.number,
        name: row.name.clone(),
        delegation,
        account: None,
    };
    let at = change.at;
    store::insert_deputy(&mut change.tx, jurisdiction, &new, at).await?;
    Ok(new.id)
}

/// Lets the deputy sign in by the row's contacts: the account of whichever is known, else a new one.
async fn give_account(
    change: &mut Change<'_>,
    app: &App,
    jurisdiction: JurisdictionId,
    deputy: DeputyId,
    row: &Row,
) -> Result<(), PeopleError> {
    let mut account = None;
    for contact in &row.contacts {
        let lookup = contact.lookup(&app.vault);
        account = account.or(store::account_of_contact(&mut change.tx, &lookup).await?);
    }
    let Some(first) = row.contacts.first() else {
        return Ok(());
    };
    let account = match account {
        Some(account) => account,
        None => find_or_invite(change, app, first, &row.name).await?,
    };
    for contact in &row.contacts {
        let new = super::sign_in::stored(app, contact)?;
        if store::account_of_contact(&mut change.tx, &new.lookup)
            .await?
            .is_none()
        {
            let at = change.at;
            store::insert_contact(&mut change.tx, account, &new, at).await?;
        }
    }
    store::link_deputy(&mut change.tx, jurisdiction, deputy, account).await?;
    store::grant_role(&mut change.tx, jurisdiction, account, Role::Deputy).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bad_row_is_reported_with_its_line() {
        let file = "\u{feff}编号,姓名,代表团,手机\n1,张明,城关代表团,13800000001\nx,李芳,城关代表团,\n3,,城关代表团,\n\n\
                    4,王强,石桥镇代表团,12345\n1,赵六,石桥镇代表团,\n6,孙七,石桥镇代表团,138 0000 0001\n";
        let preview = read(file.as_bytes()).unwrap();
        let good: Vec<_> = preview
            .good
            .iter()
            .map(|row| (row.line, row.number))
            .collect();
        assert_eq!(good, [(2, 1)]);
        let bad: Vec<_> = preview
            .bad
            .iter()
            .map(|bad| (bad.line, bad.column, bad.code))
            .collect();
        assert_eq!(
            bad,
            [
                (3, "number", "not-a-number"),
                (4, "name", "missing"),
                (6, "phone", "not-a-contact"),
                (7, "number", "repeated"),
                (8, "phone", "repeated"),
            ]
        );
    }

    #[test]
    fn a_file_that_is_no_roster_is_named_for_what_it_is() {
        // "编号" as spreadsheets save it by default in China (GBK).
        assert_eq!(read(b"\xb1\xe0\xba\xc5,name\n"), Err(FileError::Encoding));
        assert_eq!(read("a,b\n1,2\n".as_bytes()), Err(FileError::Columns));
        assert_eq!(read(b""), Err(FileError::Columns));
        assert_eq!(
            read("number,name,delegation\n".as_bytes()),
            Err(FileError::Empty)
        );
    }
}
