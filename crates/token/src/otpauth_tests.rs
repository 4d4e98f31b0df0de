use proptest::prelude::*;

use super::*;

const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

fn seed() -> Seed {
    Seed::new(b"12345678901234567890".to_vec()).unwrap()
}

fn read(query: &str) -> Result<OtpauthUri, OtpauthError> {
    format!("otpauth://totp/North%20Trust:nurse.one?{query}").parse()
}

#[test]
fn an_address_is_built_as_apps_read_it() {
    let uri = OtpauthUri::new("North Trust", "nurse.one", seed(), TokenParameters::default());
    assert_eq!(
        *uri.unwrap().expose(),
        format!(
            "otpauth://totp/North%20Trust:nurse.one?secret={SECRET}&issuer=North%20Trust\
             &algorithm=SHA256&digits=6&period=8"
        )
    );
}

#[test]
fn what_is_left_out_has_the_formats_defaults() {
    let uri = read(&format!("secret={SECRET}")).unwrap();
    assert_eq!((uri.issuer(), uri.account()), ("North Trust", "nurse.one"));
    assert_eq!(uri.seed(), &seed());
    let (algorithm, digits, step) = (Algorithm::Sha1, Digits::Six, Step::Thirty);
    assert_eq!(uri.parameters(), TokenParameters { algorithm, digits, step });
}

#[test]
fn an_issuer_may_stand_in_the_label_in_the_parameters_or_in_both_alike() {
    for text in [
        format!("otpauth://totp/nurse.one?secret={SECRET}&issuer=Trust"),
        format!("otpauth://totp/Trust:nurse.one?secret={SECRET}"),
        format!("otpauth://totp/Trust%3A%20nurse.one?issuer=Trust&secret={SECRET}"),
    ] {
        let uri: OtpauthUri = text.parse().unwrap();
        assert_eq!((uri.issuer(), uri.account()), ("Trust", "nurse.one"), "{text}");
    }
}

#[test]
fn anything_out_of_the_ordinary_is_refused_with_its_reason() {
    use OtpauthError as E;
    let table = [
        ("", E::NotOtpauth),
        ("secret", E::NotOtpauth),
        ("issuer=North%20Trust", E::SecretMissing),
        ("secret=", E::Seed(SeedError::TooShort)),
        ("secret=GEZDGNBV", E::Seed(SeedError::TooShort)),
        ("secret=1111111111111111111111111111", E::Seed(SeedError::NotBase32)),
        ("secret=S&secret=S", E::RepeatedParameter),
        ("secret=S&image=x", E::UnknownParameter),
        ("secret=S&period=8&", E::NotOtpauth),
        ("secret=S#x", E::NotOtpauth),
        ("secret=S&issuer=South", E::IssuerMismatch),
        ("secret=S&issuer=%zz", E::Encoding),
        ("secret=S&issuer=%ff", E::Encoding),
        ("secret=S&issuer=%4", E::Encoding),
        ("secret=S&period=10", E::Unsupported(UnsupportedParameter::Step)),
        ("secret=S&period=+8", E::Unsupported(UnsupportedParameter::Step)),
        ("secret=S&digits=7", E::Unsupported(UnsupportedParameter::Digits)),
        ("secret=S&algorithm=MD5", E::Unsupported(UnsupportedParameter::Algorithm)),
    ];
    for (query, error) in table {
        let query = query.replace("secret=S", &format!("secret={SECRET}"));
        assert_eq!(read(&query), Err(error), "{query}");
    }
}

#[test]
fn other_schemes_types_and_sizes_are_refused() {
    let parse = |text: &str| text.parse::<OtpauthUri>();
    assert_eq!(parse("https://totp/x?secret=A"), Err(OtpauthError::NotOtpauth));
    assert_eq!(parse("otpauth://hotp/a:b?secret=A"), Err(OtpauthError::NotTimeBased));
    assert_eq!(parse("otpauth://totp/a:b"), Err(OtpauthError::SecretMissing));
    assert_eq!(parse(&"otpauth://totp/".repeat(200)), Err(OtpauthError::TooLong));
}

#[test]
fn labels_are_short_and_without_colons() {
    for bad in ["", " nurse", "a:b", "a\nb", &"x".repeat(65)] {
        let uri = OtpauthUri::new("Trust", bad, seed(), TokenParameters::default());
        assert_eq!(uri, Err(OtpauthError::Label), "{bad:?}");
    }
}

#[test]
fn debug_shows_neither_person_nor_secret() {
    let uri = read(&format!("secret={SECRET}")).unwrap();
    assert_eq!(format!("{uri:?}"), "OtpauthUri(redacted)");
}

fn parameters() -> impl Strategy<Value = TokenParameters> {
    let algorithm =
        prop_oneof![Just(Algorithm::Sha1), Just(Algorithm::Sha256), Just(Algorithm::Sha512)];
    let digits = prop_oneof![Just(Digits::Six), Just(Digits::Eight)];
    let step = prop_oneof![Just(Step::Eight), Just(Step::Fifteen), Just(Step::Sixty)];
    (algorithm, digits, step).prop_map(|(algorithm, digits, step)| TokenParameters {
        algorithm,
        digits,
        step,
    })
}

proptest! {
    #[test]
    fn what_is_built_reads_back_the_same(
        issuer in "[^:\\p{C}\\p{Z}][^:\\p{C}\\p{Z}]{0,20}",
        account in "[A-Za-z0-9.'@é-]{1,40}",
        bytes in proptest::collection::vec(any::<u8>(), 16..=64),
        parameters in parameters(),
    ) {
        let uri = OtpauthUri::new(&issuer, &account, Seed::new(bytes).unwrap(), parameters);
        let uri = uri.unwrap();
        prop_assert_eq!(uri.expose().parse::<OtpauthUri>(), Ok(uri));
    }

    #[test]
    fn any_text_is_answered(text in any::<String>()) {
        let _ = text.parse::<OtpauthUri>();
    }

    #[test]
    fn text_close_to_an_address_is_answered(
        tail in "(totp|hotp)?/?[a-z:%0-9A-F]{0,12}\\??(secret|issuer|period|digits|[=&%A-Z0-9]){0,12}"
    ) {
        let _ = format!("otpauth://{tail}").parse::<OtpauthUri>();
    }
}
