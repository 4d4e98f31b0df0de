//! What a child is found by in the search tables: keyed, so that the tables alone name nobody.

use hmac::{Hmac, KeyInit, Mac};
use kinfold_domain::{AgencyId, BirthDate, EntryId, NhsNumber, PersonId, PersonName, Subject};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::{ports::LookKey, records::About};

/// The key of the search tables: a key of the node's with this one purpose.
pub struct TrailKey(Zeroizing<[u8; 32]>);

impl TrailKey {
    /// From 32 random bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Everything by which a look may be found again.
    pub(super) fn all(&self, subject: &Subject, about: &About) -> Vec<LookKey> {
        let mut keys = self.of_subject(subject);
        keys.extend(about.nhs_numbers.iter().map(|number| self.number(*number)));
        keys.extend(about.people.iter().map(|person| self.person(person)));
        keys.extend(about.entries.iter().map(|(owner, entry)| self.entry(owner, entry)));
        keys.extend(about.subjects.iter().flat_map(|subject| self.of_subject(subject)));
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    pub(super) fn of_subject(&self, subject: &Subject) -> Vec<LookKey> {
        let number = subject.nhs_number.map(|number| self.number(number));
        let name = subject.name.as_ref().zip(subject.birth_date);
        number.into_iter().chain(name.map(|(name, born)| self.name(name, born))).collect()
    }

    pub(super) fn number(&self, number: NhsNumber) -> LookKey {
        self.key(&["nhs-number", &number.digits()])
    }

    pub(super) fn person(&self, person: &PersonId) -> LookKey {
        self.key(&["person", &person.source, &person.record])
    }

    pub(super) fn entry(&self, owner: &AgencyId, entry: &EntryId) -> LookKey {
        self.key(&["entry", owner.as_str(), entry.as_str()])
    }

    /// By which every broken glass is found.
    pub(super) fn glass(&self) -> LookKey {
        self.key(&["break-glass"])
    }

    fn name(&self, name: &PersonName, born: BirthDate) -> LookKey {
        let fold = |text: &str| text.to_lowercase();
        let born = born.expose().to_string();
        self.key(&["name", &fold(name.family()), &fold(name.given()), &born])
    }

    fn key(&self, parts: &[&str]) -> LookKey {
        // A key of any length is a key for HMAC (RFC 2104): this can't fail.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&*self.0) else { return LookKey([0; 32]) };
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        LookKey(mac.finalize().into_bytes().into())
    }
}
