//! Sizes and durations as people read them.

/// `672 B`, `12.4 MiB`: three digits at least where it has them, in units of 1024.
pub(crate) fn bytes(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    // In tenths, rounded half up: a tenth of a unit, then the unit itself.
    let mut scale = 1024_u128;
    for unit in UNITS {
        let tenths = (u128::from(bytes) * 10 + scale / 2) / scale;
        if tenths < 10_240 {
            return match (tenths / 10, tenths % 10) {
                (whole, 0) => format!("{whole} {unit}"),
                (whole @ 0..100, tenth) => format!("{whole}.{tenth} {unit}"),
                (whole, tenth) => format!("{} {unit}", whole + u128::from(tenth >= 5)),
            };
        }
        scale *= 1024;
    }
    unreachable!("64 bits are less than 1024 EiB")
}

/// `0.5 s`, `45 s`, `2 m 30 s`, `1 h`, `3 d 4 h`.
pub(crate) fn seconds(seconds: f64) -> String {
    if seconds < 60.0 {
        let tenths = (seconds * 10.0).round() / 10.0;
        return format!("{tenths} s");
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "not negative, and what no integer holds is as good as for ever"
    )]
    let mut left = seconds.round() as u64;
    let mut words = Vec::new();
    for (unit, length) in [("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)] {
        if left >= length {
            words.push(format!("{} {unit}", left / length));
            left %= length;
        }
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    #[test]
    fn sizes() {
        for (size, expected) in [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1 KiB"),
            (1536, "1.5 KiB"),
            (1024 * 1024 - 1, "1 MiB"),
            (12_970_000, "12.4 MiB"),
            (500 << 20, "500 MiB"),
            ((500 << 20) + 700_000, "501 MiB"),
            (u64::MAX, "16 EiB"),
        ] {
            assert_eq!(super::bytes(size), expected, "{size}");
        }
    }

    #[test]
    fn durations() {
        for (seconds, expected) in [
            (0.0, "0 s"),
            (0.25, "0.3 s"),
            (45.0, "45 s"),
            (150.0, "2 m 30 s"),
            (3600.0, "1 h"),
            (273_600.0, "3 d 4 h"),
        ] {
            assert_eq!(super::seconds(seconds), expected, "{seconds}");
        }
    }
}
