//! Real votes of real cities: counted to the printed totals, and each broken file refused at its line.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::cast_possible_truncation,
    reason = "helpers of tests fail as tests do"
)]

use tally::pabulib::{Difference, Instance, Problem};
use tally::rules::ItemId;

fn file(name: &str) -> String {
    std::fs::read_to_string(format!(
        "{}/tests/data/{name}.pb",
        env!("CARGO_MANIFEST_DIR")
    ))
    .unwrap()
}

const LODZ: &str = "poland_lodz_2020_im-montwilla-mireckiego";
const WESOLA: &str = "poland_warszawa_2023_wesola";

#[test]
fn both_cities_count_to_their_printed_totals() {
    for (name, votes, projects, bounds) in [(LODZ, 594, 16, (0, 5)), (WESOLA, 1181, 29, (1, 15))] {
        let instance = Instance::parse(&file(name)).unwrap();
        assert_eq!(
            (
                instance.votes().len(),
                instance.projects().len(),
                instance.bounds()
            ),
            (votes, projects, bounds)
        );
        let counts = instance.count();
        let printed: Vec<u64> = instance
            .projects()
            .iter()
            .map(|project| project.printed.unwrap())
            .collect();
        assert_eq!(counts, printed);
        assert!(instance.differences(&counts).is_empty());
    }
}

#[test]
fn a_vote_that_is_left_out_shows_in_the_totals() {
    let text = file(LODZ)
        .replace("1400796887;39;K;internet;P081MM,P148MM\n", "")
        .replace("num_votes;594", "num_votes;593");
    let instance = Instance::parse(&text).unwrap();
    let differences = instance.differences(&instance.count());
    let expected = |id, printed, counted| Difference {
        id: ItemId::new(id).unwrap(),
        printed: Some(printed),
        counted,
    };
    assert_eq!(
        differences,
        [expected("P081MM", 217, 216), expected("P148MM", 74, 73)]
    );
}

#[test]
fn each_broken_file_is_refused_at_its_line() {
    let valid = file(LODZ);
    let refused = |from: &str, to: &str| {
        assert!(valid.contains(from), "{from}");
        let error = Instance::parse(&valid.replacen(from, to, 1)).unwrap_err();
        (error.line, error.problem)
    };
    let vote = "1400796887;39;K;internet;P081MM,P148MM";
    assert_eq!(refused("META\n", ""), (1, Problem::Section("META")));
    assert_eq!(refused("\nPROJECTS\n", "\n").0, 19);
    assert_eq!(
        refused("vote_type;approval", "vote_type;ordinal"),
        (12, Problem::VoteType("ordinal".into()))
    );
    assert_eq!(
        refused("num_projects;16", "num_projects;17"),
        (
            9,
            Problem::Total {
                key: "num_projects",
                expected: 17,
                found: 16
            }
        )
    );
    assert_eq!(
        refused("num_votes;594", "num_votes;x"),
        (10, Problem::Number("num_votes"))
    );
    assert_eq!(
        refused("P066MM;136500;256", "P082MM;136500;256"),
        (22, Problem::Repeated("P082MM".into()))
    );
    assert_eq!(
        refused("P066MM;136500;256", "P066MM;136500;-1"),
        (22, Problem::Number("votes"))
    );
    assert_eq!(
        refused(vote, "1400796887;39;K;internet;P999"),
        (39, Problem::UnknownProject("P999".into()))
    );
    assert_eq!(
        refused(vote, "1400796887;39;K;internet;P081MM,P081MM"),
        (39, Problem::Repeated("P081MM".into()))
    );
    let six = "1400796887;39;K;internet;P082MM,P066MM,P083MM,P081MM,P020MM,P117MM";
    assert_eq!(
        refused(vote, six),
        (
            39,
            Problem::Length {
                min: 0,
                max: 5,
                found: 6
            }
        )
    );
    assert_eq!(
        refused(vote, "1400796887;39;K;P081MM"),
        (
            39,
            Problem::Fields {
                expected: 5,
                found: 4
            }
        )
    );
    assert_eq!(
        refused("1400796929;63", "1400796887;63"),
        (40, Problem::Repeated("1400796887".into()))
    );
    assert_eq!(
        refused(
            "voter_id;age;sex;voting_method;vote",
            "voter_id;age;sex;voting_method;votes"
        ),
        (38, Problem::Missing("vote"))
    );
    let whole = |text: &str| {
        let error = Instance::parse(text).unwrap_err();
        (error.line, error.problem)
    };
    assert_eq!(whole(""), (0, Problem::Section("META")));
    assert_eq!(whole("META"), (0, Problem::Section("META")));
    assert_eq!(whole("META\nkey;value"), (0, Problem::Section("PROJECTS")));
}
