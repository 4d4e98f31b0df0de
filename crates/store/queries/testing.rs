//! What the tests of this crate share: plainly synthetic people, staff and stores in temporary folders.

use std::error::Error;
use std::sync::{Arc, Mutex};

use jiff::{Timestamp, civil::date};
use kinfold_domain::{
    Address, AsAt, BirthDate, ChangeKind, Demographics, Detail, Employee, EmployeeId, Person,
    PersonId, PersonName, Personal, RegisterChange, RegisterEntry, RegisterPhones, RegisterStatus,
};
use kinfold_oidc::Subject;
use kinfold_passkey::{Site, testing::SoftPasskey};
use kinfold_service::ports::{
    AccountRow, Amendment, Burn, Differs, Entropy, LinkId, LinkRow, PasskeyId, PasskeyRow,
    SessionId, SessionPlace, SessionRow, SheetId, SheetRow, StoredChange, TokenId, TokenRow,
};
use kinfold_store::StoreKeys;
use kinfold_token::{
    EmergencyCode, EmergencySheet, Kind, Misses, Profile, Seed, Standing, Step, TokenParameters,
    TokenState,
};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use secrecy::SecretBox;
use uuid::Uuid;

use crate::Store;
pub(crate) use crate::place::Place;

/// The same bytes for the same test, all different within one.
pub(crate) struct TestEntropy(Mutex<ChaCha8Rng>);

impl TestEntropy {
    pub(crate) fn new(seed: u64) -> Arc<Self> {
        Arc::new(Self(Mutex::new(ChaCha8Rng::seed_from_u64(seed))))
    }
}

impl Entropy for TestEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        self.0.lock().unwrap().fill_bytes(bytes);
    }
}

pub(crate) fn keys() -> StoreKeys {
    keys_of([1, 2, 3])
}

pub(crate) fn keys_of([people, register, seeds]: [u8; 3]) -> StoreKeys {
    let key = |byte| SecretBox::new(Box::new([byte; 32]));
    StoreKeys {
        people: key(people),
        register: key(register),
        seeds: key(seeds),
        seeds_before: None,
    }
}

/// A new store and the place that must outlive it.
pub(crate) async fn store() -> (Place, Store) {
    let place = Place::new().await;
    let store = place.open().await;
    (place, store)
}

