//! The demo's beginning: the county, its people, and the proposals of a collecting period that ends tomorrow.

use super::audit::DemoEvent;
use super::content::{Content, DemoProposal};
use super::error::DemoError;
use super::people::{account_of, enrol};
use domain::cycles::settings::CategoryCode;
use domain::cycles::{
    self, Cycle, JurisdictionKind, NewCycle, Schedule, Stage, store as cycle_store,
};
use domain::infra::app::App;
use domain::infra::clock::Timestamp;
use domain::infra::ids::AccountId;
use domain::infra::money::Money;
use domain::infra::whole_file;
use domain::people::{Role, admin::add_jurisdiction, store as people_store};
use domain::proposals::{self, Channel, Content as ProposalContent, ValidDraft};
use domain::record::change::{Actor, Change, Scope};
use std::collections::{BTreeMap, HashMap};
use time::macros::{date, datetime};

/// The county's name in URLs.
pub(crate) const COUNTY: &str = "qinghe";
/// The year of implementation.
pub(crate) const YEAR: i32 = 2026;

/// The end of collecting, in Beijing.
pub(crate) fn collecting_ends() -> Timestamp {
    datetime!(2025-09-20 18:00 +8).into()
}

/// The evening before: where the demo begins.
pub fn beginning() -> Timestamp {
    datetime!(2025-09-19 19:30 +8).into()
}

/// Fills an empty database; on one that holds the finished demo it does nothing.
pub async fn seed(app: &App, content: &Content) -> Result<(), DemoError> {
    let finished = app.config.data_dir.join("demo-seeded");
    let mut tx = app.database.read().await?;
    let is_empty = cycle_store::jurisdictions(&mut tx).await?.is_empty();
    drop(tx);
    if !is_empty {
        return if finished.exists() {
            Ok(())
        } else {
            Err(DemoError::HalfSeeded)
        };
    }
    app.clock.set(datetime!(2025-08-08 09:00 +8).into());
    let cycle = found_county(app, content).await?;
    let proposers = enrol_proposers(app, &cycle, content).await?;
    file_proposals(app, &cycle, content, &proposers).await?;
    app.clock.set(beginning());
    whole_file::replace(&finished, b"")?;
    Ok(())
}

async fn found_county(app: &App, content: &Content) -> Result<Cycle, DemoError> {
    let county = add_jurisdiction(app, COUNTY, "青禾县（虚构）", JurisdictionKind::County).await?;
    let place = Scope {
        jurisdiction: county.id,
        cycle: None,
    };
    let mut change = Change::begin(app, Actor::System, Some(place)).await?;
    enrol(app, &mut change, county.id, &content.people).await?;
    let districts: Vec<String> = content
        .people
        .delegations
        .iter()
        .map(|delegation| delegation.name.trim_end_matches("代表团").to_owned())
        .collect();
    change
        .audit(DemoEvent::Enrol {
            jurisdiction: county.id,
        })
        .await?;
    change.commit().await?;
    let new = NewCycle {
        year: YEAR,
        term: 18,
        session: 5,
        places: content.county.seats,
    };
    let cycle = cycles::create(app, Actor::System, &county, new, &districts).await?;
    cycles::plan(app, Actor::System, &cycle, &schedule()).await?;
    Ok(cycle)
}

/// When the county plans its stages; the demo's steps keep to it.
fn schedule() -> Schedule {
    let begins_on = BTreeMap::from([
        (Stage::Screening, date!(2025 - 09 - 20)),
        (Stage::Shortlisted, date!(2025 - 12 - 10)),
        (Stage::Voting, date!(2026 - 01 - 22)),
        (Stage::Implementing, date!(2026 - 01 - 28)),
        (Stage::Evaluating, date!(2027 - 01 - 12)),
    ]);
    Schedule {
        version: 0,
        begins_on,
    }
}

