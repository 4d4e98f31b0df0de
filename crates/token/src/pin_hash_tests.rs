use proptest::prelude::*;

use super::*;

const SALT: [u8; PIN_SALT_LEN] = [7; PIN_SALT_LEN];

fn hash(pin: &str) -> PinHash {
    PinHash::hash(&pin.parse::<Pin>().unwrap().choose().unwrap(), SALT).unwrap()
}

fn pin(text: &str) -> Pin {
    text.parse().unwrap()
}

#[test]
fn a_hash_is_argon2id_with_nineteen_mebibytes_and_two_passes() {
    assert!(hash("839201").expose().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
}

#[test]
fn only_the_same_pin_is_right_also_after_storing() {
    let stored: PinHash = hash("839201").expose().parse().unwrap();
    assert_eq!(stored.verify(&pin("839201")), PinVerdict::Right);
    assert_eq!(stored.verify(&pin("839202")), PinVerdict::Wrong);
    assert_eq!(stored.verify(&pin("8392010")), PinVerdict::Wrong);
}

#[test]
fn one_pin_has_another_hash_with_another_salt() {
    let other = PinHash::hash(&pin("839201").choose().unwrap(), [8; PIN_SALT_LEN]).unwrap();
    assert_ne!(hash("839201").expose(), other.expose());
}

#[test]
fn an_unknown_user_costs_the_same_hash_and_is_always_wrong() {
    let nobody: PinHash = NOBODY.parse().unwrap();
    let (known, unknown) = (hash("839201"), PasswordHash::new(nobody.expose()).unwrap());
    let known = PasswordHash::new(known.expose()).unwrap();
    assert_eq!(known.params, unknown.params);
    assert_eq!(known.salt.unwrap().len(), unknown.salt.unwrap().len());
    assert_eq!(known.hash.unwrap().len(), unknown.hash.unwrap().len());
    assert_eq!(PinHash::verify_or_dummy(None, &pin("839201")), PinVerdict::Wrong);
    let known = hash("839201");
    assert_eq!(PinHash::verify_or_dummy(Some(&known), &pin("839201")), PinVerdict::Right);
}

#[test]
fn hashes_of_other_kinds_or_of_ruinous_cost_are_refused() {
    let (salt, out) = ("c29tZXNhbHRzb21lc2FsdA", "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI");
    let table = [
        String::new(),
        "839201".to_owned(),
        format!("$argon2i$v=19$m=19456,t=2,p=1${salt}${out}"),
        format!("$argon2id$v=16$m=19456,t=2,p=1${salt}${out}"),
        format!("$argon2id$v=19$m=4194304,t=2,p=1${salt}${out}"),
        format!("$argon2id$v=19$m=19456,t=4000,p=1${salt}${out}"),
        format!("$argon2id$v=19$m=19456,t=2,p=1${salt}"),
        format!("$pbkdf2-sha256$i=10000${salt}${out}"),
    ];
    for text in table {
        assert_eq!(text.parse::<PinHash>(), Err(PinHashError::Malformed), "{text}");
    }
    assert!(format!("$argon2id$v=19$m=19456,t=2,p=1${salt}${out}").parse::<PinHash>().is_ok());
}

#[test]
fn debug_shows_nothing_to_try_pins_against() {
    assert_eq!(format!("{:?}", hash("839201")), "PinHash(redacted)");
}

proptest! {
    #[test]
    fn any_text_is_answered(text in "[$a-z0-9=,+/]{0,120}") {
        let _ = text.parse::<PinHash>();
    }
}
