use proptest::prelude::*;

use super::*;
use crate::testing::{TestEntropy, keys, keys_of};

fn seal_of(column: &'static str) -> ColumnSeal {
    ColumnSeal::new(&keys().people, KeyName::People, column)
}

#[test]
fn a_value_opens_only_in_its_own_row_column_and_store() {
    let (seal, entropy) = (seal_of("person.sealed"), TestEntropy::new(1));
    let sealed = seal.seal(&*entropy, &[b"pas", b"17"], b"value").unwrap();
    let closed = |seal: &ColumnSeal, row: &[&[u8]]| {
        assert_eq!(seal.open(row, &sealed).unwrap_err(), SealError::Closed(seal.column));
    };

    assert_eq!(*seal.open(&[b"pas", b"17"], &sealed).unwrap(), b"value");
    closed(&seal, &[b"pas", b"18"]);
    closed(&seal, &[b"pas1", b"7"]);
    closed(&seal, &[b"pas"]);
    closed(&seal_of("rejected.sealed"), &[b"pas", b"17"]);
    let other_purpose =
        ColumnSeal::new(&keys_of([9, 1, 3]).register, KeyName::Register, "person.sealed");
    closed(&other_purpose, &[b"pas", b"17"]);
    let other_key = ColumnSeal::new(&keys_of([9, 2, 3]).people, KeyName::People, "person.sealed");
    closed(&other_key, &[b"pas", b"17"]);
}

#[test]
fn the_same_value_is_never_sealed_alike_twice() {
    let (seal, entropy) = (seal_of("person.sealed"), TestEntropy::new(1));
    let once = seal.seal(&*entropy, &[], b"value").unwrap();
    assert_ne!(once, seal.seal(&*entropy, &[], b"value").unwrap());
}

#[test]
fn what_is_too_short_or_of_a_later_form_is_refused() {
    let seal = seal_of("person.sealed");
    let mut later = seal.seal(&*TestEntropy::new(1), &[], b"value").unwrap();
    later[0] = 2;
    for sealed in [&later[..], b"", &[1; 24], &[1; 25], &[1; 40], &[1; 41]] {
        assert_eq!(seal.open(&[], sealed).unwrap_err(), SealError::Closed("person.sealed"));
    }
}

#[test]
fn a_value_of_another_form_is_told_without_being_repeated() {
    let seal = seal_of("person.sealed");
    let sealed = seal.seal_json(&*TestEntropy::new(1), &[], &"Planted").unwrap();
    let error = seal.open_json::<u64>(&[], &sealed).unwrap_err();
    assert_eq!(error, SealError::Form("person.sealed"));
    assert!(!error.to_string().contains("Planted"));
}

proptest! {
    #[test]
    fn any_value_opens_as_it_was_sealed(
        value in proptest::collection::vec(any::<u8>(), 0..300),
        row in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..20), 0..4),
        random in any::<u64>(),
    ) {
        let row: Vec<&[u8]> = row.iter().map(Vec::as_slice).collect();
        let seal = seal_of("person.sealed");
        let sealed = seal.seal(&*TestEntropy::new(random), &row, &value).unwrap();
        prop_assert_eq!(&*seal.open(&row, &sealed).unwrap(), &value);
    }

    #[test]
    fn any_changed_byte_keeps_the_value_closed(
        value in proptest::collection::vec(any::<u8>(), 0..100),
        at in any::<proptest::sample::Index>(),
        flip in 1..=255_u8,
    ) {
        let seal = seal_of("person.sealed");
        let mut sealed = seal.seal(&*TestEntropy::new(1), &[b"row"], &value).unwrap();
        let at = at.index(sealed.len());
        sealed[at] ^= flip;
        prop_assert!(seal.open(&[b"row"], &sealed).is_err());
    }

    #[test]
    fn any_bytes_are_answered(sealed in proptest::collection::vec(any::<u8>(), 0..100)) {
        prop_assert!(seal_of("person.sealed").open(&[b"row"], &sealed).is_err());
    }
}
