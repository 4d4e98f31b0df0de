use kinfold_token::{Algorithm, Digits, Seed, Step, TokenParameters};
use proptest::prelude::*;

use super::*;
use crate::{FileToken, Reading, TokenProblem, read};

const PLAIN: &str = include_str!("../tests/files/plain.pskc");
const KEY: &str = include_str!("../tests/files/key.pskc");
const PASSPHRASE: &str = include_str!("../tests/files/passphrase.pskc");
const PRIVACYIDEA: &str = include_str!("../tests/files/privacyidea.pskc");

fn key() -> Opening {
    Opening::Key("1234 5678 9012 3456 7890 1234 5678 9012".parse().unwrap())
}

fn passphrase(text: &str) -> Opening {
    Opening::Passphrase(Zeroizing::new(text.to_owned()))
}

fn rows(text: &str, opening: Opening) -> Vec<Result<Row, FileError>> {
    let reading = Reading { opening, parameters: TokenParameters::default() };
    match read(text.as_bytes(), reading) {
        Ok(tokens) => tokens.collect(),
        Err(error) => vec![Err(error)],
    }
}

fn tokens(text: &str, opening: Opening) -> Vec<FileToken> {
    let token = |row| match row {
        Ok(Row::Token(token)) => token,
        other => panic!("{other:?}"),
    };
    rows(text, opening).into_iter().map(token).collect()
}

fn problem(text: &str) -> TokenProblem {
    match rows(text, key()).remove(0) {
        Ok(Row::Rejected { why, place: 1, .. }) => why,
        other => panic!("{other:?}"),
    }
}

fn error(text: &str, opening: Opening) -> FileError {
    rows(text, opening).pop().unwrap().unwrap_err()
}

fn ascii_seed(length: usize) -> Seed {
    Seed::new(b"1234567890".iter().copied().cycle().take(length).collect()).unwrap()
}

#[test]
fn plain_preshared_and_passphrase_files_of_another_implementation_give_their_tokens() {
    for (text, opening) in
        [(PLAIN, Opening::Nothing), (KEY, key()), (PASSPHRASE, passphrase("qwerty and more"))]
    {
        let [first, second] = tokens(text, opening).try_into().unwrap();
        assert_eq!((first.serial.as_str(), first.maker.as_str()), ("SYN-0011", "Synthetic"));
        assert_eq!(first.seed, ascii_seed(20));
        let parameters =
            TokenParameters { algorithm: Algorithm::Sha1, digits: Digits::Six, step: Step::Thirty };
        assert_eq!(first.parameters, parameters);
        assert_eq!(second.seed, ascii_seed(32));
        let parameters = TokenParameters {
            algorithm: Algorithm::Sha256,
            digits: Digits::Eight,
            step: Step::Sixty,
        };
        assert_eq!(second.parameters, parameters);
    }
}

#[test]
fn what_privacyidea_exports_is_read_although_its_elements_are_in_lower_case() {
    let read = tokens(PRIVACYIDEA, key());
    let serials: Vec<_> = read.iter().map(|token| token.serial.as_str()).collect();
    assert_eq!(serials, ["SYN-0003", "SYN-0002", "SYN-0001"]);
    let algorithms = read.iter().map(|token| token.parameters.algorithm);
    assert!(algorithms.eq([Algorithm::Sha512, Algorithm::Sha256, Algorithm::Sha1]));
    assert!(read.iter().zip([64, 32, 20]).all(|(token, n)| token.seed == ascii_seed(n)));
    assert_eq!(read[0].maker, "Synthetic & Co");
}

#[test]
fn a_token_whose_mac_is_wrong_is_told_and_the_others_are_read() {
    let altered = KEY.replacen("/cPoOxJa", "/cPoOxJb", 1);
    assert_ne!(altered, KEY);
    let rows = rows(&altered, key());
    assert!(
        matches!(&rows[0], Ok(Row::Rejected { place: 1, serial: Some(serial), why: TokenProblem::BadMac })
        if serial.as_str() == "SYN-0011")
    );
    assert!(matches!(&rows[1], Ok(Row::Token(_))));
}

