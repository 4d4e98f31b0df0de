//! This node's own clock: whether codes may be judged by it.
//!
//! A code is good for seconds. By a clock that is off, right codes are counted as wrong ones, old codes are let in, and tokens are taught
//! a drift that they don't have. So codes, and codes alone, are refused
//!
//! - while the clock is known to be off by more than a second: by the last answer of the time service, carried on by the steady clock;
//! - while it shows a time that it, or this node's ledger, has shown before, unless the time service has found it right since. So no step
//!   is judged twice, and a clock that ran back goes on by itself where no time service is asked.
//!
//! What nobody knows refuses nothing: a time service that is silent or not configured locks no department out. Nor does a partner's clock:
//! of two that differ nobody can tell from here which is wrong.

mod known;
mod partners;
mod standing;

pub use known::{Jump, Reading};
pub use standing::{
    ClockOff, ClockStanding, ClockState, PartnerApart, ServerStanding, TimeAnswer, offset_words,
};

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use kinfold_domain::AgencyId;
use parking_lot::Mutex;
use tokio::sync::Notify;

use crate::{
    feeds::{FeedId, Signal, Watched},
    ports::{Clock, Steady},
};
use known::Known;
use partners::{Partners, Seen};

/// How far a clock may be off, or two may differ.
pub const LIMIT: SignedDuration = SignedDuration::from_secs(1);
/// How often both clocks are read anew when the process was held up in between.
const READ_AGAIN: usize = 5;
/// So much may pass between the two.
const AT_ONCE: std::time::Duration = std::time::Duration::from_millis(50);

/// This node's clock, and what is known of it.
pub struct OwnClock {
    clock: Arc<dyn Clock>,
    steady: Arc<dyn Steady>,
    state: Mutex<State>,
    jumped: Notify,
}

#[derive(Default)]
struct State {
    known: Known,
    partners: Partners,
    servers: Vec<ServerStanding>,
}

impl OwnClock {
    /// Over these clocks; `servers` are those of the time service that are going to be asked.
    pub fn new(clock: Arc<dyn Clock>, steady: Arc<dyn Steady>, servers: &[String]) -> Self {
        let servers = servers.iter().map(|name| ServerStanding { name: name.clone(), told: None });
        let state = State { servers: servers.collect(), ..State::default() };
        Self { clock, steady, state: Mutex::new(state), jumped: Notify::new() }
    }

    /// The clock was there before: what was recorded says so.
    pub fn shown_before(&self, at: Timestamp) {
        self.state.lock().known.shown_before(at);
    }

    /// Now, for all but codes.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Now, if codes may be judged by it.
    pub fn for_codes(&self) -> Result<Timestamp, ClockOff> {
        let mut state = self.state.lock();
        let now = self.read(&mut state);
        state.known.judge(now).map(|()| now.wall)
    }

    /// Reads the clock, so that nothing is missed while nobody types a code; why codes are refused, if they are.
    pub fn look(&self) -> Option<ClockOff> {
        self.for_codes().err()
    }

    /// Until the clock was set: then the time service is to be asked at once.
    pub async fn jumped(&self) {
        self.jumped.notified().await;
    }

    /// The time service is going to be asked.
    pub fn ask(&self) -> Reading {
        let mut state = self.state.lock();
        self.read(&mut state)
    }

    /// What it answered. Of several servers the median counts: one that is wrong is outvoted.
    pub fn told(&self, asked: Reading, answers: Vec<TimeAnswer>) {
        let mut state = self.state.lock();
        let now = self.read(&mut state);
        let mut offsets: Vec<_> =
            answers.iter().filter_map(|answer| answer.ahead.as_ref().ok().copied()).collect();
        for answer in answers {
            if let Some(known) = state.servers.iter_mut().find(|known| known.name == answer.server)
            {
                known.told = Some(answer.ahead);
            }
        }
        // A clock that was set meanwhile is another one than was asked about.
        if now.was_set_since(&asked) {
            self.jumped.notify_one();
        } else if let Some(ahead) = median(&mut offsets) {
            state.known.told(now, ahead);
        }
    }

    /// A message of a partner, which signed it at that moment by its own clock. `asked`: when it was asked for it here; `None` where it
    /// came by itself.
    pub(crate) fn compare(
        &self,
        partner: &AgencyId,
        signed: Timestamp,
        (asked, now): (Option<Timestamp>, Timestamp),
    ) {
        let mut state = self.state.lock();
        let steady = self.read(&mut state).steady;
        let at_least = signed.duration_since(now);
        let at_most = asked.map(|asked| signed.duration_since(asked));
        state.partners.seen(partner, Seen { steady, at_least, at_most }, now);
    }

    /// How it stands.
    pub fn standing(&self) -> ClockStanding {
        let mut state = self.state.lock();
        let now = self.read(&mut state);
        let state = &*state;
        let (known, servers) = (&state.known, state.servers.clone());
        ClockStanding {
            state: known.state(now, !servers.is_empty()),
            ahead: known.ahead(now),
            answered: known.answered(),
            servers,
            jump: known.jump(),
            partners: state.partners.apart(now.steady),
        }
    }

    /// Both clocks at one moment: a process that is held up in between would see a jump where there was none.
    fn read(&self, state: &mut State) -> Reading {
        let mut now = Reading { wall: self.clock.now(), steady: self.steady.elapsed() };
        for _ in 0..READ_AGAIN {
            let before = self.steady.elapsed();
            now = Reading { wall: self.clock.now(), steady: self.steady.elapsed() };
            if now.steady.saturating_sub(before) <= AT_ONCE {
                break;
            }
        }
        if state.known.read(now) {
            state.partners.forget();
            self.jumped.notify_one();
        }
        now
    }
}

impl Watched for OwnClock {
    fn signal(&self, now: Timestamp) -> Signal {
        self.look();
        Signal::of_trouble(FeedId::Clock, self.state.lock().known.off_since(), now)
    }
}

/// The one in the middle; of an even number what lies between the two.
fn median(offsets: &mut [SignedDuration]) -> Option<SignedDuration> {
    offsets.sort_unstable();
    let upper = *offsets.get(offsets.len() / 2)?;
    if offsets.len() % 2 == 1 {
        return Some(upper);
    }
    let lower = *offsets.get(offsets.len() / 2 - 1)?;
    Some(lower.saturating_add(upper.saturating_sub(lower) / 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_wrong_server_of_three_is_outvoted() {
        let of = |seconds: &[i64]| {
            let mut offsets: Vec<_> =
                seconds.iter().map(|s| SignedDuration::from_secs(*s)).collect();
            median(&mut offsets).map(|ahead| ahead.as_secs())
        };
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[7]), Some(7));
        assert_eq!(of(&[0, 4]), Some(2));
        assert_eq!(of(&[0, 3_600, 0]), Some(0));
        assert_eq!(of(&[-5, -3_600, -7]), Some(-7));
        assert_eq!(of(&[1, 2, 4, 900]), Some(3));
    }
}
