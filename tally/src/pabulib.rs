//! Approval votes in the Pabulib format (`.pb`, pabulib.org): three tables separated by semicolons, quoted as in CSV.
//!
//! The file prints each project's total in the column `votes`; counting the votes must give the same.

mod rows;

use std::collections::{HashMap, HashSet};

use crate::rules::ItemId;
use rows::Rows;

/// A file's projects and votes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    description: String,
    projects: Vec<Project>,
    /// For each vote the approved projects' positions, ascending.
    votes: Vec<Vec<usize>>,
    min_length: u32,
    max_length: u32,
}

/// A project of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// Its id.
    pub id: ItemId,
    /// Its name; the id where the file has none.
    pub name: String,
    /// The total printed in the file.
    pub printed: Option<u64>,
}

/// Why a file is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct PabulibError {
    /// The line, from 1; 0 for the file as a whole.
    pub line: u64,
    /// What is wrong there.
    pub problem: Problem,
}

/// What is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// Not CSV, or not UTF-8.
    #[error("not a line of fields separated by semicolons: {0}")]
    Csv(String),
    /// The sections META, PROJECTS, VOTES do not follow each other.
    #[error("section {0} expected")]
    Section(&'static str),
    /// A column or a key of META is missing.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// The line has another number of fields than the heading.
    #[error("{expected} fields expected, {found} found")]
    Fields {
        /// As the heading has.
        expected: usize,
        /// As found.
        found: usize,
    },
    /// Not a number.
    #[error("{0}: a number expected")]
    Number(&'static str),
    /// Votes of another kind than approvals.
    #[error("vote_type is {0}, only approval votes are counted")]
    VoteType(String),
    /// Not an id.
    #[error("`{0}` cannot be a project's id")]
    Id(String),
    /// The same id twice.
    #[error("`{0}` stands twice")]
    Repeated(String),
    /// A vote for a project that is not listed.
    #[error("a vote for `{0}`, which is not among the projects")]
    UnknownProject(String),
    /// A vote with too few or too many projects.
    #[error("{found} projects in one vote, {min} to {max} are allowed")]
    Length {
        /// Fewest projects of a vote.
        min: u32,
        /// Most projects of a vote.
        max: u32,
        /// Projects in this one.
        found: usize,
    },
    /// META says another number.
    #[error("{key} is {expected}, {found} found")]
    Total {
        /// The key of META.
        key: &'static str,
        /// As it says.
        expected: u64,
        /// As found.
        found: u64,
    },
}

/// A project whose count is not what the file prints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The project.
    pub id: ItemId,
    /// The printed total; none where the file prints none.
    pub printed: Option<u64>,
    /// The count.
    pub counted: u64,
}

impl Instance {
    /// Reads a file.
    pub fn parse(text: &str) -> Result<Self, PabulibError> {
        let mut rows = Rows::new(text);
        rows.section("META")?;
        let meta = read_meta(&mut rows)?;
        let projects = read_projects(&mut rows)?;
        let items = u32::try_from(projects.len()).unwrap_or(u32::MAX);
        let bounds = (
            meta.number("min_length")?.unwrap_or(0),
            meta.number("max_length")?.unwrap_or(items).min(items),
        );
        let votes = read_votes(&mut rows, &projects, bounds)?;
        let instance = Self {
            description: meta.text("description").unwrap_or_default(),
            projects,
            votes,
            min_length: bounds.0,
            max_length: bounds.1,
        };
        meta.compare("num_projects", instance.projects.len())?;
        meta.compare("num_votes", instance.votes.len())?;
        Ok(instance)
    }

    /// The file's description.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// The projects in the order of the file.
    pub fn projects(&self) -> &[Project] {
        &self.projects
    }

    /// The votes: for each the approved projects' positions.
    pub fn votes(&self) -> &[Vec<usize>] {
        &self.votes
    }

    /// Fewest and most projects in a vote.
    pub fn bounds(&self) -> (u32, u32) {
        (self.min_length, self.max_length)
    }

    /// How many votes approve each project.
    pub fn count(&self) -> Vec<u64> {
        let mut counts = vec![0_u64; self.projects.len()];
        for position in self.votes.iter().flatten() {
            if let Some(count) = counts.get_mut(*position) {
                *count += 1;
            }
        }
        counts
    }

    /// The projects whose count is not the printed total.
    pub fn differences(&self, counts: &[u64]) -> Vec<Difference> {
        self.projects
            .iter()
            .zip(counts)
            .filter(|(project, counted)| project.printed != Some(**counted))
            .map(|(project, counted)| Difference {
                id: project.id.clone(),
                printed: project.printed,
                counted: *counted,
            })
            .collect()
    }
}

struct Meta(HashMap<String, (u64, String)>);

impl Meta {
    fn text(&self, key: &str) -> Option<String> {
        self.0.get(key).map(|(_, value)| value.clone())
    }

