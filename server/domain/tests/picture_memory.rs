//! What reading a picture takes of memory, counted. One test, because the whole process is counted.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use domain::proposals::{PictureError, picture};
use domain::testing::png;
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

#[tokio::test]
async fn a_picture_beyond_the_measure_is_refused_without_decoding() {
    let bomb = png(12_000, 12_000);
    assert!(bomb.len() < 3_000_000, "small as a file: {}", bomb.len());
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let refused = picture::clean(bomb).await;
    assert!(
        matches!(refused, Err(PictureError::TooLarge)),
        "{refused:?}"
    );
    let taken = MEMORY.peak_usage().saturating_sub(before);
    assert!(taken < 1_000_000, "{taken} bytes");
}
