//! The fictional county that the demo walks through, as it lies in `server/demo/` (its README has every field).

use rust_embed::RustEmbed;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use time::Date;

#[derive(RustEmbed)]
#[folder = "demo"]
struct Files;

time::serde::format_description!(iso_date, Date, "[year]-[month]-[day]");

/// Why the demo's content cannot be read; a test rules it out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ContentError {
    /// A file is not in the program.
    #[error("demo/{0} is not part of this program")]
    Missing(&'static str),
    /// A file does not have its shape.
    #[error("demo/{file}: {reason}")]
    Malformed {
        /// Which file.
        file: &'static str,
        /// Where and why.
        reason: String,
    },
}

/// Everything the demo tells.
#[derive(Debug)]
pub struct Content {
    /// The county with its session and recorded ballots.
    pub county: County,
    /// The residents' proposals.
    pub proposals: Vec<DemoProposal>,
    /// The people.
    pub people: People,
    /// The candidates.
    pub candidates: Vec<DemoCandidate>,
    /// The shortlist's review and public comments.
    pub comments: Comments,
    /// The chosen projects' year.
    pub progress: Vec<DemoProject>,
    /// The evaluation ballots.
    pub evaluations: Evaluations,
}

impl Content {
    /// Reads all files.
    pub fn load() -> Result<Self, ContentError> {
        let proposals: ProposalsFile = read("proposals.json")?;
        let candidates: CandidatesFile = read("candidates.json")?;
        let progress: ProgressFile = read("progress.json")?;
        Ok(Self {
            county: read("qinghe-county.json")?,
            proposals: proposals.proposals,
            people: read("people.json")?,
            candidates: candidates.candidates,
            comments: read("comments.json")?,
            progress: progress.projects,
            evaluations: read("evaluations.json")?,
        })
    }
}

fn read<T: DeserializeOwned>(file: &'static str) -> Result<T, ContentError> {
    let bytes = Files::get(file).ok_or(ContentError::Missing(file))?.data;
    serde_json::from_slice(&bytes).map_err(|error| ContentError::Malformed {
        file,
        reason: error.to_string(),
    })
}

#[derive(Deserialize)]
struct ProposalsFile {
    proposals: Vec<DemoProposal>,
}

#[derive(Deserialize)]
struct CandidatesFile {
    candidates: Vec<DemoCandidate>,
}

#[derive(Deserialize)]
struct ProgressFile {
    projects: Vec<DemoProject>,
}

/// The county file.
#[derive(Debug, Deserialize)]
pub struct County {
    /// How many are to be chosen.
    pub seats: i32,
    /// The candidates with the counts that the recorded ballots add up to.
    pub projects: Vec<CountyProject>,
    /// The recorded valid ballots: each the ids of the candidates ticked.
    pub ballots: Vec<Vec<String>>,
}

/// A candidate as the county file counts it.
#[derive(Debug, Deserialize)]
pub struct CountyProject {
    /// `QH26-01` …
    pub id: String,
    /// How many recorded ballots tick it.
    pub approvals: u32,
}

/// A resident's proposal and what became of it.
#[derive(Debug, Deserialize)]
pub struct DemoProposal {
    /// `P001` …
    pub key: String,
    /// At most 40 characters.
    pub title: String,
    /// The text.
    pub body: String,
    /// The category's code.
    pub category: String,
    /// The township or street.
    pub district: String,
    /// The place in words.
    pub place: String,
    /// The proposer's estimate, 万元.
    pub budget_wan: Option<i64>,
    /// How it came in.
    pub channel: String,
    /// Days before the end of collecting.
    pub days_before_close: i64,
    /// How many support it.
    pub supporters: usize,
    /// The name that the proposer chose to show.
    pub display_name: String,
    /// The candidate it led to.
    pub candidate: Option<String>,
    /// What screening decided.
    pub screening: DemoScreening,
}

