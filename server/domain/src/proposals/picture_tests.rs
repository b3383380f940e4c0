//! What pictures must keep to. That a large one is refused without decoding is measured in `tests/picture_memory.rs`.

use super::*;
use crate::testing::png;
use image::{ImageFormat, Rgba, RgbaImage};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

fn read(jpeg: &[u8]) -> RgbImage {
    image::load_from_memory_with_format(jpeg, ImageFormat::Jpeg)
        .unwrap()
        .into_rgb8()
}

fn written(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.into().write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// A picture that is red on its left half and blue on its right one.
fn red_and_blue() -> RgbImage {
    RgbImage::from_fn(64, 32, |x, _| {
        if x < 32 {
            Rgb([255, 0, 0])
        } else {
            Rgb([0, 0, 255])
        }
    })
}

/// An APP1 segment after the start of the image: EXIF with one field, the orientation, and a mark.
fn with_orientation(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let mut exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
    exif.extend(b"GPS31.2304N121");
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    let mut jpeg = jpeg.to_vec();
    jpeg.splice(2..2, [&[0xff, 0xe1], length.as_slice(), &exif].concat());
    jpeg
}

#[tokio::test]
async fn a_picture_is_kept_as_jpeg_within_its_measure() {
    let kept = read(&clean(png(2000, 1000)).await.unwrap());
    assert_eq!((kept.width(), kept.height()), (1600, 800));
}

#[tokio::test]
async fn what_a_camera_wrote_into_the_file_is_gone() {
    let sent = with_orientation(&written(red_and_blue(), ImageFormat::Jpeg), 1);
    let kept = clean(sent).await.unwrap();
    assert!(!kept.windows(3).any(|bytes| bytes == b"GPS"));
    assert!(!kept.windows(4).any(|bytes| bytes == b"Exif"));
}

#[tokio::test]
async fn a_picture_stands_upright_as_the_camera_noted() {
    // 6: the camera was turned, what was left is up.
    let sent = with_orientation(&written(red_and_blue(), ImageFormat::Jpeg), 6);
    let kept = read(&clean(sent).await.unwrap());
    assert_eq!((kept.width(), kept.height()), (32, 64));
    let [above, below] = [8, 56].map(|y| kept.get_pixel(16, y).0);
    assert!(above[0] > 200 && above[2] < 60, "red above: {above:?}");
    assert!(below[2] > 200 && below[0] < 60, "blue below: {below:?}");
}

#[tokio::test]
async fn what_is_transparent_is_white() {
    let clear = RgbaImage::from_pixel(16, 16, Rgba([0, 0, 0, 0]));
    let half = RgbaImage::from_pixel(16, 16, Rgba([0, 0, 0, 128]));
    for (picture, grey) in [(clear, 255), (half, 127)] {
        let kept = read(&clean(written(picture, ImageFormat::Png)).await.unwrap());
        let seen = kept.get_pixel(8, 8).0;
        assert!(
            seen.iter().all(|channel| channel.abs_diff(grey) <= 2),
            "{seen:?}"
        );
    }
}

#[tokio::test]
async fn what_is_no_picture_is_refused() {
    for bytes in [
        b"".as_slice(),
        b"<svg onload=alert(1)>",
        b"\x89PNG\r\n\x1a\nbroken",
    ] {
        let refused = clean(bytes.to_vec()).await;
        assert!(matches!(refused, Err(PictureError::NotAPicture(_))));
    }
}

#[tokio::test]
async fn a_file_that_is_too_long_is_refused() {
    let mut long = png(1, 1);
    long.resize(SENT_BYTES, 0);
    assert!(clean(long.clone()).await.is_ok());
    long.push(0);
    assert!(matches!(clean(long).await, Err(PictureError::TooLong)));
}

#[tokio::test]
async fn a_header_that_says_more_than_the_measure_is_refused() {
    for (width, height, fits) in [
        (8000_u32, 5000_u32, true),
        (8001, 5000, false),
        (30_000, 30_000, false),
    ] {
        // The header alone says so; the pixels are those of one.
        let mut bomb = png(1, 1);
        bomb.splice(16..24, [width.to_be_bytes(), height.to_be_bytes()].concat());
        let mut crc = Crc::default();
        crc.update(&bomb[12..29]);
        let sum = crc.0 ^ u32::MAX;
        bomb.splice(29..33, sum.to_be_bytes());
        match clean(bomb).await {
            Err(PictureError::TooLarge) => assert!(!fits, "{width} × {height}"),
            Err(PictureError::NotAPicture(_)) => assert!(fits, "{width} × {height}"),
            other => panic!("{width} × {height}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn of_eight_at_once_two_are_at_work_and_who_cannot_wait_is_told() {
    static ROOM: Darkroom = Darkroom::new(2, 4);
    static NOW: AtomicUsize = AtomicUsize::new(0);
    static MOST: AtomicUsize = AtomicUsize::new(0);
    let all = (0..8).map(|_| {
        ROOM.develop(|| {
            let now = NOW.fetch_add(1, Ordering::SeqCst) + 1;
            MOST.fetch_max(now, Ordering::SeqCst);
            std::thread::sleep(Duration::from_millis(50));
            NOW.fetch_sub(1, Ordering::SeqCst);
        })
    });
    let done = futures_util::future::join_all(all).await;
    assert_eq!(MOST.load(Ordering::SeqCst), 2);
    let told = done
        .iter()
        .filter(|one| matches!(one, Err(PictureError::Busy)));
    assert_eq!(told.count(), 2);
    assert!(ROOM.develop(|| ()).await.is_ok(), "there is room again");
}

/// CRC-32 as PNG has it (ISO 3309), bit by bit.
struct Crc(u32);

impl Default for Crc {
    fn default() -> Self {
        Self(u32::MAX)
    }
}

impl Crc {
    fn update(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 ^= u32::from(*byte);
            for _ in 0..8 {
                self.0 = (self.0 >> 1) ^ (0xedb8_8320 * (self.0 & 1));
            }
        }
    }
}