    fn number(&self, key: &'static str) -> Result<Option<u32>, PabulibError> {
        let read = |(line, value): &(u64, String)| {
            value
                .parse()
                .map_err(|_| fault(*line, Problem::Number(key)))
        };
        self.0.get(key).map(read).transpose()
    }

    fn compare(&self, key: &'static str, found: usize) -> Result<(), PabulibError> {
        let Some(expected) = self.number(key)? else {
            return Ok(());
        };
        let (expected, found) = (
            u64::from(expected),
            u64::try_from(found).unwrap_or(u64::MAX),
        );
        let line = self.0.get(key).map_or(0, |(line, _)| *line);
        if expected == found {
            Ok(())
        } else {
            Err(fault(
                line,
                Problem::Total {
                    key,
                    expected,
                    found,
                },
            ))
        }
    }
}

fn read_meta(rows: &mut Rows<'_>) -> Result<Meta, PabulibError> {
    let heading = rows.heading("META")?;
    let (key, value) = (heading.column("key")?, heading.column("value")?);
    let mut meta = HashMap::new();
    loop {
        let row = rows
            .next()?
            .ok_or_else(|| fault(0, Problem::Section("PROJECTS")))?;
        if row.is_section("PROJECTS") {
            break;
        }
        row.as_wide_as(&heading)?;
        let name = row.field(key).to_owned();
        if meta
            .insert(name.clone(), (row.line, row.field(value).to_owned()))
            .is_some()
        {
            return Err(fault(row.line, Problem::Repeated(name)));
        }
    }
    match meta.get("vote_type") {
        Some((_, kind)) if kind == "approval" => Ok(Meta(meta)),
        Some((line, kind)) => Err(fault(*line, Problem::VoteType(kind.clone()))),
        None => Err(fault(heading.line, Problem::Missing("vote_type"))),
    }
}

fn read_projects(rows: &mut Rows<'_>) -> Result<Vec<Project>, PabulibError> {
    let heading = rows.heading("PROJECTS")?;
    let id = heading.column("project_id")?;
    let (name, printed) = (heading.optional("name"), heading.optional("votes"));
    let mut projects: Vec<Project> = Vec::new();
    let mut seen = HashSet::new();
    loop {
        let row = rows
            .next()?
            .ok_or_else(|| fault(0, Problem::Section("VOTES")))?;
        if row.is_section("VOTES") {
            return Ok(projects);
        }
        row.as_wide_as(&heading)?;
        let text = row.field(id);
        let id = ItemId::new(text).filter(|id| !id.as_str().contains(','));
        let id = id.ok_or_else(|| fault(row.line, Problem::Id(text.to_owned())))?;
        if !seen.insert(id.clone()) {
            return Err(fault(row.line, Problem::Repeated(text.to_owned())));
        }
        let printed = printed.map(|column| {
            row.field(column)
                .parse()
                .map_err(|_| fault(row.line, Problem::Number("votes")))
        });
        let name = name
            .map(|column| row.field(column))
            .filter(|name| !name.is_empty())
            .unwrap_or(text);
        projects.push(Project {
            id,
            name: name.to_owned(),
            printed: printed.transpose()?,
        });
    }
}

fn read_votes(
    rows: &mut Rows<'_>,
    projects: &[Project],
    (min, max): (u32, u32),
) -> Result<Vec<Vec<usize>>, PabulibError> {
    let heading = rows.heading("VOTES")?;
    let (voter, vote) = (heading.column("voter_id")?, heading.column("vote")?);
    let positions: HashMap<&str, usize> = projects
        .iter()
        .enumerate()
        .map(|(position, project)| (project.id.as_str(), position))
        .collect();
    let mut voters = HashSet::new();
    let mut votes = Vec::new();
    while let Some(row) = rows.next()? {
        row.as_wide_as(&heading)?;
        if !voters.insert(row.field(voter).to_owned()) {
            return Err(fault(
                row.line,
                Problem::Repeated(row.field(voter).to_owned()),
            ));
        }
        let approved =
            approved(row.field(vote), &positions).map_err(|problem| fault(row.line, problem))?;
        let found = approved.len();
        if !u32::try_from(found).is_ok_and(|length| (min..=max).contains(&length)) {
            return Err(fault(row.line, Problem::Length { min, max, found }));
        }
        votes.push(approved);
    }
    Ok(votes)
}

/// The positions of a vote's projects, ascending. `ids` are separated by commas.
fn approved(ids: &str, positions: &HashMap<&str, usize>) -> Result<Vec<usize>, Problem> {
    let mut seen = HashSet::new();
    let mut approved = Vec::new();
    for id in ids.split(',').filter(|id| !id.is_empty()) {
        let position = positions
            .get(id)
            .ok_or_else(|| Problem::UnknownProject(id.to_owned()))?;
        if !seen.insert(*position) {
            return Err(Problem::Repeated(id.to_owned()));
        }
        approved.push(*position);
    }
    approved.sort_unstable();
    Ok(approved)
}

fn fault(line: u64, problem: Problem) -> PabulibError {
    PabulibError { line, problem }
}
