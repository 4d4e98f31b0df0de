//! What a search answers.

use kinfold_domain::NumberAgreement;

use crate::Explanation;

/// How much a search may do and tell.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limits {
    /// The most candidates in the answer.
    pub shown: usize,
    /// The most records weighed. What lies beyond is told as [`Reach::Cut`].
    pub scored: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { shown: 8, scored: 5_000 }
    }
}

/// How far a search reached. Only with [`Reach::Whole`] does [`Outcome::None`] mean that nobody fits.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Reach {
    /// Every record that shares a blocking key with the subject was weighed.
    Whole,
    /// More records share a key, or more persons are possible, than the limits allow: ask for more to go by.
    Cut,
    /// The subject says too little to search by, such as a family name alone.
    TooLittle,
}

/// What a search found.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome<K> {
    /// This person, and nobody else comes near.
    One(Candidate<K>),
    /// Possible persons, the likeliest first; none of them is certain. There may be only one of them.
    Several(Vec<Candidate<K>>),
    /// Nobody.
    None,
}

/// The answer to a search.
#[derive(Clone, Debug, PartialEq)]
pub struct Search<K> {
    /// Whom it found.
    pub outcome: Outcome<K>,
    /// How far it reached.
    pub reach: Reach,
    /// How many records were weighed.
    pub scored: usize,
}

/// One person who may be meant.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate<K> {
    /// The record that fits best.
    pub key: K,
    /// Further records of the same person: the same NHS number and an agreeing name, or everything the same with no number against it.
    pub same: Vec<K>,
    /// The evidence in bits: log₂ of how much likelier this agreement is for the same person than for an unrelated one.
    pub weight: f64,
    /// The probability that this is the person meant, 0 to 1: everybody else in the answer, unseen people and the person's own
    /// household considered.
    pub probability: f64,
    /// How the typed NHS number fits. `Agrees` also when nothing but the number was typed. `AnotherName` when the record carries the typed
    /// number and another name or date. `NotCompared` also for a record that carries a different number: the explanation says so.
    pub number: NumberAgreement,
    /// Where the weight comes from.
    pub explanation: Explanation,
}

impl<K> Candidate<K> {
    /// The probability in thousandths, rounded down.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // 0.0 ..= 1.0 by construction
    pub fn permille(&self) -> u16 {
        (self.probability.clamp(0.0, 1.0) * 1000.0) as u16
    }
}

impl<K> Search<K> {
    /// Everybody found, the likeliest first.
    pub fn candidates(&self) -> &[Candidate<K>] {
        match &self.outcome {
            Outcome::One(candidate) => std::slice::from_ref(candidate),
            Outcome::Several(candidates) => candidates,
            Outcome::None => &[],
        }
    }
}