#[test]
fn without_its_mac_an_encrypted_secret_is_not_used() {
    let start = KEY.find("<pskc:ValueMAC>").unwrap();
    let end = KEY.find("</pskc:ValueMAC>").unwrap() + "</pskc:ValueMAC>".len();
    assert_eq!(problem(&[&KEY[..start], &KEY[end..]].concat()), TokenProblem::NoMac);
}

#[test]
fn a_wrong_or_missing_key_is_said_before_any_token() {
    assert!(matches!(error(KEY, Opening::Nothing), FileError::KeyNeeded));
    assert!(matches!(error(KEY, passphrase("x")), FileError::KeyNeeded));
    assert!(matches!(error(PASSPHRASE, key()), FileError::PassphraseNeeded));
    assert!(matches!(error(PASSPHRASE, passphrase("qwerty")), FileError::WrongKey));
}

#[test]
fn what_is_no_time_based_token_of_ours_is_told_why() {
    let table = [
        ("pskc:totp", "pskc:hotp", TokenProblem::NotTimeBased),
        ("Length=\"6\"", "Length=\"7\"", kinfold_token::UnsupportedParameter::Digits.into()),
        ("DECIMAL", "HEXADECIMAL", TokenProblem::Encoding),
        ("HMAC-SHA1<", "HMAC-MD5<", kinfold_token::UnsupportedParameter::Algorithm.into()),
        (
            "<pskc:PlainValue>30<",
            "<pskc:PlainValue>31<",
            kinfold_token::UnsupportedParameter::Step.into(),
        ),
        ("MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=", "MTIz", kinfold_token::SeedError::TooShort.into()),
        ("MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=", "!", TokenProblem::Unreadable("base 64")),
        (
            "<pskc:PlainValue>MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=</pskc:PlainValue>",
            "",
            TokenProblem::NoSecret,
        ),
    ];
    for (good, bad, why) in table {
        let altered = PLAIN.replacen(good, bad, 1);
        assert_ne!(altered, PLAIN, "{good}");
        assert_eq!(problem(&altered), why, "{good} → {bad}");
    }
}

#[test]
fn a_file_that_is_cut_off_is_told_wherever_it_was_cut() {
    let longest = PLAIN.trim_end().len();
    for cut in 1..longest {
        let rows = rows(&PLAIN[..cut], Opening::Nothing);
        assert!(rows.last().unwrap().is_err(), "cut at {cut}");
    }
}

#[test]
fn document_types_own_entities_and_other_files_are_refused() {
    let with_type = PLAIN.replacen("?>", "?><!DOCTYPE a [<!ENTITY b \"c\">]>", 1);
    assert!(matches!(error(&with_type, Opening::Nothing), FileError::Foreign));
    let with_entity = PLAIN.replacen("SYN-0011", "&b;", 1);
    assert!(matches!(error(&with_entity, Opening::Nothing), FileError::Foreign));
    assert!(matches!(error("<html/>", Opening::Nothing), FileError::NotTokens));
    assert!(matches!(error("", Opening::Nothing), FileError::NotTokens));
    let deep = format!("<KeyContainer>{}", "<a>".repeat(100));
    assert!(matches!(error(&deep, Opening::Nothing), FileError::Foreign));
    let long = format!("<KeyContainer><a>{}", "x".repeat(2 << 20));
    assert!(matches!(error(&long, Opening::Nothing), FileError::Read(_)));
}

#[test]
fn a_passphrase_file_that_would_stop_the_node_is_refused() {
    let slow = PASSPHRASE.replacen(">20000<", ">4000000000<", 1);
    assert!(matches!(error(&slow, passphrase("qwerty and more")), FileError::Method(_)));
}

proptest! {
    #[test]
    fn any_altered_file_is_answered(at in 0..KEY.len(), byte: u8) {
        let mut bytes = KEY.as_bytes().to_vec();
        bytes[at] = byte;
        let reading = Reading { opening: key(), parameters: TokenParameters::default() };
        if let Ok(tokens) = read(&bytes[..], reading) {
            for token in tokens.flatten() {
                let Row::Token(token) = token else { continue };
                // An altered secret never passes for one.
                prop_assert!([ascii_seed(20), ascii_seed(32)].contains(&token.seed));
            }
        }
    }
}
