//! One notification on its way: waiting, delivered, put aside, given up. Pure: time and chance are arguments.

use jiff::{SignedDuration, Timestamp};
use kinfold_domain::EmployeeId;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::event::Event;
use crate::records::Asker;

/// Who is told.
#[derive(Clone, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Destination {
    /// An employee, by e-mail, at the address of the moment.
    Employee(EmployeeId),
    /// A webhook, by its name in the configuration.
    Webhook(String),
}

/// How a notification stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// It is tried at `next`.
    Waiting {
        /// Tries that failed since it was last asked for.
        failed: u32,
        /// When it is tried.
        next: Timestamp,
    },
    /// The other side took it.
    Delivered {
        /// When.
        at: Timestamp,
    },
    /// It was tried often enough: somebody decides.
    PutAside {
        /// When.
        at: Timestamp,
    },
    /// Somebody decided that it need not be delivered.
    GivenUp {
        /// When.
        at: Timestamp,
        /// Who.
        by: Asker,
    },
}

/// A notification to one destination.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Notification {
    /// Its identity, the same whenever it is sent.
    pub id: Uuid,
    /// What it says.
    pub event: Event,
    /// What it is about, opaque: the same for all notifications of one matter.
    pub matter: Uuid,
    /// When what it says happened.
    pub at: Timestamp,
    /// Whom it tells.
    pub to: Destination,
    /// Tries in all.
    pub tries: u32,
    /// Why the last try failed; without personal data.
    pub problem: Option<String>,
    /// How it stands.
    pub standing: Standing,
}

/// Why a try failed.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{why}")]
pub struct Undelivered {
    /// In words for an operator, without personal data.
    pub why: String,
    /// Another try would end alike.
    pub is_final: bool,
}

/// How often and when it is tried again.
#[derive(Clone, Copy, Debug)]
pub struct RetryPolicy {
    /// So many failures put a notification aside.
    pub give_up_after: u32,
    /// The pause after the first failure; each further one doubles it.
    pub first: SignedDuration,
    /// The longest pause.
    pub longest: SignedDuration,
}

impl Default for RetryPolicy {
    /// Twelve tries within about three hours.
    fn default() -> Self {
        Self {
            give_up_after: 12,
            first: SignedDuration::from_secs(10),
            longest: SignedDuration::from_hours(1),
        }
    }
}

impl RetryPolicy {
    /// The pause after so many failures in a row: half of the doubled pause is certain, half is chance, so that what failed together
    /// is not tried again together.
    pub fn pause(&self, failed: u32, chance: u32) -> SignedDuration {
        let doublings = failed.saturating_sub(1).min(30);
        let whole = self.first.saturating_mul(1 << doublings).min(self.longest);
        let half = whole / 2;
        let share = i128::from(chance) * half.as_nanos() / i128::from(u32::MAX);
        half.saturating_add(SignedDuration::from_nanos_i128(share))
    }
}

impl Notification {
    /// A new one, to be tried at once.
    pub fn new(
        (event, matter, round): (Event, Uuid, &str),
        to: Destination,
        at: Timestamp,
        now: Timestamp,
    ) -> Self {
        let destination = match &to {
            Destination::Employee(employee) => format!("employee {}", employee.0),
            Destination::Webhook(name) => format!("webhook {name}"),
        };
        Self {
            id: opaque(&[event.word(), &matter.to_string(), round, &destination]),
            event,
            matter,
            at,
            to,
            tries: 0,
            problem: None,
            standing: Standing::Waiting { failed: 0, next: now },
        }
    }

    /// After a try. What does not wait is not tried, so it stays as it is.
    #[must_use]
    pub fn after(
        mut self,
        outcome: Result<(), Undelivered>,
        (now, chance): (Timestamp, u32),
        policy: &RetryPolicy,
    ) -> Self {
        let Standing::Waiting { failed, .. } = self.standing else { return self };
        self.tries = self.tries.saturating_add(1);
        match outcome {
            Ok(()) => {
                self.problem = None;
                self.standing = Standing::Delivered { at: now };
            }
            Err(undelivered) => {
                let failed = failed.saturating_add(1);
                let enough = undelivered.is_final || failed >= policy.give_up_after;
                self.problem = Some(undelivered.why);
                self.standing = if enough {
                    Standing::PutAside { at: now }
                } else {
                    let next = now.saturating_add(policy.pause(failed, chance));
                    Standing::Waiting { failed, next: next.unwrap_or(Timestamp::MAX) }
                };
            }
        }
        self
    }

    /// Somebody asks for it again; `None` where it is not put aside.
    #[must_use]
    pub fn again(mut self, now: Timestamp) -> Option<Self> {
        let is_aside = matches!(self.standing, Standing::PutAside { .. });
        self.standing = Standing::Waiting { failed: 0, next: now };
        is_aside.then_some(self)
    }

    /// Somebody gives it up; `None` where it is not put aside.
    #[must_use]
    pub fn given_up(mut self, at: Timestamp, by: Asker) -> Option<Self> {
        let is_aside = matches!(self.standing, Standing::PutAside { .. });
        self.standing = Standing::GivenUp { at, by };
        is_aside.then_some(self)
    }
}

/// An identity that follows from what it is of, and tells nothing of it: SHA-256 in the shape of RFC 9562 section 5.8.
pub(super) fn opaque(parts: &[&str]) -> Uuid {
    let mut hasher = Sha256::new();
    hasher.update(b"kinfold notification\n");
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    let digest: [u8; 32] = hasher.finalize().into();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

#[cfg(test)]
#[path = "outbox_tests.rs"]
mod tests;
