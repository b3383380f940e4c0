//! The whole loop, once: residents propose, the office screens and publishes, deputies decide by sealed ballots made
//! in real browsers, anyone checks the result, and the county's recorded vote comes out exactly; a year later reports
//! have turned lights and deputies have judged.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod counting;
mod county;
mod keys;
mod lies;
mod preparing;
mod proposing;
mod voting;
mod year;

use county::County;
use journeys::{Driver, Screen};

#[tokio::test(flavor = "multi_thread")]
async fn the_recorded_vote_of_a_county_comes_out_exactly() {
    let Some(driver) = Driver::start() else {
        return;
    };
    let county = County::start(driver).await;
    let public = county.driver.open(Screen::Laptop).await;

    let proposal = county.propose_and_support().await;
    county.step(&public, "end-collecting").await;
    county.screen(&public, &proposal).await;
    county.publish_candidates(&public).await;
    let poll = county.call_session(&public).await;

    let (mut scrutineers, code) = county.make_keys(&poll).await;
    let mut box_of_ballots = county.check_in_deputies(&poll).await;
    county.step(&public, "check-in").await;
    county.confirm(&poll, "freeze").await;
    // The third scrutineer vanishes: the other two are enough to the end.
    scrutineers.pop().unwrap().close().await;
    county
        .a_lost_share_comes_back_from_paper(&poll, &code)
        .await;
    county.approve(&scrutineers, &poll).await;
    county.confirm(&poll, "open").await;

    let receipt = box_of_ballots.cast(&county, &poll).await;
    county.step(&public, "cast").await;
    county.nobody_finds_a_count(&public, &poll).await;
    county.confirm(&poll, "close").await;
    county.nobody_finds_a_count(&public, &poll).await;

    let returned = voting::SIMULATED + 8;
    county
        .no_lie_opens_a_single_ballot(&scrutineers[0], &poll, returned)
        .await;
    county.state_closing(&scrutineers, &poll, returned).await;
    for scrutineer in &scrutineers {
        county.decrypt(scrutineer, &poll).await;
    }
    county.nobody_finds_a_count(&public, &poll).await;
    county.announce(&poll).await;
    county.the_result_is_the_recorded_one(&public, &poll).await;
    county.anyone_verifies(&public, &poll).await;
    county.the_receipt_says_counted(&receipt).await;

    county.hand_over(&public).await;
    county.a_report_turns_a_light(&public).await;
    county.step(&public, "year-end").await;
    county.deputies_judge(&public).await;
    county.step(&public, "rework").await;
    county.step(&public, "archive").await;
}
