//! Codes that were asked for after a PIN alone: each mark is good once, for its client and its user, and for a minute or so.

use std::{collections::HashMap, time::Duration};

use kinfold_domain::UserName;
use kinfold_token::Pin;
use parking_lot::Mutex;
use tokio::time::Instant;

/// Challenges open at a time, of all clients.
const MOST: usize = 1024;

/// What the State attribute of a challenge says: nothing to whoever reads it.
pub(super) type Mark = [u8; 16];

/// A PIN that waits for its code. Whether it is right is not judged before: nobody learns that from the question.
struct Asked {
    client: usize,
    user_name: UserName,
    pin: Pin,
    until: Instant,
}

/// Open challenges.
pub(super) struct Challenges {
    open: Mutex<HashMap<Mark, Asked>>,
    last: Duration,
}

impl Challenges {
    pub(super) fn new(last: Duration) -> Self {
        Self { open: Mutex::default(), last }
    }

    /// Opens one; the oldest makes room.
    pub(super) fn ask(&self, mark: Mark, client: usize, user_name: UserName, pin: Pin) {
        let now = Instant::now();
        let mut open = self.open.lock();
        open.retain(|_, asked| asked.until > now);
        if open.len() >= MOST {
            let oldest = open.iter().min_by_key(|(_, asked)| asked.until).map(|(mark, _)| *mark);
            oldest.map(|mark| open.remove(&mark));
        }
        open.insert(mark, Asked { client, user_name, pin, until: now + self.last });
    }

    /// The PIN that waited there, if it is this client's and this user's; the mark is spent whoever shows it.
    pub(super) fn take(&self, mark: &[u8], client: usize, user_name: &UserName) -> Option<Pin> {
        let asked = self.open.lock().remove(<&Mark>::try_from(mark).ok()?)?;
        let theirs = asked.client == client && asked.user_name == *user_name;
        (theirs && asked.until > Instant::now()).then_some(asked.pin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pin() -> Pin {
        "483906".parse().unwrap()
    }

    fn user(name: &str) -> UserName {
        name.parse().unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn a_mark_is_good_once_for_its_client_and_its_user_and_not_for_long() {
        let challenges = Challenges::new(Duration::from_mins(1));
        let ask = |mark| challenges.ask(mark, 0, user("nurse"), pin());
        ask([1; 16]);
        assert!(challenges.take(&[1; 16], 0, &user("nurse")).is_some());
        assert!(challenges.take(&[1; 16], 0, &user("nurse")).is_none(), "twice");
        for (client, name) in [(1, "nurse"), (0, "doctor")] {
            ask([2; 16]);
            assert!(challenges.take(&[2; 16], client, &user(name)).is_none());
            assert!(challenges.take(&[2; 16], 0, &user("nurse")).is_none(), "spent by a stranger");
        }
        ask([3; 16]);
        tokio::time::advance(Duration::from_mins(1)).await;
        assert!(challenges.take(&[3; 16], 0, &user("nurse")).is_none(), "too late");
        assert!(challenges.take(b"short", 0, &user("nurse")).is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn open_challenges_are_bounded() {
        let challenges = Challenges::new(Duration::from_mins(1));
        for number in 0..=MOST {
            let mut mark = [0; 16];
            mark[..8].copy_from_slice(&number.to_be_bytes());
            challenges.ask(mark, 0, user("nurse"), pin());
            tokio::time::advance(Duration::from_millis(1)).await;
        }
        assert_eq!(challenges.open.lock().len(), MOST);
        assert!(challenges.take(&[0; 16], 0, &user("nurse")).is_none(), "the oldest went");
    }
}
