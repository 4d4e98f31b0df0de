//! What a page leaves for the next one: whom a handle means. So that nothing about a child stands in a hidden field.

use std::collections::{HashMap, VecDeque};

use jiff::{SignedDuration, Timestamp};
use kinfold_domain::{AgencyId, AskId, EntryId, PersonId, Purpose, Subject};
use kinfold_service::{department::AttendanceId, ports::SessionId, records::Statement};
use parking_lot::Mutex;

use super::{failure::Failure, fields::Fields};

/// The most that is remembered for one session.
const MOST: usize = 200;
/// How long anything is remembered.
const LASTS: SignedDuration = SignedDuration::from_hours(12);

/// One of several children who may be meant.
#[derive(Clone)]
pub(super) struct Choice {
    pub(super) whom: Whom,
    /// The typed number is this child's and the typed name is not: nothing is opened until the asker says that it was confirmed who
    /// it is.
    pub(super) another_name: bool,
}

/// Where the child of a choice is known.
#[derive(Clone)]
pub(super) enum Whom {
    /// An entry of a register.
    Entry(AgencyId, EntryId),
    /// One of this agency's own people.
    Person(PersonId),
}

/// Whom an ask was about.
#[derive(Clone)]
pub(super) struct Asked {
    pub(super) subject: Subject,
    pub(super) purpose: Purpose,
    /// One of this agency's own people, where one was chosen.
    pub(super) person: Option<PersonId>,
    pub(super) choices: Vec<Choice>,
    /// The entries of registers that the answer was about, in the order in which they stood there.
    pub(super) entries: Vec<(AgencyId, EntryId)>,
    /// The attendance that it was opened from.
    pub(super) attendance: Option<AttendanceId>,
    /// Why the glass is about to be broken.
    pub(super) reason: Option<Statement>,
}

impl Asked {
    /// The child whom a form chooses by the place among the choices.
    pub(super) fn chosen(&self, fields: &Fields) -> Result<&Whom, Failure> {
        let place = fields.text("choice");
        let at: usize = place.parse().map_err(|_| Failure::Garbled)?;
        let choice = self.choices.get(at).ok_or(Failure::Forgotten)?;
        if choice.another_name && fields.text("confirmed") != place {
            return Err(Failure::NotConfirmed);
        }
        Ok(&choice.whom)
    }
}

/// Asks by session and handle; the handle is the ask's identity.
pub(super) struct Remembered<T = Asked>(Mutex<HashMap<SessionId, VecDeque<Kept<T>>>>);

struct Kept<T> {
    at: Timestamp,
    ask: AskId,
    asked: T,
}

impl<T> Default for Remembered<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Clone> Remembered<T> {
    /// Remembers an ask of a session; the oldest makes room.
    pub(super) fn keep(&self, session: SessionId, (ask, at): (AskId, Timestamp), asked: T) {
        let mut sessions = self.0.lock();
        if !sessions.contains_key(&session) {
            sessions.retain(|_, asks| asks.back().is_some_and(|last| is_fresh(last, at)));
        }
        let asks = sessions.entry(session).or_default();
        while asks.len() >= MOST || asks.front().is_some_and(|first| !is_fresh(first, at)) {
            asks.pop_front();
        }
        asks.push_back(Kept { at, ask, asked });
    }

    /// What was remembered under a handle, if it is of this very session.
    pub(super) fn find(&self, session: SessionId, handle: &str, now: Timestamp) -> Option<T> {
        let handle = AskId(handle.parse().ok()?);
        let sessions = self.0.lock();
        let mut asks = sessions.get(&session)?.iter().rev();
        let kept = asks.find(|kept| kept.ask == handle && is_fresh(kept, now))?;
        Some(kept.asked.clone())
    }

    /// The session goes on under another identity.
    pub(super) fn hand_on(&self, from: SessionId, to: SessionId) {
        let mut sessions = self.0.lock();
        if let Some(asks) = sessions.remove(&from) {
            sessions.insert(to, asks);
        }
    }

    /// Forgets a session.
    pub(super) fn forget(&self, session: SessionId) {
        self.0.lock().remove(&session);
    }
}

impl Remembered<Asked> {
    /// Puts down, or takes away, why the glass is about to be broken for an ask.
    pub(super) fn give_reason(&self, session: SessionId, handle: &str, reason: Option<Statement>) {
        let mut sessions = self.0.lock();
        let asks = sessions.get_mut(&session).into_iter().flatten().rev();
        let mut of_handle = asks.filter(|kept| kept.ask.0.to_string() == handle);
        if let Some(kept) = of_handle.next() {
            kept.asked.reason = reason;
        }
    }

    /// The purpose that a session stated last: the next page offers it chosen.
    pub(super) fn last_purpose(&self, session: SessionId) -> Option<Purpose> {
        Some(self.0.lock().get(&session)?.back()?.asked.purpose.clone())
    }
}

fn is_fresh<T>(kept: &Kept<T>, now: Timestamp) -> bool {
    now.duration_since(kept.at) < LASTS
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked() -> Asked {
        let purpose = "direct-care-unscheduled".parse().unwrap();
        Asked {
            subject: Subject::default(),
            purpose,
            person: None,
            choices: Vec::new(),
            entries: Vec::new(),
            attendance: None,
            reason: None,
        }
    }

    fn ask(n: u128) -> AskId {
        AskId(uuid::Uuid::from_u128(n))
    }

    #[test]
    fn a_handle_opens_nothing_in_another_session_or_after_twelve_hours() {
        let (remembered, one, other) =
            (Remembered::<Asked>::default(), SessionId([1; 32]), SessionId([2; 32]));
        let at: Timestamp = "2026-06-01T12:00:00Z".parse().unwrap();
        remembered.keep(one, (ask(7), at), asked());
        let handle = ask(7).0.to_string();
        assert!(remembered.find(one, &handle, at).is_some());
        assert!(remembered.find(other, &handle, at).is_none());
        assert!(remembered.find(one, "7", at).is_none());
        assert!(remembered.find(one, &handle, at + LASTS).is_none());
        remembered.forget(one);
        assert!(remembered.find(one, &handle, at).is_none());
    }

    #[test]
    fn the_oldest_makes_room() {
        let (remembered, one) = (Remembered::<Asked>::default(), SessionId([1; 32]));
        let at: Timestamp = "2026-06-01T12:00:00Z".parse().unwrap();
        for n in 0..=MOST as u128 {
            remembered.keep(one, (ask(n), at), asked());
        }
        assert!(remembered.find(one, &ask(0).0.to_string(), at).is_none());
        assert!(remembered.find(one, &ask(1).0.to_string(), at).is_some());
    }
}
