use std::{io::ErrorKind, process::Command};

use kinfold_token::{Digits, Seed, Step, TokenParameters};

use super::*;
use crate::{Opening, Reading, Row, read};

fn token(serial: &str, algorithm: Algorithm) -> FileToken {
    FileToken {
        serial: serial.parse().unwrap(),
        maker: "Synthetic <& Co".to_owned(),
        parameters: TokenParameters { algorithm, digits: Digits::Eight, step: Step::Eight },
        seed: Seed::new((0..32).collect()).unwrap(),
    }
}

fn written(protection: Protection) -> Vec<u8> {
    let mut writer = PskcWriter::begin(Vec::new(), protection).unwrap();
    writer.token(&token("SYN-1", Algorithm::Sha1), [1; 16]).unwrap();
    writer.token(&token("SYN-2", Algorithm::Sha512), [2; 16]).unwrap();
    writer.end().unwrap()
}

fn encrypted() -> (TransportKey, Vec<u8>) {
    let key = TransportKey::new([7; 16]);
    let protection = Protection::Encrypted {
        key: key.clone(),
        mac_key: Zeroizing::new([8; 20]),
        vector: [9; 16],
    };
    (key, written(protection))
}

#[test]
fn what_is_written_is_read_again() {
    let (key, sealed) = encrypted();
    let plain = written(Protection::Plain);
    for (bytes, opening) in [(sealed, Opening::Key(key)), (plain, Opening::Nothing)] {
        let reading = Reading { opening, parameters: TokenParameters::default() };
        let rows: Vec<_> = read(&bytes[..], reading).unwrap().map(Result::unwrap).collect();
        for (row, known) in
            rows.iter().zip([token("SYN-1", Algorithm::Sha1), token("SYN-2", Algorithm::Sha512)])
        {
            let Row::Token(read) = row else { panic!("{row:?}") };
            assert_eq!(
                (&read.serial, &read.maker, read.parameters, &read.seed),
                (&known.serial, &known.maker, known.parameters, &known.seed)
            );
        }
        assert_eq!(rows.len(), 2);
    }
}

#[test]
fn an_encrypted_file_holds_no_secret() {
    let (key, bytes) = encrypted();
    let text = String::from_utf8(bytes).unwrap();
    let seed = BASE64_STANDARD.encode(token("SYN-1", Algorithm::Sha1).seed.expose());
    assert!(!text.contains("PlainValue>AAEC") && !text.contains(&seed));
    assert!(!text.contains(&*key.expose()));
}

/// What `pskctool` says; `None` where it is not installed.
fn pskctool(mode: &str, bytes: &[u8]) -> Option<String> {
    let name = format!("kinfold-{}-{}.pskc", std::process::id(), mode.len());
    let file = std::env::temp_dir().join(name);
    std::fs::write(&file, bytes).unwrap();
    let told = Command::new("pskctool").args(mode.split(' ')).arg(&file).output();
    std::fs::remove_file(&file).unwrap();
    match told {
        Ok(output) => {
            let said = [output.stdout, output.stderr].concat();
            let said = String::from_utf8(said).unwrap();
            assert!(output.status.success(), "{said}");
            Some(said)
        }
        Err(error)
            if error.kind() == ErrorKind::NotFound
                && std::env::var_os("CI").is_none_or(|ci| ci != "true") =>
        {
            println!("pskctool is not installed: nothing was compared");
            None
        }
        Err(error) => panic!("pskctool: {error}"),
    }
}

#[test]
fn pskctool_reads_what_is_exported() {
    let Some(said) = pskctool("--info --strict", &written(Protection::Plain)) else { return };
    for words in
        ["SYN-1", "SYN-2", "HMAC-SHA512", "Synthetic", "urn:ietf:params:xml:ns:keyprov:pskc:totp"]
    {
        assert!(said.contains(words), "{words} in {said}");
    }
    let seed = BASE64_STANDARD.encode(token("SYN-1", Algorithm::Sha1).seed.expose());
    assert!(said.contains(&seed) || said.contains("000102030405"), "{said}");
    let said = pskctool("--validate", &encrypted().1).unwrap_or_default();
    assert!(!said.contains("FAIL"), "{said}");
}