/// The text of an error and of all that caused it.
pub(crate) fn chain(error: &(dyn Error + 'static)) -> String {
    let cause = error.source().map(|cause| format!(": {}", chain(cause)));
    format!("{error}{}", cause.unwrap_or_default())
}

pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

pub(crate) fn person(record: &str, family: &str) -> Person {
    let mut demographics = Demographics::named(PersonName::new(family, "Test").unwrap());
    demographics.nhs_number = Some("999 000 0018".parse().unwrap());
    demographics.birth_date = Some(BirthDate::new(31, 3, 2019).unwrap());
    demographics.address = Some(Address {
        lines: vec!["1 Synthetic Street".into()],
        postcode: Some("ZZ99 3VZ".parse().unwrap()),
    });
    let id = PersonId { source: "pas".to_owned(), record: record.to_owned() };
    Person { id, demographics, sealed: false, as_at: AsAt(at(0)) }
}

pub(crate) fn account(number: u128, user_name: &str) -> AccountRow {
    let employee = Employee {
        id: EmployeeId(Uuid::from_u128(number)),
        user_name: user_name.parse().unwrap(),
        name: "Nurse Testperson".into(),
        job_title: "Sister".to_owned(),
        agency: "northmoor-trust".parse().unwrap(),
        role: "ed-clinician".parse().unwrap(),
    };
    let pin = "$argon2id$v=19$m=19456,t=2,p=1$u8MhHhkLYNzDvqDkoc3mZw$\
               0fyeIaLPBibYpRcVRaTkfhgeYNnj9O56fFzS4aeMEGQ";
    let pin = pin.parse().unwrap();
    let (given, disabled, profile) = (false, false, Profile::Standard);
    let (changed, reviewed, email) = (None, None, None);
    let (external, withdrawn) = (None, false);
    AccountRow {
        employee,
        pin,
        given,
        disabled,
        profile,
        changed,
        reviewed,
        email,
        external,
        withdrawn,
    }
}

pub(crate) const SEED: &[u8] = b"a planted token seed of 32 bytes";

pub(crate) fn token(number: u128, employee: EmployeeId, standing: Standing) -> TokenRow {
    TokenRow {
        id: TokenId(Uuid::from_u128(number)),
        serial: format!("SOFT-{number:012X}").parse().unwrap(),
        kind: Kind::Soft,
        employee,
        parameters: TokenParameters::default(),
        seed: Seed::new(SEED.to_vec()).unwrap(),
        state: TokenState::default(),
        standing,
        since: at(0),
        until: None,
        version: 0,
    }
}

/// Who that employee is at an identity provider.
pub(crate) fn link(number: u128, employee: EmployeeId) -> LinkRow {
    LinkRow {
        id: LinkId(Uuid::from_u128(number)),
        employee,
        issuer: "https://idp.example".to_owned(),
        subject: Subject::new("planted-787807429511").unwrap(),
        linked: at(6),
        used: None,
    }
}

/// A passkey of that employee, made anew.
pub(crate) fn passkey(number: u128, employee: EmployeeId) -> PasskeyRow {
    let site = Site::new(&"https://kinfold.example".parse().unwrap()).unwrap();
    let (options, adding) = site.add((employee.0, "t.nurse"), &[]).unwrap();
    let (_, answer) = SoftPasskey::make(&options.0, site.origin());
    PasskeyRow {
        id: PasskeyId(Uuid::from_u128(number)),
        employee,
        name: Personal::new("Planted blue key".to_owned()),
        added: at(4),
        used: None,
        credential: site.added(&answer, &adding).unwrap(),
        misses: Misses::default(),
        version: 0,
    }
}

/// Ten emergency codes, the same in every test.
pub(crate) fn emergency_codes() -> [EmergencyCode; EmergencySheet::CODES] {
    std::array::from_fn(|n| EmergencyCode::from_random(&[u8::try_from(n).unwrap() + 0x41; 16]))
}

/// A sheet of them.
pub(crate) fn sheet(number: u128, employee: EmployeeId) -> SheetRow {
    SheetRow {
        id: SheetId(Uuid::from_u128(number)),
        employee,
        made: at(5),
        sheet: EmergencySheet::new(&emergency_codes(), [6; 16]),
        version: 0,
    }
}

/// Spends all codes up to a second, over the version that was read.
pub(crate) fn burn(token: &TokenRow, version: i64, second: i64) -> Burn {
    let state = token.state.spent_until(Step::Eight, at(second));
    Burn { token: token.id, version, state, at: at(second) }
}

pub(crate) fn place(address: &str) -> SessionPlace {
    let address = address.parse::<std::net::IpAddr>().unwrap().into();
    SessionPlace { address, since: at(2) }
}

pub(crate) fn session(byte: u8, employee: EmployeeId) -> SessionRow {
    SessionRow {
        id: SessionId([byte; 32]),
        employee,
        began: at(1),
        seen: at(2),
        proved: at(3),
        locked: false,
        place: Some(place("10.20.30.40")),
    }
}

pub(crate) fn change(sequence: u64, family: &str) -> StoredChange {
    let entry = RegisterEntry {
        id: "cpp-1".parse().unwrap(),
        status: RegisterStatus::ChildProtectionPlan,
        subject: person("1", family).demographics,
        expected: None,
        initial_category: None,
        category: None,
        legal_basis: None,
        start: date(2026, 1, 1),
        end: None,
        previous_plans: 0,
        next_review: None,
        professionals: vec![],
        phones: RegisterPhones {
            office: "01632 960001".parse().unwrap(),
            emergency_duty_team: "01632 960002".parse().unwrap(),
        },
        household: vec![],
        school: None,
        sealed: None,
        successor: None,
        handing_over: None,
    };
    let (kind, by) = (ChangeKind::Added, "feed".into());
    let change = RegisterChange { kind, at: at(0), by, reason: None, entry };
    StoredChange { sequence, change }
}

/// The end of an entry, or its child's name, as a custodian changed it.
pub(crate) fn amendment(entry: &str, ended: bool) -> Amendment {
    let name = person("1", "PlantedSurname").demographics.name;
    let detail = if ended { Detail::End(Some(date(2026, 5, 1))) } else { Detail::Name(name) };
    Amendment {
        entry: entry.parse().unwrap(),
        detail,
        kind: ChangeKind::Corrected,
        by: "c.custodian".to_owned(),
        at: at(4),
        reason: "a planted reason".into(),
        over: Some(Detail::End(None)),
        differs: Some(Differs { since: at(5), says: None }),
        owner: Some("c.custodian".parse().unwrap()),
        look_again: Some(date(2026, 6, 1)),
    }
}
