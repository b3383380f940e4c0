//! Each key refuses a second row by its own name, on both databases.

use super::unique_key::UniqueKey;
use crate::cycles::Stage;
use crate::infra::database::{Backend, DatabaseError, Tx};
use crate::testing::TestApp;
use sqlx::AssertSqlSafe;

/// What is changed in a row: from, to.
type Changes = &'static [(&'static str, &'static str)];

/// A row that the schema takes, with `{1}` … for ids and `{b}` for bytes, and what to change in it (from, to) so that
/// nothing but the key stands in the way of the second one.
const ROWS: &[(UniqueKey, &str, Changes)] = &[
    (
        UniqueKey::AccountContactsLookup,
        "account_contacts (lookup, account, kind, sealed, created_at) VALUES ({b}, {1}, 'email', {b}, 0)",
        &[("{1}", "{2}")],
    ),
    (
        UniqueKey::CandidatesCode,
        "candidates (jurisdiction, id, cycle, code, title, summary, unit, lead, goal, budget, funding, location) \
         VALUES ({1}, {2}, {3}, 'QH26-01', 't', 's', 'u', 'l', 'g', 1, 'f', 'l')",
        &[("{2}", "{4}")],
    ),
    (
        UniqueKey::ClusterMembersOneCluster,
        "cluster_members (jurisdiction, proposal, cluster, at) VALUES ({1}, {2}, {3}, 0)",
        &[("{3}", "{4}")],
    ),
    (
        UniqueKey::CycleSchedulesVersion,
        "cycle_schedules (jurisdiction, cycle, version, document, changed_at) VALUES ({1}, {2}, 1, 'first', 0)",
        &[("first", "second")],
    ),
    (
        UniqueKey::CyclesYear,
        "cycles (jurisdiction, id, year, term, session, places, stage, created_at) \
         VALUES ({1}, {2}, 2030, 18, 5, 10, 'collecting', 0)",
        &[("{2}", "{3}")],
    ),
    (
        UniqueKey::DeputiesNumber,
        "deputies (jurisdiction, id, number, name, delegation, created_at) VALUES ({1}, {2}, 7, 'n', {3}, 0)",
        &[("{2}", "{4}")],
    ),
    (
        UniqueKey::FactorsCredential,
        "factors (id, account, kind, name, sealed, credential_hash, counter, created_at) \
         VALUES ({1}, {2}, 'passkey', 'n', {b}, {b}, 0, 0)",
        &[("{1}", "{3}")],
    ),
    (
        UniqueKey::JurisdictionSettingsVersion,
        "jurisdiction_settings (jurisdiction, version, document, changed_at) VALUES ({1}, 2, 'first', 0)",
        &[("first", "second")],
    ),
    (
        UniqueKey::JurisdictionsSlug,
        "jurisdictions (id, slug, name, kind, created_at) VALUES ({1}, 'liuwan', 'n', 'town', 0)",
        &[("{1}", "{2}")],
    ),
    (
        UniqueKey::PollAnnouncementsNumber,
        "poll_announcements (jurisdiction, poll, year, number, dated_on, entered_at) \
         VALUES ({1}, {2}, 2026, 3, '2026-01-22', 0)",
        &[("{2}", "{3}")],
    ),
    (
        UniqueKey::PollBallotsCredential,
        "poll_ballots (jurisdiction, poll, sequence, credential, tracker, ballot, entry) \
         VALUES ({1}, {2}, 0, 'c', 'first', 'b', 0)",
        &[("{2}, 0", "{2}, 1"), ("first", "second")],
    ),
    (
        UniqueKey::PollBallotsTracker,
        "poll_ballots (jurisdiction, poll, sequence, credential, tracker, ballot, entry) \
         VALUES ({1}, {2}, 0, 'first', 't', 'b', 0)",
        &[("{2}, 0", "{2}, 1"), ("first", "second")],
    ),
    (
        UniqueKey::PollLinksCredential,
        "poll_links (jurisdiction, poll, deputy, slot, sealed, credential_mac) VALUES ({1}, {2}, {3}, 0, {b}, {b})",
        &[("{3}", "{4}")],
    ),
    (
        UniqueKey::PollPaperListsAccount,
        "poll_paper_lists (jurisdiction, poll, side, account, name, marks, at) VALUES ({1}, {2}, 'first', {3}, 'n', '[]', 1)",
        &[("first", "second")],
    ),
    (
        UniqueKey::PollsOneRunning,
        "polls (jurisdiction, id, cycle, kind, check_in, keys_of, title, election_uuid, roster_sha256, state, created_at) \
         VALUES ({1}, {2}, {3}, 'main', {2}, {2}, 't', 'first', 'r', 'drafted', 0)",
        &[("{2}", "{4}"), ("first", "second")],
    ),
    (
        UniqueKey::ProjectReportsOnce,
        "project_reports (jurisdiction, project, month, version, percent, spent, text, reported_on, made_at) \
         VALUES ({1}, {2}, '2026-05', 1, 10, 0, 't', '2026-05-31', 0)",
        &[("'t'", "'u'")],
    ),
    (
        UniqueKey::ProjectVerdictsOnce,
        "project_verdicts (jurisdiction, project, poll, unanswered, base, verdict, announced_at, announced_on) \
         VALUES ({1}, {2}, {3}, 0, 0, 'satisfied', 0, '2026-12-31')",
        &[("'satisfied'", "'unsatisfied'")],
    ),
    (
        UniqueKey::ProjectsCode,
        "projects (jurisdiction, id, cycle, candidate, code, title, summary, unit, lead, goal, budget, funding, \
         location, handed_over_on, state) VALUES ({1}, {2}, {3}, {4}, 'QH26-01', 't', 's', {5}, 'l', 'g', 1, 'f', 'l', \
         '2026-02-01', 'planned')",
        &[("{2}", "{6}")],
    ),
    (
        UniqueKey::RoleOffersOnce,
        "role_offers (jurisdiction, id, lookup, role, name, offered_by, offered_at) \
         VALUES ({1}, {2}, {b}, 'teller', '甲', {5}, 0)",
        &[("{2}", "{6}")],
    ),
    (
        UniqueKey::UnitsName,
        "units (jurisdiction, id, name) VALUES ({1}, {2}, '县民政局')",
        &[("{2}", "{3}")],
    ),
];

