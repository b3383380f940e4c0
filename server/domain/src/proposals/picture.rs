//! Residents' pictures: decoded within limits and written anew, so that no location, no camera's number and
//! nothing that is not a picture is ever kept or served.

use super::error::PictureError;
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageDecoder as _, ImageReader, Limits};
use std::io::Cursor;

/// What a picture is kept as.
pub const MEDIA_TYPE: &str = "image/jpeg";
/// The longer side of what is kept, in pixels.
const KEPT_PIXELS: u32 = 1600;
/// The longer side of what is read, in pixels.
const READ_PIXELS: u32 = 12_000;
/// The memory that decoding may take, in bytes.
const READ_BYTES: u64 = 256 * 1024 * 1024;
const QUALITY: u8 = 82;

/// The picture as a JPEG of at most 1,600 pixels a side, upright, without anything but pixels. Takes a while:
/// call it where blocking is allowed.
pub fn clean(bytes: &[u8]) -> Result<Vec<u8>, PictureError> {
    let mut limits = Limits::default();
    limits.max_image_width = Some(READ_PIXELS);
    limits.max_image_height = Some(READ_PIXELS);
    limits.max_alloc = Some(READ_BYTES);
    let mut reader = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .map_err(image::ImageError::IoError)?;
    reader.limits(limits);
    let mut decoder = reader.into_decoder()?;
    // The camera's note on which side is up goes away with the rest, so it is carried out first.
    let orientation = decoder.orientation()?;
    let mut picture = DynamicImage::from_decoder(decoder)?;
    picture.apply_orientation(orientation);
    if picture.width().max(picture.height()) > KEPT_PIXELS {
        picture = picture.thumbnail(KEPT_PIXELS, KEPT_PIXELS);
    }
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, QUALITY).encode_image(&picture.to_rgb8())?;
    Ok(jpeg)
}

/// What pictures must keep to.
#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::png;
    use image::ImageFormat;

    #[test]
    fn a_picture_is_kept_as_jpeg_within_its_measure() {
        let kept = clean(&png(2000, 1000)).unwrap();
        let read = image::load_from_memory_with_format(&kept, ImageFormat::Jpeg).unwrap();
        assert_eq!((read.width(), read.height()), (1600, 800));
    }

    #[test]
    fn what_a_camera_wrote_into_the_file_is_gone() {
        // An APP1 segment with a mark, as EXIF data lies in a JPEG, right after the start of the image.
        let mut jpeg = clean(&png(20, 20)).unwrap();
        let mark = b"Exif\0\0GPS31.2304N121";
        let length = u16::try_from(mark.len() + 2).unwrap().to_be_bytes();
        let segment = [&[0xff, 0xe1], length.as_slice(), mark].concat();
        jpeg.splice(2..2, segment);
        let kept = clean(&jpeg).unwrap();
        assert!(!kept.windows(3).any(|bytes| bytes == b"GPS"));
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        for bytes in [
            b"".as_slice(),
            b"<svg onload=alert(1)>",
            b"\x89PNG\r\n\x1a\nbroken",
        ] {
            assert!(matches!(clean(bytes), Err(PictureError::NotAPicture(_))));
        }
    }

    #[test]
    fn a_picture_that_would_fill_the_memory_is_refused() {
        // The header alone says 30,000 × 30,000; nothing of that size is ever allocated.
        let mut bomb = png(1, 1);
        bomb.splice(16..24, [0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30]);
        let mut crc = Crc::default();
        crc.update(&bomb[12..29]);
        let sum = crc.0 ^ u32::MAX;
        bomb.splice(29..33, sum.to_be_bytes());
        assert!(matches!(clean(&bomb), Err(PictureError::TooLarge)));
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
}
