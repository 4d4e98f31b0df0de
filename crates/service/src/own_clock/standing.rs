//! How this node's clock stands, in values and in words.

use jiff::{SignedDuration, Timestamp};
use kinfold_domain::AgencyId;
use serde::Serialize;

use super::known::Jump;

/// Why no codes are judged.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error, Serialize)]
pub enum ClockOff {
    /// By the time service it is off.
    #[error("this node's clock is {} its time service", offset_words(*ahead))]
    Off {
        /// How far ahead; behind where negative.
        ahead: SignedDuration,
    },
    /// It shows a time that it has shown before.
    #[error("this node's clock ran back, and is {} behind what it showed before", amount(*behind))]
    RanBack {
        /// How far it has to go.
        behind: SignedDuration,
    },
}

impl ClockOff {
    /// In how many seconds codes go on by themselves, where they do.
    pub fn over_in(&self) -> Option<i64> {
        match self {
            Self::Off { .. } => None,
            Self::RanBack { behind } => Some(behind.as_secs() + 1),
        }
    }
}

/// What one server of the time service answered.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TimeAnswer {
    /// Which one.
    pub server: String,
    /// How far this node's clock is ahead of it, or why that isn't known.
    pub ahead: Result<SignedDuration, &'static str>,
}

/// A server of the time service.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct ServerStanding {
    /// Which one.
    pub name: String,
    /// What it answered last; `None` until it was asked.
    pub told: Option<Result<SignedDuration, &'static str>>,
}

/// Whether codes are judged, and how sure that is.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub enum ClockState {
    /// Codes are refused.
    Off {
        /// Since when, by this very clock.
        since: Timestamp,
        /// Why.
        why: ClockOff,
    },
    /// No time service is configured.
    Unchecked,
    /// The time service has not answered for an hour, or not yet.
    Unconfirmed,
    /// The time service has found it right.
    Right,
}

/// A partner's clock that differs. Which of the two is wrong nobody can tell.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct PartnerApart {
    /// Whose.
    pub agency: AgencyId,
    /// How far it is ahead of this one; behind where negative.
    pub ahead: SignedDuration,
    /// Since when.
    pub since: Timestamp,
}

/// How this node's clock stands.
#[derive(Clone, Debug, Serialize)]
pub struct ClockStanding {
    /// In short.
    pub state: ClockState,
    /// How far it is ahead of the time service, where that ever answered.
    pub ahead: Option<SignedDuration>,
    /// When it answered last.
    pub answered: Option<Timestamp>,
    /// Its servers.
    pub servers: Vec<ServerStanding>,
    /// When the clock was last set, since the start.
    pub jump: Option<Jump>,
    /// Partners' clocks that differ.
    pub partners: Vec<PartnerApart>,
}

/// An offset as screens say it: `5 seconds ahead of`, `1.4 seconds behind`.
pub fn offset_words(ahead: SignedDuration) -> String {
    let direction = if ahead.is_negative() { "behind" } else { "ahead of" };
    format!("{} {direction}", amount(ahead))
}

/// So much time, roughly, whatever its sign.
fn amount(time: SignedDuration) -> String {
    let millis = time.unsigned_abs().as_millis();
    let (count, unit) = match millis {
        0..100 => return counted(millis, "millisecond"),
        100..9_950 => {
            let tenths = (millis + 50) / 100;
            let (whole, tenth) = (tenths / 10, tenths % 10);
            if tenth > 0 {
                return format!("{whole}.{tenth} seconds");
            }
            (whole, "second")
        }
        9_950..120_000 => ((millis + 500) / 1_000, "second"),
        120_000..7_200_000 => (millis / 60_000, "minute"),
        7_200_000..172_800_000 => (millis / 3_600_000, "hour"),
        _ => (millis / 86_400_000, "day"),
    };
    counted(count, unit)
}

fn counted(count: u128, unit: &str) -> String {
    if count == 1 { format!("1 {unit}") } else { format!("{count} {unit}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_are_told_in_words() {
        let table = [
            (0, "0 milliseconds ahead of"),
            (-1, "1 millisecond behind"),
            (99, "99 milliseconds ahead of"),
            (149, "0.1 seconds ahead of"),
            (996, "1 second ahead of"),
            (-1_440, "1.4 seconds behind"),
            (5_020, "5 seconds ahead of"),
            (9_949, "9.9 seconds ahead of"),
            (-9_950, "10 seconds behind"),
            (119_999, "120 seconds ahead of"),
            (180_000, "3 minutes ahead of"),
            (-86_400_000, "24 hours behind"),
            (31_536_000_000, "365 days ahead of"),
        ];
        for (millis, words) in table {
            assert_eq!(offset_words(SignedDuration::from_millis(millis)), words);
        }
    }

    #[test]
    fn a_refusal_says_how_far_the_clock_is_off() {
        let off = ClockOff::Off { ahead: SignedDuration::from_secs(-5) };
        assert_eq!(off.to_string(), "this node's clock is 5 seconds behind its time service");
        let back = ClockOff::RanBack { behind: SignedDuration::from_mins(3) };
        assert!(back.to_string().ends_with("is 3 minutes behind what it showed before"));
        assert_eq!((off.over_in(), back.over_in()), (None, Some(181)));
    }
}
