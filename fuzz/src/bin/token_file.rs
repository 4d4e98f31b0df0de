//! Files of tokens, as vendors send them: PSKC and CSV.
#![no_main]

use kinfold_token::TokenParameters;
use kinfold_token_file::{Opening, Protection, PskcWriter, Reading, Row, TransportKey, read};
use libfuzzer_sys::fuzz_target;

/// The key of the seeds.
const KEY: [u8; 16] =
    [0x12, 0x34, 0x56, 0x78, 0x90, 0x12, 0x34, 0x56, 0x78, 0x90, 0x12, 0x34, 0x56, 0x78, 0x90, 0x12];

fn reading(opening: Opening) -> Reading {
    Reading { opening, parameters: TokenParameters::default() }
}

fuzz_target!(|bytes: &[u8]| {
    for opening in [Opening::Nothing, Opening::Key(TransportKey::new(KEY))] {
        let Ok(tokens) = read(bytes, reading(opening)) else { continue };
        for row in tokens.flatten() {
            let Row::Token(token) = row else { continue };
            let mut writer = PskcWriter::begin(Vec::new(), Protection::Plain).expect("a head");
            writer.token(&token, [0; 16]).expect("a token");
            let written = writer.end().expect("an end");
            let mut again = read(&written[..], reading(Opening::Nothing)).expect("our own file");
            let Some(Ok(Row::Token(again))) = again.next() else { panic!("our own token") };
            assert_eq!((again.serial, again.seed), (token.serial, token.seed));
            assert_eq!(again.parameters, token.parameters);
        }
    }
});
