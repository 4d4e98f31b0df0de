//! What other logs publish: checkpoints, proofs, tiles, entry bundles.
#![no_main]

use kinfold_ledger::tile::{Tile, bundle, unbundle};
use kinfold_ledger::{Checkpoint, Hash, TlogProof};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Some(tile) = Tile::parse(bytes) {
        assert_eq!(tile.bytes(tile.width()), bytes, "a tile has one spelling");
    }
    if let Some(entries) = unbundle(bytes) {
        assert_eq!(bundle(entries), bytes, "a bundle has one spelling");
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        if let Ok(checkpoint) = text.parse::<Checkpoint>() {
            assert_eq!(checkpoint.to_string(), text, "a checkpoint has one spelling");
        }
        if let Ok(proof) = text.parse::<TlogProof>() {
            assert_eq!(proof.to_string(), text, "a proof has one spelling");
        }
        let _ = text.parse::<Hash>();
    }
});