async fn insert(tx: &mut Tx, row: &str) -> Result<(), DatabaseError> {
    let mut sql = format!("INSERT INTO {row}");
    for number in 1..=6_u128 {
        let id = uuid::Uuid::from_u128(number);
        let written = match tx.backend() {
            Backend::Sqlite => format!("X'{}'", id.simple()),
            Backend::Postgres => format!("'{id}'::uuid"),
        };
        sql = sql.replace(&format!("{{{number}}}"), &written);
    }
    let bytes = match tx.backend() {
        Backend::Sqlite => "X'ab'",
        Backend::Postgres => "'\\xab'::bytea",
    };
    sql = sql.replace("{b}", bytes);
    crate::on_either!(tx, conn => sqlx::query(AssertSqlSafe(sql)).execute(&mut *conn).await.map(|_| ()))
        .map_err(Into::into)
}

/// Lets rows stand without those that they refer to, until the transaction ends.
async fn without_references(tx: &mut Tx) {
    let sql = match tx.backend() {
        Backend::Sqlite => "PRAGMA defer_foreign_keys = ON",
        Backend::Postgres => "SET LOCAL session_replication_role = replica",
    };
    crate::on_either!(tx, conn => sqlx::query(sql).execute(&mut *conn).await.map(|_| ())).unwrap();
}

#[tokio::test]
async fn each_key_refuses_the_second_row_by_its_own_name_and_by_no_other() {
    assert_eq!(
        ROWS.iter().map(|(key, ..)| *key).collect::<Vec<_>>(),
        UniqueKey::ALL
    );
    for service in TestApp::on_each_database(Stage::Collecting).await {
        for (key, row, changes) in ROWS {
            let mut tx = service.app.database.write().await.unwrap();
            without_references(&mut tx).await;
            insert(&mut tx, row).await.unwrap();
            let second = changes
                .iter()
                .fold((*row).to_owned(), |row, (from, to)| row.replace(from, to));
            let refused = insert(&mut tx, &second).await.unwrap_err();
            for other in UniqueKey::ALL {
                assert_eq!(
                    refused.refused_by(*other),
                    other == key,
                    "{key:?}, {other:?}: {refused}"
                );
            }
        }
    }
}

#[tokio::test]
async fn a_missing_reference_is_no_second_row() {
    for service in TestApp::on_each_database(Stage::Collecting).await {
        let mut tx = service.app.database.write().await.unwrap();
        let refused = insert(
            &mut tx,
            "units (jurisdiction, id, name) VALUES ({1}, {2}, 'n')",
        )
        .await
        .unwrap_err();
        for key in UniqueKey::ALL {
            assert!(!refused.refused_by(*key), "{key:?}: {refused}");
        }
    }
}
