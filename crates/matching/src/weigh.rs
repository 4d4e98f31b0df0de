//! One subject against one record, field by field.

use kinfold_domain::Sex;

use crate::{
    compare,
    dictionary::{Dictionary, NameId, Part},
    explanation::{Comparison, Explanation, Field, Level},
    features::{Features, Spelling, Token, letters},
    keys,
    model::{self, Ratio, SWAPPED_NAMES},
    postings::Postings,
    record::{Name, Record},
};

/// A level and its evidence.
type Evidence = (Level, Ratio);

const MISSING: Evidence = (Level::Missing, Ratio::NEUTRAL);

/// What every field of a record says, in the order of [`Field::ALL`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Weighed {
    fields: [Evidence; 7],
    names_swapped: bool,
}

impl Weighed {
    pub(crate) fn level(&self, field: Field) -> Level {
        self.fields[field as usize].0
    }

    /// What a field adds, in bits.
    pub(crate) fn weight(&self, field: Field) -> f64 {
        self.fields[field as usize].1.same.log2()
    }

    /// All fields together.
    pub(crate) fn total(&self) -> Ratio {
        let fields = self.fields.iter().fold(Ratio::NEUTRAL, |all, (_, ratio)| all.times(*ratio));
        if self.names_swapped { fields.times(SWAPPED_NAMES) } else { fields }
    }

    /// The same, for a person to read. The rarity of swapped names counts with the family name.
    pub(crate) fn explanation(&self) -> Explanation {
        let fields = Field::ALL.map(|field| {
            let (level, ratio) = self.fields[field as usize];
            let swap = self.names_swapped && field == Field::FamilyName;
            let same = if swap { ratio.same * SWAPPED_NAMES.same } else { ratio.same };
            Comparison { field, level, weight: same.log2() }
        });
        Explanation { fields, names_swapped: self.names_swapped }
    }
}

/// A subject and what weighing needs to know of the whole index.
pub(crate) struct Scales<'a> {
    subject: &'a Features,
    dictionary: &'a Dictionary,
    birth_frequency: f64,
    postcode_frequency: f64,
}

impl<'a> Scales<'a> {
    pub(crate) fn new(
        subject: &'a Features,
        dictionary: &'a Dictionary,
        postings: &Postings,
        people: usize,
    ) -> Self {
        let bearers = |key| postings.of(key).len();
        let births = bearers(keys::birth(subject.birth));
        let postcodes = subject.postcodes.first().map_or(0, |code| bearers(keys::postcode(code.0)));
        Self {
            subject,
            dictionary,
            birth_frequency: model::frequency(Field::BirthDate, births, people),
            postcode_frequency: model::frequency(Field::Postcode, postcodes, people),
        }
    }

    /// Weighs one record.
    pub(crate) fn weigh<K>(&self, record: &Record<K>) -> Weighed {
        let names = self.best_name(record);
        Weighed {
            fields: [
                self.number(record.number),
                names.family,
                names.given,
                names.further,
                self.birth(record),
                self.sex(record.sex),
                self.postcode(record),
            ],
            names_swapped: names.swapped,
        }
    }

    fn number(&self, number: u64) -> Evidence {
        if number == 0 || self.subject.number == 0 {
            return MISSING;
        }
        let level = if number == self.subject.number { Level::Exact } else { Level::Different };
        (level, model::ratio(Field::NhsNumber, level, 0.0))
    }

    fn birth<K>(&self, record: &Record<K>) -> Evidence {
        if record.birth.is_none() || self.subject.birth.is_none() {
            return MISSING;
        }
        let expected = record.unborn || self.subject.unborn;
        let level = compare::birth(self.subject.birth, record.birth, expected);
        (level, model::ratio(Field::BirthDate, level, self.birth_frequency))
    }

    fn sex(&self, sex: Sex) -> Evidence {
        let level = compare::sex(self.subject.sex, sex);
        (level, model::ratio(Field::Sex, level, 0.0))
    }

    fn postcode<K>(&self, record: &Record<K>) -> Evidence {
        let pairs =
            self.subject.postcodes.iter().flat_map(|a| record.postcodes().map(move |b| (*a, b)));
        let evidence = pairs.map(|(a, b)| {
            let level = compare::postcode(a, b);
            (level, model::ratio(Field::Postcode, level, self.postcode_frequency))
        });
        evidence.reduce(better).unwrap_or(MISSING)
    }

    fn best_name<K>(&self, record: &Record<K>) -> Names {
        let mut best: Option<Names> = None;
        for asked in &self.subject.names {
            for known in record.names() {
                for names in [Some(self.names(asked, known)), self.swapped(asked, known)] {
                    best = match (best, names) {
                        (Some(a), Some(b)) if b.same() > a.same() => Some(b),
                        (None, b) => b,
                        (a, _) => a,
                    };
                }
            }
        }
        best.unwrap_or(Names::NONE)
    }

