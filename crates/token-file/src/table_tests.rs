use kinfold_token::{Digits, SeedError, Step, UnsupportedParameter};
use proptest::prelude::*;

use super::*;
use crate::{Opening, Reading, read};

const HEX: &str = "3132333435363738393031323334353637383930";
const BASE32: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

fn rows(text: &str) -> Vec<Row> {
    let parameters =
        TokenParameters { algorithm: Algorithm::Sha1, digits: Digits::Six, step: Step::Thirty };
    let tokens = read(text.as_bytes(), Reading { opening: Opening::Nothing, parameters }).unwrap();
    tokens.map(Result::unwrap).collect()
}

fn token(text: &str) -> FileToken {
    match rows(text).remove(0) {
        Row::Token(token) => token,
        Row::Rejected { why, .. } => panic!("{why}"),
    }
}

fn problem(text: &str) -> TokenProblem {
    match rows(text).remove(0) {
        Row::Rejected { why, .. } => why,
        Row::Token(_) => panic!("{text} was taken"),
    }
}

#[test]
fn the_files_that_vendors_send_are_read() {
    let table = [
        (format!("A-1,{HEX}\n"), (Algorithm::Sha1, 6, 30)),
        (format!("A-1, {HEX}, TOTP, 8, 60\r\n"), (Algorithm::Sha1, 8, 60)),
        (format!("A-1;{BASE32};SHA-256;8;8\n"), (Algorithm::Sha256, 8, 8)),
        (format!("serial,secret\nA-1,{BASE32}"), (Algorithm::Sha1, 6, 30)),
        (
            format!("\u{feff}Serial Number\tManufacturer\tSeed\tTime Step\nA-1\tM\t{HEX}\t15\n"),
            (Algorithm::Sha1, 6, 15),
        ),
        (format!("# synthetic\nA-1,\"{HEX}\",hmac_sha512,,\n"), (Algorithm::Sha512, 6, 30)),
    ];
    for (text, (algorithm, digits, step)) in table {
        let token = token(&text);
        assert_eq!(token.serial.as_str(), "A-1", "{text}");
        assert_eq!(token.seed.expose(), b"12345678901234567890", "{text}");
        let parameters = TokenParameters {
            algorithm,
            digits: Digits::try_from(digits).unwrap(),
            step: Step::try_from(step).unwrap(),
        };
        assert_eq!(token.parameters, parameters, "{text}");
    }
}

#[test]
fn each_wrong_line_is_told_with_its_place_and_the_others_are_read() {
    let text = format!("A-1,{HEX}\nA 2,{HEX}\nA-3,xyz\nA-4,{HEX}\n");
    let rows = rows(&text);
    assert!(matches!(
        &rows[1],
        Row::Rejected { place: 2, serial: None, why: TokenProblem::Serial }
    ));
    assert!(matches!(&rows[2], Row::Rejected { place: 3, serial: Some(_), .. }));
    assert!(matches!((&rows[0], &rows[3]), (Row::Token(_), Row::Token(_))));
}

#[test]
fn what_is_wrong_with_a_line_is_said() {
    assert_eq!(problem("A-1,\n"), TokenProblem::NoSecret);
    assert_eq!(problem("A-1,3132\n"), TokenProblem::Seed(SeedError::TooShort));
    assert_eq!(problem(&format!("A-1,{HEX},hotp\n")), TokenProblem::NotTimeBased);
    let unsupported = TokenProblem::Unsupported;
    assert_eq!(problem(&format!("A-1,{HEX},md5\n")), unsupported(UnsupportedParameter::Algorithm));
    assert_eq!(problem(&format!("A-1,{HEX},,7\n")), unsupported(UnsupportedParameter::Digits));
    assert_eq!(problem(&format!("A-1,{HEX},,,9\n")), unsupported(UnsupportedParameter::Step));
}

#[test]
fn a_file_that_is_no_table_is_refused() {
    for text in ["", "hello\n", "\n\n"] {
        let reading = Reading { opening: Opening::Nothing, parameters: TokenParameters::default() };
        assert!(matches!(read(text.as_bytes(), reading), Err(FileError::NotTokens)), "{text:?}");
    }
}

proptest! {
    #[test]
    fn any_text_is_answered(text: String) {
        let reading = Reading { opening: Opening::Nothing, parameters: TokenParameters::default() };
        if let Ok(tokens) = read(text.as_bytes(), reading) {
            prop_assert!(tokens.count() <= text.len());
        }
    }
}
