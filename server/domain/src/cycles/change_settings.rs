//! The office changes what its jurisdiction settles for itself.

use super::audit::CycleEvent;
use super::cycle::{Cycle, Jurisdiction, Stage};
use super::guard::Hold;
use super::settings::{Settings, SettingsFault, SettingsVersion, may_follow};
use super::store;
use crate::infra::app::App;
use crate::infra::database::DatabaseError;
use crate::infra::unique_key::UniqueKey;
use crate::name_enum;
use crate::record::change::{Actor, Change, Scope};
use crate::record::values::number;
use tally::record::body::{JurisdictionName, SettingsChanged};
use tracing::instrument;

name_enum! {
    /// A part of the settings that must not change while a cycle is in some stage.
    pub enum FixedPart {
        /// While clusters are screened all are measured by the same reasons.
        DeclineReasons = "decline_reasons",
        /// While a meeting decides, papers and rules call it by one name.
        Body = "body",
    }
}

impl FixedPart {
    /// In which stages of a cycle it stays as it is.
    pub const fn stages(self) -> &'static [Stage] {
        match self {
            Self::DeclineReasons => &[Stage::Screening],
            Self::Body => &[Stage::Voting, Stage::Evaluating],
        }
    }

    fn differs(self, one: &Settings, other: &Settings) -> bool {
        match self {
            Self::DeclineReasons => one.decline_reasons != other.decline_reasons,
            Self::Body => one.body != other.body,
        }
    }
}

