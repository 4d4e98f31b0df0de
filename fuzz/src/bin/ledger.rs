//! What other logs publish: checkpoints, proofs, tiles, entry bundles.
#![no_main]

use kinfold_ledger::tile::{Tile, unbundle};
use kinfold_ledger::{Checkpoint, Hash, TlogProof};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = Tile::parse(bytes);
    let _ = unbundle(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        if let Ok(checkpoint) = text.parse::<Checkpoint>() {
            assert_eq!(checkpoint.to_string(), text, "a checkpoint has one spelling");
        }
        let _ = text.parse::<TlogProof>();
        let _ = text.parse::<Hash>();
    }
});