/// What screening decided on a proposal.
#[derive(Debug, Deserialize)]
pub struct DemoScreening {
    /// `accepted`, `merged` or `declined`.
    pub decision: String,
    /// Why it was declined.
    pub reason_code: Option<String>,
    /// The key of the proposal that it was merged into.
    pub merged_into: Option<String>,
    /// What the proposer is told.
    pub answer: String,
}

/// Everybody who has an account.
#[derive(Debug, Deserialize)]
pub struct People {
    /// All deputies in office.
    pub deputies: Vec<DemoDeputy>,
    /// The delegations.
    pub delegations: Vec<DemoDelegation>,
    /// The executive chair, a deputy.
    pub chair: DemoOfficer,
    /// The scrutineers, deputies.
    pub scrutineers: Vec<DemoScrutineer>,
    /// The tellers.
    pub tellers: Vec<DemoStaff>,
    /// The congress office.
    pub office: Vec<DemoStaff>,
    /// One reviewer and reporter for each responsible unit.
    pub unit_staff: Vec<DemoStaff>,
    /// The finance bureau's reviewer.
    pub finance: Vec<DemoStaff>,
    /// The government's office.
    pub government: Vec<DemoStaff>,
    /// The standing committee's staff.
    pub committee: Vec<DemoStaff>,
    /// The liaison stations' staff.
    pub station_staff: Vec<DemoStaff>,
    /// The administrator.
    pub admin: Vec<DemoStaff>,
    /// Residents who own some of the proposals.
    pub residents: Vec<DemoResident>,
    /// Numbers of the deputies who did not sign in.
    pub absent_from_session: Vec<String>,
}

/// A deputy.
#[derive(Debug, Deserialize)]
pub struct DemoDeputy {
    /// `001` …
    pub number: String,
    /// The name.
    pub name: String,
    /// The delegation's name.
    pub delegation: String,
    /// The e-mail address.
    pub email: String,
    /// The telephone number.
    pub phone: String,
}

/// A delegation.
#[derive(Debug, Deserialize)]
pub struct DemoDelegation {
    /// Its name.
    pub name: String,
}

/// A deputy with an office in the meeting.
#[derive(Debug, Deserialize)]
pub struct DemoOfficer {
    /// The deputy's number.
    pub number: String,
}

/// A scrutineer.
#[derive(Debug, Deserialize)]
pub struct DemoScrutineer {
    /// The deputy's number.
    pub number: String,
    /// Whether it is the chief scrutineer.
    #[serde(default)]
    pub chief: bool,
}

/// Somebody who works for the congress or the government.
#[derive(Debug, Deserialize)]
pub struct DemoStaff {
    /// The name.
    pub name: String,
    /// What the person does.
    #[serde(default)]
    pub title: Option<String>,
    /// The unit, for a unit's staff.
    #[serde(default)]
    pub unit: Option<String>,
    /// The e-mail address.
    pub email: String,
    /// The telephone number.
    pub phone: String,
}

/// A resident.
#[derive(Debug, Deserialize)]
pub struct DemoResident {
    /// The chosen name.
    pub display_name: String,
    /// The e-mail address.
    pub email: String,
    /// The telephone number.
    pub phone: String,
}

/// A candidate's sheet.
#[derive(Debug, Deserialize)]
pub struct DemoCandidate {
    /// `QH26-01` …
    pub id: String,
    /// The title.
    pub title: String,
    /// Two or three sentences.
    pub summary: String,
    /// What is to be reached.
    pub goal: String,
    /// The responsible unit.
    pub responsible_unit: String,
    /// Who leads.
    pub lead: String,
    /// 万元
    pub budget_wan: i64,
    /// Where the money comes from.
    pub funding_source: String,
    /// Where.
    pub location: String,
    /// The districts that it serves.
    pub districts: Vec<String>,
    /// What the departments found.
    pub feasibility: String,
    /// The plan.
    pub milestones: Vec<DemoMilestone>,
}

