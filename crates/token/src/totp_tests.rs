use jiff::Timestamp;

use super::*;
use crate::parameters::{Digits, Step};

fn key(len: usize) -> Seed {
    Seed::new(b"1234567890".iter().copied().cycle().take(len).collect()).unwrap()
}

fn generator(algorithm: Algorithm, digits: Digits, step: Step) -> Generator {
    Generator::new(&key(algorithm.seed_len()), TokenParameters { algorithm, digits, step })
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

#[test]
fn the_vectors_of_rfc_4226_hold() {
    let generator = generator(Algorithm::Sha1, Digits::Six, Step::Thirty);
    let codes = [
        "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871",
        "520489",
    ];
    for (number, code) in (0..).zip(codes) {
        assert_eq!(*generator.code_for(StepNumber::new(number)).expose(), code);
    }
}

#[test]
fn the_vectors_of_rfc_6238_hold() {
    let table = [
        (59, ["94287082", "46119246", "90693936"]),
        (1_111_111_109, ["07081804", "68084774", "25091201"]),
        (1_111_111_111, ["14050471", "67062674", "99943326"]),
        (1_234_567_890, ["89005924", "91819424", "93441116"]),
        (2_000_000_000, ["69279037", "90698825", "38618901"]),
        (20_000_000_000, ["65353130", "77737706", "47863826"]),
    ];
    for (second, codes) in table {
        for (algorithm, code) in
            [Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512].into_iter().zip(codes)
        {
            let generator = generator(algorithm, Digits::Eight, Step::Thirty);
            assert_eq!(*generator.code_at(at(second)).expose(), code, "{algorithm:?} {second}");
        }
    }
}

#[test]
fn the_codes_of_oathtool_at_eight_seconds_hold() {
    let table = [
        (59, "82162583", "11276785"),
        (1_111_111_109, "02664638", "07970631"),
        (1_234_567_890, "55369530", "90036079"),
        (2_000_000_000, "77384257", "92657998"),
    ];
    let sha1 = generator(Algorithm::Sha1, Digits::Eight, Step::Eight);
    let sha256 = generator(Algorithm::Sha256, Digits::Eight, Step::Eight);
    for (second, by_sha1, by_sha256) in table {
        assert_eq!(*sha1.code_at(at(second)).expose(), by_sha1);
        assert_eq!(*sha256.code_at(at(second)).expose(), by_sha256);
    }
}

#[test]
fn six_digits_are_the_last_six_of_eight() {
    let six = generator(Algorithm::Sha256, Digits::Six, Step::Eight).code_at(at(59));
    assert_eq!(*six.expose(), "276785");
}

#[test]
fn steps_before_the_epoch_match_nothing() {
    let generator = generator(Algorithm::Sha1, Digits::Eight, Step::Eight);
    let first = generator.code_for(StepNumber::new(0));
    assert!(bool::from(generator.shows(&first, 0)));
    assert!(!bool::from(generator.shows(&first, -1)));
}
