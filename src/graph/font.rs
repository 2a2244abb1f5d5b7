//! How wide text is in a picture: the advance widths of Helvetica, which Arial and Liberation Sans
//! share.

use unicode_width::UnicodeWidthChar;

/// Thousandths of the font's size, from the space on.
const ASCII: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];

/// Fonts that stand in are wider.
const MARGIN: f64 = 1.15;

/// The width of `text` in a font of this size, at most.
pub(super) fn width(text: &str, size: f64) -> f64 {
    let units: u32 = text.chars().map(units).sum();
    f64::from(units) / 1000.0 * size * MARGIN
}

fn units(c: char) -> u32 {
    let index = u32::from(c).wrapping_sub(32) as usize;
    match ASCII.get(index) {
        Some(units) => u32::from(*units),
        None => match c.width() {
            Some(0) | None => 0,
            Some(1) => 650,
            Some(_) => 1000,
        },
    }
}