/// Why settings are not changed.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// Somebody else has changed them since they were read.
    #[error("the settings have another version by now")]
    Stale,
    /// They cannot follow on those in force.
    #[error(transparent)]
    Fault(#[from] SettingsFault),
    /// A cycle's stage keeps a part of them as it is.
    #[error("{part:?} cannot change while a cycle is in the stage {stage:?}")]
    Fixed {
        /// Which part.
        part: FixedPart,
        /// In which stage a cycle is.
        stage: Stage,
    },
    /// The database refused.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

/// Changes the settings, which were read as version `seen`; the record has the whole of them as they are then. Answers
/// with the version in force, which is the one seen where nothing differs.
#[instrument(skip_all, fields(jurisdiction = %jurisdiction.id), err(level = "debug"))]
pub async fn change_settings(
    app: &App,
    actor: Actor,
    jurisdiction: &Jurisdiction,
    seen: i32,
    new: &Settings,
) -> Result<i32, SettingsError> {
    let scope = Scope {
        jurisdiction: jurisdiction.id,
        cycle: None,
    };
    let mut change = Change::begin(app, actor, Some(scope)).await?;
    let before = store::settings(&mut change.tx, jurisdiction.id).await?;
    if before.number != seen {
        return Err(SettingsError::Stale);
    }
    if before.settings == *new {
        return Ok(seen);
    }
    may_follow(new, &before.settings)?;
    require_not_fixed(&mut change, jurisdiction, &before.settings, new).await?;
    let version = SettingsVersion {
        number: seen + 1,
        changed_at: change.at,
        settings: new.clone(),
    };
    store::insert_settings(&mut change.tx, jurisdiction.id, &version)
        .await
        .map_err(stale)?;
    change.publish(recorded(jurisdiction, &version)?).await?;
    change
        .audit(CycleEvent::Settings {
            jurisdiction: jurisdiction.id,
            version: version.number,
        })
        .await?;
    change.commit().await?;
    Ok(version.number)
}

/// Two at once: the first to write its version wins.
fn stale(error: DatabaseError) -> SettingsError {
    if error.refused_by(UniqueKey::JurisdictionSettingsVersion) {
        SettingsError::Stale
    } else {
        error.into()
    }
}

async fn require_not_fixed(
    change: &mut Change<'_>,
    jurisdiction: &Jurisdiction,
    before: &Settings,
    new: &Settings,
) -> Result<(), SettingsError> {
    let differing = FixedPart::ALL.map(|part| part.differs(before, new).then_some(part));
    let cycles: Vec<Cycle> = store::cycles(&mut change.tx, jurisdiction.id).await?;
    for cycle in cycles {
        let stage = store::held_stage(&mut change.tx, &cycle, Hold::Shared).await?;
        for part in differing.into_iter().flatten() {
            if part.stages().contains(&stage) {
                return Err(SettingsError::Fixed { part, stage });
            }
        }
    }
    Ok(())
}

fn recorded(
    jurisdiction: &Jurisdiction,
    version: &SettingsVersion,
) -> Result<SettingsChanged, DatabaseError> {
    let name = JurisdictionName::new(jurisdiction.slug.as_str());
    Ok(SettingsChanged {
        jurisdiction: name.ok_or_else(|| DatabaseError::Column {
            table: "record_bodies",
            column: "jurisdiction",
            reason: format!("{:?} is no slug", jurisdiction.slug),
        })?,
        version: number("version", version.number)?,
        settings: version.settings.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestApp;
    use tally::record::body::{Percent, PublicText};

    fn with_yellow(settings: &Settings, points: u64) -> Settings {
        let mut new = settings.clone();
        new.lights.yellow_points = Percent::new(points).unwrap();
        new
    }

    async fn in_force(service: &TestApp) -> SettingsVersion {
        let mut tx = service.app.database.read().await.unwrap();
        store::settings(&mut tx, service.jurisdiction.id)
            .await
            .unwrap()
    }

    async fn change(service: &TestApp, seen: i32, new: &Settings) -> Result<i32, SettingsError> {
        change_settings(
            &service.app,
            Actor::System,
            &service.jurisdiction,
            seen,
            new,
        )
        .await
    }

    #[tokio::test]
    async fn a_change_makes_a_version_and_one_that_saw_an_older_is_refused() {
        for service in TestApp::on_each_database(Stage::Implementing).await {
            let first = in_force(&service).await;
            let new = with_yellow(&first.settings, 5);
            assert_eq!(change(&service, 1, &new).await.unwrap(), 2);
            assert_eq!(in_force(&service).await.settings, new);
            // The same again is no news.
            assert_eq!(change(&service, 2, &new).await.unwrap(), 2);
            let other = with_yellow(&first.settings, 7);
            let refused = change(&service, 1, &other).await;
            assert!(matches!(refused, Err(SettingsError::Stale)), "{refused:?}");
            let mut tx = service.app.database.read().await.unwrap();
            let all = store::settings_versions(&mut tx, service.jurisdiction.id)
                .await
                .unwrap();
            let kept: Vec<_> = all.into_iter().map(|one| one.settings).collect();
            assert_eq!(kept, [first.settings, new]);
        }
    }

    #[tokio::test]
    async fn of_two_at_once_one_wins() {
        for service in TestApp::on_each_database(Stage::Implementing).await {
            let settings = in_force(&service).await.settings;
            let (one, other) = (with_yellow(&settings, 5), with_yellow(&settings, 7));
            let (one, other) = tokio::join!(change(&service, 1, &one), change(&service, 1, &other));
            let won = [&one, &other].iter().filter(|one| one.is_ok()).count();
            assert_eq!(won, 1, "{one:?} {other:?}");
            assert_eq!(in_force(&service).await.number, 2);
        }
    }

    #[tokio::test]
    async fn what_a_stage_fixes_does_not_change_in_it() {
        for (stage, part) in [
            (Stage::Screening, FixedPart::DeclineReasons),
            (Stage::Voting, FixedPart::Body),
            (Stage::Evaluating, FixedPart::Body),
        ] {
            let service = TestApp::start(stage).await;
            let mut new = in_force(&service).await.settings;
            match part {
                FixedPart::DeclineReasons => new.decline_reasons[0].retired = true,
                FixedPart::Body => new.body.members.zh = PublicText::new("代表").unwrap(),
            }
            let refused = change(&service, 1, &new).await;
            assert!(
                matches!(refused, Err(SettingsError::Fixed { part: fixed, stage: at })
                    if fixed == part && at == stage),
                "{refused:?}"
            );
            assert_eq!(in_force(&service).await.number, 1);
        }
    }
}
