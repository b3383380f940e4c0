//! What a teller's browser may ask for: credentials for paper, what two tellers compare, a sheet sealed.

use ballot::{Choices, ComparisonKey, Credential, Ed25519, Election, Group, PaperSecret, Wire};

use crate::acts::{self, ActError, object, read, rng, uuids_of};

/// See [`crate::make_paper_secret`].
///
/// # Errors
/// [`ActError`].
pub fn make_paper_secret(seed: &[u8]) -> Result<String, ActError> {
    let secret = PaperSecret::generate(&mut rng("make_paper_secret", seed)?);
    Ok(object(|o| {
        o.member_with("secret", |out| out.string(secret.expose()));
    }))
}

/// See [`crate::paper_credentials`].
///
/// # Errors
/// [`ActError`].
pub fn paper_credentials(secret: &str, uuids: &str, count: u32) -> Result<String, ActError> {
    let secret: PaperSecret = secret.parse()?;
    let numbers = 1..=count.min(MOST_PAPER);
    let credentials: Vec<Credential> = numbers.map(|number| secret.credential(number)).collect();
    let public = |uuid| {
        let of = |one: &Credential| Ed25519::encode(&one.public::<Ed25519>(uuid));
        credentials.iter().map(of).collect::<Vec<String>>()
    };
    let uuids = uuids_of(uuids)?;
    Ok(uuids.iter().map(public).collect::<Vec<_>>().to_json())
}

/// See [`crate::comparison_key`].
///
/// # Errors
/// [`ActError`].
pub fn comparison_key(secret: &str, uuid: &str) -> Result<String, ActError> {
    let secret: PaperSecret = secret.parse()?;
    let key = secret.comparison(&uuid.parse()?);
    Ok(object(|o| {
        o.member_with("key", |out| out.string(key.expose()));
    }))
}

/// See [`crate::mark_sheets`].
///
/// # Errors
/// [`ActError`].
pub fn mark_sheets(election: &str, key: &str, sheets: &str) -> Result<String, ActError> {
    let election: Election<Ed25519> = read("election", election)?;
    let key: ComparisonKey = key.parse()?;
    let sheets: Vec<Choices> = read("sheets", sheets)?;
    let (mut marks, mut invalid) = (Vec::new(), Vec::new());
    for (number, choices) in (1..).zip(&sheets) {
        // No question is answered on a sheet that was ruled invalid.
        let typed = (!choices.marks().is_empty()).then_some(choices);
        let sheet = key.mark(&election, number, typed)?;
        marks.push(sheet.mark);
        if !sheet.valid {
            invalid.push(number);
        }
    }
    let count = u32::try_from(sheets.len()).unwrap_or(u32::MAX);
    Ok(object(|o| {
        o.member("count", &key.mark_of_count(election.uuid(), count));
        o.member("sheets", &marks);
        o.member("invalid", &invalid);
    }))
}

/// See [`crate::seal_paper`].
///
/// # Errors
/// [`ActError`].
pub fn seal_paper(
    election: &str,
    secret: &str,
    number: u32,
    choices: &str,
    seed: &[u8],
) -> Result<String, ActError> {
    let credential = secret.parse::<PaperSecret>()?.credential(number);
    acts::seal(election, credential.expose(), choices, seed)
}

/// More paper than any congress has deputies.
const MOST_PAPER: u32 = 10_000;