/// The proposers by their proposals' keys: the residents own theirs, everybody else gets an account that nobody
/// can sign in to.
async fn enrol_proposers(
    app: &App,
    cycle: &Cycle,
    content: &Content,
) -> Result<HashMap<String, AccountId>, DemoError> {
    let mut change = Change::begin(app, Actor::System, Some(cycle.scope())).await?;
    let mut proposers = HashMap::new();
    for proposal in &content.proposals {
        let resident = content
            .people
            .residents
            .iter()
            .find(|resident| resident.display_name == proposal.display_name);
        let account = match resident {
            Some(resident) => account_of(app, &mut change.tx, &resident.email).await?,
            None => {
                let account = AccountId::new(change.at, &app.entropy);
                let at = change.at;
                people_store::insert_account(
                    &mut change.tx,
                    account,
                    &proposal.display_name,
                    None,
                    at,
                )
                .await?;
                people_store::grant_role(
                    &mut change.tx,
                    cycle.jurisdiction,
                    account,
                    Role::Resident,
                )
                .await?;
                account
            }
        };
        proposers.insert(proposal.key.clone(), account);
    }
    change
        .audit(DemoEvent::Enrol {
            jurisdiction: cycle.jurisdiction,
        })
        .await?;
    change.commit().await?;
    Ok(proposers)
}

async fn file_proposals(
    app: &App,
    cycle: &Cycle,
    content: &Content,
    proposers: &HashMap<String, AccountId>,
) -> Result<(), DemoError> {
    let mut in_order: Vec<&DemoProposal> = content.proposals.iter().collect();
    in_order.sort_by_key(|proposal| std::cmp::Reverse(proposal.days_before_close));
    let everybody: Vec<AccountId> = content
        .proposals
        .iter()
        .filter_map(|proposal| proposers.get(&proposal.key).copied())
        .collect();
    let mut filed: Vec<(Timestamp, &DemoProposal)> = (0_i64..)
        .zip(in_order)
        .map(|(number, proposal)| {
            let minutes = (number * 37) % 600;
            let filed = collecting_ends()
                .plus_days(-proposal.days_before_close)
                .plus_seconds(-minutes * 60);
            (filed.min(beginning().plus_seconds(number - 600)), proposal)
        })
        .collect();
    // The record takes no entry of before its last one.
    filed.sort_by_key(|(at, _)| *at);
    for (at, proposal) in filed {
        app.clock.set(at);
        let proposer = proposers
            .get(&proposal.key)
            .copied()
            .ok_or_else(|| DemoError::Unfit(proposal.key.clone()))?;
        file(app, cycle, proposal, proposer, &everybody).await?;
    }
    Ok(())
}

/// Files one proposal, takes it in, and lets its supporters support it.
async fn file(
    app: &App,
    cycle: &Cycle,
    proposal: &DemoProposal,
    proposer: AccountId,
    everybody: &[AccountId],
) -> Result<(), DemoError> {
    let ready = ready(proposal)?;
    let id = proposals::propose(app, Actor::System, cycle, proposer, &ready).await?;
    proposals::accept(app, Actor::System, cycle, id).await?;
    let start = usize::from(u16::from_be_bytes(app.entropy.bytes()));
    let supporters = everybody
        .iter()
        .cycle()
        .skip(start % everybody.len().max(1))
        .take(everybody.len())
        .filter(|account| **account != proposer)
        .take(proposal.supporters);
    // One transaction for all of them: thousands would make the demo's visitors wait.
    let mut change = Change::begin(app, Actor::System, Some(cycle.scope())).await?;
    let at = change.at;
    for supporter in supporters {
        proposals::store::insert_support(&mut change.tx, cycle.jurisdiction, id, *supporter, at)
            .await?;
    }
    change.audit(DemoEvent::Support { proposal: id }).await?;
    change.commit().await?;
    Ok(())
}

fn ready(proposal: &DemoProposal) -> Result<ValidDraft, DemoError> {
    let unfit = |what: &str| DemoError::Unfit(format!("{}: {what}", proposal.key));
    Ok(ValidDraft {
        content: ProposalContent {
            title: proposal.title.clone(),
            body: proposal.body.clone(),
            category: CategoryCode::new(proposal.category.as_str())
                .ok_or_else(|| unfit("category"))?,
            district: Some(proposal.district.clone()),
            place: proposal.place.clone(),
            budget: proposal.budget_wan.map(Money::from_wan),
        },
        channel: Channel::find(&proposal.channel).ok_or_else(|| unfit("channel"))?,
        display_name: proposal.display_name.clone(),
        picture: None,
        token: format!("demo-{}", proposal.key),
    })
}
