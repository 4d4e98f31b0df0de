//! Requests that were answered lately: a concentrator that sends one again gets the same answer, and the code is not judged twice
//! (RFC 2865 section 3, RFC 5080 section 2.2.2).

use std::{
    collections::{HashMap, VecDeque},
    net::SocketAddr,
    time::Duration,
};

use tokio::time::Instant;

/// For how long an answer is kept. Concentrators send again within seconds.
const KEPT: Duration = Duration::from_secs(30);
/// Answers kept at a time, of all clients.
const MOST: usize = 4096;

/// What makes two requests one: where from, identifier, authenticator.
pub(super) type Mark = (SocketAddr, u8, [u8; 16]);

/// What became of a request that came before.
pub(super) enum Before {
    /// It did not: it is to be judged.
    Never,
    /// It is being judged.
    Underway,
    /// It was answered so.
    Answered(Vec<u8>),
}

/// Requests of the last half minute.
#[derive(Default)]
pub(super) struct Answered {
    known: HashMap<Mark, Option<Vec<u8>>>,
    order: VecDeque<(Instant, Mark)>,
}

impl Answered {
    /// What became of it before; a new one counts as underway from here on. The oldest make room: a code whose answer is forgotten is
    /// refused as used.
    pub(super) fn begin(&mut self, mark: Mark, now: Instant) -> Before {
        while let Some((began, oldest)) = self.order.front() {
            if self.order.len() < MOST && now.duration_since(*began) < KEPT {
                break;
            }
            self.known.remove(oldest);
            self.order.pop_front();
        }
        match self.known.get(&mark) {
            Some(Some(octets)) => Before::Answered(octets.clone()),
            Some(None) => Before::Underway,
            None => {
                self.known.insert(mark, None);
                self.order.push_back((now, mark));
                Before::Never
            }
        }
    }

    /// Keeps an answer, if its request is still known.
    pub(super) fn answer(&mut self, mark: &Mark, octets: &[u8]) {
        if let Some(kept) = self.known.get_mut(mark) {
            *kept = Some(octets.to_vec());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(identifier: u8, number: usize) -> Mark {
        let mut authenticator = [0; 16];
        authenticator[..8].copy_from_slice(&number.to_be_bytes());
        ("127.0.0.1:4000".parse().unwrap(), identifier, authenticator)
    }

    #[test]
    fn a_request_is_judged_once_and_answered_alike_for_half_a_minute() {
        let (mut answered, now) = (Answered::default(), Instant::now());
        assert!(matches!(answered.begin(mark(1, 0), now), Before::Never));
        assert!(matches!(answered.begin(mark(1, 0), now), Before::Underway));
        assert!(matches!(answered.begin(mark(2, 0), now), Before::Never));
        answered.answer(&mark(1, 0), b"answer");
        let later = now + Duration::from_secs(29);
        let again = answered.begin(mark(1, 0), later);
        assert!(matches!(again, Before::Answered(octets) if octets == b"answer"));
        assert!(matches!(answered.begin(mark(1, 0), now + KEPT), Before::Never));
    }

    #[test]
    fn answers_are_bounded_and_the_oldest_go_first() {
        let (mut answered, now) = (Answered::default(), Instant::now());
        for number in 0..=MOST {
            assert!(matches!(answered.begin(mark(0, number), now), Before::Never));
        }
        assert_eq!((answered.known.len(), answered.order.len()), (MOST, MOST));
        assert!(matches!(answered.begin(mark(0, MOST), now), Before::Underway));
        assert!(matches!(answered.begin(mark(0, 0), now), Before::Never));
    }
}
