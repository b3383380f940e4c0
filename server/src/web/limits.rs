//! The limits that texts name: each stands once, beside what keeps to it, and every text gets it as an argument.

use domain::evaluation::COMMENT_CHARACTERS;
use domain::people::account::{LONGEST_NAME, SHORTEST_NAME};
use domain::people::code::{CODE_DIGITS, CODE_DIGITS_UNDER_ATTACK, CODE_SECONDS};
use domain::people::factors::RECOVERY_CODES;
use domain::people::import::{CELL_CHARACTERS, MAX_ROWS, TITLE_ROWS};
use domain::people::links::LINK_DAYS;
use domain::people::password::SHORTEST;
use domain::people::session::FRESH_SECONDS;
use domain::projects::REPORT_CHARACTERS;
use domain::proposals::picture::{READ_MEGAPIXELS, SENT_BYTES};
use domain::proposals::{
    BODY_CHARACTERS, PICTURES_WAITING, PROPOSALS_PER_PERSON, TITLE_CHARACTERS,
};
use domain::screening::MILESTONE_CHARACTERS;
use fluent_bundle::{FluentArgs, FluentValue};

/// The limits by the names of their arguments.
pub(super) fn limits() -> FluentArgs<'static> {
    let limits: [(&'static str, FluentValue<'static>); 21] = [
        ("code_digits", CODE_DIGITS.into()),
        ("code_digits_under_attack", CODE_DIGITS_UNDER_ATTACK.into()),
        ("code_minutes", (CODE_SECONDS / 60).into()),
        ("fresh_minutes", (FRESH_SECONDS / 60).into()),
        ("import_cell_characters", CELL_CHARACTERS.into()),
        ("import_rows", MAX_ROWS.into()),
        ("import_title_rows", TITLE_ROWS.into()),
        ("link_days", LINK_DAYS.into()),
        ("longest_name", LONGEST_NAME.into()),
        ("milestone_characters", MILESTONE_CHARACTERS.into()),
        ("picture_megabytes", (SENT_BYTES / (1024 * 1024)).into()),
        ("picture_megapixels", READ_MEGAPIXELS.into()),
        ("pictures_waiting", PICTURES_WAITING.into()),
        ("proposal_body_characters", BODY_CHARACTERS.into()),
        ("proposal_title_characters", TITLE_CHARACTERS.into()),
        ("proposals_per_person", PROPOSALS_PER_PERSON.into()),
        ("rating_characters", COMMENT_CHARACTERS.into()),
        ("recovery_codes", RECOVERY_CODES.into()),
        ("report_characters", REPORT_CHARACTERS.into()),
        ("shortest_name", SHORTEST_NAME.into()),
        ("shortest_password", SHORTEST.into()),
    ];
    limits.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    /// Numbers in texts that no code keeps to, each with what it is.
    const NO_LIMITS: &[&str] = &[
        // Names of things.
        "SHA-256",
        "Ed25519",
        "UTF-8",
        "C2SP",
        "minsheng-body/1",
        "12345",
        // The unit 万元 in English.
        "10,000 yuan",
        // Per cent, from nothing to the whole.
        "from 0 to 100",
        "0 至 100",
        "0 到 100",
        "100 %",
        "100%",
        // Examples of what to type.
        "2026-03-31",
        "2026-01-10",
        "QH26-01",
        // The meeting's steps and the ceremony's rounds in their order.
        "1. ",
        "2. ",
        "3. ",
        "Round 1",
        "Round 2",
        "Round 3",
        "Round 4",
    ];

    /// What stands in a line for people: no key, no placeable, no variant's name.
    fn words(line: &str) -> String {
        let mut words = String::new();
        let mut depth = 0_u32;
        for c in line.chars() {
            match c {
                '{' => depth += 1,
                '}' => depth = depth.saturating_sub(1),
                _ if depth == 0 => words.push(c),
                _ => {}
            }
        }
        words
    }

    #[test]
    fn no_text_writes_a_limit_down_again() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("i18n");
        let mut found = Vec::new();
        for language in std::fs::read_dir(root).unwrap() {
            for file in std::fs::read_dir(language.unwrap().path()).unwrap() {
                let path = file.unwrap().path();
                // The demo tells a story with its own figures.
                if path.ends_with("demo.ftl") {
                    continue;
                }
                for line in std::fs::read_to_string(&path).unwrap().lines() {
                    let is_variant = line.trim_start().starts_with(['[', '*']);
                    let start = if is_variant { "]" } else { " = " };
                    let Some((_, text)) = line.split_once(start) else {
                        continue;
                    };
                    let mut text = words(text);
                    for known in NO_LIMITS {
                        text = text.replace(known, "");
                    }
                    if text.contains(|c: char| c.is_ascii_digit()) {
                        found.push(format!("{}: {line}", path.display()));
                    }
                }
            }
        }
        assert!(found.is_empty(), "{found:#?}");
    }

    #[test]
    fn a_text_names_the_limit_that_its_form_keeps_to() {
        use crate::web::locale::Locale;
        for locale in Locale::all() {
            let hint = locale.text("hint-proposal-title");
            assert!(hint.contains(&TITLE_CHARACTERS.to_string()), "{hint}");
            let told = locale.text_with("code-sent", &[("to", "x".into())]);
            assert!(told.contains(&(CODE_SECONDS / 60).to_string()), "{told}");
        }
    }
}
