//! Residents' pictures: decoded within limits and written anew, so that no location, no camera's number and
//! nothing that is not a picture is ever kept or served.

use super::error::PictureError;
use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder as _, ImageReader, Limits, Rgb, RgbImage};
use std::io::Cursor;
use tokio::sync::{Semaphore, oneshot};

/// What a picture is kept as.
pub const MEDIA_TYPE: &str = "image/jpeg";
/// The longest file that is read, in bytes: a telephone's photo has a few million.
pub const SENT_BYTES: usize = 20 * 1024 * 1024;
/// The most megapixels that are read.
pub const READ_MEGAPIXELS: u64 = 40;
/// The longer side of what is kept, in pixels.
const KEPT_PIXELS: u32 = 1600;
/// The memory that decoding may take, in bytes: 40 megapixels of four bytes, and what the decoder needs.
const READ_BYTES: u64 = 256 * 1024 * 1024;
const QUALITY: u8 = 82;

/// Pictures are read on threads of their own, two at a time; sixteen may wait.
static DARKROOM: Darkroom = Darkroom::new(2, 16);

/// The picture as a JPEG of at most 1,600 pixels a side, upright, on white, without anything but pixels. Waits until it is its
/// turn.
///
/// # Errors
/// What is wrong with the picture; [`PictureError::Busy`] where too many wait already.
pub async fn clean(bytes: Vec<u8>) -> Result<Vec<u8>, PictureError> {
    // What can be seen without decoding needs no turn.
    look_at_head(&bytes)?;
    DARKROOM.develop(move || clean_now(&bytes)).await?
}

/// Threads for what takes long and much memory.
struct Darkroom {
    at_work: Semaphore,
    inside: Semaphore,
}

impl Darkroom {
    const fn new(at_work: usize, waiting: usize) -> Self {
        Self {
            at_work: Semaphore::const_new(at_work),
            inside: Semaphore::const_new(at_work + waiting),
        }
    }

    async fn develop<T: Send + 'static>(
        &'static self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, PictureError> {
        let inside = self.inside.try_acquire().map_err(|_| PictureError::Busy)?;
        let at_work = self.at_work.acquire().await;
        let at_work = at_work.map_err(|_| PictureError::Busy)?;
        let (done, result) = oneshot::channel();
        let span = tracing::Span::current();
        // Both permits are the thread's: whoever goes away in the middle does not make it end sooner.
        let started = std::thread::Builder::new()
            .name("picture".to_owned())
            .spawn(move || {
                let permits = (inside, at_work);
                drop(done.send(span.in_scope(work)));
                drop(permits);
            });
        started.map_err(|_| PictureError::Busy)?;
        result.await.map_err(|_| PictureError::Busy)
    }
}

/// What the file's length and its header alone say.
fn look_at_head(bytes: &[u8]) -> Result<(), PictureError> {
    if bytes.len() > SENT_BYTES {
        return Err(PictureError::TooLong);
    }
    decoder(bytes).map(|_| ())
}

/// The decoder of a picture that is within its measure; nothing of the picture is decoded yet.
fn decoder(bytes: &[u8]) -> Result<impl image::ImageDecoder + '_, PictureError> {
    let mut limits = Limits::default();
    limits.max_alloc = Some(READ_BYTES);
    let mut reader = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .map_err(image::ImageError::IoError)?;
    reader.limits(limits);
    let decoder = reader.into_decoder()?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > READ_MEGAPIXELS * 1_000_000 {
        return Err(PictureError::TooLarge);
    }
    Ok(decoder)
}

fn clean_now(bytes: &[u8]) -> Result<Vec<u8>, PictureError> {
    let mut decoder = decoder(bytes)?;
    // The camera's note on which side is up goes away with the rest, so it is carried out at the end.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder)?;
    if picture.width().max(picture.height()) > KEPT_PIXELS {
        picture = picture.thumbnail(KEPT_PIXELS, KEPT_PIXELS);
    }
    picture.apply_orientation(orientation);
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, QUALITY).encode_image(&on_white(picture))?;
    Ok(jpeg)
}

/// What a transparent picture looks like on a page.
fn on_white(picture: DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.into_rgb8();
    }
    let picture = picture.into_rgba8();
    RgbImage::from_fn(picture.width(), picture.height(), |x, y| {
        let [red, green, blue, alpha] = picture.get_pixel(x, y).0;
        let over = |channel: u8| {
            let (channel, alpha) = (u16::from(channel), u16::from(alpha));
            u8::try_from((channel * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX)
        };
        Rgb([over(red), over(green), over(blue)])
    })
}

#[cfg(test)]
#[path = "picture_tests.rs"]
mod tests;
