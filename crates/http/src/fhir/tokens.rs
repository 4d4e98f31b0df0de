//! Access tokens: opaque, short-lived, kept as digests in memory. A restart ends them all; clients fetch new ones.

use std::{collections::HashMap, sync::Arc};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use kinfold_service::ports::Entropy;
use parking_lot::Mutex;
use ring::digest::{SHA256, digest};
use zeroize::Zeroizing;

use super::client::Client;

/// How long a token opens anything, in seconds: no longer than the agreement's own end may go unnoticed by a careless client.
pub(super) const LIFE: i64 = 300;
/// The most that are open at a time.
const MOST: usize = 10_000;

/// What a token opens.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Scopes {
    /// `system/Flag.rs`
    pub(super) flags: bool,
    /// `system/Patient.r`
    pub(super) patients: bool,
}

impl Scopes {
    /// The scopes asked for that there are here, in either of SMART's notations. Others are not granted, which the answer tells.
    pub(super) fn parse(asked: &str) -> Self {
        let asks = |known: &[&str]| asked.split(' ').any(|word| known.contains(&word));
        Self {
            flags: asks(&["system/Flag.rs", "system/Flag.s", "system/Flag.read"]),
            patients: asks(&["system/Patient.r", "system/Patient.rs", "system/Patient.read"]),
        }
    }

    /// As the answer tells them; empty when there are none.
    pub(super) fn granted(self) -> String {
        let words = [(self.flags, "system/Flag.rs"), (self.patients, "system/Patient.r")];
        let held: Vec<&str> = words.iter().filter(|(held, _)| *held).map(|(_, w)| *w).collect();
        held.join(" ")
    }
}

/// Whom a token is for, and what it opens.
#[derive(Clone, Debug)]
pub(super) struct Grant {
    pub(super) client: Arc<Client>,
    pub(super) scopes: Scopes,
    until: Timestamp,
}

/// All tokens that are open.
#[derive(Debug, Default)]
pub(super) struct Tokens(Mutex<HashMap<[u8; 32], Grant>>);

impl Tokens {
    /// A new token; `None` when too many are open.
    pub(super) fn open(
        &self,
        client: &Arc<Client>,
        scopes: Scopes,
        (entropy, now): (&Arc<dyn Entropy>, Timestamp),
    ) -> Option<Zeroizing<String>> {
        let secret = Zeroizing::new(entropy.bytes32());
        let token = Zeroizing::new(URL_SAFE_NO_PAD.encode(*secret));
        let until = now.checked_add(SignedDuration::from_secs(LIFE)).ok()?;
        let mut open = self.0.lock();
        if open.len() >= MOST {
            open.retain(|_, grant| now < grant.until);
        }
        if open.len() >= MOST {
            return None;
        }
        open.insert(key(&token), Grant { client: Arc::clone(client), scopes, until });
        Some(token)
    }

    /// What a token opens now.
    pub(super) fn find(&self, token: &str, now: Timestamp) -> Option<Grant> {
        let mut open = self.0.lock();
        let key = key(token);
        let grant = open.get(&key)?.clone();
        if now < grant.until {
            return Some(grant);
        }
        open.remove(&key);
        None
    }
}

fn key(token: &str) -> [u8; 32] {
    let mut key = [0; 32];
    key.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_read_in_both_notations_and_nothing_else_is_granted() {
        for (asked, granted) in [
            ("system/Flag.rs system/Patient.r", "system/Flag.rs system/Patient.r"),
            ("system/Flag.read", "system/Flag.rs"),
            ("system/Patient.rs openid", "system/Patient.r"),
            ("system/*.*", ""),
            ("user/Flag.rs", ""),
            ("system/Flag.cruds", ""),
            ("", ""),
        ] {
            assert_eq!(Scopes::parse(asked).granted(), granted, "{asked}");
        }
    }
}
