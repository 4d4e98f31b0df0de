//! Streets of a town that does not exist.

use kinfold_domain::{Address, Personal, Postcode};

use crate::chance::Chance;

const KINDS: [&str; 12] = [
    "Road", "Street", "Avenue", "Close", "Lane", "Drive", "Crescent", "Way", "Court", "Gardens",
    "Grove", "Terrace",
];
const TOWNS: [&str; 6] =
    ["Ashmoor", "Ashmoor", "Netherfell", "Carrow Bridge", "Thornley Vale", "Great Wexley"];
/// Letters that inward codes use.
const LETTERS: &[u8] = b"ABDEFGHJLNPQRSTUWXYZ";

/// The streets, and how to find a home on them.
pub(crate) struct Places {
    streets: Vec<String>,
}

impl Places {
    pub(crate) fn load() -> Self {
        let words = include_str!("../data/streets.txt").split_whitespace();
        let streets = words.flat_map(|w| KINDS.iter().map(move |k| format!("{w} {k}"))).collect();
        Self { streets }
    }

    /// Somewhere to live. A street has one postcode, so that neighbours share it.
    pub(crate) fn home(&self, chance: &mut Chance) -> Address {
        let street = chance.below(self.streets.len());
        let house = chance.between(1, 60);
        let flat = if chance.odds(110) {
            format!("Flat {}, ", chance.between(1, 12))
        } else {
            String::new()
        };
        let line = format!("{flat}{house} {}", self.streets[street]);
        address(&line, TOWNS[street % TOWNS.len()], &postcode(street))
    }
}

/// An address of two lines.
pub(crate) fn address(line: &str, town: &str, postcode: &str) -> Address {
    Address {
        lines: vec![Personal::from(line), Personal::from(town)],
        postcode: postcode.parse::<Postcode>().ok(),
    }
}

/// `ZZ1` to `ZZ8`: the Post Office gave no town the area ZZ.
fn postcode(street: usize) -> String {
    let letter = |n: usize| char::from(LETTERS[n % LETTERS.len()]);
    let (area, unit) = (street % 8 + 1, street / 8);
    format!("ZZ{area} {}{}{}", unit % 9 + 1, letter(unit / 9 * 7 + 3), letter(unit))
}
