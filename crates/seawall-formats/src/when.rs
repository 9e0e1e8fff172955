//! Instants as documents write them: RFC 3339, without an offset (read as UTC), or a day.

use jiff::civil;
use jiff::tz::Offset;
use seawall_domain::time::Timestamp;

/// An instant, or the midnight (UTC) of a day.
pub(crate) fn read(text: &str) -> Option<Timestamp> {
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Some(instant);
    }
    let local = text.parse::<civil::DateTime>().ok().or_else(|| day(text))?;
    Offset::UTC.to_timestamp(local).ok()
}

fn day(text: &str) -> Option<civil::DateTime> {
    text.parse::<civil::Date>().ok().map(|day| day.to_datetime(civil::Time::midnight()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_documents_write() {
        for (text, expected) in [
            ("2024-05-02T21:17:22.890858Z", "2024-05-02T21:17:22.890858Z"),
            ("2024-05-02T21:17:22+02:00", "2024-05-02T19:17:22Z"),
            ("2024-05-02T21:17:22", "2024-05-02T21:17:22Z"),
            ("2024-05-02", "2024-05-02T00:00:00Z"),
            ("02.05.2024", "-"),
            ("", "-"),
        ] {
            let told = read(text).map_or("-".to_owned(), |instant| instant.to_string());
            assert_eq!(told, expected, "{text}");
        }
    }
}