    fn names(&self, asked: &Spelling, known: Name) -> Names {
        let [family_id, given_id, further_id] = known;
        let token = |id| self.dictionary.token(id);
        let (given, further) = self.given(asked, (given_id, token(given_id)), token(further_id));
        Names {
            family: self.family(asked.family.as_ref(), family_id),
            given,
            further,
            swapped: false,
        }
    }

    /// Compares crosswise, when that is worth while: both names must fit exactly or nearly.
    fn swapped(&self, asked: &Spelling, [family_id, given_id, _]: Name) -> Option<Names> {
        let (family, given) = (asked.family.as_ref()?, asked.given.as_ref()?);
        let (known_family, known_given) =
            (self.dictionary.token(family_id)?, self.dictionary.token(given_id)?);
        let (as_family, as_given) =
            (compare::family(given, known_family), compare::given(family, known_given));
        if as_family == Level::Different || as_given == Level::Different {
            return None;
        }
        Some(Names {
            family: self.evidence(Field::FamilyName, as_family, family_id),
            given: self.evidence(Field::GivenName, as_given, given_id),
            further: MISSING,
            swapped: true,
        })
    }

    fn family(&self, asked: Option<&Token>, id: NameId) -> Evidence {
        let (Some(asked), Some(known)) = (asked, self.dictionary.token(id)) else { return MISSING };
        self.evidence(Field::FamilyName, compare::family(asked, known), id)
    }

    /// Given name and further given names; a name that moved between the two counts once.
    fn given(
        &self,
        asked: &Spelling,
        (id, known): (NameId, Option<&Token>),
        known_further: Option<&Token>,
    ) -> (Evidence, Evidence) {
        let (Some(asked_given), Some(known)) = (asked.given.as_ref(), known) else {
            return (MISSING, MISSING);
        };
        let asked_further = asked.further.as_ref();
        let level = compare::given(asked_given, known);
        if level != Level::Exact && (asked_further.is_some() || known_further.is_some()) {
            if run_together(asked_given, asked_further, known, known_further) {
                return (self.evidence(Field::GivenName, Level::Exact, id), MISSING);
            }
            let moved = known_further
                .is_some_and(|further| compare::is_among(asked_given, further))
                || asked_further.is_some_and(|further| compare::is_among(known, further));
            let rearranged = self.evidence(Field::GivenName, Level::Rearranged, id);
            let direct = self.evidence(Field::GivenName, level, id);
            if moved && rearranged.1.same > direct.1.same {
                return (rearranged, MISSING);
            }
        }
        let further = match (asked_further, known_further) {
            // Further names count only beside a first one that fits: siblings share them.
            (Some(a), Some(b)) if level != Level::Different => {
                let level = compare::further(a, b);
                (
                    level,
                    model::ratio(Field::FurtherNames, level, model::average(Field::FurtherNames)),
                )
            }
            _ => MISSING,
        };
        (self.evidence(Field::GivenName, level, id), further)
    }

    fn evidence(&self, field: Field, level: Level, id: NameId) -> Evidence {
        let part = if field == Field::FamilyName { Part::Family } else { Part::Given };
        let (count, of) = self.dictionary.bearers(id, part);
        let frequency = model::frequency(field, count as usize, of as usize);
        (level, model::ratio(field, level, frequency))
    }
}

/// "Xin Yi" and "Xinyi".
fn run_together(a: &Token, a_rest: Option<&Token>, b: &Token, b_rest: Option<&Token>) -> bool {
    fn whole<'t>(first: &'t Token, rest: Option<&'t Token>) -> impl Iterator<Item = char> + 't {
        letters(&first.text).chain(rest.into_iter().flat_map(|rest| letters(&rest.text)))
    }
    whole(a, a_rest).eq(whole(b, b_rest))
}

fn better(a: Evidence, b: Evidence) -> Evidence {
    if b.1.same > a.1.same { b } else { a }
}

/// The evidence of one name against one name.
#[derive(Clone, Copy)]
struct Names {
    family: Evidence,
    given: Evidence,
    further: Evidence,
    swapped: bool,
}

impl Names {
    const NONE: Self = Self { family: MISSING, given: MISSING, further: MISSING, swapped: false };

    fn same(&self) -> f64 {
        let swap = if self.swapped { SWAPPED_NAMES.same } else { 1.0 };
        self.family.1.same * self.given.1.same * self.further.1.same * swap
    }
}