/// A step of a plan.
#[derive(Debug, Deserialize)]
pub struct DemoMilestone {
    /// What is to be done.
    pub text: String,
    /// By when.
    #[serde(with = "iso_date")]
    pub due: Date,
    /// How far the whole is to be by then.
    pub planned_percent: u8,
}

/// The shortlist's review and comments.
#[derive(Debug, Deserialize)]
pub struct Comments {
    /// The party committee's review.
    pub review: DemoReview,
    /// For how many days comments are taken.
    pub comment_days: i64,
    /// The comments.
    pub comments: Vec<DemoComment>,
}

/// The review between screening and shortlist.
#[derive(Debug, Deserialize)]
pub struct DemoReview {
    /// When.
    #[serde(with = "iso_date")]
    pub reviewed_on: Date,
    /// The document's number.
    pub document: String,
}

/// A public comment with its answer.
#[derive(Debug, Deserialize)]
pub struct DemoComment {
    /// The candidate; none for the whole list.
    pub candidate: Option<String>,
    /// The name that the commenter chose to show.
    pub display_name: String,
    /// The comment.
    pub text: String,
    /// Whether it was adopted.
    pub adopted: bool,
    /// The answer.
    pub answer: String,
}

/// A chosen project's year.
#[derive(Debug, Deserialize)]
pub struct DemoProject {
    /// The candidate's id.
    pub id: String,
    /// When it was delivered.
    #[serde(with = "iso_date::option")]
    pub delivered_on: Option<Date>,
    /// When it was accepted.
    #[serde(with = "iso_date::option")]
    pub accepted_on: Option<Date>,
    /// The monthly reports.
    pub reports: Vec<DemoReport>,
}

/// A monthly report.
#[derive(Debug, Deserialize)]
pub struct DemoReport {
    /// `2026-02`
    pub month: String,
    /// How far, since the start.
    pub percent: u8,
    /// 万元, since the start.
    pub spent_wan: i64,
    /// When it was handed in.
    #[serde(with = "iso_date")]
    pub reported_on: Date,
    /// The milestones reached.
    pub completed_milestones: Vec<DemoCompleted>,
    /// What was done.
    pub text: String,
}

/// A milestone reached.
#[derive(Debug, Deserialize)]
pub struct DemoCompleted {
    /// Which: its quarter, from 1.
    pub quarter: usize,
    /// When.
    #[serde(with = "iso_date")]
    pub completed_on: Date,
}

/// The year-end evaluation.
#[derive(Debug, Deserialize)]
pub struct Evaluations {
    /// The projects in the order of the ballots' columns.
    pub projects: Vec<String>,
    /// For each deputy the place of a level on the ballot, from 0, or none for each project.
    pub ballots: Vec<Vec<Option<u8>>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_recorded_ballots_add_up_to_the_county_s_own_counts() {
        let content = Content::load().unwrap();
        assert_eq!(content.county.ballots.len(), 198);
        for project in &content.county.projects {
            let ticks = content
                .county
                .ballots
                .iter()
                .filter(|ballot| ballot.contains(&project.id))
                .count();
            assert_eq!(ticks, project.approvals as usize, "{}", project.id);
        }
    }

    #[test]
    fn everybody_the_demo_needs_is_there() {
        let content = Content::load().unwrap();
        let people = &content.people;
        assert_eq!((people.deputies.len(), people.delegations.len()), (213, 12));
        assert_eq!(people.absent_from_session.len(), 213 - 201);
        assert_eq!(content.proposals.len(), 120);
        assert_eq!(content.candidates.len(), 15);
        assert_eq!(
            people
                .scrutineers
                .iter()
                .filter(|scrutineer| scrutineer.chief)
                .count(),
            1
        );
        let units: Vec<_> = people
            .unit_staff
            .iter()
            .filter_map(|staff| staff.unit.as_deref())
            .collect();
        for candidate in &content.candidates {
            assert!(
                units.contains(&candidate.responsible_unit.as_str()),
                "{}",
                candidate.responsible_unit
            );
        }
    }
}
