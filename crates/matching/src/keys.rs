//! Blocking keys: a subject is weighed against the records that share at least one key with it.
//!
//! Each key survives the errors that break the others: a wrong postcode leaves the birth date, a wrong date leaves the postcode and
//! the full name, a changed surname leaves both.

use crate::{
    features::{Day, Features, Spelling, Token},
    postings::KeyHash,
    skeleton::skeleton,
};

/// The keys under which a record is found, without repetition.
pub(crate) fn of_record(features: &Features) -> Vec<KeyHash> {
    let mut keys = Vec::with_capacity(12);
    common(features, &mut keys);
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// The keys under which a subject looks for records: those of a record, and those of the record that it would be had day and month, or family
/// and given name, been swapped, or an expected date crossed the new year.
pub(crate) fn of_subject(features: &Features) -> Vec<KeyHash> {
    let mut keys = Vec::with_capacity(24);
    common(features, &mut keys);
    if let Some(swapped) = features.birth.swapped() {
        keys.push(birth(swapped));
    }
    for name in &features.names {
        let swapped =
            Spelling { family: name.given.clone(), given: name.family.clone(), further: None };
        full_name(&swapped, &mut keys);
        family_years(&swapped, features.birth.year(), &mut keys);
        // A newborn's record may say the year of the expected date, and its asker the year of the birth.
        if name.given.is_none() && !features.birth.is_none() {
            family_years(name, features.birth.year() - 1, &mut keys);
            family_years(name, features.birth.year() + 1, &mut keys);
        }
    }
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// The key of an NHS number.
pub(crate) fn number(number: u64) -> KeyHash {
    key(b'n', number)
}

/// The key of a birth date.
pub(crate) fn birth(day: Day) -> KeyHash {
    key(b'b', u64::from(day.0))
}

/// The key of a packed postcode.
pub(crate) fn postcode(code: u64) -> KeyHash {
    key(b'p', code)
}

/// The key of a caller's own key, by its hash.
pub(crate) fn own(hash: u64) -> KeyHash {
    key(b'k', hash)
}

fn common(features: &Features, keys: &mut Vec<KeyHash>) {
    if features.number != 0 {
        keys.push(number(features.number));
    }
    if !features.birth.is_none() {
        keys.push(birth(features.birth));
    }
    keys.extend(features.postcodes.iter().map(|code| postcode(code.0)));
    for name in &features.names {
        full_name(name, keys);
        family_years(name, features.birth.year(), keys);
    }
}

/// Family name and year of birth, as they sound.
fn family_years(name: &Spelling, year: u32, keys: &mut Vec<KeyHash>) {
    if year == 0 {
        return;
    }
    for sound in name.family.iter().flat_map(sounds) {
        keys.push(key(b'y', u64::from(sound) << 16 | u64::from(year)));
    }
}

/// Given and family name, as they sound, in each form of the given name.
fn full_name(name: &Spelling, keys: &mut Vec<KeyHash>) {
    let (Some(family), Some(given)) = (&name.family, &name.given) else { return };
    let roots = given.roots.iter().filter(|root| **root != 0).map(|root| u32::from(*root));
    let forms: Vec<u32> = roots.chain([given.skeleton]).collect();
    for sound in sounds(family) {
        keys.extend(forms.iter().map(|form| key(b'f', u64::from(sound) << 32 | u64::from(*form))));
    }
}

/// A name as it sounds, whole and by its parts.
fn sounds(token: &Token) -> impl Iterator<Item = u32> {
    token.parts().map(skeleton).chain([token.skeleton])
}

/// `SplitMix64`'s finisher, cut to 32 bits.
#[allow(clippy::cast_possible_truncation)] // the cut is the point: see `KeyHash`
fn key(kind: u8, value: u64) -> KeyHash {
    let mut mixed = value ^ (u64::from(kind) << 56);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (mixed ^ (mixed >> 31)) as u32
}
